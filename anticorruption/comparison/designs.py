"""Before and after: what several estimators make of the same panel, and how little they could see.

None of these numbers is an effect of anything where the regions followed were picked for their
scores and few years are known. They are here to be shown beside one another, as a warning.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from scipy.stats import norm

from anticorruption.comparison.checks import TIE, checked_panel
from anticorruption.errors import RefusedInput

MOST_SETS = 100_000  # beyond this placebo groups are drawn, not listed


@dataclass(frozen=True)
class Design:
    """A group followed from the years before to the years after, beside all its donors.

    Attributes
    ----------
    panel : DataFrame, index region_code, columns years
        Regions scored in every year of the design.
    treated : tuple of str
        Codes of the group followed.
    before, after : tuple of int
        Years on either side.
    """

    panel: pd.DataFrame
    treated: tuple[str, ...]
    before: tuple[int, ...]
    after: tuple[int, ...]

    @property
    def group(self) -> pd.DataFrame:
        """Scores of the group followed."""
        return self.panel.loc[list(self.treated)]

    @property
    def donors(self) -> pd.DataFrame:
        """Scores of everybody else."""
        return self.panel.drop(index=list(self.treated))

    @cached_property
    def level(self) -> pd.Series:
        """Mean score of each region in the years before."""
        return self.panel[list(self.before)].mean(axis=1)

    @cached_property
    def change(self) -> pd.Series:
        """Mean score of each region in the years after, less that in the years before."""
        return self.panel[list(self.after)].mean(axis=1) - self.level


def design(
    panel: pd.DataFrame,
    treated: Sequence[str],
    *,
    before: Sequence[int],
    after: Sequence[int],
    leave_out: Collection[str] = (),
) -> Design:
    """Set up a design over the regions that have a score in every one of its years.

    Parameters
    ----------
    panel : DataFrame, index region_code, columns years as whole numbers
        Scores in any unit.
    treated : sequence of str
        The group followed.
    before, after : sequence of int
        Years on either side.
    leave_out : collection of str
        Regions that may not serve as donors: other pilots, or scores known to be wrong.

    Returns
    -------
    Design

    Raises
    ------
    RefusedInput
        For an unusable panel, no year before or after, years in the wrong order, a followed
        region without all its scores or left out, or fewer than ten donors.
    """
    if not (before and after and max(before) < min(after)):
        raise RefusedInput(
            f"Years {list(before)} before and {list(after)} after make no comparison; give at "
            "least one on either side, in order."
        )
    years = [*sorted(before), *sorted(after)]
    full = checked_panel(panel, years, "followed")[years].dropna()
    full = full.drop(index=full.index.intersection(list(leave_out)))
    absent = [code for code in treated if code not in full.index]
    if absent or not treated:
        raise RefusedInput(
            f"Region {absent[0] if absent else '(none)'} cannot be followed: it lacks a score in "
            "one of the years or is left out."
        )
    if len(full) - len(treated) < 10:
        raise RefusedInput(f"{len(full) - len(treated)} donors are too few; ten are needed.")
    return Design(full, tuple(treated), tuple(sorted(before)), tuple(sorted(after)))


def difference_in_differences(study: Design) -> float:
    """Mean change of the group less mean change of all donors, in points.

    References
    ----------
    Angrist, J. D. & Pischke, J.-S. (2009). Mostly Harmless Econometrics, section 5.2.
    """
    return _group_less_others(study.change, study)


def level_adjusted(study: Design) -> pd.Series:
    """Change of every region less what donors of the same earlier level changed.

    Among the donors the change is regressed on the mean score of the years before, so that the
    fall that any high score shows is taken off.

    Returns
    -------
    Series, index region_code
        Residuals in points, of the donors and of the group.

    References
    ----------
    Barnett, A. G., van der Pols, J. C. & Dobson, A. J. (2005). Regression to the mean: what it is
    and how to deal with it. International Journal of Epidemiology 34(1), 215-220.
    """
    donors = study.donors.index
    slope, constant = np.polyfit(study.level[donors], study.change[donors], 1)
    return study.change - constant - slope * study.level


def level_adjusted_difference(study: Design) -> float:
    """Mean of `level_adjusted` over the group, in points."""
    return float(level_adjusted(study)[list(study.treated)].mean())


def path_beside(study: Design, others: Collection[str]) -> pd.Series:
    """Mean of the group less mean of some donors, year by year, both set to zero before.

    Parameters
    ----------
    study : Design
    others : collection of str
        Donors to stand beside, such as those of the same level.

    Returns
    -------
    Series, index year
        In points; its mean over the years before is zero.

    Raises
    ------
    RefusedInput
        When none of the others is a donor of the design.
    """
    chosen = study.donors.index.intersection(list(others))
    if chosen.empty:
        raise RefusedInput("None of the regions to stand beside is a donor; name others.")
    gap = study.group.mean() - study.donors.loc[chosen].mean()
    return gap - gap[list(study.before)].mean()


def donors_at_level(study: Design, least: float) -> list[str]:
    """Codes of the donors whose mean score before reaches a level."""
    level = study.level[study.donors.index]
    return list(level.index[level >= least - TIE])


def overlap(study: Design, within: float) -> pd.DataFrame:
    """Count the donors that resemble each followed region before.

    Returns
    -------
    DataFrame, index region_code
        `level` (mean score before), `on_average` (donors whose mean lies within so many points)
        and `in_every_year` (donors within so many points in each year before).
    """
    before, donors = list(study.before), study.donors
    rows = {}
    for code, own in study.group.iterrows():
        near = (donors[before] - own[before]).abs()
        rows[code] = {
            "level": study.level[code],
            "on_average": int(
                ((study.level[donors.index] - study.level[code]).abs() <= within).sum()
            ),
            "in_every_year": int((near.max(axis=1) <= within).sum()),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("region_code")


def placebo_spread(values: pd.Series, size: int) -> float:
    """Standard deviation of (group mean less mean of the rest) over every group of a size.

    Parameters
    ----------
    values : Series
        Changes of the regions that might have been picked.
    size : int
        Regions in a group.

    Returns
    -------
    float
        The exact value over all groups, none listed: s sqrt(N / (n (N - n))).

    Raises
    ------
    RefusedInput
        For a group that is empty or leaves fewer than two others.

    References
    ----------
    Cochran, W. G. (1977). Sampling Techniques, theorem 2.2 (finite population).
    """
    count = len(values)
    if not 0 < size < count - 1:
        raise RefusedInput(f"Groups of {size} among {count} regions leave nothing to compare.")
    return float(values.std(ddof=1) * np.sqrt(count / (size * (count - size))))


def placebo_differences(values: pd.Series, size: int, *, draws: int, seed: int) -> np.ndarray:
    """List (group mean less mean of the rest) for every group of a size, or for drawn ones.

    Parameters
    ----------
    values : Series
        Changes of the regions that might have been picked.
    size : int
        Regions in a group.
    draws, seed : int
        Of the drawn groups, where there are more than 100 000.

    Returns
    -------
    array of float, sorted
    """
    numbers, count = values.sort_index().to_numpy(float), len(values)
    placebo_spread(values, size)
    if comb(count, size) <= MOST_SETS:
        members = np.array(list(combinations(range(count), size)))
    else:
        rng = np.random.default_rng(seed)
        members = np.array([rng.choice(count, size, replace=False) for _ in range(draws)])
    sums = numbers[members].sum(axis=1)
    return np.sort(sums / size - (numbers.sum() - sums) / (count - size))


def smallest_difference(spread: float, *, power: float = 0.80, level: float = 0.05) -> float:
    """Smallest true difference that a two-sided test would find with a given power.

    Parameters
    ----------
    spread : float
        Standard deviation of the estimate when nothing differs, such as `placebo_spread`.
    power, level : float
        Chance of finding it, and of calling one that is not there.

    Returns
    -------
    float
        (z of 1 - level / 2 plus z of the power) times the spread.

    References
    ----------
    Bloom, H. S. (1995). Minimum detectable effects. Evaluation Review 19(5), 547-556.
    """
    return float((norm.isf(level / 2) + norm.ppf(power)) * spread)


def _group_less_others(values: pd.Series, study: Design) -> float:
    return float(values[list(study.treated)].mean() - values[study.donors.index].mean())
