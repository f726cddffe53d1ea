"""The evidence of an attribution → how likely people would mark it too."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from index.attribution.linking import EVIDENCE

# An attribution is reported from this probability on. F1 grows by one that is right more often than half of F1, which is
# .84 on PolNeAR dev at half overlap: so the bound follows from the measure and is no adjustment.
REPORTED = 0.42


@dataclass(frozen=True, slots=True)
class Confidence:
    """A logistic regression over `linking.EVIDENCE`, fitted by `train.py` on articles that the network never saw.

    Args:
        weights: One for each number of the evidence.
        intercept: Log odds where all of them are 0.
    """

    weights: tuple[float, ...]
    intercept: float

    @classmethod
    def read(cls, plain: Any) -> "Confidence":
        """What stands in `tagger.json`, `{"weights": {name: number}, "intercept": number}`.

        Raises:
            ValueError: It is something else, or other evidence.
        """
        if not isinstance(plain, dict) or not isinstance(plain.get("weights"), dict):
            raise ValueError("no weights")
        weights = plain["weights"]
        numbers = [plain.get("intercept"), *(weights.get(name) for name in EVIDENCE)]
        known = [float(value) for value in numbers if isinstance(value, int | float) and math.isfinite(value)]
        if len(weights) != len(EVIDENCE) or len(known) != len(numbers):
            raise ValueError("other evidence")
        return cls(tuple(known[1:]), known[0])

    @classmethod
    def unknown(cls) -> "Confidence":
        """Takes all for equally likely, even so that it is reported."""
        return cls((0.0,) * len(EVIDENCE), 0.0)

    def plain(self) -> dict[str, Any]:
        """The other way round of `read`."""
        return {"weights": dict(zip(EVIDENCE, self.weights, strict=True)), "intercept": self.intercept}

    def score(self, evidence: Sequence[float]) -> float:
        """A probability.

        >>> Confidence.unknown().score([1.0] * len(EVIDENCE))
        0.5
        """
        odds = self.intercept + sum(weight * value for weight, value in zip(self.weights, evidence, strict=True))
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, odds))))
