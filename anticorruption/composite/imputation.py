"""Imputation: fill missing cells by a named rule, and always say which cells were filled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.composite.parameters import number, resolve, whole_number
from anticorruption.errors import RefusedInput

IMPUTATIONS: dict[str, dict[str, Any]] = {
    "none": {},
    "mean": {},
    "median": {},
    "group_mean": {"groups": None},
    "group_median": {"groups": None},
    "em": {"tolerance": 1e-8, "maximum_rounds": 2000},
}
"""Names of the rules, and the parameters of each with their defaults."""

FILLED_COLUMNS = ["region_code", "code", "value", "rule"]
_NOTHING_FILLED = pd.DataFrame(columns=FILLED_COLUMNS)


def impute(
    indicators: pd.DataFrame, rule: str = "mean", **parameters: Any
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill missing cells.

    Parameters
    ----------
    indicators : DataFrame
        Regions by indicators, in their own units.
    rule : str
        `none`; `mean` or `median` of the indicator; `group_mean` or `group_median` of the
        region's group (a region without a group, or whose group has no value, stays missing);
        `em`, the expectation under a multivariate normal fitted by expectation-maximisation.
    **parameters
        `groups` (region to group) for the group rules; `tolerance` (largest relative change of
        a mean or covariance at the end) and `maximum_rounds` for `em`.

    Returns
    -------
    filled : DataFrame
        The same shape.
    cells : DataFrame
        One row a filled cell: region_code, code, value, rule.

    Raises
    ------
    RefusedInput
        For an unknown rule or parameter, an indicator without any value, or an `em` that does
        not settle.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 3.
    Little & Rubin (2002), Statistical Analysis with Missing Data, section 11.2 (`em`).
    """
    options = resolve("imputation", rule, parameters, IMPUTATIONS)
    if rule == "none":
        return indicators.astype(float), _NOTHING_FILLED.copy()
    _refuse_empty(indicators, rule)
    before = indicators.to_numpy(dtype=float)
    after = fill(before, rule, options, indicators.index)
    filled = pd.DataFrame(after, index=indicators.index, columns=indicators.columns)
    return filled, filled_cells(before, filled, rule)


def fill(
    values: np.ndarray, rule: str, options: Mapping[str, Any], regions: pd.Index
) -> np.ndarray:
    """Return a copy of `values` (regions by indicators) with missing cells filled by `rule`."""
    missing = np.isnan(values)
    if not missing.any():
        return values.copy()
    if rule == "em":
        return _expected(values, options)
    centre = np.nanmedian if rule.endswith("median") else np.nanmean
    if rule in ("mean", "median"):
        return np.where(missing, centre(values, axis=0), values)
    return _filled_by_group(values, centre, _groups(options["groups"], rule, regions))


def filled_cells(before: np.ndarray, filled: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Return one row for each cell that was missing in `before` and is not in `filled`."""
    after = filled.to_numpy()
    rows, columns = np.nonzero(np.isnan(before) & ~np.isnan(after))
    return pd.DataFrame(
        {
            "region_code": filled.index[rows],
            "code": filled.columns[columns],
            "value": after[rows, columns],
            "rule": rule,
        }
    )


def impute_panel(
    panel: pd.DataFrame, rule: str = "latest", maximum_years: int | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Fill missing years of a region from its own other years.

    Parameters
    ----------
    panel : DataFrame
        Index (region_code, year), one column an indicator.
    rule : str
        `latest`: the last value published before; `linear`: on the straight line between the
        years on either side (nothing is filled before the first or after the last value).
    maximum_years : int, optional
        How far away in years a value may be to be used. None for no limit.

    Returns
    -------
    filled : DataFrame
        The same index and columns.
    cells : DataFrame
        One row a filled cell: region_code, year, code, value, rule.

    Raises
    ------
    RefusedInput
        For an unknown rule, an index that is not (region_code, year), or a year given twice.
    """
    resolve("panel rule", rule, {}, {"latest": {}, "linear": {}})
    if maximum_years is not None:
        whole_number("maximum_years", maximum_years, low=1)
    if panel.index.nlevels != 2:
        raise RefusedInput("a panel needs the index (region_code, year).")
    if panel.index.has_duplicates:
        region, year = panel.index[panel.index.duplicated()][0]
        raise RefusedInput(f"region {region!r} has the year {year} more than once.")
    filled = panel.astype(float)
    years = panel.index.get_level_values(1).to_numpy()
    for places in panel.groupby(level=0).indices.values():
        places = places[np.argsort(years[places])]
        for column in range(panel.shape[1]):
            series = filled.iloc[places, column].to_numpy()
            filled.iloc[places, column] = _fill_years(series, years[places], rule, maximum_years)
    return filled, _filled_years(panel, filled, rule)


def _refuse_empty(indicators: pd.DataFrame, rule: str) -> None:
    empty = indicators.columns[indicators.isna().all()]
    if len(empty):
        raise RefusedInput(
            f"indicator {empty[0]!r} has no value for any region, so {rule!r} "
            "has nothing to fill it from."
        )


def _groups(groups: Mapping[Any, Any] | None, rule: str, regions: pd.Index) -> np.ndarray:
    if not groups:
        raise RefusedInput(f"imputation {rule!r} needs the parameter 'groups', region to group.")
    found = [groups.get(region) for region in regions]
    return np.array([None if group is None or group != group else str(group) for group in found])


def _filled_by_group(values: np.ndarray, centre: Any, groups: np.ndarray) -> np.ndarray:
    filled = values.copy()
    for group in sorted({group for group in groups if group is not None}):
        rows = np.flatnonzero(groups == group)
        known = ~np.isnan(values[rows]).all(axis=0)
        part = values[np.ix_(rows, known)]
        filled[np.ix_(rows, known)] = np.where(np.isnan(part), centre(part, axis=0), part)
    return filled


def _expected(values: np.ndarray, options: Mapping[str, Any]) -> np.ndarray:
    """Expectation-maximisation on standardised columns; a row without any value gets the means."""
    tolerance = number("the tolerance of 'em'", options["tolerance"], above=0)
    rounds = whole_number("maximum_rounds of 'em'", options["maximum_rounds"], low=1)
    centre, spread = np.nanmean(values, axis=0), np.nanstd(values, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    scaled = (values - centre) / spread
    patterns, member = np.unique(np.isnan(scaled), axis=0, return_inverse=True)
    rows = [np.flatnonzero(member.ravel() == place) for place in range(len(patterns))]
    mean, covariance = np.zeros(values.shape[1]), np.eye(values.shape[1])
    filled = scaled.copy()
    for _ in range(rounds):
        extra = np.zeros_like(covariance)
        for gaps, which in zip(patterns, rows, strict=True):
            if gaps.any():
                extra += _expect(filled, which, gaps, mean, covariance)
        new_mean = filled.mean(axis=0)
        centred = filled - new_mean
        new_covariance = (centred.T @ centred + extra) / len(values)
        change = max(np.abs(new_mean - mean).max(), np.abs(new_covariance - covariance).max())
        mean, covariance = new_mean, new_covariance
        if change < tolerance:
            return np.where(np.isnan(values), filled * spread + centre, values)
    raise RefusedInput(
        f"imputation 'em' has not settled after {rounds} rounds: there are too few "
        "complete regions for so many indicators."
    )


def _expect(
    filled: np.ndarray, rows: np.ndarray, gaps: np.ndarray, mean: np.ndarray, covariance: np.ndarray
) -> np.ndarray:
    """Put conditional means into `filled` and return the conditional covariance they leave."""
    known = ~gaps
    cross = covariance[np.ix_(gaps, known)]
    slope = cross @ np.linalg.pinv(covariance[np.ix_(known, known)], hermitian=True)
    filled[np.ix_(rows, gaps)] = mean[gaps] + (filled[np.ix_(rows, known)] - mean[known]) @ slope.T
    left = np.zeros_like(covariance)
    left[np.ix_(gaps, gaps)] = len(rows) * (covariance[np.ix_(gaps, gaps)] - slope @ cross.T)
    return left


def _fill_years(
    series: np.ndarray, years: np.ndarray, rule: str, maximum_years: int | None
) -> np.ndarray:
    filled = series.copy()
    known = np.flatnonzero(~np.isnan(series))
    reach = np.inf if maximum_years is None else maximum_years
    for place in np.flatnonzero(np.isnan(series)):
        before, after = known[known < place], known[known > place]
        if not len(before) or (rule == "linear" and not len(after)):
            continue
        first = before[-1]
        if rule == "latest":
            if years[place] - years[first] <= reach:
                filled[place] = series[first]
        elif max(years[place] - years[first], years[after[0]] - years[place]) <= reach:
            share = (years[place] - years[first]) / (years[after[0]] - years[first])
            filled[place] = series[first] + share * (series[after[0]] - series[first])
    return filled


def _filled_years(panel: pd.DataFrame, filled: pd.DataFrame, rule: str) -> pd.DataFrame:
    before, after = panel.to_numpy(dtype=float), filled.to_numpy()
    rows, columns = np.nonzero(np.isnan(before) & ~np.isnan(after))
    return pd.DataFrame(
        {
            "region_code": panel.index.get_level_values(0)[rows],
            "year": panel.index.get_level_values(1)[rows],
            "code": panel.columns[columns],
            "value": after[rows, columns],
            "rule": rule,
        }
    )
