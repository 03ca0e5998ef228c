"""Trajectories: one region inside the band of the regions that started where it started.

A band shows what happened to like scores; it does not show what caused it.
"""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd

from anticorruption.comparison.checks import checked_panel
from anticorruption.errors import RefusedInput


def same_start_band(
    panel: pd.DataFrame,
    region_code: str,
    start_year: int,
    *,
    within: float = 2.0,
    quantiles: Sequence[float] = (0.05, 0.25, 0.50, 0.75, 0.95),
    breaks: Collection[int] = (),
    leave_out: Collection[str] = (),
    fewest: int = 10,
) -> pd.DataFrame:
    """Follow the regions that started where one region started.

    Parameters
    ----------
    panel : DataFrame, index region_code, columns years as whole numbers
        Scores in any unit.
    region_code : str
        The region; it must have a score in `start_year`. It is not part of its own band.
    start_year : int
        Year in which the scores are alike.
    within : float
        How far from the start of the region the others may start, in the unit of the scores.
    quantiles : sequence of float
        Quantiles of the band, between 0 and 1.
    breaks : collection of int
        Years in which a new series begins.
    leave_out : collection of str
        Regions that must not shape the band: other pilots, or scores known to be wrong.
    fewest : int
        With fewer regions in the band in a year its quantiles stay missing.

    Returns
    -------
    DataFrame, index year from `start_year` on
        `score` of the region, `regions` in the band that year, a column `q05`, `q25`, ... for
        each quantile, and `across_break` (a new series began after the start).

    Raises
    ------
    RefusedInput
        For columns that are not years, duplicates, infinite scores, a break or start year that is
        not in the panel, a region without a score at the start, a region to leave out that is not
        in the panel, `within` below zero, or quantiles outside [0, 1].
    """
    scores = checked_panel(panel, breaks, "a break")
    if start_year not in scores.columns or region_code not in scores.index:
        raise RefusedInput(
            f"Region {region_code} or year {start_year} is not in the panel; check both."
        )
    start = scores.loc[region_code, start_year]
    if np.isnan(start):
        raise RefusedInput(
            f"Region {region_code} has no score in {start_year}; start in a year that it has."
        )
    if within < 0 or not all(0 <= q <= 1 for q in quantiles):
        raise RefusedInput(
            f"A band within {within:g} with quantiles {list(quantiles)} cannot be drawn; "
            "take a width of 0 or more and quantiles in [0, 1]."
        )
    strange = sorted(set(leave_out) - set(scores.index))
    if strange:
        raise RefusedInput(f"Region {strange[0]} is to be left out but is not in the panel.")
    others = scores.drop(index=list({region_code, *leave_out}))
    alike = others[(others[start_year] - start).abs() <= within]
    years = [year for year in scores.columns if year >= start_year]
    counts = alike[years].notna().sum()
    band = pd.DataFrame({"score": scores.loc[region_code, years], "regions": counts})
    for q in quantiles:
        band[f"q{100 * q:02g}"] = alike[years].quantile(q).where(counts >= fewest)
    band["across_break"] = [any(start_year < b <= year for b in breaks) for year in years]
    return band.rename_axis("year")
