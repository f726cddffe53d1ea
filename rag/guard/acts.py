"""What kind of saying, and whether it is denied: as the citations have it."""

from collections.abc import Iterable, Iterator, Sequence

from index.records import Act
from rag.guard.quoting import quoted_in
from rag.guard.reading import Problem, problem
from rag.guard.tongue import Part, Tongue, load_tongue, meaning_of, meet, neighbours, without_acts
from rag.guard.view import View

_DENIALS: frozenset[Act] = frozenset({"deny", "decline"})


def check_acts(view: View) -> Iterator[Problem]:
    reported = [item for item in view.cited if item.citation.kind != "passage"]
    if not reported:
        return
    if view.cue is not None:
        acts, allowed = view.acts_at(view.cue), view.allowed_acts
        own = any(view.parts[view.cue].key in item.keys for item in view.cited)
        if not acts & allowed and not own and view.cue not in view.verbatim:
            yield problem("act", view.parts[view.cue].text)
    if all(item.citation.act in _DENIALS and item.citation.kind != "direct" for item in reported):
        acts_told = {act for place in range(len(view.parts)) for act in view.acts_at(place)}
        if not acts_told & _DENIALS and not any(view.is_negation(place) for place in range(len(view.parts))):
            yield problem("act", f"[{reported[0].citation.n}] tells what was denied")


def check_negations(view: View) -> Iterator[Problem]:
    ours = [p for p in range(len(view.parts)) if view.is_negation(p)]
    ours = [p for p in ours if p not in view.verbatim]
    used = _used(view.parts, view.tongue, range(view.head, len(view.parts)))
    acts = frozenset(f"act:{act}" for place in range(min(view.head, len(view.parts))) for act in view.acts_at(place))
    lost: list[str | None] = []
    matched = [False] * len(ours)
    for item in view.cited:
        theirs = load_tongue(item.citation.language)
        quoted = quoted_in(view, item)
        # The article's own words may stand in a sentence of another language.
        readings = {view.tongue.language: view.tongue, theirs.language: theirs}.values()
        marks = [[neighbours(view.parts, p, tongue, view.segment.text) for tongue in readings] for p in ours]
        gone: str | None = None
        for place, part in enumerate(item.parts):
            if not theirs.is_negation(part.text):
                continue
            if any(span.start <= part.start < span.end for span in quoted):
                continue
            sides = neighbours(item.parts, place, theirs, item.article.text)
            if any(span.start <= part.start < span.end for span in item.citation.spans):
                # A cue in the content ("will not say") is no cue of the frame.
                sides = (without_acts(sides[0]), without_acts(sides[1]))
            carrying = [nth for nth, readings_of in enumerate(marks) if any(meet(mark, sides) for mark in readings_of)]
            for nth in carrying:
                matched[nth] = True
            after = sides[1] or sides[0]
            if not carrying and not view.verbatim and after & (used | acts):
                gone = " ".join(p.text for p in item.parts[max(0, place - 1) : place + 3])
        lost.append(gone)
    for nth, place in enumerate(ours):
        if not matched[nth]:
            yield problem("negation", " ".join(part.text for part in view.parts[max(0, place - 1) : place + 3]))
    if lost and all(gone is not None for gone in lost):
        yield problem("negation", lost[0] or "")


def _used(parts: Sequence[Part], tongue: Tongue, places: Iterable[int]) -> frozenset[str]:
    return frozenset().union(*(meaning_of(parts[place], tongue) for place in places))
