"""Places of governments under every defensible recipe for what the integrity survey publishes.

The survey is the only thing that covers every kabupaten and kota year by year: what internal,
external and expert respondents say, and two corrections. How they are put together is a choice.
The choices are written down here, with the alternatives that can be defended, and every
combination of them is followed once. The first alternative of each is the publisher's own, so that
the first combination gives back the published index.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from anticorruption import spi
from anticorruption.comparison.profile import ABOVE, BELOW, CANNOT_TELL, reach
from anticorruption.comparison.ranks import rank_intervals
from anticorruption.composite import (
    Method,
    Sensitivity,
    SharedErrors,
    Uncertainty,
    analyse_sensitivity,
    follow_every,
    pca_weights,
    rank_scores,
    treat,
)
from anticorruption.errors import RefusedInput

#: The written list: each choice with its alternatives, the publisher's first.
CHOICES = {
    "years": ("latest", "three_years"),
    "corrections": ("both", "integrity", "neither"),
    "weights": ("recovered", "equal", "component"),
    "scale": ("printed", "min_max", "z_score", "place"),
    "outliers": ("kept", "winsorised"),
    "mean": ("arithmetic_mean", "geometric_mean", "mazziotta_pareto"),
}
#: Corrections that are deducted from what respondents say under each alternative.
DEDUCTED = {"both": spi.CORRECTIONS, "integrity": spi.CORRECTIONS[:1], "neither": ()}
#: Years that are averaged when it is not the latest alone that counts.
YEARS_TOGETHER = 3
#: Fewer governments than this are no field to normalise against.
FEWEST_REGIONS = 10
#: A standard score of 100 and a spread near that of the printed index keep every mean possible.
_SCALES: dict[str, dict[str, Any]] = {
    "printed": {"normalisation": "fixed_scale"},
    "min_max": {
        "normalisation": "min_max",
        "normalisation_parameters": {"low": 1, "high": 100},
    },
    "z_score": {
        "normalisation": "z_score",
        "normalisation_parameters": {"mean": 100, "sd": 5},
    },
    "place": {"normalisation": "rank"},
}
#: Levels of the tree: years of a part, its deductions, the parts, the index.
_MEANS = {2: "arithmetic_mean", 3: "arithmetic_mean"}


@dataclass(frozen=True, eq=False)
class Recipes:
    """The governments of one kind in one year, under every recipe.

    Attributes
    ----------
    scores : DataFrame
        As :func:`anticorruption.spi.parts` gives it, for the governments that are compared.
    weights : spi.Weights
        Recovered weights of the respondent groups.
    errors : Series
        Standard error of one year's index (`spi`), of each part and of each correction, points.
    year : int
        The latest year that counts.
    coverage : float
        Share of the recipes that an interval holds, and confidence of the noise intervals.
    """

    scores: pd.DataFrame
    weights: spi.Weights
    errors: pd.Series
    year: int
    coverage: float = 0.90

    @cached_property
    def published(self) -> pd.Series:
        """Published index of the year, of every government that is compared."""
        return self._known.xs(self.year, level="year")["spi"]

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years that are averaged, or the year alone when those before it are not there."""
        wanted = range(self.year - YEARS_TOGETHER + 1, self.year + 1)
        there = set(self._known.index.get_level_values("year"))
        return tuple(wanted) if set(wanted) <= there else (self.year,)

    @cached_property
    def indicators(self) -> pd.DataFrame:
        """What respondents say less what is deducted, a column for each part, deduction and year.

        Returns
        -------
        DataFrame
            Index region_code; points. A government without a score in an earlier year has a gap
            there, which is left out with its weight.
        """
        columns = {}
        for part, deducted, year in self._cells:
            table = self._known.xs(year, level="year")
            taken = table[list(DEDUCTED[deducted])].sum(axis=1)
            columns[_code(part, deducted, year)] = table[part] - taken
        frame = pd.DataFrame(columns).reindex(self.published.index)
        return frame.rename_axis("region_code")

    @cached_property
    def codebook(self) -> pd.DataFrame:
        """Tree of the index: parts, deductions, years; weights are the publisher's recipe."""
        first = {name: alternatives[0] for name, alternatives in CHOICES.items()}
        rows: list[tuple[str, str | None, float]] = [("index", None, 1.0)]
        for part, weight in zip(spi.PARTS, self.weights.as_array(), strict=True):
            rows.append((part, "index", float(weight)))
            for deducted in DEDUCTED:
                own = float(deducted == first["corrections"])
                rows.append((_code(part, deducted), part, own))
        for part, deducted, year in self._cells:
            own = float(year == self.year)
            rows.append((_code(part, deducted, year), _code(part, deducted), own))
        return pd.DataFrame(rows, columns=["code", "parent", "weight"]).assign(direction=1)

    @property
    def method(self) -> Method:
        """The publisher's recipe, as far as its published parts tell it."""
        return Method(
            normalisation="fixed_scale",
            aggregation=_MEANS | {4: "arithmetic_mean"},
            minimum_regions=FEWEST_REGIONS,
        )

    @cached_property
    def alternatives(self) -> dict[str, dict[str, dict]]:
        """Choices that change something here, with the changes of method each alternative makes.

        Years are no choice where the earlier ones are missing; outliers are none where no value
        breaks the rule for them.
        """
        cells = {_code(*cell): cell for cell in self._cells}
        parts = [_code(part, deducted) for part in spi.PARTS for deducted in DEDUCTED]
        component = pca_weights(self._known.xs(self.year, level="year")[list(spi.PARTS)])
        weights = {
            "recovered": dict(zip(spi.PARTS, self.weights.as_array(), strict=True)),
            "equal": dict.fromkeys(spi.PARTS, 1.0),
            "component": component.to_dict(),
        }
        changes: dict[str, dict[str, dict]] = {
            "years": {
                "latest": _weights({code: float(cells[code][2] == self.year) for code in cells}),
                "three_years": _weights(dict.fromkeys(cells, 1.0)),
            },
            "corrections": {
                each: _weights({code: float(code.endswith(f":{each}")) for code in parts})
                for each in DEDUCTED
            },
            "weights": {each: _weights(given) for each, given in weights.items()},
            "scale": _SCALES,
            "outliers": {"kept": {"treatment": "none"}, "winsorised": {"treatment": "winsorise"}},
            "mean": {each: {"aggregation": _MEANS | {4: each}} for each in CHOICES["mean"]},
        }
        if len(self.years) == 1:
            del changes["years"]
        if treat(self.indicators, "winsorise", minimum_regions=FEWEST_REGIONS)[1].empty:
            del changes["outliers"]
        return changes

    @cached_property
    def every(self) -> Uncertainty:
        """Scores and ranks under every recipe, each followed once.

        Raises
        ------
        RefusedInput
            For fewer than ten governments: most recipes normalise against the field, and a place
            on the scale of a handful says who else was asked, not how a government does.
        """
        if len(self.published) < FEWEST_REGIONS:
            raise RefusedInput(
                f"{len(self.published)} governments with a score of {self.year} are too few to "
                f"compare recipes on; {FEWEST_REGIONS} are needed."
            )
        return follow_every(
            self.indicators,
            self.codebook,
            self.method,
            self.alternatives,
            interval=self.coverage,
        )

    @property
    def count(self) -> int:
        """Number of recipes."""
        return self.every.draws

    @cached_property
    def ranks(self) -> pd.DataFrame:
        """Rank of every government (rows) under every recipe (columns), 1 = highest.

        Scores that only the rounding of a sum tells apart share a place.
        """
        return rank_scores(pd.DataFrame(self.every.scores, index=self.every.regions))

    @cached_property
    def places(self) -> pd.DataFrame:
        """Published place with what noise leaves open, and the places the recipes give.

        Returns
        -------
        DataFrame, index region_code
            `score` (published), `rank` with `noise_low` and `noise_high` (the places that noise
            cannot exclude), `choice_median` with `choice_low` and `choice_high` (the middle
            `coverage` of the recipes), `least` and `most` (the places of any recipe).
        """
        noise = rank_intervals(self.published, self.errors["spi"], coverage=self.coverage)
        choice = self.every.table
        tail = (1 - self.coverage) / 2
        low = self.ranks.quantile(tail, axis=1, interpolation="lower")
        high = self.ranks.quantile(1 - tail, axis=1, interpolation="higher")
        return pd.DataFrame(
            {
                "score": self.published,
                "rank": noise["rank"],
                "noise_low": noise["rank_low"],
                "noise_high": noise["rank_high"],
                "choice_median": choice["rank_median"],
                "choice_low": low,
                "choice_high": high,
                "least": self.ranks.min(axis=1),
                "most": self.ranks.max(axis=1),
            }
        )

    @cached_property
    def standing(self) -> pd.DataFrame:
        """What can be said of every government against the median of all.

        Returns
        -------
        DataFrame, index region_code
            `score`, `score_low`, `score_high` (noise), `upper_share` (share of the recipes that
            put it in the upper half), and the verdicts `by_noise`, `by_choice` and `by_both`:
            "clearly above" only if the interval of the score lies above the median, 95 % of the
            recipes put it in the upper half, or both.
        """
        bar = reach(self.coverage) * self.errors["spi"]
        low, high = self.published - bar, self.published + bar
        median, certain = self.published.median(), 1 - (1 - self.coverage) / 2
        upper = (self.ranks <= len(self.ranks) / 2).mean(axis=1)
        noise = _verdict(low > median, high < median)
        choice = _verdict(upper >= certain, upper <= 1 - certain)
        return pd.DataFrame(
            {
                "score": self.published,
                "score_low": low,
                "score_high": high,
                "upper_share": upper,
                "by_noise": noise,
                "by_choice": choice,
                "by_both": noise.where(noise == choice, CANNOT_TELL),
            }
        )

    @cached_property
    def above(self) -> pd.DataFrame:
        """Share of the recipes in which the row stands above the column; ties count half."""
        return self.every.probabilities_above()

    @cached_property
    def ordered_by_noise(self) -> pd.DataFrame:
        """Whether the row's score is above the column's by more than noise, pair by pair."""
        values = self.published.to_numpy()
        limit = reach(self.coverage) * 2**0.5 * self.errors["spi"]
        codes = self.published.index
        return pd.DataFrame(values[:, None] - values[None, :] > limit, codes, codes)

    @cached_property
    def ordered_by_choice(self) -> pd.DataFrame:
        """Whether the row stands above the column under at least 95 % of the recipes."""
        return self.above >= 1 - (1 - self.coverage) / 2

    @cached_property
    def ordered(self) -> pd.DataFrame:
        """Whether the row can be put above the column: by more than noise, whatever the recipe."""
        return self.ordered_by_noise & self.ordered_by_choice

    @cached_property
    def tiers(self) -> pd.Series:
        """Tiers of governments that cannot be told apart from the first of them, 1 = highest.

        Governments are taken by their median place. One joins the tier at hand unless the first
        of that tier can be put above it. A tier is a reading aid: two governments on either side
        of a border may still be alike, and two of one tier may differ.
        """
        order = self.places.sort_values(["choice_median", "rank"], kind="stable").index
        apart = self.ordered
        found, tier, leader = {}, 1, order[0]
        for code in order:
            if apart.at[leader, code]:
                tier, leader = tier + 1, code
            found[code] = tier
        return pd.Series(found, name="tier").reindex(self.published.index)

    def shared_errors(self) -> SharedErrors:
        """Noise of parts and corrections, year by year, as the indicators share it."""
        sources = [(each, year) for each in (*spi.PARTS, *spi.CORRECTIONS) for year in self.years]
        loadings = pd.DataFrame(
            0.0,
            index=[_code(*cell) for cell in self._cells],
            columns=[f"{each}:{year}" for each, year in sources],
        )
        for part, deducted, year in self._cells:
            row = _code(part, deducted, year)
            loadings.at[row, f"{part}:{year}"] = self.errors[part]
            for each in DEDUCTED[deducted]:
                loadings.at[row, f"{each}:{year}"] = -self.errors[each]
        return SharedErrors(loadings)

    def sensitivity(self, *, seed: int, points: int = 256, noise: bool = False) -> Sensitivity:
        """Which choice moves whom: Sobol indices of the ranks, with noise as a factor if asked.

        Parameters
        ----------
        seed, points
            As for :func:`anticorruption.composite.analyse_sensitivity`.
        noise : bool
            Whether the noise of parts and corrections is one more factor.
        """
        return analyse_sensitivity(
            self.indicators,
            self.codebook,
            self.method,
            seed=seed,
            points=points,
            alternatives=self.alternatives,
            standard_errors=self.shared_errors() if noise else None,
            bootstraps=400,
            confidence=self.coverage,
            error_sets=points,
        )

    def by_alternative(self, region_codes: list[str]) -> pd.DataFrame:
        """Median place of regions under each alternative, all other choices left open.

        Returns
        -------
        DataFrame
            `region_code`, `choice`, `alternative`, `median`, `low`, `high` (of the recipes with
            that alternative).
        """
        tail, rows = (1 - self.coverage) / 2, []
        for code in region_codes:
            own = self.ranks.loc[code]
            for choice, labels in self.every.settings.items():
                for alternative, ranks in own.groupby(labels.to_numpy(), sort=False):
                    low = ranks.quantile(tail, interpolation="lower")
                    high = ranks.quantile(1 - tail, interpolation="higher")
                    rows.append([code, choice, alternative, ranks.median(), low, high])
        columns = ["region_code", "choice", "alternative", "median", "low", "high"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def _known(self) -> pd.DataFrame:
        """Scores that were not withheld, of governments that have one in the year."""
        frame = self.scores[~self.scores["withheld"]].drop(columns="withheld").astype(float)
        if self.year not in frame.index.get_level_values("year"):
            raise RefusedInput(f"There is no score of {self.year} with all its parts.")
        codes = frame.xs(self.year, level="year").index
        return frame[frame.index.get_level_values("region_code").isin(codes)]

    @property
    def _cells(self) -> list[tuple[str, str, int]]:
        return [(p, d, year) for p in spi.PARTS for d in DEDUCTED for year in self.years]


def _code(part: str, deducted: str, year: int | None = None) -> str:
    return f"{part}:{deducted}" if year is None else f"{part}:{deducted}:{year}"


def _weights(given: dict[str, float]) -> dict[str, Any]:
    return {"weighting_parameters": {"weights": given}}


def _verdict(above: pd.Series, below: pd.Series) -> pd.Series:
    return pd.Series(np.select([above, below], [ABOVE, BELOW], CANNOT_TELL), index=above.index)
