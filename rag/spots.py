"""A question → the pieces in it that the library or the language knows, wherever they stand.

People, roles, outlets, verbs and nouns of speech, prepositions and question words, each as long as can be. What a piece
does in the question is told by `rag.labelling`.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Literal

from rapidfuzz.distance import OSA

from index.attribution.grammar import load_grammar
from index.attribution.lexicon import load_lexicon
from index.attribution.lexicon.countries import load_countries
from index.people import load_vocabulary
from index.records import Person
from rag.meanings import senses_of
from rag.naming import Naming, find_people
from rag.parts import Table, load_tables
from rag.phrases import ANSWER_LANGUAGES, Phrases, Spotting, load_phrases, load_spotting
from rag.slips import mended_verb
from rag.words import YEAR, Token, fold, folded

Kind = Literal[
    "person", "relay", "date", "ask", "preposition", "act", "noun", "denial", "very_words", "pronoun", "medium", "frame",
    "word",
]  # fmt: skip
# A role with its country and body ("the secretary general of the Organization of American States") has no more words.
_LONGEST_NAME = 8
_SHORTEST_SLIP = 5
AGENCY = "news agency"


@dataclass(frozen=True, slots=True)
class Spot:
    """A piece of a question: places [start, end) among its tokens, and what it is."""

    kind: Kind
    start: int
    end: int
    value: str = ""
    naming: Naming | None = None


def find_spots(
    tokens: Sequence[Token], *, people: Sequence[Person], outlets: Sequence[str], phrases: Phrases, text: str | None = None
) -> list[Spot]:
    """The pieces of a question in order, each as long as can be; a word that is nothing else is a "word".

    Args:
        text: The question, whose marks tell where a sentence begins.
    """
    words = [token.text.casefold() for token in tokens]
    # The names of outlets are looked up without their accents.
    plain = [fold(word) for word in words]
    titles = frozenset(word for outlet in outlets for word in folded(outlet))
    whole = {word for outlet in outlets if len(folded(outlet)) == 1 for word in folded(outlet)}
    known = {fold(word) for word in phrases.words}
    plain = [word if word in titles or word in known else _mended(word, titles, ()) for word in plain]
    tables = _tables(phrases.language)
    named = dict(_people(tokens, people, phrases))
    papers = _outlet_table(tuple(outlets), phrases.language)
    spots: list[Spot] = []
    at = 0
    while at < len(tokens):
        best = named.get(at)
        # "the United States": a capital inside the question is a name's.
        paper = papers.at(plain, at)
        if paper is not None and paper[1] == 1 and paper[0] != AGENCY and not tokens[at].text[:1].isupper():
            # "post" is the Evening Post in capitals only, unless that is its whole name.
            paper = paper if plain[at] in whole else None
        if paper is not None and (best is None or paper[1] >= best.end - best.start):
            # An agency may speak for itself, too.
            best = Spot("relay", at, at + paper[1], paper[0])
        opens = at > 0 and text is not None and any(mark in text[tokens[at - 1].end : tokens[at].start] for mark in ".?!:¿")
        is_name = (
            at > 0 and not opens and tokens[at].text[:1].isupper() and not tokens[at].text.isupper() and phrases.language != "de"
        )
        for kind, table in () if is_name else tables:
            found = table.at(words, at)
            if found is not None and (best is None or found[1] > best.end - best.start):
                best = Spot(kind, at, at + found[1], found[0])
        is_month = words[at] in phrases.months and (phrases.language != "en" or tokens[at].text[:1].isupper())
        if best is None and (is_month or YEAR.fullmatch(words[at]) or (words[at].isdigit() and len(words[at]) < 3)):
            best = Spot("date", at, at + 1)
        spots.append(best or Spot("word", at, at + 1))
        at = spots[-1].end
    if any(piece.kind in ("act", "noun", "denial") for piece in spots):
        return spots
    # "Vad skerv Lima": without a verb of speech, a word beside a name that is a slip of one is one.
    for place, piece in enumerate(spots):
        if not any(near.kind == "person" for near in spots[max(0, place - 1) : place + 2]):
            continue
        if piece.kind == "word" and not tokens[piece.start].text[:1].isupper():
            (token,) = tokens[piece.start : piece.end]
            right = mended_verb(token, phrases)
            if right != token and (act := load_tables(phrases.language).verbs.at([right.text], 0)):
                return [*spots[:place], replace(piece, kind="act", value=act[0]), *spots[place + 1 :]]
    return spots


@cache
def _tables(language: str) -> tuple[tuple[Kind, Table], ...]:
    """Tables of what the language knows; of two as long the first counts."""
    phrases, known, lexicon = load_phrases(language), load_tables(language), load_lexicon(language)
    more = load_spotting(language)
    nouns: dict[str, list[str]] = {noun.act: [] for noun in lexicon.nouns}
    for noun in lexicon.nouns:
        nouns[noun.act] += [form for form in noun.forms if form not in more.frame]
    nouns["say"] = [*nouns.get("say", ()), *phrases.nouns]
    replies = [*phrases.turns["replies"]]
    media = [name for code in dict.fromkeys((language, "en")) for name in load_lexicon(code).media.names]
    # "mot" is a target here, wherever else a language file has it.
    extra = {"against": more.against, "of": more.of, "according": more.according, "by": more.origin}
    prepositions: dict[str, list[str]] = {kind: list(forms) for kind, forms in extra.items()}
    for kind, forms in phrases.prepositions.items():
        prepositions.setdefault(kind, []).extend(forms)
    return (
        ("denial", Table({"deny": more.denies})),
        ("very_words", Table({"very_words": phrases.turns["very_words"]})),
        ("ask", known.ask),
        ("medium", Table({"medium": media})),
        ("preposition", Table(prepositions)),
        ("noun", Table({"answer": replies} | nouns)),
        ("act", known.verbs),
        ("pronoun", known.pronouns),
        ("frame", Table({"frame": _frame(phrases, more)})),
    )


def _frame(phrases: Phrases, more: Spotting) -> list[str]:
    asks = [form for forms in phrases.ask.values() for form in forms if " " not in form]
    leads = [word for form in (*phrases.lead_ins, *phrases.follow) for word in form.split()]
    turns = [form for kind in ("other",) for form in phrases.turns[kind]]
    return [
        *more.frame, *phrases.stop, *phrases.auxiliaries, *phrases.complementisers, *phrases.passive, *phrases.both,
        *phrases.pronouns.get("clitic", ()), *asks, *leads, *turns,
    ]  # fmt: skip


@cache
def _outlet_table(outlets: tuple[str, ...], language: str) -> Table:
    """Outlets by their names, whole or by what tells them from the others ("the Courier"), and news agencies."""
    small = {fold(word) for code in ANSWER_LANGUAGES for word in load_phrases(code).stop}
    forms: dict[str, list[str]] = {}
    holders: dict[str, set[str]] = {}
    for outlet in outlets:
        for word in folded(outlet):
            holders.setdefault(word, set()).add(outlet)
    for outlet in outlets:
        words = folded(outlet)
        kept = [word for word in words if word not in small]
        ways = {" ".join(words), " ".join(kept)} | {word for word in kept if len(word) > 3 and len(holders[word]) == 1}
        for way in ways - {""}:
            forms.setdefault(way, []).append(outlet)
    # "The Example Tribune" and "the tribune", but not "the sample" where several are samples.
    papers: dict[str, list[str]] = {names[0]: [] for names in forms.values() if len(names) == 1}
    for way, names in forms.items():
        if len(names) == 1:
            papers[names[0]].append(way)
    papers[AGENCY] = [*load_grammar(language).agencies]
    return Table(papers)


# People


def _people(tokens: Sequence[Token], people: Sequence[Person], phrases: Phrases) -> Iterator[tuple[int, Spot]]:
    """Everybody named by name or role, the longest name at each place, by that place."""
    terms = load_vocabulary()
    names = _name_words(people)
    fresh = {fold(word) for word in phrases.turns["newly"]}
    plain = [_bare(token.text, names, terms.places) for token in tokens]
    told = {fold(word) for word in phrases.words} | {fold(word) for word in load_spotting(phrases.language).frame}
    known = frozenset((*names, *terms.places, *_role_words(), *terms.concepts))
    mended = [word if word in known else _mended(word, known, told | terms.first_names) for word in plain]
    in_role = [
        word in names or word in terms.concepts or word in terms.places or word in terms.former or word in terms.small
        or word in fresh or word in terms.titles or any(word in phrase.split() for phrase in _long_roles(word))
        for word in mended
    ]  # fmt: skip
    verbs, articles = load_tables(phrases.language).verbs, {fold(word) for word in load_grammar(phrases.language).determiners}
    # "Who accused Lee?" asks, "the accused" is somebody.
    is_verb = [
        verbs.at([word], 0) is not None and word not in names and not (place and plain[place - 1] in articles)
        for place, word in enumerate(plain)
    ]
    at = 0
    while at < len(tokens):
        spotted = None
        if in_role[at] and mended[at] not in terms.small and not is_verb[at]:
            reach = at
            while reach < len(tokens) and in_role[reach] and reach - at < _LONGEST_NAME:
                reach += 1
            for end in range(reach, at, -1):
                if mended[end - 1] in terms.small:
                    continue
                shown = [token.text for token in tokens[at:end]]
                if (naming := _named(shown, mended[at:end], people, phrases)) is not None:
                    spotted = Spot("person", at, end, naming=naming)
                    break
            role = [place for place in range(at, reach) if mended[place] in terms.concepts]
            if role and (spotted is None or spotted.end <= role[0]) and _is_of_country(mended[at:reach]):
                # "Bolivia's justice minister" is not Bolivia, whoever holds the office.
                while mended[reach - 1] in terms.small:
                    reach -= 1
                heads = terms.concepts.keys() | terms.places.keys() | terms.former | fresh | names.keys()
                while mended[at] not in heads and at < role[0]:
                    at += 1
                mention = " ".join(token.text for token in tokens[at:reach])
                spotted = Spot("person", at, reach, naming=find_people(mention, people, phrases=phrases))
        if spotted is None:
            at += 1
            continue
        start = at
        forms = {word for one in (spotted.naming.people if spotted.naming else ()) for word in folded(one.name)}
        while start > 0 and mended[start - 1] in terms.small and mended[start - 1] in forms:
            # "von der Leyen"
            start -= 1
        yield start, replace(spotted, start=start)
        at = spotted.end


def _is_of_country(words: Sequence[str]) -> bool:
    places = load_vocabulary().places
    return any(word in places for word in words)


def _named(shown: Sequence[str], plain: Sequence[str], people: Sequence[Person], phrases: Phrases) -> Naming | None:
    """Whom the words name, all of them; None where they name nobody, or only a part of them does."""
    terms = load_vocabulary()
    role = any(word in terms.concepts or _long_roles(word) for word in plain)
    mention = " ".join(shown)
    if all(word in terms.places or word in terms.small or word in terms.former for word in plain):
        # "Bolivian": a country alone is a speaker only by its own name.
        if not any(token[:1].isupper() for token in shown) or len(plain) > 3:
            return None
        own = {form for person in people for name in (person.name, *person.aliases) if (form := folded(name))}
        if tuple(plain) not in own:
            return None
    naming = find_people(mention, people, phrases=phrases)
    if naming.how == "unknown":
        naming = find_people(" ".join(plain), people, phrases=phrases)
    if naming.how not in ("name", "role") or not naming.people:
        return None
    if naming.how == "name" and not role:
        # Every word must be the name's: "Hunter Biden" is not Biden.
        forms = {word for person in naming.people for form in (person.name, *person.aliases) for word in folded(form)}
        if not set(plain) <= forms:
            return None
    return naming


def _name_words(people: Sequence[Person]) -> dict[str, str]:
    """Folded words of people's names → the name, without the small words in them."""
    small = load_vocabulary().small
    return {
        word: person.id
        for person in people
        for form in (person.name, *person.aliases)
        for word in folded(form)
        if word not in small and len(word) > 1
    }


@cache
def _long_roles(word: str) -> tuple[str, ...]:
    """Roles of several words that the word is in ("prime minister")."""
    return _role_words().get(word, ())


@cache
def _role_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for phrase in load_vocabulary().concepts:
        parts = phrase.split()
        if len(parts) > 1:
            for part in parts:
                found.setdefault(part, []).append(phrase)
    return {part: tuple(sorted(phrases)) for part, phrases in found.items()}


def _bare(word: str, names: Mapping[str, str], places: Mapping[str, str]) -> str:
    """A word, folded and without the ending of a possessor."""
    plain = fold(word)
    for ending in ("'s", "'"):
        plain = plain.removesuffix(ending)
    if plain not in names and plain not in places and plain.endswith("s") and (plain[:-1] in names or plain[:-1] in places):
        return plain[:-1]
    return plain


def _mended(word: str, known: Collection[str], told: Collection[str]) -> str:
    """The known word that it is a slip of, with one letter missed, doubled, swapped or wrong; the word itself for none."""
    if len(word) < _SHORTEST_SLIP or word in told:
        return word
    near = {
        form
        for form in known
        if len(form) >= _SHORTEST_SLIP and form[0] == word[0] and OSA.distance(word, form, score_cutoff=1) == 1
    }
    return near.pop() if len(near) == 1 else word


def mended_topic(words: Sequence[str], people: Sequence[Person], phrases: Phrases) -> tuple[str, ...]:
    """The words of a topic, with slips in names of countries and people mended: "bolvia".

    >>> mended_topic(["elections", "bolvia"], [], load_phrases("en"))
    ('elections', 'Bolivia')
    """
    if not words:
        return ()
    names = _name_words(people)
    places = _country_names(phrases.language)
    known = frozenset(names) | frozenset(places)
    told = {fold(word) for word in phrases.words} | load_vocabulary().first_names | frozenset(load_vocabulary().places)
    mended = []
    for word in words:
        plain = fold(word)
        right = plain if plain in known or senses_of(plain, phrases.language) else _mended(plain, known, told)
        mended.append(word if right == plain else right.title())
    return tuple(mended)


@cache
def _country_names(language: str) -> Mapping[str, str]:
    """Countries' names of one word, folded → as written."""
    return {fold(name): name for country in load_countries() for name in country.names.get(language, ()) if " " not in name}


@cache
def _adjectives() -> frozenset[str]:
    """Adjectives of countries, in all languages."""
    return frozenset(fold(word) for country in load_countries() for words in country.adjectives.values() for word in words)
