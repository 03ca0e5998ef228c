"""Regions beside the nation and beside their peers: the figures, computed once, without words."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from anticorruption import regions, spi
from anticorruption.comparison import peer_gaps, profile
from anticorruption.comparison.context import Context, context
from anticorruption.comparison.peers import Peers, context_peers, leave_one_out, peer_stability
from anticorruption.errors import RefusedInput
from anticorruption.reporting.studies import COVERAGE, ComparisonStudy

#: The score and the parts that are held against the nation.
COMPARED = ("spi", *spi.PARTS)
#: What a gap between two scores is split into; the last is what the parts do not explain.
SPLIT = (*spi.PARTS, *spi.CORRECTIONS, "residual")
#: Numbers of peers under which a verdict is tried.
NUMBERS_OF_PEERS = (5, 10, 15, 25)
#: Context variables as the ways of choosing peers name them.
VARIABLES = {
    "log_population": "population",
    "ipm": "human development",
    "island_group": "island group",
}


@dataclass(frozen=True)
class Neighbourhood:
    """Several regions, their nation and their peers, in one year of the survey index.

    Attributes
    ----------
    study : ComparisonStudy
    year : int
        Year of the scores.
    number : int
        Peers a region.
    """

    study: ComparisonStudy
    year: int
    number: int

    @cached_property
    def scores(self) -> pd.DataFrame:
        """Scores with parts, corrections and residual; withheld scores are left out."""
        nation = self.study.nation
        both = nation.scores.join(nation.rebuilt[["residual"]])
        return both[~both["withheld"]].drop(columns="withheld")

    @cached_property
    def errors(self) -> pd.Series:
        """Noise of one year's score, part and correction, and rounding of the residual, points."""
        return pd.concat([self.study.nation.errors, pd.Series({"residual": spi.TOLERANCE})])

    @cached_property
    def breaks(self) -> list[int]:
        """Years in which a new series of the index begins."""
        frame = self.study.nation.breaks
        years = frame.loc[frame["measure_id"] == "spi", "year"]
        return [int(year) for year in years if year in self.panel("spi")]

    @cached_property
    def context(self) -> Context:
        """Size, development, kind and place of every kabupaten and kota."""
        return context(self.study.nation.release)

    @cached_property
    def peers(self) -> Peers:
        """Context peers of every kabupaten and kota."""
        return self._peers(self.number)

    @cached_property
    def local_codes(self) -> list[str]:
        """The kabupaten and kota among the regions; provinces have no context of this kind."""
        return [each.code for each in self.study.local]

    def panel(self, part: str) -> pd.DataFrame:
        """Index, part or correction of every government, a column a year."""
        return self.scores[part].unstack("year")

    @cached_property
    def distances(self) -> pd.DataFrame:
        """How far each region lies from the median of its kind, part by part.

        Returns
        -------
        DataFrame
            `region_code`, `part` and the columns of
            :func:`anticorruption.comparison.profile.distances`, in the order of the regions.
        """
        frames = [
            profile.distances(
                self._kind(each.code, self.panel(part)),
                [each.code],
                self.year,
                standard_error=self.errors[part],
                confidence=COVERAGE,
            ).assign(part=part)
            for each in self.study.studies
            for part in COMPARED
        ]
        return pd.concat(frames).reset_index()

    @cached_property
    def moves(self) -> pd.DataFrame:
        """Largest yearly move of each region's score and parts, beyond what moved all.

        Returns
        -------
        DataFrame
            `region_code`, `part` and the columns of
            :func:`anticorruption.comparison.profile.largest_moves`.
        """
        frames = [
            profile.largest_moves(
                self._kind(each.code, self.panel(part)),
                [each.code],
                standard_error=self.errors[part],
                breaks=self.breaks,
                confidence=COVERAGE,
            ).assign(part=part)
            for each in self.study.studies
            for part in COMPARED
        ]
        return pd.concat(frames).reset_index()

    def from_median(self, region_code: str) -> pd.DataFrame:
        """Distance of a region's parts from the median of its kind, year by year, in points."""
        own = {}
        for part in COMPARED:
            panel = self._kind(region_code, self.panel(part))
            own[part] = panel.reindex([region_code]).iloc[0] - panel.median()
        return pd.DataFrame(own)

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """Gap of each kabupaten and kota to the median of its peers."""
        return self.gaps_of(self.year)

    def gaps_of(self, year: int) -> pd.DataFrame:
        """Gap to the same peers in another year of the index."""
        return peer_gaps.gap_to_peers(
            self.panel("spi")[year],
            self.peers.pairs,
            self.local_codes,
            standard_error=self.errors["spi"],
            confidence=COVERAGE,
        )

    @cached_property
    def mean_gaps(self) -> pd.DataFrame:
        """Gap to the mean of the peers, which is what splits without remainder.

        Returns
        -------
        DataFrame, index region_code
            `contribution`, `contribution_low`, `contribution_high`, named as in :attr:`split`.
        """
        scores = self.panel("spi")[self.year]
        rows = {}
        for code, table in self.split.groupby("region_code", sort=False):
            others = scores.reindex(self.peers.of(code).index).dropna()
            gap = table["contribution"].sum()
            error = np.hypot(self.errors["spi"], others.std(ddof=1) / np.sqrt(len(others)))
            bar = profile.reach(COVERAGE) * error
            rows[code] = [gap, gap - bar, gap + bar]
        columns = ["contribution", "contribution_low", "contribution_high"]
        return pd.DataFrame.from_dict(rows, orient="index", columns=columns)

    @cached_property
    def split(self) -> pd.DataFrame:
        """Gap to the mean of the peers, split exactly into parts, corrections and residual."""
        weights = dict(zip(spi.PARTS, self.study.nation.weights.as_array(), strict=True))
        deductions = dict.fromkeys(spi.CORRECTIONS, -1.0)
        return peer_gaps.part_gaps(
            self.scores.xs(self.year, level="year")[list(SPLIT)],
            pd.Series({**weights, **deductions, "residual": 1.0}),
            self.peers.pairs,
            self.local_codes,
            standard_errors=self.errors,
            confidence=COVERAGE,
        )

    @cached_property
    def readings(self) -> pd.DataFrame:
        """Gaps under other numbers of peers and without each context variable in turn."""
        around = self.context
        ways = {f"k = {number}": self._peers(number).pairs for number in NUMBERS_OF_PEERS}
        fewer = leave_one_out(
            around.numbers, exact=around.exact, categories=around.categories, k=self.number
        )
        ways |= {f"without {VARIABLES[name]}": pairs for name, pairs in fewer.items()}
        return peer_gaps.gap_readings(
            self.panel("spi")[self.year],
            ways,
            self.local_codes,
            standard_error=self.errors["spi"],
            confidence=COVERAGE,
        )

    @cached_property
    def stability(self) -> pd.DataFrame:
        """Share of each region's peers that stay without each context variable."""
        around = self.context
        kept = peer_stability(
            around.numbers, exact=around.exact, categories=around.categories, k=self.number
        )
        return kept.reindex(self.local_codes)

    def _peers(self, number: int) -> Peers:
        around = self.context
        return context_peers(
            around.numbers,
            exact=around.exact,
            categories=around.categories,
            k=number,
            forbidden=self.scores.columns,
        )

    def _kind(self, region_code: str, panel: pd.DataFrame) -> pd.DataFrame:
        """Rows of the governments of a region's kind: provinces, or kabupaten and kota."""
        level = "province" if "." not in region_code else "local"
        return panel.reindex(panel.index.intersection(regions.governments(level).index))


def around(study: ComparisonStudy, year: int | None = None, number: int = 15) -> Neighbourhood:
    """Open the nation and the peers around several regions.

    Parameters
    ----------
    study : ComparisonStudy
    year : int, optional
        Year of the survey index; by default the latest.
    number : int
        Peers a region.

    Raises
    ------
    RefusedInput
        If there is no survey index of that year, or the number is below three.
    """
    years = [int(each) for each in study.nation.panel.columns]
    chosen = years[-1] if year is None else year
    if chosen not in years:
        raise RefusedInput(
            f"year {chosen!r} has no integrity survey in the data; there is: "
            f"{', '.join(map(str, years))}, as a number."
        )
    if not isinstance(number, int) or not peer_gaps.FEWEST_PEERS <= number <= 50:
        raise RefusedInput(f"{number!r} peers cannot be compared with; take 3 to 50, as a number.")
    return Neighbourhood(study, chosen, number)
