"""Articles in, a library out: reading, passages, statements, persons, and the store that holds them."""

from index.build import BuildReport, build
from index.library import Counts, Filters, Hit, Library
from index.people import PersonMatch, match_people
from index.statements import find_statements

__all__ = [
    "BuildReport",
    "Counts",
    "Filters",
    "Hit",
    "Library",
    "PersonMatch",
    "build",
    "find_statements",
    "match_people",
]
