"""Cases on several folders of articles, each with a library of its own → one run over all of them."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path

from eval.case import Case
from eval.record import RunRecord, SystemTimes, Times, count_figures
from eval.remembering import RememberingJudge
from eval.running import Done, choose_cases, run_evaluation
from eval.score import CaseScore
from eval.support import Judge
from index.errors import InputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """Cases and the folder of articles that they are on."""

    cases: tuple[Case, ...]
    folder: Path


def pair_suites(files: Sequence[Path], folders: Sequence[Path], *, split: str | None = None) -> tuple[Suite, ...]:
    """Files of cases and folders of articles, as given on a command line, put together.

    One folder holds the articles of all files; several go with as many files, in their order. Without a file, ours are
    taken. Files on one folder make one suite.

    Raises:
        InputError: Neither one folder nor as many as files, a file that cannot be read, or an id in two files.
    """
    if len(folders) not in (1, max(1, len(files))):
        raise InputError(
            f"found {len(files)} --cases and {len(folders)} --corpus; give one --corpus for all, or one for each --cases in order"
        )
    chosen_files: Sequence[Path | None] = files or [None]
    cases: dict[Path, list[Case]] = {}
    for file, folder in zip(chosen_files, folders if len(folders) > 1 else [folders[0]] * len(chosen_files), strict=True):
        cases.setdefault(folder, []).extend(choose_cases(file, split=split))
    names = Counter(case.id for case in chain.from_iterable(cases.values()))
    if twice := [name for name, n in names.items() if n > 1]:
        raise InputError(f"the files of cases have the id {twice[0]} more than once; each case needs its own")
    return tuple(Suite(cases=tuple(chosen), folder=folder) for folder, chosen in cases.items())


def run_suites(
    suites: Sequence[Suite],
    *,
    systems: Sequence[str] = ("whosaid",),
    library: Path | None = None,
    judge: Judge | None = None,
    progress: Callable[[str, CaseScore], None] | None = None,
) -> Done:
    """Ask every system every case of every suite, each over its own articles, and record it as one run.

    Args:
        library: Where to keep the library of one suite.
    Raises:
        InputError: As `run_evaluation`; or a place for one library, and several suites.
    """
    if library is not None and len(suites) > 1:
        raise InputError(f"--library keeps one library, and there are {len(suites)} folders of articles; leave it out")
    remembering = RememberingJudge(judge) if judge else None
    done = [
        run_evaluation(suite.cases, suite.folder, systems=systems, library=library, judge=remembering, progress=progress)
        for suite in suites
    ]
    return Done(record=join_records([item.record for item in done]), times=join_times([item.times for item in done]))


def join_records(records: Sequence[RunRecord]) -> RunRecord:
    """Runs of the same systems over different cases as one, every metric counted over all.

    The hashes are of the hashes. The articles of two folders stay apart in every interval, whatever their names.

    Args:
        records: At least one; case ids are distinct.
    """
    if len(records) == 1:
        return records[0]
    cases = tuple(
        replace(case, cluster=f"{number}:{case.cluster}")
        for number, record in enumerate(records, start=1)
        for case in record.cases
    )
    systems = [
        replace(system, results=tuple(chain.from_iterable(record.system(system.name).results for record in records)))
        for system in records[0].systems
    ]
    joined = replace(
        records[0],
        cases_hash=_join_hashes(record.cases_hash for record in records),
        corpus_hash=_join_hashes(record.corpus_hash for record in records),
        cases=cases,
        systems=tuple(systems),
    )
    return count_figures(joined, records[0].metrics)


def join_times(times: Sequence[Times]) -> Times:
    """What the same systems took, one run after the other: seconds in order, tokens together where all tell, the highest peak."""
    joined = []
    for same in zip(*(item.systems for item in times), strict=True):
        tokens = [item.tokens for item in same if item.tokens is not None]
        joined.append(
            SystemTimes(
                name=same[0].name,
                seconds=tuple(chain.from_iterable(item.seconds for item in same)),
                tokens=sum(tokens) if len(tokens) == len(same) else None,
                peak_mib=max((item.peak_mib for item in same if item.peak_mib is not None), default=None),
            )
        )
    return Times(systems=tuple(joined))


def _join_hashes(hashes: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()[:16]
