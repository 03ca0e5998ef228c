"""The integrity index from its parts: recovered weights, rebuilt scores, unexplained ones."""

import csv
import json

import numpy as np
import pandas as pd
import pytest

from anticorruption import regions, spi
from anticorruption.errors import RefusedInput
from tests.paths import GOLDEN

FOLDER = GOLDEN / "spi_formula"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


def golden(name):
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def local(national_2025):
    """Rebuilt scores of kabupaten and kota."""
    rebuilt = national_2025.rebuilt
    codes = regions.governments("local").index
    return rebuilt[rebuilt.index.get_level_values("region_code").isin(codes)]


def made_up(weights, rows=40, seed=5):
    """Scores that a weighted mean of random parts less corrections gives exactly."""
    rng = np.random.default_rng(seed)
    parts = pd.DataFrame(rng.uniform(50, 95, (rows, 3)), columns=list(spi.PARTS))
    corrections = pd.DataFrame(rng.uniform(0, 5, (rows, 2)), columns=list(spi.CORRECTIONS))
    score = parts.to_numpy() @ np.array(weights) - corrections.sum(axis=1)
    frame = pd.concat([score.rename("spi"), parts, corrections], axis=1).assign(withheld=False)
    codes = [f"11.{place:02d}" for place in range(rows)]
    frame.index = pd.MultiIndex.from_product([codes, [2024]], names=["region_code", "year"])
    return frame


def test_golden_spi_formula_weights_0_30458_0_32801_0_36740_from_kabupaten_and_kota(national_2025):
    scores = national_2025.scores
    codes = regions.governments("local").index
    used = scores[scores.index.get_level_values("region_code").isin(codes)]
    weights = spi.recover_weights(used)
    assert weights.as_array().tolist() == pytest.approx(EXPECTED["weights"], abs=1e-5)
    assert weights.scores == 504 + 508 + 508 + 508
    assert weights.largest_residual <= EXPECTED["tolerance"]


def test_golden_spi_formula_weights_hold_with_the_provinces_and_sum_to_one(national_2025):
    weights = national_2025.weights
    assert weights.as_array().tolist() == pytest.approx(EXPECTED["weights"], abs=2e-5)
    assert sum(weights.as_array()) == pytest.approx(1, abs=1e-4)
    assert weights.scores == 2170


@pytest.mark.parametrize("row", golden("input.csv"), ids=lambda r: f"{r['government']}-{r['year']}")
def test_golden_spi_formula_row_of_github_daffaariftama_spi_kpk(row, national_2025):
    """The release prints the copy's figures; 2022 is flagged where the parts leave a rest."""
    key = (regions.require(row["government"]), int(row["year"]))
    published = national_2025.scores.loc[key]
    columns = ["index", "internal", "external", "expert", "corr_integrity", "corr_prevalence"]
    figures = np.array([float(row[column]) for column in columns])
    assert published[["spi", *spi.PARTS, *spi.CORRECTIONS]].tolist() == figures.tolist()
    by_golden = figures[1:4] @ EXPECTED["weights"] - figures[4:].sum()
    rebuilt = national_2025.rebuilt.loc[key]
    assert rebuilt["rebuilt"] == pytest.approx(by_golden, abs=0.003)
    assert rebuilt["unexplained"] == (abs(figures[0] - by_golden) > EXPECTED["tolerance"])
    assert row["year"] == "2022" or not rebuilt["unexplained"]


@pytest.mark.parametrize(
    "row", golden("press_check.csv"), ids=lambda r: f"{r['government']}-{r['year']}"
)
def test_golden_spi_formula_press_quotations_agree_within_rounding(row, release_2026):
    code = regions.require(row["government"])
    value = release_2026.value(code, "spi", int(row["year"]))
    assert value["value"] == float(row["in_file"])
    allowed = 0.05 if row["decimals"] == "1" else 0.01
    assert abs(value["value"] - float(row["press"])) <= allowed + 1e-9


def test_golden_spi_formula_share_rebuilt_within_0_03_by_year(local):
    within = local["residual"].abs() <= EXPECTED["tolerance"]
    share = within.groupby("year").mean()
    for year, expected in EXPECTED["share_within_by_year"].items():
        assert share[int(year)] == pytest.approx(expected, abs=0.005)


@pytest.mark.parametrize(("year", "count"), [(2021, 504), (2023, 508), (2024, 508), (2025, 508)])
def test_every_kabupaten_and_kota_of_the_other_years_is_explained(local, year, count):
    of_year = local.xs(year, level="year")
    assert len(of_year) == count
    assert of_year["residual"].abs().max() <= 0.03
    assert not of_year["unexplained"].any()


def test_171_of_503_scores_of_2022_are_unexplained_and_lie_lower(local):
    of_2022 = local.xs(2022, level="year")
    flagged = of_2022[of_2022["unexplained"]]
    assert (len(of_2022), len(flagged)) == (503, 171)
    assert (flagged["residual"] < 0).all()
    assert flagged["residual"].min() == pytest.approx(-9.85, abs=0.01)


def test_mataram_2022_is_flagged_with_3_06_points_less_than_its_parts_give(national_2025):
    row = national_2025.rebuilt.loc[("52.71", 2022)]
    assert row["unexplained"]
    assert row["residual"] == pytest.approx(-3.06, abs=0.005)
    assert row["published"] == 70.37
    assert row["corrections"] == pytest.approx(5.18)
    assert row["rebuilt"] == pytest.approx(row["before_corrections"] - row["corrections"])
    assert not national_2025.rebuilt.loc[("52.71", 2023), "unexplained"]


def test_the_withheld_score_of_boyolali_2023_keeps_its_mark(national_2025):
    withheld = national_2025.scores["withheld"]
    assert withheld[withheld].index.tolist() == [("33.09", 2023)]


def test_parts_are_whole_rows_of_governments(national_2025):
    scores = national_2025.scores
    assert not scores.drop(columns="withheld").isna().any(axis=None)
    assert scores.index.is_unique
    points = scores[["spi", *spi.PARTS]]
    assert points.ge(0).all(axis=None) and points.le(100).all(axis=None)


@pytest.mark.parametrize("weights", [(0.2, 0.3, 0.5), (1 / 3, 1 / 3, 1 / 3), (0.9, 0.0, 0.1)])
def test_known_weights_are_recovered_from_made_up_scores(weights):
    found = spi.recover_weights(made_up(weights))
    assert found.as_array().tolist() == pytest.approx(list(weights), abs=1e-9)
    assert found.largest_residual < 1e-9
    assert (found.internal, found.external, found.expert) == tuple(found.as_array())


def test_one_altered_score_is_flagged_alone_at_more_than_the_tolerance():
    scores = made_up((0.2, 0.3, 0.5))
    weights = spi.recover_weights(scores)
    for off, flagged in ((0.029, False), (-0.029, False), (0.031, True), (-0.031, True)):
        altered = scores.copy()
        altered.iloc[7, 0] += off
        result = spi.rebuild(altered, weights)
        assert result["unexplained"].tolist() == [flagged and place == 7 for place in range(40)]
        assert result["residual"].iloc[7] == pytest.approx(off, abs=1e-9)


def test_a_year_left_out_does_not_move_the_weights():
    good = made_up((0.2, 0.3, 0.5))
    strange = made_up((0.2, 0.3, 0.5), seed=6)
    strange["spi"] -= 4
    strange.index = strange.index.set_levels([2022], level="year")
    both = pd.concat([good, strange])
    assert spi.recover_weights(both).as_array().tolist() == pytest.approx([0.2, 0.3, 0.5], abs=1e-9)
    moved = spi.recover_weights(both, leave_out=()).as_array()
    assert abs(moved - [0.2, 0.3, 0.5]).max() > 1e-3


def test_no_constant_is_fitted():
    """A shift of every score goes into the weights, not into a hidden constant."""
    scores = made_up((0.2, 0.3, 0.5))
    scores["spi"] -= 3
    assert spi.recover_weights(scores).largest_residual > 0.05


def test_ten_scores_are_enough_and_nine_are_refused():
    scores = made_up((0.2, 0.3, 0.5), rows=10)
    assert spi.recover_weights(scores).scores == 10
    with pytest.raises(RefusedInput, match=r"SPI: 9 scores .* ten are needed"):
        spi.recover_weights(scores.iloc[:9])
    with pytest.raises(RefusedInput, match="SPI: 0 scores"):
        spi.recover_weights(scores, leave_out=(2024,))
