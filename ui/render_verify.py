"""The page on which a quotation is checked: who is said to have said it, and what the articles show."""

from collections.abc import Sequence

from ui.render import Turn
from ui.render_chat import body_html, verdict_html
from ui.render_html import changes_html, facts, html_line, suggestions
from ui.texts import Texts
from ui.visible import one_line

LONGEST_WORDS = 1_000


def form_html(texts: Texts, *, people: Sequence[str]) -> str:
    """The form for a quotation and a name."""
    return (
        f'<form class="ws-verify" data-do="verify"><h2 tabindex="-1">{texts.say("page_verify")}</h2>'
        f'<p class="ws-note">{texts.say("verify_about")}</p>'
        f"<label>{texts.say('verify_words')}"
        f'<textarea name="words" rows="3" maxlength="{LONGEST_WORDS}" required></textarea></label>'
        f"<label>{texts.say('verify_speaker')}"
        f'<input name="speaker" maxlength="200" autocomplete="off" list="ws-v-people"></label>'
        f'<button class="ws-primary">{texts.say("verify_do")}</button></form>{suggestions(people, "ws-v-people")}'
    )


def result_html(turn: Turn | None, asked_speaker: str, texts: Texts, *, chosen: int | None = None) -> str:
    """Verdict, the difference marked, the true speaker, and every witness.

    Args:
        turn: The words that were checked as its question; None before anything was.
    """
    if turn is None:
        return ""
    answer = turn.answer
    if answer is None:
        return f'<p class="ws-error" role="alert">{html_line(turn.error or "")}</p>'
    verdict = answer.verdict or "not_found"
    announced = html_line(f"{texts.say(f'verdict_{verdict}')} {answer.text}"[:1_000])
    first = answer.citations[0] if answer.citations else None
    rows = []
    if first is not None and first.kind != "passage":
        speaker = first.speaker or first.mention or texts.say("speaker_unknown")
        rows.append((texts.say("said_by"), html_line(speaker)))
        if asked_speaker and verdict == "misattributed":
            rows.append((texts.say("not_by"), f"<del>{html_line(asked_speaker)}</del>"))
        rows.append((texts.say("said_to"), html_line(first.addressee or "")))
    if first is not None and verdict == "altered":
        rows.append((texts.say("difference"), changes_html(nearest(turn.question, first.quote), turn.question, texts)))
        rows.append(("", f'<span class="ws-note">{texts.say("difference_how")}</span>'))
    told = f"{verdict_html(verdict, texts)}{facts(rows)}{body_html(turn, 0, texts, chosen=chosen)}"
    key = html_line(f"{turn.question}|{asked_speaker}")
    return f'<div class="ws-result" data-announce="{announced}" data-announce-id="{key}">{told}</div>'


def nearest(asked: str, found: str) -> str:
    """The stretch of `found` that is most like what was asked, so that words around it count as no difference.

    >>> nearest("I am your general", "I am your captain, and I order you to withdraw")
    'I am your captain,'
    """
    asked_words, found_words = one_line(asked).split(), one_line(found).split()
    size = len(asked_words)
    if size >= len(found_words):
        return " ".join(found_words)

    def alike(at: int) -> int:
        return sum(
            ours.casefold().strip(",.") == theirs.casefold().strip(",.")
            for ours, theirs in zip(asked_words, found_words[at:], strict=False)
        )

    best = max(range(len(found_words) - size + 1), key=lambda at: (alike(at), -at))
    return " ".join(found_words[best : best + size])
