"""True sentences of answers → false ones, each made by one operator, and what the guard makes of them.

A mutant must be caught by a rule meant for its operator; one that falls only to another rule is counted as caught, and told
apart. The same sentences, seed and size give the same mutants.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

from index.attribution.lexicon import load_lexicon
from index.records import LANGUAGES, Article
from rag.answer import Answer, Citation
from rag.faithfulness import check
from rag.guard import check_sentence
from rag.likeness import likeness
from rag.phrases import Phrases, load_phrases, load_sorts
from rag.words import Token, fold, folded, tokenize

Operator = Literal[
    "word changed", "number changed", "negation flipped", "speaker swapped", "addressee swapped", "outlet or date swapped",
    "two quotations joined", "quotation invented", "wrong marker", "marker missing",
]  # fmt: skip
Rewording = Literal["order", "connective", "tense of the frame", "typographic marks"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
REWORDINGS: tuple[Rewording, ...] = get_args(Rewording)
# The guard's rules that may kill a mutant of each operator; a mutant that only others kill died by chance.
MEANT: Mapping[str, frozenset[str]] = {
    "word changed": frozenset({"quotation", "word", "words", "act"}),
    "number changed": frozenset({"quotation", "number"}),
    "negation flipped": frozenset({"quotation", "negation"}),
    "speaker swapped": frozenset({"speaker", "name"}),
    "addressee swapped": frozenset({"addressee", "name"}),
    "outlet or date swapped": frozenset({"outlet", "date", "number", "name"}),
    "two quotations joined": frozenset({"quotation"}),
    "quotation invented": frozenset({"quotation"}),
    "wrong marker": frozenset({"marker", "quotation", "speaker", "word", "words", "outlet", "name", "number", "addressee"}),
    # What lost its marker is held to the next one behind it.
    "marker missing": frozenset({"marker", "uncited", "quotation", "word", "name", "outlet", "number", "speaker"}),
}
# The shares that must be caught; of rewordings, the share that may be rejected.
BARS: Mapping[Operator, float] = {
    operator: 0.97 if operator in ("speaker swapped", "addressee swapped", "outlet or date swapped") else 0.99
    for operator in OPERATORS
}
MOST_REJECTED = 0.02
# An operator has drawn from every sentence so often without a new mutant that there are no more.
_DRY_ROUNDS = 12
_LONGEST_LINE = 1500

_MARKER = re.compile(r"\[(\d{1,4})\]")
_QUOTED = re.compile(r"“([^“”]+)”|«([^«»]+)»|»([^«»]+)«|„([^„“”]+)“|”([^”]+)”")
_NOTE = re.compile(r"(?<=\]) \(([^()]+)\)")
_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_BULLET = "• "

_NEVER = {
    "en": "never", "nb": "aldri", "sv": "aldrig", "da": "aldrig", "de": "nie", "es": "nunca", "fr": "jamais",
}  # fmt: skip
# Finite verbs behind (or, in Spanish, before) which a negation stands.
_AUXILIARIES = {
    "en": ("not", "is are was were will would can could has have had may must should"),
    "nb": ("ikke", "er var vil ville kan kunne har hadde må skal skulle bør"),
    "nn": ("ikkje", "er var vil ville kan kunne har hadde må skal skulle bør"),
    "sv": ("inte", "är var vill kan kunde har hade måste ska skulle bör kommer"),
    "da": ("ikke", "er var vil ville kan kunne har havde må skal skulle bør"),
    "es": ("no", "es son era está están fue ha han había debe deben puede pueden hay"),
}  # fmt: skip
_TENSES = {
    "en": {"said": "says", "wrote": "writes", "asked": "asks", "claimed": "claims", "announced": "announces",
           "promised": "promises", "ordered": "orders", "warned": "warns", "admitted": "admits", "confirmed": "confirms"},
    "nb": {"sa": "sier", "skrev": "skriver", "svarte": "svarer", "hevdet": "hevder", "lovet": "lover", "advarte": "advarer",
           "kunngjorde": "kunngjør", "spurte": "spør", "innrømmet": "innrømmer", "bekreftet": "bekrefter"},
    "sv": {"sade": "säger", "skrev": "skriver", "svarade": "svarar", "hävdade": "hävdar", "lovade": "lovar",
           "varnade": "varnar", "meddelade": "meddelar", "beordrade": "beordrar"},
    "da": {"sagde": "siger", "skrev": "skriver", "svarede": "svarer", "hævdede": "hævder", "advarede": "advarer"},
    "de": {"sagte": "sagt", "schrieb": "schreibt", "antwortete": "antwortet", "behauptete": "behauptet"},
    "es": {"dijo": "dice", "escribió": "escribe", "sostuvo": "sostiene", "anunció": "anuncia", "prometió": "promete",
           "ordenó": "ordena", "advirtió": "advierte", "respondió": "responde", "preguntó": "pregunta"},
    "fr": {"a dit": "dit", "a écrit": "écrit", "a affirmé": "affirme", "a annoncé": "annonce", "a averti": "avertit"},
}  # fmt: skip
_CONNECTIVES = {
    "en": ("In addition, ", "Meanwhile, ", "According to the article, "),
    "nb": ("Dessuten: ", "I tillegg: ", "Ifølge artikkelen: "),
    "sv": ("Dessutom: ", "Enligt artikeln: "),
    "da": ("Desuden: ", "Ifølge artiklen: "),
    "de": ("Außerdem: ", "Laut dem Artikel: "),
    "es": ("Además, ", "Por otra parte, ", "Según el artículo, "),
    "fr": ("En outre, ", "Selon l’article, "),
}
_INVENTED = {
    "en": ("He added: “This is only the beginning”", "“We have nothing to hide”, according to the same source"),
    "nb": ("Han la til: «Dette er bare begynnelsen»", "«Vi har ingenting å skjule», ifølge samme kilde"),
    "sv": ("Han tillade: ”Detta är bara början”", "”Vi har inget att dölja”, enligt samma källa"),
    "da": ("Han tilføjede: »Dette er kun begyndelsen«",),
    "de": ("Er fügte hinzu: „Das ist erst der Anfang“",),
    "es": ("Añadió: «Esto es solo el comienzo»", "«No tenemos nada que ocultar», según la misma fuente"),
    "fr": ("Il a ajouté : «Ce n’est que le début»",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueSentence:
    """A line of a composed answer with at least one marker, and exactly the citations that it refers to, numbered from 1."""

    text: str
    language: str
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What mutants are made with: the names and outlets of the corpora, and the content words by language."""

    people: tuple[str, ...]
    outlets: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A false answer, or a harmless rewording, made of a true sentence.

    Args:
        how: What was put in place of what.
        answer: One line, or two where another true sentence is needed to keep the rest of the answer in order.
    """

    operator: Operator | Rewording
    how: str
    before: str
    answer: Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A mutant with the rules of the guard that object to it."""

    mutant: Mutant
    rules: tuple[str, ...]

    @property
    def is_caught(self) -> bool:
        return bool(self.rules)

    @property
    def is_caught_as_meant(self) -> bool:
        """Whether one of the objecting rules is meant for the operator; never for a rewording."""
        return bool(MEANT.get(self.mutant.operator, frozenset()) & set(self.rules))


Guard = Callable[[Answer, Mapping[str, Article]], Sequence[str]]
GuardName = Literal["sentence", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationRun:
    """What the guard made of all mutants.

    Args:
        rejected: True sentences, unchanged, that the guard objects to; nothing is made of them.
    """

    guard: str
    seed: int
    n_sentences: int
    rejected: tuple[tuple[TrueSentence, tuple[str, ...]], ...]
    judged: tuple[Judged, ...]

    def of(self, operator: Operator | Rewording) -> tuple[Judged, ...]:
        return tuple(item for item in self.judged if item.mutant.operator == operator)

    @property
    def below(self) -> tuple[str, ...]:
        """The operators that miss their bar, and "rewordings" where too many are rejected; one without mutants is unscored."""
        missed: list[str] = []
        for operator in OPERATORS:
            items = self.of(operator)
            if items and sum(item.is_caught for item in items) < BARS[operator] * len(items):
                missed.append(operator)
        harmless = [item for rewording in REWORDINGS for item in self.of(rewording)]
        if sum(item.is_caught for item in harmless) > MOST_REJECTED * len(harmless):
            missed.append("rewordings")
        return tuple(missed)


def guard_by_check(answer: Answer, articles: Mapping[str, Article]) -> tuple[str, ...]:
    """The rules of `rag.faithfulness.check` that an answer breaks."""
    texts = {name: article.text for name, article in articles.items()}
    return tuple(dict.fromkeys(str(problem.rule) for problem in check(answer, texts)))


def guard_by_sentence(answer: Answer, articles: Mapping[str, Article]) -> tuple[str, ...]:
    """The rules of `rag.guard.check_sentence` that any line of an answer breaks."""
    problems = (
        problem
        for line in answer.text.split("\n")
        for problem in check_sentence(line, answer.citations, articles, language=answer.language)
    )
    return tuple(dict.fromkeys(str(problem.rule) for problem in problems))


GUARDS: Mapping[GuardName, Guard] = {"sentence": guard_by_sentence, "check": guard_by_check}


def split_answer(answer: Answer) -> tuple[TrueSentence, ...]:
    """The lines of an answer that carry markers, each with its own citations."""
    by_number = {citation.n: citation for citation in answer.citations}
    found = []
    for line in answer.text.split("\n"):
        numbers = [n for n in dict.fromkeys(int(match[1]) for match in _MARKER.finditer(line)) if n in by_number]
        if numbers and len(line) <= _LONGEST_LINE:
            cited = tuple(replace(by_number[n], n=place) for place, n in enumerate(numbers, start=1))
            places = {n: place for place, n in enumerate(numbers, start=1)}
            text = _MARKER.sub(lambda match, places=places: f"[{places.get(int(match[1]), match[1])}]", line)  # type: ignore[misc]
            found.append(TrueSentence(text=text, language=answer.language, citations=cited))
    return tuple(found)


def collect_sentences(answers: Iterable[Answer]) -> tuple[TrueSentence, ...]:
    """The different sentences of answers, refusals and verdicts aside: what a verdict quotes was asked, not said."""
    found: dict[tuple[str, tuple[str, ...]], TrueSentence] = {}
    for answer in answers:
        if not answer.abstained and answer.verdict is None:
            for sentence in split_answer(answer):
                found.setdefault((sentence.text, tuple(citation.quote for citation in sentence.citations)), sentence)
    return tuple(found.values())


def make_world(sentences: Sequence[TrueSentence], *, people: Iterable[str], outlets: Iterable[str]) -> World:
    """What the sentences themselves, and the names of the corpora, offer to change them with."""
    words: dict[str, set[str]] = {}
    for sentence in sentences:
        for citation in sentence.citations:
            names = {word for name in (citation.speaker, citation.addressee) if name for word in folded(name)}
            for token in tokenize(citation.quote):
                if _is_content(token, citation.language) and fold(token.text) not in names and token.text.islower():
                    words.setdefault(citation.language, set()).add(token.text)
    several = tuple(sorted({name for name in people if len(name.split()) > 1}))
    return World(
        people=several,
        outlets=tuple(sorted(set(outlets))),
        words={language: tuple(sorted(found)) for language, found in sorted(words.items())},
    )


def _is_content(token: Token, language: str) -> bool:
    phrases = load_phrases(language)
    plain = fold(token.text)
    # A word that builds sentences in place of another makes no other sense but none.
    built = load_lexicon(language).function_words if language in LANGUAGES else frozenset()
    others = phrases.stop | load_sorts().numbers.get(language, frozenset()) | set(phrases.negations)
    return len(plain) >= 4 and plain.isalpha() and plain not in others and not {plain, token.text.lower()} & built


# Where the parts of a sentence stand


def _quotations(text: str) -> list[tuple[int, int]]:
    """The words between marks, marks aside."""
    return [match.span(match.lastindex or 0) for match in _QUOTED.finditer(text)]


def _masked(text: str) -> str:
    """Markers and the notes on outlets blanked, so that places stay."""
    for pattern in (_NOTE, _MARKER):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return text


def _carried(sentence: TrueSentence) -> list[tuple[Token, Citation]]:
    """The words of a sentence that stand in a cited quote, each with the first citation that has it."""
    have = [(citation, set(folded(citation.quote))) for citation in sentence.citations]
    found = []
    inside = _quotations(sentence.text)
    for token in tokenize(_masked(sentence.text)):
        citation = next((citation for citation, words in have if fold(token.text) in words), None)
        is_quoted = any(start <= token.start < end for start, end in inside)
        if citation is not None and (is_quoted or not inside or citation.kind != "direct"):
            found.append((token, citation))
    return found


def _put(sentence: TrueSentence, start: int, end: int, words: str) -> str:
    return sentence.text[:start] + words + sentence.text[end:]


def _outside(text: str, name: str) -> tuple[int, int] | None:
    """Where a name stands outside quotation marks and notes."""
    masked = _QUOTED.sub(lambda match: " " * len(match[0]), _masked(text))
    match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", masked)
    return match.span() if match else None


def _answer(sentence: TrueSentence, text: str, *, more: Sequence[Citation] = ()) -> Answer:
    return Answer(question="", language=sentence.language, text=text, citations=(*sentence.citations, *more))


def _joined(one: TrueSentence, other: TrueSentence) -> tuple[str, tuple[Citation, ...]]:
    """Another sentence with its markers counted on behind those of the first."""
    by = len(one.citations)
    text = _MARKER.sub(lambda match: f"[{int(match[1]) + by}]", other.text)
    return text, tuple(replace(citation, n=citation.n + by) for citation in other.citations)


def _another(sentence: TrueSentence, pool: Sequence[TrueSentence], rng: random.Random) -> TrueSentence:
    """A sentence of the same language, as they stand in one answer."""
    return rng.choice([other for other in pool if other.language == sentence.language])


# The operators: a sentence → what was done and the false answer, or None where it offers nothing


_Made = tuple[str, Answer] | None
_Operate = Callable[[TrueSentence, Sequence[TrueSentence], World, random.Random], _Made]


def _change_word(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    words = [(token, cited) for token, cited in _carried(sentence) if _is_content(token, cited.language)]
    names = {word for item in sentence.citations for name in (item.speaker, item.addressee) if name for word in folded(name)}
    words = [(token, cited) for token, cited in words if fold(token.text) not in names]
    if not words:
        return None
    token, cited = rng.choice(words)
    # Another form of a word that is there, or another word for it, might be as true.
    near = frozenset().union(*(likeness(word, cited.language) for word in (*folded(cited.quote), *folded(sentence.text))))
    others = [word for word in world.words.get(cited.language, ()) if not likeness(word, cited.language) & near]
    if not others:
        return None
    new = rng.choice(others)
    new = new.capitalize() if token.text[0].isupper() else new
    return f"{token.text} → {new}", _answer(sentence, _put(sentence, token.start, token.end, new))


def _change_number(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    sorts = load_sorts().numbers
    masked = _DAY.sub(lambda match: " " * len(match[0]), _masked(sentence.text))
    found = []
    for token in tokenize(masked):
        language = next((c.language for c in sentence.citations if fold(token.text) in folded(c.quote)), None)
        if language is None:
            continue
        if any(character.isdigit() for character in token.text):
            digits = [place for place, character in enumerate(token.text) if character.isdigit()]
            found.append((token, tuple(_other_digit(token.text, place, by) for place in digits for by in range(1, 10))))
        elif fold(token.text) in sorts.get(language, ()) and fold(token.text) not in ("one", "to", "en"):
            found.append((token, tuple(sorted(sorts[language] - {fold(token.text)}))))
    if not found:
        return None
    token, others = rng.choice(found)
    new = rng.choice([other for other in others if other not in folded(" ".join(c.quote for c in sentence.citations))])
    return f"{token.text} → {new}", _answer(sentence, _put(sentence, token.start, token.end, new))


def _other_digit(number: str, place: int, by: int) -> str:
    return f"{number[:place]}{(int(number[place]) + by) % 10}{number[place + 1 :]}"


def _flip_negation(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    made: list[tuple[str, str]] = []
    carried = _carried(sentence)
    for token, cited in carried:
        plain = fold(token.text)
        if plain in map(fold, load_phrases(cited.language).negations) and plain not in ("ni", "heller", "nor"):
            made.append((f"{token.text} left out", _put(sentence, token.start, token.end + 1, "")))
        word, verbs = _AUXILIARIES.get(cited.language, ("", ""))
        if plain in verbs.split():
            at = token.start if cited.language == "es" else token.end
            put = f"{word} " if cited.language == "es" else f" {word}"
            made.append((f"{put.strip()} put at {token.text}", _put(sentence, at, at, put)))
    inside = _quotations(sentence.text)
    verb = _frame_verb(sentence)
    if inside and verb is not None and sentence.language in _NEVER:
        never = _NEVER[sentence.language]
        before = sentence.language in ("en", "es", "fr")
        text = _put(sentence, *((verb[0], verb[0], f"{never} ") if before else (verb[1], verb[1], f" {never}")))
        made.append((f"{never} put into the frame", text))
    if not made:
        return None
    how, text = rng.choice(made)
    return how, _answer(sentence, text)


def _frame_verb(sentence: TrueSentence) -> tuple[int, int] | None:
    """The verb of saying in the words before the first quotation mark."""
    match = _QUOTED.search(sentence.text)
    frame = sentence.text[: match.start()] if match else ""
    verbs = "|".join(map(re.escape, _TENSES.get(sentence.language, {})))
    found = list(re.finditer(rf"(?<!\w)(?:{verbs})(?!\w)", frame)) if verbs else []
    return found[-1].span() if found else None


def _strangers(sentence: TrueSentence, world: World) -> list[str]:
    """Persons of the corpora who share no word with anything in the sentence or its evidence."""
    near = set(folded(sentence.text))
    for citation in sentence.citations:
        near |= set(folded(" ".join(filter(None, (citation.speaker, citation.addressee, citation.mention, citation.quote)))))
    return [name for name in world.people if not near & set(folded(name))]


def _swap_speaker(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    speakers = [citation.speaker for citation in sentence.citations if citation.speaker]
    place = _outside(sentence.text, speakers[0]) if speakers else None
    others = _strangers(sentence, world)
    if place is None or not others:
        return None
    to = sentence.citations[0].addressee
    at = _outside(sentence.text, to) if to and not set(folded(to)) & set(folded(speakers[0])) else None
    if to and at is not None and at[0] >= place[1] and rng.random() < 0.2:
        text = sentence.text
        text = text[: place[0]] + to + text[place[1] : at[0]] + speakers[0] + text[at[1] :]
        return f"{speakers[0]} ↔ {to}", _answer(sentence, text)
    new = rng.choice(others)
    return f"{speakers[0]} → {new}", _answer(sentence, _put(sentence, *place, new))


def _swap_addressee(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    others = _strangers(sentence, world)
    if not others:
        return None
    new = rng.choice(others)
    for to in dict.fromkeys(citation.addressee for citation in sentence.citations if citation.addressee):
        # The first one may be the speaker's own name.
        place = _outside(sentence.text[len(_BULLET) :], to)
        speaker = sentence.citations[0].speaker or ""
        if place is not None and not set(folded(to)) & set(folded(speaker)):
            start, end = place[0] + len(_BULLET), place[1] + len(_BULLET)
            return f"{to} → {new}", _answer(sentence, _put(sentence, start, end, new))
    verb = _frame_verb(sentence)
    if verb is None or any(citation.addressee for citation in sentence.citations):
        return None
    said_to = load_phrases(sentence.language).answers["said_to"]
    match = re.search(r"\{speaker\} (.+) \{addressee\}", said_to)
    if match is None:
        return None
    return f"nobody → {new}", _answer(sentence, _put(sentence, *verb, f"{match[1]} {new}"))


def _swap_outlet(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    made: list[tuple[str, str]] = []
    for match in _DAY.finditer(_masked(sentence.text)):
        day = f"{match[1]}-{match[2]}-{rng.choice([d for d in range(1, 29) if d != int(match[3])]):02}"
        made.append((f"{match[0]} → {day}", _put(sentence, *match.span(), day)))
    told = " ".join(" ".join(filter(None, (c.outlet, c.reported_by, c.quote, c.title))) for c in sentence.citations)
    others = [outlet for outlet in world.outlets if outlet not in told and outlet not in sentence.text]
    named = [outlet for note in _NOTE.finditer(sentence.text) for outlet in world.outlets if outlet in note[1]]
    for outlet in dict.fromkeys([*named, *(o for c in sentence.citations for o in (c.outlet, c.reported_by) if o)]):
        for match in re.finditer(rf"(?<!\w){re.escape(outlet)}(?!\w)", sentence.text):
            if others and not any(start <= match.start() < end for start, end in _quotations(sentence.text)):
                new = rng.choice(others)
                made.append((f"{outlet} → {new}", _put(sentence, *match.span(), new)))
    if not made:
        return None
    how, text = rng.choice(made)
    return how, _answer(sentence, text)


def _join(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    place = _last(_quotations(sentence.text), rng)
    if place is None:
        return None
    other = _another(sentence, pool, rng)
    theirs = _last(_quotations(other.text), rng)
    if theirs is None or other.text == sentence.text:
        return None
    words = other.text[slice(*theirs)].rstrip(" .,")
    if _within(words, sentence.citations) or _within(sentence.text[slice(*place)], other.citations):
        return None
    markers, more = _joined(sentence, other)
    between = rng.choice((" ", " … ", ", ", ". "))
    text = _put(sentence, place[1], place[1], f"{between}{words}")
    added = "".join(dict.fromkeys(match[0] for match in _MARKER.finditer(markers)))
    # The other sentence's markers go where this one's stand, so that all evidence is behind the words.
    at = max(match.end() for match in _MARKER.finditer(text))
    return f"… + {words[:60]}", _answer(sentence, text[:at] + added + text[at:], more=more)


def _last(places: Sequence[tuple[int, int]], rng: random.Random) -> tuple[int, int] | None:
    return rng.choice(places) if places else None


def _within(words: str, citations: Sequence[Citation]) -> bool:
    plain = " ".join(folded(words))
    return any(plain in " ".join(folded(citation.quote)) for citation in citations)


def _invent(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    phrases = load_phrases(sentence.language)
    way = rng.randrange(3)
    if way == 0:
        added = rng.choice(_INVENTED.get(sentence.language, _INVENTED["en"]))
        tail = "".join(dict.fromkeys(match[0] for match in _MARKER.finditer(sentence.text)))
        return added, _answer(sentence, f"{sentence.text.rstrip('.')}. {added} {tail}.")
    if way == 1:
        return _invent_from_another(sentence, pool, phrases, rng)
    return _mark_reworded(sentence, phrases, rng)


def _invent_from_another(sentence: TrueSentence, pool: Sequence[TrueSentence], phrases: Phrases, rng: random.Random) -> _Made:
    """Another's words in place of these."""
    place, other = _last(_quotations(sentence.text), rng), rng.choice(pool)
    theirs = _last(_quotations(other.text), rng)
    if place is None or theirs is None:
        return None
    words = other.text[slice(*theirs)]
    if _within(words, sentence.citations):
        return None
    return f"{sentence.text[slice(*place)][:40]} → {words[:60]}", _answer(sentence, _put(sentence, *place, words))


def _mark_reworded(sentence: TrueSentence, phrases: Phrases, rng: random.Random) -> _Made:
    """Marks around words that the article does not present as the speaker's own."""
    if len(sentence.citations) > 1 or sentence.citations[0].kind != "indirect" or _quotations(sentence.text):
        return None
    tokens = [token for token, _ in _carried(sentence)]
    runs = [(one, two) for one, two in zip(tokens, tokens[2:], strict=False) if two.end - one.start < 60]
    if not runs:
        return None
    one, two = rng.choice(runs)
    words = sentence.text[one.start : two.end]
    return f"marks around {words}", _answer(sentence, _put(sentence, one.start, two.end, phrases.quote(words)))


def _wrong_marker(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    if rng.random() < 0.15:
        match = rng.choice(list(_MARKER.finditer(sentence.text)))
        wrong = f"[{len(sentence.citations) + rng.randrange(1, 9)}]"
        return f"{match[0]} → {wrong}", _answer(sentence, _put(sentence, *match.span(), wrong))
    other = _another(sentence, pool, rng)
    ours = {word for citation in sentence.citations for word in folded(citation.quote)}
    theirs = {word for citation in other.citations for word in folded(citation.quote)}
    # One that says nearly the same might well carry the sentence.
    if len(ours & theirs) > 0.3 * min(len(ours), len(theirs)):
        return None
    text, more = _joined(sentence, other)
    n_ours, n_theirs = len(sentence.citations), len(more)
    mine = "".join(f"[{n}]" for n in range(1, n_ours + 1))
    yours = "".join(f"[{n_ours + n}]" for n in range(1, n_theirs + 1))
    crossed = "\n".join((_all_markers(sentence.text, yours), _all_markers(text, mine)))
    return f"{mine} ↔ {yours}", _answer(sentence, crossed, more=more)


def _all_markers(text: str, markers: str) -> str:
    """All markers in the place of the first run, none elsewhere."""
    runs = list(re.finditer(r"(?:\[\d{1,4}\])+", text))
    for number, run in reversed(list(enumerate(runs))):
        text = text[: run.start()] + (markers if number == 0 else "") + text[run.end() :]
    return text


def _drop_marker(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    runs = list(re.finditer(r" ?(?:\[\d{1,4}\])+", sentence.text))
    run = rng.choice(runs)
    text = _put(sentence, *run.span(), "")
    if len(runs) > 1 or rng.random() < 0.5:
        return f"{run[0].strip()} left out", _answer(sentence, text)
    # Others in the answer still have theirs.
    other, more = _joined(sentence, _another(sentence, pool, rng))
    return f"{run[0].strip()} left out before another", _answer(sentence, f"{text}\n{other}", more=more)


_OPERATES: Mapping[str, _Operate] = {
    "word changed": _change_word,
    "number changed": _change_number,
    "negation flipped": _flip_negation,
    "speaker swapped": _swap_speaker,
    "addressee swapped": _swap_addressee,
    "outlet or date swapped": _swap_outlet,
    "two quotations joined": _join,
    "quotation invented": _invent,
    "wrong marker": _wrong_marker,
    "marker missing": _drop_marker,
}


# Harmless rewordings


def _reorder(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    note = _NOTE.search(sentence.text)
    if note and ";" in note[1] and rng.random() < 0.3:
        parts = note[1].split("; ")
        return "outlets in another order", _answer(sentence, _put(sentence, *note.span(1), "; ".join(reversed(parts))))
    match = _QUOTED.search(sentence.text)
    speaker = sentence.citations[0].speaker
    verb = _frame_verb(sentence)
    if match and speaker and verb and len(_quotations(sentence.text)) == 1 and rng.random() < 0.6:
        frame = sentence.text[: match.start()].removeprefix(_BULLET).rstrip(" :")
        if frame.startswith(speaker):
            return "quotation first", _answer(sentence, f"{match[0]}, {frame}{sentence.text[match.end() :]}")
    text, more = _joined(sentence, _another(sentence, pool, rng))
    return "another sentence first", _answer(sentence, f"{text}\n{sentence.text}", more=more)


def _connect(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    opening = rng.choice(_CONNECTIVES.get(sentence.language, _CONNECTIVES["en"]))
    return opening.strip(), _answer(sentence, opening + sentence.text.removeprefix(_BULLET))


def _other_tense(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    verb = _frame_verb(sentence)
    if verb is None:
        return None
    old = sentence.text[slice(*verb)]
    new = _TENSES[sentence.language][old]
    return f"{old} → {new}", _answer(sentence, _put(sentence, *verb, new))


def _other_marks(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    ways: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("guillemets", lambda text: _QUOTED.sub(lambda match: f"«{match[match.lastindex or 0]}»", text)),
        ("curly marks", lambda text: _QUOTED.sub(lambda match: f"“{match[match.lastindex or 0]}”", text)),
        ("straight marks", lambda text: _QUOTED.sub(lambda match: f'"{match[match.lastindex or 0]}"', text)),
        ("low marks", lambda text: _QUOTED.sub(lambda match: f"„{match[match.lastindex or 0]}“", text)),
        ("straight apostrophes", lambda text: text.replace("’", "'")),
        ("curly apostrophes", lambda text: text.replace("'", "’")),
        ("dash for bullet", lambda text: text.replace(_BULLET, "– ", 1)),
        ("no-break space", lambda text: text.replace(": ", ":\u00a0", 1)),
    )
    how, change = rng.choice(ways)
    text = change(sentence.text)
    return None if text == sentence.text else (how, _answer(sentence, text))


_REWORDS: Mapping[str, _Operate] = {
    "order": _reorder,
    "connective": _connect,
    "tense of the frame": _other_tense,
    "typographic marks": _other_marks,
}


# The suite


def make_mutants(
    sentences: Sequence[TrueSentence],
    operator: Operator | Rewording,
    *,
    world: World,
    n: int = 200,
    seed: int = 0,
) -> tuple[Mutant, ...]:
    """At most `n` different mutants by one operator, drawn evenly over the sentences; fewer where these offer no more."""
    operate = {**_OPERATES, **_REWORDS}[operator]
    rng = random.Random(f"{seed} {operator}")
    found: dict[tuple[str, str], Mutant] = {}
    dry = 0
    while len(found) < n and dry < _DRY_ROUNDS and sentences:
        before = len(found)
        for sentence in rng.sample(sentences, len(sentences)):
            made = operate(sentence, sentences, world, rng)
            if made is None or made[1].text == sentence.text:
                continue
            mutant = Mutant(operator=operator, how=made[0], before=sentence.text, answer=made[1])
            found.setdefault((sentence.text, made[1].text), mutant)
            if len(found) == n:
                break
        dry = dry + 1 if len(found) == before else 0
    return tuple(found.values())


def run_mutations(
    sentences: Sequence[TrueSentence],
    articles: Mapping[str, Article],
    *,
    world: World,
    guard: Guard = guard_by_sentence,
    guard_name: str = "sentence",
    n: int = 200,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> MutationRun:
    """All operators and rewordings over the sentences that the guard lets pass as they are.

    Args:
        articles: Article id → article, for every one that is cited.
    """
    sound: list[TrueSentence] = []
    rejected: list[tuple[TrueSentence, tuple[str, ...]]] = []
    for sentence in sentences:
        rules = tuple(guard(_answer(sentence, sentence.text), articles))
        if rules:
            rejected.append((sentence, rules))
        else:
            sound.append(sentence)
    judged: list[Judged] = []
    for operator in (*OPERATORS, *REWORDINGS):
        for mutant in make_mutants(sound, operator, world=world, n=n, seed=seed):
            judged.append(Judged(mutant=mutant, rules=tuple(guard(mutant.answer, articles))))
        if progress:
            progress(operator)
    return MutationRun(guard=guard_name, seed=seed, n_sentences=len(sound), rejected=tuple(rejected), judged=tuple(judged))


def format_run(run: MutationRun, *, survivors: int | None = None) -> str:
    """A table for a terminal, then the survivors.

    Args:
        survivors: How many to list of each operator; None for all. What is left out is counted.
    """
    lines = [
        f"guard {run.guard}, seed {run.seed}: {run.n_sentences} true sentences"
        + (f", and {len(run.rejected)} that it rejects unchanged" if run.rejected else ""),
        "",
        f"{'operator':24}{'mutants':>8}{'caught':>8}{'as meant':>10}{'bar':>6}  rules",
    ]
    for operator in OPERATORS:
        items = run.of(operator)
        caught = sum(item.is_caught for item in items)
        meant = sum(item.is_caught_as_meant for item in items)
        lines.append(
            f"{operator:24}{len(items):8}{_share(caught, len(items)):>8}{_share(meant, len(items)):>10}{BARS[operator]:6.2f}"
            f"  {_rules(items)}".rstrip()
        )
    lines += ["", f"{'rewording':24}{'made':>8}{'rejected':>10}  rules"]
    harmless = [item for rewording in REWORDINGS for item in run.of(rewording)]
    for name, items in (*((rewording, run.of(rewording)) for rewording in REWORDINGS), ("all", tuple(harmless))):
        rejected = sum(item.is_caught for item in items)
        lines.append(f"{name:24}{len(items):8}{_share(rejected, len(items)):>10}  {_rules(items)}".rstrip())
    lines += _list("survivors", run, OPERATORS, caught=False, most=survivors)
    lines += _list("harmless, yet rejected", run, REWORDINGS, caught=True, most=survivors)
    if run.rejected and survivors != 0:
        lines += ["", "true, yet rejected unchanged"]
        lines += [f"  {', '.join(rules)}: {sentence.text}" for sentence, rules in run.rejected]
    lines += ["", f"below the bar: {', '.join(run.below) or 'nothing'}"]
    return "\n".join(lines)


def _list(title: str, run: MutationRun, names: Sequence[Operator | Rewording], *, caught: bool, most: int | None) -> list[str]:
    lines: list[str] = []
    for name in names:
        items = [item for item in run.of(name) if item.is_caught is caught]
        for item in items[:most]:
            lines.append(f"  {name}: {item.mutant.how}\n    {' / '.join(item.mutant.answer.text.splitlines())}")
        if items[:most] and len(items) > len(items[:most]):
            lines.append(f"  {name}: {len(items) - len(items[:most])} more")
    return ["", title, *lines] if lines else []


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def _rules(items: Sequence[Judged]) -> str:
    counts = Counter(rule for item in items for rule in item.rules)
    return ", ".join(f"{rule} {n}" for rule, n in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


def to_json(run: MutationRun) -> dict[str, Any]:
    """The run for programs, mutant by mutant."""
    return {
        "guard": run.guard,
        "seed": run.seed,
        "n_sentences": run.n_sentences,
        "rejected": [{"text": sentence.text, "rules": list(rules)} for sentence, rules in run.rejected],
        "below": list(run.below),
        "mutants": [
            {
                "operator": item.mutant.operator,
                "how": item.mutant.how,
                "before": item.mutant.before,
                "after": item.mutant.answer.text,
                "rules": list(item.rules),
                "as_meant": item.is_caught_as_meant,
            }
            for item in run.judged
        ],
    }
