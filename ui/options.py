"""The options that several commands share, each declared once: name, help, and what its value is read into."""

from datetime import date
from pathlib import Path
from typing import Annotated

import typer


def read_day(words: str) -> date:
    """A day as an option gives it.

    Raises:
        BadParameter: It is written otherwise.

    >>> read_day("2024-06-26")
    datetime.date(2024, 6, 26)
    """
    try:
        return date.fromisoformat(words.strip())
    except ValueError as error:
        raise typer.BadParameter(f"{words[:40]!r} is no day; write it as 2024-06-26") from error


DEFAULT_LIBRARY = Path("library")
LibraryOption = Annotated[Path, typer.Option("--library", envvar="WHOSAID_LIBRARY", help="The library's folder.", metavar="DIR")]
VectorsOption = Annotated[
    str | None,
    typer.Option("--vectors", envvar="WHOSAID_VECTORS", metavar="URL", help="A Chroma server, as http://host:port."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")]

# What narrows a question or a list.
SpeakerOption = Annotated[str | None, typer.Option("--speaker", metavar="NAME", help="Only what this person said.")]
AddresseeOption = Annotated[str | None, typer.Option("--addressee", metavar="NAME", help="Only what was said to them.")]
OutletOption = Annotated[str | None, typer.Option("--outlet", metavar="NAME", help="Only articles of this outlet.")]
LanguageOption = Annotated[
    str | None, typer.Option("--language", metavar="CODE", help="Only articles in this language: en, nb, es …")
]
SinceOption = Annotated[date | None, typer.Option("--since", parser=read_day, metavar="DATE", help="From this day: 2024-06-26.")]
UntilOption = Annotated[date | None, typer.Option("--until", parser=read_day, metavar="DATE", help="Up to and with this day.")]

# What narrows and orders a list of statements.
ActOption = Annotated[str | None, typer.Option("--act", metavar="ACT", help="Only this act: say, order, deny …")]
KindOption = Annotated[str | None, typer.Option("--kind", metavar="KIND", help="Only direct, mixed or indirect speech.")]
WordsOption = Annotated[str | None, typer.Option("--words", metavar="WORDS", help="Only statements with words that begin so.")]
SortOption = Annotated[
    str, typer.Option("--sort", metavar="COLUMN", help="By published, outlet, speaker, addressee, act, kind …")
]
DescendingOption = Annotated[bool, typer.Option("--descending", help="The other way round.")]
