"""The countries of the world and the words for them and for their people, read from `countries.toml`."""

import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

# "Bolivias", "Bolivia's", "USA:s", "Paris'": endings of a possessor in the languages that have them, longest first.
_GENITIVES = (":s", "'s", "s", "'")
_WITH_GENITIVE = frozenset({"en", "nb", "nn", "sv", "da", "de", "nl"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """A country with its names and its adjectives, by language.

    Args:
        code: ISO 3166-1 alpha-2; EU for the European Union, XK for Kosovo.
        names: Lower case, except where a word is a country in capitals only ("US").
        adjectives: Lower case, every inflected form; the nouns for its people ("Bolivians") are among them.
    """

    code: str
    names: Mapping[str, tuple[str, ...]]
    adjectives: Mapping[str, tuple[str, ...]]


@cache
def load_countries() -> tuple[Country, ...]:
    """All countries in the order of their codes.

    >>> bolivia = next(country for country in load_countries() if country.code == "BO")
    >>> bolivia.names["fr"], bolivia.adjectives["es"]
    (('bolivie',), ('boliviano', 'boliviana', 'bolivianos', 'bolivianas'))
    """
    file = resources.files("index.attribution.lexicon") / "countries.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return tuple(
        Country(
            code=code,
            names=MappingProxyType({lang: tuple(entry["names"]) for lang, entry in languages.items()}),
            adjectives=MappingProxyType({lang: tuple(entry.get("adjectives", ())) for lang, entry in languages.items()}),
        )
        for code, languages in sorted(table.items())
    )


def country_of(word: str, language: str | None = None) -> str | None:
    """The code of the country that `word` names, or whose adjective or people it is; None where it is neither.

    Case and accents do not matter (except to a word such as "US", which is a country in capitals only), nor does a
    genitive ending in the languages that have one.

    Args:
        word: A name or adjective; the words of a longer name apart by single blanks.
        language: The language to read it in. None: any, as long as all that know the word mean the same country.

    >>> country_of("Bolivias", "nb"), country_of("brasileña", "es"), country_of("told", "en")
    ('BO', 'BR', None)
    >>> country_of("US", "en"), country_of("us", "en")
    ('US', None)
    """
    tables = _tables()
    if language is not None:
        return _look_up(word, language) if language in tables else None
    codes = {code for known in tables if (code := _look_up(word, known)) is not None}
    return codes.pop() if len(codes) == 1 else None


def _look_up(word: str, language: str) -> str | None:
    table = _tables()[language]
    plain = word.replace("’", "'")
    if (code := _of_form(plain, table)) is not None or language not in _WITH_GENITIVE:
        return code
    for ending in _GENITIVES:
        stem = plain.removesuffix(ending)
        if stem != plain and len(stem) > 1 and (code := _of_form(stem, table)) is not None:
            return code
    return None


def _of_form(word: str, table: Mapping[str, str]) -> str | None:
    return table.get(word) or table.get(_fold(word))


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    """Language → folded form → code; a form in capitals stands as it is. Names go before other countries' people."""
    tables: dict[str, dict[str, str]] = {}
    for country in load_countries():
        for language, names in country.names.items():
            for name in names:
                key = name.replace("’", "'")
                tables.setdefault(language, {}).setdefault(key if key.isupper() else _fold(key), country.code)
    for country in load_countries():
        for language, adjectives in country.adjectives.items():
            for adjective in adjectives:
                tables.setdefault(language, {}).setdefault(_fold(adjective.replace("’", "'")), country.code)
    return MappingProxyType({language: MappingProxyType(table) for language, table in tables.items()})


def _fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("đ", "d").replace("ł", "l"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))
