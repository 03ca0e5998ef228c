"""Missing cells are filled by the rule named, and every filled cell is listed."""

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
