"""What comes in over HTTP and is checked, and what goes out around the objects of `rag.contract`; OpenAPI is made of both."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from index.records import Act, Kind
from rag.answer import Part
from rag.contract import ArticleRow, StatementRow
from ui.statements import Sort

LONGEST_WORDS = 2_000
LONGEST_NAME = 300

Words = Annotated[str, Field(min_length=1, max_length=LONGEST_WORDS)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME)]
Code = Annotated[str, Field(min_length=2, max_length=35, description="A language code: en, nb, es …")]


class Strict(BaseModel):
    """What comes in: a name that is not known is an error, as it is most often a slip."""

    model_config = ConfigDict(extra="forbid")


class Question(Strict):
    """A question, and what is demanded beside it."""

    question: Words
    speaker: Name | None = Field(None, description="Only what this person said.")
    addressee: Name | None = Field(None, description="Only what was said to them.")
    outlet: Name | None = Field(None, description="Only articles of this outlet.")
    language: Code | None = None
    since: date | None = Field(None, description="From this day of publication on.")
    until: date | None = Field(None, description="Up to and with this day.")
    topic: Name | None = Field(None, description="In place of the topic that the question has.")
    ignore: list[Part] = Field([], max_length=20, description="Parts of the question's reading to set aside.")


class Quotation(Strict):
    """Words to check."""

    words: Words
    speaker: Name | None = Field(None, description="Who is said to have said them.")
    language: Code | None = Field(None, description="Of the answer; by default that of the words.")


class NewArticle(Strict):
    """An article as text, and what is known of it."""

    text: Annotated[str, Field(min_length=1)]
    title: Annotated[str, Field(max_length=LONGEST_NAME)] | None = None
    outlet: Name | None = None
    published: date | None = None
    language: Code | None = None
    url: Annotated[str, Field(max_length=LONGEST_WORDS)] | None = None


class StatementsBody(BaseModel):
    """One page of the statements that pass the filters, and how many pass in all."""

    total: int
    offset: int
    limit: int
    statements: list[StatementRow]


class ArticlesBody(BaseModel):
    """One page of the articles, and how many there are in all."""

    total: int
    offset: int
    limit: int
    articles: list[ArticleRow]


class UploadBody(BaseModel):
    """What came of one file that was sent."""

    name: str
    outcome: Literal["added", "unchanged", "failed"]
    articles: list[str]
    why: str | None


class UploadsBody(BaseModel):
    """What came of each file, in the order in which they were done."""

    results: list[UploadBody]


class HealthBody(BaseModel):
    """That the library can be read."""

    status: Literal["ok"]
    version: str


class ErrorAt(BaseModel):
    """What is wrong with one value, and where it stands: `["body", "since"]`."""

    where: list[str | int]
    why: str


class ProblemBody(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ErrorAt] = []


class StatementFilters(Strict):
    """Which statements, in which order; every filter must be passed."""

    speaker: Name | None = None
    addressee: Name | None = None
    act: Act | None = None
    outlet: Name | None = None
    kind: Kind | None = None
    language: Code | None = None
    since: date | None = None
    until: date | None = None
    words: Annotated[str, Field(max_length=LONGEST_NAME)] | None = Field(
        None, description="Beginnings of words that it must have."
    )
    sort: Sort = "published"
    descending: bool = False


class StatementPage(StatementFilters):
    """Filters, and which page of what passes them."""

    offset: int = Field(0, ge=0, le=10_000_000)
    limit: int = Field(100, ge=1, le=1_000)
