"""How well scores of support agree with people's labels: AUROC, balanced accuracy and consistency, with intervals."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
Labels = npt.NDArray[np.bool_]


def area_under_curve(scores: Scores, labels: Labels) -> float | None:
    """How often a supported claim scores higher than one that is not; high is good, chance is .5.

    Formula: pairs of a supported and an unsupported claim in which the supported one scores higher, ties counting half, over all
    such pairs (the area under the ROC curve). None where one of the two sorts is missing.
    Source: Fawcett, An introduction to ROC analysis, Pattern Recognition Letters 27(8), 2006.

    >>> area_under_curve(np.array([0.9, 0.4, 0.4]), np.array([True, True, False]))
    0.75
    """
    right, wrong = scores[labels], np.sort(scores[~labels])
    if not len(right) or not len(wrong):
        return None
    below, up_to = np.searchsorted(wrong, right, "left"), np.searchsorted(wrong, right, "right")
    return float((below + up_to).sum() / (2 * len(right) * len(wrong)))


def balanced_accuracy(said: Labels, labels: Labels) -> float | None:
    """The mean of the shares of supported and of unsupported claims that are told rightly; high is good, chance is .5.

    None where one of the two sorts is missing.

    >>> balanced_accuracy(np.array([True, True, True]), np.array([True, True, False]))
    0.5
    """
    if labels.all() or not labels.any():
        return None
    return float((said[labels].mean() + (~said[~labels]).mean()) / 2)


def consistency(scores: Scores, labels: Labels, texts: Sequence[str]) -> float | None:
    """Among the claims on one text, how often the supported one of two scores higher; high is good, chance is .5.

    Formula: pairs of a supported and an unsupported claim on the same text in which the supported one scores higher, over all
    such pairs; a tie is not higher. None where no text has both.

    >>> consistency(np.array([0.9, 0.1, 0.5, 0.5]), np.array([True, False, True, False]), ["a", "a", "b", "b"])
    0.5
    """
    places: dict[str, list[int]] = {}
    for at, text in enumerate(texts):
        places.setdefault(text, []).append(at)
    higher = pairs = 0
    for found in places.values():
        right = [scores[at] for at in found if labels[at]]
        wrong = [scores[at] for at in found if not labels[at]]
        pairs += len(right) * len(wrong)
        higher += sum(one > other for one in right for other in wrong)
    return float(higher / pairs) if pairs else None


def interval_of(
    figure: Callable[[Scores, Labels, Sequence[str]], float | None],
    scores: Scores,
    labels: Labels,
    texts: Sequence[str],
    *,
    draws: int = 500,
    seed: int = 0,
) -> tuple[float | None, float | None]:
    """The 2.5th and 97.5th percentile of a figure over `draws` samples of whole texts with replacement; the same each time.

    A text drawn twice counts as two. None with fewer than two texts, or where no sample has the figure.
    """
    places: dict[str, list[int]] = {}
    for at, text in enumerate(texts):
        places.setdefault(text, []).append(at)
    groups = [np.array(found) for found in places.values()]
    if len(groups) < 2:
        return None, None
    rng = np.random.default_rng(seed)
    values = []
    for _ in range(draws):
        picked = rng.integers(len(groups), size=len(groups))
        drawn = np.concatenate([groups[group] for group in picked])
        names = [f"{n}" for n, group in enumerate(picked) for _ in groups[group]]
        value = figure(scores[drawn], labels[drawn], names)
        if value is not None:
            values.append(value)
    if not values:
        return None, None
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
