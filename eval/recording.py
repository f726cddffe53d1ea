"""Runs in memory → the record that is written to a file, with each failure's statements in their articles."""

from collections.abc import Mapping, Sequence

from eval.case import Case, ExpectedStatement
from eval.corpus import Corpus, Place, locate, occurrences
from eval.excerpt import make_excerpts
from eval.observed import ObservedCitation
from eval.record import (
    CaseRecord,
    Excerpt,
    ProblemRecord,
    Result,
    RunRecord,
    Source,
    SystemRecord,
    SystemTimes,
    Times,
    count_figures,
)
from eval.run import LOW_IS_GOOD, METRICS, Run, check_comparable
from eval.score import CaseScore, CitationScore
from eval.triage import find_first_step, find_losses
from index.records import Span, Statement

# A system may answer with a book; what is left out is told.
_LONGEST = 20_000
_MOST_IN_CONTEXT = 30


def record_runs(runs: Sequence[Run], corpus: Corpus, *, statements: Mapping[str, Sequence[Statement]] | None = None) -> RunRecord:
    """One record of all runs.

    Args:
        runs: At least one, all over the same cases and articles.
        statements: What each system extracted, by its name; a system that is not in it tells nothing of that.
    Raises:
        InputError: The runs are over different cases or articles, or judged by different judges.
    """
    first = runs[0]
    for run in runs[1:]:
        check_comparable(first, run)
    record = RunRecord(
        cases_hash=first.cases_hash,
        corpus_hash=first.corpus_hash,
        judge=first.judge,
        low_is_good=tuple(sorted(LOW_IS_GOOD)),
        cases=tuple(_record_case(score) for score in first.scores),
        systems=tuple(_record_system(run, corpus, (statements or {}).get(run.system)) for run in runs),
    )
    return count_figures(record, [name for name, _ in METRICS])


def record_times(runs: Sequence[Run]) -> Times:
    """What the runs took."""
    return Times(
        systems=tuple(
            SystemTimes(name=run.system, seconds=run.seconds, tokens=run.cost.tokens, peak_mib=run.peak_mib) for run in runs
        )
    )


def _record_case(score: CaseScore) -> CaseRecord:
    case, expect = score.case, score.case.expect
    return CaseRecord(
        id=case.id,
        kind=case.kind,
        language=case.language,
        split=case.split,
        cluster=score.cluster,
        turns=case.turns,
        difficulty=case.difficulty,
        abstained=expect.abstained,
        reason=expect.reason,
        verdicts=expect.verdict,
        required=expect.n_required,
        note=case.note,
        variant=case.variant,
    )


def _record_system(run: Run, corpus: Corpus, statements: Sequence[Statement] | None) -> SystemRecord:
    results = tuple(_record_result(score, corpus, statements) for score in run.scores)
    return SystemRecord(name=run.system, metrics={}, by_kind={}, by_language={}, by_split={}, results=results)


def _whole(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _record_result(score: CaseScore, corpus: Corpus, statements: Sequence[Statement] | None) -> Result:
    counts = {}
    for name, count in METRICS:
        found = count(score)
        if found.judged or found.unscored:
            counts[name] = (_whole(found.right), found.judged, found.unscored)
    losses = find_losses(score, statements, corpus)
    observed = score.observed
    return Result(
        id=score.case.id,
        right=score.right,
        text=_bounded(observed.text) if observed else "",
        abstained=observed.abstained if observed else False,
        reason=observed.reason if observed else None,
        verdict=observed.verdict if observed else None,
        error=score.error,
        confidence=score.confidence,
        step=find_first_step(score, losses),
        problems=tuple(
            ProblemRecord(kind=item.kind, expected=_bounded(item.expected), found=_bounded(item.found)) for item in score.problems
        ),
        losses=losses,
        counts=counts,
        expected=tuple(_record_expected(score, statement, corpus) for statement in score.case.expect.statements),
        cited=tuple(
            _record_cited(score, citation, judged, corpus, in_context=not score.right and n < _MOST_IN_CONTEXT)
            for n, (citation, judged) in enumerate(zip(observed.citations if observed else (), score.citations, strict=True))
        ),
    )


def _record_expected(score: CaseScore, statement: ExpectedStatement, corpus: Corpus) -> Source:
    article = corpus.articles[statement.article]
    place = locate(statement, corpus)
    # The place itself; a headline that repeats it is accepted, but not what a reader looks for.
    focus = [Span(*span) for span in statement.spans] or [occurrences(piece, article.text)[0] for piece in statement.words]
    cited = _cited_spans(score, article.id)
    return Source(
        article=statement.article,
        title=article.title,
        outlet=article.outlet,
        speaker=" or ".join(statement.speaker) or None,
        addressee=" or ".join(statement.addressee) or None,
        kind=" or ".join(statement.kind) or None,
        words=_bounded(" … ".join(span.of(article.text) for span in focus)),
        right=statement in score.shown,
        excerpts=() if score.right else make_excerpts(article.text, focus, expected=place.spans, cited=cited),
    )


def _record_cited(
    score: CaseScore, citation: ObservedCitation, judged: CitationScore, corpus: Corpus, *, in_context: bool
) -> Source:
    label = corpus.label(citation.article)
    article = corpus.articles[label] if label is not None else None
    excerpts: tuple[Excerpt, ...] = ()
    if article is not None and in_context:
        expected = [span for place in _places(score.case, corpus) if place.article == article.id for span in place.spans]
        spans = [Span(start, end) for start, end in citation.spans if 0 <= start < end]
        excerpts = make_excerpts(article.text, spans, expected=expected, cited=spans)
    return Source(
        article=label,
        title=article.title if article else None,
        outlet=citation.outlet or (article.outlet if article else None),
        speaker=citation.speaker,
        addressee=citation.addressee,
        kind=citation.kind,
        words=_bounded(citation.quote) if not excerpts else "",
        right=_is_right(score.case, judged),
        score=citation.score,
        excerpts=excerpts,
    )


def _places(case: Case, corpus: Corpus) -> list[Place]:
    return [locate(statement, corpus) for statement in case.expect.statements]


def _cited_spans(score: CaseScore, article: str) -> list[Span]:
    citations = score.observed.citations if score.observed else ()
    return [Span(*span) for item in citations if item.article == article for span in item.spans if 0 <= span[0] < span[1]]


def _is_right(case: Case, judged: CitationScore) -> bool | None:
    """Whether a citation belongs there: on an expected statement with nobody wrong; None where the case does not say."""
    if judged.on is None:
        return False if case.expect.only or case.expect.abstained else None
    return not {judged.speaker, judged.addressee} & {"wrong", "missing"}


def _bounded(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … [{len(text) - _LONGEST} characters more]"
