"""What a report is about: one region, or several, with the national figures they share.

Figures that reports share are rounded to the decimals they are printed with before anything is
computed or drawn from them: what a reader sees is what was used, another processor gives the same
picture, and a change far away that no printed figure shows leaves a report as it is.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import pandas as pd

from anticorruption import regions, spi
from anticorruption.comparison.noise import PanelNoise, panel_noise
from anticorruption.comparison.ranks import rank_intervals
from anticorruption.errors import RefusedInput
from anticorruption.measures import round_half_up
from anticorruption.programme import rubric, screening
from anticorruption.programme.rubric import Rubric
from anticorruption.release import Release
from anticorruption.reporting.inputs import COMPARED_ACROSS, SPI_FAMILY, Ledger

#: Probability that a rank interval holds the true place of the region it belongs to.
COVERAGE = 0.90
#: Years the SPI panel covers for kabupaten and kota.
SPI_YEARS = (2021, 2022, 2023, 2024, 2025)


@dataclass(frozen=True)
class National:
    """Figures that every report of an edition shares, computed once.

    Attributes
    ----------
    release : Release
    programme : Rubric
        The programme of the edition.
    """

    release: Release
    programme: Rubric

    @cached_property
    def scores(self) -> pd.DataFrame:
        """SPI scores with parts and corrections (:func:`anticorruption.spi.parts`)."""
        return spi.parts(self.release)

    @cached_property
    def weights(self) -> spi.Weights:
        """Recovered weights of the respondent groups."""
        return spi.recover_weights(self.scores)

    @cached_property
    def rebuilt(self) -> pd.DataFrame:
        """SPI scores rebuilt from their parts, with the flag of those they do not explain."""
        return spi.rebuild(self.scores, self.weights)

    @cached_property
    def panel(self) -> pd.DataFrame:
        """SPI of every government, a column a year."""
        panel = self.release.panel("spi")
        return panel[[year for year in SPI_YEARS if year in panel]]

    @cached_property
    def noise(self) -> PanelNoise:
        """Noise of one year's SPI score, from the panel's own yearly changes, to two decimals."""
        found = panel_noise(self.panel)
        figures = ("standard_error", "low", "high")
        return replace(found, **{name: round_half_up(getattr(found, name), 2) for name in figures})

    @cached_property
    def ledger(self) -> Ledger:
        """What each report of the edition depends on."""
        return Ledger(self)

    @cached_property
    def breaks(self) -> pd.DataFrame:
        """Breaks of every series (table ``breaks``)."""
        return self.release.table("breaks")

    def places(self, region_codes: pd.Index, year: int) -> pd.DataFrame:
        """Ranks of the SPI of a year among given regions, with their intervals."""
        scores = self.panel[year].reindex(region_codes)
        return rank_intervals(scores, self.noise.standard_error, coverage=COVERAGE)


@dataclass(frozen=True)
class RegionStudy:
    """One region, seen for one edition of the programme."""

    nation: National
    code: str

    @property
    def release(self) -> Release:
        """The data release."""
        return self.nation.release

    @property
    def edition(self) -> int:
        """Edition of the programme."""
        return self.nation.programme.edition

    @cached_property
    def altered(self) -> tuple[str, ...]:
        """Tables that are no longer the sealed ones in a row that concerns the report."""
        shared = None if self.is_province else SPI_FAMILY
        return self.release.altered_for([self.code], shared)

    @property
    def release_title(self) -> str:
        """Name of the data release, saying which of its tables are altered for this report."""
        return self.release.titled(self.altered)

    @property
    def is_province(self) -> bool:
        """Whether the region is a province, to which the criteria do not apply."""
        return "." not in self.code

    @property
    def province_code(self) -> str:
        """Code of the province the region lies in, or its own."""
        return self.code[:2]

    @cached_property
    def fellows(self) -> pd.Index:
        """Regions it is ranked with nearby: its province's, or all provinces."""
        level = regions.governments("province" if self.is_province else "local")
        if self.is_province:
            return level.index
        return level.index[level["province_code"] == self.province_code]

    @cached_property
    def nationwide(self) -> pd.Index:
        """Every government of its kind in the country."""
        return regions.governments("province" if self.is_province else "local").index

    @cached_property
    def spi(self) -> pd.DataFrame:
        """Its SPI by year: parts, corrections, rebuilt score and flags.

        Returns
        -------
        DataFrame
            Index year; the columns of :func:`anticorruption.spi.parts` and
            :func:`anticorruption.spi.rebuild`, points to two decimals.
        """
        both = self.nation.scores.join(self.nation.rebuilt)
        if self.code not in both.index.get_level_values("region_code"):
            return both.droplevel("region_code").iloc[:0]
        own = both.xs(self.code, level="region_code").sort_index()
        points = own.select_dtypes("float").columns
        own[points] = own[points].map(lambda value: round_half_up(value, 2))
        return own

    @cached_property
    def scores(self) -> pd.Series:
        """Its SPI by year, without withheld scores."""
        if self.code not in self.nation.panel.index:
            return pd.Series(dtype=float)
        return self.nation.panel.loc[self.code].dropna()

    @cached_property
    def standing(self) -> pd.DataFrame:
        """Its places by year, nearby and nationwide, with intervals and the number ranked.

        Returns
        -------
        DataFrame
            Index year; ``near_rank``, ``near_low``, ``near_high``, ``near_count`` and the same
            with ``all_``.
        """
        rows = {}
        for year in self.scores.index:
            row: dict[str, int] = {}
            for name, group in (("near", self.fellows), ("all", self.nationwide)):
                places = self.nation.places(group, year)
                own = places.loc[self.code].astype(int)
                row |= {
                    f"{name}_rank": own["rank"],
                    f"{name}_low": own["rank_low"],
                    f"{name}_high": own["rank_high"],
                    f"{name}_count": int(places["rank"].notna().sum()),
                }
            rows[year] = row
        return pd.DataFrame.from_dict(rows, orient="index")

    @cached_property
    def criteria(self) -> pd.DataFrame:
        """Answers to the eight criteria under the base thresholds."""
        return screening.screen(self.release, self.nation.programme, [self.code])

    @cached_property
    def overall(self) -> pd.Series:
        """Overall answer and its counts."""
        return screening.overall(self.criteria).loc[self.code]

    @cached_property
    def variants(self) -> pd.DataFrame:
        """Answers under each other threshold reading, only for the criteria it changes.

        Returns
        -------
        DataFrame
            The columns of :func:`anticorruption.programme.screening.screen` and
            ``overall_answer``.
        """
        programme, frames = self.nation.programme, []
        for variant in programme.variants()[1:]:
            answers = screening.screen(self.release, programme, [self.code], variant)
            changed = [
                c.id for c in programme.criteria if any(t.variant == variant for t in c.variants)
            ]
            overall = screening.overall(answers).at[self.code, "answer"]
            rows = answers[answers["criterion"].isin(changed)]
            frames.append(rows.assign(overall_answer=overall))
        return pd.concat(frames, ignore_index=True) if frames else self.criteria.iloc[:0]

    @cached_property
    def chosen(self) -> pd.DataFrame:
        """Its chosen final values, indexed (measure_id, year)."""
        frame = self.release.chosen
        if self.code not in frame.index.get_level_values("region_code"):
            return frame.droplevel("region_code").iloc[:0]
        return frame.xs(self.code, level="region_code")

    @cached_property
    def pilots(self) -> pd.DataFrame:
        """What is known of its part in the programme, oldest edition first."""
        frame = self.release.table("pilots")
        return frame[frame["region_code"] == self.code]

    @property
    def result(self) -> pd.Series | None:
        """Row of ``pilots`` of the latest edition in which it was a pilot, if any."""
        pilot = self.pilots[self.pilots["stage"] == "pilot"]
        return None if pilot.empty else pilot.iloc[-1]

    def observation(self, measure_id: str, year: int) -> pd.Series | None:
        """Chosen final observation, with its measure and year as fields."""
        if (measure_id, year) not in self.chosen.index:
            return None
        row = self.chosen.loc[(measure_id, year)].copy()
        row["measure_id"], row["year"] = measure_id, year
        return row

    def latest(self, measure_id: str) -> pd.Series | None:
        """Latest chosen final observation of a measure, withheld ones included."""
        years = self.chosen.index.get_level_values("year")[
            self.chosen.index.get_level_values("measure_id") == measure_id
        ]
        return self.observation(measure_id, int(max(years))) if len(years) else None


@dataclass(frozen=True)
class ComparisonStudy:
    """Several regions side by side, seen for one edition of the programme."""

    nation: National
    studies: tuple[RegionStudy, ...]

    @property
    def codes(self) -> list[str]:
        """Region codes in the order asked for."""
        return [study.code for study in self.studies]

    @cached_property
    def altered(self) -> tuple[str, ...]:
        """Tables that are no longer the sealed ones in a row that concerns the report."""
        return self.nation.release.altered_for(self.codes, COMPARED_ACROSS)

    @property
    def release_title(self) -> str:
        """Name of the data release, saying which of its tables are altered for this report."""
        return self.nation.release.titled(self.altered)

    @property
    def local(self) -> tuple[RegionStudy, ...]:
        """The kabupaten and kota among them, to which the criteria apply."""
        return tuple(study for study in self.studies if not study.is_province)


def national(release: Release, edition: int) -> National:
    """Open the shared figures of an edition."""
    return National(release, rubric.load(edition, release.folder))


def region(nation: National, region_code: str) -> RegionStudy:
    """Open the study of one region.

    Raises
    ------
    RefusedInput
        If the code is unknown or its area has no government of its own.
    """
    code = regions.require(region_code)
    if not regions.table().at[code, "has_government"]:
        raise RefusedInput(
            f"{code} {regions.name(code)} is an administrative area of DKI Jakarta without a "
            f"government of its own; ask for 31 instead."
        )
    return RegionStudy(nation, code)


def comparison(nation: National, region_codes: list[str]) -> ComparisonStudy:
    """Open the study of several regions.

    Raises
    ------
    RefusedInput
        If fewer than two different regions are named, or one of them twice.
    """
    if isinstance(region_codes, str):
        raise RefusedInput(
            f"region_codes is the text {region_codes!r} and must be a list of codes."
        )
    studies = tuple(region(nation, code) for code in region_codes)
    codes = [study.code for study in studies]
    if twice := next((code for code in codes if codes.count(code) > 1), None):
        raise RefusedInput(f"{twice} {regions.name(twice)} is named twice; name each region once.")
    if len(codes) < 2:
        raise RefusedInput("a comparison needs at least two regions.")
    return ComparisonStudy(nation, studies)
