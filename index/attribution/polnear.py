"""A PolNeAR folder → articles with the attributions that people marked in them.

Newell, Margolin and Ruths, "An Attribution Relations Corpus for Political News", LREC 2018. Used to train the tagger
and to measure it; the corpus itself is no part of this project.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from index.errors import InputError
from index.records import Span

Split = Literal["train", "dev", "test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribution:
    """One marked attribution; each role holds its pieces in the order of the text, none where it was not marked."""

    content: tuple[Span, ...] = ()
    cue: tuple[Span, ...] = ()
    source: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedArticle:
    """One article of the corpus. Spans count in `text`, which keeps its line endings as they are in the file."""

    name: str
    text: str
    attributions: tuple[Attribution, ...]


# "T1\tSource 110 112\twe"; a span in several pieces is "T4\tContent 5 9;12 20\t…"
_SPAN_LINE = re.compile(r"(T\d+)\t\w+ (\d+ \d+(?:;\d+ \d+)*)\t")
# "E1\tAttribution:T4 Content:T3 Cue:T2 Source:T1"; a role that comes again is numbered: "Source2:T9"
_ROLE = re.compile(r"(Content|Cue|Source)\d*:(T\d+)")


def parse_standoff(lines: str, *, n_characters: int) -> tuple[Attribution, ...]:
    r"""The attributions of one `.ann` file, in its order; malformed lines and spans outside the text are left out.

    >>> parse_standoff("T1\tSource 0 2\tHe\nT2\tCue 3 7\tsaid\nT3\tContent 8 10\tit\n"
    ...     "E1\tAttribution:T2 Content:T3 Cue:T2 Source:T1\n", n_characters=10)[0].content
    (Span(start=8, end=10),)
    """
    pieces: dict[str, tuple[Span, ...]] = {}
    events: list[str] = []
    for line in lines.split("\n"):
        if match := _SPAN_LINE.match(line):
            pairs = [tuple(map(int, pair.split())) for pair in match[2].split(";")]
            pieces[match[1]] = tuple(sorted(Span(start, end) for start, end in pairs if start < end <= n_characters))
        elif re.match(r"E\d+\t", line):
            events.append(line)
    found = []
    for event in events:
        roles: dict[str, set[Span]] = {"Content": set(), "Cue": set(), "Source": set()}
        for role, key in _ROLE.findall(event):
            roles[role].update(pieces.get(key, ()))
        if any(roles.values()):
            found.append(
                Attribution(
                    content=tuple(sorted(roles["Content"])),
                    cue=tuple(sorted(roles["Cue"])),
                    source=tuple(sorted(roles["Source"])),
                )
            )
    return tuple(found)


def read_annotators(folder: Path, split: Split) -> Iterator[tuple[AnnotatedArticle, ...]]:
    """Every article of one split in the order of their names, once for each of its annotators in sorted order.

    Args:
        folder: Holds `SPLIT/text/NAME.txt` and `SPLIT/attributions/NAME_ANNOTATOR.ann`.
    Raises:
        InputError: `folder` is no PolNeAR folder.
    """
    texts = sorted((folder / split / "text").glob("*.txt"))
    if not texts:
        raise InputError(
            f"found no {split}/text/*.txt in {folder}, expected a PolNeAR folder; give the folder that holds {split}/"
        )
    for path in texts:
        annotations = sorted((folder / split / "attributions").glob(f"{path.stem}_*.ann"))
        try:
            # newline="" keeps CRLF, which the offsets count as two characters
            with path.open(encoding="utf-8", newline="") as file:
                text = file.read()
            lines = [annotation.read_text(encoding="utf-8") for annotation in annotations]
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"cannot read {path} or its annotations: {error}; fetch the corpus again") from error
        if lines:
            yield tuple(
                AnnotatedArticle(name=path.stem, text=text, attributions=parse_standoff(one, n_characters=len(text)))
                for one in lines
            )


def read_polnear(folder: Path, split: Split) -> Iterator[AnnotatedArticle]:
    """The articles of one split, each with its first annotator's attributions; see `read_annotators`."""
    for annotators in read_annotators(folder, split):
        yield annotators[0]
