"""Whether a statement fits a part of a question: its addressee, relay, act, topic or occasion.

What counts is the statement, the sentence it stands in, its scene, and the sentences beside it, in this order.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from index.attribution.lexicon import load_lexicon
from index.records import Act, Article, Span
from rag.likeness import likeness
from rag.meanings import find_phrase, words_for
from rag.naming import Naming
from rag.phrases import load_frames
from rag.question import Question
from rag.witnesses import Evidence
from rag.words import find_run, fold, folded, stem, tokenize

# What a topic word counts by where it stands: in the content or cue, in the statement's sentence, or in a sentence
# beside it.
_IN_CONTENT, _IN_SENTENCE, _BESIDE = 1.0, 0.6, 0.3
_LIGHT = 0.4
_PARAGRAPH, _LEAD = "\n\n", 600
# Names in capitals inside a sentence.
_RELAYED = re.compile(r"(?<=[\w,] )[A-ZÆØÅÄÖÉ]\w+")
_SENTENCE_END = re.compile(r"[.!?…][\"”»“’)\]]*\s|\n")


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


def is_addressed(evidence: Evidence, naming: Naming, language: str) -> bool:
    """Whether a statement was said to the one asked about: a known person, or a group by whatever word is used for it.

    Where no addressee was made out, the statement's own sentence, the one before it and its scene may tell.
    """
    addressee = evidence.statement.addressee
    speaker = evidence.statement.speaker
    person = addressee.person if addressee else None
    if person is not None and speaker is not None and person.id == speaker.id:
        # "His supporters" are not he.
        person = None
    if person is not None and naming.people:
        return person.id in naming.ids
    asked = _nouns(naming.mention, language)
    written = addressee.span.of(evidence.article.text) if addressee and addressee.span else None
    if written is not None and asked & _nouns(written, evidence.article.language):
        return True
    if any(one.kind == "person" and not one.roles for one in naming.people) and not _is_outlet_like(naming):
        return False
    # "The station" of the article may be the station by name.
    return (written is None or bool(naming.people)) and _is_beside(evidence, naming, asked)


def _is_outlet_like(naming: Naming) -> bool:
    return all(person.kind == "organisation" or person.gender is None for person in naming.people)


def _is_beside(evidence: Evidence, naming: Naming, asked: frozenset[str]) -> bool:
    """Whether the words around a statement, but not its content, name the one asked about."""
    if any(person.gender is not None for person in naming.people):
        # That a person is named beside a statement does not make it said to that person.
        return False
    language = evidence.article.language
    around = f"{frame(evidence)} {sentence_before(evidence)}"
    if naming.people:
        words = folded(around)
        forms = {folded(form) for person in naming.people for form in (person.name, *person.aliases)}
        return any(form and find_run(form, words) >= 0 for form in forms) and not any(
            find_run(form, evidence.folded) >= 0 for form in forms if form
        )
    groups = {form for form in asked if form[0] in "@="}
    if groups:
        return bool(groups & _nouns(around, language)) and not groups & _nouns(evidence.words, language)
    plain = set(folded(naming.mention))
    return bool(plain) and plain <= set(folded(around)) and not plain <= set(evidence.folded)


def frame(evidence: Evidence) -> str:
    """The sentence around a statement and its scene, without what was said."""
    text, statement = evidence.article.text, evidence.statement
    span = sentence_around(text, statement.span)
    pieces, at = [], span.start
    for content in statement.content:
        pieces.append(text[at : max(at, content.start)])
        at = max(at, content.end)
    pieces.append(text[at : span.end])
    scene = statement.scene.of(text) if statement.scene else ""
    return " ".join((*pieces, scene))


def sentence_before(evidence: Evidence) -> str:
    """The sentence before a statement's own, in its paragraph or as the line that introduces it."""
    text = evidence.article.text
    start = sentence_around(text, evidence.statement.span).start
    ahead = text[:start].rstrip()
    if not ahead:
        return ""
    before = sentence_around(text, Span(len(ahead) - 1, len(ahead) - 1)).of(text).strip()
    # A heading or a caption is no sentence.
    return before if before.endswith((".", ":", "?", "!", "…", "”", "»", '"')) else ""


def is_relative(evidence: Evidence) -> bool:
    """Whether the source is no more than a relative pronoun."""
    article = evidence.article
    words = [word for span in evidence.statement.source for word in folded(span.of(article.text))]
    return bool(words) and set(words) <= {fold(word) for word in load_lexicon(article.language).pronouns.relative}


def is_relayed(evidence: Evidence, relay: str) -> bool:
    asked = set(folded(relay))
    sources = [evidence.statement.reported_by or "", evidence.article.outlet or ""]
    if evidence.statement.reported_by is None:
        # "…, reports Reuters:" in the line that introduces the words.
        sources.append(" ".join(_RELAYED.findall(f"{frame(evidence)} {sentence_before(evidence)}")))
    return any(asked <= set(folded(source)) for source in sources)


@lru_cache(maxsize=256)
def act_forms(language: str, act: Act) -> frozenset[str]:
    return frozenset(
        fold(form) for cue in load_lexicon(language).cues if cue.act == act for form in (*cue.present, *cue.past, *cue.infinitive)
    )


def has_act(evidence: Evidence, acts: Iterable[Act]) -> bool:
    """Whether the cue says the act, or the speaker's own words do ("We condemn …", he said)."""
    if evidence.statement.act in acts:
        return True
    if evidence.statement.kind != "direct":
        return False
    language = evidence.article.language
    words = evidence.folded
    first = {fold(word) for word in load_lexicon(language).pronouns.first}
    for act in acts:
        forms = own_forms(language, act)
        # "Many thanks to the people": the speaker's words open with the act itself.
        roots = {stem(form, language) for form in forms if " " not in form}
        if any(stem(word, language) in roots for word in words[:3]):
            return True
        runs = {tuple(form.split()) for form in forms}
        for at in range(len(words) - 1):
            if words[at] in first and any(words[at + gap : at + gap + len(run)] == run for gap in (1, 2) for run in runs):
                return True
    return False


# Acts that words do by how they are put, where no verb around them names the act.
_MOODS: dict[Act, str] = {"order": "order", "ask_for": "order", "suggest": "order", "promise": "promise", "announce": "promise"}


def has_mood(evidence: Evidence, acts: Iterable[Act]) -> bool:
    """Whether the words demand or promise by how they are put: "The troops must go", "never again will we …"."""
    language = evidence.article.language
    moods = load_frames().moods.get("nb" if language == "nn" else language, {})
    words = tuple(token.text.casefold() for token in tokenize(evidence.words))
    for kind in {_MOODS[act] for act in acts if act in _MOODS}:
        for phrase in moods.get(kind, ()):
            if len(phrase) == 1 and phrase[0].startswith("-"):
                if any(len(word) > len(phrase[0]) and word.endswith(phrase[0][1:]) for word in words):
                    return True
            elif phrase[0] in words and find_run(phrase, words) >= 0:
                return True
    return False


@lru_cache(maxsize=256)
def own_forms(language: str, act: Act) -> frozenset[str]:
    """The verbs with which speakers do an act themselves: where the list of words has them, the very verb and what
    translates it ("condemn"), and none of those near it ("deplore").
    """
    forms = act_forms(language, act)
    named = frozenset(fold(form) for form in words_for(act, [language]))
    return forms & named or forms


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


def words_of(text: str, language: str) -> frozenset[str]:
    """What the words of a text, and the phrases in it that have a meaning of their own, may be found by."""
    found: set[str] = set()
    tokens = tokenize(text)
    words = [fold(token.text) for token in tokens]
    for place, token in enumerate(tokens):
        found |= likeness(token.text, language)
        if length := find_phrase(words, place, language):
            found |= likeness(" ".join(words[place : place + length]), language)
    return frozenset(found)


def covers(wanted: frozenset[str], words: frozenset[str], language: str) -> bool:
    if wanted & words:
        return True
    if language not in ("nb", "nn", "sv", "da", "de", "nl"):
        return False
    # Compounds: "kuppet" is in "statskuppet".
    return any(len(part) >= 4 and any(word.endswith(part) for word in words) for part in wanted if part[:1] not in "=#")


def coverage(topic: Sequence[str], evidence: Evidence, *, language: str, light: frozenset[str] = frozenset()) -> float:
    """The share of topic words that a statement and its surroundings have, in [0, 1]; less for words farther away.

    Args:
        light: Folded words that count for less, as names do, in whose place articles put "the general".
    """
    if not topic:
        return 1.0
    spoken = evidence.article.language
    sets = [words_of(zone, spoken) for zone in zones(evidence)]
    total = whole = 0.0
    for word in topic:
        wanted = likeness(word, language) | likeness(word, spoken)
        worth = _LIGHT if fold(word).removesuffix("'s") in light else 1.0
        whole += worth
        for words, weight in zip(sets, (_IN_CONTENT, _IN_SENTENCE, _BESIDE), strict=True):
            if covers(wanted, words, spoken):
                total += weight * worth
                break
    return total / whole


def is_about(article: Article, question: Question) -> bool:
    words = words_of(f"{article.title or ''} {article.text[:2000]}", article.language)
    return all(covers(likeness(word, question.language), words, article.language) for word in question.topic)


def is_on_the_story(article: Article, question: Question) -> bool:
    """Whether the title and the first paragraph have all of the topic: that is what the article is on."""
    words = words_of(f"{article.title or ''} {article.text.strip().partition(_PARAGRAPH)[0][:_LEAD]}", article.language)
    return all(covers(likeness(word, question.language), words, article.language) for word in question.topic)


def by_circumstance(question: Question, evidence: list[Evidence]) -> tuple[list[Evidence], tuple[str, ...]]:
    """The statements that were made on the occasion asked about; all of them, and its words, where none tells of it."""
    scored = []
    for item in evidence:
        spoken = item.article.language
        _, sentence, _ = zones(item)
        near, beside = words_of(sentence, spoken), words_of(sentence_before(item), spoken)
        score = 0.0
        for word in question.circumstance:
            wanted = likeness(word, question.language) | likeness(word, spoken)
            score += 1.0 if covers(wanted, near, spoken) else 0.7 if covers(wanted, beside, spoken) else 0.0
        scored.append((score / len(question.circumstance), item))
    best = max(score for score, _ in scored)
    if best < 0.5:
        return evidence, question.circumstance
    return [item for score, item in scored if score >= max(0.5, 0.7 * best)], ()
