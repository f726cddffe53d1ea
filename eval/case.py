"""Case files: one question a line with what a right answer holds, read from JSONL and checked against the schema.

The schema is explained for people in `eval/cases/README.md`; the dataclasses here are the schema for machines. An
expectation points into articles (a file name with words or character offsets), never at anything a system made.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, TypeVar, get_args

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
ExpectedKind = Literal["direct", "mixed", "indirect"]
Difficulty = Literal["easy", "medium", "hard"]
DIFFICULTIES: tuple[Difficulty, ...] = get_args(Difficulty)
Variant = Literal["reworded", "misspelt", "translated"]
VARIANTS: tuple[Variant, ...] = get_args(Variant)
T = TypeVar("T")


def _one_or_more(value: object) -> object:
    """A lone string stands for a list of one.

    >>> _one_or_more("Arce"), _one_or_more(["Arce"])
    (['Arce'], ['Arce'])
    """
    return [value] if isinstance(value, str) else value


Several = Annotated[tuple[T, ...], BeforeValidator(_one_or_more, json_schema_input_type=str | list[str])]
_STRICT = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedStatement:
    """A statement (or the sentence that holds a fact) that an answer may have to show.

    Args:
        article: File name in the corpus; `name.jsonl#2` is the second article of a file that holds several.
        words: The pieces of its content as they stand in the article, in order.
        spans: The same as half-open character offsets into the article's text. Words, spans, or both that agree: where both
            are given, only the place that the spans name counts, and words that are not there are an error of the case.
        also: Other places (words or offsets) where the article has the same statement, say its headline.
        speaker: Accepted names; empty where the speaker is not judged.
        addressee: Accepted names; empty where the addressee is not judged.
        reported_by: Accepted relays ("AP"); empty where the relay is not judged.
        outlet: Accepted outlets; where empty, the one that the corpus has for the article counts.
        kind: Accepted kinds of the statement; empty where the kind is not judged.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _STRICT

    article: str
    words: Several[str] = ()
    spans: tuple[tuple[int, int], ...] = ()
    also: tuple[str | tuple[int, int], ...] = ()
    speaker: Several[str] = ()
    addressee: Several[str] = ()
    reported_by: Several[str] = ()
    outlet: Several[str] = ()
    kind: Several[ExpectedKind] = ()

    def __post_init__(self) -> None:
        if not self.words and not self.spans:
            raise ValueError("a statement is given by words, by spans, or by both")
        if self.words and self.spans and len(self.words) != len(self.spans):
            raise ValueError(f"words and spans go in pairs, found {len(self.words)} and {len(self.spans)}")
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
    """One question, or a conversation whose last question is judged.

    Args:
        difficulty: How hard it is for people who know the articles; None where nobody said.
        same_as: The id of the case that this one asks again in other words; a line of JSON that has it may leave out
            `expect`, which is then the other's.
        variant: How it asks again; given with `same_as` and only then.
    """

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
    difficulty: Difficulty | None = None
    same_as: str | None = None
    variant: Variant | None = None

    def __post_init__(self) -> None:
        if (self.same_as is None) != (self.variant is None):
            raise ValueError("same_as and variant go together")
        if (self.question is None) == (not self.conversation):
            raise ValueError("a case has a question or a conversation, one of the two")
        if any(not turn.strip() for turn in self.turns):
            raise ValueError("a question must not be empty")

    @property
    def turns(self) -> tuple[str, ...]:
        """The questions in order; the last one is judged."""
        return self.conversation if self.question is None else (self.question,)


_CASE = TypeAdapter(Case)


def case_schema() -> dict[str, Any]:
    """The JSON Schema of a line of a case file, made from the dataclasses; `eval/cases/schema.json` holds it.

    >>> case_schema()["anyOf"]
    [{'required': ['expect']}, {'required': ['same_as']}]
    """
    schema = _CASE.json_schema()
    schema["required"] = [name for name in schema["required"] if name != "expect"]
    # A line that asks another again may leave its expectation out.
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "anyOf": [{"required": ["expect"]}, {"required": ["same_as"]}],
    }


def load_cases(path: Path, *, split: Split | None = None) -> tuple[Case, ...]:
    """The cases of a file in their order; only those of `split` when it is given.

    A file `NAME_variants.jsonl` beside `NAME.jsonl` is read with it, so that questions asked again can be kept apart.

    Raises:
        InputError: A file cannot be read, a line breaks the schema, or an id stands twice; with the line's number.
    """
    beside = path.with_name(f"{path.stem}_variants{path.suffix}")
    rows = _read_rows(path) | (_read_rows(beside) if beside.is_file() else {})
    expectations = {row.get("id"): row.get("expect") for row in rows.values() if isinstance(row.get("id"), str)}
    cases = [_read_case(_completed(row, expectations), place) for place, row in rows.items()]
    names = Counter(case.id for case in cases)
    if twice := [name for name, n in names.items() if n > 1]:
        raise InputError(f"the case file {path} has the ids {', '.join(twice)} more than once; each must be its own")
    if lost := [case for case in cases if case.same_as is not None and (case.same_as not in names or case.same_as == case.id)]:
        raise InputError(f"{path}: case {lost[0].id} is the same as {lost[0].same_as}, which is no other case of the file")
    return tuple(case for case in cases if split in (None, case.split))


def _read_rows(path: Path) -> dict[str, dict[str, Any]]:
    """Where each row stands → the row."""
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the case file {path} cannot be read ({error}); give a JSONL file in UTF-8") from error
    places = {f"{path} line {n}": line for n, line in enumerate(lines, start=1) if line.strip()}
    if not places:
        raise InputError(f"the case file {path} holds no case; it needs one JSON object a line")
    return {place: _read_row(line, place) for place, line in places.items()}


def _read_row(line: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{place}: this is no JSON ({error}); see eval/cases/README.md for the schema") from error
    if not isinstance(row, dict):
        raise InputError(f"{place}: a case is a JSON object, found {type(row).__name__}; see eval/cases/README.md")
    return row


def _completed(row: dict[str, Any], expectations: Mapping[Any, Any]) -> dict[str, Any]:
    """A row that asks another again gets the other's expectation, the language of the answer aside."""
    other = expectations.get(row["same_as"]) if isinstance(row.get("same_as"), str) else None
    if "expect" in row or not isinstance(other, dict):
        return row
    return row | {"expect": {key: value for key, value in other.items() if key != "answer_language"}}


def _read_case(row: Mapping[str, Any], place: str) -> Case:
    try:
        return _CASE.validate_json(json.dumps(row))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "the line"
        raise InputError(f"{place}: {where}: {first['msg']}; see eval/cases/README.md for the schema") from error


def dump_cases(cases: Sequence[Case]) -> str:
    """Cases as JSONL, one a line, what is left at its default left out; `load_cases` reads the same back."""
    rows = (_CASE.dump_python(case, mode="json", exclude_defaults=True) for case in cases)
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def hash_cases(cases: Sequence[Case]) -> str:
    """First 16 hex digits of the SHA-256 of all that the cases say, whatever their order or spacing in the file.

    >>> hash_cases(())
    'e3b0c44298fc1c14'
    """
    rows = sorted(json.dumps(_CASE.dump_python(case, mode="json"), sort_keys=True, ensure_ascii=False) for case in cases)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:16]
