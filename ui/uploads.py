"""Files and text that somebody sends → articles of a library, each file with what came of it.

What is sent is somebody else's: its name is shown and its suffix looked at, but it never is a path; its bytes are
bounded, told by their beginning, and read as any file is, with nothing in them run or unpacked. The files are kept in a
folder beside the library, so that it can be made anew from them, and go when their articles are forgotten.
"""

import hashlib
import json
import queue
import re
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Literal

from index.build import FileReport, build
from index.errors import InputError, WhosaidError
from index.library import Library
from index.reading import MAX_TEXT_CHARACTERS, SUFFIXES
from index.records import Article
from ui.service import find_article
from ui.settings import UploadLimits
from ui.visible import one_line

Outcome = Literal["added", "unchanged", "failed"]
Progress = Callable[[int, int, str], None]

DEFAULT_LIMITS = UploadLimits()
_LONGEST_NAME = 80
_PIECE = 1 << 20
# What a file is by its first bytes, where it is none that holds an article. All hold bytes that no text begins with,
# but for ZIP's "PK", which no article does.
_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive (as .docx, .odt, .epub and .xlsx are)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\xd0\xcf\x11\xe0", "an old Office document (.doc, .xls)"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"GIF8\x39a", "a GIF picture"),
    (b"GIF8\x37a", "a GIF picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90\x00", "a program"),
    (b"SQLite format 3\x00", "a database"),
)
_WRITING = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file as it was sent. `name` is what the sender calls it; `content` is read once, from where it stands."""

    name: str
    content: bytes | BinaryIO


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadResult:
    """What came of one file.

    Args:
        name: As the sender called it, made fit to be seen.
        articles: Ids of the articles that it holds.
        why: What was found, what was expected and what to do, where something failed.
    """

    name: str
    outcome: Outcome
    articles: tuple[str, ...] = ()
    why: str | None = None


class _StoppedError(Exception):
    """Nobody waits for the rest of the files."""


def add_uploads(
    library: Path,
    files: Iterable[Upload],
    *,
    limits: UploadLimits = DEFAULT_LIMITS,
    outlet: str | None = None,
    published: date | None = None,
    language: str | None = None,
    progress: Progress | None = None,
) -> Iterator[UploadResult]:
    """Add files to a library, one result for each as soon as it is in; who stops asking stops the rest.

    A file that is too large, of another type, or damaged fails alone. Who comes while others are adding waits.

    Args:
        library: The library's folder, made if need be.
        limits: What is taken; files beyond the number or the bytes in all fail with that as the reason.
        outlet, published, language: Used instead of what the files say.
        progress: Called with (files done, files that are read, the name of the file just done).
    Raises:
        LibraryError: The library cannot be written, as when another process is writing it.
    """
    received = list(files) if not isinstance(files, Sequence) else files
    if len(received) > limits.files:
        raise InputError(
            f"{len(received):,} files came at once, {limits.files:,} at most are taken; send them in several goes, or "
            "put them in a folder and run `whosaid index FOLDER` on the server"
        )
    kept: dict[Path, Upload] = {}
    room = limits.all_bytes
    try:
        for upload in received:
            try:
                file, size = _keep(upload, library, limits, room)
            except InputError as error:
                yield UploadResult(name=shown_name(upload.name), outcome="failed", why=str(error))
                continue
            room -= size
            if file in kept:
                yield UploadResult(name=shown_name(upload.name), outcome="unchanged", why="the same file came twice")
                continue
            kept[file] = upload
        if kept:
            yield from _indexed(library, kept, outlet=outlet, published=published, language=language, progress=progress)
    finally:
        _sweep(library, kept)


def add_text(
    library: Path,
    text: str,
    *,
    title: str | None = None,
    outlet: str | None = None,
    published: date | None = None,
    language: str | None = None,
    url: str | None = None,
) -> UploadResult:
    """Add one article that was pasted; its text is kept as it is.

    Raises:
        InputError: There is no text, or too much of it; a language or address that is none.
        LibraryError: The library cannot be written.
    """
    if not text.strip():
        raise InputError("the text is empty; paste an article")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise InputError(f"the text has {len(text):,} characters, {MAX_TEXT_CHARACTERS:,} at most are read as one article")
    fields = {
        "text": text,
        "title": title,
        "outlet": outlet,
        "published": published.isoformat() if published else None,
        "language": language,
        "url": url,
    }
    line = json.dumps({name: value for name, value in fields.items() if value}).encode()
    name = f"{one_line(title or '')[:60] or 'pasted text'}.jsonl"
    (result,) = add_uploads(library, [Upload(name=name, content=line)])
    if result.outcome == "failed":
        raise InputError(result.why or "the text could not be added")
    return result


def forget(library: Path, names: Sequence[str]) -> tuple[Article, ...]:
    """Take articles out of a library; a file that was sent, and that none of its articles is left of, goes too.

    All names are looked up before the first is forgotten, so that a slip in the last changes nothing.

    Args:
        names: Ids or paths.
    Raises:
        NotFoundError: An article that the library does not have.
        LibraryError: The library cannot be written.
    """
    with _WRITING, Library(library, write=True) as opened:
        found = tuple(dict.fromkeys(find_article(opened, name) for name in names))
        holding = {path: opened.articles_of_file(path) for path in opened.files() if _is_kept(library, Path(path))}
        for article in found:
            opened.forget(article.id)
        gone = [path for path, ids in holding.items() if ids and not opened.articles_of_file(path)]
    for path in gone:
        shutil.rmtree(Path(path).parent, ignore_errors=True)
    return found


def folder_of(library: Path) -> Path:
    """Where the files that were sent are kept: beside the library, which would not be made in a folder with others.

    >>> folder_of(Path("news/library")).as_posix()
    'news/library.uploads'
    """
    return library.with_name(f"{library.name}.uploads")


def shown_name(name: str) -> str:
    """A sender's name for a file, fit to be seen: its last part, bounded.

    >>> shown_name("../../etc/passwd"), shown_name("C:\\\\news\\\\a\\u202e.txt"), shown_name("")
    ('passwd', 'a[U+202E].txt', 'unnamed')
    """
    last = PurePosixPath(name.replace("\\", "/")).name
    return one_line(last)[-_LONGEST_NAME:] or "unnamed"


def _file_name(name: str) -> str:
    """The name that a file is kept under: letters, digits, blanks and - . _ of its last part.

    >>> _file_name("../../.ssh/a b;rm -rf.TXT"), _file_name("\\0.pdf"), _file_name("x" * 300 + ".md")[-5:]
    ('a b_rm -rf.txt', 'article.pdf', 'xx.md')
    """
    path = PurePosixPath(name.replace("\\", "/").replace("\0", "")).name
    stem, dot, suffix = path.rpartition(".")
    stem = re.sub(r"[^\w .-]", "_", stem).strip(" ._")[-_LONGEST_NAME:].strip(" ._")
    return f"{stem or 'article'}{dot}{suffix.lower()}"


def _keep(upload: Upload, library: Path, limits: UploadLimits, room: int) -> tuple[Path, int]:
    """The file among those that are kept, and its bytes.

    Raises:
        InputError: Its type or size is not taken.
    """
    suffix = PurePosixPath(_file_name(upload.name)).suffix
    if suffix not in SUFFIXES:
        found = f"files named {suffix[:20]}" if suffix else "files without a suffix"
        raise InputError(f"{one_line(found)} are not read as articles; those named {', '.join(sorted(SUFFIXES))} are")
    data = _bounded(upload.content, limits, room)
    if not data:
        raise InputError("the file is empty")
    _check_type(data, suffix)
    place = folder_of(library) / hashlib.sha256(data).hexdigest()[:32]
    file = place / _file_name(upload.name)
    earlier = sorted(place.iterdir()) if place.is_dir() else []
    if earlier and earlier[0].suffix == suffix:
        # The same bytes under another name are the same file.
        return earlier[0], len(data)
    try:
        place.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    except OSError as error:
        raise InputError(f"the file cannot be kept on the server: {error.strerror}; make room or change its rights") from error
    return file, len(data)


def _bounded(content: bytes | BinaryIO, limits: UploadLimits, room: int) -> bytes:
    most = min(limits.file_bytes, room)
    data = content if isinstance(content, bytes) else _read(content, most + 1)
    if len(data) > limits.file_bytes:
        raise InputError(f"the file is larger than {limits.file_bytes:,} bytes, the most that is taken; split it")
    if len(data) > most:
        raise InputError(f"the files are larger than {limits.all_bytes:,} bytes together; send the rest in another go")
    return data


def _read(file: BinaryIO, most: int) -> bytes:
    pieces: list[bytes] = []
    while most > 0 and (piece := file.read(min(most, _PIECE))):
        pieces.append(piece)
        most -= len(piece)
    return b"".join(pieces)


def _check_type(data: bytes, suffix: str) -> None:
    for beginning, kind in _SIGNATURES:
        if data.startswith(beginning):
            raise InputError(f"it is named {suffix}, but is {kind} by its content; save its text as .txt or .pdf and send that")
    # The PDF's own mark may stand a little behind its beginning.
    if suffix == ".pdf" and b"%PDF-" not in data[:1024]:
        raise InputError("it is named .pdf, but is no PDF by its content; name it after what it is")


def _indexed(
    library: Path,
    kept: dict[Path, Upload],
    *,
    outlet: str | None,
    published: date | None,
    language: str | None,
    progress: Progress | None,
) -> Iterator[UploadResult]:
    """Read the files in a thread of its own, so that each result can be handed on as it comes."""
    results: queue.Queue[FileReport | BaseException | None] = queue.Queue()
    stopped = threading.Event()

    def each(report: FileReport) -> None:
        results.put(report)
        if stopped.is_set():
            raise _StoppedError

    def work() -> None:
        try:
            with _WRITING:
                if not stopped.is_set():
                    build(list(kept), library=library, outlet=outlet, published=published, language=language, each=each)
        except _StoppedError:
            pass
        except BaseException as error:  # noqa: BLE001 - handed to who waits for the results, whatever it is
            results.put(error)
        finally:
            results.put(None)

    worker = threading.Thread(target=work, name="uploads")
    worker.start()
    done = 0
    try:
        while (item := results.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            done += 1
            name = shown_name(kept[item.path].name)
            if progress is not None:
                progress(done, len(kept), name)
            yield _result(name, item)
    finally:
        stopped.set()
        worker.join()


def _result(name: str, report: FileReport) -> UploadResult:
    why = "; ".join(
        (f"line {failure.line}: " if failure.line is not None else "") + one_line(failure.why) for failure in report.failed[:5]
    )
    if len(report.failed) > 5:
        why += f"; and {len(report.failed) - 5} more lines"
    if report.failed and not report.articles:
        return UploadResult(name=name, outcome="failed", why=why)
    outcome: Outcome = "added" if report.changed else "unchanged"
    return UploadResult(name=name, outcome=outcome, articles=report.articles, why=why or None)


def _sweep(library: Path, kept: Iterable[Path]) -> None:
    """Remove the files that no article came of."""
    holding: set[str] = set()
    try:
        with Library(library) as opened:
            holding = {path for path in opened.files() if opened.articles_of_file(path)}
    except WhosaidError:
        # Without a library to look them up in, nothing of it is known to be needless.
        return
    for file in kept:
        if str(file.absolute()) not in holding:
            shutil.rmtree(file.parent, ignore_errors=True)


def _is_kept(library: Path, file: Path) -> bool:
    return file.is_relative_to(folder_of(library).absolute())
