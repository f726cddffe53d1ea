"""Whether an answer stays right when the same question is asked in other words, with slips, or in another language."""

from eval.case import Variant
from eval.metrics.share import Count
from eval.score import CaseScore


def count_robustness(score: CaseScore, *, variant: Variant | None = None) -> Count:
    """Questions asked again that are right where the question as it was first asked is right; high is good.

    Formula: right variants / variants whose original is right in the same run. Given `variant`, only those of that sort.

    Edge cases: where the original is wrong, or was not run, the variant is unscored: whether it is right tells nothing about
    the wording. Cases that ask nothing again add nothing, so that it is no share of all cases. A failure is not right.
    """
    if score.case.variant is None or variant not in (None, score.case.variant):
        return Count()
    if score.original_right is not True:
        return Count(unscored=1)
    return Count(right=int(score.right), judged=1)
