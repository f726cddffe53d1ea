"""What holds of extraction for every text in every language, whatever stands in it."""

from functools import cache
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from index.attribution.extraction import Attribution, attribute
from index.attribution.lexicon import load_lexicon
from index.attribution.quotation import find_quotations
from index.layout import find_blocks
from index.records import LANGUAGES, Span, Statement

UNKNOWN = "xx"
MARKS = (*tuple("“”„‟\"'‘’‚‛«»‹›「」『』—–―‒-"), "--", "''", "``", "« ", " »", "– ", "— ", "- ")
PUNCTUATION = (".", ",", ":", ";", "!", "?", "…", "...", "(", ")", "[", "]", "/", "&", "¿", "¡", "'s", "’s", "*", "#", "_", "|")
SPACES = (" ", " ", " ", "\n", "\n\n", "\r\n", "\t", "\u00a0", "\u202f", "\u2028", "\u2029", "\x0b", "\x0c", "\x85")
NAMES = (
    "Ann Lee", "Lee", "Bo Lie", "Mr Lee", "Dr. Lie", "President Ann Lee", "Zúñiga", "McDonald's", "O'Brien", "van der Berg",
    "OAS", "Reuters", "U.S.", "Norge", "España", "İstanbul", "ẞtein", "ǅ", "Åse", "’s-Hertogenbosch", "J. K. R.", "LEE",
)  # fmt: skip
ODD = (
    "\x00", "\x07", "\x1b[31m", "\x7f", "\ufeff", "\u200b", "\u200d", "\u00ad", "\ufffd", "\ufffe", "\u202e", "\u2066",
    "\u0301", "e\u0301", "ﬃ", "ß", "😀", "👩‍👩‍👧", "🇳🇴", "𝒞", "قال", "الرئيس", "אמר", "「はい」", "と言った", "说", "ไทย", "12",
    "5'11\"", "12\" x 8\"", "1,000.5", "90s", "’90s", "https://a.b/c?d=e", "<b>", "</b>", "%s", "{0}", "READ MORE: ",
    "Foto: A / B", "x" * 200, "I" * 50,
)  # fmt: skip
CLAUSES = {
    "en": ("I will go", "We stay.", "the war is over", "that it would rain", "to leave the square", "you", "me"),
    "nb": ("Jeg drar", "Vi blir.", "krigen er over", "at det regner", "å dra"),
    "nn": ("Eg dreg", "Vi blir.", "krigen er over", "at det regnar", "å dra"),
    "sv": ("Jag går", "Vi stannar.", "kriget är över", "att det regnar", "att gå"),
    "da": ("Jeg går", "Vi bliver.", "krigen er forbi", "at det regner", "at gå"),
    "de": ("Ich gehe", "Wir bleiben.", "er komme", "dass es regnet", "zu gehen"),
    "nl": ("Ik ga", "We blijven.", "de oorlog is voorbij", "dat het regent", "te gaan", "'s avonds"),
    "es": ("Me voy", "Nos quedamos.", "la guerra terminó", "que llueve", "ir"),
    "fr": ("Je pars", "Nous restons.", "la guerre est finie", "qu’il pleut", "de partir", "l’armée", "a-t-elle dit"),
    "pt": ("Eu vou", "Ficamos.", "a guerra acabou", "que chove", "ir"),
}


@cache
def words_of(language: str) -> tuple[tuple[str, ...], ...]:
    """The lexicon's words by what they do, so that one of each is as likely as another."""
    lexicon = load_lexicon(language if language in LANGUAGES else "en")
    cues = lexicon.cues
    pronouns = lexicon.pronouns
    described = (lexicon.roles, lexicon.roles_plural, lexicon.groups)
    tables = (
        tuple(form for cue in cues for form in (*cue.present, *cue.past)),
        tuple(form for cue in cues for form in (*cue.participle, *cue.infinitive, *cue.gerund)),
        tuple(form for noun in lexicon.nouns for form in noun.forms),
        (*lexicon.complementisers, *lexicon.negations, *lexicon.denials),
        (*lexicon.future, *lexicon.possible, *lexicon.auxiliaries),
        (*lexicon.according, *lexicon.according_after, *lexicon.addressee),
        (*pronouns.female, *pronouns.male, *pronouns.plural, *pronouns.first, *pronouns.object_male, *pronouns.relative),
        (*lexicon.titles, *lexicon.titles_female, *lexicon.name_particles, *lexicon.genitives),
        tuple(form for table in described for forms in table.values() for form in forms),
        (*lexicon.media.nouns, *lexicon.media.prepositions, *lexicon.media.names, *lexicon.media.stations),
        tuple(sorted(lexicon.function_words)),
        CLAUSES.get(language, CLAUSES["en"]),
    )
    return tuple(table for table in tables if table)


PAIRS = ("“”", '""', "„“", "«»", "»«", "”“", "””", "‘’", "''", "‹›", "„”", "「」", "——", "– ", "»»", "“ ", ' "')


@cache
def texts(language: str) -> st.SearchStrategy[str]:
    """Texts of marks, the language's words, names, white space and odd characters, with and without blanks between."""
    tables = words_of(language)
    cue, clause, name = (st.sampled_from(table) for table in (tables[0], tables[-1], NAMES))
    reported = st.tuples(st.sampled_from(PAIRS), clause, st.sampled_from([",", ".", ""]), cue, name).map(_report)
    piece = st.one_of(
        *(st.sampled_from(table) for table in (MARKS, PUNCTUATION, SPACES, NAMES, ODD, *tables)),
        reported,
        reported,
        cue.map(str.capitalize),
        st.text(max_size=8),
    )
    pieces = st.lists(piece, max_size=25)
    return st.one_of(pieces.map(" ".join), pieces.map("".join))


def _report(parts: tuple[str, str, str, str, str]) -> str:
    """A clause between marks or bare, with who said it behind it or before it."""
    marks, clause, stop, cue, name = parts
    opening, closing = marks[0], marks[1]
    if stop == ".":
        return f"{name} {cue} {opening}{clause}{closing}."
    return f"{opening}{clause}{stop}{closing} {cue} {name}{'.' if stop else ''}"


def check(text: str, found: Attribution) -> None:
    """Everything that must hold of what is found in any text."""
    for person in found.people:
        assert person.name.strip()
        for role in person.roles:
            check_span(text, role.span)
    for statement in found.statements:
        check_statement(text, statement, found)
    starts = [statement.content[0].start for statement in found.statements]
    assert starts == sorted(starts)
    assert len({statement.id for statement in found.statements}) == len(found.statements)


def check_span(text: str, span: Span) -> None:
    assert 0 <= span.start < span.end <= len(text)
    assert span.of(text).strip()


def check_statement(text: str, statement: Statement, found: Attribution) -> None:
    for span in (*statement.content, *statement.cue, *statement.source, *statement.quoted):
        check_span(text, span)
        assert span.of(text) == span.of(text).strip()
    for pieces in (statement.content, statement.cue, statement.source, statement.quoted):
        assert all(left.end <= right.start for left, right in pairwise(pieces))
    assert all(any(piece.contains(quoted) for piece in statement.content) for quoted in statement.quoted)
    if statement.kind == "direct":
        assert statement.quoted == statement.content
    assert bool(statement.quoted) == (statement.kind != "indirect")
    if statement.scene is not None:
        check_span(text, statement.scene)
    if statement.speaker is not None:
        assert statement.speaker in found.people
    if statement.addressee is not None:
        assert statement.addressee.span is not None or statement.addressee.person is not None
        if statement.addressee.span is not None:
            check_span(text, statement.addressee.span)
        if statement.addressee.person is not None:
            assert statement.addressee.person in found.people
    assert 0 <= statement.found_by.score <= 1


QUICK = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@pytest.mark.parametrize("language", [*LANGUAGES, UNKNOWN])
@QUICK
@given(data=st.data())
def test_what_is_found_lies_in_the_text_in_any_language(language: str, data: st.DataObject) -> None:
    text = data.draw(texts(language))
    check(text, attribute(text, language=language))


@QUICK
@given(text=st.text(max_size=300), language=st.sampled_from([*LANGUAGES, UNKNOWN]))
@example(text="", language="en")
@example(text=" \n\u2028", language="en")
@example(text="“", language="en")
@example(text="– ", language="nb")
@example(text="—", language="es")
def test_any_characters_are_read(text: str, language: str) -> None:
    check(text, attribute(text, language=language))


@QUICK
@given(data=st.data(), language=st.sampled_from([*LANGUAGES, UNKNOWN]))
def test_the_same_text_gives_the_same_statements(data: st.DataObject, language: str) -> None:
    text = data.draw(texts(language))
    assert attribute(text, language=language, article_id="a") == attribute(text, language=language, article_id="a")


@QUICK
@given(text=texts(UNKNOWN), language=st.sampled_from([UNKNOWN, "und", "fi", "", "../en", "grammar", "e" * 300]))
def test_a_language_without_a_lexicon_gives_only_marked_quotations_without_speakers(text: str, language: str) -> None:
    marked = {
        quotation.content
        for block in find_blocks(text, language=language)
        for quotation in find_quotations(text, block.span, language=language)
        if quotation.style == "marks"
    }
    for statement in attribute(text, language=language).statements:
        assert (statement.kind, statement.cue, statement.source) == ("direct", (), ())
        assert (statement.speaker, statement.addressee, statement.reported_by, statement.medium) == (None, None, None, None)
        assert set(statement.content) <= marked


@pytest.mark.parametrize("language", LANGUAGES)
@QUICK
@given(before=st.sampled_from(["", "\n", "\n\n", " \r\n"]), data=st.data())
def test_the_article_id_goes_into_every_statement(language: str, before: str, data: st.DataObject) -> None:
    text = before + data.draw(texts(language))
    assert {statement.article_id for statement in attribute(text, language=language, article_id="a1").statements} <= {"a1"}
    assert {statement.language for statement in attribute(text, language=language).statements} <= {language}


def test_every_person_of_an_article_has_an_id_of_its_own() -> None:
    people = attribute("Ann Lee left. “I go,” said Mr Lee. “I stay,” said Mr Lee.", language="en").people
    assert sorted(person.name for person in people) == ["Ann Lee", "Lee"]
    assert len({person.id for person in people}) == len(people)


@pytest.mark.parametrize("language", ["grammar", "countries", "../en", "EN", "e" * 300, "\x00"])
def test_only_a_known_code_reads_a_lexicon(language: str) -> None:
    assert load_lexicon(language).cues == ()
