"""Files to a library: read, attributed, split, kept; what did not change is left alone, what is bad is listed."""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from index.embedding import Encoder, sha256_of
from index.errors import InputError, LibraryError, WhosaidError
from index.library import Change, Library, erase

if TYPE_CHECKING:
    from index.reading import Failure

# Files whose vectors are written together: the model is called for whole batches, and an interruption
# leaves little to do.
_GROUP = 32
# Persons are merged now and then, for those who read meanwhile; as that takes those of the whole library, it may cost
# one twentieth of the time and no more.
_BETWEEN_MERGES = 20
# What lies beside articles in a folder and tells of the folder.
_NOT_ARTICLES = ("readme", "license", "licence", "changelog")
_WILDCARDS = frozenset("*?[")
# The modules beside `attribution` that decide where passages and statements are cut.
_DECIDING = ("layout.py", "passages.py", "sentences.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildReport:
    """What a build did, in articles; an article that took the place of its file's earlier version is `updated`."""

    added: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What a build did with one file.

    Args:
        articles: Ids of the articles that it holds.
        changed: How many of them were added, or took the place of earlier versions.
    """

    path: Path
    articles: tuple[str, ...] = ()
    changed: int = 0
    failed: tuple[Failure, ...] = ()


Progress = Callable[[int, int, Path], None]


def build(
    paths: Iterable[str | Path],
    *,
    library: str | Path = "library",
    outlet: str | None = None,
    published: date | None = None,
    language: str | None = None,
    vectors: str | None = None,
    embedding: Encoder | str | None = None,
    rebuild: bool = False,
    progress: Progress | None = None,
    each: Callable[[FileReport], None] | None = None,
) -> BuildReport:
    """Bring a library up to date with files.

    A file whose bytes and settings are those of the last build, by the same version of the extraction, is not read
    again. A bad file is listed and never stops the rest. Stopped at any moment, the next build goes on where this one
    was.

    Args:
        paths: Files, folders (searched to the bottom for .txt, .md, .html, .pdf and .jsonl; hidden files and a README
            are left out) and patterns such as `news/*.txt`.
        library: Its folder, made if need be.
        outlet, published, language: Used instead of what the files say.
        vectors: `http://host:port` of a Chroma server; None for where the library has them already, else its own
            folder.
        embedding: See `Library`.
        rebuild: Make the library anew; without paths, from the files that it was made of.
        progress: Called with (files done, files in all, the file just done).
        each: Called with what was done with each file that was looked at, before `progress`; what it raises ends the
            build, with all that was done so far kept.
    Raises:
        InputError: No paths, or a pattern or folder that holds no articles when it is all that was given.
        LibraryError: As when opening a `Library` for writing.
    """
    given = [Path(path) for path in paths]
    if rebuild and not given:
        given = _files_of(library)
    files, failed = _expand(given)
    if not files and not failed:
        raise InputError(
            f"no articles in {', '.join(map(str, given)) or 'nothing'}; give files, or folders of .txt, .md, .html, "
            ".pdf or .jsonl files"
        )
    if rebuild:
        erase(library)
    if each is not None:
        for failure in failed:
            each(FileReport(path=failure.path, failed=(failure,)))
    settings = f"{outlet!r} {published} {language!r} {extraction_version()}"
    with Library(library, create=True, vectors=vectors, encoder=embedding) as target:
        counted = _Counts()
        merged_at, merging = monotonic(), 0.0
        for number, file in enumerate(files, start=1):
            done = _index_file(target, file, counted, settings, outlet=outlet, published=published, language=language)
            failed += done.failed
            if each is not None:
                each(done)
            if progress is not None:
                progress(number, len(files), file)
            if number % _GROUP:
                continue
            target.update_vectors()
            if monotonic() - merged_at > merging * _BETWEEN_MERGES:
                started = monotonic()
                target.update_people()
                merged_at = monotonic()
                merging = merged_at - started
        target.update_people()
        target.update_vectors()
    return BuildReport(added=counted.added, updated=counted.updated, unchanged=counted.unchanged, failed=tuple(failed))


@dataclass(slots=True)
class _Counts:
    added: int = 0
    updated: int = 0
    unchanged: int = 0


def _index_file(
    target: Library,
    file: Path,
    counted: _Counts,
    settings: str,
    *,
    outlet: str | None,
    published: date | None,
    language: str | None,
) -> FileReport:
    from index.reading import Failure

    path = str(file.absolute())
    mark = _mark(file, settings)
    known = target.file_mark(path)
    if mark and known is not None and known[0] == mark:
        counted.unchanged += known[1]
        return FileReport(path=file, articles=target.articles_of_file(path))
    failures: list[Failure] = []
    ids: list[str] = []
    added = changed = 0
    for item in _changes(target, file, outlet=outlet, published=published, language=language):
        if isinstance(item, Failure):
            failures.append(item)
            continue
        article_id, change = item
        ids.append(article_id)
        added += change == "added"
        changed += change != "unchanged"
        counted.updated += change == "updated"
        counted.unchanged += change == "unchanged"
    forgotten = 0
    if ids or not failures:
        # A file with a bad line is read again the next time, and what it held before is untouched.
        forgotten = target.record_file(path, mark="" if failures else mark, articles=ids, complete=not failures)
    replaced = min(added, forgotten)
    counted.added += added - replaced
    counted.updated += replaced
    return FileReport(path=file, articles=tuple(dict.fromkeys(ids)), changed=changed, failed=tuple(failures))


def _mark(file: Path, settings: str) -> str:
    """What changes when a file must be read again; "" where that cannot be told and reading it will say why."""
    try:
        return f"{sha256_of(file)} {settings}" if file.is_file() else ""
    except OSError:
        return ""


def _changes(
    target: Library, file: Path, *, outlet: str | None, published: date | None, language: str | None
) -> Iterator[tuple[str, Change] | Failure]:
    """Each article of a file, kept in the library, with what that changed."""
    from index.attribution.extraction import attribute
    from index.passages import split_passages
    from index.reading import Failure, read_articles

    made_by = extraction_version()
    try:
        for item in read_articles(file, outlet=outlet, published=published, language=language):
            if isinstance(item, Failure):
                yield item
            elif target.has_article(item, made_by=made_by):
                yield item.id, "unchanged"
            else:
                attribution = attribute(item.text, language=item.language, article_id=item.id)
                yield item.id, target.add(item, split_passages(item), attribution, made_by=made_by)
    except WhosaidError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a file does to us or our libraries, the others are still read
        yield Failure(path=file, why=f"{type(error).__name__} while it was read: {error}")


def _expand(paths: Sequence[Path]) -> tuple[list[Path], list[Failure]]:
    """Files in order, each once; and what was asked for but cannot be read."""
    from index.reading import Failure, find_files

    files: dict[Path, None] = {}
    failed: list[Failure] = []
    for path in paths:
        matches = [path]
        if not path.exists() and _WILDCARDS & set(str(path)):
            # As the shell would have done it; Path.glob takes no absolute patterns.
            matches = [Path(name) for name in sorted(glob.glob(str(path), recursive=True))]  # noqa: PTH207  Path.glob takes no absolute pattern
            if not matches:
                failed.append(Failure(path=path, why="no file or folder fits this pattern"))
        for match in matches:
            found = find_files(match)
            failed.extend(found.failures)
            files.update(dict.fromkeys(file for file in found.files if file == match or not _tells_of_folder(file)))
    return list(files), failed


def _tells_of_folder(file: Path) -> bool:
    return file.stem.lower() in _NOT_ARTICLES


def _files_of(library: str | Path) -> list[Path]:
    try:
        with Library(library) as old:
            return [Path(file) for file in old.files()]
    except LibraryError as error:
        raise InputError(
            f"which files the library {library} was made of cannot be read from it ({error}); name them: `whosaid "
            "index --rebuild PATH…`"
        ) from error


@cache
def extraction_version() -> str:
    """A digest of all that decides which statements and passages an article yields: code, lexicons and model weights.

    >>> len(extraction_version())
    16
    """
    package = resources.files("index")
    digest = hashlib.sha256()
    for file in (*_all_files(package / "attribution"), *(package / name for name in _DECIDING)):
        digest.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()[:16]


def _all_files(folder: Traversable) -> Iterator[Traversable]:
    for item in sorted(folder.iterdir(), key=lambda item: item.name):
        if item.is_dir():
            if item.name != "__pycache__":
                yield from _all_files(item)
        else:
            yield item
