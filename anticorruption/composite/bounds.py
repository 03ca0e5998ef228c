"""What is known when something is missing: worst and best case, with nothing assumed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anticorruption.composite.parameters import number
from anticorruption.composite.ranking import TOLERANCE
from anticorruption.errors import RefusedInput


def rank_bounds(
    score_low: pd.DataFrame, score_high: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Best and worst rank that the score intervals allow, one column a code.

    Parameters
    ----------
    score_low, score_high : DataFrame
        Regions by codes: the ends of each score interval. Where an end is NaN nothing is known.

    Returns
    -------
    rank_low, rank_high : DataFrame
        The best rank (1 + regions whose worst case is above the region's best case) and the
        worst rank (1 + other regions whose best case is above its worst case).

    References
    ----------
    Manski (2003), Partial Identification of Probability Distributions, chapter 1.
    """
    low = np.nan_to_num(score_low.to_numpy(float), nan=-np.inf)
    high = np.nan_to_num(score_high.to_numpy(float), nan=np.inf)
    best, worst = np.empty(low.shape), np.empty(low.shape)
    for column in range(low.shape[1]):
        below, above = low[:, column], high[:, column]
        best[:, column] = 1 + _count_above(below, above)
        worst[:, column] = 1 + _count_above(above, below) - (above > below + TOLERANCE)
    return (
        pd.DataFrame(best, score_low.index, score_low.columns),
        pd.DataFrame(worst, score_low.index, score_low.columns),
    )


def verdicts_at_mark(score_low: pd.Series, score_high: pd.Series, mark: float) -> pd.Series:
    """Say for each region whether a mark is met whatever the missing values may be.

    Parameters
    ----------
    score_low, score_high : Series
        The ends of the score interval of each region.
    mark : float
        A score at or above the mark meets it.

    Returns
    -------
    Series of str
        `met` when even the low end reaches the mark, `not met` when even the high end does not,
        `unknown` otherwise, and where an end is NaN.
    """
    at = number("the mark", mark) - TOLERANCE
    verdicts = np.where(score_low >= at, "met", np.where(score_high < at, "not met", "unknown"))
    return pd.Series(verdicts, index=score_low.index, name="verdict")


def share_bounds(answers: pd.Series) -> tuple[float, float]:
    """Lowest and highest share of yes among all, when some answers are missing.

    Parameters
    ----------
    answers : Series
        True, False, or missing.

    Returns
    -------
    low, high : float
        Every missing answer counted as no, and as yes.

    Raises
    ------
    RefusedInput
        When there is no answer to count, not even a missing one.

    References
    ----------
    Manski (2003), Partial Identification of Probability Distributions, section 1.2.
    """
    if len(answers) == 0:
        raise RefusedInput("there are no answers to take a share of.")
    known = answers.dropna().astype(bool)
    missing = len(answers) - len(known)
    return float(known.sum() / len(answers)), float((known.sum() + missing) / len(answers))


def _count_above(values: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """For each mark, how many of `values` are above it by more than rounding noise."""
    return len(values) - np.searchsorted(np.sort(values), marks + TOLERANCE, side="right")
