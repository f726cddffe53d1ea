"""Cases of attribution as data, `attribution_cases/LANG.toml`: invented sentences, and the statements that they report.

    [[case]]
    label = "dash quotation, cue in the middle"
    kind = "in_the_wild"              like the press; or "synthetic", "known_failures", "negative": nothing is said
    comment = "…"                     optional; a known failure gives its reason here
    text = "…"

    [[case.statement]]                every statement of the text, in any order
    content = "…"                     as it stands in the text; a list of strings for a quotation in pieces
    cue = "said"                      likewise; left out where none
    source = "the minister"           the mention as it stands in the text; left out where none
    speaker = "Ann Lee"               the full name; "" where nobody can tell; left out where that does not matter
    addressee = "Bo Lie"              the name or the mention; "" and left out as above
    statement_kind = "direct"         or "mixed", "indirect"
    act = "order"                     optional, as are reported_by and medium
    polarity = "negative"             "positive" where left out
    modality = "future"               or "possible"; "actual" where left out

A case passes when its statements and those found match one against one by content, up to outer white space and final
punctuation, and agree in all that is given.
"""

import tomllib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from index.attribution.extraction import attribute
from index.records import LANGUAGES, Span, Statement

FOLDER = Path(__file__).parent / "attribution_cases"
KINDS = ("in_the_wild", "synthetic", "negative", "known_failures")
Case = dict[str, Any]


def load_cases(language: str) -> list[Case]:
    path = FOLDER / f"{language}.toml"
    cases: list[Case] = tomllib.loads(path.read_text(encoding="utf-8")).get("case", []) if path.is_file() else []
    return cases


def parameters() -> list[Any]:
    """One parameter a case; a known failure must fail, so that a gain is noticed."""
    return [
        pytest.param(
            language,
            case,
            id=f"{language}-{case['label']}".replace(" ", "_"),
            marks=[pytest.mark.xfail(reason=case.get("comment", ""))] if case["kind"] == "known_failures" else [],
        )
        for language in LANGUAGES
        for case in load_cases(language)
    ]


def trimmed(words: str) -> str:
    """Words without outer white space and final punctuation: what two contents are compared by."""
    return " ".join(words.split()).strip(" .,!?;:…–—-\"'“”‘’«»„‚").casefold()


def pieces(value: str | Sequence[str]) -> list[str]:
    return [trimmed(value)] if isinstance(value, str) else [trimmed(piece) for piece in value]


def differences(expected: dict[str, Any], found: Statement, text: str) -> list[str]:
    """What a found statement has other than a case expects, in words; empty where all agrees."""

    def of(spans: Sequence[Span]) -> list[str]:
        return [trimmed(span.of(text)) for span in spans]

    speaker = found.speaker.name if found.speaker else ""
    addressee = set()
    if found.addressee is not None and found.addressee.person is not None:
        addressee.add(found.addressee.person.name)
    if found.addressee is not None and found.addressee.span is not None:
        addressee.add(found.addressee.span.of(text))
    wrong = []
    if of(found.cue) != pieces(expected.get("cue", [])):
        wrong.append(f"cue {of(found.cue)}, expected {expected.get('cue', '')!r}")
    if of(found.source) != pieces(expected.get("source", [])):
        wrong.append(f"source {of(found.source)}, expected {expected.get('source', '')!r}")
    if found.kind != expected["statement_kind"]:
        wrong.append(f"kind {found.kind}, expected {expected['statement_kind']}")
    if "speaker" in expected and speaker != expected["speaker"]:
        wrong.append(f"speaker {speaker!r}, expected {expected['speaker']!r}")
    if "addressee" in expected and expected["addressee"] not in (addressee or {""}):
        wrong.append(f"addressee {sorted(addressee)}, expected {expected['addressee']!r}")
    for name, default in (("polarity", "positive"), ("modality", "actual")):
        if getattr(found, name) != expected.get(name, default):
            wrong.append(f"{name} {getattr(found, name)}, expected {expected.get(name, default)}")
    for name in ("act", "reported_by", "medium"):
        if name in expected and getattr(found, name) != expected[name]:
            wrong.append(f"{name} {getattr(found, name)!r}, expected {expected[name]!r}")
    return wrong


@pytest.mark.parametrize(("language", "case"), parameters())
def test_case(language: str, case: Case, tallies: dict[str, Any]) -> None:
    text = case["text"]
    missing, left, wrong = list(case.get("statement", [])), list(attribute(text, language=language).statements), []
    tally = tallies[language]
    tally.cases += 1
    tally.expected += len(missing)
    tally.found += len(left)
    for expected in list(missing):
        found = next((s for s in left if pieces([p.of(text) for p in s.content]) == pieces(expected["content"])), None)
        if found is None:
            continue
        missing.remove(expected)
        left.remove(found)
        tally.content += 1
        if differing := differences(expected, found, text):
            wrong.append(f"{found.words(text)!r}: {'; '.join(differing)}")
        else:
            tally.matched += 1
    problems = [
        *(f"not found: {expected['content']!r}" for expected in missing),
        *(f"not expected: {s.words(text)!r} of {[p.of(text) for p in s.source]} by {s.found_by.name}" for s in left),
        *wrong,
    ]
    tally.passed += not problems
    assert not problems, "\n".join(problems)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_sound_cases(language: str) -> None:
    cases = load_cases(language)
    minimum = {"nb": 60, "en": 40, "es": 40}.get(language, 25)
    assert len(cases) >= minimum
    assert len({case["label"] for case in cases}) == len(cases)
    for case in cases:
        assert case["kind"] in KINDS, case["label"]
        assert (case["kind"] == "negative") == (not case.get("statement")) or case["kind"] == "known_failures", case["label"]
        for statement in case.get("statement", []):
            words = statement["content"] if isinstance(statement["content"], list) else [statement["content"]]
            places = [case["text"].find(piece) for piece in words]
            assert -1 not in places, f"{case['label']}: {words} is not in the text"
            assert all(left <= right for left, right in pairwise(places)), case["label"]
