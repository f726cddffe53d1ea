"""The chat in a real browser, on a real server and library."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

browser_test = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium (`make test` does when it may)"
)

# Everything that a page could be talked into running. Each would set window.hit.
HOSTILE = """---
title: <script>window.hit=1</script> "Quoted" ${window.hit=2} {{value}}
outlet: <img src=x onerror=window.hit=3>
published: 2024-06-27
language: en
url: https://example.org/"onmouseover="window.hit=4
---

Mayor Erik Dahl <script>window.hit=5</script> spoke on Monday. <img src=x onerror="window.hit=6"> ${window.hit=7}

[click](javascript:window.hit=8) <svg onload=window.hit=9> `${window.hit=10}` </mark></div><b>bold</b>

“The bridge will stay closed <img src=x onerror=window.hit=11> until August,” said Erik Dahl.
"""


def whosaid(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chat")
    (folder / "hostile.md").write_text(HOSTILE, encoding="utf-8")
    made = whosaid("index", ROOT / "seeds", folder / "hostile.md", "--library", folder / "library")
    assert made.returncode == 0, made.stderr
    return folder / "library"


@pytest.fixture(scope="module")
def address(library: Path) -> Iterator[str]:
    """Where the chat listens, as a process of its own."""
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "ui.cli", "chat", "--library", library],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert server.stdout is not None
    try:
        line = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        yield found[0]
    finally:
        server.send_signal(signal.SIGINT)
        rest = server.stdout.read()
        assert server.wait(timeout=30) == 0, rest
        server.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture(params=[(1280, 900), (360, 740)], ids=["1280", "360"])
def page(browser: "Browser", address: str, request: pytest.FixtureRequest) -> Iterator["Page"]:
    """The chat, opened; any error on it and any request to another machine fails the test."""
    width, height = request.param
    opened = browser.new_page(viewport={"width": width, "height": height})
    errors: list[str] = []
    strangers: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    opened.on("request", lambda sent: None if sent.url.startswith((address, "data:")) else strangers.append(sent.url))
    # The server is up before the first application is served.
    opened.goto(address)
    opened.wait_for_selector("#question textarea")
    yield opened
    opened.close()
    assert errors == []
    assert strangers == []


def ask(page: "Page", question: str) -> None:
    before = page.locator(".ws-turn").count()
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_function(
        "n => document.querySelectorAll('.ws-turn').length > n && !document.querySelector('.ws-turn [role=status]')",
        arg=before,
    )


def marked(page: "Page") -> str:
    return " … ".join(page.locator(".ws-article mark").all_inner_texts())


def answer_json(library: Path, question: str) -> dict[str, object]:
    answer: dict[str, object] = json.loads(whosaid("ask", question, "--json", "--library", library).stdout)
    return answer


def one_line(text: object) -> str:
    return " ".join(str(text).split())


@browser_test
def test_each_number_brings_its_article_with_the_cited_words_marked(page: "Page", library: Path) -> None:
    question = "What did Arce say to Zúñiga?"
    expected = answer_json(library, question)
    citations = expected["citations"]
    assert isinstance(citations, list)
    assert len(citations) > 1
    ask(page, question)
    # The first citation is shown unasked.
    assert one_line(marked(page)) == one_line(citations[0]["quote"])
    for citation in citations:
        page.locator(f'#conversation .ws-n[data-n="{citation["n"]}"]').first.click()
        page.wait_for_selector(f'#evidence[data-none], #evidence .ws-n[data-n="{citation["n"]}"][aria-pressed="true"]')
        page.wait_for_function(
            "words => [...document.querySelectorAll('.ws-article mark')].map(m => m.innerText).join(' … ')"
            ".replace(/\\s+/g, ' ').trim() === words",
            arg=one_line(citation["quote"]),
        )
        facts = page.locator(".ws-facts").inner_text()
        assert citation["outlet"] in facts
        assert citation["published"] in facts
        assert citation["speaker"] in facts
        assert page.locator(".ws-article mark").first.is_visible()
        box, frame = page.locator(".ws-article mark").first.bounding_box(), page.locator(".ws-article").bounding_box()
        assert box
        assert frame
        assert frame["y"] <= box["y"] <= frame["y"] + frame["height"]
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")


@browser_test
def test_an_example_question_is_answered_at_a_click(page: "Page") -> None:
    example = page.locator(".ws-example").first
    words = example.inner_text()
    example.click()
    page.wait_for_selector(".ws-turn .ws-n")
    assert page.locator(".ws-question").first.inner_text() == words


@browser_test
def test_hostile_article_shows_as_text_and_runs_nothing(page: "Page") -> None:
    ask(page, "What did Erik Dahl say?")
    page.wait_for_selector(".ws-article mark")
    assert "The bridge will stay closed <img src=x onerror=window.hit=11> until August" in marked(page)
    text = page.locator("#evidence").inner_text()
    assert "<script>window.hit=5</script>" in text
    assert "[click](javascript:window.hit=8)" in text
    assert "${window.hit=7}" in text
    hrefs = page.locator("#evidence a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert hrefs == ['https://example.org/"onmouseover="window.hit=4']
    page.wait_for_timeout(300)
    assert page.evaluate("window.hit") is None


@browser_test
def test_hostile_question_shows_as_text_and_runs_nothing(page: "Page") -> None:
    question = 'What did <img src=x onerror="window.hit=1"> ${window.hit=2} {{window.hit=3}} say?'
    ask(page, question)
    assert page.locator(".ws-question").last.inner_text() == question
    page.wait_for_timeout(300)
    assert page.evaluate("window.hit") is None


@browser_test
def test_starting_over_forgets_the_conversation(page: "Page") -> None:
    ask(page, "What did Joe Biden say?")
    assert page.locator(".ws-turn").count() == 1
    page.click("#again")
    page.wait_for_function("!document.querySelector('.ws-turn')")


@browser_test
def test_two_visitors_do_not_see_each_other(browser: "Browser", address: str) -> None:
    pages = [browser.new_context().new_page() for _ in range(2)]
    for opened, question in zip(pages, ("What did Arce say?", "What did Joe Biden say?"), strict=True):
        opened.goto(address)
        opened.wait_for_selector("#question textarea")
        ask(opened, question)
    shown = [opened.locator(".ws-question").all_inner_texts() for opened in pages]
    assert shown == [["What did Arce say?"], ["What did Joe Biden say?"]]
    for opened in pages:
        opened.context.close()


def fetch(address: str, **headers: str) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as reply:
            return reply.status, {name.lower(): value for name, value in reply.headers.items()}
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}


def test_other_sites_are_not_let_in(address: str) -> None:
    status, headers = fetch(address, Origin="https://evil.example")
    assert status == 200
    assert "access-control-allow-origin" not in headers
    assert "connect-src 'self'" in headers["content-security-policy"]
    # DNS rebinding: the right address under a stranger's name.
    assert fetch(address, Host="evil.example")[0] == 400


def test_no_file_of_this_machine_is_served(address: str, library: Path) -> None:
    for path in ("/etc/passwd", str(library / "library.sqlite"), str(ROOT / "pyproject.toml")):
        assert fetch(f"{address}/gradio_api/file={path}")[0] in {403, 404}


def test_an_open_address_without_login_is_refused(library: Path) -> None:
    environment = {name for name in os.environ if name.startswith("WHOSAID_")}
    assert not environment
    refused = whosaid("chat", "--host", "0.0.0.0", "--library", library)
    assert refused.returncode == 2
    assert "set WHOSAID_USER and WHOSAID_PASSWORD" in refused.stderr
