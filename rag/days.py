"""The days that a question asks about, from the words that tell when something was said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rag.phrases import Phrases
from rag.words import YEAR, Token, fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Days:
    """What words tell of days, and the words that tell it."""

    since: date | None = None
    until: date | None = None
    day: date | None = None
    yearless: tuple[int, int | None] | None = None
    words: frozenset[Token] = frozenset()


def find_days(tokens: Sequence[Token], phrases: Phrases) -> Days:
    """A year, month or day among words."""
    year = month = day = None
    used: set[Token] = set()
    is_name = False
    for token in tokens:
        word = fold(token.text)
        if YEAR.fullmatch(word):
            year = int(word)
        elif word in phrases.months:
            month = phrases.months[word]
            # "may" is a verb, "May" a month.
            is_name = phrases.language != "en" or token.text[:1].isupper()
        elif word.isdigit() and 1 <= int(word) <= 31:
            day = int(word)
        else:
            continue
        used.add(token)
    if year is None:
        if month is None or not (day or is_name) or span_of_days(2000, month, day) is None:
            return Days()
        return Days(yearless=(month, day), words=frozenset(used))
    days = span_of_days(year, month, day if month else None)
    if days is None:
        return Days()
    return Days(since=days[0], until=days[1], day=days[0] if month and day else None, words=frozenset(used))


def span_of_days(year: int, month: int | None, day: int | None) -> tuple[date, date] | None:
    """The first and last day of a year, month or day; of a day also the next, on which what was said is often printed.

    None for a day that is in no calendar.

    >>> span_of_days(2024, 2, None), span_of_days(2024, 2, 30)
    ((datetime.date(2024, 2, 1), datetime.date(2024, 2, 29)), None)
    """
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            after = date(year + month // 12, month % 12 + 1, 1)
            return date(year, month, 1), after - timedelta(days=1)
        return date(year, month, day), date(year, month, day) + timedelta(days=1)
    except ValueError:
        return None
