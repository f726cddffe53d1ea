"""Whatever the schema allows, and much that it does not, is answered without an error of the server's own."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from index.build import build
from ui.http import DOOR
from ui.server import application
from ui.settings import ChatSettings
from ui.shelf import Shelf

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
ARTICLE = "“The bridge will stay closed until August,” Mayor Erik Dahl told Anna Ås on Monday.\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder = tmp_path_factory.mktemp("schema")
    (folder / "bridge.txt").write_text(ARTICLE, encoding="utf-8")
    build([folder / "bridge.txt"], library=folder / "library", outlet="The Sample", language="en")
    with Shelf(folder / "library") as shelf:
        # Uploads are driven by their own tests: here each would be indexed.
        chat = ChatSettings(library=folder / "library", rate=None, uploads=False, trusted_hosts=("testserver",))
        yield application(shelf, chat, page=False)


WAYS = [
    ("/health", "GET"),
    ("/ask", "POST"),
    ("/ask/stream", "POST"),
    ("/verify", "POST"),
    ("/statements", "GET"),
    ("/statements.csv", "GET"),
    ("/statements.json", "GET"),
    ("/articles", "GET"),
    ("/articles/{article_id}", "GET"),
]


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize(("path", "method"), WAYS, ids=[path for path, _ in WAYS])
def test_no_request_that_can_be_made_breaks_the_server(served: FastAPI, path: str, method: str, mode: GenerationMode) -> None:
    if (path, mode) == ("/health", GenerationMode.NEGATIVE):
        pytest.skip("it takes nothing that could be wrong")
    operation = schemathesis.openapi.from_asgi(f"{DOOR}/openapi.json", served)[path][method]
    answered = []

    @settings(max_examples=15, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy(generation_mode=mode))
    def drive(case: schemathesis.Case[Any]) -> None:
        response = case.call()
        answered.append(response.status_code)
        case.validate_response(response, checks=list(CHECKS))

    drive()
    assert answered


def test_the_schema_is_served_with_every_way_and_no_page_from_elsewhere(served: FastAPI) -> None:
    with TestClient(served, base_url="http://127.0.0.1") as client:
        paths = client.get(f"{DOOR}/openapi.json").json()["paths"]
        assert {(path, method.upper()) for path, ways in paths.items() for method in ways} == set(WAYS)
        for path in ("/docs", "/redoc", f"{DOOR}/docs", f"{DOOR}/redoc"):
            assert client.get(path).status_code == 404
