"""A `Question` → the statements and passages that answer it, best first.

Three ways are asked in this order, and the later ones only when the earlier do not decide: structure (speaker,
addressee,
outlet, days: exact filters, so that no other speaker's words can slip in), words, and meaning. Meaning comes last
because the encoder takes seconds to load in a fresh process; whether it is asked depends on the question and the
library alone, never on what happens to be loaded, so that the same question has the same answer everywhere.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from index.errors import VectorsError
from index.library import NO_FILTERS, Counts, Filters, Hit
from index.people import load_vocabulary, match_people
from index.records import Act, Article, Passage, Person, Span, Statement
from rag.claims import Comparison, compare
from rag.fitting import (
    act_forms,
    by_circumstance,
    coverage,
    covers,
    has_act,
    is_about,
    is_addressed,
    is_relative,
    is_relayed,
    words_of,
)
from rag.likeness import likeness
from rag.meanings import words_for
from rag.naming import Naming
from rag.nations import home_of, nations_of
from rag.phrases import ANSWER_LANGUAGES, load_phrases
from rag.question import Question
from rag.witnesses import Evidence, with_witnesses
from rag.words import fold, folded, stem

# Fusion by reciprocal rank (Cormack et al. 2009), with the constant of that paper.
_RRF = 60
_MOST_HITS = 200
# Other articles' wordings are looked for among the statements of so many people, and so many statements.
_MOST_SPEAKERS = 12
_MOST_POOLED = 600
# Shares of the topic that statements must cover: of all, and of what the best one covers.
_COVERED = 0.25
_BESIDE_BEST = 0.5
# Of a claim ("that the people are on alert") the best one's share decides more.
_CLAIMED_BESIDE_BEST = 0.7
# How many words from what is counted its number may stand.
_BY_NUMBER = 4
# Two sentences answer a question of fact together only where none does alone.
_LONGEST_PAIR = 500
_PAIR_COSTS = 0.5
# Of words asked about, so many must be a statement's to be shown in place of the same.
_MOSTLY_THE_WORDS = 0.75
# Who says that something is so must have this share of it in the very statement.
_WHO_SAID_OF_IT = 0.34
_SAID_OF_IT = 0.65
# To report a claim, an outlet must have half of its words.
_REPORTED = 0.5
# Cosine of all-MiniLM-L6-v2 from which on a statement is on the topic though it shares no word with it. On five
# articles, topics that nobody spoke of reached .30 ("football"), spoken ones .40 to .58 ("punishment", "mutiny").
_NEAR = 0.4
# Acts so common that a question with one ("write", "respond") means no more than what was said.
# So many words open what was said.
_OPENING = 4
# Acts by which a clause is told: "Who claimed that …" and "who said that …" ask the same.
_TELLING: frozenset[Act] = frozenset({"say", "write", "claim", "announce", "think", "show"})
# Acts that are done to somebody, whom the words themselves must name.
_DONE_TO: frozenset[Act] = frozenset({"accuse", "condemn", "criticise", "praise", "thank", "support", "threaten"})
# Acts by which somebody wants something.
_WISHES: frozenset[Act] = frozenset({"ask_for", "order", "suggest", "promise"})
SOFT_ACTS: frozenset[Act] = frozenset({"say", "write", "ask", "answer", "claim", "announce", "think", "call", "show", "support"})


class Store(Protocol):
    """What is needed of a library."""

    def article(self, key: str, /) -> Article: ...
    def people(self) -> tuple[Person, ...]: ...
    def articles(self, filters: Filters = NO_FILTERS) -> tuple[Article, ...]: ...
    def articles_mentioning(self, person_id: str, /) -> tuple[str, ...]: ...
    def statements(self, filters: Filters = NO_FILTERS) -> tuple[Statement, ...]: ...
    def statement(self, key: str, /) -> Statement: ...
    def languages(self) -> tuple[str, ...]: ...
    def passage(self, key: str, /) -> Passage: ...
    def statements_matching(self, words: str, /, *, filters: Filters = NO_FILTERS, limit: int = 20) -> tuple[Hit, ...]: ...
    def statements_near(self, text: str, /, *, filters: Filters = NO_FILTERS, limit: int = 20) -> tuple[Hit, ...]: ...
    def passages_matching(self, words: str, /, *, filters: Filters = NO_FILTERS, limit: int = 20) -> tuple[Hit, ...]: ...
    def passages_with(self, words: str, /, *, filters: Filters = NO_FILTERS) -> tuple[str, ...]: ...
    @property
    def counts(self) -> Counts: ...


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
    elif exact.speakers is not None:
        # Whom it was said to is looked at below: articles tell it in many ways.
        candidates = list(store.statements(replace(exact, addressees=demanded.addressees)))
    elif exact.addressees is not None:
        candidates = list(store.statements(exact))
    elif question.acts - SOFT_ACTS and not question.quoted:
        candidates = _by_act(question, store, exact)
    elif question.addressee or not _searchable(question):
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
    if question.without or question.nations or question.abroad:
        # "Abroad" alone is elsewhere than where the articles' story is.
        articles = {e.article.id: e.article for e in evidence} if question.abroad and not question.nations else {}
        nations = question.nations or home_of(articles.values())
        evidence = [e for e in evidence if _is_among(e, replace(question, nations=nations))]
        if not evidence:
            return replace(found, lacking="topic")
    everything = evidence
    if question.addressee and question.addressee.how != "pronoun":
        evidence = [e for e in evidence if is_addressed(e, question.addressee, question.language) or _speaks_of(e, question)]
    if not evidence:
        return replace(found, lacking="addressee" if question.addressee else "topic" if not question.speaker else "speaker")
    if question.relay:
        if question.addressee:
            # An outlet need not tell to whom, where others have the same words and do.
            evidence = with_witnesses(evidence, everything)
        evidence = _by_relay(evidence, question.relay)
        everything = _by_relay(everything, question.relay)
        if not evidence:
            return replace(found, lacking="relay")
    if question.very_words:
        evidence = [e for e in evidence if e.statement.kind != "indirect"]
        everything = [e for e in everything if e.statement.kind != "indirect"]
        if not evidence:
            return replace(found, lacking="very_words")
    if question.wish:
        evidence = [e for e in evidence if e.statement.act in _WISHES or _is_wish(e)] or evidence
    if question.acts and not (question.claim and question.acts <= _TELLING):
        before = evidence
        fitting = [e for e in evidence if has_act(e, question.acts)]
        if question.wanted == "to_whom":
            fitting = fitting or evidence
        must = "support" in question.acts and question.wanted in ("who", "whether")
        if fitting or must or not question.acts <= SOFT_ACTS:
            # "Who supports …" asks for the act, "how did he respond" only for words.
            evidence = fitting if not question.acts <= {"answer", "say", "write"} or question.wanted == "who" else evidence
        if not _on_topic(question, evidence) and question.wanted == "who":
            # "Who ordered the operation?": that somebody did may be what another one says.
            evidence = _on_topic(question, [e for e in before if _tells_act(e, question.acts)]) or evidence
        if not evidence:
            return replace(found, lacking="act")
    on_any_occasion = evidence
    if question.circumstance:
        evidence, ignored = by_circumstance(question, evidence)
        found = replace(found, ignored=ignored)
    if question.quoted and question.wanted != "whether":
        matched = match_words(" … ".join(question.quoted), evidence)
        same = [m for m in matched if m.comparison.relation == "same"]
        kept = same or [m for m in matched if m.comparison.relation == "shortened"]
        kept = kept or [m for m in matched if m.comparison.ratio >= _MOSTLY_THE_WORDS]
        found = replace(found, matched=tuple(kept))
        if not kept:
            return replace(found, lacking="words")
        evidence = [m.evidence for m in kept]
    elif question.topic:
        evidence, by_meaning = _by_topic(question, evidence, store, exact)
        if not evidence and question.circumstance and len(on_any_occasion) > 0:
            # What was said on it may stand where the occasion is not told.
            evidence, by_meaning = _by_topic(question, on_any_occasion, store, exact)
            found = replace(found, ignored=question.circumstance)
        found = replace(found, by_meaning=by_meaning)
        if not evidence:
            return replace(found, lacking="topic")
    if question.speaker or question.claim or question.wanted == "outlet":
        on_topic = evidence
        evidence = _joined(question, evidence, everything, store, exact)
        if question.wanted == "outlet":
            evidence = _so_worded(question, on_topic, evidence)
    if question.day:
        # Of a day and the next, on which it may be printed, the day itself is enough where it has something.
        evidence = [e for e in evidence if e.article.published == question.day] or evidence
    if question.wanted == "who":
        # "… that condemn it": who that is, the article does not show here.
        evidence = [e for e in evidence if e.statement.speaker or not is_relative(e)] or evidence
    told = tuple(e for e in evidence if e.statement.asserted)
    untold = tuple(e for e in evidence if not e.statement.asserted)
    if question.negated:
        told = ()
    lacking = None if told or untold else "topic"
    return replace(found, evidence=told, unasserted=untold, lacking=lacking)


def _speaks_of(evidence: Evidence, question: Question) -> bool:
    """ "Who ordered the troops back?": whom an order or a promise is for may stand in its words alone."""
    naming = question.addressee
    if naming is None or naming.people or naming.how == "pronoun" or question.acts <= {"say", "answer"}:
        return False
    return share_said(replace(question, topic=tuple(naming.mention.split())), evidence) >= _REPORTED


def _is_among(evidence: Evidence, question: Question) -> bool:
    """Whether the speaker is one of those among whom the question looks."""
    speaker = evidence.statement.speaker
    if speaker is not None and speaker.id in question.without:
        return False
    if not question.nations:
        return True
    if speaker is None:
        return False
    own = nations_of(speaker, evidence.article)
    return bool(own - question.nations if question.abroad else own & question.nations)


def _on_topic(question: Question, evidence: list[Evidence]) -> list[Evidence]:
    """The statements whose own words have half of the topic; all of them where there is none."""
    if not question.topic or question.quoted:
        return evidence
    return [e for e in evidence if coverage(question.topic, e, language=question.language) >= _REPORTED]


def _is_wish(evidence: Evidence) -> bool:
    """Whether the cue, or the opening of what was said, is that somebody wants something."""
    language = evidence.article.language
    text = evidence.article.text
    cue = [word for span in evidence.statement.cue for word in folded(span.of(text))]
    wishes = {fold(word) for word in load_phrases(language).turns["wishes"]}
    return bool(wishes & {*cue, *evidence.folded[:_OPENING]})


def _tells_act(evidence: Evidence, acts: Iterable[Act]) -> bool:
    """Whether the words of a statement have one of the acts."""
    language = evidence.article.language
    return any(not act_forms(language, act).isdisjoint(evidence.folded) for act in acts)


def _joined(
    question: Question, evidence: list[Evidence], everything: list[Evidence], store: Store, exact: Filters
) -> list[Evidence]:
    """With what other articles have as the same statements, whatever they tell of addressee and occasion."""
    if question.relay or (len(evidence) == len(everything) and question.speaker):
        return evidence
    pool = everything
    if not question.speaker:
        speakers = frozenset(e.statement.speaker.id for e in evidence if e.statement.speaker)
        if not speakers or len(speakers) > _MOST_SPEAKERS:
            return evidence
        reader = _Reader(store)
        theirs = store.statements(replace(exact, speakers=speakers))
        pool = [Evidence(statement=s, article=reader.article(s.article_id)) for s in theirs]
    return with_witnesses(evidence, pool) if len(pool) <= _MOST_POOLED else evidence


def _so_worded(question: Question, on_topic: list[Evidence], joined: list[Evidence]) -> list[Evidence]:
    """Of witnesses in the question's language, those with words that were asked about: "Which outlet says disobedience?"."""
    ids = {e.statement.id for e in on_topic}
    return [
        e
        for e in joined
        if e.statement.id in ids
        or e.article.language != question.language
        or not question.topic
        or coverage(question.topic, e, language=question.language) > 0
    ]


def _by_relay(evidence: list[Evidence], relay: str) -> list[Evidence]:
    """What an outlet or agency has; an outlet of the very name goes before one with the name in its own."""
    asked = folded(relay)
    exact = [e for e in evidence if folded(e.article.outlet or "") == asked]
    return exact or [e for e in evidence if is_relayed(e, relay)]


def _filters(question: Question, demanded: Filters) -> Filters:
    """The question's own filters within those demanded."""
    changes: dict[str, Any] = {}
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
    return replace(demanded, **changes)


def _only(filters: Filters, without: str) -> Filters:
    return replace(filters, **{without: None})


def _searchable(question: Question) -> bool:
    """Whether words decide which statements to look at. Acts stand in no word index, nor do other languages' words."""
    if question.quoted:
        return True
    return bool(question.topic) and not question.acts - SOFT_ACTS and question.wanted not in ("all", "how_many")


def _by_words(question: Question, store: Store, exact: Filters) -> list[Statement]:
    """Statements that share a word with the question, in the library's order."""
    asked = " ".join((*question.quoted, *expand(question.topic, question.language, store.languages())))
    hits = store.statements_matching(asked, filters=exact, limit=_MOST_HITS)
    return [store.statement(hit.id) for hit in hits]


def _by_act(question: Question, store: Store, exact: Filters) -> list[Statement]:
    """Statements whose cue has one of the acts, and those whose words may have it ("We condemn …"), in the library's
    order.
    """
    statements = {s.id: s for s in store.statements(replace(exact, acts=question.acts))}
    languages = store.languages() if exact.languages is None else exact.languages
    for language in sorted(languages):
        # One look for each language: an index looks up no more than a few dozen words at a time.
        forms = sorted({form.split()[0] for act in question.acts for form in act_forms(language, act)})
        for hit in store.statements_matching(" ".join(forms), filters=exact, limit=_MOST_HITS):
            if hit.id not in statements:
                statements[hit.id] = store.statement(hit.id)
    order = {article.id: place for place, article in enumerate(store.articles(Filters()))} if len(statements) > 1 else {}
    return sorted(statements.values(), key=lambda s: (order.get(s.article_id, 0), s.span.start))


def expand(words: Sequence[str], language: str, spoken: Iterable[str] = ANSWER_LANGUAGES) -> tuple[str, ...]:
    """The words, then by turns the forms and the words of other languages for the same, which an index of words does not know.

    Args:
        spoken: The languages of the articles.

    >>> "golpe" in expand(["coup"], "en"), "elections" in expand(["election"], "en")
    (True, True)
    """
    languages = tuple(dict.fromkeys((language, *spoken)))
    columns: list[list[str]] = []
    for word in words:
        root = stem(word, language)
        forms = [root, f"{root}s"]
        for sense in sorted(likely[1:] for likely in likeness(word, language) if likely.startswith("=")):
            forms += words_for(sense, languages)
        columns.append(forms)
    return tuple(dict.fromkeys([*words, *filter(None, itertools.chain.from_iterable(itertools.zip_longest(*columns)))]))


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


# Words


def _by_topic(question: Question, evidence: list[Evidence], store: Store, exact: Filters) -> tuple[list[Evidence], bool]:
    is_claim = question.claim or question.wanted == "outlet"
    # Names, as far as capitals tell them.
    light = (
        frozenset(fold(w) for w in question.topic if w[:1].isupper()) if is_claim and question.language != "de" else frozenset()
    )
    countries = {fold(w) for w in question.topic if any(form[0] == "#" for form in likeness(w, question.language))}
    if len(countries) < len(question.topic):
        # "The lithium trade with Bolivia": all that is said in these articles is on Bolivia.
        light |= countries
    if question.is_true:
        # What is only near it is neither a yes nor a no.
        evidence = [item for item in evidence if share_said(question, item) >= _SAID_OF_IT]
    if question.acts & _DONE_TO:
        evidence = _done_to(question, evidence, store.people())
    scored = [(coverage(question.topic, item, language=question.language, light=light), item) for item in evidence]
    best = max((score for score, _ in scored), default=0.0)
    # Who did something is told exactly, what was said on something also in part.
    is_exact = is_claim or (question.wanted == "who" and question.acts)
    beside_best = _CLAIMED_BESIDE_BEST if is_exact else _BESIDE_BEST
    kept = [(score, item) for score, item in scored if score >= max(_COVERED, beside_best * best)]
    if question.wanted == "who" and question.acts:
        # "Who called for the soldiers to go back?" is not answered by who called for a fight back.
        kept = [(score, item) for score, item in kept if share_said(question, item) >= _WHO_SAID_OF_IT]
    if question.wanted == "outlet":
        kept = [pair for pair in kept if pair[0] >= _REPORTED]
    if question.acts & _DONE_TO and not _on_people(question) and (best < 1 or len(question.topic) == 1):
        # "Who condemned the coup?": "the action", in an article on the coup, is the coup.
        ids = {item.statement.id for _, item in kept}
        kept += [(_COVERED, item) for _, item in scored if item.statement.id not in ids and is_about(item.article, question)]
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


def share_said(question: Question, item: Evidence) -> float:
    """The share of the topic that a statement's own words have, in [0, 1]."""
    spoken = item.article.language
    words = words_of(item.words, spoken)
    had = [covers(likeness(word, question.language) | likeness(word, spoken), words, spoken) for word in question.topic]
    return sum(had) / len(had) if had else 0.0


def _done_to(question: Question, evidence: list[Evidence], people: Sequence[Person]) -> list[Evidence]:
    """Without what is done to others, where the question names to whom: "accuses Lee" is not answered by who accuses Ríos."""
    asked = {match.person.id for word in question.topic if word[:1].isupper() for match in match_people(word, people)}
    names = {
        word: person.id
        for person in people
        if person.kind == "person"
        for form in (person.name, *person.aliases)
        for word in folded(form)[-1:]
    }
    if not asked & set(names.values()):
        return evidence
    kept = []
    for item in evidence:
        named = {names[word] for word in item.folded if word in names}
        if not named or named & asked:
            kept.append(item)
    return kept


def is_of(item: Evidence, person: Person, people: Sequence[Person]) -> bool:
    """Whether somebody else says it of this person, by name or by an office, where nobody else is named."""
    if item.statement.speaker is None:
        return False
    spoken = item.article.language
    said = words_of(item.words, spoken)
    if _last_names(person) & said:
        return True
    offices = {form for role in person.roles for form in words_of(role.text, spoken) if form[0] == "="}
    return bool(offices & said) and not any(_last_names(other) & said for other in people if other.kind == "person")


def _last_names(person: Person) -> frozenset[str]:
    return frozenset(form for name in (person.name, *person.aliases) for form in folded(name)[-1:])


def _on_people(question: Question) -> bool:
    """Whether the topic is somebody: "the action" may be the coup, but not the president."""
    roles = load_vocabulary().concepts
    return any(fold(word) in roles or (word[:1].isupper() and question.language != "de") for word in question.topic)


def _is_meaningful(question: Question, store: Store) -> bool:
    """Whether the topic has a word that is more than a name: names have no likeness in meaning."""
    names = {word for person in store.people() for form in (person.name, *person.aliases) for word in folded(form)}
    return any(fold(word) not in names for word in question.topic)


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
