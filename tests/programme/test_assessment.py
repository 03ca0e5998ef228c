"""Score intervals, verdicts and what a missing score is worth, computed a second time by hand."""

import itertools

import numpy as np
import openpyxl
import pandas as pd
import pytest

from anticorruption.errors import RefusedInput
from anticorruption.programme import assessment
from anticorruption.programme.assessment import (
    MISSES,
    ON_MISSING,
    ON_WEIGHTS,
    REACHES,
    assess,
    verdict,
)
from anticorruption.programme.rubric import Weight
from tests.paths import GOLDEN
from tests.programme.conftest import SCORES, small_rubric


def series(*values):
    return pd.Series(values, index=[f"i{n}" for n in range(len(values))], dtype=float)


def test_golden_filled_workbook_of_blitar_by_hand(filled, programme):
    """c1: 95. c2: (92*5 + 85.5)/6. c3: three times 92 and one missing. c4, c5, c6: 92."""
    now = assess(programme, filled.scores["score"])
    oversight = (92 * 5 + 85.5) / 6
    low = (95 + oversight + (92 * 3 + 0) / 4 + 92 * 3) / 6
    high = (95 + oversight + (92 * 3 + 100) / 4 + 92 * 3) / 6
    by_component = now.readings.loc["by_component"]
    assert by_component["score_low"] == pytest.approx(low) == pytest.approx(88.486111111111)
    assert by_component["score_high"] == pytest.approx(high) == pytest.approx(92.652777777778)
    by_indicator = now.readings.loc["by_indicator"]
    assert by_indicator["score_low"] == pytest.approx((95 + 85.5 + 16 * 92) / 19)
    assert by_indicator["score_high"] == pytest.approx((95 + 85.5 + 16 * 92 + 100) / 19)
    # Over every weighting all of the weight may lie on one indicator.
    assert (now.score_low, now.score_high) == pytest.approx((0.0, 100.0))
    assert (now.low_highest, now.high_lowest) == pytest.approx((95.0, 85.5))
    assert now.verdict == ON_WEIGHTS and now.category is None
    assert now.missing == ["i08"] and now.in_doubt == []
    assert now.worth.loc["i08", "by_component"] == pytest.approx(100 / 24)
    assert now.worth.loc["i08", "by_indicator"] == pytest.approx(100 / 19)


def test_golden_interval_is_that_of_the_cells_read_without_the_library(
    filled, filled_file, programme
):
    sheet = openpyxl.load_workbook(filled_file)[SCORES]
    ends = {"low": [], "high": []}
    parts = {}
    for row in sheet.iter_rows(min_row=5, max_row=23, values_only=True):
        for name, fill in (("low", 0.0), ("high", 100.0)):
            ends[name].append(fill if row[3] is None else row[3])
        parts.setdefault(row[1], []).append(len(ends["low"]) - 1)
    now = assess(programme, filled.scores["score"])
    for name, values in ends.items():
        mean = np.mean([np.mean([values[n] for n in part]) for part in parts.values()])
        assert now.readings.at["by_component", f"score_{name}"] == pytest.approx(mean)
        assert now.readings.at["by_indicator", f"score_{name}"] == pytest.approx(np.mean(values))


def test_golden_manski_bounds_with_known_weights():
    """tests/golden/manski_bounds: three indicators, weights .40 .35 .25, mark 60."""
    given = pd.read_csv(GOLDEN / "manski_bounds/input.csv", index_col="unit")
    expected = pd.read_json(GOLDEN / "manski_bounds/expected.json", typ="series")
    made = small_rubric(
        [1, 1, 1], mark=60.0, top=100.0, weights=[Weight(w) for w in expected["weights"]]
    )
    words = {"certain pass": (REACHES,), "cannot tell": (ON_MISSING,), "certain fail": (MISSES,)}
    for place, (_, row) in enumerate(given.iterrows()):
        now = assess(made, series(*row))
        assert now.score_low == pytest.approx(expected["low"][place], abs=1e-12)
        assert now.score_high == pytest.approx(expected["high"][place], abs=1e-12)
        assert now.verdict in words[expected["verdict_at_60"][place]]
        assert now.share == (None, None)


@pytest.mark.parametrize(
    ("values", "expected", "weights_matter"),
    [
        ((9, 8, 8, 9), REACHES, False),
        ((7, 7.9, 7, 7), MISSES, False),
        ((9, 7, 9, 9), ON_WEIGHTS, False),
        # Whatever i3 is, i1 alone may have all of the weight, and so may i0.
        ((9, 7, 9, np.nan), ON_WEIGHTS, False),
        # With i3 at 8 or more every weighting passes.
        ((9, 9, 9, np.nan), ON_MISSING, True),
        ((7, 7, 7, np.nan), ON_MISSING, True),
        ((np.nan,) * 4, ON_MISSING, False),
    ],
)
def test_each_verdict_has_its_meaning(values, expected, weights_matter):
    now = assess(small_rubric([2, 2]), series(*values))
    assert now.verdict == expected
    assert now.weights_matter_too is weights_matter


def test_verdict_agrees_with_its_definition_over_fills_and_weightings():
    """Every corner of what is missing, and every corner of the weights, tried one by one."""
    made = small_rubric([2, 1])
    corners = np.eye(3)
    for values in itertools.product((7.0, 9.0, np.nan), repeat=3):
        holes = [n for n, value in enumerate(values) if np.isnan(value)]
        fills = []
        for ends in itertools.product((0.0, 10.0), repeat=len(holes)):
            case = np.array(values)
            case[holes] = ends
            fills.append((corners @ case >= 8).tolist())
        if all(map(all, fills)):
            expected = REACHES
        elif not any(map(any, fills)):
            expected = MISSES
        else:
            settled = any(all(f) or not any(f) for f in fills)
            expected = ON_MISSING if settled else ON_WEIGHTS
        assert assess(made, series(*values)).verdict == expected, values


def test_a_score_at_the_mark_reaches_it():
    assert verdict(90.0, 95.0, 90.0, 95.0, 90.0) == REACHES
    assert verdict(89.99, 89.99, 89.99, 89.99, 90.0) == MISSES
    assert assess(small_rubric([2]), series(8, 8)).category == "Istimewa"
    assert assess(small_rubric([2]), series(7, 7)).category == ""


def test_assessors_who_differ_are_an_interval_of_their_own():
    frame = pd.DataFrame({"low": series(7, 9, 9), "high": series(9, 9, 9)})
    now = assess(small_rubric([2, 1]), frame)
    assert now.in_doubt == ["i0"] and now.missing == []
    assert (now.score_low, now.score_high) == pytest.approx((7, 9))
    assert now.readings.loc["by_component", "score_low"] == pytest.approx((8 + 9) / 2)
    assert bool(now.worth.at["i0", "settles"])


def test_worth_is_what_the_interval_really_shrinks_by():
    made = small_rubric([2, 2], weights=[Weight(None, 0.3, 0.6), Weight(None, 0.3, 0.6)])
    scores = series(6, np.nan, 9, np.nan)
    now = assess(made, scores)
    width = now.score_high - now.score_low
    left = []
    for value in np.linspace(0, 10, 11):
        known = assess(made, scores.fillna({"i1": value}))
        left.append(known.score_high - known.score_low)
        reading = known.readings.loc["by_component"]
        before = now.readings.loc["by_component"]
        shrunk = (before["score_high"] - before["score_low"]) - (
            reading["score_high"] - reading["score_low"]
        )
        assert shrunk == pytest.approx(now.worth.at["i1", "by_component"])
    assert width - max(left) == pytest.approx(now.worth.at["i1", "at_least"])


def test_share_of_weightings_that_pass_is_the_exact_one():
    """One component of two indicators, 6 and 10 with mark 8: half of all shares pass."""
    now = assess(small_rubric([2]), series(6, 10))
    assert now.share[0] == now.share[1] == pytest.approx(0.5, abs=0.02)
    assert now.share == assess(small_rubric([2]), series(6, 10)).share


def test_fewer_weightings_pass_with_what_is_missing_at_its_lowest():
    """The second of two indicators is missing: none or all of the shares reach a mark of 8."""
    now = assess(small_rubric([2]), series(8, float("nan")))
    assert now.share[0] == pytest.approx(0.0, abs=0.01) and now.share[1] == 1.0


def test_components_count_what_is_open():
    now = assess(small_rubric([2, 1]), series(6, np.nan, 9))
    assert list(now.components["missing"]) == [1, 0]
    assert list(now.components.loc["c0", ["low", "high"]]) == [3, 8]


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (series(8, 105, 8), "'i1': the score 105 does not lie on the scale 0-10"),
        (pd.Series({"i9": 8.0}), "no indicator 'i9'"),
        (pd.Series([1.0, 2.0], index=["i0", "i0"]), "two rows"),
        (pd.DataFrame({"low": series(8), "high": series(np.nan)}), "one end"),
        (pd.DataFrame({"low": series(8), "high": series(7)}), "8 to 7"),
    ],
)
def test_scores_that_cannot_be_are_refused(scores, said):
    with pytest.raises(RefusedInput, match=said):
        assess(small_rubric([2, 1]), scores)


def test_states_are_told():
    evidence = assessment.evidence_of(small_rubric([2]), series(8, np.nan))
    assert list(evidence["state"]) == ["known", "missing"]
    assert list(evidence.loc["i1", ["low", "high"]]) == [0, 10]


def test_a_score_at_the_mark_reaches_it_under_every_weighting_drawn():
    assert assess(small_rubric([2, 1]), series(8, 8, 8)).share == (1.0, 1.0)


def test_what_is_open_stands_with_the_largest_worth_first_and_equal_ones_in_the_rubrics_order():
    """i0 is alone in its component; i1, i2 and i3 share the other, and i1 is known."""
    worth = assess(small_rubric([1, 3]), series(np.nan, 9, np.nan, np.nan)).worth
    assert list(worth.columns) == ["by_component", "by_indicator", "at_least", "settles"]
    assert list(worth.index) == ["i0", "i2", "i3"] and worth.index.name == "indicator"
    assert list(worth["by_component"]) == pytest.approx([10 / 2, 10 / 6, 10 / 6])
    assert list(worth["by_indicator"]) == pytest.approx([10 / 4] * 3)
    assert [bool(one) for one in worth["settles"]] == [False] * 3
    many = assess(small_rubric([20]), series(*[np.nan] * 20)).worth
    assert list(many.index) == [f"i{n}" for n in range(20)]


def test_the_first_reading_orders_what_assessors_differ_on():
    frame = pd.DataFrame({"low": series(1, 9, 2, 9), "high": series(7, 9, 10, 9)})
    worth = assess(small_rubric([1, 3]), frame).worth
    assert list(worth.index) == ["i0", "i2"]
    assert list(worth["by_component"]) == pytest.approx([6 / 2, 8 / 6])
    assert list(worth["by_indicator"]) == pytest.approx([6 / 4, 8 / 4])


@pytest.mark.parametrize(("others", "settled"), [(9, True), (5, True), (None, False)])
def test_a_score_settles_the_verdict_if_either_end_of_it_does(others, settled):
    """With the others at 9 a nine settles it, with the others at 5 a nought does."""
    values = (9, 5) if others is None else (others, others)
    worth = assess(small_rubric([3]), series(*values, np.nan)).worth
    assert bool(worth.at["i2", "settles"]) is settled


def test_nothing_open_is_worth_nothing():
    worth = assess(small_rubric([2]), series(8, 8)).worth
    assert worth.empty and worth.index.name == "indicator"
    assert list(worth.columns) == ["by_component", "by_indicator", "at_least", "settles"]


@pytest.mark.parametrize(
    ("scores", "said"),
    [
        (pd.Series({"i9": 8.0}), "edition 2025 has no indicator 'i9'; there are i0, i1."),
        (
            pd.Series([1.0, 2.0, 3.0], index=["i1", "i0", "i0"]),
            "indicator 'i0' has two rows of scores; give one.",
        ),
        (
            pd.DataFrame({"low": series(8), "high": series(np.nan)}),
            "indicator 'i0' has one end of its interval only; give both.",
        ),
        (series(8, -1), "indicator 'i1': the score -1 does not lie on the scale 0-10."),
        (
            pd.DataFrame({"low": series(8), "high": series(11)}),
            "indicator 'i0': the score 8 to 11 does not lie on the scale 0-10.",
        ),
    ],
)
def test_refusals_say_what_is_wrong(scores, said):
    with pytest.raises(RefusedInput) as refused:
        assess(small_rubric([2]), scores)
    assert str(refused.value) == said


def test_evidence_and_components_keep_the_order_of_the_rubric_whatever_that_of_the_scores():
    now = assess(small_rubric([1, 2]), pd.Series({"i2": 5.0, "i0": 9}, dtype=object))
    assert list(now.evidence.index) == ["i0", "i1", "i2"]
    assert now.evidence.index.name == "indicator"
    assert list(now.evidence.columns) == ["component", "low", "high", "state"]
    assert list(now.evidence["component"]) == ["c0", "c1", "c1"]
    assert list(now.evidence["low"]) == [9, 0, 5] and list(now.evidence["high"]) == [9, 10, 5]
    assert list(now.components.index) == ["c0", "c1"]
    assert now.components.index.name == "component"


@pytest.mark.parametrize(
    ("values", "answer"), [((9, 8), "met"), ((7, 8), "not met"), ((9, np.nan), "unknown")]
)
def test_each_reading_answers_at_the_mark(values, answer):
    now = assess(small_rubric([2]), series(*values))
    assert now.readings.index.name == "reading"
    assert list(now.readings["answer"]) == [answer] * 2


def test_a_component_is_scored_by_its_own_weights_and_evenly_where_it_has_none():
    inside = [Weight(v) for v in (1.0, 1.0, 1.0, 3.0)]
    made = small_rubric([2, 2], weights=[Weight(0.0), Weight(2.0)], inside=inside)
    now = assess(made, series(4, 9, 2, np.nan))
    assert list(now.components["low"]) == pytest.approx([6.5, 0.5])
    assert list(now.components["high"]) == pytest.approx([6.5, 8.0])
    assert (now.score_low, now.score_high) == pytest.approx((0.5, 8.0))
