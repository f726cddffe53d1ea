"""What the words of a question do in it, as the network tells, and the marked questions that it learns from."""

import shutil
from pathlib import Path

import pytest

from eval.reading import format_read, measure, to_json
from index.errors import InputError, ModelError
from index.records import Person
from rag.labelling import FOLDER, Labelled, Network, kind_of
from rag.marked import read_marked, unmark
from rag.phrases import load_phrases
from rag.pieces import cut
from rag.spots import Spot

QUESTIONS = Path(__file__).resolve().parents[1] / "questions"
MOE = Person(id="per-moe", name="Per Moe")
WORLD = '{"world": 5, "people": [{"name": "Per Moe", "roles": ["mayor of Oslo"]}], "outlets": ["The Wire"]}'


def parts(text: str, language: str) -> dict[str, str]:
    pieces = cut(text, people=[MOE], outlets=["The Wire"], language=language)
    found: dict[str, str] = {}
    for token, part in zip(pieces.tokens, pieces.label().parts, strict=True):
        if part != "frame":
            found[part] = f"{found.get(part, '')} {token.text}".strip()
    return found


@pytest.mark.parametrize(
    ("text", "language", "speaker", "topic"),
    [
        ("What did Per Moe say about the bridge?", "en", "Per Moe", "bridge"),
        ("About the bridge: what was it Per Moe wanted?", "en", "Per Moe", "bridge"),
        ("per moe on the bridge, quotes", "en", "per moe", "bridge"),
        ("Hva sa Per Moe om broen?", "nb", "Per Moe", "broen"),
        ("¿Qué dijo Per Moe sobre el puente?", "es", "Per Moe", "puente"),
        ("Was hat Per Moe über die Brücke gesagt?", "de", "Per Moe", "Brücke"),
    ],
)
def test_the_speaker_and_the_topic_are_told_in_many_orders_and_languages(
    text: str, language: str, speaker: str, topic: str
) -> None:
    found = parts(text, language)
    assert (found["speaker"], found["topic"].split()[-1]) == (speaker, topic)


def test_a_name_that_was_never_seen_is_read_like_any_other() -> None:
    assert parts("What did Per Moe tell Xqvzt about cheese?", "en")["speaker"] == "Per Moe"


def test_a_question_longer_than_the_encoder_reads_ends_in_frame_words() -> None:
    pieces = cut("What did Per Moe say about " + "x1y2z3 " * 200, people=[MOE], outlets=[], language="en")
    labelled = pieces.label()
    assert (len(labelled.parts), labelled.parts[-1]) == (len(pieces.tokens), "frame")


def test_damaged_weights_are_not_used(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not in"):
        Network(tmp_path)
    shutil.copy(FOLDER / "labelling.json", tmp_path)
    (tmp_path / "labelling.onnx").write_bytes(b"weights")
    with pytest.raises(ModelError, match="SHA-256"):
        Network(tmp_path)


def test_a_piece_is_known_by_its_kind_and_what_tells_more() -> None:
    assert [kind_of(spot) for spot in cut("Per Moe, The Wire", people=[MOE], outlets=["The Wire"], language="en").spots] == [
        "person by name: one person",
        "outlet",
    ]
    assert kind_of(Spot("preposition", 0, 1, "about")) == "preposition about"


# Marked questions


def write(folder: Path, *lines: str) -> Path:
    file = folder / "marked.jsonl"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def test_marks_are_taken_off_and_the_words_keep_their_parts(tmp_path: Path) -> None:
    line = (
        '{"world": 5, "lang": "en", "wanted": "whether", "q": "Did {s:the mayor} {v:promise} “we will {not go}” to {a:Per Moe}?"}'
    )
    (question,) = read_marked([write(tmp_path, WORLD, line.replace("{not go}", "not go"))])
    told = {token.text: part for token, part in zip(question.pieces.tokens, question.parts, strict=True)}
    assert told == {
        "Did": "frame", "the": "frame", "mayor": "speaker", "promise": "speech", "to": "frame", "Per": "addressee",
        "Moe": "addressee",
    }  # fmt: skip
    assert (question.is_held_out, question.language) == (True, "en")
    assert unmark("{s:A} {t:b c}")[0] == "A b c"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("{", "line 2 is not JSON"),
        ('{"world": 6, "lang": "en", "wanted": "words", "q": "x"}', "expected a world"),
        ('{"world": 5, "lang": "en", "wanted": "words", "q": "What did {s:the {a:x}} say"}', "close and do not nest"),
    ],
)
def test_a_bad_line_is_told_with_its_number(tmp_path: Path, line: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        read_marked([write(tmp_path, WORLD, line)])


class Fixed(Network):
    """Reads every question in one way."""

    def __init__(self, labelled: Labelled) -> None:
        self.labelled = labelled

    def label(self, *_: object, **__: object) -> Labelled:
        return self.labelled


def test_a_reading_counts_where_what_is_wanted_and_all_parts_are_right(tmp_path: Path) -> None:
    line = '{"world": 5, "lang": "en", "wanted": "words", "q": "What did {s:Moe} {v:say} about {t:cheese}?"}'
    marked = read_marked([write(tmp_path, WORLD, line)])
    right = Labelled(wanted="words", parts=("frame", "frame", "speaker", "speech", "frame", "topic"))
    read = measure(Fixed(right), marked)
    assert (read.wanted, read.whole, read.parts, read.languages) == (1.0, 1.0, {"speaker": 1.0, "topic": 1.0}, {"en": 1.0})
    # A verb that is missed does not count, nor does a small word.
    verb = Labelled(wanted="words", parts=("frame", "frame", "speaker", "frame", "topic", "topic"))
    assert measure(Fixed(verb), marked).whole == 1.0
    for wrong in (
        Labelled(wanted="who", parts=right.parts),
        Labelled(wanted="words", parts=("frame", "frame", "addressee", "speech", "frame", "topic")),
        Labelled(wanted="words", parts=("frame", "frame", "speaker", "speech", "frame", "circumstance")),
    ):
        assert measure(Fixed(wrong), marked).whole == 0.0
    assert "1 questions" in format_read({"these": read})
    assert to_json({"these": read})["these"]["whole"] == 1.0


def test_the_questions_of_the_tests_are_read_as_they_were_marked() -> None:
    read = measure(Network(), read_marked([QUESTIONS / "tests.jsonl"]))
    assert read.wanted > 0.95
    assert read.whole > 0.9


def test_every_mark_of_the_questions_can_be_read() -> None:
    marked = read_marked(sorted(QUESTIONS.glob("newsrooms-0*.jsonl"))[:2])
    assert len(marked) == 800
    assert all(load_phrases(question.language).language == question.language for question in marked)
