"""A slip of the finger in the words by which a question is read: "waht did boric tel reporters"."""

from collections.abc import Mapping, Sequence
from functools import cache

from rapidfuzz.distance import OSA

from index.attribution.lexicon import load_lexicon
from index.attribution.lexicon.countries import country_of, load_countries
from index.records import Person
from rag.meanings import senses_of
from rag.parts import load_tables
from rag.phrases import Phrases
from rag.words import Token, fold, folded, stem

_SHORTEST = 3
# Shorter words are too much like others.
_SHORTEST_TITLE = 5


def without_slips(tokens: Sequence[Token], people: Sequence[Person], phrases: Phrases) -> list[Token]:
    """The tokens, the question word and the verb mended where one letter is missed, doubled, swapped or wrong.

    Only the first word, where it is nothing that opens a question, the word beside a person's name, where the question
    has no verb of speech, and words that are one slip from an office or a country and are nothing else: elsewhere a word is
    what it is.

    >>> from rag.phrases import load_phrases
    >>> from rag.words import tokenize
    >>> boric = Person(id="b", name="Gabriel Boric")
    >>> [token.text for token in without_slips(tokenize("waht did boric tel reporters"), [boric], load_phrases("en"))]
    ['what', 'did', 'boric', 'tell', 'reporters']
    """
    mended = list(tokens)
    if not mended:
        return mended
    tables = load_tables(phrases.language)
    words = [token.text.casefold() for token in mended]
    names = {word for person in people for form in (person.name, *person.aliases) for word in folded(form)}
    openings = (tables.ask, tables.lead_ins, tables.follow, tables.verbs, tables.prepositions, tables.corrections, tables.turns)
    known = phrases.words | {fold(word) for word in phrases.words}
    first = mended[0]
    is_open = not any(table.at(words, 0) for table in openings) and words[0] not in known and fold(words[0]) not in names
    if is_open and len(words) > 1 and words[1] in known:
        mended[0] = _mended(first, _asking(phrases.language))
    if not any(tables.verbs.at(words, at) for at in range(len(words))):
        for at in range(1, len(mended)):
            is_unknown = words[at] not in known and fold(words[at]) not in names and not tables.prepositions.at(words, at)
            # "Vad skerv Lima?" has its verb before the name.
            beside = {fold(words[at - 1]), *(fold(word) for word in words[at + 1 : at + 2] if phrases.language != "en")}
            if beside & names and is_unknown:
                mended[at] = _mended(mended[at], _speaking(phrases.language))
                break
    turning = {fold(word) for forms in phrases.turns.values() for phrase in forms for word in phrase.split()}
    titles = {fold(word): word for person in people for role in person.roles for word in role.text.split() if word[:1].islower()}
    for at, token in enumerate(mended):
        word = fold(token.text)
        is_known = word in known or word in names or word in titles or tables.verbs.at([token.text.casefold()], 0)
        if at == 0 or is_known or len(word) < _SHORTEST_TITLE or country_of(token.text, phrases.language):
            continue
        forms = _countries(phrases.language) if token.text[:1].isupper() else {**_roles(phrases.language), **titles}
        if word in forms or senses_of(word, phrases.language) or word in turning:
            continue
        near = {
            form
            for form in forms
            if form[0] == word[0]
            and len(form) >= _SHORTEST_TITLE
            and OSA.distance(word, form, score_cutoff=1) == 1
            # "Skiller" is a word, though one letter from "spiller": an office of nobody here has its letters swapped.
            and (form in titles or token.text[:1].isupper() or sorted(form) == sorted(word))
        }
        # "Generals" is no slip for "general".
        root = stem(word, phrases.language)
        if len({stem(form, phrases.language) for form in near}) == 1 and not any(stem(f, phrases.language) == root for f in near):
            mended[at] = Token(forms[min(near)], token.start, token.end)
    return mended


def mended_verb(token: Token, phrases: Phrases) -> Token:
    """The token as the verb of speech that it is a slip of; the token itself where it is none, or might be two."""
    return _mended(token, _speaking(phrases.language))


def _mended(token: Token, forms: Mapping[str, str]) -> Token:
    word = token.text.casefold()
    if len(word) < _SHORTEST:
        return token
    near = [form for form in forms if form[0] in word[:2] and OSA.distance(word, form, score_cutoff=1) == 1]
    # Forms of one verb are as good as each other; two verbs are not.
    if not near or len({forms[form] for form in near}) > 1:
        return token
    return Token(min(near, key=lambda form: (len(form), form)), token.start, token.end)


@cache
def _countries(language: str) -> dict[str, str]:
    """Names of countries and of their people, folded → with a capital, as names are read."""
    forms = (
        form
        for country in load_countries()
        for table in (country.names, country.adjectives)
        for form in table.get(language, ())
        if " " not in form
    )
    return {fold(form): form.capitalize() for form in forms}


@cache
def _roles(language: str) -> dict[str, str]:
    """Words for offices, folded → as they are written."""
    lexicon = load_lexicon(language)
    return {fold(word): word for forms in lexicon.roles.values() for form in forms for word in form.split()}


@cache
def _asking(language: str) -> dict[str, str]:
    return {words[0]: kind for words, kind in load_tables(language).ask.entries.items() if _is_plain(words)}


@cache
def _speaking(language: str) -> dict[str, str]:
    return {words[0]: kind for words, kind in load_tables(language).verbs.entries.items() if _is_plain(words)}


def _is_plain(words: Sequence[str]) -> bool:
    return len(words) == 1 and len(words[0]) >= _SHORTEST
