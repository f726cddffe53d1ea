"""A library's statements as the rows that a table, a plot, an export or the door over HTTP asks for."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Literal, get_args

from index.errors import InputError
from index.library import Library
from index.records import Kind
from rag.words import fold
from ui.rows import ArticleRow, StatementRow, article_row, rows_to_csv, rows_to_json, statement_row
from ui.service import articles_with_counts, filters

__all__ = ["SORTS", "Sort", "article_rows", "rows_to_csv", "rows_to_json", "statement_rows"]

Sort = Literal["published", "outlet", "title", "language", "speaker", "addressee", "act", "kind", "quote"]
SORTS: tuple[Sort, ...] = get_args(Sort)
KINDS: tuple[Kind, ...] = get_args(Kind)


def statement_rows(
    library: Library,
    *,
    speaker: str | None = None,
    addressee: str | None = None,
    act: str | None = None,
    outlet: str | None = None,
    kind: str | None = None,
    language: str | None = None,
    since: date | None = None,
    until: date | None = None,
    words: str | None = None,
    sort: str = "published",
    descending: bool = False,
) -> tuple[StatementRow, ...]:
    """The statements that pass every filter, each with what is known of its article.

    Args:
        speaker, addressee: Names as people write them; each may stand for several persons.
        act: One of `index.records.ACTS`.
        kind: "direct", "mixed" or "indirect".
        language: Of the article, as a code.
        since, until: First and last day of publication; with either, articles without a day are left out.
        words: All of these must stand in the statement's own words, in any order; beginnings of words are enough, case
            and accents do not matter.
        sort: One of `SORTS`; rows alike in it keep the order of day, article and place. Rows without a value come last,
            whichever way round.
    Raises:
        NotFoundError: A name that nobody in the library has, an outlet that it has no article of.
        InputError: Another act, kind, language or order than there is.
    """
    _one_of("kind", kind, KINDS)
    _one_of("sort", sort, SORTS)
    chosen = filters(
        library,
        speaker=speaker,
        addressee=addressee,
        outlet=outlet,
        language=language,
        since=since,
        until=until,
        act=act,
        option="",
    )
    articles = {article.id: article for article in library.articles()}
    said = [
        (statement, articles[statement.article_id])
        for statement in library.statements(chosen)
        if kind is None or statement.kind == kind
    ]
    if wanted := _spaced(words or "").split():
        said = [(statement, article) for statement, article in said if _has(statement.words(article.text), wanted)]
    rows = [statement_row(statement, article) for statement, article in said]
    return _sorted(rows, sort, descending=descending)


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


def _sorted(rows: Sequence[StatementRow], sort: str, *, descending: bool) -> tuple[StatementRow, ...]:
    values = [(fold(str(row[sort] or "")), row) for row in rows]  # type: ignore[literal-required]
    valued = sorted((pair for pair in values if pair[0]), key=lambda pair: pair[0], reverse=descending)
    return tuple(row for _, row in (*valued, *(pair for pair in values if not pair[0])))


def _one_of(name: str, value: str | None, known: tuple[str, ...]) -> None:
    if value is not None and value not in known:
        raise InputError(f"{name} is {value[:80]!r}; it is one of {', '.join(known)}")
