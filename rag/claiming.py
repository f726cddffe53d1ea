"""What somebody is asked to have said, in a clause without quotation marks, and whether a statement holds it.

Names, numbers and negations of the claim must be the statement's; of its other words all that carry it. A word that no
article has may be missing only where the statement is in another language and most of the claim is there without it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import pairwise

from index.attribution.grammar import load_grammar
from index.attribution.lexicon import load_lexicon
from index.library import Library
from index.people import match_people
from index.records import Act, Person
from rag.fitting import act_forms, covers, words_of
from rag.likeness import likeness, number_of
from rag.phrases import load_phrases, load_spotting
from rag.question import Question
from rag.search import SOFT_ACTS, is_of
from rag.witnesses import Evidence
from rag.words import find_run, fold, folded, tokenize

_SENTENCES = re.compile(r"(?<=[.!?])\s+")
# So many words that carry a claim must be there for each that may be missing.
_FOR_A_MISSING = 2
# So many words may stand between who does something and the verb, or open a clause without a subject.
_BETWEEN = 2
_BEFORE_VERB = 4
# Languages in which a verb needs no subject, and those in which the subject may follow it.
_NO_SUBJECT = frozenset({"es", "pt", "it"})
_INVERTING = frozenset({"nb", "nn", "sv", "da", "de", "nl"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """The words of a claim by what they weigh.

    Args:
        words: Those that a statement must have.
        missable: Those that stand in no article and in no table, in lower case and where no noun stands.
        people: Everyone whom the library knows, to whom an office may refer.
    """

    question: Question
    words: tuple[str, ...]
    missable: tuple[str, ...]
    people: tuple[Person, ...]


def weigh(question: Question, library: Library) -> Claim:
    """The words that carry a claim, and those that a statement in another language need not have."""
    words: list[str] = []
    missable: list[str] = []
    small = _small(question)
    nouns = _behind_articles(question)
    asked = _asked_back(question)
    for word in question.topic:
        if fold(word) in small or word in asked:
            continue
        is_plain = (
            word.islower() and word.isalpha() and fold(word) not in nouns and fold(word) not in _negations(question.language)
        )
        if is_plain and is_unknown(word, question.language, library):
            missable.append(word)
        else:
            words.append(word)
    return Claim(question=question, words=tuple(words), missable=tuple(missable), people=library.people())


def is_unknown(word: str, language: str, library: Library) -> bool:
    """Whether a word stands in no article and means nothing that is known in other languages."""
    if any(form[0] in "=#%" for form in likeness(word, language)):
        return False
    return not library.statements_matching(word, limit=1) and not library.passages_matching(word, limit=1)


def holds(claim: Claim, evidence: Evidence) -> bool:
    """Whether a statement has what carries the claim, and is negated if the claim is."""
    spoken, question = evidence.article.language, claim.question
    cue = " ".join(span.of(evidence.article.text) for span in evidence.statement.cue)
    if spoken != question.language and len(claim.missable) * _FOR_A_MISSING > len(claim.words):
        return False
    wanted = [
        (word, likeness(word, question.language) | likeness(word, spoken))
        for word in (claim.words if spoken != question.language else _in_order(claim))
    ]
    around = _likenesses(cue, spoken)
    # Not the words around the statement: "who did not say that he led a coup, said …" is no word on a coup. And all in one
    # sentence: who condemns one thing and supports another does not support the first.
    if not any(
        all(forms & have or _is_office_of(word, claim, evidence) for word, forms in wanted)
        for sentence in _SENTENCES.split(evidence.words)
        for have in [around | _likenesses(sentence, spoken)]
    ):
        return False
    return not question.topic or _is_negated(question) == _is_denied(question, evidence)


def _likenesses(text: str, language: str) -> set[str]:
    return {form for token in tokenize(text) for form in likeness(token.text, language)}


def asks_of_matter(question: Question) -> bool:
    """Whether it is asked if anything was said about something ("say anything about"), rather than that something is so.

    >>> asks_of_matter(Question(text="Did Lee say anything about fish?", language="en", topic=("fish",)))
    True
    >>> asks_of_matter(Question(text="Did Lee say that fish is all about money?", language="en", topic=("fish", "money")))
    False
    """
    language, words = question.language, folded(question.text)
    phrases = load_phrases(language)
    telling = _forms(SOFT_ACTS - {"support"}, language)
    first = next((place for place, word in enumerate(words) if word in telling), len(words))
    abouts = [folded(phrase) for phrase in phrases.prepositions["about"]]
    # In Norwegian one word means both "if" and "about".
    begins = {fold(word) for word in phrases.complementisers} - {about[0] for about in abouts}
    if not begins.isdisjoint(words[first + 1 :]):
        return False
    loose = {fold(word) for word in (*load_spotting(language).frame, *phrases.ask["all"])}
    for place in range(1, len(words)):
        is_behind = words[place - 1] in loose or (place == first + 1 and not question.claim)
        if is_behind and any(words[place : place + len(about)] == about for about in abouts):
            return bool(question.topic)
    return False


def with_told_act(question: Question) -> Question:
    """The question with an act that is told in its clause among the words of the clause: "… said that Ríos is lying"."""
    language = question.language
    if not question.acts - SOFT_ACTS:
        return question
    words = folded(question.text)
    tokens = tokenize(question.text)
    begins = {fold(word) for word in load_phrases(language).complementisers}
    telling = _forms(SOFT_ACTS - {"support"}, language)
    opened = [place for place, word in enumerate(words) if word in begins and any(before in telling for before in words[:place])]
    if not opened:
        return question
    phrases = _forms(question.acts, language)
    if "deny" in question.acts:
        phrases |= {fold(phrase) for phrase in load_spotting(language).denies}
    small = _small(question) | {fold(word) for word in load_phrases(language).stop}
    told: list[str] = []
    for phrase in sorted(phrases):
        parts = tuple(phrase.split())
        at = find_run(parts, words)
        if 0 <= at < opened[0]:
            return question
        if at > opened[0]:
            told += [tokens[place].text for place in range(at, at + len(parts)) if words[place] not in small]
    if not told:
        return question
    topic = tuple(dict.fromkeys((*question.topic, *told)))
    return replace(question, acts=frozenset(), topic=topic, claim=True)


def _forms(acts: Iterable[Act], language: str) -> set[str]:
    """What articles and questions have for the acts, folded."""
    verbs = load_phrases(language).verbs
    return {form for act in acts for form in (*act_forms(language, act), *map(fold, verbs.get(act, ())))}


def does_act(evidence: Evidence, acts: Iterable[Act]) -> bool:
    """Whether the speaker's words tell that the speaker does it: "he recognises", not "Ríos recognises", nor "he may"."""
    language = evidence.article.language
    lexicon = load_lexicon(language)
    subjects = {fold(word) for word in lexicon.pronouns.first}
    if evidence.statement.kind != "direct":
        subjects |= {fold(word) for word in (*lexicon.pronouns.male, *lexicon.pronouns.female)}
    barred = {fold(word) for word in (*lexicon.possible, *lexicon.future, *load_phrases(language).negations)} | _barring(language)
    between = {fold(word) for word in lexicon.function_words} - barred
    forms = {form for act in acts for form in act_forms(language, act) if " " not in form}
    for sentence in _SENTENCES.split(evidence.words):
        words = folded(sentence)
        for place, word in enumerate(words):
            if word not in forms:
                continue
            before = words[max(0, place - _BETWEEN - 1) : place]
            for gap, subject in enumerate(reversed(before)):
                if subject in subjects and all(small in between for small in before[len(before) - gap :]):
                    return True
            if language in _INVERTING and place + 1 < len(words) and words[place + 1] in subjects:
                return True
            opening = words[:place]
            if language in _NO_SUBJECT and len(opening) <= _BEFORE_VERB and all(small in between for small in opening):
                return True
    return False


def _barring(language: str) -> set[str]:
    """Words behind which a verb tells what somebody is to do or might do: "to recognise", "if he recognises"."""
    return {fold(word) for word in (*_INFINITIVES.get(language, ()), *_CONDITIONS.get(language, ()))}


_INFINITIVES = {"en": ("to",), "nb": ("å",), "nn": ("å",), "sv": ("att",), "da": ("at",), "de": ("zu",), "nl": ("te",)}
_CONDITIONS = {
    "en": ("if", "unless", "would", "could", "should", "might", "may", "must"),
    "nb": ("hvis", "dersom", "ville", "kunne", "burde", "må", "skal", "vil", "kan", "skulle"),
    "nn": ("viss", "dersom", "ville", "kunne", "burde", "må", "skal", "vil", "kan", "skulle"),
    "sv": ("ifall", "skulle", "kunde", "borde", "måste", "ska", "vill", "kan"),
    "da": ("hvis", "ville", "kunne", "burde", "må", "skal", "vil", "kan", "skulle"),
    "de": ("falls", "wenn", "würde", "könnte", "sollte", "müsste", "muss", "soll", "will", "kann"),
    "es": ("si", "cuando", "podría", "debería", "debe", "puede"),
}


def _small(question: Question) -> frozenset[str]:
    """Words of a clause, folded, that carry nothing: some prepositions, the mark of an infinitive, what stands before names."""
    language = question.language
    phrases, lexicon = load_phrases(language), load_lexicon(language)
    # "Before" and "after", "inside" and "outside" carry a claim.
    groups = [words for group, words in phrases.prepositions.items() if group != "during"]
    small = {fold(word) for words in groups for word in words if " " not in word}
    small |= {fold(word) for word in _INFINITIVES.get(language, ())}
    if language == "de":
        # Its nouns are in capitals, so what the lexicon has among small words is no noun.
        lower = {fold(word) for word in question.topic if word.islower()}
        words = {fold(word) for word in (*lexicon.possible, *lexicon.future, *lexicon.denials)}
        small |= (
            (lower & {fold(word) for word in lexicon.function_words}) - words - {fold(w) for w in phrases.prepositions["during"]}
        )
        small = {word for word in small if number_of(word, language) is None}
    titles = {fold(word) for word in (*lexicon.titles_female, *lexicon.titles_male)}
    tokens = tokenize(question.text)
    small |= {fold(one.text) for one, name in pairwise(tokens) if fold(one.text) in titles and name.text in question.topic[1:]}
    return frozenset(small - _negations(language))


def _behind_articles(question: Question) -> frozenset[str]:
    """The words, folded, right behind an article or a preposition: nouns, whatever else a language tells them by."""
    phrases = load_phrases(question.language)
    leads = {fold(word) for word in load_grammar(question.language).determiners}
    leads |= {word for group in phrases.prepositions.values() for phrase in group for word in folded(phrase)[-1:]}
    leads |= {fold(word) for word in phrases.both}
    return frozenset(word for before, word in pairwise(folded(question.text)) if before in leads)


def _asked_back(question: Question) -> frozenset[str]:
    """Words of the topic that are asked for and not told: "…, and if so, with what proviso"."""
    phrases = load_phrases(question.language)
    asking = {fold(word) for key in ("which", "words") for word in phrases.ask[key] if " " not in word}
    behind = {word for before, word in pairwise(folded(question.text)) if before in asking}
    both = {fold(word) for word in phrases.both}
    words = folded(question.text)
    joined = {place for place, word in enumerate(words) if word in both}
    if not any(words[at] in asking and any(place < at for place in joined) for at in range(len(words))):
        return frozenset()
    return frozenset(word for word in question.topic if fold(word) in behind)


def _in_order(claim: Claim) -> tuple[str, ...]:
    wanted = {*claim.words, *claim.missable}
    return tuple(word for word in claim.question.topic if word in wanted)


def _negations(language: str) -> frozenset[str]:
    return frozenset(fold(word) for word in load_phrases(language).negations)


def _is_office_of(word: str, claim: Claim, evidence: Evidence) -> bool:
    """Whether a statement has an office of the one whom a word of the claim names, and nobody else's name or office."""
    if not word[:1].isupper():
        return False
    meant = {match.person.id: match.person for match in match_people(word, claim.people) if match.person.kind == "person"}
    if len(meant) != 1:
        return False
    (person,) = meant.values()
    spoken = evidence.article.language
    if not is_of(evidence, person, claim.people):
        return False
    said = {form for form in words_of(evidence.words, spoken) if form[0] == "="}
    own, others = _offices(person, spoken), set[str]()
    for other in claim.people:
        if other.kind == "person" and other.id != person.id:
            others |= _offices(other, spoken)
    return bool(own & said) and not (others - own) & said


def _offices(person: Person, language: str) -> frozenset[str]:
    return frozenset(form for role in person.roles for form in words_of(role.text, language) if form[0] == "=")


def _is_negated(question: Question) -> bool:
    return not _negations(question.language).isdisjoint(folded(question.text))


def _is_denied(question: Question, evidence: Evidence) -> bool:
    """Whether a statement says that what it has of the topic is not so; to deny what is not so is to say that it is."""
    said = not _negations(evidence.article.language).isdisjoint(_on_topic(question, evidence))
    return said != (evidence.statement.act == "deny" and "deny" not in question.acts)


def _on_topic(question: Question, evidence: Evidence) -> tuple[str, ...]:
    """The words, folded, of those sentences of a statement that have a word of the topic: another one may well say "no"."""
    spoken = evidence.article.language
    wanted = [likeness(word, question.language) | likeness(word, spoken) for word in question.topic]
    found: list[str] = []
    for sentence in _SENTENCES.split(evidence.words):
        words = words_of(sentence, spoken)
        if any(covers(forms, words, spoken) for forms in wanted):
            found.extend(folded(sentence))
    return tuple(found)
