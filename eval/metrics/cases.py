"""The share of cases that are right in every respect."""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_right_case(score: CaseScore) -> Count:
    """1 of 1 where the case has no problem, 0 of 1 otherwise.

    Formula: right cases / cases. A case on which the system failed is wrong, since its user got nothing.
    """
    return Count(right=int(score.right), judged=1)
