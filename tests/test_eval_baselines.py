"""The plain pipeline retrieves chunks of the articles as they stand, nearest first, and never refuses."""

from collections.abc import Sequence

from eval.baselines import PlainLlamaIndex
from eval.observed import read_answer
from index.records import Article


class Letters:
    """An encoder without a model: how often a text has each of a few words."""

    name = "letters"
    words = ("harbour", "budget", "school")

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        return [[1.0 + 9 * text.lower().count(word) for word in self.words] for text in texts]

    def encode_question(self, text: str) -> list[float]:
        return self.encode([text])[0]


ARTICLES = (
    Article(id="a", text="“The harbour is closed,” said Ann Lee. The harbour opens again in May.", language="en"),
    Article(id="b", text="“No money for the budget,” said Luis Ríos.\n\nThe budget is late.", language="en"),
)


def test_the_nearest_chunk_comes_first_and_slices_back_to_its_article() -> None:
    with PlainLlamaIndex(ARTICLES, encoder=Letters()) as plain:
        assert plain.n_chunks == 2
        chunks = plain.retrieve("What about the budget?", k=5)
        assert [chunk.article for chunk in chunks] == ["b", "a"]
        assert chunks[0].span.of(ARTICLES[1].text) == ARTICLES[1].text
        assert chunks[0].score >= chunks[1].score
        assert plain.retrieve("What about the budget?", k=1) == chunks[:1]


def test_a_long_article_is_cut_at_the_defaults() -> None:
    sentence = "The harbour master said that the school would open its doors in the morning again. "
    long = Article(id="long", text=sentence * 200, language="en")
    with PlainLlamaIndex([long], encoder=Letters()) as plain:
        # 200 sentences of some 17 tokens, in chunks of 1,024 with 200 shared: 4 or 5
        assert 4 <= plain.n_chunks <= 5
        for chunk in plain.retrieve("harbour", k=5):
            assert chunk.span.of(long.text).startswith("The harbour")


def test_its_answer_is_the_json_that_is_judged() -> None:
    with PlainLlamaIndex(ARTICLES, encoder=Letters(), k=1) as plain:
        answer = read_answer(plain.ask(["Who?", "What did Lee say about the harbour?"]))
    assert (answer.abstained, len(answer.citations)) == (False, 1)
    assert answer.citations[0].quote == ARTICLES[0].text
    assert answer.citations[0].spans == ((0, len(ARTICLES[0].text)),)
    assert answer.citations[0].speaker is None


def test_two_stand_side_by_side_and_none_may_be_empty() -> None:
    with PlainLlamaIndex(ARTICLES[:1], encoder=Letters()) as one, PlainLlamaIndex((), encoder=Letters()) as none:
        assert [chunk.article for chunk in one.retrieve("budget", k=5)] == ["a"]
        assert none.retrieve("budget", k=5) == ()
