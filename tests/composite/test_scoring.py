"""Blocks of draws: which values a run cannot take, and codes below the top."""

import warnings

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import Method, NoisyWeights, build
from anticorruption.composite.codebook import read_codebook
from anticorruption.composite.runs import plan_runs
from anticorruption.composite.scoring import effective_weights, score_draws
from anticorruption.errors import RefusedInput

FIXED = Method(normalisation="fixed_scale")


def noisy(table, codebook, method, noise, code=None):
    """Scores of one noisy draw under the weights of the codebook."""
    plan = plan_runs(table, codebook, method, code, None, None, pd.Series({"a": 1.0}))
    weights = plan.nominal.shares[None, :]
    return score_draws(plan, plan.recipes[0], weights, np.asarray(noise, float)[None])


def drawn(table, codebook, method, rows):
    """Scores under rows of weights, in the order of the codes of the tree."""
    plan = plan_runs(table, codebook, method, None, None, None, pd.Series({"a": 1.0}))
    return score_draws(plan, plan.recipes[0], np.asarray(rows, float))


@pytest.fixture
def pair() -> pd.DataFrame:
    return pd.DataFrame({"a": [10.0, 20, 40], "b": [30.0, 20, 90]}, index=["r1", "r2", "r3"])


def test_only_the_ratios_of_weights_inside_a_parent_count(small_codebook):
    tree = read_codebook(small_codebook)
    weights = np.ones((1, len(tree.codes)))
    place = {code: spot for spot, code in enumerate(tree.codes)}
    weights[0, [place["a"], place["b"], place["left"], place["right"]]] = 3, 1, 10, 30
    found = pd.Series(effective_weights(tree, "whole", weights)[0], tree.indicators)
    expected = {"a": 3 / 16, "b": 1 / 16, "c": 3 / 8, "d": 3 / 8}
    assert found[list(expected)].tolist() == pytest.approx(list(expected.values()))
    below = pd.Series(effective_weights(tree, "right", weights)[0], tree.indicators)
    assert below[list("abcd")].tolist() == pytest.approx([0, 0, 0.5, 0.5])


@pytest.mark.parametrize(
    ("aggregation", "parameters", "reached", "refused"),
    [
        ("arithmetic_mean", {}, -5.0, None),
        ("geometric_mean", {}, 0.5, 0.0),
        ("harmonic_mean", {}, 0.5, 0.0),
        ("generalised_mean", {"power": 2.0}, 0.0, -0.5),
        ("generalised_mean", {"power": 0.5}, 0.0, -0.5),
        ("generalised_mean", {"power": -0.5}, 0.5, 0.0),
    ],
)
def test_measurement_error_may_reach_what_the_mean_can_take_and_no_more(
    pair, flat, aggregation, parameters, reached, refused
):
    """The second region of three, the first indicator of two, is moved by the error."""
    method = FIXED.replace(aggregation=aggregation, aggregation_parameters=parameters)
    noise = np.zeros((3, 2))
    noise[1, 0] = reached - 20
    found = noisy(pair, flat(["a", "b"]), method, noise)
    pair.loc["r2", "a"] = reached
    expected = build(pair, flat(["a", "b"]), method).scores["index"]
    np.testing.assert_allclose(found[0], expected, rtol=1e-12)
    if refused is None:
        return
    pair.loc["r2", "a"] = 20.0
    noise[1, 0] = refused - 20
    with pytest.raises(RefusedInput) as said:
        noisy(pair, flat(["a", "b"]), method, noise)
    assert str(said.value) == (
        "a run with the method as given and measurement error cannot be built: 'a' of region "
        f"'r2' becomes {refused:g}, which a {aggregation} cannot take: normalise to a scale that "
        "starts above zero."
    )


def test_all_the_means_of_a_recipe_are_named(small, small_codebook):
    """Two names are one mean here, and both are told."""
    method = FIXED.replace(
        aggregation=("generalised_mean", "geometric_mean"), aggregation_parameters={"power": 0.0}
    )
    noise = np.zeros((6, 4))
    noise[0, 0] = -50
    with pytest.raises(RefusedInput, match="which a generalised_mean or geometric_mean cannot"):
        noisy(small, small_codebook, method, noise)


def test_an_error_that_carries_the_worst_beyond_its_target_is_told_with_the_run(pair, flat):
    codebook = flat(["a", "b"], target=[30.0, 90.0])
    method = Method(normalisation="distance_to_target", minimum_regions=2)
    with pytest.raises(RefusedInput) as said:
        noisy(pair, codebook, method, [[30.0, 0], [30, 0], [30, 0]])
    assert str(said.value) == (
        "a run with the method as given and measurement error cannot be built: the target of 'a' "
        "is missing from the codebook, or no better than the worst region."
    )


def test_an_error_that_turns_a_component_against_the_others_is_told_with_the_run(flat):
    table = pd.DataFrame({"a": np.arange(12.0), "b": np.arange(12.0) ** 2})
    table.index = [f"r{n:02d}" for n in range(12)]
    method = Method(weighting="pca")
    with pytest.raises(RefusedInput) as said:
        noisy(table, flat(["a", "b"]), method, np.column_stack([-2.5 * table["a"], 0 * table["b"]]))
    assert str(said.value).startswith(
        "a run with the method as given and measurement error cannot be built: "
    )
    assert "'a'" in str(said.value) or "'b'" in str(said.value)


@pytest.mark.parametrize("aggregation", ["median", ("median", "geometric_mean")])
def test_a_code_below_the_top_is_scored_without_the_others(small, small_codebook, aggregation):
    method = FIXED.replace(aggregation=aggregation)
    whole = build(small, small_codebook, method).scores
    tree = read_codebook(small_codebook)
    for code in ("left", "right"):
        ones = [[{"b": 3.0}.get(item, 1.0) for item in tree.codes]]
        plan = plan_runs(small, small_codebook, method, code, None, None, pd.Series({"a": 1.0}))
        found = score_draws(plan, plan.recipes[0], np.array(ones))
        np.testing.assert_allclose(found[0], whole[code], rtol=1e-12)


def test_a_drawn_weighting_that_brings_in_a_zero_is_refused_and_one_without_it_is_not(
    small, small_codebook
):
    """b of 12.01 is 0 and has no weight of its own; the right side has no such value."""
    small.loc["12.01", "b"] = 0.0
    codebook = small_codebook.set_index("code")
    codebook.loc[["a", "b"], "weight"] = 1.0, 0.0
    method = FIXED.replace(aggregation=("geometric_mean", "median"))
    tree = read_codebook(codebook.reset_index())
    plan = plan_runs(small, codebook.reset_index(), method, None, None, None, pd.Series({"a": 1.0}))
    without = np.array([[{"b": 0.0, "left": 2.0}.get(item, 1.0) for item in tree.codes]])
    expected = build(small, codebook.reset_index(), method).scores["whole"]
    np.testing.assert_allclose(score_draws(plan, plan.recipes[0], without)[0], expected)
    with pytest.raises(RefusedInput) as said:
        score_draws(plan, plan.recipes[0], np.ones((2, len(tree.codes))))
    assert str(said.value) == (
        "a run with the method as given cannot be built: the geometric_mean of 'left' cannot take "
        "'b' of region '12.01'."
    )


def test_mazziotta_and_pareto_need_a_mean_above_zero_in_every_draw(pair, flat):
    pair.loc["r2"] = [-20.0, 30.0]
    method = FIXED.replace(aggregation="mazziotta_pareto")
    assert np.isfinite(drawn(pair, flat(["a", "b"]), method, [[1.0, 1, 1]])).all()
    assert np.isfinite(drawn(pair, flat(["a", "b"]), method, [[58.0, 40, 1]])).all()
    for weights in ([3.0, 2.0, 1.0], [4.0, 1.0, 1.0]):
        with pytest.raises(RefusedInput) as said:
            drawn(pair, flat(["a", "b"]), method, [[1.0, 1, 1], [1, 1, 1], weights])
        assert str(said.value) == (
            "a run with the method as given cannot be built: the mazziotta_pareto of 'index' needs "
            "a mean above zero in region 'r2'."
        )
    median = FIXED.replace(aggregation="median")
    assert np.isfinite(drawn(pair, flat(["a", "b"]), median, [[4.0, 1, 1]])).all()


def test_a_region_without_parts_has_no_score_and_nobody_is_warned(small, small_codebook):
    small.loc["11.10", ["c", "d"]] = np.nan
    method = FIXED.replace(aggregation=("geometric_mean", "arithmetic_mean"))
    expected = build(small, small_codebook, method).scores["whole"]
    plan = plan_runs(small, small_codebook, method, None, None, NoisyWeights(), None)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = score_draws(plan, plan.recipes[0], plan.nominal.shares[None, :])
    np.testing.assert_allclose(found[0], expected, rtol=1e-12)
    noise = np.zeros((6, 4))
    noise[2, 0] = 1.0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        moved = noisy(small, small_codebook, method, noise)
    assert moved[0, 2] != pytest.approx(expected["11.10"])
    np.testing.assert_allclose(np.delete(moved[0], 2), np.delete(expected.to_numpy(), 2))


def test_weights_that_the_data_give_are_not_those_that_are_drawn(spi, spi_codebook):
    """Benefit of the doubt has its scores whatever the rows; components serve without error."""
    small = spi.iloc[:40]
    codebook = spi_codebook[spi_codebook["code"] != "corrections"].copy()
    codebook = codebook[codebook["parent"] != "corrections"]
    for weighting in ("benefit_of_the_doubt", "pca"):
        method = Method(normalisation_parameters={"low": 1.0, "high": 100.0}, weighting=weighting)
        table = small[["internal", "external", "expert"]]
        errors = pd.Series({"expert": 1.0})
        plan = plan_runs(table, codebook, method, None, None, None, errors)
        found = score_draws(plan, plan.recipes[0], np.tile(plan.nominal.shares, (3, 1)))
        expected = build(table, codebook, method).scores["index"][plan.regions]
        assert found.shape == (3, 40)
        for row in found:
            np.testing.assert_allclose(row, expected, rtol=1e-12)


def test_an_indicator_that_an_error_makes_equal_everywhere_says_nothing(pair, flat):
    noise = pair.to_numpy() * [-1, 0] + [7, 0]
    with np.errstate(all="ignore"):
        found = noisy(pair, flat(["a", "b"]), Method(minimum_regions=2), noise)
    np.testing.assert_allclose(found[0], 100 * (pair["b"] - 20) / 70)


def test_a_draw_may_score_what_the_stated_weights_leave_empty(small, small_codebook):
    """Only b is known of the left side of 11.10: without weight as stated, with one as drawn."""
    small.loc["11.10", "a"] = np.nan
    codebook = small_codebook.set_index("code")
    codebook.loc["b", "weight"] = 0.0
    codebook = codebook.reset_index()
    tree = read_codebook(codebook)
    rows = [[{"left": 2.0}.get(item, 1.0) for item in tree.codes]]
    given = {"weights": dict(zip(tree.codes, rows[0], strict=True))}
    expected = build(small, codebook, FIXED.replace(weighting_parameters=given)).scores["whole"]
    np.testing.assert_allclose(drawn(small, codebook, FIXED, rows)[0], expected, rtol=1e-12)


def test_an_indicator_alone_is_the_same_in_every_draw(small, small_codebook):
    median = FIXED.replace(aggregation="median")
    plan = plan_runs(small, small_codebook, median, "a", None, None, pd.Series({"a": 1.0}))
    found = score_draws(plan, plan.recipes[0], np.ones((2, len(plan.inputs.tree.codes))))
    np.testing.assert_allclose(found, [small["a"]] * 2, rtol=1e-12)
