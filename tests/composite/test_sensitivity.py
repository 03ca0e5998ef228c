"""Sobol indices: known values, SALib's own estimates, and loud refusals."""

import numpy as np
import pandas as pd
import pytest
from SALib.analyze import sobol

from anticorruption.composite import (
    EveryWeighting,
    Method,
    NoisyWeights,
    analyse_sensitivity,
    build,
)
from anticorruption.composite.sobol import saltelli_design, sobol_indices
from anticorruption.errors import RefusedInput

FIXED = Method(normalisation="fixed_scale")
POSITIVE = Method(normalisation_parameters={"low": 1, "high": 100})
ALTERNATIVES = {
    "scale": {"min-max": {"normalisation": "min_max"},
              "z-score": {"normalisation": "z_score",
                          "normalisation_parameters": {"mean": 50, "sd": 10}}},
    "aggregation": ["arithmetic_mean", "geometric_mean"]}


def ishigami(u):
    x = -np.pi + 2 * np.pi * u
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def sobol_g(u):
    a = np.array([0, 1, 4.5, 9, 99, 99, 99, 99])
    return np.prod((np.abs(4 * u - 2) + a) / (1 + a), axis=1)


def linear(u):
    return u @ np.array([1.0, 2, 3])


@pytest.mark.parametrize(("key", "function", "tolerance"), [
    ("ishigami_a7_b0.1", ishigami, 0.01), ("sobol_g_a_0_1_4.5_9_99x4", sobol_g, 0.02),
    ("linear_1_2_3", linear, 0.005)])
def test_known_indices_ishigami_sobol_g_linear(golden, key, function, tolerance):
    """Public formulas; the reference errors of the README of the numbers at N = 2048."""
    table = pd.read_csv(golden / "sobol_analytic/expected_indices.csv")
    expected = table[table["function"] == key]
    names = list(expected["input"])
    design = saltelli_design(names, 2048, np.random.default_rng(0))
    found = sobol_indices(function(design)[:, None], len(names), 200, 0.95, 0)[0]
    np.testing.assert_allclose(found[:, 0], expected["S1"], atol=tolerance)
    np.testing.assert_allclose(found[:, 3], expected["ST"], atol=tolerance)
    assert (found[:, 1] <= found[:, 0]).all()
    assert (found[:, 3] <= found[:, 5]).all()
    assert (found[:, 4] <= expected["ST"] + 0.01).all()


def test_estimates_are_those_of_salib():
    names = ["x1", "x2", "x3"]
    design = saltelli_design(names, 256, np.random.default_rng(5))
    outputs = ishigami(design)
    found = sobol_indices(outputs[:, None], 3, 400, 0.95, 0)[0]
    problem = {"num_vars": 3, "names": names, "bounds": [[0, 1]] * 3}
    theirs = sobol.analyze(problem, outputs, calc_second_order=False, num_resamples=400, seed=1)
    np.testing.assert_allclose(found[:, 0], theirs["S1"], atol=1e-12)
    np.testing.assert_allclose(found[:, 3], theirs["ST"], atol=1e-12)
    np.testing.assert_allclose((found[:, 2] - found[:, 1]) / 2, theirs["S1_conf"], rtol=0.25)
    np.testing.assert_allclose((found[:, 5] - found[:, 4]) / 2, theirs["ST_conf"], rtol=0.25)


def test_many_outputs_at_once_are_each_on_their_own():
    design = saltelli_design(["a", "b", "c"], 128, np.random.default_rng(5))
    outputs = np.column_stack([ishigami(design), linear(design), np.ones(len(design))])
    together = sobol_indices(outputs, 3, 50, 0.9, 7)
    for place in (0, 1):
        alone = sobol_indices(outputs[:, [place]], 3, 50, 0.9, 7)[0]
        np.testing.assert_allclose(together[place], alone, rtol=1e-9)
    assert np.isnan(together[2]).all()


@pytest.fixture(scope="module")
def found(spi, spi_codebook):
    return analyse_sensitivity(spi, spi_codebook, POSITIVE, seed=2, points=128, bootstraps=200,
                               alternatives=ALTERNATIVES, weights=NoisyWeights(0.25))


def test_runs_of_the_design_are_what_build_gives(spi, spi_codebook, found):
    nominal = build(spi, spi_codebook, POSITIVE).ranks["index"]
    pd.testing.assert_series_equal(found.nominal["rank"], nominal, check_names=False)
    plain = analyse_sensitivity(spi, spi_codebook, POSITIVE, seed=2, points=8, bootstraps=10,
                                alternatives=ALTERNATIVES)
    assert plain.factors == ("scale", "aggregation")
    for run in range(0, 32, 5):
        picks = np.floor(plain.design[run] * 2).astype(int)
        changes = {**list(ALTERNATIVES["scale"].values())[picks[0]],
                   "aggregation": ALTERNATIVES["aggregation"][picks[1]]}
        ranks = build(spi, spi_codebook, POSITIVE.replace(**changes)).ranks["index"]
        np.testing.assert_array_equal(plain.ranks[run], ranks[plain.regions])
        assert plain.shifts[run] == pytest.approx((ranks - nominal).abs().mean())


def test_overall_indices_make_sense(found):
    table = found.overall
    assert list(table.index) == ["scale", "aggregation", "weights"]
    assert (table["total_order"] > 0).all()
    assert table["first_order"].sum() < 1.2
    assert (table["first_order"] < table["total_high"]).all()
    assert ((table["first_low"] <= table["first_order"])
            & (table["first_order"] <= table["first_high"])).all()


def test_every_region_has_its_own_indices(found):
    table = found.by_region
    assert len(table) == 508 * 3
    region = found.regions[10]
    column = found.ranks[:, [10]].astype(float)
    alone = sobol_indices(column, 3, 200, 0.95, 2)[0]
    np.testing.assert_allclose(table.loc[region].iloc[:, :6], alone, rtol=1e-9)
    assert set(found.decisive.dropna()) <= {"scale", "aggregation", "weights"}
    assert found.decisive[region] == table.loc[region]["total_order"].idxmax()


def test_the_choice_that_moves_a_region_is_found(flat):
    """One region is extreme on the part whose weight is unsure, the others are not."""
    table = pd.DataFrame({"x": [50.0, 51, 52, 53, 54], "y": [51.0, 50, 53, 52, 90]},
                         index=list("abcde"))
    errors = pd.DataFrame({"x": [3.0, 3, 3, 3, 0.0], "y": 0.0}, index=list("abcde"))
    result = analyse_sensitivity(table, flat(["x", "y"]), FIXED, seed=1, points=64, bootstraps=20,
                                 weights=EveryWeighting(), standard_errors=errors)
    assert result.factors == ("weights", "standard_errors")
    assert result.decisive["a"] == "standard_errors"


def test_repeatable_and_zero_is_a_seed(small, small_codebook):
    runs = [analyse_sensitivity(small, small_codebook, FIXED, seed=seed, points=32, bootstraps=20,
                                weights=EveryWeighting()) for seed in (0, 0, 1)]
    np.testing.assert_array_equal(runs[0].ranks, runs[1].ranks)
    pd.testing.assert_frame_equal(runs[0].overall, runs[1].overall, check_exact=True)
    assert not np.array_equal(runs[0].design, runs[2].design)
    with pytest.raises(RefusedInput, match="seed"):
        analyse_sensitivity(small, small_codebook, FIXED, seed=None, weights=EveryWeighting())


def test_region_whose_rank_never_moves_has_no_indices(flat):
    table = pd.DataFrame({"x": [90.0, 40, 45], "y": [95.0, 47, 40]}, index=list("abc"))
    result = analyse_sensitivity(table, flat(["x", "y"]), FIXED, seed=1, points=32, bootstraps=20,
                                 weights=EveryWeighting())
    by_region = result.by_region.loc["a"]
    assert (by_region["rank_variance"] == 0).all()
    assert by_region["total_order"].isna().all()
    assert pd.isna(result.decisive["a"])
    assert result.decisive["b"] == "weights"
    assert result.overall.loc["weights", "total_order"] == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(("points", "words"), [(200, "such as 256"), (1, "at least 2")])
def test_points_must_be_a_power_of_two(small, small_codebook, points, words):
    with pytest.raises(RefusedInput, match=words):
        analyse_sensitivity(small, small_codebook, FIXED, seed=1, points=points,
                            weights=EveryWeighting())


def test_no_choice_that_moves_a_rank_is_refused(flat):
    table = pd.DataFrame({"x": [90.0, 40], "y": [95.0, 45]}, index=list("ab"))
    with pytest.raises(RefusedInput, match="no choice moves any rank"):
        analyse_sensitivity(table, flat(["x", "y"]), FIXED, seed=1, points=8, bootstraps=5,
                            weights=EveryWeighting())


def test_alternatives_are_picked_by_equal_parts_of_0_to_1(spi, spi_codebook):
    """COINr cuts the range of the sample instead, so that every alternative seems to be used."""
    plain = analyse_sensitivity(
        spi, spi_codebook, POSITIVE, seed=2, points=64, bootstraps=10,
        alternatives={"aggregation": ["arithmetic_mean", "geometric_mean", "harmonic_mean"]})
    nominal = plain.shifts == 0
    np.testing.assert_array_equal(nominal, plain.design[:, 0] < 1 / 3)
