"""The chat as a page: Gradio carries the events, the `ui/render_….py` write all that is seen, `ui/pages.py` says what.

The only file that imports Gradio. Nothing of an article or a question reaches the page but through those functions, as
the value of an HTML component with the default template `${value}`, which the page inserts and never evaluates. A
template with {{value}} in it would be run as JavaScript once filled in.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import astuple
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

# Gradio reads it while it is imported, and would otherwise report its use to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import service
from ui.history import History
from ui.pages import Pages, Visitor
from ui.render import Turn
from ui.render_chat import evidence_html
from ui.settings import ChatSettings
from ui.shelf import Shelf
from ui.talk import Talks
from ui.texts import PAGE_LANGUAGES, choose_language

HERE = Path(__file__).parent
BROWSER_COOKIE, LANGUAGE_COOKIE = "whosaid_browser", "whosaid_language"
_TEN_YEARS = 315_360_000
# Questions and quotations that are worked on at a time; the other events are quick.
_AT_A_TIME = 4


def page(pages: Pages, settings: ChatSettings) -> gr.Blocks:
    """The four pages as one, wired: each event goes to `pages`, and what comes back is put in its place."""
    script = (HERE / "chat.js").read_text(encoding="utf-8")

    def part(name: str) -> gr.HTML:
        return gr.HTML("", elem_id=name, js_on_load=script, apply_default_css=False)

    def visitor_of(request: gr.Request) -> Visitor:
        return visitor(request, settings)

    blocks = gr.Blocks(title="whosaid", analytics_enabled=False, fill_width=True)
    with blocks:
        verified = gr.State(None)
        head = part("head")
        with gr.Column(elem_id="panel-ask", elem_classes="ws-panel"):
            with gr.Column(elem_classes="ws-left"):
                history, conversation, examples, composer = map(part, ("history", "conversation", "examples", "composer"))
            with gr.Column(elem_classes="ws-right"):
                evidence = part("evidence")
        with gr.Column(elem_id="panel-statements", elem_classes="ws-panel"):
            filters, plot = part("filter"), part("plot")
            with gr.Column(elem_id="plots", visible=False) as drawn:
                timeline = gr.Plot(show_label=False, container=False, elem_id="timeline")
                graph = gr.Plot(show_label=False, container=False, elem_id="graph")
            tables, table, download = map(part, ("plot-tables", "table", "download"))
        with gr.Column(elem_id="panel-verify", elem_classes="ws-panel"):
            with gr.Column(elem_classes="ws-left"):
                verify, verdict = part("verify"), part("verdict")
            with gr.Column(elem_classes="ws-right"):
                witness = part("witness")
        with gr.Column(elem_id="panel-articles", elem_classes="ws-panel"):
            add = part("add")
            upload = gr.UploadButton("+", file_count="multiple", elem_id="upload", size="md", visible=settings.takes_uploads)
            added, paste, articles = map(part, ("added", "paste", "articles"))
        reader = part("reader")

        # With "once" a second click is lost while the first is on its way, and "always_last" then sends the first again.
        free: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden", "trigger_mode": "multiple"}
        quick = free | {"concurrency_limit": None}
        costly = free | {"concurrency_limit": _AT_A_TIME, "concurrency_id": "questions"}

        def in_turn(what: str) -> dict[str, Any]:
            """One after the other, so that the last that was asked for is the last to come."""
            return free | {"concurrency_limit": 1, "concurrency_id": what}

        def handler(do: Callable[[Visitor, dict[str, Any]], Any]) -> Callable[..., Any]:
            def handle(event: gr.EventData, request: gr.Request) -> Any:
                return do(visitor_of(request), given(event))

            return handle

        def streamer(do: Callable[[Visitor, dict[str, Any]], Iterator[Any]]) -> Callable[..., Any]:
            def handle(event: gr.EventData, request: gr.Request) -> Iterator[Any]:
                yield from do(visitor_of(request), given(event))

            return handle

        def start(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
            who = visitor_of(request)
            first = pages.start(who, str(given(event).get("conversation", "")))
            return (*astuple(first), gr.update(label=who.texts.say("upload_do")))

        opened = [head, history, conversation, composer, examples, evidence, filters, plot, table, verify, articles, add, paste]
        head.start(start, None, [*opened, upload], **quick)

        talk = [conversation, evidence, history]
        composer.ask(streamer(pages.ask), None, talk, **costly)
        for component in (examples, conversation):
            component.pick(streamer(pages.ask), None, talk, **costly)
        conversation.mend(streamer(pages.change), None, talk, **costly)
        for component in (conversation, evidence):
            component.cite(handler(pages.cite), None, [evidence], **in_turn("evidence"))
        history.unfold(handler(pages.open), None, talk, **in_turn("history"))
        history.erase(handler(pages.delete), None, talk, **in_turn("history"))
        composer.again(handler(pages.again), None, talk, **in_turn("history"))

        def draw(event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
            if not given(event).get("plots"):
                return gr.skip(), gr.skip(), gr.skip(), gr.skip()
            made = pages.draw(visitor_of(request), given(event))
            figures = [gr.update(value=figure, visible=figure is not None) for figure in (made.timeline, made.graph)]
            return (gr.update(visible=True), *figures, made.tables)

        plots = [drawn, timeline, graph, tables]
        filters.filter(handler(pages.table), None, [table], **in_turn("table"))
        filters.filter(draw, None, plots, **in_turn("plots"))
        plot.plot(draw, None, plots, **in_turn("plots"))
        table.sort(handler(pages.table), None, [table], **in_turn("table"))
        table.export(handler(pages.export), None, [download], **quick)
        for component in (table, articles, reader):
            component.read(handler(pages.read), None, [reader], **in_turn("reader"))

        def cite_verified(turn: Turn | None, event: gr.EventData, request: gr.Request) -> str:
            n = str(given(event).get("n"))[:9]
            return evidence_html(
                turn, 0, visitor_of(request).texts, n=int(n) if n.isdecimal() else None, by_hand=secrets.token_hex(4)
            )

        verify.verify(handler(pages.verify), None, [verdict, witness, verified], **costly)
        for component in (verdict, witness):
            component.cite(cite_verified, [verified], [witness], **in_turn("witness"))

        articles.find(handler(pages.articles), None, [articles], **in_turn("articles"))
        if settings.takes_uploads:
            changed = [added, articles, head, table]

            def take(files: list[str] | None, request: gr.Request) -> Iterator[tuple[Any, ...]]:
                yield from unchanged(pages.add_files(visitor_of(request), [Path(file) for file in files or ()]))

            def take_text(event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
                yield from unchanged(pages.add_text(visitor_of(request), given(event)))

            def forget(event: gr.EventData, request: gr.Request) -> Iterator[tuple[Any, ...]]:
                yield from unchanged(pages.forget(visitor_of(request), given(event)))

            upload.upload(take, [upload], changed, **in_turn("writing"))
            paste.paste(take_text, None, changed, **in_turn("writing"))
            articles.forget(forget, None, changed, **in_turn("writing"))
    return blocks


def given(event: gr.EventData) -> dict[str, Any]:
    """What the page's script sent with an event."""
    data = event._data
    return dict(data) if isinstance(data, dict) else {}


def unchanged(steps: Iterator[tuple[str | None, ...]]) -> Iterator[tuple[Any, ...]]:
    """What is to be shown, step by step, with Gradio's word for "as it is" in the place of None."""
    for step in steps:
        yield tuple(gr.skip() if shown is None else shown for shown in step)


def visitor(request: gr.Request, settings: ChatSettings) -> Visitor:
    """Who is behind a request: the user who is logged in, or the browser by its cookie."""
    cookies = request.cookies or {}
    chosen = next((code for code in PAGE_LANGUAGES if code == cookies.get(LANGUAGE_COOKIE)), settings.page_language)
    language = chosen or choose_language(request.headers.get("accept-language"))
    if request.username:
        return Visitor(language=language, owner=f"user {request.username}")
    # Without cookies a conversation lasts as long as the page is open.
    return Visitor(language=language, owner=f"browser {cookies.get(BROWSER_COOKIE) or request.session_hash}")


class BrowserCookie:
    """ASGI middleware: gives every browser an unguessable number, which its conversations are kept by."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != "/" or scope["method"] != "GET" or _has_cookie(scope):
            await self.app(scope, receive, send)
            return

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                secure = "; Secure" if scope.get("scheme") == "https" else ""
                value = (
                    f"{BROWSER_COOKIE}={secrets.token_urlsafe(32)}; Path=/; Max-Age={_TEN_YEARS}; HttpOnly; SameSite=Lax{secure}"
                )
                message["headers"] = [*message.get("headers", []), (b"set-cookie", value.encode())]
            await send(message)

        await self.app(scope, receive, with_cookie)


def _has_cookie(scope: Scope) -> bool:
    sent = SimpleCookie()
    for name, value in scope["headers"]:
        if name == b"cookie":
            try:
                sent.load(value.decode("latin-1"))
            except CookieError:
                continue
    return BROWSER_COOKIE in sent


def mount(app: FastAPI, shelf: Shelf, settings: ChatSettings) -> None:
    """Put the page at / of an application, with its login where users are set."""
    talks = Talks(shelf, History(settings.history_file), wording=service.wording())
    app.add_middleware(BrowserCookie)
    gr.mount_gradio_app(
        app,
        page(Pages(shelf, talks, settings), settings),
        path="/",
        auth=settings.access.knows_user if settings.access.users else None,
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        max_file_size=settings.upload_limits.file_bytes if settings.takes_uploads else "1kb",
        show_error=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        # Fonts by the names of those on the reader's machine; the default theme would fetch some from a server.
        theme=gr.themes.Default(primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        css=(HERE / "chat.css").read_text(encoding="utf-8"),
    )
