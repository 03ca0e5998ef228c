"""What is varied: settings with their alternatives, and standard errors of the indicators."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.composite.chain import Inputs
from anticorruption.composite.method import Method
from anticorruption.composite.parameters import known_name
from anticorruption.errors import RefusedInput

FIELDS = tuple(item.name for item in dataclasses.fields(Method))


@dataclass(frozen=True)
class Factor:
    """A choice that is varied: its name, and the changes of method that each alternative makes."""

    name: str
    labels: tuple[str, ...]
    changes: tuple[Mapping[str, Any], ...]


def read_factors(method: Method, alternatives: Mapping[str, Any] | None) -> list[Factor]:
    """Return the choices to vary.

    Parameters
    ----------
    method : Method
        The method that is varied.
    alternatives : mapping
        Name to alternatives. Either the name of a field and its values, such as
        ``{"aggregation": ["arithmetic_mean", "geometric_mean"]}``; or any name, with labels and
        the fields they change, such as ``{"scale": {"0-100": {"normalisation": "min_max"},
        "z": {"normalisation": "z_score", "normalisation_parameters": {"mean": 50}}}}``.
    """
    factors = []
    for name, given in (alternatives or {}).items():
        if isinstance(given, Mapping):
            items = list(given.items())
        elif isinstance(given, Sequence) and not isinstance(given, str):
            items = [(None, item) for item in given]
        else:
            raise RefusedInput(
                f"the alternatives of {name!r} must be a list, or labels with the "
                "fields they change."
            )
        changes = [_changes(name, item) for _, item in items]
        labels = [str(_short(item) if label is None else label) for label, item in items]
        variants = [method.replace(**change) for change in changes]
        if len(variants) < 2 or len(set(variants)) < len(variants):
            raise RefusedInput(
                f"the setting {name!r} needs at least two alternatives, all "
                "different from one another."
            )
        factors.append(Factor(name, tuple(labels), tuple(changes)))
    return factors


def _changes(name: str, item: Any) -> Mapping[str, Any]:
    if isinstance(item, Mapping) and item and all(key in FIELDS for key in item):
        return item
    known_name("method field", name, FIELDS)
    return {name: item}


def _short(item: Any) -> str:
    if isinstance(item, Mapping):
        return ", ".join(str(value) for value in item.values())
    return str(item)


@dataclass(frozen=True)
class SharedErrors:
    """Measurement errors that indicators share, such as those of a deduction taken from several.

    Parameters
    ----------
    loadings : DataFrame
        Indicators by sources of error: what one standard error of the source adds to the
        indicator, in its unit. Sources are independent of one another and between regions; the
        standard error of an indicator is the root of the sum of the squares of its row.
    """

    loadings: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Errors:
    """Measurement errors ready to be drawn.

    Attributes
    ----------
    sizes : array, shape (regions, indicators)
        Standard errors where every indicator has an error of its own; otherwise 1, and 0 where a
        value is missing.
    loadings : array, shape (sources, indicators), or None
        What one standard error of each source adds to each indicator.
    """

    sizes: np.ndarray
    loadings: np.ndarray | None = None

    def draw(self, generator: np.random.Generator, draws: int) -> np.ndarray:
        """Return errors, shape (draws, regions, indicators), in the units of the indicators."""
        if self.loadings is None:
            return generator.standard_normal((draws, *self.sizes.shape)) * self.sizes
        shape = (draws, len(self.sizes), len(self.loadings))
        return generator.standard_normal(shape) @ self.loadings * self.sizes


def read_errors(given: pd.DataFrame | pd.Series | SharedErrors, inputs: Inputs) -> Errors:
    """Return the measurement errors to draw.

    Parameters
    ----------
    given : DataFrame, Series or SharedErrors
        Standard errors, as in `read_standard_errors`, or the sources that indicators share.
    inputs : Inputs

    Raises
    ------
    RefusedInput
        As `read_standard_errors`; and for an unknown indicator or a loading that is no finite
        number.
    """
    if not isinstance(given, SharedErrors):
        return Errors(read_standard_errors(given, inputs))
    codes = list(inputs.tree.indicators)
    for code in given.loadings.index:
        known_name("indicator with a standard error", code, codes)
    loadings = given.loadings.reindex(codes, fill_value=0.0).to_numpy(dtype=float)
    wrong = ~np.isfinite(loadings).all(axis=1)
    if wrong.any():
        raise RefusedInput(
            f"the loadings of {codes[int(wrong.argmax())]!r} must be finite numbers."
        )
    if not loadings.any():
        raise RefusedInput("every standard error is zero, so they change no score on any run.")
    return Errors((~np.isnan(inputs.values)).astype(float), loadings.T)


def read_standard_errors(given: pd.DataFrame | pd.Series, inputs: Inputs) -> np.ndarray:
    """Return standard errors, shape (regions, indicators), zero for indicators not named.

    Parameters
    ----------
    given : DataFrame or Series
        Regions by indicators, or one number an indicator, in the indicator's own unit.
    inputs : Inputs

    Raises
    ------
    RefusedInput
        For an unknown indicator, a region without a row, a negative or missing number for a
        value that is there, or zeros everywhere.
    """
    codes = list(inputs.tree.indicators)
    named = given.columns if isinstance(given, pd.DataFrame) else given.index
    for code in named:
        known_name("indicator with a standard error", code, codes)
    if isinstance(given, pd.Series):
        row = given.reindex(codes).fillna(0.0).to_numpy(dtype=float)
        errors = np.where(np.isnan(inputs.values), 0.0, row)
    else:
        lacking = inputs.regions.difference(given.index)
        if len(lacking):
            raise RefusedInput(f"region {lacking[0]!r} has no standard errors.")
        table = given.reindex(index=inputs.regions)
        errors = np.zeros(inputs.values.shape)
        for place, code in enumerate(codes):
            if code in table:
                errors[:, place] = table[code].to_numpy(dtype=float)
        errors = np.where(np.isnan(inputs.values), 0.0, errors)
    wrong = ~(np.isfinite(errors) & (errors >= 0))
    if wrong.any():
        row, column = np.argwhere(wrong)[0]
        raise RefusedInput(
            f"the standard error of {codes[column]!r} in region "
            f"{inputs.regions[row]!r} must be a number of at least zero."
        )
    if not errors.any():
        raise RefusedInput("every standard error is zero, so they change no score on any run.")
    return errors
