"""What can go wrong, as one tree; every message says what was found, what was expected and what to do.

    WhosaidError                  exit 1
    ├── InputError                exit 2   a path, date, language, setting or case file that cannot be used as given
    ├── LibraryError              exit 3   the library as a whole
    │   ├── LibraryMissingError            there is none at that path
    │   ├── LibraryBusyError               another process is writing it
    │   ├── LibraryMismatchError           made by another version or with another embedding model
    │   ├── LibraryDamagedError            its database cannot be read
    │   └── VectorsError                   its vectors (Chroma) cannot be reached or disagree with it
    ├── NotFoundError             exit 4   no article, statement, passage or person has that id
    └── ModelError                exit 5   model weights that are missing or not the expected ones
        └── WordingError                   the language model that words answers failed

A file that cannot be read is no error but a `reading.Failure` in the report, so that it never stops the rest; and a
question that the articles do not answer is an `Answer` that says so.
"""

from typing import ClassVar


class WhosaidError(Exception):
    """The root: whoever catches this catches everything that is raised on purpose.

    >>> issubclass(LibraryBusyError, WhosaidError), LibraryBusyError.exit_code, WhosaidError.exit_code
    (True, 3, 1)
    """

    exit_code: ClassVar[int] = 1


class InputError(WhosaidError):
    """Something the caller gave cannot be used: a path, a date, a language code, a setting, a case file."""

    exit_code = 2


class LibraryError(WhosaidError):
    """The library cannot be used."""

    exit_code = 3


class LibraryMissingError(LibraryError):
    """There is no library at the path."""


class LibraryBusyError(LibraryError):
    """Another process holds the library's write lock."""


class LibraryMismatchError(LibraryError):
    """The library was made by another version, or with another embedding model."""


class LibraryDamagedError(LibraryError):
    """The library's database cannot be read."""


class VectorsError(LibraryError):
    """The vector store cannot be reached, or holds something else than the library says."""


class NotFoundError(WhosaidError):
    """No article, statement, passage or person has the id."""

    exit_code = 4


class ModelError(WhosaidError):
    """A model's files are missing, or are not those that were measured."""

    exit_code = 5


class WordingError(ModelError):
    """The language model that words answers could not be reached, or gave nothing to use."""
