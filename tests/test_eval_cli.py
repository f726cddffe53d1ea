"""`whosaid eval run` as a user runs it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cli import app

CASE = {
    "version": 1,
    "id": "captain",
    "question": "What did Ann Lee say?",
    "language": "en",
    "kind": "words",
    "split": "dev",
    "expect": {"statements": [{"article": "a.txt", "words": "We will go home tonight", "speaker": "Ann Lee"}]},
}
NEVER = CASE | {
    "id": "never",
    "split": "held_out",
    "question": "What did Joe Biden say?",
    "expect": {"abstained": True, "reason": "no_such_speaker"},
}


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("“We will go home tonight,” said Ann Lee, the mayor of Oslo.", encoding="utf-8")
    cases = "\n".join(json.dumps(case) for case in (CASE, NEVER))
    (tmp_path / "cases.jsonl").write_text(cases, encoding="utf-8")
    return folder


def arguments(corpus: Path, *more: str) -> list[str]:
    return ["run", "--cases", str(corpus.parent / "cases.jsonl"), "--corpus", str(corpus), *more]


def test_json_is_exact_and_a_threshold_decides_the_exit_status(corpus: Path) -> None:
    result = CliRunner().invoke(app, arguments(corpus, "--json", "--min-right", "1.0"))
    run = json.loads(result.stdout)
    assert [score["id"] for score in run["scores"]] == ["captain", "never"]
    right = run["metrics"]["cases right"]
    assert result.exit_code == (0 if right["right"] == 2 else 1)
    assert right == {"share": 1.0, "right": 2, "judged": 2, "unscored": 0, "low": 1.0, "high": 1.0}, run["scores"]


def test_table_and_split(corpus: Path) -> None:
    result = CliRunner().invoke(app, arguments(corpus, "--split", "held_out", "--failures"))
    assert result.exit_code == 0
    assert "whosaid: 1 cases" in result.output
    assert "wrong-speaker rate" in result.output


def test_input_errors_tell_what_to_do_and_exit_with_2(corpus: Path) -> None:
    bad_split = CliRunner().invoke(app, arguments(corpus, "--split", "train"))
    assert (bad_split.exit_code, "give dev or held_out" in bad_split.output) == (2, True)
    no_corpus = CliRunner().invoke(app, ["run", "--corpus", str(corpus / "none")])
    assert (no_corpus.exit_code, "--corpus" in no_corpus.output) == (2, True)
