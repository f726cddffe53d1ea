"""Whether the statements that an answer shows are told apart as the very words, partly so, or retold."""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_kind_accuracy(score: CaseScore) -> Count:
    """Citations on an expected statement that give its kind: direct, mixed or indirect; high is good.

    Formula: citations with an accepted kind / citations on a statement whose kind the case gives. Another word ("passage")
    and none at all are not right. Citations without an expected kind are unscored.
    """
    return Count(
        right=sum(citation.kind == "right" for citation in score.citations),
        judged=sum(citation.kind is not None for citation in score.citations),
        unscored=sum(citation.kind is None for citation in score.citations),
    )
