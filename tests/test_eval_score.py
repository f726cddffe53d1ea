"""What is right and wrong about an answer, and that bad systems are told from good ones."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from eval.case import Case, Expectation, ExpectedStatement, Forbidden
from eval.corpus import Corpus, check_cases, locate
from eval.metrics.addressee import count_addressee_accuracy
from eval.metrics.refusal import count_reason_accuracy, count_refusal_precision, count_refusal_recall
from eval.metrics.relay import count_relay_accuracy
from eval.metrics.share import Count, add_up
from eval.metrics.speaker import count_speaker_accuracy, count_wrong_speaker
from eval.metrics.statements import count_statement_precision, count_statement_recall
from eval.metrics.verbatim import count_citation_verbatim, count_quotation_verbatim
from eval.metrics.verdict import confuse_verdicts, count_verdict_accuracy
from eval.observed import ObservedCitation, read_answer
from eval.record import dump_run
from eval.recording import record_runs
from eval.report import list_counts, list_failures
from eval.run import Run, run_cases
from eval.score import CaseScore, find_marked, score_case
from eval.triage import find_extraction, find_losses
from index.errors import InputError
from index.records import Addressee, Article, Person, Span, Statement

ONE = "Lee met Roe. “I will go, and nobody will stop me,” Lee told Roe. Roe said nothing [at all]. “Rates will rise,” said Kim."
TWO = "«Jeg drar», sa Lee til Roe. Kim ventet."
CORPUS = Corpus(
    articles={
        "one.txt": Article(id="a1", text=ONE, language="en"),
        "two.txt": Article(id="a2", text=TWO, language="nb"),
    }
)
GO = ExpectedStatement(article="one.txt", words=("I will go, and nobody will stop me",), speaker=("Ann Lee",), addressee=("Roe",))
DRAR = ExpectedStatement(article="two.txt", words=("Jeg drar",), speaker=("Ann Lee",), addressee=("Roe",))
RISE = ExpectedStatement(article="one.txt", words=("Rates will rise",), speaker=("Kim",))


def case(expect: Expectation, name: str = "c", question: str = "?") -> Case:
    return Case(version=1, id=name, language="en", kind="words", split="dev", question=question, expect=expect)


def cite(label: str, words: str, **more: Any) -> dict[str, Any]:
    article = CORPUS.articles[label]
    start = article.text.index(words)
    return {"article": article.id, "spans": [[start, start + len(words)]], "quote": words} | more


def answer(*citations: dict[str, Any], text: str = "Somebody said something [1].", **more: Any) -> dict[str, Any]:
    return {"text": text, "abstained": False, "reason": None, "verdict": None, "citations": list(citations)} | more


def score(expect: Expectation, given: Mapping[str, Any]) -> CaseScore:
    return score_case(case(expect), read_answer(given), CORPUS)


def kinds(given: CaseScore) -> list[str]:
    return [problem.kind for problem in given.problems]


BOTH = Expectation(abstained=False, statements=(GO, DRAR), only=True)
LEE_GOES = cite("one.txt", "I will go, and nobody will stop me", speaker="Ann Lee", addressee="Roe")
LEE_DRAR = cite("two.txt", "Jeg drar", speaker="Ann Lee", addressee="Jane Roe")


def test_right_answer_has_no_problem() -> None:
    found = score(BOTH, answer(LEE_GOES, LEE_DRAR, text="Lee said “I will go, and nobody will stop me” [1], «Jeg drar» [2]"))
    assert found.right
    assert count_statement_recall(found) == Count(right=2, judged=2)
    assert count_statement_precision(found) == Count(right=2, judged=2)
    assert count_speaker_accuracy(found) == Count(right=2, judged=2)
    assert count_addressee_accuracy(found) == Count(right=2, judged=2)
    assert count_citation_verbatim(found) == Count(right=2, judged=2)
    assert count_quotation_verbatim(found) == Count(right=2, judged=2)


def test_missing_statement_is_a_problem_and_halves_recall() -> None:
    found = score(BOTH, answer(LEE_GOES))
    assert kinds(found) == ["missing"]
    assert count_statement_recall(found) == Count(right=1, judged=2)  # two required, one shown: 1 / 2


def test_at_least_counts_only_what_is_required() -> None:
    found = score(Expectation(statements=(GO, DRAR), at_least=1), answer(LEE_GOES, LEE_DRAR))
    assert found.right
    assert count_statement_recall(found) == Count(right=1, judged=1)  # min(2 shown, 1 required) / 1


def test_wrong_speaker_is_told_from_no_speaker() -> None:
    wrong = score(BOTH, answer(LEE_GOES | {"speaker": "Roe"}, LEE_DRAR | {"speaker": None}))
    assert kinds(wrong) == ["speaker", "speaker"]
    assert count_speaker_accuracy(wrong) == Count(right=0, judged=2)
    assert count_wrong_speaker(wrong) == Count(right=1, judged=2)  # one names Roe, one names nobody: 1 / 2


def test_bare_surname_is_not_the_person() -> None:
    assert kinds(score(BOTH, answer(LEE_GOES | {"speaker": "Lee"}, LEE_DRAR))) == ["speaker"]


def test_wrong_and_missing_addressee_are_problems() -> None:
    found = score(BOTH, answer(LEE_GOES | {"addressee": "Kim"}, LEE_DRAR | {"addressee": None}))
    assert kinds(found) == ["addressee", "addressee"]
    assert count_addressee_accuracy(found) == Count(right=0, judged=2)


def test_anything_else_is_extra_only_where_only_is_asked() -> None:
    kim = cite("one.txt", "Rates will rise", speaker="Kim")
    strict = score(BOTH, answer(LEE_GOES, LEE_DRAR, kim))
    assert kinds(strict) == ["extra"]
    assert count_statement_precision(strict) == Count(right=2, judged=3)
    loose = score(Expectation(statements=(GO,)), answer(LEE_GOES, kim))
    assert loose.right
    assert count_statement_precision(loose) == Count(unscored=2)


def test_citing_the_whole_article_shows_nothing() -> None:
    found = score(BOTH, answer(cite("one.txt", ONE, speaker="Ann Lee"), cite("two.txt", TWO, speaker="Ann Lee")))
    assert kinds(found) == ["missing", "missing", "extra", "extra"]


def test_statement_cited_in_two_halves_is_shown() -> None:
    first = cite("one.txt", "I will go", speaker="Ann Lee", addressee="Roe")
    second = cite("one.txt", "and nobody will stop me", speaker="Ann Lee", addressee="Roe")
    assert score(Expectation(statements=(GO,), only=True), answer(first, second)).right
    assert kinds(score(Expectation(statements=(GO,)), answer(first))) == ["missing"]  # 9 of 34 characters


def test_two_statements_in_one_citation_are_both_shown() -> None:
    piece = ExpectedStatement(article="one.txt", words=("and nobody will stop me",))
    other = ExpectedStatement(article="one.txt", words=("I will go",))
    assert score(Expectation(statements=(piece, other), only=True), answer(LEE_GOES)).right


def test_quote_that_is_not_its_span_is_not_verbatim() -> None:
    found = score(Expectation(statements=(GO,)), answer(LEE_GOES | {"quote": "I will go, and nobody will stop us"}))
    assert kinds(found) == ["not_verbatim"]
    assert count_citation_verbatim(found) == Count(right=0, judged=1)


def test_citation_of_an_unknown_article_is_unscored_and_wrong() -> None:
    found = score(Expectation(statements=(GO,)), answer(LEE_GOES, LEE_GOES | {"article": "zz"}))
    assert kinds(found) == ["not_verbatim"]
    assert count_citation_verbatim(found) == Count(right=1, judged=1, unscored=1)


def test_span_outside_the_article_is_not_verbatim() -> None:
    assert "not_verbatim" in kinds(score(Expectation(statements=(GO,)), answer(LEE_GOES | {"spans": [[0, 9999]]})))


def test_invented_quotation_in_the_text_is_a_problem() -> None:
    found = score(Expectation(statements=(GO,)), answer(LEE_GOES, text="Lee said “I will stay” [1]."))
    assert kinds(found) == ["not_verbatim"]
    assert count_quotation_verbatim(found) == Count(right=0, judged=1)


def test_pieces_joined_from_two_citations_are_no_quotation() -> None:
    cited = [ObservedCitation(article="a", quote="I will go"), ObservedCitation(article="b", quote="you will stay")]
    assert find_marked('“I will go … you will stay”, ”I will go”, "you will stay", «I will»', cited) == (
        False,
        True,
        True,
        True,
    )


def test_danish_and_german_marks_are_quotation_marks_and_what_stands_between_two_is_none() -> None:
    cited = [ObservedCitation(article="a", quote="I will go"), ObservedCitation(article="b", quote="you stay")]
    assert find_marked("Lee: »I will go«, og Roe: »you stay«.", cited) == (True, True)
    assert find_marked("Lee : « I will go », et Roe : « you stay ».", cited) == (True, True)
    assert find_marked("»I will stay«", cited) == (False,)


def test_verdict_and_its_confusion() -> None:
    expect = Expectation(verdict=("altered", "not_found"))
    right, wrong, none = (score(expect, answer(verdict=verdict)) for verdict in ("not_found", "supported", None))
    assert (right.right, kinds(wrong), kinds(none)) == (True, ["verdict"], ["verdict"])
    assert count_verdict_accuracy(right) == Count(right=1, judged=1)  # the second of the accepted two
    assert count_verdict_accuracy(wrong) == count_verdict_accuracy(none) == Count(right=0, judged=1)
    assert count_verdict_accuracy(score(BOTH, answer())) == Count()
    assert confuse_verdicts([right, wrong, none]) == {
        ("not_found", "not_found"): 1,
        ("altered", "supported"): 1,
        ("altered", "none"): 1,
    }


def test_refusals_are_counted_by_need_and_reason() -> None:
    must = Expectation(abstained=True, reason="never_quoted")
    rightly = score(must, answer(text="No.", abstained=True, reason="never_quoted"))
    off = score(must, answer(text="No.", abstained=True, reason="no_such_speaker"))
    missed = score(must, answer(LEE_GOES))
    needless = score(BOTH, answer(text="No.", abstained=True, reason="never_quoted"))
    assert [kinds(item) for item in (rightly, off, missed)] == [[], ["reason"], ["not_refused"]]
    assert kinds(needless) == ["refused", "missing", "missing"]
    four = [rightly, off, missed, needless]
    # Three must be refused, two were: 2 / 3; three refusals, two called for: 2 / 3; one of them has the reason: 1 / 2
    assert add_up("r", (("x", count_refusal_recall(item)) for item in four)).value == pytest.approx(2 / 3)
    assert add_up("p", (("x", count_refusal_precision(item)) for item in four)).value == pytest.approx(2 / 3)
    reasons = add_up("a", (("x", count_reason_accuracy(item)) for item in four))
    assert (reasons.value, reasons.unscored) == (0.5, 1)


def test_open_refusal_is_unscored() -> None:
    open_case = Expectation(forbidden=(Forbidden(speaker="Ann Lee"),))
    refused = score(open_case, answer(text="No.", abstained=True, reason="never_quoted"))
    assert refused.right
    assert count_refusal_precision(refused) == count_refusal_recall(refused) == Count(unscored=1)


def test_relay_is_judged_where_it_is_expected() -> None:
    relayed = ExpectedStatement(article="one.txt", words=GO.words, reported_by=("AP",))
    given = [LEE_GOES | {"reported_by": relay} for relay in ("AP", "Reuters", None)]
    found = score(Expectation(statements=(relayed,)), answer(*given))
    assert [citation.relay for citation in found.citations] == ["right", "wrong", "missing"]
    assert count_relay_accuracy(found) == Count(right=1, judged=3)
    assert count_relay_accuracy(score(BOTH, answer(LEE_GOES))) == Count(unscored=1)


def test_an_answer_without_text_is_wrong() -> None:
    assert kinds(score(Expectation(statements=(GO,)), answer(LEE_GOES, text=" "))) == ["empty"]


def test_forbidden_needs_all_of_its_parts() -> None:
    by_speaker = Expectation(forbidden=(Forbidden(speaker="Ann Lee", article="two.txt"),))
    assert score(by_speaker, answer(LEE_GOES)).right
    assert kinds(score(by_speaker, answer(LEE_DRAR))) == ["forbidden"]
    assert kinds(score(Expectation(forbidden=(Forbidden(words="NOBODY will"),)), answer(LEE_GOES))) == ["forbidden"]


def test_only_speakers_and_only_articles_rule_out_the_rest() -> None:
    kim = cite("one.txt", "Rates will rise", speaker="Kim")
    only = Expectation(statements=(GO,), only_speakers=("Ann Lee",), only_articles=("two.txt",))
    assert kinds(score(only, answer(LEE_GOES, kim))) == ["forbidden", "forbidden", "forbidden"]


def test_mentions_forget_case_and_accents() -> None:
    expect = Expectation(mentions=("Zúñiga",))
    assert score(expect, answer(text="ZUNIGA said so.")).right
    assert kinds(score(expect, answer(text="He said so."))) == ["mention"]


def test_answer_in_another_language_is_a_problem() -> None:
    expect = Expectation(statements=(GO,), answer_language="nb")
    assert kinds(score(expect, answer(LEE_GOES, language="en"))) == ["language"]
    assert score(expect, answer(LEE_GOES, language="nb")).right


CASES = (
    case(BOTH, "both"),
    case(Expectation(abstained=False, statements=(RISE,), only_speakers=("Kim",)), "rise"),
    case(Expectation(abstained=True, reason="never_quoted"), "never"),
    case(Expectation(verdict=("misattributed",), statements=(GO,)), "verdict"),
)


class Fake:
    """A system that answers every question alike."""

    def __init__(self, name: str, given: Mapping[str, Any]) -> None:
        self.name = name
        self.given = given

    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        if "raises" in self.given:
            raise ValueError("no such thing")
        return self.given


def shares(given: Mapping[str, Any]) -> dict[str, float | None]:
    run = run_cases(CASES, Fake("fake", given), CORPUS, clock=lambda: 0.0)
    return {share.name: share.value for share in run.shares}


def test_always_refusing_is_bad() -> None:
    found = shares(answer(text="No.", abstained=True, reason="never_quoted"))
    assert found["cases right"] == 0.25  # the one that must be refused
    assert found["statement recall"] == 0.0
    # refusals: "both" and "rise" needless, "never" called for, "verdict" open: 1 / 3
    assert found["refusal precision"] == pytest.approx(1 / 3)
    assert found["refusal recall"] == 1.0


def test_empty_answer_passes_nothing() -> None:
    found = shares({"text": ""})
    assert found["cases right"] == 0.0
    assert found["statement recall"] == 0.0
    assert found["speaker accuracy"] is None
    assert found["verdict accuracy"] == 0.0


def test_citing_everything_is_bad() -> None:
    everything = [cite(label, article.text, speaker="Ann Lee") for label, article in CORPUS.articles.items()]
    found = shares(answer(*everything))
    assert (found["cases right"], found["statement precision"], found["statement recall"]) == (0.0, 0.0, 0.0)
    assert found["refusal recall"] == 0.0


def test_citing_every_statement_loses_precision() -> None:
    kim = cite("one.txt", "Rates will rise", speaker="Kim")
    found = shares(answer(LEE_GOES, LEE_DRAR, kim))
    assert found["statement recall"] == 1.0
    assert found["statement precision"] == pytest.approx(2 / 3)
    assert found["cases right"] == 0.0


def test_right_words_with_the_wrong_speaker_are_bad() -> None:
    found = shares(answer(LEE_GOES | {"speaker": "Roe"}, LEE_DRAR | {"speaker": "Roe"}))
    assert (found["wrong-speaker rate"], found["speaker accuracy"]) == (1.0, 0.0)
    assert found["cases right"] == 0.0


def test_right_speaker_with_wrong_words_is_bad() -> None:
    nothing = cite("one.txt", "Roe said nothing", speaker="Ann Lee", addressee="Roe")
    found = shares(answer(nothing))
    assert (found["statement recall"], found["statement precision"], found["cases right"]) == (0.0, 0.0, 0.0)


def test_a_system_that_raises_fails_its_cases_only() -> None:
    run = run_cases(CASES, Fake("broken", {"raises": True}), CORPUS)
    assert [problem.kind for item in run.scores for problem in item.problems] == ["error"] * 4
    assert run.scores[0].error == "ValueError: no such thing"
    values = {share.name: share.value for share in run.shares}
    assert (values["cases right"], values["statement recall"], values["refusal recall"]) == (0.0, 0.0, 0.0)


def test_malformed_answer_is_an_error_of_the_system() -> None:
    run = run_cases(CASES[:1], Fake("odd", {"text": "x", "citations": [{"spans": "no"}]}), CORPUS)
    assert "InputError" in str(run.scores[0].error)


def run_of(given: Mapping[str, Any]) -> Run:
    return run_cases(CASES, Fake("fake", given), CORPUS)


def test_the_same_answers_give_the_same_json() -> None:
    given = answer(LEE_GOES, LEE_DRAR)
    first, again = (record_runs([run_of(given)], CORPUS) for _ in range(2))
    assert dump_run(first) == dump_run(again)
    assert json.loads(dump_run(first))["systems"][0]["metrics"]["cases right"]["judged"] == 4


def test_failures_show_expected_found_and_lost() -> None:
    wrong = run_of(answer(LEE_GOES, text="She said it [1]."))
    record = record_runs([wrong], CORPUS, statements={"fake": (go(),)})
    text = "\n".join(item.plain for item in list_failures(record))
    assert "expected Ann Lee: Jeg drar [two.txt]; came 1 of 2" in text
    assert "lost: not extracted" in text
    assert "[at all]" not in text


def test_problems_are_counted_once_a_case() -> None:
    run = run_of(answer(text="No.", abstained=True, reason="never_quoted"))
    assert "   3 cases with: missing" in list(list_counts(record_runs([run], CORPUS)))


def go(**more: Any) -> Statement:
    start = ONE.index("I will go")
    values: dict[str, Any] = {
        "id": "s",
        "article_id": "a1",
        "content": (Span(start, start + len("I will go, and nobody will stop me")),),
        "speaker": Person(id="ann-lee", name="Ann Lee"),
        "addressee": Addressee(span=None, person=Person(id="roe", name="Roe")),
        "kind": "direct",
        "language": "en",
    }
    return Statement(**(values | more))


def test_triage_names_the_step_of_extraction_that_lost_it() -> None:
    kim = Person(id="kim", name="Kim")
    found = [
        find_extraction(GO, statements, CORPUS)
        for statements in (
            (),
            (go(speaker=None),),
            (go(speaker=kim),),
            (go(addressee=None),),
            (go(polarity="negative"),),
            (go(speaker=kim), go()),
        )
    ]
    words = "I will go, and nobody will stop me"
    assert found == [
        ("not extracted", ""),
        ("wrong person", f"no speaker: nobody to Roe: {words}"),
        ("wrong person", f"wrong speaker: Kim to Roe: {words}"),
        ("wrong person", f"wrong addressee: Ann Lee: {words}"),
        ("not extracted", f"not asserted: Ann Lee to Roe: {words}"),
        None,
    ]


def test_a_missing_fact_is_no_failed_extraction() -> None:
    fact = ExpectedStatement(article="one.txt", words=("Lee met Roe.",))
    assert find_extraction(fact, (go(),), CORPUS) is None


@pytest.mark.parametrize(
    ("given", "step"),
    [
        (answer(retrieved=[]), "not retrieved"),
        (answer(retrieved=[LEE_DRAR] * 10 + [LEE_GOES]), "ranked low"),
        (answer(retrieved=[LEE_DRAR, LEE_GOES]), "composed wrong"),
        (answer(retrieved=[LEE_GOES], abstained=True, reason="never_quoted"), "refused"),
        (answer(retrieved=[LEE_DRAR], abstained=True, reason="never_quoted"), "not retrieved"),
        (answer(retrieved=[], abstained=True, reason="no_such_speaker"), "refused"),
        (answer(abstained=True, reason="no_such_speaker"), "refused"),
        (answer(), "not retrieved"),
        ({"raises": True}, "failed"),
    ],
)
def test_what_was_extracted_is_lost_in_retrieval_rank_refusal_or_the_answer(given: Mapping[str, Any], step: str) -> None:
    [score] = run_cases([case(Expectation(statements=(GO,)))], Fake("fake", given), CORPUS).scores
    [loss] = find_losses(score, (go(),), CORPUS)
    assert loss.step == step
    # What was never extracted is not blamed on what came after, unless the system fell over.
    [loss] = find_losses(score, (), CORPUS)
    assert loss.step == ("failed" if step == "failed" else "not extracted")


def test_cases_must_belong_to_the_corpus() -> None:
    elsewhere = ExpectedStatement(article="three.txt", words=("x",))
    with pytest.raises(InputError, match=r"three.txt, which is not in the corpus"):
        locate(elsewhere, CORPUS)
    with pytest.raises(InputError, match=r"'I will stay' in one.txt, where it is not"):
        locate(ExpectedStatement(article="one.txt", words=("I will stay",)), CORPUS)
    with pytest.raises(InputError, match="where it is not"):
        locate(ExpectedStatement(article="one.txt", spans=((0, 9999),)), CORPUS)
    with pytest.raises(InputError, match=r"names three.txt"):
        check_cases([case(Expectation(statements=(GO,), only_articles=("three.txt",)))], CORPUS)


def test_words_that_stand_twice_count_once_but_may_be_cited_in_either_place() -> None:
    corpus = Corpus(articles={"t.txt": Article(id="t", text="I go\n\nI go, she said.", language="en")})
    place = locate(ExpectedStatement(article="t.txt", words=("I go",)), corpus)
    assert (place.spans, place.needed) == ((Span(0, 4), Span(6, 10)), 4)


def test_interval_draws_whole_clusters() -> None:
    even = [(name, Count(right=1, judged=2)) for name in "abcd"]
    assert add_up("x", even).low == add_up("x", even).high == 0.5  # every draw of clusters that are 1 / 2 is 1 / 2
    mixed = add_up("x", [("a", Count(right=2, judged=2)), ("b", Count(judged=2))])
    assert (mixed.low, mixed.value, mixed.high) == (0.0, 0.5, 1.0)  # draws: aa 1, bb 0, ab 1/2
    assert add_up("x", []).value is None
    with pytest.raises(ValueError, match="right <= judged"):
        Count(right=2, judged=1)
