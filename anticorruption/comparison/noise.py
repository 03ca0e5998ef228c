"""Measurement noise of a score, read off the panel of the scores themselves.

Where a publisher gives no standard errors, the yearly changes of the regions still tell how much
of a score is noise: noise that lifts a score this year lets it fall again next year.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from anticorruption.comparison.checks import checked_panel
from anticorruption.errors import RefusedInput

FEWEST_REGIONS = 30


@dataclass(frozen=True)
class PanelNoise:
    """Measurement noise of one year's score, estimated from a panel.

    Attributes
    ----------
    standard_error : float
        Standard error of one region's score in one year, in the unit of the scores.
    low, high : float
        Bootstrap interval of the standard error, resampling regions. `low` is 0 where a resample
        shows no noise at all.
    regions : int
        Regions with at least one complete pair of consecutive changes.
    pairs : int
        Pairs of consecutive yearly changes, that is runs of three consecutive years, used.
    """

    standard_error: float
    low: float
    high: float
    regions: int
    pairs: int


def panel_noise(
    panel: pd.DataFrame,
    *,
    leave_out: Collection[int] = (),
    coverage: float = 0.90,
    seed: int = 20241209,
    draws: int = 2000,
) -> PanelNoise:
    """Estimate the standard error of a score from how yearly changes undo one another.

    With a score x_t = theta_t + e_t, where theta_t is a random walk and e_t independent noise,
    two consecutive changes share the noise of the year between them with opposite sign:
    cov(x_t - x_{t-1}, x_{t+1} - x_t) = -var(e_t). The mean change of each year is subtracted
    first, so that a movement common to all regions is not taken for noise.

    Pooling: each run of three consecutive years gives one covariance, over the regions scored in
    all three; the covariances are averaged with their degrees of freedom (regions minus one) as
    weights. The result is the noise of an average year among the middle years.

    Assumptions, none of which the panel can prove: (1) true changes of consecutive years are
    uncorrelated - where good years tend to be followed by true setbacks, part of what is called
    noise here is real, short-lived change, and where true change persists, noise is understated;
    (2) noise is independent between years - an error repeated every year (the same questionnaire
    misread, the same respondents) is invisible here; (3) noise is of one size for all regions, or
    the answer is its root mean square; (4) noise is independent of the true score. A year whose
    scores were made another way breaks (1) and (2): name it in `leave_out`.

    Parameters
    ----------
    panel : DataFrame, index region_code, columns years as whole numbers
        Scores in any unit, missing where not published.
    leave_out : collection of int
        Years to ignore. Years on either side of a missing year are not joined to one another.
    coverage : float
        Of the bootstrap interval, between 0 and 1.
    seed, draws : int
        Of the bootstrap over regions.

    Returns
    -------
    PanelNoise
        The standard error in the unit of the scores, its interval, and what it rests on.

    Raises
    ------
    RefusedInput
        For duplicate regions or years, infinite scores, columns that are not years, a year to
        leave out that is not there, no three consecutive years, fewer than 30 regions with
        complete changes, or changes that do not undo one another (no noise estimate possible).

    References
    ----------
    Griliches, Z. & Hausman, J. A. (1986). Errors in variables in panel data. Journal of
    Econometrics 31(1), 93-118. MaCurdy, T. E. (1982). The use of time series processes to model
    the error structure of earnings in a longitudinal data analysis. Journal of Econometrics
    18(1), 83-114 (lag-1 autocovariance of first differences).
    """
    scores = checked_panel(panel, leave_out, "left out").drop(columns=list(set(leave_out)))
    if not 0 < coverage < 1:
        raise RefusedInput(f"A coverage of {coverage:g} is impossible; choose one in (0, 1).")
    runs = [(y, y + 1, y + 2) for y in scores if {y + 1, y + 2} <= set(scores)]
    if not runs:
        raise RefusedInput(
            "The panel has no three consecutive years; noise cannot be told from change."
        )
    earlier, later, present = _consecutive_changes(scores, runs)
    regions = int(present.any(axis=1).sum())
    if regions < FEWEST_REGIONS:
        raise RefusedInput(
            f"Only {regions} regions have scores in three consecutive years; "
            f"noise needs at least {FEWEST_REGIONS}."
        )
    variance = -_pooled_covariance(earlier, later, present, np.ones((1, len(scores))))[0]
    if not variance > 0:
        raise RefusedInput(
            f"Consecutive changes do not undo one another (autocovariance {-variance:.3g}); "
            "this panel gives no noise estimate, so bring a standard error from the publisher."
        )
    rng = np.random.default_rng(seed)
    drawn = rng.multinomial(len(scores), np.full(len(scores), 1 / len(scores)), size=draws)
    resampled = -_pooled_covariance(earlier, later, present, drawn.astype(float))
    tail = (1 - coverage) / 2
    low, high = np.quantile(np.sqrt(np.maximum(resampled, 0.0)), [tail, 1 - tail])
    return PanelNoise(float(np.sqrt(variance)), float(low), float(high), regions, len(runs))


def noise_by_year(panel: pd.DataFrame, **settings) -> pd.DataFrame:
    """Estimate the noise of each year that has a year before and a year after it.

    Parameters
    ----------
    panel : DataFrame
        As in `panel_noise`.
    **settings
        `coverage`, `seed` and `draws` of `panel_noise`.

    Returns
    -------
    DataFrame, index year
        `standard_error`, `low`, `high` and `regions`.

    Raises
    ------
    RefusedInput
        As `panel_noise`.
    """
    years = [year for year in panel if {year - 1, year + 1} <= set(panel)]
    return _table(
        {y: panel_noise(panel[[y - 1, y, y + 1]], **settings) for y in years}, name="year"
    )


def noise_by_level(panel: pd.DataFrame, groups: int = 3, **settings) -> pd.DataFrame:
    """Estimate the noise of regions that score low, in the middle and high.

    Regions are sorted by the mean of all their scores, which one year's noise moves little, and
    cut into groups of equal size.

    Parameters
    ----------
    panel : DataFrame
        As in `panel_noise`; regions with a gap are left out.
    groups : int
        Number of groups, the lowest first.
    **settings
        As in `noise_by_year`.

    Returns
    -------
    DataFrame, index group (1 = lowest)
        `mean_from`, `mean_to` (mean scores of the group), `standard_error`, `low`, `high` and
        `regions`.

    Raises
    ------
    RefusedInput
        As `panel_noise`.
    """
    complete = panel.dropna()
    means = complete.mean(axis=1)
    group = pd.qcut(means, groups, labels=range(1, groups + 1)).astype(int)
    found = _table(
        {g: panel_noise(complete[group == g], **settings) for g in range(1, groups + 1)}, "group"
    )
    ends = means.groupby(group).agg(["min", "max"]).set_axis(["mean_from", "mean_to"], axis=1)
    return ends.rename_axis("group").join(found)


def yearly_moves(panel: pd.DataFrame, *, top: int = 50, points: float = 5.0) -> pd.DataFrame:
    """Say how much scores and places move from one year to the next.

    Parameters
    ----------
    panel : DataFrame, index region_code, columns years
        Scores in any unit; regions with a gap are left out.
    top : int
        Size of the group at the top whose staying is counted.
    points : float
        A move of at least so much counts as large, in the unit of the scores.

    Returns
    -------
    DataFrame
        A row a pair of consecutive years: `from_year`, `to_year`, `correlation`, `moved` (share
        of regions that move by `points` or more), `median_places` (median move in places),
        `stayed` (of the top group, how many are in it a year later) and `error_if_still` (the
        standard error that the changes would imply if no true score had changed).
    """
    complete = panel.dropna()
    ranks = complete.rank(ascending=False, method="min")
    rows = []
    for before, after in zip(panel.columns, panel.columns[1:], strict=False):
        if after != before + 1:
            continue
        change = complete[after] - complete[before]
        rows.append(
            {
                "from_year": int(before),
                "to_year": int(after),
                "correlation": complete[before].corr(complete[after]),
                "moved": float((change.abs() >= points).mean()),
                "median_places": float((ranks[after] - ranks[before]).abs().median()),
                "stayed": int(((ranks[before] <= top) & (ranks[after] <= top)).sum()),
                "error_if_still": float(change.std() / np.sqrt(2)),
            }
        )
    return pd.DataFrame(rows)


def _table(found: dict[int, PanelNoise], name: str) -> pd.DataFrame:
    columns = ["standard_error", "low", "high", "regions"]
    rows = {key: [getattr(each, column) for column in columns] for key, each in found.items()}
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    return frame.rename_axis(name)


def _consecutive_changes(scores: pd.DataFrame, runs: list) -> tuple[np.ndarray, ...]:
    """Lay out the first and second change of every run; zero where a run is incomplete."""
    changes = [scores[list(run)].diff(axis=1).to_numpy()[:, 1:] for run in runs]
    stacked = np.stack(changes)  # run x region x (first change, second change)
    present = np.isfinite(stacked).all(axis=2).T
    earlier = np.where(present, stacked[:, :, 0].T, 0.0)
    later = np.where(present, stacked[:, :, 1].T, 0.0)
    return earlier, later, present.astype(float)


def _pooled_covariance(
    earlier: np.ndarray, later: np.ndarray, present: np.ndarray, weights: np.ndarray
) -> np.ndarray:
    """Pool the covariance of consecutive changes, one value for each row of region weights."""
    count = weights @ present
    products = weights @ (earlier * later)
    # products of sums over the count: what subtracting the yearly mean change takes away
    common = (weights @ earlier) * (weights @ later) / np.maximum(count, 1.0)
    return (products - common).sum(axis=1) / np.maximum(count - 1.0, 0.0).sum(axis=1)
