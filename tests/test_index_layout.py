"""Prose is told from what stands around it, and no prose is lost."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.layout import Block, find_blocks, find_paragraphs

SHARED = Path(__file__).resolve().parents[2] / "shared"

PROSE = "The ferry stayed in port on Monday, and the roads along the coast were closed until noon."
MORE = "Nobody was hurt, the police said, but eleven cars were left on the bridge overnight."


def kinds(text: str, language: str = "en") -> list[tuple[str, str]]:
    return [(block.kind, block.span.of(text)) for block in find_blocks(text, language=language)]


def kind_between_prose(line: str, language: str = "en", glue: str = "\n\n") -> str:
    text = f"{PROSE}{glue}{line}{glue}{MORE}"
    blocks = find_blocks(text, language=language)
    start = text.index(line)
    return next(block.kind for block in blocks if block.span.start <= start < block.span.end)


# --- Lines and paragraphs


def test_a_wrapped_paragraph_is_one_block() -> None:
    wrapped = (
        "The ferry between the two islands stayed in port on Monday, and the\n"
        "roads along the coast were closed until noon, when the wind at last\n"
        "began to drop.\n\n"
        "Nobody was hurt, the police said, but eleven cars were left on the\n"
        "bridge overnight.\n"
    )
    assert [span.of(wrapped)[:11] for span in find_paragraphs(wrapped)] == ["The ferry b", "Nobody was "]


def test_a_wrapped_text_without_blank_lines_breaks_at_short_lines() -> None:
    wrapped = (
        "The ferry between the two islands stayed in port on Monday, and the\n"
        "roads along the coast were closed until noon.\n"
        "Nobody was hurt, the police said, but eleven cars were left on the\n"
        "bridge overnight, and the mayor asked their owners to fetch them.\n"
    )
    assert [span.of(wrapped)[:6] for span in find_paragraphs(wrapped)] == ["The fe", "Nobody"]


def test_each_line_is_a_paragraph_where_lines_end_sentences() -> None:
    text = "\n".join([PROSE, MORE, "It was the third storm this year.", "Two more are expected."])
    assert len(find_paragraphs(text)) == 4


def test_short_paragraphs_on_lines_are_not_joined() -> None:
    text = "The ferry stayed in port.\nNobody was hurt.\nThe bridge is open again.\nThe mayor was pleased."
    assert len(find_paragraphs(text)) == 4


def test_a_dash_quotation_behind_a_full_line_is_a_paragraph() -> None:
    text = (
        "Ferga mellom øyene ble liggende i havn hele mandagen, og veiene langs\n"
        "kysten var stengt til midt på dagen. Da først begynte vinden å løye.\n"
        "– Vi venter til det er trygt igjen, sier havnesjefen, som har hatt en\n"
        "lang natt.\n"
    )
    assert [span.of(text)[:5] for span in find_paragraphs(text)] == ["Ferga", "– Vi "]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028"])
def test_every_line_end_counts(end: str) -> None:
    text = f"{PROSE}{end}{end}{MORE}"
    assert [span.of(text) for span in find_paragraphs(text)] == [PROSE, MORE]


def test_a_blank_line_may_hold_blanks() -> None:
    assert len(find_paragraphs(f"{PROSE}\n \t \n{MORE}")) == 2


# --- Kinds


@pytest.mark.parametrize(
    ("line", "language"),
    [
        ("READ MORE: Ten tips for driving in the rain", "en"),
        ("Read also: Minister 'not worried' about the bridge", "en"),
        ("LES OGSÅ: Dette vet vi om stormen", "nb"),
        ("Les også: – Vi var redde", "nb"),
        ("Lea también: Diez consejos para la lluvia", "es"),
        ("Läs mer: Så klarar du stormen", "sv"),
        ("Sign up for our newsletter", "en"),
        ("Share this article", "en"),
        ("Read the full story here.", "en"),
        ("Annonse", "nb"),
        ("https://news.example/storm?id=1", "en"),
        ("[Ten tips for rain](https://news.example/tips)", "en"),
    ],
)
def test_advertisements_of_other_stories_are_links(line: str, language: str) -> None:
    assert kind_between_prose(line, language) == "link"


@pytest.mark.parametrize(
    "line",
    [
        "Foto: KARI NORDMANN / NTB",
        "Foto: Kari Nordmann",
        "Photo: Ann Lee/The Sample",
        "(Photo by Ann Lee/Getty Images)",
        "Photo by Ann Lee",
        "Image: Getty Images",
        "Image:\nAnn Lee/AP",
        "REUTERS/Ann Lee",
        "Ann Lee/AFP/Getty Images",
        "Ann Lee via Getty Images.",
        "AP Photo/Ann Lee",
        "© 2024 The Sample. All rights reserved.",
    ],
)
def test_image_credits_are_credits(line: str) -> None:
    assert kind_between_prose(line) == "credit"


@pytest.mark.parametrize(
    "line",
    [
        "Soldiers at the bridge (\nImage:\nGetty Images)",
        "A ferry lies in port on Monday. REUTERS/Ann Lee",
        "A ferry lies in port on Monday. (AP Photo/Ann Lee)",
        "Ferger i havn mandag. Foto: Kari Nordmann / NTB",
        "Ferries in port on Monday (Photo: Ann Lee)",
        'date 2024-05-01 A ferry lies in port as the mayor "keeps calm", in Oslo, May 1, 2024. REUTERS/Ann Lee',
        "date 2024-05-01 A ferry lies in port, in Oslo, May 1, 2024.",
        "Video: Ferries lie in port on Monday.",
    ],
)
def test_captions_are_captions(line: str) -> None:
    assert kind_between_prose(line) == "caption"


def test_a_line_before_its_credit_is_a_caption() -> None:
    text = f"{PROSE}\n\nFerries in port on Monday\n\nFoto: Kari Nordmann / NTB\n\n{MORE}"
    assert [kind for kind, _ in kinds(text)] == ["prose", "caption", "credit", "prose"]


def test_a_paragraph_before_a_credit_is_prose() -> None:
    # Pages drop an image and its credit between two paragraphs.
    text = f"{PROSE}\n\nFoto: Kari Nordmann / NTB\n\n{MORE}"
    assert [kind for kind, _ in kinds(text)] == ["prose", "credit", "prose"]


def test_a_credit_glued_to_prose_is_cut_off() -> None:
    text = f"– Vi venter til vinden løyer, sier havnesjefen. Foto: Kari Nordmann / NTB\n\n{MORE}"
    assert kinds(text, "nb")[:2] == [
        ("prose", "– Vi venter til vinden løyer, sier havnesjefen."),
        ("credit", "Foto: Kari Nordmann / NTB"),
    ]


def test_a_date_glued_to_prose_is_cut_off() -> None:
    text = f"date 2024-05-01 {PROSE}\n\n{MORE}"
    assert kinds(text) == [("byline", "date 2024-05-01"), ("prose", PROSE), ("prose", MORE)]


@pytest.mark.parametrize(
    "line",
    [
        "By Ann Lee",
        "By Ann Lee and Bo Berg, The Sample",
        "Av Kari Nordmann",
        "Por Ana Núñez",
        "27 June 2024",
        "Published 27 June 2024, 14:05",
        "Publisert 27.06.2024 kl. 14.05",
        "(Reporting by Ann Lee; Editing by Bo Berg)",
        "ann.lee@news.example",
    ],
)
def test_bylines_are_bylines(line: str) -> None:
    assert kind_between_prose(line) == "byline"


@pytest.mark.parametrize("glue", ["\n", "\n\n"])
@pytest.mark.parametrize("line", ["Blames the wind", "More Storms Ahead", "Vil bygge ny bru", "– Frykter mer vind"])
def test_short_lines_without_an_end_are_headings(line: str, glue: str) -> None:
    assert kind_between_prose(line, glue=glue) == "heading"


@pytest.mark.parametrize("line", ["## What now?", "**What now**", "FULL TEXT.", "The Town That Lost Its Ferry."])
def test_marked_headings_are_headings(line: str) -> None:
    assert kind_between_prose(line) == "heading"


def test_a_title_is_a_heading() -> None:
    assert kinds(f"Storm hits the coast, mayor says 'stay calm'\n\n{PROSE}\n\n{MORE}")[0][0] == "heading"


@pytest.mark.parametrize(
    "line",
    [
        "– Nei, sier hun.",
        "- Nei, sier hun.",
        "“No,” she said.",
        '"No one can stay"',
        "The mayor added:",
        "He resigned.",
        "Luis Arce resigned on Monday.",
        "Who would have thought so?",
        "Related issues were discussed, she said.",
        "Watch the sky, she said.",
        "Follow me, he said.",
        "By Monday the roads were open.",
        "By 2030 all ferries will be electric.",
        "Von der Leyen said no.",
        "Photos of the bridge were shown in court.",
        "The mayor showed the letter (photo below).",
        "Video showed troops on the bridge.",
        "Skipet ligger i havn. (NTB)",
        "Related: “We knew nothing,” the mayor said.",
    ],
)
@pytest.mark.parametrize("glue", ["\n", "\n\n"])
def test_short_paragraphs_stay_prose(line: str, glue: str) -> None:
    assert kind_between_prose(line, glue=glue) == "prose"


def test_a_lone_line_is_prose() -> None:
    assert kinds("“I will not go,” she said") == [("prose", "“I will not go,” she said")]


def test_a_transcript_without_stops_is_prose() -> None:
    text = "\n".join(["so we waited for the ferry", "and it did not come", "then somebody called the mayor", "he slept"])
    assert {kind for kind, _ in kinds(text)} == {"prose"}


def test_a_cue_before_a_quotation_is_prose() -> None:
    text = f"{PROSE}\n\nThe mayor added\n\n“We will rebuild the bridge.”\n\n{MORE}"
    assert [kind for kind, _ in kinds(text)] == ["prose"] * 4


def test_an_unknown_language_has_the_common_words() -> None:
    assert kind_between_prose("READ MORE: Ten tips", "xx") == "link"


# --- Properties

LINES = st.sampled_from(
    [
        "Foto: A B / NTB",
        "READ MORE: x",
        "By Ann Lee",
        "– Nei, sier hun.",
        "date 2024-05-01 x",
        "(\nImage:\nAP)",
        PROSE,
        "#",
        "“",
        "\u200b",
    ]
)
TEXTS = st.one_of(
    st.text(max_size=300),
    st.text(alphabet='aB1 .,:(/\n\r\t“"–-#*\u2028\x85', max_size=300),
    st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=12).flatmap(
        lambda lines: st.sampled_from(["\n", "\n\n", "\r\n", " "]).map(lambda glue: glue.join(lines))
    ),
)


def check(text: str, blocks: tuple[Block, ...]) -> None:
    for left, right in pairwise(blocks):
        assert left.span.end <= right.span.start
    end = 0
    for block in blocks:
        words = block.span.of(text)
        assert words
        assert words == words.strip()
        assert not text[end : block.span.start].strip()
        end = block.span.end
    assert not text[end:].strip()


@settings(max_examples=300, deadline=None)
@given(text=TEXTS, language=st.sampled_from(["en", "nb", "xx", "", "../x"]))
def test_blocks_stand_in_order_and_leave_only_white_space(text: str, language: str) -> None:
    check(text, find_blocks(text, language=language))


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared articles are not here")
def test_shared_articles_keep_their_prose() -> None:
    for path in sorted((SHARED / "seeds").glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        blocks = find_blocks(text, language="nb" if "sier" in text else "en")
        check(text, blocks)
        for block in blocks:
            words = block.span.of(text)
            if block.kind in {"prose", "caption"}:
                continue
            # No heading, link, byline or credit of these five is a sentence.
            assert not words.endswith(".")
