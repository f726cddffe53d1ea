"""Many statements → groups that speak of the same, by the list of news words that all languages share."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from rag.likeness import likeness
from rag.witnesses import Account
from rag.words import fold, tokenize

# A theme has at least so many statements, and no more than this share of all: what all speak of parts nothing.
_FEWEST = 2
_LARGEST = 0.6
_MOST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Accounts that speak of the same; `word` names it as an article does, None for those that share nothing."""

    word: str | None
    accounts: tuple[Account, ...]


def find_themes(accounts: Sequence[Account], *, language: str) -> tuple[Theme, ...]:
    """Each account in one theme, the largest themes first, in their own order within; all in one where nothing parts them.

    Args:
        language: Of the words that name the themes, where an article in it has one.
    """
    words = [_concepts(account) for account in accounts]
    left = set(range(len(accounts)))
    themes: list[Theme] = []
    while len(themes) < _MOST:
        counts = Counter(concept for place in left for concept in words[place])
        fitting = [(-n, concept) for concept, n in counts.items() if n >= _FEWEST and n <= max(_FEWEST, _LARGEST * len(accounts))]
        if not fitting:
            break
        concept = min(fitting)[1]
        members = sorted(place for place in left if concept in words[place])
        left -= set(members)
        named = Counter(words[place][concept] for place in members if accounts[place].fullest.article.language == language)
        named = named or Counter(words[place][concept] for place in members)
        word = min(named, key=lambda form: (-named[form], form))
        themes.append(Theme(word=word, accounts=tuple(accounts[place] for place in members)))
    if left:
        themes.append(Theme(word=None, accounts=tuple(accounts[place] for place in sorted(left))))
    return tuple(themes)


def _concepts(account: Account) -> dict[str, str]:
    """The listed words in an account's fullest wording: concept → the word as it stands there, in lower case but for German."""
    item = account.fullest
    language = item.article.language
    found: dict[str, str] = {}
    for token in tokenize(item.words):
        for form in likeness(token.text, language):
            if form.startswith("="):
                found.setdefault(form, token.text if language == "de" else token.text.lower())
    # A word that may stand for two concepts is told once.
    by_word: dict[str, str] = {}
    for concept, word in sorted(found.items()):
        by_word.setdefault(fold(word), concept)
    return {concept: word for concept, word in found.items() if by_word[fold(word)] == concept}
