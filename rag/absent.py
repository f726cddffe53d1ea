"""Somebody who says nothing in the articles: what they tell of the person, and who is quoted instead."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

from rapidfuzz.distance import OSA

from index.attribution.lexicon.countries import country_of
from index.library import Filters, Library
from index.people import load_vocabulary
from index.records import Person, Span
from rag import compose
from rag.answer import Answer
from rag.beside import find_named, find_told
from rag.fitting import sentence_around
from rag.naming import Naming
from rag.nations import countries_at
from rag.phrases import ANSWER_LANGUAGES, load_phrases
from rag.question import Question
from rag.search import Found, Sentence
from rag.words import fold, folded, tokenize

_MOST_MENTIONS = 2
_MOST_NAMED = 8
_MOST_CLAIMS = 200
_MOST_OFFICES = 3
_LEADING = frozenset({"president", "prime_minister", "foreign_minister", "chancellor", "king", "queen"})
# Shorter names of outlets are too much like each other.
_SHORTEST_OUTLET = 6


def most_quoted(library: Library) -> list[str]:
    """Names of those who have most statements."""
    return [person.name for person, _ in library.most_quoted(limit=_MOST_NAMED)]


def tell_never_quoted(question: Question, library: Library, filters: Filters) -> Answer:
    """What the articles say of somebody whom they never quote, on the topic if there is one, and who speaks of that person."""
    naming = question.speaker
    persons = naming.people if naming else ()
    names = [form for person in persons for form in (person.name, *person.aliases)] or [naming.mention if naming else ""]
    forms = {form for name in names if (form := folded(name))}
    # A sentence on the topic alone would be told as one on the person.
    told_of = find_told(question, Found(), library, filters)
    mentions = [item for item in told_of if find_mention(item.span.of(item.article.text), forms) is not None]
    articles = list(dict.fromkeys(article for person in persons for article in library.articles_mentioning(person.id)))
    articles = articles or sorted(find_named(names[0], library, filters))
    for article_id in articles:
        article = library.article(article_id)
        span = find_mention(article.text, forms)
        told = any(other.article.id == article_id for other in mentions)
        if span is not None and not told and len(mentions) < _MOST_MENTIONS:
            mentions.append(Sentence(article=article, span=sentence_around(article.text, span), score=1.0))
    quoted_about: dict[str, None] = {}
    asked = " ".join(person.name for person in persons) or names[0]
    for hit in library.statements_matching(asked, limit=_MOST_CLAIMS):
        statement = library.statement(hit.id)
        if statement.speaker and statement.asserted and statement.speaker not in persons:
            text = library.article(statement.article_id).text
            words = folded(statement.words(text))
            if any(form[-1] in words for form in forms):
                quoted_about[statement.speaker.name] = None
    return compose.never_quoted(question, mentions, list(quoted_about), n_articles=len(articles))


def find_mention(text: str, forms: set[tuple[str, ...]]) -> Span | None:
    """The first place of one of the names, the longest names first."""
    tokens = tokenize(text)
    words = [fold(token.text).removesuffix("'s") for token in tokens]
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        for at in range(len(words) - len(form) + 1):
            if tuple(words[at : at + len(form)]) == form:
                return Span(tokens[at].start, tokens[at + len(form) - 1].end)
    return None


def find_by_country(naming: Naming, library: Library, people: Sequence[Person]) -> Naming:
    """Whom a role with a country means ("Bolivia's justice minister") where no article says both in one breath.

    The country must stand beside the role in the article, or be the one that the article names most. Where several fit, as
    two former presidents do, all come, as with a role that several people have.
    """
    vocabulary = load_vocabulary()
    # "Bolivia's new army chief" is one of those who hold the office.
    asked = vocabulary.read(" ".join(token.text for token in tokenize(naming.mention) if fold(token.text) not in _newly()))
    if naming.people or not asked.concepts or not asked.places or asked.words:
        return naming
    fitting: dict[str, Person] = {}
    for person in people:
        held = [(role, vocabulary.read(role.text)) for role in person.roles]
        same = [(role, terms) for role, terms in held if asked.concepts & terms.concepts and terms.former == asked.former]
        if any(terms.places for _, terms in same):
            # Of another country, or it would have been found by name of it.
            continue
        if any(asked.places & countries_at(library.article(role.article_id), role.span) for role, _ in same):
            fitting[person.id] = person
    if not fitting:
        return naming
    return Naming(mention=naming.mention, people=tuple(fitting.values()), how="role")


@cache
def _newly() -> frozenset[str]:
    """Words that call somebody new in an office, in all languages."""
    return frozenset(fold(word) for code in ANSWER_LANGUAGES for word in load_phrases(code).turns["newly"])


def find_called_new(naming: Naming, library: Library, language: str) -> Naming:
    """Whom "the new army chief" means of several who are or were one: those whom an article calls new where it quotes them.

    The naming as it was where it does not say "new", or where no article says it of any of them.
    """
    if not {fold(word) for word in load_phrases(language).turns["newly"]} & set(folded(naming.mention)):
        return naming
    anywhere = _newly()
    called: dict[str, Person] = {}
    for statement in library.statements(Filters(speakers=naming.ids)):
        text = library.article(statement.article_id).text
        if statement.speaker and any(anywhere & set(folded(span.of(text))) for span in statement.source):
            called[statement.speaker.id] = statement.speaker
    return replace(naming, people=tuple(called.values())) if called else naming


def find_outlet(question: Question, library: Library) -> Question:
    """The question with an outlet that it names as an occasion ("in the Courier"), or with a slip, by its own name."""
    outlets = {folded(name): name for name in library.outlets() if name}
    if question.relay is None and (words := tuple(word for part in question.circumstance for word in folded(part))):
        named = outlets.get(words) or outlets.get(("the", *words))
        return replace(question, relay=named, circumstance=()) if named else question
    asked = folded(question.relay or "")
    if not asked or asked in outlets or any(set(asked) <= set(words) for words in outlets):
        return question
    near = [name for words, name in outlets.items() if len(words) == len(asked) and _is_slip(" ".join(asked), " ".join(words))]
    return replace(question, relay=near[0]) if len(near) == 1 else question


def _is_slip(asked: str, name: str) -> bool:
    return len(name) >= _SHORTEST_OUTLET and asked[0] == name[0] and OSA.distance(asked, name, score_cutoff=1) == 1


def find_for_country(naming: Naming, library: Library, people: Sequence[Person]) -> Naming:
    """For a country that says nothing itself, those who lead it ("How did Spain react?"), as far as their roles say so.

    Not where nobody does, or where so many do that the country is where it all happens.
    """
    codes = {code for person in naming.people if person.kind == "organisation" and (code := country_of(person.name))}
    if len(codes) != 1 or any(person.kind == "person" for person in naming.people):
        return naming
    if library.statements(Filters(speakers=naming.ids)):
        return naming
    vocabulary = load_vocabulary()
    holding = []
    for person in people:
        held = [vocabulary.read(role.text) for role in person.roles] if person.kind == "person" else []
        # "Leader of the Organization of American States" leads no country.
        if any(terms.concepts & _LEADING and terms.places == codes and not (terms.former or terms.words) for terms in held):
            holding.append(person)
    if not 1 <= len(holding) <= _MOST_OFFICES:
        return naming
    return Naming(mention=naming.mention, people=(*naming.people, *holding), joined=True)
