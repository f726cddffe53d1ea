"""Case files: one question a line with what a right answer holds, read from JSONL and checked against the schema.

The schema is explained for people in `eval/cases/README.md`; the dataclasses here are the schema for machines. An
expectation points into articles (a file name with words or character offsets), never at anything a system made.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeVar, get_args

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from index.errors import InputError

VERSION = 1
CaseKind = Literal[
    "words", "to_whom", "who", "verify", "topic", "outlet", "relay", "role", "pronoun", "ambiguous_name", "all_of_it",
    "unanswerable", "fact", "typo", "conversation",
]  # fmt: skip
CASE_KINDS: tuple[CaseKind, ...] = get_args(CaseKind)
Split = Literal["dev", "held_out"]
ExpectedReason = Literal["no_such_speaker", "never_quoted", "nothing_on_topic", "unclear_question", "not_in_articles"]
ExpectedVerdict = Literal["supported", "altered", "misattributed", "not_found"]
T = TypeVar("T")


def _one_or_more(value: object) -> object:
    """A lone string stands for a list of one.

    >>> _one_or_more("Arce"), _one_or_more(["Arce"])
    (['Arce'], ['Arce'])
    """
    return [value] if isinstance(value, str) else value


Several = Annotated[tuple[T, ...], BeforeValidator(_one_or_more)]
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedStatement:
    """A statement (or the sentence that holds a fact) that an answer may have to show.

    Args:
        article: File name in the corpus; `name.jsonl#2` is the second article of a file that holds several.
        words: The pieces of its content as they stand in the article, in order; or
        spans: the same as half-open character offsets into the article's text. Exactly one of the two is given.
        also: Other places (words or offsets) where the article has the same statement, say its headline.
        speaker: Accepted names; empty where the speaker is not judged.
        addressee: Accepted names; empty where the addressee is not judged.
        reported_by: Accepted relays ("AP"); empty where the relay is not judged.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    article: str
    words: Several[str] = ()
    spans: tuple[tuple[int, int], ...] = ()
    also: tuple[str | tuple[int, int], ...] = ()
    speaker: Several[str] = ()
    addressee: Several[str] = ()
    reported_by: Several[str] = ()

    def __post_init__(self) -> None:
        if bool(self.words) == bool(self.spans):
            raise ValueError("a statement is given by words or by spans, one of the two")
        if any(not word.strip() for word in self.words):
            raise ValueError("words must not be empty")
        if any(not 0 <= start < end for start, end in self.spans):
            raise ValueError("spans need 0 <= start < end")


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """What no citation may be: one that has all of the given fields is a failure."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    article: str | None = None
    speaker: str | None = None
    words: str | None = None

    def __post_init__(self) -> None:
        if self.article is self.speaker is self.words is None:
            raise ValueError("forbidden needs an article, a speaker or words")


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """What a right answer holds.

    Args:
        abstained: Whether it refuses; None where that is not judged (a verdict tells).
        reason: The reason of the refusal; None where any will do.
        verdict: The accepted verdicts; empty where the question asks for none.
        statements: What it shows.
        at_least: How many of the statements are enough; None means all.
        only: Whether every citation must be on one of the statements.
        only_speakers: Accepted speakers of any citation; empty where any may be.
        only_articles: Articles that may be cited; empty where any may be.
        mentions: What the text must contain, case and accents aside.
        answer_language: The language that the answer must say it is in; None where it is not judged.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    abstained: bool | None = None
    reason: ExpectedReason | None = None
    verdict: Several[ExpectedVerdict] = ()
    statements: tuple[ExpectedStatement, ...] = ()
    at_least: int | None = None
    only: bool = False
    only_speakers: tuple[str, ...] = ()
    only_articles: tuple[str, ...] = ()
    forbidden: tuple[Forbidden, ...] = ()
    mentions: tuple[str, ...] = ()
    answer_language: str | None = None

    def __post_init__(self) -> None:
        if self.reason is not None and self.abstained is not True:
            raise ValueError("a reason is expected only where abstained is true")
        if self.abstained and (self.statements or self.verdict or self.mentions):
            raise ValueError("an answer that abstains can show no statements, verdict or mentions")
        if self.at_least is not None and not 1 <= self.at_least <= len(self.statements):
            raise ValueError(f"at_least must lie between 1 and the {len(self.statements)} statements")
        if self.only and not self.statements:
            raise ValueError("only needs statements")
        if self.abstained is None and not (self.verdict or self.statements or self.mentions or self.forbidden):
            raise ValueError("an expectation must expect something")

    @property
    def n_required(self) -> int:
        """How many of the statements an answer must show."""
        return len(self.statements) if self.at_least is None else self.at_least


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One question, or a conversation whose last question is judged."""

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    version: Literal[1]
    id: str
    language: str
    kind: CaseKind
    split: Split
    expect: Expectation
    question: str | None = None
    conversation: tuple[str, ...] = ()
    note: str | None = None

    def __post_init__(self) -> None:
        if (self.question is None) == (not self.conversation):
            raise ValueError("a case has a question or a conversation, one of the two")
        if any(not turn.strip() for turn in self.turns):
            raise ValueError("a question must not be empty")

    @property
    def turns(self) -> tuple[str, ...]:
        """The questions in order; the last one is judged."""
        return self.conversation if self.question is None else (self.question,)


_CASE = TypeAdapter(Case)


def load_cases(path: Path, *, split: Split | None = None) -> tuple[Case, ...]:
    """The cases of a file in their order; only those of `split` when it is given.

    Raises:
        InputError: The file cannot be read, a line breaks the schema, or an id stands twice; with the line's number.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the case file {path} cannot be read ({error}); give a JSONL file in UTF-8") from error
    cases = [_read_case(line, f"{path} line {n}") for n, line in enumerate(lines, start=1) if line.strip()]
    if not cases:
        raise InputError(f"the case file {path} holds no case; it needs one JSON object a line")
    if twice := [name for name, n in Counter(case.id for case in cases).items() if n > 1]:
        raise InputError(f"the case file {path} has the ids {', '.join(twice)} more than once; each must be its own")
    return tuple(case for case in cases if split in (None, case.split))


def _read_case(line: str, place: str) -> Case:
    try:
        return _CASE.validate_json(line)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the line"
        raise InputError(f"{place}: {where}: {first['msg']}; see eval/cases/README.md for the schema") from error


def hash_cases(cases: Sequence[Case]) -> str:
    """First 16 hex digits of the SHA-256 of all that the cases say, whatever their order or spacing in the file.

    >>> hash_cases(())
    'e3b0c44298fc1c14'
    """
    rows = sorted(json.dumps(_CASE.dump_python(case, mode="json"), sort_keys=True, ensure_ascii=False) for case in cases)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
