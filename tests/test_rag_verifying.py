"""Claims told without quotation marks: what is told in them must be there, whatever the language and the very words."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from index.attribution.extraction import attribute
from index.library import Filters, Library
from index.passages import split_passages
from index.records import Article
from rag import Answer
from rag.claiming import asks_of_matter, does_act, with_told_act
from rag.question import Question, understand
from rag.verifying import judge_question
from rag.witnesses import Evidence

ENGLISH = """Ferry company drops the night boat

General Piotr Malik, the harbour commander, said that "for now" he recognises Ana Duarte as head of the port.

"The town is facing a flood. We have 40 boats," said Mayor Ana Duarte on Monday.

Bishop Jonas Falk said that the mayor had accepted the bridge as a gift.

Minister Rita Holm said that the general was lying about the ferry.

Minister Rita Holm denied that the bishop had sold the bridge.

"The country is facing an attempted coup," Duarte said.

"The port condemns the strike. We support the bishop," said Malik.

"We will never close the school," Duarte told reporters. "The price of bread is too high," she added.

Before he was arrested, Malik claimed that the order to close the harbour came from the bishop.
"""
NORWEGIAN = """Ordføreren advarer

– Fabrikken må stenge i 2027, sa fylkesmann Liv Aasen.

Fylkesmann Liv Aasen sa at Malik lyver om ferga.
"""
SPANISH = """El puerto sigue abierto

«El hospital necesita 12 médicos», dijo la ministra Carmen Soler.

«No vamos a cerrar el hospital», dijo Soler a los periodistas.
"""
GERMAN = """Der Hafen bleibt offen

„Die Schule braucht ein neues Dach“, sagte Minister Karl Brandt.
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("claims") / "library", create=True) as made:
        for language, text in (("en", ENGLISH), ("nb", NORWEGIAN), ("es", SPANISH), ("de", GERMAN)):
            article = article_of(text, language)
            made.add(article, split_passages(article), attribute(text, language=language, article_id=language))
        yield made


def article_of(text: str, language: str) -> Article:
    return Article(id=language, text=text, language=language, outlet=None, published=None, path=f"{language}.txt", title=None)


def judge(text: str, library: Library) -> Answer:
    """The verdict on a question that is read as one for a verdict, as not all of them are in every language."""
    question = understand(text, people=library.people(), outlets=library.outlets())
    return judge_question(replace(question, wanted="whether"), library, Filters())


@pytest.mark.parametrize(
    "question",
    [
        "Does Malik recognise Duarte as head of the port?",
        "Is it on record whether General Malik recognised Ms Duarte as head of the port, and if so, with what proviso?",
        "Did Duarte say that the town is facing a flood?",
        "Hat Duarte behauptet, das Land erlebe gerade einen Putschversuch?",
        "Did Holm say that Malik is lying?",
        "Har Holm sagt at Malik lyver?",
        "Did Aasen say that Malik is lying?",
        "Did Holm say that the bishop did not sell the bridge?",
        "Did Duarte say that they will never close the school?",
        "Did Malik claim that the order to close the harbour came from the bishop?",
        "Sa Aasen at fabrikken må stenge i 2027?",
        "¿Dijo Soler que el hospital necesita 12 médicos?",
        "Hat Brandt gesagt, dass die Schule ein neues Dach braucht?",
    ],
)
def test_a_claim_that_was_made_is_supported(question: str, library: Library) -> None:
    answer = judge(question, library)
    assert answer.verdict == "supported", answer.text
    assert answer.citations


@pytest.mark.parametrize(
    "question",
    [
        # Another one than the speaker does it, or it is not done.
        "Does Falk accept the bridge as a gift?",
        "Does Holm recognise Duarte as head of the port?",
        "Does Malik not recognise Duarte as head of the port?",
        # Another number, another name, another person, another act.
        "Did Duarte say that they have 50 boats?",
        "Did Aasen say that the factory must close in 2028?",
        "¿Dijo Soler que el hospital necesita 15 médicos?",
        "Did Holm say that Falk is lying?",
        "Har Holm sagt at Duarte lyver?",
        "Did Aasen say that Soler is lying?",
        "Hat Duarte behauptet, das Land Norwegen erlebe gerade einen Putschversuch?",
        "Hat Duarte behauptet, das Land erlebe gerade keinen Putschversuch?",
        "Hat Duarte behauptet, das Land erlebe gerade drei Putschversuche?",
        "Hat Brandt behauptet, die Schule brauche gerade ein neues Schwimmbad?",
        "Did Brandt demand a new roof for the harbour?",
        # Words of two sentences.
        "Did Malik say that the port supports the strike?",
        # What is denied was not said; what is denied of a negation was.
        "Did Holm say that the bishop sold the bridge?",
        "Did Holm say that Malik is not lying?",
        "Did Duarte say that they will close the school?",
        "¿Dijo Soler que van a cerrar el hospital?",
        "Sa Aasen at fabrikken ikke må stenge i 2027?",
        # A word that no article has, in the language of the statement.
        "Did Duarte say that the town is facing a famine?",
        "Did Malik claim that the order to close the harbour came from Lisbon?",
    ],
)
def test_a_claim_that_was_not_made_is_not_supported(question: str, library: Library) -> None:
    assert judge(question, library).verdict != "supported"


def test_the_closest_is_told_from_half_of_the_words_on(library: Library) -> None:
    answer = judge("Did Duarte say that the town is facing a famine?", library)
    assert answer.verdict == "not_found"
    assert "Closest is" in answer.text
    assert "flood" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "Did Duarte say anything about the price of lithium?",
        "¿Dijo Soler algo sobre el precio del litio?",
        "Sa Aasen noe om litium?",
        "Hat Brandt etwas über Lithium gesagt?",
    ],
)
def test_nothing_said_on_a_matter_is_a_refusal(question: str, library: Library) -> None:
    answer = judge(question, library)
    assert (answer.abstained, answer.reason, answer.verdict) == (True, "nothing_on_topic", None), answer.text


@pytest.mark.parametrize(
    ("question", "word"),
    [
        ("Did Duarte say anything about the price of bread in the town?", "bread"),
        ("¿Dijo Soler algo sobre los médicos?", "médicos"),
        ("Sa Aasen noe om fabrikken?", "Fabrikken"),
        ("Hat Brandt etwas über die Schule gesagt?", "Schule"),
    ],
)
def test_something_said_on_a_matter_is_a_yes_with_the_words(question: str, word: str, library: Library) -> None:
    answer = judge(question, library)
    assert answer.verdict == "supported", answer.text
    assert word in answer.text


@pytest.mark.parametrize(
    ("language", "text", "is_done"),
    [
        ("en", "Falk said that he still recognises Holm.", True),
        ("en", "Falk said that Malik recognises Holm.", False),
        ("en", "Falk said that he refuses to recognise Holm.", False),
        ("en", "Falk said that he might recognise Holm.", False),
        ("nb", "Falk sa at han nå anerkjenner Holm.", True),
        ("nb", "Falk sa at Malik anerkjenner Holm.", False),
        ("es", "Falk dijo que por ahora reconoce a Holm.", True),
        ("es", "Falk dijo que Malik reconoce a Holm.", False),
    ],
)
def test_an_act_is_told_only_where_the_speaker_does_it(language: str, text: str, *, is_done: bool) -> None:
    (statement, *_) = attribute(text, language=language, article_id=language).statements
    assert does_act(Evidence(statement=statement, article=article_of(text, language)), {"admit"}) is is_done


def test_an_act_in_the_clause_is_one_of_its_words() -> None:
    told = with_told_act(
        Question(text="Har Holm sagt at Malik lyver?", language="nb", topic=("Malik",), acts=frozenset({"deny"}))
    )
    assert (told.topic, told.acts) == (("Malik", "lyver"), frozenset())
    asked = Question(text="Did Holm deny that Malik lies?", language="en", topic=("Malik", "lies"), acts=frozenset({"deny"}))
    assert with_told_act(asked) == asked


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Did Lee say that anything about fish is dear?", "en"),
        ("Sa Lee at alt om fisk er dyrt?", "nb"),
        ("¿Dijo Lee que todo sobre el pescado es caro?", "es"),
    ],
)
def test_a_clause_is_no_matter(text: str, language: str) -> None:
    assert not asks_of_matter(Question(text=text, language=language, topic=("fish",)))
