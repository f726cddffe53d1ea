"""The file of a run: what was asked, what was expected, what each system answered and what every metric counted.

Everything after a run (report, comparison, gate) is made from this file alone, so that a run can be looked at without its
articles, its library or its systems. It holds no times, which differ from run to run: the same answers give the same
bytes. `Times` holds those, in a file beside it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, Literal, get_args

from pydantic import ConfigDict, TypeAdapter, ValidationError

from eval.case import DIFFICULTIES
from eval.metrics.share import Count, Share, add_up
from index.errors import InputError

VERSION: Literal[1] = 1
Step = Literal[
    "not extracted", "wrong person", "not retrieved", "ranked low", "refused", "composed wrong", "not refused", "failed",
]  # fmt: skip
STEPS: tuple[Step, ...] = get_args(Step)
Mark = Literal["", "expected", "cited", "both", "cut"]
# The metric that every comparison and every group is about.
RIGHT = "cases right"
# What cases are told apart by, in the order of a report.
GROUPS = ("kind", "language", "difficulty", "split")
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """A stretch of an article with marks.

    Args:
        start: Where it begins in the article's text, as a character offset.
        pieces: Its text in order, each piece with its mark; one marked "cut" says how much was left out, and is not text.
        before, after: Whether the article goes on at either end.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    start: int
    pieces: tuple[tuple[str, Mark], ...]
    before: bool = False
    after: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A statement in its article, as a case expects it or as an answer cites it.

    Args:
        article: The article's label in the corpus; None for one that is not in it.
        right: Of an expected one, whether the answer shows it; of a cited one, whether it is on an expected statement and
            names its speaker. None where the case leaves that open.
        score: How sure the system was of what it cites.
        excerpts: Where it stands; empty for cases that are right, whose article is not shown.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    article: str | None
    title: str | None = None
    outlet: str | None = None
    speaker: str | None = None
    addressee: str | None = None
    kind: str | None = None
    words: str = ""
    right: bool | None = None
    score: float | None = None
    excerpts: tuple[Excerpt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemRecord:
    """Something that makes a case wrong: of which kind, what was expected and what came."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    kind: str
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """Where an expected statement was lost; `found` is what stands in its place, or at which rank it was."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    expected: str
    step: Step
    found: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """A case as it was asked; `cluster` is the article with which it stands or falls, `variant` how it asks another again."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    kind: str
    language: str
    split: str
    cluster: str
    turns: tuple[str, ...]
    difficulty: str | None = None
    abstained: bool | None = None
    reason: str | None = None
    verdicts: tuple[str, ...] = ()
    required: int = 0
    note: str | None = None
    variant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a system made of a case.

    Args:
        counts: right, judged and unscored of every metric that has any of them here.
        step: The first step that went wrong; None where the case is right.
        expected, cited: The statements side by side.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    id: str
    right: bool
    text: str = ""
    abstained: bool = False
    reason: str | None = None
    verdict: str | None = None
    error: str | None = None
    confidence: float | None = None
    step: Step | None = None
    problems: tuple[ProblemRecord, ...] = ()
    losses: tuple[Loss, ...] = ()
    counts: Mapping[str, tuple[int | float, int, int]] = field(default_factory=dict)
    expected: tuple[Source, ...] = ()
    cited: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A metric as the file has it for readers that compute nothing: the share, its counts, the ends of its 95 % interval."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    share: float | None
    right: int | float
    judged: int
    unscored: int
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRecord:
    """One system's run; the results are in the order of the cases, and the groups have the cases that are right in each."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    metrics: Mapping[str, Figure]
    by_kind: Mapping[str, Figure]
    by_language: Mapping[str, Figure]
    by_split: Mapping[str, Figure]
    by_difficulty: Mapping[str, Figure] = field(default_factory=dict)
    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A run of one system or several over the same cases.

    Args:
        cases_hash, corpus_hash, judge: Runs that differ in one of these are not to be compared.
        low_is_good: The metrics of which a low share is good.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    format: Literal["whosaid eval run"] = "whosaid eval run"
    version: Literal[1] = VERSION
    cases_hash: str
    corpus_hash: str
    judge: str | None
    low_is_good: tuple[str, ...]
    cases: tuple[CaseRecord, ...]
    systems: tuple[SystemRecord, ...]

    def __post_init__(self) -> None:
        ids = [case.id for case in self.cases]
        if len(set(ids)) != len(ids) or len({system.name for system in self.systems}) != len(self.systems):
            raise ValueError("cases and systems need names of their own")
        for system in self.systems:
            if [result.id for result in system.results] != ids:
                raise ValueError(f"the results of {system.name} are not those of the cases, in their order")

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric's name, in the order of the table."""
        return tuple(self.systems[0].metrics) if self.systems else ()

    @property
    def n_asked_again(self) -> int:
        """How many of the cases ask another again: they count in robustness, and in no other metric."""
        return sum(case.variant is not None for case in self.cases)

    def system(self, name: str | None = None) -> SystemRecord:
        """The system of that name; the first without one.

        Raises:
            InputError: There is none.
        """
        found = next((system for system in self.systems if name in (None, system.name)), None)
        if found is None:
            known = ", ".join(system.name for system in self.systems) or "none"
            raise InputError(f"the run has no system called {name}; it has: {known}")
        return found


Where = Callable[[CaseRecord], bool]


def share_of(run: RunRecord, system: SystemRecord, metric: str, *, where: Where | None = None) -> Share:
    """A metric over the cases that `where` lets through, as `eval.run` adds it up over all."""
    counts = (
        (case.cluster, Count(right=right, judged=judged, unscored=unscored))
        for case, result in zip(run.cases, system.results, strict=True)
        if metric in result.counts and (where is None or where(case))
        for right, judged, unscored in [result.counts[metric]]
    )
    return add_up(metric, counts)


def count_figures(run: RunRecord, metrics: Sequence[str]) -> RunRecord:
    """The run with the figures of every system counted anew from its results: each metric, and the cases right by group."""
    return replace(run, systems=tuple(_count_system(run, system, metrics) for system in run.systems))


def _count_system(run: RunRecord, system: SystemRecord, metrics: Sequence[str]) -> SystemRecord:
    def right_by(group: str) -> dict[str, Figure]:
        names = {name for case in run.cases if (name := getattr(case, group)) is not None}
        return {
            name: _figure(share_of(run, system, RIGHT, where=partial(_is_in, group=group, name=name)))
            for name in sorted(names, key=_group_order)
        }

    return replace(
        system,
        metrics={metric: _figure(share_of(run, system, metric)) for metric in metrics},
        by_kind=right_by("kind"),
        by_language=right_by("language"),
        by_split=right_by("split"),
        by_difficulty=right_by("difficulty"),
    )


def _is_in(case: CaseRecord, *, group: str, name: str) -> bool:
    return bool(getattr(case, group) == name)


def _group_order(name: str) -> tuple[int, str]:
    """By the alphabet, but easy before medium before hard.

    >>> sorted(["medium", "hard", "easy"], key=_group_order), sorted(["nb", "en"], key=_group_order)
    (['easy', 'medium', 'hard'], ['en', 'nb'])
    """
    return (DIFFICULTIES.index(name) if name in DIFFICULTIES else 0), name


def _figure(share: Share) -> Figure:
    return Figure(
        share=share.value,
        right=int(share.right) if share.right == int(share.right) else share.right,
        judged=share.judged,
        unscored=share.unscored,
        low=share.low,
        high=share.high,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemTimes:
    """What a system took: seconds for each case in their order, tokens where told, the most memory in MiB."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    name: str
    seconds: tuple[float, ...]
    tokens: int | None = None
    peak_mib: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """What the systems of a run took; nothing of it is the same twice."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    format: Literal["whosaid eval times"] = "whosaid eval times"
    version: Literal[1] = VERSION
    systems: tuple[SystemTimes, ...]


_RUN = TypeAdapter(RunRecord)
_TIMES = TypeAdapter(Times)


def dump_run(run: RunRecord) -> str:
    """The file's text: sorted by nothing but its own order, one result or case a line, so that a diff can be read."""
    data = _RUN.dump_python(run, mode="json", exclude_defaults=True)
    head = {"format": run.format, "version": run.version} | {k: v for k, v in data.items() if k not in ("cases", "systems")}
    lines = ["{", *(f" {_line(key)}: {_line(value)}," for key, value in head.items()), ' "cases": [']
    lines += _rows(data.get("cases", []), "  ")
    lines += [" ],", ' "systems": [']
    systems = data.get("systems", [])
    for n, system in enumerate(systems):
        lines += ["  {", *(f"   {_line(k)}: {_line(v)}," for k, v in system.items() if k != "results"), '   "results": [']
        lines += _rows(system["results"], "    ")
        lines += ["   ]", "  }" + ("," if n + 1 < len(systems) else "")]
    return "\n".join([*lines, " ]", "}"]) + "\n"


def dump_times(times: Times) -> str:
    """The text of the file beside it."""
    return json.dumps(_TIMES.dump_python(times, mode="json"), ensure_ascii=False, indent=1) + "\n"


def read_run(path: Path) -> RunRecord:
    """The run that a file holds.

    Raises:
        InputError: It cannot be read, or is no run of this version.
    """
    run: RunRecord = _read(path, _RUN, "whosaid eval run")
    return run


def read_times(path: Path) -> Times | None:
    """The times beside the file of a run; None where there are none.

    Raises:
        InputError: They cannot be read, or are no times of this version.
    """
    beside = times_path(path)
    if not beside.is_file():
        return None
    times: Times = _read(beside, _TIMES, "whosaid eval times")
    return times


def times_path(path: Path) -> Path:
    """Where the times of a run lie.

    >>> times_path(Path("runs/a.json")).name
    'a.times.json'
    """
    return path.with_name(f"{path.stem}.times.json")


def _line(value: Any) -> str:
    # U+2028 and its like end a line for some readers; half of a surrogate pair, which a system may send, is no UTF-8.
    text = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _rows(rows: list[Any], indent: str) -> list[str]:
    return [f"{indent}{_line(row)}" + ("," if n + 1 < len(rows) else "") for n, row in enumerate(rows)]


def _read(path: Path, adapter: TypeAdapter[Any], wanted: str) -> Any:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the file {path} cannot be read ({error}); give one that `whosaid eval run --out` wrote") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"the file {path} is no JSON ({error}); give one that `whosaid eval run --out` wrote") from error
    found = (data.get("format"), data.get("version")) if isinstance(data, dict) else (type(data).__name__, None)
    if found != (wanted, VERSION):
        raise InputError(
            f"the file {path} is {found[0]!r} of version {found[1]!r}, expected {wanted!r} of version {VERSION}; "
            "write it anew with `whosaid eval run --out`"
        )
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"the file {path} is not a run as this version writes it: {where}: {first['msg']}") from error
