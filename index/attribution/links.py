"""A cue in a sentence → the phrase that speaks: before it, behind it where the language inverts, or over what stands between."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from index.attribution.lexicon import Cue
from index.attribution.phrases import Phrase, is_pronoun, noun_phrase, noun_phrase_before
from index.attribution.words import DASHES, FINITE, CueMatch, Token, Words
from index.records import Modality, Polarity, Span

INVERTING = frozenset({"nb", "nn", "sv", "da", "de", "nl"})
# Languages whose nouns bear their article as an ending.
SCANDINAVIAN = frozenset({"nb", "nn", "sv", "da"})
# Languages whose verbs need no subject: «No iré», dijo.
PRO_DROP = frozenset({"es", "pt"})
# Words between a cue and its complementiser, or between a quotation and its cue: beyond this a link is a guess.
REACH = 22
# Words of an outlet's name between marks.
_TITLE = 4
# What a verb that no lexicon has is read as where a quotation and a name stand around it.
_UNLISTED = Cue(act="say", takes=frozenset({"quote"}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A cue tied to its source within one sentence."""

    cue: CueMatch
    source: Phrase | None
    polarity: Polarity = "positive"
    modality: Modality = "actual"
    inverted: bool = False
    end: int = 0  # first token behind cue, source and what stands between
    told: Phrase | None = None  # an addressee between cue and source


@dataclass(slots=True)
class Links:
    """Ties cues to sources in the sentences of one paragraph; it remembers which cues and quotations are used."""

    text: str
    words: Words
    _used: set[Span] = field(default_factory=set)
    _last_source: dict[int, Phrase] = field(default_factory=dict)  # by where a sentence starts

    def _link_behind(self, tokens: Sequence[Token], at: int) -> Link | None:
        """Cue and source right behind the quotation at token `at`."""
        quotation = tokens[at].quotation
        assert quotation is not None
        i = at + 1
        comma = i < len(tokens) and tokens[i].text == ","
        ends = self.text[quotation.content.end - 1] in ",?!.…" or not quotation.closed
        if comma or (i < len(tokens) and tokens[i].text in DASHES):
            i += 1
        elif not ends and (self.words.language not in INVERTING or (at > 0 and tokens[at - 1].is_word)):
            return None  # also the name of what stands before it: die Initiative „Tisch“ nannte …
        return self._inverted(tokens, i) or self._straight(tokens, i) or self._impersonal(tokens, i) or self._unlisted(tokens, i)

    def _unlisted(self, tokens: Sequence[Token], at: int) -> Link | None:
        """A verb that no lexicon has, right behind speech and before a name: « … », a savouré Jean Roy. / – …, gliser Per Moe."""
        words, grammar = self.words, self.words.grammar
        i = at + (words.phrase_at("auxiliary", tokens, at) if at < len(tokens) else 0)
        if i + 1 >= len(tokens) or not tokens[i].is_word or tokens[i].is_capitalised or words.role_at(tokens, i) is not None:
            return None
        endings = tuple(grammar.participle_endings if i > at else grammar.finite_endings)
        lower = tokens[i].lower
        if not endings or len(lower) < 4 or not lower.endswith(endings) or words.is_function_word(lower):
            return None
        source = self._extended(tokens, noun_phrase(tokens, i + 1, words))
        behind = source.end if source is not None else i
        closed = grammar.prepositions | grammar.adverbs | grammar.conjunctions
        bounded = self._ends_clause(tokens, behind) or tokens[behind].lower in closed or tokens[behind].text in "(–—"
        if source is None or source.head not in ("name", "role", "pronoun") or not bounded or words.cues_at(tokens, i):
            return None
        match = CueMatch(cue=_UNLISTED, tense="participle" if i > at else "present", start=i, end=i + 1)
        return Link(cue=match, source=source, inverted=True, end=source.end)

    def _link_before(self, tokens: Sequence[Token], at: int) -> Link | None:
        """The nearest cue with a source before token `at`, within its sentence."""
        for i in range(at - 1, max(at - REACH, -1), -1):
            if tokens[i].quotation is not None:
                return None
            for match in self.words.cues_at(tokens, i):
                if match.end > at:
                    continue
                link = self._linked(tokens, match)
                if link is not None:
                    return link
        return None

    def _inverted(self, tokens: Sequence[Token], i: int) -> Link | None:
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
        wanted = FINITE if i == start else (*FINITE, "participle")
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
            after += words.time_at(tokens, after) if after < len(tokens) else 0
            told, after = self._told_first(tokens, after)
            source = self._extended(tokens, noun_phrase(tokens, after, words))
            if source is not None and self._can_speak(tokens, source):
                end = match.tail + 1 if match.tail is not None and match.tail >= source.end else source.end
                stop = next((k for k in range(source.end, len(tokens)) if tokens[k].text in ".,;:!?"), len(tokens))
                polarity = self._negated(tokens, i, min(source.end + 2, stop))
                return Link(cue=match, source=source, inverted=True, end=end, polarity=polarity, told=told)
            if source is None and words.language in PRO_DROP and self._drops_subject(tokens, after):
                return Link(cue=match, source=None, inverted=True, end=match.end)
        # har Ann sagt: auxiliary, source, participle
        if i > start or words.phrase_at("auxiliary", tokens, start):
            source = self._extended(tokens, noun_phrase(tokens, i, words))
            if source is not None and source.end < len(tokens):
                for match in words.cues_at(tokens, source.end):
                    if match.tense == "participle":
                        return Link(cue=match, source=source, inverted=True, end=match.end)
        return None

    def _told_first(self, tokens: Sequence[Token], at: int) -> tuple[Phrase | None, int]:
        """An addressee that stands before the source, and the token behind it: "a déclaré à l'AFP le maire"."""
        n = self.words.phrase_at("addressee", tokens, at) if at < len(tokens) else 0
        person = noun_phrase(tokens, at + n, self.words) if n else None
        if person is None or person.head == "pronoun":
            return None, at
        for i in range(person.start, person.end - 1):
            # "a The Associated Press Hernán Torres": an outlet's name ends where it is complete
            length = self.words.phrase_at("agency", tokens, i) or self.words.phrase_at("medium_name", tokens, i)
            length = length or self.words.phrase_at("plural_role", tokens, i) or int(tokens[i].is_acronym)
            if length and i + length < person.end and tokens[i + length].is_capitalised:
                person = replace(person, end=i + length)
                break
        source = noun_phrase(tokens, person.end, self.words)
        if source is None or source.head == "pronoun" or source.weak or not self._can_speak(tokens, source):
            return None, at
        return person, person.end

    def _drops_subject(self, tokens: Sequence[Token], at: int) -> bool:
        """Whether nothing that could be a subject follows the cue that ends at `at`."""
        return self._ends_clause(tokens, at) or tokens[at].lower in self.words.grammar.prepositions

    def _straight(self, tokens: Sequence[Token], i: int) -> Link | None:
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
            for k in range(at + 1, min(at + REACH + 6, len(tokens))):
                if tokens[k].quotation is not None and tokens[k].span.length > 60:
                    break
                if tokens[k].text in ",–—-":
                    return k + 1
        return at

    def _cue_from(self, tokens: Sequence[Token], source: Phrase, i: int) -> Link | None:
        """A cue at `i` or behind auxiliaries, adverbs and negations that stand there."""
        words = self.words
        start = i
        while i < min(start + 7, len(tokens)):
            for match in words.cues_at(tokens, i):
                if match.tense != "infinitive" and self._passive(tokens, start, i):
                    return None
                helped = i > start and self._helped(tokens, start, i)
                if match.tense in FINITE or (match.tense in ("participle", "infinitive") and helped):
                    return Link(
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

    def _impersonal(self, tokens: Sequence[Token], at: int) -> Link | None:
        """…, heter det i en uttalelse. / …, hieß es."""
        for match in self.words.cues_at(tokens, at) if at < len(tokens) else ():
            pronoun = match.end - match.start == 2 and tokens[match.end - 1].lower in ("det", "es")
            if pronoun and match.tense in FINITE:
                return Link(cue=match, source=self._issuer(tokens, match.end), inverted=True, end=match.end)
        return None

    def _issuer(self, tokens: Sequence[Token], at: int) -> Phrase | None:
        """Whose the text is: "heter det i en uttalelse fra departementet"."""
        for i in range(at, min(at + 7, len(tokens) - 1)):
            if tokens[i].lower in self.words.grammar.issuers:
                return noun_phrase(tokens, i + 1, self.words)
        if at + 1 < len(tokens) and tokens[at].lower in ("i", "im", "in"):
            text = noun_phrase(tokens, at + 1, self.words)  # heter det i dommen
            medium = any(self.words.phrase_at("medium_noun", tokens, k) for k in range(at + 1, text.end)) if text else True
            return text if text is not None and text.head == "group" and not medium else None
        return None

    def _linked(self, tokens: Sequence[Token], match: CueMatch) -> Link | None:
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
        if match.tense not in ("gerund", "infinitive") and self._passive(tokens, i, match.start):
            return None
        helped = i < match.start and self._helped(tokens, i, match.start)
        if match.tense in ("participle", "infinitive") and not helped:
            return self._helped_from_afar(tokens, match)
        subject: Phrase | None = None
        if match.tense != "gerund" or helped:
            subject = self._subject_before(tokens, i)
        if (subject is None or subject.head == "other") and match.tense in FINITE and words.language in INVERTING:
            behind = self._extended(tokens, noun_phrase(tokens, match.end, words))
            if (
                behind is not None
                and (behind.head != "other" or (self._is_definite(tokens, behind) and self._opens_aside(tokens, i)))
                and (self._begins_clause_before(tokens, i) or i == 0 < match.start)
            ):
                end = max(behind.end, match.end)
                return Link(
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
            and words.language in PRO_DROP
            and match.tense in FINITE
            and (match.start <= 1 or self._only_adverbials(tokens, match.start))
            and "that" in match.cue.takes
        ):
            return Link(cue=match, source=None, end=match.end, polarity=self._negated(tokens, 0, match.start))
        if subject is None or subject.head == "other":
            subject = self._before_close_relative(tokens, i) or subject
        if subject is None or not self._can_speak(tokens, subject):
            return None
        between_start = i if subject.end <= i else match.start
        polarity = self._negated(tokens, between_start, match.start)
        if subject.start > 0 and tokens[subject.start - 1].lower in ("did", "does", "do", "has", "had", "will"):
            ahead = tokens[max(0, subject.start - 5) : subject.start - 1]
            if any(t.lower in ("no", "never", "nor", "neither", "nowhere", "not", "hardly") for t in ahead):
                polarity = "negative"  # At no point did he say …
        if polarity == "positive" and words.language in INVERTING:
            polarity = self._negated(tokens, match.end, match.end + 1)
        return Link(
            cue=match,
            source=subject,
            polarity=polarity,
            modality=self._modality(tokens, subject.start if subject.end == i else i, match.start),
            end=match.end,
        )

    def _only_adverbials(self, tokens: Sequence[Token], end: int) -> bool:
        """Whether nothing that could be a subject stands before token `end`: "Mais tarde, porém, …"."""
        grammar = self.words.grammar
        closed = grammar.adverbs | grammar.conjunctions | grammar.times | grammar.prepositions | self.words.lexicon.function_words
        return end <= 6 and all(token.text == "," or token.lower in closed for token in tokens[:end])

    def _helped_from_afar(self, tokens: Sequence[Token], match: CueMatch) -> Link | None:
        """skal Ann si / har Ann sagt: the auxiliary before the subject."""
        kinds = ("future", "possible") if match.tense == "infinitive" else ("auxiliary",)
        if self.words.language in ("de", "nl"):
            for k in range(match.start - 1, max(match.start - 9, 0), -1):
                if tokens[k].text == "," or tokens[k].quotation is not None:
                    break
                if any(self.words.phrase_at(kind, tokens, k) for kind in kinds):
                    held = self._subject_before(tokens, k) or noun_phrase(tokens, k + 1, self.words)
                    if held is not None and self._can_speak(tokens, held):
                        modality = self._modality(tokens, k, match.start)
                        return Link(
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
        return Link(cue=match, source=subject, modality=modality, end=match.end)

    def _begins_clause_before(self, tokens: Sequence[Token], i: int) -> bool:
        """Whether an adverbial, and no subject, stands before the verb at `i`: "I dag sier hun at …"."""
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
        if (title := last.quotation) is not None and i >= 2 and len(title.content.of(self.text).split()) <= _TITLE:
            if tokens[i - 2].lower in words.grammar.determiners or words.phrase_at("station", tokens, i - 2) == 1:
                return Phrase(start=i - 2, end=i, head="name")  # die „Bild“ berichtet
            speaker = self._own(tokens, noun_phrase_before(tokens, i - 1, words))
            fits = speaker is not None and speaker.head in ("role", "group")
            return replace(speaker, end=i) if fits and speaker is not None else None  # eine Sprecherin der Initiative „Tisch“
        if last.lower in words.lexicon.pronouns.relative and i >= 2:
            end = i - 2 if tokens[i - 2].text == "," else i - 1
            return self._own(tokens, noun_phrase_before(tokens, end, words), relative=True)
        if last.text in (",", ")") or last.text in DASHES:
            opening = "(" if last.text == ")" else last.text
            for k in range(i - 2, max(i - REACH - 8, -1), -1):
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
        """The subject that opens the sentence, where only its relative clause follows: "A man who fled, said …"."""
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

    def _before_close_relative(self, tokens: Sequence[Token], at: int) -> Phrase | None:
        """The subject that opens the sentence before a relative clause without commas: "Ett vittne som SVT talat med säger"."""
        subject = noun_phrase(tokens, 0, self.words)
        if subject is None or not self._can_speak(tokens, subject) or not subject.end + 2 <= at <= subject.end + 12:
            return None
        relative = tokens[subject.end].lower in self.words.lexicon.pronouns.relative
        plain = all(t.is_word for t in tokens[subject.end : at])
        return subject if relative and plain else None

    def _own(self, tokens: Sequence[Token], phrase: Phrase | None, *, relative: bool = False) -> Phrase | None:
        """The phrase, unless a preposition before it makes it no subject; then the phrase that it completes.

        Before a relative clause, with `relative`, that phrase may have a preposition of its own.
        """
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
            adverbial = (
                not relative and outer is not None and outer.start > 0 and tokens[outer.start - 1].lower in grammar.prepositions
            )
            if outer is not None and outer.head in ("name", "role", "group") and not adverbial:
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
                and (
                    self._ends_clause(tokens, name.end)
                    or tokens[name.end].text == "("
                    or tokens[name.end].lower in self.words.lexicon.addressee
                )
            ):
                return replace(phrase, end=name.end, head="name", name=name.name)
        return phrase

    def _can_speak(self, tokens: Sequence[Token], phrase: Phrase) -> bool:
        """Whether the phrase can be a speaker at all: a bare common noun needs a determiner before it."""
        if phrase.head != "other":
            return True
        first, last, grammar = tokens[phrase.start], tokens[phrase.end - 1], self.words.grammar
        if first.lower in grammar.determiners:
            return True
        endings = tuple(grammar.definite_endings)
        # museet, klubben, avisa: the Scandinavian article is an ending
        return bool(endings) and len(last.lower) > 4 and last.lower.endswith(endings) and phrase.end - phrase.start <= 2

    def _opens_aside(self, tokens: Sequence[Token], verb: int) -> bool:
        """Whether the clause whose verb stands at `verb` opens with a preposition or an adverb: "I en melding skriver …"."""
        start = next((k + 1 for k in range(verb - 1, -1, -1) if tokens[k].text in ",;:"), 0)
        grammar = self.words.grammar
        opening = tokens[start].lower if start < verb else ""
        return opening in grammar.prepositions | grammar.adverbs or self.words.time_at(tokens, start) > 0

    def _is_definite(self, tokens: Sequence[Token], phrase: Phrase) -> bool:
        """Whether an ending makes a common noun definite: "museet"."""
        return phrase.end == phrase.start + 1 and bool(self.words.grammar.definite_endings) and self._can_speak(tokens, phrase)

    def _skippable(self, tokens: Sequence[Token], i: int) -> int:
        """How many tokens at `i` may stand between a subject and its verb."""
        words, token = self.words, tokens[i]
        for kind in ("denial", "auxiliary", "negation", "future", "possible", "adverb"):
            if n := words.phrase_at(kind, tokens, i):
                return n
        if n := words.time_at(tokens, i):
            return n
        manner = words.language == "en" and token.lower.endswith("ly") and not token.is_capitalised
        helper = token.lower in ("did", "does", "do", "didn't", "doesn't", "don't") or token.lower.endswith("n't")
        return 1 if manner or helper else 0

    def _helped(self, tokens: Sequence[Token], start: int, end: int) -> bool:
        """Whether an auxiliary, a modal or a denial stands in tokens `[start, end)`: "has said", "declined to say"."""
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

    def _ends_clause(self, tokens: Sequence[Token], at: int) -> bool:
        return at >= len(tokens) or tokens[at].text in ".,;:!?"

    def _complementised(self, tokens: Sequence[Token]) -> bool:
        return any(self.words.phrase_at("complementiser", tokens, i) for i in range(len(tokens)))

    def _object_pronoun(self, tokens: Sequence[Token], at: int) -> Phrase | None:
        if at >= len(tokens):
            return None
        pronouns = self.words.lexicon.pronouns
        objects = (*pronouns.object_female, *pronouns.object_male, *pronouns.object_plural)
        return Phrase(start=at, end=at + 1, head="pronoun") if tokens[at].lower in objects else None
