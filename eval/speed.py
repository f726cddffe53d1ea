"""A corpus, its library and some questions → what each step costs, as seconds and, for comparison, as ratios in one run.

Seconds are of this machine at this moment; ratios and shares of one run are what can be compared with another.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal, ParamSpec, TypeVar, get_args

from index.attribution.extraction import attribute
from index.embedding import Encoder, open_encoder
from index.errors import InputError
from index.library import Filters, Library
from index.passages import split_passages
from index.reading import read_articles
from index.records import Article
from rag.compose import compose
from rag.faithfulness import check
from rag.query import query
from rag.question import understand
from rag.search import find
from rag.witnesses import gather
from rag.words import tokenize

Step = Literal["understand", "search", "gather", "compose", "check", "other"]
STEPS: tuple[Step, ...] = get_args(Step)
T = TypeVar("T")
P = ParamSpec("P")
_PER_WORDS = 1000
_COLD_RUNS = 3
_LONGEST_RUN_SECONDS = 3600
_UNITS_IN_MIB = 1024 * 1024 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the articles of one language cost, with all models loaded.

    Args:
        reading, extraction, embedding: Seconds in all; embedding is of the articles' passages, which hold the same words.
    """

    language: str
    n_words: int
    reading: float
    extraction: float
    embedding: float

    @property
    def ratio(self) -> float | None:
        """Reading and extraction over embedding; None where nothing was embedded."""
        return (self.reading + self.extraction) / self.embedding if self.embedding else None

    def per_1000(self, seconds: float) -> float | None:
        """Seconds for 1,000 words; None without words."""
        return _PER_WORDS * seconds / self.n_words if self.n_words else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """All that was measured.

    Args:
        steps: For every question the seconds of each step, warm; "other" is what the whole took beyond the steps.
        cold: Seconds of each cold run of `whosaid ask`, the interpreter's start included.
        start: The same of `whosaid --version`.
        peak_mib: The most memory of a process that indexes the corpus into an empty library, in MiB; None where the
            system does not tell.
        indexing: Seconds of that process.
    """

    readings: tuple[Reading, ...]
    steps: tuple[Mapping[Step, float], ...]
    cold: tuple[float, ...]
    start: tuple[float, ...]
    peak_mib: float | None
    indexing: float

    @property
    def all_languages(self) -> Reading:
        return Reading(
            language="all",
            n_words=sum(item.n_words for item in self.readings),
            reading=sum(item.reading for item in self.readings),
            extraction=sum(item.extraction for item in self.readings),
            embedding=sum(item.embedding for item in self.readings),
        )

    @property
    def totals(self) -> tuple[float, ...]:
        """Seconds of every question."""
        return tuple(sum(steps.values()) for steps in self.steps)

    def share(self, step: Step) -> float | None:
        """What a step takes of the time of all questions together; None without questions."""
        whole = sum(self.totals)
        return sum(steps[step] for steps in self.steps) / whole if whole else None


def measure_readings(corpus: Path, *, encoder: Encoder | None = None) -> tuple[Reading, ...]:
    """Read and extract every file of a corpus, then embed its passages, by language; everything is loaded before.

    Raises:
        InputError: There is no article.
    """
    encoder = open_encoder() if encoder is None else encoder
    files = sorted(path for path in corpus.rglob("*") if path.is_file() and path.stem.upper() != "README")
    began: dict[str, list[float]] = {}
    passages: dict[str, list[str]] = {}
    n_words: dict[str, int] = {}
    warm: set[str] = set()
    encoder.encode(["warm"])
    for path in files:
        for _ in read_articles(path):
            pass
    for path in files:
        read, seconds = _timed(lambda path: list(read_articles(path)), path)
        articles = [item for item in read if isinstance(item, Article)]
        for article in articles:
            language = article.language
            if language not in warm:
                warm.add(language)
                attribute(article.text, language=language)
            _, extraction = _timed(attribute, article.text, language=article.language)
            sums = began.setdefault(language, [0.0, 0.0])
            sums[0] += seconds / len(articles)
            sums[1] += extraction
            passages.setdefault(language, []).extend(passage.text for passage in split_passages(article))
            n_words[language] = n_words.get(language, 0) + len(tokenize(article.text))
    if not began:
        raise InputError(f"the folder {corpus} holds no article; give one with --corpus")
    return tuple(
        Reading(
            language=language,
            n_words=n_words[language],
            reading=reading,
            extraction=extraction,
            embedding=_timed(encoder.encode, passages[language])[1],
        )
        for language, (reading, extraction) in sorted(began.items())
    )


def measure_steps(questions: Sequence[str], library: Library) -> tuple[Mapping[Step, float], ...]:
    """The seconds of each step of each question; the library and the models are warm.

    The steps are called one by one as `query` calls them; `gather` is a part of `compose` there, so its time is taken off.
    """
    if questions:
        query(questions[0], library=library)
    found = []
    for question in questions:
        _, whole = _timed(query, question, library=library)
        steps: dict[Step, float] = dict.fromkeys(STEPS, 0.0)
        read, steps["understand"] = _timed(lambda question: understand(question, people=library.people()), question)
        evidence, steps["search"] = _timed(find, read, library, filters=Filters())
        _, steps["gather"] = _timed(gather, evidence.evidence, language=read.language)
        answer, composing = _timed(compose, read, evidence)
        steps["compose"] = max(0.0, composing - steps["gather"])
        texts = {citation.article: library.article(citation.article).text for citation in answer.citations}
        _, steps["check"] = _timed(check, answer, texts)
        steps["other"] = max(0.0, whole - sum(steps.values()))
        found.append(steps)
    return tuple(found)


def measure_commands(
    corpus: Path, library: Path, empty: Path, question: str, *, n: int = _COLD_RUNS
) -> tuple[tuple[float, ...], tuple[float, ...], float | None, float]:
    """Cold runs of the command line: asking, starting, and indexing a corpus into an empty folder.

    Returns:
        Seconds of asking, seconds of starting, peak memory of indexing in MiB, seconds of indexing.
    Raises:
        InputError: A command failed.
    """
    _, indexing, peak = _run(["index", str(corpus), "--library", str(empty)])
    asked = tuple(_run(["ask", question, "--library", str(library)])[1] for _ in range(n))
    started = tuple(_run(["--version"])[1] for _ in range(n))
    return asked, started, peak, indexing


def _run(arguments: Sequence[str]) -> tuple[int, float, float | None]:
    began = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-m", "ui.cli", *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak: float | None = None
    if hasattr(os, "wait4"):
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        peak = usage.ru_maxrss / _UNITS_IN_MIB
    else:
        process.wait(_LONGEST_RUN_SECONDS)
    seconds = time.perf_counter() - began
    # 1 is an answer that abstains.
    if process.returncode not in (0, 1):
        raise InputError(f"`whosaid {' '.join(arguments)}` ended with {process.returncode}; run it by hand to see why")
    return process.returncode, seconds, peak


# mypy infers no type for a lambda that binds a loop variable as its default: hence the ignores where one is timed.
def _timed(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> tuple[T, float]:
    began = time.perf_counter()
    result = call(*args, **kwargs)
    return result, time.perf_counter() - began


def format_speed(speed: Speed) -> str:
    """The figures as text."""
    lines = [f"{'1,000 words':16}{'words':>8}{'reading':>10}{'extraction':>12}{'embedding':>11}{'ratio':>7}"]
    for item in (*speed.readings, speed.all_languages):
        cells = [_seconds(item.per_1000(seconds)) for seconds in (item.reading, item.extraction, item.embedding)]
        ratio = "–" if item.ratio is None else f"{item.ratio:.2f}"
        lines.append(f"  {item.language:14}{item.n_words:8}{cells[0]:>10}{cells[1]:>12}{cells[2]:>11}{ratio:>7}")
    lines += ["", f"a warm question, {len(speed.steps)} asked"]
    for step in STEPS:
        share = speed.share(step)
        each = [steps[step] for steps in speed.steps]
        lines.append(f"  {step:14}{'–' if share is None else f'{100 * share:.0f} %':>8}{_seconds(_median(each)):>10}")
    totals = sorted(speed.totals)
    lines.append(f"  {'whole':14}{'':8}{_seconds(_median(totals)):>10} median, {_seconds(totals[-1] if totals else None)} most")
    cold, start = _median(speed.cold), _median(speed.start)
    lines += ["", f"cold command line: ask {_seconds(cold)}, start alone {_seconds(start)}"]
    if cold and totals:
        lines[-1] += f"; a cold answer is {cold / totals[len(totals) // 2]:.0f} warm ones"
    peak = "unknown here" if speed.peak_mib is None else f"{speed.peak_mib:,.0f} MiB"
    lines.append(f"indexing into an empty library: {_seconds(speed.indexing)}, peak memory {peak}")
    return "\n".join(lines)


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def _seconds(value: float | None) -> str:
    """A time in a readable unit.

    >>> _seconds(0.0123), _seconds(2.5), _seconds(None)
    ('12.3 ms', '2.50 s', '–')
    """
    if value is None:
        return "–"
    return f"{1000 * value:.1f} ms" if value < 1 else f"{value:.2f} s"


def to_json(speed: Speed) -> dict[str, Any]:
    """The same for programs."""
    return {
        "readings": [
            {"language": item.language, "words": item.n_words, "reading": item.reading, "extraction": item.extraction,
             "embedding": item.embedding, "ratio": item.ratio}
            for item in (*speed.readings, speed.all_languages)
        ],
        "shares": {step: speed.share(step) for step in STEPS},
        "questions": list(speed.totals),
        "cold": list(speed.cold),
        "start": list(speed.start),
        "indexing": speed.indexing,
        "peak_mib": speed.peak_mib,
    }  # fmt: skip
