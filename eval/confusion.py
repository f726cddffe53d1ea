"""What was expected against what came, over all cases of a run: verdicts, and refusals with their reasons."""

from collections import Counter
from dataclasses import dataclass

from eval.record import CaseRecord, Result, RunRecord, SystemRecord

ANSWERED = "answered"
_NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Confusion:
    """How often each expectation met each outcome; `rows` are expected, `columns` came, both sorted."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    counts: dict[tuple[str, str], int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


def confuse_verdicts(run: RunRecord, system: SystemRecord) -> Confusion:
    """Expected against given verdicts.

    Where a case accepts several verdicts, an accepted one counts as the expected one, else the first stands for them.
    """
    pairs = []
    for case, result in _first_asked(run, system):
        if case.verdicts:
            given = result.verdict or _NONE
            pairs.append((given if given in case.verdicts else case.verdicts[0], given))
    return _confuse(pairs)


def confuse_refusals(run: RunRecord, system: SystemRecord) -> Confusion:
    """Expected against given reasons of refusals; "answered" where something was answered or is to be.

    A case that takes any reason counts as expecting the one that came. Cases that leave open whether to refuse are not in it.
    """
    pairs = [
        (_expected(case, result), _given(result))
        for case, result in _first_asked(run, system)
        if case.abstained is not None or case.required
    ]
    return _confuse(pairs)


def _first_asked(run: RunRecord, system: SystemRecord) -> list[tuple[CaseRecord, Result]]:
    """The cases that ask no other again, as in every share but robustness."""
    return [(case, result) for case, result in zip(run.cases, system.results, strict=True) if case.variant is None]


def _expected(case: CaseRecord, result: Result) -> str:
    if not case.abstained:
        return ANSWERED
    return case.reason or (result.reason or _NONE if result.abstained else "any reason")


def _given(result: Result) -> str:
    if result.error is not None:
        return "failed"
    return (result.reason or _NONE) if result.abstained else ANSWERED


def _confuse(pairs: list[tuple[str, str]]) -> Confusion:
    rows = tuple(sorted({row for row, _ in pairs}))
    # The same order on both sides puts what is right on the diagonal.
    columns = tuple(dict.fromkeys([*rows, *sorted({column for _, column in pairs})]))
    return Confusion(rows=rows, columns=columns, counts=dict(sorted(Counter(pairs).items())))
