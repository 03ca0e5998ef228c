"""The rule by which numbers are rounded before they are printed or drawn.

Processors and their libraries differ in the last of the sixteen digits they compute with. So every
number is first rounded to at most :data:`DECIMALS` decimals and at most :data:`DIGITS` significant
digits: far finer than anything shown, far coarser than those differences. What is printed, drawn,
sorted for a chart or compared in one is then the same on every machine.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

DECIMALS = 6
DIGITS = 9


def steady(value):
    """Round every number with a fraction in a value; all else comes back as it is.

    Parameters
    ----------
    value : float, array, Series, DataFrame, list, tuple, mapping or anything else
        Only floats are rounded: whole numbers, texts, labels and indexes are exact already.

    Returns
    -------
    object
        The same kind of value; what was given is not changed.

    Examples
    --------
    >>> steady(0.1 + 0.2), steady(72.94999999999999), steady("72.949999999")
    (0.3, 72.95, '72.949999999')
    """
    if isinstance(value, float | np.floating):
        return _rounded(float(value))
    if isinstance(value, np.ndarray | pd.Series) and pd.api.types.is_float_dtype(value.dtype):
        return _rounded_all(value)
    if isinstance(value, pd.Series) and value.dtype == object:
        return value.map(steady)
    if isinstance(value, pd.DataFrame):
        return value.apply(steady)
    if isinstance(value, Mapping):
        return {key: steady(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(steady(item) for item in value)
    return value


def _rounded(value: float) -> float:
    # Adding zero turns a negative zero into zero.
    return round(float(f"{value:.{DIGITS}g}"), DECIMALS) + 0.0


def _rounded_all(values):
    numbers = np.asarray(values)
    rounded = np.array([_rounded(number) for number in numbers.ravel()]).reshape(numbers.shape)
    if isinstance(values, pd.Series):
        return pd.Series(rounded, index=values.index, name=values.name)
    return rounded
