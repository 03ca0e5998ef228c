"""Every combination followed once, settings that fill one mapping, errors that are shared."""

from itertools import product

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import (
    Method,
    SharedErrors,
    analyse_sensitivity,
    analyse_uncertainty,
    build,
    follow_every,
)
from anticorruption.composite.factors import read_errors
from anticorruption.composite.runs import plan_runs
from anticorruption.errors import RefusedInput

FIXED = Method(normalisation="fixed_scale")


def weights(**given):
    return {"weighting_parameters": {"weights": given}}


LEFT = {"even": weights(a=1.0, b=1.0), "b alone": weights(a=0.0, b=1.0)}
RIGHT = {"even": weights(c=1.0, d=1.0), "mostly c": weights(c=3.0, d=1.0)}
CHOICES = {"left": LEFT, "right": RIGHT, "aggregation": ["arithmetic_mean", "median"]}


def test_every_combination_is_followed_once_and_is_what_build_gives(small, small_codebook):
    found = follow_every(small, small_codebook, FIXED, CHOICES)
    assert found.draws == 8 and found.seed is None
    assert len(found.settings.drop_duplicates()) == 8
    for place, (left, right, mean) in enumerate(product(LEFT, RIGHT, CHOICES["aggregation"])):
        assert found.settings.iloc[place].tolist() == [left, right, mean]
        joined = {
            **LEFT[left]["weighting_parameters"]["weights"],
            **RIGHT[right]["weighting_parameters"]["weights"],
        }
        method = FIXED.replace(aggregation=mean, weighting_parameters={"weights": joined})
        whole = build(small, small_codebook, method).scores["whole"]
        np.testing.assert_allclose(found.scores[:, place], whole[found.regions], rtol=1e-12)
    assert (found.counts.sum(axis=1) == 8).all()


def test_two_settings_may_not_fill_the_same_entry(small, small_codebook):
    other = {"a": weights(b=2.0), "b": weights(b=5.0)}
    with pytest.raises(RefusedInput, match="same field 'b'"):
        follow_every(small, small_codebook, FIXED, {"left": LEFT, "other": other})


def test_shared_errors_move_together_and_have_the_size_that_was_asked_for(small, small_codebook):
    loadings = pd.DataFrame({"one": [3.0, 3.0, 0.0], "two": [0.0, 4.0, 2.0]}, index=["a", "b", "d"])
    plan = plan_runs(small, small_codebook, FIXED, None, None, None, SharedErrors(loadings))
    drawn = plan.errors.draw(np.random.default_rng(3), 4000)
    assert drawn.shape == (4000, 6, 4)
    np.testing.assert_allclose(drawn.std(axis=0).mean(axis=0), [3, 5, 0, 2], rtol=0.03)
    flat = drawn.reshape(-1, 4)
    assert np.corrcoef(flat[:, 0], flat[:, 1])[0, 1] == pytest.approx(3 * 3 / (3 * 5), abs=0.02)
    assert np.corrcoef(flat[:, 1], flat[:, 3])[0, 1] == pytest.approx(4 * 2 / (5 * 2), abs=0.02)
    assert np.abs(np.corrcoef(drawn[:, 0, 0], drawn[:, 1, 0])[0, 1]) < 0.06


def test_a_source_that_loads_one_indicator_is_an_ordinary_standard_error(small, small_codebook):
    own = SharedErrors(pd.DataFrame({"a": [3.0]}, index=["a"]))
    spreads = [
        analyse_uncertainty(
            small, small_codebook, FIXED, seed=1, draws=4000, standard_errors=errors
        ).scores.std(axis=1)
        for errors in (own, pd.Series({"a": 3.0}))
    ]
    np.testing.assert_allclose(*spreads, rtol=0.05)


@pytest.mark.parametrize(
    ("loadings", "words"),
    [
        (pd.DataFrame({"s": [1.0]}, index=["z"]), "'z'"),
        (pd.DataFrame({"s": [np.nan]}, index=["a"]), "loadings of 'a'"),
        (pd.DataFrame({"s": [0.0]}, index=["a"]), "every standard error is zero"),
    ],
)
def test_sources_that_make_no_sense_are_refused(small, small_codebook, loadings, words):
    inputs = plan_runs(small, small_codebook, FIXED, None, CHOICES, None, None).inputs
    with pytest.raises(RefusedInput, match=words):
        read_errors(SharedErrors(loadings), inputs)


def test_pooled_indices_are_the_shares_of_the_summed_variance(small, small_codebook):
    found = analyse_sensitivity(
        small, small_codebook, FIXED, seed=1, points=256, bootstraps=50, alternatives=CHOICES
    )
    variance = found.by_region["rank_variance"]
    for order in ("first_order", "total_order"):
        parts = (found.by_region[order] * variance).groupby("factor").sum()
        expected = parts / variance.groupby("factor").sum()
        np.testing.assert_allclose(found.pooled[order], expected[list(found.factors)], rtol=1e-9)
    assert (found.pooled["total_low"] <= found.pooled["total_order"]).all()
    assert (found.pooled["total_order"] <= found.pooled["total_high"]).all()


def test_pooled_first_orders_come_near_the_exact_ones_of_every_combination(small, small_codebook):
    """Analysis of variance over all eight combinations, each alike likely."""
    ranks = follow_every(small, small_codebook, FIXED, CHOICES)
    table = pd.DataFrame(-ranks.scores).rank(method="min").to_numpy().reshape(-1, 2, 2, 2)
    found = analyse_sensitivity(
        small, small_codebook, FIXED, seed=2, points=1024, bootstraps=20, alternatives=CHOICES
    ).pooled
    total = table.var(axis=(1, 2, 3)).sum()
    for axis, factor in enumerate(CHOICES, start=1):
        others = tuple(each for each in (1, 2, 3) if each != axis)
        exact = table.mean(axis=others).var(axis=1).sum() / total
        assert found.at[factor, "first_order"] == pytest.approx(exact, abs=0.03)
        stays = table.var(axis=axis).mean(axis=(1, 2)).sum() / total
        assert found.at[factor, "total_order"] == pytest.approx(stays, abs=0.03)
