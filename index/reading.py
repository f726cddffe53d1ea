"""Files and folders → articles; whatever cannot be read becomes a `Failure` that says why, and never stops the rest."""

import codecs
import hashlib
import json
import logging
import os
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias

from index.errors import InputError
from index.languages import UNDETERMINED, detect_language, normalise_language
from index.records import LANGUAGES, Article

# What these tell of damaged input would land on the terminal beside our own failure; a logger that the application sets
# up still gets it.
for _name in ("pypdf", "trafilatura", "htmldate"):
    logging.getLogger(_name).addHandler(logging.NullHandler())

# Far above any article; below what would fill the memory of a small machine.
MAX_FILE_BYTES: Final = 20_000_000
MAX_TEXT_CHARACTERS: Final = 2_000_000
_MAX_FRONT_MATTER = 16_000
_MAX_FIELD = 2_000


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, a folder or a line of a file that gave no article.

    Args:
        why: What was found, what was expected and what to do.
        line: Counted from 1, in a file that holds several articles.
    """

    path: Path
    why: str
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFiles:
    """The article files under a path, in order of their names, and how many files of other kinds lie beside them."""

    files: tuple[Path, ...] = ()
    n_ignored: int = 0
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What a file, or the caller, tells about an article."""

    title: str | None = None
    outlet: str | None = None
    published: date | None = None
    language: str | None = None
    url: str | None = None


def read_articles(
    path: Path, *, outlet: str | None = None, published: date | None = None, language: str | None = None
) -> Iterator[Article | Failure]:
    """The articles of a file, or of all files of known kinds under a folder, in order of their names.

    Reads .txt and .md (with YAML front matter or without), .html, .pdf and .jsonl (one article a line). In a folder,
    files of other kinds and hidden ones are passed over; `find_files` counts them. Articles come one by one: only one
    file is in memory at a time.

    Args:
        outlet, published, language: Take the place of what the files say.
    Raises:
        InputError: `language` is no language code.

    >>> [failure.why for failure in read_articles(Path("no/such/file.txt"))]
    ['there is no such file or folder']
    """
    given = Metadata(outlet=outlet, published=published, language=normalise_language(language) if language else None)
    found = find_files(path)
    yield from found.failures
    for file in found.files:
        yield from _read_file(file, given)


def article_id(text: str, outlet: str | None) -> str:
    """The first 16 hex digits of the SHA-256 of outlet and text: the same report read twice is one article.

    >>> article_id("Nobody knows.", "The Sample")
    '6bfd313cd40095df'
    """
    return hashlib.sha256(f"{outlet or ''}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]


def parse_date(words: str) -> date:
    """The day that an ISO date or time, or a date with its month in words, stands for, as its own clock shows it.

    Raises:
        InputError: It is neither, or leaves the day open, as 06/07/2024 does.

    >>> parse_date("2024-06-27T23:30:00-04:00"), parse_date("27. juni 2024")
    (datetime.date(2024, 6, 27), datetime.date(2024, 6, 27))
    """
    words = words.strip()
    try:
        return datetime.fromisoformat(words).date()
    except ValueError as error:
        if len(words) > 80 or not re.search(r"[^\W\d_]{3}", words):
            raise InputError(f"{words[:80]!r} is no date; write it as 2024-06-27") from error
    # An import of half a second, for the few dates that need it.
    import dateparser

    # Of our languages only: it tries every one that it knows, for seconds.
    parsed: datetime | None = dateparser.parse(
        words, languages=list(LANGUAGES), settings={"STRICT_PARSING": True, "PARSERS": ["absolute-time"]}
    )
    if parsed is None:
        raise InputError(f"{words!r} is no date; write it as 2024-06-27")
    return parsed.date()


# --- Finding files


def find_files(path: Path) -> FoundFiles:
    """The article files at or under a path, without hidden ones and without links to a folder already seen."""
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        return FoundFiles(failures=(Failure(path, _why(error)),))
    if stat.S_ISDIR(mode):
        return _find_in_folder(path)
    if path.suffix.lower() not in _READERS:
        kinds = ", ".join(sorted(_READERS))
        kind = f"files named {path.suffix}" if path.suffix else "files without a suffix"
        return FoundFiles(failures=(Failure(path, f"{kind} are not read as articles; those named {kinds} are"),))
    return FoundFiles(files=(path,))


def _find_in_folder(root: Path) -> FoundFiles:
    files: list[Path] = []
    failures: list[Failure] = []
    n_ignored = 0
    seen: set[tuple[int, int]] = set()
    folders = [root]
    while folders:
        folder = folders.pop()
        try:
            place = folder.stat()
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            failures.append(Failure(folder, _why(error)))
            continue
        if (place.st_dev, place.st_ino) in seen:
            continue
        seen.add((place.st_dev, place.st_ino))
        for entry in entries:
            if entry.name.startswith("."):
                continue
            try:
                is_folder = entry.is_dir()
            except OSError as error:
                failures.append(Failure(Path(entry.path), _why(error)))
                continue
            if is_folder:
                folders.append(Path(entry.path))
            elif Path(entry.name).suffix.lower() in _READERS:
                files.append(Path(entry.path))
            else:
                n_ignored += 1
    if not files and not failures:
        why = f"the folder holds no article files ({', '.join(sorted(_READERS))}), and {n_ignored} of other kinds"
        failures.append(Failure(root, why))
    return FoundFiles(files=tuple(sorted(files, key=lambda file: file.parts)), n_ignored=n_ignored, failures=tuple(failures))


def _why(error: OSError | ValueError) -> str:
    match error:
        case FileNotFoundError():
            return "there is no such file or folder"
        case PermissionError():
            return "it may not be read; give the user who runs this leave to read it"
        case OSError():
            return f"it cannot be read: {error.strerror or error}"
        case _:
            return f"it cannot be read: {error}"


# --- Reading one file


def _read_file(path: Path, given: Metadata) -> Iterator[Article | Failure]:
    try:
        yield from _READERS[path.suffix.lower()](path, given)
    except InputError as error:
        yield Failure(path, str(error))
    except (OSError, ValueError) as error:
        yield Failure(path, _why(error))


def _read_text(path: Path, given: Metadata) -> Iterator[Article | Failure]:
    text, metadata = split_front_matter(decode(_bytes(path)))
    if path.suffix.lower() in {".md", ".markdown"} and metadata.title is None:
        heading = re.match(r"\s*# +(?P<title>[^\n\r]{1,300}?) *#* *(?:[\r\n]|\Z)", text)
        metadata = replace(metadata, title=heading["title"]) if heading else metadata
    yield _article(text, path=path, metadata=metadata, given=given)


def _read_html(path: Path, given: Metadata) -> Iterator[Article | Failure]:
    # An import of half a second that a folder of plain text need not pay.
    import trafilatura

    data = _bytes(path)
    declared = re.search(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?([\w\-]{2,20})", data[:4096], re.IGNORECASE)
    page = decode(data, declared=declared[1].decode("ascii") if declared else None)
    try:
        found = trafilatura.bare_extraction(
            page,
            with_metadata=True,
            include_comments=False,
            include_tables=False,
            as_dict=True,
            prune_xpath=["//figcaption", "//nav", "//aside"],
            # Only a date that the page declares; the wide search would take any date in its text.
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except RecursionError as error:
        raise InputError("the page's elements are nested too deeply to read") from error
    fields = found if isinstance(found, dict) else {}
    text = "\n\n".join(line.strip() for line in (fields.get("text") or "").split("\n") if line.strip())
    if not text:
        raise InputError("the page holds no article text that could be told from its furniture")
    address = fields.get("url") or ""
    metadata = Metadata(
        title=_field("title", fields.get("title")),
        outlet=_field("outlet", fields.get("sitename")),
        published=parse_date(fields["date"]) if fields.get("date") else None,
        url=address if _ADDRESS.fullmatch(address) else None,
    )
    yield _article(text, path=path, metadata=metadata, given=given)


def _read_pdf(path: Path, given: Metadata) -> Iterator[Article | Failure]:
    # As with trafilatura: imported by who needs it.
    from index.pdf import read_pdf

    found = read_pdf(_bytes(path))
    yield _article(found.text, path=path, metadata=Metadata(title=_field("title", found.title)), given=given)


def _read_jsonl(path: Path, given: Metadata) -> Iterator[Article | Failure]:
    """One article a line. The file as a whole may be larger than `MAX_FILE_BYTES`, a line may not."""
    _check_regular(path)
    n_lines = 0
    with path.open("rb") as file:
        for n, line in enumerate(iter(lambda: file.readline(MAX_FILE_BYTES + 1), b""), start=1):
            if n == 1 and line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                raise InputError("the file is UTF-16; JSON lines are UTF-8: save it so")
            if len(line) > MAX_FILE_BYTES:
                raise InputError(f"line {n} is longer than {MAX_FILE_BYTES:,} bytes; one line holds one article")
            if not line.strip():
                continue
            n_lines += 1
            try:
                yield _json_article(line.removeprefix(codecs.BOM_UTF8), path=path, given=given)
            except InputError as error:
                yield Failure(path, str(error), n)
    if not n_lines:
        raise InputError("the file is empty")


def _json_article(line: bytes, *, path: Path, given: Metadata) -> Article:
    try:
        found = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InputError(f"the line is not UTF-8: byte 0x{line[error.start]:02X} at byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise InputError(f"the line is no JSON: {error.msg} at character {error.pos}") from error
    except (ValueError, RecursionError) as error:
        raise InputError(f"the line is no JSON that can be read: {str(error)[:120]}") from error
    if not isinstance(found, dict):
        raise InputError(f"the line holds a {type(found).__name__}, expected an object with a text")
    text = found.get("text")
    if not isinstance(text, str):
        raise InputError(f"the object has no text, only {', '.join(map(repr, list(found)[:8])) or 'nothing'}")
    return _article(text, path=path, metadata=_metadata(found), given=given)


_Reader: TypeAlias = Callable[[Path, Metadata], Iterator[Article | Failure]]
_READERS: Mapping[str, _Reader] = {
    ".txt": _read_text,
    ".md": _read_text,
    ".markdown": _read_text,
    ".html": _read_html,
    ".htm": _read_html,
    ".pdf": _read_pdf,
    ".jsonl": _read_jsonl,
}
SUFFIXES: Final = tuple(_READERS)


def _check_regular(path: Path) -> None:
    # A pipe or a device would keep us waiting, or never end.
    if not stat.S_ISREG(path.stat().st_mode):
        raise InputError("it is no regular file")


def _bytes(path: Path) -> bytes:
    _check_regular(path)
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    if not data:
        raise InputError("the file is empty")
    if len(data) > MAX_FILE_BYTES:
        raise InputError(f"the file is larger than {MAX_FILE_BYTES:,} bytes, the most that is read as one article")
    return data


def _article(text: str, *, path: Path, metadata: Metadata, given: Metadata) -> Article:
    if not text or text.isspace():
        raise InputError("the file is empty" if not text else "there is nothing but white space")
    if len(text) > MAX_TEXT_CHARACTERS:
        raise InputError(f"the text has {len(text):,} characters, {MAX_TEXT_CHARACTERS:,} at most are read as one article")
    _check_characters(text, "the text")
    outlet = given.outlet or metadata.outlet
    return Article(
        id=article_id(text, outlet),
        text=text,
        language=given.language or metadata.language or detect_language(text),
        # A name that is no UTF-8 holds halves of characters, which no database takes.
        path=os.fsencode(path).decode("utf-8", "replace"),
        url=metadata.url,
        outlet=outlet,
        title=metadata.title,
        published=given.published or metadata.published,
    )


# --- Metadata

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?P<yaml>.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_ALIASES = {"date": "published", "publisher": "outlet", "lang": "language"}


def split_front_matter(text: str) -> tuple[str, Metadata]:
    """What follows YAML front matter, unchanged, and what the front matter says; the whole text where there is none.

    Front matter is what stands between a first line `---` and the next such line, when it is a YAML mapping: two rules
    around a sentence are text.

    Raises:
        InputError: It is no YAML, or a field in it cannot be used.

    >>> split_front_matter("---\\ntitle: Storm\\nlanguage: no\\n---\\nFerries stayed in port.\\n")[0]
    'Ferries stayed in port.\\n'
    """
    match = _FRONT_MATTER.match(text[:_MAX_FRONT_MATTER])
    if match is None:
        return text, Metadata()
    import yaml
    from frontmatter.default_handlers import YAMLHandler

    try:
        # BaseLoader leaves every value the string that was written: YAML 1.1 would read `language: no` as false.
        fields = YAMLHandler().load(match["yaml"], Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 2}" if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise InputError(f"the front matter is broken YAML{where}: {problem}; quote values that hold a colon") from error
    except RecursionError as error:
        raise InputError("the front matter is broken YAML: it is nested too deeply") from error
    if not isinstance(fields, dict):
        return text, Metadata()
    return text[match.end() :], _metadata(fields)


def _metadata(fields: Mapping[Any, Any]) -> Metadata:
    """The fields that we know, checked; others are the business of other tools.

    Raises:
        InputError: A field holds something that it cannot hold.
    """
    known = {_ALIASES.get(key, key): value for key, value in fields.items() if isinstance(key, str)}
    # The field's own name goes before its alias.
    known |= {key: fields[key] for key in ("published", "outlet", "language") if key in fields}
    title, outlet, published, language, url = (
        _field(key, known.get(key)) for key in ("title", "outlet", "published", "language", "url")
    )
    if url and not _ADDRESS.fullmatch(url):
        raise InputError(f"url is {url[:80]!r}, expected an address that begins with http:// or https://")
    return Metadata(
        title=title,
        outlet=outlet,
        published=parse_date(published) if published else None,
        language=normalise_language(language) if language and language != UNDETERMINED else None,
        url=url,
    )


def _field(key: str, value: object) -> str | None:
    if value is None or value in ("", "~", "null"):
        return None
    if not isinstance(value, str | int | float) or isinstance(value, bool):
        raise InputError(f"{key} is a {type(value).__name__}, expected words")
    words = " ".join(str(value).split())
    if len(words) > _MAX_FIELD:
        raise InputError(f"{key} has {len(words):,} characters, {_MAX_FIELD:,} at most are read")
    _check_characters(words, key)
    return words or None


# --- Characters

_NO_CHARACTER = re.compile("[\0\ud800-\udfff]")
_CONTROL = re.compile(r"[\x01-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_BOMS = (
    # The longer first: a UTF-32 mark begins like a UTF-16 one.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_GUESSES = ["cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "mac_roman"]
# Python knows codecs that no page may choose (utf-7, idna, unicode_escape).
_DECLARABLE = re.compile(
    r"utf-?16(?:le|be)?|iso-?8859-?\d{1,2}|(?:windows-?|cp)125\d|koi8-?[ru]|shift_?jis|euc-?(?:jp|kr)|gb(?:k|2312|18030)"
    r"|big5|macintosh"
)
_WESTERN = frozenset({*LANGUAGES, "it", "ca", "is", "fi"})


def decode(data: bytes, *, declared: str | None = None) -> str:
    """The text that a file's bytes stand for, its line ends unchanged.

    A byte order mark is the encoding's signature, not text: it is left out, so that UTF-8 with and without it give the
    same article. Then UTF-8, then what the page declares, then a guess, which prefers Windows-1252 among equals.

    Raises:
        InputError: The bytes are no text, or in no encoding that could be told.

    >>> decode("Zúñiga\\r\\n".encode("cp1252")), decode(b"\\xef\\xbb\\xbfYes")
    ('Zúñiga\\r\\n', 'Yes')
    """
    if not data:
        raise InputError("the file is empty")
    if data.startswith(b"%PDF-"):
        raise InputError("it is a PDF by its content; name it .pdf")
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return _text(data[len(mark) :].decode(encoding))
            except UnicodeDecodeError as error:
                raise InputError(f"it begins as {encoding} but breaks off at byte {error.start}; save it as UTF-8") from error
    if n_zeros := data.count(0):
        # No text but UTF-16 without its mark holds zeros: every other byte, in our scripts.
        if n_zeros * 5 < len(data):
            raise InputError("it is binary data, no text")
        return _text(_guess(data, ["utf_16_le", "utf_16_be"]))
    try:
        return _text(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        if broken := _broken_utf8(data, error.start):
            raise broken from error
    if declared and _DECLARABLE.fullmatch(declared.lower()):
        # Browsers read Latin-1 as Windows-1252, and pages are made for them.
        codec = "cp1252" if re.fullmatch(r"iso-?8859-?1", declared.lower()) else declared
        try:
            return _text(data.decode(codec))
        except (UnicodeDecodeError, LookupError):
            pass
    return _text(_guess(data, _GUESSES))


def _text(text: str) -> str:
    if "\0" in text or len(_CONTROL.findall(text[:100_000])) * 100 > len(text[:100_000]):
        raise InputError("it is binary data, no text")
    return text


def _broken_utf8(data: bytes, at: int) -> InputError | None:
    """The error for UTF-8 with a few bad bytes, which another encoding would read without complaint, and wrongly."""
    sample = data[: 2 * at + 100_000].decode("utf-8", "replace")
    n_bad = sample.count("\ufffd")
    n_good = sum(character > "\x7f" for character in sample) - n_bad
    if n_good <= n_bad:
        return None
    return InputError(f"it is UTF-8 but for byte 0x{data[at]:02X} at byte {at}; save it as UTF-8 from a sound copy")


def _guess(data: bytes, encodings: list[str]) -> str:
    from charset_normalizer import from_bytes

    matches = from_bytes(data, cp_isolation=encodings)
    best = matches.best()
    if best is None:
        raise InputError("it is no text in any encoding that could be told; save it as UTF-8")
    for match in matches:
        # In a short text several code pages look equally well; ours write in Windows-1252.
        if "cp1252" in match.could_be_from_charset and match.chaos <= best.chaos + 0.02:
            text = data.decode("cp1252")
            return text if detect_language(text) in _WESTERN else str(best)
    return str(best)


def _check_characters(words: str, name: str) -> None:
    if bad := _NO_CHARACTER.search(words):
        raise InputError(f"{name} holds U+{ord(bad[0]):04X} at character {bad.start()}, which is no character")
