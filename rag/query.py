"""The one door: a question, or words to verify, and a library → an `Answer` that is faithful to its articles."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from index.library import Filters, Library
from index.records import Person
from rag import compose
from rag.absent import find_by_country, most_quoted, tell_never_quoted
from rag.answer import Answer
from rag.conversation import Conversation, Turn, resolve
from rag.faithfulness import check
from rag.fitting import sentence_around
from rag.naming import Naming, find_people
from rag.phrases import load_phrases
from rag.question import LONGEST_QUESTION, Question, understand
from rag.search import Found, Sentence, find, find_sentence
from rag.verifying import in_articles, judge_question, judge_words
from rag.words import fold

if TYPE_CHECKING:
    from rag.wording import Wording


def query(
    question: str,
    *,
    library: str | Path | Library = "library",
    speaker: str | None = None,
    addressee: str | None = None,
    outlet: str | None = None,
    language: str | None = None,
    since: date | None = None,
    until: date | None = None,
    conversation: Conversation | None = None,
    wording: "Wording | None" = None,
) -> Answer:
    """The answer to a question, with a citation for all that it says, or with the reason why there is none.

    Args:
        question: In English, Norwegian, Spanish, Swedish, Danish, German or French; the answer is in the same language.
        library: Its folder, or an open `Library`, which stays open.
        speaker, addressee: Names that limit whose statements count, beside those in the question.
        outlet: Only its articles; case and accents do not matter.
        language: Only articles in it, as a code ("nb").
        since, until: Only articles published on these days and between; those without a day are left out.
        conversation: The thread that the question may lean on, and that remembers it.
        wording: A language model that words the answer, each sentence held to its citations; none by default.
    Raises:
        LibraryError: The library is missing, damaged, or of another version.
    """
    started = time.perf_counter()
    with _opened(library) as opened:
        demands = _Demands(speaker=speaker, addressee=addressee, outlet=outlet, language=language, since=since, until=until)
        answer = _ask(question, opened, demands, conversation)
        answer = _faithful(answer, opened)
        if wording is not None:
            answer = wording.word(answer, {cited.article: opened.article(cited.article) for cited in answer.citations})
    return replace(answer, seconds=time.perf_counter() - started)


def verify(
    words: str, *, speaker: str | None = None, library: str | Path | Library = "library", language: str | None = None
) -> Answer:
    """Whether somebody said the words: `supported`, `altered`, `misattributed` or `not_found`, with the place that
    shows it.

    Case, accents, punctuation and typographic marks do not matter; words, numbers, names and negations do.

    Args:
        speaker: Who is said to have said them; None to ask for anybody.
        language: Of the answer, as a code; None for that of the words.
    Raises:
        LibraryError: The library is missing, damaged, or of another version.
    """
    started = time.perf_counter()
    with _opened(library) as opened:
        answer = _faithful(judge_words(words, speaker, opened, language=language), opened)
    return replace(answer, seconds=time.perf_counter() - started)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Demands:
    """What a caller demands beside the question."""

    speaker: str | None
    addressee: str | None
    outlet: str | None
    language: str | None
    since: date | None
    until: date | None


@contextmanager
def _opened(library: str | Path | Library) -> Iterator[Library]:
    if isinstance(library, Library):
        yield library
        return
    with Library(library) as opened:
        yield opened


def _ask(text: str, library: Library, demands: _Demands, conversation: Conversation | None) -> Answer:
    people = library.people() if 0 < len(text.strip()) <= LONGEST_QUESTION else ()
    question = understand(text, people=people)
    # A question of names alone, in a thread, is in the thread's language.
    question = resolve(question, conversation.last if conversation else None)
    if question.unclear:
        return compose.unclear(question)
    for part in ("speaker", "addressee"):
        naming: Naming | None = getattr(question, part)
        if naming is not None and naming.how == "unknown":
            question = replace(question, **{part: find_by_country(naming, library, people)})  # type: ignore[arg-type]
    question, filters = _demanded(question, library, people, demands)
    if question.wanted in ("fact", "who_is"):
        return _fact(question, library, filters)
    if question.wanted == "whether":
        answer = judge_question(question, library, filters)
    else:
        found = find(question, library, filters=filters)
        question = _narrowed(question, found)
        answer = _answered(question, found, library, filters, people)
    if conversation is not None:
        conversation.remember(_turn(question, answer, library))
    return answer


def _demanded(question: Question, library: Library, people: Sequence[Person], demands: _Demands) -> tuple[Question, Filters]:
    """The caller's demands as filters; a name among them fills what the question leaves open."""
    phrases = load_phrases(question.language)
    ids: dict[str, frozenset[str] | None] = {"speakers": None, "addressees": None}
    for name, kind, part in (
        (demands.speaker, "speakers", "speaker"),
        (demands.addressee, "addressees", "addressee"),
    ):
        if name is not None:
            naming = find_people(name, people, phrases=phrases)
            ids[kind] = naming.ids
            if getattr(question, part) is None:
                question = replace(question, **{part: naming})  # type: ignore[arg-type]
    outlets = None
    if demands.outlet is not None:
        asked = fold(demands.outlet).strip()
        outlets = frozenset(name for name in library.outlets() if fold(name).strip() == asked)
    languages = None
    if demands.language is not None:
        languages = frozenset({"nb", "nn"} if demands.language == "no" else {demands.language})
    return question, Filters(outlets=outlets, languages=languages, since=demands.since, until=demands.until, **ids)


def _narrowed(question: Question, found: Found) -> Question:
    """A role that several people have means those of them who said something that fits."""
    naming = question.speaker
    if naming is None or naming.how != "role" or len(naming.people) < 2 or not found.evidence:
        return question
    ids = {item.statement.speaker.id for item in found.evidence if item.statement.speaker}
    people = tuple(person for person in naming.people if person.id in ids)
    return replace(question, speaker=replace(naming, people=people))


def _answered(question: Question, found: Found, library: Library, filters: Filters, people: Sequence[Person]) -> Answer:
    naming = question.speaker
    if naming and not naming.people and found.lacking == "speaker":
        return compose.no_such_person(question, most_quoted(library))
    if question.quoted and not naming and not any(match.comparison.relation == "same" for match in found.matched):
        # Nobody is shown to have said it, but it may stand in an article all the same.
        place = in_articles(" … ".join(question.quoted), library, filters)
        if place is not None:
            return compose.in_article_only(question, *place)
    if naming and naming.people and not found.evidence and found.of_speaker == 0 and not found.unasserted:
        return tell_never_quoted(question, library, people)
    return compose.compose(question, found)


def _fact(question: Question, library: Library, filters: Filters) -> Answer:
    if question.wanted == "who_is" and question.speaker and question.speaker.people:
        person = question.speaker.people[0]
        for role in sorted(person.roles, key=lambda role: -len(role.text)):
            article = library.article(role.article_id)
            span = sentence_around(article.text, role.span)
            return compose.fact(question, Sentence(article=article, span=span, score=1.0))
    return compose.fact(question, find_sentence(question, library, filters=filters))


def _turn(question: Question, answer: Answer, library: Library) -> Turn:
    speakers: dict[str, Person] = {}
    addressees: dict[str, Person] = {}
    for statement_id, citation in zip(answer.statements, answer.citations, strict=True):
        if citation.kind == "passage":
            continue
        statement = library.statement(statement_id)
        if statement.speaker:
            speakers.setdefault(statement.speaker.id, statement.speaker)
        if statement.addressee and statement.addressee.person:
            addressees.setdefault(statement.addressee.person.id, statement.addressee.person)
    days = [date.fromisoformat(citation.published) for citation in answer.citations if citation.published]
    return Turn(
        question=question,
        speakers=tuple(speakers.values()),
        addressees=tuple(addressees.values()),
        statements=answer.statements,
        days=(min(days), max(days)) if days else None,
    )


# The last look


def _faithful(answer: Answer, library: Library) -> Answer:
    """The answer, if the articles carry all of it; else a refusal: what cannot be shown faithfully is not shown."""
    texts = {citation.article: library.article(citation.article).text for citation in answer.citations}
    if not check(answer, texts):
        return answer
    question = answer.read_as or Question(text=answer.question, language=answer.language)
    phrases = load_phrases(answer.language)
    return compose.refusal(question, "not_in_articles", phrases.say("unsupported"))
