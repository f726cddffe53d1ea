"""The tests between two runs: worked out by hand, and against scipy."""

from itertools import product

import numpy as np
import pytest
from scipy import stats

from eval.metrics.share import Count, add_up
from eval.statistics import (
    Paired,
    compare_paired,
    false_positive_rate,
    find_design_effect,
    holm,
    mcnemar,
    permutation_test,
    smallest_difference,
)


def pairs(*cases: tuple[str, int, int]) -> list[Paired]:
    """Cases as (cluster, right in a, right in b)."""
    return [Paired(cluster=name, a_right=a, a_judged=1, b_right=b, b_judged=1) for name, a, b in cases]


def test_all_ways_to_swap_are_counted_when_few_clusters_differ() -> None:
    # Differences of the clusters +1, +1, -1 (d is the same in both): of the 8 sums of ±1 ±1 ±1, all are at least 1 away from 0.
    found = compare_paired(pairs(("a", 0, 1), ("b", 0, 1), ("c", 1, 0), ("d", 1, 1)))
    assert (found.p, found.exact, found.n_clusters, found.n_differing) == (1.0, True, 4, 3)
    # +2, +1, +1: |sum| = 4 in 2 of the 8 ways.
    found = compare_paired(pairs(("a", 0, 1), ("a", 0, 1), ("b", 0, 1), ("c", 0, 1)))
    assert found.p == 2 / 8
    # The same four cases on four articles are twice the evidence: 2 of 16.
    assert compare_paired(pairs(("a", 0, 1), ("e", 0, 1), ("b", 0, 1), ("c", 0, 1))).p == 2 / 16


def test_a_share_over_differently_many_judged_is_swapped_with_its_denominator() -> None:
    rows = np.array([[1.0, 6.0, 3.0, 3.0], [0.0, 1.0, 4.0, 9.0], [4.0, 6.0, 1.0, 1.0]])
    found = (8 / 13) - (5 / 13)
    hits = 0
    for swap in product((False, True), repeat=3):
        a = sum(row[2:] if swapped else row[:2] for row, swapped in zip(rows, swap, strict=True))
        b = sum(row[:2] if swapped else row[2:] for row, swapped in zip(rows, swap, strict=True))
        hits += abs(b[0] / b[1] - a[0] / a[1]) >= found - 1e-12
    assert permutation_test(rows) == (hits / 8, True)


@pytest.mark.parametrize("n", [10, 40])
def test_the_permutation_test_agrees_with_scipy(n: int) -> None:
    random = np.random.default_rng(3)
    a, b = random.integers(0, 4, size=n), random.integers(1, 5, size=n)
    rows = np.stack([a, np.full(n, 4), b, np.full(n, 4)], axis=1).astype(np.float64)
    ours, exact = permutation_test(rows)
    theirs = stats.permutation_test(
        (a, b), lambda x, y, axis: np.mean(y - x, axis=axis), permutation_type="samples", n_resamples=20_000, vectorized=True,
        rng=np.random.default_rng(1),
    )  # fmt: skip
    assert exact == (n == 10)
    assert ours == pytest.approx(float(theirs.pvalue), abs=1e-9 if exact else 0.01)


def test_a_drawn_p_is_never_nought() -> None:
    # Of 2^40 ways two are as far from 0 as what was found; 10,000 draws meet neither, and p is 1 / 10,001.
    rows = np.tile([0.0, 1.0, 1.0, 1.0], (40, 1))
    assert permutation_test(rows) == (1 / 10_001, False)


def test_the_same_input_gives_the_same_numbers_and_an_order_of_cases_does_not_matter() -> None:
    random = np.random.default_rng(5)
    cases = pairs(*((f"article {n % 30}", int(random.integers(2)), int(random.integers(2))) for n in range(90)))
    assert compare_paired(cases) == compare_paired(cases)
    assert compare_paired(cases) == compare_paired(cases[::-1])


def test_a_run_beside_itself_differs_in_nothing() -> None:
    found = compare_paired(pairs(("a", 1, 1), ("b", 0, 0), ("c", 1, 1)))
    assert (found.value, found.p, found.low, found.high, found.smallest) == (0.0, 1.0, 0.0, 0.0, None)


def test_nothing_judged_is_no_difference_of_nought() -> None:
    found = compare_paired([Paired(cluster="a", a_right=0, a_judged=0, b_right=1, b_judged=1)])
    assert (found.a, found.b, found.value, found.p) == (None, 1.0, None, 1.0)
    assert compare_paired([]).value is None


def test_the_interval_covers_the_difference_as_often_as_it_says() -> None:
    # 60 articles with two cases each, chances of .6 and .75 that vary by article: the difference is .15.
    covered = 0
    for seed in range(200):
        random = np.random.default_rng(seed)
        shift = random.uniform(-0.2, 0.2, size=60)
        a, b = (random.binomial(2, np.clip(chance + shift, 0, 1)) for chance in (0.6, 0.75))
        cases = [Paired(cluster=str(n), a_right=int(a[n]), a_judged=2, b_right=int(b[n]), b_judged=2) for n in range(60)]
        found = compare_paired(cases, draws=1)
        assert found.low is not None
        assert found.high is not None
        covered += found.low <= 0.15 <= found.high
    # 190 expected, standard deviation 3.1.
    assert 180 <= covered <= 199


def test_mcnemar_is_the_exact_sign_test() -> None:
    # 1 lost, 7 gained: 2 × (1 + 8) / 2^8.
    assert mcnemar(7, 1) == pytest.approx(18 / 256)
    assert mcnemar(1, 7) == mcnemar(7, 1)
    assert mcnemar(4, 4) == 1.0


def test_holm_multiplies_the_smallest_most_and_never_falls() -> None:
    # In order .005 × 4, .01 × 3, .03 × 2 and .04 × 1, which may not fall below the .06 before it.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm([]) == ()
    assert holm([0.6, 0.9]) == (1.0, 1.0)


def test_the_smallest_difference_is_found_eight_times_in_ten() -> None:
    n, churn = 400, 0.2
    d = smallest_difference(n, churn=churn)
    assert d is not None
    random = np.random.default_rng(0)
    gained = (churn + d) / 2
    draws = random.multinomial(n, [gained, churn - gained, 1 - churn], size=1000)
    # Connor's formula is for the test without continuity correction; the exact one is a little shyer.
    shown = sum((more - less) ** 2 / (more + less) >= stats.chi2.ppf(0.95, 1) for more, less, _ in draws)
    assert shown / 1000 == pytest.approx(0.8, abs=0.04)


def test_few_cases_show_no_difference_and_articles_with_many_cases_show_less() -> None:
    assert smallest_difference(20) is None
    alone, together = smallest_difference(400), smallest_difference(400, design_effect=2.0)
    assert alone is not None
    assert together is not None
    assert together > alone
    with pytest.raises(ValueError, match="churn"):
        smallest_difference(10, churn=0.0)


def test_the_design_effect_is_one_where_every_case_has_its_own_article() -> None:
    # K / (K - 1) × Σ (right - p)² / N² over p (1 - p) / N is K / (K - 1) = 4 / 3.
    assert find_design_effect([("a", 1, 1), ("b", 0, 1), ("c", 1, 1), ("d", 0, 1)]) == pytest.approx(4 / 3)
    # Two cases each, one right of two everywhere: nothing varies between articles, and below 1 it does not go.
    assert find_design_effect([("a", 1, 2), ("b", 1, 2)]) == 1.0
    assert find_design_effect([("a", 2, 2), ("b", 1, 1)]) == 1.0


@pytest.mark.parametrize(("n", "size"), [(12, 3), (40, 3), (60, 1)])
def test_the_same_system_twice_is_called_different_no_more_often_than_the_level_says(n: int, size: int) -> None:
    counts = [(str(article), article % (size + 1), size) for article in range(n)]
    rate = false_positive_rate(counts, runs=200, draws=199)
    # .05 and two standard deviations of 200 draws.
    assert rate <= 0.05 + 2 * (0.05 * 0.95 / 200) ** 0.5
    assert false_positive_rate(counts, alpha=1.0, runs=5) == 1.0


def test_a_test_of_cases_that_forgets_their_articles_claims_too_much() -> None:
    # Why articles are swapped whole: 12 articles, ten cases each that succeed or fail together.
    random = np.random.default_rng(0)
    claimed = {"cases": 0, "articles": 0}
    for _ in range(300):
        a, b = random.integers(2, size=(2, 12))
        whole = np.stack([a * 10, np.full(12, 10), b * 10, np.full(12, 10)], axis=1).astype(np.float64)
        claimed["articles"] += permutation_test(whole)[0] <= 0.05
        claimed["cases"] += mcnemar(int(10 * ((b - a) > 0).sum()), int(10 * ((a - b) > 0).sum())) <= 0.05
    assert claimed["articles"] / 300 <= 0.075
    assert claimed["cases"] / 300 > 0.4


def test_the_bootstrap_of_a_share_draws_whole_articles() -> None:
    # Four articles, each all right or all wrong: drawn whole, the share is a mean of 4 fair coins, 0 to 1 at 95 %
    # (each end has a chance of 1/16); drawn by case, 40 coins would give about .35 to .65.
    counts = [(name, Count(right=10 * right, judged=10)) for name, right in (("a", 1), ("b", 0), ("c", 1), ("d", 0))]
    share = add_up("x", counts)
    assert (share.value, share.low, share.high) == (0.5, 0.0, 1.0)
