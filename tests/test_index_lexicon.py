"""The lexicons as data: each loads, is complete, says nothing twice, and all of them name the same roles and groups."""

import tomllib
from collections import defaultdict
from collections.abc import Iterator
from importlib import resources
from itertools import combinations

import pytest

from index.attribution.lexicon import Cue, Lexicon, load_lexicon
from index.records import ACTS, LANGUAGES

FOLDER = resources.files("index.attribution.lexicon")
TENSES = ("present", "past", "participle", "infinitive", "gerund")
ENGLISH = load_lexicon("en")

pytestmark = pytest.mark.parametrize("lexicon", [load_lexicon(code) for code in LANGUAGES], ids=LANGUAGES)


def forms(cue: Cue) -> Iterator[tuple[str, str]]:
    for tense in TENSES:
        for form in getattr(cue, tense):
            yield tense, form


def strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def test_a_lexicon_is_there_and_says_its_language(lexicon: Lexicon) -> None:
    table = tomllib.loads((FOLDER / f"{lexicon.language}.toml").read_text(encoding="utf-8"))
    assert table["language"] == lexicon.language
    assert lexicon.cues


def test_words_are_lower_case_trimmed_and_not_empty(lexicon: Lexicon) -> None:
    table = tomllib.loads((FOLDER / f"{lexicon.language}.toml").read_text(encoding="utf-8"))
    assert [word for word in strings(table) if not word or word != word.lower() or word != " ".join(word.split())] == []


def test_every_cue_has_a_form_and_takes_something(lexicon: Lexicon) -> None:
    known = {"quote", "that", "bare", "object", "quoted", "infinitive", "order"}
    assert [cue for cue in lexicon.cues if not any(forms(cue)) or not cue.takes or cue.takes - known] == []


def test_what_a_bare_noun_phrase_behind_a_cue_is_agrees_with_what_it_takes(lexicon: Lexicon) -> None:
    assert {cue.object_is for cue in lexicon.cues} <= {"content", "addressee", "none"}
    assert [cue for cue in lexicon.cues if ("object" in cue.takes) != (cue.object_is == "content")] == []


def test_a_form_means_two_acts_only_where_different_things_follow(lexicon: Lexicon) -> None:
    by_form: dict[tuple[str, str], list[Cue]] = defaultdict(list)
    for cue in lexicon.cues:
        for tense, form in forms(cue):
            by_form[tense, form].append(cue)
    clashes = [
        (*key, left.act, right.act)
        for key, cues in by_form.items()
        for left, right in combinations(cues, 2)
        if left.act != right.act and left.takes == right.takes
    ]
    assert clashes == []


def test_every_act_can_be_reached(lexicon: Lexicon) -> None:
    assert sorted(set(ACTS) - {cue.act for cue in lexicon.cues}) == []


def test_nouns_that_report_have_forms_and_known_acts(lexicon: Lexicon) -> None:
    assert lexicon.nouns
    assert [noun for noun in lexicon.nouns if noun.act not in ACTS or not noun.forms] == []


def test_there_is_enough_of_everything(lexicon: Lexicon) -> None:
    assert len(lexicon.cues) >= 150
    assert len(lexicon.function_words) >= 200
    assert len(lexicon.first_names_female) >= 150
    assert len(lexicon.first_names_male) >= 150
    assert len(lexicon.roles) >= 80
    assert len(lexicon.roles_plural) >= 30
    assert len(lexicon.groups) >= 40
    assert lexicon.according
    assert lexicon.complementisers
    assert lexicon.negations
    assert lexicon.media.nouns
    assert lexicon.media.stations
    assert lexicon.layout.read_more
    assert lexicon.layout.credits


def test_the_pronouns_are_complete(lexicon: Lexicon) -> None:
    pronouns = lexicon.pronouns
    assert pronouns.female
    assert pronouns.male
    assert pronouns.plural
    assert pronouns.first
    assert pronouns.second
    assert pronouns.possessive
    assert pronouns.relative


def test_a_first_name_shows_one_gender(lexicon: Lexicon) -> None:
    assert sorted(lexicon.first_names_female & lexicon.first_names_male) == []


@pytest.mark.parametrize("table", ["roles", "roles_plural", "groups"])
def test_concepts_are_those_of_english(lexicon: Lexicon, table: str) -> None:
    """A concept that English lacks is a slip of the pen; one that a language lacks leaves that word unknown there."""
    assert sorted(set(getattr(lexicon, table)) - set(getattr(ENGLISH, table))) == []
    gaps = sorted(set(getattr(ENGLISH, table)) - set(getattr(lexicon, table)))
    assert len(gaps) <= len(getattr(ENGLISH, table)) // 10, f"{lexicon.language} has no words for {', '.join(gaps)}"


@pytest.mark.parametrize("table", ["roles", "roles_plural", "groups"])
def test_every_concept_has_words(lexicon: Lexicon, table: str) -> None:
    assert [concept for concept, words in getattr(lexicon, table).items() if not words] == []
