"""Counts add up to a share, what could not be judged stays apart, and its interval draws whole clusters."""

import pytest

from eval.metrics.share import Count, Share, add_up


@pytest.mark.parametrize("wrong", [{"right": 2, "judged": 1}, {"right": -1, "judged": 1}, {"unscored": -1}])
def test_a_count_that_cannot_be_is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="right <= judged"):
        Count(**wrong)


def test_what_could_not_be_judged_is_neither_right_nor_wrong() -> None:
    found = add_up("x", [("a", Count(right=1, judged=2, unscored=3)), ("b", Count(right=3, judged=4)), ("c", Count(unscored=5))])
    # (1 + 3) of (2 + 4), 3 + 5 apart
    assert (found.right, found.judged, found.unscored) == (4, 6, 8)
    assert found.value == 4 / 6


def test_nothing_judged_has_no_value() -> None:
    assert add_up("x", []).value is None
    found = add_up("x", [("a", Count(unscored=1)), ("b", Count(unscored=1))])
    assert (found.value, found.low, found.high, found.unscored) == (None, None, None, 2)


def test_an_interval_needs_two_clusters_with_something_judged() -> None:
    assert add_up("x", [("a", Count(right=1, judged=1)), ("a", Count(judged=1))]).low is None
    assert add_up("x", [("a", Count(right=1, judged=1)), ("b", Count(unscored=1))]).low is None
    two = add_up("x", [("a", Count(right=1, judged=1)), ("b", Count(judged=1))])
    assert (two.low, two.high) == (0.0, 1.0)  # draws: aa 1, bb 0, ab 1/2


def test_clusters_without_anything_judged_are_not_drawn() -> None:
    # Drawn together with b, a would have half of its weight, and bb would be 0 of 0.
    judged = [("a", Count(right=1, judged=1)), ("c", Count(judged=1))]
    assert add_up("x", [*judged, ("b", Count(unscored=1))]) == Share(
        name="x", right=1, judged=2, unscored=1, low=add_up("x", judged).low, high=add_up("x", judged).high
    )


def test_each_judged_item_weighs_the_same_and_each_cluster_is_drawn_whole() -> None:
    # A cluster of nine right and one of a single wrong one: aa 1 (of 18), bb 0 (of 2), ab 9 of 10
    uneven = add_up("x", [("a", Count(right=9, judged=9)), ("b", Count(judged=1))])
    assert (uneven.low, uneven.value, uneven.high) == (0.0, 0.9, 1.0)
    # Twenty of each: a draw has ten times as many right ones as wrong ones or so, not as many.
    forty = add_up("x", [(str(n), Count(right=9, judged=9) if n < 20 else Count(judged=1)) for n in range(40)])
    assert forty.value == 0.9
    assert forty.low is not None
    assert forty.low > 0.8
    # The second count of a cluster adds to its first: both clusters are 1 of 2, and so is every draw.
    pairs = [(name, Count(right=right, judged=1)) for name in "ab" for right in (0, 1)]
    assert (add_up("x", pairs).low, add_up("x", pairs).high) == (0.5, 0.5)


def test_the_ends_are_those_of_the_middle_95_percent() -> None:
    # Half of five hundred: a normal one, 1.96 × sqrt(.25 / 500) = .0438 to each side; 90 % would be .0368.
    many = add_up("x", [(str(n), Count(right=n % 2, judged=1)) for n in range(500)])
    assert many.low == pytest.approx(0.5 - 0.0438, abs=0.003)
    assert many.high == pytest.approx(0.5 + 0.0438, abs=0.003)


def test_the_same_counts_give_the_same_interval_and_another_seed_another() -> None:
    counts = [(str(n), Count(right=n % 3 == 0, judged=1 + n % 2)) for n in range(40)]
    assert add_up("x", counts) == add_up("x", counts)
    assert len({add_up("x", counts, seed=seed, draws=50).low for seed in range(5)}) > 1
