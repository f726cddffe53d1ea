"""A citation and its article → what of it a sentence may say behind its marker: its very words, and the frame around them."""

import re
from dataclasses import dataclass

from index.records import Article, Span
from rag.answer import Citation
from rag.faithfulness import MARKER
from rag.fitting import sentence_around
from rag.guard.tongue import Part, find_keys, number_key, split_parts
from rag.likeness import likeness
from rag.telling import outlet_of
from rag.words import MARKS

# As wide as `compose` lets a gap between source, cue and content be.
_WIDEST_GAP = 80
_ELLIPSIS = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\)|…|\.\.\.)\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A citation with what of its article may be said behind its marker: its content, and the frame that reports it."""

    citation: Citation
    article: Article
    frame: Span
    spoken: tuple[tuple[Part, ...], ...]
    parts: tuple[Part, ...]
    keys: frozenset[str]
    likely: frozenset[str]

    @classmethod
    def of(cls, citation: Citation, article: Article) -> "Carrier":
        text = article.text
        spans = [span for span in citation.spans if span.end <= len(text)]
        whole = Span(spans[0].start, spans[-1].end) if spans else Span(0, 0)
        frame = _frame(citation, text, whole)
        quoted = citation.spans if citation.kind == "passage" else citation.quoted
        spoken = tuple(split_parts(span.of(text), span.start) for span in quoted if span.end <= len(text))
        labels = (
            citation.speaker, citation.mention, citation.addressee, citation.cue, citation.medium, citation.reported_by,
            outlet_of(article), citation.outlet,
        )  # fmt: skip
        parts = split_parts(frame.of(text), frame.start)
        likely: set[str] = set()
        for part in (*parts, *(part for label in labels if label for part in split_parts(label))):
            likely |= likeness(part.text, citation.language)
            likely.add(number_key(part.text))
        return cls(
            citation=citation,
            article=article,
            frame=frame,
            spoken=spoken,
            parts=parts,
            keys=frozenset(part.key for part in parts),
            likely=frozenset(likely),
        )

    def place(self, words: str) -> tuple[str, ...] | None:
        """The article's characters that words in marks stand for, piece by piece; None where they are not its very words.

        Each piece lies within one quoted span, each behind the one before.
        """
        found = self.runs(words)
        if found is None:
            return None
        text = self.article.text
        places = [Span(self.spoken[nth][a].start, self.spoken[nth][b - 1].end) for nth, a, b in found]
        # The mark that ends the sentence is part of the words where both have it.
        closing = words.rstrip()[-1:]
        if closing in (".", "!", "?") and text.startswith(closing, places[-1].end):
            places[-1] = Span(places[-1].start, places[-1].end + 1)
        pieces = tuple(place.of(text) for place in places)
        return None if any(MARKER.search(piece) for piece in pieces) else pieces

    def runs(self, words: str) -> list[tuple[int, int, int]] | None:
        """(quoted span, first part, behind the last part) of each piece."""
        pieces = [keys for piece in _ELLIPSIS.split(words) if (keys := [part.key for part in split_parts(piece)])]
        found: list[tuple[int, int, int]] = []
        nth, at = 0, 0
        for piece in pieces:
            while nth < len(self.spoken):
                start = find_keys([part.key for part in self.spoken[nth]], piece, at)
                if start >= 0:
                    found.append((nth, start, start + len(piece)))
                    at = start + len(piece)
                    break
                nth, at = nth + 1, 0
            else:
                return None
        return found or None


def _frame(citation: Citation, text: str, whole: Span) -> Span:
    """From source and cue to the end of the content, as far as they stand together; not what others say in between."""
    around = sentence_around(text, whole)
    start, end = whole.start, whole.end
    for label in (citation.cue, citation.mention):
        if not label:
            continue
        words = label.split(" … ")[0]
        before = text.rfind(words, max(around.start, start - _WIDEST_GAP - len(words)), start)
        behind = text.find(words, end, min(around.end, end + _WIDEST_GAP + len(words)))
        if before >= 0 and not MARKS & set(text[before + len(words) : start].strip(' ,:\n“„«"')):
            start = before
        elif behind >= 0:
            end = behind + len(words)
    if citation.cue and start < whole.start:
        # "did not say": what negates a cue stands around it.
        lead = text.rfind(" ", around.start, max(around.start, start - 24))
        start = max(around.start, lead + 1) if not MARKS & set(text[max(around.start, lead) : start]) else start
    return Span(start, end)
