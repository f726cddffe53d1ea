"""Attributions found in an article × those that people marked → how well they agree."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt

from index.records import Kind, Span

Role = Literal["content", "source", "cue"]
Criterion = Literal["overlap", "half", "content", "all"]
ROLES: tuple[Role, ...] = ("content", "source", "cue")
CRITERIA: tuple[Criterion, ...] = ("overlap", "half", "content", "all")


class HasSpans(Protocol):
    """What is compared: a marked `polnear.Attribution`, a `tagger.Candidate` or a `Statement`."""

    @property
    def content(self) -> tuple[Span, ...]: ...
    @property
    def cue(self) -> tuple[Span, ...]: ...
    @property
    def source(self) -> tuple[Span, ...]: ...


class Tokens:
    """The words and signs of a text, so that spans can be compared token by token.

    A word is a run of letters and digits, a sign any other character but a blank. Token F1 counts both; whether two
    attributions are the same is asked of their words alone, since a quotation's marks and full stop belong to its
    content by convention only.
    """

    def __init__(self, text: str) -> None:
        matches = list(re.finditer(r"[^\W_]+|[^\w\s]|_", text))
        self._start = [match.start() for match in matches]
        self._end = [match.end() for match in matches]
        self._signs = frozenset(i for i, match in enumerate(matches) if not match[0][0].isalnum())

    def __len__(self) -> int:
        return len(self._start)

    def of(self, spans: Sequence[Span]) -> frozenset[int]:
        """Numbers of the tokens that share a character with one of the spans.

        >>> sorted(Tokens("He said: no.").of([Span(3, 11)]))
        [1, 2, 3]
        """
        found: set[int] = set()
        for span in spans:
            found.update(range(bisect_right(self._end, span.start), bisect_left(self._start, span.end)))
        return frozenset(found)

    def words(self, tokens: frozenset[int]) -> frozenset[int]:
        """Those of the tokens that are words."""
        return tokens - self._signs


@dataclass(frozen=True, slots=True)
class F1:
    """Counts that F1 is made of; they add up over articles.

    Args:
        right: How many of `found` agree with something marked.
        found: How many were found.
        reached: How many of `marked` agree with something found.
        marked: How many were marked.
    """

    right: float
    found: float
    reached: float
    marked: float

    @property
    def value(self) -> float | None:
        """F1 in [0, 1], or None where nothing was found and nothing marked.

        >>> F1(2, 4, 2, 2).value == 2 * (1 / 2 * 1) / (1 / 2 + 1)
        True
        """
        return float(_f1(np.array(self.counts))) if self.found + self.marked else None

    @property
    def counts(self) -> tuple[float, float, float, float]:
        return self.right, self.found, self.reached, self.marked


def _f1(counts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Harmonic mean of precision and recall over the last axis, 0 where nothing agrees."""
    right, found, reached, marked = np.moveaxis(counts, -1, 0)
    precision, recall = right / np.maximum(found, 1), reached / np.maximum(marked, 1)
    result: npt.NDArray[np.float64] = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return result


@dataclass(frozen=True, slots=True)
class _Sides:
    content: frozenset[int]
    source: frozenset[int]
    cue: frozenset[int]


def _sides(items: Sequence[HasSpans], tokens: Tokens) -> list[_Sides]:
    return [_Sides(tokens.of(item.content), tokens.of(item.source), tokens.of(item.cue)) for item in items]


def token_f1(found: Sequence[HasSpans], marked: Sequence[HasSpans], tokens: Tokens) -> dict[Role, F1]:
    """How well the tokens agree that stand in any content, source or cue."""
    result: dict[Role, F1] = {}
    for role in ROLES:
        left = frozenset().union(*(tokens.of(getattr(item, role)) for item in found))
        right = frozenset().union(*(tokens.of(getattr(item, role)) for item in marked))
        shared = len(left & right)
        result[role] = F1(shared, len(left), shared, len(right))
    return result


def _pair_by_content(found: Sequence[_Sides], marked: Sequence[_Sides]) -> list[tuple[int, int, float]]:
    """Pairs one against one (found, marked, content token F1), the closest first; what shares no token stays alone."""
    by_token: dict[int, list[int]] = {}
    for j, item in enumerate(marked):
        for token in item.content:
            by_token.setdefault(token, []).append(j)
    scored = []
    for i, item in enumerate(found):
        for j in {j for token in item.content for j in by_token.get(token, ())}:
            shared = len(item.content & marked[j].content)
            same = len(item.source & marked[j].source) + len(item.cue & marked[j].cue)
            scored.append((2 * shared / (len(item.content) + len(marked[j].content)), same, -i, -j))
    left, right, pairs = set[int](), set[int](), []
    for score, _, i, j in sorted(scored, reverse=True):
        if -i not in left and -j not in right:
            left.add(-i)
            right.add(-j)
            pairs.append((-i, -j, score))
    return pairs


class Comparison:
    """What was found in one text against what was marked there: paired once, then counted for any subset."""

    def __init__(self, found: Sequence[HasSpans], marked: Sequence[HasSpans], tokens: Tokens) -> None:
        self._found, self._marked = found, marked
        left, right = _sides(found, tokens), _sides(marked, tokens)
        self._pairs: list[tuple[int, int, dict[Criterion, bool]]] = []
        for i, j, score in _pair_by_content(left, right):
            same = {role: tokens.words(getattr(left[i], role)) == tokens.words(getattr(right[j], role)) for role in ROLES}
            holds: dict[Criterion, bool] = {
                "overlap": True,
                "half": score >= 0.5,
                "content": same["content"],
                "all": all(same.values()),
            }
            self._pairs.append((i, j, holds))

    def attribution_f1(self, keep: Callable[[HasSpans], bool] | None = None) -> dict[Criterion, F1]:
        """How well whole attributions agree, one against one, paired by content.

        `overlap`: the contents share a token; `half`: their token F1 is at least .5; `content`: the same words; `all`:
        the same words of content, cue and source. Attributions without content count as found or marked, and pair with
        none. Two annotators of one article (16 of PolNeAR's train articles, all pairs) reach .854, .821, .686, .598.

        Args:
            keep: Count only these: found ones for precision, marked ones for recall. The pairs are made among all, so
                that an attribution found as another kind than marked is no error twice.
        """
        left = [keep is None or keep(item) for item in self._found]
        right = [keep is None or keep(item) for item in self._marked]
        return {
            name: F1(
                sum(holds[name] and left[i] for i, _, holds in self._pairs),
                sum(left),
                sum(holds[name] and right[j] for _, j, holds in self._pairs),
                sum(right),
            )
            for name in CRITERIA
        }


def kind_by_marks(content: Sequence[Span], quoted: Sequence[Span], tokens: Tokens) -> Kind:
    """`direct` where every word of the content stands in marks, `mixed` where some are, else `indirect`."""
    words = tokens.words(tokens.of(content))
    inside = words & tokens.of(quoted)
    return "indirect" if not inside else "direct" if inside == words else "mixed"


def interval(counts: Sequence[F1], *, seed: int = 0, n_samples: int = 1000, level: float = 0.95) -> tuple[float, float] | None:
    """Bootstrap interval of F1; whole articles are drawn, since the attributions of one article are alike.

    Returns:
        Lower and upper end in [0, 1], or None without any article or count.

    >>> interval([F1(1, 1, 1, 1), F1(1, 1, 1, 1)])
    (1.0, 1.0)
    """
    table: npt.NDArray[np.float64] = np.array([count.counts for count in counts], np.float64).reshape(-1, 4)
    if not table[:, [1, 3]].sum():
        return None
    drawn = np.random.default_rng(seed).integers(0, len(table), (n_samples, len(table)))
    low, high = np.quantile(_f1(table[drawn].sum(1)), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def add(counts: Sequence[F1]) -> F1:
    """The sum over articles."""
    return F1(
        sum(count.right for count in counts),
        sum(count.found for count in counts),
        sum(count.reached for count in counts),
        sum(count.marked for count in counts),
    )
