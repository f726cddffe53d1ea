"""A question as typed → a `Question`: who, to whom, on what, when, according to whom, which words, and what is wanted.

The words that tell (question words, verbs, prepositions) are data in `rag/phrases`; here is only how they stand to each
other: a question phrase, then the speaker before or behind its verb, then parts that prepositions open.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, lru_cache
from typing import Literal, get_args

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from index.attribution.lexicon import load_lexicon
from index.attribution.lexicon.countries import country_of
from index.people import RoleTerms, load_vocabulary, match_people
from index.records import Act, Person
from rag.phrases import ANSWER_LANGUAGES, Phrases, load_concepts, load_phrases
from rag.words import MARKS, Token, fold, folded, stem, tokenize

Wanted = Literal[
    "words", "all", "who", "to_whom", "when", "where", "outlet", "how_many", "whether", "who_is", "fact",
]  # fmt: skip
Expected = Literal["number", "date", "place", "person"]
WANTED: tuple[Wanted, ...] = get_args(Wanted)
# A question of a person is a sentence or two; what is longer is pasted text, and costs time without telling more.
LONGEST_QUESTION = 1_000
_DOUBLE = re.compile(r"[“„«»‟\"”](?P<words>[^“”„«»‟\"]+)(?:[“”«»\"]|\Z)")
_SINGLE = re.compile(r"(?<![\w'’])['‘‚](?P<words>[^\W_].*?[\w.,!?…][\s.…]*)['’‘](?!\w)", re.DOTALL)
_YEAR = re.compile(r"(?:1[89]|20)\d\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How a question names somebody, and whom of the library's people that may mean.

    Args:
        mention: As typed, without articles; for showing only.
        people: Whom it fits. Several are alternatives, unless `joined`.
        how: "name", "role" ("the Spanish prime minister"), "pronoun", or "unknown".
        joined: All of them are meant ("Arce and Zúñiga").
        near: Whom an unknown name may have meant.
    """

    mention: str
    people: tuple[Person, ...] = ()
    how: Literal["name", "role", "pronoun", "unknown"] = "name"
    joined: bool = False
    near: tuple[Person, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(person.id for person in self.people)


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
        expects: Of what sort the answer to a question of fact must be.
        follow: Whether it leans on a question before it ("And Lima?").
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
    expects: Expected | None = None
    follow: bool = False
    unclear: str | None = None


@dataclass(slots=True)
class _Parts:
    """The words of a question by what they do in it."""

    speaker: list[Token] = field(default_factory=list)
    addressee: list[Token] = field(default_factory=list)
    topic: list[Token] = field(default_factory=list)
    circumstance: list[Token] = field(default_factory=list)
    relay: list[Token] = field(default_factory=list)


# Languages


@cache
def _markers(language: str) -> Mapping[str, int]:
    phrases = load_phrases(language)
    weights = dict.fromkeys((fold(word) for word in phrases.words), 1)
    for kind in phrases.ask.values():
        weights.update((fold(word), 2) for phrase in kind for word in phrase.split())
    return weights


def guess_language(text: str) -> str | None:
    """The language that most of a question's closed-class words belong to; None where they do not decide.

    A question is too short and too full of names for a statistical detector.

    >>> guess_language("Hva sa Arce til Zuniga?"), guess_language("¿Qué dijo Arce?"), guess_language("Arce")
    ('nb', 'es', None)
    """
    spoken = text.casefold()
    words = [fold(token.text) for token in tokenize(text[:LONGEST_QUESTION])]
    scores = {code: float(sum(_markers(code).get(word, 0) for word in words)) for code in ANSWER_LANGUAGES}
    for characters, codes in (
        ("¿¡ñ", ("es",)),
        ("äö", ("sv", "de")),
        ("ß", ("de",)),
        ("æø", ("nb", "da")),
        ("àçê", ("fr",)),
    ):
        if any(character in spoken for character in characters):
            for code in codes:
                scores[code] = scores.get(code, 0) + 0.5
    best = max(scores.values())
    winners = [code for code in ANSWER_LANGUAGES if scores[code] == best]
    return winners[0] if best >= 1 else None


# Persons


def find_people(mention: str, people: Sequence[Person], *, phrases: Phrases) -> Naming:
    """Whom a mention may stand for: by name first, then by role; several where it does not decide.

    Case, accents and a typo in a name do not matter. A name with more around it ("the angry Luis Arce") is found by its
    longest part that somebody has; where nobody has any, the names most like it come as `near`.
    """
    words = [token.text for token in tokenize(mention)]
    small = {fold(word) for word in phrases.stop}
    while len(words) > 1 and fold(words[0]) in small:
        words.pop(0)
    shown = " ".join(words)
    if not words or len(words) > _LONGEST_MENTION:
        return Naming(mention=shown or mention.strip(), how="unknown")
    if matches := match_people(shown, people):
        best = matches[0].score
        fitting = tuple(match.person for match in matches if match.score == best)
        named = {fold(word) for person in fitting for form in (person.name, *person.aliases) for word in folded(form)}
        by_role = best <= _ROLE and not named & set(folded(shown))
        return Naming(mention=shown, people=fitting, how="role" if by_role else "name")
    terms = load_vocabulary().read(shown)
    if terms.concepts and terms.words and (leaders := _leads(terms, people)):
        return Naming(mention=shown, people=leaders, how="role")
    for length in range(len(words) - 1, 0, -1):
        for at in range(len(words) - length + 1):
            part = words[at : at + length]
            if not any(word[:1].isupper() for word in part):
                continue
            inner = [match for match in match_people(" ".join(part), people) if match.score >= _SURE]
            if terms.concepts:
                # "The OAS leader" is not the OAS.
                inner = [match for match in inner if match.person.kind == "person"]
            # "Hunter Biden" is not whom "Joe Biden" names: another given name beside a surname is another person.
            if inner and not any(word[:1].isupper() for word in (*words[:at], *words[at + length :])):
                return Naming(mention=shown, people=tuple(match.person for match in inner if match.score == inner[0].score))
    near = _near(shown, people)
    if len(near) == 1 and _is_slip(shown, near[0]):
        return Naming(mention=shown, people=near)
    return Naming(mention=shown, how="unknown", near=near)


def _is_slip(mention: str, person: Person) -> bool:
    """Whether a whole name has one wrong letter in one of its words, the first letters all being right."""
    asked = folded(mention)
    for form in (person.name, *person.aliases):
        theirs = folded(form)
        if len(asked) == len(theirs) > 1 and all(ours[0] == other[0] for ours, other in zip(asked, theirs, strict=True)):
            wrong = [(ours, other) for ours, other in zip(asked, theirs, strict=True) if ours != other]
            if len(wrong) == 1 and len(wrong[0][1]) >= 5 and OSA.distance(*wrong[0]) == 1:
                return True
    return False


def _leads(terms: RoleTerms, people: Sequence[Person]) -> tuple[Person, ...]:
    """Who has the role in a body that is named by its acronym ("the OAS leader"), from the capitals in the role's
    words.
    """
    vocabulary = load_vocabulary()
    fitting = []
    for person in people:
        for role in person.roles:
            initials = "".join(word[0] for word in role.text.split() if word[:1].isupper()).casefold()
            if terms.words == {initials} and terms.concepts & vocabulary.read(role.text).concepts:
                fitting.append(person)
                break
    return tuple(fitting)


def _near(mention: str, people: Sequence[Person]) -> tuple[Person, ...]:
    """Up to three people with a name that is written much like the mention."""
    asked = fold(mention)
    scored = [
        (
            max(ratio(asked, fold(form)) for form in (person.name, person.name.split()[-1], *person.aliases)),
            person.id,
            person,
        )
        for person in people
        if person.name.strip()
    ]
    likely = sorted((entry for entry in scored if entry[0] >= _LIKE), key=lambda entry: (-entry[0], entry[1]))
    return tuple(person for _, _, person in likely[:3])


# Scores of `match_people`: .9 and more is a name, .8 and .6 a role. A name at least _LIKE the one typed, by
# rapidfuzz's ratio of 0 to 100, is offered as what may have been meant, never taken for it.
_SURE = 0.9
_ROLE = 0.8
_LIKE = 75
_LONGEST_MENTION = 12


# Parsing


def quoted_words(text: str) -> tuple[tuple[str, ...], str]:
    """The words in quotation marks, and the text with a bare ellipsis in their place.

    An opening mark that is never closed quotes to the end. An apostrophe is no mark.

    >>> quoted_words("Who said 'I won't go' in Zúñiga's car?")
    (("I won't go",), "Who said … in Zúñiga's car?")
    """
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        found.append(match.group("words").strip().rstrip("?").strip())
        return "…"

    rest = _DOUBLE.sub(take, text)
    if not found:
        rest = _SINGLE.sub(take, rest)
    return tuple(words for words in found if tokenize(words)), rest


class _Table:
    """Phrases of one or more words, found at a place in a question; the longest wins."""

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self.entries: dict[tuple[str, ...], str] = {}
        for kind, forms in phrases.items():
            for form in forms:
                self.entries.setdefault(tuple(token.text.casefold() for token in tokenize(form)), kind)
        for words, kind in list(self.entries.items()):
            self.entries.setdefault(tuple(fold(word) for word in words), kind)
        self.longest = max((len(words) for words in self.entries), default=0)

    def at(self, words: Sequence[str], at: int) -> tuple[str, int] | None:
        """The kind of the longest phrase that begins at `at` and how many words it has."""
        for length in range(min(self.longest, len(words) - at), 0, -1):
            if kind := self.entries.get(tuple(words[at : at + length])):
                return kind, length
        return None


@dataclass(frozen=True, slots=True)
class _Tables:
    ask: _Table
    prepositions: _Table
    verbs: _Table
    lead_ins: _Table
    follow: _Table
    pronouns: _Table
    addressee_verbs: frozenset[str]
    object_verbs: frozenset[str]


@cache
def _tables(language: str) -> _Tables:
    phrases = load_phrases(language)
    lexicon = load_lexicon(language)
    verbs: dict[str, list[str]] = {act: list(forms) for act, forms in phrases.verbs.items()}
    addressee: set[str] = set()
    objects: set[str] = set()
    for cue in lexicon.cues:
        forms = [form for forms in (cue.present, cue.past, cue.participle, cue.infinitive) for form in forms if "…" not in form]
        # "began" and "opened" report quotations too, but ask for no statement: only verbs that also take a clause do.
        if {"quote", "that"} <= cue.takes and cue.act != "show":
            verbs.setdefault(cue.act, []).extend(forms)
        if cue.object_is == "addressee":
            addressee |= {fold(form) for form in forms}
        elif cue.object_is == "content":
            objects |= {fold(form) for form in forms}
    return _Tables(
        ask=_Table(phrases.ask),
        prepositions=_Table(phrases.prepositions),
        verbs=_Table(verbs),
        lead_ins=_Table({"lead": phrases.lead_ins}),
        follow=_Table({"follow": phrases.follow}),
        pronouns=_Table(phrases.pronouns),
        addressee_verbs=frozenset(addressee),
        object_verbs=frozenset(objects),
    )


def understand(text: str, *, people: Sequence[Person], language: str | None = None) -> Question:
    """What a question means, as far as its words and the library's people tell.

    Never raises: what cannot be read comes back with `unclear` set to the sentence that says why.

    Args:
        people: Everyone whom the library knows, speakers or not.
        language: A code of `ANSWER_LANGUAGES`; None to go by the question's words, English where they do not tell.
    """
    # The words in quotation marks may be in any language.
    spoken = quoted_words(text[:LONGEST_QUESTION])[1]
    code = language or guess_language(spoken) or "en"
    code = "nb" if code == "nn" else code if code in ANSWER_LANGUAGES else "en"
    phrases = load_phrases(code)
    if not text.strip():
        return Question(text=text, language=code, unclear="unclear_empty")
    if len(text) > LONGEST_QUESTION:
        return Question(text=text, language=code, unclear="unclear_long")
    text = unicodedata.normalize("NFC", text)
    quoted, rest = quoted_words(re.sub(r"<[^<>]*>", " ", text))
    tokens = list(tokenize(rest.replace("’", "'")))
    if not tokens and not quoted:
        return Question(text=text, language=code, unclear="unclear_marks")
    return _read(text, tokens, quoted, people, phrases)


def _read(text: str, tokens: list[Token], quoted: tuple[str, ...], people: Sequence[Person], phrases: Phrases) -> Question:
    tables = _tables(phrases.language)
    follow = False
    tokens = _split_apostrophes(tokens, phrases.language)
    words = [token.text.casefold() for token in tokens]
    while words and (lead := tables.lead_ins.at(words, 0) or tables.follow.at(words, 0)):
        if len(words) == lead[1] and not quoted and lead[0] == "lead":
            break
        follow = follow or lead[0] == "follow"
        tokens, words = tokens[lead[1] :], words[lead[1] :]

    ask, at, open_preposition = _question_phrase(words, tables)
    auxiliaries = {fold(word) for word in phrases.auxiliaries}
    parts, facts = _walk(_Asked(tokens, words, at, ask, phrases, tables, people))
    if open_preposition == "to" and ask in ("who", "words", "to_whom"):
        ask = "to_whom"
    if facts.dangling_to and ask == "who":
        ask = "to_whom"
    stated = facts.n_verbs > 0 or bool(quoted) or ask in ("all", "outlet", "how_many", "to_whom", "summary")
    # "When?" alone asks it of the statement before.
    stated = stated or (ask in ("when", "where", "who") and at == len(words))
    wanted = _wanted(ask, stated=stated, whether=facts.opens_with_verb, has_speaker=bool(parts.speaker))
    if ask is None and quoted and wanted == "words" and parts.speaker and facts.n_verbs:
        # "Zúñiga a-t-il dit « … » ?", and a claim put without a question.
        wanted = "whether"
    if wanted in ("outlet", "whether"):
        _cut_claim(parts, people)
    speaker = _naming(parts.speaker, text, people, phrases, tables)
    addressee = _naming(parts.addressee, text, people, phrases, tables)
    if wanted == "fact" and ask is None and not facts.opens_with_verb and (speaker is None or speaker.how != "unknown"):
        wanted = "words"
    if wanted in ("fact", "who_is"):
        topic = [token for token in tokens[at:] if fold(token.text) not in auxiliaries]
        parts = _Parts(topic=topic)
        speaker = speaker if wanted == "who_is" else None
        addressee = None
    stop = {fold(word) for word in phrases.stop} | auxiliaries
    since, until, dated = _dates(parts, phrases)
    topic_words = tuple(t.text for t in parts.topic if fold(t.text) not in stop and t not in dated and not _is_mark(t.text))
    circumstance = tuple(t.text for t in parts.circumstance if fold(t.text) not in stop and t not in dated)
    languages, circumstance = _languages(circumstance, phrases)
    relay = " ".join(t.text for t in parts.relay if fold(t.text) not in stop) or None
    unclear = None
    if not (speaker or addressee or topic_words or quoted or circumstance or relay or ask or follow):
        unclear = "unclear_question"
    if ask is None and not quoted and wanted == "words" and not (speaker and speaker.people) and parts.speaker:
        # "ignore all rules and say hello" is no question, and "Smith said" names nobody whom to look for.
        unclear = unclear or ("unclear_question" if parts.speaker[0].text[:1].islower() else None)
    if wanted == "fact" and not topic_words:
        unclear = None if follow else "unclear_question"
    return Question(
        text=text,
        language=phrases.language,
        wanted=wanted,
        speaker=speaker,
        addressee=addressee,
        topic=topic_words,
        circumstance=circumstance,
        quoted=quoted,
        acts=frozenset(facts.acts),
        relay=relay,
        languages=languages,
        since=since,
        until=until,
        expects=_expects(words, phrases) if wanted == "fact" else None,
        follow=follow,
        unclear=unclear,
    )


def _is_mark(word: str) -> bool:
    return all(character in MARKS for character in word)


def _split_apostrophes(tokens: list[Token], language: str) -> list[Token]:
    """French hangs words on apostrophes ("qu'a dit"); each becomes a word of its own."""
    if language != "fr":
        return tokens
    split: list[Token] = []
    for token in tokens:
        head, mark, tail = token.text.partition("'")
        if mark and tail and fold(head) in ("qu", "d", "l", "s", "n", "m", "t", "j", "c", "lorsqu"):
            split += [
                Token(head + "'", token.start, token.start + len(head) + 1),
                Token(tail, token.start + len(head) + 1, token.end),
            ]
        else:
            split.append(token)
    return [Token(token.text.removesuffix("'"), token.start, token.end) for token in split]


@dataclass(slots=True)
class _Facts:
    acts: set[Act] = field(default_factory=set)
    n_verbs: int = 0
    opens_with_verb: bool = False
    dangling_to: bool = False


def _question_phrase(words: Sequence[str], tables: _Tables) -> tuple[str | None, int, str | None]:
    """The question phrase, the place behind it, and the preposition before it ("to whom", "about what")."""
    if found := tables.ask.at(words, 0):
        return found[0], found[1], None
    if (preposition := tables.prepositions.at(words, 0)) and (found := tables.ask.at(words, preposition[1])):
        return found[0], preposition[1] + found[1], preposition[0]
    return None, 0, None


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question's words behind its lead-ins, where its question phrase ends, and what they are read with."""

    tokens: Sequence[Token]
    words: Sequence[str]
    at: int
    ask: str | None
    phrases: Phrases
    tables: _Tables
    people: Sequence[Person]

    @property
    def auxiliaries(self) -> set[str]:
        return {fold(word) for word in self.phrases.auxiliaries}


def _walk(asked: _Asked) -> tuple[_Parts, _Facts]:
    """Share the words behind the question phrase out to what they do."""
    tokens, words, at, ask = asked.tokens, asked.words, asked.at, asked.ask
    phrases, tables, auxiliaries = asked.phrases, asked.tables, asked.auxiliaries
    parts, facts = _Parts(), _Facts()
    genitives = tuple(fold(ending) for ending in phrases.genitives)
    verbs = [
        verb
        for verb in _verbs(words, at, tables, phrases, auxiliaries)
        # "the United States": a capital inside the question is a name's.
        if verb[0] == 0 or not tokens[verb[0]].text[:1].isupper() or tokens[verb[0]].text.isupper()
    ]
    verb_at = {place: (act, length) for place, act, length in verbs}
    first_verb = min(verb_at, default=-1)
    {fold(word) for word in phrases.passive}
    opens = ask is None and at < len(words)
    verb_final = phrases.language == "de"
    # English alone asks with an auxiliary only; "Statements by Arce" and "Quote Arce" are no questions of whether.
    inverts = phrases.language != "en"
    facts.opens_with_verb = opens and (
        fold(words[at]) in auxiliaries or (inverts and at in verb_at and verb_at[at][0] not in ("noun", "passive"))
    )
    # In "What did the leader of the union on Plaza Murillo say?" prepositions before the verb belong to the speaker;
    # where the verb comes last (German), they do not.
    verb_is_last = first_verb >= 0 and first_verb + verb_at[first_verb][1] == len(words)
    seen_verb = seen_auxiliary = seen_passive = seen_noun = False
    here: list[Token] | None = None
    place = at
    while place < len(words):
        word = fold(words[place])
        in_topic = bool(here) and (here is parts.topic or here is parts.circumstance)
        if place in verb_at and (not in_topic or (verb_final and place + verb_at[place][1] == len(words))):
            act, length = verb_at[place]
            if act not in ("say", "passive", "noun") and not (ask == "outlet" and not seen_verb):
                facts.acts.add(act)  # type: ignore[arg-type]
            facts.n_verbs += 1
            seen_passive = seen_passive or act == "passive"
            seen_noun = seen_noun or act == "noun"
            if act == "noun":
                parts.speaker = parts.speaker or _possessor(tokens[at:place], phrases, auxiliaries, genitives)
                here = None
            else:
                verb = fold(" ".join(words[place : place + length]))
                subject_after = not (seen_auxiliary and parts.speaker)
                here = _behind_verb(verb, parts, asked, subject_after=subject_after)
            seen_verb = True
            place += length
            continue
        preposition = tables.prepositions.at(words, place)
        if preposition and (seen_verb or verb_is_last or place > first_verb) and not (in_topic and preposition[0] == "about"):
            kind, length = preposition
            end = place + length
            if end == len(words):
                facts.dangling_to = facts.dangling_to or kind == "to"
                place = end
                continue
            target = _target(
                kind,
                end,
                parts,
                asked,
                in_topic=in_topic,
                seen_verb=seen_verb or seen_passive,
                seen_passive=seen_passive,
                seen_noun=seen_noun,
            )
            if target is not None:
                here = target
                place = end
                continue
        if word in auxiliaries and not in_topic:
            seen_auxiliary = True
            place += 1
            continue
        if word in {fold(w) for w in phrases.complementisers} and seen_verb and not in_topic:
            here = parts.speaker if ask == "outlet" and not parts.speaker else parts.topic
            place += 1
            continue
        if word in {fold(w) for w in phrases.pronouns.get("clitic", ())}:
            place += 1
            continue
        if here is None:
            here = parts.speaker if not parts.speaker and (ask != "who" or seen_auxiliary) and not seen_passive else parts.topic
        here.append(tokens[place])
        place += 1
    if ask == "who" and parts.speaker and not seen_verb:
        parts.topic, parts.speaker = [*parts.speaker, *parts.topic], []
    return parts, facts


def _verbs(words: Sequence[str], at: int, tables: _Tables, phrases: Phrases, auxiliaries: set[str]) -> list[tuple[int, str, int]]:
    """Where verbs of speech, and nouns and participles that stand for them, begin: (place, act, length)."""
    passive = {fold(word) for word in phrases.passive}
    nouns = {fold(word) for word in phrases.nouns}
    found: list[tuple[int, str, int]] = []
    place = at
    while place < len(words):
        word = fold(words[place])
        verb = tables.verbs.at(words, place)
        # "What was Lima's response?": a noun where no verb of speech came before it; "the statement" as a verb's
        # object is none.
        if (
            word in nouns
            and not any(act not in ("noun",) for _, act, _ in found)
            and not (verb and place > at and _after_subject(words, place, auxiliaries, at))
        ):
            found.append((place, "noun", 1))
            place += 1
        elif verb:
            found.append((place, verb[0], verb[1]))
            place += verb[1]
        elif word in passive:
            found.append((place, "passive", 1))
            place += 1
        else:
            place += 1
    return found


def _after_subject(words: Sequence[str], place: int, auxiliaries: set[str], at: int) -> bool:
    """Whether a form that is noun and verb ("answer", "comment") is the verb: "What did Lima answer?"."""
    return place - at >= 2 and fold(words[at]) in auxiliaries and not words[place - 1].endswith("'s")


def _possessor(tokens: Sequence[Token], phrases: Phrases, auxiliaries: set[str], genitives: tuple[str, ...]) -> list[Token]:
    """The words before a noun of speech that name whose it is ("was Lima's" before "response")."""
    kept = [token for token in tokens if fold(token.text) not in auxiliaries]
    if not kept:
        return []
    last = kept[-1]
    for ending in genitives:
        if fold(last.text).endswith(ending) and len(last.text) > len(ending) + 1:
            return [*kept[:-1], Token(last.text[: -len(ending)], last.start, last.end - len(ending))]
    return []


def _behind_verb(verb: str, parts: _Parts, asked: _Asked, *, subject_after: bool) -> list[Token] | None:
    """What the words right behind a verb are: the speaker of an inverted question, an addressee ("told Boric"), a
    topic.
    """
    if not parts.speaker and asked.ask != "who" and subject_after:
        return parts.speaker
    if verb in asked.tables.addressee_verbs and not parts.addressee:
        return parts.addressee
    return parts.topic


def _target(
    kind: str, end: int, parts: _Parts, asked: _Asked, *, in_topic: bool, seen_verb: bool, seen_passive: bool, seen_noun: bool
) -> list[Token] | None:
    """Which part a preposition opens; None where it is no more than a word of the part before it."""
    if kind == "according":
        return parts.relay
    if kind == "to" and seen_passive and not parts.speaker:
        # "¿Cuántas veces se cita a Arce?"
        return parts.speaker
    if kind == "to":
        behind = " ".join(token.text for token in asked.tokens[end : end + 3])
        named = find_people(behind, asked.people, phrases=asked.phrases).how != "unknown"
        if parts.addressee or (in_topic and not named):
            return None
        return parts.addressee
    if kind == "of":
        # "declaraciones de Morales", but not "el golpe de Estado".
        return parts.speaker if seen_noun and not parts.speaker else None
    if kind == "by":
        return parts.speaker if seen_verb and not parts.speaker else None if in_topic else parts.circumstance
    if kind == "during" or (kind == "medium" and not in_topic):
        return parts.circumstance
    # "on X" and "in the Norwegian report" tell where it was said, "on the coup" and "in the army" are topics.
    nxt = [fold(word) for word in asked.words[end : end + 3]]
    if _tells_where(nxt, asked.phrases):
        return parts.circumstance
    return None if in_topic else parts.topic


def _tells_where(words: Sequence[str], phrases: Phrases) -> bool:
    """Whether words behind a preposition name a medium, a language of articles, a month or a year."""
    media = [load_lexicon(code).media for code in dict.fromkeys((phrases.language, "en"))]
    names = {fold(name) for one in media for name in one.names}
    nouns = {fold(name) for name in (*media[0].nouns, *media[0].stations)}
    languages = {fold(label.split()[-1]) for label in phrases.languages.values()}
    first = words[0] if words else ""
    return (
        first in names
        or first in phrases.months
        or bool(_YEAR.fullmatch(first))
        or any(word in nouns or word in languages for word in words)
    )


def _wanted(ask: str | None, *, stated: bool, whether: bool, has_speaker: bool) -> Wanted:
    if not stated:
        return "who_is" if ask == "who_is" else "fact"
    if ask is None:
        return "whether" if whether else "words"
    if ask == "summary":
        return "all"
    if ask == "who" and has_speaker:
        return "words"
    if ask in ("how", "why", "who_is"):
        return "words"
    return ask if ask in WANTED else "words"


def _naming(tokens: Sequence[Token], text: str, people: Sequence[Person], phrases: Phrases, tables: _Tables) -> Naming | None:
    stop = {fold(word) for word in phrases.stop}
    kept = list(tokens)
    for ending in (fold(ending) for ending in phrases.genitives if "'" in ending):
        if kept and fold(kept[-1].text).endswith(ending):
            last = kept.pop()
            kept.append(Token(last.text[: -len(ending)], last.start, last.end))
    if not kept:
        return None
    mention = " ".join(token.text for token in kept)
    for kind, forms in phrases.pronouns.items():
        if kind in ("female", "male", "plural") and fold(mention) in {fold(form) for form in forms}:
            return Naming(mention=kind, how="pronoun")
    if all(fold(token.text) in stop for token in kept):
        return None
    joiners = {fold(word) for word in phrases.both}
    whole = find_people(mention, people, phrases=phrases)
    if whole.how == "unknown" or any(fold(token.text) in joiners for token in kept):
        groups: list[list[str]] = [[]]
        for token in kept:
            if fold(token.text) in joiners:
                groups.append([])
            else:
                groups[-1].append(token.text)
        each = [find_people(" ".join(group), people, phrases=phrases) for group in groups if group]
        if len(each) > 1 and all(len(naming.people) == 1 for naming in each):
            return Naming(mention=mention, people=tuple(naming.people[0] for naming in each), joined=True)
    return whole


def _cut_claim(parts: _Parts, people: Sequence[Person]) -> None:
    """ "… that Arce sacked the general": where no verb of speech parts them, the claim begins behind the longest
    name.
    """
    tokens = parts.speaker
    for length in range(len(tokens) - 1, 0, -1):
        if match_people(" ".join(token.text for token in tokens[:length]), people):
            parts.speaker, parts.topic = tokens[:length], [*tokens[length:], *parts.topic]
            return


def _languages(circumstance: tuple[str, ...], phrases: Phrases) -> tuple[frozenset[str], tuple[str, ...]]:
    """Languages of articles among the circumstances ("in the Norwegian report"), and the other circumstances."""
    names = {fold(label.split()[-1]): code for code, label in phrases.languages.items()}
    found = {names[fold(word)] for word in circumstance if fold(word) in names}
    if "nb" in found or "nn" in found:
        found |= {"nb", "nn"}
    return frozenset(found), tuple(word for word in circumstance if fold(word) not in names)


def _dates(parts: _Parts, phrases: Phrases) -> tuple[date | None, date | None, frozenset[Token]]:
    """A year, month or day among the circumstances, as the days from and to."""
    tokens = parts.circumstance
    year = month = day = None
    used: set[Token] = set()
    for token in tokens:
        word = fold(token.text)
        if _YEAR.fullmatch(word):
            year = int(word)
        elif word in phrases.months:
            month = phrases.months[word]
        elif word.isdigit() and 1 <= int(word) <= 31:
            day = int(word)
        else:
            continue
        used.add(token)
    if year is None:
        return None, None, frozenset()
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31), frozenset(used)
        if day is None:
            after = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1), date.fromordinal(after.toordinal() - 1), frozenset(used)
        first = date(year, month, day)
        # A report of what was said on a day is often printed on the next.
        return first, date.fromordinal(first.toordinal() + 1), frozenset(used)
    except ValueError:
        return None, None, frozenset()


def _expects(words: Sequence[str], phrases: Phrases) -> Expected | None:
    spoken = f" {' '.join(fold(word) for word in words)} "
    for kind in ("number", "date", "place", "person"):
        if any(f" {fold(word)} " in spoken for word in phrases.expects.get(kind, ())):
            return kind
    return None


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
