"""Words asked about, and how they stand to what was said."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.answer import Difference
from rag.claims import compare, is_joined

SAID = "We will cut 5 taxes, and I will not raise the price of bread in Oslo before 2027."


@pytest.mark.parametrize(
    "claim",
    [
        SAID,
        "we will cut 5 taxes",
        "I will not raise the price of bread",
        "We will cut 5 taxes … the price of bread",
        "“We will cut 5 taxes — and I will not raise the price”",
        "WE WILL CUT 5 TAXES AND I WILL NOT",
    ],
)
def test_case_marks_and_punctuation_are_folded(claim: str) -> None:
    assert compare(claim, SAID).relation == "same"


@pytest.mark.parametrize(
    ("claim", "difference"),
    [
        ("We will cut 6 taxes", Difference(asked="6", found="5")),
        ("I will raise the price of bread in Oslo", Difference(asked="", found="not")),
        ("I will not raise the price of bread in Bergen", Difference(asked="Bergen", found="Oslo")),
        ("We will not cut 5 taxes", Difference(asked="not", found="")),
        ("I will not raise the price of milk", Difference(asked="milk", found="bread")),
    ],
)
def test_a_number_a_name_a_negation_a_word_is_never_forgiven(claim: str, difference: Difference) -> None:
    comparison = compare(claim, SAID)
    assert comparison.relation in ("altered", "shortened")
    assert comparison.differences == (difference,)


def test_other_words_are_other_words() -> None:
    assert compare("The moon is made of green cheese", SAID).relation == "other"
    assert compare("", SAID).relation == "other"
    assert compare("…", SAID).relation == "other"


def test_pieces_in_the_wrong_order_are_not_the_words() -> None:
    assert compare("the price of bread … We will cut", SAID).relation != "same"


def test_words_from_two_statements_are_joined() -> None:
    # "We will cut 5 taxes" from the first, "and the army goes home" from the second.
    assert is_joined("We will cut 5 taxes and the army goes home", [SAID, "I said it: and the army goes home."]) == (
        0,
        1,
    )
    assert is_joined("We will cut 5 taxes", [SAID, "and the army goes home"]) is None


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_two_texts_can_be_compared(claim: str, said: str) -> None:
    comparison = compare(claim, said)
    assert 0 <= comparison.ratio <= 1
    assert (comparison.relation == "same") <= (comparison.ratio == 1)


@given(st.lists(st.sampled_from(["we", "will", "cut", "not", "taxes", "5", "6", "bread"]), min_size=1, max_size=12))
def test_the_same_words_are_the_same(words: list[str]) -> None:
    assert compare(" ".join(words), "so " + " ".join(words) + " he").relation == "same"
