"""Counts of a metric over cases, and the share they make with its interval."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """What a metric counts in one case: `right` of `judged`, and how many could not be judged (`unscored`).

    `right` is whole where things are counted, and may be broken where each case has a value in [0, 1], as with MRR.
    """

    right: float = 0
    judged: int = 0
    unscored: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.right <= self.judged and self.unscored >= 0):
            raise ValueError(f"a count needs 0 <= right <= judged and unscored >= 0, found {self}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A metric over all cases: right / judged, None where nothing was judged, and the ends of its 95 % interval."""

    name: str
    right: float
    judged: int
    unscored: int
    low: float | None = None
    high: float | None = None

    @property
    def value(self) -> float | None:
        """In [0, 1]; None (not 0) where nothing was judged.

        >>> Share(name="x", right=1, judged=4, unscored=0).value, Share(name="x", right=0, judged=0, unscored=3).value
        (0.25, None)
        """
        return self.right / self.judged if self.judged else None


def add_up(name: str, counts: Iterable[tuple[str, Count]], *, draws: int = 2000, seed: int = 0) -> Share:
    """The share over (cluster, count) pairs, each judged item weighing the same.

    The interval is the 2.5th to 97.5th percentile over `draws` bootstrap samples of whole clusters with replacement,
    since cases on one article succeed and fail together. The same input gives the same numbers. None with fewer than
    two clusters.

    >>> add_up("recall", [("a", Count(right=1, judged=2)), ("b", Count(unscored=1))])
    Share(name='recall', right=1, judged=2, unscored=1, low=None, high=None)
    """
    pairs = tuple(counts)
    total = Count(
        right=sum(count.right for _, count in pairs),
        judged=sum(count.judged for _, count in pairs),
        unscored=sum(count.unscored for _, count in pairs),
    )
    low, high = _interval(pairs, draws=draws, seed=seed)
    return Share(name=name, right=total.right, judged=total.judged, unscored=total.unscored, low=low, high=high)


def _interval(pairs: Sequence[tuple[str, Count]], *, draws: int, seed: int) -> tuple[float | None, float | None]:
    clusters = sorted({cluster for cluster, count in pairs if count.judged})
    if len(clusters) < 2:
        return None, None
    sums = np.zeros((len(clusters), 2))
    for cluster, count in pairs:
        if count.judged:
            sums[clusters.index(cluster)] += (count.right, count.judged)
    picks = np.random.default_rng(seed).integers(len(clusters), size=(draws, len(clusters)))
    drawn = sums[picks].sum(axis=1)
    low, high = np.percentile(drawn[:, 0] / drawn[:, 1], (2.5, 97.5))
    return float(low), float(high)
