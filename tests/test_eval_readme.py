"""What the README says of evaluating is so."""

import re
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from eval.gates import read_gates

# Imported here, since pytester forgets what a run imports, and some libraries cannot be imported twice.
import_module("eval.running")
pytest_plugins = "pytester"

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LOADED = () if entry_points(group="pytest11", name="whosaid") else ("-p", "eval.plugin")


def block(language: str, holds: str) -> str:
    [found] = [text for text in re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL) if holds in text]
    return str(found)


def test_our_gates_are_as_many_as_it_says() -> None:
    # `test_our_own_cases_hold_our_gates` runs the command and sees the same line.
    assert f"gates: all {len(read_gates(ROOT / 'eval' / 'cases' / 'gates.toml'))} hold" in block("console", "whosaid eval run")


def test_its_cases_run_under_pytest_with_its_conftest_and_without(pytester: pytest.Pytester) -> None:
    pytester.mkdir("articles")
    (pytester.path / "articles" / "a.txt").write_text("“We will go home,” said Ann Lee, the mayor.", encoding="utf-8")
    (pytester.path / "news.cases.jsonl").write_text(block("json", "Ann Lee"), encoding="utf-8")
    # A process of its own, for the same reason: the index imports more when it is used.
    pytester.runpytest_subprocess(*LOADED).assert_outcomes(passed=1)
    theirs = (
        "from types import SimpleNamespace\n\ndef my_rag(question):\n    return SimpleNamespace(text='She said something.')\n\n"
    )
    pytester.makeconftest(theirs + block("python", "pytest_whosaid_system"))
    result = pytester.runpytest(*LOADED)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["answered: She said something.", "missing: expected Ann Lee: We will go home*came 0 of 1"])
