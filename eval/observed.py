"""What a system answered, read from the JSON of `whosaid ask --json`, whoever made it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from index.errors import InputError

_LOOSE = ConfigDict(extra="ignore")


@dataclass(frozen=True, slots=True, kw_only=True)
class ObservedCitation:
    """A citation as it came; `spans` are half-open offsets into the text of `article`."""

    __pydantic_config__: ClassVar[ConfigDict] = _LOOSE

    article: str
    spans: tuple[tuple[int, int], ...] = ()
    quote: str = ""
    kind: str | None = None
    speaker: str | None = None
    addressee: str | None = None
    reported_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """An answer as it came."""

    __pydantic_config__: ClassVar[ConfigDict] = _LOOSE

    text: str = ""
    language: str | None = None
    abstained: bool = False
    reason: str | None = None
    verdict: str | None = None
    citations: tuple[ObservedCitation, ...] = ()


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
