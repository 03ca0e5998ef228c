"""Places under every recipe for what the survey publishes, followed without the library.

A recipe is a choice of years, of what is deducted, of weights, of a scale, of what is done with
outliers and of a mean; every combination is followed once. The definitions are those of the
docstrings of ``comparison/recipes.py`` and of the steps it names, written down a second time, so
that one mistake cannot sit on both routes.
"""

import math
import statistics
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, cached_property
from itertools import product

import numpy as np

from tests import second_route as route

CERTAIN = 0.95
FEWEST = 10
#: Scores closer than this are tied.
TIED = 1e-9
REACH = statistics.NormalDist().inv_cdf(CERTAIN)
#: What each choice is called in a report, in the order of the written list.
NAMES = {
    "years": "which years count",
    "deducted": "what is deducted",
    "weights": "how respondent groups are weighted",
    "scale": "the scale",
    "outliers": "what is done with outliers",
    "mean": "how groups are averaged",
}
ABOVE, OPEN, BELOW = 1, 0, -1


@dataclass(frozen=True)
class Place:
    """What noise and the recipes leave open to a region.

    Attributes
    ----------
    rank, noise_low, noise_high : int
        Published place and the places that noise cannot exclude.
    median, low, high : int
        Middle of its places under the recipes, and what nine in ten of them hold.
    upper : float
        Share of the recipes that put it in the upper half.
    verdict : int
        Above (1) or below (-1) the median beyond noise and whatever the recipe, else 0.
    """

    rank: int
    noise_low: int
    noise_high: int
    median: int
    low: int
    high: int
    upper: float
    verdict: int


class Field:
    """Governments that are compared with one another, under every recipe.

    Parameters
    ----------
    codes : tuple of str
    year : int
        The latest year that counts.
    error : float
        Standard error of one score, points.
    """

    def __init__(self, codes: tuple[str, ...], year: int, error: float):
        self.year, self.error = year, error
        given = {
            (code, when): row
            for (code, when), row in route.survey().items()
            if code in codes and (code, "spi", when) not in route.withheld()
        }
        self.codes = tuple(code for code in sorted(codes) if (code, year) in given)
        self._given = {key: row for key, row in given.items() if key[0] in self.codes}
        self.scores = {code: given[code, year][0] for code in self.codes}

    @property
    def years(self) -> tuple[int, ...]:
        """The latest three years if there is a score in each, or the latest alone."""
        wanted = range(self.year - 2, self.year + 1)
        there = {year for _, year in self._given}
        return tuple(wanted) if there.issuperset(wanted) else (self.year,)

    def _said(self, year: int, deducted: int) -> np.ndarray:
        """Three parts less the first corrections, a row a region, no number where none is known."""
        gap = [math.nan] * 3
        rows = []
        for code in self.codes:
            _, *numbers = self._given.get((code, year), [0, *gap, 0, 0])
            taken = sum(numbers[3 : 3 + deducted])
            rows.append([float(part - taken) for part in numbers[:3]])
        return np.array(rows)

    @cached_property
    def _columns(self) -> dict[tuple[int, int], np.ndarray]:
        """Year and number of corrections that are deducted, to what is said."""
        return {(year, n): self._said(year, n) for year in self.years for n in (2, 1, 0)}

    @cached_property
    def _drawn_in(self) -> dict[tuple[int, int], np.ndarray]:
        return {key: np.apply_along_axis(_winsorised, 0, table)
                for key, table in self._columns.items()}  # fmt: skip

    @cached_property
    def choices(self) -> dict[str, tuple]:
        """Choices that change something here, each with its alternatives, the publisher's first."""
        parts = self._columns[self.year, 0]
        found = {
            "years": ((self.year,), self.years),
            "deducted": (2, 1, 0),
            "weights": (tuple(map(float, route.weights())), (1.0, 1.0, 1.0), _component(parts)),
            "scale": (_printed, _min_max, _z_score, _place),
            "outliers": (self._columns, self._drawn_in),
            "mean": (_arithmetic, _geometric, _mazziotta_pareto),
        }
        if len(self.years) == 1:
            del found["years"]
        same = (np.array_equal(self._columns[key], self._drawn_in[key], equal_nan=True)
                for key in self._columns)  # fmt: skip
        if all(same):
            del found["outliers"]
        return found

    @cached_property
    def table(self) -> np.ndarray:
        """Scores, a row a recipe and a column a region."""
        first = {"years": (self.year,), "outliers": self._columns}
        rows, scaled = [], {}
        for picked in product(*self.choices.values()):
            recipe = first | dict(zip(self.choices, picked, strict=True))
            key = tuple(id(recipe[each]) for each in ("years", "deducted", "scale", "outliers"))
            if key not in scaled:
                tables = [recipe["scale"](recipe["outliers"][year, recipe["deducted"]])
                          for year in recipe["years"]]  # fmt: skip
                scaled[key] = np.nanmean(tables, axis=0)
            weights = np.array(recipe["weights"])
            rows.append(recipe["mean"](scaled[key], weights / weights.sum()))
        return np.array(rows)

    @property
    def count(self) -> int:
        """Number of recipes."""
        return math.prod(map(len, self.choices.values()))

    @property
    def gap(self) -> float:
        """Largest distance of the publisher's own recipe from the published scores."""
        known = [float(each) for each in self.scores.values()]
        return float(np.abs(self.table[0] - known).max())

    @cached_property
    def _noise(self) -> dict:
        return route.ranks(self.scores, self.error)

    @cached_property
    def _middle(self) -> Fraction:
        return statistics.median(self.scores.values())

    def place(self, code: str) -> Place:
        """Places of a region that has a score."""
        at = self.codes.index(code)
        own = self.table[:, at]
        places = np.sort(1 + (self.table > own[:, None] + TIED).sum(axis=1)).tolist()
        last, n = len(places) - 1, len(self.codes)
        upper = sum(place <= n / 2 for place in places) / len(places)
        bar, gap = REACH * self.error, float(self.scores[code] - self._middle)
        noise = ABOVE if gap > bar else BELOW if gap < -bar else OPEN
        choice = ABOVE if upper >= CERTAIN else BELOW if upper <= 1 - CERTAIN else OPEN
        return Place(
            *self._noise[code],
            places[math.ceil(len(places) / 2) - 1],
            places[math.floor((1 - CERTAIN) * last)],
            places[math.ceil(CERTAIN * last)],
            upper,
            noise if noise == choice else OPEN,
        )

    def by_noise(self, one: str, other: str) -> bool:
        """Whether a score is above another by more than noise."""
        gap = float(self.scores[one] - self.scores[other])
        return gap > REACH * math.sqrt(2) * self.error

    def by_choice(self, one: str, other: str) -> bool:
        """Whether nearly every recipe puts one region above another; a tie is half a win."""
        mine, theirs = (self.table[:, self.codes.index(code)] for code in (one, other))
        wins, losses = ((a > b + TIED).sum() for a, b in ((mine, theirs), (theirs, mine)))
        share = (wins + (self.count - wins - losses) / 2 + 0.5) / (self.count + 1)
        return bool(share >= CERTAIN)

    def above(self, one: str, other: str) -> bool:
        """Whether one region can be put above another: by more than noise, whatever the recipe."""
        return self.by_noise(one, other) and self.by_choice(one, other)


@cache
def field(codes: tuple[str, ...], year: int, error: float) -> Field | None:
    """The field of some governments; None where they are too few for a scale of their own."""
    found = Field(codes, year, error)
    return found if len(found.codes) >= FEWEST else None


def _component(parts: np.ndarray) -> tuple[float, ...]:
    """Loadings of the first principal component of the correlations."""
    loadings = np.linalg.eigh(np.corrcoef(parts, rowvar=False))[1][:, -1]
    return tuple(np.maximum(loadings * np.sign(loadings.sum()), 0.0))


def _winsorised(column: np.ndarray) -> np.ndarray:
    """Draw in the extreme values of a skewed column, five at most, until the rule is kept.

    The rule is broken where skewness is above 2 in size and kurtosis above 3.5.
    """
    column, low, high = column.copy(), 0, 0
    while low + high < 5:
        skewness, kurtosis = _shape(column[~np.isnan(column)])
        if not (abs(skewness) > 2 and kurtosis > 3.5):
            break
        sign = 1 if skewness >= 0 else -1
        turned = sign * column
        extreme = turned == np.nanmax(turned)
        column[extreme] = sign * np.nanmax(turned[~extreme])
        if sign == 1:
            high = int(extreme.sum())
        else:
            low = int(extreme.sum())
    return column


def _shape(values: np.ndarray) -> tuple[float, float]:
    """Sample skewness and excess kurtosis, corrected for bias (Joanes and Gill, G1 and G2)."""
    n = len(values)
    second, third, fourth = (float(np.mean((values - values.mean()) ** k)) for k in (2, 3, 4))
    skewness = third / second**1.5 * math.sqrt(n * (n - 1)) / (n - 2)
    excess = fourth / second**2 - 3
    return skewness, ((n + 1) * excess + 6) * (n - 1) / ((n - 2) * (n - 3))


def _printed(table: np.ndarray) -> np.ndarray:
    return table


def _min_max(table: np.ndarray) -> np.ndarray:
    low, high = np.nanmin(table, axis=0), np.nanmax(table, axis=0)
    return 1 + 99 * (table - low) / (high - low)


def _z_score(table: np.ndarray) -> np.ndarray:
    return 100 + 5 * (table - np.nanmean(table, axis=0)) / np.nanstd(table, axis=0, ddof=1)


def _place(table: np.ndarray) -> np.ndarray:
    """Place from the lowest up, equal values sharing the lower one."""
    places = 1.0 + (table[:, None, :] > table[None, :, :] + 1e-10).sum(axis=1)
    return np.where(np.isnan(table), np.nan, places)


def _arithmetic(parts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return parts @ weights


def _geometric(parts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.exp(np.log(parts) @ weights)


def _mazziotta_pareto(parts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    mean = parts @ weights
    return mean - ((parts - mean[:, None]) ** 2 @ weights) / mean
