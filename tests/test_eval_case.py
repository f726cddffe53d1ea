"""Case files are read strictly."""

import json
from pathlib import Path
from typing import Any

import pytest

from eval.case import CASE_KINDS, hash_cases, load_cases
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
        ({"expect": {"statements": [{"article": "a"}]}}, r"words or by spans"),
        ({"expect": {"statements": [{"article": "a", "words": "x", "spans": [[0, 1]]}]}}, r"words or by spans"),
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
    cases = load_cases(CASES / name)
    held_out = load_cases(CASES / name, split="held_out")
    assert len(cases) >= at_least
    assert len(cases) / 4 < len(held_out) < len(cases) / 2
    assert {case.language for case in cases} >= {"en", "nb", "es", "sv"}
    assert {case.kind for case in cases} >= set(CASE_KINDS) - {"outlet"}


def test_cases_on_foreign_articles_hold_offsets_only() -> None:
    statements = [item for case in load_cases(CASES / "shared_seeds.jsonl") for item in case.expect.statements]
    assert all(item.spans and not item.words for item in statements)
    assert all(not isinstance(place, str) for item in statements for place in item.also)
