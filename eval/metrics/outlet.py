"""Whether the statements that an answer shows are given with the outlet that printed them."""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_outlet_accuracy(score: CaseScore) -> Count:
    """Citations on an expected statement that name the outlet of its article; high is good.

    Formula: citations with the right outlet / citations on a statement whose outlet the case gives, or whose article has
    one in the corpus. Naming none is not right. Citations off the list, or of an article without an outlet, are unscored.
    Names are compared as those of people are: case, accents and further words aside.
    """
    return Count(
        right=sum(citation.outlet == "right" for citation in score.citations),
        judged=sum(citation.outlet is not None for citation in score.citations),
        unscored=sum(citation.outlet is None for citation in score.citations),
    )
