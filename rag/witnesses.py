"""Statements of several articles → accounts: each one statement, with every article that bears witness to it.

Two reports are joined only when they cannot well be two statements: a wrong join would put one outlet's words under
another's name. Same speaker is a must; then the words decide, and across languages the structure.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from index.attribution.lexicon import load_lexicon
from index.records import Article, Statement
from rag.words import find_run, fold, tokenize

Relation = Literal["same", "shorter", "changed", "translated"]
# Words of a shortened quotation that must stand in a row, and the share of common words (2 M / T) from which on a
# quotation is the other with a word or two changed. Chosen by hand on wire copy in several outlets.
_SHORTEST = 4
_CHANGED = 0.8
_SHORTEST_CHANGED = 6
_DAYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A statement with its article and how well it fits the question, in [0, 1]."""

    statement: Statement
    article: Article
    score: float = 1.0

    @property
    def words(self) -> str:
        return self.statement.words(self.article.text)

    @property
    def folded(self) -> tuple[str, ...]:
        return tuple(fold(token.text) for token in tokenize(self.words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One statement as all its witnesses have it; the first one has the fullest wording."""

    witnesses: tuple[Evidence, ...]

    @property
    def fullest(self) -> Evidence:
        return self.witnesses[0]

    @property
    def score(self) -> float:
        return max(evidence.score for evidence in self.witnesses)


def gather(evidence: Sequence[Evidence], *, language: str = "en") -> tuple[Account, ...]:
    """The accounts of some statements, in the order of each one's first witness.

    Args:
        language: The one that is shown first where a statement is there in several.
    """
    parents = list(range(len(evidence)))

    def find(place: int) -> int:
        while parents[place] != place:
            place = parents[place]
        return place

    words = [item.folded for item in evidence]
    for right in range(len(evidence)):
        for left in range(right):
            if find(left) != find(right) and _is_same(evidence[left], evidence[right], words[left], words[right], evidence):
                parents[find(right)] = find(left)
    groups: dict[int, list[Evidence]] = {}
    for place, item in enumerate(evidence):
        groups.setdefault(find(place), []).append(item)
    return tuple(_ordered(group, language) for group in groups.values())


def _ordered(group: Sequence[Evidence], language: str) -> Account:
    counts = Counter(item.article.language for item in group)
    return Account(witnesses=tuple(sorted(group, key=lambda e: (*_fullness(e, language, counts), e.article.id))))


def _fullness(evidence: Evidence, language: str, counts: Counter[str]) -> tuple[bool, int, str, int, int, int]:
    """The question's language first, then the one that most witnesses have; then the very words, then the longest."""
    kinds = {"direct": 0, "mixed": 1, "indirect": 2}
    spoken = evidence.article.language
    statement = evidence.statement
    return (
        spoken != language,
        -counts[spoken],
        spoken,
        kinds[statement.kind],
        -len(evidence.folded),
        statement.span.start,
    )


def relation(fuller: Evidence, other: Evidence) -> Relation:
    """How a witness's wording stands to the fullest one."""
    if fuller.article.language != other.article.language:
        return "translated"
    ours, theirs = fuller.folded, other.folded
    if ours == theirs:
        return "same"
    return "shorter" if len(theirs) < len(ours) and find_run(theirs, ours) >= 0 else "changed"


def _is_same(
    left: Evidence, right: Evidence, ours: tuple[str, ...], theirs: tuple[str, ...], everything: Sequence[Evidence]
) -> bool:
    one, two = left.statement, right.statement
    if one.speaker is None or two.speaker is None or one.speaker.id != two.speaker.id or not ours or not theirs:
        return False
    if one.asserted != two.asserted or _addressees_differ(one, two) or _days_apart(left.article, right.article):
        return False
    if left.article.language != right.article.language:
        return _is_translation(left, right, ours, theirs, everything)
    if ours == theirs:
        return True
    short, long = sorted((ours, theirs), key=len)
    if len(short) >= _SHORTEST and find_run(short, long) >= 0:
        return True
    if left.article.id == right.article.id or len(short) < _SHORTEST_CHANGED:
        return False
    if Counter(_firm(ours, left.article.language)) != Counter(_firm(theirs, left.article.language)):
        return False
    return SequenceMatcher(a=ours, b=theirs, autojunk=False).ratio() >= _CHANGED


def _firm(words: Sequence[str], language: str) -> list[str]:
    """The numbers and negations, which no two wordings of one statement may differ in."""
    negations = {fold(word) for word in load_lexicon(language).negations}
    return [word for word in words if word in negations or any(character.isdigit() for character in word)]


def _addressees_differ(one: Statement, two: Statement) -> bool:
    ours = one.addressee.person if one.addressee else None
    theirs = two.addressee.person if two.addressee else None
    return ours is not None and theirs is not None and ours.id != theirs.id


def _days_apart(one: Article, two: Article) -> bool:
    return one.published is not None and two.published is not None and abs((one.published - two.published).days) > _DAYS


def _is_translation(
    left: Evidence, right: Evidence, ours: tuple[str, ...], theirs: tuple[str, ...], everything: Sequence[Evidence]
) -> bool:
    """Whether structure alone shows that two direct quotations in different languages are one statement.

    Speaker and addressee must both be known and the same, both articles must have this one quotation from the one to
    the other, the lengths must fit, and so must the numbers.
    """
    one, two = left.statement, right.statement
    if one.kind != "direct" or two.kind != "direct" or _addressee_id(one) is None or _addressee_id(one) != _addressee_id(two):
        return False
    if not 0.5 <= len(ours) / len(theirs) <= 2 or min(len(ours), len(theirs)) < _SHORTEST:
        return False
    digits = [sorted(word for word in words if word.isdigit()) for words in (ours, theirs)]
    if digits[0] != digits[1]:
        return False
    return all(_is_only_one(item, everything) for item in (left, right))


def _addressee_id(statement: Statement) -> str | None:
    return statement.addressee.person.id if statement.addressee and statement.addressee.person else None


def _is_only_one(item: Evidence, everything: Sequence[Evidence]) -> bool:
    speaker = item.statement.speaker
    alike = {
        other.folded
        for other in everything
        if other.article.id == item.article.id
        and other.statement.kind == "direct"
        and other.statement.speaker is not None
        and speaker is not None
        and other.statement.speaker.id == speaker.id
        and _addressee_id(other.statement) == _addressee_id(item.statement)
    }
    return len(alike) == 1
