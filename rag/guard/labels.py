"""Outlets, relays and dates, and the note of differences: those that the citations have."""

import re
from collections.abc import Iterator, Sequence
from datetime import date

from rag.guard.reading import Problem, problem
from rag.guard.tongue import find_keys
from rag.guard.view import View
from rag.telling import outlet_of
from rag.words import fold, folded

_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")


def check_note(view: View) -> Iterator[Problem]:
    """The outlets in brackets behind the markers are those of the citations, and so are the relays."""
    if view.segment.note is None:
        return
    outlets = {folded(outlet_of(item.article)) for item in view.cited}
    relays = [folded(item.citation.reported_by) for item in view.cited if item.citation.reported_by]
    for item in view.segment.note.split(";"):
        if folded(item) in outlets:
            continue
        name, _, relay = item.rpartition(",")
        told = folded(relay)
        days = {c.citation.published for c in view.cited}
        if folded(name) in outlets and relay.strip() in days:
            continue
        if folded(name) not in outlets or not any(told[-len(words) :] == words for words in relays):
            yield problem("outlet", item)


def check_differences(view: View) -> Iterator[Problem]:
    """ "(insubordination → disobedience)": what another wording of the line has, and what this one has instead."""
    nothing = set(folded(view.tongue.phrases.answers["nothing_there"]))
    theirs = {fold(part.text) for item in view.everybody for part in item.parts}
    ours = {fold(part.text) for item in view.cited for part in item.parts}
    for item in (view.segment.differences or "").split(";"):
        one, _, other = item.partition("→")
        if not set(folded(one)) - nothing <= theirs or not set(folded(other)) - nothing <= ours:
            yield problem("word", item)


def check_outlets(view: View) -> Iterator[Problem]:
    """An outlet that another citation has and none of these."""
    ours = {word for item in view.cited for word in folded(outlet_of(item.article))}
    keys = [fold(part.text) for part in view.parts]
    for item in view.everybody:
        words = folded(outlet_of(item.article))
        if words and not set(words) <= ours and find_keys(keys, words, 0) >= 0 and not _said(view, words):
            yield problem("outlet", outlet_of(item.article))


def _said(view: View, words: Sequence[str]) -> bool:
    return any(find_keys([fold(part.text) for part in item.parts], words, 0) >= 0 for item in view.cited)


def read_dates(view: View) -> tuple[frozenset[int], tuple[Problem, ...]]:
    """Places of the parts that belong to a date that was checked as one, and the dates that nobody has."""
    days = [date.fromisoformat(item.citation.published) for item in view.cited if item.citation.published]
    seen: set[int] = set()
    found: list[Problem] = []
    text = view.unquoted
    for match in _ISO.finditer(text):
        seen |= {place for place, part in enumerate(view.parts) if match.start() <= part.start < match.end()}
        if not any(day.isoformat() == match.group() for day in days) and not _said(view, folded(match.group())):
            found.append(problem("date", match.group()))
    for place, part in enumerate(view.parts):
        month = view.tongue.months.get(fold(part.text))
        if month is None or place in seen or (part.text.islower() and fold(part.text) in view.tongue.free):
            continue
        digits = _day_and_year(view, place)
        years = [p for p in digits if len(view.parts[p].text) == 4]
        dated = [p for p in digits if len(view.parts[p].text) <= 2]
        words = [fold(view.parts[p].text) for p in sorted({place, *digits})]
        fits = any(
            day.month == month
            and all(int(view.parts[p].text) == day.year for p in years)
            and all(int(view.parts[p].text) == day.day for p in dated[:1])
            for day in days
        )
        if fits or _said(view, words):
            seen |= {place, *digits}
        elif part.text[:1].isupper() or digits:
            seen |= {place, *digits}
            found.append(problem("date", " ".join(view.parts[p].text for p in sorted({place, *digits}))))
    return frozenset(seen), tuple(found)


def _day_and_year(view: View, month: int) -> list[int]:
    """Places of the digits that belong to a month: "3 June 2024", "June 3, 2024", "3 de junio de 2024"."""
    found: list[int] = []
    for step in (-1, 1):
        place = month + step
        while 0 <= place < len(view.parts) and abs(place - month) <= 4 and view.is_close(month, place):
            word = view.parts[place].text
            if word.isdigit() and len(word) in (1, 2, 4) and not any(len(view.parts[p].text) == len(word) for p in found):
                found.append(place)
            elif word not in ("de", "del", "of") or (found and step == -1):
                break
            place += step
    return found
