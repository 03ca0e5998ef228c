"""What holds for any input: rank intervals, marks, dominance, gaps, bounds, permutations."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from anticorruption.comparison.bounds import rank_bounds, score_bounds
from anticorruption.comparison.dominance import dominance_counts, dominance_matrix
from anticorruption.comparison.gaps import geometric_gap, shapley_gap, weighted_gap
from anticorruption.comparison.permutation import group_test, sign_flip_test
from anticorruption.comparison.ranks import indistinguishable, rank_intervals
from anticorruption.comparison.thresholds import probability_at_or_above, verdicts_at

score = st.floats(0, 100, allow_nan=False).map(lambda x: round(x, 3))


def _series(values, prefix="r"):
    return pd.Series(values, index=[f"{prefix}{i}" for i in range(len(values))], dtype=float)


def numbers(draw, count, ceiling):
    """Draw whole numbers from 0 to a ceiling below 65 536: one draw for all, which is fast."""
    raw = draw(st.binary(min_size=2 * count, max_size=2 * count))
    return np.frombuffer(raw, dtype="<u2") % (ceiling + 1)


@st.composite
def scores_with_errors(draw):
    """Draw scores with holes, and one standard error for all or one for each region."""
    n, steps = draw(st.integers(1, 9)), draw(st.sampled_from([50_000, 8]))
    values = numbers(draw, n, steps) * (100.0 / steps)
    values[numbers(draw, n, 4) == 4] = np.nan
    each = numbers(draw, n, 10_000) / 1000
    return _series(values), draw(st.sampled_from([float(each[0]), _series(each)]))


@st.composite
def two_sides(draw, low=0.0):
    """Draw a region, a benchmark and weights over the same one to six indicators."""
    k, steps = draw(st.integers(1, 6)), draw(st.sampled_from([50_000, 8]))
    sides = low + numbers(draw, 2 * k, steps).reshape(2, k) * ((100.0 - low) / steps)
    weights = 0.01 + numbers(draw, k, 500) / 100
    return *(_series(side, "i") for side in sides), _series(weights, "i")


@st.composite
def tables(draw, rows=(1, 7), holes=False):
    """Draw a small table of indicators from 0 to 100."""
    n, k = draw(st.integers(*rows)), draw(st.integers(1, 4))
    cells = numbers(draw, n * k, 50_000 if holes else 4) / (500.0 if holes else 1.0)
    if holes:
        cells[numbers(draw, n * k, 3) == 3] = np.nan
    columns = [f"i{j}" for j in range(k)]
    return pd.DataFrame(cells.reshape(n, k), [f"r{i}" for i in range(n)], columns)


@given(scores_with_errors(), st.booleans())
def test_p10_rank_interval_contains_the_point_rank(given_scores, simultaneous):
    scores, se = given_scores
    ranks = rank_intervals(scores, se, simultaneous=simultaneous, draws=100)
    known = ranks[scores.notna()]
    assert (known["rank_low"] >= 1).all()
    assert (known["rank_low"] <= known["rank"]).all()
    assert (known["rank"] <= known["rank_high"]).all()
    assert (known["rank_high"] <= len(known)).all()
    assert ranks[scores.isna()].isna().all().all()


@given(scores_with_errors())
def test_p1_order_of_regions_does_not_move_ranks(given_scores):
    scores, se = given_scores
    turned = rank_intervals(scores.iloc[::-1], se, draws=100)
    pd.testing.assert_frame_equal(turned.loc[scores.index], rank_intervals(scores, se, draws=100))


@given(scores_with_errors(), st.floats(1.1, 5))
def test_more_error_never_narrows_a_rank_interval(given_scores, factor):
    scores, se = given_scores
    before = rank_intervals(scores, se, draws=100).dropna()
    after = rank_intervals(scores, se * factor, draws=100).dropna()
    assert (after["rank_low"] <= before["rank_low"]).all()
    assert (after["rank_high"] >= before["rank_high"]).all()


@given(scores_with_errors())
def test_being_indistinguishable_is_mutual(given_scores):
    scores, se = given_scores
    ranks = rank_intervals(scores, se, draws=100)
    known = scores.dropna().index
    pairs = {(a, b) for a in known for b in indistinguishable(ranks, a)}
    assert pairs == {(b, a) for a, b in pairs}


@given(st.lists(score, min_size=1, max_size=8), st.floats(0.001, 20), st.floats(-50, 150),
       st.floats(0.01, 50))  # fmt: skip
def test_p10_probability_is_inside_and_falls_as_the_mark_rises(values, se, mark, step):
    scores = _series(values)
    lower = probability_at_or_above(scores, se, mark)
    higher = probability_at_or_above(scores, se, mark + step)
    assert ((lower > 0) & (lower < 1)).all()
    assert (higher <= lower).all()
    near = (scores - mark).abs() < 3 * se
    assert (higher[near] < lower[near]).all()


@given(scores_with_errors(), st.floats(0, 100), st.floats(0.5, 0.99))
def test_a_clear_verdict_agrees_with_the_score_itself(given_scores, mark, confidence):
    scores, se = given_scores
    verdict = verdicts_at(scores, se, mark, confidence=confidence)["verdict"]
    assert (scores[verdict == "clearly yes"] >= mark - 1e-9).all()
    assert (scores[verdict == "clearly no"] < mark).all()


@given(tables(), st.lists(st.floats(0.01, 5), min_size=4, max_size=4))
def test_p8_a_dominated_region_never_ranks_above_its_dominator(table, weights):
    total = table.to_numpy() @ np.array(weights[: table.shape[1]])
    scores = pd.Series(total, index=table.index)
    ranks = rank_intervals(scores, 0.0)["rank"]
    matrix = dominance_matrix(table)
    for upper in table.index:
        for lower in table.index[matrix.loc[upper]]:
            assert ranks[upper] < ranks[lower]
    counts = dominance_counts(table)
    assert ranks.between(counts["rank_low"], counts["rank_high"]).all()
    parts = ["dominates", "dominated_by", "equal_to", "incomparable"]
    assert (counts[parts].sum(axis=1) == len(table) - 1).all()


@given(tables())
def test_dominance_is_a_strict_order(table):
    relation = dominance_matrix(table).to_numpy().astype(int)
    assert not np.diag(relation).any()
    assert not (relation & relation.T).any()
    assert ((relation @ relation > 0) <= (relation > 0)).all()


@given(two_sides(), st.floats(0.1, 10))
def test_p11_and_p2_weighted_parts_add_up_under_any_scale_of_the_weights(sides, scale):
    region, benchmark, weights = sides
    parts = weighted_gap(region, benchmark, weights)
    gap = np.average(region, weights=weights) - np.average(benchmark, weights=weights)
    assert parts.sum() == pytest.approx(gap, abs=1e-9)
    again = weighted_gap(region, benchmark, weights * scale)
    assert again.tolist() == pytest.approx(parts.tolist(), abs=1e-9)


@given(two_sides(low=0.5))
def test_p11_geometric_parts_add_up(sides):
    region, benchmark, weights = sides
    share = weights / weights.sum()
    gap = np.exp(share @ np.log(region)) - np.exp(share @ np.log(benchmark))
    parts = geometric_gap(region, benchmark, weights)
    assert parts.sum() == pytest.approx(gap, abs=1e-9)
    assert (np.sign(parts) == np.sign(region - benchmark)).all()


@given(two_sides())
def test_p11_shapley_parts_add_up_and_identical_indicators_get_identical_parts(sides):
    region, benchmark, _ = sides
    region["twin"], benchmark["twin"] = region.iloc[0], benchmark.iloc[0]

    def index(v):
        return float(np.sort(v) @ np.arange(1, len(v) + 1) ** 2) / 100

    parts = shapley_gap(region, benchmark, index)
    gap = index(region.to_numpy()) - index(benchmark.to_numpy())
    assert parts.sum() == pytest.approx(gap, abs=1e-9)
    assert parts["twin"] == pytest.approx(parts.iloc[0], abs=1e-9)


@given(tables(holes=True), st.data())
def test_p9_a_blank_widens_the_interval_and_never_leaves_the_old_score(table, data):
    weights = pd.Series(1.0, index=table.columns)
    before = score_bounds(table, weights)
    blanked = table.copy()
    row = data.draw(st.integers(0, table.shape[0] - 1))
    blanked.iloc[row, data.draw(st.integers(0, table.shape[1] - 1))] = np.nan
    after = score_bounds(blanked, weights)
    assert (after["score_low"] <= before["score_low"] + 1e-9).all()
    assert (after["score_high"] >= before["score_high"] - 1e-9).all()
    ranks, wider = rank_bounds(before), rank_bounds(after)
    assert (wider["rank_low"] <= ranks["rank_low"]).all()
    assert (wider["rank_high"] >= ranks["rank_high"]).all()
    full = table.notna().all(axis=1)
    width = before["score_high"] - before["score_low"]
    assert width[full].tolist() == pytest.approx([0.0] * int(full.sum()), abs=1e-9)


@given(st.lists(st.integers(-20, 20), min_size=2, max_size=9), st.data())
def test_p13_permutation_p_is_a_share_of_the_arrangements(values, data):
    scores = _series(values)
    size = data.draw(st.integers(1, len(scores) - 1))
    group = data.draw(st.permutations(list(scores.index)))[:size]
    alternative = data.draw(st.sampled_from(["greater", "less", "two-sided"]))
    found = group_test(scores, group, alternative=alternative)
    assert 1 / found.arrangements <= found.p_value <= 1
    signs = sign_flip_test(scores, alternative=alternative)
    assert 1 / signs.arrangements <= signs.p_value <= 1


@given(st.lists(st.integers(-20, 20), min_size=2, max_size=9))
def test_one_sided_p_values_share_only_the_ties(values):
    assume(len(set(values)) > 1)
    scores = _series(values)
    up = group_test(scores, ["r0"]).p_value
    down = group_test(scores, ["r0"], alternative="less").p_value
    ties = (scores == scores.iloc[0]).mean()
    assert up + down == pytest.approx(1 + ties, abs=1e-12)


def test_p13_under_no_effect_few_permutation_tests_are_significant():
    """Share of p <= .05 in 2 000 panels without effect: between .03 and .07."""
    rng = np.random.default_rng(20241209)
    index = [f"r{i}" for i in range(12)]
    panels = rng.normal(0, 1, (2000, 12))
    hits = sum(group_test(pd.Series(p, index=index), index[:4]).p_value <= 0.05 for p in panels)
    assert 0.03 <= hits / 2000 <= 0.07
