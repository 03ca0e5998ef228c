"""Weights drawn at random: noise around the weights, a Dirichlet, or all admissible ones."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from anticorruption.composite.admissible import AdmissibleWeights, Shares
from anticorruption.composite.codebook import Tree
from anticorruption.composite.parameters import number
from anticorruption.errors import RefusedInput

STEPS_PER_PART = 30
"""Hit-and-run steps for each part of a group; tests compare the means with exact ones."""


@dataclass(frozen=True)
class NoisyWeights:
    """Every weight times a factor drawn evenly between 1 - spread and 1 + spread.

    Parameters
    ----------
    spread : float
        Above 0, at most 1.
    """

    spread: float = 0.25

    def __post_init__(self) -> None:
        if number("the spread of the weights", self.spread, above=0) > 1:
            raise RefusedInput(
                "the spread of the weights cannot be more than 1: weights would become negative."
            )

    def draw(
        self, tree: Tree, shares: np.ndarray, draws: int, generator: np.random.Generator
    ) -> np.ndarray:
        """Return weights, shape (draws, codes), around `shares`, in the order of tree.codes."""
        noise = generator.uniform(1 - self.spread, 1 + self.spread, (draws, len(tree.codes)))
        return _to_one(tree, shares * noise)


@dataclass(frozen=True)
class DirichletWeights:
    """Shares of each group drawn from a Dirichlet whose mean is the given shares.

    Parameters
    ----------
    concentration : float
        Above 0; the larger, the closer to the given shares. A share s has the standard
        deviation sqrt(s (1 - s) / (concentration + 1)).
    """

    concentration: float = 50.0

    def __post_init__(self) -> None:
        number("the concentration of the weights", self.concentration, above=0)

    def draw(
        self, tree: Tree, shares: np.ndarray, draws: int, generator: np.random.Generator
    ) -> np.ndarray:
        """Return weights, shape (draws, codes), around `shares`, in the order of tree.codes."""
        drawn = np.ones((draws, len(tree.codes)))
        for columns in _groups(tree).values():
            kept = [column for column in columns if shares[column] > 0]
            drawn[:, columns] = 0.0
            drawn[:, kept] = generator.dirichlet(self.concentration * shares[kept], draws)
        return drawn


@dataclass(frozen=True)
class EveryWeighting:
    """Shares of each group drawn evenly from all admissible ones; given weights play no part.

    Parameters
    ----------
    admissible : AdmissibleWeights
        Bounds and order; none by default, which is a flat Dirichlet.

    References
    ----------
    Smith (1984), Operations Research 32 (hit-and-run).
    """

    admissible: AdmissibleWeights = field(default_factory=AdmissibleWeights)

    def draw(
        self, tree: Tree, shares: np.ndarray, draws: int, generator: np.random.Generator
    ) -> np.ndarray:
        """Return weights, shape (draws, codes), in the order of tree.codes."""
        drawn = np.ones((draws, len(tree.codes)))
        for parent, columns in _groups(tree).items():
            drawn[:, columns] = even_shares(
                self.admissible.group(tree, parent), draws, generator, parent
            )
        return drawn


def even_shares(
    shares: Shares, draws: int, generator: np.random.Generator, parent: str
) -> np.ndarray:
    """Draw evenly from the admissible shares of one group.

    Without limits this is a flat Dirichlet, exactly. With limits, each draw is the end of its
    own hit-and-run chain, so that draws are independent of one another.

    Returns
    -------
    array, shape (draws, parts)

    Raises
    ------
    RefusedInput
        When the limits leave a single point, or no room in some direction.
    """
    k = len(shares.lower)
    if k == 1:
        return np.ones((draws, 1))
    if not shares.order and (shares.lower <= 0).all() and (shares.upper >= 1).all():
        return generator.dirichlet(np.ones(k), draws)
    sides = np.vstack([np.eye(k), -np.eye(k), shares.constraints()])
    limits = np.concatenate([shares.upper, -shares.lower, np.zeros(len(shares.order))])
    at = np.tile(_centre(shares, sides, limits, parent), (draws, 1))
    for _ in range(STEPS_PER_PART * k):
        way = generator.standard_normal((draws, k))
        way -= way.mean(axis=1, keepdims=True)
        speed, room = way @ sides.T, limits - at @ sides.T
        with np.errstate(divide="ignore", invalid="ignore"):
            reach = np.maximum(room, 0.0) / speed
        furthest = np.where(speed > 1e-12, reach, np.inf).min(axis=1)
        backwards = np.where(speed < -1e-12, reach, -np.inf).max(axis=1)
        at += generator.uniform(backwards, furthest)[:, None] * way
    return at


def _centre(shares: Shares, sides: np.ndarray, limits: np.ndarray, parent: str) -> np.ndarray:
    """Mean of the extreme points along many directions: well inside, if there is an inside."""
    k = len(shares.lower)
    ways = np.vstack([np.eye(k), -np.eye(k), np.random.default_rng(0).standard_normal((4 * k, k))])
    centre = shares.best(ways).mean(axis=0)
    if (limits - sides @ centre < 1e-9).any():
        raise RefusedInput(
            f"the limits on the parts of {parent!r} leave no room to draw weights "
            "from: give these weights instead."
        )
    return centre


def _groups(tree: Tree) -> dict[str, list[int]]:
    place = {code: position for position, code in enumerate(tree.codes)}
    return {parent: [place[kid] for kid in tree.children[parent]] for parent in tree.aggregates}


def _to_one(tree: Tree, weights: np.ndarray) -> np.ndarray:
    for columns in _groups(tree).values():
        weights[:, columns] /= weights[:, columns].sum(axis=1, keepdims=True)
    return weights
