"""A text's language is told, and every way of writing a code ends in one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import InputError
from index.languages import detect_language, normalise_language

SENTENCES = {
    "en": "The ferry stayed in port on Monday, and nobody knew when it would pass, the mayor said.",
    "nb": "Ferga ble liggende i havn på mandag, og ingen visste når stormen ville gi seg, sier ordføreren.",
    "nn": "Ferja vart liggjande i hamn måndag, og ingen visste når stormen ville gje seg, seier ordføraren.",
    "sv": "Färjan låg kvar i hamnen i måndags, och ingen visste när stormen skulle bedarra, säger borgmästaren.",
    "da": "Færgen blev liggende i havnen mandag, og ingen vidste, hvornår den ville lægge sig, siger borgmesteren.",
    "de": "Die Fähre blieb am Montag im Hafen, und niemand wusste, wann er abflauen würde, sagte der Bürgermeister.",
    "nl": "De veerboot bleef maandag in de haven en niemand wist wanneer hij zou gaan liggen, zei de burgemeester.",
    "es": "El transbordador se quedó en el puerto el lunes y nadie sabía cuándo pasaría la tormenta, dijo el alcalde.",
    "fr": "Le ferry est resté au port lundi et personne ne savait quand la tempête passerait, a déclaré le maire.",
    "pt": "A balsa ficou no porto na segunda-feira e ninguém sabia quando a tempestade passaria, disse o prefeito.",
    "it": "Il traghetto è rimasto in porto lunedì e nessuno sapeva quando sarebbe passata, ha detto il sindaco.",
}


@pytest.mark.parametrize(("language", "sentence"), SENTENCES.items())
def test_a_sentence_is_enough(language: str, sentence: str) -> None:
    assert detect_language(sentence) == language


@pytest.mark.parametrize("text", ["", " \n", "12:30", "…", "\0", "\ud800"])
def test_what_has_no_words_is_undetermined(text: str) -> None:
    assert detect_language(text) == "und"


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=80))
def test_any_text_gets_a_code(text: str) -> None:
    assert normalise_language(detect_language(text)) == detect_language(text)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("no", "nb"),
        ("NO", "nb"),
        ("nb-NO", "nb"),
        ("nn_NO", "nn"),
        ("en-GB", "en"),
        (" es ", "es"),
        ("nor", "nb"),
        ("fi", "fi"),
    ],
)
def test_codes_have_one_form(written: str, code: str) -> None:
    assert normalise_language(written) == code


@pytest.mark.parametrize("written", ["", "n", "norsk", "../nb", "12", "æø"])
def test_other_words_are_no_codes(written: str) -> None:
    with pytest.raises(InputError, match="is no language code; give one such as en"):
        normalise_language(written)
