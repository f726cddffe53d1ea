"""Vectors of statements and passages in Chroma, through LlamaIndex; the only module that knows Chroma.

Nothing here is the truth: all of it can be made again from the library's database.
"""

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from filelock import FileLock, Timeout

from index.errors import InputError, VectorsError

if TYPE_CHECKING:
    from llama_index.vector_stores.chroma import ChromaVectorStore

VectorKind = Literal["statements", "passages"]
VECTOR_KINDS: tuple[VectorKind, ...] = ("statements", "passages")
# Chroma takes 5,461 rows a call and raises beyond; LlamaIndex's own batches are of 41,665.
_LARGEST_BATCH = 5_000
# How many of its neighbours a search looks at: Chroma's default of 100 finds less than 0.8 of the nearest among some
# thousands.
_SEARCH_EF = 300
_LOCK_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class VectorItem:
    """A text to be found by meaning. `metadata` holds text and numbers only; a day is the integer 20240627."""

    id: str
    article_id: str
    text: str
    metadata: Mapping[str, str | int]


class ChromaVectors:
    """One library's vectors: in a folder, or on a server.

    In a folder only one process may have Chroma open at a time, so each call holds a short lock, and a process whose
    view is older than the last write opens the folder anew (two processes that keep one folder open corrupt it).

    Args:
        folder: Where Chroma keeps its files; not made before the first write.
        server: `http://host:port` of a Chroma server, used instead of the folder.
        library_id: Tells apart the libraries that share a server.
    """

    def __init__(self, folder: Path, *, library_id: str, server: str | None = None) -> None:
        self._folder = folder
        self._server = None if server is None else _address(server)
        self._name = library_id
        self._lock = FileLock(folder.with_name("vectors.lock"), timeout=_LOCK_SECONDS, thread_local=False)
        self._generation_file = folder.with_name("vectors.generation")
        self._client: Any = None
        self._generation: str | None = None

    @property
    def place(self) -> str:
        """Where the vectors are, for messages."""
        return str(self._folder) if self._server is None else f"the Chroma server {self._server[1]}:{self._server[2]}"

    def stamp(self) -> str | None:
        """What was given to `reset` when these vectors were begun; None where there are none yet."""
        if self._server is None and not self._folder.is_dir():
            return None
        with self._open() as client:
            stamps = {self._collection_stamp(client, kind) for kind in VECTOR_KINDS}
        return stamps.pop() if len(stamps) == 1 else None

    def reset(self, stamp: str) -> None:
        """Throw all vectors of the library away and begin anew."""
        with self._open(write=True) as client:
            for kind in VECTOR_KINDS:
                if self._collection_stamp(client, kind, default="") is not None:
                    client.delete_collection(self._collection_name(kind))
                client.create_collection(
                    self._collection_name(kind),
                    # Else Chroma would fetch a model of its own.
                    embedding_function=None,
                    metadata={"hnsw:space": "cosine", "hnsw:search_ef": _SEARCH_EF, "stamp": stamp},
                )

    def write(self, kind: VectorKind, items: Sequence[VectorItem], vectors: Sequence[Sequence[float]]) -> None:
        """Store the items, in place of any of the same ids."""
        from llama_index.core.schema import BaseNode, NodeRelationship, RelatedNodeInfo, TextNode

        nodes: list[BaseNode] = [
            TextNode(
                id_=item.id,
                text=item.text,
                embedding=list(vector),
                metadata=dict(item.metadata),
                relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=item.article_id)},
            )
            for item, vector in zip(items, vectors, strict=True)
        ]
        with self._open(write=True) as client:
            store = self._store(client, kind)
            for start in range(0, len(nodes), _LARGEST_BATCH):
                batch = nodes[start : start + _LARGEST_BATCH]
                # Adding an id that is there already silently keeps the old text.
                store.delete_nodes([node.node_id for node in batch])
                store.add(batch)

    def delete(self, kind: VectorKind, ids: Sequence[str]) -> None:
        """Remove the vectors of these ids; unknown ids do not matter."""
        if not ids:
            return
        with self._open(write=True) as client:
            store = self._store(client, kind)
            for start in range(0, len(ids), _LARGEST_BATCH):
                store.delete_nodes(list(ids[start : start + _LARGEST_BATCH]))

    def count(self, kind: VectorKind) -> int:
        """How many vectors of the kind are stored."""
        with self._open() as client:
            return int(self._store(client, kind).client.count())

    def near(
        self, kind: VectorKind, vector: Sequence[float], *, limit: int, among: Collection[str] | None = None
    ) -> list[tuple[str, float]]:
        """The nearest ids with their cosine in [-1, 1], best first.

        Args:
            among: Only these ids; None for all.
        """
        from llama_index.core.vector_stores.types import VectorStoreQuery

        if limit < 1 or (among is not None and not among):
            return []
        query = VectorStoreQuery(query_embedding=list(vector), similarity_top_k=limit)
        with self._open() as client:
            store = self._store(client, kind)
            if among is None:
                result = store.query(query)
            else:
                # Chroma fails on ids that it does not have, as when a writer has just removed them.
                ids = [
                    found
                    for start in range(0, len(among), _LARGEST_BATCH)
                    for found in store.client.get(ids=list(among)[start : start + _LARGEST_BATCH], include=[])["ids"]
                ]
                if not ids:
                    return []
                result = store.query(query, ids=ids)
        # LlamaIndex turns Chroma's cosine distance d into exp(-d).
        cosines = (1 + math.log(max(similarity, 1e-9)) for similarity in result.similarities or ())
        return list(zip(result.ids or (), cosines, strict=True))

    def close(self) -> None:
        """Let go of Chroma."""
        if self._client is None:
            return
        self._client.close()
        if self._server is not None:
            # Chroma 1.5 leaves its connections to the server open, also those of the client inside the client.
            with suppress(AttributeError):
                for client in (self._client, self._client._admin_client):
                    client._server._session.close()
        self._client = None

    def _collection_name(self, kind: VectorKind) -> str:
        return f"whosaid-{self._name}-{kind}"

    def _collection_stamp(self, client: Any, kind: VectorKind, *, default: str | None = None) -> str | None:
        from chromadb.errors import NotFoundError

        try:
            collection = client.get_collection(self._collection_name(kind), embedding_function=None)
        except NotFoundError:
            return None
        stamp = (collection.metadata or {}).get("stamp", default)
        return None if stamp is None else str(stamp)

    def _store(self, client: Any, kind: VectorKind) -> "ChromaVectorStore":
        from llama_index.vector_stores.chroma import ChromaVectorStore

        collection = client.get_collection(self._collection_name(kind), embedding_function=None)
        return ChromaVectorStore(chroma_collection=collection)

    @contextmanager
    def _open(self, *, write: bool = False) -> Iterator[Any]:
        try:
            with self._locked():
                client = self._fresh_client()
                try:
                    yield client
                finally:
                    if write and self._server is None:
                        # Closed at once, so that no thread of Chroma's goes on writing without the lock.
                        self.close()
                        self._generation_file.write_text(str(int(self._read_generation() or 0) + 1), encoding="ascii")
        except VectorsError:
            raise
        except Timeout as error:
            raise VectorsError(
                f"the vectors in {self.place} have been in use by another process for {_LOCK_SECONDS} seconds; try "
                "again when it is done"
            ) from error
        except Exception as error:  # Chroma's errors have no common base, and its server's come as httpx's and as ValueError
            raise VectorsError(
                f"the vectors in {self.place} cannot be used: {type(error).__name__}: {str(error)[:300]}. "
                + (
                    "If it is damaged, delete that folder and run `whosaid index` again: its vectors are made anew"
                    if self._server is None
                    else "Is the server running (`chroma run --path DIR --host 127.0.0.1 --port PORT`)?"
                )
            ) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        if self._server is not None:
            yield
            return
        with self._lock:
            yield

    def _read_generation(self) -> str | None:
        try:
            return self._generation_file.read_text(encoding="ascii")
        except FileNotFoundError:
            return None

    def _fresh_client(self) -> Any:
        generation = self._read_generation() if self._server is None else None
        if self._client is not None and generation == self._generation:
            return self._client
        self.close()
        import chromadb
        from chromadb.config import Settings

        settings = Settings(anonymized_telemetry=False)
        if self._server is None:
            self._client = chromadb.PersistentClient(path=str(self._folder), settings=settings)
        else:
            ssl, host, port = self._server
            self._client = chromadb.HttpClient(host=host, port=port, ssl=ssl, settings=settings)
        self._generation = generation
        return self._client


def _address(server: str) -> tuple[bool, str, int]:
    """
    >>> _address("http://127.0.0.1:8000")
    (False, '127.0.0.1', 8000)
    """
    try:
        parts = urlsplit(server)
        port = parts.port or (443 if parts.scheme == "https" else 8000)
    except ValueError as error:
        raise InputError(f"the address of the vectors is {server!r}; it should be like http://127.0.0.1:8000") from error
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InputError(f"the address of the vectors is {server!r}; it should be like http://127.0.0.1:8000")
    return parts.scheme == "https", parts.hostname, port
