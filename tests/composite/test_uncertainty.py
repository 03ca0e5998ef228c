"""Monte Carlo: repeatable, independent of workers, loud when a run fails or changes nothing."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from anticorruption.composite import (
    AdmissibleWeights,
    DirichletWeights,
    EveryWeighting,
    Method,
    NoisyWeights,
    analyse_uncertainty,
    build,
    score_extremes,
)
from anticorruption.composite.draws import count_ranks
from anticorruption.composite.ranking import ascending_ranks
from anticorruption.composite.runs import MOST_COMBINATIONS, plan_runs
from anticorruption.composite.scoring import score_draws
from anticorruption.errors import RefusedInput

FIXED = Method(normalisation="fixed_scale")
POSITIVE = Method(normalisation_parameters={"low": 1, "high": 100})
ALTERNATIVES = {
    "scale": {"min-max": {"normalisation": "min_max"},
              "z-score": {"normalisation": "z_score",
                          "normalisation_parameters": {"mean": 50, "sd": 10}}},
    "aggregation": ["arithmetic_mean", "geometric_mean"]}


def test_the_same_seed_gives_the_same_bytes_whatever_the_workers(spi, spi_codebook):
    runs = [analyse_uncertainty(spi, spi_codebook, POSITIVE, seed=0, draws=1300, workers=workers,
                                alternatives=ALTERNATIVES, weights=NoisyWeights(0.25),
                                standard_errors=pd.Series({"expert": 0.5}))
            for workers in (1, 3)]
    assert runs[0].scores.tobytes() == runs[1].scores.tobytes()
    pd.testing.assert_frame_equal(runs[0].table, runs[1].table, check_exact=True)
    pd.testing.assert_frame_equal(runs[0].settings, runs[1].settings)


def test_more_draws_begin_with_the_same_blocks(small, small_codebook):
    few, many = (analyse_uncertainty(small, small_codebook, FIXED, seed=3, draws=draws,
                                     weights=NoisyWeights()) for draws in (1024, 2048))
    np.testing.assert_array_equal(few.scores, many.scores[:, :1024])


def test_another_seed_gives_other_draws_and_zero_is_a_seed(small, small_codebook):
    zero, one = (analyse_uncertainty(small, small_codebook, FIXED, seed=seed, draws=50,
                                     weights=NoisyWeights()) for seed in (0, 1))
    assert not np.array_equal(zero.scores, one.scores)
    for seed in (None, -1, 1.5, True):
        with pytest.raises(RefusedInput, match="seed"):
            analyse_uncertainty(small, small_codebook, FIXED, seed=seed, weights=NoisyWeights())


@pytest.mark.parametrize("method", [
    POSITIVE, POSITIVE.replace(aggregation="harmonic_mean"),
    POSITIVE.replace(aggregation=("geometric_mean", "arithmetic_mean")),
    POSITIVE.replace(aggregation="generalised_mean", aggregation_parameters={"power": 2}),
    Method(normalisation_parameters={"low": 70, "high": 130}, aggregation="mazziotta_pareto"),
    POSITIVE.replace(aggregation="median"),
    POSITIVE.replace(aggregation="owa"), POSITIVE.replace(aggregation=("median", "copeland"))])
@pytest.mark.parametrize("missing", [False, True])
def test_every_draw_is_what_build_gives_with_these_weights(small, small_codebook, method, missing):
    if missing:
        small.iloc[1, 1] = np.nan
        small.iloc[3, 2:] = np.nan
    method = method.replace(minimum_regions=2)
    plan = plan_runs(small, small_codebook, method, None, None, NoisyWeights(0.5), None)
    codes = plan.inputs.tree.codes
    weights = NoisyWeights(0.5).draw(plan.inputs.tree, plan.nominal.shares, 5,
                                     np.random.default_rng(1))
    drawn = score_draws(plan, plan.recipes[0], weights)
    for row, scores in zip(weights, drawn, strict=True):
        given = {"weights": dict(zip(codes, row, strict=True))}
        whole = build(small, small_codebook, method.replace(weighting_parameters=given)).scores
        np.testing.assert_allclose(scores, whole["whole"][plan.regions], rtol=1e-12)


@pytest.mark.parametrize("method", [
    POSITIVE, Method(normalisation="z_score"), Method(normalisation="rank"),
    POSITIVE.replace(aggregation=("geometric_mean", "median")),
    POSITIVE.replace(treatment="winsorise", treatment_parameters={"skewness": 0.1, "kurtosis": -1}),
    POSITIVE.replace(imputation="median"), POSITIVE.replace(minimum_coverage=0.5)])
def test_every_noisy_draw_is_what_build_gives_with_these_data(small, small_codebook, method):
    small.iloc[1, 1] = np.nan
    method = method.replace(minimum_regions=2)
    errors = pd.Series({"a": 3.0, "c": 2.0})
    plan = plan_runs(small, small_codebook, method, None, None, None, errors)
    noise = np.random.default_rng(1).standard_normal((4, 6, 4)) * plan.errors.sizes
    drawn = score_draws(plan, plan.recipes[0], np.tile(plan.recipes[0].shares, (4, 1)), noise)
    for one, scores in zip(noise, drawn, strict=True):
        table = pd.DataFrame(plan.inputs.values + one, plan.inputs.regions, list("abcd"))
        whole = build(table, small_codebook, method).scores["whole"]
        np.testing.assert_allclose(scores, whole[plan.regions], rtol=1e-10)


def test_components_are_worked_out_again_for_noisy_data(flat):
    generator = np.random.default_rng(4)
    common = generator.normal(50, 8, (30, 1))
    table = pd.DataFrame(common + generator.normal(0, 4, (30, 3)), [f"r{n:02d}" for n in range(30)],
                         list("abc"))
    method = POSITIVE.replace(weighting="pca")
    plan = plan_runs(table, flat(list("abc")), method, None, None, None, pd.Series({"a": 2.0}))
    noise = plan.errors.draw(generator, 3)
    drawn = score_draws(plan, plan.recipes[0], np.tile(plan.nominal.shares, (3, 1)), noise)
    for one, scores in zip(noise, drawn, strict=True):
        whole = build(table + one, flat(list("abc")), method).scores["index"]
        np.testing.assert_allclose(scores, whole, rtol=1e-10)


def test_ranks_are_counted_as_build_ranks_them():
    generator = np.random.default_rng(0)
    scores = generator.integers(0, 12, (150, 20)).astype(float)
    scores[:40] += generator.random((40, 20))
    counts = count_ranks(scores).reshape(20, 20)
    ranks = ascending_ranks(-scores)
    for region in range(20):
        for rank in range(1, 21):
            assert counts[region, rank - 1] == (ranks[:, region] == rank).sum()


@pytest.mark.parametrize("draws", [1, 333, 6000])
def test_intervals_are_the_quantiles_of_the_draws(small, small_codebook, draws):
    found = analyse_uncertainty(small, small_codebook, FIXED, seed=1, draws=draws, interval=0.8,
                                weights=EveryWeighting())
    table = found.table.loc[found.regions]
    low, middle, high = np.quantile(found.scores, [0.1, 0.5, 0.9], axis=1)
    np.testing.assert_allclose(table["score_median"], middle, rtol=1e-12)
    np.testing.assert_allclose(table["score_low"], np.minimum(low, table["score"]), rtol=1e-12)
    np.testing.assert_allclose(table["score_high"], np.maximum(high, table["score"]), rtol=1e-12)
    ranks = ascending_ranks(-found.scores.T).T
    low, middle, high = np.quantile(ranks, [0.1, 0.5, 0.9], axis=1, method="inverted_cdf")
    np.testing.assert_array_equal(table["rank_median"], middle)
    np.testing.assert_array_equal(table["rank_low"], np.minimum(low, table["rank"]))
    np.testing.assert_array_equal(table["rank_high"], np.maximum(high, table["rank"]))


def test_settings_of_each_run_are_kept(spi, spi_codebook):
    found = analyse_uncertainty(spi, spi_codebook, POSITIVE, seed=1, draws=60,
                                alternatives=ALTERNATIVES)
    assert list(found.settings.columns) == ["scale", "aggregation"]
    for run in (0, 17, 59):
        changes = {**ALTERNATIVES["scale"][found.settings.at[run, "scale"]],
                   "aggregation": found.settings.at[run, "aggregation"]}
        whole = build(spi, spi_codebook, POSITIVE.replace(**changes)).scores["index"]
        np.testing.assert_allclose(found.scores[:, run], whole[found.regions], rtol=1e-12)
    assert found.settings.value_counts().min() > 3


def test_draws_stay_inside_the_exact_extremes(small, small_codebook):
    admissible = AdmissibleWeights(lower=0.1, upper=0.8)
    found = analyse_uncertainty(small, small_codebook, FIXED, seed=1, draws=600,
                                weights=EveryWeighting(admissible))
    exact = score_extremes(small, small_codebook, FIXED, admissible).loc[found.regions]
    assert (found.scores.min(axis=1) >= exact["score_low"] - 1e-9).all()
    assert (found.scores.max(axis=1) <= exact["score_high"] + 1e-9).all()


def test_probability_of_a_mark_agrees_with_the_normal_distribution(flat):
    table = pd.DataFrame({"x": [58.0, 60, 63], "y": [58.0, 60, 63]}, index=["r1", "r2", "r3"])
    found = analyse_uncertainty(table, flat(["x", "y"]), FIXED, seed=4, draws=40_000,
                                standard_errors=table * 0 + 3.0)
    exact = stats.norm.sf((60 - table["x"]) / (3 / np.sqrt(2)))
    np.testing.assert_allclose(found.probability_at_or_above(60), exact, atol=0.01)
    assert found.probability_above("r3", "r1") == pytest.approx(stats.norm.cdf(5 / 3), abs=0.01)
    np.testing.assert_allclose(found.scores.std(axis=1), 3 / np.sqrt(2), rtol=0.02)


def test_probabilities_are_never_0_or_1_and_fall_as_the_mark_rises(small, small_codebook):
    found = analyse_uncertainty(small, small_codebook, FIXED, seed=4, draws=99,
                                weights=NoisyWeights())
    previous = pd.Series(1.0, small.index)
    for mark in (-1, 20, 40, 45, 50, 60, 101):
        share = found.probability_at_or_above(mark)
        assert ((share > 0) & (share < 1) & (share <= previous)).all()
        previous = share
    np.testing.assert_allclose(found.probability_at_or_above(-1), 99.5 / 100)


def test_pairwise_probabilities_add_up(small, small_codebook):
    small.loc["11.02"] = small.loc["11.01"]
    found = analyse_uncertainty(small, small_codebook, FIXED, seed=4, draws=200,
                                weights=EveryWeighting())
    table = found.probabilities_above()
    np.testing.assert_allclose(table + table.T, 1)
    assert table.at["11.02", "11.01"] == 0.5
    assert found.probability_above("34.10", "12.01") > 0.9
    top = found.probability_in_top(1)
    assert top.idxmax() == found.table["rank_median"].idxmin()


def test_groups_that_cannot_be_told_apart(flat):
    table = pd.DataFrame({"x": [80.0, 79.5, 60.0, 59.8, 20.0]}, index=list("abcde"))
    found = analyse_uncertainty(table, flat(["x"]), FIXED, seed=4, draws=4000,
                                standard_errors=pd.Series({"x": 2.0}))
    assert list(found.groups(0.9)) == [1, 1, 2, 2, 3]
    with pytest.raises(RefusedInput, match=r"between 0.5 and 1"):
        found.groups(0.4)


def test_intervals_contain_the_method_as_given(spi, spi_codebook):
    found = analyse_uncertainty(spi, spi_codebook, POSITIVE, seed=1, draws=100,
                                alternatives={"weighting": ["equal", "equal_by_parent"]})
    table = found.table
    for name in ("score", "rank"):
        assert (table[f"{name}_low"] <= table[name]).all()
        assert (table[name] <= table[f"{name}_high"]).all()
    nominal = build(spi, spi_codebook, POSITIVE)
    pd.testing.assert_series_equal(table["rank"], nominal.ranks["index"], check_names=False)
    assert list(table.index) == list(spi.index)


def test_region_without_a_score_has_an_empty_row(small, small_codebook):
    small.loc["11.10"] = np.nan
    found = analyse_uncertainty(small, small_codebook, FIXED, seed=1, draws=30,
                                weights=NoisyWeights())
    assert found.table.loc["11.10"].isna().all()
    assert np.isnan(found.probability_at_or_above(10)["11.10"])
    assert found.groups().isna().sum() == 1
    assert found.table["rank_high"].max() == 5
    with pytest.raises(RefusedInput, match=r"'11.10' has no score"):
        found.probability_above("11.10", "11.01")


def refused(small, small_codebook, method, *words, **varied):
    with pytest.raises(RefusedInput) as caught:
        analyse_uncertainty(small, small_codebook, method, seed=1, draws=20, **varied)
    for word in words:
        assert word in str(caught.value)


def test_a_run_that_fails_is_an_error_that_names_it(small, small_codebook):
    """COINr drops such runs without a count, the alternative under test among them."""
    refused(small, small_codebook, Method(minimum_regions=2, normalisation_parameters={"low": 1}),
            "aggregation = 'geometric_mean'", "normalisation = 'z_score'", "'left'",
            alternatives={"aggregation": ["arithmetic_mean", "geometric_mean"],
                          "normalisation": ["min_max", "z_score"]})


def test_a_noisy_run_that_fails_is_an_error_that_names_it(small, small_codebook):
    for aggregation in ("geometric_mean", ("geometric_mean", "arithmetic_mean")):
        refused(small, small_codebook, FIXED.replace(aggregation=aggregation), "geometric_mean",
                "'d'", "'11.01'", standard_errors=pd.Series({"d": 9.0}))


def test_a_setting_that_changes_nothing_is_an_error_that_names_it(small, small_codebook):
    """COINr ignores it; its users ask why an imputation alternative had no effect."""
    refused(small, small_codebook, FIXED, "'imputation'", "changes no score",
            alternatives={"imputation": ["none", "mean"],
                          "aggregation": ["arithmetic_mean", "median"]})


def test_weights_that_change_nothing(flat):
    table = pd.DataFrame({"x": [1.0, 2, 3]}, index=list("abc"))
    refused(table, flat(["x"]), FIXED, "weights drawn change no score", weights=NoisyWeights())


@pytest.mark.parametrize(("varied", "words"), [
    ({}, "nothing is varied"),
    ({"alternatives": {"aggregation": ["median"]}}, "at least two"),
    ({"alternatives": {"aggregation": ["median", "median"]}}, "different"),
    ({"alternatives": {"agregation": ["median", "owa"]}}, "did you mean 'aggregation'"),
    ({"alternatives": {"aggregation": "median"}}, "must be a list"),
    ({"alternatives": {"a": {"x": {"weighting": "given"}, "y": {"weighting": "equal"}},
                       "weighting": ["given", "equal"]}}, "same field 'weighting'"),
    ({"standard_errors": pd.Series({"a": -1.0})}, "'a'"),
    ({"standard_errors": pd.Series({"a": 0.0})}, "every standard error is zero"),
    ({"standard_errors": pd.Series({"z": 1.0})}, "'z'"),
    ({"standard_errors": pd.DataFrame({"a": [1.0]}, index=["11.01"])}, "'11.02' has no standard"),
    ({"weights": "noise"}, "must be NoisyWeights"),
    ({"weights": NoisyWeights(), "interval": 1.0}, "interval"),
    ({"weights": EveryWeighting(), "alternatives": {"weighting": ["given", "equal"]}},
     "would change nothing")])
def test_requests_that_make_no_sense(small, small_codebook, varied, words):
    refused(small, small_codebook, FIXED, words, **varied)


def test_more_combinations_than_can_be_meant_are_refused_before_any_is_run(
    small, small_codebook, monkeypatch
):
    assert MOST_COMBINATIONS == 1000
    most = "anticorruption.composite.runs.MOST_COMBINATIONS"
    four = {"alternatives": {"weighting": ["given", "equal"],
                             "aggregation": ["arithmetic_mean", "geometric_mean"]}}
    monkeypatch.setattr(most, 4)
    found = analyse_uncertainty(small, small_codebook, FIXED, seed=1, draws=20, **four)
    assert found.scores.shape == (6, 20)
    monkeypatch.setattr(most, 3)
    refused(small, small_codebook, FIXED,
            "the alternatives make 4 combinations, more than 3: vary fewer settings", **four)


def test_regions_have_the_same_draws_in_whatever_order_they_stand(small, small_codebook):
    straight, turned = (
        analyse_uncertainty(table, small_codebook, FIXED, seed=1, draws=20,
                            standard_errors=pd.Series({"a": 5.0, "b": 2.0}))
        for table in (small, small.iloc[::-1]))
    assert straight.table.index.tolist() == turned.table.index.tolist()[::-1]
    pd.testing.assert_frame_equal(turned.table.iloc[::-1], straight.table, check_exact=True)


def test_own_weights_and_drawn_weights_exclude_one_another(small, small_codebook):
    refused(small, small_codebook, FIXED.replace(weighting="benefit_of_the_doubt"),
            "benefit_of_the_doubt", weights=DirichletWeights())


def test_a_score_under_some_settings_only(small, small_codebook):
    small.loc["11.10"] = np.nan
    refused(small, small_codebook, FIXED, "'11.10'", "imputation = 'mean'",
            alternatives={"imputation": ["none", "mean"]})
