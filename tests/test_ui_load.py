"""Many at once: nobody gets an error or another's answer, not while the library changes, nor while a model is slow."""

import asyncio
import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from index.build import build
from rag.answer import Answer
from rag.wording import Wording
from ui.asking import Asking
from ui.history import History
from ui.http import DOOR
from ui.load import Load, ask_at_once
from ui.server import application
from ui.settings import ChatSettings
from ui.shelf import Shelf
from ui.talk import PAGE_SEATS, Talk, Talks
from ui.texts import load_texts

ARTICLES = (
    "“The bridge will stay closed until August,” Mayor Erik Dahl told Anna Ås on Monday.\n",
    "– Ferja går som vanlig, sa Anna Ås til Erik Dahl.\n",
    "“We will wait for the ferry,” said Zoë Wick. Zoë Wick accused Erik Dahl of lying.\n",
)
QUESTIONS = (
    "What did Erik Dahl say to Anna Ås?", "What did Zoë Wick say?", "Hva sa Anna Ås?", "Who said “The bridge will stay closed”?",
    "What did Quetzal Nobody say?", "Who was accused of lying?",
)  # fmt: skip
CALM = "“The bridge will stay closed until August,” Mayor Erik Dahl told Anna Ås on Monday.\n"
OTHER = "“The bridge will open in May,” Mayor Erik Dahl told Anna Ås on Tuesday.\n"
BRIDGE_QUESTION = "What did Erik Dahl say to Anna Ås?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("load")
    for n, text in enumerate(ARTICLES):
        (folder / f"{n}.txt").write_text(text, encoding="utf-8")
    build([folder / f"{n}.txt" for n in range(len(ARTICLES))], library=folder / "library")
    return folder / "library"


def door_client(shelf: Shelf) -> httpx.AsyncClient:
    app = application(shelf, ChatSettings(library=shelf.path, rate=None), page=False)
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"http://127.0.0.1{DOOR}/", timeout=300)


def test_fifty_askers_get_their_own_answers(library: Path) -> None:
    async def run() -> Load:
        async with door_client(shelf) as client:
            return await ask_at_once(client, QUESTIONS, askers=50, seconds=5)

    with Shelf(library) as shelf:
        load = asyncio.run(run())
    assert len(load.seconds) >= 50
    assert load.errors == {}
    assert load.mixed_up == 0
    assert 0 < load.percentile(0.5) <= load.percentile(0.95) <= load.percentile(0.99)


def test_a_mixed_up_answer_and_an_error_would_be_counted() -> None:
    asked = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal asked
        asked += 1
        question = json.loads(request.content)["question"]
        return httpx.Response(503) if asked % 3 == 0 else httpx.Response(200, json={"question": question, "text": asked < 3})

    async def run() -> Load:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://127.0.0.1/") as client:
            return await ask_at_once(client, ("a", "b"), askers=2, seconds=0.1)

    load = asyncio.run(run())
    assert load.errors["status 503"] > 0
    assert load.mixed_up > 0


def test_answers_are_of_one_state_while_the_library_changes(tmp_path: Path) -> None:
    files = {name: tmp_path / f"{name}.txt" for name in ("calm", "other")}
    files["calm"].write_text(CALM, encoding="utf-8")
    files["other"].write_text(OTHER, encoding="utf-8")
    library = tmp_path / "library"
    build([files["calm"]], library=library, outlet="The Sample", language="en")
    expected = {"until August": CALM, "open in May": OTHER}
    stop, broken = threading.Event(), []

    def change() -> None:
        try:
            for n in range(6):
                # Made anew by turns of each; and one article replaced by the other in place.
                build([files["other" if n % 2 == 0 else "calm"]], library=library, rebuild=n % 3 == 0, language="en")
        except Exception as error:  # noqa: BLE001 - told below, in the test's own thread
            broken.append(error)
        finally:
            stop.set()

    async def ask_on() -> set[int]:
        statuses = set()
        async with door_client(shelf) as client:
            while not stop.is_set():
                response = await client.post("ask", json={"question": BRIDGE_QUESTION})
                statuses.add(response.status_code)
                if response.status_code != 200:
                    # Between the old library and the new there is none, or one without its tables yet.
                    assert response.headers["content-type"] == "application/problem+json"
                    assert response.status_code == 503
                    continue
                answer = response.json()
                for cited in answer["citations"]:
                    assert any(words in cited["quote"] for words in expected), cited
        return statuses

    with Shelf(library) as shelf:
        changing = threading.Thread(target=change)
        changing.start()
        statuses = asyncio.run(ask_on())
        changing.join()
    assert broken == []
    assert 200 in statuses


class SlowModel(BaseHTTPRequestHandler):
    """Speaks the chat-completions protocol, but says nothing until `go` is set."""

    go = threading.Event()
    waiting = threading.Semaphore(0)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.waiting.release()
        self.go.wait(60)
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "slow"}
        said = {"choices": [{"index": 0, "delta": {"role": "assistant", "content": "Nothing."}, "finish_reason": None}]}
        ended = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        body = "".join(f"data: {json.dumps(chunk | part)}\n\n" for part in (said, ended)) + "data: [DONE]\n\n"
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def slow_model() -> Iterator[Wording]:
    SlowModel.go.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), SlowModel)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Wording(base_url=f"http://127.0.0.1:{server.server_port}/v1", model="slow")
    finally:
        SlowModel.go.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_slow_model_keeps_nobody_waiting_who_need_not(library: Path) -> None:
    question = QUESTIONS[0]
    slow: list[Answer] = []

    async def run(asking: Asking) -> None:
        async def wait_for_it() -> None:
            slow.append(await asking.answer(question))

        async with anyio.create_task_group() as group:
            for _ in range(2):
                group.start_soon(wait_for_it)
            for _ in range(2):
                assert await anyio.to_thread.run_sync(SlowModel.waiting.acquire, True, 60)
            # Both seats wait for the model, which waits for us: all that follows is answered all the same.
            assert (await asking.read(lambda library: library.counts)).articles == len(ARTICLES)
            for _ in range(6):
                answer = await asking.answer(question)
                assert answer.citations
                assert "busy with other questions" in " ".join(answer.notices)
            assert (await asking.answer("What did Quetzal Nobody say?")).notices == ()
            assert slow == []
            SlowModel.go.set()

    with slow_model() as wording, Shelf(library, readers=1) as shelf:
        anyio.run(run, Asking(shelf, wording=wording, seats=2, patience=0.05))
    assert len(slow) == 2
    assert all(answer.citations and "busy" not in " ".join(answer.notices) for answer in slow)


def test_the_page_goes_on_while_a_model_is_slow(library: Path, tmp_path: Path) -> None:
    texts = load_texts("en")
    kept = closing(History(tmp_path / "history.sqlite"))
    with slow_model() as wording, Shelf(library, readers=1) as shelf, kept as history, ThreadPoolExecutor(PAGE_SEATS) as pool:
        talks = Talks(shelf, history, wording=wording)

        def ask() -> Answer:
            *_, talk = talks.ask("kari", talks.open("kari", None), QUESTIONS[0], texts)
            assert isinstance(talk, Talk)
            answer = talk.turns[-1].answer
            assert answer is not None
            return answer

        waiting = [pool.submit(ask) for _ in range(PAGE_SEATS)]
        for _ in range(PAGE_SEATS):
            assert SlowModel.waiting.acquire(timeout=60)
        # Every seat waits for the model, which waits for us.
        assert "busy with other questions" in " ".join(ask().notices)
        assert not any(asked.done() for asked in waiting)
        SlowModel.go.set()
        assert all(asked.result(60).citations for asked in waiting)
