"""The page with the table of all statements: what to keep, the rows, and what the plots show as tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args
from urllib.parse import urlencode

from index.records import ACTS, Kind
from rag.contract import StatementRow
from ui.render_html import button, html_line, language_attribute, language_name, named, suggestions
from ui.texts import Texts

Column = Literal["published", "speaker", "addressee", "quote", "act", "kind", "outlet", "language"]
COLUMNS: tuple[Column, ...] = get_args(Column)
ROWS_ON_A_PAGE = 50
# Letters of a statement in the table; the whole stands in its article.
LONGEST_WORDS = 280


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What of the table a visitor wants to see; every value is as it was typed, and none is trusted.

    Args:
        words: Statements whose words hold these, case and accents aside.
        sort: The column to sort by, with a minus before it for the other way round.
        page: Counted from 1.
    """

    speaker: str = ""
    addressee: str = ""
    outlet: str = ""
    language: str = ""
    act: str = ""
    kind: str = ""
    since: str = ""
    until: str = ""
    words: str = ""
    sort: str = "published"
    page: int = 1

    @classmethod
    def of(cls, given: Mapping[str, object]) -> "View":
        """What a form or an address gives; what is unknown, too long or of a wrong type is left out.

        >>> View.of({"speaker": "Arce", "page": "x", "sort": "-outlet", "evil": 1}).sort
        '-outlet'
        """
        values: dict[str, Any] = {}
        for one in fields(cls):
            value = given.get(one.name)
            if one.name == "page":
                if str(value).isdecimal() and len(str(value)) < 9:
                    values["page"] = max(1, int(str(value)))
            elif isinstance(value, str) and len(value) <= 200:
                values[one.name] = value.strip()
        if str(values.get("sort", "")).removeprefix("-") not in COLUMNS:
            values.pop("sort", None)
        return cls(**values)

    @property
    def column(self) -> Column:
        """The column to sort by.

        >>> View(sort="-outlet").column, View(sort="-outlet").descends
        ('outlet', True)
        """
        return next((column for column in COLUMNS if column == self.sort.removeprefix("-")), COLUMNS[0])

    @property
    def descends(self) -> bool:
        """Whether the order is turned round."""
        return self.sort.startswith("-")

    @property
    def query(self) -> str:
        """The filters as an address carries them."""
        return urlencode({one.name: value for one in fields(self) if (value := getattr(self, one.name)) and one.name != "page"})


def filter_html(
    texts: Texts, *, people: Sequence[str], outlets: Sequence[str], languages: Sequence[str], view: View | None = None
) -> str:
    """The form with which statements are filtered."""
    view = view or View()

    def choice(name: str, options: Sequence[tuple[str, str]]) -> str:
        chosen = getattr(view, name)
        listed = "".join(
            f'<option value="{html_line(value)}"{" selected" if value == chosen else ""}>{html_line(label)}</option>'
            for value, label in (("", texts.say("any")), *options)
        )
        return f'<label>{texts.say(f"column_{name}")}<select name="{name}">{listed}</select></label>'

    def field(name: str, kind: str = "text", names: str = "") -> str:
        extra = f' list="{names}"' if names else ""
        label = texts.say(f"column_{name}")
        return (
            f'<label>{label}<input type="{kind}" name="{name}" value="{html_line(getattr(view, name))}" maxlength="200" '
            f'autocomplete="off"{extra}></label>'
        )

    acts = sorted(((act, named(act, "act", texts)) for act in ACTS), key=lambda pair: pair[1].casefold())
    kinds = [(kind, named(kind, "kind", texts)) for kind in get_args(Kind)]
    return (
        f'<form class="ws-filter" data-do="filter" data-live aria-label="{texts.say("filter")}">'
        f"{field('words')}{field('speaker', names='ws-s-people')}{field('addressee', names='ws-s-people')}"
        f"{choice('outlet', [(name, name) for name in outlets])}{choice('act', acts)}{choice('kind', kinds)}"
        f"{choice('language', [(code, language_name(code, texts)) for code in languages])}"
        f"{field('since', 'date')}{field('until', 'date')}"
        f'<button class="ws-primary">{texts.say("filter_do")}</button>'
        f'<button type="reset" class="ws-button">{texts.say("filter_reset")}</button></form>'
        f"{suggestions(people, 'ws-s-people')}"
    )


def table_html(rows: Sequence[StatementRow], view: View, texts: Texts, *, error: str = "") -> str:
    """One page of the rows that the filters kept, with what sorts, pages through and exports them.

    Args:
        rows: All of them, sorted.
        error: Why the filters could not be used; shown instead of rows.
    """
    if error:
        return f'<p class="ws-error" role="alert">{html_line(error)}</p>'
    pages = max(1, -(-len(rows) // ROWS_ON_A_PAGE))
    page = min(view.page, pages)
    first = (page - 1) * ROWS_ON_A_PAGE
    shown = rows[first : first + ROWS_ON_A_PAGE]
    counted = texts.say("n_statements", n=len(rows))
    if pages > 1:
        counted = texts.say("rows_of", first=first + 1, last=first + len(shown), all=len(rows))
    exports = "".join(
        f'<button type="button" class="ws-button" data-do="export" data-format="{kind}">{texts.say(f"export_{kind}")}</button>'
        for kind in ("csv", "json")
    )
    head = (
        f'<div class="ws-table-head"><p class="ws-count" data-announce="{counted}" '
        f'data-announce-id="{html_line(view.query)}-{page}">'
        f"{counted}</p><p>{exports}</p></div>"
    )
    if not rows:
        return f'{head}<p class="ws-empty">{texts.say("no_rows")}</p>'
    columns = "".join(_heading(column, view, texts) for column in COLUMNS)
    body = "".join(_row(row, texts) for row in shown)
    return (
        f'{head}<div class="ws-scroll" tabindex="0" role="region" aria-label="{texts.say("page_statements")}">'
        f'<table class="ws-table" role="table"><caption class="ws-sr">{texts.say("page_statements")}</caption>'
        f'<thead role="rowgroup"><tr role="row">{columns}</tr></thead><tbody role="rowgroup">{body}</tbody></table></div>'
        f"{_pager(page, pages, texts)}"
    )


def _heading(column: Column, view: View, texts: Texts) -> str:
    by, down = view.column == column, view.descends
    state = ("descending" if down else "ascending") if by else "none"
    arrow = ("↓" if down else "↑") if by else ""
    label = f'{texts.say(f"column_{column}")}<span aria-hidden="true"> {arrow}</span>'
    sort = f"-{column}" if by and not down else column
    return f'<th scope="col" role="columnheader" aria-sort="{state}">{button(label, "sort", cls="ws-sort", sort=sort)}</th>'


def _row(row: StatementRow, texts: Texts) -> str:
    words = row["quote"] if len(row["quote"]) <= LONGEST_WORDS else row["quote"][: LONGEST_WORDS - 1] + "…"
    quoted = f"“{html_line(words)}”" if row["kind"] == "direct" else html_line(words)
    opened = button(quoted, "read", cls="ws-words", article=row["article"], statement=row["id"])
    speaker = (
        html_line(row["speaker"] or "")
        or f'<span class="ws-note">{html_line(row["mention"] or texts.say("speaker_unknown"))}</span>'
    )
    not_said = ""
    if row["polarity"] == "negative" or row["modality"] != "actual":
        key = "not_said" if row["polarity"] == "negative" else f"modality_{row['modality']}"
        not_said = f' <span class="ws-tag">{texts.say(key)}</span>'
    cells: dict[Column, str] = {
        "published": html_line(row["published"] or "–"),
        "speaker": speaker,
        "addressee": html_line(row["addressee"] or ""),
        "quote": f"{opened}{not_said}",
        "act": html_line(named(row["act"], "act", texts)),
        "kind": html_line(named(row["kind"], "kind", texts)),
        "outlet": html_line(row["outlet"] or ""),
        "language": html_line(language_name(row["language"], texts)),
    }
    attributes = {"quote": language_attribute(row["language"])}
    return (
        '<tr role="row">'
        + "".join(
            f'<td class="ws-c-{column}" role="cell" dir="auto"{attributes.get(column, "")}>{cell}</td>'
            for column, cell in cells.items()
        )
        + "</tr>"
    )


def _pager(page: int, pages: int, texts: Texts) -> str:
    if pages == 1:
        return ""
    steps = []
    for key, to in (("first", 1), ("previous", page - 1), ("next", page + 1), ("last", pages)):
        off = " disabled" if to == page or not 1 <= to <= pages else ""
        steps.append(f'<button type="button" class="ws-button" data-do="sort" data-page="{to}"{off}>{texts.say(key)}</button>')
    here = f'<span class="ws-note">{texts.say("page_of", page=page, pages=pages)}</span>'
    return f'<nav class="ws-pager" aria-label="{texts.say("pager")}">{steps[0]}{steps[1]}{here}{steps[2]}{steps[3]}</nav>'


def counts_html(title: str, heads: Sequence[str], rows: Sequence[Sequence[str | int]], texts: Texts) -> str:
    """What a plot shows, as a table for those who do not see it."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{html_line(name)}</th>' for name in heads)
    body = "".join("<tr>" + "".join(f"<td dir='auto'>{html_line(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    return (
        f'<details class="ws-counts"><summary>{html_line(texts.say("as_table", title=title))}</summary>'
        f'<div class="ws-scroll" tabindex="0" role="region" aria-label="{html_line(title)}"><table class="ws-table ws-plain">'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>"
    )
