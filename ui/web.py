"""The chat as a page: Gradio carries the events, `ui/render.py` writes all that is seen, the one door answers.

The only file that imports Gradio. Nothing of an article or a question reaches the page but through `ui/render.py`, as
the value of an HTML component with the default template `${value}`, which the page inserts and never evaluates. A
template with {{value}} in it would be run as JavaScript once filled in.
"""

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Gradio reads it while it is imported, and would otherwise report its use to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
import uvicorn
from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.errors import InputError, WhosaidError
from index.library import Library
from rag.conversation import Conversation
from ui import render, service
from ui.render import Turn
from ui.service import ChatSettings

LOG = logging.getLogger(__name__)
HERE = Path(__file__).parent
FIRST_PORT, LAST_PORT = 7860, 7959
# Gradio's page compiles templates and sets styles inline; nothing else may come in or go out.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What one visitor has asked so far; kept on the server, gone when it ends."""

    conversation: Conversation
    turns: tuple[Turn, ...] = ()


def answer_turn(session: Session, question: str, *, library: Library) -> Session:
    """The session with one more turn; an error becomes the turn's message, one that nobody foresaw also a log entry."""
    try:
        answer = session.conversation.ask(question)
        turn = Turn(question=question, answer=answer, evidence=service.evidence(library, answer))
    except WhosaidError as error:
        turn = Turn(question=question, error=str(error))
    # The edge: whatever breaks, this visitor's page must not wait for ever, and the others' must go on.
    except Exception:
        LOG.exception("a question could not be answered")
        turn = Turn(question=question, error="This question broke something; the log of `whosaid chat` says what.")
    return Session(conversation=session.conversation, turns=(*session.turns, turn))


def page(library: Library) -> gr.Blocks:
    """The page: question and answers on the left, the cited article on the right."""
    counts, examples = library.counts, service.example_questions(library)
    script = (HERE / "chat.js").read_text(encoding="utf-8")

    def show(session: Session, pending: str | None = None) -> tuple[str, str]:
        number = len(session.turns) - 1
        turn = session.turns[-1] if session.turns else None
        n = turn.evidence[0].citation.n if turn and turn.evidence else None
        chosen = (number, n) if n is not None and pending is None else None
        return (
            render.conversation_html(session.turns, chosen=chosen, pending=pending),
            render.evidence_html(None if pending is not None else turn, number, n=n),
        )

    def ask(question: str, session: Session | None) -> Iterator[tuple[Any, ...]]:
        session = session or Session(conversation=Conversation(library=library, wording=service.wording()))
        question = question.strip()
        if not question:
            yield (*show(session), gr.skip(), session)
            return
        yield (*show(session, pending=question), "", session)
        session = answer_turn(session, question, library=library)
        # The box was emptied above; what was typed since then stays.
        yield (*show(session), gr.skip(), session)

    def pick(session: Session | None, event: gr.EventData) -> Iterator[tuple[Any, ...]]:
        yield from ask(str(event.question), session)

    def cite(session: Session | None, event: gr.EventData) -> str:
        turns = session.turns if session else ()
        number, n = event.turn, event.n
        known = isinstance(number, int) and isinstance(n, int) and 0 <= number < len(turns)
        return render.evidence_html(turns[number] if known else None, number, n=n, by_hand=True)

    def forget() -> tuple[str, str, str, None]:
        return render.conversation_html(()), render.evidence_html(None, 0, n=None), "", None

    blocks = gr.Blocks(title="whosaid", analytics_enabled=False, fill_width=True)
    with blocks:
        session = gr.State(None)
        gr.HTML(render.head_html(counts.articles, counts.statements), js_on_load=None)
        with gr.Row(equal_height=False):
            with gr.Column(scale=5, min_width=300):
                conversation = gr.HTML(render.conversation_html(()), elem_id="conversation", js_on_load=script)
                question = gr.Textbox(
                    label="Your question",
                    placeholder="What did … say to …?",
                    lines=1,
                    max_lines=6,
                    max_length=2000,
                    autofocus=True,
                    elem_id="question",
                )
                with gr.Row():
                    asked = gr.Button("Ask", variant="primary", elem_id="ask", min_width=100)
                    again = gr.Button("Start over", elem_id="again", min_width=100)
                shown_examples = gr.HTML(render.examples_html(examples), elem_id="examples", js_on_load=script)
            with gr.Column(scale=6, min_width=300):
                evidence = gr.HTML(render.evidence_html(None, 0, n=None), elem_id="evidence", js_on_load=script)

        outputs = [conversation, evidence, question, session]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        gr.on([question.submit, asked.click], ask, [question, session], outputs, concurrency_limit=4, **quiet)
        shown_examples.pick(pick, [session], outputs, concurrency_limit=4, **quiet)
        for component in (conversation, evidence):
            component.cite(cite, [session], [evidence], concurrency_limit=None, **quiet)
        again.click(forget, None, outputs, concurrency_limit=None, **quiet)
    return blocks


class SecurityHeaders:
    """ASGI middleware: sends the page's content security policy and keeps browsers from guessing types."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message.get("headers", []),
                    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
                    (b"x-content-type-options", b"nosniff"),
                    (b"referrer-policy", b"no-referrer"),
                ]
            await send(message)

        await self.app(scope, receive, with_headers)


def application(library: Library, settings: ChatSettings) -> FastAPI:
    """The page as an ASGI application, with its login where one is set; only same-origin requests are answered."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    # With no origin allowed, Gradio leaves the answer to other sites' requests to this one: no.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(SecurityHeaders)
    if service.is_loopback(settings.host):
        # Another site that makes its own name point here (DNS rebinding) is refused by that name.
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost", "[::1]", settings.host])
    gr.mount_gradio_app(
        app,
        page(library),
        path="/",
        auth=list(settings.users.items()) or None,
        footer_links=[],
        run_history=False,
        allowed_paths=[],
        max_file_size="1kb",
        show_error=False,
        enable_monitoring=False,
        mcp_server=False,
        ssr_mode=False,
        pwa=False,
        # Fonts by the names of those on the reader's machine; the default theme would fetch some from a server.
        theme=gr.themes.Default(primary_hue="blue", font=["system-ui", "sans-serif"], font_mono=["ui-monospace", "monospace"]),
        css=(HERE / "chat.css").read_text(encoding="utf-8"),
    )
    return app


def listen(host: str, port: int | None) -> socket.socket:
    """A socket bound to the port, or to the first free one from 7860 on.

    Raises:
        InputError: The port is taken, or the address is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    why: OSError | None = None
    for candidate in [port] if port is not None else range(FIRST_PORT, LAST_PORT + 1):
        bound = socket.socket(family, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind((host, candidate))
        except OSError as error:
            bound.close()
            why = error
            continue
        return bound
    ports = f"port {port}" if port is not None else f"any port from {FIRST_PORT} to {LAST_PORT}"
    raise InputError(f"cannot listen on {host}, {ports}: {why}; choose others with --host and --port") from why


def serve(settings: ChatSettings, *, announce: Callable[[str], Any]) -> None:
    """Serve the page until Ctrl-C; `announce` is told the address once it can be opened.

    Raises:
        LibraryError: There is no library to ask, or it cannot be read.
        InputError: The address cannot be listened on.
    """
    with Library(settings.library) as library, closing(listen(settings.host, settings.port)) as bound:
        app = application(library, settings)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        announce(f"whosaid chat: http://{host}:{bound.getsockname()[1]}  (Ctrl-C ends it)")
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        try:
            server.run(sockets=[bound])
        except KeyboardInterrupt:
            announce("whosaid chat: ended")
