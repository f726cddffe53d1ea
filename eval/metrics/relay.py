"""Whether a statement that one outlet has from another is given with that other."""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_relay_accuracy(score: CaseScore) -> Count:
    """Citations on an expected statement that name the outlet it is relayed through.

    Formula: citations with the expected relay / citations on a statement whose relay the case gives; naming none is not
    right. Citations without an expected relay are unscored.
    """
    return Count(
        right=sum(citation.relay == "right" for citation in score.citations),
        judged=sum(citation.relay is not None for citation in score.citations),
        unscored=sum(citation.relay is None for citation in score.citations),
    )
