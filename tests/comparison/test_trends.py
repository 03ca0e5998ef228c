"""Drift and bands: the closed form, worked panels, refusals."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison.bands import same_start_band
from anticorruption.comparison.trends import drift, expected_drift, pooled_drift
from anticorruption.errors import RefusedInput

GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "regression_to_mean" / "expected.json").read_text()
)


def _noisy(regions, years, seed=1, spread=5.0, sigma=3.0):
    """Draw a panel whose true scores never change."""
    rng = np.random.default_rng(seed)
    theta = rng.normal(70, spread, (regions, 1))
    values = theta + rng.normal(0, sigma, (regions, len(years)))
    return pd.DataFrame(values, index=[f"r{i}" for i in range(regions)], columns=list(years))


def test_golden_regression_to_mean_closed_form():
    found = expected_drift(70.0, 6.0, 0.6, share=0.10)
    expected = (GOLDEN["cut"], GOLDEN["year1"], GOLDEN["year2"], GOLDEN["drift"])
    assert (found.cut, found.before, found.after, found.drift) == pytest.approx(expected, abs=1e-6)


def test_golden_regression_to_mean_by_simulation():
    rng = np.random.default_rng(1)
    first = rng.standard_normal(1_000_000)
    second = 0.6 * first + 0.8 * rng.standard_normal(1_000_000)
    panel = pd.DataFrame({2021: 70 + 6 * first, 2022: 70 + 6 * second})
    found = drift(panel).iloc[0]
    assert found["mean_before"] == pytest.approx(GOLDEN["year1"], abs=0.02)
    assert found["drift"] == pytest.approx(GOLDEN["drift"], abs=0.02)


def test_expected_drift_of_a_year_with_another_mean_and_spread():
    found = expected_drift(70.0, 6.0, 0.5, share=0.5, mean_after=75.0, spread_after=3.0)
    # the upper half of a normal lies sqrt(2 / pi) standard deviations above the mean
    half = np.sqrt(2 / np.pi)
    assert found.cut == pytest.approx(70.0)
    assert (found.before, found.after) == pytest.approx((70 + 6 * half, 75 + 1.5 * half))


@pytest.mark.parametrize("end", ["top", "bottom"])
def test_noise_alone_explains_the_drift_of_regions_that_never_change(end):
    table = drift(_noisy(20_000, (2021, 2022)), end=end, standard_error=3.0)
    found = table.iloc[0]
    assert found["relative_drift"] == pytest.approx(found["expected_from_noise"], abs=0.15)
    assert (found["relative_drift"] < -1) == (end == "top")


def test_drift_of_ten_regions_by_hand():
    now = [10.0, 20, 30, 40, 50, 60, 70, 80, 90, 100]
    then = [12.0, 20, 30, 40, 50, 60, 70, 80, 98, 90]
    panel = pd.DataFrame({2023: now, 2024: then}, index=[f"r{i}" for i in range(10)])
    top = drift(panel, share=0.2).iloc[0]
    assert (top["group"], top["mean_before"], top["mean_after"], top["drift"]) == (2, 95, 94, -1)
    assert top["common_change"] == pytest.approx(0.0)
    assert top["still_in_group"] == 2
    bottom = drift(panel, share=0.2, end="bottom").iloc[0]
    assert (bottom["group"], bottom["drift"], bottom["cut"]) == (
        2,
        1.0,
        pytest.approx(28.0),
    )


def test_half_of_the_regions_is_a_group_and_regions_at_the_cut_belong_to_it():
    panel = pd.DataFrame({2023: [1.0, 2, 3] * 4, 2024: [3.0, 2, 1] * 4})
    found = drift(panel, share=0.5).iloc[0]
    assert (found["cut"], found["group"], found["still_in_group"]) == (2.0, 8, 4)


def test_only_consecutive_years_are_compared_and_only_regions_scored_in_both():
    panel = _noisy(50, (2021, 2022, 2024, 2025))
    panel.loc[["r0", "r1"], 2022] = np.nan
    table = drift(panel)
    assert list(zip(table["from_year"], table["to_year"], strict=True)) == [
        (2021, 2022),
        (2024, 2025),
    ]
    assert table["regions"].tolist() == [48, 50]
    assert table["expected_from_noise"].isna().all()


def test_changes_across_a_break_are_flagged_and_not_pooled():
    panel = _noisy(200, (2021, 2022, 2023))
    panel[2023] += 50
    whole, broken = drift(panel), drift(panel, breaks=[2023])
    assert whole["across_break"].tolist() == [False, False]
    assert broken["across_break"].tolist() == [False, True]
    assert pooled_drift(broken)["drift"] == pytest.approx(broken["drift"].iloc[0])
    assert pooled_drift(broken)["pairs"] == 1
    assert pooled_drift(whole)["drift"] > 20
    with pytest.raises(RefusedInput, match="Every change lies across a break"):
        pooled_drift(broken[broken["across_break"]])


PANEL = _noisy(30, (2021, 2022))


@pytest.mark.parametrize(
    ("panel", "options", "sentence"),
    [
        (PANEL, {"breaks": [2024]}, "Year 2024 is to be a break"),
        (PANEL, {"share": 0.6}, "no top share of 0.6"),
        (PANEL, {"end": "middle"}, "no middle share"),
        (PANEL, {"standard_error": -1.0}, "standard error of -1"),
        (PANEL[[2021]], {}, "no two consecutive years"),
        (PANEL.iloc[:9], {}, "no two consecutive years"),
        (PANEL.rename(columns=str), {}, "years as whole numbers"),
        (PANEL.astype(str), {}, "The 2021 score comes as str"),
    ],
)
def test_unfit_panels_are_refused(panel, options, sentence):
    with pytest.raises(RefusedInput, match=sentence):
        drift(panel, **options)


@pytest.mark.parametrize("options", [{"spread": 0.0}, {"correlation": 1.2}, {"share": 1.0}])
def test_impossible_groups_are_refused(options):
    with pytest.raises(RefusedInput, match="describe no group"):
        expected_drift(**({"mean": 70.0, "spread": 6.0, "correlation": 0.6} | options))


BAND_PANEL = pd.DataFrame(
    {2022: [1.0] * 6, 2023: [70.0, 71, 69, 72, 75, np.nan], 2024: [60.0, 62, 64, 66, 99, 99]},
    index=["own", "a", "b", "c", "far", "unscored"],
)


def test_band_holds_the_regions_that_started_alike_and_not_the_region_itself():
    band = same_start_band(BAND_PANEL, "own", 2023, within=2.0, quantiles=(0, 0.5, 1), fewest=3)
    assert band.index.tolist() == [2023, 2024]
    assert band["regions"].tolist() == [3, 3]
    assert band["score"].tolist() == [70.0, 60.0]
    assert band.loc[2024, ["q00", "q50", "q100"]].tolist() == [62.0, 64.0, 66.0]


def test_band_of_no_width_holds_equal_starts_only():
    panel = BAND_PANEL.rename(index={"own": "a", "a": "own"}).replace({2023: {72.0: 71.0}})
    assert same_start_band(panel, "own", 2023, within=0.0)["regions"].tolist() == [1, 1]


def test_band_of_too_few_regions_stays_empty_but_counted():
    options = {"within": 2.0, "quantiles": (0.5,), "fewest": 3}
    band = same_start_band(BAND_PANEL, "own", 2023, leave_out=["c"], **options)
    assert band["regions"].tolist() == [2, 2]
    assert band["q50"].isna().all()


def test_band_flags_the_years_after_a_break():
    band = same_start_band(BAND_PANEL, "own", 2022, breaks=[2022, 2024], fewest=1)
    assert band["across_break"].tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("region", "year", "options", "sentence"),
    [
        ("nobody", 2023, {}, "Region nobody or year 2023"),
        ("own", 2020, {}, "Region own or year 2020"),
        ("unscored", 2023, {}, "Region unscored has no score in 2023"),
        ("own", 2023, {"within": -1}, "band within -1"),
        ("own", 2023, {"quantiles": (1.5,)}, r"quantiles \[1.5\]"),
        ("own", 2023, {"leave_out": ["x"]}, "Region x is to be left out"),
        ("own", 2023, {"breaks": [2030]}, "Year 2030 is to be a break"),
    ],
)
def test_unfit_bands_are_refused(region, year, options, sentence):
    with pytest.raises(RefusedInput, match=sentence):
        same_start_band(BAND_PANEL, region, year, **options)
