"""Each metric's values worked out by hand, on the edges too; and that what could not be judged is neither right nor wrong."""

from collections.abc import Sequence
from dataclasses import replace
from math import log2
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from eval.case import Case, Expectation, ExpectedStatement
from eval.metrics.addressee import count_addressee_accuracy
from eval.metrics.agreement import area_under_curve, balanced_accuracy, consistency, interval_of
from eval.metrics.cases import count_right_case
from eval.metrics.citing import count_citation_precision, count_citation_recall
from eval.metrics.conversation import count_conversation_success
from eval.metrics.cost import Cost, add_costs, forget_peak, peak_memory
from eval.metrics.faithfulness import count_faithfulness
from eval.metrics.kind import count_kind_accuracy
from eval.metrics.outlet import count_outlet_accuracy
from eval.metrics.refusal import count_reason_accuracy, count_refusal_precision, count_refusal_recall
from eval.metrics.relay import count_relay_accuracy
from eval.metrics.retrieval import count_ndcg, count_recall_at, count_reciprocal_rank
from eval.metrics.robustness import count_robustness
from eval.metrics.share import Count
from eval.metrics.speaker import count_speaker_accuracy, count_wrong_speaker
from eval.metrics.statements import count_statement_precision, count_statement_recall
from eval.metrics.verbatim import count_citation_verbatim, count_quotation_verbatim
from eval.metrics.verdict import confuse_verdicts, count_verdict_accuracy
from eval.observed import Observed, Usage
from eval.run import LOW_IS_GOOD, METRICS
from eval.score import Agreement, CaseScore, CitationScore, Problem, score_error
from eval.support import AnswerSentence, SentenceScore
from rag.answer import Verdict

WORDS = tuple(ExpectedStatement(article="a.txt", words=(word,)) for word in ("one", "two", "three"))
ANSWERED = Observed(text="Something.")
REFUSED = Observed(text="No.", abstained=True, reason="never_quoted")


def case(expect: Expectation, **more: Any) -> Case:
    values: dict[str, Any] = {"id": "c", "language": "en", "kind": "words", "split": "dev", "question": "?"}
    return Case(version=1, expect=expect, **(values | more))


def scored(
    *statements: ExpectedStatement, observed: Observed | None = ANSWERED, at_least: int | None = None, **more: Any
) -> CaseScore:
    expect = Expectation(abstained=None if statements else False, statements=statements, at_least=at_least, mentions=("x",))
    return CaseScore(case=case(expect), observed=observed, **more)


# Retrieval


@pytest.mark.parametrize(
    ("ranks", "k", "right"),
    [
        ((1, 2, 9), 5, 2),  # two of three within 5
        ((1, 2, 5), 5, 3),  # the fifth is among the first five
        ((None, None, 6), 5, 0),
        ((None, None, None), 5, 0),
        ((1, 1, 1), 1, 3),  # one item that holds all
    ],
)
def test_recall_at_k_counts_required_statements(ranks: tuple[int | None, ...], k: int, right: int) -> None:
    assert count_recall_at(scored(*WORDS, ranks=ranks), k=k) == Count(right=right, judged=3)


def test_recall_at_k_asks_for_no_more_than_is_required() -> None:
    assert count_recall_at(scored(*WORDS, ranks=(1, 2, 3), at_least=2), k=5) == Count(right=2, judged=2)
    assert count_recall_at(scored(*WORDS, ranks=(1, None, None), at_least=2), k=5) == Count(right=1, judged=2)
    assert count_recall_at(scored(), k=5) == Count()


def test_reciprocal_rank_is_that_of_the_first_statement() -> None:
    assert count_reciprocal_rank(scored(*WORDS, ranks=(4, 2, None)), k=10) == Count(right=1 / 2, judged=1)
    assert count_reciprocal_rank(scored(*WORDS, ranks=(10, None, None)), k=10) == Count(right=1 / 10, judged=1)
    assert count_reciprocal_rank(scored(*WORDS, ranks=(11, None, None)), k=10) == Count(right=0, judged=1)
    assert count_reciprocal_rank(scored(*WORDS, ranks=(None, None, None)), k=10) == Count(right=0, judged=1)
    assert count_reciprocal_rank(scored(), k=10) == Count()


def test_ndcg_discounts_by_the_logarithm_of_the_rank() -> None:
    # Three required; found on ranks 1 and 3: (1 / log2 2 + 1 / log2 4) / (1 / log2 2 + 1 / log2 3 + 1 / log2 4)
    expected = (1 + 1 / 2) / (1 + 1 / log2(3) + 1 / 2)
    assert count_ndcg(scored(*WORDS, ranks=(3, 1, None)), k=10).right == pytest.approx(expected)
    assert count_ndcg(scored(*WORDS, ranks=(1, 2, 3)), k=10) == Count(right=1.0, judged=1)
    # Only rank 1 and 2 count at k = 2, and the ideal has two: 1 / (1 + 1 / log2 3)
    assert count_ndcg(scored(*WORDS, ranks=(1, 3, 4)), k=2).right == pytest.approx(1 / (1 + 1 / log2(3)))
    assert count_ndcg(scored(*WORDS, ranks=(None, None, None)), k=10) == Count(right=0, judged=1)
    assert count_ndcg(scored(), k=10) == Count()


def test_ndcg_never_goes_beyond_one_and_stops_at_what_is_required() -> None:
    assert count_ndcg(scored(*WORDS, ranks=(1, 1, 1)), k=10).right == pytest.approx(1.0)  # they count as 1, 2, 3
    assert count_ndcg(scored(*WORDS, ranks=(1, 2, 3), at_least=1), k=10).right == pytest.approx(1.0)
    # One is enough and is on rank 2: the one on rank 3 does not make up for that.
    assert count_ndcg(scored(*WORDS, ranks=(2, 3, None), at_least=1), k=10).right == pytest.approx(1 / log2(3))
    # Two in the item on rank 1 count as on ranks 1 and 2: (1 + 1 / log2 3) / (1 + 1 / log2 3 + 1 / 2)
    both = (1 + 1 / log2(3)) / (1 + 1 / log2(3) + 1 / 2)
    assert count_ndcg(scored(*WORDS, ranks=(1, 1, None)), k=10).right == pytest.approx(both)
    # One item at rank 3 with all three: ranks 3, 3, 3.
    expected = 3 * (1 / 2) / (1 + 1 / log2(3) + 1 / 2)
    assert count_ndcg(scored(*WORDS, ranks=(3, 3, 3)), k=10).right == pytest.approx(expected)


# What is judged citation by citation


FIELDS: tuple[tuple[str, Any], ...] = (
    ("speaker", count_speaker_accuracy),
    ("addressee", count_addressee_accuracy),
    ("outlet", count_outlet_accuracy),
    ("relay", count_relay_accuracy),
    ("kind", count_kind_accuracy),
)


def cited(name: str, *values: Agreement | None) -> CaseScore:
    judged: list[dict[str, Any]] = [{name: value} for value in values]
    return scored(*WORDS, citations=tuple(CitationScore(on=WORDS[0], **one) for one in judged))


@pytest.mark.parametrize(("name", "count"), FIELDS)
def test_accuracy_counts_right_among_judged(name: str, count: Any) -> None:
    # right, wrong, missing are judged; two are not
    assert count(cited(name, "right", "wrong", "missing", None, None)) == Count(right=1, judged=3, unscored=2)
    assert count(cited(name, "right", "right")) == Count(right=2, judged=2)
    assert count(cited(name)) == Count()


@pytest.mark.parametrize(("name", "count"), FIELDS)
def test_accuracy_looks_at_its_own_field_alone(name: str, count: Any) -> None:
    for other in (field for field, _ in FIELDS if field != name):
        assert count(cited(other, "right")) == Count(unscored=1)


def test_a_wrong_speaker_is_not_a_missing_one() -> None:
    given = cited("speaker", "right", "wrong", "wrong", "missing", None)
    assert count_wrong_speaker(given) == Count(right=2, judged=4, unscored=1)
    assert count_wrong_speaker(cited("addressee", "wrong")) == Count(unscored=1)
    assert "wrong-speaker rate" in LOW_IS_GOOD


def test_statement_recall_and_precision() -> None:
    assert count_statement_recall(scored(*WORDS, shown=WORDS[:1])) == Count(right=1, judged=3)
    assert count_statement_recall(scored(*WORDS, shown=WORDS, at_least=2)) == Count(right=2, judged=2)
    off = (CitationScore(on=WORDS[0]), CitationScore(on=None), CitationScore(on=None))
    assert count_statement_precision(scored(*WORDS, citations=off)) == Count(unscored=3)
    strict = scored(*WORDS, citations=off)
    strict = replace(strict, case=case(replace(strict.case.expect, only=True)))
    assert count_statement_precision(strict) == Count(right=1, judged=3)
    twice = replace(strict, citations=(CitationScore(on=WORDS[0]), *off))
    assert count_statement_precision(twice) == Count(right=2, judged=4)  # two citations of one statement belong there both


def test_verbatim_counts_equal_quotes_among_those_that_can_be_looked_up() -> None:
    citations = tuple(CitationScore(on=None, verbatim=value) for value in (True, True, True, False, None))
    assert count_citation_verbatim(scored(citations=citations)) == Count(right=3, judged=4, unscored=1)
    assert count_quotation_verbatim(scored(quotations=(True, True, False))) == Count(right=2, judged=3)


# Support


def sentence(recalled: bool | None, helpful: Sequence[bool | None] = (), claims: Sequence[bool | None] = ()) -> SentenceScore:
    return SentenceScore(
        sentence=AnswerSentence(text="x", numbers=()), recalled=recalled, helpful=tuple(helpful), claims=tuple(claims)
    )


SUPPORT = (count_citation_recall, count_citation_precision, count_faithfulness)
JUDGED = (
    sentence(True, (True, False), (True,)),
    sentence(False, (False,), (True, False)),
    sentence(None, (None, False, True), (None, None)),
    sentence(True),
)


def test_support_is_counted_by_sentence_citation_and_claim() -> None:
    found = scored(sentences=JUDGED)
    assert count_citation_recall(found) == Count(right=2, judged=3, unscored=1)
    assert count_citation_precision(found) == Count(right=2, judged=5, unscored=1)
    assert count_faithfulness(found) == Count(right=2, judged=3, unscored=2)


@pytest.mark.parametrize("count", SUPPORT)
def test_without_a_judge_support_is_unscored_and_an_empty_answer_passes_nothing(count: Any) -> None:
    assert count(scored(sentences=None)) == Count(unscored=1)
    for empty in (Observed(text=" "), None):
        assert count(scored(sentences=(), observed=empty)) == Count(right=0, judged=1)
        assert count(scored(sentences=None, observed=empty)) == Count(right=0, judged=1)
    # A refusal claims nothing.
    assert count(scored(sentences=(), observed=REFUSED)) == Count()


# Groups, verdicts, whole cases


def asked_again(variant: str, *, original: bool | None, problems: tuple[Problem, ...] = ()) -> CaseScore:
    again = case(Expectation(mentions=("x",)), same_as="first", variant=variant)
    return CaseScore(case=again, observed=ANSWERED, original_right=original, problems=problems)


WRONG = (Problem(kind="mention", expected="x", found=""),)


def test_robustness_counts_variants_of_what_was_right() -> None:
    assert count_robustness(asked_again("reworded", original=True)) == Count(right=1, judged=1)
    assert count_robustness(asked_again("reworded", original=True, problems=WRONG)) == Count(right=0, judged=1)
    assert count_robustness(asked_again("reworded", original=False)) == Count(unscored=1)
    assert count_robustness(asked_again("reworded", original=None)) == Count(unscored=1)
    assert count_robustness(scored(*WORDS)) == Count()
    assert count_robustness(asked_again("misspelt", original=True), variant="misspelt") == Count(right=1, judged=1)
    assert count_robustness(asked_again("misspelt", original=True), variant="translated") == Count()


def test_conversation_success_counts_conversations_alone() -> None:
    talk = case(Expectation(mentions=("x",)), question=None, conversation=("One?", "Two?"))
    assert count_conversation_success(CaseScore(case=talk, observed=ANSWERED)) == Count(right=1, judged=1)
    assert count_conversation_success(CaseScore(case=talk, observed=ANSWERED, problems=WRONG)) == Count(right=0, judged=1)
    assert count_conversation_success(score_error(talk, "broke")) == Count(right=0, judged=1)
    assert count_conversation_success(scored()) == Count()


def test_a_case_is_right_without_a_problem() -> None:
    assert count_right_case(scored()) == Count(right=1, judged=1)
    assert count_right_case(scored(problems=WRONG)) == Count(right=0, judged=1)
    assert count_right_case(score_error(case(Expectation(mentions=("x",))), "broke")) == Count(right=0, judged=1)


def verdict(accepted: tuple[Verdict, ...], given: Verdict | None) -> CaseScore:
    return CaseScore(case=case(Expectation(verdict=accepted)), observed=Observed(text="x", verdict=given))


def test_verdicts_are_told_apart() -> None:
    scores = [
        verdict(("altered",), "altered"), verdict(("altered", "not_found"), "not_found"), verdict(("supported",), "altered"),
        verdict(("supported",), None), verdict(("altered",), "altered"), verdict(("altered", "not_found"), "supported"), scored(),
    ]  # fmt: skip
    assert [count_verdict_accuracy(item) for item in scores] == [
        Count(right=1, judged=1), Count(right=1, judged=1), Count(right=0, judged=1), Count(right=0, judged=1),
        Count(right=1, judged=1), Count(right=0, judged=1), Count(),
    ]  # fmt: skip
    assert confuse_verdicts(scores) == {
        ("altered", "altered"): 2, ("not_found", "not_found"): 1, ("supported", "altered"): 1, ("supported", "none"): 1,
        ("altered", "supported"): 1,
    }  # fmt: skip


# Refusals


def refusal(expect: Expectation, observed: Observed | None, *problems: Problem) -> CaseScore:
    return CaseScore(case=case(expect), observed=observed, problems=problems)


MUST = Expectation(abstained=True, reason="never_quoted")
MUST_NOT, OPEN = Expectation(abstained=False), Expectation(mentions=("x",))
OTHER_REASON = Observed(text="No.", abstained=True, reason="no_such_speaker")


def test_refusal_recall_counts_what_must_be_refused() -> None:
    assert count_refusal_recall(refusal(MUST, REFUSED)) == Count(right=1, judged=1)
    assert count_refusal_recall(refusal(MUST, OTHER_REASON, *WRONG)) == Count(right=1, judged=1)  # the reason is another metric's
    assert count_refusal_recall(refusal(MUST, ANSWERED, *WRONG)) == Count(right=0, judged=1)
    assert count_refusal_recall(refusal(MUST, None, *WRONG)) == Count(right=0, judged=1)  # a failure is no refusal
    for given in (REFUSED, ANSWERED, None):
        assert count_refusal_recall(refusal(MUST_NOT, given)) == Count()
        assert count_refusal_recall(refusal(OPEN, given)) == Count(unscored=1)


def test_refusal_precision_counts_what_was_refused() -> None:
    assert count_refusal_precision(refusal(MUST, REFUSED)) == Count(right=1, judged=1)
    assert count_refusal_precision(refusal(MUST_NOT, REFUSED)) == Count(right=0, judged=1)
    assert count_refusal_precision(refusal(OPEN, REFUSED)) == Count(unscored=1)
    for expect in (MUST, MUST_NOT, OPEN):
        assert count_refusal_precision(refusal(expect, ANSWERED)) == count_refusal_precision(refusal(expect, None)) == Count()


def test_the_reason_is_judged_where_one_is_given_and_something_was_refused() -> None:
    assert count_reason_accuracy(refusal(MUST, REFUSED)) == Count(right=1, judged=1)
    assert count_reason_accuracy(refusal(MUST, OTHER_REASON)) == Count(right=0, judged=1)
    assert count_reason_accuracy(refusal(MUST, ANSWERED)) == count_reason_accuracy(refusal(MUST, None)) == Count(unscored=1)
    assert count_reason_accuracy(refusal(Expectation(abstained=True), REFUSED)) == Count()


# Cost


def test_costs_are_percentiles_that_were_measured_and_sums_of_what_was_told() -> None:
    told = [Cost(seconds=float(n), usage=Usage(prompt_tokens=n, completion_tokens=1)) for n in range(1, 11)]
    found = add_costs([*told, Cost(seconds=0.0)], peak_mib=7.0)
    # 11 cases, 0 to 10 s: the sixth smallest is 5, the tenth (90 % of 11 is 9.9) is 9; 55 read and 10 written
    assert (found.n, found.total, found.median, found.slowest_tenth) == (11, 55.0, 5.0, 9.0)
    assert (found.tokens, found.unscored, found.peak_mib) == (65, 1, 7.0)


def test_costs_of_nothing_are_unknown_and_not_0() -> None:
    found = add_costs([])
    assert (found.median, found.slowest_tenth, found.tokens, found.peak_mib, found.total) == (None, None, None, None, 0.0)
    assert add_costs([Cost(seconds=1.0)]).tokens is None
    assert add_costs([Cost(seconds=1.0, usage=Usage(prompt_tokens=0, completion_tokens=0))]).tokens == 0
    assert Usage(prompt_tokens=None, completion_tokens=1).tokens is None


def test_peak_memory_sees_what_was_taken() -> None:
    forget_peak()
    before = peak_memory()
    taken = bytearray(64 * 1024 * 1024)
    taken[::4096] = b"x" * len(taken[::4096])
    after = peak_memory()
    assert before is not None
    assert after is not None
    assert 60 <= after - before < 200  # MiB; at least what was written to
    assert taken


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="only Linux lets the peak begin anew")
def test_the_peak_of_what_was_given_back_can_be_forgotten() -> None:
    taken = bytearray(64 * 1024 * 1024)
    taken[::4096] = b"x" * len(taken[::4096])
    high = peak_memory()
    del taken
    forget_peak()
    low = peak_memory()
    assert high is not None
    assert low is not None
    assert high - low > 32  # MiB


# Agreement with people


def test_area_under_the_curve_counts_ordered_pairs() -> None:
    scores, labels = np.array([0.9, 0.5, 0.5, 0.1]), np.array([True, True, False, False])
    # (.9 > .5), (.9 > .1), (.5 = .5) half, (.5 > .1): 3.5 of 4
    assert area_under_curve(scores, labels) == 3.5 / 4
    assert area_under_curve(-scores, labels) == 0.5 / 4
    assert area_under_curve(scores, np.array([True] * 4)) is None
    assert area_under_curve(scores, np.array([False] * 4)) is None


def test_balanced_accuracy_weighs_both_sorts_alike() -> None:
    labels = np.array([True, False, False, False])
    assert balanced_accuracy(np.array([True, True, False, False]), labels) == pytest.approx((1 + 2 / 3) / 2)
    assert balanced_accuracy(np.array([False] * 4), labels) == 0.5
    assert balanced_accuracy(labels, np.array([True] * 4)) is None
    assert balanced_accuracy(labels, np.array([False] * 4)) is None


def test_consistency_compares_claims_on_one_text() -> None:
    scores, labels = np.array([0.9, 0.8, 0.1, 0.2]), np.array([True, False, True, False])
    assert consistency(scores, labels, ["a", "a", "b", "b"]) == 0.5  # a in order, b not
    assert consistency(scores, labels, ["a", "a", "a", "a"]) == 0.5  # .9 > .8, .9 > .2; .1 below both
    assert consistency(np.zeros(4), labels, ["a"] * 4) == 0.0  # a tie is not higher
    assert consistency(scores, labels, ["a", "b", "c", "d"]) is None


def test_the_interval_draws_whole_texts() -> None:
    labels = np.array([True, False] * 4)
    texts = [name for name in "abcd" for _ in "xx"]
    even = np.array([0.9, 0.1] * 4)
    assert interval_of(lambda scores, right, _: area_under_curve(scores, right), even, labels, texts) == (1.0, 1.0)
    odd = np.array([0.9, 0.1, 0.1, 0.9] * 2)
    low, high = interval_of(consistency, odd, labels, texts)
    assert (low, high) == (0.0, 1.0)  # of four texts two are in order: from none to all of those drawn
    assert interval_of(consistency, odd, labels, texts) == (low, high)
    assert interval_of(consistency, odd, labels, ["a"] * 8) == (None, None)
    # A text that is drawn twice is two.
    assert interval_of(lambda _, __, names: float(len(set(names))), odd, labels, texts) == (4.0, 4.0)
    mixed, other = np.random.default_rng(1).random((2, 120))
    often = mixed, other > 0.5, [f"{n // 3}" for n in range(120)]
    assert interval_of(consistency, *often) == interval_of(consistency, *often)
    assert interval_of(consistency, *often) != interval_of(consistency, *often, seed=1)


def test_every_metric_has_a_name_of_its_own_and_no_value_without_cases() -> None:
    names = [name for name, _ in METRICS]
    assert len(set(names)) == len(names)
    assert set(names) >= LOW_IS_GOOD
    for name, count in METRICS:
        found = count(scored(observed=REFUSED, sentences=()))
        assert found.right == 0 or name in ("cases right", "refusal precision"), name
