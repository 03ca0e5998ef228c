"""Audit: is the data there, and do the parts belong together."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from anticorruption.composite.codebook import read_codebook
from anticorruption.composite.indicators import prepare_indicators
from anticorruption.composite.parameters import number
from anticorruption.composite.ranking import TOLERANCE
from anticorruption.composite.result import Result
from anticorruption.errors import RefusedInput

REDUNDANT, OPPOSED, WEAK = 0.92, -0.4, 0.3
"""Correlations of parts above 0.92 count one thing twice and below -0.4 work against each other
(OECD/JRC audits); a part correlated less than 0.3 with its parent is hardly heard in it."""


def availability(indicators: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """How much of each indicator is there.

    Returns
    -------
    DataFrame
        One row an indicator, in codebook order: present (regions with a value), missing, share
        (present / regions), distinct (different values), constant (whether there are fewer than
        two different values).
    """
    tree = read_codebook(codebook)
    table = prepare_indicators(indicators, tree)
    codes = [code for code in tree.columns if code not in tree.children]
    present, distinct = table[codes].notna().sum(), table[codes].nunique()
    return pd.DataFrame(
        {
            "present": present,
            "missing": len(table) - present,
            "share": present / len(table),
            "distinct": distinct,
            "constant": distinct < 2,
        }
    ).rename_axis("code")


def region_availability(indicators: pd.DataFrame, codebook: pd.DataFrame) -> pd.DataFrame:
    """Share of the indicators under each code that a region has.

    Every indicator counts the same here; `Result.coverage` counts by weight.

    Returns
    -------
    DataFrame
        Regions in the order given, one column an aggregate.
    """
    tree = read_codebook(codebook)
    present = prepare_indicators(indicators, tree).notna()
    shares = {
        code: present[[item for item in tree.below(code) if item not in tree.children]].mean(axis=1)
        for code in tree.columns
        if code in tree.children
    }
    return pd.DataFrame(shares, index=present.index).reindex(indicators.index)


def correlations(result: Result, kind: str = "pearson") -> pd.DataFrame:
    """Correlations between the parts of each code, and of each part with the code.

    Parameters
    ----------
    result : Result
        From `build`.
    kind : str
        `pearson` or `spearman`.

    Returns
    -------
    DataFrame
        One row a pair: parent, first, second, correlation, p_value (two-sided), regions
        (complete pairs), flag: `redundant` (parts above 0.92), `opposed` (below -0.4), `weak`
        (part and parent below 0.3), `constant` (no correlation exists), or empty.

    Raises
    ------
    RefusedInput
        For an unknown kind.
    """
    if kind not in ("pearson", "spearman"):
        raise RefusedInput(f"there is no correlation called {kind!r}: use 'pearson' or 'spearman'.")
    measure = stats.pearsonr if kind == "pearson" else stats.spearmanr
    rows = []
    for parent in result.tree.aggregates:
        kids = result.tree.children[parent]
        pairs = [(a, b) for place, a in enumerate(kids) for b in kids[place + 1 :]]
        for first, second in [*pairs, *((kid, parent) for kid in kids)]:
            both = result.scores[[first, second]].dropna().to_numpy()
            value, p_value = np.nan, np.nan
            if len(both) >= 3 and (np.ptp(both, axis=0) > TOLERANCE).all():
                value, p_value = measure(both[:, 0], both[:, 1])
            rows.append(
                (parent, first, second, value, p_value, len(both), _flag(value, second == parent))
            )
    return pd.DataFrame(
        rows, columns=["parent", "first", "second", "correlation", "p_value", "regions", "flag"]
    )


def cronbach_alpha(parts: pd.DataFrame) -> float:
    """Cronbach's alpha of parts on a common scale, over complete regions.

    k / (k - 1) (1 - sum of the variances of the parts / variance of their sum).

    Parameters
    ----------
    parts : DataFrame
        Regions by parts.

    Returns
    -------
    float
        At most 1; NaN for one part, fewer than two complete regions, or a constant sum.

    References
    ----------
    Cronbach (1951), Psychometrika 16, 297-334.
    """
    complete = parts.dropna().to_numpy(dtype=float)
    regions, k = complete.shape
    if k < 2 or regions < 2:
        return float("nan")
    whole = complete.sum(axis=1).var(ddof=1)
    if whole <= 0:
        return float("nan")
    return float(k / (k - 1) * (1 - complete.var(axis=0, ddof=1).sum() / whole))


def consistency(result: Result) -> pd.Series:
    """Cronbach's alpha of the parts of every code, NaN for codes with one part."""
    codes = [code for code in result.tree.columns if code in result.tree.children]
    alphas = {
        code: cronbach_alpha(result.scores[list(result.tree.children[code])]) for code in codes
    }
    return pd.Series(alphas, name="alpha", dtype=float).rename_axis("code")


def dominance(parts: pd.DataFrame) -> tuple[pd.DataFrame, float]:
    """Pairs of regions of which one is at least as good on every part and better on one.

    A dominated region is below its dominator under any weights and any mean that rises with its
    parts. Pairs with a missing part cannot be compared and are left out.

    Parameters
    ----------
    parts : DataFrame
        Regions by parts, higher is better; such as the indicator columns of `Result.scores`.

    Returns
    -------
    pairs : DataFrame
        Columns above, below: the dominator and the dominated.
    share : float
        Dominance pairs among all pairs of complete regions; NaN for fewer than two.

    References
    ----------
    Bruggemann & Patil (2011), Ranking and Prioritization for Multi-indicator Systems.
    """
    complete = parts.dropna()
    values, regions = complete.to_numpy(dtype=float), complete.index
    better = np.zeros((len(values), len(values)), dtype=bool)
    no_worse = ~np.eye(len(values), dtype=bool)
    for column in values.T:
        gap = column[:, None] - column[None, :]
        no_worse &= gap >= -TOLERANCE
        better |= gap > TOLERANCE
    above, below = np.nonzero(no_worse & better)
    number_of_pairs = len(values) * (len(values) - 1) / 2
    share = len(above) / number_of_pairs if number_of_pairs else float("nan")
    return pd.DataFrame({"above": regions[above], "below": regions[below]}), share


def coverage_warnings(result: Result, least: float = 0.75) -> pd.DataFrame:
    """Scores that stand on less than a stated share of their weight.

    Parameters
    ----------
    result : Result
        From `build`.
    least : float
        The share of weight below which a score is listed.

    Returns
    -------
    DataFrame
        One row a score: region_code, code, coverage, score, score_low, score_high.
    """
    number("the share of weight", least, low=0)
    codes = [code for code in result.tree.columns if code in result.tree.children]
    thin = result.coverage[codes].to_numpy() < least - 1e-12
    places, columns = np.nonzero(thin)
    table = pd.DataFrame(
        {"region_code": result.scores.index[places], "code": np.array(codes, dtype=object)[columns]}
    )
    for name in ("coverage", "scores", "score_low", "score_high"):
        values = getattr(result, name)[codes].to_numpy()[places, columns]
        table["score" if name == "scores" else name] = values
    return table


def _flag(value: float, with_parent: bool) -> str:
    if np.isnan(value):
        return "constant"
    if value < OPPOSED:
        return "opposed"
    if with_parent:
        return "weak" if value < WEAK else ""
    return "redundant" if value > REDUNDANT else ""
