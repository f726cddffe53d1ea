"""Quotation marks of every common style, and sentences that never cut one."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.attribution.quotation import Quotation, find_quotations
from index.records import Span
from index.sentences import find_sentences


def quotations(text: str, language: str = "en") -> tuple[Quotation, ...]:
    return find_quotations(text, Span(0, len(text)), language=language)


def quoted(text: str, language: str = "en") -> list[str]:
    return [quotation.content.of(text) for quotation in quotations(text, language)]


def sentences(text: str, language: str = "en") -> list[str]:
    return [span.of(text) for span in find_sentences(text, Span(0, len(text)), language=language)]


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("She said “we go” today.", "en", ["we go"]),
        ('She said "we go" today.', "en", ["we go"]),
        ("She said ‘we go’ today.", "en", ["we go"]),
        ("She said 'we go' today.", "en", ["we go"]),
        ("Sie sagte „wir gehen“ heute.", "de", ["wir gehen"]),
        ("Sie sagte „wir gehen” heute.", "de", ["wir gehen"]),
        ("Sie sagte »wir gehen« heute.", "de", ["wir gehen"]),
        ("Sie sagte ‚wir gehen‘ heute.", "de", ["wir gehen"]),
        ("Sie sagte ›wir gehen‹ heute.", "de", ["wir gehen"]),
        ("Hun sa «vi går» i dag.", "nb", ["vi går"]),
        ("Hon sa ”vi går” i dag.", "sv", ["vi går"]),
        ("Hon sa »vi går» i dag.", "sv", ["vi går"]),
        ("Hun sagde »vi går« i dag.", "da", ["vi går"]),
        ("Hun sagde “vi går” i dag.", "da", ["vi går"]),
        ("Ze zei ‘we gaan’ vandaag.", "nl", ["we gaan"]),
        ("Ze zei „we gaan” vandaag.", "nl", ["we gaan"]),
        ("Elle dit « nous partons » hier.", "fr", ["nous partons"]),
        ("Elle dit «\u00a0nous partons\u00a0» hier.", "fr", ["nous partons"]),
        ("Elle dit ‹ nous partons › hier.", "fr", ["nous partons"]),
        ("Dijo «nos vamos» ayer.", "es", ["nos vamos"]),
        ("Disse “vamos” ontem.", "pt", ["vamos"]),
        ("彼は「行く」と言った。", "ja", ["行く"]),
    ],
)
def test_each_style_of_marks_is_read(text: str, language: str, expected: list[str]) -> None:
    assert quoted(text, language) == expected
    assert [(q.style, q.closed) for q in quotations(text, language)] == [("marks", True)]


def test_the_span_holds_the_marks_and_the_content_does_not() -> None:
    text = "She said “ we go ” today."
    (quotation,) = quotations(text)
    assert (quotation.span.of(text), quotation.content.of(text)) == ("“ we go ”", "we go")


@pytest.mark.parametrize("dash", ["– ", "— ", "—", "―", "-- ", "- ", "–"])
def test_a_dash_that_opens_the_paragraph_quotes_all_of_it(dash: str) -> None:
    text = f"{dash}Vi går, sa hun. – Nå."
    (quotation,) = quotations(text, "nb")
    assert (quotation.style, quotation.content.of(text)) == ("dash", "Vi går, sa hun. – Nå.")


@pytest.mark.parametrize("text", ["Oslo – by ved fjorden", "– 5 grader", "–", "-5 grader i natt", "En by – den største – sov."])
def test_other_dashes_quote_nothing(text: str) -> None:
    assert quotations(text, "nb") == ()


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("“He called it ‘a scandal’ twice,” she said.", "en", ["He called it ‘a scandal’ twice,"]),
        ("‘He called it “a scandal” twice,’ she said.", "en", ["He called it “a scandal” twice,"]),
        ("\"He called it 'a scandal' twice,\" she said.", "en", ["He called it 'a scandal' twice,"]),
        ("„Er nannte es ‚Unfug‘, leider“, sagte sie.", "de", ["Er nannte es ‚Unfug‘, leider"]),
        ("«Elle a dit “non” hier», dit-il.", "fr", ["Elle a dit “non” hier"]),
        ("«Un «golpe» dentro», dijo.", "es", ["Un «golpe» dentro"]),
    ],
)
def test_of_nested_quotations_the_outer_is_given(text: str, language: str, expected: list[str]) -> None:
    assert quoted(text, language) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The soldiers' barracks and the workers' union.", "en"),
        ("It's Ann's, isn't it? They're here.", "en"),
        ("It’s Ann’s, isn’t it? The ’90s and the soldiers’ pay.", "en"),
        ("Zij komt ’s avonds en ’s morgens.", "nl"),
        ("L’armée d’Ann n’est pas là.", "fr"),
        ('A screen of 12" beside one of 15 cm.', "en"),
        ("He is 5'11 tall.", "en"),
        ("He is 5'11\" tall.", "en"),
        ("A 3' by 4' board.", "en"),
    ],
)
def test_apostrophes_and_inches_quote_nothing(text: str, language: str) -> None:
    assert quotations(text, language) == ()


def test_a_possessor_inside_single_marks_does_not_close_them() -> None:
    assert quoted("He said: ‘The soldiers’ pay is late.’") == ["The soldiers’ pay is late."]
    assert quoted("He said: 'It isn't Ann's.'") == ["It isn't Ann's."]


def test_a_nickname_is_marked_too() -> None:
    # Whether it is speech is for the rules to say.
    assert quoted("Carl “the Ox” Berg said: “No.”") == ["the Ox", "No."]


@pytest.mark.parametrize("text", ["“We go, and nobody", '"We go, and nobody', "„Wir gehen", "«Vi går"])
def test_an_unclosed_mark_that_opens_the_paragraph_runs_to_its_end(text: str) -> None:
    (quotation,) = quotations(text)
    assert (quotation.closed, quotation.content.of(text)) == (False, text[1:])


@pytest.mark.parametrize("text", ["We “go, and nobody", 'We "go, and nobody', "We go” home", "We go» home", "We ‘go home"])
def test_other_unclosed_marks_quote_nothing(text: str) -> None:
    assert quotations(text) == ()


def test_a_quotation_of_several_paragraphs_is_open_in_each_but_the_last() -> None:
    text = "She said: “We go.\n\n“We stay.\n\n“We rest.” Then she left."
    paragraphs = [Span(0, 17), Span(19, 28), Span(30, len(text))]
    found = [find_quotations(text, span, language="en") for span in paragraphs]
    assert [[(q.content.of(text), q.closed) for q in inside] for inside in found] == [
        [("We go.", False)],
        [("We stay.", False)],
        [("We rest.", True)],
    ]


def test_several_quotations_are_given_in_order() -> None:
    assert quoted('“No,” she said, “not now.” He: "Yes."') == ["No,", "not now.", "Yes."]


@pytest.mark.parametrize("text", ["", " ", "““””", "“”", '""', "« »", "“ ”"])
def test_marks_around_nothing_quote_nothing(text: str) -> None:
    assert [content for content in quoted(text) if not content.strip("“”")] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("We go. You stay.", ["We go.", "You stay."]),
        ("“We go. You stay,” he said. She left.", ["“We go. You stay,” he said.", "She left."]),
        ("He said: “We go. You stay.” She left.", ["He said: “We go. You stay.”", "She left."]),
        ("“Stay!” Ann shouted. She left.", ["“Stay!” Ann shouted.", "She left."]),
        ("Mr. Lee met Dr. Berg. They ate.", ["Mr. Lee met Dr. Berg.", "They ate."]),
        ("The U.S. army left. It rained.", ["The U.S. army left.", "It rained."]),
        ("Growth was 2.5 percent. It rained.", ["Growth was 2.5 percent.", "It rained."]),
        ("", []),
        (" \n ", []),
        ("No stop at the end", ["No stop at the end"]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["“", "”", '"', "'", "’", "«", "»", "„", "‚", "‘", "「", "」", "– ", "— ", "- ", ". ", "! ", "? ", " ", ", "]
        ),
        st.sampled_from(["We go", "Mr. Lee", "12", "s", "isn't", "said", "É", "\u00a0", "…"]),
        st.text(max_size=5),
    ),
    max_size=30,
).map("".join)
LANGUAGES = st.sampled_from(["en", "de", "da", "sv", "fr", "nl", "xx"])


@settings(max_examples=150, deadline=None)
@given(text=PIECES, before=st.integers(0, 3), language=LANGUAGES)
def test_quotations_lie_in_their_paragraph_in_order(text: str, before: int, language: str) -> None:
    paragraph = Span(min(before, len(text)), len(text))
    found = find_quotations(text, paragraph, language=language)
    assert all(left.span.end <= right.span.start for left, right in pairwise(found))
    for quotation in found:
        assert paragraph.contains(quotation.span)
        assert quotation.span.contains(quotation.content)
        assert quotation.content.of(text) == quotation.content.of(text).strip() != ""


@settings(max_examples=150, deadline=None)
@given(text=PIECES, language=LANGUAGES)
def test_sentences_hold_every_character_and_cut_no_quotation(text: str, language: str) -> None:
    whole = Span(0, len(text))
    found = find_sentences(text, whole, language=language)
    assert all(left.end <= right.start for left, right in pairwise(found))
    assert "".join("".join(span.of(text) for span in found).split()) == "".join(text.split())
    for quotation in find_quotations(text, whole, language=language):
        if quotation.style == "marks":
            assert not any(quotation.span.start < span.end < quotation.content.end for span in found)
