"""Features of support × labels → weights, and weights × features → a score: two logistic regressions with signs held.

One is for claims told in other words than the text, one for claims copied out of it; how copied a claim is says how much each
of them counts (`how_copied`). Each feature says more support where it is larger, so that no weight may fall below 0: what a set
teaches by accident (in one, longer claims are more often wrong) cannot turn a feature round on the next set.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from eval.support_features import NAMES
from index.errors import InputError

Numbers = npt.NDArray[np.float64]
# From this score on a claim counts as supported: where the threshold lies is part of each bias.
THRESHOLD = 0.5
_LIMIT = 4.0
_STEPS = 600
# A claim is told in other words up to the first share of its runs of three words that are the text's, copied from the second on.
_TOLD, _COPIED = 0.5, 0.7
# How far the level of copied claims may be moved, in log odds.
_FURTHEST = 3.0


def how_copied(rows: Numbers) -> Numbers:
    """How far each claim is put together out of the text's own runs of words: 0 not at all, 1 wholly. (n, features) → (n,).

    >>> how_copied(np.array([[0.65 if name == "three words" else 0.0 for name in NAMES]])).round(3)
    array([0.75])
    """
    share: Numbers = np.clip((rows[:, NAMES.index("three words")] - _TOLD) / (_COPIED - _TOLD), 0.0, 1.0)
    return share


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A logistic regression over some of the features.

    Args:
        names: The features; `mean`, `scale` and `weights` go with them.
    """

    names: tuple[str, ...]
    mean: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float

    def margins(self, rows: Numbers) -> Numbers:
        """Above 0 where a claim counts as supported, for rows of all features in the order of `NAMES`: (n, features) → (n,)."""
        own = rows[:, [NAMES.index(name) for name in self.names]]
        result: Numbers = self.bias + _standardise(own, np.array(self.mean), np.array(self.scale)) @ np.array(self.weights)
        return result


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportModel:
    """The learned scorer.

    Args:
        told: For claims in other words than the text; `copied` for claims in its words.
        made_of: What it was trained on, for people: sets with their counts.
    """

    told: Weights
    copied: Weights
    made_of: tuple[str, ...] = ()

    def score(self, features: Mapping[str, float]) -> float:
        """How far the claim is supported, in [0, 1]; from `THRESHOLD` on it counts as such."""
        return float(self.scores(np.array([[features[name] for name in NAMES]]))[0])

    def scores(self, rows: Numbers) -> Numbers:
        """The same for rows of features in the order of `NAMES`: shape (n, features) → (n,)."""
        share = how_copied(rows)
        result: Numbers = 1 / (1 + np.exp(-((1 - share) * self.told.margins(rows) + share * self.copied.margins(rows))))
        return result

    def levelled(self, rows: Numbers, labels: npt.NDArray[np.bool_]) -> "SupportModel":
        """The same with as many of the copied claims taken for supported as people say, each counting as far as it is copied.

        Made claims are right and wrong by halves, which says nothing of how often copied ones are right; these labels do.
        """
        share = how_copied(rows)
        low, high = -_FURTHEST, _FURTHEST
        while high - low > 1e-7:
            middle = (low + high) / 2
            moved = replace(self, copied=replace(self.copied, bias=self.copied.bias + middle))
            low, high = (middle, high) if float((share * (labels - moved.scores(rows))).sum()) > 0 else (low, middle)
        return replace(self, copied=replace(self.copied, bias=round(self.copied.bias + low, 6)))

    def with_threshold(self, score: float) -> "SupportModel":
        """The same with the threshold at what is now another score, in (0, 1); the order of claims stays."""
        shift = float(np.log(score / (1 - score)))
        return replace(
            self,
            told=replace(self.told, bias=round(self.told.bias - shift, 6)),
            copied=replace(self.copied, bias=round(self.copied.bias - shift, 6)),
        )

    def dump(self) -> str:
        """As JSON; `load_model` reads the same back."""
        values = {"made_of": list(self.made_of), "told": _dump(self.told), "copied": _dump(self.copied)}
        return json.dumps(values, indent=1, ensure_ascii=False) + "\n"


def _dump(weights: Weights) -> dict[str, Any]:
    rows = {
        name: {"mean": mean, "scale": scale, "weight": weight}
        for name, mean, scale, weight in zip(weights.names, weights.mean, weights.scale, weights.weights, strict=True)
    }
    return {"bias": weights.bias, "features": rows}


def load_model(path: Path) -> SupportModel:
    """The weights in a file.

    Raises:
        InputError: It cannot be read or is of another make.
    """
    try:
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return SupportModel(
            told=_load(values["told"]), copied=_load(values["copied"]), made_of=tuple(str(name) for name in values["made_of"])
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path} holds no weights of a judge of support ({error}); make them again with `whosaid eval judge --train`"
        ) from error


def _load(values: dict[str, Any]) -> Weights:
    rows = values["features"]
    if unknown := set(rows) - set(NAMES):
        raise ValueError(f"features unknown: {', '.join(sorted(unknown))}")
    return Weights(
        names=tuple(rows),
        mean=tuple(float(row["mean"]) for row in rows.values()),
        scale=tuple(float(row["scale"]) for row in rows.values()),
        weights=tuple(float(row["weight"]) for row in rows.values()),
        bias=float(values["bias"]),
    )


def fit(names: Sequence[str], rows: Numbers, labels: npt.NDArray[np.bool_], *, importance: Numbers, strength: float) -> Weights:
    """The weights that fit labels best, none below 0, drawn towards 0; the same input gives the same weights.

    Args:
        names: The features to use.
        rows: All features in the order of `NAMES`: shape (n, features).
        importance: How much each row counts, so that a small set may count as much as a large one; sums to anything.
        strength: How strongly weights are drawn.
    """
    own = rows[:, [NAMES.index(name) for name in names]]
    mean, scale = own.mean(0), own.std(0) + 1e-6
    scaled = _standardise(own, mean, scale)
    sign = np.where(labels, 1.0, -1.0)
    share = importance / importance.sum()
    # Projected gradient with momentum (FISTA); a quarter of the largest eigenvalue bounds how fast the gradient changes.
    curve = 0.25 * float(np.linalg.eigvalsh((scaled * share[:, None]).T @ scaled).max()) + 0.25 + strength
    weights, bias = np.zeros(len(names)), 0.0
    ahead, ahead_bias, pace = weights.copy(), bias, 1.0
    for _ in range(_STEPS):
        wrong = -sign * share / (1 + np.exp(sign * (ahead_bias + scaled @ ahead)))
        step = np.maximum(0.0, ahead - (scaled.T @ wrong + strength * ahead) / curve)
        step_bias = ahead_bias - float(wrong.sum()) / curve
        following = (1 + np.sqrt(1 + 4 * pace**2)) / 2
        ahead = step + (pace - 1) / following * (step - weights)
        ahead_bias = step_bias + (pace - 1) / following * (step_bias - bias)
        weights, bias, pace = step, step_bias, following
    return Weights(
        names=tuple(names),
        mean=tuple(float(value) for value in mean.round(6)),
        scale=tuple(float(value) for value in scale.round(6)),
        weights=tuple(float(value) for value in weights.round(6)),
        bias=round(bias, 6),
    )


def _standardise(rows: Numbers, mean: Numbers, scale: Numbers) -> Numbers:
    result: Numbers = np.clip((rows - mean) / scale, -_LIMIT, _LIMIT)
    return result
