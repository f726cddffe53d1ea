"""Everything that is read from a library: articles, statements, passages and persons, by structure, words and meaning."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal, Self

from index.errors import NotFoundError, VectorsError
from index.filters import JOINS, NO_FILTERS, SELECT_PASSAGE, STATEMENT_JOINS, Filters, conditions, fts_query
from index.people import Link, Merged, merge
from index.records import Article, Passage, Person, Statement
from index.rows import ARTICLE_COLUMNS, person_json, read_article, read_passage, read_person, read_statement
from index.store import Store
from index.vectors import VectorKind

# Up to so many allowed ids are handed to Chroma; with more, the nearest of all are fetched and the allowed kept.
_MOST_IDS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """The id of a statement or passage that was found. `score` is in (0, 1], higher is better.

    Of words it is s / (1 + s) for a bm25 of s, of meaning the cosine; the two are not comparable.
    """

    id: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    articles: int
    passages: int
    statements: int
    people: int


class Reader(Store):
    """A library's contents; see `index.library.Library`."""

    @contextmanager
    def snapshot(self) -> Iterator[Self]:
        """Within the block, all that is read is of one moment, whatever another process writes meanwhile.

        Other threads that read this object wait for the block to end. Vectors are not of that moment: what is found by
        meaning and was not there then is left out.
        """
        with self._mutex:
            with self._foreign_errors():
                self._connection.execute("BEGIN")
            try:
                yield self
            finally:
                # Not rolled back: persons merged in temporary tables meanwhile are known to be there.
                if self._connection.in_transaction:
                    self._connection.execute("COMMIT")

    @property
    def counts(self) -> Counts:
        """How many of each there are; people after merging."""
        with self._mutex:
            self._see_people()
            row = self._rows(
                "SELECT (SELECT count(*) FROM articles), (SELECT count(*) FROM passages), (SELECT count(*) FROM "
                "statements), "
                "(SELECT count(*) FROM people)"
            )[0]
        return Counts(articles=row[0], passages=row[1], statements=row[2], people=row[3])

    def article(self, article_id: str) -> Article:
        """Raises: NotFoundError."""
        rows = self._rows(f"SELECT {ARTICLE_COLUMNS} FROM articles WHERE id = ?", article_id)
        if not rows:
            raise NotFoundError(f"the library {self.path} has no article {article_id!r}")
        return read_article(rows[0])

    def articles(self, filters: Filters = NO_FILTERS) -> tuple[Article, ...]:
        """By day of publication, those without one last; then by id."""
        with self._mutex:
            self._see_people()
            where, values = conditions(filters, "article")
            rows = self._rows(
                f"SELECT {ARTICLE_COLUMNS} FROM articles article WHERE {where} ORDER BY published IS NULL, published, id",
                *values,
            )
        return tuple(read_article(row) for row in rows)

    def has_article(self, article: Article, *, made_by: str = "") -> bool:
        """Whether `add` would leave the article alone."""
        rows = self._rows(f"SELECT {ARTICLE_COLUMNS}, made_by FROM articles WHERE id = ?", article.id)
        return bool(rows) and (facts_of(read_article(rows[0])), rows[0][-1]) == (facts_of(article), made_by)

    def outlets(self) -> tuple[str, ...]:
        """All outlets, in order."""
        return tuple(row[0] for row in self._rows("SELECT DISTINCT outlet FROM articles WHERE outlet > '' ORDER BY outlet"))

    def languages(self) -> tuple[str, ...]:
        """The languages of the articles, in order."""
        return tuple(row[0] for row in self._rows("SELECT DISTINCT language FROM articles ORDER BY language"))

    def statement(self, statement_id: str) -> Statement:
        """Raises: NotFoundError."""
        found = self._statements("item.id = ?", [statement_id])
        if not found:
            raise NotFoundError(f"the library {self.path} has no statement {statement_id!r}")
        return found[0]

    def statements(self, filters: Filters = NO_FILTERS) -> tuple[Statement, ...]:
        """By day, article and place. Speakers and addressees are persons of the library."""
        return self._statements(*conditions(filters, "statements"))

    def _statements(self, where: str, values: Sequence[object]) -> tuple[Statement, ...]:
        with self._mutex:
            self._see_people()
            rows = self._rows(
                "SELECT item.id, item.article_id, item.record, speaker.person_id, addressee.person_id FROM "
                "statements item "
                f"{STATEMENT_JOINS} WHERE {where} "
                "ORDER BY article.published IS NULL, article.published, article.id, item.start, item.no",
                *values,
            )
            people = self._people_of({person_id for row in rows for person_id in row[3:] if person_id is not None})
        return tuple(
            read_statement(statement_id, article_id, record, people.get(speaker), people.get(addressee))
            for statement_id, article_id, record, speaker, addressee in rows
        )

    def passage(self, passage_id: str) -> Passage:
        """Raises: NotFoundError."""
        rows = self._rows(f"{SELECT_PASSAGE} WHERE item.id = ?", passage_id)
        if not rows:
            raise NotFoundError(f"the library {self.path} has no passage {passage_id!r}")
        return read_passage(rows[0])

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """The passages of an article in order; none if it is unknown."""
        rows = self._rows(f"{SELECT_PASSAGE} WHERE item.article_id = ? ORDER BY item.start", article_id)
        return tuple(read_passage(row) for row in rows)

    def people(self) -> tuple[Person, ...]:
        """All persons and organisations, by id."""
        with self._mutex:
            self._see_people()
            if self._all_people is None:
                rows = self._rows("SELECT id, record FROM people ORDER BY id")
                self._all_people = tuple(read_person(person_id, record) for person_id, record in rows)
            return self._all_people

    def person(self, person_id: str) -> Person:
        """Raises: NotFoundError."""
        with self._mutex:
            self._see_people()
            found = self._people_of({person_id})
        if not found:
            raise NotFoundError(f"the library {self.path} has no person {person_id!r}")
        return found[person_id]

    def most_quoted(self, *, limit: int = 10) -> tuple[tuple[Person, int], ...]:
        """The persons with most asserted statements, and how many each has."""
        with self._mutex:
            self._see_people()
            rows = self._rows(
                "SELECT links.person_id, count(*) FROM statements item "
                "JOIN links ON links.article_id = item.article_id AND links.local_id = item.speaker "
                "WHERE json_extract(item.record, '$.polarity') = 'positive' "
                "AND json_extract(item.record, '$.modality') = 'actual' "
                "GROUP BY links.person_id ORDER BY count(*) DESC, links.person_id LIMIT ?",
                limit,
            )
            people = self._people_of({row[0] for row in rows})
        return tuple((people[person_id], n) for person_id, n in rows)

    def articles_mentioning(self, person_id: str) -> tuple[str, ...]:
        """Ids of the articles that mention the person, in their order of publication."""
        with self._mutex:
            self._see_people()
            rows = self._rows(
                "SELECT DISTINCT article.id FROM links JOIN articles article ON article.id = links.article_id "
                "WHERE links.person_id = ? ORDER BY article.published IS NULL, article.published, article.id",
                person_id,
            )
        return tuple(row[0] for row in rows)

    def links(self, person_id: str | None = None) -> tuple[Link, ...]:
        """Which persons of which articles were merged into a person of the library, and by which rule; None for all."""
        with self._mutex:
            self._see_people()
            rows = self._rows(
                "SELECT article_id, local_id, person_id, rule FROM links WHERE ?1 IS NULL OR person_id = ?1 ORDER BY 1, 2",
                person_id,
            )
        return tuple(Link(article_id=a, local_id=b, person_id=c, rule=d) for a, b, c, d in rows)

    def statements_matching(self, words: str, *, filters: Filters = NO_FILTERS, limit: int = 20) -> tuple[Hit, ...]:
        """Statements that hold any of the words, the best by bm25 first; accents and case are folded.

        Only words count, no operators; and of these the first 128 different ones.
        """
        return self._matching("statements", words, filters, limit)

    def passages_matching(self, words: str, *, filters: Filters = NO_FILTERS, limit: int = 20) -> tuple[Hit, ...]:
        """Passages that hold any of the words; see `statements_matching`."""
        return self._matching("passages", words, filters, limit)

    def passages_with(self, words: str, *, filters: Filters = NO_FILTERS, limit: int = 2_000) -> tuple[str, ...]:
        """Ids of passages that hold any of the words, unranked and so in little time.

        Args:
            limit: How many at most; a word that more of them hold tells none of them apart.
        """
        query = fts_query(words)
        if not query or limit < 1:
            return ()
        with self._mutex:
            self._see_people()
            where, values = conditions(filters, "passages")
            rows = self._rows(
                f"SELECT item.id FROM passages_fts JOIN passages item ON item.no = passages_fts.rowid {JOINS['passages']} "
                f"WHERE passages_fts MATCH ? AND {where} LIMIT ?",
                query,
                *values,
                limit,
            )
        return tuple(row[0] for row in rows)

    def _matching(self, kind: VectorKind, words: str, filters: Filters, limit: int) -> tuple[Hit, ...]:
        query = fts_query(words)
        if not query or limit < 1:
            return ()
        with self._mutex:
            self._see_people()
            where, values = conditions(filters, kind)
            rows = self._rows(
                f"SELECT item.id, -bm25({kind}_fts) FROM {kind}_fts JOIN {kind} item ON item.no = {kind}_fts.rowid "
                f"{JOINS[kind]} WHERE {kind}_fts MATCH ? AND {where} ORDER BY bm25({kind}_fts), item.id LIMIT ?",
                query,
                *values,
                limit,
            )
        # bm25 of a word that nearly every row has is tiny but positive.
        return tuple(Hit(id=item_id, score=max(bm25, 1e-9) / (1 + max(bm25, 1e-9))) for item_id, bm25 in rows)

    def statements_near(self, text: str, *, filters: Filters = NO_FILTERS, limit: int = 20) -> tuple[Hit, ...]:
        """Statements nearest in meaning, best first; those with a cosine of 0 and less are left out.

        Raises:
            VectorsError: The vectors are missing or cannot be reached.
            ModelError: The embedding cannot be loaded.
        """
        return self._near("statements", text, filters, limit)

    def passages_near(self, text: str, *, filters: Filters = NO_FILTERS, limit: int = 20) -> tuple[Hit, ...]:
        """Passages nearest in meaning; see `statements_near`."""
        return self._near("passages", text, filters, limit)

    def _near(self, kind: VectorKind, text: str, filters: Filters, limit: int) -> tuple[Hit, ...]:
        if not text.strip() or limit < 1:
            return ()
        with self._mutex:
            total = self._value(f"SELECT count(*) FROM {kind} WHERE embedded = 1")
            if not total and not self._value(f"SELECT 1 FROM {kind} LIMIT 1"):
                return ()
            self._check_vectors(total)
            allowed: set[str] | None = None
            if filters != NO_FILTERS:
                self._see_people()
                where, values = conditions(filters, kind)
                sql = f"SELECT item.id FROM {kind} item {JOINS[kind]} WHERE item.embedded = 1 AND {where}"
                allowed = {row[0] for row in self._rows(sql, *values)}
                if not allowed:
                    return ()
            vector = self._encoder.encode_question(text)
            if allowed is None or len(allowed) <= _MOST_IDS:
                found = self._vectors.near(kind, vector, limit=min(limit, total), among=allowed)
            else:
                found = self._near_in_many(kind, vector, limit, total, allowed)
            there = self._rows(
                f"SELECT id FROM {kind} WHERE id IN (SELECT value FROM json_each(?))", json.dumps([pair[0] for pair in found])
            )
        # What another process has just added, or removed, may have a vector and no row here.
        known = {row[0] for row in there}
        return tuple(Hit(id=item_id, score=min(cosine, 1.0)) for item_id, cosine in found if cosine > 0 and item_id in known)

    def _near_in_many(
        self, kind: VectorKind, vector: Sequence[float], limit: int, total: int, allowed: set[str]
    ) -> list[tuple[str, float]]:
        wanted = limit
        while True:
            wanted = min(wanted * 4, total)
            found = [pair for pair in self._vectors.near(kind, vector, limit=wanted) if pair[0] in allowed][:limit]
            if len(found) == limit or wanted == total:
                return found

    def _check_vectors(self, total: int) -> None:
        if self._vectors_checked:
            return
        stamp = self._meta("vectors_stamp")
        if not total or stamp is None or self._vectors.stamp() != stamp:
            raise VectorsError(
                f"the vectors of the library {self.path} are not in {self._vectors.place} (moved, deleted, or not "
                "yet written); "
                f"`whosaid index PATH… --library {self.path}` makes them again from its database"
            )
        self._vectors_checked = True

    def _people_of(self, ids: set[str]) -> dict[str, Person]:
        rows = self._rows("SELECT id, record FROM people WHERE id IN (SELECT value FROM json_each(?))", json.dumps(sorted(ids)))
        return {person_id: read_person(person_id, record) for person_id, record in rows}

    def _see_people(self) -> None:
        """Make `people` and `links` those of the articles as they are now."""
        version = self._value("PRAGMA data_version")
        if version == self._seen_version:
            return
        self._all_people = None
        self._renew_people()
        self._seen_version = version

    def _renew_people(self) -> None:
        self._shadow_people()

    def _shadow_people(self) -> None:
        """Beside a writer that has not merged yet, or was killed before: merge here, in temporary tables of the same
        names.

        SQLite looks a name up among the temporary tables first, so that every query sees these.
        """
        with self._foreign_errors():
            self._connection.execute("DROP TABLE IF EXISTS temp.people")
            self._connection.execute("DROP TABLE IF EXISTS temp.links")
            if self._meta("people_stale") != "1":
                return
            merged = self._merged()
            self._connection.execute("CREATE TEMP TABLE people (id TEXT PRIMARY KEY, record TEXT)")
            self._connection.execute(
                "CREATE TEMP TABLE links (article_id TEXT, local_id TEXT, person_id TEXT, rule TEXT, PRIMARY KEY "
                "(article_id, local_id))"
            )
            self._connection.execute("CREATE INDEX temp.links_of_person ON links (person_id)")
            insert_merged(self._connection, merged, "temp")

    def _merged(self) -> Merged:
        people: dict[str, list[Person]] = defaultdict(list)
        for article_id, local_id, record in self._rows("SELECT article_id, local_id, record FROM article_people"):
            people[article_id].append(read_person(local_id, record))
        corrections = {
            (article_id, local_id): name
            for article_id, local_id, name in self._rows("SELECT article_id, local_id, name FROM corrections")
        }
        return merge(people, corrections=corrections)


def facts_of(article: Article) -> tuple[object, ...]:
    return (article.url, article.outlet, article.title, article.published, article.language, article.text)


def insert_merged(sql: sqlite3.Connection, merged: Merged, schema: Literal["main", "temp"]) -> None:
    sql.executemany(f"INSERT INTO {schema}.people VALUES (?, ?)", ((person.id, person_json(person)) for person in merged.people))
    sql.executemany(
        f"INSERT INTO {schema}.links VALUES (?, ?, ?, ?)",
        ((link.article_id, link.local_id, link.person_id, link.rule) for link in merged.links),
    )
