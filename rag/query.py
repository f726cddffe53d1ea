"""The one door: a question, or words to verify, and a library → an `Answer` that is faithful to its articles."""

import itertools
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from index.library import Filters, Library
from index.records import Article, Person, Span, Statement
from rag import compose
from rag.answer import Answer
from rag.claims import LONGEST_CLAIM, compare, is_joined
from rag.conversation import Conversation, Turn, resolve
from rag.faithfulness import check
from rag.fitting import sentence_around
from rag.likeness import likeness
from rag.naming import Naming, find_people
from rag.phrases import load_phrases
from rag.question import LONGEST_QUESTION, Question, understand
from rag.search import Found, Matched, Sentence, find, find_sentence, match_words
from rag.witnesses import Evidence, gather
from rag.words import MARKS, find_run, fold, folded, tokenize

if TYPE_CHECKING:
    from rag.wording import Wording

_MOST_MENTIONS = 2
_MOST_NAMED = 8
_MOST_CLAIMS = 200


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


def verify(words: str, *, speaker: str | None = None, library: str | Path | Library = "library") -> Answer:
    """Whether somebody said the words: `supported`, `altered`, `misattributed` or `not_found`, with the place that
    shows it.

    Case, accents, punctuation and typographic marks do not matter; words, numbers, names and negations do.

    Args:
        speaker: Who is said to have said them; None to ask for anybody.
    """
    started = time.perf_counter()
    with _opened(library) as opened:
        answer = _faithful(_verify_words(words, speaker, opened), opened)
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
    question, filters = _demanded(question, library, people, demands)
    if question.wanted in ("fact", "who_is"):
        return _fact(question, library, filters)
    if question.wanted == "whether":
        answer = _whether(question, library, filters)
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
        return compose.no_such_person(question, _most_quoted(library))
    if naming and naming.people and not found.evidence and found.of_speaker == 0 and not found.unasserted:
        return _never_quoted(question, library, people)
    return compose.compose(question, found)


def _most_quoted(library: Library) -> list[str]:
    counts: dict[str, int] = {}
    for statement in library.statements():
        if statement.asserted and statement.speaker:
            counts[statement.speaker.name] = counts.get(statement.speaker.name, 0) + 1
    return sorted(counts, key=lambda name: (-counts[name], name))[:_MOST_NAMED]


def _never_quoted(question: Question, library: Library, people: Sequence[Person]) -> Answer:
    """What the articles say of somebody whom they never quote, and who speaks of that person."""
    persons = question.speaker.people if question.speaker else ()
    forms = {form for person in persons for name in (person.name, *person.aliases) if (form := folded(name))}
    mentions: list[Sentence] = []
    for article_id in dict.fromkeys(a for person in persons for a in library.articles_mentioning(person.id)):
        article = library.article(article_id)
        span = _mention(article.text, forms)
        if span is not None and len(mentions) < _MOST_MENTIONS:
            mentions.append(Sentence(article=article, span=sentence_around(article.text, span), score=1.0))
    quoted_about: dict[str, None] = {}
    asked = " ".join(person.name for person in persons)
    for hit in library.statements_matching(asked, limit=_MOST_CLAIMS):
        statement = library.statement(hit.id)
        if statement.speaker and statement.asserted and statement.speaker not in persons:
            text = library.article(statement.article_id).text
            words = folded(statement.words(text))
            if any(form[-1] in words for form in forms):
                quoted_about[statement.speaker.name] = None
    return compose.never_quoted(question, mentions, list(quoted_about))


def _mention(text: str, forms: set[tuple[str, ...]]) -> Span | None:
    """The first place of one of the names, the longest names first."""
    tokens = tokenize(text)
    words = [fold(token.text).removesuffix("'s") for token in tokens]
    for form in sorted(forms, key=lambda form: (-len(form), form)):
        for at in range(len(words) - len(form) + 1):
            if tuple(words[at : at + len(form)]) == form:
                return Span(tokens[at].start, tokens[at + len(form) - 1].end)
    return None


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
    return Turn(
        question=question,
        speakers=tuple(speakers.values()),
        addressees=tuple(addressees.values()),
        statements=answer.statements,
    )


# Words and claims


def _verify_words(words: str, speaker: str | None, library: Library) -> Answer:
    people = library.people()
    language = "en"
    base = Question(text=words, language=language, wanted="whether")
    tokens = tokenize(words[: 20 * LONGEST_QUESTION])
    if not words.strip() or not tokens:
        return compose.unclear(replace(base, unclear="unclear_marks" if words.strip() else "unclear_empty"))
    if len(tokens) > LONGEST_CLAIM or len(words) > 10 * LONGEST_QUESTION:
        return compose.unclear(replace(base, unclear="unclear_long"))
    plain = words.strip().strip("".join(MARKS) + "‘’‚").strip()
    question = replace(base, quoted=(plain,))
    if speaker is not None:
        question = replace(question, speaker=find_people(speaker, people, phrases=load_phrases(language)))
    return _said(question, library, Filters())


def _whether(question: Question, library: Library, filters: Filters) -> Answer:
    if question.quoted:
        return _said(question, library, filters)
    return _claimed(question, library, filters)


def _said(question: Question, library: Library, filters: Filters) -> Answer:
    """Whether the quoted words were said, and by the one asked about."""
    words = " … ".join(question.quoted)
    name = _name(question.speaker)
    hits = library.statements_matching(words, filters=replace(filters, speakers=None, addressees=None), limit=_MOST_CLAIMS)
    evidence = [_evidence(library.statement(hit.id), library) for hit in hits]
    told = [item for item in evidence if item.statement.asserted]
    matched = match_words(words, told) or _in_runs(words, told, library)
    theirs = [item for item in matched if _is_by(item.evidence, question.speaker)]
    same = [item for item in theirs if item.comparison.relation == "same"]
    others = [item for item in matched if item not in theirs and item.comparison.relation == "same"]
    if same:
        return _supported(question, same)
    if others:
        return compose.verdict(question, "misattributed", _evidence_of(others), key="misattributed", name=name)
    parts = is_joined(words, [item.words for item in told])
    if parts and len(gather([told[part] for part in parts])) > 1:
        return compose.verdict(question, "altered", [told[part] for part in parts], key="joined")
    changed = [item for item in theirs if item.comparison.relation != "other"]
    if changed:
        best = changed[0]
        key = "altered"
        return compose.verdict(question, "altered", [best.evidence], key=key, differences=best.comparison.differences)
    if other := [item for item in matched if item.comparison.relation != "other"]:
        best = other[0]
        differences = best.comparison.differences
        return compose.verdict(
            question, "misattributed", [best.evidence], key="misattributed", name=name, differences=differences
        )
    denied = [item.evidence for item in match_words(words, [item for item in evidence if not item.statement.asserted])]
    if denied:
        return compose.not_said(question, denied)
    if place := _in_articles(words, library, filters):
        return compose.in_article_only(question, *place)
    return compose.not_found(question, name=name)


def _supported(question: Question, matched: Sequence[Matched]) -> Answer:
    """Supported, if they were also said to the one asked about, and as the very words."""
    evidence = _evidence_of(matched)
    if question.addressee is not None and question.addressee.people:
        ids = question.addressee.ids
        to = [e for e in evidence if e.statement.addressee and e.statement.addressee.person]
        fitting = [e for e in to if e.statement.addressee.person.id in ids]  # type: ignore[union-attr]
        if to and not fitting:
            return compose.verdict(question, "altered", to, key="altered")
        evidence = fitting or evidence
    very = [e for e in evidence if _is_very_words(e, " … ".join(question.quoted))]
    if not very:
        return compose.verdict(question, "supported", evidence, key="supported_reworded")
    return compose.verdict(question, "supported", very, key="supported" if question.speaker else "supported_nobody")


def _is_very_words(evidence: Evidence, words: str) -> bool:
    """Whether the words stand in what the article presents as the speaker's own."""
    if evidence.statement.kind == "direct":
        return True
    text = evidence.article.text
    spoken = " … ".join(span.of(text) for span in evidence.statement.quoted)
    return compare(words, spoken).relation == "same"


def _evidence_of(matched: Sequence[Matched]) -> list[Evidence]:
    return [item.evidence for item in matched]


def _evidence(statement: Statement, library: Library) -> Evidence:
    return Evidence(statement=statement, article=library.article(statement.article_id))


def _name(naming: Naming | None) -> str:
    if naming is None:
        return ""
    return " / ".join(person.name for person in naming.people) or naming.mention


def _is_by(evidence: Evidence, naming: Naming | None) -> bool:
    if naming is None:
        return True
    speaker = evidence.statement.speaker
    return speaker is not None and speaker.id in naming.ids


def _in_runs(words: str, evidence: Sequence[Evidence], library: Library) -> tuple[Matched, ...]:
    """A quotation that goes on over its cue may be two statements: the words run from the one into the next."""
    seen: set[str] = set()
    for item in evidence:
        if item.article.id in seen:
            continue
        seen.add(item.article.id)
        inside = [
            _evidence(statement, library)
            for statement in library.statements(Filters(articles=frozenset({item.article.id})))
            if statement.kind == "direct" and statement.asserted
        ]
        for first, second in itertools.pairwise(inside):
            same = first.statement.speaker == second.statement.speaker and first.statement.speaker is not None
            between = item.article.text[first.statement.content[-1].end : second.statement.content[0].start]
            if same and "\n\n" not in between and len(between) <= 120:
                comparison = compare(words, f"{first.words} {second.words}")
                if comparison.relation == "same":
                    return (
                        Matched(evidence=first, comparison=comparison),
                        Matched(evidence=second, comparison=comparison),
                    )
    return ()


def _in_articles(words: str, library: Library, filters: Filters) -> tuple[Article, Span] | None:
    """Where the words stand, one after the other, in an article's own text."""
    asked = folded(words)
    for hit in library.passages_matching(words, filters=replace(filters, speakers=None, addressees=None), limit=20):
        passage = library.passage(hit.id)
        tokens = tokenize(passage.text)
        at = find_run(asked, tuple(fold(token.text) for token in tokens))
        if at >= 0:
            span = Span(tokens[at].start, tokens[at + len(asked) - 1].end).shift(passage.span.start)
            return library.article(passage.article_id), span
    return None


def _claimed(question: Question, library: Library, filters: Filters) -> Answer:
    """Whether somebody said what a question tells without quotation marks: all of its content words must be there."""
    found = find(question, library, filters=filters)
    name = _name(question.speaker)
    if question.speaker and not question.speaker.people:
        return compose.no_such_person(question, _most_quoted(library))
    if question.speaker and found.of_speaker == 0 and not found.unasserted:
        return _never_quoted(question, library, library.people())
    whole = [item for item in found.evidence if _holds_claim(question, item)]
    if whole:
        return compose.verdict(question, "supported", whole, key="supported")
    denied = [item for item in found.unasserted if _holds_claim(question, item)]
    if denied:
        return compose.not_said(question, denied)
    return compose.not_found(question, name=name, claim=True, closest=found.evidence[:1] if question.topic else ())


def _holds_claim(question: Question, evidence: Evidence) -> bool:
    """Whether a statement has every content word of the claim, and negates as often as the claim does."""
    spoken = evidence.article.language
    text = evidence.article.text
    cue = " ".join(span.of(text) for span in evidence.statement.cue)
    have: set[str] = set()
    # Not the words around the statement: "who did not say that he led a coup, said …" is no word on a coup.
    for token in (*tokenize(evidence.words), *tokenize(cue)):
        have |= likeness(token.text, spoken)
    if not all((likeness(word, question.language) | likeness(word, spoken)) & have for word in question.topic):
        return False
    ours, theirs = load_phrases(question.language), load_phrases(spoken)
    asked = sum(fold(word) in {fold(n) for n in ours.negations} for word in folded(question.text))
    said = sum(fold(word) in {fold(n) for n in theirs.negations} for word in evidence.folded)
    return not question.topic or bool(asked) == bool(said)


# The last look


def _faithful(answer: Answer, library: Library) -> Answer:
    """The answer, if the articles carry all of it; else a refusal: what cannot be shown faithfully is not shown."""
    texts = {citation.article: library.article(citation.article).text for citation in answer.citations}
    if not check(answer, texts):
        return answer
    question = answer.read_as or Question(text=answer.question, language=answer.language)
    phrases = load_phrases(answer.language)
    return compose.refusal(question, "not_in_articles", phrases.say("unsupported"))
