"""A text → the code of its language, by lingua's models, which ship inside its package."""

import re
from functools import cache
from typing import Final

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

from index.errors import InputError
from index.records import LANGUAGES

UNDETERMINED: Final = "und"
# Neighbours of our ten, in script or words, whose texts would else be taken for ours; and the big scripts. With all of
# them lingua's low-accuracy mode takes 40 MB and some 4 ms an article; the high-accuracy one takes 600 MB.
_OTHERS = (
    "it", "ca", "fi", "is", "et", "lv", "lt", "pl", "cs", "ro", "hu", "tr", "ru", "uk", "el", "ar", "he", "fa", "zh",
    "ja", "ko",
)  # fmt: skip
# Enough to be sure of any language here; more only costs time.
_N_CHARACTERS = 4_000
_ALIASES = {
    "no": "nb", "nob": "nb", "nor": "nb", "nno": "nn", "eng": "en", "swe": "sv", "dan": "da", "deu": "de",
    "ger": "de", "nld": "nl", "dut": "nl", "spa": "es", "fra": "fr", "fre": "fr", "por": "pt",
}  # fmt: skip


def detect_language(text: str) -> str:
    """The language code of a text, "und" where it has no words or none of the known languages fits.

    Short texts are uncertain, most of all between Bokmål, Nynorsk and Danish.

    >>> detect_language("Det bolivianske folket må organisere seg, sier presidenten.")
    'nb'
    >>> detect_language("12:30")
    'und'
    """
    # Half a surrogate pair has no UTF-8, which lingua takes.
    sample = text[:_N_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    found = _detector().detect_language_of(sample)
    return found.iso_code_639_1.name.lower() if found else UNDETERMINED


@cache
def _detector() -> LanguageDetector:
    codes = [getattr(IsoCode639_1, code.upper()) for code in (*LANGUAGES, *_OTHERS)]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()


def normalise_language(code: str) -> str:
    """One code for each language, whatever the region, case or length it was written with; `no` is read as `nb`.

    Raises:
        InputError: It is no language code.

    >>> normalise_language("no"), normalise_language("en_GB"), normalise_language("NN-no")
    ('nb', 'en', 'nn')
    """
    main = re.split(r"[-_]", code.strip().lower(), maxsplit=1)[0]
    if not re.fullmatch(r"[a-z]{2,3}", main):
        raise InputError(f"{code[:40]!r} is no language code; give one such as {', '.join(LANGUAGES)}")
    return _ALIASES.get(main, main)
