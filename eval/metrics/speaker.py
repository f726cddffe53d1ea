"""Whether the statements that an answer shows are given to the one who said them."""

from eval.metrics.share import Count
from eval.score import CaseScore


def count_speaker_accuracy(score: CaseScore) -> Count:
    """Citations on an expected statement that name its speaker.

    Formula: citations with the expected speaker / citations on a statement whose speaker the case gives. One that names
    nobody is not right. Citations off the list, or without an expected speaker, are unscored.
    """
    return Count(
        right=sum(citation.speaker == "right" for citation in score.citations),
        judged=sum(citation.speaker is not None for citation in score.citations),
        unscored=sum(citation.speaker is None for citation in score.citations),
    )


def count_wrong_speaker(score: CaseScore) -> Count:
    """Citations on an expected statement that name somebody else: the worst thing that can be printed; lower is better.

    Formula: citations with another speaker / citations on a statement whose speaker the case gives. One that names
    nobody is no wrong speaker, so this is not 1 - accuracy.
    """
    return Count(
        right=sum(citation.speaker == "wrong" for citation in score.citations),
        judged=sum(citation.speaker is not None for citation in score.citations),
        unscored=sum(citation.speaker is None for citation in score.citations),
    )
