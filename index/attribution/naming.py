"""A mention with a name in it → the person of that name, where the name is its head."""

from bisect import bisect_left
from collections.abc import Sequence

from index.attribution.discourse import GENITIVES, Discourse
from index.attribution.members import Member
from index.attribution.names import fold_name
from index.attribution.words import Token, is_country
from index.records import Span


def find_in_heading(discourse: Discourse, span: Span) -> Member | None:
    """A name in a heading, whose words are no sentence of the article."""
    words = [fold_name(word.strip(".,:;’'\"")) for word in span.of(discourse.text).removesuffix("’s").removesuffix("'s").split()]
    candidates = discourse.roster.by_word.get(words[-1], ()) if words else ()
    fitting = [m for m in candidates if all(word in m.folded for word in words) and m.lines]
    return fitting[0] if len(fitting) == 1 else None


def find_named(discourse: Discourse, span: Span, number: int, at: int, stop: int) -> Member | None:
    """The one person named in the mention, unless the name only belongs to somebody else ("Arce's lawyer")."""
    distinct = _heads(discourse, span, number, at, stop)
    if len(distinct) > 1 and not _joined(discourse, discourse.lines[number].tokens, at, stop):
        # "Luis Almagro, head of the OAS": what is set off behind the first only tells of it
        return distinct[0]
    return distinct[0] if len(distinct) == 1 else None


def names_several(discourse: Discourse, span: Span, number: int, at: int, stop: int) -> bool:
    """Whether the mention names more than one, or is the last name of several that said so together."""
    several = len(_heads(discourse, span, number, at, stop)) > 1 and _joined(discourse, discourse.lines[number].tokens, at, stop)
    return several or _follows_another(discourse, number, at)


def _heads(discourse: Discourse, span: Span, number: int, at: int, stop: int) -> list[Member]:
    """The different persons that the mention is about, or the bodies where it names no person."""
    tokens = discourse.lines[number].tokens
    placed = [(place, m) for place, m in discourse.placed(span) if discourse.line_at(place.start) == number]
    if tokens[at].lower in discourse.words.grammar.indefinite:
        placed = [item for item in placed if not item[1].organisation]
    heads = [
        member
        for place, member in placed
        if is_head(discourse, tokens, place, at, stop, member)
        and not (_may_be_place(member) and _is_place_of_somebody(discourse, tokens, place, at))
    ]
    persons = [member for member in heads if not member.organisation]
    return list({id(member): member for member in persons or heads}.values())


def _follows_another(discourse: Discourse, number: int, at: int) -> bool:
    """Whether the name at `at` is only the last of several that open a clause: "Trump and Cruz" said so, both."""
    tokens, words = discourse.lines[number].tokens, discourse.words
    first = _past_titles(discourse, tokens, at)
    if first < 2 or tokens[first - 1].lower not in words.grammar.conjunctions or not tokens[first].is_capitalised:
        return False
    end = tokens[first - 2].span.end
    other = next((place for place, _ in discourse.roster.by_line.get(number, ()) if place.end == end), None)
    if other is None:
        return False
    start = _past_titles(discourse, tokens, bisect_left(tokens, other.start, key=lambda t: t.span.start))
    return start == 0 or not tokens[start - 1].is_word or tokens[start - 1].lower in words.grammar.subordinators


def _past_titles(discourse: Discourse, tokens: Sequence[Token], at: int) -> int:
    while at > 0 and discourse.prefixed(tokens, at - 1):
        at -= 1
    return at


def _may_be_place(member: Member) -> bool:
    return member.organisation or (len(member.parts) == 1 and not member.genders and not member.roles)


def _is_place_of_somebody(discourse: Discourse, tokens: Sequence[Token], place: Span, at: int) -> bool:
    """Whether the name only tells where the place of a role is: "the mayor of Oakland, California"."""
    i = bisect_left(tokens, place.start, key=lambda t: t.span.start)
    if i - at < 3 or tokens[i - 1].text != "," or not tokens[i - 2].is_capitalised:
        return False
    named_country = is_country(tokens[i - 2], discourse.words.language)  # "the president of Chile, Boric"
    return not named_country and discourse.reader.has_person_role(tokens, at, i - 2)


def _joined(discourse: Discourse, tokens: Sequence[Token], at: int, stop: int) -> bool:
    return any(t.lower in discourse.words.grammar.conjunctions for t in tokens[at:stop])


def is_head(discourse: Discourse, tokens: Sequence[Token], place: Span, at: int, stop: int, member: Member | None = None) -> bool:  # noqa: PLR0917  a stretch of tokens is three of them
    """Whether the name at `place` is whom the mention is about: no possessor, complement or mere modifier."""
    words = discourse.words
    i = bisect_left(tokens, place.start, key=lambda t: t.span.start)
    end = bisect_left(tokens, place.end, key=lambda t: t.span.start)
    following = tokens[end] if end < stop else None
    if following is not None and following.lower in GENITIVES:
        return False
    if member is not None and _possessed(discourse, tokens, end, stop, member):
        return False
    if following is not None and _is_noun(discourse, tokens, end) and words.language == "en":
        return False
    before = i - 1
    while before >= at and (
        _is_article(discourse, tokens, before, at)
        or discourse.prefixed(tokens, before)
        or tokens[before].lower in GENITIVES  # "the dean of Columbia's School"
        or tokens[before + 1].lower in GENITIVES
    ):
        before -= 1
    return not (before >= at and (tokens[before].lower in words.grammar.of or tokens[before].lower in words.grammar.prepositions))


def _is_article(discourse: Discourse, tokens: Sequence[Token], i: int, at: int) -> bool:
    """Whether a determiner stands at `i` that ties nothing before it to the name: "der" of "Sprecher der Ministerin Ann Lee"."""
    grammar, lower = discourse.words.grammar, tokens[i].lower
    return lower in grammar.determiners and (i == at or lower not in grammar.of)


def _is_noun(discourse: Discourse, tokens: Sequence[Token], i: int) -> bool:
    """Whether a noun follows a name that only qualifies it: "Trump aides", "FBI Director"."""
    words, token = discourse.words, tokens[i]
    if not token.is_word or words.is_function_word(token.lower) or token.lower in words.grammar.former:
        return False
    if words.role_at(tokens, i) is not None:
        return True
    return not token.is_capitalised and not token.text[0].isdigit() and not words.cues_at(tokens, i)


def _possessed(discourse: Discourse, tokens: Sequence[Token], end: int, stop: int, member: Member) -> bool:
    """A Scandinavian or German genitive with its noun behind it: "Arces advokat"."""
    last = fold_name(tokens[end - 1].text)
    return (
        end < stop
        and "s" in discourse.words.lexicon.genitives
        and last.endswith("s")
        and last not in member.folded
        and tokens[end].is_word
    )
