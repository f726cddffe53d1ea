"""Mentions in one article → its persons: who "he", "the general" and "Zuniga" are, and who stays unnamed.

Names are read first, over the whole article; then every source is resolved in the order of the text. High-precision
evidence goes first (a full name, a title), recency comes last, and a mention that fits two people equally stays
unresolved.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from index.attribution.members import Member, Open, Roster
from index.attribution.names import Description, Gender, Line, fold_name
from index.attribution.phrases import noun_phrase, noun_phrase_before
from index.attribution.words import Token, Words, fold, is_country, is_country_name, tokenise
from index.records import Person, Span

# How many sentences a pronoun reaches back; in PolNeAR a source pronoun's antecedent is rarely farther.
_PRONOUN_REACH = 4
# Sentences that are wholly quoted do not count for that, up to this many.
_QUOTED_REACH = 16
# A piece of what was said is not read on for "I" beyond so many sentences.
_LONGEST_QUOTATION = 60
# Where more bear a role, "the senator" tells nobody who is meant.
_MOST_NAMED = 200
# How far ahead a description may be explained: "A New York judge has ruled. … Justice Frank Nervo …"
_AHEAD = 3
# One of several namesakes is the one meant without more ado where the article names it so many times as often.
_DOMINANT = 3
# Roles that somebody has in the service of others: never another word for whom the article is about.
_SERVING = frozenset(["lawyer", "spokesperson", "official", "adviser", "employee", "chief_of_staff", "worker", "witness"])
# Nor these: whoever "the voter" is, it is nobody in particular, or somebody in a role beside others.
_NEVER_EPITHETS = _SERVING | {"voter", "citizen", "customer", "passenger", "resident", "neighbour", "victim", "suspect", "source"}
# Clauses that set one against another: "While Lee waited, the businessman …" is not about Lee.
_CONTRASTING = frozenset(["while", "whereas", "unlike", "mens", "medan", "während", "terwijl", "mientras", "tandis", "enquanto"])
# Whoever the article calls by another role is the less likely meant; in sentences of distance.
_OTHERWISE_KNOWN = 1.5
# By so much, in the same measure, must the likeliest be likelier than the next: a wrong name is worse than none.
_SURE_OF_OFFICE = 0.5
_SURE_OF_EPITHET = 0.25
# What parts an article into pieces that do not go on with each other: "___", "* * *".
_BREAK = re.compile(r"_{3,}|(?:\*\s*){3,}")
_GENITIVES = frozenset(["'s", "’s", "'", "’"])
_THINGS = frozenset(["it", "its", "itself"])
_ANYBODY = frozenset(
    ["one", "someone", "everyone", "everybody", "somebody", "anyone", "nobody", "man", "jemand", "iemand", "men"]
)
_POSSESSIVE_GENDERS: dict[str, Gender] = {
    "his": "male",
    "her": "female",
    "hers": "female",
    "hans": "male",
    "hennes": "female",
    "hendes": "female",
}
# Roles that name somebody beside another: "Pagliano's lawyer" is not whom the article spoke of last.
_BESIDE = frozenset(
    ["lawyer", "spokesperson", "official", "wife", "husband", "son", "daughter", "father", "mother", "brother", "sister"]
)
# Who holds one of these is no other of them at the same time.
_OFFICES = frozenset(
    [
        "president",
        "vice_president",
        "prime_minister",
        "senator",
        "governor",
        "mayor",
        "mp",
        "judge",
        "attorney_general",
        "general",
        "king",
    ]
)
# What somebody in office may be besides.
_BESIDES_OFFICES = frozenset(
    ["candidate", "politician", "leader", "party_leader", "colleague", "founder", "author", "man", "woman"]
)
# Group nouns that every country or town has one of: a name only where the article writes them with a capital anyway.
_COMMON_BODIES = frozenset(
    """police army military navy government administration cabinet ministry court prosecution party union company bank
    opposition authorities family hospital church critics sources""".split()  # noqa: SIM905  a list of 21 fills the page
)
# Nouns for a kind of body, which are a name only together with other words: "the Committee".
_KINDS_OF_BODIES = frozenset(
    ["committee", "commission", "agency", "company", "union", "party", "organisation", "association", "institute", "board"]
)
# Nouns that the press calls bodies by which it has named before.
_EPITHETS_OF_BODIES = frozenset(["company", "organisation", "agency", "association"])
# In words, behind a document, up to who made it.
_LONGEST_COMPLEMENT = 14
_DOCUMENTS = frozenset(["document", "report", "poll", "study"])
_FEMALE_WORDS = ("woman", "lady", "girl", "queen", "princess", "mother", "sister", "daughter", "wife", "actress", "widow")
_MALE_WORDS = ("man", "boy", "king", "prince", "father", "brother", "son", "husband")


class Cast:
    """The persons and organisations of one article, and whom a mention stands for.

    Args:
        headings: Where headings stand: no sentence of theirs is read, but a full name may stand only there.
    """

    def __init__(self, text: str, lines: Sequence[Line], words: Words, *, article_id: str, headings: Sequence[Span] = ()) -> None:
        self._text = text
        self._lines = lines
        self._words = words
        self._article_id = article_id
        self._starts = [line.span.start for line in lines]
        self._breaks = {
            number
            for number, (one, two) in enumerate(pairwise(lines), start=1)
            if _BREAK.search(text, one.span.end, two.span.start)
        } | {number for number, line in enumerate(lines) if _BREAK.match(text, line.span.start, line.span.end)}
        self._roster = Roster(text, lines, words, headings=headings)
        self._reader = self._roster.reader
        self._spoken: dict[int, Member | None] = {}
        self._asked: set[int] = set()
        self._unnamed: dict[int, list[Span]] = {}
        self._told: dict[int, list[tuple[Span, Member]]] = {}
        self._said: dict[int, list[tuple[Span, Member | None]]] = {}
        self._by_id: dict[str, Member] = {}
        self._namesakes: dict[Span, Member | None] = {}
        self._issued: dict[str, Member] = {}
        self._bearing: dict[Description, list[Member]] = {}
        self._content: Sequence[Span] = ()
        self._kinds = {
            fold_name(form)
            for concept, forms in words.lexicon.groups.items()
            for form in forms
            if " " not in form and concept not in _EPITHETS_OF_BODIES
        }

    def people(self) -> tuple[Person, ...]:
        """Everyone in the order of their first mention."""
        return tuple(self._person(member) for member in self._roster.members)

    def _person(self, member: Member) -> Person:
        return self._roster.person(member, article_id=self._article_id)

    # What the outside asks

    def resolve(self, span: Span | None, *, content: Sequence[Span] = ()) -> Person | None:
        """The person that the mention at `span` stands for; None where nobody can tell.

        Call it in the order of the text and report each outcome by `spoke`: pronouns lean on who spoke before. Names
        within `content`, what the mention is said to say, are not who says it.
        """
        if span is None:
            return None
        self._content = content
        member = self._resolve(span)
        number = self._line_at(span.start)
        if member is None:
            if self._is_somebody(span, number):
                self._unnamed.setdefault(number, []).append(span)
        elif not self._possesses(span):
            self._told.setdefault(number, []).append((span, member))
            member.told.append(number)
        return self._known(member)

    def last_actor(self, position: int, *, content: Sequence[Span] = ()) -> Person | None:
        """Who speaks where the verb at `position` has no subject of its own."""
        self._content = content
        return self._known(self._antecedent(self._line_at(position), position, None))

    def spoke(self, span: Span, person: Person | None, *, content: Sequence[Span] = ()) -> None:
        """Notes that a statement at `span` was given to `person`, for the pronouns that follow and the "I" in its words."""
        member = self._by_id.get(person.id) if person is not None else None
        number = self._line_at(span.start)
        nested = number in self._spoken and any(
            piece.contains(span) and other is self._spoken[number] for piece, other in self._said.get(number, ())
        )
        if not nested and not self._possesses(span):
            self._spoken[number] = member
            if content and content[-1].of(self._text).rstrip("\"'”’»«,").endswith("?"):
                self._asked.add(number)
        for piece in content:
            first = self._line_at(piece.start)
            for number in range(first, min(self._line_at(piece.end), first + _LONGEST_QUOTATION) + 1):
                self._said.setdefault(number, []).append((piece, member))

    def persons_in(self, span: Span) -> tuple[tuple[Span, Person], ...]:
        """The persons named within a stretch, outside its quotations, in order."""
        return tuple(
            (place, self._person(member))
            for place, member in self._placed(span)
            if not member.organisation and not self._lines[self._line_at(place.start)].in_quotation(place)
        )

    def _known(self, member: Member | None) -> Person | None:
        if member is None:
            return None
        person = self._person(member)
        self._by_id[person.id] = member
        return person

    # Places

    def _line_at(self, position: int) -> int:
        return max(bisect_right(self._starts, position) - 1, 0)

    def _placed(self, span: Span) -> list[tuple[Span, Member]]:
        low, high = self._line_at(span.start), self._line_at(max(span.start, span.end - 1))
        inside = [item for number in range(low, high + 1) for item in self._roster.by_line.get(number, ())]
        return [(place, member) for place, member in inside if span.contains(place)]

    def _actors_at(self, number: int) -> list[tuple[Span, Member]]:
        """Who may be meant by a later pronoun: named or told of in the sentence outside quotations, no mere possessor."""
        named = [*self._roster.by_line.get(number, ()), *self._decided(number)]
        told = self._outside_quotations(number, self._told.get(number, ()), passed=False)
        return sorted([*self._outside_quotations(number, named, passed=False), *told], key=lambda item: item[0])

    def _owners_at(self, number: int) -> list[tuple[Span, Member]]:
        """Who is named in the sentence only as somebody whose something is, outside quotations."""
        return self._outside_quotations(number, [*self._roster.by_line.get(number, ()), *self._decided(number)], passed=True)

    def _outside_quotations(
        self, number: int, named: Iterable[tuple[Span, Member]], *, passed: bool
    ) -> list[tuple[Span, Member]]:
        """Those of the named of a sentence that only tell whose something is, or only the others."""
        line = self._lines[number]
        return [item for item in named if (item[0] in self._roster.passed) == passed and not line.in_quotation(item[0])]

    def _decided(self, number: int) -> list[tuple[Span, Member]]:
        """The shared surnames of a sentence, each with who is meant."""
        found = []
        for name in self._roster.open.get(number, ()):
            if name.span not in self._namesakes:
                self._namesakes[name.span] = self._namesake(name, number)
            if (member := self._namesakes[name.span]) is not None:
                found.append((name.span, member))
        return found

    def _possesses(self, span: Span) -> bool:
        """Whether the mention is the possessor of what follows it: "Carson's" mangling of the name."""
        return span.of(self._text).endswith(("'s", "’s")) or self._text.startswith(("'s", "’s"), span.end)

    def _is_somebody(self, span: Span, number: int) -> bool:
        """Whether a mention that nobody is found for speaks of one person, not of several and of no body."""
        tokens = self._lines[number].tokens
        at = bisect_left(tokens, span.start, key=lambda t: t.span.start)
        stop = bisect_left(tokens, span.end, key=lambda t: t.span.start)
        end = self._core_end(tokens, at, stop) if at < stop else at
        if at >= end or self._reader.is_plural(tokens, at, end):
            return False
        return self._reader.description(tokens, at, end) is not None

    def _is_oblique(self, number: int, place: Span) -> bool:
        """Whether a preposition goes before the name: such a one is less what the sentence is about."""
        tokens, words = self._lines[number].tokens, self._words
        i = bisect_left(tokens, place.start, key=lambda t: t.span.start) - 1
        listed = False
        while i > 0:
            token = tokens[i]
            listed = token.lower in words.grammar.conjunctions or (listed and token.text == ",")
            if token.lower in words.grammar.determiners or self._prefixed(tokens, i):
                i -= 1
            elif listed and tokens[i - 1].is_capitalised and not words.is_function_word(tokens[i - 1].lower):
                i -= 1
                while i > 0 and tokens[i].is_capitalised:
                    i -= 1
            else:
                break
        return i >= 0 and (tokens[i].lower in words.grammar.of or tokens[i].lower in words.grammar.prepositions)

    def _persons_at(self, number: int) -> list[tuple[Span, Member]]:
        return [item for item in self._actors_at(number) if not item[1].organisation]

    # Whom a mention stands for

    def _resolve(self, span: Span) -> Member | None:
        if not self._lines:
            return None
        number = self._line_at(span.start)
        line = self._lines[number]
        if not line.span.start <= span.start < line.span.end:
            return self._in_heading(span)
        tokens = line.tokens
        at = bisect_left(tokens, span.start, key=lambda t: t.span.start)
        stop = bisect_left(tokens, span.end, key=lambda t: t.span.start)
        while at < stop and not tokens[at].is_word:
            at += 1
        while stop > at and (tokens[stop - 1].lower in _GENITIVES or tokens[stop - 1].text in ",:;–—-"):
            stop -= 1
        if at >= stop:
            return None
        if stop - at == 1 and (kind := self._pronoun_kind(tokens[at])) is not None:
            return self._pronoun(kind, tokens, at, number)
        inside = Span(tokens[at].span.start, tokens[stop - 1].span.end)
        if (member := self._by_name(inside, number, at, stop)) is not None:
            return member
        for name in self._roster.open.get(number, ()):
            if inside.contains(name.span) and self._is_head(tokens, name.span, at, stop):
                return self._namesake(name, number)
        end = self._core_end(tokens, at, stop)
        if self._reader.is_plural(tokens, at, end):
            grouped = any(self._words.phrase_at("group", tokens, i) for i in range(at, end))
            return self._organisation(tokens, at, end, number) if grouped else None
        description = self._reader.description(tokens, at, end)
        if description is not None:
            return self._described(description, tokens, at, number)
        return self._organisation(tokens, at, end, number)

    def _core_end(self, tokens: Sequence[Token], at: int, stop: int) -> int:
        """Where the mention's own words end and what is said of it begins: a comma, a bracket, "who", "in Ohio"."""
        words = self._words
        phrase = noun_phrase(tokens, at, words)
        least = min(phrase.end, stop) if phrase is not None else at + 1
        for i in range(at + 1, stop):
            token = tokens[i]
            inside = token.is_word or token.lower in _GENITIVES or token.text in ".-&"
            ends = token.lower in words.lexicon.pronouns.relative or token.lower in words.grammar.prepositions
            if not inside or (ends and token.lower not in words.grammar.of and i >= least):
                return i
        return stop

    def _in_heading(self, span: Span) -> Member | None:
        """A name in a heading, whose words are no sentence of the article."""
        words = [fold_name(word.strip(".,:;’'\"")) for word in span.of(self._text).removesuffix("’s").removesuffix("'s").split()]
        candidates = self._roster.by_word.get(words[-1], ()) if words else ()
        fitting = [m for m in candidates if all(word in m.folded for word in words) and m.lines]
        return fitting[0] if len(fitting) == 1 else None

    def _by_name(self, span: Span, number: int, at: int, stop: int) -> Member | None:
        """The one person named in the mention, unless the name only belongs to somebody else ("Arce's lawyer")."""
        tokens = self._lines[number].tokens
        placed = [(place, m) for place, m in self._placed(span) if self._line_at(place.start) == number]
        if tokens[at].lower in self._words.grammar.indefinite:
            placed = [item for item in placed if not item[1].organisation]
        heads = [member for place, member in placed if self._is_head(tokens, place, at, stop, member)]
        persons = [member for member in heads if not member.organisation]
        distinct = list({id(member): member for member in persons or heads}.values())
        if len(distinct) > 1 and not self._joined(tokens, at, stop):
            # "Luis Almagro, head of the OAS": what is set off behind the first only tells of it
            return distinct[0]
        return distinct[0] if len(distinct) == 1 else None

    def _joined(self, tokens: Sequence[Token], at: int, stop: int) -> bool:
        return any(t.lower in self._words.grammar.conjunctions for t in tokens[at:stop])

    def _is_head(self, tokens: Sequence[Token], place: Span, at: int, stop: int, member: Member | None = None) -> bool:
        """Whether the name at `place` is whom the mention is about: no possessor, complement or mere modifier."""
        words = self._words
        i = bisect_left(tokens, place.start, key=lambda t: t.span.start)
        end = bisect_left(tokens, place.end, key=lambda t: t.span.start)
        following = tokens[end] if end < stop else None
        if following is not None and following.lower in _GENITIVES:
            return False
        if member is not None and self._possessed(tokens, end, stop, member):
            return False
        if following is not None and self._is_noun(tokens, end) and words.language == "en":
            return False
        before = i - 1
        while before > at and (tokens[before].lower in words.grammar.determiners or self._prefixed(tokens, before)):
            before -= 1
        return not (
            before >= at and (tokens[before].lower in words.grammar.of or tokens[before].lower in words.grammar.prepositions)
        )

    def _is_noun(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether a noun follows a name that only qualifies it: "Trump aides", "FBI Director"."""
        words, token = self._words, tokens[i]
        if not token.is_word or words.is_function_word(token.lower) or token.lower in words.grammar.former:
            return False
        if words.role_at(tokens, i) is not None:
            return True
        return not token.is_capitalised and not token.text[0].isdigit() and not words.cues_at(tokens, i)

    def _prefixed(self, tokens: Sequence[Token], i: int) -> bool:
        return tokens[i].is_word and self._reader.is_prefix(tokens, i)

    def _possessed(self, tokens: Sequence[Token], end: int, stop: int, member: Member) -> bool:
        """A Scandinavian or German genitive with its noun behind it: "Arces advokat"."""
        last = fold_name(tokens[end - 1].text)
        return (
            end < stop
            and "s" in self._words.lexicon.genitives
            and last.endswith("s")
            and last not in member.folded
            and tokens[end].is_word
        )

    def _namesake(self, name: Open, number: int) -> Member | None:
        """Which of those who share a name: by title, by how often the article names each, by who came last."""
        fitting = [m for m in name.members if m.fits(name.gender)]
        if len(fitting) == 1:
            return fitting[0]
        counts = sorted(((len(m.lines) + len(m.told), i) for i, m in enumerate(fitting)), reverse=True)
        paragraph = self._lines[number].paragraph
        last = [(self._last(member, number), member) for member in fitting]
        near = [(line, member) for line, member in last if line >= 0 and self._lines[line].paragraph >= paragraph - 1]
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

    # Pronouns

    def _pronoun_kind(self, token: Token) -> str | None:
        pronouns = self._words.lexicon.pronouns
        lower = self._bare(token)
        if lower in pronouns.first:
            return "first"
        if lower in _ANYBODY and lower in pronouns.common:
            return "anybody"
        if lower in _THINGS:
            return "thing"
        if lower in pronouns.female or lower in pronouns.male or lower in _POSSESSIVE_GENDERS:
            return "person"
        if lower in pronouns.plural or lower in pronouns.object_plural or lower in ("each", "both", "all", "others"):
            return "anybody"
        if lower in pronouns.object_female or lower in pronouns.object_male or lower in pronouns.common:
            return "person"
        if lower in pronouns.relative:
            return "relative"
        return "anybody" if lower in pronouns.possessive or lower in pronouns.second else None

    @staticmethod
    def _bare(token: Token) -> str:
        return token.lower.removeprefix("-t").removeprefix("-")

    def _pronoun(self, kind: str, tokens: Sequence[Token], at: int, number: int) -> Member | None:
        position = tokens[at].span.start
        if kind == "first":
            return self._inside_words_of(tokens[at].span, number)
        if kind == "relative":
            return self._before_relative(tokens, at, number)
        if kind == "thing":
            body = self._thing(number, position)
            if body is not None:
                body.organisation = True
            return body
        pronouns, lower = self._words.lexicon.pronouns, self._bare(tokens[at])
        if kind == "anybody":
            return self._several(number, position) if lower in pronouns.plural else None
        if lower in pronouns.plural and lower not in pronouns.female:
            return None
        gender: Gender | None = _POSSESSIVE_GENDERS.get(lower)
        if lower in pronouns.female or lower in pronouns.object_female:
            gender = "female"
        elif lower in pronouns.male or lower in pronouns.object_male:
            gender = "male"
        return self._antecedent(number, position, gender, owners=lower in pronouns.possessive)

    def _inside_words_of(self, span: Span, number: int) -> Member | None:
        """Whose quoted words hold the "I" at `span`: the innermost statement's."""
        if not self._lines[number].in_quotation(span):
            return None
        holding = [(piece, member) for piece, member in self._said.get(number, ()) if piece.contains(span)]
        return min(holding, key=lambda item: item[0].length)[1] if holding else None

    def _antecedent(self, number: int, position: int, gender: Gender | None, *, owners: bool = False) -> Member | None:
        """The person in subject place nearest before: this sentence, then who spoke or acted in the ones before.

        Nobody calls the speaker of a sentence by name in what that one is said to say, so whoever is named there is out.
        """
        speaking = self._speaking(number, position)
        inside = (item for piece in self._content for item in self._placed(piece))
        out = {id(speaking), *(id(member) for place, member in inside if place not in self._roster.possessors)}
        if speaking is not None and (spoken_of := self._spoken_of(number, position, gender)) is not None:
            return spoken_of
        before = [item for item in self._persons_at(number) if item[0].end <= position]
        before = [item for item in before if not any(piece.contains(item[0]) for piece in self._content)]
        first = min((place.start for place, _ in before), default=position)
        if any(span.end <= position and span.start < first for span in self._unnamed.get(number, ())):
            return None
        beside = [member for place, member in before if id(member) not in out and self._is_oblique(number, place)]
        chosen = _first([m for place, m in before if id(m) not in out and not self._is_oblique(number, place)], gender)
        if chosen is None and owners:
            chosen = _first([m for place, m in self._owners_at(number) if place.end <= position and id(m) not in out], gender)
        if chosen is not None:
            return chosen
        for back in self._before(number):
            last = self._spoken.get(back)
            if last is not None and not last.organisation and last.fits(gender) and id(last) not in out:
                return last
            if last is None and back in self._unnamed:
                return None
            told, actor = self._described_subject(back)
            if told and (actor is None or (actor.fits(gender) and id(actor) not in out)):
                return actor
            ranked = sorted(self._persons_at(back), key=lambda item: self._is_oblique(back, item[0]))
            chosen = _first([m for _, m in ranked if id(m) not in out], gender)
            if chosen is not None:
                return chosen
            if self._lines[back].paragraph < self._lines[number].paragraph - 2:
                break
        return _first(beside, gender)

    def _spoken_of(self, number: int, position: int, gender: Gender | None) -> Member | None:
        """Whom the words that hold the position named last before it: "I met Ann, and she said no"."""
        for back in range(number, max(number - 3, -1), -1):
            if self._lines[back].paragraph != self._lines[number].paragraph:
                break
            named = [
                member
                for place, member in self._roster.by_line.get(back, ())
                if self._lines[back].in_quotation(place) and place.end <= position and place not in self._roster.passed
            ]
            if (chosen := _first(named, gender)) is not None:
                return chosen
        return None

    def _described_subject(self, number: int) -> tuple[bool, Member | None]:
        """Whether a sentence opens with one person by a role as its subject ("The president answered."), and who that is.

        An epithet does not count: whom it stands for was spoken of before it.
        """
        tokens, words = self._lines[number].tokens, self._words
        comma = next((i + 1 for i, token in enumerate(tokens[:8]) if token.text == ","), 0)
        named = (
            any(place.start < tokens[comma].span.start for place, _ in self._persons_at(number)) if comma < len(tokens) else True
        )
        for at in (0,) if named else (0, comma):  # behind a name the comma opens what is told of it
            phrase = noun_phrase(tokens, at, words)
            if phrase is None or phrase.head != "role" or self._reader.is_plural(tokens, phrase.start, phrase.end):
                continue
            description = self._reader.description(tokens, phrase.start, phrase.end)
            if description is None or self._lines[number].in_quotation(phrase.span(tokens)):
                continue
            if not description.definite:
                return True, None
            if description.possessor is not None and self._is_beside(description):
                if description.possessor in words.lexicon.pronouns.possessive:
                    return False, None  # "Her daughter sings." is still about her
                return True, self._bearer_beside(description, tokens, at, number)
            actor = self._bearer(description, number) or self._topic(description, tokens, at, number)
            if actor is not None or description.concepts & _SERVING:
                return True, actor
            if description.concepts & _OFFICES:
                return not self._persons_at(number), None
        return False, None

    def _before(self, number: int) -> Iterator[int]:
        """The sentences before, nearest first; those within a quotation are passed but do not count."""
        left = _PRONOUN_REACH
        if number in self._breaks:
            return
        for back in range(number - 1, max(number - 1 - _QUOTED_REACH, -1), -1):
            line = self._lines[back]
            if not any(quotation.contains(line.span) for quotation in line.quoted):
                left -= 1
            yield back
            if left == 0 or back in self._breaks:
                return

    def _speaking(self, number: int, position: int) -> Member | None:
        """Who says the words that hold the position: never whom these words call "he"."""
        span = Span(position, position + 1)
        if not self._lines[number].in_quotation(span):
            return None
        holding = [(piece, member) for piece, member in self._said.get(number, ()) if piece.contains(span)]
        return min(holding, key=lambda item: item[0].length)[1] if holding else None

    def _thing(self, number: int, position: int) -> Member | None:
        """The body that "it" stands for: the one before in this sentence, else what the sentence before is about.

        A bare name that nothing shows to be a person may be a body: "Tinder closed. It did not say why."
        """
        here = [item for item in self._actors_at(number) if item[0].end <= position]
        if (body := self._subject_body(number, here)) is not None:
            return body
        if any(not self._may_be_body(member) for _, member in here):
            return None
        owners = [item for item in self._owners_at(number) if item[0].end <= position]
        if (body := self._subject_body(number, owners)) is not None:
            return body
        for back in range(number - 1, max(number - 3, -1), -1):
            last = self._spoken.get(back)
            if last is not None and self._may_be_body(last):
                return last
            actors = self._actors_at(back)
            if any(self._may_be_body(member) for _, member in actors):
                return self._subject_body(back, actors)
        return None

    def _subject_body(self, number: int, actors: Sequence[tuple[Span, Member]]) -> Member | None:
        """The only body among those named in a sentence; of several the one in subject place, where it comes first."""
        ranked = sorted(actors, key=lambda item: self._is_oblique(number, item[0]))
        bodies = [member for _, member in ranked if self._may_be_body(member)]
        if not bodies:
            return None
        only = all(member is bodies[0] for member in bodies)
        subject = ranked[0][1] is bodies[0] and not self._is_oblique(number, ranked[0][0])
        return bodies[0] if only or subject else None

    @staticmethod
    def _may_be_body(member: Member) -> bool:
        return member.organisation or (len(member.parts) == 1 and not member.genders and not member.roles)

    def _several(self, number: int, position: int) -> Member | None:
        """The body that "they" stands for in English, where nobody else is spoken of: "The firm closed. They gave no reason."."""
        if self._words.language != "en":
            return None
        for back in (number, number - 1):
            actors = [item for item in self._actors_at(back) if item[0].end <= position] if back >= 0 else []
            if not actors:
                if back == number and self._opens_plural(back, position):
                    return None
                continue
            bodies = {id(member): member for _, member in actors}
            plain = len(bodies) == 1 and self._may_be_body(actors[0][1]) and not self._is_oblique(back, actors[0][0])
            return actors[0][1] if plain and not self._opens_plural(back, actors[0][0].start) else None
        return None

    def _opens_plural(self, number: int, position: int) -> bool:
        """Whether several persons are spoken of in the sentence before the position: "Workers told the firm that they"."""
        tokens, words = self._lines[number].tokens, self._words
        before = [i for i, token in enumerate(tokens) if token.span.end <= position]
        return any(words.phrase_at("plural_role", tokens, i) for i in before)

    def _before_relative(self, tokens: Sequence[Token], at: int, number: int) -> Member | None:
        """Whom "who" goes on about: the name right before, or before what is set off by commas or brackets."""
        named = [*self._roster.by_line.get(number, ()), *self._decided(number)]
        ends: dict[int, Member] = {place.end: member for place, member in named}
        stop = at
        for _ in range(_PRONOUN_REACH):
            stop = self._past_bracket(tokens, stop)
            if stop == 0:
                return None
            comma = tokens[stop - 1].text == ","
            stop = self._past_bracket(tokens, stop - 1) if comma else stop
            if stop == 0:
                return None
            member = ends.get(tokens[stop - 1].span.end)
            if member is not None and (not comma or member.organisation or member.genders or member.roles or member.told):
                return None if self._is_joined(tokens, tokens[stop - 1].span.end, named) else member
            if not comma:
                return self._role_before(tokens, stop, number)
            start = stop
            while start > 0 and tokens[start - 1].text not in ",;:–—-":
                start -= 1
            if start == 0 or tokens[start - 1].text != "," or self._is_clause(tokens, start, stop):
                return None
            stop = start
        return None

    def _is_joined(self, tokens: Sequence[Token], end: int, named: Sequence[tuple[Span, Member]]) -> bool:
        """Whether "and" and another name go before the name that ends there: "Ann Lee and Tom Ray, who"."""
        start = next(place.start for place, _ in named if place.end == end)
        i = bisect_left(tokens, start, key=lambda t: t.span.start)
        if i < 2 or tokens[i - 1].lower not in self._words.grammar.conjunctions:
            return False
        return tokens[i - 2].is_capitalised and not self._words.is_function_word(tokens[i - 2].lower)

    def _role_before(self, tokens: Sequence[Token], end: int, number: int) -> Member | None:
        phrase = noun_phrase_before(tokens, end, self._words)
        if phrase is None or self._reader.is_plural(tokens, phrase.start, end):
            return None
        description = self._reader.description(tokens, phrase.start, end)
        return self._bearer(description, number) if description is not None and description.definite else None

    @staticmethod
    def _past_bracket(tokens: Sequence[Token], stop: int) -> int:
        if stop > 0 and tokens[stop - 1].text == ")":
            start = stop - 1
            while start > 0 and tokens[start].text != "(":
                start -= 1
            return start
        return stop

    def _is_clause(self, tokens: Sequence[Token], start: int, stop: int) -> bool:
        words = self._words
        other = stop - start == 1 and tokens[start].is_capitalised and not is_country(tokens[start], words.language)
        return other or any(words.phrase_at("auxiliary", tokens, i) for i in range(start, stop))

    # Descriptions

    def _described(self, description: Description, tokens: Sequence[Token], at: int, number: int) -> Member | None:
        """The person whose role fits, else the one that the article speaks of and that nothing speaks against."""
        position = tokens[at].span.start
        if description.concepts & {"man", "woman", "boy", "girl", "person"}:
            return self._antecedent(number, position, self._gender(description)) if description.definite else None
        if not description.definite:
            return self._introduced(description, number)
        if description.possessor is not None and self._is_beside(description):
            return self._bearer_beside(description, tokens, at, number)
        bearer = self._bearer(description, number)
        if bearer is not None and bearer.lines[0] <= number:
            return bearer
        if description.new:
            return self._antecedent(number, position, None)
        if bearer is None and self._bearers(description):
            return None
        return self._topic(description, tokens, at, number) or self._introduced(description, number) or self._soon(bearer, number)

    @staticmethod
    def _soon(bearer: Member | None, number: int) -> Member | None:
        return bearer if bearer is not None and bearer.lines[0] <= number + _AHEAD else None

    def _is_beside(self, description: Description) -> bool:
        return bool(description.concepts & _BESIDE)

    def _bearers(self, description: Description) -> list[Member]:
        """Everyone with a role that the description may mean, in the order of their first mention."""
        key = replace(description, definite=True, possessor=None, acronym=False)
        if key not in self._bearing:
            found: dict[int, Member] = {}
            gender = self._gender(description)
            for concept in description.concepts:
                for member in self._roster.by_concept.get(concept, ()):
                    agrees = any(self._reader.agrees(description, role) for role in member.roles)
                    if agrees and not member.organisation and member.fits(gender):
                        found[id(member)] = member
            self._bearing[key] = sorted(found.values(), key=lambda member: member.lines[0])
        return self._bearing[key]

    def _bearer(self, description: Description, number: int) -> Member | None:
        """The only one, or the one mentioned last, whose role the description is."""
        fitting = self._bearers(description)
        if len(fitting) <= 1:
            return fitting[0] if fitting else None
        before = bisect_right(fitting, number, key=lambda member: member.lines[0])
        if before == 1:
            return fitting[0]
        if before == 0:
            soon = fitting[0].lines[0] < fitting[1].lines[0] and fitting[0].lines[0] <= number + _AHEAD
            return fitting[0] if soon else None
        ids = {id(member) for member in fitting} if before <= _MOST_NAMED else None
        near: dict[int, tuple[int, Member]] = {}
        for line in range(max(number - _PRONOUN_REACH, 0), number + 1):
            for _, member in (*self._roster.by_line.get(line, ()), *self._told.get(line, ())):
                if ids is not None and id(member) in ids:
                    near[id(member)] = (line, member)
        last = sorted(near.values(), key=lambda item: -item[0])
        if not last or (len(last) > 1 and last[0][0] == last[1][0]):
            return None
        return last[0][1]

    def _last(self, member: Member, number: int) -> int:
        """The last sentence up to `number` that mentions the member; -1 where none does."""
        at = bisect_right(member.lines, number)
        named = member.lines[at - 1] if at else -1
        told = member.told[-1] if member.told and member.told[-1] <= number else -1
        return max(named, told)

    def _bearer_beside(self, description: Description, tokens: Sequence[Token], at: int, number: int) -> Member | None:
        """ "Pagliano's lawyer": who has a role of that kind that names the same person; for "his lawyer" nobody."""
        owner = description.possessor
        named = [
            m
            for m in self._bearers(description)
            if any(owner in map(fold_name, role.text.split()) for role in m.roles if owner is not None)
        ]
        return named[0] if len(named) == 1 else None

    def _topic(self, description: Description, tokens: Sequence[Token], at: int, number: int) -> Member | None:
        """Whom a description without a bearer stands for: "Trump objected. … the New York businessman said"."""
        if description.concepts & _NEVER_EPITHETS:
            return None
        if any(code.casefold() != "us" for code in description.countries):
            # "… Boric told reporters. «…», subrayó el mandatario chileno": only whoever spoke right before
            last = self._spoken.get(number - 1) or self._spoken.get(number)
            return last if last is not None and not last.roles and not last.organisation else None
        if self._qualified_by_body(description):
            return self._sole_subject(number - 1)
        gender = self._gender(description)
        office = bool(description.concepts & _OFFICES)
        here = {id(member) for _, member in self._persons_at(number)}
        scores: dict[int, tuple[float, Member]] = {}

        def weigh(member: Member, score: float) -> None:
            if member.organisation or not member.fits(gender) or self._speaks_against(description, member, office):
                return
            score += _OTHERWISE_KNOWN if member.roles else 0
            if id(member) not in scores or score < scores[id(member)][0]:
                scores[id(member)] = (score, member)

        for rank, member in enumerate(self._opening(tokens, at, number)):
            weigh(member, rank - 1)
        for distance, back in enumerate(self._before(number)):
            if (last := self._spoken.get(back)) is not None and back not in self._asked:
                weigh(last, distance)
            ranked = sorted(self._persons_at(back), key=lambda item: self._is_oblique(back, item[0]))
            for rank, (_, member) in enumerate(ranked):
                if id(member) not in here and not (back in self._asked and member is self._spoken.get(back)):
                    weigh(member, distance + min(rank, 2) / 2)
            for _, member in self._owners_at(back):
                if id(member) not in here:
                    weigh(member, distance + 1)
            if scores and (not office or self._words.language == "en"):
                break
        best = sorted(scores.values(), key=lambda item: item[0])
        if len(best) > 1 and best[1][0] - best[0][0] < (_SURE_OF_OFFICE if office else _SURE_OF_EPITHET):
            return None
        return best[0][1] if best else None

    def _opening(self, tokens: Sequence[Token], at: int, number: int) -> list[Member]:
        """Who is named in the clause that a sentence opens with: "Though Ray waited, the businessman …"."""
        words, first = self._words, tokens[0].lower
        if (first not in words.grammar.subordinators and first not in words.grammar.prepositions) or first in _CONTRASTING:
            return []
        if not any(token.text == "," for token in tokens[:at]):
            return []
        named = [item for item in self._persons_at(number) if item[0].end <= tokens[at].span.start]
        return [member for place, member in sorted(named, key=lambda item: self._is_oblique(number, item[0]))]

    def _sole_subject(self, number: int) -> Member | None:
        """Whom a sentence opens with, where it is the first to name that one, and nothing tells a role."""
        actors = self._actors_at(number) if number >= 0 else []
        member = actors[0][1] if actors else None
        if member is None or member.organisation or member.roles or number > member.lines[0]:
            return None
        return member if actors[0][0].start == self._lines[number].span.start else None

    def _speaks_against(self, description: Description, member: Member, office: bool) -> bool:
        """Whether a role of the member excludes the description: another office, another party, another country."""
        for role in member.roles:
            held = role.concepts - _BESIDES_OFFICES if self._words.language == "en" else role.concepts | {role.text}
            if office and held and not role.former:
                return True
            if self._reader.conflicts(description, role):
                return True
        return False

    def _qualified_by_body(self, description: Description) -> bool:
        """Whether an organisation qualifies it ("the FBI director"): that is somebody in particular, not an epithet."""
        for word in description.modifiers:
            member = self._roster.known_as((word,))
            if member is not None and member.organisation and not is_country_name(word, self._words.language):
                return True
        return description.acronym

    def _introduced(self, description: Description, number: int) -> Member | None:
        """Who is brought up by description and named right after: "A judge has ruled. … Justice Ann Lee wrote …"."""
        for ahead in range(number + 1, min(number + 1 + _AHEAD, len(self._lines))):
            for _, member in self._roster.by_line.get(ahead, ()):
                if member.organisation or min(member.lines) != ahead or not member.fits(self._gender(description)):
                    continue
                if any(self._reader.agrees(description, role, loosely=True) for role in member.roles):
                    return member
        return None

    def _gender(self, description: Description) -> Gender | None:
        head = description.head
        if head.endswith(_FEMALE_WORDS):
            return "female"
        return "male" if self._words.language == "en" and head.endswith(_MALE_WORDS) else None

    # Organisations

    def _organisation(self, tokens: Sequence[Token], at: int, end: int, number: int) -> Member | None:
        """A body that has a name of its own: a country, an agency, "Bolivian authorities"; a bare "the army" has none."""
        words = self._words
        phrase = noun_phrase(tokens, at, words)
        if phrase is None or phrase.head == "pronoun":
            return None
        if (issuer := self._issuer(tokens, at, end, number)) is not None:
            return issuer
        if tokens[at].lower in words.grammar.indefinite:
            return None
        for i in range(at, end):
            if tokens[i].is_capitalised and (n := words.phrase_at("agency", tokens, i)):
                return self._organised(tokens[i : i + n], number)
        start = at
        while start < end and tokens[start].lower in words.grammar.determiners:
            start += 1
        if start >= end or self._reader.has_person_role(tokens, start, end):
            return None
        if words.phrase_at("medium_name", tokens, start) == end - start:
            return None  # "TV"
        if (member := self._group_of(tokens, start, end, number)) is not None:
            return member
        proper = [t for t in tokens[start:end] if self._is_proper(t, tokens, at, end, named=phrase.head == "name")]
        opening = start == 0 and end > 1 and len(proper) == 1 and proper[0] is tokens[0] and tokens[1].text.islower()
        if opening and not tokens[0].is_acronym and not is_country(tokens[0], words.language):
            return None  # "Flight attendants' union": a capital that only the sentence asks for
        if not proper:
            return self._bare_group(tokens, start, end, number) if start > at else None
        if any(t.lower in words.grammar.conjunctions for t in tokens[start:end]):
            return None
        role = words.role_at(tokens, start) if end - start == 1 else None
        if role is not None and role[0] in _COMMON_BODIES and not self._reader.is_proper(tokens[start]):
            return None  # "Police said": a capital that only the sentence asks for
        if role is not None and role[0] in _KINDS_OF_BODIES and words.language == "en":
            return self._roster.last_body([fold_name(tokens[start].text)], number)
        known = any(is_country(t, words.language) or t.is_acronym for t in proper)
        if phrase.head != "name" and not known:
            return None
        if any(t.lower in ("'s", "’s") for t in tokens[start:end]) and phrase.head == "other":
            return None
        last = tokens[end - 1]
        if words.language == "en" and not (last.is_capitalised or self._ends_in_group(tokens, start, end)):
            return None
        return self._organised(tokens[start:end], number)

    def _ends_in_group(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether a group noun is the head: "Bolivian authorities", "the leadership of the union"."""
        words = self._words
        stop = next((i for i in range(start + 1, end) if tokens[i].lower in words.grammar.of), end)
        return any((n := words.phrase_at("group", tokens, i)) and i + n == stop for i in range(start, stop)) or stop < end

    def _issuer(self, tokens: Sequence[Token], at: int, end: int, number: int) -> Member | None:
        """Whose document the phrase means: "a Government Accountability Office report", "a poll of voters by the Post"."""
        words = self._words
        i = next((i for i in range(at, end) if self._is_document(tokens, i)), None)
        if i is None:
            return None
        start = i
        while start > at and tokens[start - 1].is_capitalised and not words.is_function_word(tokens[start - 1].lower):
            start -= 1
        issuer = tokens[start:i] or self._maker(tokens, i + 1)
        if issuer:
            member = self._organised(issuer, number)
            if member is not None:
                self._issued[fold_name(tokens[i].text)] = member
            return member
        definite = tokens[at].lower in words.grammar.determiners - words.grammar.indefinite
        return self._issued.get(fold_name(tokens[i].text)) if definite and i == end - 1 == at + 1 else None

    def _is_document(self, tokens: Sequence[Token], i: int) -> bool:
        role = self._words.role_at(tokens, i)
        return role is not None and role[0] in _DOCUMENTS and not tokens[i].is_capitalised

    def _maker(self, tokens: Sequence[Token], at: int) -> Sequence[Token]:
        """The name behind the first "by" of what follows a document up to a comma."""
        words = self._words
        for i in range(at, min(at + _LONGEST_COMPLEMENT, len(tokens) - 1)):
            if not tokens[i].is_word:
                break
            if tokens[i].lower in words.grammar.by:
                start = i + 1
                while start < len(tokens) and tokens[start].lower in words.grammar.determiners:
                    start += 1
                stop = start
                while stop < len(tokens) and tokens[stop].is_capitalised and tokens[stop].is_word:
                    stop += 1
                person = stop > start and words.first_name(tokens[start].text) is not None
                return () if person else tokens[start:stop]
        return ()

    def _is_proper(self, token: Token, tokens: Sequence[Token], at: int, end: int, *, named: bool) -> bool:
        words = self._words
        if not token.is_word or not token.is_capitalised:
            return False
        if words.language != "de":
            return True
        return (named and end - at >= 2 and tokens[at].is_capitalised) or is_country(token, "de") or token.is_acronym

    def _group_of(self, tokens: Sequence[Token], start: int, end: int, number: int) -> Member | None:
        """ "Clinton campaign" and "Clinton's campaign" are one body, that of the person's name."""
        if self._words.language != "en" or not self._reader.is_group_of(tokens, start, end):
            return None
        kept = [t for t in tokens[start:end] if t.lower not in _GENITIVES]
        owner = [m for place, m in self._roster.by_line.get(number, ()) if place.start == kept[0].span.start]
        surname = owner[0].parts[-1] if owner and not owner[0].organisation else kept[-2].text
        return self._named_body((surname, kept[-1].text), Span(tokens[start].span.start, tokens[end - 1].span.end), number)

    def _bare_group(self, tokens: Sequence[Token], start: int, end: int, number: int) -> Member | None:
        """ "The commission": the one body named before that this is the noun of, or the campaign spoken of last."""
        words, head = self._words, fold_name(tokens[end - 1].text)
        if words.language != "en" or not (
            words.phrase_at("group", tokens, end - 1) or words.phrase_at("station", tokens, end - 1)
        ):
            return None
        named = self._roster.last_body([fold_name(t.text) for t in tokens[start:end]], number)
        if named is not None:
            return named
        found = self._reader.group_before(head, number) if end - start == 1 else None
        if found is None:
            return self._body_spoken_of(tokens, end - 1, number)
        line, first, last = found
        return self._group_of(self._lines[line].tokens, first, last, line)

    def _body_spoken_of(self, tokens: Sequence[Token], i: int, number: int) -> Member | None:
        """The body that "the company" stands for: the only one that the sentences right before speak of."""
        role = self._words.role_at(tokens, i)
        if not (role is not None and role[0] in _EPITHETS_OF_BODIES) and not self._words.phrase_at("station", tokens, i):
            return None
        for back in range(number - 1, max(number - _PRONOUN_REACH, -1), -1):
            last = self._spoken.get(back)
            spoken = [last] if last is not None else []
            bodies = {id(m): m for m in [*spoken, *(m for _, m in self._actors_at(back))] if self._is_epithetic(m)}
            if bodies:
                return next(iter(bodies.values())) if len(bodies) == 1 else None
        return None

    def _is_epithetic(self, member: Member) -> bool:
        """Whether "the company" may stand for the member: a body that is no country and whose name says no kind of its own."""
        if is_country_name(" ".join(member.parts), self._words.language) or not self._may_be_body(member):
            return False
        return not self._holds_kind(member.folded)

    def _holds_kind(self, words: Sequence[str]) -> bool:
        return any(word in self._kinds for word in words)

    def _organised(self, tokens: Sequence[Token], number: int) -> Member | None:
        if any(not token.is_word and token.text not in ".&-/'’" and token.lower not in _GENITIVES for token in tokens):
            return None  # "Obama, Obama, Obama"
        while self._words.language == "en" and len(tokens) > 1 and tokens[0].text.islower() and tokens[0].is_word:
            tokens = tokens[1:]
        span = Span(tokens[0].span.start, tokens[-1].span.end)
        parts = tuple(span.of(self._text).split())
        before = self._text[max(span.start - 4, 0) : span.start].casefold()
        return self._named_body(parts, span, number, first=tokens[0], introduced=before.endswith("the "))

    def _is_no_name(self, word: str) -> bool:
        """Whether the word is a party's or people's adjective, or a noun for persons."""
        tokens = tokenise(word, Span(0, len(word)), language=self._words.language)
        other = is_country(tokens[0], self._words.language) and not is_country_name(word, self._words.language)
        return other or fold(word) in self._reader.parties or self._words.phrase_at("plural_role", tokens, 0) > 0

    def _named_body(
        self, parts: tuple[str, ...], span: Span, number: int, *, first: Token | None = None, introduced: bool = False
    ) -> Member | None:
        words, name = self._words, " ".join(parts)
        folded = tuple(fold_name(part) for part in parts)
        member = self._roster.known_as(folded) or self._roster.country(name)
        if member is None:
            plain = first is not None and len(folded) == 1 and not first.is_acronym and not is_country_name(name, words.language)
            if plain and (self._words.first_name(name) is None and self._is_no_name(name)):
                return None
            agency = first is not None and words.phrase_at("agency", (first,), 0) > 0
            organisation = agency or introduced or not (plain or words.first_name(parts[0]) is not None)
            member = self._roster.join(parts, folded, organisation=organisation)
            if plain and first is not None:
                self._roster.place_everywhere(member)
        if span not in {place for place, _ in self._roster.by_line.get(number, ())}:
            member.forms[name] += 1
            self._roster.place(member, span, number)
        return member


def _first(members: Sequence[Member], gender: Gender | None) -> Member | None:
    """The first that fits; one that is shown to be a person goes before what a capital alone makes a name."""
    fitting = [member for member in members if not member.organisation and member.fits(gender)]
    shown = (member for member in fitting if member.genders or member.roles or member.told)
    return next(shown, next((member for member in fitting if len(member.parts) > 1), None))
