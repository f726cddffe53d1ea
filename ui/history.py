"""Conversations kept in a file of their own, so that a reload or a restart of the server loses none.

Each belongs to an owner: whoever is logged in, or the browser that holds an unguessable number. The file knows owners by
a digest only. What was answered is kept as it was shown; articles are not, they stay in the library.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from index.errors import InputError
from index.records import Span
from rag.answer import Answer, Citation, Difference, Understood
from ui.render import Turn

# A person's conversations and a conversation's questions; beyond these the oldest conversation goes, and no question is
# taken any more.
MOST_CONVERSATIONS = 200
MOST_TURNS = 100
LONGEST_TITLE = 120

_SCHEMA = """
CREATE TABLE IF NOT EXISTS conversation (
    owner TEXT NOT NULL, id TEXT NOT NULL, title TEXT NOT NULL, changed TEXT NOT NULL, PRIMARY KEY (owner, id)
);
CREATE TABLE IF NOT EXISTS turn (
    owner TEXT NOT NULL, conversation TEXT NOT NULL, number INTEGER NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (owner, conversation, number),
    FOREIGN KEY (owner, conversation) REFERENCES conversation (owner, id) ON DELETE CASCADE
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A conversation in the list: its first question is its title; `day` is that of its last change, in UTC."""

    id: str
    title: str
    day: str
    n_turns: int


class History:
    """Conversations in an SQLite file, made if need be; may be used from several threads and processes.

    Raises:
        InputError: The file cannot be made or is none of ours.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     history = History(Path(folder) / "history.sqlite")
    ...     history.keep("kari", "c1", 0, Turn(question="Who?", error="No."))
    ...     listed, others = history.listed("kari"), history.listed("ola")
    ...     history.close()
    >>> listed[0].title, others
    ('Who?', ())
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._mutex = threading.Lock()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._sql = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=10)
            # Nobody but whoever runs the server has to do with what was asked.
            path.chmod(0o600)
            self._sql.executescript(f"PRAGMA journal_mode = WAL; PRAGMA foreign_keys = ON; {_SCHEMA}")
        except (OSError, sqlite3.Error) as error:
            raise InputError(
                f"conversations cannot be kept in {path}: {error}; name another file, or move this one away"
            ) from error

    def close(self) -> None:
        self._sql.close()

    def keep(self, owner: str, conversation: str, number: int, turn: Turn) -> None:
        """Keep a turn in place of the one that had its number; the owner's oldest conversation gives way to a new one."""
        key, now = _digest(owner), datetime.now(UTC).isoformat()
        title = " ".join(turn.question.split())[:LONGEST_TITLE]
        with self._transaction() as sql:
            sql.execute(
                "INSERT INTO conversation VALUES (?, ?, ?, ?) ON CONFLICT (owner, id) DO UPDATE SET changed = excluded.changed",
                (key, conversation, _clean(title), now),
            )
            sql.execute(
                "INSERT OR REPLACE INTO turn VALUES (?, ?, ?, ?)", (key, conversation, number, json.dumps(turn_record(turn)))
            )
            sql.execute(
                "DELETE FROM conversation WHERE owner = ? AND id NOT IN "
                "(SELECT id FROM conversation WHERE owner = ? ORDER BY changed DESC LIMIT ?)",
                (key, key, MOST_CONVERSATIONS),
            )

    def listed(self, owner: str) -> tuple[Listed, ...]:
        """The owner's conversations, the one that changed last first."""
        rows = self._rows(
            "SELECT id, title, changed, (SELECT count(*) FROM turn WHERE turn.owner = conversation.owner AND "
            "turn.conversation = conversation.id) FROM conversation WHERE owner = ? ORDER BY changed DESC",
            _digest(owner),
        )
        return tuple(Listed(id=row[0], title=row[1], day=row[2][:10], n_turns=row[3]) for row in rows)

    def turns(self, owner: str, conversation: str) -> tuple[Turn, ...]:
        """A conversation's turns in order, without their articles; none where the owner has no such conversation."""
        rows = self._rows(
            "SELECT record FROM turn WHERE owner = ? AND conversation = ? ORDER BY number", _digest(owner), conversation
        )
        return tuple(read_turn(json.loads(row[0])) for row in rows)

    def delete(self, owner: str, conversation: str) -> None:
        """Forget a conversation of the owner's; there need be none."""
        with self._transaction() as sql:
            sql.execute("DELETE FROM conversation WHERE owner = ? AND id = ?", (_digest(owner), conversation))

    def _rows(self, query: str, *values: object) -> list[Any]:
        with self._mutex:
            return self._sql.execute(query, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._mutex:
            self._sql.execute("BEGIN IMMEDIATE")
            try:
                yield self._sql
            except BaseException:
                self._sql.execute("ROLLBACK")
                raise
            self._sql.execute("COMMIT")


def turn_record(turn: Turn) -> dict[str, Any]:
    """A turn as JSON can carry it; its articles and what was read into the question as values stay behind."""
    answer = None
    if turn.answer is not None:
        answer = {name: getattr(turn.answer, name) for name in (*_ANSWER, "notices", "statements")} | {
            "citations": [asdict(citation) for citation in turn.answer.citations],
            "parts": [asdict(part) for part in turn.answer.parts],
            "differences": [asdict(part) for part in turn.answer.differences],
        }
    return {
        "question": turn.question,
        "error": turn.error,
        "answer": answer,
        "groups": turn.groups,
        "changes": turn.changes,
        "offers": turn.offers,
    }


_ANSWER = ("question", "language", "text", "abstained", "reason", "verdict", "seconds", "understood")


def read_turn(record: dict[str, Any]) -> Turn:
    """The turn of a record that `turn_record` made."""
    answer = None
    if record["answer"] is not None:
        kept: dict[str, Any] = record["answer"]
        answer = Answer(
            **{name: kept[name] for name in _ANSWER},
            notices=tuple(kept["notices"]),
            statements=tuple(kept["statements"]),
            citations=tuple(_read_citation(citation) for citation in kept["citations"]),
            parts=tuple(Understood(**part) for part in kept["parts"]),
            differences=tuple(Difference(**part) for part in kept["differences"]),
        )
    return Turn(
        question=record["question"],
        error=record["error"],
        answer=answer,
        groups=tuple(tuple(group) for group in record["groups"]),
        changes=tuple((part, value) for part, value in record["changes"]),
        offers=tuple(record["offers"]),
    )


def _read_citation(record: dict[str, Any]) -> Citation:
    spans = {name: tuple(Span(**span) for span in record[name]) for name in ("spans", "quoted")}
    return Citation(**(record | spans))


def _digest(owner: str) -> str:
    return hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()


def _clean(text: str) -> str:
    """Text that SQLite takes: halves of characters become their escapes."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")
