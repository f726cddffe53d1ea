"""Words or a claim that somebody is to have made → a verdict, with the statements that show it."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

from index.languages import detect_language
from index.library import Filters, Library
from index.records import Article, Span, Statement
from rag import compose
from rag.absent import most_quoted, tell_never_quoted
from rag.answer import Answer
from rag.beside import find_told
from rag.claiming import asks_of_matter, does_act, holds, is_unknown, weigh, with_told_act
from rag.claims import LONGEST_CLAIM, compare, is_joined
from rag.fitting import is_relayed
from rag.naming import Naming, find_people
from rag.phrases import ANSWER_LANGUAGES, load_phrases
from rag.question import Question
from rag.search import SOFT_ACTS, Matched, expand, find, is_of, match_words, share_said
from rag.tongue import LONGEST_QUESTION, guess_language
from rag.witnesses import Evidence, gather, with_witnesses
from rag.words import MARKS, find_run, fold, folded, tokenize

_MOST_CLAIMS = 200
# A statement is near a claim from this share of its words on; what others say of somebody is of the same from this on.
_CLOSE = 0.5
_OF_THE_SAME = 0.5
# Fewer words do not tell the language they are in.
_FEWEST_WORDS = 4


def judge_words(words: str, speaker: str | None, library: Library, *, language: str | None = None) -> Answer:
    """Whether somebody said the words; see `rag.query.verify`."""
    people = library.people()
    language = _language_of(words) if language is None else language
    language = "nb" if language in ("nn", "no") else language if language in ANSWER_LANGUAGES else "en"
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


def judge_question(question: Question, library: Library, filters: Filters) -> Answer:
    """Whether what a question tells, in quotation marks or without, was said."""
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
    if same and question.relay:
        there = [item for item in same if is_relayed(item.evidence, question.relay)]
        if not there and (translated := _there(same, question.relay, library)):
            return compose.verdict(question, "supported", translated, key="supported")
        if not there:
            return compose.verdict(question, "altered", _evidence_of(same), key="elsewhere", outlet=question.relay)
        same = there
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
    if place := in_articles(words, library, filters):
        return compose.in_article_only(question, *place)
    return compose.not_found(question, name=name)


def _there(matched: Sequence[Matched], relay: str, library: Library) -> list[Evidence]:
    """The same statements as an outlet has them, in its own language."""
    speakers = frozenset(item.evidence.statement.speaker.id for item in matched if item.evidence.statement.speaker)
    pool = [_evidence(statement, library) for statement in library.statements(Filters(speakers=speakers))]
    return [item for item in with_witnesses(_evidence_of(matched), pool) if is_relayed(item, relay)]


def _language_of(words: str) -> str:
    """The language to answer in: that of the words, where they are enough to tell it."""
    if found := guess_language(words):
        return found
    return detect_language(words) if len(tokenize(words)) >= _FEWEST_WORDS else "en"


def _supported(question: Question, matched: Sequence[Matched]) -> Answer:
    """Supported, if they were also said to the one asked about, and as the very words."""
    evidence = _evidence_of(matched)
    if question.addressee is not None and question.addressee.people:
        ids = question.addressee.ids
        to = [(e, e.statement.addressee.person) for e in evidence if e.statement.addressee and e.statement.addressee.person]
        fitting = [e for e, person in to if person.id in ids]
        if to and not fitting:
            return compose.verdict(question, "altered", [e for e, _ in to], key="altered")
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
    return (", " if naming.joined else " / ").join(person.name for person in naming.people) or naming.mention


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


def in_articles(words: str, library: Library, filters: Filters) -> tuple[Article, Span] | None:
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
    """Whether somebody said what a question tells without quotation marks: all words that carry it must be there."""
    if question.speaker and not question.speaker.people:
        return compose.no_such_person(question, most_quoted(library))
    if not question.acts - SOFT_ACTS and asks_of_matter(question):
        return _on_matter(question, library, filters)
    question = with_told_act(question)
    found = find(question, library, filters=filters)
    name = _name(question.speaker)
    if question.speaker and found.of_speaker == 0 and not found.unasserted:
        return tell_never_quoted(question, library, filters)
    claim = weigh(question, library)
    whole = [item for item in found.evidence if holds(claim, item)]
    # "Did Morales call it a coup?": whether he called or said it is the same; and "he recognises" is told in other words too.
    wider = find(replace(question, acts=frozenset()), library, filters=filters) if question.acts else found
    if not whole and question.acts and question.acts <= SOFT_ACTS - {"support"}:
        whole = [item for item in wider.evidence if holds(claim, item)]
    elif not whole and question.acts - SOFT_ACTS and question.speaker:
        whole = [item for item in wider.evidence if does_act(item, question.acts) and holds(claim, item)]
    if whole:
        return compose.verdict(question, "supported", whole, key="supported")
    denied = [item for item in found.unasserted if holds(claim, item)]
    if denied:
        return compose.not_said(question, denied)
    if others := _said_of(question, library, filters):
        return compose.not_found(question, name=name, claim=True, others=others)
    weighed = replace(question, topic=claim.words)
    # What was said of another act is near only where it is common: who condemned something did not call for it.
    nearby = wider.evidence if question.acts <= SOFT_ACTS else found.evidence
    shares = {item.statement.id: share_said(weighed, item) for item in nearby}
    near = sorted(nearby, key=lambda item: -shares[item.statement.id])[:1]
    return compose.not_found(
        question, name=name, claim=True, closest=[item for item in near if shares[item.statement.id] >= _CLOSE]
    )


def _on_matter(question: Question, library: Library, filters: Filters) -> Answer:
    """Whether anything was said on a matter: what was is found as for "what did … say on …"."""
    asked = replace(question, wanted="words", claim=False, acts=frozenset())
    found = find(asked, library, filters=filters)
    if question.speaker and found.of_speaker == 0 and not found.unasserted:
        return tell_never_quoted(question, library, filters)
    if any(is_unknown(word, question.language, library) for word in question.topic):
        # "The price of lithium" where lithium stands nowhere: what was said on other prices is not on it.
        found = replace(found, evidence=(), unasserted=(), matched=(), lacking="topic", by_meaning=False)
    if not found.evidence or found.by_meaning:
        return compose.compose(asked, found, told=find_told(asked, found, library, filters))
    return compose.verdict(question, "supported", found.evidence, key="supported")


def _said_of(question: Question, library: Library, filters: Filters) -> list[Evidence]:
    """What others say of the one asked about, where it is on the same: "Did Lee say he gave the order?" – Ríos says so.

    Of the claim's words they must have the one that fewest statements have: all speak of the strike, but who of the order?
    """
    naming = question.speaker
    if naming is None or len(naming.people) != 1 or not question.topic or question.acts - SOFT_ACTS:
        return []
    asked = replace(question, speaker=None, acts=frozenset(), wanted="words", claim=True, without=naming.ids)
    people = library.people()
    kept = [item for item in find(asked, library, filters=filters).evidence if is_of(item, naming.people[0], people)]
    expected = {
        word: len(library.statements_matching(" ".join(expand([word], question.language, library.languages()))))
        for word in question.topic
    }
    for word in sorted(expected, key=lambda word: expected[word]):
        if fitting := [item for item in kept if share_said(replace(question, topic=(word,)), item)]:
            return [item for item in fitting if share_said(question, item) >= _OF_THE_SAME]
    return []
