"""Cases made of a corpus with gold point at what people marked, and are read back the same."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.case import load_cases
from eval.cli import app
from eval.corpus import check_cases, locate
from eval.making import make_cases
from eval.systems import load_corpus
from index.attribution.polnear import AnnotatedArticle, Attribution
from index.records import Span

POLNEAR = Path(__file__).resolve().parents[2] / "shared" / "polnear"
TEXT = "“The harbour budget collapsed yesterday,” said Ann Lee. Nobody knows why it did."


def article() -> AnnotatedArticle:
    words = "The harbour budget collapsed yesterday,"
    at, cue, source = (Span(TEXT.index(part), TEXT.index(part) + len(part)) for part in (words, "said", "Ann Lee"))
    return AnnotatedArticle(name="one", text=TEXT, attributions=(Attribution(content=(at,), cue=(cue,), source=(source,)),))


def test_a_marked_quotation_becomes_a_case_that_belongs_to_its_corpus(tmp_path: Path) -> None:
    (tmp_path / "one.txt").write_text(TEXT, encoding="utf-8")
    (case,) = make_cases([article()], split="dev", labels={"one": "one.txt"})
    (expected,) = case.expect.statements
    assert (expected.speaker, expected.kind) == (("Ann Lee",), ("direct",))
    assert [TEXT[slice(*span)] for span in expected.spans] == list(expected.words)
    assert "Ann Lee" in case.turns[0]
    corpus = load_corpus(tmp_path)
    check_cases([case], corpus)
    assert locate(expected, corpus).spans == (Span(*expected.spans[0]),)


@pytest.mark.skipif(not POLNEAR.is_dir(), reason="PolNeAR is not part of the project")
def test_the_command_writes_cases_that_are_read_back(tmp_path: Path) -> None:
    out = tmp_path / "cases.jsonl"
    result = CliRunner().invoke(app, ["cases", "--polnear", str(POLNEAR), "--out", str(out)])
    assert result.exit_code == 0, result.output
    made = load_cases(out)
    assert f"{len(made)} cases" in result.output
    check_cases(made, load_corpus(POLNEAR / "dev" / "text"))
