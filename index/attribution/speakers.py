"""Mentions in one article → its persons: who "he", "the general" and "Zuniga" are, and who stays unnamed.

Names are read first, over the whole article; then every source is resolved in the order of the text. High-precision evidence
goes first (a full name, a title), recency comes last, and a mention that fits two people equally stays unresolved.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from index.attribution.names import Gender, Line, Named, NameReader, RoleOf
from index.attribution.phrases import Phrase, is_pronoun, noun_phrase
from index.attribution.words import Token, Words, fold, is_country, is_country_name
from index.records import Person, Role, Span

# How many sentences a pronoun reaches back; in PolNeAR a source pronoun's antecedent is rarely farther.
_PRONOUN_REACH = 4


@dataclass(slots=True)
class _Member:
    """A person while the article is read."""

    parts: tuple[str, ...]
    folded: tuple[str, ...]
    organisation: bool = False
    forms: Counter[str] = field(default_factory=Counter)
    roles: list[RoleOf] = field(default_factory=list)
    genders: Counter[Gender] = field(default_factory=Counter)
    lines: list[int] = field(default_factory=list)

    @property
    def gender(self) -> Gender | None:
        if not self.genders:
            return None
        (gender, n), *rest = self.genders.most_common()
        return None if rest and rest[0][1] == n else gender

    def fits(self, gender: Gender | None) -> bool:
        return gender is None or self.gender is None or self.gender == gender


class Cast:
    """The persons and organisations of one article, and whom a mention stands for."""

    def __init__(self, text: str, lines: Sequence[Line], words: Words, *, article_id: str) -> None:
        self._text = text
        self._lines = lines
        self._words = words
        self._reader = NameReader(text, lines, words)
        self._article_id = article_id
        self._starts = [line.span.start for line in lines]
        self._members: list[_Member] = []
        self._by_span: dict[Span, _Member] = {}
        # Looked up by word, line and concept, so that an article of any length costs linear time.
        self._by_word: dict[str, list[_Member]] = {}
        self._by_line: dict[int, list[tuple[Span, _Member]]] = {}
        self._by_concept: dict[str, list[_Member]] = {}
        self._ambiguous: dict[int, list[tuple[Span, tuple[_Member, ...]]]] = {}
        self._possessors: set[Span] = set()
        self._spoken: dict[int, _Member | None] = {}
        self._by_id: dict[str, _Member] = {}
        self._content: Sequence[Span] = ()
        self._read()

    # Who there is

    def people(self) -> tuple[Person, ...]:
        """Everyone in the order of their first mention."""
        return tuple(self._person(member) for member in self._members)

    def _join(self, parts: tuple[str, ...], folded: tuple[str, ...], *, organisation: bool) -> _Member:
        member = _Member(parts=parts, folded=folded, organisation=organisation)
        self._members.append(member)
        for word in set(folded):
            self._by_word.setdefault(word, []).append(member)
        return member

    def _place(self, member: _Member, span: Span, line: int) -> None:
        member.lines.append(line)
        self._by_span[span] = member
        self._by_line.setdefault(line, []).append((span, member))

    def _persons_at(self, line: int) -> list[tuple[Span, _Member]]:
        """Who may be meant by a later pronoun: named in the sentence outside quotations, and not as a mere possessor."""
        return [
            (place, member)
            for place, member in self._by_line.get(line, ())
            if place not in self._possessors and not member.organisation and not self._lines[line].in_quotation(place)
        ]

    def _person(self, member: _Member) -> Person:
        name = " ".join(member.parts)
        seen: dict[str, Role] = {}
        for role in member.roles:
            seen.setdefault(fold(role.text), Role(text=role.text, article_id=self._article_id, span=role.span))
        return Person(
            id="-".join(member.folded) or fold(name),
            name=name,
            aliases=tuple(sorted(form for form in member.forms if form != name)),
            roles=tuple(seen.values()),
            gender=None if member.organisation else member.gender,
            kind="organisation" if member.organisation else "person",
        )

    def _read(self) -> None:
        named = [name for number in range(len(self._lines)) for name in self._reader.names(number)]
        self._possessors = {name.span for name in named if name.possessor}
        evidence = {name.folded for name in named if name.person or name.organisation}
        surnames = Counter(name.folded[-1] for name in named if len(name.folded) == 1)
        for name in named:
            if len(name.folded) < 2:
                continue
            known = name.folded in evidence or (surnames[name.folded[-1]] >= 2 and self._words.language != "de")
            if known or self._fitting(name.folded):
                self._enter(name)
        for name in named:
            if len(name.folded) == 1:
                self._enter_single(name)
        self._members.sort(key=lambda member: min(member.lines))
        for places in self._by_line.values():
            places.sort(key=lambda item: item[0])
        for member in self._members:
            for concept in {concept for role in member.roles for concept in role.concepts}:
                for general in _generalised(concept):
                    self._by_concept.setdefault(general, []).append(member)

    def _fitting(self, folded: tuple[str, ...]) -> list[_Member]:
        """The members that a name of several words may belong to."""
        candidates = {id(m): m for word in folded for m in self._by_word.get(word, ())}
        return [m for m in candidates.values() if self._same(folded, m.folded)]

    def _enter(self, name: Named) -> None:
        fitting = self._fitting(name.folded)
        if len(fitting) > 1:
            self._ambiguous.setdefault(name.line, []).append((name.span, tuple(fitting)))
            return
        if fitting:
            member = fitting[0]
            if (len(name.folded), _accents(name.parts)) > (len(member.folded), _accents(member.parts)):
                for word in set(name.folded) - set(member.folded):
                    self._by_word.setdefault(word, []).append(member)
                member.parts, member.folded = name.parts, name.folded
        else:
            member = self._join(name.parts, name.folded, organisation=name.organisation and not name.person)
        self._note(member, name)

    def _note(self, member: _Member, name: Named) -> None:
        member.forms[" ".join(name.parts)] += 1
        self._place(member, name.span, name.line)
        if name.role is not None:
            member.roles.append(name.role)
        if name.gender is not None:
            member.genders[name.gender] += 3
        elif len(name.parts) > 1 and (first := self._words.first_name(name.parts[0])) in ("female", "male"):
            member.genders[first] += 1

    def _enter_single(self, name: Named) -> None:
        word = name.folded[0]
        known = self._by_word.get(word, [])
        fitting = [m for m in known if word in m.folded[1:]] or [m for m in known if m.folded == (word,)]
        stem = self._without_genitive(word)
        if not fitting and stem is not None:
            known = self._by_word.get(stem, [])
            fitting = [m for m in known if stem in m.folded[1:]] or [m for m in known if m.folded == (stem,)]
        if not fitting and self._words.first_name(word):
            fitting = [m for m in self._by_word.get(word, []) if m.folded[0] == word and len(m.folded) > 1]
        fitting = [m for m in fitting if m.fits(name.gender)]
        if len(fitting) == 1:
            self._note_single(fitting[0], name)
        elif fitting:
            self._ambiguous.setdefault(name.line, []).append((name.span, tuple(fitting)))
        elif name.person or name.organisation:
            member = self._join(name.parts, name.folded, organisation=name.organisation and not name.person)
            self._note(member, name)

    def _note_single(self, member: _Member, name: Named) -> None:
        stem = self._without_genitive(name.folded[0])
        if stem is not None and stem in member.folded:
            self._place(member, name.span, name.line)
            self._possessors.add(name.span)
            if name.role is not None:
                member.roles.append(name.role)
            return
        self._note(member, name)

    def _without_genitive(self, word: str) -> str | None:
        return word[:-1] if "s" in self._words.lexicon.genitives and word.endswith("s") and len(word) > 3 else None

    @staticmethod
    def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
        """Whether two names of several words can be one: the shorter's words stand in the longer, in order, initials counted.

        >>> Cast._same(("jose", "sanchez"), ("jose", "wilson", "sanchez")), Cast._same(("pedro", "sanchez"), ("jose", "sanchez"))
        (True, False)
        """
        short, long = sorted((one, other), key=len)
        at = 0
        for part in short:
            while at < len(long) and not (long[at] == part or (len(part) == 1 and long[at].startswith(part))):
                at += 1
            if at == len(long):
                return False
            at += 1
        return len(short) >= 2

    # Whom a mention stands for

    def resolve(self, span: Span | None, *, content: Sequence[Span] = ()) -> Person | None:
        """The person that the mention at `span` stands for; None where nobody can tell.

        Call it in the order of the text and report each outcome by `spoke`: pronouns lean on who spoke before. Names within
        `content`, what the mention is said to say, are not who says it.
        """
        if span is None:
            return None
        self._content = content
        return self._known(self._resolve(span))

    def last_actor(self, position: int, *, content: Sequence[Span] = ()) -> Person | None:
        """Who speaks where the verb at `position` has no subject of its own."""
        self._content = content
        return self._known(self._antecedent(self._line_at(position), position, None))

    def _known(self, member: _Member | None) -> Person | None:
        if member is None:
            return None
        person = self._person(member)
        self._by_id[person.id] = member
        return person

    def spoke(self, span: Span, person: Person | None) -> None:
        """Notes that a statement at `span` was given to `person`, for the pronouns that follow."""
        self._spoken[self._line_at(span.start)] = self._by_id.get(person.id) if person is not None else None

    def persons_in(self, span: Span) -> tuple[tuple[Span, Person], ...]:
        """The persons named within a stretch, outside its quotations, in order."""
        found = []
        for place, member in self._placed(span):
            if not member.organisation and not self._lines[self._line_at(place.start)].in_quotation(place):
                found.append((place, self._person(member)))
        return tuple(found)

    def _placed(self, span: Span) -> list[tuple[Span, _Member]]:
        low, high = self._line_at(span.start), self._line_at(max(span.start, span.end - 1))
        inside = [item for number in range(low, high + 1) for item in self._by_line.get(number, ())]
        return [(place, member) for place, member in inside if span.contains(place)]

    def _line_at(self, position: int) -> int:
        return max(bisect_right(self._starts, position) - 1, 0)

    def _resolve(self, span: Span) -> _Member | None:
        number = self._line_at(span.start)
        line, words = self._lines[number], self._words
        tokens = line.tokens
        at = next((i for i, t in enumerate(tokens) if t.span.start >= span.start), len(tokens))
        stop = next((i for i, t in enumerate(tokens) if t.span.start >= span.end), len(tokens))
        if at >= stop:
            return None
        if stop - at == 1 and is_pronoun(tokens[at], words):
            return self._pronoun(tokens[at], number)
        phrase = noun_phrase(tokens, at, words)
        if (member := self._by_name(span, number, at, stop)) is not None:
            return member
        ambiguous = [members for place, members in self._ambiguous.get(number, ()) if span.contains(place)]
        if ambiguous:
            return self._recent(ambiguous[0], number)
        if phrase is not None and phrase.head in ("role", "group", "other") and self._definite(tokens, at):
            member = self._described(tokens, phrase, number)
            if member is not None:
                return member
        return self._organisation(tokens, at, stop, number)

    def _by_name(self, span: Span, number: int, at: int, stop: int) -> _Member | None:
        """The one person named in the mention, unless the name only belongs to somebody else ("Arce's lawyer")."""
        tokens = self._lines[number].tokens
        heads: list[_Member] = []
        for place, member in self._placed(span):
            i = next(k for k in range(at, stop) if tokens[k].span.start >= place.start)
            end = next((k for k in range(i, stop) if tokens[k].span.start >= place.end), stop)
            following = tokens[end] if end < stop else None
            if following is not None and (following.lower in ("'s", "’s") or following.text in "'’"):
                continue
            if member.organisation and [1 for m in self._placed(span) if not m[1].organisation]:
                continue
            if self._possessed(tokens, i, end, stop, member):
                continue
            before = i - 1
            while before > at and (tokens[before].lower in self._words.grammar.determiners or self._prefixed(tokens, before)):
                before -= 1
            if before >= at and (
                tokens[before].lower in self._words.grammar.of or tokens[before].lower in self._words.grammar.prepositions
            ):
                continue
            heads.append(member)
        distinct = list({id(member): member for member in heads}.values())
        return distinct[0] if len(distinct) == 1 else None

    def _prefixed(self, tokens: Sequence[Token], i: int) -> bool:
        return tokens[i].is_word and self._reader.is_prefix(tokens, i)

    def _possessed(self, tokens: Sequence[Token], i: int, end: int, stop: int, member: _Member) -> bool:
        """A Scandinavian or German genitive with its noun behind it: "Arces advokat"."""
        last = fold(tokens[end - 1].text)
        return (
            end < stop
            and "s" in self._words.lexicon.genitives
            and last.endswith("s")
            and last not in member.folded
            and tokens[end].is_word
        )

    def _recent(self, members: Sequence[_Member], number: int) -> _Member | None:
        """The one of several namesakes that this paragraph or the one before names in full; None where both or neither."""
        paragraph = self._lines[number].paragraph
        near = []
        for member in members:
            places = [line for line in member.lines if line <= number and self._lines[line].paragraph >= paragraph - 1]
            if places:
                near.append((max(places), member))
        if len(near) == 1:
            return near[0][1]
        if len(near) == 2 and abs(near[0][0] - near[1][0]) >= 2:
            return max(near, key=lambda item: item[0])[1]
        return None

    def _pronoun(self, token: Token, number: int) -> _Member | None:
        pronouns = self._words.lexicon.pronouns
        lower = token.lower.removeprefix("-t").removeprefix("-")
        gender: Gender | None = "female" if lower in pronouns.female else "male" if lower in pronouns.male else None
        if lower in pronouns.plural and lower not in pronouns.female:
            return None
        return self._antecedent(number, token.span.start, gender)

    def _antecedent(self, number: int, position: int, gender: Gender | None) -> _Member | None:
        """The person in subject place nearest before: this sentence, then who spoke or acted in the ones before."""
        here = [
            member
            for place, member in self._persons_at(number)
            if place.end <= position and not any(piece.contains(place) for piece in self._content)
        ]
        chosen = self._first_person(here, gender)
        if chosen is not None:
            return chosen
        for back in range(number - 1, max(number - 1 - _PRONOUN_REACH, -1), -1):
            last = self._spoken.get(back)
            if last is not None and not last.organisation and last.fits(gender):
                return last
            chosen = self._first_person([member for _, member in self._persons_at(back)], gender)
            if chosen is not None:
                return chosen
            if self._lines[back].paragraph < self._lines[number].paragraph - 2:
                break
        return None

    def _without_role(self, number: int) -> _Member | None:
        """The one person near before whom the article gives no role: "Arce stepped out. … the president told the crowd"."""
        here = {id(member) for _, member in self._persons_at(number)}
        near: dict[int, _Member] = {}
        for back in range(number - 1, max(number - 1 - _PRONOUN_REACH, -1), -1):
            spoken = self._spoken.get(back)
            for member in [*(m for _, m in self._persons_at(back)), *([spoken] if spoken is not None else [])]:
                if not member.organisation and id(member) not in here:
                    near[id(member)] = member
        bare = [member for member in near.values() if not member.roles]
        return bare[0] if len(bare) == 1 else None

    @staticmethod
    def _first_person(members: Sequence[_Member], gender: Gender | None) -> _Member | None:
        return next((member for member in members if not member.organisation and member.fits(gender)), None)

    def _definite(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the phrase speaks of somebody known: "the president", "presidenten"; an "a president" introduces somebody."""
        words, lower = self._words, tokens[at].lower
        if lower in words.grammar.indefinite:
            return False
        if lower in words.grammar.determiners:
            return True
        return words.language in ("nb", "nn", "sv", "da") or tokens[at].is_capitalised or tokens[at].lower in words.grammar.former

    def _described(self, tokens: Sequence[Token], phrase: Phrase, number: int) -> _Member | None:
        """The person whose role fits a description: country, former or new, and then the nearest before."""
        concepts = self._reader.concepts(tokens, phrase.start, phrase.end)
        person_roles = {c for c in concepts if c in self._words.lexicon.roles}
        if not person_roles:
            return None
        countries = self._reader.countries(tokens, phrase.start, phrase.end)
        former = any(self._reader.is_former(t) for t in tokens[phrase.start : phrase.end])
        new = any(t.lower in self._words.grammar.new for t in tokens[phrase.start : phrase.end])
        head = self._reader.concepts(tokens, phrase.start, phrase.end)
        if head & {"man", "woman", "boy", "girl", "person"}:
            gender: Gender | None = "female" if head & {"woman", "girl"} else "male" if head & {"man", "boy"} else None
            return self._antecedent(number, tokens[phrase.start].span.start, gender)
        fitting: list[_Member] = []
        bearers = {id(m): m for concept in person_roles for m in self._by_concept.get(concept, ())}
        for member in bearers.values():
            if member.organisation:
                continue
            for role in member.roles:
                if role.former != former or (new and not role.new):
                    continue
                if countries and role.countries and not countries & role.countries:
                    continue
                if any(_same_concept(one, other) for one in person_roles for other in role.concepts):
                    fitting.append(member)
                    break
        before = [m for m in fitting if min(m.lines) <= number]
        fitting = before or fitting
        if len(fitting) == 1:
            return fitting[0]
        if len(fitting) > 1:
            near = [(max(line for line in m.lines if line <= number), m) for m in fitting if min(m.lines) <= number]
            near.sort(key=lambda item: -item[0])
            if len(near) > 1 and near[0][0] == near[1][0]:
                return None
            return near[0][1] if near and number - near[0][0] <= _PRONOUN_REACH else None
        if new:
            return self._antecedent(number, tokens[phrase.start].span.start, None)
        return self._without_role(number) if not former and not countries else None

    def _organisation(self, tokens: Sequence[Token], at: int, stop: int, number: int) -> _Member | None:
        """A body that has a name of its own: a country, an agency, "Bolivian authorities"; a bare "the army" has none."""
        words = self._words
        phrase = noun_phrase(tokens, at, words)
        if phrase is None or is_pronoun(tokens[at], words):
            return None
        end = min(phrase.end, stop)
        for i in range(at, end):
            if n := words.phrase_at("agency", tokens, i):
                if tokens[i].is_capitalised:
                    return self._organised(tokens[i : i + n], number)
        person_role = any(
            words.role_at(tokens, i) is not None
            and not words.phrase_at("plural_role", tokens, i)
            and not words.phrase_at("group", tokens, i)
            for i in range(at, end)
        )
        start = at
        while start < end and tokens[start].lower in words.grammar.determiners:
            start += 1
        proper = [
            t
            for t in tokens[start:end]
            if t.is_word
            and t.is_capitalised
            and (
                words.language != "de"
                or (phrase.head == "name" and start == at and end - at >= 2)
                or is_country(t, "de")
                or t.is_acronym
            )
        ]
        if not proper or person_role or any(t.lower in words.grammar.conjunctions for t in tokens[start:end]):
            return None
        if phrase.head == "name" or any(is_country(t, words.language) for t in proper) or any(t.is_acronym for t in proper):
            if any(t.lower in ("'s", "’s") for t in tokens[start:end]) and phrase.head == "other":
                return None
            return self._organised([t for t in tokens[start:end]], number)
        return None

    def _organised(self, tokens: Sequence[Token], number: int) -> _Member:
        span = Span(tokens[0].span.start, tokens[-1].span.end)
        name = span.of(self._text)
        folded = tuple(fold(part) for part in name.split())
        member = next((m for m in self._by_word.get(folded[0], ()) if m.folded == folded), None)
        if member is None:
            plain = len(folded) == 1 and not tokens[0].is_acronym and not is_country_name(name, self._words.language)
            agency = self._words.phrase_at("agency", tokens, 0) > 0
            organisation = agency or not (plain or self._words.first_name(name.split()[0]) is not None)
            member = self._join(tuple(name.split()), folded, organisation=organisation)
        if span not in self._by_span:
            member.forms[name] += 1
            self._place(member, span, number)
        return member


def _same_concept(one: str, other: str) -> bool:
    """Equal, or one the other's general form: a `minister` may be the `justice_minister`.

    >>> _same_concept("minister", "justice_minister"), _same_concept("president", "vice_president")
    (True, False)
    """
    if one == other:
        return True
    if "vice_president" in (one, other) or "president" in (one, other):
        return False
    return one.endswith(f"_{other}") or other.endswith(f"_{one}")


def _generalised(concept: str) -> tuple[str, ...]:
    """A concept, and the shorter ones that may stand for it: justice_minister, minister."""
    parts = concept.split("_")
    return tuple("_".join(parts[i:]) for i in range(len(parts)))


def _accents(parts: Sequence[str]) -> int:
    return sum(1 for part in parts for char in part if ord(char) > 127)
