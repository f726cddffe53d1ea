"""The report in one HTML file: what it tells, and in a real browser that it runs nothing but its own."""

import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from eval.calibration import calibrate
from eval.case import Case, Expectation, ExpectedStatement
from eval.cli import app
from eval.confusion import confuse_refusals, confuse_verdicts
from eval.corpus import Corpus
from eval.page import make_page
from eval.record import RunRecord, Times, dump_run, dump_times, times_path
from eval.recording import record_runs, record_times
from eval.run import Run, run_systems
from index.errors import InputError
from index.records import Article

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
browser_test = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium (`make test` does when it may)"
)
HOSTILE = '</mark></script><script>window.hit=1</script><img src=x onerror="window.hit=2">{{ 7*7 }}\x00\u202e'
TEXT = f"“We go home,” said Ann Lee. {HOSTILE} “They stay,” said Kim Roe."
CORPUS = Corpus(
    articles={
        f"{HOSTILE.replace('/', '').replace(chr(0), '')}.txt": Article(
            id="a", text=TEXT, language="en", title=f"Title {HOSTILE}", outlet=f"Outlet {HOSTILE}"
        ),
        "b.txt": Article(id="b", text="«Vi drar», sa Ann Lee.", language="nb", outlet="The Post"),
    }
)
LABEL = next(iter(CORPUS.articles))
GO = ExpectedStatement(article=LABEL, words=("We go home",), speaker=("Ann Lee",))
DRAR = ExpectedStatement(article="b.txt", words=("Vi drar",), speaker=("Ann Lee",))


def case(name: str, expect: Expectation, **more: Any) -> Case:
    values: dict[str, Any] = {"version": 1, "language": "en", "kind": "words", "split": "dev", "question": name} | more
    return Case(id=name, expect=expect, **values)


CASES = (
    case("right", Expectation(statements=(GO,))),
    case("hostile", Expectation(statements=(GO, DRAR)), question=HOSTILE, kind="topic", language="nb"),
    case("refuse", Expectation(abstained=True, reason="never_quoted"), kind="unanswerable"),
    case("verdict", Expectation(verdict=("altered",)), kind="verify"),
    case("fails", Expectation(statements=(DRAR,)), kind="to_whom", split="held_out"),
)


def cite(words: str, **more: Any) -> dict[str, Any]:
    at = TEXT.index(words)
    return {"article": "a", "spans": [[at, at + len(words)]], "quote": words, "speaker": "Ann Lee", "score": 0.9} | more


class Told:
    """Answers as told, by question."""

    def __init__(self, name: str, answers: Mapping[str, Mapping[str, Any]]) -> None:
        self.name, self.answers = name, answers

    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        if turns[-1] not in self.answers:
            raise RuntimeError(HOSTILE)
        return self.answers[turns[-1]]


GOOD = {"text": "Ann Lee said: “We go home” [1].", "citations": [cite("We go home")]}
WRONG = {"text": HOSTILE, "citations": [cite("They stay", speaker=HOSTILE, outlet=HOSTILE, score=0.2), {"article": HOSTILE}]}
NO = {"text": "No.", "abstained": True, "reason": "no_such_speaker"}
FIRST = Told("first", {"right": GOOD, HOSTILE: WRONG, "refuse": NO, "verdict": {"text": "Yes.", "verdict": "supported"}})
SECOND = Told(HOSTILE, {"right": WRONG, HOSTILE: GOOD, "refuse": NO | {"reason": "never_quoted"}, "verdict": NO})


def runs(*systems: Told) -> tuple[Run, ...]:
    return run_systems(CASES, systems, CORPUS)


@pytest.fixture(scope="module")
def run() -> RunRecord:
    return record_runs(runs(FIRST, SECOND), CORPUS)


@pytest.fixture(scope="module")
def times() -> Times:
    return record_times(runs(FIRST, SECOND))


@pytest.fixture(scope="module")
def html(run: RunRecord, times: Times) -> str:
    return make_page(run, times=times, other=record_runs(runs(Told("first", SECOND.answers)), CORPUS))


def test_the_page_is_the_same_for_the_same_run_and_loads_nothing(run: RunRecord, html: str) -> None:
    assert make_page(run) == make_page(run)
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)
    assert policy
    assert "default-src &#39;none&#39;" in policy[1] or "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert not re.search(r'\b(?:src|href)="(?!#)', html)
    assert " style=" not in html


def test_nothing_of_articles_cases_or_systems_is_markup(html: str) -> None:
    assert html.count("<script>") == 1
    assert "<img" not in html
    assert "{{ 7*7 }}" in html
    assert "\x00" not in html
    assert "&lt;script&gt;window.hit=1" in html


def test_every_table_has_a_caption_and_headings_go_down_by_one(html: str) -> None:
    assert html.count("<table") == html.count("<caption")
    levels = [int(level) for level in re.findall(r"<h(\d)", html)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_each_failure_tells_its_step_and_both_sides_in_their_article(run: RunRecord, html: str) -> None:
    wrong = [result for system in run.systems for result in system.results if not result.right]
    assert html.count('class="failure"') == len(wrong) == 8
    [first] = [result for result in run.systems[0].results if result.id == "hostile"]
    assert (first.step, [loss.step for loss in first.losses]) == ("not retrieved", ["not retrieved", "not retrieved"])
    assert [source.right for source in first.expected] == [False, False]
    # Off the list, and the case does not say that nothing else may be cited: neither right nor wrong.
    assert [source.right for source in first.cited] == [None, None]
    assert first.cited[1].article is None
    assert '<mark class="expected">We go home' in html
    assert '<mark class="cited">They stay' in html
    [failed] = [result for result in run.systems[0].results if result.id == "fails"]
    assert (failed.step, failed.error) == ("failed", f"RuntimeError: {HOSTILE}")


def test_what_is_right_is_not_shown_in_its_article(run: RunRecord) -> None:
    right = run.systems[0].results[0]
    assert right.right
    assert [source.excerpts for source in (*right.expected, *right.cited)] == [(), ()]


def test_refusals_and_verdicts_are_confused_as_they_came(run: RunRecord) -> None:
    refusals = confuse_refusals(run, run.systems[0])
    assert refusals.counts == {
        ("answered", "answered"): 2, ("answered", "failed"): 1, ("never_quoted", "no_such_speaker"): 1
    }  # fmt: skip
    assert refusals.columns[: len(refusals.rows)] == refusals.rows
    assert confuse_verdicts(run, run.systems[0]).counts == {("altered", "supported"): 1}
    assert confuse_verdicts(run, run.systems[1]).counts == {("altered", "none"): 1}


def test_calibration_bins_hold_equal_scores_together_and_auroc_counts_pairs() -> None:
    # Of the 2 × 2 pairs of right and wrong: (.9, .1), (.9, .5), (.5, .1) in order, (.5, .5) a tie: 3.5 / 4.
    assert calibrate([(0.9, True), (0.5, True), (0.5, False), (0.1, False)]).auroc == 3.5 / 4
    found = calibrate([(n // 20 / 10, n % 2 == 0) for n in range(100)])
    assert [(item.low, item.high, item.n, item.right) for item in found.bins] == [
        (n / 10, n / 10, 20, 10) for n in range(5)
    ]  # fmt: skip
    assert found.auroc == 0.5
    assert (calibrate([]).bins, calibrate([]).auroc) == ((), None)
    assert calibrate([(float("nan"), True), (None, False), (0.5, None)]).unscored == 3


def test_a_report_of_runs_without_a_common_system_is_refused(run: RunRecord) -> None:
    strangers = replace(run, systems=tuple(replace(system, name=f"new {n}") for n, system in enumerate(run.systems)))
    with pytest.raises(InputError, match="no system in common"):
        make_page(run, other=strangers)
    with pytest.raises(InputError, match="holds no system"):
        make_page(replace(run, systems=()))


def test_the_command_writes_the_page_from_files(run: RunRecord, times: Times, tmp_path: Path) -> None:
    path, page = tmp_path / "run.json", tmp_path / "report.html"
    path.write_text(dump_run(run), encoding="utf-8")
    times_path(path).write_text(dump_times(times), encoding="utf-8")
    result = CliRunner().invoke(app, ["report", str(path), str(path), "--html", str(page)])
    assert result.exit_code == 0, result.output
    assert "Latency" in page.read_text(encoding="utf-8")
    assert CliRunner().invoke(app, ["report", str(path), str(path)]).exit_code == 2
    shown = CliRunner().invoke(app, ["report", str(path), "--failures"])
    assert (shown.exit_code, "cases lost at" in shown.output) == (0, True)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
        )
        yield launched
        launched.close()


@pytest.fixture(params=[(1280, "light"), (360, "dark")], ids=["light", "narrow-dark"])
def page(browser: "Browser", html: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator["Page"]:
    """The page, opened from disk without a network; whatever it logs or asks of another place fails the test."""
    width, scheme = request.param
    path = tmp_path / "report.html"
    path.write_text(html, encoding="utf-8")
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True)
    opened = context.new_page()
    said: list[str] = []
    opened.on("console", lambda message: said.append(message.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("request", lambda asked: None if asked.url == path.as_uri() else said.append(asked.url))
    opened.goto(path.as_uri())
    yield opened
    assert opened.evaluate("window.hit === undefined")
    assert said == []
    context.close()


# What is wider than the page and stands in nothing that scrolls.
TOO_WIDE = """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('main *, header *')]
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.wide')).map(e => e.outerHTML.slice(0, 160))"""


@browser_test
def test_the_page_opens_from_disk_fits_and_filters(page: "Page") -> None:
    assert page.evaluate(TOO_WIDE) == []
    failures = page.locator("details.failure")
    assert failures.count() == 8
    output = page.locator("#filters output")
    assert output.inner_text() == "8 of 8 failures"
    page.locator("select[name=step]").select_option("failed")
    assert output.inner_text() == "2 of 8 failures"
    page.locator("select[name=system]").select_option("first")
    assert output.inner_text() == "1 of 8 failures"
    assert failures.locator("visible=true").count() == 1
    page.locator("select[name=step]").select_option("")
    page.locator("select[name=kind]").select_option("topic")
    page.locator("select[name=language]").select_option("nb")
    assert output.inner_text() == "1 of 8 failures"
    page.locator("button[name=toggle]").click()
    opened = failures.locator("visible=true")
    assert (opened.locator("mark.cited").first.text_content() or "").startswith("They stay")
    assert page.evaluate(TOO_WIDE) == []


@browser_test
def test_on_a_phone_the_plots_and_the_figures_of_one_system_stand_side_by_side(browser: "Browser") -> None:
    one = make_page(record_runs(runs(FIRST), CORPUS))
    context = browser.new_context(viewport={"width": 360, "height": 800}, offline=True)
    page = context.new_page()
    page.set_content(one)
    for table in page.locator("table.shares").all():
        assert table.evaluate("table => table.scrollWidth <= table.parentElement.clientWidth"), table.inner_text()
    context.close()


@browser_test
def test_without_its_script_everything_is_there_and_print_opens_what_is_closed(
    browser: "Browser", page: "Page", html: str
) -> None:
    context = browser.new_context(java_script_enabled=False, offline=True)
    plain = context.new_page()
    plain.set_content(html)
    assert plain.locator("details.failure").count() == 8
    assert not plain.locator("#filters").is_visible()
    context.close()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("details:not([open])").count() == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details[open]").count() == 0
