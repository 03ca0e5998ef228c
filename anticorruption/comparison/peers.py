"""Fair neighbours: regions in a like situation, found by context and never by the score.

Matching on the score itself would make the comparison answer its own question: regions chosen for
an equal score stay equal only until the noise of that year has gone.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from anticorruption.comparison.checks import numbers, refuse_duplicates
from anticorruption.errors import RefusedInput


@dataclass(frozen=True)
class Peers:
    """The context peers of every region that has a full context.

    Attributes
    ----------
    pairs : DataFrame
        `region_code`, `peer_code`, `place` (1 = nearest) and `distance`, sorted by region and
        place. Distance is Euclidean over the standardised variables: 1 is one standard deviation
        in one variable.
    regions : DataFrame, index region_code
        `peers` (how many were found), `nearest` (distance to the nearest) and `no_close_peer`.
    close_limit : float
        The nearest distance beyond which a region counts as having no close peer.
    excluded : Series, index region_code
        The reason why a region has no peers and is nobody's peer.
    """

    pairs: pd.DataFrame
    regions: pd.DataFrame
    close_limit: float
    excluded: pd.Series

    def of(self, region_code: str) -> pd.DataFrame:
        """Return the peers of one region, nearest first: index peer_code, column `distance`."""
        if region_code in self.excluded.index:
            raise RefusedInput(
                f"Region {region_code} has no peers: {self.excluded[region_code]}; "
                "complete its context first."
            )
        if region_code not in self.regions.index:
            raise RefusedInput(f"Region {region_code} is not in the context; check its code.")
        own = self.pairs[self.pairs["region_code"] == region_code]
        return own.set_index("peer_code")[["distance"]]


def context_peers(
    context: pd.DataFrame,
    *,
    exact: pd.DataFrame | None = None,
    categories: pd.DataFrame | None = None,
    k: int = 15,
    forbidden: Collection[str] = (),
    close_quantile: float = 0.95,
) -> Peers:
    """Find the statistical nearest neighbours of every region.

    Variables are standardised over all regions with a full context (mean 0, standard deviation
    1), each counts the same, and the k regions at the smallest Euclidean distance are the peers;
    equal distances are settled by the order of the codes. Skewed variables such as population
    should come as logarithms.

    Parameters
    ----------
    context : DataFrame, index region_code
        Numeric context variables, each in its own unit.
    exact : DataFrame, index region_code, optional
        Variables on which peers must agree exactly, such as `level` (kabupaten or kota).
    categories : DataFrame, index region_code, optional
        Variables with names for values, such as `island_group`, on which peers may differ: two
        regions of different categories are as far apart as two regions at random are, on
        average, in a numeric variable, so each variable still counts the same.
    k : int
        Peers a region; fewer are given where fewer regions agree on `exact`.
    forbidden : collection of str
        Names of what is being compared (scores and their parts). They may stand nowhere in what
        is matched on.
    close_quantile : float
        A region has no close peer when its nearest distance exceeds this quantile of the nearest
        distances of all regions.

    Returns
    -------
    Peers

    Raises
    ------
    RefusedInput
        For a forbidden, non-numeric, infinite or constant column, duplicate regions, k below 1, a
        quantile outside (0, 1), or fewer than three regions with a full context.

    References
    ----------
    Office for National Statistics (2023). Clustering similar local authorities and statistical
    nearest neighbours in the UK, methodology; CIPFA nearest neighbours model (standardise,
    Euclidean distance, 15 neighbours).
    """
    _refuse_unfit(context, exact, categories, k, forbidden, close_quantile)
    groups, excluded = _exact_groups(context, exact, categories)
    full = context.loc[groups.index].astype(float)
    named = pd.DataFrame(index=full.index) if categories is None else categories.loc[full.index]
    distances = _distances(full, named, groups)
    order = np.argsort(distances, axis=1, kind="stable")[:, :k]
    chosen = np.take_along_axis(distances, order, axis=1)
    row, place = np.nonzero(np.isfinite(chosen))
    pairs = pd.DataFrame(
        {
            "region_code": full.index[row],
            "peer_code": full.index[order[row, place]],
            "place": place + 1,
            "distance": chosen[row, place],
        }
    )
    nearest = pd.Series(chosen[:, 0], index=full.index)
    limit = float(nearest.quantile(close_quantile))
    regions = pd.DataFrame(
        {
            "peers": np.isfinite(chosen).sum(axis=1),
            "nearest": nearest,
            "no_close_peer": nearest > limit,
        }
    )
    return Peers(pairs, regions, limit, excluded)


def peer_stability(
    context: pd.DataFrame,
    *,
    exact: pd.DataFrame | None = None,
    categories: pd.DataFrame | None = None,
    k: int = 15,
    forbidden: Collection[str] = (),
) -> pd.DataFrame:
    """Tell how many peers stay when one context variable is left out.

    Parameters
    ----------
    context, exact, categories, k, forbidden
        As in `context_peers`. The field of regions is that of the full context throughout.

    Returns
    -------
    DataFrame, index region_code, a column for each variable left out
        Share of the peers, between 0 and 1, that are still peers without the variable.

    Raises
    ------
    RefusedInput
        As `context_peers`, and for fewer than two context variables.
    """
    whole = context_peers(context, exact=exact, categories=categories, k=k, forbidden=forbidden)
    field = whole.regions.index
    fewer = leave_one_out(context.loc[field], exact=exact, categories=categories, k=k)
    before = pd.MultiIndex.from_frame(whole.pairs[["region_code", "peer_code"]])
    kept = {}
    for variable, pairs in fewer.items():
        after = pd.MultiIndex.from_frame(pairs[["region_code", "peer_code"]])
        still = pd.Series(before.isin(after), index=before.get_level_values("region_code"))
        kept[variable] = still.groupby(level=0).mean()
    return pd.DataFrame(kept).reindex(field)


def leave_one_out(
    context: pd.DataFrame,
    *,
    exact: pd.DataFrame | None = None,
    categories: pd.DataFrame | None = None,
    k: int = 15,
) -> dict[str, pd.DataFrame]:
    """Find the peers anew without each context variable in turn.

    Parameters
    ----------
    context, exact, categories, k
        As in `context_peers`.

    Returns
    -------
    dict
        Name of the variable left out and the pairs without it.

    Raises
    ------
    RefusedInput
        As `context_peers`, and for fewer than two context variables.
    """
    named = pd.DataFrame(index=context.index) if categories is None else categories
    if context.shape[1] + named.shape[1] < 2 or context.shape[1] == 0:
        raise RefusedInput("Leaving one variable out needs two or more; add a context variable.")
    settings = {"exact": exact, "k": k}
    without = {
        variable: context_peers(
            context.drop(columns=variable), categories=categories, **settings
        ).pairs
        for variable in context.columns
    }
    return without | {
        variable: context_peers(context, categories=named.drop(columns=variable), **settings).pairs
        for variable in named.columns
    }


def _exact_groups(
    context: pd.DataFrame, exact: pd.DataFrame | None, categories: pd.DataFrame | None
) -> tuple[pd.Series, pd.Series]:
    """Sort regions into groups that agree exactly, and say who is left out and why."""
    known = context.sort_index()
    agree = pd.DataFrame(index=known.index) if exact is None else exact.reindex(known.index)
    gaps = pd.concat([known, agree], axis=1)
    if categories is not None:
        gaps = gaps.join(categories)
    gaps = gaps.isna()
    reasons = {
        code: f"no value for {', '.join(map(str, gaps.columns[row]))}"
        for code, row in gaps[gaps.any(axis=1)].iterrows()
    }
    complete = agree[~gaps.any(axis=1)]
    if exact is None:
        groups = pd.Series(0, index=complete.index)
    else:
        groups = complete.groupby(list(complete.columns), sort=True).ngroup()
    alone = groups.index[groups.map(groups.value_counts()) == 1]
    reasons |= {code: f"no other region agrees on {', '.join(agree.columns)}" for code in alone}
    groups = groups.drop(index=alone)
    if len(groups) < 3:
        raise RefusedInput(
            f"Only {len(groups)} regions have a full context and somebody to compare with; "
            "peers need three or more."
        )
    excluded = pd.Series(reasons, name="reason", dtype=object).rename_axis(context.index.name)
    return groups, excluded.sort_index()


def _distances(full: pd.DataFrame, named: pd.DataFrame, groups: pd.Series) -> np.ndarray:
    """Measure all distances; infinite to oneself and to regions of another group."""
    spread = full.std(ddof=0)
    flat = spread.index[~(spread > 1e-12 * full.abs().max())]
    if len(flat):
        raise RefusedInput(f"Context variable {flat[0]} is the same for all regions; leave it out.")
    standard = ((full - full.mean()) / spread).to_numpy()
    standard = np.hstack([standard, *(_standard_category(column) for _, column in named.items())])
    distances = cdist(standard, standard)
    other = groups.to_numpy()[:, None] != groups.to_numpy()[None, :]
    distances[other] = np.inf
    np.fill_diagonal(distances, np.inf)
    return distances


def _standard_category(column: pd.Series) -> np.ndarray:
    """Lay out a category as columns whose variances together are one, as of any variable."""
    marks = pd.get_dummies(column).to_numpy(float)
    variance = marks.var(axis=0).sum()
    if variance == 0:
        raise RefusedInput(f"Context variable {column.name} is the same for all; leave it out.")
    return marks / np.sqrt(variance)


def _refuse_unfit(context, exact, categories, k, forbidden, close_quantile) -> None:
    """Refuse what cannot be matched on, in a sentence that names it."""
    for table in (each for each in (context, exact, categories) if each is not None):
        matched = [name for name in table.columns if name in set(forbidden)]
        if matched:
            raise RefusedInput(
                f"Peers must not be matched on {matched[0]}, which is being compared; drop it."
            )
        refuse_duplicates(table.index, "the context")
    for name, column in context.items():
        numbers(column, f"Context variable {name}")
    if context.shape[1] == 0 or k < 1 or not 0 < close_quantile < 1:
        raise RefusedInput(
            f"{context.shape[1]} context variables, k = {k} and close_quantile = "
            f"{close_quantile:g} give no peers; take one variable or more, k of 1 or more and a "
            "quantile in (0, 1)."
        )
