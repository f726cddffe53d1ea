"""What an answer costs: seconds, tokens of a language model, and the memory of the process."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.observed import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one case took.

    Args:
        seconds: Wall-clock time from the first question to the last answer; scoring is not in it.
        usage: What its language model read and wrote, as the system says.
    """

    seconds: float
    usage: Usage = field(default_factory=Usage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What all cases took; low is good everywhere, and None where nothing could be measured.

    Args:
        median, slowest_tenth: Seconds that half, and nine tenths, of the cases stayed within.
        tokens: Read and written over the cases that tell; `unscored` do not.
        peak_mib: The most memory that the process had while the system answered, in MiB.
    """

    n: int
    total: float
    median: float | None
    slowest_tenth: float | None
    tokens: int | None
    unscored: int
    peak_mib: float | None


def add_costs(costs: Sequence[Cost], *, peak_mib: float | None = None) -> Costs:
    """The costs over cases.

    Formula: `median` and `slowest_tenth` are the smallest time that at least 50 % and 90 % of the cases do not exceed (the
    nearest-rank percentile, which is always a time that was measured). Tokens add up; a case that does not tell is unscored
    and not 0, and with none that tells the sum is None.

    >>> add_costs([Cost(seconds=seconds) for seconds in (3.0, 1.0, 2.0)]).median
    2.0
    """
    seconds = sorted(cost.seconds for cost in costs)
    told = [cost.usage.tokens for cost in costs if cost.usage.tokens is not None]
    return Costs(
        n=len(costs),
        total=sum(seconds),
        median=_percentile(seconds, 50),
        slowest_tenth=_percentile(seconds, 90),
        tokens=sum(told) if told else None,
        unscored=len(costs) - len(told),
        peak_mib=peak_mib,
    )


def _percentile(values: Sequence[float], percent: int) -> float | None:
    return values[max(0, -(-len(values) * percent // 100) - 1)] if values else None


_STATUS, _RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def forget_peak() -> None:
    """Let the peak begin anew, where the system can (Linux); elsewhere it stays that of the whole process."""
    try:
        _RESET.write_text("5", encoding="ascii")
    except OSError:
        return


def peak_memory() -> float | None:
    """The most memory that this process had at once since `forget_peak`, in MiB; None where that cannot be told."""
    try:
        line = next(line for line in _STATUS.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) / 1024
    except (OSError, StopIteration, ValueError):
        pass
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)
