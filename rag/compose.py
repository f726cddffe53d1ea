"""Evidence → an `Answer` in the question's language, with the words in their own; no model needed.

Quotation marks stand only around what the article presents as the speaker's very words. All else is worded as the
article words it, behind the speaker's name and without marks.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from index.records import Article, Person, Span
from rag.answer import Answer, Difference, Reason, Verdict
from rag.fitting import words_of
from rag.frames import place_of, time_of
from rag.naming import Naming
from rag.phrases import Phrases, load_phrases
from rag.question import Question
from rag.search import Found, Sentence
from rag.telling import (
    Draft,
    addressee_of,
    bullets,
    clean,
    name_of,
    outlet_of,
    passage_words,
    tell_account,
    told,
    unmarked,
    untold,
)
from rag.themes import find_themes
from rag.tongue import LONGEST_QUESTION
from rag.understood import tell_understood, understood_parts
from rag.witnesses import Account, Evidence, common_ground, contradict, figures, gather
from rag.words import bare, folded

__all__ = ["compose", "outlet_of"]

# More statements than these are counted, and shown only to who asks for all.
MOST_SHOWN = 8
MOST_COMPARED = 4
# Fewer words than these share little with others, though they may share all.
_TELLING_WORDS = 8
# Of those that are on the topic only in part.
MOST_NEAR = 4


# Whole answers


def compose(question: Question, found: Found, *, told: Sequence[Sentence] = ()) -> Answer:
    """The answer to a question about statements.

    Args:
        told: Sentences of the articles to show beside them, or beside the refusal.
    """
    phrases = load_phrases(question.language)
    if question.unclear:
        return unclear(question)
    if not found.evidence:
        return _beside(_nothing(question, found), told)
    draft = Draft(phrases)
    accounts = gather(found.evidence, language=question.language)
    _COMPOSERS.get(question.wanted, _words)(question, found, accounts, draft)
    _contradictions(accounts, draft)
    if question.speaker and len(question.speaker.people) > 1 and not question.speaker.joined:
        shown = {e.statement.speaker.id: e.statement.speaker for e in found.evidence if e.statement.speaker}
        if len(shown) > 1:
            names = phrases.join([bare(person.name) for person in shown.values()])
            draft.add("several", name=bare(question.speaker.mention), names=names)
    return _beside(_answer(question, draft), told)


def by_others(question: Question, found: Found, *, name: str) -> Answer:
    """What others are quoted with on somebody, or something, that has no statement."""
    answer = compose(question, found)
    lead = load_phrases(question.language).say("by_others", name=bare(name))
    return replace(answer, text=f"{lead}\n{answer.text}")


def _beside(answer: Answer, told: Sequence[Sentence]) -> Answer:
    """The answer, and what the articles tell beside it, without a speaker."""
    if not told:
        return answer
    draft = Draft(
        load_phrases(answer.language), lines=[answer.text], citations=[*answer.citations], statements=[*answer.statements]
    )
    for sentence in told:
        marker = draft.cite_passage(sentence.article, sentence.span, sentence.score)
        words = f"{passage_words(sentence.article, sentence.span)} {marker} ({outlet_of(sentence.article)})"
        draft.add("also_told", words=words)
    return replace(answer, text="\n".join(draft.lines), citations=tuple(draft.citations), statements=tuple(draft.statements))


def _contradictions(accounts: Sequence[Account], draft: Draft) -> None:
    """Say where one person denies what another claims, or tells another number, of the statements that are shown."""
    cited = set(draft.statements)
    shown = [account for account in accounts if account.fullest.statement.id in cited]
    firm = [account for account in shown if account.fullest.statement.act == "deny" or figures(account)]
    told_pairs: set[frozenset[str]] = set()
    for this, other in itertools.product(firm, shown):
        # A claim is told before its denial, and numbers in the order in which they are shown.
        pair = (other, this) if this.fullest.statement.act == "deny" else (this, other)
        one, two = (name_of(account.fullest, draft.phrases) for account in pair)
        if one == two or frozenset((one, two)) in told_pairs or not contradict(*pair):
            continue
        told_pairs.add(frozenset((one, two)))
        draft.add("contradict", one=one, two=two, markers="".join(draft.cite(account.fullest) for account in pair))


def _answer(question: Question, draft: Draft, **changes: Any) -> Answer:
    answer = Answer(
        question=question.text,
        language=question.language,
        text="\n".join(draft.lines),
        citations=tuple(draft.citations),
        statements=tuple(draft.statements),
        understood=tell_understood(question),
        parts=understood_parts(question),
        read_as=question,
        notices=tuple(draft.notices),
    )
    return replace(answer, **changes)


def _speaker_name(question: Question, accounts: Sequence[Account], phrases: Phrases) -> str:
    names = dict.fromkeys(name_of(account.fullest, phrases) for account in accounts)
    if len(names) == 1:
        return next(iter(names))
    if question.speaker and question.speaker.joined:
        return phrases.join([bare(person.name) for person in question.speaker.people])
    return bare(question.speaker.mention) if question.speaker else phrases.join(list(names))


def _words(question: Question, found: Found, accounts: Sequence[Account], draft: Draft) -> None:
    if len(accounts) == 1:
        draft.lines.append(tell_account(accounts[0], draft))
        _ignored(found, draft)
        return
    everything = question.wanted == "all"
    code = question.language
    by_name: dict[str, list[Account]] = {}
    for account in accounts:
        by_name.setdefault(name_of(account.fullest, draft.phrases), []).append(account)
    if everything:
        shown = list(accounts)
    elif question.wanted == "who":
        # Everybody who said it, each with the two fittest statements.
        shown = [
            account for group in by_name.values() for account in _foremost(group, by_score=True, language=question.language)[:2]
        ]
    elif question.topic:
        # Where none has all that was asked about, the nearest few are enough.
        most = MOST_SHOWN if accounts and max(account.score for account in accounts) >= 1 else MOST_NEAR
        shown = _foremost(accounts, by_score=True, language=code)[:most]
    else:
        shown = [account for group in by_name.values() for account in _foremost(group, by_score=False, language=code)]
    if everything and question.speaker:
        n_articles = len({item.article.id for account in accounts for item in account.witnesses})
        draft.add(
            "many",
            n=len(accounts),
            speaker=_speaker_name(question, accounts, draft.phrases),
            passages=sum(len(account.witnesses) for account in accounts),
            articles=n_articles,
        )
    by_speaker: dict[str, list[Account]] = {}
    for account in shown:
        by_speaker.setdefault(name_of(account.fullest, draft.phrases), []).append(account)
    for group in by_speaker.values():
        themes = find_themes(group, language=code) if everything and len(group) > MOST_SHOWN else ()
        for theme in themes if len(themes) > 1 else ():
            draft.add("theme" if theme.word else "no_theme", word=bare(theme.word or ""))
            bullets(theme.accounts, draft)
        if len(themes) <= 1:
            bullets(group, draft)
    if rest := len(accounts) - len(shown):
        draft.add("more", n=rest)
        draft.notices.append(draft.lines[-1])
    _ignored(found, draft)


def _ignored(found: Found, draft: Draft) -> None:
    """Say so where no statement's surroundings have the occasion that was asked about."""
    if found.ignored:
        draft.add("ignored", words=bare(" ".join(found.ignored)))
        draft.notices.append(draft.lines[-1])


def _foremost(accounts: Sequence[Account], *, by_score: bool, language: str) -> list[Account]:
    """The first few to show: by fit, or by how sure, how well to be read and how often reported; then in their own order."""
    kinds = {"direct": 0, "mixed": 1, "indirect": 2}
    places = {id(account): place for place, account in enumerate(accounts)}

    def rank(account: Account) -> tuple[float, ...]:
        if by_score:
            return (-round(account.score, 6), kinds[account.fullest.statement.kind])
        foreign = all(item.article.language != language for item in account.witnesses)
        return (kinds[account.fullest.statement.kind], foreign, -len(account.witnesses))

    # Sorting is stable: equal ones stay in the order of time.
    chosen = sorted(accounts, key=rank)[:MOST_SHOWN]
    return chosen if by_score else sorted(chosen, key=lambda account: places[id(account)])


def _to_whom(question: Question, found: Found, accounts: Sequence[Account], draft: Draft) -> None:
    for account in accounts[:MOST_SHOWN]:
        known = [item for item in account.witnesses if addressee_of(item)]
        if known:
            bullets([replace(account, witnesses=tuple(known))], draft)
        else:
            markers = "".join(draft.cite(item) for item in account.witnesses)
            draft.add("to_nobody", speaker=name_of(account.fullest, draft.phrases), markers=markers)


def _when(question: Question, found: Found, accounts: Sequence[Account], draft: Draft) -> None:
    """The article's own words on the time, and the day on which it was published; then what was said."""
    phrases = draft.phrases
    for account in accounts[:MOST_SHOWN]:
        told_at, rest = _framed(account, time_of)
        name = name_of(account.fullest, phrases)
        for words, items in told_at.items():
            draft.add("said_when", speaker=name_of(items[0], phrases), words=words, markers="".join(map(draft.cite, items)))
        # Where an article tells the time itself, its day is still what that time counts from.
        days: dict[str, list[Evidence]] = {}
        for item in (*(item for items in told_at.values() for item in items), *rest):
            days.setdefault(item.article.published.isoformat() if item.article.published else "", []).append(item)
        for day, items in days.items():
            markers = "".join(map(draft.cite, items))
            if day:
                draft.add("when_published", speaker=name, date=day, markers=markers)
            elif not told_at and len(days) == 1:
                draft.add("when_unknown", speaker=name, markers=markers)
        bullets([account], draft)


def _where(question: Question, found: Found, accounts: Sequence[Account], draft: Draft) -> None:
    """The article's own words on the medium and the place; then what was said."""
    phrases = draft.phrases
    for account in accounts[:MOST_SHOWN]:
        in_medium = [item for item in account.witnesses if item.statement.medium]
        for item in in_medium:
            words = f"{bare(item.statement.medium or '')} {draft.cite(item)}"
            draft.add("where_words", speaker=name_of(item, phrases), words=words)
        told_at, rest = _framed(account, place_of)
        for words, items in told_at.items():
            draft.add("said_where", speaker=name_of(items[0], phrases), words=words, markers="".join(map(draft.cite, items)))
        unknown = [item for item in rest if item not in in_medium]
        if unknown and not told_at and not in_medium:
            draft.add("where_unknown", speaker=name_of(account.fullest, phrases), markers="".join(map(draft.cite, unknown)))
        bullets([account], draft)


def _framed(account: Account, read: Callable[[Evidence], Span | None]) -> tuple[dict[str, list[Evidence]], list[Evidence]]:
    """The witnesses by what their articles tell of time or place, and those whose articles tell nothing."""
    told_at: dict[str, list[Evidence]] = {}
    rest: list[Evidence] = []
    for item in account.witnesses:
        span = read(item)
        if span is None:
            rest.append(item)
        else:
            told_at.setdefault(bare(clean(unmarked(span.of(item.article.text)))), []).append(item)
    return told_at, rest


def _compare(question: Question, found: Found, accounts: Sequence[Account], draft: Draft) -> None:
    """What each of several people says, those statements first that are on what the others speak of too."""
    people = question.speaker.people if question.speaker else ()
    groups = {
        person.id: [a for a in accounts if a.fullest.statement.speaker and a.fullest.statement.speaker.id == person.id]
        for person in people
    }
    for person in people:
        name = bare(person.name)
        group = groups[person.id]
        if not group:
            draft.add("no_claim" if question.topic else "nothing_at_all", name=name)
            continue
        if question.topic:
            draft.add("compared", speaker=name)
        else:
            draft.lines.append(f"{name}:")
        others = [account for key, items in groups.items() if key != person.id for account in items]
        rivals = [rival for rival in people if rival.id != person.id]
        worth = {id(account): _bears_on(account, rivals, others) for account in group}
        shared = sorted(group, key=lambda account: -worth[id(account)])
        shown = [account for account in group if account in shared[:MOST_COMPARED]]
        bullets(shown, draft)
        if rest := len(group) - len(shown):
            draft.add("more", n=rest)
            draft.notices.append(draft.lines[-1])


def _bears_on(account: Account, rivals: Sequence[Person], others: Sequence[Account]) -> float:
    """How much a statement has to do with what others say: it contradicts them, names them or their office, is a claim or a
    denial, or speaks of the same.
    """
    item = account.fullest
    spoken = item.article.language
    words = words_of(item.words, spoken)
    named = {form for rival in rivals for name in (rival.name, *rival.aliases) for form in folded(name)[-1:]}
    offices = {form for rival in rivals for role in rival.roles for form in words_of(role.text, spoken) if form.startswith("=")}
    return (
        2.0 * any(contradict(account, other) for other in others)
        + 1.0 * bool(named & words or offices & words)
        + 0.6 * (item.statement.act in ("claim", "accuse"))
        + max((common_ground(account, other) for other in others), default=0.0) * min(1.0, len(item.folded) / _TELLING_WORDS)
    )


def _outlets(question: Question, found: Found, accounts: Sequence[Account], draft: Draft) -> None:
    by_outlet: dict[str, list[Evidence]] = {}
    for account in accounts:
        for item in account.witnesses:
            by_outlet.setdefault(outlet_of(item.article), []).append(item)
    draft.add("outlets_many" if len(by_outlet) > 1 else "outlets_one", n=len(by_outlet))
    for outlet, items in by_outlet.items():
        for item in items:
            relay = item.statement.reported_by
            note = f" ({draft.phrases.say('according_to', relay=bare(relay))})" if relay else ""
            words = told(item, draft.phrases, markers=draft.cite(item), note=note)
            draft.lines.append("• " + draft.phrases.say("outlet_line", outlet=outlet, words=words))


def _how_many(question: Question, found: Found, accounts: Sequence[Account], draft: Draft) -> None:
    everything = [item for account in accounts for item in account.witnesses]
    speaker = _speaker_name(question, accounts, draft.phrases)
    draft.add(
        "count",
        n=len(accounts),
        speaker=speaker,
        passages=len(everything),
        articles=len({item.article.id for item in everything}),
    )
    for kind in ("direct", "mixed", "indirect"):
        items = [item for item in everything if item.statement.kind == kind]
        if items:
            n = sum(account.fullest.statement.kind == kind for account in accounts)
            draft.add(f"count_{kind}", n=n, speaker=speaker, markers="".join(draft.cite(item) for item in items))


_COMPOSERS = {"to_whom": _to_whom, "when": _when, "where": _where, "outlet": _outlets, "how_many": _how_many, "compare": _compare}


def fact(question: Question, sentence: Sentence | None) -> Answer:
    """The answer to a question that is not about a statement: the sentence of an article that holds it, or none."""
    phrases = load_phrases(question.language)
    if sentence is None:
        return refusal(question, "not_in_articles", phrases.say("not_in_articles"))
    draft = Draft(phrases)
    marker = draft.cite_passage(sentence.article, sentence.span, sentence.score)
    draft.lines.append(f"{passage_words(sentence.article, sentence.span)} {marker} ({outlet_of(sentence.article)})")
    return _answer(question, draft)


# Refusals


def refusal(question: Question, reason: Reason, *sentences: str, **changes: object) -> Answer:
    """An answer that says why there is none."""
    draft = Draft(load_phrases(question.language), lines=[" ".join(sentence for sentence in sentences if sentence)])
    return _answer(question, draft, abstained=True, reason=reason, **changes)


def unclear(question: Question) -> Answer:
    phrases = load_phrases(question.language)
    people = question.speaker.people if question.speaker else ()
    names = phrases.join([bare(person.name) for person in people])
    text = phrases.say(question.unclear or "unclear_question", n=len(question.text), most=LONGEST_QUESTION, names=names)
    # An overlong question would make an overlong answer.
    shown = question if len(question.text) <= LONGEST_QUESTION else replace(question, text=question.text[:200] + " …")
    return replace(refusal(shown, "unclear_question", text), understood="", parts=())


def no_such_person(question: Question, quoted: Sequence[str]) -> Answer:
    """Nobody of that name is in the articles: whom they may have meant, or else who is quoted."""
    phrases = load_phrases(question.language)
    naming = question.speaker
    sentences = [phrases.say("no_such_speaker", name=_asked_names(naming, phrases))]
    if naming and naming.near:
        sentences.append(phrases.say("near", names=phrases.join([bare(person.name) for person in naming.near])))
    elif quoted:
        sentences.append(phrases.say("quoted_are", names=phrases.join([bare(name) for name in quoted])))
    return refusal(question, "no_such_speaker", *sentences)


def no_such_outlet(question: Question, outlet: str) -> Answer:
    """The library has no article of that outlet."""
    phrases = load_phrases(question.language)
    return refusal(question, "not_in_articles", phrases.say("unclear_outlet", outlet=bare(outlet)))


def never_quoted(question: Question, mentions: Sequence[Sentence], quoted_about: Sequence[str], *, n_articles: int) -> Answer:
    """Somebody is in the articles, but has no statement there: what they say of the person, and who is quoted on it.

    Args:
        n_articles: How many articles name the person.
    """
    phrases = load_phrases(question.language)
    draft = Draft(phrases)
    name = _asked_names(question.speaker, phrases)
    draft.add("never_quoted" if n_articles == 1 else "never_quoted_many", name=name, n=n_articles)
    for mention in mentions:
        marker = draft.cite_passage(mention.article, mention.span, mention.score)
        words = f"{passage_words(mention.article, mention.span)} {marker} ({outlet_of(mention.article)})"
        draft.add("mentioned", name=name, words=words)
    if quoted_about:
        draft.add("quoted_about", name=name, names=phrases.join([bare(other) for other in quoted_about]))
    return _answer(question, draft, abstained=True, reason="never_quoted")


def _nothing(question: Question, found: Found) -> Answer:
    phrases = load_phrases(question.language)
    speaker = _asked_names(question.speaker, phrases)
    sentences: list[str] = []
    if found.unasserted:
        draft = Draft(phrases)
        for item in found.unasserted[:3]:
            draft.add("not_said", words=untold(item, draft))
        return _answer(question, draft, abstained=True, reason="nothing_on_topic")
    if question.negated:
        sentences.append(phrases.say("not_in_articles"))
    elif found.lacking == "addressee" and speaker:
        sentences.append(phrases.say("nothing_to", speaker=speaker, addressee=_asked_names(question.addressee, phrases)))
        if found.of_speaker:
            key = "known_to" if found.to else "known"
            names = phrases.join([bare(name) for name in found.to[:5]])
            sentences.append(phrases.say(key, n=found.of_speaker, speaker=speaker, names=names))
        if found.other_way:
            addressee = _asked_names(question.addressee, phrases)
            sentences.append(phrases.say("other_way", speaker=speaker, addressee=addressee))
    elif found.lacking == "relay" and speaker and question.relay:
        sentences.append(phrases.say("nothing_relay", n=found.of_speaker, speaker=speaker, outlet=bare(question.relay)))
    elif found.lacking == "very_words" and speaker:
        sentences.append(phrases.say("nothing_very", n=found.of_speaker, speaker=speaker))
    elif question.shift and speaker and found.of_speaker:
        sentences.append(phrases.say("nothing_later", speaker=speaker))
    elif found.lacking == "words":
        key = "not_found_by" if speaker else "not_found"
        sentences.append(phrases.say(key, name=speaker))
        return refusal(question, "not_in_articles", *sentences)
    elif speaker and found.of_speaker:
        key = "nothing_by_act" if found.lacking == "act" else "nothing_by"
        sentences.append(phrases.say(key, n=found.of_speaker, speaker=speaker))
    else:
        sentences.append(phrases.say("nothing_topic"))
    return refusal(question, "nothing_on_topic", *sentences)


def _asked_names(naming: Naming | None, phrases: Phrases) -> str:
    if naming is None:
        return ""
    if naming.people:
        return phrases.join([bare(person.name) for person in naming.people])
    return bare(naming.mention)


# Verdicts


def verdict(
    question: Question,
    kind: Verdict,
    evidence: Sequence[Evidence],
    *,
    key: str,
    name: str = "",
    outlet: str = "",
    differences: Sequence[Difference] = (),
) -> Answer:
    """Whether words were said: the verdict in a sentence, then the statements that show it.

    Args:
        key: The sentence of the phrases that words the verdict.
        name: Who was asked about.
        outlet: Which outlet was.
    """
    phrases = load_phrases(question.language)
    draft = Draft(phrases)
    accounts = gather(evidence, language=question.language)
    said = tell_account(accounts[0], draft) if accounts else ""
    draft.lines.append(phrases.say(key, said=said, name=bare(name), outlet=bare(outlet)).strip())
    bullets(accounts[1:MOST_SHOWN], draft)
    shown = [difference for difference in differences if difference.asked or difference.found]
    if shown:
        parts = [
            phrases.say("altered_part", asked=_side(item.asked, phrases), found=_side(item.found, phrases)) for item in shown
        ]
        draft.add("altered_parts", parts="; ".join(parts))
    return _answer(question, draft, verdict=kind, differences=tuple(shown))


def _side(words: str, phrases: Phrases) -> str:
    return bare(words) or phrases.answers["nothing_there"]


def in_article_only(question: Question, article: Article, span: Span) -> Answer:
    """The words stand in an article's own text, as nobody's statement."""
    phrases = load_phrases(question.language)
    draft = Draft(phrases)
    marker = draft.cite_passage(article, span, 1.0)
    draft.add("in_article_only", markers=marker)
    return _answer(question, draft, verdict="not_found")


def not_found(
    question: Question,
    *,
    name: str = "",
    claim: bool = False,
    closest: Sequence[Evidence] = (),
    others: Sequence[Evidence] = (),
) -> Answer:
    """No article has the words, or reports the claim.

    Args:
        others: What others say of the one asked about, on the same.
    """
    phrases = load_phrases(question.language)
    draft = Draft(phrases)
    key = ("no_claim" if name else "no_claim_any") if claim else ("not_found_by" if name else "not_found")
    draft.add(key, name=bare(name))
    accounts = gather(closest, language=question.language)
    if accounts:
        draft.add("closest", said=tell_account(accounts[0], draft))
    if others:
        draft.add("others_say", name=bare(name))
        bullets(gather(others, language=question.language)[:MOST_NEAR], draft)
    return _answer(question, draft, verdict="not_found")


def not_said(question: Question, evidence: Sequence[Evidence]) -> Answer:
    """The article says that it was not said, or only may be."""
    phrases = load_phrases(question.language)
    draft = Draft(phrases)
    for item in evidence[:3]:
        draft.add("not_said", words=untold(item, draft))
    return _answer(question, draft, verdict="not_found")
