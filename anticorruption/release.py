"""The data release: load it, choose between sources that disagree, and keep the others in sight."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from anticorruption import regions, seals, tables
from anticorruption.errors import RefusedInput

#: The written rule of choice, best first in each column (see :meth:`Release.chosen`).
KINDS = ("official", "mirror", "press")
CONFIDENCES = ("high", "medium", "low")
STATUSES = ("final", "interim")

KEY = ["region_code", "measure_id", "year"]
#: Flag of a score that its publisher withheld although a copy prints one.
WITHHELD = "withheld"


@dataclass(frozen=True)
class Release:
    """A data release held in memory.

    Attributes
    ----------
    folder : Path
        Where it was read from.
    name : str
        Version of the release, such as ``"2026.11"``.
    altered : tuple of str
        Tables whose bytes differ from those that were sealed in ``datapackage.json``.
    """

    folder: Path
    name: str
    altered: tuple[str, ...]

    @property
    def title(self) -> str:
        """Name of the release, saying when its tables are no longer the sealed ones."""
        return self.titled(self.altered)

    def titled(self, altered: Collection[str]) -> str:
        """Name of the release to someone whom only these altered tables concern."""
        return f"{self.name} + {', '.join(altered)}" if altered else self.name

    def altered_for(
        self, region_codes: Collection[str], measure_ids: Collection[str] | None
    ) -> tuple[str, ...]:
        """Altered tables that concern a report on some regions.

        Parameters
        ----------
        region_codes : collection of str
            Regions whose every row concerns the report.
        measure_ids : collection of str or None
            Measures of which the rows of all other regions concern it too; None for all.

        Returns
        -------
        tuple of str
            Those of :attr:`altered` with a row that concerns it, or of which this cannot be told.
        """
        return tuple(file for file in self.altered if self._concerns(file, region_codes, measure_ids))

    def _concerns(
        self, file: str, region_codes: Collection[str], measure_ids: Collection[str] | None
    ) -> bool:
        changed = seals.changed(file.removesuffix(".csv"), self.folder) if "/" not in file else None
        if changed is None:
            return True
        regions_touched = changed.get("region_code", set()) & set(region_codes)
        if "source_id" in changed:
            return bool(changed["source_id"] - self._sources_of_others(region_codes, measure_ids))
        if measure_ids is None:
            return True
        return bool(regions_touched or changed.get("measure_id", set()) & set(measure_ids))

    def _sources_of_others(
        self, region_codes: Collection[str], measure_ids: Collection[str] | None
    ) -> set[str]:
        """Sources that only figures of no concern rest on."""
        if measure_ids is None:
            return set()
        frame = self.observations
        own = frame["region_code"].isin(set(region_codes)) | frame["measure_id"].isin(
            set(measure_ids)
        )
        elsewhere = {
            source
            for name in ("bands", "breaks", "flags", "pilots")
            for source in self.table(name)["source_id"]
        }
        programmes = "".join(
            path.read_text(encoding="utf-8") for path in self.folder.glob("programmes/*.toml")
        )
        only = set(frame.loc[~own, "source_id"]) - set(frame.loc[own, "source_id"]) - elsewhere
        return {source for source in only if f'"{source}"' not in programmes}

    def table(self, name: str) -> pd.DataFrame:
        """Read one table of the release; the index is the line in its file."""
        return tables.read(name, self.folder)

    @cached_property
    def observations(self) -> pd.DataFrame:
        """Every published value with what is known of its source.

        Returns
        -------
        DataFrame
            Columns of table ``observations`` and, of its source, ``kind`` and ``published``;
            ``printed`` (the value as its source prints it), ``places`` (decimals printed) and
            ``withheld``. The index is the line in ``observations.csv``.
        """
        frame = self.table("observations")
        printed = tables.text("observations", self.folder)["value"]
        frame["printed"] = printed.where(printed != "", frame["label"])
        frame["places"] = printed.str.partition(".")[2].str.len()
        source = self.table("sources").set_index("source_id")[["kind", "published"]]
        frame = frame.join(source, on="source_id")
        flags = self.table("flags")
        withheld = pd.MultiIndex.from_frame(flags.loc[flags["flag"] == WITHHELD, KEY])
        frame["withheld"] = pd.MultiIndex.from_frame(frame[KEY]).isin(withheld)
        return frame

    @cached_property
    def chosen(self) -> pd.DataFrame:
        """One final value for each region, measure and year, by the written rule.

        Of several sources the first counts by, in this order: official before mirror before
        press; higher confidence; more decimals printed (98 gives way to the 97.98 it rounds);
        later publication; and, so that the choice is always the same, the source's name.
        Interim readings are never chosen.

        Returns
        -------
        DataFrame
            Index (region_code, measure_id, year), sorted. Columns of :attr:`observations`,
            ``row`` (line in ``observations.csv``), ``sources`` (how many sources print a final
            value) and ``disputed`` (another final value cannot be a rounding of this one).
        """
        final = self.observations[self.observations["status"] == "final"].reset_index()
        ranked = final.assign(
            _kind=final["kind"].map(KINDS.index),
            _confidence=final["confidence"].map(CONFIDENCES.index),
            _places=-final["places"],
            _published=final["published"].map(_newest_first),
        ).sort_values([*KEY, "_kind", "_confidence", "_places", "_published", "source_id"])
        best = ranked.groupby(KEY, sort=True).head(1).set_index(KEY)
        best["sources"] = final.groupby(KEY)["source_id"].nunique()
        best["disputed"] = _disputed(final, best)
        return best.drop(columns=[column for column in best if column.startswith("_")])

    def value(self, region_code: str, measure_id: str, year: int) -> pd.Series | None:
        """Chosen final value of a region, measure and year, or None if none is published."""
        key = (region_code, measure_id, year)
        return self.chosen.loc[key] if key in self.chosen.index else None

    def of(self, region_code: str) -> pd.DataFrame:
        """Every observation of a region, all sources, final and interim, in file order."""
        return self.observations[self.observations["region_code"] == region_code]

    def alternatives(self, region_code: str, measure_id: str, year: int) -> pd.DataFrame:
        """Final values of other sources for the same region, measure and year."""
        frame = self.of(region_code)
        same = (frame["measure_id"] == measure_id) & (frame["year"] == year)
        frame = frame[same & (frame["status"] == "final")]
        best = self.value(region_code, measure_id, year)
        return frame if best is None else frame.drop(index=best["row"])

    def panel(self, measure_id: str, level: str | None = None) -> pd.DataFrame:
        """Chosen numbers of a measure as a table of regions by years.

        Withheld values are left out, as their publisher left them out.

        Parameters
        ----------
        measure_id : str
            A measure with numbers.
        level : {"province", "local"}, optional
            Provinces only, or kabupaten and kota only.

        Returns
        -------
        DataFrame
            Index ``region_code`` (every government of that level that has a value), a column a
            year, ``NaN`` where nothing is published.
        """
        if measure_id not in self.chosen.index.get_level_values("measure_id"):
            return pd.DataFrame(index=pd.Index([], name="region_code"))
        cut = self.chosen.xs(measure_id, level="measure_id")
        wide = cut["value"].where(~cut["withheld"]).unstack("year")
        wanted = regions.governments(level).index
        wide = wide.reindex(wide.index.intersection(wanted))
        return wide.dropna(how="all").dropna(axis="columns", how="all")

    def latest(self, measure_id: str, until: int) -> pd.DataFrame:
        """Latest chosen final value of each region up to and including a year.

        Returns
        -------
        DataFrame
            Index ``region_code``; the columns of :attr:`chosen` and ``year``. A withheld value
            counts as the latest, with its flag, so that nobody mistakes an older one for news.
        """
        frame = self.chosen.reset_index()
        frame = frame[(frame["measure_id"] == measure_id) & (frame["year"] <= until)]
        return frame.sort_values("year").groupby("region_code").tail(1).set_index("region_code")

    def interim(self, region_code: str, measure_id: str | None = None) -> pd.DataFrame:
        """Interim readings of a region; they stand beside final values, never among them."""
        frame = self.of(region_code)
        frame = frame[frame["status"] == "interim"]
        return frame if measure_id is None else frame[frame["measure_id"] == measure_id]

    def coverage(self) -> pd.DataFrame:
        """Count governments with a chosen value, by measure (rows) and year (columns)."""
        frame = self.chosen.reset_index()
        counts = frame.groupby(["measure_id", "year"])["region_code"].nunique()
        return counts.unstack("year").astype("Int64")


def load(folder: Path | str | None = None) -> Release:
    """Open the data release of a folder.

    Parameters
    ----------
    folder : path, optional
        By default the folder of :func:`anticorruption.tables.data_folder`.

    Raises
    ------
    RefusedInput
        If the folder holds no release or a sealed table is missing.
    """
    folder = Path(folder) if folder else tables.data_folder()
    package = tables.descriptor(folder)
    return Release(folder, package["version"], tuple(altered(folder)))


def altered(folder: Path) -> list[str]:
    """Files of the release that are not the ones sealed in ``datapackage.json``."""
    changed = []
    for entry in tables.descriptor(folder)["resources"]:
        path = folder / entry["path"]
        if not path.is_file():
            raise RefusedInput(f"{path}: the table is missing from the data folder.")
        if tables.sha256(path) != entry["hash"]:
            changed.append(entry["path"])
    return changed


def _newest_first(published: str) -> int:
    """Sort key of an ISO date of any precision: later dates give smaller numbers."""
    return -int((published.replace("-", "") + "00000000")[:8] or 0)


def _disputed(final: pd.DataFrame, best: pd.DataFrame) -> pd.Series:
    both = final.merge(
        best[["value", "label", "places"]].reset_index(), on=KEY, suffixes=("", "_best")
    )
    places = np.minimum(both["places"], both["places_best"])
    # A tolerance of half a unit of the coarser print, with room for binary fractions.
    apart = (both["value"] - both["value_best"]).abs() > 0.5 * 10.0**-places + 1e-9
    differs = apart | (both["label"] != both["label_best"])
    return differs.groupby([both[column] for column in KEY]).any()
