"""Words are folded and stemmed alike, however many ask at once."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from rag.words import stem

WORDS = [
    f"{start}{end}"
    for start in ("statement", "govern", "relation", "happy", "national")
    for end in ("s", "ing", "ed", "ly", "ness", "ization")
]


@pytest.fixture
def hurried() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("hurried")
def test_words_are_stemmed_alike_in_many_threads() -> None:
    alone = {word: stem.__wrapped__(word, "en") for word in WORDS}
    with ThreadPoolExecutor(8) as pool:
        for word, found in zip(WORDS * 40, pool.map(lambda word: stem.__wrapped__(word, "en"), WORDS * 40), strict=True):
            assert found == alone[word]
