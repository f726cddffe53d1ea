"""Articles, passages, statements and persons kept in a folder: SQLite is the truth, Chroma's vectors are made from it.

Reading by structure and by words needs SQLite alone; torch, Chroma and LlamaIndex are imported when meaning is asked
for.
"""

import uuid
from collections.abc import Callable, Collection, Sequence
from typing import Literal, Protocol

from index.errors import NotFoundError
from index.filters import NO_FILTERS, Filters, fts_query
from index.reader import Counts, Hit, Reader, facts_of, insert_merged
from index.records import Article, Passage, Person, Statement
from index.rows import ARTICLE_COLUMNS, person_json, read_article, statement_json
from index.store import erase
from index.vectors import VECTOR_KINDS, VectorItem, VectorKind

__all__ = ["NO_FILTERS", "Attribution", "Change", "Counts", "Filters", "Hit", "Library", "erase", "fts_query"]

Change = Literal["added", "updated", "unchanged"]
# Texts encoded and stored at a time: what an interruption can cost (about half a minute on two cores).
_VECTOR_BATCH = 512


class Attribution(Protocol):
    """What the library keeps of an article's statements; persons' ids are unique within the article."""

    @property
    def statements(self) -> tuple[Statement, ...]: ...

    @property
    def people(self) -> tuple[Person, ...]: ...


class Library(Reader):
    """A folder with articles and all that was found in them.

    May be used from several threads; one process may write while others read.

    Args:
        path: The folder.
        write: Take the write lock; without it every change raises `LibraryError`.
        create: Make the library if there is none; implies `write`.
        vectors: `http://host:port` of a Chroma server, `folder` for the library's own folder, None for where they are
            already (the folder, in a new library). Remembered when writing.
        encoder: The embedding, by name or as an object; None for the one that the library was made with
            (all-MiniLM-L6-v2 in a new library).
    Raises:
        LibraryMissingError, LibraryBusyError, LibraryMismatchError, LibraryDamagedError: With what to do about it.

    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder, Library(Path(folder) / "library", create=True) as library:
    ...     library.counts
    Counts(articles=0, passages=0, statements=0, people=0)
    """

    def add(self, article: Article, passages: Sequence[Passage], attribution: Attribution, *, made_by: str = "") -> Change:
        """Keep an article with its passages and statements, in one transaction; what it held under that id is replaced.

        An article that is there already, with the same facts (its path aside) and the same `made_by`, is left alone.
        Vectors follow with `update_vectors`.

        Args:
            made_by: The version of what found the statements.
        Raises:
            ValueError: A span lies outside the text, or a record belongs to another article.
        """
        _check_records(article, passages, attribution)
        with self._transaction() as sql:
            old = sql.execute(f"SELECT {ARTICLE_COLUMNS}, made_by FROM articles WHERE id = ?", (article.id,)).fetchone()
            if old and (facts_of(read_article(old)), old[-1]) == (facts_of(article), made_by):
                return "unchanged"
            sql.execute("DELETE FROM articles WHERE id = ?", (article.id,))
            sql.execute(
                "INSERT INTO articles (id, path, url, outlet, title, published, language, text, made_by) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    article.id,
                    _clean(article.path),
                    article.url,
                    article.outlet,
                    article.title,
                    article.published and article.published.isoformat(),
                    article.language,
                    article.text,
                    made_by,
                ),
            )
            for passage in passages:
                row = sql.execute(
                    'INSERT INTO passages (id, article_id, start, "end") VALUES (?, ?, ?, ?)',
                    (passage.id, article.id, *passage.span),
                )
                sql.execute("INSERT INTO passages_fts (rowid, words) VALUES (?, ?)", (row.lastrowid, passage.text))
            people = {person.id: person for person in attribution.people}
            for statement in attribution.statements:
                addressee = None if statement.addressee is None else statement.addressee.person
                for person in (statement.speaker, addressee):
                    if person is not None:
                        people.setdefault(person.id, person)
                row = sql.execute(
                    'INSERT INTO statements (id, article_id, start, "end", speaker, addressee, record) '
                    "VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (
                        statement.id,
                        article.id,
                        statement.content[0].start,
                        statement.content[-1].end,
                        statement.speaker and statement.speaker.id,
                        addressee and addressee.id,
                        statement_json(statement),
                    ),
                )
                words = statement.words(article.text)
                sql.execute("INSERT INTO statements_fts (rowid, words) VALUES (?, ?)", (row.lastrowid, words))
            sql.executemany(
                "INSERT INTO article_people VALUES (?, ?, ?)",
                [(article.id, person.id, person_json(person)) for person in people.values()],
            )
            self._set_meta("people_stale", "1")
        return "updated" if old else "added"

    def forget(self, article_id: str) -> None:
        """Remove an article and all that was found in it. Its file, if unchanged, is not read again by the next build.

        Raises:
            NotFoundError: There is no such article.
        """
        with self._transaction() as sql:
            if not sql.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount:
                raise NotFoundError(f"the library {self.path} has no article {article_id!r}")
            sql.execute("DELETE FROM file_articles WHERE article_id = ?", (article_id,))
            sql.execute("DELETE FROM corrections WHERE article_id = ?", (article_id,))
            self._set_meta("people_stale", "1")

    def file_mark(self, path: str) -> tuple[str, int] | None:
        """The mark that `record_file` left for a file, and how many of its articles the library has; None if
        unknown."""
        rows = self._rows(
            "SELECT mark, (SELECT count(*) FROM file_articles WHERE file_articles.path = files.path) FROM files WHERE path = ?",
            _clean(path),
        )
        return (rows[0][0], rows[0][1]) if rows else None

    def articles_of_file(self, path: str) -> tuple[str, ...]:
        """Ids of the articles that a file held when it was last read, in order; none if it is unknown."""
        rows = self._rows("SELECT article_id FROM file_articles WHERE path = ? ORDER BY article_id", _clean(path))
        return tuple(row[0] for row in rows)

    def files(self) -> tuple[str, ...]:
        """All files that were read, in order."""
        return tuple(row[0] for row in self._rows("SELECT path FROM files ORDER BY path"))

    def record_file(self, path: str, *, mark: str, articles: Collection[str], complete: bool = True) -> int:
        """Say which articles a file holds; those that it held before, and that no file has now, are forgotten.

        Args:
            mark: Anything that changes when the file must be read again.
            complete: Whether all of the file could be read; if not, nothing is forgotten.
        Returns:
            How many articles were forgotten.
        """
        path = _clean(path)
        with self._transaction() as sql:
            old = {row[0] for row in sql.execute("SELECT article_id FROM file_articles WHERE path = ?", (path,))}
            now = set(articles) if complete else old | set(articles)
            sql.execute("INSERT OR REPLACE INTO files VALUES (?, ?)", (path, mark))
            sql.execute("DELETE FROM file_articles WHERE path = ?", (path,))
            sql.executemany("INSERT INTO file_articles VALUES (?, ?)", [(path, article_id) for article_id in now])
            forgotten = 0
            for article_id in old - now:
                if not sql.execute("SELECT 1 FROM file_articles WHERE article_id = ?", (article_id,)).fetchone():
                    forgotten += sql.execute("DELETE FROM articles WHERE id = ?", (article_id,)).rowcount
            if forgotten:
                self._set_meta("people_stale", "1")
        return forgotten

    def correct_person(self, article_id: str, local_id: str, name: str | None) -> None:
        """Have a person of one article merged under another name than the article's own (None: under its own again).

        That undoes a wrong merge: "Jose Sanchez (judge)" keeps the judge apart from every other Sanchez.

        Raises:
            NotFoundError: The article has no such person.
        """
        with self._transaction() as sql:
            known = sql.execute(
                "SELECT 1 FROM article_people WHERE article_id = ? AND local_id = ?", (article_id, local_id)
            ).fetchone()
            if not known:
                raise NotFoundError(
                    f"the article {article_id!r} has no person {local_id!r}; `links` lists the persons of articles"
                )
            if name is None:
                sql.execute("DELETE FROM corrections WHERE article_id = ? AND local_id = ?", (article_id, local_id))
            else:
                sql.execute("INSERT OR REPLACE INTO corrections VALUES (?, ?, ?)", (article_id, local_id, name))
            self._set_meta("people_stale", "1")

    def update_people(self) -> None:
        """Merge the persons of all articles anew, if articles came or went since the last time."""
        with self._mutex:
            if self._meta("people_stale") != "1":
                return
            merged = self._merged()
            with self._transaction() as sql:
                sql.execute("DELETE FROM people")
                sql.execute("DELETE FROM links")
                insert_merged(sql, merged, "main")
                self._set_meta("people_stale", "0")

    def pending_vectors(self) -> int:
        """How many statements and passages have no vector yet."""
        return sum(self._rows(f"SELECT count(*) FROM {kind} WHERE embedded = 0")[0][0] for kind in VECTOR_KINDS)

    def update_vectors(self, *, progress: Callable[[int, int], None] | None = None) -> int:
        """Encode and store what has no vector yet, remove what is gone; after an interruption the next call goes on.

        Vectors that were lost, or made for another library, are all made again.

        Args:
            progress: Called with (done, total) after each batch.
        Returns:
            How many vectors were written.
        """
        with self._mutex:
            lost = self._server is None and not (self.path / "vectors" / "chroma.sqlite3").is_file()
            if not self._value("SELECT 1 FROM passages UNION ALL SELECT 1 FROM statements LIMIT 1") and lost:
                return 0
            removed = self._value("SELECT 1 FROM removed_vectors LIMIT 1")
            if not (lost or removed or self.pending_vectors() or self._server is not None):
                return 0
            self._mend_vectors()
            for kind in VECTOR_KINDS:
                ids = [row[0] for row in self._rows("SELECT id FROM removed_vectors WHERE kind = ?", kind)]
                self._vectors.delete(kind, ids)
            with self._transaction() as sql:
                sql.execute("DELETE FROM removed_vectors")
            total, done = self.pending_vectors(), 0
            for kind in VECTOR_KINDS:
                while items := self._pending_items(kind):
                    self._vectors.write(kind, items, self._encoder.encode([item.text for item in items]))
                    with self._transaction() as sql:
                        sql.executemany(f"UPDATE {kind} SET embedded = 1 WHERE id = ?", [(item.id,) for item in items])
                    done += len(items)
                    if progress is not None:
                        progress(done, total)
            return done

    def _mend_vectors(self) -> None:
        stamp = self._meta("vectors_stamp")
        if stamp is not None and self._vectors.stamp() == stamp:
            return
        stamp = uuid.uuid4().hex
        self._vectors.reset(stamp)
        with self._transaction() as sql:
            for kind in VECTOR_KINDS:
                sql.execute(f"UPDATE {kind} SET embedded = 0 WHERE embedded = 1")
            sql.execute("DELETE FROM removed_vectors")
            self._set_meta("vectors_stamp", stamp)

    def _pending_items(self, kind: VectorKind) -> list[VectorItem]:
        rows = self._rows(
            f"SELECT item.id, item.article_id, words.words, article.outlet, article.language, article.published FROM "
            f"{kind} item "
            f"JOIN {kind}_fts words ON words.rowid = item.no JOIN articles article ON article.id = item.article_id "
            "WHERE item.embedded = 0 ORDER BY item.no LIMIT ?",
            _VECTOR_BATCH,
        )
        return [
            VectorItem(
                id=item_id,
                article_id=article_id,
                text=words,
                metadata={
                    "article_id": article_id,
                    "outlet": outlet or "",
                    "language": language,
                    "published": int(published.replace("-", "")) if published else 0,
                },
            )
            for item_id, article_id, words, outlet, language, published in rows
        ]

    def close(self) -> None:
        """Merge persons if that is still to do, and let go of the files and the lock. May be called twice."""
        with self._mutex:
            try:
                if self._writing and self._write_lock is not None:
                    self.update_people()
            finally:
                super().close()

    def _renew_people(self) -> None:
        if self._writing:
            self.update_people()
        else:
            super()._renew_people()


def _check_records(article: Article, passages: Sequence[Passage], attribution: Attribution) -> None:
    for passage in passages:
        if passage.article_id != article.id or passage.span.of(article.text) != passage.text:
            raise ValueError(f"the passage {passage.id!r} is not a piece of the article {article.id!r}")
    for statement in attribution.statements:
        if statement.article_id != article.id or statement.span.end > len(article.text):
            raise ValueError(f"the statement {statement.id!r} is not a piece of the article {article.id!r}")


def _clean(path: str) -> str:
    """A path that SQLite can store: file names are bytes, and may hold some that are no text."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
