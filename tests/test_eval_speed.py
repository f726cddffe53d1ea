"""What is timed, and how it is told; no test depends on how long anything takes."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.curve import Point, format_curve, measure_curve
from eval.curve import to_json as curve_to_json
from eval.speed import STEPS, Reading, Speed, Step, format_speed, measure_readings, measure_steps, to_json
from index.build import build
from index.errors import InputError
from index.library import Library


class Still:
    """An encoder without a model."""

    name = "still"

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        return [[1.0, float(len(text))] for text in texts]

    def encode_question(self, text: str) -> list[float]:
        return [1.0, 0.0]


def steps(**seconds: float) -> dict[Step, float]:
    return {step: seconds.get(step, 0.0) for step in STEPS}


SPEED = Speed(
    readings=(
        Reading(language="en", n_words=500, reading=1.0, extraction=3.0, embedding=2.0),
        Reading(language="nb", n_words=1500, reading=1.0, extraction=1.0, embedding=1.0),
    ),
    steps=(steps(understand=0.01, search=0.02), steps(understand=0.01, search=0.04, other=0.02)),
    cold=(2.0, 4.0, 3.0),
    start=(0.5,),
    peak_mib=1234.0,
    indexing=20.0,
)


def test_ratios_are_reading_and_extraction_over_embedding() -> None:
    # (1 + 3) / 2; over all (2 + 4) / 3
    assert SPEED.readings[0].ratio == 2.0
    assert SPEED.all_languages.ratio == 2.0
    assert SPEED.readings[0].per_1000(3.0) == 6.0
    nothing = Reading(language="en", n_words=0, reading=0.0, extraction=0.0, embedding=0.0)
    assert (nothing.ratio, nothing.per_1000(0.0)) == (None, None)


def test_shares_are_of_all_questions_together() -> None:
    # 0.02, 0.06 and 0.02 of 0.1
    assert [SPEED.share(step) for step in ("understand", "search", "other")] == pytest.approx([0.2, 0.6, 0.2])
    assert SPEED.share("check") == 0.0


def test_text_and_json_tell_all_and_nothing_where_nothing_was_asked() -> None:
    text = format_speed(SPEED)
    assert "ask 3.00 s, start alone 500.0 ms" in text
    assert "peak memory 1,234 MiB" in text
    assert to_json(SPEED)["shares"]["search"] == pytest.approx(0.6)
    empty = Speed(readings=SPEED.readings, steps=(), cold=(), start=(), peak_mib=None, indexing=1.0)
    assert empty.share("search") is None
    assert "unknown here" in format_speed(empty)


def test_articles_are_read_by_language_and_questions_step_by_step(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "a.txt").write_text("“We will go home tonight,” said Ann Lee, the mayor of Oslo.", encoding="utf-8")
    readings = measure_readings(folder, encoder=Still())
    assert [(item.language, item.n_words) for item in readings] == [("en", 12)]
    build([folder], library=tmp_path / "library", embedding=Still())
    with Library(tmp_path / "library", encoder=Still()) as library:
        measured = measure_steps(["What did Ann Lee say?", "What did nobody say?"], library)
    assert [set(item) for item in measured] == [set(STEPS)] * 2
    assert all(seconds >= 0 for item in measured for seconds in item.values())


def test_a_folder_without_articles_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no article"):
        measure_readings(tmp_path, encoder=Still())


def test_the_curve_reads_texts_of_the_sizes_asked_for(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(
        "The mayor spoke on Monday.\n\n“We will stay,” said Ann Lee, the mayor of the town.\n", "utf-8"
    )
    points = measure_curve(tmp_path, sizes=(200, 400))
    assert [point.n_characters for point in points] == [200, 400]
    assert 0 < points[0].n_statements < points[1].n_statements
    assert all(point.seconds > 0 and point.peak_mib > 0 for point in points)
    (tmp_path / "one.txt").write_text("Borgermesteren snakket på mandag om saken, og hun sa ikke mer om det.\n", "utf-8")
    with pytest.raises(InputError, match="no article in en"):
        measure_curve(tmp_path)


def test_the_curve_tells_what_100_000_characters_cost() -> None:
    points = (Point(n_characters=50_000, n_statements=10, seconds=2.0, peak_mib=300.0),)
    assert format_curve(points).splitlines()[1].split() == ["50,000", "10", "2.00", "4.00", "300"]
    assert curve_to_json(points) == [{"n_characters": 50_000, "n_statements": 10, "seconds": 2.0, "peak_mib": 300.0}]
