"""True sentences of composed answers, and the mutants that are made of them: the records, and where their parts stand."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from index.attribution.lexicon import load_lexicon
from index.records import LANGUAGES
from rag.answer import Answer, Citation
from rag.phrases import load_phrases, load_sorts
from rag.words import Token, fold, folded, tokenize

Operator = Literal[
    "word changed", "number changed", "negation flipped", "speaker swapped", "addressee swapped", "outlet or date swapped",
    "two quotations joined", "quotation invented", "wrong marker", "marker missing",
]  # fmt: skip
Rewording = Literal["order", "connective", "tense of the frame", "typographic marks"]
OPERATORS: tuple[Operator, ...] = get_args(Operator)
REWORDINGS: tuple[Rewording, ...] = get_args(Rewording)
_LONGEST_LINE = 1500

MARKER = re.compile(r"\[(\d{1,4})\]")
QUOTED = re.compile(r"“([^“”]+)”|«([^«»]+)»|»([^«»]+)«|„([^„“”]+)“|”([^”]+)”")
NOTE = re.compile(r"(?<=\]) \(([^()]+)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueSentence:
    """A line of a composed answer with at least one marker, and exactly the citations that it refers to, numbered from 1."""

    text: str
    language: str
    citations: tuple[Citation, ...]

    def as_answer(self, text: str | None = None, *, more: Sequence[Citation] = ()) -> Answer:
        """An answer of this sentence alone; of other words, and with more citations, where they are given."""
        words = self.text if text is None else text
        return Answer(question="", language=self.language, text=words, citations=(*self.citations, *more))


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What mutants are made with: the names and outlets of the corpora, and the content words by language."""

    people: tuple[str, ...]
    outlets: tuple[str, ...]
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A false answer, or a harmless rewording, made of a true sentence.

    Args:
        how: What was put in place of what.
        answer: One line, or two where another true sentence is needed to keep the rest of the answer in order.
    """

    operator: Operator | Rewording
    how: str
    before: str
    answer: Answer


def split_answer(answer: Answer) -> tuple[TrueSentence, ...]:
    """The lines of an answer that carry markers, each with its own citations."""
    by_number = {citation.n: citation for citation in answer.citations}
    found = []
    for line in answer.text.split("\n"):
        numbers = [n for n in dict.fromkeys(int(match[1]) for match in MARKER.finditer(line)) if n in by_number]
        if numbers and len(line) <= _LONGEST_LINE:
            cited = tuple(replace(by_number[n], n=place) for place, n in enumerate(numbers, start=1))
            places = {n: place for place, n in enumerate(numbers, start=1)}
            found.append(TrueSentence(text=_renumbered(line, places), language=answer.language, citations=cited))
    return tuple(found)


def _renumbered(line: str, places: Mapping[int, int]) -> str:
    """The line with each marker's number replaced by its place.

    >>> _renumbered("So [7], and so [3].", {7: 1, 3: 2})
    'So [1], and so [2].'
    """
    return MARKER.sub(lambda match: f"[{places.get(int(match[1]), match[1])}]", line)


def collect_sentences(answers: Iterable[Answer]) -> tuple[TrueSentence, ...]:
    """The different sentences of answers, refusals and verdicts aside: what a verdict quotes was asked, not said."""
    found: dict[tuple[str, tuple[str, ...]], TrueSentence] = {}
    for answer in answers:
        if not answer.abstained and answer.verdict is None:
            for sentence in split_answer(answer):
                found.setdefault((sentence.text, tuple(citation.quote for citation in sentence.citations)), sentence)
    return tuple(found.values())


def make_world(sentences: Sequence[TrueSentence], *, people: Iterable[str], outlets: Iterable[str]) -> World:
    """What the sentences themselves, and the names of the corpora, offer to change them with."""
    words: dict[str, set[str]] = {}
    for sentence in sentences:
        for citation in sentence.citations:
            names = {word for name in (citation.speaker, citation.addressee) if name for word in folded(name)}
            for token in tokenize(citation.quote):
                if is_content(token, citation.language) and fold(token.text) not in names and token.text.islower():
                    words.setdefault(citation.language, set()).add(token.text)
    several = tuple(sorted({name for name in people if len(name.split()) > 1}))
    return World(
        people=several,
        outlets=tuple(sorted(set(outlets))),
        words={language: tuple(sorted(found)) for language, found in sorted(words.items())},
    )


def is_content(token: Token, language: str) -> bool:
    phrases = load_phrases(language)
    plain = fold(token.text)
    # A word that builds sentences in place of another makes no other sense but none.
    built = load_lexicon(language).function_words if language in LANGUAGES else frozenset()
    others = phrases.stop | load_sorts().numbers.get(language, frozenset()) | set(phrases.negations)
    return len(plain) >= 4 and plain.isalpha() and plain not in others and not {plain, token.text.lower()} & built


# Where the parts of a sentence stand


def find_quoted(text: str) -> list[tuple[int, int]]:
    """The words between marks, marks aside."""
    return [match.span(match.lastindex or 0) for match in QUOTED.finditer(text)]


def mask(text: str) -> str:
    """Markers and the notes on outlets blanked, so that places stay."""
    for pattern in (NOTE, MARKER):
        text = pattern.sub(lambda match: " " * len(match[0]), text)
    return text


def find_carried(sentence: TrueSentence) -> list[tuple[Token, Citation]]:
    """The words of a sentence that stand in a cited quote, each with the first citation that has it."""
    have = [(citation, set(folded(citation.quote))) for citation in sentence.citations]
    found = []
    inside = find_quoted(sentence.text)
    for token in tokenize(mask(sentence.text)):
        citation = next((citation for citation, words in have if fold(token.text) in words), None)
        is_quoted = any(start <= token.start < end for start, end in inside)
        if citation is not None and (is_quoted or not inside or citation.kind != "direct"):
            found.append((token, citation))
    return found


def put_words(sentence: TrueSentence, start: int, end: int, words: str) -> str:
    return sentence.text[:start] + words + sentence.text[end:]


def find_outside(text: str, name: str) -> tuple[int, int] | None:
    """Where a name stands outside quotation marks and notes."""
    masked = QUOTED.sub(lambda match: " " * len(match[0]), mask(text))
    match = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", masked)
    return match.span() if match else None
