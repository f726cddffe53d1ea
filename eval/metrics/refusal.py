"""Whether an answer is refused where nothing supports one, only there, and for the right reason."""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_refusal_recall(score: CaseScore) -> Count:
    """Questions without an answer that were refused.

    Formula: refused / questions that the case says must be refused. Failures of the system count as not refused; cases
    that leave it open are unscored, cases that have an answer add nothing.
    """
    expected = score.case.expect.abstained
    if expected is None:
        return Count(unscored=1)
    refused = score.observed is not None and score.observed.abstained
    return Count(right=int(refused), judged=1) if expected else Count()


def count_refusal_precision(score: CaseScore) -> Count:
    """Refusals that were called for: a system that always refuses scores low here.

    Formula: refused questions without an answer / refused questions. Refusals where the case leaves it open are
    unscored.
    """
    if score.observed is None or not score.observed.abstained:
        return Count()
    expected = score.case.expect.abstained
    return Count(unscored=1) if expected is None else Count(right=int(expected), judged=1)


def count_reason_accuracy(score: CaseScore) -> Count:
    """Rightly refused questions whose reason is the expected one.

    Formula: expected reason / refused questions for which the case gives a reason. What was not refused is unscored
    here, since recall counts it already.
    """
    if score.case.expect.reason is None:
        return Count()
    if score.observed is None or not score.observed.abstained:
        return Count(unscored=1)
    return Count(right=int(score.observed.reason == score.case.expect.reason), judged=1)
