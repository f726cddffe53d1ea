"""Finders of attributions × the PolNeAR corpus → how well each agrees with the people who marked it.

Speech: PolNeAR also marks wants, beliefs and feelings. An attribution is *speech* when its cue holds a word or phrase
that the English lexicon lists as a cue, noun or "according to" with an act other than `think` and `show`, or holds no
word at all (a colon, or only quotation marks). The rule reads the cue alone, never the content, and is the same for
what was marked and what was found.

Kind: an attribution is `direct` when all words of its content stand in quotation marks, `mixed` when some do, else
`indirect`; `quoted` is direct or mixed.
"""

import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from eval.metrics.attribution import (
    CRITERIA,
    F1,
    ROLES,
    Comparison,
    Criterion,
    HasSpans,
    Role,
    Tokens,
    add,
    interval,
    kind_by_marks,
    token_f1,
)
from index.attribution.lexicon import Lexicon, load_lexicon
from index.attribution.polnear import AnnotatedArticle, Attribution, Split, read_annotators, read_polnear
from index.attribution.quotation import find_quotations
from index.layout import find_blocks
from index.records import Span

Finder = Callable[[str], Sequence[HasSpans]]
# Subsets that attribution F1 is printed for, in this order.
SUBSETS = ("all", "speech", "direct", "mixed", "indirect", "quoted")
_LANGUAGE = "en"
_UNSPOKEN = ("think", "show")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """An F1 in [0, 1] with its 95 % interval over articles; None where there is nothing to count."""

    value: float | None
    low: float | None = None
    high: float | None = None
    found: float = 0
    marked: float = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """How one finder did.

    Args:
        tokens: Token F1 by role.
        attributions: Attribution F1 by subset and criterion.
        words_per_second: By the clock, over all articles; None where nobody was timed.
    """

    name: str
    n_articles: int
    tokens: dict[Role, Figure]
    attributions: dict[str, dict[Criterion, Figure]]
    words_per_second: float | None = None


def measure_polnear(
    folder: Path, *, split: Split = "dev", finders: Mapping[str, Finder] | None = None, with_people: bool = True
) -> tuple[Measured, ...]:
    """Every finder on one split of a PolNeAR folder, after what people reach among themselves.

    Args:
        finders: By name; None for the tagger and the two baselines of `default_finders`.
        with_people: Also compare the annotators of the train articles that have several, in all ordered pairs.
    Raises:
        InputError: `folder` is no PolNeAR folder.
        ModelError: The tagger's weights are missing or not the expected ones.
    """
    articles = list(read_polnear(folder, split))
    rows = [measure_people(read_annotators(folder, "train"))] if with_people else []
    rows += [measure(name, finder, articles) for name, finder in (default_finders() if finders is None else finders).items()]
    return tuple(rows)


def default_finders() -> dict[str, Finder]:
    """The tagger, the statements made of it and the rules, and two baselines: the rules alone, and quotation marks alone.

    Statements are no thoughts and come without "that" and marks, so only the figures on speech do them justice.
    """
    return {
        "tagger": find_by_tagger,
        "statements": find_statements,
        "rules only": find_by_rules,
        "quotation marks only": find_by_marks,
    }


def find_by_tagger(text: str) -> Sequence[HasSpans]:
    from index.attribution.tagger import tag

    return tag(text, find_blocks(text, language=_LANGUAGE))


def find_statements(text: str) -> Sequence[HasSpans]:
    from index.attribution.extraction import attribute

    return attribute(text, language=_LANGUAGE).statements


def find_by_rules(text: str) -> Sequence[HasSpans]:
    from index.attribution.extraction import attribute

    return attribute(text, language=_LANGUAGE, tagged=False).statements


def find_by_marks(text: str) -> Sequence[HasSpans]:
    """Each stretch between marks is a content without cue and source."""
    return [Attribution(content=(span,)) for span in _quoted(text)]


def _quoted(text: str) -> list[Span]:
    return [
        quotation.content
        for block in find_blocks(text, language=_LANGUAGE)
        for quotation in find_quotations(text, block.span, language=_LANGUAGE)
        if quotation.style == "marks"
    ]


def measure(name: str, finder: Finder, articles: Sequence[AnnotatedArticle]) -> Measured:
    """Runs `finder` over all articles; the time is the finder's alone."""
    if articles:
        finder(articles[0].text)  # loads what it needs
    began = time.perf_counter()
    found = [finder(article.text) for article in articles]
    seconds = time.perf_counter() - began
    n_words = sum(len(re.findall(r"[^\W_]+", article.text)) for article in articles)
    pairs = [(article.text, items, article.attributions) for article, items in zip(articles, found, strict=True)]
    return _measure(name, [pairs[i : i + 1] for i in range(len(pairs))], words_per_second=n_words / max(seconds, 1e-9))


def measure_people(articles: Iterable[tuple[AnnotatedArticle, ...]]) -> Measured:
    """Each annotator of an article against each other one, in both orders."""
    by_article = []
    for annotators in articles:
        if len(annotators) > 1:
            by_article.append(
                [
                    (one.text, one.attributions, other.attributions)
                    for one in annotators
                    for other in annotators
                    if one is not other
                ]
            )
    return _measure("people", by_article, words_per_second=None)


_Pair = tuple[str, Sequence[HasSpans], Sequence[HasSpans]]


def _measure(name: str, by_article: Sequence[Sequence[_Pair]], *, words_per_second: float | None) -> Measured:
    token_counts: dict[Role, list[F1]] = {role: [] for role in ROLES}
    counts: dict[str, dict[Criterion, list[F1]]] = {subset: {name: [] for name in CRITERIA} for subset in SUBSETS}
    for pairs in by_article:
        one_token: dict[Role, list[F1]] = {role: [] for role in ROLES}
        one: dict[str, dict[Criterion, list[F1]]] = {subset: {name: [] for name in CRITERIA} for subset in SUBSETS}
        for text, found, marked in pairs:
            tokens = Tokens(text)
            for role, count in token_f1(found, marked, tokens).items():
                one_token[role].append(count)
            comparison = Comparison(found, marked, tokens)
            for subset, keep in _keepers(text, tokens).items():
                for criterion, count in comparison.attribution_f1(keep).items():
                    one[subset][criterion].append(count)
        for role in ROLES:
            token_counts[role].append(add(one_token[role]))
        for subset in SUBSETS:
            for criterion in CRITERIA:
                counts[subset][criterion].append(add(one[subset][criterion]))
    return Measured(
        name=name,
        n_articles=len(by_article),
        tokens={role: _figure(token_counts[role]) for role in ROLES},
        attributions={subset: {criterion: _figure(counts[subset][criterion]) for criterion in CRITERIA} for subset in SUBSETS},
        words_per_second=words_per_second,
    )


def _figure(counts: Sequence[F1]) -> Figure:
    total = add(counts)
    ends = interval(counts)
    low, high = ends if ends is not None else (None, None)
    return Figure(value=total.value, low=low, high=high, found=total.found, marked=total.marked)


def _keepers(text: str, tokens: Tokens) -> dict[str, Callable[[HasSpans], bool] | None]:
    quoted = _quoted(text)

    @cache
    def kind(content: tuple[Span, ...]) -> str:
        return kind_by_marks(content, quoted, tokens)

    return {
        "all": None,
        "speech": lambda item: is_speech(" ".join(span.of(text) for span in item.cue)),
        "direct": lambda item: kind(item.content) == "direct",
        "mixed": lambda item: kind(item.content) == "mixed",
        "indirect": lambda item: kind(item.content) == "indirect",
        "quoted": lambda item: kind(item.content) != "indirect",
    }


def is_speech(cue: str) -> bool:
    """Whether a cue tells of speech or writing, by the rule at the top of this module.

    >>> is_speech("has repeatedly said"), is_speech(":"), is_speech("wants")
    (True, True, False)
    """
    words = " ".join(re.findall(r"[^\W_]+(?:['’][^\W_]+)?", cue.lower()))
    return not words or _spoken(load_lexicon(_LANGUAGE)).search(f" {words} ") is not None


@cache
def _spoken_pattern(forms: tuple[str, ...]) -> re.Pattern[str]:
    # "… " in a form stands for words between
    return re.compile("|".join(f" {re.escape(form).replace('…', '(?:.* )?').replace('  ', ' ')} " for form in forms) or "(?!)")


def _spoken(lexicon: Lexicon) -> re.Pattern[str]:
    forms = {form for form in (*lexicon.according, *lexicon.according_after) if form}
    for cue in lexicon.cues:
        if cue.act not in _UNSPOKEN:
            forms.update(cue.present, cue.past, cue.participle, cue.infinitive, cue.gerund)
    for noun in lexicon.nouns:
        if noun.act not in _UNSPOKEN:
            forms.update(noun.forms)
    return _spoken_pattern(tuple(sorted(forms)))


def format_measured(rows: Sequence[Measured]) -> str:
    """A table as text: one block for tokens, one for each subset; intervals in brackets."""
    names = [row.name for row in rows]
    lines = [_line("token F1", names)]
    lines += [_line(f"  {role}", [_show(row.tokens[role]) for row in rows]) for role in ROLES]
    labels: dict[Criterion, str] = {
        "overlap": "content, any overlap",
        "half": "content, token F1 >= .5",
        "content": "content exact",
        "all": "all exact",
    }
    for subset in SUBSETS:
        marked = [f"{row.attributions[subset]['all'].marked:.0f} marked" for row in rows]
        lines += ["", _line(f"attribution F1, {subset}", marked)]
        lines += [
            _line(f"  {labels[criterion]}", [_show(row.attributions[subset][criterion]) for row in rows])
            for criterion in CRITERIA
        ]
    speeds = ["" if row.words_per_second is None else f"{row.words_per_second:,.0f}" for row in rows]
    lines += ["", _line("words a second", speeds), _line("articles", [str(row.n_articles) for row in rows])]
    lines += ["", *(__doc__ or "").strip().splitlines()[2:]]
    return "\n".join(lines)


def _show(figure: Figure) -> str:
    if figure.value is None:
        return "–"
    between = "" if figure.low is None else f" [{figure.low:.3f} {figure.high:.3f}]"
    return f"{figure.value:.3f}{between}"


def _line(label: str, cells: Sequence[str]) -> str:
    return (f"{label:28}" + "".join(f"{cell:24}" for cell in cells)).rstrip()


def to_json(rows: Sequence[Measured]) -> list[dict[str, Any]]:
    """The same for programs, unrounded."""

    def plain(figure: Figure) -> dict[str, float | None]:
        return {name: getattr(figure, name) for name in Figure.__slots__}

    return [
        {
            "name": row.name,
            "n_articles": row.n_articles,
            "tokens": {role: plain(figure) for role, figure in row.tokens.items()},
            "attributions": {
                subset: {criterion: plain(figure) for criterion, figure in figures.items()}
                for subset, figures in row.attributions.items()
            },
            "words_per_second": row.words_per_second,
        }
        for row in rows
    ]
