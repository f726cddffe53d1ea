"""A mention with a name in it → the person of that name, where the name is its head."""

from bisect import bisect_left
from collections.abc import Sequence

from index.attribution.discourse import GENITIVES, Discourse
from index.attribution.members import Member
from index.attribution.names import fold_name
from index.attribution.words import Token
from index.records import Span


def find_in_heading(discourse: Discourse, span: Span) -> Member | None:
    """A name in a heading, whose words are no sentence of the article."""
    words = [fold_name(word.strip(".,:;’'\"")) for word in span.of(discourse.text).removesuffix("’s").removesuffix("'s").split()]
    candidates = discourse.roster.by_word.get(words[-1], ()) if words else ()
    fitting = [m for m in candidates if all(word in m.folded for word in words) and m.lines]
    return fitting[0] if len(fitting) == 1 else None


def find_named(discourse: Discourse, span: Span, number: int, at: int, stop: int) -> Member | None:
    """The one person named in the mention, unless the name only belongs to somebody else ("Arce's lawyer")."""
    tokens = discourse.lines[number].tokens
    placed = [(place, m) for place, m in discourse.placed(span) if discourse.line_at(place.start) == number]
    if tokens[at].lower in discourse.words.grammar.indefinite:
        placed = [item for item in placed if not item[1].organisation]
    heads = [member for place, member in placed if is_head(discourse, tokens, place, at, stop, member)]
    persons = [member for member in heads if not member.organisation]
    distinct = list({id(member): member for member in persons or heads}.values())
    if len(distinct) > 1 and not _joined(discourse, tokens, at, stop):
        # "Luis Almagro, head of the OAS": what is set off behind the first only tells of it
        return distinct[0]
    return distinct[0] if len(distinct) == 1 else None


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
    while before > at and (tokens[before].lower in words.grammar.determiners or discourse.prefixed(tokens, before)):
        before -= 1
    return not (before >= at and (tokens[before].lower in words.grammar.of or tokens[before].lower in words.grammar.prepositions))


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
