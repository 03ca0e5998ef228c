"""Ranks: competition ranks on full-precision scores, equal when closer than a tolerance."""

from __future__ import annotations

import numpy as np
import pandas as pd

TOLERANCE = 1e-9
"""Scores closer than this are tied: rounding noise must not order two regions."""

ROWS_AT_ONCE = 64
"""Rows that are ranked together: few enough to stay in the cache of a processor."""


def ascending_ranks(values: np.ndarray, tolerance: float | np.ndarray = TOLERANCE) -> np.ndarray:
    """Rank along the last axis, 1 = lowest, ties share the lowest place, NaN has no rank.

    Parameters
    ----------
    values : array, shape (..., n)
        Numbers, NaN where missing.
    tolerance : float or array, shape (...)
        Neighbours in sorted order at most this far apart are tied.

    Returns
    -------
    array, shape (..., n)
        Ranks as floats, NaN where the value is missing.
    """
    n = values.shape[-1]
    rows = values.reshape(-1, n)
    limits = np.broadcast_to(tolerance, values.shape[:-1]).reshape(-1)
    ranks = np.empty(rows.shape)
    for start in range(0, len(rows), ROWS_AT_ONCE):
        part = rows[start : start + ROWS_AT_ONCE]
        order, place = ordered_places(part, limits[start : start + ROWS_AT_ONCE])
        np.put_along_axis(ranks[start : start + ROWS_AT_ONCE], order, place, axis=1)
    ranks[np.isnan(rows)] = np.nan
    return ranks.reshape(values.shape)


def ordered_places(
    rows: np.ndarray, tolerance: float | np.ndarray = TOLERANCE
) -> tuple[np.ndarray, np.ndarray]:
    """Sort a few rows and return the order of each, with the place of each position in it.

    Parameters
    ----------
    rows : array, shape (m, n)
    tolerance : float or array, shape (m,)

    Returns
    -------
    order : integer array, shape (m, n)
        As from argsort, lowest first.
    places : integer array, shape (m, n) or (1, n)
        The 1-based place of each position, ties sharing the first.
    """
    m, n = rows.shape
    order = np.argsort(rows)
    # One flat gather is several times faster than take_along_axis on rows of this length.
    ordered = rows.take(order + np.arange(0, m * n, n)[:, None], mode="clip")
    return order, places(ordered, tolerance)


def places(ordered: np.ndarray, tolerance: float | np.ndarray = TOLERANCE) -> np.ndarray:
    """Return the 1-based place of each position of values already sorted along the last axis.

    Parameters
    ----------
    ordered : array, shape (..., n)
        Sorted values, upwards or downwards.
    tolerance : float or array, shape (...)
        Neighbours at most this far apart share the place of the first of them.

    Returns
    -------
    integer array, broadcastable to (..., n)
        Shape (1, ..., n) when there is no tie at all.
    """
    straight = np.arange(1, ordered.shape[-1] + 1)
    with np.errstate(invalid="ignore"):
        tied = np.abs(np.diff(ordered)) <= np.asarray(tolerance)[..., None]
    if not tied.any():
        return straight.reshape((1,) * (ordered.ndim - 1) + (-1,))
    starts = np.broadcast_to(straight, ordered.shape).copy()
    starts[..., 1:][tied] = 1
    return np.maximum.accumulate(starts, axis=-1)


def rank_scores(scores: pd.DataFrame | pd.Series) -> pd.DataFrame | pd.Series:
    """Rank regions by score, 1 = highest.

    Scores closer than 1e-9 to their neighbour are tied and share the better place (1, 2, 2, 4).
    A missing score has no rank. The scores are never rounded first.

    Parameters
    ----------
    scores : DataFrame or Series
        Regions down, one column a code.

    Returns
    -------
    DataFrame or Series
        Ranks as floats, NaN where the score is missing.
    """
    if isinstance(scores, pd.Series):
        return pd.Series(ascending_ranks(-scores.to_numpy(float)), scores.index, name=scores.name)
    ranks = ascending_ranks(-scores.to_numpy(float).T).T
    return pd.DataFrame(ranks, index=scores.index, columns=scores.columns)
