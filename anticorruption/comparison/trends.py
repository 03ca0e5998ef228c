"""Movement over time: how far extreme groups drift with no effect at all.

A group chosen for high scores falls back the next year without any cause but noise. That drift
stands beside every before/after picture.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.stats import norm

from anticorruption.comparison.checks import TIE, checked_panel
from anticorruption.errors import RefusedInput


@dataclass(frozen=True)
class ExpectedDrift:
    """What a normal model expects of the top share of regions in the following year.

    Attributes
    ----------
    cut : float
        Score at which the top share begins in the first year.
    before, after : float
        Mean score of the group in the first year and its expected mean in the second.
    drift : float
        `after` minus `before`.
    """

    cut: float
    before: float
    after: float
    drift: float


def expected_drift(
    mean: float,
    spread: float,
    correlation: float,
    *,
    share: float = 0.10,
    mean_after: float | None = None,
    spread_after: float | None = None,
) -> ExpectedDrift:
    """Tell how far the top share falls back under a bivariate normal, with no effect at all.

    The group mean is mean + spread * phi(z) / share with z = Phi^-1(1 - share); the following
    year it is regressed to the mean by the correlation.

    Parameters
    ----------
    mean, spread : float
        Mean and standard deviation of the scores of all regions in the first year, in their unit.
    correlation : float
        Between the scores of the two years, from -1 to 1. Where only noise moves scores it is
        1 - se^2 / spread^2.
    share : float
        Share of the regions in the group, between 0 and 1.
    mean_after, spread_after : float, optional
        Of the second year; those of the first when not given.

    Returns
    -------
    ExpectedDrift
        In the unit of the scores.

    Raises
    ------
    RefusedInput
        For a spread of zero or less, a correlation outside [-1, 1] or a share outside (0, 1).

    References
    ----------
    Davis, C. E. (1976). The effect of regression to the mean in epidemiologic and clinical
    studies. American Journal of Epidemiology 104(5), 493-498.
    """
    spread_after = spread if spread_after is None else spread_after
    mean_after = mean if mean_after is None else mean_after
    if not (spread > 0 and spread_after > 0 and -1 <= correlation <= 1 and 0 < share < 1):
        raise RefusedInput(
            f"A spread of {min(spread, spread_after):g}, a correlation of {correlation:g} and a "
            f"share of {share:g} describe no group; take a spread above 0, a correlation in "
            "[-1, 1] and a share in (0, 1)."
        )
    z = norm.isf(share)
    height = norm.pdf(z) / share
    before = mean + spread * height
    after = mean_after + correlation * spread_after * height
    return ExpectedDrift(
        float(mean + spread * z), float(before), float(after), float(after - before)
    )


def drift(
    panel: pd.DataFrame,
    *,
    share: float = 0.10,
    end: Literal["top", "bottom"] = "top",
    breaks: Collection[int] = (),
    standard_error: float | None = None,
) -> pd.DataFrame:
    """Measure how far the top (or bottom) share of one year has moved by the next.

    Parameters
    ----------
    panel : DataFrame, index region_code, columns years as whole numbers
        Scores in any unit, missing where not published. Only really consecutive years are
        compared, over the regions scored in both.
    share : float
        Share of the regions in the group; all that reach the quantile belong to it.
    end : {"top", "bottom"}
        Which end of the scores.
    breaks : collection of int
        Years in which a new series begins: changes into them compare two different measures.
    standard_error : float, optional
        Measurement error of a score, in the unit of the scores, as from `panel_noise`.

    Returns
    -------
    DataFrame, one row a pair of consecutive years
        `from_year`, `to_year`, `across_break` (the change compares two series), `regions`,
        `group` (regions in it), `cut` (the quantile that bounds it), `mean_before`,
        `mean_after`, `drift` (their difference), `common_change` (mean change of all regions),
        `relative_drift` (drift minus common change), `expected_from_noise` (the relative drift
        that the standard error alone leads to, -(se^2 / variance) times the distance of the group
        from the mean; missing without one), and `still_in_group` (regions of the group that
        belong to the group of the next year too).

    Raises
    ------
    RefusedInput
        For columns that are not years, duplicates, infinite scores, a break that is not a year of
        the panel, a share outside (0, 0.5], an unknown end, a negative standard error, or no two
        consecutive years with ten regions or more.

    References
    ----------
    Davis (1976), as in `expected_drift`.
    """
    scores = checked_panel(panel, breaks, "a break")
    if end not in ("top", "bottom") or not 0 < share <= 0.5:
        raise RefusedInput(
            f"There is no {end} share of {share:g}; take the top or bottom and a share in (0, 0.5]."
        )
    if standard_error is not None and not 0 <= standard_error < np.inf:
        raise RefusedInput(f"A standard error of {standard_error:g} is impossible; give 0 or more.")
    sign = 1.0 if end == "top" else -1.0
    rows = []
    for year in scores.columns:
        if year + 1 in scores.columns:
            both = scores[[year, year + 1]].dropna()
            if len(both) >= 10:
                row = _one_drift(both[year], both[year + 1], share, sign, standard_error)
                rows.append(
                    {"from_year": year, "to_year": year + 1, "across_break": year + 1 in breaks}
                    | row
                )
    if not rows:
        raise RefusedInput(
            "The panel has no two consecutive years with ten regions scored in both; "
            "drift needs them."
        )
    return pd.DataFrame(rows)


def pooled_drift(table: pd.DataFrame) -> pd.Series:
    """Average the drift over the pairs of years that no break divides.

    Parameters
    ----------
    table : DataFrame
        As from `drift`.

    Returns
    -------
    Series
        `drift`, `common_change`, `relative_drift` and `expected_from_noise`, averaged with the
        group sizes as weights, and `pairs`, the number of pairs of years used.

    Raises
    ------
    RefusedInput
        When every pair of years lies across a break.
    """
    usable = table[~table["across_break"]]
    if usable.empty:
        raise RefusedInput("Every change lies across a break in the series; nothing can be pooled.")
    columns = ["drift", "common_change", "relative_drift", "expected_from_noise"]
    weights = usable["group"] / usable["group"].sum()
    pooled = usable[columns].mul(weights, axis=0).sum(skipna=False)
    return pd.concat([pooled, pd.Series({"pairs": float(len(usable))})]).rename("pooled")


def _one_drift(
    now: pd.Series, then: pd.Series, share: float, sign: float, standard_error: float | None
) -> dict:
    """Follow one group from one year to the next."""
    cut = (sign * now).quantile(1 - share)
    group = sign * now >= cut - TIE
    next_group = sign * then >= (sign * then).quantile(1 - share) - TIE
    moved = float(then[group].mean() - now[group].mean())
    common = float((then - now).mean())
    expected = np.nan
    if standard_error is not None and now.var() > 0:
        # noise cannot exceed what is seen to vary
        noise_share = min(standard_error**2 / now.var(), 1.0)
        expected = -noise_share * float(now[group].mean() - now.mean())
    return {
        "regions": len(now),
        "group": int(group.sum()),
        "cut": float(sign * cut),
        "mean_before": float(now[group].mean()),
        "mean_after": float(then[group].mean()),
        "drift": moved,
        "common_change": common,
        "relative_drift": moved - common,
        "expected_from_noise": expected,
        "still_in_group": int((group & next_group).sum()),
    }
