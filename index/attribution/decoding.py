"""Tag scores of words → the likeliest spans of sources, cues and contents that make whole attributions.

Attributions stand in order: each has one cue, at least one content beside it and at most one source of its own, and is
over before the next begins. So it is for all but 1 in 300 of those that people marked in PolNeAR. A path through the
tags therefore also remembers what the attribution that it is in has so far.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from index.attribution.pieces import OUTSIDE, ROLES, TAGS, Floats, Ints, Role, Words
from index.records import Span

# What an attribution has so far: the sum of 1 for a source, 2 for a cue, 4 for a content.
N_FLAGS = 8
_SOURCE, _CUE, _CONTENT = (1 << at for at in range(len(ROLES)))
# Columns of `Orders.counts`: a span of each role in the same attribution, in a new one, the end of the paragraph.
N_EVENTS = 2 * len(ROLES) + 1
# Log weights: of a further piece of content, and of an attribution that ends without cue or content; both are rare, and
# the second is what an odd paragraph gets. How much the order of spans counts beside the words. Chosen on PolNeAR dev
# (docs/decisions/0004).
_FURTHER, _UNFINISHED, _ORDER = -1.0, -6.0, 0.25
# Finite, so that sums of it stay numbers.
_NEVER = -1e4
# Tags after which a word outside or a new span may come.
_LAST = np.array([OUTSIDE, *(4 * at + place for at in range(len(ROLES)) for place in (2, 3))])


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagged:
    """A run of words that the network took for one source, cue or content.

    Args:
        first, last: Numbers of its words, both included.
        score: Mean probability of its role over its words, in [0, 1].
    """

    role: Role
    first: int
    last: int
    span: Span
    score: float


@dataclass(frozen=True, slots=True)
class Orders:
    """In which order the spans of attributions come, as counted in a corpus; without counts any order is alike.

    Args:
        counts: `[8, 7]`: what an attribution has so far, and what comes next (`N_FLAGS`, `N_EVENTS`).
    """

    counts: npt.NDArray[np.int64]

    @classmethod
    def unknown(cls) -> "Orders":
        return cls(np.zeros((N_FLAGS, N_EVENTS), np.int64))

    def weights(self) -> tuple[Floats, Floats]:
        """Log weight of each step from one span to the next, `[8 before, 3 roles, 8 after]`, and of ending, `[8]`."""
        smooth = self.counts + 2.0
        roles = smooth[:, :3].sum(0) + smooth[:, 3:6].sum(0)
        expected = np.log(np.append(np.tile(roles, 2), smooth[:, 6].sum()) / smooth.sum())
        known = _ORDER * (np.log(smooth / smooth.sum(1, keepdims=True)) - expected)
        finish = np.array([_UNFINISHED if flags and flags & 6 != 6 else 0.0 for flags in range(N_FLAGS)])
        step = np.full((N_FLAGS, len(ROLES), N_FLAGS), _NEVER)
        for before in range(N_FLAGS):
            for at in range(len(ROLES)):
                role = 1 << at
                if before and not before & role:
                    step[before, at, before | role] = known[before, at]
                if before & role == _CONTENT:
                    step[before, at, before] = _FURTHER
                step[before, at, role] = max(step[before, at, role], finish[before] + known[before, 3 + at])
        end = finish + known[:, 6]
        end[0] = 0
        return step.astype(np.float32), end.astype(np.float32)


def closed_quotations(words: Words) -> Ints:
    """1 at each word from behind an opening mark to its closing mark, where both stand in one paragraph."""
    inside = np.zeros(len(words), np.int32)
    opened = -1
    for i, (quote, starts) in enumerate(zip(words.quote.tolist(), words.starts_block.tolist(), strict=True)):
        if starts:
            opened = -1
        if quote == 2:
            opened = i
        elif quote == 3 and opened >= 0:
            inside[opened + 1 : i + 1] = 1
            opened = -1
    return inside


def decode_tags(scores: Floats, words: Words, orders: Orders) -> Ints:
    """The likeliest tags that make whole spans in a possible order, within one paragraph each.

    Nothing begins or ends within a marked quotation, but a content may divide there. In 98 % of the quotations of PolNeAR
    train that close, all words have one role; most of the others only divide a content at a full stop. Viterbi over all
    paragraphs side by side; time and memory grow linearly with the words.

    Args:
        scores: `[n_words, 13]`, any log scale.
    Returns:
        `[n_words]` numbers of `TAGS`.
    """
    n, n_tags = len(words), len(TAGS)
    if n == 0:
        return np.zeros(0, np.int32)
    starts = np.flatnonzero(words.starts_block)
    lengths = np.diff(np.append(starts, n))
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
    inside = closed_quotations(words).astype(bool)
    step, end = orders.weights()
    best = np.full((len(starts), n_tags, N_FLAGS), 2 * _NEVER, np.float32)
    best[:, OUTSIDE, 0] = scores[starts, OUTSIDE]
    for at in range(len(ROLES)):
        for place in (0, 3):
            best[:, 4 * at + place, 1 << at] = scores[starts, 4 * at + place] + step[0, at, 1 << at]
    came_from: list[npt.NDArray[np.int8]] = []
    # paragraphs are sorted by length: those that reach word t are always the first ones
    reach = np.searchsorted(-lengths, -np.arange(1, lengths[0]), side="left").tolist()
    for t, alive in enumerate(reach, start=1):
        here = starts[:alive] + t
        values, before = _advance(best[:alive], inside[here], step)
        best[:alive] = values + scores[here][:, :, None]
        came_from.append(before)
    ends = np.full((n_tags, N_FLAGS), 2 * _NEVER, np.float32)
    ends[_LAST] = end
    tags = np.zeros(n, np.int32)
    current = (best + ends).reshape(len(starts), -1).argmax(1)
    tags[starts + lengths - 1] = current // N_FLAGS
    for t in range(int(lengths[0]) - 1, 0, -1):
        alive = reach[t - 1]
        current[:alive] = came_from[t - 1].reshape(alive, -1)[np.arange(alive), current[:alive]]
        tags[starts[:alive] + t - 1] = current[:alive] // N_FLAGS
    return tags


def _advance(best: Floats, inside: npt.NDArray[np.bool_], step: Floats) -> tuple[Floats, npt.NDArray[np.int8]]:
    """Best scores at one word, `[n_paragraphs, 13, 8]` → the same at the next, without its own, and where they came from."""
    n = len(best)
    numbers = np.arange(len(TAGS) * N_FLAGS, dtype=np.int8).reshape(len(TAGS), N_FLAGS)
    values = np.empty_like(best)
    before = np.empty(best.shape, np.int8)
    rows = np.arange(n)[:, None]
    # the best way to be between two spans, for each of what the attribution has so far
    ended = best[:, _LAST]
    which = ended.argmax(1)
    gap, gap_from = ended.max(1), numbers[_LAST[which], np.arange(N_FLAGS)]
    closed = inside[:, None]
    values[:, OUTSIDE] = np.where(closed, best[:, OUTSIDE], gap)
    before[:, OUTSIDE] = np.where(closed, numbers[OUTSIDE], gap_from)
    # a span begins
    paths = np.where(closed, np.float32(2 * _NEVER), gap)[:, :, None, None] + step
    which = paths.argmax(1)
    begun, begun_from = paths.max(1), gap_from[rows[:, :, None], which]
    last = 4 * ROLES.index("content") + 2
    divides = best[:, last : last + 2].argmax(1)
    begun[:, -1] = np.where(closed, best[:, last : last + 2].max(1) + np.float32(_FURTHER), begun[:, -1])
    begun_from[:, -1] = np.where(closed, numbers[last + divides, np.arange(N_FLAGS)], begun_from[:, -1])
    # or goes on
    by_role = best[:, :OUTSIDE].reshape(n, len(ROLES), 4, N_FLAGS)
    which = by_role[:, :, :2].argmax(2)
    runs = by_role[:, :, :2].max(2)
    runs_from = numbers[4 * np.arange(len(ROLES))[:, None] + which, np.arange(N_FLAGS)]
    values[:, :OUTSIDE] = np.stack([begun, runs, runs, begun], axis=2).reshape(n, OUTSIDE, N_FLAGS)
    before[:, :OUTSIDE] = np.stack([begun_from, runs_from, runs_from, begun_from], axis=2).reshape(n, OUTSIDE, N_FLAGS)
    return values, before


def role_probabilities(scores: Floats) -> Floats:
    """Log probabilities of the tags, `[n_words, 13]`, → probabilities of the roles, `[n_words, 3]`."""
    roles: Floats = np.exp(scores[:, :OUTSIDE]).reshape(len(scores), len(ROLES), 4).sum(-1)
    return roles


def find_tagged(tags: Ints, roles: Floats, words: Words) -> tuple[Tagged, ...]:
    """Spans of the tags, in order.

    Args:
        roles: `[n_words, 3]`, see `role_probabilities`.
    """
    found = []
    first = 0
    for i, tag in enumerate(tags.tolist()):
        if tag == OUTSIDE:
            continue
        if tag % 4 in (0, 3):
            first = i
        if tag % 4 in (2, 3):
            span = Span(int(words.start[first]), int(words.end[i]))
            score = min(1.0, float(roles[first : i + 1, tag // 4].mean()))
            found.append(Tagged(role=ROLES[tag // 4], first=first, last=i, span=span, score=score))
    return tuple(found)
