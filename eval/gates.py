"""Thresholds from a file, held against a run: one verdict, and every gate that does not hold with its reason.

    version = 1

    [[gate]]
    metric = "cases right"
    min = 0.9
    split = "held_out"          # system, split, language and kind narrow a gate down; without them it is over all cases

    [[gate]]
    metric = "wrong-speaker rate"
    max = 0.01

    [[gate]]
    metric = "cases right"
    not_worse_than = "runs/last.json"   # a run over the same cases, by a path from this file's folder

A share over nothing does not hold: what was not judged has not been shown.
"""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from eval.compare import compare_runs
from eval.record import CaseRecord, RunRecord, read_run, share_of
from index.errors import InputError

_STRICT = ConfigDict(extra="forbid")
_SHARE = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """One demand on a metric: at least `min`, at most `max`, or not significantly worse than in another run.

    Args:
        system: Which system of the run; the first by default.
        split, language, kind: Only the cases of these; all by default.
        level: For `not_worse_than`, how often chance may be taken for a loss.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    metric: str
    min: _SHARE | None = None
    max: _SHARE | None = None
    not_worse_than: Path | None = None
    system: str | None = None
    split: str | None = None
    language: str | None = None
    kind: str | None = None
    level: Annotated[float, Field(gt=0, le=0.5)] = 0.05

    def __post_init__(self) -> None:
        if self.min is None and self.max is None and self.not_worse_than is None:
            raise ValueError(f"the gate on {self.metric} demands nothing; give min, max or not_worse_than")
        if self.not_worse_than is not None and (self.split or self.language or self.kind):
            raise ValueError("a gate with not_worse_than is over all cases; leave out split, language and kind")

    @property
    def place(self) -> str:
        """What the gate is on, as a message names it."""
        parts = [part for part in (self.split, self.language, self.kind) if part]
        return self.metric + (f" in {', '.join(parts)}" if parts else "") + (f" of {self.system}" if self.system else "")

    def lets_through(self, case: CaseRecord) -> bool:
        """Whether a case counts for it."""
        wanted = ((self.split, case.split), (self.language, case.language), (self.kind, case.kind))
        return all(want in (None, found) for want, found in wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """Whether a gate holds, and the figure that says so."""

    gate: Gate
    holds: bool
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _GateFile:
    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    version: Literal[1]
    gate: tuple[Gate, ...]


_FILE = TypeAdapter(_GateFile)


def read_gates(path: Path) -> tuple[Gate, ...]:
    """The gates of a file; paths in it are read from its folder.

    Raises:
        InputError: It cannot be read, breaks the schema, or has no gate.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
        gates = _FILE.validate_python(data).gate
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the file of gates {path} cannot be read ({error}); give a TOML file") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"the file of gates {path} is no TOML ({error})") from error
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the file"
        raise InputError(f"the file of gates {path}: {where}: {first['msg']}; eval/gates.py shows one") from error
    if not gates:
        raise InputError(f"the file of gates {path} has no [[gate]]; with none, any run would pass")
    return gates


def check_gates(run: RunRecord, gates: Sequence[Gate], *, folder: Path = Path()) -> tuple[GateResult, ...]:
    """Each gate held against a run, in the order of the file.

    Args:
        folder: Where the runs named by `not_worse_than` are looked for.
    Raises:
        InputError: The run has no such metric or system, or the run to compare with cannot be read or is over other cases.
    """
    return tuple(_compare(run, gate, folder) if gate.not_worse_than else _measure(run, gate) for gate in gates)


def give_gate_verdict(results: Sequence[GateResult]) -> str:
    """The verdict in one line."""
    failed = [result.said for result in results if not result.holds]
    if not failed:
        return f"gates: all {len(results)} hold"
    return f"gates: {len(failed)} of {len(results)} do not hold: {'; '.join(failed)}"


def to_json(results: Sequence[GateResult]) -> dict[str, Any]:
    """The verdict and each gate for machines."""
    return {
        "format": "whosaid eval gates",
        "version": 1,
        "holds": all(result.holds for result in results),
        "gates": [{"gate": result.gate.place, "holds": result.holds, "said": result.said} for result in results],
    }


def _measure(run: RunRecord, gate: Gate) -> GateResult:
    if gate.metric not in run.metrics:
        raise InputError(f"the run has no metric {gate.metric}, which a gate is on; it has: {', '.join(run.metrics)}")
    share = share_of(run, run.system(gate.system), gate.metric, where=gate.lets_through)
    if share.value is None:
        return GateResult(gate=gate, holds=False, said=f"{gate.place}: nothing was judged")
    figure = f"{gate.place} {share.value:.3f} ({share.right:.4g} of {share.judged})"
    if gate.min is not None and share.value < gate.min:
        return GateResult(gate=gate, holds=False, said=f"{figure} is below {gate.min:g}")
    if gate.max is not None and share.value > gate.max:
        return GateResult(gate=gate, holds=False, said=f"{figure} is above {gate.max:g}")
    bounds = [f"at {word} {bound:g}" for word, bound in (("least", gate.min), ("most", gate.max)) if bound is not None]
    return GateResult(gate=gate, holds=True, said=f"{figure} is {' and '.join(bounds)}")


def _compare(run: RunRecord, gate: Gate, folder: Path) -> GateResult:
    assert gate.not_worse_than is not None
    before = read_run(folder / gate.not_worse_than)
    name = run.system(gate.system).name
    compared = compare_runs(
        before,
        run,
        system_a=name if any(system.name == name for system in before.systems) else None,
        system_b=name,
        deciding=[gate.metric],
        level=gate.level,
    )
    [found] = [item for item in compared.metrics if item.decides]
    difference = found.difference
    if difference.value is None:
        return GateResult(gate=gate, holds=False, said=f"{gate.place}: nothing was judged in one of the runs")
    figure = f"{gate.place} {difference.b:.3f}, {difference.a:.3f} in {gate.not_worse_than} (p {difference.p:.3f})"
    worse = found.outcome == "worse"
    both = _measure(run, gate) if gate.min is not None or gate.max is not None else None
    if both and not both.holds and not worse:
        return both
    return GateResult(gate=gate, holds=not worse, said=f"{figure} is {'' if worse else 'not '}significantly worse")
