"""A run (and another, to compare with) as one HTML file that needs nothing else: no network, no other file.

Whatever comes from articles, cases and systems is escaped by Jinja, which has no exception here; the page's own policy
lets run only its one script and style, by their hashes.
"""

import hashlib
from base64 import b64encode
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from math import floor, log10
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

from eval.calibration import Calibration, calibrate_answers, calibrate_citations
from eval.case import DIFFICULTIES
from eval.compare import Comparison, compare_runs, find_partner
from eval.confusion import Confusion, confuse_refusals, confuse_verdicts
from eval.record import GROUPS, STEPS, CaseRecord, Figure, Result, RunRecord, SystemRecord, SystemTimes, Times
from eval.report import explain_comparison, give_verdict, show_cases, show_loss, show_p, show_share, smallest_shown
from index.errors import InputError

# A failure with more citations lists the first; the others are in the run's file, and the page says how many.
_MOST_CITED = 20
_LONGEST = 4_000
_WIDTH, _HEIGHT = 640, 220


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of a table of shares: its name, and the figure of each system, None where it has none."""

    name: str
    figures: tuple[Figure | None, ...]
    low_is_good: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """One system's times: seconds that half, and nine tenths of its cases stayed within, and the steps of its curve."""

    name: str
    total: float
    median: float
    slowest_tenth: float
    slowest: float
    tokens: int | None
    peak_mib: float | None
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A wrong case of one system, as the page lists it; `number` says where the system stands, from 1."""

    number: int
    system: str
    case: CaseRecord
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A comparison and whether both answers of a changed case are worth listing."""

    title: str
    comparison: Comparison
    lines: tuple[str, ...]
    verdict: str
    with_changed: bool


def make_page(
    run: RunRecord,
    *,
    times: Times | None = None,
    other: RunRecord | None = None,
    title: str = "Evaluation",
) -> str:
    """The page of a run.

    Args:
        times: What the systems took; without it the page says nothing of latency.
        other: A later run over the same cases, to be compared with this one, system by system.
    Raises:
        InputError: The two runs are not over the same cases and articles, or have no system in common.
    """
    if not run.systems or not run.cases:
        raise InputError("the run holds no system or no case; there is nothing to report")
    environment = _environment()
    style, script = (_packaged(name) for name in ("report.css", "report.js"))
    failures = tuple(
        Failure(number=number, system=system.name, case=case, result=result)
        for number, system in enumerate(run.systems, start=1)
        for case, result in zip(run.cases, system.results, strict=True)
        if not result.right
    )
    page: str = environment.get_template("report.html.j2").render(
        title=title,
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        run=run,
        names=[system.name for system in run.systems],
        how_many=show_cases(run),
        systems=list(enumerate(run.systems, start=1)),
        metrics=[row for row in _metric_rows(run) if _is_told(row)],
        untold=[row.name for row in _metric_rows(run) if not _is_told(row)],
        groups=[(by, rows) for by in GROUPS if (rows := _group_rows([getattr(system, f"by_{by}") for system in run.systems]))],
        smallest=smallest_shown(run),
        calibrations=[(n, system.name, *_calibrations(system)) for n, system in enumerate(run.systems, start=1)],
        confusions=[(system.name, *_confusions(run, system)) for system in run.systems],
        latencies=_latencies(times),
        ticks=_ticks(times),
        compared=_compare(run, other),
        failures=failures,
        choices=_choices(failures),
        steps=Counter((failure.number, failure.result.step) for failure in failures),
        all_steps=STEPS,
        most_cited=_MOST_CITED,
        width=_WIDTH,
        height=_HEIGHT,
    )
    return _plain(page)


def _environment() -> Environment:
    templates = {name: _packaged(name) for name in ("report.html.j2", "macros.html.j2")}
    environment = Environment(
        loader=DictLoader(templates), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "share": show_share,
        "p": show_p,
        "loss": show_loss,
        "bounded": _bounded,
        "x": _x,
        "shade": _shade,
        "signed": _signed,
    }
    return environment


def _packaged(name: str) -> str:
    return (resources.files("eval.templates") / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded, sent or framed, and of styles and scripts only the page's own run."""

    def digest(text: str) -> str:
        return f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return f"default-src 'none'; style-src {digest(style)}; script-src {digest(script)}; base-uri 'none'; form-action 'none'"


def _bounded(text: str, longest: int = _LONGEST) -> str:
    return text if len(text) <= longest else f"{text[:longest]} … [{len(text) - longest} characters more]"


def _plain(text: str) -> str:
    """Text that a page can hold: no control characters other than white space.

    >>> _plain("a\\x00b\\tc")
    'a�b\\tc'
    """
    cleaned = text.encode("utf-8", "replace").decode("utf-8")
    return "".join(char if char >= " " or char in "\t\n\r" else "\ufffd" for char in cleaned)


def _x(share: float, width: float = 200.0) -> str:
    """Where a share lies on an axis of that width, with room for the marks at both ends."""
    return f"{6 + share * (width - 12):.1f}"


def _signed(difference: float) -> str:
    """A difference with its sign, as type has it.

    >>> _signed(-0.25), _signed(0.0)
    ('−0.250', '+0.000')
    """
    return f"{difference:+.3f}".replace("-", "−")


def _shade(n: int, total: int) -> int:
    """One of ten shades, the darker the larger n's part of its row.

    >>> _shade(0, 5), _shade(1, 5), _shade(5, 5)
    (0, 2, 9)
    """
    return 0 if not total or not n else max(1, round(9 * n / total))


def _metric_rows(run: RunRecord) -> list[Row]:
    return [
        Row(
            name=name,
            figures=tuple(system.metrics.get(name) for system in run.systems),
            low_is_good=name in run.low_is_good,
        )
        for name in run.metrics
    ]


def _group_rows(systems: Sequence[Any]) -> list[Row]:
    names = dict.fromkeys(name for figures in systems for name in figures)
    return [Row(name=name, figures=tuple(figures.get(name) for figures in systems)) for name in names]


def _is_told(row: Row) -> bool:
    return any(figure and figure.judged for figure in row.figures)


def _calibrations(system: SystemRecord) -> tuple[Calibration, Calibration]:
    return calibrate_citations(system), calibrate_answers(system)


def _confusions(run: RunRecord, system: SystemRecord) -> tuple[Confusion, Confusion]:
    return confuse_refusals(run, system), confuse_verdicts(run, system)


def _latencies(times: Times | None) -> list[Latency]:
    if times is None:
        return []
    ends = _ends(times)
    return [_latency(system, ends) for system in times.systems if system.seconds]


def _latency(system: SystemTimes, ends: tuple[float, float]) -> Latency:
    seconds = sorted(system.seconds)
    points = [
        f"{_log_x(second, ends):.1f},{_HEIGHT - 30 - (n / len(seconds)) * (_HEIGHT - 45):.1f}"
        for n, second in enumerate(seconds, start=1)
    ]
    return Latency(
        name=system.name,
        total=sum(seconds),
        median=seconds[(len(seconds) - 1) // 2],
        slowest_tenth=seconds[-(-len(seconds) * 9 // 10) - 1],
        slowest=seconds[-1],
        tokens=system.tokens,
        peak_mib=system.peak_mib,
        points=" ".join(points),
    )


def _ends(times: Times) -> tuple[float, float]:
    """The powers of ten that all times lie between, in log10 of seconds; no time is taken for less than a microsecond."""
    seconds = [max(second, 1e-6) for system in times.systems for second in system.seconds] or [1.0]
    low = floor(log10(min(seconds)))
    return low, max(low + 1, -floor(-log10(max(seconds))))


def _log_x(second: float, ends: tuple[float, float]) -> float:
    low, high = ends
    return 30 + (log10(max(second, 1e-6)) - low) / (high - low) * (_WIDTH - 60)


def _ticks(times: Times | None) -> list[tuple[float, str]]:
    if times is None:
        return []
    ends = _ends(times)
    return [(round(_log_x(10.0**power, ends), 1), f"{10.0**power:g} s") for power in range(int(ends[0]), int(ends[1]) + 1)]


def _compare(run: RunRecord, other: RunRecord | None) -> list[Compared]:
    """The systems of one run against its first; then each against its partner in the other run."""
    first = run.systems[0]
    compared = [
        _explain(compare_runs(run, run, system_a=first.name, system_b=system.name), "In this run", with_changed=False)
        for system in run.systems[1:]
    ]
    if other is not None:
        partners = [(system.name, find_partner(system, other)) for system in run.systems]
        found = [(mine, theirs) for mine, theirs in partners if theirs is not None]
        if not found:
            raise InputError("the two runs have no system in common, and the second has several; give one with a single system")
        compared += [
            _explain(compare_runs(run, other, system_a=mine, system_b=theirs), "First run → second run", with_changed=True)
            for mine, theirs in found
        ]
    return compared


def _explain(comparison: Comparison, title: str, *, with_changed: bool) -> Compared:
    return Compared(
        title=title,
        comparison=comparison,
        lines=explain_comparison(comparison),
        verdict=give_verdict(comparison),
        with_changed=with_changed,
    )


def _choices(failures: Sequence[Failure]) -> list[tuple[str, str, list[str]]]:
    """What the failures can be filtered by: (attribute, label, values)."""
    values: dict[str, list[str]] = {
        "system": list(dict.fromkeys(failure.system for failure in failures)),
        "step": [step for step in STEPS if any(failure.result.step == step for failure in failures)],
        "kind": sorted({failure.case.kind for failure in failures}),
        "language": sorted({failure.case.language for failure in failures}),
        "split": sorted({failure.case.split for failure in failures}),
        "difficulty": [level for level in DIFFICULTIES if any(failure.case.difficulty == level for failure in failures)],
    }
    labels = {
        "system": "System", "step": "Lost at", "kind": "Kind", "language": "Language", "split": "Split",
        "difficulty": "Difficulty",
    }  # fmt: skip
    return [(name, labels[name], found) for name, found in values.items() if len(found) > 1]
