"""A question → the pieces in it that the library or the language knows, wherever they stand, and what they ask together.

This stands under the reading by patterns in `rag.question`, for phrasings that no pattern has: headlines ("arce coup
reaction"), apposed names ("the OAS chief, what did he say?"), wishes ("anything from Boric on people being hurt?").
People, roles, outlets, verbs and nouns of speech are found first, the longest first; words that only frame a question
are set aside; what remains is its topic. Nobody is guessed: a name that the library does not have stops the reading.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Literal, cast

from rapidfuzz.distance import OSA

from index.attribution.grammar import load_grammar
from index.attribution.lexicon import load_lexicon
from index.attribution.lexicon.countries import load_countries
from index.people import load_vocabulary
from index.records import Act, Person
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
# A question longer than this is no question of a few pieces.
_MOST_TOKENS = 40
_SHORTEST_SLIP = 5
_AGENCY = "news agency"
# Acts whose target stands behind "to" in Spanish and French: "¿Quién acusa al general?".
_ON_TARGET: frozenset[Act] = frozenset({"accuse", "criticise", "condemn", "praise", "support", "call"})


@dataclass(frozen=True, slots=True)
class Spot:
    """A piece of a question: places [start, end) among its tokens, and what it is."""

    kind: Kind
    start: int
    end: int
    value: str = ""
    naming: Naming | None = None


@dataclass(slots=True)
class Spotted:
    """What the pieces ask together.

    Args:
        ask: The question phrase's kind, where one opens the question.
        signals: How many pieces tell that somebody's statements are asked for.
        explained: Folded words that are known for something else than a topic.
        persons: Everybody who is named, whatever for.
        infinitive: Whether a "to" in it is a verb's, and opens no addressee.
        attributed: Whether "according to" names the speaker.
        share: How many of the pieces are known, in [0, 1].
        stranger: Whether a name stands in it that nobody in the library has.
    """

    ask: str | None = None
    speaker: Naming | None = None
    addressee: Naming | None = None
    to: list[Token] = field(default_factory=list)
    topic: list[Token] = field(default_factory=list)
    circumstance: list[Token] = field(default_factory=list)
    relay: str | None = None
    acts: set[Act] = field(default_factory=set)
    very_words: bool = False
    everything: bool = False
    leans: bool = False
    signals: int = 0
    explained: frozenset[str] = frozenset()
    persons: tuple[Naming, ...] = ()
    infinitive: bool = False
    stranger: bool = False
    attributed: bool = False
    share: float = 0.0


def spot(
    text: str,
    tokens: Sequence[Token],
    *,
    people: Sequence[Person],
    outlets: Sequence[str],
    phrases: Phrases,
    quoted: bool = False,
) -> Spotted | None:
    """What the known pieces of a question ask together; None where they tell too little, or name somebody unknown.

    Args:
        text: The question, in whose characters the tokens' places count.
        outlets: Names of the library's outlets.
        quoted: Whether words stand in its quotation marks, which make it one about statements.

    >>> from rag.words import tokenize
    >>> boric = Person(id="b", name="Gabriel Boric")
    >>> asked = "anything from boric on people being hurt?"
    >>> found = spot(asked, tokenize(asked), people=[boric], outlets=[], phrases=load_phrases("en"))
    >>> found.speaker.people[0].name, [token.text for token in found.topic]
    ('Gabriel Boric', ['people', 'hurt'])
    """
    if not tokens or len(tokens) > _MOST_TOKENS:
        return None
    spots = find_spots(tokens, people=people, outlets=outlets, phrases=phrases, text=text)
    found = _Filling(text, tokens, spots, phrases).fill()
    known = found.speaker or found.addressee or found.relay or found.acts or quoted
    if found.stranger or not (known or (found.topic and found.signals) or (found.ask in ("outlet", "to_whom") and found.leans)):
        return None
    return found


# Pieces


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
        if paper is not None and paper[1] == 1 and paper[0] != _AGENCY and not tokens[at].text[:1].isupper():
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
    papers[_AGENCY] = [*load_grammar(language).agencies]
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
    at = 0
    while at < len(tokens):
        spotted = None
        if in_role[at] and mended[at] not in terms.small:
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


# What they ask together


class _Filling:
    """One pass over the pieces; a preposition opens a zone for the words behind it."""

    def __init__(self, text: str, tokens: Sequence[Token], spots: Sequence[Spot], phrases: Phrases) -> None:
        self.text, self.tokens, self.spots, self.phrases = text, tokens, spots, phrases
        self.found = Spotted()
        self.auxiliaries = {fold(word) for word in phrases.auxiliaries}
        self.zone: str | None = None
        self.waiting: list[Token] = []
        self.seen_act = False
        more = load_spotting(phrases.language)
        self.towards = {fold(word) for word in (*phrases.prepositions["to"], *more.together)}
        self.stations = {fold(word) for word in load_lexicon(phrases.language).media.stations} | set(map(fold, more.stations))
        self.targets: list[Naming] = []

    def fill(self) -> Spotted:
        found = self.found
        last = self.spots[-1]
        dangles = last.kind == "preposition" and last.value == "to"
        for number, piece in enumerate(self.spots):
            if number and self._is_apart(self.spots[number - 1], piece):
                self.zone = None
            self._take(number, piece)
            if dangles and found.ask == "who":
                # "Vem talade Choquehuanca till?"
                found.ask = "to_whom"
        found.share = sum(piece.kind != "word" for piece in self.spots) / len(self.spots)
        self._tell_apart()
        found.persons = tuple(piece.naming for piece in self.spots if piece.naming is not None)
        if found.speaker is None and self.waiting and found.ask in (None, "words", "all") and not found.relay:
            # "What did Kamala Harris tell Arce?": somebody stands where the speaker would.
            found.stranger = True
        found.topic = sorted([*self.waiting, *found.topic], key=lambda token: token.start)
        used = {*found.topic, *found.circumstance, *found.to}
        known = [token for piece in self.spots if piece.kind != "word" for token in self._words(piece)]
        found.explained = frozenset(fold(token.text) for token in known if token not in used)
        if found.ask == "who" and found.speaker is not None and not found.signals:
            found.stranger = True
        return found

    def _is_claimed(self, piece: Spot) -> bool:
        """Whether it stands in what somebody is to have said; then it is a word of the topic."""
        return self.zone == "claim" and piece.kind not in ("frame", "very_words", "denial") and piece.value != "according"

    def _is_apart(self, before: Spot, piece: Spot) -> bool:
        between = self.text[self.tokens[before.end - 1].end : self.tokens[piece.start].start]
        return any(mark in between for mark in ",;:?!–—") or ". " in between or " - " in between

    def _words(self, piece: Spot) -> list[Token]:
        return list(self.tokens[piece.start : piece.end])

    def _next(self, number: int) -> Spot | None:
        return self.spots[number + 1] if number + 1 < len(self.spots) else None

    def _take(self, number: int, piece: Spot) -> None:
        if self._is_claimed(piece):
            if piece.kind in ("person", "relay", "act", "noun", "medium", "word"):
                self.found.topic.extend(self._words(piece))
            return
        match piece.kind:
            case "ask":
                self._take_ask(number, piece)
            case "preposition":
                self._open(number, piece)
            case "person":
                self._take_person(number, piece)
            case "relay":
                self._take_relay(piece)
            case "act" | "noun" | "denial":
                self._take_act(number, piece)
            case "very_words":
                self.found.very_words = True
                self.found.signals += 1
            case "pronoun":
                self._take_pronoun(number, piece)
            case "date":
                self.found.circumstance.extend(self._words(piece))
            case "medium":
                (self.found.circumstance if self.zone == "medium" else self.found.topic).extend(self._words(piece))
            case "frame":
                self._take_frame(number, piece)
            case "word":
                self._take_word(number, piece)

    def _take_frame(self, number: int, piece: Spot) -> None:
        """A word like "that" behind a verb opens what was said, unless an outlet is the verb's subject."""
        word = fold(self.tokens[piece.start].text)
        opens = {fold(form) for form in self.phrases.complementisers}
        if self.zone is None and self.seen_act and word in opens and (self.found.speaker or self.found.ask == "who"):
            self.zone = "claim"

    def _take_ask(self, number: int, piece: Spot) -> None:
        """A question word asks where it opens the question or a part behind a comma; elsewhere it is a small word."""
        before = self.spots[number - 1] if number else None
        opens = all(spot.kind in ("frame", "preposition") for spot in self.spots[:number])
        if piece.value == "all":
            self.found.everything = self.zone != "about"
            self.found.signals += self.found.everything
            return
        if self.found.ask is None and (opens or (before is not None and self._is_apart(before, piece))):
            self.found.ask = piece.value
            behind = self._next(number)
            is_station = behind is not None and self._is_station(behind)
            opened = before is not None and fold(self.tokens[before.start].text) in self.towards
            if opened and (piece.value == "who" or (is_station and piece.value in ("which", "words", "who"))):
                self.found.ask = "to_whom"
                self.found.leans = True
            self.zone = None

    def _open(self, number: int, piece: Spot) -> None:
        behind = self._next(number)
        is_known = behind is not None and behind.kind in ("person", "relay", "medium", "very_words", "pronoun")
        if self.zone in ("about", "against", "during") and not is_known and piece.value not in ("according", "about"):
            # "about the talks in Oslo": a preposition of the topic's own.
            return
        if piece.value == "of" and not self._is_of_words(number):
            # "the population of Bolivia"
            return
        before = self.spots[number - 1] if number else None
        wishes = {fold(word) for word in load_spotting(self.phrases.language).wishes}
        if piece.value == "to" and before is not None and fold(self.tokens[before.start].text) in wishes:
            # "What did he want to restore?"
            self.found.infinitive = True
            return
        if piece.value == "to" and before is not None and before.kind == "noun" and not is_known:
            # "reactions to the coup"
            self.zone = "about"
            return
        self.zone = piece.value

    def _is_of_words(self, number: int) -> bool:
        """Whether the piece before a preposition stands for somebody's words ("quotes of", "the words of")."""
        before = self.spots[number - 1] if number else None
        if before is None or before.kind not in ("noun", "ask", "frame", "very_words"):
            return False
        nouns = {fold(word) for word in load_spotting(self.phrases.language).words}
        return before.kind != "frame" or fold(self.tokens[before.start].text) in nouns

    def _take_person(self, number: int, piece: Spot) -> None:
        found, naming = self.found, piece.naming
        assert naming is not None
        words, zone = self._words(piece), self.zone
        if self._is_stranger(piece):
            found.stranger = True
        following = self._next(number)
        if zone == "during" and found.speaker is None and following is not None and following.kind == "act":
            # "ett citat där Arce talar om …"
            zone = self.zone = None
        if zone in ("about", "against", "during", "medium"):
            (found.topic if zone in ("about", "against") else found.circumstance).extend(words)
            return
        if zone == "according":
            self.zone = None
            found.signals += 1
            if found.speaker is None and all(person.kind == "person" for person in naming.people):
                found.speaker, found.attributed = naming, True
            else:
                found.relay = found.relay or naming.mention
            return
        if zone == "to":
            self.zone = None
            if found.acts & _ON_TARGET:
                found.topic.extend(words)
            elif found.addressee is None:
                found.addressee = naming
            return
        if zone in ("by", "of"):
            self.zone = None
            found.signals += 1
            if found.speaker is None:
                found.speaker = naming
            else:
                found.topic.extend(words)
            return
        behind = self._next(number)
        if self._is_genitive(words[-1], behind) and behind is not None and behind.kind == "word":
            # "Arce's government" is not Arce.
            found.topic.extend(words)
            return
        self._drop_attributes(number)
        if self._is_target(number) or found.speaker is not None:
            self._take_second(number, words, naming)
            return
        found.speaker = naming

    def _drop_attributes(self, number: int) -> None:
        """ "The angry Luis Arce": words between an article and a name tell of the person, and are no topic."""
        place = number - 1
        while place >= 0 and self.spots[place].kind == "word":
            place -= 1
        articles = {fold(word) for word in load_grammar(self.phrases.language).determiners}
        if place >= 0 and fold(self.tokens[self.spots[place].start].text) in articles:
            dropped = {token for piece in self.spots[place + 1 : number] for token in self._words(piece)}
            self.waiting = [token for token in self.waiting if token not in dropped]

    def _take_second(self, number: int, words: list[Token], naming: Naming) -> None:
        """Whoever stands beside the speaker: one more, whom it was said to, or whom it was about."""
        found = self.found
        before = self.spots[number - 1] if number else None
        both = {fold(word) for word in self.phrases.both}
        if before is not None and fold(self.tokens[before.start].text) in both and number > 1 and found.speaker is not None:
            other = self.spots[number - 2]
            if other.kind == "person" and other.naming is found.speaker:
                mention = self.text[self.tokens[other.start].start : words[-1].end]
                found.speaker = Naming(mention=mention, people=(*found.speaker.people, *naming.people), joined=True)
                return
        verb = fold(self.tokens[before.start].text) if before is not None and before.kind == "act" else ""
        if verb in load_tables(self.phrases.language).addressee_verbs and found.addressee is None and found.ask != "who":
            found.addressee = naming
            return
        found.topic.extend(words)

    def _is_target(self, number: int) -> bool:
        """Behind "who" a person is whom it is about ("who blames Arce"), but not in "who did Arce blame"."""
        if self.found.ask != "who":
            return False
        before = self.spots[number - 1]
        return not (before.kind == "frame" and fold(self.tokens[before.start].text) in self.auxiliaries and not self.seen_act)

    def _is_genitive(self, token: Token, behind: Spot | None) -> bool:
        if behind is None:
            return False
        return any(fold(token.text).endswith(fold(ending)) for ending in ("'s", "’s", "s")) and fold(token.text)[-2:] != "ss"

    def _is_stranger(self, piece: Spot) -> bool:
        """Whether a name beside a spotted name makes it another one's: "Hunter" before "Biden"."""
        vocabulary = load_vocabulary()
        if piece.naming is None or piece.naming.how != "name":
            return False
        for place, step in ((piece.start - 1, -1), (piece.end, 1)):
            if not 0 <= place < len(self.tokens):
                continue
            near = self.tokens[place]
            kind = next(spot.kind for spot in self.spots if spot.start <= place < spot.end)
            first, second = (near, self.tokens[piece.start]) if step < 0 else (self.tokens[piece.end - 1], near)
            if kind != "word" or self.text[first.end : second.start].strip() or self._is_genitive(first, piece):
                continue
            if step < 0 and place > 0 and self._opens_subject(place - 1):
                # "what did kamala arce say"
                return True
            is_given = step < 0 and fold(near.text) in vocabulary.first_names
            is_capital = near.text[:1].isupper() and (place > 0 or is_given) and self.phrases.language != "de"
            if is_given or is_capital:
                return True
        return False

    def _opens_subject(self, place: int) -> bool:
        """Whether a token is an auxiliary or a verb of speech, behind which the speaker stands."""
        piece = next(spot for spot in self.spots if spot.start <= place < spot.end)
        # Elsewhere an infinitive may stand there: "¿Qué quería lograr Lee?".
        asks = self.phrases.language == "en" and fold(self.tokens[place].text) in self.auxiliaries
        wishes = {fold(word) for word in load_spotting(self.phrases.language).wishes}
        tells = fold(self.tokens[place].text) not in wishes
        return asks or (tells and piece.kind == "act" and piece.value in ("say", "write", "answer", "claim"))

    def _tell_apart(self) -> None:
        """Of several who have the name, the one whom the rest of the question tells: "Sánchez, the Spanish one"."""
        found = self.found
        naming = found.speaker
        if naming is None or len(naming.people) < 2 or naming.joined:
            return
        for piece in self.spots:
            if piece.naming is not None and piece.naming is not naming and piece.naming.how == "role":
                both = tuple(person for person in naming.people if person in piece.naming.people)
                words = set(self._words(piece))
                if len(both) == 1 and not words & set(found.circumstance):
                    found.speaker = replace(naming, people=both)
                    found.topic = [token for token in found.topic if token not in words]
                    return
        vocabulary = load_vocabulary()
        for token in found.topic:
            place = vocabulary.places.get(fold(token.text))
            theirs = tuple(one for one in naming.people if any(place in vocabulary.read(role.text).places for role in one.roles))
            # "Sánchez on Spain" may be any of them.
            if place is not None and fold(token.text) in _adjectives() and len(theirs) == 1:
                found.speaker = replace(naming, people=theirs)
                found.topic = [other for other in found.topic if other is not token]
                return

    def _take_relay(self, piece: Spot) -> None:
        if self.zone in ("about", "against"):
            self.found.topic.extend(self._words(piece))
            return
        mention = " ".join(token.text for token in self._words(piece))
        self.found.relay = self.found.relay or (mention if piece.value == _AGENCY else piece.value)
        self.found.signals += 1
        self.zone = None

    def _take_act(self, number: int, piece: Spot) -> None:
        found = self.found
        behind = self._next(number)
        if self.zone == "about" and piece.kind != "denial":
            found.topic.extend(self._words(piece))
            return
        found.signals += 1
        self.seen_act = self.seen_act or piece.kind == "act"
        if self.waiting and piece.kind == "act" and found.speaker is None:
            # Words before the verb that nobody has for a name.
            found.stranger = found.stranger or (found.ask in (None, "words") and self._is_subject())
        before = self.spots[number - 1] if number else None
        tells = any(near is not None and near.kind == "relay" for near in (before, behind))
        if piece.value not in ("say", "quote") and not tells:
            found.acts.add("deny" if piece.kind == "denial" else cast("Act", piece.value))
        if piece.kind == "denial":
            found.leans = True
        told = fold(self.tokens[piece.start].text) in load_tables(self.phrases.language).addressee_verbs
        if not (behind is not None and behind.kind == "preposition"):
            # "tell reporters"
            self.zone = "to" if told and behind is not None and behind.kind == "word" and found.ask != "who" else None

    def _is_subject(self) -> bool:
        """Whether the waiting words stand right behind an auxiliary, where a speaker would."""
        first = self.waiting[0].start
        at = next(place for place, token in enumerate(self.tokens) if token.start == first)
        return at > 0 and fold(self.tokens[at - 1].text) in self.auxiliaries

    def _take_pronoun(self, number: int, piece: Spot) -> None:
        found = self.found
        behind = self._next(number)
        articles = {fold(word) for word in load_grammar(self.phrases.language).determiners}
        if behind is not None and behind.kind in ("person", "word") and fold(self.tokens[piece.start].text) in articles:
            # "el ministro" is no "él".
            return
        if piece.value == "that":
            opens = {fold(form) for form in self.phrases.complementisers}
            if fold(self.tokens[piece.start].text) in opens and self._next(number) is not None:
                self._take_frame(number, piece)
            else:
                found.leans = True
            return
        if piece.value == "clitic" or self.zone in ("about", "against") or found.speaker is not None:
            return
        naming = Naming(mention=piece.value, how="pronoun")
        if self.zone == "to":
            found.addressee = found.addressee or naming
        elif found.ask != "who":
            found.speaker = naming
        self.zone = None

    def _is_station(self, piece: Spot) -> bool:
        return any(fold(token.text) in self.stations for token in self._words(piece))

    def _take_word(self, number: int, piece: Spot) -> None:
        found, words = self.found, self._words(piece)
        if found.ask == "to_whom" and self._is_station(piece):
            return
        if self.zone in ("about", "against"):
            found.topic.extend(words)
        elif self.zone in ("during", "medium"):
            found.circumstance.extend(words)
        elif self.zone == "to":
            found.to.extend(words)
        elif self.zone == "according":
            found.relay = " ".join(filter(None, (found.relay, words[0].text)))
        elif self.zone in ("by", "of") and found.speaker is None and not found.relay:
            found.stranger = True
        elif found.speaker is None and not self.seen_act:
            self.waiting.extend(words)
        else:
            found.topic.extend(words)


def named_by(spotted: Spotted, mention: str) -> bool:
    """Whether a mention that names nobody has no word but those that are known for something else."""
    return all(word in spotted.explained for word in folded(mention))


def with_group(spotted: Spotted, people: Sequence[Person], phrases: Phrases) -> Spotted:
    """With a group ("to reporters") for an addressee, where nobody by name is one."""
    if spotted.addressee is not None or not spotted.to:
        return spotted
    mention = " ".join(token.text for token in spotted.to)
    return replace(spotted, addressee=find_people(mention, people, phrases=phrases))
