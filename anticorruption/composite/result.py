"""What `build` returns: scores with their ranks, coverage and bounds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from anticorruption.comparison.bounds import ends_of_ranks
from anticorruption.composite.codebook import Tree
from anticorruption.composite.ranking import rank_scores

if TYPE_CHECKING:
    from anticorruption.composite.method import Method


@dataclass(frozen=True, eq=False)
class Result:
    """A composite indicator.

    All tables have the regions down, in the order given, and one column a code: normalised
    indicators first, then aggregates, higher levels to the right.

    Attributes
    ----------
    scores : DataFrame
        Normalised indicators and aggregates; NaN where nothing is known.
    coverage : DataFrame
        Share of the weight of each code that was observed, 0 to 1. Filled cells do not count.
    score_low, score_high : DataFrame
        The score if every cell that was not observed were at the worst, or best, end of its
        scale. NaN where that is not a bound: under `mazziotta_pareto`, which can fall when a part
        rises, and under `benefit_of_the_doubt` when any cell was filled.
    weights : Series
        Code to its share in the code above it; NaN at the top. Under `benefit_of_the_doubt` the
        average over regions of the share of the score that the part brings.
    filled : DataFrame
        Cells that imputation filled: region_code, code, value, rule.
    treated : DataFrame
        Indicators that treatment changed, with skewness and kurtosis before and after.
    method : Method
        The recipe; `method.identifier` names it.
    tree : Tree
        The checked codebook.
    """

    scores: pd.DataFrame
    coverage: pd.DataFrame
    score_low: pd.DataFrame
    score_high: pd.DataFrame
    weights: pd.Series
    filled: pd.DataFrame
    treated: pd.DataFrame
    method: Method
    tree: Tree

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Ranks of the scores, 1 = highest, ties (closer than 1e-9) share the better rank."""
        return rank_scores(self.scores)

    @property
    def rank_low(self) -> pd.DataFrame:
        """The best rank that the score bounds of all regions allow."""
        return self._rank_bounds[0]

    @property
    def rank_high(self) -> pd.DataFrame:
        """The worst rank that the score bounds of all regions allow."""
        return self._rank_bounds[1]

    @cached_property
    def effective_weights(self) -> pd.Series:
        """Share of every code in the whole index: its own times those of the codes above."""
        shares = self.weights.fillna(1.0).to_dict()
        for code in reversed(self.tree.codes):
            above = self.tree.parent[code]
            shares[code] *= 1.0 if above is None else shares[above]
        return pd.Series(shares, name="effective_weight").reindex(self.tree.columns)

    @cached_property
    def _rank_bounds(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        # Where an end of a score is unknown it may be anything.
        low = np.nan_to_num(self.score_low.to_numpy(), nan=-np.inf, neginf=-np.inf, posinf=np.inf)
        high = np.nan_to_num(self.score_high.to_numpy(), nan=np.inf, neginf=-np.inf, posinf=np.inf)
        ends = [ends_of_ranks(*column) for column in zip(low.T, high.T, strict=True)]
        best, worst = (
            pd.DataFrame(np.column_stack(side), self.scores.index, self.scores.columns, dtype=float)
            for side in zip(*ends, strict=True)
        )
        return best, worst
