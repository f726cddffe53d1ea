"""How early what a question needs is among what was retrieved: recall@k, MRR@k and nDCG@k, over statements."""

from collections.abc import Sequence
from math import log2

from eval.metrics.share import Count
from eval.score import CaseScore


def count_recall_at(score: CaseScore, *, k: int) -> Count:
    """Required statements that are among the first `k` retrieved; high is good.

    Formula: min(statements whose rank ≤ k, required) / required, summed over cases before dividing. A statement's rank is
    the number of retrieved items, best first, after which at least half of its characters are there. `required` is all
    that the case lists, or its `at_least`. `k` counts retrieved items: citations where a system tells nothing else.

    Edge cases: a system that failed, refused or retrieved nothing has 0 of `required`; a case that lists no statement adds
    nothing. One item that holds several statements brings all of them.
    Source: Manning, Raghavan, Schütze, Introduction to Information Retrieval, 2008, section 8.4.
    """
    required = score.case.expect.n_required
    return Count(right=min(len(_within(score.ranks, k)), required), judged=required)


def count_reciprocal_rank(score: CaseScore, *, k: int) -> Count:
    """How early the first expected statement comes; high is good.

    Formula: 1 / rank of the first expected statement where that rank ≤ k, else 0; averaged over the cases that list any.
    Ranks as in `count_recall_at`. A failed, refused or empty answer counts 0.
    Source: Voorhees, The TREC-8 Question Answering Track Report, 1999 (mean reciprocal rank).
    """
    if not score.case.expect.statements:
        return Count()
    ranks = _within(score.ranks, k)
    return Count(right=1 / ranks[0] if ranks else 0.0, judged=1)


def count_ndcg(score: CaseScore, *, k: int) -> Count:
    """Whether the expected statements come before what is not asked for; high is good.

    Formula: DCG / ideal DCG, averaged over the cases that list statements. Gains are 1 for a statement that was not there
    before, 0 else; the discount is 1 / log2(1 + rank). As many statements gain as are required; the ideal has one at each
    of the ranks 1 … min(required, k). Where one item holds several statements, the n-th statement counts as on rank n at
    the earliest, so that no system goes beyond 1.

    Edge cases: the same statement retrieved twice gains once; a failed, refused or empty answer counts 0.
    Source: Järvelin and Kekäläinen, Cumulated gain-based evaluation of IR techniques, ACM TOIS 20(4), 2002, with the
    discount log2(1 + rank) that most evaluations use since Burges et al. 2005.
    """
    required = score.case.expect.n_required
    if not required:
        return Count()
    ranks = [max(rank, n) for n, rank in enumerate(_within(score.ranks, k)[:required], start=1)]
    gained = sum(1 / log2(1 + rank) for rank in ranks if rank <= k)
    ideal = sum(1 / log2(1 + rank) for rank in range(1, min(required, k) + 1))
    return Count(right=min(1.0, gained / ideal), judged=1)


def _within(ranks: Sequence[int | None], k: int) -> list[int]:
    """The ranks up to k, best first."""
    return sorted(rank for rank in ranks if rank is not None and rank <= k)
