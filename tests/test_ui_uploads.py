"""What somebody sends is read as articles or refused with a reason; it is never a path and never unpacked."""

import io
import zipfile
from collections.abc import Generator
from pathlib import Path

import pytest
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from index.errors import InputError, LibraryBusyError, NotFoundError
from index.library import Library
from ui.settings import UploadLimits
from ui.uploads import Upload, add_text, add_uploads, folder_of, forget

BRIDGE = "“The bridge will stay closed until August,” said Mayor Erik Dahl on Monday.\n"


def text_file(name: str, text: str = BRIDGE) -> Upload:
    return Upload(name=name, content=text.encode())


def zip_bomb(*, megabytes: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as document:
            for _ in range(megabytes):
                document.write(b"0" * 1_000_000)
    return packed.getvalue()


def pdf_with_script(text: str) -> bytes:
    """A PDF whose one page shows `text`, and that would run JavaScript in a reader that does."""
    writer = PdfWriter()
    page = writer.add_blank_page(width=600, height=200)
    font = DictionaryObject(
        {NameObject("/Type"): NameObject("/Font"), NameObject("/Subtype"): NameObject("/Type1"),
         NameObject("/BaseFont"): NameObject("/Helvetica")}
    )  # fmt: skip
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(stream)
    script = {
        NameObject("/S"): NameObject("/JavaScript"),
        NameObject("/JS"): TextStringObject("app.launchURL('http://127.0.0.1:9/hit'); this.exportDataObject({cName: 'x'});"),
    }
    writer._root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def kept_files(library: Path) -> list[Path]:
    return sorted(file for file in folder_of(library).rglob("*") if file.is_file())


def test_each_file_has_its_own_result_as_it_comes(tmp_path: Path) -> None:
    library = tmp_path / "library"
    told: list[tuple[int, int, str]] = []
    results = list(
        add_uploads(
            library,
            [text_file("a.txt"), text_file("empty.txt", ""), text_file("b.md", BRIDGE.replace("August", "May"))],
            outlet="The Sample",
            progress=lambda done, total, name: told.append((done, total, name)),
        )
    )
    assert {result.name: result.outcome for result in results} == {"a.txt": "added", "empty.txt": "failed", "b.md": "added"}
    assert next(result.why for result in results if result.name == "empty.txt") == "the file is empty"
    assert told == [(1, 2, "a.txt"), (2, 2, "b.md")]
    with Library(library) as opened:
        assert {article.outlet for article in opened.articles()} == {"The Sample"}
        assert sorted(article.id for article in opened.articles()) == sorted(key for result in results for key in result.articles)
        assert len(opened.statements()) == 2


def test_the_same_file_again_is_unchanged(tmp_path: Path) -> None:
    library = tmp_path / "library"
    (first,) = add_uploads(library, [text_file("a.txt")])
    (again,) = add_uploads(library, [text_file("other name.txt")])
    assert (first.outcome, again.outcome) == ("added", "unchanged")
    assert first.articles == again.articles
    twice = list(add_uploads(library, [text_file("c.txt", "New. " + BRIDGE), text_file("d.txt", "New. " + BRIDGE)]))
    assert {result.outcome for result in twice} == {"added", "unchanged"}
    assert len(kept_files(library)) == 2


@pytest.mark.parametrize(
    "name",
    ["../../../evil.txt", "/etc/cron.d/evil.txt", "..\\..\\evil.txt", "C:\\evil.txt", "a\0b.txt", ".txt", "....txt",
     "x" * 5000 + ".txt", "con.txt", "\u202etxt.exe.txt", "$(touch evil).txt", "-rf.txt", "news/*.txt", "[a-z].txt"],
)  # fmt: skip
def test_a_name_is_never_a_path(tmp_path: Path, name: str) -> None:
    library = tmp_path / "inner" / "library"
    (result,) = add_uploads(library, [text_file(name)])
    assert result.outcome in {"added", "failed"}
    outside = [path for path in tmp_path.rglob("*") if not path.is_relative_to(tmp_path / "inner")]
    assert outside == [tmp_path / "inner"] or not outside
    for file in kept_files(library):
        assert file.parent.parent == folder_of(library)
        assert len(file.name) < 120
    assert {path.name for path in (tmp_path / "inner").iterdir()} <= {"library", "library.uploads"}


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("letter.docx", zip_bomb(megabytes=1), "files named .docx are not read as articles; those named .htm"),
        ("letter.txt", zip_bomb(megabytes=200), "is a ZIP archive .as .docx"),
        ("letter.pdf", zip_bomb(megabytes=1), "it is named .pdf, but is a ZIP archive"),
        ("page.html", b"\x1f\x8b\x08" + b"\0" * 50, "is a gzip archive"),
        ("run.exe", b"MZ\x90\x00", "files named .exe are not read"),
        ("run.txt", b"MZ\x90\x00" + b"\0" * 100, "is a program"),
        ("picture.md", b"\x89PNG\r\n\x1a\n" + b"\0" * 30, "is a PNG picture"),
        ("noise.txt", bytes(range(256)) * 40, "it is binary data, no text"),
        ("text.pdf", BRIDGE.encode(), "it is named .pdf, but is no PDF by its content"),
        ("broken.pdf", b"%PDF-1.7\nnothing", "the PDF cannot be read"),
        ("pdf.txt", b"%PDF-1.7\n", "it is a PDF by its content; name it .pdf"),
        ("lines.jsonl", b'{"text": "a"\n[[[[', "line 1: the line is no JSON"),
        ("deep.jsonl", b"[" * 100_000, "line 1: the line"),
        ("deep.html", b"<div>" * 20_000, "the page"),
        ("front.md", b"---\nlanguage: [\n---\nText.", "the front matter is broken YAML"),
        ("bomb.md", b"---\na: &a [x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nurl: [*b,*b,*b]\n---\nText.", "url is a list"),
        ("noname", b"text", "files without a suffix"),
        ("", b"text", "files without a suffix"),
    ],
)  # fmt: skip
def test_a_hostile_file_is_refused_with_a_reason_and_not_kept(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    import re

    library = tmp_path / "library"
    (result,) = add_uploads(library, [Upload(name=name, content=content)])
    assert result.outcome == "failed"
    assert re.search(why, result.why or ""), result.why
    assert kept_files(library) == []


def test_a_pdf_with_scripts_is_read_for_its_text_alone(tmp_path: Path) -> None:
    text = "The bridge will stay closed until August, said Mayor Erik Dahl."
    (result,) = add_uploads(tmp_path / "library", [Upload(name="a.pdf", content=pdf_with_script(text))])
    assert result.outcome == "added", result.why
    with Library(tmp_path / "library") as opened:
        assert opened.article(result.articles[0]).text == text


def test_too_large_a_file_fails_alone(tmp_path: Path) -> None:
    limits = UploadLimits(file_bytes=1_000, all_bytes=2_000)
    files = [
        text_file("large.txt", "x" * 1_001),
        Upload(name="stream.txt", content=io.BytesIO(b"y" * 10_000_000)),
        text_file("a.txt"),
    ]
    files += [text_file(f"{n}.txt", "He left. " * 100 + str(n)) for n in range(3)]
    results = {result.name: result for result in add_uploads(tmp_path / "library", files, limits=limits)}
    assert "larger than 1,000 bytes" in (results["large.txt"].why or "")
    assert "larger than 1,000 bytes" in (results["stream.txt"].why or "")
    assert results["a.txt"].outcome == "added"
    assert "larger than 2,000 bytes together" in (results["2.txt"].why or "")


def test_ten_thousand_files_are_refused_as_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"10,000 files came at once, 200 at most are taken; .* run `whosaid index FOLDER`"):
        list(add_uploads(tmp_path / "library", [text_file(f"{n}.txt") for n in range(10_000)]))
    assert list(tmp_path.iterdir()) == []


def test_pasted_text_is_kept_to_the_character(tmp_path: Path) -> None:
    text = f"---\ntitle: not front matter\n---\n  {BRIDGE}\r\n"
    result = add_text(tmp_path / "library", text, title="../Bridge: closed", outlet="The Sample", language="en")
    with Library(tmp_path / "library") as opened:
        article = opened.article(result.articles[0])
    assert article.text == text
    assert (article.title, article.outlet, article.language) == ("../Bridge: closed", "The Sample", "en")
    for bad, why in ((" \n", "the text is empty"), ("x" * 2_000_001, "2,000,001 characters"), ("a\0b", r"U\+0000")):
        with pytest.raises(InputError, match=why):
            add_text(tmp_path / "library", bad)
    with pytest.raises(InputError, match="url is 'javascript:alert"):
        add_text(tmp_path / "library", BRIDGE, url="javascript:alert(1)")


def test_what_is_forgotten_goes_with_its_file_and_stays_away(tmp_path: Path) -> None:
    library = tmp_path / "library"
    own = tmp_path / "own.txt"
    own.write_text("A man left. " + BRIDGE, encoding="utf-8")
    from index.build import build

    build([own], library=library)
    (sent,) = add_uploads(library, [text_file("a.txt")])
    with pytest.raises(NotFoundError, match="no article has that id or path"):
        forget(library, [sent.articles[0], "missing"])
    assert len(kept_files(library)) == 1
    assert [article.id for article in forget(library, sent.articles)] == list(sent.articles)
    assert kept_files(library) == []
    forget(library, [str(own)])
    assert own.is_file()
    with Library(library) as opened:
        assert opened.articles() == ()


def test_a_library_made_anew_has_what_was_sent(tmp_path: Path) -> None:
    from index.build import build

    library = tmp_path / "library"
    (sent,) = add_uploads(library, [text_file("a.txt")])
    build([], library=library, rebuild=True)
    with Library(library) as opened:
        assert [article.id for article in opened.articles()] == list(sent.articles)


def test_who_stops_asking_stops_the_rest(tmp_path: Path) -> None:
    coming = add_uploads(tmp_path / "library", [text_file(f"{n}.txt", f"{n}. {BRIDGE}") for n in range(30)])
    assert next(coming).outcome == "added"
    assert isinstance(coming, Generator)
    coming.close()
    with Library(tmp_path / "library") as opened:
        n_articles = opened.counts.articles
    assert 1 <= n_articles < 30
    # What was not read was not kept either.
    assert len(kept_files(tmp_path / "library")) == n_articles


def test_another_writer_is_told_of_and_nothing_is_kept(tmp_path: Path) -> None:
    library = tmp_path / "library"
    with Library(library, create=True), pytest.raises(LibraryBusyError, match="another process is writing"):
        list(add_uploads(library, [text_file("a.txt")]))
    assert kept_files(library) == []
