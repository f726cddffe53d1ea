"""Where a statement that an answer should have shown was lost: extraction, person, retrieval, rank, or the answer itself."""

from collections.abc import Sequence

from eval.case import ExpectedStatement
from eval.corpus import Corpus, locate
from eval.names import names_agree
from eval.record import STEPS, Loss, Step
from eval.score import ENOUGH, CaseScore, describe
from index.records import Span, Statement

# As with MRR@10: nobody composes an answer from what comes after the tenth.
_LOW = 10


def find_extraction(expected: ExpectedStatement, statements: Sequence[Statement], corpus: Corpus) -> tuple[Step, str] | None:
    """The step of extraction that lost an expected statement, and what the library has in its place; None if it is there.

    Of the library's statements that share at least half of their characters or of the expected ones, the one that comes
    furthest is told: rightly extracted before not asserted, before a wrong addressee, before a wrong speaker. What has
    no expected speaker is a fact, to be found in a passage: nothing had to be extracted.
    """
    if not expected.speaker:
        return None
    place = locate(expected, corpus)
    text = next(article.text for article in corpus.articles.values() if article.id == place.article)
    found = [
        (*_judge(statement, expected), f"{_name(statement)}: {statement.words(text)}")
        for statement in statements
        if statement.article_id == place.article and _shares(statement.content, place.spans, place.needed)
    ]
    if not found:
        return "not extracted", ""
    order, step, why, instead = max(found)
    return None if order == _RIGHT else (step, f"{why}: {instead}")


def find_losses(score: CaseScore, statements: Sequence[Statement] | None, corpus: Corpus) -> tuple[Loss, ...]:
    """The steps that lost the statements of a case which it lacks; none where it shows enough.

    Args:
        statements: All that the system extracted; None for a system that extracts nothing or does not say.
    """
    expect = score.case.expect
    if len(score.shown) >= expect.n_required:
        return ()
    losses = []
    for expected, rank in zip(expect.statements, score.ranks, strict=True):
        if expected not in score.shown:
            step, found = _find_step(score, expected, rank, statements, corpus)
            losses.append(Loss(expected=describe(expected), step=step, found=found))
    return tuple(losses)


def find_first_step(score: CaseScore, losses: Sequence[Loss]) -> Step | None:
    """The first step that went wrong in a case, in the order in which an answer is made; None where the case is right."""
    if score.right:
        return None
    kinds = {problem.kind for problem in score.problems}
    if "error" in kinds:
        return "failed"
    if losses:
        return min((loss.step for loss in losses), key=STEPS.index)
    if kinds & {"speaker", "addressee"}:
        return "wrong person"
    if "refused" in kinds:
        return "refused"
    return "not refused" if "not_refused" in kinds else "composed wrong"


def _find_step(
    score: CaseScore, expected: ExpectedStatement, rank: int | None, statements: Sequence[Statement] | None, corpus: Corpus
) -> tuple[Step, str]:
    if score.observed is None:
        return "failed", score.error or ""
    lost = find_extraction(expected, statements, corpus) if statements is not None else None
    if lost:
        return lost
    if score.observed.abstained and not score.observed.retrieved:
        return "refused", "before anything was retrieved" if score.observed.retrieved == () else ""
    if rank is None:
        return "not retrieved", "" if score.observed.retrieved is not None else "what is cited stands for what was retrieved"
    if rank > _LOW:
        return "ranked low", f"rank {rank}"
    return "refused" if score.observed.abstained else "composed wrong", f"rank {rank}"


def _shares(content: Sequence[Span], expected: Sequence[Span], needed: int) -> bool:
    wanted = {at for span in expected for at in range(span.start, span.end)}
    found = {at for span in content for at in range(span.start, span.end)}
    shared = len(wanted & found)
    return shared > 0 and shared >= ENOUGH * min(len(found), needed)


_RIGHT = 4


def _judge(statement: Statement, expected: ExpectedStatement) -> tuple[int, Step, str]:
    """How far a statement comes, the step that stops it, and why."""
    if statement.speaker is None:
        return 0, "wrong person", "no speaker"
    if not any(names_agree(statement.speaker.name, name) for name in expected.speaker):
        return 1, "wrong person", "wrong speaker"
    if expected.addressee:
        person = statement.addressee.person if statement.addressee else None
        if person is None or not any(names_agree(person.name, name) for name in expected.addressee):
            return 2, "wrong person", "wrong addressee"
    return (_RIGHT, "composed wrong", "") if statement.asserted else (3, "not extracted", "not asserted")


def _name(statement: Statement) -> str:
    to = statement.addressee.person.name if statement.addressee and statement.addressee.person else None
    return (statement.speaker.name if statement.speaker else "nobody") + (f" to {to}" if to else "")
