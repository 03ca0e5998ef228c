"""Which choice drives a composite indicator: Sobol indices of the ranks, overall and by region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.composite.draws import BLOCK, nominal_scores
from anticorruption.composite.factors import SharedErrors
from anticorruption.composite.method import Method
from anticorruption.composite.parameters import runs_checked
from anticorruption.composite.ranking import ascending_ranks
from anticorruption.composite.runs import Plan, WeightDraws, plan_runs
from anticorruption.composite.scoring import score_draws
from anticorruption.composite.sobol import (
    base_variance,
    pooled_indices,
    saltelli_design,
    sobol_indices,
)
from anticorruption.errors import RefusedInput

WEIGHTS, ERRORS = "weights", "standard_errors"
INDEX_COLUMNS = ["first_order", "first_low", "first_high", "total_order", "total_low", "total_high"]


@dataclass(frozen=True, eq=False)
class Sensitivity:
    """Runs of a Saltelli design and the Sobol indices they give.

    Attributes
    ----------
    code : str
        The code that was scored.
    method : Method
        The method as given.
    factors : tuple of str
        What was varied.
    design : array, shape (runs, factors)
        The design, each entry between 0 and 1.
    ranks : array, shape (runs, regions)
        The rank of every region with a score, in every run.
    nominal : DataFrame
        All regions in the order given: score and rank of the method as given.
    regions : Index
        Regions with a score, in the order of `ranks`.
    bootstraps, seed : int
    confidence : float
        Coverage of the bootstrap intervals.
    """

    code: str
    method: Method
    factors: tuple[str, ...]
    design: np.ndarray
    ranks: np.ndarray
    nominal: pd.DataFrame
    regions: pd.Index
    bootstraps: int
    seed: int
    confidence: float

    @cached_property
    def shifts(self) -> np.ndarray:
        """Mean absolute shift of rank from the method as given, one number a run."""
        return np.abs(self.ranks - self.nominal.loc[self.regions, "rank"].to_numpy()).mean(axis=1)

    @cached_property
    def overall(self) -> pd.DataFrame:
        """Indices of the mean absolute shift of rank: one row a factor.

        first_order is the share of its variance that goes when the factor is settled;
        total_order the share that stays when everything else is settled; low and high the
        bootstrap interval. Small indices can come out slightly negative.
        """
        estimates = sobol_indices(
            self.shifts[:, None], len(self.factors), self.bootstraps, self.confidence, self.seed
        )
        return pd.DataFrame(
            estimates[0], index=pd.Index(self.factors, name="factor"), columns=INDEX_COLUMNS
        )

    @cached_property
    def by_region(self) -> pd.DataFrame:
        """Indices of each region's own rank, and its variance: one row a region and factor.

        A region whose rank never moves has variance 0 and empty indices.
        """
        estimates = sobol_indices(
            self.ranks.astype(float), len(self.factors), self.bootstraps, self.confidence, self.seed
        )
        index = pd.MultiIndex.from_product(
            [self.regions, self.factors], names=["region_code", "factor"]
        )
        table = pd.DataFrame(estimates.reshape(-1, 6), index=index, columns=INDEX_COLUMNS)
        variance = base_variance(self.ranks, len(self.factors))
        table["rank_variance"] = np.repeat(variance, len(self.factors))
        return table

    @cached_property
    def pooled(self) -> pd.DataFrame:
        """Indices of the ranks of all regions together: one row a factor.

        Shares of the variance summed over regions, so that a region whose rank moves much counts
        for much; `overall` asks another question, what moves the mean shift.
        """
        estimates = pooled_indices(
            self.ranks.astype(float), len(self.factors), self.bootstraps, self.confidence, self.seed
        )
        return pd.DataFrame(
            estimates, index=pd.Index(self.factors, name="factor"), columns=INDEX_COLUMNS
        )

    @property
    def decisive(self) -> pd.Series:
        """For each region the factor with the largest total order; empty if its rank is fixed."""
        totals = self.by_region["total_order"].unstack("factor").reindex(self.regions)
        moved = totals.dropna(how="all")
        return moved.idxmax(axis=1).reindex(self.nominal.index).rename("factor")


def analyse_sensitivity(
    indicators: pd.DataFrame,
    codebook: pd.DataFrame,
    method: Method,
    *,
    seed: int,
    points: int = 512,
    alternatives: Mapping[str, Any] | None = None,
    weights: WeightDraws | None = None,
    standard_errors: pd.DataFrame | pd.Series | SharedErrors | None = None,
    code: str | None = None,
    bootstraps: int = 1000,
    confidence: float = 0.95,
    weight_sets: int = 256,
    error_sets: int = 64,
) -> Sensitivity:
    """Decompose the variance of ranks over the choices that are varied.

    Every choice is one factor, independent of the others: each setting in `alternatives`, the
    weights, and the measurement errors. A factor between 0 and 1 picks one of k alternatives by
    the whole part of k times it; for weights and errors the alternatives are sets drawn
    beforehand.

    Parameters
    ----------
    indicators, codebook, method, alternatives, weights, standard_errors, code
        As for `analyse_uncertainty`.
    seed : int
        Makes the design, the sets and the bootstraps repeatable.
    points : int
        Base points N of the design, a power of two; the runs are N (factors + 2).
    bootstraps : int
        Resamples of the base points.
    confidence : float
        Coverage of the intervals.
    weight_sets, error_sets : int
        Sets of weights, and of measurement errors, to pick from.

    Returns
    -------
    Sensitivity

    Raises
    ------
    RefusedInput
        If nothing is varied, a run fails, a setting changes no score on any run, or no choice
        moves any rank.

    References
    ----------
    Saltelli et al. (2010), Computer Physics Communications 181, 259-270 (design and first
    order); Jansen (1999), Computer Physics Communications 117 (total order). Design by SALib.
    """
    sequence = runs_checked(
        seed,
        ("the confidence", confidence),
        low=2,
        points=points,
        bootstraps=bootstraps,
        weight_sets=weight_sets,
        error_sets=error_sets,
    )
    if points & (points - 1):
        near = 2 ** round(np.log2(points))
        raise RefusedInput(
            f"points must be a power of two, such as {near}, not {points}: Sobol "
            "sequences lose their balance otherwise."
        )
    design_seed, weight_seed, error_seed = sequence.spawn(3)
    plan = plan_runs(indicators, codebook, method, code, alternatives, weights, standard_errors)
    names = [factor.name for factor in plan.factors]
    names += [WEIGHTS] * (weights is not None) + [ERRORS] * (plan.errors is not None)
    design = saltelli_design(names, points, np.random.default_rng(design_seed))
    sets = {WEIGHTS: (weight_seed, weight_sets), ERRORS: (error_seed, error_sets)}
    scores = _run_design(plan, design, sets)
    result = Sensitivity(
        plan.code,
        method,
        tuple(names),
        design,
        ascending_ranks(-scores),
        nominal_scores(plan),
        plan.regions,
        bootstraps,
        seed,
        confidence,
    )
    if np.ptp(result.shifts) == 0:
        raise RefusedInput("no choice moves any rank, so there is no variance to decompose.")
    return result


def _run_design(
    plan: Plan, design: np.ndarray, sets: Mapping[str, tuple[np.random.SeedSequence, int]]
) -> np.ndarray:
    """Score every run of the design, shape (runs, scored regions)."""
    settings = len(plan.factors)
    sizes = [len(factor.labels) for factor in plan.factors]
    sizes += [sets[WEIGHTS][1]] * (plan.weights is not None)
    sizes += [sets[ERRORS][1]] * (plan.errors is not None)
    picks = np.minimum((design * sizes).astype(int), np.array(sizes) - 1)
    chosen = plan.recipe_numbers(picks[:, :settings])
    noise = None
    if plan.errors is not None:
        generator = np.random.default_rng(sets[ERRORS][0])
        noise = plan.errors.draw(generator, sets[ERRORS][1])
    scores = np.empty((len(design), int(plan.scored.sum())))
    for place in np.unique(chosen):
        recipe, rows = plan.recipes[place], np.flatnonzero(chosen == place)
        weights = np.tile(recipe.shares, (len(rows), 1))
        if plan.weights is not None:
            # The same seed for every recipe: a set means the same noise under every setting.
            drawn = plan.weights.draw(
                plan.inputs.tree,
                recipe.shares,
                sets[WEIGHTS][1],
                np.random.default_rng(sets[WEIGHTS][0]),
            )
            weights = drawn[picks[rows, settings]]
        for start in range(0, len(rows), BLOCK):
            part = slice(start, start + BLOCK)
            errors = None if noise is None else noise[picks[rows[part], -1]]
            scores[rows[part]] = score_draws(plan, recipe, weights[part], errors)
    return scores
