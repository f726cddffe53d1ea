"""What a question takes from the one before it, whom a pronoun means, and when neither can be told."""

from collections.abc import Iterator

import pytest

from index.library import Library
from rag import Answer, Conversation
from rag.conversation import Turn, named_in, resolve
from rag.naming import Naming
from rag.question import Question, understand
from tests.samples import add_texts

TEXTS = {
    "dam": (
        "The Valley Gazette",
        "The justice minister of Chile, Pablo Rivas, said that the engineer was lying about the dam. "
        "The engineer, Marco Dahl, claimed that the order to open the dam came from the mayor himself. "
        "Engineer Marco Dahl also complained that nobody was lying awake over it.\n\n"
        'Pablo Rivas wrote on Facebook that judges would fine Dahl "for having drowned the valley". '
        "Pablo Rivas denied that the mayor had given any order.\n\n"
        'Mayor Erik Holm told the farmers: "Nobody will lose his field." '
        'Bishop Anna Berg told the farmers: "The church stays open tonight."\n\n'
        'Erik Holm told Anna Berg: "Ring the bells now." Anna Berg replied: "The bells are under water."',
    ),
    "guard": (
        "The Harbour Post",
        'Spain\'s prime minister, Tomás Ortega, said: "Spain stands by the valley." '
        'The new coast guard chief, Iker Ortega, said: "Nobody wants these photographs." '
        'Iker Ortega told the crews: "Return to your boats."\n\n'
        "Norway's prime minister, Kari Vik, condemned the flood. French president Luc Roux also condemned the flood. "
        "Chile's president, Hugo Paz, condemned the flood too.",
    ),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("talk") / "library", create=True) as made:
        add_texts(made, TEXTS)
        yield made


def last(library: Library, *turns: str) -> Answer:
    """The answer to the last of a conversation's questions."""
    thread = Conversation(library=library)
    return [thread.ask(turn) for turn in turns][-1]


def spoken_by(answer: Answer) -> set[str]:
    """Whom the question was taken to ask about."""
    assert answer.read_as is not None
    return {person.name for person in answer.read_as.speaker.people} if answer.read_as.speaker else set()


# Whom a pronoun means


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (("Which minister says the engineer is lying?", "And on Facebook, what did he write?"), {"Pablo Rivas"}),
        (("What did Holm say to Berg?", "What did she reply?"), {"Anna Berg"}),
        (("What did Berg say to Holm?", "What did he say about the bells?"), {"Erik Holm"}),
        (("What did Anna Berg say about Marco Dahl?", "What did he claim?"), {"Marco Dahl"}),
        (("Hvem fordømte flommen?", "Hva sa hun?"), {"Kari Vik"}),
        (("Who denied that Holm had given the order?", "What did he write?"), {"Pablo Rivas"}),
        (("¿Qué dijo Anna Berg?", "¿Qué le dijo Holm a ella?"), {"Erik Holm"}),
        (("¿Quién es Pablo Rivas?", "¿Qué escribió en Facebook?"), {"Pablo Rivas"}),
    ],
)
def test_a_pronoun_is_whom_the_turn_before_asked_about_or_alone_cites(
    library: Library, turns: tuple[str, ...], expected: set[str]
) -> None:
    assert spoken_by(last(library, *turns)) == expected


@pytest.mark.parametrize(
    "turns",
    [
        # Roux and Paz both condemned it.
        ("Who condemned the flood?", "What did he say?"),
        # Nobody knows whether Xavier Quill is meant, who is in no article.
        ("What did Xavier Quill say about the dam?", "What did he say?"),
        ("What did Pablo Rivas say?", "What did she say?"),
        ("Que lui a-t-elle répondu ?",),
        ("Que lui a-t-il dit ?",),
        ("¿Qué le contestó?",),
        ("What did she reply to him?",),
    ],
)
def test_a_pronoun_that_may_be_several_or_nobody_is_asked_back(library: Library, turns: tuple[str, ...]) -> None:
    answer = last(library, *turns)
    assert (answer.reason, answer.citations) == ("unclear_question", ())


def test_who_answers_is_whom_the_words_before_were_said_to(library: Library) -> None:
    for second in ("¿Qué le contestó?", "¿Qué le contestó ella?"):
        assert spoken_by(last(library, "¿Qué le dijo Holm a Anna Berg?", second)) == {"Anna Berg"}
    assert spoken_by(last(library, "Qu'a dit Holm à Anna Berg ?", "Que lui a-t-elle répondu ?")) == {"Anna Berg"}


def test_an_article_of_spanish_is_no_pronoun(library: Library) -> None:
    question = understand("¿Qué dijo el alcalde?", people=library.people())
    assert question.speaker is None or question.speaker.how != "pronoun"


def test_them_is_the_crowd_that_was_spoken_to_and_never_the_speaker(library: Library) -> None:
    answer = last(library, "Hva sa biskopen til bøndene?", "Og hva sa borgermesteren til dem?")
    assert answer.read_as is not None
    assert answer.read_as.addressee is not None
    assert (answer.read_as.addressee.mention, answer.read_as.addressee.people) == ("bøndene", ())
    assert spoken_by(answer) == {"Erik Holm"}
    # One who spoke to nobody in particular is not "dem".
    assert last(library, "Hva sa Pablo Rivas?", "Og hva sa Erik Holm til dem?").reason == "unclear_question"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("What did Holm tell the farmers?", "And what did Berg tell them?"),
        ("¿Qué dijo Holm a los granjeros?", "¿Qué les dijo Anna Berg?"),
    ],
)
def test_them_behind_or_before_a_verb_of_speech_is_the_crowd(library: Library, first: str, second: str) -> None:
    answer = last(library, first, second)
    assert answer.read_as is not None
    assert spoken_by(answer) == {"Anna Berg"}
    assert answer.read_as.addressee is not None
    assert answer.read_as.addressee.how == "unknown"


def test_what_one_said_of_another_is_turned_round(library: Library) -> None:
    answer = last(library, "Hva sa Rivas om Dahl?", "Og hva sa Dahl om ham?")
    assert answer.read_as is not None
    assert (spoken_by(answer), answer.read_as.topic) == ({"Marco Dahl"}, ("Rivas",))
    plain = last(library, "Hva sa Rivas om Dahl?", "Og Dahl?")
    assert plain.read_as is not None
    assert (spoken_by(plain), plain.read_as.topic) == ({"Marco Dahl"}, ())


def test_a_group_that_was_spoken_to_answers_as_they() -> None:
    crowd = Naming(mention="the crowd", how="unknown")
    before = Turn(question=Question(text="", language="en", addressee=crowd))
    they = Naming(mention="plural", how="pronoun")
    assert resolve(Question(text="", language="en", speaker=they), before).speaker == crowd


# What a question leaves out


def test_who_denies_it_takes_the_topic_and_leaves_out_the_speaker(library: Library) -> None:
    for first, second in (
        ("What did Dahl claim about the order?", "Who denies it?"),
        ("Hva hevdet Dahl om ordren?", "Hvem sier at det ikke stemmer?"),
        ("¿Qué dijo Dahl sobre la orden?", "¿Quién lo niega?"),
    ):
        answer = last(library, first, second)
        assert answer.read_as is not None
        assert len(answer.read_as.topic) == 1
        assert answer.read_as.without == {"marco-dahl"}
        assert {citation.speaker for citation in answer.citations} == {"Pablo Rivas"}
    assert last(library, "What did Dahl say?", "Who denies it?").reason == "unclear_question"


def test_who_else_asks_the_same_of_others(library: Library) -> None:
    answer = last(library, "Who condemned the flood?", "Who else?")
    assert answer.read_as is not None
    assert (answer.read_as.wanted, answer.read_as.topic) == ("who", ("flood",))
    assert not {"Kari Vik", "Luc Roux", "Hugo Paz"} & {citation.speaker for citation in answer.citations}


# The other of two


def test_the_other_one_is_told_by_what_stands_behind_the_name(library: Library) -> None:
    answer = last(library, "Has Tomás Ortega commented?", "And the other Ortega, the new coast guard chief?")
    assert spoken_by(answer) == {"Iker Ortega"}
    assert {citation.speaker for citation in answer.citations} == {"Iker Ortega"}
    # Nobody shown before shares a name with him.
    assert last(library, "Has Pablo Rivas commented?", "And the other Dahl?").reason == "unclear_question"
    assert last(library, "Har Pablo Rivas sagt noe?", "Og den andre Ortega?").reason == "unclear_question"


def test_the_one_of_a_country_is_the_namesake_and_not_the_country(library: Library) -> None:
    answer = last(library, "What did Iker Ortega say about the photographs?", "no, I mean the Spanish one. What did he say?")
    assert spoken_by(answer) == {"Tomás Ortega"}
    assert {citation.speaker for citation in answer.citations if citation.kind != "passage"} == {"Tomás Ortega"}


# Who somebody is, and what a fact is


def test_who_somebody_is_can_be_leant_on(library: Library) -> None:
    assert spoken_by(last(library, "Who is the new coast guard chief?", "What did he say to the crews?")) == {"Iker Ortega"}
    other = last(library, "Who is Pablo Rivas?", "And Marco Dahl?")
    assert other.read_as is not None
    assert (other.read_as.wanted, spoken_by(other)) == ("who_is", {"Marco Dahl"})
    assert last(library, "Who is Pablo Rivas?", "to whom?").reason == "unclear_question"


def test_a_fact_that_was_asked_is_no_statement_to_lean_on(library: Library) -> None:
    # Else "he" were whom the turn before the last one asked about.
    answer = last(library, "What did Pablo Rivas say?", "How many fields does the valley have?", "What did he say?")
    assert answer.reason == "unclear_question"


def test_a_name_in_a_topic_is_the_fullest_that_fits(library: Library) -> None:
    people = library.people()

    def named(*topic: str) -> set[str]:
        return {person.name for person in named_in(Question(text="", language="en", topic=topic), people)}

    assert named("arrest", "Dahl") == {"Marco Dahl"}
    assert named("Iker", "Ortega") == {"Iker Ortega"}
    assert named("Ortega") == {"Iker Ortega", "Tomás Ortega"}
    assert named("valley") == set()


# Whole conversations


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (("What did Holm tell the farmers?", "And Berg?", "Who is she?"), [{"Erik Holm"}, {"Anna Berg"}, {"Anna Berg"}]),
        (("Who is Marco Dahl?", "What did he claim?", "Who denies that?"), [{"Marco Dahl"}, {"Marco Dahl"}, set()]),
        (("Has Kari Vik commented?", "And Roux?", "What exactly did he say?"), [{"Kari Vik"}, {"Luc Roux"}, {"Luc Roux"}]),
        (
            ("What did Rivas say about Dahl?", "What did he deny?", "And Dahl?"),
            [{"Pablo Rivas"}, {"Pablo Rivas"}, {"Marco Dahl"}],
        ),
        (("Hva sa Holm til Anna Berg?", "Hva svarte hun?", "Og Rivas?"), [{"Erik Holm"}, {"Anna Berg"}, {"Pablo Rivas"}]),
        (("Hvem er Kari Vik?", "Hva sa hun?", "Og Hugo Paz?"), [{"Kari Vik"}, {"Kari Vik"}, {"Hugo Paz"}]),
        (("Hva hevdet Dahl?", "Og Rivas?", "Hva skrev han på Facebook?"), [{"Marco Dahl"}, {"Pablo Rivas"}, {"Pablo Rivas"}]),
        (("¿Qué dijo Anna Berg?", "¿Y Holm?", "¿Qué dijo él?"), [{"Anna Berg"}, {"Erik Holm"}, {"Erik Holm"}]),
        (("¿Quién es Pablo Rivas?", "¿Qué dijo?", "¿Y Dahl?"), [{"Pablo Rivas"}, {"Pablo Rivas"}, {"Marco Dahl"}]),
        (("¿Qué dijo Kari Vik?", "¿Y Luc Roux?", "¿Qué dijo ella?"), [{"Kari Vik"}, {"Luc Roux"}, set()]),
    ],
)
def test_three_turns_are_each_about_whom_they_mean(library: Library, turns: tuple[str, ...], expected: list[set[str]]) -> None:
    thread = Conversation(library=library)
    answers = [thread.ask(turn) for turn in turns]
    assert [spoken_by(answer) for answer in answers] == expected
    for answer, people in zip(answers, expected, strict=True):
        assert not people or {citation.speaker for citation in answer.citations} <= {*people, None}
