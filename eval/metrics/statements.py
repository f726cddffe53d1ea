"""How many of the statements that an answer must show it shows, and how many of those it shows belong there."""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_statement_recall(score: CaseScore) -> Count:
    """Required statements that are shown.

    Formula: min(shown, required) / required, summed over cases before dividing. `required` is all that the case lists,
    or its `at_least`. A refusal shows none: it counts as 0 of `required`. Cases that list no statement add nothing.
    """
    required = score.case.expect.n_required
    return Count(right=min(len(score.shown), required), judged=required)


def count_statement_precision(score: CaseScore) -> Count:
    """Citations that are on an expected statement.

    Formula: citations on a statement that the case lists / citations, summed over cases before dividing. Judged whole
    only where the case says that nothing else may be cited; elsewhere a citation off the list is unscored, since it may
    be right too, and one on the list is not counted either, or the share could only be 1.
    """
    if not score.case.expect.only:
        return Count(unscored=len(score.citations))
    return Count(right=sum(citation.on is not None for citation in score.citations), judged=len(score.citations))
