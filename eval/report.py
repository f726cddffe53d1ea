"""A run as a table for a terminal, as JSON, and its failures one by one."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from eval.corpus import Corpus
from eval.metrics.share import Share
from eval.metrics.verdict import confuse_verdicts
from eval.run import Run
from eval.score import CaseScore
from eval.triage import find_steps
from index.records import Statement


def show_share(share: Share) -> str:
    """A share with its counts, rounded; "unscored" where nothing was judged.

    >>> show_share(Share(name="x", right=1, judged=3, unscored=0))
    '0.333'
    >>> show_share(Share(name="x", right=0, judged=0, unscored=2))
    'unscored'
    """
    return "unscored" if share.value is None else f"{share.value:.3f}"


def _interval(share: Share) -> str:
    return "" if share.low is None or share.high is None else f"{share.low:.3f} to {share.high:.3f}"


def make_table(run: Run) -> RenderableType:
    """The metrics, then the share of right cases by kind, language and split."""
    metrics = Table(title=f"{run.system}: {len(run.scores)} cases", title_justify="left")
    for name, justify in (
        ("metric", "left"),
        ("share", "right"),
        ("95 %", "right"),
        ("of", "right"),
        ("unscored", "right"),
    ):
        metrics.add_column(name, justify="right" if justify == "right" else "left")
    for share in run.shares:
        counts = f"{share.right:g} of {share.judged}"
        metrics.add_row(share.name, show_share(share), _interval(share), counts, str(share.unscored or ""))
    groups = Table(title="cases right", title_justify="left")
    for name in ("group", "share", "of"):
        groups.add_column(name, justify="left" if name == "group" else "right")
    kinds = run.right_by(lambda case: case.kind)
    languages = run.right_by(lambda case: case.language)
    splits = run.right_by(lambda case: case.split)
    for n, part in enumerate((kinds, languages, splits)):
        for group, share in part.items():
            groups.add_row(group, show_share(share), f"{share.right:g} of {share.judged}")
        if n < 2:
            groups.add_section()
    median = sorted(run.seconds)[len(run.seconds) // 2] if run.seconds else 0.0
    footer = f"cases {run.cases_hash}, corpus {run.corpus_hash}; {sum(run.seconds):.1f} s, median {median:.3f} s a case"
    return Group(metrics, groups, Text(footer))


def to_json(run: Run, *, statements: Sequence[Statement] = (), corpus: Corpus | None = None) -> dict[str, Any]:
    """All of a run but its times, so that the same answers give the same bytes."""
    return {
        "system": run.system,
        "cases": run.cases_hash,
        "corpus": run.corpus_hash,
        "metrics": {share.name: _share_json(share) for share in run.shares},
        "by_kind": {name: _share_json(share) for name, share in run.right_by(lambda case: case.kind).items()},
        "by_language": {name: _share_json(share) for name, share in run.right_by(lambda case: case.language).items()},
        "by_split": {name: _share_json(share) for name, share in run.right_by(lambda case: case.split).items()},
        "verdicts": [[*pair, n] for pair, n in sorted(confuse_verdicts(run.scores).items())],
        "scores": [_score_json(score, statements, corpus) for score in run.scores],
    }


def _share_json(share: Share) -> dict[str, Any]:
    return {
        "share": share.value,
        "right": share.right,
        "judged": share.judged,
        "unscored": share.unscored,
        "low": share.low,
        "high": share.high,
    }


def _score_json(score: CaseScore, statements: Sequence[Statement], corpus: Corpus | None) -> dict[str, Any]:
    steps = find_steps(score, statements, corpus) if statements and corpus else ()
    return {
        "id": score.case.id,
        "right": score.right,
        "text": score.observed.text if score.observed else None,
        "problems": [{"kind": item.kind, "expected": item.expected, "found": item.found} for item in score.problems],
        "lost": [{"step": step, "found": found} for step, found in steps],
    }


def list_failures(run: Run, *, statements: Sequence[Statement] = (), corpus: Corpus | None = None) -> Iterator[Text]:
    """For each wrong case its questions, what was expected and what came, and where the missing was lost.

    The texts are Rich `Text`, so that brackets in an article are never read as markup.
    """
    for score in run.scores:
        if score.right:
            continue
        case = score.case
        text = Text()
        text.append(f"{case.id} ({case.kind}, {case.language}, {case.split}): ", style="bold")
        text.append(f"{' / '.join(case.turns)}\n")
        answer = score.observed.text if score.observed else score.error or ""
        text.append(f"  answered: {' '.join(answer.split()) or 'nothing'}\n", style="dim")
        # `find_steps` and the problems of kind "missing" go through the same statements in the same order.
        steps = iter(find_steps(score, statements, corpus) if statements and corpus else ())
        for problem in score.problems:
            text.append(f"  {problem.kind}: ", style="red")
            text.append(f"expected {problem.expected}; came {' '.join(problem.found.split())}\n")
            if problem.kind == "missing" and (lost := next(steps, None)):
                step, found = lost
                text.append(f"    lost: {step}{f' ({found})' if found else ''}\n", style="yellow")
        yield text


def count_problems(run: Run) -> Counter[str]:
    """In how many cases each kind of problem stands."""
    return Counter(kind for score in run.scores for kind in {problem.kind for problem in score.problems})


def count_steps(run: Run, statements: Sequence[Statement], corpus: Corpus) -> Counter[str]:
    """How many missing statements each step lost, over all cases; one that several cases miss counts in each."""
    return Counter(step for score in run.scores for step, _ in find_steps(score, statements, corpus))
