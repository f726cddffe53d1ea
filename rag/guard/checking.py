"""A sentence with markers, the citations and their articles → what in the sentence they do not carry; nothing where all is.

`faithfulness.check` holds finished answers to their quotations and names. This guard is for prose that nobody controls, a
language model's above all, one sentence at a time: it also holds its words, numbers, dates, outlets, negations and acts to
the evidence behind its markers. Rules over words, so that the same sentence is always judged alike and every rejection can
be explained. What it cannot prove it rejects: a paraphrase in other words, or a translation, is withheld even if true.

Order, connectives, the tense of "said" and typographic marks are free; so are the words that a language's lexicon counts
as function words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from index.records import Article
from rag.answer import Citation
from rag.faithfulness import MARKER
from rag.guard.acts import check_acts, check_negations
from rag.guard.carried import Carrier
from rag.guard.labels import check_differences, check_note, check_outlets, read_dates
from rag.guard.people import check_addressee, check_speaker
from rag.guard.quoting import check_quotations
from rag.guard.reading import Problem, check_markers, cut_segments, find_quotations, without_lead
from rag.guard.tongue import Tongue, split_parts
from rag.guard.view import View
from rag.guard.words import check_exchanged, check_words
from rag.phrases import load_phrases
from rag.words import MARKS

# Longer sentences are no sentences but a way to make work; nothing in them is carried.
LONGEST_SENTENCE = 4_000
_BULLET = re.compile(r"^\s*(?:[•*–—-]\s+|\d{1,2}[.)]\s+|#+\s+)")


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
    text = without_lead(text, load_phrases(language))
    quotations, problems = find_quotations(text, list(frames.values()))
    problems += check_markers(text, quotations, by_number)
    segments = cut_segments(text, quotations)
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
        view = View(segment=segment, cited=cited, everybody=everybody, tongue=tongue, before=speakers)
        problems += _check_segment(view)
        speakers = tuple(item.citation.speaker or item.citation.mention or "" for item in cited)
    return tuple(dict.fromkeys(problems))


def _check_segment(view: View) -> Iterator[Problem]:
    dated, misdated = read_dates(view)
    yield from check_quotations(view)
    yield from check_note(view)
    yield from check_differences(view)
    yield from misdated
    yield from check_outlets(view)
    yield from check_words(view, dated)
    yield from check_speaker(view)
    yield from check_addressee(view)
    yield from check_acts(view)
    yield from check_negations(view)
    yield from check_exchanged(view)


def settled(sentence: str, citations: Sequence[Citation], articles: Mapping[str, Article], *, language: str = "en") -> str:
    """A sentence that passed, its quotations in the articles' own characters and the language's marks.

    >>> from index.records import Span
    >>> cited = Citation(n=1, article="a", path="", outlet=None, title=None, url=None, published=None, language="en",
    ...     spans=(Span(0, 8),), quote="I won’t.", kind="direct", speaker="Ann Lee", quoted=(Span(0, 8),))
    >>> settled('Ann Lee said "i won\\'t" [1].', [cited], {"a": Article(id="a", text="I won’t.", language="en")})
    'Ann Lee said “I won’t” [1].'
    """
    evidence = [Carrier.of(c, articles[c.article]) for c in citations if c.article in articles]
    phrases = load_phrases(language)
    quotations, _ = find_quotations(sentence, evidence)
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
