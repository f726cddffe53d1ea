"""When statements of several articles are one statement, and when they are not."""

from datetime import date

import pytest

from index.records import Addressee, Article, Kind, Person, Span, Statement
from rag.themes import find_themes
from rag.witnesses import Evidence, gather, relation

LEE, RIOS = Person(id="lee", name="Ann Lee"), Person(id="rios", name="Luis Ríos")


def evidence(
    words: str,
    *,
    article: str = "a",
    speaker: Person | None = LEE,
    to: Person | None = None,
    language: str = "en",
    kind: Kind = "direct",
    day: date | None = None,
) -> Evidence:
    return Evidence(
        article=Article(id=article, text=words, language=language, published=day),
        statement=Statement(
            id=f"{article}-{words[:20]}",
            article_id=article,
            content=(Span(0, len(words)),),
            speaker=speaker,
            addressee=Addressee(span=None, person=to) if to else None,
            kind=kind,
            language=language,
        ),
    )


CAPTAIN = "I am the captain of this ship, and I order you to leave the bridge"


@pytest.mark.parametrize(
    ("other", "how"),
    [
        ("I am the captain of this ship and I order you to leave the bridge.", "same"),
        ("I order you to leave the bridge", "shorter"),
        ("I am the captain of this vessel, and I order you to leave the bridge", "changed"),
    ],
)
def test_wire_copy_is_one_statement(other: str, how: str) -> None:
    accounts = gather([evidence(other, article="b"), evidence(CAPTAIN)])
    assert len(accounts) == 1
    full = next(e for e in accounts[0].witnesses if e.words == CAPTAIN)
    assert relation(full, next(e for e in accounts[0].witnesses if e is not full)) == how


@pytest.mark.parametrize(
    "other",
    [
        evidence(CAPTAIN, article="b", speaker=RIOS),
        evidence(CAPTAIN, article="b", speaker=None),
        evidence(CAPTAIN.replace("order", "do not order"), article="b"),
        evidence(CAPTAIN.replace("the captain", "captain 2"), article="b"),
        evidence("I am the cook", article="b"),
        evidence(CAPTAIN, article="b", day=date(2024, 1, 1)),
        evidence("I order", article="b"),
    ],
)
def test_other_speakers_numbers_negations_and_days_stay_apart(other: Evidence) -> None:
    assert len(gather([evidence(CAPTAIN, day=date(2025, 1, 1)), other])) == 2


def test_a_translation_is_joined_only_where_structure_shows_it() -> None:
    norwegian = "Jeg er kapteinen på dette skipet, og jeg beordrer deg til å forlate broen"
    english, translated = evidence(CAPTAIN, to=RIOS), evidence(norwegian, article="b", language="nb", to=RIOS)
    accounts = gather([english, translated])
    assert len(accounts) == 1
    assert relation(english, translated) == "translated"
    # Words that the lists have tell it without an addressee too; others do not, nor do two such quotations in one article.
    assert len(gather([evidence(CAPTAIN), evidence(norwegian, article="b", language="nb")])) == 1
    unlisted = "Jeg er styrmannen her om bord, og nå pakker du deg vekk fra roret med en gang"
    assert len(gather([evidence(CAPTAIN), evidence(unlisted, article="b", language="nb")])) == 2
    second = evidence("You will not stay here a single hour longer, you and your men", to=RIOS)
    translated = evidence(unlisted, article="b", language="nb", to=RIOS)
    assert len(gather([english, second, translated])) == 3


def test_the_fullest_wording_comes_first_in_the_language_of_the_question() -> None:
    short, long = evidence("I order you to leave the bridge", article="b"), evidence(CAPTAIN)
    assert gather([short, long])[0].fullest is long
    assert gather([]) == ()


def test_many_statements_are_grouped_by_what_they_speak_of() -> None:
    words = ["We condemn the coup", "No coup will win", "The army must go", "The army left the town", "I like cheese"]
    accounts = gather([evidence(text, article=str(place)) for place, text in enumerate(words)])
    themes = find_themes(accounts, language="en")
    assert [(theme.word, len(theme.accounts)) for theme in themes] == [("army", 2), ("coup", 2), (None, 1)]
    assert sum(len(theme.accounts) for theme in themes) == len(accounts)
    # What all speak of parts nothing.
    same = gather([evidence(f"The coup number {n} failed", article=str(n)) for n in range(4)])
    assert [theme.word for theme in find_themes(same, language="en")] == [None]
