"""Rubin's rules: worked numbers, limits, refusals."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, t

from anticorruption.comparison.pooling import pool_imputations
from anticorruption.errors import RefusedInput

GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "rubin_pooling" / "expected.json").read_text()
)
NAMES = {
    "qbar": "estimate",
    "ubar": "within",
    "b": "between",
    "t": "total",
    "df": "degrees",
    "r": "relative_increase",
    "fmi": "missing_information",
}


def _tables(q, u):
    return pd.DataFrame([q], index=["34.01"]), pd.DataFrame([u], index=["34.01"])


@pytest.mark.parametrize("case", ["A", "B"])
def test_golden_rubin_pooling_mice_3_19_pool_scalar(case):
    given = GOLDEN[case]
    complete = np.inf if given["n"] is None else given["n"] - given["k"]
    found = pool_imputations(*_tables(given["Q"], given["U"]), complete_degrees=complete)
    for theirs, ours in NAMES.items():
        assert found.loc["34.01", ours] == pytest.approx(given[theirs], rel=1e-8), ours


def test_interval_is_that_of_student():
    given = GOLDEN["B"]
    found = pool_imputations(*_tables(given["Q"], given["U"]), confidence=0.90).loc["34.01"]
    reach = t.ppf(0.95, given["df"]) * np.sqrt(given["t"])
    assert found["high"] == pytest.approx(given["qbar"] + reach, rel=1e-8)
    assert found["low"] == pytest.approx(given["qbar"] - reach, rel=1e-8)


def test_equal_imputations_add_nothing():
    tables = _tables([70.0, 70.0, 70.0], [4.0, 4.0, 4.0])
    found = pool_imputations(*tables).loc["34.01"]
    assert (found["total"], found["relative_increase"]) == (4.0, 0.0)
    assert found["missing_information"] == pytest.approx(0.0, abs=1e-12)
    assert found["degrees"] == np.inf
    assert found["high"] == pytest.approx(70 + norm.ppf(0.975) * 2, rel=1e-9)
    # Barnard & Rubin: the observed data alone leave (24 / 26) * 23 degrees of freedom of 23
    few = pool_imputations(*tables, complete_degrees=23.0).loc["34.01"]
    assert few["degrees"] == pytest.approx(24 / 26 * 23, rel=1e-12)


def test_imputations_without_variance_of_their_own_are_all_missing_information():
    found = pool_imputations(*_tables([69.0, 71.0], [0.0, 0.0])).loc["34.01"]
    assert found["relative_increase"] == np.inf
    assert found["missing_information"] == 1.0
    assert found["degrees"] == pytest.approx(1.0)


def test_one_region_does_not_touch_another():
    a, b = GOLDEN["B"]["Q"], [60.0, 61.0, 62.0, 59.0, 58.0]
    both = pd.DataFrame([a, b], index=["34.01", "34.02"])
    variances = pd.DataFrame([GOLDEN["B"]["U"]] * 2, index=both.index)
    together = pool_imputations(both, variances).loc[["34.01"]]
    alone = pool_imputations(both.loc[["34.01"]], variances.loc[["34.01"]])
    pd.testing.assert_frame_equal(together, alone)


GOOD = _tables([1.0, 2.0], [1.0, 1.0])


@pytest.mark.parametrize(
    ("estimates", "variances", "options", "sentence"),
    [
        (*_tables([1.0], [1.0]), {}, "1 imputation shows no spread"),
        (GOOD[0], GOOD[1].rename(index={"34.01": "34.02"}), {}, "different regions"),
        (GOOD[0], -GOOD[1], {}, "variance of region 34.01"),
        (GOOD[0].replace(1.0, np.nan), GOOD[1], {}, "estimate of region 34.01"),
        (*GOOD, {"complete_degrees": 0.0}, "0 degrees of freedom"),
        (*GOOD, {"confidence": 0.0}, "confidence of 0"),
    ],
)
def test_unfit_imputations_are_refused(estimates, variances, options, sentence):
    with pytest.raises(RefusedInput, match=sentence):
        pool_imputations(estimates, variances, **options)
