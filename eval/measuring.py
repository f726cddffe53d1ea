"""The commands of `whosaid eval` that measure one part of the system: the guard, retrieval beside a plain one, the cost."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from eval.case import Case, load_cases
from eval.mutate import MutationRun, collect_sentences, format_run, make_world, run_mutations, to_json
from eval.systems import build_library
from index.errors import WhosaidError
from index.library import Library
from rag.answer import Answer
from rag.compose import outlet_of
from rag.query import query

_BELOW = 1


@contextmanager
def _told() -> Iterator[None]:
    """What goes wrong is told in a line, and its exit status is its own."""
    try:
        yield
    except WhosaidError as error:
        Console(stderr=True).print(str(error), markup=False)
        raise typer.Exit(error.exit_code) from error


def mutate(  # noqa: PLR0917  Typer reads a command's options from its parameters
    corpus: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The articles of the project's cases.")] = Path("seeds"),
    reports: Annotated[
        Path | None, typer.Option("--reports", metavar="DIR", help="The five reports too, with the cases on them.")
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, help="The most mutants by each operator.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Another seed draws other mutants.")] = 0,
    survivors: Annotated[
        int | None, typer.Option("--survivors", min=0, help="List so many survivors of each operator; all by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every mutant as JSON.")] = False,
    gate: Annotated[bool, typer.Option("--gate", help="Exit with 1 when an operator misses its bar.")] = False,
) -> None:
    """Make true answers false, one change at a time, and count what the guard catches."""
    with _told():
        folders = [(corpus, "seeds.jsonl"), *([(reports, "shared_seeds.jsonl")] if reports else [])]
        run = _mutate(folders, n=n, seed=seed)
    typer.echo(json.dumps(to_json(run), ensure_ascii=False, indent=1) if as_json else format_run(run, survivors=survivors))
    if gate and run.below:
        raise typer.Exit(_BELOW)


def _mutate(folders: list[tuple[Path, str]], *, n: int, seed: int) -> MutationRun:
    answers: list[Answer] = []
    texts: dict[str, str] = {}
    people: set[str] = set()
    outlets: set[str] = set()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for number, (corpus, name) in enumerate(folders):
            path = Path(folder) / str(number)
            build_library(corpus, path)
            with Library(path) as library:
                for article in library.articles():
                    texts[article.id] = article.text
                    outlets.add(outlet_of(article))
                people.update(person.name for person in library.people() if person.kind == "person")
                outlets.update(statement.reported_by for statement in library.statements() if statement.reported_by)
                answers += [query(case.turns[0], library=library) for case in _packaged_cases(name)]
    sentences = collect_sentences(answers)
    return run_mutations(sentences, texts, world=make_world(sentences, people=people, outlets=outlets), n=n, seed=seed)


def _packaged_cases(name: str) -> tuple[Case, ...]:
    with resources.as_file(resources.files("eval.cases") / name) as file:
        return load_cases(file)
