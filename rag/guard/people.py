"""Whom the sentence names as the speaker and as the addressee: those whom the citations have."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag.guard.carried import Carrier
from rag.guard.reading import Problem, problem
from rag.guard.tongue import find_keys
from rag.guard.view import View
from rag.telling import outlet_of
from rag.words import fold, folded

_ARTICLES = frozenset(
    {"the", "a", "an", "den", "det", "de", "el", "la", "los", "las", "le", "les", "l'", "der", "die", "das", "dem", "o", "os"}
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A run of the sentence that names somebody: its first part, behind its last, and the names that it may stand for."""

    first: int
    behind: int
    names: frozenset[str]


def check_speaker(view: View) -> Iterator[Problem]:
    if all(item.citation.kind == "passage" for item in view.cited):
        return
    wanted = [item for item in view.cited if item.citation.kind != "passage"]
    mentions = _mentions(view)
    theirs = {item.citation.speaker for item in wanted if item.citation.speaker}
    for item in wanted:
        if not _names_speaker(view, item, mentions):
            yield problem(
                "speaker", f"[{item.citation.n}] is by {item.citation.speaker or item.citation.mention or 'nobody named'}"
            )
    subject = _subject(view, mentions)
    if subject is None or not theirs:
        return
    if not subject.names & theirs and not any(_is_mention_of(view, item, subject) for item in wanted):
        yield problem("speaker", " ".join(part.text for part in view.parts[subject.first : subject.behind]))


def check_addressee(view: View) -> Iterator[Problem]:
    """Whoever stands behind "said to", "told" or a speaker's "to" is the one whom the citation has."""
    wanted = [item for item in view.cited if item.citation.kind != "passage"]
    if not wanted:
        return
    for mention in _mentions(view):
        if not _is_addressed(view, mention):
            continue
        words = {view.bare(place) for place in range(mention.first, mention.behind)}
        if not any(words <= _hearers(view, item) for item in wanted):
            yield problem("addressee", " ".join(part.text for part in view.parts[mention.first : mention.behind]))
    yield from _check_common_addressee(view, wanted)


def _check_common_addressee(view: View, wanted: Sequence[Carrier]) -> Iterator[Problem]:
    """ "said to journalists:" – a common noun between the preposition and the colon."""
    text = view.unquoted
    colon = view.colon
    if colon is None:
        return
    for place, part in enumerate(view.parts):
        if part.start > colon or fold(part.text) not in view.tongue.to or place == 0:
            continue
        if (view.cue is not None and not 0 <= place - view.cue <= 2) or _opens_according(view, place):
            continue
        rest = [p for p in range(place + 1, len(view.parts)) if view.parts[p].start < colon]
        stop = re.search(r"[,:]", text[part.end :])
        rest = [p for p in rest if stop is None or view.parts[p].start < part.end + stop.start()]
        words = {view.bare(p) for p in rest} - view.tongue.titles - _ARTICLES
        if words and not any(words <= _hearers(view, item) for item in wanted):
            yield problem("addressee", " ".join(view.parts[p].text for p in rest))
        return


def _names_speaker(view: View, item: Carrier, mentions: Sequence[Mention]) -> bool:
    name = item.citation.speaker
    if name is None:
        mention = folded(item.citation.mention or "")
        keys = [fold(part.text) for part in view.parts]
        unnamed = folded(view.tongue.phrases.answers["nobody_named"])
        return (
            not mention
            or find_keys(keys, mention, 0) >= 0
            or find_keys(keys, unnamed, 0) >= 0
            or (item.citation.mention in view.before)
        )
    mine = [mention for mention in mentions if name in mention.names and _flag(view, mention) != "to"]
    if mine:
        return True
    if any(_is_mention_of(view, item, mention) for mention in mentions):
        return True
    if _has_mention(view, item):
        return True
    return name in view.before and not any(_is_subject_like(view, mention) for mention in mentions if mention.names)


def _is_subject_like(view: View, mention: Mention) -> bool:
    return mention.behind <= view.head and _flag(view, mention) == ""


def _has_mention(view: View, item: Carrier) -> bool:
    """Whether the speaker is called as in the article ("the army chief"), more than a pronoun."""
    words = folded(item.citation.mention or "")
    telling = [word for word in words if word not in view.tongue.free]
    return bool(telling) and find_keys([fold(part.text) for part in view.parts], telling, 0) >= 0


def _is_mention_of(view: View, item: Carrier, mention: Mention) -> bool:
    words = {view.bare(place) for place in range(mention.first, mention.behind)}
    return bool(words) and words <= set(folded(item.citation.mention or ""))


def _subject(view: View, mentions: Sequence[Mention]) -> Mention | None:
    """The mention that the frame presents as the one who says it; None where it has none of its own."""
    flagged = [(mention, _flag(view, mention)) for mention in mentions]
    known = [(mention, flag) for mention, flag in flagged if mention.names]
    for mention, flag in known:
        if flag == "according":
            return mention
    if view.cue is None:
        inside = [mention for mention, flag in known if flag != "to" and (mention.behind <= view.head or not view.head)]
        return inside[0] if inside else None
    for mention, flag in known:
        if flag == "by" and view.cue < mention.first <= view.cue + 4:
            return mention
    start = view.parts[view.cue].start
    opened = [place for place in view.quote_starts if place < start]
    low = max(opened, default=-1)
    before = [(m, f) for m, f in flagged if m.behind <= view.cue and f != "to"]
    near = [m for m, _ in before if view.parts[m.first].start > low]
    closes = bool(near) and "," in view.segment.text[view.parts[near[-1].behind - 1].end : start]
    if near and view.cue - near[-1].behind <= 2 and not closes:
        return near[-1]
    persons = [m for m in near if m.names]
    if persons:
        return persons[0]
    # “…”, said Ann Lee
    behind = [m for m, f in known if m.first > view.cue and f == ""]
    if opened and behind and behind[0].first - view.cue <= 4:
        return behind[0]
    everybody = [m for m, _ in before if m.names]
    return everybody[0] if everybody else None


def _hearers(view: View, item: Carrier) -> frozenset[str]:
    return frozenset(folded(item.citation.addressee or "")) | frozenset(folded(item.citation.medium or ""))


def _is_addressed(view: View, mention: Mention) -> bool:
    flag = _flag(view, mention)
    colon = view.colon is not None
    direct = all(item.citation.kind == "direct" for item in view.cited)
    if view.cue is None:
        return flag == "to" and mention.behind <= view.head
    gap = mention.first - view.cue
    if flag == "to":
        return (colon and mention.behind <= view.head) or direct or (0 < gap <= 4)
    told = _takes_addressee(view, view.cue)
    return told and flag == "" and 0 < gap <= 2 and view.is_close(view.cue, mention.first)


def _takes_addressee(view: View, place: int) -> bool:
    word = fold(view.parts[place].text)
    return any(
        cue.object_is == "addressee" and word in {fold(form) for form in (*cue.present, *cue.past, *cue.participle)}
        for cue in view.tongue.lexicon.cues
    )


def _opens_according(view: View, place: int) -> bool:
    keys = [fold(part.text) for part in view.parts[: place + 1]]
    phrases = (list(folded(phrase)) for phrase in view.tongue.lexicon.according)
    return any(words and keys[-len(words) :] == words for words in phrases)


def _mentions(view: View) -> list[Mention]:
    """Runs of parts that name a person whom some citation knows, in order; and other names with none."""
    people = dict.fromkeys(name for item in view.everybody for name in (item.citation.speaker, item.citation.addressee) if name)
    labels = {name: _names_of(view, name) for name in people}
    skipped = {w for item in view.everybody for w in folded(outlet_of(item.article))}
    skipped |= {w for item in view.everybody if item.citation.reported_by for w in folded(item.citation.reported_by)}
    found: list[Mention] = []
    place = 0
    while place < len(view.parts):
        behind = place
        while behind < len(view.parts) and _names_somebody(view, behind, labels.values()) and _adjoins(view, place, behind):
            behind += 1
        if behind == place:
            if _is_foreign_name(view, place, skipped):
                found.append(Mention(place, place + 1, frozenset()))
            place += 1
            continue
        words = {view.bare(p) for p in range(place, behind)}
        fitting = frozenset(name for name, ws in labels.items() if words <= ws)
        # "Sample Wire" next to a name: what no one person has is nobody's.
        found.append(Mention(place, behind, fitting))
        place = behind
    return found


def _names_of(view: View, label: str | None) -> frozenset[str]:
    return frozenset(word for word in folded(label or "") if word not in view.tongue.free or len(folded(label or "")) == 1)


def _adjoins(view: View, first: int, place: int) -> bool:
    if place == first:
        return True
    between = view.segment.text[view.parts[place - 1].end : view.parts[place].start]
    return between.strip(" \n.") == "" and not any(
        view.parts[place - 1].end <= start <= view.parts[place].start for start in view.quote_starts
    )


def _names_somebody(view: View, place: int, labels: Iterable[frozenset[str]]) -> bool:
    part = view.parts[place]
    word = view.bare(place)
    forms = {word, word.removesuffix("s")}
    return any(forms & words for words in labels) and (
        part.text[:1].isupper() or not part.text[:1].isalpha() or _is_common(view, word)
    )


def _is_common(view: View, word: str) -> bool:
    """Whether it is a word of a label without capitals ("the largest labour union", "journalists")."""
    labels = [n for item in view.everybody for n in (item.citation.speaker, item.citation.addressee) if n]
    return any(word in folded(label) and not any(w[:1].isupper() for w in label.split()[1:]) for label in labels)


def _is_foreign_name(view: View, place: int, skipped: set[str]) -> bool:
    part, word = view.parts[place], fold(view.parts[place].text)
    if not part.text[:1].isupper() or word in view.tongue.free or word in skipped or word in view.tongue.roles:
        return False
    return word not in view.tongue.titles and view.tongue.language != "de" and not view.acts_at(place) and place > 0


def _flag(view: View, mention: Mention) -> str:
    """The kind of word that stands before a mention: "to", "by", "according" or none."""
    before = [fold(part.text) for part in view.parts[max(0, mention.first - 4) : mention.first]]
    while before and (
        before[-1] in view.tongue.titles or before[-1] in view.tongue.roles or before[-1] in _ARTICLES - view.tongue.to
    ):
        before.pop()
    for phrase in view.tongue.lexicon.according:
        words = list(folded(phrase))
        if words and before[-len(words) :] == words:
            return "according"
    for phrase in view.tongue.lexicon.addressee:
        words = list(folded(phrase))
        if len(words) > 1 and before[-len(words) :] == words:
            return "to"
    if before and before[-1] in view.tongue.to:
        return "to"
    return "by" if before and before[-1] in view.tongue.by else ""
