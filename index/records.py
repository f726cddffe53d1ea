"""The records that the parts hand to each other: values that never change, with nothing behind them.

A `Span` counts characters of `Article.text` from 0 and is half-open. Everything that is said of an article points into its
text by spans, so that anyone can check it with the text alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

Kind = Literal["direct", "mixed", "indirect"]
Act = Literal[
    "say", "write", "ask", "answer", "claim", "announce", "promise", "order", "ask_for", "warn", "threaten", "accuse",
    "condemn", "criticise", "praise", "thank", "deny", "admit", "confirm", "suggest", "support", "call", "joke", "decline",
    "apologise", "think", "show",
]  # fmt: skip
ACTS: tuple[Act, ...] = get_args(Act)
Polarity = Literal["positive", "negative"]
Modality = Literal["actual", "future", "possible"]
LANGUAGES = ("en", "nb", "nn", "sv", "da", "de", "nl", "es", "fr", "pt")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open range `[start, end)` of characters, counted from 0.

    >>> Span(3, 8).of("He said it")
    'said '
    >>> start, end = Span(3, 7)
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, found [{self.start}, {self.end})")

    def __iter__(self) -> Iterator[int]:
        return iter((self.start, self.end))

    @property
    def length(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The characters of `text` that the span covers."""
        return text[self.start : self.end]

    def overlaps(self, other: "Span") -> bool:
        """Whether the two share at least one character."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: "Span") -> bool:
        """Whether every character of `other` lies in this span."""
        return self.start <= other.start and other.end <= self.end

    def shift(self, by: int) -> "Span":
        return Span(self.start + by, self.end + by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One report by one outlet. `text` is what every span counts in.

    Args:
        id: First 16 hex digits of the SHA-256 of the text and of what tells the report apart (see `article_id`).
        path: Where it was read from, as given; empty for text that came from no file.
        published: The day of publication in the outlet's own calendar, or None where the source does not tell.
        language: A code of `LANGUAGES`, or another ISO 639-1 code for which there are no rules.
    """

    id: str
    text: str
    language: str
    path: str = ""
    url: str | None = None
    outlet: str | None = None
    title: str | None = None
    published: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A stretch of an article, to be retrieved and cited whole; never cut inside a sentence or a quotation."""

    id: str
    article_id: str
    span: Span
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What a person is called beside the name ("Bolivias president"), with the place that shows it."""

    text: str
    article_id: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person or organisation: within an article as extracted there, in a `Library` across all of its articles.

    Args:
        id: Stable for the same name: a fold of it ("luis-arce"), with a number where two people share a name.
        name: The fullest form found, with its accents.
        aliases: Other forms of the name that were found, the name itself not among them.
        gender: What the articles or the given name show, None where they do not.
        kind: "person", or "organisation" for a government, army, union, agency, country …
    """

    id: str
    name: str
    aliases: tuple[str, ...] = ()
    roles: tuple[Role, ...] = ()
    gender: Literal["female", "male"] | None = None
    kind: Literal["person", "organisation"] = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressee:
    """To whom a statement was said. `span` is None where only the scene shows it, `person` where nobody can tell who it is."""

    span: Span | None
    person: Person | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundBy:
    """What found a statement: the name of a rule, or "tagger"; and how sure it is, in [0, 1]."""

    name: str
    score: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something a source said or wrote, as one article reports it.

    Args:
        content: What was said, without its quotation marks, in one or more pieces in the order of the text.
        cue: The words that report it ("said", "according to"); empty where only marks or dashes show a quotation.
        source: The mention as written ("she", "the minister"); empty where there is none.
        speaker: Whom the mention stands for; None where nobody can tell.
        reported_by: The outlet or agency that it is relayed through: "Reuters" of "according to the agency Reuters".
        medium: Where it was said or written ("in a post on X"), as written.
        kind: `direct` is presented as the very words (marks, dashes, or unmarked before ", said Arce"), `mixed` is indirect
            speech with quoted words in it, `indirect` is reworded by the article.
        quoted: The parts of `content` that the article presents as the very words: all of it when direct, none when indirect.
        polarity: `negative` for "did not say", "denied having said": never shown as said.
        modality: `future` for "will say", `possible` for "may say", "if he says": never shown as said.
        scene: The article's sentence that shows the addressee or the occasion, when that is another sentence.
    """

    id: str
    article_id: str
    content: tuple[Span, ...]
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()
    speaker: Person | None = None
    addressee: Addressee | None = None
    reported_by: str | None = None
    medium: str | None = None
    kind: Kind
    quoted: tuple[Span, ...] = ()
    act: Act = "say"
    polarity: Polarity = "positive"
    modality: Modality = "actual"
    language: str
    found_by: FoundBy = field(default_factory=lambda: FoundBy(name="given"))
    scene: Span | None = None

    def __post_init__(self) -> None:
        if not self.content:
            raise ValueError("a statement needs content")
        if any(left.end > right.start for left, right in zip(self.content, self.content[1:], strict=False)):
            raise ValueError(f"the pieces of content must stand in order and apart, found {self.content}")

    @property
    def span(self) -> Span:
        """From the first to the last character of content, cue and source."""
        spans = (*self.content, *self.cue, *self.source)
        return Span(min(span.start for span in spans), max(span.end for span in spans))

    @property
    def asserted(self) -> bool:
        """Whether the article says that it was said: not denied, not future, not merely possible."""
        return self.polarity == "positive" and self.modality == "actual"

    def words(self, text: str) -> str:
        """The content as it stands in the article's text, its pieces joined by ' … '."""
        return quote(text, self.content)


def quote(text: str, spans: Sequence[Span]) -> str:
    """The pieces of `text` at `spans`, joined by ' … '.

    >>> quote("I will, he said, go.", [Span(0, 6), Span(17, 19)])
    'I will … go'
    """
    return " … ".join(span.of(text) for span in spans)
