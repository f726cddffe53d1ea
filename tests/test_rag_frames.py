"""When and where something was said, in the article's own words; and who else has the same words."""

import pytest

from index.records import Act, Article, Kind, Person, Span, Statement
from rag.frames import place_of, time_of
from rag.witnesses import Evidence, contradict, gather, with_witnesses

LEE = Person(id="ann-lee", name="Ann Lee")
MOE = Person(id="per-moe", name="Per Moe")


def evidence(
    text: str, words: str, *, language: str = "en", key: str = "a", who: Person = LEE, kind: Kind = "direct", act: Act = "say"
) -> Evidence:
    start = text.index(words)
    statement = Statement(
        id=f"{key}:{start}",
        article_id=key,
        content=(Span(start, start + len(words)),),
        speaker=who,
        kind=kind,
        quoted=(Span(start, start + len(words)),) if kind == "direct" else (),
        act=act,
        language=language,
    )
    return Evidence(statement=statement, article=Article(id=key, text=text, language=language))


@pytest.mark.parametrize(
    ("text", "words", "language", "time"),
    [
        ('Before entering the hall, Lee said: "We stay."', "We stay.", "en", "Before entering the hall"),
        ('An hour later, Lee said: "We stay."', "We stay.", "en", "An hour later"),
        ("«Vi blir», sa Lee onsdag kveld.", "Vi blir", "nb", "onsdag kveld"),
        ("«Vi blir», sa Lee for å roe folk.", "Vi blir", "nb", None),
        ("«Nos quedamos», dijo Lee antes de la reunión.", "Nos quedamos", "es", "antes de la reunión"),
        ('"We stay," said Lee.', "We stay,", "en", None),
    ],
)
def test_a_time_is_the_articles_own(text: str, words: str, language: str, time: str | None) -> None:
    span = time_of(evidence(text, words, language=language))
    assert (span.of(text) if span else None) == time


@pytest.mark.parametrize(
    ("text", "words", "language", "place"),
    [
        ('"We stay," said Lee from the balcony of the palace.', "We stay,", "en", "from the balcony of the palace"),
        ("«Vi blir», sa Lee på torget.", "Vi blir", "nb", "på torget"),
        ('"We stay in the square," said Lee.', "We stay in the square,", "en", None),
    ],
)
def test_a_place_is_outside_the_words(text: str, words: str, language: str, place: str | None) -> None:
    span = place_of(evidence(text, words, language=language))
    assert (span.of(text) if span else None) == place


def test_a_translation_is_a_witness() -> None:
    english = evidence('"We condemn the attack on our democracy," said Lee.', "We condemn the attack on our democracy", key="a")
    spanish = evidence(
        "«Condenamos el ataque a nuestra democracia», dijo Lee.",
        "Condenamos el ataque a nuestra democracia",
        language="es",
        key="b",
    )
    assert len(gather([english, spanish])) == 1
    assert with_witnesses([english], [english, spanish]) == [english, spanish]


def test_another_number_is_another_statement() -> None:
    english = evidence('"We need 5 new schools for children," said Lee.', "We need 5 new schools for children", key="a")
    spanish = evidence(
        "«Necesitamos 6 nuevas escuelas para niños», dijo Lee.",
        "Necesitamos 6 nuevas escuelas para niños",
        language="es",
        key="b",
    )
    assert len(gather([english, spanish])) == 2


def test_two_statements_of_an_article_are_not_joined_by_a_third_that_holds_both() -> None:
    text = '"The army must stay in its barracks," said Lee. "We need new elections this year," Lee added.'
    first = evidence(text, "The army must stay in its barracks", key="a")
    second = evidence(text, "We need new elections this year", key="a")
    both = "The army must stay in its barracks. We need new elections this year"
    third = evidence(f'"{both}," said Lee.', both, key="b")
    assert len(gather([first, second, third])) == 2


def test_a_denial_contradicts_another_persons_claim() -> None:
    claim = evidence(
        "Lee claimed that the mayor ordered the closure.", "the mayor ordered the closure", kind="indirect", act="claim"
    )
    denial = evidence(
        "Moe denied that the mayor ordered the closure.",
        "the mayor ordered the closure",
        kind="indirect",
        act="deny",
        who=MOE,
        key="b",
    )
    one, two = gather([claim, denial])
    assert contradict(one, two)
    assert not contradict(one, one)
