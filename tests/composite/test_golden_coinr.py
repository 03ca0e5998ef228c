"""The R package COINr 1.1.14 on the 2024 SPI parts of 508 regions, 1e-9 and ranks exact."""

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import Method, build, normalise, treat

ONE_TO_HUNDRED = {"low": 1, "high": 100}


def coinr(golden, name, spi):
    table = pd.read_csv(golden / "coinr_spi_2024" / f"coinr_{name}.csv", dtype={"uCode": str})
    codes = table.pop("uCode").str[1:]
    assert list(codes) == list(spi.index.str.replace(".", ""))
    return table.set_index(spi.index)


@pytest.mark.parametrize(("name", "aggregation"), [
    ("a_amean", "arithmetic_mean"), ("a_gmean", "geometric_mean"), ("a_hmean", "harmonic_mean")])
def test_coinr_aggregated_min_max_1_100_becker_2022(golden, spi, spi_codebook, name, aggregation):
    expected = coinr(golden, f"aggregated_{name}", spi)
    method = Method(normalisation="min_max", normalisation_parameters=ONE_TO_HUNDRED,
                    aggregation=aggregation)
    result = build(spi, spi_codebook, method)
    np.testing.assert_allclose(result.scores[expected.columns], expected, atol=1e-9, rtol=0)
    ranks = expected.rank(ascending=False, method="min")
    np.testing.assert_array_equal(result.ranks[expected.columns], ranks)
    assert (result.coverage == 1).all(axis=None)
    pd.testing.assert_frame_equal(result.score_low, result.scores)
    pd.testing.assert_frame_equal(result.score_high, result.scores)


@pytest.mark.parametrize(("name", "normalisation", "parameters"), [
    ("minmax_1_100", "min_max", ONE_TO_HUNDRED), ("zscore_0_1", "z_score", {}),
    ("rank", "rank", {}), ("prank", "percentile_rank", {}), ("borda", "borda", {})])
def test_coinr_normalised_becker_2022(golden, spi, spi_codebook, name, normalisation, parameters):
    expected = coinr(golden, f"normalised_{name}", spi)
    found = normalise(spi, spi_codebook, normalisation, **parameters)
    np.testing.assert_allclose(found[expected.columns], expected, atol=1e-9, rtol=0)


def test_coinr_treated_becker_2022(golden, spi):
    expected = coinr(golden, "treated", spi)
    treated, report = treat(spi)
    np.testing.assert_allclose(treated[expected.columns], expected, atol=1e-9, rtol=0)
    assert report.empty


def test_coinr_effective_weights_becker_2022(golden, spi, spi_codebook):
    expected = pd.read_csv(golden / "coinr_spi_2024/coinr_effective_weights.csv", index_col="iCode")
    found = build(spi, spi_codebook, Method()).effective_weights
    np.testing.assert_allclose(found[expected.index], expected["EffWeight"], atol=1e-12, rtol=0)


def test_columns_rise_by_level_and_keep_codebook_order(spi, spi_codebook):
    assert list(build(spi, spi_codebook, Method()).scores) == list(spi_codebook["code"])


def test_order_of_the_regions_is_kept(spi, spi_codebook):
    shuffled = spi.sample(frac=1, random_state=3)
    result = build(shuffled, spi_codebook, Method())
    assert list(result.scores.index) == list(shuffled.index)
    straight = build(spi, spi_codebook, Method())
    pd.testing.assert_frame_equal(result.scores.loc[spi.index], straight.scores, check_exact=True)
