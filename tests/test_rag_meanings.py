"""Words of the news that mean the same in several languages."""

from rag.meanings import find_phrase, senses_of, words_for


def test_words_of_several_languages_have_the_same_sense() -> None:
    assert senses_of("valurnan", "sv") & senses_of("ballot", "en")
    assert senses_of("Gericht", "de") & senses_of("juzgado", "es")
    assert not senses_of("gift", "de") & senses_of("gift", "nb")
    assert find_phrase(("golpe", "de", "estado"), 0, "es") == 3
    assert {"coup", "kupp"} <= set(words_for("coup", ["en", "nb"]))
