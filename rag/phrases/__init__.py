"""One language's words for questions and answers, read from `LANGUAGE.toml` beside this file.

Words are lower case with their accents; a phrase of several words is separated by single blanks. The schema:

    language = "en"
    marks = ["“", "”"]          the quotation marks that an answer in this language uses
    lead_ins = ["please"]       openings that mean nothing
    follow = ["and"]            openings that lean on the question before
    auxiliaries = ["did"]       verbs that open a yes-or-no question or stand before another verb
    complementisers = ["that"]  words that open a reported clause
    passive = ["quoted"]        participles that tell that somebody is quoted
    nouns = ["statement"]       nouns that stand for what was said ("Lima's statement")
    genitives = ["'s"]          endings of a possessor
    both = ["and"]              between two names
    negations = ["not"]
    stop = ["the"]              words that are no topic

    [ask]                       what is wanted = its question phrases: words, all, who, to_whom, when, where, why, how,
                                outlet, how_many, who_is, summary, which (before a noun); a phrase that is several
                                things stands where it mostly belongs
    [turns]                     words that turn a question:
                                truth (openings: "is it true that"), passive (auxiliaries of the passive), wishes ("want"),
                                anybody and abroad (groups that are no speaker by name: "politicians", "other
                                countries"), nouns that stand for an act (replies, promises, warnings, threats,
                                accusations, denials, demands, criticisms, praises, thankings),
                                very_words ("own words"), later, earlier, other ("the other Smith"), corrections
                                (openings)
    [prepositions]              about, to, by, according, during (before circumstances), medium; of (behind "statements")
    [pronouns]                  female, male, plural, that (subject and object forms)
    [verbs]                     act = every form that a question may use
    [months]                    name = number
    [expects]                   number, date, place, person = words of a question that want such an answer
                                ("population")
    [answers]                   sentences with {fields}
    [said]                      act = "said", finite, behind the speaker's name
    [languages]                 code = "in English"

`sorts.toml` lists words that tell a number or a time. Words that mean the same stand in `meanings.tsv`, see `rag.meanings`.
"""

import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

from index.records import Act
from rag.words import fold, folded

ANSWER_LANGUAGES = ("en", "nb", "sv", "es", "da", "de", "fr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """All that one file holds."""

    language: str
    marks: tuple[str, str]
    lead_ins: tuple[str, ...]
    follow: tuple[str, ...]
    auxiliaries: tuple[str, ...]
    complementisers: tuple[str, ...]
    passive: tuple[str, ...]
    nouns: tuple[str, ...]
    genitives: tuple[str, ...]
    both: tuple[str, ...]
    negations: tuple[str, ...]
    stop: frozenset[str]
    ask: dict[str, tuple[str, ...]]
    turns: dict[str, tuple[str, ...]]
    prepositions: dict[str, tuple[str, ...]]
    pronouns: dict[str, tuple[str, ...]]
    verbs: dict[Act, tuple[str, ...]]
    months: dict[str, int]
    expects: dict[str, tuple[str, ...]]
    answers: dict[str, str]
    said: dict[Act, str]
    languages: dict[str, str]
    words: frozenset[str] = field(default_factory=frozenset)

    def say(self, key: str, **values: object) -> str:
        """The sentence `key` with its fields filled."""
        return self.answers[key].format(**values)

    def quote(self, words: str) -> str:
        """The words in this language's quotation marks."""
        return f"{self.marks[0]}{words}{self.marks[1]}"

    def join(self, items: tuple[str, ...] | list[str]) -> str:
        """A list in words: "A, B and C"."""
        *first, last = items or [""]
        return f"{', '.join(first)} {self.answers['and']} {last}" if first else last


@cache
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files(__name__) / f"{name}.toml").read_text(encoding="utf-8"))


def _tuples(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


@cache
def load_phrases(language: str) -> Phrases:
    """The phrases of a language; of Norwegian bokmål for nynorsk, of English where there are none.

    >>> load_phrases("nn").language, load_phrases("xx").language
    ('nb', 'en')
    """
    code = "nb" if language == "nn" else language
    table = _read(code if code in ANSWER_LANGUAGES else "en")
    names = {item.name for item in fields(Phrases)} - {"words"}
    if names != set(table):
        raise ValueError(f"{code}.toml should have {', '.join(sorted(names))}, but differs in {sorted(names ^ set(table))}")
    values = _tuples(table)
    for name in ("ask", "turns", "prepositions", "pronouns", "verbs", "expects"):
        values[name] = _tuples(table[name])
    values["stop"] = frozenset(table["stop"])
    lists = [values[name] for name in ("lead_ins", "follow", "auxiliaries", "complementisers", "passive", "nouns", "both")]
    for name in ("ask", "prepositions", "pronouns", "verbs"):
        lists.extend(values[name].values())
    words = {word for phrases in lists for phrase in phrases for word in phrase.split()} | values["stop"]
    return Phrases(**values, words=frozenset(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sorts:
    """Words, folded, by which a sentence shows that it tells a number (by language) or a time.

    Args:
        values: For each language, words and what they count.
    """

    numbers: dict[str, frozenset[str]]
    values: dict[str, dict[str, int]]
    dates: frozenset[str]


@cache
def load_sorts() -> Sorts:
    table = _read("sorts")["sorts"]
    return Sorts(
        numbers={code: frozenset(map(fold, words)) for code, words in table["numbers"].items()},
        values={code: {fold(word): value for word, value in words.items()} for code, words in table["values"].items()},
        dates=frozenset(map(fold, table["dates"])),
    )


FactSort = Literal[
    "reason", "event", "year", "hour", "extent", "age", "share", "money", "amount", "number", "date", "person", "place",
]  # fmt: skip
FACT_SORTS: tuple[FactSort, ...] = get_args(FactSort)


@dataclass(frozen=True, slots=True, kw_only=True)
class FactWords:
    """One language's words, folded, by which questions tell what fact they want, and sentences that they have it.

    Args:
        asks: What is wanted and a phrase that wants it, the more special before the more general.
        frames: Phrases that carry nothing in a question.
        reasons: Phrases by which a sentence tells a reason.
        units: Of time and of length.
        into: Words that come before a place.
        by: What the agent of a passive stands behind.
        maybe: Words by which a sentence tells what is not so, or not yet.
        nobody: Words that count none.
        places: Nouns for kinds of places.
        times: Words of a time without a date.
        ahead: Phrases by which a question asks for what is to come.
        hollow: Words of a question that a sentence with the answer may do without.
        role: Words that come before what somebody is ("as").
    """

    asks: tuple[tuple[FactSort, tuple[str, ...]], ...] = ()
    frames: frozenset[tuple[str, ...]] = frozenset()
    reasons: frozenset[tuple[str, ...]] = frozenset()
    units: frozenset[str] = frozenset()
    into: frozenset[str] = frozenset()
    passive: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()
    maybe: frozenset[str] = frozenset()
    nobody: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    ahead: frozenset[tuple[str, ...]] = frozenset()
    hollow: frozenset[str] = frozenset()
    role: frozenset[str] = frozenset()


@cache
def load_fact_words(language: str) -> FactWords:
    """Of a language that has none of some kind, that kind is empty: no sentence of it tells a reason, say."""
    table = _read("facts")
    small = "nb" if language == "nn" else language
    asks = table["asks"].get(small, {})
    return FactWords(
        asks=tuple((sort, folded(phrase)) for sort in FACT_SORTS for phrase in asks.get(sort, ())),
        frames=frozenset(map(folded, table["frames"].get(small, ()))),
        reasons=frozenset(map(folded, table["reasons"].get(language, ()))),
        units=frozenset(map(fold, table["units"].get(language, ()))),
        ahead=frozenset(map(folded, table["ahead"].get(small, ()))),
        hollow=frozenset(map(fold, table["hollow"].get(small, ()))),
        role=frozenset(map(fold, table["as"].get(small, ()))),
        **{kind: frozenset(map(fold, words)) for kind, words in table["small"].get(small, {}).items()},
    )


@cache
def load_fact_concepts() -> dict[tuple[str, ...], frozenset[str]]:
    """Folded words → the concepts that they may stand for in a question of fact, in whatever language they are."""
    found: dict[tuple[str, ...], set[str]] = {}
    for concept, phrases in _read("facts")["concepts"].items():
        for phrase in phrases:
            found.setdefault(folded(phrase), set()).add(concept)
    return {words: frozenset(concepts) for words, concepts in found.items()}


def fact_forms_of(concept: str) -> tuple[str, ...]:
    """All words that may stand for a concept of `load_fact_concepts`."""
    return tuple(_read("facts")["concepts"].get(concept, ()))


Forms = dict[str, frozenset[tuple[str, ...]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Words, in lower case, by which articles tell when and where something was said, and what it does, by language and kind."""

    times: dict[str, Forms]
    places: dict[str, Forms]
    moods: dict[str, Forms]


@cache
def load_frames() -> Frames:
    table = _read("frames")
    return Frames(times=_forms(table["times"]), places=_forms(table["places"]), moods=_forms(table["moods"]))


def _forms(table: dict[str, dict[str, list[str]]]) -> dict[str, Forms]:
    return {
        code: {kind: frozenset(tuple(phrase.split()) for phrase in phrases) for kind, phrases in kinds.items()}
        for code, kinds in table.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Spotting:
    """Words of one language, in lower case, by which pieces of a question are told apart wherever they stand."""

    frame: tuple[str, ...]
    origin: tuple[str, ...]
    against: tuple[str, ...]
    according: tuple[str, ...]
    denies: tuple[str, ...]
    of: tuple[str, ...]
    hollow: tuple[str, ...]


@cache
def load_spotting(language: str) -> Spotting:
    """Of Norwegian bokmål for nynorsk, of English where there are none."""
    code = "nb" if language == "nn" else language
    return Spotting(**_tuples(_read("spotting")[code if code in ANSWER_LANGUAGES else "en"]))
