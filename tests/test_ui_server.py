"""Where the server listens."""

import socket

import pytest

from index.errors import InputError
from ui import server


def test_a_taken_port_is_named_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"cannot listen on 127.0.0.1, port {port}: .* choose others with --host"):
            server.listen("127.0.0.1", port)


def test_without_a_port_the_next_free_one_is_taken() -> None:
    with server.listen("127.0.0.1", None) as first:
        first.listen()
        with server.listen("127.0.0.1", None) as second:
            assert second.getsockname()[1] > first.getsockname()[1] >= server.FIRST_PORT
