"""The words around a statement → the article's own words on when and where it was made."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from index.people import load_vocabulary
from index.records import Span
from rag.fitting import sentence_around
from rag.phrases import ANSWER_LANGUAGES, load_frames, load_phrases
from rag.witnesses import Evidence
from rag.words import Token, fold, tokenize

# A phrase that opens with "before" or "in" is shown up to the next mark, and at most so many words.
_LONGEST_PHRASE = 8
# Of a place, its noun stands at most so many words behind the preposition.
_FARTHEST_PLACE = 4
_ENDS = frozenset({"until", "till", "inntil", "tills", "indtil", "bis", "hasta", "jusqu'à", "até", "tot"})
_BREAKS = re.compile(r"[,.;:!?()\n“”\"«»—–]")


@dataclass(frozen=True, slots=True)
class _Zone:
    """A stretch of an article outside what was said."""

    span: Span
    tokens: tuple[Token, ...]
    words: tuple[str, ...]


def time_of(evidence: Evidence) -> Span | None:
    """Where the article says when a statement was made: a day, "an hour later", "before entering the palace".

    The statement's own sentence goes first, then its scene, then the sentence before in the same paragraph.
    """
    table = load_frames().times.get(_code(evidence.article.language))
    if table is None:
        return None
    for zone in _zones(evidence):
        if found := _time_in(zone, evidence.article.text, table):
            return found
    return None


def place_of(evidence: Evidence) -> Span | None:
    """Where the article says where a statement was made ("from the balcony of the palace"), as `time_of`."""
    table = load_frames().places.get(_code(evidence.article.language))
    if table is None:
        return None
    for zone in _zones(evidence):
        if found := _place_in(zone, evidence.article.text, table):
            return found
    return None


def _code(language: str) -> str:
    return "nb" if language == "nn" else language


def _zones(evidence: Evidence) -> list[_Zone]:
    text, statement = evidence.article.text, evidence.statement
    own = sentence_around(text, statement.span)
    spans: list[Span] = []
    at = own.start
    for content in statement.content:
        if content.start > at:
            spans.append(Span(at, content.start))
        at = max(at, content.end)
    if at < own.end:
        spans.append(Span(at, own.end))
    if statement.scene is not None:
        spans.append(statement.scene)
    ahead = text[: own.start].rstrip(" ")
    if ahead and not ahead.endswith("\n"):
        spans.append(sentence_around(text, Span(len(ahead) - 1, len(ahead) - 1)))
    zones = []
    for span in spans:
        tokens = tuple(Token(t.text, t.start + span.start, t.end + span.start) for t in tokenize(span.of(text)))
        if tokens:
            zones.append(_Zone(span, tokens, tuple(token.text.casefold() for token in tokens)))
    return zones


def _time_in(zone: _Zone, text: str, table: dict[str, frozenset[tuple[str, ...]]]) -> Span | None:
    words = zone.words
    best: Span | None = None
    for at in range(len(words)):
        if length := _at(words, at, table["openers"]):
            if at and words[at - 1] in ("a", "short"):
                # "A short while ago"
                continue
            if words[at] in _ENDS and _is_apposition(zone, at, text):
                continue
            span = _phrase(zone, at, text, least=length + 1)
            # "After Wednesday" and "before" alone tell nothing.
            if span is not None and (best is None or span.length > best.length):
                best = span
    if best is not None:
        return best
    for at in range(len(words)):
        if length := _at(words, at, table["days"]):
            end = at + length
            if end < len(words) and (more := _at(words, end, table["parts"])):
                end += more
            return Span(zone.tokens[at].start, zone.tokens[end - 1].end)
    for at in range(len(words)):
        if _at(words, at, table["units"]) and at + 1 < len(words) and (length := _at(words, at + 1, table["behind"])):
            return Span(zone.tokens[max(0, at - 1)].start, zone.tokens[at + length].end)
    for at in range(len(words)):
        if length := _at(words, at, table["moments"]):
            behind = at + length
            if behind < len(words) and fold(words[behind]) in load_vocabulary().concepts:
                # "Bolivias tidligere president"
                continue
            return Span(zone.tokens[at].start, zone.tokens[at + length - 1].end)
    return None


def _is_apposition(zone: _Zone, at: int, text: str) -> bool:
    """ "Ann Lee, until this week the commander" tells of Lee, not of when something was said."""
    if not at:
        return False
    before = zone.tokens[at - 1]
    return before.text[:1].isupper() and "," in text[before.end : zone.tokens[at].start]


def _place_in(zone: _Zone, text: str, table: dict[str, frozenset[tuple[str, ...]]]) -> Span | None:
    words = zone.words
    for at in range(len(words)):
        length = _at(words, at, table["prepositions"])
        if not length:
            continue
        span = _phrase(zone, at, text, least=length + 1)
        if span is None:
            continue
        inside = [place for place in range(at + length, len(words)) if zone.tokens[place].end <= span.end]
        nouns = [place for place in inside if _at(words, place, table["nouns"])]
        if not nouns or nouns[0] not in inside[:_FARTHEST_PLACE]:
            continue
        nouns = [place for place in nouns if place - nouns[0] < _FARTHEST_PLACE]
        if nouns:
            return Span(span.start, max(zone.tokens[nouns[-1]].end, _names_behind(zone, nouns[-1], span)))
    return None


def _names_behind(zone: _Zone, place: int, span: Span) -> int:
    """The end of a name that goes on from a noun ("the palace in La Paz", "the square of Plaza Murillo")."""
    end = zone.tokens[place].end
    for token in zone.tokens[place + 1 :]:
        if token.end > span.end:
            break
        if token.text[:1].isupper():
            end = token.end
        elif len(token.text) > 3:
            break
    return end


def _at(words: tuple[str, ...], at: int, phrases: Iterable[tuple[str, ...]]) -> int:
    """How many words the longest of the phrases has that begins at `at`; 0 for none."""
    return max((len(phrase) for phrase in phrases if words[at : at + len(phrase)] == phrase), default=0)


@cache
def _small_ends() -> frozenset[str]:
    """Words that open what was said, and so close no phrase before it."""
    return frozenset(fold(word) for code in ANSWER_LANGUAGES for word in load_phrases(code).complementisers)


def _phrase(zone: _Zone, at: int, text: str, *, least: int) -> Span | None:
    """From a word to the next mark, but not more than a few words; None where fewer than `least` come."""
    last = at
    for place in range(at + 1, min(len(zone.tokens), at + _LONGEST_PHRASE)):
        if _BREAKS.search(text, zone.tokens[place - 1].end, zone.tokens[place].start):
            break
        last = place
    while last > at and fold(zone.words[last]) in _small_ends():
        last -= 1
    whole = last + 1 - at < _LONGEST_PHRASE or last + 1 == len(zone.tokens)
    if last + 1 - at < least or not whole:
        return None
    return Span(zone.tokens[at].start, zone.tokens[last].end)
