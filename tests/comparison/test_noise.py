"""Panel noise: known noise recovered, the covariance recomputed by hand, refusals."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison.noise import (
    noise_by_level,
    noise_by_year,
    panel_noise,
    yearly_moves,
)
from anticorruption.errors import RefusedInput

FIXTURE = Path(__file__).parents[1] / "fixtures" / "spi_panel_sample.csv"


def _panel(regions=2000, years=(2021, 2022, 2023, 2024, 2025), sigma=2.5, step=2.0, seed=1):
    rng = np.random.default_rng(seed)
    shape = (regions, len(years))
    theta = 70 + np.cumsum(rng.normal(0, step, shape), axis=1)
    common = np.cumsum(rng.normal(0, 5, len(years)))
    noise = rng.normal(0, sigma, shape)
    index = [f"r{i}" for i in range(regions)]
    return pd.DataFrame(theta + common + noise, index=index, columns=list(years))


@pytest.fixture(scope="module")
def spi() -> pd.DataFrame:
    panel = pd.read_csv(FIXTURE, dtype={"region_code": str}, index_col="region_code")
    return panel.rename(columns=int)


@pytest.mark.parametrize("sigma", [1.0, 2.5, 4.0])
def test_known_noise_is_recovered(sigma):
    found = panel_noise(_panel(sigma=sigma))
    assert found.standard_error == pytest.approx(sigma, rel=0.08)
    assert found.low < found.standard_error < found.high
    assert (found.regions, found.pairs) == (2000, 3)


def test_interval_covers_the_known_noise_as_often_as_promised():
    hits = 0
    for seed in range(150):
        found = panel_noise(_panel(regions=300, seed=seed), draws=300)
        hits += found.low <= 2.5 <= found.high
    assert abs(hits / 150 - 0.90) <= 3 * np.sqrt(0.9 * 0.1 / 150)


def test_width_of_the_interval_follows_the_coverage():
    """A normal quantile ratio, 1.645 / 0.674 = 2.44, for coverages of 0.90 and 0.50."""
    panel = _panel(regions=1000)
    wide, narrow = panel_noise(panel), panel_noise(panel, coverage=0.50)
    assert (wide.high - wide.low) / (narrow.high - narrow.low) == pytest.approx(2.44, rel=0.12)


def test_thirty_regions_are_enough():
    assert panel_noise(_panel(regions=30)).regions == 30


def test_estimate_is_the_pooled_covariance_of_consecutive_changes():
    panel = _panel(regions=50)
    panel.iloc[:5, 0] = np.nan
    changes = panel.diff(axis=1)
    total, freedom = 0.0, 0
    for year in (2022, 2023, 2024):
        pair = changes[[year, year + 1]].dropna()
        total += pair.cov().iloc[0, 1] * (len(pair) - 1)
        freedom += len(pair) - 1
    expected = np.sqrt(-total / freedom)
    assert panel_noise(panel).standard_error == pytest.approx(expected, abs=1e-12)


def test_common_movement_of_a_year_is_not_noise():
    panel = _panel(regions=200)
    shifted = panel + pd.Series({2021: 0.0, 2022: 30.0, 2023: -10.0, 2024: 5.0, 2025: 90.0})
    one, other = panel_noise(panel), panel_noise(shifted)
    assert other.standard_error == pytest.approx(one.standard_error, abs=1e-9)
    assert other.high == pytest.approx(one.high, abs=1e-9)


def test_years_beside_a_year_left_out_are_not_joined():
    panel = _panel(regions=100)
    without = panel_noise(panel, leave_out=[2022])
    assert without.pairs == 1
    assert without == panel_noise(panel[[2023, 2024, 2025]])


def test_order_of_regions_and_years_does_not_move_the_estimate():
    panel = _panel(regions=100)
    turned = panel.iloc[::-1, ::-1]
    assert panel_noise(turned) == panel_noise(panel)


def test_seed_decides_the_interval():
    panel = _panel(regions=60)
    assert panel_noise(panel, seed=1) == panel_noise(panel, seed=1)
    assert panel_noise(panel, seed=1) != panel_noise(panel, seed=2)


def test_spi_sample_recomputed_with_plain_sums(spi):
    """Every fourth kabupaten/kota of SPI 2021-25 as KPK published it; the same by plain loops."""
    products, freedom = 0.0, 0
    for year in (2021, 2022, 2023):
        rows = [r for r in spi[[year, year + 1, year + 2]].to_numpy() if not np.isnan(r).any()]
        first, second = [b - a for a, b, _ in rows], [c - b for _, b, c in rows]
        mean_first, mean_second = sum(first) / len(rows), sum(second) / len(rows)
        pairs = zip(first, second, strict=True)
        products += sum((f - mean_first) * (s - mean_second) for f, s in pairs)
        freedom += len(rows) - 1
    found = panel_noise(spi)
    assert found.standard_error == pytest.approx((-products / freedom) ** 0.5, abs=1e-9)
    assert 2.0 < found.standard_error < 4.0


@pytest.mark.parametrize(
    ("panel", "options", "sentence"),
    [
        (_panel(regions=40, years=(2021, 2022)), {}, "no three consecutive years"),
        (_panel(regions=40, years=(2021, 2022, 2024, 2025)), {}, "no three consecutive years"),
        (_panel(regions=40), {"leave_out": [2023]}, "no three consecutive years"),
        (_panel(regions=29), {}, "Only 29 regions"),
        (_panel(regions=40), {"leave_out": [2020]}, "Year 2020 is to be left out"),
        (_panel(regions=40), {"coverage": 1.5}, "coverage of 1.5"),
        (_panel(regions=40).rename(columns=str), {}, "must be years as whole numbers"),
        (_panel(regions=40).rename(index={"r1": "r0"}), {}, "Region r0 stands twice"),
        (_panel(regions=40).replace({2021: {_panel(regions=40).iloc[3, 0]: np.inf}}), {}, "r3 is"),
    ],
)
def test_unfit_panels_are_refused_in_a_sentence(panel, options, sentence):
    with pytest.raises(RefusedInput, match=sentence):
        panel_noise(panel, **options)


def test_changes_that_persist_give_no_noise_estimate():
    trend = np.linspace(-3, 3, 40)[:, None] * np.arange(5)[None, :]
    panel = pd.DataFrame(70 + trend, columns=[2021, 2022, 2023, 2024, 2025])
    with pytest.raises(RefusedInput, match="do not undo one another"):
        panel_noise(panel)


def test_noise_of_a_year_rests_on_the_run_around_it(spi):
    table = noise_by_year(spi)
    assert list(table.index) == [2022, 2023, 2024]
    complete = spi[[2022, 2023, 2024]].dropna()
    covariance = np.cov(complete[2023] - complete[2022], complete[2024] - complete[2023])[0, 1]
    assert table.at[2023, "standard_error"] == pytest.approx(np.sqrt(-covariance))
    assert (table["low"] <= table["standard_error"]).all()


def test_known_noise_that_falls_with_the_score_is_seen_by_level():
    rng = np.random.default_rng(4)
    true = np.repeat(rng.choice([50.0, 90.0], (3000, 1)) + rng.normal(0, 5, (3000, 1)), 5, axis=1)
    sigma = np.where(true > 70, 1.0, 4.0)
    panel = pd.DataFrame(true + rng.normal(0, 1, true.shape) * sigma, columns=range(2021, 2026))
    found = noise_by_level(panel, groups=2, draws=100)
    assert found["standard_error"].tolist() == pytest.approx([4.0, 1.0], rel=0.1)
    assert found.at[1, "mean_to"] <= found.at[2, "mean_from"]
    assert found["regions"].sum() == 3000


def test_yearly_moves_are_counted_as_by_hand():
    panel = pd.DataFrame({2021: [1.0, 2, 3, 4], 2022: [8.0, 2, 3, 4], 2024: [1.0, 2, 3, 4]})
    table = yearly_moves(panel, top=1, points=5)
    assert table[["from_year", "to_year"]].to_numpy().tolist() == [[2021, 2022]]
    row = table.iloc[0]
    assert (row["moved"], row["median_places"], row["stayed"]) == (0.25, 1.0, 0)
    assert row["error_if_still"] == pytest.approx(np.std([7, 0, 0, 0], ddof=1) / np.sqrt(2))
