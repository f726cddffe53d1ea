"""One language's words for reporting speech, read from `LANGUAGE.toml` beside this file.

The lexicons are data about a language, never about a text. All words are written in lower case, with their accents; a phrase
of several words is separated by single blanks. The schema, by table:

    language = "nb"                     code, as in `records.LANGUAGES`
    complementisers = ["at"]            words that open a reported clause ("that", "whether")
    negations = ["ikke", "aldri"]       beside a cue they make it "not said"
    denials = ["refused to", "declined to"]   before an infinitive cue: negative too
    future = ["vil", "skal"]            auxiliaries before an infinitive cue: modality `future`
    possible = ["kan", "hvis", "dersom"]   auxiliaries and conjunctions: modality `possible`
    auxiliaries = ["har", "hadde"]      before a participle cue: actual ("har sagt", "has said")
    according = ["ifølge", "i følge"]   prepositions that make what follows the source: "according to X"
    according_after = []                the same behind their noun ("X zufolge", "X nach", "X mukaan")
    addressee = ["til", "overfor"]      prepositions between a cue and its addressee
    function_words = ["den", "en", …]   articles, prepositions, conjunctions, pronouns, auxiliaries, adverbs that open
                                        sentences with a capital and are no name; at least 150
    first_names_female = [...]          at least 150 common in the language area's news
    first_names_male = [...]
    name_particles = ["von", "de la"]   lower-case words inside names
    titles_female = ["fru"]             before a name and no part of it; "Mrs", "señora" tell the gender
    titles_male = ["herr"]
    titles = ["general", "dr."]         of either gender; ranks and courtesies, with and without the dot
    genitives = ["s", "'s", "'"]        endings of a possessor

    [[cues]]                            one for each verb or fixed phrase
    act = "say"                         of `records.Act`
    present = ["sier"]                  finite forms, all persons and numbers, also -s/-ed alternatives
    future = []                         "dirá", "dira", where the language has such forms
    past = ["sa"]                       separable verbs are listed as "räumt … ein": the … stands for words between
    participle = ["sagt"]
    infinitive = ["si"]
    gerund = []                         "saying", "diciendo", "disant"
    takes = ["quote", "that", "bare"]   quote: may report a quotation ("…", he said)
                                        that: a clause with its complementiser
                                        bare: a clause without one ("said the army was", "sagte, er werde")
                                        object: a noun phrase tells the content ("condemned the coup", "announced new heads")
                                        quoted: such a noun phrase only where it holds marked words ("spricht von „Verrat“")
                                        infinitive: the content is an infinitive ("vowed to go", "lover å gå", "prometió volver")
                                        order: person, then infinitive ("ordered the troops to leave", "ber Arce om å gå")
    object_is = "content"               what a bare noun phrase behind the verb is: "content" (condemn, announce), "addressee"
                                        (tell, warn, fortelle, bitten), or "none" (say)
    objects = ["straffskyld"]           where given, no other noun phrase is an object of this verb

    [[nouns]]                           nouns that report: "in a statement that …", "the claim that …", "his demand that"
    act = "claim"
    forms = ["påstand", "påstanden"]

    [pronouns]                          subject forms that may be a source, and object forms that may be an addressee
    female = ["hun"]; male = ["han"]; plural = ["de"]; common = ["vedkommende", "hen"]
    first = ["jeg", "vi"]; second = ["du", "dere"]
    object_female = ["henne"]; object_male = ["ham"]; object_plural = ["dem"]
    possessive = ["hans", "hennes", "sin"]; relative = ["som"]

    [roles]                             concept (English, snake_case, the same in all lexicons) = nouns for a person in it
    president = ["president", "presidenten"]        singular indefinite and definite, both genders; compounds
    [roles_plural]                      concept = plural nouns ("ministers"), sources that are groups
    [groups]                            concept = nouns for bodies that speak: government, police, army, union, court …

    [roles_abbreviated]                 concept = short titles that stand only before a name ("sen"), without the dot
    [parties]                           party = adjectives and names that newspapers put before every office
    parties_plural = ["republicans"]    those who belong to one
    groups_of_person = ["campaign"]     nouns for bodies that somebody's name goes before ("Clinton campaign")

    [media]
    nouns = ["innlegg", "melding"]      where something is said: post, statement, interview, press conference, letter …
    prepositions = ["i", "på"]          before them
    names = ["x", "twitter"]            places and platforms that stand without a noun
    stations = ["tv-stasjon", "avis"]   nouns for outlets: "a local TV station", "the newspaper"

    [layout]
    read_more = ["les også", "les mer"] line openings that advertise another story
    credits = ["foto", "video"]         line openings of image credits, without their colon
"""

import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources
from typing import Any, Literal

from index.records import ACTS, LANGUAGES, Act

Takes = Literal["quote", "that", "bare", "object", "quoted", "infinitive", "order"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A verb or fixed phrase that reports, with its forms and what may stand behind it."""

    act: Act
    present: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    participle: tuple[str, ...] = ()
    infinitive: tuple[str, ...] = ()
    gerund: tuple[str, ...] = ()
    takes: frozenset[Takes] = frozenset({"quote"})
    object_is: Literal["content", "addressee", "none"] = "none"
    objects: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.act not in ACTS:
            raise ValueError(f"act {self.act!r} of cue {(*self.present, *self.infinitive)} is not one of {', '.join(ACTS)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class CueNoun:
    """A noun that reports: "the claim that …"."""

    act: Act
    forms: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pronouns:
    female: tuple[str, ...] = ()
    male: tuple[str, ...] = ()
    plural: tuple[str, ...] = ()
    common: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    second: tuple[str, ...] = ()
    object_female: tuple[str, ...] = ()
    object_male: tuple[str, ...] = ()
    object_plural: tuple[str, ...] = ()
    possessive: tuple[str, ...] = ()
    relative: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    nouns: tuple[str, ...] = ()
    prepositions: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutWords:
    read_more: tuple[str, ...] = ()
    credits: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lexicon:
    """All that one file holds, checked. An unknown language gets an empty one: only its quotation marks will speak."""

    language: str
    complementisers: tuple[str, ...] = ()
    negations: tuple[str, ...] = ()
    denials: tuple[str, ...] = ()
    future: tuple[str, ...] = ()
    possible: tuple[str, ...] = ()
    auxiliaries: tuple[str, ...] = ()
    according: tuple[str, ...] = ()
    according_after: tuple[str, ...] = ()
    addressee: tuple[str, ...] = ()
    function_words: frozenset[str] = frozenset()
    first_names_female: frozenset[str] = frozenset()
    first_names_male: frozenset[str] = frozenset()
    name_particles: tuple[str, ...] = ()
    titles_female: tuple[str, ...] = ()
    titles_male: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    genitives: tuple[str, ...] = ()
    cues: tuple[Cue, ...] = ()
    nouns: tuple[CueNoun, ...] = ()
    pronouns: Pronouns = field(default_factory=Pronouns)
    roles: dict[str, tuple[str, ...]] = field(default_factory=dict)
    roles_plural: dict[str, tuple[str, ...]] = field(default_factory=dict)
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    roles_abbreviated: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parties: dict[str, tuple[str, ...]] = field(default_factory=dict)
    parties_plural: tuple[str, ...] = ()
    groups_of_person: tuple[str, ...] = ()
    media: Media = field(default_factory=Media)
    layout: LayoutWords = field(default_factory=LayoutWords)


def _tuples(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}


@cache
def load_lexicon(language: str) -> Lexicon:
    """The lexicon of a language code; an empty one where no file has it.

    Raises:
        ValueError: The file has a key that the schema does not know, or an unknown act.

    >>> load_lexicon("xx").cues
    ()
    """
    file = resources.files(__name__) / f"{language}.toml"
    if language not in LANGUAGES or not file.is_file():
        return Lexicon(language=language)
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    known = {item.name for item in fields(Lexicon)}
    if unknown := set(table) - known:
        raise ValueError(f"{language}.toml has {', '.join(sorted(unknown))}; a lexicon knows {', '.join(sorted(known))}")
    values = _tuples(table)
    for name in ("function_words", "first_names_female", "first_names_male"):
        values[name] = frozenset(values.get(name, ()))
    values["cues"] = tuple(
        Cue(**(_tuples(entry) | {"takes": frozenset(entry.get("takes", ("quote",)))})) for entry in table.get("cues", ())
    )
    values["nouns"] = tuple(CueNoun(**_tuples(entry)) for entry in table.get("nouns", ()))
    values["pronouns"] = Pronouns(**_tuples(table.get("pronouns", {})))
    values["media"] = Media(**_tuples(table.get("media", {})))
    values["layout"] = LayoutWords(**_tuples(table.get("layout", {})))
    for name in ("roles", "roles_plural", "groups", "roles_abbreviated", "parties"):
        values[name] = _tuples(table.get(name, {}))
    return Lexicon(**values)
