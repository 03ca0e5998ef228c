"""Benefit of the doubt: the best score a region can have under weights of its own choice."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.optimize import linprog

from anticorruption.composite.parameters import number
from anticorruption.errors import RefusedInput


def benefit_of_the_doubt(
    parts: pd.DataFrame, lower: float = 0.0, upper: float = 1.0
) -> tuple[pd.Series, pd.DataFrame]:
    """Score each region with the weights that favour it most.

    Region o solves: maximise w.y_o subject to w.y_k <= 1 for every region k and w >= 0; with
    bounds, each part must also bring between `lower` and `upper` of the region's own score
    w.y_o. A score of 1 says that no region is better under these weights.

    Parameters
    ----------
    parts : DataFrame
        Regions by parts, at least zero, complete, higher is better.
    lower, upper : float
        Smallest and largest share of a part in the region's score. A region with zero in a part
        that must bring something scores zero.

    Returns
    -------
    scores : Series
        Between 0 and 1.
    shares : DataFrame
        Regions by parts: the share of the score that each part brings, at the optimum found
        (the optimum weights need not be unique). NaN for a score of zero.

    Raises
    ------
    RefusedInput
        For a missing or negative value, a part that is zero everywhere, or bounds that leave
        no shares adding up to one.

    References
    ----------
    Cherchye, Moesen, Rogge & Van Puyenbroeck (2007), Social Indicators Research 82, 111-145.
    """
    values = parts.to_numpy(dtype=float)
    _check(parts, values, number("lower", lower, low=0), number("upper", upper, above=0))
    # Dividing by the best of each part leaves the problem the same and the solver well scaled.
    scaled = values / values.max(axis=0)
    shares = np.full(values.shape, np.nan)
    scores = np.zeros(len(values))
    for place, own in enumerate(scaled):
        weights = _own_weights(scaled, own, lower, upper)
        scores[place] = min(max(float(weights @ own), 0.0), 1.0)
        if scores[place] > 0:
            shares[place] = weights * own / scores[place]
    return (
        pd.Series(scores, index=parts.index, name="score"),
        pd.DataFrame(shares, index=parts.index, columns=parts.columns),
    )


def _check(parts: pd.DataFrame, values: np.ndarray, lower: float, upper: float) -> None:
    n = values.shape[1]
    if lower * n > 1 + 1e-12 or upper * n < 1 - 1e-12 or lower > upper:
        raise RefusedInput(
            f"shares between {lower:g} and {upper:g} of {n} parts cannot add up to one."
        )
    for what, wrong in (("missing", np.isnan(values)), ("negative", values < 0)):
        if wrong.any():
            row, column = np.argwhere(wrong)[0]
            raise RefusedInput(
                f"benefit of the doubt cannot score region {parts.index[row]!r}: "
                f"its {parts.columns[column]!r} is {what}."
            )
    empty = values.max(axis=0) == 0
    if empty.any():
        raise RefusedInput(
            f"{parts.columns[empty][0]!r} is zero for every region, so it has no "
            "best value to compare with."
        )


def _own_weights(scaled: np.ndarray, own: np.ndarray, lower: float, upper: float) -> np.ndarray:
    limits, right = [scaled], [np.ones(len(scaled))]
    if lower > 0:
        limits.append(lower * own[None, :] - np.diag(own))
    if upper < 1:
        limits.append(np.diag(own) - upper * own[None, :])
    right += [np.zeros(len(own))] * (len(limits) - 1)
    solved = linprog(-own, A_ub=np.vstack(limits), b_ub=np.concatenate(right), method="highs")
    if solved.status != 0:
        raise RefusedInput(f"benefit of the doubt found no weights: {solved.message}")
    return solved.x
