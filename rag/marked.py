"""Questions that people marked, to train `rag.labelling` on and to measure it with.

A file of marked questions has a JSON object a line: first the worlds, which tell whom and which outlets a library would
know, then questions that point to a world by its number, with what is wanted and each part in braces:

    {"world": 1, "people": [{"name": "Ann Lee", "roles": ["mayor of Oslo"]}], "outlets": ["The Sample Courier"]}
    {"world": 1, "lang": "en", "wanted": "words", "q": "What did {s:the mayor} {v:say} about {t:the ferry}?"}
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import InputError
from index.records import Person, Role, Span
from rag.labelling import WANTED, Part, Wanted
from rag.pieces import Pieces, cut
from rag.words import fold

MARKS: dict[str, Part] = {
    "s": "speaker", "a": "addressee", "t": "topic", "c": "circumstance", "r": "relay", "v": "speech", "g": "among",
    "n": "excluded",
}  # fmt: skip
# Every fifth world is kept out of training when its questions are to be counted.
_EVERY = 5
_MARKED = re.compile(r"\{(?P<mark>[satcrvgn]):(?P<words>[^{}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A question with the part of each of its tokens.

    Args:
        world: The number of the world that it is asked in.
    """

    world: int
    text: str
    wanted: Wanted
    pieces: Pieces
    parts: tuple[Part, ...]

    @property
    def is_held_out(self) -> bool:
        """Whether its world is one of those kept out of training when figures are wanted."""
        return self.world % _EVERY == 0

    @property
    def language(self) -> str:
        return self.pieces.phrases.language


def read_marked(paths: Iterable[Path]) -> tuple[Marked, ...]:
    """The marked questions of files, in their order.

    Raises:
        InputError: A line is no world and no question of one, or its marks do not close.
    """
    worlds: dict[int, tuple[tuple[Person, ...], tuple[str, ...]]] = {}
    found: list[Marked] = []
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                row = json.loads(line)
            except ValueError as error:
                raise InputError(f"{path.name}, line {number} is not JSON: {error}") from error
            if "people" in row:
                worlds[row["world"]] = _people(row["people"]), tuple(row["outlets"])
                continue
            if row.get("world") not in worlds or row.get("wanted") not in WANTED:
                raise InputError(f"{path.name}, line {number}: expected a world given above and a wanted of {', '.join(WANTED)}")
            found.append(_marked(row, *worlds[row["world"]], place=f"{path.name}, line {number}"))
    return tuple(found)


def _people(rows: Sequence[dict[str, Any]]) -> tuple[Person, ...]:
    return tuple(
        Person(
            id=f"{number}",
            name=row["name"],
            aliases=tuple(row.get("aliases", ())),
            kind="organisation" if row.get("body") else "person",
            gender=None if row.get("body") else row.get("gender", "female"),
            roles=tuple(Role(text=role, article_id="", span=Span(0, 1)) for role in row.get("roles", ())),
        )
        for number, row in enumerate(rows)
    )


def unmark(text: str) -> tuple[str, list[tuple[int, int, Part]]]:
    """The question without its marks, and [start, end) of each part in it.

    >>> unmark("What did {s:Lee} {v:say}?")
    ('What did Lee say?', [(9, 12, 'speaker'), (13, 16, 'speech')])
    """
    plain, at = "", 0
    spans: list[tuple[int, int, Part]] = []
    for match in _MARKED.finditer(text):
        plain += text[at : match.start()]
        spans.append((len(plain), len(plain) + len(match["words"]), MARKS[match["mark"]]))
        plain += match["words"]
        at = match.end()
    return plain + text[at:], spans


def _marked(row: dict[str, Any], people: Sequence[Person], outlets: Sequence[str], *, place: str) -> Marked:
    text, spans = unmark(row["q"])
    if "{" in text or "}" in text:
        raise InputError(f"{place}: expected marks like {{s:words}} that close and do not nest, found {row['q']!r}")
    pieces = cut(text, people=people, outlets=outlets, language=row["lang"])
    # The words in quotation marks are gone from the pieces: places behind them have moved.
    parts: list[Part] = []
    at = 0
    for token in pieces.tokens:
        shown = pieces.text[token.start : token.end]
        start = _place(text.replace("’", "'"), shown, at)
        at = start + len(shown)
        part: Part = next((part for first, end, part in spans if first < at and start < end), "frame")
        # "According to" is marked as speech by some, and not by others.
        is_small = part == "speech" and pieces.spots_at(len(parts)).kind == "preposition"
        parts.append("frame" if is_small else part)
    return Marked(world=row["world"], text=text, wanted=row["wanted"], pieces=pieces, parts=_trimmed(pieces, parts))


def _trimmed(pieces: Pieces, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Articles and the like at the edges of a part are marked by some and not by others: they frame it."""
    small = {fold(word) for word in pieces.phrases.stop}
    trimmed = list(parts)
    order = range(len(trimmed))
    for places, step in ((order, -1), (reversed(order), 1)):
        for place in places:
            beside = trimmed[place + step] if 0 <= place + step < len(trimmed) else "frame"
            shown = pieces.tokens[place].text
            if (
                fold(shown) in small
                and beside != trimmed[place]
                and not shown.isupper()
                and pieces.spots_at(place).kind != "pronoun"
            ):
                trimmed[place] = "frame"
    return tuple(trimmed)


def _place(text: str, word: str, at: int) -> int:
    """Where a word of the pieces stands in the question: what is passed over stood in quotation marks."""
    found = text.find(word, at)
    return found if found >= 0 else at
