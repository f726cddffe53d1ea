"""The door over HTTP: ask, statements, articles, verify, health; every error comes as problem details.

An application of its own, to be mounted: what it answers to unknown paths and methods does not depend on what lies
beside it. It decides nothing: each request is one call of the functions that the command line and the page call too.
"""

import base64
import binascii
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import asdict
from datetime import date
from importlib.metadata import version
from typing import Annotated, Any

from anyio import to_thread
from fastapi import Depends, FastAPI, File, Form, HTTPException, Path, Query, Request, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import PlainTextResponse, Response, StreamingResponse
from fastapi.security import HTTPBasic, HTTPBearer
from starlette.exceptions import HTTPException as StarletteHTTPException

from index.errors import InputError, LibraryBusyError, LibraryError, ModelError, NotFoundError, WhosaidError
from index.languages import normalise_language
from index.library import Library
from rag.answer import Answer
from rag.contract import AnswerRecord, ArticleRow, StatementRow, WholeArticle
from rag.query import verify
from ui import models, uploads
from ui.asking import Asking
from ui.middleware import Rates, client_of
from ui.problems import PROBLEM_TYPE, problem, problem_response
from ui.rows import article_row, json_text, rows_to_csv, rows_to_json
from ui.settings import Access, ChatSettings
from ui.statements import article_rows, statement_rows
from ui.visible import visible

LOG = logging.getLogger(__name__)
DOOR = "/api/v1"
NDJSON = "application/x-ndjson"
ArticleId = Annotated[str, Path(min_length=1, max_length=64, description="As `/articles` lists it.")]

_STATUS: tuple[tuple[type[WhosaidError], int], ...] = (
    (InputError, 400),
    (NotFoundError, 404),
    (LibraryBusyError, 409),
    (LibraryError, 503),
    (ModelError, 503),
)
_SAID = {
    400: "A value cannot be used.",
    401: "Nobody is logged in.",
    403: "Another site sent this, or this server takes no articles.",
    404: "There is none of that name or id.",
    409: "Another process is writing the library.",
    413: "The body is too large.",
    422: "A value is missing or of another type.",
    429: "This client came too often.",
    500: "Something broke; the server's log says what.",
    503: "The library cannot be used now.",
}


def door(asking: Asking, settings: ChatSettings, rates: Rates) -> FastAPI:
    """The application that answers under /api/v1."""
    app = FastAPI(
        title="whosaid",
        summary="Who said what to whom, when, and according to which outlet, with the very words in their article.",
        version=version("whosaid"),
        servers=[{"url": DOOR}],
        # The usual page of documentation loads its scripts from another server.
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
    )
    answer_errors(app)
    allowed = Depends(_Allowed(settings.access, rates))
    _schemes = [Depends(HTTPBearer(auto_error=False)), Depends(HTTPBasic(auto_error=False))]
    secured: list[Any] = [allowed] if settings.access.is_open else [allowed, *_schemes]
    common = _problems(400, 401, 422, 429, 500, 503)

    @app.get("/health", summary="Whether the library can be read", responses=_problems(429, 500, 503))
    async def health() -> models.HealthBody:
        await asking.read(lambda library: library.outlets())
        return models.HealthBody(status="ok", version=version("whosaid"))

    @app.get("/openapi.json", include_in_schema=False, dependencies=secured)
    async def schema() -> Any:
        made = app.openapi()
        made["components"]["schemas"] |= _problem_schemas()
        return made

    @app.post("/ask", summary="Answer a question", responses=common, dependencies=secured)
    async def ask(body: models.Question) -> AnswerRecord:
        return (await asking.answer(body.question, **_demands(body))).to_dict()

    @app.post(
        "/ask/stream",
        summary="Answer a question line by line",
        responses=common | {200: {"content": {NDJSON: {}}, "description": _STREAM}},
        response_class=StreamingResponse,
        dependencies=secured,
    )
    async def ask_stream(body: models.Question) -> StreamingResponse:
        lines = _lines(asking, body)
        # Until the first line nothing is sent, so that an error still has its status.
        first = await anext(lines)
        return StreamingResponse(_chained(first, lines), media_type=NDJSON)

    @app.post("/verify", summary="Check a quotation and who said it", responses=common, dependencies=secured)
    async def check(body: models.Quotation) -> AnswerRecord:
        language = normalise_language(body.language) if body.language else None
        answer = await asking.read(lambda library: verify(body.words, speaker=body.speaker, library=library, language=language))
        return answer.to_dict()

    @app.get("/statements", summary="List who said what", responses=common | _problems(404), dependencies=secured)
    async def statements(wanted: Annotated[models.StatementPage, Query()]) -> models.StatementsBody:
        filters = wanted.model_dump(exclude={"offset", "limit"})
        rows = await asking.read(lambda library: statement_rows(library, **filters))
        page = rows[wanted.offset : wanted.offset + wanted.limit]
        return models.StatementsBody(total=len(rows), offset=wanted.offset, limit=wanted.limit, statements=list(page))

    @app.get(
        "/statements.csv",
        summary="All statements that pass the filters, as CSV",
        responses=common | _problems(404) | {200: {"content": {"text/csv": {}}, "description": _CSV}},
        response_class=PlainTextResponse,
        dependencies=secured,
    )
    async def statements_csv(wanted: Annotated[models.StatementFilters, Query()]) -> Response:
        text = await asking.read(lambda library: rows_to_csv(statement_rows(library, **wanted.model_dump())))
        return _attached(text, "text/csv", "statements.csv")

    @app.get(
        "/statements.json",
        summary="All statements that pass the filters, as a JSON array",
        responses=common | _problems(404),
        response_model=list[StatementRow],
        dependencies=secured,
    )
    async def statements_json(wanted: Annotated[models.StatementFilters, Query()]) -> Response:
        text = await asking.read(lambda library: rows_to_json(statement_rows(library, **wanted.model_dump())))
        return _attached(text, "application/json", "statements.json")

    @app.get("/articles", summary="List what the library holds", responses=common, dependencies=secured)
    async def articles(
        offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0, limit: Annotated[int, Query(ge=1, le=1_000)] = 100
    ) -> models.ArticlesBody:
        rows = await asking.read(article_rows)
        page = rows[offset : offset + limit]
        return models.ArticlesBody(total=len(rows), offset=offset, limit=limit, articles=list(page))

    @app.get(
        "/articles/{article_id}", summary="One article with its text", responses=common | _problems(404), dependencies=secured
    )
    async def article(article_id: ArticleId) -> WholeArticle:
        row, text = await asking.read(lambda library: _whole(library, article_id))
        return {**row, "text": text}

    _take_articles(app, asking, settings, secured)
    return app


def _take_articles(app: FastAPI, asking: Asking, settings: ChatSettings, secured: list[Any]) -> None:
    """The ways to add and forget articles; where they are switched off, they say so and the schema does not tell of them."""
    library = settings.library
    on = settings.takes_uploads
    limits = settings.upload_limits
    common = _problems(400, 401, 403, 409, 413, 422, 429, 500, 503)

    def switched_on() -> None:
        if not on:
            raise HTTPException(
                403, "adding and forgetting articles is switched off on this server; it is `--uploads` that allows it"
            )

    dependencies = [*secured, Depends(switched_on)]

    @app.post(
        "/articles",
        summary="Add an article as text",
        status_code=201,
        responses=common,
        dependencies=dependencies,
        include_in_schema=on,
    )
    async def add(body: models.NewArticle) -> models.UploadBody:
        result = await asking.write(lambda: uploads.add_text(library, **body.model_dump()))
        return models.UploadBody.model_validate(asdict(result))

    @app.post(
        "/articles/files",
        summary=f"Add files: at most {limits.files}, each of {limits.file_bytes:,} bytes at most",
        responses=common,
        dependencies=dependencies,
        include_in_schema=on,
    )
    async def add_files(
        files: Annotated[list[UploadFile], File(description="Articles: .txt .md .html .pdf .jsonl")],
        outlet: Annotated[models.Name | None, Form()] = None,
        published: Annotated[date | None, Form()] = None,
        language: Annotated[models.Code | None, Form()] = None,
    ) -> models.UploadsBody:
        sent = [uploads.Upload(name=file.filename or "", content=file.file) for file in files]
        results = await asking.write(
            lambda: list(uploads.add_uploads(library, sent, limits=limits, outlet=outlet, published=published, language=language))
        )
        return models.UploadsBody.model_validate({"results": [asdict(result) for result in results]})

    @app.delete(
        "/articles/{article_id}",
        summary="Forget an article",
        status_code=204,
        responses=common | _problems(404),
        dependencies=dependencies,
        include_in_schema=on,
    )
    async def remove(article_id: ArticleId) -> Response:
        # By its id alone: what stands in an address is no path.
        await asking.read(lambda opened: opened.article(article_id))
        await asking.write(lambda: uploads.forget(library, [article_id]))
        return Response(status_code=204)


_STREAM = (
    'One JSON object a line: {"line": "…"} for each line of the answer as it comes, then {"answer": {…}} with the whole of it, '
    'which counts; {"problem": {…}} in its place where something broke on the way.'
)
_CSV = "A header line, then one statement a line; text that a spreadsheet would run as a formula has an apostrophe before it."


class _Allowed:
    """Lets a request in that has a token or a user's password, where such are set; wrong ones only so often a minute."""

    def __init__(self, access: Access, rates: Rates) -> None:
        self._access = access
        self._rates = rates

    async def __call__(self, request: Request) -> None:
        if self._access.is_open:
            return
        client = client_of(request.scope)
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        # A token cannot be guessed: whoever has one is let in though others at the same address try passwords.
        if scheme.lower() == "bearer" and self._access.knows_token(given.strip()):
            return
        if given and (seconds := self._rates.wait("login", client, count=False)):
            detail = f"wrong tokens or passwords came too often; come back in {seconds} seconds"
            raise HTTPException(429, detail, headers={"Retry-After": str(seconds)})
        # A password takes 50 ms to check, on purpose.
        if scheme.lower() == "basic" and await to_thread.run_sync(self._is_login, given.strip()):
            return
        if given:
            self._rates.wait("login", client)
        what = "is not known here" if given else "is missing"
        raise HTTPException(
            401,
            f"the token or login {what}; send `Authorization: Bearer TOKEN`, or a user's name and password as HTTP Basic",
            headers={"WWW-Authenticate": 'Bearer realm="whosaid", Basic realm="whosaid", charset="UTF-8"'},
        )

    def _is_login(self, given: str) -> bool:
        try:
            name, colon, password = base64.b64decode(given, validate=True).decode("utf-8").partition(":")
        except (binascii.Error, ValueError):
            return False
        return bool(colon) and self._access.knows_user(name, password)


def answer_errors(app: FastAPI) -> None:
    """Make every error of an application a problem."""

    @app.exception_handler(WhosaidError)
    async def ours(_: Request, error: WhosaidError) -> Response:
        return problem_response(_status_of(error), visible(str(error)))

    @app.exception_handler(StarletteHTTPException)
    async def known(request: Request, error: StarletteHTTPException) -> Response:
        detail = str(error.detail)
        if error.status_code == 404 and detail == "Not Found":
            detail = "there is nothing at this address; GET openapi.json lists what there is"
        if error.status_code == 405:
            detail = f"{request.method} is not taken here; GET openapi.json lists what is"
        return problem_response(error.status_code, detail, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> Response:
        errors = [{"where": [_text(part) for part in found["loc"]], "why": _text(found["msg"])} for found in error.errors()]
        shown = "; ".join(f"{'.'.join(map(str, found['where']))}: {found['why']}" for found in errors[:5])
        return problem_response(422, f"what was sent cannot be used: {shown}", errors=errors[:50])

    @app.exception_handler(Exception)
    async def broken(_: Request, __: Exception) -> Response:
        # The server logs it: Starlette raises it again once this is sent.
        return problem_response(500, _SAID[500])


def _text(part: object) -> Any:
    return part if isinstance(part, int) else visible(str(part))


def _status_of(error: WhosaidError) -> int:
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def _problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    return {status: {"description": _SAID[status], "content": content} for status in statuses}


def _problem_schemas() -> dict[str, Any]:
    made = models.ProblemBody.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**made.pop("$defs"), "ProblemBody": made}


def _demands(body: models.Question) -> Any:
    demands = body.model_dump(exclude={"question"}, exclude_none=True)
    if body.language:
        demands["language"] = normalise_language(body.language)
    return demands


async def _lines(asking: Asking, body: models.Question) -> AsyncIterator[str]:
    async for item in asking.stream(body.question, **_demands(body)):
        value: Mapping[str, Any] = {"answer": item.to_dict()} if isinstance(item, Answer) else {"line": item}
        yield f"{json_text(value)}\n"


async def _chained(first: str, rest: AsyncIterator[str]) -> AsyncIterator[str]:
    yield first
    try:
        async for line in rest:
            yield line
    except WhosaidError as error:
        yield f"{json_text({'problem': problem(_status_of(error), visible(str(error)))})}\n"
    # The edge: the status is out already, and the reader must be told all the same.
    except Exception:
        LOG.exception("a question could not be answered")
        yield f"{json_text({'problem': problem(500, _SAID[500])})}\n"


def _whole(library: Library, article_id: str) -> tuple[ArticleRow, str]:
    from index.library import Filters

    found = library.article(article_id)
    n = len(library.statements(Filters(articles=frozenset({article_id}))))
    return article_row(found, n_statements=n), found.text


def _attached(text: str, media_type: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, media_type=media_type, headers=headers)
