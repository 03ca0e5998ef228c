"""Outliers: who breaks the rule, what is moved, and what the report says."""

import warnings

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import Method, build, treat
from anticorruption.composite.treatment import breaks_rule, kurtosis, skewness
from anticorruption.errors import RefusedInput


def frame(values):
    return pd.DataFrame({"x": np.array(values, float)}, [f"r{n:02d}" for n in range(len(values))])


OUTLIER = [*range(1, 20), 100]


def test_winsorised_to_the_next_value_and_reported():
    treated, report = treat(frame(OUTLIER), "winsorise")
    assert treated["x"].max() == 19
    row = report.iloc[0]
    assert (row["code"], row["points_winsorised"], row["log"], row["passes"]) == ("x", 1, "", True)
    assert row["skewness_before"] > 2 > abs(row["skewness_after"])


def test_an_ordinary_indicator_is_not_touched():
    table = frame(range(20))
    treated, report = treat(table)
    pd.testing.assert_frame_equal(treated, table)
    assert report.empty


def test_logarithm_of_the_original_or_of_the_winsorised_values():
    values = np.exp(np.linspace(0, 12, 40) ** 1.2)
    fresh, report = treat(frame(values), maximum_points=1)
    assert list(report["log"]) == ["shifted"]
    assert report["points_winsorised"].iloc[0] == 0
    spread = np.ptp(values)
    np.testing.assert_allclose(fresh["x"], np.log(values - values.min() + 0.01 * spread))
    both, report = treat(frame(values), maximum_points=1, after_winsorising=True)
    assert both["x"].iloc[-1] == both["x"].iloc[-2]
    assert report["points_winsorised"].iloc[0] == 1


def test_logarithm_that_helps_either_tail():
    """COINr's log_CT makes a long left tail longer; `either_tail` mirrors it first."""
    values = -np.exp(np.linspace(0, 9, 40))
    _, plain = treat(frame(values), maximum_points=0)
    _, mirrored = treat(frame(values), maximum_points=0, log="either_tail")
    assert plain["skewness_after"].iloc[0] < plain["skewness_before"].iloc[0]
    assert mirrored["passes"].iloc[0]


def test_order_is_kept_by_every_treatment():
    values = np.exp(np.linspace(0, 12, 40) ** 1.2)
    for log in ("shifted", "plus_one", "either_tail"):
        for table in (frame(values), frame(-values[::-1])):
            assert treat(table, log=log)[0]["x"].is_monotonic_increasing


def test_missing_cells_stay_missing():
    table = frame([*OUTLIER, np.nan])
    treated, _ = treat(table, "winsorise")
    assert treated["x"].isna().sum() == 1
    assert treated["x"].max() == 19


def test_never_below_the_stated_number_of_regions():
    """COINr treats 1, 2, 3, 4, 100 as 1, 2, 3, 4, 4: with five regions any value is extreme."""
    with pytest.raises(RefusedInput, match=r"'x' has values for 5 regions.*below 10"):
        treat(frame([1, 2, 3, 4, 100]))
    treated, _ = treat(frame([1, 2, 3, 4, 100]), minimum_regions=5)
    assert list(treated["x"]) == [1, 2, 3, 4, 4]


def test_build_treats_before_it_normalises(flat):
    table, codebook = frame(OUTLIER), flat(["x"])
    method = Method(treatment="winsorise")
    result = build(table, codebook, method)
    assert list(result.scores["x"].iloc[-2:]) == [100, 100]
    assert list(result.treated["code"]) == ["x"]
    assert build(table, codebook, Method()).scores["x"].iloc[-2] < 20


def test_logarithm_and_goalposts_do_not_mix(flat):
    values = np.exp(np.linspace(0, 12, 40) ** 1.2)
    codebook = flat(["x"], goalpost_low=0.0, goalpost_high=1e9)
    method = Method(treatment="winsorise_then_log", normalisation="goalposts",
                    treatment_parameters={"maximum_points": 0})
    with pytest.raises(RefusedInput, match="logarithm of 'x'"):
        build(frame(values), codebook, method)


def test_none_leaves_an_outlier_where_it_is():
    treated, report = treat(frame(OUTLIER), "none")
    assert treated["x"].max() == 100 and report.empty


def test_indicators_may_come_as_objects():
    treated, report = treat(frame(OUTLIER).astype(object), "winsorise")
    pd.testing.assert_frame_equal(treated, treat(frame(OUTLIER), "winsorise")[0])
    assert report["passes"].tolist() == [True]


def test_the_report_tells_skewness_and_kurtosis_as_pandas_has_them():
    treated, report = treat(frame(OUTLIER), "winsorise")
    for when, values in (("before", frame(OUTLIER)["x"]), ("after", treated["x"])):
        assert report[f"skewness_{when}"].iloc[0] == pytest.approx(values.skew())
        assert report[f"kurtosis_{when}"].iloc[0] == pytest.approx(values.kurt())


def test_shape_is_measured_column_by_column_and_nobody_is_warned_of_constant_or_empty_ones():
    rng = np.random.default_rng(2)
    table = rng.exponential(1.0, (12, 4))
    table[:, 2], table[:, 3] = 5.0, np.nan
    table[3, 1] = np.nan
    expected = pd.DataFrame(table[:, :2])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        np.testing.assert_allclose(skewness(table)[:2], expected.skew())
        np.testing.assert_allclose(kurtosis(table)[:2], expected.kurt())
        assert np.isnan(skewness(table)[2:]).all() and np.isnan(kurtosis(table)[2:]).all()
        assert not breaks_rule(table, 0.0, -9.0)[2:].any()
        stack = np.stack([table, table[::-1]])
        np.testing.assert_allclose(kurtosis(stack)[1, :2], expected.kurt())
        short = rng.exponential(1.0, (2, 200))
        assert not np.isfinite([skewness(short), kurtosis(short)]).any()


def test_the_rule_is_broken_above_its_limits_not_at_them():
    values = np.array(OUTLIER, float)[:, None]
    skew, kurt = skewness(values)[0], kurtosis(values)[0]
    assert breaks_rule(values, np.nextafter(skew, 0), np.nextafter(kurt, 0))[0]
    assert not breaks_rule(values, skew, np.nextafter(kurt, 0))[0]
    assert not breaks_rule(values, np.nextafter(skew, 0), kurt)[0]


def test_points_on_the_left_are_counted_too():
    """Each step moves one point more than the last; the second reaches the maximum of three."""
    values = [-300, -200, -100, *range(20)]
    treated, report = treat(frame(values), "winsorise", maximum_points=2)
    assert treated["x"].min() == -100 and (treated["x"] == -100).sum() == 3
    assert report["points_winsorised"].iloc[0] == 2
    right, _ = treat(frame([-value for value in values]), "winsorise", maximum_points=2)
    assert (right["x"] == 100).sum() == 3


def test_a_slight_skew_has_a_side_as_well():
    """Limits may be as low as nought; the tail is then the side of the sign, however small."""
    values = [*np.linspace(0, 10, 20), 13.0]
    limits = {"skewness": 0.01, "kurtosis": -3, "maximum_points": 1}
    assert 0 < frame(values)["x"].skew() < 1
    treated, _ = treat(frame(values), "winsorise", **limits)
    assert treated["x"].max() == 10 and treated["x"].min() == 0
    mirrored = {"log": "either_tail", **limits, "maximum_points": 0}
    logged, _ = treat(frame(values), **mirrored)
    np.testing.assert_allclose(logged["x"], np.log(frame(values)["x"] + 0.01 * 13))


@pytest.mark.parametrize(
    ("treatment", "parameters", "said"),
    [
        ("winsorize", {}, "there is no treatment called 'winsorize': did you mean 'winsorise'?"),
        ("winsorise", {"skewness": "2"},
         "the skewness limit must be a finite number, not '2'."),
        ("winsorise", {"skewness": -0.5}, "the skewness limit must be at least 0, not -0.5."),
        ("winsorise", {"kurtosis": None}, "the kurtosis limit must be a finite number, not None."),
        ("winsorise", {"maximum_points": 2.5},
         "maximum_points must be a whole number of at least 0, not 2.5."),
        ("winsorise_then_log", {"log": "shift"},
         "there is no logarithm called 'shift': did you mean 'shifted'?"),
    ],
)  # fmt: skip
def test_refusals_name_the_parameter(treatment, parameters, said):
    with pytest.raises(RefusedInput) as refused:
        treat(frame(OUTLIER), treatment, **parameters)
    assert str(refused.value) == said


def test_limits_at_the_ends_of_what_is_allowed_are_allowed():
    treated, _ = treat(frame(OUTLIER), "winsorise", skewness=0, kurtosis=-3, maximum_points=0)
    assert treated["x"].max() == 100


def test_the_indicator_with_too_few_regions_is_the_one_named():
    table = pd.DataFrame({"enough": np.arange(12.0), "few": np.arange(12.0)})
    table.loc[:1, "enough"] = np.nan
    table.loc[:2, "few"] = np.nan
    with pytest.raises(RefusedInput) as refused:
        treat(table)
    assert str(refused.value) == (
        "indicator 'few' has values for 9 regions, and outliers cannot be told from ordinary "
        "values below 10."
    )
