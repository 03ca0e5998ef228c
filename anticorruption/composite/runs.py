"""Many runs of one composite indicator: every combination of settings prepared once, then drawn.

The costly steps (imputation, treatment, normalisation) depend on few settings, so they are done
once for each combination; weights then cost one matrix product for a whole block of draws.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.composite.aggregation import PowerMean, power_mean
from anticorruption.composite.chain import Inputs, Stage, climb, prepare, read_inputs
from anticorruption.composite.factors import (
    Errors,
    Factor,
    SharedErrors,
    read_errors,
    read_factors,
)
from anticorruption.composite.method import STEPS, Method
from anticorruption.composite.scoring import score_draws
from anticorruption.composite.weight_draws import DirichletWeights, EveryWeighting, NoisyWeights
from anticorruption.errors import RefusedInput

MOST_COMBINATIONS = 1000
"""Combinations are prepared before the first draw; more than this is a mistake in the list."""

WeightDraws = NoisyWeights | DirichletWeights | EveryWeighting


@dataclass(frozen=True, eq=False)
class Recipe:
    """One combination of settings, ready to be scored under any weights.

    Attributes
    ----------
    label : str
        The settings, for messages.
    method : Method
    stage : Stage
        Normalised indicators.
    shares : array, shape (codes,)
        Weights inside each parent, 1 at the top.
    scores : array, shape (regions,)
        Scores of the code under these weights.
    empty : mapping
        Aggregate to regions without a score.
    forward : array, shape (indicators, regions), or None
        Indicators on the scale of `mean`, when one power mean serves at every level.
    mean : PowerMean or None
    """

    label: str
    method: Method
    stage: Stage
    shares: np.ndarray
    scores: np.ndarray
    empty: Mapping[str, np.ndarray]
    forward: np.ndarray | None
    mean: PowerMean | None


@dataclass(frozen=True, eq=False)
class Plan:
    """Everything that the draws have in common.

    Attributes
    ----------
    inputs : Inputs
    code : str
        The code that is scored.
    factors : tuple of Factor
    recipes : tuple of Recipe
        In the order of the product of the factors.
    nominal : Recipe
        The method as given.
    scored : boolean array, shape (regions,)
        Regions with a score; the others have no rank in any run.
    weights : WeightDraws or None
    errors : Errors or None
        Measurement errors in the units of the indicators.
    """

    inputs: Inputs
    code: str
    factors: tuple[Factor, ...]
    recipes: tuple[Recipe, ...]
    nominal: Recipe
    scored: np.ndarray
    weights: WeightDraws | None
    errors: Errors | None

    @property
    def regions(self) -> pd.Index:
        """Codes of the regions that have a score."""
        return self.inputs.regions[self.scored]

    def recipe_numbers(self, choices: np.ndarray) -> np.ndarray:
        """Return the position in `recipes` of each row of choices, shape (draws, factors)."""
        if not self.factors:
            return np.zeros(len(choices), dtype=int)
        return np.ravel_multi_index(tuple(choices.T), [len(item.labels) for item in self.factors])


def plan_runs(
    indicators: pd.DataFrame,
    codebook: pd.DataFrame,
    method: Method,
    code: str | None,
    alternatives: Mapping[str, Any] | None,
    weights: WeightDraws | None,
    standard_errors: pd.DataFrame | pd.Series | SharedErrors | None,
) -> Plan:
    """Check what is varied and prepare every combination of settings.

    Raises
    ------
    RefusedInput
        If nothing is varied, a combination cannot be built, a region has a score in some
        combinations only, or a setting changes no score in any of them; the setting is named.
    """
    inputs = read_inputs(indicators, codebook)
    target = inputs.tree.top(code)
    factors = read_factors(method, alternatives)
    if not factors and weights is None and standard_errors is None:
        raise RefusedInput("nothing is varied: give alternatives, weights or standard errors.")
    stages: dict[str, Stage] = {}
    nominal = _recipe(inputs, target, method, "the method as given", stages)
    recipes = _combinations(inputs, target, method, factors, stages)
    scored = ~np.isnan(nominal.scores)
    for recipe in recipes:
        odd = np.isnan(recipe.scores) == scored
        if odd.any():
            raise RefusedInput(
                f"region {inputs.regions[odd][0]!r} has a score under some settings "
                f"but not under others ({recipe.label}): leave the region out."
            )
    if not scored.any():
        raise RefusedInput(f"no region has a score for {target!r}.")
    _refuse_idle_factors(factors, recipes, scored)
    errors = None if standard_errors is None else read_errors(standard_errors, inputs)
    plan = Plan(inputs, target, tuple(factors), tuple(recipes), nominal, scored, weights, errors)
    if weights is not None:
        _check_weights(plan, weights)
    return plan


def _combinations(
    inputs: Inputs, target: str, method: Method, factors: Sequence[Factor], stages: dict[str, Stage]
) -> list[Recipe]:
    total = int(np.prod([len(factor.labels) for factor in factors], initial=1))
    if total > MOST_COMBINATIONS:
        raise RefusedInput(
            f"the alternatives make {total} combinations, more than "
            f"{MOST_COMBINATIONS}: vary fewer settings at a time."
        )
    recipes = []
    for picks in product(*(range(len(factor.labels)) for factor in factors)):
        changes: dict[str, Any] = {}
        labels = []
        for factor, pick in zip(factors, picks, strict=True):
            changes = _joined(changes, factor.changes[pick])
            labels.append(f"{factor.name} = {factor.labels[pick]!r}")
        label = ", ".join(labels) or "the method as given"
        recipes.append(_recipe(inputs, target, method.replace(**changes), label, stages))
    return recipes


def _joined(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Changes of two settings together; they may fill the same mapping, never the same entry."""
    both = dict(one)
    for key, value in other.items():
        if key in both and isinstance(both[key], Mapping) and isinstance(value, Mapping):
            value = _joined(both[key], value)
        elif key in both:
            raise RefusedInput(f"two settings change the same field {key!r}.")
        both[key] = value
    return both


def _recipe(
    inputs: Inputs, target: str, method: Method, label: str, stages: dict[str, Stage]
) -> Recipe:
    resolved = {name: method.resolved[name] for name in (*STEPS[:3], "minimum_regions")}
    key = json.dumps(resolved, sort_keys=True)
    try:
        if key not in stages:
            stages[key] = prepare(inputs, method)
        climbed = climb(inputs, method, stages[key])
    except RefusedInput as reason:
        raise RefusedInput(f"the run with {label} cannot be built: {reason}") from reason
    shares = np.array([climbed.shares.get(code, 1.0) for code in inputs.tree.codes])
    empty = {code: np.isnan(climbed.scores[code]) for code in inputs.tree.aggregates}
    mean = _single_mean(inputs, target, method)
    forward = None if mean is None else mean.forward(stages[key].values).T
    if forward is not None and not np.isfinite(forward).all():
        mean = forward = None
    return Recipe(label, method, stages[key], shares, climbed.scores[target], empty, forward, mean)


def _single_mean(inputs: Inputs, target: str, method: Method) -> PowerMean | None:
    below = inputs.tree.below(target)
    means = {
        power_mean(name, method.aggregation_options(name))
        for code, name in method.aggregations(inputs.tree).items()
        if code in below
    }
    return means.pop() if len(means) == 1 else None


def _refuse_idle_factors(
    factors: Sequence[Factor], recipes: Sequence[Recipe], scored: np.ndarray
) -> None:
    if not factors:
        return
    table = np.stack([recipe.scores[scored] for recipe in recipes])
    table = table.reshape([len(factor.labels) for factor in factors] + [-1])
    for axis, factor in enumerate(factors):
        if np.ptp(table, axis=axis).max() <= 1e-12 * max(1.0, np.abs(table).max()):
            raise RefusedInput(
                f"the setting {factor.name!r} ({', '.join(factor.labels)}) changes "
                "no score on any run: take it out, or find out why."
            )


def _check_weights(plan: Plan, weights: WeightDraws) -> None:
    if not isinstance(weights, WeightDraws):
        raise RefusedInput(
            f"weights must be NoisyWeights, DirichletWeights or EveryWeighting, not {weights!r}."
        )
    for recipe in plan.recipes:
        if recipe.method.weighting == "benefit_of_the_doubt":
            raise RefusedInput(
                "benefit_of_the_doubt gives each region its own weights, so weights "
                "cannot be drawn as well."
            )
    fields = {key for factor in plan.factors for change in factor.changes for key in change}
    if isinstance(weights, EveryWeighting) and fields & {"weighting", "weighting_parameters"}:
        raise RefusedInput(
            "every admissible weighting is drawn whatever the given weights, so the "
            "setting 'weighting' would change nothing."
        )
    for recipe in plan.recipes:
        trial = weights.draw(plan.inputs.tree, recipe.shares, 8, np.random.default_rng(0))
        scores = score_draws(plan, recipe, trial)
        if np.ptp(scores, axis=0).max() > 1e-12 * max(1.0, np.abs(scores).max()):
            return
    raise RefusedInput(
        "the weights drawn change no score on any run: every code has one part, or "
        "its parts are equal."
    )
