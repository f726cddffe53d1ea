"""The pytest plugin, in a project of somebody's own."""

import json
import subprocess
import sys
from importlib import import_module
from importlib.metadata import entry_points

import pytest

# Imported here, since pytester forgets what a run imports, and some libraries cannot be imported twice.
import_module("eval.running")
pytest_plugins = "pytester"

# A package that was installed before it had the plugin does not name it yet.
LOADED = () if entry_points(group="pytest11", name="whosaid") else ("-p", "eval.plugin")
RIGHT = {
    "version": 1,
    "id": "home",
    "question": "What did Ann Lee say?",
    "language": "en",
    "kind": "words",
    "split": "dev",
    "expect": {"statements": [{"article": "a.txt", "words": "We will go home tonight", "speaker": "Ann Lee"}]},
}
WRONG = RIGHT | {"id": "stay", "kind": "verify", "question": "Did Ann Lee say she will stay?", "expect": {"verdict": "supported"}}
SYSTEM = """
class Theirs:
    name = "theirs"

    def __init__(self, corpus):
        self.article = corpus.articles["a.txt"]

    def ask(self, turns):
        at = self.article.text.index("We will")
        quote = self.article.text[at:at + 23]
        cited = {"article": self.article.id, "spans": [[at, at + 23]], "quote": quote, "speaker": "Ann Lee"}
        return {"text": f"Ann Lee said: “{quote}” [1]", "citations": [cited]}

def pytest_whosaid_system(config, corpus):
    return Theirs(corpus)
"""


def project(pytester: pytest.Pytester, *cases: dict[str, object], articles: str = "articles") -> None:
    pytester.mkdir(articles)
    (pytester.path / articles / "a.txt").write_text("“We will go home tonight,” said Ann Lee, the mayor.", encoding="utf-8")
    (pytester.path / "news.cases.jsonl").write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")


def test_each_case_is_a_test_and_a_failure_shows_what_was_asked_answered_and_expected(pytester: pytest.Pytester) -> None:
    project(pytester, RIGHT, WRONG)
    pytester.makeconftest(SYSTEM)
    pytester.makepyfile("def test_their_own(): assert True")
    result = pytester.runpytest(*LOADED, "-v")
    result.assert_outcomes(passed=2, failed=1)
    result.stdout.fnmatch_lines(["*news.cases.jsonl::home PASSED*", "*news.cases.jsonl::stay FAILED*"])
    result.stdout.fnmatch_lines(
        ["asked:    Did Ann Lee say she will stay[?]", "answered: Ann Lee said:*", "verdict: expected supported; came None"]
    )
    assert "Traceback" not in result.stdout.str()


def test_cases_are_chosen_by_id_kind_and_language(pytester: pytest.Pytester) -> None:
    project(pytester, RIGHT, WRONG, RIGHT | {"id": "heim", "language": "nb"})
    pytester.makeconftest(SYSTEM)
    pytester.runpytest(*LOADED, "-k", "words and not nb").assert_outcomes(passed=1, deselected=2)


def test_the_settings_name_the_articles(pytester: pytest.Pytester) -> None:
    # That whosaid itself is asked without a conftest is seen where the README's example runs.
    project(pytester, RIGHT, articles="reports")
    pytester.makeconftest(SYSTEM)
    pytester.makeini("[pytest]\nwhosaid_corpus = reports")
    pytester.runpytest(*LOADED).assert_outcomes(passed=1)


def test_cases_that_cannot_be_read_or_are_on_other_articles_are_errors_with_their_reason(pytester: pytest.Pytester) -> None:
    project(pytester, RIGHT | {"expect": {"statements": [{"article": "b.txt", "words": "x"}]}})
    pytester.makeconftest(SYSTEM)
    result = pytester.runpytest(*LOADED)
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*b.txt, which is not in the corpus*"])
    (pytester.path / "bad.cases.jsonl").write_text("{}", encoding="utf-8")
    result = pytester.runpytest(*LOADED, "bad.cases.jsonl")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*bad.cases.jsonl line 1: *see eval/cases/README.md*"])
    missing = pytester.runpytest(*LOADED, "news.cases.jsonl", "--whosaid-corpus", "nowhere")
    missing.stdout.fnmatch_lines(["*no folder of articles at*nowhere*"])


def test_a_run_without_cases_is_left_alone(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import sys\ndef test_light(): assert not {'eval.run', 'chromadb', 'index.library'} & set(sys.modules)")
    (pytester.path / "data.jsonl").write_text("{}", encoding="utf-8")
    result = pytester.runpytest_subprocess(*LOADED, "--strict-markers", "-W", "error")
    result.assert_outcomes(passed=1)


def test_the_plugin_imports_nothing_of_whosaid() -> None:
    code = "import sys, eval.plugin; print(*(name for name in sys.modules if name.split('.')[0] in ('eval', 'index', 'rag')))"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["eval", "eval.plugin"]
