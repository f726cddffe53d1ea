"""An answer → its sentences, what each cites and claims, and what a judge makes of that.

The judge is anything that says whether a text supports a claim; `eval.judge` has one without a language model. What a
sentence cites is read from its markers, as in ALCE (Gao et al. 2023, arXiv:2305.14627).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from eval.corpus import Corpus
from eval.observed import Observed, ObservedCitation
from index.records import Article, Span
from index.sentences import find_sentences

_MARKER = re.compile(r"\[(\d{1,4})\]")
_MARKERS_FIRST = re.compile(r"^(?:\s*\[\d{1,4}\])+[.,;]?\s*")
_BULLET = re.compile(r"^\s*(?:[•*–—-]\s+|\d{1,2}[.)]\s+|#+\s+)")
# The note on outlets behind a marker, "[1] (The Sample)", says where, not what.
_NOTE = re.compile(r"(?<=\]) \([^()]*\)")
# Where one claim ends and the next begins: a semicolon, or a conjunction before another finite clause's subject.
_JOINTS = re.compile(
    r";\s+|,?\s+(?:while|whereas|although)\s+|,\s+(?:and|but)\s+(?=(?:he|she|they|it|we|I|the|The|[A-ZÅÄÖØÆÁÉÍÓÚÑ]\w*)\b)"
)
_FEWEST_WORDS = 3


class Judge(Protocol):
    """Says whether a text supports a claim."""

    @property
    def name(self) -> str:
        """What a report calls it."""
        ...

    def supports(self, premise: str, claim: str) -> bool | None:
        """Whether whoever reads `premise` must agree to `claim`; None where it cannot tell, which is no "no"."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSentence:
    """A sentence of an answer without its markers, and the numbers that it cites, each once, in order."""

    text: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SentenceScore:
    """What a judge makes of one sentence.

    Args:
        recalled: Whether all it cites, read together, supports it; False where it cites nothing that can be found.
        helpful: For each number it cites, whether ALCE counts it as precise: the sentence is recalled, and the citation
            supports it alone, or the others do not support it without it.
        claims: For each of its claims, whether everything that the answer cites supports it.
        Each is None where the judge gave no verdict.
    """

    sentence: AnswerSentence
    recalled: bool | None
    helpful: tuple[bool | None, ...]
    claims: tuple[bool | None, ...]


def split_answer(text: str, *, language: str = "en") -> tuple[AnswerSentence, ...]:
    """The sentences of an answer; markers behind a full stop belong to the sentence before, notes on outlets are dropped.

    >>> split_answer("• Lee will go. [1][2] (The Sample) Roe stays [2].")
    (AnswerSentence(text='Lee will go.', numbers=(1, 2)), AnswerSentence(text='Roe stays.', numbers=(2,)))
    """
    found: list[AnswerSentence] = []
    for raw in text.split("\n"):
        line = _NOTE.sub("", _BULLET.sub("", raw))
        pieces = [span.of(line) for span in find_sentences(line, Span(0, len(line)), language=language)] if line.strip() else []
        joined: list[str] = []
        for piece in pieces:
            first = _MARKERS_FIRST.match(piece)
            rest = piece
            if first and joined:
                joined[-1] += first.group()
                rest = piece[first.end() :]
            if rest.strip():
                joined.append(rest)
        for piece in joined:
            numbers = tuple(dict.fromkeys(int(match[1]) for match in _MARKER.finditer(piece)))
            plain = re.sub(r"\s+([.,;:!?])", r"\1", " ".join(_MARKER.sub("", piece).split()))
            if any(character.isalnum() for character in plain):
                found.append(AnswerSentence(text=plain, numbers=numbers))
    return tuple(found)


def split_claims(sentence: str) -> tuple[str, ...]:
    """The claims of a sentence: cut at semicolons and between whole clauses, never within quotation marks.

    Too short a piece (under three words) stays with its neighbour. Coarse on purpose: one word that is not supported makes
    its claim unsupported, however long the claim is.

    >>> split_claims("Lee will go, and Roe will stay at home; Kim said “wait; see, and I go”.")
    ('Lee will go', 'Roe will stay at home', 'Kim said “wait; see, and I go”.')
    """
    inside = [match.span() for match in re.finditer(r"“[^”]*”|«[^»]*»|„[^“”]*[“”]|”[^”]*”|\"[^\"]*\"", sentence)]
    claims: list[str] = []
    at = 0
    for joint in _JOINTS.finditer(sentence):
        piece = sentence[at : joint.start()].strip()
        quoted = any(start < joint.start() < end for start, end in inside)
        if not quoted and len(piece.split()) >= _FEWEST_WORDS and len(sentence[joint.end() :].split()) >= _FEWEST_WORDS:
            claims.append(piece)
            at = joint.end()
    rest = sentence[at:].strip()
    return (*claims, rest) if rest else tuple(claims)


def cited_text(citation: ObservedCitation, corpus: Corpus) -> str | None:
    """What a reader finds at a citation: the article's title, outlet and day, and the paragraphs around the cited words.

    The paragraph before belongs to it, since it is where a "he" gets its name. None where the article or the place is not in
    the corpus: what cannot be found supports nothing.
    """
    article = next((item for item in corpus.articles.values() if item.id == citation.article), None)
    if article is None or not citation.spans:
        return None
    if not all(0 <= start < end <= len(article.text) for start, end in citation.spans):
        return None
    head = [article.title, article.outlet, article.published.isoformat() if article.published else None]
    return "\n".join((*filter(None, head), *_paragraphs(article, citation.spans)))


def _paragraphs(article: Article, spans: Sequence[tuple[int, int]]) -> tuple[str, ...]:
    bounds = [(match.start(), match.end()) for match in re.finditer(r"[^\n]*\S[^\n]*", article.text)]
    touched = {n for n, (start, end) in enumerate(bounds) if any(low < end and start < high for low, high in spans)}
    wanted = sorted(touched | {n - 1 for n in touched if n})
    return tuple(article.text[slice(*bounds[n])] for n in wanted)


def judge_answer(observed: Observed, corpus: Corpus, judge: Judge) -> tuple[SentenceScore, ...]:
    """Every sentence of an answer, held to what it cites; none for a refusal, which claims nothing about the articles."""
    if observed.abstained:
        return ()
    texts = {n: cited_text(item, corpus) for n, item in _numbered(observed).items()}
    together = "\n".join(dict.fromkeys(text for text in texts.values() if text is not None))
    return tuple(
        judge_sentence(sentence, {n: texts.get(n) for n in sentence.numbers}, together, judge)
        for sentence in split_answer(observed.text, language=observed.language or "en")
    )


def _numbered(observed: Observed) -> dict[int, ObservedCitation]:
    numbers: dict[int, ObservedCitation] = {}
    for place, citation in enumerate(observed.citations, start=1):
        numbers.setdefault(place if citation.n is None else citation.n, citation)
    return numbers


def judge_sentence(sentence: AnswerSentence, texts: dict[int, str | None], together: str, judge: Judge) -> SentenceScore:
    """One sentence against the texts it cites (None for a marker without one), and its claims against all that is cited."""
    cited = {n: text for n, text in texts.items() if text is not None}
    recalled = judge.supports(_join(cited.values()), sentence.text) if cited else False
    return SentenceScore(
        sentence=sentence,
        recalled=recalled,
        helpful=tuple(_helps(n, cited, sentence.text, recalled, judge) for n in texts),
        claims=tuple(judge.supports(together, claim) if together else False for claim in split_claims(sentence.text)),
    )


def _helps(n: int, cited: dict[int, str], sentence: str, recalled: bool | None, judge: Judge) -> bool | None:
    if n not in cited or recalled is not True:
        return False if n not in cited else recalled
    if len(cited) == 1:
        return True
    alone = judge.supports(cited[n], sentence)
    if alone is not False:
        return alone
    without = judge.supports(_join(text for other, text in cited.items() if other != n), sentence)
    return None if without is None else not without


def _join(texts: Iterable[str]) -> str:
    return "\n".join(dict.fromkeys(texts))
