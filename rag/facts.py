"""A question of fact → the sentence of an article that tells it, or nothing.

A sentence tells it if it has enough of the words asked about, rare ones counting for more than common ones, and near them
something of the sort that is sought which does not stand in the question itself. What is asked for and not told is refused:
names, years and the word for what is counted are never done without.
"""

import itertools
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from index.attribution.lexicon import load_lexicon
from index.layout import find_blocks
from index.library import NO_FILTERS, Filters
from index.records import Article, Person, Span
from index.sentences import find_sentences
from rag.answering import Hits, Told, find_answer, find_names, is_one_name
from rag.fitting import sentence_around
from rag.meanings import find_phrase, senses_of
from rag.phrases import load_fact_concepts, load_fact_words, load_phrases
from rag.question import Question
from rag.search import Sentence, Store
from rag.seeking import Asked, Sought, alike, search_forms, seek
from rag.words import YEAR, fold, folded, tokenize

# Passages that are looked at sentence by sentence: those with the most of what is asked.
_MOST_PASSAGES = 40
# Articles whose captions are looked at where no passage tells: those with the best passages.
_MOST_CAPTIONED = 5
# The index of words looks up no more at a time.
_AT_ONCE = 64
# What the words of a phrase that means what is asked count for, in the choice of passages.
_LOOSE = 0.3
# What a word counts for that stands in the sentence before, or in the title and opening of the article.
_BEFORE, _IN_OPENING, _NAME_IN_OPENING = 0.6, 0.35, 0.55
_OPENING = 250
_LEAD = 800
# Shares of the words asked about, by weight, that the sentence must have: with something of the sort sought, and without.
_ENOUGH, _ENOUGH_UNSORTED = 0.62, 0.8
# Of so many words besides names one may be missing.
_MAY_LACK_ONE = 3
# With a name that only the title or opening has, the sentence itself must have so many of the words.
_HITS_BESIDE_TITLE = 2
_LONGEST_PAIR = 500
_PAIR_COSTS, _UNFINISHED_COSTS = 0.12, 0.1
_SHORTEST_LEAD = 8
_COMPOUNDING = frozenset({"nb", "nn", "sv", "da", "de", "nl"})
_SHORTEST_PART = 4
_ENDS = (".", "!", "…", "”", "»", '"', "’")
_CREDIT = re.compile(
    r"(?i)^\W*(?:photo|foto|image|bild|bilde|billede|imagen|credit|video|illustration|graphic)\w*\s*(?::|by\b|av\b|af\b|\Z)"
    r"|\b(?:AFP|AP|EPA|EFE|NTB|TT|DPA|REUTERS|Getty)\s?/|/\s?(?:AFP|AP|EPA|EFE|NTB|TT|dpa|Reuters|Getty|Shutterstock)\b"
    r"|^(?:by|av|af|von|por|par)\s+(?:\w+\W+){1,4}\Z"
)


@dataclass(frozen=True, slots=True)
class _Line:
    """A sentence of a passage, as it is compared.

    Args:
        start, end: Its offsets in the passage.
        links: Whether it opens with a word that leans on the sentence before ("It had left …").
        tells: Whether it is one that can tell a fact: no question, no credit of a picture, no byline.
    """

    start: int
    end: int
    told: Told
    links: bool
    tells: bool
    finished: bool


def find_sentence(question: Question, store: Store, *, filters: Filters | None = None) -> Sentence | None:
    """The sentence that tells what a question of fact asks, with the one before it where it leans on that; None where none does.

    The same question of the same library has the same answer; of sentences that tell as much, it is the shorter one.
    """
    sought = seek(question, store.people())
    languages = store.languages()
    n_passages = store.counts.passages
    weights: dict[Asked, float] = {}
    found: dict[str, float] = {}
    for word in sought.words:
        forms, loose = search_forms(word, sought.language, languages)
        ids = _passages_with(forms, store, filters)
        if not ids and word.is_certain:
            # Nobody writes of it.
            return None
        weights[word] = word.weight * math.log(1 + n_passages / (1 + len(ids)))
        for key in ids:
            found[key] = found.get(key, 0.0) + weights[word]
        for key in _passages_with(loose, store, filters) - ids:
            found[key] = found.get(key, 0.0) + weights[word] * _LOOSE
    passages = [store.passage(key) for key in sorted(found, key=lambda key: (-found[key], key))[:_MOST_PASSAGES]]
    articles = {key: store.article(key) for key in dict.fromkeys(passage.article_id for passage in passages)}
    within = [(articles[passage.article_id], passage.span) for passage in passages]
    chosen = _best(sought, weights, within)
    if chosen is None and sought.sort not in (None, "event"):
        # What only a caption tells is in no passage.
        likely = itertools.islice(articles.values(), _MOST_CAPTIONED)
        shown = [(article, span) for article in likely for span in _captions(article.text, article.language)]
        chosen = _best(sought, weights, shown)
    return chosen


def _best(sought: Sought, weights: Mapping[Asked, float], within: Sequence[tuple[Article, Span]]) -> Sentence | None:
    """Of the sentences in pieces of articles the one that tells best what is sought, and of these the shortest."""
    best: tuple[float, int, str, int] | None = None
    chosen: Sentence | None = None
    for article, piece in within:
        for span, score in _telling(sought, weights, article, piece):
            order = (round(score, 6), -span.length, article.id, -span.start)
            if best is None or order > best:
                best, chosen = order, Sentence(article=article, span=span, score=min(1.0, max(0.0, score)))
    return chosen


@lru_cache(maxsize=1_024)
def _captions(text: str, language: str) -> tuple[Span, ...]:
    """The captions of an article, without the credit that may cling to them."""
    found = []
    for block in find_blocks(text, language=language):
        if block.kind == "caption":
            words = block.span.of(text).partition("\n")[0].rstrip(" (")
            found.append(Span(block.span.start, block.span.start + len(words)))
    return tuple(found)


def _telling(sought: Sought, weights: Mapping[Asked, float], article: Article, passage: Span) -> Iterator[tuple[Span, float]]:
    """The sentences of a passage that tell what is sought, each with how well."""
    lines = _lines(passage.of(article.text), article.language)
    opening = _opening(f"{article.title or ''}\n{article.text[:_OPENING].rpartition(' ')[0]}", article.language)
    wanted = {word: _wanted(word, sought.language, article.language) for word in sought.words}
    before: _Read | None = None
    for line in lines:
        if not line.tells:
            before = None
            continue
        read = _Read(line=line, article=article, opening=opening, hits=_hits(wanted, line.told))
        tried = [(_score(sought, weights, read), line.start)]
        if before is not None and (read.hits or before.hits):
            # "She studied at …", "It is on this square that …": who and what stands in the sentence before.
            leans = line.links and line.end - before.line.start <= _LONGEST_PAIR
            start = before.line.start if leans else line.start
            tried.append((_score(sought, weights, replace(read, before=before.hits)), start))
            if leans:
                both = _score(sought, weights, _joined(before, read))
                tried.append((both and both - _PAIR_COSTS, start))
        told = [(score, start) for score, start in tried if score is not None]
        if told:
            score, start = max(told)
            span = Span(passage.start + start, passage.start + line.end)
            yield span, score + _lead(sought, span, line)
        before = read


def _hits(wanted: Mapping[Asked, frozenset[str]], told: Told) -> Hits:
    """The tokens of a sentence that stand for each word asked about."""
    found: Hits = {}
    for word, forms in wanted.items():
        parts = _parts(forms) if told.language in _COMPOUNDING else ()
        if forms.isdisjoint(told.every) and not parts:
            continue
        # Compounds: "kuppet" is in "statskuppet".
        places = tuple(
            at for at, one in enumerate(told.forms) if not forms.isdisjoint(one) or (parts and told.plain[at].endswith(parts))
        )
        if places:
            found[word] = places
    return found


@lru_cache(maxsize=4_096)
def _parts(forms: frozenset[str]) -> tuple[str, ...]:
    return tuple(form for form in forms if len(form) >= _SHORTEST_PART and form[0] not in "=#~%")


def _lead(sought: Sought, span: Span, line: _Line) -> float:
    """What a question of what happened is answered by best: the article's own opening."""
    if sought.sort != "event" or len(line.told.raw) < _SHORTEST_LEAD or not line.finished:
        return 0.0
    return 1.0 - min(1.0, span.start / _LEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """A sentence with what is asked.

    Args:
        opening: What the words of its article's title and opening may be found by.
        hits: Its tokens that stand for each word asked about.
        before: The words asked about that the sentence before has, if that may tell too.
    """

    line: _Line
    article: Article
    opening: frozenset[str]
    hits: Hits
    before: Collection[Asked] = ()


def _score(sought: Sought, weights: Mapping[Asked, float], read: _Read) -> float | None:
    """How well a sentence tells what is sought; None where it does not."""
    line, told, hits = read.line, read.line.told, read.hits
    total = whole = 0.0
    n_plain, n_afar, n_missing = 0, 0, 0.0
    for word in sought.words:
        level = 0.0
        if word in hits:
            level = 1.0
        elif word.is_year:
            return None
        elif word in read.before and (line.links or not word.name):
            level = _BEFORE
        elif not word.person and not _wanted(word, sought.language, told.language).isdisjoint(read.opening):
            level = _NAME_IN_OPENING if word.name else _IN_OPENING
            # The country where it all happens needs no naming.
            n_afar += word.name and not any(form[0] == "#" for form in _wanted(word, sought.language, told.language))
        if word.name and not level and not _is_first_name(word, sought, told):
            return None
        if not word.name and not word.light:
            n_plain += 1
            n_missing += 1 if not level else 0.5 * (level < _BEFORE)
        total += level * weights[word]
        whole += weights[word]
    if not whole or (n_plain and not any(not word.name for word in hits)):
        return None
    if n_afar and len(hits) < _HITS_BESIDE_TITLE:
        # Who bought the Post of the title is not told by whoever bought something.
        return None
    if n_missing > max(0.5, n_plain // _MAY_LACK_ONE) or _is_elsewhere(sought, hits, told) or _is_denied(sought, hits, told):
        return None
    share = total / whole
    score = share
    if sought.sort in (None, "event"):
        if share < (_ENOUGH_UNSORTED if sought.sort is None else _ENOUGH):
            return None
    else:
        if sought.sort != "person" and not _is_of_them(told, hits):
            return None
        answer = find_answer(sought, told, hits, since=_still_ahead(read.article) if sought.ahead else 0)
        if answer is None or share < _ENOUGH:
            return None
        score += 0.1 * answer.near
    if not line.finished:
        score -= _UNFINISHED_COSTS
    if told.language == sought.language:
        score += 0.02
    return score if not sought.relay or sought.relay <= {*folded(read.article.outlet or ""), *told.plain} else None


def _is_first_name(word: Asked, sought: Sought, told: Told) -> bool:
    """Whether the name behind it in the question is there: articles shorten "Ann Lee" to "Lee"."""
    at = sought.words.index(word)
    following = sought.words[at + 1] if at + 1 < len(sought.words) else None
    if following is None or not following.name or not following.forms[0][:1].isupper():
        return False
    wanted = _wanted(following, sought.language, told.language)
    return any(wanted & forms for forms in told.forms)


def _is_of_them(told: Told, hits: Hits) -> bool:
    """Whether what is told may be of somebody asked about: no other's name stands between theirs and what is asked of them.

    "Lee said that Roe was born in Oslo" does not tell where Lee was born.
    """
    theirs = [at for word, places in hits.items() if word.person for at in places]
    asked = {at for places in hits.values() for at in places}
    deeds = [at for word, places in hits.items() if not word.name for at in places]
    others = [at for at in told.names if at not in asked and not is_one_name(told, at, set(theirs))]
    return not (theirs and deeds) or any(
        not any(min(at, deed) < other < max(at, deed) for other in others) for at in theirs for deed in deeds
    )


@lru_cache(maxsize=4_096)
def _last_year(text: str) -> int:
    return max((int(year) for year in folded(text) if YEAR.fullmatch(year)), default=0)


def _still_ahead(article: Article) -> int:
    """The year from which on a year lies ahead of an article: that of its day, or else the last that it names."""
    return article.published.year if article.published else _last_year(article.text)


def _is_elsewhere(sought: Sought, hits: Mapping[Asked, Sequence[int]], told: Told) -> bool:
    """Whether a country asked about stands only in the title, and the sentence is on another one."""
    asked = {form for word in sought.words if word not in hits for form in _wanted(word, sought.language, "") if form[0] == "#"}
    return bool(asked) and any(form[0] == "#" and form not in asked for forms in told.forms for form in forms)


def _is_denied(sought: Sought, hits: Mapping[Asked, Sequence[int]], told: Told) -> bool:
    """Whether the sentence says of the words asked about that it is not so, or only may be, or the other way round."""
    not_ = {fold(word) for word in load_phrases(told.language).negations}
    maybe = load_fact_words(told.language).maybe
    nobody = load_fact_words(told.language).nobody
    plain = [at for word, places in hits.items() if not word.name for at in places]
    near = {told.plain[at] for place in plain for at in range(max(0, place - 3), min(len(told.plain), place + 3)) if at != place}
    denied = bool(near & not_) and not (sought.sort in ("number", "amount") and near & nobody)
    if sought.negated:
        return not set(told.plain) & not_
    asked_maybe = {fold(word) for word in load_fact_words(sought.language).maybe}
    return denied or bool(near & maybe and sought.sort in ("person", "number") and not asked_maybe & sought.small)


@lru_cache(maxsize=4_096)
def _wanted(word: Asked, asked: str, told: str) -> frozenset[str]:
    """What a word of a question in one language may be found by in a sentence of another."""
    found: set[str] = set()
    for form in word.forms:
        found |= alike(form, asked, meant=True)
        if told:
            # Of the other language, its stem only: what a word of that spelling means there is not what was asked.
            found |= {one for one in alike(form, told) if one[0] not in "=~%"} if asked != told else set()
    return frozenset(form for form in found if not (word.proper and form[0] in "=~"))


def _passages_with(forms: Sequence[str], store: Store, filters: Filters | None) -> set[str]:
    found: set[str] = set()
    for at in range(0, len(forms), _AT_ONCE):
        found.update(store.passages_with(" ".join(forms[at : at + _AT_ONCE]), filters=filters or NO_FILTERS))
    return found


# Sentences as they are compared


@lru_cache(maxsize=4_096)
def _lines(text: str, language: str) -> tuple[_Line, ...]:
    found = []
    for span in find_sentences(text, Span(0, len(text)), language=language):
        sentence = span.of(text)
        told = _told(sentence, language)
        if told.raw:
            found.append(
                _Line(
                    start=span.start,
                    end=span.end,
                    told=told,
                    links=bool(_leaning(language) & set(told.plain[:3])),
                    tells=not sentence.endswith("?") and not _CREDIT.search(sentence),
                    finished=sentence.endswith(_ENDS),
                )
            )
    return tuple(found)


def _told(sentence: str, language: str) -> Told:
    tokens = tokenize(sentence)
    raw = tuple(token.text for token in tokens)
    plain = tuple(fold(token) for token in raw)
    forms = [alike(token, language) for token in raw]
    concepts = load_fact_concepts()
    for at in range(len(plain)):
        for length in (2, 3):
            if named := concepts.get(plain[at : at + length]):
                forms[at] |= {f"~{concept}" for concept in named}
        if length := find_phrase(plain, at, language):
            forms[at] |= {f"={sense}" for sense in senses_of(" ".join(plain[at : at + length]), language)}
    return Told(
        text=sentence,
        language=language,
        raw=raw,
        plain=plain,
        starts=(starts := tuple(token.start for token in tokens)),
        forms=tuple(forms),
        every=frozenset().union(*forms),
        names=find_names(sentence, raw, starts, forms, language=language),
    )


def _joined(first: _Read, second: _Read) -> _Read:
    """Two sentences as one."""
    gap, shift = second.line.start - first.line.start, len(first.line.told.raw)
    one, two = first.line.told, second.line.told
    told = Told(
        text=one.text + " " * (gap - len(one.text)) + two.text,
        language=two.language,
        raw=one.raw + two.raw,
        plain=one.plain + two.plain,
        starts=one.starts + tuple(start + gap for start in two.starts),
        forms=one.forms + two.forms,
        every=one.every | two.every,
        names=one.names + tuple(at + shift for at in two.names),
    )
    hits = {
        word: first.hits.get(word, ()) + tuple(at + shift for at in second.hits.get(word, ()))
        for word in dict.fromkeys((*first.hits, *second.hits))
    }
    return replace(second, line=replace(second.line, start=first.line.start, told=told, links=False), hits=hits, before=())


@lru_cache(maxsize=4_096)
def _opening(text: str, language: str) -> frozenset[str]:
    return frozenset().union(*(alike(token.text, language) for token in tokenize(text)))


@lru_cache(maxsize=16)
def _leaning(language: str) -> frozenset[str]:
    """Pronouns of others, by which a sentence leans on the one before."""
    pronouns = load_lexicon(language).pronouns
    named = (pronouns.female, pronouns.male, pronouns.plural, pronouns.common, pronouns.object_female, pronouns.object_male)
    phrases = load_phrases(language) if language != "nn" else load_phrases("nb")
    that = phrases.pronouns["that"] if phrases.language == ("nb" if language == "nn" else language) else ()
    return frozenset(fold(word) for words in (*named, that) for word in words)


# Who somebody is


def find_role(person: Person, store: Store) -> Sentence | None:
    """The sentence that tells best who somebody is: with the name and the fullest role, and short; None where none tells one."""
    names = {words[-1] for form in (person.name, *person.aliases) if (words := folded(form))}
    best: tuple[tuple[bool, bool, int, int], Sentence] | None = None
    for role in person.roles:
        article = store.article(role.article_id)
        span = sentence_around(article.text, role.span)
        sentence = span.of(article.text).strip()
        named = bool(names & set(folded(sentence)))
        proper = sentence.endswith(_ENDS) and not _CREDIT.search(sentence)
        key = (named, proper, len(folded(role.text)), -span.length)
        if best is None or key > best[0]:
            best = key, Sentence(article=article, span=span, score=1.0)
    return best[1] if best else None
