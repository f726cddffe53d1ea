"""Prose that nobody controls, held to the evidence behind its markers one sentence at a time."""

from rag.guard.checking import LONGEST_SENTENCE, check_sentence, settled
from rag.guard.reading import Problem, Rule

__all__ = ["LONGEST_SENTENCE", "Problem", "Rule", "check_sentence", "settled"]
