"""Two runs over the same cases, case by case: what was gained, lost and changed, and which metric differs by more than chance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from eval.record import RIGHT, CaseRecord, Result, RunRecord, SystemRecord
from eval.statistics import (
    Difference,
    Paired,
    compare_paired,
    false_positive_rate,
    find_design_effect,
    holm,
    mcnemar,
    smallest_difference,
)
from index.errors import InputError

# What decides is named before anyone looks: each further metric would make a chance find likelier.
DECIDING = (RIGHT, "wrong-speaker rate")
_RUNS, _DRAWS = 200, 499
Outcome = Literal["better", "worse", "no difference shown", "not judged"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDifference:
    """One metric in both runs.

    Args:
        p_adjusted: Its p after Holm's correction, over the deciding metrics for one of them, over all others for another.
        decides: Whether it decides if run b is worse.
    """

    metric: str
    difference: Difference
    p_adjusted: float
    outcome: Outcome
    decides: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A case on which the two answers differ."""

    case: CaseRecord
    a: Result
    b: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How run b stands to run a.

    Args:
        gained, lost: Cases that only b, only a has right.
        changed: Cases with another answer that is as right or wrong as before.
        p_mcnemar: The exact McNemar test of gained against lost, as if no two cases were on one article; cases that ask
            another again are not in it, nor in what follows.
        false_positives: How often the test calls two runs of one system, as good as a, different: the A/A check.
        smallest: The difference in cases right that these cases would show 8 times in 10, were one in ten to change.
    """

    a: str
    b: str
    level: float
    n_cases: int
    metrics: tuple[MetricDifference, ...]
    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    changed: tuple[Change, ...]
    p_mcnemar: float
    false_positives: float
    smallest: float | None

    @property
    def worse(self) -> tuple[str, ...]:
        """The deciding metrics on which b is significantly worse."""
        return tuple(item.metric for item in self.metrics if item.decides and item.outcome == "worse")


def compare_runs(
    a: RunRecord,
    b: RunRecord,
    *,
    system_a: str | None = None,
    system_b: str | None = None,
    deciding: Sequence[str] = DECIDING,
    level: float = 0.05,
) -> Comparison:
    """Compare a system of run a with one of run b, over all cases.

    Args:
        system_a, system_b: Their names; the first of each run by default.
        deciding: The metrics that decide whether b is worse; Holm's correction goes over them.
        level: How often a difference may be claimed where there is none.
    Raises:
        InputError: The runs are over different cases or articles, a system or metric is not there, or nothing decides.
    """
    check_same(a, b)
    if unknown := [name for name in deciding if name not in a.metrics or name not in b.metrics]:
        raise InputError(f"the runs have no metric {unknown[0]}; they have: {', '.join(a.metrics)}")
    if not deciding:
        raise InputError("no metric decides whether the second run is worse; name one")
    one, other = a.system(system_a), b.system(system_b)
    b_results = {result.id: result for result in other.results}
    rows = [(case, result, b_results[case.id]) for case, result in zip(a.cases, one.results, strict=True)]
    found = [(name, compare_paired(_pairs(rows, name))) for name in a.metrics if name in b.metrics]
    changes = [Change(case=case, a=x, b=y) for case, x, y in rows if _differs(x, y)]
    gained = tuple(change for change in changes if change.b.right and not change.a.right)
    lost = tuple(change for change in changes if change.a.right and not change.b.right)
    first = [(case, x, y) for case, x, y in rows if case.variant is None]
    counts = [(case.cluster, float(result.right), 1.0) for case, result, _ in first]
    return Comparison(
        a=one.name,
        b=other.name,
        level=level,
        n_cases=len(rows),
        metrics=_correct(found, deciding, level, a.low_is_good),
        gained=gained,
        lost=lost,
        changed=tuple(change for change in changes if change.a.right == change.b.right),
        p_mcnemar=mcnemar(sum(y.right > x.right for _, x, y in first), sum(x.right > y.right for _, x, y in first)),
        false_positives=false_positive_rate(counts, alpha=level, runs=_RUNS, draws=_DRAWS),
        smallest=smallest_difference(len(counts), design_effect=find_design_effect(counts)) if counts else None,
    )


def check_same(a: RunRecord, b: RunRecord) -> None:
    """Both runs are over the same cases, the same articles, and with the same judge.

    Raises:
        InputError: They are not; their figures say nothing about each other.
    """
    for what, mine, yours in (
        ("cases", a.cases_hash, b.cases_hash),
        ("articles", a.corpus_hash, b.corpus_hash),
        ("judges of support", a.judge, b.judge),
    ):
        if mine != yours:
            raise InputError(
                f"the two runs are over different {what} ({mine or 'none'} and {yours or 'none'}), so their figures say nothing "
                "about each other; run both again over the same"
            )
    if {case.id for case in a.cases} != {case.id for case in b.cases}:
        raise InputError("the two runs have the same hash but not the same cases; one of the files was changed by hand")


def find_partner(a: SystemRecord, b: RunRecord) -> str | None:
    """The system of run b that is to be compared with one of run a: that of its name, else the only one; None if neither."""
    names = [system.name for system in b.systems]
    return a.name if a.name in names else names[0] if len(names) == 1 else None


def to_json(comparison: Comparison) -> dict[str, Any]:
    """All of a comparison for machines; the same runs give the same bytes."""
    return {
        "format": "whosaid eval comparison",
        "version": 1,
        "a": comparison.a,
        "b": comparison.b,
        "level": comparison.level,
        "worse": list(comparison.worse),
        "metrics": [
            {
                "metric": item.metric,
                "decides": item.decides,
                "outcome": item.outcome,
                "a": item.difference.a,
                "b": item.difference.b,
                "difference": item.difference.value,
                "low": item.difference.low,
                "high": item.difference.high,
                "p": item.difference.p,
                "p_adjusted": item.p_adjusted,
                "exact": item.difference.exact,
                "n_clusters": item.difference.n_clusters,
                "n_differing": item.difference.n_differing,
                "smallest": item.difference.smallest,
            }
            for item in comparison.metrics
        ],
        "gained": [change.case.id for change in comparison.gained],
        "lost": [change.case.id for change in comparison.lost],
        "changed": [change.case.id for change in comparison.changed],
        "p_mcnemar": comparison.p_mcnemar,
        "false_positives": comparison.false_positives,
        "smallest": comparison.smallest,
    }


def _pairs(rows: Sequence[tuple[CaseRecord, Result, Result]], metric: str) -> list[Paired]:
    pairs = []
    for case, a, b in rows:
        (a_right, a_judged, _), (b_right, b_judged, _) = (result.counts.get(metric, (0, 0, 0)) for result in (a, b))
        pairs.append(Paired(cluster=case.cluster, a_right=a_right, a_judged=a_judged, b_right=b_right, b_judged=b_judged))
    return pairs


def _correct(
    found: Sequence[tuple[str, Difference]], deciding: Sequence[str], level: float, low_is_good: Sequence[str]
) -> tuple[MetricDifference, ...]:
    adjusted: dict[str, float] = {}
    for family in (True, False):
        names = [name for name, item in found if (name in deciding) is family and item.value is not None]
        ps = [item.p for name, item in found if name in names]
        adjusted |= dict(zip(names, holm(ps), strict=True))
    metrics = []
    for name, item in found:
        p = adjusted.get(name, 1.0)
        outcome: Outcome = "no difference shown"
        if item.value is None:
            outcome = "not judged"
        elif p <= level:
            outcome = "better" if (item.value > 0) != (name in low_is_good) else "worse"
        metrics.append(MetricDifference(metric=name, difference=item, p_adjusted=p, outcome=outcome, decides=name in deciding))
    return tuple(metrics)


def _differs(a: Result, b: Result) -> bool:
    """Whether the answers differ to a reader or a metric; how sure a system was is no difference."""

    def plain(result: Result) -> Result:
        return replace(result, confidence=None, cited=tuple(replace(item, score=None) for item in result.cited))

    return plain(a) != plain(b)
