"""Answers, statements and articles as lines for a terminal, and what every face shows of them. Values in, text out.

Whatever stands in an article, a question or a file name is somebody else's: `ui/visible.py` shows by their number the
control characters and those that turn the direction of writing, and a link is a link only when it leads to http or https.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from index.records import Article, Span, Statement
from ui.rows import statement_row
from ui.visible import HIDDEN, one_line, visible

if TYPE_CHECKING:
    from rich.text import Text

    from rag.answer import Answer, Citation

Role = Literal["words", "source", "cue", "addressee"]

LANGUAGE_NAMES = {
    "en": "English", "nb": "Norwegian Bokmål", "nn": "Norwegian Nynorsk", "sv": "Swedish", "da": "Danish",
    "de": "German", "nl": "Dutch", "es": "Spanish", "fr": "French", "pt": "Portuguese", "und": "language unknown",
}  # fmt: skip
KINDS = {
    "direct": "the very words",
    "mixed": "partly the very words",
    "indirect": "reworded by the article",
    "passage": "a passage of the article",
}

# So much of an article is shown on each side of the cited words; the page says how much it leaves out. A page of 40,000
# characters still scrolls at once on a phone, and the longest sample of news we know is shorter.
WINDOW = 20_000
# Around the words on the command line: about one line on each side.
CONTEXT = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A citation with the article that it points into, and the statement it stands for where it is one.

    Args:
        first_line: See `place`.
    """

    citation: "Citation"
    article: Article
    statement: Statement | None = None
    first_line: int | None = None

    @property
    def place(self) -> str:
        """Where the cited words stand."""
        return place(self.article, self.citation.spans, first_line=self.first_line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A question with what came of it: an answer and its evidence, or an error's message.

    Args:
        groups: Numbers of citations that tell of the same statement, the one told first leads.
        changes: Parts of what the question was taken to mean that the reader replaced, or set aside (empty).
        offers: Questions that have an answer, where this one has none.
    """

    question: str
    answer: "Answer | None" = None
    evidence: tuple[Evidence, ...] = ()
    error: str | None = None
    groups: tuple[tuple[int, ...], ...] = ()
    changes: tuple[tuple[str, str], ...] = ()
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A paragraph for a terminal, `indent` blanks from the left edge."""

    text: "Text"
    indent: int = 0


def language_name(code: str) -> str:
    """A language's English name, or its code where we have none.

    >>> language_name("nb"), language_name("fi")
    ('Norwegian Bokmål', 'fi')
    """
    return LANGUAGE_NAMES.get(code, one_line(code))


def safe_link(url: str | None) -> str | None:
    """The address when it is an absolute http or https one, else None.

    >>> safe_link("https://example.org/a"), safe_link("javascript:alert(1)"), safe_link("//example.org")
    ('https://example.org/a', None, None)
    """
    if not url:
        return None
    # Browsers strip white space and controls before they read an address's scheme: "java\nscript:" is JavaScript.
    if HIDDEN.search(url) or any(character.isspace() for character in url.strip()):
        return None
    url = url.strip()
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and parts.netloc else None


def place(article: Article, spans: Sequence[Span], *, first_line: int | None = None) -> str:
    """Where words stand: path, line where it is known, and characters, counted from 0 in the article's text.

    Args:
        first_line: The line of the file that the article's text begins on, counted from 1.

    >>> article = Article(id="a", text="one\\ntwo", language="en", path="news/a.md")
    >>> place(article, [Span(4, 7)], first_line=7), place(article, [Span(4, 7)])
    ('news/a.md:8, characters 4–7', 'news/a.md, characters 4–7')
    """
    path = one_line(article.path) or f"article {article.id}"
    if first_line is not None and spans:
        path += f":{first_line + visible(article.text[: spans[0].start]).count(chr(10))}"
    return f"{path}, characters {', '.join(f'{start}–{end}' for start, end in spans)}"


def roles(evidence: Evidence) -> tuple[tuple[Span, Role], ...]:
    """The spans to mark in the article: the cited words, and the statement's source, cue and addressee."""
    marks: list[tuple[Span, Role]] = [(span, "words") for span in evidence.citation.spans]
    if evidence.statement is not None:
        marks.extend((span, "source") for span in evidence.statement.source)
        marks.extend((span, "cue") for span in evidence.statement.cue)
        addressee = evidence.statement.addressee
        if addressee is not None and addressee.span is not None:
            marks.append((addressee.span, "addressee"))
    return tuple(marks)


def segments(text: str, marks: Sequence[tuple[Span, Role]], window: Span) -> Iterator[tuple[str, frozenset[Role]]]:
    """The window's text cut wherever a mark begins or ends, each piece with the roles that cover it.

    >>> list(segments("Arce said no.", [(Span(0, 4), "source"), (Span(10, 12), "words")], Span(0, 13)))[:2]
    [('Arce', frozenset({'source'})), (' said ', frozenset())]
    """
    changes: dict[int, list[tuple[Role, int]]] = {window.start: [], window.end: []}
    for span, role in marks:
        start, end = max(span.start, window.start), min(span.end, window.end)
        if start < end:
            changes.setdefault(start, []).append((role, 1))
            changes.setdefault(end, []).append((role, -1))
    covering: Counter[Role] = Counter()
    for start, end in pairwise(sorted(changes)):
        for role, change in changes[start]:
            covering[role] += change
        yield text[start:end], frozenset(role for role, n in covering.items() if n)


def context(text: str, spans: Sequence[Span], *, around: int = CONTEXT) -> Span:
    """The stretch that holds `spans` and about `around` characters on each side, cut at white space and blank lines.

    >>> text = "Unlike others, he came. Arce said no. Then he left again."
    >>> context(text, [Span(34, 36)], around=12).of(text)
    'Arce said no. Then he'
    """
    first, last = min(span.start for span in spans), max(span.end for span in spans)
    start, end = max(0, first - around), min(len(text), last + around)
    if (blank := text.rfind("\n\n", start, first)) >= 0:
        start = blank + 2
    elif start and (gap := re.search(r"\s", text[start:first])):
        start += gap.end()
    elif start:
        start = first
    if (blank := text.find("\n\n", last, end)) >= 0:
        end = blank
    elif end < len(text):
        cut = max((last + gap.start() for gap in re.finditer(r"\s", text[last:end])), default=last)
        end = cut
    return Span(start, end)


def byline(citation: "Citation") -> tuple[str, ...]:
    """Outlet, day, language and title of the article, as far as they are known."""
    return tuple(
        one_line(str(part))
        for part in (citation.outlet, citation.published, language_name(citation.language), citation.title)
        if part
    )


def who(citation: "Citation") -> str:
    """Speaker and addressee on one line: 'Luis Arce → Juan José Zúñiga'; empty for a passage.

    The mention stands in quotation marks where nobody could tell whom it means.
    """
    if citation.kind == "passage":
        return ""
    speaker = one_line(citation.speaker or (f"“{citation.mention}”" if citation.mention else "unknown speaker"))
    return f"{speaker} → {one_line(citation.addressee)}" if citation.addressee else speaker


def manner(citation: "Citation") -> tuple[str, ...]:
    """How it was said, in words: kind, act, medium, and through whom it is relayed."""
    parts = [KINDS.get(citation.kind, citation.kind)]
    if citation.act and citation.act != "say":
        parts.append(citation.act.replace("_", " "))
    if citation.medium:
        parts.append(citation.medium)
    if citation.reported_by:
        parts.append(f"according to {citation.reported_by}")
    return tuple(one_line(part) for part in parts)


def notes(answer: "Answer") -> tuple[str, ...]:
    """What stands beside an answer: verdict or reason, differing words, how it was understood, notices."""
    found = []
    if answer.verdict is not None:
        found.append(f"Verdict: {answer.verdict.replace('_', ' ')}")
    elif answer.reason is not None:
        found.append(f"No answer: {answer.reason.replace('_', ' ')}")
    found += [f"Asked: “{part.asked}”. In the article: “{part.found}”." for part in answer.differences]
    if answer.understood:
        found.append(answer.understood)
    return tuple(one_line(note) for note in (*found, *answer.notices))


# ---------------------------------------------------------------------------------------------------------- terminal


def answer_lines(turn: Turn, *, bare: bool = False) -> tuple[Line, ...]:
    """An answer for a terminal: its text, its verdict or reason, then every citation with its words in their place.

    Args:
        turn: Needs an answer.
        bare: Set the cited words off by ⟪ ⟫ instead of by style, for output that has none.
    """
    from rich.text import Text

    if turn.answer is None:
        return (Line(text=Text(visible(turn.error or ""))),)
    answer = turn.answer
    lines = [Line(text=Text(visible(answer.text).strip()))]
    lines += [Line(text=Text(note, style="italic")) for note in notes(answer)]
    for evidence in turn.evidence:
        citation = evidence.citation
        lines += [
            Line(text=Text()),
            Line(text=Text(f"[{citation.n}] {' · '.join(byline(citation))}", style="bold cyan")),
        ]
        about = " · ".join(part for part in (who(citation), *manner(citation)) if part)
        lines.append(Line(text=Text(about), indent=4))
        lines.append(Line(text=context_line(evidence, bare=bare), indent=4))
        lines.append(Line(text=Text(evidence.place, style="dim"), indent=4))
        if link := safe_link(citation.url):
            lines.append(Line(text=Text(link, style="dim"), indent=4))
    return tuple(lines)


def context_line(evidence: Evidence, *, bare: bool) -> "Text":
    """The cited words with the text around them on one line."""
    from rich.text import Text

    words = evidence.citation.spans
    text = evidence.article.text
    if not words:
        return Text()
    # The scene or a far-off cue would drag paragraphs in; the words themselves decide what is shown.
    window = context(text, words)
    line = Text("… " if window.start and text[: window.start].strip() else "")
    for piece, role in segments(text, [(span, "words") for span in words], window):
        shown = re.sub(r"\s+", " ", visible(piece))
        if "words" in role:
            line.append(f"⟪{shown}⟫" if bare else shown, style="" if bare else "bold reverse")
        else:
            line.append(shown, style="dim")
    if window.end < len(text) and text[window.end :].strip():
        line.append(" …")
    return line


def statement_lines(statement: Statement, article: Article, *, first_line: int | None = None) -> tuple[Line, ...]:
    """A statement for a terminal: who to whom, the words, and where."""
    from rich.text import Text

    row = statement_row(statement, article)
    speaker = one_line(row["speaker"] or (f"“{row['mention']}”" if row["mention"] else "unknown speaker"))
    head = Text(f"{speaker} → {one_line(row['addressee'])}" if row["addressee"] else speaker, style="bold cyan")
    how = [KINDS[statement.kind], statement.act.replace("_", " ")]
    how += [part for part in (statement.medium, statement.reported_by) if part]
    if not statement.asserted:
        how.append("not said" if statement.polarity == "negative" else f"only {statement.modality}")
    head.append(f"  {' · '.join(one_line(part) for part in how)}", style="not bold default")
    known = [part for part in (article.outlet, article.published, language_name(article.language)) if part]
    source = " · ".join([*(one_line(str(part)) for part in known), place(article, statement.content, first_line=first_line)])
    words = one_line(row["quote"])
    return (
        Line(text=head),
        Line(text=Text(f"“{words}”" if statement.kind == "direct" else words), indent=4),
        Line(text=Text(source, style="dim"), indent=4),
    )


def article_lines(article: Article, *, n_statements: int) -> tuple[Line, ...]:
    """An article for a terminal: its id, what is known of it, and where it came from."""
    from rich.text import Text

    known = [article.outlet, article.published, language_name(article.language), f"{n_statements} statements"]
    head = Text(article.id, style="bold cyan")
    head.append(f"  {one_line(article.title or 'untitled')}", style="not bold default")
    about = " · ".join(one_line(str(part)) for part in (*known, article.path) if part)
    return (Line(text=head), Line(text=Text(about, style="dim"), indent=4))
