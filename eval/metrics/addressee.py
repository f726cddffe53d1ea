"""Whether the statements that an answer shows are given to the one they were said to."""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_addressee_accuracy(score: CaseScore) -> Count:
    """Citations on an expected statement that name its addressee.

    Formula: citations with the expected addressee / citations on a statement whose addressee the case gives. One that
    names nobody is not right. Citations without an expected addressee are unscored.
    """
    return Count(
        right=sum(citation.addressee == "right" for citation in score.citations),
        judged=sum(citation.addressee is not None for citation in score.citations),
        unscored=sum(citation.addressee is None for citation in score.citations),
    )
