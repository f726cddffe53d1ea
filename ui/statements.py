"""A library's statements as the rows that a table, a plot, an export or the door over HTTP asks for."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, TypedDict, Unpack, get_args

from index.errors import InputError
from index.library import Library
from index.records import Article, Kind, Statement
from rag.contract import ArticleRow, StatementRow
from rag.words import fold
from ui.rows import article_row, rows_to_csv, rows_to_json, statement_row
from ui.service import articles_with_counts, filters

__all__ = ["SORTS", "Sort", "Wanted", "article_rows", "find_statements", "rows_to_csv", "rows_to_json", "statement_rows"]

Sort = Literal["published", "outlet", "title", "language", "speaker", "addressee", "act", "kind", "quote"]
SORTS: tuple[Sort, ...] = get_args(Sort)
KINDS: tuple[Kind, ...] = get_args(Kind)


class Wanted(TypedDict, total=False):
    """Which statements, and in which order; all by name and all optional.

    Keys:
        speaker, addressee: Names as people write them; each may stand for several persons.
        act: One of `index.records.ACTS`.
        outlet: Its name; case does not matter.
        kind: "direct", "mixed" or "indirect".
        language: Of the article, as a code.
        since, until: First and last day of publication; with either, articles without a day are left out.
        words: All of these must stand in the statement's own words, in any order; beginnings of words are enough, case
            and accents do not matter.
        sort: One of `SORTS`, "published" by default; what is alike in it keeps the order of day, article and place. What
            has no value comes last, whichever way round.
        descending: Whether the order is turned round.
    """

    speaker: str | None
    addressee: str | None
    act: str | None
    outlet: str | None
    kind: str | None
    language: str | None
    since: date | None
    until: date | None
    words: str | None
    sort: str
    descending: bool


def statement_rows(library: Library, **wanted: Unpack[Wanted]) -> tuple[StatementRow, ...]:
    """The statements that pass every filter, each with what is known of its article.

    Raises:
        NotFoundError: A name that nobody in the library has, an outlet that it has no article of.
        InputError: Another act, kind, language or order than there is.
    """
    return tuple(statement_row(statement, article) for statement, article in find_statements(library, **wanted))


def find_statements(library: Library, *, option: str = "", **wanted: Unpack[Wanted]) -> tuple[tuple[Statement, Article], ...]:
    """The same as `statement_rows`, as the records themselves.

    Args:
        option: What stands before the name of a filter in messages: "--" on a command line.
    """
    kind, sort = wanted.get("kind"), wanted.get("sort", "published")
    _one_of(f"{option}kind", kind, KINDS)
    _one_of(f"{option}sort", sort, SORTS)
    chosen = filters(
        library,
        speaker=wanted.get("speaker"),
        addressee=wanted.get("addressee"),
        outlet=wanted.get("outlet"),
        language=wanted.get("language"),
        since=wanted.get("since"),
        until=wanted.get("until"),
        act=wanted.get("act"),
        option=option,
    )
    articles = {article.id: article for article in library.articles()}
    said = [
        (statement, articles[statement.article_id])
        for statement in library.statements(chosen)
        if kind is None or statement.kind == kind
    ]
    if words := _spaced(wanted.get("words") or "").split():
        said = [(statement, article) for statement, article in said if _has(statement.words(article.text), words)]
    return _sorted(said, sort, descending=wanted.get("descending", False))


def article_rows(library: Library) -> tuple[ArticleRow, ...]:
    """Every article with the number of its statements, in order of date."""
    return tuple(article_row(article, n_statements=n) for article, n in articles_with_counts(library))


def _has(text: str, wanted: Iterable[str]) -> bool:
    """
    >>> _has("“No quiero salir”", ["sal", "no"]), _has("“No quiero salir”", ["alir"])
    (True, False)
    """
    within = f" {_spaced(text)}"
    return all(f" {word}" in within for word in wanted)


def _spaced(words: str) -> str:
    """Folded, with a blank before every word, whatever stands between them.

    >>> _spaced("“Nó”—she’s out")
    'no she s out'
    """
    return " ".join("".join(character if character.isalnum() else " " for character in fold(words)).split())


def _sorted(said: Sequence[tuple[Statement, Article]], sort: str, *, descending: bool) -> tuple[tuple[Statement, Article], ...]:
    if sort == SORTS[0] and not descending:
        # The library's own order.
        return tuple(said)
    column = next(name for name in SORTS if name == sort)
    values = [(fold(str(statement_row(*pair)[column] or "")), pair) for pair in said]
    valued = sorted((value for value in values if value[0]), key=lambda value: value[0], reverse=descending)
    return tuple(pair for _, pair in (*valued, *(value for value in values if not value[0])))


def _one_of(name: str, value: str | None, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise InputError(f"{name} is {value[:80]!r}; it is one of {', '.join(known)}")
