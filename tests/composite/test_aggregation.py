"""Means and other aggregations, checked against their definitions."""

import warnings
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import Method, aggregate, build, outranking
from anticorruption.composite.aggregation import PowerMean, check_aggregation, combine
from anticorruption.composite.voting import copeland_scores
from anticorruption.errors import RefusedInput

PARTS = pd.DataFrame({"a": [60.0, 20, 80], "b": [40.0, 50, 80], "c": [80.0, np.nan, 80]},
                     index=["r1", "r2", "r3"])
WEIGHTS = {"a": 1.0, "b": 2.0, "c": 1.0}


def test_generalised_mean_joins_the_named_ones():
    for power, name in ((1, "arithmetic_mean"), (0, "geometric_mean"), (-1, "harmonic_mean")):
        pd.testing.assert_series_equal(
            aggregate(PARTS, WEIGHTS, "generalised_mean", power=power),
            aggregate(PARTS, WEIGHTS, name))


def test_generalised_mean_skips_missing_cells():
    """COINr's a_genmean gives a missing score there, against its own help."""
    assert aggregate(PARTS, WEIGHTS, "generalised_mean", power=2)["r2"] == pytest.approx(
        np.sqrt((20**2 + 2 * 50**2) / 3))


def test_harmonic_mean_refuses_negative_values():
    """COINr's a_hmean takes -1, 2, 3 and returns -18."""
    parts = pd.DataFrame({"a": [-1.0], "b": [2.0], "c": [3.0]}, index=["11.01"])
    with pytest.raises(RefusedInput, match=r"-1 of 'a' in region '11.01'"):
        aggregate(parts, aggregation="harmonic_mean")


@pytest.mark.parametrize(("deviation", "ddof"), [("population", 0), ("sample", 1)])
@pytest.mark.parametrize(("penalty", "sign"), [("negative", -1), ("positive", 1)])
def test_mazziotta_pareto_both_conventions(deviation, ddof, penalty, sign):
    found = aggregate(PARTS, aggregation="mazziotta_pareto", deviation=deviation, penalty=penalty)
    for region, row in PARTS.iterrows():
        known = row.dropna()
        mean, spread = known.mean(), known.std(ddof=ddof)
        assert found[region] == pytest.approx(mean + sign * spread * (spread / mean))
    assert found["r3"] == 80


def test_mazziotta_pareto_needs_a_mean_above_zero(small, small_codebook):
    with pytest.raises(RefusedInput, match=r"'left'.*above zero"):
        build(small, small_codebook, Method(normalisation="z_score", minimum_regions=2,
                                            aggregation="mazziotta_pareto"))


def test_mazziotta_pareto_has_no_bounds_where_something_is_missing(small, small_codebook):
    """It can fall when a part rises, so worst and best fillings are not its extremes."""
    small.loc["11.02", "b"] = np.nan
    result = build(small, small_codebook, Method(normalisation="fixed_scale",
                                                 aggregation="mazziotta_pareto"))
    assert np.isnan(result.score_low.at["11.02", "left"])
    assert np.isnan(result.score_high.at["11.02", "whole"])
    assert result.score_low.at["11.01", "whole"] == result.scores.at["11.01", "whole"]
    assert result.score_low.at["11.02", "right"] == result.scores.at["11.02", "right"]
    assert result.rank_low.at["11.02", "whole"] == 1
    assert result.rank_high.at["11.02", "whole"] == 6
    rising = pd.DataFrame({"a": [1.0, 1, 1], "b": [1.0, 1, 1], "c": [1.0, 20, 60]})
    assert not aggregate(rising, aggregation="mazziotta_pareto").is_monotonic_increasing


def test_median_is_the_ordinary_one_for_equal_weights():
    np.testing.assert_allclose(aggregate(PARTS, aggregation="median"), PARTS.median(axis=1))


def test_weighted_median():
    assert list(aggregate(PARTS, {"a": 1, "b": 2, "c": 1}, "median")) == [50, 50, 80]
    assert list(aggregate(PARTS, {"a": 1, "b": 3, "c": 1}, "median")) == [40, 50, 80]
    assert list(aggregate(PARTS, {"a": 1, "b": 1, "c": 0}, "median")) == [50, 35, 80]


def test_owa_weights_places_not_parts():
    found = aggregate(PARTS.fillna(50), aggregation="owa", order_weights=[0.2, 0.3, 0.5])
    np.testing.assert_allclose(found, [0.2 * 80 + 0.3 * 60 + 0.5 * 40,
                                       0.2 * 50 + 0.3 * 50 + 0.5 * 20, 80])


def test_owa_by_exponent():
    same = aggregate(PARTS, WEIGHTS, "owa", exponent=1)
    pd.testing.assert_series_equal(same, aggregate(PARTS, WEIGHTS, "arithmetic_mean"))
    worst = aggregate(PARTS, WEIGHTS, "owa", exponent=1e4)
    np.testing.assert_allclose(worst, PARTS.min(axis=1))
    best = aggregate(PARTS, WEIGHTS, "owa", exponent=1e-6)
    np.testing.assert_allclose(best, PARTS.max(axis=1), atol=1e-3)
    # Three equal parts, exponent 2: shares 1/9, 3/9, 5/9 from the best place down.
    assert aggregate(PARTS, aggregation="owa")["r1"] == pytest.approx((80 + 3 * 60 + 5 * 40) / 9)


def test_all_missing_gives_no_score():
    empty = pd.DataFrame({"a": [np.nan, 1.0], "b": [np.nan, 2.0]})
    for name in ("arithmetic_mean", "geometric_mean", "harmonic_mean", "median", "owa",
                 "mazziotta_pareto", "generalised_mean", "copeland"):
        found = aggregate(empty, aggregation=name)
        assert np.isnan(found[0])
        assert not np.isnan(found[1])


def test_bad_weights():
    for weights in ({"a": -1, "b": 1, "c": 1}, {"a": 0, "b": 0, "c": 0}, {"a": 1, "b": 1}):
        with pytest.raises(RefusedInput, match="weight"):
            aggregate(PARTS, weights)


def test_outranking_does_not_depend_on_the_order_of_rows():
    """COINr's does with missing cells: one minus the upper triangle, whatever was compared."""
    parts = pd.DataFrame({"a": [1.0, 2, 3], "b": [5.0, np.nan, 1], "c": [np.nan, 4, 9]},
                         index=["x", "y", "z"])
    straight = outranking(parts)
    turned = outranking(parts.iloc[::-1])
    pd.testing.assert_frame_equal(turned.loc[straight.index, straight.columns], straight)
    assert straight.at["x", "y"] == 0
    assert straight.at["x", "z"] == 0.5
    off = ~np.eye(3, dtype=bool)
    np.testing.assert_allclose((straight + straight.T).to_numpy()[off], 1)


def test_copeland_in_build_runs_and_counts_majorities(flat):
    """COINr's documented Copeland aggregation stops with an error."""
    table = pd.DataFrame({"x1": [1, 2, 3, 4], "x2": [3, 2, 1, 5], "x3": [2, 3, 1, 4]},
                         index=list("abcd"))
    result = build(table, flat(table.columns), Method(normalisation="fixed_scale",
                                                      aggregation="copeland"))
    assert list(result.scores["index"]) == [-1, 1, -3, 3]
    pd.testing.assert_frame_equal(result.score_low, result.scores)


def test_copeland_bounds_hold_for_every_filling(flat):
    table = pd.DataFrame({"x1": [10.0, 20, 30, 40], "x2": [30.0, 20, 10, 50],
                          "x3": [20.0, np.nan, 10, 40]}, index=list("abcd"))
    method = Method(normalisation="fixed_scale", aggregation="copeland")
    result = build(table, flat(table.columns), method)
    seen = []
    for value in np.linspace(0, 100, 41):
        seen.append(build(table.fillna(value), flat(table.columns), method).scores["index"])
    seen = pd.concat(seen, axis=1)
    assert (result.score_low["index"] <= seen.min(axis=1)).all()
    assert (result.score_high["index"] >= seen.max(axis=1)).all()
    pd.testing.assert_series_equal(result.score_low["index"].loc[["b"]],
                                   seen.min(axis=1).loc[["b"]], check_names=False)


def test_copeland_ignores_regions_without_values():
    parts = np.array([[1.0, 2], [np.nan, np.nan], [3.0, 1]])
    np.testing.assert_array_equal(copeland_scores(parts, np.array([1.0, 2])), [1, np.nan, -1])


def refusal(table, *arguments, **options):
    """Return the sentence with which an aggregation is refused."""
    with pytest.raises(RefusedInput) as refused:
        aggregate(table, *arguments, **options)
    return str(refused.value)


def test_refusals_say_what_to_do():
    assert refusal(PARTS, {"a": 0, "b": 0, "c": 0}) == (
        "every part needs a finite weight of at least zero, and one of them above zero.")
    assert refusal(PARTS.replace(50, 0), aggregation="geometric_mean") == (
        "the geometric_mean of 'the aggregate' cannot take the value 0 of 'b' in region 'r2': "
        "normalise to a scale that starts above zero.")
    assert refusal(-PARTS, aggregation="mazziotta_pareto") == (
        "the mazziotta_pareto of 'the aggregate' needs a mean above zero, and that of region "
        "'r1' is not: normalise to a positive scale.")
    assert refusal(PARTS, aggregation="owa", order_weights=[0.5, 0.6]) == (
        "the order_weights of 'owa' must be at least zero and add up to 1.")
    assert refusal(PARTS, aggregation="owa", order_weights=[1.5, -0.5]) == (
        "the order_weights of 'owa' must be at least zero and add up to 1.")


@pytest.mark.parametrize(("name", "options", "sentence"), [
    ("generalised_mean", {"power": "two"},
     "the power of 'generalised_mean' must be a finite number, not 'two'."),
    ("owa", {"exponent": 0}, "the exponent of 'owa' must be more than 0, not 0."),
    ("mazziotta_pareto", {"deviation": "samples"},
     "there is no deviation called 'samples': did you mean 'sample'?"),
    ("mazziotta_pareto", {"penalty": "negativ"},
     "there is no penalty called 'negativ': did you mean 'negative'?"),
    ("arithmetic_men", {},
     "there is no aggregation called 'arithmetic_men': did you mean 'arithmetic_mean'?")])
def test_parameters_are_refused_by_name(name, options, sentence):
    assert refusal(PARTS, aggregation=name, **options) == sentence


def test_a_part_without_weight_is_never_read():
    """Not even for its sign: the logarithm of zero stays out."""
    parts = pd.DataFrame({"a": [4.0], "b": [9.0], "c": [0.0]}, index=["r1"])
    weights = {"a": 1, "b": 1, "c": 0}
    for name, expected in (("arithmetic_mean", 6.5), ("geometric_mean", 6.0),
                           ("harmonic_mean", 2 / (1 / 4 + 1 / 9)), ("median", 6.5)):
        assert aggregate(parts, weights, name)["r1"] == pytest.approx(expected)


@pytest.mark.parametrize(("power", "value", "refused"), [
    (0.5, 0.0, False), (0.5, -1.0, True), (0, 0.0, True), (-1, 0.0, True), (1, -1.0, False)])
def test_which_means_take_zero_and_which_negative_numbers(power, value, refused):
    parts = pd.DataFrame({"a": [value], "b": [4.0]}, index=["r1"])
    if refused:
        assert "'a' in region 'r1'" in refusal(parts, aggregation="generalised_mean", power=power)
    else:
        assert np.isfinite(aggregate(parts, aggregation="generalised_mean", power=power)["r1"])


def test_weights_need_not_add_up_to_one_and_cells_may_come_as_objects():
    straight = aggregate(PARTS, WEIGHTS, "median")
    small = {part: weight / 100 for part, weight in WEIGHTS.items()}
    pd.testing.assert_series_equal(aggregate(PARTS, small, "median"), straight)
    objects = PARTS.astype(object).where(PARTS.notna(), None)
    weights = {part: Decimal(weight) for part, weight in WEIGHTS.items()}
    pd.testing.assert_series_equal(aggregate(objects, weights, "median"), straight)


NAMES = ("arithmetic_mean", "geometric_mean", "harmonic_mean", "generalised_mean",
         "mazziotta_pareto", "median", "owa", "copeland")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("each", [False, True])
def test_a_stack_of_tables_is_aggregated_table_by_table(name, each):
    """With one row of weights for all, or another for each table."""
    options = {**check_aggregation(name, {}), "deviation": "sample"}
    rng = np.random.default_rng(3)
    values = rng.uniform(1, 100, (4, 3, 5))
    values[rng.random(values.shape) < 0.2] = np.nan
    weights = rng.uniform(1, 3, (4, 1, 5) if each else 5)
    found = combine(values, weights, name, options)
    for table, own, row in zip(values, np.broadcast_to(weights, (4, 1, 5)), found, strict=True):
        np.testing.assert_allclose(combine(table, own[0], name, options), row, rtol=1e-12)


def test_copeland_of_a_single_region_is_zero():
    assert aggregate(PARTS.iloc[[0]], aggregation="copeland").tolist() == [0.0]


def test_owa_weights_are_spread_over_unequal_parts():
    """Two places over parts of weight 1/2, 1/4, 1/4: the curve bends at one half."""
    parts = pd.DataFrame({"a": [90.0, 10], "b": [60.0, 60], "c": [30.0, 30]}, index=["r1", "r2"])
    found = aggregate(parts, {"a": 2, "b": 1, "c": 1}, "owa", order_weights=[0.8, 0.2])
    np.testing.assert_allclose(found, [0.8 * 90 + 0.1 * 60 + 0.1 * 30,
                                       0.4 * 60 + 0.4 * 30 + 0.2 * 10])
    steep = aggregate(parts, {"a": 1, "b": 1, "c": 2}, "owa", order_weights=[0.8, 0.2])
    assert steep["r1"] == pytest.approx(0.4 * 90 + 0.4 * 60 + 0.2 * 30)


def test_owa_of_equal_parts_is_their_value_although_the_weights_are_printed_rounded():
    parts = pd.DataFrame({"a": [80.0], "b": [80.0]}, index=["r1"])
    found = aggregate(parts, aggregation="owa", order_weights=[0.5, 0.500005])["r1"]
    assert found == pytest.approx(80, rel=1e-13)


def test_the_region_that_spoils_a_penalised_mean_is_named():
    parts = pd.DataFrame({"a": [0.2, -1.0], "b": [0.4, 1.0]}, index=["r1", "r2"])
    assert "that of region 'r2' is not" in refusal(parts, aggregation="mazziotta_pareto")


def test_owa_may_leave_places_without_weight():
    parts = pd.DataFrame({"a": [30.0], "b": [80.0]}, index=["r1"])
    assert aggregate(parts, aggregation="owa", order_weights=[1.0, 0.0])["r1"] == 80


def test_nothing_is_said_on_the_way_about_noughts_and_gaps():
    """What cannot be computed comes out as NaN or infinite, without warnings of numpy."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        logarithms = PowerMean(0).forward(np.array([0.0, -1.0]))
        np.testing.assert_array_equal(logarithms, [-np.inf, np.nan])
        np.testing.assert_array_equal(PowerMean(-1).inverse(np.array([0.0])), [np.inf])
        np.testing.assert_array_equal(PowerMean(2).inverse(np.array([-1.0])), [np.nan])
        nothing = np.array([[np.nan, np.nan], [-1.0, 1.0]])
        options = check_aggregation("mazziotta_pareto", {})
        found = combine(nothing, np.ones(2), "mazziotta_pareto", options)
        np.testing.assert_array_equal(found, [np.nan, -np.inf])
