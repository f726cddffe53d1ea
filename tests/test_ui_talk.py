"""What a conversation on the page keeps, and what is drawn and filtered, without a browser."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest

from index import Library
from index.errors import InputError
from index.records import Addressee, Article, Person, Span, Statement
from rag.answer import Answer, Citation, Difference, Understood
from rag.contract import StatementRow
from ui import history, plots
from ui.history import History
from ui.pages import Pages, Visitor
from ui.render import Turn
from ui.render_statements import View
from ui.rows import statement_row
from ui.settings import ChatSettings
from ui.shelf import Shelf
from ui.talk import Talk, Talks
from ui.texts import load_texts

EN = load_texts("en")
KARI, OLA = Person(id="kari-berg", name="Kari Berg"), Person(id="ola-nord", name="Ola Nord")
TEXT = "“I will not go,” Kari Berg told Ola Nord. “We stay,” Ola Nord said."


def statement(words: str, who: Person, *, to: Person | None = None, number: int = 1) -> Statement:
    start, name = TEXT.index(words), TEXT.index(who.name, TEXT.index(words))
    return Statement(
        id=f"s{number}",
        article_id="a1",
        content=(Span(start, start + len(words)),),
        source=(Span(name, name + len(who.name)),),
        speaker=who,
        addressee=Addressee(span=None, person=to) if to else None,
        kind="direct",
        quoted=(Span(start, start + len(words)),),
        language="en",
    )


class Attributed:
    statements: tuple[Statement, ...] = (statement("I will not go", KARI, to=OLA), statement("We stay", OLA, number=2))
    people: tuple[Person, ...] = (KARI, OLA)


ARTICLE = Article(id="a1", text=TEXT, language="en", outlet="The Sample", title="A visit", published=date(2024, 6, 26))


@pytest.fixture
def pages(tmp_path: Path) -> Iterator[Pages]:
    with Library(tmp_path / "library", create=True) as library:
        library.add(ARTICLE, (), Attributed())
        library.update_people()
    settings = ChatSettings(library=tmp_path / "library")
    with Shelf(settings.library) as shelf:
        yield Pages(shelf, Talks(shelf, History(settings.history_file)), settings)


VISITOR = Visitor(language="en", owner="browser one")


def asked(pages: Pages, question: str, conversation: str = "", visitor: Visitor = VISITOR) -> str:
    *_, (shown, _, _) = pages.ask(visitor, {"question": question, "conversation": conversation})
    return shown


def id_of(shown: str) -> str:
    return shown.split('data-conversation="', 1)[1].split('"', 1)[0]


def test_an_answer_comes_line_by_line_and_then_whole(pages: Pages) -> None:
    steps = [shown for shown, _, _ in pages.ask(VISITOR, {"question": "What did Kari Berg say?"})]
    assert "ws-pending" in steps[0]
    assert "I will not go" not in steps[0]
    assert "I will not go" in steps[1]
    assert "ws-pending" in steps[1]
    assert "ws-pending" not in steps[-1]
    assert 'data-do="cite"' in steps[-1]


def test_a_conversation_is_its_owners_alone(pages: Pages) -> None:
    key = id_of(asked(pages, "What did Kari Berg say?"))
    mine, _, listed = pages.open(VISITOR, {"id": key})
    assert "I will not go" in mine
    assert key in listed
    stranger = replace(VISITOR, owner="browser two")
    theirs, _, their_list = pages.open(stranger, {"id": key})
    assert "I will not go" not in theirs
    assert their_list == ""
    pages.delete(stranger, {"id": key})
    assert "I will not go" in pages.open(VISITOR, {"id": key})[0]


def test_a_conversation_goes_on_after_the_server_was_started_again(pages: Pages, tmp_path: Path) -> None:
    key = id_of(asked(pages, "What did Kari Berg say to Ola Nord?"))
    settings = ChatSettings(library=tmp_path / "library")
    with Shelf(settings.library) as shelf:
        again = Pages(shelf, Talks(shelf, History(settings.history_file)), settings)
        assert "I will not go" in again.open(VISITOR, {"id": key})[0]
        # "He" is whom the kept question named.
        assert "We stay" in asked(again, "And what did Ola Nord say?", key)
        assert again.open(VISITOR, {"id": key})[0].count('class="ws-turn"') == 2


def test_a_part_is_set_aside_replaced_and_put_back(pages: Pages) -> None:
    key = id_of(asked(pages, "What did Kari Berg say?"))

    def mend(**given: str) -> str:
        *_, (shown, _, _) = pages.change(VISITOR, {"conversation": key, "turn": "0", "part": "speaker", **given})
        return shown

    assert "We stay" in mend(value="Ola Nord")
    assert "ws-chip-removed" in mend(value="")
    assert "I will not go" in mend(value="", back="1")


@pytest.mark.parametrize("turn", ["7", "-1", "x", "", "99999999999999"])
def test_what_a_browser_may_send_breaks_nothing(pages: Pages, turn: str) -> None:
    key = id_of(asked(pages, "What did Kari Berg say?"))
    assert "ws-empty" in pages.cite(VISITOR, {"conversation": key, "turn": turn, "n": "1"})
    *_, (shown, _, _) = pages.change(VISITOR, {"conversation": key, "turn": turn, "part": "speaker", "value": "x"})
    assert "I will not go" in shown
    assert "no day" in pages.table(VISITOR, {"since": "yesterday"})
    assert "no longer" in pages.read(VISITOR, {"article": "../../etc/passwd"})


def test_the_table_filters_by_every_column(pages: Pages) -> None:
    def kept(**given: str) -> list[str]:
        return [row["id"] for row in pages.rows(View.of(given))]

    assert kept() == ["s1", "s2"]
    assert kept(speaker="berg") == kept(addressee="Nord") == kept(words="NOT GO") == ["s1"]
    assert (
        kept(speaker="nobody") == kept(outlet="Other") == kept(language="nb") == kept(kind="indirect") == kept(act="deny") == []
    )
    assert kept(since="2024-06-26", until="2024-06-26") == ["s1", "s2"]
    assert kept(since="2024-06-27") == kept(until="2024-06-25") == []
    assert kept(sort="-quote") == ["s2", "s1"]
    # Without an addressee it comes last, whichever way round.
    assert kept(sort="addressee") == kept(sort="-addressee") == ["s1", "s2"]


def test_the_table_sees_what_another_process_adds(pages: Pages, tmp_path: Path) -> None:
    assert len(pages.rows(View())) == 2
    with Library(tmp_path / "library", write=True) as library:
        library.forget("a1")
    assert pages.rows(View()) == []


# --- The file


def full_turn() -> Turn:
    cited = Citation(
        n=1, article="a1", path="p", outlet="O", title=None, url=None, published="2024-06-26", language="en", spans=(Span(1, 5),),
        quote="I wi", kind="direct", speaker="Kari Berg", quoted=(Span(1, 5),), score=0.5,
    )  # fmt: skip
    answer = Answer(
        question="?", language="en", text="I wi [1]", verdict="altered", citations=(cited,), seconds=0.1, understood="u",
        parts=(Understood(part="topic", value="v", words="w"),), differences=(Difference(asked="a", found="b"),),
        notices=("n",), statements=("s1",),
    )  # fmt: skip
    return Turn(question="? \udc80", answer=answer, groups=((1,),), changes=(("topic", "v"),), offers=("o",))


def test_a_turn_read_from_the_file_is_the_one_that_was_kept(tmp_path: Path) -> None:
    store = History(tmp_path / "history.sqlite")
    store.keep("kari", "c1", 0, full_turn())
    store.close()
    assert History(tmp_path / "history.sqlite").turns("kari", "c1") == (full_turn(),)


def test_the_file_does_not_know_who_owns_what(tmp_path: Path) -> None:
    store = History(tmp_path / "history.sqlite")
    store.keep("browser a-secret-number", "c1", 0, Turn(question="Who?"))
    store.close()
    assert b"a-secret-number" not in b"".join(path.read_bytes() for path in tmp_path.iterdir())
    assert (tmp_path / "history.sqlite").stat().st_mode & 0o077 == 0


def test_the_oldest_conversation_gives_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "MOST_CONVERSATIONS", 2)
    store = History(tmp_path / "history.sqlite")
    for name in ("c1", "c2", "c3"):
        store.keep("kari", name, 0, Turn(question=name))
    store.keep("ola", "c1", 0, Turn(question="other"))
    assert [listed.title for listed in store.listed("kari")] == ["c3", "c2"]
    assert len(store.listed("ola")) == 1
    assert store.turns("kari", "c1") == ()


def test_a_file_that_is_none_of_ours_is_named(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite").write_text("no database, but long enough to be looked at as one" * 20)
    with pytest.raises(InputError, match=r"conversations cannot be kept in .* name another file"):
        History(tmp_path / "history.sqlite")
    with pytest.raises(sqlite3.DatabaseError):
        sqlite3.connect(tmp_path / "history.sqlite").execute("SELECT * FROM sqlite_master")


# --- The table


def many(number: int, *, n: int) -> tuple[Article, Attributed]:
    """An article with so many statements, by its own speaker, each with words of its own."""
    who = Person(id=f"p{number}", name=f"Person {number}")
    words = [f"sentence {number}-{k}" for k in range(n)]
    article = Article(
        id=f"a{number}", text=" ".join(words), language="en", outlet=f"Outlet {number % 3}", published=date(2024, 6, 1 + number)
    )
    found, at = [], 0
    for k, piece in enumerate(words):
        span = Span(at, at + len(piece))
        found.append(
            Statement(id=f"{number}-{k}", article_id=article.id, content=(span,), speaker=who, kind="direct", language="en")
        )
        at = span.end + 1
    attributed = Attributed()
    attributed.statements, attributed.people = tuple(found), (who,)
    return article, attributed


def test_ten_thousand_statements_are_filtered_sorted_and_shown_in_pages(tmp_path: Path) -> None:
    with Library(tmp_path / "library", create=True) as library:
        for number in range(20):
            article, attributed = many(number, n=500)
            library.add(article, (), attributed)
        library.update_people()
    settings = ChatSettings(library=tmp_path / "library")
    with Shelf(settings.library) as shelf:
        pages = Pages(shelf, Talks(shelf, History(settings.history_file)), settings)
        visitor = Visitor(language="en", owner="kari")
        last = pages.table(visitor, {"page": "200"})
        assert last.count('data-do="read"') == 50
        assert "9951–10000 of 10000" in last.replace(",", "")
        assert "sentence 19-499" in last
        # What a browser gets is one page of them, however many there are.
        assert len(last) < 100_000
        assert [row["id"] for row in pages.rows(View(words="19-499"))] == ["19-499"]
        ordered = [row["outlet"] for row in pages.rows(View(sort="-outlet"))]
        assert len(ordered) == 10_000
        assert ordered == sorted(ordered, key=str, reverse=True)


# --- Plots


def row(**changes: Any) -> StatementRow:
    values: Any = statement_row(Attributed.statements[0], ARTICLE) | changes
    return cast("StatementRow", values)


def test_plots_count_what_the_rows_have() -> None:
    rows = [row(), row(), row(addressee=None), row(speaker=None), row(published=None, addressee="Per")]
    # Three with a speaker and a day; two to Ola, one to Per.
    assert [(one.speaker, one.since, one.n) for one in plots.who_when(rows)] == [("Kari Berg", date(2024, 6, 26), 3)]
    assert [(one.addressee, one.n) for one in plots.who_whom(rows)] == [("Ola Nord", 2), ("Per", 1)]


def test_a_long_stretch_is_told_by_the_week_or_month() -> None:
    # Wednesday the 26th lies in the week of Monday the 24th.
    by_week = plots.who_when([row(), row(published="2024-09-26")])
    assert [one.since.isoformat() for one in by_week] == ["2024-06-24", "2024-09-23"]
    by_month = plots.who_when([row(), row(published="2026-09-26")])
    assert [one.since.isoformat() for one in by_month] == ["2024-06-01", "2026-09-01"]


def test_a_name_is_no_markup_in_a_plot() -> None:
    rows = [row(speaker="<a href='javascript:x'>K</a>", addressee="<b>O</b>")]
    drawn = plots.graph(plots.who_whom(rows), EN).to_json() + plots.timeline(plots.who_when(rows), EN).to_json()
    assert "<a" not in drawn
    assert "\\u003ca" not in drawn
    assert "<b>" not in drawn
    assert "\\u003cb\\u003e" not in drawn


def test_a_full_conversation_says_so(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.talk.MOST_TURNS", 1)
    key = id_of(asked(pages, "What did Kari Berg say?"))
    assert "has 1 questions, which is the most" in asked(pages, "And Ola Nord?", key)


def test_a_talk_is_new_for_an_id_that_is_none(pages: Pages) -> None:
    for strange in ("../x", "a" * 100, "'; DROP TABLE turn; --", ""):
        assert pages.open(VISITOR, {"id": strange})[0].count("ws-turn") == 0
    assert Talk(id="x").turns == ()
