"""Questions in phrasings of all sorts: headlines, apposed names, topics first, a sentence beside the question."""

import pytest

from index.records import Person
from rag.question import Question, understand
from tests.newsroom import LEE, ORDONEZ, SOL, person

VANCE = person("Hugo Vance", "leader of the North Sea Council")
BANK = person("Nordbanken", kind="organisation")
PEOPLE = (LEE, ORDONEZ, SOL, VANCE, BANK)
OUTLETS = ("The Sample Harbour", "Prøvebladet", "The Sample Wire")


def read(text: str) -> Question:
    return understand(text, people=PEOPLE, outlets=OUTLETS)


@pytest.mark.parametrize(
    ("text", "speaker", "topic"),
    [
        ("solberg strike reaction", SOL, ("strike",)),
        ("anything from Solberg on people being hurt?", SOL, ("people", "hurt")),
        ("the Spanish prime minister, what did he say?", ORDONEZ, ()),
        ("everything Pia Solberg has said or written, please", SOL, ()),
        ("In Solberg's own words, what must the banks do?", SOL, ("banks", "do")),
        ("Hvorfor ble banken stengt, ifølge Solberg selv?", SOL, ("banken", "stengt")),
        ("¿Qué quería Ordóñez, según sus propias palabras?", ORDONEZ, ()),
        ("What did the Spansih prime minister say?", ORDONEZ, ()),
        ("vad skerv Solberg?", SOL, ()),
    ],
)
def test_the_speaker_is_spotted_wherever_the_name_stands(text: str, speaker: Person, topic: tuple[str, ...]) -> None:
    question = read(text)
    assert question.unclear is None
    assert question.speaker is not None
    assert question.speaker.people == (speaker,)
    assert set(question.topic) <= set(topic)
    assert {word for word in topic if len(word) > 3} <= set(question.topic)


@pytest.mark.parametrize(
    ("text", "relay"),
    [
        ("Hva skriver Prøvebladet at Lee har sagt?", "Prøvebladet"),
        ("Hva sier Lee i Prøvebladet?", "Prøvebladet"),
        ("Hva sa Lee ifølge Prøvebldaet?", "Prøvebladet"),
        ("What does the Harbour report that Lee said?", "The Sample Harbour"),
        ("What does Reuters report that Lee said?", "Reuters"),
        ("which claims come from the AP news agency", "AP"),
    ],
)
def test_an_outlet_is_no_speaker(text: str, relay: str) -> None:
    question = read(text)
    assert question.relay == relay
    if "Lee" in text:
        assert question.speaker is not None
        assert question.speaker.people == (LEE,)


@pytest.mark.parametrize(
    "text",
    [
        "what did kamala harris tell lee",
        "What did Robert Lee say?",
        "Hva sa Kamala Harris til Lee?",
        "Everything Hunter Solberg said, please",
        "Any quotes from Kamala Harris?",
        "Kamala Harris, what did she say about Lee?",
    ],
)
def test_a_name_that_nobody_has_is_never_taken_for_somebody(text: str) -> None:
    question = read(text)
    assert question.unclear or (question.speaker is not None and not question.speaker.people)


def test_to_whom_and_who_are_asked_with_the_name_before_the_verb() -> None:
    to_whom = read("Vem talade Solberg till?")
    assert (to_whom.wanted, to_whom.speaker and to_whom.speaker.people) == ("to_whom", (SOL,))
    who = read("¿Quién acusa a Ordóñez de mentir?")
    assert (who.wanted, who.speaker, who.acts) == ("who", None, frozenset({"accuse"}))
    assert "mentir" in who.topic


def test_a_denial_in_other_words_is_one() -> None:
    question = read("Hvem sier at det ikke stemmer?")
    assert (question.wanted, question.acts, question.topic, question.follow) == ("who", frozenset({"deny"}), (), True)


def test_a_country_beside_an_office_is_not_the_speaker() -> None:
    spain = person("Spain", kind="organisation")
    question = understand("What did Spain's justice minister say?", people=(*PEOPLE, spain), outlets=OUTLETS)
    assert question.speaker is not None
    assert spain not in question.speaker.people


def test_of_two_with_the_name_the_question_may_tell_which() -> None:
    other = person("Marta Ordóñez", "army chief")
    for text in ("ordonez, the spanish one: his words on taxes", "Ordóñez, the Spanish one: what did he say?"):
        question = understand(text, people=(*PEOPLE, other), outlets=OUTLETS)
        assert question.speaker is not None
        assert question.speaker.people == (ORDONEZ,), text


def test_another_tongue_stays_foreign_though_it_names_somebody() -> None:
    assert read("Cosa ha detto Lee a Solberg sulle tasse?").unclear == "unclear_language"


def test_an_unknown_name_in_small_letters_is_not_the_known_one_behind_it() -> None:
    for text in ("what did kamala lee say", "hva sa kamala lee"):
        question = read(text)
        assert question.speaker is not None
        assert question.speaker.people == (), text


@pytest.mark.parametrize(
    ("text", "speaker", "relay"),
    [
        ("Strikers rose against Lee. How did she describe them?", LEE, None),
        ("Solberg sto på balkongen onsdag. Hva sa hun da?", SOL, None),
        ("How did Solberg react? I need it as the Sample Wire had it.", SOL, "Sample Wire"),
        ("What's Solberg's position on the strike?", SOL, None),
    ],
)
def test_a_sentence_beside_the_question_tells_of_whom_it_speaks(text: str, speaker: Person, relay: str | None) -> None:
    question = read(text)
    assert question.speaker is not None
    assert question.speaker.people == (speaker,)
    assert (question.relay or "").casefold() == (relay or "").casefold()


def test_a_sentence_that_names_two_does_not_tell_who_he_is() -> None:
    question = read("Ordóñez met Vance. What did he say?")
    assert question.speaker is None or question.speaker.how != "name"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("My client wants to print this as Lee: “the tea is cold”. Is that right?", LEE),
        ("Is this by Solberg: “the tea is cold”?", SOL),
        ("Did Hunter Brown say “the tea is cold” to Lee?", None),
        ("Did Smith say “the tea is cold” about Lee?", None),
    ],
)
def test_quoted_words_are_put_down_to_whom_the_question_names(text: str, speaker: Person | None) -> None:
    question = read(text)
    assert question.wanted == "whether"
    assert (question.speaker.people if question.speaker else ()) == ((speaker,) if speaker else ())


def test_a_capital_stands_for_its_government() -> None:
    usa = person("United States", kind="organisation")
    question = understand("What is Washington's position on the strike?", people=(*PEOPLE, usa))
    assert question.speaker is not None
    assert question.speaker.people == (usa,)
    assert question.topic == ("strike",)


@pytest.mark.parametrize(
    ("text", "wanted", "topic"),
    [
        ("Did the finance minister say how long the strike could be?", "words", ("strike",)),
        ("Did Lee say who ordered the strike?", "words", ("strike",)),
        ("Sa Solberg hvor lenge streiken kan vare?", "words", ("streiken", "vare")),
        ("Did Lee say anything about the strike?", "whether", ("strike",)),
        ("Did Lee say that those who marched were right?", "whether", ("marched", "right")),
    ],
)
def test_a_question_within_a_question_asks_for_words(text: str, wanted: str, topic: tuple[str, ...]) -> None:
    question = read(text)
    assert question.wanted == wanted
    assert set(topic) <= set(question.topic)
