"""Statements and answers as LlamaIndex takes them, and the example that shows it."""

import importlib.util
from datetime import date
from pathlib import Path

import pytest
from llama_index.core.base.response.schema import Response
from llama_index.core.llms.mock import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import CompactAndRefine
from llama_index.core.schema import MetadataMode

from index.library import Library
from index.passages import split_passages
from index.records import Article, Person, Span, Statement
from rag.llamaindex import StatementQueryEngine, StatementRetriever, words_of

LEE = Person(id="ann-lee", name="Ann Lee", gender="female")
RIOS = Person(id="luis-rios", name="Luis Ríos", gender="male")
TEXT = "“The bridge stays shut,” said Ann Lee. “We need it,” Luis Ríos replied. The bridge is 90 metres long."
ARTICLE = Article(id="a", text=TEXT, language="en", outlet="Daily Example", published=date(2024, 5, 1), path="a.txt")


def said(key: str, words: str, speaker: Person) -> Statement:
    span = Span(TEXT.index(words), TEXT.index(words) + len(words))
    source = Span(TEXT.index(speaker.name), TEXT.index(speaker.name) + len(speaker.name))
    return Statement(
        id=key, article_id="a", content=(span,), source=(source,), speaker=speaker, kind="direct", quoted=(span,), language="en"
    )


class Found:
    statements = (said("a-1", "The bridge stays shut,", LEE), said("a-2", "We need it,", RIOS))
    people = (LEE, RIOS)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("llamaindex") / "library"
    with Library(path, write=True, create=True) as library:
        library.add(ARTICLE, split_passages(ARTICLE), Found())
    return path


def test_a_node_is_a_statement_with_its_speaker_and_its_place(folder: Path) -> None:
    (found,) = StatementRetriever(folder).retrieve("What did Ann Lee say?")
    assert words_of(found) == "The bridge stays shut,"
    assert found.node.metadata["speaker"] == "Ann Lee"
    assert [TEXT[start:end] for start, end in found.node.metadata["spans"]] == ["The bridge stays shut,"]
    article = found.node.source_node
    assert article is not None
    assert article.node_id == "a"
    assert found.score is not None
    assert 0 < found.score <= 1


def test_a_model_that_reads_the_node_is_told_who_said_it(folder: Path) -> None:
    (found,) = StatementRetriever(folder).retrieve("What did Ann Lee say?")
    told = found.node.get_content(metadata_mode=MetadataMode.LLM)
    assert "speaker: Ann Lee" in told
    assert "path" not in told


def test_the_retriever_returns_at_most_k_and_never_the_next_best(folder: Path) -> None:
    assert len(StatementRetriever(folder, k=1).retrieve("Who spoke about the bridge?")) <= 1
    assert StatementRetriever(folder).retrieve("What did Angela Merkel say?") == []
    assert StatementRetriever(folder).retrieve("?!") == []


def test_an_open_library_stays_open(folder: Path) -> None:
    with Library(folder) as library:
        StatementRetriever(library).retrieve("What did Ann Lee say?")
        assert library.counts.articles == 1


def test_the_engine_answers_with_citations_as_source_nodes(folder: Path) -> None:
    response = StatementQueryEngine(library=folder).query("What did Luis Ríos say?")
    assert isinstance(response, Response)
    assert "“We need it" in str(response)
    assert [words_of(node) for node in response.source_nodes] == ["We need it,"]
    assert response.metadata is not None
    assert response.metadata["answer"]["citations"][0]["speaker"] == "Luis Ríos"


def test_a_refusal_has_no_source_nodes_and_its_reason(folder: Path) -> None:
    response = StatementQueryEngine(library=folder).query("What did Angela Merkel say?")
    assert isinstance(response, Response)
    assert response.source_nodes == []
    assert response.metadata is not None
    assert response.metadata["answer"]["reason"] == "no_such_speaker"


def test_the_retriever_fits_into_a_pipeline_of_llamaindex(folder: Path) -> None:
    synthesizer = CompactAndRefine(llm=MockLLM())
    engine = RetrieverQueryEngine(StatementRetriever(folder), response_synthesizer=synthesizer)
    response = engine.query("What did Ann Lee say?")
    assert [words_of(node) for node in response.source_nodes] == ["The bridge stays shut,"]


def test_the_example_runs_on_the_sample_articles(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(__file__).resolve().parents[1] / "examples" / "llamaindex_engine.py"
    spec = importlib.util.spec_from_file_location("llamaindex_engine", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main([])
    out = capsys.readouterr().out
    assert "I am your captain" in out
    assert "[1] " in out
    assert "Retrieved: nothing" in out
