"""The table of indicators, checked before any arithmetic."""

from __future__ import annotations

import numpy as np
import pandas as pd

from anticorruption.composite.codebook import Tree, plain_numbers
from anticorruption.errors import RefusedInput


def prepare_indicators(indicators: pd.DataFrame, tree: Tree) -> pd.DataFrame:
    """Return the indicators as floats, columns in the order of the tree.

    Parameters
    ----------
    indicators : DataFrame
        Regions by indicators; the index is the region code as text.
    tree : Tree
        The checked codebook.

    Raises
    ------
    RefusedInput
        If there are no regions, a region or column appears twice, the columns and the codebook
        disagree, or a cell is infinite or not a number.
    """
    if len(indicators) == 0:
        raise RefusedInput("there are no regions: the table of indicators has no rows.")
    _check_regions(indicators.index)
    _check_columns(indicators.columns, tree)
    codes = list(tree.indicators)
    table = indicators[codes]
    if all(dtype == np.float64 for dtype in table.dtypes):
        floats = table.to_numpy()
    else:
        floats = np.column_stack([_floats(table[code], code) for code in codes])
    _refuse_endless(floats, table)
    return pd.DataFrame(floats, index=indicators.index, columns=codes)


def sorted_indicators(indicators: pd.DataFrame, tree: Tree) -> tuple[pd.DataFrame, np.ndarray]:
    """Return the checked indicators with the regions sorted, and the order that sorts them.

    Sums over regions then have the same digits whatever the order of the rows.
    """
    table = prepare_indicators(indicators, tree)
    order = np.argsort(table.index.astype(str).to_numpy(dtype=str), kind="stable")
    return table.take(order), order


def _check_regions(index: pd.Index) -> None:
    if isinstance(index, pd.MultiIndex):
        raise RefusedInput("the index must be the region code alone, not several columns.")
    if index.hasnans:
        raise RefusedInput("a region has no code.")
    if pd.api.types.is_float_dtype(index.dtype):
        raise RefusedInput(
            f"region codes must be text, not numbers such as {index[0]:g}: '34.10' is not 34.1."
        )
    if index.has_duplicates:
        raise RefusedInput(f"region {index[index.duplicated()][0]!r} appears more than once.")


def _check_columns(columns: pd.Index, tree: Tree) -> None:
    if columns.has_duplicates:
        raise RefusedInput(
            f"the indicator {columns[columns.duplicated()][0]!r} appears in more than one column."
        )
    for column in columns:
        if column not in tree.parent:
            raise RefusedInput(f"the indicator {column!r} is not in the codebook.")
        if column in tree.children:
            raise RefusedInput(
                f"{column!r} is an aggregate in the codebook, so it cannot be "
                "given as an indicator."
            )
    for code in tree.indicators:
        if code not in columns:
            raise RefusedInput(
                f"the codebook has the indicator {code!r}, but there is no such column."
            )


def _floats(column: pd.Series, code: str) -> np.ndarray:
    if plain_numbers(column):
        return column.to_numpy(dtype=float)
    numbers = pd.to_numeric(column, errors="coerce")
    wrong = numbers.isna() & column.notna()
    if wrong.any():
        region = wrong.index[wrong][0]
        raise RefusedInput(
            f"indicator {code!r} of region {region!r} is {column[region]!r}, which is not a number."
        )
    return numbers.to_numpy(dtype=float, na_value=np.nan)


def _refuse_endless(floats: np.ndarray, table: pd.DataFrame) -> None:
    endless = np.isinf(floats)
    if endless.any():
        row, column = np.argwhere(endless)[0]
        raise RefusedInput(
            f"indicator {table.columns[column]!r} of region {table.index[row]!r} is infinite."
        )
