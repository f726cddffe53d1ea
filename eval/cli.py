"""`whosaid eval`: cases put to the system, and how well it did."""

import json
import tempfile
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from eval.attribution import format_measured, measure_polnear
from eval.attribution import to_json as measured_to_json
from eval.case import Case, Split, load_cases
from eval.corpus import Corpus, check_cases
from eval.measuring import mutate, polnear, speed
from eval.report import count_problems, count_steps, list_failures, make_table, to_json
from eval.run import Run, run_cases
from eval.speakers import count_outcomes, format_rows, measure_speakers, rows_to_json
from eval.statements import evaluate, format_compared, load_listed
from eval.systems import Whosaid, build_library, load_corpus
from index.errors import InputError, WhosaidError
from index.library import Library
from index.records import Statement

app = typer.Typer(help="How good is it, and where is it wrong?", no_args_is_help=True)
_BELOW = 1
app.command()(mutate)
app.command()(polnear)
app.command()(speed)


@app.callback()
def main() -> None:
    """How good is it, and where is it wrong?"""


@app.command()
def run(  # noqa: PLR0917  Typer reads a command's options from its parameters
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="FILE", help="JSONL of cases; ours on seeds/ by default.")
    ] = None,
    corpus: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The articles that the cases are on.")] = Path("seeds"),
    split: Annotated[str | None, typer.Option("--split", help="Only the cases of `dev` or `held_out`.")] = None,
    library: Annotated[
        Path | None, typer.Option("--library", metavar="DIR", help="Keep the library here; a temporary one by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the run as JSON, without times.")] = False,
    failures: Annotated[
        bool, typer.Option("--failures", help="Print each failure: expected, found, and where it was lost.")
    ] = False,
    min_right: Annotated[
        float,
        typer.Option("--min-right", min=0.0, max=1.0, help="Exit with 1 when a smaller share of the cases is right."),
    ] = 0.0,
) -> None:
    """Index the corpus, ask every case, print the metrics."""
    console = Console(stderr=as_json)
    try:
        done, statements, articles = _run(cases, corpus, split, library, Console(stderr=True))
    except WhosaidError as error:
        Console(stderr=True).print(str(error), markup=False)
        raise typer.Exit(error.exit_code) from error
    if as_json:
        typer.echo(json.dumps(to_json(done, statements=statements, corpus=articles), ensure_ascii=False, indent=1))
    if failures:
        for text in list_failures(done, statements=statements, corpus=articles):
            console.print(text, soft_wrap=True)
        for kind, n in count_problems(done).most_common():
            console.print(f"{n:4} cases with: {kind}", markup=False)
        for step, n in count_steps(done, statements, articles).most_common():
            console.print(f"{n:4} missing: {step}", markup=False)
    if not as_json:
        console.print(make_table(done))
    right = done.shares[0]
    if (right.value or 0.0) < min_right:
        console.print(f"{right.right:g} of {right.judged} right is below --min-right {min_right}", markup=False)
        raise typer.Exit(_BELOW)


@app.command("attribution")
def attribution_command(
    folder: Annotated[Path, typer.Option("--polnear", metavar="DIR", help="A folder of PolNeAR with train/ and dev/.")],
    split: Annotated[Literal["train", "dev", "test"], typer.Option(help="Which articles to measure on.")] = "dev",
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """English attributions beside what people reach and two baselines, in one run."""
    try:
        rows = measure_polnear(folder, split=split)
    except WhosaidError as error:
        Console(stderr=True).print(str(error), markup=False)
        raise typer.Exit(error.exit_code) from error
    typer.echo(json.dumps(measured_to_json(rows), ensure_ascii=False, indent=1) if as_json else format_measured(rows))


@app.command("speakers")
def speakers_command(
    polnear_folder: Annotated[Path, typer.Option("--polnear", metavar="DIR", help="The PolNeAR folder: dev/ and train/.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Resolve the labelled pronouns, surnames, roles and bodies of PolNeAR, print how many are right."""
    try:
        rows = count_outcomes(measure_speakers(polnear_folder))
    except WhosaidError as error:
        Console(stderr=True).print(str(error), markup=False)
        raise typer.Exit(error.exit_code) from error
    typer.echo(json.dumps(rows_to_json(rows), indent=1) if as_json else format_rows(rows))


@app.command("statements")
def statements_command(
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="FILE", help="JSONL of statements; ours on seeds/ by default.")
    ] = None,
    corpus: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The articles that the list is on.")] = Path("seeds"),
) -> None:
    """Compare what is extracted from articles with the statements that people listed in them."""
    try:
        with resources.as_file(resources.files("eval.cases") / "seeds_statements.jsonl") as ours:
            listed = load_listed(cases or ours)
        typer.echo(format_compared(evaluate(listed, load_corpus(corpus))))
    except WhosaidError as error:
        Console(stderr=True).print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(error.exit_code) from error


def _run(
    cases: Path | None, corpus: Path, split: str | None, library: Path | None, console: Console
) -> tuple[Run, tuple[Statement, ...], Corpus]:
    articles = load_corpus(corpus)
    if cases is None:
        with resources.as_file(resources.files("eval.cases") / "seeds.jsonl") as file:
            chosen = load_cases(file, split=read_split(split))
    else:
        chosen = load_cases(cases, split=read_split(split))
    check_cases(chosen, articles)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = library or Path(folder) / "library"
        build_library(corpus, path)
        with Library(path) as opened:
            system = Whosaid(opened)
            return _with_bar(chosen, system, articles, console), system.statements(), articles


def _with_bar(cases: tuple[Case, ...], system: Whosaid, corpus: Corpus, console: Console) -> Run:
    with Progress(
        TextColumn("asking"),
        BarColumn(),
        MofNCompleteColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task("asking", total=len(cases))
        return run_cases(cases, system, corpus, progress=lambda _: bar.advance(task))


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
