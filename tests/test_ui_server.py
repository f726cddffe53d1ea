"""Where the server listens, and that nobody sees anything of page or door who is not let in."""

import socket
from pathlib import Path

import httpx
import pytest

from index.build import build
from index.errors import InputError
from ui import server
from ui.load import serving

PASSWORD, TOKEN = "a-long-password", "a-token-of-20-letters"
SECRET = "“The bridge will stay closed until August,” Mayor Erik Dahl told Anna Ås on Monday.\n"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("server")
    (folder / "bridge.txt").write_text(SECRET, encoding="utf-8")
    build([folder / "bridge.txt"], library=folder / "library", outlet="The Sample", language="en")
    return folder / "library"


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"cannot listen on 127.0.0.1, port {port}: .* choose others with --host"):
            server.listen("127.0.0.1", port)


def test_without_a_port_the_next_free_one_is_taken() -> None:
    with server.listen("127.0.0.1", None) as first, server.listen("127.0.0.1", None) as second:
        assert second.getsockname()[1] > first.getsockname()[1] >= server.FIRST_PORT


def test_who_opens_the_address_before_the_server_runs_waits_and_is_not_refused() -> None:
    with server.listen("127.0.0.1", None) as bound:
        socket.create_connection(bound.getsockname(), timeout=60).close()


def test_page_and_door_have_one_login_and_show_nothing_before_it(library: Path) -> None:
    pytest.importorskip("gradio")
    with serving(library, WHOSAID_USER="kari", WHOSAID_PASSWORD=PASSWORD) as (address, _):
        with httpx.Client(base_url=address, timeout=300, trust_env=False) as client:
            for path in (
                "/",
                "/config",
                "/gradio_api/info",
                "/gradio_api/openapi.json",
                "/gradio_api/queue/status",
                "/api/v1/articles",
            ):
                seen = client.get(path)
                assert "bridge" not in seen.text.lower(), path
                assert "Erik Dahl" not in seen.text, path
            assert client.get("/api/v1/articles").status_code == 401
            assert client.get("/config").status_code == 401
            for path in ("/gradio_api/upload", "/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/call/ask"):
                assert client.post(path, json={}).status_code in {401, 404, 405, 422}, path
            assert client.post("/gradio_api/upload", files={"files": ("a.txt", b"x")}).status_code == 401
            tries = [{"username": "kari", "password": password} for password in ("x" * 12, PASSWORD)]
            assert [client.post("/login", data=data).status_code for data in tries] == [400, 200]
            assert client.get("/config").status_code == 200
            # Ten tries a minute and no more, right or wrong.
            assert {client.post("/login", data=tries[0]).status_code for _ in range(12)} == {400, 429}
        # They are the door's too.
        assert httpx.get(f"{address}/api/v1/articles", auth=("kari", PASSWORD), trust_env=False).status_code == 429


def test_a_page_that_nobody_can_log_in_to_is_not_served(library: Path) -> None:
    with serving(library, WHOSAID_TOKENS=TOKEN) as (address, _), httpx.Client(base_url=address, trust_env=False) as client:
        assert client.get("/").status_code == 404
        assert client.get("/config").status_code == 404
        assert client.get("/api/v1/articles").status_code == 401
        assert client.get("/api/v1/articles", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
