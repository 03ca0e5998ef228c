"""Rank intervals: exact small cases, coverage by simulation, refusals."""

import time

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm, studentized_range

from anticorruption.comparison.ranks import (
    DEFAULT_SEED,
    indistinguishable,
    possible_ranks,
    rank_intervals,
    tiers,
)
from anticorruption.errors import RefusedInput

SCORES = pd.Series({"11.01": 80.0, "11.02": 70.0, "11.03": 70.0, "11.04": 60.0})


def _width(difference: float) -> float:
    """Count the places two regions share when they are this many standard errors apart."""
    pair = pd.Series({"a": 50.0 + difference, "b": 50.0})
    return rank_intervals(pair, 1.0, coverage=0.95)["rank_high"].loc["a"]


def test_no_error_gives_exact_ranks_and_ties_share_the_better_one():
    ranks = rank_intervals(SCORES, 0.0)
    expected = [1.0, 2.0, 2.0, 4.0]
    for column in ("rank", "rank_low", "rank_high"):
        assert ranks[column].tolist() == expected


def test_scores_within_the_tolerance_are_tied_and_beyond_it_are_not():
    close = pd.Series({"a": 1.0, "b": 1.0 + 5e-10, "c": 1.0 - 2e-9})
    assert rank_intervals(close, 0.0)["rank"].tolist() == [1.0, 1.0, 3.0]


@pytest.mark.parametrize("simultaneous", [False, True])
def test_two_regions_part_at_the_normal_quantile(simultaneous):
    """For two regions, max |difference| / se is one normal: 1.96 * sqrt(2) at 95 %."""
    mark = norm.ppf(0.975) * np.sqrt(2)
    assert _width(mark - 1e-6) == 2.0
    assert _width(mark + 1e-6) == 1.0
    pair = pd.Series({"a": 50.0 + mark + 1e-6, "b": 50.0})
    ranks = rank_intervals(pair, 1.0, coverage=0.95, simultaneous=simultaneous)
    assert ranks["rank_high"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize("regions", [3, 10])
def test_all_pairs_part_at_the_studentised_range_of_tukey_1953(regions):
    mark = studentized_range.ppf(0.90, regions, np.inf)
    for gap, separated in ((mark - 1e-3, False), (mark + 1e-3, True)):
        scores = pd.Series(np.arange(regions) * -gap, index=[f"r{i}" for i in range(regions)])
        ranks = rank_intervals(scores, 1.0, coverage=0.90, simultaneous=True)
        assert bool(ranks["rank_high"].iloc[0] == 1.0) is separated


@pytest.mark.parametrize(("others", "mark"), [(2, 2.21), (9, 2.69)])
def test_one_region_parts_at_the_two_sided_value_of_dunnett_1964(others, mark):
    """Dunnett (1964), Biometrics 20, table 2a: infinite df, two-sided 95 %, k comparisons."""
    index = [f"r{i}" for i in range(others + 1)]
    for slack, high in ((-0.006, others + 1), (0.006, 1)):
        gap = (mark + slack) * np.sqrt(2)
        scores = pd.Series([gap] + [0.0] * others, index=index)
        ranks = rank_intervals(scores, 1.0, coverage=0.95)
        assert ranks["rank_high"].iloc[0] == high


@pytest.mark.parametrize("unequal", [False, True])
def test_intervals_cover_the_true_rank_as_often_as_promised(unequal):
    rng = np.random.default_rng(11)
    truth = pd.Series(rng.normal(70, 4, 20), index=[f"r{i:02}" for i in range(20)])
    true_rank = rank_intervals(truth, 0.0)["rank"]
    se = pd.Series(rng.uniform(0.5, 3.0, 20) if unequal else 1.5, index=truth.index)
    hit, all_hit, runs = np.zeros(20), 0, 300
    for run in range(runs):
        seen = truth + rng.normal(0, 1, 20) * se
        one = rank_intervals(seen, se, seed=run, draws=400)
        hit += ((one["rank_low"] <= true_rank) & (true_rank <= one["rank_high"])).to_numpy()
        every = rank_intervals(seen, se, simultaneous=True, seed=run, draws=400)
        all_hit += (every["rank_low"] <= true_rank).all() & (true_rank <= every["rank_high"]).all()
    # three standard errors of a share of 0.90 over 300 runs
    slack = 3 * np.sqrt(0.9 * 0.1 / runs)
    assert (hit / runs).min() >= 0.90 - slack
    assert all_hit / runs >= 0.90 - slack


def test_simultaneous_intervals_contain_those_of_single_regions():
    rng = np.random.default_rng(5)
    scores = pd.Series(rng.normal(70, 5, 30), index=[f"r{i}" for i in range(30)])
    for se in (1.0, pd.Series(rng.uniform(0.5, 2, 30), index=scores.index)):
        one = rank_intervals(scores, se)
        every = rank_intervals(scores, se, simultaneous=True)
        assert (every["rank_low"] <= one["rank_low"]).all()
        assert (every["rank_high"] >= one["rank_high"]).all()
        assert (every["rank_high"] > one["rank_high"]).any()


def test_simulated_critical_value_agrees_with_the_integral():
    """A standard error that differs by a hair goes the simulated way and must meet the exact."""
    rng = np.random.default_rng(6)
    scores = pd.Series(np.sort(rng.uniform(0, 40, 25)), index=[f"r{i}" for i in range(25)])
    hair = pd.Series(2.0, index=scores.index)
    hair.iloc[0] += 1e-9
    exact = rank_intervals(scores, 2.0)
    simulated = rank_intervals(scores, hair, draws=20_000)
    assert (exact - simulated).abs().to_numpy().max() <= 1


def test_same_seed_gives_the_same_intervals():
    rng = np.random.default_rng(7)
    scores = pd.Series(rng.normal(70, 5, 40), index=[f"r{i}" for i in range(40)])
    se = pd.Series(rng.uniform(1, 3, 40), index=scores.index)
    pd.testing.assert_frame_equal(rank_intervals(scores, se), rank_intervals(scores, se))


def test_missing_scores_have_no_rank_and_take_no_place():
    scores = pd.Series({"a": 80.0, "b": np.nan, "c": 60.0})
    se = pd.Series({"a": 1.0, "c": 1.0})
    ranks = rank_intervals(scores, se)
    assert ranks.loc["b"].isna().all()
    assert ranks["rank"].dropna().tolist() == [1.0, 2.0]
    assert rank_intervals(scores * np.nan, 1.0).isna().all().all()


def test_one_region_is_first_for_certain():
    assert rank_intervals(pd.Series({"a": 5.0}), 3.0).loc["a"].tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    ("scores", "se", "sentence"),
    [
        (SCORES, -1.0, "standard error of region 11.01 is -1"),
        (SCORES, np.nan, "standard error of region 11.01 is nan"),
        (SCORES, np.inf, "standard error of region 11.01 is inf"),
        (SCORES, pd.Series({"11.01": 1.0, "11.02": 1.0, "11.03": 1.0}), "region 11.04 is nan"),
        (
            SCORES,
            pd.Series([1.0] * 5, index=[*SCORES.index, "11.04"]),
            "11.04 stands twice in the standard",
        ),
        (pd.Series([1.0, 2.0], index=["a", "a"]), 1.0, "Region a stands twice"),
        (pd.Series({"a": np.inf, "b": 1.0}), 1.0, "score of region a is infinite"),
    ],
)
def test_wrong_scores_and_errors_are_refused_by_name(scores, se, sentence):
    with pytest.raises(RefusedInput, match=sentence):
        rank_intervals(scores, se)


@pytest.mark.parametrize("options", [{"coverage": 1.0}, {"coverage": 0.0}, {"draws": 99}])
def test_impossible_settings_are_refused(options):
    with pytest.raises(RefusedInput, match=r"coverage of|draws cannot"):
        rank_intervals(SCORES, 1.0, **options)


@pytest.mark.parametrize("se", [2.0, pd.Series([1.0, 2.0, 2.5, 3.0], index=SCORES.index)])
def test_tiers_agree_with_the_rank_interval_of_the_chosen_region(se):
    ranks = rank_intervals(SCORES, se)
    for code in SCORES.index:
        count = tiers(SCORES, se, code)["tier"].value_counts()
        assert 1 + count.get("clearly above", 0) == ranks.loc[code, "rank_low"]
        assert len(SCORES) - count.get("clearly below", 0) == ranks.loc[code, "rank_high"]


def test_tiers_of_a_worked_case():
    table = tiers(SCORES, 1.0, "11.02")
    assert table["tier"].tolist() == ["clearly above", "itself", "cannot tell", "clearly below"]
    assert table["difference"].tolist() == [10.0, 0.0, 0.0, -10.0]
    assert (table["low"] <= table["difference"]).all()
    assert (table["difference"] <= table["high"]).all()


def test_tiers_refuse_a_region_without_score():
    with pytest.raises(RefusedInput, match=r"Region 99\.99 has no score"):
        tiers(SCORES, 1.0, "99.99")


def test_indistinguishable_regions_share_places_both_ways():
    intervals = rank_intervals(SCORES, 1.0)
    assert indistinguishable(intervals, "11.02").tolist() == ["11.03"]
    assert indistinguishable(intervals, "11.01").empty
    wide = rank_intervals(SCORES, 50.0)
    assert indistinguishable(wide, "11.01").tolist() == ["11.02", "11.03", "11.04"]
    with pytest.raises(RefusedInput, match="has no rank"):
        indistinguishable(intervals, "99.99")


def test_the_whole_country_is_ranked_in_a_moment():
    rng = np.random.default_rng(8)
    scores = pd.Series(rng.normal(72, 5, 508), index=[f"r{i}" for i in range(508)])
    start = time.process_time()
    rank_intervals(scores, 2.8)
    assert time.process_time() - start < 1.0


def by_hand(sigma, coverage, seed=DEFAULT_SEED, draws=1000, simultaneous=False):
    """Critical values from the draws as they are told, one region at a time."""
    errors = np.random.default_rng(seed).standard_normal((draws, len(sigma))) * sigma
    largest = []
    for i in range(len(sigma)):
        apart = np.abs(errors - errors[:, [i]]) / np.hypot(sigma, sigma[i])
        largest.append(np.delete(apart, i, axis=1).max(axis=1))
    if simultaneous:
        largest = [np.max(largest, axis=0)] * len(sigma)
    # the smallest draw that leaves at most 1 - coverage of the others above it
    at = int(np.ceil(coverage * (draws - 1)))
    return np.array([np.sort(one)[at] for one in largest])


UNEQUAL = pd.Series([1.0, 2.0, 2.5, 3.0], index=SCORES.index)


@pytest.mark.parametrize("options", [{}, {"coverage": 0.8, "seed": 5, "draws": 100}])
def test_tiers_reach_as_far_as_the_draws_say(options):
    critical = by_hand(UNEQUAL.to_numpy(), **{"coverage": 0.90, **options})
    for place, code in enumerate(SCORES.index):
        table = tiers(SCORES, UNEQUAL, code, **options)
        reach = critical[place] * np.hypot(UNEQUAL, UNEQUAL[code])
        reach[code] = 0.0
        np.testing.assert_allclose(table["high"], table["difference"] + reach, rtol=1e-12)
        np.testing.assert_allclose(table["low"], table["difference"] - reach, rtol=1e-12)


@pytest.mark.parametrize("simultaneous", [False, True])
@pytest.mark.parametrize("options", [{}, {"coverage": 0.8, "seed": 5, "draws": 100}])
def test_regions_part_exactly_where_the_draws_say(simultaneous, options):
    """The first of four regions, moved a hair beyond and a hair short of its critical gap."""
    critical = by_hand(UNEQUAL.to_numpy(), simultaneous=simultaneous,
                       **{"coverage": 0.90, **options})
    gap = critical[0] * np.hypot(UNEQUAL.iloc[0], UNEQUAL.iloc[1])
    for hair, high in ((1e-6, 1.0), (-1e-6, 2.0)):
        scores = pd.Series([gap + hair, 0.0, -99.0, -99.0], index=SCORES.index)
        found = rank_intervals(scores, UNEQUAL, simultaneous=simultaneous, **options)
        assert found["rank_high"].iloc[0] == high


def test_tiers_hold_for_the_chosen_region_not_for_all_pairs():
    table = tiers(SCORES, 2.0, "11.02")
    wide = table["high"] - table["difference"]
    apart = pd.Series({"a": 0.0, "b": 0.0, "c": 0.0, "d": 0.0})
    for hair, high in ((1e-6, 1.0), (-1e-6, 4.0)):
        apart["a"] = wide["11.01"] + hair
        assert rank_intervals(apart, 2.0)["rank_high"]["a"] == high
    assert table.loc["11.02", ["low", "high"]].tolist() == [0.0, 0.0]


def test_without_error_tied_regions_stay_unordered():
    table = tiers(SCORES, 0.0, "11.02")
    assert table["tier"].tolist() == ["clearly above", "itself", "cannot tell", "clearly below"]


def test_simultaneous_draws_agree_with_the_range_of_tukey():
    rng = np.random.default_rng(6)
    scores = pd.Series(np.sort(rng.uniform(0, 40, 25)), index=[f"r{i}" for i in range(25)])
    hair = pd.Series(2.0, index=scores.index)
    hair.iloc[0] += 1e-9
    exact = rank_intervals(scores, 2.0, simultaneous=True)
    simulated = rank_intervals(scores, hair, draws=20_000, simultaneous=True)
    assert (exact - simulated).abs().to_numpy().max() <= 1


def test_ranks_are_floats_even_where_no_score_is_known():
    for scores in (SCORES, SCORES * np.nan):
        assert set(rank_intervals(scores, 1.0).dtypes) == {np.dtype(float)}


def test_both_ranks_must_lie_in_the_other_interval_to_leave_two_regions_unordered():
    intervals = pd.DataFrame({"rank": [1.0, 2, 3, 4], "rank_low": [1.0, 2, 1, 4],
                              "rank_high": [3.0, 2, 3, 4]}, index=list("abcd"))
    assert indistinguishable(intervals, "a").tolist() == ["c"]
    assert indistinguishable(intervals, "c").tolist() == ["a"]
    assert indistinguishable(intervals, "b").empty


def test_possible_ranks_of_known_scores_are_the_rank_intervals():
    scores = pd.Series({"a": 70.0, "b": 74.5, "c": 74.5, "d": 81.0, "e": np.nan})
    pd.testing.assert_frame_equal(possible_ranks(scores, scores, 1.7), rank_intervals(scores, 1.7))


def test_possible_ranks_of_bounded_scores_count_who_is_certainly_above_and_below():
    low = pd.Series({"a": 60.0, "b": 70.0, "c": 90.0})
    high = pd.Series({"a": 80.0, "b": 70.0, "c": 90.0})
    found = possible_ranks(low, high, 0.0)
    assert found["rank"].isna().all()
    assert found["rank_low"].tolist() == [2, 2, 1]
    assert found["rank_high"].tolist() == [3, 3, 1]


def test_possible_ranks_refuse_crossed_and_half_missing_bounds():
    low, high = pd.Series({"a": 2.0, "b": 1.0}), pd.Series({"a": 1.0, "b": 1.0})
    with pytest.raises(RefusedInput, match="both ends"):
        possible_ranks(low, high, 1.0)
    with pytest.raises(RefusedInput, match="both ends"):
        possible_ranks(low, pd.Series({"a": np.nan, "b": 1.0}), 1.0)


def test_possible_ranks_part_where_the_ends_are_a_critical_gap_apart():
    """Three regions; the lowest end of the first against the highest end of the other two."""
    index = list("abc")
    gap = by_hand_common(3, 0.95)
    for hair, rank_high in ((1e-6, 1.0), (-1e-6, 3.0)):
        low = pd.Series([50 + gap + hair, 40.0, 40.0], index)
        high = pd.Series([90.0, 50.0, 50.0], index)
        found = possible_ranks(low, high, 1.0, coverage=0.95)
        assert found["rank_high"]["a"] == rank_high
        assert found["rank_low"].tolist() == [1.0, *([2.0] * 2 if hair > 0 else [1.0] * 2)]


def by_hand_common(regions, coverage):
    """Largest gap that one region's differences to the others still leave open, by halving."""
    low, high = 0.0, 9.0
    for _ in range(60):
        middle = (low + high) / 2
        scores = pd.Series([middle] + [0.0] * (regions - 1), index=range(regions))
        apart = rank_intervals(scores, 1.0, coverage=coverage)["rank_high"].iloc[0] == 1.0
        low, high = (low, middle) if apart else (middle, high)
    return high


def test_possible_ranks_of_one_region_and_what_they_say_of_half_an_end():
    assert possible_ranks(pd.Series({"a": 1.0}), pd.Series({"a": 2.0}), 3.0).loc["a"].tolist()[
        1:
    ] == [1.0, 1.0]
    with pytest.raises(RefusedInput) as refused:
        possible_ranks(pd.Series({"a": 2.0}), pd.Series({"a": 1.0}), 1.0)
    assert str(refused.value) == (
        "Each score needs both ends, the lower one first; correct the bounds."
    )


def test_scores_without_error_stand_beside_noisy_ones():
    """a and b are known: they part at once, and their difference widens nobody's interval."""
    scores = pd.Series({"a": 50.1, "b": 50.0, "c": 50.0, "d": 90.0})
    errors = pd.Series({"a": 0.0, "b": 0.0, "c": 2.0, "d": 1.0})
    ranks = rank_intervals(scores, errors)
    assert ranks.loc["a", ["rank_low", "rank_high"]].tolist() == [2.0, 3.0]
    assert ranks.loc["b", ["rank_low", "rank_high"]].tolist() == [3.0, 4.0]
    assert ranks.loc["d"].tolist() == [1.0, 1.0, 1.0]
