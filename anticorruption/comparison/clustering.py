"""Whether a mark clusters in groups of regions more than chance would have it."""

import numpy as np
import pandas as pd

from anticorruption.comparison.checks import TIE, refuse_duplicates
from anticorruption.comparison.permutation import PermutationResult, group_test
from anticorruption.errors import RefusedInput


def clustering_test(
    marked: pd.Series,
    groups: pd.Series,
    *,
    within: pd.Series | None = None,
    draws: int = 9999,
    seed: int = 20241209,
) -> PermutationResult:
    """Compare how unevenly a mark falls on groups with how it would fall by chance.

    The statistic is the share of the variance of the mark that lies between the groups (eta
    squared): 0 if every group has the same share of marked regions, 1 if each is marked wholly
    or not at all. The marks are dealt out anew, among all regions or only inside the strata of
    `within`, and the observed deal is counted among the draws, so that p is never zero.

    Parameters
    ----------
    marked : Series of bool, index region_code
        Which regions carry the mark.
    groups : Series, index region_code
        The group of each region, such as its province.
    within : Series, index region_code, optional
        Strata that marks do not leave, such as kabupaten and kota: what differs between strata
        then cannot make a difference between groups.
    draws, seed : int
        Of the simulation.

    Returns
    -------
    PermutationResult
        `p_value` is one-sided (more uneven); it is never below 1 / (draws + 1).

    Raises
    ------
    RefusedInput
        For duplicate regions, a region without a group or stratum, fewer than two groups, nobody
        or everybody marked, or fewer than one draw.

    References
    ----------
    Phipson, B. & Smyth, G. K. (2010). Permutation p-values should never be zero. Statistical
    Applications in Genetics and Molecular Biology 9(1), article 39.
    https://doi.org/10.2202/1544-6115.1585
    """
    refuse_duplicates(marked.index, "the marks")
    own = marked.sort_index()
    member = _coded(groups, own.index, "group")
    strata = np.zeros(len(own), int) if within is None else _coded(within, own.index, "stratum")
    if member.max() == 0 or not 0 < own.sum() < len(own) or draws < 1:
        raise RefusedInput(
            "Clustering needs two groups or more, regions with and without the mark, and at "
            "least one draw."
        )
    values = own.to_numpy(float)
    observed = _between(values[None, :], member)[0]
    rng = np.random.default_rng(seed)
    hits = 1
    for _ in range(draws):
        dealt = values[_dealt(strata, rng)]
        hits += int(_between(dealt[None, :], member)[0] >= observed - TIE)
    return PermutationResult(float(observed), hits / (draws + 1), draws + 1, False)


def difference_within(values: pd.Series, marked: pd.Series, groups: pd.Series) -> float:
    """Mean difference between marked and unmarked regions of the same group.

    Groups count by n1 * n0 / (n1 + n0), as in a regression with a constant for each group, so
    that a group without both kinds counts nothing.

    Parameters
    ----------
    values : Series, index region_code
        A score, in any unit; missing ones are left out.
    marked : Series of bool, index region_code
    groups : Series, index region_code

    Returns
    -------
    float
        In the unit of the values.

    Raises
    ------
    RefusedInput
        If no group holds regions of both kinds.
    """
    table = pd.DataFrame(
        {"value": values, "marked": marked.reindex(values.index), "group": groups}
    ).dropna()
    table["marked"] = table["marked"].astype(bool)
    cells = table.groupby(["group", "marked"])["value"].agg(["mean", "size"]).unstack("marked")
    cells = cells.dropna()
    if cells.empty or cells.shape[1] < 4:
        raise RefusedInput("No group holds both marked and unmarked regions; nothing to compare.")
    size = cells["size"]
    weight = size[True] * size[False] / (size[True] + size[False])
    apart = cells["mean"][True] - cells["mean"][False]
    return float((apart * weight).sum() / weight.sum())


def contrasts(
    scores: pd.DataFrame, marked: pd.Series, groups: pd.Series, *, seed: int = 20241209
) -> pd.DataFrame:
    """Compare marked with unmarked regions in several scores, over all and inside groups.

    Parameters
    ----------
    scores : DataFrame, index region_code, a column a score
        In any unit, missing where not published.
    marked : Series of bool, index region_code
    groups : Series, index region_code
        Such as provinces.
    seed : int
        Of the permutation tests.

    Returns
    -------
    DataFrame, index the scores
        `carrying` and `others` (means), `difference`, `p` (two-sided, the label dealt out anew
        among all with that score), `smallest_p` and `within` (mean difference inside groups).

    Raises
    ------
    RefusedInput
        As `group_test` and `difference_within`.
    """
    rows = {}
    for name, column in scores.items():
        values = column.dropna()
        mark = marked.reindex(values.index).astype(bool)
        test = group_test(values, values.index[mark], alternative="two-sided", seed=seed)
        rows[name] = {
            "carrying": float(values[mark].mean()),
            "others": float(values[~mark].mean()),
            "difference": test.statistic,
            "p": test.p_value,
            "smallest_p": 1 / test.arrangements,
            "within": difference_within(values, marked, groups),
        }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("score")


def _coded(labels: pd.Series, index: pd.Index, what: str) -> np.ndarray:
    """Number the groups in the order of the regions."""
    aligned = labels.reindex(index)
    if aligned.isna().any():
        raise RefusedInput(f"Region {index[aligned.isna()][0]} has no {what}; give one.")
    return pd.factorize(aligned)[0]


def _dealt(strata: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Places of the regions dealt anew, each inside its stratum."""
    order = np.empty(len(strata), int)
    for stratum in range(strata.max() + 1):
        inside = np.flatnonzero(strata == stratum)
        order[inside] = rng.permutation(inside)
    return order


def _between(values: np.ndarray, member: np.ndarray) -> np.ndarray:
    """Share of the variance between groups, a row of values at a time."""
    size = np.bincount(member)
    mean = values.mean(axis=1, keepdims=True)
    sums = np.array([np.bincount(member, weights=row, minlength=len(size)) for row in values])
    between = (size * (sums / size - mean) ** 2).sum(axis=1)
    return between / ((values - mean) ** 2).sum(axis=1)
