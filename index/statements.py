"""Statements of a text that comes from no file."""

from index.records import Statement


def find_statements(text: str, *, language: str | None = None) -> tuple[Statement, ...]:
    """Who says what in a text, without any library; spans count its characters.

    Args:
        language: A code as in `records.LANGUAGES`; detected where it is not given.

    >>> [statement.words("“I will not go,” she said.") for statement in find_statements("“I will not go,” she said.", language="en")]
    ['I will not go,']
    """
    from index.attribution.extraction import attribute
    from index.languages import detect_language, normalise_language

    code = detect_language(text) if language is None else normalise_language(language)
    return attribute(text, language=code).statements
