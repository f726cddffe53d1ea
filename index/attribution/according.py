"""“According to” and its kin → drafts: who is named as the source of a sentence without any verb of speech."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.attribution.drafts import Draft, Sentence
from index.attribution.frame import Frame, without_comma
from index.attribution.phrases import Phrase, noun_phrase, noun_phrase_before
from index.attribution.words import FINITE, Token
from index.records import Kind, Span

# Words of an outlet's name between marks.
_TITLE = 4


@dataclass(slots=True)
class According(Frame):
    """The rule `according`."""

    def _according(self, sentence: Sentence) -> None:
        """According to Ann, …. / …, according to Ann. / The bank is according to Ann sound."""
        tokens, words = sentence.tokens, self.words
        for i in range(len(tokens)):
            n = words.phrase_at("according", tokens, i)
            ordinal = i > 0 and tokens[i - 1].lower in words.grammar.determiners  # "o segundo turno"
            if not n or ordinal or tokens[i].span in self._used:
                continue
            if n > 1 and tokens[i + n - 1].lower in words.grammar.determiners:
                n -= 1
            source = self._according_to(tokens, i + n)
            if source is None or self.is_relay(tokens, source):
                continue
            cue = Span(tokens[i].span.start, tokens[i + n - 1].span.end)
            if i <= 1:
                begin = self._behind_apposition(tokens, source.end)
                if begin == source.end and begin < len(tokens) and tokens[begin].text == ",":
                    begin += 1
                content = [self._stretch(tokens, begin, len(tokens))]
            elif self._is_set_in(tokens, i, source.end):
                content = self._around(tokens, i, source.end + 1)
            elif tokens[i - 1].text == "," or self._ends_clause(tokens, source.end):
                inside = tokens[i - 1].text != "," and self._reported_before(tokens, i)  # "skriver att taket byggdes enligt …"
                if inside or any(token.span in self._used for token in tokens[:i]):
                    continue
                content = [self._stretch(tokens, 0, i)]
            else:
                content = self._around(tokens, i, source.end)
            self._reported(tokens, source, cue, [piece for piece in content if piece is not None])

    def _is_set_in(self, tokens: Sequence[Token], at: int, end: int) -> bool:
        """Whether commas set it in between a subject and its verb: "The army, according to Ann, wanted …"."""
        if tokens[at - 1].text != "," or end >= len(tokens) - 1 or tokens[end].text != ",":
            return False
        subject = noun_phrase(tokens, 0, self.words)
        return subject is not None and subject.end == at - 1 and not subject.weak

    def _according_to(self, tokens: Sequence[Token], at: int) -> Phrase | None:
        """Who is named behind the preposition: a name, a role, "him"; a thing only where it is definite."""
        if at >= len(tokens) or self.words.cues_at(tokens, at):
            return None  # «según explicó»
        marked = at + (tokens[at].lower in self.words.grammar.determiners)
        if (
            marked < len(tokens)
            and (name := tokens[marked].quotation) is not None
            and len(name.content.of(self.text).split()) <= _TITLE
        ):
            self._used.add(tokens[marked].span)
            return Phrase(start=at, end=marked + 1, head="name")  # laut »Bild«
        source = self._extended(tokens, noun_phrase(tokens, at, self.words)) or self._object_pronoun(tokens, at)
        behind = tokens[at + 1].lower if at + 1 < len(tokens) else ""
        bare = source is None or source.head == "other" or behind in self.words.grammar.determiners
        if bare and (pronoun := self._object_pronoun(tokens, at)) is not None:
            source = pronoun  # "volgens haar een rol": no possessive
        quotes = any(token.quotation is not None and token.span not in self._used for token in tokens)
        last = tokens[source.end - 1].lower if source is not None else ""
        if source is not None and source.head == "other" and (last in self.words.grammar.unspeaking or not quotes):
            return source if last not in self.words.grammar.unspeaking and self._can_speak(tokens, source) else None
        return source

    def _around(self, tokens: Sequence[Token], at: int, end: int) -> list[Span | None]:
        """What stands on both sides of "according to Ann" in the middle of a clause, unless somebody else says that clause."""
        if any(token.span in self._used or token.quotation is not None for token in tokens[:at]):
            return []
        if self._reported_before(tokens, at):
            return []
        comma = next((k for k in range(at - 1, 0, -1) if tokens[k].text in ",;:"), None)
        before = self._stretch(tokens, 0 if comma is None or at - comma < 3 else comma + 1, at, 1)
        after = self._stretch(tokens, end, len(tokens), 1)
        return [before, after] if before is not None and after is not None else []

    def _reported_before(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a verb of speech before token `at` may report it already."""
        return any(m.tense in FINITE and m.cue.takes & {"that", "bare"} for k in range(at) for m in self.words.cues_at(tokens, k))

    def _reported(self, tokens: Sequence[Token], source: Phrase, cue: Span, content: Sequence[Span]) -> None:
        if not content or (any(self._overlapped(piece) for piece in content) and len(content) > 1):
            return
        inside = [t for t in tokens if t.quotation is not None and t.span not in self._used]
        inside = [t for t in inside if any(piece.contains(t.span) for piece in content)]
        whole = next(
            (t.quotation for t in inside if content[0].start >= t.span.start - 1 and content[0].end <= t.span.end + 1), None
        )
        quoted: tuple[Span, ...] = tuple(t.quotation.content for t in inside if t.quotation is not None)
        kind: Kind = "mixed" if quoted else "indirect"
        pieces = tuple(content)
        if whole is not None and len(inside) == 1 and len(content) == 1:
            pieces = quoted = (without_comma(self.text, whole.content),)
            kind = "direct"
        self._used.add(cue)
        self._used.update(token.span for token in inside)
        self._drafts.append(
            Draft(
                content=pieces,
                kind=kind,
                quoted=quoted,
                cue=(cue,),
                source=source.span(tokens),
                rule="according",
                score=0.85 if len(content) == 1 else 0.75,
            )
        )

    def _according_after(self, sentence: Sentence) -> None:
        """Der Staatsanwaltschaft zufolge … / … ist der Polizei zufolge …"""
        tokens, words = sentence.tokens, self.words
        for i in range(1, len(tokens)):
            n = words.phrase_at("according_after", tokens, i)
            source = noun_phrase_before(tokens, i, words) if n else None
            if source is None or (source.head == "other" and tokens[source.start].lower not in words.grammar.determiners):
                continue
            if tokens[source.end - 1].lower in words.grammar.unspeaking:
                continue  # "Ersten Erkenntnissen zufolge"
            cue = Span(tokens[i].span.start, tokens[i + n - 1].span.end)
            if source.start == 0:
                content = [self._stretch(tokens, i + n, len(tokens))]
            elif tokens[source.start - 1].text == ",":
                content = [self._stretch(tokens, 0, source.start)]
            elif words.phrase_at("according_after", tokens, i) and tokens[i].lower in words.grammar.prepositions:
                continue  # "nach" opens a phrase of its own far more often
            else:
                content = self._around(tokens, source.start, i + n)
            self._reported(tokens, source, cue, [piece for piece in content if piece is not None and not self._overlapped(piece)])

    def _in_own_view(self, sentence: Sentence) -> None:
        """A su juicio, …: whoever acted last is the source; the possessive alone stands for them."""
        tokens = sentence.tokens
        n = self.words.phrase_at("own_view", tokens, 0)
        if not n or n >= len(tokens) or tokens[n].text != ",":
            return
        content = self._stretch(tokens, n + 1, len(tokens))
        if content is None or any(token.span in self._used for token in tokens):
            return
        quoted = self._inner(tokens, content)
        self._used.update(t.span for t in tokens if t.quotation is not None)
        cue = Span(tokens[0].span.start, tokens[n - 1].span.end)
        kind: Kind = "mixed" if quoted else "indirect"
        self._drafts.append(Draft(content=(content,), kind=kind, quoted=quoted, cue=(cue,), rule="according", score=0.75))

    def _as_reported(self, sentence: Sentence) -> None:
        """Wie die „Zeitung“ berichtet, …: who said what the rest of the sentence tells."""
        tokens, words = sentence.tokens, self.words
        if len(tokens) < 5 or tokens[0].lower not in words.grammar.as_said:
            return
        comma = next((i for i in range(2, min(len(tokens) - 2, 20)) if tokens[i].text == ","), None)
        if comma is None:
            return
        match = next((m for i in range(2, comma) for m in words.cues_at(tokens, i) if m.tense in FINITE and m.end == comma), None)
        if match is None or not match.cue.takes & {"quote", "that", "bare"}:
            return
        source = noun_phrase(tokens, 1, words)
        marked = next((i for i in range(1, match.start) if tokens[i].quotation is not None), None)
        if marked is not None and (source is None or source.end <= marked):
            source = Phrase(start=1, end=marked + 1, head="name")
        content = self._stretch(tokens, comma + 1, len(tokens))
        if source is None or content is None or not self._can_speak(tokens, source):
            return
        if marked is not None:
            self._used.add(tokens[marked].span)
        cue = Span(tokens[match.start].span.start, tokens[match.end - 1].span.end)
        self._reported(tokens, source, cue, [content])
