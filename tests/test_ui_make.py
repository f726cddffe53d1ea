"""The commands that a newcomer and CI type."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")


def make(*arguments: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )


@pytest.mark.parametrize(
    ("target", "commands"),
    [
        ("demo", ["whosaid index seeds --library .demo/library", 'whosaid ask "What did Arce say to Zúñiga?"']),
        ("chat", ["whosaid index seeds --library .demo/library", "whosaid chat --library .demo/library"]),
        ("test", ["python -m pytest"]),
        ("check", ["ruff format --check .", "ruff check .", "mypy", "lint-imports", "python -m pytest"]),
    ],
)
def test_target_runs_its_commands_in_order(target: str, commands: list[str]) -> None:
    planned = make("--dry-run", target).stdout
    places = [planned.find(f".venv/bin/{command}") for command in commands]
    assert -1 not in places
    assert places == sorted(places)


def test_a_python_that_is_too_old_is_named(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    old = tmp_path / "old-python"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2"\nexit 1\n')
    old.chmod(0o755)
    made = make(".venv/bin/python", f"PYTHON={old}", folder=tmp_path)
    assert made.returncode != 0
    assert "whosaid needs Python 3.11 or newer, found: Python 3.9.2" in made.stderr
    assert not (tmp_path / ".venv").exists()


def test_what_is_installed_is_not_installed_again(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv/bin").mkdir(parents=True)
    for name in ("bin/python", ".installed", ".installed-dev", ".browser"):
        (tmp_path / ".venv" / name).touch()
    assert "pip install" not in make("--dry-run", "check", folder=tmp_path).stdout
    os.utime(tmp_path / "constraints.txt", (4_000_000_000, 4_000_000_000))
    assert "pip install" in make("--dry-run", "check", folder=tmp_path).stdout


def test_ci_runs_make_check() -> None:
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert script.startswith("#!/usr/bin/env bash\n")
    assert script.rstrip().endswith("make --no-print-directory check")
    assert subprocess.run(["bash", "-n", ROOT / ".ci/run"], check=False).returncode == 0
