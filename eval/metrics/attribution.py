"""Attributions found in an article × those that people marked → how well they agree."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from index.records import Kind, Span

Name = TypeVar("Name", bound=str)
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
        self._start = np.array([match.start() for match in matches])
        self._end = np.array([match.end() for match in matches])
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
            first = int(np.searchsorted(self._end, span.start, side="right"))
            last = int(np.searchsorted(self._start, span.end, side="left"))
            found.update(range(first, last))
        return frozenset(found)

    def words(self, tokens: frozenset[int]) -> frozenset[int]:
        """Those of the tokens that are words."""
        return tokens - self._signs


@dataclass(frozen=True, slots=True)
class F1:
    """Counts that F1 is made of; they add up over articles."""

    hits: float
    found: float
    marked: float

    @property
    def value(self) -> float | None:
        """F1 in [0, 1], or None where nothing was found and nothing marked.

        >>> F1(2, 4, 2).value == 2 * 2 / (4 + 2)
        True
        """
        return 2 * self.hits / (self.found + self.marked) if self.found + self.marked else None


@dataclass(frozen=True, slots=True)
class _Sides:
    content: frozenset[int]
    source: frozenset[int]
    cue: frozenset[int]


def _sides(items: Sequence[HasSpans], tokens: Tokens) -> list[_Sides]:
    return [_Sides(tokens.of(item.content), tokens.of(item.source), tokens.of(item.cue)) for item in items]


def token_f1(found: Sequence[HasSpans], marked: Sequence[HasSpans], tokens: Tokens) -> dict[Role, F1]:
    """How well the words agree that stand in any content, source or cue."""
    result: dict[Role, F1] = {}
    for role in ROLES:
        left = frozenset().union(*(tokens.of(getattr(item, role)) for item in found))
        right = frozenset().union(*(tokens.of(getattr(item, role)) for item in marked))
        result[role] = F1(len(left & right), len(left), len(right))
    return result


def pair_by_content(found: Sequence[_Sides], marked: Sequence[_Sides]) -> list[tuple[int, int, float]]:
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


def attribution_f1(
    found: Sequence[HasSpans],
    marked: Sequence[HasSpans],
    tokens: Tokens,
    *,
    keep: Callable[[HasSpans], bool] | None = None,
) -> dict[Criterion, F1]:
    """How well whole attributions agree, one against one, paired by content.

    `overlap`: the contents share a token; `half`: their token F1 is at least .5; `content`: the same words; `all`: the
    same words of content, cue and source. Attributions without content count as found or marked, and pair with none.
    Two annotators of one article (16 of PolNeAR's train articles, all ordered pairs) reach .854, .821, .686 and .598.

    Args:
        keep: Count only these: marked ones for recall, found ones for precision. The pairs are made among all.
    """
    left, right = _sides(found, tokens), _sides(marked, tokens)
    counted_left = [keep is None or keep(item) for item in found]
    counted_right = [keep is None or keep(item) for item in marked]
    hits: dict[Criterion, list[float]] = {name: [0.0, 0.0] for name in CRITERIA}
    for i, j, score in pair_by_content(left, right):
        same = {role: tokens.words(getattr(left[i], role)) == tokens.words(getattr(right[j], role)) for role in ROLES}
        holds: dict[Criterion, bool] = {
            "overlap": True,
            "half": score >= 0.5,
            "content": same["content"],
            "all": all(same.values()),
        }
        for name, held in holds.items():
            hits[name][0] += held and counted_left[i]
            hits[name][1] += held and counted_right[j]
    n_left, n_right = sum(counted_left), sum(counted_right)
    # With `keep`, a pair may count on one side alone; the mean of both sides keeps F1 = 2 hits / (found + marked)
    # between precision and recall, and is the plain count where all are kept.
    return {name: F1((a + b) / 2, n_left, n_right) for name, (a, b) in hits.items()}


def kind_by_marks(text: str, content: Sequence[Span], quoted: Sequence[Span], tokens: Tokens) -> Kind:
    """`direct` where every word of the content stands in marks, `mixed` where some are, else `indirect`."""
    words = tokens.words(tokens.of(content))
    inside = words & tokens.of(quoted)
    return "indirect" if not inside else "direct" if inside == words else "mixed"


def interval(
    counts: Sequence[F1], *, seed: int = 0, n_samples: int = 1000, level: float = 0.95
) -> tuple[float, float] | None:
    """Bootstrap interval of F1; whole articles are drawn, since the attributions of one article are alike.

    Returns:
        Lower and upper end in [0, 1], or None without any article or count.

    >>> interval([F1(1, 1, 1), F1(1, 1, 1)])
    (1.0, 1.0)
    """
    if not counts:
        return None
    table: npt.NDArray[np.float64] = np.array([(c.hits, c.found + c.marked) for c in counts])
    if not table[:, 1].sum():
        return None
    chance = np.random.default_rng(seed)
    sums = np.array([table[chance.integers(0, len(table), len(table))].sum(0) for _ in range(n_samples)])
    values = 2 * sums[:, 0] / np.maximum(sums[:, 1], 1)
    low, high = np.quantile(values, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def add(counts: Sequence[F1]) -> F1:
    """The sum over articles."""
    return F1(sum(c.hits for c in counts), sum(c.found for c in counts), sum(c.marked for c in counts))


def add_by_name(counts: Sequence[Mapping[Name, F1]]) -> dict[Name, F1]:
    """The sums over articles of every named count."""
    return {name: add([one[name] for one in counts]) for name in (counts[0] if counts else ())}
