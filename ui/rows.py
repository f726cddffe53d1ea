"""Statements and articles as rows: for JSON and CSV, for a table on a page and for the door over HTTP."""

import csv
import io
import json
from collections.abc import Iterable, Mapping

from index.records import Article, Statement, quote
from rag.contract import ArticleRow, StatementRow, article_facts
from ui.visible import HIDDEN

# In this order, which is also that of the names in JSON.
COLUMNS = (
    "id", "article", "path", "outlet", "title", "url", "published", "language", "spans", "quote", "kind", "speaker", "mention",
    "addressee", "cue", "act", "medium", "reported_by", "polarity", "modality", "found_by", "score",
)  # fmt: skip


def statement_row(statement: Statement, article: Article) -> StatementRow:
    """A statement with what is known of its article, in the names of `ask --json`."""
    addressee = statement.addressee
    told = None
    if addressee is not None:
        told = addressee.person.name if addressee.person else addressee.span.of(article.text) if addressee.span else None
    return {
        "id": statement.id,
        "article": article.id,
        **article_facts(article),
        "language": statement.language,
        "spans": [[span.start, span.end] for span in statement.content],
        "quote": statement.words(article.text),
        "kind": statement.kind,
        "speaker": statement.speaker.name if statement.speaker else None,
        "mention": quote(article.text, statement.source) or None,
        "addressee": told,
        "cue": quote(article.text, statement.cue) or None,
        "act": statement.act,
        "medium": statement.medium,
        "reported_by": statement.reported_by,
        "polarity": statement.polarity,
        "modality": statement.modality,
        "found_by": statement.found_by.name,
        "score": statement.found_by.score,
    }


def article_row(article: Article, *, n_statements: int) -> ArticleRow:
    """An article without its text."""
    return {
        "id": article.id,
        **article_facts(article),
        "characters": len(article.text),
        "statements": n_statements,
    }


def json_text(value: object) -> str:
    """JSON on one line, with hidden and obeyed characters as escapes: the same value, safe to show.

    >>> print(json_text({"quote": "é" + chr(0x9B)}))
    {"quote": "é\\u009b"}
    """
    return HIDDEN.sub(lambda found: json.dumps(found[0])[1:-1], json.dumps(value, ensure_ascii=False))


def rows_to_json(rows: Iterable[object]) -> str:
    """An array with one row a line.

    >>> print(rows_to_json([{"n": 1}, {"n": 2}]))
    [
    {"n": 1},
    {"n": 2}
    ]
    """
    lines = ",\n".join(json_text(row) for row in rows)
    return f"[\n{lines}\n]" if lines else "[]"


def rows_to_csv(rows: Iterable[StatementRow]) -> str:
    """CSV (RFC 4180, lines end in a line feed) with a header line of the names in `StatementRow`.

    No cell runs as a formula where a spreadsheet opens the file: see `csv_cell`. Spans are written `1-5 9-12`.

    >>> rows_to_csv([]).startswith("id,article,path,outlet")
    True
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    cells: Iterable[Mapping[str, object]] = rows
    writer.writerows([csv_cell(row[name]) for name in COLUMNS] for row in cells)
    return text.getvalue()


# What a spreadsheet takes for the beginning of a formula: the full-width signs too, and blanks before any of them.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_cell(value: object) -> str:
    """A value for a CSV cell; text that a spreadsheet would run as a formula gets an apostrophe before it.

    >>> csv_cell("=HYPERLINK(1)"), csv_cell(" @SUM(1)"), csv_cell("No."), csv_cell(None), csv_cell([[1, 5], [9, 12]])
    ("'=HYPERLINK(1)", "' @SUM(1)", 'No.', '', '1-5 9-12')
    """
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(f"{start}-{end}" for start, end in value)
    text = str(value)
    is_formula = isinstance(value, str) and (text.startswith(_FORMULA) or text.lstrip().startswith(_FORMULA))
    return f"'{text}" if is_formula else text
