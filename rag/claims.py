"""Words that somebody may have said → how they stand to the words in an article: the same, shortened, altered, or
others.

Case, accents, typographic marks, punctuation and white space are folded; a word is not. A changed number, name or
negation is a changed word like any other.
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from rag.answer import Difference
from rag.words import find_run, fold, tokenize

Relation = Literal["same", "shortened", "altered", "other"]
_ELLIPSIS = re.compile(r"\s*(?:…|\.\.\.|\[…\]|\[\.\.\.\]|\(…\)|\(\.\.\.\))\s*")
# Longest claim that is compared word by word; a longer one is no quotation but an article.
LONGEST_CLAIM = 400
# From these shares of common words on, words are an altered form of others. Calibrated on one changed word in four ("I
# am your general") and against sentences that share only their small words.
_ALTERED = 0.6
_MOSTLY = 0.75
_RUN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """How a claim stands to one statement.

    Args:
        relation: "same": every word, in order, none between; "shortened": every word in order, but words left out
            where no ellipsis says so; "altered": mostly the same words; "other": not.
        ratio: Share of the claim's words that were found, in [0, 1].
        differences: What was asked and what stands there instead, in order; for "shortened" and "altered".
    """

    relation: Relation
    ratio: float = 0.0
    differences: tuple[Difference, ...] = ()


def pieces_of(claim: str) -> tuple[tuple[str, ...], ...]:
    """The words of a claim, folded, cut where an ellipsis stands.

    >>> pieces_of("No one … the democracy!")
    (('no', 'one'), ('the', 'democracy'))
    """
    pieces = (tuple(fold(token.text) for token in tokenize(piece)) for piece in _ELLIPSIS.split(claim))
    return tuple(piece for piece in pieces if piece)


def compare(claim: str, said: str) -> Comparison:
    """How a claim stands to what was said.

    >>> compare("i am your captain", "I am your captain, and I order you").relation
    'same'
    >>> compare("It rose 6 %", "It rose 5 %, he said").differences
    (Difference(asked='6', found='5'),)
    """
    pieces = pieces_of(claim)
    spoken = tokenize(said)
    words = tuple(fold(token.text) for token in spoken)
    if not pieces or not words:
        return Comparison(relation="other")
    if _stands(pieces, words):
        return Comparison(relation="same", ratio=1.0)
    asked = tuple(word for piece in pieces for word in piece)
    if len(asked) > LONGEST_CLAIM:
        return Comparison(relation="other")
    shown = tuple(token.text for piece in _ELLIPSIS.split(claim) for token in tokenize(piece))
    return _align(asked, shown, words, tuple(token.text for token in spoken))


def _stands(pieces: Sequence[Sequence[str]], words: Sequence[str]) -> bool:
    at = 0
    for piece in pieces:
        found = find_run(piece, words[at:])
        if found < 0:
            return False
        at += found + len(piece)
    return True


def _align(asked: tuple[str, ...], shown: tuple[str, ...], words: tuple[str, ...], spoken: tuple[str, ...]) -> Comparison:
    matcher = SequenceMatcher(a=asked, b=words, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not blocks:
        return Comparison(relation="other")
    # The stretch of the statement that the claim covers; words far from it are another's.
    anchor = max(blocks, key=lambda block: block.size)
    low, high = max(0, anchor.b - anchor.a - 4), anchor.b + (len(asked) - anchor.a) + 4
    near = words[low:high]
    matcher = SequenceMatcher(a=asked, b=near, autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    common = sum(block.size for block in blocks)
    ratio = common / len(asked)
    # Where all is found in order over a longer stretch, words were left out.
    subsequence = _subsequence(asked, words)
    if subsequence is not None:
        left_out = [range(a + 1, b) for a, b in itertools.pairwise(subsequence) if b - a > 1]
        n_left_out = sum(len(gap) for gap in left_out)
        if len(asked) >= 4 and n_left_out <= max(2, len(asked) // 3):
            gaps = tuple(Difference(asked="", found=" ".join(spoken[i] for i in gap)) for gap in left_out)
            return Comparison(relation="shortened", ratio=1.0, differences=gaps)
    longest = max(block.size for block in blocks)
    # One word put in between ("I am not your captain") cuts a short claim into shorter runs.
    is_run = longest >= min(_RUN, len(asked) - 1) or (ratio >= _MOSTLY and common >= _RUN)
    enough = ratio >= _ALTERED and common >= 2 and is_run
    if not enough:
        return Comparison(relation="other", ratio=ratio)
    differences = []
    for tag, a1, a2, b1, b2 in matcher.get_opcodes():
        at_edge = b1 == b2 or a1 == a2
        if tag == "equal" or (a1 == a2 and (a1 == 0 or a1 == len(asked))) or (tag == "delete" and not at_edge):
            continue
        b_end = b2 if a2 < len(asked) or tag == "delete" else min(b2, b1 + (a2 - a1))
        b_start = b1 if a1 > 0 else max(b1, b2 - (a2 - a1))
        differences.append(
            Difference(asked=" ".join(shown[a1:a2]), found=" ".join(spoken[low + i] for i in range(b_start, b_end)))
        )
    return Comparison(relation="altered", ratio=ratio, differences=tuple(differences))


def _subsequence(asked: Sequence[str], words: Sequence[str]) -> tuple[int, ...] | None:
    """Places of the claim's words in the statement, in order, as close together as the last occurrence of the first
    allows.
    """
    best: tuple[int, ...] | None = None
    for start, word in enumerate(words):
        if word != asked[0]:
            continue
        places = [start]
        for wanted in asked[1:]:
            following = next((i for i in range(places[-1] + 1, len(words)) if words[i] == wanted), None)
            if following is None:
                break
            places.append(following)
        if len(places) == len(asked) and (best is None or places[-1] - places[0] < best[-1] - best[0]):
            best = tuple(places)
    return best


def is_joined(claim: str, utterances: Sequence[str]) -> tuple[int, ...] | None:
    """The statements out of which a claim was put together, as places in `utterances`; None where it was not.

    Every word must lie in a run of at least three words of some statement, and more than one statement is needed.

    >>> is_joined("I order you all to go home now", ["I order you all.", "They want to go home now."])
    (0, 1)
    """
    asked = tuple(word for piece in pieces_of(claim) for word in piece)
    if not 6 <= len(asked) <= LONGEST_CLAIM:
        return None
    texts = [tuple(fold(token.text) for token in tokenize(said)) for said in utterances]
    used: list[int] = []
    at = 0
    while at < len(asked):
        best_length, best_text = 0, -1
        for number, text in enumerate(texts):
            for place, word in enumerate(text):
                if word != asked[at]:
                    continue
                length = 0
                while at + length < len(asked) and place + length < len(text) and asked[at + length] == text[place + length]:
                    length += 1
                if length > best_length:
                    best_length, best_text = length, number
        if best_length < _RUN:
            return None
        if not used or used[-1] != best_text:
            used.append(best_text)
        at += best_length
    return tuple(dict.fromkeys(used)) if len(used) > 1 else None
