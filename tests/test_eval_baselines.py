"""The plain pipeline retrieves chunks of the articles as they stand, nearest first, and never refuses."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.baselines import CitingLlamaIndex, PlainLlamaIndex
from eval.corpus import Corpus
from eval.observed import read_answer
from eval.opening import open_systems
from eval.systems import build_library
from index.errors import InputError
from index.library import Library
from index.records import Article
from rag.wording import Wording
from tests.serving import completion, serving


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


def engine(url: str, plain: PlainLlamaIndex) -> CitingLlamaIndex:
    return CitingLlamaIndex(plain, Wording(base_url=f"{url}/v1", model="m"))


def test_the_citation_engine_cites_what_its_markers_point_at() -> None:
    said = "The budget is late [1]."
    with PlainLlamaIndex(ARTICLES, encoder=Letters()) as plain, serving(lambda path, body: completion(said)) as (url, seen):
        answer = read_answer(engine(url, plain).ask(["Before?", "What about the budget?"]))
    assert (answer.text, answer.abstained) == (said, False)
    assert [(citation.n, citation.article, citation.quote) for citation in answer.citations] == [(1, "b", ARTICLES[1].text)]
    # Both chunks were retrieved, the nearer one first; only the first was cited.
    assert [place.article for place in answer.ranked] == ["b", "a"]
    assert answer.usage.tokens == 10  # 7 read and 3 written, as the service says
    assert seen[0][0] == "/v1/chat/completions"
    assert "Query: What about the budget?" in seen[0][1]["messages"][-1]["content"]


def test_the_citation_engine_refuses_where_its_model_does() -> None:
    with PlainLlamaIndex(ARTICLES, encoder=Letters()) as plain:
        with serving(lambda path, body: completion("None of the sources are helpful.")) as (url, _):
            refused = read_answer(engine(url, plain).ask(["Who?"]))
        with serving(lambda path, body: (500, {"error": "busy"})) as (url, _), pytest.raises(Exception, match="busy"):
            engine(url, plain).ask(["Who?"])
    assert (refused.abstained, refused.reason, refused.citations) == (True, "not_in_articles", ())


def test_systems_are_opened_by_name(tmp_path: Path) -> None:
    corpus = Corpus(articles={article.id: article for article in ARTICLES})
    model = {"WHOSAID_LLM_BASE_URL": "http://127.0.0.1:9/v1", "WHOSAID_LLM_MODEL": "m"}
    (tmp_path / "m.toml").write_text(
        'name = "theirs"\nurl = "http://127.0.0.1:9/"\n[request]\nq = "{question}"\n[response]\ntext = "t"\n', encoding="utf-8"
    )
    (tmp_path / "a.txt").write_text(ARTICLES[0].text, encoding="utf-8")
    build_library(tmp_path / "a.txt", tmp_path / "library")
    names = ["whosaid", "whosaid-llm", "citation-engine", "plain", f"http:{tmp_path / 'm.toml'}"]
    with Library(tmp_path / "library") as library, open_systems(names, corpus, library, environ=model) as systems:
        assert [system.name for system in systems] == [
            "whosaid", "whosaid with m", "citation engine with m", "plain LlamaIndex", "theirs",
        ]  # fmt: skip
    with pytest.raises(InputError, match="--system dog is unknown; give whosaid, "), open_systems(["dog"], corpus, None):
        pass
    with pytest.raises(InputError, match="needs a language model"), open_systems(["citation-engine"], corpus, None, environ={}):
        pass
