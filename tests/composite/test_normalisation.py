"""Directions, goalposts, targets and the ends of scales."""

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import Method, build, normalise
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
