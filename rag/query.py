"""The one door: a question, or words to verify, and a library → an `Answer` that is faithful to its articles."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

from index.library import Filters, Library
from index.records import Person
from rag import compose
from rag.absent import find_by_country, find_called_new, find_for_country, find_outlet, most_quoted, tell_never_quoted
from rag.answer import Answer
from rag.beside import find_by_others, find_named, find_of_anybody, find_of_person, find_told
from rag.conversation import Conversation, Turn, named_in, namesake_of_country, resolve, sought_by
from rag.days import span_of_days
from rag.demands import Demands, check_demands, with_names, without_ignored
from rag.facts import find_role, find_sentence
from rag.faithfulness import MARKER, check
from rag.naming import Naming, find_people
from rag.phrases import load_phrases
from rag.question import Question, understand
from rag.search import Found, find, share_said
from rag.tongue import LONGEST_QUESTION
from rag.verifying import in_articles, judge_question, judge_words
from rag.widening import widen
from rag.words import fold

if TYPE_CHECKING:
    from rag.wording import Wording


def query(
    question: str,
    *,
    library: str | Path | Library = "library",
    conversation: Conversation | None = None,
    wording: "Wording | None" = None,
    **demands: Unpack[Demands],
) -> Answer:
    """The answer to a question, with a citation for all that it says, or with the reason why there is none.

    Args:
        question: In English, Norwegian, Spanish, Swedish, Danish, German or French; the answer is in the same language.
        library: Its folder, or an open `Library`, which stays open.
        conversation: The thread that the question may lean on, and that remembers it.
        wording: A language model that words the answer, each sentence held to its citations; none by default.
        demands: speaker, addressee, outlet, language, since, until, topic, ignore: see `rag.demands.Demands`.
    Raises:
        LibraryError: The library is missing, damaged, or of another version.
        InputError: A part to ignore that does not exist, or days the wrong way round.
    """
    *_, answer = stream(question, library=library, conversation=conversation, wording=wording, **demands)
    assert isinstance(answer, Answer)
    return answer


def stream(
    question: str,
    *,
    library: str | Path | Library = "library",
    conversation: Conversation | None = None,
    wording: "Wording | None" = None,
    **demands: Unpack[Demands],
) -> Iterator[str | Answer]:
    """The lines of an answer as they come, each checked before it is handed out, and at last the `Answer` itself.

    Without a language model all lines come at once. With one, each of its sentences comes as soon as its citations are
    found to carry it. What counts is the answer at the end: it has the lines in their order, and where the model fails on
    the way it is the composed answer, so that a face puts it in the place of what it showed until then.

    The library is read before the first line comes; a consumer that stops early leaves nothing open.

    Args:
        question, library, conversation, wording, demands: As for `query`.
    Raises:
        LibraryError: The library is missing, damaged, or of another version.
        InputError: A part to ignore that does not exist, or days the wrong way round.
    """
    started = time.perf_counter()
    check_demands(demands)
    with _opened(library) as opened:
        answer = _faithful(_ask(question, opened, demands, conversation), opened)
        articles = {cited.article: opened.article(cited.article) for cited in answer.citations}
    shown = False
    if wording is not None:
        pieces = wording.stream(answer, articles)
        while True:
            try:
                line = next(pieces)
            except StopIteration as end:
                answer = end.value
                break
            shown = True
            yield line
    if not shown:
        yield from answer.text.split("\n")
    yield replace(answer, seconds=time.perf_counter() - started)


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


@contextmanager
def _opened(library: str | Path | Library) -> Iterator[Library]:
    if isinstance(library, Library):
        yield library
        return
    with Library(library) as opened:
        yield opened


def _ask(text: str, library: Library, demands: Demands, conversation: Conversation | None) -> Answer:
    people = library.people() if 0 < len(text.strip()) <= LONGEST_QUESTION else ()
    outlets = library.outlets() if people else ()
    question = with_names(understand(text, people=people, outlets=outlets), demands, people)
    # A question of names alone, in a thread, is in the thread's language.
    before = conversation.last if conversation else None
    question = without_ignored(resolve(question, before), demands)
    if question.unclear:
        return compose.unclear(question)
    if question.correction and question.speaker is not None:
        question = replace(question, speaker=namesake_of_country(question.speaker, before, people))
    # Of the question as asked: a topic that nothing fits is given up.
    named = named_in(question, people)
    for part in ("speaker", "addressee"):
        naming: Naming | None = getattr(question, part)
        if naming is not None and naming.how == "unknown":
            naming = find_by_country(naming, library, people)
            known: dict[str, Any] = {part: naming}
            question = replace(question, **known)
        if naming is not None and naming.how == "role" and len(naming.people) > 1:
            called: dict[str, Any] = {part: find_called_new(naming, library, question.language)}
            question = replace(question, **called)
    question = find_outlet(question, library)
    if question.speaker is not None and question.wanted not in ("fact", "who_is", "compare") and not question.quoted:
        question = replace(question, speaker=find_for_country(question.speaker, library, people))
    question, filters = _demanded(_with_year(question, library), library, people, demands)
    if filters.outlets == frozenset():
        return compose.no_such_outlet(question, demands.get("outlet") or "")
    if question.wanted in ("fact", "who_is"):
        answer = _fact(question, library, filters)
        instead = None
        if answer.abstained:
            instead = find_of_person(question, library, people, filters) or find_of_anybody(question, library, filters)
        if instead is None:
            if conversation is not None:
                conversation.remember(_turn(question, answer, library, named))
            return answer
        question, found = instead
        answer = compose.compose(question, found)
    elif question.wanted == "whether":
        answer = judge_question(question, library, filters)
    else:
        found = find(question, library, filters=filters)
        if question.is_true and not found.evidence:
            # Nobody says it, but the article may.
            return _fact(replace(question, wanted="fact", claim=False), library, filters)
        if found.lacking == "addressee" and "answer" in question.acts and question.addressee:
            # "How did Lee respond to Ríos?": what Lee said of Ríos, where nothing was said to Ríos.
            words = tuple(question.addressee.mention.split())
            on_it = replace(question, addressee=None, topic=(*words, *question.topic), acts=question.acts - {"answer"})
            on_topic = find(on_it, library, filters=filters)
            question, found = (on_it, on_topic) if on_topic.evidence else (question, found)
        question, found = widen(question, found, library, filters) or (question, found)
        if question.wanted == "outlet" and question.speaker and question.topic and not question.quoted:
            question, found = _of_whom(question, found, library, filters)
        question = _narrowed(question, found)
        answer = _answered(question, found, library, filters, people)
    if conversation is not None:
        conversation.remember(_turn(question, answer, library, named))
    return answer


def _demanded(question: Question, library: Library, people: Sequence[Person], demands: Demands) -> tuple[Question, Filters]:
    """The caller's demands as filters, and the question with those that it does not have itself."""
    phrases = load_phrases(question.language)
    ids: dict[str, frozenset[str] | None] = {"speakers": None, "addressees": None}
    names = (("speakers", demands.get("speaker")), ("addressees", demands.get("addressee")))
    for kind, name in names:
        if name is not None:
            ids[kind] = find_people(name, people, phrases=phrases).ids
    outlets = None
    if outlet := demands.get("outlet"):
        asked = fold(outlet).strip()
        outlets = frozenset(name for name in library.outlets() if fold(name).strip() == asked)
        question = replace(question, relay=question.relay or outlet)
    languages = None
    if language := demands.get("language"):
        languages = frozenset({"nb", "nn"} if language in ("no", "nb", "nn") else {language})
    since, until = demands.get("since"), demands.get("until")
    question = replace(
        question,
        since=max(filter(None, (question.since, since)), default=None),
        until=min(filter(None, (question.until, until)), default=None),
        languages=question.languages or languages or frozenset(),
    )
    return question, Filters(outlets=outlets, languages=languages, since=since, until=until, **ids)


def _with_year(question: Question, library: Library) -> Question:
    """A day or month without a year is that of the latest year in which the library has an article from then."""
    if question.yearless is None:
        return question
    month, day = question.yearless
    published = [article.published for article in library.articles() if article.published]
    years = [found.year for found in published if found.month == month and (day is None or 0 <= found.day - day <= 1)]
    if not published or (days := span_of_days(max(years or [found.year for found in published]), month, day)) is None:
        return question
    since, until = days
    return replace(question, since=since, until=until, day=since if day else None)


def _narrowed(question: Question, found: Found) -> Question:
    """A role that several people have means those of them who said something that fits."""
    naming = question.speaker
    if naming is None or naming.how != "role" or len(naming.people) < 2 or not found.evidence:
        return question
    ids = {item.statement.speaker.id for item in found.evidence if item.statement.speaker}
    people = tuple(person for person in naming.people if person.id in ids)
    return replace(question, speaker=replace(naming, people=people))


def _of_whom(question: Question, found: Found, library: Library, filters: Filters) -> tuple[Question, Found]:
    """ "Who reports that Zúñiga was lying?" may be of what others say of Zúñiga: the reading that has more of its words."""
    name = tuple(question.speaker.mention.split()) if question.speaker else ()
    of_others = replace(question, speaker=None, topic=(*name, *question.topic), claim=True)
    other = find(of_others, library, filters=filters)

    def best(asked: Question, items: Found) -> float:
        return max((share_said(asked, item) for item in items.evidence), default=0.0)

    return (of_others, other) if best(of_others, other) > best(question, found) else (question, found)


def _answered(question: Question, found: Found, library: Library, filters: Filters, people: Sequence[Person]) -> Answer:
    naming = question.speaker
    if naming and not naming.people and found.lacking == "speaker":
        if by_others := find_by_others(question, library, filters):
            return compose.by_others(*by_others, name=naming.mention)
        if find_named(naming.mention, library, filters):
            return tell_never_quoted(question, library, filters)
        return compose.no_such_person(question, most_quoted(library))
    if question.quoted and not naming and not any(match.comparison.relation == "same" for match in found.matched):
        # Nobody is shown to have said it, but it may stand in an article all the same.
        place = in_articles(" … ".join(question.quoted), library, filters)
        if place is not None:
            return compose.in_article_only(question, *place)
    if naming and naming.people and not found.evidence and found.of_speaker == 0 and not found.unasserted:
        return tell_never_quoted(question, library, filters)
    return compose.compose(question, found, told=find_told(question, found, library, filters))


def _fact(question: Question, library: Library, filters: Filters) -> Answer:
    if question.wanted == "who_is" and question.speaker and question.speaker.people:
        told = find_role(question.speaker.people[0], library)
        if told is not None:
            return compose.fact(question, told)
    return compose.fact(question, find_sentence(question, library, filters=filters))


def _turn(question: Question, answer: Answer, library: Library, named: tuple[Person, ...]) -> Turn:
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
    # A statement is as old as its first witness, and each has a line of its own.
    published = {citation.n: date.fromisoformat(citation.published) for citation in answer.citations if citation.published}
    numbers = [[int(match.group(1)) for match in MARKER.finditer(line)] for line in answer.text.split("\n")]
    days = [min(known) for line in numbers if (known := [published[n] for n in line if n in published])]
    cited = tuple(speakers.values())
    return Turn(
        question=question,
        speakers=cited,
        addressees=tuple(addressees.values()),
        statements=answer.statements,
        days=(min(days), max(days)) if days else None,
        named=named,
        sought=sought_by(question, cited),
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
