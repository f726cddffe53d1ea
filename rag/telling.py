"""One statement or account → sentences in the question's language, with the words in their own.

Quotation marks stand only around what the article presents as the speaker's very words. All else is worded as the
article words it, behind the speaker's name and without marks.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePath
from urllib.parse import urlsplit

from index.attribution.grammar import load_grammar
from index.attribution.lexicon import load_lexicon
from index.records import Article, Span
from rag.answer import Citation
from rag.claims import compare
from rag.contract import article_facts
from rag.fitting import sentence_around
from rag.phrases import Phrases
from rag.witnesses import Account, Evidence, relation
from rag.words import MARKS, bare, fold, folded

LONGEST_EXCERPT = 600
_WIDEST_GAP = 80
_MOST_DIFFERENCES = 4
# So near its sentence's opening a source is shown with what stands before it ("Many politicians and officials").
_OPENING = 30
_MARKER_LIKE = re.compile(r"\s*\[\d{1,4}\]\s*")


@dataclass(slots=True)
class Draft:
    """An answer in the making: its lines, and its citations in the order of their first mention."""

    phrases: Phrases
    lines: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def cite(self, evidence: Evidence) -> str:
        """The marker of a statement, the same each time."""
        key = evidence.statement.id
        if key not in self.statements:
            self.statements.append(key)
            self.citations.append(_citation(evidence, n=len(self.citations) + 1))
        number = next(c.n for c, cited in zip(self.citations, self.statements, strict=True) if cited == key)
        return f"[{number}]"

    def cite_passage(self, article: Article, span: Span, score: float) -> str:
        self.statements.append(f"{article.id}:{span.start}")
        number = len(self.citations) + 1
        words, facts = span.of(article.text), article_facts(article)
        self.citations.append(
            Citation(n=number, article=article.id, spans=(span,), quote=words, kind="passage", score=score, **facts)
        )
        return f"[{number}]"

    def add(self, key: str, **values: object) -> None:
        self.lines.append(self.phrases.say(key, **values))


def _citation(evidence: Evidence, *, n: int) -> Citation:
    statement, article = evidence.statement, evidence.article
    pieces = [" ".join(span.of(article.text) for span in spans) or None for spans in (statement.source, statement.cue)]
    return Citation(
        n=n,
        article=article.id,
        spans=statement.content,
        quote=evidence.words,
        kind=statement.kind,
        speaker=statement.speaker.name if statement.speaker else None,
        mention=pieces[0],
        addressee=addressee_of(evidence),
        cue=pieces[1],
        act=statement.act,
        medium=statement.medium,
        reported_by=statement.reported_by,
        score=evidence.score,
        quoted=statement.content if statement.kind == "direct" else statement.quoted,
        **article_facts(article),
    )


# Wording one statement


def outlet_of(article: Article) -> str:
    """What to call the source of an article: its outlet, else its site, title, file or id."""
    host = urlsplit(article.url).hostname if article.url else None
    return bare(article.outlet or host or article.title or PurePath(article.path).stem or article.id)


def clean(text: str) -> str:
    """On one line, and without what would pass for a marker."""
    return " ".join(_MARKER_LIKE.sub(" … ", text).split())


def marked(text: str, span: Span, quoted: Sequence[Span], phrases: Phrases) -> str:
    """The words at `span`, with this language's marks around `quoted` and no others.

    >>> from rag.phrases import load_phrases
    >>> text = 'said it was a "coup" by "them"'
    >>> marked(text, Span(0, 30), [Span(15, 19)], load_phrases("en"))
    'said it was a “coup” by them'
    """
    parts: list[str] = []
    at = span.start
    for piece in sorted(quoted):
        start, end = max(piece.start, at), min(piece.end, span.end)
        if start >= end:
            continue
        words = text[start:end]
        stripped = words.strip().strip("".join(MARKS)).rstrip(" ,;:")
        parts.append(unmarked(text[at:start]))
        if stripped:
            lead = " " if words[:1].isspace() else ""
            tail = words[words.rindex(stripped[-1]) + 1 :].strip("".join(MARKS))
            parts.append(f"{lead}{phrases.quote(clean(stripped))}{tail}")
        at = end
    parts.append(unmarked(text[at : span.end]))
    return clean("".join(parts)).strip()


def unmarked(text: str) -> str:
    return "".join(character for character in text if character not in MARKS and character not in "‘‚‹›")


def very_words(evidence: Evidence, phrases: Phrases) -> str:
    """A direct quotation in this language's marks, its pieces joined by an ellipsis."""
    pieces = (clean(span.of(evidence.article.text).strip("".join(MARKS) + " \n\t–—")) for span in evidence.statement.content)
    return phrases.quote(" … ".join(piece.rstrip(" ,;:") for piece in pieces if piece))


def content_of(evidence: Evidence, phrases: Phrases) -> str:
    """What was said as the article words it, marks around the quoted parts only."""
    text, statement = evidence.article.text, evidence.statement
    return " … ".join(marked(text, span, statement.quoted, phrases) for span in statement.content)


def name_of(evidence: Evidence, phrases: Phrases) -> str:
    """The speaker's name, else the mention as written; in an article's language with the words that belong to it.

    "leadership of the union" is no name to open a sentence with: "The leadership of the union" is.
    """
    statement = evidence.statement
    text = evidence.article.text
    name = bare(statement.speaker.name) if statement.speaker is not None else ""
    if name and not name[:1].islower():
        return name
    mention = " ".join(span.of(text) for span in statement.source)
    if statement.source and (not name or fold(name) in fold(_mention(evidence))):
        mention = _mention(evidence)
    shown = bare(mention) or name or phrases.answers["nobody_named"]
    return shown[:1].upper() + shown[1:]


def _mention(evidence: Evidence) -> str:
    """The source as written, from where its sentence opens if that is near: "Many officials", "The leadership of …"."""
    text, first = evidence.article.text, evidence.statement.source[0]
    opening = sentence_around(text, first).start
    before = text[opening : first.start]
    inside = any(opening < other.end <= first.start for other in (*evidence.statement.content, *evidence.statement.cue))
    is_near = len(before) <= _OPENING and not inside and not MARKS & set(before)
    if is_near and not re.search(r"[,;:.!?()\n–—-]", before.strip()):
        return text[opening : evidence.statement.source[-1].end].strip()
    return text[first.start : evidence.statement.source[-1].end]


def addressee_of(evidence: Evidence) -> str | None:
    addressee = evidence.statement.addressee
    if addressee is None:
        return None
    speaker = evidence.statement.speaker
    # "His supporters" are not he.
    if addressee.person is not None and (speaker is None or addressee.person.id != speaker.id):
        return bare(addressee.person.name)
    return bare(addressee.span.of(evidence.article.text)) if addressee.span else None


def _excerpt(evidence: Evidence, phrases: Phrases) -> str | None:
    """The article's own words from behind the source to the end of the content, where they go on from the speaker's
    name.

    "Mr Zuniga said that …" → "said that …"; where another clause stands between, from the cue on ("and called it …").
    """
    statement, text = evidence.statement, evidence.article.text
    if not statement.cue or len(statement.content) != 1:
        return None
    cue, content = statement.cue[0], statement.content[0]
    if statement.cue[-1].end > content.start or content.start - statement.cue[-1].end > _WIDEST_GAP:
        return None
    start = cue.start
    source = statement.source[-1] if statement.source and evidence.article.language == phrases.language else None
    if source is not None and source.end <= cue.start:
        between = text[source.end : cue.start]
        # A possessor ("Zúñiga's claim that") is no subject.
        if between[:1] in ("'", "’") or source.of(text).endswith(("'s", "’s", "s'")):
            return None
        words_between = folded(between)
        joined = words_between[-1:] and words_between[-1] in phrases.both
        grammar = load_grammar(phrases.language)
        # "The general behind the storming has been arrested, but claims": of whom the name alone would be too much said.
        joined = joined or (words_between[-1:] and words_between[-1] in {fold(word) for word in grammar.conjunctions})
        joined = joined or (not between.startswith(",") and words_between[:1] and words_between[0] in grammar.prepositions)
        # "Sanchez, who ordered …"
        joined = joined or bool(set(words_between) & _relatives(phrases.language))
        if len(between) <= _WIDEST_GAP and not joined and "\n" not in between and not MARKS & set(between):
            start = source.end
    span = Span(start, content.end)
    inner = [piece for piece in statement.source if piece.start >= cue.end and piece.end <= content.start]
    if inner:
        # "skriver Lima att …": the name stands before it already.
        lead = marked(text, Span(start, inner[0].start), (), phrases)
        words = f"{lead} {marked(text, Span(inner[-1].end, content.end), statement.quoted, phrases)}"
        return words if span.length <= LONGEST_EXCERPT and "\n" not in text[start : content.start] else None
    if span.length > LONGEST_EXCERPT or "\n" in text[start : content.start]:
        return None
    words = marked(text, span, statement.quoted, phrases)
    # A comma that closes an apposition is dropped; one that opens a phrase before the cue stays.
    return words if words.startswith(",") and "," in words[1 : cue.start - start] else words.lstrip(", ")


@cache
def _relatives(language: str) -> frozenset[str]:
    pronouns = load_lexicon(language).pronouns
    return frozenset(fold(word) for word in pronouns.relative)


def _opens_with_gerund(words: str, language: str) -> bool:
    """ "Ann Lee praising the crew" is no sentence."""
    first = folded(words)[:1]
    return bool(first) and first[0] in _gerunds(language)


@cache
def _gerunds(language: str) -> frozenset[str]:
    cues = load_lexicon(language).cues
    finite = {fold(form) for cue in cues for form in (*cue.present, *cue.past)}
    return frozenset(fold(form) for cue in cues for form in cue.gerund) - finite


def told(evidence: Evidence, phrases: Phrases, *, markers: str = "", note: str = "") -> str:
    """One statement in a sentence: the speaker's name, then the very words in marks or the article's own wording."""
    statement = evidence.statement
    name, to = name_of(evidence, phrases), addressee_of(evidence)
    if statement.addressee and not statement.addressee.person and evidence.article.language != phrases.language:
        # "dijo a the crowd" is no language; the citation tells to whom.
        to = None
    tail = f"{markers and ' '}{markers}{note}"
    if statement.kind == "direct":
        words = very_words(evidence, phrases) + tail
        if to:
            return phrases.say("wrote_to" if statement.act == "write" else "said_to", speaker=name, addressee=to, words=words)
        verb = phrases.said.get(statement.act, phrases.said["say"])
        return phrases.say("spoke", speaker=name, verb=verb, words=words)
    excerpt = _excerpt(evidence, phrases)
    if (
        excerpt is not None
        and evidence.article.language == phrases.language
        and not _opens_with_gerund(excerpt, phrases.language)
    ):
        return f"{name}{'' if excerpt.startswith(',') else ' '}{stopped(excerpt)}{tail}"
    own = excerpt or content_of(evidence, phrases)
    words = stopped(own.lstrip(", ")) + tail
    if to and excerpt is None:
        return phrases.say("reported_to", speaker=name, addressee=to, words=words)
    return phrases.say("reported", speaker=name, words=words)


def untold(evidence: Evidence, draft: Draft) -> str:
    """A statement that was not made, or only may be: the article's own sentence, so that it never reads as said."""
    span = sentence_around(evidence.article.text, evidence.statement.span)
    words = passage_words(evidence.article, span)
    tail = f"{draft.cite(evidence)}{note([evidence], draft.phrases)}"
    return f"{name_of(evidence, draft.phrases)}: {stopped(words)} {tail}"


def stopped(words: str) -> str:
    return words.rstrip(" ,;:.").rstrip()


def note(evidence: Sequence[Evidence], phrases: Phrases) -> str:
    """Who reports it, and through whom."""
    sources: dict[str, None] = {}
    for item in evidence:
        source = outlet_of(item.article)
        if item.statement.reported_by:
            source += ", " + phrases.say("according_to", relay=bare(item.statement.reported_by))
        sources[source] = None
    return f" ({'; '.join(sources)})"


def tell_account(account: Account, draft: Draft) -> str:
    """An account with all its witnesses: the fullest wording, then where others differ."""
    phrases = draft.phrases
    fullest = account.fullest
    same = [item for item in account.witnesses if relation(fullest, item) == "same"]
    sentences = [
        told(fullest, phrases, markers="".join(draft.cite(item) for item in same), note=note(same, phrases)),
    ]
    # One sentence for each other wording, whoever has it.
    wordings: dict[tuple[str, ...], list[Evidence]] = {}
    for item in account.witnesses:
        if item not in same:
            wordings.setdefault((item.article.language, *item.folded), []).append(item)
    for items in wordings.values():
        first = items[0]
        words = very_words(first, phrases) if first.statement.kind == "direct" else stopped(content_of(first, phrases))
        words += f" {''.join(draft.cite(item) for item in items)}{note(items, phrases)}{_differences(fullest, first, phrases)}"
        if relation(fullest, first) == "translated":
            label = phrases.languages.get(first.article.language, first.article.language)
            sentences.append(phrases.say("translated", language=label, words=words))
        else:
            sentences.append(phrases.say("variant", words=words))
    return ". ".join(sentences) + "."


def _differences(fullest: Evidence, other: Evidence, phrases: Phrases) -> str:
    """Where another wording parts from the fullest one, word by word; nothing where it is only shorter, or parts
    everywhere.
    """
    if relation(fullest, other) != "changed":
        return ""
    comparison = compare(other.words, fullest.words)
    parts = [part for part in comparison.differences if part.asked or part.found]
    if comparison.relation != "altered" or not 1 <= len(parts) <= _MOST_DIFFERENCES:
        return ""
    nothing = phrases.answers["nothing_there"]
    worded = (phrases.say("altered_part", asked=bare(part.found) or nothing, found=bare(part.asked) or nothing) for part in parts)
    return f" ({'; '.join(worded)})"


def bullets(accounts: Iterable[Account], draft: Draft) -> None:
    draft.lines.extend(f"• {tell_account(account, draft)}" for account in accounts)


def passage_words(article: Article, span: Span) -> str:
    """A sentence of an article without quotation marks: who speaks in it is not told here."""
    words = clean(unmarked(span.of(article.text)))
    return words if len(words) <= LONGEST_EXCERPT else words[:LONGEST_EXCERPT].rsplit(" ", 1)[0] + " …"
