"""Statements of several articles → accounts: each one statement, with every article that bears witness to it.

Two reports are joined only when they cannot well be two statements: a wrong join would put one outlet's words under
another's name. Same speaker is a must; then the words decide, and across languages the structure.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache
from typing import Literal

from rapidfuzz.distance import OSA

from index.attribution.lexicon import load_lexicon
from index.records import Article, Statement
from rag.likeness import likeness
from rag.words import find_run, fold, tokenize

Relation = Literal["same", "shorter", "changed", "translated"]
# Words of a shortened quotation that must stand in a row, and the share of common words (2 M / T) from which on a
# quotation is the other with a word or two changed. Chosen by hand on wire copy in several outlets.
_SHORTEST = 4
_CHANGED = 0.8
_SHORTEST_CHANGED = 6
_DAYS = 2
_DIGIT = frozenset("0123456789")
# Two statements in different languages are one where this share of the shorter one's content words has a fellow in the
# other, at least so many. Words of this many letters that are so much alike are taken for the same word.
_ALIKE = 0.6
_FEWEST_MET = 2
# A denial and a claim are of one matter from this share of common content words on.
_SAME_MATTER = 0.5
# Two numbers are of one matter from this share on: the numbers themselves are among what is not shared.
_SAME_BUT_NUMBERS = 0.6
# The longer one's share counts so many times.
_LONGER = 1.5
_SHORTEST_COGNATE = 5
_COGNATE = 0.7


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

    pairing = _Pairing(evidence)
    members = {place: [place] for place in parents}
    for right in range(len(evidence)):
        for left in pairing.before(right):
            one, two = find(left), find(right)
            if one != two and pairing.is_same(left, right) and not pairing.are_apart(members[one], members[two]):
                parents[two] = one
                members[one] += members.pop(two)
    groups: dict[int, list[Evidence]] = {}
    for place, item in enumerate(evidence):
        groups.setdefault(find(place), []).append(item)
    return tuple(_ordered(group, language) for group in groups.values())


def with_witnesses(chosen: Sequence[Evidence], pool: Sequence[Evidence]) -> list[Evidence]:
    """The chosen statements and those of the pool that bear witness to one of them, in the pool's order."""
    ids = {item.statement.id for item in chosen}
    speakers = {item.statement.speaker.id for item in chosen if item.statement.speaker}
    if not ids or not speakers:
        return list(chosen)
    # Only theirs can be witnesses; to compare all would take long.
    near = [item for item in pool if item.statement.speaker and item.statement.speaker.id in speakers]
    given = {item.statement.id for item in near}
    everything = [*near, *(item for item in chosen if item.statement.id not in given)]
    pairing = _Pairing(everything)
    places = {item.statement.id: place for place, item in enumerate(everything)}
    kept = {item.statement.id: item for item in chosen}
    for item in chosen:
        place = places[item.statement.id]
        for other in pairing.of_same(place):
            witness = everything[other]
            if witness.statement.id not in kept and pairing.is_same(min(place, other), max(place, other)):
                kept[witness.statement.id] = replace(witness, score=item.score)
    order = {item.statement.id: place for place, item in enumerate((*chosen, *pool))}
    return sorted(kept.values(), key=lambda item: order[item.statement.id])


def _ordered(group: Sequence[Evidence], language: str) -> Account:
    counts = Counter(item.article.language for item in group)
    alike = Counter(item.folded for item in group)

    def key(item: Evidence) -> tuple[bool, int, str, int, bool, int, int, int, str]:
        # Of wordings that are as full, the one that most have.
        return (*_fullness(item, language, counts), -alike[item.folded], item.statement.span.start, item.article.id)

    return Account(witnesses=tuple(sorted(group, key=key)))


def _fullness(evidence: Evidence, language: str, counts: Counter[str]) -> tuple[bool, int, str, int, bool, int]:
    """The question's language first, then the one that most have; then the very words, to whom, and the longest."""
    kinds = {"direct": 0, "mixed": 1, "indirect": 2}
    spoken = evidence.article.language
    statement = evidence.statement
    return (
        spoken != language,
        -counts[spoken],
        spoken,
        kinds[statement.kind],
        statement.addressee is None,
        -len(evidence.folded),
    )


def relation(fuller: Evidence, other: Evidence) -> Relation:
    """How a witness's wording stands to the fullest one."""
    if fuller.article.language != other.article.language:
        return "translated"
    ours, theirs = fuller.folded, other.folded
    if ours == theirs:
        return "same"
    return "shorter" if len(theirs) < len(ours) and find_run(theirs, ours) >= 0 else "changed"


class _Pairing:
    """Which of some statements are one; what is needed of each is worked out once."""

    def __init__(self, evidence: Sequence[Evidence]) -> None:
        self.evidence = evidence
        self.words = [item.folded for item in evidence]
        self.sets = [frozenset(words) for words in self.words]
        self._firm: dict[int, list[str]] = {}
        self._by_speaker: dict[str, list[int]] = {}
        for place, item in enumerate(evidence):
            if item.statement.speaker is not None and self.words[place]:
                self._by_speaker.setdefault(item.statement.speaker.id, []).append(place)
        self._terms: dict[int, tuple[frozenset[str], ...]] = {}
        self._alike: dict[tuple[int, int], float] = {}

    def of_same(self, place: int) -> Sequence[int]:
        """The places of the same speaker's statements."""
        speaker = self.evidence[place].statement.speaker
        return self._by_speaker.get(speaker.id, ()) if speaker else ()

    def before(self, place: int) -> list[int]:
        return [other for other in self.of_same(place) if other < place]

    def are_apart(self, ones: Sequence[int], twos: Sequence[int]) -> bool:
        """Whether an article has a statement in both groups and tells them apart: a third one may hold both."""
        for one in ones:
            for two in twos:
                article = self.evidence[one].article.id == self.evidence[two].article.id
                if article and not self.is_same(one, two):
                    return True
        return False

    def is_same(self, one: int, two: int) -> bool:
        left, right = self.evidence[one], self.evidence[two]
        ours, theirs = self.words[one], self.words[two]
        if left.statement.asserted != right.statement.asserted or _days_apart(left.article, right.article):
            return False
        if _addressees_differ(left.statement, right.statement):
            return False
        if left.article.language != right.article.language:
            return _is_translation(left, right, ours, theirs, self.evidence) or self._says_the_same(one, two)
        if ours == theirs:
            return True
        (short, few), (long, many) = sorted(((ours, self.sets[one]), (theirs, self.sets[two])), key=lambda pair: len(pair[0]))
        if len(short) >= _SHORTEST and few <= many and find_run(short, long) >= 0:
            return True
        if left.article.id == right.article.id or len(short) < _SHORTEST_CHANGED:
            return False
        # Cheap bounds first: most pairs are two different statements.
        if 2 * len(short) < _CHANGED * (len(short) + len(long)) or 2 * len(few & many) < _CHANGED * len(few):
            return False
        if Counter(self.firm(one)) != Counter(self.firm(two)):
            return False
        return SequenceMatcher(a=ours, b=theirs, autojunk=False).ratio() >= _CHANGED

    def firm(self, place: int) -> list[str]:
        """Numbers and negations."""
        if place not in self._firm:
            self._firm[place] = _firm(self.words[place], self.evidence[place].article.language)
        return self._firm[place]

    def _says_the_same(self, one: int, two: int) -> bool:
        """Whether two statements in different languages share most of what the lists of words can tell, and none else of
        the two articles shares as much with either.
        """
        alike = self._likeness(one, two)
        if alike < _ALIKE:
            return False
        left, right = self.evidence[one], self.evidence[two]
        theirs = [place for place in self.of_same(one) if place != two and self.evidence[place].article.id == right.article.id]
        ours = [place for place in self.of_same(one) if place != one and self.evidence[place].article.id == left.article.id]
        return all(self._likeness(one, other) < alike for other in theirs) and all(
            self._likeness(other, two) < alike for other in ours
        )

    def _likeness(self, one: int, two: int) -> float:
        """The share of content words that have a fellow in the other language, in [0, 1]; 0 where numbers or negations
        differ.
        """
        key = (min(one, two), max(one, two))
        if key not in self._alike:
            self._alike[key] = self._compare(one, two)
        return self._alike[key]

    def _compare(self, one: int, two: int) -> float:
        left, right = self.evidence[one], self.evidence[two]
        if left.article.language == right.article.language:
            return 0.0
        firm = [self.firm(place) for place in (one, two)]
        digits = [sorted(word for word in words if word[:1].isdigit()) for words in firm]
        if digits[0] != digits[1] or (len(firm[0]) > len(digits[0])) != (len(firm[1]) > len(digits[1])):
            return 0.0
        ours, theirs = self.terms(one), self.terms(two)
        short, long = sorted((ours, theirs), key=len)
        if not short:
            return 0.0
        # That both speak of Bolivia says little.
        met = sum(_worth(term) for term in short if any(_meet(term, other) for other in long))
        share = min(met / sum(map(_worth, short)), _LONGER * met / sum(map(_worth, long)))
        return share if met >= _FEWEST_MET else 0.0

    def terms(self, place: int) -> tuple[frozenset[str], ...]:
        """What each different content word may be found by."""
        if place not in self._terms:
            self._terms[place] = _terms_of(self.evidence[place])
        return self._terms[place]


@cache
def _small(language: str) -> frozenset[str]:
    lexicon = load_lexicon(language)
    return frozenset(fold(word) for word in (*lexicon.function_words, *lexicon.negations))


def _worth(term: frozenset[str]) -> float:
    return 0.5 if any(form.startswith("#") for form in term) else 1.0


def _meet(one: frozenset[str], two: frozenset[str]) -> bool:
    """Whether two words of different languages may mean the same: by a list, or because they look it."""
    if one & two:
        return True
    return any(
        ours[0] == theirs[0]
        and min(len(ours), len(theirs)) >= _SHORTEST_COGNATE
        and OSA.normalized_similarity(ours, theirs) >= _COGNATE
        for ours in one
        if ours[0] not in "=#"
        for theirs in two
        if theirs[0] not in "=#"
    )


def _firm(words: Sequence[str], language: str) -> list[str]:
    """The numbers and negations, which no two wordings of one statement may differ in."""
    negations = _negations(language)
    return [word for word in words if word in negations or not _DIGIT.isdisjoint(word)]


@cache
def _negations(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in load_lexicon(language).negations)


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


def common_ground(one: Account, two: Account) -> float:
    """How much two accounts speak of the same, as the share of content words that have a fellow, in [0, 1]."""
    ours, theirs = (_terms_of(account.fullest) for account in (one, two))
    short, long = sorted((ours, theirs), key=len)
    if not short:
        return 0.0
    return sum(_worth(term) for term in short if any(_meet(term, other) for other in long)) / sum(map(_worth, short))


def contradict(one: Account, two: Account) -> bool:
    """Whether one account denies, or calls a lie, what the other claims, or both tell the same with other numbers.

    Different speakers, and much the same words. Numbers count as figures only: "twelve" and "12" are no contradiction.
    """
    first, second = one.fullest.statement, two.fullest.statement
    if first.speaker is None or second.speaker is None or first.speaker.id == second.speaker.id:
        return False
    few = len(_terms_of(one.fullest)) <= 1
    denials = [first.act == "deny", second.act == "deny"]
    if denials[0] != denials[1]:
        return not few and common_ground(one, two) >= _SAME_MATTER
    ours, theirs = figures(one), figures(two)
    return bool(ours and theirs) and not ours & theirs and not few and common_ground(one, two) >= _SAME_BUT_NUMBERS


def figures(account: Account) -> frozenset[str]:
    """The numbers in figures that an account tells."""
    return frozenset(word for word in account.fullest.folded if not _DIGIT.isdisjoint(word))


def _terms_of(item: Evidence) -> tuple[frozenset[str], ...]:
    small = _small(item.article.language)
    words = {fold(token.text): token.text for token in tokenize(item.words)}
    return tuple(likeness(word, item.article.language) for plain, word in words.items() if plain not in small)
