"""A `Question` → the statements and passages that answer it, best first.

Three ways are asked in this order, and the later ones only when the earlier do not decide: structure (speaker,
addressee,
outlet, days: exact filters, so that no other speaker's words can slip in), words, and meaning. Meaning comes last
because the encoder takes seconds to load in a fresh process; whether it is asked depends on the question and the
library alone, never on what happens to be loaded, so that the same question has the same answer everywhere.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Protocol

from index.attribution.lexicon import load_lexicon
from index.errors import VectorsError
from index.library import NO_FILTERS, Filters, Hit
from index.records import Act, Article, Passage, Person, Span, Statement
from index.sentences import find_sentences
from rag.claims import Comparison, compare
from rag.likeness import likeness
from rag.naming import Naming
from rag.phrases import forms_of, load_sorts
from rag.question import Expected, Question
from rag.witnesses import Evidence
from rag.words import fold, folded, stem, tokenize

# Fusion by reciprocal rank (Cormack et al. 2009), with the constant of that paper.
_RRF = 60
_MOST_HITS = 200
# Shares of the topic that statements must cover: of all, and of what the best one covers.
_COVERED = 0.25
_BESIDE_BEST = 0.5
# How many words from what is counted its number may stand.
_BY_NUMBER = 4
# To report a claim, an outlet must have half of its words.
_REPORTED = 0.5
# What a topic word counts by where it stands: in the content or cue, in the statement's sentence, or in a sentence
# beside it.
_IN_CONTENT, _IN_SENTENCE, _BESIDE = 1.0, 0.6, 0.3
# Cosine of all-MiniLM-L6-v2 from which on a statement is on the topic though it shares no word with it. On five
# articles, topics that nobody spoke of reached .30 ("football"), spoken ones .40 to .58 ("punishment", "mutiny").
_NEAR = 0.4
# Acts so common that a question with one ("write", "respond") means no more than what was said.
_SOFT_ACTS: frozenset[Act] = frozenset({"say", "write", "ask", "answer", "claim", "announce", "think", "call", "show", "support"})
_SENTENCE_END = re.compile(r"[.!?…][\"”»“’)\]]*\s|\n")


class Store(Protocol):
    """What is needed of a library."""

    def article(self, key: str, /) -> Article: ...
    def people(self) -> tuple[Person, ...]: ...
    def articles(self, filters: Filters = NO_FILTERS) -> tuple[Article, ...]: ...
    def articles_mentioning(self, person_id: str, /) -> tuple[str, ...]: ...
    def statements(self, filters: Filters = NO_FILTERS) -> tuple[Statement, ...]: ...
    def statement(self, key: str, /) -> Statement: ...
    def passage(self, key: str, /) -> Passage: ...
    def statements_matching(self, words: str, /, *, filters: Filters = NO_FILTERS, limit: int = 20) -> tuple[Hit, ...]: ...
    def statements_near(self, text: str, /, *, filters: Filters = NO_FILTERS, limit: int = 20) -> tuple[Hit, ...]: ...
    def passages_matching(self, words: str, /, *, filters: Filters = NO_FILTERS, limit: int = 20) -> tuple[Hit, ...]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Matched:
    """A statement and how the words asked about stand to it."""

    evidence: Evidence
    comparison: Comparison


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a question finds.

    Args:
        evidence: Statements that answer it, best first.
        unasserted: Statements that fit, but that the article says were not said, or only may be.
        of_speaker: How many statements the speakers asked about have, whatever they are on.
        matched: Statements that hold the words asked about, likest first.
        to: Whom these speakers are reported to have spoken to, as names or as written.
        other_way: Whether the addressee asked about spoke to the speaker.
        lacking: Which part of the question nothing fits: "speaker", "addressee", "act", "relay", "topic", "words"; None
            where something fits.
        ignored: Words on the occasion that no statement's surroundings have.
        by_meaning: Whether the encoder was asked.
    """

    evidence: tuple[Evidence, ...] = ()
    unasserted: tuple[Evidence, ...] = ()
    of_speaker: int = 0
    matched: tuple[Matched, ...] = ()
    to: tuple[str, ...] = ()
    other_way: bool = False
    lacking: str | None = None
    ignored: tuple[str, ...] = ()
    by_meaning: bool = False


def find(question: Question, store: Store, *, filters: Filters | None = None) -> Found:
    """The statements that answer a question.

    Args:
        filters: What the caller demands beside the question; exact too.
    """
    demanded = filters or NO_FILTERS
    exact = _filters(question, demanded)
    reader = _Reader(store)
    of_speaker = store.statements(Filters(speakers=exact.speakers)) if exact.speakers is not None else ()
    if question.speaker and not question.speaker.people and question.speaker.how != "pronoun":
        named = [s for s in store.statements(_only(exact, "speakers")) if _is_mention(s, question.speaker, reader)]
        if not named:
            return Found(lacking="speaker")
        candidates = named
        of_speaker = tuple(named)
    elif exact.speakers is not None or exact.addressees is not None or question.addressee or not _searchable(question):
        candidates = list(store.statements(exact))
    else:
        candidates = _by_words(question, store, exact)
    found = Found(of_speaker=sum(s.asserted for s in of_speaker), to=_addressees(of_speaker, reader))
    if exact.speakers is not None and exact.addressees is not None:
        back = replace(exact, speakers=exact.addressees, addressees=exact.speakers)
        found = replace(found, other_way=any(s.asserted for s in store.statements(back)))
    evidence = [Evidence(statement=s, article=reader.article(s.article_id)) for s in candidates]
    return _narrow(question, evidence, found, store, exact)


def _narrow(question: Question, evidence: list[Evidence], found: Found, store: Store, exact: Filters) -> Found:
    """Drop what does not fit, part by part of the question, and say which part left nothing."""
    if question.addressee and not question.addressee.people and question.addressee.how != "pronoun":
        named = [e for e in evidence if _is_addressed(e, question.addressee, question.language)]
        evidence = named or [e for e in evidence if _is_said_at(e, question.addressee)]
    if not evidence:
        return replace(found, lacking="addressee" if question.addressee else "topic" if not question.speaker else "speaker")
    if question.relay:
        evidence = [e for e in evidence if _is_relayed(e, question.relay)]
        if not evidence:
            return replace(found, lacking="relay")
    if question.acts:
        fitting = [e for e in evidence if _has_act(e, question.acts)]
        if fitting or not question.acts <= _SOFT_ACTS:
            # "Who supports …" asks for the act, "how did he respond" only for words.
            evidence = fitting if not question.acts <= {"answer", "say", "write"} or question.wanted == "who" else evidence
        if not evidence:
            return replace(found, lacking="act")
    if question.circumstance:
        evidence, ignored = _by_circumstance(question, evidence)
        found = replace(found, ignored=ignored)
    if question.quoted and question.wanted != "whether":
        matched = match_words(" … ".join(question.quoted), evidence)
        same = [m for m in matched if m.comparison.relation == "same"]
        kept = same or [m for m in matched if m.comparison.relation == "shortened"] or list(matched)
        found = replace(found, matched=tuple(kept))
        if not kept:
            return replace(found, lacking="words")
        evidence = [m.evidence for m in kept]
    elif question.topic:
        evidence, by_meaning = _by_topic(question, evidence, store, exact)
        found = replace(found, by_meaning=by_meaning)
        if not evidence:
            return replace(found, lacking="topic")
    told = tuple(e for e in evidence if e.statement.asserted)
    untold = tuple(e for e in evidence if not e.statement.asserted)
    lacking = None if told or untold else "topic"
    return replace(found, evidence=told, unasserted=untold, lacking=lacking)


def _filters(question: Question, demanded: Filters) -> Filters:
    """The question's own filters within those demanded."""
    changes: dict[str, object] = {}
    for name, naming in (("speakers", question.speaker), ("addressees", question.addressee)):
        if naming and naming.people:
            before: frozenset[str] | None = getattr(demanded, name)
            changes[name] = naming.ids if before is None else naming.ids & before
    if question.languages:
        changes["languages"] = question.languages if demanded.languages is None else question.languages & demanded.languages
    if question.since and (demanded.since is None or question.since > demanded.since):
        changes["since"] = question.since
    if question.until and (demanded.until is None or question.until < demanded.until):
        changes["until"] = question.until
    return replace(demanded, **changes)  # type: ignore[arg-type]


def _only(filters: Filters, without: str) -> Filters:
    return replace(filters, **{without: None})


def _searchable(question: Question) -> bool:
    """Whether words decide which statements to look at. Acts stand in no word index, nor do other languages' words."""
    if question.quoted:
        return True
    return bool(question.topic) and not question.acts - _SOFT_ACTS and question.wanted not in ("all", "how_many")


def _by_words(question: Question, store: Store, exact: Filters) -> list[Statement]:
    """Statements that share a word with the question, in the library's order."""
    asked = " ".join((*question.quoted, *expand(question.topic, question.language)))
    hits = store.statements_matching(asked, filters=exact, limit=_MOST_HITS)
    return [store.statement(hit.id) for hit in hits]


def expand(words: Sequence[str], language: str) -> tuple[str, ...]:
    """The words, and the forms and other languages' words for the same, which an index of words does not know.

    >>> "golpe" in expand(["coup"], "en"), "elections" in expand(["election"], "en")
    (True, True)
    """
    found: dict[str, None] = dict.fromkeys(words)
    for word in words:
        root = stem(word, language)
        found.update(dict.fromkeys((root, f"{root}s")))
        for likely in likeness(word, language):
            if likely.startswith("="):
                found.update(dict.fromkeys(forms_of(likely[1:])))
    return tuple(found)


class _Reader:
    """Articles, each read once for a question."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._articles: dict[str, Article] = {}

    def article(self, key: str) -> Article:
        if key not in self._articles:
            self._articles[key] = self._store.article(key)
        return self._articles[key]


# Structure


@cache
def _group_concepts(language: str) -> dict[str, frozenset[str]]:
    lexicon = load_lexicon(language)
    found: dict[str, set[str]] = {}
    for table in (lexicon.roles, lexicon.roles_plural, lexicon.groups):
        for concept, forms in table.items():
            for form in forms:
                found.setdefault(fold(form), set()).add(concept)
    return {form: frozenset(concepts) for form, concepts in found.items()}


def _nouns(text: str, language: str) -> frozenset[str]:
    """The likenesses of a phrase's words, and the concepts of the groups that it names ("reporters")."""
    words = folded(text)
    found: set[str] = set()
    small = {fold(word) for word in load_lexicon(language).function_words}
    for word in words:
        if word not in small:
            found |= likeness(word, language)
    groups = _group_concepts(language)
    for length in (1, 2, 3):
        for at in range(len(words) - length + 1):
            found |= {f"@{concept}" for concept in groups.get(" ".join(words[at : at + length]), ())}
    return frozenset(found)


def _is_addressed(evidence: Evidence, naming: Naming, language: str) -> bool:
    addressee = evidence.statement.addressee
    if addressee is None or addressee.span is None:
        return False
    written = addressee.span.of(evidence.article.text)
    return bool(_nouns(naming.mention, language) & _nouns(written, evidence.article.language))


def _is_said_at(evidence: Evidence, naming: Naming) -> bool:
    """Whether the statement's sentence has all words of the one asked about, though no addressee was made out in it."""
    if evidence.statement.addressee is not None and evidence.statement.addressee.person is not None:
        return False
    _, sentence, _ = zones(evidence)
    around, content = set(folded(sentence)), set(evidence.folded)
    asked = set(folded(naming.mention))
    return bool(asked) and asked <= around and not asked <= content


def _is_mention(statement: Statement, naming: Naming, reader: _Reader) -> bool:
    """Whether a statement of nobody known has the very mention asked about as its source ("a witness")."""
    if statement.speaker is not None or not statement.source:
        return False
    article = reader.article(statement.article_id)
    words = {stem(word, article.language) for span in statement.source for word in folded(span.of(article.text))}
    asked = {stem(word, article.language) for word in folded(naming.mention)}
    return bool(asked) and asked <= words


def _addressees(statements: Sequence[Statement], reader: _Reader) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for statement in statements:
        if statement.asserted and statement.addressee:
            if statement.addressee.person:
                names[statement.addressee.person.name] = None
            elif statement.addressee.span:
                names[statement.addressee.span.of(reader.article(statement.article_id).text)] = None
    return tuple(names)


def _is_relayed(evidence: Evidence, relay: str) -> bool:
    asked = set(folded(relay))
    sources = (evidence.statement.reported_by or "", evidence.article.outlet or "")
    return any(asked <= set(folded(source)) for source in sources)


@lru_cache(maxsize=256)
def _act_forms(language: str, act: Act) -> frozenset[str]:
    return frozenset(
        fold(form) for cue in load_lexicon(language).cues if cue.act == act for form in (*cue.present, *cue.past, *cue.infinitive)
    )


def _has_act(evidence: Evidence, acts: Iterable[Act]) -> bool:
    """Whether the cue says the act, or the speaker's own words do ("We condemn …", he said)."""
    if evidence.statement.act in acts:
        return True
    if evidence.statement.kind != "direct":
        return False
    language = evidence.article.language
    # "Many thanks to the people": the speaker's words open with the act itself.
    roots = {stem(form, language) for act in acts for form in _act_forms(language, act)}
    if any(stem(word, language) in roots for word in evidence.folded[:3]):
        return True
    first = {fold(word) for word in load_lexicon(language).pronouns.first}
    words = evidence.folded
    return any(
        words[at] in first and any(word in _act_forms(language, act) for word in words[at + 1 : at + 3])
        for act in acts
        for at in range(len(words) - 1)
    )


# Words


def zones(evidence: Evidence) -> tuple[str, str, str]:
    """A statement's content with its cue, its sentence with the scene, and the sentences beside it."""
    text, statement = evidence.article.text, evidence.statement
    span = statement.span
    content = " ".join(piece.of(text) for piece in (*statement.content, *statement.cue))
    first, last = sentence_around(text, span)
    before = sentence_around(text, Span(max(0, first - 2), max(0, first - 2))).start
    after = sentence_around(text, Span(min(len(text), last + 1), min(len(text), last + 1))).end
    scene = statement.scene.of(text) if statement.scene else ""
    medium = statement.medium or ""
    return content, f"{text[first:last]} {scene} {medium}", f"{text[before:first]} {text[last:after]}"


def sentence_around(text: str, span: Span) -> Span:
    """The sentence or line around a span, at most 600 characters to either side."""
    low, high = max(0, span.start - 600), min(len(text), span.end + 600)
    starts = [match.end() for match in _SENTENCE_END.finditer(text, low, span.start)]
    following = _SENTENCE_END.search(text, max(span.end - 1, low), high)
    start = min(starts[-1] if starts else low, span.start)
    return Span(start, max(span.end, following.start() + 1 if following else high))


def _words_of(text: str, language: str) -> frozenset[str]:
    found: set[str] = set()
    for token in tokenize(text):
        found |= likeness(token.text, language)
    return frozenset(found)


def _covers(wanted: frozenset[str], words: frozenset[str], language: str) -> bool:
    if wanted & words:
        return True
    if language not in ("nb", "nn", "sv", "da", "de", "nl"):
        return False
    # Compounds: "kuppet" is in "statskuppet".
    return any(len(part) >= 4 and any(word.endswith(part) for word in words) for part in wanted if part[:1] not in "=#")


def coverage(topic: Sequence[str], evidence: Evidence, *, language: str) -> float:
    """The share of topic words that a statement and its surroundings have, in [0, 1]; less for words farther away."""
    if not topic:
        return 1.0
    spoken = evidence.article.language
    sets = [_words_of(zone, spoken) for zone in zones(evidence)]
    total = 0.0
    for word in topic:
        wanted = likeness(word, language) | likeness(word, spoken)
        for words, weight in zip(sets, (_IN_CONTENT, _IN_SENTENCE, _BESIDE), strict=True):
            if _covers(wanted, words, spoken):
                total += weight
                break
    return total / len(topic)


def _by_topic(question: Question, evidence: list[Evidence], store: Store, exact: Filters) -> tuple[list[Evidence], bool]:
    scored = [(coverage(question.topic, item, language=question.language), item) for item in evidence]
    best = max((score for score, _ in scored), default=0.0)
    kept = [(score, item) for score, item in scored if score >= max(_COVERED, _BESIDE_BEST * best)]
    if question.wanted == "outlet":
        kept = [pair for pair in kept if pair[0] >= _REPORTED]
    if question.acts - _SOFT_ACTS:
        # "Who condemned the coup?": "the action", in an article on the coup, is the coup.
        ids = {item.statement.id for _, item in kept}
        kept += [(_COVERED, item) for _, item in scored if item.statement.id not in ids and _is_about(item.article, question)]
    if kept:
        ranks = {item.statement.id: rank for rank, (_, item) in enumerate(sorted(kept, key=lambda pair: -pair[0]))}
        asked = " ".join(question.topic)
        hits = store.statements_matching(asked, filters=exact, limit=_MOST_HITS)
        by_words = {hit.id: rank for rank, hit in enumerate(hits)}
        fused = fuse([ranks, by_words])
        kept.sort(key=lambda pair: (-round(pair[0], 6), -fused.get(pair[1].statement.id, 0.0)))
        return [replace(item, score=min(1.0, score)) for score, item in kept], False
    by_id = {item.statement.id: item for item in evidence}
    if question.wanted == "outlet" or not _is_meaningful(question, store):
        return [], False
    try:
        near = store.statements_near(" ".join(question.topic), filters=exact, limit=_MOST_HITS)
    except VectorsError:
        # A library without its vectors still answers by structure and words.
        near = ()
    return [replace(by_id[hit.id], score=hit.score) for hit in near if hit.score >= _NEAR and hit.id in by_id][:5], True


def _is_meaningful(question: Question, store: Store) -> bool:
    """Whether the topic has a word that is more than a name: names have no likeness in meaning."""
    names = {word for person in store.people() for form in (person.name, *person.aliases) for word in folded(form)}
    return any(fold(word) not in names for word in question.topic)


def _is_about(article: Article, question: Question) -> bool:
    words = _words_of(f"{article.title or ''} {article.text[:2000]}", article.language)
    return all(_covers(likeness(word, question.language), words, article.language) for word in question.topic)


def fuse(rankings: Sequence[dict[str, int]]) -> dict[str, float]:
    """Reciprocal rank fusion of rankings (id → rank from 0).

    >>> fused = fuse([{"a": 0, "b": 1}, {"b": 0}])
    >>> fused["b"] > fused["a"]
    True
    """
    fused: dict[str, float] = {}
    for ranking in rankings:
        for key, rank in ranking.items():
            fused[key] = fused.get(key, 0.0) + 1 / (_RRF + 1 + rank)
    return fused


def _by_circumstance(question: Question, evidence: list[Evidence]) -> tuple[list[Evidence], tuple[str, ...]]:
    scored = []
    for item in evidence:
        _, sentence, _ = zones(item)
        spoken = item.article.language
        words = _words_of(sentence, spoken)
        hits = [_covers(likeness(w, question.language) | likeness(w, spoken), words, spoken) for w in question.circumstance]
        scored.append((sum(hits) / len(hits), item))
    best = max(score for score, _ in scored)
    if best < 0.5:
        return evidence, question.circumstance
    return [item for score, item in scored if score >= max(0.5, 0.75 * best)], ()


# Words asked about


def match_words(words: str, evidence: Sequence[Evidence]) -> tuple[Matched, ...]:
    """The statements that have the words, or most of them, likest first."""
    order = {"same": 0, "shortened": 1, "altered": 2}
    matched = [Matched(evidence=item, comparison=compare(words, item.words)) for item in evidence]
    kept = [item for item in matched if item.comparison.relation in order]
    return tuple(sorted(kept, key=lambda item: (order[item.comparison.relation], -item.comparison.ratio)))


# Passages


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of an article that answers a question of fact."""

    article: Article
    span: Span
    score: float


def find_sentence(question: Question, store: Store, *, filters: Filters | None = None) -> Sentence | None:
    """The sentence that holds what a question of fact asks; None where no sentence has all of its content words.

    The answer must also be of the sort that the question wants, and not be a word of the question itself.
    """
    asked = " ".join(question.topic)
    names = set(folded(asked))
    best: tuple[float, str, int, Sentence] | None = None
    seen: set[tuple[str, Span]] = set()
    demanded = filters or NO_FILTERS
    for hit in store.passages_matching(" ".join(expand(question.topic, question.language)), filters=demanded, limit=40):
        passage = store.passage(hit.id)
        article = store.article(passage.article_id)
        for span in find_sentences(article.text, passage.span, language=article.language):
            if (article.id, span) in seen:
                continue
            seen.add((article.id, span))
            score = _holds(question, span.of(article.text), article, names)
            if score <= 0:
                continue
            key = (score, hit.score, -span.length)
            if best is None or key > (best[0], best[3].score, -best[3].span.length):
                best = (score, article.id, span.start, Sentence(article=article, span=span, score=hit.score))
    return best[3] if best else None


def _holds(question: Question, sentence: str, article: Article, names: set[str]) -> float:
    words = _words_of(sentence, article.language)
    wanted = [likeness(word, question.language) | likeness(word, article.language) for word in question.topic]
    missing = [word for word, forms in zip(question.topic, wanted, strict=True) if not _covers(forms, words, article.language)]
    title = _words_of(article.title or "", article.language)
    if missing and not all(
        word[:1].isupper() and _covers(likeness(word, article.language), title, article.language) for word in missing
    ):
        return 0.0
    if question.expects and not _has_sort(question.expects, sentence, names, article.language, frozenset().union(*wanted)):
        return 0.0
    return 1.0 - 0.2 * len(missing)


def _has_sort(expects: Expected, sentence: str, names: set[str], language: str, wanted: frozenset[str]) -> bool:
    tokens = tokenize(sentence)
    fresh = [token for token in tokens if fold(token.text) not in names]
    if expects == "number":
        # "12 million people": the number stands by what is counted.
        numbers = load_sorts().numbers.get(language, frozenset())
        places = [at for at, token in enumerate(tokens) if token in fresh and _is_number(token.text, numbers)]
        counted = [at for at, token in enumerate(tokens) if likeness(token.text, language) & wanted]
        return any(abs(at - place) <= _BY_NUMBER for at in places for place in counted)
    if expects == "date":
        dates = load_sorts().dates
        return any(re.fullmatch(r"(?:1[89]|20)\d\d|\d{1,2}[.:]\d{2}", t.text) or fold(t.text) in dates for t in fresh)
    return any(token.text[:1].isupper() and token.start > 0 for token in fresh)


def _is_number(word: str, numbers: frozenset[str]) -> bool:
    return any(character.isdigit() for character in word) or fold(word) in numbers
