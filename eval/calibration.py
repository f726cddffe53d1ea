"""How sure a system says it is, against how often it is right."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isfinite
from operator import itemgetter

from scipy.stats import binomtest, mannwhitneyu

from eval.record import SystemRecord

_BINS = 10
# With fewer in a bin its interval spans most of the scale.
_FEWEST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """Items with scores from `low` to `high`, both included; `right` of `n`, and the Wilson interval of that share."""

    low: float
    high: float
    mean: float
    n: int
    right: int
    share_low: float
    share_high: float

    @property
    def share(self) -> float:
        return self.right / self.n


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """Scores against what is right.

    Args:
        n: Items with a score, and known to be right or wrong; `unscored` lack one of the two.
        auroc: How often a right item has a higher score than a wrong one, ties half: 0.5 is chance. None where all are
            right or all are wrong.
    """

    n: int
    unscored: int
    bins: tuple[Bin, ...]
    auroc: float | None


def calibrate_citations(system: SystemRecord) -> Calibration:
    """The scores of all citations against whether they belong there."""
    return calibrate([(item.score, item.right) for result in system.results for item in result.cited])


def calibrate_answers(system: SystemRecord) -> Calibration:
    """How sure the system was of each answer against whether the case is right."""
    return calibrate([(result.confidence, result.right) for result in system.results])


def calibrate(items: Sequence[tuple[float | None, bool | None]]) -> Calibration:
    """Bins of about equal size in order of score, ten or so, each of five items at least; equal scores are never parted.

    >>> found = calibrate([(0.9, True), (0.1, False), (0.5, None), (None, True)])
    >>> found.n, found.unscored, found.auroc, [(item.low, item.high, item.share) for item in found.bins]
    (2, 2, 1.0, [(0.1, 0.9, 0.5)])
    """
    known = sorted((score, right) for score, right in items if score is not None and isfinite(score) and right is not None)
    groups: list[list[tuple[float, bool]]] = []
    size = max(_FEWEST, -(-len(known) // _BINS))
    for _, items_with_score in groupby(known, key=itemgetter(0)):
        same = list(items_with_score)
        if not groups or (len(groups[-1]) >= _FEWEST and len(groups[-1]) + len(same) > size):
            groups.append([])
        groups[-1] += same
    if len(groups) > 1 and len(groups[-1]) < _FEWEST:
        last = groups.pop()
        groups[-1] += last
    return Calibration(n=len(known), unscored=len(items) - len(known), bins=tuple(map(_bin, groups)), auroc=_auroc(known))


def _bin(items: Sequence[tuple[float, bool]]) -> Bin:
    right = sum(is_right for _, is_right in items)
    interval = binomtest(right, len(items)).proportion_ci(method="wilson")
    scores = [score for score, _ in items]
    return Bin(
        low=scores[0],
        high=scores[-1],
        mean=sum(scores) / len(scores),
        n=len(items),
        right=right,
        share_low=float(interval.low),
        share_high=float(interval.high),
    )


def _auroc(items: Sequence[tuple[float, bool]]) -> float | None:
    right, wrong = ([score for score, is_right in items if is_right is wanted] for wanted in (True, False))
    if not right or not wrong:
        return None
    return float(mannwhitneyu(right, wrong).statistic) / (len(right) * len(wrong))
