"""A question that leans on what was said before → one that stands alone; and the thread that remembers.

Only what a question leaves open is taken from before, and what was taken stands in `Answer.understood`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Unpack

from index.errors import InputError
from index.people import load_vocabulary
from index.records import Person
from rag.answer import Answer
from rag.demands import Demands
from rag.naming import Naming
from rag.parts import load_tables
from rag.question import Question
from rag.words import folded, tokenize

if TYPE_CHECKING:
    from pathlib import Path

    from index.library import Library
    from rag.wording import Wording


_ANYBODY = Naming(mention="either", how="pronoun")
_THEM = frozenset(("them", "dem", "dom", "dei", "ihnen"))
# "It" before a verb: "¿Quién lo niega?", "Qui le nie ?".
_OBJECTS = {"es": "lo", "fr": "le"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a conversation remembers of a question that was answered.

    Args:
        question: As it was understood, standing alone.
        speakers: Whom the answer cites, the first cited first.
        addressees: To whom the cited statements were said.
        statements: Ids of the statements that were cited.
        days: The first and last day on which what was cited was published; None where none has a day.
        named: Who is named in its topic ("on Zúñiga").
        sought: Whom of the speakers it asked for by a role ("which minister").
    """

    question: Question
    speakers: tuple[Person, ...] = ()
    addressees: tuple[Person, ...] = ()
    statements: tuple[str, ...] = ()
    days: tuple[date, date] | None = None
    named: tuple[Person, ...] = ()
    sought: tuple[Person, ...] = ()


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
        wanted = "who" if question.wanted == "to_whom" else question.wanted
        without = frozenset(person.id for person in before.speakers)
        question = replace(question, wanted=wanted, without=without, follow=question.follow or wanted == "who")
    leans = question.follow or question.correction
    if leans and question.speaker is not None and len(question.speaker.people) > 1 and not question.speaker.joined:
        question = replace(question, speaker=_namesakes(question.speaker, before))
    if question.other:
        question = _the_other(question, before)
        if question.unclear:
            return question
    if question.correction and question.speaker is not None:
        return _corrected(question, before)
    if (_is_gap(question) or _leans(question)) and before.question.wanted in ("fact", "who_is") and not before.speakers:
        # "To whom?" and "in his own words?" ask of a statement, and none was shown.
        return replace(question, unclear="unclear_that")
    if _is_gap(question):
        return _about_the_same(question, before)
    if _leans(question):
        question = _turned(question, before)
    if _contradicts(question):
        question = _on_the_same(question, before)
        if question.unclear == "unclear_that":
            return question
    if question.follow and question.wanted in ("words", "fact") and not question.topic and not question.quoted:
        question = _elliptic(question, before)
    speaker = _filled_speaker(question, before)
    addressee = _filled_addressee(question, speaker, before)
    if (speaker and speaker.how == "pronoun") or (addressee and addressee.how == "pronoun"):
        return replace(question, unclear="unclear_pronoun")
    if speaker is None and question.addressee and question.addressee.how == "pronoun" and question.wanted == "words":
        # "¿Qué le dijo?" leaves out who spoke.
        return replace(question, unclear="unclear_pronoun")
    return replace(question, speaker=speaker, addressee=addressee, unclear=None)


def _namesakes(naming: Naming, before: Turn) -> Naming:
    """ "I mean the Spanish one": of those whom it may stand for, who has a name of somebody that was asked about before."""
    asked = before.question.speaker.people if before.question.speaker else ()
    names = {word for person in (*asked, *before.speakers) for word in _surnames(person)}
    fitting = tuple(person for person in naming.people if names & _surnames(person))
    return replace(naming, people=fitting) if fitting else naming


def namesake_of_country(naming: Naming, before: Turn | None, people: Sequence[Person]) -> Naming:
    """ "I mean the Spanish one": who of that country shares a name with whom the turn before asked about; else as it was."""
    asked = before.question.speaker if before else None
    countries = load_vocabulary().read(naming.mention).places
    if asked is None or len(asked.people) != 1 or not countries or any(person.kind == "person" for person in naming.people):
        return naming
    names = _surnames(asked.people[0])
    fitting = [
        person
        for person in people
        if person.kind == "person" and person.id not in asked.ids and names & _surnames(person)
        and any(countries & load_vocabulary().read(role.text).places for role in person.roles)
    ]  # fmt: skip
    return Naming(mention=fitting[0].name, people=(fitting[0],)) if len(fitting) == 1 else naming


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


def _contradicts(question: Question) -> bool:
    """Whether it asks who did something about what was asked before: "who says that isn't so?", "who else said it?"."""
    named = question.speaker or question.addressee or question.relay or question.nations
    told = question.topic or question.quoted or question.circumstance
    leans = (question.follow and (question.acts or question.others)) or (question.acts == {"deny"} and _points(question))
    return question.wanted == "who" and bool(leans) and not (named or told)


def _on_the_same(question: Question, before: Turn) -> Question:
    """The question on the topic of the one before, whose speaker is not meant; unclear where that one had no topic."""
    old = before.question
    topic = old.topic or tuple(word for words in old.quoted for word in words.split())
    if not topic:
        return replace(question, unclear="unclear_that")
    without = old.speaker.ids if old.speaker else frozenset()
    acts = question.acts or (old.acts if old.wanted == "who" else frozenset())
    return replace(question, topic=topic, acts=acts, claim=question.claim or old.claim, without=question.without | without)


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
    if naming is not None and len(naming.people) == 1 and others and _has_name_of(others[0], before):
        # "The other Sánchez, the new army chief": what stands behind the name told already which one.
        return replace(question, follow=True, correction=True)
    if naming is not None and len(naming.people) > 1 and not others:
        # Both were shown: which one is not meant, nobody can tell.
        return replace(question, unclear="unclear_which")
    if naming is None or len(others) != 1 or len(naming.people) < 2:
        return replace(question, unclear="unclear_other")
    return replace(question, speaker=replace(naming, mention=others[0].name, people=others), follow=True, correction=True)


def _has_name_of(person: Person, before: Turn) -> bool:
    """Whether somebody asked about or cited before shares a name with the person."""
    asked = before.question.speaker.people if before.question.speaker else ()
    return any(_surnames(person) & _surnames(other) for other in (*asked, *before.speakers))


def _surnames(person: Person) -> frozenset[str]:
    """The words of a name that are not given to several: of "Juan José Rey" the last."""
    *others, last = folded(person.name)
    return frozenset({last, *(word for word in others[1:] if word not in load_vocabulary().first_names)})


def _corrected(question: Question, before: Turn) -> Question:
    """The question before with another speaker ("no, Pedro Sánchez"), or whatever else the correction gives."""
    old = before.question
    if question.topic or question.quoted or question.addressee or question.acts or old.wanted == "fact":
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
        if old.wanted in ("fact", "who_is"):
            # "Who is Zúñiga?", "And Lima?"; what was asked of a fact is no topic of words.
            return replace(question, wanted="who_is") if old.wanted == "who_is" else question
        wanted = old.wanted if old.wanted in ("words", "all", "how_many") else "words"
        return replace(question, topic=_topic_again(question, old), acts=old.acts, circumstance=old.circumstance, wanted=wanted)
    return question


def _topic_again(question: Question, old: Question) -> tuple[str, ...]:
    """The topic before without the names of who is asked about now; for "And Ríos on her?" after Lee on Ríos, Lee."""
    own = {word for person in (question.speaker.people if question.speaker else ()) for word in folded(person.name)}
    kept = tuple(word for word in old.topic if not own & set(folded(word)))
    if kept or kept == old.topic or old.speaker is None or len(old.speaker.people) != 1:
        return kept
    (person,), pronouns = old.speaker.people, load_tables(question.language).pronouns
    meant = [Naming(mention=found[0], how="pronoun") for word in _words(question) if (found := pronouns.at([word], 0))]
    return tuple(person.name.split()[-1:]) if any(_fits(person, pronoun) for pronoun in meant) else ()


def _points(question: Question) -> bool:
    return _OBJECTS.get(question.language) in _words(question)


def _words(question: Question) -> list[str]:
    return [token.text.casefold() for token in tokenize(question.text)]


def _filled_speaker(question: Question, before: Turn) -> Naming | None:
    """Whom "he", "she" or "they" means as the one who speaks; the pronoun itself where nobody can tell."""
    naming = question.speaker
    replies = "answer" in question.acts
    if naming is None and _is_left_open(question):
        # "¿Qué le contestó?" after words of Lee to Ríos: Ríos is who answers.
        return _one(before.question.addressee) if replies else None
    if naming is None:
        return _left_out(question, before)
    if naming.how != "pronoun":
        return naming
    if naming.mention == "plural":
        return _plural(question, naming, before, spoken=True)
    asked, asked_to = before.question.speaker, before.question.addressee
    if asked is not None and asked.how == "unknown" and not asked.people:
        # "He" may be whoever was asked about and is not in the articles.
        return naming
    if asked is not None and len(asked.people) > 1 and not asked.joined:
        # After "Sanchez", who may be two, "he" may be either.
        return _either(asked, naming, before)
    first, second = (asked_to, asked) if replies else (asked, asked_to)
    return _singular(naming, before, (_one(first), _one(second)))


def _filled_addressee(question: Question, speaker: Naming | None, before: Turn) -> Naming | None:
    """Whom "him", "her" or "them" means as the one who is spoken to, who is never the one who speaks."""
    naming = question.addressee
    if naming is None and speaker is not None and (question.follow or question.language in ("es", "fr")):
        # "What did Ríos tell them?" after words to a crowd.
        group = before.question.addressee
        return group if group is not None and _is_group(group) and _tells_them(question) else None
    if naming is None or naming.how != "pronoun":
        return naming
    if naming.mention == "plural":
        return _plural(question, naming, before, spoken=False)
    taken = speaker.ids if speaker else frozenset()
    return _singular(naming, before, (_one(before.question.addressee), _one(before.question.speaker)), taken=taken)


def _left_out(question: Question, before: Turn) -> Naming | None:
    """Whom a Spanish verb in the singular means that has no subject ("¿Qué escribió en X?"), where one was asked about."""
    asked = _one(before.question.speaker)
    if question.language != "es" or question.wanted != "words" or asked is None or question.quoted or question.relay:
        return None
    words = _words(question)
    verbs = [word for word in words if load_tables("es").verbs.at([word], 0)]
    is_singular = len(verbs) == 1 and not verbs[0].endswith("n")
    return asked if is_singular and "se" not in words and _fits(asked.people[0], _ANYBODY) else None


def _tells_them(question: Question) -> bool:
    """Whether "them" stands right behind a verb of speech, or the like of it before one ("les dijo")."""
    words, verbs = _words(question), load_tables(question.language).verbs
    pairs = list(pairwise(words))
    if question.language in ("es", "fr"):
        return any(first in ("les", "leur") for first, _ in pairs)
    return any(second in _THEM and verbs.at([first], 0) for first, second in pairs)


def _is_left_open(question: Question) -> bool:
    return question.addressee is not None and question.addressee.how == "pronoun" and question.wanted == "words"


def _one(naming: Naming | None) -> Naming | None:
    """A naming that stands for one person."""
    return naming if naming is not None and len(naming.people) == 1 else None


def _fits(person: Person, naming: Naming) -> bool:
    return person.kind == "person" and (naming.mention == "either" or person.gender in (None, naming.mention))


def _singular(naming: Naming, before: Turn, asked: tuple[Naming | None, ...], *, taken: frozenset[str] = frozenset()) -> Naming:
    """The first fitting one of those who were asked about, else the only fitting one of those sought, of those named or cited,
    or of those spoken to; the pronoun itself where several fit, since nobody can tell.
    """
    for one in asked:
        if one is not None and _fits(one.people[0], naming) and one.people[0].id not in taken:
            return Naming(mention=one.people[0].name, people=one.people)
    # "Who denied that Lee gave the order?" asks for whoever did, not for Lee.
    shown = (before.speakers, before.named) if before.question.wanted == "who" else ((*before.named, *before.speakers),)
    for group in (before.sought, *shown, before.addressees):
        fitting = {person.id: person for person in group if _fits(person, naming) and person.id not in taken}
        if len(fitting) > 1:
            return naming
        if fitting:
            (person,) = fitting.values()
            return Naming(mention=person.name, people=(person,))
    return naming


def _either(asked: Naming, naming: Naming, before: Turn) -> Naming:
    """Of several who have the name that was asked about, those who were cited and fit."""
    fitting = tuple(person for person in asked.people if person in before.speakers and _fits(person, naming))
    return replace(asked, people=fitting) if fitting else naming


def _plural(question: Question, naming: Naming, before: Turn, *, spoken: bool) -> Naming:
    """Whom "they" and "them" means: a group that was asked about, or all who were cited, where these are more than one."""
    asked, asked_to = before.question.speaker, before.question.addressee
    groups = [asked_to, asked] if not spoken or "answer" in question.acts else [asked, asked_to]
    for group in groups:
        if group is not None and _is_group(group):
            return group
    if len(before.speakers) > 1:
        return Naming(mention=naming.mention, people=before.speakers, joined=True)
    if spoken and question.language == "en" and (one := _one(asked) or _one(Naming(mention="", people=before.speakers))):
        # "They" is said of one person, too.
        return Naming(mention=one.people[0].name, people=one.people)
    return naming


def _is_group(naming: Naming) -> bool:
    """Whether a naming stands for several together: people joined, a body, or words for nobody in particular ("the crowd")."""
    if naming.how == "pronoun":
        return False
    if len(naming.people) > 1:
        return naming.joined
    return all(person.kind == "organisation" for person in naming.people)


# What a turn shows of whom it is about


def named_in(question: Question, people: Sequence[Person]) -> tuple[Person, ...]:
    """Who may be named in a question's topic, several where a name is theirs all.

    >>> lee = Person(id="ann-lee", name="Ann Lee")
    >>> [person.name for person in named_in(Question(text="", language="en", topic=("arrest", "Lee")), [lee])]
    ['Ann Lee']
    """
    words = {word for part in question.topic for word in folded(part)}
    asked = {person.id: words & set(folded(person.name)) for person in people if person.kind == "person"}
    fullest = {word: max(len(found) for found in asked.values() if word in found) for found in asked.values() for word in found}
    return tuple(
        person
        for person in people
        if (found := asked.get(person.id)) and found & _surnames(person) and any(len(found) == fullest[word] for word in found)
    )


def sought_by(question: Question, cited: Sequence[Person]) -> tuple[Person, ...]:
    """Those cited who have the role that a question asks among: "which minister", "hvilken general"."""
    if question.wanted != "who" or question.speaker is not None:
        return ()
    words = _words(question)
    tables, vocabulary = load_tables(question.language), load_vocabulary()
    start = next((at for at in range(len(words)) if (found := tables.ask.at(words, at)) and found[0] in ("who", "which")), None)
    end = next((at for at in range(len(words)) if start is not None and at > start and tables.verbs.at(words, at)), len(words))
    sought = vocabulary.read(" ".join(words[start:end])).concepts if start is not None else frozenset()
    return tuple(
        person
        for person in cited
        if any(
            concept == role or concept.endswith(f"_{role}")
            for held in person.roles
            for concept in vocabulary.read(held.text).concepts
            for role in sought
        )
    )


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
