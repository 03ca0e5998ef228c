"""Worst and best case: worked numbers, exhaustive search, refusals."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison.bounds import (
    rank_bounds,
    score_bounds,
    share_bounds,
    verdicts_from_bounds,
)
from anticorruption.errors import RefusedInput

FOLDER = Path(__file__).parents[1] / "golden" / "manski_bounds"
GOLDEN = json.loads((FOLDER / "expected.json").read_text())
FIVE = pd.read_csv(FOLDER / "input.csv", index_col="unit")
WEIGHTS = pd.Series(GOLDEN["weights"], index=FIVE.columns)


def test_golden_manski_bounds_2003_of_a_share():
    case = GOLDEN["proportion"]
    failed = case["seen"] - case["pass"]
    outcomes = [True] * case["pass"] + [False] * failed + [None] * (case["n"] - case["seen"])
    found = share_bounds(pd.Series(outcomes, dtype=object))
    assert (found.low, found.high) == pytest.approx((case["low"], case["high"]), abs=1e-12)
    assert (found.seen, found.total) == (60, 100)


def test_golden_manski_bounds_of_scores():
    found = score_bounds(FIVE, WEIGHTS)
    assert found["score_low"].tolist() == pytest.approx(GOLDEN["low"], abs=1e-12)
    assert found["score_high"].tolist() == pytest.approx(GOLDEN["high"], abs=1e-12)
    assert found["coverage"].tolist() == pytest.approx([0.65, 0.75, 1.0, 0.25, 1.0], abs=1e-12)


def test_weights_of_any_sum_give_the_same_bounds():
    pd.testing.assert_frame_equal(score_bounds(FIVE, WEIGHTS * 40), score_bounds(FIVE, WEIGHTS))


def test_golden_manski_bounds_of_ranks_by_625_fills():
    found = rank_bounds(score_bounds(FIVE, WEIGHTS))
    assert found["rank_low"].tolist() == GOLDEN["best_rank"]
    assert found["rank_high"].tolist() == GOLDEN["worst_rank"]


def test_golden_manski_bounds_verdicts_at_60():
    found = verdicts_from_bounds(score_bounds(FIVE, WEIGHTS), 60.0)
    assert found.tolist() == GOLDEN["verdict_at_60"]


def test_bounds_are_reached_and_never_passed_by_any_fill():
    low, high = pd.Series(10.0, FIVE.columns), pd.Series([90.0, 95.0, 100.0], FIVE.columns)
    found = score_bounds(FIVE, WEIGHTS, scale_low=low, scale_high=high)
    holes = list(zip(*np.nonzero(FIVE.isna().to_numpy()), strict=True))
    seen = []
    for fill in product([0.0, 0.5, 1.0], repeat=len(holes)):
        table = FIVE.to_numpy().copy()
        for (i, j), at in zip(holes, fill, strict=True):
            table[i, j] = low.iloc[j] + at * (high.iloc[j] - low.iloc[j])
        seen.append(table @ WEIGHTS.to_numpy())
    assert np.min(seen, axis=0).tolist() == pytest.approx(found["score_low"].tolist(), abs=1e-12)
    assert np.max(seen, axis=0).tolist() == pytest.approx(found["score_high"].tolist(), abs=1e-12)


def test_equal_scores_share_the_better_rank():
    tied = pd.DataFrame({"score_low": [5.0, 5.0, 1.0], "score_high": [5.0, 5.0, 1.0]})
    found = rank_bounds(tied)
    assert found["rank_low"].tolist() == found["rank_high"].tolist() == [1, 1, 3]


def test_a_score_at_the_mark_passes_and_nothing_passes_what_it_may_miss():
    table = pd.DataFrame(
        {"score_low": [60.0, 59.9, 10.0], "score_high": [70.0, 60.0, 59.9]}, index=list("abc")
    )
    found = verdicts_from_bounds(table, 60.0)
    assert found.tolist() == ["certain pass", "cannot tell", "certain fail"]


@pytest.mark.parametrize(
    ("table", "weights", "scale", "sentence"),
    [
        (FIVE.rename(index={"B": "A"}), WEIGHTS, 100, "Region A stands twice"),
        (FIVE, WEIGHTS.drop("i2"), 100, "Indicator i2 has no finite weight"),
        (FIVE, -WEIGHTS, 100, "weight of i1, i2, i3 is negative"),
        (FIVE, WEIGHTS * 0, 100, "all weights are zero"),
        (FIVE, WEIGHTS, 90, "Region D has 95 for i3, outside its scale 0 to 90"),
        (FIVE, WEIGHTS, pd.Series({"i1": 100}), "Indicator i2 has no finite scale_high"),
        (FIVE.astype(str), WEIGHTS, 100, "Indicator i1 comes as str"),
    ],
)
def test_unfit_indicators_and_weights_are_refused(table, weights, scale, sentence):
    with pytest.raises(RefusedInput, match=sentence):
        score_bounds(table, weights, scale_high=scale)


def test_unfit_outcomes_intervals_and_marks_are_refused():
    with pytest.raises(RefusedInput, match="no outcomes"):
        share_bounds(pd.Series([], dtype=object))
    with pytest.raises(RefusedInput, match="outcome of region b is 'met'"):
        share_bounds(pd.Series({"a": True, "b": "met"}))
    upside = pd.DataFrame({"score_low": [5.0], "score_high": [4.0]}, index=["a"])
    with pytest.raises(RefusedInput, match="interval of region a"):
        rank_bounds(upside)
    with pytest.raises(RefusedInput, match="mark is not a number"):
        verdicts_from_bounds(upside.assign(score_high=6.0), np.nan)


def test_rank_bounds_are_reached_by_some_scores_and_passed_by_none():
    generator = np.random.default_rng(1)
    for _ in range(20):
        low = generator.integers(0, 10, 4).astype(float)
        high = low + generator.integers(0, 5, 4)
        found = rank_bounds(pd.DataFrame({"score_low": low, "score_high": high}))
        corners = (np.unique([a, (a + b) / 2, b]) for a, b in zip(low, high, strict=True))
        seen = [
            [1 + sum(o > own for o in scores) for own in scores] for scores in product(*corners)
        ]
        np.testing.assert_array_equal(found["rank_low"], np.min(seen, axis=0))
        np.testing.assert_array_equal(found["rank_high"], np.max(seen, axis=0))


def test_a_score_of_which_nothing_is_known_reaches_everywhere():
    ends = pd.DataFrame({"score_low": [10.0, -np.inf, 30], "score_high": [10.0, np.inf, 30]})
    found = rank_bounds(ends)
    assert found["rank_low"].tolist() == [2, 1, 1]
    assert found["rank_high"].tolist() == [3, 3, 2]


def test_rounding_noise_keeps_nobody_from_the_mark_and_no_answer_is_a_share_too():
    almost = pd.DataFrame({"score_low": [90 - 1e-12], "score_high": [90 - 1e-12]})
    assert verdicts_from_bounds(almost, 90.0).tolist() == ["certain pass"]
    nothing = share_bounds(pd.Series([None, None]))
    assert (nothing.low, nothing.high, nothing.seen, nothing.total) == (0, 1, 0, 2)


def refusal(function, *arguments, **options):
    """Return the sentence with which bounds are refused."""
    with pytest.raises(RefusedInput) as refused:
        function(*arguments, **options)
    return str(refused.value)


UPSIDE_DOWN = pd.DataFrame({"score_low": [1.0, 5.0], "score_high": [2.0, 4.0]}, index=["a", "b"])


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            lambda: refusal(share_bounds, pd.Series([], dtype=object)),
            "There are no outcomes to take a share of; give at least one.",
        ),
        (
            lambda: refusal(share_bounds, pd.Series({"a": True, "b": "met"})),
            "The outcome of region b is 'met'; use true, false or missing.",
        ),
        (
            lambda: refusal(score_bounds, FIVE.rename(index={"B": "A"}), WEIGHTS),
            "Region A stands twice in the indicators; keep one.",
        ),
        (
            lambda: refusal(score_bounds, FIVE, WEIGHTS * [1, -1, 0]),
            "The weight of i2 is negative, or all weights are zero; "
            "give weights of zero or more with one above zero.",
        ),
        (
            lambda: refusal(score_bounds, FIVE, WEIGHTS * 0),
            "The weight of i1, i2, i3 is negative, or all weights are zero; "
            "give weights of zero or more with one above zero.",
        ),
        (
            lambda: refusal(score_bounds, FIVE, WEIGHTS, scale_low=pd.Series({"i1": 0.0})),
            "Indicator i2 has no finite scale_low; give one.",
        ),
        (
            lambda: refusal(score_bounds, FIVE, WEIGHTS, scale_low=62),
            "Region B has 60 for i1, outside its scale 62 to 100; correct the value or the scale.",
        ),
        (
            lambda: refusal(score_bounds, FIVE, pd.concat([WEIGHTS, WEIGHTS.iloc[:1]])),
            "Indicator i1 stands twice in the weight; keep one.",
        ),
        (
            lambda: refusal(rank_bounds, UPSIDE_DOWN),
            "The interval of region b is missing or upside down; "
            "give a score_low no greater than score_high.",
        ),
        (
            lambda: refusal(rank_bounds, UPSIDE_DOWN.rename(index={"b": "a"})),
            "Region a stands twice in the scores; keep one.",
        ),
        (
            lambda: refusal(verdicts_from_bounds, UPSIDE_DOWN.iloc[:1], np.nan),
            "The mark is not a number; give the score that has to be reached.",
        ),
    ],
)
def test_refusals_say_what_to_do(said, sentence):
    assert said() == sentence


def test_an_indicator_without_weight_leaves_the_bounds_as_they_are():
    found = score_bounds(FIVE.assign(i4=50.0), pd.concat([WEIGHTS, pd.Series({"i4": 0.0})]))
    pd.testing.assert_frame_equal(found, score_bounds(FIVE, WEIGHTS))


def test_values_at_the_ends_of_their_scale_are_inside():
    table = pd.DataFrame({"a": [0.0, 100.0], "b": [10.0, 20.0]}, index=["r1", "r2"])
    ends = {"scale_low": pd.Series({"a": 0.0, "b": 10.0}),
            "scale_high": pd.Series({"a": 100.0, "b": 20.0})}  # fmt: skip
    found = score_bounds(table, pd.Series({"a": 1.0, "b": 1.0}), **ends)
    assert found["score_low"].tolist() == found["score_high"].tolist() == [5.0, 60.0]
    with pytest.raises(RefusedInput, match="Region r2 has 20 for b, outside its scale 10 to 19"):
        score_bounds(table, pd.Series({"a": 1.0, "b": 1.0}), **ends | {
            "scale_high": pd.Series({"a": 100.0, "b": 19.0})})  # fmt: skip


def test_ranks_and_verdicts_stand_beside_their_regions():
    table = UPSIDE_DOWN.assign(score_high=[2.0, 6.0])
    assert rank_bounds(table).index.tolist() == ["a", "b"]
    found = verdicts_from_bounds(table, 2.0)
    expected = pd.Series({"a": "cannot tell", "b": "certain pass"}, name="verdict")
    pd.testing.assert_series_equal(found, expected, check_dtype=False)


def test_intervals_may_come_as_objects_and_be_upside_down_by_rounding_noise():
    table = pd.DataFrame({"score_low": [5.0, 1.0], "score_high": [5.0 - 1e-12, 1.0]}, dtype=object)
    assert rank_bounds(table)["rank_high"].tolist() == [1, 2]
    assert verdicts_from_bounds(table, 5.0).tolist() == ["certain pass", "certain fail"]
