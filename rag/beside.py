"""What answers in the place of statements that are not there, or beside those that answer only in part.

Three ways, and each is told for what it is: others' statements where what was asked about says nothing itself ("What
sentence will prosecutors ask for?"), somebody's statements where a question of fact is about them ("What did Arce want
to restore?"), and sentences of the articles that have all that was asked about, without saying who speaks in them.
"""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from index.library import Filters, Library
from index.people import match_people
from index.records import Article, Person, Span
from index.sentences import find_sentences
from rag.fitting import coverage, covers, words_of
from rag.likeness import likeness
from rag.naming import Naming
from rag.question import Question
from rag.search import SOFT_ACTS, Found, Sentence, expand, find
from rag.witnesses import Evidence
from rag.words import find_run, fold, folded

# Of the words that are left when the person's name is taken out of a question of fact, so many must be the statement's.
_ENOUGH = 0.5
# Of a question of fact that names nobody, a statement must have so many of at least so many words.
_MOST_OF_IT = 0.66
_FEWEST_OF_ANYBODY = 3
_MOST_SENTENCES = 2
_MOST_HITS = 40
# Two sentences are looked at together up to so many characters.
_LONGEST_PAIR = 500


def find_by_others(question: Question, library: Library, filters: Filters) -> tuple[Question, Found] | None:
    """Others' statements on what the question takes for a speaker, where that is no name; None where there are none."""
    naming = question.speaker
    if naming is None or naming.how != "unknown" or naming.near or is_name(naming.mention, question.language):
        return None
    words = tuple(naming.mention.split())
    asked = replace(
        question, speaker=None, acts=frozenset(), topic=(*words, *question.topic), wanted="words", claim=False, unclear=None
    )
    found = find(asked, library, filters=filters)
    kept = tuple(item for item in found.evidence if coverage(words, item, language=question.language) >= 1)
    return (asked, replace(found, evidence=kept)) if kept else None


def is_name(mention: str, language: str) -> bool:
    """Whether a mention looks like a name by its capitals.

    German nouns have capitals too, so that there only a word that the language does not know tells a name."""
    words = mention.split()
    if language == "de":
        return not any(form.startswith("=") for word in words for form in likeness(word, language))
    return any(word[:1].isupper() for word in words)


def find_of_person(
    question: Question, library: Library, people: Sequence[Person], filters: Filters
) -> tuple[Question, Found] | None:
    """Statements of somebody whom a question of fact names, on what else it has; None where there are none.

    A number, day, place or name that is asked for must come from a sentence that has one; statements are no stand-in.
    """
    if question.expects is not None or question.wanted != "fact":
        return None
    for start, end in _names(question.topic):
        name = " ".join(question.topic[start:end])
        persons = tuple(match.person for match in match_people(name, people))
        rest = (*question.topic[:start], *question.topic[end:])
        if not persons or not rest:
            continue
        asked = replace(question, wanted="words", speaker=Naming(mention=name, people=persons), topic=rest)
        found = find(asked, library, filters=filters)
        language = question.language
        kept = tuple(item for item in found.evidence if not found.by_meaning and _held(rest, item, language) >= _ENOUGH)
        if kept:
            return asked, replace(found, evidence=kept)
    return None


def find_of_anybody(question: Question, library: Library, filters: Filters) -> tuple[Question, Found] | None:
    """Statements that have most of what a question of fact asks: "What sentence will prosecutors ask for?", said by a
    minister; None where there are none, or where a number, day or place is asked for.
    """
    if question.expects is not None or question.wanted != "fact" or len(question.topic) < _FEWEST_OF_ANYBODY:
        return None
    asked = replace(question, wanted="words", claim=True)
    found = find(asked, library, filters=filters)
    kept = tuple(item for item in found.evidence if _held(question.topic, item, question.language) >= _MOST_OF_IT)
    return (asked, replace(found, evidence=kept)) if kept and not found.by_meaning else None


def _names(words: Sequence[str]) -> list[tuple[int, int]]:
    """Runs of capitalised words, the longest first."""
    runs = [
        (start, end)
        for start in range(len(words))
        for end in range(start + 1, len(words) + 1)
        if all(word[:1].isupper() for word in words[start:end])
    ]
    return sorted(runs, key=lambda run: run[0] - run[1])


def _held(topic: Sequence[str], evidence: Evidence, language: str) -> float:
    """The share of topic words that a statement's own words have, in [0, 1]."""
    spoken = evidence.article.language
    words = words_of(evidence.words, spoken)
    return sum(covers(likeness(word, language) | likeness(word, spoken), words, spoken) for word in topic) / len(topic)


def find_told(question: Question, found: Found, library: Library, filters: Filters) -> tuple[Sentence, ...]:
    """Sentences that have all of the topic, in articles that name the speaker, where no statement that is shown has it all.

    A topic of one word, which too much has, must stand beside the name.
    """
    naming = question.speaker
    if (
        naming is None
        or not question.topic
        or question.quoted
        or question.acts - SOFT_ACTS
        or any(item.score >= 1 for item in found.evidence)
    ):
        return ()
    names = _forms(naming)
    articles = frozenset(article for person in naming.people for article in library.articles_mentioning(person.id))
    if not naming.people:
        articles = find_named(naming.mention, library, filters)
    if not articles:
        return ()
    within = replace(filters, speakers=None, addressees=None, articles=articles)
    best: dict[tuple[str, int], Sentence] = {}
    for hit in library.passages_matching(
        " ".join(expand(question.topic, question.language, library.languages())), filters=within, limit=_MOST_HITS
    ):
        passage = library.passage(hit.id)
        article = library.article(passage.article_id)
        for span in _wholes(article, passage.span, question, names if len(set(question.topic)) == 1 else frozenset()):
            best.setdefault((article.id, span.start), Sentence(article=article, span=span, score=hit.score))
    kept = sorted(best.values(), key=lambda sentence: (-sentence.score, sentence.article.id, sentence.span))
    return tuple(kept[:_MOST_SENTENCES])


def find_named(mention: str, library: Library, filters: Filters) -> frozenset[str]:
    """The articles in whose text a name stands as it was typed, whoever that is."""
    asked = folded(mention)
    if not asked or not any(word[:1].isupper() for word in mention.split()):
        return frozenset()
    found: set[str] = set()
    for hit in library.passages_matching(mention, filters=replace(filters, speakers=None, addressees=None), limit=_MOST_HITS):
        passage = library.passage(hit.id)
        if find_run(asked, folded(passage.text)) >= 0:
            found.add(passage.article_id)
    return frozenset(found)


def _forms(naming: Naming) -> frozenset[str]:
    """Words of which one names the speaker: the last of each name."""
    forms = [form for person in naming.people for form in (person.name, *person.aliases)] or [naming.mention]
    return frozenset(words[-1] for form in forms if (words := folded(form)))


def _wholes(article: Article, passage: Span, question: Question, names: frozenset[str]) -> list[Span]:
    """The sentences of a passage that have all of the topic and, if any are given, a name; where none has, two together."""
    spans = list(find_sentences(article.text, passage, language=article.language))
    pairs = [Span(one.start, two.end) for one, two in itertools.pairwise(spans) if two.end - one.start <= _LONGEST_PAIR]
    for group in (spans, pairs):
        if whole := [span for span in group if _has_all(question, article, span, names)]:
            return whole
    return []


def _has_all(question: Question, article: Article, span: Span, names: frozenset[str]) -> bool:
    plain = set(folded(span.of(article.text)))
    if names and not names & {word.removesuffix("'s") for word in plain}:
        return False
    missing = [word for word in question.topic if fold(word) not in plain]
    if not missing:
        return True
    words = words_of(span.of(article.text), article.language)
    return all(
        covers(likeness(word, question.language) | likeness(word, article.language), words, article.language) for word in missing
    )
