"""Words of the news that mean the same, in the languages of questions and articles, from `phrases/meanings.tsv`.

A row is one sense: its key, then for each language the words that stand for it, in forms that a stemmer does not bring
together ("resign,resigned,step down"). A word may stand in several rows; a phrase of several words counts as one.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from rag.words import fold, stem

# Shorter stems meet too much.
_SHORTEST_STEM = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """One language's words, folded.

    Args:
        plain: Word or phrase → its senses.
        openings: First word of a phrase → the phrases that it may open, the longest first.
    """

    plain: Mapping[str, frozenset[str]]
    openings: Mapping[str, tuple[tuple[str, ...], ...]]


@cache
def _rows() -> dict[str, dict[str, tuple[str, ...]]]:
    text = (resources.files("rag.phrases") / "meanings.tsv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines(), dialect="excel-tab")
    return {row.pop("key"): {language: tuple(filter(None, words.split(","))) for language, words in row.items()} for row in rows}


@cache
def _words(language: str) -> _Words:
    plain: dict[str, set[str]] = {}
    openings: dict[str, set[tuple[str, ...]]] = {}
    for sense, row in _rows().items():
        for word in row.get(_column(language), ()):
            folded = fold(word)
            plain.setdefault(folded, set()).add(sense)
            parts = tuple(folded.split())
            if len(parts) > 1:
                openings.setdefault(parts[0], set()).add(parts)
    return _Words(
        plain={word: frozenset(senses) for word, senses in plain.items()},
        openings={first: tuple(sorted(phrases, key=lambda words: (-len(words), words))) for first, phrases in openings.items()},
    )


@cache
def _stems(language: str) -> Mapping[str, frozenset[str]]:
    """Stem of a word → its senses; stemming all words of a language takes a while, and only some languages are asked for."""
    stems: dict[str, set[str]] = {}
    for word, senses in _words(language).plain.items():
        if " " not in word and len(root := stem(word, language)) >= _SHORTEST_STEM:
            stems.setdefault(root, set()).update(senses)
    return {root: frozenset(senses) for root, senses in stems.items()}


def _column(language: str) -> str:
    return "nb" if language == "nn" else language


def senses_of(word: str, language: str) -> frozenset[str]:
    """The senses that a word or phrase may have in a language; none where the table does not have it.

    >>> senses_of("kuppet", "nb") & senses_of("coup d'état", "fr"), senses_of("gift", "en")
    (frozenset({'coup'}), frozenset())
    """
    return _words(language).plain.get(fold(word)) or _stems(language).get(stem(word, language)) or frozenset()


def find_phrase(words: Sequence[str], at: int, language: str) -> int:
    """How many words, folded, from a place on are a phrase of the table; 0 for none.

    >>> find_phrase(("the", "coup", "d'etat"), 1, "en")
    2
    """
    for phrase in _words(language).openings.get(words[at], ()):
        if tuple(words[at : at + len(phrase)]) == phrase:
            return len(phrase)
    return 0


def words_for(sense: str, languages: Iterable[str]) -> tuple[str, ...]:
    """All words of some languages that may stand for a sense, by turns, so that the first few have some of each.

    >>> words_for("army", ["en", "es"])[:2]
    ('army', 'ejército')
    """
    row = _rows().get(sense, {})
    columns = [row.get(_column(language), ()) for language in languages]
    longest = max(map(len, columns), default=0)
    return tuple(dict.fromkeys(column[place] for place in range(longest) for column in columns if place < len(column)))
