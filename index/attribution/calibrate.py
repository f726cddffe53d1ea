"""Marked articles → what the tagger knows beside its network: the order of spans, and how far to trust what it finds."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

import numpy as np
import numpy.typing as npt

from index.attribution.confidence import REPORTED, Confidence
from index.attribution.decoding import N_EVENTS, N_FLAGS, Orders
from index.attribution.linking import Candidate
from index.attribution.pieces import ROLES, Words, find_words
from index.attribution.polnear import AnnotatedArticle
from index.records import Span

Found = Callable[[AnnotatedArticle], Sequence[Candidate]]
_FOLDS = 4
# Strength of the pull of the weights towards 0; on PolNeAR dev .1 and 1 give the same figures to three digits.
_INVERSE_PENALTY = 0.3


def count_orders(articles: Iterable[AnnotatedArticle]) -> Orders:
    """How often what comes next in an attribution, given what it has so far; a source shared by several counts once."""
    counts = np.zeros((N_FLAGS, N_EVENTS), np.int64)
    for article in articles:
        words = find_words(article.text)
        paragraphs = np.cumsum(words.starts_block)
        seen: dict[Span, tuple[int, int, int, int]] = {}
        for number, attribution in enumerate(sorted(article.attributions, key=lambda one: one.cue or one.content)):
            for at, role in enumerate(ROLES):
                for span in getattr(attribution, role):
                    word = int(np.searchsorted(words.end, span.start, side="right"))
                    if word < len(words):
                        seen.setdefault(span, (int(paragraphs[word]), span.start, at, number))
        for _, items in groupby(sorted(seen.values()), key=lambda item: item[0]):
            flags, current = 0, -1
            for _, _, at, number in items:
                counts[flags, at if number == current else len(ROLES) + at] += 1
                flags = (flags if number == current else 0) | 1 << at
                current = number
            counts[flags, -1] += 1
    return Orders(counts)


def fit_confidence(articles: Sequence[AnnotatedArticle], find: Found) -> tuple[Confidence, dict[str, float]]:
    """A logistic regression from the evidence of what `find` finds to whether people marked it: at half overlap.

    Args:
        articles: None that the network was trained on.
    Returns:
        The regression fitted on all articles, and figures of regressions fitted on three quarters of the articles and
        used on the last: the area under their ROC curve, and the F1 at half overlap of all that was found and of what is
        reported.
    """
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score

    evidence, good, owner = [], [], []
    for number, article in enumerate(articles):
        words = find_words(article.text)
        marked = [_words_of(one.content, words) for one in article.attributions]
        for candidate in find(article):
            own = _words_of(candidate.content, words)
            evidence.append(candidate.evidence)
            good.append(any(4 * len(own & other) >= len(own) + len(other) for other in marked))
            owner.append(number)
    x, y, groups = np.array(evidence), np.array(good), np.array(owner)

    def fit(rows: npt.NDArray[np.bool_]) -> Confidence:
        scale = x[rows].std(0) + 1e-9
        model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=5000).fit(x[rows] / scale, y[rows])
        weights = model.coef_[0] / scale
        return Confidence(tuple(float(f"{weight:.4f}") for weight in weights), float(f"{model.intercept_[0]:.4f}"))

    held_out = np.zeros(len(y))
    for fold in range(_FOLDS):
        left = groups % _FOLDS == fold
        confidence = fit(~left)
        held_out[left] = [confidence.score(row) for row in x[left]]
    n_marked = sum(len(article.attributions) for article in articles)
    kept = held_out >= REPORTED
    figures = {
        "auc": float(roc_auc_score(y, held_out)),
        "f1_of_found": 2 * float(y.sum()) / (len(y) + n_marked),
        "f1_of_reported": 2 * float(y[kept].sum()) / (int(kept.sum()) + n_marked),
    }
    return fit(np.ones(len(y), bool)), figures


def _words_of(spans: Sequence[Span], words: Words) -> set[int]:
    found: set[int] = set()
    for span in spans:
        first = int(np.searchsorted(words.end, span.start, side="right"))
        found.update(range(first, int(np.searchsorted(words.start, span.end, side="left"))))
    return found
