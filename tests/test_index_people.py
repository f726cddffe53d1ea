"""Persons across articles, and names as somebody types them."""

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.attribution.extraction import attribute
from index.people import Merged, RoleVocabulary, fold, match_people, merge
from index.records import Person, Role, Span

WORDS = RoleVocabulary(
    concepts={
        "president": frozenset({"president"}),
        "presidenten": frozenset({"president"}),
        "presidente": frozenset({"president"}),
        "vice president": frozenset({"vice_president"}),
        "prime minister": frozenset({"prime_minister"}),
        "statsminister": frozenset({"prime_minister"}),
        "leader": frozenset({"leader"}),
        "army chief": frozenset({"army_chief"}),
        "general": frozenset({"general"}),
        "judge": frozenset({"judge"}),
    },
    places={
        "bolivia": "BO", "bolivian": "BO", "spain": "ES", "spanish": "ES", "spania": "ES", "chile": "CL", "us": "US",
    },
    former=frozenset({"former", "tidligere", "ex"}),
    small=frozenset({"the", "of", "den", "av", "la", "de", "el", "s"}),
    titles=frozenset({"general", "dr"}),
    titles_female=frozenset({"mrs", "ms", "fru"}),
    titles_male=frozenset({"mr", "herr"}),
    first_names=frozenset({"luis", "luisa", "maria", "marie", "joe", "jon", "pedro", "jose", "juan"}),
)  # fmt: skip


def person(name: str, *aliases: str, roles: Sequence[str] = (), article: str = "a", **fields: Any) -> Person:
    return Person(
        id=fold(name).replace(" ", "-"),
        name=name,
        aliases=aliases,
        roles=tuple(Role(text=role, article_id=article, span=Span(0, len(role))) for role in roles),
        **fields,
    )


def merged(people: Mapping[str, Sequence[Person]], **options: Any) -> Merged:
    return merge(people, vocabulary=WORDS, **options)


def groups(result: Merged) -> set[frozenset[tuple[str, str]]]:
    """The article persons that became one, as sets of (article, id there)."""
    together: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for link in result.links:
        together[link.person_id].add((link.article_id, link.local_id))
    return {frozenset(mentions) for mentions in together.values()}


def names(result: Merged) -> list[str]:
    return [person.name for person in result.people]


# --- Merging


def test_accents_do_not_make_two_persons() -> None:
    result = merged({"a": [person("Juan José Zúñiga")], "b": [person("Juan Jose Zuniga")], "c": [person("JUAN JOSE ZUNIGA")]})
    assert names(result) == ["Juan José Zúñiga"]
    assert set(result.people[0].aliases) == {"Juan Jose Zuniga", "JUAN JOSE ZUNIGA"}


def test_a_misplaced_accent_does_not_win_over_the_usual_one() -> None:
    result = merged({"a": [person("Pedro Sanchéz", "Sanchez")], "b": [person("Pedro Sánchez")], "c": [person("Pedro Sánchez")]})
    assert names(result) == ["Pedro Sánchez"]


def test_left_out_and_shortened_middle_names_are_the_same_person() -> None:
    result = merged(
        {
            "a": [person("Luis Alberto Arce Catacora")],
            "b": [person("Luis Arce")],
            "c": [person("L. Arce")],
            "d": [person("Luis A. Arce")],
        }
    )
    assert names(result) == ["Luis Alberto Arce Catacora"]
    assert {link.rule for link in result.links if link.article_id != "a"} == {"fuller name"}


def test_a_short_name_that_two_may_have_stays_apart() -> None:
    result = merged({"a": [person("George W. Bush")], "b": [person("George H. W. Bush")], "c": [person("George Bush")]})
    assert len(result.people) == 3


def test_a_given_name_in_common_is_no_reason() -> None:
    assert len(merged({"a": [person("Joe Biden")], "b": [person("Joe Smith")]}).people) == 2


def test_surname_joins_the_full_name_of_its_article() -> None:
    result = merged({"a": [person("Luis Arce"), person("Arce")], "b": [person("Manuel Arce")]})
    assert frozenset({("a", "luis-arce"), ("a", "arce")}) in groups(result)


def test_surname_joins_the_only_full_name_of_the_library() -> None:
    result = merged({"a": [person("Juan José Zúñiga Macías")], "b": [person("Zuniga")], "c": [person("Macías")]})
    assert names(result) == ["Juan José Zúñiga Macías"]


@pytest.mark.parametrize(
    ("one", "other", "bare"),
    [("Pedro Sánchez", "Jose Wilson Sanchez", "Sanchez"), ("Bill Clinton", "Hillary Clinton", "Clinton")],
)
def test_surname_of_two_joins_neither(one: str, other: str, bare: str) -> None:
    result = merged({"a": [person(one)], "b": [person(other)], "c": [person(bare)], "d": [person(bare)]})
    # Not even the two bare ones are one: they may be one of each.
    assert len(result.people) == 4


def test_surname_of_two_joins_the_one_of_its_article() -> None:
    result = merged(
        {
            "a": [person("Pedro Sánchez")],
            "b": [person("Jose Wilson Sanchez"), person("Sanchez")],
            "c": [person("Sanchez")],
        }
    )
    assert frozenset({("b", "jose-wilson-sanchez"), ("b", "sanchez")}) in groups(result)
    assert frozenset({("c", "sanchez")}) in groups(result)


def test_gender_speaks_against_a_surname() -> None:
    result = merged({"a": [person("Hillary Clinton", gender="female")], "b": [person("Clinton", gender="male")]})
    assert len(result.people) == 2


def test_another_country_speaks_against_a_surname() -> None:
    chief = person("Jose Wilson Sanchez", roles=["Bolivian army chief"])
    premier = person("Sanchez", roles=["the Spanish prime minister"])
    assert len(merged({"a": [chief], "b": [premier]}).people) == 2
    same = person("Sanchez", roles=["general of Bolivia"])
    assert len(merged({"a": [chief], "b": [same]}).people) == 1


def test_given_name_alone_is_no_surname() -> None:
    result = merged({"a": [person("Jose Wilson Sanchez")], "b": [person("Wilson")]})
    assert len(result.people) == 2


def test_known_by_one_name_is_one_person() -> None:
    result = merged({"a": [person("Lula")], "b": [person("Lula")]})
    assert names(result) == ["Lula"]


def test_known_by_one_name_but_of_two_genders_is_two() -> None:
    result = merged({"a": [person("Andrea", gender="female")], "b": [person("Andrea", gender="male")]})
    assert [person.id for person in result.people] == ["andrea", "andrea-2"]


def test_particles_belong_to_the_surname() -> None:
    result = merged({"a": [person("Ursula von der Leyen")], "b": [person("Von der Leyen")], "c": [person("Leyen")]})
    assert names(result) == ["Ursula von der Leyen"]
    result = merged({"a": [person("Virgil van Dijk")], "b": [person("Van Dijk")]})
    assert names(result) == ["Virgil van Dijk"]
    result = merged({"a": [person("Al Gore")], "b": [person("Tipper Gore")], "c": [person("Ben Affleck")]})
    assert len(result.people) == 3


def test_organisations_are_one_by_name_or_acronym() -> None:
    result = merged(
        {
            "a": [person("Organization of American States", "OAS", kind="organisation")],
            "b": [person("the Organisation of American States", kind="organisation")],
            "c": [person("OAS", kind="organisation")],
            "d": [person("Oas", roles=["judge"])],
        }
    )
    assert sorted(person.kind for person in result.people) == ["organisation", "person"]


def test_a_title_in_the_name_is_no_part_of_it() -> None:
    assert names(merged({"a": [person("Luis Arce")], "b": [person("Mr Arce")]})) == ["Luis Arce"]


def test_roles_are_kept_once_each_with_their_place() -> None:
    result = merged(
        {
            "b": [person("Luis Arce", roles=["President", "Bolivias president"], article="b")],
            "a": [person("Luis Arce", roles=["president"], article="a")],
        }
    )
    assert [(role.text, role.article_id) for role in result.people[0].roles] == [
        ("president", "a"),
        ("Bolivias president", "b"),
    ]


def test_a_correction_undoes_a_merge() -> None:
    people = {"a": [person("Jose Sanchez")], "b": [person("Jose Sanchez")]}
    assert len(merged(people).people) == 1
    result = merged(people, corrections={("b", "jose-sanchez"): "Jose Sanchez (judge)"})
    assert len(result.people) == 2
    assert [link.rule for link in result.links] == ["alone", "given"]


def test_everybody_is_linked_once() -> None:
    people = {"a": [person("Luis Arce"), person("Arce"), person("")], "b": [person("—"), person("Arce")]}
    result = merged(people)
    assert sorted((link.article_id, link.local_id) for link in result.links) == sorted(
        (article, one.id) for article, persons in people.items() for one in persons
    )
    assert {link.person_id for link in result.links} == {one.id for one in result.people}


NAMES = st.sampled_from(
    ["Luis Arce", "Arce", "Luis Alberto Arce", "L. Arce", "Pedro Sánchez", "Sanchez", "Jose Wilson Sanchez",
     "Sanchéz", "Evo", "Ursula von der Leyen", "Von der Leyen", "Lula", "OAS", "George W. Bush", "George H. W. "
     "Bush", "George Bush", ""]
)  # fmt: skip
PEOPLE = st.builds(
    lambda name, gender, kind: person(name, gender=gender, kind=kind),
    NAMES,
    st.sampled_from(["female", "male", None]),
    st.sampled_from(["person", "person", "organisation"]),
)
ARTICLES = st.dictionaries(st.sampled_from("abcdef"), st.lists(PEOPLE, max_size=4, unique_by=lambda one: one.id), max_size=6)


@given(ARTICLES, st.randoms(use_true_random=False))
@settings(max_examples=100, deadline=None)
def test_the_order_of_reading_does_not_matter(people: dict[str, list[Person]], chance: random.Random) -> None:
    shuffled = list(people.items())
    chance.shuffle(shuffled)
    again = {article: chance.sample(persons, len(persons)) for article, persons in shuffled}
    assert merged(again) == merged(people)


@given(st.lists(st.text(max_size=30), max_size=5, unique=True))
@settings(max_examples=100, deadline=None)
def test_any_name_can_be_merged_and_matched(texts: list[str]) -> None:
    people = [Person(id=str(number), name=text) for number, text in enumerate(texts)]
    result = merged({"a": people})
    assert len(result.links) == len(texts)
    for text in texts:
        for match in match_people(text, result.people, vocabulary=WORDS):
            assert 0 < match.score <= 1


# --- Matching

ARCE = person("Luis Arce", "Arce", "Mr Arce", roles=["Bolivias president", "President"])
ZUNIGA = person("Juan José Zúñiga", "Zuniga", roles=["General", "general of Bolivia"], gender="male")
MORALES = person("Evo Morales", "Evo", roles=["former president", "Bolivias tidligere president"])
PEDRO = person("Pedro Sánchez", "Sanchez", roles=["Spanias statsminister"])
WILSON = person("Jose Wilson Sanchez", "Sanchez", roles=["army chief"])
ALMAGRO = person("Luis Almagro", roles=["leader of the Organization of American States (OAS)"])
CHOQUEHUANCA = person("David Choquehuanca", roles=["Vice President"])
BARKINDO = person("Mohammad Barkindo", roles=["leader of the Organization of the Petroleum Exporting Countries"])
BOLIVIA = person("Bolivia", kind="organisation", roles=["president"])
OAS = person("Organization of American States", "OAS", kind="organisation")
SMITH, BIDER = person("Joe Smith"), person("Bider")
EVERYBODY = [ARCE, ZUNIGA, MORALES, PEDRO, WILSON, ALMAGRO, CHOQUEHUANCA, BARKINDO, BOLIVIA, OAS, SMITH, BIDER]


def found(name: str, people: Sequence[Person] = EVERYBODY) -> dict[str, float]:
    return {match.person.id: match.score for match in match_people(name, people, vocabulary=WORDS)}


@pytest.mark.parametrize(
    "name",
    [
        "Juan José Zúñiga", "juan jose zuniga", "ZÚÑIGA", "Zuniga", "General Zúñiga", "general Juan Jose Zuniga",
        "Zúñiga's", "Zunigas", "Juan Zúñiga", "J. J. Zuniga", "Zunica", "Zuñga", "Juan Jose Zunica", "General Zunica",
        "the Bolivian general Zúñiga", "Mr Zuniga", "Zúñiga, the general", "Jaun José Zúñiga",
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_typed(name: str) -> None:
    assert list(found(name)) == ["juan-jose-zuniga"]


@pytest.mark.parametrize(
    ("name", "whom"),
    [
        ("Arces", "luis-arce"),
        ("Bolivias president Luis Arce", "luis-arce"),
        ("Evo", "evo-morales"),
        ("Morales", "evo-morales"),
        ("Wilson Sánchez", "jose-wilson-sanchez"),
        ("the OAS", "organization-of-american-states"),
        ("Organisation of American States", "organization-of-american-states"),
        ("Bolivias president", "luis-arce"),
        ("Bolivia's president", "luis-arce"),
        ("the president of Bolivia", "luis-arce"),
        ("the former president of Bolivia", "evo-morales"),
        ("the Spanish prime minister", "pedro-sanchez"),
        ("the OAS leader", "luis-almagro"),
        ("the leader of the OPEC", "mohammad-barkindo"),
        ("the vice president", "david-choquehuanca"),
        ("army chief Sanchez", "jose-wilson-sanchez"),
        ("the Spanish prime minister Sánchez", "pedro-sanchez"),
    ],
)
def test_names_and_roles_mean_one_person(name: str, whom: str) -> None:
    assert list(found(name)) == [whom]


def test_a_surname_means_all_who_have_it_alike() -> None:
    assert found("Sanchez") == found("Sánchez") == {"pedro-sanchez": 0.9, "jose-wilson-sanchez": 0.9}


@pytest.mark.parametrize(
    "name",
    [
        "Joe Biden", "Biden", "Joe", "Luisa Arce", "Pedro Arce", "Jose Sanchez Arce", "Hansen",
        "the president of Chile", "the Bolivian prime minister", "Mrs Zúñiga", "president Biden", "", "?", "the",
        "zuniga" * 50, "x" * 100_000,
    ],
)  # fmt: skip
def test_nobody_rather_than_the_wrong_one(name: str) -> None:
    assert found(name) == {}


def test_the_very_name_comes_before_a_fuller_one() -> None:
    people = [person("George W. Bush"), person("George Bush")]
    assert list(found("George Bush", people)) == ["george-bush", "george-w-bush"]


def test_a_typo_is_no_match_where_somebody_has_the_name() -> None:
    people = [person("Erna Hansen"), person("Jon Hanson")]
    assert list(found("Hansen", people)) == ["erna-hansen"]
    assert found("Jansen", people) == {}


def test_someone_known_by_surname_alone_is_a_guess() -> None:
    assert found("Joe Biden", [person("Biden"), SMITH]) == {"biden": 0.6}
    assert list(found("Joe Biden", [person("Biden"), person("Joe Biden")])) == ["joe-biden"]


def test_a_role_without_its_country_is_a_weaker_sign() -> None:
    assert found("the president") == {"luis-arce": 0.6}
    assert found("the Bolivian president") == {"luis-arce": 0.8}


@pytest.mark.parametrize(
    ("names", "n_people"),
    [
        (("Volodymyr Zelensky", "Volodymyr Zelenskyy", "Wolodymyr Selenskyj"), 1),
        (("Muammar Gaddafi", "Muammar Qaddafi"), 1),
        (("Sergei Lavrov", "Sergej Lawrow"), 1),
        (("Anna Meyer", "Anna Meier"), 2),
        (("Peter Keller", "Peter Geller"), 2),
        (("Volodymyr Zelensky", "Olena Zelenska"), 2),
        (("Sergei Lavrov", "Sergei Lvov"), 2),
    ],
)
def test_transliterations_of_one_full_name_are_one(names: tuple[str, ...], n_people: int) -> None:
    merged = merge({str(i): [Person(id="p", name=name)] for i, name in enumerate(names)})
    assert len(merged.people) == n_people
    if n_people == 1:
        assert "other spelling" in {link.rule for link in merged.links}


def test_a_country_is_one_under_its_names_in_all_languages() -> None:
    names = ("United States", "Estados Unidos", "USA", "Bolivia", "Bolivien")
    bodies = {str(i): [Person(id="p", name=name, kind="organisation")] for i, name in enumerate(names)}
    assert len(merge(bodies).people) == 2
    assert {link.person_id for link in merge(bodies).links if link.article_id in "012"} == {merge(bodies).links[0].person_id}


def test_who_leads_a_body_is_found_as_its_leader() -> None:
    text = "Ann Lee, who heads the Northern Union, said it was late."
    (person,) = [one for one in attribute(text, language="en").people if one.kind == "person"]
    assert [role.text for role in person.roles] == ["heads the Northern Union"]
    assert [match.person.name for match in match_people("leader of the Northern Union", [person])] == ["Ann Lee"]


def test_a_minister_may_be_a_special_one_but_a_president_no_vice_president() -> None:
    minister = Person(id="a", name="Ann Lee", roles=(Role(text="justice minister", article_id="x", span=Span(0, 1)),))
    vice = Person(id="b", name="Bo Lie", roles=(Role(text="vice president", article_id="x", span=Span(0, 1)),))
    assert [match.person.id for match in match_people("the minister", [minister, vice])] == ["a"]
    assert match_people("the president", [minister, vice]) == ()
