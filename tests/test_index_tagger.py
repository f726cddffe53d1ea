"""The learned tagger: what it sees, what its decoding never does, how tags become attributions, how it fails."""

import json
import shutil
import subprocess
import sys
from itertools import groupby, pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.attribution import tagger as module
from index.attribution.calibrate import count_orders, fit_confidence
from index.attribution.confidence import REPORTED, Confidence
from index.attribution.decoding import (
    Orders,
    Tagged,
    closed_quotations,
    decode_tags,
    find_tagged,
    role_probabilities,
)
from index.attribution.linking import EVIDENCE, Candidate, Links, link
from index.attribution.pieces import OUTSIDE, ROLES, TAGS, cut_windows, find_words
from index.attribution.polnear import AnnotatedArticle, Attribution, parse_standoff, read_polnear
from index.attribution.tagger import Tagger
from index.errors import InputError, ModelError
from index.layout import find_blocks
from index.records import Span, quote

MODEL = Path(module.__file__).parent / "model"
WEIGHTS = MODEL / "tagger.onnx"
needs_weights = pytest.mark.skipif(not WEIGHTS.exists(), reason="model/tagger.onnx is not there")

TEXT = """Ferries to stay in port, mayor says

“We will not sail before Thursday,” said Ann Lee, the mayor of Port Hale. “The harbour is closed.”

She told reporters that the storm had damaged two piers.

According to the harbour office, repairs will take a month.
"""


@pytest.fixture(scope="module")
def tagger() -> Tagger:
    return Tagger(threads=1)


def test_quotation_ends_with_its_paragraph() -> None:
    words = find_words("“Open\nnext")
    assert words.quote.tolist() == [2, 1, 0]
    assert words.starts_block.tolist() == [1, 0, 1]


def test_given_paragraphs_replace_lines() -> None:
    # the line break at 5 lies within a paragraph that begins at 0
    assert find_words("“Open\nnext”", [0]).quote.tolist() == [2, 1, 1, 3]


def test_case_tells_what_an_uncased_encoder_cannot_see() -> None:
    # lower, Capitalised, CAPITALS, miXed, number, sign
    assert find_words("word Word WORD iPhone 12 !").case.tolist() == [0, 1, 2, 3, 4, 5]


@given(st.text(max_size=200))
def test_words_are_in_order_and_hold_no_blank(text: str) -> None:
    words = find_words(text)
    spans = list(zip(words.start.tolist(), words.end.tolist(), strict=True))
    assert all(left[1] <= right[0] for left, right in pairwise(spans))
    assert all(0 <= start < end <= len(text) and not any(c.isspace() for c in text[start:end]) for start, end in spans)


@given(st.integers(1, 3000), st.integers(1, 40))
def test_windows_believe_every_piece_once(n: int, margin: int) -> None:
    size = 2 * margin + 30
    windows = list(cut_windows(n, size=size, margin=margin))
    assert [p for _, _, keep_from, keep_to in windows for p in range(keep_from, keep_to)] == list(range(n))
    for first, end, keep_from, keep_to in windows:
        assert 0 <= first <= keep_from < keep_to <= end <= n
        assert end - first <= size
        # what is believed stands away from the edges, except at the ends of the text
        assert first == 0 or keep_from - first >= margin
        assert end == n or end - keep_to >= margin


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_decoding_never_crosses_a_paragraph_nor_cuts_a_quotation(seed: int) -> None:
    chance = np.random.default_rng(seed)
    text = "".join(chance.choice(["a ", "b ", "“", "” ", ", ", '" ', "\n\n"], size=60))
    words = find_words(text)
    scores = chance.normal(size=(len(words), len(TAGS))).astype(np.float32) * 3 - 5
    tags = decode_tags(scores, words, Orders.unknown())
    spans = find_tagged(tags, role_probabilities(scores), words)
    assert sum(one.last - one.first + 1 for one in spans) == int((tags != OUTSIDE).sum())
    inside = closed_quotations(words)
    for one in spans:
        assert not words.starts_block[one.first + 1 : one.last + 1].any()
    roles = tags // 4
    for i in range(1, len(words)):
        assert not inside[i] or roles[i] == roles[i - 1]


def test_decoding_takes_the_best_tags_where_they_fit() -> None:
    words = find_words("Ann said no")
    scores = np.full((3, len(TAGS)), -5, np.float32)
    for i, name in enumerate(("S-source", "S-cue", "S-content")):
        scores[i, TAGS.index(name)] = 0
    assert [TAGS[tag] for tag in decode_tags(scores, words, Orders.unknown())] == ["S-source", "S-cue", "S-content"]


def test_nothing_decodes_to_nothing() -> None:
    words = find_words("")
    assert len(decode_tags(np.zeros((0, len(TAGS)), np.float32), words, Orders.unknown())) == 0


def linked(text: str, roles: str, asks: dict[int, int], *, tagged_only: str = "sqc") -> list[tuple[str, str, str]]:
    """Links the words of `text`, one role letter each (`-` for none); `asks` says which word asks for which.

    A content and a cue ask with their first words; a cue that asks for nothing has no source. Only the roles in
    `tagged_only` are given as tagged. Returns (source, cue, content pieces) as text.
    """
    words = find_words(text)
    n = len(words)
    assert len(roles) == n
    vectors = {name: np.zeros((n, n), np.float32) for name in ("content_asks", "cue_answers", "cue_asks", "source_answers")}
    vectors["cue_answers"] += np.eye(n, dtype=np.float32)
    vectors["source_answers"] += np.eye(n, dtype=np.float32)
    no_source = np.full(n, 9, np.float32)
    for word, other in asks.items():
        vectors["cue_asks" if roles[word] == "q" else "content_asks"][word, other] = 9
        no_source[word] = -9
    scores = np.full((n, len(TAGS)), -20, np.float32)
    starts = np.cumsum(words.starts_block).tolist()
    items = []
    for at, letter in enumerate("sqc"):
        scores[[i for i in range(n) if roles[i] == letter], 4 * at + 3] = 0
        for key, run in groupby(range(n), key=lambda i: (roles[i], starts[i])):
            places = list(run)
            if key[0] == letter and letter in tagged_only:
                span = Span(int(words.start[places[0]]), int(words.end[places[-1]]))
                items.append(Tagged(role=ROLES[at], first=places[0], last=places[-1], span=span, score=1.0))
    found = link(sorted(items, key=lambda one: one.first), words, scores, Links(**vectors, no_source=no_source))
    return [(quote(text, one.source), quote(text, one.cue), quote(text, one.content)) for one in found]


def test_content_on_both_sides_of_its_cue_is_one_attribution() -> None:
    #                                 0     1    2   3   4    5
    assert linked("Rain Ann said will come .", "csqcc-", {0: 2, 2: 1, 3: 2}) == [("Ann", "said", "Rain … will come")]


def test_one_source_may_serve_two_cues() -> None:
    found = linked("Ann said yes and added no", "sqc-qc", {1: 0, 2: 1, 4: 0, 5: 4})
    assert found == [("Ann", "said", "yes"), ("Ann", "added", "no")]


def test_a_cue_without_content_says_nothing() -> None:
    assert linked("Ann said nothing", "sq-", {1: 0}) == []


def test_a_content_without_cue_in_its_paragraph_stands_alone() -> None:
    # the content of the second paragraph asks for the cue of the first, which is out of its reach
    found = linked("Ann said no\nYes too", "sqccc", {1: 0, 2: 1, 3: 1})
    assert found == [("Ann", "said", "no"), ("", "", "Yes too")]


def test_a_content_never_reaches_over_another_cue() -> None:
    # "no" asks for the far cue, and "added" stands between
    found = linked("Ann said yes Bob added no", "sqcsqc", {1: 0, 2: 1, 4: 3, 5: 1})
    assert found[0][1:] == ("said", "yes")
    assert all(one[1] != "said" for one in found[1:])


def test_a_cue_that_the_tags_missed_is_found_by_its_content() -> None:
    assert linked("Ann said no", "sqc", {1: 0, 2: 1}, tagged_only="sc") == [("Ann", "said", "no")]


def test_a_source_that_the_tags_missed_is_found_by_its_cue() -> None:
    assert linked("Ann Lee said no", "ssqc", {2: 0, 3: 2}, tagged_only="qc") == [("Ann Lee", "said", "no")]


def test_a_cue_may_have_no_source() -> None:
    assert linked("reportedly it rains", "qcc", {1: 0}) == [("", "reportedly", "it rains")]


def test_the_evidence_says_what_was_found() -> None:
    words = find_words("Ann said “no”")
    scores = np.full((5, len(TAGS)), -20, np.float32)
    for i, name in enumerate(("S-source", "S-cue", "B-content", "I-content", "E-content")):
        scores[i, TAGS.index(name)] = -0.5
    eye = np.eye(5, dtype=np.float32) * 30
    links = Links(eye[[0, 1, 1, 3, 4]], eye, eye[[0, 0, 2, 3, 4]], eye, np.zeros(5, np.float32))
    (found,) = link(
        find_tagged(decode_tags(scores, words, Orders.unknown()), role_probabilities(scores), words), words, scores, links
    )
    evidence = dict(zip(EVIDENCE, found.evidence, strict=True))
    assert (evidence["has a cue"], evidence["has a source"], evidence["source stands behind cue"]) == (1, 1, 0)
    assert evidence["log first word of content"] == evidence["log last word of cue"] - 0.5 == -0.5
    assert evidence["log length of content"] == pytest.approx(np.log(3))
    assert evidence["share of content in marks"] == 1
    assert evidence["log distance of source and cue"] == pytest.approx(np.log(2))


def test_orders_that_were_counted_decide_between_equal_tags() -> None:
    # the last word may as well be a source or a content; a cue wants a content
    words = find_words("Ann said no")
    scores = np.full((3, len(TAGS)), -20, np.float32)
    for i, name in ((0, "S-source"), (1, "S-cue"), (2, "S-source"), (2, "S-content")):
        scores[i, TAGS.index(name)] = 0
    assert [TAGS[tag] for tag in decode_tags(scores, words, Orders.unknown())][2] == "S-content"


def test_orders_are_counted_by_attribution() -> None:
    text = "Ann said no.\nYes, Bob said."
    marked = (
        Attribution(source=(Span(0, 3),), cue=(Span(4, 8),), content=(Span(9, 12),)),
        Attribution(source=(Span(18, 21),), cue=(Span(22, 26),), content=(Span(13, 16),)),
    )
    counts = count_orders([AnnotatedArticle(name="one", text=text, attributions=marked)]).counts
    # rows: nothing 0, source 1, cue 2, content 4; columns: source, cue, content, the same of a new one, end
    expected = {(0, 3): 1, (1, 1): 1, (3, 2): 1, (0, 5): 1, (4, 0): 1, (5, 1): 1, (7, 6): 2}
    assert {(int(row), int(column)): int(counts[row, column]) for row, column in np.argwhere(counts)} == expected


def test_confidence_learns_what_tells_good_from_bad() -> None:
    text = "one two three four"
    marked = Attribution(content=(Span(0, 7),))
    articles = [AnnotatedArticle(name=str(i), text=text, attributions=(marked,)) for i in range(8)]

    def found(article: AnnotatedArticle) -> list[Candidate]:
        rest = (0.0,) * (len(EVIDENCE) - 1)
        return [
            Candidate(content=(Span(0, 7),), evidence=(1.0, *rest)),
            Candidate(content=(Span(8, 18),), evidence=(-1.0, *rest)),
        ]

    confidence, figures = fit_confidence(articles, found)
    assert figures["auc"] == 1
    assert figures["f1_of_found"] == pytest.approx(2 / 3)
    assert figures["f1_of_reported"] == 1
    good, bad = (confidence.score(one.evidence) for one in found(articles[0]))
    assert good > REPORTED > bad
    assert Confidence.read(json.loads(json.dumps(confidence.plain()))) == confidence


def test_missing_weights_are_a_model_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"cannot read .*tagger\.json.*install the package again"):
        Tagger(tmp_path)


@pytest.mark.parametrize("metadata", ["", "[]", "{}", '{"sha256": "0"}'])
def test_odd_metadata_is_a_model_error(tmp_path: Path, metadata: str) -> None:
    (tmp_path / "tagger.json").write_text(metadata, encoding="utf-8")
    with pytest.raises(ModelError, match=r"tagger\.json"):
        Tagger(tmp_path)


def test_other_weights_are_a_model_error(tmp_path: Path) -> None:
    (tmp_path / "tagger.json").write_text(json.dumps({"sha256": "0" * 64, "tokenizer_sha256": "0"}), encoding="utf-8")
    (tmp_path / "tagger.onnx").write_bytes(b"something else")
    with pytest.raises(ModelError, match=r"has SHA-256 .*, expected 0000"):
        Tagger(tmp_path)


@needs_weights
@pytest.mark.parametrize(
    "other",
    [
        {"orders": None},
        {"orders": [[1, 2], [3]]},
        {"orders": [[-1] * 7] * 8},
        {"confidence": {}},
        {"confidence": {"weights": {"has a cue": 1}, "intercept": 0}},
        {"confidence": {"weights": dict.fromkeys(EVIDENCE, "x"), "intercept": 0}},
        {"confidence": {"weights": dict.fromkeys(EVIDENCE, 1), "intercept": float("nan")}},
    ],
)
def test_odd_orders_or_confidence_are_a_model_error(tmp_path: Path, other: dict[str, object]) -> None:
    metadata = json.loads((MODEL / "tagger.json").read_text(encoding="utf-8"))
    (tmp_path / "tagger.json").write_text(json.dumps(metadata | other), encoding="utf-8")
    (tmp_path / "tagger.onnx").symlink_to(WEIGHTS)
    with pytest.raises(ModelError, match="other orders or confidence"):
        Tagger(tmp_path)


@needs_weights
def test_only_the_likely_is_reported(tagger: Tagger) -> None:
    found, likely = tagger.find(TEXT), tagger.tag(TEXT)
    assert {one.content for one in likely} <= {one.content for one in found}
    assert all(one.score >= REPORTED for one in likely)


@needs_weights
def test_weights_that_changed_by_one_byte_are_refused(tmp_path: Path) -> None:
    shutil.copy(MODEL / "tagger.json", tmp_path)
    content = bytearray(WEIGHTS.read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "tagger.onnx").write_bytes(content)
    with pytest.raises(ModelError, match="has SHA-256"):
        Tagger(tmp_path)


@needs_weights
def test_weights_stay_within_25_megabytes() -> None:
    assert WEIGHTS.stat().st_size <= 25_000_000


@needs_weights
def test_finds_direct_indirect_and_according_to(tagger: Tagger) -> None:
    found = tagger.tag(TEXT, find_blocks(TEXT, language="en"))
    by_cue = {" ".join(span.of(TEXT) for span in one.cue): one for one in found}
    said, told, according = by_cue["said"], by_cue["told"], by_cue["According to"]
    assert "We will not sail before Thursday" in said.content[0].of(TEXT)
    assert said.source[0].of(TEXT).startswith("Ann Lee")
    assert told.source[0].of(TEXT) == "She"
    assert told.content[-1].of(TEXT).endswith("the storm had damaged two piers")
    assert according.content[0].of(TEXT) == "repairs will take a month"
    assert according.source[0].of(TEXT) == "the harbour office"


@needs_weights
@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t ",
        "\x00\x01\x02",
        "“",
        '"""',
        "“unclosed he said",
        "🙂 said 🙃 “👍”",
        "قال الرئيس إنه لن يذهب",
        "\u202eright to left\u202c, he said",
        "总统说他不会去。" * 200,
        "a" * 5000,
        "he said " * 3000,
        "\r\n".join(["“No,” he said."] * 50),
        "e\u0301" * 300 + " said that it was so.",
    ],
)
def test_no_text_raises_nor_gets_a_span_outside_it(tagger: Tagger, text: str) -> None:
    for one in tagger.tag(text):
        assert 0 <= one.score <= 1
        assert one.content
        for span in (*one.content, *one.cue, *one.source):
            assert 0 <= span.start < span.end <= len(text)
        assert all(left.end < right.start for left, right in pairwise(one.content))


@needs_weights
def test_a_long_article_is_read_in_stretches(tagger: Tagger, monkeypatch: pytest.MonkeyPatch) -> None:
    text = TEXT * 4
    whole = tagger.tag(text)
    monkeypatch.setattr(module, "_STRETCH", 60)
    cut = tagger.tag(text)
    # the first paragraph of a stretch lacks what came before, so scores may differ, but the clear ones are all there
    for found in (whole, cut):
        assert [quote(text, one.cue) for one in found].count("told") == 4
        assert [quote(text, one.cue) for one in found].count("According to") == 4
    assert [one.content for one in cut] == sorted(one.content for one in cut)


@needs_weights
def test_reading_needs_no_torch() -> None:
    code = (
        "import sys, index.attribution.tagger as t; t.tag('“No,” she said.');"
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    root = Path(__file__).resolve().parents[1]
    assert subprocess.run([sys.executable, "-c", code], cwd=root, check=False).returncode == 0


def test_standoff_skips_what_is_malformed() -> None:
    lines = "\n".join(
        [
            "T1\tSource 0 2\tWe",
            "T2\tCue 3 6\tsay",
            "T3\tContent 7 9;12 14\tit so",
            "T4\tContent x y\tbroken",
            "T5\tContent 90 99\toutside the text",
            "nonsense",
            "E1\tAttribution:T2 Content:T3 Content2:T5 Cue:T2 Source:T1",
            "E2\tAttribution:T9 Content:T9",
        ]
    )
    (found,) = parse_standoff(lines, n_characters=20)
    assert found.content == (Span(7, 9), Span(12, 14))
    assert (found.cue, found.source) == ((Span(3, 6),), (Span(0, 2),))


def test_a_folder_that_is_no_corpus_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"found no dev/text/\*\.txt"):
        list(read_polnear(tmp_path, "dev"))


def test_the_first_annotator_counts_and_line_endings_stay(tmp_path: Path) -> None:
    (tmp_path / "dev" / "text").mkdir(parents=True)
    (tmp_path / "dev" / "attributions").mkdir()
    (tmp_path / "dev" / "text" / "one.txt").write_bytes("Hé\r\nsaid so".encode())
    annotation = "T1\tCue 4 8\tsaid\nT2\tContent 9 11\tso\nE1\tAttribution:T1 Content:T2 Cue:T1\n"
    (tmp_path / "dev" / "attributions" / "one_a.ann").write_text(annotation, encoding="utf-8")
    (tmp_path / "dev" / "attributions" / "one_b.ann").write_text("", encoding="utf-8")
    (article,) = read_polnear(tmp_path, "dev")
    assert article.attributions[0].cue[0].of(article.text) == "said"
