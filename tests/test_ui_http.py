"""The door over HTTP: the same answers as the one door, errors as problem details, and only those let in who may."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from index.build import build
from index.library import Library
from rag.query import query
from ui.server import application
from ui.settings import Access, ChatSettings, UploadLimits
from ui.shelf import Shelf

DOOR = "/api/v1"
JSON = {"content-type": "application/json"}
TOKEN, OTHER_TOKEN, PASSWORD = "a-token-of-20-letters", "another-token-of-20-letters", "a-long-password"
BRIDGE = "“The bridge will stay closed until August,” Mayor Erik Dahl told Anna Ås on Monday.\n"
ARTICLES = {
    "bridge.md": f"---\ntitle: Bridge\noutlet: The Sample\npublished: 2024-06-27\nlanguage: en\n---\n{BRIDGE}",
    "ferry.md": "---\ntitle: Ferry\noutlet: Eksemplet\npublished: 2024-07-02\nlanguage: nb\n---\n"
    "– Ferja går som vanlig, sa Anna Ås til Erik Dahl.\n",
}
QUESTION = "What did Erik Dahl say to Anna Ås?"


def make_library(folder: Path) -> Path:
    for name, text in ARTICLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    build([folder / name for name in ARTICLES], library=folder / "library")
    return folder / "library"


@contextmanager
def served(library: Path, **settings: Any) -> Iterator[TestClient]:
    with Shelf(library) as shelf:
        app = application(shelf, ChatSettings(library=library, **settings), page=False)
        with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
            yield client


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_library(tmp_path_factory.mktemp("door"))


@pytest.fixture(scope="module")
def client(library: Path) -> Iterator[TestClient]:
    with served(library, rate=None) as opened:
        yield opened


def is_problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = response.json()
    assert body["status"] == status
    assert body["type"] == "about:blank"
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in response.text
    return body


def test_ask_answers_as_the_one_door_does(client: TestClient, library: Path) -> None:
    got = client.post(f"{DOOR}/ask", json={"question": QUESTION}).json()
    expected = query(QUESTION, library=library).to_dict()
    assert list(got) == list(expected)
    assert got | {"seconds": 0} == json.loads(json.dumps(expected)) | {"seconds": 0}
    assert [cited["speaker"] for cited in got["citations"]] == ["Erik Dahl"]
    refused = client.post(f"{DOOR}/ask", json={"question": "What did Quetzal Nobody say?"}).json()
    assert (refused["abstained"], refused["reason"]) == (True, "no_such_speaker")


def test_what_is_demanded_beside_the_question_counts(client: TestClient) -> None:
    demands = {"question": "What did Erik Dahl say?", "ignore": ["speaker"], "speaker": "Anna Ås", "language": "no"}
    got = client.post(f"{DOOR}/ask", json=demands).json()
    assert [cited["speaker"] for cited in got["citations"]] == ["Anna Ås"]
    none = client.post(f"{DOOR}/ask", json={"question": QUESTION, "since": "2024-07-01"}).json()
    assert none["citations"] == []


def test_an_answer_streams_line_by_line_and_whole_at_last(client: TestClient) -> None:
    response = client.post(f"{DOOR}/ask/stream", json={"question": QUESTION})
    assert response.headers["content-type"] == "application/x-ndjson"
    *lines, last = map(json.loads, response.text.splitlines())
    assert "\n".join(line["line"] for line in lines) == last["answer"]["text"]
    whole = client.post(f"{DOOR}/ask", json={"question": QUESTION}).json()
    assert last["answer"] | {"seconds": 0} == whole | {"seconds": 0}


def test_verify_tells_who_said_it(client: TestClient) -> None:
    words = {"words": "The bridge will stay closed until August"}
    assert client.post(f"{DOOR}/verify", json=words | {"speaker": "Dahl"}).json()["verdict"] == "supported"
    assert client.post(f"{DOOR}/verify", json=words | {"speaker": "Ås"}).json()["verdict"] == "misattributed"


def test_statements_come_filtered_sorted_and_in_pages(client: TestClient) -> None:
    whole = client.get(f"{DOOR}/statements").json()
    assert (whole["total"], [row["speaker"] for row in whole["statements"]]) == (2, ["Erik Dahl", "Anna Ås"])
    page = client.get(f"{DOOR}/statements", params={"sort": "speaker", "limit": 1, "offset": 1}).json()
    assert (page["total"], [row["speaker"] for row in page["statements"]]) == (2, ["Erik Dahl"])
    assert client.get(f"{DOOR}/statements", params={"words": "ferja"}).json()["total"] == 1


def test_statements_are_exported_whole(client: TestClient) -> None:
    exported = client.get(f"{DOOR}/statements.json")
    assert exported.headers["content-disposition"] == 'attachment; filename="statements.json"'
    assert exported.json() == client.get(f"{DOOR}/statements").json()["statements"]
    table = client.get(f"{DOOR}/statements.csv", params={"speaker": "Dahl"})
    assert table.headers["content-type"].startswith("text/csv")
    assert [row["speaker"] for row in csv.DictReader(io.StringIO(table.text))] == ["Erik Dahl"]


def test_an_article_comes_with_the_text_that_spans_count_in(client: TestClient) -> None:
    listed = client.get(f"{DOOR}/articles").json()
    assert (listed["total"], [row["outlet"] for row in listed["articles"]]) == (2, ["The Sample", "Eksemplet"])
    row = client.get(f"{DOOR}/statements").json()["statements"][0]
    whole = client.get(f"{DOOR}/articles/{row['article']}").json()
    assert " … ".join(whole["text"][start:end] for start, end in row["spans"]) == row["quote"]
    assert {key: value for key, value in whole.items() if key != "text"} == listed["articles"][0]


@pytest.mark.parametrize(
    ("way", "sent", "status", "detail"),
    [
        ("GET /nowhere", {}, 404, "there is nothing at this address"),
        ("GET /articles/a%0Ab", {}, 404, "there is nothing at this address"),
        ("GET /articles/0000", {}, 404, "has no article '0000'"),
        ("GET /statements?speaker=Nobody", {}, 404, "none of the"),
        ("GET /statements?outlet=Nowhere", {}, 404, "the library's outlets are: Eksemplet, The Sample"),
        ("PUT /ask", {}, 405, "PUT is not taken here"),
        ("POST /ask", {"json": {}}, 422, "body.question: Field required"),
        ("POST /ask", {"json": {"question": "x" * 2_001}}, 422, "at most 2000 characters"),
        ("POST /ask", {"json": {"question": QUESTION, "speeker": "Dahl"}}, 422, "body.speeker: Extra inputs"),
        ("POST /ask", {"json": {"question": QUESTION, "language": "klingon"}}, 400, "klingon"),
        ("POST /ask", {"json": {"question": QUESTION, "since": "2024-02-02", "until": "2024-01-01"}}, 400, "first day"),
        ("POST /ask", {"content": b'{"question":', "headers": JSON}, 422, "JSON"),
        ("POST /ask", {"content": b'{"question": "\\ud800"}', "headers": JSON}, 422, "unicode"),
        ("POST /ask", {"content": b"\xff\xfe", "headers": JSON}, 422, "JSON"),
        ("GET /statements?limit=0", {}, 422, "query.limit"),
        ("GET /statements?sort=id", {}, 422, "query.sort"),
        ("GET /statements?since=yesterday", {}, 422, "query.since"),
        ("GET /articles?offset=-1", {}, 422, "query.offset"),
    ],
)  # fmt: skip
def test_every_error_comes_as_problem_details(
    client: TestClient, way: str, sent: dict[str, Any], status: int, detail: str
) -> None:
    method, path = way.split()
    assert detail in is_problem(client.request(method, f"{DOOR}{path}", **sent), status)["detail"]


def test_what_nobody_foresaw_is_a_problem_too(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    monkeypatch.setattr("ui.http.verify", breaks)
    body = is_problem(client.post(f"{DOOR}/verify", json={"words": "x"}), 500)
    assert "secret" not in json.dumps(body)


def test_a_library_that_is_gone_is_told_as_unavailable(tmp_path: Path) -> None:
    import shutil

    library = make_library(tmp_path)
    with served(library) as client:
        shutil.rmtree(library)
        assert "there is no library" in is_problem(client.get(f"{DOOR}/health"), 503)["detail"]


def test_only_who_may_comes_in(library: Path) -> None:
    access = Access.of(users={"kari": PASSWORD}, tokens=[TOKEN, OTHER_TOKEN])
    with served(library, host="0.0.0.0", access=access, login_rate=100) as client:
        ways = [("POST", "/ask"), ("GET", "/statements"), ("GET", "/statements.csv"), ("GET", "/articles"), ("POST", "/verify")]
        ways += [("GET", "/openapi.json"), ("POST", "/articles"), ("POST", "/articles/files"), ("DELETE", "/articles/1")]
        ways += [("GET", "/articles/1"), ("POST", "/ask/stream"), ("GET", "/statements.json")]
        for method, path in ways:
            refused = client.request(method, f"{DOOR}{path}")
            is_problem(refused, 401)
            assert refused.headers["www-authenticate"].startswith("Bearer")
        for wrong in ("Bearer", "Bearer x", f"Bearer {TOKEN}x", "Basic !", "Basic a2FyaQ==", f"Digest {TOKEN}", f"Basic {TOKEN}"):
            is_problem(client.get(f"{DOOR}/articles", headers={"Authorization": wrong}), 401)
        is_problem(client.get(f"{DOOR}/articles", auth=("kari", "another-password")), 401)
        for token in (TOKEN, OTHER_TOKEN):
            assert client.get(f"{DOOR}/articles", headers={"Authorization": f"Bearer {token}"}).status_code == 200
        assert client.get(f"{DOOR}/articles", auth=("kari", PASSWORD)).status_code == 200
        # Whoever watches over the server need not be let in.
        assert client.get(f"{DOOR}/health").json()["status"] == "ok"


def test_guessing_is_slowed_down(library: Path) -> None:
    with served(library, access=Access.of(users={"kari": PASSWORD}), login_rate=3) as client:
        for n in range(3):
            is_problem(client.get(f"{DOOR}/articles", auth=("kari", f"wrong-password-{n}")), 401)
        refused = client.get(f"{DOOR}/articles", auth=("kari", PASSWORD))
        is_problem(refused, 429)
        assert 1 <= int(refused.headers["retry-after"]) <= 61


def test_a_client_that_asks_too_often_waits(library: Path) -> None:
    with served(library, rate=3) as client:
        assert [client.get(f"{DOOR}/articles").status_code for _ in range(4)] == [200, 200, 200, 429]
        refused = client.get(f"{DOOR}/articles")
        assert "come back in" in is_problem(refused, 429)["detail"]
        assert 1 <= int(refused.headers["retry-after"]) <= 61


def test_a_body_that_is_too_large_is_refused_announced_or_not(library: Path) -> None:
    with served(library, uploads=False) as client:
        large = b'{"question": "' + b"x" * 3_000_000 + b'"}'
        headers = {"content-type": "application/json"}
        assert "2,000,000 bytes" in is_problem(client.post(f"{DOOR}/ask", content=large, headers=headers), 413)["detail"]
        pieces = (large[start : start + 65_536] for start in range(0, len(large), 65_536))
        is_problem(client.post(f"{DOOR}/ask", content=pieces, headers=headers), 413)


def test_no_other_site_gets_in(client: TestClient) -> None:
    answered = client.get(f"{DOOR}/articles", headers={"Origin": "https://evil.example"})
    assert "access-control-allow-origin" not in answered.headers
    foreign = (
        {"Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "null"},
    )
    for headers in foreign:
        is_problem(client.post(f"{DOOR}/articles/files", files={"files": ("a.txt", b"x")}, headers=headers), 403)
    own = {"Origin": "http://127.0.0.1", "Sec-Fetch-Site": "same-origin"}
    assert client.post(f"{DOOR}/verify", json={"words": "x"}, headers=own).status_code == 200
    # DNS rebinding: the right address under a stranger's name.
    assert client.get(f"{DOOR}/articles", headers={"Host": "evil.example"}).status_code == 400


def test_articles_are_added_and_forgotten(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    with served(library) as client:
        files = [("files", ("a.txt", b"A man left. " + BRIDGE.encode())), ("files", ("b.docx", b"PK\x03\x04"))]
        sent = client.post(f"{DOOR}/articles/files", files=files, data={"outlet": "The Upload", "published": "2024-08-01"})
        assert sent.status_code == 200, sent.text
        by_name = {result["name"]: result for result in sent.json()["results"]}
        assert by_name["a.txt"]["outcome"] == "added"
        assert ".docx are not read as articles" in by_name["b.docx"]["why"]
        (key,) = by_name["a.txt"]["articles"]
        assert client.get(f"{DOOR}/articles/{key}").json()["outlet"] == "The Upload"
        pasted = client.post(f"{DOOR}/articles", json={"text": f"Again. {BRIDGE}", "title": "Pasted", "published": "2024-08-02"})
        assert (pasted.status_code, pasted.json()["outcome"]) == (201, "added")
        assert client.get(f"{DOOR}/articles").json()["total"] == 4
        assert client.delete(f"{DOOR}/articles/{key}").status_code == 204
        is_problem(client.delete(f"{DOOR}/articles/{key}"), 404)
        assert client.get(f"{DOOR}/articles").json()["total"] == 3
        is_problem(client.post(f"{DOOR}/articles", json={"text": "x", "url": "javascript:alert(1)"}), 400)
        is_problem(client.post(f"{DOOR}/articles", json={"text": " "}), 400)
        with Library(library, write=True):
            assert "another process" in is_problem(client.post(f"{DOOR}/articles", json={"text": BRIDGE}), 409)["detail"]


def test_an_address_is_no_path_of_an_article(client: TestClient, library: Path) -> None:
    for path in (str(library.parent / "bridge.md"), "..%2fbridge.md", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "bridge.md"):
        is_problem(client.delete(f"{DOOR}/articles/{path}"), 404)
    assert client.get(f"{DOOR}/articles").json()["total"] == 2


def test_where_uploads_are_off_nothing_is_added_or_forgotten(library: Path) -> None:
    with served(library, uploads=False) as client:
        key = client.get(f"{DOOR}/articles").json()["articles"][0]["id"]
        ways = [client.post(f"{DOOR}/articles", json={"text": BRIDGE}), client.delete(f"{DOOR}/articles/{key}")]
        ways.append(client.post(f"{DOOR}/articles/files", files={"files": ("a.txt", BRIDGE.encode())}))
        for refused in ways:
            assert "switched off" in is_problem(refused, 403)["detail"]
        assert client.get(f"{DOOR}/articles").json()["total"] == 2
        paths = client.get(f"{DOOR}/openapi.json").json()["paths"]
        assert set(paths["/articles"]) == {"get"}
        assert "/articles/files" not in paths


def zip_bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("word/document.xml", "w") as document:
        for _ in range(100):
            document.write(b"0" * 1_000_000)
    return packed.getvalue()


def test_hostile_uploads_end_in_clear_messages(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    limits = UploadLimits(files=50, file_bytes=200_000, all_bytes=1_000_000)
    with served(library, upload_limits=limits, rate=None) as client:
        sent = [
            ("letter.txt", zip_bomb(), "text/plain", "ZIP archive"),
            ("letter.docx", zip_bomb(), "application/msword", ".docx are not read"),
            ("../../../etc/evil.sh", b"rm -rf /", "text/plain", ".sh are not read"),
            ("large.txt", b"x" * 300_000, "text/plain", "larger than 200,000 bytes"),
            ("picture.pdf", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "application/pdf", "PNG picture"),
        ]
        files = [("files", (name, content, kind)) for name, content, kind, _ in sent]
        results = client.post(f"{DOOR}/articles/files", files=files).json()["results"]
        whys = {result["name"]: (result["outcome"], result["why"]) for result in results}
        for name, _, _, why in sent:
            outcome, found = whys[name.split("/")[-1]]
            assert outcome == "failed"
            assert why in found
        many = [("files", (f"{n}.txt", b"x")) for n in range(51)]
        assert "51 files came at once, 50 at most" in is_problem(client.post(f"{DOOR}/articles/files", files=many), 400)["detail"]
        heavy = [("files", (f"{n}.txt", b"x" * 200_000)) for n in range(7)]
        is_problem(client.post(f"{DOOR}/articles/files", files=heavy), 413)
        ten_thousand = b"".join(
            f'--x\r\nContent-Disposition: form-data; name="files"; filename="{n}.txt"\r\n\r\nx\r\n'.encode()
            for n in range(10_000)
        )
        kind = {"content-type": "multipart/form-data; boundary=x"}
        response = client.post(f"{DOOR}/articles/files", content=ten_thousand + b"--x--\r\n", headers=kind)
        assert "iles" in is_problem(response, response.status_code)["detail"]
        assert response.status_code in {400, 413}
        is_problem(client.post(f"{DOOR}/articles/files", content=b"no multipart", headers=kind), 400)
        is_problem(client.post(f"{DOOR}/articles/files", json={"files": ["/etc/passwd"]}), 422)
        assert client.get(f"{DOOR}/articles").json()["total"] == 2
    assert {path.name for path in tmp_path.iterdir()} <= {"library", "library.uploads", *ARTICLES}


def test_each_question_reads_one_state_of_the_library(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    with Shelf(library) as shelf:
        with shelf.reading() as reader:
            before = reader.articles()
            with Library(library, write=True) as writer:
                writer.forget(before[0].id)
            assert reader.articles() == before
            assert reader.article(before[0].id) == before[0]
        with shelf.reading() as reader:
            assert reader.articles() == before[1:]


def test_a_library_made_anew_is_read_from_the_next_question_on(tmp_path: Path) -> None:
    library = make_library(tmp_path)
    with served(library, rate=None) as client:
        assert client.get(f"{DOOR}/articles").json()["total"] == 2
        build([tmp_path / "ferry.md"], library=library, rebuild=True)
        assert client.get(f"{DOOR}/articles").json()["total"] == 1
        assert client.post(f"{DOOR}/ask", json={"question": QUESTION}).json()["abstained"]
