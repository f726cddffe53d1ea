"""One case and what a system answered → what was right, what was wrong and why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from eval.case import Case, ExpectedStatement
from eval.corpus import Corpus, Place, locate
from eval.names import fold, names_agree
from eval.observed import Observed, ObservedCitation, ObservedPlace
from eval.support import Judge, SentenceScore, judge_answer
from index.records import Article

ProblemKind = Literal[
    "error", "empty", "refused", "not_refused", "reason", "verdict", "missing", "extra", "speaker", "addressee",
    "forbidden", "mention", "language", "not_verbatim",
]  # fmt: skip

Agreement = Literal["right", "wrong", "missing"]

# A citation is on an expected statement when at least half of its characters are, and a statement is shown when the
# citations on it hold at least half of its characters: a boundary a few words off is still the same statement.
ENOUGH = 0.5
# Left to right, so that in «a» and »b« the stretch between the two is none.
_MARKED = re.compile(r"“([^“”]+)”|«([^«»]+)»|»([^«»]+)«|„([^„“”]+)[“”]|”([^”]+)”|\"([^\"]+)\"")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that makes a case wrong: of which kind, what was expected and what came."""

    kind: ProblemKind
    expected: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationScore:
    """How one citation stands to the expectation.

    Args:
        on: The expected statement that it shows most of; None where it shows none.
        speaker: Whether its speaker is right: None where that is not judged, "missing" where it names none.
        addressee: The same for its addressee.
        relay: The same for the outlet it is relayed through.
        outlet: The same for the outlet that it says its article is of.
        kind: The same for the kind of the statement.
        verbatim: Whether its quote is what its spans cover; None where its article is not in the corpus.
    """

    on: ExpectedStatement | None
    speaker: Agreement | None = None
    addressee: Agreement | None = None
    relay: Agreement | None = None
    outlet: Agreement | None = None
    kind: Agreement | None = None
    verbatim: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseScore:
    """All that the metrics count for one case.

    Args:
        observed: What came; None where the system failed (`error` says how).
        shown: The expected statements that the answer shows.
        citations: One score for each citation, in order.
        quotations: For each stretch in quotation marks in the text, whether it stands in a cited quote.
        problems: What makes the case wrong; a case is right when there is none.
        ranks: For each statement that the case expects, in its order, after how many retrieved items at least half of its
            characters are among them, taken together, from 1; None where they never are.
        sentences: What a judge of support makes of each sentence; None where no judge was asked.
        original_right: Whether the case that this one asks again (`same_as`) was right in the same run; None where this
            asks nothing again, or the other was not run.
    """

    case: Case
    observed: Observed | None
    shown: tuple[ExpectedStatement, ...] = ()
    citations: tuple[CitationScore, ...] = ()
    quotations: tuple[bool, ...] = ()
    problems: tuple[Problem, ...] = ()
    error: str | None = None
    ranks: tuple[int | None, ...] = ()
    sentences: tuple[SentenceScore, ...] | None = None
    original_right: bool | None = None

    @property
    def retrieved(self) -> tuple[ObservedPlace | ObservedCitation, ...]:
        """What was retrieved, best first; the citations in their order where the system does not say more."""
        return self.observed.ranked if self.observed else ()

    @property
    def confidence(self) -> float | None:
        """How sure the system was, for calibration: as it says, else the score of its surest citation."""
        if self.observed is None:
            return None
        scores = [citation.score for citation in self.observed.citations if citation.score is not None]
        return self.observed.confidence if self.observed.confidence is not None else max(scores, default=None)

    @property
    def is_unanswered(self) -> bool:
        """Whether nothing came that says anything: the system failed, or its text is empty. A refusal says something."""
        return self.observed is None or not self.observed.text.strip()

    @property
    def right(self) -> bool:
        return not self.problems

    @property
    def cluster(self) -> str:
        """What the bootstrap draws whole: the first article that the case expects; cases without one stand alone."""
        statements = self.case.expect.statements
        return statements[0].article if statements else self.case.id


def score_error(case: Case, error: str) -> CaseScore:
    """The score of a case on which the system failed: wrong, and nothing in it was right by chance."""
    problem = Problem(kind="error", expected="an answer", found=error)
    ranks = (None,) * len(case.expect.statements)
    return CaseScore(case=case, observed=None, error=error, problems=(problem,), ranks=ranks)


def score_case(case: Case, observed: Observed, corpus: Corpus, *, judge: Judge | None = None) -> CaseScore:
    """Compare an answer with what its case expects.

    A citation that the case does not list is a failure only where the case says that nothing else may be cited, or
    where its speaker, article or words are ruled out: cases list what must be shown, not all that is true.

    Args:
        judge: Says whether what is cited supports what is said; it never makes a case right or wrong.
    Raises:
        InputError: The case does not belong to the corpus.
    """
    places = tuple(locate(statement, corpus, case=case.id) for statement in case.expect.statements)
    on = tuple(_best(citation, places) for citation in observed.citations)
    citations = tuple(
        _score_citation(citation, place.expected if place else None, corpus)
        for citation, place in zip(observed.citations, on, strict=True)
    )
    allowed = [citation for citation, place in zip(observed.citations, on, strict=True) if place]
    shown = tuple(place.expected for place in places if _is_shown(place, allowed))
    quotations = find_marked(observed.text, observed.citations)
    score = CaseScore(
        case=case,
        observed=observed,
        shown=shown,
        citations=citations,
        quotations=quotations,
        ranks=tuple(_rank(place, observed.ranked) for place in places),
        sentences=judge_answer(observed, corpus, judge) if judge else None,
    )
    problems = (
        *_judge_outcome(score),
        *_judge_statements(score),
        *_judge_citations(score, corpus),
        *_judge_text(score),
    )
    return replace(score, problems=problems)


def find_marked(text: str, citations: Sequence[ObservedCitation]) -> tuple[bool, ...]:
    """For each stretch in quotation marks, whether each of its pieces (apart at "…") stands in one cited quote.

    >>> cited = ObservedCitation(article="a", quote="I am your captain … and I order you")
    >>> find_marked("He said “I am your captain … and I order you” [1], not “I am your king”.", [cited])
    (True, False)
    """
    quotes = [[fold(piece) for piece in citation.quote.split(" … ")] for citation in citations]
    found = []
    for match in _MARKED.finditer(text):
        marked = next(group for group in match.groups() if group is not None)
        pieces = [fold(piece).strip(' ".,') for piece in marked.split("…")]
        found.append(any(all(any(piece in part for part in quote) for piece in pieces) for quote in quotes))
    return tuple(found)


def _characters(spans: Sequence[tuple[int, int]]) -> frozenset[int]:
    return frozenset(at for start, end in spans for at in range(start, end))


def _overlap(spans: Sequence[tuple[int, int]], place: Place) -> int:
    cited = _characters(spans)
    return sum(1 for span in place.spans for at in range(span.start, span.end) if at in cited)


def _best(citation: ObservedCitation, places: Sequence[Place]) -> Place | None:
    """The place it shows most of, if at least half of it lies in the expected places of its article taken together."""
    same = [place for place in places if place.article == citation.article]
    expected = {at for place in same for span in place.spans for at in range(span.start, span.end)}
    cited = _characters(citation.spans)
    if not cited or len(cited & expected) < ENOUGH * len(cited):
        return None
    return max(same, key=lambda place: _overlap(citation.spans, place))


def _is_shown(place: Place, citations: Sequence[ObservedCitation]) -> bool:
    spans = [span for citation in citations if citation.article == place.article for span in citation.spans]
    return _overlap(spans, place) >= ENOUGH * place.needed


def _rank(place: Place, retrieved: Sequence[ObservedPlace | ObservedCitation]) -> int | None:
    """After how many items at least half of the statement is there; the same statement's other places count as it."""
    spans: list[tuple[int, int]] = []
    for rank, item in enumerate(retrieved, start=1):
        if item.article == place.article and item.spans:
            spans.extend(item.spans)
            if _overlap(spans, place) >= ENOUGH * place.needed:
                return rank
    return None


def _agreement(name: str | None, accepted: Sequence[str]) -> Agreement | None:
    if not accepted:
        return None
    if name is None:
        return "missing"
    return "right" if any(names_agree(name, expected) for expected in accepted) else "wrong"


def _score_citation(citation: ObservedCitation, on: ExpectedStatement | None, corpus: Corpus) -> CitationScore:
    article = next((item for item in corpus.articles.values() if item.id == citation.article), None)
    verbatim = None
    if article is not None:
        inside = all(0 <= start < end <= len(article.text) for start, end in citation.spans)
        verbatim = (
            bool(citation.spans)
            and inside
            and " … ".join(article.text[start:end] for start, end in citation.spans) == citation.quote
        )
    return CitationScore(
        on=on,
        speaker=_agreement(citation.speaker, on.speaker) if on else None,
        addressee=_agreement(citation.addressee, on.addressee) if on else None,
        relay=_agreement(citation.reported_by, on.reported_by) if on else None,
        outlet=_agreement(citation.outlet, on.outlet or _outlet(article)) if on else None,
        kind=_same(citation.kind, on.kind) if on else None,
        verbatim=verbatim,
    )


def _outlet(article: Article | None) -> tuple[str, ...]:
    return (article.outlet,) if article is not None and article.outlet else ()


def _same(found: str | None, accepted: Sequence[str]) -> Agreement | None:
    if not accepted:
        return None
    return "missing" if found is None else "right" if found in accepted else "wrong"


def _judge_outcome(score: CaseScore) -> tuple[Problem, ...]:
    observed, expect = score.observed, score.case.expect
    assert observed is not None
    problems: list[Problem] = []
    if not observed.text.strip():
        problems.append(Problem(kind="empty", expected="a text", found="nothing"))
    if expect.abstained is False and observed.abstained:
        problems.append(Problem(kind="refused", expected="an answer", found=f"refused: {observed.reason}"))
    if expect.abstained is True and not observed.abstained:
        problems.append(Problem(kind="not_refused", expected=f"refuse: {expect.reason or 'any reason'}", found=observed.text))
    if expect.reason and observed.abstained and observed.reason != expect.reason:
        problems.append(Problem(kind="reason", expected=expect.reason, found=str(observed.reason)))
    if expect.verdict and observed.verdict not in expect.verdict:
        problems.append(Problem(kind="verdict", expected=" or ".join(expect.verdict), found=str(observed.verdict)))
    if expect.answer_language and observed.language != expect.answer_language:
        problems.append(Problem(kind="language", expected=expect.answer_language, found=str(observed.language)))
    return tuple(problems)


def _judge_statements(score: CaseScore) -> tuple[Problem, ...]:
    expect = score.case.expect
    if len(score.shown) >= expect.n_required:
        return ()
    missing = [statement for statement in expect.statements if statement not in score.shown]
    came = f"{len(score.shown)} of {expect.n_required}"
    return tuple(Problem(kind="missing", expected=describe(statement), found=came) for statement in missing)


def _judge_citations(score: CaseScore, corpus: Corpus) -> tuple[Problem, ...]:
    observed, expect = score.observed, score.case.expect
    assert observed is not None
    problems: list[Problem] = []
    for citation, judged in zip(observed.citations, score.citations, strict=True):
        label = corpus.label(citation.article)
        came = f"{citation.speaker or 'nobody'}: {citation.quote} [{label or citation.article}]"
        if judged.verbatim is not True:
            problems.append(Problem(kind="not_verbatim", expected="the article's own words", found=came))
        if expect.only and judged.on is None:
            problems.append(Problem(kind="extra", expected="nothing else", found=came))
        if judged.on and judged.speaker in ("wrong", "missing"):
            problems.append(Problem(kind="speaker", expected=" or ".join(judged.on.speaker), found=came))
        elif expect.only_speakers and _agreement(citation.speaker, expect.only_speakers) == "wrong":
            problems.append(Problem(kind="forbidden", expected=f"only {', '.join(expect.only_speakers)}", found=came))
        if judged.on and judged.addressee in ("wrong", "missing"):
            found = f"to {citation.addressee or 'nobody'} in {came}"
            problems.append(Problem(kind="addressee", expected=" or ".join(judged.on.addressee), found=found))
        if expect.only_articles and label not in expect.only_articles:
            problems.append(Problem(kind="forbidden", expected=f"only {', '.join(expect.only_articles)}", found=came))
        for forbidden in expect.forbidden:
            parts = (
                forbidden.article is None or forbidden.article == label,
                forbidden.speaker is None or names_agree(citation.speaker, forbidden.speaker),
                forbidden.words is None or fold(forbidden.words) in fold(citation.quote),
            )
            if all(parts):
                problems.append(Problem(kind="forbidden", expected="not this", found=came))
    return tuple(problems)


def _judge_text(score: CaseScore) -> tuple[Problem, ...]:
    observed = score.observed
    assert observed is not None
    text = fold(observed.text)
    missing = [mention for mention in score.case.expect.mentions if fold(mention) not in text]
    problems = [Problem(kind="mention", expected=mention, found=observed.text) for mention in missing]
    if not all(score.quotations):
        marks = "only cited words in quotation marks"
        problems.append(Problem(kind="not_verbatim", expected=marks, found=observed.text))
    return tuple(problems)


def describe(statement: ExpectedStatement) -> str:
    """An expected statement in one line: speaker, words or offsets, article.

    >>> describe(ExpectedStatement(article="a.txt", words=("I will", "go"), speaker=("Lee",)))
    'Lee: I will … go [a.txt]'
    """
    words = " … ".join(statement.words) or ", ".join(f"{start}-{end}" for start, end in statement.spans)
    return f"{' or '.join(statement.speaker) or 'nobody in particular'}: {words} [{statement.article}]"
