"""One language's words → what the guard compares sentences by: which build sentences, negate, report, address, count.

From the lexicon and the phrases of the language; nothing here knows a sentence's evidence.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import Formatter

from index.attribution.lexicon import Lexicon, load_lexicon
from index.records import Act
from rag.likeness import likeness
from rag.phrases import Phrases, load_phrases, load_sorts
from rag.words import fold, folded

# Like `words.tokenize`, and also what changes a number: "%", "$", a minus before a digit.
_PART = re.compile(r"[^\W_]+(?:(?:['’‘.,](?=\d))[^\W_]+|['’‘][^\W_]+)*|[%‰$€£¥]|(?<!\w)[-−](?=\d)")
_STOP = re.compile(r"[.!?…](?=[\s”\"»]|$)|\n")
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,'’]\d{3})+")

# Number words that are articles or pronouns more often.
_ARTICLE_LIKE = frozenset({"one", "en", "ein"})
_CONNECTIVES = {
    code: frozenset(folded(words))
    for code, words in {
        "en": "addition moreover furthermore meanwhile besides also additionally likewise similarly however while article report",
        "nb": "tillegg dessuten samtidig videre imidlertid likeledes artikkelen",
        "sv": "tillägg dessutom samtidigt vidare emellertid likaså artikeln",
        "da": "desuden samtidig endvidere derudover imidlertid ligeledes artiklen",
        "de": "außerdem zudem ferner darüber hinaus gleichzeitig unterdessen jedoch artikel",
        "es": "además asimismo mientras tanto parte embargo igualmente artículo",
        "fr": "outre ailleurs également cependant entre-temps parallèlement toutefois article",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Part:
    """A word, number or sign of a text, with its place; `key` is what it is compared by."""

    text: str
    key: str
    start: int
    end: int


def split_parts(text: str, offset: int = 0) -> tuple[Part, ...]:
    return tuple(
        Part(match.group(), key_of(match.group()), match.start() + offset, match.end() + offset) for match in _PART.finditer(text)
    )


def key_of(word: str) -> str:
    """What words in quotation marks are compared by: accents count, case and the form of an apostrophe do not."""
    return word.casefold().replace("’", "'").replace("‘", "'").replace("−", "-")


def number_key(word: str) -> str:
    return re.sub(r"[.,'’]", "", word) if _THOUSANDS.fullmatch(word) else fold(word)


def find_keys(hay: Sequence[str], needle: Sequence[str], at: int) -> int:
    for start in range(at, len(hay) - len(needle) + 1):
        if hay[start] == needle[0] and list(hay[start : start + len(needle)]) == list(needle):
            return start
    return -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """What the checks ask of a language's lexicon and phrases."""

    language: str
    lexicon: Lexicon
    phrases: Phrases
    free: frozenset[str]
    negations: frozenset[str]
    cues: Mapping[str, frozenset[Act]]
    longer: Mapping[str, frozenset[tuple[tuple[str, ...], Act]]]
    titles: frozenset[str]
    roles: frozenset[str]
    to: frozenset[str]
    by: frozenset[str]
    months: Mapping[str, int]
    numbers: frozenset[str]
    dates: frozenset[str]
    labels: frozenset[str]

    @classmethod
    def of(cls, language: str) -> "Tongue":
        return load_tongue(language)

    def acts_of(self, words: Sequence[str]) -> frozenset[Act]:
        """What the first of some folded words tells of, alone or with those that follow it ("la … til")."""
        acts = set(self.cues.get(words[0], ()))
        for rest, act in self.longer.get(words[0], ()):
            behind = iter(words[1:])
            if all(word in behind for word in rest):
                acts.add(act)
        return frozenset(acts)

    def is_negation(self, word: str) -> bool:
        plain = fold(word)
        return plain in self.negations or plain.endswith("n't") or (self.language == "fr" and plain.startswith("n'"))


@cache
def load_tongue(language: str) -> Tongue:
    lexicon, phrases = load_lexicon(language), load_phrases(language)
    same = phrases.language == language or (phrases.language, language) == ("nb", "nn")
    negations = {fold(word) for word in lexicon.negations if " " not in word}
    if same:
        negations |= {fold(word) for word in phrases.negations if " " not in word}
    cues: dict[str, set[Act]] = {}
    longer: dict[str, set[tuple[tuple[str, ...], Act]]] = {}

    def learn(form: str, act: Act) -> None:
        # "räumt … ein" is read as its two words, near each other.
        first, *rest = folded(form) or ("",)
        if rest:
            longer.setdefault(first, set()).add((tuple(rest), act))
        else:
            cues.setdefault(first, set()).add(act)

    for cue in lexicon.cues:
        for form in (*cue.present, *cue.past, *cue.participle, *cue.infinitive, *cue.gerund):
            learn(form, cue.act)
    for noun in lexicon.nouns:
        for form in noun.forms:
            learn(form, noun.act)
    if same:
        for table in (phrases.verbs, {act: (form,) for act, form in phrases.said.items()}):
            for act, forms in table.items():
                for form in forms:
                    learn(form, act)
    sorts = load_sorts()
    numbers = sorts.numbers.get(language, frozenset()) - _ARTICLE_LIKE
    functions = {fold(word) for word in lexicon.function_words}
    free = functions | {fold(word) for word in phrases.stop if same}
    templates = phrases.answers.values()
    # A template's own words, its {fields} left out: "in the article’s wording", "according to".
    literals = (literal for template in templates for literal, *_ in Formatter().parse(template))
    free |= {word for literal in literals for word in folded(literal)}
    free |= {word for phrase in (*lexicon.according, *lexicon.addressee, *lexicon.complementisers) for word in folded(phrase)}
    # "in the article’s wording" tells of no act.
    worded = {word for literal, *_ in Formatter().parse(phrases.answers["reported"]) for word in folded(literal)}
    free |= _CONNECTIVES.get(phrases.language, frozenset()) | worded if same else frozenset()
    titles = {fold(title).rstrip(".") for title in (*lexicon.titles, *lexicon.titles_female, *lexicon.titles_male)}
    roles = {
        fold(word) for table in (lexicon.roles, lexicon.roles_plural, lexicon.groups) for ws in table.values() for word in ws
    }
    return Tongue(
        language=language,
        lexicon=lexicon,
        phrases=phrases,
        free=frozenset(word for word in free - numbers - sorts.dates if not _is_of_country(word, language)),
        numbers=numbers,
        dates=sorts.dates,
        labels=frozenset(word for label in phrases.languages.values() for word in folded(label)),
        negations=frozenset(negations),
        cues={form: frozenset(acts) for form, acts in cues.items() if form not in functions | worded},
        longer={first: frozenset(rests) for first, rests in longer.items()},
        titles=frozenset(titles),
        roles=frozenset(roles),
        to=frozenset(fold(word) for word in lexicon.addressee if " " not in word),
        by=frozenset(fold(word) for word in (phrases.prepositions["by"] if same else ())),
        months={fold(name): number for name, number in phrases.months.items()},
    )


def _is_of_country(word: str, language: str) -> bool:
    """Whether a word tells of a country ("Danish"): it builds no sentences, though a lexicon may list it with those that do."""
    return any(key.startswith("#") for key in likeness(word.capitalize(), language))


def meaning_of(part: Part, tongue: Tongue) -> frozenset[str]:
    """What a content word is compared by; empty for a word that builds sentences."""
    plain = fold(part.text)
    if acts := tongue.cues.get(plain):
        return frozenset({*(f"act:{act}" for act in acts), *likeness(part.text, tongue.language)})
    if plain in tongue.free or tongue.is_negation(part.text):
        return frozenset()
    return likeness(part.text, tongue.language)


def without_acts(meaning: frozenset[str]) -> frozenset[str]:
    return frozenset(key for key in meaning if not key.startswith("act:"))


def neighbours(parts: Sequence[Part], place: int, tongue: Tongue, text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The nearest content words before and behind a negation, within its sentence."""

    def first(places: Iterable[int]) -> frozenset[str]:
        for p in places:
            low, high = sorted((parts[place], parts[p]), key=lambda part: part.start)
            if _STOP.search(text, low.end, high.start):
                break
            if meaning := meaning_of(parts[p], tongue):
                return meaning
        return frozenset()

    before = first(range(place - 1, max(-1, place - 7), -1))
    behind = first(range(place + 1, min(len(parts), place + 7)))
    return before, behind


def meet(ours: tuple[frozenset[str], frozenset[str]], theirs: tuple[frozenset[str], frozenset[str]]) -> bool:
    """Whether two negations are of the same words. What follows tells most; before it may stand the name or a pronoun."""
    if ours[1] and theirs[1]:
        return bool(ours[1] & theirs[1])
    return bool((ours[0] | ours[1]) & (theirs[0] | theirs[1])) or not any((*ours, *theirs))
