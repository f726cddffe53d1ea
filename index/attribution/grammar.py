"""The closed classes of a language's words, read from `lexicon/grammar.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """What shows where a noun phrase begins and ends, and who speaks to whom. Meanings stand at the head of the file."""

    determiners: frozenset[str] = frozenset()
    of: frozenset[str] = frozenset()
    genitive: frozenset[str] = frozenset()
    prepositions: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()
    subordinators: frozenset[str] = frozenset()
    adverbs: frozenset[str] = frozenset()
    first: frozenset[str] = frozenset()
    second: frozenset[str] = frozenset()
    former: frozenset[str] = frozenset()
    new: frozenset[str] = frozenset()
    scene: frozenset[str] = frozenset()
    indefinite: frozenset[str] = frozenset()
    infinitive: frozenset[str] = frozenset()
    passive: frozenset[str] = frozenset()
    not_a_verb: frozenset[str] = frozenset()
    pointing: frozenset[str] = frozenset()
    times: frozenset[str] = frozenset()
    likening: frozenset[str] = frozenset()
    as_said: frozenset[str] = frozenset()
    subjunctive: frozenset[str] = frozenset()
    subjunctive_subjects: frozenset[str] = frozenset()
    questions: frozenset[str] = frozenset()
    demonstratives: frozenset[str] = frozenset()
    expletives: frozenset[str] = frozenset()
    infinitive_endings: frozenset[str] = frozenset()
    datives: frozenset[str] = frozenset()
    issuers: frozenset[str] = frozenset()
    own_view: frozenset[str] = frozenset()
    order_endings: frozenset[str] = frozenset()
    citing: frozenset[str] = frozenset()
    finite_endings: frozenset[str] = frozenset()
    participle_endings: frozenset[str] = frozenset()
    bodies: frozenset[str] = frozenset()
    unspeaking: frozenset[str] = frozenset()
    conventions: frozenset[str] = frozenset()
    before_that: frozenset[str] = frozenset()
    definite_endings: frozenset[str] = frozenset()
    plural_endings: frozenset[str] = frozenset()
    abbreviations: frozenset[str] = frozenset()
    numbering: frozenset[str] = frozenset()
    whole_words: frozenset[str] = frozenset()
    leads: frozenset[str] = frozenset()
    directions: frozenset[str] = frozenset()
    named: frozenset[str] = frozenset()
    by: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    outlets: frozenset[str] = frozenset()
    things: frozenset[str] = frozenset()
    agencies: frozenset[str] = frozenset()


@cache
def load_grammar(language: str) -> Grammar:
    """The closed classes of a language; empty ones for a language that the file does not know."""
    file = resources.files("index.attribution.lexicon") / "grammar.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    classes = {name: frozenset(words) for name, words in table.get(language, {}).items()}
    relays = frozenset(table["common"]["agencies"]) | classes.pop("papers", frozenset())
    return Grammar(agencies=relays, **classes)
