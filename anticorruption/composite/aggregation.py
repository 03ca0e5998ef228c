"""Aggregation: from the parts of a code to the code itself, one row of parts a region."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.composite.parameters import known_name, number, resolve
from anticorruption.composite.voting import copeland_scores
from anticorruption.errors import RefusedInput

AGGREGATIONS: dict[str, dict[str, Any]] = {
    "arithmetic_mean": {},
    "geometric_mean": {},
    "harmonic_mean": {},
    "generalised_mean": {"power": 0.5},
    "mazziotta_pareto": {"deviation": "population", "penalty": "negative"},
    "median": {},
    "owa": {"order_weights": None, "exponent": 2.0},
    "copeland": {},
}
"""Names of the aggregations, and the parameters of each with their defaults."""


@dataclass(frozen=True)
class PowerMean:
    """A mean of the form inverse(sum of w f(x)), which is one matrix product for many weights.

    Attributes
    ----------
    power : float
        1 arithmetic, 0 geometric, -1 harmonic.
    """

    power: float

    def forward(self, values: np.ndarray) -> np.ndarray:
        """f(x): x to the power, or its logarithm for power 0."""
        if self.power == 1:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.log(values) if self.power == 0 else values**self.power

    def inverse(self, values: np.ndarray) -> np.ndarray:
        """The x that gives f(x)."""
        if self.power == 1:
            return values
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.exp(values) if self.power == 0 else values ** (1 / self.power)

    @property
    def increasing(self) -> bool:
        """Whether f rises with x."""
        return self.power >= 0


def aggregate(
    parts: pd.DataFrame,
    weights: pd.Series | Mapping[str, float] | None = None,
    aggregation: str = "arithmetic_mean",
    **parameters: Any,
) -> pd.Series:
    """Aggregate parts that are already on a common scale.

    A missing part is left out with its weight, and the other weights add up to one again. With
    w the weights that are left, adding up to one, and x the parts:

    - `arithmetic_mean` sum w x; `geometric_mean` exp(sum w log x); `harmonic_mean`
      1 / sum(w / x); `generalised_mean` (sum w x^p)^(1/p), p the parameter `power`.
    - `mazziotta_pareto`: m - s^2 / m with m the mean and s the standard deviation of the
      region's own parts, so that uneven parts are penalised. `deviation` is `population`
      (divided by k, as its authors have it) or `sample` (k - 1, as the R packages Compind and
      Indicator have it); `penalty` is `negative` (more is better) or `positive` (m + s^2 / m).
    - `median`: the weighted median, halfway when the weight is split evenly.
    - `owa`: parts sorted from best to worst and weighted by place. `order_weights` (best place
      first) are spread over the weights of the parts; without them the share up to weight s is
      s^`exponent` (1 is the arithmetic mean, more leans to the worst parts).
    - `copeland`: regions beaten minus regions lost to, by majority of weight.

    Parameters
    ----------
    parts : DataFrame
        Regions by parts.
    weights : Series or mapping, optional
        Part to weight; equal when None.
    aggregation : str
        One of the names above.
    **parameters
        The parameters named above.

    Returns
    -------
    Series
        One number a region, NaN where every part is missing.

    Raises
    ------
    RefusedInput
        For an unknown name or parameter, a bad weight, or a value that the mean cannot take,
        such as zero in a geometric mean.

    References
    ----------
    OECD/JRC (2008), Handbook on Constructing Composite Indicators, step 6. Mazziotta & Pareto
    (2016), Social Indicators Research 127. Yager (1988), IEEE Trans. SMC 18; Torra (1997),
    Int. J. Intelligent Systems 12 (`owa`).
    """
    options = check_aggregation(aggregation, parameters)
    given = pd.Series(1.0, parts.columns) if weights is None else pd.Series(dict(weights))
    shares = given.reindex(parts.columns).to_numpy(dtype=float)
    if not (np.isfinite(shares) & (shares >= 0)).all() or shares.sum() <= 0:
        raise RefusedInput(
            "every part needs a finite weight of at least zero, and one of them above zero."
        )
    values = parts.to_numpy(dtype=float)
    refuse_unsuitable(
        values, shares, aggregation, options, "the aggregate", parts.columns, parts.index
    )
    return pd.Series(combine(values, shares, aggregation, options), index=parts.index)


def check_aggregation(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of an aggregation, refusing those that make no sense."""
    options = resolve("aggregation", name, given, AGGREGATIONS)
    if name == "generalised_mean":
        number("the power of 'generalised_mean'", options["power"])
    if name == "mazziotta_pareto":
        known_name("deviation", options["deviation"], ("population", "sample"))
        known_name("penalty", options["penalty"], ("negative", "positive"))
    if name == "owa":
        number("the exponent of 'owa'", options["exponent"], above=0)
        order = options["order_weights"]
        if order is not None and (min(order) < 0 or not np.isclose(sum(order), 1)):
            raise RefusedInput("the order_weights of 'owa' must be at least zero and add up to 1.")
    return options


def power_mean(name: str, options: Mapping[str, Any]) -> PowerMean | None:
    """Return the mean as a PowerMean, or None when it is not one."""
    powers = {"arithmetic_mean": 1.0, "geometric_mean": 0.0, "harmonic_mean": -1.0}
    if name == "generalised_mean":
        return PowerMean(float(options["power"]))
    return PowerMean(powers[name]) if name in powers else None


def combine(
    values: np.ndarray, weights: np.ndarray, name: str, options: Mapping[str, Any]
) -> np.ndarray:
    """Aggregate the last axis.

    Parameters
    ----------
    values : array, shape (..., regions, parts)
        Parts, NaN where missing.
    weights : array, broadcastable to the shape of `values`
        At least zero; only their ratios matter.
    name, options
        The aggregation and its parameters, as from `check_aggregation`.

    Returns
    -------
    array, shape (..., regions)
        NaN where no part with a weight is present.
    """
    if name == "copeland":
        return _copeland(values, weights)
    present = np.where(np.isnan(values), 0.0, weights)
    total = present.sum(axis=-1)
    # A part without weight must not bring in the logarithm of zero.
    known = np.where(present > 0, values, 1.0)
    mean = power_mean(name, options)
    with np.errstate(invalid="ignore", divide="ignore"):
        if mean is not None:
            result = mean.inverse((present * mean.forward(known)).sum(axis=-1) / total)
        else:
            result = _OTHER[name](known, present / total[..., None], options)
    return np.where(total > 0, result, np.nan)


def suitable(values: np.ndarray, name: str, options: Mapping[str, Any]) -> np.ndarray:
    """Tell which values the aggregation can take; NaN counts as suitable."""
    power = power_mean(name, options)
    if power is None or power.power == 1:
        return np.ones(values.shape, dtype=bool)
    return ~(values <= 0) if power.power <= 0 else ~(values < 0)


def refuse_unsuitable(
    values: np.ndarray,
    weights: np.ndarray,
    name: str,
    options: Mapping[str, Any],
    code: str,
    parts: Any,
    regions: pd.Index,
) -> None:
    """Refuse values that a mean cannot take, naming the first code and region."""
    bad = ~suitable(values, name, options) & (weights > 0)
    if bad.any():
        row, column = np.argwhere(bad)[0]
        raise RefusedInput(
            f"the {name} of {code!r} cannot take the value {values[row, column]:g} of "
            f"{parts[column]!r} in region {regions[row]!r}: normalise to a scale that starts "
            "above zero."
        )
    if name == "mazziotta_pareto":
        means = combine(values, weights, "arithmetic_mean", {})
        if (means <= 0).any():
            region = regions[np.argmax(means <= 0)]
            raise RefusedInput(
                f"the mazziotta_pareto of {code!r} needs a mean above zero, and "
                f"that of region {region!r} is not: normalise to a positive scale."
            )


def _copeland(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if values.ndim == 2:
        return copeland_scores(values, np.broadcast_to(weights, values.shape)[0])
    spread = np.broadcast_to(weights, values.shape)
    return np.stack([_copeland(one, own) for one, own in zip(values, spread, strict=True)])


def _mazziotta_pareto(
    values: np.ndarray, shares: np.ndarray, options: Mapping[str, Any]
) -> np.ndarray:
    mean = (shares * values).sum(axis=-1)
    variance = (shares * (values - mean[..., None]) ** 2).sum(axis=-1)
    if options["deviation"] == "sample":
        count = (shares > 0).sum(axis=-1)
        variance = variance * count / np.maximum(count - 1, 1)
    return mean + (-1 if options["penalty"] == "negative" else 1) * variance / mean


def _median(values: np.ndarray, shares: np.ndarray, options: Mapping[str, Any]) -> np.ndarray:
    order = np.argsort(values, kind="stable")
    ordered = np.take_along_axis(values, order, -1)
    reached = np.take_along_axis(shares, order, -1).cumsum(axis=-1)
    lower = (reached < 0.5 - 1e-12).sum(axis=-1)
    upper = (reached <= 0.5 + 1e-12).sum(axis=-1)
    return (
        np.take_along_axis(ordered, lower[..., None], -1)
        + np.take_along_axis(ordered, upper[..., None], -1)
    )[..., 0] / 2


def _owa(values: np.ndarray, shares: np.ndarray, options: Mapping[str, Any]) -> np.ndarray:
    order = np.argsort(-values, kind="stable")
    reached = np.take_along_axis(shares, order, -1).cumsum(axis=-1)
    if options["order_weights"] is None:
        share = reached ** options["exponent"]
    else:
        steps = np.concatenate([[0.0], np.cumsum(options["order_weights"])])
        share = np.interp(reached, np.linspace(0.0, 1.0, len(steps)), steps / steps[-1])
    by_place = np.diff(share, prepend=0.0)
    return (by_place * np.take_along_axis(values, order, -1)).sum(axis=-1)


_OTHER: dict[str, Callable[[np.ndarray, np.ndarray, Mapping[str, Any]], np.ndarray]] = {
    "mazziotta_pareto": _mazziotta_pareto,
    "median": _median,
    "owa": _owa,
}
