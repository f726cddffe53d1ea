"""Mutants of true answers → what the guard makes of them, and which rule it was that killed each.

A mutant must be caught by a rule meant for its operator; one that falls only to another rule is counted as caught, and told
apart, with the rules that did it. The same sentences, seed and size give the same mutants.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from eval.mutants import OPERATORS, REWORDINGS, Mutant, Operator, Rewording, TrueSentence, World
from eval.operators import make_mutants
from index.records import Article
from rag.answer import Answer
from rag.faithfulness import check
from rag.guard import check_sentence

# The guard's rules that may kill a mutant of each operator; a mutant that only others kill died by chance.
MEANT: Mapping[str, frozenset[str]] = {
    "word changed": frozenset({"quotation", "word", "words", "act"}),
    "number changed": frozenset({"quotation", "number"}),
    "negation flipped": frozenset({"quotation", "negation"}),
    "speaker swapped": frozenset({"speaker", "name"}),
    "addressee swapped": frozenset({"addressee", "name"}),
    "outlet or date swapped": frozenset({"outlet", "date", "number", "name"}),
    "two quotations joined": frozenset({"quotation"}),
    "quotation invented": frozenset({"quotation"}),
    "wrong marker": frozenset({"marker", "quotation", "speaker", "word", "words", "outlet", "name", "number", "addressee"}),
    # What lost its marker is held to the next one behind it.
    "marker missing": frozenset({"marker", "uncited", "quotation", "word", "name", "outlet", "number", "speaker"}),
}
# The shares that must be caught; of rewordings, the share that may be rejected.
BARS: Mapping[Operator, float] = {
    operator: 0.97 if operator in ("speaker swapped", "addressee swapped", "outlet or date swapped") else 0.99
    for operator in OPERATORS
}
MOST_REJECTED = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A mutant with the rules of the guard that object to it."""

    mutant: Mutant
    rules: tuple[str, ...]

    @property
    def is_caught(self) -> bool:
        return bool(self.rules)

    @property
    def is_caught_as_meant(self) -> bool:
        """Whether one of the objecting rules is meant for the operator; never for a rewording."""
        return bool(MEANT.get(self.mutant.operator, frozenset()) & set(self.rules))

    @property
    def is_by_chance(self) -> bool:
        """Whether only rules object that are meant for something else; never for a rewording."""
        return self.is_caught and not self.is_caught_as_meant and self.mutant.operator in MEANT


Guard = Callable[[Answer, Mapping[str, Article]], Sequence[str]]
GuardName = Literal["sentence", "check"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MutationRun:
    """What the guard made of all mutants.

    Args:
        rejected: True sentences, unchanged, that the guard objects to; nothing is made of them.
    """

    guard: str
    seed: int
    n_sentences: int
    rejected: tuple[tuple[TrueSentence, tuple[str, ...]], ...]
    judged: tuple[Judged, ...]

    def of(self, operator: Operator | Rewording) -> tuple[Judged, ...]:
        return tuple(item for item in self.judged if item.mutant.operator == operator)

    @property
    def below(self) -> tuple[str, ...]:
        """The operators that miss their bar, and "rewordings" where too many are rejected; one without mutants is unscored."""
        missed: list[str] = []
        for operator in OPERATORS:
            items = self.of(operator)
            if items and sum(item.is_caught for item in items) < BARS[operator] * len(items):
                missed.append(operator)
        harmless = [item for rewording in REWORDINGS for item in self.of(rewording)]
        if sum(item.is_caught for item in harmless) > MOST_REJECTED * len(harmless):
            missed.append("rewordings")
        return tuple(missed)


def guard_by_check(answer: Answer, articles: Mapping[str, Article]) -> tuple[str, ...]:
    """The rules of `rag.faithfulness.check` that an answer breaks."""
    texts = {name: article.text for name, article in articles.items()}
    return tuple(dict.fromkeys(str(problem.rule) for problem in check(answer, texts)))


def guard_by_sentence(answer: Answer, articles: Mapping[str, Article]) -> tuple[str, ...]:
    """The rules of `rag.guard.check_sentence` that any line of an answer breaks."""
    problems = (
        problem
        for line in answer.text.split("\n")
        for problem in check_sentence(line, answer.citations, articles, language=answer.language)
    )
    return tuple(dict.fromkeys(str(problem.rule) for problem in problems))


GUARDS: Mapping[GuardName, Guard] = {"sentence": guard_by_sentence, "check": guard_by_check}


def run_mutations(
    sentences: Sequence[TrueSentence],
    articles: Mapping[str, Article],
    *,
    world: World,
    guard: Guard = guard_by_sentence,
    guard_name: str = "sentence",
    n: int = 200,
    seed: int = 0,
    progress: Callable[[str], None] | None = None,
) -> MutationRun:
    """All operators and rewordings over the sentences that the guard lets pass as they are.

    Args:
        articles: Article id → article, for every one that is cited.
    """
    sound: list[TrueSentence] = []
    rejected: list[tuple[TrueSentence, tuple[str, ...]]] = []
    for sentence in sentences:
        rules = tuple(guard(sentence.as_answer(), articles))
        if rules:
            rejected.append((sentence, rules))
        else:
            sound.append(sentence)
    judged: list[Judged] = []
    for operator in (*OPERATORS, *REWORDINGS):
        for mutant in make_mutants(sound, operator, world=world, n=n, seed=seed):
            judged.append(Judged(mutant=mutant, rules=tuple(guard(mutant.answer, articles))))
        if progress:
            progress(operator)
    return MutationRun(guard=guard_name, seed=seed, n_sentences=len(sound), rejected=tuple(rejected), judged=tuple(judged))


def format_run(run: MutationRun, *, survivors: int | None = None) -> str:
    """A table for a terminal, then the survivors.

    Args:
        survivors: How many to list of each operator; None for all. What is left out is counted.
    """
    lines = [
        f"guard {run.guard}, seed {run.seed}: {run.n_sentences} true sentences"
        + (f", and {len(run.rejected)} that it rejects unchanged" if run.rejected else ""),
        "",
        f"{'operator':24}{'mutants':>8}{'caught':>8}{'as meant':>10}{'bar':>6}  rules that object (those meant for it first)",
    ]
    for operator in OPERATORS:
        items = run.of(operator)
        caught = sum(item.is_caught for item in items)
        meant = sum(item.is_caught_as_meant for item in items)
        lines.append(
            f"{operator:24}{len(items):8}{_share(caught, len(items)):>8}{_share(meant, len(items)):>10}{BARS[operator]:6.2f}"
            f"  {_rules(items, MEANT[operator])}".rstrip()
        )
    lines += ["", f"{'rewording':24}{'made':>8}{'rejected':>10}  rules"]
    harmless = [item for rewording in REWORDINGS for item in run.of(rewording)]
    for name, items in (*((rewording, run.of(rewording)) for rewording in REWORDINGS), ("all", tuple(harmless))):
        rejected = sum(item.is_caught for item in items)
        lines.append(f"{name:24}{len(items):8}{_share(rejected, len(items)):>10}  {_rules(items)}".rstrip())
    lines += _list("survivors: no rule objects", run, OPERATORS, lambda item: not item.is_caught, most=survivors)
    lines += _list("killed, but by another rule than meant", run, OPERATORS, lambda item: item.is_by_chance, most=survivors)
    lines += _list("harmless, yet rejected", run, REWORDINGS, lambda item: item.is_caught, most=survivors)
    if run.rejected and survivors != 0:
        lines += ["", "true, yet rejected unchanged"]
        lines += [f"  {', '.join(rules)}: {sentence.text}" for sentence, rules in run.rejected]
    lines += ["", f"below the bar: {', '.join(run.below) or 'nothing'}"]
    return "\n".join(lines)


def _list(
    title: str,
    run: MutationRun,
    names: Sequence[Operator | Rewording],
    wanted: Callable[[Judged], bool],
    *,
    most: int | None,
) -> list[str]:
    """The wanted mutants one by one, each with the rules that object and, for an operator, those that were meant to."""
    lines: list[str] = []
    for name in names:
        items = [item for item in run.of(name) if wanted(item)]
        meant = f"; meant: {', '.join(sorted(MEANT[name]))}" if name in MEANT else ""
        for item in items[:most]:
            rules = f" [by {', '.join(item.rules)}{meant}]" if item.rules else f" [by none{meant}]"
            lines.append(f"  {name}: {item.mutant.how}{rules}\n    {' / '.join(item.mutant.answer.text.splitlines())}")
        if items[:most] and len(items) > len(items[:most]):
            lines.append(f"  {name}: {len(items) - len(items[:most])} more")
    return ["", title, *lines] if lines else []


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def _rules(items: Sequence[Judged], meant: frozenset[str] = frozenset()) -> str:
    """How often each rule objects; those meant for it first, set off from the rest by a bar."""
    counts = Counter(rule for item in items for rule in item.rules)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    parts = ([pair for pair in ranked if pair[0] in meant], [pair for pair in ranked if pair[0] not in meant])
    return " | ".join(", ".join(f"{rule} {n}" for rule, n in part) for part in parts if part)


def to_json(run: MutationRun) -> dict[str, Any]:
    """The run for programs, mutant by mutant."""
    return {
        "guard": run.guard,
        "seed": run.seed,
        "n_sentences": run.n_sentences,
        "rejected": [{"text": sentence.text, "rules": list(rules)} for sentence, rules in run.rejected],
        "below": list(run.below),
        "mutants": [
            {
                "operator": item.mutant.operator,
                "how": item.mutant.how,
                "before": item.mutant.before,
                "after": item.mutant.answer.text,
                "rules": list(item.rules),
                "meant": sorted(MEANT.get(item.mutant.operator, ())),
                "as_meant": item.is_caught_as_meant,
            }
            for item in run.judged
        ],
    }
