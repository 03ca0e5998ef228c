"""Properties that hold for any table: P1 to P10 as far as they concern composite indicators."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from anticorruption.composite import (
    EveryWeighting,
    Method,
    NoisyWeights,
    aggregate,
    analyse_uncertainty,
    benefit_of_the_doubt,
    build,
    can_rank_above,
    dominance,
)

# How long an example takes depends on what else the machine does; the rest is the profile's.
PATIENT = settings(deadline=None)
MEANS = ("arithmetic_mean", "geometric_mean", "harmonic_mean")
RISING = (*MEANS, "median", "owa", "generalised_mean")
RELATIVE = ("min_max", "z_score", "rank", "percentile_rank", "borda")
POSTS = Method(normalisation="goalposts", normalisation_parameters={"low": 1, "high": 100})


@dataclass
class Case:
    table: pd.DataFrame
    codebook: pd.DataFrame


def close(found, expected, tolerance=1e-9):
    np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@st.composite
def cases(draw, regions=(2, 9), missing=True):
    """Indicators between 0 and 100 in two components, some cells missing."""
    n = draw(st.integers(*regions))
    k = draw(st.integers(2, 6))
    codes = [f"i{place}" for place in range(k)]
    cell = st.integers(0, 1000).map(lambda number: number / 10)
    rows = draw(st.lists(st.lists(cell, min_size=k, max_size=k), min_size=n, max_size=n))
    table = pd.DataFrame(rows, [f"r{place:02d}" for place in range(n)], codes, dtype=float)
    if missing:
        holes = draw(st.lists(st.tuples(st.integers(0, n - 1), st.integers(0, k - 1)), max_size=5))
        for row, column in holes:
            table.iloc[row, column] = np.nan
    weights = draw(st.lists(st.integers(1, 9), min_size=k + 2, max_size=k + 2))
    parents = ["left" if place < (k + 1) // 2 else "right" for place in range(k)]
    directions = draw(st.lists(st.sampled_from([1, -1]), min_size=k, max_size=k))
    codebook = pd.DataFrame({
        "code": [*codes, "left", "right", "index"], "parent": [*parents, "index", "index", None],
        "level": [1] * k + [2, 2, 3], "direction": [*directions, 1, 1, 1],
        "weight": [*map(float, weights), None], "goalpost_low": 0.0, "goalpost_high": 100.0})
    return Case(table, codebook)


@st.composite
def full_cases(draw, **changes):
    """Enough regions for relative normalisations, no indicator constant, nothing missing."""
    case = draw(cases(regions=(10, 14), missing=False, **changes))
    assume((case.table.nunique() > 2).all())
    return case


@PATIENT
@given(case=cases(), seed=st.integers(0, 99), aggregation=st.sampled_from([*RISING, "copeland"]))
def test_p1_order_of_regions_and_indicators_changes_no_bit(case, seed, aggregation):
    method = POSTS.replace(aggregation=aggregation)
    straight = build(case.table, case.codebook, method)
    mixed = build(case.table.sample(frac=1, random_state=seed).sample(
        frac=1, axis=1, random_state=seed), case.codebook.sample(frac=1, random_state=seed), method)
    for name in ("scores", "ranks", "coverage", "score_low", "score_high", "rank_low", "rank_high"):
        found = getattr(mixed, name).reindex_like(getattr(straight, name))
        pd.testing.assert_frame_equal(found, getattr(straight, name), check_exact=True)


@PATIENT
@given(case=full_cases(), seed=st.integers(0, 99), name=st.sampled_from(RELATIVE))
def test_p1_holds_for_relative_normalisations(case, seed, name):
    straight = build(case.table, case.codebook, Method(normalisation=name))
    mixed = build(case.table.sample(frac=1, random_state=seed), case.codebook,
                  Method(normalisation=name))
    pd.testing.assert_frame_equal(mixed.scores.reindex_like(straight.scores), straight.scores,
                                  check_exact=True)


@PATIENT
@given(case=cases(), factor=st.floats(1e-3, 1e3), aggregation=st.sampled_from(RISING))
def test_p2_all_weights_times_a_number(case, factor, aggregation):
    method = POSTS.replace(aggregation=aggregation)
    scaled = case.codebook.assign(weight=case.codebook["weight"] * factor)
    close(build(case.table, scaled, method).scores,
          build(case.table, case.codebook, method).scores, 1e-12)


UNITS = st.tuples(st.sampled_from([0.01, 0.5, 2.0, 1000.0]), st.sampled_from([-50.0, 0.0, 300.0]))


@PATIENT
@given(case=cases(), unit=UNITS, aggregation=st.sampled_from(RISING))
def test_p3_other_units_with_their_goalposts(case, unit, aggregation):
    slope, shift = unit
    posts = ["goalpost_low", "goalpost_high"]
    codebook = case.codebook.assign(**{post: case.codebook[post] * slope + shift for post in posts})
    method = POSTS.replace(aggregation=aggregation)
    close(build(case.table * slope + shift, codebook, method).scores,
          build(case.table, case.codebook, method).scores)


@PATIENT
@given(case=full_cases(), unit=UNITS, name=st.sampled_from(RELATIVE))
def test_p3_other_units_of_relative_normalisations(case, unit, name):
    slope, shift = unit
    method = Method(normalisation=name)
    close(build(case.table * slope + shift, case.codebook, method).scores,
          build(case.table, case.codebook, method).scores, 1e-8)


@PATIENT
@given(case=cases(missing=False), data=st.data(), aggregation=st.sampled_from(RISING))
def test_p4_raising_an_indicator_lowers_no_score_and_worsens_no_rank(case, data, aggregation):
    method = POSTS.replace(aggregation=aggregation)
    row = data.draw(st.integers(0, len(case.table) - 1))
    column = data.draw(st.integers(0, case.table.shape[1] - 1))
    by = data.draw(st.floats(0, 100)) * case.codebook["direction"][column]
    better = case.table.copy()
    better.iloc[row, column] = np.clip(better.iloc[row, column] + by, 0, 100)
    before, after = (build(table, case.codebook, method) for table in (case.table, better))
    region = case.table.index[row]
    assert after.scores.at[region, "index"] >= before.scores.at[region, "index"] - 1e-9
    assert after.ranks.at[region, "index"] <= before.ranks.at[region, "index"]


def test_p4_does_not_hold_for_min_max_with_the_extremes_of_the_sample():
    """The documented exception: raising the best region moves the scale under everyone else,
    and a region that is not even touched can overtake another.
    """
    table = pd.DataFrame({"x": [0.0, 50, 40, 100, 30, 30, 30, 30, 30, 30],
                          "y": [0.0, 40, 55, 100, 10, 10, 10, 10, 10, 10]},
                         index=[f"r{place}" for place in range(10)])
    codebook = pd.DataFrame({"code": ["x", "y", "index"], "parent": ["index", "index", None],
                             "direction": 1, "weight": 1.0})
    raised = table.copy()
    raised.loc["r3", "y"] = 300
    before, after = (build(one, codebook, Method()).ranks["index"] for one in (table, raised))
    assert before["r2"] < before["r1"]
    assert after["r2"] > after["r1"]


@PATIENT
@given(case=cases(missing=False), data=st.data())
def test_p4_for_benefit_of_the_doubt(case, data):
    table = case.table + 1
    row = data.draw(st.integers(0, len(table) - 1))
    better = table.copy()
    better.iloc[row, 0] += data.draw(st.floats(0, 50))
    before, after = (benefit_of_the_doubt(one)[0] for one in (table, better))
    assert after.iloc[row] >= before.iloc[row] - 1e-6
    assert ((before > 0) & (before <= 1)).all()
    assert before.max() >= 1 - 1e-6


@PATIENT
@given(case=full_cases(), data=st.data(), name=st.sampled_from(("goalposts", *RELATIVE)))
def test_p5_turning_a_direction_and_the_data(case, data, name):
    column = data.draw(st.integers(0, case.table.shape[1] - 1))
    code = case.table.columns[column]
    turned = case.table.assign(**{code: -case.table[code]})
    codebook = case.codebook.copy()
    codebook.loc[column, "direction"] *= -1
    codebook.loc[column, ["goalpost_low", "goalpost_high"]] = [-100.0, 0.0]
    method = Method(normalisation=name)
    close(build(turned, codebook, method).scores,
          build(case.table, case.codebook, method).scores, 1e-12)


@PATIENT
@given(values=st.lists(st.floats(0.01, 100), min_size=2, max_size=7), data=st.data())
def test_p6_means_lie_inside_their_parts_and_in_order(values, data):
    weights = data.draw(st.lists(st.integers(1, 9), min_size=len(values), max_size=len(values)))
    parts = pd.DataFrame([values], columns=[f"p{place}" for place in range(len(values))])
    given_weights = dict(zip(parts.columns, weights, strict=True))
    found = [aggregate(parts, given_weights, "generalised_mean", power=power)[0]
             for power in (-5, -1, -0.5, 0, 0.5, 1, 3)]
    room = 1e-9 * max(values)
    assert min(values) - room <= found[0]
    assert found[-1] <= max(values) + room
    assert (np.diff(found) >= -room).all()
    for name in ("median", "owa", "arithmetic_mean", "geometric_mean", "harmonic_mean"):
        inside = aggregate(parts, given_weights, name)[0]
        assert min(values) - room <= inside <= max(values) + room


@PATIENT
@given(case=cases(), data=st.data(), aggregation=st.sampled_from(RISING))
def test_p7_a_region_twice(case, data, aggregation):
    method = POSTS.replace(aggregation=aggregation)
    row = data.draw(st.integers(0, len(case.table) - 1))
    twin = case.table.iloc[[row]].set_axis(["twin"])
    before = build(case.table, case.codebook, method)
    after = build(pd.concat([case.table, twin]), case.codebook, method)
    close(after.scores.drop(index="twin"), before.scores, 1e-12)
    original = case.table.index[row]
    for table in (after.ranks, after.rank_low, after.rank_high, after.coverage):
        pd.testing.assert_series_equal(table.loc["twin"], table.loc[original], check_names=False)


@PATIENT
@given(case=cases(missing=False), seed=st.integers(0, 99), aggregation=st.sampled_from(MEANS))
def test_p8_a_dominated_region_is_never_above_under_any_weights(case, seed, aggregation):
    method = POSTS.replace(aggregation=aggregation)
    result = build(case.table, case.codebook, method)
    pairs, _ = dominance(result.scores[list(case.table.columns)])
    assume(len(pairs))
    possible = can_rank_above(case.table, case.codebook, method)
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(case.codebook)))
    changed = case.codebook.assign(weight=weights)
    scores = build(case.table, changed, method).scores["index"]
    for _, pair in pairs.iterrows():
        assert scores[pair["above"]] >= scores[pair["below"]] - 1e-9
        assert not possible.at[pair["below"], pair["above"]]


@PATIENT
@given(case=cases(missing=False), data=st.data(), aggregation=st.sampled_from(RISING))
def test_p9_blanking_cells_widens_the_interval_around_the_old_score(case, data, aggregation):
    method = POSTS.replace(aggregation=aggregation)
    full = build(case.table, case.codebook, method)
    pd.testing.assert_frame_equal(full.score_low, full.scores)
    pd.testing.assert_frame_equal(full.score_high, full.scores)
    assert (full.rank_low.to_numpy() == full.ranks.to_numpy()).all()
    table, low, high = case.table.copy(), full.score_low, full.score_high
    rank_low, rank_high = full.rank_low, full.rank_high
    for _ in range(3):
        row = data.draw(st.integers(0, len(table) - 1))
        table.iloc[row, data.draw(st.integers(0, table.shape[1] - 1))] = np.nan
        wider = build(table, case.codebook, method)
        assert (wider.score_low <= low + 1e-9).all(axis=None)
        assert (wider.score_high >= high - 1e-9).all(axis=None)
        assert (wider.rank_low <= rank_low).all(axis=None)
        assert (wider.rank_high >= rank_high).all(axis=None)
        low, high = wider.score_low, wider.score_high
        rank_low, rank_high = wider.rank_low, wider.rank_high
    assert (low <= full.scores + 1e-9).all(axis=None)
    assert (high >= full.scores - 1e-9).all(axis=None)


@PATIENT
@given(case=cases(), aggregation=st.sampled_from([*RISING, "mazziotta_pareto"]))
def test_p10_bounds_contain_the_score_and_the_rank(case, aggregation):
    # On this scale no spread makes a penalised mean negative.
    method = POSTS.replace(aggregation=aggregation,
                           normalisation_parameters={"low": 70, "high": 130})
    result = build(case.table, case.codebook, method)
    scored = result.scores.notna() & result.score_low.notna()
    assert (result.score_low <= result.scores + 1e-9).where(scored, True).all(axis=None)
    assert (result.score_high >= result.scores - 1e-9).where(scored, True).all(axis=None)
    ranked = result.ranks.notna()
    everyone = result.ranks.notna().all(axis=0)
    inside = (result.rank_low <= result.ranks) & (result.ranks <= result.rank_high)
    # Where a region has no score, the others are ranked among fewer.
    assert inside.where(ranked, True).loc[:, everyone].all(axis=None)


@PATIENT
@given(case=cases(regions=(3, 6), missing=False), seed=st.integers(0, 999))
def test_p10_drawn_intervals_contain_the_rank_and_probabilities_fall_with_the_mark(case, seed):
    errors = pd.Series(2.0, index=case.table.columns)
    found = analyse_uncertainty(case.table, case.codebook, POSTS, seed=seed, draws=40,
                                standard_errors=errors)
    table = found.table
    assert ((table["rank_low"] <= table["rank"]) & (table["rank"] <= table["rank_high"])).all()
    previous = pd.Series(1.0, index=table.index)
    for mark in (0, 30, 50, 70, 101):
        share = found.probability_at_or_above(mark)
        assert ((share > 0) & (share < 1) & (share <= previous)).all()
        previous = share


@pytest.mark.parametrize("weights", [NoisyWeights(0.9), EveryWeighting()])
@PATIENT
@given(case=cases(regions=(3, 6), missing=False), seed=st.integers(0, 999))
def test_p8_a_dominated_region_is_never_above_in_any_draw(weights, case, seed):
    result = build(case.table, case.codebook, POSTS)
    pairs, _ = dominance(result.scores[list(case.table.columns)])
    assume(len(pairs) and np.ptp(result.scores[["left", "right"]].to_numpy(), axis=1).max() > 1)
    found = analyse_uncertainty(case.table, case.codebook, POSTS, seed=seed, draws=30,
                                weights=weights)
    for _, pair in pairs.iterrows():
        above, below = (found.scores[found.regions.get_loc(pair[side])] for side in
                        ("above", "below"))
        assert (above >= below - 1e-9).all()
