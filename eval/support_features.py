"""A text and a claim → numbers that say how far the text carries the claim: words, order, numbers, names, negation.

Every number is turned so that more is better. Words are compared as English stems. No model is needed.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from index.records import Span
from index.sentences import find_sentences
from rag.words import fold, stem, tokenize

# Claims and texts beyond this are cut: no sentence, and no article, is longer.
LONGEST_TEXT = 200_000
LONGEST_CLAIM = 4_000
# Content words that are next to each other in the claim and no further apart than this in the text keep their order.
_NEAR, _FAR = 8, 20
_MOST_PLACES = 40


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_STOP = _words(
    "the a an of to in on at for and or but nor so yet is are was were be been being am has have had having it its he she "
    "they his her hers their theirs that this these those with as by from into than then will would shall should may might "
    "must can could do does did who whom whose which what where when while said says say told also i you we me us him them "
    "my your our there here if because about over after before between up out off down just more most some any all both each "
    "other such only own same too very s t"
)
_NEGATIONS = _words(
    "not no never none nobody nothing neither nor without cannot can't won't don't doesn't didn't isn't aren't wasn't weren't "
    "hasn't haven't hadn't wouldn't couldn't shouldn't fail fails failed deny denies denied refuse refuses refused unlikely"
)
_NUMBERS = _words(
    "one two three four five six seven eight nine ten eleven twelve thirteen twenty thirty forty fifty hundred thousand million "
    "billion first second third fourth fifth half double twice"
)
_QUOTED = re.compile(r"“([^“”]+)”|«([^«»]+)»|„([^„“”]+)[“”]|”([^”]+)”|\"([^\"]+)\"")

NAMES = (
    "words", "content", "nothing new", "few new", "pairs of words", "three words", "four words", "longest run", "runs", "copied",
    "one sentence", "two sentences", "any two sentences", "numbers", "numbers in the sentence", "names", "names in the sentence",
    "negation kept", "no new negation", "order", "not reversed", "near", "quotations",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A text taken apart once, for all the claims that are held to it.

    Args:
        words: Its words, folded, as a set; `stems` the same in order, stemmed; `places` where each stem stands.
        runs: Which runs of two, three and four stems it has.
        sentences: Its sentences, and the stems and words of each.
    """

    plain: str
    words: frozenset[str]
    stems: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    runs: Mapping[int, frozenset[tuple[str, ...]]]
    sentences: tuple[str, ...]
    sentence_stems: tuple[frozenset[str], ...]
    negated: tuple[bool, ...]


@lru_cache(maxsize=64)
def take_apart(text: str) -> Text:
    """The words and sentences of a text; what is beyond `LONGEST_TEXT` characters is not read."""
    text = text[:LONGEST_TEXT]
    words = [fold(token.text) for token in tokenize(text)]
    stems = tuple(stem(word, "en") for word in words)
    places: dict[str, list[int]] = {}
    for at, root in enumerate(stems):
        places.setdefault(root, []).append(at)
    sentences = split_sentences(text)
    tokens = [[fold(token.text) for token in tokenize(sentence)] for sentence in sentences]
    return Text(
        plain=_plain(text),
        words=frozenset(words),
        stems=stems,
        places={root: tuple(found[:_MOST_PLACES]) for root, found in places.items()},
        runs={n: frozenset(zip(*(stems[at:] for at in range(n)), strict=False)) for n in (2, 3, 4)},
        sentences=sentences,
        sentence_stems=tuple(frozenset(stem(word, "en") for word in found) for found in tokens),
        negated=tuple(not _NEGATIONS.isdisjoint(found) for found in tokens),
    )


def split_sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, paragraph by paragraph.

    >>> split_sentences("Lee left. Roe stayed.\\nKim waits.")
    ('Lee left.', 'Roe stayed.', 'Kim waits.')
    """
    spans = (
        sentence
        for match in re.finditer(r"[^\n]*\S[^\n]*", text)
        for sentence in find_sentences(text, Span(match.start(), match.end()), language="en")
    )
    return tuple(span.of(text) for span in spans)


def measure(premise: str, claim: str) -> dict[str, float]:
    """The features of one sentence against a text, by the names in `NAMES`.

    >>> found = measure("Rates rose by 5 % in May, Kim Lee said.", "Rates rose by 6 %, Kim Roe said.")
    >>> found["numbers"], found["names"], found["negation kept"], found["one sentence"]
    (-1.0, -1.0, 1.0, 0.6)
    """
    text, claim = take_apart(premise), claim[:LONGEST_CLAIM]
    tokens = tokenize(claim)
    words = [fold(token.text) for token in tokens]
    stems = [stem(word, "en") for word in words]
    content = [at for at, word in enumerate(words) if word not in _STOP]
    known = [stems[at] in text.places for at in content]
    n, n_content = max(1, len(words)), max(1, len(content))
    new = len(known) - sum(known)
    shares = [sum(stems[at] in found for at in content) / n_content for found in text.sentence_stems] or [0.0]
    best = max(range(len(shares)), key=lambda at: shares[at])
    own = text.sentence_stems[best] if text.sentence_stems else frozenset()
    numbers = [at for at, word in enumerate(words) if word in _NUMBERS or any(letter.isdigit() for letter in word)]
    names = [at for at, token in enumerate(tokens) if at and _is_name(claim, token.start, token.text)]
    negated = not _NEGATIONS.isdisjoint(words)
    there = bool(text.negated) and text.negated[best]
    covered = _cover(stems, text)
    runs = {k: _share([run in text.runs[k] for run in zip(*(stems[at:] for at in range(k)), strict=False)]) for k in (2, 3, 4)}
    same, back, near = _order([stems[at] for at in content], text)
    return {
        "words": sum(word in text.words for word in words) / n,
        "content": sum(known) / n_content,
        "nothing new": float(new == 0),
        "few new": -float(min(new, 10)),
        "pairs of words": runs[2],
        "three words": runs[3],
        "four words": runs[4],
        "longest run": max(covered, default=0) / n,
        "runs": -sum(one != two for one, two in pairwise(covered)) / n,
        "copied": min(20.0, sum(covered) / n),
        "one sentence": shares[best],
        "two sentences": max(
            (
                sum(stems[at] in one or stems[at] in two for at in content) / n_content
                for one, two in pairwise(text.sentence_stems)
            ),
            default=shares[best],
        ),
        "any two sentences": shares[best]
        + max(
            (sum(stems[at] in other and stems[at] not in own for at in content) / n_content for other in text.sentence_stems),
            default=0.0,
        ),
        "numbers": -float(sum(stems[at] not in text.places for at in numbers)),
        "numbers in the sentence": -float(sum(stems[at] not in own for at in numbers)),
        "names": -float(sum(stems[at] not in text.places for at in names)),
        "names in the sentence": -float(sum(stems[at] not in own for at in names)),
        "negation kept": float(negated == there),
        "no new negation": float(there or not negated),
        "order": same,
        "not reversed": -back,
        "near": near,
        "quotations": -float(sum(_plain(words) not in text.plain for words in quoted_words(claim))),
    }


def is_small(word: str) -> bool:
    """Whether a word, folded, is one of the small English ones that say little by themselves.

    >>> is_small("with"), is_small("harbour")
    (True, False)
    """
    return word in _STOP


def share_of_english(text: str) -> float:
    """The share of a text's words that are small English ones, in [0, 1].

    >>> share_of_english("He is in the harbour."), share_of_english("Han er i havnen.")
    (0.8, 0.25)
    """
    words = [fold(token.text) for token in tokenize(text[:LONGEST_TEXT])]
    return sum(word in _STOP for word in words) / max(1, len(words))


def quoted_words(claim: str) -> tuple[str, ...]:
    """What stands in double quotation marks, each piece between ellipses by itself.

    >>> quoted_words("He said “I go … you stay” and left")
    ('I go', 'you stay')
    """
    marked = (next(group for group in match.groups() if group) for match in _QUOTED.finditer(claim))
    pieces = (piece.strip(" .,;:!?") for words in marked for piece in re.split(r"…|\.\.\.", words))
    return tuple(piece for piece in pieces if piece)


def _plain(text: str) -> str:
    """Words alone, folded, one blank between, so that a quotation is found whatever its signs."""
    return f" {' '.join(fold(token.text) for token in tokenize(text))} "


def _is_name(claim: str, start: int, word: str) -> bool:
    return word[0].isupper() and claim[:start].rstrip()[-1:] not in ("", ".", "!", "?", "“", '"', ":")


def _share(found: Sequence[bool]) -> float:
    return sum(found) / max(1, len(found))


def _cover(stems: Sequence[str], text: Text) -> list[int]:
    """For each word of the claim, how long the longest run is in which the text has it."""
    covered = [0] * len(stems)
    for at, root in enumerate(stems):
        longest = 0
        for place in text.places.get(root, ()):
            length = 0
            while (
                at + length < len(stems) and place + length < len(text.stems) and stems[at + length] == text.stems[place + length]
            ):
                length += 1
            longest = max(longest, length)
        for inside in range(at, at + longest):
            covered[inside] = max(covered[inside], longest)
    return covered


def _order(stems: Sequence[str], text: Text) -> tuple[float, float, float]:
    """Of neighbouring content words that the text has: the shares near each other in this order, only the other way round, and
    near each other at all; .5, 0 and .5 where there are no such pairs.
    """
    n = same = back = near = 0
    for one, two in pairwise(stems):
        first, second = text.places.get(one), text.places.get(two)
        if not first or not second:
            continue
        steps = [b - a for a in first for b in second]
        n += 1
        ahead = any(0 < step <= _NEAR for step in steps)
        same += ahead
        back += not ahead and any(-_NEAR <= step < 0 for step in steps)
        near += any(abs(step) <= _FAR for step in steps)
    return (same / n, back / n, near / n) if n else (0.5, 0.0, 0.5)
