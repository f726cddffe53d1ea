"""A word → what it may be found by in other forms and other languages."""

from functools import lru_cache

from index.attribution.lexicon.countries import country_of
from rag.phrases import load_concepts
from rag.words import fold, stem


@lru_cache(maxsize=65_536)
def likeness(word: str, language: str) -> frozenset[str]:
    """What a word may be found by: itself and its stem, folded; its concepts, marked by "="; its country, by "#".

    >>> likeness("kuppet", "nb") & likeness("coup", "en"), likeness("Bolivien", "de") & likeness("Bolivian", "en")
    (frozenset({'=coup'}), frozenset({'#BO'}))
    """
    plain = fold(word)
    for ending in ("'s", "'"):
        plain = plain.removesuffix(ending)
    root = stem(word, language)
    concepts = load_concepts()
    found = {f"={concept}" for concept in concepts.get(plain) or concepts.get(root) or ()}
    if word[:1].isupper() and (country := country_of(word, language)):
        found.add(f"#{country}")
    # An accent can change where a stemmer cuts: Zúñiga and Zuniga must stay alike.
    return frozenset({plain, root, stem(plain, language), *found})
