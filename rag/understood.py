"""What a question was taken to mean, worded in its language, so that a person can see and mend it."""

from index.attribution.lexicon.countries import load_countries
from rag.answer import Part, Understood
from rag.naming import Naming
from rag.phrases import Phrases, load_phrases
from rag.question import Question
from rag.words import bare

_WANTED = {
    "words": "u_words", "all": "u_all", "who": "u_who", "to_whom": "u_to_whom", "when": "u_when",
    "where": "u_where", "outlet": "u_outlet_wanted", "how_many": "u_how_many", "whether": "u_whether",
    "fact": "u_fact", "who_is": "u_who_is", "compare": "u_compare",
}  # fmt: skip
_KEYS: dict[Part, str] = {
    "speaker": "u_speaker", "addressee": "u_addressee", "act": "u_act", "topic": "u_topic", "quoted": "u_quoted",
    "very_words": "u_very_words", "outlet": "u_outlet", "since": "u_since", "until": "u_until", "language": "u_language",
    "nations": "u_nations", "others": "u_others",
}  # fmt: skip


def understood_parts(question: Question) -> tuple[Understood, ...]:
    """The parts that narrow the question, in the order in which they are told; none where it could not be read.

    >>> [(part.part, part.words) for part in understood_parts(Question(text="", language="en", topic=("strike",), relay="AP"))]
    [('topic', 'on strike'), ('outlet', 'according to AP')]
    """
    if question.unclear:
        return ()
    phrases = load_phrases(question.language)
    values = {part: value for part, value in _values(question, phrases).items() if value}
    keys: dict[Part, str] = {**_KEYS, "nations": "u_abroad"} if question.abroad else _KEYS
    return tuple(Understood(part=part, value=value, words=phrases.say(keys[part], value=value)) for part, value in values.items())


def tell_understood(question: Question) -> str:
    """What a question was taken to mean, in a line; nothing where it could not be read."""
    if question.unclear:
        return ""
    phrases = load_phrases(question.language)
    parts = [phrases.say(_WANTED[question.wanted]), *(part.words for part in understood_parts(question))]
    return phrases.say("understood", parts="; ".join(parts))


def _values(question: Question, phrases: Phrases) -> dict[Part, str]:
    names: dict[Part, str] = {}

    def named(code: str) -> str:
        return phrases.languages.get(code, code).split()[-1]

    namings: tuple[tuple[Part, Naming | None], ...] = (("speaker", question.speaker), ("addressee", question.addressee))
    for part, naming in namings:
        if naming is not None and question.wanted != "who_is":
            found = [bare(person.name) for person in naming.people] or [bare(naming.mention)]
            names[part] = phrases.join(found) if naming.joined else " / ".join(found)
    # The first form of an act is the one by which a question would look it up.
    acts = [phrases.verbs[act][0] for act in sorted(question.acts) if act in phrases.verbs and act != "say"]
    return names | {
        "act": phrases.join(acts),
        "topic": bare(" ".join((*question.topic, *question.circumstance))),
        "quoted": bare(" … ".join(question.quoted)),
        "very_words": phrases.say("u_very_words") if question.very_words else "",
        "outlet": bare(question.relay or ""),
        "since": question.since.isoformat() if question.since else "",
        "until": question.until.isoformat() if question.until else "",
        "nations": _nations(question, phrases),
        "others": phrases.say("u_others") if question.without else "",
        "language": phrases.join([label for label in dict.fromkeys(map(named, sorted(question.languages))) if label]),
    }


def _nations(question: Question, phrases: Phrases) -> str:
    """The countries by their names in the question's language."""
    countries = {country.code: country for country in load_countries()} if question.nations else {}
    named = [countries[code].names.get(phrases.language) or (code,) for code in sorted(question.nations)]
    return phrases.join([names[0].title() if names[0].islower() else names[0] for names in named])
