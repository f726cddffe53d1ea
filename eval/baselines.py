"""Other people's way, to be compared with: articles cut into chunks of fixed size, embedded, and the nearest shown.

What a LlamaIndex tutorial builds: `SentenceSplitter` with its defaults, one embedding, Chroma, top-k. The embedding is the
one that our own library uses, so that a difference between the two is none of the embedding's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

from index.embedding import Encoder, open_encoder
from index.records import Article, Span
from rag.answer import Answer, Citation

# Chroma takes 5,461 rows a call and raises beyond.
_LARGEST_BATCH = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A retrieved stretch of an article; `score` is the cosine that Chroma gave, mapped to (0, 1] by LlamaIndex."""

    article: str
    span: Span
    score: float


class PlainLlamaIndex:
    """Chunks of articles in a Chroma of their own, in memory; a context manager, since Chroma keeps them until told.

    Args:
        articles: All are cut and embedded at once, here.
        encoder: None for the library's default.
        k: How many chunks an answer cites.
    """

    name = "plain LlamaIndex"

    def __init__(self, articles: Sequence[Article], *, encoder: Encoder | None = None, k: int = 5) -> None:
        import chromadb
        from chromadb.config import Settings
        from llama_index.core import Document
        from llama_index.core.node_parser import SentenceSplitter
        from llama_index.core.schema import MetadataMode
        from llama_index.vector_stores.chroma import ChromaVectorStore

        self._encoder = open_encoder() if encoder is None else encoder
        self._articles = {article.id: article for article in articles}
        self.k = k
        self._client = chromadb.EphemeralClient(settings=Settings(anonymized_telemetry=False))
        self._collection_name = f"plain-{uuid4().hex}"
        collection = self._client.create_collection(
            self._collection_name, embedding_function=None, metadata={"hnsw:space": "cosine"}
        )
        self._store = ChromaVectorStore(chroma_collection=collection)
        documents = [Document(text=article.text, id_=article.id) for article in articles]
        nodes: list[Any] = SentenceSplitter().get_nodes_from_documents(documents)
        vectors = self._encoder.encode([node.get_content(metadata_mode=MetadataMode.EMBED) for node in nodes])
        self._spans: dict[str, tuple[str, Span]] = {}
        for node, vector in zip(nodes, vectors, strict=True):
            node.embedding = vector
            self._spans[node.node_id] = (str(node.ref_doc_id), Span(node.start_char_idx, node.end_char_idx))
        for at in range(0, len(nodes), _LARGEST_BATCH):
            self._store.add(nodes[at : at + _LARGEST_BATCH])

    @property
    def n_chunks(self) -> int:
        return len(self._spans)

    def retrieve(self, question: str, *, k: int) -> tuple[Chunk, ...]:
        """The `k` chunks nearest to a question, best first; fewer where there are no more."""
        from llama_index.core.vector_stores import VectorStoreQuery

        if not self._spans:
            return ()
        wanted = VectorStoreQuery(
            query_embedding=self._encoder.encode_question(question), similarity_top_k=min(k, len(self._spans))
        )
        found = self._store.query(wanted)
        scores = found.similarities or []
        pairs = sorted(zip(found.ids or [], scores, strict=True), key=lambda pair: (-pair[1], pair[0]))
        return tuple(
            Chunk(article=self._spans[key][0], span=self._spans[key][1], score=min(1.0, max(0.0, float(score))))
            for key, score in pairs
        )

    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        """The chunks nearest to the last question as an answer: it shows text, and names nobody; it never refuses."""
        chunks = self.retrieve(turns[-1], k=self.k)
        citations = tuple(self._cite(chunk, n) for n, chunk in enumerate(chunks, start=1))
        text = "\n".join(f"{' '.join(citation.quote.split())} [{citation.n}]" for citation in citations)
        return Answer(question=turns[-1], language="en", text=text, citations=citations).to_dict()

    def _cite(self, chunk: Chunk, n: int) -> Citation:
        article = self._articles[chunk.article]
        return Citation(
            n=n,
            article=article.id,
            path=article.path,
            outlet=article.outlet,
            title=article.title,
            url=article.url,
            published=article.published.isoformat() if article.published else None,
            language=article.language,
            spans=(chunk.span,),
            quote=chunk.span.of(article.text),
            kind="passage",
            score=chunk.score,
        )

    def close(self) -> None:
        """Let go of the vectors."""
        self._client.delete_collection(self._collection_name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()
