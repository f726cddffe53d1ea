"""The page with the library's articles: the list, what can be added, and what came of each file."""

from collections.abc import Sequence

from rag.contract import ArticleRow
from ui.render_html import button, byline, html_line, language_attribute
from ui.texts import Texts

ARTICLES_ON_A_PAGE = 100
LONGEST_TEXT = 1_000_000


def list_html(rows: Sequence[ArticleRow], texts: Texts, *, words: str = "", page: int = 1, may_forget: bool) -> str:
    """The articles whose title, outlet or path holds the words, latest first.

    Args:
        may_forget: Whether each can be taken out, after being asked again.
    """
    wanted = words.casefold().split()
    kept = [row for row in rows if all(word in _about(row) for word in wanted)]
    kept.sort(key=lambda row: (row["published"] or "", row["outlet"] or "", row["id"]), reverse=True)
    pages = max(1, -(-len(kept) // ARTICLES_ON_A_PAGE))
    page = min(max(1, page), pages)
    first = (page - 1) * ARTICLES_ON_A_PAGE
    shown = kept[first : first + ARTICLES_ON_A_PAGE]
    search = (
        f'<form class="ws-find" data-do="find" role="search"><label>{texts.say("find_articles")}'
        f'<input type="search" name="words" value="{html_line(words)}" maxlength="200" autocomplete="off"></label>'
        f'<button class="ws-button">{texts.say("find_do")}</button></form>'
    )
    counted = f'<p class="ws-count">{texts.say("n_articles", n=len(kept))}</p>'
    items = "".join(f"<li>{_item(row, texts, may_forget=may_forget)}</li>" for row in shown)
    turn = ""
    if pages > 1:
        steps = [
            f'<button type="button" class="ws-button" data-do="find" data-words="{html_line(words)}" data-page="{to}"'
            f"{'' if 1 <= to <= pages else ' disabled'}>{texts.say(key)}</button>"
            for key, to in (("previous", page - 1), ("next", page + 1))
        ]
        here = f'<span class="ws-note">{texts.say("page_of", page=page, pages=pages)}</span>'
        turn = f'<nav class="ws-pager" aria-label="{texts.say("pager")}">{steps[0]}{here}{steps[1]}</nav>'
    empty = "" if kept else f'<p class="ws-empty">{texts.say("no_articles")}</p>'
    return f'{search}{counted}<ul class="ws-articles">{items}</ul>{empty}{turn}'


def _about(row: ArticleRow) -> str:
    return " ".join(str(row[name] or "") for name in ("title", "outlet", "path", "published", "language")).casefold()


def _item(row: ArticleRow, texts: Texts, *, may_forget: bool) -> str:
    title = f"<bdi{language_attribute(row['language'])}>{html_line(row['title'] or texts.say('untitled'))}</bdi>"
    about = html_line(byline(row["outlet"], row["published"], row["language"], texts))
    counted = texts.say("n_statements", n=row["statements"])
    opened = button(f'{title}<span class="ws-byline">{about} · {counted}</span>', "read", cls="ws-open", article=row["id"])
    if not may_forget:
        return opened
    name = html_line(texts.say("forget_named", title=row["title"] or texts.say("untitled")))
    sure = (
        f'<details class="ws-forget"><summary aria-label="{name}">{texts.say("forget")}</summary>'
        f"<p>{texts.say('forget_sure', statements=counted)}</p>"
        f"{button(texts.say('forget_do'), 'forget', cls='ws-danger', article=row['id'])}</details>"
    )
    return opened + sure


def paste_html(texts: Texts) -> str:
    """The form for an article as pasted text."""

    def field(name: str, kind: str = "text") -> str:
        return (
            f'<label>{texts.say(f"paste_{name}")}<input type="{kind}" name="{name}" maxlength="500" autocomplete="off"></label>'
        )

    return (
        f'<details class="ws-paste"><summary>{texts.say("paste")}</summary><form data-do="paste">'
        f"{field('title')}{field('outlet')}{field('published', 'date')}{field('url', 'url')}"
        f'<label class="ws-wide">{texts.say("paste_text")}'
        f'<textarea name="text" rows="8" maxlength="{LONGEST_TEXT}" required></textarea></label>'
        f'<button class="ws-primary">{texts.say("paste_do")}</button></form></details>'
    )


def upload_html(texts: Texts) -> str:
    """What may be added, above the button that adds it."""
    return f'<h3>{texts.say("add_articles")}</h3><p class="ws-note">{texts.say("upload_about")}</p>'


def progress_html(done: int, total: int, name: str, texts: Texts) -> str:
    """How far adding files has come."""
    return (
        f'<div class="ws-progress"><label>{texts.say("adding", done=done, total=total)} <bdi>{html_line(name)}</bdi>'
        f'<progress value="{done}" max="{max(1, total)}"></progress></label></div>'
    )


def results_html(results: Sequence[tuple[str, str, str]], texts: Texts, *, mark: str = "") -> str:
    """What came of each file.

    Args:
        results: Name of the file, one of "added", "updated", "unchanged" and "failed", and why it failed.
        mark: Tells this result from the one before, so that it is announced.
    """
    if not results:
        return ""
    items = "".join(
        f'<li class="ws-result-{kind}"><strong>{texts.say(f"upload_{kind}")}</strong> <bdi>{html_line(name)}</bdi>'
        + (f' <span class="ws-note">{html_line(why)}</span>' if why else "")
        + "</li>"
        for name, kind, why in results
    )
    n_failed = sum(kind == "failed" for _, kind, _ in results)
    said = texts.say("upload_done", good=len(results) - n_failed, bad=n_failed)
    return (
        f'<div class="ws-results" data-announce="{html_line(said)}" data-announce-id="{html_line(mark)}"><p>{said}</p>'
        f"<ul>{items}</ul></div>"
    )
