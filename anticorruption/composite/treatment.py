"""Treatment of outliers: the skewness and kurtosis rule, winsorising, then a logarithm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.composite.parameters import (
    counted,
    known_name,
    number,
    resolve,
    whole_number,
)
from anticorruption.errors import RefusedInput

_RULE = {"skewness": 2.0, "kurtosis": 3.5, "maximum_points": 5}
TREATMENTS: dict[str, dict[str, Any]] = {
    "none": {},
    "winsorise": dict(_RULE),
    "winsorise_then_log": {**_RULE, "log": "shifted", "after_winsorising": False},
}
"""Names of the treatments, and the parameters of each with their defaults."""

LOGS = ("shifted", "plus_one", "either_tail")
REPORT_COLUMNS = [
    "code",
    "skewness_before",
    "kurtosis_before",
    "points_winsorised",
    "log",
    "skewness_after",
    "kurtosis_after",
    "passes",
]
_NOTHING_TREATED = pd.DataFrame(columns=REPORT_COLUMNS)


def treat(
    indicators: pd.DataFrame,
    treatment: str = "winsorise_then_log",
    *,
    minimum_regions: int = 10,
    **parameters: Any,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Treat the indicators whose distribution breaks the rule; leave the others untouched.

    An indicator breaks the rule when |skewness| > `skewness` **and** kurtosis > `kurtosis`. Its
    most extreme value, on the side of the skew, is then set to the next one, again and again
    while the rule is broken and fewer than `maximum_points` points have been moved. Equal
    extremes move together, so the last step may pass the maximum. If the rule is still broken,
    a logarithm is taken of the original values (of the winsorised ones with
    `after_winsorising`).

    Parameters
    ----------
    indicators : DataFrame
        Regions by indicators, in their own units, not yet turned by direction.
    treatment : str
        `none`, `winsorise` or `winsorise_then_log`.
    minimum_regions : int
        With fewer values than this in an indicator every point looks like an outlier: refused.
    **parameters
        `skewness` (2), `kurtosis` (3.5), `maximum_points` (5), `after_winsorising` (False),
        `log`: `shifted`, log(x - min + 0.01 range); `plus_one`, log(x - min + 1);
        `either_tail`, as `shifted` but mirrored when the long tail is on the left, where the
        other two make it longer.

    Returns
    -------
    treated : DataFrame
        The same shape.
    report : DataFrame
        One row an indicator that broke the rule: skewness and kurtosis before and after, points
        winsorised, the logarithm taken (or empty), and whether the rule is kept in the end.

    Raises
    ------
    RefusedInput
        For an unknown name or parameter, or too few regions.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 3; the rule and its two
    steps as in the R package COINr (Becker et al. 2022, doi:10.21105/joss.04567).
    """
    options = check_treatment(treatment, parameters)
    values, report = treat_values(
        indicators.to_numpy(dtype=float),
        treatment,
        options,
        minimum_regions,
        tuple(indicators.columns),
    )
    return pd.DataFrame(values, index=indicators.index, columns=indicators.columns), report


def check_treatment(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a treatment, refusing those that make no sense."""
    options = resolve("treatment", name, given, TREATMENTS)
    if name != "none":
        number("the skewness limit", options["skewness"], low=0)
        number("the kurtosis limit", options["kurtosis"])
        whole_number("maximum_points", options["maximum_points"])
    if "log" in options:
        known_name("logarithm", options["log"], LOGS)
    return options


def treat_values(
    values: np.ndarray,
    treatment: str,
    options: Mapping[str, Any],
    minimum_regions: int,
    codes: tuple[str, ...],
) -> tuple[np.ndarray, pd.DataFrame]:
    """Treat an array of regions by indicators; `codes` name its columns in the report."""
    if treatment == "none":
        return values, _NOTHING_TREATED.copy()
    present = (~np.isnan(values)).sum(axis=0)
    if (present < minimum_regions).any():
        place = int(np.argmax(present < minimum_regions))
        raise RefusedInput(
            f"indicator {codes[place]!r} has values for {counted(present[place])}, "
            "and outliers cannot be told from ordinary values below "
            f"{minimum_regions}."
        )
    treated, rows = values.copy(), []
    for place in np.flatnonzero(breaks_rule(values, options["skewness"], options["kurtosis"])):
        treated[:, place], row = _treat_column(values[:, place], options)
        rows.append({"code": codes[place], **row})
    return treated, pd.DataFrame(rows, columns=REPORT_COLUMNS)


def skewness(values: np.ndarray) -> np.ndarray:
    """Bias-corrected sample skewness (type 2) along the second-last axis, NaN when constant.

    Parameters
    ----------
    values : array, shape (..., regions, indicators)

    References
    ----------
    Joanes & Gill (1998), The Statistician 47, G1.
    """
    n, centred = _centred(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = np.sqrt(n) * (centred**3).sum(-2) / (centred**2).sum(-2) ** 1.5
        return ratio * np.sqrt(n * (n - 1)) / (n - 2)


def kurtosis(values: np.ndarray) -> np.ndarray:
    """Bias-corrected excess kurtosis (type 2) along the second-last axis, NaN when constant.

    Parameters
    ----------
    values : array, shape (..., regions, indicators)

    References
    ----------
    Joanes & Gill (1998), The Statistician 47, G2.
    """
    n, centred = _centred(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = n * (centred**4).sum(-2) / (centred**2).sum(-2) ** 2
        return ((n + 1) * (ratio - 3) + 6) * (n - 1) / ((n - 2) * (n - 3))


def breaks_rule(values: np.ndarray, skew_limit: float, kurtosis_limit: float) -> np.ndarray:
    """Tell which indicators have |skewness| and kurtosis both above their limits."""
    return (np.abs(skewness(values)) > skew_limit) & (kurtosis(values) > kurtosis_limit)


def _centred(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    present = ~np.isnan(values)
    n = present.sum(-2).astype(float)
    with np.errstate(invalid="ignore"):
        mean = np.where(present, values, 0.0).sum(-2) / n
    return n, np.where(present, values - mean[..., None, :], 0.0)


def _treat_column(column: np.ndarray, options: Mapping[str, Any]) -> tuple[np.ndarray, dict]:
    winsorised, points = _winsorise(column, options)
    treated, log = winsorised, ""
    if "log" in options and _breaks(winsorised, options):
        log = options["log"]
        treated = _logarithm(winsorised if options["after_winsorising"] else column, log)
        points = points if options["after_winsorising"] else 0
    row = {
        "skewness_before": float(skewness(column[:, None])[0]),
        "kurtosis_before": float(kurtosis(column[:, None])[0]),
        "points_winsorised": points,
        "log": log,
        "skewness_after": float(skewness(treated[:, None])[0]),
        "kurtosis_after": float(kurtosis(treated[:, None])[0]),
        "passes": not _breaks(treated, options),
    }
    return treated, row


def _winsorise(column: np.ndarray, options: Mapping[str, Any]) -> tuple[np.ndarray, int]:
    column = column.copy()
    high = low = 0
    while high + low < options["maximum_points"] and _breaks(column, options):
        if skewness(column[:, None])[0] >= 0:
            extreme = column == np.nanmax(column)
            column[extreme] = np.nanmax(column[~extreme])
            high = int(extreme.sum())
        else:
            extreme = column == np.nanmin(column)
            column[extreme] = np.nanmin(column[~extreme])
            low = int(extreme.sum())
    return column, high + low


def _logarithm(column: np.ndarray, log: str) -> np.ndarray:
    if log == "either_tail" and skewness(column[:, None])[0] < 0:
        return -_logarithm(-column, "shifted")
    lowest = np.nanmin(column)
    shift = 1.0 if log == "plus_one" else 0.01 * (np.nanmax(column) - lowest)
    return np.log(column - lowest + shift)


def _breaks(column: np.ndarray, options: Mapping[str, Any]) -> bool:
    return bool(breaks_rule(column[:, None], options["skewness"], options["kurtosis"])[0])
