"""A corpus → what extraction from longer and longer texts costs, in time and memory: linear, or it would be no use."""

import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from index.attribution.extraction import attribute
from index.errors import InputError
from index.reading import read_articles
from index.records import Article

# Characters; each twice the one before.
SIZES = (62_500, 125_000, 250_000, 500_000, 1_000_000)
_UNITS_IN_MIB = 1024 * 1024 if sys.platform == "darwin" else 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One text, read by a process of its own whose models were loaded before.

    Args:
        seconds: By the clock.
        peak_mib: The most memory that the process ever held, in MiB, its models included.
    """

    n_characters: int
    n_statements: int
    seconds: float
    peak_mib: float


def measure_curve(corpus: Path, *, sizes: Sequence[int] = SIZES, language: str = "en") -> tuple[Point, ...]:
    """Extraction from the corpus' articles in one language, one after the other and again, cut at each size.

    Raises:
        InputError: There is no article in that language.
    """
    files = sorted(path for path in corpus.rglob("*") if path.is_file() and path.stem.upper() != "README")
    texts = [
        item.text for path in files for item in read_articles(path) if isinstance(item, Article) and item.language == language
    ]
    whole = "\n\n".join(texts)
    if not whole.strip():
        raise InputError(f"the folder {corpus} holds no article in {language}; give one with --corpus")
    points = []
    for size in sizes:
        text = ((whole + "\n\n") * (size // len(whole) + 1))[:size]
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            points.append(pool.submit(_measure, text, language).result())
    return tuple(points)


def _measure(text: str, language: str) -> Point:
    import resource  # not on every system, and only this needs it

    attribute(text[:2000], language=language)
    began = time.perf_counter()
    found = attribute(text, language=language)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _UNITS_IN_MIB
    return Point(n_characters=len(text), n_statements=len(found.statements), seconds=seconds, peak_mib=peak)


def format_curve(points: Sequence[Point]) -> str:
    """A line for each text; where time grows with the text, the seconds for 100,000 characters stay alike."""
    lines = [f"{'characters':>12}{'statements':>12}{'seconds':>10}{'a 100,000':>11}{'peak MiB':>10}"]
    for point in points:
        each = 100_000 * point.seconds / max(point.n_characters, 1)
        cells = f"{point.n_characters:12,}{point.n_statements:12,}{point.seconds:10.2f}{each:11.2f}{point.peak_mib:10,.0f}"
        lines.append(cells)
    return "\n".join(lines)


def to_json(points: Sequence[Point]) -> list[dict[str, Any]]:
    """The same for programs."""
    return [{name: getattr(point, name) for name in Point.__slots__} for point in points]
