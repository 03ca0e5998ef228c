"""The audit: availability, correlations, consistency, dominance, and leaving one out."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from anticorruption.composite import (
    Method,
    availability,
    build,
    consistency,
    correlations,
    coverage_warnings,
    cronbach_alpha,
    dominance,
    region_availability,
    remove_code,
    remove_each,
)
from anticorruption.errors import RefusedInput

FIXED = Method(normalisation="fixed_scale")


def test_availability(small, small_codebook):
    small.iloc[0, 1] = small.iloc[4, 1] = np.nan
    table = availability(small.assign(d=7.0), small_codebook)
    assert list(table.index) == list("abcd")
    assert table.loc["b"].tolist() == [4, 2, 4 / 6, 4, False]
    assert table.at["d", "constant"]
    by_region = region_availability(small, small_codebook)
    assert by_region.loc["11.01"].tolist() == [0.5, 1.0, 0.75]
    assert list(by_region.index) == list(small.index)


def test_correlations_with_flags(spi, spi_codebook):
    result = build(spi, spi_codebook, Method())
    table = correlations(result)
    assert len(table) == 3 + 3 + 1 + 2 + 1 + 2
    row = table[(table["first"] == "expert") & (table["second"] == "respondents")].iloc[0]
    r, p = stats.pearsonr(result.scores["expert"], result.scores["respondents"])
    assert (row["correlation"], row["p_value"], row["regions"]) == (r, p, 508)
    between = table[(table["first"] == "corrections") & (table["second"] == "respondents")]
    assert between["correlation"].iloc[0] < 0
    spearman = correlations(result, "spearman")
    assert (spearman["correlation"] != table["correlation"]).any()
    with pytest.raises(RefusedInput, match="kendall"):
        correlations(result, "kendall")


def test_flags_of_correlations(flat):
    x = np.linspace(10, 90, 12)
    table = pd.DataFrame({"a": x, "b": x + np.tile([1, -1], 6), "c": 100 - x, "d": 50.0},
                         index=[f"r{n:02d}" for n in range(12)])
    found = correlations(build(table, flat(list("abcd")), FIXED)).set_index(["first", "second"])
    assert found.at[("a", "b"), "flag"] == "redundant"
    assert found.at[("a", "c"), "flag"] == "opposed"
    assert found.at[("a", "d"), "flag"] == "constant"
    assert found.at[("c", "index"), "flag"] == "opposed"
    assert found.at[("a", "index"), "flag"] == ""


@pytest.mark.parametrize(
    ("r", "flag"),
    [(0.93, "redundant"), (0.91, ""), (0.4, ""), (0.0, ""), (-0.39, ""), (-0.41, "opposed")],
)
def test_parts_are_flagged_at_their_marks_and_nowhere_else(flat, r, flag):
    """Two parts whose correlation is r exactly: made of two series that have none."""
    raw = np.random.default_rng(3).normal(0, 1, (30, 2))
    x, z = np.linalg.qr(raw - raw.mean(axis=0))[0].T
    table = pd.DataFrame({"a": x, "b": r * x + np.sqrt(1 - r**2) * z}) * 30 + 50
    table.index = [f"r{n:02d}" for n in range(30)]
    found = correlations(build(table, flat(["a", "b"]), FIXED)).set_index(["first", "second"])
    assert found.at[("a", "b"), "correlation"] == pytest.approx(r)
    assert found.at[("a", "b"), "flag"] == flag
    assert found.at[("a", "index"), "flag"] == found.at[("b", "index"), "flag"] == ""


def test_cronbach_alpha_of_parallel_parts():
    """For parts with equal variance and correlation r, alpha is k r / (1 + (k - 1) r)."""
    generator = np.random.default_rng(0)
    raw = generator.normal(0, 1, (50, 4))
    raw -= raw.mean(axis=0)
    base = np.linalg.qr(raw)[0]
    r, k = 0.6, 3
    parts = pd.DataFrame(np.sqrt(r) * base[:, [0]] + np.sqrt(1 - r) * base[:, 1:])
    assert cronbach_alpha(parts) == pytest.approx(k * r / (1 + (k - 1) * r))
    assert cronbach_alpha(parts[[0]]) != cronbach_alpha(parts[[0]])
    assert np.isnan(cronbach_alpha(parts.iloc[:1]))
    assert np.isnan(cronbach_alpha(parts * 0))


def test_consistency_of_every_group(spi, spi_codebook):
    result = build(spi, spi_codebook, Method())
    table = consistency(result)
    assert list(table.index) == ["respondents", "corrections", "index"]
    parts = result.scores[["internal", "external", "expert"]]
    assert table["respondents"] == pytest.approx(cronbach_alpha(parts))


def test_dominance():
    parts = pd.DataFrame({"a": [1.0, 2, 2, 5, np.nan], "b": [1.0, 2, 2, 0, 9]},
                         index=list("vwxyz"))
    pairs, share = dominance(parts)
    assert set(zip(pairs["above"], pairs["below"], strict=True)) == {("w", "v"), ("x", "v")}
    assert share == pytest.approx(2 / 6)
    assert np.isnan(dominance(parts.iloc[:1])[1])


def test_leaving_out_each_indicator(small, small_codebook):
    found = remove_each(small, small_codebook, FIXED)
    assert list(found.index) == list("abcd")
    whole = build(small, small_codebook, FIXED).ranks["whole"]
    for code in "abcd":
        kept = small_codebook[small_codebook["code"] != code]
        ranks = build(small.drop(columns=code), kept, FIXED).ranks["whole"]
        shift = (ranks - whole).abs()
        assert found.at[code, "mean_shift"] == pytest.approx(shift.mean())
        assert found.at[code, "largest_shift"] == shift.max()
        assert shift[found.at[code, "moved_most"]] == shift.max()
        assert found.at[code, "rank_correlation"] == pytest.approx(
            stats.spearmanr(ranks, whole)[0])
    assert (found["lost"] == 0).all()


def test_leaving_out_a_component_and_everything_under_it(small, small_codebook):
    found = remove_each(small, small_codebook, FIXED, removed=["left"])
    ranks = build(small[["c", "d"]], remove_code(small_codebook, "left"), FIXED).ranks["whole"]
    whole = build(small, small_codebook, FIXED).ranks["whole"]
    assert found.at["left", "mean_shift"] == pytest.approx((ranks - whole).abs().mean())
    assert set(remove_code(small_codebook, "left")["code"]) == {"c", "d", "right", "whole"}


def test_a_parent_left_without_parts_goes_too(small_codebook):
    smaller = remove_code(remove_code(small_codebook, "a"), "b")
    assert set(smaller["code"]) == {"c", "d", "right", "whole"}


def test_leaving_out_what_is_not_there(small, small_codebook, flat):
    with pytest.raises(RefusedInput, match="'a' is not under 'right'"):
        remove_each(small, small_codebook, FIXED, code="right", removed=["a"])
    with pytest.raises(RefusedInput, match="nothing is left of 'index'"):
        remove_each(small[["a"]], flat(["a"]), FIXED)


def test_regions_lost_when_their_only_indicator_goes(small, small_codebook):
    small.loc["11.01", ["b", "c", "d"]] = np.nan
    assert remove_each(small, small_codebook, FIXED)["lost"].tolist() == [1, 0, 0, 0]


def test_coverage_warnings(small, small_codebook):
    small.loc["11.01", "b"] = np.nan
    table = coverage_warnings(build(small, small_codebook, FIXED), 0.6)
    assert list(zip(table["region_code"], table["code"], strict=True)) == [
        ("11.01", "left"), ("11.01", "whole")]
    row = table.iloc[0]
    assert row["coverage"] == 0.25
    assert row["score_low"] <= row["score"] <= row["score_high"]
