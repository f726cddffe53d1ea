"""Sentences, claims and citations are taken apart, and a judge's word is counted as ALCE counts it."""

from collections.abc import Mapping

from eval.corpus import Corpus
from eval.observed import Observed, ObservedCitation
from eval.support import AnswerSentence, cited_text, judge_answer, split_answer, split_claims
from index.records import Article

TEXT = "Lee came early.\n\nShe will go, she said.\n\nRoe stays.\n\nNobody knows."
CORPUS = Corpus(articles={"a.txt": Article(id="a", text=TEXT, language="en", title="A title", outlet="The Sample")})


def at(words: str, n: int | None = None) -> ObservedCitation:
    start = TEXT.index(words)
    return ObservedCitation(article="a", spans=((start, start + len(words)),), quote=words, n=n)


class Listed:
    """A judge that knows which claims follow when certain words are in the text; others do not, and "?" gets no verdict."""

    name = "listed"

    def __init__(self, needed: Mapping[str, tuple[str, ...]]) -> None:
        self.needed = needed
        self.asked: list[tuple[str, str]] = []

    def supports(self, premise: str, claim: str) -> bool | None:
        self.asked.append((premise, claim))
        if "?" in claim:
            return None
        return claim in self.needed and all(words in premise for words in self.needed[claim])


def judged(text: str, needed: Mapping[str, tuple[str, ...]], *citations: ObservedCitation) -> list[tuple[object, ...]]:
    observed = Observed(text=text, citations=citations)
    return [(item.recalled, item.helpful, item.claims) for item in judge_answer(observed, CORPUS, Listed(needed))]


def test_markers_belong_to_the_sentence_before_them() -> None:
    assert split_answer("Lee left. [1] Roe stays [2][1]. [2]\n- No mark here") == (
        AnswerSentence(text="Lee left.", numbers=(1,)),
        AnswerSentence(text="Roe stays.", numbers=(2, 1)),
        AnswerSentence(text="No mark here", numbers=()),
    )
    assert split_answer(" \n [1] \n…") == ()


def test_claims_are_cut_between_clauses_and_never_in_quotations() -> None:
    assert split_claims("He came, and she left the house.") == ("He came, and she left the house.",)  # two words are no claim
    assert split_claims("He came home, and she left the house.") == ("He came home", "she left the house.")
    assert split_claims("“He came home, and she left the house.”") == ("“He came home, and she left the house.”",)
    assert split_claims("  ") == ()


def test_the_text_cited_has_the_paragraph_before_and_the_head() -> None:
    assert cited_text(at("will go"), CORPUS) == "A title\nThe Sample\nLee came early.\nShe will go, she said."
    assert cited_text(at("Lee came"), CORPUS) == "A title\nThe Sample\nLee came early."
    assert cited_text(ObservedCitation(article="b", spans=((0, 1),)), CORPUS) is None
    assert cited_text(ObservedCitation(article="a", spans=((0, 9999),)), CORPUS) is None
    assert cited_text(ObservedCitation(article="a"), CORPUS) is None


def test_a_needed_citation_helps_and_a_needless_one_does_not() -> None:
    # [2] alone supports it, [1] adds nothing; then both are needed together.
    assert judged("Roe stays [1][2].", {"Roe stays.": ("Roe stays",)}, at("will go"), at("Roe stays")) == [
        (True, (False, True), (True,))
    ]  # fmt: skip
    both = {"Lee stays.": ("Lee came", "Nobody knows")}
    assert judged("Lee stays [1][2].", both, at("Lee came"), at("Nobody")) == [(True, (True, True), (True,))]


def test_two_that_say_the_same_both_help() -> None:
    assert judged("Roe stays [1][2].", {"Roe stays.": ("Roe stays",)}, at("Roe stays"), at("Roe")) == [
        (True, (True, True), (True,))
    ]  # fmt: skip


def test_what_is_not_supported_has_no_citation_that_helps() -> None:
    assert judged("Lee sings [1].", {}, at("Lee came")) == [(False, (False,), (False,))]


def test_a_sentence_without_citation_is_not_recalled_but_may_be_faithful() -> None:
    needed = {"Roe stays.": ("Roe stays",), "Lee came.": ("Lee came",)}
    assert judged("Roe stays. Lee came [1].", needed, at("Roe stays"), at("Lee came")) == [
        (False, (), (True,)),
        (False, (False,), (True,)),  # [1] is Roe's paragraph, with the one before it
    ]


def test_a_marker_for_nothing_never_helps() -> None:
    assert judged("Roe stays [1][7].", {"Roe stays.": ("Roe stays",)}, at("Roe stays")) == [(True, (True, False), (True,))]
    assert judged("Roe stays [7].", {"Roe stays.": ()}) == [(False, (False,), (False,))]


def test_no_verdict_is_no_no() -> None:
    assert judged("Is it so? [1][2]", {}, at("Roe stays"), at("Lee came")) == [(None, (None, None), (None,))]


def test_numbers_of_citations_are_those_that_the_system_gave() -> None:
    needed = {"Roe stays.": ("Roe stays",)}
    assert judged("Roe stays [5].", needed, at("Lee came", 4), at("Roe stays", 5)) == [(True, (True,), (True,))]


def test_a_refusal_claims_nothing() -> None:
    assert judge_answer(Observed(text="No answer.", abstained=True), CORPUS, Listed({})) == ()
