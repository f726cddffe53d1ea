"""Many people asking one server at once: `python -m ui.load --library DIR` prints latencies, errors and mixed-up answers.

Each question is first asked alone; what it gets in the crowd must be the same answer to the character. The server is the
one that `whosaid chat` runs, as a process of its own, without its limit on rate.
"""

import asyncio
import json
import os
import random
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.errors import InputError
from ui.options import DEFAULT_LIBRARY, LibraryOption

if TYPE_CHECKING:
    import httpx

_QUESTION_SECONDS = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What came of it.

    Args:
        seconds: Of each question that was answered.
        errors: How often each kind of failure came.
        mixed_up: Answers that were not those that the question gets alone.
    """

    seconds: tuple[float, ...]
    errors: Counter[str] = field(default_factory=Counter)
    mixed_up: int = 0

    def percentile(self, share: float) -> float:
        """The time within which that share of the questions was answered, by the nearest rank; 0 where none was.

        >>> Load(seconds=(0.4, 0.1, 0.2, 0.3)).percentile(0.95), Load(seconds=(0.4, 0.1, 0.2, 0.3)).percentile(0.5)
        (0.4, 0.2)
        """
        ranked = sorted(self.seconds)
        return ranked[max(0, -(-len(ranked) * round(share * 1000) // 1000) - 1)] if ranked else 0.0


async def ask_at_once(client: "httpx.AsyncClient", questions: Sequence[str], *, askers: int, seconds: float) -> Load:
    """`askers` that each ask one question after the other, in an order of their own, until the time is over.

    Args:
        client: Its base address is the door's.
    """
    alone = {question: await _ask(client, question) for question in questions}
    if failed := next((answer for answer in alone.values() if isinstance(answer, str)), None):
        raise InputError(f"a question asked alone had no answer ({failed}); is it the door of a whosaid library?")
    taken: list[float] = []
    errors: Counter[str] = Counter()
    mixed_up = 0
    end = perf_counter() + seconds

    async def asker(number: int) -> None:
        nonlocal mixed_up
        order = random.Random(number)
        while perf_counter() < end:
            question = order.choice(questions)
            started = perf_counter()
            answer = await _ask(client, question)
            if isinstance(answer, str):
                errors[answer] += 1
                continue
            taken.append(perf_counter() - started)
            mixed_up += answer != alone[question]

    await asyncio.gather(*(asker(number) for number in range(askers)))
    return Load(seconds=tuple(taken), errors=errors, mixed_up=mixed_up)


async def _ask(client: "httpx.AsyncClient", question: str) -> dict[str, Any] | str:
    """The answer without its time, or what went wrong in a word."""
    import httpx

    try:
        response = await client.post("ask", json={"question": question})
    except httpx.HTTPError as error:
        return type(error).__name__
    if response.status_code != 200:
        return f"status {response.status_code}"
    answer: dict[str, Any] = response.json()
    return {key: value for key, value in answer.items() if key != "seconds"}


@contextmanager
def serving(library: Path, *options: str, **environment: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """`whosaid chat` as a process of its own, and its address; ended at the end.

    Args:
        options: More of the command's.
        environment: What is set beside this process's own.

    Raises:
        InputError: It did not start; its own message is on stderr.
    """
    # The rate is without limit unless the options say otherwise: the last one counts.
    command = [sys.executable, "-u", "-m", "ui.cli", "chat", "--library", str(library), "--rate", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=os.environ | environment) as server:
        assert server.stdout is not None
        try:
            line = server.stdout.readline()
            found = re.search(r"https?://\S+", line)
            if found is None:
                raise InputError(f"`whosaid chat` did not start; it printed {line!r}")
            yield found[0], server
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)


def example_questions(library: Path) -> tuple[str, ...]:
    """Questions for the library at hand: of the most quoted people, one by one, and those that its page offers."""
    from index.library import Library
    from ui import service

    with Library(library) as opened:
        names = [person.name for person, _ in opened.most_quoted(limit=20)]
        return (*service.example_questions(opened), *(f"What did {name} say?" for name in names))


def main(
    *,
    library: LibraryOption = DEFAULT_LIBRARY,
    askers: Annotated[int, typer.Option(min=1, metavar="N", help="How many ask at once.")] = 50,
    seconds: Annotated[float, typer.Option(min=1, metavar="S", help="For how long.")] = 60.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, and nothing else.")] = False,
) -> None:
    """Ask one server from many sides at once, and print how long it took and what went wrong."""
    import httpx

    questions = example_questions(library)

    async def run(address: str) -> Load:
        limits = httpx.Limits(max_connections=askers)
        base = f"{address}/api/v1/"
        async with httpx.AsyncClient(base_url=base, timeout=_QUESTION_SECONDS, limits=limits, trust_env=False) as client:
            return await ask_at_once(client, questions, askers=askers, seconds=seconds)

    with serving(library) as (address, _):
        load = asyncio.run(run(address))
    n = len(load.seconds)
    shares = {"p50": load.percentile(0.5), "p95": load.percentile(0.95), "p99": load.percentile(0.99)}
    if as_json:
        figures = {"askers": askers, "seconds": seconds, "questions": n, "errors": load.errors, "mixed_up": load.mixed_up}
        typer.echo(json.dumps(figures | shares))
        return
    typer.echo(f"{askers} askers, {seconds:g} s, {len(questions)} different questions: {n} answered, {n / seconds:.1f} a second")
    typer.echo("latency: " + ", ".join(f"{name} {value:.2f} s" for name, value in shares.items()))
    shown = ", ".join(f"{kind} {count}" for kind, count in load.errors.most_common()) or "none"
    typer.echo(f"errors: {shown}; mixed-up answers: {load.mixed_up}")


if __name__ == "__main__":
    typer.run(main)
