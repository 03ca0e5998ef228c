"""Could chance alone have picked such a group? Exact and simulated permutation tests.

A permutation test compares the group with every other group that might have been picked. When the
group was picked for its high scores, only regions scoring as high might have been: give those
alone, or the answer is about another question.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from math import comb
from typing import Literal

import numpy as np
import pandas as pd

from anticorruption.comparison.checks import TIE, refuse_duplicates
from anticorruption.errors import RefusedInput

Alternative = Literal["greater", "less", "two-sided"]
MOST_ARRANGEMENTS = 200_000  # beyond this groups are drawn, not listed
MOST_DIFFERENCES = 20  # 2^20 sign patterns


@dataclass(frozen=True)
class PermutationResult:
    """The outcome of a permutation test.

    Attributes
    ----------
    statistic : float
        What was observed, in the unit of the values.
    p_value : float
        Share of the arrangements at least as extreme, the observed one included: never below
        1 / `arrangements`.
    arrangements : int
        How many were compared, the observed one included.
    exact : bool
        Whether these were all there are.
    """

    statistic: float
    p_value: float
    arrangements: int
    exact: bool


def smallest_p(regions: int, treated: int) -> float:
    """Give the smallest one-sided p-value a group of this size can ever reach.

    Parameters
    ----------
    regions : int
        Regions in all, the group included.
    treated : int
        Regions in the group.

    Returns
    -------
    float
        1 / C(regions, treated); for one region among J donors, 1 / (J + 1).

    Raises
    ------
    RefusedInput
        For a group that is empty or leaves nobody to compare with.
    """
    if not 0 < treated < regions:
        raise RefusedInput(
            f"A group of {treated} among {regions} regions leaves nothing to compare; "
            "take at least one region inside and one outside."
        )
    return 1 / comb(regions, treated)


def group_test(
    values: pd.Series,
    group: Collection[str],
    *,
    alternative: Alternative = "greater",
    draws: int = 9999,
    seed: int = 20241209,
) -> PermutationResult:
    """Compare a group with all groups of its size that might have been picked.

    The statistic is the mean of the group minus the mean of the others. Up to 200 000 groups are
    all listed; beyond that `draws` of them are drawn, and the observed group is counted among
    them, so that p is never zero.

    Parameters
    ----------
    values : Series, index region_code
        A score or a change of a score; only regions that might have been picked.
    group : collection of str
        Codes of the regions picked.
    alternative : {"greater", "less", "two-sided"}
        Which way counts as extreme; two-sided compares absolute differences.
    draws, seed : int
        Of the simulated test.

    Returns
    -------
    PermutationResult

    Raises
    ------
    RefusedInput
        For duplicate regions, missing or infinite values, a group that is empty, everybody or
        not among the values, an unknown alternative, or fewer than one draw.

    References
    ----------
    Fisher, R. A. (1935). The Design of Experiments. Oliver & Boyd. Phipson, B. & Smyth, G. K.
    (2010). Permutation p-values should never be zero. Statistical Applications in Genetics and
    Molecular Biology 9(1), article 39. https://doi.org/10.2202/1544-6115.1585
    """
    numbers, members = _checked_group(values.sort_index(), group)
    n, k = len(numbers), len(members)
    floor = smallest_p(n, k)
    exact = round(1 / floor) <= MOST_ARRANGEMENTS
    if not exact and draws < 1:
        raise RefusedInput(f"{draws} draws compare with nobody; take one or more, better 9999.")
    total = numbers.sum()

    def difference(group_sum: np.ndarray) -> np.ndarray:
        return group_sum / k - (total - group_sum) / (n - k)

    observed = float(difference(numbers[members].sum()))
    if exact:
        statistics = difference(numbers[_all_groups(n, k)].sum(axis=1))
        hits, arrangements = _extreme(statistics, observed, alternative), len(statistics)
    else:
        blocks = _drawn_groups(n, k, draws, np.random.default_rng(seed))
        hits = 1 + sum(
            _extreme(difference(numbers[block].sum(axis=1)), observed, alternative)
            for block in blocks
        )
        arrangements = 1 + draws
    return PermutationResult(observed, hits / arrangements, arrangements, exact)


def sign_flip_test(
    differences: pd.Series, *, alternative: Alternative = "greater"
) -> PermutationResult:
    """Test paired differences against every pattern of signs.

    The statistic is the sum of the differences; if the two sides of a pair were interchangeable,
    each difference might as well carry the other sign.

    Parameters
    ----------
    differences : Series
        One difference a pair, in any unit, at most 20.
    alternative : {"greater", "less", "two-sided"}
        Which way counts as extreme.

    Returns
    -------
    PermutationResult
        Exact, over 2^n sign patterns.

    Raises
    ------
    RefusedInput
        For no or more than 20 differences, missing or infinite ones, or an unknown alternative.

    References
    ----------
    Fisher (1935), as in `group_test`, section 21.
    """
    numbers = differences.to_numpy(dtype=float)
    if not 1 <= len(numbers) <= MOST_DIFFERENCES:
        raise RefusedInput(
            f"{len(numbers)} differences cannot be gone through; give 1 to {MOST_DIFFERENCES}."
        )
    if not np.isfinite(numbers).all():
        where = differences.index[~np.isfinite(numbers)][0]
        raise RefusedInput(f"The difference of pair {where} is missing or infinite; leave it out.")
    sums = np.zeros(1)
    for number in numbers:  # doubles the patterns with each pair
        sums = np.concatenate([sums + number, sums - number])
    observed = float(numbers.sum())
    hits = _extreme(sums, observed, alternative)
    return PermutationResult(observed, hits / len(sums), len(sums), True)


def _extreme(statistics: np.ndarray, observed: float, alternative: str) -> int:
    """Count the statistics at least as extreme as the observed one, rounding apart."""
    slack = TIE * max(1.0, abs(observed))
    if alternative == "greater":
        return int((statistics >= observed - slack).sum())
    if alternative == "less":
        return int((statistics <= observed + slack).sum())
    if alternative == "two-sided":
        return int((np.abs(statistics) >= abs(observed) - slack).sum())
    raise RefusedInput(
        f"There is no alternative {alternative!r}; choose greater, less or two-sided."
    )


@lru_cache(maxsize=8)
def _all_groups(n: int, k: int) -> np.ndarray:
    """List all groups of k among n, one a row."""
    listed = np.fromiter((i for group in combinations(range(n), k) for i in group), dtype=np.intp)
    return listed.reshape(-1, k)


def _drawn_groups(n: int, k: int, draws: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Draw groups of k among n, each equally likely, a thousand rows at a time."""
    for start in range(0, draws, 1000):
        keys = rng.random((min(1000, draws - start), n))
        yield np.argpartition(keys, k, axis=1)[:, :k]


def _checked_group(values: pd.Series, group: Collection[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the values and the places of the group among them, or refuse them."""
    refuse_duplicates(values.index, "the values")
    numbers = values.to_numpy(dtype=float)
    if not np.isfinite(numbers).all():
        where = values.index[~np.isfinite(numbers)][0]
        raise RefusedInput(f"The value of region {where} is missing or infinite; leave it out.")
    strange = sorted(set(group) - set(values.index))
    if strange:
        raise RefusedInput(f"Region {strange[0]} of the group has no value; give it or drop it.")
    return numbers, np.flatnonzero(values.index.isin(list(set(group))))
