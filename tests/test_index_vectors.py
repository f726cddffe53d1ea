"""Vectors in a folder and on a server behave alike."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from llama_index.core.embeddings import MockEmbedding

from index.attribution.extraction import Attribution
from index.embedding import DEFAULT_EMBEDDING, LlamaIndexEncoder, open_encoder
from index.errors import InputError, ModelError, VectorsError
from index.library import Library
from index.records import Article, Passage, Span
from index.vectors import ChromaVectors, VectorItem

Open = Callable[[str], ChromaVectors]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Chroma server on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    chroma = Path(sys.executable).with_name("chroma")
    if not chroma.exists():
        pytest.skip("Chroma's command is not installed beside this Python")
    arguments = [chroma, "run", "--path", tmp_path_factory.mktemp("chroma"), "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(list(map(str, arguments)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert process.poll() is None, "the Chroma server ended at once"
                assert time.monotonic() < deadline, "the Chroma server did not answer within a minute"
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(params=["folder", "server"])
def open_vectors(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the vectors of a library by its id, each time as another process would."""
    address = request.getfixturevalue("server") if request.param == "server" else None
    opened: list[ChromaVectors] = []

    def open_(library_id: str) -> ChromaVectors:
        # On the shared server no test may see another one's collections.
        name = f"{library_id}-{tmp_path.name}"
        opened.append(ChromaVectors(tmp_path / library_id / "vectors", library_id=name, server=address))
        return opened[-1]

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    yield open_
    for vectors in opened:
        vectors.close()


def item(name: str, text: str = "text") -> VectorItem:
    return VectorItem(id=name, article_id=f"article of {name}", text=text, metadata={"language": "en", "published": 20240627})


def test_the_nearest_come_first_with_their_cosine(open_vectors: Open) -> None:
    vectors = open_vectors("one")
    vectors.reset("stamp")
    # Cosines to (1, 0): 1, 4/5, 0 and -1.
    vectors.write("statements", [item("a"), item("b"), item("c"), item("d")], [[2, 0], [4, 3], [0, 1], [-1, 0]])
    found = vectors.near("statements", [1, 0], limit=4)
    assert [name for name, _ in found] == ["a", "b", "c", "d"]
    assert [cosine for _, cosine in found] == pytest.approx([1, 0.8, 0, -1], abs=1e-5)
    assert [name for name, _ in vectors.near("statements", [1, 0], limit=2, among={"c", "b"})] == ["b", "c"]
    assert vectors.near("statements", [1, 0], limit=2, among=set()) == vectors.near("statements", [1, 0], limit=0) == []
    assert vectors.near("passages", [1, 0], limit=3) == []


def test_ids_that_are_gone_do_not_matter(open_vectors: Open) -> None:
    vectors = open_vectors("one")
    vectors.reset("stamp")
    vectors.write("statements", [item("a"), item("b")], [[1, 0], [0, 1]])
    assert [name for name, _ in vectors.near("statements", [1, 0], limit=2, among={"a", "gone"})] == ["a"]
    assert vectors.near("statements", [1, 0], limit=2, among={"gone"}) == []


def test_an_id_written_again_is_replaced(open_vectors: Open) -> None:
    vectors = open_vectors("one")
    vectors.reset("stamp")
    vectors.write("statements", [item("a", "old")], [[1, 0]])
    vectors.write("statements", [item("a", "new")], [[0, 1]])
    assert vectors.count("statements") == 1
    ((name, cosine),) = vectors.near("statements", [0, 1], limit=2)
    assert (name, round(cosine, 4)) == ("a", 1.0)


def test_what_is_deleted_is_gone(open_vectors: Open) -> None:
    vectors = open_vectors("one")
    vectors.reset("stamp")
    vectors.write("passages", [item("a"), item("b")], [[1, 0], [0, 1]])
    vectors.delete("passages", ["a", "never there"])
    vectors.delete("passages", [])
    assert [name for name, _ in vectors.near("passages", [1, 0], limit=5)] == ["b"]


def test_more_than_chroma_takes_at_once(open_vectors: Open) -> None:
    vectors = open_vectors("one")
    vectors.reset("stamp")
    n_items = 5_600
    vectors.write("passages", [item(str(number)) for number in range(n_items)], [[1.0, number] for number in range(n_items)])
    assert vectors.count("passages") == n_items
    vectors.delete("passages", [str(number) for number in range(n_items - 1)])
    assert vectors.count("passages") == 1


def test_vectors_outlive_their_process_and_keep_apart(open_vectors: Open) -> None:
    first = open_vectors("one")
    assert first.stamp() is None
    first.reset("mine")
    first.write("statements", [item("a")], [[1, 0]])
    other = open_vectors("two")
    other.reset("theirs")
    again = open_vectors("one")
    assert (again.stamp(), other.stamp()) == ("mine", "theirs")
    assert (again.count("statements"), other.count("statements")) == (1, 0)
    again.reset("anew")
    assert (first.stamp(), first.count("statements")) == ("anew", 0)


def test_whoever_keeps_vectors_open_sees_what_others_write(open_vectors: Open) -> None:
    writer, reader = open_vectors("one"), open_vectors("one")
    writer.reset("stamp")
    for number in range(1, 4):
        writer.write("statements", [item(str(number))], [[1.0, number]])
        assert reader.count("statements") == len(reader.near("statements", [1, 0], limit=9)) == number


def test_a_library_may_keep_its_vectors_on_a_server(server: str, tmp_path: Path) -> None:
    encoder = LlamaIndexEncoder("mock", load=lambda: MockEmbedding(embed_dim=3))
    text = "Nobody came."
    article = Article(id="a", text=text, language="en")
    passage = Passage(id="a-p0", article_id="a", span=Span(0, len(text)), text=text)
    with Library(tmp_path / "library", create=True, vectors=server, encoder=encoder) as library:
        library.add(article, [passage], Attribution(statements=(), people=()))
        assert library.update_vectors() == 1
    assert not (tmp_path / "library" / "vectors").exists()
    # Where they are is remembered.
    with Library(tmp_path / "library", encoder=encoder) as library:
        assert [hit.id for hit in library.passages_near("anything")] == ["a-p0"]
    with Library(tmp_path / "library", write=True, vectors="folder", encoder=encoder) as library:
        with pytest.raises(VectorsError, match="makes them again"):
            library.passages_near("anything")
        assert library.update_vectors() == 1
        assert library.passages_near("anything")


def test_no_server_answers(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    vectors = ChromaVectors(tmp_path / "vectors", library_id="one", server=f"http://127.0.0.1:{port}")
    with pytest.raises(VectorsError, match=rf"server 127.0.0.1:{port} cannot be used.*Is the server running"):
        vectors.stamp()


@pytest.mark.parametrize("address", ["localhost:8000", "ftp://x:1", "http://", "http://x:99999999", "http://[", ""])
def test_an_address_that_is_none(tmp_path: Path, address: str) -> None:
    with pytest.raises(InputError, match=r"should be like http://127\.0\.0\.1:8000"):
        ChromaVectors(tmp_path, library_id="one", server=address)


def test_a_damaged_folder_says_how_to_mend_it(tmp_path: Path) -> None:
    folder = tmp_path / "vectors"
    folder.mkdir()
    (folder / "chroma.sqlite3").write_bytes(b"no database" * 500)
    with pytest.raises(VectorsError, match=r"delete that folder"):
        ChromaVectors(folder, library_id="one").stamp()


# --- Embedding


def test_an_embedding_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="nothing is downloaded"):
        open_encoder(str(tmp_path)).encode(["text"])
    with pytest.raises(InputError, match="has no name"):
        open_encoder(" ")


def test_other_weights_than_the_measured_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from index import embedding

    monkeypatch.setattr(embedding, "DEFAULT_SHA256", "0" * 64)
    embedding._default_folder.cache_clear()
    with pytest.raises(ModelError, match="not the weights that were measured"):
        open_encoder().encode(["text"])


def test_the_default_embedding_knows_what_is_alike() -> None:
    encoder = open_encoder()
    assert encoder.name == DEFAULT_EMBEDDING
    assert encoder.encode([]) == []
    texts = [
        "The general was arrested in the evening.",
        "Bananas are cheap.",
        "Police took the commander into custody. " * 3,
    ]
    vectors = encoder.encode(texts)
    assert [len(vector) for vector in vectors] == [384, 384, 384]
    question = encoder.encode_question("Who was detained by the police?")
    scores = [sum(a * b for a, b in zip(question, vector, strict=True)) for vector in vectors]
    # Also that they come back in the order of the texts, though they are encoded in the order of their lengths.
    assert sorted(range(3), key=lambda place: -scores[place]) == [2, 0, 1]


@pytest.mark.parametrize(
    "text",
    [
        "Who was detained?",
        "Hva sa Støre til Zúñiga om « krigen »?",
        "",
        "?",
        "🙂 \u202e 中文 \x00",
        "What did they say about the strike? " * 60,  # more pieces than it takes
    ],
)
def test_a_question_has_the_vector_that_the_same_text_has(text: str) -> None:
    encoder = open_encoder()
    [stored] = encoder.encode([text])
    assert encoder.encode_question(text) == pytest.approx(stored, abs=1e-5)


def test_a_question_is_encoded_without_torch() -> None:
    code = (
        "import sys; from index.embedding import open_encoder; open_encoder().encode_question('Who left?'); "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_any_llamaindex_embedding_will_do() -> None:
    encoder = LlamaIndexEncoder("mock", load=lambda: MockEmbedding(embed_dim=3))
    assert [len(vector) for vector in encoder.encode(["a", "b"])] == [3, 3]
    assert len(encoder.encode_question("a")) == 3
