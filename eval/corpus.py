"""A folder of articles as cases name them: file name (and line) → article."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eval.case import Case, ExpectedStatement
from index.errors import InputError
from index.records import Article, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Corpus:
    """The articles under the labels that cases use; a label is a file name, with `#n` where a file holds several."""

    articles: Mapping[str, Article]

    @property
    def hash(self) -> str:
        """First 16 hex digits of the SHA-256 of the labels and texts."""
        rows = (f"{label}\0{article.text}\0" for label, article in sorted(self.articles.items()))
        return hashlib.sha256("".join(rows).encode()).hexdigest()[:16]

    def label(self, article_id: str) -> str | None:
        """The label of an article's id; None for an article that is not in the corpus."""
        return next((label for label, article in self.articles.items() if article.id == article_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An expected statement found in its article.

    Args:
        expected: What the case says.
        article: The article's id.
        spans: Every place where the article has it, in order and apart.
        needed: How many characters the statement has, counted once.
    """

    expected: ExpectedStatement
    article: str
    spans: tuple[Span, ...]
    needed: int


def merge_spans(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The same characters as disjoint spans in order.

    >>> merge_spans([Span(5, 9), Span(0, 3), Span(2, 4)])
    (Span(start=0, end=4), Span(start=5, end=9))
    """
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)


def occurrences(words: str, text: str) -> tuple[Span, ...]:
    """Where the words stand in the text, character for character.

    >>> occurrences("la", "la la")
    (Span(start=0, end=2), Span(start=3, end=5))
    """
    found: list[Span] = []
    at = text.find(words)
    while at >= 0:
        found.append(Span(at, at + len(words)))
        at = text.find(words, at + len(words))
    return tuple(found)


def locate(expected: ExpectedStatement, corpus: Corpus, *, case: str = "") -> Place:
    """Where an expected statement stands in the corpus.

    Raises:
        InputError: The article, its words or its offsets are not there: the case does not belong to this corpus.
    """
    article = corpus.articles.get(expected.article)
    if article is None:
        raise InputError(f"case {case} expects {expected.article}, which is not in the corpus; is --corpus the right folder?")
    # With both, the words only say what stands at the spans: the same words elsewhere are another statement's.
    pieces = expected.spans or expected.words
    for (start, end), words in zip(expected.spans, expected.words, strict=False):
        if article.text[start:end] != words:
            raise InputError(
                f"case {case} expects {words!r} at {start}-{end} in {expected.article}, "
                f"where {article.text[start:end]!r} stands; mend the case"
            )
    spans: list[Span] = []
    for piece in (*pieces, *expected.also):
        at = occurrences(piece, article.text) if isinstance(piece, str) else (Span(*piece),)
        if not at or at[-1].end > len(article.text):
            raise InputError(f"case {case} expects {piece!r} in {expected.article}, where it is not; mend the case")
        spans.extend(at)
    needed = sum(len(piece) if isinstance(piece, str) else piece[1] - piece[0] for piece in pieces)
    return Place(expected=expected, article=article.id, spans=merge_spans(spans), needed=needed)


def check_cases(cases: Sequence[Case], corpus: Corpus) -> None:
    """Every article and every word that the cases expect is in the corpus.

    Raises:
        InputError: For the first that is not.
    """
    for case in cases:
        for statement in case.expect.statements:
            locate(statement, corpus, case=case.id)
        named = (*case.expect.only_articles, *(item.article for item in case.expect.forbidden if item.article))
        if missing := [label for label in named if label not in corpus.articles]:
            raise InputError(f"case {case.id} names {missing[0]}, which is not in the corpus; is --corpus the right folder?")
