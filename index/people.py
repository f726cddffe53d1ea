"""The persons of many articles, merged to persons of the library; and names as somebody types them, matched to these.

A wrong merge puts words into somebody's mouth, a missing one only splits an answer in two. So a bare surname joins a
full name only where a single one can be meant, and everything that was joined is kept as a `Link`, to be seen and
undone.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import combinations
from typing import Literal

from rapidfuzz.distance import OSA

from index.records import LANGUAGES, Person, Role

Rule = Literal["same name", "fuller name", "surname in the article", "surname in the library", "alone", "given", "other spelling"]

# Letters that Unicode does not take apart into a letter and an accent.
_LETTERS = str.maketrans({"ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"})
_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_GENITIVE = re.compile(r"(?<=\w)['’‘ʼ`´]s?(?=\W|$)", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
# Lower-case words inside names, folded. At the head of a name they may be a given name ("Al Gore", "Ben Affleck").
_PARTICLES = frozenset(
    [
        "af",
        "al",
        "av",
        "ben",
        "bin",
        "da",
        "dal",
        "dalla",
        "das",
        "de",
        "degli",
        "dei",
        "del",
        "della",
        "den",
        "der",
        "di",
        "do",
        "dos",
        "du",
        "e",
        "el",
        "het",
        "i",
        "ibn",
        "la",
        "las",
        "le",
        "li",
        "lo",
        "los",
        "op",
        "'t",
        "te",
        "ten",
        "ter",
        "van",
        "vom",
        "von",
        "y",
        "zu",
        "zum",
        "zur",
    ]
)
# What a more special title does not make anybody: a vice president is no president, a prime minister no minister.
_OWN_OFFICES = frozenset(["president", "prime_minister", "general"])
# No name is longer; a longer "name" is no name and matches nobody, so that the work for one stays bounded.
_LONGEST_NAME = 200
_MOST_TOKENS = 12


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """The words of a text in lower case, without accents, apostrophes and punctuation, separated by single blanks.

    >>> fold("Juan José ZÚÑIGA"), fold("O’Brien-Sørensen"), fold("  J.D. Vance ")
    ('juan jose zuniga', 'obrien sorensen', 'j d vance')
    """
    bare = "".join(
        letter for letter in unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)) if not unicodedata.combining(letter)
    )
    return " ".join(_WORD.findall(bare.casefold().translate(_LETTERS)))


@dataclass(frozen=True, slots=True)
class _Name:
    """A name taken apart: `tokens` without the particles inside it, `surname` with those before its last token."""

    tokens: tuple[str, ...]
    words: tuple[str, ...]
    surname: str

    @property
    def phrase(self) -> str:
        return " ".join(self.words)


@lru_cache(maxsize=131_072)
def _parse(name: str) -> _Name:
    """
    >>> _parse("Ursula von der Leyen")
    _Name(tokens=('ursula', 'leyen'), words=('ursula', 'von', 'der', 'leyen'), surname='von der leyen')
    >>> _parse("JD Vance").tokens
    ('j', 'd', 'vance')
    """
    raw = _WORD.findall(unicodedata.normalize("NFC", _APOSTROPHES.sub("", name)))
    mixed = any(not word.isupper() for word in raw)
    words: list[str] = []
    for word in raw:
        # "JD" beside a name that is not all in capitals is two initials.
        initials = mixed and len(raw) > 1 and len(word) == 2 and word.isupper() and word.isalpha()
        words += [fold(letter) for letter in word] if initials else fold(word).split()
    words = words[:_MOST_TOKENS]
    head_is_particle = len(words) > 1 and (raw[0].islower() or words[1] in _PARTICLES) and words[0] in _PARTICLES
    tokens = tuple(
        word
        for place, word in enumerate(words)
        if place == len(words) - 1 or word not in _PARTICLES or (place == 0 and not head_is_particle)
    )
    first = len(words) - 1
    while first > 0 and words[first - 1] in _PARTICLES:
        first -= 1
    return _Name(tokens=tokens, words=tuple(words), surname=" ".join(words[first:]))


def _same(left: str, right: str) -> bool:
    """Whether two tokens are equal, or one is the other's initial."""
    return left == right or (min(len(left), len(right)) == 1 and left[:1] == right[:1])


def _gaps(short: Sequence[str], long: Sequence[str]) -> tuple[tuple[str, ...], ...] | None:
    """What stands in `long` before, between and after the tokens of `short`; None if they do not stand there in that
    order.

    The first tokens must agree, and the last of `short`, a surname, must stand in `long` in full.

    >>> _gaps(("luis", "arce"), ("luis", "alberto", "arce", "catacora"))
    ((), ('alberto',), ('catacora',))
    >>> _gaps(("wilson", "sanchez"), ("jose", "wilson", "sanchez")) is None
    True
    """
    if len(short) < 2 or len(short) > len(long) or not _same(short[0], long[0]):
        return None
    surname = short[-1]
    if surname not in long[len(short) - 1 :]:
        return None
    end = long.index(surname, len(short) - 1)
    gaps: list[tuple[str, ...]] = [()]
    place = 1
    for token in short[1:-1]:
        start = place
        while place < end and not _same(token, long[place]):
            place += 1
        if place == end:
            return None
        gaps.append(tuple(long[start:place]))
        place += 1
    return (*gaps, tuple(long[place:end]), tuple(long[end + 1 :]))


def _is_form_of(short: Sequence[str], long: Sequence[str]) -> bool:
    """Whether `short` can be `long` with names left out or shortened to initials.

    >>> _is_form_of(("j", "zuniga"), ("juan", "jose", "zuniga"))
    True
    >>> _is_form_of(("george", "w", "bush"), ("george", "h", "w", "bush"))
    False
    """
    if short == long or (len(short) == len(long) and sum(map(len, short)) > sum(map(len, long))):
        return False
    gaps = _gaps(short, long)
    if gaps is None:
        return False
    # Someone who gives middle initials gives them from the first one on.
    middle = short[1:-1]
    return not (middle and len(middle[0]) == 1 and gaps[1])


def _agree(short: Sequence[str], left: Sequence[str], right: Sequence[str]) -> bool:
    """Whether two fuller forms of a short name can be one person's: they never fill a gap in different ways."""
    ours, theirs = _gaps(short, left), _gaps(short, right)
    if ours is None or theirs is None:
        return False
    return all(
        not one or not other or all(_same(a, b) for a, b in zip(one, other, strict=False))
        for one, other in zip(ours, theirs, strict=True)
    )


def _organisation_key(name: str) -> str:
    """
    >>> _organisation_key("the Organisation of American States") == _organisation_key("Organization of American States")
    True
    """
    key = re.sub(r"isation\b", "ization", fold(name)).removeprefix("the ")
    return _country_keys().get(key, key)


@cache
def _country_keys() -> dict[str, str]:
    """Names of countries in all languages, folded → one key for each country; without names that two share.

    >>> keys = _country_keys()
    >>> keys["united states"] == keys["estados unidos"] == keys["usa"], "boliviano" in keys
    (True, False)
    """
    from index.attribution.lexicon.countries import load_countries

    codes: dict[str, set[str]] = defaultdict(set)
    for country in load_countries():
        for names in country.names.values():
            for name in names:
                codes[fold(name)].add(country.code)
    return {name: f"country {min(found)}" for name, found in codes.items() if name and len(found) == 1}


# Endings of Slavic surnames, in the spellings of our languages: Zelensky, Zelenskyy, Zelenskiy, Selenskyj; Lavrov, Lawrow.
_SLAVIC = ((re.compile(r"sk(?:[iy]+j?|oj|oy)$"), "ski"), (re.compile(r"(?<=[oe])(?:[vw]|ff?)$"), "v"))
_SOFT_ENDING = re.compile(r"(?:[eiy][ijy]|[iy])$")


@lru_cache(maxsize=65_536)
def _spellings(tokens: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
    """The forms under which two transliterations of a foreign full name meet; none for a name that shows no such origin.

    >>> zelensky = _spellings(("volodymyr", "zelensky"))
    >>> zelensky == _spellings(("volodymyr", "zelenskyy")) == _spellings(("wolodymyr", "selenskyj"))
    True
    >>> bool(_spellings(("muammar", "qaddafi")) & _spellings(("muammar", "gaddafi")))
    True
    >>> _spellings(("anna", "meyer")), _spellings(("anna", "meier"))
    (frozenset(), frozenset())
    """
    if len(tokens) < 2 or min(map(len, (tokens[0], tokens[-1]))) < 4:
        return frozenset()
    surname = tokens[-1]
    slavic = next((pattern.sub(end, surname) for pattern, end in _SLAVIC if pattern.search(surname)), None)
    if slavic is not None:
        surnames = {_plain(re.sub(r"^z", "s", slavic))}
    elif (arabic := re.match(r"[gqk](?=\w*(?:dd|dh|dth))", surname)) is not None:
        letters = {"q": "gk"}.get(arabic.group(), arabic.group())
        surnames = {_plain(letter + re.sub(r"dd?t?h|dd", "d", surname[1:])) for letter in letters}
    else:
        return frozenset()
    given = tuple(_SOFT_ENDING.sub("i", _plain(token)) for token in tokens[:-1])
    return frozenset((*given, name) for name in surnames)


def _plain(token: str) -> str:
    """
    >>> _plain("wassilij"), _plain("yury")
    ('vasilij', 'jury')
    """
    return re.sub(r"^y", "j", re.sub(r"(.)\1", r"\1", token.replace("w", "v")))


# --- Roles


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleTerms:
    """What a role says, whatever its language: "Bolivias tidligere president" → president, former, BO.

    Args:
        concepts: The roles meant, by the names that all lexicons share.
        places: Country codes; `words` what is left.
        gender: What a title tells ("Mrs").
        initials: Of all words but the small ones, in order, to meet acronyms: "leader of the Organization of American
            States" has "loas".
    """

    concepts: frozenset[str] = frozenset()
    former: bool = False
    places: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    gender: Literal["female", "male"] | None = None
    initials: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleVocabulary:
    """The words that roles are made of, folded, in all languages at once; made by `load_vocabulary`."""

    concepts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    former: frozenset[str] = frozenset()
    small: frozenset[str] = frozenset()
    titles: frozenset[str] = frozenset()
    titles_female: frozenset[str] = frozenset()
    titles_male: frozenset[str] = frozenset()
    first_names: frozenset[str] = frozenset()

    def read(self, text: str) -> RoleTerms:
        """The terms of a role or of what stands before a name; the longest known phrase at each place counts.

        >>> words = RoleVocabulary(
        ...     concepts={"president": frozenset({"president"}), "vice president": frozenset({"vice_president"})},
        ...     places={"bolivia": "BO"}, former=frozenset({"former"}), small=frozenset({"the", "of"}))
        >>> terms = words.read("the former vice president of Bolivia")
        >>> sorted(terms.concepts), terms.former, sorted(terms.places), sorted(terms.words)
        (['vice_president'], True, ['BO'], [])
        """
        tokens = fold(_GENITIVE.sub("", text)[:_LONGEST_NAME]).split()
        concepts: set[str] = set()
        places: set[str] = set()
        words: set[str] = set()
        former = False
        gender: Literal["female", "male"] | None = None
        start = 0
        while start < len(tokens):
            for length in range(min(5, len(tokens) - start), 0, -1):
                phrase = " ".join(tokens[start : start + length])
                # "Bolivias president": a genitive s without an apostrophe.
                stem = phrase.removesuffix("s")
                if found := self.concepts.get(phrase) or (self.concepts.get(stem) if len(stem) > 3 else None):
                    former = former or any(concept.startswith("former_") for concept in found)
                    concepts |= {concept.removeprefix("former_") for concept in found}
                elif place := self.places.get(phrase) or self.places.get(stem):
                    places.add(place)
                elif length == 1 and phrase in self.former:
                    former = True
                elif length == 1 and phrase in self.titles_female:
                    gender = "female"
                elif length == 1 and phrase in self.titles_male:
                    gender = "male"
                elif length == 1 and phrase not in self.small and phrase not in self.titles:
                    words.add(phrase)
                elif length > 1:
                    continue
                start += length
                break
        return RoleTerms(
            concepts=frozenset(concepts),
            former=former,
            places=frozenset(places),
            words=frozenset(words),
            gender=gender,
            initials="".join(token[0] for token in tokens if token not in self.small),
        )


@cache
def load_vocabulary() -> RoleVocabulary:
    """The roles, titles, countries and small words of all lexicons together, read once per process."""
    # Here, not above: the attribution package is more than a question by a plain name needs.
    from index.attribution.grammar import load_grammar
    from index.attribution.lexicon import load_lexicon

    concepts: dict[str, set[str]] = defaultdict(set)
    sets: dict[str, set[str]] = {
        name: set() for name in ("former", "small", "titles", "titles_female", "titles_male", "first_names")
    }
    for language in LANGUAGES:
        lexicon, grammar = load_lexicon(language), load_grammar(language)
        for concept, forms in lexicon.roles.items():
            for form in forms:
                concepts[fold(form)].add(concept)
        for verb in grammar.leads:
            concepts[fold(verb)].add("leader")  # "who heads the union"
        for name, words in (
            ("former", grammar.former),
            ("small", grammar.determiners | grammar.of | frozenset(lexicon.name_particles)),
            ("titles", lexicon.titles),
            ("titles_female", lexicon.titles_female),
            ("titles_male", lexicon.titles_male),
            ("first_names", lexicon.first_names_female | lexicon.first_names_male),
        ):
            sets[name].update(fold(word) for word in words)
    sets["small"] |= {"s", "the", ""}
    return RoleVocabulary(
        concepts={form: frozenset(names) for form, names in concepts.items() if form},
        places=_places(),
        **{name: frozenset(words) for name, words in sets.items()},
    )


def _places() -> dict[str, str]:
    """Names and adjectives of countries, folded → country code; without words that mean two countries."""
    from index.attribution.lexicon.countries import load_countries

    codes: dict[str, set[str]] = defaultdict(set)
    for country in load_countries():
        for words in (*country.names.values(), *country.adjectives.values()):
            for word in words:
                codes[fold(word)].add(country.code)
    return {word: min(found) for word, found in codes.items() if word and len(found) == 1}


# --- Merging


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Into which person of the library a person of one article went, and by which rule."""

    article_id: str
    local_id: str
    person_id: str
    rule: Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The persons of the library in the order of their ids, and a link for each person of each article."""

    people: tuple[Person, ...]
    links: tuple[Link, ...]


@dataclass(slots=True)
class _Mention:
    """One person of one article, on its way into the library."""

    article_id: str
    person: Person
    given: bool
    shown: str
    names: tuple[_Name, ...]
    terms: tuple[RoleTerms, ...]
    cluster: int = -1
    rule: Rule = "alone"

    @property
    def key(self) -> tuple[str, str]:
        return self.article_id, self.person.id


class _Union:
    """Disjoint sets of keys."""

    def __init__(self) -> None:
        self._parent: dict[tuple[str, ...], tuple[str, ...]] = {}

    def find(self, key: tuple[str, ...]) -> tuple[str, ...]:
        root = key
        while (parent := self._parent.setdefault(root, root)) != root:
            root = parent
        while self._parent[key] != root:
            self._parent[key], key = root, self._parent[key]
        return root

    def join(self, left: tuple[str, ...], right: tuple[str, ...]) -> None:
        # The smaller key becomes the root, so that the result does not hang on the order of joining.
        first, second = sorted((self.find(left), self.find(right)))
        self._parent[second] = first


def merge(
    people_by_article: Mapping[str, Sequence[Person]],
    *,
    corrections: Mapping[tuple[str, str], str] | None = None,
    vocabulary: RoleVocabulary | None = None,
) -> Merged:
    """The persons of all articles, each once.

    Full names are one person when they are equal without accents, or one is the other with names left out or
    shortened to initials and no third person could be meant. A bare surname joins the one full name of its own
    article that has it; else the only one of the library that has it, unless its gender or its countries speak
    against that; else it stays alone. Organisations are one when their names or acronyms are equal, countries under
    their names in all languages. Slavic and Arabic full names are one in different transliterations.

    The order of articles and persons does not matter. Cost: 7 seconds of one core for 10,000 articles with 15 persons
    each (57,000 different persons), growing with their number.

    Args:
        people_by_article: Article id → the persons of that article; ids are unique within an article.
        corrections: (article id, id there) → the name under which a reader of the evidence wants that person merged.
        vocabulary: What roles are read with; all lexicons where it is not given.

    >>> zuniga = Person(id="zuniga", name="Zuniga")
    >>> merged = merge({"a": [Person(id="z", name="Juan José Zúñiga")], "b": [zuniga]}, vocabulary=RoleVocabulary())
    >>> [(person.id, person.name, person.aliases) for person in merged.people]
    [('juan-jose-zuniga', 'Juan José Zúñiga', ('Zuniga',))]
    >>> [(link.article_id, link.rule) for link in merged.links]
    [('a', 'alone'), ('b', 'surname in the library')]
    """
    words = load_vocabulary() if vocabulary is None else vocabulary
    mentions = _mentions(people_by_article, corrections or {}, words)
    full, bare, organisations = _sort_out(mentions)
    clusters = _Clusters()
    _merge_full(full, clusters)
    _merge_bare(bare, clusters)
    _merge_organisations(organisations, clusters)
    return clusters.merged()


def _mentions(
    people_by_article: Mapping[str, Sequence[Person]], corrections: Mapping[tuple[str, str], str], words: RoleVocabulary
) -> list[_Mention]:
    mentions = []
    titles = words.titles | words.titles_female | words.titles_male
    read = cache(words.read)
    for article_id in sorted(people_by_article):
        for person in sorted(people_by_article[article_id], key=lambda person: person.id):
            given = corrections.get((article_id, person.id))
            forms = (given,) if given else (person.name, *person.aliases)
            names = tuple(name for form in forms if (name := _parse(_without_title(form[:_LONGEST_NAME], titles))).tokens)
            terms = tuple(read(role.text) for role in person.roles)
            shown = given or _without_title(unicodedata.normalize("NFC", person.name), titles)
            mentions.append(_Mention(article_id, person, given is not None, shown, names, terms))
    return mentions


def _without_title(name: str, titles: frozenset[str]) -> str:
    """
    >>> _without_title("Mr. Arce", frozenset({"mr"}))
    'Arce'
    """
    rest = name.split()
    while len(rest) > 1 and fold(rest[0]) in titles:
        del rest[0]
    return " ".join(rest)


def _sort_out(mentions: Sequence[_Mention]) -> tuple[list[_Mention], list[_Mention], list[_Mention]]:
    """Persons with a full name, persons with a surname only, organisations."""
    # "Van Dijk" is a surname only where somebody's surname is "van Dijk"; "Ben Affleck" is a full name.
    surnames = {name.surname for mention in mentions for name in mention.names if name.words != tuple(name.surname.split())}
    full: list[_Mention] = []
    bare: list[_Mention] = []
    organisations: list[_Mention] = []
    for mention in mentions:
        if mention.person.kind == "organisation":
            organisations.append(mention)
        elif any(len(name.tokens) > 1 and name.phrase not in surnames for name in mention.names):
            full.append(mention)
        else:
            bare.append(mention)
    return full, bare, organisations


@dataclass(slots=True)
class _Cluster:
    """A person of the library in the making."""

    mentions: list[_Mention] = field(default_factory=list)
    short_forms: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Evidence:
    """What may keep two mentions from being one person: gender, and the countries that roles name."""

    gender: Literal["female", "male"] | None
    places: frozenset[str]

    def speaks_against(self, other: "_Evidence") -> bool:
        genders = {self.gender, other.gender} - {None}
        return len(genders) == 2 or bool(self.places and other.places and not self.places & other.places)


def _evidence(mentions: Iterable[_Mention]) -> _Evidence:
    items = list(mentions)
    return _Evidence(
        gender=_gender(items),
        places=frozenset(place for mention in items for terms in mention.terms for place in terms.places),
    )


def _gender(mentions: Iterable[_Mention]) -> Literal["female", "male"] | None:
    counts = {"female": 0, "male": 0}
    for mention in mentions:
        if mention.person.gender is not None:
            counts[mention.person.gender] += 1
    if counts["female"] == counts["male"]:
        return None
    return "female" if counts["female"] > counts["male"] else "male"


class _Clusters:
    """All persons in the making, by number, with the short forms that lead to them."""

    def __init__(self) -> None:
        self.items: list[_Cluster] = []
        self.by_short_form: dict[str, set[int]] = defaultdict(set)
        self.by_article: dict[str, list[int]] = defaultdict(list)

    def open(self) -> int:
        self.items.append(_Cluster())
        return len(self.items) - 1

    def put(self, mention: _Mention, number: int, rule: Rule) -> None:
        mention.cluster, mention.rule = number, "given" if mention.given else rule
        self.items[number].mentions.append(mention)
        if number not in self.by_article[mention.article_id]:
            self.by_article[mention.article_id].append(number)

    def know(self, number: int, short_form: str) -> None:
        self.items[number].short_forms.add(short_form)
        self.by_short_form[short_form].add(number)

    def merged(self) -> Merged:
        people: list[Person] = []
        links: list[Link] = []
        taken: dict[str, int] = {}
        made = [(_made(cluster), cluster) for cluster in self.items]
        made.sort(key=lambda pair: (pair[0].id, -len(pair[1].mentions), min(mention.key for mention in pair[1].mentions)))
        for person, cluster in made:
            taken[person.id] = taken.get(person.id, 0) + 1
            unique = person.id if taken[person.id] == 1 else f"{person.id}-{taken[person.id]}"
            people.append(replace(person, id=unique))
            links += [
                Link(article_id=mention.article_id, local_id=mention.person.id, person_id=unique, rule=mention.rule)
                for mention in cluster.mentions
            ]
        return Merged(
            people=tuple(sorted(people, key=lambda person: person.id)),
            links=tuple(sorted(links, key=lambda link: (link.article_id, link.local_id))),
        )


def _merge_full(mentions: Sequence[_Mention], clusters: _Clusters) -> None:
    union = _Union()
    by_key: dict[tuple[str, ...], list[_Mention]] = defaultdict(list)
    own_key: dict[tuple[str, str], tuple[str, ...]] = {}
    for mention in mentions:
        keys = [name.tokens for name in mention.names if len(name.tokens) > 1]
        own_key[mention.key] = keys[0]
        by_key[keys[0]].append(mention)
        for key in keys:
            union.join(keys[0], key)
            by_key.setdefault(key, [])
    by_token: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    for key in by_key:
        for token in set(key[1:]):
            if len(token) > 1:
                by_token[token].append(key)
    # Shorter forms first: what they may stand for is decided on the names as written, before anything is joined.
    evidence = {key: _evidence(items) for key, items in by_key.items()}
    # A name given in a correction means that name and no other form of it.
    given = {key for key, items in by_key.items() if items and all(mention.given for mention in items)}
    for key in sorted(by_key.keys() - given, key=lambda key: (len(key), key)):
        fuller = sorted(other for other in by_token[key[-1]] if other not in given and _is_form_of(key, other))
        if not fuller or not all(_agree(key, one, two) for one, two in combinations(fuller, 2)):
            continue
        sides = [evidence[key], *(evidence[other] for other in fuller)]
        if any(one.speaks_against(two) for one, two in combinations(sides, 2)):
            continue
        for other in fuller:
            union.join(key, other)
    respelt = _join_spellings(by_key.keys() - given, evidence, union)
    numbers: dict[tuple[str, ...], int] = {}
    for mention in mentions:
        root = union.find(own_key[mention.key])
        if root not in numbers:
            numbers[root] = clusters.open()
        clusters.put(mention, numbers[root], "same name")
    for number in numbers.values():
        cluster = clusters.items[number]
        fullest = Counter(own_key[mention.key] for mention in cluster.mentions)
        longest = max(fullest, key=lambda key: (len(key), key))
        if len(cluster.mentions) == 1:
            cluster.mentions[0].rule = "given" if cluster.mentions[0].given else "alone"
        for mention in cluster.mentions:
            if own_key[mention.key] != longest and not mention.given:
                mention.rule = "other spelling" if own_key[mention.key] in respelt else "fuller name"
            for name in mention.names:
                clusters.know(number, name.tokens[-1])
                clusters.know(number, name.surname)
                # Four names as in Juan José Zúñiga Macías: the last two are surnames, and the press uses the first of
                # them.
                if len(name.tokens) >= 4:
                    clusters.know(number, name.tokens[-2])


def _join_spellings(
    keys: Iterable[tuple[str, ...]], evidence: Mapping[tuple[str, ...], _Evidence], union: _Union
) -> frozenset[tuple[str, ...]]:
    """Joins full names that are transliterations of one, where nothing speaks against it; the names so joined."""
    met: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for key in sorted(keys):
        for form in _spellings(key):
            met[form].append(key)
    joined: set[tuple[str, ...]] = set()
    for names in met.values():
        if len(names) > 1 and not any(evidence[one].speaks_against(evidence[two]) for one, two in combinations(names, 2)):
            for name in names[1:]:
                union.join(names[0], name)
            joined.update(names)
    return frozenset(joined)


def _merge_bare(mentions: Sequence[_Mention], clusters: _Clusters) -> None:
    known = {form: frozenset(numbers) for form, numbers in clusters.by_short_form.items()}
    in_article = {article_id: frozenset(numbers) for article_id, numbers in clusters.by_article.items()}
    homeless: dict[str, list[_Mention]] = defaultdict(list)
    joins: list[tuple[_Mention, int, Rule]] = []
    # Of the full names alone: the bare ones join when all are judged, so that their order does not matter.
    evidence: dict[int, _Evidence] = {}
    for mention in mentions:
        forms = {name.phrase for name in mention.names} | {name.tokens[-1] for name in mention.names}
        candidates = frozenset[int]().union(*(known.get(form, frozenset()) for form in forms))
        here = candidates & in_article.get(mention.article_id, frozenset())
        choice = here or candidates
        if len(choice) == 1:
            (number,) = choice
            if number not in evidence:
                evidence[number] = _evidence(clusters.items[number].mentions)
            if not evidence[number].speaks_against(_evidence([mention])):
                joins.append((mention, number, "surname in the article" if here else "surname in the library"))
                continue
        if candidates:
            # More than one can be meant: what is said of this one must not be taken for another's.
            clusters.put(mention, clusters.open(), "alone")
        else:
            homeless[mention.names[0].phrase if mention.names else mention.person.name].append(mention)
    for mention, number, rule in joins:
        clusters.put(mention, number, rule)
    for form in sorted(homeless):
        group = homeless[form]
        # Mononyms ("Lula", "Pelé") are one person, unless anything shows that they are not.
        if any(one.speaks_against(two) for one, two in combinations({_evidence([mention]) for mention in group}, 2)):
            for mention in group:
                clusters.put(mention, clusters.open(), "alone")
        else:
            number = clusters.open()
            for mention in group:
                clusters.put(mention, number, "same name" if len(group) > 1 else "alone")


def _merge_organisations(mentions: Sequence[_Mention], clusters: _Clusters) -> None:
    union = _Union()
    keys_of: dict[tuple[str, str], list[tuple[str, ...]]] = {}
    for mention in mentions:
        person = mention.person
        # Of the other names only acronyms and names of several words tell one organisation from all others ("OAS",
        # not "army").
        others = (alias for alias in person.aliases if " " in alias.strip() or (alias.isupper() and len(alias) > 1))
        keys: list[tuple[str, ...]] = [
            (_organisation_key(form),) for form in ((person.name,) if mention.given else (person.name, *others))
        ]
        keys_of[mention.key] = keys
        for key in keys:
            union.join(keys[0], key)
    numbers: dict[tuple[str, ...], int] = {}
    for mention in mentions:
        root = union.find(keys_of[mention.key][0])
        rule: Rule = "same name" if root in numbers else "alone"
        if root not in numbers:
            numbers[root] = clusters.open()
        clusters.put(mention, numbers[root], rule)
    for number in numbers.values():
        if len(clusters.items[number].mentions) > 1:
            for mention in clusters.items[number].mentions:
                mention.rule = "given" if mention.given else "same name"


def _accents(word: str) -> int:
    return sum(1 for letter in unicodedata.normalize("NFD", word) if unicodedata.combining(letter))


def _made(cluster: _Cluster) -> Person:
    """The person that the mentions make together; its id is not yet unique."""
    mentions = sorted(cluster.mentions, key=lambda mention: mention.key)
    forms: Counter[str] = Counter()
    for mention in mentions:
        forms.update(
            {unicodedata.normalize("NFC", " ".join(form.split())) for form in (mention.person.name, *mention.person.aliases)}
        )
    is_person = mentions[0].person.kind == "person"
    # The names the articles' own persons go by; an alias may be a nickname or a role.
    names = Counter(mention.shown for mention in mentions)
    name = max(
        names,
        key=lambda form: (_fullness(form) if is_person else len(fold(form).split()), names[form], _accents(form), form),
    )
    if is_person:
        name = _with_accents(name, forms)
    roles: dict[str, Role] = {}
    for role in sorted(
        (role for mention in mentions for role in mention.person.roles),
        key=lambda role: (role.article_id, role.span, role.text),
    ):
        roles.setdefault(fold(role.text), role)
    return Person(
        id="-".join(fold(name).split()) or "unnamed",
        name=name,
        aliases=tuple(sorted(form for form in forms if form and form != name)),
        roles=tuple(roles.values()),
        gender=_gender(mentions),
        kind=mentions[0].person.kind,
    )


def _fullness(form: str) -> tuple[int, int]:
    tokens = _parse(form).tokens
    return sum(len(token) > 1 for token in tokens), len(tokens)


def _with_accents(name: str, forms: Mapping[str, int]) -> str:
    """The name with each of its words as it is written best: not in capitals, with its accents, as most write it.

    >>> _with_accents("Juan Jose ZUNIGA", {"Zúñiga": 2, "Zuníga": 1, "José": 1})
    'Juan José Zúñiga'
    """
    written: dict[str, Counter[str]] = defaultdict(Counter)
    for form, count in sorted(forms.items()):
        for word in form.split():
            written[fold(word)][word] += count
    best = []
    for word in name.split():
        choice = written[fold(word)] | Counter({word: 1})
        best.append(
            max(
                choice,
                key=lambda one: (
                    len(one) > 3 and not one.isupper(),
                    one[:1].isupper(),
                    bool(_accents(one)),
                    choice[one],
                    one,
                ),
            )
            if len(word) > 3
            else max(choice, key=lambda one: (one[:1].isupper() == word[:1].isupper(), bool(_accents(one)), choice[one], one))
        )
    return " ".join(best)


# --- Matching


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonMatch:
    """A person whom a name may mean. `score` is in (0, 1]: 1 the very name; .95 a fuller or shorter form; .9 the
    surname or an alias; .8 and .6 a role with and without its country; .7 one typo; .6 the surname of someone known
    by it alone."""

    person: Person
    score: float


def match_people(name: str, people: Sequence[Person], *, vocabulary: RoleVocabulary | None = None) -> tuple[PersonMatch, ...]:
    """Whom a name as typed in a question may mean, best first; nobody rather than the wrong one.

    Accents, case, titles, a genitive s, initials and left-out middle names do not matter. All who share a surname
    come, with equal scores. Only when nobody has the name as typed may a role ("Bolivias president") or one typo
    explain it.

    Args:
        name: Up to 200 characters; a longer one matches nobody.
        vocabulary: What titles and roles are read with; all lexicons where it is not given, loaded only if needed.

    >>> arce, morales = Person(id="luis-arce", name="Luis Arce"), Person(id="evo-morales", name="Evo Morales")
    >>> [(match.person.id, match.score) for match in match_people("ARCE", [arce, morales])]
    [('luis-arce', 0.9)]
    >>> match_people("Joe Biden", [Person(id="joe-smith", name="Joe Smith")], vocabulary=RoleVocabulary())
    ()
    """
    if len(name) > _LONGEST_NAME:
        return ()
    # "Luis Arce, Bolivia's president" and "Zúñiga (MAS)": the name comes first.
    text = re.split(r"[,;(\[]", _GENITIVE.sub("", name.strip().strip("\"'“”«»„.?!")), maxsplit=1)[0]
    asked = _parse(text)
    if not asked.tokens:
        return ()
    if found := _by_name(asked, people) or _by_name(_without_s(asked), people):
        return found
    words = load_vocabulary() if vocabulary is None else vocabulary
    return (
        _by_title(asked, people, words)
        or _by_role(text, people, words)
        or _by_typo(asked, people, words)
        or _by_title(asked, people, words, typo=True)
    )


def _sorted(matches: Iterable[PersonMatch]) -> tuple[PersonMatch, ...]:
    return tuple(sorted(matches, key=lambda match: (-match.score, match.person.id)))


def _without_s(name: _Name) -> _Name:
    """ "Arces" → "arce": a genitive without an apostrophe. Names of four letters and less are left alone."""
    last = name.tokens[-1]
    if len(last) < 5 or not last.endswith("s"):
        return name
    return _Name((*name.tokens[:-1], last[:-1]), (*name.words[:-1], last[:-1]), name.surname[:-1])


def _forms(person: Person) -> tuple[_Name, ...]:
    return tuple(_parse(form[:_LONGEST_NAME]) for form in (person.name, *person.aliases))


@lru_cache(maxsize=65_536)
def _known_by(names: tuple[str, ...]) -> frozenset[str]:
    """The words of somebody's names, and their keys as names of a body: whom a name shares none with, it does not mean."""
    forms = [_parse(name[:_LONGEST_NAME]) for name in names]
    return frozenset(token for form in forms for token in form.tokens) | {_organisation_key(form.phrase) for form in forms}


def _by_name(asked: _Name, people: Sequence[Person]) -> tuple[PersonMatch, ...]:
    # An initial may stand for any name.
    if min(map(len, asked.tokens)) > 1:
        sought = {*asked.tokens, _organisation_key(asked.phrase)}
        people = [person for person in people if not sought.isdisjoint(_known_by((person.name, *person.aliases)))]
    scored = ((person, max((_name_score(asked, form, person) for form in _forms(person)), default=0.0)) for person in people)
    matches = [PersonMatch(person=person, score=score) for person, score in scored if score]
    # Someone known by surname alone is a guess, and none is needed where somebody has the whole name.
    best = max((match.score for match in matches), default=0.0)
    return _sorted(match for match in matches if best < 0.9 or match.score >= 0.9)


def _name_score(asked: _Name, form: _Name, person: Person) -> float:
    if not form.tokens:
        return 0.0
    if person.kind == "organisation":
        return 1.0 if _organisation_key(asked.phrase) == _organisation_key(form.phrase) else 0.0
    if len(asked.tokens) == 1 or asked.phrase == form.surname:
        token = asked.tokens[-1]
        known = asked.phrase == form.surname or token == form.tokens[-1] or (len(form.tokens) >= 4 and token == form.tokens[-2])
        return 0.9 if known and len(token) > 1 else 0.0
    if asked.tokens == form.tokens:
        return 1.0
    if len(form.tokens) == 1:
        return 0.6 if form.tokens[0] == asked.tokens[-1] and person.name.count(" ") == 0 else 0.0
    if _is_form_of(asked.tokens, form.tokens) or _is_form_of(form.tokens, asked.tokens):
        return 0.95
    # "Wilson Sánchez" for Jose Wilson Sanchez: called by the second given name.
    whole = min(map(len, asked.tokens)) > 1
    return 0.9 if (whole and _is_form_of(asked.tokens, form.tokens[1:])) or asked.tokens == form.tokens[1:] else 0.0


def _by_title(asked: _Name, people: Sequence[Person], words: RoleVocabulary, *, typo: bool = False) -> tuple[PersonMatch, ...]:
    """ "General Zúñiga", "Bolivias president Luis Arce": all that stands before the name must be titles, roles and
    countries."""
    for start in range(1, len(asked.words)):
        before = words.read(" ".join(asked.words[:start]))
        if before.words:
            continue
        rest = _parse(" ".join(asked.words[start:]))
        if not rest.tokens:
            return ()
        found = _by_typo(rest, people, words) if typo else _by_name(rest, people) or _by_name(_without_s(rest), people)
        if before.concepts:
            # The president of Bolivia is not Bolivia.
            found = tuple(match for match in found if match.person.kind == "person")
        if before.gender:
            found = tuple(match for match in found if match.person.gender in {None, before.gender})
        if not found:
            continue
        fitting = tuple(match for match in found if _has_role(match.person, before, words.read))
        return fitting or found
    return ()


def _has_role(person: Person, asked: RoleTerms, read: Callable[[str], RoleTerms]) -> bool:
    """Whether the person's roles say all that was asked: the role itself, former or not, and its countries and
    words."""
    if not asked.concepts or person.kind != "person":
        return False
    roles = [read(role.text) for role in person.roles]
    fitting = [role for role in roles if _means(asked.concepts, role.concepts) and asked.former == role.former]
    return bool(
        fitting
        and asked.places <= frozenset().union(*(role.places for role in fitting))
        and all(any(_says(role, word) for role in fitting) for word in asked.words)
    )


def _means(asked: frozenset[str], held: frozenset[str]) -> bool:
    """Whether each concept asked for is held, or a more special one is: a `minister` may be the `justice_minister`."""
    return all(
        concept in held or (concept not in _OWN_OFFICES and any(other.endswith(f"_{concept}") for other in held))
        for concept in asked
    )


def _says(role: RoleTerms, word: str) -> bool:
    return word in role.words or (len(word) >= 3 and word in role.initials)


def _by_role(text: str, people: Sequence[Person], words: RoleVocabulary) -> tuple[PersonMatch, ...]:
    asked = words.read(text)
    score = 0.8 if asked.places or asked.words else 0.6
    read = cache(words.read)
    return _sorted(PersonMatch(person=person, score=score) for person in people if _has_role(person, asked, read))


def _by_typo(asked: _Name, people: Sequence[Person], words: RoleVocabulary) -> tuple[PersonMatch, ...]:
    return _sorted(
        PersonMatch(person=person, score=0.7)
        for person in people
        if person.kind == "person" and any(_one_typo(asked, form, words) for form in _forms(person))
    )


def _one_typo(asked: _Name, form: _Name, words: RoleVocabulary) -> bool:
    """Whether a single letter was missed, doubled, swapped or replaced in one word, and all else is equal.

    A surname needs six letters and its first one right, and the word typed must be no given name: Bider is not Biden,
    Hansen not Jansen, Luisa not Luis.
    """
    if not form.tokens:
        return False
    theirs = form.tokens if len(asked.tokens) > 1 else form.tokens[-1:]
    if len(asked.tokens) != len(theirs):
        # "Juan Zunica" for Juan José Zúñiga: the middle names may be left out, too.
        if len(theirs) < 2 or len(asked.tokens) != 2:
            return False
        theirs = (theirs[0], theirs[-1])
    wrong = [(ours, other) for ours, other in zip(asked.tokens, theirs, strict=True) if ours != other]
    if len(wrong) != 1:
        return False
    ((ours, other),) = wrong
    is_surname = other == theirs[-1] and ours == asked.tokens[-1]
    shortest = 6 if is_surname else 4
    return (
        max(len(ours), len(other)) >= shortest
        and ours[0] == other[0]
        and ours not in words.first_names
        and OSA.distance(ours, other, score_cutoff=1) <= 1
    )
