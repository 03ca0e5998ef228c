"""Weights drawn at random have the distribution their name says."""

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import (
    AdmissibleWeights,
    DirichletWeights,
    EveryWeighting,
    NoisyWeights,
)
from anticorruption.composite.codebook import read_codebook
from anticorruption.errors import RefusedInput


@pytest.fixture
def tree():
    return read_codebook(pd.DataFrame({
        "code": ["a", "b", "c", "alone", "left", "right", "top"],
        "parent": ["left", "left", "left", "right", "top", "top", None], "direction": 1}))


SHARES = {"a": 0.5, "b": 0.3, "c": 0.2, "alone": 1.0, "left": 0.6, "right": 0.4, "top": 1.0}


def draw(tree, spec, draws=20_000, seed=0):
    shares = np.array([SHARES[code] for code in tree.codes])
    drawn = spec.draw(tree, shares, draws, np.random.default_rng(seed))
    return pd.DataFrame(drawn, columns=list(tree.codes))


@pytest.mark.parametrize("spec", [
    NoisyWeights(0.25), DirichletWeights(40), EveryWeighting(),
    EveryWeighting(AdmissibleWeights(lower=0.1, upper={"a": 0.6}, order=[("a", "b")]))])
def test_shares_add_up_in_every_group(tree, spec):
    drawn = draw(tree, spec, 200)
    np.testing.assert_allclose(drawn[["a", "b", "c"]].sum(axis=1), 1)
    np.testing.assert_allclose(drawn[["left", "right"]].sum(axis=1), 1)
    np.testing.assert_allclose(drawn["alone"], 1)
    assert (drawn >= 0).all(axis=None)


def test_noise_stays_inside_its_spread(tree):
    drawn = draw(tree, NoisyWeights(0.25))
    ratio = drawn["left"] / drawn["right"] / 1.5
    assert ratio.max() <= 1.25 / 0.75
    assert ratio.min() >= 0.75 / 1.25
    assert ratio.max() > 1.6
    assert drawn["a"].mean() == pytest.approx(0.5, abs=0.005)


def test_dirichlet_has_its_mean_and_spread(tree):
    drawn = draw(tree, DirichletWeights(40))
    for code in "abc":
        s = SHARES[code]
        assert drawn[code].mean() == pytest.approx(s, abs=0.003)
        assert drawn[code].std() == pytest.approx(np.sqrt(s * (1 - s) / 41), rel=0.03)


def test_dirichlet_keeps_a_share_of_zero(tree):
    shares = np.array([{**SHARES, "c": 0.0}[code] for code in tree.codes])
    drawn = DirichletWeights(40).draw(tree, shares, 50, np.random.default_rng(0))
    assert (drawn[:, tree.codes.index("c")] == 0).all()


def test_every_weighting_is_even_over_the_simplex(tree):
    drawn = draw(tree, EveryWeighting())
    # Marginals of a flat Dirichlet of three are 1 - (1 - x)^2.
    for code in "abc":
        assert (drawn[code] < 0.3).mean() == pytest.approx(1 - 0.7**2, abs=0.012)


def test_every_weighting_is_even_over_a_polytope_with_limits_and_order(tree):
    """Against rejection from the simplex, which is exact."""
    limits = AdmissibleWeights(lower=0.1, upper={"a": 0.6}, order=[("a", "b")])
    drawn = draw(tree, EveryWeighting(limits))
    whole = np.random.default_rng(9).dirichlet(np.ones(3), 400_000)
    kept = whole[(whole >= 0.1).all(axis=1) & (whole[:, 0] <= 0.6) & (whole[:, 0] >= whole[:, 1])]
    np.testing.assert_allclose(drawn[["a", "b", "c"]].mean(), kept.mean(axis=0), atol=0.004)
    np.testing.assert_allclose(drawn[["a", "b", "c"]].std(), kept.std(axis=0), rtol=0.03)
    assert drawn["a"].max() <= 0.6 + 1e-12
    assert (drawn["a"] >= drawn["b"] - 1e-12).all()
    assert drawn[["a", "b", "c"]].min(axis=None) >= 0.1 - 1e-12


@pytest.mark.parametrize(("make", "words"), [
    (lambda: NoisyWeights(0), "more than 0"), (lambda: NoisyWeights(1.5), "more than 1"),
    (lambda: DirichletWeights(-1), "more than 0")])
def test_specifications_that_make_no_sense(make, words):
    with pytest.raises(RefusedInput, match=words):
        make()


def test_limits_that_leave_a_single_point(tree):
    pinned = AdmissibleWeights(lower={"left": 0.5}, upper={"left": 0.5})
    with pytest.raises(RefusedInput, match="'top' leave no room"):
        draw(tree, EveryWeighting(pinned))
