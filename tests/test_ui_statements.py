"""Statements as rows: filtered, sorted, exported."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from index.build import build
from index.errors import InputError, NotFoundError
from index.library import Library
from ui.statements import SORTS, rows_to_csv, rows_to_json, statement_rows

ARTICLES = {
    "bridge.md": "title: Bridge\noutlet: The Sample\npublished: 2024-06-27\nlanguage: en\n---\n"
    "“The bridge will stay closed until August,” Mayor Erik Dahl told Anna Ås on Monday.\n",
    "ferry.md": "title: Ferry\noutlet: Eksemplet\npublished: 2024-07-02\nlanguage: nb\n---\n"
    "– Ferja går som vanlig, sa Anna Ås til Erik Dahl.\n",
    "cells.md": "title: =HYPERLINK(1)\noutlet: The Sample\nlanguage: en\n---\n“=1+1 is what they wrote to us,” said Zoë Wick.\n",
}


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("rows")
    for name, text in ARTICLES.items():
        (folder / name).write_text(f"---\n{text}", encoding="utf-8")
    build([folder / name for name in ARTICLES], library=folder / "library")
    with Library(folder / "library") as opened:
        yield opened


def speakers(library: Library, **wanted: Any) -> list[str | None]:
    return [row["speaker"] for row in statement_rows(library, **wanted)]


def test_every_filter_keeps_what_fits_it(library: Library) -> None:
    assert speakers(library) == ["Erik Dahl", "Anna Ås", "Zoë Wick"]
    assert speakers(library, speaker="dahl") == ["Erik Dahl"]
    assert speakers(library, addressee="Erik Dahl") == ["Anna Ås"]
    assert speakers(library, outlet="the sample") == ["Erik Dahl", "Zoë Wick"]
    assert speakers(library, language="no") == ["Anna Ås"]
    assert speakers(library, since=date(2024, 7, 1)) == ["Anna Ås"]
    assert speakers(library, until=date(2024, 7, 1)) == ["Erik Dahl"]
    assert speakers(library, act="condemn") == []
    assert speakers(library, kind="indirect") == []
    assert speakers(library, words="AUG bridge") == ["Erik Dahl"]
    assert speakers(library, words="gar") == ["Anna Ås"]
    assert speakers(library, words="bridge ferja") == []
    assert speakers(library, speaker="Dahl", outlet="Eksemplet") == []


def test_rows_sort_by_every_column_with_the_empty_last(library: Library) -> None:
    assert speakers(library, sort="speaker") == ["Anna Ås", "Erik Dahl", "Zoë Wick"]
    assert speakers(library, sort="speaker", descending=True) == ["Zoë Wick", "Erik Dahl", "Anna Ås"]
    assert speakers(library, sort="published", descending=True) == ["Anna Ås", "Erik Dahl", "Zoë Wick"]
    assert speakers(library, sort="addressee", descending=True) == ["Anna Ås", "Erik Dahl", "Zoë Wick"]
    for sort in SORTS:
        assert sorted(map(str, speakers(library, sort=sort))) == ["Anna Ås", "Erik Dahl", "Zoë Wick"]


@pytest.mark.parametrize(
    ("wanted", "error", "message"),
    [
        ({"speaker": "Nobody"}, NotFoundError, "speaker 'Nobody': none of the"),
        ({"outlet": "Nowhere"}, NotFoundError, "the library's outlets are: Eksemplet, The Sample"),
        ({"act": "sing"}, InputError, "act is 'sing'; it is one of say, write"),
        ({"kind": "odd"}, InputError, "kind is 'odd'; it is one of direct, mixed, indirect"),
        ({"sort": "id; DROP TABLE statements"}, InputError, "sort is .* it is one of published"),
        ({"language": "klingon"}, InputError, "klingon"),
    ],
)
def test_a_filter_that_fits_nothing_says_what_there_is(
    library: Library, wanted: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        statement_rows(library, **wanted)


def test_json_rows_are_one_a_line_and_the_same_values(library: Library) -> None:
    rows = statement_rows(library)
    text = rows_to_json(rows)
    assert json.loads(text) == list(rows)
    assert len(text.splitlines()) == len(rows) + 2
    assert json.loads(rows_to_json([])) == []


def test_no_cell_of_the_csv_is_a_formula(library: Library) -> None:
    rows = list(csv.DictReader(io.StringIO(rows_to_csv(statement_rows(library)))))
    assert [row["speaker"] for row in rows] == ["Erik Dahl", "Anna Ås", "Zoë Wick"]
    assert rows[2]["title"] == "'=HYPERLINK(1)"
    assert rows[2]["quote"].startswith("'=1+1 is what")
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
