"""Reworded speech → drafts: clauses, infinitives and objects behind a cue, and what stands before its cue without marks."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.attribution.continued import subjunctive_clause
from index.attribution.drafts import Draft, Sentence
from index.attribution.frame import Frame, without_comma
from index.attribution.links import PRO_DROP, REACH, Link
from index.attribution.phrases import Phrase, is_pronoun, noun_phrase, noun_phrase_before
from index.attribution.words import DASHES, FINITE, Token, Words
from index.records import Kind, Span


@dataclass(slots=True)
class Reworded(Frame):
    """The rules `according`, `clause`, `infinitive`, `object` and `unmarked`."""

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
            quotation = only.quotation if only is not None else None
            pieces = (without_comma(self.text, quotation.content),) if quotation is not None else (content,)
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
            if source is None or (source.head == "other" and tokens[source.start].lower not in words.grammar.determiners):
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
        addressee: Span | None = None
        if (bracket := self._bracketed(tokens, link, start)) is not None:
            return self._reworded(tokens, link, *bracket, rule="object", score=0.75)
        told = link.cue.cue.object_is == "addressee" or link.cue.cue.act == "ask"
        if "that" in takes and (clause := self._that_clause(tokens, at, limit, told=told)) is not None:
            return self._reworded(tokens, link, clause, limit, rule="clause", score=0.9, until=clause)
        while "order" in takes and at < limit - 1 and tokens[at].lower in words.grammar.adverbs:
            at += 1  # "oppfordret samtidig partene til å …"
        if link.cue.cue.object_is == "addressee" or "order" in takes:
            person = noun_phrase(tokens, at, words) or self._object_pronoun(tokens, at)
            if person is None and words.language in PRO_DROP and at + 1 < limit and words.phrase_at("addressee", tokens, at):
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
        names = "object" in takes or link.cue.cue.act == "call"
        if names and link.cue.cue.object_is != "addressee" and self._opens_object(tokens, at, limit):
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
            at = person.end if person is not None and person.end < tail else start
            return (at, tail) if "object" in takes or (at > start and link.cue.cue.act == "accuse") else None
        if (
            link.cue.tense != "participle"
            or "object" not in takes
            or not (self._ends_clause(tokens, start) or tokens[start].lower in words.grammar.conjunctions)
        ):
            return None
        at = link.source.end
        at += at < len(tokens) and tokens[at].text == ","
        n = words.phrase_at("auxiliary", tokens, at) if at < link.cue.start else 0
        if not n or tokens[at].lower in words.grammar.passive:
            return None
        at += n
        while at < link.cue.start and tokens[at].lower in words.grammar.adverbs:
            at += 1
        return (at, link.cue.start) if at < link.cue.start else None

    def _subjunctive_comma(self, tokens: Sequence[Token], at: int, limit: int) -> int:
        """The comma behind adverbials, "sagte in Kiel, die Zeit dränge", before a clause in the subjunctive; else `limit`."""
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

    def _sentence_end(self, tokens: Sequence[Token], start: int) -> int:
        end = len(tokens)
        while end > start and tokens[end - 1].text in ".!?…:;":
            end -= 1
        return next((k for k in range(start, end) if tokens[k].text == ";"), end)

    def _that_clause(self, tokens: Sequence[Token], at: int, limit: int, *, told: bool) -> int | None:
        """The first token of the clause behind the complementiser that belongs to a cue ending before `at`.

        With `told` somebody may stand between: "asked Bo who …"; else that "who" is the person's own: "dismissed the man who …".
        """
        words = self.words
        i = at
        while i < min(at + REACH, limit):
            token = tokens[i]
            if token.quotation is not None:
                return None
            n = words.phrase_at("complementiser", tokens, i)
            # "som", "que", "der" also open relative clauses; only directly behind the cue or a break are they sure.
            asks = token.lower in _QUESTION_WORDS
            near = i == at or (i == at + 1 and tokens[at].text == ",") or (told and i == self._behind_addressee(tokens, at))
            if n and i > at + 1 and self._opens_clause(tokens, at, limit) and self._verb_near(tokens, at, i):
                return at  # "said it was clear that …"
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
        return any(m.tense in (*FINITE, "gerund") and m.cue.takes & {"that", "bare"} for m in words.cues_at(tokens, i))

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
        if token.lower in (words.grammar.prepositions | words.grammar.subordinators) - words.grammar.determiners:
            # "said despite the storm, it would fly", "said if it rained, they would wait"
            comma = next((i for i in range(at + 1, min(at + 14, limit)) if tokens[i].text == ","), limit)
            return words.language == "en" and self._opens_clause(tokens, comma + 1, limit)
        phrase = noun_phrase(tokens, at, words)
        if phrase is None:
            return words.is_function_word(token.lower) and self._verb_near(tokens, at + 1, limit)
        if phrase.end >= limit:
            return False
        behind = self._behind_apposition(tokens, phrase.end)
        if phrase.end < behind < limit:
            return self._finishes(tokens, behind)  # "said the fire, which began at noon, was out"
        following = tokens[phrase.end]
        if following.lower in words.grammar.prepositions and phrase.head == "other":
            return False  # "tells the story of …" is no clause
        return following.is_word or following.quotation is not None

    def _behind_time(self, tokens: Sequence[Token], at: int, limit: int) -> int:
        """The token behind "onsdag", "i forrige uke", "am Sonntag" at `at`, where an object follows."""
        words = self.words
        i = at + (tokens[at].lower in words.grammar.prepositions) if at < limit else at
        for k in range(i, min(i + 3, limit - 1)):
            if tokens[k].lower in words.grammar.times:
                return k + 1
        return at

    def _verb_near(self, tokens: Sequence[Token], at: int, limit: int) -> bool:
        """Whether a verb follows before any break, as in "said such attacks were rare"."""
        for i in range(at, min(at + 9, limit)):
            if not tokens[i].is_word or self.words.phrase_at("complementiser", tokens, i):
                return False
            if i > at and self._finishes(tokens, i):
                return True
        return False

    def _opens_object(self, tokens: Sequence[Token], at: int, limit: int) -> bool:
        if at >= limit:
            return False
        token, words = tokens[at], self.words
        if token.quotation is not None:
            return True
        if not token.is_word or (words.phrase_at("complementiser", tokens, at) and token.lower not in ("what", "det", "lo")):
            return False
        if words.language in PRO_DROP and token.lower in ("a", "al", "ao", "à", "aos", "às"):
            return at + 1 < limit  # acusó al ayuntamiento de …
        return token.lower in words.grammar.determiners or not (
            token.lower in words.grammar.adverbs
            or token.lower in words.grammar.prepositions
            or token.lower in words.grammar.conjunctions
            or token.lower in words.grammar.subordinators
        )

    def _object_end(self, tokens: Sequence[Token], at: int, limit: int) -> int:
        """Where a noun phrase that tells the content ends: at a comma, or before a verb that goes on with the sentence."""
        words, resumed = self.words, at
        for i in range(at + 1, limit):
            if i < resumed or (tokens[i].text == "," and self._lists(tokens, i, limit)):
                continue
            if tokens[i].text == ",":
                # "accused Novak, a rival, of lying"
                behind = self._behind_apposition(tokens, i)
                if i < behind < min(i + 9, limit) and tokens[behind].lower in words.grammar.of:
                    resumed = behind
                    continue
            if tokens[i].text in (",", ":", ")") or tokens[i].text in DASHES or self._medium_at(tokens, i) is not None:
                return i
            if tokens[i].lower in words.grammar.conjunctions and i + 1 < limit:
                verb = any(m.tense in FINITE for m in words.cues_at(tokens, i + 1))
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
        end = self._next_statement(tokens, start, end)
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
                speech = match.tense in FINITE and match.cue.takes & {"that", "order", "infinitive", "object"}
                if speech and (tokens[i - 1].text == "," or match.tense == "past"):
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
        return bool(verb or (self.words.phrase_at("possible", tokens, at) and lower not in grammar.subordinators))

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
