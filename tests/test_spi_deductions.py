"""Further deductions and movements of SPI, recomputed by other code."""

import numpy as np
import pandas as pd
import pytest

from anticorruption import regions, spi, spi_deductions
from anticorruption.errors import RefusedInput


@pytest.fixture(scope="module")
def local_2022(national_2025):
    below = spi_deductions.deductions(national_2025.scores, national_2025.rebuilt, 2022)
    return below[below.index.isin(regions.governments("local").index)]


def made_up(weights=(0.3, 0.3, 0.4), constant=0.0, count=30):
    rng = np.random.default_rng(5)
    index = pd.MultiIndex.from_product([[f"11.{n:02d}" for n in range(count)], [2021, 2023]])
    frame = pd.DataFrame(rng.uniform(50, 90, (2 * count, 3)), index, list(spi.PARTS))
    frame[list(spi.CORRECTIONS)] = rng.uniform(0, 5, (2 * count, 2))
    frame["spi"] = frame[list(spi.PARTS)] @ np.array(weights) + constant
    frame["spi"] -= frame[list(spi.CORRECTIONS)].sum(axis=1)
    return frame.rename_axis(["region_code", "year"])


def test_weights_are_found_again_in_each_group():
    scores = made_up((0.2, 0.3, 0.5))
    years = pd.Series(scores.index.get_level_values("year"), index=scores.index)
    table = spi_deductions.weights_by(scores, years)
    assert list(table.index) == [2021, 2023]
    assert np.allclose(table[["internal", "external", "expert"]], [0.2, 0.3, 0.5])
    assert np.allclose(table[["largest_residual", "constant"]], 0, atol=1e-9)
    assert np.allclose(table["total"], 1)


def test_a_constant_would_show():
    scores = made_up(constant=2.0)
    groups = pd.Series("all", index=scores.index)
    assert spi_deductions.weights_by(scores, groups)["constant"].iloc[0] == pytest.approx(2.0)


def test_too_small_a_group_is_refused():
    scores = made_up(count=4)
    with pytest.raises(RefusedInput, match="fewer than ten"):
        spi_deductions.weights_by(scores, pd.Series("few", index=scores.index))


def test_171_of_503_kabupaten_and_kota_carry_a_deduction_in_2022(local_2022):
    assert len(local_2022) == 503
    assert local_2022["carries"].sum() == 171
    size = local_2022.loc[local_2022["carries"], "deduction"]
    assert size.median() == pytest.approx(3.1, abs=0.05)
    assert size.max() == pytest.approx(9.9, abs=0.05)
    assert (local_2022.loc[~local_2022["carries"], "deduction"] == 0).all()


def test_no_other_year_has_deductions(national_2025):
    for year in (2021, 2023, 2024, 2025):
        below = spi_deductions.deductions(national_2025.scores, national_2025.rebuilt, year)
        assert not below["carries"].any()


def test_most_deductions_of_2022_lie_on_one_line(local_2022):
    line = spi_deductions.deduction_line(local_2022)
    own = local_2022[local_2022["carries"]]
    # By other means: the line through the two that lie farthest apart among all pairs' medians.
    x, y = own[spi.CORRECTIONS[0]].to_numpy(), own["deduction"].to_numpy()
    best = 0
    for one in range(0, len(x), 7):
        for two in range(3, len(x), 5):
            if abs(x[one] - x[two]) > 0.5:
                slope = (y[one] - y[two]) / (x[one] - x[two])
                off = np.abs(y - y[one] - slope * (x - x[one]))
                best = max(best, int((off <= 0.03).sum()))
    assert line.on_line == best == 144
    assert line.largest_distance < 0.012
    assert (line.intercept, line.slope) == pytest.approx((4.19, -0.25), abs=0.005)


def test_provinces_that_were_not_used_confirm_the_line(national_2025, local_2022):
    line = spi_deductions.deduction_line(local_2022)
    below = spi_deductions.deductions(national_2025.scores, national_2025.rebuilt, 2022)
    provinces = below[~below.index.isin(local_2022.index)]
    times = spi_deductions.fixed_parts(provinces, line)
    assert len(times) == 8
    assert (times == 1).sum() == 6


def test_fixed_parts_are_counted():
    line = spi_deductions.DeductionLine(4.0, -0.25, 3, 3, 0.03, 0.0)
    table = pd.DataFrame(
        {
            spi.CORRECTIONS[0]: [2.0, 4.0, 4.0, 3.0],
            "deduction": [3.5, 7.0, 5.0, 0.0],
            "carries": [True, True, True, False],
        },
        index=list("abcd"),
    )
    assert spi_deductions.fixed_parts(table, line).to_dict() == {"a": 1, "b": 2, "c": 0}


def test_the_line_ignores_what_lies_off_it():
    correction = np.linspace(1, 6, 40)
    deduction = 4 - 0.5 * correction
    deduction[::4] += 3
    table = pd.DataFrame({spi.CORRECTIONS[0]: correction, "deduction": deduction, "carries": True})
    line = spi_deductions.deduction_line(table)
    assert (line.intercept, line.slope) == pytest.approx((4.0, -0.5))
    assert line.on_line == 30
    with pytest.raises(RefusedInput, match="too few for a line"):
        spi_deductions.deduction_line(table.head(9))


def test_changes_add_up_exactly_and_follow_the_formula(national_2025):
    scores = national_2025.scores
    table = spi_deductions.changes(scores, national_2025.weights, 2023, 2024)
    parts = table.drop(columns="spi")
    assert np.allclose(parts.sum(axis=1), table["spi"])
    before, after = scores.loc[("35.72", 2023)], scores.loc[("35.72", 2024)]
    assert table.at["35.72", "spi"] == pytest.approx(after["spi"] - before["spi"])
    step = national_2025.weights.expert * (after["spi_expert"] - before["spi_expert"])
    assert table.at["35.72", "spi_expert"] == pytest.approx(step)
    rise = after["spi_corr_integritas"] - before["spi_corr_integritas"]
    assert table.at["35.72", "spi_corr_integritas"] == pytest.approx(-rise)
    assert table["rest"].abs().max() < 2 * spi.TOLERANCE


def test_years_that_are_not_there_are_refused(national_2025):
    with pytest.raises(RefusedInput, match="2020 and 2024 cannot be compared"):
        spi_deductions.changes(national_2025.scores, national_2025.weights, 2020, 2024)
    with pytest.raises(RefusedInput, match="no score of 2020"):
        spi_deductions.deductions(national_2025.scores, national_2025.rebuilt, 2020)


def test_unscored_governments_are_named(national_2025):
    local = regions.governments("local").index
    absent = spi_deductions.unscored(national_2025.scores.index, local)
    counts = {year: 508 - len(codes) for year, codes in absent.items()}
    assert counts == {2021: 504, 2022: 503, 2023: 508, 2024: 508, 2025: 508}
