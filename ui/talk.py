"""What a visitor does on the page in which questions are asked: ask, ask again with a part changed, open what was kept."""

import logging
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from time import perf_counter
from typing import TYPE_CHECKING, Any

from index.errors import InputError, NotFoundError, WhosaidError
from index.languages import normalise_language
from index.library import Library
from rag.answer import Answer
from rag.conversation import Conversation
from rag.witnesses import Evidence as Witness
from rag.witnesses import gather
from ui import service
from ui.asking import Seats
from ui.history import MOST_TURNS, History, Listed
from ui.render import Evidence, Turn
from ui.shelf import Shelf
from ui.texts import Texts, load_texts

if TYPE_CHECKING:
    from rag.wording import Wording

LOG = logging.getLogger(__name__)
# Conversations that are kept at hand; the others are read from the file when they are opened.
MOST_AT_HAND = 256
N_OFFERS = 4
# Answers that a language model words at a time: fewer than questions that the page works on.
PAGE_SEATS = 2


@dataclass(slots=True, kw_only=True)
class Talk:
    """One conversation as it is shown.

    Args:
        thread: What follow-up questions lean on; None until the next question makes it anew from the turns.
    """

    id: str
    turns: tuple[Turn, ...] = ()
    thread: Conversation | None = None
    busy: threading.Lock = field(default_factory=threading.Lock)


class Talks:
    """All conversations on one library.

    Args:
        wording: A language model that words the answers; none by default.
    """

    def __init__(self, shelf: Shelf, history: History, *, wording: "Wording | None" = None) -> None:
        self._shelf = shelf
        self._history = history
        self._seats = Seats(wording, seats=PAGE_SEATS)
        self._mutex = threading.Lock()
        self._at_hand: OrderedDict[tuple[str, str], Talk] = OrderedDict()

    def open(self, owner: str, conversation: str | None) -> Talk:
        """The owner's conversation by its id; a new one where there is none, or it is somebody else's."""
        if conversation and re.fullmatch(r"[\w-]{1,64}", conversation):
            key = (owner, conversation)
            with self._mutex:
                found = self._at_hand.get(key)
                if found is not None:
                    self._at_hand.move_to_end(key)
            if found is not None:
                self._let_go(found)
                return found
            if turns := self._history.turns(owner, conversation):
                return self._put(owner, Talk(id=conversation, turns=self._with_evidence(turns)))
        return Talk(id=secrets.token_urlsafe(12))

    def listed(self, owner: str) -> tuple[Listed, ...]:
        return self._history.listed(owner)

    def delete(self, owner: str, conversation: str) -> None:
        with self._mutex:
            self._at_hand.pop((owner, conversation), None)
        self._history.delete(owner, conversation)

    def ask(self, owner: str, talk: Talk, question: str, texts: Texts) -> Iterator[tuple[str, ...] | Talk]:
        """The answer's lines as they come, and at last the conversation with one more turn, kept.

        An error becomes the turn's message.
        """
        number = len(talk.turns)
        if number >= MOST_TURNS:
            full = Turn(question=question, error=texts.say("conversation_full", n=MOST_TURNS))
            yield Talk(id=talk.id, turns=(*talk.turns, full))
            return
        turn = yield from self._answer(talk, question, (), texts, number=number)
        with talk.busy:
            # Another tab may have asked in the same conversation meanwhile.
            number = len(talk.turns)
            talk.turns = (*talk.turns, turn)
        self._keep(owner, talk, number)
        yield talk

    def change(
        self, owner: str, talk: Talk, number: int, changes: Mapping[str, str | None], texts: Texts
    ) -> Iterator[tuple[str, ...] | Talk]:
        """A question asked again: parts of its reading replaced, set aside ("") or as they were (None); yields as `ask`."""
        old = talk.turns[number]
        kept = {**dict(old.changes), **changes}
        talk.thread = None
        asked = tuple((part, value.strip()) for part, value in kept.items() if value is not None)
        turn = yield from self._answer(talk, old.question, asked, texts, number=number)
        with talk.busy:
            talk.turns = (*talk.turns[:number], turn, *talk.turns[number + 1 :])
            if number + 1 < len(talk.turns):
                talk.thread = None
        self._keep(owner, talk, number)
        yield talk

    def _keep(self, owner: str, talk: Talk, number: int) -> None:
        self._put(owner, talk)
        self._history.keep(owner, talk.id, number, talk.turns[number])

    def _put(self, owner: str, talk: Talk) -> Talk:
        with self._mutex:
            kept = self._at_hand.setdefault((owner, talk.id), talk)
            while len(self._at_hand) > MOST_AT_HAND:
                self._at_hand.popitem(last=False)
        return kept

    def _answer(
        self, talk: Talk, question: str, changes: tuple[tuple[str, str], ...], texts: Texts, *, number: int
    ) -> Generator[tuple[str, ...], None, Turn]:
        lines: list[str] = []
        started = perf_counter()
        try:
            with self._shelf.reading() as library:
                if talk.thread is None:
                    talk.thread = _thread(talk.turns[:number], library)
                talk.thread.library = library
                answer = talk.thread.ask(question, **demands(changes))
                articles = {cited.article: library.article(cited.article) for cited in answer.citations}
            # The library is let go of before a language model is asked: others need not wait for a slow one.
            for piece in self._seats.lines(answer, articles):
                if isinstance(piece, str):
                    lines.append(piece)
                    yield tuple(lines)
                else:
                    answer = replace(piece, seconds=perf_counter() - started)
            with self._shelf.reading() as library:
                return turn_of(question, answer, library, changes=changes)
        except WhosaidError as error:
            return Turn(question=question, error=str(error), changes=changes)
        # The edge: whatever breaks, this visitor's page must not wait for ever, and the others' must go on.
        except Exception:
            LOG.exception("a question could not be answered")
            return Turn(question=question, error=texts.say("broken"), changes=changes)

    def _let_go(self, talk: Talk) -> None:
        """Show no article any more that was forgotten since."""
        shown = {evidence.article.id for turn in talk.turns for evidence in turn.evidence}
        with self._shelf.reading() as library:
            there = _articles_of(library, shown)
        if shown <= there:
            return
        with talk.busy:
            talk.turns = self._with_evidence(talk.turns)

    def _with_evidence(self, turns: Sequence[Turn]) -> tuple[Turn, ...]:
        with self._shelf.reading() as library:
            return tuple(_with_evidence(library, turn) for turn in turns)


def turn_of(question: str, answer: Answer, library: Library, *, changes: tuple[tuple[str, str], ...] = ()) -> Turn:
    """An answer with all that is shown beside it."""
    evidence = service.evidence(library, answer)
    return Turn(
        question=question,
        answer=answer,
        evidence=evidence,
        groups=same_statements(evidence, answer.language),
        changes=changes,
        offers=offers(answer, library),
    )


def _with_evidence(library: Library, turn: Turn) -> Turn:
    if turn.answer is None:
        return turn
    evidence = evidence_of(library, turn.answer)
    return replace(turn, evidence=evidence, groups=same_statements(evidence, turn.answer.language))


def evidence_of(library: Library, answer: Answer) -> tuple[Evidence, ...]:
    """The evidence behind an answer of an earlier day, as far as its articles are still in the library."""
    there = _articles_of(library, {citation.article for citation in answer.citations})
    return service.evidence(library, replace(answer, citations=tuple(c for c in answer.citations if c.article in there)))


def _articles_of(library: Library, identifiers: Iterable[str]) -> set[str]:
    """Those of the articles that the library has."""
    there = set()
    for identifier in identifiers:
        try:
            library.article(identifier)
        except NotFoundError:
            continue
        there.add(identifier)
    return there


def same_statements(evidence: Sequence[Evidence], language: str) -> tuple[tuple[int, ...], ...]:
    """The numbers of citations that tell of the same statement, the one that the answer tells first leading each group."""
    numbers: dict[str, int] = {}
    witnesses = []
    for item in evidence:
        if item.statement is not None and item.statement.id not in numbers:
            numbers[item.statement.id] = item.citation.n
            witnesses.append(Witness(statement=item.statement, article=item.article))
    accounts = gather(witnesses, language=language)
    return tuple(tuple(sorted(numbers[witness.statement.id] for witness in account.witnesses)) for account in accounts)


def offers(answer: Answer, library: Library) -> tuple[str, ...]:
    """Questions with an answer, for one that has none: of those whom the name may have meant, then of the most quoted."""
    if answer.reason is None:
        return ()
    read = answer.read_as
    naming = read.speaker if read else None
    near = [person.name for person in naming.near] if naming else []
    asked = naming.ids if naming else frozenset()
    near += [person.name for person, _ in library.most_quoted(limit=N_OFFERS + 1) if person.id not in asked]
    texts = load_texts("nb" if answer.language in ("nb", "nn", "da", "sv") else "en")
    return tuple(texts.say("example_said", name=name) for name in dict.fromkeys(near))[:N_OFFERS]


def demands(changes: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """What the reader changed, as `query` takes it.

    Raises:
        InputError: A day or a language that is none.

    >>> found = demands([("speaker", "Lima"), ("topic", "")])
    >>> sorted(found["ignore"]), found["speaker"]
    (['speaker', 'topic'], 'Lima')
    """
    given: dict[str, Any] = {"ignore": frozenset(part for part, _ in changes)}
    for part, value in changes:
        if not value:
            continue
        if part in ("since", "until"):
            try:
                given[part] = date.fromisoformat(value)
            except ValueError as error:
                raise InputError(f"{value!r} is no day; write it as 2024-06-26") from error
        else:
            given[part] = normalise_language(value) if part == "language" else value
    return given


def _thread(turns: Sequence[Turn], library: Library) -> Conversation:
    """What follow-up questions lean on, made anew by asking the earlier ones again, without a language model."""
    thread = Conversation(library=library)
    for turn in turns:
        if turn.answer is not None:
            thread.ask(turn.question, **demands(turn.changes))
    return thread
