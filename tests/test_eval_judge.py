"""The judge of support: rules refuse what is certain, the scorer knows its language, and its weights can be made again."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from eval.cli import app
from eval.judge import LanguageModelJudge, SupportJudge, shipped_model
from eval.judging import load_claims, load_sets, measure_agreement, train
from eval.opening import open_judge
from eval.support_edits import Made, make_claims
from eval.support_features import NAMES, measure, split_sentences
from eval.support_model import Numbers, SupportModel, Weights, fit, how_copied, load_model
from index.errors import InputError
from rag.wording import Wording
from tests.serving import completion, serving

SETS = Path(__file__).resolve().parents[2] / "shared" / "faithfulness"
TEXT = (
    "Rates rose by 5 % in May, Kim Lee told reporters in Sampleton. “We did not expect it,” said Ann Roe, the minister.\n"
    "The harbour was closed for two days because of the storm, and the ferries to the islands stayed in port."
)


@pytest.mark.parametrize(
    ("claim", "rules"),
    [
        ("Ann Roe said “We did not expect it”.", ()),
        ("Ann Roe said “We did expect it”.", ("quotation",)),
        ("Ann Roe said «we did not … expect it».", ()),
        ("Rates rose by 6 %.", ("number",)),
        ("Lee said “rates fell by 7 %”.", ("quotation", "number")),
        ("The harbour was open.", ()),
    ],
)
def test_rules_refuse_changed_quotations_and_numbers(claim: str, rules: tuple[str, ...]) -> None:
    assert SupportJudge().object(TEXT, claim) == rules
    if rules:
        assert SupportJudge().supports(TEXT, claim) is False


def test_the_scorer_tells_what_is_there_from_what_is_not() -> None:
    judge = SupportJudge()
    assert judge.supports(TEXT, "The harbour was closed for two days because of the storm.") is True
    assert judge.supports(TEXT, "Paul Hill promised that the government would buy the new school in Paris.") is False


def test_each_slip_lowers_the_score() -> None:
    judge = SupportJudge()
    whole = judge.score(TEXT, "Rates rose by 5 % in May, Kim Lee told reporters.")
    for slip in ("Rates rose by 9 % in May, Kim Lee told reporters.", "Rates rose by 5 % in May, Paul Hill told reporters."):
        assert judge.score(TEXT, slip) < whole


def test_another_language_gets_no_verdict_unless_a_rule_is_sure() -> None:
    norwegian = "Renten steg med 5 prosent i mai, sa Kim Lee til pressen, og ingen hadde ventet det."
    judge = SupportJudge()
    assert judge.supports(norwegian, "Renten steg i mai, sa Kim Lee til pressen.") is None
    assert judge.supports(norwegian, "Renten steg med 6 prosent i mai.") is False
    assert judge.supports(TEXT, "Yes.") is None


def test_features_say_more_support_where_they_are_larger() -> None:
    copied = measure(TEXT, "The harbour was closed for two days because of the storm.")
    other = measure(TEXT, "Never did Paul Hill close 7 schools in “a day or so”.")
    assert set(copied) == set(NAMES)
    assert all(copied[name] >= other[name] for name in NAMES)
    # worked out by hand: three of five content words are there, in one sentence; nothing is, of the names and numbers
    found = measure("Ann Lee bought ships.", "Ann Lee sold 7 ships")
    assert (found["content"], found["one sentence"], found["numbers"], found["names"]) == (3 / 5, 3 / 5, -1.0, 0.0)
    assert found["words"] == 3 / 5
    assert found["pairs of words"] == 1 / 4  # "Ann Lee" of four pairs
    assert found["longest run"] == 2 / 5


def test_nothing_breaks_on_nothing_or_on_noise() -> None:
    judge = SupportJudge()
    for premise, claim in (("", ""), ("", "Lee left."), (TEXT, ""), ("“" * 500, "”" * 500), (TEXT, "[" * 10_000)):
        assert 0.0 <= judge.score(premise, claim) <= 1.0
        assert judge.supports(premise, claim) in (None, False)


def rows_of(**columns: list[float]) -> Numbers:
    """Rows of all features, 0 but for the columns given; a blank in a name is written as _."""
    rows = np.zeros((len(next(iter(columns.values()))), len(NAMES)))
    for name, column in columns.items():
        rows[:, NAMES.index(name.replace("_", " "))] = column
    return rows


def one(name: str, weight: float, *, bias: float = 0.0) -> Weights:
    return Weights(names=(name,), mean=(0.5,), scale=(0.25,), weights=(weight,), bias=bias)


def test_weights_never_turn_a_feature_round() -> None:
    rng = np.random.default_rng(0)
    good, bad, idle = rng.normal(size=(3, 400))
    rows = rows_of(words=list(good), order=list(bad), near=list(idle))
    labels = good - bad + rng.normal(size=400) > 0
    names, importance = ("words", "order", "near"), np.ones(400)
    found = fit(names, rows, labels, importance=importance, strength=0.01)
    assert found.weights[0] > 0.5
    assert found.weights[1] == 0.0  # it points the other way, which no feature may
    assert found.weights[2] < 0.15
    assert fit(names, rows, labels, importance=importance, strength=0.01) == found
    assert max(fit(names, rows, labels, importance=importance, strength=100.0).weights) < 0.01


def test_copied_claims_are_scored_apart_from_those_in_other_words() -> None:
    rows = rows_of(three_words=[0.0, 0.5, 0.6, 0.7, 1.0], words=[0.75] * 5, order=[0.25] * 5)
    assert how_copied(rows).tolist() == pytest.approx([0, 0, 0.5, 1, 1])
    model = SupportModel(told=one("words", 2.0), copied=one("order", 3.0))
    # (.75 - .5) / .25 = 1, times 2; (.25 - .5) / .25 = -1, times 3; half of each between; 1 / (1 + e^-x)
    assert model.scores(rows).tolist() == pytest.approx([0.8807971, 0.8807971, 0.3775407, 0.0474259, 0.0474259])


def test_a_threshold_is_moved_for_all_claims_and_the_level_for_copied_ones() -> None:
    rows = rows_of(three_words=[0.0, 1.0, 1.0, 1.0, 1.0], words=[0.75] * 5, order=[0.5] * 5)
    model = SupportModel(told=one("words", 2.0), copied=one("order", 3.0, bias=-1.0))
    moved = model.with_threshold(0.8)
    # what was .8 is .5 now: the log odds of .8807971 are 2, and of .8 1.3863
    assert moved.scores(rows[:1])[0] == pytest.approx(1 / (1 + np.exp(1.3862944 - 2)))
    assert moved.scores(rows[1:2])[0] == pytest.approx(1 / (1 + np.exp(1.3862944 + 1)))
    levelled = model.levelled(rows, np.array([False, True, True, True, False]))
    assert levelled.scores(rows).tolist() == pytest.approx([0.8807971, 0.75, 0.75, 0.75, 0.75], abs=1e-5)


def test_weights_are_read_back_and_bad_ones_told(tmp_path: Path) -> None:
    model = SupportModel(told=one("words", 2.0, bias=-1.0), copied=one("order", 1.0), made_of=("x: 1",))
    path = tmp_path / "w.json"
    path.write_text(model.dump(), encoding="utf-8")
    assert load_model(path) == model
    # (.75 - .5) / .25 = 1; 1 / (1 + e^-(-1 + 2)) = .731
    assert model.score({name: 0.75 if name == "words" else 0.0 for name in NAMES}) == pytest.approx(0.7310586)
    for text in ("{}", "[", '{"told": {"features": []}}', model.dump().replace('"words"', '"wards"')):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(InputError, match="make them again with `whosaid eval judge --train`"):
            load_model(path)


def test_the_shipped_weights_are_small_and_of_the_features() -> None:
    model = shipped_model()
    assert model.told.names == NAMES
    assert set(model.copied.names) < set(NAMES)
    assert min(*model.told.weights, *model.copied.weights) >= 0.0
    assert not any(name.startswith(("QAGS", "WiCE", "DeFacto test")) for name in model.made_of)


def test_pieces_put_together_wrongly_score_below_the_same_pieces_in_place() -> None:
    judge = SupportJudge()
    whole = "The harbour was closed for two days because of the storm, and the ferries to the islands stayed in port."
    shortened = "The harbour was closed for two days, and the ferries to the islands stayed in port."
    joined = "Rates rose by 5 % in May because of the storm, and the ferries to the islands told reporters in Sampleton."
    assert how_copied(np.array([list(judge.features(TEXT, joined).values())]))[0] == 1.0
    assert judge.score(TEXT, whole) > judge.score(TEXT, shortened) > judge.score(TEXT, joined)


ARTICLE = (
    "“We will not give up the harbour,” said Ann Lee. The ferries, which carry 300 people a day, lay in port during the storm. "
    "They were built in 1998 by Paul Hill and his brothers in Sampleton. Nobody can leave before noon because the roads were "
    "closed on Monday. The mayor of Sampleton said that 40 houses have lost their roofs."
)


def make_many() -> list[Made]:
    return [made for seed in range(60) for made in make_claims(ARTICLE, seed=seed)]


def test_made_claims_are_as_often_true_as_false_and_the_same_each_time() -> None:
    made = make_many()
    assert made == make_many()
    assert sum(item.is_supported for item in made) * 2 == len(made) > 0
    assert make_claims("One sentence only, and a short one. And a second one here.", seed=0) == ()


def test_true_made_claims_are_whole_shortened_and_joined_sentences() -> None:
    said = {sentence for made in make_many() if made.is_supported for sentence in split_sentences(made.claim)}
    assert "Ann Lee said “We will not give up the harbour”." in said
    assert "The ferries lay in port during the storm." in said  # what stands between commas is left out
    assert "They were built in 1998 by Paul Hill." in said  # and so is a last clause
    assert "The ferries, which carry 300 people a day, lay." in said  # and a phrase
    assert any(text.startswith("The ferries lay in port during the storm and were built") for text in said)
    assert not any(text.startswith("Which") for text in said)
    assert "They were built in 1998 by Paul Hill and his brothers in Sampleton." in said


def plain(text: str) -> list[str]:
    return "".join(letter if letter.isalnum() else " " for letter in text).casefold().split()


def test_false_made_claims_have_one_thing_wrong() -> None:
    made = {edit: [item.claim for item in make_many() if item.edit == edit] for edit in {item.edit for item in make_many()}}
    assert set(made) == {
        None, "spliced", "other subject", "other clause", "name swapped", "number swapped", "word swapped", "negated",
    }  # fmt: skip
    assert any("They were built in port during the storm." in text for text in made["spliced"])
    assert any("Nobody were built in 1998" in text for text in made["other subject"])
    assert any("their roofs before noon because the roads were closed on Monday." in text for text in made["other clause"])
    assert any("said Paul Hill" in text for text in made["name swapped"])
    wrong = ("in 300", "in 40", "1998 people", "40 people", "1998 houses", "300 houses")
    assert all(any(words in text for words in wrong) for text in made["number swapped"])
    assert any("can not leave" in text or "We will give up" in text for text in made["negated"])
    known = set(plain(ARTICLE))
    for text in made["word swapped"]:
        assert set(plain(text)) <= known


def test_a_language_model_says_yes_no_or_nothing() -> None:
    said = {"A": "Yes.", "B": "no", "C": "Yesterday it rained", "D": ""}
    with serving(lambda path, body: completion(said[json.loads(body["messages"][1]["content"])["claim"]])) as (url, seen):
        judge = LanguageModelJudge(Wording(base_url=f"{url}/v1", model="m"))
        assert [judge.supports("text", claim) for claim in said] == [True, False, None, None]
        assert judge.supports("x" * 100_000, "A") is None  # it could not read all of it
    assert judge.name == "m (advisory)"
    assert len(seen) == 4
    with serving(lambda path, body: (500, {"error": "busy"})) as (url, _):
        assert LanguageModelJudge(Wording(base_url=f"{url}/v1", model="m")).supports("text", "A") is None


def test_judges_are_opened_by_name() -> None:
    assert open_judge("none") is None
    with pytest.raises(InputError, match="--judge dog is unknown; give rules, model, none"):
        open_judge("dog")
    with pytest.raises(InputError, match="--judge model needs a language model"):
        open_judge("model", environ={})


def small_sets(folder: Path) -> Path:
    """A folder with the layout of the sets, of our own sentences."""
    true, false = "The harbour was closed for two days.", "Paul Hill bought 7 schools in Paris."
    rows: list[dict[str, Any]] = [
        {"article": f"{TEXT}\n{ARTICLE}", "candidate": text, "has_error": text is false} for text in (true, false)
    ] * 3
    asked = [{"response": word} for word in ("yes", "yes", "no")]
    no = asked[1:]
    qags = [
        {"article": TEXT, "summary_sentences": [{"sentence": true, "responses": asked}]},
        {
            "article": TEXT,
            "summary_sentences": [{"sentence": true, "responses": asked}, {"sentence": false, "responses": no}],
        },
    ]
    wice = [
        {"claim": true, "evidence": [TEXT], "label": "supported"},
        {"claim": false, "evidence": [TEXT], "label": "not_supported"},
    ]
    edits = [{"doc": TEXT, "summary": true, "label": "1"}, {"doc": TEXT, "summary": false, "label": 0}]
    files: dict[str, list[dict[str, Any]]] = {
        "qags/mturk_cnndm.jsonl": qags, "qags/mturk_xsum.jsonl": qags, "wice/claim_dev.jsonl": wice,
        **{f"defacto/{name}.jsonl": rows for name in ("train", "val", "test")},
    }  # fmt: skip
    for name, found in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n".join(json.dumps(row) for row in found), encoding="utf-8")
    (folder / "summedits").mkdir()
    (folder / "summedits" / "one.json").write_text(json.dumps(edits), encoding="utf-8")
    return folder


def test_sets_know_what_they_are_for(tmp_path: Path) -> None:
    found = {item.name: (item.use, [one.supported for one in item.items]) for item in load_sets(small_sets(tmp_path))}
    assert found["QAGS cnndm"] == ("test", [True, False])  # two of three said yes; then one of two, which is not most
    assert found["WiCE dev"] == ("choose", [True, False])
    assert found["SummEdits one"] == ("train", [True, False])
    assert {name: use for name, (use, _) in found.items() if name.startswith("DeFacto")} == {
        "DeFacto test": "test", "DeFacto train": "train", "DeFacto val": "train",
    }  # fmt: skip
    with pytest.raises(InputError, match="is not laid out as"):
        load_sets(tmp_path / "none")


def test_training_is_the_same_each_time_and_leaves_the_test_sets_alone(tmp_path: Path) -> None:
    sets = load_sets(small_sets(tmp_path), uses=("train", "choose"))
    assert not any(item.use == "test" for item in sets)
    model = train(sets)
    assert model == train(sets)
    assert any(name.startswith("made of DeFacto") for name in model.made_of)
    with pytest.raises(InputError, match="one to choose on"):
        train([item for item in sets if item.use == "train"])


def test_the_command_trains_and_prints_the_figures(tmp_path: Path) -> None:
    weights = tmp_path / "weights.json"
    result = CliRunner().invoke(app, ["judge", "--data", str(small_sets(tmp_path / "sets")), "--train", str(weights)])
    assert result.exit_code == 0, result.output
    assert "QAGS xsum" in result.stdout
    assert "AUROC is above the lexical figure listed, 65.0" in result.stdout
    assert load_model(weights).told.names == NAMES
    bad = CliRunner().invoke(app, ["judge"])
    assert (bad.exit_code, "give --data DIR" in " ".join(bad.output.split())) == (2, True)


def test_anybodys_claims_are_measured(tmp_path: Path) -> None:
    path = tmp_path / "mine.jsonl"
    rows = [("The harbour was closed for two days.", True), ("Paul Hill bought 7 schools in Paris.", False)]
    lines = [json.dumps({"premise": TEXT, "claim": text, "supported": label}) for text, label in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    (found,) = measure_agreement([load_claims(path)], SupportJudge())
    assert (found.name, found.n, found.supported) == ("mine", 2, 1)
    assert (found.auroc.value, found.consistency.value) == (1.0, 1.0)
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="needs a JSON object a line with premise"):
        load_claims(path)


@pytest.mark.skipif(not SETS.is_dir(), reason="the judged sets are not part of the project")
@pytest.mark.parametrize("name", ["QAGS cnndm", "QAGS xsum"])
def test_the_judge_beats_the_lexical_figure_listed(name: str) -> None:
    (found,) = (item for item in load_sets(SETS, uses=("test",)) if item.name == name)
    (measured,) = measure_agreement([found], SupportJudge())
    assert measured.auroc.value is not None
    assert found.bar is not None
    assert measured.auroc.value > found.bar
