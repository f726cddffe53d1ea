"""Case files are read strictly."""

import json
from pathlib import Path
from typing import Any

import pytest

from eval.case import CASE_KINDS, VARIANTS, case_schema, dump_cases, hash_cases, load_cases
from index.errors import InputError

CASES = Path(__file__).resolve().parents[1] / "eval" / "cases"
GOOD: dict[str, Any] = {
    "version": 1,
    "id": "a",
    "question": "Who?",
    "language": "en",
    "kind": "who",
    "split": "dev",
    "expect": {"abstained": False, "statements": [{"article": "a.txt", "words": "I go", "speaker": "Lee"}]},
}


def write(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "cases.jsonl"
    path.write_text("\n".join(row if isinstance(row, str) else json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_a_string_stands_for_a_list_of_one(tmp_path: Path) -> None:
    (case,) = load_cases(write(tmp_path, GOOD, ""))
    assert case.turns == ("Who?",)
    assert case.expect.statements[0].words == ("I go",)
    assert case.expect.statements[0].speaker == ("Lee",)


def test_split_filters(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD, GOOD | {"id": "b", "split": "held_out"})
    assert [case.id for case in load_cases(path, split="held_out")] == ["b"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"version": 2}, r"line 1: version"),
        ({"kind": "riddle"}, r"line 1: kind"),
        ({"surprise": 1}, r"surprise"),
        ({"question": None}, r"one of the two"),
        ({"conversation": ["And?"]}, r"one of the two"),
        ({"question": " "}, r"must not be empty"),
        ({"expect": {}}, r"must expect something"),
        (
            {"expect": {"abstained": False, "reason": "never_quoted", "mentions": ["x"]}},
            r"only where abstained is true",
        ),
        ({"expect": {"abstained": True, "mentions": ["x"]}}, r"can show no statements"),
        ({"expect": {"only": True, "mentions": ["x"]}}, r"only needs statements"),
        ({"expect": {"statements": [{"article": "a"}]}}, r"by words, by spans, or by both"),
        ({"expect": {"statements": [{"article": "a", "words": ["x", "y"], "spans": [[0, 1]]}]}}, r"go in pairs, found 2 and 1"),
        ({"same_as": "x"}, r"go together"),
        ({"same_as": "x", "variant": "sung"}, r"line 1: variant"),
        ({"same_as": "x", "variant": "reworded"}, r"same as x, which is no other case"),
        ({"difficulty": "very"}, r"line 1: difficulty"),
        ({"expect": {"statements": [{"article": "a", "words": " "}]}}, r"words must not be empty"),
        ({"expect": {"statements": [{"article": "a", "spans": [[3, 3]]}]}}, r"start < end"),
        ({"expect": {"statements": [{"article": "a", "words": "x"}], "at_least": 2}}, r"between 1 and the 1"),
        ({"expect": {"forbidden": [{}]}}, r"needs an article, a speaker or words"),
    ],
)
def test_bad_cases_are_named_with_their_line(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_cases(write(tmp_path, GOOD | change))


def test_bad_files_are_input_errors(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_cases(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="holds no case"):
        load_cases(write(tmp_path, ""))
    with pytest.raises(InputError, match="line 2"):
        load_cases(write(tmp_path, GOOD, "{"))
    with pytest.raises(InputError, match="the ids a more than once"):
        load_cases(write(tmp_path, GOOD, GOOD))


def test_hash_forgets_order_and_sees_every_change(tmp_path: Path) -> None:
    other = GOOD | {"id": "b"}
    first, swapped = (hash_cases(load_cases(write(tmp_path, *rows))) for rows in ((GOOD, other), (other, GOOD)))
    assert first == swapped
    assert first != hash_cases(load_cases(write(tmp_path, GOOD, other | {"question": "Why?"})))


@pytest.mark.parametrize(("name", "at_least"), [("seeds.jsonl", 90), ("shared_seeds.jsonl", 60)])
def test_our_cases_are_many_and_a_third_is_held_out(name: str, at_least: int) -> None:
    cases = [case for case in load_cases(CASES / name) if case.same_as is None]
    held_out = load_cases(CASES / name, split="held_out")
    assert len(cases) >= at_least
    assert len(cases) / 4 < len(held_out) < len(cases) / 2
    assert {case.language for case in cases} >= {"en", "nb", "es", "sv"}
    assert {case.kind for case in cases} >= set(CASE_KINDS) - {"outlet"}
    assert {case.difficulty for case in cases} >= {"easy", "medium", "hard"}


def test_cases_on_foreign_articles_hold_offsets_only() -> None:
    statements = [item for case in load_cases(CASES / "shared_seeds.jsonl") for item in case.expect.statements]
    assert all(item.spans and not item.words for item in statements)
    assert all(not isinstance(place, str) for item in statements for place in item.also)


def test_a_question_asked_again_has_the_expectation_of_the_first(tmp_path: Path) -> None:
    first = GOOD | {"id": "first", "expect": {"mentions": ["x"], "answer_language": "en"}}
    again = {key: value for key, value in GOOD.items() if key != "expect"}
    again |= {"id": "again", "same_as": "first", "variant": "translated", "language": "nb"}
    path = tmp_path / "two.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in (again, first)), encoding="utf-8")
    made = load_cases(path)[0]
    # The answer is to be in the language of the question, so the first one's is not expected.
    assert (made.expect.mentions, made.expect.answer_language, made.same_as) == (("x",), None, "first")


def test_a_file_of_variants_beside_a_file_of_cases_is_read_with_it(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    again = {key: value for key, value in GOOD.items() if key != "expect"}
    again |= {"id": "again", "same_as": GOOD["id"], "variant": "misspelt"}
    beside = path.with_name(f"{path.stem}_variants.jsonl")
    beside.write_text(json.dumps(again), encoding="utf-8")
    first, second = load_cases(path)
    assert (second.same_as, second.expect) == (first.id, first.expect)
    beside.write_text(json.dumps(GOOD), encoding="utf-8")
    with pytest.raises(InputError, match="more than once"):
        load_cases(path)
    beside.write_text("{", encoding="utf-8")
    with pytest.raises(InputError, match=r"_variants.jsonl line 1: this is no JSON"):
        load_cases(path)


def test_our_variants_ask_dev_cases_again_in_all_three_ways() -> None:
    cases = {case.id: case for case in load_cases(CASES / "seeds.jsonl")}
    again = [case for case in cases.values() if case.same_as is not None]
    assert len(again) >= 40
    assert {case.variant for case in again} == set(VARIANTS)
    assert {case.language for case in again if case.variant == "translated"} >= {"en", "nb", "es", "sv"}
    for case in again:
        first = cases[str(case.same_as)]
        assert (first.split, case.split, first.same_as) == ("dev", "dev", None)
        assert (case.kind, case.difficulty) == (first.kind, first.difficulty)
        assert (case.language != first.language) == (case.variant == "translated")
        assert case.turns != first.turns


def test_cases_that_are_written_are_read_back_the_same(tmp_path: Path) -> None:
    cases = load_cases(write(tmp_path, GOOD | {"difficulty": "hard"}))
    path = tmp_path / "again.jsonl"
    path.write_text(dump_cases(cases), encoding="utf-8")
    assert load_cases(path) == cases
    assert hash_cases(load_cases(path)) == hash_cases(cases)


def test_the_schema_in_the_project_is_the_dataclasses_own() -> None:
    stored = Path(__file__).resolve().parents[1] / "eval" / "cases" / "schema.json"
    assert json.loads(stored.read_text(encoding="utf-8")) == case_schema()


def test_a_line_that_is_no_object_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.jsonl"
    path.write_text("[1]\n", encoding="utf-8")
    with pytest.raises(InputError, match="line 1: a case is a JSON object, found list"):
        load_cases(path)
