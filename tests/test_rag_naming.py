"""Whom a mention means: by ear, by what a word means in another language, by a government, by the kind of an office."""

import pytest

from index.records import Person, Role, Span
from rag.naming import find_people, offices_of
from rag.phrases import load_phrases


def person(identifier: str, name: str, *roles: str, kind: str = "person") -> Person:
    told = tuple(Role(text=role, article_id="a", span=Span(0, 1)) for role in roles)
    return Person(id=identifier, name=name, roles=told, kind="person" if kind == "person" else "organisation")


PEOPLE = (
    person("q", "Mario Quispenaza"),
    person("r", "Ana Ruiz", "Spain's prime minister"),
    person("d", "Olga Duval", "former Spanish prime minister"),
    person("u", "Ruritania's largest dockers' union", kind="body"),
    person("b", "The Harbour Bank", kind="body"),
)


def found(mention: str, language: str = "en") -> set[str]:
    return {one.name for one in find_people(mention, PEOPLE, phrases=load_phrases(language)).people}


@pytest.mark.parametrize("mention", ["Quispenaza", "Kispenaza", "Quispenassa", "mario quispenasa"])
def test_a_name_is_found_by_ear(mention: str) -> None:
    assert found(mention) == {"Mario Quispenaza"}


def test_another_name_is_not_taken_for_it() -> None:
    assert found("Quispe") == found("Mendoza") == found("Kim") == set()


def test_a_government_is_its_country_or_who_leads_it() -> None:
    assert found("the Spanish government") == found("den spanske regjeringen", "nb") == {"Ana Ruiz"}
    assert found("the Norwegian government") == found("the government") == set()


def test_a_body_is_found_by_what_its_name_means() -> None:
    assert found("fagforeningen", "nb") == found("el sindicato", "es") == {"Ruritania's largest dockers' union"}
    assert found("banken", "nb") == set()


def test_every_minister_is_a_politician_and_a_general_a_soldier() -> None:
    assert offices_of(["politician"]) & offices_of(["justice_minister"])
    assert offices_of(["soldier"]) & offices_of(["general"])
    assert not offices_of(["soldier"]) & offices_of(["prime_minister"])


def test_people_who_can_change_are_not_remembered() -> None:
    people = [PEOPLE[0]]
    phrases = load_phrases("en")
    assert find_people("Ruiz", people, phrases=phrases).people == ()
    people.append(PEOPLE[1])
    assert [one.name for one in find_people("Ruiz", people, phrases=phrases).people] == ["Ana Ruiz"]
