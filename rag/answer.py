"""What a question gets: an `Answer` with its citations, or with the reason why there is none."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from index.records import Act, Span

if TYPE_CHECKING:
    from rag.contract import AnswerRecord, CitationRecord
    from rag.question import Question

Reason = Literal["no_such_speaker", "never_quoted", "nothing_on_topic", "unclear_question", "not_in_articles"]
Verdict = Literal["supported", "altered", "misattributed", "not_found"]
CitationKind = Literal["direct", "mixed", "indirect", "passage"]
Part = Literal[
    "speaker", "addressee", "topic", "quoted", "act", "outlet", "language", "since", "until", "very_words",
    "nations", "others",
]  # fmt: skip
REASONS: tuple[Reason, ...] = get_args(Reason)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A place in an article that carries a part of the answer.

    Args:
        n: The number of its marker [n] in the answer, from 1.
        article: The article's id; `spans` count in its text.
        quote: The pieces at `spans`, joined by ' … '.
        quoted: The spans that the article presents as the speaker's very words; only these may stand in quotation marks
            with the speaker's name. Empty for indirect speech and for passages.
        score: How well it fits the question, in [0, 1].
    """

    n: int
    article: str
    path: str
    outlet: str | None
    title: str | None
    url: str | None
    published: str | None
    language: str
    spans: tuple[Span, ...]
    quote: str
    kind: CitationKind
    speaker: str | None = None
    mention: str | None = None
    addressee: str | None = None
    cue: str | None = None
    act: Act | None = None
    medium: str | None = None
    reported_by: str | None = None
    score: float = 1.0
    quoted: tuple[Span, ...] = ()

    def to_dict(self) -> "CitationRecord":
        """The citation as JSON has it: `quoted` stays behind, spans are pairs of numbers."""
        return {
            "n": self.n,
            "article": self.article,
            "path": self.path,
            "outlet": self.outlet,
            "title": self.title,
            "url": self.url,
            "published": self.published,
            "language": self.language,
            "spans": [[span.start, span.end] for span in self.spans],
            "quote": self.quote,
            "kind": self.kind,
            "speaker": self.speaker,
            "mention": self.mention,
            "addressee": self.addressee,
            "cue": self.cue,
            "act": self.act,
            "medium": self.medium,
            "reported_by": self.reported_by,
            "score": round(float(self.score), 4),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A place where the words asked about and the words in the article part: either side may be empty."""

    asked: str
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """One part of what a question was taken to mean, which a person may set aside: `query(…, ignore={part})`.

    Args:
        value: What was read ("Luis Arce"), in the question's language where it is no name.
        words: The same in words of the question's language ("said by Luis Arce").
    """

    part: Part
    value: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the library has on a question.

    Args:
        text: The answer in the question's language, with a marker [n] behind what a citation carries.
        reason: Why there is no answer; None unless `abstained`.
        verdict: On words that the question asks about; None for other questions.
        seconds: What it took to find it.
        understood: What the question was taken to mean, worded in its language.
        parts: The same part by part, each of which may be set aside by asking again.
        read_as: The same as values; None where the question could not be read.
        differences: Where the words asked about were altered.
        notices: What a reader should know beside the answer: what was left out and how to get it.
        statements: Ids of the statements that the citations show, for follow-up questions.
    """

    question: str
    language: str
    text: str
    abstained: bool = False
    reason: Reason | None = None
    verdict: Verdict | None = None
    citations: tuple[Citation, ...] = ()
    seconds: float = 0.0
    understood: str = ""
    parts: tuple[Understood, ...] = ()
    read_as: "Question | None" = None
    differences: tuple[Difference, ...] = ()
    notices: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.abstained != (self.reason is not None):
            raise ValueError(f"an answer has a reason when it abstains and only then, found {self.reason!r}")

    def to_dict(self) -> "AnswerRecord":
        """The answer as `whosaid ask --json` prints it.

        >>> answer = Answer(question="?", language="en", text="Ask.", abstained=True, reason="unclear_question")
        >>> answer.to_dict()["reason"], answer.to_dict()["seconds"]
        ('unclear_question', 0.0)
        """
        return {
            "question": self.question,
            "language": self.language,
            "text": self.text,
            "abstained": self.abstained,
            "reason": self.reason,
            "verdict": self.verdict,
            "citations": [citation.to_dict() for citation in self.citations],
            "seconds": float(self.seconds),
        }
