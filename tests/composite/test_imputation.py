"""Missing cells are filled by the rule named, and every filled cell is listed."""

import warnings

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import Method, build, impute, impute_panel
from anticorruption.errors import RefusedInput


@pytest.fixture
def holes(small):
    small.loc["11.02", "b"] = np.nan
    small.loc["34.10", "a"] = np.nan
    return small


def test_mean_and_median(holes):
    for rule, centre in (("mean", "mean"), ("median", "median")):
        filled, cells = impute(holes, rule)
        assert filled.at["11.02", "b"] == pytest.approx(getattr(holes["b"], centre)())
        assert set(zip(cells["region_code"], cells["code"], strict=True)) == {
            ("11.02", "b"), ("34.10", "a")}
        assert (cells["rule"] == rule).all()
        pd.testing.assert_frame_equal(filled.where(holes.notna()), holes)


def test_none_fills_nothing(holes):
    filled, cells = impute(holes, "none")
    pd.testing.assert_frame_equal(filled, holes)
    assert cells.empty


def test_group_without_a_value_stays_missing(holes):
    groups = {"11.01": "x", "11.02": "x", "11.10": "x", "34.10": "alone", "34.71": None}
    filled, cells = impute(holes, "group_mean", groups=groups)
    assert filled.at["11.02", "b"] == pytest.approx((30 + 60) / 2)
    assert np.isnan(filled.at["34.10", "a"])
    assert len(cells) == 1


def test_groups_are_needed(holes):
    with pytest.raises(RefusedInput, match="groups"):
        impute(holes, "group_mean")


def test_groups_can_be_part_of_a_method(holes, small_codebook):
    groups = pd.Series("all", index=holes.index)
    by_group = Method(normalisation="fixed_scale", imputation="group_mean",
                      imputation_parameters={"groups": groups})
    plain = by_group.replace(imputation="mean")
    pd.testing.assert_frame_equal(build(holes, small_codebook, by_group).scores,
                                  build(holes, small_codebook, plain).scores)


def test_empty_indicator_is_refused(holes):
    with pytest.raises(RefusedInput, match="'b' has no value"):
        impute(holes.assign(b=np.nan), "mean")


def observed_likelihood(table, mean, covariance):
    total = 0.0
    for row in table.to_numpy():
        known = ~np.isnan(row)
        part = covariance[np.ix_(known, known)]
        gap = row[known] - mean[known]
        total -= 0.5 * (np.linalg.slogdet(2 * np.pi * part)[1] + gap @ np.linalg.solve(part, gap))
    return total


def correlated(seed=2, regions=120):
    generator = np.random.default_rng(seed)
    common = generator.normal(0, 1, (regions, 1))
    values = 50 + 10 * (common * [1, 0.8, 0.6] + 0.5 * generator.normal(0, 1, (regions, 3)))
    table = pd.DataFrame(values, [f"r{n:03d}" for n in range(regions)], list("abc"))
    return table, table.mask(generator.random(table.shape) < 0.2)


def test_em_fills_with_the_conditional_mean_of_the_most_likely_normal():
    """Little & Rubin (2002), section 11.2: fillings are regressions under the fitted normal."""
    _, holes = correlated()
    filled, cells = impute(holes, "em")
    values = filled.to_numpy()
    gaps = holes.isna().to_numpy()
    # At the fixed point, one more expectation step with the fitted moments changes nothing.
    mean = values.mean(axis=0)
    covariance = np.cov(values.T, bias=True)
    for _ in range(3000):
        extra = np.zeros((3, 3))
        again = values.copy()
        for row in range(len(values)):
            m, k = gaps[row], ~gaps[row]
            if not m.any():
                continue
            if k.any():
                slope = covariance[np.ix_(m, k)] @ np.linalg.inv(covariance[np.ix_(k, k)])
                again[row, m] = mean[m] + slope @ (again[row, k] - mean[k])
                left = covariance[np.ix_(m, m)] - slope @ covariance[np.ix_(k, m)]
            else:
                again[row, m], left = mean[m], covariance[np.ix_(m, m)]
            extra[np.ix_(m, m)] += left
        new = again.mean(axis=0)
        change = abs(new - mean).max()
        mean, covariance = new, ((again - new).T @ (again - new) + extra) / len(values)
        if change < 1e-10:
            break
    np.testing.assert_allclose(values, again, atol=1e-4)
    assert len(cells) == gaps.sum()
    for shift in (0.5, -0.5):
        assert observed_likelihood(holes, mean, covariance) > observed_likelihood(
            holes, mean + shift, covariance)


def test_em_beats_the_mean_on_correlated_indicators():
    truth, holes = correlated()
    gaps = holes.isna()

    def error(rule):
        return ((impute(holes, rule)[0] - truth)[gaps] ** 2).sum().sum()

    assert error("em") < 0.6 * error("mean")


def test_em_does_not_depend_on_units():
    _, holes = correlated()
    scaled = impute(holes * [1, 1e6, 1e-6], "em")[0] / [1, 1e6, 1e-6]
    np.testing.assert_allclose(scaled, impute(holes, "em")[0], rtol=1e-7)


def test_em_that_does_not_settle_is_refused():
    _, holes = correlated()
    with pytest.raises(RefusedInput, match="has not settled after 2 rounds"):
        impute(holes, "em", maximum_rounds=2)


@pytest.fixture
def panel():
    index = pd.MultiIndex.from_tuples(
        [(region, year) for region in ("34.01", "34.02") for year in (2021, 2022, 2023, 2025)],
        names=["region_code", "year"])
    return pd.DataFrame({"spi": [70, np.nan, np.nan, 78, np.nan, 60, np.nan, np.nan]}, index=index)


def test_panel_latest(panel):
    filled, cells = impute_panel(panel, "latest")
    assert list(filled["spi"].fillna(-1)) == [70, 70, 70, 78, -1, 60, 60, 60]
    assert list(cells["year"]) == [2022, 2023, 2023, 2025]
    assert list(cells["region_code"]) == ["34.01", "34.01", "34.02", "34.02"]


def test_panel_latest_not_too_old(panel):
    filled, _ = impute_panel(panel, "latest", maximum_years=1)
    assert list(filled["spi"].fillna(-1)) == [70, 70, -1, 78, -1, 60, 60, -1]


def test_panel_linear_goes_by_the_year_and_never_beyond_the_ends(panel):
    filled, cells = impute_panel(panel, "linear")
    assert list(filled["spi"].fillna(-1)) == [70, 72, 74, 78, -1, 60, -1, -1]
    assert list(cells["value"]) == [72, 74]


def test_panel_in_any_order(panel):
    shuffled = panel.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(impute_panel(shuffled, "linear")[0].sort_index(),
                                  impute_panel(panel, "linear")[0])


def test_panel_refusals(panel):
    with pytest.raises(RefusedInput, match="did you mean 'latest'"):
        impute_panel(panel, "last")
    with pytest.raises(RefusedInput, match=r"'34.01' has the year 2021 more than once"):
        impute_panel(pd.concat([panel, panel.iloc[[0]]]))
    with pytest.raises(RefusedInput, match="region_code, year"):
        impute_panel(panel.reset_index(drop=True))


@pytest.mark.parametrize(("change", "options", "sentence"), [
    ({}, {"rule": "group_mean"},
     "imputation 'group_mean' needs the parameter 'groups', region to group."),
    ({"b": np.nan}, {"rule": "median"},
     "indicator 'b' has no value for any region, so 'median' has nothing to fill it from."),
    ({}, {"rule": "em", "tolerance": 0},
     "the tolerance of 'em' must be more than 0, not 0."),
    ({}, {"rule": "em", "maximum_rounds": 0},
     "maximum_rounds of 'em' must be a whole number of at least 1, not 0."),
    ({}, {"rule": "em", "maximum_rounds": 1},
     "imputation 'em' has not settled after 1 rounds: there are too few complete regions for so "
     "many indicators."),
    ({}, {"rule": "maen"}, "there is no imputation called 'maen': did you mean 'mean'?")])
def test_refusals_say_what_to_do(holes, change, options, sentence):
    with pytest.raises(RefusedInput) as refused:
        impute(holes.assign(**change), **options)
    assert str(refused.value) == sentence


def test_filled_cells_are_listed_in_four_columns(holes):
    _, cells = impute(holes)
    assert list(cells.columns) == ["region_code", "code", "value", "rule"]
    assert (cells["rule"] == "mean").all()
    assert list(impute(holes, "none")[1].columns) == list(cells.columns)


@pytest.mark.parametrize("nothing", [None, np.nan])
def test_regions_without_a_group_are_no_group_of_their_own(holes, nothing):
    groups = dict.fromkeys(holes.index, "x") | {"11.02": nothing, "34.71": nothing}
    filled, _ = impute(holes, "group_mean", groups=groups)
    assert np.isnan(filled.at["11.02", "b"])
    assert filled.at["34.10", "a"] == pytest.approx(np.mean([10, 70, 20]))


def test_group_median_is_the_median_of_the_group_alone(holes):
    groups = {"11.01": 1, "11.02": 1, "11.10": 1, "12.01": 1, "34.10": 2, "34.71": 2}
    filled, cells = impute(holes, "group_median", groups=groups)
    assert filled.at["11.02", "b"] == 30
    assert filled.at["34.10", "a"] == 55
    assert set(cells["rule"]) == {"group_median"}


def test_em_keeps_what_is_known_and_fills_a_constant_with_itself():
    _, holes = correlated()
    holes["d"] = 7.0
    holes.iloc[0, 3] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        filled, _ = impute(holes, "em")
    assert filled.iloc[0, 3] == pytest.approx(7.0)
    known = holes.notna().to_numpy()
    np.testing.assert_array_equal(filled.to_numpy()[known], holes.to_numpy()[known])


def test_em_settles_as_well_in_very_small_units():
    _, holes = correlated()
    tiny = impute(holes * 1e-12, "em")[0] * 1e12
    np.testing.assert_allclose(tiny, impute(holes, "em")[0], rtol=1e-7)


def test_panel_cells_are_listed_with_their_year_and_rule(panel):
    _, cells = impute_panel(panel)
    assert list(cells.columns) == ["region_code", "year", "code", "value", "rule"]
    assert set(cells["code"]) == {"spi"}
    assert set(cells["rule"]) == {"latest"}


@pytest.mark.parametrize(("reach", "filled_with"), [(3, [72, 74]), (2, [72, 74]), (1, [])])
def test_panel_linear_goes_no_further_than_told(panel, reach, filled_with):
    """2022 is one year from 2021 and three from 2025 here, so both sides count."""
    if reach < 3:
        panel = panel.copy()
        panel.index = panel.index.set_levels([2021, 2022, 2023, 2024], level=1)
        filled_with = [70 + 8 / 3, 70 + 16 / 3] if reach == 2 else []
    _, cells = impute_panel(panel, "linear", maximum_years=reach)
    assert list(cells["value"]) == pytest.approx(filled_with)


def test_panel_of_objects_is_read_as_numbers(panel):
    objects = panel.astype(object).where(panel.notna(), None)
    pd.testing.assert_frame_equal(impute_panel(objects)[0], impute_panel(panel)[0])
    assert impute_panel(objects)[1].shape == impute_panel(panel)[1].shape


@pytest.mark.parametrize(("change", "options", "sentence"), [
    (lambda p: p, {"rule": "last"},
     "there is no panel rule called 'last': did you mean 'latest'?"),
    (lambda p: p, {"maximum_years": 0},
     "maximum_years must be a whole number of at least 1, not 0."),
    (lambda p: p.reset_index(drop=True), {}, "a panel needs the index (region_code, year)."),
    (lambda p: pd.concat([p, p.iloc[[4]]]), {}, "region '34.02' has the year 2021 more than once.")
])
def test_panel_refusals_say_what_to_do(panel, change, options, sentence):
    with pytest.raises(RefusedInput) as refused:
        impute_panel(change(panel), **options)
    assert str(refused.value) == sentence


def test_cells_may_come_as_objects(holes):
    objects = holes.astype(object).where(holes.notna(), None)
    for rule in ("none", "mean", "em"):
        pd.testing.assert_frame_equal(impute(objects, rule)[0], impute(holes, rule)[0])
