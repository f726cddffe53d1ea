"""Sockets for LlamaIndex: the library's statements as a retriever, and its cited answers as a query engine.

For programs that have a LlamaIndex pipeline already; nothing here is needed to ask. Importing this module imports
llama-index-core, so nothing else here imports it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import MetadataMode, NodeRelationship, NodeWithScore, QueryBundle, RelatedNodeInfo, TextNode

from index.library import Library
from rag.answer import Answer, Citation
from rag.contract import article_facts
from rag.conversation import resolve
from rag.query import query
from rag.question import understand
from rag.search import find
from rag.witnesses import Evidence
from rag.wording import Wording

# What a reader of a node is told beside its words; the rest is for programs.
_TOLD = ("speaker", "addressee", "outlet", "published", "kind", "reported_by")


class StatementRetriever(BaseRetriever):
    """The statements that answer a question, each a node whose text is what was said, word for word.

    A node's metadata has the speaker, addressee, outlet, day, kind, act and cue, and the spans of its words in the article's
    text; its source is the article. A question that no statement answers gets the passages that do, or no node: never the
    next best ones.

    Args:
        library: Its folder, or an open `Library`, which stays open.
        k: The most nodes to return.
    """

    def __init__(self, library: str | Path | Library = "library", *, k: int = 10, **settings: Any) -> None:
        super().__init__(**settings)
        self._library = library
        self._k = k

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        with _opened(self._library) as library:
            question = resolve(understand(query_bundle.query_str, people=library.people()), None)
            if question.unclear:
                return []
            if question.wanted not in ("fact", "who_is") and (found := find(question, library)).evidence:
                return [_statement_node(item) for item in found.evidence[: self._k]]
            answer = query(query_bundle.query_str, library=library)
            return [] if answer.abstained else _nodes(answer)[: self._k]


class StatementQueryEngine(CustomQueryEngine):
    """`rag.query.query` as a query engine: the response is the answer's text, its source nodes are the citations, in order.

    `Response.metadata` has the whole answer as JSON has it, under "answer", and its notices. A refusal is a response
    without source nodes, with the reason in its metadata.

    Args:
        library: Its folder, or an open `Library`.
        wording: A `rag.wording.Wording`, for a language model that words the answers; none by default.
    """

    library: Any = "library"
    wording: Wording | None = None

    def custom_query(self, query_str: str) -> Response:
        answer = query(query_str, library=self.library, wording=self.wording)
        metadata = {"answer": answer.to_dict(), "notices": list(answer.notices), "understood": answer.understood}
        return Response(response=answer.text, source_nodes=[] if answer.abstained else _nodes(answer), metadata=metadata)


@contextmanager
def _opened(library: str | Path | Library) -> Iterator[Library]:
    if isinstance(library, Library):
        yield library
        return
    with Library(library) as opened:
        yield opened


def _nodes(answer: Answer) -> list[NodeWithScore]:
    cited = zip(answer.statements, answer.citations, strict=True)
    return [_citation_node(identifier, citation) for identifier, citation in cited]


def _citation_node(identifier: str, citation: Citation) -> NodeWithScore:
    metadata: dict[str, Any] = dict(citation.to_dict())
    score = metadata.pop("score")
    return _node(identifier, metadata.pop("quote"), metadata, article=citation.article, score=score)


def _statement_node(evidence: Evidence) -> NodeWithScore:
    statement, article = evidence.statement, evidence.article
    to = statement.addressee
    metadata: dict[str, Any] = {
        "article": article.id,
        **article_facts(article),
        "kind": statement.kind,
        "speaker": statement.speaker.name if statement.speaker else None,
        "mention": " ".join(span.of(article.text) for span in statement.source) or None,
        "addressee": to.person.name if to and to.person else to.span.of(article.text) if to and to.span else None,
        "cue": " ".join(span.of(article.text) for span in statement.cue) or None,
        "act": statement.act,
        "medium": statement.medium,
        "reported_by": statement.reported_by,
        "spans": [[span.start, span.end] for span in statement.content],
    }
    return _node(statement.id, evidence.words, metadata, article=article.id, score=evidence.score)


def _node(identifier: str, words: str, metadata: dict[str, Any], *, article: str, score: float) -> NodeWithScore:
    node = TextNode(
        id_=identifier,
        text=words,
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=[key for key in metadata if key not in _TOLD or metadata[key] is None],
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article)},
    )
    return NodeWithScore(node=node, score=score)


def words_of(node: NodeWithScore) -> str:
    """What was said, without the metadata that LlamaIndex may put before it."""
    return str(node.node.get_content(metadata_mode=MetadataMode.NONE))
