"""Leaving out: what happens to the ranks without one of the indicators."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pandas as pd
from scipy import stats

from anticorruption.composite.codebook import read_codebook
from anticorruption.composite.method import Method, build
from anticorruption.errors import RefusedInput


def remove_each(
    indicators: pd.DataFrame,
    codebook: pd.DataFrame,
    method: Method,
    code: str | None = None,
    removed: Iterable[str] | None = None,
) -> pd.DataFrame:
    """Leave out one code at a time and see what moves.

    Parameters
    ----------
    indicators, codebook, method
        As for `build`.
    code : str, optional
        The code whose ranks are watched; the top of the codebook when None.
    removed : iterable of str, optional
        Codes to leave out, with everything under them; all indicators when None.

    Returns
    -------
    DataFrame
        One row a code left out: mean_shift and largest_shift of rank (absolute, over regions
        ranked both times), moved_most (the region with the largest shift, the first in the
        order given), rank_correlation (Spearman), lost (regions that have no rank any more).

    Raises
    ------
    RefusedInput
        If a code to leave out is not under the watched code, or nothing is left.
    """
    whole = build(indicators, codebook, method)
    target = whole.tree.top(code)
    below = [item for item in whole.tree.below(target) if item != target]
    leaves = [item for item in below if item not in whole.tree.children]
    rows = {}
    for item in leaves if removed is None else removed:
        if item not in below:
            raise RefusedInput(
                f"{item!r} is not under {target!r}, so leaving it out moves nothing."
            )
        smaller = remove_code(codebook, item)
        if target not in set(smaller["code"]):
            raise RefusedInput(f"without {item!r} nothing is left of {target!r}.")
        kept = [column for column in indicators.columns if column in set(smaller["code"])]
        variant = build(indicators[kept], smaller, method)
        rows[item] = _shifts(whole.ranks[target], variant.ranks[target])
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("code")


def remove_code(codebook: pd.DataFrame, code: str) -> pd.DataFrame:
    """Return the codebook without a code, what is under it, and parents left without parts."""
    tree = read_codebook(codebook)
    tree.top(code)
    gone = set(tree.below(code))
    for aggregate in tree.aggregates:
        if set(tree.children[aggregate]) <= gone:
            gone.add(aggregate)
    table = tree.table.reset_index()
    return table[~table["code"].isin(gone)].reset_index(drop=True)


def _shifts(before: pd.Series, after: pd.Series) -> dict:
    both = before.notna() & after.notna()
    shift = (after - before)[both].abs()
    defined = both.sum() > 1 and before[both].nunique() > 1 and after[both].nunique() > 1
    return {
        "mean_shift": shift.mean(),
        "largest_shift": shift.max(),
        "moved_most": shift.idxmax() if len(shift) else None,
        "rank_correlation": stats.spearmanr(before[both], after[both])[0] if defined else np.nan,
        "lost": int((before.notna() & after.isna()).sum()),
    }
