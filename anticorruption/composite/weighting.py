"""Weighting: how much each part counts inside the code above it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.composite.codebook import Tree
from anticorruption.composite.parameters import number
from anticorruption.errors import RefusedInput

WEIGHTINGS: dict[str, dict[str, Any]] = {
    "given": {"weights": None},
    "equal": {},
    "equal_by_parent": {},
    "pca": {"squared": False},
    "benefit_of_the_doubt": {"lower": 0.0, "upper": 1.0},
    "ahp": {"comparisons": None, "consistency_limit": 0.1},
    "budget_allocation": {"points": None},
}
"""Names of the weightings, and the parameters of each with their defaults.

`given`: the codebook's weights, or `weights` (code to weight) over them. `equal`: every indicator
counts the same in the whole. `equal_by_parent`: the parts of each code count the same. `pca`:
loadings of the first principal component of each group, or their squares with `squared`.
`benefit_of_the_doubt`: each region's own best weights, each part between `lower` and `upper` of
its score. `ahp`: `comparisons` (aggregate to table of ratios). `budget_allocation`: `points`
(expert to code to points).
"""

RANDOM_INDEX = (
    0.0,
    0.0,
    0.0,
    0.58,
    0.90,
    1.12,
    1.24,
    1.32,
    1.41,
    1.45,
    1.49,
    1.51,
    1.48,
    1.56,
    1.57,
    1.59,
)
"""Mean consistency index of random comparisons of n items (Saaty 1980), n = 0 to 15."""


def stated_weights(tree: Tree, weighting: str, options: Mapping[str, Any]) -> dict[str, float]:
    """Return the weight of every code, for the weightings that do not look at the data.

    Parameters
    ----------
    tree : Tree
        The checked codebook.
    weighting : str
        `given`, `equal`, `equal_by_parent`, `ahp` or `budget_allocation`.
    options : mapping
        The parameters of the weighting.

    Returns
    -------
    dict
        Code to weight, not yet scaled; only ratios between parts of the same code matter.

    Raises
    ------
    RefusedInput
        For a weight that is missing, negative or infinite, or a group without a positive one.
    """
    if weighting == "equal":
        weights = {code: float(_indicators_below(tree, code)) for code in tree.codes}
    elif weighting == "equal_by_parent":
        weights = dict.fromkeys(tree.codes, 1.0)
    elif weighting == "ahp":
        weights = _compared(tree, options)
    elif weighting == "budget_allocation":
        weights = _allotted(tree, options["points"])
    else:
        weights = _given(tree, options["weights"])
    for aggregate in tree.aggregates:
        _refuse_bad_weights(aggregate, {part: weights[part] for part in tree.children[aggregate]})
    return weights


def pca_weights(parts: pd.DataFrame, squared: bool = False) -> pd.Series:
    """Weights from the first principal component of the correlations of the parts.

    The sign is fixed so that the loadings add up to more than zero. A loading below zero means
    that the part runs against the others; it is refused, because a negative weight would reward
    a region for doing worse.

    Parameters
    ----------
    parts : DataFrame
        Regions by parts, higher is better; regions with a gap are left out.
    squared : bool
        Use squared loadings, the share of the component's variance that each part carries.

    Returns
    -------
    Series
        Weights that add up to one.

    Raises
    ------
    RefusedInput
        For a negative loading, a constant part, or fewer than three complete regions.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6.
    """
    if parts.shape[1] == 1:
        return pd.Series(1.0, index=parts.columns)
    complete = parts.dropna()
    if len(complete) < 3:
        raise RefusedInput(
            f"principal components of {_names(parts.columns)} need at least three "
            f"complete regions, not {len(complete)}."
        )
    constant = np.ptp(complete.to_numpy(), axis=0) <= 1e-12 * np.abs(complete).max().to_numpy()
    if constant.any():
        raise RefusedInput(
            f"{parts.columns[constant][0]!r} is the same for every complete region, "
            "so it has no correlation to weight it by."
        )
    loadings = np.linalg.eigh(np.corrcoef(complete.to_numpy(), rowvar=False))[1][:, -1]
    loadings = loadings if loadings.sum() > 0 else -loadings
    if (loadings < -1e-12).any():
        against = parts.columns[loadings < -1e-12]
        raise RefusedInput(
            f"principal components give {against[0]!r} the negative weight {loadings.min():.3f}: "
            f"it runs against the rest of {_names(parts.columns)}, and a negative weight would "
            "reward a region for doing worse."
        )
    weights = loadings**2 if squared else np.clip(loadings, 0.0, None)
    return pd.Series(weights / weights.sum(), index=parts.columns)


def ahp_weights(
    comparisons: pd.DataFrame, consistency_limit: float = 0.1
) -> tuple[pd.Series, float]:
    """Weights from pairwise comparisons, with their consistency ratio.

    Parameters
    ----------
    comparisons : DataFrame
        Codes by codes: how many times the row counts for the column, 1 on the diagonal and
        reciprocal across it.
    consistency_limit : float
        The largest consistency ratio that is accepted.

    Returns
    -------
    weights : Series
        The principal eigenvector, adding up to one.
    consistency_ratio : float
        ((lambda - n) / (n - 1)) / random index of n; 0 for n below 3.

    Raises
    ------
    RefusedInput
        For a table that is not reciprocal, more than 15 codes, or too high a ratio.

    References
    ----------
    Saaty (1980), The Analytic Hierarchy Process.
    """
    codes = list(comparisons.columns)
    if set(comparisons.index) != set(codes) or not 1 <= len(codes) < len(RANDOM_INDEX):
        raise RefusedInput("comparisons need the same 1 to 15 codes in rows and columns.")
    ratios = comparisons.reindex(codes).to_numpy(dtype=float)
    wrong = ~((ratios > 0) & (np.abs(ratios * ratios.T - 1) <= 1e-6))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise RefusedInput(
            f"the comparison of {codes[row]!r} with {codes[column]!r} must be above "
            "zero and one divided by the comparison the other way round."
        )
    values, vectors = np.linalg.eig(ratios)
    first = int(np.argmax(values.real))
    weights = np.abs(vectors[:, first].real)
    n = len(codes)
    # One or two codes cannot contradict one another.
    ratio = max(0.0, (values[first].real - n) / (n - 1) / RANDOM_INDEX[n]) if n > 2 else 0.0
    if ratio > number("consistency_limit", consistency_limit, low=0):
        raise RefusedInput(
            f"the comparisons of {_names(codes)} contradict one another: "
            f"consistency ratio {ratio:.3f}, limit {consistency_limit:g}."
        )
    return pd.Series(weights / weights.sum(), index=codes), ratio


def _given(tree: Tree, override: Mapping[str, Any] | None) -> dict[str, float]:
    weights = tree.numbers("weight")
    for code, weight in (override or {}).items():
        if code not in weights:
            raise RefusedInput(f"a weight is given for {code!r}, which is not in the codebook.")
        weights[code] = number(f"the weight of {code!r}", weight)
    return weights


def _indicators_below(tree: Tree, code: str) -> int:
    return sum(item not in tree.children for item in tree.below(code))


def _compared(tree: Tree, options: Mapping[str, Any]) -> dict[str, float]:
    weights = dict.fromkeys(tree.codes, 1.0)
    for aggregate in tree.aggregates:
        parts = tree.children[aggregate]
        if len(parts) == 1:
            continue
        table = (options["comparisons"] or {}).get(aggregate)
        if table is None or set(table) != set(parts):
            raise RefusedInput(
                f"weighting 'ahp' needs a table of comparisons of {_names(parts)} "
                f"for {aggregate!r}."
            )
        frame = pd.DataFrame({row: dict(table[row]) for row in parts}).T
        weights.update(ahp_weights(frame, options["consistency_limit"])[0])
    return weights


def _allotted(tree: Tree, points: Mapping[str, Mapping[str, float]] | None) -> dict[str, float]:
    if not points:
        raise RefusedInput(
            "weighting 'budget_allocation' needs 'points': expert to code to points."
        )
    weights = dict.fromkeys(tree.codes, 1.0)
    for aggregate in tree.aggregates:
        parts = tree.children[aggregate]
        if len(parts) == 1:
            continue
        shares = []
        for expert, given in points.items():
            lacking = [part for part in parts if part not in given]
            if lacking:
                raise RefusedInput(f"expert {expert!r} has given no points to {lacking[0]!r}.")
            allotted = np.array(
                [
                    number(f"the points of {expert!r} for {part!r}", given[part], low=0)
                    for part in parts
                ]
            )
            if allotted.sum() == 0:
                raise RefusedInput(f"expert {expert!r} has given no points below {aggregate!r}.")
            shares.append(allotted / allotted.sum())
        # Each expert has the same voice, however many points he or she has spent.
        weights.update(zip(parts, np.mean(shares, axis=0), strict=True))
    return weights


def _refuse_bad_weights(aggregate: str, weights: Mapping[str, float]) -> None:
    for part, weight in weights.items():
        if np.isnan(weight):
            raise RefusedInput(f"{part!r} has no weight in {aggregate!r}.")
        if weight < 0:
            raise RefusedInput(
                f"the weight of {part!r} is negative ({weight:g}): turn its "
                "direction round instead."
            )
        if np.isinf(weight):
            raise RefusedInput(f"the weight of {part!r} is infinite.")
    if sum(weights.values()) == 0:
        raise RefusedInput(f"no part of {aggregate!r} has a weight above zero.")


def _names(codes: Any) -> str:
    return ", ".join(repr(str(code)) for code in codes)
