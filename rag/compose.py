"""Evidence → an `Answer` in the question's language, with the words in their own; no model needed.

Quotation marks stand only around what the article presents as the speaker's very words. All else is worded as the
article words it, behind the speaker's name and without marks.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from urllib.parse import urlsplit

from index.records import Article, Span
from rag.answer import Answer, Citation, Difference, Reason, Verdict
from rag.fitting import sentence_around
from rag.naming import Naming
from rag.phrases import Phrases, load_phrases
from rag.question import LONGEST_QUESTION, Question
from rag.search import Found, Sentence
from rag.witnesses import Account, Evidence, gather, relation
from rag.words import MARKS, bare, folded

# More statements than these are counted, and shown only to who asks for all.
MOST_SHOWN = 8
_LONGEST_EXCERPT = 600
_WIDEST_GAP = 80
_MARKER_LIKE = re.compile(r"\s*\[\d{1,4}\]\s*")


@dataclass(slots=True)
class _Draft:
    """An answer in the making: its lines, and its citations in the order of their first mention."""

    phrases: Phrases
    lines: list[str] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    statements: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def cite(self, evidence: Evidence) -> str:
        """The marker of a statement, the same each time."""
        key = evidence.statement.id
        if key not in self.statements:
            self.statements.append(key)
            self.citations.append(_citation(evidence, n=len(self.citations) + 1))
        number = next(c.n for c, cited in zip(self.citations, self.statements, strict=True) if cited == key)
        return f"[{number}]"

    def cite_passage(self, article: Article, span: Span, score: float) -> str:
        self.statements.append(f"{article.id}:{span.start}")
        number = len(self.citations) + 1
        facts = _facts(article)
        quoted = span.of(article.text)
        self.citations.append(
            Citation(n=number, spans=(span,), quote=quoted, kind="passage", score=score, **facts)  # type: ignore[arg-type]
        )
        return f"[{number}]"

    def add(self, key: str, **values: object) -> None:
        self.lines.append(self.phrases.say(key, **values))


def _facts(article: Article) -> dict[str, object]:
    return {
        "article": article.id,
        "path": article.path,
        "outlet": article.outlet,
        "title": article.title,
        "url": article.url,
        "published": article.published.isoformat() if article.published else None,
        "language": article.language,
    }


def _citation(evidence: Evidence, *, n: int) -> Citation:
    statement, article = evidence.statement, evidence.article
    pieces = [" ".join(span.of(article.text) for span in spans) or None for spans in (statement.source, statement.cue)]
    addressee = statement.addressee
    spoken_to = None
    if addressee is not None:
        spoken_to = addressee.person.name if addressee.person else addressee.span.of(article.text) if addressee.span else None
    return Citation(
        n=n,
        spans=statement.content,
        quote=evidence.words,
        kind=statement.kind,
        speaker=statement.speaker.name if statement.speaker else None,
        mention=pieces[0],
        addressee=spoken_to,
        cue=pieces[1],
        act=statement.act,
        medium=statement.medium,
        reported_by=statement.reported_by,
        score=evidence.score,
        quoted=statement.content if statement.kind == "direct" else statement.quoted,
        **_facts(article),  # type: ignore[arg-type]
    )


# Wording one statement


def outlet_of(article: Article) -> str:
    """What to call the source of an article: its outlet, else its site, title, file or id."""
    host = urlsplit(article.url).hostname if article.url else None
    return bare(article.outlet or host or article.title or PurePath(article.path).stem or article.id)


def _clean(text: str) -> str:
    """On one line, and without what would pass for a marker."""
    return " ".join(_MARKER_LIKE.sub(" … ", text).split())


def marked(text: str, span: Span, quoted: Sequence[Span], phrases: Phrases) -> str:
    """The words at `span`, with this language's marks around `quoted` and no others.

    >>> text = 'said it was a "coup" by "them"'
    >>> marked(text, Span(0, 30), [Span(15, 19)], load_phrases("en"))
    'said it was a “coup” by them'
    """
    parts: list[str] = []
    at = span.start
    for piece in sorted(quoted):
        start, end = max(piece.start, at), min(piece.end, span.end)
        if start >= end:
            continue
        words = text[start:end]
        stripped = words.strip().strip("".join(MARKS)).rstrip(" ,;:")
        parts.append(_unmarked(text[at:start]))
        if stripped:
            lead = " " if words[:1].isspace() else ""
            tail = words[words.rindex(stripped[-1]) + 1 :].strip("".join(MARKS))
            parts.append(f"{lead}{phrases.quote(_clean(stripped))}{tail}")
        at = end
    parts.append(_unmarked(text[at : span.end]))
    return _clean("".join(parts)).strip()


def _unmarked(text: str) -> str:
    return "".join(character for character in text if character not in MARKS and character not in "‘‚‹›")


def very_words(evidence: Evidence, phrases: Phrases) -> str:
    """A direct quotation in this language's marks, its pieces joined by an ellipsis."""
    pieces = (_clean(span.of(evidence.article.text).strip("".join(MARKS) + " \n\t–—")) for span in evidence.statement.content)
    return phrases.quote(" … ".join(piece.rstrip(" ,;:") for piece in pieces if piece))


def _content(evidence: Evidence, phrases: Phrases) -> str:
    """What was said as the article words it, marks around the quoted parts only."""
    text, statement = evidence.article.text, evidence.statement
    return " … ".join(marked(text, span, statement.quoted, phrases) for span in statement.content)


def name_of(evidence: Evidence, phrases: Phrases) -> str:
    """The speaker's name, else the mention as written."""
    statement = evidence.statement
    if statement.speaker is not None:
        return bare(statement.speaker.name)
    mention = " ".join(span.of(evidence.article.text) for span in statement.source)
    return bare(mention) or phrases.answers["nobody_named"]


def addressee_of(evidence: Evidence) -> str | None:
    addressee = evidence.statement.addressee
    if addressee is None:
        return None
    if addressee.person is not None:
        return bare(addressee.person.name)
    return bare(addressee.span.of(evidence.article.text)) if addressee.span else None


def _excerpt(evidence: Evidence, phrases: Phrases) -> str | None:
    """The article's own words from behind the source to the end of the content, where they go on from the speaker's
    name.

    "Mr Zuniga said that …" → "said that …"; where another clause stands between, from the cue on ("and called it …").
    """
    statement, text = evidence.statement, evidence.article.text
    if not statement.cue or len(statement.content) != 1:
        return None
    cue, content = statement.cue[0], statement.content[0]
    if statement.cue[-1].end > content.start or content.start - statement.cue[-1].end > _WIDEST_GAP:
        return None
    start = cue.start
    source = statement.source[-1] if statement.source and evidence.article.language == phrases.language else None
    if source is not None and source.end <= cue.start:
        between = text[source.end : cue.start]
        # A possessor ("Zúñiga's claim that") is no subject.
        if between[:1] in ("'", "’") or source.of(text).endswith(("'s", "’s", "s'")):
            return None
        joined = folded(between)[-1:] and folded(between)[-1] in phrases.both
        if len(between) <= _WIDEST_GAP and not joined and "\n" not in between and not MARKS & set(between):
            start = source.end
    span = Span(start, content.end)
    if span.length > _LONGEST_EXCERPT or "\n" in text[start : content.start]:
        return None
    words = marked(text, span, statement.quoted, phrases)
    # A comma that closes an apposition is dropped; one that opens a phrase before the cue stays.
    return words if words.startswith(",") and "," in words[1 : cue.start - start] else words.lstrip(", ")


def told(evidence: Evidence, phrases: Phrases, *, markers: str = "", note: str = "") -> str:
    """One statement in a sentence: the speaker's name, then the very words in marks or the article's own wording."""
    statement = evidence.statement
    name, to = name_of(evidence, phrases), addressee_of(evidence)
    if statement.addressee and not statement.addressee.person and evidence.article.language != phrases.language:
        # "dijo a the crowd" is no language; the citation tells to whom.
        to = None
    tail = f"{markers and ' '}{markers}{note}"
    if statement.kind == "direct":
        words = very_words(evidence, phrases) + tail
        if to:
            return phrases.say("wrote_to" if statement.act == "write" else "said_to", speaker=name, addressee=to, words=words)
        verb = phrases.said.get(statement.act, phrases.said["say"])
        return phrases.say("spoke", speaker=name, verb=verb, words=words)
    excerpt = _excerpt(evidence, phrases)
    if excerpt is not None and evidence.article.language == phrases.language:
        return f"{name}{'' if excerpt.startswith(',') else ' '}{_stopped(excerpt)}{tail}"
    own = excerpt or _content(evidence, phrases)
    words = _stopped(own.lstrip(", ")) + tail
    if to and excerpt is None:
        return phrases.say("reported_to", speaker=name, addressee=to, words=words)
    return phrases.say("reported", speaker=name, words=words)


def _untold(evidence: Evidence, draft: _Draft) -> str:
    """A statement that was not made, or only may be: the article's own sentence, so that it never reads as said."""
    span = sentence_around(evidence.article.text, evidence.statement.span)
    words = passage_words(evidence.article, span)
    tail = f"{draft.cite(evidence)}{_note([evidence], draft.phrases)}"
    return f"{name_of(evidence, draft.phrases)}: {_stopped(words)} {tail}"


def _stopped(words: str) -> str:
    return words.rstrip(" ,;:.").rstrip()


def _note(evidence: Sequence[Evidence], phrases: Phrases) -> str:
    """Who reports it, and through whom."""
    sources: dict[str, None] = {}
    for item in evidence:
        source = outlet_of(item.article)
        if item.statement.reported_by:
            source += ", " + phrases.say("according_to", relay=bare(item.statement.reported_by))
        sources[source] = None
    return f" ({'; '.join(sources)})"


def _account(account: Account, draft: _Draft) -> str:
    """An account with all its witnesses: the fullest wording, then where others differ."""
    phrases = draft.phrases
    fullest = account.fullest
    same = [item for item in account.witnesses if relation(fullest, item) == "same"]
    sentences = [
        told(fullest, phrases, markers="".join(draft.cite(item) for item in same), note=_note(same, phrases)),
    ]
    # One sentence for each other wording, whoever has it.
    wordings: dict[tuple[str, ...], list[Evidence]] = {}
    for item in account.witnesses:
        if item not in same:
            wordings.setdefault((item.article.language, *item.folded), []).append(item)
    for items in wordings.values():
        first = items[0]
        words = very_words(first, phrases) if first.statement.kind == "direct" else _stopped(_content(first, phrases))
        words += f" {''.join(draft.cite(item) for item in items)}{_note(items, phrases)}"
        if relation(fullest, first) == "translated":
            label = phrases.languages.get(first.article.language, first.article.language)
            sentences.append(phrases.say("translated", language=label, words=words))
        else:
            sentences.append(phrases.say("variant", words=words))
    return ". ".join(sentences) + "."


def _bullets(accounts: Iterable[Account], draft: _Draft) -> None:
    draft.lines.extend(f"• {_account(account, draft)}" for account in accounts)


# Whole answers


def compose(question: Question, found: Found) -> Answer:
    """The answer to a question about statements."""
    phrases = load_phrases(question.language)
    if question.unclear:
        return unclear(question)
    if not found.evidence:
        return _nothing(question, found)
    draft = _Draft(phrases)
    accounts = gather(found.evidence, language=question.language)
    _COMPOSERS.get(question.wanted, _words)(question, found, accounts, draft)
    if question.speaker and len(question.speaker.people) > 1 and not question.speaker.joined:
        shown = {e.statement.speaker.id: e.statement.speaker for e in found.evidence if e.statement.speaker}
        if len(shown) > 1:
            names = phrases.join([bare(person.name) for person in shown.values()])
            draft.add("several", name=bare(question.speaker.mention), names=names)
    return _answer(question, draft)


def _answer(question: Question, draft: _Draft, **changes: object) -> Answer:
    answer = Answer(
        question=question.text,
        language=question.language,
        text="\n".join(draft.lines),
        citations=tuple(draft.citations),
        statements=tuple(draft.statements),
        understood=understood(question),
        read_as=question,
        notices=tuple(draft.notices),
    )
    return replace(answer, **changes)  # type: ignore[arg-type]


def _speaker_name(question: Question, accounts: Sequence[Account], phrases: Phrases) -> str:
    names = dict.fromkeys(name_of(account.fullest, phrases) for account in accounts)
    if len(names) == 1:
        return next(iter(names))
    if question.speaker and question.speaker.joined:
        return phrases.join([bare(person.name) for person in question.speaker.people])
    return bare(question.speaker.mention) if question.speaker else phrases.join(list(names))


def _words(question: Question, found: Found, accounts: Sequence[Account], draft: _Draft) -> None:
    if len(accounts) == 1:
        draft.lines.append(_account(accounts[0], draft))
        _ignored(found, draft)
        return
    everything = question.wanted == "all"
    by_name: dict[str, list[Account]] = {}
    for account in accounts:
        by_name.setdefault(name_of(account.fullest, draft.phrases), []).append(account)
    if everything:
        shown = list(accounts)
    elif question.wanted == "who":
        # Everybody who said it, each with the two fittest statements.
        shown = [account for group in by_name.values() for account in _foremost(group, by_score=True)[:2]]
    elif question.topic:
        shown = _foremost(accounts, by_score=True)
    else:
        shown = [account for group in by_name.values() for account in _foremost(group, by_score=False)]
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
        _bullets(group, draft)
    if rest := len(accounts) - len(shown):
        draft.add("more", n=rest)
        draft.notices.append(draft.lines[-1])
    _ignored(found, draft)


def _ignored(found: Found, draft: _Draft) -> None:
    """Say so where no statement's surroundings have the occasion that was asked about."""
    if found.ignored:
        draft.add("ignored", words=bare(" ".join(found.ignored)))
        draft.notices.append(draft.lines[-1])


def _foremost(accounts: Sequence[Account], *, by_score: bool) -> list[Account]:
    """The first few to show: by fit, or by how sure and how often it is reported; then in their own order."""
    kinds = {"direct": 0, "mixed": 1, "indirect": 2}
    places = {id(account): place for place, account in enumerate(accounts)}
    # Sorting is stable: equal ones stay in the order of time.
    chosen = sorted(
        accounts,
        key=lambda a: (-round(a.score, 6), 0) if by_score else (kinds[a.fullest.statement.kind], -len(a.witnesses)),
    )[:MOST_SHOWN]
    return chosen if by_score else sorted(chosen, key=lambda account: places[id(account)])


def _to_whom(question: Question, found: Found, accounts: Sequence[Account], draft: _Draft) -> None:
    for account in accounts[:MOST_SHOWN]:
        known = [item for item in account.witnesses if addressee_of(item)]
        if known:
            _bullets([replace(account, witnesses=tuple(known))], draft)
        else:
            markers = "".join(draft.cite(item) for item in account.witnesses)
            draft.add("to_nobody", speaker=name_of(account.fullest, draft.phrases), markers=markers)


def _when(question: Question, found: Found, accounts: Sequence[Account], draft: _Draft) -> None:
    phrases = draft.phrases
    for account in accounts[:MOST_SHOWN]:
        _bullets([account], draft)
        name = name_of(account.fullest, phrases)
        days: dict[str, list[Evidence]] = {}
        for item in account.witnesses:
            days.setdefault(item.article.published.isoformat() if item.article.published else "", []).append(item)
        for day, items in days.items():
            markers = "".join(draft.cite(item) for item in items)
            if day:
                draft.add("when_published", speaker=name, date=day, markers=markers)
            else:
                draft.add("when_unknown", speaker=name, markers=markers)


def _where(question: Question, found: Found, accounts: Sequence[Account], draft: _Draft) -> None:
    phrases = draft.phrases
    for account in accounts[:MOST_SHOWN]:
        _bullets([account], draft)
        for item in account.witnesses:
            name = name_of(item, phrases)
            if item.statement.medium:
                draft.add("where_words", speaker=name, words=f"{bare(item.statement.medium)} {draft.cite(item)}")
            else:
                draft.add("where_unknown", speaker=name, markers=draft.cite(item))


def _outlets(question: Question, found: Found, accounts: Sequence[Account], draft: _Draft) -> None:
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


def _how_many(question: Question, found: Found, accounts: Sequence[Account], draft: _Draft) -> None:
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


_COMPOSERS = {"to_whom": _to_whom, "when": _when, "where": _where, "outlet": _outlets, "how_many": _how_many}


def fact(question: Question, sentence: Sentence | None) -> Answer:
    """The answer to a question that is not about a statement: the sentence of an article that holds it, or none."""
    phrases = load_phrases(question.language)
    if sentence is None:
        return refusal(question, "not_in_articles", phrases.say("not_in_articles"))
    draft = _Draft(phrases)
    marker = draft.cite_passage(sentence.article, sentence.span, sentence.score)
    draft.lines.append(f"{passage_words(sentence.article, sentence.span)} {marker} ({outlet_of(sentence.article)})")
    return _answer(question, draft)


def passage_words(article: Article, span: Span) -> str:
    """A sentence of an article without quotation marks: who speaks in it is not told here."""
    words = _clean(_unmarked(span.of(article.text)))
    return words if len(words) <= _LONGEST_EXCERPT else words[:_LONGEST_EXCERPT].rsplit(" ", 1)[0] + " …"


# Refusals


def refusal(question: Question, reason: Reason, *sentences: str, **changes: object) -> Answer:
    """An answer that says why there is none."""
    draft = _Draft(load_phrases(question.language), lines=[" ".join(sentence for sentence in sentences if sentence)])
    return _answer(question, draft, abstained=True, reason=reason, **changes)


def unclear(question: Question) -> Answer:
    phrases = load_phrases(question.language)
    text = phrases.say(question.unclear or "unclear_question", n=len(question.text), most=LONGEST_QUESTION)
    # An overlong question would make an overlong answer.
    shown = question if len(question.text) <= LONGEST_QUESTION else replace(question, text=question.text[:200] + " …")
    return replace(refusal(shown, "unclear_question", text), understood="")


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


def never_quoted(question: Question, mentions: Sequence[Sentence], quoted_about: Sequence[str]) -> Answer:
    """Somebody is in the articles, but has no statement there: what they say of the person, and who is quoted on it."""
    phrases = load_phrases(question.language)
    draft = _Draft(phrases)
    people = question.speaker.people if question.speaker else ()
    name = phrases.join([bare(person.name) for person in people])
    draft.add("never_quoted", name=name)
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
        draft = _Draft(phrases)
        for item in found.unasserted[:3]:
            draft.add("not_said", words=_untold(item, draft))
        return _answer(question, draft, abstained=True, reason="nothing_on_topic")
    if found.lacking == "addressee" and speaker:
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
    differences: Sequence[Difference] = (),
) -> Answer:
    """Whether words were said: the verdict in a sentence, then the statements that show it.

    Args:
        key: The sentence of the phrases that words the verdict.
        name: Who was asked about.
    """
    phrases = load_phrases(question.language)
    draft = _Draft(phrases)
    accounts = gather(evidence, language=question.language)
    said = _account(accounts[0], draft) if accounts else ""
    draft.lines.append(phrases.say(key, said=said, name=bare(name)).strip())
    _bullets(accounts[1:MOST_SHOWN], draft)
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
    draft = _Draft(phrases)
    marker = draft.cite_passage(article, span, 1.0)
    draft.add("in_article_only", markers=marker)
    return _answer(question, draft, verdict="not_found")


def not_found(question: Question, *, name: str = "", claim: bool = False, closest: Sequence[Evidence] = ()) -> Answer:
    """No article has the words, or reports the claim."""
    phrases = load_phrases(question.language)
    draft = _Draft(phrases)
    key = ("no_claim" if name else "no_claim_any") if claim else ("not_found_by" if name else "not_found")
    draft.add(key, name=bare(name))
    accounts = gather(closest, language=question.language)
    if accounts:
        draft.add("closest", said=_account(accounts[0], draft))
    return _answer(question, draft, verdict="not_found")


def not_said(question: Question, evidence: Sequence[Evidence]) -> Answer:
    """The article says that it was not said, or only may be."""
    phrases = load_phrases(question.language)
    draft = _Draft(phrases)
    for item in evidence[:3]:
        draft.add("not_said", words=_untold(item, draft))
    return _answer(question, draft, verdict="not_found")


# What a question was taken to mean


def understood(question: Question) -> str:
    """What a question was taken to mean, in its language, so that a person can mend it."""
    if question.unclear:
        return ""
    phrases = load_phrases(question.language)
    wanted = {
        "words": "u_words", "all": "u_all", "who": "u_who", "to_whom": "u_to_whom", "when": "u_when",
        "where": "u_where", "outlet": "u_outlet_wanted", "how_many": "u_how_many", "whether": "u_whether",
        "fact": "u_fact", "who_is": "u_who_is", "compare": "u_compare",
    }  # fmt: skip
    parts = [phrases.say(wanted[question.wanted])]
    for key, naming in (("u_speaker", question.speaker), ("u_addressee", question.addressee)):
        if naming is not None and question.wanted != "who_is":
            names = [bare(person.name) for person in naming.people] or [bare(naming.mention)]
            parts.append(phrases.say(key, value=phrases.join(names) if naming.joined else " / ".join(names)))
    if question.topic or question.circumstance:
        parts.append(phrases.say("u_topic", value=bare(" ".join((*question.topic, *question.circumstance)))))
    if question.quoted:
        parts.append(phrases.say("u_quoted"))
    if question.relay:
        parts.append(phrases.say("u_outlet", value=bare(question.relay)))
    if question.since:
        parts.append(phrases.say("u_since", value=question.since.isoformat()))
    if question.until:
        parts.append(phrases.say("u_until", value=question.until.isoformat()))
    if question.languages:
        parts.append(phrases.say("u_language", value=", ".join(sorted(question.languages))))
    return phrases.say("understood", parts="; ".join(parts))
