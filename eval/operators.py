"""The operators: a true sentence → a false one, by one change that has a name, or a harmless rewording of it.

An operator says what it did and gives the answer, or None where the sentence offers nothing to change.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from eval.mutants import (
    MARKER,
    NOTE,
    QUOTED,
    Mutant,
    Operator,
    Rewording,
    TrueSentence,
    World,
    find_carried,
    find_outside,
    find_quoted,
    is_content,
    mask,
    put_words,
)
from rag.answer import Answer, Citation
from rag.likeness import likeness
from rag.phrases import Phrases, load_phrases, load_sorts
from rag.words import fold, folded, tokenize

# An operator has drawn from every sentence so often without a new mutant that there are no more.
_DRY_ROUNDS = 12
_DAY = re.compile(r"\b(\d{4})-(\d{2})-(\d{2})\b")
_BULLET = "• "

_NEVER = {
    "en": "never", "nb": "aldri", "sv": "aldrig", "da": "aldrig", "de": "nie", "es": "nunca", "fr": "jamais",
}  # fmt: skip
# Finite verbs behind (or, in Spanish, before) which a negation stands.
_AUXILIARIES = {
    "en": ("not", "is are was were will would can could has have had may must should"),
    "nb": ("ikke", "er var vil ville kan kunne har hadde må skal skulle bør"),
    "nn": ("ikkje", "er var vil ville kan kunne har hadde må skal skulle bør"),
    "sv": ("inte", "är var vill kan kunde har hade måste ska skulle bör kommer"),
    "da": ("ikke", "er var vil ville kan kunne har havde må skal skulle bør"),
    "es": ("no", "es son era está están fue ha han había debe deben puede pueden hay"),
}  # fmt: skip
_TENSES = {
    "en": {"said": "says", "wrote": "writes", "asked": "asks", "claimed": "claims", "announced": "announces",
           "promised": "promises", "ordered": "orders", "warned": "warns", "admitted": "admits", "confirmed": "confirms"},
    "nb": {"sa": "sier", "skrev": "skriver", "svarte": "svarer", "hevdet": "hevder", "lovet": "lover", "advarte": "advarer",
           "kunngjorde": "kunngjør", "spurte": "spør", "innrømmet": "innrømmer", "bekreftet": "bekrefter"},
    "sv": {"sade": "säger", "skrev": "skriver", "svarade": "svarar", "hävdade": "hävdar", "lovade": "lovar",
           "varnade": "varnar", "meddelade": "meddelar", "beordrade": "beordrar"},
    "da": {"sagde": "siger", "skrev": "skriver", "svarede": "svarer", "hævdede": "hævder", "advarede": "advarer"},
    "de": {"sagte": "sagt", "schrieb": "schreibt", "antwortete": "antwortet", "behauptete": "behauptet"},
    "es": {"dijo": "dice", "escribió": "escribe", "sostuvo": "sostiene", "anunció": "anuncia", "prometió": "promete",
           "ordenó": "ordena", "advirtió": "advierte", "respondió": "responde", "preguntó": "pregunta"},
    "fr": {"a dit": "dit", "a écrit": "écrit", "a affirmé": "affirme", "a annoncé": "annonce", "a averti": "avertit"},
}  # fmt: skip
_CONNECTIVES = {
    "en": ("In addition, ", "Meanwhile, ", "According to the article, "),
    "nb": ("Dessuten: ", "I tillegg: ", "Ifølge artikkelen: "),
    "sv": ("Dessutom: ", "Enligt artikeln: "),
    "da": ("Desuden: ", "Ifølge artiklen: "),
    "de": ("Außerdem: ", "Laut dem Artikel: "),
    "es": ("Además, ", "Por otra parte, ", "Según el artículo, "),
    "fr": ("En outre, ", "Selon l’article, "),
}
_INVENTED = {
    "en": ("He added: “This is only the beginning”", "“We have nothing to hide”, according to the same source"),
    "nb": ("Han la til: «Dette er bare begynnelsen»", "«Vi har ingenting å skjule», ifølge samme kilde"),
    "sv": ("Han tillade: ”Detta är bara början”", "”Vi har inget att dölja”, enligt samma källa"),
    "da": ("Han tilføjede: »Dette er kun begyndelsen«",),
    "de": ("Er fügte hinzu: „Das ist erst der Anfang“",),
    "es": ("Añadió: «Esto es solo el comienzo»", "«No tenemos nada que ocultar», según la misma fuente"),
    "fr": ("Il a ajouté : «Ce n’est que le début»",),
}


def _joined(one: TrueSentence, other: TrueSentence) -> tuple[str, tuple[Citation, ...]]:
    """Another sentence with its markers counted on behind those of the first."""
    by = len(one.citations)
    text = MARKER.sub(lambda match: f"[{int(match[1]) + by}]", other.text)
    return text, tuple(replace(citation, n=citation.n + by) for citation in other.citations)


def _another(sentence: TrueSentence, pool: Sequence[TrueSentence], rng: random.Random) -> TrueSentence:
    """A sentence of the same language, as they stand in one answer."""
    return rng.choice([other for other in pool if other.language == sentence.language])


_Made = tuple[str, Answer] | None
_Operate = Callable[[TrueSentence, Sequence[TrueSentence], World, random.Random], _Made]


def _change_word(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    words = [(token, cited) for token, cited in find_carried(sentence) if is_content(token, cited.language)]
    names = {word for item in sentence.citations for name in (item.speaker, item.addressee) if name for word in folded(name)}
    words = [(token, cited) for token, cited in words if fold(token.text) not in names]
    if not words:
        return None
    token, cited = rng.choice(words)
    # Another form of a word that is there, or another word for it, might be as true.
    near = frozenset().union(*(likeness(word, cited.language) for word in (*folded(cited.quote), *folded(sentence.text))))
    others = [word for word in world.words.get(cited.language, ()) if not likeness(word, cited.language) & near]
    if not others:
        return None
    new = rng.choice(others)
    new = new.capitalize() if token.text[0].isupper() else new
    return f"{token.text} → {new}", sentence.as_answer(put_words(sentence, token.start, token.end, new))


def _change_number(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    sorts = load_sorts().numbers
    masked = _DAY.sub(lambda match: " " * len(match[0]), mask(sentence.text))
    found = []
    for token in tokenize(masked):
        language = next((c.language for c in sentence.citations if fold(token.text) in folded(c.quote)), None)
        if language is None:
            continue
        if any(character.isdigit() for character in token.text):
            digits = [place for place, character in enumerate(token.text) if character.isdigit()]
            found.append((token, tuple(_other_digit(token.text, place, by) for place in digits for by in range(1, 10))))
        elif fold(token.text) in sorts.get(language, ()) and fold(token.text) not in ("one", "to", "en"):
            found.append((token, tuple(sorted(sorts[language] - {fold(token.text)}))))
    if not found:
        return None
    token, others = rng.choice(found)
    new = rng.choice([other for other in others if other not in folded(" ".join(c.quote for c in sentence.citations))])
    return f"{token.text} → {new}", sentence.as_answer(put_words(sentence, token.start, token.end, new))


def _other_digit(number: str, place: int, by: int) -> str:
    return f"{number[:place]}{(int(number[place]) + by) % 10}{number[place + 1 :]}"


def _flip_negation(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    made: list[tuple[str, str]] = []
    carried = find_carried(sentence)
    for token, cited in carried:
        plain = fold(token.text)
        if plain in map(fold, load_phrases(cited.language).negations) and plain not in ("ni", "heller", "nor"):
            made.append((f"{token.text} left out", put_words(sentence, token.start, token.end + 1, "")))
        word, verbs = _AUXILIARIES.get(cited.language, ("", ""))
        if plain in verbs.split():
            at = token.start if cited.language == "es" else token.end
            added = f"{word} " if cited.language == "es" else f" {word}"
            made.append((f"{added.strip()} put at {token.text}", put_words(sentence, at, at, added)))
    inside = find_quoted(sentence.text)
    verb = _frame_verb(sentence)
    if inside and verb is not None and sentence.language in _NEVER:
        never = _NEVER[sentence.language]
        before = sentence.language in ("en", "es", "fr")
        text = put_words(sentence, *((verb[0], verb[0], f"{never} ") if before else (verb[1], verb[1], f" {never}")))
        made.append((f"{never} put into the frame", text))
    if not made:
        return None
    how, text = rng.choice(made)
    return how, sentence.as_answer(text)


def _frame_verb(sentence: TrueSentence) -> tuple[int, int] | None:
    """The verb of saying in the words before the first quotation mark."""
    match = QUOTED.search(sentence.text)
    frame = sentence.text[: match.start()] if match else ""
    verbs = "|".join(map(re.escape, _TENSES.get(sentence.language, {})))
    found = list(re.finditer(rf"(?<!\w)(?:{verbs})(?!\w)", frame)) if verbs else []
    return found[-1].span() if found else None


def _strangers(sentence: TrueSentence, world: World) -> list[str]:
    """Persons of the corpora who share no word with anything in the sentence or its evidence."""
    near = set(folded(sentence.text))
    for citation in sentence.citations:
        near |= set(folded(" ".join(filter(None, (citation.speaker, citation.addressee, citation.mention, citation.quote)))))
    return [name for name in world.people if not near & set(folded(name))]


def _swap_speaker(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    speakers = [citation.speaker for citation in sentence.citations if citation.speaker]
    place = find_outside(sentence.text, speakers[0]) if speakers else None
    others = _strangers(sentence, world)
    if place is None or not others:
        return None
    to = sentence.citations[0].addressee
    at = find_outside(sentence.text, to) if to and not set(folded(to)) & set(folded(speakers[0])) else None
    if to and at is not None and at[0] >= place[1] and rng.random() < 0.2:
        text = sentence.text
        text = text[: place[0]] + to + text[place[1] : at[0]] + speakers[0] + text[at[1] :]
        return f"{speakers[0]} ↔ {to}", sentence.as_answer(text)
    new = rng.choice(others)
    return f"{speakers[0]} → {new}", sentence.as_answer(put_words(sentence, *place, new))


def _swap_addressee(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    others = _strangers(sentence, world)
    if not others:
        return None
    new = rng.choice(others)
    for to in dict.fromkeys(citation.addressee for citation in sentence.citations if citation.addressee):
        # The first one may be the speaker's own name.
        place = find_outside(sentence.text[len(_BULLET) :], to)
        speaker = sentence.citations[0].speaker or ""
        if place is not None and not set(folded(to)) & set(folded(speaker)):
            start, end = place[0] + len(_BULLET), place[1] + len(_BULLET)
            return f"{to} → {new}", sentence.as_answer(put_words(sentence, start, end, new))
    verb = _frame_verb(sentence)
    if verb is None or any(citation.addressee for citation in sentence.citations):
        return None
    said_to = load_phrases(sentence.language).answers["said_to"]
    match = re.search(r"\{speaker\} (.+) \{addressee\}", said_to)
    if match is None:
        return None
    return f"nobody → {new}", sentence.as_answer(put_words(sentence, *verb, f"{match[1]} {new}"))


def _swap_outlet(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    made: list[tuple[str, str]] = []
    for match in _DAY.finditer(mask(sentence.text)):
        day = f"{match[1]}-{match[2]}-{rng.choice([d for d in range(1, 29) if d != int(match[3])]):02}"
        made.append((f"{match[0]} → {day}", put_words(sentence, *match.span(), day)))
    told = " ".join(" ".join(filter(None, (c.outlet, c.reported_by, c.quote, c.title))) for c in sentence.citations)
    others = [outlet for outlet in world.outlets if outlet not in told and outlet not in sentence.text]
    named = [outlet for note in NOTE.finditer(sentence.text) for outlet in world.outlets if outlet in note[1]]
    for outlet in dict.fromkeys([*named, *(o for c in sentence.citations for o in (c.outlet, c.reported_by) if o)]):
        for match in re.finditer(rf"(?<!\w){re.escape(outlet)}(?!\w)", sentence.text):
            if others and not any(start <= match.start() < end for start, end in find_quoted(sentence.text)):
                new = rng.choice(others)
                made.append((f"{outlet} → {new}", put_words(sentence, *match.span(), new)))
    if not made:
        return None
    how, text = rng.choice(made)
    return how, sentence.as_answer(text)


def _join(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    place = _last(find_quoted(sentence.text), rng)
    if place is None:
        return None
    other = _another(sentence, pool, rng)
    theirs = _last(find_quoted(other.text), rng)
    if theirs is None or other.text == sentence.text:
        return None
    words = other.text[slice(*theirs)].rstrip(" .,")
    if _within(words, sentence.citations) or _within(sentence.text[slice(*place)], other.citations):
        return None
    markers, more = _joined(sentence, other)
    between = rng.choice((" ", " … ", ", ", ". "))
    text = put_words(sentence, place[1], place[1], f"{between}{words}")
    added = "".join(dict.fromkeys(match[0] for match in MARKER.finditer(markers)))
    # The other sentence's markers go where this one's stand, so that all evidence is behind the words.
    at = max(match.end() for match in MARKER.finditer(text))
    return f"… + {words[:60]}", sentence.as_answer(text[:at] + added + text[at:], more=more)


def _last(places: Sequence[tuple[int, int]], rng: random.Random) -> tuple[int, int] | None:
    return rng.choice(places) if places else None


def _within(words: str, citations: Sequence[Citation]) -> bool:
    plain = " ".join(folded(words))
    return any(plain in " ".join(folded(citation.quote)) for citation in citations)


def _invent(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    phrases = load_phrases(sentence.language)
    way = rng.randrange(3)
    if way == 0:
        added = rng.choice(_INVENTED.get(sentence.language, _INVENTED["en"]))
        tail = "".join(dict.fromkeys(match[0] for match in MARKER.finditer(sentence.text)))
        return added, sentence.as_answer(f"{sentence.text.rstrip('.')}. {added} {tail}.")
    if way == 1:
        return _invent_from_another(sentence, pool, phrases, rng)
    return _mark_reworded(sentence, phrases, rng)


def _invent_from_another(sentence: TrueSentence, pool: Sequence[TrueSentence], phrases: Phrases, rng: random.Random) -> _Made:
    """Another's words in place of these."""
    place, other = _last(find_quoted(sentence.text), rng), rng.choice(pool)
    theirs = _last(find_quoted(other.text), rng)
    if place is None or theirs is None:
        return None
    words = other.text[slice(*theirs)]
    if _within(words, sentence.citations):
        return None
    return f"{sentence.text[slice(*place)][:40]} → {words[:60]}", sentence.as_answer(put_words(sentence, *place, words))


def _mark_reworded(sentence: TrueSentence, phrases: Phrases, rng: random.Random) -> _Made:
    """Marks around words that the article does not present as the speaker's own."""
    if len(sentence.citations) > 1 or sentence.citations[0].kind != "indirect" or find_quoted(sentence.text):
        return None
    tokens = [token for token, _ in find_carried(sentence)]
    runs = [(one, two) for one, two in zip(tokens, tokens[2:], strict=False) if two.end - one.start < 60]
    if not runs:
        return None
    one, two = rng.choice(runs)
    words = sentence.text[one.start : two.end]
    return f"marks around {words}", sentence.as_answer(put_words(sentence, one.start, two.end, phrases.quote(words)))


def _wrong_marker(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    if rng.random() < 0.15:
        match = rng.choice(list(MARKER.finditer(sentence.text)))
        wrong = f"[{len(sentence.citations) + rng.randrange(1, 9)}]"
        return f"{match[0]} → {wrong}", sentence.as_answer(put_words(sentence, *match.span(), wrong))
    other = _another(sentence, pool, rng)
    ours = {word for citation in sentence.citations for word in folded(citation.quote)}
    theirs = {word for citation in other.citations for word in folded(citation.quote)}
    # One that says nearly the same might well carry the sentence.
    if len(ours & theirs) > 0.3 * min(len(ours), len(theirs)):
        return None
    text, more = _joined(sentence, other)
    n_ours, n_theirs = len(sentence.citations), len(more)
    mine = "".join(f"[{n}]" for n in range(1, n_ours + 1))
    yours = "".join(f"[{n_ours + n}]" for n in range(1, n_theirs + 1))
    crossed = "\n".join((_all_markers(sentence.text, yours), _all_markers(text, mine)))
    return f"{mine} ↔ {yours}", sentence.as_answer(crossed, more=more)


def _all_markers(text: str, markers: str) -> str:
    """All markers in the place of the first run, none elsewhere."""
    runs = list(re.finditer(r"(?:\[\d{1,4}\])+", text))
    for number, run in reversed(list(enumerate(runs))):
        text = text[: run.start()] + (markers if number == 0 else "") + text[run.end() :]
    return text


def _drop_marker(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    runs = list(re.finditer(r" ?(?:\[\d{1,4}\])+", sentence.text))
    run = rng.choice(runs)
    text = put_words(sentence, *run.span(), "")
    if len(runs) > 1 or rng.random() < 0.5:
        return f"{run[0].strip()} left out", sentence.as_answer(text)
    # Others in the answer still have theirs.
    other, more = _joined(sentence, _another(sentence, pool, rng))
    return f"{run[0].strip()} left out before another", sentence.as_answer(f"{text}\n{other}", more=more)


_OPERATES: Mapping[str, _Operate] = {
    "word changed": _change_word,
    "number changed": _change_number,
    "negation flipped": _flip_negation,
    "speaker swapped": _swap_speaker,
    "addressee swapped": _swap_addressee,
    "outlet or date swapped": _swap_outlet,
    "two quotations joined": _join,
    "quotation invented": _invent,
    "wrong marker": _wrong_marker,
    "marker missing": _drop_marker,
}


# Harmless rewordings


def _reorder(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    note = NOTE.search(sentence.text)
    if note and ";" in note[1] and rng.random() < 0.3:
        parts = note[1].split("; ")
        return "outlets in another order", sentence.as_answer(put_words(sentence, *note.span(1), "; ".join(reversed(parts))))
    match = QUOTED.search(sentence.text)
    speaker = sentence.citations[0].speaker
    verb = _frame_verb(sentence)
    if match and speaker and verb and len(find_quoted(sentence.text)) == 1 and rng.random() < 0.6:
        frame = sentence.text[: match.start()].removeprefix(_BULLET).rstrip(" :")
        if frame.startswith(speaker):
            return "quotation first", sentence.as_answer(f"{match[0]}, {frame}{sentence.text[match.end() :]}")
    text, more = _joined(sentence, _another(sentence, pool, rng))
    return "another sentence first", sentence.as_answer(f"{text}\n{sentence.text}", more=more)


def _connect(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    opening = rng.choice(_CONNECTIVES.get(sentence.language, _CONNECTIVES["en"]))
    return opening.strip(), sentence.as_answer(opening + sentence.text.removeprefix(_BULLET))


def _other_tense(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    verb = _frame_verb(sentence)
    if verb is None:
        return None
    old = sentence.text[slice(*verb)]
    new = _TENSES[sentence.language][old]
    return f"{old} → {new}", sentence.as_answer(put_words(sentence, *verb, new))


def _other_marks(sentence: TrueSentence, pool: Sequence[TrueSentence], world: World, rng: random.Random) -> _Made:
    ways: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("guillemets", lambda text: QUOTED.sub(lambda match: f"«{match[match.lastindex or 0]}»", text)),
        ("curly marks", lambda text: QUOTED.sub(lambda match: f"“{match[match.lastindex or 0]}”", text)),
        ("straight marks", lambda text: QUOTED.sub(lambda match: f'"{match[match.lastindex or 0]}"', text)),
        ("low marks", lambda text: QUOTED.sub(lambda match: f"„{match[match.lastindex or 0]}“", text)),
        ("straight apostrophes", lambda text: text.replace("’", "'")),
        ("curly apostrophes", lambda text: text.replace("'", "’")),
        ("dash for bullet", lambda text: text.replace(_BULLET, "– ", 1)),
        ("no-break space", lambda text: text.replace(": ", ":\u00a0", 1)),
    )
    how, change = rng.choice(ways)
    text = change(sentence.text)
    return None if text == sentence.text else (how, sentence.as_answer(text))


_REWORDS: Mapping[str, _Operate] = {
    "order": _reorder,
    "connective": _connect,
    "tense of the frame": _other_tense,
    "typographic marks": _other_marks,
}


def make_mutants(
    sentences: Sequence[TrueSentence],
    operator: Operator | Rewording,
    *,
    world: World,
    n: int = 200,
    seed: int = 0,
) -> tuple[Mutant, ...]:
    """At most `n` different mutants by one operator, drawn evenly over the sentences; fewer where these offer no more."""
    operate = {**_OPERATES, **_REWORDS}[operator]
    rng = random.Random(f"{seed} {operator}")
    found: dict[tuple[str, str], Mutant] = {}
    dry = 0
    while len(found) < n and dry < _DRY_ROUNDS and sentences:
        before = len(found)
        for sentence in rng.sample(sentences, len(sentences)):
            made = operate(sentence, sentences, world, rng)
            if made is None or made[1].text == sentence.text:
                continue
            mutant = Mutant(operator=operator, how=made[0], before=sentence.text, answer=made[1])
            found.setdefault((sentence.text, made[1].text), mutant)
            if len(found) == n:
                break
        dry = dry + 1 if len(found) == before else 0
    return tuple(found.values())
