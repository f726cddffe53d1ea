"""Organisations and groups: "the company", "police", "a study by Pew", and the names that stand for them."""

from bisect import bisect_left
from collections.abc import Sequence

from index.attribution.discourse import EPITHETS_OF_BODIES, GENITIVES, PRONOUN_REACH, Discourse
from index.attribution.members import Member
from index.attribution.names import fold_name, is_station
from index.attribution.phrases import noun_phrase
from index.attribution.words import Token, fold, is_country, is_country_name, tokenise
from index.records import Span

# Group nouns that every country or town has one of: a name only where the article writes them with a capital anyway.
_COMMON_BODIES = frozenset(
    """police army military navy government administration cabinet ministry court prosecution party union company bank
    opposition authorities family hospital church critics sources""".split()  # noqa: SIM905  a list of 21 fills the page
)
# Nouns for a kind of body, which are a name only together with other words: "the Committee".
_KINDS_OF_BODIES = frozenset(
    ["committee", "commission", "agency", "company", "union", "party", "organisation", "association", "institute", "board"]
)
# Where a noun bears its article as an ending.
_DEFINITE_BY_ENDING = frozenset({"nb", "nn", "sv", "da"})
# In sentences; and letters by which "kanal" and "kanalen" are one.
_OUTLET_REACH, _STEM = 8, 5
_MARKS = frozenset('„“”"»«‚‘’›‹')
# In tokens, with one of the marks.
_LONGEST_TITLE = 5
# In words, behind a document, up to who made it.
_LONGEST_COMPLEMENT = 14
_DOCUMENTS = frozenset(["document", "report", "poll", "study"])


def find_body(discourse: Discourse, tokens: Sequence[Token], at: int, end: int, number: int) -> Member | None:
    """A body that has a name of its own: a country, an agency, "Bolivian authorities"; a bare "the army" has none."""
    words = discourse.words
    phrase = noun_phrase(tokens, at, words)
    if phrase is None or phrase.head == "pronoun":
        return None
    if (issuer := _issuer(discourse, tokens, at, end, number)) is not None:
        return issuer
    if tokens[at].lower in words.grammar.indefinite:
        return None
    for i in range(at, end):
        if tokens[i].is_capitalised and (n := words.phrase_at("agency", tokens, i)):
            return _organised(discourse, tokens[i : i + n], number)
    start = at
    while start < end and tokens[start].lower in words.grammar.determiners:
        start += 1
    if start >= end or discourse.reader.has_person_role(tokens, start, end):
        return None
    if words.phrase_at("medium_name", tokens, start) == end - start:
        return None  # "TV"
    if (member := _group_of(discourse, tokens, start, end, number)) is not None:
        return member
    if (outlet := _outlet(discourse, tokens, at, start, end, number)) is not None:
        return outlet
    proper = [t for t in tokens[start:end] if _is_proper(discourse, t, tokens, at, end, named=phrase.head == "name")]
    opening = start == 0 and end > 1 and len(proper) == 1 and proper[0] is tokens[0] and tokens[1].text.islower()
    if opening and not tokens[0].is_acronym and not is_country(tokens[0], words.language):
        return None  # "Flight attendants' union": a capital that only the sentence asks for
    if not proper:
        return _bare_group(discourse, tokens, start, end, number) if start > at else None
    if any(t.lower in words.grammar.conjunctions for t in tokens[start:end]):
        return None
    role = words.role_at(tokens, start) if end - start == 1 else None
    if role is not None and role[0] in _COMMON_BODIES and not discourse.reader.is_proper(tokens[start]):
        return None  # "Police said": a capital that only the sentence asks for
    if role is not None and role[0] in _KINDS_OF_BODIES and words.language == "en":
        return discourse.roster.last_body([fold_name(tokens[start].text)], number)
    known = any(is_country(t, words.language) or t.is_acronym for t in proper)
    if phrase.head != "name" and not known:
        return None
    if any(t.lower in ("'s", "’s") for t in tokens[start:end]) and phrase.head == "other":
        return None
    last = tokens[end - 1]
    if words.language == "en" and not (last.is_capitalised or _ends_in_group(discourse, tokens, start, end)):
        return None
    return _organised(discourse, tokens[start:end], number)


def _outlet(discourse: Discourse, tokens: Sequence[Token], at: int, start: int, end: int, number: int) -> Member | None:  # noqa: PLR0917  a stretch of tokens is three of them
    """The outlet that "the station" stands for: the last that a noun of the same kind introduced by name."""
    words = discourse.words
    if end - start != 1 or tokens[start].is_acronym or not is_station(tokens, start, words):
        return None
    if words.phrase_at("plural_role", tokens, start) or (start == at and words.language not in _DEFINITE_BY_ENDING):
        return None
    kind = tokens[start].lower.rpartition("-")[2]
    for back in range(number, max(number - _OUTLET_REACH, -1), -1):
        line = discourse.lines[back].tokens
        for place, member in reversed(discourse.roster.by_line.get(back, [])):
            i = bisect_left(line, place.start, key=lambda token: token.span.start) - 1
            named = place.end <= tokens[start].span.start and i >= 0 and member.organisation
            if named and line[i].lower.rpartition("-")[2].startswith(kind[:_STEM]) and is_station(line, i, words):
                return member
    return None


def find_titled(discourse: Discourse, tokens: Sequence[Token], at: int, stop: int, number: int) -> Member | None:
    """The outlet whose name stands between marks behind its article or kind: die „Neue Zeitung“, laut »Bild«."""
    marks = [i for i in range(at, stop) if tokens[i].text in _MARKS]
    if len(marks) != 2 or marks[1] != stop - 1 or not 1 < marks[1] - marks[0] <= _LONGEST_TITLE or marks[0] - at > 2:
        return None
    inner = tokens[marks[0] + 1 : marks[1]]
    if not all(token.is_word for token in inner):
        return None
    span = Span(inner[0].span.start, inner[-1].span.end)
    return _named_body(discourse, tuple(token.text for token in inner), span, number)


def _ends_in_group(discourse: Discourse, tokens: Sequence[Token], start: int, end: int) -> bool:
    """Whether a group noun is the head: "Bolivian authorities", "the leadership of the union"."""
    words = discourse.words
    stop = next((i for i in range(start + 1, end) if tokens[i].lower in words.grammar.of), end)
    return any((n := words.phrase_at("group", tokens, i)) and i + n == stop for i in range(start, stop)) or stop < end


def _issuer(discourse: Discourse, tokens: Sequence[Token], at: int, end: int, number: int) -> Member | None:
    """Whose document the phrase means: "a Government Accountability Office report", "a poll of voters by the Post"."""
    words = discourse.words
    i = next((i for i in range(at, end) if _is_document(discourse, tokens, i)), None)
    if i is None:
        return None
    start = i
    while start > at and tokens[start - 1].is_capitalised and not words.is_function_word(tokens[start - 1].lower):
        start -= 1
    issuer = tokens[start:i] or _maker(discourse, tokens, i + 1)
    if issuer:
        member = _organised(discourse, issuer, number)
        if member is not None:
            discourse.issued[fold_name(tokens[i].text)] = member
        return member
    definite = tokens[at].lower in words.grammar.determiners - words.grammar.indefinite
    return discourse.issued.get(fold_name(tokens[i].text)) if definite and i == end - 1 == at + 1 else None


def _is_document(discourse: Discourse, tokens: Sequence[Token], i: int) -> bool:
    role = discourse.words.role_at(tokens, i)
    return role is not None and role[0] in _DOCUMENTS and not tokens[i].is_capitalised


def _maker(discourse: Discourse, tokens: Sequence[Token], at: int) -> Sequence[Token]:
    """The name behind the first "by" of what follows a document up to a comma."""
    words = discourse.words
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


def _is_proper(discourse: Discourse, token: Token, tokens: Sequence[Token], at: int, end: int, *, named: bool) -> bool:
    words = discourse.words
    if not token.is_word or not token.is_capitalised:
        return False
    if words.language != "de":
        return True
    return (named and end - at >= 2 and tokens[at].is_capitalised) or is_country(token, "de") or token.is_acronym


def _group_of(discourse: Discourse, tokens: Sequence[Token], start: int, end: int, number: int) -> Member | None:
    """ "Clinton campaign" and "Clinton's campaign" are one body, that of the person's name."""
    if discourse.words.language != "en" or not discourse.reader.is_group_of(tokens, start, end):
        return None
    kept = [t for t in tokens[start:end] if t.lower not in GENITIVES]
    owner = [m for place, m in discourse.roster.by_line.get(number, ()) if place.start == kept[0].span.start]
    surname = owner[0].parts[-1] if owner and not owner[0].organisation else kept[-2].text
    return _named_body(discourse, (surname, kept[-1].text), Span(tokens[start].span.start, tokens[end - 1].span.end), number)


def _bare_group(discourse: Discourse, tokens: Sequence[Token], start: int, end: int, number: int) -> Member | None:
    """ "The commission": the one body named before that this is the noun of, or the campaign spoken of last."""
    words, head = discourse.words, fold_name(tokens[end - 1].text)
    if words.language != "en" or not (words.phrase_at("group", tokens, end - 1) or words.phrase_at("station", tokens, end - 1)):
        return None
    named = discourse.roster.last_body([fold_name(t.text) for t in tokens[start:end]], number)
    if named is not None:
        return named
    found = discourse.reader.group_before(head, number) if end - start == 1 else None
    if found is None:
        return _body_spoken_of(discourse, tokens, end - 1, number)
    line, first, last = found
    return _group_of(discourse, discourse.lines[line].tokens, first, last, line)


def _body_spoken_of(discourse: Discourse, tokens: Sequence[Token], i: int, number: int) -> Member | None:
    """The body that "the company" stands for: the only one that the sentences right before speak of."""
    role = discourse.words.role_at(tokens, i)
    if not (role is not None and role[0] in EPITHETS_OF_BODIES) and not discourse.words.phrase_at("station", tokens, i):
        return None
    for back in range(number - 1, max(number - PRONOUN_REACH, -1), -1):
        last = discourse.spoken.get(back)
        spoken = [last] if last is not None else []
        bodies = {id(m): m for m in [*spoken, *(m for _, m in discourse.actors_at(back))] if _is_epithetic(discourse, m)}
        if bodies:
            return next(iter(bodies.values())) if len(bodies) == 1 else None
    return None


def _is_epithetic(discourse: Discourse, member: Member) -> bool:
    """Whether "the company" may stand for the member: a body that is no country and whose name says no kind of its own."""
    if is_country_name(" ".join(member.parts), discourse.words.language) or not discourse.may_be_body(member):
        return False
    return not _holds_kind(discourse, member.folded)


def _holds_kind(discourse: Discourse, words: Sequence[str]) -> bool:
    return any(word in discourse.kinds for word in words)


def _organised(discourse: Discourse, tokens: Sequence[Token], number: int) -> Member | None:
    if any(not token.is_word and token.text not in ".&-/'’" and token.lower not in GENITIVES for token in tokens):
        return None  # "Obama, Obama, Obama"
    while discourse.words.language == "en" and len(tokens) > 1 and tokens[0].text.islower() and tokens[0].is_word:
        tokens = tokens[1:]
    span = Span(tokens[0].span.start, tokens[-1].span.end)
    parts = tuple(span.of(discourse.text).split())
    before = discourse.text[max(span.start - 4, 0) : span.start].casefold()
    return _named_body(discourse, parts, span, number, first=tokens[0], introduced=before.endswith("the "))


def _is_no_name(discourse: Discourse, word: str) -> bool:
    """Whether the word is a party's or people's adjective, or a noun for persons."""
    tokens = tokenise(word, Span(0, len(word)), language=discourse.words.language)
    other = is_country(tokens[0], discourse.words.language) and not is_country_name(word, discourse.words.language)
    return other or fold(word) in discourse.reader.parties or discourse.words.phrase_at("plural_role", tokens, 0) > 0


def _named_body(
    discourse: Discourse, parts: tuple[str, ...], span: Span, number: int, *, first: Token | None = None, introduced: bool = False
) -> Member | None:
    words, name = discourse.words, " ".join(parts)
    folded = tuple(fold_name(part) for part in parts)
    member = discourse.roster.known_as(folded) or discourse.roster.country(name)
    if member is None:
        plain = first is not None and len(folded) == 1 and not first.is_acronym and not is_country_name(name, words.language)
        if plain and (discourse.words.first_name(name) is None and _is_no_name(discourse, name)):
            return None
        agency = first is not None and words.phrase_at("agency", (first,), 0) > 0
        kind = first is not None and words.phrase_at("group", (first,), 0) > 0
        organisation = agency or kind or introduced or not (plain or words.first_name(parts[0]) is not None)
        member = discourse.roster.join(parts, folded, organisation=organisation)
        if plain and first is not None:
            discourse.roster.place_everywhere(member)
    if span not in {place for place, _ in discourse.roster.by_line.get(number, ())}:
        member.forms[name] += 1
        discourse.roster.place(member, span, number)
    return member
