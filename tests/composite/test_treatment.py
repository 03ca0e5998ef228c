"""Outliers: who breaks the rule, what is moved, and what the report says."""

import numpy as np
import pandas as pd
import pytest

from anticorruption.composite import Method, build, treat
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
