"""A paragraph → drafts of statements: which content belongs to which cue and source, in any language that has a lexicon.

The rules read the frame of a sentence, in which every marked quotation is one token, in this order; a later rule never takes
what an earlier one has used:

    turn          NOVAK: I never signed.               turns.py: a paragraph of a conversation
    dash          – I will go, says Ann.               dashes.py: the incise parted from the speech around it
    pointing      The bank will close. So say the police.   here: "Det opplyser politiet", "Das teilte die Polizei mit"
    quote_cue     “I will go,” said Ann. / Ann said.   marked.py: cue and source behind the quotation, or around it
    cue_quote     Ann said: “I will go.”
    according     According to Ann, she will go.       according.py
    clause        Ann said (that) she would go.        complements.py; also mixed: Ann said she “will go”
    infinitive    Ann promised to go.
    object        Ann condemned the attack.
    unmarked      I will go, said Ann.                 unmarked.py
    relay         The bank closes, writes AP.          frame.py: an agency that nobody else stands behind
    floating      “I will go,” said Ann. “Nobody stops me.”   marked.py
    subjunctive   Ann sagte, sie komme. Das Haus sei leer.    continued.py, over paragraphs; dash speech without a cue as well

How a cue finds its source is told in `links.py`, how a draft is written in `frame.py`; who the source is, in `speakers.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from index.attribution.according import According
from index.attribution.continued import carry_on
from index.attribution.dashes import Dashes
from index.attribution.drafts import Draft, Paragraph, Sentence
from index.attribution.frame import relayed_within
from index.attribution.links import REACH, Link
from index.attribution.marked import Marked
from index.attribution.phrases import Phrase, noun_phrase
from index.attribution.quotation import find_quotations
from index.attribution.turns import find_turns
from index.attribution.unmarked import Unmarked
from index.attribution.words import FINITE, CueMatch, Token, Words, tokenise
from index.records import Kind

__all__ = ["Draft", "Paragraph", "Sentence", "find_drafts"]


def find_drafts(text: str, paragraphs: Sequence[Paragraph], words: Words) -> tuple[Draft, ...]:
    """All drafts of an article, in the order of the text. Linear in its length.

    Args:
        text: The article's text, which all spans count in.
        paragraphs: Its prose, in order; what is heading, caption or credit has been left out.
        words: The lexicon of the article's language.
    """
    read: list[tuple[Paragraph, tuple[Draft, ...]]] = []
    unmarked_style = any(_speaks_unmarked(text, paragraph, words) for paragraph in paragraphs)
    before: tuple[Paragraph, tuple[Draft, ...]] | None = None
    turns = find_turns(text, paragraphs, words)
    for nth, paragraph in enumerate(paragraphs):
        turn = turns.get(nth)
        found = (
            (turn,)
            if turn is not None
            else _Reader(text, words, paragraph=paragraph, before=before, unmarked_style=unmarked_style).read()
        )
        before = (paragraph, found)
        read.append(before)
    return carry_on(text, read, words)


def _speaks_unmarked(text: str, paragraph: Paragraph, words: Words) -> bool:
    """Whether the paragraph gives direct speech without marks: an "I" or "you" before ", said Ann."."""
    if paragraph.quotations:
        return False
    for sentence in paragraph.sentences:
        tokens = sentence.tokens
        spoken = False
        for i, token in enumerate(tokens):
            spoken = spoken or token.lower in words.grammar.first or token.lower in words.grammar.second
            if spoken and token.text == "," and _after_comma_inverted(tokens, i + 1, words):
                return True
    return False


def _after_comma_inverted(tokens: Sequence[Token], at: int, words: Words) -> bool:
    if at >= len(tokens):
        return False
    cue = next((m for m in words.cues_at(tokens, at) if m.tense in FINITE and "quote" in m.cue.takes), None)
    return cue is not None and noun_phrase(tokens, cue.end, words) is not None


@dataclass(slots=True)
class _Reader(Marked, According, Unmarked, Dashes):
    """One paragraph's walk through the rules."""

    def read(self) -> tuple[Draft, ...]:
        if self.paragraph.dash is not None:
            spoken_until = self._dash(self.paragraph.dash)
            for sentence in self.paragraph.sentences:
                if sentence.span.start >= spoken_until:
                    self._sentence(0, self._with_quotations(sentence))
        else:
            for nth, sentence in enumerate(self.paragraph.sentences):
                if not self._dash_sentence(nth, sentence):
                    self._sentence(nth, sentence)
            self._floating()
        kept = [draft for draft in self._drafts if not self._only_nested(draft)]
        return tuple(sorted(kept, key=lambda d: (d.content[0].start, d.content[-1].end)))

    def _sentence(self, nth: int, sentence: Sentence) -> None:
        start = len(self._drafts)
        self._pointing(nth, sentence)
        self._incised(sentence)
        self._quote_cue(sentence)
        self._cue_quote(sentence)
        self._as_reported(sentence)
        self._in_own_view(sentence)
        self._according(sentence)
        self._according_after(sentence)
        self._indirect(sentence)
        self._unmarked(nth, sentence)
        found = self._drafts[start:]
        del self._drafts[start:]
        self._drafts += relayed_within(self._relayed(sentence, found), self.text)

    def _pointing(self, nth: int, sentence: Sentence) -> None:
        """Das teilte die Polizei mit. / Det opplyser politiet: who said the sentence before."""
        tokens, words = sentence.tokens, self.words
        if not 4 <= len(tokens) <= REACH or tokens[0].lower not in words.grammar.pointing or tokens[-1].text == ":":
            return
        for match, source in self._pointing_cues(tokens):
            if not match.cue.takes & {"quote", "that", "bare"} or source is None:
                continue
            behind = source.end if match.end <= source.end else match.end
            goes_on = behind < len(tokens) and not (
                behind == match.tail
                or not tokens[behind].is_word
                or words.phrase_at("addressee", tokens, behind)
                or tokens[behind].lower in words.grammar.datives
                or tokens[behind].lower in words.grammar.prepositions | words.grammar.adverbs | words.grammar.conjunctions
            )
            negative = self._negated(tokens, match.end, len(tokens)) == "negative"
            if goes_on or negative or not self._can_speak(tokens, source) or self._complementised(tokens[behind:]):
                return
            said = self._sentence_before(nth)
            if said is None:
                return
            content = self._stretch(said.tokens, 0, len(said.tokens))
            if content is None or said.tokens[-1].text == "?":
                return
            quoted = self._inner(said.tokens, content)
            end = max(behind, match.tail + 1 if match.tail is not None else 0)
            link = Link(cue=match, source=source, inverted=True, end=end)
            kind: Kind = "mixed" if quoted else "indirect"
            self._add(tokens, link, content=(content,), kind=kind, quoted=quoted, rule="pointing", score=0.8)
            return

    def _pointing_cues(self, tokens: Sequence[Token]) -> Iterator[tuple[CueMatch, Phrase | None]]:
        """Det opplyser politiet. / Das hat die Polizei am Montag mitgeteilt."""
        words = self.words
        for match in words.cues_at(tokens, 1):
            if match.tense in FINITE:
                at = match.end + words.time_at(tokens, match.end) if match.end < len(tokens) else match.end
                yield match, self._extended(tokens, noun_phrase(tokens, at, words))
        n = words.phrase_at("auxiliary", tokens, 1)
        if not n or tokens[1].lower in words.grammar.passive:
            return
        source = self._extended(tokens, noun_phrase(tokens, 1 + n, words))
        for i in range(source.end, len(tokens)) if source is not None else ():
            yield from ((match, source) for match in words.cues_at(tokens, i) if match.tense == "participle")

    def _sentence_before(self, nth: int) -> Sentence | None:
        """The sentence before the paragraph's `nth`, also over a paragraph's end, unless somebody said it already."""
        if nth > 0:
            before = self.paragraph.sentences[nth - 1]
            return None if self._overlapped(before.span) else before
        if self.before is None:
            return None
        paragraph, drafts = self.before
        gap = self.text[paragraph.span.end : self.paragraph.span.start]
        if gap.strip() or paragraph.dash is not None or not paragraph.sentences:
            return None
        before = paragraph.sentences[-1]
        said = any(before.span.overlaps(piece) for draft in drafts for piece in draft.content)
        return None if said else before

    def _with_quotations(self, sentence: Sentence) -> Sentence:
        """A narrative sentence of a paragraph that a dash opened, with the quotations it marks itself."""
        quotations = [q for q in find_quotations(self.text, sentence.span, language=self.words.language) if q.style == "marks"]
        tokens = tokenise(self.text, sentence.span, language=self.words.language, quotations=quotations)
        return Sentence(span=sentence.span, tokens=tokens)

    def _only_nested(self, draft: Draft) -> bool:
        """Whether an object, an infinitive or a silence is all that is reported, and within somebody else's words."""
        silent = bool(draft.cue) and draft.polarity == "negative" and draft.kind != "direct"
        nested = silent or draft.rule == "object" or (draft.cue and draft.source is not None and draft.rule == "infinitive")
        return bool(nested) and any(
            other is not draft and piece.contains(draft.cue[0]) for other in self._drafts for piece in other.content
        )
