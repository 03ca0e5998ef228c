"""Dominance and its rankings: worked numbers, brute force, refusals."""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison.dominance import (
    cover_pairs,
    dominance_counts,
    dominance_layers,
    dominance_matrix,
    incomparable_pairs,
    linear_extensions,
)
from anticorruption.errors import RefusedInput

FOLDER = Path(__file__).parents[1] / "golden" / "poset_small"
GOLDEN = json.loads((FOLDER / "expected.json").read_text())
SIX = pd.read_csv(FOLDER / "input.csv", index_col="unit")


def test_golden_poset_small_cover_relation_of_networkx_3_6():
    assert [f"{upper}>{lower}" for upper, lower in cover_pairs(SIX)] == GOLDEN["cover"]


def test_golden_poset_small_incomparable_pairs():
    pairs = [f"{a}|{b}" for a, b in incomparable_pairs(SIX)]
    assert pairs == GOLDEN["incomparable_pairs"]
    counts = dominance_counts(SIX)
    assert counts["incomparable"].sum() == 2 * len(pairs)


def test_golden_poset_small_linear_extensions_of_720_orders():
    found = linear_extensions(SIX)
    assert found.count == GOLDEN["n_linear_extensions"]
    assert found.average_rank.to_dict() == pytest.approx(GOLDEN["average_rank"], abs=1e-12)
    for pair, share in GOLDEN["mutual_rank_prob"].items():
        assert found.above.loc[pair[0], pair[2]] == pytest.approx(share, abs=1e-12)


def test_counts_of_the_six_regions():
    counts = dominance_counts(SIX)
    assert counts["dominates"].to_dict() == {"A": 4, "B": 3, "C": 1, "D": 1, "E": 1, "F": 0}
    assert counts["dominated_by"].to_dict() == {"A": 0, "B": 1, "C": 0, "D": 2, "E": 2, "F": 5}
    assert counts["rank_low"].tolist() == [1, 2, 1, 3, 3, 6]
    assert counts["rank_high"].tolist() == [2, 3, 5, 5, 5, 6]


def test_linear_extensions_agree_with_brute_force():
    rng = np.random.default_rng(3)
    for _ in range(10):
        table = pd.DataFrame(rng.integers(0, 4, (6, 3)), index=list("abcdef"))
        relation = dominance_matrix(table).to_numpy()
        orders = [
            order
            for order in permutations(range(6))
            if not any(relation[order[q], order[p]] for p in range(6) for q in range(p + 1, 6))
        ]
        ranks = np.mean([np.argsort(order) + 1 for order in orders], axis=0)
        found = linear_extensions(table)
        assert found.count == len(orders)
        assert found.average_rank.tolist() == pytest.approx(ranks.tolist(), abs=1e-12)


def test_equal_regions_do_not_dominate_one_another_and_tie():
    twins = pd.concat([SIX, SIX.loc[["B"]].rename(index={"B": "B2"})])
    counts = dominance_counts(twins)
    assert counts.loc["B", "equal_to"] == 1
    assert counts.loc["A", "equal_to"] == 0
    assert counts.loc["B"].tolist() == counts.loc["B2"].tolist()
    average = linear_extensions(twins).average_rank
    assert average["B"] == pytest.approx(average["B2"], abs=1e-12)
    assert ("B", "B2") not in incomparable_pairs(twins)


def test_twelve_unordered_regions_have_all_rankings():
    table = pd.DataFrame({"up": range(12), "down": range(12, 0, -1)})
    found = linear_extensions(table)
    assert found.count == 479_001_600
    assert found.average_rank.tolist() == pytest.approx([6.5] * 12)


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (SIX.replace(9, np.nan), "Region A has no value for i1"),
        (SIX.rename(index={"B": "A"}), "Region A stands twice"),
        (SIX[[]], "no indicators"),
        (SIX.astype(str), "Indicator i1 comes as str"),
        (SIX.astype(float).replace(7, np.inf), "Indicator i1 of region E is infinite"),
    ],
)
def test_unfit_indicators_are_refused(table, sentence):
    with pytest.raises(RefusedInput, match=sentence):
        dominance_counts(table)


@pytest.mark.parametrize("table", [pd.concat([SIX] * 3, ignore_index=True), SIX[:0]])
def test_too_many_or_no_regions_are_refused(table):
    with pytest.raises(RefusedInput, match=r"All rankings of (18|0) regions"):
        linear_extensions(table)


def test_layers_are_the_longest_chains_of_dominance():
    table = pd.DataFrame(
        {"x": [3, 2, 1, 5, 0, 3], "y": [3, 2, 1, 0, 0, 3]}, index=list("abcdef"), dtype=float
    )
    found = dominance_layers(table)
    assert found.to_dict() == {"a": 1, "b": 2, "c": 3, "d": 1, "e": 4, "f": 1}
    matrix = dominance_matrix(table)
    upper, lower = np.nonzero(matrix.to_numpy())
    assert (found.to_numpy()[upper] < found.to_numpy()[lower]).all()
