"""The data release: load it, choose between sources that disagree, and keep the others in sight."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from anticorruption import overlay as overlays
from anticorruption import regions, seals, tables
from anticorruption.errors import RefusedInput
from anticorruption.overlay import Overlay

#: The written rule of choice, best first in each column (see :meth:`Release.chosen`).
KINDS = ("official", "mirror", "press")
CONFIDENCES = ("high", "medium", "low")
STATUSES = ("final", "interim")

#: Tables that reports on regions do not print: names are resolved before, claims are a study's.
_OF_NO_REPORT = ("claims.csv", "region_aliases.csv")

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
    overlay : Overlay or None
        Figures that are not public and stand beside the release.
    """

    folder: Path
    name: str
    altered: tuple[str, ...]
    overlay: Overlay | None = None

    @property
    def title(self) -> str:
        """Name of the release, saying when its tables are no longer the sealed ones."""
        return self.titled(self.altered)

    def titled(self, altered: Collection[str]) -> str:
        """Name of the release to someone whom only these altered tables concern."""
        own = (self.overlay.title,) if self.overlay else ()
        return " + ".join([self.name, *filter(None, [", ".join(altered)]), *own])

    def altered_for(
        self, region_codes: Collection[str], measure_ids: Collection[str]
    ) -> tuple[str, ...]:
        """Altered tables that concern a report on some regions.

        Parameters
        ----------
        region_codes : collection of str
            Regions whose every row concerns the report.
        measure_ids : collection of str
            Measures of which the rows of all other regions concern it too.

        Returns
        -------
        tuple of str
            Those of :attr:`altered` with a row that concerns it, or of which this cannot be told.
        """
        return tuple(
            file for file in self.altered if self._concerns(file, region_codes, measure_ids)
        )

    def _concerns(
        self, file: str, region_codes: Collection[str], measure_ids: Collection[str] | None
    ) -> bool:
        changed = seals.changed(file.removesuffix(".csv"), self.folder) if "/" not in file else None
        if changed is None:
            return file not in _OF_NO_REPORT
        regions_touched = changed.get("region_code", set()) & set(region_codes)
        if "source_id" in changed:
            return bool(changed["source_id"] & self._sources_of(region_codes, measure_ids))
        return bool(regions_touched or changed.get("measure_id", set()) & set(measure_ids))

    def _sources_of(self, region_codes: Collection[str], measure_ids: Collection[str]) -> set[str]:
        """Sources of the rows of some regions and measures, and of every rule."""
        frame = self.observations
        own = frame["region_code"].isin(set(region_codes))
        own |= frame["measure_id"].isin(set(measure_ids))
        found = set(frame.loc[own, "source_id"])
        for name in ("flags", "pilots"):
            rows = self.table(name)
            found |= set(rows.loc[rows["region_code"].isin(set(region_codes)), "source_id"])
        for name in ("bands", "breaks"):
            found |= set(self.table(name)["source_id"])
        programmes = "".join(
            path.read_text(encoding="utf-8") for path in self.folder.glob("programmes/*.toml")
        )
        listed = self.table("sources")["source_id"]
        return found | {source for source in listed if f'"{source}"' in programmes}

    def table(self, name: str) -> pd.DataFrame:
        """Read one table of the release; the index is the line in its file.

        Sources of an overlay stand below those of the release.
        """
        frame = tables.read(name, self.folder)
        if self.overlay is None or name != "sources":
            return frame
        own = self.overlay.table("sources")
        return pd.concat([frame, own.set_axis(own.index + overlays.OWN_ROWS)]).fillna("")

    @cached_property
    def observations(self) -> pd.DataFrame:
        """Every published value with what is known of its source.

        Returns
        -------
        DataFrame
            Columns of table ``observations`` and, of its source, ``kind`` and ``published``;
            ``printed`` (the value as its source prints it), ``places`` (decimals printed) and
            ``withheld``. The index is the line in ``observations.csv``. Rows of an overlay stand
            below, numbered from :data:`anticorruption.overlay.OWN_ROWS` on, with the ``cell`` they
            were read in.
        """
        frame = self.table("observations")
        printed = tables.text("observations", self.folder)["value"]
        frame["printed"] = printed.where(printed != "", frame["label"])
        frame["places"] = printed.str.partition(".")[2].str.len()
        source = self.table("sources").set_index("source_id")[["kind", "published"]]
        frame = frame.join(source, on="source_id")
        if self.overlay is not None:
            own = overlays.rows(self.overlay)
            frame = pd.concat([frame, own]).fillna({"cell": ""}).rename_axis("row")
        flags = self.table("flags")
        withheld = pd.MultiIndex.from_frame(flags.loc[flags["flag"] == WITHHELD, KEY])
        frame["withheld"] = pd.MultiIndex.from_frame(frame[KEY]).isin(withheld)
        return frame

    @cached_property
    def chosen(self) -> pd.DataFrame:
        """One final value for each region, measure and year, by the written rule.

        Of several sources the first counts by, in this order: official before mirror before
        press; higher confidence; a file in an overlay before what is public; more decimals
        printed (98 gives way to the 97.98 it rounds); later publication; and, so that the choice
        is always the same, the source's name.
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
            _public=~overlays.is_own(final["row"]),
            _places=-final["places"],
            _published=final["published"].map(_newest_first),
        ).sort_values(
            [*KEY, "_kind", "_confidence", "_public", "_places", "_published", "source_id"]
        )
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
        return self.observations.iloc[self._lines.get(region_code, [])]

    @cached_property
    def _lines(self) -> dict[str, np.ndarray]:
        """Positions of each region's observations."""
        return self.observations.groupby("region_code", sort=False).indices

    def chosen_of(self, region_code: str) -> pd.DataFrame:
        """Chosen values of a region, indexed (measure_id, year)."""
        own = self.chosen.iloc[self._chosen_lines.get(region_code, [])]
        return own.droplevel("region_code")

    @cached_property
    def _chosen_lines(self) -> dict[str, np.ndarray]:
        """Positions of each region's chosen values."""
        codes = self.chosen.index.get_level_values("region_code")
        return pd.Series(0, index=codes).groupby(level=0, sort=False).indices

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
        if (measure_id, until) not in self._latest:
            frame = self.chosen.reset_index()
            frame = frame[(frame["measure_id"] == measure_id) & (frame["year"] <= until)]
            last = frame.sort_values("year").groupby("region_code").tail(1)
            self._latest[measure_id, until] = last.set_index("region_code")
        return self._latest[measure_id, until].copy(deep=False)

    @cached_property
    def _latest(self) -> dict[tuple[str, int], pd.DataFrame]:
        """What :meth:`latest` has answered so far."""
        return {}

    def with_interim(self, measure_id: str, until: int) -> frozenset[str]:
        """Codes of regions with an interim reading of a measure up to and including a year."""
        if (measure_id, until) not in self._interim:
            frame = self.observations
            wanted = (frame["measure_id"] == measure_id) & (frame["status"] == "interim")
            codes = frame.loc[wanted & (frame["year"] <= until), "region_code"]
            self._interim[measure_id, until] = frozenset(codes)
        return self._interim[measure_id, until]

    @cached_property
    def _interim(self) -> dict[tuple[str, int], frozenset[str]]:
        """What :meth:`with_interim` has answered so far."""
        return {}

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


def load(folder: Path | str | None = None, overlay: Path | str | None = None) -> Release:
    """Open the data release of a folder, with an overlay if one is in use.

    Parameters
    ----------
    folder : path, optional
        By default the folder of :func:`anticorruption.tables.data_folder`.
    overlay : path, optional
        Folder of an overlay; by default that of ``$ANTICORRUPTION_OVERLAY``, and none if ``""``.

    Raises
    ------
    RefusedInput
        If the folder holds no release, a sealed table is missing, or the overlay is not whole.
    """
    folder = Path(folder) if folder else tables.data_folder()
    beside = overlays.chosen(overlay)
    own = overlays.opened(beside) if beside else None
    return _load(folder, tables.stamp(folder), own)


@lru_cache(maxsize=4)
def _load(folder: Path, stamp: tuple, own: Overlay | None) -> Release:
    """Open a release once for each state of its files; what it computes is shared by all reports.

    Nobody may change its frames.
    """
    package = tables.descriptor(folder)
    return Release(folder, package["version"], tuple(altered(folder)), own)


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
