"""The library: what goes in comes out, whatever stops it or reads beside it."""

import hashlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.errors import (
    LibraryBusyError,
    LibraryDamagedError,
    LibraryError,
    LibraryMismatchError,
    LibraryMissingError,
    NotFoundError,
    VectorsError,
)
from index.library import Counts, Filters, Library, erase, fts_query
from index.records import Addressee, Article, FoundBy, Passage, Person, Role, Span, Statement

ROOT = Path(__file__).resolve().parents[1]


class WordEncoder:
    """A fake embedding: each word is a direction, so texts are near when they share words. Counts what it is asked
    for."""

    name = "words"

    def __init__(self) -> None:
        self.n_texts = 0

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        self.n_texts += len(texts)
        return [self._vector(text) for text in texts]

    def encode_question(self, text: str) -> list[float]:
        return self._vector(text)

    @staticmethod
    def _vector(text: str) -> list[float]:
        vector = [0.0] * 64
        vector[0] = 0.01
        for word in text.lower().split():
            vector[int(hashlib.sha256(word.strip(".,“”").encode()).hexdigest(), 16) % 64] += 1.0
        return vector


@dataclass(frozen=True)
class Found:
    """An attribution made by hand."""

    statements: tuple[Statement, ...] = ()
    people: tuple[Person, ...] = ()


def an_article(
    text: str = "“I am your captain,” Ana Arce told Zuniga on Monday.",
    *,
    speaker: str = "Ana Arce",
    addressee: str | None = "Zuniga",
    **fields: Any,
) -> tuple[Article, tuple[Passage, ...], Found]:
    """An article of one passage with one statement: what stands between its first quotation marks."""
    article_id = hashlib.sha256(text.encode()).hexdigest()[:16]
    article = Article(**({"id": article_id, "text": text, "language": "en"} | fields))
    passage = Passage(id=f"{article.id}-p0", article_id=article.id, span=Span(0, len(text)), text=text)
    who = Person(
        id="speaker",
        name=speaker,
        roles=(Role(text="captain", article_id=article.id, span=Span(0, 1)),),
        gender="female",
    )
    whom = None if addressee is None else Person(id="addressee", name=addressee)
    content = Span(text.index("“") + 1, text.index("”"))
    statement = Statement(
        id=f"{article.id}-s0",
        article_id=article.id,
        content=(content,),
        cue=(Span(content.end + 1, content.end + 2),),
        source=(Span(content.end + 2, content.end + 5),),
        speaker=who,
        addressee=None if whom is None else Addressee(span=Span(1, 3), person=whom),
        reported_by="Reuters",
        medium="in a post",
        kind="direct",
        quoted=(content,),
        act="order",
        polarity="negative",
        modality="future",
        language="en",
        found_by=FoundBy(name="rule", score=0.5),
        scene=Span(0, 5),
    )
    people = (who,) if whom is None else (who, whom)
    return article, (passage,), Found(statements=(statement,), people=people)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library(tmp_path / "library", create=True, encoder=WordEncoder()) as library:
        yield library


def _python(code: str, *arguments: object) -> "subprocess.Popen[str]":
    """A process of its own with this module at hand."""
    start = f"import sys; sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / 'tests')!r}]\nfrom test_index_library import *\n"
    return subprocess.Popen(
        [sys.executable, "-c", start + code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


# --- In and out again


def test_what_goes_in_comes_out(library: Library) -> None:
    article, passages, found = an_article(published=date(2024, 6, 27), outlet="The Sample", title="T", url="u", path="p")
    assert library.add(article, passages, found) == "added"
    assert library.counts == Counts(articles=1, passages=1, statements=1, people=2)
    assert library.article(article.id) == article
    assert library.articles() == (article,)
    assert library.passages(article.id) == passages
    assert library.passage(passages[0].id) == passages[0]
    (statement,) = library.statements()
    assert library.statement(statement.id) == statement
    arce, zuniga = library.person("ana-arce"), library.person("zuniga")
    assert library.people() == (arce, zuniga)
    (said,) = found.statements
    assert said.addressee is not None
    assert statement == replace(said, speaker=arce, addressee=replace(said.addressee, person=zuniga))
    assert library.articles_mentioning("zuniga") == (article.id,)
    assert library.outlets() == ("The Sample",)
    assert library.languages() == ("en",)
    assert [(link.local_id, link.person_id, link.rule) for link in library.links("zuniga")] == [("addressee", "zuniga", "alone")]


def test_nobody_by_that_id(library: Library) -> None:
    for look_up in (library.article, library.statement, library.passage, library.person, library.forget):
        with pytest.raises(NotFoundError, match="'nope'"):
            look_up("nope")
    assert library.passages("nope") == ()
    assert library.articles_mentioning("nope") == ()


def test_the_same_article_twice_is_one(library: Library) -> None:
    article, passages, found = an_article()
    library.add(article, passages, found)
    assert library.add(replace(article, path="elsewhere"), passages, found) == "unchanged"
    assert library.add(replace(article, title="New"), passages, found) == "updated"
    assert library.add(replace(article, title="New"), passages, found, made_by="2") == "updated"
    assert library.counts.articles == library.counts.statements == 1
    assert library.article(article.id).title == "New"


def test_records_of_another_article_are_refused(library: Library) -> None:
    article, passages, found = an_article()
    with pytest.raises(ValueError, match="not a piece of the article"):
        library.add(replace(article, text="short"), passages, found)
    with pytest.raises(ValueError, match="not a piece of the article"):
        library.add(replace(article, id="other"), (), found)
    assert library.counts.articles == 0


def test_persons_are_merged_across_articles(library: Library) -> None:
    first, second = (
        an_article(speaker="Ana Álvarez Arce"),
        an_article("“Go,” said Arce.", speaker="Arce", addressee=None),
    )
    library.add(*first)
    library.add(*second)
    assert {statement.speaker and statement.speaker.name for statement in library.statements()} == {"Ana Álvarez Arce"}
    library.correct_person(second[0].id, "speaker", "Arce (another)")
    assert {statement.speaker and statement.speaker.name for statement in library.statements()} == {
        "Ana Álvarez Arce", "Arce (another)",
    }  # fmt: skip
    library.correct_person(second[0].id, "speaker", None)
    assert len(library.people()) == 2
    with pytest.raises(NotFoundError, match="no person 'nobody'"):
        library.correct_person(second[0].id, "nobody", "X")


def test_forgetting_leaves_nothing(library: Library) -> None:
    article, passages, found = an_article()
    other = an_article("“Stay,” said Ana Arce.", addressee=None)
    library.add(article, passages, found)
    library.add(*other)
    library.update_vectors()
    library.forget(article.id)
    library.update_vectors()
    assert library.counts == Counts(articles=1, passages=1, statements=1, people=1)
    assert library.statements_matching("captain") == library.passages_matching("captain") == ()
    assert [hit.id for hit in library.statements_near("I am your captain stay")] == [f"{other[0].id}-s0"]


def test_who_has_most_statements_is_counted(library: Library) -> None:
    for text, speaker in (("“One,” Bo said.", "Bo"), ("“Two,” Bo said.", "Bo"), ("“Stay,” said Ana Arce.", "Ana Arce")):
        article, passages, found = an_article(text, speaker=speaker, addressee=None)
        library.add(article, passages, found)
        # What was not said counts for nothing; the hand-made statements are such.
        assert library.most_quoted() == () or text != "“One,” Bo said."
        told = tuple(replace(statement, polarity="positive", modality="actual") for statement in found.statements)
        library.add(replace(article, url="https://example.org/again"), passages, Found(statements=told, people=found.people))
    assert [(person.name, n) for person, n in library.most_quoted()] == [("Bo", 2), ("Ana Arce", 1)]
    assert len(library.most_quoted(limit=1)) == 1


def test_filters_are_exact(library: Library) -> None:
    one = an_article("“One captain,” Ana said.", outlet="A", language="en", published=date(2024, 1, 1))
    two = an_article(
        "“Two captain,” Bo said.", speaker="Bo", addressee=None, outlet="B", language="nb", published=date(2024, 1, 2)
    )
    three = an_article("“Three captain,” Bo said.", speaker="Bo", addressee="Ana Arce", outlet=None, language="nb")
    for item in (three, two, one):
        library.add(*item)
    library.update_vectors()
    ids = [item[0].id for item in (one, two, three)]
    assert [article.id for article in library.articles()] == ids
    cases: list[tuple[Filters, list[str]]] = [
        (Filters(), ids),
        (Filters(speakers=frozenset({"ana-arce"})), ids[:1]),
        (Filters(speakers=frozenset({"bo"})), ids[1:]),
        (Filters(speakers=frozenset({"bo"}), addressees=frozenset({"ana-arce"})), ids[2:]),
        (Filters(addressees=frozenset({"zuniga"})), ids[:1]),
        (Filters(outlets=frozenset({"A", "B"})), ids[:2]),
        (Filters(languages=frozenset({"nb"})), ids[1:]),
        (Filters(articles=frozenset(ids[::2])), ids[::2]),
        (Filters(since=date(2024, 1, 2)), ids[1:2]),
        (Filters(until=date(2024, 1, 1)), ids[:1]),
        (Filters(since=date(2024, 1, 1), until=date(2024, 1, 2)), ids[:2]),
        (Filters(acts=frozenset({"order"})), ids),
        (Filters(acts=frozenset({"deny"})), []),
        (Filters(speakers=frozenset()), []),
        (Filters(outlets=frozenset({"' OR 1 --"})), []),
    ]
    for filters, expected in cases:
        assert [article.id for article in library.articles(filters)] == expected, filters
        assert [statement.article_id for statement in library.statements(filters)] == expected, filters
        for found in (
            library.statements_matching("captain", filters=filters),
            library.passages_matching("captain", filters=filters),
            library.statements_near("captain", filters=filters),
            library.passages_near("captain", filters=filters),
        ):
            assert sorted(hit.id[:16] for hit in found) == sorted(expected), filters


# --- Words and meaning


def test_words_are_found_without_accents_and_case(library: Library) -> None:
    article, passages, found = an_article("“Zúñiga se fue,” dijo Ana.")
    library.add(article, passages, found)
    (hit,) = library.statements_matching("ZUNIGA")
    assert hit.id == found.statements[0].id
    assert 0 < hit.score <= 1
    assert library.passages_matching("zúñiga DIJO")[0].id == passages[0].id
    assert library.statements_matching("dijo") == ()


def test_more_of_the_words_is_better(library: Library) -> None:
    for text in ("“The order is to go,” he said.", "“The order came,” he said.", "“Nothing at all,” he said."):
        library.add(*an_article(text))
    hits = library.statements_matching("order to go")
    assert [library.statement(hit.id).words(library.article(hit.id[:16]).text) for hit in hits] == [
        "The order is to go,", "The order came,",
    ]  # fmt: skip
    assert hits[0].score > hits[1].score
    assert len(library.statements_matching("order", limit=1)) == 1
    assert library.statements_matching("order", limit=0) == ()


@pytest.mark.parametrize(
    "words",
    ['"', "'", '"" OR *', "NEAR(a b, 2)", "captain*", "words: captain", "^captain", "{captain}", "captain\0",
     "AND OR NOT", "-captain", "(", "a" * 100_000, "captain " * 20_000, " ".join(f"w{n}" for n in range(20_000)),
     "\ud800", "", "   ", "' ; DROP TABLE articles; --"],
)  # fmt: skip
def test_no_question_breaks_the_search(library: Library, words: str) -> None:
    library.add(*an_article())
    library.statements_matching(words)
    library.passages_matching(words)
    assert library.counts.articles == 1
    assert len(fts_query(words)) <= 100_010


@given(st.text(max_size=40))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_may_be_looked_up(library: Library, words: str) -> None:
    if not library.counts.articles:
        library.add(*an_article())
    for hit in library.passages_matching(words):
        assert 0 < hit.score <= 1


def test_near_is_by_meaning(library: Library) -> None:
    texts = ("“We order you to go,” he said.", "“Fish is dear,” he said.")
    for text in texts:
        library.add(*an_article(text))
    assert library.update_vectors() == 4
    assert library.pending_vectors() == 0
    hits = library.statements_near("order to go", limit=5)
    assert hits[0].id == f"{an_article(texts[0])[0].id}-s0"
    assert 0.5 < hits[0].score <= 1
    assert library.statements_near("  ") == library.statements_near("fish", limit=0) == ()


def test_unchanged_texts_are_not_encoded_again(tmp_path: Path) -> None:
    encoder = WordEncoder()
    for _ in range(2):
        with Library(tmp_path / "library", create=True, encoder=encoder) as library:
            library.add(*an_article())
            library.update_vectors()
    assert encoder.n_texts == 2


def test_a_new_version_under_the_same_id_has_new_vectors(library: Library) -> None:
    article, passages, found = an_article()
    library.add(article, passages, found)
    library.update_vectors()
    (statement,) = found.statements
    shorter = replace(statement, content=(Span(1, 2),), quoted=())
    library.add(article, passages, Found(statements=(shorter,), people=found.people), made_by="2")
    assert library.pending_vectors() == 2
    library.update_vectors()
    (hit,) = library.statements_near("I")
    assert hit.score > 0.99


def test_lost_vectors_are_made_again(tmp_path: Path) -> None:
    import shutil

    path = tmp_path / "library"
    with Library(path, create=True, encoder=WordEncoder()) as library:
        library.add(*an_article())
        library.update_vectors()
    shutil.rmtree(path / "vectors")
    with Library(path, encoder=WordEncoder()) as library, pytest.raises(VectorsError, match="makes them again"):
        library.statements_near("captain")
    with Library(path, write=True, encoder=WordEncoder()) as library:
        assert library.update_vectors() == 2
        assert library.statements_near("captain")


def test_vectors_stopped_half_way_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.library._VECTOR_BATCH", 1)
    path = tmp_path / "library"

    def stop(done: int, total: int) -> None:
        assert total == 2 + 2
        if done == 3:
            raise KeyboardInterrupt

    with Library(path, create=True, encoder=WordEncoder()) as library:
        library.add(*an_article())
        library.add(*an_article("“Stay,” he said."))
        with pytest.raises(KeyboardInterrupt):
            library.update_vectors(progress=stop)
    with Library(path, write=True, encoder=WordEncoder()) as library:
        assert library.pending_vectors() == 1
        assert library.update_vectors() == 1
        assert len(library.passages_near("captain stay")) == 2


# --- Opening, and what is in the way


def test_there_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(LibraryMissingError, match="make one with `whosaid index"):
        Library(tmp_path / "library")
    with pytest.raises(LibraryMissingError):
        Library(tmp_path / "library", write=True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_other_files_is_no_place_for_a_library(tmp_path: Path) -> None:
    (tmp_path / "article.txt").write_text("Text.")
    with pytest.raises(LibraryError, match=r"holds other files \(article.txt\)"):
        Library(tmp_path, create=True)
    assert [file.name for file in tmp_path.iterdir()] == ["article.txt"]


def test_another_format_says_how_to_mend_it(tmp_path: Path) -> None:
    Library(tmp_path / "library", create=True).close()
    with sqlite3.connect(tmp_path / "library" / "library.sqlite") as database:
        database.execute("UPDATE meta SET value = '0' WHERE key = 'format'")
    database.close()
    with pytest.raises(LibraryMismatchError, match=r"has format '0'.* `whosaid index --rebuild"):
        Library(tmp_path / "library")


def test_another_embedding_says_how_to_mend_it(tmp_path: Path) -> None:
    Library(tmp_path / "library", create=True).close()
    with pytest.raises(LibraryMismatchError, match=r"vectors of 'all-MiniLM-L6-v2', but 'words'.*--rebuild"):
        Library(tmp_path / "library", encoder=WordEncoder())
    # Whoever names none gets the one it was made with.
    with Library(tmp_path / "library") as library:
        assert library.embedding == "all-MiniLM-L6-v2"


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100, b"SQLite format 3\0" + b"\xff" * 4000])
def test_a_damaged_library_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "library.sqlite").write_bytes(content)
    with pytest.raises((LibraryDamagedError, LibraryError), match=r"library\.sqlite"):
        Library(tmp_path)


def test_damage_inside_is_found_when_read(tmp_path: Path) -> None:
    path = tmp_path / "library"
    with Library(path, create=True, encoder=WordEncoder()) as library:
        for number in range(50):
            library.add(*an_article(f"“Number {number},” he said. " + "x" * 2000))
    file = path / "library.sqlite"
    # Behind the root pages of the tables, so that opening does not see it.
    file.write_bytes(file.read_bytes()[:120_000].ljust(file.stat().st_size, b"\xff"))
    with Library(path, encoder=WordEncoder()) as library, pytest.raises(LibraryDamagedError, match="--rebuild"):
        library.articles()


def test_one_process_writes(tmp_path: Path) -> None:
    path = tmp_path / "library"
    Library(path, create=True, encoder=WordEncoder()).close()
    writer = _python(
        """
import time
library = Library(sys.argv[1], write=True, encoder=WordEncoder())
print("open", flush=True)
time.sleep(600)
""",
        path,
    )
    try:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        with pytest.raises(LibraryBusyError, match=r"another process is writing.*try again"):
            Library(path, write=True, encoder=WordEncoder())
        with pytest.raises(LibraryBusyError):
            erase(path)
        with Library(path, encoder=WordEncoder()) as reader:
            assert reader.counts.articles == 0
    finally:
        writer.kill()
        writer.communicate()
    # The lock goes with the process that held it.
    Library(path, write=True, encoder=WordEncoder()).close()


def test_whoever_reads_cannot_write(tmp_path: Path) -> None:
    path = tmp_path / "library"
    Library(path, create=True, encoder=WordEncoder()).close()
    with Library(path, encoder=WordEncoder()) as reader, pytest.raises(LibraryError, match="opened for reading"):
        reader.add(*an_article())


def test_readers_see_what_a_writer_adds_meanwhile(tmp_path: Path) -> None:
    path = tmp_path / "library"
    with Library(path, create=True, encoder=WordEncoder()) as writer, Library(path, encoder=WordEncoder()) as reader:
        assert reader.statements() == ()
        for number, name in enumerate(("Ana Arce", "Arce", "Eva Arce"), start=1):
            writer.add(*an_article(f"“Captain {number},” she said.", speaker=name, addressee=None))
            assert len(reader.statements()) == number
            # Merged on the reader's side, as the writer has not done it yet; a second Arce makes the bare name
            # doubtful.
            assert [len({link.person_id for link in reader.links()})] == [{1: 1, 2: 1, 3: 3}[number]]
            writer.update_vectors()
            assert len(reader.statements_near("captain")) == number
        writer.update_people()
        assert reader.people() == writer.people()


def test_several_threads_may_read(library: Library) -> None:
    library.add(*an_article())
    library.update_vectors()
    errors: list[BaseException] = []

    def read() -> None:
        try:
            for _ in range(5):
                assert library.statements()
                assert library.passages_matching("captain")
                assert library.statements_near("captain")
        except BaseException as error:  # noqa: BLE001 - shown below, whatever it is
            errors.append(error)

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def test_a_killed_writer_loses_nothing_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "library"
    writer = _python(
        """
with Library(sys.argv[1], create=True, encoder=WordEncoder()) as library:
    for number in range(10_000):
        library.add(*an_article(f"“Captain {number},” she said."))
        if number % 5 == 4:
            library.update_vectors()
        print(number, flush=True)
""",
        path,
    )
    assert writer.stdout is not None
    acknowledged = -1
    for line in writer.stdout:
        acknowledged = int(line)
        if acknowledged >= 12:
            break
    os.kill(writer.pid, signal.SIGKILL)
    rest, _ = writer.communicate()
    acknowledged = max([acknowledged, *(int(line) for line in rest.split("\n")[:-1] if line)])
    with Library(path, encoder=WordEncoder()) as library:
        n_articles = library.counts.articles
        assert n_articles >= acknowledged + 1
        assert len(library.statements()) == n_articles
        assert all(statement.speaker is not None for statement in library.statements())
        assert library.statements_near("captain", limit=50)
    with Library(path, write=True, encoder=WordEncoder()) as library:
        library.update_vectors()
        assert library.pending_vectors() == 0
        assert len(library.statements_near("captain", limit=n_articles + 5)) == n_articles


def test_erase_takes_the_library_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "library"
    with Library(path, create=True, encoder=WordEncoder()) as library:
        library.add(*an_article())
        library.update_vectors()
    (path / "mine.txt").write_text("keep")
    erase(path)
    assert sorted(file.name for file in path.iterdir() if file.name != "write.lock") == ["mine.txt"]
    erase(tmp_path / "nothing")


def test_asking_by_structure_and_words_imports_no_model(tmp_path: Path) -> None:
    path = tmp_path / "library"
    with Library(path, create=True) as library:
        library.add(*an_article())
    reader = _python(
        """
with Library(sys.argv[1]) as library:
    assert library.statements() and library.statements_matching("captain") and library.people()
heavy = {"torch", "chromadb", "llama_index", "transformers", "onnxruntime"} & set(sys.modules)
print("heavy:", sorted(heavy))
""",
        path,
    )
    output, errors = reader.communicate()
    assert (output, errors) == ("heavy: []\n", "")
