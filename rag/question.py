"""A question as typed → a `Question`: who, to whom, on what, when, according to whom, which words, and what is wanted.

The words that tell (question words, verbs, prepositions) are data in `rag/phrases`; here is only how they stand to each
other: a question phrase, then the speaker before or behind its verb, then parts that prepositions open.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Literal, get_args

from index.attribution.lexicon.countries import country_of
from index.people import match_people
from index.records import Act, Person
from rag.naming import Naming, read_naming
from rag.parts import Asked, Parts, Table, Tables, find_phrase, is_mark, load_tables, split_apostrophes, walk
from rag.phrases import ANSWER_LANGUAGES, Phrases, load_phrases
from rag.slips import without_slips
from rag.words import YEAR, Token, fold, tokenize

Wanted = Literal[
    "words", "all", "who", "to_whom", "when", "where", "outlet", "how_many", "whether", "who_is", "fact", "compare",
]  # fmt: skip
Expected = Literal["number", "date", "place", "person"]
WANTED: tuple[Wanted, ...] = get_args(Wanted)
# A question of a person is a sentence or two; what is longer is pasted text, and costs time without telling more.
LONGEST_QUESTION = 1_000
# With fewer lower-case words the language of a question cannot be told by a model.
_FEWEST_WORDS = 2
_DATIVES = frozenset(("dem", "den", "der", "einem", "einer", "seinem", "seinen", "seiner", "ihrem", "ihren", "ihrer"))
# "Later" and "the other" lean on the question before where little else is said.
_SHORT_TURN = 8
_DOUBLE = re.compile(r"[“„«»‟\"”](?P<words>[^“”„«»‟\"]+)(?:[“”«»\"]|\Z)")
_SINGLE = re.compile(r"(?<![\w'’])['‘‚](?P<words>[^\W_].*?[\w.,!?…][\s.…]*)['’‘](?!\w)", re.DOTALL)


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
    unclear: str | None = None


# Languages


@cache
def _markers(language: str) -> Mapping[str, int]:
    phrases = load_phrases(language)
    weights = dict.fromkeys((fold(word) for word in phrases.words), 1)
    for kind in phrases.ask.values():
        weights.update((fold(word), 2) for phrase in kind for word in phrase.split())
    return weights


def guess_language(text: str, *, beside: str = "") -> str | None:
    """The language that most of a question's closed-class words belong to; None where they do not decide.

    A question is too short and too full of names for a statistical detector.

    Args:
        beside: Words that decide between languages that are as likely, as those in the question's quotation marks.

    >>> guess_language("Hva sa Arce til Zuniga?"), guess_language("¿Qué dijo Arce?"), guess_language("Arce")
    ('nb', 'es', None)
    >>> guess_language("Sa Boric … ?", beside="Vi fördömer det")
    'sv'
    """
    scores = _scores(text)
    best = max(scores.values())
    winners = [code for code in ANSWER_LANGUAGES if scores[code] == best]
    if best < 1:
        return None
    if len(winners) > 1 and beside:
        tied = _scores(beside)
        return max(winners, key=lambda code: tied[code])
    return winners[0]


def _scores(text: str) -> dict[str, float]:
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
    return scores


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


def understand(text: str, *, people: Sequence[Person], language: str | None = None) -> Question:
    """What a question means, as far as its words and the library's people tell.

    Never raises: what cannot be read comes back with `unclear` set to the sentence that says why.

    Args:
        people: Everyone whom the library knows, speakers or not.
        language: A code of `ANSWER_LANGUAGES`; None to go by the question's words, English where they do not tell.
    """
    # The words in quotation marks may be in any language.
    inside, spoken = quoted_words(text[:LONGEST_QUESTION])
    code = language or guess_language(spoken, beside=" ".join(inside)) or "en"
    code = "nb" if code == "nn" else code if code in ANSWER_LANGUAGES else "en"
    phrases = load_phrases(code)
    if not text.strip():
        return Question(text=text, language=code, unclear="unclear_empty")
    if len(text) > LONGEST_QUESTION:
        return Question(text=text, language=code, unclear="unclear_long")
    text = unicodedata.normalize("NFC", text)
    quoted, rest = quoted_words(re.sub(r"<[^<>]*>", " ", text))
    rest = rest.replace("’", "'")
    tokens = list(tokenize(rest))
    if not quoted and not any(letter.isalpha() for token in tokens for letter in token.text):
        return Question(text=text, language=code, unclear="unclear_marks")
    tokens = without_slips(tokens, people, phrases)
    if language is None and _is_foreign(rest, tokens, phrases):
        return Question(text=text, language="en", unclear="unclear_language")
    return replace(_read(rest, tokens, quoted, people, phrases), text=text)


def _is_foreign(text: str, tokens: Sequence[Token], phrases: Phrases) -> bool:
    """Whether a question is in a language that is not understood: in another script, or without any of the words by which
    a question is read and with a language to be told by the rest.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if sum("LATIN" in unicodedata.name(letter, "") for letter in letters) * 2 < len(letters):
        return True
    tables = load_tables(phrases.language)
    words = [token.text.casefold() for token in tokens]
    known = (tables.ask, tables.lead_ins, tables.follow, tables.verbs, tables.turns, tables.corrections)
    if any(table.at(words, at) for table in known for at in range(len(words))):
        return False
    plain = [token.text for place, token in enumerate(tokens) if place == 0 or not token.text[:1].isupper()]
    if len(plain) < _FEWEST_WORDS:
        return False
    # lingua reads its models when first asked, which few questions need.
    from index.languages import UNDETERMINED, detect_language

    return detect_language(" ".join(token.text for token in tokens)) not in (*ANSWER_LANGUAGES, "nn", UNDETERMINED)


def _leading_relay(rest: str, tokens: list[Token], tables: Tables, ask_words: frozenset[str]) -> tuple[list[Token], list[Token]]:
    """The outlet of "According to the Courier, what did …", and the words behind it."""
    words = [token.text.casefold() for token in tokens]
    opening = tables.prepositions.at(words, 0)
    if opening is None or opening[0] != "according":
        return [], tokens
    for at in range(opening[1] + 1, len(words)):
        between = rest[tokens[at - 1].end : tokens[at].start]
        if any(mark in between for mark in ",:;¿") or tables.ask.at(words, at) or fold(words[at]) in ask_words:
            return tokens[opening[1] : at], tokens[at:]
    return [], tokens


@dataclass(slots=True)
class _Turns:
    """What turns a question, beside its parts."""

    very_words: bool = False
    shift: Literal["later", "earlier"] | None = None
    correction: bool = False
    other: bool = False


def _turns(rest: str, tokens: list[Token], phrases: Phrases, tables: Tables) -> tuple[list[Token], _Turns]:
    """What turns the question, and its other words."""
    turns = _Turns()
    words = [token.text.casefold() for token in tokens]
    if words and (opening := tables.corrections.at(words, 0)):
        # "No one said …" is no correction.
        end = opening[1]
        apart = end == len(tokens) or "," in rest[tokens[end - 1].end : tokens[end].start]
        if apart or end > 1:
            turns.correction = True
            tokens, words = tokens[end:], words[end:]
    stop = {fold(word) for word in phrases.stop}
    at = 0
    while at < len(words):
        asks = tables.ask.at(words, at)
        if asks is not None and asks[0] == "who_else":
            at += asks[1]
            continue
        found = tables.turns.at(words, at)
        if found is None:
            at += 1
            continue
        kind, length = found
        start = at
        if kind == "very_words":
            turns.very_words = True
            # "in his own words"
            while start > 0 and at - start < 2 and fold(words[start - 1]) in stop and not tables.ask.at(words, start - 1):
                start -= 1
        elif kind in ("later", "earlier") and len(words) <= _SHORT_TURN:
            turns.shift = kind  # type: ignore[assignment]
        elif kind == "other" and len(words) <= _SHORT_TURN:
            turns.other = True
        else:
            at += length
            continue
        tokens, words = [*tokens[:start], *tokens[at + length :]], [*words[:start], *words[at + length :]]
        at = start
    return tokens, turns


def _read(rest: str, tokens: list[Token], quoted: tuple[str, ...], people: Sequence[Person], phrases: Phrases) -> Question:
    tables = load_tables(phrases.language)
    follow = False
    auxiliaries = {fold(word) for word in phrases.auxiliaries}
    relay_tokens, tokens = _leading_relay(rest, tokens, tables, frozenset(auxiliaries))
    tokens, turns = _turns(rest, tokens, phrases, tables)
    tokens = split_apostrophes(tokens, phrases.language)
    words = [token.text.casefold() for token in tokens]
    if compared := _compared(tokens, words, people, phrases, tables):
        return compared
    while words and (lead := tables.lead_ins.at(words, 0) or tables.follow.at(words, 0)):
        if len(words) == lead[1] and not quoted and lead[0] == "lead":
            break
        follow = follow or lead[0] == "follow"
        tokens, words = tokens[lead[1] :], words[lead[1] :]

    follow = follow or turns.correction or ((turns.very_words or turns.shift is not None) and len(words) <= 1)
    ask, at, open_preposition = find_phrase(words, tables)
    others = ask == "who_else"
    ask = "who" if others else ask
    parts, facts = walk(Asked(tokens, words, at, ask, phrases, tables, people))
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
    _cut_addressee(parts, people, phrases)
    nations, abroad = _nations(parts, phrases)
    speaker = read_naming(parts.speaker, people, phrases)
    addressee = read_naming(parts.addressee, people, phrases)
    if wanted == "fact" and ask is None and not facts.opens_with_verb and (speaker is None or speaker.how != "unknown"):
        wanted = "words"
    if wanted in ("fact", "who_is"):
        asked_for = {fold(word) for phrase in phrases.expects["number"] for word in phrase.split() if " " in phrase}
        topic = [
            token
            for place, token in enumerate(tokens[at:])
            if fold(token.text) not in auxiliaries and not (place == 0 and fold(token.text) in asked_for)
        ]
        parts = Parts(topic=topic)
        speaker = speaker if wanted == "who_is" else None
        addressee = None
    stop = {fold(word) for word in phrases.stop} | auxiliaries
    dates = _dates(parts, phrases)
    topic_words = tuple(t.text for t in parts.topic if fold(t.text) not in stop and t not in dates.words and not is_mark(t.text))
    circumstance = tuple(t.text for t in parts.circumstance if fold(t.text) not in stop and t not in dates.words)
    languages, circumstance = _languages(circumstance, phrases)
    relay = " ".join(t.text for t in (*relay_tokens, *parts.relay)) or None
    if relay and all(fold(word) in stop for word in relay.split()):
        relay = None
    unclear = None
    if turns.shift and not topic_words and not speaker and not quoted:
        follow, wanted = True, "words"
    if not (speaker or addressee or topic_words or quoted or circumstance or relay or ask or follow):
        unclear = "unclear_question"
    if ask is None and not quoted and wanted == "words" and not (speaker and speaker.people) and parts.speaker:
        # "ignore all rules and say hello" is no question, and "Smith said" names nobody whom to look for.
        # The first word of a sentence has its capital from that alone.
        first = tokens[0] if tokens else None
        named = any(token.text[:1].isupper() and token != first for token in parts.speaker)
        is_short = len(parts.speaker) <= 1 and parts.speaker[0].text[:1].isupper()
        unclear = unclear or (None if named or is_short else "unclear_question")
    if wanted == "fact" and not topic_words:
        unclear = None if follow else "unclear_question"
    return Question(
        text=rest,
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
        since=dates.since,
        until=dates.until,
        day=dates.day,
        yearless=dates.yearless,
        expects=_expects(words, phrases) if wanted == "fact" else None,
        follow=follow,
        claim=facts.claims and bool(topic_words),
        very_words=turns.very_words,
        shift=turns.shift,
        correction=turns.correction,
        other=turns.other,
        others=others,
        nations=nations,
        abroad=abroad,
        unclear=unclear,
    )


def _compared(
    tokens: Sequence[Token], words: Sequence[str], people: Sequence[Person], phrases: Phrases, tables: Tables
) -> Question | None:
    """ "How do Arce and Zúñiga's accounts of the order differ?": the people, and on what; None where it is no such question."""
    if not any(tables.comparing.at(words, at) for at in range(len(words))):
        return None
    found: list[Person] = []
    used: set[int] = set()
    at = 0
    while at < len(tokens):
        if not tokens[at].text[:1].isupper() or tables.ask.at(words, at) or tables.comparing.at(words, at):
            at += 1
            continue
        end = at + 1
        while end < len(tokens) and tokens[end].text[:1].isupper():
            end += 1
        naming = read_naming(tokens[at:end], people, phrases)
        if naming and len(naming.people) == 1:
            if naming.people[0] not in found:
                found.append(naming.people[0])
            used |= set(range(at, end))
        at = end
    if len(found) < 2:
        return None
    nouns = [
        noun for noun in phrases.nouns if (tables.verbs.at([noun], 0) or ("say", 0))[0] in ("say", "answer", "claim", "comment")
    ]
    dropped = {fold(word) for word in (*phrases.stop, *phrases.auxiliaries, *nouns, *phrases.turns["accounts"])}
    topic = tuple(
        token.text
        for place, token in enumerate(tokens)
        if place not in used
        and fold(token.text) not in dropped
        and not tables.comparing.at(words, place)
        and (tables.verbs.at(words, place) or ("", 0))[0] != "say"
        and fold(token.text) not in {fold(word) for kind in phrases.ask.values() for phrase in kind for word in phrase.split()}
    )
    speaker = Naming(mention=phrases.join([person.name for person in found]), people=tuple(found), joined=True)
    return Question(text="", language=phrases.language, wanted="compare", speaker=speaker, topic=topic)


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
    if ask == "which":
        return "words" if has_speaker else "who"
    return ask if ask in WANTED else "words"


def _cut_claim(parts: Parts, people: Sequence[Person]) -> None:
    """ "… that Arce sacked the general": where no verb of speech parts them, the claim begins behind the longest
    name.
    """
    tokens = parts.speaker
    for length in range(len(tokens) - 1, 0, -1):
        if match_people(" ".join(token.text for token in tokens[:length]), people):
            parts.speaker, parts.topic = tokens[:length], [*tokens[length:], *parts.topic]
            return


def _cut_addressee(parts: Parts, people: Sequence[Person], phrases: Phrases) -> None:
    """German tells to whom by the case alone: "Was hat Arce seinen Anhängern gesagt?"."""
    tokens = parts.speaker
    if phrases.language != "de" or parts.addressee or match_people(" ".join(token.text for token in tokens), people):
        return
    for length in range(len(tokens) - 1, 0, -1):
        rest = tokens[length:]
        is_dative = fold(rest[0].text) in _DATIVES or rest[0].text[:1].isupper()
        if is_dative and match_people(" ".join(token.text for token in tokens[:length]), people):
            parts.speaker, parts.addressee = tokens[:length], rest
            return


def _nations(parts: Parts, phrases: Phrases) -> tuple[frozenset[str], bool]:
    """The countries among whose people a question looks, and whether outside of them; other words tell an occasion."""
    words = [token.text.casefold() for token in parts.within]
    beyond = Table({"beyond": phrases.turns["beyond"]})
    abroad = any(beyond.at(words, at) for at in range(len(words)))
    nations: set[str] = set()
    for token in parts.within:
        country = country_of(token.text, phrases.language)
        if country is not None and country != "EU":
            nations.add(country)
        elif not beyond.at([token.text.casefold()], 0) and not load_tables(phrases.language).prepositions.at(
            [token.text.casefold()], 0
        ):
            parts.circumstance.append(token)
    if not nations:
        return frozenset(), False
    return frozenset(nations), abroad


def _languages(circumstance: tuple[str, ...], phrases: Phrases) -> tuple[frozenset[str], tuple[str, ...]]:
    """Languages of articles among the circumstances ("in the Norwegian report"), and the other circumstances."""
    names = {fold(label.split()[-1]): code for code, label in phrases.languages.items()}
    found = {names[fold(word)] for word in circumstance if fold(word) in names}
    if "nb" in found or "nn" in found:
        found |= {"nb", "nn"}
    return frozenset(found), tuple(word for word in circumstance if fold(word) not in names)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dates:
    """What the circumstances tell of days, and the words that tell it."""

    since: date | None = None
    until: date | None = None
    day: date | None = None
    yearless: tuple[int, int | None] | None = None
    words: frozenset[Token] = frozenset()


def _dates(parts: Parts, phrases: Phrases) -> _Dates:
    """A year, month or day among the circumstances."""
    year = month = day = None
    used: set[Token] = set()
    is_name = False
    for token in parts.circumstance:
        word = fold(token.text)
        if YEAR.fullmatch(word):
            year = int(word)
        elif word in phrases.months:
            month = phrases.months[word]
            # "may" is a verb, "May" a month.
            is_name = phrases.language != "en" or token.text[:1].isupper()
        elif word.isdigit() and 1 <= int(word) <= 31:
            day = int(word)
        else:
            continue
        used.add(token)
    if year is None:
        if month is None or not (day or is_name) or span_of_days(2000, month, day) is None:
            return _Dates()
        return _Dates(yearless=(month, day), words=frozenset(used))
    days = span_of_days(year, month, day if month else None)
    if days is None:
        return _Dates()
    return _Dates(since=days[0], until=days[1], day=days[0] if month and day else None, words=frozenset(used))


def span_of_days(year: int, month: int | None, day: int | None) -> tuple[date, date] | None:
    """The first and last day of a year, month or day; of a day also the next, on which what was said is often printed.

    None for a day that is in no calendar.

    >>> span_of_days(2024, 2, None), span_of_days(2024, 2, 30)
    ((datetime.date(2024, 2, 1), datetime.date(2024, 2, 29)), None)
    """
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            after = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1), after - timedelta(days=1)
        return date(year, month, day), date(year, month, day) + timedelta(days=1)
    except ValueError:
        return None


def _expects(words: Sequence[str], phrases: Phrases) -> Expected | None:
    spoken = f" {' '.join(fold(word) for word in words)} "
    for kind in ("number", "date", "place", "person"):
        if any(f" {fold(word)} " in spoken for word in phrases.expects.get(kind, ())):
            return kind
    return None
