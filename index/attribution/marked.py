"""Quotations between marks → drafts: with their cue around them, or going on with the speaker of the one before."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.attribution.drafts import Draft, Sentence
from index.attribution.frame import Frame, without_comma
from index.attribution.phrases import Phrase, noun_phrase
from index.attribution.words import Token
from index.records import Span

# Words that a quotation has at least to be taken for speech where a language without rules has other words around it.
_SPOKEN = 4


@dataclass(slots=True)
class Marked(Frame):
    """The rules `quote_cue`, `cue_quote` and `floating`."""

    def _quote_cue(self, sentence: Sentence) -> None:
        """“…,” said Ann. / “…,” Ann said. / “…,” said Ann, “….”"""
        tokens = sentence.tokens
        for at, token in enumerate(tokens):
            if token.quotation is None or token.span in self._used:
                continue
            link = self._link_behind(tokens, at)
            if link is None or "quote" not in link.cue.cue.takes:
                continue
            pieces = [token.quotation]
            onward = link.end
            # A quotation split by its cue goes on behind a comma, or behind nothing but the marks.
            following = onward + 1 if onward < len(tokens) and tokens[onward].text in ",;:–—-" else onward
            if following < len(tokens) and tokens[following].quotation is not None:
                continuing = tokens[following].quotation
                assert continuing is not None
                pieces.append(continuing)
                self._used.add(tokens[following].span)
            # Quotations before this one in the sentence, joined by nothing but marks, belong to it as well.
            back = at - 1
            while back >= 0 and (tokens[back].text in ",…" or tokens[back].quotation is not None):
                earlier = tokens[back].quotation
                if earlier is not None and tokens[back].span not in self._used:
                    pieces.insert(0, earlier)
                    self._used.add(tokens[back].span)
                back -= 1
            content: tuple[Span, ...] = tuple(without_comma(self.text, piece.content) for piece in pieces)
            clause_before = self._clause_before(sentence, at)
            if clause_before is not None and len(pieces) == 1:
                # The quotation only ends a reworded clause: He would “never go”, said Ann.
                content = (Span(clause_before, token.span.end),)
                self._add(
                    tokens,
                    link,
                    content=content,
                    kind="mixed",
                    quoted=(token.quotation.content,),
                    rule="quote_cue",
                    score=0.8,
                )
            else:
                self._add(tokens, link, content=content, kind="direct", quoted=content, rule="quote_cue", score=0.97)
            self._used.add(token.span)

    def _clause_before(self, sentence: Sentence, at: int) -> int | None:
        """Where the reworded part starts that runs into the quotation at token `at`; None where the quotation stands alone."""
        if at == 0:
            return None
        token = sentence.tokens[at - 1]
        quotation = sentence.tokens[at].quotation
        assert quotation is not None
        if not token.is_word or (
            quotation.content.of(self.text)[:1].isupper() and token.lower not in self.words.grammar.prepositions
        ):
            return None
        if any(self.words.cues_at(sentence.tokens, i) for i in range(max(0, at - 4), at)):
            return None
        return sentence.tokens[0].span.start

    def _cue_quote(self, sentence: Sentence) -> None:
        """Ann said: “…” / Ann told Bo, “…” / Ann: “…”"""
        tokens = sentence.tokens
        for at, token in enumerate(tokens):
            if token.quotation is None or token.span in self._used or at == 0:
                continue
            quotation = token.quotation
            content_text = quotation.content.of(self.text)
            whole = content_text[:1].isupper() and (" " in content_text or content_text[-1] in "!?.")
            colon = tokens[at - 1].text == ":"
            comma = tokens[at - 1].text == ","
            if not (colon or whole) or (not colon and not comma and self._titles(tokens, at)):
                continue
            link = self._link_before(tokens, at)
            if colon and (link is None or "quote" not in link.cue.cue.takes):
                announced = self._announcing(tokens, at, whole=whole)
                if announced is not None:
                    subject, score = announced
                    content = (without_comma(self.text, quotation.content),)
                    source = subject.span(tokens)
                    draft = Draft(content=content, kind="direct", quoted=content, rule="cue_quote", score=score, source=source)
                    self._drafts.append(draft)
                    self._used.add(token.span)
                continue
            if link is None or "quote" not in link.cue.cue.takes:
                continue
            gap = tokens[link.end : at - 1 if colon or comma else at]
            if not colon and (len(gap) > 12 or self._complementised(gap)) and not (len(gap) <= 2 and self._complementised(gap)):
                continue
            if not colon and self._words_follow(tokens, at):
                continue
            pieces = [quotation]
            onward = at + 1
            while onward < len(tokens) and tokens[onward].quotation is not None:
                following = tokens[onward].quotation
                assert following is not None
                pieces.append(following)
                self._used.add(tokens[onward].span)
                onward += 1
            said = tuple(without_comma(self.text, piece.content) for piece in pieces)
            self._add(tokens, link, content=said, kind="direct", quoted=said, rule="cue_quote", score=0.96)
            self._used.add(token.span)

    def _announcing(self, tokens: Sequence[Token], at: int, *, whole: bool) -> tuple[Phrase, float] | None:
        """Who speaks behind the colon before the quotation at `at`, where no cue does, and how sure that is: Ann: “…”"""
        opening = noun_phrase(tokens, 0, self.words)
        if opening is not None and opening.end == at - 1 and opening.head in ("name", "role") and len(tokens) - at <= 2:
            return opening, 0.8
        subject = self._main_subject(tokens, at - 1)
        if subject is not None and whole and subject.head != "group" and at + 2 >= len(tokens):
            return subject, 0.7
        return None

    def _titles(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the quotation is the name of what stands before it: the book “Lost”."""
        return any(self.words.phrase_at("medium_noun", tokens, k) == at - k for k in range(max(0, at - 3), at))

    def _words_follow(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the sentence goes on behind the quotation: then it is a part of a clause, not the whole."""
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        return following is not None and following.is_word and not self.words.cues_at(tokens, at + 1)

    def _floating(self) -> None:
        """“I will go,” said Ann. “Nobody stops me.” — the second one is hers, too."""
        for sentence in self.paragraph.sentences:
            tokens = sentence.tokens
            loose = [t for t in tokens if t.quotation is not None and t.span not in self._used]
            if not loose:
                continue
            frame = [t for t in tokens if t.quotation is None and t.is_word]
            if frame and self.words.lexicon.cues:
                continue
            for token in loose:
                assert token.quotation is not None
                if frame and len(token.quotation.content.of(self.text).split()) < _SPOKEN:
                    continue  # a title, a name
                marked = token.quotation.content
                content = without_comma(self.text, marked) if self.words.lexicon.cues else marked
                anchor = self._anchor(token.span)
                self._used.add(token.span)
                if anchor is None:
                    self._drafts.append(
                        Draft(
                            content=(content,),
                            kind="direct",
                            quoted=(content,),
                            rule="floating",
                            score=0.4,
                            source=self._announced(),
                        )
                    )
                    continue
                self._drafts.append(
                    Draft(
                        content=(content,),
                        kind="direct",
                        quoted=(content,),
                        rule="floating",
                        score=0.85,
                        source=anchor.source,
                        addressee=anchor.addressee,
                        reported_by=anchor.reported_by,
                        act=anchor.act if anchor.act in ("say", "write") else "say",
                    )
                )

    def _anchor(self, span: Span) -> Draft | None:
        """The attributed quotation that a floating one continues: the last before it, in this paragraph or the one before."""
        earlier = [d for d in self._drafts if d.content[-1].end <= span.start and (d.source or d.cue)]
        if earlier:
            return max(earlier, key=lambda d: d.content[-1].end)
        if self.before is None:
            return None
        paragraph, drafts = self.before
        gap = self.text[paragraph.span.end : self.paragraph.span.start]
        if gap.strip() or not drafts:
            return None
        # A paragraph that opens with a quotation goes on with the speaker of the last quotation before it.
        last = max(drafts, key=lambda d: d.content[-1].end)
        opens = self.paragraph.span.start >= span.start - 1
        return last if opens and last.quoted and paragraph.dash is None else None
