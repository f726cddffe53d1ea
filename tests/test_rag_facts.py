"""Questions of fact on articles of our own: what they tell is told by the sentence that holds it, what they do not is refused."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from index.attribution.extraction import attribute
from index.library import Library
from index.passages import split_passages
from index.records import Article
from rag import query
from rag.facts import find_sentence
from rag.question import Question


def known_failure(*values: str, reason: str) -> ParameterSet:
    return pytest.param(*values, marks=pytest.mark.xfail(strict=True, reason=reason))


# Paragraphs stand apart by an empty line; within one, line breaks are blanks.
ARTICLES = {
    "ferry": ("en", "The Harbour Courier", "2025-03-05", """
Ferry runs aground off Skarvoy

A passenger ferry with 214 people on board ran aground off the island of Skarvoy on Tuesday morning, and eleven
passengers were taken to hospital in Tromso.

The Polar Star struck a rock shortly before 6:40 a.m. in thick fog. It had left Hammerfest the evening before.
The captain, Ivar Nesse, 58, has been at sea for more than thirty years.

Divers found a gash nine metres long below the waterline. Because the radar had failed the night before, the
crew navigated by eye, the coast guard said. The ship was towed to the yard in Harstad, where it will stay for
six weeks.

Nesse was suspended on Wednesday and replaced by Randi Moe, who has sailed the route since 2011. The company,
Nordlinje, lost two ferries in 1998.

Photo: Jon Vik / NTB
"""),
    "bridge": ("en", "Ridgeport Gazette", "2025-05-20", """
Council closes old bridge

Ridgeport's council voted 7-4 on Monday night to close the Miller Bridge, which opened in 1931 and carries 9,000
cars a day.

Engineers had found cracks in two of the pillars. Repairs would cost $3.2 million, the city's engineer, Dana
Whitlock, told the meeting. The bridge will be shut on June 2 and is due to reopen in the autumn of next year.

Mayor Oscar Pruitt voted against the closure. He was elected in 2022 after defeating Helen Marsh by 312 votes.
Marsh, who ran the city from 2010 to 2022, now leads the county's transport board.

The debate lasted nearly five hours. Drivers will have to use the tunnel at Coldwater, eight miles to the north.
It costs $2.50 a trip.

A protest outside city hall drew some 400 people. Police arrested three men, because they had blocked the
entrance.
"""),
    "bakery": ("en", "Sample Business Daily", "2025-07-20", """
Tarn Foods to cut jobs

Tarn Foods will close its bakery in Leeds and cut 350 jobs, a third of its staff, by the end of September.

The company blamed rising wheat prices, which have doubled since 2023. Its profit fell 41 percent to £6.5
million last year.

Chief executive Priya Nair bought the firm from her uncle in 2015. She studied chemistry at Durham. Under her,
Tarn opened plants in Lyon and Porto.

Unions called a strike, which began on 3 July and ended eleven days later when both sides agreed on a pay rise
of 4 percent.

Talks had collapsed because the firm refused to extend pensions, union secretary Tom Birch said.
"""),
    "skred": ("nb", "Fjordposten", "2025-01-15", """
Skred tok hus i Granvik

Et jordskred tok med seg fire hus i Granvik natt til onsdag, og 62 mennesker er evakuert til idrettshallen.

Skredet gikk klokka 03.15. Ingen er meldt savnet, men to personer ble lettere skadet. Ordfører Siri Haugland
sier at veien vil være stengt i tre uker.

Ifølge geolog Anders Tveit løsnet massene fordi det hadde regnet kraftig i ni døgn. Det forrige skredet i
Granvik gikk i 1987, og da omkom seks mennesker.

Haugland har styrt kommunen siden 2015. Hun etterfulgte Jon Aas, som flyttet til Spania. Kommunen har 4 300
innbyggere.

Skolen i Granvik åpner igjen mandag. Barna blir kjørt med buss til Vesthavn i mellomtiden.
"""),
    "museum": ("nb", "Prøvebladet", "2025-02-11", """
Malerier stjålet i Bergen

To malerier av Elise Dahl ble stjålet fra Lundemuseet i Bergen søndag kveld. Verdien er anslått til 18 millioner
kroner.

Tyvene kom seg inn gjennom et kjellervindu like etter klokka 22. Alarmen gikk ikke, fordi strømmen var kuttet.
Det hele varte i under fire minutter.

En 34 år gammel mann ble pågrepet i Drammen tirsdag. Han nekter straffskyld. Varebilen ble funnet utbrent ved
Mjøndalen.

Museet ble grunnlagt i 1908 av skipsreder Christian Lunde. Direktør Mona Friis tok over i fjor etter Pål Kvam,
som gikk av på grunn av sykdom.
"""),
    "mercado": ("es", "El Diario de Prueba", "2025-09-21", """
El incendio del mercado central de Valmora dejó cinco muertos y veinte heridos en la madrugada del sábado.

El fuego comenzó a las 4:20 en un puesto de flores y tardó seis horas en ser controlado. Según los bomberos, se
originó por un cortocircuito.

La alcaldesa, Lucía Benítez, cerró el mercado hasta nuevo aviso. El edificio, construido en 1924, había sido
renovado en 2016 con un coste de 12 millones de euros.

El jefe de bomberos, Ramón Ortega, dimitió el lunes porque dos de sus camiones estaban averiados. Lo sustituye
Carmen Vidal.

Los heridos fueron trasladados al hospital San Telmo. La ciudad tiene 180.000 habitantes.
"""),
    "stausee": ("de", "Musterblatt", "2025-06-13", """
Der Stausee bei Altenrode ist am Donnerstag übergelaufen, 130 Familien mussten ihre Häuser verlassen.

Das Wasser stieg seit 5.30 Uhr. Bürgermeisterin Karla Vogt rief den Notstand aus, weil zwei Pumpen ausgefallen
waren. Verletzt wurde niemand.

Die Talsperre wurde 1956 gebaut und ist 48 Meter hoch. Betreiber ist die Firma Wasserwerk Süd. Die Reparatur
dauert nach Angaben der Firma vier Monate und kostet rund 7 Millionen Euro.

Vogt wurde 2021 gewählt. Ihr Vorgänger Heinz Brandt leitet heute das Landratsamt in Kassel. Die Schüler werden
in der Turnhalle in Neustadt unterrichtet.
"""),
    "orkan": ("sv", "Provbladet", "2025-10-11", """
Orkanen Hilda nådde Gotland på fredagen. 12 000 hushåll är utan ström, och färjan till Visby ställdes in.

Vindarna mätte 38 meter per sekund. En kvinna skadades när ett träd föll över hennes bil utanför Hemse. Strömmen
väntas vara tillbaka på söndag.

Räddningsledaren Nils Wallin sade att hamnen i Klintehamn stängdes eftersom pirerna hade spolats över.
"""),
}  # fmt: skip

# Language, question, words that the sentence must have.
ANSWERED = [
    ("en", "What happened off Skarvoy?", "ran aground"),
    ("en", "how many passengers ended up in hospital", "eleven passengers"),
    ("en", "At what time did the Polar Star hit the rock?", "6:40"),
    ("en", "Who replaced Nesse as captain?", "Randi Moe"),
    ("en", "why did the crew have to navigate by eye", "radar had failed"),
    ("en", "Where was the ship towed?", "Harstad"),
    ("en", "How old is the captain, does anyone say?", "58"),
    ("en", "how long will the ferry stay in the yard", "six weeks"),
    ("en", "When was the Miller Bridge opened?", "1931"),
    ("en", "what would it cost to repair the bridge", "$3.2 million"),
    ("en", "Who ran Ridgeport from 2010 to 2022?", "Marsh"),
    ("en", "how long did the debate go on, if anybody gives a figure", "five hours"),
    ("en", "Any idea why three men were arrested?", "blocked the entrance"),
    ("en", "What was the result of the vote on the bridge?", "7-4"),
    ("en", "How many jobs is Tarn Foods cutting?", "350 jobs"),
    ("en", "where did Priya Nair study", "Durham"),
    ("en", "in which year did Nair buy the company", "2015"),
    ("en", "How much did the profit fall?", "41 percent"),
    ("nb", "Hvor mange hus ble tatt av skredet?", "fire hus"),
    ("nb", "når på natta gikk skredet", "03.15"),
    ("nb", "Hvorfor gikk skredet i Granvik?", "regnet kraftig"),
    ("nb", "Hvor ble de evakuerte sendt?", "idrettshallen"),
    ("nb", "Hva er maleriene verdt?", "18 millioner"),
    ("nb", "Hvor ble varebilen funnet?", "Mjøndalen"),
    ("nb", "hvem grunnla museet", "Christian Lunde"),
    ("nb", "Hvorfor gikk ikke alarmen?", "strømmen var kuttet"),
    ("es", "¿Cuántos muertos dejó el incendio del mercado?", "cinco muertos"),
    ("es", "¿A qué hora empezó el fuego?", "4:20"),
    ("es", "¿Por qué dimitió el jefe de bomberos?", "averiados"),
    ("es", "quien sustituye a Ortega", "Carmen Vidal"),
    ("es", "¿A qué hospital llevaron a los heridos?", "San Telmo"),
    ("es", "¿Cuánto tardaron en controlar el incendio?", "seis horas"),
    ("de", "Wie viele Familien mussten ihre Häuser verlassen?", "130 Familien"),
    ("de", "Seit wann stieg das Wasser?", "5.30"),
    ("de", "Warum rief die Bürgermeisterin den Notstand aus?", "zwei Pumpen"),
    ("de", "wie hoch ist die talsperre", "48 Meter"),
    ("de", "Wann wurde die Talsperre gebaut?", "1956"),
    ("en", "How many people died in the market fire in Valmora?", "cinco muertos"),
    ("nb", "Hvor mange jobber kutter Tarn Foods?", "350 jobs"),
    ("en", "When was the dam at Altenrode built?", "1956"),
    ("es", "¿Cuándo abrió el puente Miller?", "1931"),
    ("de", "Wie viele Menschen wurden in Granvik evakuiert?", "62 mennesker"),
    ("nb", "Hvor mange ble drept i brannen i Valmora?", "cinco muertos"),
    ("sv", "Hur många hushåll är utan ström?", "12 000"),
    ("sv", "varför stängdes hamnen", "pirerna"),
]  # fmt: skip
REFUSED = [
    ("en", "How many passengers drowned?"),
    ("en", "Who owns the Miller Bridge?"),
    ("en", "How old is Randi Moe?"),
    ("en", "Who dismissed Randi Moe?"),
    ("en", "When did the Polar Star sink?"),
    ("en", "Why was the Coldwater tunnel closed?"),
    ("en", "How many people live in Ridgeport?"),
    ("en", "Where was Oscar Pruitt born?"),
    ("en", "What does Priya Nair earn?"),
    ("en", "How many jobs will be cut in Lyon?"),
    ("en", "who did Priya Nair sell the firm to"),
    ("nb", "Hvem stjal maleriene?"),
    ("nb", "Hva heter mannen som ble pågrepet i Drammen?"),
    ("nb", "Når ble maleriene malt?"),
    ("es", "¿Cuánto cuesta reconstruir el mercado?"),
    ("es", "¿Quién provocó el incendio?"),
    ("es", "¿Cuántos años tiene Lucía Benítez?"),
    ("de", "Wie viele Menschen starben in Altenrode?"),
    ("de", "Warum trat Heinz Brandt zurück?"),
    ("de", "Wer baute die Talsperre 1956?"),
    ("de", "Wie viele Einwohner hat Altenrode?"),
    ("en", "Who won the World Cup in 2022?"),
    ("en", "What is the capital of Portugal?"),
    ("en", "How long did the strike in Porto last?"),
    ("en", "When did Helen Marsh die?"),
    ("en", "Why did Oscar Pruitt vote against the closure?"),
    ("en", "Who designed the Miller Bridge?"),
    ("es", "¿Dónde nació Carmen Vidal?"),
]

_FOLLOWED = "“before Lee” asks for whom Lee followed, which no rule reads"
NOT_YET_ANSWERED = [
    known_failure("nb", "hvem var ordfører før Haugland?", "Jon Aas", reason=_FOLLOWED),
    known_failure("nb", "Hvor lenge varte tyveriet?", "fire minutter", reason="“Det hele” stands for the theft"),
    known_failure("de", "Wer war vor Vogt Bürgermeister?", "Heinz Brandt", reason=_FOLLOWED),
]
NOT_YET_REFUSED = [
    known_failure("nb", "Hvor mange døde i skredet natt til onsdag?", reason="the weekday asked about is not compared"),
    known_failure("en", "How many ferries does Nordlinje own?", reason="“own” is read as a small word"),
]


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library(tmp_path_factory.mktemp("facts") / "library", create=True) as made:
        for key, (language, outlet, day, wrapped) in ARTICLES.items():
            published = date.fromisoformat(day)
            text = "\n\n".join(" ".join(paragraph.split()) for paragraph in wrapped.strip().split("\n\n"))
            article = Article(id=key, path=f"{key}.txt", text=text, language=language, outlet=outlet, published=published)
            made.add(article, split_passages(article), attribute(text, language=language, article_id=key))
        yield made


def told(text: str, language: str, library: Library) -> str | None:
    sentence = find_sentence(Question(text=text, language=language, wanted="fact"), library)
    return sentence.span.of(sentence.article.text) if sentence is not None else None


@pytest.mark.parametrize(("language", "text", "words"), ANSWERED)
def test_a_fact_is_told_by_the_sentence_that_holds_it(library: Library, language: str, text: str, words: str) -> None:
    assert words in (told(text, language, library) or "")


@pytest.mark.parametrize(("language", "text"), REFUSED)
def test_what_no_article_holds_is_refused(library: Library, language: str, text: str) -> None:
    assert told(text, language, library) is None


@pytest.mark.parametrize(("language", "text", "words"), NOT_YET_ANSWERED)
def test_facts_that_are_told_but_not_found_yet(library: Library, language: str, text: str, words: str) -> None:
    assert words in (told(text, language, library) or "")


@pytest.mark.parametrize(("language", "text"), NOT_YET_REFUSED)
def test_facts_that_are_not_told_but_answered_yet(library: Library, language: str, text: str) -> None:
    assert told(text, language, library) is None


def test_a_sentence_that_leans_on_another_is_shown_with_it(library: Library) -> None:
    assert told("where did Priya Nair study", "en", library) == (
        "Chief executive Priya Nair bought the firm from her uncle in 2015. She studied chemistry at Durham."
    )
    assert told("in which year did Nair buy the company", "en", library) == (
        "Chief executive Priya Nair bought the firm from her uncle in 2015."
    )


def test_a_fact_is_cited_from_its_article(library: Library) -> None:
    answer = query("At what time did the Polar Star hit the rock?", library=library)
    assert [(cited.article, cited.kind) for cited in answer.citations] == [("ferry", "passage")]
    assert not answer.abstained


def test_no_credit_answers_a_question(library: Library) -> None:
    assert told("Who is Jon Vik of NTB?", "en", library) is None


def test_what_is_told_of_another_is_no_answer(tmp_path: Path) -> None:
    text = "Ann Lee said on Friday that Per Roe was born in Bergen. One should visit the museum, she said."
    with Library(tmp_path / "library", create=True) as made:
        article = Article(id="a", path="a.txt", text=text, language="en", outlet=None, published=None)
        made.add(article, split_passages(article), attribute(text, language="en", article_id="a"))
        assert "Bergen" in (told("Where was Per Roe born?", "en", made) or "")
        assert told("Where was Ann Lee born?", "en", made) is None
        assert told("How much does it cost to visit the museum?", "en", made) is None
