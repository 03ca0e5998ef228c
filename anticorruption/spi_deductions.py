"""Deductions that the published parts of SPI do not show, and what moved between two years."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import theilslopes

from anticorruption.errors import RefusedInput
from anticorruption.spi import CORRECTIONS, PARTS, TOLERANCE, Weights


@dataclass(frozen=True)
class DeductionLine:
    """Straight line on which further deductions lie, against a published correction.

    Attributes
    ----------
    intercept, slope : float
        Deduction = intercept + slope * correction, both in points.
    scores, on_line : int
        Scores that carry a deduction, and how many of them lie within the tolerance of the line.
    tolerance : float
        Points a deduction may lie off the line.
    largest_distance : float
        Largest distance from the line among those on it, in points.
    """

    intercept: float
    slope: float
    scores: int
    on_line: int
    tolerance: float
    largest_distance: float

    def at(self, correction: pd.Series, times: int = 1) -> pd.Series:
        """Deduction that the line gives for a published correction.

        With ``times`` the fixed part of the line counts more than once.
        """
        return times * self.intercept + self.slope * correction


def weights_by(scores: pd.DataFrame, groups: pd.Series) -> pd.DataFrame:
    """Recover the weights of the respondent groups anew in each group of scores.

    Parameters
    ----------
    scores : DataFrame
        As :func:`anticorruption.spi.parts` gives it.
    groups : Series
        Index of ``scores``; the group of each score, such as its year or its level.

    Returns
    -------
    DataFrame
        Index the groups; ``scores``, ``internal``, ``external``, ``expert``, ``total`` (their
        sum), ``largest_residual`` (points) without a constant, and ``constant``: what least
        squares puts in if it may, in points.

    Raises
    ------
    RefusedInput
        If a group has fewer than ten scores.
    """
    rows = {}
    for group, own in scores.groupby(groups.to_numpy()):
        if len(own) < 10:
            raise RefusedInput(f"SPI: the {len(own)} scores of group {group} are fewer than ten.")
        design = own[list(PARTS)].to_numpy()
        target = (own["spi"] + own[list(CORRECTIONS)].sum(axis=1)).to_numpy()
        weights, *_ = np.linalg.lstsq(design, target, rcond=None)
        free, *_ = np.linalg.lstsq(np.column_stack([design, np.ones(len(own))]), target, rcond=None)
        rows[group] = [len(own), *weights, weights.sum()]
        rows[group] += [np.abs(target - design @ weights).max(), free[-1]]
    columns = ["scores", "internal", "external", "expert", "total", "largest_residual", "constant"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).astype({"scores": int})


def deductions(scores: pd.DataFrame, rebuilt: pd.DataFrame, year: int) -> pd.DataFrame:
    """Points by which published scores of a year stay below what their parts give.

    Parameters
    ----------
    scores, rebuilt : DataFrame
        As :func:`anticorruption.spi.parts` and :func:`anticorruption.spi.rebuild` give them.
    year : int

    Returns
    -------
    DataFrame
        Index ``region_code`` of every score of that year; the columns of both tables,
        ``carries`` (a further deduction: below the parts by more than rounding) and
        ``deduction`` (points, 0 where there is none).

    Raises
    ------
    RefusedInput
        If no score of that year has its parts.
    """
    both = scores.join(rebuilt)
    if year not in both.index.get_level_values("year"):
        raise RefusedInput(f"SPI: no score of {year} is published with its parts.")
    own = both.xs(year, level="year")
    carries = own["residual"] < -TOLERANCE
    return own.assign(carries=carries, deduction=(-own["residual"]).where(carries, 0.0))


def deduction_line(
    table: pd.DataFrame, correction: str = CORRECTIONS[0], tolerance: float = 0.03
) -> DeductionLine:
    """Fit the line on which most further deductions lie, untroubled by those that do not.

    Theil-Sen finds the direction, the median of what is left the height; least squares over the
    deductions within five tolerances of that line then gives the coefficients.

    Parameters
    ----------
    table : DataFrame
        As :func:`deductions` gives it.
    correction : str
        Column of the published correction, in points.
    tolerance : float
        Points a deduction may lie off the line and still count as on it: what rounding of the
        printed parts can cause.

    Raises
    ------
    RefusedInput
        If fewer than ten scores carry a deduction.

    References
    ----------
    Sen, P. K. (1968). Estimates of the regression coefficient based on Kendall's tau. Journal of
    the American Statistical Association 63(324), 1379-1389.
    """
    own = table[table["carries"]]
    if len(own) < 10:
        raise RefusedInput(
            f"SPI: {len(own)} scores with a further deduction are too few for a line; ten are "
            f"needed."
        )
    x, y = own[correction].to_numpy(), own["deduction"].to_numpy()
    rough = theilslopes(y, x).slope
    near = np.abs(y - rough * x - np.median(y - rough * x)) <= 5 * tolerance
    slope, intercept = np.polyfit(x[near], y[near], 1)
    distance = np.abs(y - intercept - slope * x)
    on_line = distance <= tolerance
    largest = float(distance[on_line].max()) if on_line.any() else 0.0
    return DeductionLine(
        float(intercept), float(slope), len(own), int(on_line.sum()), tolerance, largest
    )


def fixed_parts(
    table: pd.DataFrame, line: DeductionLine, correction: str = CORRECTIONS[0], most: int = 3
) -> pd.Series:
    """Tell how often the fixed part of the line is in each deduction.

    Parameters
    ----------
    table : DataFrame
        As :func:`deductions` gives it.
    line : DeductionLine
    correction : str
        Column of the published correction, in points.
    most : int
        Largest number of times looked for.

    Returns
    -------
    Series
        Index of the scores that carry a deduction; 1 on the line, 2 where the fixed part counts
        twice, and so on within the line's tolerance; 0 where no number fits.
    """
    own = table[table["carries"]]
    times = pd.Series(0, index=own.index, name="fixed_parts")
    for number in range(1, most + 1):
        distance = (own["deduction"] - line.at(own[correction], number)).abs()
        times[distance <= line.tolerance] = number
    return times


def changes(scores: pd.DataFrame, weights: Weights, from_year: int, to_year: int) -> pd.DataFrame:
    """Take the change of each score between two years apart, adding up exactly.

    Parameters
    ----------
    scores : DataFrame
        As :func:`anticorruption.spi.parts` gives it; leave withheld scores out beforehand.
    weights : Weights
        Weights of the respondent groups, the same in both years.
    from_year, to_year : int

    Returns
    -------
    DataFrame
        Index ``region_code`` of the regions scored in both years; points of change: the parts
        (weight times change of the part), the corrections (a larger one counts negative),
        ``rest`` (rounding and deductions that the parts do not show) and ``spi``, their sum.

    Raises
    ------
    RefusedInput
        If no region has both scores with all their parts.
    """
    years = scores.index.get_level_values("year")
    if not {from_year, to_year} <= set(years):
        there = ", ".join(map(str, sorted(set(years))))
        raise RefusedInput(
            f"SPI: {from_year} and {to_year} cannot be compared; scores with their parts are "
            f"published for {there}."
        )
    before, after = scores.xs(from_year, level="year"), scores.xs(to_year, level="year")
    both = before.index.intersection(after.index)
    columns = ["spi", *PARTS, *CORRECTIONS]
    moved = after.loc[both, columns] - before.loc[both, columns]
    table = moved[list(PARTS)] * weights.as_array()
    table[list(CORRECTIONS)] = -moved[list(CORRECTIONS)]
    table["rest"] = moved["spi"] - table.sum(axis=1)
    return table.assign(spi=moved["spi"])


def unscored(scores: pd.Index, governments: pd.Index) -> dict[int, list[str]]:
    """Governments without a score, year by year.

    Parameters
    ----------
    scores : MultiIndex
        (region_code, year) of the published scores.
    governments : Index
        Region codes that might have one.

    Returns
    -------
    dict
        Year to the sorted codes of those without; years in which all are scored give [].
    """
    years = scores.get_level_values("year")
    return {
        int(year): sorted(
            set(governments) - set(scores[years == year].get_level_values("region_code"))
        )
        for year in sorted(set(years))
    }
