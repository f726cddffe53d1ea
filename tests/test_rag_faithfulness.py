"""The last look at an answer: what its citations do not carry is found, whoever wrote it."""

from dataclasses import replace

import pytest

from index.records import Span
from rag.answer import Answer, Citation
from rag.faithfulness import check

TEXT = "“We will go home,” said Ann Lee. Luis Ríos claimed that 5 ships were “lost at sea” on Monday."
TEXTS = {"a": TEXT}


def cite(n: int, words: str, speaker: str | None, *, kind: str = "direct", quoted: str | None = None) -> Citation:
    start = TEXT.index(words)
    span = Span(start, start + len(words))
    if quoted is None:
        spans = (span,) if kind == "direct" else ()
    else:
        spans = (Span(TEXT.index(quoted), TEXT.index(quoted) + len(quoted)),)
    return Citation(
        n=n,
        article="a",
        path="a.txt",
        outlet=None,
        title=None,
        url=None,
        published=None,
        language="en",
        spans=(span,),
        quote=words,
        kind="direct" if kind == "direct" else "mixed" if kind == "mixed" else "passage",
        speaker=speaker,
        quoted=spans,
    )


LEE = cite(1, "We will go home,", "Ann Lee")
RIOS = cite(2, "5 ships were “lost at sea” on Monday", "Luis Ríos", kind="mixed", quoted="lost at sea")
GOOD = Answer(
    question="?",
    language="en",
    text="Ann Lee said: “We will go home” [1].\n• Luis Ríos claimed that 5 ships were “lost at sea” on Monday [2].",
    citations=(LEE, RIOS),
)


@pytest.mark.parametrize(
    "text",
    [
        GOOD.text,
        "Lee said: «We will go home» [1], and Ríos speaks of 5 ships „lost at sea“ [2].",
        "“We … go home”, in Ann Lee’s words [1].\nLuis Ríos tells more [2].",
        "Ríos [2] and Lee [1] differ.",
    ],
)
def test_what_is_carried_passes(text: str) -> None:
    assert check(replace(GOOD, text=text), TEXTS) == ()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (GOOD.text.replace("home", "house"), "quotation"),
        (GOOD.text.replace("We will go home", "We will not go home"), "quotation"),
        (GOOD.text.replace("We will go home", "home … We will go"), "quotation"),
        (GOOD.text.replace("5 ships were “lost at sea”", "“5 ships were lost at sea”"), "quotation"),
        (GOOD.text.replace("“lost at sea”", "“We will go home”"), "quotation"),
        (GOOD.text + " He added: “Good.”", "quotation"),
        (GOOD.text + " It was ‘good’ [1].", "quotation"),
        (GOOD.text.replace("Ann Lee", "Luis Ríos"), "speaker"),
        (GOOD.text.replace("• Luis Ríos", "• Somebody"), "speaker"),
        (GOOD.text.replace("[1]", "[3]"), "marker"),
        (GOOD.text.replace(" [1]", ""), "uncited"),
    ],
)
def test_what_is_not_carried_is_found(text: str, rule: str) -> None:
    assert rule in {problem.rule for problem in check(replace(GOOD, text=text), TEXTS)}


def test_a_span_must_be_its_quote_to_the_character() -> None:
    moved = replace(LEE, spans=(LEE.spans[0].shift(1),))
    assert {p.rule for p in check(replace(GOOD, citations=(moved, RIOS)), TEXTS)} >= {"span"}
    beyond = replace(LEE, spans=(Span(0, 10_000),))
    assert {p.rule for p in check(replace(GOOD, citations=(beyond, RIOS)), TEXTS)} >= {"span"}
    assert {p.rule for p in check(GOOD, {})} >= {"span"}


def test_an_answer_without_citations_may_have_no_marks() -> None:
    refusal = Answer(question="?", language="en", text="Nobody said so.", abstained=True, reason="not_in_articles")
    assert check(refusal, {}) == ()
    assert check(replace(refusal, text="Nobody said “so”."), {}) != ()
