"""Tokens → noun phrases: who may be a source or an addressee, and how far the phrase that names them reaches.

There is no parser behind this, only closed classes, capitals and the lexicon's roles; a phrase that these cannot bound is none.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from index.attribution.words import FINITE, Token, Words, is_country
from index.records import Span

Head = Literal["pronoun", "name", "role", "group", "other"]
# No mention of a speaker in PolNeAR's train part has more words in its noun phrase proper; longer ones are misreadings.
_LONGEST = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """Tokens `[start, end)` that form a noun phrase.

    Args:
        head: What stands for the person: a pronoun, a capitalised name, a role or group noun, or another noun.
        name: Tokens of the last name in it, `(start, end)`, without titles; None where there is none.
        weak: A common noun stands right before a name ("the meeting Hansen"), which often is no phrase at all.
    """

    start: int
    end: int
    head: Head
    name: tuple[int, int] | None = None
    weak: bool = False

    def span(self, tokens: Sequence[Token]) -> Span:
        return Span(tokens[self.start].span.start, tokens[self.end - 1].span.end)


def noun_phrase(tokens: Sequence[Token], at: int, words: Words) -> Phrase | None:
    """The noun phrase that begins at token `at`, or None."""
    if not 0 <= at < len(tokens) or not tokens[at].is_word:
        return None
    if is_pronoun(tokens[at], words) and not _determines(tokens, at, words):
        return Phrase(start=at, end=at + 1, head="pronoun")
    reader = _Reader(tokens, words, at)
    return reader.read()


def noun_phrase_before(tokens: Sequence[Token], end: int, words: Words) -> Phrase | None:
    """The longest sound noun phrase that ends right before token `end`, or None."""
    best: Phrase | None = None
    for start in range(end - 1, max(end - _LONGEST, -1), -1):
        token = tokens[start]
        if token.quotation is not None or (not token.is_word and token.text not in ("'", "’", "'s", "’s", ".", "&", "-")):
            break
        if token.text == "-" and (start == 0 or tokens[start - 1].span.end != token.span.start):
            break
        if token.lower in ("'s", "’s", "'", "’", ".", "&", "-"):
            continue
        halved = start > 1 and tokens[start - 1].text == "-" and tokens[start - 2].span.end == tokens[start - 1].span.start
        if halved and token.lower in words.grammar.conjunctions:
            continue  # "brann- og redningsetaten"
        if start > 0 and words.phrase_at("complementiser", tokens, start):
            break
        if start < end - 1 and not token.is_capitalised and _is_finite_cue(tokens, start, words):
            break
        phrase = noun_phrase(tokens, start, words)
        if phrase is not None and phrase.end == end and not phrase.weak:
            best = phrase
        elif phrase is None and best is not None and not _joins(token, words):
            break
    return best


def _joins(token: Token, words: Words) -> bool:
    """Whether the word may stand within a noun phrase though none begins with it: "of", "da" in "Lula da Silva"."""
    return token.lower in words.grammar.of or token.lower in words.lexicon.name_particles


def is_pronoun(token: Token, words: Words) -> bool:
    """Whether the token is a pronoun of the third person that can be a source."""
    pronouns = words.lexicon.pronouns
    lower = token.lower
    return lower in pronouns.female or lower in pronouns.male or lower in pronouns.plural or lower in pronouns.common


def _determines(tokens: Sequence[Token], at: int, words: Words) -> bool:
    """Whether a pronoun is a determiner here: in German before a capital, "einer Umfrage"."""
    following = tokens[at + 1] if at + 1 < len(tokens) else None
    return (
        words.language == "de"
        and tokens[at].lower in words.grammar.determiners
        and following is not None
        and following.is_capitalised
    )


def _is_finite_cue(tokens: Sequence[Token], at: int, words: Words) -> bool:
    preceded = at > 0 and tokens[at - 1].lower in words.grammar.not_a_verb
    return not preceded and any(m.tense in FINITE for m in words.cues_at(tokens, at))


class _Reader:
    """One left-to-right walk over a noun phrase."""

    def __init__(self, tokens: Sequence[Token], words: Words, at: int) -> None:
        self._tokens = tokens
        self._words = words
        self._at = at
        self._i = at
        self._name: tuple[int, int] | None = None
        self._role = False
        self._group = False
        self._noun = False
        self._after_of = False
        self._in_complement = False  # right behind the noun of an "of"
        self._weak = False

    def read(self) -> Phrase | None:
        while self._i < len(self._tokens) and self._i - self._at < _LONGEST:
            step = self._step()
            if step == 0:
                break
            self._i += step
        end = self._i
        while end > self._at and (
            self._tokens[end - 1].lower in self._words.grammar.of | self._words.grammar.determiners
            or self._tokens[end - 1].lower in self._words.grammar.conjunctions
        ):
            end -= 1
        if end == self._at or not (self._name or self._role or self._group or self._noun):
            return None
        head: Head = "name" if self._name else "role" if self._role else "group" if self._group else "other"
        if self._name and (self._role or self._group) and (self._name_in_of() or self._name_possesses(end)):
            head = "role" if self._role else "group"
        return Phrase(start=self._at, end=end, head=head, name=self._name, weak=self._weak)

    def _name_in_of(self) -> bool:
        """Whether the last name only completes a role: "the president of Bolivia", "leader of the Labour Party"."""
        assert self._name is not None
        before, grammar = self._name[0] - 1, self._words.grammar
        while before > self._at and self._tokens[before].lower in grammar.determiners - grammar.of:
            before -= 1
        return before > self._at and self._tokens[before].lower in self._words.grammar.of

    def _name_possesses(self, end: int) -> bool:
        """Whether the last name is only the possessor of a role: "Bolivias president"."""
        assert self._name is not None
        possessor = self._tokens[self._name[1] - 1].lower.endswith(("s", "x", "z"))
        return "s" in self._words.lexicon.genitives and possessor and self._name[1] < end

    def _step(self) -> int:
        """How many tokens the phrase goes on by; 0 where it ends."""
        tokens, words, i = self._tokens, self._words, self._i
        token, grammar, lexicon = tokens[i], words.grammar, words.lexicon
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if token.quotation is not None:
            return 0
        if token.lower in ("'s", "’s") or (token.text in "'’" and i > self._at and tokens[i - 1].lower.endswith(("s", "x", "z"))):
            self._name, self._role, self._group, self._noun = None, False, False, False
            return 1 if i > self._at else 0
        if token.text == ".":
            return 1 if i > self._at and self._abbreviates(tokens[i - 1]) and following and following.is_capitalised else 0
        if token.text == "&" and self._name is not None and following is not None and following.is_capitalised:
            self._extend_name(i, i + 1)
            return 1
        if token.text == "-" and following is not None and following.span.start == token.span.end:
            return 1
        if token.text == "-" and i > self._at and tokens[i - 1].span.end == token.span.start and i + 2 < len(tokens):
            return self._shared_half(i)
        if not token.is_word:
            return 0
        if token.text.isdigit() and self._numbered(i):
            self._extend_name(i, i + 1)
            return 1
        lower = token.lower
        complete = self._name is not None or self._role or self._group
        titled = lower in lexicon.titles or lower in lexicon.titles_female or lower in lexicon.titles_male
        if titled and (not self._name or token.is_capitalised):
            if role := words.role_at(tokens, i):
                self._role = True
                return role[1]
            self._noun = True
            return 1
        if self._name is not None and (n := self._particles(i)):
            return n
        if (n := words.phrase_at("station", tokens, i)) and self._name is None:
            self._group = True
            return n
        role = words.role_at(tokens, i)
        if role is not None and words.phrase_at("station", tokens, min(i + role[1], len(tokens) - 1)):
            self._noun = True
            return role[1]
        owned = "s" in lexicon.genitives and i > self._at and tokens[i - 1].lower.endswith(("s", "x", "z"))
        reads_verb = (self._at == i or (complete and not owned)) and self._is_cue(i) and not token.is_capitalised
        if role is not None and not reads_verb:
            if self._name is not None and not token.is_capitalised and not self._genitive_before():
                if not self._names_body(i):
                    return 0
                self._extend_name(i, i + role[1])
            if words.phrase_at("group", tokens, i):
                self._group = True
            else:
                self._role = True
            if token.is_capitalised and self._proper(i, role[1]):
                self._extend_name(i, i + role[1])
            return role[1]
        if i > self._at and complete and self._is_cue(i) and not token.is_capitalised:
            return 0
        if i > self._at and self._noun and not token.is_capitalised and self._is_cue(i):
            return 0
        if lower in grammar.of and self._name is not None and not (self._role or self._group or self._noun):
            return 0  # a name needs no complement: "Holm på X", "Finke der dpa"
        full = self._name is not None and self._name[1] == i and self._name[1] - self._name[0] >= 2
        if words.language == "de" and lower in grammar.of and full and not self._name_in_of():
            return 0  # "hat Fraktionsvize Petra Nolte der Union …"
        if lower in grammar.of and i > self._at and following is not None:
            opens = following.is_capitalised or following.lower in grammar.determiners or words.role_at(tokens, i + 1)
            common = (lower == "for" and self._role) or lower in grammar.genitive
            if (complete or self._noun) and (
                opens or (common and following.is_word and not words.is_function_word(following.lower))
            ):
                self._after_of = True
                return 1
            return 0
        if words.language == "de" and token.is_capitalised and i > self._at and words.is_function_word(lower) and not complete:
            self._noun = True  # a frequent noun, listed so that it is taken for no name
            return 1
        named = not words.is_function_word(lower) or token.is_acronym or self._first_name_at(i) or self._within_sentence(i)
        if token.is_capitalised and named:
            if is_country(token, words.language) and not self._name:
                self._noun = True
                if not self._more_name(i):
                    self._extend_name(i, i + 1)
                return 1
            self._extend_name(i, i + 1)
            return 1
        if lower in grammar.determiners:
            if i == self._at or self._after_of or tokens[i - 1].lower in grammar.determiners | grammar.conjunctions:
                self._after_of = self._after_of and tokens[i - 1].lower in grammar.genitive
                return 1
            return 0
        if lower in grammar.conjunctions:
            joins = following is not None and (
                following.is_capitalised or following.lower in grammar.determiners or words.role_at(tokens, i + 1) is not None
            )
            if not (complete and joins) or self._is_cue(i + 1):
                return 0
            self._after_of = True
            return 1
        if words.is_function_word(lower) and lower not in grammar.new | grammar.former and not self._takes_noun(i):
            return 0
        if words.phrase_at("auxiliary", tokens, i) or words.phrase_at("negation", tokens, i):
            return 0
        if self._name is not None and not self._genitive_before():
            halved = following is not None and following.text == "-" and following.span.start == token.span.end
            if not self._names_body(i) and not (halved and i + 3 < len(tokens) and words.role_at(tokens, i + 3) is not None):
                return 0
            self._extend_name(i, i + 1)
            return 1
        postposed = "adjectives_follow" in grammar.conventions
        if postposed and (self._role or self._group) and is_country(token, words.language):
            return 1  # "el presidente del Gobierno español"
        if postposed and self._role and self._in_complement and not self._is_cue(i):
            self._in_complement = False
            return 1  # "la ministre des comptes publics"
        if (self._role or self._group) and not self._after_of and not self._genitive_before():
            return 0
        if following is not None and following.is_capitalised and not self._titled(i + 1) and not self._describes(i):
            self._weak = True
        self._noun = True
        self._in_complement = self._after_of
        self._after_of = False
        return 1

    def _shared_half(self, i: int) -> int:
        """How many tokens go on behind the hyphen of a half word: "brann" - "og redningsetat", "Justis" - "og …"."""
        tokens, words = self._tokens, self._words
        if tokens[i + 1].lower not in words.grammar.conjunctions or not tokens[i + 2].is_word:
            return 0
        if self._name == (i - 1, i) and words.role_at(tokens, i + 2) is not None:
            self._name = None  # "Justis- og beredskapsminister"
        if (role := words.role_at(tokens, i + 2)) is None:
            return 3 if not tokens[i + 2].is_capitalised else 0
        if words.phrase_at("group", tokens, i + 2):
            self._group = True
        else:
            self._role = True
        if self._name is not None and not tokens[i + 2].is_capitalised:
            self._extend_name(i, i + 3)
        return 2 + role[1]

    def _numbered(self, i: int) -> bool:
        """Whether a number closes the name before it: "Rema 1000 opplyser", "sier hun til TV 2"."""
        tokens, words = self._tokens, self._words
        if self._name is None or self._name[1] != i or self._name[1] - self._name[0] > 1 or len(tokens[i].text) > 4:
            return False
        if words.language == "de" or words.first_name(tokens[i - 1].text) is not None:
            return False
        return self._is_cue(i + 1) or i + 1 >= len(tokens) or tokens[i + 1].text in ".,;:"

    def _takes_noun(self, i: int) -> bool:
        """Whether a frequent noun, listed so that it is taken for no name, stands where a noun must: "le maire de la ville"."""
        grammar, lower = self._words.grammar, self._tokens[i].lower
        closed = grammar.prepositions | grammar.conjunctions | grammar.subordinators | grammar.adverbs | grammar.determiners
        before = self._tokens[i - 1].lower if i > self._at else ""
        return lower not in closed and (before in grammar.genitive or (self._after_of and before in grammar.determiners))

    def _first_name_at(self, i: int) -> bool:
        """Whether a function word is a first name here: "Will Hart", "Per Moe"."""
        following = self._tokens[i + 1] if i + 1 < len(self._tokens) else None
        named = following is not None and following.is_capitalised and not self._words.is_function_word(following.lower)
        return named and self._words.first_name(self._tokens[i].text) is not None

    def _within_sentence(self, i: int) -> bool:
        """Whether a capital here can only be a name's, though the word is a frequent one: "melder Dagens Næringsliv"."""
        following = self._tokens[i + 1] if i + 1 < len(self._tokens) else None
        before = self._tokens[i - 1] if i > 0 else None
        proper = "capitals_are_names" in self._words.grammar.conventions and following is not None and following.is_capitalised
        return proper and before is not None and before.is_word and not before.is_capitalised

    def _particles(self, i: int) -> int:
        """How many particles of a name stand at `i` between two capitalised words: "von der" Leyen."""
        n = 0
        while i + n < len(self._tokens) and self._tokens[i + n].lower in self._words.lexicon.name_particles and n < 3:
            n += 1
        pair = " ".join(token.lower for token in self._tokens[i : i + 2])
        n = 2 if n < 2 and pair in self._words.lexicon.name_particles else n
        after = self._tokens[i + n] if i + n < len(self._tokens) else None
        given = self._name is not None and self._name == (i - 1, i) and self._words.first_name(self._tokens[i - 1].text)
        if given and self._words.language == "de" and n and after is not None and after.is_capitalised:
            return n  # "Ursula von der Leyen", but "Maria Kuhn von der Initiative"
        grammar, lexicon = self._words.grammar, self._words.lexicon
        conjunction = self._tokens[i].lower in grammar.conjunctions | grammar.of or self._tokens[i].lower in lexicon.addressee
        joined = n and after is not None and after.is_capitalised and self._tokens[i - 1].is_capitalised
        return n if joined and not conjunction else 0

    def _is_cue(self, i: int) -> bool:
        return i < len(self._tokens) and any(m.tense in FINITE for m in self._words.cues_at(self._tokens, i))

    def _abbreviates(self, token: Token) -> bool:
        lexicon = self._words.lexicon
        titles = (*lexicon.titles, *lexicon.titles_female, *lexicon.titles_male)
        return (len(token.text) == 1 and token.text.isupper()) or token.lower in titles or f"{token.lower}." in titles

    def _genitive_before(self) -> bool:
        """Whether the name so far is a possessor: "Bolivias president", "OASs leder"."""
        if "s" not in self._words.lexicon.genitives or self._name is None:
            return False
        return self._tokens[self._i - 1].lower.endswith(("s", "x", "z"))

    def _names_body(self, i: int) -> bool:
        """Whether a bare noun completes the name of a body: "Finnmark politidistrikt", "Oslo tingrett"."""
        if not self._words.grammar.bodies or self._name is None or self._name[1] != i:
            return False
        lower = self._tokens[i].lower
        return len(lower) > 5 and lower.endswith(tuple(self._words.grammar.bodies))

    def _titled(self, i: int) -> bool:
        return is_country(self._tokens[i], self._words.language) or self._words.role_at(self._tokens, i) is not None

    def _describes(self, i: int) -> bool:
        token, grammar = self._tokens[i], self._words.grammar
        return token.lower in grammar.former or token.lower in grammar.new or is_country(token, self._words.language)

    def _more_name(self, i: int) -> bool:
        following = self._tokens[i + 1] if i + 1 < len(self._tokens) else None
        return following is not None and (following.is_capitalised or self._words.role_at(self._tokens, i + 1) is not None)

    def _proper(self, i: int, length: int) -> bool:
        """Whether a capitalised role or group noun is part of a proper name: "the Army", "Labour Party", "White House"."""
        return self._words.phrase_at("group", self._tokens, i) > 0 and self._words.language != "de"

    def _extend_name(self, start: int, end: int) -> None:
        if self._name is not None and self._name[1] >= start - 1 and not self._genitive_before():
            self._name = (self._name[0], end)
        else:
            self._name = (start, end)
