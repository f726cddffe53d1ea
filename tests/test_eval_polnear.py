"""Questions from marked attributions, where their statements are shown, and why one is not."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.baselines import PlainLlamaIndex
from eval.cli import app
from eval.polnear import (
    PolnearQuestion,
    PolnearRun,
    Shown,
    find_cause,
    find_first,
    find_rank,
    first_name,
    format_polnear,
    make_questions,
    rarest_words,
    run_polnear,
    to_json,
)
from index.attribution.polnear import AnnotatedArticle, Attribution
from index.build import build
from index.library import Library
from index.records import Person, Span, Statement
from rag.answer import Answer

ONE = (
    "“The harbour tunnel will flood before winter,” said Ann Lee, the mayor of Oslo. She said that nobody listens. "
    "Council aide Luis Ríos called the plan “a costly tunnel to nowhere”."
)
TWO = "“Schools need warmer classrooms before winter,” said Ann Lee. The council said that it “can wait”."


def span(text: str, words: str) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


def marked(text: str, source: str, content: str) -> Attribution:
    return Attribution(content=(span(text, content),), source=(span(text, source),))


MARKED = (
    AnnotatedArticle(
        name="one",
        text=ONE,
        attributions=(
            marked(ONE, "Ann Lee, the mayor of Oslo", "“The harbour tunnel will flood before winter,”"),
            marked(ONE, "She", "nobody listens"),
            marked(ONE, "Council aide Luis Ríos", "“a costly tunnel to nowhere”"),
        ),
    ),
    AnnotatedArticle(
        name="two",
        text=TWO,
        attributions=(
            marked(TWO, "Ann Lee", "“Schools need warmer classrooms before winter,”"),
            marked(TWO, "The council", "it “can wait”"),
        ),
    ),
)


def test_questions_have_the_rarest_words_of_quoted_statements_with_a_named_source() -> None:
    questions, left_out = make_questions(MARKED)
    assert [question.text for question in questions] == [
        # "before" and "winter" are in both articles.
        "What did Ann Lee say about harbour, tunnel and flood?",
        "What did Luis Ríos say about costly, tunnel and nowhere?",
        "What did Ann Lee say about Schools, need and warmer?",
    ]
    assert [question.kind for question in questions] == ["direct"] * 3
    assert left_out == Counter({"indirect": 1, "no name": 1})


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("Clinton campaign spokesman Brian Fallon", "Brian Fallon"),
        ("Trump and Pence", "Trump"),
        ("John F. Kennedy", "John F. Kennedy"),
        ("Trump's lawyer", None),
        ("Russian President Vladimir Putin, who", "Vladimir Putin"),
        ("senior officials", None),
        ("President", None),
        ("Angela van der Berg", "Angela van der Berg"),
        ("the Association of Flight Attendants", "Association of Flight Attendants"),
        ("Secretary of State John F. Kerry", "John F. Kerry"),
        ("Only", None),
        ("Elijah Cummings of Maryland", "Elijah Cummings"),
        ("", None),
    ],
)
def test_first_name(source: str, name: str | None) -> None:
    assert first_name(source) == name


def test_words_of_the_name_and_small_words_are_no_topic() -> None:
    assert rarest_words("Lee would never say that Lee’s tunnel floods", {}, name="Ann Lee") == ("tunnel", "floods")


def test_half_of_the_statement_must_be_shown() -> None:
    gold = [Span(0, 6), Span(10, 14)]  # ten characters
    assert find_rank(gold, [(True, [Span(0, 5)])]) == 1
    assert find_rank(gold, [(True, [Span(0, 4)])]) is None
    # 4 + 1 of them, in two citations
    assert find_rank(gold, [(True, [Span(0, 4)]), (True, [Span(9, 11)])]) == 2
    assert find_rank(gold, []) is None
    # A chunk must have it by itself.
    assert find_first(gold, [(True, Span(0, 4)), (True, Span(9, 11)), (False, Span(0, 20)), (True, Span(0, 12))]) == 4


QUESTION = PolnearQuestion(article="one", spans=(Span(0, 10),), kind="direct", name="Lee", words=("tunnel", "flood"))
LEE = Person(id="ann-lee", name="Ann Lee")
ANSWER = Answer(question="?", language="en", text="Nothing.")


def statement(start: int, end: int, speaker: Person | None = LEE, *, negative: bool = False) -> Statement:
    return Statement(
        id="s",
        article_id="one",
        content=(Span(start, end),),
        speaker=speaker,
        kind="direct",
        language="en",
        polarity="negative" if negative else "positive",
    )


@pytest.mark.parametrize(
    ("statements", "answer", "rank", "cause"),
    [
        ((), ANSWER, None, "not extracted"),
        ((statement(6, 30),), ANSWER, None, "not extracted"),
        ((statement(0, 10, None),), ANSWER, None, "no speaker"),
        ((statement(0, 10, Person(id="b", name="Bo Leed")),), ANSWER, None, "wrong person"),
        ((statement(0, 10, negative=True),), ANSWER, None, "not asserted"),
        ((statement(0, 10),), ANSWER, None, "not retrieved"),
        ((statement(0, 10, Person(id="b", name="A", aliases=("Lee",))),), ANSWER, None, "not retrieved"),
        (
            (statement(0, 10),),
            Answer(question="?", language="en", text="No.", abstained=True, reason="nothing_on_topic"),
            None,
            "refused",
        ),
        ((statement(0, 10),), ANSWER, 3, "ranked low"),
    ],
)
def test_cause_is_the_first_step_that_went_wrong(
    statements: tuple[Statement, ...], answer: Answer, rank: int | None, cause: str
) -> None:
    assert find_cause(QUESTION, answer, rank, statements, ONE)[0] == cause


def shown(article: str, rank: int | None, plain: int | None) -> Shown:
    question = PolnearQuestion(article=article, spans=(Span(0, 1),), kind="direct", name="Lee", words=("a", "b"))
    return Shown(
        question=question, rank=rank, told=rank, plain=plain, cause=None if rank == 1 else "ranked low", detail="", seconds=0.1
    )


def test_shares_and_their_ratio() -> None:
    run = PolnearRun(
        shown=(shown("a", 1, 1), shown("a", 1, None), shown("b", 1, 3), shown("b", 6, 5)),
        left_out={},
        n_articles=2,
        n_chunks=9,
    )
    # 3 of 4 at 1, none more at 5; the plain one 1 of 4 and 3 of 4
    assert [run.share(k).value for k in (1, 5)] == [0.75, 0.75]
    assert [run.share(k, by="plain").value for k in (1, 5)] == [0.25, 0.75]
    times = run.times_plain(1)
    assert times is not None
    assert times[0] == 3.0
    assert run.below == ("ours@5 0.750 < 0.92",)
    assert run.causes == Counter({("ranked low", True): 1})
    assert "ranked low                   1         1" in format_polnear(run, failures=True)


def test_no_ratio_without_anything_to_divide_by() -> None:
    run = PolnearRun(shown=(shown("a", 1, None), shown("b", 1, None)), left_out={}, n_articles=2, n_chunks=9)
    assert run.times_plain(1) is None


class Still:
    """An encoder without a model."""

    name = "still"

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        return [[1.0, float(len(text))] for text in texts]

    def encode_question(self, text: str) -> list[float]:
        return [1.0, 0.0]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    for item in MARKED:
        for name in ("text", "attributions"):
            (tmp_path / "dev" / name).mkdir(parents=True, exist_ok=True)
        (tmp_path / "dev" / "text" / f"{item.name}.txt").write_text(item.text, encoding="utf-8", newline="")
        lines = []
        for number, attribution in enumerate(item.attributions):
            for key, role, spans in (("A", "Content", attribution.content), ("B", "Source", attribution.source)):
                lines.append(f"T{number}{1 if key == 'A' else 2}\t{role} {spans[0].start} {spans[0].end}\tx")
            lines.append(f"E{number}\tAttribution:T{number}1 Content:T{number}1 Source:T{number}2")
        (tmp_path / "dev" / "attributions" / f"{item.name}_x.ann").write_text("\n".join(lines), encoding="utf-8")
    return tmp_path


def test_statements_are_found_in_a_library_of_the_corpus(corpus: Path, tmp_path: Path) -> None:
    build([corpus / "dev" / "text"], library=tmp_path / "library", embedding=Still())
    with Library(tmp_path / "library", encoder=Still()) as library:
        names = {Path(article.path).stem: article for article in library.articles()}
        with PlainLlamaIndex(library.articles(), encoder=Still()) as plain:
            run = run_polnear(MARKED, library, plain=plain, names=names)
    assert [(item.rank, item.cause) for item in run.shown] == [(1, None)] * 3
    assert to_json(run)["shares"]["ours@1"]["share"] == 1.0


def test_command_tells_what_is_missing(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["polnear", "--polnear", str(tmp_path)])
    assert (result.exit_code, "expected a PolNeAR folder" in " ".join(result.output.split())) == (2, True)
    result = CliRunner().invoke(app, ["polnear", "--polnear", str(tmp_path), "--split", "test"])
    assert (result.exit_code, "give dev or train" in result.output) == (2, True)
