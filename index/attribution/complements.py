"""A cue tied to its source → drafts of what it reports in other words: clauses, infinitives and objects behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.attribution.clauses import Clauses
from index.attribution.drafts import Sentence
from index.attribution.frame import without_comma
from index.attribution.links import INVERTING, PRO_DROP, REACH, SCANDINAVIAN, Link
from index.attribution.phrases import Phrase, noun_phrase, noun_phrase_before
from index.attribution.words import FINITE, Tense, Token
from index.records import Kind, Span


@dataclass(slots=True)
class Complements(Clauses):
    """The rules `clause`, `infinitive` and `object`."""

    def _indirect(self, sentence: Sentence) -> None:
        """Clauses and objects behind a cue that has a source: Ann said that …, Ann condemned …, Ann promised to …"""
        tokens = sentence.tokens
        i = 0
        while i < len(tokens):
            matches = self.words.cues_at(tokens, i)
            done = 0
            for match in matches:
                if match.cue.act != "call" and match.cue.takes <= {"quote"}:
                    continue
                link = self._linked(tokens, match)
                if link is None:
                    continue
                if self._complement(sentence, link):
                    done = match.end - i
                    break
            i += done or 1

    def _complement(self, sentence: Sentence, link: Link) -> bool:
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
        while at < limit - 1 and (n := words.phrase_at("negation", tokens, at)):
            at += n  # sagte nicht, ob …
        addressee: Span | None = None
        if "infinitive_last" in words.grammar.conventions and (begin := self._infinitive_at_end(tokens, link, start, limit)):
            return self._reworded(tokens, link, begin, limit, rule="infinitive", score=0.85)
        if (bracket := self._bracketed(tokens, link, start)) is not None:
            return self._reworded(tokens, link, *bracket, rule="object", score=0.75)
        if (
            link.cue.cue.act == "accuse"
            and at < limit
            and tokens[at].lower in words.grammar.genitive
            and self._told_before(tokens, link)
        ):
            return self._reworded(tokens, link, at + 1, limit, rule="object", score=0.75)  # le acusó de mentir
        told = link.cue.cue.object_is == "addressee" or link.cue.cue.act == "ask"
        if "that" in takes and (clause := self._that_clause(tokens, at, limit, told=told)) is not None:
            heard = self._heard(tokens, at, clause) if link.cue.cue.object_is == "content" else None
            return self._reworded(tokens, link, clause, limit, rule="clause", score=0.9, until=clause, addressee=heard)
        while "order" in takes and at < limit - 1 and tokens[at].lower in words.grammar.adverbs:
            at += 1  # "oppfordret samtidig partene til å …"
        if link.cue.cue.object_is == "addressee" or "order" in takes:
            person = noun_phrase(tokens, at, words) or self._object_pronoun(tokens, at)
            if person is None and words.language in PRO_DROP and at + 1 < limit and words.phrase_at("addressee", tokens, at):
                person = noun_phrase(tokens, at + 1, words)  # ordenó a las tropas retirarse
            if (person is not None and person.head != "other") or (person is not None and "order" in takes):
                marker = self._behind_relative(tokens, person.end, limit)
                if "order" in takes and marker > person.end and self._opens_infinitive(tokens, marker, limit):
                    return self._reworded(tokens, link, marker, limit, rule="clause", score=0.85, addressee=person.span(tokens))
                sent = person.end + 1 < limit and tokens[person.end].lower in words.grammar.directions
                if "order" in takes and (sent or self._opens_infinitive(tokens, marker, limit, ordered=True)):
                    return self._reworded(tokens, link, at, limit, rule="clause", score=0.85, addressee=person.span(tokens))
                if link.cue.cue.object_is == "addressee":
                    addressee = person.span(tokens)
                    at = person.end
                    if at < limit and "bare" in takes and self._opens_clause(tokens, at, limit):
                        return self._reworded(tokens, link, at, limit, rule="clause", score=0.8, addressee=addressee)
                    return False
        if "infinitive" in takes and at + 2 < limit and words.language in PRO_DROP and self._is_bare_infinitive(tokens[at + 1]):
            at += tokens[at].lower in words.grammar.infinitive  # llamó a mantener la calma
        infinitive = at < limit and (tokens[at].lower in words.grammar.infinitive or self._is_bare_infinitive(tokens[at]))
        declined = link.cue.cue.act == "decline" and any(words.cues_at(tokens, i) for i in range(at, min(at + 2, limit)))
        if "infinitive" in takes and infinitive and limit - at >= 2 and not declined:
            return self._reworded(tokens, link, at, limit, rule="infinitive", score=0.85)
        while at < limit - 1 and tokens[at].lower in words.grammar.adverbs and tokens[at].is_capitalised:
            at += 1  # "said Monday it would …"
        if "bare" in takes and self._opens_clause(tokens, at, limit):
            return self._reworded(tokens, link, at, limit, rule="clause", score=0.8)
        at = self._behind_time(tokens, at, limit)
        if words.language in INVERTING and at < limit - 2 and tokens[at].lower in words.grammar.adverbs:
            at += self._opens_object(tokens, at + 1, limit)  # "fordømmer også det som skjedde"
        names = bool(takes & {"object", "quoted"}) or link.cue.cue.act == "call"
        if names and link.cue.cue.object_is != "addressee" and self._opens_object(tokens, at, limit):
            if link.cue.tail is not None and at < link.cue.tail < limit and self._ends_clause(tokens, link.cue.tail + 1):
                limit = link.cue.tail
            end = self._object_end(tokens, at, limit)
            if self._is_bare_pronoun(tokens, at, end):
                return False  # "avviser det blankt": what it stands for is told elsewhere
            if link.cue.cue.act == "call" and end < limit and tokens[end].lower in words.grammar.likening:
                end = next((i for i in range(end + 1, limit) if tokens[i].text in ",:"), limit)
            if not self._is_allowed(tokens, at, end, link):
                return False
            likened = any(t.lower in words.grammar.likening for t in tokens[at + 1 : end - 1])
            # "called him a liar", "called it “a coup”"; "called a meeting" and "called Ann" are no statements
            if link.cue.cue.act == "call" and not (
                likened
                or self._is_object(tokens[at])
                or self._is_predicated(tokens, at, end)
                or any(t.quotation for t in tokens[at:end])
            ):
                return False
            return self._reworded(tokens, link, at, end, rule="object", score=0.75)
        return False

    def _is_predicated(self, tokens: Sequence[Token], at: int, end: int) -> bool:
        """Whether a definite noun is called something right behind it: "kaller situasjonen uholdbar", "en skandale"."""
        grammar, endings = self.words.grammar, tuple(self.words.grammar.definite_endings)
        if self.words.language not in SCANDINAVIAN or not 2 <= end - at <= 6 or not tokens[at].lower.endswith(endings):
            return False
        closed = grammar.prepositions | grammar.conjunctions | grammar.adverbs | grammar.subordinators - grammar.determiners
        return tokens[at + 1].is_word and tokens[at + 1].lower not in closed and not tokens[at + 1].is_capitalised

    def _is_bare_pronoun(self, tokens: Sequence[Token], at: int, end: int) -> bool:
        """Whether an object is "it" alone, an adverb behind it aside; "det huset" is a noun phrase."""
        if end - at > 2 or not self._is_object(tokens[at]) or self.words.role_at(tokens, end - 1) is not None:
            return False
        endings = tuple(self.words.grammar.definite_endings)
        noun = bool(endings) and tokens[end - 1].lower.endswith(endings)
        pronoun = end - at == 1 or tokens[at].lower not in self.words.grammar.determiners or (bool(endings) and not noun)
        return pronoun and tokens[end - 1].quotation is None and not tokens[end - 1].is_capitalised

    def _heard(self, tokens: Sequence[Token], at: int, clause: int) -> Span | None:
        """Who stands between a verb and the complementiser of its clause: "lovet folkemengden at …"."""
        person = noun_phrase(tokens, at, self.words) or self._object_pronoun(tokens, at)
        if person is None or not person.end < clause or not self.words.phrase_at("complementiser", tokens, person.end):
            return None
        return person.span(tokens) if person.head != "other" or self._is_audience(tokens, person) else None

    def _is_allowed(self, tokens: Sequence[Token], at: int, end: int, link: Link) -> bool:
        """Whether tokens `[at, end)` are an object that the cue's verb takes for its content."""
        cue = link.cue.cue
        if "quoted" in cue.takes and "object" not in cue.takes:
            return any(token.quotation is not None for token in tokens[at:end])
        words = f" {' '.join(token.lower for token in tokens[at:end])} "
        return not cue.objects or any(f" {known} " in words for known in cue.objects)

    def _behind_comma(self, tokens: Sequence[Token], link: Link, start: int, limit: int) -> tuple[int, Phrase | None] | None:
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
        while at < limit - 2 and tokens[at].lower in words.grammar.adverbs:
            at += 1  # forderte derweil, …
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
            subject = noun_phrase(tokens, at, words)
            if not determiner or subject is None or (words.language == "de" and subject.end == at + 1):
                return None  # "sagte Timo Brandt, der nach Hamburg wollte"
        ends = next((i for i in range(at, limit) if tokens[i].text == ","), limit)
        infinitive = any(t.lower in words.grammar.infinitive or "zu" in t.lower[2:-3] for t in tokens[at + 1 : ends])
        if (
            takes & {"infinitive", "order", "that"}
            and words.language == "de"
            and infinitive
            and tokens[ends - 1].lower.endswith("n")
        ):
            return at, person
        if "bare" in takes and person is None and self._opens_clause(tokens, at, limit):
            return at, None
        return None

    def _bracketed(self, tokens: Sequence[Token], link: Link, start: int) -> tuple[int, int] | None:
        """The object that a German verb encloses: "hat [die Tat] bestritten", "wirft ihm [Mord] vor"."""
        words, takes = self.words, link.cue.cue.takes
        if words.language not in ("de", "nl") or link.source is None:
            return None
        tail = link.cue.tail
        if tail is not None and start < tail and (tail + 1 >= len(tokens) or tokens[tail + 1].text in ".!?;"):
            person = None
            if link.cue.cue.act in ("accuse", "promise"):
                person = self._object_pronoun(tokens, start) or noun_phrase(tokens, start, words)
            if tail - start == 1 and self._is_object(tokens[start]):
                return None  # "wies dies zurück"
            at = person.end if person is not None and person.end < tail else start
            while at < tail - 1 and tokens[at].lower in words.grammar.adverbs:
                at += 1
            return (at, tail) if "object" in takes or (at > start and link.cue.cue.act == "accuse") else None
        if (
            link.cue.tense != "participle"
            or not ("object" in takes or link.cue.cue.act == "accuse")
            or not (self._ends_clause(tokens, start) or tokens[start].lower in words.grammar.conjunctions)
        ):
            return None
        at = link.source.end
        before = link.source.start - 1
        if before >= 0 and words.phrase_at("auxiliary", tokens, before):  # hat Ann der Partei Betrug vorgeworfen
            n = 0
            if tokens[before].lower in words.grammar.passive:
                return None
        else:
            at += at < len(tokens) and tokens[at].text == ","
            n = words.phrase_at("auxiliary", tokens, at) if at < link.cue.start else 0
            if not n or tokens[at].lower in words.grammar.passive | words.grammar.subjunctive:
                return None
        at += n
        at += words.time_at(tokens, at)
        while at < link.cue.start and tokens[at].lower in words.grammar.adverbs:
            at += 1
        return (at, link.cue.start) if at < link.cue.start else None

    def _reworded(
        self,
        tokens: Sequence[Token],
        link: Link,
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
        end = self._next_statement(tokens, start, end, tense=link.cue.tense)
        content = self._stretch(tokens, start, end, 3 if until is None else 2)
        if content is None:
            content = self._short(tokens, start, end) if rule == "object" else None
        if content is None or any(content.overlaps(used) for used in self._quotes_used(tokens)):
            return False
        whole = [t for t in tokens if t.quotation is not None and t.span.start == content.start and t.span.end == content.end]
        quoted = self._inner(tokens, content)
        if whole and whole[0].quotation is not None:
            content = without_comma(self.text, whole[0].quotation.content)
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
        )
        self._used.update(t.span for t in tokens if t.quotation is not None and content.overlaps(t.span))
        return True

    def _in_side_clause(self, tokens: Sequence[Token], link: Link) -> bool:
        """Whether the cue stands in a side clause that opens the sentence: "When Ann said that she knew, he left."."""
        grammar = self.words.grammar
        aside = tokens[0].lower in grammar.subordinators - grammar.determiners - grammar.prepositions
        return aside and link.source is not None and not any(t.text == "," for t in tokens[: link.cue.start])

    def _short(self, tokens: Sequence[Token], start: int, end: int) -> Span | None:
        while end > start and not tokens[end - 1].is_word and tokens[end - 1].quotation is None:
            end -= 1
        return Span(tokens[start].span.start, tokens[end - 1].span.end) if end > start else None

    def _next_statement(self, tokens: Sequence[Token], start: int, end: int, *, tense: Tense) -> int:
        """Cuts the content before ", and said …": the next verb of speech of the same subject begins another statement."""
        words = self.words
        in_relative = self._in_relative(tokens, start)
        for i in range(start + 1, end - 1):
            if tokens[i].text == "," and in_relative:
                return i
            if tokens[i].lower not in words.grammar.conjunctions:
                continue
            if tokens[i - 1].text in ",–—-" and self._reports_anew(tokens, i + 1, end):
                return i - 1
            modal = any(words.phrase_at(kind, tokens, i + 1) for kind in ("future", "possible", "auxiliary"))
            if tokens[i - 1].text == "," and modal and words.language in INVERTING:
                return i - 1  # "mener saken er en skandale, og vil ha nytt møte"
            for match in words.cues_at(tokens, i + 1):
                # Without a comma only a clear past of an act of speech ends a clause, "said he came and says no" stays, or the
                # tense of the cue itself: "krever svar og varsler mistillit".
                speech = match.tense in FINITE and match.cue.takes & {"that", "order", "infinitive", "object"}
                again = match.tense == tense == "present" and not any(words.cues_at(tokens, k) for k in range(start, i))
                if speech and (tokens[i - 1].text == "," or match.tense == "past" or again):
                    return i - 1 if tokens[i - 1].text == "," else i
        return end

    def _reports_anew(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether the clause between `start` and `end` reports words itself: "…, but in the palace he said the army …"."""
        for i in range(start, min(end, start + REACH)):
            for match in self.words.cues_at(tokens, i):
                subject = match.tense in FINITE and match.cue.takes & {"that", "bare"} and i > start
                if subject and noun_phrase_before(tokens, i, self.words) is not None:
                    return True
        return False

    def _in_relative(self, tokens: Sequence[Token], start: int) -> bool:
        """Whether the cue before `start` stands in a clause that a comma will close: "Ann, who said that …, …"."""
        relative = self.words.lexicon.pronouns.relative
        opens = next((i for i in range(start - 1, 0, -1) if tokens[i].lower in relative and tokens[i - 1].text == ","), None)
        return opens is not None and start - opens <= 8 and not any(t.text == "," for t in tokens[opens:start])
