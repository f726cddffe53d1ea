"""The chat as a page: Gradio carries the events, `ui/render.py` writes all that is seen, the one door answers.

The only file that imports Gradio. Nothing of an article or a question reaches the page but through `ui/render.py`, as
the value of an HTML component with the default template `${value}`, which the page inserts and never evaluates. A
template with {{value}} in it would be run as JavaScript once filled in.
"""

import logging
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Gradio reads it while it is imported, and would otherwise report its use to its makers.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"

import gradio as gr
from fastapi import FastAPI

from index.errors import WhosaidError
from rag.conversation import Conversation
from ui import render, service
from ui.render import Turn
from ui.settings import ChatSettings
from ui.shelf import Shelf

LOG = logging.getLogger(__name__)
HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """What one visitor has asked so far; kept on the server, gone when it ends."""

    conversation: Conversation
    turns: tuple[Turn, ...] = ()


def answer_turn(session: Session, question: str, *, shelf: Shelf) -> Session:
    """The session with one more turn; an error becomes the turn's message, one that nobody foresaw also a log entry."""
    try:
        with shelf.reading() as library:
            session.conversation.library = library
            answer = session.conversation.ask(question)
            turn = Turn(question=question, answer=answer, evidence=service.evidence(library, answer))
    except WhosaidError as error:
        turn = Turn(question=question, error=str(error))
    # The edge: whatever breaks, this visitor's page must not wait for ever, and the others' must go on.
    except Exception:
        LOG.exception("a question could not be answered")
        turn = Turn(question=question, error="This question broke something; the log of `whosaid chat` says what.")
    return Session(conversation=session.conversation, turns=(*session.turns, turn))


def page(shelf: Shelf) -> gr.Blocks:
    """The page: question and answers on the left, the cited article on the right."""
    with shelf.reading() as library:
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
        session = session or Session(conversation=Conversation(library=shelf.path, wording=service.wording()))
        question = question.strip()
        if not question:
            yield (*show(session), gr.skip(), session)
            return
        yield (*show(session, pending=question), "", session)
        session = answer_turn(session, question, shelf=shelf)
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


def mount(app: FastAPI, shelf: Shelf, settings: ChatSettings) -> None:
    """Put the page at / of an application, with its login where users are set."""
    gr.mount_gradio_app(
        app,
        page(shelf),
        path="/",
        auth=settings.access.knows_user if settings.access.users else None,
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
