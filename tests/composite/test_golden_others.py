"""Worked examples other than COINr: OECD/JRC Handbook, UNDP, Manski, Cherchye et al."""

import json

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison.bounds import share_bounds, verdicts_from_bounds
from anticorruption.composite import (
    Method,
    benefit_of_the_doubt,
    build,
    kemeny_scores,
    outranking,
)


def profile(golden, example, without=()):
    table = pd.read_csv(golden / "handbook_voting/profiles.csv")
    table = table[table["example"] == example.split("_")[0]]
    columns = {}
    for number, (_, row) in enumerate(table.iterrows()):
        order = [name for name in row["ranking_best_to_worst"].split(">") if name not in without]
        columns[f"i{number}"] = {name: len(order) - place for place, name in enumerate(order)}
    counts = pd.Series(table["n_indicators"].to_numpy(float), index=list(columns))
    return pd.DataFrame(columns).sort_index().astype(float), counts


@pytest.mark.parametrize("example", ["table25", "table28", "table31", "table34",
                                     "table31_without_d"])
def test_borda_oecd_jrc_handbook_2008(golden, flat, example):
    expected = pd.read_csv(golden / "handbook_voting/expected_borda.csv")
    expected = expected[expected["example"] == example].set_index("option")["score"]
    parts, counts = profile(golden, example, without="d" if "without" in example else "")
    codebook = flat(parts.columns, weights=list(counts))
    method = Method(normalisation="borda", minimum_regions=2)
    scores = build(parts, codebook, method).scores["index"] * counts.sum()
    np.testing.assert_allclose(scores[expected.index], expected, atol=1e-9)


@pytest.mark.parametrize("example", ["table25", "table28", "table31", "table34"])
def test_outranking_and_kemeny_oecd_jrc_handbook_2008(golden, example):
    parts, counts = profile(golden, example)
    support = (outranking(parts, counts) * counts.sum()).round(9)
    expected = pd.read_csv(golden / "handbook_voting/expected_outranking.csv")
    for _, row in expected[expected["example"] == example].iterrows():
        assert support.at[row["row"], row["column"]] == row["indicators_in_favour"]
    orders = pd.read_csv(golden / "handbook_voting/expected_kemeny_scores.csv")
    orders = orders[orders["example"] == example].set_index("ranking")["score"]
    found = kemeny_scores(support)
    assert len(found) == len(orders)
    np.testing.assert_array_equal(found[orders.index], orders)
    assert found.index[0] in orders.index[orders == orders.max()]


def test_kemeny_order_of_table_28_oecd_jrc_handbook_2008(golden):
    parts, counts = profile(golden, "table28")
    found = kemeny_scores((outranking(parts, counts) * counts.sum()).round(9))
    assert (found.index[0], found.iloc[0]) == ("b>c>a", 104)


@pytest.mark.parametrize(("key", "bounds"), [("free", (0.0, 1.0)), ("share_20_50", (0.2, 0.5))])
def test_benefit_of_the_doubt_cherchye_2007_two_solvers(golden, key, bounds):
    parts = pd.read_csv(golden / "bod_small/input.csv")
    expected = json.loads((golden / "bod_small/expected.json").read_text())[key]
    scores, shares = benefit_of_the_doubt(parts, *bounds)
    np.testing.assert_allclose(scores, expected, atol=1e-6)
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-9)
    assert (shares >= bounds[0] - 1e-9).all(axis=None)
    assert (shares <= bounds[1] + 1e-9).all(axis=None)


def test_worst_and_best_case_manski_2003(golden, flat):
    table = pd.read_csv(golden / "manski_bounds/input.csv", index_col="unit")
    expected = json.loads((golden / "manski_bounds/expected.json").read_text())
    codebook = flat(table.columns, weights=expected["weights"])
    result = build(table, codebook, Method(normalisation="fixed_scale"))
    np.testing.assert_allclose(result.score_low["index"], expected["low"], atol=1e-12)
    np.testing.assert_allclose(result.score_high["index"], expected["high"], atol=1e-12)
    assert list(result.rank_low["index"]) == expected["best_rank"]
    assert list(result.rank_high["index"]) == expected["worst_rank"]
    ends = {"score_low": result.score_low["index"], "score_high": result.score_high["index"]}
    assert list(verdicts_from_bounds(pd.DataFrame(ends), 60)) == expected["verdict_at_60"]
    assert list(result.coverage["index"]) == pytest.approx([0.65, 0.75, 1, 0.25, 1])


def test_share_that_passes_manski_2003(golden):
    case = json.loads((golden / "manski_bounds/expected.json").read_text())["proportion"]
    missing = [None] * (case["n"] - case["seen"])
    answers = pd.Series([True] * case["pass"] + [False] * (case["seen"] - case["pass"]) + missing)
    found = share_bounds(answers)
    assert (found.low, found.high) == (case["low"], case["high"])


def test_human_development_index_of_indonesia_undp_2021_22():
    """UNDP, Human Development Report 2021/22: 0.705 (goalposts of its technical note 1)."""
    codebook = pd.DataFrame([
        ("life_expectancy", "health", 1, 1, 1, 20, 85),
        ("expected_schooling", "education", 1, 1, 1, 0, 18),
        ("mean_schooling", "education", 1, 1, 1, 0, 15),
        ("log_income", "living_standard", 1, 1, 1, np.log(100), np.log(75_000)),
        ("health", "hdi", 2, 1, 1, None, None), ("education", "hdi", 2, 1, 1, None, None),
        ("living_standard", "hdi", 2, 1, 1, None, None), ("hdi", None, 3, 1, 1, None, None),
    ], columns=["code", "parent", "level", "direction", "weight", "goalpost_low",
                "goalpost_high"])
    indonesia = pd.DataFrame(
        {"life_expectancy": 67.6, "expected_schooling": 13.7, "mean_schooling": 8.6,
         "log_income": np.log(11_466)}, index=["IDN"])
    method = Method(normalisation="goalposts", normalisation_parameters={"low": 0, "high": 1},
                    aggregation=("arithmetic_mean", "geometric_mean"))
    result = build(indonesia, codebook, method)
    assert round(result.scores.at["IDN", "hdi"], 3) == 0.705
    assert result.scores.at["IDN", "education"] == pytest.approx((13.7 / 18 + 8.6 / 15) / 2)
    assert result.ranks.at["IDN", "hdi"] == 1
