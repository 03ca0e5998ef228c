"""How far a region lies from the nation and from its own past, as far as noise lets one tell."""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from anticorruption.comparison.checks import checked_panel
from anticorruption.errors import RefusedInput

ABOVE, CANNOT_TELL, BELOW = "clearly above", "cannot tell", "clearly below"
#: Median absolute deviation to standard deviation, for normal scores.
MAD_TO_DEVIATION = 1 / norm.ppf(0.75)


def verdicts(low: pd.Series, high: pd.Series) -> pd.Series:
    """Sort intervals of a difference into clearly above, cannot tell and clearly below zero.

    Parameters
    ----------
    low, high : Series
        Ends of the intervals; missing ends give a missing verdict.

    Returns
    -------
    Series of str
    """
    found = np.select([low > 0, high < 0], [ABOVE, BELOW], CANNOT_TELL)
    return pd.Series(found, index=low.index, dtype=object).where(low.notna() & high.notna())


def reach(confidence: float) -> float:
    """Give the standard errors that a two-sided normal interval reaches to either side.

    Raises
    ------
    RefusedInput
        For a confidence outside (0, 1).
    """
    if not 0 < confidence < 1:
        raise RefusedInput(f"A confidence of {confidence:g} is impossible; choose one in (0, 1).")
    return float(norm.ppf(0.5 + confidence / 2))


def distances(
    panel: pd.DataFrame,
    region_codes: Sequence[str],
    year: int,
    *,
    standard_error: float,
    confidence: float = 0.90,
) -> pd.DataFrame:
    """Measure how far regions lie from the median of all, in points and in robust units.

    One robust unit is the median absolute deviation times 1.4826, which is one standard deviation
    where scores are normal and which a few far regions cannot move. The median of several hundred
    regions is taken as known; the noise is that of the region's own score.

    Parameters
    ----------
    panel : DataFrame, index region_code, columns years as whole numbers
        A score of every region of the nation, higher meaning better.
    region_codes : sequence of str
        Regions to measure, in the order wanted; those without a score stay missing.
    year : int
        Year of the scores.
    standard_error : float
        Noise of one score, in its unit.
    confidence : float
        Of each region's own interval.

    Returns
    -------
    DataFrame, index region_code
        `value`, `median`, `unit` (points in one robust unit), `distance` with `distance_low` and
        `distance_high` (points), `robust` with `robust_low` and `robust_high` (robust units;
        missing where the unit is zero) and `verdict`.

    Raises
    ------
    RefusedInput
        For an unusable panel, a year it does not have, a negative standard error or a confidence
        outside (0, 1).

    References
    ----------
    Rousseeuw, P. J. & Croux, C. (1993). Alternatives to the median absolute deviation. Journal of
    the American Statistical Association 88(424), 1273-1283 (the factor 1.4826).
    """
    scores = checked_panel(panel, [year], "measured")[year]
    _refuse_negative(standard_error)
    median = scores.median()
    unit = MAD_TO_DEVIATION * (scores - median).abs().median()
    value = scores.reindex(region_codes)
    bar = reach(confidence) * standard_error
    table = pd.DataFrame({"value": value, "median": median, "unit": unit})
    table["distance"] = value - median
    table["distance_low"], table["distance_high"] = value - median - bar, value - median + bar
    for end in ("", "_low", "_high"):
        table[f"robust{end}"] = table[f"distance{end}"] / unit if unit > 0 else np.nan
    table["verdict"] = verdicts(table["distance_low"], table["distance_high"])
    return table.rename_axis("region_code")


def largest_moves(
    panel: pd.DataFrame,
    region_codes: Sequence[str],
    *,
    standard_error: float,
    breaks: Collection[int] = (),
    confidence: float = 0.90,
) -> pd.DataFrame:
    """Find the year in which each region moved most, beyond what moved all.

    The median change of all regions is subtracted first: a change of the instrument moves
    everybody. The interval allows for having looked at every pair of years for the largest move
    (Bonferroni): with four pairs each is held to a quarter of the error.

    Parameters
    ----------
    panel : DataFrame, index region_code, columns years as whole numbers
        A score of every region of the nation.
    region_codes : sequence of str
        Regions to follow, in the order wanted.
    standard_error : float
        Noise of one score; a change carries the square root of two times as much.
    breaks : collection of int
        Years in which a new series begins.
    confidence : float
        That none of the moves looked at is called clear by noise alone.

    Returns
    -------
    DataFrame, index region_code
        `from_year`, `to_year`, `change`, `common_change` (median of all), `own_change` (their
        difference) with `own_change_low` and `own_change_high`, `verdict` and `across_break`;
        regions without two consecutive scores are left out.

    Raises
    ------
    RefusedInput
        For an unusable panel, a break that is no year of it, a negative standard error, a
        confidence outside (0, 1), or a panel without two consecutive years.
    """
    scores = checked_panel(panel, breaks, "a break")
    _refuse_negative(standard_error)
    pairs = [(year, year + 1) for year in scores if year + 1 in scores]
    if not pairs:
        raise RefusedInput("The panel has no two consecutive years; moves need them.")
    changes = pd.DataFrame({pair: scores[pair[1]] - scores[pair[0]] for pair in pairs})
    common = changes.median()
    own = (changes - common).reindex(region_codes).dropna(how="all")
    bar = reach(1 - (1 - confidence) / len(pairs)) * np.sqrt(2) * standard_error
    rows = {}
    for code, row in own.iterrows():
        place = row.abs().to_numpy(float)
        pair = pairs[int(np.nanargmax(place))]
        rows[code] = {
            "from_year": pair[0],
            "to_year": pair[1],
            "change": changes.at[code, pair],
            "common_change": common[pair],
            "own_change": row[pair],
            "own_change_low": row[pair] - bar,
            "own_change_high": row[pair] + bar,
            "across_break": pair[1] in breaks,
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("region_code")
    table["verdict"] = verdicts(table["own_change_low"], table["own_change_high"])
    return table


def _refuse_negative(standard_error: float) -> None:
    if not 0 <= standard_error < np.inf:
        raise RefusedInput(f"A standard error of {standard_error:g} is impossible; give 0 or more.")
