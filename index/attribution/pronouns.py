"""Pronouns → whom they stand for: grammar first, then who spoke and who acts, recency last."""

from bisect import bisect_left
from collections.abc import Sequence

from index.attribution.descriptions import OFFICES, SERVING, find_bearer, find_bearer_beside, find_topic, is_beside
from index.attribution.discourse import PRONOUN_REACH, Discourse
from index.attribution.members import Member
from index.attribution.names import Gender
from index.attribution.phrases import noun_phrase, noun_phrase_before
from index.attribution.words import Token, is_country
from index.records import Span

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


def pronoun_kind(discourse: Discourse, token: Token) -> str | None:
    pronouns = discourse.words.lexicon.pronouns
    lower = _bare(token)
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


def _bare(token: Token) -> str:
    return token.lower.removeprefix("-t").removeprefix("-")


def find_pronoun(discourse: Discourse, kind: str, tokens: Sequence[Token], at: int, number: int) -> Member | None:
    position = tokens[at].span.start
    if kind == "first":
        return _inside_words_of(discourse, tokens[at].span, number)
    if kind == "relative":
        return _before_relative(discourse, tokens, at, number)
    if kind == "thing":
        body = _thing(discourse, number, position)
        if body is not None:
            body.organisation = True
        return body
    pronouns, lower = discourse.words.lexicon.pronouns, _bare(tokens[at])
    if kind == "anybody":
        return _several(discourse, number, position) if lower in pronouns.plural else None
    if lower in pronouns.plural and lower not in pronouns.female:
        return None
    gender: Gender | None = _POSSESSIVE_GENDERS.get(lower)
    if lower in pronouns.female or lower in pronouns.object_female:
        gender = "female"
    elif lower in pronouns.male or lower in pronouns.object_male:
        gender = "male"
    return find_antecedent(discourse, number, position, gender, owners=lower in pronouns.possessive)


def _inside_words_of(discourse: Discourse, span: Span, number: int) -> Member | None:
    """Whose quoted words hold the "I" at `span`: the innermost statement's."""
    if not discourse.lines[number].in_quotation(span):
        return None
    holding = [(piece, member) for piece, member in discourse.said.get(number, ()) if piece.contains(span)]
    return min(holding, key=lambda item: item[0].length)[1] if holding else None


def find_antecedent(
    discourse: Discourse, number: int, position: int, gender: Gender | None, *, owners: bool = False
) -> Member | None:
    """The person in subject place nearest before: this sentence, then who spoke or acted in the ones before.

    Nobody calls the speaker of a sentence by name in what that one is said to say, so whoever is named there is out.
    """
    speaking = _speaking(discourse, number, position)
    inside = (item for piece in discourse.content for item in discourse.placed(piece))
    out = {id(speaking), *(id(member) for place, member in inside if place not in discourse.roster.possessors)}
    if speaking is not None and (spoken_of := _spoken_of(discourse, number, position, gender)) is not None:
        return spoken_of
    before = [item for item in discourse.persons_at(number) if item[0].end <= position]
    before = [item for item in before if not any(piece.contains(item[0]) for piece in discourse.content)]
    first = min((place.start for place, _ in before), default=position)
    if any(span.end <= position and span.start < first for span in discourse.unnamed.get(number, ())):
        return None
    beside = [member for place, member in before if id(member) not in out and discourse.is_oblique(number, place)]
    chosen = _first([m for place, m in before if id(m) not in out and not discourse.is_oblique(number, place)], gender)
    if chosen is None and owners:
        chosen = _first([m for place, m in discourse.owners_at(number) if place.end <= position and id(m) not in out], gender)
    if chosen is not None:
        return chosen
    for back in discourse.before(number):
        last = discourse.spoken.get(back)
        if last is not None and not last.organisation and last.fits(gender) and id(last) not in out:
            return last
        if last is None and back in discourse.unnamed:
            return None
        if any(piece.contains(discourse.lines[back].span) for piece, _ in discourse.said.get(back, ())):
            continue  # somebody's words, which a dash may open: who acts in them acts in another story
        told, actor = _described_subject(discourse, back)
        if told and (actor is None or (actor.fits(gender) and id(actor) not in out)):
            return actor
        ranked = sorted(discourse.persons_at(back), key=lambda item: discourse.is_oblique(back, item[0]))
        chosen = _first([m for _, m in ranked if id(m) not in out], gender)
        if chosen is not None:
            return chosen
        if discourse.lines[back].paragraph < discourse.lines[number].paragraph - 2:
            break
    return _first(beside, gender)


def _spoken_of(discourse: Discourse, number: int, position: int, gender: Gender | None) -> Member | None:
    """Whom the words that hold the position named last before it: "I met Ann, and she said no"."""
    for back in range(number, max(number - 3, -1), -1):
        if discourse.lines[back].paragraph != discourse.lines[number].paragraph:
            break
        named = [
            member
            for place, member in discourse.roster.by_line.get(back, ())
            if discourse.lines[back].in_quotation(place) and place.end <= position and place not in discourse.roster.passed
        ]
        if (chosen := _first(named, gender)) is not None:
            return chosen
    return None


def _described_subject(discourse: Discourse, number: int) -> tuple[bool, Member | None]:
    """Whether a sentence opens with one person by a role as its subject ("The president answered."), and who that is.

    An epithet does not count: whom it stands for was spoken of before it.
    """
    tokens, words = discourse.lines[number].tokens, discourse.words
    comma = next((i + 1 for i, token in enumerate(tokens[:8]) if token.text == ","), 0)
    named = (
        any(place.start < tokens[comma].span.start for place, _ in discourse.persons_at(number)) if comma < len(tokens) else True
    )
    for at in (0,) if named else (0, comma):  # behind a name the comma opens what is told of it
        phrase = noun_phrase(tokens, at, words)
        if phrase is None or phrase.head != "role" or discourse.reader.is_plural(tokens, phrase.start, phrase.end):
            continue
        description = discourse.reader.description(tokens, phrase.start, phrase.end)
        if description is None or discourse.lines[number].in_quotation(phrase.span(tokens)):
            continue
        if not description.definite:
            return True, None
        if description.possessor is not None and is_beside(discourse, description):
            if description.possessor in words.lexicon.pronouns.possessive:
                return False, None  # "Her daughter sings." is still about her
            return True, find_bearer_beside(discourse, description, tokens, at, number)
        actor = find_bearer(discourse, description, number) or find_topic(discourse, description, tokens, at, number)
        if actor is not None or description.concepts & SERVING:
            return True, actor
        if description.concepts & OFFICES:
            return not discourse.persons_at(number), None
    return False, None


def _speaking(discourse: Discourse, number: int, position: int) -> Member | None:
    """Who says the words that hold the position: never whom these words call "he"."""
    span = Span(position, position + 1)
    if not discourse.lines[number].in_quotation(span):
        return None
    holding = [(piece, member) for piece, member in discourse.said.get(number, ()) if piece.contains(span)]
    return min(holding, key=lambda item: item[0].length)[1] if holding else None


def _thing(discourse: Discourse, number: int, position: int) -> Member | None:
    """The body that "it" stands for: the one before in this sentence, else what the sentence before is about.

    A bare name that nothing shows to be a person may be a body: "Tinder closed. It did not say why."
    """
    here = [item for item in discourse.actors_at(number) if item[0].end <= position]
    if (body := _subject_body(discourse, number, here)) is not None:
        return body
    if any(not discourse.may_be_body(member) for _, member in here):
        return None
    owners = [item for item in discourse.owners_at(number) if item[0].end <= position]
    if (body := _subject_body(discourse, number, owners)) is not None:
        return body
    for back in range(number - 1, max(number - 3, -1), -1):
        last = discourse.spoken.get(back)
        if last is not None and discourse.may_be_body(last):
            return last
        actors = discourse.actors_at(back)
        if any(discourse.may_be_body(member) for _, member in actors):
            return _subject_body(discourse, back, actors)
    return None


def _subject_body(discourse: Discourse, number: int, actors: Sequence[tuple[Span, Member]]) -> Member | None:
    """The only body among those named in a sentence; of several the one in subject place, where it comes first."""
    ranked = sorted(actors, key=lambda item: discourse.is_oblique(number, item[0]))
    bodies = [member for _, member in ranked if discourse.may_be_body(member)]
    if not bodies:
        return None
    only = all(member is bodies[0] for member in bodies)
    subject = ranked[0][1] is bodies[0] and not discourse.is_oblique(number, ranked[0][0])
    return bodies[0] if only or subject else None


def _several(discourse: Discourse, number: int, position: int) -> Member | None:
    """The body that "they" stands for in English, where nobody else is spoken of: "The firm closed. They gave no reason."."""
    if discourse.words.language != "en":
        return None
    for back in (number, number - 1):
        actors = [item for item in discourse.actors_at(back) if item[0].end <= position] if back >= 0 else []
        if not actors:
            if back == number and _opens_plural(discourse, back, position):
                return None
            continue
        bodies = {id(member): member for _, member in actors}
        plain = len(bodies) == 1 and discourse.may_be_body(actors[0][1]) and not discourse.is_oblique(back, actors[0][0])
        return actors[0][1] if plain and not _opens_plural(discourse, back, actors[0][0].start) else None
    return None


def _opens_plural(discourse: Discourse, number: int, position: int) -> bool:
    """Whether several persons are spoken of in the sentence before the position: "Workers told the firm that they"."""
    tokens, words = discourse.lines[number].tokens, discourse.words
    before = [i for i, token in enumerate(tokens) if token.span.end <= position]
    return any(words.phrase_at("plural_role", tokens, i) for i in before)


def _before_relative(discourse: Discourse, tokens: Sequence[Token], at: int, number: int) -> Member | None:
    """Whom "who" goes on about: the name right before, or before what is set off by commas or brackets."""
    named = [*discourse.roster.by_line.get(number, ()), *discourse.decided(number)]
    ends: dict[int, Member] = {place.end: member for place, member in named}
    stop = at
    for _ in range(PRONOUN_REACH):
        stop = _past_bracket(tokens, stop)
        if stop == 0:
            return None
        comma = tokens[stop - 1].text == ","
        stop = _past_bracket(tokens, stop - 1) if comma else stop
        if stop == 0:
            return None
        member = ends.get(tokens[stop - 1].span.end)
        if member is not None and (not comma or member.organisation or member.genders or member.roles or member.told):
            return None if _is_joined(discourse, tokens, tokens[stop - 1].span.end, named) else member
        if not comma:
            return _role_before(discourse, tokens, stop, number)
        start = stop
        while start > 0 and tokens[start - 1].text not in ",;:–—-":
            start -= 1
        if start == 0 or tokens[start - 1].text != "," or _is_clause(discourse, tokens, start, stop):
            return None
        stop = start
    return None


def _is_joined(discourse: Discourse, tokens: Sequence[Token], end: int, named: Sequence[tuple[Span, Member]]) -> bool:
    """Whether "and" and another name go before the name that ends there: "Ann Lee and Tom Ray, who"."""
    start = next(place.start for place, _ in named if place.end == end)
    i = bisect_left(tokens, start, key=lambda t: t.span.start)
    if i < 2 or tokens[i - 1].lower not in discourse.words.grammar.conjunctions:
        return False
    return tokens[i - 2].is_capitalised and not discourse.words.is_function_word(tokens[i - 2].lower)


def _role_before(discourse: Discourse, tokens: Sequence[Token], end: int, number: int) -> Member | None:
    phrase = noun_phrase_before(tokens, end, discourse.words)
    if phrase is None or discourse.reader.is_plural(tokens, phrase.start, end):
        return None
    description = discourse.reader.description(tokens, phrase.start, end)
    return find_bearer(discourse, description, number) if description is not None and description.definite else None


def _past_bracket(tokens: Sequence[Token], stop: int) -> int:
    if stop > 0 and tokens[stop - 1].text == ")":
        start = stop - 1
        while start > 0 and tokens[start].text != "(":
            start -= 1
        return start
    return stop


def _is_clause(discourse: Discourse, tokens: Sequence[Token], start: int, stop: int) -> bool:
    words = discourse.words
    other = stop - start == 1 and tokens[start].is_capitalised and not is_country(tokens[start], words.language)
    return other or any(words.phrase_at("auxiliary", tokens, i) for i in range(start, stop))


def _first(members: Sequence[Member], gender: Gender | None) -> Member | None:
    """The first that fits; one that is shown to be a person goes before what a capital alone makes a name."""
    fitting = [member for member in members if not member.organisation and member.fits(gender)]
    shown = (member for member in fitting if member.genders or member.roles or member.told)
    return next(shown, next((member for member in fitting if len(member.parts) > 1), None))
