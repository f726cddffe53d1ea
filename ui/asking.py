"""Questions to a server: the library is read in a few threads, and a language model is asked in others.

A slow model keeps nobody waiting who does not need it: the library is let go of before the model is asked, only so many
may wait for the model at a time, and who finds no place in time gets the answer that is put together without it.
"""

import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterator, Mapping
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, TypeVar, Unpack

from anyio import CancelScope, CapacityLimiter, fail_after, to_thread

from index.library import Library
from index.records import Article
from rag.answer import Answer
from rag.conversation import Conversation
from rag.demands import Demands
from rag.query import query
from ui.shelf import DEFAULT_READERS, Shelf

if TYPE_CHECKING:
    from rag.wording import Wording

Result = TypeVar("Result")
# Models on one's own machine word one or two answers at a time; services more.
MODEL_SEATS = 8
SECONDS_FOR_A_SEAT = 5.0
_BUSY = "it is busy with other questions"


class Asking:
    """What a server asks of its library, none of it on the event loop's own thread.

    Args:
        wording: A language model that words the answers; none by default.
        seats: How many answers it may be wording at a time.
        patience: Seconds to wait for one of these.
    """

    def __init__(
        self,
        shelf: Shelf,
        *,
        wording: "Wording | None" = None,
        seats: int = MODEL_SEATS,
        patience: float = SECONDS_FOR_A_SEAT,
    ) -> None:
        self.shelf = shelf
        self._wording = wording
        self._patience = patience
        self._readers = CapacityLimiter(DEFAULT_READERS)
        self._writers = CapacityLimiter(2)
        self._seats = CapacityLimiter(seats)
        self._model_threads = CapacityLimiter(seats)

    async def read(self, work: Callable[[Library], Result]) -> Result:
        """What `work` finds in the library, read in one state of it."""

        def reading() -> Result:
            with self.shelf.reading() as library:
                return work(library)

        return await to_thread.run_sync(reading, limiter=self._readers)

    async def write(self, work: Callable[[], Result]) -> Result:
        """What comes of work that changes the library; it goes on to its end though nobody waits for it any more."""
        return await to_thread.run_sync(work, limiter=self._writers)

    async def answer(self, question: str, *, conversation: Conversation | None = None, **demands: Unpack[Demands]) -> Answer:
        """The answer to a question; see `rag.query.query`."""
        found: Answer | None = None
        async for item in self.stream(question, conversation=conversation, **demands):
            if isinstance(item, Answer):
                found = item
        assert found is not None
        return found

    async def stream(
        self, question: str, *, conversation: Conversation | None = None, **demands: Unpack[Demands]
    ) -> AsyncIterator[str | Answer]:
        """The lines of an answer as they come, and at last the answer, which counts; see `rag.query.stream`."""
        started = perf_counter()
        answer, articles = await self.read(partial(_found, question, conversation=conversation, demands=demands))
        shown = False
        # A refusal or a verdict is never worded: it waits for no seat.
        if self._wording is not None and not answer.abstained and answer.verdict is None:
            async for item in self._worded(answer, articles, self._wording):
                if isinstance(item, Answer):
                    answer = item
                else:
                    shown = True
                    yield item
        if not shown:
            for line in answer.text.split("\n"):
                yield line
        yield replace(answer, seconds=perf_counter() - started)

    async def _worded(self, answer: Answer, articles: Mapping[str, Article], wording: "Wording") -> AsyncIterator[str | Answer]:
        from rag.wording import unworded

        guest = object()
        try:
            with fail_after(self._patience):
                await self._seats.acquire_on_behalf_of(guest)
        except TimeoutError:
            yield unworded(answer, _BUSY)
            return
        pieces = wording.stream(answer, articles)
        try:
            while True:
                item = await to_thread.run_sync(_next, pieces, limiter=self._model_threads)
                yield item
                if isinstance(item, Answer):
                    return
        finally:
            self._seats.release_on_behalf_of(guest)
            # Also when the reader has gone: closing lets go of the model.
            with CancelScope(shield=True):
                await to_thread.run_sync(pieces.close, limiter=self._model_threads)


class Seats:
    """The same for whoever works in threads of their own, as the page does: an answer's lines, worded where there is room.

    Args:
        seats: How many answers the model may be wording at a time; fewer than threads that ask.
        patience: Seconds to wait for one of these.
    """

    def __init__(self, wording: "Wording | None", *, seats: int, patience: float = 1.0) -> None:
        self._wording = wording
        self._patience = patience
        self._seats = threading.BoundedSemaphore(seats)

    def lines(self, answer: Answer, articles: Mapping[str, Article]) -> Iterator[str | Answer]:
        """The lines of an answer as they come, and at last the answer, which counts."""
        if self._wording is not None and not answer.abstained and answer.verdict is None:
            from rag.wording import unworded

            if not self._seats.acquire(timeout=self._patience):
                answer = unworded(answer, _BUSY)
            else:
                try:
                    pieces = self._wording.stream(answer, articles)
                    shown = False
                    while isinstance(item := _next(pieces), str):
                        shown = True
                        yield item
                finally:
                    pieces.close()
                    self._seats.release()
                answer = item
                if shown:
                    yield answer
                    return
        yield from answer.text.split("\n")
        yield answer


def _found(
    question: str, library: Library, *, conversation: Conversation | None, demands: Demands
) -> tuple[Answer, Mapping[str, Article]]:
    answer = query(question, library=library, conversation=conversation, **demands)
    return answer, {cited.article: library.article(cited.article) for cited in answer.citations}


def _next(pieces: Generator[str, None, Answer]) -> str | Answer:
    try:
        return next(pieces)
    except StopIteration as end:
        # An exception of this kind does not get out of a coroutine.
        answer: Answer = end.value
        return answer
