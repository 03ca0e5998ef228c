"""Permutation tests: Fisher's examples, brute force, refusals."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison.permutation import group_test, sign_flip_test, smallest_p
from anticorruption.errors import RefusedInput

FOLDER = Path(__file__).parents[1] / "golden" / "permutation_exact"
GOLDEN = json.loads((FOLDER / "expected.json").read_text())
DARWIN = pd.read_csv(FOLDER / "darwin.csv")["difference_eighth_inch"]


def test_golden_permutation_exact_darwin_1876_as_in_fisher_1935():
    one = sign_flip_test(DARWIN)
    assert one.p_value == pytest.approx(GOLDEN["darwin_one_sided"], abs=1e-12)
    assert (one.statistic, one.arrangements, one.exact) == (314.0, 32_768, True)
    two = sign_flip_test(DARWIN, alternative="two-sided")
    assert two.p_value == pytest.approx(GOLDEN["darwin_two_sided"], abs=1e-12)
    other = sign_flip_test(-DARWIN, alternative="less")
    assert other.p_value == one.p_value


def test_golden_permutation_exact_tea_tasting_of_fisher_1935():
    cups = pd.Series([1.0] * 4 + [0.0] * 4, index=[f"cup{i}" for i in range(8)])
    found = group_test(cups, ["cup0", "cup1", "cup2", "cup3"])
    assert found.p_value == pytest.approx(GOLDEN["tea"], abs=1e-12)


@pytest.mark.parametrize("case", GOLDEN["min_p"])
def test_golden_permutation_exact_smallest_p(case):
    treated, regions = map(int, case.split("_of_"))
    assert smallest_p(regions, treated) == pytest.approx(GOLDEN["min_p"][case], abs=1e-12)


def test_the_most_extreme_group_reaches_the_smallest_p():
    values = pd.Series(np.arange(12.0), index=[f"r{i}" for i in range(12)])
    top = ["r8", "r9", "r10", "r11"]
    assert group_test(values, top).p_value == pytest.approx(GOLDEN["min_p"]["4_of_12"], abs=1e-12)
    assert group_test(values, top, alternative="less").p_value == 1.0
    low = group_test(values, ["r0", "r1", "r2", "r3"], alternative="less")
    assert low.p_value == pytest.approx(1 / 495, abs=1e-12)
    assert low.statistic == pytest.approx(1.5 - 7.5)
    both = group_test(values, top, alternative="two-sided")
    assert both.p_value == pytest.approx(2 / 495, abs=1e-12)


def test_simulated_p_meets_the_exact_one_and_is_never_zero(monkeypatch):
    rng = np.random.default_rng(4)
    values = pd.Series(rng.normal(0, 1, 12), index=[f"r{i}" for i in range(12)])
    exact = group_test(values, ["r1", "r5", "r7"])
    monkeypatch.setattr("anticorruption.comparison.permutation.MOST_ARRANGEMENTS", 0)
    drawn = group_test(values, ["r1", "r5", "r7"], draws=20_000)
    assert (exact.exact, drawn.exact) == (True, False)
    assert drawn.arrangements == 20_001
    assert drawn.p_value == pytest.approx(exact.p_value, abs=0.015)
    peak = pd.Series(np.arange(508.0), index=[f"r{i}" for i in range(508)])
    found = group_test(peak, [f"r{i}" for i in range(500, 508)], draws=999)
    assert found.p_value == 1 / 1000


def test_every_region_is_drawn_as_often_as_any_other(monkeypatch):
    """Each region's chance to be in a group of 2 among 8 is 1/4, the first and last too."""
    monkeypatch.setattr("anticorruption.comparison.permutation.MOST_ARRANGEMENTS", 0)
    for at in range(8):
        marked = pd.Series(np.arange(8) == at, index=list("abcdefgh")).astype(float)
        group = [marked.index[at], marked.index[at - 1]]
        assert group_test(marked, group, draws=8000).p_value == pytest.approx(0.25, abs=0.02)


def test_same_seed_gives_the_same_p():
    rng = np.random.default_rng(4)
    values = pd.Series(rng.normal(0, 1, 508), index=[f"r{i}" for i in range(508)])
    group = ["r1", "r2", "r3", "r4"]
    assert group_test(values, group, seed=1) == group_test(values, group, seed=1)
    assert group_test(values, group, seed=1) != group_test(values, group, seed=2)


VALUES = pd.Series({"a": 1.0, "b": 2.0, "c": 3.0})


@pytest.mark.parametrize(
    ("values", "group", "options", "sentence"),
    [
        (VALUES, [], {}, "group of 0 among 3"),
        (VALUES, ["a", "b", "c"], {}, "group of 3 among 3"),
        (VALUES, ["z"], {}, "Region z of the group has no value"),
        (VALUES.replace(2.0, np.nan), ["a"], {}, "value of region b"),
        (VALUES.rename({"b": "a"}), ["a"], {}, "Region a stands twice"),
        (VALUES, ["a"], {"alternative": "better"}, "no alternative 'better'"),
    ],
)
def test_unfit_groups_are_refused(values, group, options, sentence):
    with pytest.raises(RefusedInput, match=sentence):
        group_test(values, group, **options)


def test_unfit_differences_and_draws_are_refused():
    with pytest.raises(RefusedInput, match="21 differences"):
        sign_flip_test(pd.Series(range(21)))
    with pytest.raises(RefusedInput, match="pair 1 is missing"):
        sign_flip_test(pd.Series([1.0, np.nan]))
    many = pd.Series(np.arange(508.0), index=[f"r{i}" for i in range(508)])
    with pytest.raises(RefusedInput, match="0 draws"):
        group_test(many, ["r1", "r2", "r3"], draws=0)
