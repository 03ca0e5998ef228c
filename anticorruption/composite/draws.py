"""Blocks of draws, the counting of their ranks, and quantiles of many draws."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anticorruption.composite.ranking import ROWS_AT_ONCE, ascending_ranks, ordered_places
from anticorruption.composite.runs import Plan
from anticorruption.composite.scoring import score_draws

BLOCK = 512
"""Draws that share a stream of random numbers; part of the definition of a result."""

SORTED_WHOLE, BINS = 4096, 2000
"""Up to so many draws are sorted whole for quantiles; more are first counted in so many bins."""


def draw_block(
    plan: Plan, draws: int, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return the choices, shape (draws, factors), and scores, shape (draws, scored regions)."""
    choices = np.column_stack(
        [
            np.empty((draws, 0), dtype=int),
            *(generator.integers(len(factor.labels), size=draws) for factor in plan.factors),
        ]
    )
    chosen = plan.recipe_numbers(choices)
    noise = None
    if plan.errors is not None:
        noise = plan.errors.draw(generator, draws)
    scores = np.empty((draws, int(plan.scored.sum())))
    for place in np.unique(chosen):
        recipe, rows = plan.recipes[place], np.flatnonzero(chosen == place)
        size = len(rows)
        rows = slice(None) if size == draws else rows
        if plan.weights is None:
            weights = np.tile(recipe.shares, (size, 1))
        else:
            weights = plan.weights.draw(plan.inputs.tree, recipe.shares, size, generator)
        scores[rows] = score_draws(plan, recipe, weights, None if noise is None else noise[rows])
    return choices, scores


def count_ranks(scores: np.ndarray) -> np.ndarray:
    """Count the ranks of a block of draws.

    Parameters
    ----------
    scores : array, shape (draws, n)

    Returns
    -------
    integer array, shape (n * n,)
        Entry region * n + rank - 1: in how many draws the region has the rank.
    """
    draws, n = scores.shape
    keys = np.empty((draws, n), dtype=np.int64)
    for start in range(0, draws, ROWS_AT_ONCE):
        order, ranks = ordered_places(-scores[start : start + ROWS_AT_ONCE])
        np.add(order * n, ranks - 1, out=keys[start : start + ROWS_AT_ONCE])
    return np.bincount(keys.ravel(), minlength=n * n)


def nominal_scores(plan: Plan) -> pd.DataFrame:
    """Score and rank of the method as given, regions in the order given."""
    scores = plan.nominal.scores
    table = pd.DataFrame(
        {"score": scores, "rank": ascending_ranks(-scores)}, index=plan.inputs.regions
    )
    return table.take(plan.inputs.back)


def score_quantiles(scores: np.ndarray, shares: list[float]) -> np.ndarray:
    """Quantiles of each row by linear interpolation, shape (shares, regions)."""
    at = np.array(shares) * (scores.shape[1] - 1)
    lower = np.floor(at).astype(int)
    upper = np.minimum(lower + 1, scores.shape[1] - 1)
    if scores.shape[1] <= SORTED_WHOLE:
        ordered = np.sort(scores, axis=1)
        first, second = ordered[:, lower], ordered[:, upper]
    else:
        both = np.stack([_order_statistics(row, np.concatenate([lower, upper])) for row in scores])
        first, second = both[:, : len(at)], both[:, len(at) :]
    return (first + (at - lower) * (second - first)).T


def _order_statistics(values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return sorted(values)[wanted] exactly, sorting only the values near those wanted.

    The values are counted in bins; truncation keeps their order, so the one at a place in the
    sorted row is found among the few of its bin.
    """
    low = values.min()
    width = (values.max() - low) / BINS
    if not width > 0:
        return np.full(len(wanted), low)
    bins = ((values - low) / width).astype(np.int16)
    reached = np.bincount(bins).cumsum()
    found = {}
    for place in np.unique(wanted):
        own = int(np.searchsorted(reached, place, side="right"))
        if own not in found:
            found[own] = np.sort(values[bins == own])
    homes = np.searchsorted(reached, wanted, side="right")
    before = np.where(homes > 0, reached[homes - 1], 0)
    return np.array(
        [found[home][place] for home, place in zip(homes, wanted - before, strict=True)]
    )


def rank_quantiles(counts: np.ndarray, shares: list[float]) -> np.ndarray:
    """Smallest rank that at least the given share of draws does not pass, one row a share."""
    reached = counts.cumsum(axis=1)
    total = reached[:, -1:]
    return np.stack([1.0 + (reached >= share * total - 1e-9).argmax(axis=1) for share in shares])
