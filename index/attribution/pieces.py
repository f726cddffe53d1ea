"""A text → words with what an uncased encoder cannot see of them, their word pieces, and the windows it reads them in."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

Role = Literal["source", "cue", "content"]
ROLES: tuple[Role, ...] = ("source", "cue", "content")
# Begin, inside, end, single of each role, then outside.
TAGS = (*(f"{place}-{role}" for role in ROLES for place in "BIES"), "O")
OUTSIDE = len(TAGS) - 1
N_CASES, N_QUOTES, N_BREAKS = 6, 4, 2

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
