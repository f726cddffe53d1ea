"""Whom a mention stands for, in our own sentences."""

import pytest

from index.attribution.extraction import attribute, resolve_mentions
from index.records import Person, Span


def whom(text: str, mention: str, *, occurrence: int = 0, language: str = "en") -> str | None:
    """The name of the person that `mention` stands for in `text`."""
    start = -1
    for _ in range(occurrence + 1):
        start = text.index(mention, start + 1)
    (person,) = resolve_mentions(text, [(Span(start, start + len(mention)), ())], language=language)
    return person.name if person is not None else None


def people(text: str, *, language: str = "en") -> dict[str, Person]:
    return {person.name: person for person in attribute(text, language=language).people}


PAIR = "Mary Holt and Peter Holt, her husband, met voters in Leeds. "


@pytest.mark.parametrize(
    ("text", "mention", "name"),
    [
        ("Ann Lee met Tom Ray. She smiled.", "She", "Ann Lee"),
        ("Ann Lee met Tom Ray. He smiled.", "He", "Tom Ray"),
        ("Tom Ray left Leeds. The train was late. He was angry.", "He", "Tom Ray"),
        ("The crowd applauded Tom Ray, who said he was glad.", "who", "Tom Ray"),
        ("The crowd applauded Tom Ray, now the mayor, who said he was glad.", "who", "Tom Ray"),
        ("Tom Ray was one of three members who said no.", "who", None),
        ("Tom Ray met voters. They said no.", "They", None),
        ("Norway has waited. It said that it would act.", "It", "Norway"),
        ("Ann Lee waited. It said nothing.", "It", None),
        ("Somebody wrote to us. I think so.", "I", None),
    ],
)
def test_pronouns(text: str, mention: str, name: str | None) -> None:
    assert whom(text, mention) == name


def test_a_title_tells_two_of_one_name_apart() -> None:
    assert whom(PAIR + "Mrs. Holt said no.", "Mrs. Holt") == "Mary Holt"
    assert whom(PAIR + "Mr. Holt said no.", "Mr. Holt") == "Peter Holt"


def test_a_surname_that_two_share_and_nothing_decides_stays_unnamed() -> None:
    assert whom(PAIR + "Holt said no.", "Holt", occurrence=2) is None


def test_whom_the_article_is_about_has_the_shared_surname() -> None:
    text = "Mary Holt won. Mary Holt smiled. Mary Holt left. Peter Holt came.\n\nIt was late.\n\nTea was served.\n\nHolt said no."
    assert whom(text, "Holt said") is not None


@pytest.mark.parametrize(
    ("mention", "name"),
    [
        ("The Republican nominee", "Tom Ray"),
        ("the Democratic nominee", "Ann Lee"),
        ("The former governor", "Ann Lee"),
        ("the nominees", None),
        ("Ray's lawyer", None),
    ],
)
def test_descriptions_go_by_party_time_and_number(mention: str, name: str | None) -> None:
    text = (
        "Republican nominee Tom Ray met Democratic nominee Ann Lee. Ann Lee, the former governor, smiled. "
        f"{mention} said that the evening was long."
    )
    assert whom(text, mention) == name


def test_an_epithet_stands_for_whom_the_article_speaks_of() -> None:
    text = "Tom Ray says that tax is theft. “We pay too much,” the Boston businessman said."
    assert whom(text, "the Boston businessman") == "Tom Ray"


def test_a_description_is_explained_by_the_name_that_follows() -> None:
    text = "A Boston judge has rejected the request. Justice Ann Lee wrote that it came late."
    assert whom(text, "A Boston judge") == "Ann Lee"


def test_a_name_that_qualifies_a_noun_is_not_who_speaks() -> None:
    text = "Tom Ray left. Ray aides said that he would be back."
    assert whom(text, "Ray aides") is None


def test_a_campaign_has_the_name_of_its_candidate() -> None:
    text = "Tom Ray left early. Ray's campaign said no. The Ray campaign said yes. The campaign said more."
    assert whom(text, "Ray's campaign") == whom(text, "The Ray campaign") == whom(text, "The campaign") == "Ray campaign"


def test_an_acronym_is_another_name_of_the_body_whose_initials_it_is() -> None:
    text = "Ann Lee leads the World Council of Trade (WCT). The WCT said that trade is slow. The council said more."
    assert whom(text, "The WCT") == "World Council of Trade"
    assert not {"WCT"} & people(text).keys()


def test_names_of_one_country_are_one() -> None:
    text = "The United States said no. Later the U.S. said yes."
    assert whom(text, "the U.S.") == "United States"


def test_a_role_completed_by_a_name_is_not_that_name_s() -> None:
    found = people("Ann Lee, the president of neighbouring Chile, said no.")
    assert [role.text for role in found["Ann Lee"].roles] == ["president of neighbouring Chile"]
    assert all(not person.roles for person in found.values() if person.name != "Ann Lee")


def test_a_role_begins_behind_what_only_leads_to_it() -> None:
    found = people("The post of the army general commander Tom Ray is vacant. Afterwards Vice President Ann Lee spoke.")
    assert [role.text for role in found["Tom Ray"].roles] == ["army general commander"]
    assert [role.text for role in found["Ann Lee"].roles] == ["Vice President"]


def test_media_and_the_first_word_of_a_sentence_are_no_bodies() -> None:
    assert not {"TV", "Police", "Cabinet"} & people("Police said no. Cabinet members told TV that it rained.").keys()


def test_a_role_noun_can_be_a_surname() -> None:
    assert whom("Howard Dean is a doctor. Dean said no.", "Dean", occurrence=1) == "Howard Dean"


def test_a_nickname_in_marks_is_part_of_no_other_person() -> None:
    assert whom("Robert “Bobby” Ray came. Bobby Ray said no.", "Bobby Ray") == "Robert Ray"


def test_a_heading_gives_the_full_name() -> None:
    text = "Hillary Holt Goes After Her Critics\n\nHolt said on Monday that she would stay.\n\n“I will stay,” Holt said."
    assert whom(text, "Holt said") == "Hillary Holt"
