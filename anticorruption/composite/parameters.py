"""Named choices and their parameters: frozen, comparable, and refused when misspelt."""

from __future__ import annotations

import difflib
import math
from collections.abc import Iterable, Iterator, Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.errors import RefusedInput


class Parameters(Mapping):
    """A read-only mapping that can be hashed; nested mappings and lists are frozen too.

    Parameters
    ----------
    values : mapping, optional
        Names to values. Series become mappings, DataFrames mappings of rows, arrays tuples.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[Any, Any] | None = None) -> None:
        self._values = {key: freeze(value) for key, value in dict(values or {}).items()}

    def __getitem__(self, key: Any) -> Any:
        return self._values[key]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return repr(self._values)


def freeze(value: Any) -> Any:
    """Return `value` as something that cannot change: Parameters, tuple, or a plain scalar."""
    if isinstance(value, pd.DataFrame):
        return Parameters({row: value.loc[row].to_dict() for row in value.index})
    if isinstance(value, pd.Series):
        return Parameters(value.to_dict())
    if isinstance(value, Parameters):
        return value
    if isinstance(value, Mapping):
        return Parameters(value)
    if isinstance(value, np.generic):
        return freeze(value.item())
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, (set, frozenset)):
        return tuple(sorted((freeze(item) for item in value), key=str))
    if isinstance(value, (list, tuple, np.ndarray)):
        return tuple(freeze(item) for item in value)
    return value


def plain(value: Any) -> Any:
    """Return a frozen value as JSON types, numbers as floats so that 1 and 1.0 read the same."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, Real) and math.isfinite(value):
        return float(value)
    raise RefusedInput(
        f"{shown(value)} cannot be part of a method: use text, finite numbers, or lists."
    )


def known_name(what: str, name: Any, known: Iterable[Any]) -> None:
    """Refuse `name` unless it is one of `known`, suggesting the nearest.

    Raises
    ------
    RefusedInput
        If the name is not known.
    """
    choices = [str(item) for item in known]
    if isinstance(name, str) and name in choices:
        return
    near = difflib.get_close_matches(str(name), choices, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(sorted(choices))}."
    raise RefusedInput(f"there is no {what} called {name!r}: {hint}")


def resolve(
    step: str, name: str, given: Mapping[str, Any], table: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Return all parameters of the choice `name`: its defaults, overridden by those given.

    A parameter that belongs to another choice of the same step is left aside, so that a
    variant of a method can change the name alone; a parameter no choice knows is refused.

    Raises
    ------
    RefusedInput
        If the name or a parameter is unknown.
    """
    known_name(step, name, table)
    every = sorted({key for defaults in table.values() for key in defaults})
    for key in given:
        known_name(f"{step} parameter", key, every)
    return {key: given.get(key, default) for key, default in table[name].items()}


def shown(value: Any) -> str:
    """Return a value as a reader would write it: 2.5, not np.float64(2.5)."""
    return repr(value.item() if isinstance(value, np.generic) else value)


def counted(regions: int) -> str:
    """Return a number of regions in words: 1 region, 2 regions."""
    return f"{regions} region" if regions == 1 else f"{regions} regions"


def number(what: str, value: Any, *, low: float | None = None, above: float | None = None) -> float:
    """Return `value` as a finite float, at least `low` and more than `above`, or refuse it."""
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value):
        raise RefusedInput(f"{what} must be a finite number, not {shown(value)}.")
    if low is not None and value < low:
        raise RefusedInput(f"{what} must be at least {low:g}, not {shown(value)}.")
    if above is not None and value <= above:
        raise RefusedInput(f"{what} must be more than {above:g}, not {shown(value)}.")
    return float(value)


def whole_number(what: str, value: Any, *, low: int = 0) -> int:
    """Return `value` as an integer of at least `low`, or refuse it."""
    if isinstance(value, bool) or not isinstance(value, Integral) or value < low:
        raise RefusedInput(f"{what} must be a whole number of at least {low}, not {shown(value)}.")
    return int(value)


def interval(what: str, low: Any, high: Any) -> tuple[float, float]:
    """Return two finite numbers with `low` below `high`, or refuse them."""
    first = number(f"the lower end of {what}", low)
    second = number(f"the upper end of {what}", high)
    if first >= second:
        raise RefusedInput(
            f"the lower end of {what} ({first:g}) must be below its upper end ({second:g})."
        )
    return first, second


def share(what: str, value: Any) -> float:
    """Return `value` as a share above 0 and below 1, or refuse it."""
    if not 0 < number(what, value) < 1:
        raise RefusedInput(f"{what} must lie between 0 and 1, not {shown(value)}.")
    return float(value)


def runs_checked(
    seed: Any, held: tuple[str, Any], low: int = 1, **counts: Any
) -> np.random.SeedSequence:
    """Check what every analysis of many runs is asked for, and return its seed sequence.

    Parameters
    ----------
    seed : int
    held : (str, float)
        What the intervals hold, in words, and its share.
    low : int
        Smallest number that `counts` may be.
    **counts
        Whole numbers by name, such as ``draws=1000``.

    Raises
    ------
    RefusedInput
        For a missing seed, a number that is not whole or too small, or a share outside (0, 1).
    """
    sequence = seeded(seed)
    for name, value in counts.items():
        whole_number(f"the number of {name}", value, low=low)
    share(*held)
    return sequence


def seeded(seed: Any) -> np.random.SeedSequence:
    """Return the seed sequence of a whole number; a missing seed is refused, zero is a seed."""
    if seed is None:
        raise RefusedInput("a seed is needed, so that the same draws can be made again.")
    return np.random.SeedSequence(whole_number("the seed", seed))
