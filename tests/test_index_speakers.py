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
        ("Ann Lee and Tom Ray, who came late, sat down.", "who", None),
        ("Mary Bell praised Ann Lee. “Mary Bell is great,” she said.", "she", "Mary Bell"),  # no content is given: no ban
        ("As for Ray's car, Tom Lee sold it. “I had to,” he said.", "he", "Tom Lee"),
        ("Former Ray spokeswoman Ann Lee came with Tom Bell. Later he smiled.", "he", "Tom Bell"),
        ("In a talk with Tom Ray, Bob Lee waved. Soon he left.", "he", "Bob Lee"),
        ("A spokesman for Tom Ray waited. He said no.", "He", None),
        ("An employee called Tom Ray's firm. Though it rained, he said yes.", "he", None),
    ],
)
def test_pronouns(text: str, mention: str, name: str | None) -> None:
    assert whom(text, mention) == name


@pytest.mark.parametrize(
    ("text", "mention", "name"),
    [
        ("Trendly closed on Monday; it gave no reason.", "it", None),
        ("Trendly said on Monday that tea is dear. It gave no reason.", "It", "Trendly"),
        ("Trendly's answer is plain: it said no. Trendly said more.", "it", None),  # read in order: no body is known yet
        ("The Trade Council met Ann Lee. They said no.", "They", None),
        ("The Trade Council met. They said no.", "They", "Trade Council"),
        ("Workers met the Trade Council. They said no.", "They", None),
        ("The Trade Council met. The Farm Board was there. The group said no.", "The group", None),
        ("Trendly said that tea is dear. The company said more.", "The company", "Trendly"),
        ("The Trade Council said no. The company said more.", "The company", None),  # a council is no company
        ("A poll of voters by the Trade Council is out. The poll found that tea is dear.", "The poll", None),
    ],
)
def test_bodies_are_named_again_by_small_words(text: str, mention: str, name: str | None) -> None:
    assert whom(text, mention) == name


def test_a_document_speaks_for_who_made_it() -> None:
    text = "According to a poll of voters by the Trade Council, tea is dear. The poll said that milk is cheap."
    found = attribute(text, language="en").statements
    assert [statement.speaker.name for statement in found if statement.speaker] == ["Trade Council", "Trade Council"]


def test_a_line_across_parts_what_is_spoken_of() -> None:
    text = "Tom Ray said no.\n\n___\n\nNoon.\n\nHe said yes."
    assert whom(text, "He said", occurrence=0) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Ann Lee of Fox News said no.", "Ann Lee"),
        ("The American Federation of Teachers said no.", "American Federation of Teachers"),
        ("The Commission on Presidential Debates said no.", "Commission on Presidential Debates"),
        ("Don Fowler said no.", "Don Fowler"),
        ("The New York Times said no.", "New York Times"),
        ("Ann Lee, the Leeds police chief, said no.", "Ann Lee"),
    ],
)
def test_where_a_name_begins_and_ends(text: str, name: str) -> None:
    assert name in people(text)


def test_what_is_no_name_makes_no_person() -> None:
    text = (
        "Executive Session began in Washington D.C. on Monday. The Arizona Republican said so. Sen. Ann Lee, R-S.C., said no. "
        "Notice Ray and Tom Ray. Obama, Obama, Obama, they said. Partial transcript as follows: nobody came."
    )
    assert {name for name, one in people(text).items() if one.kind == "person"} <= {"Ann Lee", "Tom Ray"}


def test_a_role_takes_its_complement_along() -> None:
    found = people("Alan Berg, a spokesman for Exxon Mobil, said no. An attorney for Berg, Tom Ray, said yes.")
    assert [role.text for role in found["Alan Berg"].roles] == ["spokesman for Exxon Mobil"]
    assert [role.text for role in found["Tom Ray"].roles] == ["attorney for Berg"]


def test_whose_lawyer_it_is_decides_who_it_is() -> None:
    text = "An attorney for Berg, Tom Ray, waited. Ann Lee, a lawyer for Holt, left. Berg's lawyer said no."
    assert whom(text, "Berg's lawyer") == "Tom Ray"


def test_a_name_that_begins_with_the_surname() -> None:
    assert whom("Ban Ki-moon came. Mr. Ban said no.", "Mr. Ban") == "Ban Ki-moon"


def test_nobody_calls_himself_by_name_in_his_own_words() -> None:
    text = "While Tom Ray won, that vexed Bob Lee, a lawyer. “Ray has luck,” he said."
    he = text.rindex("he")
    (person,) = resolve_mentions(text, [(Span(he, he + 2), (Span(text.index("Ray has"), text.index(",” he")),))], language="en")
    assert person is not None
    assert person.name == "Bob Lee"


def test_words_quoted_within_words_do_not_change_who_is_meant_after_them() -> None:
    text = "Tom Ray met Bob Lee. “Bob Lee told me that it was fine,” Ray said.\n\n“I agreed,” he said."
    assert whom(text, "he", occurrence=text.count("he", 0, text.rindex("he"))) == "Tom Ray"


def test_a_headline_in_capitals_lends_no_word_to_a_name() -> None:
    text = (
        "Bernie Holt Suffered A Big Blow. Here’s His Plan.\n\nHolt suffered. “It hurts,” Holt said.\n\nHolt’s campaign said no."
    )
    assert "Bernie Holt" in people(text)
    assert not [name for name in people(text) if "Suffered" in name]


def test_a_slip_in_a_name_makes_no_second_person() -> None:
    text = "Donald Ray came. Ray sat. Ray smiled. Donand Ray said that he was glad."
    assert whom(text, "Donand Ray") == "Donald Ray"
    assert list(people(text)) == ["Donald Ray"]
    assert len(people("Hannah Lee came. Lee sat. Lee smiled. Hanna Lee said no.")) == 2  # both are first names


def test_a_body_may_begin_with_a_title_or_a_party() -> None:
    assert whom("The Republican National Committee met. The RNC said no.", "The RNC") == "Republican National Committee"
    assert "Justice Department" in people("The Justice Department said no.")


def test_no_city_is_a_queen() -> None:
    assert not people("The Queen City remains in limbo. The governor said no.")


@pytest.mark.parametrize(
    ("text", "mention", "name"),
    [
        ("Though Tom Ray waited, the tall candidate said no.", "the tall candidate", "Tom Ray"),
        ("While Tom Ray waited, the tall candidate said no.", "the tall candidate", None),
        ("Tom Ray came. The employee said no.", "The employee", None),
        ("Tom Ray came. The typical voter said no.", "The typical voter", None),
        ("Tom Ray came. The senator said no.\n\nTea.\n\nMilk.\n\nBread.\n\nSenator Ann Lee ate.", "The senator", "Tom Ray"),
    ],
)
def test_an_epithet_needs_somebody_it_may_be_said_of(text: str, mention: str, name: str | None) -> None:
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


@pytest.mark.parametrize(
    ("language", "text", "mention", "name"),
    [
        ("nb", "Statsminister Kari Lie møtte Per Moe i Oslo. Hun smilte.", "Hun", "Kari Lie"),
        ("nb", "Statsminister Kari Lie møtte Per Moe i Oslo. Han smilte.", "Han", "Per Moe"),
        ("nb", "Chiles president Kari Lie kom. Presidenten smilte.", "Presidenten", "Kari Lie"),
        ("nb", "Kari Lie kom. Advokaten hennes smilte.", "Advokaten hennes", None),
        ("de", "Boliviens Präsident Hans Lang traf Anna Berg. Er lächelte.", "Er", "Hans Lang"),
        ("de", "Boliviens Präsident Hans Lang traf Anna Schmidt. Sie lächelte.", "Sie", "Anna Schmidt"),
        ("de", "Boliviens Präsident Hans Lang kam. Der Präsident lächelte.", "Der Präsident", "Hans Lang"),
        ("de", "Anna Berg kam. Ihr Anwalt lächelte.", "Ihr Anwalt", None),
        ("es", "El presidente de Chile, Juan Ruiz, llegó. El presidente sonrió.", "El presidente", "Juan Ruiz"),
        ("fr", "Le président du Chili, Jean Petit, est venu. Le président a souri.", "Le président", "Jean Petit"),
    ],
)
def test_other_languages(language: str, text: str, mention: str, name: str | None) -> None:
    start = text.rindex(mention)
    (person,) = resolve_mentions(text, [(Span(start, start + len(mention)), ())], language=language)
    assert (person.name if person is not None else None) == name


@pytest.mark.parametrize(
    ("language", "text", "mention"),
    [
        ("en", "The hall was silent. Ann Reyes, Chile's president, stood up.\n\nThe president smiled.", "The president"),
        ("nb", "Det ble stille. Ane Reyes, Chiles president, reiste seg.\n\nPresidenten smilte.", "Presidenten"),
    ],
)
def test_an_office_behind_the_name_may_begin_with_its_country(language: str, text: str, mention: str) -> None:
    start = text.rindex(mention)
    (person,) = resolve_mentions(text, [(Span(start, start + len(mention)), ())], language=language)
    assert person is not None
    assert person.name.endswith("Reyes")


def test_a_title_of_another_person_behind_a_name_is_no_office_of_it() -> None:
    text = "Ann Reyes, Prime Minister Tom Ray, and others came. The prime minister smiled."
    start = text.rindex("The prime minister")
    (person,) = resolve_mentions(text, [(Span(start, start + len("The prime minister")), ())], language="en")
    assert person is not None
    assert person.name == "Tom Ray"


@pytest.mark.parametrize(
    ("text", "mention", "name"),
    [
        # A building, a match or a church that bears somebody's name is not that one.
        ("Omar Reid died. They met at the Omar Reid Center. Reid had rebuked the court.", "Reid had", "Omar Reid"),
        ("Omar Reid won the Omar Reid-Joe Bell fight. Reid smiled.", "Reid smiled", "Omar Reid"),
        ("She met Tylla Jean King at Maple Square Garden. King said no.", "King said", "Tylla Jean King"),
        # A surname, and whom the same sentence names in full behind it.
        ("Tom Holt met Mary Holt. “She is fit,” Holt said of Mary Holt.", "Holt said", "Tom Holt"),
        # What a role is of, and where that is.
        ("Ann Lee, the mayor of Oakland, California, said no.", "the mayor of Oakland, California", "Ann Lee"),
        ("Tom Ray agreed. The dean of Aldmoor's School of Law said no.", "The dean of Aldmoor's School of Law", None),
        ("Tom Ray agreed. “No,” wrote Aldmoor's Plain Dealer.", "Aldmoor's Plain Dealer", None),
        # Several who say so together are not the one who is named last.
        ("Ann Lee and Tom Ray said no.", "Tom Ray", None),
        ("Bo Bell came. Senator Ann Lee and Tom Ray said no.", "Senator Ann Lee and Tom Ray", None),
        ("She met with Ann Lee and Tom Ray said no.", "Tom Ray", "Tom Ray"),
        # Of several of a family, and of whom it stands apart from, a past office tells nothing.
        ("Ben Holt came with his brother, Dan W. Holt. “No,” the former president said.", "the former president", None),
        ("Tom Ray waited for the former president. Tom Ray left. The former president said no.", "The former president", None),
        ("Tom Ray left. The former president said no.", "The former president", "Tom Ray"),
        ("Ann Lee, the former mayor, met Bob Ray. The former senator said no.", "The former senator", "Ann Lee"),
    ],
)
def test_a_name_within_another_is_not_who_spoke(text: str, mention: str, name: str | None) -> None:
    assert whom(text, mention) == name
