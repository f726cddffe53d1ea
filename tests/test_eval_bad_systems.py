"""A bad system is bad on the metric that is meant for its fault, and only a good one is good on all of them."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from eval.case import Case, Expectation, ExpectedStatement
from eval.corpus import Corpus
from eval.judge import SupportJudge
from eval.run import run_cases
from index.records import Article

HARBOUR = (
    "“The harbour will be closed for three weeks in May,” said Ann Lee, the mayor of Oslo, to the reporters in the town hall."
)
BUDGET = "“The budget of the city grows by 5 percent next year,” said Kim Roe, the head of finance, to the council on Monday."
FERRIES = "The ferries sail from the other pier when the weather is bad, and the queue is long in the summer."
CORPUS = Corpus(
    articles={
        name: Article(id=name, text=text, language="en", outlet=f"The {name.title()}")
        for name, text in (("harbour", HARBOUR), ("budget", BUDGET), ("ferries", FERRIES))
    }
)
CLOSED = "The harbour will be closed for three weeks in May"
GROWS = "The budget of the city grows by 5 percent next year"
EXPECTED = {
    "What did Ann Lee say?": ExpectedStatement(
        article="harbour", words=(CLOSED,), speaker=("Ann Lee",), addressee=("reporters",), kind=("direct",)
    ),
    "What did Kim Roe say?": ExpectedStatement(
        article="budget", words=(GROWS,), speaker=("Kim Roe",), addressee=("council",), kind=("direct",)
    ),
}
NEVER = "What did Joe Biden say?"
CASES = (
    *(
        Case(
            version=1, id=question, language="en", kind="words", split="dev", question=question,
            expect=Expectation(abstained=False, statements=(statement,), only=True),
        )
        for question, statement in EXPECTED.items()
    ),
    Case(
        version=1, id="never", language="en", kind="unanswerable", split="dev", question=NEVER,
        expect=Expectation(abstained=True, reason="no_such_speaker"),
    ),
)  # fmt: skip
REFUSAL = {"text": "The articles name nobody of that name.", "abstained": True, "reason": "no_such_speaker"}


def cite(article: str, words: str, **more: Any) -> dict[str, Any]:
    start = CORPUS.articles[article].text.index(words)
    return {
        "article": article, "spans": [[start, start + len(words)]], "quote": words, "outlet": f"The {article.title()}",
    } | more  # fmt: skip


def right(question: str) -> dict[str, Any]:
    """The right answer to a question that has one."""
    expected = EXPECTED[question]
    name, to = expected.speaker[0], expected.addressee[0]
    cited = cite(expected.article, expected.words[0], speaker=name, addressee=to, kind="direct")
    return {"text": f"{name} said to the {to}: “{expected.words[0]}” [1].", "citations": [cited]}


class Good:
    """Right on every case."""

    name = "good"

    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        return REFUSAL if turns[-1] == NEVER else self.spoil(right(turns[-1]))

    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        """What a worse system makes of a right answer."""
        return answer

    def changed(self, answer: dict[str, Any], **fields: Any) -> dict[str, Any]:
        return answer | {"citations": [citation | fields for citation in answer["citations"]]}


class AlwaysRefuses(Good):
    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        return REFUSAL


class NeverRefuses(Good):
    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        return right("What did Ann Lee say?" if turns[-1] == NEVER else turns[-1])


class Empty(Good):
    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        return {"text": ""}


class Raises(Good):
    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        raise RuntimeError("gone")


class CitesEverything(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        everything = [cite(name, article.text) for name, article in CORPUS.articles.items()]
        return answer | {"citations": [*answer["citations"], *everything], "text": answer["text"].replace("[1]", "[1][2][3][4]")}


class WrongSpeaker(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        return self.changed(answer, speaker="Jane Doe")


class WrongWords(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        name = answer["citations"][0]["speaker"]
        elsewhere = cite("ferries", "the queue is long in the summer", speaker=name)
        return {"text": f"{name} said: “the queue is long in the summer” [1].", "citations": [elsewhere]}


class Invents(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {"text": f"{answer['citations'][0]['speaker']} promised a free lunch for all 700 pupils of Bergen [1]."}


class InventsQuotations(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {"text": f"{answer['citations'][0]['speaker']} said: “We will all have free lunch” [1]."}


class CitesNothing(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        return {"text": answer["text"].replace(" [1]", ""), "citations": []}


class CitesElsewhere(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        return answer | {"citations": [cite("ferries", FERRIES)]}


class MisplacesWords(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        start, end = answer["citations"][0]["spans"][0]
        return self.changed(answer, spans=[[start - 1, end - 1]])


class WrongAddressee(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        return self.changed(answer, addressee="Jane Doe")


class WrongOutlet(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        return self.changed(answer, outlet="Elsewhere Times")


class WrongKind(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        return self.changed(answer, kind="indirect")


class WrongReason(Good):
    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        return REFUSAL | {"reason": "never_quoted"} if turns[-1] == NEVER else right(turns[-1])


class RanksLast(Good):
    def spoil(self, answer: dict[str, Any]) -> dict[str, Any]:
        others = [{"article": "ferries", "spans": [[0, 20 + n]]} for n in range(12)]
        return answer | {
            "retrieved": [*others, {"article": answer["citations"][0]["article"], "spans": answer["citations"][0]["spans"]}]
        }


# Of each: the metric that is meant for it, and the highest share it may have there (for a rate of errors: the lowest).
MEANT = (
    (AlwaysRefuses, "refusal precision", 1 / 3), (AlwaysRefuses, "statement recall", 0), (NeverRefuses, "refusal recall", 0),
    (Empty, "cases right", 0), (Empty, "statement recall", 0), (Empty, "citation recall", 0), (Empty, "citation precision", 0),
    (Empty, "faithfulness", 0), (Empty, "refusal recall", 0), (Raises, "cases right", 0), (Raises, "faithfulness", 0),
    (CitesEverything, "statement precision", 0.25), (CitesEverything, "citation precision", 0.5),
    (WrongSpeaker, "speaker accuracy", 0),
    (WrongWords, "statement recall", 0), (WrongWords, "statement precision", 0), (Invents, "faithfulness", 0),
    (Invents, "citation recall", 0), (InventsQuotations, "quotations verbatim", 0), (InventsQuotations, "faithfulness", 0),
    (CitesNothing, "citation recall", 0), (CitesNothing, "faithfulness", 0), (CitesElsewhere, "citation recall", 0),
    (CitesElsewhere, "citation precision", 0), (CitesElsewhere, "faithfulness", 0), (MisplacesWords, "citations verbatim", 0),
    (WrongAddressee, "addressee accuracy", 0), (WrongOutlet, "outlet accuracy", 0), (WrongKind, "kind accuracy", 0),
    (WrongReason, "reason accuracy", 0), (RanksLast, "recall@5", 0), (RanksLast, "MRR@10", 0), (RanksLast, "nDCG@10", 0),
)  # fmt: skip


def shares(system: type[Good]) -> dict[str, float | None]:
    run = run_cases(CASES, system(), CORPUS, judge=SupportJudge(), clock=lambda: 0.0)
    return {share.name: share.value for share in run.shares}


def test_a_good_system_is_good_on_every_metric_that_has_something_to_judge() -> None:
    found = shares(Good)
    assert found.pop("wrong-speaker rate") == 0
    assert {name: value for name, value in found.items() if value not in (1.0, None)} == {}
    assert {name for name, value in found.items() if value is None} == {
        "relay accuracy", "verdict accuracy", "conversation success",
        "robustness", "robustness, reworded", "robustness, misspelt", "robustness, translated",
    }  # fmt: skip


@pytest.mark.parametrize(("system", "metric", "at_most"), MEANT, ids=lambda item: getattr(item, "__name__", str(item)))
def test_a_bad_system_is_bad_on_the_metric_that_is_meant_for_it(system: type[Good], metric: str, at_most: float) -> None:
    value = shares(system)[metric]
    assert value is not None
    assert value <= at_most


def test_a_wrong_speaker_is_the_only_fault_that_the_rate_of_wrong_speakers_counts() -> None:
    assert shares(WrongSpeaker)["wrong-speaker rate"] == 1
    for system in (Empty, CitesNothing, WrongWords, WrongAddressee, WrongOutlet):
        assert not shares(system)["wrong-speaker rate"]
