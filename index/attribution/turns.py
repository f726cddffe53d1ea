"""Paragraphs that open with their speaker's name and a colon → turns of a conversation: NOVAK: I never signed that letter.

A label and a colon open fact boxes, captions and datelines, too. So a turn must look like a name and stand beside another turn or
behind a question, and somebody in the conversation must say "I" or "you" or ask.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from index.attribution.drafts import Draft, Paragraph
from index.attribution.words import Token, Words
from index.records import Span

# Tokens of a label: "Statsminister Per Moe:", "J. P. van Dijk:".
_LONGEST_LABEL = 6
_ENDS = tuple('.!?…"”»“')


@dataclass(frozen=True, slots=True, kw_only=True)
class _Turn:
    """A paragraph that may be one: its label's tokens and what stands behind the colon."""

    label: tuple[Token, ...]
    said: tuple[Token, ...]
    content: Span

    @property
    def name(self) -> str:
        return self.label[-1].lower


def find_turns(text: str, paragraphs: Sequence[Paragraph], words: Words) -> Mapping[int, Draft]:
    """The drafts of the paragraphs that are turns, by the paragraph's place in `paragraphs`."""
    found = {i: turn for i, paragraph in enumerate(paragraphs) if (turn := _turn(text, paragraph, words)) is not None}
    if not any(_addresses(turn, words) for turn in found.values()):
        return {}
    labels = Counter(turn.name for turn in found.values())
    known = {
        token.lower
        for i, paragraph in enumerate(paragraphs)
        for sentence in paragraph.sentences
        for token in (sentence.tokens if i not in found else ())
        if token.is_capitalised
    }
    return {
        i: Draft(
            content=(turn.content,),
            kind="direct",
            quoted=(turn.content,),
            source=Span(turn.label[0].span.start, turn.label[-1].span.end),
            rule="turn",
            score=0.9,
        )
        for i, turn in found.items()
        if (turn.label[-1].is_acronym or labels[turn.name] > 1 or turn.name in known)
        and (i - 1 in found or i + 1 in found or (i > 0 and text[paragraphs[i - 1].span.end - 1] == "?"))
    }


def _turn(text: str, paragraph: Paragraph, words: Words) -> _Turn | None:
    if not paragraph.sentences or paragraph.dash is not None:
        return None
    tokens = paragraph.sentences[0].tokens
    colon = next((i for i, token in enumerate(tokens[: _LONGEST_LABEL + 1]) if token.text == ":"), 0)
    label, said = tokens[:colon], tokens[colon + 1 :]
    if not label or not said or said[0].quotation is not None or not (said[0].is_capitalised or not said[0].is_word):
        return None
    if not all(token.is_capitalised or token.text == "." or token.lower in words.lexicon.name_particles for token in label):
        return None
    if words.is_function_word(label[-1].lower) or not label[-1].is_word:
        return None
    content = Span(said[0].span.start, paragraph.span.end)
    if not content.of(text).endswith(_ENDS):
        return None
    return _Turn(label=label, said=tuple(t for s in paragraph.sentences for t in s.tokens)[colon + 1 :], content=content)


def _addresses(turn: _Turn, words: Words) -> bool:
    """Whether somebody says "I" or "you", or asks."""
    return any(t.text == "?" or t.lower in words.grammar.first or t.lower in words.grammar.second for t in turn.said)
