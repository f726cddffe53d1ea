"""Statements of a text that comes from no file."""

from index.records import Statement


def find_statements(text: str, *, language: str | None = None) -> tuple[Statement, ...]:
    """Who says what in a text, without any library; spans count its characters.

    Args:
        language: A code as in `records.LANGUAGES`; detected where it is not given.

    >>> text = "“I will not go”, said Ann Lee."
    >>> [(statement.words(text), statement.speaker.name) for statement in find_statements(text, language="en")]
    [('I will not go', 'Ann Lee')]
    """
    from index.attribution.extraction import attribute
    from index.languages import detect_language, normalise_language

    code = detect_language(text) if language is None else normalise_language(language)
    return attribute(text, language=code).statements
