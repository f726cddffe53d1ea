"""Cases on several folders of articles are one run, each folder with a library of its own."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cli import app
from eval.record import read_run, read_times
from eval.suites import pair_suites, run_suites
from index.errors import InputError


def write(folder: Path, name: str, speaker: str, words: str) -> tuple[Path, Path]:
    """A folder with one article, and a file with one case on it; the article has the same name in every folder."""
    articles = folder / name
    articles.mkdir()
    (articles / "a.txt").write_text(f"“{words},” said {speaker}, the mayor of Oslo.", encoding="utf-8")
    expect = {"statements": [{"article": "a.txt", "words": words, "speaker": speaker}], "only": True}
    row = {"version": 1, "id": name, "language": "en", "kind": "words", "split": "dev", "expect": expect}
    cases = folder / f"{name}.jsonl"
    cases.write_text(json.dumps(row | {"question": "What did the mayor say?"}), encoding="utf-8")
    return cases, articles


@pytest.fixture
def two(tmp_path: Path) -> tuple[list[Path], list[Path]]:
    pairs = [write(tmp_path, "one", "Ann Lee", "We will go home"), write(tmp_path, "two", "Jane Roe", "We will stay here")]
    return [cases for cases, _ in pairs], [articles for _, articles in pairs]


def test_each_case_is_asked_over_its_own_articles(two: tuple[list[Path], list[Path]], tmp_path: Path) -> None:
    (one, other), (here, there) = two
    out = tmp_path / "run.json"
    arguments = ["run", "--cases", str(one), "--corpus", str(here), "--cases", str(other), "--corpus", str(there)]
    done = CliRunner().invoke(app, [*arguments, "--system", "whosaid", "--system", "plain", "--out", str(out)])
    assert done.exit_code == 0, done.output
    run, times = read_run(out), read_times(out)
    ours, plain = run.systems
    # The mayor is somebody else in the other folder, and nothing else may be cited.
    assert [(result.id, result.right, [item.speaker for item in result.cited]) for result in ours.results] == [
        ("one", True, ["Ann Lee"]), ("two", True, ["Jane Roe"]),
    ]  # fmt: skip
    assert (ours.metrics["cases right"].right, ours.metrics["cases right"].judged) == (2, 2)
    assert ours.by_kind["words"].judged == 2
    # Both articles are a.txt; they stay apart, or there would be no interval.
    assert [case.cluster for case in run.cases] == ["1:a.txt", "2:a.txt"]
    assert ours.metrics["cases right"].low is not None
    assert [result.right for result in plain.results] == [False, False]  # it names nobody
    assert times is not None
    assert [len(system.seconds) for system in times.systems] == [2, 2]
    assert [system.tokens for system in times.systems] == [0, 0]


def test_hashes_tell_which_cases_and_articles_were_joined(two: tuple[list[Path], list[Path]]) -> None:
    files, folders = two
    both = run_suites(pair_suites(files, folders)).record
    first = run_suites(pair_suites(files[:1], folders[:1])).record
    swapped = run_suites(pair_suites(files[::-1], folders[::-1])).record
    assert len({both.cases_hash, first.cases_hash, swapped.cases_hash}) == 3
    assert len({both.corpus_hash, first.corpus_hash, swapped.corpus_hash}) == 3
    assert first.cases[0].cluster == "a.txt"


def test_several_files_on_one_folder_are_one_suite(two: tuple[list[Path], list[Path]]) -> None:
    files, (here, _) = two
    [suite] = pair_suites(files, [here])
    assert [case.id for case in suite.cases] == ["one", "two"]
    assert suite.folder == here


def test_what_does_not_go_together_is_told(two: tuple[list[Path], list[Path]], tmp_path: Path) -> None:
    files, folders = two
    with pytest.raises(InputError, match="found 0 --cases and 2 --corpus"):
        pair_suites([], folders)
    with pytest.raises(InputError, match="found 3 --cases and 2 --corpus"):
        pair_suites([*files, files[0]], folders)
    with pytest.raises(InputError, match="the id one more than once"):
        pair_suites([files[0], files[0]], folders)
    with pytest.raises(InputError, match="--library keeps one library"):
        run_suites(pair_suites(files, folders), library=tmp_path / "library")
