"""The words of a question → what each does in it: speaker, addressee, topic, occasion, relay, and among whom it looks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from index.attribution.lexicon import load_lexicon
from index.records import Act
from rag.phrases import load_phrases
from rag.words import MARKS, Token, fold, tokenize


class Table:
    """Phrases of one or more words, found at a place in a question; the longest wins."""

    def __init__(self, phrases: Mapping[str, Iterable[str]], *, but: Iterable[str] = ()) -> None:
        self.entries: dict[tuple[str, ...], str] = {}
        for kind, forms in phrases.items():
            for form in forms:
                self.entries.setdefault(tuple(token.text.casefold() for token in tokenize(form)), kind)
        others = frozenset(but)
        for words, kind in list(self.entries.items()):
            plain = tuple(fold(word) for word in words)
            # "Før" typed without its stroke is another word: "for".
            if not others.issuperset(plain):
                self.entries.setdefault(plain, kind)
        self.longest = max((len(words) for words in self.entries), default=0)

    def at(self, words: Sequence[str], at: int) -> tuple[str, int] | None:
        """The kind of the longest phrase that begins at `at` and how many words it has."""
        for length in range(min(self.longest, len(words) - at), 0, -1):
            if kind := self.entries.get(tuple(words[at : at + length])):
                return kind, length
        return None


# Acts that are done to something: their verbs take no clause, but ask for a statement all the same.
_OF_SOMETHING: frozenset[Act] = frozenset({"accuse", "condemn", "criticise", "praise", "thank"})
# Nouns that stand for an act ("What promise did Lee make?"), by their key among the phrases' turns.
_NOUNS_OF: dict[str, Act] = {
    "replies": "answer", "promises": "promise", "warnings": "warn", "threats": "threaten", "accusations": "accuse",
    "denials": "deny", "demands": "order", "criticisms": "criticise", "praises": "praise", "thankings": "thank",
}  # fmt: skip
# Words that turn a question wherever they stand in it.
_TURNS = ("very_words", "later", "earlier", "other")


@dataclass(frozen=True, slots=True)
class Tables:
    ask: Table
    prepositions: Table
    verbs: Table
    lead_ins: Table
    follow: Table
    pronouns: Table
    turns: Table
    corrections: Table
    truth: Table
    nouns: Table


@cache
def load_tables(language: str) -> Tables:
    phrases = load_phrases(language)
    lexicon = load_lexicon(language)
    verbs: dict[str, list[str]] = {act: list(forms) for act, forms in phrases.verbs.items()}
    for cue in lexicon.cues:
        forms = [form for forms in (cue.present, cue.past, cue.participle, cue.infinitive) for form in forms if "…" not in form]
        # "began" and "opened" report quotations too, but ask for no statement: only verbs that also take a clause do.
        if {"quote", "that"} <= cue.takes and cue.act != "show":
            verbs.setdefault(cue.act, []).extend(forms)
        elif cue.act in _OF_SOMETHING and "object" in cue.takes:
            verbs.setdefault(cue.act, []).extend(form for form in forms if " " not in form)
        if cue.act in verbs and (set(forms) & set(verbs[cue.act])):
            verbs[cue.act].extend(cue.gerund)
    for forms in verbs.values():
        forms.extend(plural for form in tuple(forms) for plural in _plurals(form, language))
    return Tables(
        ask=Table(phrases.ask),
        prepositions=Table(phrases.prepositions, but=phrases.stop),
        verbs=Table(verbs),
        lead_ins=Table({"lead": phrases.lead_ins}),
        follow=Table({"follow": phrases.follow}),
        pronouns=Table(phrases.pronouns),
        turns=Table({kind: forms for kind, forms in phrases.turns.items() if kind in _TURNS}),
        corrections=Table({"correction": phrases.turns["corrections"]}),
        truth=Table({"truth": phrases.turns["truth"]}),
        nouns=Table({act: phrases.turns[key] for key, act in _NOUNS_OF.items()}),
    )


# Endings of finite verbs in the singular, and of the same in the plural, longer ones first.
_PLURALS = {
    "es": (("ió", "ieron"), ("ó", "aron"), ("a", "an"), ("e", "en")),
    "fr": (("é", "és"), ("e", "ent")),
    "de": (("te", "ten"),),
}


def _plurals(form: str, language: str) -> tuple[str, ...]:
    """ "Condenó" → "condenaron": questions ask of several what lists of verbs have of one."""
    for one, many in _PLURALS.get(language, ()):
        if form.endswith(one) and " " not in form:
            return (form.removesuffix(one) + many,)
    return ()


def is_mark(word: str) -> bool:
    return all(character in MARKS for character in word)


def split_apostrophes(tokens: list[Token], language: str) -> list[Token]:
    """French hangs words on apostrophes ("qu'a dit"); each becomes a word of its own."""
    if language != "fr":
        return tokens
    split: list[Token] = []
    for token in tokens:
        head, mark, tail = token.text.partition("'")
        if mark and tail and fold(head) in ("qu", "d", "l", "s", "n", "m", "t", "j", "c", "lorsqu"):
            split += [
                Token(head + "'", token.start, token.start + len(head) + 1),
                Token(tail, token.start + len(head) + 1, token.end),
            ]
        else:
            split.append(token)
    return [Token(token.text.removesuffix("'"), token.start, token.end) for token in split]
