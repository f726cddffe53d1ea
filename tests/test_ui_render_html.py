"""What the pages of the chat show of answers, statements and articles, whoever wrote them."""

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.records import Article, Span, Statement
from rag.answer import Answer, Difference, Understood
from rag.contract import StatementRow
from tests.samples import ARTICLE, HOSTILE, STATEMENT, WORDS, citation, span_of, turn
from ui import render_articles, render_chat, render_statements, render_verify
from ui.differences import word_changes
from ui.history import Listed
from ui.render import Evidence, Turn
from ui.render_html import Reading, article_html, language_attribute, marked, reading_html
from ui.render_statements import View
from ui.rows import article_row, statement_row
from ui.texts import PAGE_LANGUAGES, load_texts

EN, NB = load_texts("en"), load_texts("nb")


class Tags(HTMLParser):
    """The elements of some HTML with their attributes, its text, and the text inside every `<mark>`."""

    def __init__(self, source: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.marked: list[str] = []
        self.text = ""
        self._marking = False
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "mark":
            self._marking = True
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        self._marking = self._marking and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._marking:
            self.marked[-1] += data

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [
            found
            for name, found in self.elements
            if name == tag and all(found.get(key.replace("_", "-")) == value for key, value in attributes.items())
        ]


# --- The article and its marks


def test_marked_words_are_the_citations_words_and_every_role_has_its_own_mark() -> None:
    shown = render_chat.evidence_html(turn(), 0, EN, n=1)
    legend, *pieces = Tags(shown).marked
    assert legend == "words"
    assert " … ".join(pieces) == citation().quote
    for role, words in (("ws-source", "Kari Berg"), ("ws-cue", "told"), ("ws-addressee", "him")):
        assert re.search(rf'<span class="{role}" title="[^"]+">{words}</span>', shown)


def test_source_inside_the_words_keeps_them_one_mark() -> None:
    shown = marked("Go, Ola, now", [(Span(0, 12), "words"), (Span(4, 7), "addressee")], Span(0, 12), EN)
    assert shown == '<mark>Go, <span class="ws-addressee" title="said to">Ola</span>, now</mark>'


def test_a_long_article_is_cut_around_the_words_and_says_how_much_is_missing() -> None:
    text = "a" * 50_000 + "the words" + "b" * 70_000
    cited = citation(spans=(Span(50_000, 50_009),), quote="the words")
    shown = article_html(Evidence(citation=cited, article=Article(id="a1", text=text, language="en")), EN)
    assert Tags(shown).marked == ["the words"]
    # 50,000 - 20,000 before; 70,000 - 20,000 after
    assert "30,000 characters before are not shown." in shown
    assert "50,000 characters after are not shown." in shown


def test_an_article_is_read_with_every_statement_marked_and_part_by_part() -> None:
    other = replace(STATEMENT, id="s2", content=(span_of("More came"),), cue=(), source=(), addressee=None)
    shown = Tags(reading_html(Reading(article=ARTICLE, statements=(STATEMENT, other)), EN))
    assert shown.marked[1:] == ["I will not go,", "and you know it.", "More came"]
    long = replace(ARTICLE, text="x" * 100_000)
    parts, at = "", 0
    while True:
        page = reading_html(Reading(article=long, statements=(), at=at), EN)
        parts += "x" * len(re.findall(r"x{1000}", page)) * 1000
        following = [found for found in Tags(page).all("button", data_do="read") if int(found["data-at"] or 0) > at]
        if not following:
            break
        at = int(following[0]["data-at"] or 0)
    assert parts == long.text


def test_statements_inside_one_another_make_one_mark() -> None:
    inner = replace(STATEMENT, id="s2", content=(Span(WORDS[0].start + 2, WORDS[0].end),), cue=(), source=(), addressee=None)
    shown = Tags(reading_html(Reading(article=ARTICLE, statements=(STATEMENT, inner)), EN))
    assert shown.marked[1:] == ["I will not go,", "and you know it."]


def test_link_to_the_original_tells_it_nothing() -> None:
    links = Tags(render_chat.evidence_html(turn(), 0, EN, n=1)).all("a")
    assert links == [{"href": "https://example.org/visit", "target": "_blank", "rel": "noopener noreferrer"}]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "//x/y", "/relative"])
def test_only_http_addresses_become_links(url: str) -> None:
    assert "<a " not in render_chat.evidence_html(turn(url=url), 0, EN, n=1)


@pytest.mark.parametrize("language", ["en", "nb", "und", 'x"y', ""])
def test_language_attribute_is_a_language_or_nothing(language: str) -> None:
    assert re.fullmatch(r'( lang="[A-Za-z-]+")?', language_attribute(language))


# --- Answers


def test_only_numbers_with_a_citation_become_buttons() -> None:
    tags = Tags(render_chat.answer_html(turn("Berg: “I will not go,” [1] and more [2]."), 3, EN))
    assert [(found["data-turn"], found["data-n"]) for found in tags.all("button", data_do="cite")] == [("3", "1")]
    assert "more [2]." in tags.text


def test_a_number_inside_the_quoted_words_stays_text() -> None:
    shown = render_chat.answer_html(turn("Berg: “See note [1] there” [1]", quote="See note [1] there"), 0, EN)
    assert shown.count('data-do="cite"') == 1
    assert "See note [1] there" in unescape(shown)


def test_a_refusal_says_why_and_offers_what_there_is() -> None:
    answer = Answer(question="?", language="en", text="She is not quoted.", abstained=True, reason="never_quoted")
    tags = Tags(render_chat.answer_html(Turn(question="?", answer=answer, offers=("What did Ola Nord say?",)), 0, EN))
    assert "No answer: named, but never quoted" in tags.text
    assert [found["data-question"] for found in tags.all("button", data_do="pick")] == ["What did Ola Nord say?"]


def test_every_part_of_the_reading_can_be_taken_away_and_names_can_be_replaced() -> None:
    parts = (
        Understood(part="speaker", value="Kari Berg", words="said by Kari Berg"),
        Understood(part="quoted", value="go", words="the words"),
    )
    shown = turn()
    assert shown.answer
    shown = replace(shown, answer=replace(shown.answer, parts=parts), changes=(("topic", ""), ("outlet", "The Sample")))
    tags = Tags(render_chat.chips_html(shown, 2, EN))
    taken = [found["data-part"] for found in tags.all("button", data_do="mend", data_value="") if "data-back" not in found]
    assert taken == ["speaker", "quoted", "outlet"]
    assert [found["data-part"] for found in tags.all("button", data_back="1")] == ["topic"]
    fields = tags.all("input", name="value")
    # The speaker, the outlet that was given, and what else may be given.
    assert [found.get("value") for found in fields] == ["Kari Berg", "The Sample", None]
    assert [found["value"] for found in tags.all("option")] == ["addressee", "language", "since", "until"]


def test_witnesses_of_one_statement_are_folded_with_their_differences_marked() -> None:
    first = citation()
    second = citation(n=2, outlet="Another", quote="I will not leave, … and you know it.")
    third = citation(n=3, outlet="Third", language="nb", quote="Jeg går ikke")
    shown = turn()
    assert shown.answer
    folded = replace(shown, answer=replace(shown.answer, citations=(first, second, third)), groups=((1, 2, 3),))
    html = render_chat.witnesses_html(folded, 0, EN)
    assert html.count("<details") == 1
    assert "3 outlets · 2 languages" in html
    assert "I will not <del>go</del> <ins>leave</ins>" in html
    assert "in another language" in html
    assert render_chat.witnesses_html(replace(folded, groups=((1,), (2,))), 0, EN) == ""


def test_markdown_of_an_answer_has_its_citations_and_no_markup_of_others() -> None:
    copied = render_chat.markdown(turn("He said [click](javascript:x) <b> [1]", title="*A* [b](c)"), EN)
    assert "He said \\[click\\](javascript:x) \\<b\\> \\[1\\]" in copied
    assert "<https://example.org/visit>" in copied
    assert "“I will not go, … and you know it.”" in copied
    assert "\\*A\\*" in copied


def test_json_of_an_answer_is_what_ask_prints() -> None:
    shown = turn()
    assert shown.answer
    saved = Tags(render_chat.answer_html(shown, 0, EN)).all("button", data_type="application/json")[0]["data-save"]
    assert json.loads(saved or "") == json.loads(json.dumps(shown.answer.to_dict()))


def test_an_answer_is_announced_once_and_a_pending_question_is_not() -> None:
    assert "data-announce" not in render_chat.conversation_html((), EN, pending="Who?", lines=("A line",))
    done = render_chat.conversation_html((turn(),), EN)
    assert done.count("data-announce=") == 1
    assert "aria-live" not in done


# --- Verifying


def test_altered_words_are_marked_beside_those_of_the_article() -> None:
    shown = turn("Not in these words. [1]", quote="I am your captain, and I order you to go")
    assert shown.answer
    answer = replace(shown.answer, verdict="altered", differences=(Difference(asked="general", found="captain"),))
    html = render_verify.result_html(replace(shown, question="I am your general", answer=answer), "", EN)
    assert "I am your <del>captain</del> <ins>general</ins>" in html
    assert "ws-verdict-altered" in html


def test_somebody_elses_words_name_the_true_speaker() -> None:
    shown = turn()
    assert shown.answer
    html = render_verify.result_html(replace(shown, answer=replace(shown.answer, verdict="misattributed")), "Ola Nord", EN)
    assert "Somebody else’s words" in html
    assert '<dt>Said by</dt><dd dir="auto">Kari Berg</dd>' in html
    assert '<dt>Not by</dt><dd dir="auto"><del>Ola Nord</del></dd>' in html


@given(st.text(max_size=60), st.text(max_size=60))
def test_what_a_wording_has_of_its_own_put_together_with_the_same_is_the_wording(old: str, new: str) -> None:
    pieces = word_changes(old, new)
    kept = "".join(text for change, text in pieces if change != "missing")
    assert kept.replace(" ", "") == new.replace(" ", "")


# --- The table


def row(statement: Statement = STATEMENT, article: Article = ARTICLE, **changes: Any) -> StatementRow:
    values: Any = statement_row(statement, article) | changes
    return cast("StatementRow", values)


def test_the_table_shows_fifty_rows_and_turns_pages() -> None:
    rows = [row(id=f"s{n}") for n in range(101)]
    tags = Tags(render_statements.table_html(rows, View(page=3), EN))
    # 101 = 50 + 50 + 1
    assert len(tags.all("tr")) == 1 + 1
    assert "101–101 of 101 statements" in tags.text
    assert [found.get("disabled", "no") for found in tags.all("button", data_do="sort") if found.get("data-page")] == [
        "no",
        "no",
        None,
        None,
    ]


def test_the_sorted_column_says_so_and_turns_round() -> None:
    tags = Tags(render_statements.table_html([row()], View(sort="speaker"), EN))
    assert [found["aria-sort"] for found in tags.all("th")].count("ascending") == 1
    assert [found["data-sort"] for found in tags.all("button", data_do="sort")][1] == "-speaker"


def test_what_was_not_said_is_never_shown_as_said() -> None:
    assert "did not say this" in render_statements.table_html([row(polarity="negative")], View(), EN)
    assert "yet to be said" in render_statements.table_html([row(modality="future")], View(), EN)


# --- Words of the page


def test_both_languages_have_every_text_with_the_same_values() -> None:
    assert set(EN.table) == set(NB.table)
    for key in EN.table:
        assert sorted(re.findall(r"{(\w+)}", EN.table[key])) == sorted(re.findall(r"{(\w+)}", NB.table[key])), key


def test_no_page_speaks_the_other_language() -> None:
    shown = render_chat.evidence_html(turn(), 0, NB, n=1) + render_statements.table_html([row()], View(), NB)
    for english in ("Said by", "Published", "very words", "Speaker", "Export"):
        assert english not in Tags(shown).text
    assert set(PAGE_LANGUAGES) == {"en", "nb"}


# --- Nothing of others is markup

ALLOWED = {
    "a", "article", "bdi", "blockquote", "button", "caption", "datalist", "dd", "del", "details", "div", "dl", "dt", "form", "h1",
    "h2", "h3", "header", "input", "ins", "label", "li", "mark", "nav", "ol", "option", "p", "progress", "section", "select",
    "span",     "strong", "summary", "table", "tbody", "td", "textarea", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {
    "aria-current", "aria-hidden", "aria-label", "aria-live", "aria-pressed", "aria-sort", "autocomplete", "class", "dir",
    "disabled", "for", "href", "id", "lang", "list", "max", "maxlength", "name", "placeholder", "rel", "required", "role", "rows",
    "scope", "selected", "tabindex", "target", "title", "type", "value",
}  # fmt: skip


def everything(text: str) -> str:
    article = Article(id="a1", text=text, language='en" onload="x', path=text, outlet=text, title=text, url=text)
    spans = (Span(0, len(text)),)
    cited = citation(
        spans=spans, quote=text, outlet=text, title=text, url=text, path=text, language=text, speaker=text,
        mention=text, addressee=text, cue=text, act=text, medium=text, reported_by=text, published=text,
    )  # fmt: skip
    other = replace(cited, n=2, language="en")
    part = Understood(part="speaker", value=text, words=text)
    answer = Answer(
        question=text, language=text, text=f"{text} [1]", citations=(cited, other), understood=text, notices=(text,),
        parts=(part,),         differences=(Difference(asked=text, found=text),), verdict="altered",
    )  # fmt: skip
    found = Evidence(citation=cited, article=article)
    shown = Turn(question=text, answer=answer, evidence=(found,), groups=((1, 2),), offers=(text,), changes=(("topic", text),))
    statement = Statement(id=text, article_id="a1", content=spans, kind="direct", language=text, medium=text, reported_by=text)
    hostile = row(statement, article, speaker=text, addressee=text, mention=text, published=text)
    return "".join(
        (
            render_chat.conversation_html(
                (shown, Turn(question=text, error=text)), EN, conversation=text, pending=text, lines=(text,)
            ),
            render_chat.evidence_html(shown, 0, EN, n=1),
            render_chat.examples_html([text], EN),
            render_chat.composer_html(EN, people=[text], outlets=[text]),
            render_chat.history_html([Listed(id=text, title=text, day=text, n_turns=2)], EN, current=text),
            render_verify.result_html(shown, text, EN),
            render_statements.filter_html(
                EN, people=[text], outlets=[text], languages=[text], view=View(speaker=text, outlet=text)
            ),
            render_statements.table_html([hostile], View(words=text), EN),
            render_statements.table_html([], View(), EN, error=text),
            render_statements.counts_html(text, (text,), ((text,),), EN),
            render_articles.list_html([article_row(article, n_statements=1)], EN, words="", may_forget=True),
            render_articles.results_html([(text, "failed", text)], EN, mark=text),
            render_articles.progress_html(1, 2, text, EN),
            reading_html(Reading(article=article, statements=(statement,), focus=statement, place=text), EN),
        )
    )


@settings(deadline=None, max_examples=60)
@given(st.one_of(st.text(min_size=1), st.sampled_from([HOSTILE, '"><script>', "' onmouseover='x", "</mark></div><b>"])))
def test_no_text_ever_adds_an_element_or_an_attribute(text: str) -> None:
    page = everything(text)
    tags = Tags(page)
    assert {tag for tag, _ in tags.elements} <= ALLOWED
    names = {name for _, attributes in tags.elements for name in attributes}
    assert {name for name in names if not re.fullmatch(r"data-[a-z]+(-id)?", name)} <= ATTRIBUTES
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", page)
    page.encode()
