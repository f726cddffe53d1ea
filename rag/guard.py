"""A sentence with markers, the citations and their articles → what in the sentence they do not carry; nothing where all is.

`faithfulness.check` holds finished answers to their quotations and names. This guard is for prose that nobody controls, a
language model's above all, one sentence at a time: it also holds its words, numbers, dates, outlets, negations and acts to
the evidence behind its markers. Rules over words, so that the same sentence is always judged alike and every rejection can
be explained. What it cannot prove it rejects: a paraphrase in other words, or a translation, is withheld even if true.

Order, connectives, the tense of "said" and typographic marks are free; so are the words that a language's lexicon counts
as function words.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from difflib import SequenceMatcher
from itertools import pairwise
from string import Formatter
from typing import Literal

from index.records import Act, Article, Span
from rag.answer import Citation
from rag.carried import Carrier
from rag.faithfulness import MARKER
from rag.fitting import sentence_around
from rag.likeness import likeness
from rag.phrases import Phrases, load_phrases
from rag.telling import outlet_of
from rag.tongue import Part, Tongue, find_keys, load_tongue, meaning_of, meet, neighbours, number_key, split_parts, without_acts
from rag.words import MARKS, fold, folded

Rule = Literal[
    "marker", "uncited", "quotation", "speaker", "addressee", "outlet", "date", "number", "name", "word", "negation", "act",
]  # fmt: skip

# Longer sentences are no sentences but a way to make work; nothing in them is carried.
LONGEST_SENTENCE = 4_000
_MOST_MARKS = 40
# Words in common on both sides of a changed one that make it a change and not another sentence.
_ALONG = 3
# Words over which the parts of a cue may be spread.
_CUE_WIDTH = 5

_OPENING = frozenset('“„«»‟"”')
_SINGLE = re.compile(r"(?<!\w)[‘‚‹'](?=[\w¿¡])(?P<words>[^\n]*?[\w.,!?…])(?P<end>[’‘›'])(?!\w)")
_BRACKET = re.compile(r"\[[^\]\n]{0,40}\]")
_BULLET = re.compile(r"^\s*(?:[•*–—-]\s+|\d{1,2}[.)]\s+|#+\s+)")
_NOTE = re.compile(r"\s*\((?P<items>[^()\n]*(?:\([^()\n]*\)[^()\n]*)*)\)")
_ISO = re.compile(r"(?<!\d)(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)")
_DENIALS: frozenset[Act] = frozenset({"deny", "decline"})
# "said", "told", "wrote" and "answered" tell of any act that something was said.
_NEUTRAL: frozenset[Act] = frozenset({"say", "answer"})
# Templates of `compose` that stand before a statement and say how it relates to what was asked.
_LEADS = ("supported", "supported_nobody", "supported_reworded", "altered", "joined", "misattributed", "closest", "not_said")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a sentence that its citations do not carry: by which rule, and the words in question."""

    rule: Rule
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Quotation:
    """What stands in marks: its place with the marks, and the words between them."""

    span: Span
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Segment:
    """A stretch of a sentence with the markers behind it, the note that names their outlets, and how the words differ."""

    text: str
    start: int
    numbers: tuple[int, ...]
    note: str | None
    differences: str | None
    quotations: tuple[_Quotation, ...]


def check_sentence(
    sentence: str,
    citations: Sequence[Citation],
    articles: Mapping[str, Article],
    *,
    language: str = "en",
) -> tuple[Problem, ...]:
    """All that a sentence says and the citations behind its markers do not; empty when it may be shown.

    Works on one sentence or on one line of an answer: a line's later sentences may leave out a speaker whom it has named.

    - `marker`: an [n] that no citation has, or other words in brackets. `uncited`: a sentence that says something without one.
    - `quotation`: words in marks that no single citation behind them has as the speaker's very words, in this order.
    - `speaker`: nobody, or somebody else, is told to have said what the citation is by. `addressee`: said to somebody else.
    - `outlet`, `date`, `number`, `name`, `word`: not in the cited evidence. `negation`: one that was put in or left out.
    - `act`: a cue that tells of another act than the cited one ("promised" for "said", "said" for "denied").

    Args:
        citations: All that the answer has; markers count by their `n`.
        articles: Article id → article, for every one that is cited.
        language: Of the sentence; the evidence knows its own.
    """
    text = _BULLET.sub("", sentence).strip()
    if len(text) > LONGEST_SENTENCE:
        return (Problem(rule="word", detail=f"{len(text)} characters; {LONGEST_SENTENCE} are the most"),)
    by_number = {citation.n: citation for citation in citations}
    frames = {n: Carrier.of(c, articles[c.article]) for n, c in by_number.items() if c.article in articles}
    text = _without_lead(text, load_phrases(language))
    quotations, problems = _quotations(text, list(frames.values()))
    problems += _markers(text, quotations, by_number)
    segments = _segments(text, quotations)
    if not segments:
        return (*problems, Problem(rule="uncited", detail=text[:120])) if split_parts(text) else tuple(problems)
    speakers: tuple[str, ...] = ()
    tongue = Tongue.of(language)
    everybody = tuple(frames.values())
    for segment in segments:
        cited = [frames[n] for n in segment.numbers if n in frames]
        if not cited:
            problems.append(Problem(rule="uncited", detail=segment.text[:120]))
            continue
        problems += _Check(segment=segment, cited=cited, everybody=everybody, tongue=tongue, before=speakers).problems()
        speakers = tuple(item.citation.speaker or item.citation.mention or "" for item in cited)
    return tuple(dict.fromkeys(problems))


def settled(sentence: str, citations: Sequence[Citation], articles: Mapping[str, Article], *, language: str = "en") -> str:
    """A sentence that passed, its quotations in the articles' own characters and the language's marks.

    >>> cited = Citation(n=1, article="a", path="", outlet=None, title=None, url=None, published=None, language="en",
    ...     spans=(Span(0, 8),), quote="I won’t.", kind="direct", speaker="Ann Lee", quoted=(Span(0, 8),))
    >>> settled('Ann Lee said "i won\\'t" [1].', [cited], {"a": Article(id="a", text="I won’t.", language="en")})
    'Ann Lee said “I won’t” [1].'
    """
    evidence = [Carrier.of(c, articles[c.article]) for c in citations if c.article in articles]
    phrases = load_phrases(language)
    quotations, _ = _quotations(sentence, evidence)
    parts: list[str] = []
    at = 0
    for quotation in quotations:
        numbers = {int(match.group(1)) for match in MARKER.finditer(sentence, quotation.span.end)}
        behind = sorted(evidence, key=lambda item: item.citation.n not in numbers)
        found = next((place for item in behind if (place := item.place(quotation.words)) is not None), None)
        parts.append(sentence[at : quotation.span.start])
        own = " … ".join(" ".join(piece.split()) for piece in found) if found else quotation.words
        inner = "".join(letter for letter in own if letter not in MARKS)
        ending = re.search(r"[.,;:!?]*$", quotation.words.strip())
        parts.append(phrases.quote(inner) + (ending.group() if ending and ending.group() in (",",) else ""))
        at = quotation.span.end
    parts.append(sentence[at:])
    return "".join(parts)


# Reading a sentence


def _without_lead(text: str, phrases: Phrases) -> str:
    """Without an opening that `compose` puts before a statement ("Yes. …", "No, not Ann Lee. …")."""
    for key in _LEADS:
        template = phrases.answers[key]
        literals = [(literal, name) for literal, name, _, _ in Formatter().parse(template)]
        pattern = ""
        for literal, name in literals:
            pattern += re.escape(literal)
            if name in ("said", "words"):
                break
            pattern += r"[^.\n]{1,90}" if name else ""
        if pattern and literals[0][0] and (match := re.match(pattern, text)) and match.end() < len(text):
            return text[match.end() :]
    return text


def _quotations(text: str, evidence: Sequence["Carrier"]) -> tuple[list[_Quotation], list[Problem]]:
    """What stands in marks, in order. Marks inside a quotation are the article's own: the widest reading that a citation
    carries counts, else the narrowest.
    """
    found: list[_Quotation] = []
    problems: list[Problem] = []
    at = 0
    while True:
        start = next((place for place in range(at, len(text)) if text[place] in _OPENING), None)
        single = _SINGLE.search(text, at)
        if single is not None and (start is None or single.start() < start):
            found.append(_Quotation(span=Span(single.start(), single.end()), words=single["words"]))
            at = single.end()
            continue
        if start is None:
            return found, problems
        ends = [place for place in range(start + 1, len(text)) if text[place] in MARKS][:_MOST_MARKS]
        if not ends:
            problems.append(Problem(rule="quotation", detail=text[start : start + 120]))
            return found, problems
        carried = (
            end
            for end in reversed(ends)
            if not MARKER.search(text, start, end) and any(item.place(text[start + 1 : end]) for item in evidence)
        )
        end = next(carried, ends[0])
        found.append(_Quotation(span=Span(start, end + 1), words=text[start + 1 : end]))
        at = end + 1


def _markers(text: str, quotations: Sequence[_Quotation], citations: Mapping[int, Citation]) -> list[Problem]:
    problems = []
    for match in _BRACKET.finditer(text):
        if any(quotation.span.start <= match.start() < quotation.span.end for quotation in quotations):
            continue
        number = MARKER.fullmatch(match.group())
        if number is None or int(number.group(1)) not in citations:
            problems.append(Problem(rule="marker", detail=match.group()))
    return problems


def _segments(text: str, quotations: Sequence[_Quotation]) -> list[_Segment]:
    """The text cut behind each group of markers and the note that follows it; what trails belongs to the last group."""
    inside = [q.span for q in quotations]
    markers = [m for m in MARKER.finditer(text) if not any(s.start <= m.start() < s.end for s in inside)]
    groups: list[list[re.Match[str]]] = []
    for match in markers:
        if groups and not split_parts(text[groups[-1][-1].end() : match.start()]):
            groups[-1].append(match)
        else:
            groups.append([match])
    segments: list[_Segment] = []
    at = 0
    for place, group in enumerate(groups):
        note = _NOTE.match(text, group[-1].end())
        end = note.end() if note else group[-1].end()
        beside = _NOTE.match(text, end)
        differences = beside["items"] if beside and "→" in beside["items"] else None
        end = beside.end() if beside and differences else end
        last = place == len(groups) - 1
        # "According to [1], Ann Lee said …": the first words say nothing yet.
        behind = text[end:] if last else ""
        stretch = text[at : group[0].start()]
        within = [q for q in quotations if at <= q.span.start < (len(text) if last else end)]
        gap = " " * (end - group[0].start())
        segments.append(
            _Segment(
                text=stretch + (gap + behind if behind else ""),
                start=at,
                numbers=tuple(int(match.group(1)) for match in group),
                note=note["items"] if note else None,
                differences=differences,
                quotations=tuple(within),
            )
        )
        at = end
    return segments


# Holding a segment to its evidence


@dataclass(frozen=True, slots=True)
class _Mention:
    """A run of the sentence that names somebody: its first part, behind its last, and the names that it may stand for."""

    first: int
    behind: int
    names: frozenset[str]


@dataclass(slots=True, kw_only=True)
class _Check:
    segment: _Segment
    cited: Sequence[Carrier]
    everybody: Sequence[Carrier]
    tongue: Tongue
    before: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    head: int = 0
    cue: int | None = None
    carried: frozenset[str] = frozenset()
    verbatim: frozenset[int] = frozenset()
    found: list[Problem] = field(default_factory=list)

    def problems(self) -> list[Problem]:
        self.parts = split_parts(self._unquoted())
        self.carried = frozenset().union(*(item.likely for item in self.cited))
        self.verbatim = self._verbatim()
        self._find_head()
        self._check_quotations()
        self._check_note()
        self._check_differences()
        dated = self._check_dates()
        self._check_outlets()
        self._check_words(dated)
        self._check_speaker()
        self._check_addressee()
        self._check_acts()
        self._check_negations()
        self._check_exchanged()
        return self.found

    def _say(self, rule: Rule, detail: str) -> None:
        self.found.append(Problem(rule=rule, detail=" ".join(detail.split())[:160]))

    def _unquoted(self) -> str:
        """The segment with its quotations blanked, so that places stay."""
        letters = list(self.segment.text)
        for quotation in self.segment.quotations:
            low, high = (max(0, place - self.segment.start) for place in quotation.span)
            letters[low:high] = " " * (min(high, len(letters)) - low)
        return "".join(letters)

    def _quote_starts(self) -> list[int]:
        return [quotation.span.start - self.segment.start for quotation in self.segment.quotations]

    def _verbatim(self) -> frozenset[int]:
        """Parts of a whole sentence of the article, with a citation's content in it, that is shown word for word."""
        keys = [part.key for part in self.parts]
        for item in self.cited:
            text = item.article.text
            content = [part.key for span in item.citation.spans for part in split_parts(span.of(text))]
            around = sentence_around(text, Span(item.citation.spans[0].start, item.citation.spans[-1].end))
            whole = [part.key for part in split_parts(around.of(text))]
            if len(whole) > len(content) and (start := find_keys(keys, whole, 0)) >= 0:
                return frozenset(range(start, start + len(whole)))
        return frozenset()

    # Where the frame ends and what was said begins

    def _find_head(self) -> None:
        text = self._unquoted()
        colon = self._colon()
        limit = colon if colon is not None else len(text)
        self.cue = None
        for place, part in enumerate(self.parts):
            if part.start >= limit:
                break
            if self._acts_at(place) and not self._is_name(part):
                self.cue = place
                break
        if colon is not None:
            self.head = sum(part.start < limit for part in self.parts)
        elif self.cue is not None:
            self.head = self.cue + 1
        else:
            self.head = 0

    def _colon(self) -> int | None:
        """Where the colon stands behind which the words begin; "In addition: Ann Lee said: …" has another before."""
        text = self._unquoted()
        colons = [match.start() for match in re.finditer(r":(?=\s|$)", text)]
        first = min(self._quote_starts(), default=None)
        before = [place for place in colons if first is None or place < first]
        if first is not None and before:
            return before[-1]
        free = self.tongue.free
        telling = (c for c in before if any(part.end <= c and fold(part.text) not in free for part in self.parts))
        return next(telling, None)

    def _acts_at(self, place: int) -> frozenset[Act]:
        """What a part tells of as a cue; in the evidence's language too, where the evidence has the very word."""
        part = self.parts[place]
        words = [fold(following.text) for following in self.parts[place : place + _CUE_WIDTH]]
        acts = self.tongue.acts_of(words)
        for item in self.cited:
            if item.citation.language != self.tongue.language and part.key in item.keys:
                acts |= load_tongue(item.citation.language).acts_of(words)
        return acts

    def _is_negation(self, place: int) -> bool:
        """Whether a part negates; in the evidence's language too, where the evidence has the very word."""
        part = self.parts[place]
        return self.tongue.is_negation(part.text) or any(
            part.key in item.keys and load_tongue(item.citation.language).is_negation(part.text) for item in self.cited
        )

    def _is_name(self, part: Part) -> bool:
        return part.text[:1].isupper() and part.start > 0 and fold(part.text) not in self.tongue.free

    # Quotations

    def _check_quotations(self) -> None:
        for quotation in self.segment.quotations:
            fitting = [
                (item, runs) for item in self.cited if item.place(quotation.words) and (runs := item.runs(quotation.words))
            ]
            if not fitting:
                self._say("quotation", quotation.words)
            elif all(self._loses_negation(item, runs, quotation) for item, runs in fitting):
                self._say("negation", quotation.words)

    def _loses_negation(self, item: Carrier, runs: Sequence[tuple[int, int, int]], quotation: _Quotation) -> bool:
        """Whether an ellipsis skips a negation, or one stands right before the words and not before the marks."""
        theirs = load_tongue(item.citation.language)
        for (nth, _, behind), (other, first, _) in pairwise(runs):
            if nth == other and any(theirs.is_negation(part.text) for part in item.spoken[nth][behind:first]):
                return True
        for nth, first, _ in runs[1:]:
            if first and theirs.is_negation(item.spoken[nth][first - 1].text):
                return True
        nth, first, _ = runs[0]
        words = item.spoken[nth]
        if first == 0 or not theirs.is_negation(words[first - 1].text):
            return False
        low = quotation.span.start - self.segment.start
        ours = [part.text for part in self.parts if part.end <= low][-3:]
        return not any(self.tongue.is_negation(word) for word in ours)

    # Outlets and dates

    def _check_note(self) -> None:
        """The outlets in brackets behind the markers are those of the citations, and so are the relays."""
        if self.segment.note is None:
            return
        outlets = {folded(outlet_of(item.article)) for item in self.cited}
        relays = [folded(item.citation.reported_by) for item in self.cited if item.citation.reported_by]
        for item in self.segment.note.split(";"):
            if folded(item) in outlets:
                continue
            name, _, relay = item.rpartition(",")
            told = folded(relay)
            days = {c.citation.published for c in self.cited}
            if folded(name) in outlets and relay.strip() in days:
                continue
            if folded(name) not in outlets or not any(told[-len(words) :] == words for words in relays):
                self._say("outlet", item)

    def _check_differences(self) -> None:
        """ "(insubordination → disobedience)": what another wording of the line has, and what this one has instead."""
        nothing = set(folded(self.tongue.phrases.answers["nothing_there"]))
        theirs = {fold(part.text) for item in self.everybody for part in item.parts}
        ours = {fold(part.text) for item in self.cited for part in item.parts}
        for item in (self.segment.differences or "").split(";"):
            one, _, other = item.partition("→")
            if not set(folded(one)) - nothing <= theirs or not set(folded(other)) - nothing <= ours:
                self._say("word", item)

    def _check_outlets(self) -> None:
        """An outlet that another citation has and none of these."""
        ours = {word for item in self.cited for word in folded(outlet_of(item.article))}
        keys = [fold(part.text) for part in self.parts]
        for item in self.everybody:
            words = folded(outlet_of(item.article))
            if words and not set(words) <= ours and find_keys(keys, words, 0) >= 0 and not self._said(words):
                self._say("outlet", outlet_of(item.article))

    def _said(self, words: Sequence[str]) -> bool:
        return any(find_keys([fold(part.text) for part in item.parts], words, 0) >= 0 for item in self.cited)

    def _check_dates(self) -> frozenset[int]:
        """Places of parts that belong to a date that was checked as one."""
        days = [date.fromisoformat(item.citation.published) for item in self.cited if item.citation.published]
        seen: set[int] = set()
        text = self._unquoted()
        for match in _ISO.finditer(text):
            seen |= {place for place, part in enumerate(self.parts) if match.start() <= part.start < match.end()}
            if not any(day.isoformat() == match.group() for day in days) and not self._said(folded(match.group())):
                self._say("date", match.group())
        for place, part in enumerate(self.parts):
            month = self.tongue.months.get(fold(part.text))
            if month is None or place in seen or (part.text.islower() and fold(part.text) in self.tongue.free):
                continue
            digits = self._day_and_year(place)
            years = [p for p in digits if len(self.parts[p].text) == 4]
            dated = [p for p in digits if len(self.parts[p].text) <= 2]
            words = [fold(self.parts[p].text) for p in sorted({place, *digits})]
            fits = any(
                day.month == month
                and all(int(self.parts[p].text) == day.year for p in years)
                and all(int(self.parts[p].text) == day.day for p in dated[:1])
                for day in days
            )
            if fits or self._said(words):
                seen |= {place, *digits}
            elif part.text[:1].isupper() or digits:
                seen |= {place, *digits}
                self._say("date", " ".join(self.parts[p].text for p in sorted({place, *digits})))
        return frozenset(seen)

    def _day_and_year(self, month: int) -> list[int]:
        """Places of the digits that belong to a month: "3 June 2024", "June 3, 2024", "3 de junio de 2024"."""
        found: list[int] = []
        for step in (-1, 1):
            place = month + step
            while 0 <= place < len(self.parts) and abs(place - month) <= 4 and self._is_close(month, place):
                word = self.parts[place].text
                if word.isdigit() and len(word) in (1, 2, 4) and not any(len(self.parts[p].text) == len(word) for p in found):
                    found.append(place)
                elif word not in ("de", "del", "of") or (found and step == -1):
                    break
                place += step
        return found

    def _is_close(self, place: int, other: int) -> bool:
        low, high = sorted((place, other))
        between = self.segment.text[self.parts[low].end : self.parts[high].start]
        return not re.search(r"[.;:!?]\s*\S*[^\W\d]", between) or low == high

    # Words

    def _check_words(self, dated: frozenset[int]) -> None:
        allowed = self._allowed_acts()
        for place, part in enumerate(self.parts):
            plain = fold(part.text)
            if place in dated or place in self.verbatim:
                continue
            if any(letter.isdigit() for letter in plain) or plain in ("%", "$", "€", "£", "¥", "-", "‰"):
                if number_key(part.text) not in self.carried and not (plain == "%" and self._has_percent()):
                    self._say("number", part.text)
                continue
            if self._is_negation(place) or self._is_carried(part) or (plain in self.tongue.free and not self._ends_name(place)):
                continue
            if self._acts_at(place):
                # Judged as an act.
                if self._acts_at(place) & allowed:
                    continue
                self._say("act", part.text)
            elif plain in self.tongue.labels and self.segment.text.startswith(":", part.end):
                # "In Norwegian: “…”"
                continue
            elif (plain in self.tongue.titles and self._is_courtesy(plain)) or (
                (plain in self.tongue.roles or plain in self.tongue.titles) and self._is_role_of_theirs(plain)
            ):
                continue
            elif plain in self.tongue.numbers:
                self._say("number", part.text)
            elif plain in self.tongue.dates:
                self._say("date", part.text)
            else:
                self._say("name" if part.text[:1].isupper() and place else "word", part.text)

    def _ends_name(self, place: int) -> bool:
        """Whether a capital goes on with a name ("Luis Like"), so that the word builds no sentence here."""
        part, before = self.parts[place], self.parts[place - 1] if place else None
        if before is None or not part.text[:1].isupper() or not before.text[:1].isupper() or len(part.text) < 2:
            return False
        known = fold(before.text) not in self.tongue.free and self._is_carried(before)
        return known and self.segment.text[before.end : part.start] == " "

    def _is_carried(self, part: Part) -> bool:
        return bool(likeness(part.text, self.tongue.language) & self.carried)

    def _has_percent(self) -> bool:
        return any(part.text in ("%",) or fold(part.text).startswith("percent") for item in self.cited for part in item.parts)

    def _is_courtesy(self, title: str) -> bool:
        return len(title) <= 5 and title in {"mr", "mrs", "ms", "miss", "sr", "sra", "herr", "frau", "fru", "mme", "m", "don"}

    def _is_role_of_theirs(self, role: str) -> bool:
        """Whether an article that is cited calls the speaker or addressee so, right beside the name."""
        for item in self.cited:
            names = {fold(w) for name in (item.citation.speaker, item.citation.addressee) if name for w in folded(name)}
            words = folded(item.article.text)
            for place, word in enumerate(words):
                if word == role and names & {w.removesuffix("'s") for w in words[max(0, place - 3) : place + 5]}:
                    return True
        return False

    # Who, to whom

    def _names_of(self, label: str | None) -> frozenset[str]:
        return frozenset(word for word in folded(label or "") if word not in self.tongue.free or len(folded(label or "")) == 1)

    def _mentions(self) -> list[_Mention]:
        """Runs of parts that name a person whom some citation knows, in order; and other names with none."""
        people = dict.fromkeys(
            name for item in self.everybody for name in (item.citation.speaker, item.citation.addressee) if name
        )
        labels = {name: self._names_of(name) for name in people}
        skipped = {w for item in self.everybody for w in folded(outlet_of(item.article))}
        skipped |= {w for item in self.everybody if item.citation.reported_by for w in folded(item.citation.reported_by)}
        found: list[_Mention] = []
        place = 0
        while place < len(self.parts):
            behind = place
            while behind < len(self.parts) and self._names_somebody(behind, labels.values()) and self._adjoins(place, behind):
                behind += 1
            if behind == place:
                if self._is_foreign_name(place, skipped):
                    found.append(_Mention(place, place + 1, frozenset()))
                place += 1
                continue
            words = {self._bare(p) for p in range(place, behind)}
            fitting = frozenset(name for name, ws in labels.items() if words <= ws)
            # "Sample Wire" next to a name: what no one person has is nobody's.
            found.append(_Mention(place, behind, fitting))
            place = behind
        return found

    def _adjoins(self, first: int, place: int) -> bool:
        if place == first:
            return True
        between = self.segment.text[self.parts[place - 1].end : self.parts[place].start]
        return between.strip(" \n.") == "" and not any(
            self.parts[place - 1].end <= start <= self.parts[place].start for start in self._quote_starts()
        )

    def _bare(self, place: int) -> str:
        word = fold(self.parts[place].text)
        return word.removesuffix("'s").removesuffix("'")

    def _names_somebody(self, place: int, labels: Iterable[frozenset[str]]) -> bool:
        part = self.parts[place]
        word = self._bare(place)
        forms = {word, word.removesuffix("s")}
        return any(forms & words for words in labels) and (
            part.text[:1].isupper() or not part.text[:1].isalpha() or self._is_common(word)
        )

    def _is_common(self, word: str) -> bool:
        """Whether it is a word of a label without capitals ("the largest labour union", "journalists")."""
        labels = [n for item in self.everybody for n in (item.citation.speaker, item.citation.addressee) if n]
        return any(word in folded(label) and not any(w[:1].isupper() for w in label.split()[1:]) for label in labels)

    def _is_foreign_name(self, place: int, skipped: set[str]) -> bool:
        part, word = self.parts[place], fold(self.parts[place].text)
        if not part.text[:1].isupper() or word in self.tongue.free or word in skipped or word in self.tongue.roles:
            return False
        return word not in self.tongue.titles and self.tongue.language != "de" and not self._acts_at(place) and place > 0

    def _flag(self, mention: _Mention) -> str:
        """The kind of word that stands before a mention: "to", "by", "according" or none."""
        before = [fold(part.text) for part in self.parts[max(0, mention.first - 4) : mention.first]]
        while before and (
            before[-1] in self.tongue.titles or before[-1] in self.tongue.roles or before[-1] in _ARTICLES - self.tongue.to
        ):
            before.pop()
        for phrase in self.tongue.lexicon.according:
            words = list(folded(phrase))
            if words and before[-len(words) :] == words:
                return "according"
        for phrase in self.tongue.lexicon.addressee:
            words = list(folded(phrase))
            if len(words) > 1 and before[-len(words) :] == words:
                return "to"
        if before and before[-1] in self.tongue.to:
            return "to"
        return "by" if before and before[-1] in self.tongue.by else ""

    def _check_speaker(self) -> None:
        if all(item.citation.kind == "passage" for item in self.cited):
            return
        wanted = [item for item in self.cited if item.citation.kind != "passage"]
        mentions = self._mentions()
        theirs = {item.citation.speaker for item in wanted if item.citation.speaker}
        for item in wanted:
            if not self._names_speaker(item, mentions):
                self._say(
                    "speaker", f"[{item.citation.n}] is by {item.citation.speaker or item.citation.mention or 'nobody named'}"
                )
        subject = self._subject(mentions)
        if subject is None or not theirs:
            return
        if not subject.names & theirs and not any(self._is_mention_of(item, subject) for item in wanted):
            self._say("speaker", " ".join(part.text for part in self.parts[subject.first : subject.behind]))

    def _names_speaker(self, item: Carrier, mentions: Sequence[_Mention]) -> bool:
        name = item.citation.speaker
        if name is None:
            mention = folded(item.citation.mention or "")
            keys = [fold(part.text) for part in self.parts]
            unnamed = folded(self.tongue.phrases.answers["nobody_named"])
            return (
                not mention
                or find_keys(keys, mention, 0) >= 0
                or find_keys(keys, unnamed, 0) >= 0
                or (item.citation.mention in self.before)
            )
        mine = [mention for mention in mentions if name in mention.names and self._flag(mention) != "to"]
        if mine:
            return True
        if any(self._is_mention_of(item, mention) for mention in mentions):
            return True
        if self._has_mention(item):
            return True
        return name in self.before and not any(self._is_subject_like(mention) for mention in mentions if mention.names)

    def _is_subject_like(self, mention: _Mention) -> bool:
        return mention.behind <= self.head and self._flag(mention) == ""

    def _has_mention(self, item: Carrier) -> bool:
        """Whether the speaker is called as in the article ("the army chief"), more than a pronoun."""
        words = folded(item.citation.mention or "")
        telling = [word for word in words if word not in self.tongue.free]
        return bool(telling) and find_keys([fold(part.text) for part in self.parts], telling, 0) >= 0

    def _is_mention_of(self, item: Carrier, mention: _Mention) -> bool:
        words = {self._bare(place) for place in range(mention.first, mention.behind)}
        return bool(words) and words <= set(folded(item.citation.mention or ""))

    def _subject(self, mentions: Sequence[_Mention]) -> _Mention | None:
        """The mention that the frame presents as the one who says it; None where it has none of its own."""
        flagged = [(mention, self._flag(mention)) for mention in mentions]
        known = [(mention, flag) for mention, flag in flagged if mention.names]
        for mention, flag in known:
            if flag == "according":
                return mention
        if self.cue is None:
            inside = [mention for mention, flag in known if flag != "to" and (mention.behind <= self.head or not self.head)]
            return inside[0] if inside else None
        for mention, flag in known:
            if flag == "by" and self.cue < mention.first <= self.cue + 4:
                return mention
        start = self.parts[self.cue].start
        opened = [place for place in self._quote_starts() if place < start]
        low = max(opened, default=-1)
        before = [(m, f) for m, f in flagged if m.behind <= self.cue and f != "to"]
        near = [m for m, _ in before if self.parts[m.first].start > low]
        closes = bool(near) and "," in self.segment.text[self.parts[near[-1].behind - 1].end : start]
        if near and self.cue - near[-1].behind <= 2 and not closes:
            return near[-1]
        persons = [m for m in near if m.names]
        if persons:
            return persons[0]
        # “…”, said Ann Lee
        behind = [m for m, f in known if m.first > self.cue and f == ""]
        if opened and behind and behind[0].first - self.cue <= 4:
            return behind[0]
        everybody = [m for m, _ in before if m.names]
        return everybody[0] if everybody else None

    def _check_addressee(self) -> None:
        """Whoever stands behind "said to", "told" or a speaker's "to" is the one whom the citation has."""
        wanted = [item for item in self.cited if item.citation.kind != "passage"]
        if not wanted:
            return
        for mention in self._mentions():
            if not self._is_addressed(mention):
                continue
            words = {self._bare(place) for place in range(mention.first, mention.behind)}
            if not any(words <= self._hearers(item) for item in wanted):
                self._say("addressee", " ".join(part.text for part in self.parts[mention.first : mention.behind]))
        self._check_common_addressee(wanted)

    def _hearers(self, item: Carrier) -> frozenset[str]:
        return frozenset(folded(item.citation.addressee or "")) | frozenset(folded(item.citation.medium or ""))

    def _is_addressed(self, mention: _Mention) -> bool:
        flag = self._flag(mention)
        colon = self._colon() is not None
        direct = all(item.citation.kind == "direct" for item in self.cited)
        if self.cue is None:
            return flag == "to" and mention.behind <= self.head
        gap = mention.first - self.cue
        if flag == "to":
            return (colon and mention.behind <= self.head) or direct or (0 < gap <= 4)
        told = self._takes_addressee(self.cue)
        return told and flag == "" and 0 < gap <= 2 and self._is_close(self.cue, mention.first)

    def _takes_addressee(self, place: int) -> bool:
        word = fold(self.parts[place].text)
        return any(
            cue.object_is == "addressee" and word in {fold(form) for form in (*cue.present, *cue.past, *cue.participle)}
            for cue in self.tongue.lexicon.cues
        )

    def _check_common_addressee(self, wanted: Sequence[Carrier]) -> None:
        """ "said to journalists:" – a common noun between the preposition and the colon."""
        text = self._unquoted()
        colon = self._colon()
        if colon is None:
            return
        for place, part in enumerate(self.parts):
            if part.start > colon or fold(part.text) not in self.tongue.to or place == 0:
                continue
            if (self.cue is not None and not 0 <= place - self.cue <= 2) or self._opens_according(place):
                continue
            rest = [p for p in range(place + 1, len(self.parts)) if self.parts[p].start < colon]
            stop = re.search(r"[,:]", text[part.end :])
            rest = [p for p in rest if stop is None or self.parts[p].start < part.end + stop.start()]
            words = {self._bare(p) for p in rest} - self.tongue.titles - _ARTICLES
            if words and not any(words <= self._hearers(item) for item in wanted):
                self._say("addressee", " ".join(self.parts[p].text for p in rest))
            return

    def _opens_according(self, place: int) -> bool:
        keys = [fold(part.text) for part in self.parts[: place + 1]]
        phrases = (list(folded(phrase)) for phrase in self.tongue.lexicon.according)
        return any(words and keys[-len(words) :] == words for words in phrases)

    # What kind of saying

    def _allowed_acts(self) -> frozenset[Act]:
        acts: set[Act] = set(_NEUTRAL)
        for item in self.cited:
            if item.citation.act:
                acts.add(item.citation.act)  # type: ignore[arg-type]
            if item.citation.medium or item.citation.act == "write":
                acts.add("write")
            theirs = load_tongue(item.citation.language)
            words = folded(item.citation.cue or "")
            for place in range(len(words)):
                acts |= theirs.acts_of(words[place:])
        if any(item.citation.kind == "passage" for item in self.cited):
            acts |= {
                act
                for item in self.cited
                for part in item.parts
                for act in load_tongue(item.citation.language).acts_of((part.key,))
            }
        return frozenset(acts)

    def _check_acts(self) -> None:
        reported = [item for item in self.cited if item.citation.kind != "passage"]
        if not reported:
            return
        if self.cue is not None:
            acts, allowed = self._acts_at(self.cue), self._allowed_acts()
            own = any(self.parts[self.cue].key in item.keys for item in self.cited)
            if not acts & allowed and not own and self.cue not in self.verbatim:
                self._say("act", self.parts[self.cue].text)
        if all(item.citation.act in _DENIALS and item.citation.kind != "direct" for item in reported):
            acts_told = {act for place in range(len(self.parts)) for act in self._acts_at(place)}
            if not acts_told & _DENIALS and not any(self._is_negation(place) for place in range(len(self.parts))):
                self._say("act", f"[{reported[0].citation.n}] tells what was denied")

    # Negations

    def _check_negations(self) -> None:
        ours = [p for p in range(len(self.parts)) if self._is_negation(p)]
        ours = [p for p in ours if p not in self.verbatim]
        used = _used(self.parts, self.tongue, range(self.head, len(self.parts)))
        acts = frozenset(f"act:{act}" for place in range(min(self.head, len(self.parts))) for act in self._acts_at(place))
        lost: list[str | None] = []
        matched = [False] * len(ours)
        for item in self.cited:
            theirs = load_tongue(item.citation.language)
            quoted = self._quoted_in(item)
            # The article's own words may stand in a sentence of another language.
            readings = {self.tongue.language: self.tongue, theirs.language: theirs}.values()
            marks = [[neighbours(self.parts, p, tongue, self.segment.text) for tongue in readings] for p in ours]
            gone: str | None = None
            for place, part in enumerate(item.parts):
                if not theirs.is_negation(part.text):
                    continue
                if any(span.start <= part.start < span.end for span in quoted):
                    continue
                sides = neighbours(item.parts, place, theirs, item.article.text)
                if any(span.start <= part.start < span.end for span in item.citation.spans):
                    # A cue in the content ("will not say") is no cue of the frame.
                    sides = (without_acts(sides[0]), without_acts(sides[1]))
                carrying = [nth for nth, readings_of in enumerate(marks) if any(meet(mark, sides) for mark in readings_of)]
                for nth in carrying:
                    matched[nth] = True
                after = sides[1] or sides[0]
                if not carrying and not self.verbatim and after & (used | acts):
                    gone = " ".join(p.text for p in item.parts[max(0, place - 1) : place + 3])
            lost.append(gone)
        for nth, place in enumerate(ours):
            if not matched[nth]:
                self._say("negation", " ".join(part.text for part in self.parts[max(0, place - 1) : place + 3]))
        if lost and all(gone is not None for gone in lost):
            self._say("negation", lost[0] or "")

    # Words exchanged within the article's own

    def _check_exchanged(self) -> None:
        """Where the sentence goes along with the article word by word, another content word or negation in between changes it,
        though it be a word that builds sentences or that stands elsewhere in the evidence.
        """
        mine = split_parts(self.segment.text)
        found: list[list[Problem]] = []
        for item in self.cited:
            theirs = load_tongue(item.citation.language)
            matcher = SequenceMatcher(a=[part.key for part in item.parts], b=[part.key for part in mine], autojunk=False)
            problems: list[Problem] = []
            before = 0
            codes = matcher.get_opcodes()
            for nth, (tag, a1, a2, b1, b2) in enumerate(codes):
                if tag == "equal":
                    before = a2 - a1
                    continue
                last = b2 == len(mine)
                behind = 0 if last else codes[nth + 1][2] - codes[nth + 1][1]
                gone, put = item.parts[a1 : a1 + b2 - b1 if last else a2], mine[b1:b2]
                if before and (before if last else before + behind) >= _ALONG and (rule := self._exchange(gone, put, theirs)):
                    words = " ".join(part.text for part in gone), " ".join(part.text for part in put)
                    problems.append(Problem(rule=rule, detail=" → ".join(words)))
            found.append(problems)
        if found and all(found):
            self.found += found[0]

    def _exchange(self, gone: Sequence[Part], put: Sequence[Part], theirs: Tongue) -> Rule | None:
        lost = sum(theirs.is_negation(part.text) for part in gone)
        added = sum(self.tongue.is_negation(part.text) or theirs.is_negation(part.text) for part in put)
        if lost != added and len(gone) <= 2 and len(put) <= 2:
            return "negation"
        if len(gone) != 1 or len(put) != 1:
            return None
        old, new = gone[0], put[0]
        plain = fold(old.text)
        if plain in theirs.numbers or any(letter.isdigit() for letter in plain):
            return "number"
        if (plain in theirs.free and plain not in theirs.cues) or theirs.is_negation(old.text):
            return None
        ours = meaning_of(new, self.tongue) | likeness(new.text, self.tongue.language)
        if ours & (meaning_of(old, theirs) | likeness(old.text, theirs.language)):
            return None
        cited = (item.citation for item in self.cited)
        people = {word for c in cited for name in (c.speaker, c.addressee, c.mention) if name for word in folded(name)}
        return None if fold(new.text).removesuffix("'s") in people else "word"

    def _quoted_in(self, item: Carrier) -> list[Span]:
        """The stretches of the evidence that the sentence has in marks; a negation there is checked word for word."""
        spans = []
        for quotation in self.segment.quotations:
            for nth, first, behind in item.runs(quotation.words) or ():
                spans.append(Span(item.spoken[nth][first].start, item.spoken[nth][behind - 1].end))
        return spans


_ARTICLES = frozenset(
    {"the", "a", "an", "den", "det", "de", "el", "la", "los", "las", "le", "les", "l'", "der", "die", "das", "dem", "o", "os"}
)


def _used(parts: Sequence[Part], tongue: Tongue, places: Iterable[int]) -> frozenset[str]:
    return frozenset().union(*(meaning_of(parts[place], tongue) for place in places))
