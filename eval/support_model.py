"""Features of support × human labels → weights, and weights × features → a score: logistic regression with signs held.

Each feature says more support where it is larger, so that no weight may fall below 0: what a set teaches by accident (in one,
longer claims are more often wrong) cannot turn a feature round on the next set. Weights are drawn towards a common small one
rather than to 0, so that features which the training sets hardly need still count elsewhere.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import InputError

Numbers = npt.NDArray[np.float64]
_LIMIT = 4.0
_STEPS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportModel:
    """Weights of the learned scorer.

    Args:
        names: The features; `mean`, `scale` and `weights` go with them.
        threshold: From this score on a claim counts as supported.
        made_of: What it was trained on, for people: sets with their counts.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    threshold: float
    made_of: tuple[str, ...] = ()

    def score(self, features: Mapping[str, float]) -> float:
        """How likely the claim is supported, in [0, 1]."""
        row = np.array([[features[name] for name in self.names]])
        return float(self.scores(row)[0])

    def scores(self, rows: Numbers) -> Numbers:
        """The same for rows of features in the order of `names`: shape (n, features) → (n,)."""
        scaled = np.clip((rows - np.array(self.mean)) / np.array(self.scale), -_LIMIT, _LIMIT)
        result: Numbers = 1 / (1 + np.exp(-(self.bias + scaled @ np.array(self.weights))))
        return result

    def dump(self) -> str:
        """As JSON; `load_model` reads the same back."""
        rows = {
            name: {"mean": mean, "scale": scale, "weight": weight}
            for name, mean, scale, weight in zip(self.names, self.mean, self.scale, self.weights, strict=True)
        }
        values = {"made_of": list(self.made_of), "bias": self.bias, "threshold": self.threshold, "features": rows}
        return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def load_model(path: Path) -> SupportModel:
    """The weights in a file.

    Raises:
        InputError: It cannot be read or is of another make.
    """
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        rows = values["features"]
        return SupportModel(
            names=tuple(rows),
            mean=tuple(float(row["mean"]) for row in rows.values()),
            scale=tuple(float(row["scale"]) for row in rows.values()),
            weights=tuple(float(row["weight"]) for row in rows.values()),
            bias=float(values["bias"]),
            threshold=float(values["threshold"]),
            made_of=tuple(values["made_of"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} holds no weights of a judge of support ({error}); make them again with `whosaid eval judge --train`"
        ) from error


def fit(
    names: Sequence[str],
    rows: Numbers,
    labels: npt.NDArray[np.bool_],
    *,
    importance: Numbers,
    strength: float,
    prior: float,
    made_of: Sequence[str] = (),
) -> SupportModel:
    """The weights that fit labels best, none below 0, drawn towards `prior`; the same input gives the same weights.

    Args:
        rows: Shape (n, features).
        importance: How much each row counts, so that a small set may count as much as a large one; sums to anything.
        strength: How strongly weights are drawn.
    """
    mean, scale = rows.mean(0), rows.std(0) + 1e-6
    scaled = np.clip((rows - mean) / scale, -_LIMIT, _LIMIT)
    sign = np.where(labels, 1.0, -1.0)
    share = importance / importance.sum()
    # Projected gradient with momentum (FISTA); a quarter of the largest eigenvalue bounds how fast the gradient changes.
    curve = 0.25 * float(np.linalg.eigvalsh((scaled * share[:, None]).T @ scaled).max()) + 0.25 + strength
    weights, bias = np.full(len(names), prior), 0.0
    ahead, ahead_bias, pace = weights.copy(), bias, 1.0
    for _ in range(_STEPS):
        wrong = -sign * share / (1 + np.exp(sign * (ahead_bias + scaled @ ahead)))
        step = np.maximum(0.0, ahead - (scaled.T @ wrong + strength * (ahead - prior)) / curve)
        step_bias = ahead_bias - float(wrong.sum()) / curve
        following = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = step + (pace - 1) / following * (step - weights)
        ahead_bias = step_bias + (pace - 1) / following * (step_bias - bias)
        weights, bias, pace = step, step_bias, following
    return SupportModel(
        names=tuple(names),
        mean=tuple(float(value) for value in mean.round(6)),
        scale=tuple(float(value) for value in scale.round(6)),
        weights=tuple(float(value) for value in weights.round(6)),
        bias=round(bias, 6),
        threshold=0.5,
        made_of=tuple(made_of),
    )
