"""Texts that nobody wrote for a newspaper: the rules find what there is, and neither raise nor point outside of the text."""

import pytest

from index.attribution.extraction import attribute
from index.records import LANGUAGES

HOSTILE = {
    "nothing": "",
    "no cue": "The bridge is long. It is old, too.\n\nIt rained.",
    "unclosed marks": "“ " * 200,
    "apostrophes": "' " * 200,
    "doubled marks": "'' `` " * 100,
    "dashes": "– a? – b! " * 100,
    "dash paragraphs": "– a?\n\n" * 100,
    "labels": "ANN: I go?\n\n" * 60,
    "cues in a row": "sa, sier at said that dijo que sagte, " * 40,
    "according in a row": "ifølge according to laut según selon " * 40,
    "parentheses": "(( ) " * 200,
    "one long word": "a" * 5000,
    "right to left": "قال الوزير «نعم» أمس. אמר השר “כן” אתמול.",
    "emoji": "😀“😀 yes” said 😀 Ann. – 👍🏽, sier 👩‍👩‍👧 Per.",
    "control characters": "\x00\x01\u200f“a b”\u2028 said\u202e Ann Lee.\r\n\x0b– Ja, sier\u200b hun.",
    "halves of characters": "“\ud800 yes,” said Ann \udfff Lee.",
    "capitals": "SA HUN OG SA HAN, SIER POLITIET. " * 20,
}


@pytest.mark.parametrize("language", [*LANGUAGES, "fi", "xx"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_text_raises_and_no_span_leaves_it(text: str, language: str) -> None:
    for statement in attribute(text, language=language, tagged=False).statements:
        spans = [*statement.content, *statement.cue, *statement.source, *statement.quoted]
        spans += [statement.addressee.span] if statement.addressee is not None and statement.addressee.span is not None else []
        assert all(0 <= span.start < span.end <= len(text) for span in spans)


@pytest.mark.parametrize("language", ["fi", "pl", "ar", "xx"])
def test_a_language_without_rules_gives_marked_quotations_without_speakers(language: str) -> None:
    text = "“Rauha on täällä tänään”, sanoi Virtanen. Hän luki kirjan “Meri”."
    found = attribute(text, language=language).statements
    assert [s.words(text) for s in found] == ["Rauha on täällä tänään"]
    assert [(s.kind, s.speaker, s.cue) for s in found] == [("direct", None, ())]
