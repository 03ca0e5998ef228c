"""Who is at least as good on everything: comparison without any weights.

One region dominates another when no indicator is lower and at least one is higher. Regions
neither of which dominates the other stay unordered, whatever a composite says about them.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from anticorruption.comparison.checks import numbers, refuse_duplicates
from anticorruption.errors import RefusedInput

MOST_REGIONS = 12  # subsets grow as 2^n


@dataclass(frozen=True)
class LinearExtensions:
    """All complete rankings that respect dominance.

    Attributes
    ----------
    count : int
        Number of rankings.
    average_rank : Series, index region_code
        Mean rank over them; 1 is the best possible.
    above : DataFrame, index and columns region_code
        Share of the rankings in which the row stands above the column.
    """

    count: int
    average_rank: pd.Series
    above: pd.DataFrame


def dominance_matrix(indicators: pd.DataFrame) -> pd.DataFrame:
    """Tell for every pair whether the row dominates the column.

    Parameters
    ----------
    indicators : DataFrame, index region_code, a column an indicator
        Higher is better in every column; any unit, columns need no common scale.

    Returns
    -------
    DataFrame of bool, index and columns region_code
        Equal regions do not dominate one another.

    Raises
    ------
    RefusedInput
        For duplicate regions, no indicators, or a missing value: a gap could turn every verdict
        about the region.

    References
    ----------
    Brüggemann, R. & Patil, G. P. (2011). Ranking and Prioritization for Multi-indicator Systems.
    Springer.
    """
    refuse_duplicates(indicators.index, "the indicators")
    if indicators.shape[1] == 0:
        raise RefusedInput("There are no indicators to compare on; give at least one column.")
    gaps = indicators.isna()
    if gaps.to_numpy().any():
        where = indicators.index[gaps.any(axis=1)][0]
        what = indicators.columns[gaps.loc[where]][0]
        raise RefusedInput(
            f"Region {where} has no value for {what}; leave the region or the indicator out."
        )
    values = indicators.apply(lambda column: numbers(column, f"Indicator {column.name}"))
    at_least = np.ones((len(values), len(values)), dtype=bool)
    for column in values.to_numpy().T:  # one column at a time keeps the memory at n x n
        at_least &= column[:, None] >= column[None, :]
    return pd.DataFrame(at_least & ~at_least.T, indicators.index, indicators.index)


def dominance_counts(indicators: pd.DataFrame) -> pd.DataFrame:
    """Count for every region how many others it dominates and is dominated by.

    Parameters
    ----------
    indicators : DataFrame
        As in `dominance_matrix`.

    Returns
    -------
    DataFrame, index region_code
        `dominates`, `dominated_by`, `equal_to`, `incomparable` (these four add up to the number
        of other regions), and `rank_low`, `rank_high`: the ranks possible under any monotone
        scoring, 1 the best; equal regions share the better rank.

    Raises
    ------
    RefusedInput
        As `dominance_matrix`.
    """
    matrix = dominance_matrix(indicators)
    dominates, dominated_by = matrix.sum(axis=1), matrix.sum(axis=0)
    alike = indicators.groupby(list(indicators.columns)).ngroup()
    equal_to = alike.map(alike.value_counts()) - 1
    others = len(matrix) - 1
    return pd.DataFrame(
        {
            "dominates": dominates,
            "dominated_by": dominated_by,
            "equal_to": equal_to,
            "incomparable": others - dominates - dominated_by - equal_to,
            "rank_low": 1 + dominated_by,
            "rank_high": 1 + others - dominates - equal_to,
        }
    )


def dominance_layers(indicators: pd.DataFrame) -> pd.Series:
    """Put every region into a layer: the first is dominated by nobody, the next only by the first.

    The layer of a region is one more than the deepest layer of those that dominate it, that is
    the length of the longest chain of dominance that ends in it. Regions of one layer never
    dominate one another; regions of different layers need not be ordered either.

    Parameters
    ----------
    indicators : DataFrame
        As in `dominance_matrix`.

    Returns
    -------
    Series of int, index region_code

    Raises
    ------
    RefusedInput
        As `dominance_matrix`.

    References
    ----------
    Brüggemann, R. & Patil, G. P. (2011), as in `dominance_matrix`.
    """
    matrix = dominance_matrix(indicators)
    above = matrix.to_numpy()
    layers = np.ones(len(matrix), dtype=int)
    # Whoever dominates has fewer dominators, so in this order they come first.
    for place in np.argsort(above.sum(axis=0), kind="stable"):
        dominators = layers[above[:, place]]
        layers[place] = 1 + dominators.max() if len(dominators) else 1
    return pd.Series(layers, index=indicators.index, name="layer")


def cover_pairs(indicators: pd.DataFrame) -> list[tuple[str, str]]:
    """List the edges of the Hasse diagram: dominance with nobody in between.

    Parameters
    ----------
    indicators : DataFrame
        As in `dominance_matrix`.

    Returns
    -------
    list of (str, str)
        (upper, lower) pairs in the order of `indicators`.

    Raises
    ------
    RefusedInput
        As `dominance_matrix`.
    """
    matrix = dominance_matrix(indicators)
    relation = matrix.to_numpy()
    # a float product goes through BLAS; booleans would be multiplied one by one
    between = relation.astype(np.float32) @ relation.astype(np.float32) > 0
    upper, lower = np.nonzero(relation & ~between)
    return list(zip(matrix.index[upper], matrix.index[lower], strict=True))


def incomparable_pairs(indicators: pd.DataFrame) -> list[tuple[str, str]]:
    """List the pairs of regions that dominance leaves unordered, equal regions excepted.

    Parameters
    ----------
    indicators : DataFrame
        As in `dominance_matrix`.

    Returns
    -------
    list of (str, str)
        Each pair once, in the order of `indicators`.

    Raises
    ------
    RefusedInput
        As `dominance_matrix`.
    """
    matrix = dominance_matrix(indicators)
    alike = indicators.groupby(list(indicators.columns)).ngroup().to_numpy()
    ordered = matrix.to_numpy() | matrix.to_numpy().T | (alike[:, None] == alike[None, :])
    first, second = np.nonzero(np.triu(~ordered, k=1))
    return list(zip(matrix.index[first], matrix.index[second], strict=True))


def linear_extensions(indicators: pd.DataFrame) -> LinearExtensions:
    """Count all rankings that respect dominance, and average over them, exactly.

    A ranking is built from the top: a region may be placed once all its dominators are. The
    number of ways to reach each set of placed regions, times the number of ways to complete it,
    weighs each next placement. Equal regions are free to stand either way, so they tie on
    average.

    Parameters
    ----------
    indicators : DataFrame
        As in `dominance_matrix`, at most 12 regions.

    Returns
    -------
    LinearExtensions

    Raises
    ------
    RefusedInput
        As `dominance_matrix`, and for no region or more than 12.

    References
    ----------
    De Loof, K., De Meyer, H. & De Baets, B. (2006). Exploiting the lattice of ideals
    representation of a poset. Fundamenta Informaticae 71(2-3), 309-321.
    """
    matrix = dominance_matrix(indicators)
    n = len(matrix)
    if not 1 <= n <= MOST_REGIONS:
        raise RefusedInput(
            f"All rankings of {n} regions cannot be gone through; "
            f"choose 1 to {MOST_REGIONS} regions, or use dominance_counts for rank intervals."
        )
    bits = 1 << np.arange(n)
    dominators = [int(bits[column].sum()) for column in matrix.to_numpy().T]
    free = [
        [i for i in range(n) if not placed >> i & 1 and dominators[i] & ~placed == 0]
        for placed in range(2**n)
    ]
    ways_to, ways_on = [1] + [0] * (2**n - 1), [0] * (2**n - 1) + [1]
    for placed in range(2**n):
        for i in free[placed]:
            ways_to[placed | 1 << i] += ways_to[placed]
    for placed in range(2**n - 2, -1, -1):
        ways_on[placed] = sum(ways_on[placed | 1 << i] for i in free[placed])
    above = np.zeros((n, n))
    for placed in range(2**n):
        if ways_to[placed]:
            later = (placed & bits) == 0
            for i in free[placed]:
                above[i, later] += ways_to[placed] * ways_on[placed | 1 << i]
    np.fill_diagonal(above, 0.0)
    share = pd.DataFrame(above / ways_on[0], matrix.index, matrix.index)
    return LinearExtensions(ways_on[0], (1 + share.sum(axis=0)).rename("average_rank"), share)
