"""The frozen recipe: names, identifier, variants, one aggregation a level."""

import dataclasses
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import Method, build
from anticorruption.errors import RefusedInput


def test_identifier_is_pinned():
    """Reports print this: it may change only when the recipe it stands for changes."""
    method = Method(normalisation="min_max", normalisation_parameters={"low": 1, "high": 100},
                    aggregation="geometric_mean")
    assert method.identifier == (
        "d326cc9378c9d818506eebd3f39f0c9c96562fa558f0fe602e4ca73538200c02")


def test_identifier_is_the_same_in_another_process():
    code = "from anticorruption.composite import Method; print(Method().identifier)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                           env={"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(sys.path)})
    assert found.stdout.strip() == Method().identifier


def test_writing_out_a_default_changes_nothing():
    written = Method(normalisation_parameters={"high": 100.0, "low": 0}, minimum_regions=10)
    assert written == Method()
    assert hash(written) == hash(Method())
    assert len({written, Method()}) == 1


@pytest.mark.parametrize("change", [
    {"normalisation": "z_score"}, {"normalisation_parameters": {"low": 1}},
    {"aggregation": ("arithmetic_mean", "geometric_mean")}, {"weighting": "equal"},
    {"imputation": "mean"}, {"treatment": "winsorise"}, {"minimum_regions": 5},
    {"minimum_coverage": 0.5}, {"weighting_parameters": {"weights": {"a": 2}}}])
def test_every_field_counts_in_the_identifier(change):
    assert Method().replace(**change).identifier != Method().identifier


def test_method_is_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Method().aggregation = "median"
    with pytest.raises(TypeError):
        Method().normalisation_parameters["low"] = 3


def test_both_ways_to_change_one_field_agree():
    method = Method(normalisation_parameters={"low": 1})
    assert method.replace(aggregation="median") == dataclasses.replace(method, aggregation="median")


def test_parameters_of_another_choice_are_left_aside(small, small_codebook):
    method = Method(normalisation_parameters={"low": 1, "high": 100}, minimum_regions=2)
    variant = method.replace(normalisation="z_score")
    assert variant == Method(normalisation="z_score", minimum_regions=2)
    np.testing.assert_allclose(build(small, small_codebook, variant).scores["a"].mean(), 0,
                               atol=1e-12)


@pytest.mark.parametrize(("field", "name", "nearest"), [
    ("normalisation", "minmax", "min_max"), ("normalisation", "zscore", "z_score"),
    ("aggregation", "geometric", "geometric_mean"), ("weighting", "equals", "equal"),
    ("imputation", "men", "mean"), ("treatment", "winsorize", "winsorise")])
def test_unknown_name_suggests_the_nearest(field, name, nearest):
    with pytest.raises(RefusedInput, match=f"did you mean '{nearest}'"):
        Method(**{field: name})


def test_unknown_name_far_from_all_lists_them():
    with pytest.raises(RefusedInput, match="known are borda"):
        Method(normalisation="xyzzy")


@pytest.mark.parametrize(("change", "words"), [
    ({"normalisation_parameters": {"lo": 1}}, "did you mean 'low'"),
    ({"normalisation_parameters": {"low": 100, "high": 1}}, "below"),
    ({"normalisation_parameters": {"low": float("inf")}}, "finite"),
    ({"normalisation": "z_score", "normalisation_parameters": {"sd": 0}}, "more than 0"),
    ({"minimum_coverage": 1.5}, "cannot be more than 1"),
    ({"minimum_regions": 0}, "at least 1"),
    ({"aggregation_parameters": 3}, "mapping"),
    ({"aggregation": {"first": "median"}}, "whole numbers"),
    ({"aggregation": "generalised_mean", "aggregation_parameters": {"power": "x"}}, "power"),
    ({"aggregation": "owa", "aggregation_parameters": {"order_weights": [0.4, 0.4]}}, "add up"),
    ({"treatment": "winsorise", "treatment_parameters": {"maximum_points": 1.5}}, "whole number")])
def test_parameters_that_make_no_sense(change, words):
    with pytest.raises(RefusedInput, match=words):
        Method(**change)


def test_replacing_a_field_that_does_not_exist():
    with pytest.raises(RefusedInput, match="did you mean 'aggregation'"):
        Method().replace(agregation="median")


def test_one_aggregation_a_level(small, small_codebook):
    base = Method(normalisation="fixed_scale")
    by_name = build(small, small_codebook, base.replace(
        aggregation={2: "geometric_mean", 3: "arithmetic_mean"}))
    by_place = build(small, small_codebook, base.replace(
        aggregation=("geometric_mean", "arithmetic_mean")))
    left = np.exp((np.log(small["a"]) + 3 * np.log(small["b"])) / 4)
    right = np.sqrt(small["c"] * small["d"])
    np.testing.assert_allclose(by_name.scores["whole"], (2 * left + right) / 3)
    pd.testing.assert_frame_equal(by_name.scores, by_place.scores)


@pytest.mark.parametrize("aggregation", [
    ("median",), ("median", "median", "median"), {2: "median"}, {2: "median", 4: "median"}])
def test_levels_that_do_not_match(small, small_codebook, aggregation):
    with pytest.raises(RefusedInput, match="levels"):
        build(small, small_codebook,
              Method(normalisation="fixed_scale", aggregation=aggregation))


def test_minimum_coverage(small, small_codebook):
    small.loc["11.02", "b"] = np.nan
    method = Method(normalisation="fixed_scale", minimum_coverage=0.5)
    result = build(small, small_codebook, method)
    assert np.isnan(result.scores.at["11.02", "left"])
    assert result.coverage.at["11.02", "left"] == pytest.approx(0.25)
    assert result.coverage.at["11.02", "whole"] == pytest.approx((2 * 0.25 + 1) / 3)
    low, high = (table.at["11.02", "whole"] for table in (result.score_low, result.score_high))
    assert low <= result.scores.at["11.02", "whole"] <= high


def test_filled_cells_do_not_count_as_observed(small, small_codebook):
    small.loc["11.02", "b"] = np.nan
    result = build(small, small_codebook, Method(normalisation="fixed_scale", imputation="mean"))
    assert list(result.filled.itertuples(index=False, name=None)) == [
        ("11.02", "b", pytest.approx(small["b"].mean()), "mean")]
    assert result.scores.at["11.02", "b"] == pytest.approx(small["b"].mean())
    assert result.coverage.at["11.02", "left"] == pytest.approx(0.25)
    assert result.score_low.at["11.02", "left"] == pytest.approx(40 / 4)
    assert result.score_high.at["11.02", "left"] == pytest.approx(40 / 4 + 75)


def test_ties_closer_than_rounding_noise(flat):
    """COINr ranks raw doubles, so that 5.1 and 5.1000000000000005 are not a tie."""
    table = pd.DataFrame({"x": [5.1, 5.1000000000000005, 7.0, 3.0]}, index=list("abcd"))
    result = build(table, flat(["x"]), Method(normalisation="fixed_scale"))
    assert list(result.ranks["index"]) == [2, 2, 1, 4]
    assert list(result.scores["x"]) == pytest.approx(list(table["x"]))


def test_several_tops_each_have_scores(small, small_codebook):
    codebook = small_codebook[small_codebook["code"] != "whole"]
    codebook = codebook.replace({"parent": {"whole": None}})
    result = build(small, codebook, Method(normalisation="fixed_scale"))
    assert list(result.scores)[-2:] == ["left", "right"]
    np.testing.assert_allclose(result.effective_weights[["left", "right", "b"]], [1, 1, 0.75])


def test_sums_over_regions_have_the_same_digits_in_whatever_order_they_stand(flat):
    """Sums are rounded as they grow, so another order of adding would show in the last digits."""
    values = np.random.default_rng(6).uniform(0, 100, (40, 3))
    table = pd.DataFrame(values, [f"r{place:02d}" for place in range(40)], list("abc"))
    method = Method(normalisation="z_score")
    straight = build(table, flat(list("abc")), method).scores
    for seed in range(5):
        mixed = table.sample(frac=1, random_state=seed)
        found = build(mixed, flat(list("abc")), method).scores
        assert found.index.tolist() == mixed.index.tolist() != table.index.tolist()
        pd.testing.assert_frame_equal(found.loc[table.index], straight, check_exact=True)
