"""How sure a composite indicator is: the spread of scores and ranks over defensible choices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from anticorruption.composite.draws import (
    BLOCK,
    count_ranks,
    draw_block,
    nominal_scores,
    rank_quantiles,
    score_quantiles,
)
from anticorruption.composite.factors import SharedErrors
from anticorruption.composite.method import Method
from anticorruption.composite.parameters import number, runs_checked, share, whole_number
from anticorruption.composite.ranking import TOLERANCE
from anticorruption.composite.runs import Plan, WeightDraws, plan_runs
from anticorruption.errors import RefusedInput


@dataclass(frozen=True, eq=False)
class Uncertainty:
    """Draws of a composite indicator.

    Attributes
    ----------
    code : str
        The code that was scored.
    method : Method
        The method as given.
    seed : int or None
        None when every combination was followed once.
    draws : int
    interval : float
        Share of the draws that the intervals of `table` hold.
    regions : Index
        Regions with a score, in the order of `scores`.
    scores : array, shape (regions, draws)
        The score of every region in every draw.
    counts : integer array, shape (regions, ranks)
        In how many draws the region has the rank.
    settings : DataFrame
        One row a draw, one column a setting that was varied: the alternative drawn.
    nominal : DataFrame
        All regions in the order given: score and rank of the method as given.
    """

    code: str
    method: Method
    seed: int | None
    draws: int
    interval: float
    regions: pd.Index
    scores: np.ndarray
    counts: np.ndarray
    settings: pd.DataFrame
    nominal: pd.DataFrame

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a region: score, score_median, score_low, score_high, and the same of rank.

        Low and high hold `interval` of the draws between them, the rest split evenly, and are
        widened where the score or rank of the method as given lies outside. `rank_low` is the
        best rank. Regions without a score have empty rows.
        """
        tail = (1 - self.interval) / 2
        shares = [tail, 0.5, 1 - tail]
        point = self.nominal.loc[self.regions]
        columns = {}
        for name, found in (
            ("score", score_quantiles(self.scores, shares)),
            ("rank", rank_quantiles(self.counts, shares)),
        ):
            own = point[name].to_numpy()
            columns.update(
                {
                    name: own,
                    f"{name}_median": found[1],
                    f"{name}_low": np.minimum(found[0], own),
                    f"{name}_high": np.maximum(found[2], own),
                }
            )
        return pd.DataFrame(columns, index=self.regions).reindex(self.nominal.index)

    @cached_property
    def rank_counts(self) -> pd.DataFrame:
        """Regions by ranks: in how many draws the region has the rank."""
        ranks = range(1, len(self.regions) + 1)
        return pd.DataFrame(self.counts, index=self.regions, columns=ranks)

    def probability_at_or_above(self, mark: float) -> pd.Series:
        """Share of draws in which each region scores at or above a mark.

        Counted as (k + 1/2) / (draws + 1), so that it is never 0 or 1: draws cannot show that
        something is impossible.
        """
        at = number("the mark", mark) - TOLERANCE
        return self._by_region((self.scores >= at).sum(axis=1), "probability")

    def probability_in_top(self, rank: int) -> pd.Series:
        """Share of draws in which each region has this rank or a better one, never 0 or 1."""
        whole_number("the rank", rank, low=1)
        counts = self.counts[:, :rank].sum(axis=1)
        return self._by_region(counts, "probability")

    def probability_above(self, above: str, below: str) -> float:
        """Share of draws in which one region scores above another, never 0 or 1.

        A draw in which they tie counts half, so that the answer and its opposite add up to one.
        """
        gap = self._draws_of(above) - self._draws_of(below)
        wins = (gap > TOLERANCE).sum() + 0.5 * (np.abs(gap) <= TOLERANCE).sum()
        return float((wins + 0.5) / (self.draws + 1))

    def probabilities_above(self, regions: Iterable[str] | None = None) -> pd.DataFrame:
        """`probability_above` of the row over the column, 0.5 on the diagonal.

        Parameters
        ----------
        regions : iterable, optional
            The regions to compare; all when None.
        """
        names = list(self.regions if regions is None else regions)
        scores = np.stack([self._draws_of(name) for name in names])
        wins = np.zeros((len(names), len(names)))
        for draw in scores.T:
            wins += draw[:, None] > draw[None, :] + TOLERANCE
        # What neither side wins is a tie, and counts half for each.
        shares = (wins + (self.draws - wins - wins.T) / 2 + 0.5) / (self.draws + 1)
        np.fill_diagonal(shares, 0.5)
        return pd.DataFrame(shares, index=names, columns=names)

    def groups(self, confidence: float = 0.9) -> pd.Series:
        """Groups of regions that cannot be told apart, 1 = the highest.

        Regions are taken by falling median score. A region joins the group at hand unless the
        first region of that group is above it in at least `confidence` of the draws.
        """
        if not 0.5 < number("the confidence", confidence) < 1:
            raise RefusedInput("the confidence must lie between 0.5 and 1.")
        middle = self.table.loc[self.regions, "score_median"]
        ordered = middle.sort_values(ascending=False, kind="stable").index
        groups, group, leader = {}, 1, ordered[0]
        for region in ordered:
            if region != leader and self.probability_above(leader, region) >= confidence:
                group, leader = group + 1, region
            groups[region] = group
        found = pd.Series(groups, name="group").reindex(self.nominal.index)
        return found.astype("Int64")

    def _draws_of(self, region: str) -> np.ndarray:
        if region not in self.regions:
            raise RefusedInput(f"region {region!r} has no score.")
        return self.scores[self.regions.get_loc(region)]

    def _by_region(self, counts: np.ndarray, name: str) -> pd.Series:
        shares = pd.Series((counts + 0.5) / (self.draws + 1), index=self.regions, name=name)
        return shares.reindex(self.nominal.index)


def analyse_uncertainty(
    indicators: pd.DataFrame,
    codebook: pd.DataFrame,
    method: Method,
    *,
    seed: int,
    draws: int = 1000,
    alternatives: Mapping[str, Any] | None = None,
    weights: WeightDraws | None = None,
    standard_errors: pd.DataFrame | pd.Series | SharedErrors | None = None,
    code: str | None = None,
    interval: float = 0.9,
    workers: int = 1,
) -> Uncertainty:
    """Score the regions many times, each time under other choices.

    Each draw takes one alternative of every setting, all alike likely, a set of weights, and
    independent normal errors of the indicators, as far as these are given.

    Parameters
    ----------
    indicators, codebook, method
        As for `build`.
    seed : int
        Makes the draws repeatable; the same seed gives the same draws for any `workers`.
    draws : int
        How many times to score. Memory grows by 8 bytes a region and draw.
    alternatives : mapping, optional
        Settings to vary: the name of a field of Method and its values, or any name with labels
        and the fields they change::

            {"aggregation": ["arithmetic_mean", "geometric_mean"],
             "scale": {"min-max": {"normalisation": "min_max"},
                       "z-score": {"normalisation": "z_score",
                                   "normalisation_parameters": {"mean": 50, "sd": 10}}}}

    weights : NoisyWeights, DirichletWeights or EveryWeighting, optional
        Weights to draw.
    standard_errors : DataFrame, Series or SharedErrors, optional
        Standard error of each cell (regions by indicators), or of each indicator, in its own
        unit, independent of one another; or the sources of error that indicators share.
        Indicators not named are taken as exact.
    code : str, optional
        The code to score; the top of the codebook when None.
    interval : float
        Share of the draws that the intervals hold.
    workers : int
        Threads.

    Returns
    -------
    Uncertainty

    Raises
    ------
    RefusedInput
        If nothing is varied, a run fails, or a setting changes no score on any run; the setting
        is named.

    References
    ----------
    Saisana, Saltelli & Tarantola (2005), J. R. Statist. Soc. A 168, 307-323. OECD/JRC Handbook
    (2008), step 7.
    """
    sequence = runs_checked(seed, ("the interval", interval), draws=draws, workers=workers)
    plan = plan_runs(indicators, codebook, method, code, alternatives, weights, standard_errors)
    n = int(plan.scored.sum())
    scores = np.empty((n, draws))
    choices = np.empty((draws, len(plan.factors)), dtype=np.int16)
    starts = range(0, draws, BLOCK)

    def run(start: int, child: np.random.SeedSequence) -> np.ndarray:
        stop = min(start + BLOCK, draws)
        picked, drawn = draw_block(plan, stop - start, np.random.default_rng(child))
        choices[start:stop], scores[:, start:stop] = picked, drawn.T
        return count_ranks(drawn)

    with ThreadPoolExecutor(workers) as pool:
        spread = pool.map if workers > 1 else map
        blocks = spread(run, starts, sequence.spawn(len(starts)))
        counts = next(blocks)
        for block in blocks:
            counts += block
    return Uncertainty(
        plan.code,
        method,
        seed,
        draws,
        interval,
        plan.regions,
        scores,
        counts.reshape(n, n),
        _settings(plan, choices),
        nominal_scores(plan),
    )


def follow_every(
    indicators: pd.DataFrame,
    codebook: pd.DataFrame,
    method: Method,
    alternatives: Mapping[str, Any],
    *,
    code: str | None = None,
    interval: float = 0.9,
) -> Uncertainty:
    """Score the regions once under every combination of alternatives, by chance of no kind.

    Parameters
    ----------
    indicators, codebook, method, alternatives, code, interval
        As for `analyse_uncertainty`; at most a thousand combinations.

    Returns
    -------
    Uncertainty
        Its `draws` are the combinations, in the order of the product of the settings, and its
        `seed` is None.

    Raises
    ------
    RefusedInput
        As `analyse_uncertainty`.
    """
    share("the interval", interval)
    plan = plan_runs(indicators, codebook, method, code, alternatives, None, None)
    scores = np.stack([recipe.scores[plan.scored] for recipe in plan.recipes])
    sizes = [len(factor.labels) for factor in plan.factors]
    choices = np.column_stack(np.unravel_index(np.arange(len(scores)), sizes))
    n = scores.shape[1]
    return Uncertainty(
        plan.code,
        method,
        None,
        len(scores),
        interval,
        plan.regions,
        scores.T,
        count_ranks(scores).reshape(n, n),
        _settings(plan, choices),
        nominal_scores(plan),
    )


def _settings(plan: Plan, choices: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            factor.name: pd.Categorical.from_codes(choices[:, place], list(factor.labels))
            for place, factor in enumerate(plan.factors)
        },
        index=range(len(choices)),
    )
