"""A sentence → its tokens, and a language's lexicon → look-ups over tokens: cues, roles, names.

A marked quotation is one token: the rules read the frame around it, never the words inside.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

from index.attribution.grammar import Grammar, load_grammar
from index.attribution.lexicon import Cue, Lexicon, load_lexicon
from index.attribution.lexicon.countries import country_of, load_countries
from index.attribution.quotation import Quotation
from index.records import Span

Tense = Literal["present", "past", "future", "participle", "infinitive", "gerund"]
Gender = Literal["female", "male"]

_WORD = r"[^\W_]+(?:[-‐‑][^\W_]+)*"
_TOKEN = re.compile(
    r"\d+(?:[.,:]\d+)*"
    r"|[^\W\d_]\.(?:[^\W\d_]\.)+"  # U.S., f.d.
    r"|['’]s\b"
    rf"|{_WORD}(?:['’](?:[^\W_]{{2,}}|[mdt]\b))*"  # O'Brien, we're, didn't
    r"|[^\w\s]|_"
)
# French and, in -il/-se, Portuguese hang pronouns on words: l'armée, qu'il, dit-il, a-t-elle.
_FRENCH = re.compile(
    r"\d+(?:[.,:]\d+)*"
    r"|(?:[ldsncjmt]|qu|lorsqu|puisqu|jusqu)['’]"
    r"|-t-(?:il|elle|on|ils|elles)\b|-(?:il|elle|on|ils|elles|je|tu|nous|vous)\b"
    r"|[^\W_]+(?:-(?!t-(?:il|elle|on)|(?:il|elle|on|ils|elles|je|tu|nous|vous)\b)[^\W_]+)*"
    r"|[^\w\s]|_",
    re.IGNORECASE,
)
DASHES = frozenset("–—―-")
# Tenses of a verb that can stand with a subject of its own.
FINITE: tuple[Tense, ...] = ("past", "present", "future")
# Within a fixed phrase no more tokens of adverbials stand than these.
_ADVERBIAL_REACH = 5
# How many tokens behind the first half of a parted verb its second may stand; farther off it mostly is another verb's.
_PARTED_REACH = 28
_COMPOUNDING = frozenset({"nb", "nn", "sv", "da", "de", "nl"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a mark, or a whole quotation."""

    span: Span
    text: str
    lower: str
    quotation: Quotation | None = None

    @property
    def is_word(self) -> bool:
        return self.quotation is None and self.text[0].isalnum()

    @property
    def is_capitalised(self) -> bool:
        return self.quotation is None and self.text[0].isupper()

    @property
    def is_acronym(self) -> bool:
        return (
            self.quotation is None and len(self.text) >= 2 and self.text.replace(".", "").isupper() and self.text[-1] not in "'’"
        )


def fold(text: str) -> str:
    """Lower case without accents: what makes Zúñiga and zuniga one.

    >>> fold("Zúñiga")
    'zuniga'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o").replace("đ", "d").replace("ł", "l"))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def tokenise(text: str, span: Span, *, language: str, quotations: Sequence[Quotation] = ()) -> tuple[Token, ...]:
    """The tokens of `text` within `span`, in order; each of `quotations` in it is one token.

    >>> [t.text for t in tokenise("“Go,” Mr O'Brien's aide said.", Span(5, 29), language="en")]
    ['Mr', "O'Brien", "'s", 'aide', 'said', '.']
    """
    pattern = _FRENCH if language == "fr" else _TOKEN
    tokens: list[Token] = []

    def read(start: int, end: int) -> None:
        for match in pattern.finditer(text, start, end):
            found = match.group()
            if language == "fr" and found[0] == "-" and len(found) > 1:
                found = found.removeprefix("-t-").removeprefix("-")  # dit-il, a-t-elle
            tokens.append(Token(Span(match.end() - len(found), match.end()), found, found.lower().replace("’", "'")))

    at = span.start
    for quotation in quotations:
        if quotation.span.start < at or quotation.span.end > span.end:
            continue
        read(at, quotation.span.start)
        tokens.append(Token(quotation.span, quotation.span.of(text), "", quotation))
        at = quotation.span.end
    read(at, span.end)
    return tuple(tokens)


@dataclass(frozen=True, slots=True, kw_only=True)
class CueMatch:
    """A cue found in a sentence: tokens `[start, end)` without the adverbials in `hole`, and a separable verb's second half."""

    cue: Cue
    tense: Tense
    start: int
    end: int
    tail: int | None = None
    hole: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    words: tuple[str, ...]
    tail: tuple[str, ...]
    cue: Cue
    tense: Tense


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A language's lexicon, made ready to be asked about tokens."""

    language: str
    lexicon: Lexicon
    grammar: Grammar
    _cues: dict[str, tuple[_Form, ...]]
    _roles: dict[str, tuple[tuple[tuple[str, ...], str], ...]]
    _role_endings: dict[str, str]
    _phrases: dict[str, dict[str, tuple[tuple[str, ...], ...]]] = field(default_factory=dict)

    def cues_at(self, tokens: Sequence[Token], at: int) -> tuple[CueMatch, ...]:
        """Every reading of the token at `at` as the beginning of a cue, longest first, finite before others."""
        found = []
        behind: tuple[int, ...] | None = None
        for form in self._cues.get(tokens[at].lower, ()):
            end, hole = at + len(form.words), None
            if not _stands(tokens, at, form.words):
                if len(form.words) == 1:
                    continue
                behind = self._behind_adverbials(tokens, at + 1) if behind is None else behind
                resumed = next((k for k in behind if _stands(tokens, k, form.words[1:])), None)
                if resumed is None:
                    continue
                end, hole = resumed + len(form.words) - 1, (at + 1, resumed)
            tail = None
            if form.tail:
                tail = next((i for i in range(end, min(end + _PARTED_REACH, len(tokens))) if _reads(tokens, i, form.tail)), None)
                if tail is None:
                    continue
            found.append(CueMatch(cue=form.cue, tense=form.tense, start=at, end=end, tail=tail, hole=hole))
        order = {"past": 0, "present": 1, "future": 2, "participle": 3, "gerund": 4, "infinitive": 5}

        def parted(match: CueMatch) -> bool:
            # "ba … om" is parted in "ba dem om hjelp"; in "ba dem om å gå" the "om" opens the infinitive.
            after = match.tail + 1 if match.tail is not None else len(tokens)
            return match.tail is not None and (after >= len(tokens) or tokens[after].lower not in self.grammar.infinitive)

        return tuple(sorted(found, key=lambda m: (-(m.end - m.start), not parted(m), order[m.tense])))

    def _behind_adverbials(self, tokens: Sequence[Token], at: int) -> tuple[int, ...]:
        """The tokens behind one adverbial, two … at `at`, where a fixed phrase may go on: "gikk onsdag ut med"."""
        ends: list[int] = []
        i, last = at, min(at + _ADVERBIAL_REACH, len(tokens) - 1)
        while i <= last:
            step = self.phrase_at("adverb", tokens, i) or self.time_at(tokens, i)
            if step == 0:
                break
            i += step
            ends.append(i)
        return tuple(ends)

    def time_at(self, tokens: Sequence[Token], at: int) -> int:
        """How many tokens an adverbial of time has that begins at `at`: "onsdag kveld", "am Montag"; 0 where none does."""
        grammar = self.grammar
        i, end = at, min(at + 3, len(tokens))
        while i < end and tokens[i].lower in grammar.prepositions | grammar.determiners and tokens[i].lower not in grammar.times:
            i += 1
        start = i
        while i < min(start + 2, len(tokens)) and tokens[i].lower in grammar.times:
            i += 1
        return i - at if i > start else 0

    def role_at(self, tokens: Sequence[Token], at: int) -> tuple[str, int] | None:
        """The concept of the role noun that begins at `at` and how many tokens it has; compounds by their ending."""
        for words, concept in self._roles.get(tokens[at].lower, ()):
            if tuple(t.lower for t in tokens[at : at + len(words)]) == words:
                return concept, len(words)
        lower = tokens[at].lower
        if self.language in _COMPOUNDING and len(lower) > 6 and tokens[at].is_word:
            endings = (self._role_endings.get(lower[n:]) for n in range(2, len(lower) - 3))
            ending = next((concept for concept in endings if concept is not None), None)
            return (ending, 1) if ending is not None else None
        return None

    def phrase_at(self, kind: str, tokens: Sequence[Token], at: int) -> int:
        """How many tokens the longest phrase of a class has at `at`; 0 where none begins."""
        for words in self._phrases.get(kind, {}).get(tokens[at].lower, ()):
            if tuple(t.lower for t in tokens[at : at + len(words)]) == words:
                return len(words)
        return 0

    def is_function_word(self, lower: str) -> bool:
        grammar = self.grammar
        return (
            lower in self.lexicon.function_words
            or lower in grammar.determiners
            or lower in grammar.prepositions
            or lower in grammar.conjunctions
            or lower in grammar.subordinators
            or lower in grammar.adverbs
        )

    def first_name(self, text: str) -> Gender | Literal["either"] | None:
        """The gender a first name shows, over all languages; None where it is not known as one."""
        folded = fold(text)
        female, male = _first_names()
        first, hyphen, second = folded.partition("-")
        if hyphen and folded not in female and folded not in male and (second in female or second in male):
            folded = first  # "Karl-Peter"
        if folded in female:
            return "either" if folded in male else "female"
        return "male" if folded in male else None


def _stands(tokens: Sequence[Token], at: int, words: Sequence[str]) -> bool:
    end = at + len(words)
    return end <= len(tokens) and all(token.lower == word for token, word in zip(tokens[at:end], words, strict=True))


def _reads(tokens: Sequence[Token], at: int, tail: tuple[str, ...]) -> bool:
    """Whether the parted half of a verb stands at `at`, up to where it is parted once more."""
    if tokens[at].lower != tail[0]:
        return False
    first = tail[: tail.index("…")] if "…" in tail else tail
    return tuple(t.lower for t in tokens[at : at + len(first)]) == first


@cache
def _first_names() -> tuple[frozenset[str], frozenset[str]]:
    lexicons = [load_lexicon(code) for code in ("en", "nb", "nn", "sv", "da", "de", "nl", "es", "fr", "pt")]
    female = frozenset(fold(name) for lexicon in lexicons for name in lexicon.first_names_female)
    male = frozenset(fold(name) for lexicon in lexicons for name in lexicon.first_names_male)
    return female, male


def _split(phrase: str, language: str) -> tuple[str, ...]:
    return tuple(token.lower for token in tokenise(phrase, Span(0, len(phrase)), language=language))


def _by_first(phrases: Iterable[str], language: str) -> dict[str, tuple[tuple[str, ...], ...]]:
    table: dict[str, list[tuple[str, ...]]] = {}
    for words in {_split(phrase, language) for phrase in phrases}:
        if words:
            table.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(entries, key=lambda w: (-len(w), w))) for first, entries in table.items()}


@cache
def load_words(language: str) -> Words:
    """The look-ups of a language, made once; nearly empty ones for a language without a lexicon."""
    lexicon, grammar = load_lexicon(language), load_grammar(language)
    cues: dict[str, list[_Form]] = {}
    for cue in lexicon.cues:
        forms: tuple[tuple[Tense, tuple[str, ...]], ...] = (
            ("present", cue.present),
            ("past", cue.past),
            ("future", cue.future),
            ("participle", cue.participle),
            ("infinitive", cue.infinitive),
            ("gerund", cue.gerund),
        )
        for tense, texts in forms:
            for text in texts:
                head, _, tail = text.partition("…")
                words = _split(head, language)
                if words:
                    entry = _Form(words=words, tail=_split(tail, language), cue=cue, tense=tense)
                    cues.setdefault(words[0], []).append(entry)
    roles: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    endings: dict[str, str] = {}
    for table in (lexicon.roles, lexicon.roles_plural, lexicon.groups):
        for concept, texts in table.items():
            for text in texts:
                words = _split(text, language)
                if not words:
                    continue
                roles.setdefault(words[0], []).append((words, concept))
                if len(words) == 1 and len(words[0]) >= 4:
                    endings.setdefault(words[0], concept)
    media = lexicon.media
    plain = {
        "according": lexicon.according,
        "according_after": lexicon.according_after,
        "addressee": lexicon.addressee,
        "complementiser": lexicon.complementisers,
        "negation": lexicon.negations,
        "denial": lexicon.denials,
        "future": lexicon.future,
        "possible": lexicon.possible,
        "auxiliary": lexicon.auxiliaries,
        "adverb": grammar.adverbs,
        "scene": grammar.scene,
        "citing": grammar.citing,
        "own_view": grammar.own_view,
        "medium_noun": media.nouns,
        "medium_name": media.names,
        "station": media.stations,
        "medium_preposition": media.prepositions,
        "agency": grammar.agencies,
        "group": tuple(form for forms in lexicon.groups.values() for form in forms),
        "plural_role": tuple(form for forms in lexicon.roles_plural.values() for form in forms),
    }
    return Words(
        language=language,
        lexicon=lexicon,
        grammar=grammar,
        _cues={first: tuple(entries) for first, entries in cues.items()},
        _roles={first: tuple(sorted(entries, key=lambda e: -len(e[0]))) for first, entries in roles.items()},
        _role_endings=endings,
        _phrases={kind: _by_first(phrases, language) for kind, phrases in plain.items()},
    )


def is_country(token: Token, language: str) -> bool:
    """Whether the token names a country or its people, genitive endings included."""
    return token.is_word and country_code(token.text, language) is not None


@lru_cache(maxsize=20_000)
def country_code(text: str, language: str) -> str | None:
    """`country_of`, remembered: every capitalised word of an article is asked about several times."""
    return country_of(text, language)


def is_country_name(text: str, language: str) -> bool:
    """Whether the text names a country or union of countries itself, not its people: "Bolivia", not "Bolivian"."""
    return country_code(text, language) is not None and fold(text) in _country_names(language)


@cache
def _country_names(language: str) -> frozenset[str]:
    return frozenset(fold(name) for country in load_countries() for name in country.names.get(language, ()))
