"""An article → short summaries made of its own sentences: whole, shortened and joined ones that it carries, and ones in which
the pieces are put together wrongly.

Summaries that people judged, where they may be trained on, are mostly in other words than their article. Where a summary copies,
what is wrong with it is how the pieces are put together; these teach that, from articles that may be trained on.
"""

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from eval.support_features import is_small, split_sentences
from rag.words import fold, tokenize

Edit = Literal["spliced", "other subject", "other clause", "name swapped", "number swapped", "word swapped", "negated"]
_FEWEST, _MOST, _FEWEST_SENTENCES = 6, 45, 4
_TRIES = 12
_NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+(?: [A-Z][a-z]+)*")
_NUMBER = re.compile(r"\b\d+(?:[.,]\d+)?\b")
_VERB = re.compile(r"\b(?:is|are|was|were|will|would|can|could|has|have|had)\b(?! not\b)")
_FINITE = re.compile(r" (?:is|are|was|were|will|would|can|could|has|have|had|said|says|told|added) ")
_PRONOUN = re.compile(r"^(?:He|She|It|They) ")
_CLAUSE = re.compile(r",? (?:which|who|as|after|while|because|but|although|when|before|following|with|since|where|despite|and) ")
# A phrase of place or time that a sentence does without: "… in the second week of May, he said".
_PHRASE = re.compile(
    r" (?:in|on|at|during|after|since|near|from|for) (?:[\w'’-]+ ){0,3}[\w'’-]+"
    r"(?=[,.]| (?:in|on|at|to|by|with|for|from|that|who|which|after|before|as|of)\b)"
)
_RELATIVE = re.compile(r"(?:which|who|whose|where) ")
_QUOTED_FIRST = re.compile(
    r'^[“"]([^“”"]{12,}?),?[”"],? (?:(said|says|added) ([A-Z][^.,;]{2,50})|([A-Z][^.,;“"]{1,40}?) (said|says|added))\.?$'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A claim, and what was done wrong in making it, if anything."""

    claim: str
    edit: Edit | None = None

    @property
    def is_supported(self) -> bool:
        return self.edit is None


def make_claims(article: str, *, seed: int, n: int = 3) -> tuple[Made, ...]:
    """At most `n` claims that an article carries, and as many that it does not, the same each time.

    Each has one to three sentences. There are none where the article has fewer than four of a usual length.

    >>> article = "The harbour was closed on Monday, Ann Lee said. Outside waited Luis Ríos with 12 ships. They were from Bergen "
    >>> article += "in the west of Norway. Nobody was allowed to leave before noon, and the storm went on."
    >>> for made in make_claims(article, seed=1, n=1):
    ...     print(made.edit, made.claim, sep=": ")
    None: Outside waited Luis Ríos with 12 ships.
    spliced: They were from Bergen in the storm went on.
    """
    rng = random.Random(f"{seed} {article[:200]}")
    sentences = [text for text in split_sentences(article) if _FEWEST <= len(text.split()) <= _MOST]
    if len(sentences) < _FEWEST_SENTENCES:
        return ()
    made: list[Made] = []
    for _ in range(n):
        wrong = _go_wrong(sentences, rng)
        if wrong is None:
            continue
        length = rng.choice((1, 2, 3, 3))
        made.append(Made(claim=" ".join(_summarise(sentences, length, rng))))
        pieces = _summarise(sentences, length, rng)
        pieces[rng.randrange(len(pieces))] = _end(wrong[1])
        made.append(Made(claim=" ".join(pieces), edit=wrong[0]))
    return tuple(made)


# Claims that the article carries


def _summarise(sentences: Sequence[str], length: int, rng: random.Random) -> list[str]:
    """At most so many sentences, none with half its words in another."""
    chosen: list[str] = []
    for _ in range(4 * length):
        text = _end(_retell(sentences, rng))
        own = _words(text)
        if all(2 * len(own & _words(other)) < len(own) for other in chosen):
            chosen.append(text)
        if len(chosen) == length:
            break
    return chosen or [_end(sentences[0])]


def _retell(sentences: Sequence[str], rng: random.Random) -> str:
    """A sentence whole, shortened, or joined with the next."""
    way, sentence = rng.random(), rng.choice(sentences)
    if way < 0.25:
        return _say_who_first(sentence)
    if way < 0.8:
        for _ in range(rng.randint(1, 3)):
            sentence = (_drop_phrase if rng.random() < 0.5 else _shorten)(sentence, rng)
        return sentence
    return _join(sentences, rng) or sentence


def _say_who_first(sentence: str) -> str:
    """“I go,” said Lee → Lee said “I go”."""
    match = _QUOTED_FIRST.match(sentence)
    if match is None:
        return sentence
    who, verb = (match[3], match[2]) if match[3] else (match[4], match[5])
    return f"{_capital(who)} {verb} “{match[1]}”"


def _shorten(sentence: str, rng: random.Random) -> str:
    """Without a last clause, what stands between two commas, or a short beginning; the sentence itself where it has none."""
    ways: list[str] = []
    for match in _CLAUSE.finditer(sentence):
        if len(sentence[: match.start()].split()) >= _FEWEST and len(sentence[match.start() :].split()) >= 3:
            ways.append(sentence[: match.start()])
    commas = [match.start() for match in re.finditer(", ", sentence)]
    for start, end in pairwise(commas):
        if 2 <= len(sentence[start:end].split()) <= 14:
            ways.append(sentence[:start] + sentence[end + 1 :])
    if commas and len(sentence[: commas[0]].split()) <= _FEWEST <= len(sentence[commas[0] :].split()):
        rest = sentence[commas[0] + 2 :]
        ways.extend([] if _RELATIVE.match(rest) else [_capital(rest)])
    return rng.choice(ways) if ways else sentence


def _drop_phrase(sentence: str, rng: random.Random) -> str:
    found = [match for match in _PHRASE.finditer(sentence) if len(sentence[: match.start()].split()) >= 2]
    if not found:
        return sentence
    match = rng.choice(found)
    return sentence[: match.start()] + sentence[match.end() :]


def _join(sentences: Sequence[str], rng: random.Random) -> str | None:
    """Lee left. She waved. → Lee left and waved."""
    places = [n for n in range(1, len(sentences)) if _PRONOUN.match(sentences[n])]
    if not places:
        return None
    n = rng.choice(places)
    return f"{_end(_shorten(sentences[n - 1], rng))[:-1]} and {_PRONOUN.sub('', sentences[n], count=1)}"


# Claims that it does not carry


def _go_wrong(sentences: Sequence[str], rng: random.Random) -> tuple[Edit, str] | None:
    """One sentence with one thing wrong in it, more often with how pieces are joined; None where nothing could be made."""
    ways: dict[Edit, tuple[float, Callable[[Sequence[str], random.Random], str | None]]] = {
        "spliced": (4, _splice),
        "other subject": (3, _other_subject),
        "other clause": (3, _other_clause),
        "name swapped": (1.5, _swap_name),
        "number swapped": (1, _swap_number),
        "word swapped": (2, _swap_word),
        "negated": (1, _negate),
    }
    for _ in range(_TRIES):
        (edit,) = rng.choices(list(ways), [weight for weight, _ in ways.values()])
        made = ways[edit][1](sentences, rng)
        if made is not None and made not in sentences:
            return edit, made
    return None


def _splice(sentences: Sequence[str], rng: random.Random) -> str | None:
    """From one sentence into another at a word that both have."""
    one, two = rng.sample(sentences, 2)
    head, tail = tokenize(one), tokenize(two)
    shared = [
        (a, b)
        for a in range(2, len(head) - 1)
        for b in range(1, len(tail) - 3)
        if fold(head[a].text) == fold(tail[b].text) and fold(head[a + 1].text) != fold(tail[b + 1].text)
    ]
    if not shared:
        return None
    a, b = rng.choice(shared)
    return one[: head[a].end] + two[tail[b].end :]


def _other_subject(sentences: Sequence[str], rng: random.Random) -> str | None:
    """What one sentence says of its subject, of the subject of another."""
    one, two = rng.sample(sentences, 2)
    first, second = _FINITE.search(one), _FINITE.search(two)
    if first is None or second is None or one[: first.start()] == two[: second.start()]:
        return None
    lengths = len(one[: first.start()].split()), len(two[: second.start()].split())
    if lengths[0] > 10 or lengths[1] > 14 or len(two[second.end() :].split()) < 3:
        return None
    return one[: first.start()] + two[second.start() :]


def _other_clause(sentences: Sequence[str], rng: random.Random) -> str | None:
    """A clause of one sentence behind another."""
    one, two = rng.sample(sentences, 2)
    clauses = [match.start() for match in _CLAUSE.finditer(two) if len(two[match.end() :].split()) >= 3]
    if not clauses:
        return None
    ends = [match.start() for match in _CLAUSE.finditer(one) if len(one[: match.start()].split()) >= 4]
    return one[: rng.choice(ends) if ends else len(_end(one)) - 1] + two[rng.choice(clauses) :]


def _swap_name(sentences: Sequence[str], rng: random.Random) -> str | None:
    """Another name of the article in the place of one."""
    sentence = rng.choice(sentences)
    found, own = list(_NAME.finditer(sentence)), _words(sentence)
    names = sorted({match.group() for text in sentences for match in _NAME.finditer(text)})
    return _swap(sentence, found, [name for name in names if not own & _words(name)], rng)


def _swap_number(sentences: Sequence[str], rng: random.Random) -> str | None:
    """Another number of the article in the place of one."""
    sentence = rng.choice(sentences)
    found = list(_NUMBER.finditer(sentence))
    numbers = sorted({match.group() for text in sentences for match in _NUMBER.finditer(text)})
    return _swap(sentence, found, [number for number in numbers if number not in {match.group() for match in found}], rng)


def _swap_word(sentences: Sequence[str], rng: random.Random) -> str | None:
    """Another long word of the article in the place of one."""
    sentence = rng.choice(sentences)
    own = _words(sentence)
    words = sorted({word for text in sentences for word in re.findall(r"\b[a-z]{5,}\b", text) if not is_small(word)})
    found = [match for match in re.finditer(r"\b[a-z]{5,}\b", sentence) if not is_small(match.group())]
    return _swap(sentence, found, [word for word in words if word not in own], rng)


def _swap(sentence: str, found: Sequence[re.Match[str]], others: Sequence[str], rng: random.Random) -> str | None:
    if not found or not others:
        return None
    match = rng.choice(found)
    return sentence[: match.start()] + rng.choice(others) + sentence[match.end() :]


def _negate(sentences: Sequence[str], rng: random.Random) -> str | None:
    sentence = rng.choice(sentences)
    if match := re.search(r"\b(?:not|never) ", sentence):
        return sentence[: match.start()] + sentence[match.end() :]
    match = _VERB.search(sentence)
    return None if match is None else f"{sentence[: match.end()]} not{sentence[match.end() :]}"


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(token.text) for token in tokenize(text))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _end(text: str) -> str:
    """With one full stop behind it."""
    return text.rstrip(" ,;:-.") + "."
