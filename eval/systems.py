"""The edge to our own system: a folder of articles → corpus and library, and a library → answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eval.corpus import Corpus
from index.build import build
from index.errors import InputError
from index.library import Library
from index.reading import read_articles
from index.records import Article, Statement
from rag.conversation import Conversation
from rag.query import query
from rag.wording import Wording


class Whosaid:
    """Our own system over a library.

    Args:
        wording: A language model that words the answers; none by default.
    """

    def __init__(self, library: Library, *, wording: Wording | None = None) -> None:
        self.library = library
        self.wording = wording
        self.name = "whosaid" if wording is None else f"whosaid with {wording.model}"

    def ask(self, turns: Sequence[str]) -> Mapping[str, Any]:
        """The answer to the last question; the ones before it are a conversation."""
        told: list[tuple[int, int] | None] = []
        wording = replace(self.wording, count=told.append) if self.wording else None
        if len(turns) == 1:
            answer = query(turns[0], library=self.library, wording=wording).to_dict()
        else:
            conversation = Conversation(library=self.library, wording=wording)
            answer = [conversation.ask(turn) for turn in turns][-1].to_dict()
        counted = [tokens for tokens in told if tokens is not None]
        # Where one reply does not tell, the sum over the others would be too small.
        if len(counted) < len(told):
            return answer
        read, written = (sum(tokens[side] for tokens in counted) for side in (0, 1))
        return answer | {"usage": {"prompt_tokens": read, "completion_tokens": written}}

    def statements(self) -> tuple[Statement, ...]:
        """All that the library holds, to tell what was lost before any question was asked."""
        return self.library.statements()


def load_corpus(folder: Path) -> Corpus:
    """The articles of a folder, its README files aside (they are about the articles).

    Raises:
        InputError: The folder is none or empty, or a file in it cannot be read.
    """
    if not folder.is_dir():
        raise InputError(f"there is no folder of articles at {folder}; give one with --corpus")
    articles: dict[str, Article] = {}
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or _is_readme(path):
            continue
        found: list[Article] = []
        for item in read_articles(path):
            if not isinstance(item, Article):
                raise InputError(f"{path} cannot be read ({item.why}); a corpus with gold must be read whole")
            found.append(item)
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".jsonl":
            articles |= {f"{name}#{n}": article for n, article in enumerate(found, start=1)}
        else:
            articles |= dict.fromkeys([name], found[0]) if found else {}
    if not articles:
        raise InputError(f"the folder {folder} holds no article; give one with --corpus")
    return Corpus(articles=articles)


def build_library(corpus: Path, library: Path) -> None:
    """Index the corpus into a library; the articles that it has already are left alone.

    Raises:
        InputError: A file of the corpus could not be read.
    """
    report = build([corpus], library=library)
    if report.failed:
        first = report.failed[0]
        raise InputError(f"{first.path} could not be indexed ({first.why}); a corpus with gold must be read whole")


def _is_readme(path: Path) -> bool:
    return path.stem.upper() == "README" or path.name.startswith(".")
