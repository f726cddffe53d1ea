"""A question that nothing fits in all its parts → the same without the part that articles often leave untold.

Articles seldom say "promised": they give the words, and the words promise. They do not say to whom, or not in the question's
words. What is shown then is still by the one asked about, and fits all that is left; the answer tells how it was read.
"""

from dataclasses import replace

from index.library import Filters
from index.records import Act
from rag.fitting import has_mood, is_on_the_story
from rag.naming import Naming
from rag.question import Question
from rag.search import SOFT_ACTS, Found, Store, find, is_of, share_said
from rag.witnesses import Evidence
from rag.words import folded

# A statement must have half of what is left of the question where a part of it is given up.
_ENOUGH = 0.5
# Accusing and blaming are also done by telling what somebody did.
_BLAMES: frozenset[Act] = frozenset({"accuse", "criticise"})


def widen(question: Question, found: Found, store: Store, filters: Filters) -> tuple[Question, Found] | None:
    """The question with the part given up that nothing fitted, and what it finds; None where that finds nothing either."""
    if found.evidence or found.unasserted or question.quoted or question.negated or question.very_words:
        return None
    match found.lacking:
        case "act" if question.addressee is not None and not _is_one(question.addressee):
            return _on_addressee(question, question.addressee, store, filters)
        case "act" if question.speaker is not None:
            return _without_act(question, store, filters)
        case "act" | "topic" if question.wanted == "who" and question.acts & _BLAMES:
            return _who_blames(question, store, filters)
        case "topic" if question.correction and question.speaker is not None:
            return _of_another(question, store, filters)
        case "addressee" | "relay" if question.addressee is not None and not _is_one(question.addressee):
            return _on_addressee(question, question.addressee, store, filters)
        case "topic" if question.speaker is not None and question.speaker.people and not question.claim:
            return _on_the_story(question, store, filters)
    return None


def _is_one(naming: Naming) -> bool:
    """Whether it is somebody by name: words to others are no words to them."""
    return any(person.kind == "person" for person in naming.people)


def _kept(asked: Question, found: Found, items: list[Evidence]) -> tuple[Question, Found] | None:
    return (asked, replace(found, evidence=tuple(items), lacking=None)) if items else None


def _without_act(question: Question, store: Store, filters: Filters) -> tuple[Question, Found] | None:
    asked = replace(question, acts=frozenset())
    found = find(asked, store, filters=filters)
    if question.acts & _BLAMES and question.speaker is not None and question.topic:
        people, accusing = store.people(), question.speaker.ids
        blamed = [one for one in people if one.id not in accusing and _names(one.name, question.topic)]
        theirs = find(replace(asked, topic=()), store, filters=filters)
        return _kept(asked, theirs, [item for item in theirs.evidence if any(is_of(item, one, people) for one in blamed)])
    if found.by_meaning:
        return None
    return _kept(asked, found, [item for item in found.evidence if has_mood(item, question.acts)])


def _who_blames(question: Question, store: Store, filters: Filters) -> tuple[Question, Found] | None:
    """ "Who accuses Lee of lying?": whoever says that Lee lies."""
    asked = replace(question, acts=frozenset(), claim=True)
    found = find(asked, store, filters=filters)
    return _kept(asked, found, [item for item in found.evidence if not found.by_meaning and share_said(asked, item) >= 1])


def _of_another(question: Question, store: Store, filters: Filters) -> tuple[Question, Found] | None:
    """ "No, I mean the other Berg": what the other one says, where nothing of it is on what was asked of the first."""
    asked = replace(question, topic=(), acts=frozenset(), circumstance=(), claim=False)
    found = find(asked, store, filters=filters)
    return _kept(asked, found, list(found.evidence))


def _names(name: str, topic: tuple[str, ...]) -> bool:
    last = folded(name)[-1:]
    return bool(last) and last[0] in {word for part in topic for word in folded(part)}


def _on_addressee(question: Question, addressee: Naming, store: Store, filters: Filters) -> tuple[Question, Found] | None:
    """ "What did she promise the people?": what she says of the people, where it is not told whom she said it to."""
    asked = replace(question, addressee=None, topic=(*addressee.mention.split(), *question.topic))
    found = find(asked, store, filters=filters)
    if not found.evidence and question.acts - SOFT_ACTS:
        return _without_act(asked, store, filters)
    kept = [item for item in found.evidence if not found.by_meaning and share_said(asked, item) >= _ENOUGH]
    return _kept(asked, found, kept)


def _on_the_story(question: Question, store: Store, filters: Filters) -> tuple[Question, Found] | None:
    """ "How did Oslo react to the landslide?": all that Oslo says in articles that are on the landslide."""
    asked = replace(question, topic=(), claim=False)
    found = find(asked, store, filters=filters)
    return _kept(asked, found, [item for item in found.evidence if is_on_the_story(item.article, question)])
