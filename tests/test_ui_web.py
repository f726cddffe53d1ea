"""The chat in a real browser, on a real server and library."""

import csv
import io
import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from index import Library
from index.records import Article, Person, Span, Statement
from tests.browser import (
    ROOT,
    Server,
    answered,
    ask,
    focused_is,
    go,
    launched,
    marked,
    needs_browser,
    one_line,
    opened,
    overflows,
    shown,
    shows,
    started,
    whosaid,
)

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PAGES = ("ask", "statements", "verify", "articles")

# Everything that a page could be talked into running. Each would set window.hit.
HOSTILE = """---
title: <script>window.hit=1</script> "Quoted" ${window.hit=2} {{value}}
outlet: <img src=x onerror=window.hit=3>
published: 2024-06-27
language: en
url: https://example.org/"onmouseover="window.hit=4
---

Mayor Erik Dahl <script>window.hit=5</script> spoke on Monday. <img src=x onerror="window.hit=6"> ${window.hit=7} \u202eevil\u202c

[click](javascript:window.hit=8) <svg onload=window.hit=9> `${window.hit=10}` </mark></div><b>bold</b>

“The bridge will stay closed <img src=x onerror=window.hit=11> until August,” said Erik Dahl.

"""
NEW_ARTICLE = (
    "---\ntitle: Ferry news\noutlet: Harbour Times\npublished: 2024-07-01\nlanguage: en\n---\n\n"
    "“The ferry sails at noon,” said Berit Holm.\n"
)


@dataclass(frozen=True)
class Attributed:
    statements: tuple[Statement, ...]
    people: tuple[Person, ...]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chat")
    (folder / "hostile.md").write_text(HOSTILE, encoding="utf-8")
    made = whosaid("index", ROOT / "seeds", folder / "hostile.md", "--library", folder / "library")
    assert made.returncode == 0, made.stderr
    add_long_line(folder / "library")
    return folder / "library"


def add_long_line(library: Path) -> None:
    """One line of a megabyte with a statement in its midst; kept as if it had been read, which takes long."""
    half = "<b>long</b> <img src=x onerror=window.hit=20> " * 11_000
    said = "No end in sight"
    text = f"{half}“{said},” said Ola Lang. {half}"
    person = Person(id="ola-lang", name="Ola Lang")
    source = text.index("Ola Lang")
    statement = Statement(
        id="long-1",
        article_id="long",
        content=(Span(len(half) + 1, len(half) + 1 + len(said)),),
        source=(Span(source, source + len("Ola Lang")),),
        speaker=person,
        kind="direct",
        language="en",
    )
    with Library(library, write=True) as opened_library:
        article = Article(id="long", text=text, language="en", title="One line", outlet="Long Line")
        opened_library.add(article, (), Attributed(statements=(statement,), people=(person,)))


@pytest.fixture(scope="module")
def server(library: Path) -> Iterator[Server]:
    running = Server(library)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    with launched() as found:
        yield found


@pytest.fixture
def page(browser: "Browser", server: Server) -> Iterator["Page"]:
    with opened(browser, server.address) as found:
        yield found


@pytest.fixture(params=[1280, 360])
def any_page(browser: "Browser", server: Server, request: pytest.FixtureRequest) -> Iterator["Page"]:
    with opened(browser, server.address, width=request.param, height=800) as found:
        yield found


def answer_json(library: Path, question: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(whosaid("ask", question, "--json", "--library", library).stdout)
    return answer


@needs_browser
def test_the_benchmark_of_the_first_page_finds_the_box_for_questions(
    server: Server, browser: "Browser", capsys: pytest.CaptureFixture[str]
) -> None:
    import httpx

    from ui import bench

    # Playwright has one thread's loop, which the module's browser holds.
    with ThreadPoolExecutor(1) as pool, httpx.Client(base_url=server.address, trust_env=False) as client:
        pool.submit(bench.pages, server.address, client).result(timeout=600)
    assert "first page, cold:" in capsys.readouterr().out


# --- Ask


@needs_browser
def test_each_number_brings_its_article_with_the_cited_words_marked(any_page: "Page", library: Path) -> None:
    page, question = any_page, "What did Arce say to Zúñiga?"
    citations = answer_json(library, question)["citations"]
    assert len(citations) > 1
    ask(page, question)
    # The first citation is shown unasked.
    shows(page, "#evidence", citations[0]["quote"], n=citations[0]["n"])
    for citation in citations:
        page.locator(f'#conversation .ws-answer .ws-n[data-n="{citation["n"]}"]').first.click()
        shows(page, "#evidence", citation["quote"], n=citation["n"])
        for known in ("outlet", "published", "speaker", "addressee"):
            shown(page.locator("#evidence .ws-facts")).to_contain_text(citation[known])
        page.wait_for_function(
            "() => { const [frame, words] = ['', ' mark'].map(inner =>"
            " document.querySelector(`#evidence .ws-article${inner}`).getBoundingClientRect());"
            " return frame.top <= words.top && words.top <= frame.bottom; }"
        )
    assert not overflows(page)


@needs_browser
def test_of_two_quick_clicks_the_last_counts(page: "Page", library: Path) -> None:
    question = "What did Arce say to Zúñiga?"
    citations = answer_json(library, question)["citations"]
    ask(page, question)
    first, last = citations[1], citations[2]
    page.evaluate(
        "numbers => numbers.forEach(n => document.querySelector(`#conversation .ws-answer .ws-n[data-n='${n}']`).click())",
        [first["n"], last["n"]],
    )
    shows(page, "#evidence", last["quote"], n=last["n"])


@needs_browser
def test_the_next_question_waits_in_its_box_until_the_last_is_answered(page: "Page") -> None:
    page.evaluate("document.querySelector('.ws-welcome').classList.add('ws-pending')")
    page.fill("#ws-question", "What did Joe Biden say?")
    page.press("#ws-question", "Enter")
    shown(page.locator("#ws-question")).to_have_value("What did Joe Biden say?")
    page.evaluate("document.querySelector('.ws-welcome').classList.remove('ws-pending')")
    page.press("#ws-question", "Enter")
    shown(page.locator("#ws-question")).to_have_value("")
    answered(page)
    shown(page.locator(".ws-question")).to_have_text(["What did Joe Biden say?"])


@needs_browser
def test_an_example_question_is_answered_at_a_click(page: "Page") -> None:
    words = page.locator(".ws-example").first.inner_text()
    page.locator(".ws-example").first.click()
    answered(page)
    shown(page.locator(".ws-question")).to_have_text([words])


@needs_browser
def test_a_part_of_the_reading_is_taken_away_replaced_and_put_back(page: "Page") -> None:
    ask(page, "What did Arce say to Zúñiga?")
    before = page.locator(".ws-answer").inner_text()
    page.click('.ws-chip-x[data-part="addressee"]')
    page.wait_for_selector('.ws-chip-back[data-part="addressee"]')
    shown(page.locator(".ws-answer")).not_to_have_text(before, use_inner_text=True)
    shown(page.locator(".ws-turn")).to_have_count(1)
    page.click(".ws-chip-edit summary")
    page.fill('.ws-chip-edit [name="value"]', "Evo Morales")
    page.press('.ws-chip-edit [name="value"]', "Enter")
    shown(page.locator(".ws-answer")).to_contain_text("Evo Morales")
    page.click('.ws-chip-back[data-part="addressee"]')
    page.wait_for_selector('.ws-chip-x[data-part="addressee"]')


@needs_browser
def test_witnesses_unfold_with_their_differences_marked(page: "Page") -> None:
    ask(page, "What did Arce say to Zúñiga?")
    page.click(".ws-witnesses summary")
    witnesses = page.locator(".ws-witnesses li").count()
    assert witnesses > 1
    shown(page.locator("#evidence .ws-citations li")).to_have_count(witnesses)
    shown(page.locator(".ws-witnesses blockquote ins").first).to_have_text("disobedience")
    shown(page.locator(".ws-witnesses blockquote del").first).to_have_text("insubordination")


@needs_browser
def test_a_refusal_offers_questions_that_have_an_answer(page: "Page") -> None:
    ask(page, "What did Jeanine Anez say?")
    shown(page.locator(".ws-refusal")).to_contain_text("named, but never quoted")
    page.locator(".ws-offers button").first.click()
    answered(page, 1)
    shown(page.locator(".ws-turn").last.locator(".ws-n").first).to_be_visible()


@needs_browser
def test_an_answer_is_copied_with_its_citations_and_saved_as_json(browser: "Browser", server: Server, library: Path) -> None:
    question = "What did Arce say to Zúñiga?"
    with opened(browser, server.address, permissions=["clipboard-read", "clipboard-write"]) as page:
        ask(page, question)
        # The button says so for two seconds only.
        page.evaluate(
            "() => { window.labels = []; const button = document.querySelector('[data-copy]');"
            "new MutationObserver(() => window.labels.push(button.textContent)).observe(button, { childList: true }); }"
        )
        page.click("[data-copy]")
        page.wait_for_function("window.labels.includes('Copied')")
        copied = page.evaluate("navigator.clipboard.readText()")
        expected = answer_json(library, question)
        assert f"**{question}**" in copied
        assert all(f"\\[{citation['n']}\\] {citation['outlet']}" in copied for citation in expected["citations"])
        with page.expect_download() as saved:
            page.click("[data-save]")
        got = json.loads(saved.value.path().read_text(encoding="utf-8"))
        assert {**got, "seconds": 0} == {**expected, "seconds": 0}


@needs_browser
def test_an_answer_is_announced_once(page: "Page") -> None:
    page.evaluate(
        "() => { window.said = []; new MutationObserver(() => window.said.push(document.getElementById('ws-live').textContent))"
        ".observe(document.getElementById('ws-live'), { childList: true, characterData: true, subtree: true }); }"
    )
    ask(page, "What did Evo Morales say?")
    page.wait_for_function("window.said.length > 0")
    last = page.locator("#conversation .ws-answer .ws-n").last
    last.click()
    page.wait_for_selector(f'#evidence .ws-n[data-n="{last.get_attribute("data-n")}"][aria-pressed="true"]')
    said = page.evaluate("window.said")
    assert len(said) == 1
    assert "Evo Morales" in said[0]


@needs_browser
def test_starting_over_leaves_an_empty_conversation_and_the_old_one_in_the_list(page: "Page") -> None:
    ask(page, "What did Joe Biden say?")
    page.click('[data-do="again"]')
    page.wait_for_function("!document.querySelector('.ws-turn')")
    page.click(".ws-history summary")
    page.click(".ws-open[data-do=unfold]")
    shown(page.locator(".ws-question")).to_have_text(["What did Joe Biden say?"])
    shown(page.locator(".ws-history .ws-open[aria-current]")).to_have_count(1)
    page.click(".ws-history summary")
    page.click(".ws-history .ws-chip-x")
    page.wait_for_function("!document.querySelector('.ws-turn') && !document.querySelector('.ws-history')")


@needs_browser
def test_two_visitors_do_not_see_each_other(browser: "Browser", server: Server) -> None:
    with opened(browser, server.address) as one, opened(browser, server.address) as other:
        ask(one, "What did Arce say?")
        ask(other, "What did Joe Biden say?")
        shown(one.locator(".ws-question")).to_have_text(["What did Arce say?"])
        shown(other.locator(".ws-question")).to_have_text(["What did Joe Biden say?"])
        one.wait_for_url(re.compile("#ask/.+"))
        other.goto(one.url)
        other.reload()
        started(other)
        # Somebody else's conversation, even by its address, is none.
        shown(other.locator(".ws-welcome")).to_be_visible()
        shown(other.locator(".ws-turn")).to_have_count(0)
        shown(other.locator(".ws-history li")).to_have_count(1)


# --- Statements


@needs_browser
def test_statements_are_filtered_sorted_exported_and_opened_at_their_place(page: "Page", library: Path) -> None:
    go(page, "statements")
    page.fill('#filter [name="speaker"]', "zuniga")
    page.click("#filter .ws-primary")
    listed = list(csv.DictReader(io.StringIO(whosaid("statements", "--speaker", "Zúñiga", "--csv", "--library", library).stdout)))
    assert len(listed) > 1
    shown(page.locator(".ws-count").first).to_have_text(f"{len(listed)} statements")
    shown(page.locator(".ws-c-speaker")).to_have_text([re.compile("Zúñiga")] * len(listed))
    with page.expect_download() as saved:
        page.click('[data-format="csv"]')
    exported = list(csv.DictReader(io.StringIO(saved.value.path().read_text(encoding="utf-8-sig"))))
    assert {row["id"] for row in exported} == {row["id"] for row in listed}
    with page.expect_download() as saved:
        page.click('[data-format="json"]')
    assert len(json.loads(saved.value.path().read_text(encoding="utf-8"))) == len(listed)
    page.click('.ws-sort[data-sort="outlet"]')
    page.wait_for_selector('th[aria-sort="ascending"] [data-sort="-outlet"]')
    outlets = sorted((row["outlet"] for row in listed), key=str.casefold)
    shown(page.locator(".ws-c-outlet")).to_have_text(outlets)
    words = page.locator(".ws-words").first
    begins = one_line(words.inner_text()).strip("“”…")
    words.click()
    page.wait_for_selector("#reader .ws-article")
    assert marked(page, "#reader").startswith(begins)
    page.keyboard.press("Escape")
    page.wait_for_selector("#reader .ws-article", state="hidden")
    focused_is(page, "focused.className === 'ws-words'")
    # The same article opens a second time.
    words.click()
    page.wait_for_selector("#reader .ws-article")


@needs_browser
def test_a_filter_that_is_left_by_pressing_the_button_is_asked_for_once_however_slow_the_press(page: "Page") -> None:
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "/queue/join" in sent.url else None)
    go(page, "statements")
    page.fill('#filter [name="speaker"]', "Boric")
    page.press('#filter [name="speaker"]', "Tab")
    shown(page.locator(".ws-c-speaker").first).to_contain_text("Boric")
    page.wait_for_timeout(600)
    page.click("#filter .ws-primary")
    page.click('.ws-sort[data-sort="outlet"]')
    page.wait_for_selector('th[aria-sort="ascending"] [data-sort="-outlet"]')
    # The filter for the table and for the plots, and the order.
    assert len(asked) == 3
    page.click("#filter .ws-primary")
    page.click('.ws-sort[data-sort="-outlet"]')
    page.wait_for_selector('th[aria-sort="descending"] [data-sort="outlet"]')
    # Pressed again it is asked again.
    assert len(asked) == 6


@needs_browser
def test_a_closed_article_gives_the_focus_back_though_the_table_was_drawn_anew(page: "Page") -> None:
    go(page, "statements")
    page.locator(".ws-words").nth(1).click()
    page.wait_for_selector("#reader .ws-article")
    opened_by = page.locator(".ws-words").nth(1).get_attribute("data-statement")
    page.evaluate("document.querySelector('.ws-table').outerHTML += ''")
    page.keyboard.press("Escape")
    focused_is(page, f"focused.dataset.statement === {json.dumps(opened_by)}")


@needs_browser
def test_plots_are_drawn_from_the_filtered_rows(page: "Page") -> None:
    go(page, "statements")
    page.click("#plot button")
    page.wait_for_selector("#timeline .main-svg")
    page.wait_for_selector("#graph .main-svg")
    shown(page.locator("#timeline .ytick", has_text="Luis Arce")).to_have_count(1)
    page.wait_for_function("document.querySelectorAll('#timeline .ytick').length > 1")
    page.fill('#filter [name="speaker"]', "Boric")
    page.press('#filter [name="speaker"]', "Enter")
    shown(page.locator("#timeline .ytick")).to_have_text(["Gabriel Boric"])


# --- Verify


@needs_browser
def test_a_quotation_is_verified_with_the_difference_marked_and_the_true_speaker(page: "Page") -> None:
    go(page, "verify")
    page.fill('#verify [name="words"]', "I am your general")
    page.click("#verify .ws-primary")
    page.wait_for_selector(".ws-verdict-altered")
    shown(page.locator(".ws-result .ws-facts ins").first).to_have_text("general")
    shown(page.locator(".ws-result .ws-facts del").first).to_have_text("captain")
    page.fill('#verify [name="words"]', "I am your captain")
    page.fill('#verify [name="speaker"]', "Zúñiga")
    page.click("#verify .ws-primary")
    page.wait_for_selector(".ws-verdict-misattributed")
    shown(page.locator(".ws-result .ws-facts")).to_contain_text("Luis Arce")
    assert page.locator(".ws-witnesses li").count() > 3
    last = page.locator("#verdict .ws-answer .ws-n").last
    last.click()
    page.wait_for_selector(f'#witness .ws-n[data-n="{last.get_attribute("data-n")}"][aria-pressed="true"]')
    assert marked(page, "#witness")


# --- Looks, keyboard, languages


@needs_browser
@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (360, "light")])
def test_axe_finds_no_serious_violation(browser: "Browser", server: Server, width: int, scheme: str) -> None:
    import axe_playwright_python

    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
    with opened(browser, server.address, width=width, height=800, color_scheme=scheme) as page:
        ask(page, "What did Arce say to Zúñiga?")
        page.click(".ws-witnesses summary")
        page.evaluate(axe)
        for name in PAGES:
            go(page, name)
            if name == "verify":
                page.fill('#verify [name="words"]', "I am your general")
                page.click("#verify .ws-primary")
                page.wait_for_selector(".ws-verdict-altered")
            found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
            serious = [
                (violation["id"], [node["html"][:200] for node in violation["nodes"][:3]])
                for violation in found["violations"]
                if violation["impact"] in ("serious", "critical")
            ]
            assert serious == [], name
            assert not overflows(page), name


@needs_browser
def test_nothing_overflows_on_a_wide_screen(browser: "Browser", server: Server) -> None:
    with opened(browser, server.address, width=1600, height=1000) as page:
        ask(page, "Who condemned the coup?")
        for name in PAGES:
            go(page, name)
            assert not overflows(page), name


@needs_browser
def test_the_keyboard_alone_asks_cites_filters_and_reads(page: "Page") -> None:
    def focused() -> str:
        return str(page.evaluate("document.activeElement.outerHTML.slice(0, 200)"))

    def tab_to(piece: str, *, most: int = 60) -> None:
        for _ in range(most):
            page.keyboard.press("Tab")
            if piece in focused():
                return
        raise AssertionError(f"{piece!r} is not reached; the last was {focused()}")

    page.keyboard.press("Tab")
    assert "ws-skip" in focused()
    page.keyboard.press("Enter")
    assert 'id="ws-question"' in focused()
    page.keyboard.type("What did Arce say to Zúñiga?")
    page.keyboard.press("Enter")
    answered(page)
    page.wait_for_selector('#evidence .ws-n[data-n="4"]')
    page.evaluate("document.activeElement.blur(); document.body.focus()")
    tab_to('data-n="4"')
    page.keyboard.press("Enter")
    page.wait_for_selector('#evidence .ws-n[data-n="4"][aria-pressed="true"]')
    focused_is(page, "focused.className === 'ws-title'")
    page.evaluate("window.scrollTo(0, 0)")
    page.focus('.ws-pages a[data-page="ask"]')
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#panel-statements", state="visible")
    tab_to("ws-words")
    page.keyboard.press("Enter")
    page.wait_for_selector("#reader .ws-article")
    focused_is(page, "focused.className === 'ws-title' && focused.closest('#reader')")
    page.keyboard.press("Escape")
    focused_is(page, "focused.className === 'ws-words'")


@needs_browser
def test_the_page_speaks_the_browsers_language_and_another_when_told(browser: "Browser", server: Server) -> None:
    with opened(browser, server.address, locale="nn-NO") as page:
        page.wait_for_function("document.documentElement.lang === 'nb'")
        shown(page.locator(".ws-pages a")).to_have_text(["Spør", "Utsagn", "Sjekk", "Artikler"])
        ask(page, "Hva sa Arce til Zúñiga?")
        shown(page.locator("#evidence .ws-facts")).to_contain_text("Sagt av")
        page.click('[data-language="en"]')
        page.wait_for_function("document.documentElement.lang === 'en' && document.querySelector('.ws-turn')")
        shown(page.locator("#evidence .ws-facts")).to_contain_text("Said by")


# --- Nothing of others runs


@needs_browser
def test_a_hostile_article_shows_as_text_everywhere_and_runs_nothing(any_page: "Page") -> None:
    page = any_page
    ask(page, "What did Erik Dahl say?")
    assert "The bridge will stay closed <img src=x onerror=window.hit=11> until August" in marked(page, "#evidence")
    text = page.locator("#evidence").inner_text()
    for piece in ("<script>window.hit=5</script>", "[click](javascript:window.hit=8)", "${window.hit=7}", "[U+202E]evil[U+202C]"):
        assert piece in text
    links = page.locator("#evidence a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == ['https://example.org/"onmouseover="window.hit=4']
    ask(page, "What did Ola Lang say?")
    shows(page, "#evidence", "No end in sight")
    shown(page.locator("#evidence")).to_contain_text("characters after are not shown")
    go(page, "statements")
    page.fill('#filter [name="words"]', "bridge")
    page.press('#filter [name="words"]', "Enter")
    shown(page.locator(".ws-words")).to_have_count(1)
    shown(page.locator(".ws-c-outlet")).to_contain_text("<img src=x onerror=window.hit=3>")
    page.click("#plot button")
    page.wait_for_selector("#timeline .main-svg")
    page.click(".ws-words")
    page.wait_for_selector("#reader .ws-article")
    page.click("#reader [data-close]")
    go(page, "articles")
    page.fill('#articles [name="words"]', "quoted")
    page.press('#articles [name="words"]', "Enter")
    shown(page.locator(".ws-articles li")).to_have_count(1)
    page.click(".ws-articles .ws-open")
    page.wait_for_selector("#reader .ws-article mark")
    page.click("#reader [data-close]")
    go(page, "verify")
    page.fill('#verify [name="words"]', "<img src=x onerror=window.hit=11>")
    page.fill('#verify [name="speaker"]', "<img src=x onerror=window.hit=12>")
    page.click("#verify .ws-primary")
    page.wait_for_selector(".ws-result")
    assert page.evaluate("window.hit") is None
    assert not overflows(page)


@needs_browser
def test_a_hostile_question_shows_as_text_and_runs_nothing(page: "Page") -> None:
    question = 'What did <img src=x onerror="window.hit=1"> ${window.hit=2} {{window.hit=3}} say?'
    ask(page, question)
    shown(page.locator(".ws-question").last).to_have_text(question)
    page.click(".ws-history summary")
    shown(page.locator(".ws-history li").first).to_contain_text("<img src=x onerror=")
    assert page.evaluate("window.hit") is None


def fetch(address: str, **headers: str) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as reply:
            return reply.status, {name.lower(): value for name, value in reply.headers.items()}
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {name.lower(): value for name, value in error.headers.items()}


def test_other_sites_are_not_let_in(server: Server) -> None:
    status, headers = fetch(server.address, Origin="https://evil.example")
    assert status == 200
    assert "access-control-allow-origin" not in headers
    assert "connect-src 'self'" in headers["content-security-policy"]
    # DNS rebinding: the right address under a stranger's name.
    assert fetch(server.address, Host="evil.example")[0] == 400


def test_the_browsers_number_is_kept_from_scripts_and_other_sites(server: Server) -> None:
    cookie = fetch(server.address)[1]["set-cookie"]
    assert cookie.startswith("whosaid_browser=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "set-cookie" not in fetch(server.address, Cookie=cookie.partition(";")[0])[1]


def test_no_file_of_this_machine_is_served(server: Server, library: Path) -> None:
    for path in ("/etc/passwd", str(library / "library.sqlite"), str(ROOT / "pyproject.toml")):
        assert fetch(f"{server.address}/gradio_api/file={path}")[0] in {403, 404}


@needs_browser
def test_where_uploads_are_off_nothing_offers_one_and_none_is_taken(browser: "Browser", library: Path) -> None:
    closed = Server(library, "--no-uploads")
    closed.start()
    try:
        with opened(browser, closed.address) as page:
            go(page, "articles")
            shown(page.locator(".ws-articles li").first).to_be_visible()
            shown(page.locator("#add")).to_contain_text("Adding and forgetting articles is switched off")
            for control in ("#upload", "#panel-articles input[type=file]", ".ws-paste", ".ws-forget"):
                shown(page.locator(control)).to_have_count(0)
        sent = urllib.request.Request(
            f"{closed.address}/api/v1/articles", json.dumps({"text": "x"}).encode(), {"Content-Type": "application/json"}
        )
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(sent)
        with refused.value:
            assert refused.value.code == 403
    finally:
        closed.stop()


# --- What changes the library, or needs the server started again: last


@needs_browser
def test_a_conversation_survives_a_reload_and_a_restart_and_goes_on(browser: "Browser", server: Server) -> None:
    with opened(browser, server.address) as page:
        ask(page, "What did Arce say to Zúñiga?")
        before = page.locator(".ws-answer").inner_text()
        page.reload()
        page.wait_for_selector(".ws-turn .ws-n")
        shown(page.locator(".ws-answer")).to_have_text(before, use_inner_text=True)
        # Gradio's own page notices that its server is gone; only what comes after counts.
        address = page.url
        page.goto("about:blank")
        server.stop()
        server.start()
        page.goto(address)
        page.wait_for_selector(".ws-turn .ws-n")
        shown(page.locator(".ws-answer")).to_have_text(before, use_inner_text=True)
        assert marked(page, "#evidence")
        ask(page, "And what did he say to his supporters?")
        shown(page.locator(".ws-turn").last.locator(".ws-chips")).to_contain_text("Luis Arce")


@needs_browser
def test_files_are_added_with_progress_and_forgotten_after_a_question(page: "Page", tmp_path: Path) -> None:
    good, bad = tmp_path / "ferry.md", tmp_path / "picture.txt"
    good.write_text(NEW_ARTICLE, encoding="utf-8")
    bad.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    go(page, "articles")
    page.evaluate(
        "() => { window.seen = 0;"
        "new MutationObserver(() => { window.seen += document.querySelectorAll('#added progress').length; })"
        ".observe(document.getElementById('panel-articles'), { childList: true, subtree: true }); }"
    )
    with page.expect_file_chooser() as chooser:
        page.click("#upload")
    chooser.value.set_files([good, bad])
    page.wait_for_selector(".ws-results")
    assert page.evaluate("window.seen") > 0
    results = page.locator(".ws-results").inner_text()
    assert "added ferry.md" in results
    assert "failed picture.txt" in results
    assert "PNG" in results
    go(page, "ask")
    ask(page, "What did Berit Holm say?")
    shows(page, "#evidence", "The ferry sails at noon")
    go(page, "articles")
    page.click(".ws-paste summary")
    page.fill('#paste [name="title"]', "Pasted news")
    page.fill('#paste [name="text"]', "“The harbour is closed,” said Arne Lund.")
    page.click("#paste .ws-primary")
    shown(page.locator(".ws-results")).to_contain_text("Pasted news")
    titles = ("Ferry news", "Pasted news")
    for title in titles:
        # The list is a part of its own, and may come after what is told of the file.
        shown(page.locator(".ws-articles li", has_text=title)).to_have_count(1)
    held = page.locator(".ws-articles li").count()
    for title in titles:
        item = page.locator(".ws-articles li", has_text=title)
        item.locator(".ws-forget summary").click()
        item.locator(".ws-danger").click()
        shown(page.locator("#added")).to_contain_text(f"“{title}”")
        shown(item).to_have_count(0)
    shown(page.locator(".ws-articles li")).to_have_count(held - 2)
    go(page, "ask")
    page.reload()
    page.wait_for_selector(".ws-turn")
    # What was answered stays; its article is gone.
    shown(page.locator(".ws-answer")).to_contain_text("The ferry sails at noon")
    shown(page.locator("#evidence .ws-empty")).to_be_visible()
    shown(page.locator("#evidence .ws-article")).to_have_count(0)
