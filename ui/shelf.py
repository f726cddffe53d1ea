"""The library as a server reads it: each question sees one state of it, whatever another process writes meanwhile."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.library import Library

# Questions that are worked on at a time; more would only share the same processors.
DEFAULT_READERS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    library: Library
    file: tuple[int, int] | None


class Shelf:
    """Open libraries of one folder, lent one at a time to each thread.

    A library that was made anew (`whosaid index --rebuild`) is another file: readers of the old one are closed as they
    come back, and the next question opens the new.

    Args:
        path: The library's folder.
        readers: How many may be lent at the same time; who comes next waits.
    Raises:
        LibraryError: There is no library to ask, or it cannot be read.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     Library(folder, create=True).close()
    ...     with Shelf(Path(folder)) as shelf, shelf.reading() as library:
    ...         library.counts.articles
    0
    """

    def __init__(self, path: Path, *, readers: int = DEFAULT_READERS) -> None:
        self.path = path
        self._file = path / "library.sqlite"
        self._places = threading.BoundedSemaphore(readers)
        self._mutex = threading.Lock()
        self._free: list[_Reader] = [self._open()]
        self._closed = False

    @contextmanager
    def reading(self) -> Iterator[Library]:
        """An open library, this thread's own and of one moment until the block ends.

        Raises:
            LibraryError: It is gone or cannot be read.
        """
        with self._places:
            reader = self._take()
            try:
                with reader.library.snapshot() as library:
                    yield library
            finally:
                self._give_back(reader)

    def close(self) -> None:
        """Close the readers that nobody has; the others are closed as they come back."""
        with self._mutex:
            self._closed = True
            free, self._free = self._free, []
        for reader in free:
            reader.library.close()

    def __enter__(self) -> "Shelf":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _open(self) -> _Reader:
        # The file's number is asked first: should it change before it is opened, the reader is merely closed early.
        file = self._identity()
        return _Reader(library=Library(self.path), file=file)

    def _take(self) -> _Reader:
        now = self._identity()
        while True:
            with self._mutex:
                reader = self._free.pop() if self._free else None
            if reader is None:
                return self._open()
            if reader.file == now:
                return reader
            reader.library.close()

    def _give_back(self, reader: _Reader) -> None:
        with self._mutex:
            if not self._closed:
                self._free.append(reader)
                return
        reader.library.close()

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._file.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino
