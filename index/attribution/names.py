"""Sentences → the names that stand in them, each with what shows whom it belongs to: titles, roles, what follows."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from index.attribution.phrases import noun_phrase, noun_phrase_before
from index.attribution.words import Token, Words, country_code, fold, is_country, is_country_name
from index.records import Span

Gender = Literal["female", "male"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A sentence of the article with all its tokens, quotations opened up, and where its quotations are."""

    paragraph: int
    span: Span
    tokens: tuple[Token, ...]
    quoted: tuple[Span, ...]

    def in_quotation(self, span: Span) -> bool:
        return any(quotation.contains(span) for quotation in self.quoted)


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleOf:
    text: str
    span: Span
    concepts: frozenset[str]
    countries: frozenset[str]
    former: bool
    new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name as it stands in the text."""

    line: int
    span: Span
    parts: tuple[str, ...]
    folded: tuple[str, ...]
    gender: Gender | None
    role: RoleOf | None
    person: bool
    organisation: bool
    possessor: bool
    quoted: bool


class NameReader:
    """Reads the names and roles in the sentences of one article."""

    def __init__(self, text: str, lines: Sequence[Line], words: Words) -> None:
        self._text = text
        self._lines = lines
        self._words = words

    def names(self, number: int) -> Iterator[Named]:
        tokens = self._lines[number].tokens
        i = 0
        while i < len(tokens):
            end = self._name_end(tokens, i)
            if end is None:
                i += 1
                continue
            yield from self._named(number, i, end)
            i = end

    def _name_end(self, tokens: Sequence[Token], i: int) -> int | None:
        """The token behind the name that begins at `i`; None where none does."""
        words, token = self._words, tokens[i]
        if not token.is_capitalised or not token.is_word or self.is_prefix(tokens, i):
            return None
        if (
            words.is_function_word(token.lower)
            and not (len(token.text) > 1 and token.is_acronym)
            and words.first_name(token.text) is None
        ):
            return None
        if i == 0 and words.first_name(token.text) is None and words.cues_at(tokens, i) and not token.is_acronym:
            return None
        end = i + 1
        while end < len(tokens):
            following = tokens[end]
            last = tokens[end - 1]
            if following.text == "." and len(last.text) == 1 and end + 1 < len(tokens) and tokens[end + 1].is_capitalised:
                end += 1
                continue
            if (
                following.is_capitalised
                and following.is_word
                and not self._role_only(tokens, end)
                and not (
                    words.is_function_word(following.lower)
                    and words.first_name(following.text) is None
                    and not following.is_acronym
                )
            ):
                end += 1
                continue
            if following.lower in words.lexicon.addressee and following.lower not in ("de", "a"):
                break
            if (
                following.lower in words.lexicon.name_particles
                and end + 1 < len(tokens)
                and tokens[end + 1].is_capitalised
                and following.is_word
            ):
                # "of" and "y" join only what is one name anyway; "Arce y Lima" are two.
                if following.lower in ("y", "e", "of") and words.first_name(tokens[end + 1].text) is not None:
                    break
                end += 1
                continue
            if (
                following.lower in words.lexicon.name_particles
                and end + 2 < len(tokens)
                and tokens[end + 1].lower in words.lexicon.name_particles
                and tokens[end + 2].is_capitalised
            ):
                end += 2
                continue
            break
        return end

    def is_prefix(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether the capitalised token is a title, role or people's name that goes before a name and is no part of it."""
        words, lower = self._words, tokens[i].lower
        lexicon = words.lexicon
        if lower in lexicon.titles or f"{lower}." in lexicon.titles or self._title_gender(tokens[i]) is not None:
            return True
        following = tokens[i + 1] if i + 1 < len(tokens) else None
        if (
            following is not None
            and is_country(tokens[i], words.language)
            and (following.is_capitalised or words.role_at(tokens, i + 1) is not None)
        ):
            return (
                self.is_prefix(tokens, i + 1)
                or words.role_at(tokens, i + 1) is not None
                or words.first_name(following.text) is not None
            )
        return (
            words.role_at(tokens, i) is not None
            and not words.phrase_at("group", tokens, i)
            and words.first_name(tokens[i].text) is None
        )

    def _role_only(self, tokens: Sequence[Token], i: int) -> bool:
        words = self._words
        return (
            words.role_at(tokens, i) is not None
            and not words.phrase_at("group", tokens, i)
            and words.first_name(tokens[i].text) is None
        )

    def _title_gender(self, token: Token) -> Gender | None:
        lexicon = self._words.lexicon
        if token.lower in lexicon.titles_female or f"{token.lower}." in lexicon.titles_female:
            return "female"
        if token.lower in lexicon.titles_male or f"{token.lower}." in lexicon.titles_male:
            return "male"
        return None

    def _named(self, number: int, start: int, end: int) -> Iterator[Named]:
        line, words = self._lines[number], self._words
        tokens = line.tokens
        first = start
        # "OAS Secretary General Luis", "Labour MP Ann Lee": what stands before a known first name, an acronym or group, is no name.
        for k in range(start + 1, end):
            inner = tokens[k]
            if (
                words.first_name(inner.text)
                and end - k >= 2
                and (tokens[k - 1].is_acronym or words.phrase_at("group", tokens, k - 1))
            ):
                first = k
        kept = [t for t in tokens[first:end] if t.is_word]
        span = Span(tokens[first].span.start, tokens[end - 1].span.end)
        parts = tuple(t.text for t in kept)
        gender, titled = self._title_before(tokens, first)
        role = self._role_of(number, first, end)
        # "the Army" is no name of its own, "Bolivian Army" and "Army Council" are
        group = len(parts) > 1 and any(words.phrase_at("group", tokens, k) for k in range(first, end))
        if not group and all(words.role_at(tokens, k) for k in range(first, end)):
            return
        acronym = len(parts) == 1 and kept[0].is_acronym
        country = is_country_name(span.of(self._text), words.language)
        if is_country(tokens[first], words.language) and len(parts) == 1 and not country:
            return  # a people's name or adjective
        first_name = words.first_name(parts[0]) is not None
        organisation = (group or acronym or country) and not (first_name and len(parts) > 1) and not titled
        person = not organisation and (titled or role is not None or (first_name and len(parts) > 1))
        following = tokens[end] if end < len(tokens) else None
        possessor = following is not None and (following.lower in ("'s", "’s") or following.text in "'’")
        yield Named(
            line=number,
            span=span,
            parts=parts,
            folded=tuple(fold(part) for part in parts),
            gender=gender,
            role=role,
            person=person,
            organisation=organisation,
            possessor=possessor,
            quoted=line.in_quotation(span),
        )

    def _title_before(self, tokens: Sequence[Token], first: int) -> tuple[Gender | None, bool]:
        """Gender and presence of a title right before the name."""
        i = first - 1
        if i >= 0 and tokens[i].text == ".":
            i -= 1
        if i < 0 or not tokens[i].is_word:
            return None, False
        gender = self._title_gender(tokens[i])
        lexicon = self._words.lexicon
        titled = gender is not None or tokens[i].lower in lexicon.titles or f"{tokens[i].lower}." in lexicon.titles
        return gender, titled

    def _role_of(self, number: int, first: int, end: int) -> RoleOf | None:
        """The role that stands before the name ("army chief Juan"), or set off behind or before it."""
        tokens, words = self._lines[number].tokens, self._words
        before = noun_phrase_before(tokens, end, words)
        if before is not None and before.start < first:
            role = self._role(tokens, before.start, first)
            if role is not None:
                return role
        if end + 1 < len(tokens) and tokens[end].text in ",(–—-":
            behind = noun_phrase(tokens, end + 1, words)
            if (
                behind is not None
                and behind.head in ("role", "group")
                and behind.end < len(tokens)
                and not tokens[end + 1].is_capitalised
            ):
                placed = first > 0 and tokens[first - 1].lower in words.grammar.prepositions
                closed = tokens[behind.end].text in ",.)(–—-;:" and not placed
                role = self._role(tokens, end + 1, behind.end) if closed else None
                if role is not None and role.concepts & words.lexicon.roles.keys():
                    return role
        if first >= 2 and tokens[first - 1].text in ",–—-" and (end >= len(tokens) or tokens[end].text in ",.–—-)"):
            ahead = noun_phrase_before(tokens, first - 1, words)
            if ahead is not None and ahead.head in ("role", "group"):
                return self._role(tokens, ahead.start, first - 1)
        return None

    def _role(self, tokens: Sequence[Token], start: int, end: int) -> RoleOf | None:
        words = self._words
        while start < end and (tokens[start].lower in words.grammar.determiners or not tokens[start].is_word):
            start += 1
        start = self._role_start(tokens, start, end)
        while end > start and not tokens[end - 1].is_word and tokens[end - 1].text != ")":
            end -= 1
        if start >= end or tokens[end - 1].lower in words.grammar.of | words.grammar.determiners:
            return None  # "the leaders of Bolivia": the name completes the role, it does not bear it
        concepts = self.concepts(tokens, start, end)
        if not concepts:
            return None
        span = Span(tokens[start].span.start, tokens[end - 1].span.end)
        return RoleOf(
            text=span.of(self._text),
            span=span,
            concepts=concepts,
            countries=self.countries(tokens, start, end),
            former=any(self.is_former(t) for t in tokens[start:end]),
            new=any(t.lower in words.grammar.new for t in tokens[start:end]),
        )

    def _role_start(self, tokens: Sequence[Token], start: int, end: int) -> int:
        """Past what only runs into a role: "afterwards Vice President", "revolt of General", "ställde Bolivias president"."""
        words = self._words
        for i in range(start, end):
            token = tokens[i]
            title = token.lower in words.lexicon.titles or words.role_at(tokens, i) is not None
            if title and i > start and tokens[i - 1].lower in words.grammar.of and token.is_capitalised:
                return i
        i = start
        while i < end - 1:
            token = tokens[i]
            telling = self.is_former(token) or token.lower in words.grammar.new or is_country(token, words.language)
            if (
                (token.is_capitalised and not words.is_function_word(token.lower))
                or telling
                or words.role_at(tokens, i) is not None
            ):
                return i
            if words.language == "en" and not words.is_function_word(token.lower):
                return i
            i += 1
        return i

    def is_former(self, token: Token) -> bool:
        former = self._words.grammar.former
        return (
            token.lower in former
            or (
                token.lower.startswith(("ex-", "eks-", "then-", "ex"))
                and self._words.language != "en"
                and len(token.lower) > 5
                and token.lower.startswith("ex")
            )
            or token.lower.startswith(("ex-", "then-", "eks-", "oud-"))
        )

    def concepts(self, tokens: Sequence[Token], start: int, end: int) -> frozenset[str]:
        found = set()
        for i in range(start, end):
            if (role := self._words.role_at(tokens, i)) is not None:
                found.add(role[0])
        return frozenset(found)

    def countries(self, tokens: Sequence[Token], start: int, end: int) -> frozenset[str]:
        codes = (country_code(t.text, self._words.language) for t in tokens[start:end] if t.is_word)
        return frozenset(code for code in codes if code is not None)
