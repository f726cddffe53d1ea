"""Cases put to a system, each scored, and the metrics over all of them."""

import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from eval.case import Case, hash_cases
from eval.corpus import Corpus, check_cases
from eval.metrics.addressee import count_addressee_accuracy
from eval.metrics.cases import count_right_case
from eval.metrics.refusal import count_reason_accuracy, count_refusal_precision, count_refusal_recall
from eval.metrics.relay import count_relay_accuracy
from eval.metrics.share import Count, Share, add_up
from eval.metrics.speaker import count_speaker_accuracy, count_wrong_speaker
from eval.metrics.statements import count_statement_precision, count_statement_recall
from eval.metrics.verbatim import count_citation_verbatim, count_quotation_verbatim
from eval.metrics.verdict import count_verdict_accuracy
from eval.observed import read_answer
from eval.score import CaseScore, score_case, score_error

METRICS: tuple[tuple[str, Callable[[CaseScore], Count]], ...] = (
    ("cases right", count_right_case),
    ("statement recall", count_statement_recall),
    ("statement precision", count_statement_precision),
    ("speaker accuracy", count_speaker_accuracy),
    ("wrong-speaker rate", count_wrong_speaker),
    ("addressee accuracy", count_addressee_accuracy),
    ("relay accuracy", count_relay_accuracy),
    ("refusal precision", count_refusal_precision),
    ("refusal recall", count_refusal_recall),
    ("reason accuracy", count_reason_accuracy),
    ("verdict accuracy", count_verdict_accuracy),
    ("citations verbatim", count_citation_verbatim),
    ("quotations verbatim", count_quotation_verbatim),
)


class System(Protocol):
    """What is evaluated."""

    @property
    def name(self) -> str:
        """What the report calls it."""
        ...

    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        """The answer to the last of the questions, asked in order, as `Answer.to_dict()` has it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What one system made of the cases.

    Args:
        cases_hash, corpus_hash: Runs over different hashes are not to be compared.
        seconds: Wall-clock time of each case, in the order of `scores`.
    """

    system: str
    cases_hash: str
    corpus_hash: str
    scores: tuple[CaseScore, ...]
    seconds: tuple[float, ...]

    @property
    def shares(self) -> tuple[Share, ...]:
        """Every metric over all cases, in the order of `METRICS`."""
        return tuple(add_up(name, ((score.cluster, count(score)) for score in self.scores)) for name, count in METRICS)

    def right_by(self, name: Callable[[Case], str]) -> dict[str, Share]:
        """The share of right cases in each group that `name` makes of them."""
        groups: dict[str, list[CaseScore]] = defaultdict(list)
        for score in self.scores:
            groups[name(score.case)].append(score)
        return {
            group: add_up(group, ((score.cluster, count_right_case(score)) for score in scores))
            for group, scores in sorted(groups.items())
        }


def run_cases(
    cases: Sequence[Case],
    system: System,
    corpus: Corpus,
    *,
    progress: Callable[[CaseScore], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Run:
    """Ask the system each case, in order, and score what comes.

    A system that raises on a case has failed that case; the rest is still asked.

    Raises:
        InputError: The cases do not belong to the corpus.
    """
    check_cases(cases, corpus)
    scores: list[CaseScore] = []
    seconds: list[float] = []
    for case in cases:
        began = clock()
        score = _ask(case, system, corpus)
        seconds.append(clock() - began)
        scores.append(score)
        if progress:
            progress(score)
    return Run(
        system=system.name,
        cases_hash=hash_cases(cases),
        corpus_hash=corpus.hash,
        scores=tuple(scores),
        seconds=tuple(seconds),
    )


def _ask(case: Case, system: System, corpus: Corpus) -> CaseScore:
    try:
        observed = read_answer(system.ask(case.turns))
    except Exception as error:  # noqa: BLE001  a system under test may raise anything, and that is its failure
        return score_error(case, f"{type(error).__name__}: {error}")
    return score_case(case, observed, corpus)
