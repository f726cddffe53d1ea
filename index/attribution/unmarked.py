"""Speech that stands before its cue without any marks → drafts: I will go, said Ann. / The bank will close, police said."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.attribution.clauses import Clauses
from index.attribution.drafts import Sentence
from index.attribution.links import PRO_DROP, Link
from index.attribution.phrases import noun_phrase
from index.attribution.words import FINITE, Token
from index.records import Kind, Span


@dataclass(slots=True)
class Unmarked(Clauses):
    """The rule `unmarked`."""

    def _unmarked(self, nth: int, sentence: Sentence) -> None:
        """I will go, said Ann. / The bank will close, the minister said."""
        tokens, words = sentence.tokens, self.words
        for i in range(len(tokens) - 2, 2, -1):
            if tokens[i].text != ",":
                continue
            link = (
                self._inverted(tokens, i + 1)
                or self._closing_straight(tokens, i + 1)
                or self._as_said(tokens, i + 1)
                or self._impersonal(tokens, i + 1)
            )
            if link is None or "quote" not in link.cue.cue.takes or self._cue_span(tokens, link.cue) in self._used:
                continue
            if (link.source is not None and self.is_relay(tokens, link.source)) or self._only_names(tokens, i):
                continue
            if link.source is None and words.language in PRO_DROP and not self._ends_clause(tokens, link.end):
                continue  # «El primero, Luis Díaz, acababa de llegar»: without marks only a bare ", dijo." is sure
            source = link.source
            bare = source is not None and source.head == "other" and tokens[source.start].lower not in words.grammar.determiners
            if bare and not self._ends_clause(tokens, link.end):
                continue  # "Ministeren, Per Moe, beskrev hendelsen som …"
            if self._parts(tokens, link, i):
                return
            if not self._closes(tokens, link):
                continue
            content = self._stretch(tokens, 0, i)
            if content is None or any(content.overlaps(used) for used in self._quotes_used(tokens)) or self._overlapped(content):
                return
            spoken = any(t.lower in words.grammar.first or t.lower in words.grammar.second for t in tokens[:i])
            pieces = [content]
            direct = (link.inverted and words.language == "en" and (spoken or self.unmarked_style)) or (spoken and link.inverted)
            if direct and not self.paragraph.quotations:
                pieces = [*self._spoken_before(nth), content]
            merged = (Span(pieces[0].start, pieces[-1].end),)
            quoted = merged if direct else self._inner(tokens, content)
            kind: Kind = "direct" if direct else "mixed" if quoted else "indirect"
            self._add(tokens, link, content=merged, kind=kind, quoted=quoted, rule="unmarked", score=0.75)
            self._used.update(t.span for t in tokens if t.quotation is not None and content.overlaps(t.span))
            return

    def _as_said(self, tokens: Sequence[Token], at: int) -> Link | None:
        """…, wie ein Sprecher am Abend sagte."""
        if tokens[at].lower not in self.words.grammar.as_said:
            return None
        source = noun_phrase(tokens, at + 1, self.words)
        if source is None or not self._can_speak(tokens, source):
            return None
        for i in range(source.end, min(source.end + 14, len(tokens))):
            for match in self.words.cues_at(tokens, i):
                if match.tense in FINITE and match.tail is None and self._ends_clause(tokens, match.end):
                    return Link(cue=match, source=source, inverted=True, end=match.end)
        return None

    def _only_names(self, tokens: Sequence[Token], comma: int) -> bool:
        """Whether nothing but a noun phrase and its apposition stands before the comma: "Le ministre, Jean Roy, a défendu …"."""
        opening = noun_phrase(tokens, 0, self.words)
        return opening is not None and comma + 1 in (opening.end + 1, self._behind_apposition(tokens, opening.end))

    def _parts(self, tokens: Sequence[Token], link: Link, comma: int) -> bool:
        """The plan, she added, is sound: a cue and its source that commas set into the middle of what is said."""
        relay = self._relay_at(tokens, link.end) if link.end < len(tokens) else None
        end = link.end if relay is None else relay[1]  # "…, she claimed according to AP, …"
        if end >= len(tokens) - 2 or tokens[end].text != "," or any(t.quotation for t in tokens):
            return False
        first, rest = self._stretch(tokens, 0, comma, 1), self._stretch(tokens, end + 1, len(tokens), 2)
        if first is None or rest is None or self._overlapped(first) or self._overlapped(rest):
            return False
        opening = tokens[0].lower
        grammar = self.words.grammar
        verbs = (i for i in range(comma) if not (i > 0 and tokens[i - 1].lower in grammar.not_a_verb))  # not of "the order"
        if opening in grammar.subordinators or any(self.words.cues_at(tokens, i) for i in verbs):
            return False
        if not self._finishes(tokens, end + 1):
            return False
        self._add(tokens, link, content=(first, rest), kind="indirect", quoted=(), rule="unmarked", score=0.7)
        return True

    def _closing_straight(self, tokens: Sequence[Token], i: int) -> Link | None:
        """The minister said. (only where nothing but the end follows)"""
        link = self._straight(tokens, i)
        if link is None:
            return None
        relay = self._relay_at(tokens, link.end) if link.end < len(tokens) else None
        if link.end < len(tokens) and tokens[link.end].text == "," and self.words.language == "en":
            return link
        return link if self._ends_clause(tokens, relay[1] if relay is not None else link.end) else None

    def _closes(self, tokens: Sequence[Token], link: Link) -> bool:
        """Whether only adverbials follow cue and source: no further clause that a comma opens with a new subject."""
        rest = tokens[link.end :]
        return (
            not any(t.quotation for t in rest)
            and len(rest) <= 24
            and not (self._complementised(rest[:2]) and not link.inverted)
            and not (link.inverted and self._complementised(rest[:1]))
        )

    def _spoken_before(self, nth: int) -> list[Span]:
        """The sentences right before that belong to the same unmarked speech: "I order you" before "I will not, said Ann."."""
        found: list[Span] = []
        words = self.words
        for sentence in reversed(self.paragraph.sentences[:nth]):
            spoken = any(t.lower in words.grammar.first or t.lower in words.grammar.second for t in sentence.tokens)
            if not spoken or self._overlapped(sentence.span) or any(t.quotation for t in sentence.tokens):
                break
            found.insert(0, sentence.span)
        return found
