"""Weights: stated, equal, from components, from comparisons, and of a region's own choice."""

import warnings

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
    found = pca_weights(parts)
    np.testing.assert_allclose(found, first / first.sum())
    assert list(found.index) == ["a", "b", "c"]
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
    assert pca_weights(small[["a"]]).to_dict() == {"a": 1.0}


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


ORTHOGONAL = pd.DataFrame(
    {"z": [1.0, -1, -1, 1], "a": [1.0, 2, 3, 4], "b": [1.0, 3, 2, 4], "d": [-1.0, -2, -3, -4]})


def test_pca_leaves_out_a_part_that_runs_with_nothing():
    """A loading of zero, give or take rounding, is a weight of zero and no refusal."""
    for columns in (["z", "a", "b"], ["a", "b", "z"], ["a", "z", "b"]):
        found = pca_weights(ORTHOGONAL[columns])
        np.testing.assert_allclose(found[["z", "a", "b"]], [0, 0.5, 0.5], atol=1e-12)
        assert (found >= 0).all()


def test_pca_works_from_three_complete_regions_on():
    assert pca_weights(ORTHOGONAL[["a", "b"]].iloc[:3]).tolist() == pytest.approx([0.5, 0.5])


def test_pca_does_not_mistake_rounding_noise_for_differences():
    noisy = ORTHOGONAL.assign(z=1e9 + 1e-6 * ORTHOGONAL["z"])
    for table in (noisy, ORTHOGONAL.assign(z=0.0)):
        with pytest.raises(RefusedInput) as refused:
            pca_weights(table)
        assert str(refused.value) == (
            "'z' is the same for every complete region, so it has no correlation to weight it by.")


@pytest.mark.parametrize(("table", "sentence"), [
    (ORTHOGONAL, "principal components give 'd' the negative weight -0.593: it runs against the "
     "rest of 'z', 'a', 'b', 'd', and a negative weight would reward a region for doing worse."),
    (ORTHOGONAL[["a", "b"]].iloc[:2], "principal components of 'a', 'b' need at least three "
     "complete regions, not 2.")])
def test_pca_refusals_say_why(table, sentence):
    with pytest.raises(RefusedInput) as refused:
        pca_weights(table)
    assert str(refused.value) == sentence


def reciprocal(*upper):
    """Comparisons of a, b, c... from the numbers above the diagonal, row by row."""
    n = int((1 + np.sqrt(1 + 8 * len(upper))) / 2)
    table = np.ones((n, n))
    table[np.triu_indices(n, 1)] = upper
    table.T[np.triu_indices(n, 1)] = 1 / np.array(upper)
    return pd.DataFrame(table, list("abcdefgh")[:n], list("abcdefgh")[:n])


def test_ahp_of_one_or_two_codes_cannot_contradict_itself():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for table, expected in ((reciprocal(), [1.0]), (reciprocal(3), [0.75, 0.25])):
            weights, ratio = ahp_weights(table, consistency_limit=0)
            assert weights.tolist() == pytest.approx(expected)
            assert ratio == 0


def test_ahp_takes_the_largest_eigenvalue_wherever_it_stands():
    table = reciprocal(1, 9, 5, 1 / 2, 3, 1 / 9)
    vector = np.ones(4)
    for _ in range(200):
        vector = table.to_numpy() @ vector
        largest, vector = vector.sum(), vector / vector.sum()
    weights, ratio = ahp_weights(table, consistency_limit=1)
    np.testing.assert_allclose(weights, vector)
    assert ratio == pytest.approx((largest - 4) / 3 / 0.90)


def test_ahp_takes_up_to_fifteen_codes():
    for n, accepted in ((15, True), (16, False)):
        codes = [f"c{place}" for place in range(n)]
        table = pd.DataFrame(1.0, codes, codes)
        if accepted:
            np.testing.assert_allclose(ahp_weights(table)[0], 1 / 15)
        else:
            with pytest.raises(RefusedInput, match="the same 1 to 15 codes"):
                ahp_weights(table)


def test_ahp_reads_rows_in_any_order_and_cells_of_any_type():
    table = reciprocal(3, 5, 3)
    straight = ahp_weights(table)[0]
    pd.testing.assert_series_equal(ahp_weights(table.iloc[::-1].astype(object))[0], straight)


@pytest.mark.parametrize(("table", "limit", "sentence"), [
    (reciprocal(3, 5, 3).rename(index={"a": "x"}), 0.1,
     "comparisons need the same 1 to 15 codes in rows and columns."),
    (reciprocal(3, 5, 3).replace(5, 6), 0.1,
     "the comparison of 'a' with 'c' must be above zero and one divided by the comparison the "
     "other way round."),
    (reciprocal(-2), 0.1,
     "the comparison of 'a' with 'b' must be above zero and one divided by the comparison the "
     "other way round."),
    (reciprocal(3, 5, 9), 0.1,
     "the comparisons of 'a', 'b', 'c' contradict one another: consistency ratio 0.280, "
     "limit 0.1."),
    (reciprocal(3, 5, 3), -1, "consistency_limit must be at least 0, not -1.")])
def test_ahp_refusals_say_why(table, limit, sentence):
    with pytest.raises(RefusedInput) as refused:
        ahp_weights(table, limit)
    assert str(refused.value) == sentence


def test_ahp_refuses_a_ratio_above_a_tenth_unless_told_otherwise():
    with pytest.raises(RefusedInput, match=r"0\.280"):
        ahp_weights(reciprocal(3, 5, 9))


def test_ahp_in_a_method_takes_the_limit_and_asks_for_every_part(uneven):
    tables = {"left": reciprocal(3, 5, 9),
              "whole": pd.DataFrame(1.0, ["left", "right"], ["left", "right"])}
    method = FIXED.replace(weighting="ahp", weighting_parameters={
        "comparisons": tables, "consistency_limit": 0.5})
    found = build(*uneven, method).weights
    np.testing.assert_allclose(found[["a", "b", "c"]], ahp_weights(tables["left"], 0.5)[0])
    tables["left"] = tables["left"].drop(columns="c")
    with pytest.raises(RefusedInput) as refused:
        build(*uneven, method.replace(weighting_parameters={"comparisons": tables}))
    assert str(refused.value) == "comparisons need the same 1 to 15 codes in rows and columns."
    with pytest.raises(RefusedInput) as refused:
        build(*uneven, FIXED.replace(weighting="ahp"))
    assert str(refused.value) == (
        "weighting 'ahp' needs a table of comparisons of 'a', 'b', 'c' for 'left'.")


@pytest.mark.parametrize(("points", "sentence"), [
    ({"e": {"a": 1, "b": 1, "left": 1, "right": 1}}, "expert 'e' has given no points to 'c'."),
    ({"e": {"a": 0, "b": 0, "c": 0, "left": 1, "right": 1}},
     "expert 'e' has given no points below 'left'."),
    ({"e": {"a": -1, "b": 1, "c": 1, "left": 1, "right": 1}},
     "the points of 'e' for 'a' must be at least 0, not -1."),
    (None, "weighting 'budget_allocation' needs 'points': expert to code to points.")])
def test_budget_allocation_refusals_name_the_expert(uneven, points, sentence):
    method = FIXED.replace(weighting="budget_allocation", weighting_parameters={"points": points})
    with pytest.raises(RefusedInput) as refused:
        build(*uneven, method)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(("weights", "sentence"), [
    ({"a": -1}, "the weight of 'a' is negative (-1): turn its direction round instead."),
    ({"a": 0, "b": 0, "c": 0}, "no part of 'left' has a weight above zero."),
    ({"a": "5"}, "the weight of 'a' must be a finite number, not '5'."),
    ({"e": 1}, "a weight is given for 'e', which is not in the codebook.")])
def test_weights_that_cannot_be_used_are_refused_by_name(uneven, weights, sentence):
    with pytest.raises(RefusedInput) as refused:
        build(*uneven, FIXED.replace(weighting_parameters={"weights": weights}))
    assert str(refused.value) == sentence


@pytest.mark.parametrize(("weight", "sentence"), [
    (None, "'b' has no weight in 'left'."), (np.inf, "the weight of 'b' is infinite.")])
def test_weights_of_the_codebook_are_checked_too(uneven, weight, sentence):
    table, codebook = uneven
    with pytest.raises(RefusedInput) as refused:
        build(table, codebook.assign(weight=codebook["weight"].mask(codebook["code"] == "b", weight)
                                     if weight else
                                     codebook["weight"].mask(codebook["code"] == "b")), FIXED)
    assert str(refused.value) == sentence


def test_one_part_may_have_all_the_weight(uneven):
    found = build(*uneven, FIXED.replace(weighting_parameters={"weights": {"a": 0, "b": 0}}))
    np.testing.assert_allclose(found.scores["left"], uneven[0]["c"])
