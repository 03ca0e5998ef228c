"""Synthetic comparison groups: weighted donors that copy the years before.

With three years before and hundreds of donors almost any region is copied without error, by many
sets of weights that disagree about the years after: see `synthetic_range`.
"""

import numpy as np
import pandas as pd
from scipy.optimize import linprog, nnls

from anticorruption.comparison.designs import Design
from anticorruption.errors import RefusedInput

#: Weight of the sum of squared weights that settles ties between equally good copies.
TIE_BREAK = 1e-2
#: Points by which a copy may miss the best possible copy in the range of all copies.
SLACK = 0.01


def simplex_weights(donors: np.ndarray, target: np.ndarray, ridge: float) -> np.ndarray:
    """Give the weights, zero or more with sum one, whose mix of donors is nearest to a target.

    Minimises |donors w - target|^2 + ridge^2 |w|^2. Since the weights add up to one, the target
    can be taken off every donor, and the scale that non-negative least squares is free to choose
    drops out: dividing its answer by its sum is exact, not a penalty.

    Parameters
    ----------
    donors : array, (n_years, n_donors)
    target : array, (n_years,)
    ridge : float
        Zero or more; above zero the answer is unique.

    Returns
    -------
    array, (n_donors,)

    References
    ----------
    Lawson, C. L. & Hanson, R. J. (1974). Solving Least Squares Problems, chapter 23.
    """
    count = donors.shape[1]
    rows = np.vstack([donors - target[:, None], ridge * np.eye(count), np.ones((1, count))])
    aim = np.zeros(len(rows))
    aim[-1] = 1.0
    free, _ = nnls(rows, aim, maxiter=50 * count)
    return free / free.sum()


def synthetic_control(study: Design) -> pd.DataFrame:
    """Compare each followed region with the mix of donors that copies its years before.

    Of several equal copies the one with the smallest sum of squared weights is taken.

    Parameters
    ----------
    study : Design

    Returns
    -------
    DataFrame, index region_code
        `difference` (mean after, region less mix, points), `misfit` (root mean square error of
        the copy before), `heaviest` (donor with the largest weight) and `heaviest_weight`.

    References
    ----------
    Abadie, A. (2021). Using synthetic controls. Journal of Economic Literature 59(2), 391-425.
    https://doi.org/10.1257/jel.20191450
    """
    before, after = list(study.before), list(study.after)
    pool = study.donors[before].to_numpy().T
    later = study.donors[after].mean(axis=1).to_numpy()
    rows = {}
    for code, own in study.group.iterrows():
        weights = simplex_weights(pool, own[before].to_numpy(float), TIE_BREAK)
        misfit = pool @ weights - own[before].to_numpy(float)
        rows[code] = {
            "difference": own[after].mean() - weights @ later,
            "misfit": float(np.sqrt((misfit**2).mean())),
            "heaviest": study.donors.index[weights.argmax()],
            "heaviest_weight": weights.max(),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("region_code")


def synthetic_range(study: Design) -> pd.DataFrame:
    """Lowest and highest difference among all mixes of donors that copy the years before.

    Two linear programmes a region: every mix counts that misses no year before by more than the
    best mix does, plus a hundredth of a point.

    Returns
    -------
    DataFrame, index region_code
        `difference_low`, `difference_high` (points) and `misfit` (largest miss of the best mix).

    Raises
    ------
    RefusedInput
        If the solver does not finish.

    References
    ----------
    The bounds are those of partial identification, as in Manski, C. F. (2003). Partial
    Identification of Probability Distributions. Springer.
    """
    before, after = list(study.before), list(study.after)
    pool = study.donors[before].to_numpy().T
    later = study.donors[after].mean(axis=1).to_numpy()
    rows = {}
    for code, own in study.group.iterrows():
        target = own[before].to_numpy(float)
        misfit = _best_miss(pool, target)
        sides = np.vstack([pool, -pool])
        room = np.concatenate([target, -target]) + misfit + SLACK
        ends = [_smallest(sign * later, sides, room) * sign for sign in (1, -1)]
        rows[code] = {
            "difference_low": own[after].mean() - ends[1],
            "difference_high": own[after].mean() - ends[0],
            "misfit": misfit,
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("region_code")


def copied_share(study: Design, within: float) -> float:
    """Share of the donors that the other donors copy in the years before, within so many points.

    Where nearly all are copied, a good copy of a followed region says nothing.
    """
    pool = study.donors[list(study.before)].to_numpy().T
    misses = [_best_miss(np.delete(pool, i, axis=1), pool[:, i]) for i in range(pool.shape[1])]
    return float((np.array(misses) <= within).mean())


def synthetic_did(study: Design) -> float:
    """Synthetic difference-in-differences of the group, in points.

    Donors are weighted to run parallel to the group before, years before to resemble those after;
    what remains between the two changes is returned.

    Parameters
    ----------
    study : Design
        At least two years before.

    Raises
    ------
    RefusedInput
        With a single year before.

    References
    ----------
    Arkhangelsky, D. et al. (2021). Synthetic difference-in-differences. American Economic Review
    111(12), 4088-4118, algorithm 1. https://doi.org/10.1257/aer.20190159
    """
    before, after = list(study.before), list(study.after)
    if len(before) < 2:
        raise RefusedInput("Synthetic difference-in-differences needs two years before or more.")
    pool, own = study.donors, study.group.mean()
    early, later = pool[before].to_numpy(), pool[after].mean(axis=1).to_numpy()
    noise = np.diff(early, axis=1).std(ddof=1)
    ridge = (len(study.treated) * len(after)) ** 0.25 * noise * np.sqrt(len(before))
    target = own[before].to_numpy(float)
    # each region's own mean over the years before is taken off: the intercept of the algorithm
    regions = simplex_weights(early.T - early.mean(axis=1), target - target.mean(), ridge)
    years = simplex_weights(
        early - early.mean(axis=0), later - later.mean(), 1e-6 * noise * np.sqrt(len(later))
    )
    gap = own[after].mean() - regions @ later
    return float(gap - years @ (target - regions @ early))


def _best_miss(pool: np.ndarray, target: np.ndarray) -> float:
    """Smallest possible largest miss of a mix of donors."""
    count = pool.shape[1]
    miss = -np.ones((len(target), 1))
    sides = np.vstack([np.hstack([pool, miss]), np.hstack([-pool, miss])])
    room = np.concatenate([target, -target])
    cost = np.append(np.zeros(count), 1.0)
    whole = np.append(np.ones(count), 0.0)[None, :]
    return max(_solved(linprog(cost, A_ub=sides, b_ub=room, A_eq=whole, b_eq=[1.0])), 0.0)


def _smallest(cost: np.ndarray, sides: np.ndarray, room: np.ndarray) -> float:
    whole = np.ones((1, len(cost)))
    return _solved(linprog(cost, A_ub=sides, b_ub=room, A_eq=whole, b_eq=[1.0]))


def _solved(answer) -> float:
    if answer.status != 0:
        raise RefusedInput(f"The range of synthetic controls was not found: {answer.message}")
    return float(answer.fun)
