"""A question in, a cited answer out."""

from rag.answer import Answer, Citation, Difference, Reason, Verdict
from rag.conversation import Conversation
from rag.query import query, verify

__all__ = ["Answer", "Citation", "Conversation", "Difference", "Reason", "Verdict", "query", "verify"]
