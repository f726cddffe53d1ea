"""How a question names somebody → whom of the library's people that may mean."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA
from rapidfuzz.fuzz import ratio

from index.attribution.lexicon.countries import country_of
from index.people import RoleTerms, load_vocabulary, match_people
from index.records import LANGUAGES, Person
from rag.likeness import likeness
from rag.meanings import senses_of
from rag.nations import load_capitals
from rag.phrases import ANSWER_LANGUAGES, Phrases, load_phrases
from rag.words import Token, fold, folded, tokenize


@dataclass(frozen=True, slots=True, kw_only=True)
class Naming:
    """How a question names somebody, and whom of the library's people that may mean.

    Args:
        mention: As typed, without articles; for showing only.
        people: Whom it fits. Several are alternatives, unless `joined`.
        how: "name", "role" ("the Spanish prime minister"), "pronoun", or "unknown".
        joined: All of them are meant ("Arce and Zúñiga").
        near: Whom an unknown name may have meant.
    """

    mention: str
    people: tuple[Person, ...] = ()
    how: Literal["name", "role", "pronoun", "unknown"] = "name"
    joined: bool = False
    near: tuple[Person, ...] = ()

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(person.id for person in self.people)


def find_people(mention: str, people: Sequence[Person], *, phrases: Phrases) -> Naming:
    """Whom a mention may stand for: by name first, then by role; several where it does not decide.

    Case, accents and a typo in a name do not matter. A name with more around it ("the angry Luis Arce") is found by its
    longest part that somebody has; where nobody has any, the names most like it come as `near`.
    """
    if not isinstance(people, tuple):
        # What can change is not remembered.
        return _find_people(mention, people, phrases)
    found = _REMEMBERED.of(people, phrases.language)
    if mention not in found:
        found[mention] = _find_people(mention, people, phrases)
    return found[mention]


class _Remembered:
    """Whom mentions were found to stand for among the people of the libraries asked last: one question asks it many times.

    The people are known by their tuple itself, which a library makes anew when it changes.
    """

    def __init__(self) -> None:
        self._kept: dict[tuple[int, str], tuple[Sequence[Person], dict[str, Naming]]] = {}

    def of(self, people: Sequence[Person], language: str) -> dict[str, Naming]:
        key = (id(people), language)
        kept = self._kept.get(key)
        if kept is None or kept[0] is not people or len(kept[1]) > _MOST_MENTIONS:
            if len(self._kept) >= _MOST_LIBRARIES:
                self._kept.clear()
            kept = self._kept[key] = (people, {})
        return kept[1]


_REMEMBERED = _Remembered()


def _find_people(mention: str, people: Sequence[Person], phrases: Phrases) -> Naming:
    words = [token.text for token in tokenize(mention)]
    small = {fold(word) for word in phrases.stop}
    while len(words) > 1 and fold(words[0]) in small and not _is_acronym(words[0]):
        words.pop(0)
    shown = " ".join(words)
    if not words or len(words) > _LONGEST_MENTION:
        return Naming(mention=shown or mention.strip(), how="unknown")
    if found := _newly(words, people, phrases):
        return found
    if matches := match_people(shown, people):
        best = matches[0].score
        fitting = tuple(match.person for match in matches if match.score == best)
        if shown.islower() and all(_is_part(shown, person) for person in fitting):
            # "The union" is not the European Union.
            return _by_part_of_name(shown, people, small) or Naming(mention=shown, how="unknown")
        named = {fold(word) for person in fitting for form in (person.name, *person.aliases) for word in folded(form)}
        if country := country_of(shown, phrases.language):
            # The United States are Estados Unidos, whatever language an article is in.
            same = tuple(person for person in people if person in fitting or _is_country(person, country))
            return Naming(mention=shown, people=same, joined=len(same) > 1)
        by_role = best <= _ROLE and not named & set(folded(shown))
        return Naming(mention=shown, people=fitting, how="role" if by_role else "name")
    country = country_of(shown, phrases.language) or load_capitals().get(fold(shown))
    if country and (same := tuple(p for p in people if _is_country(p, country))):
        return Naming(mention=shown, people=same, joined=len(same) > 1)
    terms = load_vocabulary().read(shown)
    if terms.concepts and terms.words and (leaders := _leads(terms, people) or _holds_translated(terms, people, phrases)):
        return Naming(mention=shown, people=leaders, how="role")
    for length in range(len(words) - 1, 0, -1):
        for at in range(len(words) - length + 1):
            part = words[at : at + length]
            if not any(word[:1].isupper() for word in part):
                continue
            inner = [match for match in match_people(" ".join(part), people) if match.score >= _SURE]
            if terms.concepts:
                # "The OAS leader" is not the OAS.
                inner = [match for match in inner if match.person.kind == "person"]
            others = [word for word in (*words[:at], *words[at + length :]) if fold(word) not in small]
            if others:
                # "The leadership of Bolivia's largest union" is not Bolivia.
                inner = [match for match in inner if match.person.kind == "person"]
            # "Hunter Biden" is not whom "Joe Biden" names: another given name beside a surname is another person.
            if inner and not any(word[:1].isupper() and not _is_place(word) for word in (*words[:at], *words[at + length :])):
                return Naming(mention=shown, people=tuple(match.person for match in inner if match.score == inner[0].score))
    if shown.islower() and (body := _by_part_of_name(shown, people, small)):
        return body
    if not shown.islower() and (bodies := _named_by_part(shown, people, small)):
        return Naming(mention=shown, people=bodies, how="role")
    if governing := _governing(words, people, phrases):
        return Naming(mention=shown, people=governing, how="role")
    if (meant := _by_sense(words, people, phrases)) is not None:
        return Naming(mention=shown, people=(meant,), how="role")
    near = _near(shown, people)
    if len(near) == 1 and (_is_slip(shown, near[0]) or _sounds_like(shown, near[0])):
        return Naming(mention=shown, people=near)
    return Naming(mention=shown, how="unknown", near=near)


_GOVERN = frozenset({"president", "prime_minister", "chancellor"})
# Offices that a word for all of their kind stands for: "Sánchez the soldier".
_OFFICES = {
    "soldier": frozenset((
        "admiral", "army_chief", "captain", "chief_of_staff", "colonel", "commander", "general", "lieutenant", "major", "officer",
        "sergeant", "soldier", "veteran",
    )),
    "politician": frozenset((
        "chancellor", "councillor", "former_president", "former_prime_minister", "former_vice_president", "governor", "mayor",
        "minister", "mp", "opposition_leader", "party_leader", "parliamentary_leader", "politician", "president", "senator",
        "speaker_of_parliament", "vice_president",
    )),
}  # fmt: skip


def offices_of(concepts: Iterable[str]) -> frozenset[str]:
    """Offices, with those of its kind for a word for all of them; every minister is a politician.

    >>> "general" in offices_of(["soldier"]), sorted(offices_of(["justice_minister"]))
    (True, ['justice_minister', 'minister'])
    """
    found: set[str] = set()
    for concept in concepts:
        found |= {concept, *_OFFICES.get(concept, ())}
        if concept.endswith("_minister"):
            found.add("minister")
    return frozenset(found)


def _governing(words: Sequence[str], people: Sequence[Person], phrases: Phrases) -> tuple[Person, ...]:
    """Who speaks for "the Spanish government": the country itself, and who leads it by office."""
    small = {fold(word) for word in phrases.stop}
    rest = [word for word in words if "government" not in senses_of(word, phrases.language) and fold(word) not in small]
    country = country_of(" ".join(rest).removesuffix("'s"), phrases.language) if 0 < len(rest) < len(words) else None
    if country is None:
        return ()
    vocabulary = load_vocabulary()
    return tuple(
        person
        for person in people
        if _is_country(person, country)
        or any(
            not terms.former and country in terms.places and terms.concepts & _GOVERN
            for terms in (vocabulary.read(role.text) for role in person.roles)
        )
    )


def _by_sense(words: Sequence[str], people: Sequence[Person], phrases: Phrases) -> Person | None:
    """The one body whose own name is made of common words that mean the same: "fagforeningen", "the country's labour union"."""
    small = {fold(word) for word in phrases.stop}
    asked = [senses_of(word, phrases.language) for word in words if fold(word) not in small]
    if not asked or not all(asked) or any(word[:1].isupper() for word in words[1:]):
        return None
    fitting = [
        person
        for person in people
        if person.kind == "organisation"
        and not all(word[:1].isupper() for word in person.name.split())
        and all(
            any(senses & senses_of(word, code) for word in folded(person.name) for code in ANSWER_LANGUAGES) for senses in asked
        )
    ]
    return fitting[0] if len(fitting) == 1 else None


def _is_place(word: str) -> bool:
    """Whether a capital beside a name is a country's or a union's: "the EU foreign policy chief Josep Borrell"."""
    return fold(word).removesuffix("'s") in load_vocabulary().places


def _is_part(mention: str, person: Person) -> bool:
    """Whether a mention is no more than a word of a body's name."""
    asked = folded(mention)
    forms = {folded(form) for form in (person.name, *person.aliases)}
    return person.kind == "organisation" and asked not in forms and any(set(asked) < set(form) for form in forms)


def _by_part_of_name(mention: str, people: Sequence[Person], small: set[str]) -> Naming | None:
    """The one body whose own name is made of common words like these ("the country's largest labour union"), if any."""
    bodies = [person for person in people if not all(word[:1].isupper() for word in person.name.split())]
    found = _named_by_part(mention, bodies, small)
    return Naming(mention=mention, people=found, how="role") if found else None


def _is_acronym(word: str) -> bool:
    """ "US" is no "us"."""
    return len(word) > 1 and word.isupper()


def _newly(words: Sequence[str], people: Sequence[Person], phrases: Phrases) -> Naming | None:
    """ "The new army chief": of those who have the role, the ones whom an article calls new, if it calls any so."""
    fresh = {fold(word) for word in phrases.turns["newly"]}
    rest = [word for word in words if fold(word) not in fresh]
    if len(rest) in (0, len(words)):
        return None
    naming = find_people(" ".join(rest), people, phrases=phrases)
    if naming.how != "role":
        return None
    anywhere = {fold(word) for code in ANSWER_LANGUAGES for word in load_phrases(code).turns["newly"]}
    called = tuple(p for p in naming.people if any(anywhere & set(folded(role.text)) for role in p.roles))
    return Naming(mention=" ".join(words), people=called or naming.people, how="role")


def _holds_translated(terms: RoleTerms, people: Sequence[Person], phrases: Phrases) -> tuple[Person, ...]:
    """Who has the role in the words of another language ("ministra de la Presidencia", "minister of the presidency")."""
    vocabulary = load_vocabulary()
    fitting = []
    for person in people:
        for role in person.roles:
            held = vocabulary.read(role.text)
            same = held.concepts & terms.concepts and held.former == terms.former and len(held.words) == len(terms.words)
            if same and terms.places <= held.places and all(_is_met(word, held.words, phrases.language) for word in terms.words):
                fitting.append(person)
                break
    return tuple(fitting)


def _is_met(word: str, others: Iterable[str], language: str) -> bool:
    """Whether a word has a fellow among words of whatever language: by the list of words, or because they look alike."""
    asked = likeness(word, language)
    concepts = {form for form in asked if form.startswith("=")}
    return any(
        concepts & likeness(other, language) or (word[0] == other[0] and OSA.normalized_similarity(word, other) >= _COGNATE)
        for other in others
    )


@lru_cache(maxsize=8192)
def _country(name: str) -> frozenset[str]:
    return frozenset(code for language in LANGUAGES if (code := country_of(name, language)))


def _is_country(person: Person, country: str) -> bool:
    return person.kind == "organisation" and country in _country(person.name)


def _named_by_part(mention: str, people: Sequence[Person], small: set[str]) -> tuple[Person, ...]:
    """The one body whose name has all words of the mention ("the labour union" of "the country's largest labour union")."""
    asked = {word for word in folded(mention) if word not in small}
    if not asked or all(word[:1].isupper() for word in mention.split()):
        return ()
    fitting = [person for person in people if person.kind == "organisation" and asked <= set(folded(person.name))]
    return tuple(fitting) if len(fitting) == 1 else ()


def _is_slip(mention: str, person: Person) -> bool:
    """Whether a whole name has one wrong letter in one of its words, the first letters all being right."""
    asked = folded(mention)
    for form in (person.name, *person.aliases):
        theirs = folded(form)
        if len(asked) == len(theirs) > 1 and all(ours[0] == other[0] for ours, other in zip(asked, theirs, strict=True)):
            wrong = [(ours, other) for ours, other in zip(asked, theirs, strict=True) if ours != other]
            if len(wrong) == 1 and len(wrong[0][1]) >= 4 and OSA.distance(*wrong[0]) == 1:
                return True
    return False


# Spellings of one sound, in the order in which they are set alike.
_SOUNDS = (
    ("tsch", "č"), ("sch", "š"), ("ch", "č"), ("sh", "š"), ("qu", "k"), ("ck", "k"), ("ph", "f"), ("th", "t"), ("kh", "k"),
    ("dj", "j"), ("tz", "s"), ("z", "s"), ("c", "k"), ("q", "k"), ("w", "v"), ("b", "v"), ("y", "i"), ("j", "i"), ("aa", "a"),
    ("h", ""),
)  # fmt: skip


def _sound(word: str) -> str:
    """A word as it is heard, whoever spells it: "choquehuanca" and "chokehuanca", "zuniga" and "sunniga"."""
    for spelt, heard in _SOUNDS:
        word = word.replace(spelt, heard)
    return "".join(letter for at, letter in enumerate(word) if at == 0 or letter != word[at - 1])


def _sounds_like(mention: str, person: Person) -> bool:
    """Whether a long name that somebody typed sounds like the person's, or like its last word."""
    asked = folded(mention)
    forms = [folded(form) for form in (person.name, *person.aliases)]
    heard = [_sound(word) for word in asked]
    return len("".join(asked)) >= _SHORTEST_HEARD and any(
        heard in ([_sound(word) for word in form], [_sound(word) for word in form[-1:]]) for form in forms
    )


def _leads(terms: RoleTerms, people: Sequence[Person]) -> tuple[Person, ...]:
    """Who has the role in a body that is named by its acronym ("the OAS leader"), from the capitals in the role's
    words.
    """
    vocabulary = load_vocabulary()
    fitting = []
    for person in people:
        for role in person.roles:
            initials = "".join(word[0] for word in role.text.split() if word[:1].isupper()).casefold()
            if terms.words == {initials} and terms.concepts & vocabulary.read(role.text).concepts:
                fitting.append(person)
                break
    return tuple(fitting)


def _near(mention: str, people: Sequence[Person]) -> tuple[Person, ...]:
    """Up to three people with a name that is written much like the mention."""
    asked = fold(mention)
    scored = [
        (
            max(ratio(asked, fold(form)) for form in (person.name, person.name.split()[-1], *person.aliases)),
            person.id,
            person,
        )
        for person in people
        if person.name.strip()
    ]
    likely = sorted((entry for entry in scored if entry[0] >= _LIKE), key=lambda entry: (-entry[0], entry[1]))
    return tuple(person for _, _, person in likely[:3])


# Scores of `match_people`: .9 and more is a name, .8 and .6 a role. A name at least _LIKE the one typed, by
# rapidfuzz's ratio of 0 to 100, is offered as what may have been meant, never taken for it.
_SURE = 0.9
_ROLE = 0.8
_LIKE = 75
_LONGEST_MENTION = 12
# So many mentions are remembered for a library in a language, and so many of these.
_MOST_MENTIONS = 4096
_MOST_LIBRARIES = 32
# Shorter names sound like too many others.
_SHORTEST_HEARD = 5
# Words of different languages that are so much alike are taken for the same ("presidencia", "presidency").
_COGNATE = 0.7


def read_naming(tokens: Sequence[Token], people: Sequence[Person], phrases: Phrases) -> Naming | None:
    stop = {fold(word) for word in phrases.stop}
    kept = list(tokens)
    for ending in (fold(ending) for ending in phrases.genitives if "'" in ending):
        if kept and fold(kept[-1].text).endswith(ending):
            last = kept.pop()
            kept.append(Token(last.text[: -len(ending)], last.start, last.end))
    if not kept:
        return None
    mention = " ".join(token.text for token in kept)
    for kind, forms in phrases.pronouns.items():
        if kind in ("female", "male", "plural") and fold(mention) in {fold(form) for form in forms}:
            return Naming(mention=kind, how="pronoun")
    if all(fold(token.text) in stop and not _is_acronym(token.text) for token in kept):
        return None
    joiners = {fold(word) for word in phrases.both}
    whole = find_people(mention, people, phrases=phrases)
    if whole.how == "unknown" or any(fold(token.text) in joiners for token in kept):
        groups: list[list[str]] = [[]]
        for token in kept:
            if fold(token.text) in joiners:
                groups.append([])
            else:
                groups[-1].append(token.text)
        each = [find_people(" ".join(group), people, phrases=phrases) for group in groups if group]
        if len(each) > 1 and all(len(naming.people) == 1 for naming in each):
            return Naming(mention=mention, people=tuple(naming.people[0] for naming in each), joined=True)
    return whole
