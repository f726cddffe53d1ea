"""`whosaid eval run` as a user runs it."""

import io
import json
import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from rich.console import Console
from typer.testing import CliRunner

from eval.case import Case
from eval.cli import app
from eval.record import read_run, read_times
from eval.running import show_progress
from eval.score import CaseScore, score_error

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
    [system] = run["systems"]
    assert [result["id"] for result in system["results"]] == ["captain", "never"]
    right = system["metrics"]["cases right"]
    assert result.exit_code == (0 if right["right"] == 2 else 1)
    assert right == {"share": 1.0, "right": 2, "judged": 2, "unscored": 0, "low": 1.0, "high": 1.0}, system["results"]


def test_table_and_split(corpus: Path) -> None:
    result = CliRunner().invoke(app, arguments(corpus, "--split", "held_out", "--failures"))
    assert result.exit_code == 0
    assert "whosaid: 1 case" in result.output
    assert "wrong-speaker rate" in result.output


def test_input_errors_tell_what_to_do_and_exit_with_2(corpus: Path) -> None:
    bad_split = CliRunner().invoke(app, arguments(corpus, "--split", "train"))
    assert (bad_split.exit_code, "give dev or held_out" in bad_split.output) == (2, True)
    no_corpus = CliRunner().invoke(app, ["run", "--corpus", str(corpus / "none")])
    assert (no_corpus.exit_code, "--corpus" in no_corpus.output) == (2, True)


def test_a_run_is_written_with_its_times_beside_it(corpus: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs" / "one.json"
    result = CliRunner().invoke(app, arguments(corpus, "--out", str(out), "--system", "whosaid", "--system", "plain"))
    assert result.exit_code == 0, result.output
    run, times = read_run(out), read_times(out)
    assert [system.name for system in run.systems] == ["whosaid", "plain LlamaIndex"]
    assert times is not None
    assert [len(system.seconds) for system in times.systems] == [2, 2]
    again = CliRunner().invoke(app, arguments(corpus, "--json", "--system", "whosaid", "--system", "plain"))
    assert again.stdout == out.read_text(encoding="utf-8")
    unknown = CliRunner().invoke(app, arguments(corpus, "--system", "oracle"))
    assert (unknown.exit_code, "oracle is unknown" in unknown.output) == (2, True)


def test_progress_is_a_row_for_each_system_with_what_is_right_so_far() -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=100)
    case = TypeAdapter(Case).validate_python(NEVER)
    right, wrong = CaseScore(case=case, observed=None), score_error(case, "gone")
    with show_progress(2, console) as advance:
        advance("first", right)
        advance("first", wrong)
        advance("[bold]second[/bold]", wrong)
    last = shown.getvalue().rsplit("\x1b[2K", 3)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", "".join(last))
    assert re.search(r"first\s.*2/2 1 right", text)
    assert re.search(r"\[bold\]second\[/bold\]\s.*1/2 0 right", text)
