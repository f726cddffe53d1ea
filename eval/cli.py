"""`whosaid eval`: cases put to systems, how well they did, and whether a change made it better."""

import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from eval.attribution import format_measured, measure_polnear
from eval.attribution import to_json as measured_to_json
from eval.compare import DECIDING, compare_runs
from eval.compare import to_json as comparison_to_json
from eval.gates import Gate, check_gates, give_gate_verdict, read_gates
from eval.gates import to_json as gates_to_json
from eval.measuring import cases as cases_command
from eval.measuring import judge, mutate, polnear, speed, told
from eval.opening import JUDGES, SYSTEMS, open_judge
from eval.page import make_page
from eval.reading import format_read, measure
from eval.reading import to_json as read_to_json
from eval.record import RunRecord, dump_run, dump_times, read_run, read_times, share_of, times_path
from eval.report import give_verdict, list_counts, list_failures, make_comparison_table, make_table
from eval.running import show_progress
from eval.speakers import count_outcomes, format_rows, measure_speakers, rows_to_json
from eval.statements import evaluate, format_compared, load_listed
from eval.suites import pair_suites, run_suites
from eval.systems import load_corpus
from index.errors import InputError
from rag.labelling import Network
from rag.marked import read_marked

app = typer.Typer(help="How good is it, and where is it wrong?", no_args_is_help=True)
_BELOW = 1
app.command("cases")(cases_command)
app.command()(judge)
app.command()(mutate)
app.command()(polnear)
app.command()(speed)

CasesOption = Annotated[
    list[Path] | None,
    typer.Option("--cases", metavar="FILE", help="JSONL of cases, several times for several files; ours on seeds/ by default."),
]
CorpusOption = Annotated[
    list[Path] | None,
    typer.Option("--corpus", metavar="DIR", help="The articles that the cases are on: one folder, or one for each --cases."),
]
GatesOption = Annotated[
    Path | None, typer.Option("--gates", metavar="FILE", help="Thresholds in TOML; exit with 1 when one does not hold.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, without times: the same answers give the same bytes.")]


@app.callback()
def main() -> None:
    """How good is it, and where is it wrong?"""


@app.command()
def run(  # noqa: PLR0917  Typer reads a command's options from its parameters
    cases: CasesOption = None,
    corpus: CorpusOption = None,
    split: Annotated[str | None, typer.Option("--split", help="Only the cases of `dev` or `held_out`.")] = None,
    system: Annotated[
        list[str] | None,
        typer.Option("--system", metavar="NAME", help=f"Ask this one, several times for several: {', '.join(SYSTEMS)}."),
    ] = None,
    support: Annotated[
        str, typer.Option("--judge", help=f"Who judges whether what is cited supports what is said: {', '.join(JUDGES)}.")
    ] = "rules",
    library: Annotated[
        Path | None, typer.Option("--library", metavar="DIR", help="Keep the library here; a temporary one by default.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the run here as JSON, and its times beside it.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write a report here: one HTML file that needs no network.")
    ] = None,
    gates: GatesOption = None,
    as_json: JsonOption = False,
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
    with told():
        suites = pair_suites(cases or [], corpus or [Path("seeds")], split=split)
        demanded = read_gates(gates) if gates else ()
        with show_progress(sum(len(suite.cases) for suite in suites), Console(stderr=True)) as progress:
            done = run_suites(
                suites, systems=system or ["whosaid"], library=library, judge=open_judge(support), progress=progress
            )
        if out:
            _write(out, dump_run(done.record))
            _write(times_path(out), dump_times(done.times))
        if html:
            _write(html, make_page(done.record, times=done.times))
    if as_json:
        typer.echo(dump_run(done.record), nl=False)
    if failures:
        _print_failures(console, done.record)
    if not as_json:
        console.print(make_table(done.record, done.times))
    right = share_of(done.record, done.record.systems[0], "cases right")
    if (right.value or 0.0) < min_right:
        console.print(f"{right.right:g} of {right.judged} right is below --min-right {min_right}", markup=False)
        raise typer.Exit(_BELOW)
    if gates:
        _hold(done.record, demanded, gates, console)


@app.command("gate")
def gate_command(
    run_file: Annotated[Path, typer.Argument(metavar="RUN", help="A run that `whosaid eval run --out` wrote.")],
    gates: Annotated[Path, typer.Option("--gates", metavar="FILE", help="Thresholds in TOML.")],
    as_json: JsonOption = False,
) -> None:
    """Hold a run that was made before against thresholds; exit with 1 when one does not hold."""
    with told():
        held, demanded = read_run(run_file), read_gates(gates)
    _hold(held, demanded, gates, Console(stderr=as_json), as_json=as_json)


@app.command("compare")
def compare_command(  # noqa: PLR0917  as above
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="A run that `whosaid eval run --out` wrote.")],
    after: Annotated[Path, typer.Argument(metavar="AFTER", help="Another over the same cases; or the same, with two --system.")],
    system: Annotated[
        list[str] | None,
        typer.Option("--system", metavar="NAME", help="Which system of the first run; once more for that of the second."),
    ] = None,
    metric: Annotated[
        list[str] | None,
        typer.Option("--metric", metavar="NAME", help=f"What decides; {' and '.join(DECIDING)} by default."),
    ] = None,
    level: Annotated[
        float, typer.Option("--level", min=0.0001, max=0.5, help="How often chance may be taken for a loss.")
    ] = 0.05,
    as_json: JsonOption = False,
) -> None:
    """Compare two runs case by case; exit with 1 when the second is significantly worse."""
    with told():
        a, b = read_run(before), read_run(after)
        names = [*(system or []), None, None]
        compared = compare_runs(
            a, b, system_a=names[0], system_b=names[1] or names[0], deciding=metric or DECIDING, level=level
        )  # fmt: skip
    if as_json:
        typer.echo(json.dumps(comparison_to_json(compared), ensure_ascii=False, indent=1))
    else:
        console = Console()
        console.print(make_comparison_table(compared))
        console.print(give_verdict(compared), markup=False, soft_wrap=True)
    if compared.worse:
        raise typer.Exit(_BELOW)


@app.command("report")
def report_command(
    run_file: Annotated[Path, typer.Argument(metavar="RUN", help="A run that `whosaid eval run --out` wrote.")],
    other: Annotated[
        Path | None, typer.Argument(metavar="OTHER", help="A later run over the same cases, to be compared with it.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one HTML file that needs no network.")
    ] = None,
    failures: Annotated[bool, typer.Option("--failures", help="Print each failure too.")] = False,
) -> None:
    """Show a run that was made before: as tables, or as one HTML file."""
    with told():
        shown, times = read_run(run_file), read_times(run_file)
        if html:
            _write(html, make_page(shown, times=times, other=read_run(other) if other else None))
            return
        if other:
            raise InputError("two runs are put into one report with --html FILE; for a table use `whosaid eval compare`")
    console = Console()
    if failures:
        _print_failures(console, shown)
    console.print(make_table(shown, times))


@app.command("attribution")
def attribution_command(
    folder: Annotated[Path, typer.Option("--polnear", metavar="DIR", help="A folder of PolNeAR with train/ and dev/.")],
    split: Annotated[Literal["train", "dev", "test"], typer.Option(help="Which articles to measure on.")] = "dev",
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """English attributions beside what people reach and two baselines, in one run."""
    with told():
        rows = measure_polnear(folder, split=split)
    typer.echo(json.dumps(measured_to_json(rows), ensure_ascii=False, indent=1) if as_json else format_measured(rows))


@app.command("speakers")
def speakers_command(
    polnear_folder: Annotated[Path, typer.Option("--polnear", metavar="DIR", help="The PolNeAR folder, which holds dev/.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Resolve the labelled pronouns, surnames, roles and bodies of PolNeAR's dev part, print how many are right."""
    with told():
        rows = count_outcomes(measure_speakers(polnear_folder))
    typer.echo(json.dumps(rows_to_json(rows), indent=1) if as_json else format_rows(rows))


@app.command("reading")
def reading_command(
    questions: Annotated[Path, typer.Option("--questions", metavar="DIR", help="Marked questions, *.jsonl.")],
    network: Annotated[
        Path | None, typer.Option("--network", metavar="DIR", help="Another network than the one that comes with the package.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Read questions that people marked: the worlds kept out of training with --hold-out, and the others."""
    with told():
        marked = read_marked(sorted(questions.glob("*.jsonl")))
        reader = Network(network)
        rows = {
            "every fifth world": measure(reader, [question for question in marked if question.is_held_out]),
            "the other worlds": measure(reader, [question for question in marked if not question.is_held_out]),
        }
    typer.echo(json.dumps(read_to_json(rows), indent=1) if as_json else format_read(rows))


@app.command("statements")
def statements_command(
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="FILE", help="JSONL of statements; ours on seeds/ by default.")
    ] = None,
    corpus: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The articles that the list is on.")] = Path("seeds"),
) -> None:
    """Compare what is extracted from articles with the statements that people listed in them."""
    with told():
        with resources.as_file(resources.files("eval.cases") / "seeds_statements.jsonl") as ours:
            listed = load_listed(cases or ours)
        typer.echo(format_compared(evaluate(listed, load_corpus(corpus))))


def _hold(held: RunRecord, demanded: Sequence[Gate], file: Path, console: Console, *, as_json: bool = False) -> None:
    """Print every gate and the verdict; exit with 1 when one does not hold."""
    with told():
        results = check_gates(held, demanded, folder=file.parent)
    if as_json:
        typer.echo(json.dumps(gates_to_json(results), ensure_ascii=False, indent=1))
    for result in results:
        console.print(f"{'holds' if result.holds else 'FAILS'}: {result.said}", markup=False, soft_wrap=True)
    console.print(give_gate_verdict(results), markup=False, soft_wrap=True)
    if not all(result.holds for result in results):
        raise typer.Exit(_BELOW)


def _print_failures(console: Console, run_record: RunRecord) -> None:
    for system in run_record.systems:
        for text in list_failures(run_record, system=system.name):
            console.print(text, soft_wrap=True)
        for line in list_counts(run_record, system=system.name):
            console.print(line, markup=False)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise InputError(f"the file {path} cannot be written ({error}); give another place") from error
