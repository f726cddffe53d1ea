"""Pictures of the chat's pages over a library, for the README: `python -m ui.screenshots LIBRARY FOLDER`."""

import io
import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from index.errors import InputError

if TYPE_CHECKING:
    from playwright.sync_api import Page

_QUESTION = "What did Arce say to Zúñiga?"
_MISQUOTED = "I am your general, and I order you to withdraw your soldiers"


def _ask(page: "Page") -> None:
    page.fill("#ws-question", _QUESTION)
    page.press("#ws-question", "Enter")
    page.wait_for_selector("#evidence .ws-article mark")
    page.locator(".ws-witnesses summary").first.click()
    page.mouse.click(5, 5)


def _statements(page: "Page") -> None:
    page.click("a[data-page=statements]")
    page.click("#plot button")
    page.wait_for_selector("#graph .main-svg")
    page.wait_for_timeout(600)


def _verify(page: "Page") -> None:
    page.click("a[data-page=verify]")
    page.fill('#verify [name="words"]', _MISQUOTED)
    page.fill('#verify [name="speaker"]', "Arce")
    page.click("#verify .ws-primary")
    page.wait_for_selector("#witness .ws-article mark")


def _articles(page: "Page") -> None:
    page.click("a[data-page=articles]")
    page.locator(".ws-articles .ws-open").nth(1).click()
    page.wait_for_selector("#reader .ws-article", timeout=8000)
    page.wait_for_timeout(400)


# Name, what is done first, width, height, and light or dark.
SHOTS: tuple[tuple[str, Callable[["Page"], object], int, int, Literal["light", "dark"]], ...] = (
    ("ask-light", _ask, 1280, 860, "light"),
    ("ask-dark", _ask, 1280, 860, "dark"),
    ("statements-light", _statements, 1280, 1000, "light"),
    ("verify-light", _verify, 1280, 820, "light"),
    ("articles-dark", _articles, 1280, 820, "dark"),
    ("ask-phone", _ask, 360, 740, "light"),
    ("statements-phone", lambda page: page.click("a[data-page=statements]"), 360, 740, "dark"),
)


def main(library: Path, folder: Path) -> None:
    """Make the pictures; the browser is the system's Chromium.

    Raises:
        InputError: There is no Chromium.
    """
    from PIL import Image
    from playwright.sync_api import sync_playwright
    from uvicorn import Config, Server

    from ui.server import application, listen
    from ui.settings import ChatSettings
    from ui.shelf import Shelf

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        raise InputError("there is no Chromium on this machine; on Debian: apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as kept, Shelf(library) as shelf:
        settings = ChatSettings(library=library, history=Path(kept) / "history.sqlite")
        bound = listen(settings.host, None)
        server = Server(Config(application(shelf, settings), log_level="warning", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
        thread.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=chromium, args=["--no-sandbox", "--disable-background-networking", "--disable-dev-shm-usage"]
                )
                for name, act, width, height, scheme in SHOTS:
                    context = browser.new_context(
                        viewport={"width": width, "height": height},
                        color_scheme=scheme,
                        locale="en-GB",
                        reduced_motion="reduce",
                    )
                    page = context.new_page()
                    page.goto(f"http://{settings.host}:{bound.getsockname()[1]}")
                    page.wait_for_selector(".ws-composer")
                    act(page)
                    page.wait_for_timeout(300)
                    # 128 colours are all that such a page has, and make a third of the size.
                    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(128)
                    picture.save(folder / f"{name}.png", optimize=True)
                    context.close()
                browser.close()
        finally:
            server.should_exit = True
            thread.join()
            bound.close()


if __name__ == "__main__":
    os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
    main(Path(sys.argv[1]), Path(sys.argv[2]))
