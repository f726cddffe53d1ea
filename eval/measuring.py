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

from eval.baselines import PlainLlamaIndex
from eval.case import Case, dump_cases, hash_cases, load_cases
from eval.curve import format_curve, measure_curve
from eval.curve import to_json as curve_to_json
from eval.judge import SupportJudge
from eval.judging import format_agreement, load_claims, load_sets, measure_agreement
from eval.judging import to_json as agreement_to_json
from eval.judging import train as train_support
from eval.making import make_cases
from eval.mutants import collect_sentences, make_world
from eval.mutate import GUARDS, GuardName, MutationRun, format_run, run_mutations, to_json
from eval.polnear import PolnearRun, format_polnear, run_polnear
from eval.polnear import to_json as polnear_to_json
from eval.speed import Speed, format_speed, measure_commands, measure_readings, measure_steps
from eval.speed import to_json as speed_to_json
from eval.support_model import load_model
from eval.systems import build_library
from index.attribution.polnear import AnnotatedArticle, read_polnear
from index.errors import InputError, WhosaidError
from index.library import Library
from index.records import Article
from rag.answer import Answer
from rag.query import query

_BELOW = 1


@contextmanager
def told() -> Iterator[None]:
    """What goes wrong is told in a line, and its exit status is its own."""
    try:
        yield
    except WhosaidError as error:
        Console(stderr=True).print(str(error), markup=False, soft_wrap=True)
        raise typer.Exit(error.exit_code) from error


def mutate(  # noqa: PLR0917  Typer reads a command's options from its parameters
    corpus: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The articles of the project's cases.")] = Path("seeds"),
    reports: Annotated[
        Path | None, typer.Option("--reports", metavar="DIR", help="The five reports too, with the cases on them.")
    ] = None,
    guard: Annotated[
        str, typer.Option("--guard", help="`sentence`, for prose that nobody controls, or `check`, the last look at any answer.")
    ] = "sentence",
    n: Annotated[int, typer.Option("--n", min=1, help="The most mutants by each operator.")] = 200,
    seed: Annotated[int, typer.Option("--seed", help="Another seed draws other mutants.")] = 0,
    survivors: Annotated[
        int | None, typer.Option("--survivors", min=0, help="List so many survivors of each operator; all by default.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print every mutant as JSON.")] = False,
    gate: Annotated[bool, typer.Option("--gate", help="Exit with 1 when an operator misses its bar.")] = False,
) -> None:
    """Make true answers false, one change at a time, and count what the guard catches."""
    with told():
        folders = [(corpus, "seeds.jsonl"), *([(reports, "shared_seeds.jsonl")] if reports else [])]
        run = _mutate(folders, guard=_read_guard(guard), n=n, seed=seed)
    typer.echo(json.dumps(to_json(run), ensure_ascii=False, indent=1) if as_json else format_run(run, survivors=survivors))
    if gate and run.below:
        raise typer.Exit(_BELOW)


def _read_guard(name: str) -> GuardName:
    for known in GUARDS:
        if name == known:
            return known
    raise InputError(f"--guard {name} is unknown; give {' or '.join(GUARDS)}")


def _mutate(folders: list[tuple[Path, str]], *, guard: GuardName, n: int, seed: int) -> MutationRun:
    answers: list[Answer] = []
    articles: dict[str, Article] = {}
    people: set[str] = set()
    outlets: set[str] = set()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for number, (corpus, name) in enumerate(folders):
            path = Path(folder) / str(number)
            build_library(corpus, path)
            with Library(path) as library:
                for article in library.articles():
                    articles[article.id] = article
                    outlets.add(article.outlet or Path(article.path).stem)
                people.update(person.name for person in library.people() if person.kind == "person")
                outlets.update(statement.reported_by for statement in library.statements() if statement.reported_by)
                answers += [query(case.turns[0], library=library) for case in _packaged_cases(name)]
    sentences = collect_sentences(answers)
    world = make_world(sentences, people=people, outlets=outlets)
    return run_mutations(sentences, articles, world=world, guard=GUARDS[guard], guard_name=guard, n=n, seed=seed)


def _packaged_cases(name: str) -> tuple[Case, ...]:
    """Ours, each question once: asked again in other words it brings up the same statements."""
    with resources.as_file(resources.files("eval.cases") / name) as file:
        return tuple(case for case in load_cases(file) if case.same_as is None)


def polnear(  # noqa: PLR0917  as above
    folder: Annotated[Path, typer.Option("--polnear", metavar="DIR", help="A folder of the PolNeAR corpus.")],
    split: Annotated[str, typer.Option("--split", help="`dev`, or `train`, which the tagger was trained on.")] = "dev",
    library: Annotated[
        Path | None, typer.Option("--library", metavar="DIR", help="Keep the library here; a temporary one by default.")
    ] = None,
    failures: Annotated[bool, typer.Option("--failures", help="List what is not shown first, and why.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print every question as JSON, without times.")] = False,
    gate: Annotated[bool, typer.Option("--gate", help="Exit with 1 when a bar is missed.")] = False,
) -> None:
    """Ask what people marked in a corpus, beside a plain LlamaIndex pipeline."""
    with told():
        if split not in ("dev", "train"):
            raise InputError(f"--split {split} is unknown; give dev or train")
        run = _polnear(tuple(read_polnear(folder, "dev" if split == "dev" else "train")), folder / split / "text", library)
    if as_json:
        typer.echo(json.dumps(polnear_to_json(run), ensure_ascii=False, indent=1))
    else:
        typer.echo(format_polnear(run, failures=failures))
    if gate and run.below:
        raise typer.Exit(_BELOW)


def _polnear(marked: tuple[AnnotatedArticle, ...], texts: Path, library: Path | None) -> PolnearRun:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = library or Path(folder) / "library"
        build_library(texts, path)
        with Library(path) as opened:
            names = {Path(article.path).stem: article for article in opened.articles()}
            for item in marked:
                if item.name not in names or names[item.name].text != item.text:
                    raise InputError(f"{item.name} reads otherwise in the library {path}; give an empty folder with --library")
            with PlainLlamaIndex([names[item.name] for item in marked]) as plain:
                return run_polnear(marked, opened, plain=plain, names=names)


def speed(
    corpus: Annotated[Path, typer.Option("--corpus", metavar="DIR", help="The articles to read and to ask about.")] = Path(
        "seeds"
    ),
    cases: Annotated[
        Path | None, typer.Option("--cases", metavar="FILE", help="JSONL of cases to ask; ours on seeds/ by default.")
    ] = None,
    curve: Annotated[
        bool, typer.Option("--curve", help="Only extraction from English texts of 62,500 to 1,000,000 characters.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Time each step, warm and cold, and compare them in one run."""
    with told():
        if curve:
            points = measure_curve(corpus)
            typer.echo(json.dumps(curve_to_json(points), indent=1) if as_json else format_curve(points))
            return
        asked = _packaged_cases("seeds.jsonl") if cases is None else load_cases(cases)
        measured = _speed(corpus, [case.turns[0] for case in asked])
    typer.echo(json.dumps(speed_to_json(measured), indent=1) if as_json else format_speed(measured))


def _speed(corpus: Path, questions: list[str]) -> Speed:
    readings = measure_readings(corpus)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        library = Path(folder) / "library"
        build_library(corpus, library)
        with Library(library) as opened:
            steps = measure_steps(questions, opened)
        cold, start, peak, indexing = measure_commands(corpus, library, Path(folder) / "empty", questions[0])
    return Speed(readings=readings, steps=steps, cold=cold, start=start, peak_mib=peak, indexing=indexing)


def judge(
    data: Annotated[
        Path | None,
        typer.Option("--data", metavar="DIR", help="Sets that people judged: qags, defacto, wice, summedits."),
    ] = None,
    claims: Annotated[
        Path | None, typer.Option("--claims", metavar="FILE", help="JSONL of your own: premise, claim, supported.")
    ] = None,
    weights: Annotated[
        Path | None, typer.Option("--weights", metavar="FILE", help="Other weights than those that ship with the project.")
    ] = None,
    train: Annotated[
        Path | None, typer.Option("--train", metavar="FILE", help="Make the weights again from --data and write them here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """How well the judge of support agrees with people, beside lexical features and published figures."""
    with told():
        if data is None and claims is None:
            raise InputError("give --data DIR with the sets that people judged, or --claims FILE with your own")
        if train is not None:
            if data is None:
                raise InputError("--train needs --data DIR with the sets to train on")
            train.write_text(train_support(load_sets(data, uses=("train", "choose"))).dump(), encoding="utf-8")
        used = train or weights
        measured = measure_agreement(
            (*(load_sets(data, uses=("choose", "test")) if data else ()), *((load_claims(claims),) if claims else ())),
            SupportJudge(load_model(used) if used else None),
        )
    typer.echo(json.dumps(agreement_to_json(measured), indent=1) if as_json else format_agreement(measured))


def cases(
    folder: Annotated[Path, typer.Option("--polnear", metavar="DIR", help="A folder of the PolNeAR corpus.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where to write the cases, as JSONL.")],
    split: Annotated[str, typer.Option("--split", help="`dev`, or `train`, which the tagger was trained on.")] = "dev",
) -> None:
    """Make cases of what people marked in a corpus; run them with --corpus DIR/dev/text."""
    with told():
        if split not in ("dev", "train"):
            raise InputError(f"--split {split} is unknown; give dev or train")
        marked = tuple(read_polnear(folder, "dev" if split == "dev" else "train"))
        files = {path.stem: path.name for path in sorted((folder / split / "text").iterdir())}
        made = make_cases(marked, split="dev", labels=files)
        out.write_text(dump_cases(made), encoding="utf-8")
    typer.echo(f"{len(made)} cases {hash_cases(made)} written to {out}; run them with --corpus {folder / split / 'text'}")
