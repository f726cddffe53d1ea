"""How speaker resolution is measured: what counts as right, and that the labels are sound."""

from itertools import combinations
from pathlib import Path

import pytest

from eval.speakers import (
    CLASSES,
    PARTS,
    SPLITS,
    Judged,
    SpeakerCase,
    count_outcomes,
    format_rows,
    is_same,
    load_cases,
    measure_speakers,
    rows_to_json,
)
from index.attribution.polnear import read_polnear
from index.errors import InputError
from index.records import Person, Span

POLNEAR = Path(__file__).resolve().parents[2] / "shared" / "polnear"


def case(name: str | None, *, article: str = "a", also: tuple[str, ...] = ()) -> SpeakerCase:
    return SpeakerCase(article=article, source=Span(0, 2), mention="pronoun", name=name, also=also)


def person(name: str, *aliases: str) -> Person:
    return Person(id=name, name=name, aliases=aliases)


def test_nobody_is_right_where_nobody_can_be_named() -> None:
    assert Judged(case=case(None), found=None).outcome == "right"
    assert Judged(case=case(None), found=person("Ann Lee")).outcome == "wrong"
    assert Judged(case=case("Ann Lee"), found=None).outcome == "unnamed"


def test_a_namesake_is_wrong() -> None:
    assert not is_same(case("Hillary Clinton"), person("Bill Clinton"))
    assert not is_same(case("Hillary Clinton"), person("Clinton"))


def test_middle_names_dots_and_the_article_do_not_matter() -> None:
    assert is_same(case("Ann Lee"), person("Ann B. Lee"))
    assert is_same(case("U.N. Women"), person("UN Women"))
    assert is_same(case("the Post"), person("Morning Post"))


def test_another_accepted_name_is_right() -> None:
    assert is_same(case("International Monetary Fund", also=("IMF",)), person("IMF"))
    assert is_same(case("International Monetary Fund"), person("IMF", "International Monetary Fund"))


def test_intervals_draw_whole_articles() -> None:
    judged = [Judged(case=case("Ann", article=name), found=person(found)) for name, found in [("a", "Ann"), ("b", "Bo")]]
    (row,) = count_outcomes(judged)
    assert (row.right, row.wrong, row.unnamed, row.low, row.high) == (1, 1, 0, 0.0, 1.0)
    assert rows_to_json([row])[0]["share"] == 0.5
    assert row.precision == 0.5


def test_precision_counts_only_those_for_whom_somebody_was_found() -> None:
    found = [("Ann", "Ann"), ("Bo", None), (None, None), (None, "Ann")]  # named: one right, one wrong
    (row,) = count_outcomes(Judged(case=case(name), found=person(other) if other else None) for name, other in found)
    assert (row.share, row.silent, row.precision) == (0.5, 1, 0.5)
    (row,) = count_outcomes([Judged(case=case(None), found=None)])
    assert row.precision is None
    assert "pronoun" in format_rows([row])
    assert "pronoun" in format_rows([row])


def test_a_line_that_is_no_case_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    for line in ("{}", '{"article": "a", "source": [0, 2], "class": "noun", "name": null, "split": "seen"}', "[1"):
        path.write_text(line, encoding="utf-8")
        with pytest.raises(InputError, match="line 1"):
            load_cases(path)
    with pytest.raises(InputError, match="cannot read"):
        load_cases(tmp_path / "none.jsonl")


def test_enough_mentions_of_each_class_are_labelled_and_a_third_is_held_out() -> None:
    cases = load_cases()
    assert len(cases) >= 220
    counts = {(split, mention): 0 for split in SPLITS for mention in CLASSES}
    for one in cases:
        counts[one.split, one.mention] += 1
    assert all(counts.values())
    assert len({(one.article, one.source) for one in cases}) == len(cases)
    for open_split, held_out in (("seen", "held_out"), ("later", "later_held_out")):
        known, held = ([one for one in cases if one.split == split] for split in (open_split, held_out))
        assert 0.25 < len(held) / len(known + held) < 0.45
    articles = {split: {one.article for one in cases if one.split == split} for split in SPLITS}
    assert all(not articles[one] & articles[other] for one, other in combinations(SPLITS, 2))


@pytest.mark.skipif(not POLNEAR.is_dir(), reason="the corpus is not part of the project")
def test_labelled_mentions_are_sources_that_people_marked() -> None:
    marked = {
        (article.name, span)
        for part in PARTS
        for article in read_polnear(POLNEAR, part)
        for attribution in article.attributions
        for span in attribution.source
    }
    assert all((one.article, one.source) in marked for one in load_cases())


@pytest.mark.skipif(not POLNEAR.is_dir(), reason="the corpus is not part of the project")
def test_any_resolver_can_be_measured() -> None:
    judged = measure_speakers(POLNEAR, resolver=lambda text, mentions: [None] * len(mentions))
    assert len(judged) == len(load_cases())
    assert all(one.outcome == ("right" if one.case.name is None else "unnamed") for one in judged)


@pytest.mark.skipif(not POLNEAR.is_dir(), reason="the corpus is not part of the project")
def test_a_case_on_a_missing_article_is_told() -> None:
    with pytest.raises(InputError, match="lacks the article"):
        measure_speakers(POLNEAR, [case("Ann Lee", article="none")])
