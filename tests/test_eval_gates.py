"""Thresholds from a file decide the exit status; our own cases are held against ours."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cli import app
from eval.gates import check_gates, give_gate_verdict, read_gates
from eval.record import CaseRecord, Figure, Result, RunRecord, SystemRecord, dump_run
from index.errors import InputError

ROOT = Path(__file__).resolve().parents[1]


def run_of(right: int, n: int = 12, name: str = "ours") -> RunRecord:
    """A run in which the first `right` of `n` cases are right; every other case is Norwegian, the last four are held out."""
    cases = tuple(
        CaseRecord(
            id=str(at),
            kind="words",
            language="nb" if at % 2 else "en",
            split="held_out" if at >= n - 4 else "dev",
            cluster=str(at),
            turns=("?",),
        )
        for at in range(n)
    )
    results = tuple(
        Result(id=str(at), right=at < right, counts={"cases right": (int(at < right), 1, 0), "wrong-speaker rate": (0, 0, 1)})
        for at in range(n)
    )
    figure = Figure(share=right / n, right=right, judged=n, unscored=0, low=None, high=None)
    system = SystemRecord(
        name=name,
        metrics={"cases right": figure, "wrong-speaker rate": replace(figure, share=None, right=0, judged=0, unscored=n)},
        by_kind={},
        by_language={},
        by_split={},
        results=results,
    )
    return RunRecord(
        cases_hash="c", corpus_hash="t", judge=None, low_is_good=("wrong-speaker rate",), cases=cases, systems=(system,)
    )


def gates(folder: Path, text: str) -> Path:
    path = folder / "gates.toml"
    path.write_text(f"version = 1\n{text}", encoding="utf-8")
    return path


def check(folder: Path, text: str, run: RunRecord) -> list[tuple[bool, str]]:
    return [(item.holds, item.said) for item in check_gates(run, read_gates(gates(folder, text)), folder=folder)]


def test_a_gate_holds_at_its_threshold_and_not_below(tmp_path: Path) -> None:
    text = '[[gate]]\nmetric = "cases right"\nmin = 0.5'
    assert check(tmp_path, text, run_of(6)) == [(True, "cases right 0.500 (6 of 12) is at least 0.5")]
    assert check(tmp_path, text, run_of(5)) == [(False, "cases right 0.417 (5 of 12) is below 0.5")]
    text = '[[gate]]\nmetric = "cases right"\nmax = 0.5'
    assert check(tmp_path, text, run_of(6)) == [(True, "cases right 0.500 (6 of 12) is at most 0.5")]
    assert check(tmp_path, text, run_of(7)) == [(False, "cases right 0.583 (7 of 12) is above 0.5")]


def test_a_gate_may_be_on_a_part_of_the_cases(tmp_path: Path) -> None:
    text = '[[gate]]\nmetric = "cases right"\nmin = 1.0\nsplit = "dev"\nlanguage = "nb"'
    # Of the first eight, which are dev, the odd four are Norwegian.
    assert check(tmp_path, text, run_of(8)) == [(True, "cases right in dev, nb 1.000 (4 of 4) is at least 1")]
    assert not check(tmp_path, text, run_of(7))[0][0]


def test_what_was_not_judged_does_not_hold(tmp_path: Path) -> None:
    text = '[[gate]]\nmetric = "wrong-speaker rate"\nmax = 1.0\n[[gate]]\nmetric = "cases right"\nmin = 0.0\nsplit = "test"'
    assert check(tmp_path, text, run_of(12)) == [
        (False, "wrong-speaker rate: nothing was judged"),
        (False, "cases right in test: nothing was judged"),
    ]


def test_not_significantly_worse_than_another_run(tmp_path: Path) -> None:
    (tmp_path / "base.json").write_text(dump_run(run_of(12, name="older")), encoding="utf-8")
    text = '[[gate]]\nmetric = "cases right"\nnot_worse_than = "base.json"'
    # Five lost of five that differ: p 2/32; six: 2/64.
    assert check(tmp_path, text, run_of(7)) == [
        (True, "cases right 0.583, 1.000 in base.json (p 0.062) is not significantly worse")
    ]
    assert check(tmp_path, text, run_of(6)) == [(False, "cases right 0.500, 1.000 in base.json (p 0.031) is significantly worse")]
    assert check(tmp_path, text + "\nlevel = 0.01", run_of(6))[0][0]
    assert check(tmp_path, text + "\nmin = 0.9", run_of(7)) == [(False, "cases right 0.583 (7 of 12) is below 0.9")]
    with pytest.raises(InputError, match="over different cases"):
        check(tmp_path, text, replace(run_of(12), cases_hash="other"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"gate: Field required"),
        ("gate = []", r"no \[\[gate\]\]; with none, any run would pass"),
        ('[[gate]]\nmetric = "x"', "demands nothing"),
        ('[[gate]]\nmetric = "x"\nmin = 90', "less than or equal to 1"),
        ('[[gate]]\nmetric = "x"\nminimum = 0.9', "minimum"),
        ('[[gate]]\nmetric = "x"\nnot_worse_than = "a.json"\nsplit = "dev"', "over all cases"),
        ("[[gate", "no TOML"),
    ],
)
def test_a_file_of_gates_that_demands_nothing_or_cannot_be_read_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        read_gates(gates(tmp_path, text))


def test_an_unknown_metric_is_an_error_and_no_gate_that_holds(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no metric BLEU"):
        check(tmp_path, '[[gate]]\nmetric = "BLEU"\nmin = 0.0', run_of(1))


def test_gate_gives_one_verdict_line_and_one_exit_status(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(dump_run(run_of(6)), encoding="utf-8")
    both = '[[gate]]\nmetric = "cases right"\nmin = 0.5\n[[gate]]\nmetric = "cases right"\nmin = {}'
    good = CliRunner().invoke(app, ["gate", str(path), "--gates", str(gates(tmp_path, both.format("0.4")))])
    assert (good.exit_code, good.output.splitlines()[-1]) == (0, "gates: all 2 hold")
    bad = CliRunner().invoke(app, ["gate", str(path), "--gates", str(gates(tmp_path, both.format("0.9")))])
    assert bad.exit_code == 1
    assert bad.output.splitlines()[-1] == "gates: 1 of 2 do not hold: cases right 0.500 (6 of 12) is below 0.9"
    as_json = CliRunner().invoke(app, ["gate", str(path), "--gates", str(tmp_path / "gates.toml"), "--json"])
    assert (as_json.exit_code, json.loads(as_json.stdout)["holds"]) == (1, False)
    missing = CliRunner().invoke(app, ["gate", str(path), "--gates", str(tmp_path / "none.toml")])
    assert (missing.exit_code, "cannot be read" in missing.output) == (2, True)


def test_our_own_cases_hold_our_gates() -> None:
    file = ROOT / "eval" / "cases" / "gates.toml"
    done = CliRunner().invoke(app, ["run", "--corpus", str(ROOT / "seeds"), "--gates", str(file)])
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, give_gate_verdict([]).replace("0", str(len(read_gates(file)))))
