"""The chain of steps: check, impute, treat, normalise, then weight and aggregate upwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from anticorruption.composite.aggregation import combine, refuse_unsuitable
from anticorruption.composite.codebook import Tree, read_codebook
from anticorruption.composite.doubt import benefit_of_the_doubt
from anticorruption.composite.imputation import fill, impute
from anticorruption.composite.indicators import sorted_indicators
from anticorruption.composite.normalisation import (
    ABSOLUTE,
    check_fit,
    normalise_values,
    scale_ends,
)
from anticorruption.composite.treatment import treat_values
from anticorruption.composite.voting import copeland_scores
from anticorruption.composite.weighting import pca_weights, stated_weights
from anticorruption.errors import RefusedInput

if TYPE_CHECKING:
    from anticorruption.composite.method import Method


@dataclass(frozen=True, eq=False)
class Inputs:
    """Checked indicators and codebook, in canonical order.

    Attributes
    ----------
    tree : Tree
    values : array, shape (regions, indicators)
    regions : Index
        Sorted.
    back : integer array
        Positions that bring the regions back to the order given.
    """

    tree: Tree
    values: np.ndarray
    regions: pd.Index
    back: np.ndarray


@dataclass(frozen=True, eq=False)
class Stage:
    """Normalised indicators, shape (regions, indicators), and what was done to get them."""

    values: np.ndarray
    worst: np.ndarray
    best: np.ndarray
    filled: pd.DataFrame
    treated: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Climbed:
    """Scores and coverage by code, shape (regions,), and each code's share in its parent."""

    scores: dict[str, np.ndarray]
    coverage: dict[str, np.ndarray]
    shares: dict[str, float]


def read_inputs(indicators: pd.DataFrame, codebook: pd.DataFrame) -> Inputs:
    """Check indicators and codebook and bring them into canonical order."""
    for what, table in (("indicators", indicators), ("codebook", codebook)):
        if not isinstance(table, pd.DataFrame):
            raise RefusedInput(f"the {what} must be a DataFrame, not a {type(table).__name__}.")
    tree = read_codebook(codebook)
    table, order = sorted_indicators(indicators, tree)
    return Inputs(tree, table.to_numpy(), table.index, np.argsort(order))


def prepare(inputs: Inputs, method: Method) -> Stage:
    """Impute, treat and normalise."""
    frame = pd.DataFrame(inputs.values, index=inputs.regions, columns=list(inputs.tree.indicators))
    filled, cells = impute(frame, method.imputation, **method.options("imputation"))
    values, report = treat_values(
        filled.to_numpy(),
        method.treatment,
        method.options("treatment"),
        method.minimum_regions,
        inputs.tree.indicators,
    )
    _refuse_log_of_posts(report, method)
    check_fit(values, method.normalisation, inputs.tree, method.minimum_regions)
    options = method.options("normalisation")
    scaled = normalise_values(values, method.normalisation, options, inputs.tree)
    worst, best = scale_ends(scaled, method.normalisation, options)
    return Stage(scaled, worst, best, cells, report)


def prepare_noisy(inputs: Inputs, method: Method, noisy: np.ndarray) -> np.ndarray:
    """Impute, treat and normalise many noisy copies, shape (draws, regions, indicators)."""
    if method.imputation != "none" and np.isnan(noisy).any():
        options = method.options("imputation")
        noisy = np.stack([fill(one, method.imputation, options, inputs.regions) for one in noisy])
    if method.treatment != "none":
        options = method.options("treatment")
        treated = [
            treat_values(
                one, method.treatment, options, method.minimum_regions, inputs.tree.indicators
            )
            for one in noisy
        ]
        for _, report in treated:
            _refuse_log_of_posts(report, method)
        noisy = np.stack([values for values, _ in treated])
    return normalise_values(
        noisy, method.normalisation, method.options("normalisation"), inputs.tree
    )


def climb(inputs: Inputs, method: Method, stage: Stage) -> Climbed:
    """Weight and aggregate from the lowest level up."""
    tree, names = inputs.tree, method.aggregations(inputs.tree)
    scores = dict(zip(tree.indicators, stage.values.T, strict=True))
    observed = ~np.isnan(inputs.values)
    coverage = dict(zip(tree.indicators, observed.T.astype(float), strict=True))
    shares: dict[str, float] = {}
    stated = _stated(tree, method)
    for code in tree.aggregates:
        kids = tree.children[code]
        parts = np.column_stack([scores[kid] for kid in kids])
        if method.weighting == "benefit_of_the_doubt":
            scores[code], own = _doubt(parts, kids, code, names[code], method, inputs.regions)
        else:
            own = (
                _pca(parts, kids, inputs.regions, method)
                if method.weighting == "pca"
                else np.array([stated[kid] for kid in kids])
            )
            options = method.aggregation_options(names[code])
            refuse_unsuitable(parts, own, names[code], options, code, kids, inputs.regions)
            scores[code] = combine(parts, own, names[code], options)
        own = own / own.sum()
        shares.update(zip(kids, own.tolist(), strict=True))
        # The missing share is added up, so that nothing missing gives exactly one.
        coverage[code] = 1 - (1 - np.column_stack([coverage[kid] for kid in kids])) @ own
        if method.minimum_coverage > 0:
            enough = coverage[code] >= method.minimum_coverage - 1e-12
            scores[code] = np.where(enough, scores[code], np.nan)
    return Climbed(scores, coverage, shares)


def _stated(tree: Tree, method: Method) -> dict[str, float]:
    if method.weighting in ("pca", "benefit_of_the_doubt"):
        return {}
    return stated_weights(tree, method.weighting, method.options("weighting"))


def _pca(parts: np.ndarray, kids: tuple[str, ...], regions: pd.Index, method: Method) -> np.ndarray:
    complete = int((~np.isnan(parts)).all(axis=1).sum())
    if len(kids) > 1 and complete < method.minimum_regions:
        raise RefusedInput(
            f"principal components of {', '.join(map(repr, kids))} have {complete} "
            f"complete regions, which says little below {method.minimum_regions}: "
            "give weights instead."
        )
    frame = pd.DataFrame(parts, index=regions, columns=list(kids))
    return pca_weights(frame, **method.options("weighting")).to_numpy()


def _doubt(
    parts: np.ndarray,
    kids: tuple[str, ...],
    code: str,
    name: str,
    method: Method,
    regions: pd.Index,
) -> tuple[np.ndarray, np.ndarray]:
    if name != "arithmetic_mean":
        raise RefusedInput(
            f"benefit_of_the_doubt is a weighted sum, so {code!r} cannot be a {name}."
        )
    frame = pd.DataFrame(parts, index=regions, columns=list(kids))
    scores, shares = benefit_of_the_doubt(frame, **method.options("weighting"))
    mean = np.nan_to_num(shares.mean().to_numpy(), nan=1 / len(kids))
    return 100 * scores.to_numpy(), mean


def _refuse_log_of_posts(report: pd.DataFrame, method: Method) -> None:
    if report.empty or method.normalisation not in (*ABSOLUTE, "distance_to_target"):
        return
    logged = report["code"][report["log"].astype(bool)]
    if len(logged):
        raise RefusedInput(
            f"treatment takes the logarithm of {logged.iloc[0]!r}, whose {method.normalisation} "
            "are in its own unit: use treatment 'winsorise', or give logarithms for both."
        )


def bounds(
    inputs: Inputs, method: Method, stage: Stage, climbed: Climbed
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Climb twice more, with every cell that was not observed at its worst and at its best."""
    tree, gaps = inputs.tree, np.isnan(inputs.values)
    if not gaps.any():
        return climbed.scores, climbed.scores
    low = dict(zip(tree.indicators, np.where(gaps, stage.worst, stage.values).T, strict=True))
    high = dict(zip(tree.indicators, np.where(gaps, stage.best, stage.values).T, strict=True))
    names = method.aggregations(tree)
    for code in tree.aggregates:
        kids = tree.children[code]
        below, above = (np.column_stack([side[kid] for kid in kids]) for side in (low, high))
        own = np.array([climbed.shares[kid] for kid in kids])
        if names[code] == "copeland":
            low[code], high[code] = (
                copeland_scores(below, own, above),
                copeland_scores(above, own, below),
            )
            continue
        options = method.aggregation_options(names[code])
        ends = _ends(below, above, own, names[code], options)
        complete = climbed.coverage[code] == 1
        if method.weighting == "benefit_of_the_doubt":
            # A filled cell of one region changes what every other region is compared with.
            ends, complete = np.full((2, len(gaps)), np.nan), np.zeros(len(gaps), dtype=bool)
        low[code], high[code] = _around(climbed.scores[code], ends, complete)
    return low, high


def _ends(
    below: np.ndarray, above: np.ndarray, own: np.ndarray, name: str, options: Mapping[str, Any]
) -> np.ndarray:
    """Aggregate the ends of intervals; where a part has no end, the aggregate has none."""
    sides = np.stack([below, above])
    known = ~(np.isnan(sides) & (own > 0)).any(axis=-1)
    if name == "mazziotta_pareto":
        return np.full(known.shape, np.nan)
    return np.where(known, combine(sides, own, name, options), np.nan)


def _around(
    scores: np.ndarray, ends: np.ndarray, complete: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Make an interval that contains the score, and is the score where nothing is missing."""
    low, high = np.where(complete, scores, ends)
    scored = ~np.isnan(scores)
    return (
        np.where(scored, np.minimum(low, scores), low),
        np.where(scored, np.maximum(high, scores), high),
    )
