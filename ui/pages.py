"""The four pages of the chat: what a visitor does on them, as values in and HTML out; `ui/web.py` carries it to a browser."""

import logging
import secrets
import threading
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from index.errors import InputError, NotFoundError, WhosaidError
from index.library import Filters, Library
from index.people import match_people
from rag.contract import ArticleRow, StatementRow
from rag.query import verify
from ui import plots, service
from ui import render_articles as articles_page
from ui import render_chat as chat
from ui import render_statements as statements_page
from ui import render_verify as verify_page
from ui.render import Turn, place
from ui.render_html import Reading, button, html, html_line, reading_html
from ui.render_statements import View
from ui.rows import article_row, rows_to_csv, rows_to_json, statement_row
from ui.settings import ChatSettings
from ui.shelf import Shelf
from ui.talk import Talk, Talks, turn_of
from ui.texts import PAGE_LANGUAGES, PageLanguage, Texts, load_texts
from ui.uploads import Upload, add_text, add_uploads, forget

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

LOG = logging.getLogger(__name__)
# So many names are offered while one is typed, the most quoted first.
MOST_NAMES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """Who looks at the page: the language of its words, and the owner of what is asked."""

    language: PageLanguage
    owner: str

    @property
    def texts(self) -> Texts:
        return load_texts(self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What every part of the page shows when it is opened."""

    head: str
    history: str
    conversation: str
    composer: str
    examples: str
    evidence: str
    filter: str
    plot: str
    table: str
    verify: str
    articles: str
    add: str
    paste: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """The two plots of some rows, None where there is nothing to draw, and what they show as tables."""

    timeline: "Figure | None"
    graph: "Figure | None"
    tables: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """All statements of a library with what a search in them looks at."""

    mark: object
    rows: tuple[StatementRow, ...]
    folded: tuple[str, ...]


class Pages:
    """What the pages show of one library."""

    def __init__(self, shelf: Shelf, talks: Talks, settings: ChatSettings) -> None:
        self._shelf = shelf
        self._talks = talks
        self._settings = settings
        self._mutex = threading.Lock()
        self._rows: _Rows | None = None

    # --- The page as a whole

    def start(self, visitor: Visitor, conversation: str) -> Start:
        """The page as it opens, with the conversation that the address names."""
        texts = visitor.texts
        talk = self._talks.open(visitor.owner, conversation)
        with self._shelf.reading() as library:
            examples = service.example_questions(library)
            people = _names(library)
            outlets, languages = library.outlets(), library.languages()
        shown, evidence = self._shown(talk, texts)
        may_add = self._settings.takes_uploads
        return Start(
            head=self._head(visitor),
            history=self._history(visitor, talk.id),
            conversation=shown,
            composer=chat.composer_html(texts, people=people, outlets=outlets),
            examples=chat.examples_html(examples, texts),
            evidence=evidence,
            filter=statements_page.filter_html(texts, people=people, outlets=outlets, languages=languages),
            plot=button(texts.say("plots"), "plot"),
            table=self.table(visitor, {}),
            verify=verify_page.form_html(texts, people=people),
            articles=self.articles(visitor, {}),
            add=articles_page.upload_html(texts) if may_add else f'<p class="ws-note">{texts.say("upload_off")}</p>',
            paste=articles_page.paste_html(texts) if may_add else "",
        )

    # --- Ask

    def _shown(self, talk: Talk, texts: Texts, *, number: int | None = None) -> tuple[str, str]:
        """The conversation, and the article that the last turn (or another one) cites first."""
        number = len(talk.turns) - 1 if number is None else number
        turn = talk.turns[number] if talk.turns else None
        n = turn.evidence[0].citation.n if turn and turn.evidence else None
        chosen = (number, n) if n is not None else None
        return (
            chat.conversation_html(talk.turns, texts, conversation=talk.id if talk.turns else "", chosen=chosen),
            chat.evidence_html(turn, number, texts, n=n),
        )

    def _history(self, visitor: Visitor, current: str) -> str:
        return chat.history_html(self._talks.listed(visitor.owner), visitor.texts, current=current)

    def ask(self, visitor: Visitor, given: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """Conversation, evidence and history while a question is answered, and when it is."""
        texts, question = visitor.texts, str(given.get("question", "")).strip()[: chat.LONGEST_QUESTION]
        talk = self._talks.open(visitor.owner, str(given.get("conversation", "")))
        if not question:
            yield (*self._shown(talk, texts), self._history(visitor, talk.id))
            return
        before = talk.turns
        empty = chat.evidence_html(None, 0, texts, n=None)
        yield (
            chat.conversation_html(before, texts, conversation=talk.id, pending=question),
            empty,
            self._history(visitor, talk.id),
        )
        for piece in self._talks.ask(visitor.owner, talk, question, texts):
            if isinstance(piece, Talk):
                yield (*self._shown(piece, texts), self._history(visitor, piece.id))
            else:
                shown = chat.conversation_html(before, texts, conversation=talk.id, pending=question, lines=piece)
                yield shown, empty, self._history(visitor, talk.id)

    def change(self, visitor: Visitor, given: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
        """The same when a part of what a question was taken to mean is changed, and it is asked again."""
        texts = visitor.texts
        talk = self._talks.open(visitor.owner, str(given.get("conversation", "")))
        number, part = _number(given.get("turn"), len(talk.turns)), str(given.get("part", ""))
        if number is not None and part:
            value = None if given.get("back") else str(given.get("value", ""))[:200]
            for piece in self._talks.change(visitor.owner, talk, number, {part: value}, texts):
                talk = piece if isinstance(piece, Talk) else talk
        yield (*self._shown(talk, texts, number=number), self._history(visitor, talk.id))

    def cite(self, visitor: Visitor, given: Mapping[str, Any]) -> str:
        """The article that a citation points into."""
        talk = self._talks.open(visitor.owner, str(given.get("conversation", "")))
        number, n = _number(given.get("turn"), len(talk.turns)), _number(given.get("n"), 10_000)
        turn = talk.turns[number] if number is not None else None
        return chat.evidence_html(turn, number or 0, visitor.texts, n=n, by_hand=secrets.token_hex(4))

    def open(self, visitor: Visitor, given: Mapping[str, Any]) -> tuple[str, str, str]:
        """A conversation that was kept; an empty one where there is none of that id."""
        talk = self._talks.open(visitor.owner, str(given.get("id", "")))
        return (*self._shown(talk, visitor.texts), self._history(visitor, talk.id))

    def again(self, visitor: Visitor, given: Mapping[str, Any]) -> tuple[str, str, str]:
        """An empty conversation; the one on show stays in the list."""
        return self.open(visitor, {})

    def delete(self, visitor: Visitor, given: Mapping[str, Any]) -> tuple[str, str, str]:
        """What is left when a conversation is deleted: the one on show, or an empty one if it was that."""
        gone = str(given.get("id", ""))
        self._talks.delete(visitor.owner, gone)
        here = str(given.get("conversation", ""))
        return self.open(visitor, {"id": "" if here == gone else here})

    # --- Statements

    def table(self, visitor: Visitor, given: Mapping[str, Any]) -> str:
        """The table for a view of it; a filter that cannot be used is told instead."""
        view = View.of(given)
        try:
            rows = self.rows(view)
        except WhosaidError as error:
            return statements_page.table_html((), view, visitor.texts, error=str(error))
        return statements_page.table_html(rows, view, visitor.texts)

    def rows(self, view: View) -> list[StatementRow]:
        """The statements that pass a view's filters, in its order.

        Raises:
            InputError: A day that is none.
            LibraryError: The library cannot be read.
        """
        with self._shelf.reading() as library:
            everything = self._all_rows(library)
            people = library.people() if view.speaker or view.addressee else ()
        since, until = _day(view.since), _day(view.until)
        speakers = {match.person.name for match in match_people(view.speaker, people)} if view.speaker else set()
        told = {match.person.name for match in match_people(view.addressee, people)} if view.addressee else set()
        words = fold(view.words)

        def fits(row: StatementRow, text: str) -> bool:
            return (
                (not words or words in text)
                and _is_named(row["speaker"] or row["mention"], view.speaker, speakers)
                and _is_named(row["addressee"], view.addressee, told)
                and (not view.outlet or row["outlet"] == view.outlet)
                and (not view.language or row["language"] == view.language)
                and (not view.act or row["act"] == view.act)
                and (not view.kind or row["kind"] == view.kind)
                and (not since or (row["published"] or "") >= since)
                and (not until or "" < (row["published"] or "") <= until)
            )

        kept = [row for row, text in zip(everything.rows, everything.folded, strict=True) if fits(row, text)]
        column = view.column
        # What has no value stands last either way; the order of dates and places keeps ties in theirs.
        there = [row for row in kept if row[column]]
        there.sort(key=lambda row: fold(str(row[column])), reverse=view.descends)
        return there + [row for row in kept if not row[column]]

    def _all_rows(self, library: Library) -> _Rows:
        mark = _mark(library.path)
        with self._mutex:
            if self._rows is not None and self._rows.mark == mark:
                return self._rows
        rows = tuple(
            statement_row(statement, article) for statement, article in service.statements_with_articles(library, Filters())
        )
        made = _Rows(mark=mark, rows=rows, folded=tuple(fold(row["quote"]) for row in rows))
        with self._mutex:
            self._rows = made
        return made

    def export(self, _: Visitor, given: Mapping[str, Any]) -> str:
        """The filtered rows as a file for the browser to save."""
        as_json = given.get("format") == "json"
        try:
            rows = self.rows(View.of(given))
        except WhosaidError:
            rows = []
        text = rows_to_json(rows) if as_json else rows_to_csv(rows)
        name, kind = ("statements.json", "application/json") if as_json else ("statements.csv", "text/csv")
        # Not `html`: a file is saved as it is, only the attribute around it needs care.
        data = f'data-name="{name}" data-type="{kind}" data-mark="{secrets.token_hex(4)}"'
        return f'<span data-save-now="{escape_exactly(text)}" {data}></span>'

    def draw(self, visitor: Visitor, given: Mapping[str, Any]) -> Drawn:
        """The plots of the filtered rows."""
        texts = visitor.texts
        try:
            rows = self.rows(View.of(given))
        except WhosaidError:
            rows = []
        spoke, told = plots.who_when(rows), plots.who_whom(rows)
        notes = []
        if len({one.speaker for one in spoke}) > plots.MOST_SPEAKERS:
            notes.append(texts.say("most_speakers", n=plots.MOST_SPEAKERS))
        if len(told) > plots.MOST_PAIRS:
            notes.append(texts.say("most_pairs", n=plots.MOST_PAIRS))
        if not spoke and not told:
            notes.append(texts.say("no_plot"))
        when = [(one.speaker, one.since.isoformat(), one.n) for one in spoke]
        whom = [(one.speaker, one.addressee, one.n) for one in told]
        number, column = texts.say("n_column"), texts.say
        tables = "".join(f'<p class="ws-note">{note}</p>' for note in notes)
        tables += statements_page.counts_html(
            texts.say("timeline"), (column("column_speaker"), column("column_published"), number), when, texts
        )
        tables += statements_page.counts_html(
            texts.say("graph"), (column("column_speaker"), column("column_addressee"), number), whom, texts
        )
        return Drawn(
            timeline=plots.timeline(spoke, texts) if spoke else None,
            graph=plots.graph(told, texts) if told else None,
            tables=tables,
        )

    # --- Articles

    def read(self, visitor: Visitor, given: Mapping[str, Any]) -> str:
        """An article with all its statements marked, or one of them."""
        texts = visitor.texts
        try:
            with self._shelf.reading() as library:
                article = library.article(str(given.get("article", "")))
                statements = library.statements(Filters(articles=frozenset({article.id})))
        except NotFoundError:
            return f'<p class="ws-empty" role="alert">{texts.say("article_gone")}</p>'
        except WhosaidError as error:
            return f'<p class="ws-error" role="alert">{html(str(error))}</p>'
        focus = next((statement for statement in statements if statement.id == given.get("statement")), None)
        at = _number(given.get("at"), len(article.text)) or 0
        where = place(article, focus.content if focus else (), first_line=service.first_line(article)) if focus else article.path
        mark = secrets.token_hex(4)
        return reading_html(Reading(article=article, statements=statements, focus=focus, at=at, place=where, mark=mark), texts)

    def articles(self, visitor: Visitor, given: Mapping[str, Any]) -> str:
        """The list of articles, as far as they fit what is looked for."""
        rows: list[ArticleRow] = []
        try:
            with self._shelf.reading() as library:
                rows = [article_row(article, n_statements=n) for article, n in service.articles_with_counts(library)]
        except WhosaidError as error:
            return f'<p class="ws-error" role="alert">{html(str(error))}</p>'
        return articles_page.list_html(
            rows,
            visitor.texts,
            words=str(given.get("words", ""))[:200],
            page=(_number(given.get("page"), 1_000_000) or 1),
            may_forget=self._settings.takes_uploads,
        )

    def _head(self, visitor: Visitor) -> str:
        with self._shelf.reading() as library:
            counts = library.counts
        return chat.head_html(counts.articles, counts.statements, visitor.texts, languages=PAGE_LANGUAGES)

    def add_files(self, visitor: Visitor, files: Sequence[Path]) -> Iterator[tuple[str | None, ...]]:
        """Progress, and at last what came of each file, the list, the heading and the table; None where nothing changes."""
        texts = visitor.texts
        results: list[tuple[str, str, str]] = []
        yield articles_page.progress_html(0, len(files), "", texts), None, None, None
        try:
            sent = [Upload(name=file.name, content=file.read_bytes()) for file in files]
            limits = self._settings.upload_limits
            for done, result in enumerate(add_uploads(self._settings.library, sent, limits=limits), start=1):
                results.append((result.name, result.outcome, result.why or ""))
                yield articles_page.progress_html(done, len(files), result.name, texts), None, None, None
        except WhosaidError as error:
            yield self._after_change(visitor, f'<p class="ws-error" role="alert">{html(str(error))}</p>')
            return
        yield self._after_change(visitor, articles_page.results_html(results, texts, mark=secrets.token_hex(4)))

    def add_text(self, visitor: Visitor, given: Mapping[str, Any]) -> Iterator[tuple[str | None, ...]]:
        """The same for an article that was pasted."""
        texts = visitor.texts
        values = {name: str(given.get(name, "")).strip() for name in ("title", "outlet", "published", "url")}
        yield articles_page.progress_html(0, 1, values["title"][:200], texts), None, None, None
        try:
            day = _day(values["published"])
            result = add_text(
                self._settings.library,
                str(given.get("text", "")),
                title=values["title"] or None,
                outlet=values["outlet"] or None,
                published=date.fromisoformat(day) if day else None,
                url=values["url"] or None,
            )
        except WhosaidError as error:
            yield self._after_change(visitor, f'<p class="ws-error" role="alert">{html(str(error))}</p>')
            return
        shown = [(values["title"] or result.name, result.outcome, result.why or "")]
        yield self._after_change(visitor, articles_page.results_html(shown, texts, mark=secrets.token_hex(4)))

    def forget(self, visitor: Visitor, given: Mapping[str, Any]) -> Iterator[tuple[str | None, ...]]:
        """The same when an article is taken out of the library."""
        texts = visitor.texts
        try:
            (gone,) = forget(self._settings.library, [str(given.get("article", ""))])
        except WhosaidError as error:
            yield self._after_change(visitor, f'<p class="ws-error" role="alert">{html(str(error))}</p>')
            return
        said = html_line(texts.say("forgotten", title=gone.title or texts.say("untitled")))
        shown = f'<p class="ws-note" data-announce="{said}" data-announce-id="{html_line(gone.id)}">{said}</p>'
        yield self._after_change(visitor, shown)

    def _after_change(self, visitor: Visitor, shown: str) -> tuple[str, str, str, str]:
        return shown, self.articles(visitor, {}), self._head(visitor), self.table(visitor, {})

    # --- Verify

    def verify(self, visitor: Visitor, given: Mapping[str, Any]) -> tuple[str, str, Turn]:
        """Verdict and evidence on a quotation, and the turn that its citations are looked up in."""
        texts = visitor.texts
        words = str(given.get("words", "")).strip()[: verify_page.LONGEST_WORDS]
        speaker = str(given.get("speaker", "")).strip()[:200]
        try:
            with self._shelf.reading() as library:
                answer = verify(words, speaker=speaker or None, library=library)
                turn = turn_of(words, answer, library)
        except WhosaidError as error:
            turn = Turn(question=words, error=str(error))
        # The edge: whatever breaks, this visitor's page must not wait for ever, and the others' must go on.
        except Exception:
            LOG.exception("a quotation could not be verified")
            turn = Turn(question=words, error=texts.say("broken"))
        n = turn.evidence[0].citation.n if turn.evidence else None
        return verify_page.result_html(turn, speaker, texts, chosen=n), chat.evidence_html(turn, 0, texts, n=n), turn


def fold(text: str) -> str:
    """Text for comparing: no case, no accents.

    >>> fold("Zúñiga")
    'zuniga'
    """
    return "".join(letter for letter in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(letter))


def escape_exactly(text: str) -> str:
    """Text for a quoted attribute, every character of it kept.

    >>> escape_exactly('a "b"' + chr(10))
    'a &quot;b&quot;&#10;'
    """
    from html import escape

    return escape(text, quote=True).replace("\r", "&#13;").replace("\n", "&#10;").replace("\x00", "")


def _names(library: Library) -> Sequence[str]:
    return [person.name for person, _ in library.most_quoted(limit=MOST_NAMES)]


def _number(value: object, end: int) -> int | None:
    """A whole number in [0, end), from what a browser sent; None for anything else."""
    text = str(value)
    if not text.isdecimal() or len(text) > 9:
        return None
    return int(text) if int(text) < end else None


def _day(text: str) -> str | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise InputError(f"{text!r} is no day; write it as 2024-06-26") from error


def _is_named(name: str | None, asked: str, names: set[str]) -> bool:
    return not asked or (name is not None and (name in names or fold(asked) in fold(name)))


def _mark(library: Path) -> object:
    """What changes whenever any process writes the library."""
    found: list[tuple[int, int, int] | None] = []
    for name in ("library.sqlite", "library.sqlite-wal"):
        try:
            status = (library / name).stat()
            found.append((status.st_ino, status.st_size, status.st_mtime_ns))
        except OSError:
            found.append(None)
    return tuple(found)
