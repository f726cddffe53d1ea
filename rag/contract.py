"""The JSON that the command line, the door over HTTP, the tools and the exports give: its names and types, written once.

The door's schema is made of these types by pydantic, which on Python 3.11 reads none but those of typing_extensions.
"""

from typing import Annotated

from annotated_types import Len
from typing_extensions import TypedDict

from index.records import Act, Article, Kind, Modality, Polarity
from rag.answer import CitationKind, Reason, Verdict

# [start, end), in characters of the article's text from 0.
Pair = Annotated[list[int], Len(2, 2)]


# What a record goes by stands first in its JSON: pydantic writes the names in the order of the bases.
class Numbered(TypedDict):
    """What has a marker [n] in an answer."""

    n: int


class Identified(TypedDict):
    """What has an id in the library."""

    id: str


class OfArticle(TypedDict):
    """What stands in the article with this id."""

    article: str


class ArticleFacts(TypedDict):
    """What is known of an article beside its text."""

    path: str
    outlet: str | None
    title: str | None
    url: str | None
    published: str | None
    language: str


class Said(OfArticle, ArticleFacts):
    """Words at their place in an article, and who said them; spans count characters of the article's text from 0."""

    spans: list[Pair]
    quote: str
    speaker: str | None
    mention: str | None
    addressee: str | None
    cue: str | None
    medium: str | None
    reported_by: str | None
    score: float


class CitationRecord(Numbered, Said):
    """A place in an article that carries a part of the answer; spans count characters of the article's text from 0."""

    kind: CitationKind
    act: Act | None


class StatementRow(Identified, Said):
    """One statement: the object of `whosaid statements --json`, and a line of its CSV."""

    kind: Kind
    act: Act
    polarity: Polarity
    modality: Modality
    found_by: str


class ArticleRow(Identified, ArticleFacts):
    """One article without its text: the object of `whosaid articles --json`."""

    characters: int
    statements: int


class WholeArticle(ArticleRow):
    """One article with its text, in which all spans count."""

    text: str


class AnswerRecord(TypedDict):
    """An answer, or a refusal with its reason: the object of `whosaid ask --json`."""

    question: str
    language: str
    text: str
    abstained: bool
    reason: Reason | None
    verdict: Verdict | None
    citations: list[CitationRecord]
    seconds: float


def article_facts(article: Article) -> ArticleFacts:
    """What the JSON tells of an article.

    >>> article_facts(Article(id="a", path="a.txt", text="", language="en"))["published"] is None
    True
    """
    return {
        "path": article.path,
        "outlet": article.outlet,
        "title": article.title,
        "url": article.url,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
    }
