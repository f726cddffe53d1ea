"""Mentions of speakers in PolNeAR × the persons that a reader named for them → how often the same person is found.

The cases point at sources that people marked and that are no full names: pronouns, bare surnames, roles and groups.
Each was labelled by reading the article; they hold places and names, nothing else of its text.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from index.attribution.extraction import resolve_mentions
from index.attribution.polnear import AnnotatedArticle, Split, read_polnear
from index.attribution.words import fold
from index.errors import InputError
from index.records import Person, Span

MentionClass = Literal["pronoun", "surname", "role", "organisation"]
CaseSplit = Literal["seen", "held_out", "later", "later_held_out"]
Outcome = Literal["right", "wrong", "unnamed"]
CLASSES: tuple[MentionClass, ...] = get_args(MentionClass)
SPLITS: tuple[CaseSplit, ...] = get_args(CaseSplit)
PARTS: tuple[Split, ...] = ("dev", "train")
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

Resolver = Callable[[str, Sequence[tuple[Span, Sequence[Span]]]], Sequence[Person | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerCase:
    """A marked source, and whom it stands for.

    Args:
        article: Name of the PolNeAR article, without ".txt".
        source: The mention, in characters of the article's text.
        name: The full name that the article gives; None where a careful reader cannot name anybody.
        also: Other names under which that one may be found.
        split: What is held out is not looked at while working on what it measures. `held_out` was opened once the later
            ones were labelled, so only `later_held_out` still tells how new articles fare.
        part: `dev` or `train`. The rules that resolve are written by hand, but the tagger that finds the statements around a
            mention learned on `train`.
    """

    article: str
    source: Span
    mention: MentionClass
    name: str | None
    also: tuple[str, ...] = ()
    split: CaseSplit = "seen"
    part: Split = "dev"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A case with the person that was found for it, None where nobody was."""

    case: SpeakerCase
    found: Person | None

    @property
    def outcome(self) -> Outcome:
        """Right is the same person, or nobody where nobody can be named; unnamed is nobody where somebody can."""
        if self.found is None:
            return "right" if self.case.name is None else "unnamed"
        return "right" if is_same(self.case, self.found) else "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The outcomes of one class in one split, and the 95 % interval of the share that is right, over articles.

    Args:
        right: Named rightly, or unnamed where nobody can be named.
        silent: How many of these are unnamed.
    """

    mention: MentionClass
    split: CaseSplit
    right: int
    wrong: int
    unnamed: int
    silent: int
    low: float
    high: float

    @property
    def n_cases(self) -> int:
        return self.right + self.wrong + self.unnamed

    @property
    def share(self) -> float:
        return self.right / self.n_cases

    @property
    def precision(self) -> float | None:
        """The share of rightly named among those for whom anybody was found; None where nobody was."""
        named = self.right - self.silent + self.wrong
        return (self.right - self.silent) / named if named else None


def load_cases(path: Path | None = None) -> tuple[SpeakerCase, ...]:
    """The cases of a JSONL file, ours by default.

    Raises:
        InputError: The file cannot be read, or a line is no case.
    """
    try:
        if path is None:
            lines = (resources.files("eval.cases") / "polnear_speakers.jsonl").read_text(encoding="utf-8")
        else:
            lines = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path}: {error}; give a JSONL file of speaker cases") from error
    return tuple(_case(line, n) for n, line in enumerate(lines.splitlines(), start=1) if line.strip())


def _case(line: str, number: int) -> SpeakerCase:
    try:
        row = json.loads(line)
        start, end = row["source"]
        case = SpeakerCase(
            article=row["article"],
            source=Span(start, end),
            mention=row["class"],
            name=row["name"],
            also=tuple(row.get("also", ())),
            split=row["split"],
            part=row.get("part", "dev"),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"line {number} is no speaker case ({error}); expected article, source, class, name and split"
        ) from error
    if case.mention not in CLASSES or case.split not in SPLITS or case.part not in PARTS:
        raise InputError(
            f"line {number} has class {case.mention!r}, split {case.split!r} and part {case.part!r}; "
            f"expected one of {', '.join(CLASSES)}, of {', '.join(SPLITS)} and of {', '.join(PARTS)}"
        )
    return case


def is_same(case: SpeakerCase, person: Person) -> bool:
    """Whether all words of an accepted name are words of one name of the person; the article "the" is no word.

    >>> case = SpeakerCase(article="a", source=Span(0, 2), mention="pronoun", name="Donald Trump")
    >>> is_same(case, Person(id="1", name="Donald J. Trump")), is_same(case, Person(id="2", name="Ivanka Trump"))
    (True, False)
    """
    forms = [_words(form) for form in (person.name, *person.aliases)]
    accepted = [_words(name) for name in (case.name, *case.also) if name is not None]
    return any(name <= form for name in accepted for form in forms)


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", fold(name).replace(".", ""))) - {"the", "s"}


def measure_speakers(
    folder: Path, cases: Iterable[SpeakerCase] | None = None, *, resolver: Resolver | None = None
) -> tuple[Judged, ...]:
    """Resolves every case in its article, among the statements that are found around it.

    Args:
        folder: Holds `dev/text/NAME.txt` and `dev/attributions/NAME_ANNOTATOR.ann`, and the same under `train`.
        cases: Ours when left out.
        resolver: What to measure, ours when left out; called with a text and its mentions.
    Raises:
        InputError: `folder` is no PolNeAR folder, or lacks the article of a case.
    """
    by_part: dict[Split, dict[str, list[SpeakerCase]]] = {part: defaultdict(list) for part in PARTS}
    for case in load_cases() if cases is None else cases:
        by_part[case.part][case.article].append(case)
    judged: list[Judged] = []
    for part, by_article in by_part.items():
        for article in read_polnear(folder, part) if by_article else ():
            wanted = sorted(by_article.pop(article.name, ()), key=lambda case: case.source)
            if wanted:
                mentions = [(case.source, _content(article, case.source)) for case in wanted]
                persons = (resolver or _resolve)(article.text, mentions)
                judged += [Judged(case=case, found=found) for case, found in zip(wanted, persons, strict=True)]
        if by_article:
            raise InputError(f"{folder} lacks the article {min(by_article)} in {part}; give the folder of PolNeAR 1.0.0")
    return tuple(judged)


def _resolve(text: str, mentions: Sequence[tuple[Span, Sequence[Span]]]) -> Sequence[Person | None]:
    return resolve_mentions(text, mentions, language="en")


def _content(article: AnnotatedArticle, source: Span) -> tuple[Span, ...]:
    """What the source is marked as having said, in the first attribution that it is the source of."""
    return next((one.content for one in article.attributions if source in one.source), ())


def count_outcomes(judged: Iterable[Judged], *, n_samples: int = 1000, seed: int = 0) -> tuple[Row, ...]:
    """One row for each class and split that has cases; whole articles are drawn for the interval."""
    groups: dict[tuple[CaseSplit, MentionClass], list[Judged]] = defaultdict(list)
    for one in judged:
        groups[one.case.split, one.case.mention].append(one)
    rows = []
    for split in SPLITS:
        for mention in CLASSES:
            if group := groups.get((split, mention)):
                low, high = _interval(group, n_samples=n_samples, seed=seed)
                counts = {outcome: sum(one.outcome == outcome for one in group) for outcome in _OUTCOMES}
                rows.append(
                    Row(
                        mention=mention,
                        split=split,
                        right=counts["right"],
                        wrong=counts["wrong"],
                        unnamed=counts["unnamed"],
                        silent=sum(one.outcome == "right" and one.found is None for one in group),
                        low=low,
                        high=high,
                    )
                )
    return tuple(rows)


def _interval(judged: Sequence[Judged], *, n_samples: int, seed: int) -> tuple[float, float]:
    by_article: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for one in judged:
        by_article[one.case.article][0] += one.outcome == "right"
        by_article[one.case.article][1] += 1
    table = np.array(list(by_article.values()), np.float64)
    drawn = table[np.random.default_rng(seed).integers(0, len(table), (n_samples, len(table)))].sum(1)
    low, high = np.quantile(drawn[:, 0] / drawn[:, 1], [0.025, 0.975])
    return float(low), float(high)


def format_rows(rows: Iterable[Row]) -> str:
    """The rows as a table of text."""
    head = f"{'split':16}{'class':14}{'cases':>6}{'right':>7}{'wrong':>7}{'unnamed':>9}   {'share right':21}  of those named"
    lines = [head]
    for row in rows:
        precision = "-" if row.precision is None else f"{row.precision:.3f}"
        lines.append(
            f"{row.split:16}{row.mention:14}{row.n_cases:6}{row.right:7}{row.wrong:7}{row.unnamed:9}"
            f"   {row.share:.3f} [{row.low:.3f} {row.high:.3f}]  {precision}"
        )
    return "\n".join(lines)


def rows_to_json(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """The same for programs, unrounded."""
    return [
        {
            "split": row.split,
            "class": row.mention,
            "cases": row.n_cases,
            "right": row.right,
            "wrong": row.wrong,
            "unnamed": row.unnamed,
            "silent": row.silent,
            "share": row.share,
            "precision": row.precision,
            "low": row.low,
            "high": row.high,
        }
        for row in rows
    ]
