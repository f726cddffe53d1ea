"""What is shown where no statement answers, or only in part, and among whom a question looks."""

from collections.abc import Iterator

import pytest

from index.library import Library
from rag import Answer, Conversation, query
from tests.samples import add_texts

TEXTS = {
    "wire": (
        "The Wire",
        "The justice minister of Chile, Ann Lee, said that prosecutors would seek ten years in prison for the smuggler. "
        "Norway's prime minister, Kari Berg, condemned the raid. French president Luc Roux also condemned the raid.\n\n"
        "Per Moe, who owns the harbour, wants a crane with 40 cabins. The plan of Per Moe was never discussed.\n\n"
        'Ann Lee said: "The smuggler had a red boat."\n\n'
        "The painter Liv Dahl keeps a white horse on the quay.\n\n"
        "Ove Lie called for a fight back in the pub. Ida Foss called for more light in the pub.\n\n"
        "Bo Holm said that 12 sailors were hurt in the storm. Siri Vik said that 30 sailors were hurt in the storm.",
    ),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("beside") / "library", create=True) as made:
        add_texts(made, TEXTS)
        yield made


def speakers(answer: Answer) -> set[str | None]:
    return {citation.speaker for citation in answer.citations}


def test_what_is_no_name_is_answered_by_what_others_say_of_it(library: Library) -> None:
    answer = query("What sentence will prosecutors ask for?", library=library)
    assert speakers(answer) == {"Ann Lee"}
    # A name that nobody has is refused, and so is a thing of which nobody speaks.
    assert query("What did Prosser say about the smuggler?", library=library).reason == "no_such_speaker"
    assert query("What will bakers ask for?", library=library).abstained


def test_a_question_of_fact_on_somebody_may_be_answered_by_what_the_person_said(library: Library) -> None:
    answer = query("What colour boat does Ann Lee mention?", library=library)
    assert speakers(answer) == {"Ann Lee"}
    assert query("How old is Ann Lee?", library=library).reason == "not_in_articles"


def test_sentences_stand_beside_statements_that_have_only_part_of_the_topic(library: Library) -> None:
    answer = query("What did Ann Lee say about the crane and the cabins?", library=library)
    assert (answer.abstained, answer.reason) == (True, "nothing_on_topic")
    assert [citation.kind for citation in answer.citations] == ["passage"]
    assert "The articles also say: Per Moe, who owns the harbour, wants a crane with 40 cabins." in answer.text
    whole = query("What did Ann Lee say about the smuggler and the boat?", library=library)
    assert "passage" not in {citation.kind for citation in whole.citations}


def test_a_name_that_stands_in_an_article_is_never_said_to_be_nowhere(library: Library) -> None:
    answer = query("What did Liv Dahl say about the horse?", library=library)
    assert answer.reason == "never_quoted"
    assert "is named in one article but never quoted" in answer.text
    assert "white horse" in answer.text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Which leaders outside France condemned the raid?", {"Kari Berg"}),
        ("Which leaders in France condemned the raid?", {"Luc Roux"}),
        ("Who condemned the raid?", {"Kari Berg", "Luc Roux"}),
        ("Hvem utenfor Norge fordømte raidet?", {"Luc Roux"}),
    ],
)
def test_who_can_be_asked_of_the_people_of_a_country(library: Library, question: str, expected: set[str]) -> None:
    answer = query(question, library=library)
    assert speakers(answer) == expected
    assert any(part.part == "nations" for part in answer.parts) == ("Who condemned" not in question)


def test_who_else_leaves_out_those_just_shown(library: Library) -> None:
    thread = Conversation(library=library)
    thread.ask("What did Kari Berg condemn?")
    other = thread.ask("Who else condemned the raid?")
    assert speakers(other) == {"Luc Roux"}
    assert any(part.part == "others" for part in other.parts)
    assert speakers(thread.mend(ignore={"others"})) == {"Kari Berg", "Luc Roux"}


@pytest.mark.parametrize("text", ["waht did ann lee say about the boat", "what did ann lee sya about the boat"])
def test_a_slip_in_a_question_word_or_verb_is_forgiven(library: Library, text: str) -> None:
    assert speakers(query(text, library=library)) == {"Ann Lee"}


def test_words_behind_about_are_topics_whatever_else_they_may_be(library: Library) -> None:
    for topic in ("order and boat", "welcome, boat and smuggler", "deny, boat"):
        answer = query(f"What did Ann Lee say about {topic}?", library=library)
        assert not {"act", "addressee"} & {part.part for part in answer.parts}
        assert speakers(answer) >= {"Ann Lee"}


def test_a_response_to_somebody_is_what_was_said_of_them_where_nothing_was_said_to_them(library: Library) -> None:
    for text in ("How did Ann Lee respond to the smuggler?", "What was Ann Lee's response to the smuggler?"):
        answer = query(text, library=library)
        assert speakers(answer) == {"Ann Lee"}
        assert {part.part: part.value for part in answer.parts}["topic"] == "smuggler"


def test_two_numbers_for_the_same_stand_side_by_side_each_with_its_speaker(library: Library) -> None:
    answer = query("Who said that sailors were hurt in the storm?", library=library)
    assert speakers(answer) == {"Bo Holm", "Siri Vik"}
    assert "Bo Holm and Siri Vik contradict each other: [1][2]." in answer.text


def test_who_said_something_has_more_than_a_small_word_of_it(library: Library) -> None:
    assert query("Who called for the bakers to come back to their ovens?", library=library).abstained
    assert "Ida Foss" in speakers(query("Who called for more light?", library=library))
