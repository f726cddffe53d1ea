"""What the sentences of an article have in view: who is named, who acts, who spoke, who was told, line by line."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from index.attribution.members import Member, Open, Roster
from index.attribution.names import Description, Line, fold_name
from index.attribution.words import Token, Words
from index.records import Person, Span

# How many sentences a pronoun reaches back; in PolNeAR a source pronoun's antecedent is rarely farther.
PRONOUN_REACH = 4
# Sentences that are wholly quoted do not count for that, up to this many.
_QUOTED_REACH = 16
# One of several namesakes is the one meant without more ado where the article names it so many times as often.
_DOMINANT = 3
# What parts an article into pieces that do not go on with each other: "___", "* * *".
_BREAK = re.compile(r"_{3,}|(?:\*\s*){3,}")
# Nouns that the press calls bodies by which it has named before.
EPITHETS_OF_BODIES = frozenset(["company", "organisation", "agency", "association"])
GENITIVES = frozenset(["'s", "’s", "'", "’"])


class Discourse:
    """One article as the resolution of mentions sees it; what is resolved is noted in it for the mentions that follow.

    Lines are numbered in the order of the text. `spoken`, `asked`, `told`, `said` and `unnamed` grow as statements are read.
    """

    def __init__(self, text: str, lines: Sequence[Line], words: Words, *, article_id: str, headings: Sequence[Span] = ()) -> None:
        self.text = text
        self.lines = lines
        self.words = words
        self.article_id = article_id
        self.starts = [line.span.start for line in lines]
        self.breaks = {
            number
            for number, (one, two) in enumerate(pairwise(lines), start=1)
            if _BREAK.search(text, one.span.end, two.span.start)
        } | {number for number, line in enumerate(lines) if _BREAK.match(text, line.span.start, line.span.end)}
        self.roster = Roster(text, lines, words, headings=headings)
        self.reader = self.roster.reader
        self.spoken: dict[int, Member | None] = {}
        self.asked: set[int] = set()
        self.unnamed: dict[int, list[Span]] = {}
        self.told: dict[int, list[tuple[Span, Member]]] = {}
        self.said: dict[int, list[tuple[Span, Member | None]]] = {}
        self.by_id: dict[str, Member] = {}
        self.namesakes: dict[Span, Member | None] = {}
        self.issued: dict[str, Member] = {}
        self.bearing: dict[Description, list[Member]] = {}
        self.apart: dict[str, set[int]] = {}
        self.content: Sequence[Span] = ()
        self.kinds = {
            fold_name(form)
            for concept, forms in words.lexicon.groups.items()
            for form in forms
            if " " not in form and concept not in EPITHETS_OF_BODIES
        }

    def person(self, member: Member) -> Person:
        return self.roster.person(member, article_id=self.article_id)

    def known(self, member: Member | None) -> Person | None:
        if member is None:
            return None
        person = self.person(member)
        self.by_id[person.id] = member
        return person

    def line_at(self, position: int) -> int:
        return max(bisect_right(self.starts, position) - 1, 0)

    def placed(self, span: Span) -> list[tuple[Span, Member]]:
        low, high = self.line_at(span.start), self.line_at(max(span.start, span.end - 1))
        inside = [item for number in range(low, high + 1) for item in self.roster.by_line.get(number, ())]
        return [(place, member) for place, member in inside if span.contains(place)]

    def actors_at(self, number: int) -> list[tuple[Span, Member]]:
        """Who may be meant by a later pronoun: named or told of in the sentence outside quotations, no mere possessor."""
        named = [*self.roster.by_line.get(number, ()), *self.decided(number)]
        told = self.outside_quotations(number, self.told.get(number, ()), passed=False)
        return sorted([*self.outside_quotations(number, named, passed=False), *told], key=lambda item: item[0])

    def owners_at(self, number: int) -> list[tuple[Span, Member]]:
        """Who is named in the sentence only as somebody whose something is, outside quotations."""
        return self.outside_quotations(number, [*self.roster.by_line.get(number, ()), *self.decided(number)], passed=True)

    def outside_quotations(self, number: int, named: Iterable[tuple[Span, Member]], *, passed: bool) -> list[tuple[Span, Member]]:
        """Those of the named of a sentence that only tell whose something is, or only the others."""
        line = self.lines[number]
        return [item for item in named if (item[0] in self.roster.passed) == passed and not line.in_quotation(item[0])]

    def decided(self, number: int) -> list[tuple[Span, Member]]:
        """The shared surnames of a sentence, each with who is meant."""
        found = []
        for name in self.roster.open.get(number, ()):
            if name.span not in self.namesakes:
                self.namesakes[name.span] = self.namesake(name, number)
            if (member := self.namesakes[name.span]) is not None:
                found.append((name.span, member))
        return found

    def possesses(self, span: Span) -> bool:
        """Whether the mention is the possessor of what follows it: "Carson's" mangling of the name."""
        return span.of(self.text).endswith(("'s", "’s")) or self.text.startswith(("'s", "’s"), span.end)

    def is_oblique(self, number: int, place: Span) -> bool:
        """Whether a preposition goes before the name: such a one is less what the sentence is about."""
        tokens, words = self.lines[number].tokens, self.words
        i = bisect_left(tokens, place.start, key=lambda t: t.span.start) - 1
        listed = False
        while i > 0:
            token = tokens[i]
            listed = token.lower in words.grammar.conjunctions or (listed and token.text == ",")
            if token.lower in words.grammar.determiners or self.prefixed(tokens, i):
                i -= 1
            elif listed and tokens[i - 1].is_capitalised and not words.is_function_word(tokens[i - 1].lower):
                i -= 1
                while i > 0 and tokens[i].is_capitalised:
                    i -= 1
            else:
                break
        return i >= 0 and (tokens[i].lower in words.grammar.of or tokens[i].lower in words.grammar.prepositions)

    def persons_at(self, number: int) -> list[tuple[Span, Member]]:
        return [item for item in self.actors_at(number) if not item[1].organisation]

    def prefixed(self, tokens: Sequence[Token], i: int) -> bool:
        return tokens[i].is_word and self.reader.is_prefix(tokens, i)

    def namesake(self, name: Open, number: int) -> Member | None:
        """Which of those who share a name: by title, by how often the article names each, by who came last."""
        # "Clinton declared of Hillary Clinton": whom the sentence names in full behind it is somebody else.
        fuller = {id(m) for place, m in self.roster.by_line.get(number, ()) if place.start > name.span.end}
        fitting = [m for m in name.members if m.fits(name.gender) and (id(m) not in fuller or len(name.members) > 2)]
        if len(fitting) == 1:
            return fitting[0]
        counts = sorted(((len(m.lines) + len(m.told), i) for i, m in enumerate(fitting)), reverse=True)
        paragraph = self.lines[number].paragraph
        last = [(self.last(member, number), member) for member in fitting]
        near = [(line, member) for line, member in last if line >= 0 and self.lines[line].paragraph >= paragraph - 1]
        near.sort(key=lambda item: -item[0])
        if len(near) == 1:
            return near[0][1]
        if len(counts) > 1 and counts[0][0] >= _DOMINANT * counts[1][0]:
            return fitting[counts[0][1]]
        if len(near) >= 2 and near[0][0] > near[1][0]:
            return near[0][1]
        if not near:
            return fitting[counts[0][1]] if len(counts) > 1 and counts[0][0] >= 2 * counts[1][0] else None
        return None

    def before(self, number: int) -> Iterator[int]:
        """The sentences before, nearest first; those within a quotation are passed but do not count."""
        left = PRONOUN_REACH
        if number in self.breaks:
            return
        for back in range(number - 1, max(number - 1 - _QUOTED_REACH, -1), -1):
            line = self.lines[back]
            if not any(quotation.contains(line.span) for quotation in line.quoted):
                left -= 1
            yield back
            if left == 0 or back in self.breaks:
                return

    @staticmethod
    def may_be_body(member: Member) -> bool:
        return member.organisation or (len(member.parts) == 1 and not member.genders and not member.roles)

    def last(self, member: Member, number: int) -> int:
        """The last sentence up to `number` that mentions the member; -1 where none does."""
        at = bisect_right(member.lines, number)
        named = member.lines[at - 1] if at else -1
        told = member.told[-1] if member.told and member.told[-1] <= number else -1
        return max(named, told)
