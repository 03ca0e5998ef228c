"""What is known when something is missing: worst and best case, assuming nothing.

The bounds are wide where much is missing, and that is the message. They stand before any
imputation, and a verdict rests on them alone.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anticorruption.comparison.checks import TIE, numbers, refuse_duplicates
from anticorruption.errors import RefusedInput

CERTAIN_PASS, CANNOT_TELL, CERTAIN_FAIL = "certain pass", "cannot tell", "certain fail"


@dataclass(frozen=True)
class ShareBounds:
    """Bounds of a share when some outcomes are missing.

    Attributes
    ----------
    low, high : float
        The share if every missing outcome were a failure, or a pass; between 0 and 1.
    seen, total : int
        Outcomes known, and all.
    """

    low: float
    high: float
    seen: int
    total: int


def share_bounds(outcomes: pd.Series) -> ShareBounds:
    """Bound the share of passes without any assumption on the missing outcomes.

    Parameters
    ----------
    outcomes : Series, index region_code
        True, False or missing (1 and 0 serve too).

    Returns
    -------
    ShareBounds

    Raises
    ------
    RefusedInput
        For no outcomes at all, or a value other than true, false and missing.

    References
    ----------
    Manski, C. F. (2003). Partial Identification of Probability Distributions. Springer, chapter 1.
    """
    if outcomes.empty:
        raise RefusedInput("There are no outcomes to take a share of; give at least one.")
    seen = outcomes.dropna()
    strange = seen[~seen.isin([True, False])]
    if len(strange):
        raise RefusedInput(
            f"The outcome of region {strange.index[0]} is {strange.iloc[0]!r}; "
            "use true, false or missing."
        )
    passed, total = int(seen.astype(bool).sum()), len(outcomes)
    return ShareBounds(passed / total, (passed + total - len(seen)) / total, len(seen), total)


def score_bounds(
    indicators: pd.DataFrame,
    weights: pd.Series,
    *,
    scale_low: float | pd.Series = 0.0,
    scale_high: float | pd.Series = 100.0,
) -> pd.DataFrame:
    """Bound weighted means: every missing value at the bottom, then at the top of its scale.

    Parameters
    ----------
    indicators : DataFrame, index region_code, a column an indicator
        Values on a known scale, higher is better, missing where not published.
    weights : Series, index indicator
        Zero or more, of any sum; they are divided by their sum.
    scale_low, scale_high : float or Series, index indicator
        Ends of the scale, in the unit of the indicator.

    Returns
    -------
    DataFrame, index region_code
        `score_low`, `score_high`, and `coverage`: the share of the weight that is known.

    Raises
    ------
    RefusedInput
        For duplicate regions, an indicator without a weight or scale, a negative weight, weights
        that are all zero, or a value outside its scale.

    References
    ----------
    Manski (2003), as in `share_bounds`.
    """
    refuse_duplicates(indicators.index, "the indicators")
    values = indicators.apply(lambda column: numbers(column, f"Indicator {column.name}"))
    share = _per_indicator(weights, indicators.columns, "weight")
    bottom = _per_indicator(scale_low, indicators.columns, "scale_low")
    top = _per_indicator(scale_high, indicators.columns, "scale_high")
    negative = share.index[share < 0]
    if len(negative) or not share.any():
        odd = negative if len(negative) else share.index
        raise RefusedInput(
            f"The weight of {', '.join(map(str, odd))} is negative, or all weights are zero; "
            "give weights of zero or more with one above zero."
        )
    outside = (values < bottom) | (values > top)
    if outside.to_numpy().any():
        where = values.index[outside.any(axis=1)][0]
        what = values.columns[outside.loc[where]][0]
        raise RefusedInput(
            f"Region {where} has {values.loc[where, what]:g} for {what}, outside its scale "
            f"{bottom[what]:g} to {top[what]:g}; correct the value or the scale."
        )
    share = share / share.sum()
    return pd.DataFrame(
        {
            "score_low": values.fillna(bottom) @ share,
            "score_high": values.fillna(top) @ share,
            "coverage": values.notna().astype(float) @ share,
        }
    )


def rank_bounds(scores: pd.DataFrame) -> pd.DataFrame:
    """Bound ranks when each score lies anywhere in its own interval.

    Parameters
    ----------
    scores : DataFrame, index region_code
        `score_low` and `score_high`, in any unit, as from `score_bounds`; infinite where nothing
        is known.

    Returns
    -------
    DataFrame, index region_code
        `rank_low` (only regions certainly above count) and `rank_high` (all regions possibly
        above count); 1 is the best, equal scores share the better rank.

    Raises
    ------
    RefusedInput
        For duplicate regions, or an interval that is missing or upside down.

    References
    ----------
    Manski (2003), as in `share_bounds`.
    """
    best, worst = ends_of_ranks(*_checked_intervals(scores))
    return pd.DataFrame({"rank_low": best, "rank_high": worst}, index=scores.index)


def ends_of_ranks(low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Best and worst rank of each score, from the ends of all of them.

    Parameters
    ----------
    low, high : array, shape (regions,)
        Ends of the scores, as `rank_bounds` describes them, and checked already.

    Returns
    -------
    best, worst : integer array, shape (regions,)
    """
    itself = high > low + TIE
    return 1 + _count_above(low, high), 1 + _count_above(high, low) - itself


def verdicts_from_bounds(scores: pd.DataFrame, mark: float) -> pd.Series:
    """Say what is certain about reaching a mark.

    Parameters
    ----------
    scores : DataFrame, index region_code
        `score_low` and `score_high`, as from `score_bounds`.
    mark : float
        In the unit of the scores; a score at the mark passes.

    Returns
    -------
    Series, index region_code
        "certain pass", "certain fail" or "cannot tell".

    Raises
    ------
    RefusedInput
        As `rank_bounds`, and for a mark that is not a number.
    """
    if np.isnan(mark):
        raise RefusedInput("The mark is not a number; give the score that has to be reached.")
    low, high = _checked_intervals(scores)
    verdict = np.select(
        [low >= mark - TIE, high < mark - TIE], [CERTAIN_PASS, CERTAIN_FAIL], CANNOT_TELL
    )
    return pd.Series(verdict, index=scores.index, name="verdict")


def _count_above(values: np.ndarray, marks: np.ndarray) -> np.ndarray:
    """For each mark, how many of the values are above it by more than rounding noise."""
    return len(values) - np.searchsorted(np.sort(values), marks + TIE, side="right")


def _per_indicator(given: float | pd.Series, indicators: pd.Index, what: str) -> pd.Series:
    """Spread a number over the indicators, or align a Series with them."""
    series = given if isinstance(given, pd.Series) else pd.Series(float(given), index=indicators)
    refuse_duplicates(series.index, f"the {what}", "Indicator")
    aligned = series.reindex(indicators).astype(float)
    wrong = ~np.isfinite(aligned)
    if wrong.any():
        where = aligned.index[wrong][0]
        raise RefusedInput(f"Indicator {where} has no finite {what}; give one.")
    return aligned


def _checked_intervals(scores: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return both ends of the intervals, or refuse them in a sentence."""
    refuse_duplicates(scores.index, "the scores")
    low, high = scores["score_low"].to_numpy(float), scores["score_high"].to_numpy(float)
    wrong = ~(low <= high + TIE)
    if wrong.any():
        where = scores.index[wrong][0]
        raise RefusedInput(
            f"The interval of region {where} is missing or upside down; "
            "give a score_low no greater than score_high."
        )
    return low, high
