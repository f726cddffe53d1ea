"""Measuring attributions: counts worked out by hand, and the corpus' own ceiling."""

from pathlib import Path

import pytest

from eval.attribution import (
    SUBSETS,
    find_by_marks,
    format_measured,
    is_speech,
    measure,
    measure_people,
    measure_polnear,
    to_json,
)
from eval.metrics.attribution import F1, Comparison, Tokens, add, interval, kind_by_marks, token_f1
from index.attribution.polnear import AnnotatedArticle, Attribution, read_annotators
from index.errors import InputError
from index.records import Span

POLNEAR = Path(__file__).resolve().parents[2] / "shared" / "polnear"

#       0   4    9    14  18   23 26
TEXT = "Ann said that all went so well."


def spans(*words: str) -> tuple[Span, ...]:
    return tuple(Span(TEXT.index(word), TEXT.index(word) + len(word)) for word in words)


MARKED = Attribution(source=spans("Ann"), cue=spans("said"), content=spans("that all went so well"))


def test_token_f1_counts_words_of_any_attribution() -> None:
    found = Attribution(source=(), cue=spans("said"), content=spans("all went so"))
    counts = token_f1([found], [MARKED], Tokens(TEXT))
    # content: 3 shared of 3 found and 5 marked; source: nothing found of 1; cue: 1 of 1
    assert counts["content"] == F1(3, 3, 3, 5)
    assert counts["content"].value == pytest.approx(2 * 3 / (3 + 5))
    assert counts["source"].value == 0
    assert counts["cue"].value == 1


def test_a_token_belongs_to_a_span_that_has_one_of_its_characters() -> None:
    assert Tokens("a b").of([Span(1, 3)]) == {1}  # begins where a ends
    assert Tokens("a b").of([Span(0, 2)]) == {0}  # ends where b begins
    assert Tokens("abc def").of([Span(1, 2)]) == {0}
    assert Tokens("abc def").of([Span(0, 5)]) == {0, 1}


def test_f1_is_the_harmonic_mean_of_what_was_right_and_what_was_reached() -> None:
    # precision 1 of 4, recall 2 of 2
    assert F1(1, 4, 2, 2).value == pytest.approx(2 * 0.25 * 1 / 1.25)


def test_criteria_grow_stricter() -> None:
    # 3 of 5 words: token F1 = 2 * 3 / 8 = .75
    half = Comparison([Attribution(content=spans("all went so"))], [MARKED], Tokens(TEXT)).attribution_f1()
    assert [half[name].value for name in ("overlap", "half", "content", "all")] == [1, 1, 0, 0]
    # 1 of 5 words: token F1 = 2 * 1 / 6 = .33
    little = Comparison([Attribution(content=spans("so"))], [MARKED], Tokens(TEXT)).attribution_f1()
    assert [little[name].value for name in ("overlap", "half", "content", "all")] == [1, 0, 0, 0]
    equal = Comparison([MARKED], [MARKED], Tokens(TEXT)).attribution_f1()
    assert [equal[name].value for name in ("overlap", "half", "content", "all")] == [1, 1, 1, 1]


def test_another_source_is_not_all_exact() -> None:
    other = Attribution(source=spans("that"), cue=MARKED.cue, content=MARKED.content)
    found = Comparison([other], [MARKED], Tokens(TEXT)).attribution_f1()
    assert (found["content"].value, found["all"].value) == (1, 0)
    # Nor is another cue.
    other = Attribution(source=MARKED.source, cue=spans("that"), content=MARKED.content)
    found = Comparison([other], [MARKED], Tokens(TEXT)).attribution_f1()
    assert (found["content"].value, found["all"].value) == (1, 0)


def test_signs_do_not_decide_what_is_exact() -> None:
    with_stop = Attribution(source=MARKED.source, cue=MARKED.cue, content=spans("that all went so well."))
    found = Comparison([with_stop], [MARKED], Tokens(TEXT)).attribution_f1()
    assert (found["content"].value, found["all"].value) == (1, 1)


def test_each_attribution_pairs_once_with_the_closest() -> None:
    parts = [Attribution(content=spans("that all")), Attribution(content=spans("went so well"))]
    found = Comparison(parts, [MARKED], Tokens(TEXT)).attribution_f1()
    # two found, one marked, one pair: the longer part, F1 = 2 * 3 / 8
    assert found["half"] == F1(1, 2, 1, 1)
    assert found["half"].value == pytest.approx(2 / 3)


def test_the_closest_pair_comes_first() -> None:
    # "well" alone, 2 * 1 / 6, would take the marked one from the other, 2 * 4 / 9.
    parts = [Attribution(content=spans("well")), Attribution(content=spans("that all went so"))]
    assert Comparison(parts, [MARKED], Tokens(TEXT)).attribution_f1()["half"] == F1(1, 2, 1, 1)


def test_one_found_attribution_is_no_two_marked_ones() -> None:
    marked = [Attribution(content=spans("that all")), Attribution(content=spans("went so well"))]
    assert Comparison([MARKED], marked, Tokens(TEXT)).attribution_f1()["half"] == F1(1, 1, 1, 2)


def test_half_of_the_tokens_is_enough() -> None:
    # 2 * 1 / (1 + 3)
    found = Comparison([Attribution(content=spans("well"))], [Attribution(content=spans("went so well"))], Tokens(TEXT))
    assert found.attribution_f1()["half"].value == 1


def test_nothing_found_and_nothing_marked_is_no_figure() -> None:
    assert Comparison([], [], Tokens(TEXT)).attribution_f1()["all"].value is None
    assert Comparison([], [MARKED], Tokens(TEXT)).attribution_f1()["all"].value == 0
    assert interval([]) is None


def test_a_subset_nobody_found_is_zero() -> None:
    found = Attribution(content=MARKED.content)
    keep = Comparison([found], [MARKED], Tokens(TEXT)).attribution_f1(lambda item: bool(item.cue))
    # the marked one is reached, but no found one belongs to the subset: precision 0 / 0
    assert keep["half"] == F1(0, 0, 1, 1)
    assert keep["half"].value == 0


def test_counts_add_up_over_articles() -> None:
    assert add([F1(1, 2, 2, 3), F1(0, 1, 1, 1)]) == F1(1, 3, 3, 4)


def test_interval_widens_when_articles_differ() -> None:
    ends = interval([F1(1, 1, 1, 1), F1(0, 1, 0, 1)] * 10)
    assert ends is not None
    low, high = ends
    assert 0 < low < 0.5 < high < 1
    assert interval([F1(1, 1, 1, 1), F1(0, 1, 0, 1)] * 10) == ends
    assert interval([F1(0, 1, 0, 1)]) == (0, 0)
    # Half of 400: 1.96 * sqrt(.25 / 400) = .049 to each side; 90 % would be .041.
    wide = interval([F1(1, 1, 1, 1), F1(0, 1, 0, 1)] * 200)
    assert wide is not None
    assert wide[0] == pytest.approx(0.451, abs=0.003)
    assert wide[1] == pytest.approx(0.549, abs=0.003)
    uneven = [F1(n % 3, 3, n % 5, 5) for n in range(30)]
    assert interval(uneven) == interval(uneven)


def test_kind_is_told_by_the_marks() -> None:
    tokens = Tokens("He called it “a gift” and left")
    quoted = [Span(14, 20)]
    assert kind_by_marks([Span(14, 20)], quoted, tokens) == "direct"
    assert kind_by_marks([Span(13, 21)], quoted, tokens) == "direct"  # the marks are no words
    assert kind_by_marks([Span(10, 21)], quoted, tokens) == "mixed"
    assert kind_by_marks([Span(0, 9)], quoted, tokens) == "indirect"


@pytest.mark.parametrize("cue", ["said", "has said", "according to", ":", "", "announced in a statement"])
def test_cues_of_speech(cue: str) -> None:
    assert is_speech(cue)


@pytest.mark.parametrize("cue", ["wants", "felt", "hopes to"])
def test_cues_of_thought(cue: str) -> None:
    assert not is_speech(cue)


def test_marks_are_found_as_content_alone() -> None:
    text = "“No,” she said."
    (found,) = find_by_marks(text)
    assert found.content[0].of(text) == "No,"
    assert (found.cue, found.source) == ((), ())


def test_perfect_finder_reaches_one_and_is_timed() -> None:
    article = AnnotatedArticle(name="a", text=TEXT, attributions=(MARKED,))
    row = measure("perfect", lambda _: [MARKED], [article])
    assert {figure.value for figure in row.tokens.values()} == {1}
    assert row.attributions["all"]["all"].value == 1
    assert row.attributions["direct"]["all"].value is None
    assert row.words_per_second is not None
    assert set(row.attributions) == set(SUBSETS)
    table = format_measured([row])
    assert "perfect" in table
    assert "1.000 [1.000 1.000]" in table
    assert to_json([row])[0]["tokens"]["content"]["value"] == 1


def test_no_corpus_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="expected a PolNeAR folder"):
        measure_polnear(tmp_path, finders={})


@pytest.mark.skipif(not POLNEAR.exists(), reason="shared/polnear is not there")
def test_people_reach_what_the_corpus_says() -> None:
    row = measure_people(read_annotators(POLNEAR, "train"))
    # the corpus' README: "16 train articles, all ordered pairs"
    assert row.n_articles == 16
    assert [round(row.tokens[role].value or 0, 3) for role in ("content", "source", "cue")] == [0.915, 0.802, 0.689]
    reached = [round(row.attributions["all"][name].value or 0, 3) for name in ("overlap", "half", "content", "all")]
    assert reached == [0.854, 0.821, 0.686, 0.598]
