"""Each metric's tests against wrong metrics: `python -m tests.metric_mutants [NAME …]`, or `make mutants`.

Takes the changes listed in `metric_mutants.toml` one by one, each in a copy of the project, and runs the tests named there. A
mutant that all tests let pass is a hole in the tests: it is listed, and the exit status is 1. NAMEs pick metrics ("share").
"""

import contextlib
import io
import os
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "tests" / "metric_mutants.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A wrong change to a metric's file, and the test files that must notice."""

    file: str
    tests: tuple[str, ...]
    old: str
    new: str

    @property
    def name(self) -> str:
        """The metric's."""
        return Path(self.file).stem

    def make(self, source: str) -> str:
        """The changed source.

        Raises:
            ValueError: What is to be changed does not stand there exactly once.
        """
        if source.count(self.old) != 1:
            raise ValueError(f"{self.file}: {self.old!r} stands there {source.count(self.old)} times, expected once")
        return source.replace(self.old, self.new)


def read_mutants(path: Path = LIST) -> tuple[Mutant, ...]:
    """All mutants of the list."""
    metrics = tomllib.loads(path.read_text(encoding="utf-8"))["metric"]
    return tuple(
        Mutant(file=metric["file"], tests=tuple(metric["tests"]), old=old, new=new)
        for metric in metrics
        for old, new in metric["mutants"]
    )


def is_killed(mutant: Mutant, folder: Path) -> bool:
    """Whether the tests fail in a copy of the project with the mutant in it."""
    with tempfile.TemporaryDirectory(dir=folder) as copy:
        place = Path(copy)
        for name in ("eval", "tests"):
            shutil.copytree(ROOT / name, place / name, ignore=shutil.ignore_patterns("__pycache__", "*.jsonl"))
        for name in ("index", "rag", "pyproject.toml"):
            (place / name).symlink_to(ROOT / name)
        changed = place / mutant.file
        changed.write_text(mutant.make(changed.read_text(encoding="utf-8")), encoding="utf-8")
        return _run_tests(place, mutant.tests) != 0


def _run_tests(place: Path, tests: Sequence[str]) -> int:
    """The exit status of pytest there, in a process of its own that has the heavy libraries already."""
    child = os.fork()
    if child == 0:
        os.chdir(place)
        sys.path[:] = [str(place), *(path for path in sys.path if Path(path or ".").resolve() != ROOT)]
        sys.dont_write_bytecode = True
        for name in [name for name in sys.modules if name.partition(".")[0] in ("eval", "tests")]:
            del sys.modules[name]

        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            status = pytest.main(["-x", "-q", "-p", "no:cacheprovider", "--rootdir", str(place), *tests])
        os._exit(int(status))
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _warm_up() -> None:
    """Imports what every mutant's process needs beside what a mutant may change."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in ("eval.recording", "eval.report", "eval.polnear", "eval.attribution", "eval.statistics"):
        import_module(name)


def main(names: Sequence[str]) -> int:
    """Prints a line for each metric and each survivor; 1 where a mutant survives, or where the tests fail without any."""
    _warm_up()
    mutants = [mutant for mutant in read_mutants() if not names or mutant.name in names]
    out = sys.stdout
    with tempfile.TemporaryDirectory() as folder:
        for tests in dict.fromkeys(mutant.tests for mutant in mutants):
            if _run_tests(ROOT, tests):
                out.write(f"{', '.join(tests)}: fails without any mutant; mend that first\n")
                return 1
        survivors: list[Mutant] = []
        for name in dict.fromkeys(mutant.name for mutant in mutants):
            mine = [mutant for mutant in mutants if mutant.name == name]
            found = [mutant for mutant in mine if not is_killed(mutant, Path(folder))]
            survivors += found
            out.write(f"{name:14}{len(mine) - len(found):4} of {len(mine)} killed\n")
            out.flush()
    for mutant in survivors:
        out.write(f"survives in {mutant.file}:\n  - {mutant.old}\n  + {mutant.new}\n")
    out.write(f"{len(mutants) - len(survivors)} of {len(mutants)} mutants killed\n")
    return int(bool(survivors))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
