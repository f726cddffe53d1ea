"""Our own corpora are read, and the cases belong to them."""

from pathlib import Path

import pytest

from eval.case import load_cases
from eval.corpus import check_cases
from eval.systems import load_corpus
from index.errors import InputError

ROOT = Path(__file__).resolve().parents[1]
REPORTS = ROOT.parent / "shared" / "seeds"


def test_cases_belong_to_the_samples() -> None:
    corpus = load_corpus(ROOT / "seeds")
    assert len(corpus.articles) == 14
    assert "sample-wire.jsonl#3" in corpus.articles
    assert not any("README" in label for label in corpus.articles)
    check_cases(load_cases(ROOT / "eval" / "cases" / "seeds.jsonl"), corpus)


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the five reports are not part of the project")
def test_cases_belong_to_the_reports() -> None:
    corpus = load_corpus(REPORTS)
    assert len(corpus.articles) == 5
    check_cases(load_cases(ROOT / "eval" / "cases" / "shared_seeds.jsonl"), corpus)


def test_hash_sees_every_change_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Lee said that rates will rise.", encoding="utf-8")
    before = load_corpus(tmp_path).hash
    assert load_corpus(tmp_path).hash == before
    (tmp_path / "a.txt").write_text("Lee said that rates will fall.", encoding="utf-8")
    assert load_corpus(tmp_path).hash != before


def test_a_corpus_must_be_read_whole(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder of articles"):
        load_corpus(tmp_path / "none")
    with pytest.raises(InputError, match="holds no article"):
        load_corpus(tmp_path)
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"empty.txt cannot be read"):
        load_corpus(tmp_path)
