"""Whether a sentence has, near the words asked about, something of the sort that a question of fact seeks."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from index.attribution.lexicon import load_lexicon
from index.attribution.lexicon.countries import country_of
from rag.phrases import FactWords, load_fact_words, load_phrases, load_sorts
from rag.seeking import PEOPLE, Asked, Sought, alike, small_words
from rag.words import YEAR, fold, folded

# How many words from those asked about an answer may stand, and a number from what is counted.
_NEAR = 12
_NEAR_HOUR = 18
_NEAR_PLACE = 7
_NEAR_NAME = 8
_BY_NUMBER = 4
_BY_UNIT = 2
_BEFORE_DEED, _BEHIND_DEED = 3, 7
_MARK = re.compile(r"[,;:()“”«»\"–—]")
_CLOCK = re.compile(
    r"(?i)(?<![\d.,:])(?:[01]?\d|2[0-4])[:.][0-5]\d(?![\d.,]*\d|\s*(?:%|per\s?cent|prosent|procent|prozent|million|milli|kr|euro|dollar))"
    r"|\b\d{1,2}\s?(?:a\.?m\b|p\.?m\b|o'clock|uhr\b|heures?\b|h\b)"
    r"|\b(?:kl|klokka|klokken|klockan)\.?\s\d{1,2}\b|\ba las? \d{1,2}\b"
    r"|\b(?:noon|midnight|midnatt|mitternacht|medianoche|mediodía|minuit|midi)\b"
)
_AGE = re.compile(
    r"(?i)\b(?:\d{1,3}[- ]years?[- ]old|aged \d{1,3}\b|\d{1,3} (?:år(?: gammel| gammal|ig)|Jahre alt|años|ans)\b)"
    r"|[,(]\s?\d{1,3}(?=\s?[,)])|\b\d{1,3}[- ](?:åring|årig|jährig)|\b\d{1,3} (?:år|Jahre|años|ans)(?=[,)])|\b\d{1,3}-year\b"
)
_CURRENCIES = (
    r"(?:kr\b|kroner|kronor|kronen|euros?\b|dollars?\b|dólares|pounds?\b|libras|pesos|francs?\b|franken|yen|yuan|rubel|rubles|"
    r"zloty|øre|cents?\b)"
)
_MULTIPLES = (
    r"(?:millions?|millioner|millionen|miljon(?:er)?|mill[óo]n(?:es)?|mill?iard\w*|miljard\w*|billions?|"
    r"thousand|hundred|tusen|tausend|mil|mrd)"
)
_MONEY = re.compile(
    rf"(?i)[$€£¥]\s?\d|\d[\d.,]*(?:\s{_MULTIPLES})?\.?(?:\s(?:de|d'))?\s?(?:[$€£]|{_CURRENCIES})"
    rf"|\w+\s{_MULTIPLES}\s(?:de\s)?{_CURRENCIES}"
)
_FRACTIONS = (
    r"(?:half|third|quarter|halvparten|tredel|fjerdedel|hälften|tredjedel|hälfte|drittel|viertel|mitad|tercio|tercera parte|"
    r"moitié|tiers|quart)"
)
_SHARE = re.compile(rf"(?i)\d\s?%|\b\w+[- ](?:per\s?cent|prosent|procent|prozent|por ciento|pour cent)\b|\b{_FRACTIONS}\b")
_MONTHS = frozenset(
    fold(word)
    for code in ("en", "nb", "sv", "da", "de", "es", "fr")
    for word in load_phrases(code).months
)  # fmt: skip


# The tokens of a sentence that stand for each word asked about; words without any are left out.
Hits = dict[Asked, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence as it is compared.

    Args:
        plain: Its tokens, folded; `raw` as written, `starts` their character offsets.
        forms: What each token may be found by; `every` all of it.
        names: The tokens that are in somebody's name.
    """

    text: str
    language: str
    raw: tuple[str, ...]
    plain: tuple[str, ...]
    starts: tuple[int, ...]
    forms: tuple[frozenset[str], ...]
    every: frozenset[str]
    names: tuple[int, ...]

    def token_at(self, offset: int) -> int:
        """The token that stands at a character offset, or first behind it."""
        return next((at for at, start in enumerate(self.starts) if start + len(self.raw[at]) > offset), len(self.raw) - 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where an answer stands: its token, and how near to the words asked about, in [0, 1]."""

    at: int
    near: float


def find_answer(sought: Sought, told: Told, hits: Hits, *, since: int = 0) -> Spot | None:
    """Where a sentence has what is sought, next to the words asked about.

    Args:
        since: The year from which on a year is still to come, where that is asked for.
        hits: The tokens of the sentence that stand for each word asked about; words without any are left out.
    """
    words_for = load_fact_words(told.language)
    asked = {at for places in hits.values() for at in places}
    anchors = {at for word, places in hits.items() if not word.name for at in places} or asked
    fresh = [at for at in range(len(told.raw)) if at not in asked]
    sort = sought.sort
    if sort in ("number", "amount"):
        return _number(sought, told, hits, anchors)
    if sort == "person":
        return _person(sought, told, hits, anchors)
    places: Iterable[int]
    if sort == "extent":
        places = (at for at in fresh if _is_number(told, at) and _has_unit(told, at, words_for))
    elif sort == "place":
        places = (
            at for at in fresh if _is_place(told, at, asked, words_for) and (told.raw[at][:1].isupper() or not sought.named)
        )
    elif sort == "year":
        places = (at for at in fresh if YEAR.fullmatch(told.plain[at]) and int(told.plain[at]) >= since)
    elif sort == "date":
        dates = load_sorts().dates | words_for.times
        clock = {told.token_at(match.start()) for match in _CLOCK.finditer(told.text)}
        places = (
            at
            for at in fresh
            if (YEAR.fullmatch(told.plain[at]) and int(told.plain[at]) >= since) or told.plain[at] in dates or at in clock
        )
    elif sort == "reason":
        runs = {at for run in words_for.reasons for at in _runs(told.plain, run)}
        return Spot(at=min(runs), near=1.0) if runs else None
    else:
        pattern = {"hour": _CLOCK, "age": _AGE, "money": _MONEY, "share": _SHARE}[sort or "hour"]
        found = [told.token_at(match.start() + (not told.text[match.start()].isalnum())) for match in pattern.finditer(told.text)]
        places = found if sort != "age" else [at for at in found if _is_by(at, asked, 6)]
    if sort == "place":
        places = [at for at in places if any(_is_one_clause(told, at, anchor) for anchor in anchors)]
        return _nearest(places, anchors, farthest=_NEAR_PLACE)
    # The hour opens many a sentence that goes on to tell what happened.
    return _nearest(places, anchors, farthest=_NEAR_HOUR if sort in ("hour", "date", "year") else _NEAR)


def _nearest(places: Iterable[int], anchors: Iterable[int], *, farthest: int = _NEAR) -> Spot | None:
    by = tuple(anchors)
    best = min(((min((abs(at - place) for place in by), default=0), at) for at in places), default=None)
    if best is None or best[0] > farthest:
        return None
    return Spot(at=best[1], near=1 - best[0] / (farthest + 1))


def _is_one_clause(told: Told, at: int, anchor: int) -> bool:
    """Whether no mark stands between an answer and a word asked about, but for one behind a place that opens the sentence."""
    first, last = sorted((at, anchor))
    between = told.text[told.starts[first] + len(told.raw[first]) : told.starts[last]]
    return not _MARK.search(between) or (at < anchor and at <= _BY_NUMBER and len(_MARK.findall(between)) == 1)


def _is_by(at: int, places: Iterable[int], farthest: int) -> bool:
    return any(abs(at - place) <= farthest for place in places)


def _runs(plain: Sequence[str], run: tuple[str, ...]) -> Iterable[int]:
    return (at for at in range(len(plain) - len(run) + 1) if tuple(plain[at : at + len(run)]) == run)


# Numbers


def _is_number(told: Told, at: int) -> bool:
    word = told.plain[at]
    return any(letter.isdigit() for letter in word) or word in load_sorts().numbers.get(told.language, frozenset())


def _number(sought: Sought, told: Told, hits: Hits, anchors: Iterable[int]) -> Spot | None:
    words_for = load_fact_words(told.language)
    head = sought.head
    counted = hits.get(head, ()) if head else ()
    everybody = head is not None and PEOPLE in _head_forms(head, sought.language)
    if head and not counted and not everybody:
        return None
    taken = {at for places in hits.values() for at in places}
    numbers = []
    for at in set(range(len(told.raw))) - taken:
        is_number = _is_number(told, at) or (told.plain[at] in words_for.nobody and sought.sort == "number")
        if not is_number or _is_time(told, at, counted) or _is_of_else(told, at, words_for, counted):
            continue
        numbers.append(at)
    if counted:
        return _nearest(numbers, counted, farthest=_BY_NUMBER)
    return _nearest(numbers, anchors, farthest=_BY_NUMBER if head else 2 * _BY_NUMBER)


def _head_forms(head: Asked, language: str) -> frozenset[str]:
    return frozenset().union(*(alike(form, language) for form in head.forms))


def _is_time(told: Told, at: int, counted: Sequence[int]) -> bool:
    """Whether a number is a year, a day of a month or an hour, and counts nothing."""
    if at + 1 in counted:
        return False
    if YEAR.fullmatch(told.plain[at]):
        return True
    if told.plain[at].isdigit() and any(
        told.plain[beside] in _MONTHS for beside in (at - 1, at + 1) if 0 <= beside < len(told.plain)
    ):
        return True
    return any(match.start() <= told.starts[at] < match.end() for match in _CLOCK.finditer(told.text))


def _is_of_else(told: Told, at: int, words_for: FactWords, counted: Sequence[int]) -> bool:
    """Whether a number has a unit of time or length, and so counts no people or things."""
    return told.plain[at + 1 : at + 2] != () and told.plain[at + 1] in words_for.units and at + 1 not in counted


def _has_unit(told: Told, at: int, words_for: FactWords) -> bool:
    for beside in range(at + 1, min(at + 1 + _BY_UNIT, len(told.plain))):
        if told.plain[beside] in words_for.units:
            behind = told.plain[beside + 1 : beside + 2]
            before = told.plain[max(0, at - 1) : at]
            # "10 years ago", "45-year-old", "hace 10 años" tell no duration.
            return not (
                {"ago", "siden", "sedan", "old", "gammel", "gammal", "alt"} & set(behind) or {"hace", "vor"} & set(before)
            )
    return False


# Places


def _is_place(told: Told, at: int, asked: set[int], words_for: FactWords) -> bool:
    """Whether a name or a noun for a place stands behind a word of place, with two words between at most; or a name right behind
    what was asked about ("left Main Square").
    """
    plain = told.plain[at]
    if plain in load_sorts().dates or plain in words_for.times or plain.isdigit():
        return False
    named = told.raw[at][:1].isupper() and at > 0
    if (
        not named
        and plain not in words_for.places
        and not any(plain.endswith(end) for end in words_for.places if len(end) > _BY_NUMBER)
    ):
        return False
    if any(word in words_for.into for word in told.plain[max(0, at - 3) : at]):
        return True
    return named and told.language != "de" and at - 1 in asked and _is_beside(told, at - 1)


# People


def find_names(
    text: str, raw: Sequence[str], starts: Sequence[int], forms: Sequence[frozenset[str]], *, language: str
) -> tuple[int, ...]:
    """The tokens of a sentence that are in somebody's name, as far as capitals tell.

    No month, no place behind "in", no small word that opens the sentence.
    """
    words_for, dates = load_fact_words(language), load_sorts().dates
    small = small_words(language) | _agencies(language)

    def capital(at: int) -> bool:
        return 0 <= at < len(raw) and raw[at][:1].isupper() and fold(raw[at]) not in small

    def beside(at: int) -> bool:
        return text[starts[at] + len(raw[at]) : starts[at + 1]] == " "

    found = []
    for at, word in enumerate(raw):
        if not capital(at) or fold(word) in dates or (country_of(word, language) and any(form[0] == "#" for form in forms[at])):
            continue
        before = fold(raw[at - 1]) if at else ""
        if before in words_for.into and before not in words_for.by | _OF:
            continue
        if at == 0 or language == "de":
            # Any first word has a capital, and any German noun: a name has two, or is a first word that means nothing else.
            paired = (capital(at + 1) and beside(at)) or (at > 0 and capital(at - 1) and beside(at - 1))
            if not paired and (at or language == "de" or any(form[0] in "=~" for form in forms[at])):
                continue
        found.append(at)
    return tuple(found)


@cache
def _agencies(language: str) -> frozenset[str]:
    """News agencies and the like, which report on others and do little themselves."""
    return frozenset(word for name in load_lexicon(language).media.names for word in folded(name)[:1])


def is_one_name(told: Told, at: int, asked: set[int]) -> bool:
    """Whether a token stands in a row of capitals with a name that was asked about: "Ann" of "Ann Lee"."""
    for step in (-1, 1):
        place = at + step
        while 0 <= place < len(told.raw) and told.raw[place][:1].isupper() and _is_beside(told, min(place, place - step)):
            if place in asked:
                return True
            place += step
    return False


def _is_beside(told: Told, at: int) -> bool:
    """Whether no more than a blank stands between a token and the next."""
    return told.text[told.starts[at] + len(told.raw[at]) : told.starts[at + 1]] in (" ", "-")


_OF = frozenset({"of", "to", "de", "del", "du", "til", "till", "a", "al"})


def _person(sought: Sought, told: Told, hits: Hits, anchors: Iterable[int]) -> Spot | None:
    words_for = load_fact_words(told.language)
    asked = {at for word, places in hits.items() if word.name for at in places}
    taken = {at for places in hits.values() for at in places}
    names = [at for at in told.names if at not in taken and not is_one_name(told, at, asked)]
    if not names:
        return None
    if sought.verb is None:
        return _nearest(names, anchors, farthest=_NEAR_NAME)
    deeds = hits.get(sought.verb, ())
    named = [word for word in sought.objects if word.name] or sought.objects
    objects = {at for word in named for at in hits.get(word, ())}
    spots = [spot for deed in deeds if (spot := _doer(told, deed, names, objects, words_for)) is not None]
    return max(spots, key=lambda spot: spot.near, default=None)


def _doer(told: Told, deed: int, names: Sequence[int], objects: set[int], words_for: FactWords) -> Spot | None:
    """Who did it: named before the verb, behind "by" in the passive, or behind an object that is a mere pronoun."""
    passive = any(told.plain[at] in words_for.passive for at in range(max(0, deed - _BEFORE_DEED), deed))
    passive = passive or (told.language != "es" and not words_for.by.isdisjoint(told.plain[deed + 1 : deed + 2]))
    if passive:
        for by in range(max(0, deed - _BEHIND_DEED), min(len(told.plain), deed + _BEHIND_DEED)):
            if told.plain[by] in words_for.by and by - 1 not in objects:
                agent = [at for at in names if by < at <= by + _BEFORE_DEED]
                if agent:
                    return Spot(at=agent[0], near=1.0)
        # "Is to replace", "was later defeated": an auxiliary of the passive stands in other tenses too.
        if not any(told.plain[at] in words_for.passive for at in range(max(0, deed - 1), deed)):
            passive = False
    if passive:
        return None
    pronouns = load_lexicon(told.language).pronouns
    small = {fold(word) for word in (*pronouns.object_female, *pronouns.object_male, *pronouns.object_plural)}
    beside = {told.plain[at] for at in (deed - 1, deed + 1) if 0 <= at < len(told.plain)}
    ahead = [at for at in (*told.names, *objects) if at < deed]
    behind = [at for at in names if deed < at <= deed + _BEHIND_DEED]
    if beside & small and behind and not any(at > deed for at in objects):
        # "… dismissed Lee, replacing him with Roe": the pronoun is whom the last name before it names.
        return Spot(at=behind[0], near=1.0) if not ahead or max(ahead) in objects else None
    before = [at for at in names if at < deed]
    # "Lee dismissed Roe" does not tell who dismissed Lee; in German a verb may stand behind both.
    turned = (
        objects and not any(at > deed for at in objects) and not (told.language == "de" and before and min(before) < min(objects))
    )
    if not before or turned:
        return None
    return Spot(at=before[-1], near=max(0.0, 1 - (deed - before[-1]) / (2 * _NEAR)))
