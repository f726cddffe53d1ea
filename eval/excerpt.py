"""An article's text with spans marked → short stretches around them, as a reader checks a citation."""

from collections.abc import Iterable, Sequence
from itertools import pairwise

from eval.corpus import merge_spans
from eval.record import Excerpt, Mark
from index.records import Span

# Some 25 words on either side: enough to see who speaks.
_CONTEXT = 160
# A chunk of a thousand tokens is shown by its beginning and its end.
_LONGEST = 700


def make_excerpts(
    text: str, focus: Sequence[Span], *, expected: Sequence[Span] = (), cited: Sequence[Span] = ()
) -> tuple[Excerpt, ...]:
    """The stretches around `focus`, with what is expected and what is cited marked in them.

    Spans that reach beyond the text are cut, and empty ones left out: they may come from anybody's system. Stretches that
    meet are one; a piece of more than 700 characters is shown without its middle, and says how much that is.

    >>> [found] = make_excerpts("I go, she said.", [Span(0, 4)], cited=[Span(0, 4)])
    >>> found.pieces
    (('I go', 'cited'), (', she said.', ''))
    """
    windows = merge_spans([_widen(span, text) for span in _inside(focus, text)])
    return tuple(_excerpt(text, window, _inside(expected, text), _inside(cited, text)) for window in windows)


def _inside(spans: Iterable[Span], text: str) -> tuple[Span, ...]:
    cut = (Span(start, min(len(text), end)) for start, end in spans if start < min(len(text), end))
    return merge_spans(tuple(cut))


def _widen(span: Span, text: str) -> Span:
    start, end = max(0, span.start - _CONTEXT), min(len(text), span.end + _CONTEXT)
    # To the next space inwards, so that no word is cut; a text without spaces is cut where it is.
    if start > 0 and (at := text.find(" ", start, span.start)) >= 0:
        start = at + 1
    if end < len(text) and (at := text.rfind(" ", span.end, end)) >= 0:
        end = at
    return Span(start, end)


def _excerpt(text: str, window: Span, expected: Sequence[Span], cited: Sequence[Span]) -> Excerpt:
    inner = {at for span in (*expected, *cited) for at in span if window.start < at < window.end}
    edges = sorted({window.start, window.end, *inner})
    pieces: list[tuple[str, Mark]] = []
    for start, end in pairwise(edges):
        mark = _mark(_holds(expected, start), _holds(cited, start))
        pieces.extend(_shorten(text[start:end], mark))
    return Excerpt(start=window.start, pieces=tuple(pieces), before=window.start > 0, after=window.end < len(text))


def _holds(spans: Sequence[Span], at: int) -> bool:
    return any(start <= at < end for start, end in spans)


def _mark(expected: bool, cited: bool) -> Mark:
    return "both" if expected and cited else "expected" if expected else "cited" if cited else ""


def _shorten(piece: str, mark: Mark) -> list[tuple[str, Mark]]:
    if len(piece) <= _LONGEST:
        return [(piece, mark)]
    head, tail = piece[: _LONGEST * 2 // 3], piece[-_LONGEST // 3 :]
    return [(head, mark), (f"{len(piece) - len(head) - len(tail)} characters", "cut"), (tail, mark)]
