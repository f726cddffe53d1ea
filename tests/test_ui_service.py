"""What both faces do around a question, and what the chat refuses to serve."""

import socket
from pathlib import Path

import pytest

from index.errors import InputError
from ui import service
from ui.service import ChatSettings


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "", "example.org"])
def test_an_address_that_others_reach_needs_a_login(host: str) -> None:
    with pytest.raises(InputError, match="set WHOSAID_USER and WHOSAID_PASSWORD"):
        ChatSettings(library=Path("library"), host=host)
    ChatSettings(library=Path("library"), host=host, users={"kari": "a-long-password"})


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.0.1", "::1", "localhost"])
def test_loopback_needs_no_login(host: str) -> None:
    assert ChatSettings(library=Path("library"), host=host).users == {}


def test_passwords_are_not_in_the_settings_repr() -> None:
    settings = ChatSettings(library=Path("library"), users={"kari": "a-long-password"})
    assert "a-long-password" not in repr(settings)


def test_login_needs_both_and_a_long_password() -> None:
    assert service.login(None, None) == {}
    assert service.login("kari", "a-long-password") == {"kari": "a-long-password"}
    with pytest.raises(InputError, match="go together"):
        service.login("kari", None)
    with pytest.raises(InputError, match="has 5 characters; it needs 12"):
        service.login("kari", "short")


def test_a_taken_port_is_named_with_what_to_do() -> None:
    web = pytest.importorskip("ui.web")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"cannot listen on 127.0.0.1, port {port}: .* choose others with --host"):
            web.listen("127.0.0.1", port)


def test_without_a_port_the_next_free_one_is_taken() -> None:
    web = pytest.importorskip("ui.web")
    with web.listen("127.0.0.1", None) as first:
        first.listen()
        with web.listen("127.0.0.1", None) as second:
            assert second.getsockname()[1] > first.getsockname()[1] >= web.FIRST_PORT
