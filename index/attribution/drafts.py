"""What the rules read and write: paragraphs cut into sentences and tokens → drafts of statements."""

from dataclasses import dataclass

from index.attribution.quotation import Quotation
from index.attribution.words import Token
from index.records import Act, Kind, Modality, Polarity, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A statement before anyone knows who its source is. `relay` marks a source that only passes words on."""

    content: tuple[Span, ...]
    kind: Kind
    rule: str
    score: float
    cue: tuple[Span, ...] = ()
    source: Span | None = None
    quoted: tuple[Span, ...] = ()
    act: Act = "say"
    addressee: Span | None = None
    reported_by: str | None = None
    medium: str | None = None
    polarity: Polarity = "positive"
    modality: Modality = "actual"

    @property
    def subject_dropped(self) -> bool:
        """Whether the cue's verb has no subject of its own, so that whoever acted last speaks."""
        return self.source is None and bool(self.cue)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence with its tokens, every marked quotation being one of them."""

    span: Span
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A prose block, ready for the rules."""

    index: int
    span: Span
    quotations: tuple[Quotation, ...]
    sentences: tuple[Sentence, ...]

    @property
    def dash(self) -> Quotation | None:
        return self.quotations[0] if self.quotations and self.quotations[0].style == "dash" else None
