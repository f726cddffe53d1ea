"""A question of fact → what is sought: of what sort the answer is, and by which words it is found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import OSA

from index.attribution.lexicon import load_lexicon
from index.attribution.lexicon.countries import country_of, load_countries
from index.records import Person
from rag.likeness import likeness, number_of
from rag.meanings import senses_of, words_for
from rag.phrases import ANSWER_LANGUAGES, FactSort, FactWords, fact_forms_of, load_fact_concepts, load_fact_words, load_phrases
from rag.question import Question
from rag.words import YEAR, Token, find_run, fold, folded, stem, tokenize

# A word that the reading of the question left out of its topic counts for less.
_LEFT_OUT = 0.6
_FARTHEST_SLIP = 2
_SHORTEST_SLIP = 5
# And so does one that the answer can do without.
_LIGHT = 0.3
# Shorter words that mean something in one language are small words in another.
_SHORTEST_CONCEPT = 4
# So many words behind "how many" stands what is counted.
_BY_ASK = 2
_ELIDED = re.compile(r"(?i)\b(l|d|j|n|s|c|m|t|qu)'")
_EXPECTED: dict[str, FactSort] = {"number": "number", "date": "date", "place": "place", "person": "person"}
# They may ask by the noun for what is asked.
_BY_NOUN = frozenset({"number", "money", "share", "amount"})
# They ask for one out of people or places only where they open the question, or end it: elsewhere they join a clause.
_JOINING = frozenset({"person", "place", "date"})
# Who is counted needs no word of its own: "12 were killed".
PEOPLE = "=people"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A word that tells what a question is about.

    Args:
        forms: It as typed, and as it was mended.
        weight: What it counts by beside others that are as rare, in (0, 1].
        name: Whether it is a name, as far as capitals and countries tell.
        person: Whether it is the name of somebody whom the library knows.
        proper: Whether it stands in a name of several words, and so means nothing by itself ("Post" of "Washington Post").
        light: Whether a sentence with the answer may do without it.
    """

    forms: tuple[str, ...]
    weight: float = 1.0
    name: bool = False
    person: bool = False
    proper: bool = False
    light: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether an article without it cannot be on what is asked: a year, or a name in capitals."""
        return self.is_year or (self.name and self.forms[0][:1].isupper())

    @property
    def is_year(self) -> bool:
        return bool(YEAR.fullmatch(self.forms[0]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What a question of fact seeks.

    Args:
        sort: What the answer must be; None where the question does not tell.
        head: The word for what is counted ("how many soldiers").
        verb: What somebody unknown did ("who replaced Lee").
        objects: To whom or what it was done.
        negated: Whether it asks for what is not so.
        ahead: Whether it asks for what is to come.
        small: All words of the question, folded.
        named: Whether the answer has a name of its own ("which square"), and is not just one of its kind.
        relay: Words of the outlet or agency that it is asked of.
    """

    language: str
    sort: FactSort | None = None
    words: tuple[Asked, ...] = ()
    head: Asked | None = None
    verb: Asked | None = None
    objects: tuple[Asked, ...] = ()
    named: bool = False
    negated: bool = False
    ahead: bool = False
    small: frozenset[str] = frozenset()
    relay: frozenset[str] = frozenset()


@lru_cache(maxsize=65_536)
def alike(word: str, language: str, *, meant: bool = False) -> frozenset[str]:
    """What a word may be found by: its `likeness`, and its concepts in questions of fact ("~").

    Args:
        meant: Whether it is known to be no small word: "last" of "how long did it last".

    >>> "~replace" in alike("replaced", "en") & alike("etterfulgte", "nb")
    True
    """
    found = likeness(word, language)
    plain = fold(word).removesuffix("'s").removesuffix("'")
    concepts = load_fact_concepts()
    # "Fire" counts in Norwegian, "die" is an article in German.
    if number_of(plain, language) is None and (meant or not (plain in small_words(language) or _is_of_others(plain, language))):
        named = concepts.get((plain,)) or concepts.get((stem(word, language),)) or frozenset()
        found |= {f"~{concept}" for concept in named}
    if not word[:1].isupper() and (country := country_of(word.capitalize(), language)):
        found |= {f"#{country}"}
    return found


@lru_cache(maxsize=65_536)
def _is_of_others(plain: str, language: str) -> bool:
    """Whether a word is one of other languages only, as far as the table of senses knows it.

    >>> _is_of_others("fallecido", "de"), _is_of_others("unheard", "en")
    (True, False)
    """
    others = (other for other in ANSWER_LANGUAGES if other != language)
    return not senses_of(plain, language) and any(
        plain == fold(word) for other in others for sense in senses_of(plain, other) for word in words_for(sense, [other])
    )


@lru_cache(maxsize=16)
def small_words(language: str) -> frozenset[str]:
    """Articles, prepositions, pronouns and the like, folded."""
    return frozenset(map(fold, load_lexicon(language).function_words))


def search_forms(word: Asked, language: str, languages: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The words by which an index of words finds what a word asked about in one language means in articles of others.

    Returns:
        Words that mean it, and words of phrases that do ("was over"), which mean little each.
    """
    found: dict[str, None] = {}
    for typed in word.forms:
        found[fold(typed)] = None
        for code in dict.fromkeys((language, *languages)):
            root = stem(typed, code)
            found.update(dict.fromkeys((root, f"{root}s")))
        for likely in sorted(alike(typed, language, meant=True)):
            if likely[0] == "=":
                found.update(dict.fromkeys(words_for(likely[1:], dict.fromkeys((language, *languages)))))
            elif likely[0] == "~":
                found.update(dict.fromkeys(fact_forms_of(likely[1:])))
            elif likely[0] == "#":
                found.update(dict.fromkeys(_country_words(likely[1:], tuple(languages))))
    parts = [folded(form) for form in found]
    whole = dict.fromkeys(form for words in parts if len(words) == 1 for form in words)
    return tuple(whole), tuple(dict.fromkeys(form for words in parts if len(words) > 1 for form in words if form not in whole))


@lru_cache(maxsize=1_024)
def _country_words(code: str, languages: tuple[str, ...]) -> tuple[str, ...]:
    country = next((country for country in load_countries() if country.code == code), None)
    if country is None:
        return ()
    words = [*(country.names.get(one, ()) for one in languages), *(country.adjectives.get(one, ()) for one in languages)]
    # "Bolivias", "Bolivia's": the index has a genitive as a word of its own, or the name without it.
    return tuple(form for group in words for word in group for form in (word, f"{word}s"))


def seek(question: Question, people: Sequence[Person] = ()) -> Sought:
    """What a question of fact asks for.

    Args:
        people: Whom the library knows; their names are names however they are typed.

    >>> sought = seek(Question(text="How many soldiers fled Oslo in 2019?", language="en", wanted="fact"))
    >>> sought.sort, sought.head.forms, [word.forms[0] for word in sought.words if word.name]
    ('number', ('soldiers',), ['Oslo'])
    """
    language = question.language
    words_for, phrases = load_fact_words(language), load_phrases(language)
    text = question.text.replace("’", "'")
    tokens = tokenize(_ELIDED.sub(r"\1e ", text) if language == "fr" else text)
    plain = tuple(fold(token.text) for token in tokens)
    empty = _empty(plain, words_for, question)
    sort, start, end = _sort_of(plain, words_for, empty)
    if sort is None and question.expects is not None:
        sort = _EXPECTED[question.expects]
    if sort == "number" and end < len(plain) and plain[end] in words_for.units:
        # "How many years" is no more than "how long".
        sort, end = "extent", end + 1
    places = [
        at
        for at, token in enumerate(tokens)
        if not start <= at < end and (at not in empty or _is_acronym(token, text)) and (len(plain[at]) > 1 or plain[at].isdigit())
    ]
    if sort in _BY_NOUN and end > start and any(form[0] in "=~" for form in alike(plain[end - 1], language)):
        # "What is the population of …", "what is it worth": the word that asks is also asked about.
        places = sorted({end - 1, *places})
    known = _names(people, {plain[at] for at in places})
    named = {at: _asked(tokens[at], question, known, first=at == 0) for at in places}
    capital = {at for at, word in named.items() if word.name and tokens[at].text[:1].isupper()}
    named = {at: replace(word, proper=at in capital and bool({at - 1, at + 1} & capital)) for at, word in named.items()}
    words = _with_topic(named, question, {plain[at] for at in empty} | set(plain[start:end]))
    by_place = {at: next((word for word in words if asked.forms[0] in word.forms), asked) for at, asked in named.items()}
    head = next((by_place[at] for at in places if sort == "number" and end - 1 <= at < end + _BY_ASK), None)
    verb, objects = _deed(sort, tokens, by_place, end, question)
    light = {by_place[at] for at in places if plain[at] in words_for.hollow and not (sort == "person" and by_place[at] == verb)}
    if verb is not None:
        light |= {by_place[at] for at in places if any(plain[before] in words_for.role for before in range(max(end, at - 2), at))}
    relay = frozenset(folded(question.relay or ""))
    return Sought(
        language=language,
        sort=sort,
        words=tuple(
            replace(word, light=True, weight=_LIGHT) if word in light else word
            for word in words
            if not (relay and set(folded(word.forms[0])) <= relay)
        ),
        head=head,
        verb=verb,
        objects=objects,
        named=sort == "place" and end - start > 1,
        negated=bool({fold(word) for word in phrases.negations} & set(plain)),
        ahead=any(find_run(phrase, plain) >= 0 for phrase in words_for.ahead),
        small=frozenset(plain),
        relay=relay,
    )


def _names(people: Sequence[Person], words: set[str]) -> frozenset[str]:
    """Those of the words that stand in somebody's name."""
    found: set[str] = set()
    for person in people:
        if person.kind == "person":
            for form in (person.name, *person.aliases):
                found.update(words.intersection(folded(form)))
    return frozenset(found)


def _empty(plain: Sequence[str], words_for: FactWords, question: Question) -> set[int]:
    """The places of words that carry nothing."""
    phrases = load_phrases(question.language)
    # "Last", "live" and "people" are small words elsewhere, but who asks a fact may ask for just that.
    concepts = {words[0] for words in load_fact_concepts() if len(words) == 1}
    small = set(small_words(question.language)) | {fold(word) for word in phrases.stop}
    small -= {
        word for word in small if len(word) >= _SHORTEST_CONCEPT and (word in concepts or senses_of(word, question.language))
    }
    small |= {fold(word) for word in (*phrases.auxiliaries, *phrases.negations)}
    small |= {fold(word) for pronouns in phrases.pronouns.values() for word in pronouns}
    empty = {at for at, word in enumerate(plain) if word in small}
    runs = words_for.frames | {folded(phrase) for phrase in phrases.lead_ins}
    longest = max(map(len, runs), default=0)
    for at in range(len(plain)):
        for length in range(1, longest + 1):
            if at + length <= len(plain) and tuple(plain[at : at + length]) in runs:
                empty.update(range(at, at + length))
    return empty


def _sort_of(plain: Sequence[str], words_for: FactWords, empty: set[int]) -> tuple[FactSort | None, int, int]:
    """The sort that the first asking phrase wants, with the phrase's place."""
    best: tuple[bool, int, int, FactSort, int] | None = None
    for order, (sort, phrase) in enumerate(words_for.asks):
        at = find_run(phrase, plain)
        if at < 0:
            continue
        joins = sort in _JOINING and len(phrase) == 1 and at < len(plain) - 1 and any(place not in empty for place in range(at))
        key = (joins, at, order, sort, at + len(phrase))
        best = key if best is None or key < best else best
    if best is None:
        return None, 0, 0
    if best[3] == "amount" and any(sort == "money" and find_run(phrase, plain) >= 0 for sort, phrase in words_for.asks):
        # "How much does it cost?"
        return "money", best[1], best[4]
    return best[3], best[1], best[4]


def _is_acronym(token: Token, text: str) -> bool:
    """Whether a small word is meant as a name: "US", where not all is typed so."""
    return len(token.text) > 1 and token.text.isupper() and not text.isupper()


def _asked(token: Token, question: Question, known: frozenset[str], *, first: bool) -> Asked:
    plain = fold(token.text)
    concepts = any(form[0] in "=~%" for form in alike(token.text.casefold(), question.language))
    name = token.text[:1].isupper() and question.language != "de" and not (first and concepts)
    person = plain.removesuffix("'s") in known and (token.text[:1].isupper() or not concepts)
    name = name or person or country_of(token.text.capitalize(), question.language) is not None
    in_topic = not question.topic or any(plain in folded(word) for word in _parts(question))
    return Asked(forms=(token.text,), weight=1.0 if in_topic else _LEFT_OUT, name=name, person=person)


def _parts(question: Question) -> list[str]:
    naming = [part.mention for part in (question.speaker, question.addressee) if part is not None]
    return [*question.topic, *question.circumstance, *naming]


def _with_topic(named: dict[int, Asked], question: Question, empty: set[str]) -> list[Asked]:
    """The words of the text with those of the topic: what was mended, and what came from a question before."""
    words = list(named.values())
    typed = {form for word in words for form in folded(" ".join(word.forms))}
    written = set(folded(question.text))
    for topic in question.topic:
        for token in tokenize(topic):
            plain = fold(token.text)
            if plain in typed or plain in empty or plain in written:
                continue
            near = [at for at, word in enumerate(words) if _is_slip(fold(word.forms[0]), plain)]
            if near:
                old = words[near[0]]
                words[near[0]] = replace(
                    old, forms=(*old.forms, token.text), weight=1.0, name=old.name or token.text[:1].isupper()
                )
            else:
                words.append(_asked(token, question, frozenset(), first=False))
    return words


def _is_slip(typed: str, mended: str) -> bool:
    return min(len(typed), len(mended)) >= _SHORTEST_SLIP and OSA.distance(typed, mended) <= _FARTHEST_SLIP


def _deed(
    sort: FactSort | None, tokens: Sequence[Token], by_place: dict[int, Asked], end: int, question: Question
) -> tuple[Asked | None, tuple[Asked, ...]]:
    """What an unknown somebody did, and to whom: the word right behind "who" and those behind it.

    None where that word is no deed: a name, or a participle behind an auxiliary ("who was arrested").
    """
    if sort != "person" or end >= len(tokens) or end not in by_place or by_place[end].name:
        return None, ()
    language = question.language
    objects: list[Asked] = []
    for at in range(end + 1, len(tokens)):
        if at in by_place:
            objects.append(by_place[at])
        elif objects and fold(tokens[at].text) in load_fact_words(language).into:
            break
    return by_place[end], tuple(objects)
