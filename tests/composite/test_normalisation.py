"""Directions, goalposts, targets and the ends of scales."""

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import Method, build, normalise
from anticorruption.composite.codebook import read_codebook
from anticorruption.composite.normalisation import (
    NORMALISATIONS,
    check_normalisation,
    normalise_values,
    scale_ends,
)
from anticorruption.errors import RefusedInput


@pytest.fixture
def table():
    return pd.DataFrame({"x": np.linspace(10, 32, 12), "y": np.linspace(3, 1, 12) ** 2},
                        index=[f"r{n:02d}" for n in range(12)])


def test_direction_turns_an_indicator_round(table, flat):
    for name in ("min_max", "z_score", "rank", "percentile_rank", "borda"):
        up = normalise(-table, flat(["x", "y"]), name)
        down = normalise(table, flat(["x", "y"], directions=[-1, -1]), name)
        pd.testing.assert_frame_equal(up, down)
        assert down["x"].is_monotonic_decreasing


def test_goalposts_with_direction_and_without_cutting(table, flat):
    codebook = flat(["x", "y"], directions=[1, -1], goalpost_low=[12.0, 0.0],
                    goalpost_high=[30.0, 10.0])
    cut = normalise(table, codebook, "goalposts")
    assert cut["x"].iloc[[0, -1]].tolist() == [0, 100]
    np.testing.assert_allclose(cut["y"], 100 - 10 * table["y"])
    free = normalise(table, codebook, "goalposts", truncate=False)
    assert free["x"].iloc[0] == pytest.approx(100 * (10 - 12) / 18)


@pytest.mark.parametrize(("low", "high", "words"), [
    (None, 10.0, "no goalpost_low"), (5.0, 5.0, "below"), (9.0, 1.0, "below")])
def test_goalposts_that_cannot_be_used(table, flat, low, high, words):
    codebook = flat(["x", "y"], goalpost_low=[0.0, low], goalpost_high=[50.0, high])
    with pytest.raises(RefusedInput, match=f"'y'.*{words}|{words}.*'y'"):
        normalise(table, codebook, "goalposts")


def test_goalposts_without_columns(table, flat):
    with pytest.raises(RefusedInput, match="'x' has no goalpost_low"):
        normalise(table, flat(["x", "y"]), "goalposts")


def test_distance_to_target(table, flat):
    codebook = flat(["x", "y"], directions=[1, -1], target=[21.0, 1.0])
    found = normalise(table, codebook, "distance_to_target")
    np.testing.assert_allclose(found["x"], np.minimum(100 * (table["x"] - 10) / 11, 100))
    np.testing.assert_allclose(found["y"], 100 * (9 - table["y"]) / 8)


def test_target_no_better_than_the_worst_region(table, flat):
    codebook = flat(["x", "y"], target=[5.0, 4.0])
    with pytest.raises(RefusedInput, match="target of 'x'"):
        normalise(table, codebook, "distance_to_target")


def test_fixed_scale_from_the_codebook_or_0_to_100(table, flat):
    plain = normalise(table, flat(["x", "y"]), "fixed_scale")
    pd.testing.assert_frame_equal(plain, table)
    codebook = flat(["x", "y"], scale_low=[0.0, None], scale_high=[40.0, None])
    np.testing.assert_allclose(normalise(table, codebook, "fixed_scale")["x"], table["x"] / 0.4)


@pytest.mark.parametrize(("name", "worst", "best"), [
    ("min_max", 0, 100), ("rank", 1, 11), ("borda", 0, 10), ("percentile_rank", 0, 1)])
def test_ends_of_the_scale_for_a_missing_cell(table, flat, name, worst, best):
    table.loc["r04", "x"] = np.nan
    result = build(table, flat(["x", "y"]), Method(normalisation=name))
    assert result.score_low.at["r04", "x"] == worst
    assert result.score_high.at["r04", "x"] == best
    assert result.scores.isna().to_numpy().sum() == 1


def test_ends_of_a_z_score_are_the_regions_seen(table, flat):
    table.loc["r04", "x"] = np.nan
    result = build(table, flat(["x", "y"]), Method(normalisation="z_score"))
    assert result.score_low.at["r04", "x"] == result.scores["x"].min()
    assert result.score_high.at["r04", "x"] == result.scores["x"].max()


def test_ranks_ignore_rounding_noise_in_any_unit(flat):
    for unit in (1e-9, 1.0, 1e12):
        values = np.array([0.1 + 0.2, 0.3, 0.5, 0.1]) * unit
        table = pd.DataFrame({"x": values}, index=list("abcd"))
        found = normalise(table, flat(["x"]), "rank", minimum_regions=2)
        assert list(found["x"]) == [2, 2, 4, 1]


def test_z_score_uses_the_sample_standard_deviation(table, flat):
    found = normalise(table, flat(["x", "y"]), "z_score", mean=100, sd=10)
    np.testing.assert_allclose(found.mean(), 100)
    np.testing.assert_allclose(found.std(ddof=1), 10)


def test_by_default_the_best_of_at_least_ten_regions_has_a_hundred(table, flat):
    codebook = flat(["x", "y"])
    pd.testing.assert_frame_equal(normalise(table, codebook), normalise(table, codebook, "min_max"))
    assert normalise(table.iloc[:10], codebook)["x"].iloc[[0, -1]].tolist() == [0, 100]
    with pytest.raises(RefusedInput) as refused:
        normalise(table.iloc[:9], codebook)
    assert str(refused.value) == (
        "indicator 'x' has values for 9 regions, and 'min_max' compares regions with one another, "
        "which says little below 10: use fixed goalposts instead.")


def test_rows_stay_in_their_order_and_columns_take_that_of_the_codebook(table, flat):
    found = normalise(table.iloc[::-1], flat(["y", "x"]))
    assert list(found.columns) == ["y", "x"]
    assert list(found.index) == list(table.index[::-1])


@pytest.mark.parametrize(("change", "name", "sentence"), [
    (lambda t: t.assign(y=np.nan), "rank", "indicator 'y' has no value for any region."),
    (lambda t: t.assign(y=2.5), "rank",
     "indicator 'y' is 2.5 for every region, so 'rank' cannot place them: leave it out, or use "
     "fixed goalposts, which keep its value."),
    (lambda t: t.assign(y=-1e9 + np.arange(12) * 1e-6), "min_max",
     "indicator 'y' is -1e+09 for every region, so 'min_max' cannot place them: leave it out, or "
     "use fixed goalposts, which keep its value."),
    (lambda t: t, "distance_to_target",
     "the target of 'x' is missing from the codebook, or no better than the worst region."),
    (lambda t: t, "goalposts",
     "indicator 'x' has no goalpost_low and goalpost_high in the codebook, which 'goalposts' "
     "needs."),
    (lambda t: t, "goalpost",
     "there is no normalisation called 'goalpost': did you mean 'goalposts'?")])
def test_refusals_say_what_to_do(table, flat, change, name, sentence):
    with pytest.raises(RefusedInput) as refused:
        normalise(change(table), flat(["x", "y"]), name)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(("name", "parameters", "sentence"), [
    ("min_max", {"low": 5, "high": 5},
     "the lower end of the scale of 'min_max' (5) must be below its upper end (5)."),
    ("z_score", {"mean": "0"}, "the mean of 'z_score' must be a finite number, not '0'."),
    ("z_score", {"sd": 0}, "the sd of 'z_score' must be more than 0, not 0.")])
def test_scales_are_refused_by_name(table, flat, name, parameters, sentence):
    with pytest.raises(RefusedInput) as refused:
        normalise(table, flat(["x", "y"]), name, **parameters)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(("low", "high", "name", "sentence"), [
    (5.0, 5.0, "fixed_scale", "the scale_low of 'y' (5) must be below its scale_high (5)."),
    (9.0, 1.0, "goalposts", "the goalpost_low of 'y' (9) must be below its goalpost_high (1).")])
def test_ends_in_the_wrong_order_are_both_told(table, flat, low, high, name, sentence):
    what = {"fixed_scale": "scale", "goalposts": "goalpost"}[name]
    codebook = flat(["x", "y"], **{f"{what}_low": [0.0, low], f"{what}_high": [50.0, high]})
    with pytest.raises(RefusedInput) as refused:
        normalise(table, codebook, name)
    assert str(refused.value) == sentence


def test_a_target_that_the_worst_region_already_reaches_is_refused(table, flat):
    codebook = flat(["x", "y"], target=[10.0, 9.0])
    with pytest.raises(RefusedInput, match="target of 'x'"):
        normalise(table, codebook, "distance_to_target")


def test_scales_that_do_not_start_at_zero(table, flat):
    posts = {"goalpost_low": 0.0, "goalpost_high": 40.0, "scale_low": 0.0, "scale_high": 40.0,
             "target": 21.0}
    codebook = flat(["x", "y"], directions=[1, 1], **posts)
    share = {"min_max": (table["x"] - 10) / 22, "goalposts": table["x"] / 40,
             "fixed_scale": table["x"] / 40,
             "distance_to_target": np.minimum((table["x"] - 10) / 11, 1)}
    for name, expected in share.items():
        found = normalise(table, codebook, name, low=20, high=80)["x"]
        np.testing.assert_allclose(found, 20 + 60 * expected)


def test_beyond_the_target_only_when_not_cut(table, flat):
    codebook = flat(["x", "y"], target=[21.0, 10.0])
    cut = normalise(table, codebook, "distance_to_target")["x"]
    free = normalise(table, codebook, "distance_to_target", truncate=False)["x"]
    assert cut.iloc[-1] == 100
    assert free.iloc[-1] == pytest.approx(200)


def test_small_units_do_not_tie_beside_large_ones(flat):
    table = pd.DataFrame({"x": [1e13, 2e13, 3e13, 4e13], "y": [1e-3, 2e-3, 2e-3, 4e-3]},
                         index=list("abcd"))
    found = normalise(table, flat(["x", "y"]), "rank", minimum_regions=2)
    assert list(found["y"]) == [1, 2, 2, 4]


@pytest.mark.parametrize("name", NORMALISATIONS)
def test_a_stack_of_tables_is_normalised_table_by_table(flat, name):
    rng = np.random.default_rng(5)
    values = rng.uniform(5, 95, (3, 12, 2))
    values[rng.random(values.shape) < 0.1] = np.nan
    tree = read_codebook(flat(["x", "y"], directions=[1, -1], goalpost_low=0.0,
                              goalpost_high=100.0, target=[90.0, 8.0]))
    options = check_normalisation(name, {})
    values[:, 0, :] = [4.0, 96.0]  # a worst region that no target is worse than
    found = normalise_values(values, name, options, tree)
    for table, one in zip(values, found, strict=True):
        np.testing.assert_array_equal(normalise_values(table, name, options, tree), one)


def test_a_value_beyond_an_uncut_scale_moves_the_ends(table, flat):
    """A missing cell may be as far out as the regions seen, and no less far than the scale."""
    table.loc["r04", "x"] = np.nan
    codebook = flat(["x", "y"], scale_low=[12.0, 0.0], scale_high=[40.0, 10.0])
    result = build(table, codebook, Method(normalisation="fixed_scale"))
    assert result.score_low.at["r04", "x"] == pytest.approx(100 * (10 - 12) / 28)
    assert result.score_high.at["r04", "x"] == 100
    cut = Method(normalisation="fixed_scale", normalisation_parameters={"truncate": True})
    assert build(table, codebook, cut).score_low.at["r04", "x"] == 0


@pytest.mark.parametrize("name", NORMALISATIONS)
def test_a_scale_has_one_worst_and_one_best_for_each_indicator(name):
    ends = scale_ends(np.arange(8.0).reshape(4, 2), name, check_normalisation(name, {}))
    assert [end.shape for end in ends] == [(2,), (2,)]


def test_a_missing_cell_may_reach_a_target_that_nobody_reaches(table, flat):
    table.loc["r04", "x"] = np.nan
    codebook = flat(["x", "y"], target=[100.0, 10.0])
    result = build(table, codebook, Method(normalisation="distance_to_target"))
    assert result.scores["x"].max() < 30
    assert result.score_high.at["r04", "x"] == 100
    assert result.score_low.at["r04", "x"] == 0


@pytest.mark.parametrize("regions", [1, 12])
def test_an_indicator_of_noughts_or_of_one_region_cannot_be_placed(table, flat, regions):
    with pytest.raises(RefusedInput, match="'y' is 0 for every region"):
        normalise(table.assign(y=0.0)[["y"]].iloc[:regions], flat(["y"]), minimum_regions=1)
