"""A paragraph → its sentences. The splitting is sentencex's; what is ours is that a quotation is never cut.

"“I go. You stay,” he said." is one sentence: the cue behind a quotation belongs to all of it.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from sentencex import get_sentence_boundaries

from index.attribution.grammar import Grammar, load_grammar
from index.attribution.quotation import find_quotations
from index.records import Span

# sentencex knows Norwegian abbreviations under one code only.
_CODES = {"nb": "no", "nn": "no"}
# Paragraphs longer than this are split in stretches, so that hostile input costs linear time and bounded memory.
_STRETCH = 20_000
_LONGEST_ABBREVIATION = 12
# A short word in lower case, its full stop and the blank, where a capital follows. The short ones are what is mistaken.
_FULL_STOP = re.compile(r"\b(?<![.\w])([^\W\d_]{1,6})\.[ ]+(?=\w)")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def find_sentences(text: str, span: Span, *, language: str) -> tuple[Span, ...]:
    """The sentences of one paragraph, in order, without the white space around them.

    Args:
        span: The paragraph within `text`.
        language: An ISO 639-1 code; an unknown one is split by general rules.

    >>> text = "“I go. You stay,” he said. Mr. Arce left."
    >>> [s.of(text) for s in find_sentences(text, Span(0, len(text)), language="en")]
    ['“I go. You stay,” he said.', 'Mr. Arce left.']
    """
    quotations = [q.span for q in find_quotations(text, span, language=language) if q.style == "marks"]
    grammar = load_grammar(language)
    cuts = {
        cut for cut in _cuts(text, span, language) if span.start < cut < span.end and not _abbreviates(text, cut, span, grammar)
    }
    cuts |= set(_behind_whole_words(text, span, grammar.whole_words))
    # A cue may follow a question or a call: “Stay!” Ann shouted.
    cuts -= {cut for q in quotations if text[q.end - 2] in "!?" for cut in (q.end, q.end + 1) if text[cut : cut + 1].isupper()}
    cuts |= {quotation.end for quotation in quotations if _ends_sentence(text, quotation.end, span)}
    kept: list[int] = []
    nth = 0
    for cut in sorted(cuts):
        while nth < len(quotations) and quotations[nth].end <= cut:
            nth += 1
        inside = nth < len(quotations) and quotations[nth].start < cut
        if not inside:
            kept.append(cut)
    bounds = [span.start, *kept, span.end]
    pieces = (_strip(text, start, end) for start, end in pairwise(bounds))
    return tuple(piece for piece in pieces if piece.length)


def _behind_whole_words(text: str, span: Span, words: frozenset[str]) -> Iterator[int]:
    """Where a sentence ends in a word that is spelt like an abbreviation: "… ha det. Han …", "5 min. Pause" aside."""
    for match in _FULL_STOP.finditer(text, span.start, span.end):
        numbered = text[max(match.start() - 2, span.start) : match.start()].rstrip()[-1:].isdigit()
        if match.group(1).lower() in words and text[match.end()].isupper() and not numbered:
            yield match.end()


def _abbreviates(text: str, cut: int, span: Span, grammar: Grammar) -> bool:
    """Whether the full stop before `cut` ends no sentence: "kl. 12", "M. Hermant", "30. mai"."""
    words = text[max(span.start, cut - _LONGEST_ABBREVIATION) : cut].rstrip()
    if not words.endswith("."):
        return False
    following = text[cut : cut + 3].lstrip()[:1]
    parts = words[:-1].lower().split()
    last = parts[-1].lstrip("(«“„\"'") if parts else ""
    return following.islower() or last in grammar.abbreviations or (following.isdigit() and last in grammar.numbering)


def _ends_sentence(text: str, end: int, span: Span) -> bool:
    """Whether a quotation that ends at `end` ends a sentence: '… we go." Then …'; after ! a cue may follow."""
    return (
        end + 1 < span.end
        and text[end - 2] == "."
        and text[end].isspace()
        and (text[end + 1].isupper() or text[end + 1] in '“„«"‘')
    )


def _cuts(text: str, span: Span, language: str) -> list[int]:
    cuts: list[int] = []
    start = span.start
    while start < span.end:
        end = min(start + _STRETCH, span.end)
        if end < span.end:
            blank = text.rfind(" ", start + _STRETCH // 2, end)
            end = blank if blank > start else end
        piece = _LONE_SURROGATE.sub("\ufffd", text[start:end])  # sentencex wants text that can be encoded
        cuts += [start + boundary["end_index"] for boundary in get_sentence_boundaries(_code(language), piece)]
        start = end
    return cuts


@cache
def _code(language: str) -> str:
    return _CODES.get(language, language if language.isalpha() else "en")


def _strip(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)
