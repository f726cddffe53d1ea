"""Files to a library: everything once, nothing twice, and no file in another's way."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import index
from index import Library, build, find_statements
from index.build import extraction_version
from index.errors import InputError, LibraryBusyError, LibraryMismatchError

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "seeds"
TEXT = "“I am your captain,” said Ana Arce, the mayor of Nowhere."


class FlatEncoder:
    """A fake embedding that finds all texts alike, and counts them."""

    name = "flat"

    def __init__(self) -> None:
        self.n_texts = 0

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        self.n_texts += len(texts)
        return [[1.0, 0.0] for _ in texts]

    def encode_question(self, text: str) -> list[float]:
        return [1.0, 0.0]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three files: two articles in text files, two in one of lines."""
    folder = tmp_path / "news"
    (folder / "deeper").mkdir(parents=True)
    (folder / "one.txt").write_text(TEXT, encoding="utf-8")
    (folder / "deeper" / "two.md").write_text(f"---\ntitle: Two\noutlet: The Sample\n---\n{TEXT}\n", encoding="utf-8")
    lines = [{"text": f"“Number {number},” said Bo Berg, a pilot."} for number in (1, 2)]
    (folder / "lines.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    return folder


def report(*paths: Path, library: Path, **options: Any) -> tuple[int, int, int, int]:
    result = build(paths, library=library, embedding=options.pop("encoder", FlatEncoder()), **options)
    return result.added, result.updated, result.unchanged, len(result.failed)


def test_a_folder_becomes_a_library(folder: Path, tmp_path: Path) -> None:
    seen: list[tuple[int, int, str]] = []
    result = report(folder, library=tmp_path / "library", progress=lambda n, total, path: seen.append((n, total, path.name)))
    assert result == (4, 0, 0, 0)
    assert [(n, total) for n, total, _ in seen] == [(1, 3), (2, 3), (3, 3)]
    with Library(tmp_path / "library", encoder=FlatEncoder()) as library:
        assert library.counts.articles == 4
        speakers = {statement.speaker.name for statement in library.statements() if statement.speaker}
        assert speakers == {"Ana Arce", "Bo Berg"}
        assert library.pending_vectors() == 0
        assert len(library.passages_near("captain")) == library.counts.passages


def test_a_second_run_adds_nothing_and_encodes_nothing(folder: Path, tmp_path: Path) -> None:
    encoder = FlatEncoder()
    assert report(folder, library=tmp_path / "library", encoder=encoder) == (4, 0, 0, 0)
    n_texts = encoder.n_texts
    assert n_texts > 0
    os.utime(folder / "one.txt", (0, 0))
    assert report(folder, library=tmp_path / "library", encoder=encoder) == (0, 0, 4, 0)
    assert encoder.n_texts == n_texts


def test_a_changed_file_takes_the_place_of_the_old_one(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    report(folder, library=library)
    (folder / "one.txt").write_text(TEXT.replace("captain", "mayor"), encoding="utf-8")
    assert report(folder, library=library) == (0, 1, 3, 0)
    with Library(library, encoder=FlatEncoder()) as opened:
        assert opened.counts.articles == 4
        assert len(opened.statements_matching("captain")) == 1
        assert len(opened.statements_near("captain", limit=10)) == opened.counts.statements


def test_the_same_report_in_two_files_is_one_until_both_are_changed(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    shutil.copy(folder / "one.txt", folder / "copy.txt")
    assert report(folder, library=library) == (4, 0, 1, 0)
    (folder / "copy.txt").write_text("“Go,” said Bo Berg.", encoding="utf-8")
    assert report(folder, library=library) == (1, 0, 4, 0)
    with Library(library, encoder=FlatEncoder()) as opened:
        assert opened.counts.articles == 5


def test_given_facts_replace_those_of_the_files(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    report(folder / "one.txt", library=library)
    assert report(folder / "one.txt", library=library, published=date(2024, 6, 27)) == (0, 1, 0, 0)
    with Library(library, encoder=FlatEncoder()) as opened:
        assert [article.published for article in opened.articles()] == [date(2024, 6, 27)]
    # Another outlet makes it another report, in place of the file's earlier one.
    assert report(folder / "one.txt", library=library, outlet="The Other") == (0, 1, 0, 0)
    with Library(library, encoder=FlatEncoder()) as opened:
        assert [article.outlet for article in opened.articles()] == ["The Other"]


def test_bad_files_are_listed_and_stop_nothing(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    (folder / "empty.txt").write_bytes(b"")
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "broken.jsonl").write_text('{"text": "“Yes,” said Eva Berg."}\n{"text": \n', encoding="utf-8")
    for _ in range(2):
        result = build([folder, tmp_path / "nowhere.txt", tmp_path / "no*.txt"], library=library, embedding=FlatEncoder())
        assert sorted((Path(failure.path).name, failure.line) for failure in result.failed) == [
            ("binary.txt", None), ("broken.jsonl", 2), ("empty.txt", None), ("no*.txt", None), ("nowhere.txt", None),
        ]  # fmt: skip
        assert result.added + result.unchanged == 5


def test_a_line_that_breaks_leaves_what_the_file_held(folder: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    report(folder, library=library)
    lines = (folder / "lines.jsonl").read_text(encoding="utf-8")
    (folder / "lines.jsonl").write_text(lines.replace("}", "", 1), encoding="utf-8")
    assert report(folder, library=library) == (0, 0, 3, 1)
    (folder / "lines.jsonl").write_text(lines.split("\n")[1], encoding="utf-8")
    assert report(folder, library=library) == (0, 0, 3, 0)
    with Library(library, encoder=FlatEncoder()) as opened:
        # Read to its end again, the file holds one article; the other one is gone.
        assert opened.counts.articles == 3


def test_an_extraction_that_fails_is_a_failure_of_its_file(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(text: str, **options: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr("index.attribution.extraction.attribute", fail)
    result = build([folder], library=tmp_path / "library", embedding=FlatEncoder())
    assert (result.added, {failure.why for failure in result.failed}) == (
        0,
        {"RecursionError while it was read: too deep"},
    )


def test_another_version_of_the_extraction_reads_anew(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report(folder, library=tmp_path / "library")
    # By way of sys.modules: as an attribute of `index`, `build` is the function.
    monkeypatch.setattr(sys.modules["index.build"], "extraction_version", lambda: "another")
    assert report(folder, library=tmp_path / "library") == (0, 4, 0, 0)
    assert report(folder, library=tmp_path / "library") == (0, 0, 4, 0)


def test_the_version_of_the_extraction_is_steady() -> None:
    assert extraction_version() == extraction_version()
    extraction_version.cache_clear()
    assert len(extraction_version()) == 16


def test_patterns_are_those_of_the_shell(folder: Path, tmp_path: Path) -> None:
    assert report(folder / "*.txt", library=tmp_path / "library") == (1, 0, 0, 0)
    assert report(folder / "**" / "*.md", library=tmp_path / "library") == (1, 0, 0, 0)
    # A file whose name looks like a pattern is that file.
    (folder / "[1].txt").write_text("“Go,” said Bo Berg.", encoding="utf-8")
    assert report(folder / "[1].txt", library=tmp_path / "library") == (1, 0, 0, 0)


def test_what_tells_of_the_folder_is_no_article(folder: Path, tmp_path: Path) -> None:
    (folder / "README.md").write_text("“These are articles,” said the maker.", encoding="utf-8")
    assert report(folder, library=tmp_path / "library") == (4, 0, 0, 0)
    assert report(folder / "README.md", library=tmp_path / "library") == (1, 0, 0, 0)


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no articles in nothing; give files"):
        build([], library=tmp_path / "library")
    assert list(tmp_path.iterdir()) == []


def test_forgotten_articles_stay_forgotten_until_their_file_changes(folder: Path, tmp_path: Path) -> None:
    report(folder / "one.txt", library=tmp_path / "library")
    with Library(tmp_path / "library", write=True, encoder=FlatEncoder()) as library:
        library.forget(library.articles()[0].id)
    assert report(folder / "one.txt", library=tmp_path / "library") == (0, 0, 0, 0)
    (folder / "one.txt").write_text(TEXT + " And more.", encoding="utf-8")
    assert report(folder / "one.txt", library=tmp_path / "library") == (1, 0, 0, 0)


def test_rebuild_makes_it_anew_with_another_embedding(folder: Path, tmp_path: Path) -> None:
    class OtherEncoder(FlatEncoder):
        name = "other"

    library = tmp_path / "library"
    report(folder, library=library)
    with pytest.raises(LibraryMismatchError, match="--rebuild"):
        report(folder, library=library, encoder=OtherEncoder())
    # Without paths: from the files that it was made of.
    assert report(library=library, encoder=OtherEncoder(), rebuild=True) == (4, 0, 0, 0)
    with pytest.raises(InputError, match="name them"):
        report(library=tmp_path / "none", rebuild=True)


def test_two_builds_at_once(folder: Path, tmp_path: Path) -> None:
    with Library(tmp_path / "library", create=True, encoder=FlatEncoder()), pytest.raises(LibraryBusyError):
        report(folder, library=tmp_path / "library")


def test_a_killed_build_goes_on(folder: Path, tmp_path: Path) -> None:
    for number in range(200):
        (folder / f"n{number}.txt").write_text(f"“Number {number},” said Eva Berg.", encoding="utf-8")
    code = f"""
import sys
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests")!r}]
from test_index_build import FlatEncoder
from index import build
build([sys.argv[1]], library=sys.argv[2], embedding=FlatEncoder(), progress=lambda n, total, path: print(n, flush=True))
"""
    library = tmp_path / "library"
    process = subprocess.Popen([sys.executable, "-c", code, str(folder), str(library)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    for line in process.stdout:
        if int(line) >= 40:
            break
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    with Library(library, encoder=FlatEncoder()) as opened:
        n_kept = opened.counts.articles
        assert n_kept >= 40
    added, updated, unchanged, failed = report(folder, library=library)
    assert (added + unchanged, updated, failed) == (204, 0, 0)
    assert unchanged >= n_kept - 1
    with Library(library, encoder=FlatEncoder()) as opened:
        assert opened.counts.articles == 204
        assert opened.pending_vectors() == 0


def test_importing_the_index_imports_no_model() -> None:
    code = "import sys, index; print({'torch', 'chromadb', 'llama_index', 'lingua', 'trafilatura'} & set(sys.modules))"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == "set()\n"
    assert callable(index.build)


def test_statements_of_a_text_need_no_library() -> None:
    text = "“Jeg går ikke”, sa Ana Arce til avisen."
    for language in ("nb", "no"):
        (statement,) = find_statements(text, language=language)
        assert statement.speaker is not None
        assert (statement.words(text), statement.speaker.name) == ("Jeg går ikke", "Ana Arce")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the five shared articles are not here")
def test_the_five_articles_have_their_persons_once(tmp_path: Path) -> None:
    assert report(SHARED, library=tmp_path / "library")[::3] == (5, 0)
    with Library(tmp_path / "library", encoder=FlatEncoder()) as library:
        for article_id in (article.id for article in library.articles()):
            text = library.article(article_id).text
            assert all(passage.span.of(text) == passage.text for passage in library.passages(article_id))
        names = [person.name for person in library.people() if person.kind == "person"]
        for surname in ("Arce", "Zúñiga", "Morales", "Lima", "Boric", "Choquehuanca", "Prada", "Almagro"):
            assert len([name for name in names if surname in name]) == 1, surname
        whom = {person.id: person.name for match in index.match_people("Sanchez", library.people()) for person in [match.person]}
        assert sorted(whom) == ["jose-wilson-sanchez", "pedro-sanchez"]
        assert index.match_people("Joe Biden", library.people()) == ()
        (zuniga,) = index.match_people("general Zunica", library.people())
        assert zuniga.person.name == "Juan José Zúñiga"
        assert len(library.articles_mentioning("juan-jose-zuniga")) == 5
