"""The folder of a library: opened, checked and locked; its database, for those who read and write it."""

import os
import re
import sqlite3
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from filelock import FileLock, Timeout

from index.embedding import DEFAULT_EMBEDDING, Encoder, open_encoder
from index.errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryMismatchError,
    LibraryMissingError,
)
from index.records import Person
from index.schema import SCHEMA
from index.vectors import ChromaVectors

# Raised when the schema or the JSON in it changes; there is no migration, a library is made again from its articles.
FORMAT = "1"
IN_FOLDER = "folder"
_OWN_FILES = re.compile(r"library\.sqlite(-wal|-shm|-journal)?|vectors|vectors\.lock|vectors\.generation|write\.lock")


class Store:
    """A library's folder, open; see `index.library.Library`, which also tells the arguments and errors."""

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
        """Let go of the files and the lock. May be called twice."""
        with self._mutex:
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


def _encoder_name(encoder: Encoder | str | None) -> str | None:
    if encoder is None:
        return None
    return open_encoder(encoder).name if isinstance(encoder, str) else encoder.name


def _sql_text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
