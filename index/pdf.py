"""A PDF's bytes → its running text: pages joined, wrapped lines and broken words put together again."""

import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pypdf import PdfReader

from index.errors import InputError

# An article has a few; a whole archive in one file is no article, and would be cut off by the bound on text anyway.
MAX_PAGES: Final = 500
_ENDS = tuple(".!?…:;\"'”’»)")
_OPENS = ("–", "—", "- ", "•", '"', "“", "«", "”", "„")
_HYPHENATED = re.compile(r"(?<=[^\W\d_]{2})[-\u00ad]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfText:
    """What a PDF holds: paragraphs separated by a blank line, and the title that its metadata give."""

    text: str
    title: str | None = None


def read_pdf(data: bytes) -> PdfText:
    """The text of a PDF. Scripts, forms, attachments and pictures in it are left alone: nothing is run.

    Raises:
        InputError: It is damaged, encrypted, too long, or holds no text.
    """
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError("the PDF is encrypted; save a copy that opens without a password")
        n_pages = len(reader.pages)
        if n_pages > MAX_PAGES:
            raise InputError(f"the PDF has {n_pages} pages, {MAX_PAGES} at most are read as one article; split it")
        pages = [_characters(page.extract_text()) for page in reader.pages]
        title = _characters((reader.metadata.title if reader.metadata else None) or "") or None
    except InputError:
        raise
    except RecursionError as error:
        raise InputError("the PDF is damaged: its objects refer to each other without end") from error
    except Exception as error:
        # A damaged file makes pypdf fail anywhere: KeyError, TypeError, zlib.error, ….
        raise InputError(f"the PDF cannot be read: {_first_line(error)}; print it to a new PDF and try again") from error
    text = join_pages(pages)
    if not text:
        raise InputError("the PDF holds no text, only pictures or nothing; run text recognition (OCR) on it first")
    return PdfText(text=text, title=title)


def _characters(words: str) -> str:
    """Fonts without a proper map give halves of characters and zeros, which no database takes."""
    return words.replace("\0", "").encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__} {str(error).strip().splitlines()[0][:120] if str(error).strip() else ''}".strip()


def join_pages(pages: Sequence[str]) -> str:
    """The running text of pages given as lines: running heads and page numbers out, wrapped lines joined.

    A word broken at a line's end is joined without its hyphen, unless the text elsewhere writes it with one.

    >>> join_pages(["The ferry stayed in port on Mon-\\nday, said the well-\\nknown master.", "A well-known man."])
    'The ferry stayed in port on Monday, said the well-known master.\\n\\nA well-known man.'
    """
    sheets = [[" ".join(line.split()) for line in page.splitlines()] for page in pages]
    lines = [line for sheet in _without_running_lines(sheets) for line in sheet]
    words = set(re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", " ".join(lines).lower()))
    lengths = sorted(len(line) for line in lines if line)
    width = lengths[len(lengths) * 9 // 10] if lengths else 0
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if not line:
            paragraphs.append([])
            continue
        if paragraphs[-1] and not _goes_on(paragraphs[-1][-1], line, width):
            paragraphs.append([])
        paragraphs[-1].append(line)
    return "\n\n".join(_join_lines(paragraph, words) for paragraph in paragraphs if paragraph)


def _without_running_lines(sheets: Sequence[Sequence[str]]) -> list[list[str]]:
    """The pages without their page numbers and without first or last lines that most of them share."""
    ends = [(_shape(filled[0]), _shape(filled[-1])) for sheet in sheets if (filled := [line for line in sheet if line])]
    counts = Counter(shape for pair in ends for shape in set(pair))
    shared = {shape for shape, n in counts.items() if n >= 3 and n * 2 > len(ends)}
    kept = []
    for sheet in sheets:
        body = list(sheet)
        for at in (0, -1):
            while body and not body[at]:
                body.pop(at)
            if body and (_shape(body[at]) in shared or re.fullmatch(r"[-–— ]*\d{1,4}[-–— ]*", body[at])):
                body.pop(at)
        kept.append(body)
    return kept


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", line.lower())


def _goes_on(line: str, following: str, width: int) -> bool:
    """Whether a paragraph goes on behind a line: set in a proportional font, full lines differ by a seventh or so."""
    if _HYPHENATED.search(line):
        return True
    full = len(line) >= width * 0.85
    if line.endswith(_ENDS):
        return full and not following.startswith(_OPENS)
    return full or following[0].islower() or len(line) >= width * 0.6


def _join_lines(lines: Sequence[str], words: set[str]) -> str:
    pieces = [lines[0]]
    for line, following in pairwise(lines):
        if not _HYPHENATED.search(line):
            pieces += [" ", following]
            continue
        left = re.split(r"[\s–—(“\"«]", line[:-1])[-1].lower()
        right = re.match(r"[^\W\d_]*", following)
        tail = right[0].lower() if right else ""
        written = f"{left}-{tail}" in words and left + tail not in words
        # A capital behind the hyphen is a compound with a name: "Franco-German".
        if not written and following[:1].islower():
            pieces[-1] = pieces[-1][:-1]
        pieces.append(following)
    return "".join(pieces)
