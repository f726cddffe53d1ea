"""Cases put to a system, each scored, and the metrics over all of them."""

import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from eval.case import VARIANTS, Case, hash_cases
from eval.corpus import Corpus, check_cases
from eval.metrics.addressee import count_addressee_accuracy
from eval.metrics.cases import count_right_case
from eval.metrics.citing import count_citation_precision, count_citation_recall
from eval.metrics.conversation import count_conversation_success
from eval.metrics.cost import Cost, Costs, add_costs, forget_peak, peak_memory
from eval.metrics.faithfulness import count_faithfulness
from eval.metrics.kind import count_kind_accuracy
from eval.metrics.outlet import count_outlet_accuracy
from eval.metrics.refusal import count_reason_accuracy, count_refusal_precision, count_refusal_recall
from eval.metrics.relay import count_relay_accuracy
from eval.metrics.retrieval import count_ndcg, count_recall_at, count_reciprocal_rank
from eval.metrics.robustness import count_robustness
from eval.metrics.share import Count, Share, add_up
from eval.metrics.speaker import count_speaker_accuracy, count_wrong_speaker
from eval.metrics.statements import count_statement_precision, count_statement_recall
from eval.metrics.verbatim import count_citation_verbatim, count_quotation_verbatim
from eval.metrics.verdict import count_verdict_accuracy
from eval.observed import Observed, Usage, read_answer
from eval.score import CaseScore, score_case, score_error
from eval.support import Judge
from index.errors import InputError

# Of these a low value is good; of all others a high one.
LOW_IS_GOOD = frozenset({"wrong-speaker rate"})
Metric = Callable[[CaseScore], Count]
_AS_FIRST_ASKED: tuple[tuple[str, Metric], ...] = (
    ("cases right", count_right_case),
    ("recall@1", partial(count_recall_at, k=1)),
    ("recall@5", partial(count_recall_at, k=5)),
    ("MRR@10", partial(count_reciprocal_rank, k=10)),
    ("nDCG@10", partial(count_ndcg, k=10)),
    ("statement recall", count_statement_recall),
    ("statement precision", count_statement_precision),
    ("speaker accuracy", count_speaker_accuracy),
    ("wrong-speaker rate", count_wrong_speaker),
    ("addressee accuracy", count_addressee_accuracy),
    ("outlet accuracy", count_outlet_accuracy),
    ("relay accuracy", count_relay_accuracy),
    ("kind accuracy", count_kind_accuracy),
    ("refusal precision", count_refusal_precision),
    ("refusal recall", count_refusal_recall),
    ("reason accuracy", count_reason_accuracy),
    ("verdict accuracy", count_verdict_accuracy),
    ("citations verbatim", count_citation_verbatim),
    ("quotations verbatim", count_quotation_verbatim),
    ("citation recall", count_citation_recall),
    ("citation precision", count_citation_precision),
    ("faithfulness", count_faithfulness),
    ("conversation success", count_conversation_success),
)


def count_first_asked(score: CaseScore, *, metric: Metric) -> Count:
    """What a metric counts where a question is asked for the first time, and nothing where it is asked again.

    Else a question that is asked in five ways would weigh five times; asked again it counts in robustness.
    """
    return Count() if score.case.variant else metric(score)


METRICS: tuple[tuple[str, Metric], ...] = (
    *((name, partial(count_first_asked, metric=metric)) for name, metric in _AS_FIRST_ASKED),
    ("robustness", count_robustness),
    *((f"robustness, {variant}", partial(count_robustness, variant=variant)) for variant in VARIANTS),
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
        costs: What each case took, in the order of `scores`.
        peak_mib: The most memory of this process while the system answered; None for a system that runs elsewhere.
        judge: The name of the judge of support; None where none was asked.
    """

    system: str
    cases_hash: str
    corpus_hash: str
    scores: tuple[CaseScore, ...]
    costs: tuple[Cost, ...]
    peak_mib: float | None = None
    judge: str | None = None

    @property
    def seconds(self) -> tuple[float, ...]:
        """Wall-clock time of each case, in the order of `scores`."""
        return tuple(cost.seconds for cost in self.costs)

    @property
    def cost(self) -> Costs:
        """Seconds, tokens and memory over all cases."""
        return add_costs(self.costs, peak_mib=self.peak_mib)

    @property
    def shares(self) -> tuple[Share, ...]:
        """Every metric over all cases, in the order of `METRICS`."""
        return tuple(add_up(name, ((score.cluster, count(score)) for score in self.scores)) for name, count in METRICS)


def run_cases(
    cases: Sequence[Case],
    system: System,
    corpus: Corpus,
    *,
    judge: Judge | None = None,
    progress: Callable[[CaseScore], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Run:
    """Ask the system each case, in order, and score what comes.

    A system that raises on a case has failed that case; the rest is still asked.

    Args:
        judge: Says whether what is cited supports what is said; without one, citation recall, citation precision and
            faithfulness are unscored.
        progress: Called with each score as it comes, before it is known whether a question asked again was right at first.
    Raises:
        InputError: The cases do not belong to the corpus.
    """
    check_cases(cases, corpus)
    scores: list[CaseScore] = []
    costs: list[Cost] = []
    is_elsewhere = getattr(system, "is_elsewhere", False)
    peaks: list[float | None] = []
    for case in cases:
        forget_peak()
        began = clock()
        observed = _ask(case, system)
        seconds = clock() - began
        peaks.append(None if is_elsewhere else peak_memory())
        failed = isinstance(observed, str)
        score = score_error(case, observed) if isinstance(observed, str) else score_case(case, observed, corpus, judge=judge)
        costs.append(Cost(seconds=seconds, usage=Usage() if failed or score.observed is None else score.observed.usage))
        scores.append(score)
        if progress:
            progress(score)
    right = {score.case.id: score.right for score in scores}
    return Run(
        system=system.name,
        cases_hash=hash_cases(cases),
        corpus_hash=corpus.hash,
        scores=tuple(replace(score, original_right=right.get(score.case.same_as or "")) for score in scores),
        costs=tuple(costs),
        peak_mib=max((peak for peak in peaks if peak is not None), default=None),
        judge=judge.name if judge else None,
    )


def run_systems(
    cases: Sequence[Case],
    systems: Sequence[System],
    corpus: Corpus,
    *,
    judge: Judge | None = None,
    progress: Callable[[str, CaseScore], None] | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[Run, ...]:
    """The same cases put to several systems, one after the other: a run each, in their order.

    Args:
        progress: Called with the system's name and each score as it comes.
    Raises:
        InputError: The cases do not belong to the corpus, or two systems have one name.
    """
    names = [system.name for system in systems]
    if twice := [name for name, n in Counter(names).items() if n > 1]:
        raise InputError(f"two systems are called {twice[0]}; give each a name of its own, so that a report can tell them apart")
    return tuple(
        run_cases(cases, system, corpus, judge=judge, clock=clock, progress=partial(progress, system.name) if progress else None)
        for system in systems
    )


def check_comparable(one: Run, other: Run) -> None:
    """Both runs are over the same cases, the same articles, and with the same judge.

    Raises:
        InputError: They are not; their figures say nothing about each other.
    """
    for what, mine, yours in (
        ("cases", one.cases_hash, other.cases_hash),
        ("articles", one.corpus_hash, other.corpus_hash),
        ("judges of support", one.judge, other.judge),
    ):
        if mine != yours:
            raise InputError(
                f"{one.system} and {other.system} were run over different {what} ({mine} and {yours}), so their figures cannot "
                "be compared; run both again over the same"
            )


def _ask(case: Case, system: System) -> Observed | str:
    """What came, or how the system failed."""
    try:
        return read_answer(system.ask(case.turns))
    except Exception as error:  # noqa: BLE001  a system under test may raise anything, and that is its failure
        return f"{type(error).__name__}: {error}"
