"""Whatever the schema allows, and much that it does not, is answered without an error of the server's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
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


@pytest.fixture
def api(served: FastAPI) -> schemathesis.BaseSchema:
    loaded = schemathesis.openapi.from_asgi(f"{DOOR}/openapi.json", served)
    loaded.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    return loaded


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_request_that_can_be_made_breaks_the_server(case: schemathesis.Case) -> None:
    response = case.call()
    case.validate_response(response, checks=list(CHECKS))


def test_the_schema_is_served_with_every_way_and_no_page_from_elsewhere(served: FastAPI) -> None:
    with TestClient(served, base_url="http://127.0.0.1") as client:
        paths = client.get(f"{DOOR}/openapi.json").json()["paths"]
        assert {"/ask", "/ask/stream", "/verify", "/statements", "/articles", "/articles/{article_id}", "/health"} <= set(paths)
        for path in ("/docs", "/redoc", f"{DOOR}/docs", f"{DOOR}/redoc"):
            assert client.get(path).status_code == 404
