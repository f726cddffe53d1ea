"""The work of `whosaid eval run`: a folder of articles and a file of cases → every system asked, and a record."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from eval.case import Case, Split, load_cases
from eval.corpus import Corpus, check_cases
from eval.opening import check_names, needs_library, open_systems
from eval.record import RunRecord, Times
from eval.recording import record_runs, record_times
from eval.run import System, run_systems
from eval.score import CaseScore
from eval.support import Judge
from eval.systems import build_library, load_corpus
from index.errors import InputError
from index.library import Library
from index.records import Statement


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A run that is over: what is the same every time, and what it took."""

    record: RunRecord
    times: Times


def run_evaluation(
    cases: Sequence[Case],
    folder: Path,
    *,
    systems: Sequence[str] = ("whosaid",),
    library: Path | None = None,
    judge: Judge | None = None,
    progress: Callable[[str, CaseScore], None] | None = None,
) -> Done:
    """Index the articles, ask every system every case, record what came.

    Args:
        folder: The articles that the cases are on.
        systems: Names as `eval.opening` knows them.
        library: Where to keep the library; a temporary one by default.
    Raises:
        InputError: A system is unknown, an article cannot be read, or the cases do not belong to the articles.
    """
    check_names(systems)
    corpus = load_corpus(folder)
    check_cases(cases, corpus)
    with _open_all(systems, folder, corpus, library) as opened:
        runs = run_systems(cases, opened, corpus, judge=judge, progress=progress)
        extracted = {system.name: _statements(system) for system in opened}
    known = {name: statements for name, statements in extracted.items() if statements is not None}
    return Done(record=record_runs(runs, corpus, statements=known), times=record_times(runs))


@contextmanager
def open_system(name: str, folder: Path, corpus: Corpus) -> Iterator[System]:
    """One system over a folder of articles, with a library of its own where it needs one.

    Raises:
        InputError: It is unknown, or an article cannot be read.
    """
    with _open_all([name], folder, corpus, None) as [system]:
        yield system


@contextmanager
def _open_all(names: Sequence[str], folder: Path, corpus: Corpus, library: Path | None) -> Iterator[tuple[System, ...]]:
    """The systems of those names, each once, over a library of the folder where one of them needs it."""
    with ExitStack() as stack:
        ours = stack.enter_context(_open_library(folder, library)) if needs_library(names) else None
        yield stack.enter_context(open_systems(tuple(dict.fromkeys(names)), corpus, ours))


@contextmanager
def _open_library(folder: Path, library: Path | None) -> Iterator[Library]:
    with ExitStack() as stack:
        path = library or Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))) / "library"
        build_library(folder, path)
        yield stack.enter_context(Library(path))


def choose_cases(path: Path | None, *, split: str | None = None) -> tuple[Case, ...]:
    """The cases of a file, or ours on `seeds/`.

    Raises:
        InputError: The file cannot be read, breaks the schema, or the split is unknown.
    """
    if path is not None:
        return load_cases(path, split=read_split(split))
    with resources.as_file(resources.files("eval.cases") / "seeds.jsonl") as file:
        return load_cases(file, split=read_split(split))


def read_split(name: str | None) -> Split | None:
    """The split of that name.

    Raises:
        InputError: There is none.

    >>> read_split("dev"), read_split(None)
    ('dev', None)
    """
    if name is None:
        return None
    if name == "dev":
        return "dev"
    if name == "held_out":
        return "held_out"
    raise InputError(f"--split {name} is unknown; give dev or held_out")


@contextmanager
def show_progress(n_cases: int, console: Console) -> Iterator[Callable[[str, CaseScore], None]]:
    """A table that grows while systems are asked, a row each: how far it is, and how many cases are right so far."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[right]} right"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        rows: dict[str, TaskID] = {}
        right: dict[str, int] = {}

        def advance(system: str, score: CaseScore) -> None:
            if system not in rows:
                rows[system] = bar.add_task(system, total=n_cases, right=0)
            right[system] = right.get(system, 0) + score.right
            bar.update(rows[system], advance=1, right=right[system])

        yield advance


def _statements(system: System) -> tuple[Statement, ...] | None:
    statements: Callable[[], tuple[Statement, ...]] | None = getattr(system, "statements", None)
    return statements() if statements else None
