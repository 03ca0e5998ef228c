"""Clustering of a mark: against all deals of small fields, and by its properties."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison import clustering
from anticorruption.errors import RefusedInput

MARKED = pd.Series([True, True, True, False, False, False, False], index=list("abcdefg"))
GROUPS = pd.Series(["x", "x", "x", "y", "y", "z", "z"], index=list("abcdefg"))


def eta_squared(values, groups):
    """Share of variance between groups, by the textbook."""
    total = sum((v - values.mean()) ** 2 for v in values)
    between = sum(len(own) * (own.mean() - values.mean()) ** 2 for _, own in values.groupby(groups))
    return between / total


def test_statistic_is_the_share_of_variance_between_groups():
    marked = pd.Series([True, False, True, False, False, True, False], index=list("abcdefg"))
    found = clustering.clustering_test(marked, GROUPS, draws=10)
    assert found.statistic == pytest.approx(eta_squared(marked.astype(float), GROUPS))
    assert clustering.clustering_test(MARKED, GROUPS, draws=10).statistic == pytest.approx(1.0)


def test_p_value_is_near_that_of_all_deals():
    observed = eta_squared(MARKED.astype(float), GROUPS)
    deals = [pd.Series(deal, MARKED.index) for deal in set(permutations(MARKED.astype(float)))]
    exact = np.mean([eta_squared(deal, GROUPS) >= observed - 1e-9 for deal in deals])
    found = clustering.clustering_test(MARKED, GROUPS, draws=4999)
    assert found.p_value == pytest.approx(exact, abs=0.01)
    assert found.arrangements == 5000


def test_marks_do_not_leave_their_stratum():
    # Inside its stratum every region is marked alike, so there is one deal only.
    strata = MARKED.map({True: "one", False: "two"})
    assert clustering.clustering_test(MARKED, GROUPS, within=strata, draws=99).p_value == 1.0


def test_order_of_regions_and_seed_decide_nothing_and_everything():
    one = clustering.clustering_test(MARKED, GROUPS, draws=199, seed=3)
    assert one == clustering.clustering_test(MARKED[::-1], GROUPS, draws=199, seed=3)
    assert one.p_value >= 1 / one.arrangements


@pytest.mark.parametrize(
    ("marked", "groups"),
    [
        (MARKED, GROUPS.iloc[:5]),
        (MARKED, pd.Series("x", index=MARKED.index)),
        (MARKED & False, GROUPS),
        (pd.concat([MARKED, MARKED]), GROUPS),
    ],
)
def test_what_cannot_be_tested_is_refused(marked, groups):
    with pytest.raises(RefusedInput):
        clustering.clustering_test(marked, groups, draws=9)


def test_difference_within_is_that_of_a_regression_with_group_constants():
    rng = np.random.default_rng(1)
    index = [f"r{n}" for n in range(60)]
    groups = pd.Series(rng.choice(list("pqrs"), 60), index)
    marked = pd.Series(rng.random(60) < 0.4, index)
    values = pd.Series(rng.normal(70, 5, 60), index) + groups.map({"p": 0, "q": 1, "r": 2, "s": 3})
    design = np.column_stack([marked, *(groups == g for g in "pqrs")]).astype(float)
    slope = np.linalg.lstsq(design, values.to_numpy(), rcond=None)[0][0]
    assert clustering.difference_within(values, marked, groups) == pytest.approx(slope)
    with pytest.raises(RefusedInput, match="both marked and unmarked"):
        clustering.difference_within(values, marked, marked)


def test_contrasts_hold_the_means_and_leave_missing_scores_out():
    scores = pd.DataFrame({"s": [1.0, 2.0, None, 4.0, 5.0, 6.0, 7.0]}, index=MARKED.index)
    groups = pd.Series(list("uvuuvuv"), index=MARKED.index)
    row = clustering.contrasts(scores, MARKED, groups).loc["s"]
    assert (row["carrying"], row["others"]) == (1.5, 5.5)
    assert row["difference"] == pytest.approx(-4.0)
    # Two of six: among the 15 groups of two none but {a, b} lies four points from the others.
    assert row["p"] == pytest.approx(1 / 15)
    assert row["smallest_p"] == pytest.approx(1 / 15)
