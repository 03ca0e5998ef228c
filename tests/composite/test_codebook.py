"""Bad codebooks and bad indicators are refused in a sentence that names the culprit."""

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import Method, build
from anticorruption.composite.codebook import read_codebook
from anticorruption.errors import RefusedInput

FIXED = Method(normalisation="fixed_scale")


def refused(indicators, codebook, method, *words):
    with pytest.raises(RefusedInput) as caught:
        build(indicators, codebook, method)
    for word in words:
        assert word in str(caught.value)
    assert "\n" not in str(caught.value)


def changed(codebook, code, **values):
    table = codebook.astype(object).copy()
    for column, value in values.items():
        table.loc[table["code"] == code, column] = value
    return table


def test_duplicate_code(small, small_codebook):
    twice = pd.concat([small_codebook, small_codebook.iloc[[1]]])
    refused(small, twice, FIXED, "'b'", "more than once")


def test_parent_that_does_not_exist(small, small_codebook):
    refused(small, changed(small_codebook, "a", parent="lft"), FIXED, "'lft'", "'a'")


def test_cycle(small, small_codebook):
    circle = changed(small_codebook, "whole", parent="left")
    refused(small, circle.drop(columns="level"), FIXED, "circle", "left > whole > left")


def test_code_that_is_its_own_parent(small, small_codebook):
    refused(small, changed(small_codebook, "whole", parent="whole").drop(columns="level"), FIXED,
            "circle", "whole > whole")


@pytest.mark.parametrize("empty", [None, np.nan, "", "  ", pd.NA])
def test_missing_parent_is_the_top(small, small_codebook, empty):
    table = changed(small_codebook, "whole", parent=empty)
    assert read_codebook(table).tops == ("whole",)


def test_level_is_worked_out_when_absent(small, small_codebook):
    tree = read_codebook(small_codebook.drop(columns="level"))
    assert tree.level == read_codebook(small_codebook).level


def test_levels_must_rise(small, small_codebook):
    refused(small, changed(small_codebook, "whole", level=2), FIXED, "'left'", "'whole'")


def test_aggregate_without_parts(small, small_codebook):
    alone = pd.DataFrame({"code": ["lonely"], "parent": ["whole"], "level": [2], "weight": [1.0]})
    refused(small, pd.concat([small_codebook, alone]), FIXED, "'lonely'", "no parts")


@pytest.mark.parametrize("direction", [0, 2, np.nan, -0.5])
def test_direction_other_than_one(small, small_codebook, direction):
    refused(small, changed(small_codebook, "c", direction=direction), FIXED, "'c'", "direction")


def test_negative_direction_of_an_aggregate(small, small_codebook):
    refused(small, changed(small_codebook, "left", direction=-1), FIXED, "'left'", "aggregate")


def test_negative_weight(small, small_codebook):
    refused(small, changed(small_codebook, "b", weight=-1), FIXED, "'b'", "negative")


def test_missing_weight(small, small_codebook):
    refused(small, changed(small_codebook, "right", weight=None), FIXED, "'right'", "no weight")


def test_weight_that_is_not_a_number(small, small_codebook):
    refused(small, changed(small_codebook, "b", weight="heavy"), FIXED, "'b'", "'heavy'")


def test_group_without_weight(small, small_codebook):
    nothing = changed(changed(small_codebook, "c", weight=0), "d", weight=0)
    refused(small, nothing, FIXED, "'right'", "above zero")


def test_no_regions(small, small_codebook):
    refused(small.iloc[:0], small_codebook, FIXED, "no regions")


@pytest.mark.parametrize(("indicators", "codebook", "method", "words"), [
    ({}, pd.DataFrame(), FIXED, "indicators must be a DataFrame"),
    (pd.DataFrame(), [], FIXED, "codebook must be a DataFrame"),
    (pd.DataFrame(), pd.DataFrame(), "min_max", "must be a Method")])
def test_other_things_than_tables(indicators, codebook, method, words):
    refused(indicators, codebook, method, words)


def test_region_twice(small, small_codebook):
    refused(pd.concat([small, small.iloc[[4]]]), small_codebook, FIXED, "'34.10'", "more than once")


def test_region_codes_read_as_numbers(small, small_codebook):
    refused(small.set_axis(small.index.astype(float)), small_codebook, FIXED, "must be text")


def test_column_not_in_the_codebook(small, small_codebook):
    refused(small.assign(e=1.0), small_codebook, FIXED, "'e'", "codebook")


def test_codebook_without_column(small, small_codebook):
    refused(small.drop(columns="c"), small_codebook, FIXED, "'c'", "no such column")


def test_column_that_is_an_aggregate(small, small_codebook):
    refused(small.assign(left=1.0), small_codebook, FIXED, "'left'", "aggregate")


@pytest.mark.parametrize("endless", [np.inf, -np.inf])
def test_infinite_value(small, small_codebook, endless):
    small.loc["12.01", "d"] = endless
    refused(small, small_codebook, FIXED, "'d'", "'12.01'", "infinite")


def test_text_in_a_cell(small, small_codebook):
    table = small.astype(object)
    table.loc["12.01", "d"] = "45,3"
    refused(table, small_codebook, FIXED, "'d'", "'12.01'", "'45,3'")


def test_nullable_and_integer_columns_are_numbers(small, small_codebook):
    nullable = small.astype("Int64")
    nullable.loc["12.01", "d"] = pd.NA
    plain = small.copy()
    plain.loc["12.01", "d"] = np.nan
    pd.testing.assert_frame_equal(build(nullable, small_codebook, FIXED).scores,
                                  build(plain, small_codebook, FIXED).scores)


@pytest.mark.parametrize("normalisation", ["min_max", "z_score", "rank", "percentile_rank",
                                           "borda"])
def test_constant_indicator_is_refused_by_name(small, small_codebook, normalisation):
    method = Method(normalisation=normalisation, minimum_regions=2)
    refused(small.assign(c=100.0), small_codebook, method, "'c'", "100", "goalposts")


def test_constant_indicator_keeps_its_value_on_a_fixed_scale(small, small_codebook):
    result = build(small.assign(c=100.0), small_codebook, FIXED)
    assert (result.scores["c"] == 100).all()
    np.testing.assert_allclose(result.scores["right"], (100 + small["d"]) / 2)


@pytest.mark.parametrize("regions", [1, 2, 6])
def test_few_regions_are_refused_by_relative_methods(small, small_codebook, regions):
    refused(small.iloc[:regions], small_codebook, Method(), f"values for {regions} region",
            "goalposts")


@pytest.mark.parametrize("regions", [1, 2])
def test_few_regions_are_scored_on_a_fixed_scale(small, small_codebook, regions):
    few = build(small.iloc[:regions], small_codebook, FIXED)
    all_of_them = build(small, small_codebook, FIXED)
    pd.testing.assert_frame_equal(few.scores, all_of_them.scores.iloc[:regions])


def test_minimum_number_of_regions_can_be_set(small, small_codebook):
    assert build(small, small_codebook, Method(minimum_regions=6)).scores.notna().all(axis=None)


def test_indicator_without_values_is_refused_where_regions_are_compared(small, small_codebook):
    refused(small.assign(b=np.nan), small_codebook, Method(minimum_regions=2), "'b'", "no value")


def test_indicator_without_values_on_a_fixed_scale_leaves_bounds(small, small_codebook):
    result = build(small.assign(b=np.nan), small_codebook, FIXED)
    np.testing.assert_allclose(result.scores["left"], small["a"])
    np.testing.assert_allclose(result.coverage["left"], 0.25)
    np.testing.assert_allclose(result.score_low["left"], small["a"] * 0.25)
    np.testing.assert_allclose(result.score_high["left"], small["a"] * 0.25 + 75)


def test_region_without_values_has_no_score_and_no_rank(small, small_codebook):
    small.loc["34.10"] = np.nan
    result = build(small, small_codebook, FIXED)
    assert result.scores.loc["34.10"].isna().all()
    assert result.ranks.loc["34.10"].isna().all()
    assert (result.coverage.loc["34.10"] == 0).all()
    assert result.score_low.at["34.10", "whole"] == 0
    assert result.score_high.at["34.10", "whole"] == pytest.approx(100)
    assert (result.rank_low.at["34.10", "whole"], result.rank_high.at["34.10", "whole"]) == (1, 6)
    others = build(small.drop("34.10"), small_codebook, FIXED)
    pd.testing.assert_frame_equal(result.ranks.drop("34.10"), others.ranks)


@pytest.mark.parametrize("aggregation", ["geometric_mean", "harmonic_mean"])
def test_zero_under_a_mean_that_cannot_take_it(small, small_codebook, aggregation):
    small.loc["11.10", "b"] = 0.0
    method = FIXED.replace(aggregation=aggregation)
    refused(small, small_codebook, method, aggregation, "'b'", "'11.10'", "'left'")


def test_zero_with_no_weight_does_not_matter(small, small_codebook):
    small.loc["11.10", "b"] = 0.0
    codebook = changed(small_codebook, "b", weight=0)
    result = build(small, codebook, FIXED.replace(aggregation="geometric_mean"))
    np.testing.assert_allclose(result.scores["left"], small["a"])
