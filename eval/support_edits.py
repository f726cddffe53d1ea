"""An article → claims about it made of its own sentences: shortened ones that it carries, and edited ones that it does not.

Summaries that people judged are mostly in other words than their article. Where a summary copies, what is wrong with it is how
the pieces are put together; these claims teach that, from articles that may be trained on.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval.support_features import split_sentences
from rag.words import tokenize

Edit = Literal["shortened", "spliced", "name swapped", "number changed", "negated"]
_FEWEST, _MOST = 8, 45
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*")
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)?\b")
_VERB = re.compile(r"\b(?:is|are|was|were|will|would|can|could|has|have|had)\b(?! not\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A claim, how it was made, and whether its article carries it."""

    claim: str
    edit: Edit

    @property
    def is_supported(self) -> bool:
        return self.edit == "shortened"


def make_claims(article: str, *, seed: int) -> tuple[Made, ...]:
    """As many supported as unsupported claims, at most four of each, the same each time.

    >>> article = "The harbour was closed on Monday, Ann Lee said. Outside waited Luis Ríos with 12 ships, and nobody else came."
    >>> [item.edit for item in make_claims(article, seed=1)]
    ['shortened', 'shortened', 'spliced', 'name swapped']
    """
    rng = random.Random(f"{seed} {article[:200]}")
    sentences = [text for text in split_sentences(article) if _FEWEST <= len(text.split()) <= _MOST]
    if len(sentences) < 2:
        return ()
    names = sorted({match.group() for text in sentences for match in _NAME.finditer(text)})
    one, two = rng.sample(sentences, 2)
    ways: tuple[tuple[Edit, str | None], ...] = (
        ("spliced", _splice(one, two, rng)),
        ("name swapped", _swap(rng.choice(sentences), names, rng)),
        ("number changed", _renumber(rng.choice(sentences), rng)),
        ("negated", _negate(rng.choice(sentences))),
    )
    false = [Made(claim=made, edit=edit) for edit, made in ways if made is not None]
    true = [Made(claim=_shorten(text, rng), edit="shortened") for text in rng.sample(sentences, min(len(false), len(sentences)))]
    return (*true, *false[: len(true)])


def _shorten(sentence: str, rng: random.Random) -> str:
    """The sentence whole, or without what stands behind its last comma, or before its first."""
    cuts = [match.start() for match in re.finditer(r", ", sentence)]
    way = rng.randrange(3)
    if way == 1 and cuts and len(sentence[: cuts[-1]].split()) >= _FEWEST // 2:
        return sentence[: cuts[-1]] + "."
    if way == 2 and cuts and len(sentence[cuts[0] :].split()) >= _FEWEST // 2 and len(sentence[: cuts[0]].split()) <= 4:
        rest = sentence[cuts[0] + 2 :]
        return rest[:1].upper() + rest[1:]
    return sentence


def _splice(one: str, two: str, rng: random.Random) -> str | None:
    """The first half of a sentence and the second of another."""
    head, tail = one.split(), two.split()
    at, rest = rng.randint(len(head) // 3, 2 * len(head) // 3), rng.randint(len(tail) // 3, 2 * len(tail) // 3)
    made = " ".join((*head[:at], *tail[rest:]))
    return None if made in (one, two) else made


def _swap(sentence: str, names: Sequence[str], rng: random.Random) -> str | None:
    """Another name of the article in the place of one."""
    found = list(_NAME.finditer(sentence))
    match = rng.choice(found) if found else None
    others = [name for name in names if match and not set(name.split()) & {token.text for token in tokenize(sentence)}]
    if match is None or not others:
        return None
    return sentence[: match.start()] + rng.choice(others) + sentence[match.end() :]


def _renumber(sentence: str, rng: random.Random) -> str | None:
    found = list(_NUMBER.finditer(sentence))
    if not found:
        return None
    match = rng.choice(found)
    digits = match.group()
    new = f"{(int(digits[0]) + rng.randint(1, 8) - 1) % 9 + 1}{digits[1:]}"
    return None if new == digits else sentence[: match.start()] + new + sentence[match.end() :]


def _negate(sentence: str) -> str | None:
    if match := re.search(r"\b(?:not|never) ", sentence):
        return sentence[: match.start()] + sentence[match.end() :]
    match = _VERB.search(sentence)
    return None if match is None else f"{sentence[: match.end()]} not{sentence[match.end() :]}"
