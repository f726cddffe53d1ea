"""What stands in quotation marks: some citation's very words, with the negations that belong to them."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from index.records import Span
from rag.guard.carried import Carrier
from rag.guard.reading import Problem, Quotation, problem
from rag.guard.tongue import load_tongue
from rag.guard.view import View


def check_quotations(view: View) -> Iterator[Problem]:
    for quotation in view.segment.quotations:
        fitting = [(item, runs) for item in view.cited if item.place(quotation.words) and (runs := item.runs(quotation.words))]
        if not fitting:
            yield problem("quotation", quotation.words)
        elif all(_loses_negation(view, item, runs, quotation) for item, runs in fitting):
            yield problem("negation", quotation.words)


def _loses_negation(view: View, item: Carrier, runs: Sequence[tuple[int, int, int]], quotation: Quotation) -> bool:
    """Whether an ellipsis skips a negation, or one stands right before the words and not before the marks."""
    theirs = load_tongue(item.citation.language)
    for (nth, _, behind), (other, first, _) in pairwise(runs):
        if nth == other and any(theirs.is_negation(part.text) for part in item.spoken[nth][behind:first]):
            return True
    for nth, first, _ in runs[1:]:
        if first and theirs.is_negation(item.spoken[nth][first - 1].text):
            return True
    nth, first, _ = runs[0]
    words = item.spoken[nth]
    if first == 0 or not theirs.is_negation(words[first - 1].text):
        return False
    low = quotation.span.start - view.segment.start
    ours = [part.text for part in view.parts if part.end <= low][-3:]
    return not any(view.tongue.is_negation(word) for word in ours)


def quoted_in(view: View, item: Carrier) -> list[Span]:
    """The stretches of the evidence that the sentence has in marks; a negation there is checked word for word."""
    spans = []
    for quotation in view.segment.quotations:
        for nth, first, behind in item.runs(quotation.words) or ():
            spans.append(Span(item.spoken[nth][first].start, item.spoken[nth][behind - 1].end))
    return spans
