"""What a caller demands beside the question, and what of its reading the caller sets aside or puts in its place.

A face shows `Answer.parts`, each with the means to drop it: `query(question, ignore={"outlet"})` asks the same question
without the outlet that was read into it, `query(question, ignore={"speaker"}, speaker="Lima")` asks it of somebody else,
`query(question, topic="the wage talks")` puts another topic in the place of the one that was read.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any, Literal, TypedDict

from index.errors import InputError
from index.records import Person
from rag.answer import PARTS, Part
from rag.naming import find_people
from rag.phrases import load_phrases
from rag.question import Question
from rag.words import fold, tokenize

# Sentences on why a question cannot be read that a name or a topic from the caller answers.
_ANSWERED = ("unclear_pronoun", "unclear_that", "unclear_question", "unclear_other", "unclear_which")
_NAMED: tuple[Literal["speaker", "addressee"], ...] = ("speaker", "addressee")
_NOTHING: dict[Part, dict[str, Any]] = {
    "speaker": {"speaker": None},
    "addressee": {"addressee": None},
    "topic": {"topic": (), "circumstance": (), "claim": False},
    "quoted": {"quoted": ()},
    "act": {"acts": frozenset()},
    "outlet": {"relay": None},
    "language": {"languages": frozenset()},
    "since": {"since": None},
    "until": {"until": None},
    "very_words": {"very_words": False},
    "nations": {"nations": frozenset(), "abroad": False},
    "others": {"others": False, "without": frozenset()},
}


class Demands(TypedDict, total=False):
    """What may be given beside a question, all by name and all optional.

    Keys:
        speaker, addressee: Names that limit whose statements count, beside those in the question; they stand for a pronoun.
        outlet: Only its articles; case and accents do not matter.
        language: Only articles in it, as a code ("nb").
        since, until: Only articles published on these days and between; those without a day are left out.
        topic: What it is to be on, in place of the topic that the question has.
        ignore: Parts of the question's reading to set aside, by their names in `Answer.parts`.
    """

    speaker: str | None
    addressee: str | None
    outlet: str | None
    language: str | None
    since: date | None
    until: date | None
    topic: str | None
    ignore: Collection[Part]


def check_demands(demands: Demands) -> None:
    """
    Raises:
        InputError: A part that does not exist, or days the wrong way round.

    >>> check_demands({"ignore": {"outlet"}})
    """
    if unknown := sorted(set(demands.get("ignore", ())) - set(PARTS)):
        raise InputError(f"ignore has {', '.join(map(repr, unknown))}; the parts of a question are {', '.join(PARTS)}")
    since, until = demands.get("since"), demands.get("until")
    if since and until and since > until:
        raise InputError(f"since is {since.isoformat()} and until {until.isoformat()}; the first day must come first")


def with_names(question: Question, demands: Demands, people: Collection[Person]) -> Question:
    """The question with the caller's names where it has none, or no more than a pronoun."""
    phrases = load_phrases(question.language)
    for part in _NAMED:
        name = demands.get(part)
        naming = getattr(question, part)
        if name is not None and (naming is None or naming.how == "pronoun" or part in demands.get("ignore", ())):
            named: dict[str, Any] = {part: find_people(name, tuple(people), phrases=phrases)}
            question = _stated(replace(question, **named))
    return question


def without_ignored(question: Question, demands: Demands) -> Question:
    """The question without what the caller sets aside, and on the caller's topic where one is given.

    >>> asked = Question(text="", language="en", topic=("strike",), relay="AP")
    >>> mended = without_ignored(asked, {"ignore": {"outlet"}, "topic": "the wage talks"})
    >>> mended.relay, mended.topic
    (None, ('wage', 'talks'))
    """
    for part in demands.get("ignore", ()):
        if part in _NAMED and demands.get(part) is not None:
            continue
        question = replace(question, **_NOTHING[part])
    topic = demands.get("topic")
    if topic is not None:
        stop = {fold(word) for word in load_phrases(question.language).stop}
        words = tuple(token.text for token in tokenize(topic) if fold(token.text) not in stop)
        question = replace(question, topic=words, circumstance=(), claim=False)
        question = _stated(question) if words and question.unclear else question
    return question


def _stated(question: Question) -> Question:
    """With a name or a topic given, it is a question about statements, and clear."""
    unclear = None if question.unclear in _ANSWERED else question.unclear
    wanted = "words" if question.wanted == "fact" else question.wanted
    return replace(question, unclear=unclear, wanted=wanted)
