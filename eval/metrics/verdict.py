"""Whether "did X say …?" gets the right verdict."""

from collections import Counter
from collections.abc import Sequence

from eval.metrics.share import Count
from eval.score import CaseScore


def count_verdict_accuracy(score: CaseScore) -> Count:
    """Questions on somebody's words with an accepted verdict.

    Formula: accepted verdict / cases that expect one. No verdict, or no answer, is wrong.
    """
    if not score.case.expect.verdict:
        return Count()
    found = score.observed.verdict if score.observed else None
    return Count(right=int(found in score.case.expect.verdict), judged=1)


def confuse_verdicts(scores: Sequence[CaseScore]) -> Counter[tuple[str, str]]:
    """How often each (expected, given) pair came; "none" where no verdict was given.

    Where a case accepts several verdicts, an accepted one counts as the expected one, else the first stands for them.
    """
    pairs: Counter[tuple[str, str]] = Counter()
    for score in scores:
        if accepted := score.case.expect.verdict:
            found = (score.observed.verdict if score.observed else None) or "none"
            pairs[found if found in accepted else accepted[0], found] += 1
    return pairs
