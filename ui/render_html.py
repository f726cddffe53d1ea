"""What the pages of the chat are built from: text made harmless for HTML, marked articles, facts, wordings compared.

Every function takes values and returns HTML in which nothing of an article, a question or a name is markup.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from index.records import Article, Span, Statement
from ui.differences import word_changes
from ui.render import WINDOW, Evidence, Role, roles, safe_link, segments
from ui.texts import Texts
from ui.visible import one_line, visible

if TYPE_CHECKING:
    from rag.answer import Citation

# An article is read in parts of this many characters; a page of one scrolls at once on a phone.
PART = 2 * WINDOW


def html(text: str) -> str:
    """Text for HTML, in an element or a quoted attribute.

    >>> html('<img src="x"> & \u202e')
    '&lt;img src=&quot;x&quot;&gt; &amp; [U+202E]'
    """
    return escape(visible(text), quote=True)


def html_line(text: str) -> str:
    """Text for HTML on one line."""
    return escape(one_line(text), quote=True)


def language_attribute(code: str) -> str:
    """A `lang` attribute, or nothing where the code is none that a browser would know.

    >>> language_attribute("nb"), language_attribute("und"), language_attribute('x" onclick="')
    (' lang="nb"', '', '')
    """
    return f' lang="{code}"' if re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", code) and code != "und" else ""


def language_name(code: str, texts: Texts) -> str:
    """A language's name in the page's language, or its code where there is none."""
    return texts.say(f"language_{code}") if texts.has(f"language_{code}") else one_line(code)


def button(label: str, do: str, *, cls: str = "ws-button", **data: object) -> str:
    """A button that the page's script answers; `label` is HTML, `do` names the event and `data` goes with it.

    >>> button("Open", "read", article="a1")
    '<button type="button" class="ws-button" data-do="read" data-article="a1">Open</button>'
    """
    attributes = "".join(f' data-{name}="{html_line(str(value))}"' for name, value in data.items())
    return f'<button type="button" class="{cls}" data-do="{do}"{attributes}>{label}</button>'


def facts(rows: Iterable[tuple[str, str]]) -> str:
    """A list of terms with what is known of each; terms and values are HTML, a term without a value is left out."""
    listed = "".join(f'<dt>{term}</dt><dd dir="auto">{value}</dd>' for term, value in rows if value)
    return f'<dl class="ws-facts">{listed}</dl>'


def link(url: str | None) -> str:
    """The address as a link where it is a safe one, else nothing."""
    target = safe_link(url)
    if target is None:
        return ""
    shown = html(target if len(target) <= 90 else target[:89] + "…")
    return f'<a href="{escape(target, quote=True)}" target="_blank" rel="noopener noreferrer">{shown}</a>'


def named(value: str, kind: str, texts: Texts) -> str:
    """A value from a closed set (a kind, an act, a verdict …) in the page's words, or itself where it has none."""
    key = f"{kind}_{value}"
    return texts.say(key) if texts.has(key) else one_line(value.replace("_", " "))


def manner(parts: "Citation | Statement", texts: Texts) -> str:
    """How it was said: kind, act, medium, and through whom it is relayed; text, not HTML."""
    said = [named(parts.kind, "kind", texts)]
    if parts.act and parts.act != "say":
        said.append(named(parts.act, "act", texts))
    if parts.medium:
        said.append(parts.medium)
    if parts.reported_by:
        said.append(texts.say("according_to", name=parts.reported_by))
    return " · ".join(one_line(part) for part in said)


def byline(outlet: str | None, published: object, language: str, texts: Texts) -> str:
    """Outlet, day and language of an article; text, not HTML."""
    return " · ".join(
        one_line(part)
        for part in (
            outlet or texts.say("outlet_unknown"),
            str(published) if published else texts.say("day_unknown"),
            language_name(language, texts),
        )
    )


# ------------------------------------------------------------------------------------------------------------ articles


def marked(text: str, marks: Sequence[tuple[Span, Role]], window: Span, texts: Texts) -> str:
    """HTML of a stretch of text with its marks: `<mark>` around the words, a class for source, cue and addressee.

    One piece of cited words is one `<mark>`, even where the addressee stands inside it.

    >>> from ui.texts import load_texts
    >>> marked("Arce: <no>", [(Span(0, 4), "source"), (Span(6, 10), "words")], Span(0, 10), load_texts("en"))
    '<span class="ws-source" title="speaker">Arce</span>: <mark>&lt;no&gt;</mark>'
    """
    words = sorted({span for span, role in marks if role == "words" and span.overlaps(window)})
    others = [(span, role) for span, role in marks if role != "words"]
    pieces: list[str] = []
    at = window.start
    for span in words:
        start, end = max(at, span.start), min(span.end, window.end)
        if start >= end:
            continue
        pieces += [
            _spans(text, others, Span(at, start), texts),
            "<mark>",
            _spans(text, others, Span(start, end), texts),
            "</mark>",
        ]
        at = end
    pieces.append(_spans(text, others, Span(at, window.end), texts))
    return "".join(pieces)


def _spans(text: str, marks: Sequence[tuple[Span, Role]], window: Span, texts: Texts) -> str:
    pieces = []
    for piece, found in segments(text, marks, window):
        if found:
            classes = " ".join(f"ws-{role}" for role in sorted(found))
            title = ", ".join(texts.say(f"role_{role}") for role in sorted(found))
            pieces.append(f'<span class="{classes}" title="{title}">{html(piece)}</span>')
        else:
            pieces.append(html(piece))
    return "".join(pieces)


def legend(texts: Texts) -> str:
    """What the marks in an article mean, each word marked as what it names."""
    return (
        f'<p class="ws-legend">{texts.say("marked")} <mark>{texts.say("role_words")}</mark> '
        f'<span class="ws-source">{texts.say("role_source")}</span> <span class="ws-cue">{texts.say("role_cue")}</span> '
        f'<span class="ws-addressee">{texts.say("role_addressee")}</span></p>'
    )


def article_html(evidence: Evidence, texts: Texts) -> str:
    """The article's text around the cited words, `WINDOW` characters on each side; what is left out is counted."""
    text, marks = evidence.article.text, roles(evidence)
    words = [span for span, role in marks if role == "words"] or [Span(0, 0)]
    first, last = min(span.start for span in words), max(span.end for span in words)
    window = Span(max(0, first - WINDOW), min(len(text), last + WINDOW))
    before = f'<p class="ws-note">{texts.say("n_before", n=window.start)}</p>' if window.start else ""
    rest = len(text) - window.end
    after = f'<p class="ws-note">{texts.say("n_after", n=rest)}</p>' if rest else ""
    return before + text_box(marked(text, marks, window, texts), evidence.article.language, texts) + after


def text_box(inner: str, language: str, texts: Texts) -> str:
    """The frame of an article's text, which the keyboard can scroll."""
    return (
        f'<div class="ws-article" tabindex="0" role="region" aria-label="{texts.say("article")}" dir="auto"'
        f"{language_attribute(language)}>{inner}</div>"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """An article to be read with all its statements marked.

    Args:
        focus: The statement to begin at, or none.
        at: The character to begin at, where there is no focus.
        mark: Tells this reading from the one before: the same article opened again is shown again.
    """

    article: Article
    statements: tuple[Statement, ...]
    focus: Statement | None = None
    at: int = 0
    place: str = ""
    mark: str = "yes"


def reading_html(reading: Reading, texts: Texts) -> str:
    """An article with every statement marked; one in focus stands out, and long articles come part by part."""
    article, focus = reading.article, reading.focus
    length = len(article.text)
    start = max(0, min(focus.span.start, length) - WINDOW) if focus else min(max(0, reading.at), max(0, length - 1))
    window = Span(start, min(length, start + PART))
    marks: list[tuple[Span, Role]] = []
    for statement in (focus,) if focus else reading.statements:
        marks += [(span, "source") for span in statement.source]
        marks += [(span, "cue") for span in statement.cue]
        marks += [(span, "words") for span in statement.content]
        if statement.addressee is not None and statement.addressee.span is not None:
            marks.append((statement.addressee.span, "addressee"))
    rows = [(texts.say("published"), html_line(byline(article.outlet, article.published, article.language, texts)))]
    if focus is not None:
        speaker = focus.speaker.name if focus.speaker else texts.say("speaker_unknown")
        told = focus.addressee.person.name if focus.addressee and focus.addressee.person else ""
        found = texts.say("found_by", name=focus.found_by.name, score=f"{focus.found_by.score:.2f}")
        rows = [
            (texts.say("said_by"), html_line(speaker)),
            (texts.say("said_to"), html_line(told)),
            (texts.say("how"), html_line(manner(focus, texts))),
            *rows,
            (texts.say("found"), html_line(found)),
        ]
    rows += [(texts.say("file"), html_line(reading.place)), (texts.say("original"), link(article.url))]
    buttons = ""
    if focus is not None:
        label = texts.say("mark_all", n=len(reading.statements))
        buttons = button(label, "read", article=article.id, at=max(0, focus.span.start - WINDOW))
    title = html_line(article.title or texts.say("untitled"))
    return (
        f'<section class="ws-evidence" aria-label="{texts.say("article")}" data-move="{html_line(reading.mark)}">'
        f'<button type="button" class="ws-button ws-close" data-close>{texts.say("close")}</button>'
        f'<h2 class="ws-title" tabindex="-1" dir="auto"{language_attribute(article.language)}>{title}</h2>'
        f"{facts(rows)}{legend(texts)}{buttons}{_part_button(article, window, texts, after=False)}"
        f"{text_box(marked(article.text, _apart(marks), window, texts), article.language, texts)}"
        f"{_part_button(article, window, texts, after=True)}</section>"
    )


def _apart(marks: Sequence[tuple[Span, Role]]) -> list[tuple[Span, Role]]:
    """The marks with the words of one statement inside another's joined, so that no `<mark>` stands in another."""
    words = sorted(span for span, role in marks if role == "words")
    joined: list[Span] = []
    for span in words:
        if joined and span.start < joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    others: list[tuple[Span, Role]] = [(span, role) for span, role in marks if role != "words"]
    return [*others, *((span, "words") for span in joined)]


def _part_button(article: Article, window: Span, texts: Texts, *, after: bool) -> str:
    missing = len(article.text) - window.end if after else window.start
    if missing <= 0:
        return ""
    label = texts.say("n_after" if after else "n_before", n=missing)
    at = window.end if after else max(0, window.start - PART)
    return f'<p class="ws-note">{label} {button(texts.say("show_them"), "read", article=article.id, at=at)}</p>'


# ------------------------------------------------------------------------------------------------------------ wordings


def changes_html(old: str, new: str, texts: Texts) -> str:
    """`new` with what differs from `old`: `<ins>` around words of its own, `<del>` around those that only `old` has.

    >>> from ui.texts import load_texts
    >>> changes_html("your captain", "your <general>", load_texts("en"))
    'your &lt;<del>captain</del> <ins>general</ins>&gt;'
    """
    pieces = []
    for change, text in word_changes(one_line(old), one_line(new)):
        if change == "same":
            pieces.append(html(text))
        elif change == "missing":
            pieces.append(f"<del>{html(text)}</del> ")
        else:
            pieces.append(f"<ins>{html(text)}</ins>")
    return "".join(pieces)


def suggestions(names: Sequence[str], list_id: str) -> str:
    """Names that a text field offers."""
    return (
        f'<datalist id="{list_id}">' + "".join(f'<option value="{html_line(name)}"></option>' for name in names) + "</datalist>"
    )
