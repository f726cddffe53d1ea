"""A run as a file, and two of them compared."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eval.case import Case, Expectation, ExpectedStatement
from eval.cli import app
from eval.compare import compare_runs, find_partner, to_json
from eval.corpus import Corpus
from eval.excerpt import make_excerpts
from eval.record import RunRecord, dump_run, dump_times, read_run, read_times, share_of, times_path
from eval.recording import record_runs, record_times
from eval.report import explain_comparison, give_verdict, show_cases
from eval.run import check_comparable, run_systems
from index.errors import InputError
from index.records import Article, Span

N = 12
ARTICLES = {
    f"{n}.txt": Article(id=f"a{n}", text=f"“We go on day {n},” said Ann Lee.", language="en", outlet="The Post") for n in range(N)
}
CORPUS = Corpus(articles=ARTICLES)


def expectation(n: int) -> Expectation:
    return Expectation(statements=(ExpectedStatement(article=f"{n}.txt", words=(f"We go on day {n}",), speaker=("Ann Lee",)),))


CASES = tuple(
    Case(
        version=1,
        id=f"c{n}",
        language="en" if n % 2 else "nb",
        kind="words",
        split="dev",
        question=f"{n}?",
        expect=expectation(n),
    )
    for n in range(N)
)


class Right:
    """Right on the cases of the given numbers, with somebody else as the speaker where told so, silent on the others."""

    def __init__(self, name: str, right: Sequence[int], wrong_speaker: Sequence[int] = ()) -> None:
        self.name = name
        self.right, self.wrong_speaker = right, wrong_speaker

    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        n = int(turns[-1].rstrip("?"))
        if n not in (*self.right, *self.wrong_speaker):
            return {"text": "Nobody said so.", "abstained": True, "reason": "never_quoted"}
        text = ARTICLES[f"{n}.txt"].text
        end = text.index(",”")
        speaker = "Jane Roe" if n in self.wrong_speaker else "Ann Lee"
        cited = {"article": f"a{n}", "spans": [[1, end]], "quote": text[1:end], "speaker": speaker, "score": 0.5}
        return {"text": f"{speaker} said: “{text[1:end]}” [1]", "citations": [cited]}


def record(*systems: Right, cases: Sequence[Case] = CASES) -> RunRecord:
    return record_runs(run_systems(cases, systems, CORPUS), CORPUS)


def test_a_run_is_read_back_as_it_was_written_and_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    run = record(Right("one", range(6)), Right("other", range(3), wrong_speaker=[5]))
    path = tmp_path / "run.json"
    path.write_text(dump_run(run), encoding="utf-8")
    assert read_run(path) == run
    assert dump_run(record(Right("one", range(6)), Right("other", range(3), wrong_speaker=[5]))) == dump_run(run)
    assert json.loads(path.read_text(encoding="utf-8"))["version"] == 1


def test_times_lie_beside_the_run_and_not_in_it(tmp_path: Path) -> None:
    runs = run_systems(CASES, [Right("one", range(6))], CORPUS)
    path = tmp_path / "run.json"
    path.write_text(dump_run(record_runs(runs, CORPUS)), encoding="utf-8")
    assert read_times(path) is None
    times_path(path).write_text(dump_times(record_times(runs)), encoding="utf-8")
    found = read_times(path)
    assert found is not None
    assert found.systems[0].seconds == runs[0].seconds
    assert "seconds" not in path.read_text(encoding="utf-8")


def test_the_shares_of_a_record_are_those_of_the_run_and_can_be_taken_over_a_part(tmp_path: Path) -> None:
    run = record(Right("one", range(6)))
    for name, figure in run.systems[0].metrics.items():
        share = share_of(run, run.systems[0], name)
        assert (share.value, share.right, share.judged, share.unscored) == (
            figure.share, figure.right, figure.judged, figure.unscored
        )  # fmt: skip
        assert (share.low, share.high) == (figure.low, figure.high)
    # Of c0 to c5, which are right, three of six are in either language.
    assert share_of(run, run.systems[0], "cases right", where=lambda case: case.language == "nb").value == 0.5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        ("[]", "expected 'whosaid eval run' of version 1"),
        ('{"format": "whosaid eval run", "version": 2}', "of version 2, expected 'whosaid eval run' of version 1"),
        ('{"format": "whosaid eval run", "version": 1}', "cases_hash: Field required"),
    ],
)
def test_a_file_that_is_no_run_is_told(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_run(path)


def test_a_record_whose_results_are_of_other_cases_is_refused(tmp_path: Path) -> None:
    run = record(Right("one", range(6)))
    data = json.loads(dump_run(run))
    data["systems"][0]["results"].pop()
    path = tmp_path / "run.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(InputError, match="not those of the cases"):
        read_run(path)


def test_what_was_gained_lost_and_changed_is_told_case_by_case() -> None:
    before = record(Right("one", [0, 1, 2, 3], wrong_speaker=[4]))
    found = compare_runs(before, record(Right("one", [1, 2, 3, 5, 6], wrong_speaker=[])))
    assert [change.case.id for change in found.gained] == ["c5", "c6"]
    assert [change.case.id for change in found.lost] == ["c0"]
    # c4 named a wrong speaker and is now refused: as wrong, but another answer.
    assert [change.case.id for change in found.changed] == ["c4"]
    assert found.p_mcnemar == 1.0  # 2 × (1 + 3) / 2^3


def test_a_question_asked_again_counts_in_robustness_and_nowhere_else() -> None:
    cases = (*CASES, *(replace(case, id=f"{case.id}-again", same_as=case.id, variant="reworded") for case in CASES[:6]))
    run = record(Right("one", range(3)), cases=cases)
    figures = run.systems[0].metrics
    # Three of twelve are right, and right again; the other three that are asked again were not right at first.
    assert (figures["cases right"].right, figures["cases right"].judged) == (3, 12)
    assert (figures["robustness"].right, figures["robustness"].judged, figures["robustness"].unscored) == (3, 3, 3)
    assert (figures["statement recall"].judged, run.n_asked_again) == (12, 6)
    assert show_cases(run) == "12 cases, 6 asked again in other words"
    found = compare_runs(run, record(Right("one", range(6)), cases=cases))
    # Six answers are gained and told; the three that were asked for the first time are tested: 2 of 2^3.
    assert (len(found.gained), found.p_mcnemar) == (6, 2 / 2**3)
    assert found.smallest == compare_runs(record(Right("one", range(3))), record(Right("one", range(6)))).smallest


def test_systems_that_were_run_over_different_things_make_no_table() -> None:
    one, other = run_systems(CASES, [Right("one", range(6)), Right("other", range(3))], CORPUS)
    check_comparable(one, other)
    for changed, said in (
        (replace(other, cases_hash="0"), "cases"),
        (replace(other, corpus_hash="0"), "articles"),
        (replace(other, judge="rules"), "judges of support"),
    ):
        with pytest.raises(InputError, match=f"one and other were run over different {said} .*cannot be compared"):
            record_runs([one, changed], CORPUS)


def test_a_run_beside_itself_is_no_different() -> None:
    run = record(Right("one", [0, 1, 2, 3]))
    found = compare_runs(run, run)
    assert (found.gained, found.lost, found.changed, found.worse) == ((), (), (), ())
    assert {item.outcome for item in found.metrics} == {"no difference shown", "not judged"}
    assert found.false_positives <= 0.05 + 2 * (0.05 * 0.95 / 200) ** 0.5
    assert json.dumps(to_json(found)) == json.dumps(to_json(compare_runs(run, run)))
    assert give_verdict(found) == "No difference is shown between one before and one after"


def test_a_significant_loss_is_worse_and_a_low_wrong_speaker_rate_is_good() -> None:
    good, bad = record(Right("good", range(N))), record(Right("bad", [], wrong_speaker=range(N)))
    found = compare_runs(good, bad)
    # All 12 articles fall from 1 to 0: 2 of 2^12 ways, twice that after Holm over the two that decide.
    right, wrong = (item for item in found.metrics if item.decides)
    assert (right.difference.p, right.p_adjusted, right.outcome) == (2 / 4096, 4 / 4096, "worse")
    assert (wrong.metric, wrong.difference.value, wrong.outcome) == ("wrong-speaker rate", 1.0, "worse")
    assert found.worse == ("cases right", "wrong-speaker rate")
    assert compare_runs(bad, good).worse == ()
    assert give_verdict(compare_runs(bad, good)).startswith("good is significantly better than bad on cases right")
    assert any("12 articles swapped whole" in line for line in explain_comparison(found))


def test_what_does_not_decide_makes_nothing_worse() -> None:
    good, bad = record(Right("good", range(N))), record(Right("bad", []))
    assert compare_runs(good, bad, deciding=["citations verbatim"]).worse == ()
    with pytest.raises(InputError, match="no metric BLEU"):
        compare_runs(good, bad, deciding=["BLEU"])
    with pytest.raises(InputError, match="no metric decides"):
        compare_runs(good, bad, deciding=[])


def test_runs_over_other_cases_articles_or_judges_are_not_compared() -> None:
    run = record(Right("one", range(6)))
    with pytest.raises(InputError, match="over different cases"):
        compare_runs(run, record(Right("one", range(6)), cases=CASES[:5]))
    with pytest.raises(InputError, match="over different articles"):
        compare_runs(run, replace(run, corpus_hash="0"))
    with pytest.raises(InputError, match=r"over different judges of support \(none and rules\)"):
        compare_runs(run, replace(run, judge="rules"))


def test_systems_are_compared_by_name_within_a_run_or_between_two() -> None:
    both = record(Right("one", range(6)), Right("other", range(8)))
    found = compare_runs(both, both, system_a="one", system_b="other")
    assert (found.a, found.b, len(found.gained)) == ("one", "other", 2)
    with pytest.raises(InputError, match="no system called third; it has: one, other"):
        compare_runs(both, both, system_b="third")
    assert find_partner(both.systems[0], both) == "one"
    assert find_partner(both.systems[1], record(Right("new", []))) == "new"
    assert find_partner(both.systems[1], record(Right("new", []), Right("newer", []))) is None


def test_compare_says_by_its_exit_status_whether_the_second_is_worse(tmp_path: Path) -> None:
    paths = []
    for name, right in (("good", range(N)), ("bad", range(0)), ("few", range(6))):
        paths.append(tmp_path / f"{name}.json")
        paths[-1].write_text(dump_run(record(Right(name, right), cases=CASES[:6] if name == "few" else CASES)), encoding="utf-8")
    good, bad, few = map(str, paths)
    worse = CliRunner().invoke(app, ["compare", good, bad])
    assert (worse.exit_code, "bad is significantly worse than good on cases right" in worse.output) == (1, True)
    assert CliRunner().invoke(app, ["compare", bad, good]).exit_code == 0
    assert CliRunner().invoke(app, ["compare", good, good]).exit_code == 0
    refused = CliRunner().invoke(app, ["compare", good, few])
    assert (refused.exit_code, "over different cases" in refused.output) == (2, True)
    as_json = CliRunner().invoke(app, ["compare", good, bad, "--json"])
    assert (as_json.exit_code, json.loads(as_json.stdout)["worse"]) == (1, ["cases right"])


def test_an_excerpt_shows_what_is_expected_and_cited_in_its_article() -> None:
    text = "x" * 30 + " " + "Before. " * 40 + "The very words, and more." + " After." * 40
    at = text.index("The very")
    [found] = make_excerpts(text, [Span(at, at + 8)], expected=[Span(at, at + 14)], cited=[Span(at + 4, at + 24)])
    assert "".join(piece for piece, _ in found.pieces) == text[found.start : found.start + sum(len(p) for p, _ in found.pieces)]
    assert [piece for piece in found.pieces if piece[1]] == [
        ("The ", "expected"), ("very words", "both"), (", and more", "cited")
    ]  # fmt: skip
    assert found.before
    assert found.after
    assert found.pieces[0][0].startswith("Before")


def test_a_long_piece_is_cut_and_says_by_how_much_and_spans_beyond_the_text_are_bounded() -> None:
    text = "a" * 3000
    [found] = make_excerpts(text, [Span(0, 9999), Span(5000, 6000)], cited=[Span(0, 9999)])
    assert [mark for _, mark in found.pieces] == ["cited", "cut", "cited"]
    shown = sum(len(piece) for piece, mark in found.pieces if mark == "cited")
    assert found.pieces[1][0] == f"{3000 - shown} characters"
    assert make_excerpts(text, [Span(4000, 5000), Span(3, 3)]) == ()
