"""Article text → statements, with who said them to whom."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from index.attribution.names import Line
from index.attribution.phrases import noun_phrase
from index.attribution.quotation import Quotation, find_quotations
from index.attribution.rules import Draft, Paragraph, Sentence, find_drafts
from index.attribution.speakers import Cast
from index.attribution.words import Token, Words, load_words, tokenise
from index.layout import Block, find_blocks
from index.records import Addressee, FoundBy, Person, Span, Statement
from index.sentences import find_sentences

__all__ = ["Attribution", "attribute", "resolve_mentions"]

# Languages that the tagger was trained on.
TAGGED = frozenset({"en"})
# How many sentences before a quotation the scene may stand that tells to whom it was said.
_SCENE_REACH = 3
# In tokens, a quotation being one. The longest sentence of PolNeAR's train part has 220.
_LONGEST_SENTENCE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """What one article says that people said: its statements in order, and all its persons, quoted or not."""

    statements: tuple[Statement, ...]
    people: tuple[Person, ...]


def attribute(text: str, *, language: str, article_id: str = "", tagged: bool = True) -> Attribution:
    """Finds the statements of an article and the persons behind them. Never raises on any text; linear in its length.

    Thoughts, wants and feelings that nobody uttered are left out, and so are headings, captions and credits. A language
    without a lexicon gives the quotations between marks, without speakers.

    Args:
        text: The article's text; all spans count in it.
        language: A code as in `records.LANGUAGES`.
        article_id: Goes into the statements as it is.
        tagged: Whether the tagger helps the rules in its languages; False is for measuring what the rules do alone.

    >>> found = attribute("“I will not go,” said Ann Lee, the mayor.", language="en").statements[0]
    >>> found.kind, found.speaker.name
    ('direct', 'Ann Lee')
    """
    words = load_words(language)
    paragraphs, cast, drafts = _read(text, words, article_id=article_id, tagged=tagged)
    sentences = [sentence.span for paragraph in paragraphs for sentence in paragraph.sentences]
    resolved: list[tuple[Draft, Person | None, Addressee | None, Span | None]] = []
    for draft in drafts:
        speaker = _speaker(draft, cast)
        addressee = None
        scene = None
        if draft.addressee is not None:
            addressee = Addressee(span=draft.addressee, person=cast.resolve(draft.addressee))
        elif draft.kind == "direct" and speaker is not None:
            scene, addressee = _scene(text, draft, speaker, cast=cast, sentences=sentences, words=words)
        resolved.append((draft, speaker, addressee, scene))
    statements = tuple(
        _statement(draft, speaker, addressee, scene, language=words.language, article_id=article_id)
        for draft, speaker, addressee, scene in sorted(
            resolved, key=lambda item: (item[0].content[0].start, item[0].content[-1].end)
        )
    )
    people = cast.people()
    return Attribution(statements=_with_people(_distinct(statements), people), people=people)


def resolve_mentions(text: str, mentions: Sequence[tuple[Span, Sequence[Span]]], *, language: str) -> tuple[Person | None, ...]:
    """Whom each mention stands for, resolved among the statements that are found around it.

    This is for measuring: `attribute` resolves the sources that it finds itself.

    Args:
        mentions: Each with the pieces of what it is marked as having said, in which nobody can be looked for.
    Returns:
        For each mention in the given order the person, or None where nobody can tell.

    >>> [person.name for person in resolve_mentions("Ann Lee left. She sighed.", [(Span(14, 17), ())], language="en")]
    ['Ann Lee']
    """
    _, cast, drafts = _read(text, load_words(language), article_id="", tagged=True)
    events: list[tuple[int, int, Draft | int]] = [
        (_place(draft), draft.content[-1].end, draft)
        for draft in drafts
        if draft.source is None or not any(draft.source.overlaps(span) for span, _ in mentions)
    ]
    events += [(span.start, span.end, number) for number, (span, _) in enumerate(mentions)]
    found: list[Person | None] = [None] * len(mentions)
    for _, _, event in sorted(events, key=lambda item: item[:2]):
        if isinstance(event, Draft):
            _speaker(event, cast)
        else:
            span, content = mentions[event]
            found[event] = cast.resolve(span, content=content)
            cast.spoke(span, found[event], content=content)
    return tuple(found)


def _read(text: str, words: Words, *, article_id: str, tagged: bool) -> tuple[tuple[Paragraph, ...], Cast, list[Draft]]:
    """The paragraphs, the persons, and the statements in the order in which a reader learns who speaks."""
    all_blocks = find_blocks(text, language=words.language)
    blocks = [block for block in all_blocks if block.kind == "prose"]
    headings = [block.span for block in all_blocks if block.kind == "heading"]
    paragraphs = _paragraphs(text, blocks, words)
    cast = Cast(text, _lines(text, paragraphs, words), words, article_id=article_id, headings=headings)
    found = _continued(text, paragraphs, find_drafts(text, paragraphs, words))
    if tagged and words.language in TAGGED:
        # onnxruntime takes a while to load and only these languages need it
        from index.attribution.learned import blend
        from index.attribution.tagger import tag

        found = blend(text, paragraphs, found, tag(text, blocks), words)
    drafts = [draft for draft in found if _is_speech(draft)]
    return paragraphs, cast, sorted(drafts, key=lambda d: (_place(d), d.content[-1].end))


def _speaker(draft: Draft, cast: Cast) -> Person | None:
    """Who said it; told to the cast, for the pronouns that follow."""
    speaker = cast.resolve(draft.source, content=draft.content)
    if draft.subject_dropped:
        speaker = cast.last_actor(draft.cue[0].start, content=draft.content)
    # a dash paragraph without a cue has its source in another one
    carried = draft.rule == "dash" and not draft.cue
    cast.spoke(draft.content[-1] if carried or draft.source is None else draft.source, speaker, content=draft.content)
    return speaker


def _continued(text: str, paragraphs: Sequence[Paragraph], drafts: Sequence[Draft]) -> tuple[Draft, ...]:
    """The drafts, a quotation and the ones that go on with it in the sentences right behind being one statement.

    “We will go,” said Ann. “Nobody stops us.” is one thing said, in two pieces.
    """
    ends = [sentence.span.end for paragraph in paragraphs for sentence in paragraph.sentences]
    joined: list[Draft] = []
    for draft in drafts:
        last = joined[-1] if joined else None
        follows = last is not None and draft.rule == "floating" and last.kind == "direct" and draft.source == last.source
        if last is not None and follows:
            end = max(span.end for span in (*last.content, *last.cue, *([last.source] if last.source else [])))
            behind = ends[min(bisect_right(ends, end - 1), len(ends) - 1)]
            between = text[behind : draft.content[0].start] if behind <= draft.content[0].start else ""
            if not any(char.isalnum() for char in between) and "\n\n" not in between:
                joined[-1] = replace(last, content=(*last.content, *draft.content), quoted=(*last.quoted, *draft.quoted))
                continue
        joined.append(draft)
    return tuple(joined)


def _is_speech(draft: Draft) -> bool:
    """Whether something was uttered: a thought or a finding counts only where the article quotes it."""
    return draft.act not in ("think", "show") or draft.kind == "direct" or draft.rule == "unmarked"


def _place(draft: Draft) -> int:
    """Where a reader learns who speaks: pronouns are resolved in this order."""
    return min(draft.source.start if draft.source is not None else draft.content[0].start, draft.content[0].start)


def _paragraphs(text: str, blocks: Sequence[Block], words: Words) -> tuple[Paragraph, ...]:
    found: list[Paragraph] = []
    for block in blocks:
        quotations = find_quotations(text, block.span, language=words.language)
        dash = any(q.style == "dash" for q in quotations)
        inner: Sequence[Quotation] = () if dash else quotations
        sentences = tuple(
            Sentence(span=Span(tokens[0].span.start, tokens[-1].span.end), tokens=tokens)
            for span in find_sentences(text, block.span, language=words.language)
            for tokens in _bounded(tokenise(text, span, language=words.language, quotations=_within(inner, span)))
        )
        found.append(Paragraph(index=len(found), span=block.span, quotations=quotations, sentences=sentences))
    return tuple(found)


def _bounded(tokens: tuple[Token, ...]) -> Iterator[tuple[Token, ...]]:
    """The sentence, or stretches of one that is too long to be any, so that hostile text costs linear time."""
    for start in range(0, len(tokens), _LONGEST_SENTENCE):
        yield tokens[start : start + _LONGEST_SENTENCE]


def _within(quotations: Sequence[Quotation], span: Span) -> list[Quotation]:
    first = bisect_right(quotations, span.start - 1, key=lambda quotation: quotation.span.start)
    found = []
    for quotation in quotations[first:]:
        if quotation.span.start >= span.end:
            break
        found.append(quotation)
    return found


def _lines(text: str, paragraphs: Sequence[Paragraph], words: Words) -> tuple[Line, ...]:
    return tuple(
        Line(
            paragraph=paragraph.index,
            span=sentence.span,
            tokens=tokenise(text, sentence.span, language=words.language),
            quoted=tuple(q.span for q in _within(paragraph.quotations, sentence.span)) if paragraph.dash is None else (),
        )
        for paragraph in paragraphs
        for sentence in paragraph.sentences
    )


def _scene(
    text: str, draft: Draft, speaker: Person, *, cast: Cast, sentences: Sequence[Span], words: Words
) -> tuple[Span | None, Addressee | None]:
    """The sentence right before that shows the speaker meeting one other person, for words that say "you"."""
    spoken = [t.lower for span in draft.content for t in tokenise(text, span, language=words.language)]
    if not any(word in words.grammar.second for word in spoken):
        return None, None
    here = bisect_right(sentences, draft.content[0].start, key=lambda span: span.start) - 1
    for back in range(here, max(here - _SCENE_REACH - 1, -1), -1):
        span = sentences[back]
        tokens = tokenise(text, span, language=words.language)
        met = next(((i, n) for i in range(len(tokens)) if (n := words.phrase_at("scene", tokens, i))), None)
        if met is None:
            continue
        present = cast.persons_in(span)
        others = {person.id: (place, person) for place, person in present if person.id != speaker.id}
        described = noun_phrase(tokens, sum(met), words)
        heard = cast.resolve(described.span(tokens)) if described is not None and not others else None
        if described is not None and heard is not None and heard.id != speaker.id:
            others[heard.id] = (described.span(tokens), heard)  # "walked up to the general"
        if len(others) == 1 and (any(person.id == speaker.id for _, person in present) or back < here):
            place, person = next(iter(others.values()))
            return span, Addressee(span=place, person=person)
    return None, None


def _statement(
    draft: Draft,
    speaker: Person | None,
    addressee: Addressee | None,
    scene: Span | None,
    *,
    language: str,
    article_id: str,
) -> Statement:
    place = ",".join(f"{span.start}-{span.end}" for span in draft.content)
    return Statement(
        id=sha256(f"{article_id}\0{place}\0{draft.cue}".encode()).hexdigest()[:16],
        article_id=article_id,
        content=draft.content,
        cue=draft.cue,
        source=(draft.source,) if draft.source is not None else (),
        speaker=speaker,
        addressee=addressee,
        reported_by=draft.reported_by,
        medium=draft.medium,
        kind=draft.kind,
        quoted=draft.quoted,
        act=draft.act,
        polarity=draft.polarity,
        modality=draft.modality,
        language=language,
        found_by=FoundBy(name=draft.rule, score=draft.score),
        scene=scene,
    )


def _distinct(statements: Sequence[Statement]) -> tuple[Statement, ...]:
    """One statement for each content: the surer rule wins, and the speaker's person is the one with all its roles."""
    best: dict[tuple[Span, ...], Statement] = {}
    for statement in statements:
        known = best.get(statement.content)
        if known is None or statement.found_by.score > known.found_by.score:
            best[statement.content] = statement
    return tuple(best.values())


def _with_people(statements: Sequence[Statement], people: Sequence[Person]) -> tuple[Statement, ...]:
    """The statements with each speaker and addressee replaced by the person of the same id in `people`."""
    by_id = {person.id: person for person in people}

    def updated(person: Person | None) -> Person | None:
        return by_id.get(person.id, person) if person is not None else None

    return tuple(
        replace(
            statement,
            speaker=updated(statement.speaker),
            addressee=replace(statement.addressee, person=updated(statement.addressee.person)) if statement.addressee else None,
        )
        for statement in statements
    )
