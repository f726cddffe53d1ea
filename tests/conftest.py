"""What several test files share: the tally of attribution cases, printed at the end of a run."""

from dataclasses import dataclass

import pytest


@dataclass(slots=True)
class Tally:
    """Counts over one language's attribution cases; `matched` statements agree in all that the case gives."""

    cases: int = 0
    passed: int = 0
    expected: int = 0
    found: int = 0
    content: int = 0
    matched: int = 0


_TALLIES = pytest.StashKey[dict[str, Tally]]()


@pytest.fixture(scope="session")
def tallies(request: pytest.FixtureRequest) -> dict[str, Tally]:
    """One tally for each language, empty at first."""
    return request.config.stash.setdefault(_TALLIES, {code: Tally() for code in _codes()})


def _codes() -> tuple[str, ...]:
    from index.records import LANGUAGES

    return LANGUAGES


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    tallies = {code: tally for code, tally in config.stash.get(_TALLIES, {}).items() if tally.cases}
    if not tallies:
        return
    terminalreporter.section("attribution cases: statements with the right content, and with all else right too")
    for code, tally in tallies.items():
        shares = (
            f"{name} {right}/{total}"
            for name, right, total in (
                ("cases", tally.passed, tally.cases),
                ("content precision", tally.content, tally.found),
                ("content recall", tally.content, tally.expected),
                ("all precision", tally.matched, tally.found),
                ("all recall", tally.matched, tally.expected),
            )
        )
        terminalreporter.write_line(f"{code}  " + "  ".join(shares))
