"""The words of a question → what each does in it: speaker, addressee, topic, occasion, relay, and among whom it looks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from index.attribution.lexicon import load_lexicon
from index.records import Act, Person
from rag.naming import find_people
from rag.phrases import Phrases, load_phrases
from rag.words import MARKS, YEAR, Token, fold, tokenize


@dataclass(slots=True)
class Parts:
    """The words of a question by what they do in it."""

    speaker: list[Token] = field(default_factory=list)
    addressee: list[Token] = field(default_factory=list)
    topic: list[Token] = field(default_factory=list)
    circumstance: list[Token] = field(default_factory=list)
    relay: list[Token] = field(default_factory=list)
    within: list[Token] = field(default_factory=list)


class Table:
    """Phrases of one or more words, found at a place in a question; the longest wins."""

    def __init__(self, phrases: Mapping[str, Iterable[str]], *, but: Iterable[str] = ()) -> None:
        self.entries: dict[tuple[str, ...], str] = {}
        for kind, forms in phrases.items():
            for form in forms:
                self.entries.setdefault(tuple(token.text.casefold() for token in tokenize(form)), kind)
        others = frozenset(but)
        for words, kind in list(self.entries.items()):
            plain = tuple(fold(word) for word in words)
            # "Før" typed without its stroke is another word: "for".
            if not others.issuperset(plain):
                self.entries.setdefault(plain, kind)
        self.longest = max((len(words) for words in self.entries), default=0)

    def at(self, words: Sequence[str], at: int) -> tuple[str, int] | None:
        """The kind of the longest phrase that begins at `at` and how many words it has."""
        for length in range(min(self.longest, len(words) - at), 0, -1):
            if kind := self.entries.get(tuple(words[at : at + length])):
                return kind, length
        return None


# Acts that are done to something: their verbs take no clause, but ask for a statement all the same.
_OF_SOMETHING: frozenset[Act] = frozenset({"accuse", "condemn", "criticise", "praise", "thank"})
# Nouns that stand for an act ("What promise did Lee make?"), by their key among the phrases' turns.
_NOUNS_OF: dict[str, Act] = {
    "replies": "answer", "promises": "promise", "warnings": "warn", "threats": "threaten", "accusations": "accuse",
    "denials": "deny", "demands": "order", "criticisms": "criticise", "praises": "praise", "thankings": "thank",
}  # fmt: skip
# Words that turn a question wherever they stand in it.
_TURNS = ("very_words", "later", "earlier", "other")


@dataclass(frozen=True, slots=True)
class Tables:
    ask: Table
    prepositions: Table
    verbs: Table
    lead_ins: Table
    follow: Table
    pronouns: Table
    turns: Table
    corrections: Table
    comparing: Table
    truth: Table
    participles: frozenset[str]
    addressee_verbs: frozenset[str]
    object_verbs: frozenset[str]


@cache
def load_tables(language: str) -> Tables:
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
        elif cue.act in _OF_SOMETHING and "object" in cue.takes:
            verbs.setdefault(cue.act, []).extend(form for form in forms if " " not in form)
        if cue.act in verbs and (set(forms) & set(verbs[cue.act])):
            verbs[cue.act].extend(cue.gerund)
        if cue.object_is == "addressee":
            addressee |= {fold(form) for form in forms}
        elif cue.object_is == "content":
            objects |= {fold(form) for form in forms}
    for forms in verbs.values():
        forms.extend(plural for form in tuple(forms) for plural in _plurals(form, language))
    return Tables(
        ask=Table(phrases.ask),
        prepositions=Table(phrases.prepositions, but=phrases.stop),
        verbs=Table(verbs),
        lead_ins=Table({"lead": phrases.lead_ins}),
        follow=Table({"follow": phrases.follow}),
        pronouns=Table(phrases.pronouns),
        turns=Table({kind: forms for kind, forms in phrases.turns.items() if kind in _TURNS}),
        corrections=Table({"correction": phrases.turns["corrections"]}),
        comparing=Table({"compare": phrases.turns["compare"]}),
        truth=Table({"truth": phrases.turns["truth"]}),
        participles=frozenset(fold(form) for cue in lexicon.cues for form in cue.participle),
        addressee_verbs=frozenset(addressee),
        object_verbs=frozenset(objects),
    )


# Endings of finite verbs in the singular, and of the same in the plural, longer ones first.
_PLURALS = {
    "es": (("ió", "ieron"), ("ó", "aron"), ("a", "an"), ("e", "en")),
    "fr": (("é", "és"), ("e", "ent")),
    "de": (("te", "ten"),),
}


def _plurals(form: str, language: str) -> tuple[str, ...]:
    """ "Condenó" → "condenaron": questions ask of several what lists of verbs have of one."""
    for one, many in _PLURALS.get(language, ()):
        if form.endswith(one) and " " not in form:
            return (form.removesuffix(one) + many,)
    return ()


def is_mark(word: str) -> bool:
    return all(character in MARKS for character in word)


def split_apostrophes(tokens: list[Token], language: str) -> list[Token]:
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
class Facts:
    acts: set[Act] = field(default_factory=set)
    n_verbs: int = 0
    opens_with_verb: bool = False
    dangling_to: bool = False
    claims: bool = False
    is_passive: bool = False
    has_noun: bool = False
    wishes: bool = False
    negated: bool = False


def find_phrase(words: Sequence[str], tables: Tables) -> tuple[str | None, int, str | None]:
    """The question phrase, the place behind it, and the preposition before it ("to whom", "about what")."""
    if found := tables.ask.at(words, 0):
        return found[0], found[1], None
    if (preposition := tables.prepositions.at(words, 0)) and (found := tables.ask.at(words, preposition[1])):
        return found[0], preposition[1] + found[1], preposition[0]
    return None, 0, None


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's words behind its lead-ins, where its question phrase ends, and what they are read with."""

    tokens: Sequence[Token]
    words: Sequence[str]
    at: int
    ask: str | None
    phrases: Phrases
    tables: Tables
    people: Sequence[Person]
    quoted: bool = False
    is_clause: bool = False

    @property
    def auxiliaries(self) -> set[str]:
        return {fold(word) for word in self.phrases.auxiliaries}


def walk(asked: Asked) -> tuple[Parts, Facts]:
    """Share the words behind the question phrase out to what they do."""
    tokens, words, at, ask = asked.tokens, asked.words, asked.at, asked.ask
    phrases, tables, auxiliaries = asked.phrases, asked.tables, asked.auxiliaries
    parts, facts = Parts(), Facts()
    wishes = {fold(wish) for wish in phrases.turns["wishes"]}
    genitives = tuple(fold(ending) for ending in phrases.genitives)
    verbs = [
        verb
        for verb in _verbs(asked, auxiliaries)
        # "the United States": a capital inside the question is a name's.
        if verb[0] == 0 or not tokens[verb[0]].text[:1].isupper() or tokens[verb[0]].text.isupper()
    ]
    verb_at = {place: (act, length) for place, act, length in verbs}
    first_verb = min(verb_at, default=-1)
    seen_auxiliary = False
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
    facts.is_passive = _is_passive(asked, first_verb, verb_at[first_verb][0] if verb_at else "")
    facts.negated = bool(_NOT & {fold(word) for word in words[at:first_verb]}) if first_verb > at else False
    if ask == "who" and at == 0 and first_verb > 0:
        # "The coup was condemned by whom?"
        seen_auxiliary = True
    if ask == "who_is" and verb_at and not facts.is_passive:
        # "Who is calling for calm?", but "who was Lee talking to?"
        ask = "who"
        seen_auxiliary = first_verb > at
        asked = replace(asked, ask=ask)
    seen_verb = seen_passive = seen_noun = False
    # Behind "about" a word is a topic, whatever else it may be: "What did Smith say about order and change?"
    is_opened = False
    here: list[Token] | None = None
    place = at
    while ask == "who" and 0 < place < first_verb and not seen_auxiliary and fold(words[place]) not in auxiliaries:
        # "Which leaders outside Bolivia condemned …"
        parts.within.append(tokens[place])
        place += 1
    while place < len(words):
        word = fold(words[place])
        in_topic = (bool(here) or is_opened) and (here is parts.topic or here is parts.circumstance)
        if place in verb_at and (not in_topic or (verb_final and place + verb_at[place][1] == len(words))):
            act, length = verb_at[place]
            facts.wishes = facts.wishes or word in wishes
            if act not in ("say", "passive", "noun") and not (ask == "outlet" and not seen_verb):
                facts.acts.add(act)  # type: ignore[arg-type]  # but for those two, the table's kinds are acts
            facts.n_verbs += 1
            seen_passive = seen_passive or act == "passive"
            seen_noun = facts.has_noun = seen_noun or act == "noun"
            if act == "noun":
                facts.acts |= {act for key, act in _NOUNS_OF.items() if word in {fold(noun) for noun in phrases.turns[key]}}
                parts.speaker = parts.speaker or _possessor(tokens[at:place], phrases, auxiliaries, genitives)
                here = None
            else:
                verb = fold(" ".join(words[place : place + length]))
                if facts.is_passive and place == first_verb and parts.speaker:
                    _turn_over(verb, parts, asked)
                subject_after = not (seen_auxiliary and parts.speaker)
                here = parts.topic if facts.is_passive else _behind_verb(verb, parts, asked, subject_after=subject_after)
            seen_verb = True
            place += length
            continue
        if seen_verb and place + 1 == len(words) and word in _WITH:
            # "Who did Lee talk with?"
            facts.dangling_to = True
            place += 1
            continue
        preposition = tables.prepositions.at(words, place)
        # "say that on X": where it was said ends a topic, what it is on does not.
        ends = preposition is not None and not (in_topic and preposition[0] == "about" and not _names_medium(words, place, asked))
        if preposition and (seen_verb or verb_is_last or place > first_verb) and ends:
            kind, length = preposition
            end = place + length
            following = tables.prepositions.at(words, end)
            if end == len(words) or (kind == "to" and following and following[0] == "during"):
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
                claims=facts.claims,
                replies="answer" in facts.acts,
            )
            if target is not None:
                here, is_opened = target, kind == "about"
                place = end
                continue
        if word in auxiliaries and not in_topic:
            if not (seen_auxiliary or seen_verb) and here is parts.speaker and _is_thing(parts.speaker, asked):
                # "What sentence will prosecutors ask for?"
                parts.topic, parts.speaker, here = parts.speaker, [], None
            seen_auxiliary = True
            place += 1
            continue
        if word in {fold(w) for w in phrases.complementisers} and seen_verb and not in_topic:
            here = parts.speaker if ask == "outlet" and not parts.speaker else parts.topic
            facts.claims = facts.claims or here is parts.topic
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


def _verbs(asked: Asked, auxiliaries: set[str]) -> list[tuple[int, str, int]]:
    """Where verbs of speech, and nouns and participles that stand for them, begin: (place, act, length)."""
    words, at, tables, phrases = asked.words, asked.at, asked.tables, asked.phrases
    passive = {fold(word) for word in phrases.passive}
    nouns = {fold(word) for word in phrases.nouns}
    clauses = {fold(word) for word in phrases.complementisers}
    small = (
        {fold(word) for word in phrases.stop} - auxiliaries - {fold(word) for form in phrases.pronouns.values() for word in form}
    )
    found: list[tuple[int, str, int]] = []
    place = at
    while place < len(words):
        word = fold(words[place])
        verb = tables.verbs.at(words, place)
        if asked.is_clause and place > at and (word in nouns or fold(words[place - 1]) in small):
            # "Is it true that he gave the order?"
            place += 1
            continue
        # "Who claims that …", "Lima claims that …": no noun.
        is_verb = verb and (
            (place > at and _after_subject(words, place, auxiliaries, at))
            or (place == at and asked.ask == "who")
            or (place + verb[1] < len(words) and fold(words[place + verb[1]]) in clauses)
        )
        # "What was Lima's response?": a noun where no verb of speech came before it; "the statement" as a verb's
        # object is none.
        if word in nouns and not any(act not in ("noun",) for _, act, _ in found) and not is_verb:
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
    if not found and asked.ask is not None:
        # "What does Lee want?", where the verb is no more than an auxiliary in other questions.
        wishes = {fold(wish) for wish in phrases.turns["wishes"]}
        found = [(place, "say", 1) for place in range(at, len(words)) if fold(words[place]) in wishes][:1]
    return found


def _is_passive(asked: Asked, first_verb: int, act: str) -> bool:
    """Whether the subject is whom or what something is said to or of: "What was Zúñiga told?", "Was the coup condemned?"."""
    if first_verb < 0 or act in ("noun", "passive"):
        return False
    opening = asked.at - 1 if asked.ask == "who_is" else asked.at
    between = [fold(word) for word in asked.words[opening:first_verb]]
    being = {fold(word) for word in asked.phrases.turns["passive"]}
    apart = {"did", "does", "do", *(fold(word) for word in asked.phrases.complementisers)}
    is_one_clause = not any(asked.tables.prepositions.at(asked.words, place) for place in range(opening, first_verb))
    said = fold(asked.words[first_verb]) in asked.tables.participles
    return said and is_one_clause and bool(being & set(between)) and not apart & set(between)


def _turn_over(verb: str, parts: Parts, asked: Asked) -> None:
    """The subject of a passive verb is its addressee ("Zúñiga was told"), or what it is about ("the coup was condemned")."""
    subject, parts.speaker = parts.speaker, []
    name = " ".join(token.text for token in subject)
    known = find_people(name, asked.people, phrases=asked.phrases).how != "unknown"
    if known and verb in asked.tables.addressee_verbs:
        parts.addressee = subject
    else:
        parts.topic = [*subject, *parts.topic]


def _is_thing(tokens: Sequence[Token], asked: Asked) -> bool:
    """Whether words right behind "what" or "which" name what is asked for, and nobody."""
    if asked.ask not in ("words", "which") or not tokens or fold(tokens[0].text) in {fold(word) for word in asked.phrases.stop}:
        return False
    return find_people(" ".join(token.text for token in tokens), asked.people, phrases=asked.phrases).how == "unknown"


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


def _behind_verb(verb: str, parts: Parts, asked: Asked, *, subject_after: bool) -> list[Token] | None:
    """What the words right behind a verb are: the speaker of an inverted question, an addressee ("told Boric"), a
    topic.
    """
    if not parts.speaker and asked.ask != "who" and subject_after:
        return parts.speaker
    if verb in asked.tables.addressee_verbs and not parts.addressee and asked.ask != "to_whom":
        return parts.addressee
    return parts.topic


def _target(
    kind: str,
    end: int,
    parts: Parts,
    asked: Asked,
    *,
    in_topic: bool,
    seen_verb: bool,
    seen_passive: bool,
    seen_noun: bool,
    claims: bool,
    replies: bool,
) -> list[Token] | None:
    """Which part a preposition opens; None where it is no more than a word of the part before it."""
    if kind == "according":
        return parts.relay
    if kind == "to" and seen_passive and not parts.speaker:
        # "¿Cuántas veces se cita a Arce?"
        return parts.speaker
    if kind == "to" and asked.ask == "to_whom":
        # "Whom did Arce order to withdraw …": whom is what is asked.
        return parts.topic
    if kind == "to":
        behind = " ".join(token.text for token in asked.tokens[end : end + 3])
        named = find_people(behind, asked.people, phrases=asked.phrases).how != "unknown"
        if parts.addressee or (in_topic and not named):
            return None
        if not named and _is_infinitive(asked, end):
            return parts.topic
        # "Reactions to the coup" are on it, a "statement to the crowd" is to somebody.
        return parts.topic if seen_noun and replies and not named else parts.addressee
    if kind == "of":
        # "declaraciones de Morales", but not "el golpe de Estado".
        return parts.speaker if seen_noun and not parts.speaker and not in_topic else None
    if kind == "by":
        # "… that no one can take it from us": inside a claim it is a word like others.
        if claims:
            return None
        # "Is “…” by Lee?" and "anything from Lee?" have no verb.
        is_source = seen_verb or asked.ask == "all" or asked.quoted
        return parts.speaker if is_source and not parts.speaker else None if in_topic else parts.circumstance
    if kind == "during" or (kind == "medium" and not in_topic and not replies):
        return parts.circumstance
    # "on X" and "in the Norwegian report" tell where it was said, "on the coup" and "in the army" are topics.
    nxt = [fold(word) for word in asked.words[end : end + 3]]
    if _tells_where(nxt, asked.phrases):
        return parts.circumstance
    return None if in_topic else parts.topic


# Negations of a verb, whatever the language; "nobody" and its like are none.
_NOT = frozenset(
    {"not", "didn't", "doesn't", "hasn't", "never", "ikke", "ikkje", "aldri", "inte", "aldrig", "nicht", "nie", "nunca", "pas"}
)
_WITH = frozenset({"with", "med"})
_INFINITIVES = {"es": ("ar", "er", "ir"), "fr": ("er", "ir", "re"), "de": ("en", "ern", "eln")}


def _is_infinitive(asked: Asked, place: int) -> bool:
    """Whether what is behind "to" is a verb ("wanted to restore") and no group ("said to reporters")."""
    language = asked.phrases.language
    word, shown = fold(asked.words[place]), asked.tokens[place].text
    small = {fold(word) for word in asked.phrases.stop}
    if word in small:
        return False
    if language != "en":
        return shown[:1].islower() and word.endswith(_INFINITIVES.get(language, ()) or ("\0",))
    lexicon = load_lexicon(language)
    groups = {fold(form) for table in (lexicon.roles_plural, lexicon.groups) for forms in table.values() for form in forms}
    return shown[:1].islower() and word not in groups and not word.endswith("s")


def _names_medium(words: Sequence[str], place: int, asked: Asked) -> bool:
    """Whether the word behind a preposition, the last of the question, is a medium by name ("on X")."""
    media = [load_lexicon(code).media for code in dict.fromkeys((asked.phrases.language, "en"))]
    names = {fold(name) for one in media for name in one.names}
    return place + 2 == len(words) and fold(words[place + 1]) in names


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
        or (first.isdigit() and any(word in phrases.months for word in words[1:]))
        or bool(YEAR.fullmatch(first))
        or any(word in nouns or word in languages for word in words)
    )
