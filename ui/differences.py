"""Two wordings side by side: which words only one of them has."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

Change = Literal["same", "added", "missing"]
# A word with what follows it up to the next one.
_WORD = re.compile(r"[^\W_]+(?:['’\-.,][^\W_]+)*")
# Longer wordings are compared up to here; nothing that anybody says in one breath is.
MOST_WORDS = 2_000


def word_changes(old: str, new: str) -> tuple[tuple[Change, str], ...]:
    """The pieces of `new` in order, with the words that only `old` has where they would stand.

    Case, punctuation and kinds of quotation marks make no difference, words and numbers do. What lies behind the
    first `MOST_WORDS` words of either comes as it is.

    >>> word_changes("I am your captain", "“I am your general,”")
    (('same', '“I am your '), ('missing', 'captain'), ('added', 'general'), ('same', ',”'))
    """
    ours, theirs = (list(_WORD.finditer(text))[:MOST_WORDS] for text in (old, new))
    matcher = SequenceMatcher(a=[_fold(word) for word in ours], b=[_fold(word) for word in theirs], autojunk=False)
    pieces: list[tuple[Change, str]] = []
    at = 0
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            end = theirs[new_to - 1].end()
            pieces.append(("same", new[at:end]))
            at = end
            continue
        start = theirs[new_from].start() if new_from < new_to else at
        if at < start:
            pieces.append(("same", new[at:start]))
        if old_from < old_to:
            if pieces and new_from == new_to:
                pieces.append(("same", " "))
            pieces.append(("missing", old[ours[old_from].start() : ours[old_to - 1].end()]))
        at = start
        if new_from < new_to:
            at = theirs[new_to - 1].end()
            pieces.append(("added", new[start:at]))
    if at < len(new):
        pieces.append(("same", new[at:]))
    return tuple(_joined(pieces))


def differ(old: str, new: str) -> bool:
    """Whether either has a word that the other lacks.

    >>> differ("I am here.", "“I am here”"), differ("6 %", "5 %")
    (False, True)
    """
    return any(change != "same" for change, _ in word_changes(old, new))


def _fold(word: "re.Match[str]") -> str:
    return word[0].casefold().replace("’", "'")


def _joined(pieces: list[tuple[Change, str]]) -> Iterator[tuple[Change, str]]:
    waiting: tuple[Change, str] | None = None
    for change, text in pieces:
        if waiting is not None and waiting[0] == change == "same":
            waiting = (change, waiting[1] + text)
            continue
        if waiting is not None:
            yield waiting
        waiting = (change, text)
    if waiting is not None:
        yield waiting
