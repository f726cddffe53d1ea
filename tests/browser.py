"""A chat on a real server with a real library, and a browser to look at it: what the tests of the page share."""

import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
# Milliseconds; no test takes that long where all is well, but a busy machine may be slow.
PATIENCE = 90_000
# Every part of the page that its start fills.
PARTS = (
    "#head .ws-head", "#conversation .ws-conversation", "#composer .ws-composer", "#evidence .ws-evidence", "#filter .ws-filter",
    "#plot button", "#table .ws-count", "#verify .ws-verify", "#articles .ws-find", "#add *",
)  # fmt: skip
FLAGS = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium (`make test` does when it may)"
)


def whosaid(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """The command line, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *map(str, arguments)], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )


class Server:
    """`whosaid chat` as a process of its own, on a port that it finds, and that stays the same when it is started again.

    Args:
        options: More of the command's.
    """

    def __init__(self, library: Path, *options: str) -> None:
        self.library = library
        self.address = ""
        self._options = options
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        port = ["--port", self.address.rpartition(":")[2]] if self.address else []
        command = [sys.executable, "-u", "-m", "ui.cli", "chat", "--library", str(self.library), *port, *self._options]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8")
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        assert self.address in {"", found[0]}
        self.address = found[0]

    def stop(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        try:
            rest, _ = self._process.communicate(timeout=60)
        finally:
            # Nobody waits for one that does not end.
            self._process.kill()
        assert self._process.returncode == 0, rest


@contextmanager
def launched() -> Iterator["Browser"]:
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@contextmanager
def opened(browser: "Browser", address: str, *, width: int = 1280, height: int = 900, **context: Any) -> Iterator["Page"]:
    """The chat, opened; an error on it or a request to another machine fails the test."""
    errors: list[str] = []
    strangers: list[str] = []
    asked = browser.new_context(viewport={"width": width, "height": height}, **({"locale": "en-GB"} | context))
    page = asked.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    local = (address, "data:", "blob:")
    page.on("request", lambda sent: None if sent.url.startswith(local) else strangers.append(sent.url))
    page.set_default_timeout(PATIENCE)
    try:
        page.goto(address)
        started(page)
        yield page
    finally:
        asked.close()
    assert errors == []
    assert strangers == []


def shown(found: "Locator") -> Any:
    """Playwright's assertions on what a locator finds; they wait until it is so."""
    from playwright.sync_api import expect

    return expect(found)


def started(page: "Page") -> None:
    """Wait until every part of the page is there."""
    for part in PARTS:
        page.wait_for_selector(part, state="attached")


def go(page: "Page", name: str) -> None:
    """Turn to one of the four pages."""
    page.click(f".ws-pages a[data-page={name}]")
    page.wait_for_selector(f"#panel-{name}", state="visible")


def ask(page: "Page", question: str) -> None:
    """Ask, and wait for the answer."""
    before = page.locator(".ws-turn").count()
    page.fill("#ws-question", question)
    page.press("#ws-question", "Enter")
    answered(page, before)


def answered(page: "Page", before: int = 0) -> None:
    page.wait_for_function(
        "n => document.querySelectorAll('.ws-turn').length > n && !document.querySelector('.ws-pending')", arg=before
    )


def marked(page: "Page", where: str) -> str:
    """The words that are marked in an article, on one line, once there are any."""
    page.wait_for_selector(f"{where} .ws-article mark")
    return one_line(" … ".join(page.locator(f"{where} .ws-article mark").all_inner_texts()))


def shows(page: "Page", where: str, words: object, *, n: object = None) -> None:
    """Wait until these words are marked in an article; with `n`, as those of the citation with that number."""
    if n is not None:
        page.wait_for_selector(f'{where} .ws-n[data-n="{n}"][aria-pressed="true"]')
    page.wait_for_function(
        "([where, words]) => [...document.querySelectorAll(`${where} .ws-article mark`)].map(mark => mark.innerText).join(' … ')"
        ".replace(/\\s+/g, ' ').trim() === words",
        arg=[where, one_line(words)],
    )


def focused_is(page: "Page", condition: str) -> None:
    """Wait until a condition, in JavaScript, holds for `focused`, the element that has the focus."""
    page.wait_for_function(f"(focused => {condition})(document.activeElement)")


def one_line(text: object) -> str:
    return re.sub(r"\s+", " ", str(text)).strip()


def overflows(page: "Page") -> bool:
    """Whether the page can be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))
