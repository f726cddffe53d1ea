"""How long the first visitor waits: `python -m ui.bench --library DIR` prints start, first page and first answer.

Cold is a server that was just started, warm is the same server the second time. The page is loaded by Chromium until its
box for questions can be typed into; where there is none, only its HTML is fetched, and the line says so.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated

import typer

from ui.load import example_questions, serving
from ui.options import DEFAULT_LIBRARY, LibraryOption

if TYPE_CHECKING:
    import httpx

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def seconds_of(work: Callable[[], object]) -> float:
    """The seconds that a piece of work takes."""
    started = perf_counter()
    work()
    return perf_counter() - started


def main(
    *,
    library: LibraryOption = DEFAULT_LIBRARY,
    question: Annotated[str | None, typer.Option(metavar="QUESTION", help="By default the first that the page offers.")] = None,
) -> None:
    """Start the server, open its page and ask, twice each, and print the seconds."""
    import httpx

    asked = question or (*example_questions(library), "What was said?")[0]
    started = perf_counter()
    with serving(library) as (address, _), httpx.Client(base_url=address, timeout=300, trust_env=False) as client:
        typer.echo(f"server listens after {perf_counter() - started:.2f} s")

        def ask() -> None:
            client.post("/api/v1/ask", json={"question": asked}).raise_for_status()

        pages(address, client)
        typer.echo(f"first answer, cold: {seconds_of(ask):.2f} s; warm: {seconds_of(ask):.2f} s  ({asked})")


def pages(address: str, client: "httpx.Client") -> None:
    """Print how long the page takes until its box for questions can be typed into."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        browser = None
    if browser is None:

        def fetch() -> None:
            client.get("/").raise_for_status()

        typer.echo(f"page's HTML (no browser here), cold: {seconds_of(fetch):.2f} s; warm: {seconds_of(fetch):.2f} s")
        return
    flags = ["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(Path(browser)), args=flags)

        def load() -> None:
            with launched.new_context() as context:
                opened = context.new_page()
                opened.goto(address, timeout=300_000)
                opened.wait_for_selector("#ws-question", timeout=60_000)

        typer.echo(f"first page, cold: {seconds_of(load):.2f} s; warm server, new visitor: {seconds_of(load):.2f} s")
        launched.close()


if __name__ == "__main__":
    typer.run(main)
