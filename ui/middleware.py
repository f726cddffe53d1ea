"""What stands before every request: headers that keep browsers in bounds, and limits on size and rate."""

import time
from collections.abc import Callable, Mapping

from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui.problems import problem_response

# Gradio's page compiles templates and sets styles inline; nothing else may come in or go out.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)


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


class _TooLargeError(Exception):
    """More of a request's body came than it may have."""


class BodyLimit:
    """ASGI middleware: answers 413 to a body larger than its path may have, whether or not its length was announced.

    Args:
        limit: Bytes that a path may be sent.
    """

    def __init__(self, app: ASGIApp, *, limit: Callable[[str], int]) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.limit(scope["path"])
        refusal = problem_response(413, f"the body is larger than {most:,} bytes, the most that is taken here; send less")
        announced = _header(scope, b"content-length")
        if announced.isdigit() and int(announced) > most:
            await refusal(scope, receive, send)
            return
        came, started = 0, False

        async def counted() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > most:
                raise _TooLargeError
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except _TooLargeError:
            if started:
                raise
            await refusal(scope, receive, send)


class RateLimit:
    """ASGI middleware: answers 429, and when to come back, to a client that asks too often.

    Args:
        rates: Requests a minute and client, by the name of a kind of request; a kind without a rate is not limited.
        kind_of: The kind of a request, from its method and path; None for one that is never limited.
    """

    def __init__(self, app: ASGIApp, *, rates: Mapping[str, int], kind_of: Callable[[str, str], str | None]) -> None:
        self.app = app
        self.kind_of = kind_of
        self.items = {kind: RateLimitItemPerMinute(rate) for kind, rate in rates.items()}
        self.limiter = MovingWindowRateLimiter(MemoryStorage())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = self.kind_of(scope["method"], scope["path"]) if scope["type"] == "http" else None
        item = self.items.get(kind or "")
        client = scope["client"][0] if scope.get("client") else "unknown"
        if item is None or self.limiter.hit(item, str(kind), client):
            await self.app(scope, receive, send)
            return
        window = self.limiter.get_window_stats(item, str(kind), client)
        seconds = max(1, round(window.reset_time - time.time() + 0.5))
        refusal = problem_response(
            429,
            f"more than {item.amount} requests of this kind in a minute; come back in {seconds} seconds",
            headers={"Retry-After": str(seconds)},
        )
        await refusal(scope, receive, send)


def _header(scope: Scope, name: bytes) -> str:
    for key, value in scope["headers"]:
        if key == name:
            return bytes(value).decode("latin-1")
    return ""
