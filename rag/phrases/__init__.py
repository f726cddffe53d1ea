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
    [turns]                     words that turn a question: compare, accounts (nouns for the sides of a story),
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
from typing import Any

from index.records import Act
from rag.words import fold

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
    wishes: tuple[str, ...]
    of: tuple[str, ...]
    words: tuple[str, ...]
    together: tuple[str, ...]
    stations: tuple[str, ...]


@cache
def load_spotting(language: str) -> Spotting:
    """Of Norwegian bokmål for nynorsk, of English where there are none."""
    code = "nb" if language == "nn" else language
    return Spotting(**_tuples(_read("spotting")[code if code in ANSWER_LANGUAGES else "en"]))
