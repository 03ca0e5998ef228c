"""Gap decompositions: worked numbers, adding up, refusals."""

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison.gaps import geometric_gap, shapley_gap, weighted_gap
from anticorruption.errors import RefusedInput

GOLDEN = json.loads(
    (Path(__file__).parents[1] / "golden" / "shapley_gap" / "expected.json").read_text()
)
NAMES = ["i1", "i2", "i3"]
REGION, BENCHMARK, WEIGHTS = (pd.Series(GOLDEN[key], index=NAMES) for key in "xzw")
W = WEIGHTS.to_numpy()
INDICES = {
    "arithmetic": lambda v: float(W @ v),
    "geometric": lambda v: float(np.exp(W @ np.log(v))),
    "minimum": min,
}


@pytest.mark.parametrize("name", INDICES)
def test_golden_shapley_gap_shap_0_51_exact_explainer(name):
    parts = shapley_gap(REGION, BENCHMARK, INDICES[name])
    assert parts.tolist() == pytest.approx(GOLDEN[name]["contrib"], abs=1e-6)
    assert parts.sum() == pytest.approx(GOLDEN[name]["gap"], abs=1e-9)


def test_golden_shapley_gap_closed_form_of_a_weighted_mean():
    parts = weighted_gap(REGION, BENCHMARK, WEIGHTS)
    assert parts.tolist() == pytest.approx(GOLDEN["arithmetic"]["contrib"], abs=1e-9)
    assert parts.sum() == pytest.approx(GOLDEN["arithmetic"]["gap"], abs=1e-9)


def test_shapley_is_the_mean_over_all_orders():
    region = pd.Series([3.0, 8.0, 5.0, 7.0], index=list("abcd"))
    benchmark = pd.Series([6.0, 4.0, 5.0, 1.0], index=list("abcd"))

    def index(v):
        return float(v[0] * v[1] + max(v[2], v[3]) ** 2)

    total = np.zeros(4)
    for order in permutations(range(4)):
        mixture = benchmark.to_numpy().copy()
        for i in order:
            before = index(mixture)
            mixture[i] = region.iloc[i]
            total[i] += index(mixture) - before
    parts = shapley_gap(region, benchmark, index)
    assert parts.tolist() == pytest.approx((total / 24).tolist(), abs=1e-9)


def test_log_shares_of_two_regions_by_hand():
    """X = sqrt(4 * 9) = 6, Z = sqrt(1 * 9) = 3: the gap of 3 is all due to the first."""
    region = pd.Series({"a": 4.0, "b": 9.0})
    benchmark = pd.Series({"a": 1.0, "b": 9.0})
    parts = geometric_gap(region, benchmark, pd.Series({"a": 1.0, "b": 1.0}))
    assert parts.tolist() == pytest.approx([3.0, 0.0], abs=1e-12)


def test_log_shares_cancel_when_the_two_means_are_equal():
    """Geometric means of (4, 9) and (9, 4) are both 6; L(6, 6) = 6."""
    region, benchmark = pd.Series({"a": 4.0, "b": 9.0}), pd.Series({"a": 9.0, "b": 4.0})
    parts = geometric_gap(region, benchmark, pd.Series({"a": 0.5, "b": 0.5}))
    assert parts["a"] == pytest.approx(6 * 0.5 * np.log(4 / 9), abs=1e-9)
    assert parts.sum() == pytest.approx(0.0, abs=1e-12)


def test_order_of_the_labels_is_not_the_order_of_the_numbers():
    turned = weighted_gap(REGION, BENCHMARK.iloc[::-1], WEIGHTS.iloc[[2, 0, 1]])
    pd.testing.assert_series_equal(turned, weighted_gap(REGION, BENCHMARK, WEIGHTS))


@pytest.mark.parametrize(
    ("region", "benchmark", "weights", "sentence"),
    [
        (REGION.replace(60, np.nan), BENCHMARK, WEIGHTS, "region's value of i1|region is missing"),
        (REGION, BENCHMARK.replace(75, np.inf), WEIGHTS, "indicator i2 is infinite"),
        (REGION, BENCHMARK.drop("i3"), WEIGHTS, "indicator i3 stands on one side only"),
        (REGION[:0], BENCHMARK[:0], WEIGHTS[:0], "none is given"),
        (REGION, BENCHMARK, WEIGHTS.drop("i2"), "weight of indicator i2 is nan"),
        (REGION, BENCHMARK, -WEIGHTS, r"weight of indicator i1 is -0\.4"),
        (REGION, BENCHMARK, WEIGHTS * 0, "All weights are zero"),
        (REGION, BENCHMARK, pd.concat([WEIGHTS, pd.Series({"i9": 1.0})]), "no value for i9"),
        (REGION.rename({"i2": "i1"}), BENCHMARK, WEIGHTS, "i1 stands twice in the region"),
        (REGION.astype(str), BENCHMARK, WEIGHTS, "comes as str"),
    ],
)
@pytest.mark.parametrize("decompose", [weighted_gap, geometric_gap])
def test_unfit_sides_and_weights_are_refused(decompose, region, benchmark, weights, sentence):
    with pytest.raises(RefusedInput, match=sentence):
        decompose(region, benchmark, weights)


def test_zero_has_no_logarithm():
    with pytest.raises(RefusedInput, match="Indicator i1 of the benchmark is not above zero"):
        geometric_gap(REGION, BENCHMARK.replace(85, 0), WEIGHTS)


def test_too_many_indicators_and_undefined_mixtures_are_refused():
    many = pd.Series(1.0, index=[f"i{n}" for n in range(13)])
    with pytest.raises(RefusedInput, match="13 indicators mean 8192 subsets"):
        shapley_gap(many, many, sum)
    with pytest.raises(RefusedInput, match="no finite score with i2"):
        shapley_gap(REGION, BENCHMARK, lambda v: np.nan if v[1] == 80 else 1.0)
