"""A role or an epithet ("the general", "the 61-year-old") → who bears it, or whom the article is about."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from index.attribution.discourse import PRONOUN_REACH, Discourse
from index.attribution.members import Member
from index.attribution.names import Description, Gender, fold_name
from index.attribution.words import Token, country_code, is_country_name
from index.records import Span

# Where more bear a role, "the senator" tells nobody who is meant.
_MOST_NAMED = 200
# How far ahead a description may be explained: "A New York judge has ruled. … Justice Frank Nervo …"
AHEAD = 3
# Roles that somebody has in the service of others: never another word for whom the article is about.
SERVING = frozenset(["lawyer", "spokesperson", "official", "adviser", "employee", "chief_of_staff", "worker", "witness"])
# Nor these: whoever "the voter" is, it is nobody in particular, or somebody in a role beside others.
_NEVER_EPITHETS = SERVING | {
    "voter",
    "citizen",
    "customer",
    "passenger",
    "resident",
    "neighbour",
    "victim",
    "suspect",
    "source",
    "pupil",
    "student",
    "patient",
    "child",
}
# Clauses that set one against another: "While Lee waited, the businessman …" is not about Lee.
_CONTRASTING = frozenset(["while", "whereas", "unlike", "mens", "medan", "während", "terwijl", "mientras", "tandis", "enquanto"])
# Whoever the article calls by another role is the less likely meant; in sentences of distance.
_OTHERWISE_KNOWN = 1.5
# By so much, in the same measure, must the likeliest be likelier than the next: a wrong name is worse than none.
_SURE_OF_OFFICE = 0.5
_SURE_OF_EPITHET = 0.25
# So near to a role, in characters, a name may be the same person's.
_APPOSED = 4
# Roles that name somebody beside another: "Pagliano's lawyer" is not whom the article spoke of last.
_BESIDE = frozenset(
    ["lawyer", "spokesperson", "official", "wife", "husband", "son", "daughter", "father", "mother", "brother", "sister"]
)
# Who holds one of these is no other of them at the same time.
OFFICES = frozenset(
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
# Endings of a people's adjective that mean one of them behind an article; "the British" are several.
_ONE_OF_A_PEOPLE = {
    "en": ("an", "i"),
    "de": ("er", "e"),
    "es": ("o", "a", "és", "esa"),
    "fr": ("ien", "ienne", "ais", "aise", "ain", "aine"),
}
_FEMALE_WORDS = ("woman", "lady", "girl", "queen", "princess", "mother", "sister", "daughter", "wife", "actress", "widow")
_MALE_WORDS = ("man", "boy", "king", "prince", "father", "brother", "son", "husband")


def is_beside(discourse: Discourse, description: Description) -> bool:
    return bool(description.concepts & _BESIDE)


def find_bearers(discourse: Discourse, description: Description) -> list[Member]:
    """Everyone with a role that the description may mean, in the order of their first mention."""
    key = replace(description, definite=True, possessor=None, acronym=False)
    if key not in discourse.bearing:
        found: dict[int, Member] = {}
        gender = gender_of(discourse, description)
        for concept in description.concepts:
            for member in discourse.roster.by_concept.get(concept, ()):
                agrees = any(discourse.reader.agrees(description, role) for role in member.roles)
                if agrees and not member.organisation and member.fits(gender):
                    found[id(member)] = member
        discourse.bearing[key] = sorted(found.values(), key=lambda member: member.lines[0])
    return discourse.bearing[key]


def find_bearer(discourse: Discourse, description: Description, number: int) -> Member | None:
    """The only one, or the one mentioned last, whose role the description is."""
    fitting = find_bearers(discourse, description)
    if len(fitting) <= 1:
        return fitting[0] if fitting else None
    before = bisect_right(fitting, number, key=lambda member: member.lines[0])
    if before == 1:
        return fitting[0]
    if before == 0:
        soon = fitting[0].lines[0] < fitting[1].lines[0] and fitting[0].lines[0] <= number + AHEAD
        return fitting[0] if soon else None
    ids = {id(member) for member in fitting} if before <= _MOST_NAMED else None
    near: dict[int, tuple[int, Member]] = {}
    for line in range(max(number - PRONOUN_REACH, 0), number + 1):
        for _, member in (*discourse.roster.by_line.get(line, ()), *discourse.told.get(line, ())):
            if ids is not None and id(member) in ids:
                near[id(member)] = (line, member)
    last = sorted(near.values(), key=lambda item: -item[0])
    if not last or (len(last) > 1 and last[0][0] == last[1][0]):
        return None
    return last[0][1]


def find_bearer_beside(
    discourse: Discourse, description: Description, tokens: Sequence[Token], at: int, number: int
) -> Member | None:
    """ "Pagliano's lawyer": who has a role of that kind that names the same person; for "his lawyer" nobody."""
    owner = description.possessor
    named = [
        m
        for m in find_bearers(discourse, description)
        if any(owner in map(fold_name, role.text.split()) for role in m.roles if owner is not None)
    ]
    return named[0] if len(named) == 1 else None


def find_topic(discourse: Discourse, description: Description, tokens: Sequence[Token], at: int, number: int) -> Member | None:
    """Whom a description without a bearer stands for: "Trump objected. … the New York businessman said"."""
    if description.concepts & _NEVER_EPITHETS:
        return None
    if any(code.casefold() != "us" for code in description.countries):
        # "… Boric told reporters. «…», subrayó el mandatario chileno": only whoever spoke right before
        last = discourse.spoken.get(number - 1) or discourse.spoken.get(number)
        return last if last is not None and not last.roles and not last.organisation else None
    if _qualified_by_body(discourse, description):
        return _sole_subject(discourse, number - 1)
    gender = gender_of(discourse, description)
    office = bool(description.concepts & OFFICES)
    left = description.former and any(concept.removeprefix("former_") in OFFICES for concept in description.concepts)
    here = {id(member) for _, member in discourse.persons_at(number)}
    apart = _apart(discourse, description) if left else set()
    scores: dict[int, tuple[float, Member]] = {}

    def weigh(member: Member, score: float) -> None:
        if (
            member.organisation
            or id(member) in apart
            or not member.fits(gender)
            or _speaks_against(discourse, description, member, office)
        ):
            return
        past = left and any(role.former for role in member.roles)  # who held one office may have held another
        score += _OTHERWISE_KNOWN if member.roles and not past and not _may_be_politician(description, member) else 0
        if id(member) not in scores or score < scores[id(member)][0]:
            scores[id(member)] = (score, member)

    for rank, member in enumerate(_opening(discourse, tokens, at, number)):
        weigh(member, rank - 1)
    for distance, back in enumerate(discourse.before(number)):
        if (last := discourse.spoken.get(back)) is not None and back not in discourse.asked:
            weigh(last, distance)
        ranked = sorted(discourse.persons_at(back), key=lambda item: discourse.is_oblique(back, item[0]))
        for rank, (_, member) in enumerate(ranked):
            if id(member) not in here and not (back in discourse.asked and member is discourse.spoken.get(back)):
                weigh(member, distance + min(rank, 2) / 2)
        for _, member in discourse.owners_at(back):
            if id(member) not in here:
                weigh(member, distance + 1)
        if scores and (not office or discourse.words.language == "en"):
            break
    if left and _is_one_of_a_family(discourse, scores.values()):
        return None
    best = sorted(scores.values(), key=lambda item: item[0])
    if len(best) > 1 and best[1][0] - best[0][0] < (_SURE_OF_OFFICE if office else _SURE_OF_EPITHET):
        return None
    return best[0][1] if best else None


def compatriot(discourse: Discourse, tokens: Sequence[Token], at: int, end: int) -> str | None:
    """The country where "the Chilean" comes from; None for a country's own name, and for a people: "the British"."""
    words, last = discourse.words, tokens[end - 1]
    if end - at != 2 or tokens[at].lower not in words.grammar.determiners - words.grammar.indefinite:
        return None
    if not last.is_word or not last.lower.endswith(_ONE_OF_A_PEOPLE.get(words.language, ())):
        return None
    return None if is_country_name(last.text, words.language) else country_code(last.text, words.language)


def find_compatriot(discourse: Discourse, code: str, number: int) -> Member | None:
    """Who was last spoken of, if a role ties that one to the country; nobody where no role ties anybody near to it."""
    for back in (number, *discourse.before(number)):
        for _, member in reversed(discourse.persons_at(back)):
            if any(code in role.countries for role in member.roles):
                return member
    return None


def _may_be_politician(description: Description, member: Member) -> bool:
    """Whether "the Labour politician" is only another word for the office that the member is said to hold."""
    held = {concept for role in member.roles for concept in role.concepts}
    in_office = held & (OFFICES - {"general", "judge", "king"}) or any(one.endswith("minister") for one in held)
    return "politician" in description.concepts and bool(in_office)


def _opening(discourse: Discourse, tokens: Sequence[Token], at: int, number: int) -> list[Member]:
    """Who is named in the clause that a sentence opens with: "Though Ray waited, the businessman …"."""
    words, first = discourse.words, tokens[0].lower
    if (first not in words.grammar.subordinators and first not in words.grammar.prepositions) or first in _CONTRASTING:
        return []
    if not any(token.text == "," for token in tokens[:at]):
        return []
    named = [item for item in discourse.persons_at(number) if item[0].end <= tokens[at].span.start]
    return [member for place, member in sorted(named, key=lambda item: discourse.is_oblique(number, item[0]))]


def _sole_subject(discourse: Discourse, number: int) -> Member | None:
    """Whom a sentence opens with, where it is the first to name that one, and nothing tells a role."""
    actors = discourse.actors_at(number) if number >= 0 else []
    member = actors[0][1] if actors else None
    if member is None or member.organisation or member.roles or number > member.lines[0]:
        return None
    return member if actors[0][0].start == discourse.lines[number].span.start else None


def _speaks_against(discourse: Discourse, description: Description, member: Member, office: bool) -> bool:
    """Whether a role of the member excludes the description: another office, another party, another country."""
    for role in member.roles:
        held = role.concepts - _BESIDES_OFFICES if discourse.words.language == "en" else role.concepts | {role.text}
        if office and held and not role.former:
            return True
        if discourse.reader.conflicts(description, role):
            return True
    return False


def _is_one_of_a_family(discourse: Discourse, scored: Iterable[tuple[float, Member]]) -> bool:
    """Whether a namesake of one who may be meant is named as well: "the former president" is either of two Bushes."""
    return any(
        other is not member and not other.organisation and other.folded[-1] == member.folded[-1]
        for _, member in scored
        for other in discourse.roster.by_word.get(member.folded[-1], ())[:_MOST_NAMED]
    )


def _apart(discourse: Discourse, description: Description) -> set[int]:
    """Who stands in a sentence beside "the former president", and is therefore not he: "he spoke hours after Lee"."""
    if description.head in discourse.apart:
        return discourse.apart[description.head]
    former = discourse.words.grammar.former
    found = discourse.apart[description.head] = set()
    for number, line in enumerate(discourse.lines):
        for one, two in pairwise(line.tokens):
            if one.lower in former and two.lower == description.head:
                near = Span(one.span.start - _APPOSED, two.span.end + _APPOSED)
                named = discourse.roster.by_line.get(number, ())
                found |= {id(m) for place, m in named if not near.overlaps(place) and place not in discourse.roster.possessors}
    return found


def _qualified_by_body(discourse: Discourse, description: Description) -> bool:
    """Whether an organisation qualifies it ("the FBI director"): that is somebody in particular, not an epithet."""
    for word in description.modifiers:
        member = discourse.roster.known_as((word,))
        if member is not None and member.organisation and not is_country_name(word, discourse.words.language):
            return True
    return description.acronym


def find_introduced(discourse: Discourse, description: Description, number: int) -> Member | None:
    """Who is brought up by description and named right after: "A judge has ruled. … Justice Ann Lee wrote …"."""
    for ahead in range(number + 1, min(number + 1 + AHEAD, len(discourse.lines))):
        for _, member in discourse.roster.by_line.get(ahead, ()):
            if member.organisation or min(member.lines) != ahead or not member.fits(gender_of(discourse, description)):
                continue
            if any(discourse.reader.agrees(description, role, loosely=True) for role in member.roles):
                return member
    return None


def gender_of(discourse: Discourse, description: Description) -> Gender | None:
    head = description.head
    if description.article is not None:
        return description.article
    if head.endswith(_FEMALE_WORDS):
        return "female"
    return "male" if discourse.words.language == "en" and head.endswith(_MALE_WORDS) else None
