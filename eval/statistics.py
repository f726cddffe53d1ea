"""Two runs over the same cases → whether one is better, how sure that is, and what this set of cases could show at all.

Cases on one article succeed and fail together, so the article (the cluster) is what is drawn and what is swapped, never
the case. The seeds are fixed: the same counts give the same numbers.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.stats import binomtest, norm

Floats = NDArray[np.float64]
# 2^16 ways to swap are counted one by one in some 30 ms; beyond, 10,000 drawn ones bring p to within 0.005 at 0.05.
_MOST_EXACT = 16
_SAME = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """What a metric counts in one case of two runs: `right` of `judged` in run a and in run b."""

    cluster: str
    a_right: float
    a_judged: float
    b_right: float
    b_judged: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """How a metric differs between two runs over the same cases.

    Args:
        a, b: The two shares; None where nothing was judged.
        low, high: The 95 % interval of b - a; None with fewer than two clusters.
        p: How often chance alone makes so large a difference, two-sided.
        exact: Whether every way to swap was counted, or 10,000 drawn ones.
        n_clusters: Clusters with something judged.
        n_differing: Clusters in which the runs differ.
        smallest: The difference that this comparison would find 8 times in 10 at the 5 % level; None where no cluster differs.
    """

    a: float | None
    b: float | None
    low: float | None
    high: float | None
    p: float
    exact: bool
    n_clusters: int
    n_differing: int
    smallest: float | None

    @property
    def value(self) -> float | None:
        """b - a; None where one of them was not judged."""
        return None if self.a is None or self.b is None else self.b - self.a


def compare_paired(pairs: Iterable[Paired], *, draws: int = 10_000, seed: int = 0) -> Difference:
    """The difference of two shares, its interval and its permutation test.

    >>> pairs = [Paired(cluster=str(n), a_right=0, a_judged=1, b_right=1, b_judged=1) for n in range(6)]
    >>> found = compare_paired(pairs)
    >>> found.value, found.p, found.exact  # 2 of the 2^6 ways to swap are as far from 0
    (1.0, 0.03125, True)
    """
    rows = _by_cluster(pairs)
    total = rows.sum(axis=0)
    p, exact = permutation_test(rows, draws=draws, seed=seed)
    low, high = _bootstrap(rows, draws=2000, seed=seed)
    a, b = (float(total[at] / total[at + 1]) if total[at + 1] else None for at in (0, 2))
    return Difference(
        a=a,
        b=b,
        low=low,
        high=high,
        p=p,
        exact=exact,
        n_clusters=len(rows),
        n_differing=len(_differing(rows)),
        smallest=_smallest_of(rows),
    )


def permutation_test(rows: Floats, *, draws: int = 10_000, seed: int = 0) -> tuple[float, bool]:
    """How often swapping whole clusters between the runs makes a difference at least as large; and whether that is exact.

    If the runs were the same system, which of the two results of a cluster is called a and which b would be chance, so each
    way to swap is as likely as what was found. With up to 16 clusters that differ all ways are counted; beyond, `draws` are
    drawn and p is (1 + hits) / (1 + draws), which is never too small. A swap after which one side has nothing judged
    counts as a hit.

    Args:
        rows: One row a cluster: right and judged in run a, right and judged in run b.

    Source: Fisher's randomisation test for pairs; Phipson and Smyth 2010 for the 1 +.
    """
    found = _difference(rows.sum(axis=0)[np.newaxis])
    differing = _differing(rows)
    if not len(differing) or np.isnan(found[0]):
        return 1.0, True
    exact = len(differing) <= _MOST_EXACT
    if exact:
        swaps = (np.arange(2 ** len(differing))[:, np.newaxis] >> np.arange(len(differing)) & 1).astype(np.float64)
    else:
        swaps = np.random.default_rng(seed).integers(2, size=(draws, len(differing))).astype(np.float64)
    swapped = differing[:, (2, 3, 0, 1)] - differing
    drawn = _difference(rows.sum(axis=0) + swaps @ swapped)
    hits = int(np.count_nonzero(np.isnan(drawn) | (np.abs(drawn) >= abs(found[0]) - _SAME)))
    return (hits / len(swaps), True) if exact else ((1 + hits) / (1 + draws), False)


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p that as many of the changed cases were gained, were gain and loss equally likely.

    It takes cases for independent, which those on one article are not: read it beside the permutation test.

    Source: McNemar 1947; the exact form is a sign test.

    >>> mcnemar(5, 0), mcnemar(0, 0)  # 2 / 2^5
    (0.0625, 1.0)
    """
    return float(binomtest(gained, gained + lost, 0.5).pvalue) if gained + lost else 1.0


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """The p of several tests, each adjusted so that one false claim among all of them is as rare as the level says.

    Source: Holm 1979. In order of size the smallest is multiplied by n, the next by n - 1, and so on; none falls below
    one before it, none exceeds 1.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    adjusted = [0.0] * len(ps)
    highest = 0.0
    for rank, at in enumerate(sorted(range(len(ps)), key=ps.__getitem__)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[at]))
        adjusted[at] = highest
    return tuple(adjusted)


def smallest_difference(
    n: int, *, churn: float = 0.1, design_effect: float = 1.0, alpha: float = 0.05, power: float = 0.8
) -> float | None:
    """The smallest difference between two runs that `n` cases show with the given power; None where none would be shown.

    Args:
        churn: The share of cases on which the two runs disagree, in (0, 1].
        design_effect: By how much articles with several cases enlarge the variance.

    Formula: the d at which n / design_effect = (z₁ √churn + z₂ √(churn - d²))² / d², z₁ at 1 - alpha / 2 and z₂ at power.
    Source: Connor 1987, "Sample size for testing differences in proportions for the paired-sample design".

    >>> round(smallest_difference(191) or 0, 3), smallest_difference(20)
    (0.064, None)
    """
    if n < 1 or not 0 < churn <= 1:
        raise ValueError(f"n must be at least 1 and churn in (0, 1], found {n} and {churn}")
    z_level, z_power = float(norm.ppf(1 - alpha / 2)), float(norm.ppf(power))

    def excess(d: float) -> float:
        return float((z_level * churn**0.5 + z_power * max(0.0, churn - d * d) ** 0.5) ** 2 / (d * d) - n / design_effect)

    # d cannot exceed the churn: then every case that changes is gained.
    if excess(churn) > 0:
        return None
    return float(brentq(excess, 1e-9, churn))


def find_design_effect(counts: Iterable[tuple[str, float, float]]) -> float:
    """The variance of a share over (cluster, right, judged), by that of as many independent cases; at least 1.

    Formula: (K / (K - 1) Σ (rightₖ - p judgedₖ)² / N²) / (p (1 - p) / N), K clusters, N judged. 1 where p is 0 or 1.
    Source: Kish 1965; the variance is that of a ratio of cluster totals (Cochran 1977, 6.4).

    >>> find_design_effect([("a", 2, 2), ("b", 0, 2), ("c", 2, 2), ("d", 0, 2)])  # all or nothing: 4/3 × 2
    2.6666666666666665
    """
    rows = _by_cluster(Paired(cluster=c, a_right=r, a_judged=j, b_right=r, b_judged=j) for c, r, j in counts)[:, :2]
    right, judged = rows.sum(axis=0) if len(rows) else (0.0, 0.0)
    share = right / judged if judged else 0.0
    if len(rows) < 2 or not 0 < share < 1:
        return 1.0
    robust = len(rows) / (len(rows) - 1) * float(((rows[:, 0] - share * rows[:, 1]) ** 2).sum()) / judged**2
    return max(1.0, float(robust / (share * (1 - share) / judged)))


def false_positive_rate(
    counts: Iterable[tuple[str, float, float]], *, alpha: float = 0.05, runs: int = 400, draws: int = 1000, seed: int = 0
) -> float:
    """How often the permutation test calls two runs of one and the same system different: the A/A check.

    A system that is right on each article with its own chance (drawn around what was counted there: Beta(right + ½,
    wrong + ½)) answers every case twice, `runs` times over. The rate should not exceed `alpha` by more than chance: with
    400 runs by two points.

    Args:
        counts: (cluster, right, judged) of each case.
    """
    rows = _by_cluster(Paired(cluster=c, a_right=r, a_judged=j, b_right=r, b_judged=j) for c, r, j in counts)[:, :2]
    right, judged = rows.T
    random = np.random.default_rng(seed)
    claimed = 0
    for _ in range(runs):
        chance = random.beta(right + 0.5, judged - right + 0.5)
        twice = (random.binomial(judged.astype(np.int64), chance).astype(np.float64) for _ in range(2))
        first, second = twice
        drawn = np.stack([first, judged, second, judged], axis=1)
        p, _exact = permutation_test(drawn, draws=draws, seed=int(random.integers(2**32)))
        claimed += p <= alpha
    return claimed / runs


def _by_cluster(pairs: Iterable[Paired]) -> Floats:
    sums: dict[str, Floats] = {}
    for pair in pairs:
        if pair.a_judged or pair.b_judged:
            counts = (pair.a_right, pair.a_judged, pair.b_right, pair.b_judged)
            sums[pair.cluster] = sums.get(pair.cluster, np.zeros(4)) + counts
    return np.array([sums[cluster] for cluster in sorted(sums)]).reshape(-1, 4)


def _differing(rows: Floats) -> Floats:
    kept: Floats = rows[np.any(rows[:, :2] != rows[:, 2:], axis=1)]
    return kept


def _difference(totals: Floats) -> Floats:
    with np.errstate(invalid="ignore", divide="ignore"):
        found: Floats = totals[:, 2] / totals[:, 3] - totals[:, 0] / totals[:, 1]
    # x / 0 is no share, whatever x.
    return np.where((totals[:, 1] > 0) & (totals[:, 3] > 0), found, np.nan)


def _bootstrap(rows: Floats, *, draws: int, seed: int) -> tuple[float | None, float | None]:
    if len(rows) < 2:
        return None, None
    picks = np.random.default_rng(seed).integers(len(rows), size=(draws, len(rows)))
    drawn = _difference(rows[picks].sum(axis=1))
    if np.isnan(drawn).all():
        return None, None
    low, high = np.nanpercentile(drawn, (2.5, 97.5))
    return float(low), float(high)


def _smallest_of(rows: Floats, *, alpha: float = 0.05, power: float = 0.8) -> float | None:
    """(z₁ + z₂) times the spread of the difference when clusters are swapped at random, its share linearised."""
    total = rows.sum(axis=0) if len(rows) else np.zeros(4)
    if not len(_differing(rows)) or not total[1] or not total[3]:
        return None
    share = (total[0] + total[2]) / (total[1] + total[3])
    residual = rows[:, (0, 2)] - share * rows[:, (1, 3)]
    spread = float(np.sqrt(((residual[:, 1] - residual[:, 0]) ** 2).sum()) / ((total[1] + total[3]) / 2))
    return float(norm.ppf(1 - alpha / 2) + norm.ppf(power)) * spread
