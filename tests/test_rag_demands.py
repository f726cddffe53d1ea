"""What a question was taken to mean can be seen, set aside and mended; answers come line by line."""

from collections.abc import Iterator
from datetime import date

import pytest

from index.attribution.extraction import attribute
from index.errors import InputError
from index.library import Library
from index.passages import split_passages
from index.records import Article
from rag import Answer, Conversation, query, stream

TEXTS = {
    "wire": (
        "The Wire",
        date(2024, 6, 26),
        'Ann Lee met Luis Rios on the bridge. "I will rebuild the harbour," Ann Lee told Luis Rios. '
        '"The strike is a mistake," Ann Lee said on Monday.\n\n'
        'Luis Rios condemned the strike. "Wages must rise in the harbour," Luis Rios said.',
    ),
    "post": ("Evening Post", date(2024, 6, 28), '"We will never sell the harbour," Ann Lee said.'),
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("demands") / "library", create=True) as made:
        for key, (outlet, day, text) in TEXTS.items():
            article = Article(
                id=key, path=f"{key}.txt", text=text, language="en", outlet=outlet, published=day, title=None, url=None
            )
            made.add(article, split_passages(article), attribute(text, language="en", article_id=key))
        yield made


def quotes(answer: Answer) -> list[str]:
    return sorted(citation.quote.rstrip(",") for citation in answer.citations)


def parts(answer: Answer) -> dict[str, str]:
    return {part.part: part.value for part in answer.parts}


def test_each_part_of_the_reading_can_be_set_aside(library: Library) -> None:
    text = "What did Lee say to Rios about the harbour according to The Wire?"
    whole = query(text, library=library)
    assert parts(whole) == {"speaker": "Ann Lee", "addressee": "Luis Rios", "topic": "harbour", "outlet": "The Wire"}
    assert quotes(whole) == ["I will rebuild the harbour"]
    assert all(part.words in whole.understood for part in whole.parts)
    anybody = query(text, library=library, ignore={"addressee", "outlet"})
    assert quotes(anybody) == ["I will rebuild the harbour", "We will never sell the harbour"]
    assert parts(anybody) == {"speaker": "Ann Lee", "topic": "harbour"}
    everything = query(text, library=library, ignore={"addressee", "topic"})
    assert quotes(everything) == ["I will rebuild the harbour", "The strike is a mistake"]
    others = query("What did Lee say about the harbour?", library=library, ignore={"speaker"}, speaker="Rios")
    assert quotes(others) == ["Wages must rise in the harbour"]


def test_a_topic_from_the_caller_takes_the_place_of_the_one_read(library: Library) -> None:
    answer = query("What did Lee say about the harbour?", library=library, topic="the strike")
    assert quotes(answer) == ["The strike is a mistake"]
    assert parts(answer)["topic"] == "strike"


def test_the_act_asked_for_is_told_and_can_be_set_aside(library: Library) -> None:
    answer = query("What did Rios condemn?", library=library)
    assert parts(answer)["act"] == "condemn"
    assert len(answer.citations) == 1
    assert len(query("What did Rios condemn?", library=library, ignore={"act"}).citations) == 2


def test_a_name_from_the_caller_stands_for_a_pronoun(library: Library) -> None:
    assert query("What did she say about the strike?", library=library).reason == "unclear_question"
    answer = query("What did she say about the strike?", library=library, speaker="Lee")
    assert quotes(answer) == ["The strike is a mistake"]


def test_what_the_caller_demands_is_part_of_what_was_understood(library: Library) -> None:
    answer = query("What did Lee say?", library=library, outlet="evening post", since=date(2024, 6, 27), language="en")
    assert parts(answer) == {"speaker": "Ann Lee", "outlet": "evening post", "since": "2024-06-27", "language": "English"}
    # Two days that a caller demands are both meant.
    two = query("What did Lee say?", library=library, since=date(2024, 6, 27), until=date(2024, 6, 28))
    assert quotes(two) == ["We will never sell the harbour"]


def test_an_outlet_that_is_not_there_is_told(library: Library) -> None:
    answer = query("What did Lee say?", library=library, outlet="The Moon")
    assert (answer.reason, "The Moon" in answer.text) == ("not_in_articles", True)


def test_demands_that_cannot_be_met_are_typed_errors(library: Library) -> None:
    with pytest.raises(InputError, match="the parts of a question are speaker"):
        query("What did Lee say?", library=library, ignore={"colour"})  # type: ignore[arg-type]  # that it is none is what is tested
    with pytest.raises(InputError, match="the first day must come first"):
        query("What did Lee say?", library=library, since=date(2024, 7, 1), until=date(2024, 6, 1))
    with pytest.raises(InputError, match="no question to mend"):
        Conversation(library=library).mend()


def test_a_mended_question_leans_on_what_it_leaned_on_before(library: Library) -> None:
    thread = Conversation(library=library)
    thread.ask("What did Lee say about the strike?")
    assert quotes(thread.ask("And Rios?")) == ["the strike"]
    mended = thread.mend(ignore={"topic"})
    assert "topic" not in parts(mended)
    assert "Wages must rise in the harbour" in quotes(mended)
    # Both what was ignored and what is ignored now.
    again = thread.mend(ignore={"speaker"})
    assert len(again.citations) > len(mended.citations)


def test_an_answer_comes_line_by_line_and_then_whole(library: Library) -> None:
    *lines, answer = stream("Everything Lee said", library=library)
    assert isinstance(answer, Answer)
    assert "\n".join(map(str, lines)) == answer.text
    assert len(lines) > 2
    thread = Conversation(library=library)
    *lines, answer = thread.stream("What did Lee say about the strike?")
    assert lines == [getattr(answer, "text", None)]
    assert quotes(thread.ask("And Rios?")) == ["the strike"]


def test_a_day_without_a_year_is_of_the_latest_year_that_has_it(library: Library) -> None:
    answer = query("What did Lee say on 28 June?", library=library)
    assert quotes(answer) == ["We will never sell the harbour"]
    assert parts(answer) == {"speaker": "Ann Lee", "since": "2024-06-28", "until": "2024-06-29"}
    assert len(query("What did Lee say in June?", library=library).citations) == 3
    assert query("What did Lee say in March?", library=library).abstained
