"""Tokens behind a cue → where a reported clause, infinitive or object begins and ends there."""

from collections.abc import Sequence
from dataclasses import dataclass

from index.attribution.continued import subjunctive_clause
from index.attribution.frame import Frame
from index.attribution.links import PRO_DROP, REACH, Link
from index.attribution.phrases import is_pronoun, noun_phrase
from index.attribution.words import DASHES, FINITE, Token


@dataclass(slots=True)
class Clauses(Frame):
    """What the rules for reworded speech ask about the tokens around a cue."""

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
            asks = token.lower in words.grammar.questions
            if n and i > at and tokens[i - 1].lower in words.grammar.before_that:
                return None
            near = i == at or (i == at + 1 and tokens[at].text == ",") or (told and i == self._behind_addressee(tokens, at))
            begin = self._behind_addressee(tokens, at) if told else at
            if n and i > begin + 1 and self._opens_clause(tokens, begin, limit) and self._verb_near(tokens, begin, i):
                return begin  # "said it was clear that …", "told him it was clear that …"
            if n and i > at and tokens[i - 1].lower in words.grammar.conjunctions:
                return None  # "said she would go and that …": a second clause, not the first
            if asks and i + 1 < limit and tokens[i + 1].lower in words.grammar.infinitive:
                n = 0  # "ba dem om å gå"
            if n and asks and token.lower in words.grammar.prepositions:
                noun = noun_phrase(tokens, i + 1, words)
                n = 0 if noun is not None and self._verbless(tokens, noun.end, limit) else n  # "fortalte henne om risikoen"
            if n and (near or not asks):
                return i if asks else i + n if i + n < limit else None
            if i > at and self._reports(tokens, i):
                return None
            i += 1
        return None

    def _verbless(self, tokens: Sequence[Token], at: int, limit: int) -> bool:
        """Whether nothing but a place or time goes on behind a noun: "om tiden på sykehuset"."""
        if at >= limit:
            return True
        if tokens[at].lower not in self.words.grammar.prepositions:
            return False
        place = noun_phrase(tokens, at + 1, self.words)
        return place is not None and place.end >= limit

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
        if is_pronoun(token, words) or token.lower in words.grammar.first or token.lower in words.grammar.expletives:
            return True
        if token.lower in (words.grammar.prepositions | words.grammar.subordinators) - words.grammar.determiners:
            # "said despite the storm, it would fly", "said if it rained, they would wait"
            comma = next((i for i in range(at + 1, min(at + 14, limit)) if tokens[i].text == ","), limit)
            return words.language == "en" and self._opens_clause(tokens, comma + 1, limit)
        phrase = noun_phrase(tokens, at, words)
        if phrase is None:
            return words.is_function_word(token.lower) and self._verb_near(tokens, at + 1, limit)
        if phrase.end >= limit - 1:
            return False
        if tokens[phrase.end].lower in words.grammar.conjunctions and words.cues_at(tokens, phrase.end + 1):
            return False  # "avviser kritikken og viser til …"
        behind = self._behind_apposition(tokens, phrase.end)
        if phrase.end < behind < limit:
            return self._finishes(tokens, behind)  # "said the fire, which began at noon, was out"
        following = tokens[phrase.end]
        if following.lower in words.grammar.prepositions and phrase.head == "other":
            return False  # "tells the story of …" is no clause
        return following.is_word or following.quotation is not None

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

    def _verb_near(self, tokens: Sequence[Token], at: int, limit: int) -> bool:
        """Whether a verb follows before any break, as in "said such attacks were rare"."""
        for i in range(at, min(at + 9, limit)):
            if not tokens[i].is_word or self.words.phrase_at("complementiser", tokens, i):
                return False
            if i > at and self._finishes(tokens, i):
                return True
        return False

    def _behind_relative(self, tokens: Sequence[Token], at: int, limit: int) -> int:
        """The token behind the relative clause that describes whom an order goes to: "alle som er syke, til å …"; else `at`."""
        if at >= limit or tokens[at].lower not in self.words.lexicon.pronouns.relative:
            return at
        return next((i + 1 for i in range(at, min(at + 14, limit)) if tokens[i].text == ","), at)

    def _opens_infinitive(self, tokens: Sequence[Token], at: int, limit: int, *, ordered: bool = False) -> bool:
        """Whether "to go", "til å gå", "om at …" follows who is told to; with `ordered` also "ber folk holde seg unna"."""
        words = self.words
        bare = tuple(words.grammar.order_endings)
        if ordered and bare and at < limit - 1 and tokens[at].is_word and not words.phrase_at("adverb", tokens, at):
            lower = tokens[at].lower
            closed = (
                words.grammar.prepositions | words.grammar.conjunctions | words.grammar.subordinators | words.grammar.determiners
            )
            if lower.endswith(bare) and lower not in closed and not tokens[at].is_capitalised:
                return True
        if at < limit and self._is_bare_infinitive(tokens[at]):
            return True
        if at + 1 < limit and tokens[at + 1].lower in words.grammar.infinitive | set(words.lexicon.complementisers):
            at += tokens[at].lower in words.grammar.prepositions or tokens[at].lower in words.lexicon.addressee
        return at < limit and (tokens[at].lower in words.grammar.infinitive or words.phrase_at("complementiser", tokens, at) > 0)

    def _infinitive_at_end(self, tokens: Sequence[Token], link: Link, start: int, limit: int) -> int:
        """Where the infinitive clause begins whose verb stands last: "beloofde de Kamer te informeren"; 0 where none does."""
        words, takes, tail = self.words, link.cue.cue.takes, link.cue.tail
        if not takes & {"infinitive", "order"}:
            return 0
        begin = tail + 1 if tail is not None and tail >= start else start
        for i in range(begin, limit - 1):
            if tokens[i].text == "," or words.phrase_at("complementiser", tokens, i):
                return 0
            if tokens[i].lower in words.grammar.infinitive and tokens[i + 1].lower.endswith("n"):
                declined = link.cue.cue.act == "decline" and any(words.cues_at(tokens, i + 1))
                return 0 if declined else begin
        return 0

    def _told_before(self, tokens: Sequence[Token], link: Link) -> bool:
        """Whether an object pronoun before the verb names the person it is aimed at: "le acusó"."""
        return link.cue.start > 0 and self._object_pronoun(tokens, link.cue.start - 1) is not None

    def _is_bare_infinitive(self, token: Token) -> bool:
        """retirarse, sair: the Spanish and Portuguese infinitive shows by its ending."""
        endings = tuple(self.words.grammar.infinitive_endings)
        return token.is_word and len(token.text) > 3 and bool(endings) and token.lower.endswith(endings)

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

    def _behind_time(self, tokens: Sequence[Token], at: int, limit: int) -> int:
        """The token behind "onsdag", "i forrige uke", "am Sonntag" at `at`, where an object follows."""
        words = self.words
        i = at + (tokens[at].lower in words.grammar.prepositions) if at < limit else at
        for k in range(i, min(i + 3, limit - 1)):
            if tokens[k].lower in words.grammar.times:
                return k + 1
        return at

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

    def _is_object(self, token: Token) -> bool:
        """Whether the token is a pronoun in object place: "it", "him", "det"."""
        pronouns = self.words.lexicon.pronouns
        objects = (*pronouns.object_female, *pronouns.object_male, *pronouns.object_plural)
        return token.lower in objects or token.lower in self.words.grammar.demonstratives
