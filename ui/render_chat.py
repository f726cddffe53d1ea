"""The page on which questions are asked: the conversation on the left, the cited article on the right."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.records import Span
from ui.differences import differ
from ui.history import Listed
from ui.render import Evidence, Turn, safe_link
from ui.render_html import (
    article_html,
    button,
    byline,
    changes_html,
    facts,
    html,
    html_line,
    language_attribute,
    language_name,
    legend,
    link,
    manner,
    named,
    suggestions,
)
from ui.rows import json_text
from ui.texts import Texts
from ui.visible import one_line

if TYPE_CHECKING:
    from rag.answer import Citation, Understood

_MARKER = re.compile(r"\[(\d{1,4})\]")
# What can be put in the place of what was understood; the other parts can only be taken away.
EDITABLE = ("speaker", "addressee", "topic", "outlet", "language", "since", "until")
LONGEST_QUESTION = 2_000


# ------------------------------------------------------------------------------------------------------- conversation


def conversation_html(
    turns: Sequence[Turn],
    texts: Texts,
    *,
    conversation: str = "",
    chosen: tuple[int, int] | None = None,
    pending: str | None = None,
    lines: Sequence[str] = (),
) -> str:
    """All turns in order.

    Args:
        conversation: Its id, which the page's address carries.
        chosen: (turn, n) of the citation on show.
        pending: A question still being answered, with the lines of its answer that are there already.
    """
    shown = [
        answer_html(turn, number, texts, chosen=chosen[1] if chosen and chosen[0] == number else None)
        for number, turn in enumerate(turns)
    ]
    announce = ""
    if pending is not None:
        so_far = "".join(f'<p class="ws-text" dir="auto">{html(line)}</p>' for line in lines)
        looking = f'{so_far}<p class="ws-note ws-pending">{texts.say("looking")}</p>'
        shown.append(f'<article class="ws-turn"><h3 class="ws-question" dir="auto">{html(pending)}</h3>{looking}</article>')
    elif turns:
        last = turns[-1]
        said = last.error or (last.answer.text if last.answer else "")
        announce = f' data-announce="{html_line(said[:2_000])}" data-announce-id="{len(turns)}-{len(last.changes)}"'
    if not shown:
        shown.append(f'<p class="ws-welcome">{texts.say("welcome")}</p>')
    return (
        f'<section class="ws-conversation" aria-label="{texts.say("conversation")}" '
        f'data-conversation="{html_line(conversation)}"{announce}>'
        f'<h2 class="ws-sr" tabindex="-1">{texts.say("conversation")}</h2>{"".join(shown)}</section>'
    )


def answer_html(turn: Turn, number: int, texts: Texts, *, chosen: int | None = None) -> str:
    """One question with its answer; every [n] that a citation stands behind is a button.

    Args:
        number: Which turn of the conversation it is; the buttons carry it as `data-turn`, and n as `data-n`.
        chosen: The citation that is shown beside, if it is one of this turn's.
    """
    question = f'<h3 class="ws-question" dir="auto">{html(turn.question)}</h3>'
    if turn.answer is None:
        body = f'<p class="ws-error" dir="auto">{html(turn.error or "")}</p>'
        return f'<article class="ws-turn">{question}{body}</article>'
    answer = turn.answer
    refused = ""
    if answer.reason is not None:
        refused = f'<p class="ws-refusal">{texts.say("no_answer", why=named(answer.reason, "reason", texts))}</p>'
    verdict = verdict_html(answer.verdict, texts) if answer.verdict else ""
    return (
        f'<article class="ws-turn">{question}{chips_html(turn, number, texts)}{refused}{verdict}'
        f"{body_html(turn, number, texts, chosen=chosen)}{_offers(turn, texts)}</article>"
    )


def body_html(turn: Turn, number: int, texts: Texts, *, chosen: int | None = None) -> str:
    """The answer itself with its witnesses, and what takes it away: to the clipboard or as a file."""
    answer = turn.answer
    if answer is None:
        return ""
    paragraphs = "".join(
        f'<p class="ws-text" dir="auto"{language_attribute(answer.language)}>{piece}</p>'
        for piece in _with_buttons(turn, number, chosen, texts).split("\n")
        if piece.strip()
    )
    said = "".join(f'<p class="ws-note" dir="auto">{html_line(note)}</p>' for note in answer.notices)
    return (
        f'<div class="ws-answer">{paragraphs}</div>{said}{witnesses_html(turn, number, texts, chosen=chosen)}'
        f"{_take_away(turn, number, texts)}"
    )


def verdict_html(verdict: str, texts: Texts) -> str:
    """A verdict as a label with a sign of its own."""
    return f'<p class="ws-verdict ws-verdict-{html_line(verdict)}"><span>{named(verdict, "verdict", texts)}</span></p>'


def _with_buttons(turn: Turn, number: int, chosen: int | None, texts: Texts) -> str:
    answer = turn.answer
    if answer is None:
        return ""
    text = answer.text
    by_n = {citation.n: citation for citation in answer.citations}
    # Words that an article itself wrote with a [1] in them keep it as text.
    cited = [
        Span(found.start(), found.end())
        for piece in {piece for citation in answer.citations for piece in citation.quote.split(" … ") if "[" in piece}
        for found in re.finditer(re.escape(piece), text)
    ]
    pieces, at = [], 0
    for found in _MARKER.finditer(text):
        n = int(found[1])
        if n not in by_n or any(span.contains(Span(*found.span())) for span in cited):
            continue
        pieces += [html(text[at : found.start()]), citation_button(number, by_n[n], texts, pressed=n == chosen)]
        at = found.end()
    return "".join([*pieces, html(text[at:])])


def citation_button(turn: int, citation: "Citation", texts: Texts, *, pressed: bool, label: str = "") -> str:
    """The control that brings the article to a citation's words; `label` is HTML."""
    about = (citation.outlet, citation.published, language_name(citation.language, texts), citation.title)
    title = html_line(", ".join(str(part) for part in about if part))
    name = html_line(texts.say("citation_of", number=str(citation.n), about=""))
    return (
        f'<button type="button" class="ws-n" data-do="cite" data-turn="{turn}" data-n="{citation.n}" '
        f'aria-pressed="{"true" if pressed else "false"}" title="{title}" aria-label="{name}{title}">'
        f"{citation.n}{label}</button>"
    )


# -------------------------------------------------------------------------------------------------------------- chips


def chips_html(turn: Turn, number: int, texts: Texts) -> str:
    """What the question was taken to mean: each part can be taken away, and most can be replaced."""
    if turn.answer is None:
        return ""
    parts = turn.answer.parts
    read = {part.part for part in parts}
    changed = dict(turn.changes)
    items = [_chip(part, number, texts, given=bool(changed.get(part.part))) for part in parts]
    items += [_given(part, value, number, texts) for part, value in changed.items() if value and part not in read]
    items += [_removed(part, number, texts) for part, value in changed.items() if not value and part not in read]
    missing = [part for part in EDITABLE if part not in read and part not in changed]
    if missing:
        options = "".join(f'<option value="{part}">{texts.say(f"part_{part}")}</option>' for part in missing)
        items.append(
            f'<li><details class="ws-chip ws-chip-add"><summary>{texts.say("narrow")}</summary>'
            f'<form class="ws-chip-form" data-do="mend" data-turn="{number}">'
            f'<select name="part" aria-label="{texts.say("narrow_by")}">{options}</select>'
            f'<input name="value" required maxlength="200" autocomplete="off" aria-label="{texts.say("new_value")}">'
            f'<button class="ws-button">{texts.say("ask_again")}</button></form></details></li>'
        )
    return f'<ul class="ws-chips" aria-label="{texts.say("understood_as")}">{"".join(items)}</ul>'


def _chip(part: "Understood", number: int, texts: Texts, *, given: bool) -> str:
    label = texts.say(f"part_{part.part}")
    value = language_name(part.value, texts) if part.part == "language" else one_line(part.value)
    shown = (
        f'<span class="ws-chip-part">{label}</span> <bdi>{html_line(_short(value))}</bdi>' if part.part != "very_words" else label
    )
    remove = _remove(part.part, number, texts, about=f"{label}: {value}")
    cls = "ws-chip ws-chip-given" if given else "ws-chip"
    if part.part not in EDITABLE:
        return f'<li><span class="{cls}"><span class="ws-chip-label">{shown}</span>{remove}</span></li>'
    return f'<li><span class="{cls}">{_edit(part.part, part.value, shown, number, texts)}{remove}</span></li>'


def _given(part: str, value: str, number: int, texts: Texts) -> str:
    """What the reader asked for beside the question."""
    label = texts.say(f"part_{part}")
    shown = f'<span class="ws-chip-part">{label}</span> <bdi>{html_line(_short(value))}</bdi>'
    remove = _remove(part, number, texts, about=f"{label}: {value}")
    return f'<li><span class="ws-chip ws-chip-given">{_edit(part, value, shown, number, texts)}{remove}</span></li>'


def _removed(part: str, number: int, texts: Texts) -> str:
    label = texts.say("put_back", part=texts.say(f"part_{part}"))
    back = button(
        f'<span aria-hidden="true">↺</span> {label}', "mend", cls="ws-chip-back", turn=number, part=part, value="", back="1"
    )
    return f'<li><span class="ws-chip ws-chip-removed">{back}</span></li>'


def _edit(part: str, value: str, shown: str, number: int, texts: Texts) -> str:
    kind = "date" if part in ("since", "until") else "text"
    names = ' list="ws-people"' if part in ("speaker", "addressee") else ' list="ws-outlets"' if part == "outlet" else ""
    return (
        f'<details class="ws-chip-edit"><summary title="{texts.say("edit")}">{shown}</summary>'
        f'<form class="ws-chip-form" data-do="mend" data-turn="{number}"><input type="hidden" name="part" value="{part}">'
        f'<input type="{kind}" name="value" value="{html_line(value)}" required maxlength="200" autocomplete="off"{names} '
        f'aria-label="{texts.say(f"part_{part}")}"><button class="ws-button">{texts.say("ask_again")}</button></form></details>'
    )


def _remove(part: str, number: int, texts: Texts, *, about: str) -> str:
    name = html_line(texts.say("remove", what=about))
    return (
        f'<button type="button" class="ws-chip-x" data-do="mend" data-turn="{number}" data-part="{part}" data-value="" '
        f'aria-label="{name}" title="{name}">×</button>'
    )


def _short(value: str) -> str:
    return value if len(value) <= 60 else value[:59] + "…"


def _offers(turn: Turn, texts: Texts) -> str:
    """Questions that do have an answer, where this one has none."""
    if not turn.offers:
        return ""
    items = "".join(
        f"<li>{button(html_line(question), 'pick', cls='ws-example', question=question)}</li>" for question in turn.offers
    )
    return f'<nav class="ws-offers" aria-label="{texts.say("offers")}"><p>{texts.say("offers")}</p><ul>{items}</ul></nav>'


# ---------------------------------------------------------------------------------------------------------- witnesses


def witnesses_html(turn: Turn, number: int, texts: Texts, *, chosen: int | None = None) -> str:
    """One fold for each statement that several articles report: the fullest wording, and how the others part from it."""
    if turn.answer is None:
        return ""
    by_n = {citation.n: citation for citation in turn.answer.citations}
    folds = []
    for group in turn.groups:
        cited = [by_n[n] for n in group if n in by_n]
        if len(cited) < 2:
            continue
        fullest, rows = cited[0], []
        for citation in cited:
            rows.append(f"<li>{_witness(citation, fullest, number, texts, pressed=citation.n == chosen)}</li>")
        outlets = len({citation.outlet or citation.article for citation in cited})
        languages = len({citation.language for citation in cited})
        speaker = html_line(fullest.speaker or fullest.mention or texts.say("speaker_unknown"))
        if fullest.addressee:
            speaker += f" → {html_line(fullest.addressee)}"
        counted = texts.say("n_witnesses", n=outlets) + (f" · {texts.say('n_languages', n=languages)}" if languages > 1 else "")
        folds.append(
            f'<details class="ws-witnesses"><summary><bdi>{speaker}</bdi> <span>{counted}</span></summary>'
            f"<ol>{''.join(rows)}</ol></details>"
        )
    return "".join(folds)


def _witness(citation: "Citation", fullest: "Citation", number: int, texts: Texts, *, pressed: bool) -> str:
    about = html_line(byline(citation.outlet, citation.published, citation.language, texts))
    head = f'{citation_button(number, citation, texts, pressed=pressed)} <span class="ws-byline">{about}</span>'
    if citation is fullest:
        how, words = texts.say("fullest"), html_line(citation.quote)
    elif citation.language != fullest.language:
        how, words = texts.say("translated"), html_line(citation.quote)
    elif differ(fullest.quote, citation.quote):
        how, words = texts.say("differs"), changes_html(fullest.quote, citation.quote, texts)
    else:
        how, words = texts.say("same_words"), html_line(citation.quote)
    quoted = f'<blockquote dir="auto"{language_attribute(citation.language)}>{words}</blockquote>'
    return f'{head} <span class="ws-how">{how}</span>{quoted}'


# ---------------------------------------------------------------------------------------------------------- take away


def _take_away(turn: Turn, number: int, texts: Texts) -> str:
    if turn.answer is None:
        return ""
    copied = html(markdown(turn, texts))
    as_json = html(json_text(turn.answer.to_dict()))
    return (
        '<p class="ws-take">'
        f'<button type="button" class="ws-quiet" data-copy="{copied}" data-done="{texts.say("copied")}">'
        f"{texts.say('copy')}</button>"
        f'<button type="button" class="ws-quiet" data-save="{as_json}" data-name="answer-{number + 1}.json" '
        f'data-type="application/json">{texts.say("download_json")}</button></p>'
    )


def markdown(turn: Turn, texts: Texts) -> str:
    """The answer with its citations as Markdown; what stands in it of others is escaped and shows as written.

    Raises:
        ValueError: The turn has no answer.
    """
    if turn.answer is None:
        raise ValueError("a turn without an answer has nothing to copy")
    lines = [f"**{_plain(turn.question)}**", "", *(f"{_plain(line)}  " for line in turn.answer.text.splitlines()), ""]
    for citation in turn.answer.citations:
        about = byline(citation.outlet, citation.published, citation.language, texts)
        title = f" {_plain(citation.title)}." if citation.title else ""
        address = f" <{safe}>" if (safe := safe_link(citation.url)) else ""
        who = f"{_plain(citation.speaker)}: " if citation.speaker else ""
        lines.append(f"\\[{citation.n}\\] {_plain(about)}.{title} {who}“{_plain(citation.quote)}”{address}  ")
    return "\n".join(lines).rstrip() + "\n"


def _plain(text: str) -> str:
    """Text for Markdown on one line: what would be markup is escaped."""
    return re.sub(r"([\\`*_{}\[\]<>#|~&!])", r"\\\1", one_line(text))


# ----------------------------------------------------------------------------------------------------------- evidence


def evidence_html(turn: Turn | None, number: int, texts: Texts, *, n: int | None, by_hand: str = "") -> str:
    """The article behind citation `n` of a turn, with its words marked, and buttons for the turn's other citations.

    Args:
        by_hand: The reader chose the citation: the page then moves to it (`data-move`), and for another value once more.
    """
    chosen = next((evidence for evidence in turn.evidence if evidence.citation.n == n), None) if turn else None
    if turn is None or chosen is None:
        gone = (
            turn is not None and n is not None and any(cited.n == n for cited in (turn.answer.citations if turn.answer else ()))
        )
        empty = texts.say("article_gone" if gone else "nothing_cited" if turn and turn.answer else "evidence_here")
        return f'<section class="ws-evidence" aria-label="{texts.say("evidence")}"><p class="ws-empty">{empty}</p></section>'
    citation, article = chosen.citation, chosen.article
    buttons = "".join(
        f"<li>{citation_button(number, item.citation, texts, pressed=item.citation.n == n, label=_outlet(item, texts))}</li>"
        for item in turn.evidence
    )
    rows = [
        (texts.say("said_by"), html_line(_speaker(citation, texts))),
        (texts.say("said_to"), html_line(citation.addressee or "")),
        (texts.say("how"), html_line(manner(citation, texts))),
        (texts.say("published"), html_line(byline(citation.outlet, citation.published, citation.language, texts))),
        (texts.say("original"), link(citation.url)),
        (texts.say("file"), html_line(chosen.place)),
    ]
    title = html_line(citation.title or article.title or texts.say("untitled"))
    return (
        f'<section class="ws-evidence" aria-label="{texts.say("evidence")}" data-move="{html_line(by_hand)}">'
        f'<nav aria-label="{texts.say("citations")}"><ol class="ws-citations">{buttons}</ol></nav>'
        f'<h2 class="ws-title" tabindex="-1" dir="auto"{language_attribute(citation.language)}>{title}</h2>'
        f"{facts(rows)}{legend(texts)}{article_html(chosen, texts)}</section>"
    )


def _speaker(citation: "Citation", texts: Texts) -> str:
    if citation.kind == "passage":
        return ""
    return citation.speaker or (f"“{citation.mention}”" if citation.mention else texts.say("speaker_unknown"))


def _outlet(evidence: Evidence, texts: Texts) -> str:
    return f" <span>{html_line(evidence.citation.outlet or evidence.article.title or texts.say('article'))}</span>"


# ------------------------------------------------------------------------------------------------------ around the talk


def head_html(n_articles: int, n_statements: int, texts: Texts, *, languages: Sequence[str]) -> str:
    """The page's heading: its name, what the library holds, its four pages, and its other languages."""
    held = texts.say("held", statements=texts.say("n_statements", n=n_statements), articles=texts.say("n_articles", n=n_articles))
    pages = "".join(
        f'<li><a href="#{page}" data-page="{page}">{texts.say(f"page_{page}")}</a></li>'
        for page in ("ask", "statements", "verify", "articles")
    )
    others = "".join(
        f'<button type="button" class="ws-quiet" lang="{code}" data-language="{code}">{texts.say(f"switch_{code}")}</button>'
        for code in languages
        if code != texts.language
    )
    return (
        f'<header class="ws-head" data-lang="{texts.language}"><a class="ws-skip" href="#main" data-skip>{texts.say("skip")}</a>'
        f'<div class="ws-name"><h1>whosaid</h1><p>{held}</p></div>'
        f'<nav class="ws-pages" aria-label="{texts.say("pages")}"><ul>{pages}</ul></nav>'
        f'<p class="ws-languages">{others}</p></header>'
        '<p class="ws-sr" id="ws-live" role="status" aria-live="polite"></p>'
    )


def composer_html(texts: Texts, *, people: Sequence[str], outlets: Sequence[str]) -> str:
    """The box in which a question is typed."""
    return (
        f'<form class="ws-composer" data-do="ask"><label class="ws-sr" for="ws-question">{texts.say("your_question")}</label>'
        f'<textarea id="ws-question" name="question" rows="1" maxlength="{LONGEST_QUESTION}" required '
        f'placeholder="{texts.say("placeholder")}"></textarea>'
        f'<button class="ws-primary">{texts.say("ask")}</button>'
        f'<button type="button" class="ws-button" data-do="again">{texts.say("start_over")}</button></form>'
        f"{suggestions(people, 'ws-people')}{suggestions(outlets, 'ws-outlets')}"
    )


def examples_html(questions: Sequence[str], texts: Texts) -> str:
    """Questions to begin with, each a button that carries it as `data-question`."""
    if not questions:
        return ""
    items = "".join(
        f"<li>{button(html_line(question), 'pick', cls='ws-example', question=question)}</li>" for question in questions
    )
    return f'<nav class="ws-examples" aria-label="{texts.say("examples")}"><p>{texts.say("examples")}</p><ul>{items}</ul></nav>'


def history_html(listed: Sequence[Listed], texts: Texts, *, current: str | None = None) -> str:
    """The conversations that were kept, latest first, each to be opened or deleted."""
    if not listed:
        return ""
    items = []
    for conversation in listed:
        title = html_line(conversation.title)
        here = ' aria-current="true"' if conversation.id == current else ""
        opened = (
            f'<button type="button" class="ws-open" data-do="unfold" data-id="{html_line(conversation.id)}"{here}>'
            f"<bdi>{title}</bdi> <span>{html_line(conversation.day)} · "
            f"{texts.say('n_questions', n=conversation.n_turns)}</span></button>"
        )
        name = html_line(texts.say("delete_named", title=conversation.title))
        delete = (
            f'<button type="button" class="ws-chip-x" data-do="erase" data-id="{html_line(conversation.id)}" '
            f'aria-label="{name}" title="{name}">×</button>'
        )
        items.append(f"<li>{opened}{delete}</li>")
    return (
        f'<details class="ws-history"><summary>{texts.say("earlier", n=len(listed))}</summary><ul>{"".join(items)}</ul></details>'
    )
