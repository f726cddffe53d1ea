"""The `whosaid` command: reads arguments, calls the library or the one door, and prints what comes.

Exit status: 0 when the question was answered or refused with a reason (a refusal is an answer; `--json` says which),
2 for arguments that cannot be used, 6 when a file could not be indexed, 130 after Ctrl-C; the rest stands in
`index/errors.py`.

Nothing heavy is imported before a command needs it: `whosaid --help` should come in a blink.
"""

import io
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TextIO

import typer

from index.errors import InputError, WhosaidError
from ui.options import (
    DEFAULT_LIBRARY,
    ActOption,
    AddresseeOption,
    DescendingOption,
    JsonOption,
    KindOption,
    LanguageOption,
    LibraryOption,
    OutletOption,
    SinceOption,
    SortOption,
    SpeakerOption,
    UntilOption,
    VectorsOption,
    WordsOption,
    read_day,
)

if TYPE_CHECKING:
    from index.build import Progress
    from rag.answer import Answer
    from ui.render import Line

app = typer.Typer(
    # Plain help: it pipes, and needs no Rich at start.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"whosaid {version('whosaid')}")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def whosaid(
    context: typer.Context,
    *,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Who said what to whom, when, and according to which outlet: from a pile of articles, with the very words.

    \b
    Begin with:
      whosaid index articles/
      whosaid ask "What did Arce say to Zúñiga?"
    """
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(short_help="Read articles into the library.")
def index(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="PATH…", help="Files or folders: .txt .md .html .pdf .jsonl")
    ] = None,
    *,
    library: LibraryOption = DEFAULT_LIBRARY,
    outlet: Annotated[str | None, typer.Option(metavar="NAME", help="The outlet of all these articles.")] = None,
    published: Annotated[date | None, typer.Option(parser=read_day, metavar="DATE", help="The day they all appeared.")] = None,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="The language they are all in.")] = None,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Make the library anew; without PATH from the files it was made of.")
    ] = False,
    embedding: Annotated[
        str | None, typer.Option("--embedding", metavar="NAME", help="The embedding model of a new library.")
    ] = None,
    vectors: VectorsOption = None,
) -> None:
    """Read articles into the library; what has not changed is left alone, and each article is safe once it is in.

    \b
    Exit status 6: some files could not be read; they are listed, and the rest is in.
    Example: whosaid index articles/ report.pdf --outlet "The Daily Sample"
    """
    from ui.service import EXIT_FAILED_FILES, EXIT_INTERRUPTED

    try:
        # Imported in here, so that Ctrl-C in the first second is told the same.
        from index.build import build

        with _progress() as progress:
            report = build(
                paths or [],
                library=library,
                outlet=outlet,
                published=published,
                language=language,
                vectors=vectors,
                embedding=embedding,
                rebuild=rebuild,
                progress=progress,
            )
    except KeyboardInterrupt:
        _complain("stopped; nothing is lost: what was indexed stays, and the same command goes on from there")
        raise typer.Exit(EXIT_INTERRUPTED) from None
    counts = f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged"
    typer.echo(f"{counts}, {len(report.failed)} failed")
    if report.added or report.updated:
        _tell_of_languages(library)
    if report.failed:
        from ui.visible import one_line

        for failure in report.failed:
            line = f":{failure.line}" if failure.line is not None else ""
            _complain(f"{one_line(str(failure.path))}{line}: {one_line(failure.why)}")
        raise typer.Exit(EXIT_FAILED_FILES)


def _tell_of_languages(library: Path) -> None:
    """Say which of the library's languages have no rules: there, much of what is said is not found."""
    from index.library import Library
    from index.records import LANGUAGES

    with Library(library) as opened:
        others = [language for language in opened.languages() if language not in LANGUAGES]
    if others:
        _complain(f"no rules for articles in: {', '.join(others)}; only what stands between quotation marks is found in them")


@app.command(short_help="Answer a question with the very words and where they stand.")
def ask(
    question: Annotated[
        str, typer.Argument(metavar="QUESTION", help="In English, Norwegian, Swedish, Danish, Spanish, German or French.")
    ],
    *,
    library: LibraryOption = DEFAULT_LIBRARY,
    as_json: JsonOption = False,
    speaker: SpeakerOption = None,
    addressee: AddresseeOption = None,
    outlet: OutletOption = None,
    language: LanguageOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
) -> None:
    """Answer a question with the words, who said them to whom, and where they stand.

    \b
    Exit status 0 also when the articles do not say; the reason is printed, and stands in --json.
    Example: whosaid ask "What did Arce say to Zúñiga?" --since 2024-06-26
    """
    from index.library import Library
    from rag.query import query
    from ui import service

    with Library(library) as opened:
        answer = query(
            question,
            library=opened,
            speaker=speaker,
            addressee=addressee,
            outlet=outlet,
            language=language,
            since=since,
            until=until,
            wording=service.wording(),
        )
        _print_answer(answer, opened, as_json=as_json)


@app.command(short_help="Check a quotation and who said it.")
def verify(
    words: Annotated[str, typer.Argument(metavar="WORDS", help="The quotation to check.")],
    *,
    library: LibraryOption = DEFAULT_LIBRARY,
    speaker: Annotated[str | None, typer.Option(metavar="NAME", help="Who is said to have said it.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Check a quotation: supported, altered, misattributed, or not found.

    \b
    Exit status 0 whatever the verdict; it is printed, and stands in --json.
    Example: whosaid verify "I am your captain" --speaker Zúñiga
    """
    from index.library import Library
    from rag.query import verify as check

    with Library(library) as opened:
        _print_answer(check(words, speaker=speaker, library=opened), opened, as_json=as_json)


@app.command(short_help="List who said what, as text, JSON or CSV.")
def statements(
    *,
    library: LibraryOption = DEFAULT_LIBRARY,
    speaker: SpeakerOption = None,
    addressee: AddresseeOption = None,
    outlet: OutletOption = None,
    language: LanguageOption = None,
    since: SinceOption = None,
    until: UntilOption = None,
    act: ActOption = None,
    kind: KindOption = None,
    words: WordsOption = None,
    sort: SortOption = "published",
    descending: DescendingOption = False,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV with a header line, and nothing else.")] = False,
) -> None:
    """List every statement, or those that pass the filters, in order of date, article and place, or of a column.

    \b
    --json prints an array with one statement a line; in --csv, text that a spreadsheet
    would run as a formula gets an apostrophe before it.
    Example: whosaid statements --speaker Arce --language es --csv > arce.csv
    """
    from index.library import Library
    from ui import render, rows, service
    from ui.statements import find_statements

    if as_json and as_csv:
        raise InputError("--json and --csv do not go together; choose one")
    with Library(library) as opened:
        found = find_statements(
            opened,
            option="--",
            speaker=speaker,
            addressee=addressee,
            outlet=outlet,
            language=language,
            since=since,
            until=until,
            act=act,
            kind=kind,
            words=words,
            sort=sort,
            descending=descending,
        )
    if as_json:
        typer.echo(rows.rows_to_json(rows.statement_row(statement, article) for statement, article in found))
    elif as_csv:
        typer.echo(rows.rows_to_csv(rows.statement_row(statement, article) for statement, article in found), nl=False)
    else:
        lines = {article.id: service.first_line(article) for _, article in found}
        _print_lines(
            [
                line
                for statement, article in found
                for line in render.statement_lines(statement, article, first_line=lines[article.id])
            ]
        )
        typer.echo(f"{len(found)} statements")


@app.command(short_help="List what the library holds.")
def articles(*, library: LibraryOption = DEFAULT_LIBRARY, as_json: JsonOption = False) -> None:
    """List the library's articles in order of date, with the number of statements in each.

    \b
    Example: whosaid articles --json
    """
    from index.library import Library
    from ui import render, rows, service

    with Library(library) as opened:
        found = service.articles_with_counts(opened)
    if as_json:
        typer.echo(rows.rows_to_json(rows.article_row(article, n_statements=n) for article, n in found))
    else:
        _print_lines([line for article, n in found for line in render.article_lines(article, n_statements=n)])
        typer.echo(f"{len(found)} articles")


@app.command(short_help="Take articles out of the library.")
def forget(
    names: Annotated[list[str], typer.Argument(metavar="ARTICLE…", help="Ids or paths, as `whosaid articles` lists them.")],
    *,
    library: LibraryOption = DEFAULT_LIBRARY,
    vectors: VectorsOption = None,
) -> None:
    """Take articles out of the library, with their statements; their files are left alone.

    \b
    Example: whosaid forget articles/withdrawn.txt
    """
    from index.library import Library
    from ui import service
    from ui.visible import one_line

    with Library(library, write=True, vectors=vectors) as opened:
        # All are looked up before the first is forgotten, so that a slip in the last name changes nothing.
        found = [service.find_article(opened, name) for name in names]
        for article in dict.fromkeys(found):
            opened.forget(article.id)
            typer.echo(f"forgotten: {article.id} {one_line(article.title or article.path)}")


@app.command(short_help="Serve the chat, and the door over HTTP.")
def chat(
    *,
    library: LibraryOption = DEFAULT_LIBRARY,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="By default the first free one from 7860 on.")] = None,
    uploads: Annotated[
        bool | None,
        typer.Option("--uploads/--no-uploads", envvar="WHOSAID_UPLOADS", help="Whether articles can be added and forgotten."),
    ] = None,
    rate: Annotated[
        int, typer.Option(envvar="WHOSAID_RATE", min=0, metavar="N", help="Requests a minute from one client; 0 for no limit.")
    ] = 600,
    trust_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A name to answer to beside the address; may be given again.")
    ] = None,
    history: Annotated[
        Path | None, typer.Option(envvar="WHOSAID_HISTORY", metavar="FILE", help="Where conversations are kept.")
    ] = None,
    page_language: Annotated[
        str | None, typer.Option(envvar="WHOSAID_PAGE_LANGUAGE", metavar="CODE", help="The page's own words: en or nb.")
    ] = None,
) -> None:
    """Serve the chat as a page, and the same door over HTTP under /api/v1; Ctrl-C ends it.

    \b
    Another --host than loopback needs a login. Set WHOSAID_USER and WHOSAID_PASSWORD, or
    WHOSAID_USERS_FILE (NAME:PASSWORD a line); for programs WHOSAID_TOKENS or WHOSAID_TOKENS_FILE.
    Uploads are on where only this machine comes in.
    Example: whosaid chat --port 7861
    """
    from ui.settings import ChatSettings, read_access, read_page_language

    settings = ChatSettings(
        library=library,
        host=host,
        port=port,
        access=read_access(),
        uploads=uploads,
        rate=rate or None,
        trusted_hosts=tuple(trust_host or ()),
        history=history,
        page_language=read_page_language(page_language),
    )
    from ui.server import serve

    serve(settings, announce=typer.echo)


@app.command("mcp", short_help="Answer the Model Context Protocol over stdio.")
def model_context_protocol(*, library: LibraryOption = DEFAULT_LIBRARY) -> None:
    """Answer the Model Context Protocol over stdin and stdout: the tools ask, verify and statements.

    \b
    It is started by the program that asks; in its settings: command whosaid, arguments mcp --library news.
    Example: whosaid mcp --library news
    """
    from ui.mcp import serve

    serve(library)


@app.command(
    "eval",
    short_help="Measure how good it is.",
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []},
)
def evaluate(context: typer.Context) -> None:
    """Measure how good it is; `whosaid eval --help` lists how.

    \b
    Example: whosaid eval run
    """
    from importlib.metadata import entry_points

    # The faces do not import the evaluation: it offers its command under this name.
    for entry in entry_points(group="whosaid.commands", name="eval"):
        typer.main.get_command(entry.load())(context.args, prog_name="whosaid eval")
    raise InputError("this installation has no evaluation; install whosaid again from its sources: pip install -e .")


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with its exit status; errors of ours become one line on stderr."""
    for stream in (sys.stdout, sys.stderr):
        # File names may hold bytes that are no UTF-8; as \udc.. they are still valid JSON.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    given = sys.argv[1:] if arguments is None else list(arguments)
    # In a locale that is not UTF-8, Python keeps the bytes of "Zúñiga" as halves of characters.
    words = [os.fsencode(word).decode("utf-8", "surrogateescape") for word in given]
    try:
        app(words, prog_name="whosaid")
    except WhosaidError as error:
        from ui.visible import visible

        _complain(visible(str(error)))
        sys.exit(error.exit_code)
    sys.exit(0)


@contextmanager
def _progress() -> Iterator["Progress | None"]:
    """A bar on stderr that is told of each file, where a person watches; else nothing."""
    if not _styled(sys.stderr):
        yield None
        return
    from rich import progress
    from rich.console import Console

    from ui.visible import one_line

    columns = (
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("{task.fields[file]}", markup=False),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None, file="")

        def show(done: int, total: int, file: Path) -> None:
            bar.update(task, completed=done, total=total, file=one_line(file.name))

        yield show


def _complain(message: str) -> None:
    typer.echo(f"whosaid: {message}", err=True)


def _print_answer(answer: "Answer", library: Any, *, as_json: bool) -> None:
    from ui import render, rows, service

    if as_json:
        typer.echo(rows.json_text(answer.to_dict()))
        return
    turn = render.Turn(question=answer.question, answer=answer, evidence=service.evidence(library, answer))
    _print_lines(render.answer_lines(turn, bare=not _styled(sys.stdout)))


def _styled(stream: TextIO) -> bool:
    """Whether bold and reverse can be seen there."""
    return stream.isatty() and os.environ.get("TERM") not in (None, "", "dumb")


def _print_lines(lines: Sequence["Line"]) -> None:
    if not _styled(sys.stdout):
        for line in lines:
            typer.echo((" " * line.indent + line.text.plain) if line.text.plain else "")
        return
    from rich.console import Console
    from rich.padding import Padding

    console = Console(highlight=False, markup=False, emoji=False)
    for line in lines:
        console.print(Padding(line.text, (0, 0, 0, line.indent)))


if __name__ == "__main__":
    main()
