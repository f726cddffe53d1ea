"""Sets of claims that people judged → how well a judge of support agrees with them, and the weights of its learned scorer.

Which set may be trained on, and which only be measured on, is part of what a set is: no set is ever both.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from eval.judge import SupportJudge
from eval.metrics.agreement import area_under_curve, balanced_accuracy, consistency, interval_of
from eval.support_edits import make_claims
from eval.support_features import NAMES
from eval.support_model import THRESHOLD, Numbers, SupportModel, Weights, fit
from index.errors import InputError

Use = Literal["train", "choose", "test"]
# How strongly weights are drawn to 0 for claims in other words, and for copied ones; chosen as the page on the judge says.
_STRENGTH, _STRENGTH_COPIED = 0.1, 3.0
# Claims that were made count half as much as a set that people judged; the domains of SummEdits count as one set together.
_MADE_COUNTS = 0.5
# What a copied claim is scored by: words and their order alone.
_COPIED = ("three words", "four words", "order", "one sentence", "two sentences")
_LEXICAL = {"trigrams": "three words", "unigrams": "words"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """A claim that people judged against a text.

    Args:
        text: What the bootstrap draws whole: the claims on one text are alike.
    """

    premise: str
    claim: str
    supported: bool

    @property
    def text(self) -> str:
        return self.premise[:300]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledSet:
    """A set of claims and what it may be used for.

    Args:
        published: Figures of others on it, as its README lists them: whose, and what.
        bar: The best AUROC of a lexical feature or regression on it; None where none is listed.
    """

    name: str
    use: Use
    items: tuple[Labelled, ...]
    published: tuple[str, ...] = ()
    bar: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A figure in [0, 1] with the ends of its 95 % interval; None where it cannot be told."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How well a judge agrees with people on one set.

    Args:
        lexical: AUROC of single lexical features on the same claims.
    """

    name: str
    use: Use
    n: int
    supported: int
    auroc: Estimate
    balanced: Estimate
    consistency: Estimate
    lexical: dict[str, float | None]
    published: tuple[str, ...]
    bar: float | None


_QAGS = {
    "cnndm": (
        ("TrueTeacher 11 B 89.4", "UniEval 0.8 B 85.4", "AlignScore 125 M .690 (Spearman)", "best single lexical feature 80.5"),
        0.805,
    ),
    "xsum": (
        ("TrueTeacher 11 B 89.4", "UniEval 0.8 B 78.2", "AlignScore 125 M .519 (Spearman)", "best single lexical feature 65.0"),
        0.650,
    ),
}


def load_sets(folder: Path, *, uses: Sequence[Use] = ("train", "choose", "test")) -> tuple[LabelledSet, ...]:
    """The sets of a folder laid out as shared/faithfulness: QAGS, DeFacto, WiCE and SummEdits.

    Raises:
        InputError: A file is missing or of another shape.
    """
    made: list[LabelledSet] = []
    try:
        for name, (published, bar) in _QAGS.items() if "test" in uses else ():
            rows = _lines(folder / "qags" / f"mturk_{name}.jsonl")
            made.append(LabelledSet(name=f"QAGS {name}", use="test", items=tuple(map(_qags, rows)), published=published, bar=bar))
        for name in ("test", "train", "val"):
            use: Use = "test" if name == "test" else "train"
            if use in uses:
                rows = _lines(folder / "defacto" / f"{name}.jsonl")
                items = tuple(
                    Labelled(premise=row["article"], claim=row["candidate"], supported=not row["has_error"]) for row in rows
                )
                lexical = ("lexical regression 76.9",) if use == "test" else ()
                made.append(
                    LabelledSet(name=f"DeFacto {name}", use=use, items=items, published=lexical, bar=0.769 if lexical else None)
                )
        if "choose" in uses:
            rows = _lines(folder / "wice" / "claim_dev.jsonl")
            items = tuple(
                Labelled(premise="\n".join(row["evidence"]), claim=row["claim"], supported=row["label"] == "supported")
                for row in rows
            )
            made.append(LabelledSet(name="WiCE dev", use="choose", items=items))
        for path in sorted((folder / "summedits").glob("*.json")) if "train" in uses else ():
            rows = json.loads(path.read_text(encoding="utf-8"))
            items = tuple(_labelled(row["doc"], row["summary"], str(row["label"]) == "1") for row in rows)
            made.append(LabelledSet(name=f"SummEdits {path.stem}", use="train", items=items))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{folder} is not laid out as the sets of faithfulness are ({type(error).__name__}: {error})") from error
    return tuple(made)


def load_claims(path: Path) -> LabelledSet:
    """Anybody's own set: JSONL with `premise`, `claim` and `supported` (true or false).

    Raises:
        InputError: A line is of another shape.
    """
    try:
        items = tuple(
            Labelled(premise=str(row["premise"]), claim=str(row["claim"]), supported=bool(row["supported"]))
            for row in _lines(path)
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"{path} needs a JSON object a line with premise, claim and supported ({error})") from error
    return LabelledSet(name=path.stem, use="test", items=items)


def _labelled(premise: str, claim: str, supported: bool) -> Labelled:
    return Labelled(premise=premise, claim=claim, supported=supported)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]


def _qags(row: dict[str, Any]) -> Labelled:
    """Consistent where most of those asked say yes to each sentence."""
    sentences = row["summary_sentences"]
    yes = [[answer["response"] == "yes" for answer in item["responses"]] for item in sentences]
    return Labelled(
        premise=row["article"],
        claim=" ".join(item["sentence"] for item in sentences),
        supported=all(2 * sum(answers) > len(answers) for answers in yes),
    )


# How well a judge agrees


def measure_agreement(
    labelled: Sequence[LabelledSet], judge: SupportJudge, *, progress: Callable[[str, int], None] | None = None
) -> tuple[Agreement, ...]:
    """The judge's score held against people's labels, set by set."""
    measured = []
    for item in labelled:
        rows = _features(item, judge, progress)
        measured.append(_agree(item, judge.model.scores(rows), rows))
    return tuple(measured)


def _features(labelled: LabelledSet, judge: SupportJudge, progress: Callable[[str, int], None] | None = None) -> Numbers:
    rows = []
    for n, item in enumerate(labelled.items, start=1):
        found = judge.features(item.premise, item.claim)
        rows.append([found[name] for name in NAMES])
        if progress:
            progress(labelled.name, n)
    return np.array(rows, dtype=np.float64).reshape(-1, len(NAMES))


def _agree(labelled: LabelledSet, scores: Numbers, rows: Numbers) -> Agreement:
    labels = np.array([item.supported for item in labelled.items], dtype=bool)
    texts = [item.text for item in labelled.items]

    def estimate(figure: Callable[[Numbers, npt.NDArray[np.bool_], Sequence[str]], float | None]) -> Estimate:
        low, high = interval_of(figure, scores, labels, texts)
        return Estimate(value=figure(scores, labels, texts), low=low, high=high)

    return Agreement(
        name=labelled.name,
        use=labelled.use,
        n=len(labels),
        supported=int(labels.sum()),
        auroc=estimate(lambda one, two, _: area_under_curve(one, two)),
        balanced=estimate(lambda one, two, _: balanced_accuracy(one >= THRESHOLD, two)),
        consistency=estimate(consistency),
        lexical={name: area_under_curve(rows[:, NAMES.index(feature)], labels) for name, feature in _LEXICAL.items()},
        published=labelled.published,
        bar=labelled.bar,
    )


# Training


def train(labelled: Sequence[LabelledSet], *, seed: int = 0) -> SupportModel:
    """The weights: for claims in other words, fitted on the sets for training and on claims made of DeFacto's articles; for
    copied ones, on the made claims alone, and levelled on DeFacto, which is news. Then one threshold for both, chosen on the
    sets for choosing. The same sets and seed give the same weights.

    Raises:
        InputError: There is nothing to train on, or nothing to choose on.
    """
    fitted = [item for item in labelled if item.use == "train"]
    chosen = [item for item in labelled if item.use == "choose"]
    made = _make(fitted, seed)
    if not made.items or not chosen:
        raise InputError("training needs sets for training and one to choose on; is --data the whole folder?")
    judge = SupportJudge(_nothing())
    rows = {item.name: _features(item, judge) for item in (*fitted, *chosen, made)}
    labels = {item.name: np.array([one.supported for one in item.items], dtype=bool) for item in (*fitted, *chosen, made)}
    together = sum(item.name.startswith("SummEdits") for item in fitted)
    counts = {item.name: 1 / together if item.name.startswith("SummEdits") else 1.0 for item in fitted}
    counts[made.name] = _MADE_COUNTS
    told = fit(
        NAMES,
        np.vstack([rows[name] for name in counts]),
        np.concatenate([labels[name] for name in counts]),
        importance=np.concatenate([np.full(n := len(rows[name]), count / n) for name, count in counts.items()]),
        strength=_STRENGTH,
    )
    equal = np.ones(len(made.items))
    copied = fit(_COPIED, rows[made.name], labels[made.name], importance=equal, strength=_STRENGTH_COPIED)
    made_of = tuple(f"{item.name}: {len(item.items)}" for item in (*fitted, made))
    model = SupportModel(told=told, copied=copied, made_of=made_of)
    news = [item.name for item in fitted if item.name.startswith("DeFacto")]
    model = model.levelled(np.vstack([rows[name] for name in news]), np.concatenate([labels[name] for name in news]))
    scores = model.scores(np.vstack([rows[item.name] for item in chosen]))
    people = np.concatenate([labels[item.name] for item in chosen])
    steps = [round(float(value), 3) for value in np.arange(0.05, 0.951, 0.005)]
    return model.with_threshold(max(steps, key=lambda step: balanced_accuracy(scores >= step, people) or 0.0))


def _make(fitted: Sequence[LabelledSet], seed: int) -> LabelledSet:
    """Claims made of every second article of DeFacto, each article once; of every other of these in small letters throughout,
    as some summaries come.
    """
    articles = list(dict.fromkeys(one.premise for item in fitted if item.name.startswith("DeFacto") for one in item.items))
    items = []
    for n, article in enumerate(articles[::2]):
        for made in make_claims(article, seed=seed):
            premise, claim = (article, made.claim) if n % 2 else (article.lower(), made.claim.lower())
            items.append(Labelled(premise=premise, claim=claim, supported=made.is_supported))
    return LabelledSet(name="made of DeFacto", use="train", items=tuple(items))


def _nothing() -> SupportModel:
    idle = Weights(names=(), mean=(), scale=(), weights=(), bias=0.0)
    return SupportModel(told=idle, copied=idle)


# Showing


def format_agreement(measured: Sequence[Agreement]) -> str:
    """The figures as text, in percent, with 95 % intervals by text, beside lexical features and what others published."""
    titles = f"{'AUROC':>20}{'balanced accuracy':>22}{'consistency':>20}{'trigrams':>10}{'unigrams':>10}"
    lines = [f"{'set':20}{'claims':>7}{titles}  published"]
    for item in measured:
        lexical = "".join(f"{_percent(item.lexical[name]):>10}" for name in _LEXICAL)
        lines.append(
            f"{item.name:20}{item.n:7}{_show(item.auroc):>20}{_show(item.balanced):>22}{_show(item.consistency):>20}{lexical}"
            f"  {'; '.join(item.published)}".rstrip()
        )
        if item.bar is not None and item.auroc.value is not None:
            verdict = "above" if item.auroc.value > item.bar else "not above"
            lines.append(f"{'':20}AUROC is {verdict} the lexical figure listed, {_percent(item.bar)}")
        if item.use == "choose":
            lines.append(f"{'':20}the threshold was chosen on this set")
    return "\n".join(lines)


def _show(estimate: Estimate) -> str:
    between = "" if estimate.low is None else f" [{_percent(estimate.low)} {_percent(estimate.high)}]"
    return f"{_percent(estimate.value)}{between}"


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f}"


def to_json(measured: Sequence[Agreement]) -> list[dict[str, Any]]:
    """The figures for programs."""

    def pair(estimate: Estimate) -> dict[str, float | None]:
        return {"value": estimate.value, "low": estimate.low, "high": estimate.high}

    return [
        {
            "set": item.name,
            "use": item.use,
            "claims": item.n,
            "supported": item.supported,
            "auroc": pair(item.auroc),
            "balanced_accuracy": pair(item.balanced),
            "consistency": pair(item.consistency),
            "lexical": item.lexical,
            "bar": item.bar,
            "published": list(item.published),
        }
        for item in measured
    ]
