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


def numbers(draw, count, ceiling):
    """Draw whole numbers from 0 to a ceiling below 65 536: one draw for all, which is fast."""
    raw = draw(st.binary(min_size=2 * count, max_size=2 * count))
    return np.frombuffer(raw, dtype="<u2") % (ceiling + 1)


@st.composite
def cases(draw, regions=(2, 9), missing=True):
    """Indicators between 0 and 100 in two components, on fine or coarse scales, some missing."""
    n = draw(st.integers(*regions))
    k = draw(st.integers(2, 6))
    steps = draw(st.sampled_from([1000, 8]))
    cells = numbers(draw, n * k, steps) * (100.0 / steps)
    if missing:
        cells[draw(st.lists(st.integers(0, n * k - 1), max_size=5))] = np.nan
    codes = [f"i{place}" for place in range(k)]
    table = pd.DataFrame(cells.reshape(n, k), [f"r{place:02d}" for place in range(n)], codes)
    weights = [*(1.0 + numbers(draw, k + 2, 8)), np.nan]
    left = (k + 1) // 2
    codebook = pd.DataFrame({
        "code": [*codes, "left", "right", "index"],
        "parent": ["left"] * left + ["right"] * (k - left) + ["index", "index", None],
        "level": [1] * k + [2, 2, 3],
        "direction": [*(1 - 2 * numbers(draw, k, 1).astype(int)), 1, 1, 1],
        "weight": weights, "goalpost_low": 0.0, "goalpost_high": 100.0})
    return Case(table, codebook)


def ends(result):
    """Scores and ranks with both their ends, as arrays."""
    return (result.score_low.to_numpy(), result.scores.to_numpy(), result.score_high.to_numpy(),
            result.rank_low.to_numpy(), result.ranks.to_numpy(), result.rank_high.to_numpy())


def shuffled(table, seed):
    """Return the rows of a table in another order."""
    return table.take(np.random.default_rng(seed).permutation(len(table)))


@st.composite
def full_cases(draw, **changes):
    """Enough regions for relative normalisations, no indicator constant, nothing missing."""
    case = draw(cases(regions=(10, 14), missing=False, **changes))
    assume((np.ptp(case.table.to_numpy(), axis=0) > 0).all())
    return case


@st.composite
def dominated_cases(draw, **changes):
    """The first region is at least as good as the second everywhere, and better somewhere."""
    case = draw(cases(missing=False, **changes))
    cells = case.table.to_numpy(copy=True)
    rising = case.codebook["direction"].to_numpy()[: cells.shape[1]] > 0
    cells[0] = np.where(rising, np.fmax(cells[0], cells[1]), np.fmin(cells[0], cells[1]))
    assume((cells[0] != cells[1]).any())
    return Case(pd.DataFrame(cells, case.table.index, case.table.columns), case.codebook)


# Relations of one table to its changed copies share the table and its scores: that halves the time.
@PATIENT
@given(case=cases(), seed=st.integers(0, 99), aggregation=st.sampled_from([*RISING, "copeland"]))
def test_p1_order_changes_no_bit_and_p7_a_region_twice_changes_nobody(case, seed, aggregation):
    method = POSTS.replace(aggregation=aggregation)
    straight = build(case.table, case.codebook, method)
    mixed = build(shuffled(shuffled(case.table, seed).T, seed).T, shuffled(case.codebook, seed),
                  method)
    assert set(mixed.scores.columns) == set(straight.scores.columns)
    rows = mixed.scores.index.get_indexer(straight.scores.index)
    columns = mixed.scores.columns.get_indexer(straight.scores.columns)
    for one, other in zip(ends(mixed), ends(straight), strict=True):
        np.testing.assert_array_equal(one[np.ix_(rows, columns)], other)
    pd.testing.assert_frame_equal(mixed.coverage.reindex_like(straight.coverage),
                                  straight.coverage, check_exact=True)
    if aggregation == "copeland":  # a vote counts voters, so one more of them changes it
        return
    original = case.table.index[seed % len(case.table)]
    twin = case.table.loc[[original]].set_axis(["twin"])
    after = build(pd.concat([case.table, twin]), case.codebook, method)
    close(after.scores.to_numpy()[:-1], straight.scores, 1e-12)
    at = after.scores.index.get_indexer(["twin", original])
    for one in (*ends(after), after.coverage.to_numpy()):
        np.testing.assert_array_equal(one[at[0]], one[at[1]])



UNITS = st.tuples(st.sampled_from([0.01, 0.5, 2.0, 1000.0]), st.sampled_from([-50.0, 0.0, 300.0]))


@PATIENT
@given(case=cases(), factor=st.floats(1e-3, 1e3), unit=UNITS,
       aggregation=st.sampled_from(RISING))
def test_p2_weights_times_a_number_and_p3_other_units(case, factor, unit, aggregation):
    method = POSTS.replace(aggregation=aggregation)
    scores = build(case.table, case.codebook, method).scores
    heavier = case.codebook.assign(weight=case.codebook["weight"] * factor)
    close(build(case.table, heavier, method).scores, scores, 1e-12)
    slope, shift = unit
    posts = ["goalpost_low", "goalpost_high"]
    codebook = case.codebook.assign(**{post: case.codebook[post] * slope + shift for post in posts})
    close(build(case.table * slope + shift, codebook, method).scores, scores)


@PATIENT
@given(case=full_cases(), seed=st.integers(0, 99), unit=UNITS,
       name=st.sampled_from(("goalposts", *RELATIVE)))
def test_p1_p3_p5_order_units_and_directions_of_relative_normalisations(case, seed, unit, name):
    method = Method(normalisation=name)
    scores = build(case.table, case.codebook, method).scores
    mixed = build(shuffled(case.table, seed), case.codebook, method).scores
    np.testing.assert_array_equal(mixed.reindex_like(scores), scores)
    slope, shift = unit
    if name != "goalposts":  # which have units of their own
        close(build(case.table * slope + shift, case.codebook, method).scores, scores, 1e-8)
    code = case.table.columns[seed % case.table.shape[1]]
    turned = case.table.assign(**{code: -case.table[code]})
    codebook = case.codebook.copy()
    codebook.loc[codebook["code"] == code, "direction"] *= -1
    codebook.loc[codebook["code"] == code, ["goalpost_low", "goalpost_high"]] = [-100.0, 0.0]
    close(build(turned, codebook, method).scores, scores, 1e-12)


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


@pytest.mark.parametrize("name", ["min_max", "z_score"])
def test_p4_does_not_hold_where_the_sample_makes_the_scale(name):
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
    method = Method(normalisation=name)
    before, after = (build(one, codebook, method).ranks["index"] for one in (table, raised))
    assert before["r2"] < before["r1"]
    assert after["r2"] > after["r1"]


@PATIENT
@given(case=cases(regions=(2, 3), missing=False), data=st.data())
def test_p4_for_benefit_of_the_doubt(case, data):
    """Each region is a linear programme of its own, so a few regions say as much as many."""
    table = case.table + 1
    row = data.draw(st.integers(0, len(table) - 1))
    better = table.copy()
    better.iloc[row, 0] += data.draw(st.floats(0, 50))
    before, after = (benefit_of_the_doubt(one)[0] for one in (table, better))
    assert after.iloc[row] >= before.iloc[row] - 1e-6
    assert ((before > 0) & (before <= 1)).all()
    assert before.max() >= 1 - 1e-6


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
@given(case=dominated_cases(regions=(2, 4)), seed=st.integers(0, 99),
       aggregation=st.sampled_from(MEANS))
def test_p8_a_dominated_region_is_never_above_under_any_weights(case, seed, aggregation):
    method = POSTS.replace(aggregation=aggregation)
    result = build(case.table, case.codebook, method)
    pairs, _ = dominance(result.scores[list(case.table.columns)])
    assert len(pairs)
    possible = can_rank_above(case.table, case.codebook, method)
    weights = np.random.default_rng(seed).dirichlet(np.ones(len(case.codebook)))
    changed = case.codebook.assign(weight=weights)
    scores = build(case.table, changed, method).scores["index"]
    above, below = pairs["above"].to_numpy(), pairs["below"].to_numpy()
    assert (scores[above].to_numpy() >= scores[below].to_numpy() - 1e-9).all()
    places = case.table.index.get_indexer
    assert not possible.to_numpy()[places(below), places(above)].any()


@PATIENT
@given(case=cases(missing=False), data=st.data(), aggregation=st.sampled_from(RISING))
def test_p9_blanking_cells_widens_the_interval_around_the_old_score(case, data, aggregation):
    method = POSTS.replace(aggregation=aggregation)
    low, scores, high, rank_low, ranks, rank_high = ends(build(case.table, case.codebook, method))
    for found, expected in ((low, scores), (high, scores), (rank_low, ranks)):
        np.testing.assert_array_equal(found, expected)
    cells = case.table.to_numpy(copy=True)
    for more in (1, 2):
        places = st.lists(st.integers(0, cells.size - 1), min_size=more, max_size=more)
        cells.flat[data.draw(places)] = np.nan
        table = pd.DataFrame(cells, case.table.index, case.table.columns)
        wider = ends(build(table, case.codebook, method))
        assert (wider[0] <= low + 1e-9).all()
        assert (wider[2] >= high - 1e-9).all()
        assert (wider[3] <= rank_low).all()
        assert (wider[5] >= rank_high).all()
        low, _, high, rank_low, _, rank_high = wider
    assert (low <= scores + 1e-9).all()
    assert (high >= scores - 1e-9).all()


@PATIENT
@given(case=cases(), aggregation=st.sampled_from([*RISING, "mazziotta_pareto"]))
def test_p10_bounds_contain_the_score_and_the_rank(case, aggregation):
    # On this scale no spread makes a penalised mean negative.
    method = POSTS.replace(aggregation=aggregation,
                           normalisation_parameters={"low": 70, "high": 130})
    low, scores, high, rank_low, ranks, rank_high = ends(build(case.table, case.codebook, method))
    unknown = np.isnan(scores) | np.isnan(low)
    assert ((low <= scores + 1e-9) | unknown).all()
    assert ((high >= scores - 1e-9) | unknown).all()
    # Where a region has no score, the others are ranked among fewer.
    everyone = ~np.isnan(ranks).any(axis=0)
    assert ((rank_low <= ranks) & (ranks <= rank_high))[:, everyone].all()


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


@PATIENT
@given(case=dominated_cases(regions=(3, 6)), seed=st.integers(0, 999),
       weights=st.sampled_from([NoisyWeights(0.9), EveryWeighting()]))
def test_p8_a_dominated_region_is_never_above_in_any_draw(case, seed, weights):
    result = build(case.table, case.codebook, POSTS)
    pairs, _ = dominance(result.scores[list(case.table.columns)])
    assume(np.ptp(result.scores[["left", "right"]].to_numpy(), axis=1).max() > 1)
    found = analyse_uncertainty(case.table, case.codebook, POSTS, seed=seed, draws=30,
                                weights=weights)
    above, below = (found.scores[found.regions.get_indexer(pairs[side])] for side in
                    ("above", "below"))
    assert (above >= below - 1e-9).all()
