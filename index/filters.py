"""What is looked for in a library, as SQL: filters, and words for the word index."""

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Literal

from index.vectors import VectorKind

# A question's first different words that are looked up; more find nothing more and take longer.
_MOST_WORDS = 128
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What to keep, exactly; None keeps all, an empty set nothing.

    Args:
        speakers: Person ids; of passages and articles, those that hold a statement of one of them.
        addressees: Person ids, likewise.
        since: First day of publication that is kept; articles without a day are left out, as with `until`.
        until: Last day that is kept.
        acts: Acts of the cues of statements; of passages and articles, those that hold a statement with one of them.
    """

    speakers: frozenset[str] | None = None
    addressees: frozenset[str] | None = None
    outlets: frozenset[str] | None = None
    languages: frozenset[str] | None = None
    articles: frozenset[str] | None = None
    since: date | None = None
    until: date | None = None
    acts: frozenset[str] | None = None


NO_FILTERS = Filters()


def fts_query(words: str) -> str:
    """An FTS5 query for any of the words of a text: quoted, so that none of them is an operator; "" if there is none.

    >>> fts_query('NEAR("Zúñiga", *) OR zúñiga -x')
    '"near" OR "zúñiga" OR "or" OR "x"'
    """
    tokens = (match.group().lower() for match in _WORD.finditer(unicodedata.normalize("NFC", words)))
    different = dict.fromkeys(islice(_unseen(tokens), _MOST_WORDS))
    return " OR ".join(f'"{token}"' for token in different)


def _unseen(tokens: Iterator[str]) -> Iterator[str]:
    seen: set[str] = set()
    for token in tokens:
        if token not in seen:
            seen.add(token)
            yield token


SELECT_PASSAGE = (
    'SELECT item.id, item.article_id, item.start, item."end", article.text FROM passages item '
    "JOIN articles article ON article.id = item.article_id"
)
STATEMENT_JOINS = (
    "JOIN articles article ON article.id = item.article_id "
    "LEFT JOIN links speaker ON speaker.article_id = item.article_id AND speaker.local_id = item.speaker "
    "LEFT JOIN links addressee ON addressee.article_id = item.article_id AND addressee.local_id = item.addressee"
)
JOINS: Mapping[VectorKind, str] = {
    "statements": STATEMENT_JOINS,
    "passages": "JOIN articles article ON article.id = item.article_id",
}


def conditions(filters: Filters, rows: Literal["statements", "passages", "article"]) -> tuple[str, list[object]]:
    """The filters as an SQL condition with its values, for rows joined as in `JOINS`."""
    tests = ["1"]
    values: list[object] = []
    for column, allowed in (
        ("article.outlet", filters.outlets),
        ("article.language", filters.languages),
        ("article.id", filters.articles),
    ):
        if allowed is not None:
            tests.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(sorted(allowed)))
    for column, allowed in (("speaker", filters.speakers), ("addressee", filters.addressees)):
        if allowed is None:
            continue
        values.append(json.dumps(sorted(allowed)))
        if rows == "statements":
            tests.append(f"{column}.person_id IN (SELECT value FROM json_each(?))")
            continue
        place = "" if rows == "article" else 'AND said.start < item."end" AND item.start < said."end"'
        tests.append(
            "EXISTS (SELECT 1 FROM statements said JOIN links who ON who.article_id = said.article_id "
            f"AND who.local_id = said.{column} WHERE said.article_id = article.id {place} "
            "AND who.person_id IN (SELECT value FROM json_each(?)))"
        )
    if filters.acts is not None:
        values.append(json.dumps(sorted(filters.acts)))
        if rows == "statements":
            tests.append("json_extract(item.record, '$.act') IN (SELECT value FROM json_each(?))")
        else:
            place = "" if rows == "article" else 'AND done.start < item."end" AND item.start < done."end"'
            tests.append(
                f"EXISTS (SELECT 1 FROM statements done WHERE done.article_id = article.id {place} "
                "AND json_extract(done.record, '$.act') IN (SELECT value FROM json_each(?)))"
            )
    for sign, day in ((">=", filters.since), ("<=", filters.until)):
        if day is not None:
            tests.append(f"article.published {sign} ?")
            values.append(day.isoformat())
    return " AND ".join(tests), values
