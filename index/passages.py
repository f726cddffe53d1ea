"""An article → the passages of its prose, cut at the ends of paragraphs and sentences, never inside a quotation."""

import base64
import importlib.util
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final

import tiktoken

from index.attribution.quotation import find_quotations
from index.errors import ModelError
from index.layout import find_blocks
from index.records import Article, Passage, Span
from index.sentences import find_sentences

# A paragraph or three of news; what the default embedding reads (256 word pieces) holds about as much English.
BUDGET: Final = 200
# What one sentence or quotation may take before it is cut nevertheless.
HARD_BOUND: Final = 800


def split_passages(article: Article, *, budget: int = BUDGET) -> tuple[Passage, ...]:
    """The passages of an article in order, disjoint, covering all of its prose.

    Neighbouring paragraphs share a passage while they fit; headings, captions, credits, links and bylines belong to
    none and separate. A sentence or a quotation longer than the budget stays whole up to `HARD_BOUND` tokens.

    Args:
        budget: Tokens of cl100k_base that a passage may hold.

    >>> text = "Ferries stayed in port.\\n\\n“Wait for the wind,” said the harbour master."
    >>> article = Article(id="a", text=text, language="en")
    >>> [passage.text for passage in split_passages(article, budget=12)]
    ['Ferries stayed in port.', '“Wait for the wind,” said the harbour master.']
    """
    text = article.text
    blocks = find_blocks(text, language=article.language)
    spans: list[Span] = []
    for is_prose, run in groupby(blocks, key=lambda block: block.kind == "prose"):
        if is_prose:
            spans += _split_run(text, [block.span for block in run], language=article.language, budget=budget)
    return tuple(
        Passage(id=f"{article.id}-p{n}", article_id=article.id, span=span, text=span.of(text)) for n, span in enumerate(spans)
    )


def _split_run(text: str, paragraphs: Sequence[Span], *, language: str, budget: int) -> Iterator[Span]:
    """Passages of paragraphs that nothing but white space separates."""
    units: list[Span] = []
    for paragraph in paragraphs:
        fits = count_tokens(paragraph.of(text)) <= budget
        pieces = (paragraph,) if fits else _whole_quotations(text, paragraph, language=language)
        units += [piece for unit in pieces for piece in _within(text, unit, HARD_BOUND)]
    runs_on = _runs_on(text, paragraphs, language=language)
    passage: Span | None = None
    filled = 0
    for unit in units:
        if passage is not None:
            grown = filled + count_tokens(text[passage.end : unit.end])
            if grown <= (HARD_BOUND if passage.end in runs_on else budget):
                passage, filled = Span(passage.start, unit.end), grown
                continue
            yield passage
        passage, filled = unit, count_tokens(unit.of(text))
    if passage is not None:
        yield passage


def _whole_quotations(text: str, paragraph: Span, *, language: str) -> tuple[Span, ...]:
    """The sentences of a paragraph, those joined that one quotation spans."""
    sentences = find_sentences(text, paragraph, language=language)
    quotations = [quotation.span for quotation in find_quotations(text, paragraph, language=language)]
    joined: list[Span] = []
    nth = 0
    for sentence in sentences:
        while nth < len(quotations) and quotations[nth].end <= sentence.start:
            nth += 1
        if joined and nth < len(quotations) and quotations[nth].start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, sentence.end)
        else:
            joined.append(sentence)
    return tuple(joined)


def _runs_on(text: str, paragraphs: Sequence[Span], *, language: str) -> frozenset[int]:
    """The ends of the paragraphs whose quotation is closed only in a later one."""
    ends = set()
    for paragraph, following in pairwise(paragraphs):
        quotations = find_quotations(text, paragraph, language=language)
        if quotations and not quotations[-1].closed and text[following.start] == text[quotations[-1].span.start]:
            ends.add(paragraph.end)
    return frozenset(ends)


def _within(text: str, unit: Span, bound: int) -> Iterator[Span]:
    """The unit whole when it fits the bound, else cut at white space, or anywhere where there is none."""
    if count_tokens(unit.of(text)) <= bound:
        yield unit
        return
    # Our languages put three characters or more into a token on average; a piece in another script may exceed it.
    width = bound * 3
    start = unit.start
    while start < unit.end:
        end = min(start + width, unit.end)
        if end < unit.end:
            end = max(text.rfind(blank, start + width // 2, end) for blank in " \n") + 1 or end
        piece = text[start:end]
        if not piece.isspace():
            left = len(piece) - len(piece.lstrip())
            yield Span(start + left, start + len(piece.rstrip()))
        start = end


# --- Tokens

# Longer stretches without white space make tiktoken slow; counted apart they come out at most one token higher each.
_STRETCH = 2_000
_ENCODING_FILE = "9b5ad71b2ce5302211f9c61530b329a4922fc6a4"  # SHA-1 of cl100k_base's address, as tiktoken caches it


def count_tokens(text: str) -> int:
    """How many tokens of cl100k_base a text holds; linear in its length.

    >>> count_tokens("Nobody knows."), count_tokens("")
    (3, 0)
    """
    encoding = _encoding()
    return sum(
        len(encoding.encode_ordinary(text[start : start + _STRETCH].encode("utf-8", "replace").decode("utf-8")))
        for start in range(0, len(text), _STRETCH)
    )


@cache
def _encoding() -> tiktoken.Encoding:
    """cl100k_base from the copy that llama-index-core ships: tiktoken itself would fetch it at first use.

    `llama_index.core.utils.get_tokenizer` reads the same file, after an import of some seconds.

    Raises:
        ModelError: The installed llama-index-core has no such copy.
    """
    spec = importlib.util.find_spec("llama_index.core")
    folders = [Path(folder) for folder in (spec.submodule_search_locations or ())] if spec else []
    file = next((f for folder in folders if (f := folder / "_static" / "tiktoken_cache" / _ENCODING_FILE).is_file()), None)
    if file is None:
        raise ModelError("llama-index-core ships no copy of cl100k_base here; install the version in constraints.txt")
    ranks = (line.split() for line in file.read_bytes().splitlines() if line)
    return tiktoken.Encoding(
        name="cl100k_base",
        pat_str=(
            r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]"
            r"|\s+(?!\S)|\s"
        ),
        mergeable_ranks={base64.b64decode(token): int(rank) for token, rank in ranks},
        special_tokens={},
    )
