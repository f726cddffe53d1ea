"""The tools of the Model Context Protocol, as the official client sees them."""

import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.types import TextContent

from index.build import build
from rag.query import query
from ui.asking import Asking
from ui.mcp import tools
from ui.shelf import Shelf

ROOT = Path(__file__).resolve().parents[1]
ARTICLE = "“The bridge will stay closed until August,” Mayor Erik Dahl told Anna Ås on Monday.\n"
QUESTION = "What did Erik Dahl say to Anna Ås?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mcp")
    (folder / "bridge.txt").write_text(ARTICLE, encoding="utf-8")
    build([folder / "bridge.txt"], library=folder / "library", outlet="The Sample", language="en")
    return folder / "library"


@pytest.fixture(scope="module")
def asking(library: Path) -> Iterator[Asking]:
    with Shelf(library) as shelf:
        yield Asking(shelf)


def call(asking: Asking, name: str, arguments: dict[str, Any]) -> Any:
    async def called() -> Any:
        async with Client(tools(asking)) as client:
            return await client.call_tool(name, arguments)

    return anyio.run(called)


def test_ask_gives_the_object_of_ask_json(asking: Asking, library: Path) -> None:
    result = call(asking, "ask", {"question": QUESTION})
    assert not result.is_error
    expected = query(QUESTION, library=library).to_dict()
    assert result.structured_content | {"seconds": 0} == expected | {"seconds": 0}


def test_verify_and_statements_answer_too(asking: Asking) -> None:
    words = {"words": "The bridge will stay closed until August"}
    assert call(asking, "verify", words | {"speaker": "Erik Dahl"}).structured_content["verdict"] == "supported"
    assert call(asking, "verify", words | {"speaker": "Ås"}).structured_content["verdict"] == "misattributed"
    listed = call(asking, "statements", {"speaker": "Dahl", "since": None}).structured_content
    assert (listed["total"], listed["statements"][0]["addressee"]) == (1, "Anna Ås")
    assert call(asking, "statements", {"offset": 1}).structured_content["statements"] == []


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("statements", {"speaker": "Nobody"}, "none of the 2 people in the library goes by that name"),
        ("statements", {"limit": 101}, "less than or equal to 100"),
        ("statements", {"sort": "id; DROP TABLE statements"}, "sort"),
        ("ask", {"question": "x" * 2_001}, "at most 2000 characters"),
        ("ask", {"question": ""}, "at least 1 character"),
        ("ask", {}, "question"),
        ("ask", {"question": QUESTION, "since": "2024-02-02", "until": "2024-01-01"}, "the first day must come first"),
        ("ask", {"question": QUESTION, "language": "klingon"}, "klingon"),
    ],
)
def test_what_goes_wrong_is_the_tools_error(asking: Asking, name: str, arguments: dict[str, Any], message: str) -> None:
    result = call(asking, name, arguments)
    assert result.is_error
    text = " ".join(part.text for part in result.content if isinstance(part, TextContent))
    assert message in text
    assert "Traceback" not in text


@asynccontextmanager
async def by_command(library: Path) -> AsyncIterator[Client]:
    command = StdioServerParameters(command=sys.executable, args=["-m", "ui.cli", "mcp", "--library", str(library)], cwd=ROOT)
    async with Client(command) as client:
        yield client


def test_the_command_answers_over_stdio(library: Path) -> None:
    async def talk() -> tuple[list[Any], Any, Any]:
        async with by_command(library) as client:
            listed = await client.list_tools()
            answered = await client.call_tool("ask", {"question": QUESTION})
            refused = await client.call_tool("statements", {"speaker": "Nobody"})
            return listed.tools, answered, refused

    listed, answered, refused = anyio.run(talk)
    assert [tool.name for tool in listed] == ["ask", "verify", "statements"]
    assert all(tool.annotations.read_only_hint and tool.description for tool in listed)
    assert all(tool.output_schema for tool in listed)
    assert [cited["speaker"] for cited in answered.structured_content["citations"]] == ["Erik Dahl"]
    assert refused.is_error


def test_without_a_library_the_command_says_how_to_make_one(tmp_path: Path) -> None:
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "ui.cli", "mcp", "--library", str(tmp_path / "none")],
        cwd=ROOT, capture_output=True, encoding="utf-8", stdin=subprocess.DEVNULL, check=False,
    )  # fmt: skip
    assert done.returncode == 3
    assert done.stdout == ""
    assert "there is no library at" in done.stderr
