"""Other people's ways, to be compared with: articles cut into chunks of fixed size, embedded, and the nearest shown or told.

What a LlamaIndex tutorial builds: `SentenceSplitter` with its defaults, one embedding, Chroma, top-k. The embedding is the
one that our own library uses, so that a difference between the two is none of the embedding's. `CitingLlamaIndex` lets a
language model tell what the chunks say, with markers, as LlamaIndex's `CitationQueryEngine` does it.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

from index.embedding import Encoder, open_encoder
from index.errors import InputError
from index.records import Article, Span
from rag.answer import Answer, Citation
from rag.wording import Wording

if TYPE_CHECKING:
    from llama_index.core.schema import NodeWithScore

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
        try:
            nodes: list[Any] = SentenceSplitter().get_nodes_from_documents(documents)
        except PermissionError as error:
            # nltk opens no data file with a second name, and some installers link files out of their cache.
            raise InputError(
                f"the data of LlamaIndex's sentence splitter cannot be read ({error}); install llama-index-core as a copy "
                "(uv: --link-mode=copy)"
            ) from error
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
        citations = tuple(
            cite_passage(self.article(chunk.article), chunk.span, n=n, score=chunk.score)
            for n, chunk in enumerate(chunks, start=1)
        )
        text = "\n".join(f"{' '.join(citation.quote.split())} [{citation.n}]" for citation in citations)
        answer = Answer(question=turns[-1], language="en", text=text, citations=citations)
        return answer.to_dict() | {"usage": {"prompt_tokens": 0, "completion_tokens": 0}}

    def article(self, key: str) -> Article:
        """The article of that id."""
        return self._articles[key]

    def close(self) -> None:
        """Let go of the vectors."""
        self._client.delete_collection(self._collection_name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None) -> None:
        self.close()


def cite_passage(article: Article, span: Span, *, n: int, score: float) -> Citation:
    """A stretch of an article as a citation that names nobody."""
    return Citation(
        n=n,
        article=article.id,
        path=article.path,
        outlet=article.outlet,
        title=article.title,
        url=article.url,
        published=article.published.isoformat() if article.published else None,
        language=article.language,
        spans=(span,),
        quote=span.of(article.text),
        kind="passage",
        score=score,
    )


# How language models say that the sources hold no answer; anything else counts as an answer.
REFUSALS = (
    "none of the sources", "none of the provided sources", "sources do not", "sources don't", "not mentioned in the",
    "no information", "cannot answer", "can't answer", "unable to answer", "not provided in the", "does not contain",
    "do not contain", "i don't know", "i do not know",
)  # fmt: skip


def is_refusal(text: str, phrases: Sequence[str] = REFUSALS) -> bool:
    """Whether a text says that there is no answer: it has one of the phrases, and no marker that cites anything.

    >>> is_refusal("None of the sources tell."), is_refusal("No information on rates, but Lee will go [1].")
    (True, False)
    """
    plain = " ".join(text.casefold().replace("’", "'").split())
    return not re.search(r"\[\d+\]", text) and any(phrase.casefold() in plain for phrase in phrases)


class CitingLlamaIndex:
    """LlamaIndex's `CitationQueryEngine` over the same chunks, with any model that speaks the OpenAI protocol.

    Args:
        plain: Retrieves; stays open.
        wording: Address, name and key of the model.
        refusals: What its text has where it finds no answer.
    """

    def __init__(self, plain: PlainLlamaIndex, wording: Wording, *, refusals: Sequence[str] = REFUSALS) -> None:
        from llama_index.core.base.base_retriever import BaseRetriever
        from llama_index.core.callbacks import CallbackManager, TokenCountingHandler
        from llama_index.core.query_engine import CitationQueryEngine
        from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
        from llama_index.core.utils import get_tokenizer
        from llama_index.llms.openai_like import OpenAILike

        self.name = f"citation engine with {wording.model}"

        class Chunks(BaseRetriever):
            def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
                return [
                    NodeWithScore(
                        node=TextNode(
                            text=chunk.span.of(plain.article(chunk.article).text),
                            metadata={"article": chunk.article, "start": chunk.span.start, "end": chunk.span.end},
                        ),
                        score=chunk.score,
                    )
                    for chunk in plain.retrieve(query_bundle.query_str, k=plain.k)
                ]

        self._plain = plain
        self._refusals = tuple(refusals)
        self._counter = TokenCountingHandler(tokenizer=get_tokenizer())
        callbacks = CallbackManager([self._counter])
        model = OpenAILike(
            model=wording.model,
            api_base=wording.base_url,
            api_key=wording.api_key or "none",
            is_chat_model=True,
            context_window=wording.context_window,
            max_tokens=wording.most_tokens,
            timeout=wording.limits.whole,
            max_retries=0,
            temperature=0.0,
            callback_manager=callbacks,
        )
        self._engine = CitationQueryEngine(retriever=Chunks(), llm=model, callback_manager=callbacks)

    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        """What the model tells of the chunks nearest to the last question; it does not see the ones before."""
        self._counter.reset_counts()
        response = self._engine.query(turns[-1])
        text = str(response).strip()
        sources = [found for node in response.source_nodes if (found := self._find(node)) is not None]
        citations = [cite_passage(article, span, n=n, score=score) for n, (article, span, score) in enumerate(sources, start=1)]
        cited = {int(number) for number in re.findall(r"\[(\d{1,4})\]", text)}
        refused = not citations or is_refusal(text, self._refusals)
        shown = () if refused else tuple(citation for citation in citations if citation.n in cited)
        answer = Answer(
            question=turns[-1],
            language="en",
            text=text,
            abstained=refused,
            reason="not_in_articles" if refused else None,
            citations=shown,
        )
        return answer.to_dict() | {
            "retrieved": [{"article": article.id, "spans": [list(span)], "score": score} for article, span, score in sources],
            "usage": {
                "prompt_tokens": self._counter.prompt_llm_token_count,
                "completion_tokens": self._counter.completion_llm_token_count,
            },
        }

    def _find(self, found: "NodeWithScore") -> tuple[Article, Span, float] | None:
        """The place of a source that the engine cut out of a chunk; None where it changed the words."""
        from llama_index.core.schema import MetadataMode

        metadata = found.node.metadata
        article = self._plain.article(str(metadata["article"]))
        words = found.node.get_content(metadata_mode=MetadataMode.NONE).split("\n", 1)[1].strip()
        at = article.text.find(words, int(metadata["start"]), int(metadata["end"]))
        score = min(1.0, max(0.0, float(found.score or 0.0)))
        return (article, Span(at, at + len(words)), score) if words and at >= 0 else None
