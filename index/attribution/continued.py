"""Drafts of paragraphs → the same with what no cue of its own reports, where the words around it show the source.

– I will go, says Ann. ⏎ – Nobody stops me.      a dash paragraph goes on with the speaker before it, or with the one behind it
– Are you afraid? ⏎ – No, says Ann.              a question that a dash paragraph answers is nobody's that the article names
Ann sagte, sie komme. Das Haus sei leer.         a main clause in the subjunctive of report goes on with the source before it
"""

from collections.abc import Sequence
from dataclasses import replace

from index.attribution.drafts import Draft, Paragraph, Sentence
from index.attribution.phrases import noun_phrase
from index.attribution.words import Token, Words
from index.records import Kind, Span

Read = tuple[Paragraph, tuple[Draft, ...]]

# An interview's answers: how many dash paragraphs behind one without a cue may tell who speaks.
_AHEAD = 4
# Drafts that may belong to one sentence: older ones lie before it. This keeps a paragraph's cost linear.
_LATEST = 100


def carry_on(text: str, read: Sequence[Read], words: Words) -> tuple[Draft, ...]:
    """All drafts in the order of the text, those of `read` and those that carry on with their source."""
    done: list[Read] = []
    for nth, (paragraph, found) in enumerate(read):
        drafts = found
        if paragraph.dash is not None:
            source = _speaker_around(text, nth, read, done, words)
            drafts = tuple(
                replace(draft, source=source, score=0.7)
                if source is not None and draft.source is None and not draft.cue and not _asks(text, draft, nth, read)
                else draft
                for draft in found
            )
        elif words.grammar.subjunctive:
            drafts = _reported_on(text, paragraph, found, done[-1] if done else None, words)
        done.append((paragraph, drafts))
    return tuple(draft for _, drafts in done for draft in drafts)


# Dash paragraphs without a cue


def _asks(text: str, draft: Draft, nth: int, read: Sequence[Read]) -> bool:
    """Whether it is one question that the speech right behind it answers."""
    said = draft.content[-1].of(text).rstrip('»”" ')
    single = said.endswith("?") and not any(mark in said[:-1] for mark in (". ", "! "))
    answered_here = draft is not read[nth][1][-1]
    answered_next = nth + 1 < len(read) and read[nth + 1][0].dash is not None and _adjoin(text, read, nth)
    return single and (answered_here or answered_next)


def _adjoin(text: str, read: Sequence[Read], nth: int) -> bool:
    """Whether nothing, no heading and no caption, stands between paragraph `nth` and the next."""
    return not text[read[nth][0].span.end : read[nth + 1][0].span.start].strip()


def _speaker_around(text: str, nth: int, read: Sequence[Read], done: Sequence[Read], words: Words) -> Span | None:
    before = done[-1] if done and _adjoin(text, read, nth - 1) else None
    if before is None:
        return _speaker_behind(text, nth, read)
    paragraph, drafts = before
    if paragraph.dash is None:
        return (
            _speaker_behind(text, nth, read)
            or _acting(paragraph, drafts, words)
            or _answering(text, read, done)
            or _subject(paragraph, words)
        )
    sources = [draft.source for draft in drafts if draft.source is not None]
    if sources:
        return sources[-1]
    return _speaker_behind(text, nth, read) or _answering(text, read, done)


def _speaker_behind(text: str, nth: int, read: Sequence[Read]) -> Span | None:
    """The source of the next dash paragraph that has one, with nothing but such paragraphs between."""
    for i in range(nth + 1, min(nth + 1 + _AHEAD, len(read))):
        paragraph, drafts = read[i]
        if paragraph.dash is None or not _adjoin(text, read, i - 1):
            return None
        for draft in drafts:
            if draft.source is not None:
                return draft.source
    return None


def _answering(text: str, read: Sequence[Read], done: Sequence[Read]) -> Span | None:
    """Who spoke before the question: the last source of the paragraphs that run up to it."""
    for i in range(len(done) - 1, max(len(done) - 1 - _AHEAD, -1), -1):
        source = next((draft.source for draft in reversed(done[i][1]) if draft.source is not None), None)
        if source is not None:
            return source
        if i and not _adjoin(text, read, i - 1):
            return None
    return None


def _acting(paragraph: Paragraph, drafts: Sequence[Draft], words: Words) -> Span | None:
    """Who speaks in the last sentence of a narrative paragraph, or acts there by name."""
    if not paragraph.sentences:
        return None
    tokens = paragraph.sentences[-1].tokens
    if (behind := _pronoun_behind_verb(tokens, words)) is not None:
        return behind
    opening = noun_phrase(tokens, 0, words)
    named = opening is not None and opening.head in ("name", "role") and not words.phrase_at("group", tokens, 0)
    reporting = _reporting(paragraph.sentences[-1], drafts)
    return reporting or (opening.span(tokens) if opening is not None and named else None)


def _pronoun_behind_verb(tokens: Sequence[Token], words: Words) -> Span | None:
    """The subject where something else opens the sentence: "Klærne har hun lånt", "I dag bor han her"."""
    pronouns = words.lexicon.pronouns
    for i in range(2, min(5, len(tokens))):
        if tokens[i].lower in (*pronouns.female, *pronouns.male) and words.language in ("nb", "nn", "sv", "da"):
            plain = all(token.is_word for token in tokens[:i]) and tokens[i - 1].lower not in words.grammar.subordinators
            return tokens[i].span if plain and not words.cues_at(tokens, i - 1) else None
    return None


def _subject(paragraph: Paragraph, words: Words) -> Span | None:
    """The pronoun or group that a narrative paragraph's last sentence opens with."""
    if not paragraph.sentences:
        return None
    tokens = paragraph.sentences[-1].tokens
    opening = noun_phrase(tokens, 0, words)
    return opening.span(tokens) if opening is not None and opening.head != "other" else None


# The subjunctive of report


def _reported_on(
    text: str, paragraph: Paragraph, drafts: tuple[Draft, ...], before: Read | None, words: Words
) -> tuple[Draft, ...]:
    found = list(drafts)
    at = reach = 0  # how many drafts begin before the sentence ends, and how far they go
    last: Span | None = None
    if before is not None and before[0].sentences and before[0].dash is None:
        gap = text[before[0].span.end : paragraph.span.start]
        last = _reporting(before[0].sentences[-1], before[1]) if not gap.strip() else None
    drafts = tuple(draft for draft in drafts if draft.act not in ("think", "show") or draft.kind == "direct")
    for sentence in paragraph.sentences:
        while at < len(drafts) and drafts[at].content[0].start < sentence.span.end:
            reach = max(reach, *(piece.end for piece in (*drafts[at].content, *drafts[at].cue)))
            at += 1
        own = _reporting(sentence, drafts[max(0, at - _LATEST) : at])
        covered = reach > sentence.span.start
        start = subjunctive_clause(sentence.tokens, words) if not covered else None
        opening = noun_phrase(sentence.tokens, 0, words)
        if start is None:
            person = opening is not None and opening.head in ("name", "role", "group")
            last = own or (opening.span(sentence.tokens) if opening is not None and person else None)
            continue
        if start > 0:  # Ann griff ihn an: Er habe gelogen.
            last = opening.span(sentence.tokens) if opening is not None and opening.head != "other" else None
        if last is None:
            continue
        tokens = sentence.tokens[start:]
        end = next((i for i, t in enumerate(tokens) if t.text == ":"), len(tokens))
        while end > 1 and tokens[end - 1].text in ".!…":
            end -= 1
        content = Span(tokens[0].span.start, tokens[end - 1].span.end)
        quoted = tuple(t.quotation.content for t in tokens if t.quotation is not None)
        kind: Kind = "mixed" if quoted else "indirect"
        found.append(Draft(content=(content,), kind=kind, quoted=quoted, source=last, rule="subjunctive", score=0.75))
    return tuple(sorted(found, key=lambda draft: (draft.content[0].start, draft.content[-1].end)))


def _reporting(sentence: Sentence, drafts: Sequence[Draft]) -> Span | None:
    return next((d.source for d in reversed(drafts) if d.source is not None and sentence.span.overlaps(d.content[-1])), None)


def is_subjunctive(token: Token, words: Words) -> bool:
    """Whether the token is a verb in the subjunctive that reports: "sei", "habe", "hätten"."""
    return token.lower in words.grammar.subjunctive and not token.is_capitalised


def _agrees(clause: Sequence[Token], i: int, words: Words) -> bool:
    """Whether the verb behind a short subject shows by its ending that it reports: "Er übernehme …", "Die Stadt plane …"."""
    lower, grammar = clause[i].lower, words.grammar
    pronoun = i == 1 and clause[0].lower in grammar.subjunctive_subjects
    noun = i == 2 and clause[0].lower in grammar.determiners and clause[1].is_capitalised
    if not (pronoun or noun) or not clause[i].is_word or words.is_function_word(lower):
        return False
    return len(lower) > 3 and lower.endswith("e") and not lower.endswith("te") and not clause[i].is_capitalised


def subjunctive_clause(tokens: Sequence[Token], words: Words) -> int | None:
    """The token at which a main clause in the subjunctive of report begins: 0, or behind a colon; None where there is none.

    A side clause does not count ("als sei nichts gewesen"), nor a clause of the first person, whose indicative looks the same.
    """
    colon = next((i for i, t in enumerate(tokens) if t.text == ":"), len(tokens))
    announces = colon + 1 < len(tokens) and tokens[colon + 1].quotation is not None
    start = 0 if announces or colon == len(tokens) else colon + 1
    clause = tokens[:colon] if announces else tokens[start:]
    if any(t.lower in words.grammar.first for t in clause):
        return None
    comma = next((i for i, t in enumerate(clause) if t.text == ","), len(clause))
    for i, token in enumerate(clause):
        if not is_subjunctive(token, words) and not _agrees(clause, i, words):
            continue
        main = i == 0 or i < comma or clause[i - 1].text == ","
        pointing = i == 1 and clause[0].lower in words.grammar.determiners  # "Das sei nicht wahr"
        comparing = i > 0 and clause[i - 1].lower in words.grammar.subordinators and not pointing
        aside = i < comma and clause[0].lower in words.grammar.subordinators - words.grammar.determiners
        if main and not comparing and not aside and i > 0:
            return start
        return None
    return None
