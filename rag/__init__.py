"""A question in, a cited answer out."""

from rag.answer import Answer, Citation, Difference, Reason, Understood, Verdict
from rag.conversation import Conversation
from rag.demands import Demands
from rag.query import query, stream, verify

__all__ = [
    "Answer",
    "Citation",
    "Conversation",
    "Demands",
    "Difference",
    "Reason",
    "Understood",
    "Verdict",
    "query",
    "stream",
    "verify",
]
