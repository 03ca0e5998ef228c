"""The study on how sure a ranking is: its numbers recomputed by other code."""

import re
from math import erf, sqrt

import nbformat
import numpy as np
import pandas as pd
import pytest

from anticorruption.language import Language
from anticorruption.reporting import studies, sure_tables
from anticorruption.reporting.display import DATA_RESOURCE, Page
from tests.paths import ROOT

SEVEN = ["33.72", "13.76", "34.01", "51.03", "35.72", "52.71", "71.07"]
NOTEBOOK = ROOT / "notebooks" / "07-how-sure-are-we.ipynb"


@pytest.fixture(scope="module")
def field(national_2025):
    return national_2025.local_recipes


@pytest.fixture(scope="module")
def local(release_2026):
    """SPI of kabupaten and kota by year, from the table of chosen values alone."""
    cut = release_2026.chosen.xs("spi", level="measure_id")
    table = cut["value"].where(~cut["withheld"]).unstack("year")
    return table[[len(code) == 5 for code in table.index]][[2021, 2022, 2023, 2024, 2025]]


@pytest.fixture(scope="module")
def shown():
    """Tables and texts of the executed study."""
    outputs = [
        output["data"]
        for cell in nbformat.read(NOTEBOOK, as_version=4).cells
        for output in cell.get("outputs", [])
    ]
    tables = {
        data[DATA_RESOURCE]["title"]: pd.DataFrame(data[DATA_RESOURCE]["data"])
        for data in outputs
        if DATA_RESOURCE in data
    }
    return tables, "\n".join(data.get("text/plain", "") for data in outputs)


def _phi(x):
    return 0.5 * (1 + erf(x / sqrt(2)))


def _quantile(p):
    low, high = -9.0, 9.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if _phi(middle) < p else (low, middle)
    return low


@pytest.mark.parametrize(
    ("error", "counts"), [(1.5, (224, 172, 112)), (2.55, (158, 280, 70)), (5.1, (36, 461, 11))]
)
def test_counts_at_seventy_are_those_of_plain_arithmetic(local, shown, error, counts):
    reach = _quantile(0.95) * error
    scores = local[2025].to_numpy()
    clear = int((scores - reach >= 70).sum()), int((scores + reach < 70).sum())
    assert (clear[0], 508 - sum(clear), clear[1]) == counts
    found = sure_tables.at_mark(local[2025], [error], 70.0, (0.90,)).iloc[0]
    assert (found["yes"], found["open"], found["no"]) == counts
    table = next(t for title, t in shown[0].items() if "at a mark" in title)
    row = table[(table["assumed"] == error) & (table["confidence"] == 90)].iloc[0]
    assert (row["yes"], row["open"], row["no"]) == counts


@pytest.mark.parametrize(("error", "span"), [(1.5, 396), (2.55, 497), (5.1, 508)])
def test_median_span_of_a_set_is_that_of_simulated_noise(local, shown, error, span):
    """Critical value from 20 000 draws of noise, places counted by pairs."""
    scores = local[2025].to_numpy()
    draws = np.random.default_rng(8).standard_normal((20_000, 508))
    own = draws[:, 0]
    others = np.maximum(
        np.abs(draws[:, 1:].max(axis=1) - own), np.abs(draws[:, 1:].min(axis=1) - own)
    )
    limit = np.quantile(others, 0.95) * error
    gap = scores[None, :] - scores[:, None]
    best, worst = 1 + (gap > limit).sum(axis=1), 508 - (gap < -limit).sum(axis=1)
    assert np.median(worst - best + 1) == pytest.approx(span, abs=2)
    table = next(t for title, t in shown[0].items() if "spans" in title)
    rows = table[(table["assumed"] == error) & (table["confidence"] == 95)]
    assert rows[rows["reading"].str.contains("beforehand")]["span"].tolist() == [span]


def test_noise_by_year_is_the_covariance_of_changes(local, shown):
    table = shown[0]["Noise of one year's score: standard error with its 90 % interval"]
    for year in (2022, 2023, 2024):
        run = local[[year - 1, year, year + 1]].dropna().to_numpy()
        change = np.diff(run, axis=1) - np.diff(run, axis=1).mean(axis=0)
        error = sqrt(-(change[:, 0] * change[:, 1]).sum() / (len(run) - 1))
        row = table[table["group"].str.startswith(str(year))].iloc[0]
        assert row["standard_error"] == pytest.approx(error)
        assert row["low"] < error < row["high"]


def test_yearly_moves_of_the_study_are_those_of_plain_arithmetic(local, shown):
    table = next(t for title, t in shown[0].items() if title.startswith("From one year"))
    whole = local.dropna()
    ranks = (-whole).rank(method="min")
    for row in table.itertuples():
        one, two = whole[row.from_year].to_numpy(), whole[row.to_year].to_numpy()
        assert row.correlation == pytest.approx(np.corrcoef(one, two)[0, 1])
        assert row.moved == pytest.approx(100 * np.mean(np.abs(two - one) >= 5))
        moved = np.abs(ranks[row.to_year] - ranks[row.from_year])
        assert row.median_places == pytest.approx(np.median(moved))
        top = set(ranks.index[ranks[row.from_year] <= 50])
        assert row.stayed == len(top & set(ranks.index[ranks[row.to_year] <= 50]))


def test_the_verdicts_of_the_study_add_up_and_are_said_so(shown, field):
    counts = field.standing["by_both"].value_counts()
    _, text = shown
    assert f"{counts['clearly above']} pemerintah daerah jelas di atas median" in text
    assert f"{counts['clearly below']} jelas di bawahnya" in text
    whole = next(t for title, t in shown[0].items() if title.startswith("All 508"))
    assert whole["by_both"].value_counts().to_dict() == counts.to_dict()
    assert (whole["noise_low"] <= whole["rank"]).all() and (whole["choice_low"] >= 1).all()


def test_pairs_in_order_are_counted_as_by_a_double_loop(field, shown):
    table = sure_tables.in_order(field)
    scores, ranks = field.published.to_numpy(), field.ranks.to_numpy()
    limit = _quantile(0.95) * sqrt(2) * field.errors["spi"]
    own = sure_tables.parts(field).to_numpy()
    noise = choice = both = dominated = 0
    for one in range(508):
        lead = scores[one] - scores > limit
        wins = (ranks[one] < ranks).sum(axis=1) + 0.5 * (ranks[one] == ranks).sum(axis=1)
        kept = (wins + 0.5) / (field.count + 1) >= 0.95
        noise, choice, both = noise + lead.sum(), choice + kept.sum(), both + (lead & kept).sum()
        dominated += ((own[one] >= own).all(axis=1) & (own[one] > own).any(axis=1)).sum()
    assert table["pairs"].tolist() == [noise, choice, both, dominated]
    stored = shown[0]["Pairs of governments that can be put in order"]
    assert stored["pairs"].tolist() == table["pairs"].tolist()


def test_shares_of_variance_are_those_of_every_combination(field, shown):
    """Exact analysis of variance over the 432 recipes against the indices of the study."""
    sizes = [len(labels.cat.categories) for _, labels in field.every.settings.items()]
    cube = field.ranks.to_numpy().reshape(508, *sizes)
    total = cube.reshape(508, -1).var(axis=1).sum()
    table = shown[0]["Share of the variance of all places, choices alone; 90 % intervals"]
    for axis, row in enumerate(table.itertuples(), start=1):
        others = tuple(a for a in range(1, 7) if a != axis)
        first = 100 * cube.mean(axis=others).var(axis=1).sum() / total
        stays = 100 * cube.var(axis=axis).reshape(508, -1).mean(axis=1).sum() / total
        assert row.first_low - 3 <= first <= row.first_high + 3
        assert row.total_low - 3 <= stays <= row.total_high + 3


def test_layers_and_dominance_stand_for_every_government(field):
    found = sure_tables.dominated(field)
    assert (found[found["layer"] == 1]["dominated_by"] == 0).all()
    assert (found[found["dominated_by"] == 0]["layer"] == 1).all()


def test_no_chance_is_printed_as_certain(field):
    table = sure_tables.chances(field.published, 0.5, 70.0, SEVEN)
    assert table["chance"].between(1, 99).all()
    assert set(table["verdict"]) <= {"clearly at or above", "cannot tell", "clearly below"}


def test_measures_that_are_out_say_why_and_those_in_are_in_the_recipes(release_2026, field):
    table = sure_tables.coverage_of_measures(release_2026, [2025, 2024, 2023])
    inside = set(table.loc[table["why"] == "in", "measure_id"])
    assert inside == {*sure_tables.parts(field).columns}
    assert table["why"].str.len().gt(1).all()
    pooled = table["measure_id"].str.startswith("mcp_subind")
    assert pooled.any() and table.loc[pooled, "why"].str.contains("low confidence").all()


def test_every_alternative_and_every_choice_has_its_words(field):
    for choice, changes in field.alternatives.items():
        assert list(changes) == list(sure_tables.ALTERNATIVES[choice])
        assert sure_tables.REASONS[choice]
    assert len(sure_tables.choices(field)) == len(field.alternatives)


def test_errors_by_level_are_those_of_the_thirds(local, field):
    errors = sure_tables.errors_by_level(local, field.published)
    found = sure_tables.noise_table(local)["standard_error"].iloc[-3:]
    assert sorted(errors.unique()) == pytest.approx(sorted(found))
    assert errors["71.07"] == found.min()


def test_pictures_say_their_finding(release_2026, national_2025, field):
    page = Page(release_2026, Language("en"))
    sensitivity = field.sensitivity(seed=3, points=32)
    for picture in (
        sure_tables.every_place(page, field, SEVEN, ()),
        sure_tables.against_the_median(page, field, SEVEN, ()),
        sure_tables.who_moves_whom(page, sensitivity, SEVEN, ()),
    ):
        chart, caption, alt, _ = picture
        assert chart.axes and caption and re.search(r"\d", alt) and len(alt) > 30
    assert studies.comparison(national_2025, SEVEN).codes == SEVEN


def test_every_score_and_place_of_the_study_has_its_ends_in_the_files(shown):
    ends = {"rank": ("noise_low", "noise_high"), "choice_median": ("choice_low", "choice_high")}
    ends |= {"score": ("score_low", "score_high"), "median": ("low", "high")}
    for title, table in shown[0].items():
        for key, pair in ends.items():
            if key in table and title.partition(":")[0] != "How sure a place is":
                assert set(pair) <= set(table), (title, key)
