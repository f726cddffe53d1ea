"""A segment beside its evidence: what each check asks of the two, worked out once."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from index.records import Act, Span
from rag.fitting import sentence_around
from rag.guard.carried import Carrier
from rag.guard.reading import Segment
from rag.guard.tongue import Part, Tongue, find_keys, load_tongue, split_parts
from rag.likeness import likeness
from rag.words import fold, folded

# Words over which the parts of a cue may be spread.
_CUE_WIDTH = 5
# "said", "told", "wrote" and "answered" tell of any act that something was said.
_NEUTRAL: frozenset[Act] = frozenset({"say", "answer"})


@dataclass(frozen=True, kw_only=True)
class View:
    """One segment, the evidence behind its markers, and what of the segment the checks work on.

    Args:
        cited: The evidence that the segment's markers name. `everybody`: that of the whole answer.
        before: Whom the segments before it named as speakers; it may leave them out.
    """

    segment: Segment
    cited: Sequence[Carrier]
    everybody: Sequence[Carrier]
    tongue: Tongue
    before: tuple[str, ...]

    @cached_property
    def unquoted(self) -> str:
        """The segment with its quotations blanked, so that places stay."""
        letters = list(self.segment.text)
        for quotation in self.segment.quotations:
            low, high = (max(0, place - self.segment.start) for place in quotation.span)
            letters[low:high] = " " * (min(high, len(letters)) - low)
        return "".join(letters)

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """The words outside quotations."""
        return split_parts(self.unquoted)

    @cached_property
    def carried(self) -> frozenset[str]:
        """What words are compared by, of all that the evidence says."""
        return frozenset().union(*(item.likely for item in self.cited))

    @cached_property
    def cue(self) -> int | None:
        """The place of the part that reports ("said"), None where there is none."""
        places = (place for place in range(self._behind_colon) if self.acts_at(place) and not self.is_name(self.parts[place]))
        return next(places, None)

    @cached_property
    def head(self) -> int:
        """How many parts belong to the frame; what was said begins behind them."""
        if self.colon is not None:
            return self._behind_colon
        return self.cue + 1 if self.cue is not None else 0

    @cached_property
    def _behind_colon(self) -> int:
        limit = self.colon if self.colon is not None else len(self.unquoted)
        return sum(part.start < limit for part in self.parts)

    @cached_property
    def quote_starts(self) -> list[int]:
        return [quotation.span.start - self.segment.start for quotation in self.segment.quotations]

    @cached_property
    def verbatim(self) -> frozenset[int]:
        """Parts of a whole sentence of the article, with a citation's content in it, that is shown word for word."""
        keys = [part.key for part in self.parts]
        for item in self.cited:
            text = item.article.text
            content = [part.key for span in item.citation.spans for part in split_parts(span.of(text))]
            around = sentence_around(text, Span(item.citation.spans[0].start, item.citation.spans[-1].end))
            whole = [part.key for part in split_parts(around.of(text))]
            if len(whole) > len(content) and (start := find_keys(keys, whole, 0)) >= 0:
                return frozenset(range(start, start + len(whole)))
        return frozenset()

    @cached_property
    def colon(self) -> int | None:
        """Where the colon stands behind which the words begin; "In addition: Ann Lee said: …" has another before."""
        text = self.unquoted
        colons = [match.start() for match in re.finditer(r":(?=\s|$)", text)]
        first = min(self.quote_starts, default=None)
        before = [place for place in colons if first is None or place < first]
        if first is not None and before:
            return before[-1]
        free = self.tongue.free
        telling = (c for c in before if any(part.end <= c and fold(part.text) not in free for part in self.parts))
        return next(telling, None)

    def acts_at(self, place: int) -> frozenset[Act]:
        """What a part tells of as a cue; in the evidence's language too, where the evidence has the very word."""
        part = self.parts[place]
        words = [fold(following.text) for following in self.parts[place : place + _CUE_WIDTH]]
        acts = self.tongue.acts_of(words)
        for item in self.cited:
            if item.citation.language != self.tongue.language and part.key in item.keys:
                acts |= load_tongue(item.citation.language).acts_of(words)
        return acts

    def is_negation(self, place: int) -> bool:
        """Whether a part negates; in the evidence's language too, where the evidence has the very word."""
        part = self.parts[place]
        return self.tongue.is_negation(part.text) or any(
            part.key in item.keys and load_tongue(item.citation.language).is_negation(part.text) for item in self.cited
        )

    def is_name(self, part: Part) -> bool:
        return part.text[:1].isupper() and part.start > 0 and fold(part.text) not in self.tongue.free

    def is_close(self, place: int, other: int) -> bool:
        low, high = sorted((place, other))
        between = self.segment.text[self.parts[low].end : self.parts[high].start]
        return not re.search(r"[.;:!?]\s*\S*[^\W\d]", between) or low == high

    def bare(self, place: int) -> str:
        word = fold(self.parts[place].text)
        return word.removesuffix("'s").removesuffix("'")

    @cached_property
    def allowed_acts(self) -> frozenset[Act]:
        acts: set[Act] = set(_NEUTRAL)
        for item in self.cited:
            if item.citation.act:
                acts.add(item.citation.act)
            if item.citation.medium or item.citation.act == "write":
                acts.add("write")
            theirs = load_tongue(item.citation.language)
            words = folded(item.citation.cue or "")
            for place in range(len(words)):
                acts |= theirs.acts_of(words[place:])
        if any(item.citation.kind == "passage" for item in self.cited):
            acts |= {
                act
                for item in self.cited
                for part in item.parts
                for act in load_tongue(item.citation.language).acts_of((part.key,))
            }
        return frozenset(acts)

    def is_carried(self, part: Part) -> bool:
        return bool(likeness(part.text, self.tongue.language) & self.carried)
