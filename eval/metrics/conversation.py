"""Whether the last question of a conversation is answered rightly, though it leans on those before."""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_conversation_success(score: CaseScore) -> Count:
    """Conversations whose last answer is right in every respect; high is good.

    Formula: right conversations / cases that are conversations, of one turn or several. Single questions add nothing; a
    failure in any turn is not right.
    """
    if not score.case.conversation:
        return Count()
    return Count(right=int(score.right), judged=1)
