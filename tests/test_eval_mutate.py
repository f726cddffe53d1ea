"""Mutants are false, drawn the same each time, and counted as caught only where the guard objects."""

from collections.abc import Mapping

import pytest
from typer.testing import CliRunner

from eval.cli import app
from eval.mutants import OPERATORS, REWORDINGS, Operator, World, collect_sentences, make_world, split_answer
from eval.mutate import Guard, format_run, guard_by_check, guard_by_sentence, run_mutations, to_json
from eval.operators import make_mutants
from index.records import Article, Span
from rag.answer import Answer, Citation

TEXT = (
    "“We will bring 12 ships home,” said Ann Lee to Luis Ríos. “Nobody may enter the harbour,” said Luis Ríos. "
    "Ann Lee claimed that the harbour was not closed."
)
ARTICLES = {"a": Article(id="a", text=TEXT, language="en", outlet="The Sample")}


def cite(n: int, words: str, speaker: str, *, addressee: str | None = None, kind: str = "direct") -> Citation:
    span = Span(TEXT.index(words), TEXT.index(words) + len(words))
    return Citation(
        n=n,
        article="a",
        path="a.txt",
        outlet="The Sample",
        title=None,
        url=None,
        published="2024-06-27",
        language="en",
        spans=(span,),
        quote=words,
        kind="direct" if kind == "direct" else "indirect",
        speaker=speaker,
        addressee=addressee,
        quoted=(span,) if kind == "direct" else (),
    )


ANSWER = Answer(
    question="?",
    language="en",
    text="Ann Lee said to Luis Ríos: “We will bring 12 ships home” [1] (The Sample).\n"
    "• Luis Ríos said: “Nobody may enter the harbour” [2] (The Sample).\n"
    "• Ann Lee claimed that the harbour was not closed [3] (The Sample).\nNot shown here: 2 more.",
    citations=(
        cite(1, "We will bring 12 ships home,", "Ann Lee", addressee="Luis Ríos"),
        cite(2, "Nobody may enter the harbour,", "Luis Ríos"),
        cite(3, "the harbour was not closed", "Ann Lee", kind="indirect"),
    ),
)
SENTENCES = split_answer(ANSWER)
WORLD = World(
    people=("Ann Lee", "Eva Berg", "Luis Ríos", "Tom Hill"),
    outlets=("The Other", "The Sample"),
    words={"en": ("airport", "closed", "morning")},
)


def test_an_answer_is_split_into_sentences_with_their_own_citations() -> None:
    assert [[citation.n for citation in sentence.citations] for sentence in SENTENCES] == [[1], [1], [1]]
    assert [sentence.citations[0].speaker for sentence in SENTENCES] == ["Ann Lee", "Luis Ríos", "Ann Lee"]
    assert SENTENCES[1].text == "• Luis Ríos said: “Nobody may enter the harbour” [1] (The Sample)."


def test_only_true_and_different_sentences_are_taken() -> None:
    refusal = Answer(question="?", language="en", text="None [1].", abstained=True, reason="never_quoted")
    verdict = Answer(question="?", language="en", text=ANSWER.text, citations=ANSWER.citations, verdict="altered")
    assert collect_sentences([ANSWER, refusal, verdict, ANSWER]) == SENTENCES


def test_the_world_has_full_names_and_content_words() -> None:
    world = make_world(SENTENCES, people=["Lee", "Ann Lee"], outlets=["B", "A", "B"])
    assert (world.people, world.outlets) == (("Ann Lee",), ("A", "B"))
    # Not 12, "We", "not", "will"; "Nobody" is a negation.
    assert world.words["en"] == ("bring", "closed", "enter", "harbour", "home", "ships")


# What each operator makes of these sentences, one example each.
EXAMPLES: tuple[tuple[Operator, str], ...] = (
    ("word changed", "• Luis Ríos said: “Nobody may enter the airport” [1] (The Sample)."),
    ("number changed", "Ann Lee said to Luis Ríos: “We will bring 13 ships home” [1] (The Sample)."),
    ("negation flipped", "• Ann Lee claimed that the harbour was closed [1] (The Sample)."),
    ("negation flipped", "Ann Lee said to Luis Ríos: “We will not bring 12 ships home” [1] (The Sample)."),
    ("speaker swapped", "• Tom Hill said: “Nobody may enter the harbour” [1] (The Sample)."),
    ("speaker swapped", "Luis Ríos said to Ann Lee: “We will bring 12 ships home” [1] (The Sample)."),
    ("addressee swapped", "Ann Lee said to Eva Berg: “We will bring 12 ships home” [1] (The Sample)."),
    ("addressee swapped", "• Luis Ríos said to Eva Berg: “Nobody may enter the harbour” [1] (The Sample)."),
    ("outlet or date swapped", "• Ann Lee claimed that the harbour was not closed [1] (The Other)."),
    (
        "two quotations joined",
        "• Luis Ríos said: “Nobody may enter the harbour We will bring 12 ships home” [1][2] (The Sample).",
    ),
    ("quotation invented", "• Luis Ríos said: “We will bring 12 ships home” [1] (The Sample)."),
    ("quotation invented", "• Ann Lee claimed that “the harbour was” not closed [1] (The Sample)."),
    ("marker missing", "• Luis Ríos said: “Nobody may enter the harbour” (The Sample)."),
)


@pytest.mark.parametrize(("operator", "expected"), EXAMPLES)
def test_operator_makes(operator: Operator, expected: str) -> None:
    made = {mutant.answer.text for mutant in make_mutants(SENTENCES, operator, world=WORLD, n=500)}
    assert expected in made, sorted(made)


def test_wrong_markers_are_crossed_so_that_none_is_left_over() -> None:
    made = make_mutants(SENTENCES, "wrong marker", world=WORLD, n=50)
    two = [mutant.answer for mutant in made if "\n" in mutant.answer.text]
    assert two
    for answer in two:
        first, second = answer.text.split("\n")
        assert ("[2]" in first, "[1]" in second) == (True, True)
        assert [citation.n for citation in answer.citations] == [1, 2]


@pytest.mark.parametrize("operator", [*OPERATORS, *REWORDINGS])
def test_mutants_differ_and_are_the_same_each_time(operator: Operator) -> None:
    made = make_mutants(SENTENCES, operator, world=WORLD, n=20, seed=3)
    assert made == make_mutants(SENTENCES, operator, world=WORLD, n=20, seed=3)
    assert len({(mutant.before, mutant.answer.text) for mutant in made}) == len(made) > 0
    assert all(mutant.answer.text != mutant.before for mutant in made)


def test_rewordings_keep_every_quoted_word() -> None:
    for rewording in REWORDINGS:
        for mutant in make_mutants(SENTENCES, rewording, world=WORLD, n=30):
            if "ships" in mutant.before:
                assert "We will bring 12 ships home" in mutant.answer.text.replace("\u00a0", " ")


def test_nothing_is_made_of_nothing() -> None:
    empty = World(people=(), outlets=(), words={})
    assert make_mutants((), "word changed", world=empty) == ()
    assert make_mutants(SENTENCES, "speaker swapped", world=empty) == ()


def everything(answer: Answer, articles: Mapping[str, Article]) -> tuple[str, ...]:
    """Objects to whatever is not one of the true sentences, by one rule."""
    return () if answer.text in {sentence.text for sentence in SENTENCES} else ("quotation",)


def test_a_guard_that_lets_all_pass_misses_every_bar() -> None:
    run = run_mutations(SENTENCES, ARTICLES, world=WORLD, guard=lambda answer, articles: (), n=5)
    assert set(run.below) == set(OPERATORS)
    assert not any(item.is_caught for item in run.judged)


def test_a_guard_that_objects_to_all_but_the_wording_itself_rejects_rewordings() -> None:
    run = run_mutations(SENTENCES, ARTICLES, world=WORLD, guard=everything, n=5)
    assert run.below == ("rewordings",)
    speakers = run.of("speaker swapped")
    # Caught, but not by the rule that is meant for it.
    assert [(item.is_caught, item.is_caught_as_meant) for item in speakers] == [(True, False)] * len(speakers)
    assert all(item.is_by_chance for item in speakers)
    told = format_run(run, survivors=1).split("killed, but by another rule than meant")[1]
    assert "speaker swapped" in told
    assert "[by quotation; meant: name, speaker]" in told
    assert not any(item.is_by_chance for item in run.of("two quotations joined"))


def test_survivors_are_told_with_the_rules_that_should_have_objected() -> None:
    run = run_mutations(SENTENCES, ARTICLES, world=WORLD, guard=lambda answer, articles: (), n=2)
    told = format_run(run).split("survivors: no rule objects")[1]
    assert "number changed: 12 → " in told
    assert "[by none; meant: number, quotation]" in told
    assert to_json(run)["mutants"][0]["meant"] == ["act", "quotation", "word", "words"]


def test_a_true_sentence_that_is_rejected_is_told_and_not_mutated() -> None:
    run = run_mutations(SENTENCES, ARTICLES, world=WORLD, guard=lambda answer, articles: ("span",), n=5)
    assert (run.n_sentences, len(run.rejected), run.judged) == (0, 3, ())
    assert "true, yet rejected unchanged" in format_run(run)


@pytest.mark.parametrize("guard", [guard_by_check, guard_by_sentence])
def test_the_guards_in_use_catch_joins_and_missing_markers(guard: Guard) -> None:
    run = run_mutations(SENTENCES, ARTICLES, world=WORLD, guard=guard, n=40)
    assert run.rejected == ()
    for operator in ("two quotations joined", "marker missing"):
        items = [item for item in run.judged if item.mutant.operator == operator]
        assert [item.mutant.answer.text for item in items if not item.is_caught_as_meant] == []
    assert "below the bar" in format_run(run, survivors=1)
    assert len(to_json(run)["mutants"]) == len(run.judged)


def test_an_unknown_guard_is_told() -> None:
    result = CliRunner().invoke(app, ["mutate", "--guard", "dog"])
    assert (result.exit_code, "give sentence or check" in " ".join(result.output.split())) == (2, True)
