"""The README's blocks do what they show: Python runs, commands print what stands below them."""

import doctest
import itertools
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8") if (ROOT / "README.md").exists() else ""
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# These wait for a browser or measure for minutes.
NOT_RUN = ("whosaid chat", "whosaid eval")


def blocks(*languages: str) -> list[str]:
    return [found[2] for found in BLOCK.finditer(README) if found[1] in languages]


def commands() -> Iterator[tuple[str, str]]:
    """Each command of a console block with the output that the README shows for it."""
    for block in blocks("console", "sh", "bash", "shell"):
        shown: list[tuple[str, list[str]]] = []
        for line in block.splitlines():
            if line.startswith("$ "):
                shown.append((line[2:].split("  #")[0].strip(), []))
            elif shown:
                shown[-1][1].append(line)
        for command, output in shown:
            yield command, "\n".join(output).strip()


COMMANDS = list(commands())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the README takes it: the sample articles, also as articles/, and the libraries made of them."""
    made = tmp_path_factory.mktemp("readme")
    for name in ("seeds", "articles"):
        (made / name).symlink_to(ROOT / "seeds")
    whosaid(made, "whosaid index seeds")
    (made / ".demo").mkdir()
    (made / ".demo/library").symlink_to(made / "library")
    return made


def whosaid(folder: Path, command: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WHOSAID_")}
    ran = subprocess.run(
        [sys.executable, "-m", "ui.cli", *shlex.split(command)[1:]],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=environment | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def test_readme_shows_commands_and_python() -> None:
    assert COMMANDS
    assert blocks("python")


@pytest.mark.parametrize("command", [command for command, _ in COMMANDS])
def test_command_exists(command: str) -> None:
    word, *rest = shlex.split(command)
    if word == "make":
        targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
        assert set(rest) <= set(targets)
    else:
        assert word in {"whosaid", ".venv/bin/whosaid", "git", "pip", "python3", "bash", "cd"}


@pytest.mark.parametrize(
    ("command", "output"),
    [shown for shown in COMMANDS if "whosaid " in shown[0] and not any(skipped in shown[0] for skipped in NOT_RUN)],
)
def test_command_prints_what_stands_below_it(folder: Path, command: str, output: str) -> None:
    printed = whosaid(folder, command)
    if output:
        same = doctest.OutputChecker().check_output(
            output.replace(" …\n", " ...\n") + "\n", printed + "\n", doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        )
        assert same, printed


def test_python_blocks_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    names: dict[str, object] = {"__name__": "readme"}
    for number, block in enumerate(blocks("python")):
        if ">>>" in block:
            test = doctest.DocTestParser().get_doctest(block, names, f"README block {number}", "README.md", 0)
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
            runner.run(test, clear_globs=False)
            assert runner.failures == 0, block
            names = test.globs
        else:
            exec(compile(block, f"README block {number}", "exec"), names)


CURLS = [shown for block in blocks("text") for shown in re.findall(r"^\$ (curl .*)\n(.*)$", block, re.MULTILINE)]


@pytest.mark.parametrize(("command", "output"), CURLS)
def test_the_door_answers_what_stands_below_a_request(folder: Path, command: str, output: str) -> None:
    from starlette.testclient import TestClient

    from ui.server import application
    from ui.settings import ChatSettings
    from ui.shelf import Shelf

    given = shlex.split(command)
    url = next(word for word in given if word.startswith("http"))
    options = dict(itertools.pairwise(given))
    name, _, value = options.get("-H", "").partition(": ")
    with Shelf(folder / "library") as shelf:
        client = TestClient(
            application(shelf, ChatSettings(library=folder / "library"), page=False), base_url="http://127.0.0.1:7860"
        )
        body = options.get("-d")
        answer = client.request("POST" if body else "GET", url, content=body, headers={name: value} if name else {})
    assert doctest.OutputChecker().check_output(output, answer.text, doctest.ELLIPSIS), answer.text


def test_the_readme_shows_the_door() -> None:
    assert len(CURLS) == 3
