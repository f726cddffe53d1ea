"""Page and door in one application, what stands before them, and how they are served."""

import socket
from collections.abc import Callable
from contextlib import closing
from typing import Any

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from index.errors import InputError
from ui.asking import Asking
from ui.http import DOOR, answer_errors, door
from ui.middleware import BodyLimit, RateLimit, Rates, SameOrigin, SecurityHeaders
from ui.service import wording
from ui.settings import ChatSettings, is_loopback
from ui.shelf import Shelf

FIRST_PORT, LAST_PORT = 7860, 7959
# A question has 2,000 characters at most, and the page's events carry what the page shows.
_BODY_BYTES = 2_000_000
# What multipart adds around each file.
_ROUND_A_FILE = 2_000
# Connections that wait to be taken; uvicorn's own number.
_WAITING = 2_048
_UPLOADS = ("/gradio_api/upload", f"{DOOR}/articles")
# What changes, or costs more than reading a file: questions and uploads, over the page and over HTTP.
_COSTLY = ("/gradio_api/queue/join", "/gradio_api/run/", "/gradio_api/call/", "/gradio_api/upload", "/api/")


def application(shelf: Shelf, settings: ChatSettings, *, page: bool = True) -> FastAPI:
    """Page and door as an ASGI application; only same-origin requests are answered.

    Args:
        page: Whether the page is mounted; without it Gradio is not imported. Where only tokens let anybody in, it never
            is: people log in to it by name and password.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    # With no origin allowed, Gradio leaves the answer to other sites' requests to this one: no.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    limits = settings.upload_limits
    upload_bytes = limits.all_bytes + limits.files * _ROUND_A_FILE if settings.takes_uploads else _BODY_BYTES
    app.add_middleware(BodyLimit, limit=lambda path: upload_bytes if path.startswith(_UPLOADS) else _BODY_BYTES)
    rates = Rates({"login": settings.login_rate} | ({} if settings.rate is None else {"request": settings.rate}))
    app.add_middleware(RateLimit, rates=rates, kind_of=_kind_of)
    app.add_middleware(SameOrigin)
    app.add_middleware(SecurityHeaders)
    if is_loopback(settings.host) or settings.trusted_hosts:
        # Another site that makes its own name point here (DNS rebinding) is refused by that name.
        names = ["127.0.0.1", "localhost", "[::1]", settings.host, *settings.trusted_hosts]
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=names)
    # A line feed in an address leads to neither page nor door.
    answer_errors(app)
    asking = Asking(shelf, wording=wording())
    app.mount(DOOR, door(asking, settings, rates))
    if page and (settings.access.is_open or settings.access.users):
        from ui import web

        web.mount(app, shelf, settings)
    return app


def _kind_of(method: str, path: str) -> str | None:
    if path.rstrip("/") == "/login" and method == "POST":
        return "login"
    return "request" if path.startswith(_COSTLY) else None


def listen(host: str, port: int | None) -> socket.socket:
    """A socket that listens on the port, or on the first free one from 7860 on.

    Who opens the address from now on waits until the application is there, and is not refused.

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
            # Only a socket that listens keeps another process, bound with the same option, off its port.
            bound.listen(_WAITING)
        except OSError as error:
            bound.close()
            why = error
            continue
        return bound
    ports = f"port {port}" if port is not None else f"any port from {FIRST_PORT} to {LAST_PORT}"
    raise InputError(f"cannot listen on {host}, {ports}: {why}; choose others with --host and --port") from why


def serve(settings: ChatSettings, *, announce: Callable[[str], Any]) -> None:
    """Serve page and door until Ctrl-C; `announce` is told the address once it can be opened.

    Raises:
        LibraryError: There is no library to ask, or it cannot be read.
        InputError: The address cannot be listened on.
    """
    import uvicorn

    with Shelf(settings.library) as shelf, closing(listen(settings.host, settings.port)) as bound:
        app = application(shelf, settings)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none"))
        try:
            announce(f"whosaid chat: http://{host}:{bound.getsockname()[1]}  (Ctrl-C ends it)")
            server.run(sockets=[bound])
        except KeyboardInterrupt:
            announce("whosaid chat: ended")
