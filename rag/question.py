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
from index.records import Act, Person, Span
from index.sentences import find_sentences
from rag.meanings import find_phrase
from rag.naming import Naming, find_people, read_naming
from rag.parts import Asked, Facts, Parts, Table, Tables, is_mark, load_tables, split_apostrophes, walk
from rag.parts import find_phrase as find_asked
from rag.phrases import ANSWER_LANGUAGES, Phrases, load_phrases, load_spotting
from rag.slips import without_slips
from rag.spotting import Spotted, find_spots, mended_topic, named_by, spot, with_group
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
# "prada om fotball", "sanchez, the spanish one: his words": a name and so few words, or so many known ones, are no foreign
# language, whatever a model takes them for.
_FEW_WORDS = 3
_MOSTLY_KNOWN = 0.85
_DATIVES = frozenset(("dem", "den", "der", "einem", "einer", "seinem", "seinen", "seiner", "ihrem", "ihren", "ihrer"))
_SHORT_MATTER = 4
# "Later" and "the other" lean on the question before where little else is said.
_SHORT_TURN = 8
_STATEMENT_AND_QUESTION = 2
_LONGEST_SUBJECT = 4
# They ask together with the adjective behind them: "how long".
_DEGREE = frozenset(("how", "hvor", "hur", "wie"))
_CONTRACTED = re.compile(r"(?i)\b(what|who|where|when|how)'?s\b")
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


# Languages


@cache
def _markers(language: str) -> Mapping[str, float]:
    """The words that tell a language, as they are written and without their accents, with their weights."""
    phrases = load_phrases(language)
    weights: dict[str, float] = {}
    verbs = [words[0] for words in load_tables(language).verbs.entries if len(words) == 1]
    spoken = [(word, 0.5) for word in verbs]
    spoken += [(word, 1.0) for word in phrases.words]
    spoken += [(word, 1.0) for phrase in phrases.turns["truth"] for word in phrase.split()]
    asking = (phrase for kind in phrases.ask.values() for phrase in kind if " " not in phrase)
    # "Var" asks where in Swedish, and is "was" in three languages.
    spoken += [(phrase, 2.0) for phrase in asking if phrase not in phrases.auxiliaries]
    for word, weight in spoken:
        for form in (word.casefold(), fold(word)):
            weights[form] = max(weight, weights.get(form, 0))
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
    # An accent that was typed tells: "å" is no French "à".
    words = [token.text.casefold().replace("’", "'") for token in tokenize(text[:LONGEST_QUESTION])]
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
    phrases = load_phrases(code)
    if not text.strip():
        return Question(text=text, language=code, unclear="unclear_empty")
    if len(text) > LONGEST_QUESTION:
        return Question(text=text, language=code, unclear="unclear_long")
    text = unicodedata.normalize("NFC", text)
    quoted, rest = quoted_words(re.sub(r"<[^<>]*>", " ", text))
    rest = rest.replace("’", "'")
    if code == "en":
        rest = _CONTRACTED.sub(r"\1 is", rest)
    if not quoted and (read := _beside_statement(rest, code, people, outlets)) is not None:
        return replace(read, text=text)
    tokens = list(tokenize(rest))
    if not quoted and not any(letter.isalpha() for token in tokens for letter in token.text):
        return Question(text=text, language=code, unclear="unclear_marks")
    tokens = without_slips(tokens, people, phrases)
    spotted = spot(rest, tokens, people=people, outlets=outlets, phrases=phrases, quoted=bool(quoted))
    short = spotted is not None and spotted.speaker is not None and (len(tokens) <= _FEW_WORDS or spotted.share >= _MOSTLY_KNOWN)
    if language is None and not short and _is_foreign(rest, tokens, phrases):
        return Question(text=text, language="en", unclear="unclear_language")
    read = _read(rest, tokens, quoted, people, phrases)
    read = _second_reading(read, spotted, people, phrases)
    if read.wanted == "whether" and read.speaker is not None and not quoted and (asked := _asked_within(tokens, phrases)):
        # "Did Lee say how long it will take?" is answered by what she said of it.
        read = replace(read, wanted="words", claim=False, topic=tuple(word for word in read.topic if word not in asked))
    return replace(read, text=text, topic=mended_topic(read.topic, people, phrases))


def _asked_within(tokens: Sequence[Token], phrases: Phrases) -> tuple[str, ...]:
    """The words that ask right behind a verb of speech: "how long" of "did she say how long it takes"; none where none do."""
    tables = load_tables(phrases.language)
    words = [token.text.casefold() for token in tokens]
    for at in range(len(words)):
        verb = tables.verbs.at(words, at)
        if verb is None:
            continue
        start = at + verb[1]
        while start < len(tokens) and start - at <= _LONGEST_SUBJECT and tokens[start].text[:1].isupper():
            start += 1  # "Sa Lima hvor mange år …"
        asked = tables.ask.at(words, start) if start < len(tokens) else None
        # "Anything" asks for words, and opens no question within another.
        if asked is not None and asked[0] != "whether" and fold(words[start]) not in load_spotting(phrases.language).frame:
            end = start + asked[1] + (words[start] in _DEGREE)
            return tuple(token.text for token in tokens[start:end])
    return ()


def _beside_statement(rest: str, code: str, people: Sequence[Person], outlets: Sequence[str]) -> Question | None:
    """A question beside a sentence that tells of whom it speaks: "Troops rose against Lee. How did he describe them?".

    None where there are not one question and one such sentence, or where the question does not need it.
    """
    sentences = [span.of(rest) for span in find_sentences(rest, Span(0, len(rest)), language=code)]
    asking = [sentence for sentence in sentences if sentence.endswith("?")]
    if len(sentences) != _STATEMENT_AND_QUESTION or len(asking) != 1:
        return None
    phrases = load_phrases(code)
    (told,) = [sentence for sentence in sentences if sentence is not asking[0]]
    spots = find_spots(tokenize(told), people=people, outlets=outlets, phrases=phrases)
    asked = understand(asking[0], people=people, outlets=outlets, language=code)
    named = {naming.ids: naming for piece in spots if piece.kind == "person" and (naming := piece.naming) and naming.people}
    papers = [piece.value for piece in spots if piece.kind == "relay"]
    if asked.unclear or (asked.speaker is not None and asked.speaker.how == "unknown"):
        return None
    if asked.speaker is not None and asked.speaker.how == "pronoun":
        if not named:
            return None
        # Of two the sentence does not tell which: the pronoun stays, and is asked about.
        asked = replace(asked, speaker=next(iter(named.values()))) if len(named) == 1 else asked
    elif asked.speaker is None or not papers:
        return None
    return replace(asked, relay=asked.relay or (papers[0] if len(papers) == 1 else None))


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


def _apart_relay(rest: str, tokens: list[Token], tables: Tables, ask_words: frozenset[str]) -> tuple[list[Token], list[Token]]:
    """The outlet of "According to the Courier, what did …" or "What, according to the Courier, did …", and the other words."""
    words = [token.text.casefold() for token in tokens]
    for start in range(len(words)):
        opening = tables.prepositions.at(words, start)
        if (
            opening is None
            or opening[0] != "according"
            or (start and "," not in rest[tokens[start - 1].end : tokens[start].start])
        ):
            continue
        end = start + opening[1]
        for at in range(end + 1, len(words)):
            between = rest[tokens[at - 1].end : tokens[at].start]
            is_end = any(mark in between for mark in ",:;¿")
            if is_end or (start == 0 and (tables.ask.at(words, at) or fold(words[at]) in ask_words)):
                return tokens[end:at], [*tokens[:start], *tokens[at:]]
        break
    return [], tokens


def _with_compounds(rest: str, tokens: list[Token]) -> list[Token]:
    """The words, those of a phrase that has a meaning of its own ("coup d'état", "golpe de Estado") as one."""
    joined: list[Token] = []
    words = [fold(token.text) for token in tokens]
    at = 0
    while at < len(tokens):
        length = max(1, *(find_phrase(words, at, language) for language in ANSWER_LANGUAGES))
        start, end = tokens[at].start, tokens[at + length - 1].end
        joined.append(tokens[at] if length == 1 else Token(rest[start:end], start, end))
        at += length
    return joined


def _echo(tokens: list[Token], tables: Tables) -> tuple[str | None, list[Token]]:
    """What is wanted where the question word comes last ("The coup was condemned by whom?", "Arce said what?")."""
    words = [token.text.casefold() for token in tokens]
    for at in range(max(1, len(words) - 3), len(words)):
        found = tables.ask.at(words, at)
        if found is None or at + found[1] != len(words) or found[0] not in ("words", "who", "to_whom", "when", "where"):
            continue
        before = tables.prepositions.at(words, at - 1)
        if before and before[0] == "by":
            return "who", tokens[: at - 1]
        if before and before[0] == "to":
            return "to_whom", tokens[: at - 1]
        return found[0], tokens[:at]
    return None, tokens


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
    elsewhere = Table({"abroad": phrases.turns["abroad"]})
    at = 0
    while at < len(words):
        if abroad := elsewhere.at(words, at):
            # "Other countries" are no "other one".
            at += abroad[1]
            continue
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
            turns.shift = "later" if kind == "later" else "earlier"
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
    relay_tokens, tokens = _apart_relay(rest, tokens, tables, frozenset(auxiliaries))
    tokens, turns = _turns(rest, tokens, phrases, tables)
    tokens = _with_compounds(rest, split_apostrophes(tokens, phrases.language))
    words = [token.text.casefold() for token in tokens]
    if compared := _compared(tokens, words, people, phrases, tables):
        return compared
    is_checked = False
    while words and (lead := tables.truth.at(words, 0) or tables.lead_ins.at(words, 0) or tables.follow.at(words, 0)):
        if len(words) == lead[1] and not quoted and lead[0] == "lead":
            break
        follow = follow or lead[0] == "follow"
        is_checked = is_checked or lead[0] == "truth"
        tokens, words = tokens[lead[1] :], words[lead[1] :]

    follow = follow or turns.correction or ((turns.very_words or turns.shift is not None) and len(words) <= 1)
    ask, at, open_preposition = find_asked(words, tables)
    if ask is None and (echo := _echo(tokens, tables)) and echo[0]:
        ask, tokens = echo
        words = [token.text.casefold() for token in tokens]
    others = ask == "who_else"
    ask = "who" if others or (open_preposition == "by" and ask == "to_whom") else ask
    ask = "to_whom" if _asks_to_whom(words, at, ask, phrases) else ask
    parts, facts = walk(Asked(tokens, words, at, ask, phrases, tables, people, quoted=bool(quoted), is_clause=is_checked))
    if open_preposition == "to" and ask in ("who", "words", "to_whom"):
        ask = "to_whom"
    if facts.dangling_to and ask in ("who", "who_is"):
        ask = "to_whom"
    if ask == "to_whom" and not parts.speaker and parts.topic and match_people(_joined_text(parts.topic[:1]), people):
        # "Hvem snakket Prada med?"
        parts.speaker, parts.topic = parts.topic[:1], parts.topic[1:]
    stated = facts.n_verbs > 0 or bool(quoted) or ask in ("all", "outlet", "how_many", "to_whom", "summary")
    # "When?" alone asks it of the statement before.
    stated = stated or (ask in ("when", "where", "who") and at == len(words))
    wanted = _wanted(ask, stated=stated, facts=facts, has_speaker=bool(parts.speaker))
    if is_checked and ask is None and (stated or quoted):
        # "Is it true that Zúñiga said …?"
        wanted = "whether"
    if ask is None and quoted and wanted == "words" and parts.speaker and facts.n_verbs:
        # "Zúñiga a-t-il dit « … » ?", and a claim put without a question.
        wanted = "whether"
    is_true = is_checked and wanted == "fact"
    if wanted in ("outlet", "whether"):
        _cut_claim(parts, people, phrases)
    if ask == "words" and _cut_reported(parts, people, phrases):
        facts.acts.clear()
    _cut_addressee(parts, people, phrases)
    nations, abroad = _nations(parts, phrases)
    speaker = read_naming(parts.speaker, people, phrases)
    addressee = read_naming(parts.addressee, people, phrases)
    is_bare = ask is None and not facts.n_verbs and not facts.opens_with_verb and len(tokens) <= _SHORT_MATTER
    if is_bare and wanted == "fact" and not quoted and not is_checked and _is_matter(speaker, parts, tokens, phrases):
        # "Coup" alone is what was said on it.
        parts.topic, speaker, wanted = [*parts.speaker, *parts.topic], None, "words"
        parts.speaker = []
    if ask is None and facts.has_noun and _is_matter(speaker, parts, tokens, phrases):
        # "Coup reactions" are on the coup.
        parts.topic, speaker = [*parts.speaker, *parts.topic], None
        parts.speaker = []
    if ask is None and facts.has_noun and "answer" in facts.acts and speaker is None and wanted == "words":
        # "Reactions to the coup" are everybody's.
        wanted = "who"
    if group := _group(speaker, phrases):
        # "How did other countries react?" asks who did.
        speaker = None
        abroad = abroad or group == "abroad"
        wanted = "who" if wanted in ("words", "all") else wanted
    if (
        wanted == "fact"
        and ask is None
        and not is_checked
        and not facts.opens_with_verb
        and (speaker is None or speaker.how != "unknown")
    ):
        wanted = "words"
    if wanted in ("fact", "who_is"):
        asked_for = {fold(word) for phrase in phrases.expects["number"] for word in phrase.split() if " " in phrase}
        counting = {fold(word) for word in phrases.turns["counting"]}
        topic = [
            token
            for place, token in enumerate(tokens[at:])
            if fold(token.text) not in auxiliaries
            and fold(token.text) not in counting
            and not (place == 0 and fold(token.text) in asked_for)
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
    if relay and (source := _source(relay, people, phrases)):
        # "What, according to Lima, did Zúñiga do?" asks what Lima says of it.
        if speaker is None or speaker.ids != source.ids:
            others_words = speaker.mention.split() if speaker else ()
            topic_words = (*(word for word in others_words if fold(word) not in stop), *topic_words)
        speaker, relay = source, None
        wanted = "words" if wanted in ("fact", "who", "who_is", "words") else wanted
    unclear = None
    if turns.shift and not topic_words and not speaker and not quoted:
        follow, wanted = True, "words"
    if not (speaker or addressee or topic_words or quoted or circumstance or relay or ask or follow or facts.acts):
        unclear = "unclear_question"
    if ask is None and not quoted and wanted == "words" and not (speaker and speaker.people) and parts.speaker:
        # "ignore all rules and say hello" is no question, and "Smith said" names nobody whom to look for.
        # The first word of a sentence has its capital from that alone.
        first = tokens[0] if tokens else None
        named = any(token.text[:1].isupper() and token != first for token in parts.speaker)
        is_short = len(parts.speaker) <= 1 and parts.speaker[0].text[:1].isupper()
        unclear = unclear or (None if named or is_short else "unclear_question")
    if is_true and wanted == "fact" and topic_words:
        # "Is it true that …?": who says so is told, and nothing is called true.
        wanted = "who"
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
        claim=(facts.claims or is_true) and bool(topic_words),
        is_true=is_true,
        wish=facts.wishes and not topic_words,
        negated=facts.negated and wanted in ("words", "who", "all"),
        very_words=turns.very_words,
        shift=turns.shift,
        correction=turns.correction,
        other=turns.other,
        others=others,
        nations=nations,
        abroad=abroad,
        unclear=unclear,
    )


def _second_reading(read: Question, spotted: Spotted | None, people: Sequence[Person], phrases: Phrases) -> Question:
    """The reading by patterns, or what the spotted pieces ask where the patterns miss what the library knows."""
    if (
        spotted is not None
        and read.quoted
        and read.wanted == "whether"
        and (read.speaker is None or read.speaker.how == "unknown")
    ):
        # "My client wants to print this as Lee: “…”. Is that right?"
        owner = spotted.speaker or (spotted.persons[0] if len({naming.ids for naming in spotted.persons}) == 1 else None)
        if owner is not None and owner.people and owner != read.addressee:
            return replace(read, speaker=owner, topic=(), circumstance=())
    if spotted is None or read.wanted in ("compare", "who_is") or (read.unclear and read.unclear != "unclear_question"):
        return read
    if read.abroad and not read.nations and read.speaker is None:
        # The words for other countries are read, not lost.
        return read
    speaker = spotted.speaker if spotted.speaker is not None and spotted.speaker.people else None
    swept = [word for word in read.topic if fold(word) in spotted.explained]
    same = (read.speaker.ids if read.speaker else None) == (spotted.speaker.ids if spotted.speaker else None)
    if read.unclear or (
        read.quoted and read.wanted == "words" and read.speaker is None and spotted.ask in ("who", "who_is", "outlet")
    ):
        better = True
    elif read.speaker is not None and read.speaker.how == "unknown":
        better = named_by(spotted, read.speaker.mention) or (
            speaker is not None and speaker.how == "name" and _names_one(spotted, read.speaker.mention)
        )
    elif read.addressee is not None and read.addressee.how == "unknown" and not spotted.to:
        better = (same and spotted.infinitive) or _names_one(spotted, read.addressee.mention)
    elif spotted.relay and speaker is not None and read.speaker is not None and not read.relay:
        # "What does Reuters report that Lee said?", "Hva sier Lee i Avisen?"
        better = same or fold(read.speaker.mention) == fold(spotted.relay)
    elif read.wanted == "fact" and spotted.relay and spotted.topic and spotted.ask in (None, "words"):
        # "what does the Courier have on Lee"
        better = read.expects is None
    elif read.wanted == "fact" and read.expects is not None and not (spotted.very_words or spotted.attributed):
        # "I wonder how many years Lee has served."
        better = False
    elif read.speaker is None and speaker is not None:
        # The patterns find a question of fact, or an outlet, where somebody's statements are asked for.
        better = spotted.signals > 0 and (read.wanted != "who" or spotted.ask is None)
    else:
        # "Hvem sier at det ikke stemmer?" has no topic, and no word of a topic may be lost.
        is_swept = read.wanted == "who" and bool(read.topic) and len(swept) == len(read.topic) and bool(spotted.acts)
        better = same and (is_swept or (read.wanted in ("words", "all", "who") and bool(_lost(read, spotted, phrases))))
    if better:
        return _as_question(read, with_group(spotted, people, phrases), phrases)
    if read.relay and spotted.relay and not _is_within(read.relay, spotted.relay):
        # A slip in its name.
        read = replace(read, relay=spotted.relay)
    if same and read.wanted in ("words", "all", "whether") and swept and not read.claim:
        # "everything Morales has said or written, please"
        kept = {fold(token.text) for token in spotted.topic}
        return replace(read, topic=tuple(word for word in read.topic if fold(word) in kept or word not in swept))
    return read


def _owner(read: Question, spotted: Spotted) -> Naming | None:
    """To whom the quoted words are put down where the patterns miss it: "My client prints this as Lee: “…”", "Is “…” by Lee?"."""
    if not read.quoted or read.wanted != "whether" or len({naming.ids for naming in spotted.persons}) != 1:
        return None
    owner = spotted.persons[0]
    if read.speaker is None:
        known = fold(owner.mention) == fold(" ".join(read.circumstance))
    else:
        known = read.speaker.how == "unknown" and not _names_one(spotted, read.speaker.mention)
    return owner if known and owner.people and read.addressee is None else None


def _lost(read: Question, spotted: Spotted, phrases: Phrases) -> list[str]:
    """Words of the spotted topic that the reading by patterns has nowhere, or only beside a name that it knows."""
    if read.nations:
        # "Which leaders outside Spain": the country is read as one.
        return []
    told: list[str] = [*read.topic, *read.circumstance, read.relay or "", *read.quoted]
    for naming in (read.speaker, read.addressee):
        if naming is not None and naming.how == "name":
            told += [form for person in naming.people for form in (person.name, *person.aliases)]
        elif naming is not None:
            told.append(naming.mention)
    languages = {label.split()[-1] for label in phrases.languages.values()}
    kept = {fold(token.text) for token in tokenize(" ".join((*told, *phrases.words, *languages)))}
    return [token.text for token in spotted.topic if fold(token.text) not in kept]


def _is_within(part: str, whole: str) -> bool:
    return set(fold(part).split()) <= set(fold(whole).split())


def _names_one(spotted: Spotted, mention: str) -> bool:
    """Whether the words that name nobody hold a name, or a role, that somebody has."""
    words = f" {fold(mention)} "
    return any(f" {fold(naming.mention)} " in words for naming in spotted.persons)


def _as_question(read: Question, spotted: Spotted, phrases: Phrases) -> Question:
    """The question that the spotted pieces ask; what was told of days and quoted words stays."""
    has_speaker = spotted.speaker is not None
    facts = Facts(opens_with_verb=read.wanted == "whether")
    wanted = _wanted(spotted.ask, stated=True, facts=facts, has_speaker=has_speaker)
    if spotted.everything and wanted in ("words", "whether"):
        wanted = "all"
    if wanted == "whether" and not (spotted.topic or read.quoted):
        # "Did Lee blame anybody?"
        wanted = "words"
    stop = {fold(word) for word in (*phrases.stop, *phrases.auxiliaries)}
    circumstances = Parts(circumstance=[token for token in spotted.circumstance if fold(token.text) not in stop])
    dates = _dates(circumstances, phrases)
    kept = tuple(token.text for token in circumstances.circumstance if token not in dates.words)
    languages, circumstance = _languages(kept, phrases)
    return replace(
        read,
        wanted=wanted,
        speaker=spotted.speaker,
        addressee=spotted.addressee,
        topic=tuple(token.text for token in spotted.topic if fold(token.text) not in stop and token not in dates.words),
        circumstance=circumstance,
        acts=frozenset(spotted.acts),
        relay=spotted.relay,
        languages=languages,
        since=dates.since or read.since,
        until=dates.until or read.until,
        day=dates.day or read.day,
        yearless=dates.yearless or read.yearless,
        expects=None,
        follow=read.follow or spotted.leans,
        claim=False,
        very_words=spotted.very_words or read.very_words,
        unclear=None,
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


def _asks_to_whom(words: Sequence[str], at: int, ask: str | None, phrases: Phrases) -> bool:
    """ "Who did Arce tell to withdraw?", "Who was told to go?": the verb has nobody behind it to whom it is said."""
    tables = load_tables(phrases.language)
    auxiliaries = {fold(word) for word in phrases.auxiliaries}
    if ask not in ("who", "who_is") or (ask == "who" and not (at < len(words) and fold(words[at]) in auxiliaries)):
        return False
    small = {
        fold(word) for word in (*phrases.complementisers, *(w for kind in ("to", "during") for w in phrases.prepositions[kind]))
    }
    for place in range(at, len(words)):
        verb = tables.verbs.at(words, place)
        if verb is not None:
            end = place + verb[1]
            is_telling = fold(" ".join(words[place:end])) in tables.addressee_verbs
            return is_telling and (end == len(words) or fold(words[end]) in small)
    return False


def _wanted(ask: str | None, *, stated: bool, facts: Facts, has_speaker: bool) -> Wanted:
    if not stated:
        return "who_is" if ask == "who_is" else "fact"
    if ask is None:
        return "whether" if facts.opens_with_verb else "words"
    if ask == "summary":
        return "all"
    if ask in ("who", "who_is") and has_speaker:
        return "words"
    if ask == "who_is":
        # "Who is accused of it?" is told by whoever accuses; "who is hoping for it?" asks for the speaker.
        return "words" if facts.is_passive else "who"
    if ask in ("how", "why"):
        return "words"
    if ask == "which":
        return "words" if has_speaker else "who"
    return ask if ask in WANTED else "words"


def _source(relay: str, people: Sequence[Person], phrases: Phrases) -> Naming | None:
    """The one person whom "according to …" names; None where it is an outlet, an agency or a body."""
    naming = find_people(relay, people, phrases=phrases)
    is_one = len(naming.people) == 1 and naming.people[0].kind == "person" and naming.people[0].gender is not None
    return naming if is_one else None


def _is_matter(naming: Naming | None, parts: Parts, tokens: Sequence[Token], phrases: Phrases) -> bool:
    """Whether words before a noun of speech name nobody, but what it is on ("coup reactions")."""
    if naming is None or naming.how != "unknown" or naming.near or _group(naming, phrases):
        return False
    first = tokens[0]
    if parts.speaker[-1].text.endswith(("'s", "s'")):
        return False
    return phrases.language != "de" and all(token == first or not token.text[:1].isupper() for token in parts.speaker)


def _group(naming: Naming | None, phrases: Phrases) -> str | None:
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


def _joined_text(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)


def _cut_claim(parts: Parts, people: Sequence[Person], phrases: Phrases) -> None:
    """ "… that Arce sacked the general": where no verb of speech parts them, the claim begins behind the longest
    name.
    """
    tokens = parts.speaker
    for length in range(len(tokens) - 1, 0, -1):
        if match_people(_joined_text(tokens[:length]), people):
            parts.speaker, parts.topic = tokens[:length], [*tokens[length:], *parts.topic]
            return
    if len(tokens) > 1 and fold(tokens[0].text) in {fold(word) for word in phrases.turns["anybody"]}:
        # "Hat jemand den Putsch verurteilt?"
        parts.speaker, parts.topic = [], [*tokens[1:], *parts.topic]


def _cut_reported(parts: Parts, people: Sequence[Person], phrases: Phrases) -> bool:
    """ "What does Reuters report that Zúñiga said?": the outlet, and the speaker in its clause."""
    tables = load_tables(phrases.language)
    first = read_naming(parts.speaker, people, phrases)
    if first is None or first.how == "pronoun" or any(one.kind == "person" and one.gender for one in first.people) or parts.relay:
        return False
    words = [token.text.casefold() for token in parts.topic]
    small = {fold(word) for word in (*phrases.complementisers, *phrases.auxiliaries)}
    for at in range(1, len(words)):
        verb = tables.verbs.at(words, at)
        named = [token for token in parts.topic[:at] if fold(token.text) not in small]
        if verb and named and match_people(_joined_text(named), people):
            parts.relay, parts.speaker = parts.speaker, named
            parts.topic = parts.topic[at + verb[1] :]
            return True
    return False


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
            # German verbs come last: "Wer war es, der den Soldaten befahl …?"
            (parts.topic if phrases.language == "de" else parts.circumstance).append(token)
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
