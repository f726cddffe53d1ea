"""The sample articles are ours, are marked as samples, and hold what is hard."""

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import frontmatter
import pytest

from eval.case import Case, load_cases

ROOT = Path(__file__).resolve().parents[1]
SEEDS = ROOT / "seeds"
REPORTS = ROOT.parent / "shared" / "seeds"
SAMPLE = re.compile(r"Sample|Specimen|Example|Eksempel|Prøve|Mønster|Ejemplo|Muestra|Exempel|Prov")


def read_samples() -> Iterator[tuple[str, dict[str, object], str]]:
    """Label, metadata and text of every sample, read without the project's own reader."""
    for path in sorted(SEEDS.iterdir()):
        if path.suffix == ".jsonl":
            for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
                row = json.loads(line)
                yield f"{path.name}#{n}", {key: row[key] for key in row if key != "text"}, row["text"]
        elif path.suffix == ".html":
            page = path.read_text(encoding="utf-8")
            found = dict(re.findall(r'<meta property="(.*?)" content="(.*?)">', page))
            meta: dict[str, object] = {
                "title": found["og:title"],
                "outlet": found["og:site_name"],
                "published": found["article:published_time"][:10],
                "language": "en",
            }
            yield path.name, meta, page
        elif path.name != "README.md":
            post = frontmatter.loads(path.read_text(encoding="utf-8"))
            yield path.name, post.metadata, post.content


SAMPLES = {label: (meta, text) for label, meta, text in read_samples()}


def test_there_are_enough_in_each_language() -> None:
    languages = [str(meta["language"]) for meta, _ in SAMPLES.values()]
    assert {language: languages.count(language) for language in set(languages)} == {"en": 6, "nb": 3, "es": 3, "sv": 2}


@pytest.mark.parametrize("label", SAMPLES)
def test_every_sample_tells_what_it_is(label: str) -> None:
    meta, text = SAMPLES[label]
    assert set(meta) == {"title", "outlet", "published", "language"}
    assert SAMPLE.search(str(meta["outlet"]))
    assert date(2024, 6, 26) <= date.fromisoformat(str(meta["published"])) <= date(2024, 6, 28)
    assert 100 <= len(re.sub(r"<[^>]*>", " ", text).split()) <= 350


def test_licence_is_cc0() -> None:
    assert "CC0 1.0" in (SEEDS / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("case", load_cases(ROOT / "eval" / "cases" / "seeds.jsonl"), ids=lambda case: case.id)
def test_cases_expect_words_that_stand_in_the_samples(case: Case) -> None:
    for statement in case.expect.statements:
        _, text = SAMPLES[statement.article]
        for words in (*statement.words, *statement.also):
            assert isinstance(words, str)
            assert words in text


def _shingles(text: str, n: int) -> set[tuple[str, ...]]:
    words = re.findall(r"\w+", text.lower())
    return {tuple(words[i : i + n]) for i in range(len(words) - n + 1)}


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the five reports are not part of the project")
def test_samples_share_no_prose_with_the_reports() -> None:
    """What was said may be the same; eight words in a row of the reports' own sentences may not."""
    reports: set[tuple[str, ...]] = set()
    for path in REPORTS.glob("0*.txt"):
        reports |= _shingles(path.read_text(encoding="utf-8"), 8)
    said: dict[str, set[str]] = {label: set() for label in SAMPLES}
    for case in load_cases(ROOT / "eval" / "cases" / "seeds.jsonl"):
        for statement in case.expect.statements:
            said[statement.article] |= set(statement.words)
    for label, (_, text) in SAMPLES.items():
        rest = text
        for words in sorted(said[label], key=len, reverse=True):
            rest = rest.replace(words, " [said] ")
        assert not _shingles(rest, 8) & reports, label
