"""Exact extremes over weights, against vertices, other solvers and random weightings."""

from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from anticorruption.composite import (
    AdmissibleWeights,
    EveryWeighting,
    Method,
    build,
    can_rank_above,
    score_extremes,
    weights_in_favour,
)
from anticorruption.composite.codebook import read_codebook
from anticorruption.errors import RefusedInput

FIXED = Method(normalisation="fixed_scale")
LIMITS = AdmissibleWeights(lower=0.2, upper={"a": 0.7, "left": 0.6})
ORDERED = AdmissibleWeights(lower={"a": 0.1}, upper={"left": 0.8},
                            order=[("b", "a"), ("left", "right")])


def sampled(small, small_codebook, method, admissible, draws=400, seed=3):
    tree = read_codebook(small_codebook)
    weights = EveryWeighting(admissible).draw(
        tree, np.ones(len(tree.codes)), draws, np.random.default_rng(seed))
    for row in weights:
        given = {"weights": dict(zip(tree.codes, row, strict=True))}
        yield build(small, small_codebook, method.replace(weighting_parameters=given)).scores


@pytest.mark.parametrize("aggregation", [
    "arithmetic_mean", "geometric_mean", "harmonic_mean", ("geometric_mean", "arithmetic_mean")])
@pytest.mark.parametrize("admissible", [AdmissibleWeights(), LIMITS, ORDERED])
def test_extremes_enclose_every_weighting_drawn(small, small_codebook, aggregation, admissible):
    method = FIXED.replace(aggregation=aggregation)
    exact = score_extremes(small, small_codebook, method, admissible)
    seen = pd.concat([scores["whole"] for scores in
                      sampled(small, small_codebook, method, admissible, 60)], axis=1)
    assert (exact["score_low"] <= seen.min(axis=1) + 1e-9).all()
    assert (exact["score_high"] >= seen.max(axis=1) - 1e-9).all()
    # The extremes are reached, not merely safe: draws come close.
    width = exact["score_high"] - exact["score_low"]
    assert ((seen.max(axis=1) - seen.min(axis=1)) > 0.3 * width).all()


def test_extremes_over_all_weights_are_the_extreme_indicators(small, small_codebook):
    exact = score_extremes(small, small_codebook, FIXED)
    np.testing.assert_allclose(exact["score_low"], small.min(axis=1))
    np.testing.assert_allclose(exact["score_high"], small.max(axis=1))
    left = score_extremes(small, small_codebook, FIXED, code="left")
    np.testing.assert_allclose(left["score_high"], small[["a", "b"]].max(axis=1))


def one_program(row, sign):
    """The same extremes as one linear programme over effective weights, a separate route."""
    # Variables: a, b, c, d, left, right; left is a + b, right is c + d, both add up to one.
    equal = [[1, 1, 0, 0, -1, 0], [0, 0, 1, 1, 0, -1], [0, 0, 0, 0, 1, 1]]
    limits = [[1, 0, 0, 0, -0.7, 0], [-1, 0, 0, 0, 0.2, 0], [0, -1, 0, 0, 0.2, 0],
              [0, 0, -1, 0, 0, 0.2], [0, 0, 0, -1, 0, 0.2], [0, 0, 0, 0, 1, 0],
              [0, 0, 0, 0, -1, 0], [0, 0, 0, 0, 0, -1]]
    right = [0, 0, 0, 0, 0, 0.6, -0.2, -0.2]
    found = linprog(-sign * np.array([*row, 0, 0]), limits, right, equal, [0, 0, 1])
    return -sign * found.fun


def test_extremes_agree_with_one_programme_over_effective_weights(small, small_codebook):
    exact = score_extremes(small, small_codebook, FIXED, LIMITS)
    for region, row in small.iterrows():
        assert exact.at[region, "score_low"] == pytest.approx(one_program(row, -1), abs=1e-9)
        assert exact.at[region, "score_high"] == pytest.approx(one_program(row, 1), abs=1e-9)


def test_bounds_in_closed_form_and_by_programme_agree():
    generator = np.random.default_rng(0)
    codebook = pd.DataFrame({"code": [*"abcde", "top"], "parent": ["top"] * 5 + [None],
                             "direction": 1, "weight": 1.0})
    tree = read_codebook(codebook)
    values = generator.normal(0, 1, (30, 5))
    free = AdmissibleWeights(lower=0.05, upper=0.4).group(tree, "top")
    chosen = free.best(values)
    np.testing.assert_allclose(chosen.sum(axis=1), 1)
    assert chosen.min() >= 0.05
    assert chosen.max() <= 0.4 + 1e-12
    for row, share in zip(values, chosen, strict=True):
        found = linprog(-row, A_eq=np.ones((1, 5)), b_eq=[1], bounds=[(0.05, 0.4)] * 5)
        assert share @ row == pytest.approx(-found.fun, abs=1e-9)


def test_missing_cells_are_at_their_worst_and_best(small, small_codebook):
    small.loc["11.10", "b"] = np.nan
    exact = score_extremes(small, small_codebook, FIXED)
    assert exact.at["11.10", "score_low"] == 0
    assert exact.at["11.10", "score_high"] == 100
    method = FIXED.replace(aggregation="geometric_mean")
    assert score_extremes(small, small_codebook, method, LIMITS).at["11.10", "score_low"] == 0


@pytest.mark.parametrize("admissible", [AdmissibleWeights(), LIMITS, ORDERED])
def test_who_can_be_above_whom(small, small_codebook, admissible):
    possible = can_rank_above(small, small_codebook, FIXED, admissible)
    seen = pd.DataFrame(False, small.index, small.index)
    for scores in sampled(small, small_codebook, FIXED, admissible, 80):
        whole = scores["whole"].to_numpy()
        seen |= whole[:, None] > whole[None, :] + 1e-9
    assert not (seen & ~possible).any(axis=None)
    for above, below in product(small.index, repeat=2):
        margin, weights = weights_in_favour(small, small_codebook, FIXED, above, below, admissible)
        assert possible.at[above, below] == (margin > 1e-9)
        given = {"weights": weights.to_dict()}
        whole = build(small, small_codebook,
                      FIXED.replace(weighting_parameters=given)).scores["whole"]
        assert whole[above] - whole[below] == pytest.approx(margin, abs=1e-7)


def test_a_dominated_region_is_never_above(small, small_codebook):
    small.loc["11.01"] = small.loc["11.10"] - 5
    possible = can_rank_above(small, small_codebook, FIXED, regions=["11.01", "11.10"])
    assert possible.to_numpy().tolist() == [[False, False], [True, False]]


def test_who_can_be_above_whom_for_a_geometric_mean(small, small_codebook):
    method = FIXED.replace(aggregation="geometric_mean")
    possible = can_rank_above(small, small_codebook, method, LIMITS)
    for scores in sampled(small, small_codebook, method, LIMITS, 60):
        whole = scores["whole"].to_numpy()
        assert not ((whole[:, None] > whole[None, :] + 1e-9) & ~possible.to_numpy()).any()


@pytest.mark.parametrize(("admissible", "words"), [
    (AdmissibleWeights(lower=0.6), "no weights of the parts of 'left'"),
    (AdmissibleWeights(upper={"a": 0.3, "b": 0.3}), "no weights of the parts of 'left'"),
    (AdmissibleWeights(upper={"a": 0.3}, order=[("a", "b")]), "no weights of the parts of 'left'"),
    (AdmissibleWeights(lower={"z": 0.3}), "'z'"),
    (AdmissibleWeights(order=[("a", "c")]), "parents"),
    (AdmissibleWeights(lower={"a": 0.8}, upper={"a": 0.7}), "no weights")])
def test_limits_that_cannot_be_kept(small, small_codebook, admissible, words):
    with pytest.raises(RefusedInput, match=words):
        score_extremes(small, small_codebook, FIXED, admissible)


def test_aggregations_without_exact_extremes(small, small_codebook):
    with pytest.raises(RefusedInput, match="median of 'left'"):
        score_extremes(small, small_codebook, FIXED.replace(aggregation="median"))
    mixed = FIXED.replace(aggregation=("geometric_mean", "arithmetic_mean"))
    with pytest.raises(RefusedInput, match="same mean"):
        can_rank_above(small, small_codebook, mixed)


def test_region_that_is_not_there(small, small_codebook):
    with pytest.raises(RefusedInput, match=r"'99.99'"):
        weights_in_favour(small, small_codebook, FIXED, "99.99", "11.01")


def test_the_whole_country_at_once(spi, spi_codebook):
    admissible = AdmissibleWeights(lower=0.1, order=[("respondents", "corrections")])
    exact = score_extremes(spi, spi_codebook, Method(), admissible)
    nominal = build(spi, spi_codebook, Method()).scores["index"]
    assert ((exact["score_low"] <= nominal) & (nominal <= exact["score_high"])).all()
