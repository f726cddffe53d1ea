"""The words outside quotations: each one's like stands in the evidence, and none took another's place."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from rag.guard.reading import Problem, Rule, problem
from rag.guard.tongue import Part, Tongue, load_tongue, meaning_of, number_key, split_parts
from rag.guard.view import View
from rag.likeness import likeness
from rag.words import fold, folded

# Words in common on both sides of a changed one that make it a change and not another sentence.
_ALONG = 3


def check_words(view: View, dated: frozenset[int]) -> Iterator[Problem]:
    allowed = view.allowed_acts
    for place, part in enumerate(view.parts):
        plain = fold(part.text)
        if place in dated or place in view.verbatim:
            continue
        if any(letter.isdigit() for letter in plain) or plain in ("%", "$", "€", "£", "¥", "-", "‰"):
            if number_key(part.text) not in view.carried and not (plain == "%" and _has_percent(view)):
                yield problem("number", part.text)
            continue
        if view.is_negation(place) or view.is_carried(part) or (plain in view.tongue.free and not _ends_name(view, place)):
            continue
        if view.acts_at(place):
            # Judged as an act.
            if view.acts_at(place) & allowed:
                continue
            yield problem("act", part.text)
        elif plain in view.tongue.labels and view.segment.text.startswith(":", part.end):
            # "In Norwegian: “…”"
            continue
        elif (plain in view.tongue.titles and _is_courtesy(view, plain)) or (
            (plain in view.tongue.roles or plain in view.tongue.titles) and _is_role_of_theirs(view, plain)
        ):
            continue
        elif plain in view.tongue.numbers:
            yield problem("number", part.text)
        elif plain in view.tongue.dates:
            yield problem("date", part.text)
        else:
            yield problem("name" if part.text[:1].isupper() and place else "word", part.text)


def _ends_name(view: View, place: int) -> bool:
    """Whether a capital goes on with a name ("Luis Like"), so that the word builds no sentence here."""
    part, before = view.parts[place], view.parts[place - 1] if place else None
    if before is None or not part.text[:1].isupper() or not before.text[:1].isupper() or len(part.text) < 2:
        return False
    known = fold(before.text) not in view.tongue.free and view.is_carried(before)
    return known and view.segment.text[before.end : part.start] == " "


def _has_percent(view: View) -> bool:
    return any(part.text in ("%",) or fold(part.text).startswith("percent") for item in view.cited for part in item.parts)


def _is_courtesy(view: View, title: str) -> bool:
    return len(title) <= 5 and title in {"mr", "mrs", "ms", "miss", "sr", "sra", "herr", "frau", "fru", "mme", "m", "don"}


def _is_role_of_theirs(view: View, role: str) -> bool:
    """Whether an article that is cited calls the speaker or addressee so, right beside the name."""
    for item in view.cited:
        names = {fold(w) for name in (item.citation.speaker, item.citation.addressee) if name for w in folded(name)}
        words = folded(item.article.text)
        for place, word in enumerate(words):
            if word == role and names & {w.removesuffix("'s") for w in words[max(0, place - 3) : place + 5]}:
                return True
    return False


def check_exchanged(view: View) -> Iterator[Problem]:
    """Where the sentence goes along with the article word by word, another content word or negation in between changes it,
    though it be a word that builds sentences or that stands elsewhere in the evidence.
    """
    mine = split_parts(view.segment.text)
    found: list[list[Problem]] = []
    for item in view.cited:
        theirs = load_tongue(item.citation.language)
        matcher = SequenceMatcher(a=[part.key for part in item.parts], b=[part.key for part in mine], autojunk=False)
        problems: list[Problem] = []
        before = 0
        codes = matcher.get_opcodes()
        for nth, (tag, a1, a2, b1, b2) in enumerate(codes):
            if tag == "equal":
                before = a2 - a1
                continue
            last = b2 == len(mine)
            behind = 0 if last else codes[nth + 1][2] - codes[nth + 1][1]
            gone, put = item.parts[a1 : a1 + b2 - b1 if last else a2], mine[b1:b2]
            if before and (before if last else before + behind) >= _ALONG and (rule := _exchange(view, gone, put, theirs)):
                words = " ".join(part.text for part in gone), " ".join(part.text for part in put)
                problems.append(Problem(rule=rule, detail=" → ".join(words)))
        found.append(problems)
    if found and all(found):
        yield from found[0]


def _exchange(view: View, gone: Sequence[Part], put: Sequence[Part], theirs: Tongue) -> Rule | None:
    lost = sum(theirs.is_negation(part.text) for part in gone)
    added = sum(view.tongue.is_negation(part.text) or theirs.is_negation(part.text) for part in put)
    if lost != added and len(gone) <= 2 and len(put) <= 2:
        return "negation"
    if len(gone) != 1 or len(put) != 1:
        return None
    old, new = gone[0], put[0]
    plain = fold(old.text)
    if plain in theirs.numbers or any(letter.isdigit() for letter in plain):
        return "number"
    if (plain in theirs.free and plain not in theirs.cues) or theirs.is_negation(old.text):
        return None
    ours = meaning_of(new, view.tongue) | likeness(new.text, view.tongue.language)
    if ours & (meaning_of(old, theirs) | likeness(old.text, theirs.language)):
        return None
    cited = (item.citation for item in view.cited)
    people = {word for c in cited for name in (c.speaker, c.addressee, c.mention) if name for word in folded(name)}
    return None if fold(new.text).removesuffix("'s") in people else "word"
