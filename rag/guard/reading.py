"""A sentence → its quotations, its markers, and the segments that the markers close."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Literal

from index.records import Span
from rag.answer import Citation
from rag.faithfulness import MARKER
from rag.guard.carried import Carrier
from rag.guard.tongue import split_parts
from rag.phrases import Phrases
from rag.words import MARKS

Rule = Literal[
    "marker", "uncited", "quotation", "speaker", "addressee", "outlet", "date", "number", "name", "word", "negation", "act",
]  # fmt: skip

_MOST_MARKS = 40

_OPENING = frozenset('“„«»‟"”')
_SINGLE = re.compile(r"(?<!\w)[‘‚‹'](?=[\w¿¡])(?P<words>[^\n]*?[\w.,!?…])(?P<end>[’‘›'])(?!\w)")
_BRACKET = re.compile(r"\[[^\]\n]{0,40}\]")
_NOTE = re.compile(r"\s*\((?P<items>[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)")
# Templates of `compose` that stand before a statement and say how it relates to what was asked.
_LEADS = ("supported", "supported_nobody", "supported_reworded", "altered", "joined", "misattributed", "closest", "not_said")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a sentence that its citations do not carry: by which rule, and the words in question."""

    rule: Rule
    detail: str


def problem(rule: Rule, detail: str) -> Problem:
    """One whose detail is cut to what a log line bears."""
    return Problem(rule=rule, detail=" ".join(detail.split())[:160])


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """What stands in marks: its place with the marks, and the words between them."""

    span: Span
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A stretch of a sentence with the markers behind it, the note that names their outlets, and how the words differ."""

    text: str
    start: int
    numbers: tuple[int, ...]
    note: str | None
    differences: str | None
    quotations: tuple[Quotation, ...]


def without_lead(text: str, phrases: Phrases) -> str:
    """Without an opening that `compose` puts before a statement ("Yes. …", "No, not Ann Lee. …")."""
    for key in _LEADS:
        template = phrases.answers[key]
        literals = [(literal, name) for literal, name, _, _ in Formatter().parse(template)]
        pattern = ""
        for literal, name in literals:
            pattern += re.escape(literal)
            if name in ("said", "words"):
                break
            pattern += r"[^.\n]{1,90}" if name else ""
        if pattern and literals[0][0] and (match := re.match(pattern, text)) and match.end() < len(text):
            return text[match.end() :]
    return text


def find_quotations(text: str, evidence: Sequence[Carrier]) -> tuple[list[Quotation], list[Problem]]:
    """What stands in marks, in order. Marks inside a quotation are the article's own: the widest reading that a citation
    carries counts, else the narrowest.
    """
    found: list[Quotation] = []
    problems: list[Problem] = []
    at = 0
    while True:
        start = next((place for place in range(at, len(text)) if text[place] in _OPENING), None)
        single = _SINGLE.search(text, at)
        if single is not None and (start is None or single.start() < start):
            found.append(Quotation(span=Span(single.start(), single.end()), words=single["words"]))
            at = single.end()
            continue
        if start is None:
            return found, problems
        ends = [place for place in range(start + 1, len(text)) if text[place] in MARKS][:_MOST_MARKS]
        if not ends:
            problems.append(Problem(rule="quotation", detail=text[start : start + 120]))
            return found, problems
        carried = (
            end
            for end in reversed(ends)
            if not MARKER.search(text, start, end) and any(item.place(text[start + 1 : end]) for item in evidence)
        )
        end = next(carried, ends[0])
        found.append(Quotation(span=Span(start, end + 1), words=text[start + 1 : end]))
        at = end + 1


def check_markers(text: str, quotations: Sequence[Quotation], citations: Mapping[int, Citation]) -> list[Problem]:
    problems = []
    for match in _BRACKET.finditer(text):
        if any(quotation.span.start <= match.start() < quotation.span.end for quotation in quotations):
            continue
        number = MARKER.fullmatch(match.group())
        if number is None or int(number.group(1)) not in citations:
            problems.append(Problem(rule="marker", detail=match.group()))
    return problems


def cut_segments(text: str, quotations: Sequence[Quotation]) -> list[Segment]:
    """The text cut behind each group of markers and the note that follows it; what trails belongs to the last group."""
    inside = [q.span for q in quotations]
    markers = [m for m in MARKER.finditer(text) if not any(s.start <= m.start() < s.end for s in inside)]
    groups: list[list[re.Match[str]]] = []
    for match in markers:
        if groups and not split_parts(text[groups[-1][-1].end() : match.start()]):
            groups[-1].append(match)
        else:
            groups.append([match])
    segments: list[Segment] = []
    at = 0
    for place, group in enumerate(groups):
        note = _NOTE.match(text, group[-1].end())
        end = note.end() if note else group[-1].end()
        beside = _NOTE.match(text, end)
        differences = beside["items"] if beside and "→" in beside["items"] else None
        end = beside.end() if beside and differences else end
        last = place == len(groups) - 1
        # "According to [1], Ann Lee said …": the first words say nothing yet.
        behind = text[end:] if last else ""
        stretch = text[at : group[0].start()]
        within = [q for q in quotations if at <= q.span.start < (len(text) if last else end)]
        gap = " " * (end - group[0].start())
        segments.append(
            Segment(
                text=stretch + (gap + behind if behind else ""),
                start=at,
                numbers=tuple(int(match.group(1)) for match in group),
                note=note["items"] if note else None,
                differences=differences,
                quotations=tuple(within),
            )
        )
        at = end
    return segments
