"""PolNeAR's gold → questions "What did X say about Y?", and where each system shows the statement that was marked.

A question is made of each attribution whose content stands in quotation marks wholly or in part, and whose source has a
name:

- X is the first name in the source as people marked it: the first run of capitalised words that is not a pronoun, title,
  role or possessor, and does not modify a noun ("Clinton spokesman Brian Fallon" gives Brian Fallon, "the Clinton campaign"
  gives none). It stays as the article writes it there, so a bare surname is asked as a bare surname.
- Y are the content words of the statement that the fewest of the articles have, three of them or two where there are no
  more, in the order of the text: at least four letters, no word of X, no stop word or negation; of words that are equally
  rare, the first.

Neither the tagger nor the library has a say in this.
"""

import re
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from eval.baselines import PlainLlamaIndex
from eval.metrics.attribution import Tokens, kind_by_marks
from eval.metrics.share import Count, Share, add_up
from eval.names import fold
from index.attribution.polnear import AnnotatedArticle
from index.attribution.quotation import find_quotations
from index.layout import find_blocks
from index.library import Library
from index.records import Article, Span, Statement
from rag.answer import Answer
from rag.phrases import load_phrases
from rag.query import query

Kind = Literal["direct", "mixed"]
System = Literal["ours", "told", "plain"]
LeftOut = Literal["indirect", "no content", "no name", "too few words"]
Cause = Literal[
    "not extracted", "no speaker", "wrong person", "not asserted", "refused", "not retrieved", "ranked low"
]  # fmt: skip
CAUSES: tuple[Cause, ...] = get_args(Cause)
KS = (1, 5)
# The shares of questions whose statement must be among the first 1 and 5, and how many times the plain pipeline's at 1.
BARS: Mapping[int, float] = {1: 0.75, 5: 0.92}
TIMES_PLAIN = 1.5
# At least this share of a statement's characters must be shown.
ENOUGH = 0.5
_N_WORDS = 3
_FEWEST_WORDS = 2
_DRAWS = 2000

_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’\-.](?=[^\W\d_]))*\.?")
_PRONOUNS_AND_SUCH = (
    "the a an i he she it we they you his her their my our this that these those one some many most all both another other "
    "such who which what as in on at for but and if when while after before there here no nobody everyone people even only "
    "according several two three four five monday tuesday wednesday thursday friday saturday sunday"
)
_NO_NAME = frozenset(_PRONOUNS_AND_SUCH.split())
_ROLES = (
    "mr mrs ms dr sen sens rep reps gov president vice secretary senator representative governor congressman congresswoman "
    "speaker mayor judge general gen lt col sgt professor prof former ex republican republicans democratic democrat "
    "democrats gop nominee candidate presidential director chairman chairwoman chair attorney minister chancellor spokesman "
    "spokeswoman rival chief del leader"
)
_TITLES = frozenset(_ROLES.split())
_PARTICLES = frozenset(("de", "von", "van", "der", "la", "bin", "al"))


@dataclass(frozen=True, slots=True, kw_only=True)
class PolnearQuestion:
    """A question with the place of its answer.

    Args:
        article: The name of the article in the corpus; `spans` count in its text.
        name: X, as the source writes it.
        words: Y.
    """

    article: str
    spans: tuple[Span, ...]
    kind: Kind
    name: str
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The question as it is asked."""
        *first, last = self.words
        return f"What did {self.name} say about {', '.join(first)} and {last}?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What came of one question.

    Args:
        rank: After how many citations half of the statement is shown, from 1; None where it never is.
        told: The same counting statements alone, without the sentences that an answer shows with no speaker.
        plain: The first of the retrieved chunks that has half of it, from 1; None for none of them.
        cause: Why it is not shown by the first citation; None where it is.
        detail: What the library has in its place, or what the answer says.
    """

    question: PolnearQuestion
    rank: int | None
    told: int | None
    plain: int | None
    cause: Cause | None
    detail: str
    seconds: float

    def rank_by(self, system: System) -> int | None:
        return {"ours": self.rank, "told": self.told, "plain": self.plain}[system]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolnearRun:
    """All questions, with what was left out when they were made."""

    shown: tuple[Shown, ...]
    left_out: Mapping[LeftOut, int]
    n_articles: int
    n_chunks: int

    def share(self, k: int, *, by: System = "ours", kind: Kind | None = None) -> Share:
        """The share of questions whose statement is among the first `k`, with its interval over articles.

        Args:
            by: "ours", "told" for ours without sentences that have no speaker, or "plain".
        """
        counts = [
            (item.question.article, Count(right=int(_within(item.rank_by(by), k)), judged=1))
            for item in self.shown
            if kind in (None, item.question.kind)
        ]
        return add_up(f"{by}@{k}", counts)

    def times_plain(self, k: int) -> tuple[float, float, float] | None:
        """Ours divided by the plain one's, and the ends of its 95 % interval; both systems over the same articles drawn.

        None where the plain one shows nothing, or there are fewer than two articles.
        """
        names = sorted({item.question.article for item in self.shown})
        rows = {name: [0, 0] for name in names}
        for item in self.shown:
            rows[item.question.article][0] += _within(item.rank, k)
            rows[item.question.article][1] += _within(item.plain, k)
        table = np.array([rows[name] for name in names], np.float64).reshape(-1, 2)
        ours, plain = table.sum(0)
        if len(names) < 2 or not plain:
            return None
        drawn = table[np.random.default_rng(0).integers(0, len(names), (_DRAWS, len(names)))].sum(1)
        ratios = drawn[:, 0] / np.maximum(drawn[:, 1], 1)
        low, high = np.quantile(ratios, [0.025, 0.975])
        return float(ours / plain), float(low), float(high)

    @property
    def causes(self) -> Counter[tuple[Cause, bool]]:
        """How often each cause kept a statement from the first place; True where it is not among the first 5 either."""
        return Counter((item.cause, not _within(item.rank, KS[-1])) for item in self.shown if item.cause)

    @property
    def below(self) -> tuple[str, ...]:
        """The bars that are missed."""
        missed = [
            f"ours@{k} {_number(self.share(k).value)} < {bar}" for k, bar in BARS.items() if (self.share(k).value or 0) < bar
        ]
        times = self.times_plain(1)
        if times is not None and times[0] < TIMES_PLAIN:
            missed.append(f"{times[0]:.2f} times the plain one at 1 < {TIMES_PLAIN}")
        return tuple(missed)


def _within(rank: int | None, k: int) -> bool:
    return rank is not None and rank <= k


# Questions


def make_questions(
    articles: Sequence[AnnotatedArticle],
) -> tuple[tuple[PolnearQuestion, ...], Counter[LeftOut]]:
    """A question of every attribution that allows one, in the order of the corpus, and why others allow none."""
    frequency = Counter(word for article in articles for word in {fold(match[0]) for match in _WORD.finditer(article.text)})
    questions: dict[tuple[str, str], PolnearQuestion] = {}
    left_out: Counter[LeftOut] = Counter()
    for article in articles:
        tokens = Tokens(article.text)
        quoted = _quoted(article.text)
        for attribution in article.attributions:
            kind = kind_by_marks(attribution.content, quoted, tokens) if attribution.content else None
            if kind is None or kind == "indirect":
                left_out["no content" if kind is None else "indirect"] += 1
                continue
            name = next((name for span in attribution.source if (name := first_name(span.of(article.text)))), None)
            if name is None:
                left_out["no name"] += 1
                continue
            words = rarest_words(" ".join(span.of(article.text) for span in attribution.content), frequency, name=name)
            if len(words) < _FEWEST_WORDS:
                left_out["too few words"] += 1
                continue
            made = PolnearQuestion(article=article.name, spans=attribution.content, kind=kind, name=name, words=words)
            questions.setdefault((article.name, made.text), made)
    return tuple(questions.values()), left_out


def _quoted(text: str) -> list[Span]:
    return [
        quotation.content
        for block in find_blocks(text, language="en")
        for quotation in find_quotations(text, block.span, language="en")
        if quotation.style == "marks"
    ]


def first_name(source: str) -> str | None:
    """The first name in a source, as written; None where there is none.

    >>> first_name("Clinton spokesman Brian Fallon"), first_name("Mr. Trump"), first_name("the Clinton campaign")
    ('Brian Fallon', 'Trump', None)
    >>> first_name("House Speaker Paul D. Ryan"), first_name("The Associated Press")
    ('Paul D. Ryan', 'Associated Press')
    >>> first_name("Kellyanne Conway, Trump’s campaign manager"), first_name("She"), first_name("Trump’s lawyer")
    ('Kellyanne Conway', None, None)
    """
    tokens = [(match[0], match.start(), match.end()) for match in _WORD.finditer(source)]
    at = 0
    while at < len(tokens):
        run = [at]
        if not tokens[at][0][0].isupper():
            at += 1
            continue
        while run[-1] + 1 < len(tokens) and _goes_on(tokens, run[-1], source):
            run.append(run[-1] + 1)
        at = run[-1] + 1
        while run and not tokens[run[-1]][0][0].isupper():
            run.pop()
        # "House Speaker Paul D. Ryan": the name stands behind the last title.
        titles = [place for place in run[:-1] if _plain(tokens[place][0]) in _TITLES]
        run = [place for place in run if not titles or place > titles[-1]]
        # "Secretary of State John F. Kerry"
        if len(run) > 2 and tokens[run[0]][0] == "of":
            run = run[2:]
        while run and _plain(tokens[run[0]][0]) in _NO_NAME:
            run.pop(0)
        if not run or _plain(tokens[run[-1]][0]) in _TITLES:
            continue
        name = source[tokens[run[0]][1] : tokens[run[-1]][2]]
        bare = re.sub(r"['’]s?$", "", name)
        follows = tokens[run[-1] + 1] if run[-1] + 1 < len(tokens) else None
        modifies = (
            follows is not None
            and source[tokens[run[-1]][2] : follows[1]].strip(" ") == ""
            and follows[0][0].islower()
            and follows[0]
            not in ("who", "and", "or", "in", "of", "on", "at", "himself", "herself", "himself,", "as", "with", "from")
        )
        if bare == name and not source[tokens[run[-1]][2] :].startswith(("’", "'")) and not modifies:
            return name if len(name.rstrip(".")) < 3 else name.rstrip(".")
    return None


def _goes_on(tokens: Sequence[tuple[str, int, int]], at: int, source: str) -> bool:
    """Whether the next word belongs to the same name."""
    between = source[tokens[at][2] : tokens[at + 1][1]]
    if between.strip(" ") or re.search(r"['’]s?$", tokens[at][0]):
        return False
    word = tokens[at + 1][0]
    # "Association of Flight Attendants", but not "Elijah Cummings of Maryland"
    is_body = word == "of" and (at == 0 or not tokens[at - 1][0][0].isupper())
    if word in _PARTICLES or is_body:
        return any(later[0][0].isupper() for later in tokens[at + 2 : at + 4])
    return word[0].isupper()


def _plain(word: str) -> str:
    return fold(word).rstrip(".")


def rarest_words(content: str, frequency: Mapping[str, int], *, name: str, n: int = _N_WORDS) -> tuple[str, ...]:
    """The `n` content words that the fewest articles have, in the order of the text, as written there.

    Args:
        frequency: Folded word → how many articles have it.

    >>> rarest_words("We will build a wall and Mexico pays", {"wall": 2, "mexico": 1, "build": 9, "pays": 3}, name="Lee", n=2)
    ('wall', 'Mexico')
    """
    names = {_plain(match[0]) for match in _WORD.finditer(name)}
    phrases = load_phrases("en")
    stop = phrases.stop | set(phrases.negations)
    places: dict[str, tuple[int, str]] = {}
    for match in _WORD.finditer(content):
        word = re.sub(r"['’]s?$", "", match[0]).rstrip(".")
        if len(word) >= 4 and fold(word) not in stop and _plain(word) not in names and not re.search("['’]", word):
            places.setdefault(fold(word), (match.start(), word))
    rare = sorted(places, key=lambda word: (frequency.get(word, 0), places[word][0]))[:n]
    return tuple(places[word][1] for word in sorted(rare, key=lambda word: places[word][0]))


# What is shown


def find_rank(gold: Sequence[Span], cited: Sequence[tuple[bool, Sequence[Span]]]) -> int | None:
    """After how many citations at least half of the gold's characters are shown, taken together; from 1.

    Args:
        cited: For each citation, whether it is in the gold's article, and its spans.

    >>> find_rank([Span(0, 10)], [(False, [Span(0, 10)]), (True, [Span(0, 3)]), (True, [Span(4, 9)])])
    3
    """
    wanted = {at for span in gold for at in range(span.start, span.end)}
    have: set[int] = set()
    for rank, (is_same, spans) in enumerate(cited, start=1):
        if is_same:
            have |= wanted & {at for span in spans for at in range(span.start, span.end)}
        if wanted and len(have) >= ENOUGH * len(wanted):
            return rank
    return None


def find_first(gold: Sequence[Span], cited: Sequence[tuple[bool, Span]]) -> int | None:
    """The first chunk that by itself has at least half of the gold's characters; from 1."""
    for rank, (is_same, span) in enumerate(cited, start=1):
        if is_same and find_rank(gold, [(True, [span])]):
            return rank
    return None


def find_cause(
    question: PolnearQuestion, answer: Answer, rank: int | None, statements: Sequence[Statement], text: str
) -> tuple[Cause, str]:
    """Why a statement is not in the first place: the first step on its way that went wrong.

    Args:
        statements: Those of the gold's article, as the library has them.
        text: That article's.
    """
    if rank is not None:
        return "ranked low", f"after {rank} citations"
    wanted = {at for span in question.spans for at in range(span.start, span.end)}
    overlapping: list[tuple[int, Statement]] = []
    for statement in statements:
        shared = wanted & {at for span in statement.content for at in range(span.start, span.end)}
        if shared:
            overlapping.append((len(shared), statement))
    held = [statement for shared, statement in overlapping if shared >= ENOUGH * len(wanted)]
    if not held:
        return "not extracted", "; ".join(_tell(statement, text) for _, statement in overlapping)
    theirs = [statement for statement in held if statement.speaker and _is_named(statement, question.name)]
    if not theirs:
        known = [statement for statement in held if statement.speaker]
        return ("wrong person" if known else "no speaker"), _tell((known or held)[0], text)
    if not any(statement.asserted for statement in theirs):
        return "not asserted", _tell(theirs[0], text)
    if answer.abstained:
        return "refused", f"{answer.reason}: {answer.text}"
    return "not retrieved", f"{len(answer.citations)} others shown"


def _is_named(statement: Statement, name: str) -> bool:
    """Whether the speaker, by the name or an alias, has every word of the name asked about."""
    wanted = set(re.findall(r"\w+", fold(name)))
    person = statement.speaker
    return person is not None and any(wanted <= set(re.findall(r"\w+", fold(form))) for form in (person.name, *person.aliases))


def _tell(statement: Statement, text: str) -> str:
    return f"{statement.speaker.name if statement.speaker else 'nobody'}: {statement.words(text)[:120]}"


# The run


def run_polnear(
    articles: Sequence[AnnotatedArticle],
    library: Library,
    *,
    plain: PlainLlamaIndex,
    names: Mapping[str, Article],
    progress: Callable[[int, int], None] | None = None,
) -> PolnearRun:
    """Every question put to the library and to the plain pipeline.

    Args:
        names: The corpus's name of an article → the article in the library, with the same text.
    """
    questions, left_out = make_questions(articles)
    statements: dict[str, list[Statement]] = {}
    for statement in library.statements():
        statements.setdefault(statement.article_id, []).append(statement)
    if questions:
        query(questions[0].text, library=library)  # loads what it needs
    shown = []
    for number, question in enumerate(questions, start=1):
        article = names[question.article]
        began = time.perf_counter()
        answer = query(question.text, library=library)
        seconds = time.perf_counter() - began
        cited = [(citation.kind, (citation.article == article.id, citation.spans)) for citation in answer.citations]
        rank = find_rank(question.spans, [place for _, place in cited])
        told = find_rank(question.spans, [place for kind, place in cited if kind != "passage"])
        chunks = plain.retrieve(question.text, k=KS[-1])
        first = find_first(question.spans, [(chunk.article == article.id, chunk.span) for chunk in chunks])
        cause: Cause | None = None
        detail = ""
        if rank != 1:
            cause, detail = find_cause(question, answer, rank, statements.get(article.id, ()), article.text)
        shown.append(Shown(question=question, rank=rank, told=told, plain=first, cause=cause, detail=detail, seconds=seconds))
        if progress:
            progress(number, len(questions))
    return PolnearRun(shown=tuple(shown), left_out=left_out, n_articles=len(articles), n_chunks=plain.n_chunks)


def format_polnear(run: PolnearRun, *, failures: bool = False) -> str:
    """The figures as text; with `failures`, every question whose statement is not in the first place."""
    left_out = ", ".join(f"{n} {why}" for why, n in sorted(run.left_out.items(), key=lambda pair: -pair[1]))
    lines = [
        f"{len(run.shown)} questions on {run.n_articles} articles; no question of {left_out or 'none'}",
        "",
        f"{'shown among the first':24}{'ours':26}{f'plain LlamaIndex ({run.n_chunks} chunks)':30}times",
    ]
    for k in KS:
        times = run.times_plain(k)
        ratio = "" if times is None else f"{times[0]:.2f} [{times[1]:.2f} {times[2]:.2f}]"
        lines.append(f"{k:<24}{_show(run.share(k)):26}{_show(run.share(k, by='plain')):30}{ratio}".rstrip())
    lines += [f"{f'{k}, as a statement':24}{_show(run.share(k, by='told'))}" for k in KS]
    kinds: tuple[Kind, ...] = ("direct", "mixed")
    for kind in kinds:
        for k in KS:
            n = run.share(k, kind=kind).judged
            label = f"{k}, {kind} ({n})"
            lines.append(f"{label:24}{_show(run.share(k, kind=kind)):26}{_show(run.share(k, by='plain', kind=kind))}".rstrip())
    lines += ["", f"{'not first, because':24}{'all':>6}{'not in 5':>10}"]
    for cause in CAUSES:
        far = run.causes[cause, True]
        lines.append(f"{cause:24}{far + run.causes[cause, False]:6}{far:10}")
    seconds = sorted(item.seconds for item in run.shown)
    if seconds:
        lines += ["", f"a question: median {1000 * seconds[len(seconds) // 2]:.0f} ms, most {1000 * seconds[-1]:.0f} ms"]
    if failures:
        lines += [""]
        for item in run.shown:
            if item.cause:
                lines += [f"{item.cause} · {item.question.text} · {item.question.article}", f"    {item.detail}"]
    lines += ["", f"below the bar: {'; '.join(run.below) or 'nothing'}"]
    return "\n".join(lines)


def _show(share: Share) -> str:
    between = "" if share.low is None else f" [{share.low:.3f} {share.high:.3f}]"
    return f"{_number(share.value)}{between}"


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def to_json(run: PolnearRun) -> dict[str, Any]:
    """The run for programs: offsets and names, no sentence of the corpus, no times."""
    systems: tuple[System, ...] = get_args(System)
    shares = [run.share(k, by=system) for system in systems for k in KS]
    return {
        "shares": {
            share.name: {"share": share.value, "right": share.right, "judged": share.judged, "low": share.low, "high": share.high}
            for share in shares
        },
        "times_plain": {str(k): run.times_plain(k) for k in KS},
        "left_out": dict(run.left_out),
        "below": list(run.below),
        "questions": [
            {
                "article": item.question.article,
                "spans": [list(span) for span in item.question.spans],
                "kind": item.question.kind,
                "question": item.question.text,
                "rank": item.rank,
                "told": item.told,
                "plain": item.plain,
                "cause": item.cause,
            }
            for item in run.shown
        ],
    }
