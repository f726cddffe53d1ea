"""The guard on single sentences: what each rule catches, and what it lets pass."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Article, Span
from rag.answer import Citation
from rag.guard import LONGEST_SENTENCE, check_sentence, settled

TEXTS = {
    "a": "“The bridge will not open in May. It is unsafe,” said Ann Lee to Luis Ríos, the mayor, on Monday.\n\n"
    "She promised that the 14 workers would be paid before 3 June.\n\n"
    "Lee denied that the company had lied about 2.5 million euros.\n\n"
    "Ms Lee did not say that the bridge was lost.",
    "b": "Luis Ríos wrote on X: “We don’t need Ann Lee.” He called the plan “a bad joke”, according to the agency Example Press.",
    "c": "«Vi åpner ikke broen i mai», sa Kari Berg til avisen. Hun hevdet at 14 arbeidere aldri fikk lønn.",
}
ARTICLES = {
    "a": Article(id="a", text=TEXTS["a"], language="en", outlet="Daily Example", published=date(2024, 5, 2)),
    "b": Article(id="b", text=TEXTS["b"], language="en", outlet="Evening Example", published=date(2024, 5, 3)),
    "c": Article(id="c", text=TEXTS["c"], language="nb", outlet="Eksempelavisen", published=date(2024, 5, 2)),
}


def cite(n: int, key: str, words: str, speaker: str, *, kind: Any = "direct", quoted: str = "", **facts: Any) -> Citation:
    def span(piece: str) -> Span:
        start = TEXTS[key].index(piece)
        return Span(start, start + len(piece))

    very = (span(words),) if kind == "direct" else (span(quoted),) if quoted else ()
    article = ARTICLES[key]
    return Citation(
        n=n, article=key, path="", outlet=article.outlet, title=None, url=None, published=str(article.published),
        language=article.language, spans=(span(words),), quote=words, kind=kind, speaker=speaker, quoted=very, **facts,
    )  # fmt: skip


CITATIONS = (
    cite(1, "a", "The bridge will not open in May. It is unsafe,", "Ann Lee", mention="Ann Lee", addressee="Luis Ríos",
         cue="said", act="say"),
    cite(2, "a", "the 14 workers would be paid before 3 June", "Ann Lee", kind="indirect", mention="She", cue="promised",
         act="promise"),
    cite(3, "a", "the company had lied about 2.5 million euros", "Ann Lee", kind="indirect", mention="Lee", cue="denied",
         act="deny"),
    cite(4, "b", "We don’t need Ann Lee.", "Luis Ríos", mention="Luis Ríos", cue="wrote", act="write", medium="on X"),
    cite(5, "b", "the plan “a bad joke”", "Luis Ríos", kind="mixed", quoted="a bad joke", mention="He", cue="called", act="call",
         reported_by="Example Press"),
    cite(6, "c", "Vi åpner ikke broen i mai", "Kari Berg", mention="Kari Berg", addressee="avisen", cue="sa", act="say"),
    cite(7, "c", "14 arbeidere aldri fikk lønn", "Kari Berg", kind="indirect", mention="Hun", cue="hevdet", act="claim"),
)  # fmt: skip


def rules(sentence: str, language: str = "en") -> set[str]:
    return {problem.rule for problem in check_sentence(sentence, CITATIONS, ARTICLES, language=language)}


@pytest.mark.parametrize(
    "sentence",
    [
        "Ann Lee said to Luis Ríos: “The bridge will not open in May. It is unsafe” [1].",
        "• Ann Lee said to Luis Ríos: “The bridge will not open in May” [1] (Daily Example).",
        "“The bridge will not open in May”, Ann Lee told Luis Ríos [1].",
        "“The bridge will not open in May,” said Lee [1].",
        '"the bridge will not open in May … it is unsafe", says Ann Lee [1].',
        "According to Ann Lee, “It is unsafe” [1].",
        "Meanwhile, Luis Ríos wrote on X: «We don't need Ann Lee.» [4]",
        "Ann Lee promised that the workers, 14 of them, would be paid before 3 June [2].",
        "Before 3 June, the 14 workers would be paid, Ann Lee promises [2].",
        "Ann Lee denied that the company had lied about 2.5 million euros [3].",
        "Luis Ríos called the plan ‘a bad joke’ [5] (Evening Example, according to Example Press).",
        "Ann Lee said on 2 May 2024 that it is “unsafe” [1].",
        "Ann Lee said “It is unsafe” [1], while Luis Ríos wrote “We don’t need Ann Lee” [4].",
        "Ann Lee told Mayor Luis Ríos that it is “unsafe” [1].",
        "Yes. Ann Lee said: “It is unsafe” [1].",
    ],
)
def test_a_true_sentence_passes_in_whatever_order_tense_and_marks(sentence: str) -> None:
    assert check_sentence(sentence, CITATIONS, ARTICLES) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Kari Berg sa til avisen: «Vi åpner ikke broen i mai» [6] (Eksempelavisen).",
        "Ifølge Kari Berg: «Vi åpner ikke broen i mai» [6].",
        "Kari Berg hevdet at 14 arbeidere aldri fikk lønn [7].",
        "Kari Berg hevder også at 14 arbeidere aldri fikk lønn [7].",
    ],
)
def test_true_sentences_pass_in_norwegian(sentence: str) -> None:
    assert check_sentence(sentence, CITATIONS, ARTICLES, language="nb") == ()


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("Ann Lee said: “It is unsafe”.", "uncited"),
        ("The mayor is in trouble.", "uncited"),
        ("Ann Lee said: “It is unsafe” [9].", "marker"),
        ("Ann Lee said: “It is unsafe” [1] [source].", "marker"),
        ("Ann Lee said: “It is very unsafe” [1].", "quotation"),
        ("Ann Lee said: “It is safe” [1].", "quotation"),
        ("Ann Lee said: “The bridge is unsafe” [1].", "quotation"),
        ("Ann Lee said: “It is unsafe. The bridge will not open in May” [1].", "quotation"),
        ("Ann Lee said: “It is unsafe. We don’t need Ann Lee” [1][4].", "quotation"),
        ("Ann Lee promised that “the 14 workers would be paid” [2].", "quotation"),
        ("Ann Lee said: ‘It is a disgrace’ [1].", "quotation"),
        ("Ann Lee said: “It is unsafe [1].", "quotation"),
        ("Luis Ríos said: “It is unsafe” [1].", "speaker"),
        ("Luis Ríos told Ann Lee: “It is unsafe” [1].", "speaker"),
        ("“It is unsafe,” said Luis Ríos to Ann Lee [1].", "speaker"),
        ("According to Luis Ríos, Ann Lee heard “It is unsafe” [1].", "speaker"),
        ("It was said: “It is unsafe” [1].", "speaker"),
        ("Ann Lee wrote on X: “We don’t need Ann Lee” [4].", "speaker"),
        ("Ann Lee told Kari Berg: “It is unsafe” [1].", "addressee"),
        ("Ann Lee said to the workers: “It is unsafe” [1].", "addressee"),
        ("Ann Lee said: “It is unsafe” [1] (Evening Example).", "outlet"),
        ("Luis Ríos called the plan “a bad joke” [5] (Evening Example, according to Daily Press).", "outlet"),
        ("Ann Lee told Evening Example: “It is unsafe” [1].", "outlet"),
        ("On 3 May 2024, Ann Lee said: “It is unsafe” [1].", "date"),
        ("Ann Lee: the article was published on 2024-05-03 [1].", "date"),
        ("Ann Lee said yesterday: “It is unsafe” [1].", "date"),
        ("Ann Lee promised that the 15 workers would be paid before 3 June [2].", "number"),
        ("Ann Lee promised that the 14 workers would be paid before 4 June [2].", "date"),
        ("Ann Lee denied that the company had lied about 25 million euros [3].", "number"),
        ("Ann Lee promised that the two workers would be paid before 3 June [2].", "number"),
        ("Ann Lee promised that the 14 Danish workers would be paid [2].", "name"),
        ("Ann Lee promised that the 14 workers would be fired before 3 June [2].", "word"),
        ("Ann Lee promised that the 14 workers would not be paid before 3 June [2].", "negation"),
        ("Ann Lee never said: “It is unsafe” [1].", "negation"),
        ("Ann Lee said: “The bridge will … open in May” [1].", "negation"),
        ("Ann Lee said the bridge will “open in May” [1].", "negation"),
        ("Ann Lee said that the 14 workers would be paid [2], which she denied [1].", "act"),
        ("Ann Lee said that the company had lied about 2.5 million euros [3].", "act"),
        ("Ann Lee threatened: “It is unsafe” [1].", "act"),
    ],
)
def test_each_rejection_names_its_rule(sentence: str, rule: str) -> None:
    assert rule in rules(sentence)


@pytest.mark.parametrize(
    ("sentence", "rule"),
    [
        ("Kari Berg sa til avisen: «Vi åpner broen i mai» [6].", "quotation"),
        ("Ann Lee sa til avisen: «Vi åpner ikke broen i mai» [6].", "speaker"),
        ("Kari Berg hevdet at 14 arbeidere fikk lønn [7].", "negation"),
        ("Kari Berg lovet at 14 arbeidere aldri fikk lønn [7].", "act"),
        ("Kari Berg benektet at 14 arbeidere aldri fikk lønn [7].", "act"),
    ],
)
def test_the_lexicons_carry_the_rules_to_other_languages(sentence: str, rule: str) -> None:
    assert rule in rules(sentence, "nb")


def test_a_statement_that_the_article_negates_is_not_told_as_made() -> None:
    words = "the bridge was lost"
    span = Span(TEXTS["a"].index(words), TEXTS["a"].index(words) + len(words))
    negated = replace(CITATIONS[1], n=1, spans=(span,), quote=words, mention="Ms Lee", cue="say", act="say")
    assert {p.rule for p in check_sentence("Ann Lee said that the bridge was lost [1].", [negated], ARTICLES)} == {"negation"}
    assert check_sentence("Ann Lee did not say that the bridge was lost [1].", [negated], ARTICLES) == ()


def test_a_later_sentence_of_a_line_may_leave_out_the_speaker() -> None:
    line = "Ann Lee said: “It is unsafe” [1]. She promised that the 14 workers would be paid before 3 June [2]."
    assert check_sentence(line, CITATIONS, ARTICLES) == ()
    assert "speaker" in rules(line.split(". ")[1])


def test_how_two_wordings_differ_is_held_to_both() -> None:
    line = "Luis Ríos called the plan “a bad joke” [5]. In other words: “It is unsafe” [1] (Daily Example) ({})."
    assert "word" not in rules(line.format("joke → unsafe; plan → (nothing)"))
    assert "word" in rules(line.format("joke → safe"))
    assert "word" in rules(line.format("laugh → unsafe"))


def test_a_quotation_is_settled_into_the_articles_own_characters() -> None:
    given_words = '"we don\'t need ann lee", wrote Luis Ríos [4].'
    assert settled(given_words, CITATIONS, ARTICLES) == "“We don’t need Ann Lee”, wrote Luis Ríos [4]."


def test_a_sentence_without_end_is_refused_unread() -> None:
    assert rules("a" * (LONGEST_SENTENCE + 1)) == {"word"}


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet=st.sampled_from("“”„«»\"'‘’[]()…—12: .,\n\tAnn Lee said to bridge not"), max_size=120))
def test_whatever_is_written_is_judged_and_settled_without_an_error(text: str) -> None:
    problems = check_sentence(text, CITATIONS, ARTICLES)
    assert all(problem.detail is not None for problem in problems)
    settled(text, CITATIONS, ARTICLES)
