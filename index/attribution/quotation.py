"""A paragraph → the stretches that stand between quotation marks, or behind a dash that opens it.

Only the marks are read here, never the words: whether a quotation is speech, a title or a sneer is for the rules to say.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

from index.records import Span

Style = Literal["marks", "dash"]

# Opening mark → the marks that may close it. » and ” open too, where the place shows it: »Nein«, ”Nej”.
_CLOSERS = {
    "“": "”“",  # “English”; a second “ closes in careless typing
    "„": "“”„",  # „deutsch“, „polski”
    "«": "»",
    "»": "«»",  # »tysk«, »svensk»
    "”": "”",  # ”svenska”
    "‹": "›",
    "›": "‹›",
    "‚": "‘’",  # ‚deutsch‘
    "‘": "’",
    '"': '"',
    "'": "'’",
    "’": "’",
    "「": "」",
    "『": "』",
}
_DASHES = "–—―‒"
_BEFORE_OPENING = "([{¿¡<-/…" + _DASHES
# An opening mark that also serves as apostrophe: it opens only where a word begins and closes only where one ends.
_SINGLE = "'’‘‚"
# Stands beside the one mark that takes the place of two, so that lengths agree; white space, as beside any mark.
_FILLER = "\u2005"
_OPENS_DOUBLED = re.compile(r"``|(?<![\w'.,!?…])''(?=[^\s'])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """A stretch marked as a quotation.

    Args:
        span: With its marks, or from the dash to the end of the paragraph.
        content: Without them, trimmed of white space.
        closed: False where the paragraph ends before the mark is closed (a quotation that runs on in the next).
    """

    span: Span
    content: Span
    style: Style = "marks"
    closed: bool = True


def find_quotations(text: str, span: Span, *, language: str) -> tuple[Quotation, ...]:
    """The outermost quotations of one paragraph, in order and disjoint. Quotations inside them are left to the reader.

    A mark that nothing closes counts only where it opens the paragraph. Linear in the length of `span`.

    Args:
        span: The paragraph within `text`.
        language: Tells whether `»` opens (Danish, German) or closes.

    >>> text = 'He said: "Go." She said ‘stay’.'
    >>> [q.content.of(text) for q in find_quotations(text, Span(0, len(text)), language="en")]
    ['Go.', 'stay']
    >>> text = "– Nei, sier hun."
    >>> [(q.style, q.content.of(text)) for q in find_quotations(text, Span(0, len(text)), language="nb")]
    [('dash', 'Nei, sier hun.')]
    """
    if dash := _dash(text, span, language=language):
        return (dash,)
    if text.find("''", span.start, span.end) >= 0 or text.find("``", span.start, span.end) >= 0:
        return _doubled(text, span, language=language)
    found: list[Quotation] = []
    closing = _Closing(text, span)
    at = span.start
    while at < span.end:
        mark = text[at]
        if mark not in _CLOSERS or not _opens(text, at, span, language=language):
            at += 1
            continue
        end = closing.after(at)
        if end is None and mark in _SINGLE + "»›”":
            at += 1
            continue
        if end is None:
            if (at == span.start or _continues(text, mark, span)) and text[at + 1 : span.end].strip():
                content = _trim(text, at + 1, span.end)
                found.append(Quotation(span=Span(at, span.end), content=content, closed=False))
                break
            at += 1
            continue
        content = _trim(text, at + 1, end)
        if content.length:
            found.append(Quotation(span=Span(at, end + 1), content=content))
        at = end + 1
    return tuple(found)


def _doubled(text: str, span: Span, *, language: str) -> tuple[Quotation, ...]:
    """The quotations of a paragraph that types its marks as two single ones: ''I will go'', ``I will go''."""
    typed = span.of(text)
    plain = _OPENS_DOUBLED.sub(_FILLER + "“", typed).replace("''", "”" + _FILLER)
    found = []
    for quotation in find_quotations(plain, Span(0, len(plain)), language=language):
        start, end = quotation.span
        start -= start > 0 and plain[start - 1] == _FILLER
        end += end < len(plain) and plain[end] == _FILLER
        content = Span(quotation.content.start + span.start, quotation.content.end + span.start)
        found.append(replace(quotation, span=Span(start + span.start, end + span.start), content=content))
    return tuple(found)


def _continues(text: str, mark: str, span: Span) -> bool:
    """Whether the next paragraph opens with the same mark, as one does that goes on with an unclosed quotation."""
    return text[span.end : span.end + 200].lstrip().startswith(mark)


def _dash(text: str, span: Span, *, language: str) -> Quotation | None:
    """The whole paragraph, where a dash opens it and speech can follow."""
    start = span.start
    while start < span.end and text[start].isspace():
        start += 1
    if start >= span.end or not (text[start] in _DASHES or text.startswith(("- ", "-- "), start)):
        return None
    begin = start
    while begin < span.end and (text[begin] in _DASHES + "-" or text[begin].isspace()):
        begin += 1
    content = _trim(text, begin, span.end)
    if not content.length or not (text[content.start].isalpha() or text[content.start] in "¿¡…(\"'“„«»”"):
        return None
    return Quotation(span=Span(start, span.end), content=content, style="dash")


def _opens(text: str, at: int, span: Span, *, language: str) -> bool:
    """Whether the mark at `at` begins a quotation rather than ends one or stands for an apostrophe."""
    mark = text[at]
    before = text[at - 1] if at > span.start else " "
    after = text[at + 1] if at + 1 < span.end else " "
    if mark in "„‚「『":
        return True
    if mark == "«":
        return not (language in ("da", "de") and before.isalnum())
    if mark == "“":
        return not after.isspace() or not before.isalnum()
    free = before.isspace() or before in _BEFORE_OPENING or before in "\"'“‘«„:;,"
    if after.isspace() and not (mark == "«" or language == "fr"):
        return False
    if mark in _SINGLE:
        # 's avonds, ’n huis, ’90s: a cut-off word, not a quotation
        cut_off = after.isdigit() or (language == "nl" and after in "stnkm" and not text[at + 2 : at + 3].isalpha())
        return free and not cut_off and before not in ",;:" and not after.isspace()
    return free


class _Closing:
    """Where each opening mark is closed, looked up without scanning the same stretch twice."""

    def __init__(self, text: str, span: Span) -> None:
        self._text = text
        self._span = span
        self._none_after: dict[str, int] = {}

    def after(self, at: int) -> int | None:
        mark = self._text[at]
        # Once a mark was found unclosed to the end, every later one of its kind is: this keeps hostile input linear.
        if self._none_after.get(mark, self._span.end + 1) <= at:
            return None
        ends: Callable[[int], bool] = self._single_ends if mark in _SINGLE else self._ends
        closers = _CLOSERS[mark]
        depth = 0
        fallback = None
        for i in range(at + 1, self._span.end):
            char = self._text[i]
            if char == mark and mark not in closers:
                depth += 1
            elif char in closers:
                if not ends(i):
                    continue
                if depth:
                    depth -= 1
                    fallback = fallback if fallback is not None else i
                    continue
                return i
        if fallback is None:
            self._none_after[mark] = at
        return fallback

    def _ends(self, i: int) -> bool:
        """Not a mark that rather opens the next quotation."""
        text, span = self._text, self._span
        before = text[i - 1]
        after = text[i + 1] if i + 1 < span.end else " "
        if text[i] in '"”“' and (before.isspace() or before in "([") and not (after.isspace() or after in ".,;:!?)"):
            return False
        return not (text[i] == '"' and before.isdigit() and after.isdigit())

    def _single_ends(self, i: int) -> bool:
        text, span = self._text, self._span
        before = text[i - 1]
        after = text[i + 1] if i + 1 < span.end else " "
        if after.isalnum() or before.isspace():
            return False
        # "the soldiers' barracks": an s before the mark and a small letter behind it is a possessor
        possessor = before == "s" and after == " " and text[i + 2 : i + 3].islower()
        return not possessor


def _trim(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
