"""Rank intervals: which places are compatible with the error of the scores.

Rank 1 is the highest score. A rank never stands without its interval, and two regions that lie
inside one another's interval are not ordered.
"""

from functools import lru_cache

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm

from anticorruption.comparison.checks import TIE, checked_scores
from anticorruption.errors import RefusedInput

DEFAULT_SEED = 20241209

ABOVE, UNDECIDED, BELOW, ITSELF = "clearly above", "cannot tell", "clearly below", "itself"


def rank_intervals(
    scores: pd.Series,
    standard_error: float | pd.Series,
    *,
    coverage: float = 0.90,
    simultaneous: bool = False,
    seed: int = DEFAULT_SEED,
    draws: int = 1000,
) -> pd.DataFrame:
    """Give each region its rank and the ranks its score cannot exclude.

    Region j is certainly above region i when the confidence interval of the difference of their
    true scores lies above zero. The intervals of one region's differences to all the others hold
    together with probability `coverage`; with `simultaneous`, those of all pairs of regions do.
    The errors of different regions are taken as independent and normal.

    Parameters
    ----------
    scores : Series, index region_code
        Scores, higher is better, in any unit. A missing score has no rank.
    standard_error : float or Series, index region_code
        Standard error of a score, in the unit of the scores; one for all or one a region. Zero
        gives exact ranks.
    coverage : float
        Between 0 and 1. Without `simultaneous`, the probability that the interval of a region
        named beforehand holds its true rank; with it, that all intervals do at once.
    simultaneous : bool
        Hold for all regions at once (for reading a whole table) instead of one by one.
    seed, draws : int
        Simulation of the critical values, which hits `coverage` to about
        sqrt(coverage (1 - coverage) / draws), 0.01 at the default. Used only where standard
        errors differ: under a common one the critical value is an integral, free of chance.

    Returns
    -------
    DataFrame, index as `scores`
        Columns `rank`, `rank_low`, `rank_high`, as floats: rank_low <= rank <= rank_high, all
        three NaN where the score is missing. Equal scores (within 1e-9) share the better rank.

    Raises
    ------
    RefusedInput
        For an index with duplicates, an infinite score, a standard error that is missing,
        negative or infinite, a coverage outside (0, 1), or fewer than 100 draws.

    References
    ----------
    Mogstad, M., Romano, J. P., Shaikh, A. M. & Wilhelm, D. (2024). Inference for ranks with
    applications to mobility across neighbourhoods and academic achievement across countries.
    Review of Economic Studies 91(1), 476-518. https://doi.org/10.1093/restud/rdad006
    """
    known, errors = checked_scores(scores, standard_error)
    values, sigma = known.to_numpy(), errors.to_numpy()
    critical = _critical_values(errors, coverage, simultaneous, seed, draws)
    ranks = pd.DataFrame(np.nan, index=scores.index, columns=["rank", "rank_low", "rank_high"])
    if known.empty:
        return ranks
    difference = values[None, :] - values[:, None]  # row i, column j: how far j stands above i
    reach = critical[:, None] * np.hypot(sigma[None, :], sigma[:, None])
    np.fill_diagonal(reach, 0.0)
    ranks.loc[known.index, "rank"] = 1.0 + (difference > TIE).sum(axis=1)
    ranks.loc[known.index, "rank_low"] = 1.0 + (difference - reach > TIE).sum(axis=1)
    ranks.loc[known.index, "rank_high"] = 1.0 + (difference + reach > TIE).sum(axis=1)
    return ranks


def possible_ranks(
    low: pd.Series, high: pd.Series, standard_error: float, *, coverage: float = 0.90
) -> pd.DataFrame:
    """Give the ranks that scores known only within bounds, and noisy besides, cannot exclude.

    Region j is certainly above region i when even its lowest possible score lies above i's
    highest by more than noise can bring. Where low and high are equal for all, the answer is that
    of `rank_intervals`.

    Parameters
    ----------
    low, high : Series, index region_code
        Ends of each region's score, in one unit; equal where everything is published. A region
        without either has no rank.
    standard_error : float
        Noise of every score, in the unit of the scores; 0 for none.
    coverage : float
        As in `rank_intervals`, marginal.

    Returns
    -------
    DataFrame, index as `low`
        `rank`, `rank_low` and `rank_high`, as floats. As soon as one region's ends differ, nobody
        has a `rank`: the bounded one may stand anywhere between, before or behind the others.

    Raises
    ------
    RefusedInput
        As `rank_intervals`, and when an end is missing without the other or the ends are crossed.

    References
    ----------
    Mogstad et al. (2024), as in `rank_intervals`; Manski, C. F. (2003). Partial Identification of
    Probability Distributions. Springer, chapter 1.
    """
    bottom, errors = checked_scores(low, standard_error)
    top, _ = checked_scores(high, standard_error)
    if not bottom.index.equals(top.index) or (bottom > top + TIE).any():
        raise RefusedInput("Each score needs both ends, the lower one first; correct the bounds.")
    ranks = pd.DataFrame(np.nan, index=low.index, columns=["rank", "rank_low", "rank_high"])
    if bottom.empty:
        return ranks
    reach = _critical_values(errors, coverage, False, DEFAULT_SEED, 1000)[0]
    reach *= np.sqrt(2.0) * standard_error
    lowest, highest = bottom.to_numpy(), top.to_numpy()
    above = lowest[None, :] - highest[:, None] - reach > TIE
    not_below = highest[None, :] - lowest[:, None] + reach > TIE
    np.fill_diagonal(not_below, False)
    ranks.loc[bottom.index, "rank_low"] = 1.0 + above.sum(axis=1)
    ranks.loc[bottom.index, "rank_high"] = 1.0 + not_below.sum(axis=1)
    exact = highest - lowest <= TIE
    if exact.all():
        ranks.loc[bottom.index, "rank"] = 1.0 + (lowest[None, :] - lowest[:, None] > TIE).sum(
            axis=1
        )
    return ranks


def tiers(
    scores: pd.Series,
    standard_error: float | pd.Series,
    region_code: str,
    *,
    coverage: float = 0.90,
    seed: int = DEFAULT_SEED,
    draws: int = 1000,
) -> pd.DataFrame:
    """Sort all regions into clearly above, cannot tell and clearly below a chosen one.

    Parameters
    ----------
    scores, standard_error, coverage, seed, draws
        As in `rank_intervals`; the verdicts about all other regions hold together with
        probability `coverage`.
    region_code : str
        The chosen region; it must have a score.

    Returns
    -------
    DataFrame, index the regions with a score, in the order of `scores`
        `difference` (score minus that of the chosen region, in the unit of the scores), `low` and
        `high` (its confidence interval), `tier` ("clearly above", "cannot tell", "clearly below";
        "itself" for the chosen region). The number clearly above, plus one, is the `rank_low` of
        the chosen region.

    Raises
    ------
    RefusedInput
        As `rank_intervals`, and when the chosen region has no score.

    References
    ----------
    Mogstad et al. (2024), as in `rank_intervals`.
    """
    known, errors = checked_scores(scores, standard_error)
    if region_code not in known.index:
        raise RefusedInput(f"Region {region_code} has no score here; choose a region that has one.")
    at = known.index.get_loc(region_code)
    sigma = errors.to_numpy()
    critical = _critical_values(errors, coverage, False, seed, draws, only=at)[at]
    difference = known - known.iloc[at]
    reach = critical * np.hypot(sigma, sigma[at])
    reach[at] = 0.0
    low, high = difference - reach, difference + reach
    tier = np.select([low > TIE, high < -TIE], [ABOVE, BELOW], UNDECIDED)
    # Without any error even an equal score is known: a tie, which is neither above nor below.
    tier[at] = ITSELF
    return pd.DataFrame({"difference": difference, "low": low, "high": high, "tier": tier})


def indistinguishable(intervals: pd.DataFrame, region_code: str) -> pd.Index:
    """Name the regions that must not be ordered against a chosen one.

    Two regions are left unordered when the rank of each lies inside the rank interval of the
    other.

    Parameters
    ----------
    intervals : DataFrame, index region_code
        `rank`, `rank_low` and `rank_high`, as from `rank_intervals`.
    region_code : str
        The chosen region.

    Returns
    -------
    Index
        Region codes, in the order of `intervals`, without the chosen region.

    Raises
    ------
    RefusedInput
        When the chosen region has no rank.
    """
    if region_code not in intervals.index or intervals.loc[region_code].isna().any():
        raise RefusedInput(f"Region {region_code} has no rank here; choose a region that has one.")
    own = intervals.loc[region_code]
    others = intervals.drop(index=region_code)
    inside = others["rank"].between(own["rank_low"], own["rank_high"])
    around = (others["rank_low"] <= own["rank"]) & (own["rank"] <= others["rank_high"])
    return others.index[inside & around]


def _critical_values(
    errors: pd.Series,
    coverage: float,
    simultaneous: bool,
    seed: int,
    draws: int,
    only: int | None = None,
) -> np.ndarray:
    """Give each region the multiple of the standard error its differences are allowed."""
    if not 0 < coverage < 1:
        raise RefusedInput(f"A coverage of {coverage:g} is impossible; choose one in (0, 1).")
    if draws < 100:
        raise RefusedInput(f"{draws} draws cannot place a critical value; take 100 or more.")
    sigma = errors.to_numpy()
    if len(sigma) < 2 or not sigma.any():
        return np.zeros(len(sigma))
    if np.ptp(sigma) == 0:
        return np.full(len(sigma), _common_critical_value(len(sigma), coverage, simultaneous))
    # drawn in the order of the codes, so that the order of the rows changes no interval
    order = np.argsort(errors.index.to_numpy())
    place = np.argsort(order)
    largest = _largest_differences(sigma[order], seed, draws, None if only is None else place[only])
    if simultaneous:
        largest[:] = largest.max(axis=0)
    # "higher" keeps the coverage from falling short by the grain of the draws
    return np.quantile(largest, coverage, axis=1, method="higher")[place]


@lru_cache(maxsize=64)
def _common_critical_value(regions: int, coverage: float, simultaneous: bool) -> float:
    """Solve for the critical value under one common standard error.

    Given the error z of region i, the other errors are independent, so the probability that no
    difference exceeds c standard errors is a one-dimensional integral over z (Dunnett 1955); for
    all pairs it is the distribution of the range, with z the smallest error (Tukey).
    """
    z = np.linspace(-9.0, 9.0, 1201)
    weight = norm.pdf(z) * (z[1] - z[0])

    def shortfall(critical: float) -> float:
        reach = critical * np.sqrt(2.0)
        if simultaneous:
            within = regions * (norm.cdf(z + reach) - norm.cdf(z)) ** (regions - 1)
        else:
            within = (norm.cdf(z + reach) - norm.cdf(z - reach)) ** (regions - 1)
        return float(weight @ within) - coverage

    return brentq(shortfall, 0.0, 12.0, xtol=1e-12)


def _largest_differences(sigma: np.ndarray, seed: int, draws: int, only: int | None) -> np.ndarray:
    """Simulate each region's largest standardised difference: a row a region, a column a draw."""
    errors = np.random.default_rng(seed).standard_normal((draws, len(sigma))) * sigma
    largest = np.zeros((len(sigma), draws))
    gap = np.empty_like(errors)
    for i in range(len(sigma)) if only is None else [only]:
        spread = np.hypot(sigma, sigma[i])
        spread[spread == 0] = np.inf  # two scores without error: their difference never strays
        np.subtract(errors, errors[:, [i]], out=gap)
        np.multiply(gap, 1 / spread, out=gap)
        largest[i] = np.abs(gap, out=gap).max(axis=1)
    return largest
