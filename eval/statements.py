"""Articles whose statements people listed × `attribute` → what is missed, what is spurious, what is wrong about the rest.

A list is JSONL, one statement a line, written by reading the articles. Contents are half-open character offsets, so that a list
on articles that are not part of the project holds none of their words.

    article      as in `Corpus`: file name, `name.jsonl#2` for the second article of a file that holds several
    content      [[start, end], …]; `also` gives other readings of where it begins and ends, each such a list
    words        optional: the pieces of content as they stand there; an error where they do not
    cue, source  [start, end] or null; for people, not judged
    speaker, addressee, reported_by, kind, polarity, modality
                 what is right, or a list of all that is; null where there must be none
    joins        true: may as well be one statement with the one on the line before ("“…,” she said. “…”")
    optional     true: a reasonable reader might leave it out; neither missed nor spurious
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from eval.corpus import Corpus
from eval.names import fold, names_agree
from index.attribution.extraction import attribute
from index.errors import InputError
from index.records import Addressee, Kind, Modality, Polarity, Span, Statement, quote

T = TypeVar("T")
Field = Literal["speaker", "addressee", "kind", "polarity", "modality", "reported_by"]
Offsets = tuple[tuple[int, int], ...]
# Shared characters ÷ characters of the longer of two contents, from which on they are the same statement.
ENOUGH = 0.5
# A wrong one of these makes a statement wrong; all are printed apart.
FIELDS: tuple[Field, ...] = ("speaker", "addressee", "kind", "polarity", "modality", "reported_by")


def _one_or_more(value: object) -> object:
    """A lone value, null too, stands for a list of one.

    >>> _one_or_more(None), _one_or_more(["direct", "mixed"])
    ([None], ['direct', 'mixed'])
    """
    return value if isinstance(value, list | tuple) else [value]


Accepted = Annotated[tuple[T, ...], BeforeValidator(_one_or_more)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of a list, as the module describes it; each field that is judged holds all values that are right."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    article: str
    content: Offsets
    words: tuple[str, ...] = ()
    also: tuple[Offsets, ...] = ()
    cue: tuple[int, int] | None = None
    source: tuple[int, int] | None = None
    speaker: Accepted[str | None] = (None,)
    addressee: Accepted[str | None] = (None,)
    reported_by: Accepted[str | None] = (None,)
    kind: Accepted[Kind]
    polarity: Accepted[Polarity] = ("positive",)
    modality: Accepted[Modality] = ("actual",)
    joins: bool = False
    optional: bool = False

    def __post_init__(self) -> None:
        for piece in (*self.content, *(piece for reading in self.also for piece in reading)):
            if not 0 <= piece[0] < piece[1]:
                raise ValueError(f"a piece of content needs 0 <= start < end, found {list(piece)}")
        if not all((self.content, self.kind, *self.also)):
            raise ValueError("content, its other readings and kind must not be empty")

    @property
    def spans(self) -> tuple[Span, ...]:
        return tuple(Span(start, end) for start, end in self.content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that a found statement says otherwise than its reader: `missing` where it says nothing instead."""

    field: Field
    expected: tuple[str | None, ...]
    found: str | None

    @property
    def missing(self) -> bool:
        return self.found is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A found statement and the listed ones that it is: one, or several that may be joined."""

    found: Statement
    listed: tuple[Listed, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One article's list against what was found in it.

    Args:
        missed: Listed, not optional, not found.
        spurious: Found, not listed.
    """

    article: str
    text: str
    n_listed: int
    matched: tuple[Matched, ...]
    missed: tuple[Listed, ...]
    spurious: tuple[Statement, ...]

    @property
    def n_required(self) -> int:
        """How many statements of the list are not optional."""
        found = sum(not item.optional for match in self.matched for item in match.listed)
        return found + len(self.missed)

    @property
    def n_found(self) -> int:
        """How many statements `attribute` gave."""
        return len(self.matched) + len(self.spurious)

    @property
    def n_wrong(self) -> int:
        """How many of the matched ones say something that is not so; what they leave unsaid is not wrong."""
        return sum(any(not fault.missing for fault in match.faults) for match in self.matched)


def load_listed(path: Path) -> tuple[Listed, ...]:
    """All lines of a list.

    Raises:
        InputError: The file cannot be read or a line breaks the schema; with the line's number.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"the list {path} cannot be read ({error}); give a JSONL file in UTF-8") from error
    adapter = TypeAdapter(Listed)
    found: list[Listed] = []
    for n, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            found.append(adapter.validate_json(line))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(part) for part in first["loc"]) or "the line"
            raise InputError(f"{path} line {n}: {where}: {first['msg']}; see eval/statements.py") from error
    if not found:
        raise InputError(f"the list {path} holds no statement; it needs one JSON object a line")
    return tuple(found)


def evaluate(listed: Sequence[Listed], corpus: Corpus) -> tuple[Compared, ...]:
    """Every article of the list, in its order, against what `attribute` finds there.

    Raises:
        InputError: An article is not in the corpus, or an offset or word not in its article.
    """
    results: list[Compared] = []
    for label, group in groupby(sorted(listed, key=attrgetter("article")), key=attrgetter("article")):
        items = tuple(group)
        article = corpus.articles.get(label)
        if article is None:
            raise InputError(f"the list names {label}, which is not in the corpus; is --corpus the right folder?")
        _check(items, article.text, label)
        found = attribute(article.text, language=article.language, article_id=article.id).statements
        results.append(compare(items, found, article=label, text=article.text))
    return tuple(results)


def _check(items: Sequence[Listed], text: str, label: str) -> None:
    for item in items:
        spans = (*item.spans, *(Span(*piece) for reading in item.also for piece in reading))
        if any(span.end > len(text) for span in spans):
            raise InputError(f"{label} has {len(text)} characters, the list expects {item.content}; mend the list")
        if item.words and item.words != tuple(span.of(text) for span in item.spans):
            raise InputError(f"{label} holds {quote(text, item.spans)!r} at {item.content}, the list expects {item.words}")


def overlap(left: Sequence[Span], right: Sequence[Span]) -> float:
    """Shared characters ÷ characters of the longer of the two, in [0, 1].

    >>> overlap([Span(0, 4)], [Span(2, 10)])
    0.25
    """
    # The pieces of one content stand apart, so that no character is counted twice.
    shared = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in left for b in right)
    longer = max(sum(span.length for span in left), sum(span.length for span in right))
    return shared / longer if longer else 0.0


def compare(listed: Sequence[Listed], found: Sequence[Statement], *, article: str = "", text: str = "") -> Compared:
    """Matches one against one, best overlap first, what is not optional before what is.

    A found statement that holds at least half of several listed ones that may be joined counts for all of them.
    """
    groups = _joined(listed)
    pairs = sorted(
        (
            (item.optional, -_best(item, groups[i], statement), i, j)
            for i, item in enumerate(listed)
            for j, statement in enumerate(found)
            if _best(item, groups[i], statement) >= ENOUGH
        ),
    )
    by_listed: dict[int, int] = {}
    for _, _, i, j in pairs:
        if i not in by_listed and j not in by_listed.values():
            by_listed[i] = j
    for i, item in enumerate(listed):
        if i in by_listed or len(groups[i]) == 1:
            continue
        for mate in groups[i]:
            if mate in by_listed and _held(item, found[by_listed[mate]]) >= ENOUGH:
                by_listed[i] = by_listed[mate]
                break
    matched: list[Matched] = []
    for j, statement in enumerate(found):
        if own := tuple(item for i, item in enumerate(listed) if by_listed.get(i) == j):
            matched.append(Matched(found=statement, listed=own, faults=find_faults(own[0], statement, text=text)))
    return Compared(
        article=article,
        text=text,
        n_listed=len(listed),
        matched=tuple(matched),
        missed=tuple(item for i, item in enumerate(listed) if i not in by_listed and not item.optional),
        spurious=tuple(statement for j, statement in enumerate(found) if j not in by_listed.values()),
    )


def _joined(listed: Sequence[Listed]) -> list[dict[int, Listed]]:
    """For each listed statement, itself and those that it may be joined with, by their place in the list."""
    groups: list[dict[int, Listed]] = []
    for i, item in enumerate(listed):
        if not (item.joins and groups):
            groups.append({})
        else:
            groups.append(groups[-1])
        groups[-1][i] = item
    return groups


def _best(item: Listed, group: dict[int, Listed], statement: Statement) -> float:
    readings = [item.spans, *(tuple(Span(*piece) for piece in reading) for reading in item.also)]
    if len(group) > 1:
        readings.append(tuple(span for mate in group.values() for span in mate.spans))
    return max(overlap(reading, statement.content) for reading in readings)


def _held(item: Listed, statement: Statement) -> float:
    """The share of a listed content's characters that a found statement holds."""
    inside = sum(max(0, min(a.end, b.end) - max(a.start, b.start)) for a in item.spans for b in statement.content)
    return inside / sum(span.length for span in item.spans)


def find_faults(listed: Listed, found: Statement, *, text: str) -> tuple[Fault, ...]:
    """What a found statement says otherwise than the listed one that it is."""
    faults: list[Fault] = []

    def judge(field: Field, accepted: tuple[str | None, ...], name: str | None, right: bool) -> None:
        if not right:
            faults.append(Fault(field=field, expected=accepted, found=name))

    speaker = found.speaker.name if found.speaker else None
    judge("speaker", listed.speaker, speaker, _is_one_of(speaker, listed.speaker))
    names = _addressee_names(found.addressee, text)
    right = any(_is_addressee(name, listed.addressee) for name in names) if names else None in listed.addressee
    judge("addressee", listed.addressee, " / ".join(names) or None, right)
    judge("kind", listed.kind, found.kind, found.kind in listed.kind)
    judge("polarity", listed.polarity, found.polarity, found.polarity in listed.polarity)
    judge("modality", listed.modality, found.modality, found.modality in listed.modality)
    judge("reported_by", listed.reported_by, found.reported_by, _is_one_of(found.reported_by, listed.reported_by))
    return tuple(faults)


def _is_one_of(name: str | None, accepted: tuple[str | None, ...]) -> bool:
    return None in accepted if name is None else any(names_agree(name, right) for right in accepted if right)


def _addressee_names(addressee: Addressee | None, text: str) -> tuple[str, ...]:
    if addressee is None:
        return ()
    names = (
        addressee.person.name if addressee.person else "",
        " ".join(addressee.span.of(text).split()) if addressee.span else "",
    )
    return tuple(dict.fromkeys(name for name in names if name))


def _is_addressee(name: str, accepted: tuple[str | None, ...]) -> bool:
    """A mention may be longer or shorter than the listed one: "the crowd" of "the crowd in the square"."""
    found = set(fold(name).split())
    for right in accepted:
        wanted = set(fold(right).split()) if right else set()
        if right and (names_agree(name, right) or found <= wanted or wanted <= found):
            return True
    return False


def format_compared(results: Sequence[Compared]) -> str:
    """Each miss, spurious statement and fault on a line, then the figures of each article and of all."""
    lines: list[str] = []
    for result in results:
        for item in result.missed:
            by = " / ".join(name or "nobody" for name in item.speaker)
            lines.append(f"{result.article}: missed: {quote(result.text, item.spans)!r} by {by}")
        for statement in result.spurious:
            by = statement.speaker.name if statement.speaker else "nobody"
            cue = quote(result.text, statement.cue)
            lines.append(
                f"{result.article}: spurious: {statement.words(result.text)!r} by {by}, cue {cue!r}, found by"
                f" {statement.found_by.name}"
            )
        for match in result.matched:
            for fault in match.faults:
                expected = " / ".join(str(value) for value in fault.expected)
                what = "missing" if fault.missing else "wrong"
                lines.append(
                    f"{result.article}: {what} {fault.field}: {fault.found}, expected {expected}:"
                    f" {match.found.words(result.text)!r}"
                )
    widths = max([len(result.article) for result in results] + [len("all")])
    lines += ["", f"{'':{widths}}  recall         wrong or spurious"]
    lines += [f"{result.article:{widths}}  {_figures((result,))}" for result in results]
    lines.append(f"{'all':{widths}}  {_figures(results)}")
    faults = [fault for result in results for match in result.matched for fault in match.faults]
    wrong, missing = (Counter(f.field for f in faults if f.missing is missing) for missing in (False, True))
    lines += ["", f"spurious {sum(len(result.spurious) for result in results)}"]
    lines += [f"{field}: wrong {wrong[field]}, missing {missing[field]}" for field in FIELDS if wrong[field] + missing[field]]
    return "\n".join(lines)


def _figures(results: Sequence[Compared]) -> str:
    required = sum(result.n_required for result in results)
    n_found = sum(result.n_found for result in results)
    recalled = required - sum(len(result.missed) for result in results)
    bad = sum(result.n_wrong + len(result.spurious) for result in results)
    return f"{_share(recalled, required)}  {_share(bad, n_found)}"


def _share(part: int, whole: int) -> str:
    """A part of a whole with its share; nothing has no share.

    >>> _share(9, 10), _share(0, 0)
    ('  9/10    .90', '  0/0       -')
    """
    share = f"{part / whole:.2f}".removeprefix("0") if whole else "-"
    return f"{part:3}/{whole:<4}{share:>5}"
