"""Where a statement that an answer should have shown was lost: in the extraction, on its person, or after that."""

from collections.abc import Sequence
from typing import Literal

from eval.case import ExpectedStatement
from eval.corpus import Corpus, locate
from eval.names import names_agree
from eval.score import ENOUGH, CaseScore
from index.records import Span, Statement

Step = Literal[
    "passage, not shown",
    "not extracted",
    "no speaker",
    "wrong speaker",
    "wrong addressee",
    "not asserted",
    "extracted, not shown",
]


def find_step(expected: ExpectedStatement, statements: Sequence[Statement], corpus: Corpus) -> tuple[Step, str]:
    """The step that lost an expected statement, and what the library has in its place.

    Of the library's statements that share at least half of their characters or of the expected ones, the one that comes
    furthest is told: rightly extracted before not asserted, before a wrong addressee, before a wrong speaker. What has
    no expected speaker is a fact, to be found in a passage: nothing had to be extracted.
    """
    if not expected.speaker:
        return "passage, not shown", ""
    place = locate(expected, corpus)
    text = next(article.text for article in corpus.articles.values() if article.id == place.article)
    steps = []
    for statement in statements:
        if statement.article_id == place.article and _shares(statement.content, place.spans, place.needed):
            steps.append((_judge(statement, expected), f"{_name(statement)}: {statement.words(text)}"))
    order: tuple[Step, ...] = ("extracted, not shown", "not asserted", "wrong addressee", "wrong speaker", "no speaker")
    return min(steps, key=lambda step: order.index(step[0]), default=("not extracted", ""))


def find_steps(score: CaseScore, statements: Sequence[Statement], corpus: Corpus) -> tuple[tuple[Step, str], ...]:
    """The steps that lost the statements of a case which it lacks; none where it shows enough."""
    expect = score.case.expect
    if len(score.shown) >= expect.n_required:
        return ()
    missing = (expected for expected in expect.statements if expected not in score.shown)
    return tuple(find_step(expected, statements, corpus) for expected in missing)


def _shares(content: Sequence[Span], expected: Sequence[Span], needed: int) -> bool:
    wanted = {at for span in expected for at in range(span.start, span.end)}
    found = {at for span in content for at in range(span.start, span.end)}
    shared = len(wanted & found)
    return shared > 0 and shared >= ENOUGH * min(len(found), needed)


def _judge(statement: Statement, expected: ExpectedStatement) -> Step:
    if statement.speaker is None:
        return "no speaker"
    if not any(names_agree(statement.speaker.name, name) for name in expected.speaker):
        return "wrong speaker"
    if expected.addressee:
        person = statement.addressee.person if statement.addressee else None
        if person is None or not any(names_agree(person.name, name) for name in expected.addressee):
            return "wrong addressee"
    return "extracted, not shown" if statement.asserted else "not asserted"


def _name(statement: Statement) -> str:
    to = statement.addressee.person.name if statement.addressee and statement.addressee.person else None
    return (statement.speaker.name if statement.speaker else "nobody") + (f" to {to}" if to else "")
