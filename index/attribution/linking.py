"""Tagged spans of an article → attributions: which content belongs to which cue, and whose it is."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np

from index.attribution.decoding import Tagged, role_probabilities
from index.attribution.pieces import ROLES, Floats, Role, Words
from index.records import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An attribution as the network sees it; spans count in the article, marks of a quotation belong to its content.

    Args:
        content: One or more pieces in the order of the text, apart from each other.
        cue: One piece, or none for a content that no cue was found for.
        source: One piece, or none.
        score: How likely people would mark it too, in [0, 1] (`confidence.Confidence`).
        evidence: What the score is made of (`EVIDENCE`).
    """

    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    score: float = 1.0
    evidence: tuple[float, ...] = ()


# What tells good attributions from bad ones, as numbers of the order of 1. Logarithms are natural; lengths and distances
# count words, from 1.
EVIDENCE = (
    "log mean probability", "has a cue", "has a source", "has several pieces",
    "log first word of content", "log last word of content", "log weakest word of content",
    "log first word of cue", "log last word of cue", "log weakest word of cue",
    "log first word of source", "log last word of source", "log weakest word of source",
    "log length of content", "share of content in marks", "log distance of content and cue", "log length of cue",
    "log distance of source and cue", "source stands behind cue", "log length of source",
)  # fmt: skip
_LEAST_LOG = -8.0


@dataclass(frozen=True, slots=True)
class Links:
    """What the words ask and answer when they look for their cue or source, `[n_words, LINK_SIZE]` each."""

    content_asks: Floats
    cue_answers: Floats
    cue_asks: Floats
    source_answers: Floats
    no_source: Floats  # `[n_words]`: what each word as a cue gives for having no source

    def __len__(self) -> int:
        return len(self.content_asks)


# Words around a content or cue among which its cue or source is looked for, and the most spans of one attribution.
_REACH, _MOST_SPANS = 150, 7
# Log weight of leaving a content, source or cue without attribution; the least share that a link counts for. These and what
# follows was chosen on PolNeAR dev (docs/decisions/0004).
_LEFT: dict[Role, float] = {"content": -3.0, "source": -3.0, "cue": -4.0}
_LEAST_SHARE = 1e-4
# Below this share a cue's source is looked for once more, among the words without a tag.
_WEAK_SOURCE = 0.1
# Share of what a content or cue asks for that makes a word without a tag the cue, or source, of what has none.
_UNTAGGED_CUE, _UNTAGGED_SOURCE = 0.3, 0.4
# The least probability of the role for such a word's neighbours to come along.
_NEIGHBOUR = 0.15


def link(tagged: Sequence[Tagged], words: Words, scores: Floats, links: Links) -> tuple[Candidate, ...]:
    """Tagged spans → attributions, all within one paragraph and in the order of their contents.

    The spans of a paragraph are cut into attributions of one cue, the contents beside it and at most one source, so that
    what they ask of each other fits best as a whole; a cue without a source of its own may take the last one before it. So
    people mark them: a cue has one content, and no other source stands between it and its own, in 199 of 200 of PolNeAR
    train. What asks for a word without a tag, because the tags missed it, gets that word. A cue without content is
    dropped; a content without any cue stands alone, as a quotation does that runs on from the paragraph before. Pieces of
    content with no word between them become one.

    Args:
        tagged: In the order of the text.
        words: Of the same text.
        scores: Log probability of each tag for each word, `[n_words, 13]`.
    """
    starts = np.flatnonzero(words.starts_block).tolist()
    roles = role_probabilities(scores)
    found: list[Candidate] = []
    for begin, items in groupby(tagged, key=lambda one: bisect_right(starts, one.first) - 1):
        end = starts[begin + 1] if begin + 1 < len(starts) else len(words)
        paragraph = _Paragraph(list(items), (starts[begin], end), words, scores=scores, roles=roles, links=links)
        found += paragraph.attributions()
    return tuple(sorted(found, key=lambda one: (one.content[0], one.cue)))


@dataclass(slots=True)
class _Group:
    """The numbers of an attribution's spans while it is being put together."""

    contents: list[int]
    cue: int | None = None
    source: int | None = None


class _Paragraph:
    """One paragraph while its spans are being linked; `items` may grow by what the tags missed."""

    def __init__(
        self, items: list[Tagged], bounds: tuple[int, int], words: Words, *, scores: Floats, roles: Floats, links: Links
    ) -> None:
        self.items = items
        self.n_tagged = len(items)
        self.begin, self.end = bounds
        self.words, self.scores, self.roles, self.links = words, scores, roles, links
        self.sources = [i for i, one in enumerate(items) if one.role == "source"]
        self.taken = {word for item in items for word in range(item.first, item.last + 1)}
        self._asked: dict[int, tuple[int, Floats, float]] = {}
        self._missed: dict[int, float] = {}

    def attributions(self) -> list[Candidate]:
        groups = self._cut()
        for group in groups:
            if group.cue is None:
                group.cue = self._untagged("cue", group.contents[0], at_least=_UNTAGGED_CUE)
                if group.cue is not None:
                    group.source = self._nearest_source(group.cue)
            if group.cue is not None and (group.source is None or self._share(group.cue, group.source) < _WEAK_SOURCE):
                least = max(_UNTAGGED_SOURCE, self._asks(group.cue)[2])
                found = self._untagged("source", group.cue, at_least=least)
                group.source = group.source if found is None else found
        return [self._candidate(group) for group in groups]

    def _cut(self) -> list[_Group]:
        """The likeliest cut of the spans into attributions, from the best cuts of all that come before each span."""
        n = len(self.items)
        best = [0.0, *[-math.inf] * n]
        how: list[tuple[int, _Group | None]] = [(0, None)] * (n + 1)
        for end in range(1, n + 1):
            last = self.items[end - 1]
            best[end] = best[end - 1] + _LEFT[last.role]
            how[end] = (end - 1, _Group([end - 1]) if last.role == "content" else None)
            group = _Group([])
            for begin in range(end - 1, max(-1, end - 1 - _MOST_SPANS), -1):
                role = self.items[begin].role
                if role == "content":
                    group.contents.append(begin)
                elif role == "cue":
                    if group.cue is not None:
                        break
                    group.cue = begin
                elif group.source is not None:
                    break
                else:
                    group.source = begin
                if group.cue is None or not group.contents:
                    continue
                fit, source = self._fit(group, begin)
                if best[begin] + fit > best[end]:
                    best[end] = best[begin] + fit
                    how[end] = (begin, _Group(group.contents[::-1], group.cue, source))
        groups = []
        end = n
        while end:
            end, found = how[end]
            if found is not None:
                groups.append(found)
        return groups

    def _fit(self, group: _Group, begin: int) -> tuple[float, int | None]:
        """Log probability of the links within an attribution whose first span is `begin`, and its source."""
        cue, source = group.cue, group.source
        assert cue is not None
        fit = sum(_log(self._share(i, cue)) for i in group.contents)
        if source is None:
            elsewhere = self._elsewhere(cue)
            at = bisect_left(self.sources, begin)
            source = self.sources[at - 1] if at else None
            if source is None or self._share(cue, source) < elsewhere:
                return fit + _log(elsewhere), None
        return fit + _log(self._share(cue, source)), source

    def _asks(self, asking: int) -> tuple[int, Floats, float]:
        """What a content asks of cues, or a cue of sources: the first word in reach, the shares of the words, of none."""
        known = self._asked.get(asking)
        if known is None:
            one = self.items[asking]
            low, high = max(self.begin, one.first - _REACH), min(self.end, one.last + 1 + _REACH)
            if one.role == "content":
                known = low, _shares(self.links.cue_answers[low:high] @ self.links.content_asks[one.first]), 0.0
            else:
                answers = self.links.source_answers[low:high] @ self.links.cue_asks[one.first]
                shares = _shares(np.append(answers, self.links.no_source[one.first]))
                known = low, shares[:-1], float(shares[-1])
            self._asked[asking] = known
        return known

    def _elsewhere(self, cue: int) -> float:
        """The share of what a cue asks for that no tagged word has: it has no source, or the tags missed it."""
        if cue not in self._missed:
            low, shares, nothing = self._asks(cue)
            self._missed[cue] = nothing + sum(float(share) for i, share in enumerate(shares) if low + i not in self.taken)
        return self._missed[cue]

    def _share(self, asking: int, asked: int) -> float:
        """The share of what `asking` asks for that the words of `asked` have."""
        item = self.items[asked]
        if asked >= self.n_tagged:
            return item.score  # made because it was asked for
        low, shares, _ = self._asks(asking)
        return min(1.0, float(shares[max(0, item.first - low) : max(0, item.last + 1 - low)].sum()))

    def _nearest_source(self, cue: int) -> int | None:
        """The likelier one of the sources around a cue that the tags had missed, unless none is likelier."""
        at = bisect_left([self.items[i].first for i in self.sources], self.items[cue].first)
        near = self.sources[max(0, at - 1) : at + 1]
        best = max(near, key=lambda i: self._share(cue, i), default=None)
        return best if best is not None and self._share(cue, best) >= self._asks(cue)[2] else None

    def _untagged(self, role: Role, asking: int, *, at_least: float) -> int | None:
        """Makes an item of the word without a tag that is asked for most, and of its neighbours of that role."""
        low, shares, _ = self._asks(asking)
        free = np.array([low + k not in self.taken for k in range(len(shares))])
        best = int(np.where(free, shares, 0).argmax()) + low
        score = float(shares[best - low])
        if best in self.taken or score <= at_least:
            return None
        likely = self.roles[:, ROLES.index(role)] > _NEIGHBOUR
        first = last = best
        while first > self.begin and first - 1 not in self.taken and likely[first - 1]:
            first -= 1
        while last + 1 < self.end and last + 1 not in self.taken and likely[last + 1]:
            last += 1
        span = Span(int(self.words.start[first]), int(self.words.end[last]))
        self.items.append(Tagged(role=role, first=first, last=last, span=span, score=min(1.0, score)))
        self.taken.update(range(first, last + 1))
        return len(self.items) - 1

    def _candidate(self, group: _Group) -> Candidate:
        contents = [self.items[i] for i in group.contents]
        cue = None if group.cue is None else self.items[group.cue]
        source = None if group.source is None else self.items[group.source]
        sure = [one.score for one in (*contents, cue, source) if one is not None]
        if group.cue is not None:
            sure += [self._share(i, group.cue) for i in group.contents]
            if group.source is not None:
                sure.append(self._share(group.cue, group.source))
        return Candidate(
            content=_join(contents),
            cue=() if cue is None else (cue.span,),
            source=() if source is None else (source.span,),
            evidence=tuple(float(value) for value in self._evidence(sure, contents, cue, source)),
        )

    def _evidence(
        self, sure: Sequence[float], contents: Sequence[Tagged], cue: Tagged | None, source: Tagged | None
    ) -> list[float]:
        """Numbers in the order of `EVIDENCE`."""
        marks = np.concatenate([self.words.quote[one.first : one.last + 1] for one in contents]) > 0
        near = 0 if cue is None else min(_distance(one, cue) for one in contents)
        own = 0 if cue is None or source is None else _distance(source, cue)
        return [
            sum(math.log(max(value, 1e-9)) for value in sure) / len(sure),
            cue is not None,
            source is not None,
            len(_join(contents)) > 1,
            *self._boundaries(contents),
            *self._boundaries([] if cue is None else [cue]),
            *self._boundaries([] if source is None else [source]),
            math.log(len(marks)),
            float(marks.mean()),
            math.log1p(near),
            0 if cue is None else math.log(_length(cue)),
            math.log1p(own),
            cue is not None and source is not None and source.first > cue.first,
            0 if source is None else math.log(_length(source)),
        ]

    def _boundaries(self, items: Sequence[Tagged]) -> tuple[float, float, float]:
        """Log probabilities of the tags at the spans' first and last words, and of the role at their weakest."""
        first = last = weakest = 0.0
        for one in items:
            at = ROLES.index(one.role)
            if one.first == one.last:
                first += float(self.scores[one.first, 4 * at + 3])
            else:
                first += float(self.scores[one.first, 4 * at])
                last += float(self.scores[one.last, 4 * at + 2])
            weakest += math.log(max(float(self.roles[one.first : one.last + 1, at].min()), 1e-6))
        return max(first, _LEAST_LOG), max(last, _LEAST_LOG), max(weakest, _LEAST_LOG)


def _length(one: Tagged) -> int:
    return one.last + 1 - one.first


def _distance(one: Tagged, other: Tagged) -> int:
    """How many words on the later of two spans begins than the earlier ends."""
    return max(one.first - other.last, other.first - one.last)


def _join(items: Sequence[Tagged]) -> tuple[Span, ...]:
    pieces: list[tuple[Span, int]] = []
    for item in items:
        if pieces and pieces[-1][1] + 1 == item.first:
            pieces[-1] = Span(pieces[-1][0].start, item.span.end), item.last
        else:
            pieces.append((item.span, item.last))
    return tuple(span for span, _ in pieces)


def _log(share: float) -> float:
    return math.log(max(share, _LEAST_SHARE))


def _shares(scores: Floats) -> Floats:
    weights: Floats = np.exp(scores - scores.max())
    weights /= weights.sum()
    return weights
