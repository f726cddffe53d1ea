"""What both faces do around a question: open the library, gather the evidence behind an answer, name people."""

import os
from collections import Counter
from collections.abc import Hashable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from index.errors import InputError, NotFoundError
from index.library import Filters, Library
from index.people import match_people
from index.records import ACTS, Article, Statement
from rag.answer import Answer
from ui.render import Evidence
from ui.visible import one_line, visible

if TYPE_CHECKING:
    from rag.wording import Wording

# Exit statuses that no error carries; those of errors stand in `index/errors.py`.
EXIT_FAILED_FILES = 6
EXIT_INTERRUPTED = 130

PLAIN_TEXT = frozenset({".txt", ".md"})

N_EXAMPLES = 4
# Longer quotations make clumsy questions, shorter ones are found in many places.
EXAMPLE_WORDS = range(4, 16)


def wording() -> "Wording | None":
    """The language model that the environment names, None where it names none; nothing of it is loaded then.

    Raises:
        InputError: A setting (`WHOSAID_LLM_…`) cannot be used.
    """
    if not os.environ.get("WHOSAID_LLM_BASE_URL"):
        return None
    from rag.wording import Wording

    return Wording.from_environment()


def evidence(library: Library, answer: Answer) -> tuple[Evidence, ...]:
    """The article, and the statement where it is one, behind each citation of an answer."""
    articles = {identifier: library.article(identifier) for identifier in {cited.article for cited in answer.citations}}
    lines = {identifier: first_line(article) for identifier, article in articles.items()}
    said_in = frozenset(cited.article for cited in answer.citations if cited.kind != "passage")
    statements = {
        (statement.article_id, statement.content): statement
        for statement in library.statements(Filters(articles=said_in))
        if said_in
    }
    return tuple(
        Evidence(
            citation=cited,
            article=articles[cited.article],
            statement=statements.get((cited.article, cited.spans)),
            first_line=lines[cited.article],
        )
        for cited in answer.citations
    )


def first_line(article: Article) -> int | None:
    """The line of its file, from 1, that the text of an article begins on.

    None where there is no such line: the file is gone, changed since or no plain text, or its path, as it was given,
    leads nowhere from here.
    """
    if Path(article.path).suffix.lower() not in PLAIN_TEXT:
        return None
    try:
        whole = Path(article.path).read_bytes().decode("utf-8-sig")
    except (OSError, ValueError):
        return None
    start = whole.find(article.text)
    return visible(whole[:start]).count("\n") + 1 if start >= 0 else None


def people_named(library: Library, name: str, *, option: str) -> frozenset[str]:
    """Ids of the persons that a name may stand for.

    Raises:
        NotFoundError: Nobody in the library goes by it.
    """
    people = library.people()
    matches = match_people(name, people)
    if not matches:
        raise NotFoundError(
            f"{option} {name!r}: none of the {len(people)} people in the library goes by that name; "
            "the list of statements without it shows who is quoted"
        )
    return frozenset(match.person.id for match in matches)


def filters(
    library: Library,
    *,
    speaker: str | None = None,
    addressee: str | None = None,
    outlet: str | None = None,
    language: str | None = None,
    since: date | None = None,
    until: date | None = None,
    act: str | None = None,
    option: str = "--",
) -> Filters:
    """A library's filters from what a user typed.

    Args:
        option: What stands before the name of a filter in messages.
    Raises:
        NotFoundError: A name that nobody in the library has, an outlet that it has no article of.
    """
    from index.languages import normalise_language

    outlets = None
    if outlet is not None:
        known = library.outlets()
        outlets = frozenset(name for name in known if name.casefold() == outlet.casefold())
        if not outlets:
            listed = ", ".join(sorted(known)) or "none"
            raise NotFoundError(f"{option}outlet {outlet!r}: the library's outlets are: {listed}")
    return Filters(
        speakers=None if speaker is None else people_named(library, speaker, option=f"{option}speaker"),
        addressees=None if addressee is None else people_named(library, addressee, option=f"{option}addressee"),
        outlets=outlets,
        languages=None if language is None else frozenset({normalise_language(language)}),
        since=since,
        until=until,
        acts=None if act is None else frozenset({_act(act)}),
    )


def _act(name: str) -> str:
    if name not in ACTS:
        raise InputError(f"act is {name[:80]!r}; it is one of {', '.join(ACTS)}")
    return name


def statements_with_articles(library: Library, chosen: Filters) -> tuple[tuple[Statement, Article], ...]:
    """The statements that pass the filters, each with its article, in order of date, article and place."""
    articles = {article.id: article for article in library.articles()}
    return tuple((statement, articles[statement.article_id]) for statement in library.statements(chosen))


def articles_with_counts(library: Library) -> tuple[tuple[Article, int], ...]:
    """Every article with the number of its statements, in order of date."""
    counts = Counter(statement.article_id for statement in library.statements())
    return tuple((article, counts[article.id]) for article in library.articles())


def find_article(library: Library, name: str) -> Article:
    """The article with that id, or the one read from that path.

    Raises:
        NotFoundError: There is none, or several come from that path.
    """
    articles = library.articles()
    found = [article for article in articles if article.id == name] or [
        article for article in articles if article.path and _same_path(article.path, name)
    ]
    if len(found) == 1:
        return found[0]
    if found:
        listed = ", ".join(article.id for article in found)
        raise NotFoundError(f"{name!r}: {len(found)} articles come from that path; name one by its id: {listed}")
    raise NotFoundError(f"{name!r}: no article has that id or path; `whosaid articles` lists them")


def _same_path(stored: str, given: str) -> bool:
    return stored == given or Path(stored).resolve() == Path(given).resolve()


Value = TypeVar("Value", bound=Hashable)


def example_questions(library: Library) -> tuple[str, ...]:
    """Up to `N_EXAMPLES` questions that the library has an answer to, made from its most reported statements."""
    said = [
        statement
        for statement in library.statements()
        if statement.asserted and statement.speaker is not None and statement.speaker.kind == "person"
    ]
    questions: list[str] = []
    pairs = [
        (statement.speaker.name, statement.addressee.person.name)
        for statement in said
        if statement.speaker and statement.addressee and statement.addressee.person
    ]
    questions += [f"What did {name} say to {told}?" for name, told in _most_common(pairs, 1)]
    asked = {name for name, _ in _most_common(pairs, 1)}
    names = [statement.speaker.name for statement in said if statement.speaker and statement.speaker.name not in asked]
    questions += [f"What did {name} say?" for name in _most_common(names, 2)]
    articles = {article.id: article.text for article in library.articles()}
    quotes = [
        words
        for statement in said
        if statement.kind == "direct"
        and len(statement.content) == 1
        and len((words := one_line(statement.words(articles[statement.article_id]))).split()) in EXAMPLE_WORDS
    ]
    questions += [f"Who said “{words.rstrip('.,')}”?" for words in _most_common(quotes, 1)]
    return tuple(one_line(question) for question in questions[:N_EXAMPLES])


def _most_common(values: Sequence[Value], n: int) -> list[Value]:
    return [value for value, _ in Counter(values).most_common(n)]
