"""A pytest plugin: each line of a file `NAME.cases.jsonl` is a test, named by the case's id.

It comes with the package and does nothing in a folder without such files. Nothing of whosaid is imported before one is
collected, so that other people's test runs stay as quick as they were.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from eval.case import Case
    from eval.corpus import Corpus
    from eval.run import System
    from eval.score import CaseScore

_SUFFIX = ".cases.jsonl"
_OPENED = pytest.StashKey[dict[tuple[Path, str], tuple[Any, Any]]]()
_STACK = pytest.StashKey[ExitStack]()


class Hooks:
    """What a `conftest.py` may give."""

    @pytest.hookspec(firstresult=True)
    def pytest_whosaid_system(self, config: pytest.Config, corpus: Corpus) -> System | None:
        """The system to ask, in place of the one that `whosaid_system` names.

        Anything with a `name` and `ask(turns)`, which returns the JSON that `whosaid ask --json` prints.
        """


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("whosaid", "cases of whosaid eval (*.cases.jsonl)")
    group.addoption("--whosaid-corpus", metavar="DIR", help="the articles that the cases are on (ini: whosaid_corpus)")
    group.addoption(
        "--whosaid-system", metavar="NAME", help="the system to ask, as `whosaid eval run --system` (ini: whosaid_system)"
    )
    parser.addini("whosaid_corpus", "the articles that the cases are on; articles/ beside their file by default")
    parser.addini("whosaid_system", "the system to ask", default="whosaid")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> CaseFile | None:
    if not file_path.name.endswith(_SUFFIX):
        return None
    found: CaseFile = CaseFile.from_parent(parent, path=file_path)
    return found


def pytest_unconfigure(config: pytest.Config) -> None:
    if stack := config.stash.get(_STACK, None):
        stack.close()


class CaseFile(pytest.File):
    """A file of cases; cases that ask another again are right or wrong like any other."""

    def collect(self) -> Iterator[CaseItem]:
        from eval.case import load_cases
        from index.errors import WhosaidError

        try:
            cases = load_cases(self.path)
        except WhosaidError as error:
            raise self.CollectError(str(error)) from error
        for case in cases:
            item: CaseItem = CaseItem.from_parent(self, name=case.id, case=case)
            yield item


class WrongAnswerError(Exception):
    """The answer to a case is not what the case expects."""

    def __init__(self, score: CaseScore) -> None:
        super().__init__(score.case.id)
        self.score = score


class CaseItem(pytest.Item):
    """One case as a test; `-k` finds it by its id, kind, language and split."""

    def __init__(self, *, case: Case, **more: Any) -> None:
        super().__init__(**more)
        self.case = case
        self.extra_keyword_matches.update({case.kind, case.language, case.split})

    def runtest(self) -> None:
        from eval.corpus import check_cases
        from eval.run import run_cases
        from index.errors import WhosaidError

        try:
            system, corpus = _open(self.config, self.path)
            check_cases([self.case], corpus)
        except WhosaidError as error:
            raise pytest.UsageError(str(error)) from error
        [score] = run_cases([self.case], system, corpus).scores
        if not score.right:
            raise WrongAnswerError(score)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], *more: Any, **named: Any) -> Any:
        """What was asked, what came and what was expected, without a traceback; usage errors by their message."""
        if isinstance(excinfo.value, pytest.UsageError):
            return str(excinfo.value)
        if not isinstance(excinfo.value, WrongAnswerError):
            return super().repr_failure(excinfo, *more, **named)
        score = excinfo.value.score
        answer = score.observed.text if score.observed else score.error or ""
        lines = [f"asked:    {' / '.join(self.case.turns)}", f"answered: {' '.join(answer.split()) or 'nothing'}"]
        lines += [f"{item.kind}: expected {item.expected}; came {' '.join(item.found.split())}" for item in score.problems]
        return "\n".join(lines)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, f"case {self.name}"


def _open(config: pytest.Config, path: Path) -> tuple[System, Corpus]:
    """The system and its articles, opened once for all cases on the same articles, and closed when pytest ends."""
    from eval.running import open_system

    folder = _folder(config, path)
    name = config.getoption("whosaid_system") or config.getini("whosaid_system")
    opened = config.stash.setdefault(_OPENED, {})
    if (folder, name) not in opened:
        from eval.systems import load_corpus

        corpus = load_corpus(folder)
        system = config.hook.pytest_whosaid_system(config=config, corpus=corpus)
        if system is None:
            system = config.stash.setdefault(_STACK, ExitStack()).enter_context(open_system(name, folder, corpus))
        opened[folder, name] = (system, corpus)
    return opened[folder, name]


def _folder(config: pytest.Config, path: Path) -> Path:
    if given := config.getoption("whosaid_corpus"):
        return config.invocation_params.dir / str(given)
    if named := config.getini("whosaid_corpus"):
        return config.rootpath / str(named)
    return path.parent / "articles"
