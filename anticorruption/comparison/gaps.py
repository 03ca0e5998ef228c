"""What makes up the gap between two regions, adding up exactly.

The arithmetic says what the gap is made of, never why.
"""

from collections.abc import Callable
from math import factorial

import numpy as np
import pandas as pd

from anticorruption.comparison.checks import numbers, refuse_duplicates
from anticorruption.errors import RefusedInput

MOST_INDICATORS = 12  # 2^12 = 4096 evaluations of the index


def weighted_gap(region: pd.Series, benchmark: pd.Series, weights: pd.Series) -> pd.Series:
    """Split the gap between two weighted means: w_i (x_i - z_i).

    For a weighted mean this is also the Shapley value, so the order of the indicators plays no
    part.

    Parameters
    ----------
    region, benchmark : Series, index indicator
        Values x of the region and z of the benchmark (another region, or the mean of its peers),
        on a common scale.
    weights : Series, index indicator
        Zero or more, of any sum; they are divided by their sum.

    Returns
    -------
    Series, index indicator
        Contributions in the unit of the values; they add up to the mean of the region minus that
        of the benchmark.

    Raises
    ------
    RefusedInput
        For missing or infinite values, indicators that differ between the three, negative weights
        or weights that are all zero.
    """
    x, z = _checked_sides(region, benchmark)
    return (_shares(weights, x.index) * (x - z)).rename("contribution")


def geometric_gap(region: pd.Series, benchmark: pd.Series, weights: pd.Series) -> pd.Series:
    """Split the gap between two weighted geometric means by log shares.

    Contribution of i: L(X, Z) w_i ln(x_i / z_i), where X and Z are the two means and
    L(X, Z) = (X - Z) / ln(X / Z) is their logarithmic mean (X when they are equal). One sum, no
    subsets, for any number of indicators; the figures differ a little from the Shapley value.

    Parameters
    ----------
    region, benchmark, weights
        As in `weighted_gap`; all values above zero.

    Returns
    -------
    Series, index indicator
        Contributions in the unit of the values, adding up to the gap.

    Raises
    ------
    RefusedInput
        As `weighted_gap`, and for a value of zero or less.

    References
    ----------
    Ang, B. W. (2005). The LMDI approach to decomposition analysis: a practical guide. Energy
    Policy 33(7), 867-871. https://doi.org/10.1016/j.enpol.2003.10.010
    """
    x, z = _checked_sides(region, benchmark)
    for side, values in (("region", x), ("benchmark", z)):
        if (values <= 0).any():
            raise RefusedInput(
                f"Indicator {values.index[values <= 0][0]} of the {side} is not above zero; "
                "a geometric mean cannot be split there, so use the arithmetic mean."
            )
    logs = _shares(weights, x.index) * (np.log(x) - np.log(z))
    mean_z = float(np.exp((_shares(weights, x.index) * np.log(z)).sum()))
    ratio = float(logs.sum())
    # expm1(r) / r, continued by 1: the logarithmic mean without cancelling when X is near Z
    logarithmic_mean = mean_z * (np.expm1(ratio) / ratio if ratio else 1.0)
    return (logarithmic_mean * logs).rename("contribution")


def shapley_gap(
    region: pd.Series, benchmark: pd.Series, index: Callable[[np.ndarray], float]
) -> pd.Series:
    """Split the gap of any index exactly: each indicator's mean effect over all orders.

    Indicators are switched from the benchmark to the region one after another; the contribution
    of an indicator is what its switch changes, averaged over all orders. All 2^k subsets are
    evaluated, nothing is sampled.

    Parameters
    ----------
    region, benchmark : Series, index indicator
        Values of both sides, at most 12 indicators.
    index : callable
        Takes an array of k values, in the order of `region`, and returns the score.

    Returns
    -------
    Series, index indicator
        Contributions in the unit of the score; they add up to
        index(region) - index(benchmark).

    Raises
    ------
    RefusedInput
        For missing or infinite values, indicators that differ between the sides, more than 12
        indicators, or an index that gives no finite score for a mixture of the two sides.

    References
    ----------
    Shapley, L. S. (1953). A value for n-person games. Contributions to the Theory of Games II,
    307-317. Shorrocks, A. F. (2013). Decomposition procedures for distributional analysis: a
    unified framework based on the Shapley value. Journal of Economic Inequality 11(1), 99-126.
    https://doi.org/10.1007/s10888-011-9214-z
    """
    x, z = _checked_sides(region, benchmark)
    k = len(x)
    if k > MOST_INDICATORS:
        raise RefusedInput(
            f"{k} indicators mean {2**k} subsets; group them into {MOST_INDICATORS} or fewer, "
            "or use weighted_gap or geometric_gap."
        )
    subsets = np.arange(2**k)
    switched = (subsets[:, None] >> np.arange(k)) & 1 == 1
    mixtures = np.where(switched, x.to_numpy(), z.to_numpy())
    worth = np.array([float(index(mixture)) for mixture in mixtures])
    if not np.isfinite(worth).all():
        odd = ", ".join(x.index[switched[~np.isfinite(worth)][0]].astype(str)) or "no indicator"
        raise RefusedInput(
            f"The index gives no finite score with {odd} taken from the region and the rest from "
            "the benchmark; choose an index defined for every mixture."
        )
    weight = np.array([factorial(s) * factorial(k - s - 1) / factorial(k) for s in range(k)])
    contributions = []
    for i in range(k):
        without = subsets[~switched[:, i]]
        gain = worth[without | (1 << i)] - worth[without]
        contributions.append(float(weight[switched[without].sum(axis=1)] @ gain))
    return pd.Series(contributions, index=x.index, name="contribution")


def _checked_sides(region: pd.Series, benchmark: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return both sides as floats in the order of the region, or refuse them."""
    for side, values in (("region", region), ("benchmark", benchmark)):
        refuse_duplicates(values.index, f"the {side}", "Indicator")
        usable = numbers(values, f"The {side}'s value", "indicator").notna()
        if not usable.all():
            raise RefusedInput(
                f"Indicator {values.index[~usable][0]} of the {side} is missing; "
                "leave it out on both sides or fill it first."
            )
    strange = region.index.symmetric_difference(benchmark.index)
    if len(strange) or region.empty:
        odd = f"indicator {strange[0]} stands on one side only" if len(strange) else "none is given"
        raise RefusedInput(f"Both sides need the same indicators; {odd}.")
    return region.astype(float), benchmark.reindex(region.index).astype(float)


def _shares(weights: pd.Series, indicators: pd.Index) -> pd.Series:
    """Return the weights divided by their sum, in the order of the indicators."""
    refuse_duplicates(weights.index, "the weights", "Indicator")
    given = numbers(weights, "The weight", "indicator").reindex(indicators)
    wrong = ~(given >= 0)
    if wrong.any():
        where = given.index[wrong][0]
        raise RefusedInput(
            f"The weight of indicator {where} is {given[where]:g}; give zero or more."
        )
    strange = weights.index.difference(indicators)
    if len(strange):
        raise RefusedInput(f"There is a weight but no value for {strange[0]}; leave it out.")
    if not given.sum() > 0:
        raise RefusedInput("All weights are zero; give at least one indicator a weight.")
    return given / given.sum()
