"""Marks: probabilities as published, verdicts, refusals."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from anticorruption.comparison.thresholds import (
    overlap_multiplier,
    probability_at_or_above,
    verdicts_at,
)
from anticorruption.errors import RefusedInput

GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "threshold_prob" / "expected.json").read_text()
)
CASES = [
    (float(score), float(se), p)
    for score, row in GOLDEN["mark_90"].items()
    for se, p in row.items()
]


@pytest.mark.parametrize(("score", "se", "expected"), CASES)
def test_golden_threshold_prob_scipy_1_17_at_mark_90(score, se, expected):
    found = probability_at_or_above(pd.Series({"35.72": score}), se, 90.0)
    assert found["35.72"] == pytest.approx(expected, rel=1e-9)


def test_golden_threshold_prob_goldstein_healy_1995_multiplier():
    assert overlap_multiplier(0.95) == pytest.approx(GOLDEN["goldstein_multiplier"], abs=1e-9)


def test_bars_of_the_multiplier_part_when_the_difference_is_significant():
    gap = 2 * overlap_multiplier(0.95)
    assert 2 * norm.sf(gap / np.sqrt(2)) == pytest.approx(0.05, abs=1e-12)


def test_far_scores_are_never_certain():
    found = probability_at_or_above(pd.Series({"a": 1000.0, "b": -1000.0}), 1.0, 0.0)
    assert 0.0 < found["b"] < 1e-300
    assert 1 - 1e-15 < found["a"] < 1.0


def test_without_error_the_answer_is_certain_and_the_mark_itself_is_reached():
    scores = pd.Series({"a": 70.0, "b": 69.9, "c": 70.0 - 1e-12, "d": np.nan})
    found = probability_at_or_above(scores, 0.0, 70.0)
    assert found.iloc[:3].tolist() == [1.0, 0.0, 1.0]
    assert np.isnan(found["d"])


def test_verdicts_follow_the_interval():
    reach = norm.ppf(0.95) * 2.0
    scores = pd.Series({"a": 70 + reach, "b": 70 + reach - 0.01, "c": 70 - reach - 0.01,
                        "d": 70 - reach + 0.01, "e": np.nan})  # fmt: skip
    table = verdicts_at(scores, 2.0, 70.0, confidence=0.90)
    expected = ["clearly yes", "cannot tell", "clearly no", "cannot tell"]
    assert table["verdict"].iloc[:4].tolist() == expected
    assert table.loc["e"].isna().all()
    assert table.loc["a", "score_low"] == pytest.approx(70.0, abs=1e-9)
    assert table.loc["a", "probability"] == pytest.approx(0.95, abs=1e-9)


def test_more_confidence_leaves_more_undecided():
    scores = pd.Series(np.linspace(60, 80, 41), index=[f"r{i}" for i in range(41)])
    undecided = [
        (verdicts_at(scores, 2.0, 70.0, confidence=level)["verdict"] == "cannot tell").sum()
        for level in (0.5, 0.8, 0.95)
    ]
    assert undecided[0] < undecided[1] < undecided[2]


@pytest.mark.parametrize(
    ("se", "mark", "confidence", "sentence"),
    [
        (-1.0, 70.0, 0.9, "standard error of region a is -1"),
        (pd.Series({"b": 1.0}), 70.0, 0.9, "standard error of region a is nan"),
        (1.0, np.nan, 0.9, "mark of nan"),
        (1.0, 70.0, 1.0, "confidence of 1"),
    ],
)
def test_unfit_marks_and_errors_are_refused(se, mark, confidence, sentence):
    with pytest.raises(RefusedInput, match=sentence):
        verdicts_at(pd.Series({"a": 71.0}), se, mark, confidence=confidence)


def test_a_high_end_at_the_mark_itself_is_no_clear_no():
    scores = pd.Series({"a": 70.0 - norm.ppf(0.95) * 2.0})
    assert verdicts_at(scores, 2.0, 70.0)["verdict"].tolist() == ["cannot tell"]


def test_verdicts_hold_with_ninety_per_cent_unless_told_otherwise():
    scores = pd.Series({"a": 71.0, "b": np.nan, "c": 60.0})
    table = verdicts_at(scores, 2.0, 70.0)
    pd.testing.assert_frame_equal(table, verdicts_at(scores, 2.0, 70.0, confidence=0.90))
    assert list(table.columns) == ["score_low", "score_high", "probability", "verdict"]
    assert (table["score_high"] - table["score_low"]).dropna().tolist() == pytest.approx(
        [2 * norm.ppf(0.95) * 2.0] * 2)  # fmt: skip
    assert list(table.index) == list(scores.index)


def test_probabilities_are_named_and_stand_beside_their_regions():
    found = probability_at_or_above(pd.Series({"b": 70.0, "a": np.nan}), 1.0, 70.0)
    pd.testing.assert_series_equal(
        found, pd.Series({"b": 0.5, "a": np.nan}, name="probability"))  # fmt: skip


def test_certain_and_uncertain_scores_in_one_table():
    scores = pd.Series({"a": 71.0, "b": 71.0, "c": 69.0})
    found = probability_at_or_above(scores, pd.Series({"a": 0.0, "b": 1.0, "c": 0.0}), 70.0)
    assert found.tolist() == pytest.approx([1.0, norm.cdf(1.0), 0.0])


def test_bars_are_of_95_per_cent_unless_told_otherwise():
    assert overlap_multiplier() == overlap_multiplier(0.95)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, 1.5])
def test_confidences_outside_zero_to_one_are_refused(confidence):
    with pytest.raises(RefusedInput) as refused:
        overlap_multiplier(confidence)
    assert str(refused.value) == (
        f"A confidence of {confidence:g} is impossible; choose one in (0, 1).")  # fmt: skip


@pytest.mark.parametrize("mark", [np.nan, np.inf])
def test_marks_that_are_no_numbers_are_refused_in_a_sentence(mark):
    with pytest.raises(RefusedInput) as refused:
        probability_at_or_above(pd.Series({"a": 71.0}), 1.0, mark)
    assert str(refused.value) == (
        f"A mark of {mark} cannot be reached or missed; give a finite number.")  # fmt: skip
