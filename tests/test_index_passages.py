"""Passages lie in order, hold whole sentences and quotations, and fit their budget."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.attribution.quotation import find_quotations
from index.layout import find_blocks
from index.passages import BUDGET, HARD_BOUND, count_tokens, split_passages
from index.records import Article, Passage, Span

SENTENCE = "The ferry stayed in port on Monday, and the roads along the coast were closed until noon. "


def split(text: str, *, budget: int = BUDGET, language: str = "en") -> tuple[Passage, ...]:
    return split_passages(Article(id="a", text=text, language=language), budget=budget)


def test_a_short_article_is_one_passage() -> None:
    text = f"{SENTENCE}\n\n{SENTENCE}"
    assert [passage.text for passage in split(text)] == [text.strip()]


def test_passages_fit_the_budget() -> None:
    text = "\n\n".join([SENTENCE * 3] * 20)
    passages = split(text)
    assert len(passages) > 3
    assert all(count_tokens(passage.text) <= BUDGET for passage in passages)


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    passages = split(SENTENCE * 30)
    assert len(passages) > 1
    assert all(passage.text.startswith("The ferry") and passage.text.endswith("noon.") for passage in passages)


def test_a_quotation_is_not_cut() -> None:
    quotation = "“" + (SENTENCE * 14).strip() + "”"
    assert BUDGET < count_tokens(quotation) < HARD_BOUND
    text = f"{SENTENCE * 5}{quotation} said the mayor. {SENTENCE * 5}"
    assert any(quotation in passage.text for passage in split(text))


def test_a_quotation_that_runs_on_in_the_next_paragraph_is_not_cut() -> None:
    first, second = f"“{SENTENCE * 8}".strip(), f"“{SENTENCE * 8}".strip() + "”"
    text = f"{SENTENCE}\n\n{first}\n\n{second}\n\n{SENTENCE}"
    assert any(first in passage.text and second in passage.text for passage in split(text))


def test_a_long_sentence_stays_whole() -> None:
    sentence = "The mayor " + "and the harbour master " * 60 + "waited."
    assert BUDGET < count_tokens(sentence) < HARD_BOUND
    assert [passage.text for passage in split(sentence)] == [sentence]


def test_what_never_ends_is_cut_at_the_hard_bound() -> None:
    passages = split("word " * 5_000)
    assert len(passages) > 5
    assert all(count_tokens(passage.text) <= HARD_BOUND for passage in passages)
    assert all(passage.text.split() == ["word"] * len(passage.text.split()) for passage in passages)


def test_captions_credits_links_and_headings_are_in_no_passage() -> None:
    text = (
        f"Storm hits the coast\n\n{SENTENCE}\n\nREAD MORE: Ten tips\n\n{SENTENCE}\n\nFoto: Kari Nordmann / NTB\n\n"
        f"More to come\n\n{SENTENCE}\n\nFerries in port. REUTERS/Ann Lee\n\n{SENTENCE}"
    )
    assert [passage.text for passage in split(text)] == [SENTENCE.strip()] * 4


def test_ids_are_unique_and_tell_the_article() -> None:
    passages = split("\n\n".join([SENTENCE * 3] * 20))
    assert len({passage.id for passage in passages}) == len(passages)
    assert {passage.article_id for passage in passages} == {"a"}


@pytest.mark.parametrize(("text", "n"), [("", 0), (" \n", 0), ("Nobody knows.", 3), ("\ud800", 1)])
def test_tokens_are_counted(text: str, n: int) -> None:
    # Blanks and a line break are one token; half a character counts as the question mark in its place.
    assert count_tokens(text) == (n if text.strip() else len(text) // 2)


PIECES = st.lists(
    st.one_of(
        st.sampled_from([SENTENCE, "“", "”", '"', "\n\n", "\n", "– Nei, sier hun.", "« ", " »", "He said: “No. Go.” "]),
        st.text(max_size=30),
    ),
    max_size=40,
).map("".join)


@settings(max_examples=200, deadline=None)
@given(text=PIECES, language=st.sampled_from(["en", "nb", "de", "xx"]), budget=st.sampled_from([5, 30, BUDGET]))
def test_passages_cover_the_prose_in_order(text: str, language: str, budget: int) -> None:
    passages = split(text, budget=budget, language=language)
    for left, right in pairwise(passages):
        assert left.span.end <= right.span.start
    for passage in passages:
        assert passage.span.of(text) == passage.text != ""
    held = {at for passage in passages for at in range(*passage.span)}
    for block in find_blocks(text, language=language):
        places = {at for at in range(*block.span) if not text[at].isspace()}
        assert places <= held if block.kind == "prose" else not places & held


@settings(max_examples=200, deadline=None)
@given(text=PIECES, language=st.sampled_from(["en", "nb", "de"]))
def test_no_closed_quotation_is_cut(text: str, language: str) -> None:
    ends = {passage.span.end for passage in split(text, budget=5, language=language)}
    for block in find_blocks(text, language=language):
        for quotation in find_quotations(text, block.span, language=language) if block.kind == "prose" else ():
            if quotation.closed and count_tokens(quotation.span.of(text)) < HARD_BOUND // 2:
                inside = Span(quotation.span.start + 1, max(quotation.span.start + 1, quotation.span.end - 1))
                assert not any(inside.start <= end < inside.end for end in ends)
