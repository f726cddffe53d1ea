"""Sentences → the names that stand in them, each with what shows whom it belongs to: titles, roles, what follows."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from index.attribution.phrases import noun_phrase, noun_phrase_before
from index.attribution.words import Token, Words, country_code, fold, is_country, is_country_name, tokenise
from index.records import Span

Gender = Literal["female", "male"]


_MARKS = frozenset('"“”')


def fold_name(part: str) -> str:
    """
    >>> fold_name("Organisation"), fold_name("Zúñiga")
    ('organization', 'zuniga')
    """
    return fold(part).replace("isation", "ization")


def _is_adverb(token: Token) -> bool:
    return token.lower.endswith(("wards", "ly")) and token.lower != "newly"


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
    modifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A mention that calls somebody by a role: "the former Texas senator", "his lawyer".

    Args:
        concepts: What the roles mean, as in the lexicon.
        head: The last word of the role.
        modifiers: The other words, folded; parties under one name each.
        definite: It speaks of somebody known; "a senator" introduces somebody.
        possessor: The last word of whose it is: "Pagliano" of "Pagliano's lawyer", or a possessive pronoun.
        acronym: An acronym that is no country and no party qualifies it: "the FBI director".
        article: The gender that a German article shows where the noun shows none: "die 62-Jährige".
    """

    concepts: frozenset[str]
    head: str
    modifiers: frozenset[str]
    countries: frozenset[str]
    former: bool
    new: bool
    definite: bool
    possessor: str | None
    acronym: bool
    article: Gender | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A name as it stands in the text.

    Args:
        possessor: "Arce's" of "Arce's lawyer".
        qualifies: It only tells whose or where from the noun behind it is: "Trump aides".
        placed: A preposition of place goes before it.
        opens: It begins a sentence with a word that only there has its capital.
        acts: A verb of saying stands beside it.
    """

    line: int
    span: Span
    parts: tuple[str, ...]
    folded: tuple[str, ...]
    gender: Gender | None
    role: RoleOf | None
    person: bool
    organisation: bool
    possessor: bool
    qualifies: bool = False
    placed: bool = False
    opens: bool = False
    nickname: str | None = None
    acts: bool = False


# Role nouns that no name is called by, but that stand within names: "National Committee", "Refugee Center".
_NO_TITLES = frozenset(["citizen", "refugee", "student", "worker", "veteran", "voter", "patient", "consumer", "member"])
# In words.
_LONGEST_BODY = 8
# Before the name of a station, in every language.
_BROADCASTING = frozenset(["radio", "tv", "televisión", "télévision"])
# Where a capital in mid-sentence shows a name, and a noun at the head of a sentence is the only other word with one.
_LOWER_CASE_NOUNS = frozenset({"nb", "nn", "sv", "da", "nl"})
_GERMAN_ARTICLES: dict[str, Gender] = {"der": "male", "die": "female"}
# They go by their first names.
_ROYAL = frozenset(["king", "queen", "prince", "princess"])


class NameReader:
    """Reads the names and roles in the sentences of one article."""

    def __init__(self, text: str, lines: Sequence[Line], words: Words, *, headings: Sequence[Span] = ()) -> None:
        self._text = text
        self._lines = lines
        self._words = words
        self._headings = headings
        self.parties = {fold(word): party for party, forms in words.lexicon.parties.items() for word in forms}
        self._abbreviated = {word: concept for concept, forms in words.lexicon.roles_abbreviated.items() for word in forms}
        # What has a capital inside a sentence has it for its own sake.
        self._proper = frozenset(token.lower for line in lines for token in line.tokens[1:] if token.is_capitalised)
        self._common = frozenset(token.lower for line in lines for token in line.tokens if token.text.islower())
        # "Dean" of "Howard Dean": role nouns that are somebody's surname here.
        self._role_surnames = frozenset(
            line.tokens[i + 1].lower
            for line in lines
            for i in range(len(line.tokens) - 1)
            if self._is_role_surname(line.tokens, i + 1)
        )

        self._groups: dict[str, list[tuple[int, int, int]]] = {}
        if words.language == "en":
            for number, line in enumerate(lines):
                for end in range(2, len(line.tokens) + 1):
                    start = next((k for k in (end - 3, end - 2) if k >= 0 and self.is_group_of(line.tokens, k, end)), None)
                    if start is not None:
                        self._groups.setdefault(line.tokens[end - 1].lower, []).append((number, start, end))

    def is_group_of(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether `[start, end)` is "Clinton campaign" or "Clinton's campaign"; titles and first names may stand before."""
        if end - start < 2 or tokens[end - 1].lower not in self._words.lexicon.groups_of_person or tokens[end - 1].is_capitalised:
            return False
        names = tokens[start : end - 1]
        if names[-1].lower in ("'s", "’s", "'", "’"):
            names = names[:-1]
        return bool(names) and all(
            t.is_word
            and t.is_capitalised
            and not self._words.is_function_word(t.lower)
            and not is_country(t, self._words.language)
            and t.lower not in self.parties
            for t in names
        )

    def group_before(self, noun: str, number: int) -> tuple[int, int, int] | None:
        """Sentence and tokens of the last "Clinton campaign" up to the sentence `number`, for "the campaign"."""
        found = self._groups.get(noun, [])
        at = bisect_right(found, number, key=lambda place: place[0])
        return found[at - 1] if at else None

    def heading_names(self) -> Iterator[tuple[str, str]]:
        """First name and surname wherever a known first name stands before a capitalised word in a heading."""
        words = self._words
        for span in self._headings:
            tokens = tokenise(self._text, span, language=words.language)
            for first, last in pairwise(tokens):
                named = first.is_capitalised and last.is_capitalised and not words.is_function_word(last.lower)
                if named and words.first_name(first.text) is not None:
                    yield first.text, last.text

    def is_proper(self, token: Token) -> bool:
        """Whether the article writes the word with a capital where no sentence begins."""
        return token.lower in self._proper

    def _is_role_surname(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether the role noun at `i` follows a first name, and no other name follows it: "Howard Dean said"."""
        words, token = self._words, tokens[i]
        if i == 0 or not token.is_capitalised or words.role_at(tokens, i) is None:
            return False
        before, after = tokens[i - 1], tokens[i + 1] if i + 1 < len(tokens) else None
        return (
            before.is_capitalised
            and (words.first_name(before.text) is not None or self._ends_unknown_name(tokens, i))
            and words.role_at(tokens, i - 1) is None
            and not words.phrase_at("group", tokens, i)
            and not (after is not None and after.is_capitalised)
        )

    def _ends_unknown_name(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether two capitalised words that are no title, country or body go before: "Billie Jean King" said so."""
        words = self._words
        if words.language != "en" or i < 2 or (i > 2 and tokens[i - 3].lower in words.grammar.determiners):
            return False
        return all(
            tokens[k].is_capitalised
            and tokens[k].is_word
            and not tokens[k].is_acronym
            and tokens[k].lower not in self._common
            and not words.is_function_word(tokens[k].lower)
            and not is_country(tokens[k], words.language)
            and not words.phrase_at("group", tokens, k)
            and words.role_at(tokens, k) is None
            for k in (i - 2, i - 1)
        )

    def names(self, number: int) -> Iterator[Named]:
        tokens = self._lines[number].tokens
        if self._is_headline(tokens):
            yield from self._names_in_headline(number)
            return
        i = 0
        while i < len(tokens):
            end = self._name_end(tokens, i)
            if end is None:
                i += 1
                continue
            yield from self._named(number, i, end)
            i = end

    def _is_headline(self, tokens: Sequence[Token]) -> bool:
        """Whether all but small words have capitals, also such as are no names: "Ann Lee Suffered A Big Blow"."""
        words = [token for token in tokens if token.is_word and not token.text[0].isdigit()]
        if self._words.language != "en" or len(words) < 4:
            return False
        small = self._words.is_function_word
        return all(token.is_capitalised or small(token.lower) for token in words) and any(
            token.is_capitalised and not token.is_acronym and (token.lower in self._common or small(token.lower))
            for token in words[1:]
        )

    def _names_in_headline(self, number: int) -> Iterator[Named]:
        """First name and surname, where the first name is known and the next word is no other word of the article."""
        tokens = self._lines[number].tokens
        for i, (first, last) in enumerate(pairwise(tokens)):
            named = first.is_capitalised and last.is_capitalised and self._words.first_name(first.text) is not None
            if named and last.lower not in self._common and not self._words.is_function_word(last.lower):
                yield from self._named(number, i, i + 2)

    def _body_end(self, tokens: Sequence[Token], i: int) -> int | None:
        """Behind the noun for a body that closes a run of capitals: "Justice Department", "Republican National Committee"."""
        words = self._words
        if words.language != "en" or words.is_function_word(tokens[i].lower) or words.first_name(tokens[i].text) is not None:
            return None
        for k in range(i + 1, min(i + _LONGEST_BODY, len(tokens))):
            token = tokens[k]
            if not token.is_capitalised or not token.is_word or words.first_name(token.text) is not None:
                return None
            if n := words.phrase_at("group", tokens, k):
                after = tokens[k + n] if k + n < len(tokens) else None
                held = after is not None and after.is_capitalised and words.role_at(tokens, k + n) is not None
                return None if held else k + n
        return None

    def _name_end(self, tokens: Sequence[Token], i: int) -> int | None:
        """The token behind the name that begins at `i`; None where none does."""
        words, token = self._words, tokens[i]
        if not token.is_capitalised or not token.is_word or self.is_prefix(tokens, i):
            return None
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        if (
            words.is_function_word(token.lower)
            and not (len(token.text) > 1 and token.is_acronym)
            and words.first_name(token.text) is None
            and not (token.lower == "new" and after is not None and after.is_capitalised and not self.is_prefix(tokens, i + 1))
        ):
            return None
        if i == 0 and words.first_name(token.text) is None and words.cues_at(tokens, i) and not token.is_acronym:
            return None
        end = self._body_end(tokens, i) or i + 1
        while end < len(tokens):
            following = tokens[end]
            last = tokens[end - 1]
            if self._continues_body(tokens, end):
                end += 2
                continue
            if end - i > 1 and last.lower in words.grammar.outlets and self._acts(tokens, end, end + 1):
                break  # "the Washington Post Trump said"
            if self._nickname_at(tokens, end):
                end += 3
                continue
            if following.text == "&" and end + 1 < len(tokens) and tokens[end + 1].is_capitalised:
                end += 2
                continue
            if following.text == "." and len(last.text) == 1 and end + 1 < len(tokens) and tokens[end + 1].is_capitalised:
                end += 1
                continue
            if (
                following.is_capitalised
                and following.is_word
                and following.lower not in self._abbreviated
                and (not self._role_only(tokens, end) or (end - i <= 2 and self._is_role_surname(tokens, end)))
                and not (
                    words.is_function_word(following.lower)
                    and words.first_name(following.text) is None
                    and not (end - i == 1 and words.language not in ("en", "de") and words.first_name(token.text) is not None)
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
                if following.lower == "of" and end - i > 1 and self._is_whole_name(tokens, i, end):
                    break
                end += 1
                continue
            if (
                following.lower in words.lexicon.name_particles
                and end + 2 < len(tokens)
                and self._second_particle(following, tokens[end + 1])
                and tokens[end + 2].is_capitalised
            ):
                end += 2
                continue
            break
        return end

    def _second_particle(self, first: Token, second: Token) -> bool:
        particles = self._words.lexicon.name_particles
        return second.lower in particles or f"{first.lower} {second.lower}" in particles

    def _is_whole_name(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether several words need no "of" to be a name: "Ann Lee of Maryland", but "American Federation of Teachers"."""
        words = self._words
        bodies = any(words.phrase_at("group", tokens, k) or words.phrase_at("plural_role", tokens, k) for k in range(start, end))
        return not bodies and not is_country(tokens[start], words.language) and tokens[start].lower != "united"

    def _continues_body(self, tokens: Sequence[Token], end: int) -> bool:
        """Whether the name of a body goes on: "Commission on Presidential Debates"."""
        words = self._words
        if words.language != "en" or end + 1 >= len(tokens) or tokens[end].lower not in ("on", "for"):
            return False
        after = tokens[end + 1]
        body = words.phrase_at("group", tokens, end - 1) > 0 and tokens[end - 1].is_capitalised
        return body and after.is_capitalised and not words.is_function_word(after.lower) and words.first_name(after.text) is None

    @staticmethod
    def _nickname_at(tokens: Sequence[Token], i: int) -> bool:
        """Whether a word in marks stands at `i` inside a name: Robert "Bobby" Scott."""
        if i + 3 >= len(tokens) or tokens[i].text not in _MARKS or tokens[i + 2].text not in _MARKS:
            return False
        return tokens[i + 1].is_capitalised and tokens[i + 3].is_capitalised and tokens[i + 1].is_word

    def is_prefix(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether the capitalised token is a title, role or people's name that goes before a name and is no part of it."""
        words, lower = self._words, tokens[i].lower
        lexicon = words.lexicon
        if self._stands_for_surname(tokens, i) or self._body_end(tokens, i) or self._is_royal_epithet(tokens, i):
            return False
        if lower in lexicon.titles or f"{lower}." in lexicon.titles or self._title_gender(tokens[i]) is not None:
            return True
        if ("-" in lower or (words.language == "de" and lower not in words.grammar.agencies)) and is_station(tokens, i, words):
            return i + 1 < len(tokens) and tokens[i + 1].is_capitalised  # "TV-kanalen Red Uno", "die Nachrichtenagentur Belga"
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
        role = words.role_at(tokens, i)
        if role is not None and role[0] in _NO_TITLES and following is not None and following.is_capitalised:
            return words.first_name(following.text) is not None  # "National Audit Office"
        return role is not None and not words.phrase_at("group", tokens, i) and words.first_name(tokens[i].text) is None

    def _is_royal_epithet(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether a king or prince has no first name behind him: "the Queen City", "Prince George's County"."""
        role = self._words.role_at(tokens, i)
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        royal = role is not None and role[0] in _ROYAL and after is not None and after.is_capitalised
        return royal and after is not None and self._words.first_name(after.text) is None

    def _stands_for_surname(self, tokens: Sequence[Token], i: int) -> bool:
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        return tokens[i].lower in self._role_surnames and not (after is not None and after.is_capitalised)

    def _role_only(self, tokens: Sequence[Token], i: int) -> bool:
        words = self._words
        role = words.role_at(tokens, i)
        after = tokens[i + 1] if i + 1 < len(tokens) else None
        if role is not None and role[0] in _NO_TITLES and after is not None and after.is_capitalised:
            return words.first_name(after.text) is not None
        return role is not None and not words.phrase_at("group", tokens, i) and words.first_name(tokens[i].text) is None

    def _title_gender(self, token: Token) -> Gender | None:
        lexicon = self._words.lexicon
        if self._words.language == "en" and self._words.first_name(token.text) is not None:
            return None  # "Don Fowler"
        if token.lower in lexicon.titles_female or f"{token.lower}." in lexicon.titles_female:
            return "female"
        if token.lower in lexicon.titles_male or f"{token.lower}." in lexicon.titles_male:
            return "male"
        return None

    def _named(self, number: int, start: int, end: int) -> Iterator[Named]:
        line, words = self._lines[number], self._words
        tokens = line.tokens
        first = start
        # "OAS Secretary General Luis", "Labour MP Ann Lee": an acronym or group before a known first name is no part of it.
        for k in range(start + 1, end):
            inner = tokens[k]
            if (
                words.first_name(inner.text)
                and end - k >= 2
                and (
                    tokens[k - 1].is_acronym
                    or words.phrase_at("group", tokens, k - 1)
                    or tokens[k - 1].lower in self.parties
                    or self._only_precedes(tokens, k - 1, k - 1 - start)
                )
            ):
                first = k
        marks = [k for k in range(first, end) if tokens[k].text in _MARKS]
        aside = range(marks[0], marks[1]) if len(marks) == 2 else range(0)
        nickname = tokens[aside.start + 1].text if aside else None
        kept = [tokens[k] for k in range(first, end) if (tokens[k].is_word or tokens[k].text == "&") and k not in aside]
        span = Span(tokens[first].span.start, tokens[end - 1].span.end)
        parts = tuple(t.text for t in kept)
        if len(parts) == 1 and fold(parts[0]) in self.parties:
            return
        first_name = words.first_name(parts[0]) is not None
        if any(self._joins_two(part) for part in parts[1:-1]):
            return  # "the Muhammad Ali-Joe Frazier fight"
        # "Kari Lake Park" is nobody, "Kari Lake" is somebody
        if (
            len(parts) > (2 if first_name else 1)
            and fold(parts[-1]) in words.grammar.things
            and not self._is_body(tokens, first, end)
        ):
            return
        gender, titled = self._title_before(tokens, first)
        qualifies = self._qualifies(tokens, end)
        role = None if qualifies else self._role_of(number, first, end)
        # "the Army" is no name of its own, "Bolivian Army" and "Army Council" are
        group = self._is_body(tokens, first, end)
        if not group and all(words.role_at(tokens, k) for k in range(first, end)) and not self._stands_for_surname(tokens, first):
            return
        if len(parts) == 1 and words.phrase_at("medium_name", tokens, first):
            return  # "TV", "Twitter"
        acronym = len(parts) == 1 and kept[0].is_acronym and any(len(piece) > 1 for piece in parts[0].split("-"))
        outlet = len(parts) > 1 and (fold(parts[-1]) in words.grammar.outlets or fold(parts[0]) in _BROADCASTING)
        outlet = outlet or any(tokens[k].text == "&" for k in range(first, end)) or self._behind_body(tokens, first)
        country = is_country_name(span.of(self._text), words.language)
        dotted = "." in parts[0] and len(parts[0].replace(".", "")) == 2 and not words.phrase_at("group", tokens, first)
        acronym = acronym and (country or not dotted)  # "N.C."
        if is_country(tokens[first], words.language) and len(parts) == 1 and not country:
            return  # a people's name or adjective
        organisation = (group or acronym or country) and not (first_name and len(parts) > 1) and not titled
        # "the station Red Uno", "Red Uno, a local television station"
        bodied = role is not None and (not role.concepts & words.lexicon.roles.keys() or self._tells_outlet(role))
        organisation = organisation or (bodied and not titled and not (first_name and len(parts) > 1))
        body = group and len(parts) > 2 and words.phrase_at("group", tokens, end - 1) > 0
        organisation = organisation or outlet or body or fold(parts[-1]) in words.lexicon.parties_plural
        called = first > 0 and tokens[first - 1].lower in words.grammar.named
        spoken = called or (len(parts) > 1 and self._acts_as_person(tokens, first, end))
        borne = role is not None and not bodied and self._shows_person(role, tokens, first, alone=len(parts) == 1)
        place = len(parts) > 1 and kept[-1].is_acronym and "." in kept[-1].text  # "Washington D.C."
        person = not organisation and (titled or borne or spoken or (first_name and len(parts) > 1 and not place))
        following = tokens[end] if end < len(tokens) else None
        possessor = following is not None and (following.lower in ("'s", "’s") or following.text in "'’")
        yield Named(
            line=number,
            span=span,
            parts=parts,
            folded=tuple(fold_name(part) for part in parts),
            gender=gender,
            role=role,
            person=person,
            organisation=organisation,
            possessor=possessor,
            qualifies=qualifies or self._precedes_noun(tokens, end),
            placed=first > 0 and tokens[first - 1].lower in words.grammar.places,
            opens=first == 0 and not self.is_proper(tokens[0]),
            nickname=nickname,
            acts=self._acts(tokens, first, end),
        )

    def _tells_outlet(self, role: RoleOf) -> bool:
        """Whether the role ends in a noun for an outlet: "a local television station"."""
        words = self._words
        tokens = tokenise(role.text, Span(0, len(role.text)), language=words.language)
        return any(words.phrase_at("station", tokens, k) == len(tokens) - k for k in range(len(tokens)))

    def _only_precedes(self, tokens: Sequence[Token], i: int, before: int) -> bool:
        """Whether the word before a first name is no part of the name: "Lillestrøms Kari Moe", "Låtskriver Kari Moe"."""
        words, token = self._words, tokens[i]
        if words.first_name(token.text) is not None or words.language not in _LOWER_CASE_NOUNS or len(token.text) < 3:
            return False
        if "s" in words.lexicon.genitives and token.lower.endswith("s") and not before:
            return True
        return i == 0 and not self.is_proper(token)

    def _behind_body(self, tokens: Sequence[Token], first: int) -> bool:
        """Whether a noun for a body goes right before the name: "the union Unite", "TV-kanalen Red Uno"."""
        words, before = self._words, tokens[first - 1] if first > 0 else None
        if before is None or not before.is_word:
            return False
        if before.is_capitalised != (words.language == "de") and "-" not in before.text:
            return False
        noun = is_station(tokens, first - 1, words) or words.phrase_at("group", tokens, first - 1) == 1
        if words.phrase_at("plural_role", tokens, first - 1) or not noun:
            return False
        if words.language != "en":
            return True
        start = next((k for k in range(first - 2, max(first - 5, -1), -1) if tokens[k].lower in words.grammar.determiners), None)
        return start is not None and all(token.is_word for token in tokens[start:first])

    def _joins_two(self, part: str) -> bool:
        """Whether a hyphen stands between one's surname and another's first name."""
        return "-" in part and self._words.first_name(part.rsplit("-", maxsplit=1)[1]) is not None

    def _is_body(self, tokens: Sequence[Token], first: int, end: int) -> bool:
        """Whether a noun for a body stands in a name of several words."""
        return end - first > 1 and any(self._words.phrase_at("group", tokens, k) for k in range(first, end))

    def _shows_person(self, role: RoleOf, tokens: Sequence[Token], first: int, *, alone: bool) -> bool:
        """Whether the role makes the name a person's; before one word, a capital belongs to a title or to a longer name."""
        if not role.concepts & self._words.lexicon.roles.keys():
            return False
        before = tokens[first - 1] if first > 0 else None
        joined = before is not None and role.span.end == before.span.end and before.is_capitalised
        titles = self._words.lexicon.titles
        named = joined and before is not None and before.lower not in titles and f"{before.lower}." not in titles
        return not (alone and named and self._words.language == "en")

    def _acts(self, tokens: Sequence[Token], first: int, end: int) -> bool:
        """Whether a verb of saying stands right behind the name, or right before it: "Cyril said", "said Cyril"."""
        return any(
            match.tense in ("past", "present")
            for i in (end, first - 1)
            if 0 <= i < len(tokens) and not tokens[i].is_capitalised
            for match in self._words.cues_at(tokens, i)
        )

    def _qualifies(self, tokens: Sequence[Token], end: int) -> bool:
        """Whether a role right behind the name makes it say whose or where from: "New York businessman"."""
        return (
            self._words.language == "en"
            and end < len(tokens)
            and not tokens[end].is_capitalised
            and self.has_person_role(tokens, end, end + 1)
        )

    def _precedes_noun(self, tokens: Sequence[Token], end: int) -> bool:
        """Whether a noun for several or for a body follows the name: "Trump aides", "Clinton campaign"."""
        words = self._words
        if words.language != "en" or end >= len(tokens) or tokens[end].is_capitalised or words.cues_at(tokens, end):
            return False
        return bool(words.phrase_at("plural_role", tokens, end) or words.phrase_at("group", tokens, end))

    def _acts_as_person(self, tokens: Sequence[Token], first: int, end: int) -> bool:
        """Whether an age or "who" follows the name: "Ann Lee, 43,", "Ann Lee, who"; or an aged "of a place"."""
        after = tokens[end : end + 3]
        if len(after) < 2 or after[0].text != ",":
            return False
        place = after[1].lower in self._words.grammar.of and len(after) > 2 and after[2].is_capitalised
        if place and self._acts_behind(tokens, end):
            return True
        age = after[1].text.isdigit() and len(after[1].text) == 2 and len(after) > 2 and after[2].text in ",."
        return age or after[1].lower in ("who", "whose")

    def _acts_behind(self, tokens: Sequence[Token], end: int) -> bool:
        """Whether a verb of saying follows the last comma of the few words behind a name: "Ann Lee, of Leeds, said"."""
        for i in range(end + 1, min(end + 10, len(tokens) - 1)):
            if tokens[i].text == "," and self._words.cues_at(tokens, i + 1):
                return True
        return False

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
            start = before.start
            while start > 0 and tokens[start - 1].lower in self.parties:
                start -= 1
            role = self._role(tokens, start, first, joined=True)
            completes = end - first == 1 and any(t.lower in words.grammar.of for t in tokens[start:first])
            if role is not None and not (completes and words.language == "en"):
                return role
        if end + 1 < len(tokens) and tokens[end].text in ",(–—-":
            behind = noun_phrase(tokens, end + 1, words)
            if behind is not None and behind.head == "name" and behind.end < len(tokens) and words.role_at(tokens, behind.end):
                behind = noun_phrase(tokens, behind.end, words)  # "the Leeds police chief"
            if (
                behind is not None
                and (behind.head in ("role", "group") or self._has_complement(tokens, end + 1, behind.end))
                and behind.end < len(tokens)
                # "Ann Lee, Chile's president," but not "Ann Lee, Prime Minister Tom Ray and …"
                and (
                    not tokens[end + 1].is_capitalised or (behind.head == "role" and is_country(tokens[end + 1], words.language))
                )
            ):
                stop = self._past_complement(tokens, behind.end)
                placed = first > 0 and tokens[first - 1].lower in words.grammar.prepositions
                closed = stop < len(tokens) and tokens[stop].text in ",.)(–—-;:" and not placed
                if stop + 1 < len(tokens) and tokens[stop].lower in words.grammar.conjunctions and not placed:
                    closed = tokens[stop + 1].lower in words.grammar.determiners  # "minister of trade and a former judge"
                role = self._role(tokens, end + 1, stop) if closed else None
                if role is not None and role.concepts & words.lexicon.roles.keys():
                    return role
        if (led := self._led(tokens, end)) is not None:
            return led
        if first >= 2 and tokens[first - 1].text in ",–—-" and (end >= len(tokens) or tokens[end].text in ",.–—-)"):
            ahead = noun_phrase_before(tokens, first - 1, words)
            if ahead is not None and ahead.head == "name" and tokens[ahead.start - 1].lower in words.grammar.prepositions:
                ahead = noun_phrase_before(tokens, ahead.start - 1, words)  # "An attorney for Lee, Tom Ray,"
            if ahead is not None and ahead.head in ("role", "group") and not self._is_set_off(tokens, ahead.start, first, end):
                return self._role(tokens, ahead.start, first - 1)
        return None

    def _led(self, tokens: Sequence[Token], end: int) -> RoleOf | None:
        """The role of a leader that a relative clause tells: "Ann Lee, who heads the union, …"."""
        words, at = self._words, end + 1
        if at + 2 >= len(tokens) or tokens[end].text != "," or tokens[at].lower not in words.lexicon.pronouns.relative:
            return None
        if tokens[at + 1].lower not in words.grammar.leads:
            return None
        body = noun_phrase(tokens, at + 2, words)
        if body is None or body.head == "pronoun" or body.end >= len(tokens) or tokens[body.end].text not in ",.;":
            return None
        span = Span(tokens[at + 1].span.start, tokens[body.end - 1].span.end)
        return RoleOf(
            text=span.of(self._text),
            span=span,
            concepts=frozenset(["leader"]),
            countries=self.countries(tokens, at + 2, body.end),
            former=False,
            new=False,
            modifiers=self._modifiers(t.text for t in tokens[at + 2 : body.end] if t.is_word),
        )

    def _is_set_off(self, tokens: Sequence[Token], start: int, first: int, end: int) -> bool:
        """Whether the role is told of a name before it, and the one behind says where: "Ann Lee, mayor of Oakland, Ohio,"."""
        before, place = tokens[start - 2] if start > 1 else None, tokens[first - 2]
        if before is None or tokens[start - 1].text != "," or not before.is_capitalised or end - first > 2:
            return False
        return place.is_capitalised and not is_country(place, self._words.language)

    def _past_complement(self, tokens: Sequence[Token], end: int) -> int:
        """Behind what goes with a role by a preposition: "a spokesman for Exxon Mobil", "a professor at the college in Leeds"."""
        for _ in range(2):
            if end >= len(tokens) or tokens[end].lower not in self._words.grammar.prepositions:
                break
            complement = noun_phrase(tokens, end + 1, self._words)
            if complement is None or complement.head == "pronoun":
                break
            end = complement.end
        return end

    def _role(self, tokens: Sequence[Token], start: int, end: int, *, joined: bool = False) -> RoleOf | None:
        """The role in `[start, end)`; `joined` to a name right behind, which may only complete it."""
        words = self._words
        while start < end and (tokens[start].lower in words.grammar.determiners or not tokens[start].is_word):
            start += 1
        start = self._role_start(tokens, self._past_of(tokens, start, end), end)
        while end > start and not tokens[end - 1].is_word and tokens[end - 1].text != ")":
            end -= 1
        if start >= end or tokens[end - 1].lower in words.grammar.of | words.grammar.determiners:
            return None  # "the leaders of Bolivia": the name completes the role, it does not bear it
        concepts = self.concepts(tokens, start, end)
        if not concepts or (joined and self._completed(tokens, start, end)):
            return None
        span = Span(tokens[start].span.start, tokens[end - 1].span.end)
        return RoleOf(
            text=span.of(self._text),
            span=span,
            concepts=concepts,
            countries=self.countries(tokens, start, end),
            former=any(self.is_former(t) for t in tokens[start:end]),
            new=any(t.lower in words.grammar.new for t in tokens[start:end]),
            modifiers=self._modifiers(
                t.text for i, t in enumerate(tokens[start:end], start) if t.is_word and words.role_at(tokens, i) is None
            ),
        )

    def _has_complement(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether a role comes before an "of" in the phrase: "the president of neighbouring Chile"."""
        of = next((i for i in range(start, end) if tokens[i].lower in self._words.grammar.of), None)
        return of is not None and self.has_person_role(tokens, start, of)

    def _complement(self, tokens: Sequence[Token], start: int, end: int) -> int:
        """The "of" behind the first role: what follows it only completes the role, "the dean of Leeds's law school"."""
        of = next((i for i in range(start, end) if tokens[i].lower in self._words.grammar.of), end)
        return of if self.has_person_role(tokens, start, of) else end

    def _past_of(self, tokens: Sequence[Token], start: int, end: int) -> int:
        """Behind an "of" that no role goes before but one follows: "position of the army commander", "fall of President"."""
        words, covered = self._words, start
        for i in range(start, end):
            if (role := words.role_at(tokens, i)) is not None and i >= covered:
                if not words.phrase_at("group", tokens, i):
                    return start
                covered = i + role[1]
            if tokens[i].lower in words.grammar.of and i >= covered and self.has_person_role(tokens, i + 1, end):
                start = i + 1
                while start < end and tokens[start].lower in words.grammar.determiners:
                    start += 1
                return start
        return start

    def _completed(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether the name behind only completes the role: "the president of neighbouring" Chile."""
        words, i, of = self._words, start, None
        while i < end:
            if (role := words.role_at(tokens, i)) is not None:
                of, i = None, i + role[1]
                continue
            if tokens[i].lower in words.grammar.of:
                of = i
            i += 1
        if of is None:
            return False
        return not any(t.is_capitalised and not words.is_function_word(t.lower) for t in tokens[of + 1 : end])

    def _role_start(self, tokens: Sequence[Token], start: int, end: int) -> int:
        """Past what only runs into a role: "afterwards Vice President", "revolt of General", "ställde Bolivias president"."""
        words = self._words
        for i in range(start, end):
            token = tokens[i]
            title = token.lower in words.lexicon.titles or words.role_at(tokens, i) is not None
            if words.phrase_at("group", tokens, i) and self.has_person_role(tokens, start, i):
                continue  # "ministro de Justicia" begins before
            if title and i > start and tokens[i - 1].lower in words.grammar.of and token.is_capitalised:
                return i
        i = start
        while i < end - 1 and _is_adverb(tokens[i]) and i == 0:
            i += 1
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
            elif (title := self._abbreviated.get(tokens[i].lower)) is not None:
                found.add(title)
        return frozenset(found)

    def has_person_role(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether a role noun for one person stands in `[start, end)`."""
        words = self._words
        return any(
            words.role_at(tokens, i) is not None
            and not words.phrase_at("plural_role", tokens, i)
            and not words.phrase_at("group", tokens, i)
            for i in range(start, end)
        )

    def is_plural(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether the phrase means several: "the senators", "both candidates", "the nominee and his aides"."""
        words = self._words
        start = self._past_possessor(tokens, start, end)[0]
        stop = next((i for i in range(start + 1, end) if tokens[i].lower in words.grammar.of), end)
        if any(words.phrase_at("plural_role", tokens, i) for i in range(start, stop)):
            return True
        return any(
            tokens[i].lower in words.grammar.conjunctions and tokens[i + 1].lower in words.grammar.determiners
            for i in range(start, end - 1)
        )

    def _past_possessor(self, tokens: Sequence[Token], start: int, end: int) -> tuple[int, str | None]:
        """Where the phrase goes on behind whose it is, and the last word of that."""
        words = self._words
        complement = self._complement(tokens, start, end)
        for i in range(complement - 1, start, -1):
            if tokens[i].lower in ("'s", "’s", "'", "’") and i + 1 < end:
                return i + 1, fold(tokens[i - 1].text)
            genitive = "s" in words.lexicon.genitives and tokens[i - 1].is_capitalised and tokens[i - 1].lower.endswith("s")
            if genitive and country_code(tokens[i - 1].text, words.language) is None and words.role_at(tokens, i) is not None:
                return i, fold(tokens[i - 1].text.removesuffix("s"))
        lower = tokens[start].lower if start < end else ""
        return start, lower if lower in words.lexicon.pronouns.possessive else None

    def description(self, tokens: Sequence[Token], start: int, end: int) -> Description | None:
        """What the phrase `[start, end)` calls somebody; None where it holds no role of a person."""
        words, grammar = self._words, self._words.grammar
        core, possessor = self._past_possessor(tokens, start, end)
        stop = end
        concepts: set[str] = set()
        others: list[Token] = []
        head, i = "", core
        while i < stop:
            role = words.role_at(tokens, i)
            if role is not None and not words.phrase_at("group", tokens, i) and not words.phrase_at("plural_role", tokens, i):
                if role[0] in words.lexicon.roles:
                    concepts.add(role[0])
                    head = tokens[min(i + role[1], end) - 1].lower
                i += role[1]
                continue
            if tokens[i].lower in grammar.of and concepts:
                stop = i
                break
            if tokens[i].is_word and tokens[i].lower not in grammar.determiners:
                others.append(tokens[i])
            i += 1
        if words.language == "en" and self._is_name_of_role(tokens[core:stop], others):
            return None
        named_body = tokens[stop - 1].is_capitalised and words.phrase_at("group", tokens, stop - 1) > 0
        if not concepts or (named_body and words.language == "en"):
            return None  # "the National Committee"
        acronym = any(t.is_acronym and not is_country(t, words.language) and fold(t.text) not in self.parties for t in others)
        return Description(
            concepts=frozenset(concepts),
            head=head,
            modifiers=self._modifiers(t.text for t in others),
            countries=self.countries(tokens, start, end),
            former=any(self.is_former(t) for t in tokens[core:stop]),
            new=any(t.lower in grammar.new and not t.is_capitalised for t in tokens[core:stop]),
            definite=self._is_definite(tokens, start),
            possessor=possessor,
            acronym=acronym,
            article=self._article_gender(tokens[start], head),
        )

    def _is_name_of_role(self, core: Sequence[Token], others: Sequence[Token]) -> bool:
        """Whether a role noun only ends a name without article: "Cleveland's Plain Dealer", but "Defense Secretary"."""
        if len(core) < 2 or not all(t.is_capitalised for t in core if t.is_word):
            return False
        return (
            any(
                t.lower not in self._common
                and not t.is_acronym
                and not is_country(t, self._words.language)
                and fold(t.text) not in self.parties
                and t.lower not in self._words.grammar.former
                and not self._words.phrase_at("group", (t,), 0)
                for t in others
            )
            and core[-1].lower not in self._words.lexicon.titles
        )

    def _article_gender(self, article: Token, head: str) -> Gender | None:
        if self._words.language != "de" or not head.endswith("e"):
            return None  # der 62-Jährige, die 62-Jährige; of "der 62-Jährigen" nobody can tell
        return _GERMAN_ARTICLES.get(article.lower)

    def _is_definite(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the phrase speaks of somebody known: "the president"; an "a president" introduces somebody."""
        words, lower = self._words, tokens[at].lower
        if lower in words.grammar.indefinite:
            return False
        return (
            lower in words.grammar.determiners
            or words.language in ("nb", "nn", "sv", "da")
            or tokens[at].is_capitalised
            or lower in words.grammar.former
        )

    def agrees(self, description: Description, role: RoleOf, *, loosely: bool = False) -> bool:
        """Whether the role may be what the description says; `loosely` passes over who is former or new."""
        if not loosely and (role.former != description.former or (description.new and not role.new)):
            return False
        if description.countries and role.countries and not description.countries & role.countries:
            return False
        shared = any(same_concept(one, other) for one in description.concepts for other in role.concepts)
        return shared and not self.conflicts(description, role)

    def _modifiers(self, words: Iterable[str]) -> frozenset[str]:
        return frozenset(self.parties.get(word, word) for word in map(fold, words))

    def conflicts(self, description: Description, role: RoleOf) -> bool:
        """Whether both name a party, or one is the vice of the other: the Republican nominee is no Democratic one."""
        one, other = (one.modifiers & set(self.parties.values()) for one in (description, role))
        if one and other and not one & other:
            return True
        return bool(description.concepts & role.concepts) and ("vice" in description.modifiers) != ("vice" in role.modifiers)

    def countries(self, tokens: Sequence[Token], start: int, end: int) -> frozenset[str]:
        words = self._words
        codes = (
            country_code(token.text, words.language)
            for i, token in enumerate(tokens[start:end], start)
            if token.is_word and not (i > 0 and tokens[i - 1].is_capitalised and tokens[i - 1].lower in words.grammar.new)
        )
        return frozenset(code for code in codes if code is not None)  # "New Mexico" is none


def is_station(tokens: Sequence[Token], i: int, words: Words) -> bool:
    """Whether a noun for an outlet stands at `i`, also a compound with a hyphen: "kanalen", "TV-kanalen"."""
    if words.phrase_at("station", tokens, i):
        return True
    _, hyphen, last = tokens[i].text.rpartition("-")
    return (
        bool(hyphen and last) and words.phrase_at("station", tokenise(last, Span(0, len(last)), language=words.language), 0) > 0
    )


def same_concept(one: str, other: str) -> bool:
    """Equal, or one the other's general form: a `minister` may be the `justice_minister`.

    >>> same_concept("minister", "justice_minister"), same_concept("president", "vice_president")
    (True, False)
    """
    if one == other:
        return True
    if "vice_president" in (one, other) or "president" in (one, other):
        return False
    return one.endswith(f"_{other}") or other.endswith(f"_{one}")
