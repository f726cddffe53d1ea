"""The filtered statements as plots: who spoke when, and who spoke to whom. Rows in, Plotly figures and their numbers out."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import TYPE_CHECKING

from rag.contract import StatementRow
from ui.texts import Texts
from ui.visible import one_line

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

# More lines of names cannot be read on a phone, and more arrows not on any screen; the table beside has them all.
MOST_TICKS = 5
MOST_SPEAKERS = 12
MOST_PAIRS = 30
# Longer stretches are told by the week, longer still by the month.
_DAYS_BY_DAY = 62
_DAYS_BY_WEEK = 400
_INK, _LINE, _DOT = "#7a7f87", "rgba(122,127,135,.25)", "#3d7ea6"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoke:
    """How many statements somebody made in a day, week or month, named by its first day."""

    speaker: str
    since: date
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How many statements somebody made to somebody."""

    speaker: str
    addressee: str
    n: int


def who_when(rows: Sequence[StatementRow]) -> tuple[Spoke, ...]:
    """Statements by speaker and day (week, month); those without a speaker or a day are left out."""
    dated = [(row["speaker"], date.fromisoformat(row["published"])) for row in rows if row["speaker"] and row["published"]]
    if not dated:
        return ()
    days = [day for _, day in dated]
    step = _step(max(days) - min(days))
    counts = Counter((speaker, _first_day(day, step)) for speaker, day in dated)
    return tuple(
        Spoke(speaker=speaker or "", since=since, n=n)
        for (speaker, since), n in sorted(counts.items(), key=lambda item: (item[0][1], -item[1], item[0][0] or ""))
    )


def _step(length: timedelta) -> str:
    return "day" if length.days <= _DAYS_BY_DAY else "week" if length.days <= _DAYS_BY_WEEK else "month"


def _first_day(day: date, step: str) -> date:
    return day if step == "day" else day - timedelta(days=day.weekday()) if step == "week" else day.replace(day=1)


def who_whom(rows: Sequence[StatementRow]) -> tuple[Told, ...]:
    """Statements by speaker and addressee, the most first; those without either are left out."""
    counts = Counter((row["speaker"], row["addressee"]) for row in rows if row["speaker"] and row["addressee"])
    return tuple(
        Told(speaker=speaker or "", addressee=told or "", n=n)
        for (speaker, told), n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def timeline(spoke: Sequence[Spoke], texts: Texts) -> "Figure":
    """A dot for every speaker and day, as large as the statements are many; the most quoted speakers on top."""
    import plotly.graph_objects as go

    totals = Counter[str]()
    for one in spoke:
        totals[one.speaker] += one.n
    names = [name for name, _ in sorted(totals.items(), key=lambda item: (-item[1], item[0]))[:MOST_SPEAKERS]]
    shown = [one for one in spoke if one.speaker in names]
    most = max((one.n for one in shown), default=1)
    figure = go.Figure(
        go.Scatter(
            x=[one.since.isoformat() for one in shown],
            y=[label(one.speaker) for one in shown],
            mode="markers",
            marker={
                "size": [9 + 23 * math.sqrt(one.n / most) for one in shown],
                "color": _DOT,
                "opacity": 0.8,
                "line": {"width": 0},
            },
            text=[
                f"{label(one.speaker)}<br>{one.since.isoformat()}: {escape(texts.say('n_statements', n=one.n))}" for one in shown
            ],
            hovertemplate="%{text}<extra></extra>",
        )
    )
    figure.update_layout(**_layout(height=90 + 28 * max(3, len(names))))
    figure.update_xaxes(gridcolor=_LINE, zeroline=False, type="date", automargin=True, tickformat="%Y-%m-%d", nticks=5)
    days = sorted({one.since for one in shown})
    if len(days) <= MOST_TICKS:
        # Left alone, an axis of two or three days has a tick at noon, with the day's name once more.
        figure.update_xaxes(tickvals=[day.isoformat() for day in days])
    figure.update_yaxes(
        gridcolor=_LINE,
        zeroline=False,
        automargin=True,
        categoryorder="array",
        categoryarray=[label(name) for name in reversed(names)],
    )
    return figure


def graph(told: Sequence[Told], texts: Texts) -> "Figure":
    """Persons around a circle, an arrow from each speaker to the addressee, as wide as the statements are many."""
    import plotly.graph_objects as go

    shown = told[:MOST_PAIRS]
    weight = Counter[str]()
    for one in shown:
        weight[one.speaker] += one.n
        weight[one.addressee] += one.n
    names = _around(shown, weight)
    places = {name: _place(n, len(names)) for n, name in enumerate(names)}
    most = max((one.n for one in shown), default=1)
    arrows = [_arrow(places[one.speaker], places[one.addressee], one.n / most) for one in shown if one.speaker != one.addressee]
    hints = [_middle(places[one.speaker], places[one.addressee]) for one in shown]
    figure = go.Figure(
        [
            go.Scatter(
                x=[x for x, _ in hints],
                y=[y for _, y in hints],
                mode="markers",
                marker={"size": 14, "color": "rgba(0,0,0,0)"},
                text=[
                    f"{label(one.speaker)} → {label(one.addressee)}: {escape(texts.say('n_statements', n=one.n))}"
                    for one in shown
                ],
                hovertemplate="%{text}<extra></extra>",
            ),
            go.Scatter(
                x=[places[name][0] for name in names],
                y=[places[name][1] for name in names],
                mode="markers+text",
                marker={"size": [10 + 14 * math.sqrt(weight[name] / max(weight.values())) for name in names], "color": _DOT},
                text=[label(name) for name in names],
                textposition=[_text_place(places[name]) for name in names],
                hovertemplate="%{text}<extra></extra>",
                cliponaxis=False,
            ),
        ]
    )
    figure.update_layout(**_layout(height=440), annotations=arrows)
    hidden = {"visible": False, "range": [-1.75, 1.75]}
    figure.update_xaxes(**hidden)
    figure.update_yaxes(visible=False, range=[-1.3, 1.3])
    return figure


def label(name: str) -> str:
    """A name as Plotly shows it: on one line, cut when long, and none of it taken for markup.

    >>> label("<b>Ola</b>")
    '&lt;b&gt;Ola&lt;/b&gt;'
    """
    short = one_line(name)
    return escape(short if len(short) <= 28 else short[:27] + "…", quote=False)


def _around(told: Sequence[Told], weight: Counter[str]) -> list[str]:
    """The names in an order that puts those who speak to each other side by side."""
    left = sorted(weight, key=lambda name: (-weight[name], name))
    neighbours: dict[str, Counter[str]] = {name: Counter() for name in left}
    for one in told:
        neighbours[one.speaker][one.addressee] += one.n
        neighbours[one.addressee][one.speaker] += one.n
    order: list[str] = []
    while left:
        last = order[-1] if order else None
        following = max(left, key=lambda name: (neighbours[last][name] if last else 0, weight[name], name))
        order.append(following)
        left.remove(following)
    return order


def _place(n: int, of: int) -> tuple[float, float]:
    angle = math.pi / 2 - 2 * math.pi * n / max(1, of)
    return math.cos(angle), math.sin(angle)


def _middle(one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    # Nearer to the head, so that the arrows there and back are told apart.
    return one[0] + 0.62 * (other[0] - one[0]), one[1] + 0.62 * (other[1] - one[1])


def _arrow(tail: tuple[float, float], head: tuple[float, float], share: float) -> dict[str, object]:
    # The shift to the right of its way keeps an arrow apart from the one back.
    length = math.dist(tail, head) or 1.0
    right = ((head[1] - tail[1]) / length * 0.025, (tail[0] - head[0]) / length * 0.025)
    return {
        "x": head[0] + right[0], "y": head[1] + right[1], "ax": tail[0] + right[0], "ay": tail[1] + right[1],
        "xref": "x", "yref": "y", "axref": "x", "ayref": "y", "showarrow": True, "text": "",
        "arrowhead": 2, "arrowsize": 1, "arrowwidth": 1 + 2 * share, "arrowcolor": _INK, "opacity": 0.35 + 0.6 * share,
        "standoff": 11, "startstandoff": 9,
    }  # fmt: skip


def _text_place(place: tuple[float, float]) -> str:
    x, y = place
    if abs(x) < 0.12:
        return "top center" if y > 0 else "bottom center"
    return "middle right" if x > 0 else "middle left"


def _layout(*, height: int) -> dict[str, object]:
    # Grey on nothing reads on the light page and on the dark one.
    return {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 16, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": _INK, "size": 13},
        "showlegend": False,
        "hovermode": "closest",
        "dragmode": False,
        "template": "none",
    }
