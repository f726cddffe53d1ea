"""A judge of support that remembers: systems show the same words for many questions, and the verdict on them is the same."""

from eval.support import Judge


class RememberingJudge:
    """Another judge, asked once for each pair of text and claim, even where it gave no verdict.

    Args:
        judge: The one that is asked.
    """

    def __init__(self, judge: Judge) -> None:
        self.name = judge.name
        self._judge = judge
        self._verdicts: dict[tuple[str, str], bool | None] = {}

    def supports(self, premise: str, claim: str) -> bool | None:
        """What the other judge says of the pair, or said of it."""
        key = premise, claim
        if key not in self._verdicts:
            self._verdicts[key] = self._judge.supports(premise, claim)
        return self._verdicts[key]
