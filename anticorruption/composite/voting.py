"""Outranking: compare regions pair by pair, then order them (Copeland, Kemeny)."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pandas as pd

from anticorruption.composite.ranking import TOLERANCE
from anticorruption.errors import RefusedInput

MOST_OPTIONS = 8
"""Kemeny's rule looks at every order of the options, and 9 have 362 880."""


def outranking(parts: pd.DataFrame, weights: pd.Series | None = None) -> pd.DataFrame:
    """Share of weight on which the region of the row beats the region of the column.

    A tie gives half to each. Indicators missing for either region are left out of their
    comparison, and its weights add up to one again, so that M[a, b] + M[b, a] = 1 whatever the
    order of the rows; with nothing in common both are one half.

    Parameters
    ----------
    parts : DataFrame
        Regions by indicators, higher is better.
    weights : Series, optional
        One weight an indicator; equal when None.

    Returns
    -------
    DataFrame
        Regions by regions, zero on the diagonal.

    Raises
    ------
    RefusedInput
        For a negative weight, or none above zero.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6, non-compensatory
    multi-criteria approach.
    """
    given = pd.Series(1.0, parts.columns) if weights is None else weights.reindex(parts.columns)
    if not (given >= 0).all() or given.sum() <= 0:
        raise RefusedInput(
            "outranking needs a weight of at least zero for every indicator, and one above zero."
        )
    values = parts.to_numpy(dtype=float)
    shares = beaten_shares(values, values, given.to_numpy(dtype=float))
    np.fill_diagonal(shares, 0.0)
    return pd.DataFrame(shares, index=parts.index, columns=parts.index)


def beaten_shares(rows: np.ndarray, columns: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the outranking shares of each row of `rows` over each row of `columns`."""
    won = np.zeros((len(rows), len(columns)))
    shared = np.zeros_like(won)
    for place, weight in enumerate(weights):
        gap = rows[:, None, place] - columns[None, :, place]
        known = ~np.isnan(gap)
        points = np.where(gap > TOLERANCE, 1.0, np.where(gap < -TOLERANCE, 0.0, 0.5))
        won += np.where(known, weight * points, 0.0)
        shared += np.where(known, weight, 0.0)
    with np.errstate(invalid="ignore"):
        return np.where(shared > 0, won / shared, 0.5)


def copeland_scores(
    parts: np.ndarray, weights: np.ndarray, others: np.ndarray | None = None
) -> np.ndarray:
    """Regions beaten minus regions lost to, by majority of weight.

    Parameters
    ----------
    parts : array, shape (regions, indicators)
        Higher is better, NaN where missing.
    weights : array, shape (indicators,)
        At least zero.
    others : array, shape (regions, indicators), optional
        What each region is compared with; `parts` itself when None. The worst case of a region
        compares its worst values with the best of the others.

    Returns
    -------
    array, shape (regions,)
        Whole numbers from 1 - n to n - 1; NaN for a region without any value.

    References
    ----------
    Copeland (1951); Saari & Merlin (1996), Economic Theory 8, 51-76.
    """
    shares = beaten_shares(parts, parts if others is None else others, weights)
    wins = np.where(shares > 0.5 + TOLERANCE, 1.0, np.where(shares < 0.5 - TOLERANCE, -1.0, 0.0))
    np.fill_diagonal(wins, 0.0)
    empty = ~((~np.isnan(parts)) & (weights > 0)).any(axis=1)
    wins[:, empty] = 0.0
    return np.where(empty, np.nan, wins.sum(axis=1))


def kemeny_scores(support: pd.DataFrame) -> pd.Series:
    """Score every order of a few options by the support of the pairs it agrees with.

    Parameters
    ----------
    support : DataFrame
        Options by options: how much speaks for the row against the column, as from
        `outranking`, or a count of indicators.

    Returns
    -------
    Series
        Orders, best option first and joined by ">", to their score, the highest first.

    Raises
    ------
    RefusedInput
        For more than eight options.

    References
    ----------
    Kemeny (1959); Young & Levenglick (1978); OECD/JRC Handbook (2008), step 6.
    """
    if len(support) > MOST_OPTIONS:
        raise RefusedInput(
            f"Kemeny's rule tries every order and is limited to {MOST_OPTIONS} "
            f"options, not {len(support)}."
        )
    matrix = support.to_numpy()
    orders = np.array(list(permutations(range(len(matrix)))))
    scores = np.zeros(len(orders), dtype=matrix.dtype)
    for first in range(len(matrix)):
        for second in range(first + 1, len(matrix)):
            scores = scores + matrix[orders[:, first], orders[:, second]]
    names = [">".join(str(support.index[place]) for place in order) for order in orders]
    return pd.Series(scores, index=names, name="score").sort_values(ascending=False, kind="stable")
