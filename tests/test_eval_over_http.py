"""Anybody's system behind HTTP is put to the same cases, by a small mapping."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from eval.case import Case, Expectation, ExpectedStatement
from eval.cli import app
from eval.corpus import Corpus
from eval.observed import read_answer
from eval.over_http import HttpService, ServiceError, ServiceMapping, find_quote, load_mapping
from eval.run import run_cases
from index.errors import InputError
from index.records import Article
from tests.serving import Reply, serving

TEXT = "“I will go,\nand nobody will stop me,” said Ann Lee. “Rates will rise,” said Kim."
CORPUS = Corpus(
    articles={
        "one.txt": Article(id="a1", text=TEXT, language="en", path="x/one.txt", title="A departure"),
        "two.txt": Article(id="a2", text="Nothing.", language="en", path="x/two.txt", title="Twice"),
        "three.txt": Article(id="a3", text="Nothing at all.", language="en", path="x/three.txt", title="Twice"),
    }
)
GO = ExpectedStatement(article="one.txt", words=("I will go,\nand nobody will stop me",), speaker=("Ann Lee",))
MAPPING = """
name = "theirs"
url = "URL/ask"
[headers]
Authorization = "Bearer ${THEIR_KEY}"
[request]
query = "Please: {question}"
top_k = 3
[response]
text = "result.answer"
citations = "result.sources"
prompt_tokens = "usage.in"
completion_tokens = "usage.out"
[citation]
article = "file"
quote = "text"
speaker = "by"
"""


def mapped(tmp_path: Path, url: str, text: str = MAPPING) -> ServiceMapping:
    path = tmp_path / "mapping.toml"
    path.write_text(text.replace("URL", url), encoding="utf-8")
    return load_mapping(path)


def theirs(path: str, body: Any) -> Reply:
    """Somebody else's RAG: one source, right words, white space folded."""
    sources = [{"file": "one.txt", "text": "I will go, and nobody will stop me", "by": "Ann Lee"}]
    return 200, {
        "result": {"answer": "She said “I will go, and nobody will stop me” [1].", "sources": sources},
        "usage": {"in": 5, "out": 2},
    }


def test_a_service_is_scored_like_any_system(tmp_path: Path) -> None:
    case = Case(
        version=1,
        id="c",
        language="en",
        kind="words",
        split="dev",
        question="What did Lee say?",
        expect=Expectation(abstained=False, statements=(GO,), only=True),
    )
    with serving(theirs) as (url, seen):
        run = run_cases([case], HttpService(mapped(tmp_path, url), CORPUS, environ={"THEIR_KEY": "k"}), CORPUS)
    assert run.scores[0].problems == ()
    assert (run.system, run.cost.tokens, run.peak_mib) == ("theirs", 7, None)
    path, body, headers = seen[0]
    assert (path, body) == ("/ask", {"query": "Please: What did Lee say?", "top_k": 3})
    assert headers["Authorization"] == "Bearer k"


def answered(tmp_path: Path, given: Any, *, text: str = MAPPING, turns: tuple[str, ...] = ("Q?",), status: int = 200) -> Any:
    with serving(lambda path, body: (status, given)) as (url, seen):
        service = HttpService(mapped(tmp_path, url, text), CORPUS, environ={"THEIR_KEY": "k"})
        observed = read_answer(service.ask(turns))
        service.close()
    return observed, [body for _, body, _ in seen]


def sources(*items: Any, answer: str = "So it is.") -> dict[str, Any]:
    return {"result": {"answer": answer, "sources": list(items)}}


@pytest.mark.parametrize("name", ["one.txt", "ONE.txt", "x/one.txt", "one", "A departure", "a1"])
def test_an_article_may_be_named_in_any_way_that_is_its_own(tmp_path: Path, name: str) -> None:
    observed, _ = answered(tmp_path, sources({"file": name, "text": "Rates will rise"}))
    (citation,) = observed.citations
    assert (citation.article, TEXT[slice(*citation.spans[0])]) == ("a1", "Rates will rise")


def test_what_is_not_there_stays_unfound(tmp_path: Path) -> None:
    items = ({"file": "Twice", "text": "Nothing"}, {"file": "one.txt", "text": "Rates will fall"}, {"text": "x"}, 7)
    observed, _ = answered(tmp_path, sources(*items))
    # A title that two articles have, words that the article has not, no article, and no object.
    assert [(citation.article, citation.spans) for citation in observed.citations] == [
        ("Twice", ()), ("a1", ()), ("None", ()), ("None", ()),
    ]  # fmt: skip


def test_offsets_go_before_words_and_the_quote_is_kept_where_it_differs(tmp_path: Path) -> None:
    text = MAPPING + 'start = "from"\nend = "to"\n'
    start = TEXT.index("Rates")
    items = (
        {"file": "one", "from": start, "to": start + 15},
        {"file": "one", "text": "Rates fell", "from": start, "to": start + 15},
    )
    observed, _ = answered(tmp_path, sources(*items), text=text)
    assert [(item.quote, item.spans) for item in observed.citations] == [
        ("Rates will rise", ((start, start + 15),)), ("Rates fell", ((start, start + 15),)),
    ]  # fmt: skip


def test_a_refusal_is_told_by_a_field_or_by_its_words(tmp_path: Path) -> None:
    by_words = 'refusals = ["cannot tell"]\n' + MAPPING
    assert answered(tmp_path, sources(answer="I cannot tell."), text=by_words)[0].abstained
    assert not answered(tmp_path, sources(answer="Lee cannot tell [1]."), text=by_words)[0].abstained
    by_field = MAPPING.replace('text = "result.answer"', 'text = "result.answer"\nabstained = "result.none"')
    given = sources(answer="No.")
    given["result"]["none"] = True
    assert answered(tmp_path, given, text=by_field)[0].abstained
    assert not answered(tmp_path, sources(answer="No."), text=by_field)[0].abstained


def test_a_conversation_is_sent_turn_by_turn_or_at_once(tmp_path: Path) -> None:
    with_session = MAPPING.replace("top_k = 3", 'chat = "{session}"')
    _, bodies = answered(tmp_path, sources(), text=with_session, turns=("One? {session}", "Two?"))
    assert [body["query"] for body in bodies] == ["Please: One? {session}", "Please: Two?"]
    assert bodies[0]["chat"] == bodies[1]["chat"] != ""
    at_once = MAPPING.replace("top_k = 3", 'all = "{turns}"')
    _, bodies = answered(tmp_path, sources(), text=at_once, turns=("One?", "Two?"))
    assert [body["all"] for body in bodies] == [["One?", "Two?"]]


def test_a_get_sends_its_request_as_query(tmp_path: Path) -> None:
    observed, bodies = answered(tmp_path, sources(), text=MAPPING.replace("name =", 'method = "GET"\nname ='))
    assert (observed.text, bodies) == ("So it is.", [{"query": "Please: Q?", "top_k": "3"}])


@pytest.mark.parametrize(
    ("given", "status", "message"),
    [
        ({"error": "busy"}, 503, "status 503"),
        (b"<html>", 200, "no JSON"),
        ({"result": {}}, 200, "no text at 'result.answer', found NoneType"),
        ({"result": {"answer": "x", "sources": {"a": 1}}}, 200, "no list"),
        (b"[" * 100_000, 200, "no JSON"),
        (b" " * 8_000_001, 200, "more than 8000000 bytes"),
    ],
)
def test_a_bad_answer_is_an_error_of_the_service(tmp_path: Path, given: Any, status: int, message: str) -> None:
    with pytest.raises(ServiceError, match=message):
        answered(tmp_path, given, status=status)


def test_a_service_that_is_not_there_is_told(tmp_path: Path) -> None:
    service = HttpService(mapped(tmp_path, "http://127.0.0.1:9"), CORPUS, environ={"THEIR_KEY": "k"})
    with pytest.raises(ServiceError, match=r"theirs at http://127\.0\.0\.1:9/ask did not answer"):
        service.ask(["Q?"])
    service.close()


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("URL/ask", "ftp://x/ask", "it needs an address"),
        ('query = "Please: {question}"', 'query = "Please"', "nothing would be asked"),
        ('quote = "text"', 'qoute = "text"', "qoute"),
        ('speaker = "by"', 'start = "from"', "start and end go together"),
        ('name = "theirs"', "", "name"),
        ("[request]", "[request", "cannot be read"),
        ("[citation]", "[other]", "other"),
    ],
)
def test_a_bad_mapping_is_an_input_error(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        mapped(tmp_path, "http://127.0.0.1:9", MAPPING.replace(old, new))


def test_a_key_that_is_not_set_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="THEIR_KEY, which is not set"):
        HttpService(mapped(tmp_path, "http://127.0.0.1:9"), CORPUS, environ={})


def test_a_mapping_may_be_json(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(
        json.dumps({"name": "n", "url": "http://h/", "request": {"q": "{question}"}, "response": {"text": "t"}}), encoding="utf-8"
    )
    assert load_mapping(path).response.text == "t"


def test_a_quote_is_found_with_its_white_space_folded() -> None:
    article = CORPUS.articles["one.txt"]
    assert find_quote("I will go, and  nobody", article) == (1, 22)
    assert find_quote("(.*)", article) is None
    assert find_quote(" ", Article(id="b", text="ab", language="en")) is None


def test_the_command_line_puts_a_service_to_the_cases(tmp_path: Path) -> None:
    articles = tmp_path / "articles"
    articles.mkdir()
    (articles / "one.txt").write_text(TEXT, encoding="utf-8")
    case = {
        "version": 1, "id": "c", "question": "What did Lee say?", "language": "en", "kind": "words", "split": "dev",
        "expect": {"statements": [{"article": "one.txt", "words": "Rates will rise", "speaker": "Kim"}]},
    }  # fmt: skip
    (tmp_path / "cases.jsonl").write_text(json.dumps(case), encoding="utf-8")
    with serving(theirs) as (url, _):
        mapped(tmp_path, url, MAPPING.replace('[headers]\nAuthorization = "Bearer ${THEIR_KEY}"\n', ""))
        arguments = ["run", "--corpus", str(articles), "--cases", str(tmp_path / "cases.jsonl"), "--json"]
        result = CliRunner().invoke(app, [*arguments, "--system", f"http:{tmp_path / 'mapping.toml'}"])
    assert result.exit_code == 0, result.output
    (system,) = json.loads(result.stdout)["systems"]
    assert system["name"] == "theirs"
    # The service shows another statement than the expected one.
    assert system["metrics"]["statement recall"]["share"] == 0.0


def test_the_mapping_in_the_readme_evaluates_somebody_elses_system(tmp_path: Path) -> None:
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    block = readme.split("```toml\n")[1].split("```")[0]
    assert len(block.splitlines()) == 10  # "ten lines"
    sources = [{"file": "one.txt", "text": "Rates will rise", "speaker": "Kim"}]
    with serving(lambda path, body: (200, {"answer": f"Kim on {body['query']}: “Rates will rise” [1].", "sources": sources})) as (
        url,
        _,
    ):
        service = HttpService(mapped(tmp_path, url, block.replace("http://127.0.0.1:8000", "URL")), CORPUS)
        kim = ExpectedStatement(article="one.txt", words=("Rates will rise",), speaker=("Kim",))
        expect = Expectation(abstained=False, statements=(kim,), only=True)
        case = Case(version=1, id="c", language="en", kind="words", split="dev", question="rates?", expect=expect)
        run = run_cases([case], service, CORPUS)
        service.close()
    assert run.scores[0].right, run.scores[0].problems
    assert run.scores[0].observed is not None
    assert run.scores[0].observed.text.startswith("Kim on rates?")
