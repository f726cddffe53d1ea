"""A run, its failures one by one, and two runs compared, as tables and lines for a terminal."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eval.compare import Change, Comparison
from eval.record import GROUPS, RIGHT, CaseRecord, Figure, Loss, Result, RunRecord, Times
from eval.statistics import find_design_effect, smallest_difference


def show_share(value: float | None) -> str:
    """A share, rounded; "unscored" where nothing was judged.

    >>> show_share(1 / 3), show_share(None)
    ('0.333', 'unscored')
    """
    return "unscored" if value is None else f"{value:.3f}"


def show_p(p: float) -> str:
    """A p as papers print it.

    >>> show_p(0.25), show_p(0.00001)
    ('0.250', '< 0.001')
    """
    return "< 0.001" if p < 0.001 else f"{p:.3f}"


def count(n: int, what: str) -> str:
    """So many of something.

    >>> count(1, "case"), count(2, "case")
    ('1 case', '2 cases')
    """
    return f"{n} {what}" + ("" if n == 1 else "s")


def show_cases(run: RunRecord) -> str:
    """How many cases, and how many of them ask another again."""
    first = count(len(run.cases) - run.n_asked_again, "case")
    return f"{first}, {run.n_asked_again} asked again in other words" if run.n_asked_again else first


def make_table(run: RunRecord, times: Times | None = None) -> RenderableType:
    """The metrics, then the cases right by kind, language and split: one system with its counts, several side by side."""
    names = ", ".join(system.name for system in run.systems)
    parts: list[RenderableType] = []
    metrics = _open_table(f"{names}: {show_cases(run)}", "metric", run)
    judged = [{name: item for name, item in system.metrics.items() if _is_told(run, name)} for system in run.systems]
    _add_rows(metrics, judged)
    groups = _open_table("cases right", "group", run)
    for by in GROUPS:
        _add_rows(groups, [getattr(system, f"by_{by}") for system in run.systems])
        groups.add_section()
    parts += [metrics]
    if untold := [name for name in run.metrics if not _is_told(run, name)]:
        parts.append(Text(f"Nothing to judge, in any system: {', '.join(untold)}"))
    parts += [groups, Text(f"cases {run.cases_hash}, corpus {run.corpus_hash}, judge of support: {run.judge or 'none'}")]
    for system in times.systems if times else ():
        seconds = sorted(system.seconds)
        median = seconds[(len(seconds) - 1) // 2] if seconds else 0.0
        memory = "" if system.peak_mib is None else f", peak {system.peak_mib:.0f} MiB"
        tokens = "" if system.tokens is None else f", {system.tokens} tokens"
        parts.append(Text(f"{system.name}: {sum(seconds):.1f} s, median {median:.3f} s a case{memory}{tokens}"))
    if (smallest := smallest_shown(run)) is not None:
        parts.append(Text(f"Smallest difference these cases show 8 times in 10, were one case in ten to change: {smallest:.3f}"))
    return Group(*parts)


def _is_told(run: RunRecord, metric: str) -> bool:
    """Whether any system has anything judged; what all leave unscored is told in a line, not in a row each."""
    return any(system.metrics[metric].judged for system in run.systems if metric in system.metrics)


def smallest_shown(run: RunRecord) -> float | None:
    """The smallest difference in cases right that the cases of a run would show 8 times in 10, were one in ten to change."""
    if not run.systems or not run.cases:
        return None
    results = run.systems[0].results
    pairs = zip(run.cases, results, strict=True)
    counts = [(case.cluster, float(result.right), 1.0) for case, result in pairs if case.variant is None]
    return smallest_difference(len(counts), design_effect=find_design_effect(counts)) if counts else None


def _open_table(title: str, first: str, run: RunRecord) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column(first)
    if len(run.systems) == 1:
        for name in ("share", "95 %", "of", "unscored"):
            table.add_column(name, justify="right")
    for system in run.systems if len(run.systems) > 1 else ():
        table.add_column(system.name, justify="right")
    return table


def _add_rows(table: Table, systems: Sequence[Mapping[str, Figure]]) -> None:
    for name in dict.fromkeys(name for figures in systems for name in figures):
        if len(systems) == 1:
            figure = systems[0][name]
            counts = f"{figure.right:.4g} of {figure.judged}"
            table.add_row(name, show_share(figure.share), show_interval(figure), counts, str(figure.unscored or ""))
        else:
            cells = (figures.get(name) for figures in systems)
            table.add_row(name, *(_cell(figure) for figure in cells))


def _cell(figure: Figure | None) -> str:
    if figure is None:
        return ""
    # Without the naughts before the points three systems fit on 80 columns.
    interval = re.sub(r"\b0\.", ".", show_interval(figure, "–"))
    return show_share(figure.share) + (f" {interval}" if interval else "")


def show_interval(figure: Figure, between: str = " to ") -> str:
    """The ends of an interval; nothing where there is none.

    >>> show_interval(Figure(share=0.5, right=1, judged=2, unscored=0, low=0.0, high=1.0))
    '0.000 to 1.000'
    """
    return "" if figure.low is None or figure.high is None else f"{figure.low:.3f}{between}{figure.high:.3f}"


def list_failures(run: RunRecord, *, system: str | None = None) -> Iterator[Text]:
    """For each wrong case its questions, what was expected and what came, and where the missing was lost.

    The texts are Rich `Text`, so that brackets in an article are never read as markup.
    """
    for case, result in zip(run.cases, run.system(system).results, strict=True):
        if not result.right:
            yield _describe_failure(case, result)


def _describe_failure(case: CaseRecord, result: Result) -> Text:
    text = Text()
    text.append(f"{case.id} ({case.kind}, {case.language}, {case.split}): ", style="bold")
    text.append(f"{' / '.join(case.turns)}\n")
    text.append(f"  answered: {' '.join((result.error or result.text).split()) or 'nothing'}\n", style="dim")
    losses = {loss.expected: loss for loss in result.losses}
    for problem in result.problems:
        text.append(f"  {problem.kind}: ", style="red")
        text.append(f"expected {problem.expected}; came {' '.join(problem.found.split())}\n")
        if problem.kind == "missing" and (lost := losses.get(problem.expected)):
            text.append(f"    lost: {show_loss(lost)}\n", style="yellow")
    return text


def show_loss(loss: Loss) -> str:
    """The step, and what stands in its place.

    >>> show_loss(Loss(expected="Lee: I go [a.txt]", step="ranked low", found="rank 14"))
    'ranked low (rank 14)'
    """
    return loss.step + (f" ({loss.found})" if loss.found else "")


def list_counts(run: RunRecord, *, system: str | None = None) -> Iterator[str]:
    """In how many cases each kind of problem stands, and at which step each failure began."""
    results = run.system(system).results
    problems = Counter(kind for result in results for kind in {problem.kind for problem in result.problems})
    yield from (f"{n:4} cases with: {kind}" for kind, n in problems.most_common())
    steps = Counter(result.step for result in results if result.step)
    yield from (f"{n:4} cases lost at: {step}" for step, n in steps.most_common())


def make_comparison_table(comparison: Comparison) -> RenderableType:
    """Every metric of two runs with its difference and test; then the cases gained, lost and changed."""
    table = Table(
        title=f"{comparison.a} → {comparison.b}: {count(comparison.n_cases, 'case')}",
        title_justify="left",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    table.add_column("metric", no_wrap=True)
    for name in ("before", "after", "change", "95 %", "p"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("outcome", no_wrap=True)
    styles = {"better": "green", "worse": "red"}
    same = []
    for item in comparison.metrics:
        found = item.difference
        if found.value is not None and not found.n_differing and not item.decides:
            same.append(f"{item.metric} {_short(found.a)}")
        elif found.a is not None or found.b is not None:
            table.add_row(
                item.metric + (" *" if item.decides else ""),
                _short(found.a),
                _short(found.b),
                "" if found.value is None else f"{found.value:+.3f}",
                "" if found.low is None or found.high is None else f"{found.low:+.2f} {found.high:+.2f}",
                "" if found.value is None else show_p(item.p_adjusted),
                Text("" if item.outcome == "no difference shown" else item.outcome, style=styles.get(item.outcome, "dim")),
            )
    parts: list[RenderableType] = [table]
    if same:
        parts.append(Text(f"The same in every article: {', '.join(same)}."))
    lines = [Text(line) for line in explain_comparison(comparison)]
    return Group(*parts, *lines, *_list_changes(comparison))


def _short(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def explain_comparison(comparison: Comparison) -> tuple[str, ...]:
    """What the figures of a comparison rest on, a sentence a line."""
    gained, lost = len(comparison.gained), len(comparison.lost)
    n_clusters = next((item.difference.n_clusters for item in comparison.metrics if item.metric == RIGHT), 0)
    decides = ", ".join(item.metric for item in comparison.metrics if item.decides)
    lines = [
        f"Cases right: {gained} gained, {lost} lost; {len(comparison.changed)} more answers changed. "
        f"McNemar, exact, as if each case had its own article: p {show_p(comparison.p_mcnemar)}.",
        f"p: permutation test, {n_clusters} articles swapped whole, corrected after Holm: over what decides (*: {decides}), "
        "and over all others.",
        f"A/A check: two runs of one system this good are called different in {comparison.false_positives:.1%} of simulated "
        f"pairs; at most {comparison.level:.0%} are expected.",
    ]
    if comparison.smallest is not None:
        lines.append(
            f"Smallest difference in cases right that these cases show 8 times in 10, were one in ten to change: "
            f"{comparison.smallest:.3f}."
        )
    return tuple(lines)


def give_verdict(comparison: Comparison) -> str:
    """The verdict in one sentence."""
    a, b = comparison.a, comparison.b
    if a == b:
        a, b = f"{a} before", f"{b} after"
    if comparison.worse:
        return f"{b} is significantly worse than {a} on {' and '.join(comparison.worse)}"
    better = [item.metric for item in comparison.metrics if item.decides and item.outcome == "better"]
    if better:
        return f"{b} is significantly better than {a} on {' and '.join(better)}"
    return f"No difference is shown between {a} and {b}"


def _list_changes(comparison: Comparison) -> Iterator[Text]:
    for name, style, changes in (("gained", "green", comparison.gained), ("lost", "red", comparison.lost)):
        for change in changes:
            yield _describe_change(name, style, change)
    if comparison.changed:
        yield Text("changed: " + ", ".join(change.case.id for change in comparison.changed), style="dim")


def _describe_change(name: str, style: str, change: Change) -> Text:
    text = Text()
    text.append(f"{name}: ", style=style)
    text.append(f"{change.case.id} ", style="bold")
    text.append(change.case.turns[-1])
    if step := (change.b.step or change.a.step):
        text.append(f" ({step})", style="dim")
    return text
