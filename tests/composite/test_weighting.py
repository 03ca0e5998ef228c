"""Weights: stated, equal, from components, from comparisons, and of a region's own choice."""

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import (
    Method,
    ahp_weights,
    benefit_of_the_doubt,
    build,
    pca_weights,
)
from anticorruption.errors import RefusedInput

FIXED = Method(normalisation="fixed_scale")


@pytest.fixture
def uneven(small):
    codebook = pd.DataFrame([
        ("a", "left", 1, 1, 5.0), ("b", "left", 1, 1, 1.0), ("c", "left", 1, 1, 1.0),
        ("d", "right", 1, 1, 1.0), ("left", "whole", 2, 1, 9.0), ("right", "whole", 2, 1, 1.0),
        ("whole", None, 3, 1, None)], columns=["code", "parent", "level", "direction", "weight"])
    return small, codebook


def test_equal_by_indicator_and_equal_by_parent(uneven):
    by_indicator = build(*uneven, FIXED.replace(weighting="equal"))
    np.testing.assert_allclose(by_indicator.effective_weights[list("abcd")], 0.25)
    np.testing.assert_allclose(by_indicator.scores["whole"], uneven[0].mean(axis=1))
    by_parent = build(*uneven, FIXED.replace(weighting="equal_by_parent"))
    np.testing.assert_allclose(by_parent.effective_weights[list("abcd")], [1 / 6] * 3 + [0.5])


def test_weights_given_in_the_method_override_the_codebook(uneven):
    method = FIXED.replace(weighting_parameters={"weights": {"left": 1, "a": 1}})
    result = build(*uneven, method)
    np.testing.assert_allclose(result.weights[["a", "b", "c", "left"]], [1 / 3] * 3 + [0.5])
    with pytest.raises(RefusedInput, match="'e', which is not in the codebook"):
        build(*uneven, FIXED.replace(weighting_parameters={"weights": {"e": 1}}))


def test_budget_allocation_gives_every_expert_one_voice(uneven):
    points = {"first": {"a": 50, "b": 25, "c": 25, "left": 60, "right": 40},
              "second": {"a": 2, "b": 2, "c": 0, "left": 1, "right": 0}}
    method = FIXED.replace(weighting="budget_allocation", weighting_parameters={"points": points})
    found = build(*uneven, method).weights
    np.testing.assert_allclose(found[["a", "b", "c"]], [0.5, 0.375, 0.125])
    np.testing.assert_allclose(found[["left", "right"]], [0.8, 0.2])


@pytest.mark.parametrize(("points", "words"), [
    ({"e": {"a": 1, "b": 1, "left": 1, "right": 1}}, "'e' has given no points to 'c'"),
    ({"e": {"a": 0, "b": 0, "c": 0, "left": 1, "right": 1}}, "no points below 'left'"),
    ({"e": {"a": -1, "b": 1, "c": 1, "left": 1, "right": 1}}, "at least 0"), (None, "'points'")])
def test_budget_allocation_refusals(uneven, points, words):
    method = FIXED.replace(weighting="budget_allocation", weighting_parameters={"points": points})
    with pytest.raises(RefusedInput, match=words):
        build(*uneven, method)


def test_ahp_worked_example_saaty_1980():
    """Consistent comparisons return their weights; a known matrix its ratio by power iteration."""
    truth = np.array([0.5, 0.3, 0.2])
    table = pd.DataFrame(truth[:, None] / truth, list("abc"), list("abc"))
    weights, ratio = ahp_weights(table)
    np.testing.assert_allclose(weights, truth)
    assert ratio == pytest.approx(0, abs=1e-12)
    table = pd.DataFrame([[1, 3, 5], [1 / 3, 1, 3], [1 / 5, 1 / 3, 1]], list("abc"), list("abc"))
    vector = np.ones(3)
    for _ in range(200):
        vector = table.to_numpy() @ vector
        largest, vector = vector.sum(), vector / vector.sum()
    weights, ratio = ahp_weights(table)
    np.testing.assert_allclose(weights, vector)
    np.testing.assert_allclose(weights, [0.6370, 0.2583, 0.1047], atol=5e-5)
    assert ratio == pytest.approx((largest - 3) / 2 / 0.58)


def test_ahp_contradictions_are_refused():
    table = pd.DataFrame([[1, 9, 1 / 9], [1 / 9, 1, 9], [9, 1 / 9, 1]], list("abc"), list("abc"))
    with pytest.raises(RefusedInput, match="consistency ratio"):
        ahp_weights(table)
    weights, ratio = ahp_weights(table, consistency_limit=10)
    assert ratio > 1
    np.testing.assert_allclose(weights, 1 / 3)
    with pytest.raises(RefusedInput, match="'a' with 'b'"):
        ahp_weights(table.replace(9, 8))


def test_ahp_in_a_method(uneven):
    truth = {"a": 0.5, "b": 0.3, "c": 0.2}
    tables = {"left": {x: {y: truth[x] / truth[y] for y in truth} for x in truth},
              "whole": pd.DataFrame([[1, 3], [1 / 3, 1]], ["left", "right"], ["left", "right"])}
    method = FIXED.replace(weighting="ahp", weighting_parameters={"comparisons": tables})
    np.testing.assert_allclose(build(*uneven, method).weights[["a", "b", "c", "left"]],
                               [0.5, 0.3, 0.2, 0.75])
    with pytest.raises(RefusedInput, match="comparisons of 'a', 'b', 'c'"):
        build(*uneven, FIXED.replace(weighting="ahp"))


def one_factor(seed=4, regions=60):
    generator = np.random.default_rng(seed)
    common = generator.normal(0, 1, (regions, 1))
    values = 50 + 8 * (common * [1, 0.7, 0.9] + 0.6 * generator.normal(0, 1, (regions, 3)))
    return pd.DataFrame(values, [f"r{n:02d}" for n in range(regions)], list("abc"))


def test_pca_loadings_are_the_first_component_with_the_sign_fixed():
    parts = one_factor()
    scaled = (parts - parts.mean()) / parts.std(ddof=1)
    first = np.linalg.svd(scaled.to_numpy(), full_matrices=False)[2][0]
    np.testing.assert_allclose(pca_weights(parts), first / first.sum())
    np.testing.assert_allclose(pca_weights(parts, squared=True), first**2)


def test_pca_weight_below_zero_is_refused_with_the_reason():
    """COINr accepts them: 16 of the 49 weights of its own example are negative."""
    parts = one_factor()
    parts["c"] = 100 - parts["c"]
    with pytest.raises(RefusedInput, match=r"'c' the negative weight.*runs against"):
        pca_weights(parts)


def test_pca_refusals(flat):
    parts = one_factor()
    with pytest.raises(RefusedInput, match="'b' is the same"):
        pca_weights(parts.assign(b=1.0))
    with pytest.raises(RefusedInput, match="three complete regions"):
        pca_weights(parts.iloc[:2])
    method = FIXED.replace(weighting="pca")
    with pytest.raises(RefusedInput, match=r"9 complete regions.*below 10"):
        build(parts.iloc[:9], flat(list("abc")), method)
    assert build(parts, flat(list("abc")), method).weights["index"] != 1


def test_pca_of_one_part_is_one(small):
    assert list(pca_weights(small[["a"]])) == [1.0]


def test_benefit_of_the_doubt_in_a_method(small, flat):
    method = FIXED.replace(weighting="benefit_of_the_doubt")
    result = build(small, flat(small.columns), method)
    scores, _ = benefit_of_the_doubt(small)
    np.testing.assert_allclose(result.scores["index"], 100 * scores, atol=1e-6)
    assert result.scores["index"].max() == pytest.approx(100)


def test_benefit_of_the_doubt_properties(small):
    free, _ = benefit_of_the_doubt(small)
    bound, _ = benefit_of_the_doubt(small, 0.1, 0.6)
    assert (bound <= free + 1e-9).all()
    assert (free > 0).all()
    rescaled, _ = benefit_of_the_doubt(small * [1, 10, 0.01, 7])
    np.testing.assert_allclose(rescaled, free, atol=1e-9)


@pytest.mark.parametrize(("change", "bounds", "words"), [
    (lambda t: t.mask(t == 20), (0, 1), "'12.01': its 'a' is missing"),
    (lambda t: t - 20, (0, 1), "is negative"), (lambda t: t.assign(b=0.0), (0, 1), "'b' is zero"),
    (lambda t: t, (0.3, 1), "cannot add up"), (lambda t: t, (0, 0.2), "cannot add up")])
def test_benefit_of_the_doubt_refusals(small, change, bounds, words):
    with pytest.raises(RefusedInput, match=words):
        benefit_of_the_doubt(change(small), *bounds)


def test_benefit_of_the_doubt_is_a_sum(small, flat):
    method = FIXED.replace(weighting="benefit_of_the_doubt", aggregation="geometric_mean")
    with pytest.raises(RefusedInput, match="weighted sum"):
        build(small, flat(small.columns), method)


def test_benefit_of_the_doubt_with_filled_cells_has_no_bounds(small, flat):
    small.loc["11.02", "b"] = np.nan
    method = FIXED.replace(weighting="benefit_of_the_doubt", imputation="mean")
    result = build(small, flat(small.columns), method)
    assert result.score_low["index"].isna().all()
    assert result.scores["index"].notna().all()
    assert (result.rank_high["index"] == 6).all()
