"""Scores of a whole block of draws: one matrix product where the means allow it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from anticorruption.composite.aggregation import PowerMean, combine, power_mean, suitable
from anticorruption.composite.chain import climb, prepare_noisy
from anticorruption.composite.codebook import Tree
from anticorruption.errors import RefusedInput

if TYPE_CHECKING:
    from anticorruption.composite.runs import Plan, Recipe

DATA_WEIGHTED = ("pca", "benefit_of_the_doubt")
"""Weightings that have to be worked out again when the data change."""


def score_draws(
    plan: Plan, recipe: Recipe, weights: np.ndarray, noise: np.ndarray | None = None
) -> np.ndarray:
    """Score the code of the plan under each row of weights.

    Parameters
    ----------
    plan : Plan
    recipe : Recipe
        The settings of all these draws.
    weights : array, shape (draws, codes)
        Shares inside each parent, in the order of tree.codes.
    noise : array, shape (draws, regions, indicators), optional
        Added to the indicators, in their own units, before anything else.

    Returns
    -------
    array, shape (draws, scored regions)

    Raises
    ------
    RefusedInput
        If a noisy value cannot be aggregated; the settings, code and region are named.
    """
    if noise is not None and recipe.method.weighting in DATA_WEIGHTED:
        return _one_by_one(plan, recipe, noise)
    if recipe.method.weighting == "benefit_of_the_doubt":
        return np.tile(recipe.scores[plan.scored], (len(weights), 1))
    if noise is not None:
        values = _noisy(plan, recipe, noise)
        if recipe.mean is not None and not np.isnan(values).any():
            _refuse_unsuitable(plan, recipe, recipe.mean, values)
            forward = recipe.mean.forward(values[:, plan.scored])
            effective = effective_weights(plan.inputs.tree, plan.code, weights)
            return recipe.mean.inverse((forward @ effective[:, :, None])[..., 0])
        return _climb_draws(plan, recipe, weights, values)
    if recipe.mean is not None:
        effective = effective_weights(plan.inputs.tree, plan.code, weights)
        return recipe.mean.inverse(effective @ recipe.forward[:, plan.scored])
    return _climb_draws(plan, recipe, weights, recipe.stage.values)


def effective_weights(tree: Tree, code: str, weights: np.ndarray) -> np.ndarray:
    """Return the share of every indicator in a code, shape (draws, indicators).

    Parameters
    ----------
    tree : Tree
    code : str
        Indicators that are not under it have the share 0.
    weights : array, shape (draws, codes)
        At least zero, in the order of tree.codes; only ratios inside a parent matter.
    """
    place = {item: position for position, item in enumerate(tree.codes)}
    share = np.zeros_like(weights)
    share[:, place[code]] = 1.0
    below = set(tree.below(code))
    for aggregate in reversed(tree.aggregates):
        if aggregate in below:
            kids = [place[kid] for kid in tree.children[aggregate]]
            own = weights[:, kids] / weights[:, kids].sum(axis=1, keepdims=True)
            share[:, kids] = own * share[:, [place[aggregate]]]
    return share[:, : len(tree.indicators)]


def _noisy(plan: Plan, recipe: Recipe, noise: np.ndarray) -> np.ndarray:
    try:
        return prepare_noisy(plan.inputs, recipe.method, plan.inputs.values + noise)
    except RefusedInput as reason:
        raise RefusedInput(
            f"a run with {recipe.label} and measurement error cannot be built: {reason}"
        ) from reason


def _refuse_unsuitable(plan: Plan, recipe: Recipe, mean: PowerMean, values: np.ndarray) -> None:
    bad = np.zeros(1) if mean.power == 1 else (values <= 0 if mean.power <= 0 else values < 0)
    if not bad.any():
        return
    draw, row, column = np.argwhere(bad)[0]
    raise RefusedInput(
        f"a run with {recipe.label} and measurement error cannot be built: "
        f"{plan.inputs.tree.indicators[column]!r} of region {plan.inputs.regions[row]!r} becomes "
        f"{values[draw, row, column]:g}, which {_named(plan, recipe)} cannot take: normalise to a "
        "scale that starts above zero."
    )


def _named(plan: Plan, recipe: Recipe) -> str:
    return "a " + " or ".join(sorted(set(recipe.method.aggregations(plan.inputs.tree).values())))


def _climb_draws(plan: Plan, recipe: Recipe, weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Aggregate level by level; parts are (regions,) until weights or noise make them draws."""
    tree, names = plan.inputs.tree, recipe.method.aggregations(plan.inputs.tree)
    place = {item: position for position, item in enumerate(tree.codes)}
    columns = {code: values[..., spot] for spot, code in enumerate(tree.indicators)}
    below = tree.below(plan.code)
    for aggregate in tree.aggregates:
        if aggregate not in below:
            continue
        kids = tree.children[aggregate]
        parts = [columns[kid] for kid in kids]
        own = weights[:, [place[kid] for kid in kids]]
        name = names[aggregate]
        options = recipe.method.aggregation_options(name)
        _refuse_parts(plan, recipe, aggregate, parts, own)
        mean = power_mean(name, options)
        scores = None if mean is None else _power_means(parts, own, mean)
        if scores is None:
            shape = (len(weights), values.shape[-2])
            stacked = np.stack([np.broadcast_to(part, shape) for part in parts], axis=-1)
            scores = _combined(plan, recipe, aggregate, stacked, own[:, None, :])
        if recipe.method.minimum_coverage > 0:
            # Whether enough is present is settled by the weights of the recipe, not of the draw.
            scores = np.where(recipe.empty[aggregate], np.nan, scores)
        columns[aggregate] = scores
    whole = columns[plan.code][..., plan.scored]
    return np.broadcast_to(whole, (len(weights), whole.shape[-1]))


def _refuse_parts(
    plan: Plan, recipe: Recipe, aggregate: str, parts: Sequence[np.ndarray], own: np.ndarray
) -> None:
    name = recipe.method.aggregations(plan.inputs.tree)[aggregate]
    options = recipe.method.aggregation_options(name)
    for kid, part, weight in zip(plan.inputs.tree.children[aggregate], parts, own.T, strict=True):
        bad = ~suitable(part, name, options)
        if bad.any() and (weight > 0).any():
            region = plan.inputs.regions[np.argwhere(bad)[0][-1]]
            raise RefusedInput(
                f"a run with {recipe.label} cannot be built: the {name} of "
                f"{aggregate!r} cannot take {kid!r} of region {region!r}."
            )


def _combined(
    plan: Plan, recipe: Recipe, aggregate: str, parts: np.ndarray, own: np.ndarray
) -> np.ndarray:
    name = recipe.method.aggregations(plan.inputs.tree)[aggregate]
    if name == "mazziotta_pareto":
        low = combine(parts, own, "arithmetic_mean", {}) <= 0
        if low.any():
            region = plan.inputs.regions[np.argwhere(low)[0][-1]]
            raise RefusedInput(
                f"a run with {recipe.label} cannot be built: the {name} of "
                f"{aggregate!r} needs a mean above zero in region {region!r}."
            )
    return combine(parts, own, name, recipe.method.aggregation_options(name))


def _power_means(
    parts: Sequence[np.ndarray], weights: np.ndarray, mean: PowerMean
) -> np.ndarray | None:
    """Power means of parts of shape (regions,) or (draws, regions); None where not finite."""
    forward = [mean.forward(part) for part in parts]
    known = [~np.isnan(part) for part in forward]
    if any(np.isinf(part).any() for part in forward):
        return None
    filled = [np.where(mask, part, 0.0) for mask, part in zip(known, forward, strict=True)]
    if all(part.ndim == 1 for part in forward):
        top = weights @ np.stack(filled)
        total = weights @ np.stack(known).astype(float)
    else:
        pairs = list(zip(weights.T[:, :, None], filled, known, strict=True))
        top = sum(weight * part for weight, part, _ in pairs)
        total = sum(weight * mask for weight, _, mask in pairs)
    with np.errstate(invalid="ignore"):  # nought by nought: no part with a weight is there
        return mean.inverse(top / total)


def _one_by_one(plan: Plan, recipe: Recipe, noise: np.ndarray) -> np.ndarray:
    values = _noisy(plan, recipe, noise)
    scores = []
    for one in values:
        try:
            climbed = climb(plan.inputs, recipe.method, replace(recipe.stage, values=one))
        except RefusedInput as reason:
            raise RefusedInput(
                f"a run with {recipe.label} and measurement error cannot be built: {reason}"
            ) from reason
        scores.append(climbed.scores[plan.code][plan.scored])
    return np.stack(scores)
