import unicodedata
from collections import defaultdict

import pytest

from index.attribution.lexicon.countries import country_of, load_countries
from index.records import LANGUAGES

NEWS = """BO US GB DE FR ES PT IT NL SE NO DK FI RU UA CN JP IN BR AR CL PE CO VE MX CU IL PS IR IQ SY TR EG ZA NG KE AU
CA EU"""


def test_every_country_has_a_name_in_every_language() -> None:
    countries = load_countries()
    assert len(countries) >= 195
    for country in countries:
        assert set(country.names) == set(LANGUAGES), country.code
        assert all(names for names in country.names.values()), country.code


def test_countries_of_the_news_have_demonyms_in_every_language() -> None:
    countries = {country.code: country for country in load_countries()}
    assert sum(all(country.adjectives[lang] for lang in LANGUAGES) for country in countries.values()) >= 120
    for code in NEWS.split():
        assert all(countries[code].adjectives[lang] for lang in LANGUAGES), code


def test_words_are_lower_case_or_all_capitals_and_composed() -> None:
    for country in load_countries():
        for table in (country.names, country.adjectives):
            for words in table.values():
                assert len(set(words)) == len(words), (country.code, words)
                for word in words:
                    assert word in (word.lower(), word.upper())
                    assert word == unicodedata.normalize("NFC", " ".join(word.split()))


def test_every_name_leads_back_to_its_country_unless_two_share_it() -> None:
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for country in load_countries():
        for lang, names in country.names.items():
            for name in names:
                owners[lang, name].add(country.code)
    for (lang, name), codes in owners.items():
        assert country_of(name, lang) in codes
        assert len(codes) == 1 or "congo" in name or "kongo" in name, (lang, name, codes)


@pytest.mark.parametrize(
    ("word", "language", "code"),
    [
        ("Bolivia", "en", "BO"),
        ("Bolivia's", "en", "BO"),
        ("Bolivia’s", "en", "BO"),
        ("Bolivias", "nb", "BO"),
        ("Boliviens", "de", "BO"),
        ("bolivianske", "nb", "BO"),
        ("bolivianere", "nb", "BO"),
        ("Bolivians", "en", "BO"),
        ("bolivianarane", "nn", "BO"),
        ("USA:s", "sv", "US"),
        ("USAs", "nb", "US"),
        ("USA's", "da", "US"),
        ("EUs", "nb", "EU"),
        ("us-amerikanischen", "de", "US"),
        ("Estados Unidos", "es", "US"),
        ("EE.UU.", "es", "US"),
        ("États-Unis", "fr", "US"),
        ("etats-unis", "fr", "US"),
        ("Deutschen", "de", "DE"),
        ("Perú", "es", "PE"),
        ("PERU", "es", "PE"),
        ("espanhóis", "pt", "ES"),
        ("Française", "fr", "FR"),
        ("brittiska", "sv", "GB"),
        ("Oekraïense", "nl", "UA"),
        ("Oekraïne", "nl", "UA"),
        ("côte d'ivoire", "fr", "CI"),
        ("de forente stater", "nb", "US"),
        ("De forente staters", "nb", "US"),
    ],
)
def test_a_form_of_the_press_is_its_country(word: str, language: str, code: str) -> None:
    assert country_of(word, language) == code


def test_a_pronoun_is_no_country() -> None:
    assert country_of("us", "en") is None
    assert country_of("US", "en") == "US"


@pytest.mark.parametrize("word", ["", "s", "'", "’s", "said", "Lima", "the", "a" * 10_000, "\0"])
def test_other_words_are_no_country(word: str) -> None:
    assert country_of(word) is None
    assert country_of(word, "en") is None


def test_an_unknown_language_knows_no_country() -> None:
    assert country_of("Bolivia", "xx") is None


def test_without_a_language_a_word_counts_only_if_all_agree() -> None:
    assert country_of("Bolivia") == "BO"
    assert country_of("Norges") == "NO"
    assert country_of("Congo") is None
