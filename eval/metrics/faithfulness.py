"""How much of what an answer claims is supported by anything that it cites."""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_faithfulness(score: CaseScore) -> Count:
    """Claims that the texts which the answer cites, all taken together, support; high is good.

    Formula: supported claims / claims, summed over cases before dividing. Claims are the sentences, cut at semicolons and
    between whole clauses (`eval.support.split_claims`). Which marker stands behind a claim does not matter here; that is
    `count_citation_recall`'s affair.

    Edge cases: a claim on which the judge gave no verdict is unscored, and so is the case without a judge. A refusal claims
    nothing and adds nothing. An answer that cites nothing has no supported claim. An empty answer, or a system that failed,
    counts as one claim that is not supported: an empty answer passes nothing.
    Source: Es et al., RAGAS, 2023, arXiv:2309.15217, "faithfulness", with claims split by rule and another judge.
    """
    if score.is_unanswered:
        return Count(judged=1)
    if score.sentences is None:
        return Count(unscored=1)
    verdicts = [claim for item in score.sentences for claim in item.claims]
    return Count(
        right=verdicts.count(True), judged=len(verdicts) - verdicts.count(None), unscored=verdicts.count(None)
    )  # fmt: skip
