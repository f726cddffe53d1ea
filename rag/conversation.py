"""A question that leans on what was said before → one that stands alone; and the thread that remembers.

Only what a question leaves open is taken from before, and what was taken stands in `Answer.understood`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Unpack

from index.errors import InputError
from index.records import Person
from rag.answer import Answer
from rag.demands import Demands
from rag.naming import Naming
from rag.question import Question
from rag.words import folded

if TYPE_CHECKING:
    from pathlib import Path

    from index.library import Library
    from rag.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a conversation remembers of a question that was answered.

    Args:
        question: As it was understood, standing alone.
        speakers: Whom the answer cites, the first cited first.
        addressees: To whom the cited statements were said.
        statements: Ids of the statements that were cited.
        days: The first and last day on which what was cited was published; None where none has a day.
    """

    question: Question
    speakers: tuple[Person, ...] = ()
    addressees: tuple[Person, ...] = ()
    statements: tuple[str, ...] = ()
    days: tuple[date, date] | None = None


def resolve(question: Question, before: Turn | None) -> Question:
    """The question with its pronouns and gaps filled from the turn before; `unclear` where they cannot be.

    >>> he = Naming(mention="male", how="pronoun")
    >>> resolve(Question(text="What did he say?", language="en", speaker=he), None).unclear
    'unclear_pronoun'
    """
    if question.unclear in ("unclear_empty", "unclear_long", "unclear_marks", "unclear_language"):
        return question
    pronoun = any(naming and naming.how == "pronoun" for naming in (question.speaker, question.addressee))
    if before is None:
        if pronoun:
            return replace(question, unclear="unclear_pronoun")
        return replace(question, unclear="unclear_that") if _is_gap(question) or _leans(question) else question
    if question.others:
        # "Who else condemned it?"
        question = replace(question, without=frozenset(person.id for person in before.speakers))
    if question.follow and question.speaker is not None and len(question.speaker.people) > 1 and not question.speaker.joined:
        question = replace(question, speaker=_namesakes(question.speaker, before))
    if question.other:
        question = _the_other(question, before)
        if question.unclear:
            return question
    if question.correction and question.speaker is not None:
        return _corrected(question, before)
    if _is_gap(question):
        return _about_the_same(question, before)
    if _leans(question):
        question = _turned(question, before)
    if question.follow and question.wanted in ("words", "fact") and not question.topic and not question.quoted:
        question = _elliptic(question, before)
    speaker = _fill(question.speaker, before, _first_speaker(before))
    addressee = _fill(question.addressee, before, _first_addressee(before, speaker))
    if (speaker and speaker.how == "pronoun") or (addressee and addressee.how == "pronoun"):
        return replace(question, unclear="unclear_pronoun")
    return replace(question, speaker=speaker, addressee=addressee, unclear=None)


def _namesakes(naming: Naming, before: Turn) -> Naming:
    """ "I mean the Spanish one": of those whom it may stand for, who has a name of somebody that was asked about before."""
    asked = before.question.speaker.people if before.question.speaker else ()
    names = {word for person in (*asked, *before.speakers) for word in folded(person.name)}
    fitting = tuple(person for person in naming.people if names & set(folded(person.name)))
    return replace(naming, people=fitting) if fitting else naming


def _is_gap(question: Question) -> bool:
    """Whether the question names nothing of its own: "to whom?", "which outlet reported that?"."""
    return (
        question.wanted in ("to_whom", "when", "where", "outlet", "who", "how_many")
        and question.speaker is None
        and question.addressee is None
        and not (question.topic or question.quoted or question.relay or question.circumstance)
        and not (question.acts or question.nations or question.others)
    )


def _leans(question: Question) -> bool:
    """Whether it asks to see what was shown before another way: "in his own words?", "anything later?"."""
    turned = question.very_words or question.shift is not None
    named = question.speaker is not None and question.speaker.how != "pronoun"
    return turned and question.follow and not named and not question.topic and not question.quoted


def _turned(question: Question, before: Turn) -> Question:
    """The question before, for the very words alone or for the time after or before what it showed."""
    old = before.question
    turned = replace(old, text=question.text, language=question.language, follow=True, unclear=None)
    if old.speaker is None and before.speakers:
        speaker = Naming(mention=before.speakers[0].name, people=(before.speakers[0],))
        turned = replace(turned, speaker=speaker, claim=False)
    if old.wanted not in ("words", "all", "who"):
        turned = replace(turned, wanted="words")
    if question.very_words:
        return replace(turned, very_words=True)
    turned = replace(
        turned, shift=question.shift, addressee=None, topic=(), circumstance=(), quoted=(), acts=frozenset(), wanted="words"
    )
    if before.days is None:
        return turned
    if question.shift == "later":
        return replace(turned, since=before.days[1] + timedelta(days=1), until=None)
    return replace(turned, until=before.days[0] - timedelta(days=1), since=None)


def _the_other(question: Question, before: Turn) -> Question:
    """ "The other Sanchez": who has the name beside the one that was shown; unclear where both were, or neither."""
    naming = question.speaker
    shown = {person.id for person in before.speakers}
    if before.question.speaker and len(before.question.speaker.people) == 1:
        shown = set(before.question.speaker.ids)
    others = tuple(person for person in naming.people if person.id not in shown) if naming else ()
    if naming is not None and len(naming.people) > 1 and not others:
        # Both were shown: which one is not meant, nobody can tell.
        return replace(question, unclear="unclear_which")
    if naming is None or len(others) != 1 or len(naming.people) < 2:
        return replace(question, unclear="unclear_other")
    return replace(question, speaker=replace(naming, mention=others[0].name, people=others), follow=True, correction=True)


def _corrected(question: Question, before: Turn) -> Question:
    """The question before with another speaker ("no, Pedro Sánchez"), or whatever else the correction gives."""
    old = before.question
    if question.topic or question.quoted or question.addressee or question.acts:
        return question
    return replace(
        old, text=question.text, speaker=question.speaker, correction=True, other=question.other, follow=True, unclear=None
    )


def _about_the_same(question: Question, before: Turn) -> Question:
    old = before.question
    wanted = question.wanted
    return replace(old, text=question.text, language=question.language, wanted=wanted, follow=True, unclear=None)


def _elliptic(question: Question, before: Turn) -> Question:
    """ "And Morales?" asks the question before of another speaker, "And to Zúñiga?" of another addressee."""
    old = before.question
    if question.speaker is None and question.addressee is not None:
        return replace(old, text=question.text, addressee=question.addressee, wanted="words", quoted=(), topic=(), unclear=None)
    if question.speaker is not None and question.addressee is None and not question.acts and question.wanted == "words":
        wanted = old.wanted if old.wanted in ("words", "all", "how_many") else "words"
        return replace(question, topic=old.topic, acts=old.acts, circumstance=old.circumstance, wanted=wanted)
    return question


def _fill(naming: Naming | None, before: Turn, candidates: tuple[Person, ...]) -> Naming | None:
    if naming is None or naming.how != "pronoun":
        return naming
    if naming.mention == "plural":
        everyone = tuple(dict.fromkeys(before.speakers))
        return Naming(mention=naming.mention, people=everyone, joined=True) if everyone else naming
    asked = before.question.speaker
    fitting = [person for person in candidates if person.gender in (None, naming.mention) and person.kind == "person"]
    if asked is not None and len(asked.people) > 1 and not asked.joined and len(fitting) > 1:
        # After "Sanchez", who may be two, "he" may be either.
        return Naming(mention=asked.mention, people=tuple(person for person in asked.people if person in fitting))
    return Naming(mention=fitting[0].name, people=(fitting[0],)) if fitting else naming


def _first_speaker(before: Turn) -> tuple[Person, ...]:
    asked = before.question.speaker.people if before.question.speaker else ()
    asked_to = before.question.addressee.people if before.question.addressee else ()
    return (*(asked if len(asked) == 1 else ()), *before.speakers, *asked_to, *before.addressees)


def _first_addressee(before: Turn, speaker: Naming | None) -> tuple[Person, ...]:
    taken = speaker.ids if speaker else frozenset()
    asked_to = before.question.addressee.people if before.question.addressee else ()
    return tuple(person for person in (*asked_to, *before.addressees, *_first_speaker(before)) if person.id not in taken)


class Conversation:
    """A thread of questions on one library, in which "he", "And Lima?" and "to whom?" have a meaning.

    Args:
        library: Its folder, or an open `Library`.
        wording: A language model that words the answers; none by default.
    """

    def __init__(self, *, library: "str | Path | Library" = "library", wording: "Wording | None" = None) -> None:
        self.library = library
        self.wording = wording
        self.last: Turn | None = None
        self._asked: tuple[str, Turn | None, Demands] | None = None

    def ask(self, question: str, **demands: Unpack[Demands]) -> Answer:
        """The answer to a question that may lean on those before it; see `rag.query.query`."""
        from rag.query import query

        self._asked = (question, self.last, demands)
        return query(question, library=self.library, conversation=self, wording=self.wording, **demands)

    def stream(self, question: str, **demands: Unpack[Demands]) -> Iterator[str | Answer]:
        """The lines of the answer as they come, and at last the answer; see `rag.query.stream`."""
        from rag.query import stream

        self._asked = (question, self.last, demands)
        yield from stream(question, library=self.library, conversation=self, wording=self.wording, **demands)

    def mend(self, **demands: Unpack[Demands]) -> Answer:
        """The last question asked anew, read otherwise: it leans on what it leaned on before, not on its own answer.

        What was demanded before still is, unless it is given anew; parts to ignore come beside those ignored before.

        Raises:
            InputError: Nothing was asked yet; else as for `rag.query.query`.
        """
        if self._asked is None:
            raise InputError("there is no question to mend; ask one first")
        question, self.last, before = self._asked
        ignored = {*before.get("ignore", ()), *demands.get("ignore", ())}
        return self.ask(question, **(before | demands | {"ignore": ignored}))

    def remember(self, turn: Turn) -> None:
        """Keep a question that was understood as the one that the next may lean on."""
        self.last = turn
