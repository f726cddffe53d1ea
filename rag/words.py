"""A text as the words by which it is compared: folded for case, accents and typography, never for meaning."""

import re
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import snowballstemmer

OPENING = '“„«»‟"”'
CLOSING = '”“»«"'
MARKS = frozenset('“”„‟«»"')
SINGLE_MARKS = frozenset("‘’‚‛‹›'")
YEAR = re.compile(r"(?:1[89]|20)\d\d")

# Letters and digits, with apostrophes, dots and commas only between them: "d'état", "7,5", "U.S".
_TOKEN = re.compile(r"[^\W_]+(?:(?:['’‘.,](?=\d))[^\W_]+|['’‘][^\W_]+)*")

_STEMMERS = {
    "en": "english", "nb": "norwegian", "nn": "norwegian", "sv": "swedish", "da": "danish", "de": "german",
    "nl": "dutch", "es": "spanish", "fr": "french", "pt": "portuguese",
}  # fmt: skip
# Letters that Unicode does not take apart into a base letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "đ": "d", "ł": "l", "œ": "oe", "ı": "i"})


# Names and words are folded again with every question; what is longer is no name, and not worth the memory.
_REMEMBERED = 64


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a text with its place: half-open character offsets."""

    text: str
    start: int
    end: int


def fold(text: str) -> str:
    """Case, accents and typographic apostrophes set aside; every word stays.

    >>> fold("ZÚÑIGA’s Søren")
    "zuniga's soren"
    """
    return _fold(text) if len(text) <= _REMEMBERED else _fold.__wrapped__(text)


@lru_cache(maxsize=65536)
def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.casefold().replace("’", "'").replace("‘", "'").translate(_LETTERS))
    return "".join(character for character in plain if not unicodedata.combining(character)).translate(_LETTERS)


def tokenize(text: str) -> tuple[Token, ...]:
    """The words and numbers of a text, in order; marks are none.

    >>> [token.text for token in tokenize("It rose 7.5 % – d'état, he said.")]
    ['It', 'rose', '7.5', "d'état", 'he', 'said']
    """
    return tuple(Token(match.group(), match.start(), match.end()) for match in _TOKEN.finditer(text))


def folded(text: str) -> tuple[str, ...]:
    """The words of a text, folded."""
    return _folded(text) if len(text) <= _REMEMBERED else _folded.__wrapped__(text)


@lru_cache(maxsize=65536)
def _folded(text: str) -> tuple[str, ...]:
    return tuple(fold(token.text) for token in tokenize(text))


_STEMMING = threading.Lock()


@cache
def _stemmer(language: str) -> "snowballstemmer.stemmer | None":
    name = _STEMMERS.get(language)
    return snowballstemmer.stemmer(name) if name else None


@lru_cache(maxsize=65536)
def stem(word: str, language: str) -> str:
    """What is left of a word without its endings, folded; the word itself in a language without rules.

    >>> stem("Kuppet", "nb"), stem("statements", "en")
    ('kupp', 'statement')
    """
    stemmer = _stemmer(language)
    plain = word.casefold()
    for ending in ("'s", "’s", "'", "’"):
        plain = plain.removesuffix(ending)
    if stemmer is None:
        return fold(plain)
    # A stemmer keeps the word that it works on: two threads at once would get each other's letters, and keep them.
    with _STEMMING:
        return fold(stemmer.stemWord(plain))


def stems(words: Iterable[str], language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in words)


def bare(text: str) -> str:
    """A label from outside, fit to stand in an answer: one line, no marks or brackets, at most 80 characters.

    >>> bare('The "Daily" [1] ' + "x" * 200)[:12]
    'The Daily 1 '
    """
    dropped = MARKS | set("[]{}<>`")
    plain = "".join(" " if letter in dropped or not letter.isprintable() else letter for letter in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= 80 else plain[:79].rstrip() + "…"


def find_run(needle: Sequence[str], hay: Sequence[str]) -> int:
    """Where the run of words stands in another, -1 where it does not.

    >>> find_run(("b", "c"), ("a", "b", "c"))
    1
    """
    first, length = needle[0], len(needle)
    for at in range(len(hay) - length + 1):
        if hay[at] == first and tuple(hay[at : at + length]) == tuple(needle):
            return at
    return -1
