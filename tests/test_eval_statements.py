"""Listed statements against found ones: figures worked out by hand."""

import json
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import eval.cases
from eval.cli import app
from eval.corpus import Corpus
from eval.statements import Compared, Listed, compare, evaluate, format_compared, load_listed, overlap
from eval.systems import load_corpus
from index.errors import InputError
from index.records import Addressee, Article, Kind, Person, Polarity, Span, Statement

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared" / "seeds"
CASES = Path(eval.cases.__file__).parent
ANN = Person(id="ann-lee", name="Ann Lee")
BO = Person(id="bo-lie", name="Bo Lie")


def listed(*content: tuple[int, int], speaker: Any = ("Ann Lee",), kind: Any = ("direct",), **more: Any) -> Listed:
    return Listed(article="a.txt", content=content, speaker=speaker, kind=kind, **more)


def found(
    *content: tuple[int, int],
    speaker: Person | None = ANN,
    kind: Kind = "direct",
    addressee: Addressee | None = None,
    polarity: Polarity = "positive",
) -> Statement:
    return Statement(
        id=str(content),
        article_id="a",
        content=tuple(Span(*piece) for piece in content),
        speaker=speaker,
        kind=kind,
        addressee=addressee,
        polarity=polarity,
        language="en",
    )


def counts(result: Compared) -> tuple[int, int, int, int]:
    """Required, missed, found, wrong or spurious."""
    return result.n_required, len(result.missed), result.n_found, result.n_wrong + len(result.spurious)


def faults(result: Compared) -> list[tuple[str, bool]]:
    return [(fault.field, fault.missing) for match in result.matched for fault in match.faults]


def test_overlap_is_a_share_of_the_longer() -> None:
    # 5 + 5 characters share 2 with the first piece and 3 with the second: 5 of 10
    assert overlap([Span(0, 5), Span(10, 15)], [Span(3, 5), Span(12, 15)]) == pytest.approx(5 / 10)
    assert overlap([Span(0, 5)], [Span(0, 5)]) == 1
    assert overlap([Span(0, 5)], [Span(5, 9)]) == 0


def test_half_is_enough_and_less_is_not() -> None:
    assert counts(compare([listed((0, 10))], [found((0, 5))])) == (1, 0, 1, 0)
    assert counts(compare([listed((0, 10))], [found((0, 4))])) == (1, 1, 1, 1)


def test_empty_lists_and_nothing_found() -> None:
    assert counts(compare([], [])) == (0, 0, 0, 0)
    assert counts(compare([listed((0, 10))], [])) == (1, 1, 0, 0)
    assert counts(compare([], [found((0, 10))])) == (0, 0, 1, 1)


def test_one_found_statement_matches_one_listed() -> None:
    # Both hold more than half of the only listed one; the better one is it, the other spurious.
    result = compare([listed((0, 10))], [found((0, 7)), found((0, 9))])
    assert counts(result) == (1, 0, 2, 1)
    assert result.spurious[0].content == (Span(0, 7),)


def test_the_optional_are_neither_missed_nor_spurious() -> None:
    both = [listed((0, 10)), listed((20, 30), optional=True)]
    assert counts(compare(both, [found((0, 10))])) == (1, 0, 1, 0)
    assert counts(compare(both, [found((0, 10)), found((20, 30))])) == (1, 0, 2, 0)


def test_what_must_be_found_is_matched_before_an_optional_part_of_it() -> None:
    outer_and_inner = [listed((0, 20)), listed((5, 20), optional=True)]
    assert counts(compare(outer_and_inner, [found((5, 20))])) == (1, 0, 1, 0)
    assert counts(compare(outer_and_inner, [found((5, 20)), found((0, 20))])) == (1, 0, 2, 0)


def test_another_reading_of_the_content_counts() -> None:
    item = listed((0, 10), also=(((0, 40),),))
    assert counts(compare([item], [found((0, 40))])) == (1, 0, 1, 0)


def test_joined_statements_count_when_found_as_one_or_as_two() -> None:
    two = [listed((0, 10)), listed((20, 30), joins=True)]
    assert counts(compare(two, [found((0, 10), (20, 30))])) == (2, 0, 1, 0)
    assert counts(compare(two, [found((0, 10)), found((20, 30))])) == (2, 0, 2, 0)
    assert counts(compare(two, [found((0, 10))])) == (2, 1, 1, 0)


def test_wrong_fields_are_counted_apart_from_missing_ones() -> None:
    item = listed((0, 10), addressee=("Bo Lie",))
    wrong = compare([item], [found((0, 10), speaker=BO, kind="mixed", polarity="negative")])
    assert faults(wrong) == [("speaker", False), ("addressee", True), ("kind", False), ("polarity", False)]
    assert counts(wrong) == (1, 0, 1, 1)
    unnamed = compare([item], [found((0, 10), speaker=None, addressee=Addressee(span=None, person=BO))])
    assert faults(unnamed) == [("speaker", True)]
    # What is left unsaid is not wrong.
    assert counts(unnamed) == (1, 0, 1, 0)


def test_a_surname_is_not_a_full_name() -> None:
    lee = Person(id="lee", name="Lee")
    assert faults(compare([listed((0, 10))], [found((0, 10), speaker=lee)])) == [("speaker", False)]
    assert faults(compare([listed((0, 10), speaker=("Ann Lee", "Lee"))], [found((0, 10), speaker=lee)])) == []


def test_nobody_is_right_only_where_it_is_listed() -> None:
    unnamed = found((0, 10), speaker=None)
    assert faults(compare([listed((0, 10), speaker=("Police", None))], [unnamed])) == []
    assert faults(compare([listed((0, 10), speaker=(None,))], [found((0, 10))])) == [("speaker", False)]


def test_an_addressee_may_be_named_or_a_mention_of_any_length() -> None:
    text = "Go home, she told the crowd."
    crowd = Addressee(span=Span(18, 27), person=None)
    item = listed((0, 7), addressee=("the crowd in the square",))
    assert faults(compare([item], [found((0, 7), addressee=crowd)], text=text)) == []
    nobody = listed((0, 7))
    assert faults(compare([nobody], [found((0, 7), addressee=crowd)], text=text)) == [("addressee", False)]


def test_a_report_names_each_failure_and_the_figures() -> None:
    text = "We will go home. They may stay. Nobody knows."
    result = compare(
        [listed((0, 15)), listed((17, 30))],
        [found((0, 15), speaker=BO), found((32, 44))],
        article="a.txt",
        text=text,
    )
    report = format_compared([result])
    assert "a.txt: missed: 'They may stay' by Ann Lee" in report
    assert "a.txt: spurious: 'Nobody knows' by Ann Lee" in report
    assert "a.txt: wrong speaker: Bo Lie, expected Ann Lee: 'We will go home'" in report
    # 1 of 2 listed is found; 1 of 2 found is spurious and the other has the wrong speaker
    assert "all      1/2     .50    2/2    1.00" in report


LINE = {"article": "a.txt", "content": [[1, 16]], "words": ["We will go home"], "speaker": "Ann Lee", "kind": "direct"}


def write(tmp_path: Path, *lines: dict[str, Any]) -> Path:
    path = tmp_path / "list.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    return path


def test_a_list_is_read_with_single_values_and_several(tmp_path: Path) -> None:
    first, second = load_listed(write(tmp_path, LINE, LINE | {"speaker": None, "kind": ["direct", "mixed"]}))
    assert (first.speaker, first.kind, first.addressee) == (("Ann Lee",), ("direct",), (None,))
    assert (second.speaker, second.kind) == ((None,), ("direct", "mixed"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": "loud"}, "line 1: kind"),
        ({"content": []}, "must not be empty"),
        ({"content": [[5, 5]]}, "0 <= start < end"),
        ({"mood": "bad"}, "line 1: mood"),
    ],
)
def test_a_line_that_breaks_the_schema_is_named(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        load_listed(write(tmp_path, LINE | change))


def test_a_missing_or_empty_list_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_listed(tmp_path / "none.jsonl")
    with pytest.raises(InputError, match="holds no statement"):
        load_listed(write(tmp_path))


def test_a_list_must_fit_its_corpus(tmp_path: Path) -> None:
    corpus = Corpus(articles={"a.txt": Article(id="a", text="“We will go home,” said Ann Lee.", language="en")})
    result = evaluate(load_listed(write(tmp_path, LINE)), corpus)
    assert [counts(one) for one in result] == [(1, 0, 1, 0)]
    for change, message in (
        ({"article": "b.txt"}, "b.txt, which is not in the corpus"),
        ({"content": [[1, 99]], "words": []}, "mend the list"),
        ({"words": ["We shall go home"]}, "the list expects"),
    ):
        with pytest.raises(InputError, match=message):
            evaluate(load_listed(write(tmp_path, LINE | change)), corpus)


def test_the_command_prints_the_report_and_exits_with_2_on_bad_input(tmp_path: Path) -> None:
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text("“We will go home,” said Ann Lee.", encoding="utf-8")
    arguments = ["statements", "--corpus", str(tmp_path / "articles"), "--cases"]
    result = CliRunner().invoke(app, [*arguments, str(write(tmp_path, LINE))])
    assert (result.exit_code, "1/1    1.00" in result.output) == (0, True)
    missing = CliRunner().invoke(app, [*arguments, str(tmp_path / "none.jsonl")])
    assert (missing.exit_code, "cannot be read" in missing.output) == (2, True)


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("seeds_statements.jsonl", ROOT / "seeds"),
        pytest.param(
            "shared_statements.jsonl",
            SHARED,
            marks=pytest.mark.skipif(not SHARED.is_dir(), reason="the five reports are not part of the project"),
        ),
    ],
)
def test_our_lists_fit_their_articles(name: str, folder: Path) -> None:
    """Every article has a list, no list is on an unknown one, and no statement stands in it twice."""
    items, articles = load_listed(CASES / name), load_corpus(folder).articles
    assert {item.article for item in items} == set(articles)
    for label, group in groupby(sorted(items, key=attrgetter("article")), key=attrgetter("article")):
        contents = [item.content for item in group]
        assert len(set(contents)) == len(contents)
        assert max(end for content in contents for _, end in content) <= len(articles[label].text)


def test_the_list_on_reports_of_others_holds_no_words() -> None:
    assert all(not item.words for item in load_listed(CASES / "shared_statements.jsonl"))
