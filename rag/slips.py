"""A slip of the finger in the words by which a question is read: "waht did boric tel reporters"."""

from collections.abc import Mapping, Sequence
from functools import cache

from rapidfuzz.distance import OSA

from index.records import Person
from rag.parts import load_tables
from rag.phrases import Phrases
from rag.words import Token, fold, folded

_SHORTEST = 3


def without_slips(tokens: Sequence[Token], people: Sequence[Person], phrases: Phrases) -> list[Token]:
    """The tokens, the question word and the verb mended where one letter is missed, doubled, swapped or wrong.

    Only the first word, where it is nothing that opens a question, and the word behind a person's name, where the question
    has no verb of speech: elsewhere a word is what it is.

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
            if fold(words[at - 1]) in names and is_unknown:
                mended[at] = _mended(mended[at], _speaking(phrases.language))
                break
    return mended


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
def _asking(language: str) -> dict[str, str]:
    return {words[0]: kind for words, kind in load_tables(language).ask.entries.items() if _is_plain(words)}


@cache
def _speaking(language: str) -> dict[str, str]:
    return {words[0]: kind for words, kind in load_tables(language).verbs.entries.items() if _is_plain(words)}


def _is_plain(words: Sequence[str]) -> bool:
    return len(words) == 1 and len(words[0]) >= _SHORTEST
