"""The names of an article → its persons and organisations: which names are one, and which stay open.

A name joins a longer one that holds its words in order; a bare surname joins a full name only where a single one can be
meant. A bare surname that several share is kept open, to be decided where it is mentioned.
"""

from bisect import bisect_right, insort
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz.distance import OSA

from index.attribution.names import Gender, Line, Named, NameReader, RoleOf, fold_name
from index.attribution.words import Words, country_code, fold, tokenise
from index.records import Person, Role, Span

# Where a capital within a sentence shows a name. English and German write too much else with one.
CAPITALS_NAME = frozenset({"nb", "nn", "sv", "da", "nl", "es", "fr", "pt"})
# A name of more words is none; the work for one stays bounded.
_LONGEST_NAME = 12
# A bare name that more share tells nobody who is meant; the work for one stays bounded.
_MOST_NAMESAKES = 64
# So often the article names somebody before a name with a slip in it is taken for that one's.
_DOMINANT_NAME = 3


@dataclass(slots=True)
class Member:
    """A person or organisation while the article is read.

    Args:
        parts: The words of the fullest name; `folded` are they without case and accents.
        called: The texts of its roles.
        also: Other names that this one is known by, folded: an acronym, a name with a nickname.
        lines: The sentences that name this one, in the order in which they were found.
        told: The sentences in which a mention without a name was resolved to this one.
    """

    parts: tuple[str, ...]
    folded: tuple[str, ...]
    organisation: bool = False
    forms: Counter[str] = field(default_factory=Counter)
    roles: list[RoleOf] = field(default_factory=list)
    genders: Counter[Gender] = field(default_factory=Counter)
    also: set[tuple[str, ...]] = field(default_factory=set)
    called: set[str] = field(default_factory=set)
    lines: list[int] = field(default_factory=list)
    told: list[int] = field(default_factory=list)

    @property
    def gender(self) -> Gender | None:
        if not self.genders:
            return None
        (gender, n), *rest = self.genders.most_common()
        return None if rest and rest[0][1] == n else gender

    def fits(self, gender: Gender | None) -> bool:
        return gender is None or self.gender is None or self.gender == gender


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """A name that several members share: who it may be, and the gender that its title shows."""

    span: Span
    members: tuple[Member, ...]
    gender: Gender | None


class Roster:
    """Everyone whom an article names, looked up by word, sentence and concept so that any length costs linear time."""

    def __init__(self, text: str, lines: Sequence[Line], words: Words, *, headings: Sequence[Span] = ()) -> None:
        self.reader = NameReader(text, lines, words, headings=headings)
        self.members: list[Member] = []
        self.by_line: dict[int, list[tuple[Span, Member]]] = {}
        self.by_word: dict[str, list[Member]] = {}
        self.by_concept: dict[str, list[Member]] = {}
        self.open: dict[int, list[Open]] = {}
        self.possessors: set[Span] = set()
        self.passed: set[Span] = set()
        self._by_span: dict[Span, Member] = {}
        self._by_country: dict[str, Member] = {}
        self._bodies: dict[str, list[Member]] = {}
        self._lines = lines
        self._words = words
        self._text = text
        self._capitalised: dict[str, list[tuple[int, Span]]] | None = None
        self._acting: set[str] = set()
        self._read()

    def join(self, parts: tuple[str, ...], folded: tuple[str, ...], *, organisation: bool) -> Member:
        """A new member."""
        member = Member(parts=parts, folded=folded, organisation=organisation)
        self.members.append(member)
        if organisation:
            self._add_body(member)
        for word in set(folded):
            self.by_word.setdefault(word, []).append(member)
        return member

    def _add_body(self, member: Member) -> None:
        for word in set(member.folded):
            self._bodies.setdefault(word, []).append(member)

    def last_body(self, words: Sequence[str], number: int) -> Member | None:
        """The organisation with these words in its name that was named last for the first time, up to a sentence."""
        known = self._bodies.get(words[-1], [])
        at = bisect_right(known, number, key=lambda member: member.lines[0] if member.lines else number + 1)
        return next((member for member in reversed(known[max(at - 8, 0) : at]) if set(words) <= set(member.folded)), None)

    def place(self, member: Member, span: Span, line: int) -> None:
        """Notes that `span` in sentence `line` names `member`; once for each place."""
        if span in self._by_span:
            return
        insort(member.lines, line)
        self._by_span[span] = member
        self.by_line.setdefault(line, []).append((span, member))

    def place_everywhere(self, member: Member) -> None:
        """Notes every place of a name of one word that only a verb of saying showed to be a name."""
        for line, span in self._capitals().get(member.folded[0], ()):
            if not any(place.overlaps(span) for place, _ in self.by_line.get(line, ())):
                self.place(member, span, line)
                if self._text.startswith(("'s", "’s"), span.end):
                    self.possessors.add(span)
                    self.passed.add(span)

    def _capitals(self) -> dict[str, list[tuple[int, Span]]]:
        if self._capitalised is None:
            self._capitalised = {}
            for number, line in enumerate(self._lines):
                for token in line.tokens:
                    if token.is_capitalised:
                        self._capitalised.setdefault(fold_name(token.text), []).append((number, token.span))
        return self._capitalised

    def known_as(self, folded: tuple[str, ...]) -> Member | None:
        """The member with exactly this name, folded."""
        candidates = self.by_word.get(folded[0], ()) if folded else ()
        return next((m for m in candidates if m.folded == folded or folded in m.also), None)

    def country(self, name: str) -> Member | None:
        """The member that is the country of that name, also under another name: "U.S." and "United States"."""
        code = country_code(name, self._words.language)
        return self._by_country.get(code) if code is not None else None

    def person(self, member: Member, *, article_id: str) -> Person:
        """The member as a record."""
        name = " ".join(member.parts)
        seen: dict[str, Role] = {}
        for role in member.roles:
            seen.setdefault(fold(role.text), Role(text=role.text, article_id=article_id, span=role.span))
        return Person(
            id="-".join(member.folded) or fold(name),
            name=name,
            aliases=tuple(sorted(form for form in member.forms if form != name)),
            roles=tuple(seen.values()),
            gender=None if member.organisation else member.gender,
            kind="organisation" if member.organisation else "person",
        )

    def _read(self) -> None:
        named = [name for number in range(len(self._lines)) for name in self.reader.names(number)]
        named = [name for name in named if len(name.parts) <= _LONGEST_NAME]
        named = _mended(named, self._words)
        self.possessors = {name.span for name in named if name.possessor}
        self.passed = self.possessors | {name.span for name in named if name.qualifies}
        evidence = {name.folded for name in named if name.person or name.organisation}
        surnames = Counter(name.folded[-1] for name in named if len(name.folded) == 1)
        located = Counter(name.folded[-1] for name in named if len(name.folded) == 1 and name.placed)
        acting = {name.folded[-1] for name in named if len(name.folded) == 1 and name.acts}
        self._acting = acting
        titled = {name.folded[0] for name in named if len(name.folded) == 1 and name.person}
        for name in named:
            if len(name.folded) < 2:
                continue
            foremost = name.folded[0] in titled and len(name.folded) == 2 and name.folded[-1] not in surnames  # "Ban Ki-moon"
            bare = name.folded[-1]
            repeated = self._words.language != "de" and (surnames[bare] >= 2 or (surnames[bare] == 1 and bare in acting))
            repeated = repeated and (bare in acting or 2 * located[bare] < surnames[bare])
            if name.folded in evidence or repeated or foremost or self._fitting(name.folded):
                self._enter(name)
        self._add_from_headings(named)
        self._add_acronyms(named)
        for name in named:
            if len(name.folded) == 1:
                self._enter_single(name)
        self.members = [member for member in self.members if member.lines]
        self.members.sort(key=lambda member: min(member.lines))
        for places in self.by_line.values():
            places.sort(key=lambda item: item[0])
        self._bodies.clear()
        for member in self.members:
            if member.organisation:
                self._add_body(member)
            for concept in {concept for role in member.roles for concept in role.concepts}:
                for general in generalised(concept):
                    self.by_concept.setdefault(general, []).append(member)

    def _add_from_headings(self, named: Sequence[Named]) -> None:
        """Full names that only a heading gives, for the bare surnames of the text."""
        bare = {name.folded[0] for name in named if len(name.folded) == 1}
        for parts in self.reader.heading_names():
            folded = tuple(fold_name(part) for part in parts)
            if folded[-1] in bare and not any(folded[-1] in m.folded[1:] for m in self.by_word.get(folded[-1], ())):
                member = self.join(parts, folded, organisation=False)
                if (gender := self._words.first_name(parts[0])) in ("female", "male"):
                    member.genders[gender] += 1

    def _add_acronyms(self, named: Sequence[Named]) -> None:
        """ "OAS" becomes another name of the one organisation whose initials it is."""
        acronyms = {name.folded[0] for name in named if len(name.folded) == 1 and name.parts[0].isupper()}
        initials: dict[str, list[Member]] = {}
        for member in self.members:
            if len(member.parts) > 1:
                short = "".join(part[0] for part in member.parts if part[0].isupper()).casefold()
                initials.setdefault(short, []).append(member)
        for folded in sorted(acronyms):
            meant = initials.get(folded.replace(".", ""), [])
            if len(meant) == 1 and len(folded) >= 3 and not self._is_person(meant[0]):
                meant[0].organisation = True
                meant[0].also.add((folded,))
                self.by_word.setdefault(folded, []).append(meant[0])

    def _is_person(self, member: Member) -> bool:
        return not member.organisation and (bool(member.genders) or self._words.first_name(member.parts[0]) is not None)

    def _fitting(self, folded: tuple[str, ...]) -> list[Member]:
        """The members that a name of several words may belong to."""
        # Two words at least are shared, so the commonest need not be looked up: there may be thousands of one first name.
        words = sorted(folded, key=lambda word: len(self.by_word.get(word, ())))[: max(len(folded) - 1, 1)]
        candidates = {id(m): m for word in words for m in self.by_word.get(word, ())}
        return [m for m in candidates.values() if any(is_same_name(folded, one) for one in (m.folded, *m.also))]

    def _enter(self, name: Named) -> None:
        fitting = self._fitting(name.folded)
        exact = [m for m in fitting if m.folded == name.folded]
        body = name.organisation and not name.person
        # "West Virginia" is no "West Virginia University", and "Ann Lee" no "Ann Lee Center".
        fitting = exact or [m for m in fitting if (m.organisation or not body) and not (m.organisation and name.person)]
        if len(fitting) > 1:
            self._leave_open(name, fitting)
            return
        if fitting:
            member = fitting[0]
            if (len(name.folded), _accents(name.parts)) > (len(member.folded), _accents(member.parts)):
                for word in set(name.folded) - set(member.folded):
                    self.by_word.setdefault(word, []).append(member)
                member.parts, member.folded = name.parts, name.folded
        else:
            member = self.join(name.parts, name.folded, organisation=name.organisation and not name.person)
        if name.nickname is not None:
            known = (fold_name(name.nickname), name.folded[-1])
            member.also.add(known)
            self.by_word.setdefault(known[0], []).append(member)
        self._note(member, name)

    def _leave_open(self, name: Named, members: Sequence[Member]) -> None:
        self.open.setdefault(name.line, []).append(Open(span=name.span, members=tuple(members), gender=name.gender))

    def _note(self, member: Member, name: Named) -> None:
        member.forms[" ".join(name.parts)] += 1
        self.place(member, name.span, name.line)
        if name.role is not None and not (member.organisation and name.role.concepts & self._words.lexicon.roles.keys()):
            self._add_role(member, name.role)
        if name.gender is not None:
            member.genders[name.gender] += 3
        elif len(name.parts) > 1 and (first := self._words.first_name(name.parts[0])) in ("female", "male"):
            member.genders[first] += 1

    @staticmethod
    def _add_role(member: Member, role: RoleOf) -> None:
        if role.text not in member.called:
            member.called.add(role.text)
            member.roles.append(role)

    def _enter_single(self, name: Named) -> None:
        word = name.folded[0]
        if len(self.by_word.get(word, ())) > _MOST_NAMESAKES:
            return
        fitting = self._bearers(word)
        stem = self._without_genitive(word)
        if not fitting and stem is not None:
            fitting = self._bearers(stem)
        if not fitting:
            fitting = [m for m in self.by_word.get(word, []) if m.folded[0] == word and len(m.folded) > 1]
        fitting = [m for m in fitting if m.fits(name.gender)] or [m for m in self._alone(word) if m.fits(name.gender)]
        code = country_code(name.parts[0], self._words.language) if name.organisation else None
        if not fitting and code is not None and code in self._by_country:
            fitting = [self._by_country[code]]
        if len(fitting) == 1:
            self._note_single(fitting[0], name)
        elif fitting:
            self._leave_open(name, fitting)
        elif name.person or name.organisation or self._is_acting(name):
            member = self.join(name.parts, name.folded, organisation=self._is_body(name) and not name.person)
            if code is not None:
                self._by_country[code] = member
            self._note(member, name)

    def _is_acting(self, name: Named) -> bool:
        """Whether a verb of saying somewhere shows that the word names somebody: "talte Arce … sa Arce"."""
        words = self._words
        if name.folded[0] not in self._acting or words.language not in CAPITALS_NAME or name.qualifies:
            return False
        return not name.opens and name.folded[0] not in self.reader.parties

    def _is_body(self, name: Named) -> bool:
        token = tokenise(name.parts[0], Span(0, len(name.parts[0])), language=self._words.language)
        return name.organisation or self._words.phrase_at("agency", token, 0) > 0

    def _bearers(self, word: str) -> list[Member]:
        """Whose last name or whole name the word is."""
        known = self.by_word.get(word, [])
        bearers = [m for m in known if word in m.folded[1:] and not m.organisation]
        return bearers or self._alone(word)

    def _alone(self, word: str) -> list[Member]:
        """Whose whole name the word is."""
        return [m for m in self.by_word.get(word, []) if m.folded == (word,) or (word,) in m.also]

    def _note_single(self, member: Member, name: Named) -> None:
        stem = self._without_genitive(name.folded[0])
        if stem is not None and stem in member.folded:
            self.place(member, name.span, name.line)
            self.possessors.add(name.span)
            self.passed.add(name.span)
            if name.role is not None:
                self._add_role(member, name.role)
            return
        self._note(member, name)

    def _without_genitive(self, word: str) -> str | None:
        return word[:-1] if "s" in self._words.lexicon.genitives and word.endswith("s") and len(word) > 3 else None


def _mended(named: Sequence[Named], words: Words) -> list[Named]:
    """The names, such as are a known name with a slip in it, or with a word too many before it, standing for that name.

    "Donand Trump" beside "Donald Trump" is he, and so is "Rip Donald Trump" of a headline.
    """
    counts = Counter(name.folded for name in named if len(name.folded) > 1)
    surnames = Counter(name.folded[-1] for name in named)
    by_surname: dict[str, list[Named]] = {}
    for name in {name.folded: name for name in reversed(named) if len(name.folded) > 1}.values():
        by_surname.setdefault(name.folded[-1], []).append(name)

    def cut(name: Named) -> Named:
        """ "Notice Trump", at the head of a sentence, beside a "Donald Trump": the surname alone."""
        bearers = by_surname.get(name.folded[-1], ())
        if not name.opens or len(name.folded) != 2 or words.first_name(name.parts[0]) is not None:
            return name
        known = any(words.first_name(other.parts[0]) is not None for other in bearers[:_MOST_NAMESAKES])
        return replace(name, parts=name.parts[1:], folded=name.folded[1:]) if known else name

    def meant(name: Named) -> Named | None:
        bearers = by_surname.get(name.folded[-1], ())
        if len(bearers) > _MOST_NAMESAKES or words.first_name(name.parts[0]) is not None:
            return None
        for other in bearers:
            if other is name or words.first_name(other.parts[0]) is None:
                continue
            if len(name.folded) == len(other.folded) + 1 and name.folded[1:] == other.folded and len(other.folded) > 1:
                return other
            rare = counts[name.folded] == 1 and surnames[name.folded[-1]] >= _DOMINANT_NAME
            if rare and name.folded[1:] == other.folded[1:] and _is_slip(name.folded[0], other.folded[0]):
                return other
        return None

    found = []
    for name in named:
        other = meant(name) if len(name.folded) > 1 else None
        found.append(replace(name, parts=other.parts, folded=other.folded) if other is not None else cut(name))
    return found


def _is_slip(written: str, meant: str) -> bool:
    """Whether one letter of a long word is wrong, missing, doubled or swapped, and not its first."""
    return len(meant) >= 5 and written[0] == meant[0] and OSA.distance(written, meant, score_cutoff=1) == 1


def is_same_name(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two names of several words can be one: the shorter's words stand in the longer, in order, initials counted.

    >>> is_same_name(("jose", "sanchez"), ("jose", "wilson", "sanchez")), is_same_name(("pedro", "sanchez"), ("jose", "sanchez"))
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


def generalised(concept: str) -> tuple[str, ...]:
    """A concept, and the shorter ones that may stand for it.

    >>> generalised("justice_minister")
    ('justice_minister', 'minister')
    """
    parts = concept.split("_")
    return tuple("_".join(parts[i:]) for i in range(len(parts)))


def _accents(parts: Sequence[str]) -> int:
    return sum(1 for part in parts for char in part if ord(char) > 127)
