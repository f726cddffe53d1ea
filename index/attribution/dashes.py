"""Speech behind a dash → a draft: the reporting clauses within it are parted from what is said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from index.attribution.complements import Complements
from index.attribution.drafts import Draft, Sentence
from index.attribution.links import REACH, Link
from index.attribution.quotation import Quotation
from index.attribution.words import DASHES, FINITE, Token, tokenise
from index.records import Span


@dataclass(slots=True)
class Dashes(Complements):
    """The rule `dash`."""

    def _dash(self, dash: Quotation) -> int:
        """– I will go, says Ann. / —No iré —dijo Ana—. Nadie me obliga. Returns where speech and its cue end for good."""
        tokens = tokenise(self.text, dash.content, language=self.words.language)
        if (answer := self._answered(tokens)) is not None:
            return self._turns(dash, tokens, answer)
        pieces: list[tuple[int, int]] = []
        links: list[Link] = []
        start, i = 0, 0
        while i < len(tokens):
            link = self._incise_at(tokens, i) if i > start else None
            if link is None:
                i += 1
                continue
            pieces.append((start, i))
            links.append(link)
            resume = self._resume(tokens, link)
            start = i = resume if resume is not None else len(tokens)
        ended = start == len(tokens)
        if not ended:
            pieces.append((start, len(tokens)))
        content = tuple(span for a, b in pieces if (span := self._speech(tokens, a, b)) is not None)
        if not content:
            return dash.span.start
        if links:
            self._add(tokens, links[0], content=content, kind="direct", quoted=content, rule="dash", score=0.95)
            self._drafts[-1] = self._relayed_dash(tokens, links[0], self._drafts[-1])
            if ended:
                self._added(tokens, links[-1])
            return tokens[links[-1].end - 1].span.end if ended else dash.span.end
        # A list item has a dash, too, but seldom the end of a sentence.
        if self.text[content[-1].end - 1 : content[-1].end + 1].strip()[-1:] in tuple('.!?…»”"'):
            draft = Draft(content=content, kind="direct", quoted=content, rule="dash", score=0.6, source=self._announced())
            self._drafts.append(draft)
        return dash.span.end

    def _answered(self, tokens: Sequence[Token]) -> int | None:
        """The dash behind a question that nobody is named to ask: – Are you afraid? – No, says Ann."""
        for i in range(2, len(tokens) - 1):
            if self._incise_at(tokens, i) is not None:
                return None
            if tokens[i].text in DASHES and tokens[i - 1].text == "?":
                return i if tokens[i + 1].is_capitalised else None
        return None

    def _turns(self, dash: Quotation, tokens: Sequence[Token], answer: int) -> int:
        asked = Span(tokens[0].span.start, tokens[answer - 1].span.end)
        self._drafts.append(Draft(content=(asked,), kind="direct", quoted=(asked,), rule="dash", score=0.6))
        end = dash.content.end
        content = Span(tokens[answer + 1].span.start, end)
        return self._dash(Quotation(span=Span(tokens[answer].span.start, end), content=content, style="dash"))

    def _incised(self, sentence: Sentence) -> None:
        """« C'est une erreur, estime Anne. Personne n'ira. »: a reporting clause within the marks, as the French press has it."""
        if self.words.language != "fr":
            return
        for token in sentence.tokens:
            if token.quotation is None or token.span in self._used:
                continue
            tokens = tokenise(self.text, token.quotation.content, language=self.words.language)
            at, link = next(((i, found) for i in range(2, len(tokens)) if (found := self._incise_at(tokens, i))), (0, None))
            if link is None or link.source is None:
                continue
            onward = link.end
            while onward < len(tokens) and tokens[onward - 1].text not in ".!?":
                onward += 1
            pieces = tuple(span for a, b in ((0, at), (onward, len(tokens))) if (span := self._speech(tokens, a, b)) is not None)
            self._add(tokens, link, content=pieces, kind="direct", quoted=pieces, rule="quote_cue", score=0.9)
            self._used.add(token.span)

    def _added(self, tokens: Sequence[Token], link: Link) -> None:
        """…, says Ann, and adds that … / …, says Ann, who adds that …: a second cue of one source behind dash speech."""
        words = self.words
        end = next((i for i in range(link.end, len(tokens)) if tokens[i].text in ".!?"), len(tokens))
        for i in range(link.end, min(end, link.end + REACH)):
            relative = tokens[i - 1].text == "," and tokens[i].lower in words.lexicon.pronouns.relative
            if tokens[i].lower not in words.grammar.conjunctions and not relative:
                continue
            for match in (m for k in (i + 1, i + 2) if k < end for m in words.cues_at(tokens, k)):
                if match.tense in FINITE and (match.start == i + 1 or tokens[i + 1].lower in words.grammar.adverbs):
                    again = Link(cue=match, source=link.source, end=match.end)
                    sentence = Sentence(span=Span(tokens[0].span.start, tokens[end - 1].span.end), tokens=tuple(tokens[:end]))
                    if self._complement(sentence, again):
                        return

    def _dash_sentence(self, nth: int, sentence: Sentence) -> bool:
        """A sentence within a paragraph that a dash opens: "… ved skolen. – Barna fryser, sier hun."; only with its cue."""
        first = sentence.tokens[0]
        if nth == 0 or first.text not in DASHES or len(sentence.tokens) < 4:
            return False
        content = Span(sentence.tokens[1].span.start, sentence.span.end)
        tokens = tokenise(self.text, content, language=self.words.language)
        if not any(self._incise_at(tokens, i) for i in range(1, len(tokens))):
            return False
        self._dash(Quotation(span=sentence.span, content=content, style="dash"))
        return True

    def _incise_at(self, tokens: Sequence[Token], i: int) -> Link | None:
        """A reporting clause that begins at token `i` within dash speech."""
        before = tokens[i - 1]
        breaks = before.text in ',?!…»”"' or before.text in DASHES
        if not breaks:
            return None
        link = self._inverted(tokens, i) or self._impersonal(tokens, i)
        if link is None and before.text in ",!?":
            link = self._unlisted(tokens, i)
        if link is None or not link.cue.cue.takes & {"quote"}:
            return None
        return link

    def _resume(self, tokens: Sequence[Token], link: Link) -> int | None:
        """The token at which the speech goes on behind a reporting clause; None where it does not."""
        for i in range(link.end, len(tokens)):
            token = tokens[i]
            closes = tokens[i - 1].text in ".,!?:;" or tokens[i - 1].span.end == token.span.start
            if token.text == "-" and i + 1 < len(tokens) and tokens[i + 1].span.start == token.span.end:
                closes = closes and not tokens[i - 1].is_word  # "110-sentralen"
            if token.text in DASHES and closes:
                following = i + 1
                while following < len(tokens) and tokens[following].text in ".,;:":
                    following += 1
                return following if following < len(tokens) else None
            if i > link.end + 30:
                return None
        plain = link.source is not None and link.source.head == "pronoun"
        if (plain or self.words.language in ("fr", "es", "pt")) and link.end < len(tokens) and tokens[link.end].text == ",":
            following = link.end + 1
            lower = tokens[following].lower if following < len(tokens) else ""
            grammar = self.words.grammar
            closed = grammar.prepositions | grammar.subordinators | grammar.conjunctions | grammar.adverbs
            adverbial = lower in closed - grammar.determiners - {"ne", "n'"}
            return following if following < len(tokens) and not adverbial else None
        if "dash_runs_on" in self.words.grammar.conventions:
            return self._runs_on(tokens, link)
        return None

    def _runs_on(self, tokens: Sequence[Token], link: Link) -> int | None:
        """The next sentence, where it is not about the speaker: – Vi var rädda, säger hon. Ingen visste något."""
        stop = next((i for i in range(link.end, len(tokens)) if tokens[i].text in ".!?"), len(tokens))
        rest = tokens[stop + 1 :]
        pronouns = self.words.lexicon.pronouns
        if link.source is None or not rest or not rest[0].is_word or rest[0].lower in (*pronouns.female, *pronouns.male):
            return None
        named = {token.lower for token in tokens[link.source.start : link.source.end] if token.is_capitalised}
        speech = [m for i in range(len(rest)) for m in self.words.cues_at(rest, i) if m.cue.act not in ("think", "show")]
        reports = any(m.tense in FINITE and m.cue.takes & {"that"} for m in speech)
        return None if reports or any(token.lower in named for token in rest) else stop + 1

    def _speech(self, tokens: Sequence[Token], start: int, end: int) -> Span | None:
        while start < end and (tokens[start].text in ",;:." or tokens[start].text in DASHES):
            start += 1
        while end > start and (tokens[end - 1].text in ",;:" or tokens[end - 1].text in DASHES):
            end -= 1
        if start >= end or not any(t.is_word for t in tokens[start:end]):
            return None
        return Span(tokens[start].span.start, tokens[end - 1].span.end)

    def _relayed_dash(self, tokens: Sequence[Token], link: Link, draft: Draft) -> Draft:
        for i in range(link.end, len(tokens)):
            relay = self._relay_at(tokens, i)
            if relay is not None:
                return replace(draft, reported_by=self._relay_name(tokens, relay[0]))
        return draft
