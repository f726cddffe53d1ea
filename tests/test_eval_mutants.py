"""The list of wrong metrics that `make mutants` tries covers each metric ten times, and stays in step with the code."""

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.metric_mutants import ROOT, is_killed, read_mutants

MUTANTS = read_mutants()
METRICS = sorted(path for path in (ROOT / "eval" / "metrics").glob("*.py") if path.name != "__init__.py")


def test_each_metric_has_ten_mutants_of_its_own() -> None:
    counts = Counter(mutant.file for mutant in MUTANTS)
    assert {path.relative_to(ROOT).as_posix() for path in METRICS} == set(counts)
    assert min(counts.values()) >= 10
    assert len(set(MUTANTS)) == len(MUTANTS)


@pytest.mark.parametrize("path", METRICS, ids=lambda path: path.stem)
def test_each_mutant_changes_the_metric_as_it_stands_and_can_be_compiled(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    mine = [mutant for mutant in MUTANTS if ROOT / mutant.file == path]
    made = {mutant.make(source) for mutant in mine}
    assert len(made) == len(mine)
    assert source not in made
    for changed in made:
        compile(changed, path.name, "exec")


def test_a_mutant_is_killed_and_what_changes_nothing_is_not(tmp_path: Path) -> None:
    some = next(mutant for mutant in MUTANTS if mutant.name == "share")
    assert is_killed(some, tmp_path)
    assert not is_killed(replace(some, new=f"{some.old}  "), tmp_path)
    with pytest.raises(ValueError, match="0 times, expected once"):
        replace(some, old="no such line").make("x = 1")
