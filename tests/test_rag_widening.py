"""What is given up of a question that nothing fits in all its parts, and what is not."""

from collections.abc import Iterator

import pytest

from index.attribution.extraction import attribute
from index.library import Library
from index.passages import split_passages
from index.records import Article
from rag import Answer, query

TEXT = (
    "Storm on the coast\n\nThe storm took three boats on Monday.\n\n"
    'Ann Lee said: "Never again will our islanders wait a week for a ferry."\n\n'
    'Per Moe said: "Stop the drilling at once." He also said that Ann Lee had sold the ferry in secret.\n\n'
    'Kari Berg said: "I have a headache."'
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("widening") / "library", create=True) as made:
        article = Article(
            id="a", path="a.txt", text=TEXT, language="en", outlet="The Wire", title="Storm on the coast", published=None
        )
        made.add(article, split_passages(article), attribute(TEXT, language="en", article_id="a"))
        yield made


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def test_words_may_promise_or_demand_without_a_verb_that_says_so(library: Library) -> None:
    assert "Never again" in quotes(query("What did Ann Lee promise?", library=library))[0]
    assert quotes(query("What did Per Moe demand?", library=library)) == ["Stop the drilling at once."]
    assert query("What did Kari Berg promise?", library=library).reason == "nothing_on_topic"
    assert query("What did Ann Lee apologise for?", library=library).reason == "nothing_on_topic"


def test_whom_it_was_said_to_may_stand_in_the_words(library: Library) -> None:
    assert "islanders" in quotes(query("What did Ann Lee promise the islanders?", library=library))[0]
    # Words to others are no words to somebody by name.
    assert query("What did Ann Lee say to Per Moe?", library=library).abstained


def test_to_tell_what_somebody_did_may_accuse(library: Library) -> None:
    answer = query("What did Per Moe accuse Ann Lee of?", library=library)
    assert any("Ann Lee had sold the ferry in secret" in quote for quote in quotes(answer))
    assert query("What did Per Moe accuse Kari Berg of?", library=library).abstained


def test_whatever_somebody_says_in_an_article_on_the_story_is_a_reaction_to_it(library: Library) -> None:
    assert quotes(query("How did Kari Berg react to the storm?", library=library)) == ["I have a headache."]
    assert query("How did Kari Berg react to the election?", library=library).abstained
