"""A question → the language that it is asked in, by its closed-class words; a question is too short for a statistical model."""

import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from rag.parts import load_tables
from rag.phrases import ANSWER_LANGUAGES, Phrases, load_phrases
from rag.words import Token, fold, tokenize

# A question of a person is a sentence or two; what is longer is pasted text, and costs time without telling more.
LONGEST_QUESTION = 1_000
# With fewer lower-case words the language of a question cannot be told by a model.
_FEWEST_WORDS = 2


@cache
def _markers(language: str) -> Mapping[str, float]:
    """The words that tell a language, as they are written and without their accents, with their weights."""
    phrases = load_phrases(language)
    weights: dict[str, float] = {}
    verbs = [words[0] for words in load_tables(language).verbs.entries if len(words) == 1]
    spoken = [(word, 0.5) for word in verbs]
    spoken += [(word, 1.0) for word in phrases.words]
    spoken += [(word, 1.0) for phrase in phrases.turns["truth"] for word in phrase.split()]
    asking = (phrase for kind in phrases.ask.values() for phrase in kind if " " not in phrase)
    # "Var" asks where in Swedish, and is "was" in three languages.
    spoken += [(phrase, 2.0) for phrase in asking if phrase not in phrases.auxiliaries]
    for word, weight in spoken:
        for form in (word.casefold(), fold(word)):
            weights[form] = max(weight, weights.get(form, 0))
    return weights


def guess_language(text: str, *, beside: str = "") -> str | None:
    """The language that most of a question's closed-class words belong to; None where they do not decide.

    A question is too short and too full of names for a statistical detector.

    Args:
        beside: Words that decide between languages that are as likely, as those in the question's quotation marks.

    >>> guess_language("Hva sa Arce til Zuniga?"), guess_language("¿Qué dijo Arce?"), guess_language("Arce")
    ('nb', 'es', None)
    >>> guess_language("Sa Boric … ?", beside="Vi fördömer det")
    'sv'
    """
    scores = _scores(text)
    best = max(scores.values())
    winners = [code for code in ANSWER_LANGUAGES if scores[code] == best]
    if best < 1:
        return None
    if len(winners) > 1 and beside:
        tied = _scores(beside)
        top = [code for code in winners if tied[code] == max(tied[one] for one in winners)]
        if len(top) > 1:
            # The words in quotation marks are an article's, long enough for a model to tell.
            from index.languages import detect_language

            told = detect_language(beside)
            return told if told in top else top[0]
        return top[0]
    return winners[0]


def _scores(text: str) -> dict[str, float]:
    spoken = text.casefold()
    # An accent that was typed tells: "å" is no French "à".
    words = [token.text.casefold().replace("’", "'") for token in tokenize(text[:LONGEST_QUESTION])]
    scores = {code: float(sum(_markers(code).get(word, 0) for word in words)) for code in ANSWER_LANGUAGES}
    for characters, codes in (
        ("¿¡ñ", ("es",)),
        ("äö", ("sv", "de")),
        ("ß", ("de",)),
        ("æø", ("nb", "da")),
        ("àçê", ("fr",)),
    ):
        if any(character in spoken for character in characters):
            for code in codes:
                scores[code] = scores.get(code, 0) + 0.5
    return scores


def is_foreign(text: str, tokens: Sequence[Token], phrases: Phrases) -> bool:
    """Whether a question is in a language that is not understood: in another script, or without any of the words by which
    a question is read and with a language to be told by the rest.
    """
    letters = [letter for letter in text if letter.isalpha()]
    if sum("LATIN" in unicodedata.name(letter, "") for letter in letters) * 2 < len(letters):
        return True
    tables = load_tables(phrases.language)
    words = [token.text.casefold() for token in tokens]
    known = (tables.ask, tables.lead_ins, tables.follow, tables.verbs, tables.turns, tables.corrections)
    if any(table.at(words, at) for table in known for at in range(len(words))):
        return False
    plain = [token.text for place, token in enumerate(tokens) if place == 0 or not token.text[:1].isupper()]
    if len(plain) < _FEWEST_WORDS:
        return False
    # lingua reads its models when first asked, which few questions need.
    from index.languages import UNDETERMINED, detect_language

    return detect_language(" ".join(token.text for token in tokens)) not in (*ANSWER_LANGUAGES, "nn", UNDETERMINED)
