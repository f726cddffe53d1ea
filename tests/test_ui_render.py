"""What is shown of answers, statements and articles, whoever wrote them."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.records import Article, Span
from rag.answer import Answer, Citation, Difference
from rag.contract import StatementRow
from tests.samples import ARTICLE, HOSTILE, STATEMENT, TEXT, WORDS, citation, span_of, turn
from ui import render, rows
from ui.render import Evidence, Turn


def plain(shown: Turn, *, bare: bool = True) -> str:
    return "\n".join(" " * line.indent + line.text.plain for line in render.answer_lines(shown, bare=bare))


def test_terminal_answer_shows_text_then_each_citation_with_its_place() -> None:
    shown = plain(turn())
    assert shown.startswith("Kari Berg told Ola Nord: “I will not go, … and you know it.” [1]\n")
    assert "[1] The Sample · 2024-06-26 · English · A visit" in shown
    assert "Kari Berg → Ola Nord · the very words" in shown
    assert "“⟪I will not go,⟫” Kari Berg told him on Monday, “⟪and you know it.⟫”" in shown
    # Two lines before it: the words stand on line 3.
    assert f"news/one.txt:3, characters {WORDS[0].start}–{WORDS[0].end}, {WORDS[1].start}–{WORDS[1].end}\n" in shown
    assert "https://example.org/visit" in shown


def test_terminal_never_gets_a_control_character_or_a_bidi_override() -> None:
    text = f"{HOSTILE} no."
    article = Article(id="a1", text=text, language="en", path="a\x1b]0;evil\x07.txt", title=HOSTILE, outlet="O\rverwritten")
    cited = citation(
        spans=(span_of("no.", text),),
        quote="no.",
        title=HOSTILE,
        outlet="O\rverwritten",
        speaker="K\x9b31m",
        url="https://x/\x1b",
    )
    answer = Answer(question="?", language="en", text=HOSTILE, citations=(cited,), notices=(HOSTILE,), understood=HOSTILE)
    lines = plain(Turn(question="?", answer=answer, evidence=(Evidence(citation=cited, article=article),)))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", lines)
    assert "[U+001B][31m" in lines
    assert "[U+202E]" in lines
    assert "K[U+009B]31m" in lines


def test_refusal_names_its_reason() -> None:
    answer = Answer(question="?", language="en", text="She is not quoted.", abstained=True, reason="never_quoted")
    assert plain(Turn(question="?", answer=answer)) == "She is not quoted.\nNo answer: never quoted"


def test_altered_words_are_shown_beside_those_of_the_article() -> None:
    answer = Answer(
        question="?", language="en", text="No.", verdict="altered", differences=(Difference(asked="6 %", found="5 %"),)
    )
    assert plain(Turn(question="?", answer=answer)).splitlines()[1:] == [
        "Verdict: altered",
        "Asked: “6 %”. In the article: “5 %”.",
    ]


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "JAVASCRIPT:alert(1)", "java\nscript:alert(1)", "\x01javascript:alert(1)",
     "data:text/html,x", "//x/y", "vbscript:x", "file:///etc/passwd", "https:alert(1)", "", "http://[", "/relative"],
)  # fmt: skip
def test_only_http_addresses_become_links(url: str) -> None:
    assert render.safe_link(url) is None


def test_context_stays_in_its_paragraph() -> None:
    span = render.context(TEXT, WORDS, around=200)
    assert span.of(TEXT) == TEXT.split("\n\n")[1]


@given(st.text(max_size=60), st.data())
def test_context_always_holds_the_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    around = data.draw(st.integers(0, 30))
    assert render.context(text, [Span(start, end)], around=around).contains(Span(start, end))


@given(st.text(max_size=40), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=4))
def test_segments_put_together_are_the_text(text: str, ranges: list[tuple[int, int]]) -> None:
    marks: list[tuple[Span, render.Role]] = [(Span(min(a, b, len(text)), min(max(a, b), len(text))), "cue") for a, b in ranges]
    pieces = [piece for piece, _ in render.segments(text, marks, Span(0, len(text)))]
    assert "".join(pieces) == text


def test_statement_row_speaks_the_names_of_ask_json() -> None:
    row = rows.statement_row(STATEMENT, ARTICLE)
    shared = set(Citation.__dataclass_fields__) - {"n", "quoted"}
    assert shared <= set(row)
    assert row["quote"] == "I will not go, … and you know it."
    assert (row["speaker"], row["addressee"], row["cue"], row["published"]) == (
        "Kari Berg",
        "Ola Nord",
        "told",
        "2024-06-26",
    )
    assert list(row) == list(rows.COLUMNS)
    assert set(row) == set(StatementRow.__annotations__)


def test_json_text_is_the_same_value_without_a_hidden_character() -> None:
    value = {"quote": HOSTILE + "\udc80 \U000e0041 \x9b é"}
    shown = rows.json_text(value)
    assert json.loads(shown) == value
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", shown)
    assert "é" in shown
