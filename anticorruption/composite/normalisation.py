"""Normalisation: bring indicators to a common scale on which more is better."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.composite.codebook import Tree, read_codebook
from anticorruption.composite.indicators import sorted_indicators
from anticorruption.composite.parameters import counted, interval, number, resolve
from anticorruption.composite.ranking import ascending_ranks
from anticorruption.errors import RefusedInput

_HUNDRED = {"low": 0.0, "high": 100.0}
NORMALISATIONS: dict[str, dict[str, Any]] = {
    "min_max": dict(_HUNDRED),
    "z_score": {"mean": 0.0, "sd": 1.0},
    "rank": {},
    "percentile_rank": {},
    "borda": {},
    "goalposts": {**_HUNDRED, "truncate": True},
    "distance_to_target": {**_HUNDRED, "truncate": True},
    "fixed_scale": {**_HUNDRED, "truncate": False},
}
"""Names of the normalisations, and the parameters of each with their defaults."""

ABSOLUTE = ("goalposts", "fixed_scale")
"""Normalisations in which a region's value does not depend on the other regions."""


def normalise(
    indicators: pd.DataFrame,
    codebook: pd.DataFrame,
    normalisation: str = "min_max",
    *,
    minimum_regions: int = 10,
    **parameters: Any,
) -> pd.DataFrame:
    """Normalise indicators so that a higher number is better for every one of them.

    With x the value times its direction, and l, h the parameters `low` and `high` (0 and 100):

    - `min_max`: l + (h - l) (x - min) / (max - min).
    - `z_score`: `mean` + `sd` (x - average) / sample standard deviation (n - 1).
    - `rank`: 1 for the lowest, ties share the lower number. `borda`: rank - 1.
      `percentile_rank`: (rank - 1) / (n - 1), between 0 and 1. n counts regions with a value.
    - `goalposts`: l + (h - l) (x - goalpost_low) / (goalpost_high - goalpost_low), cut to
      l and h unless `truncate` is False; direction -1 turns it round.
    - `distance_to_target`: l + (h - l) (x - min) / (target - min), cut at h unless `truncate`
      is False.
    - `fixed_scale`: as goalposts with scale_low and scale_high (0 and 100 where the codebook
      has none), not cut unless `truncate` is True.

    Parameters
    ----------
    indicators : DataFrame
        Regions by indicators, in their own units.
    codebook : DataFrame
        See `read_codebook`; directions, and goalposts, targets or scales where used.
    normalisation : str
        One of the names above.
    minimum_regions : int
        All but `goalposts` and `fixed_scale` compare regions with one another; below this many
        regions with a value that comparison says little, and it is refused.
    **parameters
        The parameters named above.

    Returns
    -------
    DataFrame
        The same index; columns in codebook order.

    Raises
    ------
    RefusedInput
        For an unknown name or parameter, too few regions, a constant indicator, or goalposts
        that are missing or in the wrong order.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 5. UNDP, Human
    Development Report, technical note 1 (goalposts).
    """
    tree = read_codebook(codebook)
    table, _ = sorted_indicators(indicators, tree)
    options = check_normalisation(normalisation, parameters)
    values = table.to_numpy()
    check_fit(values, normalisation, tree, minimum_regions)
    scaled = normalise_values(values, normalisation, options, tree)
    frame = pd.DataFrame(scaled, index=table.index, columns=list(tree.indicators))
    order = [code for code in tree.columns if code in frame]
    return frame.reindex(index=indicators.index, columns=order)


def check_normalisation(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a normalisation, refusing those that make no sense."""
    options = resolve("normalisation", name, given, NORMALISATIONS)
    if "low" in options:
        interval(f"the scale of {name!r}", options["low"], options["high"])
    if name == "z_score":
        number("the mean of 'z_score'", options["mean"])
        number("the sd of 'z_score'", options["sd"], above=0)
    return options


def normalise_values(
    values: np.ndarray, normalisation: str, options: Mapping[str, Any], tree: Tree
) -> np.ndarray:
    """Normalise an array of (..., regions, indicators); columns in the order of the tree."""
    direction = _column(tree, "direction")
    turned = values * direction
    if normalisation in ABSOLUTE:
        return _between_posts(turned, *_posts(normalisation, tree), options)
    if normalisation == "min_max":
        low, high = options["low"], options["high"]
        lowest = np.nanmin(turned, axis=-2, keepdims=True)
        highest = np.nanmax(turned, axis=-2, keepdims=True)
        return (turned - lowest) / (highest - lowest) * (high - low) + low
    if normalisation == "z_score":
        average = np.nanmean(turned, axis=-2, keepdims=True)
        spread = np.nanstd(turned, axis=-2, ddof=1, keepdims=True)
        return (turned - average) / spread * options["sd"] + options["mean"]
    if normalisation == "distance_to_target":
        return _towards_target(turned, tree, options)
    return _ranked(turned, normalisation)


def scale_ends(
    normalised: np.ndarray, normalisation: str, options: Mapping[str, Any]
) -> tuple[np.ndarray, np.ndarray]:
    """Return the worst and the best a missing cell could be, for each indicator.

    Parameters
    ----------
    normalised : array, shape (regions, indicators)
        Normalised values, NaN where missing.
    normalisation : str
        The normalisation that made them.
    options : mapping
        Its parameters.

    Returns
    -------
    worst, best : array, shape (indicators,)
        The ends of the scale. A scale without an end of its own on a side (that of the sample,
        and values that may pass a target or a scale) takes the worst or best region seen.
    """
    shape = normalised.shape[-1:]
    if normalisation in (*ABSOLUTE, "distance_to_target"):
        worst, best = np.full(shape, float(options["low"])), np.full(shape, float(options["high"]))
        if options["truncate"]:
            return worst, best
    else:
        worst, best = np.full(shape, np.inf), np.full(shape, -np.inf)
    return np.fmin(worst, np.fmin.reduce(normalised)), np.fmax(best, np.fmax.reduce(normalised))


def check_fit(values: np.ndarray, normalisation: str, tree: Tree, minimum_regions: int) -> None:
    """Refuse a relative normalisation for too few regions or for a constant indicator."""
    if normalisation in ABSOLUTE:
        return
    present = (~np.isnan(values)).sum(axis=0)
    for place, code in enumerate(tree.indicators):
        if present[place] == 0:
            raise RefusedInput(f"indicator {code!r} has no value for any region.")
        if present[place] < minimum_regions:
            raise RefusedInput(
                f"indicator {code!r} has values for {counted(present[place])}, and "
                f"{normalisation!r} compares "
                f"regions with one another, which says little below {minimum_regions}: use fixed "
                "goalposts instead."
            )
        column = values[:, place][~np.isnan(values[:, place])]
        if np.ptp(column) <= 1e-12 * np.abs(column).max():
            raise RefusedInput(
                f"indicator {code!r} is {column[0]:g} for every region, so {normalisation!r} "
                "cannot place them: leave it out, or use fixed goalposts, which keep its value."
            )


def _column(tree: Tree, name: str, default: float = np.nan) -> np.ndarray:
    numbers = tree.numbers(name)
    return np.array(
        [default if np.isnan(numbers[code]) else numbers[code] for code in tree.indicators]
    )


def _posts(normalisation: str, tree: Tree) -> tuple[np.ndarray, np.ndarray]:
    names, defaults = ("goalpost_low", "goalpost_high"), (np.nan, np.nan)
    if normalisation == "fixed_scale":
        names, defaults = ("scale_low", "scale_high"), (0.0, 100.0)
    low, high = (
        _column(tree, name, default) for name, default in zip(names, defaults, strict=True)
    )
    for place, code in enumerate(tree.indicators):
        if not np.isfinite([low[place], high[place]]).all():
            raise RefusedInput(
                f"indicator {code!r} has no {names[0]} and {names[1]} in the "
                f"codebook, which {normalisation!r} needs."
            )
        if low[place] >= high[place]:
            raise RefusedInput(
                f"the {names[0]} of {code!r} ({low[place]:g}) must be below its "
                f"{names[1]} ({high[place]:g})."
            )
    turn = _column(tree, "direction") < 0
    return np.where(turn, -high, low), np.where(turn, -low, high)


def _between_posts(
    turned: np.ndarray, first: np.ndarray, last: np.ndarray, options: Mapping[str, Any]
) -> np.ndarray:
    low, high = options["low"], options["high"]
    scaled = (turned - first) / (last - first) * (high - low) + low
    return np.clip(scaled, low, high) if options["truncate"] else scaled


def _towards_target(turned: np.ndarray, tree: Tree, options: Mapping[str, Any]) -> np.ndarray:
    low, high = options["low"], options["high"]
    target = _column(tree, "target") * _column(tree, "direction")
    lowest = np.nanmin(turned, axis=-2, keepdims=True)
    for place, code in enumerate(tree.indicators):
        if not (target[place] > lowest[..., place]).all():
            raise RefusedInput(
                f"the target of {code!r} is missing from the codebook, or no better "
                "than the worst region."
            )
    scaled = (turned - lowest) / (target - lowest) * (high - low) + low
    return np.minimum(scaled, high) if options["truncate"] else scaled


def _ranked(turned: np.ndarray, normalisation: str) -> np.ndarray:
    # Ties are rounding noise relative to the size of the numbers: indicators have any unit.
    noise = 1e-12 * np.nanmax(np.abs(turned), axis=-2)
    ranks = np.moveaxis(ascending_ranks(np.moveaxis(turned, -1, -2), noise), -1, -2)
    if normalisation == "rank":
        return ranks
    if normalisation == "borda":
        return ranks - 1
    return (ranks - 1) / ((~np.isnan(turned)).sum(axis=-2, keepdims=True) - 1)
