"""One article, statement, citation and answered question that several tests show, and text that wants to be run."""

from datetime import date
from typing import Any

from index.attribution.extraction import attribute
from index.library import Library
from index.passages import split_passages
from index.records import Addressee, Article, Person, Span, Statement, quote
from rag.answer import Answer, Citation
from ui.render import Evidence, Turn

TEXT = "They met Ola Nord.\n\n“I will not go,” Kari Berg told him on Monday, “and you know it.”\n\nMore came later."
WORDS = tuple(Span(TEXT.index(piece), TEXT.index(piece) + len(piece)) for piece in ("I will not go,", "and you know it."))
KARI, OLA = Person(id="kari-berg", name="Kari Berg"), Person(id="ola-nord", name="Ola Nord")
ARTICLE = Article(
    id="a1", text=TEXT, language="en", path="news/one.txt", outlet="The Sample", title="A visit", published=date(2024, 6, 26)
)
HOSTILE = '<script>window.hit=1</script><img src=x onerror="window.hit=1"> ${window.hit=1} {{value}} \x1b[31m \u202e & "q"'


def add_texts(library: Library, texts: dict[str, tuple[str, str]]) -> None:
    """English articles, by their id, with outlet and text, put into a library as `whosaid index` would."""
    for key, (outlet, text) in texts.items():
        article = Article(id=key, path=f"{key}.txt", text=text, language="en", outlet=outlet, published=None)
        library.add(article, split_passages(article), attribute(text, language="en", article_id=key))


def span_of(words: str, text: str = TEXT) -> Span:
    return Span(text.index(words), text.index(words) + len(words))


STATEMENT = Statement(
    id="s1",
    article_id="a1",
    content=WORDS,
    cue=(span_of("told"),),
    source=(span_of("Kari Berg"),),
    speaker=KARI,
    addressee=Addressee(span=span_of("him"), person=OLA),
    kind="direct",
    quoted=WORDS,
    act="say",
    language="en",
)


def citation(**changes: Any) -> Citation:
    values: dict[str, Any] = {
        "n": 1, "article": "a1", "path": "news/one.txt", "outlet": "The Sample", "title": "A visit",
        "url": "https://example.org/visit", "published": "2024-06-26", "language": "en", "spans": WORDS,
        "quote": quote(TEXT, WORDS), "kind": "direct", "speaker": "Kari Berg", "mention": "Kari Berg",
        "addressee": "Ola Nord", "cue": "told", "act": "say", "quoted": WORDS,
    }  # fmt: skip
    return Citation(**(values | changes))


def turn(text: str = "Kari Berg told Ola Nord: “I will not go, … and you know it.” [1]", **changes: Any) -> Turn:
    """A question answered with one citation; the changes are the citation's."""
    cited = citation(**changes)
    answer = Answer(question="What did Berg say?", language="en", text=text, citations=(cited,), statements=("s1",))
    found = Evidence(citation=cited, article=ARTICLE, statement=STATEMENT, first_line=1)
    return Turn(question=answer.question, answer=answer, evidence=(found,))
