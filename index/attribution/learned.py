"""What the tagger found and what the rules found in the same English article → one list of drafts.

Each knows what the other does not. The tagger sees indirect speech behind any wording and where a content ends; the rules
know marks for certain, and the acts, addressees, relays and media that hang on a cue. Where both found the same statement, the
tagger bounds reworded content and the rules give the rest; where only one did, it must be sure.
"""

from collections.abc import Sequence
from dataclasses import replace

from index.attribution.linking import Candidate
from index.attribution.phrases import is_pronoun, noun_phrase
from index.attribution.rules import Draft, Paragraph, Sentence
from index.attribution.words import CueMatch, Token, Words, tokenise
from index.records import Kind, Modality, Polarity, Span

# Below these scores a finding of one side alone is dropped: the tagger's is a probability. On PolNeAR dev
# thresholds from .42 to .6 differ by .003 in attribution F1 of speech, so the higher one spares a reader wrong statements.
_SURE_CANDIDATE = 0.6
_SURE_RULE = 0.9
# Characters that may stand before a reworded content and are none of it: "that ", "Monday ".
_OPENING = 12
# Share of the characters of both contents together that they must have in common to be the same statement.
_SAME = 0.5


def blend(
    text: str, paragraphs: Sequence[Paragraph], drafts: Sequence[Draft], candidates: Sequence[Candidate], words: Words
) -> tuple[Draft, ...]:
    """The drafts of an article after tagger and rules, in the order of the text.

    Args:
        drafts: What the rules found in `paragraphs`.
        candidates: What the tagger found in the same article; those outside the paragraphs' sentences are ignored.
    """
    left = list(drafts)
    blended: list[Draft] = []
    index = _Index(paragraphs)
    whole: list[Draft] = []
    for candidate in candidates:
        place = index.sentence_at(candidate.cue[0].start if candidate.cue else candidate.content[0].start)
        if place is None or any(_share(draft.content, candidate.content) >= _SAME for draft in whole[-1:]):
            continue
        twins = [draft for draft in left if _share(draft.content, candidate.content) >= _SAME]
        left = [draft for draft in left if draft not in twins]
        parted = [draft for draft in twins if _is_parted(draft, candidate)]
        if len(twins) == 1 and parted:
            # "The order, Ann claimed according to AP, came from him.": the tagger may take the two halves for two statements
            whole += parted
            blended += [replace(parted[0], score=max(candidate.score, parted[0].score))]
            continue
        if twins:
            blended += _joined(text, twins, candidate, place[0])
        elif (draft := _draft(text, candidate, *place, words=words)) is not None:
            blended.append(draft)
    kept = [draft for draft in left if draft.kind == "direct" and draft.score >= _SURE_RULE]
    return tuple(sorted([*blended, *kept], key=lambda draft: (draft.content[0].start, draft.content[-1].end)))


class _Index:
    """Finds the sentence at a position without walking through the article each time."""

    def __init__(self, paragraphs: Sequence[Paragraph]) -> None:
        self._places = [(sentence.span, paragraph, sentence) for paragraph in paragraphs for sentence in paragraph.sentences]

    def sentence_at(self, position: int) -> tuple[Paragraph, Sentence] | None:
        low, high = 0, len(self._places)
        while low < high:
            middle = (low + high) // 2
            if self._places[middle][0].end <= position:
                low = middle + 1
            else:
                high = middle
        if low == len(self._places) or not self._places[low][0].start <= position:
            return None
        return self._places[low][1], self._places[low][2]


def _share(one: Sequence[Span], other: Sequence[Span]) -> float:
    """Shared characters over the characters of the shorter content."""
    shared = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in one for b in other)
    return shared / max(1, min(sum(span.length for span in one), sum(span.length for span in other)))


def _joined(text: str, twins: Sequence[Draft], candidate: Candidate, paragraph: Paragraph) -> list[Draft]:
    """What both found: marks bound what is direct, the tagger ends what is reworded, the rules begin it behind its "that"."""
    score = max(candidate.score, *(draft.score for draft in twins))
    source = candidate.source[0] if candidate.source else None
    direct = [replace(draft, source=draft.source or source, score=score) for draft in twins if draft.kind == "direct"]
    if direct:
        return direct
    twin = max(twins, key=lambda draft: draft.score)
    pieces = list(candidate.content)
    # "told reporters shortly before he fled that …": where the rules see to whom, they see where the clause begins
    opening = _OPENING if twin.addressee is None else len(text)
    if 0 < twin.content[0].start - pieces[0].start <= opening and twin.content[0].start < pieces[0].end:
        pieces[0] = Span(twin.content[0].start, pieces[0].end)
    content, kind, quoted = _content(text, pieces, paragraph)
    supposed = twin.modality == "possible"  # "if Ann says that she was there, …": the rules see where the supposition ends
    if not content or supposed or any(span.overlaps(piece) for span in twin.cue for piece in content):
        return [replace(twin, score=score)]
    apart = source is not None and twin.source is not None and not source.overlaps(twin.source)
    # whoever stands by the cue goes before whoever a sentence before names
    apart = apart and source is not None and not (twin.rule == "unmarked" and source.end <= min(s.start for s in twin.content))
    known = source if twin.source is None or apart else twin.source
    return [replace(twin, content=content, kind=kind, quoted=quoted, source=known, score=score)]


def _is_parted(draft: Draft, candidate: Candidate) -> bool:
    """Whether commas set the draft's cue into its content, of which the tagger took one half only."""
    if draft.rule not in ("unmarked", "according") or len(draft.content) < 2:
        return False
    return any(not any(piece.overlaps(span) for span in candidate.content) for piece in draft.content)


def _content(text: str, pieces: Sequence[Span], paragraph: Paragraph) -> tuple[tuple[Span, ...], Kind, tuple[Span, ...]]:
    """Content without the marks around it, its kind, and the parts that stand between marks."""
    marked = [q for q in paragraph.quotations if q.style == "marks"]
    content: list[Span] = []
    quoted: list[Span] = []
    spoken = True
    for piece in pieces:
        inner = [
            q for q in marked if q.span.overlaps(piece) and min(q.content.end, piece.end) - max(q.content.start, piece.start) > 0
        ]
        whole = [q for q in inner if q.span.start <= piece.start + 1 and q.span.end >= piece.end - 1]
        span = _trimmed(text, whole[0].content if whole else piece)
        if span is None:
            continue
        content.append(span)
        quoted += [_trimmed(text, q.content) or q.content for q in inner]
        spoken = spoken and bool(whole)
    kind: Kind = "direct" if spoken and quoted else "mixed" if quoted else "indirect"
    return tuple(content), kind, tuple(content) if kind == "direct" else tuple(_inside(quoted, content))


def _inside(quoted: Sequence[Span], content: Sequence[Span]) -> list[Span]:
    """The quoted stretches, cut to the content."""
    found = []
    for span in quoted:
        for piece in content:
            start, end = max(span.start, piece.start), min(span.end, piece.end)
            if start < end:
                found.append(Span(start, end))
    return found


def _trimmed(text: str, span: Span) -> Span | None:
    start, end = span
    while start < end and (text[start].isspace() or text[start] in ",;:—–"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",;:—–"):
        end -= 1
    return Span(start, end) if start < end else None


def _draft(text: str, candidate: Candidate, paragraph: Paragraph, sentence: Sentence, *, words: Words) -> Draft | None:
    """A statement that only the tagger found; None where it is unsure, or where nothing was said."""
    tokens = tokenise(text, sentence.span, language=words.language)
    content, kind, quoted = _content(text, _without_opening(tokens, candidate.content, words), paragraph)
    cue, source = candidate.cue, candidate.source[0] if candidate.source else None
    if not content or any(span.overlaps(piece) for span in cue for piece in content):
        return None
    if kind == "indirect" and source is None:
        return None
    if candidate.score < _SURE_CANDIDATE or (not cue and kind != "direct"):
        return None
    frame = [i for span in cue for i in _within(tokens, span)]
    match = _cue(tokens, frame, words)
    spoken = match is not None and match.cue.act not in ("think", "show")
    if match is not None and match.cue.act == "call" and kind == "indirect":
        return None  # "called a meeting"
    if not spoken and kind == "indirect" and not any(words.phrase_at("according", tokens, i) for i in frame):
        return None
    start, end = min(frame, default=0), max(frame, default=-1) + 1
    if source is not None:
        behind = min(start, next((i for i, token in enumerate(tokens) if token.span.start >= source.end), start))
        # "said he ought not to return, and had threatened …": a conjunction ends what belongs to another verb
        start = next((i + 1 for i in range(start - 1, behind, -1) if tokens[i].lower in words.grammar.conjunctions), behind)
    return Draft(
        content=content,
        kind=kind,
        quoted=quoted,
        rule="tagger",
        score=candidate.score,
        cue=cue,
        source=source,
        act=match.cue.act if match is not None and spoken else "say",
        addressee=_addressee(tokens, match, content, words),
        polarity=_polarity(tokens, range(start, end), words),
        modality=_modality(tokens, range(start, end), words),
    )


def _without_opening(tokens: Sequence[Token], content: Sequence[Span], words: Words) -> tuple[Span, ...]:
    """The content without the "that" that opens it; a "whether" is part of what was asked."""
    first = content[0]
    opening = next((token for token in tokens if token.span.start == first.start), None)
    if opening is None or opening.lower != "that" or opening.span.end + 1 >= first.end:
        return tuple(content)
    return (Span(opening.span.end + 1, first.end), *content[1:])


def _within(tokens: Sequence[Token], span: Span) -> list[int]:
    return [i for i, token in enumerate(tokens) if span.contains(token.span)]


def _cue(tokens: Sequence[Token], frame: Sequence[int], words: Words) -> CueMatch | None:
    """The verb of speech within the cue's words, the longest first; a thought only where there is no other."""
    matches = [match for i in frame for match in words.cues_at(tokens, i)]
    spoken = [match for match in matches if match.cue.act not in ("think", "show")]
    return max(spoken or matches, key=lambda match: match.end - match.start, default=None)


def _addressee(tokens: Sequence[Token], match: CueMatch | None, content: Sequence[Span], words: Words) -> Span | None:
    """Whom a verb such as "tell" names right behind it."""
    if match is None or match.cue.object_is != "addressee" or match.end >= len(tokens):
        return None
    phrase = noun_phrase(tokens, match.end, words)
    if phrase is None or phrase.head == "other" or is_pronoun(tokens[phrase.start], words):
        return None
    span = phrase.span(tokens)
    return span if not any(span.overlaps(piece) for piece in content) else None


def _polarity(tokens: Sequence[Token], places: range, words: Words) -> Polarity:
    kinds = ("negation", "denial")
    negated = any(words.phrase_at(kind, tokens, i) or tokens[i].lower.endswith("n't") for i in places for kind in kinds)
    return "negative" if negated else "positive"


def _modality(tokens: Sequence[Token], places: range, words: Words) -> Modality:
    if any(words.phrase_at("future", tokens, i) for i in places):
        return "future"
    return "possible" if any(words.phrase_at("possible", tokens, i) for i in places) else "actual"
