"""Questions that people marked × a network → how often it reads them as they did.

The worlds of the marked questions are invented, and every fifth is kept out of training (`--hold-out`): what is measured on
those tells how people are understood who were never met, in matters that were never asked about.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rag.labelling import PARTS, Network, Part
from rag.marked import Marked
from rag.pieces import Pieces
from rag.words import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """How well questions are read.

    Args:
        questions: How many there are.
        wanted: The share in which it is right what is wanted, in [0, 1].
        whole: The share in which that and all parts are right, small words aside; speech and frame words do not count.
        parts: For each part, the share of the questions with it, by the network or by people, in which its words are right.
        languages: `whole` by the question's language.
    """

    questions: int
    wanted: float
    whole: float
    parts: dict[Part, float]
    languages: dict[str, float]


def measure(network: Network, questions: Sequence[Marked]) -> Read:
    """How well a network reads marked questions."""
    right_wanted = right_whole = 0
    parts: dict[Part, list[bool]] = {}
    languages: dict[str, list[bool]] = {}
    for question in questions:
        pieces = question.pieces
        found = network.label(pieces.text, pieces.tokens, pieces.spots, language=question.language)
        small = {fold(word) for word in (*pieces.phrases.stop, *pieces.phrases.auxiliaries)}

        def words_of(part: Part, given: Sequence[Part], pieces: Pieces = pieces, small: set[str] = small) -> set[int]:
            return {
                token.start
                for token, one in zip(pieces.tokens, given, strict=True)
                if one == part and fold(token.text) not in small
            }

        whole = found.wanted == question.wanted
        right_wanted += whole
        for part in PARTS:
            asked, told = words_of(part, question.parts), words_of(part, found.parts)
            if part not in ("frame", "speech") and asked | told:
                parts.setdefault(part, []).append(asked == told)
                whole = whole and asked == told
        right_whole += whole
        languages.setdefault(question.language, []).append(whole)
    count = max(1, len(questions))
    return Read(
        questions=len(questions),
        wanted=right_wanted / count,
        whole=right_whole / count,
        parts={part: sum(held) / len(held) for part, held in parts.items()},
        languages={language: sum(held) / len(held) for language, held in sorted(languages.items())},
    )


def format_read(rows: dict[str, Read]) -> str:
    """The figures as text, a block for each kind of questions."""
    blocks = []
    for name, read in rows.items():
        parts = ", ".join(f"{part} {share:.3f}" for part, share in read.parts.items())
        languages = ", ".join(f"{language} {share:.3f}" for language, share in read.languages.items())
        blocks.append(
            f"{name}: {read.questions} questions\n  what is wanted {read.wanted:.3f}, the whole reading {read.whole:.3f}\n"
            f"  parts: {parts}\n  the whole by language: {languages}"
        )
    return "\n".join(blocks)


def to_json(rows: dict[str, Read]) -> dict[str, Any]:
    return {name: asdict(read) for name, read in rows.items()}
