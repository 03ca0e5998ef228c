"""Do intervals hold as often as they say? Simulations too long for every change.

``make test-long`` runs them beside ten thousand examples of every property, and keeps what they
measured; the name of this file keeps it out of ``make test``. All seeds are fixed.
"""

import numpy as np
import pandas as pd
import pytest

from anticorruption.comparison.permutation import group_test, sign_flip_test
from anticorruption.comparison.pooling import pool_imputations
from anticorruption.comparison.ranks import rank_intervals
from anticorruption.comparison.thresholds import verdicts_at
from anticorruption.composite import Method, analyse_uncertainty, build

SIMULATIONS = 1000
#: Promised, and the least that a thousand simulations of it may show.
PROMISED, LEAST = 0.95, 0.93
REGIONS = [f"r{place:02d}" for place in range(20)]


def told(record_property, name: str, share: float) -> None:
    """Keep a measured share for the record of this check."""
    record_property(name, f"{100 * share:.1f} %")


@pytest.mark.parametrize("unequal", [False, True])
def test_95_per_cent_rank_sets_cover_the_true_ranks(unequal, record_property):
    """Each region's own set, and all sets of a table at once where that is promised."""
    rng = np.random.default_rng(2024)
    truth = pd.Series(rng.normal(70, 4, len(REGIONS)), index=REGIONS)
    true_rank = rank_intervals(truth, 0.0)["rank"]
    error = pd.Series(rng.uniform(0.5, 3.0, len(REGIONS)), index=REGIONS) if unequal else 1.5
    own, together = np.zeros(len(REGIONS)), 0
    for run in range(SIMULATIONS):
        seen = truth + rng.normal(0, 1, len(REGIONS)) * error
        for simultaneous in (False, True):
            found = rank_intervals(
                seen, error, coverage=PROMISED, simultaneous=simultaneous, seed=run, draws=500
            )
            inside = (found["rank_low"] <= true_rank) & (true_rank <= found["rank_high"])
            if simultaneous:
                together += bool(inside.all())
            else:
                own += inside.to_numpy()
    sets = f"rank sets, {'unequal' if unequal else 'equal'} errors"
    told(record_property, f"{sets}: lowest coverage of a region", own.min() / SIMULATIONS)
    told(record_property, f"{sets}: coverage of all at once", together / SIMULATIONS)
    assert own.min() / SIMULATIONS >= LEAST
    assert together / SIMULATIONS >= LEAST


@pytest.mark.parametrize("missing", [0.2, 0.5])
def test_95_per_cent_imputation_intervals_cover_the_true_mean(missing, record_property):
    """Twenty imputations of a measure by another, drawn anew with their own uncertainty.

    Missing where the other measure is high, so that the mean of what is published is off.
    """
    rng = np.random.default_rng(2025)
    n, m, truth, hits, naive = 60, 20, 70.0, 0, 0
    for _ in range(SIMULATIONS):
        other = rng.normal(0, 1, n)
        value = truth + 3 * other + rng.normal(0, 4, n)
        chance = 2 * missing / (1 + np.exp(-1.5 * other))
        known = rng.random(n) >= chance
        design = np.column_stack([np.ones(n), other])
        x, y = design[known], value[known]
        inverse = np.linalg.inv(x.T @ x)
        slope = inverse @ x.T @ y
        degrees = known.sum() - 2
        spread = ((y - x @ slope) ** 2).sum()
        estimates, variances = [], []
        for _ in range(m):
            sigma = np.sqrt(spread / rng.chisquare(degrees))
            drawn = rng.multivariate_normal(slope, sigma**2 * inverse)
            filled = np.where(known, value, design @ drawn + rng.normal(0, sigma, n))
            estimates.append(filled.mean())
            variances.append(filled.var(ddof=1) / n)
        columns = [f"m{place}" for place in range(m)]
        pooled = pool_imputations(
            pd.DataFrame([estimates], ["all"], columns),
            pd.DataFrame([variances], ["all"], columns),
            complete_degrees=n - 1,
            confidence=PROMISED,
        ).loc["all"]
        hits += bool(pooled["low"] <= truth <= pooled["high"])
        naive += bool(abs(y.mean() - truth) <= 1.96 * y.std(ddof=1) / np.sqrt(len(y)))
    told(record_property, f"imputed means, {missing:.0%} missing: coverage", hits / SIMULATIONS)
    assert hits / SIMULATIONS >= LEAST
    assert naive / SIMULATIONS < LEAST  # else the simulation would show nothing


def test_bounds_of_missing_cells_cover_the_true_score_every_time(record_property):
    """They assume nothing, so they have no right to miss."""
    rng = np.random.default_rng(2026)
    codes = list("abcd")
    codebook = pd.DataFrame(
        {
            "code": [*codes, "index"],
            "parent": ["index"] * 4 + [None],
            "direction": 1,
            "weight": [1.0, 2.0, 3.0, 4.0, None],
        }
    )
    method = Method(normalisation="fixed_scale")
    for _ in range(SIMULATIONS):
        full = pd.DataFrame(rng.uniform(0, 100, (12, 4)), REGIONS[:12], codes)
        holed = full.mask(rng.random(full.shape) < full / 150)  # high figures hide most
        truth = build(full, codebook, method)
        found = build(holed, codebook, method)
        assert (found.score_low["index"] <= truth.scores["index"] + 1e-9).all()
        assert (found.score_high["index"] >= truth.scores["index"] - 1e-9).all()
        assert (found.rank_low["index"] <= truth.ranks["index"]).all()
        assert (found.rank_high["index"] >= truth.ranks["index"]).all()
    told(record_property, "bounds of missing cells: coverage", 1.0)


def test_drawn_intervals_of_a_composite_cover_the_score_without_errors(record_property):
    rng = np.random.default_rng(2027)
    codes, error = list("abc"), 3.0
    codebook = pd.DataFrame(
        {"code": [*codes, "index"], "parent": ["index"] * 3 + [None], "direction": 1, "weight": 1.0}
    )
    method = Method(normalisation="fixed_scale")
    truth = pd.DataFrame(rng.uniform(20, 80, (8, 3)), REGIONS[:8], codes)
    exact = build(truth, codebook, method).scores["index"]
    hits, runs = np.zeros(8), SIMULATIONS // 4
    for run in range(runs):
        seen = truth + rng.normal(0, error, truth.shape)
        drawn = analyse_uncertainty(
            seen, codebook, method, seed=run, draws=400,
            standard_errors=pd.Series(error, index=codes),
        )  # fmt: skip
        low, high = np.quantile(drawn.scores, [0.025, 0.975], axis=1)
        at = drawn.regions.get_indexer(exact.index)
        hits += (low[at] <= exact) & (exact <= high[at])
    told(record_property, "drawn composite scores: coverage", hits.mean() / runs)
    assert hits.mean() / runs >= LEAST


def test_clear_verdicts_are_seldom_wrong(record_property):
    """At 90 per cent a true score at the mark gets a clear verdict, of either kind, in a tenth."""
    rng = np.random.default_rng(2028)
    seen = pd.Series(70 + rng.normal(0, 2, 20_000))
    clear = verdicts_at(seen, 2.0, 70.0, confidence=0.90)["verdict"] != "cannot tell"
    told(record_property, "verdicts at the mark: share that is clear, at 90 %", clear.mean())
    assert 0.09 <= clear.mean() <= 0.11


@pytest.mark.parametrize("seed", [1, 2, 3, 4, 5])
def test_p13_under_no_effect_few_permutation_tests_are_significant(seed, record_property):
    """Share of p <= .05 in 2 000 panels without effect: between .03 and .07, for both tests."""
    rng = np.random.default_rng(seed)
    panels = rng.normal(0, 1, (2000, 12))
    index = REGIONS[:12]
    grouped = sum(
        group_test(pd.Series(panel, index=index), index[:4]).p_value <= 0.05 for panel in panels
    )
    flipped = sum(
        sign_flip_test(pd.Series(panel[:8], index=index[:8])).p_value <= 0.05 for panel in panels
    )
    told(record_property, f"group test, seed {seed}: share of p <= .05", grouped / 2000)
    told(record_property, f"sign-flip test, seed {seed}: share of p <= .05", flipped / 2000)
    assert 0.03 <= grouped / 2000 <= 0.07
    assert 0.03 <= flipped / 2000 <= 0.07
