"""A question as typed → a `Question`: who, to whom, on what, when, according to whom, which words, and what is wanted.

The question's pieces are found (`rag.spots`), a model tells what each word does (`rag.labelling`), and here the words that do
the same become a part: a name or role becomes people of the library, a day a date, a verb of speech an act.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from index.attribution.grammar import load_grammar
from index.attribution.lexicon.countries import country_of
from index.people import load_vocabulary
from index.records import Act, Person
from rag.days import find_days
from rag.labelling import Labelled, Part, Wanted
from rag.naming import Naming, find_people, offices_of, read_naming
from rag.parts import Table, is_mark, load_tables
from rag.phrases import ANSWER_LANGUAGES, Phrases, load_spotting
from rag.pieces import Pieces, cut, quoted_words
from rag.spots import AGENCY, Spot, mended_topic
from rag.tongue import LONGEST_QUESTION, guess_language, is_foreign
from rag.words import Token, fold, folded

Expected = Literal["number", "date", "place", "person"]
# "prada om fotball", "sanchez, the spanish one: his words": a name and so few words, or so many known ones, are no foreign
# language, whatever a model takes them for.
_FEW_WORDS = 3
_MOSTLY_KNOWN = 0.85
# "Later" and "the other" lean on the question before where little else is said.
_SHORT_TURN = 8
# They ask together with the adjective behind them: "how long".
_DEGREE = frozenset(("how", "hvor", "hur", "wie"))
_LONGEST_SUBJECT = 4
# So many letters tell the name of a language in all of its forms.
_ROOT = 5
# A question word among so many words opens the question.
_OPENING = 4
# A word or two that are no question: what was said on them.
_SHORT_MATTER = 3
# Marks that part a name from the clause in which a pronoun stands for it.
_APART = frozenset(".!?:;,–—")
# Negations of a verb, whatever the language; "nobody" and its like are none.
_NOT = frozenset(
    {"not", "didn't", "doesn't", "hasn't", "never", "ikke", "ikkje", "aldri", "inte", "aldrig", "nicht", "nie", "nunca", "pas"}
)
# Pronouns before a verb that tell to whom, not whether to a woman or a man.
_TO_ONE, _TO_SEVERAL = frozenset(("le", "lui")), frozenset(("les", "leur"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a question was taken to mean.

    Args:
        topic: Its content words, as typed, without names of speaker and addressee.
        circumstance: Content words that tell the occasion ("before entering the palace", "on X").
        quoted: The words in its quotation marks.
        acts: The acts that it asks for ("condemned"); empty for "said".
        relay: The outlet or agency that it names ("according to Reuters"), as typed.
        languages: Languages of articles that it names ("in the Norwegian report").
        day: The very day asked about, which `since` and `until` take in with the next, on which it may be printed.
        yearless: A month, and the day if told, whose year is left open ("on 27 June").
        expects: Of what sort the answer to a question of fact must be.
        follow: Whether it leans on a question before it ("And Lima?").
        claim: Whether its topic is a clause that somebody is to have said ("that the people are on alert").
        very_words: Whether only the speaker's own words are wanted.
        shift: Whether it asks for what came later or earlier than what was shown before.
        correction: Whether it mends what the question before was taken to mean ("no, Pedro Sánchez").
        other: Whether the other of several people is meant ("the other Sanchez").
        others: Whether those shown before are not meant ("Who else …").
        without: Ids of people who are not meant.
        nations: Country codes among whose people it looks ("which leaders in Chile").
        abroad: Whether it looks among all people but theirs ("outside Bolivia").
        is_true: Whether it asks if something is so; who says so is told instead.
        wish: Whether it asks what somebody wants.
        negated: Whether it asks for what was not said.
        unclear: Which sentence of the phrases says why it cannot be read; None where it can.
    """

    text: str
    language: str
    wanted: Wanted = "words"
    speaker: Naming | None = None
    addressee: Naming | None = None
    topic: tuple[str, ...] = ()
    circumstance: tuple[str, ...] = ()
    quoted: tuple[str, ...] = ()
    acts: frozenset[Act] = frozenset()
    relay: str | None = None
    languages: frozenset[str] = frozenset()
    since: date | None = None
    until: date | None = None
    day: date | None = None
    yearless: tuple[int, int | None] | None = None
    expects: Expected | None = None
    follow: bool = False
    claim: bool = False
    very_words: bool = False
    shift: Literal["later", "earlier"] | None = None
    correction: bool = False
    other: bool = False
    others: bool = False
    without: frozenset[str] = frozenset()
    nations: frozenset[str] = frozenset()
    abroad: bool = False
    is_true: bool = False
    wish: bool = False
    negated: bool = False
    unclear: str | None = None


def understand(text: str, *, people: Sequence[Person], outlets: Sequence[str] = (), language: str | None = None) -> Question:
    """What a question means, as far as its words and the library's people tell.

    Never raises: what cannot be read comes back with `unclear` set to the sentence that says why.

    Args:
        people: Everyone whom the library knows, speakers or not.
        outlets: Names of the library's outlets.
        language: A code of `ANSWER_LANGUAGES`; None to go by the question's words, English where they do not tell.
    """
    # The words in quotation marks may be in any language.
    inside, spoken = quoted_words(text[:LONGEST_QUESTION])
    code = language or guess_language(spoken, beside=" ".join(inside)) or "en"
    code = "nb" if code == "nn" else code if code in ANSWER_LANGUAGES else "en"
    if not text.strip():
        return Question(text=text, language=code, unclear="unclear_empty")
    if len(text) > LONGEST_QUESTION:
        return Question(text=text, language=code, unclear="unclear_long")
    text = unicodedata.normalize("NFC", text)
    pieces = cut(text, people=people, outlets=outlets, language=code)
    if not pieces.quoted and not any(letter.isalpha() for token in pieces.tokens for letter in token.text):
        return Question(text=text, language=code, unclear="unclear_marks")
    if language is None and not _is_known(pieces) and is_foreign(pieces.text, pieces.tokens, pieces.phrases):
        return Question(text=text, language="en", unclear="unclear_language")
    read = _Reading(pieces, people).read()
    return replace(read, text=text, topic=mended_topic(read.topic, people, pieces.phrases))


def _is_known(pieces: Pieces) -> bool:
    """Whether somebody is named in it and little else is said, or little that is not known."""
    language = pieces.phrases.language
    told = [spot for spot in pieces.spots if spot.kind != "word" or country_of(pieces.tokens[spot.start].text, language)]
    known = len(told) / max(1, len(pieces.spots))
    named = any(spot.kind == "person" for spot in pieces.spots)
    return named and (len(pieces.tokens) <= _FEW_WORDS or known >= _MOSTLY_KNOWN)


@dataclass(slots=True)
class _Turns:
    """What turns a question, beside its parts."""

    very_words: bool = False
    shift: Literal["later", "earlier"] | None = None
    correction: bool = False
    other: bool = False
    others: bool = False
    follows: bool = False
    checks: bool = False


class _Reading:
    """One question: its pieces, what each word does, and what the words that do the same tell together."""

    def __init__(self, pieces: Pieces, people: Sequence[Person]) -> None:
        self.pieces, self.people = pieces, people
        self.text, self.tokens, self.spots, self.phrases = pieces.text, pieces.tokens, pieces.spots, pieces.phrases
        self.tables = load_tables(self.phrases.language)
        self.words = [token.text.casefold() for token in self.tokens]
        self.labelled = self._with_whole_topics(pieces.label())
        self.stop = {fold(word) for word in (*self.phrases.stop, *self.phrases.auxiliaries)}
        self.determiners = {fold(word) for word in load_grammar(self.phrases.language).determiners}

    def read(self) -> Question:
        turns = self._turns()
        wanted, speaker, addressee, topic, relay, abroad = self._who_and_what()
        circumstance = self._tokens("circumstance") if wanted != "fact" else []
        days = find_days(circumstance, self.phrases)
        languages, occasion = self._languages(circumstance, days.words)
        told, relay = self._language_of(relay)
        nations, outside = self._nations()
        acts, quoted = self._acts(), self.pieces.quoted
        denials = [spot for spot in self.spots if spot.kind == "denial" and self._is_speech(spot)]
        used = days.words | {token for spot in denials for token in self._of(spot)}
        words = tuple(t.text for t in topic if fold(t.text) not in self.stop and t not in used and not is_mark(t.text))
        if wanted in ("words", "all", "who", "to_whom", "when", "where", "how_many", "compare"):
            words = self._solid(words)
        if wanted == "whether" and not (words or quoted):
            # "Did Lee blame anybody?"
            wanted = "words"
        if wanted == "whether" and speaker is not None and not quoted and (asked := self._asked_within()):
            # "Did Lee say how long it will take?" is answered by what she said of it.
            wanted, words = "words", tuple(word for word in words if word not in asked)
        claims = bool(words) and self._claims()
        if wanted == "words" and claims and speaker is not None and self._opens_with_speech():
            # "¿Dijo Lima que …?"
            wanted = "whether"
        is_true = turns.checks and wanted in ("fact", "whether") and bool(words) and not (speaker or acts or quoted)
        if is_true:
            # "Is it true that …?": who says so is told, and nothing is called true.
            wanted, claims = "who", True
        leans = turns.follows or turns.correction or self._leans(words)
        if (turns.shift or turns.very_words) and not (speaker or words or quoted):
            leans = True
            wanted = "words" if turns.shift else wanted
        if wanted == "words" and not (speaker or addressee or words or relay or languages or told or quoted):
            speaker, addressee = self._meant_by_pronouns()
        anything = speaker or addressee or words or relay or languages or told or quoted or (acts and turns.follows)
        return Question(
            text=self.text,
            language=self.phrases.language,
            wanted=wanted,
            speaker=speaker,
            addressee=addressee,
            topic=words,
            circumstance=occasion,
            quoted=quoted,
            # How two tell of the same is asked of all that they say of it.
            acts=acts if wanted != "compare" else frozenset(),
            relay=relay,
            languages=languages | told,
            since=days.since,
            until=days.until,
            day=days.day,
            yearless=days.yearless,
            expects=_expects(self.words, self.phrases) if wanted == "fact" else None,
            follow=leans,
            claim=claims,
            is_true=is_true,
            wish=not words and self._wishes(),
            negated=wanted in ("words", "who", "all") and self._is_negated(),
            very_words=turns.very_words,
            shift=turns.shift,
            correction=turns.correction,
            other=turns.other,
            others=turns.others,
            nations=nations,
            abroad=abroad or outside,
            unclear=None if leans or self._asks(wanted, told=bool(anything), topic=bool(words)) else "unclear_question",
        )

    def _who_and_what(self) -> tuple[Wanted, Naming | None, Naming | None, list[Token], str | None, bool]:
        """What is wanted, by whom, to whom, on what, according to whom, and whether all who are abroad are asked for."""
        wanted, topic = self.labelled.wanted, self._tokens("topic")
        speaker, addressee = self._speaker(), self._addressee()
        relay, of_relay = self._relay()
        if of_relay is not None:
            # "What, according to Lima, did Zúñiga do?" asks what Lima says of it.
            if speaker is not None and speaker.ids != of_relay.ids:
                topic = sorted([*self._tokens("speaker"), *topic], key=lambda token: token.start)
            speaker = of_relay
            wanted = "words" if wanted in ("fact", "who", "who_is", "words") else wanted
        group = group_of(speaker, self.phrases) or self._group_among()
        if group and (speaker is None or not speaker.people):
            # "How did other countries react?" asks who did.
            speaker = None
            wanted = "who" if wanted in ("words", "all") else wanted
        if wanted == "compare" and (speaker is None or len(speaker.people) < 2):
            wanted = "words"
        if wanted == "who" and speaker is not None:
            wanted = "words"
        is_bare = not any(spot.kind in ("ask", "frame", "preposition") for spot in self.spots) and "?" not in self.text
        if wanted == "fact" and is_bare and len(self.tokens) <= _SHORT_MATTER and _expects(self.words, self.phrases) is None:
            # "Coup" alone is what was said on it.
            wanted = "words"
        if wanted == "fact":
            topic = self._tokens("speaker", "addressee", "topic", "circumstance", "among", "excluded")
            return wanted, None, None, topic, relay, False
        return wanted, speaker, addressee, topic, relay, group == "abroad"

    def _solid(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The words of a topic without those that stand for anything: "the events in La Paz" is La Paz."""
        more = load_spotting(self.phrases.language)
        hollow, frame = {fold(word) for word in more.hollow}, {fold(word) for word in more.frame}
        if len(words) == 1 and fold(words[0]) in frame:
            # "What did Lee want to achieve?"
            return ()
        return tuple(word for word in words if fold(word) not in hollow)

    def _group_among(self) -> str | None:
        """Whether the group among whom a question looks is anybody, or anybody abroad ("other countries")."""
        words = " ".join(token.text for token in self._tokens("among"))
        return group_of(Naming(mention=words, how="unknown"), self.phrases) if words else None

    # Words by what they do

    def _with_whole_topics(self, labelled: Labelled) -> Labelled:
        """What is joined to a topic by no more than a comma or an "and" is one too, and so are verbs and nouns of speech
        behind "about": "about the dam, fish and order".
        """
        parts = list(labelled.parts)
        small, both = ({fold(word) for word in words} for words in (self.phrases.stop, self.phrases.both))
        frame = {fold(word) for word in load_spotting(self.phrases.language).frame}
        for spot in self.spots:
            told = [part for part in parts[spot.start : spot.end] if part != "frame"]
            people = spot.naming.people if spot.naming is not None else ()
            names = {word for person in people for form in (person.name, *person.aliases) for word in folded(form)}
            if told and names.issuperset(map(fold, self.words[spot.start : spot.end])):
                # A name does one thing in a question.
                parts[spot.start : spot.end] = [told[0]] * (spot.end - spot.start)
        is_about = False
        for place in range(1, len(parts)):
            spot = self.pieces.spots_at(place)
            between = self.text[self.tokens[place - 1].end : self.tokens[place].start]
            if spot.kind in ("ask", "pronoun", "relay") or set(".?!:;") & set(between):
                is_about = False
            elif spot.kind == "preposition":
                is_about = spot.value == "about" and place + 1 == spot.end if spot.start == place else is_about
            before = place - 1
            while before > 0 and fold(self.words[before]) in small and parts[before] == "frame":
                before -= 1
            between = self.text[self.tokens[before].end : self.tokens[place].start]
            is_joined = between.strip() == "," or (bool(both & set(folded(between))) and not set(".?!:;") & set(between))
            is_said = spot.kind in ("act", "noun", "denial") and fold(self.words[place]) not in frame
            is_plain = spot.kind == "word" or (is_about and is_said)
            if is_plain and parts[place] in ("frame", "speech") and ((parts[before] == "topic" and is_joined) or is_about):
                parts[place] = "topic"
        return replace(labelled, parts=tuple(parts))

    def _tokens(self, *parts: Part) -> list[Token]:
        return [token for token, part in zip(self.tokens, self.labelled.parts, strict=True) if part in parts]

    def _runs(self, part: Part) -> list[list[Token]]:
        """The words of a part that stand together, with no mark between them."""
        runs: list[list[Token]] = []
        last = -2
        for place, token in enumerate(self.tokens):
            if self.labelled.parts[place] != part:
                continue
            between = self.text[self.tokens[place - 1].end : token.start] if place else ""
            apart = place != last + 1 or _APART & set(between) or between == " - "
            if apart or not runs:
                runs.append([])
            runs[-1].append(token)
            last = place
        return runs

    def _spots(self, part: Part) -> list[Spot]:
        return [spot for spot in self.spots if self.labelled.parts[spot.start] == part]

    # People

    def _named(self, part: Part) -> Naming | None:
        """Whom the words of a part name: the first of them, told apart by those behind it, or all that are joined."""
        every = [self._with_given_name(self._whole(run)) for run in self._runs(part)]
        runs = [(run, naming) for run in every if (naming := read_naming(run, self.people, self.phrases)) is not None]
        if not runs:
            return None
        (before, found), *others = runs
        for run, naming in others:
            if naming.how == "pronoun" or (found.people and found.ids <= naming.ids):
                # "Prada, the minister" is one.
                continue
            if found.how == "pronoun":
                found = naming
            elif len(found.people) > 1 and not found.joined:
                found = self._told_apart(found, naming, run)
            elif not found.people:
                found = naming if naming.how == "name" and found.how != "name" else found
            elif naming.people and (self.labelled.wanted == "compare" or self._are_joined(before[-1], run[0])):
                mention = self.text[before[0].start : run[-1].end]
                found = Naming(mention=mention, people=tuple(dict.fromkeys((*found.people, *naming.people))), joined=True)
            before = run
        return found

    def _whole(self, run: list[Token]) -> list[Token]:
        """The words with the rest of the name that the last of them begins."""
        last = self.tokens.index(run[-1])
        spot = self.pieces.spots_at(last)
        if spot.kind != "person":
            return run
        return [*run, *(token for token in self.tokens[last + 1 : spot.end] if self.labelled.parts[last + 1] == "frame")]

    def _with_given_name(self, run: list[Token]) -> list[Token]:
        """The words of a name with those beside it that make it somebody else's: "Hunter" before "Biden"."""
        first, last = self.tokens.index(run[0]), self.tokens.index(run[-1])
        given = load_vocabulary().first_names
        auxiliaries = {fold(word) for word in self.phrases.auxiliaries}
        named = any(
            spot.kind == "person" and spot.naming is not None and spot.naming.how == "name" for spot in self._spots_of(run)
        )
        for place in (first - 1, last + 1):
            if not named or not 0 <= place < len(self.tokens) or self.pieces.spots_at(place).kind != "word":
                continue
            beside, (one, two) = self.tokens[place], sorted((place, first if place < first else last))
            if self.text[self.tokens[one].end : self.tokens[two].start].strip() or self.tokens[one].text.endswith(("'s", "'")):
                continue
            is_capital = beside.text[:1].isupper() and place > 0 and self.phrases.language != "de"
            asks = (
                self.phrases.language == "en" and place == first - 1 and place > 0 and fold(self.words[place - 1]) in auxiliaries
            )
            if is_capital or (place < first and (fold(beside.text) in given or asks)):
                run = [beside, *run] if place < first else [*run, beside]
        return run

    def _spots_of(self, run: Sequence[Token]) -> list[Spot]:
        return [spot for spot in self.spots if self.tokens[spot.start] in run]

    def _are_joined(self, first: Token, second: Token) -> bool:
        """ "Lee and Ríos", "Lee, Ríos and Moe"; behind a comma alone an office is no second speaker."""
        both = {fold(word) for word in self.phrases.both}
        between = self.text[first.end : second.start]
        names = [self.pieces.spots_at(self.tokens.index(token)).naming for token in (first, second)]
        named = all(naming is not None and naming.how == "name" for naming in names)
        return (between.strip() == "," and named) or bool(both & set(folded(between)))

    def _told_apart(self, found: Naming, naming: Naming, run: Sequence[Token]) -> Naming:
        """Of several who have the name, those whom the words behind it tell: "Sánchez, the Spanish one"."""
        both = tuple(person for person in found.people if person.id in naming.ids)
        if both:
            return replace(found, people=both)
        vocabulary = load_vocabulary()
        terms = vocabulary.read(" ".join(token.text for token in run))
        fitting = tuple(
            person
            for person in found.people
            if any(
                (terms.places & held.places) or (offices_of(terms.concepts) & offices_of(held.concepts))
                for held in (vocabulary.read(role.text) for role in person.roles)
            )
        )
        return replace(found, people=fitting or found.people)

    def _speaker(self) -> Naming | None:
        found = self._named("speaker")
        if found is None:
            return None
        for run in self._runs("speaker"):
            pronoun = read_naming(run, self.people, self.phrases)
            if pronoun is not None and pronoun.how == "pronoun" and pronoun.mention != "plural":
                fitting = self._named_before(pronoun, run[0])
                if len(fitting) > 1:
                    # "Lee met Ríos. What did he say?" does not tell who.
                    return pronoun
                found = fitting[0] if found.how == "pronoun" and fitting else found
        if found.how == "unknown":
            # "ordren fra den nye hærsjefen": words beside a name that somebody has.
            named = [spot.naming for spot in self._spots("speaker") if spot.naming is not None and spot.naming.people]
            known = [naming for naming in named if naming.how == "role"]
            beside = {token.text for spot in self._spots("speaker") if spot.kind == "word" for token in self._of(spot)}
            if len({naming.ids for naming in known}) == 1 and not any(word[:1].isupper() for word in beside):
                found = known[0]
        if len(found.people) > 1 and not found.joined:
            for run in self._runs("excluded"):
                naming = find_people(" ".join(token.text for token in run), self.people, phrases=self.phrases)
                others = self._told_apart(found, naming, run).ids
                left = tuple(person for person in found.people if person.id not in others)
                found = replace(found, people=left) if left else found
        return found

    def _meant_by_pronouns(self) -> tuple[Naming | None, Naming | None]:
        """Who speaks and who is spoken to, where pronouns alone tell, whatever part they have: "Que lui a-t-elle répondu ?"."""
        speaker = addressee = None
        for spot in self.spots:
            word, last = self.words[spot.start], spot.end == len(self.tokens)
            if spot.kind != "pronoun" or (fold(word) in self.determiners and not last):
                # "El" before a noun is an article.
                continue
            if spot.value in ("female", "male", "plural") and speaker is None:
                speaker = Naming(mention=spot.value, how="pronoun")
            elif word in _TO_ONE or word in _TO_SEVERAL:
                addressee = Naming(mention="either" if word in _TO_ONE else "plural", how="pronoun")
        return speaker, addressee

    def _addressee(self) -> Naming | None:
        """To whom; a pronoun is whoever is named in a clause before, or a group in it that the words around it tell."""
        found = self._named("addressee")
        if found is None or found.how != "pronoun":
            return found
        first = self._runs("addressee")[0][0]
        if found.mention != "plural":
            named = self._named_before(found, first)
            return named[0] if len(named) == 1 else found
        # "Outside the palace, in front of all those people: what did she tell them?"
        told = any(token.end < first.start for token in self._tokens("circumstance"))
        return None if told and _APART & set(self.text[: first.start]) else found

    def _of(self, spot: Spot) -> tuple[Token, ...]:
        return self.tokens[spot.start : spot.end]

    def _named_before(self, pronoun: Naming, at: Token) -> list[Naming]:
        """Who is named in a clause before the pronoun's: "Troops rose against Lee. How did he describe them?"."""
        fitting: dict[frozenset[str], Naming] = {}
        for spot in self.spots:
            naming, end = spot.naming, self.tokens[spot.end - 1].end
            if naming is None or end > at.start or not _APART & set(self.text[end : at.start]):
                continue
            person = naming.people[0] if len(naming.people) == 1 else None
            if person is not None and person.kind == "person" and person.gender in (None, pronoun.mention):
                fitting[naming.ids] = naming
        return list(fitting.values())

    # What else is told

    def _acts(self) -> frozenset[Act]:
        outlets = {place for spot in self.spots if spot.kind == "relay" for place in (spot.start, spot.end)}
        # "What does the Courier report that Lee said?": what an outlet does is no act of the speaker's.
        spots = [spot for spot in self.spots if not {spot.start, spot.end} & outlets or spot.kind == "denial"]
        if self.labelled.wanted == "outlet":
            # "Which paper reported that …": the first verb is the paper's.
            spoken = [spot for spot in spots if self._is_speech(spot)][:1]
            named = [spot for spot in self._spots("speaker") if spoken and spot.start < spoken[0].start]
            spots = [spot for spot in spots if named or spot not in spoken]
        kinds = [self._act(spot) for spot in spots if self._is_speech(spot)]
        return frozenset(kind for kind in kinds if kind not in ("say", "quote"))  # type: ignore[misc]  # the tables' kinds are acts

    def _is_speech(self, spot: Spot) -> bool:
        """Whether a piece asks for words: a verb or noun that is told so, a common one ("said"), or "isn't true"."""
        part = self.labelled.parts[spot.start]
        if spot.kind == "denial":
            # "Who says that isn't true?", but in "Did Lee say that Ríos lies?" it is what was said.
            told = (fold(word) for word, named in zip(self.words, self.labelled.parts, strict=True) if named == "topic")
            own = {fold(word) for word in self.words[spot.start : spot.end]}
            return all(word in self.stop or word in own for word in told)
        if spot.kind not in ("act", "noun"):
            return False
        is_small = all(fold(word) in self.stop for word in self.words[spot.start : spot.end])
        return part == "speech" or (part == "frame" and is_small)

    def _act(self, spot: Spot) -> str:
        if spot.kind == "denial":
            return "deny"
        noun, verb = self.tables.nouns.at(self.words, spot.start), self.tables.verbs.at(self.words, spot.start)
        before = fold(self.words[spot.start - 1]) if spot.start else ""
        owned = before in self.determiners or any(
            before.endswith(fold(ending)) for ending in self.phrases.genitives if "'" in ending
        )
        # "Did she call it …" is no call for something, "her call" is.
        if spot.kind == "noun" and verb is not None and before and not owned:
            return verb[0]
        return noun[0] if spot.kind == "noun" and noun is not None else spot.value

    def _relay(self) -> tuple[str | None, Naming | None]:
        """The outlet or agency that is named; or the one person whom "according to …" names."""
        for run in self._runs("relay"):
            kept = [token for token in run if fold(token.text) not in self.stop or token.text.isupper()]
            if not kept:
                continue
            papers = [spot for spot in self._spots("relay") if spot.kind == "relay" and self.tokens[spot.start] in run]
            if papers:
                words = " ".join(token.text for token in self._of(papers[0]))
                return (words if papers[0].value == AGENCY else papers[0].value), None
            mention = " ".join(token.text for token in (*self._article_of(run[0]), *kept))
            return (None, source) if (source := source_of(mention, self.people, self.phrases)) else (mention, None)
        return None, None

    def _article_of(self, token: Token) -> tuple[Token, ...]:
        """The article before a name, where it is written as a part of it: "The Harbour Post"."""
        place = self.tokens.index(token)
        before = self.tokens[place - 1 : place] if place > 1 else ()
        is_part = all(fold(one.text) in self.determiners and one.text[:1].isupper() for one in before)
        return tuple(before) if is_part else ()

    def _languages(self, circumstance: Sequence[Token], used: frozenset[Token]) -> tuple[frozenset[str], tuple[str, ...]]:
        opens = {fold(word) for kind in ("during", "medium") for form in self.phrases.prepositions[kind] for word in form.split()}
        turning = {fold(word) for kind in ("later", "earlier") for form in self.phrases.turns[kind] for word in form.split()}
        small = self.stop | opens | turning
        kept = tuple(token.text for token in circumstance if fold(token.text) not in small and token not in used)
        return _languages(kept, self.phrases)

    def _language_of(self, relay: str | None) -> tuple[frozenset[str], str | None]:
        """ "In the Norwegian report" names a language, and no outlet."""
        if relay is None:
            return frozenset(), None
        languages, _ = _languages(tuple(relay.split()), self.phrases)
        return (languages, None) if languages else (frozenset(), relay)

    def _nations(self) -> tuple[frozenset[str], bool]:
        """The countries among whose people a question looks, and whether outside of them."""
        group = self._tokens("among")
        beyond = Table({"beyond": self.phrases.turns["beyond"]})
        words = [token.text.casefold() for token in group]
        abroad = any(beyond.at(words, at) for at in range(len(words)))
        nations = {country for token in group if (country := country_of(token.text, self.phrases.language)) not in (None, "EU")}
        return frozenset(filter(None, nations)), abroad and bool(nations)

    def _turns(self) -> _Turns:
        turns, words = _Turns(), self.words
        if words and (opening := self.tables.corrections.at(words, 0)):
            # "No one said …" is no correction.
            end = opening[1]
            apart = end == len(words) or "," in self.text[self.tokens[end - 1].end : self.tokens[end].start]
            turns.correction = apart or end > 1
        turns.checks = any(self.tables.truth.at(words, at) for at in range(len(words)))
        at = 0
        while at < len(words) and (lead := self.tables.lead_ins.at(words, at) or self.tables.follow.at(words, at)):
            turns.follows = turns.follows or lead[0] == "follow"
            at += lead[1]
        elsewhere = Table({"abroad": self.phrases.turns["abroad"]})
        at = 0
        while at < len(words):
            asks, found = self.tables.ask.at(words, at), self.tables.turns.at(words, at)
            if abroad := elsewhere.at(words, at):
                # "Other countries" are no "other one".
                at += abroad[1]
            elif asks is not None and asks[0] == "who_else":
                turns.others = True
                at += asks[1]
            elif found is not None:
                self._turn(turns, found[0], at)
                at += found[1]
            else:
                at += 1
        return turns

    def _turn(self, turns: _Turns, kind: str, at: int) -> None:
        if kind == "very_words":
            turns.very_words = True
        elif len(self.words) <= _SHORT_TURN and self.labelled.parts[at] != "topic":
            if kind in ("later", "earlier"):
                turns.shift = "later" if kind == "later" else "earlier"
            elif kind == "other":
                turns.other = True

    def _asked_within(self) -> tuple[str, ...]:
        """The words that ask right behind a verb of speech: "how long" of "did she say how long it takes"."""
        for at in range(len(self.words)):
            verb = self.tables.verbs.at(self.words, at)
            if verb is None:
                continue
            start = at + verb[1]
            while start < len(self.tokens) and start - at <= _LONGEST_SUBJECT and self.tokens[start].text[:1].isupper():
                start += 1  # "Sa Lima hvor mange år …"
            asked = self.tables.ask.at(self.words, start) if start < len(self.tokens) else None
            # "Anything" asks for words, and opens no question within another.
            if asked and asked[0] != "whether" and fold(self.words[start]) not in load_spotting(self.phrases.language).frame:
                end = start + asked[1] + (self.words[start] in _DEGREE)
                return tuple(token.text for token in self.tokens[start:end])
        return ()

    def _opens_with_speech(self) -> bool:
        """Whether a verb of speech opens the question, and no question word before it."""
        opening = next((spot for spot in self.spots if spot.kind not in ("frame", "preposition")), None)
        return opening is not None and opening.kind == "act"

    def _claims(self) -> bool:
        """Whether the topic is a clause that somebody is to have said: "that the people are on alert"."""
        opens = {fold(word) for word in self.phrases.complementisers}
        parts = self.labelled.parts
        first = parts.index("topic") if "topic" in parts else 0
        spoken = any(self._is_speech(spot) for spot in self.spots if spot.start < first)
        at = first - 1
        while at >= 0 and parts[at] == "frame":
            # "Om" opens a clause, or what it is about.
            if fold(self.words[at]) in opens and self.pieces.spots_at(at).kind != "preposition":
                return spoken
            at -= 1
        return False

    def _leans(self, topic: tuple[str, ...]) -> bool:
        """Whether "that" or "it" stands for what was asked before."""
        if topic or self.pieces.quoted:
            return False
        denies = any(spot.kind == "denial" for spot in self.spots)
        opens = {fold(word) for word in self.phrases.complementisers}
        last = len(self.tokens)
        points = any(
            spot.kind == "pronoun" and spot.value == "that" and (fold(self.words[spot.start]) not in opens or spot.end == last)
            for spot in self.spots
        )
        return denies or points

    def _wishes(self) -> bool:
        wishes = {fold(word) for word in self.phrases.turns["wishes"]}
        return any(fold(token.text) in wishes for token in self._tokens("speech"))

    def _is_negated(self) -> bool:
        """Whether its verb of speech is negated: "What did Lee not say?", but not "Lee, not the minister: what did she say?"."""
        last = max((spot.start for spot in self.spots if self._is_speech(spot)), default=0)
        place = last - 1
        while place >= 0 and not _APART & set(self.text[self.tokens[place].end : self.tokens[place + 1].start]):
            if fold(self.words[place]) in _NOT and self.labelled.parts[place] in ("frame", "speech"):
                return True
            place -= 1
        return False

    def _asks(self, wanted: Wanted, *, told: bool, topic: bool) -> bool:
        """Whether it can be read as a question at all."""
        opens = any(spot.kind == "ask" and spot.value != "all" and spot.start < _OPENING for spot in self.spots)
        return topic if wanted == "fact" else told or opens


def source_of(relay: str, people: Sequence[Person], phrases: Phrases) -> Naming | None:
    """The one person whom "according to …" names; None where it is an outlet, an agency or a body."""
    naming = find_people(relay, people, phrases=phrases)
    is_one = len(naming.people) == 1 and naming.people[0].kind == "person" and naming.people[0].gender is not None
    return naming if is_one else None


def group_of(naming: Naming | None, phrases: Phrases) -> str | None:
    """Whether a speaker whom nobody in the library is called by stands for anybody, or for anybody abroad."""
    if naming is None or naming.how != "unknown":
        return None
    mention = [word for word in fold(naming.mention).split() if word not in {fold(small) for small in phrases.stop}]
    for kind in ("abroad", "anybody"):
        for phrase in phrases.turns[kind]:
            words = [word for word in fold(phrase).split() if word not in {fold(small) for small in phrases.stop}]
            if mention and (mention == words or " ".join(mention) == fold(phrase)):
                return kind
    return None


def _languages(circumstance: tuple[str, ...], phrases: Phrases) -> tuple[frozenset[str], tuple[str, ...]]:
    """Languages of articles among the circumstances ("in the Norwegian report", "i den norske saken"), and the others."""
    names = {fold(label.split()[-1])[:_ROOT]: code for code, label in phrases.languages.items()}
    told = {word: names[fold(word)[:_ROOT]] for word in circumstance if len(word) >= _ROOT and fold(word)[:_ROOT] in names}
    found = set(told.values())
    if "nb" in found or "nn" in found:
        found |= {"nb", "nn"}
    return frozenset(found), tuple(word for word in circumstance if word not in told)


def _expects(words: Sequence[str], phrases: Phrases) -> Expected | None:
    spoken = f" {' '.join(fold(word) for word in words)} "
    for kind in ("number", "date", "place", "person"):
        if any(f" {fold(word)} " in spoken for word in phrases.expects.get(kind, ())):
            return kind
    return None
