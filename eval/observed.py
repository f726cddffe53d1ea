"""What a system answered, read from the JSON of `whosaid ask --json`, whoever made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from index.errors import InputError

_LOOSE = ConfigDict(extra="ignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedCitation:
    """A citation as it came.

    Args:
        n: The number that stands for it in the text as [n]; None where it has none, and its place counts from 1.
        article: The id of an article of the corpus; `spans` are half-open offsets into its text.
        score: How sure the system is of it, as it gives it; None where it gives nothing.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _LOOSE

    article: str
    spans: tuple[tuple[int, int], ...] = ()
    quote: str = ""
    kind: str | None = None
    speaker: str | None = None
    addressee: str | None = None
    reported_by: str | None = None
    outlet: str | None = None
    n: int | None = None
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedPlace:
    """Something that was retrieved: half-open offsets into the text of `article`."""

    __pydantic_config__: ClassVar[ConfigDict] = _LOOSE

    article: str
    spans: tuple[tuple[int, int], ...] = ()
    score: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens that a language model read and wrote for one answer; None where the system does not say."""

    __pydantic_config__: ClassVar[ConfigDict] = _LOOSE

    prompt_tokens: Annotated[int, Field(ge=0)] | None = None
    completion_tokens: Annotated[int, Field(ge=0)] | None = None

    @property
    def tokens(self) -> int | None:
        """Both together; None where either is unknown.

        >>> Usage(prompt_tokens=3, completion_tokens=1).tokens, Usage(prompt_tokens=3).tokens
        (4, None)
        """
        if self.prompt_tokens is None or self.completion_tokens is None:
            return None
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """An answer as it came.

    Args:
        retrieved: What was retrieved for it, best first; None where the system does not say, and its citations, in their
            order, stand for it.
        confidence: How sure the system is of the answer, in [0, 1]; None where it does not say.
    """

    __pydantic_config__: ClassVar[ConfigDict] = _LOOSE

    text: str = ""
    language: str | None = None
    abstained: bool = False
    reason: str | None = None
    verdict: str | None = None
    citations: tuple[ObservedCitation, ...] = ()
    retrieved: tuple[ObservedPlace, ...] | None = None
    usage: Usage = Usage()
    confidence: float | None = None

    @property
    def ranked(self) -> tuple[ObservedPlace | ObservedCitation, ...]:
        """What was retrieved, best first."""
        return self.citations if self.retrieved is None else self.retrieved

    def cited(self, n: int) -> ObservedCitation | None:
        """The citation that [n] stands for."""
        numbered = ((place if item.n is None else item.n, item) for place, item in enumerate(self.citations, start=1))
        return next((item for number, item in numbered if number == n), None)


_OBSERVED = TypeAdapter(Observed)


def read_answer(answer: Mapping[str, Any]) -> Observed:
    """The parts of an answer that are judged.

    Raises:
        InputError: A part is not what the JSON of DESIGN says.

    >>> read_answer({"text": "No.", "abstained": True, "reason": "never_quoted", "seconds": 0.1}).reason
    'never_quoted'
    """
    try:
        return _OBSERVED.validate_python(dict(answer))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(
            f"the system's answer is not the JSON that `whosaid ask --json` gives: {where}: {first['msg']}"
        ) from error
