"""A word → what it may be found by in other forms and other languages."""

from functools import lru_cache

from index.attribution.lexicon.countries import country_of
from rag.meanings import senses_of
from rag.phrases import load_sorts
from rag.words import fold, stem

# A longer row of figures is a telephone number.
_LONGEST_NUMBER = 15


def number_of(word: str, language: str) -> int | None:
    """The number that a folded word stands for, in figures or in letters.

    >>> number_of("twelve", "en"), number_of("12", "nb"), number_of("tolv", "nb"), number_of("to", "en")
    (12, 12, 12, None)
    """
    if word.isascii() and word.isdigit() and len(word) <= _LONGEST_NUMBER:
        return int(word)
    return load_sorts().values.get("nb" if language == "nn" else language, {}).get(word)


@lru_cache(maxsize=65_536)
def likeness(word: str, language: str) -> frozenset[str]:
    """What a word may be found by: itself and its stem, folded; marked, its senses ("="), country ("#") and number ("%").

    >>> likeness("kuppet", "nb") & likeness("coup", "en"), likeness("Bolivien", "de") & likeness("Bolivian", "en")
    (frozenset({'=coup'}), frozenset({'#BO'}))
    """
    plain = fold(word)
    for ending in ("'s", "'"):
        plain = plain.removesuffix(ending)
    root = stem(word, language)
    found = {f"={sense}" for sense in senses_of(plain, language)}
    if (number := number_of(plain, language)) is not None:
        found.add(f"%{number}")
    if word[:1].isupper() and (country := country_of(word, language)):
        found.add(f"#{country}")
    # An accent can change where a stemmer cuts: Zúñiga and Zuniga must stay alike.
    return frozenset({plain, root, stem(plain, language), *found})
