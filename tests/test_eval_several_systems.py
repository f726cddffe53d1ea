"""Several systems in one run, with a service in the place of a language model that copies words and counts tokens."""

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cli import app
from eval.judge import LanguageModelJudge
from eval.observed import read_answer
from eval.record import read_run, read_times
from eval.systems import Whosaid, build_library
from examples.stub_model import reply, serve
from index.library import Library
from rag.wording import Wording

ARTICLE = (
    "The mayor spoke to reporters in the town hall. “The harbour will be closed for three weeks in May,” said Ann Lee, the "
    "mayor of Oslo. She said that the ferries would sail from the other pier. The council meets again on Monday."
)
HARBOUR = {"article": "a.txt", "words": "The harbour will be closed for three weeks in May", "speaker": "Ann Lee"}
CASES = (
    {"id": "said", "kind": "words", "question": "What did Ann Lee say about the harbour?", "expect": {"statements": [HARBOUR]}},
    {
        "id": "asked",
        "kind": "words",
        "question": "What has Ann Lee said of the harbour?",
        "same_as": "said",
        "variant": "reworded",
    },
    {"id": "never", "kind": "unanswerable", "question": "What did Joe Biden say?", "expect": {"abstained": True}},
)


@pytest.fixture
def address() -> Iterator[str]:
    with serve(0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text(ARTICLE, encoding="utf-8")
    rows = ({"version": 1, "language": "en", "split": "dev"} | case for case in CASES)
    (tmp_path / "cases.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    return tmp_path


def test_one_run_scores_support_for_each_of_four_systems(folder: Path, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WHOSAID_LLM_BASE_URL", address)
    monkeypatch.setenv("WHOSAID_LLM_MODEL", "stub")
    out, html = folder / "run.json", folder / "report.html"
    named = [word for name in ("whosaid", "whosaid-llm", "plain", "citation-engine") for word in ("--system", name)]
    on = ["--cases", str(folder / "cases.jsonl"), "--corpus", str(folder / "articles")]
    done = CliRunner().invoke(app, ["run", *on, *named, "--out", str(out), "--html", str(html)])
    assert done.exit_code == 0, done.output
    run, times = read_run(out), read_times(out)
    names = ["whosaid", "whosaid with stub", "plain LlamaIndex", "citation engine with stub"]
    assert [system.name for system in run.systems] == names
    for system in run.systems:
        for metric in ("citation recall", "citation precision", "faithfulness"):
            figure = system.metrics[metric]
            assert figure.judged, (system.name, metric)
        # All four only copy, so whatever they say is what they cite says. The plain one marks a chunk once, at its end: of its
        # sentences only the last one cites anything.
        recall = system.metrics["citation recall"].share
        assert system.metrics["faithfulness"].share == 1.0, system.name
        assert recall == (0.25 if system.name == "plain LlamaIndex" else 1.0), system.name
    assert times is not None
    tokens = [system.tokens for system in times.systems]
    assert tokens[0] == tokens[2] == 0  # no model is asked
    assert all(tokens[place] for place in (1, 3))
    page = html.read_text(encoding="utf-8")
    assert all(name in page for name in names)
    [ours, worded] = [system.metrics for system in run.systems[:2]]
    assert (ours["robustness"].judged, ours["robustness, reworded"].judged) == (1, 1)
    assert worded["wrong-speaker rate"].right == 0


def test_tokens_are_counted_over_all_turns_and_only_where_every_reply_tells(folder: Path, address: str) -> None:
    build_library(folder / "articles", folder / "library")
    with Library(folder / "library") as library:
        ours = Whosaid(library, wording=Wording(base_url=address, model="stub"))
        once = read_answer(ours.ask(["What did Ann Lee say?"])).usage
        twice = read_answer(ours.ask(["What did Ann Lee say?", "And about the harbour?"])).usage
        refused = read_answer(ours.ask(["What did Joe Biden say?"])).usage
        silent = Whosaid(library, wording=Wording(base_url="http://127.0.0.1:9/v1", model="gone"))
        untold = read_answer(silent.ask(["What did Ann Lee say?"])).usage
    assert once.prompt_tokens
    assert once.completion_tokens
    assert twice.prompt_tokens is not None
    assert twice.prompt_tokens > once.prompt_tokens
    assert refused.tokens == 0  # nobody was asked
    assert untold.tokens is None  # somebody was, and did not tell


def test_a_model_as_judge_is_advisory_and_says_yes_or_no(address: str) -> None:
    judge = LanguageModelJudge(Wording(base_url=address, model="stub"))
    assert judge.name == "stub (advisory)"
    assert judge.supports("Lee will go to the harbour.", "Lee will go.") is True
    assert judge.supports("Lee will go to the harbour.", "Lee will stay.") is False


def test_the_stub_cites_the_sentences_nearest_to_the_query_and_refuses_without_one() -> None:
    def asked(query: str) -> str:
        sources = "Source 1:\nThe harbour is closed. Lee left.\n\nSource 2:\nThe budget is late.\n"
        prompt = f"Source 1:\nThe sky is red.\nQuery: When?\nAnswer: [1].\n------\n{sources}------\nQuery: {query}\nAnswer: "
        return reply([{"role": "user", "content": prompt}])

    assert asked("Why is the harbour closed?") == "The harbour is closed. [1] The budget is late. [2]"
    assert asked("Who won?") == "None of the sources are helpful."
