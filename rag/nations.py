"""Of which country somebody or a role is, as far as articles tell."""

import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

from index.attribution.lexicon.countries import country_of
from index.people import load_vocabulary
from index.records import Article, Person, Span
from rag.likeness import likeness
from rag.words import fold, tokenize


def nations_of(person: Person, article: Article) -> frozenset[str]:
    """The countries of somebody's roles ("the Spanish prime minister"), or of the country itself; where a role names none
    ("the minister"), the one that the article names most. Nothing where no role is told.

    >>> chile = Person(id="chile", name="Chile", kind="organisation")
    >>> nations_of(chile, Article(id="a", path="a.txt", text="", language="en"))
    frozenset({'CL'})
    """
    if person.kind == "organisation" and (country := country_of(person.name)):
        return frozenset({country})
    vocabulary = load_vocabulary()
    held = [vocabulary.read(role.text) for role in person.roles]
    places = frozenset(place for terms in held for place in terms.places)
    if places or not any(terms.concepts for terms in held):
        return places
    return countries_at(article, Span(0, 0))


@cache
def load_capitals() -> Mapping[str, str]:
    """The country whose government a capital stands for ("Washington's position"), by the capital's name without accents.

    >>> load_capitals()["washington"], load_capitals()["moskva"]
    ('US', 'RU')
    """
    file = resources.files("rag.phrases") / "capitals.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return MappingProxyType({fold(name): code for code, names in table.items() for name in names})


def countries_at(article: Article, span: Span) -> frozenset[str]:
    """The countries that a role in an article may be of: those named before it in its paragraph, else the one that the
    article names most.
    """
    opening = article.text.rfind("\n", 0, span.start) + 1
    before = _countries(article.text[opening : span.end], article.language)
    if before:
        return frozenset(before)
    everywhere = _countries(article.text, article.language)
    return frozenset({max(dict.fromkeys(everywhere), key=everywhere.count)}) if everywhere else frozenset()


def home_of(articles: Iterable[Article]) -> frozenset[str]:
    """The country that articles speak of most; nothing where they name none."""
    named = Counter(country for article in articles for country in _countries(article.text, article.language))
    return frozenset({min(named, key=lambda country: (-named[country], country))}) if named else frozenset()


def _countries(text: str, language: str) -> list[str]:
    tokens = (token.text for token in tokenize(text) if token.text[:1].isupper())
    return [term[1:] for word in tokens for term in likeness(word, language) if term.startswith("#")]
