"""An answer and the articles it cites → what in the answer is not carried by them; nothing where all is.

Looks at the finished text alone, not at how it was made, so that prose from anywhere can be held to it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from index.records import quote
from rag.answer import Answer, Citation
from rag.words import MARKS, fold, folded

Rule = Literal["span", "marker", "uncited", "quotation", "speaker", "unasked"]
MARKER = re.compile(r"\[(\d{1,4})\]")
_OPENING = frozenset('“„«»‟"”')
_PIECES = re.compile(r"\s*…\s*")
# "“ … ”, in singles": only marks that cannot be apostrophes count as single quotation marks.
_SINGLES = re.compile(r"(?<![\w])[‘‚‹](?=\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in an answer that is not carried: by which rule, and the words in question."""

    rule: Rule
    words: str


def check(answer: Answer, texts: Mapping[str, str]) -> tuple[Problem, ...]:
    """All problems of an answer.

    - `span`: a piece of a citation is not, character for character, in its article.
    - `marker`: an [n] that no citation has. `uncited`: a citation that no [n] refers to.
    - `quotation`: quotation marks around words that no citation behind them in the same line has.
    - `speaker`: a line whose quotation or marker belongs to somebody whom it does not name.

    Args:
        texts: Article id → its text, for every article that is cited.
    """
    problems = [*_spans(answer.citations, texts)]
    by_number = {citation.n: citation for citation in answer.citations}
    numbers = [int(match.group(1)) for match in MARKER.finditer(answer.text)]
    problems += [Problem(rule="marker", words=f"[{n}]") for n in dict.fromkeys(numbers) if n not in by_number]
    problems += [Problem(rule="uncited", words=f"[{n}]") for n in by_number if n not in numbers]
    if len(by_number) != len(answer.citations):
        problems.append(Problem(rule="marker", words="two citations with one number"))
    spoken = {citation.n: _very_words(citation, texts.get(citation.article, "")) for citation in answer.citations}
    for line in answer.text.split("\n"):
        problems += _line(line, by_number, spoken)
    return tuple(problems)


def _very_words(citation: Citation, text: str) -> str:
    """What quotation marks may enclose: the words presented as the speaker's own, or a passage."""
    return _plain(citation.quote if citation.kind == "passage" else quote(text, citation.quoted))


def _spans(citations: Sequence[Citation], texts: Mapping[str, str]) -> list[Problem]:
    problems = []
    for citation in citations:
        text = texts.get(citation.article)
        inside = text is not None and citation.spans and all(span.end <= len(text) for span in citation.spans)
        same = inside and text is not None and quote(text, citation.spans) == citation.quote
        if not same or not all(any(span.contains(part) for span in citation.spans) for part in citation.quoted):
            problems.append(Problem(rule="span", words=citation.quote))
    return problems


def _line(line: str, citations: Mapping[int, Citation], spoken: Mapping[int, str]) -> list[Problem]:
    problems: list[Problem] = []
    at = 0
    while (start := _next_mark(line, at)) is not None:
        behind = [citations[int(m.group(1))] for m in MARKER.finditer(line, start) if int(m.group(1)) in citations]
        end, carriers = _closing(line, start, behind, spoken)
        if end is None:
            problems.append(Problem(rule="quotation", words=line[start : start + 80]))
            at = start + 1
            continue
        if not any(_names(line, citation) for citation in carriers):
            problems.append(Problem(rule="speaker", words=line[start:end]))
        at = end
    for match in MARKER.finditer(line):
        citation = citations.get(int(match.group(1)))
        if citation is not None and not _names(line, citation):
            problems.append(Problem(rule="speaker", words=line[:80]))
    if single := _SINGLES.search(_outside(line)):
        problems.append(Problem(rule="quotation", words=line[single.start() : single.start() + 80]))
    return problems


def _next_mark(line: str, at: int) -> int | None:
    return next((place for place in range(at, len(line)) if line[place] in _OPENING), None)


def _outside(line: str) -> str:
    """The line without what stands between double marks, which is checked as a whole."""
    return re.sub(r"[“„«»‟\"”].*[”“»«\"]", " ", line)


def _closing(line: str, start: int, behind: Sequence[Citation], spoken: Mapping[int, str]) -> tuple[int | None, list[Citation]]:
    """Where the quotation that opens at `start` ends, such that citations behind it carry its words; the widest
    reading.
    """
    # Marks inside a quotation are the article's own, so that the first closing mark need not be the last.
    ends = [place for place in range(start + 1, len(line)) if line[place] in MARKS]
    for end in reversed(ends[:40]):
        words = line[start + 1 : end]
        carriers = [citation for citation in behind if _carries(spoken[citation.n], words)]
        if carriers:
            return end + 1, carriers
    return None, []


def _carries(spoken: str, words: str) -> bool:
    """Whether every piece of the words stands in what was spoken, in this order."""
    at = 0
    pieces = [piece for piece in _PIECES.split(_plain(words)) if piece]
    for piece in pieces:
        found = spoken.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return bool(pieces)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _names(line: str, citation: Citation) -> bool:
    """Whether a line names the one whom the citation is by: a word of the name, or the mention as written."""
    if citation.speaker is None:
        return citation.kind == "passage" or citation.mention is None or fold(_plain(citation.mention))[:20] in fold(_plain(line))
    name = folded(citation.speaker)
    # "Arce's", "Arces"
    return bool(name) and any(word.removeprefix(name[-1]) in ("", "'s", "s", "'") for word in folded(line))
