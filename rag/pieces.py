"""A question as typed → its words, the words in its quotation marks, and the pieces that the library or the language knows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.records import Person
from rag.labelling import Labelled, label
from rag.meanings import find_phrase
from rag.parts import split_apostrophes
from rag.phrases import ANSWER_LANGUAGES, Phrases, load_phrases
from rag.slips import without_slips
from rag.spots import Spot, find_spots
from rag.words import Token, fold, tokenize

_CONTRACTED = re.compile(r"(?i)\b(what|who|where|when|how)'?s\b")
_DOUBLE = re.compile(r"[“„«»‟\"”](?P<words>[^“”„«»‟\"]+)(?:[“”«»\"]|\Z)")
_SINGLE = re.compile(r"(?<![\w'’])['‘‚](?P<words>[^\W_].*?[\w.,!?…][\s.…]*)['’‘](?!\w)", re.DOTALL)


def quoted_words(text: str) -> tuple[tuple[str, ...], str]:
    """The words in quotation marks, and the text with a bare ellipsis in their place.

    An opening mark that is never closed quotes to the end. An apostrophe is no mark.

    >>> quoted_words("Who said 'I won't go' in Zúñiga's car?")
    (("I won't go",), "Who said … in Zúñiga's car?")
    """
    found: list[str] = []

    def take(match: re.Match[str]) -> str:
        found.append(match.group("words").strip().rstrip("?").strip())
        return "…"

    rest = _DOUBLE.sub(take, text)
    if not found:
        rest = _SINGLE.sub(take, rest)
    return tuple(words for words in found if tokenize(words)), rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A question cut into its pieces, before anybody tells what they do.

    Args:
        text: The question without the words in its quotation marks.
    """

    text: str
    phrases: Phrases
    quoted: tuple[str, ...]
    tokens: tuple[Token, ...]
    spots: tuple[Spot, ...]

    def spots_at(self, place: int) -> Spot:
        """The piece that a token stands in."""
        return next(spot for spot in self.spots if spot.start <= place < spot.end)

    def label(self) -> Labelled:
        return label(self.text, self.tokens, self.spots, language=self.phrases.language)


def cut(text: str, *, people: Sequence[Person], outlets: Sequence[str], language: str) -> Pieces:
    """The pieces of a question in a language of `ANSWER_LANGUAGES`."""
    phrases = load_phrases(language)
    found, rest = quoted_words(re.sub(r"<[^<>]*>", " ", text))
    rest = rest.replace("’", "'")
    if language == "en":
        rest = _CONTRACTED.sub(r"\1 is", rest)
    tokens = without_slips(tokenize(rest), people, phrases)
    tokens = _with_compounds(rest, split_apostrophes(tokens, language))
    spots = find_spots(tokens, people=people, outlets=outlets, phrases=phrases, text=rest)
    # A letter in marks is nobody's words.
    quoted = tuple(words for words in found if len(words) > 1)
    return Pieces(text=rest, phrases=phrases, quoted=quoted, tokens=tuple(tokens), spots=tuple(spots))


def _with_compounds(rest: str, tokens: list[Token]) -> list[Token]:
    """The words, those of a phrase that has a meaning of its own ("coup d'état", "golpe de Estado") as one."""
    joined: list[Token] = []
    words = [fold(token.text) for token in tokens]
    at = 0
    while at < len(tokens):
        length = max(1, *(find_phrase(words, at, language) for language in ANSWER_LANGUAGES))
        start, end = tokens[at].start, tokens[at + length - 1].end
        joined.append(tokens[at] if length == 1 else Token(rest[start:end], start, end))
        at += length
    return joined
