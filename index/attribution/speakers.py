"""Mentions in one article → its persons: who "he", "the general" and "Zuniga" are, and who stays unnamed.

Names are read first, over the whole article; then every source is resolved in the order of the text. High-precision
evidence goes first (a full name, a title), recency comes last, and a mention that fits two people equally stays
unresolved.
"""

from bisect import bisect_left
from collections.abc import Sequence

from index.attribution.bodies import find_body, find_titled
from index.attribution.descriptions import (
    AHEAD,
    compatriot,
    find_bearer,
    find_bearer_beside,
    find_bearers,
    find_compatriot,
    find_introduced,
    find_topic,
    gender_of,
    is_beside,
)
from index.attribution.discourse import GENITIVES, Discourse
from index.attribution.members import Member
from index.attribution.names import Description, Line
from index.attribution.naming import find_in_heading, find_named, is_head, names_several
from index.attribution.phrases import noun_phrase
from index.attribution.pronouns import find_antecedent, find_pronoun, pronoun_kind
from index.attribution.words import Token, Words, is_country
from index.records import Person, Span

# A piece of what was said is not read on for "I" beyond so many sentences.
_LONGEST_QUOTATION = 60


class Cast:
    """The persons and organisations of one article, and whom a mention stands for.

    Args:
        headings: Where headings stand: no sentence of theirs is read, but a full name may stand only there.
    """

    def __init__(self, text: str, lines: Sequence[Line], words: Words, *, article_id: str, headings: Sequence[Span] = ()) -> None:
        self._discourse = Discourse(text, lines, words, article_id=article_id, headings=headings)

    def people(self) -> tuple[Person, ...]:
        """Everyone in the order of their first mention."""
        return tuple(self._discourse.person(member) for member in self._discourse.roster.members)

    def resolve(self, span: Span | None, *, content: Sequence[Span] = ()) -> Person | None:
        """The person that the mention at `span` stands for; None where nobody can tell.

        Call it in the order of the text and report each outcome by `spoke`: pronouns lean on who spoke before. Names
        within `content`, what the mention is said to say, are not who says it.
        """
        if span is None:
            return None
        self._discourse.content = content
        member = self._resolve(span)
        number = self._discourse.line_at(span.start)
        if member is None:
            if self._is_somebody(span, number):
                self._discourse.unnamed.setdefault(number, []).append(span)
        elif not self._discourse.possesses(span):
            self._discourse.told.setdefault(number, []).append((span, member))
            member.told.append(number)
        return self._discourse.known(member)

    def last_actor(self, position: int, *, content: Sequence[Span] = ()) -> Person | None:
        """Who speaks where the verb at `position` has no subject of its own."""
        self._discourse.content = content
        return self._discourse.known(find_antecedent(self._discourse, self._discourse.line_at(position), position, None))

    def spoke(self, span: Span, person: Person | None, *, content: Sequence[Span] = ()) -> None:
        """Notes that a statement at `span` was given to `person`, for the pronouns that follow and the "I" in its words."""
        member = self._discourse.by_id.get(person.id) if person is not None else None
        number = self._discourse.line_at(span.start)
        nested = number in self._discourse.spoken and any(
            piece.contains(span) and other is self._discourse.spoken[number]
            for piece, other in self._discourse.said.get(number, ())
        )
        if not nested and not self._discourse.possesses(span):
            self._discourse.spoken[number] = member
            if content and content[-1].of(self._discourse.text).rstrip("\"'”’»«,").endswith("?"):
                self._discourse.asked.add(number)
        for piece in content:
            first = self._discourse.line_at(piece.start)
            for number in range(first, min(self._discourse.line_at(piece.end), first + _LONGEST_QUOTATION) + 1):
                self._discourse.said.setdefault(number, []).append((piece, member))

    def persons_in(self, span: Span) -> tuple[tuple[Span, Person], ...]:
        """The persons named within a stretch, outside its quotations, in order."""
        return tuple(
            (place, self._discourse.person(member))
            for place, member in self._discourse.placed(span)
            if not member.organisation and not self._discourse.lines[self._discourse.line_at(place.start)].in_quotation(place)
        )

    def _is_somebody(self, span: Span, number: int) -> bool:
        """Whether a mention that nobody is found for speaks of one person, not of several and of no body."""
        tokens = self._discourse.lines[number].tokens
        at = bisect_left(tokens, span.start, key=lambda t: t.span.start)
        stop = bisect_left(tokens, span.end, key=lambda t: t.span.start)
        end = self._core_end(tokens, at, stop) if at < stop else at
        if at >= end or self._discourse.reader.is_plural(tokens, at, end):
            return False
        return self._discourse.reader.description(tokens, at, end) is not None

    def _resolve(self, span: Span) -> Member | None:
        if not self._discourse.lines:
            return None
        number = self._discourse.line_at(span.start)
        line = self._discourse.lines[number]
        if not line.span.start <= span.start < line.span.end:
            return find_in_heading(self._discourse, span)
        tokens = line.tokens
        at = bisect_left(tokens, span.start, key=lambda t: t.span.start)
        stop = bisect_left(tokens, span.end, key=lambda t: t.span.start)
        while at < stop and not tokens[at].is_word:
            at += 1
        while stop > at and (tokens[stop - 1].lower in GENITIVES or tokens[stop - 1].text in ",:;–—-"):
            stop -= 1
        if at >= stop:
            return None
        if stop - at == 1 and (kind := pronoun_kind(self._discourse, tokens[at])) is not None:
            return find_pronoun(self._discourse, kind, tokens, at, number)
        if (titled := find_titled(self._discourse, tokens, at, stop, number)) is not None:
            return titled
        inside = Span(tokens[at].span.start, tokens[stop - 1].span.end)
        if names_several(self._discourse, inside, number, at, stop):
            return None
        if (member := find_named(self._discourse, inside, number, at, stop)) is not None:
            return member
        for name in self._discourse.roster.open.get(number, ()):
            if inside.contains(name.span) and is_head(self._discourse, tokens, name.span, at, stop):
                return self._discourse.namesake(name, number)
        end = self._core_end(tokens, at, stop)
        if self._discourse.reader.is_plural(tokens, at, end):
            grouped = any(self._discourse.words.phrase_at("group", tokens, i) for i in range(at, end))
            return find_body(self._discourse, tokens, at, end, number) if grouped else None
        description = self._discourse.reader.description(tokens, at, end)
        if description is not None:
            return self._describe(description, tokens, at, end, number)
        if (code := compatriot(self._discourse, tokens, at, end)) is not None:
            return find_compatriot(self._discourse, code, number)
        return find_body(self._discourse, tokens, at, end, number)

    def _core_end(self, tokens: Sequence[Token], at: int, stop: int) -> int:
        """Where the mention's own words end and what is said of it begins: a comma, a bracket, "who", "in Ohio"."""
        words = self._discourse.words
        phrase = noun_phrase(tokens, at, words)
        least = min(phrase.end, stop) if phrase is not None else at + 1
        for i in range(at + 1, stop):
            token = tokens[i]
            inside = token.is_word or token.lower in GENITIVES or token.text in ".-&"
            ends = token.lower in words.lexicon.pronouns.relative or token.lower in words.grammar.prepositions
            if not inside or (ends and token.lower not in words.grammar.of and i >= least):
                return i
        return stop

    def _is_of_name(self, tokens: Sequence[Token], at: int, end: int) -> bool:
        """Whether the phrase tells of what somebody is the head: "the dean of Columbia's law school", not "of Chile"."""
        words = self._discourse.words
        # the German "der" that opens the phrase is its article
        of = next((i for i in range(at + 1, end - 1) if tokens[i].lower in words.grammar.of), end)
        if words.language == "de":
            return False  # every noun has a capital
        return any(t.is_word and t.is_capitalised and not is_country(t, words.language) for t in tokens[of + 1 : end])

    def _describe(self, description: Description, tokens: Sequence[Token], at: int, end: int, number: int) -> Member | None:
        """The person whose role fits, else the one that the article speaks of and that nothing speaks against."""
        position = tokens[at].span.start
        if description.concepts & {"man", "woman", "boy", "girl", "person"}:
            if description.possessor is not None:
                return None  # "Seine Frau"
            return (
                find_antecedent(self._discourse, number, position, gender_of(self._discourse, description))
                if description.definite
                else None
            )
        if not description.definite:
            return find_introduced(self._discourse, description, number)
        if description.possessor is not None and is_beside(self._discourse, description):
            return find_bearer_beside(self._discourse, description, tokens, at, number)
        bearer = find_bearer(self._discourse, description, number)
        if bearer is not None and bearer.lines[0] <= number:
            return bearer
        if description.new:
            return find_antecedent(self._discourse, number, position, None)
        if bearer is None and find_bearers(self._discourse, description):
            return None
        topic = None if self._is_of_name(tokens, at, end) else find_topic(self._discourse, description, tokens, at, number)
        return topic or find_introduced(self._discourse, description, number) or self._soon(bearer, number)

    @staticmethod
    def _soon(bearer: Member | None, number: int) -> Member | None:
        return bearer if bearer is not None and bearer.lines[0] <= number + AHEAD else None
