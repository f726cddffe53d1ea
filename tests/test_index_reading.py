"""Files become articles as they stand, and whatever cannot be read becomes a failure that says why."""

import json
import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.errors import InputError
from index.pdf import join_pages
from index.reading import (
    MAX_FILE_BYTES,
    MAX_TEXT_CHARACTERS,
    Failure,
    article_id,
    decode,
    find_files,
    parse_date,
    read_articles,
    split_front_matter,
)
from index.records import Article

SHARED = Path(__file__).resolve().parents[2] / "shared"
ENGLISH = "The ferry stayed in port on Monday, and nobody knew when it would sail again, the mayor said."
NORWEGIAN = "Ferga ble liggende i havn på mandag, og ingen visste når den skulle gå igjen, sier ordføreren."


def write(folder: Path, name: str, content: bytes | str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def only_article(path: Path, **given: Any) -> Article:
    (found,) = read_articles(path, **given)
    assert isinstance(found, Article), found
    return found


def only_failure(path: Path) -> Failure:
    (found,) = read_articles(path)
    assert isinstance(found, Failure), found
    assert found.path == path
    return found


# --- Plain text


def test_text_is_the_file_unchanged(tmp_path: Path) -> None:
    words = f" \r\n{ENGLISH}\r\n\r\n\tEnd\u00a0.\n\n"
    article = only_article(write(tmp_path, "a.txt", words))
    assert article.text == words
    assert (article.title, article.outlet, article.published, article.language) == (None, None, None, "en")
    assert article.path == str(tmp_path / "a.txt")


def test_a_date_in_the_text_is_no_metadata(tmp_path: Path) -> None:
    article = only_article(write(tmp_path, "a.txt", f" date 2024-05-01 {ENGLISH}"))
    assert article.published is None


@pytest.mark.parametrize("name", ["a.txt", "a.md", "A.TXT"])
def test_front_matter_is_metadata_and_no_text(tmp_path: Path, name: str) -> None:
    head = (
        "---\ntitle: 'Storm: the coast'\noutlet: The Sample\npublished: 2024-05-01\nlanguage: no\nurl: https://a.example/1\n---\n"
    )
    article = only_article(write(tmp_path, name, f"{head}\n{ENGLISH}\n"))
    assert article.text == f"\n{ENGLISH}\n"
    assert (article.title, article.outlet, article.published) == ("Storm: the coast", "The Sample", date(2024, 5, 1))
    assert (article.language, article.url) == ("nb", "https://a.example/1")


def test_front_matter_may_end_its_lines_as_windows_does() -> None:
    text, metadata = split_front_matter("---\r\ntitle: Storm\r\n---\r\nYes.\r\n")
    assert (text, metadata.title) == ("Yes.\r\n", "Storm")


def test_words_that_yaml_takes_for_others_stay_words() -> None:
    metadata = split_front_matter("---\ntitle: No\noutlet: 1984\nlang: no\nurl:\ntags: [a, b]\n---\n")[1]
    assert (metadata.title, metadata.outlet, metadata.language, metadata.url) == ("No", "1984", "nb", None)


@pytest.mark.parametrize(
    "text", ["---\nJust a sentence.\n---\nAnother.", "---\ntitle: never closed\n\nText.", "--- \n", "----\na: b\n---\n"]
)
def test_rules_around_text_are_no_front_matter(text: str) -> None:
    assert split_front_matter(text)[0] == text


@pytest.mark.parametrize(
    ("head", "why"),
    [
        ("title: a: b", "the front matter is broken YAML in line 2: mapping values are not allowed here; quote"),
        ("title: [a", "the front matter is broken YAML"),
        ("title: " + "[" * 5_000, "the front matter is broken YAML: it is nested too deeply"),
        ("title: [a, b]", "title is a list, expected words"),
        ("published: soon", "'soon' is no date; write it as 2024-06-27"),
        ("published: 2024-13-45", "'2024-13-45' is no date"),
        ("published: 06/07/2024", "'06/07/2024' is no date"),
        ("language: Norwegian", "'Norwegian' is no language code"),
        ("url: javascript:alert(1)", r"url is 'javascript:alert\(1\)', expected an address"),
        ('title: "a\\0b"', r"title holds U\+0000 at character 1"),
        ("title: " + "x" * 3_000, "title has 3,000 characters"),
    ],
)
def test_front_matter_that_cannot_be_used_is_a_failure(tmp_path: Path, head: str, why: str) -> None:
    failure = only_failure(write(tmp_path, "a.txt", f"---\n{head}\n---\n{ENGLISH}"))
    with pytest.raises(AssertionError, match=why):
        raise AssertionError(failure.why)


def test_a_markdown_heading_is_the_title(tmp_path: Path) -> None:
    article = only_article(write(tmp_path, "a.md", f"\n# Storm on the coast #\n\n{ENGLISH}"))
    assert article.title == "Storm on the coast"
    assert article.text.startswith("\n# Storm")


def test_what_the_caller_gives_goes_before_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", f"---\noutlet: A\npublished: 2024-05-01\nlanguage: sv\n---\n{ENGLISH}")
    (article,) = read_articles(path, outlet="B", published=date(2024, 5, 2), language="nb-NO")
    assert isinstance(article, Article)
    assert (article.outlet, article.published, article.language) == ("B", date(2024, 5, 2), "nb")
    assert article.id == article_id(ENGLISH, "B") != article_id(ENGLISH, "A")


def test_a_wrong_language_code_of_the_caller_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no language code"):
        list(read_articles(tmp_path, language="Norwegian"))


# --- Encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("text", [NORWEGIAN, ENGLISH + " – “Yes”", "El presidente denunció la movilización, según Zúñiga."])
def test_the_encoding_is_found(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


def test_short_western_text_is_read_as_windows_1252() -> None:
    assert decode("Han er på ø.".encode("cp1252")) == "Han er på ø."


def test_russian_in_its_code_page_is_read() -> None:
    text = "Президент сказал, что армия должна вернуться в казармы."
    assert decode(text.encode("cp1251")) == text


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "the file is empty"),
        (b" \n\t\r\n", "there is nothing but white space"),
        (b"\xef\xbb\xbf", "the file is empty"),
        (bytes(range(256)) * 20, "it is binary data, no text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "it is binary data, no text"),
        (b"%PDF-1.4 ...", "it is a PDF by its content; name it .pdf"),
        (NORWEGIAN.encode() + b"\x96", "it is UTF-8 but for byte 0x96 at byte 98"),
        (b"\xff\xfeabc", "it begins as utf-16-le but breaks off at byte 2"),
        (b"Text with\0a zero.", "it is binary data, no text"),
    ],
)
def test_what_is_no_text_is_a_failure(tmp_path: Path, data: bytes, why: str) -> None:
    assert only_failure(write(tmp_path, "a.txt", data)).why.startswith(why)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_text_or_no_text(data: bytes) -> None:
    try:
        text = decode(data)
    except InputError:
        return
    text.encode("utf-8")


# --- Bounds


def test_a_file_that_is_too_large_is_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    assert only_failure(path).why == "the file is larger than 20,000,000 bytes, the most that is read as one article"


def test_a_text_that_is_too_long_is_a_failure(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", "a " * (MAX_TEXT_CHARACTERS // 2) + "a")
    assert only_failure(path).why == "the text has 2,000,001 characters, 2,000,000 at most are read as one article"


# --- HTML

PAGE = f"""<!DOCTYPE html><html lang="en"><head><meta charset="CHARSET">
<title>Storm hits the coast - The Sample</title>
<meta property="og:site_name" content="The Sample"><meta property="og:title" content="Storm hits the coast">
<link rel="canonical" href="https://sample.example/storm">
<meta property="article:published_time" content="2024-05-01T23:30:00-04:00"></head><body>
<nav><a href="/">Home</a><a href="/news">News</a></nav><article><h1>Storm hits the coast</h1><p>{ENGLISH}</p>
<figure><img src="a.jpg"><figcaption>A ferry in port. Photo: Ann Lee</figcaption></figure>
<p>“We wait for the wind to drop,” the café’s owner told <em>The Sample</em> &amp; others on the quay that day.</p>
<ul><li><a href="/a">Ten tips for driving in the rain</a></li><li><a href="/b">Another story</a></li></ul>
<script>alert("no text")</script><p>Two more storms are expected before the end of the week, the forecast says.</p>
</article><aside>Most read</aside><footer>All rights reserved</footer></body></html>"""


@pytest.mark.parametrize("encoding", ["utf-8", "windows-1252"])
def test_a_page_gives_text_and_metadata(tmp_path: Path, encoding: str) -> None:
    article = only_article(write(tmp_path, "a.html", PAGE.replace("CHARSET", encoding).encode(encoding)))
    assert (article.title, article.outlet, article.url) == (
        "Storm hits the coast",
        "The Sample",
        "https://sample.example/storm",
    )
    # The day in the outlet's own clock: it is already the second in UTC.
    assert (article.published, article.language) == (date(2024, 5, 1), "en")
    assert "“We wait for the wind to drop,” the café’s owner told The Sample & others" in article.text
    assert f"\n\n{ENGLISH}\n\n" in article.text
    for furniture in ("Ann Lee", "Ten tips", "Home", "Most read", "alert", "All rights"):
        assert furniture not in article.text


@pytest.mark.parametrize("page", ["<html><body></body></html>", "<p></p>", "<" * 5_000, "<div>" * 50_000, "\x01"])
def test_a_page_without_text_is_a_failure(tmp_path: Path, page: str) -> None:
    assert only_failure(write(tmp_path, "a.html", page)).why


# --- PDF


def make_pdf(*pages: str, title: str = "", extra: str = "", root: str = "") -> bytes:
    """A PDF of one font, a line of text per line, written by hand so that no writer is needed."""
    n = len(pages)
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(n))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {root} >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {n} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for i, page in enumerate(pages):
        lines = " ".join(f"({line}) Tj T*" for line in page.split("\n")) if page else ""
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {lines} ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {5 + 2 * i} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
    objects.append(f"<< /Title ({title}) >>")
    if extra:
        objects.append(extra)
    body = b"%PDF-1.4\n"
    places = []
    for number, item in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{item}\nendobj\n".encode("cp1252")
    xref = len(body)
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    body += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    info = 4 + 2 * n
    return body + f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info {info} 0 R >>\nstartxref\n{xref}\n%%EOF\n".encode()


WRAPPED = (
    "The ferry between the two islands stayed in port on Mon-\n"
    "day, and nobody knew when it would sail again, the well-\n"
    "known mayor said.\n"
    "Nobody was hurt, according to the police, who closed all\n"
    "roads. The mayor is well-known on the coast."
)


def test_a_pdf_gives_running_text(tmp_path: Path) -> None:
    article = only_article(write(tmp_path, "a.pdf", make_pdf(WRAPPED, title="Storm on the coast")))
    assert article.title == "Storm on the coast"
    assert article.text == (
        "The ferry between the two islands stayed in port on Monday, and nobody knew when it would sail again, the "
        "well-known mayor said.\n\nNobody was hurt, according to the police, who closed all roads. The mayor is "
        "well-known on the coast."
    )


def test_a_pdf_with_scripts_gives_its_text_and_runs_nothing(tmp_path: Path) -> None:
    script = "<< /Type /Action /S /JavaScript /JS (app.alert\\(1\\);) >>"
    article = only_article(write(tmp_path, "a.pdf", make_pdf(ENGLISH, extra=script, root="/OpenAction 7 0 R")))
    assert article.text == ENGLISH


def test_an_encrypted_pdf_is_a_failure(tmp_path: Path) -> None:
    from pypdf import PdfWriter

    writer = PdfWriter()
    writer.add_blank_page(width=100, height=100)
    writer.encrypt(user_password="secret", algorithm="RC4-128")
    path = tmp_path / "a.pdf"
    writer.write(path)
    assert only_failure(path).why == "the PDF is encrypted; save a copy that opens without a password"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (make_pdf(""), "the PDF holds no text, only pictures or nothing"),
        (b"", "the file is empty"),
        (b"no PDF at all", "the PDF cannot be read"),
        (make_pdf(WRAPPED)[:300], "the PDF "),
    ],
)
def test_a_pdf_without_text_is_a_failure(tmp_path: Path, data: bytes, why: str) -> None:
    assert only_failure(write(tmp_path, "a.pdf", data)).why.startswith(why)


def test_page_heads_and_numbers_are_no_text() -> None:
    pages = [f"The Sample, page {n}\nOn day {word} the ferry sailed.\n- {n} -" for n, word in enumerate("abc", start=1)]
    assert join_pages(pages) == "On day a the ferry sailed. On day b the ferry sailed. On day c the ferry sailed."


def test_a_paragraph_goes_on_over_the_page() -> None:
    pages = [
        "The ferry between the two islands stayed in\nport on Monday, and nobody",
        "knew when it would sail again.",
    ]
    assert join_pages(pages).endswith("nobody knew when it would sail again.")


# --- JSON lines


def test_each_line_is_an_article_and_a_broken_one_a_failure(tmp_path: Path) -> None:
    whole = {
        "text": ENGLISH,
        "title": "T",
        "outlet": "O",
        "url": "https://a.example",
        "published": "2024-05-01",
        "language": "en",
    }
    lines = [
        json.dumps(whole),
        "",
        "{broken",
        json.dumps({"text": NORWEGIAN, "more": {"any": 1}}, ensure_ascii=False),
        json.dumps({"title": "no text"}),
        json.dumps(["no", "object"]),
        json.dumps({"text": " "}),
        json.dumps({"text": "half \ud800 a pair"}),
        "[" * 200_000,
        '{"text": ' + "1" * 5_000 + "}",
        json.dumps({"text": ENGLISH, "title": {"a": 1}}),
        json.dumps({"text": ENGLISH, "published": "soon"}),
    ]
    path = write(tmp_path, "a.jsonl", b"\xef\xbb\xbf" + "\n".join(lines).encode() + b"\n\xff\n")
    found = list(read_articles(path))
    articles = [item for item in found if isinstance(item, Article)]
    failures = [item for item in found if isinstance(item, Failure)]
    assert [article.language for article in articles] == ["en", "nb"]
    assert (articles[0].title, articles[0].outlet, articles[0].published) == ("T", "O", date(2024, 5, 1))
    assert {article.path for article in articles} == {str(path)}
    assert [(failure.line, failure.why.split(":")[0].split(",")[0]) for failure in failures] == [
        (3, "the line is no JSON"),
        (5, "the object has no text"),
        (6, "the line holds a list"),
        (7, "there is nothing but white space"),
        (8, "the text holds U+D800 at character 5"),
        (9, "the line is no JSON that can be read"),
        (10, "the line is no JSON that can be read"),
        (11, "title is a dict"),
        (12, "'soon' is no date; write it as 2024-06-27"),
        (13, "the line is not UTF-8"),
    ]


@pytest.mark.parametrize(
    ("data", "why"),
    [(b"", "the file is empty"), (b"\n \n", "the file is empty"), ("{}".encode("utf-16"), "the file is UTF-16")],
)
def test_json_lines_without_lines_are_a_failure(tmp_path: Path, data: bytes, why: str) -> None:
    assert only_failure(write(tmp_path, "a.jsonl", data)).why.startswith(why)


# --- Folders


def test_a_folder_gives_its_files_in_order(tmp_path: Path) -> None:
    for name in ("b.txt", "a/2.txt", "a/10.txt", "c.jpg", ".hidden.txt", ".git/x.txt", "d/e/f.md", "x.txt/inner.txt"):
        write(tmp_path, name, f"{ENGLISH} {name}")
    write(tmp_path, "a/bad.txt", b"")
    found = find_files(tmp_path)
    assert [str(file.relative_to(tmp_path)) for file in found.files] == [
        "a/10.txt", "a/2.txt", "a/bad.txt", "b.txt", "d/e/f.md", "x.txt/inner.txt",
    ]  # fmt: skip
    assert (found.n_ignored, found.failures) == (1, ())
    kinds = [type(item).__name__ for item in read_articles(tmp_path)]
    assert kinds == ["Article", "Article", "Failure", "Article", "Article", "Article"]


def test_a_link_to_a_folder_above_ends(tmp_path: Path) -> None:
    write(tmp_path, "a/b.txt", ENGLISH)
    (tmp_path / "a" / "loop").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a" / "self.txt").symlink_to(tmp_path / "a" / "self.txt")
    found = find_files(tmp_path)
    assert [file.name for file in found.files].count("b.txt") == 1
    items = list(read_articles(tmp_path))
    assert sum(isinstance(item, Article) for item in items) == 1


def test_a_broken_link_and_a_pipe_are_failures(tmp_path: Path) -> None:
    (tmp_path / "gone.txt").symlink_to(tmp_path / "nowhere.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    whys = [item.why for item in read_articles(tmp_path) if isinstance(item, Failure)]
    assert whys == ["there is no such file or folder", "it is no regular file"]


def test_an_empty_folder_is_a_failure(tmp_path: Path) -> None:
    write(tmp_path, "a.jpg", b"x")
    assert only_failure(tmp_path).why.endswith("and 1 of other kinds")


@pytest.mark.parametrize("name", ["no/such.txt", "a\0b.txt", "x" * 5_000 + ".txt"])
def test_what_is_not_there_is_a_failure(tmp_path: Path, name: str) -> None:
    assert only_failure(tmp_path / name).why


def test_an_unknown_kind_that_is_named_is_a_failure(tmp_path: Path) -> None:
    assert only_failure(write(tmp_path, "a.docx", b"x")).why.startswith("files named .docx are not read as articles")
    assert only_failure(write(tmp_path, "article", ENGLISH)).why.startswith("files without a suffix are not read")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_what_may_not_be_read_is_a_failure(tmp_path: Path) -> None:
    path = write(tmp_path, "a.txt", ENGLISH)
    path.chmod(0)
    assert only_failure(path).why.startswith("it may not be read")


def test_a_refused_file_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "a.txt", ENGLISH)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    assert only_failure(path).why.startswith("it may not be read")


def test_a_name_that_is_no_utf8_gives_a_path_that_is(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    try:
        path.write_text(ENGLISH)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    only_article(path).path.encode("utf-8")


def test_many_files_come_one_by_one(tmp_path: Path) -> None:
    for n in range(10_000):
        (tmp_path / f"{n:05d}.txt").touch()
    found = read_articles(tmp_path)
    assert next(found) == Failure(tmp_path / "00000.txt", "the file is empty")
    assert sum(1 for _ in found) == 9_999


# --- Dates and ids


@pytest.mark.parametrize(
    "written",
    [
        "2024-05-01",
        " 2024-05-01 ",
        "2024-05-01T23:59:59Z",
        "2024-05-01 00:01",
        "1 May 2024",
        "May 1, 2024",
        "1. mai 2024",
        "1 de mayo de 2024",
    ],
)
def test_dates_are_read(written: str) -> None:
    assert parse_date(written) == date(2024, 5, 1)


@pytest.mark.parametrize("written", ["", "01/05/2024", "yesterday", "May 2024", "2024", "x" * 5_000])
def test_what_leaves_the_day_open_is_no_date(written: str) -> None:
    with pytest.raises(InputError, match="is no date; write it as 2024-06-27"):
        parse_date(written)


def test_the_same_words_of_two_outlets_are_two_articles() -> None:
    assert article_id("a", None) == article_id("a", "") != article_id("a", "b")
    assert len(article_id("\ud800", None)) == 16


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared articles are not here")
def test_shared_articles_are_read_unchanged() -> None:
    languages = []
    for path in sorted((SHARED / "seeds").glob("*.txt")):
        article = only_article(path)
        assert article.text == path.read_bytes().decode("utf-8")
        assert article.published is None
        languages.append(article.language)
    assert languages == ["en", "nb", "en", "en", "en"]
