"""Articles, passages, statements and persons kept in a folder: SQLite is the truth, Chroma's vectors are made from it.

Reading by structure and by words needs SQLite alone; torch, Chroma and LlamaIndex are imported when meaning is asked
for.
"""

import json
import os
import re
import sqlite3
import threading
import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from filelock import FileLock, Timeout

from index.embedding import DEFAULT_EMBEDDING, Encoder, open_encoder
from index.errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryMismatchError,
    LibraryMissingError,
    NotFoundError,
    VectorsError,
)
from index.people import Link, Merged, merge
from index.records import Article, Passage, Person, Statement
from index.rows import (
    ARTICLE_COLUMNS,
    person_json,
    read_article,
    read_passage,
    read_person,
    read_statement,
    statement_json,
)
from index.schema import SCHEMA
from index.vectors import VECTOR_KINDS, ChromaVectors, VectorItem, VectorKind

# Raised when the schema or the JSON in it changes; there is no migration, a library is made again from its articles.
FORMAT = "1"
IN_FOLDER = "folder"
Change = Literal["added", "updated", "unchanged"]
# A question's first different words that are looked up; more find nothing more and take longer.
_MOST_WORDS = 64
# Up to so many allowed ids are handed to Chroma; with more, the nearest of all are fetched and the allowed kept.
_MOST_IDS = 10_000
# Texts encoded and stored at a time: what an interruption can cost (about half a minute on two cores).
_VECTOR_BATCH = 512
_OWN_FILES = re.compile(r"library\.sqlite(-wal|-shm|-journal)?|vectors|vectors\.lock|vectors\.generation|write\.lock")
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


class Attribution(Protocol):
    """What the library keeps of an article's statements; persons' ids are unique within the article."""

    @property
    def statements(self) -> tuple[Statement, ...]: ...

    @property
    def people(self) -> tuple[Person, ...]: ...


class Library:
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
    >>> with tempfile.TemporaryDirectory() as folder, Library(Path(folder) / "library", create=True) as library:
    ...     library.counts
    Counts(articles=0, passages=0, statements=0, people=0)
    """

    def __init__(
        self,
        path: str | Path,
        *,
        write: bool = False,
        create: bool = False,
        vectors: str | None = None,
        encoder: Encoder | str | None = None,
    ) -> None:
        self.path = Path(path)
        self._writing = write or create
        self._mutex = threading.RLock()
        self._seen_version: object = None
        self._vectors_checked = False
        self._all_people: tuple[Person, ...] | None = None
        self._file = self.path / "library.sqlite"
        self._write_lock: FileLock | None = None
        is_new = not self._file.is_file()
        if is_new and not create:
            raise LibraryMissingError(
                f"there is no library at {self.path}; make one with `whosaid index PATH… --library {self.path}`"
            )
        if is_new:
            self._make_folder()
        if self._writing:
            self._write_lock = self._take_lock()
        try:
            self._connection = self._connect()
            try:
                if self._writing:
                    self._make_schema(_encoder_name(encoder) or DEFAULT_EMBEDDING)
                self._check(encoder)
                self._open_vectors(vectors)
            except BaseException:
                self._connection.close()
                raise
        except BaseException:
            self._release_lock()
            raise

    # --- Opening, closing

    def _make_folder(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            others = sorted(item.name for item in self.path.iterdir() if not _OWN_FILES.fullmatch(item.name))
        except OSError as error:
            raise LibraryError(f"no library can be made at {self.path}: {error}; give another folder") from error
        if others:
            raise LibraryError(
                f"{self.path} is no library but holds other files "
                f"({', '.join(others[:3])}{' …' if others[3:] else ''}); "
                "give a folder that is empty or does not exist yet"
            )

    def _take_lock(self) -> FileLock:
        lock = FileLock(self.path / "write.lock", timeout=0, thread_local=False)
        try:
            lock.acquire()
        except Timeout as error:
            raise LibraryBusyError(
                f"another process is writing the library {self.path}; wait until it is done and try again (reading "
                "is possible "
                "meanwhile)"
            ) from error
        except OSError as error:
            raise LibraryError(f"the library {self.path} cannot be written: {error}") from error
        return lock

    def _release_lock(self) -> None:
        if self._write_lock is not None:
            self._write_lock.release()
            self._write_lock = None

    def _connect(self) -> sqlite3.Connection:
        if self._writing:
            uri = f"{self._file.absolute().as_uri()}?mode=rwc"
        elif os.access(self.path, os.W_OK):
            uri = f"{self._file.absolute().as_uri()}?mode=ro"
        else:
            # A folder that nobody here can write: SQLite could not make the files that WAL needs.
            uri = f"{self._file.absolute().as_uri()}?immutable=1"
        with self._foreign_errors():
            connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=30)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA temp_store = MEMORY")
        return connection

    def _make_schema(self, embedding: str) -> None:
        with self._foreign_errors():
            if self._connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                return
            self._connection.execute("PRAGMA journal_mode = WAL")
            meta = {"format": FORMAT, "embedding": embedding, "library_id": uuid.uuid4().hex[:12], "vectors": IN_FOLDER}
            values = ", ".join(f"('{key}', {_sql_text(value)})" for key, value in meta.items())
            # One script, one transaction: an interruption leaves an empty database, which is made anew.
            self._connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} INSERT INTO meta VALUES {values}; COMMIT;")

    def _check(self, encoder: Encoder | str | None) -> None:
        again = f"make it again with `whosaid index --rebuild PATH… --library {self.path}`"
        with self._foreign_errors():
            tables = {row[0] for row in self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "meta" not in tables:
                raise LibraryDamagedError(
                    f"{self._file} is a database without a library in it (an interrupted start, or another program's "
                    f"file); {again}"
                )
            meta = dict(self._connection.execute("SELECT key, value FROM meta"))
        if meta.get("format") != FORMAT:
            raise LibraryMismatchError(
                f"the library {self.path} has format {meta.get('format')!r}, but this version of whosaid reads "
                f"{FORMAT!r}; {again}"
            )
        wanted = _encoder_name(encoder)
        if wanted is not None and wanted != meta["embedding"]:
            raise LibraryMismatchError(
                f"the library {self.path} holds vectors of {meta['embedding']!r}, but {wanted!r} was asked for; ask "
                "without naming "
                f"an embedding, or {again.replace('--rebuild', f'--rebuild --embedding {wanted}')}"
            )
        self.embedding = meta["embedding"]
        self._encoder = encoder if encoder is not None and not isinstance(encoder, str) else open_encoder(self.embedding)
        self._id = meta["library_id"]

    def _open_vectors(self, vectors: str | None) -> None:
        place = vectors or self._meta("vectors") or IN_FOLDER
        self._server = None if place == IN_FOLDER else place
        self._vectors = ChromaVectors(self.path / "vectors", library_id=self._id, server=self._server)
        if self._writing and place != self._meta("vectors"):
            with self._transaction():
                self._set_meta("vectors", place)

    def close(self) -> None:
        """Merge persons if that is still to do, and let go of the files and the lock. May be called twice."""
        with self._mutex:
            try:
                if self._writing and self._write_lock is not None:
                    self.update_people()
            finally:
                self._vectors.close()
                self._connection.close()
                self._release_lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    @contextmanager
    def _foreign_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise LibraryError(f"the database {self._file} cannot be used: {error}") from error
        except sqlite3.DatabaseError as error:
            raise LibraryDamagedError(
                f"{self._file} is damaged: {error}; make the library again with `whosaid index --rebuild PATH… "
                f"--library {self.path}`"
            ) from error

    def _rows(self, sql: str, *values: object) -> list[Any]:
        with self._mutex, self._foreign_errors():
            return self._connection.execute(sql, values).fetchall()

    def _value(self, sql: str, *values: object) -> Any:
        rows = self._rows(sql, *values)
        return rows[0][0] if rows else None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        if not self._writing:
            raise LibraryError(f"the library {self.path} was opened for reading; open it with write=True")
        with self._mutex, self._foreign_errors():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")
            self._seen_version = None

    def _meta(self, key: str) -> str | None:
        value = self._value("SELECT value FROM meta WHERE key = ?", key)
        return None if value is None else str(value)

    def _set_meta(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    # --- Writing

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
            if old and (_facts(read_article(old)), old[-1]) == (_facts(article), made_by):
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
                _insert_merged(sql, merged, "main")
                self._set_meta("people_stale", "0")

    def _merged(self) -> Merged:
        people: dict[str, list[Person]] = defaultdict(list)
        for article_id, local_id, record in self._rows("SELECT article_id, local_id, record FROM article_people"):
            people[article_id].append(read_person(local_id, record))
        corrections = {
            (article_id, local_id): name
            for article_id, local_id, name in self._rows("SELECT article_id, local_id, name FROM corrections")
        }
        return merge(people, corrections=corrections)

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

    # --- Reading

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
            where, values = _conditions(filters, "article")
            rows = self._rows(
                f"SELECT {ARTICLE_COLUMNS} FROM articles article WHERE {where} ORDER BY published IS NULL, published, id",
                *values,
            )
        return tuple(read_article(row) for row in rows)

    def has_article(self, article: Article, *, made_by: str = "") -> bool:
        """Whether `add` would leave the article alone."""
        rows = self._rows(f"SELECT {ARTICLE_COLUMNS}, made_by FROM articles WHERE id = ?", article.id)
        return bool(rows) and (_facts(read_article(rows[0])), rows[0][-1]) == (_facts(article), made_by)

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
        return self._statements(*_conditions(filters, "statements"))

    def _statements(self, where: str, values: Sequence[object]) -> tuple[Statement, ...]:
        with self._mutex:
            self._see_people()
            rows = self._rows(
                "SELECT item.id, item.article_id, item.record, speaker.person_id, addressee.person_id FROM "
                "statements item "
                f"{_STATEMENT_JOINS} WHERE {where} "
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
        rows = self._rows(f"{_SELECT_PASSAGE} WHERE item.id = ?", passage_id)
        if not rows:
            raise NotFoundError(f"the library {self.path} has no passage {passage_id!r}")
        return read_passage(rows[0])

    def passages(self, article_id: str) -> tuple[Passage, ...]:
        """The passages of an article in order; none if it is unknown."""
        rows = self._rows(f"{_SELECT_PASSAGE} WHERE item.article_id = ? ORDER BY item.start", article_id)
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

        Only words count, no operators; and of these the first 64 different ones.
        """
        return self._matching("statements", words, filters, limit)

    def passages_matching(self, words: str, *, filters: Filters = NO_FILTERS, limit: int = 20) -> tuple[Hit, ...]:
        """Passages that hold any of the words; see `statements_matching`."""
        return self._matching("passages", words, filters, limit)

    def _matching(self, kind: VectorKind, words: str, filters: Filters, limit: int) -> tuple[Hit, ...]:
        query = fts_query(words)
        if not query or limit < 1:
            return ()
        with self._mutex:
            self._see_people()
            where, values = _conditions(filters, kind)
            rows = self._rows(
                f"SELECT item.id, -bm25({kind}_fts) FROM {kind}_fts JOIN {kind} item ON item.no = {kind}_fts.rowid "
                f"{_JOINS[kind]} WHERE {kind}_fts MATCH ? AND {where} ORDER BY bm25({kind}_fts), item.id LIMIT ?",
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
                where, values = _conditions(filters, kind)
                sql = f"SELECT item.id FROM {kind} item {_JOINS[kind]} WHERE item.embedded = 1 AND {where}"
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
        if self._writing:
            self.update_people()
        else:
            self._shadow_people()
        self._seen_version = version

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
            _insert_merged(self._connection, merged, "temp")


def erase(path: str | Path) -> None:
    """Remove the files of the library at `path`, whatever state they are in, and no other file.

    Raises:
        LibraryBusyError: Another process is writing it.
    """
    import shutil

    folder = Path(path)
    if not folder.is_dir():
        return
    lock = FileLock(folder / "write.lock", timeout=0)
    try:
        with lock:
            for item in sorted(folder.iterdir()):
                if item.name != "write.lock" and _OWN_FILES.fullmatch(item.name):
                    if item.is_dir() and not item.is_symlink():
                        shutil.rmtree(item)
                    else:
                        item.unlink()
    except Timeout as error:
        raise LibraryBusyError(f"another process is writing the library {folder}; wait until it is done and try again") from error
    except OSError as error:
        raise LibraryError(f"the library {folder} cannot be removed: {error}") from error


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


# --- Records

_SELECT_PASSAGE = (
    'SELECT item.id, item.article_id, item.start, item."end", article.text FROM passages item '
    "JOIN articles article ON article.id = item.article_id"
)
_STATEMENT_JOINS = (
    "JOIN articles article ON article.id = item.article_id "
    "LEFT JOIN links speaker ON speaker.article_id = item.article_id AND speaker.local_id = item.speaker "
    "LEFT JOIN links addressee ON addressee.article_id = item.article_id AND addressee.local_id = item.addressee"
)
_JOINS: Mapping[VectorKind, str] = {
    "statements": _STATEMENT_JOINS,
    "passages": "JOIN articles article ON article.id = item.article_id",
}


def _conditions(filters: Filters, rows: Literal["statements", "passages", "article"]) -> tuple[str, list[object]]:
    """The filters as an SQL condition with its values, for rows joined as in `_JOINS`."""
    conditions = ["1"]
    values: list[object] = []
    for column, allowed in (
        ("article.outlet", filters.outlets),
        ("article.language", filters.languages),
        ("article.id", filters.articles),
    ):
        if allowed is not None:
            conditions.append(f"{column} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(sorted(allowed)))
    for column, allowed in (("speaker", filters.speakers), ("addressee", filters.addressees)):
        if allowed is None:
            continue
        values.append(json.dumps(sorted(allowed)))
        if rows == "statements":
            conditions.append(f"{column}.person_id IN (SELECT value FROM json_each(?))")
            continue
        place = "" if rows == "article" else 'AND said.start < item."end" AND item.start < said."end"'
        conditions.append(
            "EXISTS (SELECT 1 FROM statements said JOIN links who ON who.article_id = said.article_id "
            f"AND who.local_id = said.{column} WHERE said.article_id = article.id {place} "
            "AND who.person_id IN (SELECT value FROM json_each(?)))"
        )
    if filters.acts is not None:
        values.append(json.dumps(sorted(filters.acts)))
        if rows == "statements":
            conditions.append("json_extract(item.record, '$.act') IN (SELECT value FROM json_each(?))")
        else:
            place = "" if rows == "article" else 'AND done.start < item."end" AND item.start < done."end"'
            conditions.append(
                f"EXISTS (SELECT 1 FROM statements done WHERE done.article_id = article.id {place} "
                "AND json_extract(done.record, '$.act') IN (SELECT value FROM json_each(?)))"
            )
    for sign, day in ((">=", filters.since), ("<=", filters.until)):
        if day is not None:
            conditions.append(f"article.published {sign} ?")
            values.append(day.isoformat())
    return " AND ".join(conditions), values


def _check_records(article: Article, passages: Sequence[Passage], attribution: Attribution) -> None:
    for passage in passages:
        if passage.article_id != article.id or passage.span.of(article.text) != passage.text:
            raise ValueError(f"the passage {passage.id!r} is not a piece of the article {article.id!r}")
    for statement in attribution.statements:
        if statement.article_id != article.id or statement.span.end > len(article.text):
            raise ValueError(f"the statement {statement.id!r} is not a piece of the article {article.id!r}")


def _facts(article: Article) -> tuple[object, ...]:
    return (article.url, article.outlet, article.title, article.published, article.language, article.text)


def _insert_merged(sql: sqlite3.Connection, merged: Merged, schema: Literal["main", "temp"]) -> None:
    sql.executemany(f"INSERT INTO {schema}.people VALUES (?, ?)", ((person.id, person_json(person)) for person in merged.people))
    sql.executemany(
        f"INSERT INTO {schema}.links VALUES (?, ?, ?, ?)",
        ((link.article_id, link.local_id, link.person_id, link.rule) for link in merged.links),
    )


def _encoder_name(encoder: Encoder | str | None) -> str | None:
    if encoder is None:
        return None
    return open_encoder(encoder).name if isinstance(encoder, str) else encoder.name


def _sql_text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _clean(path: str) -> str:
    """A path that SQLite can store: file names are bytes, and may hold some that are no text."""
    return path.encode("utf-8", "backslashreplace").decode("utf-8")
