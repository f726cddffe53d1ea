"""A linked cue and its content → a draft, with what the sentence around them tells: to whom, where, and who passed it on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from index.attribution.drafts import Draft, Paragraph, Sentence
from index.attribution.links import Link, Links
from index.attribution.phrases import Phrase, is_pronoun, noun_phrase
from index.attribution.words import FINITE, CueMatch, Token, is_country
from index.records import Act, Kind, Modality, Span

# A sentence, bounded as it is, holds fewer drafts; older ones lie before it. This keeps a paragraph's cost linear.
_LATEST = 100


@dataclass(slots=True)
class Frame(Links):
    """What every rule needs to write a draft of one paragraph."""

    paragraph: Paragraph = field(kw_only=True)
    before: tuple[Paragraph, tuple[Draft, ...]] | None = field(kw_only=True)
    unmarked_style: bool = field(kw_only=True)
    _drafts: list[Draft] = field(default_factory=list)
    _relays: dict[tuple[int, int], tuple[Phrase, int] | None] = field(default_factory=dict)  # by sentence start and token

    def _add(
        self,
        tokens: Sequence[Token],
        link: Link,
        *,
        content: tuple[Span, ...],
        kind: Kind,
        quoted: tuple[Span, ...],
        rule: str,
        score: float,
        addressee: Span | None = None,
    ) -> None:
        cue = self._cue_spans(tokens, link.cue)
        if link.cue.tail is not None and not any(span.contains(tokens[link.cue.tail].span) for span in content):
            cue.append(tokens[link.cue.tail].span)
        self._used.add(self._cue_span(tokens, link.cue))
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
                addressee=addressee or (link.told.span(tokens) if link.told else None) or self._addressee(tokens, link, content),
                medium=self._medium(tokens, link, content),
                reported_by=self._relay_name(tokens, relay[0]) if relay is not None else None,
                polarity=link.polarity,
                modality=_modality(link),
                rule=rule,
                score=score,
            )
        )

    def _cue_span(self, tokens: Sequence[Token], match: CueMatch) -> Span:
        return Span(tokens[match.start].span.start, tokens[match.end - 1].span.end)

    def _cue_spans(self, tokens: Sequence[Token], match: CueMatch) -> list[Span]:
        whole = self._cue_span(tokens, match)
        if match.hole is None:
            return [whole]
        before, after = match.hole
        return [Span(whole.start, tokens[before - 1].span.end), Span(tokens[after].span.start, whole.end)]

    def _act_at(self, tokens: Sequence[Token], i: int) -> Act:
        match = next(iter(self.words.cues_at(tokens, i)), None)
        return match.cue.act if match is not None else "say"

    def _addressee(self, tokens: Sequence[Token], link: Link, content: tuple[Span, ...]) -> Span | None:
        """To whom: "told Bo", "said to Bo", "sa Arce til Zuniga"."""
        words = self.words
        i = link.end
        if link.cue.cue.object_is == "addressee":
            phrase = self._object_pronoun(tokens, i) or noun_phrase(tokens, i, words)
            heard = phrase is not None and (phrase.head != "other" or self._is_audience(tokens, phrase))
            if phrase is not None and heard and not any(span.overlaps(phrase.span(tokens)) for span in content):
                return phrase.span(tokens)
        if link.inverted and i < len(tokens) and tokens[i].lower in words.grammar.datives:
            phrase = noun_phrase(tokens, i, words)
            if phrase is not None and (phrase.head != "other" or self.is_relay(tokens, phrase)):
                return phrase.span(tokens)  # sagte Finke der Nachrichtenagentur dpa
        set_off = (
            link.inverted and link.source is not None and any(t.text == "," for t in tokens[link.source.start : link.source.end])
        )
        if set_off and i + 1 < len(tokens) and tokens[i].text == "," and words.phrase_at("addressee", tokens, i + 1):
            i += 1  # «…», declaró la ministra, Ana Ruiz, a Radio Sur
        for j in range(i, min(i + 8, len(tokens))):
            if (
                tokens[j].quotation is not None
                or tokens[j].text in ".,:;"
                or any(span.contains(tokens[j].span) for span in content)
            ):
                break
            if words.phrase_at("complementiser", tokens, j) or words.phrase_at("according", tokens, j):
                break
            if j > i and tokens[j - 1].lower in words.grammar.conjunctions and words.cues_at(tokens, j):
                break  # "sa Ann og beordret soldatene tilbake til leiren": of the second verb
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
        grammar = self.words.grammar
        endings = tuple(grammar.definite_endings | grammar.plural_endings)
        if endings and len(last.lower) > 5 and last.lower.endswith(endings):
            return True
        return self.words.role_at(tokens, phrase.end - 1) is not None or is_country(last, self.words.language)

    def _medium(self, tokens: Sequence[Token], link: Link, content: tuple[Span, ...]) -> str | None:
        """Where it was said: "in a post on X", "on Twitter", "in a statement", within the frame of the sentence."""
        last = next((i for i in range(link.end, len(tokens)) if tokens[i].text in ".!?"), len(tokens))
        near = range(max(0, link.cue.start - 14), min(link.end + 10, last, len(tokens) - 1))
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

    def _overlapped(self, span: Span) -> bool:
        return any(piece.overlaps(span) for draft in self._drafts[-_LATEST:] for piece in draft.content)

    def _quotes_used(self, tokens: Sequence[Token]) -> Iterator[Span]:
        return (t.span for t in tokens if t.quotation is not None and t.span in self._used)

    def _announced(self) -> Span | None:
        """The source in the paragraph before, where that ends in a colon and so announces this one."""
        if self.before is None:
            return None
        paragraph, _ = self.before
        if not paragraph.sentences or not paragraph.span.of(self.text).rstrip().endswith(":"):
            return None
        tokens = paragraph.sentences[-1].tokens
        link = self._link_before(tokens, len(tokens))
        if link is not None and link.source is not None:
            return link.source.span(tokens)
        subject = self._main_subject(tokens, len(tokens))
        return subject.span(tokens) if subject is not None else None

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
            if match.tense in FINITE:
                source = noun_phrase(tokens, match.end, words)
                if source is not None and self.is_relay(tokens, source) and self._ends_clause(tokens, source.end):
                    return source, source.end
        if i > 0 and tokens[i - 1].text == ",":
            source = noun_phrase(tokens, i, words)
            if source is not None and self.is_relay(tokens, source) and source.end < len(tokens):
                for match in words.cues_at(tokens, source.end):
                    if match.tense in FINITE and self._ends_clause(tokens, match.end):
                        return source, match.end
        return None

    def _cited(self, tokens: Sequence[Token], at: int) -> Phrase | None:
        """Whom a relay names as its own source: "according to AFP, citing local television"."""
        at += at < len(tokens) and tokens[at].text == ","
        n = self.words.phrase_at("citing", tokens, at) if at < len(tokens) else 0
        source = noun_phrase(tokens, at + n, self.words) if n else None
        if (
            n
            and source is None
            and any(self.words.phrase_at("station", tokens, k) for k in range(at + n, min(at + n + 3, len(tokens))))
        ):
            end = next((k for k in range(at + n, len(tokens)) if not tokens[k].is_word), len(tokens))
            source = Phrase(start=at + n, end=end, head="group")
        return source

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
        cited = self._cited(tokens, end)
        if cited is not None and content.end > cited.span(tokens).start:
            content = self._stretch(tokens, cited.end, len(tokens)) or content
        cue_end = source.start if tokens[i].span.start < tokens[source.start].span.start else end
        cue = Span(tokens[i].span.start, tokens[max(i, cue_end - 1)].span.end)
        return [
            Draft(
                content=(content,),
                kind="mixed" if quoted else "indirect",
                quoted=quoted,
                cue=(cue,),
                source=(cited or source).span(tokens),
                reported_by=self._relay_name(tokens, source) if cited is not None else None,
                act=self._act_at(tokens, i),
                rule="relay",
                score=0.8,
            )
        ]


def relayed_within(drafts: Sequence[Draft], text: str) -> list[Draft]:
    """The drafts, each whose cue stands in somebody else's reworded words being passed on by that one: A said that B told …."""
    found = []
    for draft in drafts:
        outer = next(
            (
                other
                for other in drafts
                if other is not draft
                and other.source is not None
                and draft.cue
                and other.kind != "direct"
                and any(piece.contains(draft.cue[0]) for piece in other.content)
            ),
            None,
        )
        passed_on = outer is not None and outer.source is not None and draft.reported_by is None
        found.append(replace(draft, reported_by=outer.source.of(text)) if passed_on and outer and outer.source else draft)
    return found


def _modality(link: Link) -> Modality:
    modality: Modality = "future" if link.cue.tense == "future" and link.modality == "actual" else link.modality
    # "will not say" is a refusal, not an announcement
    return "actual" if link.polarity == "negative" and modality == "future" else modality


def without_comma(text: str, span: Span) -> Span:
    """A quotation's words without the comma that only ties them to the cue."""
    end = span.end
    while end > span.start and (text[end - 1] in ",;" or text[end - 1].isspace()):
        end -= 1
    return Span(span.start, end) if end > span.start else span
