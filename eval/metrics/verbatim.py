"""Whether what is shown as the article's words is what the article has."""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_citation_verbatim(score: CaseScore) -> Count:
    """Citations whose quote is, character for character, what their spans cover.

    Formula: equal quotes / citations of an article in the corpus. A citation of an article that is not there is
    unscored here (and makes its case wrong).
    """
    return Count(
        right=sum(citation.verbatim is True for citation in score.citations),
        judged=sum(citation.verbatim is not None for citation in score.citations),
        unscored=sum(citation.verbatim is None for citation in score.citations),
    )


def count_quotation_verbatim(score: CaseScore) -> Count:
    """Stretches in quotation marks in the answer's text that stand in a cited quote.

    Formula: stretches whose pieces (apart at "…") are all in one citation's quote / stretches. Typographic marks, case,
    accents, white space and closing stops are folded; words are not.
    """
    return Count(right=sum(score.quotations), judged=len(score.quotations))
