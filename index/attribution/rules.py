"""A paragraph → drafts of statements: which content belongs to which cue and source, in any language that has a lexicon.

The rules read the frame of a sentence, in which every marked quotation is one token, in this order; a later rule never takes
what an earlier one has used:

    dash          – I will go, says Ann.            the incise parted from the speech around it
    quote_cue     “I will go,” said Ann. / Ann said.   cue and source behind the quotation, or around it
    cue_quote     Ann said: “I will go.”
    according     According to Ann, she will go.
    clause        Ann said (that) she would go.     also mixed: Ann said she “will go”
    infinitive    Ann promised to go.
    object        Ann condemned the attack.
    unmarked      I will go, said Ann.
    floating      “I will go,” said Ann. “Nobody stops me.”

Who the source is, is not decided here (`speakers.py`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.attribution.continued import carry_on, subjunctive_clause
from index.attribution.drafts import Draft, Paragraph, Sentence
from index.attribution.phrases import Phrase, is_pronoun, noun_phrase, noun_phrase_before
from index.attribution.quotation import Quotation, find_quotations
from index.attribution.words import DASHES, CueMatch, Token, Words, is_country, tokenise
from index.records import Act, Kind, Modality, Polarity, Span

__all__ = ["Draft", "Paragraph", "Sentence", "find_drafts"]

_FINITE = ("past", "present")
_INVERTING = frozenset({"nb", "nn", "sv", "da", "de", "nl"})
# Languages whose verbs need no subject: «No iré», dijo.
_PRO_DROP = frozenset({"es", "pt"})
# Endings of Scandinavian definites and plurals: innbyggerne, folkemengden, journalister.
_DEFINITE = ("ene", "ane", "erne", "arna", "orna", "en", "et", "er", "ar", "or", "na")
# Words between a cue and its complementiser, or between a quotation and its cue: beyond this a link is a guess.
_REACH = 22


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    """A cue tied to its source within one sentence."""

    cue: CueMatch
    source: Phrase | None
    polarity: Polarity = "positive"
    modality: Modality = "actual"
    inverted: bool = False
    end: int = 0  # first token behind cue, source and what stands between


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
    for paragraph in paragraphs:
        found = _Reader(text, paragraph, words, before=before, unmarked_style=unmarked_style).read()
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
    cue = next((m for m in words.cues_at(tokens, at) if m.tense in _FINITE and "quote" in m.cue.takes), None)
    return cue is not None and noun_phrase(tokens, cue.end, words) is not None


@dataclass(slots=True)
class _Reader:
    """One paragraph's walk through the rules; it remembers which cues and quotations are used."""

    text: str
    paragraph: Paragraph
    words: Words
    before: tuple[Paragraph, tuple[Draft, ...]] | None
    unmarked_style: bool
    _used: set[Span] = field(default_factory=set)
    _drafts: list[Draft] = field(default_factory=list)
    _relays: dict[tuple[int, int], tuple[Phrase, int] | None] = field(default_factory=dict)  # by sentence start and token
    _last_source: dict[int, Phrase] = field(default_factory=dict)  # by where a sentence starts

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
        self._quote_cue(sentence)
        self._cue_quote(sentence)
        self._according(sentence)
        self._according_after(sentence)
        self._indirect(sentence)
        self._unmarked(nth, sentence)
        found = self._drafts[start:]
        del self._drafts[start:]
        self._drafts += self._relayed(sentence, found)

    def _pointing(self, nth: int, sentence: Sentence) -> None:
        """Das teilte die Polizei mit. / Det opplyser politiet: who said the sentence before."""
        tokens, words = sentence.tokens, self.words
        if not 4 <= len(tokens) <= _REACH or tokens[0].lower not in words.grammar.pointing or tokens[-1].text == ":":
            return
        for match in words.cues_at(tokens, 1):
            source = self._extended(tokens, noun_phrase(tokens, match.end, words))
            if match.tense not in _FINITE or not match.cue.takes & {"quote", "that", "bare"} or source is None:
                continue
            behind = source.end
            goes_on = behind < len(tokens) and not (
                behind == match.tail
                or not tokens[behind].is_word
                or words.phrase_at("addressee", tokens, behind)
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
            link = _Link(cue=match, source=source, inverted=True, end=end)
            kind: Kind = "mixed" if quoted else "indirect"
            self._add(tokens, link, content=(content,), kind=kind, quoted=quoted, rule="pointing", score=0.8)
            return

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
        """Whether an object or infinitive is all that is reported, and within somebody else's words: "say they regret the leak"."""
        nested = draft.rule == "object" or (draft.cue and draft.source is not None and draft.rule == "infinitive")
        return bool(nested) and any(
            other is not draft and piece.contains(draft.cue[0]) for other in self._drafts for piece in other.content
        )

    # Quotations between marks

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
            content: tuple[Span, ...] = tuple(_content(self.text, piece.content) for piece in pieces)
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

    def _link_behind(self, tokens: Sequence[Token], at: int) -> _Link | None:
        """Cue and source right behind the quotation at token `at`."""
        quotation = tokens[at].quotation
        assert quotation is not None
        i = at + 1
        comma = i < len(tokens) and tokens[i].text == ","
        ends = self.text[quotation.content.end - 1] in ",?!.…" or not quotation.closed
        if comma or (i < len(tokens) and tokens[i].text in DASHES):
            i += 1
        elif not ends and self.words.language not in _INVERTING:
            return None
        return self._inverted(tokens, i) or self._straight(tokens, i) or self._impersonal(tokens, i)

    def _inverted(self, tokens: Sequence[Token], i: int) -> _Link | None:
        """said Ann / sa Ann / har Ann sagt / ha dicho Ana / a dit Anne"""
        words = self.words
        if i >= len(tokens):
            return None
        start = i
        while (
            i < min(start + 3, len(tokens))
            and words.cues_at(tokens, i) == ()
            and (words.phrase_at("auxiliary", tokens, i) or tokens[i].lower in words.grammar.adverbs)
        ):
            i += max(1, words.phrase_at("auxiliary", tokens, i))
        wanted = _FINITE if i == start else (*_FINITE, "participle")
        if i >= len(tokens):
            return None
        for match in words.cues_at(tokens, i):
            if match.tense not in wanted:
                continue
            after = match.end
            while (
                after < len(tokens) and tokens[after].lower in words.grammar.adverbs and noun_phrase(tokens, after, words) is None
            ):
                after += 1
            source = self._extended(tokens, noun_phrase(tokens, after, words))
            if source is not None and self._can_speak(tokens, source):
                end = match.tail + 1 if match.tail is not None and match.tail >= source.end else source.end
                polarity = self._negated(tokens, i, source.end + 2)
                return _Link(cue=match, source=source, inverted=True, end=end, polarity=polarity)
            if source is None and words.language in _PRO_DROP and self._drops_subject(tokens, after):
                return _Link(cue=match, source=None, inverted=True, end=match.end)
        # har Ann sagt: auxiliary, source, participle
        if i > start or words.phrase_at("auxiliary", tokens, start):
            source = self._extended(tokens, noun_phrase(tokens, i, words))
            if source is not None and source.end < len(tokens):
                for match in words.cues_at(tokens, source.end):
                    if match.tense == "participle":
                        return _Link(cue=match, source=source, inverted=True, end=match.end)
        return None

    def _drops_subject(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether nothing that could be a subject follows the cue that ends at `at`."""
        return self._ends_clause(tokens, at) or tokens[at].lower in self.words.grammar.prepositions

    def _straight(self, tokens: Sequence[Token], i: int) -> _Link | None:
        """Ann said / Ann, a doctor, has said"""
        words = self.words
        source = noun_phrase(tokens, i, words)
        if source is None:
            return None
        j = self._behind_apposition(tokens, source.end)
        link = self._cue_from(tokens, source, j)
        if link is None and j != source.end:
            link = self._cue_from(tokens, source, source.end)
        return link

    def _behind_apposition(self, tokens: Sequence[Token], at: int) -> int:
        """The token behind ", a doctor," or "(OAS)" at `at`; `at` itself where nothing is put in."""
        if at < len(tokens) and tokens[at].text == "(":
            close = next((k for k in range(at, min(at + 12, len(tokens))) if tokens[k].text == ")"), None)
            if close is not None:
                return self._behind_apposition(tokens, close + 1)
        if at < len(tokens) and tokens[at].text in ",–—-":
            for k in range(at + 1, min(at + _REACH + 6, len(tokens))):
                if tokens[k].quotation is not None and tokens[k].span.length > 60:
                    break
                if tokens[k].text in ",–—-":
                    return k + 1
        return at

    def _cue_from(self, tokens: Sequence[Token], source: Phrase, i: int) -> _Link | None:
        """A cue at `i` or behind auxiliaries, adverbs and negations that stand there."""
        words = self.words
        start = i
        while i < min(start + 7, len(tokens)):
            for match in words.cues_at(tokens, i):
                if self._passive(tokens, start, i):
                    return None
                helped = i > start and self._helped(tokens, start, i)
                if match.tense in _FINITE or (match.tense in ("participle", "infinitive") and helped):
                    return _Link(
                        cue=match,
                        source=source,
                        polarity=self._negated(tokens, start, i)
                        if i > start
                        else self._negated(tokens, match.end, match.end + 1),
                        modality=self._modality(tokens, source.start, i),
                        end=match.end,
                    )
            step = self._skippable(tokens, i)
            if step == 0:
                return None
            i += step
        return None

    def _skippable(self, tokens: Sequence[Token], i: int) -> int:
        """How many tokens at `i` may stand between a subject and its verb."""
        words, token = self.words, tokens[i]
        for kind in ("denial", "auxiliary", "negation", "future", "possible"):
            if n := words.phrase_at(kind, tokens, i):
                return n
        manner = words.language == "en" and token.lower.endswith("ly") and not token.is_capitalised
        adverb = token.lower in words.grammar.adverbs or manner
        helper = token.lower in ("did", "does", "do", "didn't", "doesn't", "don't") or token.lower.endswith("n't")
        return 1 if adverb or helper else 0

    def _helped(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether an auxiliary, a modal or a denial stands in tokens `[start, end)`: "has said", "will say", "declined to say"."""
        kinds = ("auxiliary", "future", "possible", "denial")
        return any(
            self.words.phrase_at(kind, tokens, i) or tokens[i].lower in ("did", "does", "do") or tokens[i].lower.endswith("n't")
            for i in range(start, end)
            for kind in kinds
        )

    def _passive(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        passive = self.words.grammar.passive
        return any(tokens[i].lower in passive for i in range(start, end)) and not any(
            self.words.phrase_at("future", tokens, i) > 1 for i in range(start, end)
        )

    def _negated(self, tokens: Sequence[Token], start: int, end: int) -> Polarity:
        for i in range(max(start, 0), min(end, len(tokens))):
            if (
                self.words.phrase_at("negation", tokens, i)
                or self.words.phrase_at("denial", tokens, i)
                or tokens[i].lower.endswith("n't")
            ):
                return "negative"
        return "positive"

    def _modality(self, tokens: Sequence[Token], start: int, end: int) -> Modality:
        for i in range(max(start - 1, 0), min(end, len(tokens))):
            if self.words.phrase_at("future", tokens, i):
                return "future"
            if self.words.phrase_at("possible", tokens, i):
                return "possible"
        return "actual"

    def _can_speak(self, tokens: Sequence[Token], phrase: Phrase) -> bool:
        """Whether the phrase can be a speaker at all: a bare common noun needs a determiner before it."""
        if phrase.head != "other":
            return True
        first = tokens[phrase.start]
        return first.lower in self.words.grammar.determiners

    def _ends_clause(self, tokens: Sequence[Token], at: int) -> bool:
        return at >= len(tokens) or tokens[at].text in ".,;:!?"

    def _extended(self, tokens: Sequence[Token], phrase: Phrase | None) -> Phrase | None:
        """A role that its name follows behind a comma: "leader of the party, Kari Hansen"."""
        if phrase is None or phrase.head not in ("role", "group"):
            return phrase
        at = phrase.end
        place = (
            noun_phrase(tokens, at + 1, self.words)
            if at < len(tokens) and tokens[at].lower in self.words.grammar.prepositions
            else None
        )
        if (
            place is not None
            and place.head == "name"
            and tokens[at].lower in ("in", "i", "of", "for", "at", "ved", "på", "en", "de", "à")
        ):
            at = place.end
        if at < len(tokens) and tokens[at].text == ",":
            name = noun_phrase(tokens, at + 1, self.words)
            if (
                name is not None
                and name.head == "name"
                and name.name is not None
                and name.name[1] - name.name[0] >= 2
                and self._ends_clause(tokens, name.end)
            ):
                return replace(phrase, end=name.end, head="name", name=name.name)
        return phrase

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
            if link is None and colon:
                opening = noun_phrase(tokens, 0, self.words)
                if opening is not None and opening.end == at - 1 and opening.head in ("name", "role") and len(tokens) - at <= 2:
                    content = (_content(self.text, quotation.content),)
                    self._drafts.append(
                        Draft(
                            content=content,
                            kind="direct",
                            quoted=content,
                            rule="cue_quote",
                            score=0.8,
                            source=opening.span(tokens),
                        )
                    )
                    self._used.add(token.span)
                    continue
                subject = self._main_subject(tokens, at - 1)
                if subject is not None and whole and subject.head != "group" and at + 2 >= len(tokens):
                    content = (_content(self.text, quotation.content),)
                    self._drafts.append(
                        Draft(
                            content=content,
                            kind="direct",
                            quoted=content,
                            rule="cue_quote",
                            score=0.7,
                            source=subject.span(tokens),
                        )
                    )
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
            content = tuple(_content(self.text, piece.content) for piece in pieces)
            self._add(tokens, link, content=content, kind="direct", quoted=content, rule="cue_quote", score=0.96, until=at)
            self._used.add(token.span)

    def _titles(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the quotation is the name of what stands before it: the book “Lost”."""
        return any(self.words.phrase_at("medium_noun", tokens, k) == at - k for k in range(max(0, at - 3), at))

    def _words_follow(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether the sentence goes on behind the quotation: then it is a part of a clause, not the whole."""
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        return following is not None and following.is_word and not self.words.cues_at(tokens, at + 1)

    def _complementised(self, tokens: Sequence[Token]) -> bool:
        return any(self.words.phrase_at("complementiser", tokens, i) for i in range(len(tokens)))

    def _link_before(self, tokens: Sequence[Token], at: int) -> _Link | None:
        """The nearest cue with a source before token `at`, within its sentence."""
        for i in range(at - 1, max(at - _REACH, -1), -1):
            if tokens[i].quotation is not None:
                return None
            for match in self.words.cues_at(tokens, i):
                if match.end > at:
                    continue
                link = self._linked(tokens, match)
                if link is not None:
                    return link
        return None

    # A cue and its source, wherever they stand in the sentence

    def _linked(self, tokens: Sequence[Token], match: CueMatch) -> _Link | None:
        """Ties a cue to the source before it, or behind it where the language inverts; None where there is no source."""
        span = Span(tokens[match.start].span.start, tokens[match.end - 1].span.end)
        if span in self._used:
            return None
        words = self.words
        if (
            match.start > 0
            and tokens[match.start - 1].lower in words.grammar.not_a_verb
            and not is_pronoun(tokens[match.start - 1], words)
        ):
            return None
        i = match.start
        low = max(0, match.start - 8)
        while i - 1 >= low:
            step = next((n for n in (4, 3, 2, 1) if i - n >= low and self._skippable(tokens, i - n) == n), 0)
            if step == 0:
                break
            i -= step
        if match.tense != "gerund" and self._passive(tokens, i, match.start):
            return None
        helped = i < match.start and self._helped(tokens, i, match.start)
        if match.tense in ("participle", "infinitive") and not helped:
            return self._helped_from_afar(tokens, match)
        subject: Phrase | None = None
        if match.tense != "gerund" or helped:
            subject = self._subject_before(tokens, i)
        if (subject is None or subject.head == "other") and match.tense in _FINITE and words.language in _INVERTING:
            behind = self._extended(tokens, noun_phrase(tokens, match.end, words))
            if (
                behind is not None
                and behind.head in ("name", "role", "group", "pronoun")
                and self._begins_clause_before(tokens, i)
            ):
                end = max(behind.end, match.end)
                return _Link(
                    cue=match,
                    source=behind,
                    inverted=True,
                    end=end,
                    polarity=self._negated(tokens, end, end + 2),
                    modality=self._modality(tokens, i, match.start),
                )
        if (
            subject is None
            and i > 0
            and (tokens[i - 1].lower in words.grammar.conjunctions or match.tense == "gerund" or tokens[i - 1].text == ",")
        ):
            # "navy and air force": in English only a form that agrees with one subject shares it.
            agrees = match.tense != "present" or words.language != "en" or tokens[match.start].lower.endswith("s")
            shares = (tokens[i - 1].lower in words.grammar.conjunctions and agrees) or match.tense == "gerund"
            subject = (self._last_source.get(tokens[0].span.start) or self._main_subject(tokens, i)) if shares else None
        if (
            subject is None
            and words.language in _PRO_DROP
            and match.tense in _FINITE
            and match.start <= 1
            and "that" in match.cue.takes
        ):
            return _Link(cue=match, source=None, end=match.end, polarity=self._negated(tokens, 0, match.start))
        if subject is None or not self._can_speak(tokens, subject):
            return None
        between_start = i if subject.end <= i else match.start
        polarity = self._negated(tokens, between_start, match.start)
        if subject.start > 0 and tokens[subject.start - 1].lower in ("did", "does", "do", "has", "had", "will"):
            ahead = tokens[max(0, subject.start - 5) : subject.start - 1]
            if any(t.lower in ("no", "never", "nor", "neither", "nowhere", "not", "hardly") for t in ahead):
                polarity = "negative"  # At no point did he say …
        if polarity == "positive" and words.language in _INVERTING:
            polarity = self._negated(tokens, match.end, match.end + 1)
        return _Link(
            cue=match,
            source=subject,
            polarity=polarity,
            modality=self._modality(tokens, subject.start if subject.end == i else i, match.start),
            end=match.end,
        )

    def _helped_from_afar(self, tokens: Sequence[Token], match: CueMatch) -> _Link | None:
        """skal Ann si / har Ann sagt: the auxiliary before the subject."""
        kinds = ("future", "possible") if match.tense == "infinitive" else ("auxiliary",)
        if self.words.language in ("de", "nl"):
            for k in range(match.start - 1, max(match.start - 9, 0), -1):
                if tokens[k].text == "," or tokens[k].quotation is not None:
                    break
                if any(self.words.phrase_at(kind, tokens, k) for kind in kinds):
                    held = self._own(tokens, noun_phrase_before(tokens, k, self.words)) or noun_phrase(tokens, k + 1, self.words)
                    if held is not None and self._can_speak(tokens, held):
                        modality = self._modality(tokens, k, match.start)
                        return _Link(
                            cue=match,
                            source=held,
                            modality=modality,
                            end=match.end,
                            polarity=self._negated(tokens, k, match.start),
                        )
                    break
        subject = noun_phrase_before(tokens, match.start, self.words)
        if subject is None or subject.head == "other" or subject.start == 0:
            return None
        before = subject.start - 1
        if not any(self.words.phrase_at(kind, tokens, before) for kind in kinds):
            return None
        modality = self._modality(tokens, before + 1, match.start)
        return _Link(cue=match, source=subject, modality=modality, end=match.end)

    def _begins_clause_before(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether an adverbial, and no subject, stands before the verb at `i`: "Sent onsdag skriver AP at …", "I dag sier hun at …"."""
        if i == 0:
            return False
        if tokens[i - 1].lower in self.words.grammar.subordinators | self.words.grammar.conjunctions:
            return False
        return not any(is_pronoun(token, self.words) for token in tokens[max(0, i - 1) : i])

    def _subject_before(self, tokens: Sequence[Token], i: int) -> Phrase | None:
        """The noun phrase that ends at token `i`, also over an apposition or a relative pronoun."""
        if i == 0:
            return None
        words = self.words
        last = tokens[i - 1]
        if last.lower in words.lexicon.pronouns.relative and i >= 2:
            end = i - 2 if tokens[i - 2].text == "," else i - 1
            return self._own(tokens, noun_phrase_before(tokens, end, words))
        if last.text in (",", ")") or last.text in DASHES:
            opening = "(" if last.text == ")" else last.text
            for k in range(i - 2, max(i - _REACH - 8, -1), -1):
                if tokens[k].quotation is not None and tokens[k].span.length > 60:
                    return None
                if tokens[k].text == opening and (last.text != "," or k > 0):
                    name = noun_phrase(tokens, k + 1, words)
                    phrase = self._own(tokens, noun_phrase_before(tokens, k, words))
                    if phrase is None or not self._can_speak(tokens, phrase):
                        continue
                    if name is not None and name.end == i - 1 and name.head == "name" and phrase.head in ("role", "group"):
                        return replace(phrase, end=name.end, head="name", name=name.name)
                    return phrase
            return self._before_relative(tokens, i - 1) if last.text == "," else None
        return self._own(tokens, noun_phrase_before(tokens, i, words))

    def _before_relative(self, tokens: Sequence[Token], comma: int) -> Phrase | None:
        """The subject that opens the sentence, where only its relative clause stands before the comma: "A man who fled, said …"."""
        words = self.words
        subject = noun_phrase(tokens, 0, words)
        if subject is None or subject.end >= comma - 1 or not self._can_speak(tokens, subject):
            return None
        relative = tokens[subject.end].lower in words.lexicon.pronouns.relative
        # Naboer avisen har snakket med: the preposition is left behind where the pronoun is left out.
        stranded = words.language in ("nb", "nn", "sv", "da") and tokens[comma - 1].lower in words.grammar.prepositions
        clause = tokens[subject.end : comma]
        plain = not any(t.text in ",;:" or t.quotation is not None for t in clause)
        return subject if plain and (relative or stranded) else None

    def _own(self, tokens: Sequence[Token], phrase: Phrase | None) -> Phrase | None:
        """The phrase, unless a preposition before it makes it something else than a subject; then the phrase that it completes."""
        if phrase is None or phrase.start == 0:
            return phrase
        before = tokens[phrase.start - 1]
        grammar = self.words.grammar
        if any(
            self.words.phrase_at("according", tokens, k) == phrase.start - k
            for k in range(max(0, phrase.start - 3), phrase.start)
        ):
            return None
        if (
            before.lower in grammar.prepositions and before.lower not in grammar.subordinators - {"when", "while"}
        ) or before.lower in grammar.of:
            outer = noun_phrase_before(tokens, phrase.start - 1, self.words)
            if outer is not None and outer.head in ("name", "role", "group"):
                return replace(outer, end=phrase.end)
            return None
        return phrase

    def _main_subject(self, tokens: Sequence[Token], before: int) -> Phrase | None:
        """The subject of the sentence, for a verb that shares it: "Ann left and said …", "Ann left, saying …"."""
        words = self.words
        start = 0
        for _ in range(3):
            phrase = noun_phrase(tokens, start, words)
            sound = phrase is not None and not phrase.weak and phrase.head != "other" and not words.cues_at(tokens, start)
            if phrase is not None and sound and phrase.end <= before:
                return phrase
            comma = next((k for k in range(start, min(start + 16, before)) if tokens[k].text == ","), None)
            if comma is None:
                return None
            start = comma + 1
            if start < before and tokens[start].lower in words.grammar.conjunctions:
                start += 1
        return None

    # Reworded speech

    def _according(self, sentence: Sentence) -> None:
        """According to Ann, …. / …, according to Ann."""
        tokens, words = sentence.tokens, self.words
        for i in range(len(tokens)):
            n = words.phrase_at("according", tokens, i)
            if not n or tokens[i].span in self._used:
                continue
            if n > 1 and tokens[i + n - 1].lower in words.grammar.determiners:
                n -= 1
            source = self._extended(tokens, noun_phrase(tokens, i + n, words))
            if i + n < len(tokens) and words.cues_at(tokens, i + n):
                continue  # «según explicó»
            if source is None or self.is_relay(tokens, source):
                continue
            cue = Span(tokens[i].span.start, tokens[i + n - 1].span.end)
            quotes = [t for t in tokens if t.quotation is not None and t.span not in self._used]
            if source.head == "other" and not quotes:
                continue
            if i <= 1:
                begin = self._behind_apposition(tokens, source.end)
                if begin == source.end and begin < len(tokens) and tokens[begin].text == ",":
                    begin += 1
                content = self._stretch(tokens, begin, len(tokens))
            elif tokens[i - 1].text == "," or self._ends_clause(tokens, source.end):
                if any(span in self._used for span in (t.span for t in tokens[:i])):
                    continue
                content = self._stretch(tokens, 0, i)
            else:
                continue
            if content is None:
                continue
            self._used.add(cue)
            only = (
                quotes[0]
                if len(quotes) == 1
                and quotes[0].quotation
                and quotes[0].span.start <= content.start + 1
                and quotes[0].span.end >= content.end - 1
                else None
            )
            pieces = (
                (_content(self.text, only.quotation.content),) if only is not None and only.quotation is not None else (content,)
            )
            kind: Kind = "direct" if only is not None else "mixed" if self._inner(tokens, content) else "indirect"
            self._drafts.append(
                Draft(
                    content=pieces,
                    kind=kind,
                    quoted=pieces if kind == "direct" else self._inner(tokens, content),
                    cue=(cue,),
                    source=source.span(tokens),
                    rule="according",
                    score=0.85,
                )
            )
            for token in quotes:
                if content.contains(token.span):
                    self._used.add(token.span)

    def _according_after(self, sentence: Sentence) -> None:
        """Der Staatsanwaltschaft zufolge …"""
        tokens, words = sentence.tokens, self.words
        for i in range(1, len(tokens)):
            n = words.phrase_at("according_after", tokens, i)
            source = noun_phrase_before(tokens, i, words) if n else None
            if source is None or source.head == "other" and tokens[source.start].lower not in words.grammar.determiners:
                continue
            if source.start > 0 and tokens[source.start - 1].text != ",":
                continue
            content = self._stretch(tokens, i + n, len(tokens)) if source.start == 0 else self._stretch(tokens, 0, source.start)
            if content is None or self._overlapped(content):
                continue
            cue = Span(tokens[i].span.start, tokens[i + n - 1].span.end)
            quoted = self._inner(tokens, content)
            self._used.update(t.span for t in tokens if t.quotation is not None and content.contains(t.span))
            self._drafts.append(
                Draft(
                    content=(content,),
                    kind="mixed" if quoted else "indirect",
                    quoted=quoted,
                    cue=(cue,),
                    source=source.span(tokens),
                    rule="according",
                    score=0.85,
                )
            )

    def _stretch(self, tokens: Sequence[Token], start: int, end: int, least: int = 3) -> Span | None:
        """Tokens `[start, end)` without the marks at their ends; None where fewer than `least` tokens remain."""
        while start < end and tokens[start].text in ",;:–—-":
            start += 1
        while end > start and tokens[end - 1].text in ".,;:!?–—-…":
            end -= 1
        if end - start < least and not any(t.quotation for t in tokens[start:end]):
            return None
        return Span(tokens[start].span.start, tokens[end - 1].span.end) if start < end else None

    def _inner(self, tokens: Sequence[Token], content: Span) -> tuple[Span, ...]:
        """The quoted parts within a reworded stretch."""
        return tuple(t.quotation.content for t in tokens if t.quotation is not None and content.contains(t.span))

    def _indirect(self, sentence: Sentence) -> None:
        """Clauses and objects behind a cue that has a source: Ann said that …, Ann condemned …, Ann promised to …"""
        tokens = sentence.tokens
        i = 0
        while i < len(tokens):
            matches = self.words.cues_at(tokens, i)
            done = 0
            for match in matches:
                if match.cue.takes <= {"quote"}:
                    continue
                link = self._linked(tokens, match)
                if link is None:
                    continue
                if self._complement(sentence, link):
                    done = match.end - i
                    break
            i += done or 1

    def _complement(self, sentence: Sentence, link: _Link) -> bool:
        """Finds what a linked cue reports and adds it; False where nothing sound stands behind the cue."""
        tokens, words, takes = sentence.tokens, self.words, link.cue.cue.takes
        start = max(link.end, link.cue.end)
        if link.cue.tail == start:
            start += 1
        limit = self._sentence_end(tokens, start)
        at = start
        if words.language in ("de", "da", "nl") and (found := self._behind_comma(tokens, link, start, limit)) is not None:
            at, person = found
            spoken_to = person.span(tokens) if person is not None else None
            return self._reworded(tokens, link, at, limit, rule="clause", score=0.8, addressee=spoken_to, until=at)
        addressee: Span | None = None
        if (bracket := self._bracketed(tokens, link)) is not None and "object" in takes and self._ends_clause(tokens, start):
            return self._reworded(tokens, link, *bracket, rule="object", score=0.75)
        if "that" in takes and (clause := self._that_clause(tokens, at, limit)) is not None:
            return self._reworded(tokens, link, clause, limit, rule="clause", score=0.9, until=clause)
        if link.cue.cue.object_is == "addressee" or "order" in takes:
            person = noun_phrase(tokens, at, words) or self._object_pronoun(tokens, at)
            if person is None and words.language in _PRO_DROP and at + 1 < limit and words.phrase_at("addressee", tokens, at):
                person = noun_phrase(tokens, at + 1, words)  # ordenó a las tropas retirarse
            if (person is not None and person.head != "other") or (person is not None and "order" in takes):
                marker = person.end
                if "order" in takes and self._opens_infinitive(tokens, marker, limit):
                    return self._reworded(tokens, link, at, limit, rule="clause", score=0.85, addressee=person.span(tokens))
                if link.cue.cue.object_is == "addressee":
                    addressee = person.span(tokens)
                    at = person.end
                    if at < limit and "bare" in takes and self._opens_clause(tokens, at, limit):
                        return self._reworded(tokens, link, at, limit, rule="clause", score=0.8, addressee=addressee)
                    return False
        if "infinitive" in takes and at + 2 < limit and words.language in _PRO_DROP and self._is_bare_infinitive(tokens[at + 1]):
            at += tokens[at].lower in words.grammar.infinitive  # llamó a mantener la calma
        infinitive = at < limit and (tokens[at].lower in words.grammar.infinitive or self._is_bare_infinitive(tokens[at]))
        declined = link.cue.cue.act == "decline" and any(words.cues_at(tokens, i) for i in range(at, min(at + 2, limit)))
        if "infinitive" in takes and infinitive and limit - at >= 2 and not declined:
            return self._reworded(tokens, link, at, limit, rule="infinitive", score=0.85)
        while at < limit - 1 and tokens[at].lower in words.grammar.adverbs and tokens[at].is_capitalised:
            at += 1  # "said Monday it would …"
        if "bare" in takes and self._opens_clause(tokens, at, limit):
            return self._reworded(tokens, link, at, limit, rule="clause", score=0.8)
        if "object" in takes and link.cue.cue.object_is != "addressee" and self._opens_object(tokens, at, limit):
            if link.cue.tail is not None and at < link.cue.tail < limit and self._ends_clause(tokens, link.cue.tail + 1):
                limit = link.cue.tail
            end = self._object_end(tokens, at, limit)
            if link.cue.cue.act == "call" and end < limit and tokens[end].lower in words.grammar.likening:
                end = next((i for i in range(end + 1, limit) if tokens[i].text in ",:"), limit)
            likened = any(t.lower in words.grammar.likening for t in tokens[at + 1 : end - 1])
            # "called him a liar", "called it “a coup”"; "called a meeting" and "called Ann" are no statements
            if link.cue.cue.act == "call" and not (
                likened or is_object(tokens[at], words) or any(t.quotation for t in tokens[at:end])
            ):
                return False
            return self._reworded(tokens, link, at, end, rule="object", score=0.75)
        return False

    def _behind_comma(self, tokens: Sequence[Token], link: _Link, start: int, limit: int) -> tuple[int, Phrase | None] | None:
        """sagte, er werde … / versprach, … zu senken / warf ihm vor, … zu haben / befahl den Truppen, … zu räumen"""
        words, takes = self.words, link.cue.cue.takes
        at = start
        person: Phrase | None = None
        if link.cue.tail is not None and link.cue.tail > start:
            person = self._object_pronoun(tokens, at) or noun_phrase(tokens, at, words)
            at = link.cue.tail + 1
        elif takes & {"order"} or link.cue.cue.object_is == "addressee":
            person = self._object_pronoun(tokens, at) or noun_phrase(tokens, at, words)
            at = person.end if person is not None else at
        if at + 2 < limit and tokens[at].text != "," and "bare" in takes and words.grammar.subjunctive:
            at, person = self._subjunctive_comma(tokens, at, limit), None
        if at + 2 >= limit or tokens[at].text != ",":
            return None
        at += 1
        if "bare" in takes and self._subjunctive_in(tokens, at, limit) and not words.phrase_at("complementiser", tokens, at):
            return at, person
        following = tokens[at]
        if (
            following.quotation is not None
            or words.phrase_at("complementiser", tokens, at)
            or following.lower in words.lexicon.pronouns.relative
        ):
            determiner = following.lower in words.grammar.determiners and not words.phrase_at("complementiser", tokens, at)
            if not determiner:
                return None
        infinitive = any(t.lower in words.grammar.infinitive or "zu" in t.lower[2:-3] for t in tokens[at + 1 : limit])
        if (
            takes & {"infinitive", "order", "that"}
            and words.language == "de"
            and infinitive
            and tokens[limit - 1].lower.endswith("n")
        ):
            return at, person
        if "bare" in takes and person is None and self._opens_clause(tokens, at, limit):
            return at, None
        return None

    def _bracketed(self, tokens: Sequence[Token], link: _Link) -> tuple[int, int] | None:
        """The tokens between auxiliary and participle: "hat [die Tat] bestritten"; None where the source does not precede both."""
        words = self.words
        if words.language not in ("de", "nl") or link.cue.tense != "participle" or link.source is None:
            return None
        at = link.source.end
        n = words.phrase_at("auxiliary", tokens, at) if at < link.cue.start else 0
        if not n or tokens[at].lower in words.grammar.passive:
            return None
        at += n
        while at < link.cue.start and tokens[at].lower in words.grammar.adverbs:
            at += 1
        return (at, link.cue.start) if at < link.cue.start else None

    def _subjunctive_comma(self, tokens: Sequence[Token], at: int, limit: int) -> int:
        """The comma behind adverbials, "sagte in Berlin, die Zeit dränge", where a clause in the subjunctive follows; else `limit`."""
        for i in range(at, min(at + 9, limit)):
            if tokens[i].text == ",":
                return i if self._subjunctive_in(tokens, i + 1, limit) else limit
            if not tokens[i].is_word or self.words.cues_at(tokens, i):
                return limit
        return limit

    def _subjunctive_in(self, tokens: Sequence[Token], at: int, limit: int) -> bool:
        return at < limit and subjunctive_clause(tokens[at:limit], self.words) == 0

    def _opens_infinitive(self, tokens: Sequence[Token], at: int, limit: int) -> bool:
        """Whether "to go", "til å gå", "om at …" follows the person who is told to."""
        words = self.words
        if at < limit and self._is_bare_infinitive(tokens[at]):
            return True
        if at + 1 < limit and tokens[at + 1].lower in words.grammar.infinitive | set(words.lexicon.complementisers):
            at += tokens[at].lower in words.grammar.prepositions or tokens[at].lower in words.lexicon.addressee
        return at < limit and (tokens[at].lower in words.grammar.infinitive or words.phrase_at("complementiser", tokens, at) > 0)

    def _is_bare_infinitive(self, token: Token) -> bool:
        """retirarse, sair: the Spanish and Portuguese infinitive shows by its ending."""
        endings = {
            "es": ("ar", "er", "ir", "arse", "erse", "irse", "arlo", "erlo"),
            "pt": ("ar", "er", "ir", "ar-se", "er-se"),
        }
        return token.is_word and len(token.text) > 3 and token.lower.endswith(endings.get(self.words.language, ("\0",)))

    def _object_pronoun(self, tokens: Sequence[Token], at: int) -> Phrase | None:
        if at >= len(tokens):
            return None
        pronouns = self.words.lexicon.pronouns
        objects = (*pronouns.object_female, *pronouns.object_male, *pronouns.object_plural)
        return Phrase(start=at, end=at + 1, head="pronoun") if tokens[at].lower in objects else None

    def _sentence_end(self, tokens: Sequence[Token], start: int) -> int:
        end = len(tokens)
        while end > start and tokens[end - 1].text in ".!?…:;":
            end -= 1
        semicolon = next((k for k in range(start, end) if tokens[k].text == ";"), end)
        return semicolon

    def _that_clause(self, tokens: Sequence[Token], at: int, limit: int) -> int | None:
        """The first token of the clause behind the complementiser that belongs to a cue ending before `at`."""
        words = self.words
        i = at
        while i < min(at + _REACH, limit):
            token = tokens[i]
            if token.quotation is not None:
                return None
            n = words.phrase_at("complementiser", tokens, i)
            # "som", "que", "der" also open relative clauses; only directly behind the cue or a break are they sure.
            asks = token.lower in _QUESTION_WORDS
            near = i == at or (i == at + 1 and tokens[at].text == ",") or i == self._behind_addressee(tokens, at)
            if n and i > at and tokens[i - 1].lower in words.grammar.conjunctions:
                return None  # "said she would go and that …": a second clause, not the first
            if asks and i + 1 < limit and tokens[i + 1].lower in words.grammar.infinitive:
                n = 0  # "ba dem om å gå"
            if n and asks and token.lower in words.grammar.prepositions:
                noun = noun_phrase(tokens, i + 1, words)
                n = 0 if noun is not None and noun.end >= limit else n  # "fortalte henne om risikoen"
            if n and (near or not asks):
                return i if asks else i + n if i + n < limit else None
            if i > at and self._reports(tokens, i):
                return None
            i += 1
        return None

    def _behind_addressee(self, tokens: Sequence[Token], at: int) -> int:
        """The token behind "a Tomás Rivas", "Bo Lie" at `at`, so that "asked Bo Lie whether" reads as "asked whether"."""
        at += self.words.phrase_at("addressee", tokens, at) if at < len(tokens) else 0
        person = noun_phrase(tokens, at, self.words) or self._object_pronoun(tokens, at)
        return person.end if person is not None else at

    def _reports(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether another verb of speech stands at `i`, so that what follows is its content."""
        words = self.words
        if tokens[i - 1].lower in words.grammar.not_a_verb or words.phrase_at("medium_noun", tokens, i):
            return False
        return any(m.tense in (*_FINITE, "gerund") and m.cue.takes & {"that", "bare"} for m in words.cues_at(tokens, i))

    def _opens_clause(self, tokens: Sequence[Token], at: int, limit: int) -> bool:
        """Whether a clause without complementiser can begin at `at`: it has a subject and something behind it."""
        if at >= limit or limit - at < 3:
            return False
        token, words = tokens[at], self.words
        if token.quotation is not None:
            return limit - at > 1
        if token.text in DASHES or not token.is_word or token.text[0].isdigit():
            return False
        if (
            is_pronoun(token, words)
            or token.lower in words.grammar.first
            or token.lower in ("it", "there", "this", "that", "det", "es", "er", "sie")
        ):
            return True
        if token.lower in words.grammar.prepositions and token.lower not in words.grammar.determiners:
            return False
        phrase = noun_phrase(tokens, at, words)
        if phrase is None or phrase.end >= limit:
            return False
        following = tokens[phrase.end]
        if following.lower in words.grammar.prepositions and phrase.head == "other":
            return False  # "tells the story of …" is no clause
        return following.is_word or following.quotation is not None

    def _opens_object(self, tokens: Sequence[Token], at: int, limit: int) -> bool:
        if at >= limit:
            return False
        token, words = tokens[at], self.words
        if token.quotation is not None:
            return True
        if not token.is_word or (words.phrase_at("complementiser", tokens, at) and token.lower not in ("what", "det", "lo")):
            return False
        if words.language in _PRO_DROP and token.lower in ("a", "al", "ao", "à", "aos", "às"):
            return at + 1 < limit  # acusó al ayuntamiento de …
        return token.lower in words.grammar.determiners or not (
            token.lower in words.grammar.prepositions
            or token.lower in words.grammar.conjunctions
            or token.lower in words.grammar.subordinators
        )

    def _object_end(self, tokens: Sequence[Token], at: int, limit: int) -> int:
        """Where a noun phrase that tells the content ends: at a comma, or before a verb that goes on with the sentence."""
        words = self.words
        for i in range(at + 1, limit):
            if tokens[i].text == "," and self._lists(tokens, i, limit):
                continue
            if tokens[i].text in (",", ":", ")") or tokens[i].text in DASHES or self._medium_at(tokens, i) is not None:
                return i
            if tokens[i].lower in words.grammar.conjunctions and i + 1 < limit:
                verb = any(m.tense in _FINITE for m in words.cues_at(tokens, i + 1))
                ending = words.language == "en" and tokens[i + 1].lower.endswith("ed") and not tokens[i + 1].is_capitalised
                if verb or ending or words.phrase_at("auxiliary", tokens, i + 1):
                    return i
            if tokens[i - 1].lower in words.grammar.prepositions and any(m.tense == "gerund" for m in words.cues_at(tokens, i)):
                return i - 1  # "defended the move by saying that …"
            opens = words.grammar.subordinators - words.grammar.prepositions - words.grammar.determiners
            if tokens[i].lower in opens and tokens[i].lower not in words.lexicon.pronouns.relative:
                return i
        return limit

    def _lists(self, tokens: Sequence[Token], comma: int, limit: int) -> bool:
        """Whether the comma parts the members of a list: "the army, navy and air force"."""
        for i in range(comma + 1, min(comma + 5, limit)):
            if tokens[i].lower in self.words.grammar.conjunctions:
                return i > comma + 1 and not any(m.tense == "past" for m in self.words.cues_at(tokens, i + 1))
            if not tokens[i].is_word or self.words.cues_at(tokens, i):
                return False
        return False

    def _reworded(
        self,
        tokens: Sequence[Token],
        link: _Link,
        start: int,
        end: int,
        *,
        rule: str,
        score: float,
        addressee: Span | None = None,
        until: int | None = None,
    ) -> bool:
        end = min(end, self._relay_start(tokens, start, end))
        if link.modality == "possible" and self.words.phrase_at("possible", tokens, 0):
            # If Ann says that she was there, she lies: the main clause follows the last comma.
            end = next((i for i in range(end - 1, start, -1) if tokens[i].text == ","), end)
        elif self._in_side_clause(tokens, link):
            end = next((i for i in range(start, end) if tokens[i].text == ","), end)
        end = self._next_statement(tokens, start, end)
        content = self._stretch(tokens, start, end, 3 if until is None else 2)
        if content is None:
            content = self._short(tokens, start, end) if rule == "object" else None
        if content is None or any(content.overlaps(used) for used in self._quotes_used(tokens)):
            return False
        whole = [t for t in tokens if t.quotation is not None and t.span.start == content.start and t.span.end == content.end]
        quoted = self._inner(tokens, content)
        if whole and whole[0].quotation is not None:
            content = _content(self.text, whole[0].quotation.content)
            quoted = (content,)
        kind: Kind = "mixed" if quoted else "indirect"
        if whole and rule == "clause" and content.of(self.text)[:1].isupper():
            kind = "direct"  # told them that “Surely there will be …”
        self._add(
            tokens,
            link,
            content=(content,),
            kind=kind,
            quoted=quoted,
            rule=rule,
            score=score,
            addressee=addressee,
            until=until,
        )
        self._used.update(t.span for t in tokens if t.quotation is not None and content.overlaps(t.span))
        return True

    def _in_side_clause(self, tokens: Sequence[Token], link: _Link) -> bool:
        """Whether the cue stands in a side clause that opens the sentence: "When Ann said that she knew, he left."."""
        grammar = self.words.grammar
        aside = tokens[0].lower in grammar.subordinators - grammar.determiners - grammar.prepositions
        return aside and link.source is not None and not any(t.text == "," for t in tokens[: link.cue.start])

    def _short(self, tokens: Sequence[Token], start: int, end: int) -> Span | None:
        while end > start and not tokens[end - 1].is_word and tokens[end - 1].quotation is None:
            end -= 1
        return Span(tokens[start].span.start, tokens[end - 1].span.end) if end > start else None

    def _next_statement(self, tokens: Sequence[Token], start: int, end: int) -> int:
        """Cuts the content before ", and said …": the next verb of speech of the same subject begins another statement."""
        words = self.words
        in_relative = self._in_relative(tokens, start)
        for i in range(start + 2, end - 1):
            if tokens[i].text == "," and in_relative:
                return i
            if tokens[i].lower not in words.grammar.conjunctions:
                continue
            if tokens[i - 1].text in ",–—-" and self._reports_anew(tokens, i + 1, end):
                return i - 1
            for match in words.cues_at(tokens, i + 1):
                # Without a comma only a clear past of an act of speech ends a clause: "said he came and says no" stays.
                speech = match.tense in _FINITE and match.cue.takes & {"that", "order", "infinitive", "object"}
                if speech and (tokens[i - 1].text == "," or match.tense == "past"):
                    return i - 1 if tokens[i - 1].text == "," else i
        return end

    def _reports_anew(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether the clause between `start` and `end` reports words itself: "…, but in the palace he said the army …"."""
        for i in range(start, min(end, start + _REACH)):
            for match in self.words.cues_at(tokens, i):
                subject = match.tense in _FINITE and match.cue.takes & {"that", "bare"} and i > start
                if subject and noun_phrase_before(tokens, i, self.words) is not None:
                    return True
        return False

    def _in_relative(self, tokens: Sequence[Token], start: int) -> bool:
        """Whether the cue before `start` stands in a clause that a comma will close: "Ann, who said that …, …"."""
        relative = self.words.lexicon.pronouns.relative
        opens = next((i for i in range(start - 1, 0, -1) if tokens[i].lower in relative and tokens[i - 1].text == ","), None)
        return opens is not None and start - opens <= 8 and not any(t.text == "," for t in tokens[opens:start])

    def _quotes_used(self, tokens: Sequence[Token]) -> Iterator[Span]:
        return (t.span for t in tokens if t.quotation is not None and t.span in self._used)

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
            if link.source is not None and self.is_relay(tokens, link.source):
                continue
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

    def _as_said(self, tokens: Sequence[Token], at: int) -> _Link | None:
        """…, wie ein Sprecher am Abend sagte."""
        if tokens[at].lower not in self.words.grammar.as_said:
            return None
        source = noun_phrase(tokens, at + 1, self.words)
        if source is None or not self._can_speak(tokens, source):
            return None
        for i in range(source.end, min(source.end + 14, len(tokens))):
            for match in self.words.cues_at(tokens, i):
                if match.tense in _FINITE and match.tail is None and self._ends_clause(tokens, match.end):
                    return _Link(cue=match, source=source, inverted=True, end=match.end)
        return None

    def _impersonal(self, tokens: Sequence[Token], at: int) -> _Link | None:
        """…, heter det i en uttalelse. / …, hieß es."""
        for match in self.words.cues_at(tokens, at) if at < len(tokens) else ():
            pronoun = match.end - match.start == 2 and tokens[match.end - 1].lower in ("det", "es")
            if pronoun and match.tense in _FINITE:
                return _Link(cue=match, source=self._issuer(tokens, match.end), inverted=True, end=match.end)
        return None

    def _issuer(self, tokens: Sequence[Token], at: int) -> Phrase | None:
        """Whose the text is: "heter det i en uttalelse fra departementet"."""
        for i in range(at, min(at + 7, len(tokens) - 1)):
            if tokens[i].lower in ("fra", "frå", "från", "aus", "von", "vom"):
                return noun_phrase(tokens, i + 1, self.words)
        return None

    def _parts(self, tokens: Sequence[Token], link: _Link, comma: int) -> bool:
        """The plan, she added, is sound: a cue and its source that commas set into the middle of what is said."""
        if link.end >= len(tokens) - 2 or tokens[link.end].text != "," or any(t.quotation for t in tokens):
            return False
        first, rest = self._stretch(tokens, 0, comma, 1), self._stretch(tokens, link.end + 1, len(tokens), 2)
        if first is None or rest is None or self._overlapped(first) or self._overlapped(rest):
            return False
        opening = tokens[0].lower
        if opening in self.words.grammar.subordinators or any(self.words.cues_at(tokens, i) for i in range(comma)):
            return False
        if not self._finishes(tokens, link.end + 1):
            return False
        self._add(tokens, link, content=(first, rest), kind="indirect", quoted=(), rule="unmarked", score=0.7)
        return True

    def _finishes(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether a verb goes on behind the incise, as in "…, she said, is sound", not a further clause or adverbial."""
        lower = tokens[at].lower
        grammar = self.words.grammar
        verb = (
            self.words.phrase_at("auxiliary", tokens, at)
            or lower in grammar.passive
            or self.words.phrase_at("future", tokens, at)
        )
        return bool(verb or self.words.phrase_at("possible", tokens, at) and lower not in grammar.subordinators)

    def _closing_straight(self, tokens: Sequence[Token], i: int) -> _Link | None:
        """The minister said. (only where nothing but the end follows)"""
        link = self._straight(tokens, i)
        if link is None:
            return None
        relay = self._relay_at(tokens, link.end) if link.end < len(tokens) else None
        if link.end < len(tokens) and tokens[link.end].text == "," and self.words.language == "en":
            return link
        return link if self._ends_clause(tokens, relay[1] if relay is not None else link.end) else None

    def _closes(self, tokens: Sequence[Token], link: _Link) -> bool:
        """Whether only adverbials follow cue and source: no further clause that a comma opens with a new subject."""
        rest = tokens[link.end :]
        return (
            not any(t.quotation for t in rest)
            and len(rest) <= 24
            and not (self._complementised(rest[:2]) and not link.inverted)
            and not (link.inverted and self._complementised(rest[:1]))
        )

    def _spoken_before(self, nth: int) -> list[Span]:
        """The sentences right before that belong to the same unmarked speech: the "I order you" before "I will not, said Ann."."""
        found: list[Span] = []
        words = self.words
        for sentence in reversed(self.paragraph.sentences[:nth]):
            spoken = any(t.lower in words.grammar.first or t.lower in words.grammar.second for t in sentence.tokens)
            if not spoken or self._overlapped(sentence.span) or any(t.quotation for t in sentence.tokens):
                break
            found.insert(0, sentence.span)
        return found

    def _overlapped(self, span: Span) -> bool:
        return any(piece.overlaps(span) for draft in self._drafts for piece in draft.content)

    def _drafts_in(self, sentence: Sentence) -> bool:
        return any(sentence.span.overlaps(draft.content[0]) for draft in self._drafts)

    # Dash quotations

    def _dash(self, dash: Quotation) -> int:
        """– I will go, says Ann. / —No iré —dijo Ana—. Nadie me obliga. Returns where speech and its cue end for good."""
        tokens = tokenise(self.text, dash.content, language=self.words.language)
        pieces: list[tuple[int, int]] = []
        links: list[_Link] = []
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

    def _added(self, tokens: Sequence[Token], link: _Link) -> None:
        """…, says Ann, and adds that …: a second cue of the same source behind the incise of dash speech."""
        words = self.words
        end = next((i for i in range(link.end, len(tokens)) if tokens[i].text in ".!?"), len(tokens))
        for i in range(link.end, min(end, link.end + _REACH)):
            if tokens[i].lower not in words.grammar.conjunctions:
                continue
            for match in (m for k in (i + 1, i + 2) if k < end for m in words.cues_at(tokens, k)):
                if match.tense in _FINITE and (match.start == i + 1 or tokens[i + 1].lower in words.grammar.adverbs):
                    again = _Link(cue=match, source=link.source, end=match.end)
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

    def _incise_at(self, tokens: Sequence[Token], i: int) -> _Link | None:
        """A reporting clause that begins at token `i` within dash speech."""
        before = tokens[i - 1]
        breaks = before.text in ',?!…»”"' or before.text in DASHES
        if not breaks:
            return None
        link = self._inverted(tokens, i)
        if link is None or not link.cue.cue.takes & {"quote"}:
            return None
        return link

    def _resume(self, tokens: Sequence[Token], link: _Link) -> int | None:
        """The token at which the speech goes on behind a reporting clause; None where it does not."""
        for i in range(link.end, len(tokens)):
            token = tokens[i]
            closes = tokens[i - 1].text in ".,!?:;" or tokens[i - 1].span.end == token.span.start
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
        return None

    def _speech(self, tokens: Sequence[Token], start: int, end: int) -> Span | None:
        while start < end and (tokens[start].text in ",;:." or tokens[start].text in DASHES):
            start += 1
        while end > start and (tokens[end - 1].text in ",;:" or tokens[end - 1].text in DASHES):
            end -= 1
        if start >= end or not any(t.is_word for t in tokens[start:end]):
            return None
        return Span(tokens[start].span.start, tokens[end - 1].span.end)

    def _announced(self) -> Span | None:
        """The source in the paragraph before, where that ends in a colon and so announces this one."""
        if self.before is None:
            return None
        paragraph, drafts = self.before
        if not paragraph.sentences or not paragraph.span.of(self.text).rstrip().endswith(":"):
            return None
        tokens = paragraph.sentences[-1].tokens
        link = self._link_before(tokens, len(tokens))
        if link is not None and link.source is not None:
            return link.source.span(tokens)
        subject = self._main_subject(tokens, len(tokens))
        return subject.span(tokens) if subject is not None else None

    # Quotations that no cue reports

    def _floating(self) -> None:
        """“I will go,” said Ann. “Nobody stops me.” — the second one is hers, too."""
        for sentence in self.paragraph.sentences:
            tokens = sentence.tokens
            loose = [t for t in tokens if t.quotation is not None and t.span not in self._used]
            if not loose:
                continue
            frame = [t for t in tokens if t.quotation is None and t.is_word]
            if frame:
                continue
            for token in loose:
                assert token.quotation is not None
                content = _content(self.text, token.quotation.content)
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
            last = max(earlier, key=lambda d: d.content[-1].end)
            return last
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

    # What every rule needs

    def is_relay(self, tokens: Sequence[Token], phrase: Phrase) -> bool:
        """Whether the phrase names an agency or an outlet, which passes on what others said."""
        return any(
            self.words.phrase_at(kind, tokens, i) > 0 for i in range(phrase.start, phrase.end) for kind in ("agency", "station")
        )

    def _relay_start(self, tokens: Sequence[Token], start: int, end: int) -> int:
        """The token at which a closing relay begins: ", writes AP", ", according to Reuters"; `end` where there is none."""
        for i in range(start, end):
            relay = self._relay_at(tokens, i)
            if relay is not None and ((i > 0 and tokens[i - 1].text == ",") or self._ends_clause(tokens, relay[1])):
                return i
        return end

    def _relay_name(self, tokens: Sequence[Token], phrase: Phrase) -> str:
        """The agency's own name where the phrase has one: "AP" of "nyhetsbyrået AP"."""
        for i in range(phrase.start, phrase.end):
            if (n := self.words.phrase_at("agency", tokens, i)) and tokens[i].is_capitalised:
                return Span(tokens[i].span.start, tokens[i + n - 1].span.end).of(self.text)
        return phrase.span(tokens).of(self.text)

    def _relay_at(self, tokens: Sequence[Token], i: int) -> tuple[Phrase, int] | None:
        """The relay phrase that begins at token `i` and the token behind it."""
        place = (tokens[0].span.start, i)
        if place not in self._relays:
            self._relays[place] = self._read_relay(tokens, i)
        return self._relays[place]

    def _read_relay(self, tokens: Sequence[Token], i: int) -> tuple[Phrase, int] | None:
        words = self.words
        n = words.phrase_at("according", tokens, i)
        if n:
            source = noun_phrase(tokens, i + n, words)
            if source is not None and self.is_relay(tokens, source):
                return source, source.end
            return None
        for match in words.cues_at(tokens, i):
            if match.tense in _FINITE:
                source = noun_phrase(tokens, match.end, words)
                if source is not None and self.is_relay(tokens, source) and self._ends_clause(tokens, source.end):
                    return source, source.end
        if i > 0 and tokens[i - 1].text == ",":
            source = noun_phrase(tokens, i, words)
            if source is not None and self.is_relay(tokens, source) and source.end < len(tokens):
                for match in words.cues_at(tokens, source.end):
                    if match.tense in _FINITE and self._ends_clause(tokens, match.end):
                        return source, match.end
        return None

    def _relayed(self, sentence: Sentence, drafts: list[Draft]) -> list[Draft]:
        """The drafts of a sentence with their relay; a sentence that only a relay reports becomes a statement of its own."""
        tokens = sentence.tokens
        found = next(((i, relay) for i in range(len(tokens)) if (relay := self._relay_at(tokens, i)) is not None), None)
        if found is None:
            return drafts
        i, (source, end) = found
        if tokens[-1].text == ":":
            return drafts
        if i <= 1 and len(tokens) <= 7 and not drafts:
            # "Det skriver AP.": it passes on what the paragraph said so far.
            name = self._relay_name(tokens, source)
            self._drafts[:] = [replace(d, reported_by=d.reported_by or name) for d in self._drafts]
            return drafts
        own = [d for d in drafts if d.source != source.span(tokens)]
        if own:
            name = self._relay_name(tokens, source)
            return [replace(d, reported_by=name) if d in own else d for d in drafts if d in own]
        if drafts:
            return drafts
        content = self._stretch(tokens, end, len(tokens)) if i <= 1 else self._stretch(tokens, 0, i)
        if content is None:
            return drafts
        quoted = self._inner(tokens, content)
        self._used.update(t.span for t in tokens if t.quotation is not None and content.overlaps(t.span))
        cue_end = source.start if tokens[i].span.start < tokens[source.start].span.start else end
        cue = Span(tokens[i].span.start, tokens[max(i, cue_end - 1)].span.end)
        return [
            Draft(
                content=(content,),
                kind="mixed" if quoted else "indirect",
                quoted=quoted,
                cue=(cue,),
                source=source.span(tokens),
                act=self._act_at(tokens, i),
                rule="relay",
                score=0.8,
            )
        ]

    def _act_at(self, tokens: Sequence[Token], i: int) -> Act:
        match = next(iter(self.words.cues_at(tokens, i)), None)
        return match.cue.act if match is not None else "say"

    def _relayed_dash(self, tokens: Sequence[Token], link: _Link, draft: Draft) -> Draft:
        for i in range(link.end, len(tokens)):
            relay = self._relay_at(tokens, i)
            if relay is not None:
                return replace(draft, reported_by=self._relay_name(tokens, relay[0]))
        return draft

    def _cue_span(self, tokens: Sequence[Token], match: CueMatch) -> Span:
        return Span(tokens[match.start].span.start, tokens[match.end - 1].span.end)

    def _add(
        self,
        tokens: Sequence[Token],
        link: _Link,
        *,
        content: tuple[Span, ...],
        kind: Kind,
        quoted: tuple[Span, ...],
        rule: str,
        score: float,
        addressee: Span | None = None,
        until: int | None = None,
    ) -> None:
        cue = [self._cue_span(tokens, link.cue)]
        if link.cue.tail is not None and not any(span.contains(tokens[link.cue.tail].span) for span in content):
            cue.append(tokens[link.cue.tail].span)
        self._used.add(cue[0])
        if link.source is not None:
            self._last_source[tokens[0].span.start] = link.source
        relay = self._relay_at(tokens, link.end) if link.end < len(tokens) else None
        self._drafts.append(
            Draft(
                content=content,
                kind=kind,
                quoted=quoted,
                cue=tuple(cue),
                source=link.source.span(tokens) if link.source is not None else None,
                act=link.cue.cue.act,
                addressee=addressee or self._addressee(tokens, link, content),
                medium=self._medium(tokens, link, content),
                reported_by=self._relay_name(tokens, relay[0]) if relay is not None else None,
                polarity=link.polarity,
                # "will not say" is a refusal, not an announcement
                modality="actual" if link.polarity == "negative" and link.modality == "future" else link.modality,
                rule=rule,
                score=score,
            )
        )

    def _addressee(self, tokens: Sequence[Token], link: _Link, content: tuple[Span, ...]) -> Span | None:
        """To whom: "told Bo", "said to Bo", "sa Arce til Zuniga"."""
        words = self.words
        i = link.end
        if link.cue.cue.object_is == "addressee":
            phrase = self._object_pronoun(tokens, i) or noun_phrase(tokens, i, words)
            heard = phrase is not None and (phrase.head != "other" or self._is_audience(tokens, phrase))
            if phrase is not None and heard and not any(span.overlaps(phrase.span(tokens)) for span in content):
                return phrase.span(tokens)
        if words.language == "de" and link.inverted and i < len(tokens) and tokens[i].lower in words.grammar.determiners:
            phrase = noun_phrase(tokens, i, words)
            if phrase is not None and self.is_relay(tokens, phrase):
                return phrase.span(tokens)  # sagte Finke der Nachrichtenagentur dpa
        for j in range(i, min(i + 8, len(tokens))):
            if (
                tokens[j].quotation is not None
                or tokens[j].text in ".,:;"
                or any(span.contains(tokens[j].span) for span in content)
            ):
                break
            if words.phrase_at("complementiser", tokens, j):
                break
            n = words.phrase_at("addressee", tokens, j)
            if n:
                phrase = noun_phrase(tokens, j + n, words) or self._object_pronoun(tokens, j + n)
                if phrase is None or (is_pronoun(tokens[phrase.start], words) and not self._object_pronoun(tokens, j + n)):
                    break
                if any(span.overlaps(phrase.span(tokens)) for span in content):
                    break
                if phrase.head != "other" or self.is_relay(tokens, phrase) or self._is_audience(tokens, phrase):
                    return phrase.span(tokens)
                break
            if j > i and tokens[j].lower in words.grammar.prepositions:
                break  # "sa Arce i gangen til palasset": a later phrase belongs to the place
        return None

    def _is_audience(self, tokens: Sequence[Token], phrase: Phrase) -> bool:
        last = tokens[phrase.end - 1]
        if tokens[phrase.start].lower in self.words.grammar.determiners:
            return True
        if self.words.language in ("nb", "nn", "sv", "da") and len(last.lower) > 5 and last.lower.endswith(_DEFINITE):
            return True
        return self.words.role_at(tokens, phrase.end - 1) is not None or is_country(last, self.words.language)

    def _medium(self, tokens: Sequence[Token], link: _Link, content: tuple[Span, ...]) -> str | None:
        """Where it was said: "in a post on X", "on Twitter", "in a statement", within the frame of the sentence."""
        near = range(max(0, link.cue.start - 14), min(link.end + 10, len(tokens) - 1))
        for i in near:
            end = self._medium_at(tokens, i)
            if end is not None:
                span = Span(tokens[i].span.start, tokens[end - 1].span.end)
                if not any(piece.overlaps(span) for piece in content):
                    return span.of(self.text)
        return None

    def _medium_at(self, tokens: Sequence[Token], i: int) -> int | None:
        """The token behind the phrase of a medium that begins at `i`; None where none does."""
        words = self.words
        n = words.phrase_at("medium_preposition", tokens, i)
        if not n:
            return None
        for j in range(i + n, min(i + n + 6, len(tokens))):
            if not tokens[j].is_word:
                return None
            if j == i + n and words.phrase_at("medium_name", tokens, j) and tokens[j].is_capitalised:
                return j + words.phrase_at("medium_name", tokens, j)
            if k := words.phrase_at("medium_noun", tokens, j):
                end = j + k
                inner = words.phrase_at("medium_preposition", tokens, end) if end < len(tokens) else 0
                for m in range(end + inner, min(end + inner + 3, len(tokens))) if inner else ():
                    if tokens[m].is_capitalised and words.phrase_at("medium_name", tokens, m):
                        return m + words.phrase_at("medium_name", tokens, m)
                return end
            if words.cues_at(tokens, j) and j > i + n:
                return None
        return None


def is_object(token: Token, words: Words) -> bool:
    """Whether the token is a pronoun in object place: "it", "him", "det"."""
    pronouns = words.lexicon.pronouns
    objects = (*pronouns.object_female, *pronouns.object_male, *pronouns.object_plural)
    return token.lower in objects or token.lower in (
        "it",
        "this",
        "that",
        "det",
        "dette",
        "detta",
        "es",
        "das",
        "het",
        "dat",
        "lo",
        "le",
        "l'",
        "o",
    )


# Complementisers that ask: they belong to the content ("asked why he left"), where "that" does not.
_QUESTION_WORDS = frozenset(
    [
        "whether",
        "if",
        "why",
        "how",
        "what",
        "who",
        "when",
        "where",
        "which",
        "om",
        "hvorfor",
        "hvordan",
        "hva",
        "hvem",
        "når",
        "hvor",
        "hvilken",
        "kvifor",
        "korleis",
        "kva",
        "kven",
        "varför",
        "hur",
        "vad",
        "vem",
        "när",
        "var",
        "hvornår",
        "hvad",
        "ob",
        "warum",
        "wie",
        "was",
        "wer",
        "wann",
        "wo",
        "of",
        "waarom",
        "hoe",
        "wat",
        "wie",
        "wanneer",
        "waar",
        "si",
        "por",
        "cómo",
        "qué",
        "quién",
        "cuándo",
        "dónde",
        "pourquoi",
        "comment",
        "quoi",
        "quand",
        "où",
        "se",
        "como",
        "quem",
        "quando",
        "onde",
    ]
)


def _content(text: str, span: Span) -> Span:
    """A quotation's words without the comma that only ties them to the cue."""
    end = span.end
    while end > span.start and (text[end - 1] in ",;" or text[end - 1].isspace()):
        end -= 1
    return Span(span.start, end) if end > span.start else span
