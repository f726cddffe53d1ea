"""What stands before every request: headers that keep browsers in bounds, and limits on size and rate."""

import time
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.datastructures import Headers
from starlette.responses import Response
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
        announced = Headers(scope=scope).get("content-length", "")
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
            if came > most and not started:
                # Whoever reads the body makes an error of its own of ours; this is the one that tells.
                raise _TooLargeError
            started = True
            await send(message)

        try:
            await self.app(scope, counted, watched)
        except _TooLargeError:
            if started:
                raise
            await refusal(scope, receive, send)


class SameOrigin:
    """ASGI middleware: answers 403 to a request that another site has a visitor's browser send to change something.

    Such a site cannot read the answer, but on a server that asks nobody to log in, or one that a browser is logged in
    to, it could add and remove articles. Programs send neither of the headers that tell, and come through.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD", "OPTIONS") and _is_foreign(Headers(scope=scope)):
            await problem_response(403, "another site's page sent this; open this server's own page")(scope, receive, send)
            return
        await self.app(scope, receive, send)


def _is_foreign(headers: Headers) -> bool:
    if "sec-fetch-site" in headers:
        return headers["sec-fetch-site"] not in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


class Rates:
    """How often each client has come lately.

    Args:
        per_minute: Requests a minute and client, by the name of a kind of request; a kind without a rate is not limited.

    >>> rates = Rates({"login": 1})
    >>> rates.wait("login", "10.0.0.1"), rates.wait("login", "10.0.0.1") > 0, rates.wait("login", "10.0.0.2")
    (0, True, 0)
    """

    def __init__(self, per_minute: Mapping[str, int]) -> None:
        self._items: dict[str, RateLimitItem] = {kind: RateLimitItemPerMinute(rate) for kind, rate in per_minute.items()}
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, kind: str | None, client: str, *, count: bool = True) -> int:
        """Seconds until the client may come again; 0 for now, and then this time counts.

        Args:
            count: Whether this time counts; if not, it is only asked.
        """
        item = self._items.get(kind or "")
        if item is None or (self._limiter.hit if count else self._limiter.test)(item, str(kind), client):
            return 0
        return max(1, round(self._limiter.get_window_stats(item, str(kind), client).reset_time - time.time() + 0.5))


class RateLimit:
    """ASGI middleware: answers 429, and when to come back, to a client that asks too often.

    Args:
        kind_of: The kind of a request, from its method and path; None for one that is never limited.
    """

    def __init__(self, app: ASGIApp, *, rates: Rates, kind_of: Callable[[str, str], str | None]) -> None:
        self.app = app
        self.rates = rates
        self.kind_of = kind_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        kind = self.kind_of(scope["method"], scope["path"]) if scope["type"] == "http" else None
        if seconds := self.rates.wait(kind, client_of(scope)):
            await too_many(seconds)(scope, receive, send)
            return
        await self.app(scope, receive, send)


def client_of(scope: Scope) -> str:
    """The address that a request came from."""
    return str(scope["client"][0]) if scope.get("client") else "unknown"


def too_many(seconds: int) -> Response:
    """The answer to a client that must wait."""
    detail = f"this client has come too often in the last minute; come back in {seconds} seconds"
    return problem_response(429, detail, headers={"Retry-After": str(seconds)})
