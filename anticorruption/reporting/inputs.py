"""What a report depends on: its own rows one by one, and national results as it uses them.

A report on one region uses every row of that region, the sources these rows name, the small
tables whole, and a few results of the whole nation: the noise of the survey, the weights, medians,
its own places, the scores of its neighbours. The results are taken rounded as they are used, so
that a figure far away that moves none of them leaves the report as it is. Tables that nobody has
described here count whole: what is new is depended upon until somebody shows that it is not.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from functools import cached_property, lru_cache
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from packaging.requirements import Requirement

from anticorruption import regions, spi, tables
from anticorruption.errors import RefusedInput
from anticorruption.measures import round_half_up

if TYPE_CHECKING:
    from anticorruption.reporting.studies import ComparisonStudy, National, RegionStudy

#: Measures that a report on a kabupaten or kota sets beside those of all others.
SPI_FAMILY = ("spi", *spi.PARTS, *spi.CORRECTIONS)
#: Measures of all regions that a comparison looks for peers among.
COMPARED_ACROSS = (*SPI_FAMILY, "population", "ipm")
#: Tables followed row by row.
BY_ROW = ("observations", "sources", "notes", "flags", "pilots")
#: Tables that no report on regions reads: names are resolved before, claims are a study's matter.
UNUSED = ("region_aliases", "claims")
_PROGRAMME = "programme-"
_LIBRARY = Path(__file__).resolve().parents[1]


def digest(value: object) -> str:
    """Hash of anything that JSON can write, 32 hexadecimal digits."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]


def code(template: Path) -> dict[str, str]:
    """Hashes of the program that makes a report.

    Returns
    -------
    dict
        ``library`` (this package, its templates, styles and messages), ``notebook`` (the
        template), the version of Python and of every package the project asks for, and
        ``other packages``, one hash over the versions of all that these ask for in turn.
    """
    return {
        "library": _library(),
        "notebook": _file(template) if template.is_file() else "there is none",
        "python": ".".join(map(str, sys.version_info[:2])),
        **_packages(),
    }


def _file(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@lru_cache
def _library() -> str:
    found = hashlib.sha256()
    for path in sorted(_LIBRARY.rglob("*")):
        name = path.relative_to(_LIBRARY)
        if path.is_file() and "__pycache__" not in name.parts:
            found.update(f"{name.as_posix()} {path.stat().st_size}\n".encode())
            found.update(path.read_bytes())
    return found.hexdigest()


@lru_cache
def _packages() -> dict[str, str]:
    direct = _required("anticorruption")
    found = {name: metadata.version(name) for name in sorted(direct)}
    others, waiting = {}, set(direct)
    while waiting:
        name = waiting.pop()
        for each in _required(name) - found.keys() - others.keys():
            others[each] = metadata.version(each)
            waiting.add(each)
    return found | {"other packages": digest(others)}


def _required(package: str) -> set[str]:
    """Packages that a package asks for here, without its extras."""
    found = set()
    for each in map(Requirement, metadata.requires(package) or []):
        name = each.name.lower().replace("_", "-").replace(".", "-")
        if each.marker is None or each.marker.evaluate({"extra": ""}):
            found.add(name)
    return found


def of_folder(folder: Path) -> dict[str, str]:
    """Hash of every file of a data release: what a study of the collection depends on."""
    files = [
        tables.DESCRIPTOR,
        *(entry["path"] for entry in tables.descriptor(folder)["resources"]),
    ]
    return {name: tables.sha256(folder / name).removeprefix("sha256:") for name in sorted(files)}


class Ledger:
    """What each report of an edition depends on, with the shared part computed once.

    Parameters
    ----------
    nation : National
        The figures that the reports share.
    """

    def __init__(self, nation: National):
        self._nation = nation
        self._release = nation.release

    def of_region(self, study: RegionStudy) -> dict[str, str]:
        """Inputs of a report on one region.

        Returns
        -------
        dict
            Name of each input, in words, to its hash; before it the line for rows whose line the
            report prints.
        """
        return self._tables | self._rows([study.code]) | self._around(study) | _altered(study)

    def of_comparison(self, study: ComparisonStudy) -> dict[str, str]:
        """Inputs of a comparison: the rows of its regions, and what peers are found by."""
        across = {
            f"observations.csv: {measure} of all regions": self._everywhere(measure)
            for measure in COMPARED_ACROSS
        }
        return self._tables | self._rows(study.codes) | across | _altered(study)

    @cached_property
    def _tables(self) -> dict[str, str]:
        """Hash of every table that counts whole, and of the sources that these name."""
        found, named = {}, set()
        for entry in tables.descriptor(self._release.folder)["resources"]:
            name = entry["name"]
            if name in (*BY_ROW, *UNUSED) or self._other_edition(name):
                continue
            content = (self._release.folder / entry["path"]).read_bytes()
            found[entry["path"]] = hashlib.sha256(content).hexdigest()[:32]
            text = content.decode("utf-8", "replace")
            named |= {source for source in self._sources if source in text}
        if self._release.overlay is not None:
            # An overlay counts whole: it is small, and what it changes is told on every page.
            found["overlay"] = self._release.overlay.digest[:32]
        return found | self._cited(named)

    def _other_edition(self, name: str) -> bool:
        edition = str(self._nation.programme.edition)
        return name.startswith(_PROGRAMME) and name != _PROGRAMME + edition

    def _rows(self, codes: Iterable[str]) -> dict[str, str]:
        """Every row of some regions, and the sources and notes that they name."""
        found: dict[str, str] = {}
        sources, notes = set(), set()
        for code in codes:
            for line, row in self._lines.get(code, {}).items():
                name = f"observations.csv: {code} {row['measure_id']} {row['year']}, "
                found[_free(found, name + row["source_id"])] = f"{line} {row['digest']}"
                sources.add(row["source_id"])
                notes.add(row["note"])
            for table in ("flags", "pilots"):
                for row in self._small[table].get(code, []):
                    name = f"{table}.csv: {code} {row.get('measure_id', '')}"
                    year = row.get("year", row.get("edition"))
                    found[_free(found, f"{name.rstrip()} {year}")] = digest(row)
                    sources.add(row["source_id"])
        noted = {f"notes.csv: {note}": self._notes[note] for note in notes & self._notes.keys()}
        return found | self._cited(sources) | noted

    @cached_property
    def _lines(self) -> dict[str, dict[int, dict]]:
        """Observations by region and line, with the hash of all that a report can read of each."""
        frame = self._release.observations
        hashes = [digest(row) for row in frame.to_numpy().tolist()]
        kept = frame[["region_code", "measure_id", "year", "source_id", "note"]]
        found: dict[str, dict[int, dict]] = {}
        for line, row, hashed in zip(frame.index, kept.to_dict("records"), hashes, strict=True):
            found.setdefault(row["region_code"], {})[int(line)] = row | {"digest": hashed}
        return found

    @cached_property
    def _small(self) -> dict[str, dict[str, list[dict]]]:
        found: dict[str, dict[str, list[dict]]] = {}
        for table in ("flags", "pilots"):
            rows = found.setdefault(table, {})
            for row in self._release.table(table).to_dict("records"):
                rows.setdefault(row["region_code"], []).append(row)
        return found

    @cached_property
    def _sources(self) -> dict[str, str]:
        frame = self._release.table("sources")
        return {row["source_id"]: digest(row) for row in frame.to_dict("records")}

    @cached_property
    def _notes(self) -> dict[str, str]:
        frame = self._release.table("notes")
        return {row["note"]: digest(row) for row in frame.to_dict("records")}

    def _cited(self, sources: Iterable[str]) -> dict[str, str]:
        return {
            f"sources.csv: {source}": self._sources[source]
            for source in sorted(sources)
            if source in self._sources
        }

    def _around(self, study: RegionStudy) -> dict[str, str]:
        """National results as a report on one region uses them."""
        kind = "province" if study.is_province else "local"
        near, cited = self._near(study)
        found = self._shared | {
            f"medians of the SPI of all of its kind ({kind})": self._medians(kind),
            f"median change of the SPI of all of its kind ({kind})": self._change(study, kind),
            f"SPI in {'all provinces' if study.is_province else 'its province'}": near,
        }
        if "national figures" not in found:
            found["its places by the SPI"] = digest(self._places(study))
            found["its SPI rebuilt"] = _frame(study.spi)
        if study.is_province:
            found |= {
                f"{measure} of all provinces": self._provinces(measure)
                for measure in sorted(set(study.chosen.index.get_level_values("measure_id")))
            }
        return found | self._cited(cited)

    @cached_property
    def _shared(self) -> dict[str, str]:
        try:
            return self._national()
        except RefusedInput as refused:  # then each report ends with this very sentence
            return {"national figures": digest(str(refused))}

    def _national(self) -> dict[str, str]:
        noise, weights, rebuilt = self._nation.noise, self._nation.weights, self._nation.rebuilt
        flags = rebuilt["unexplained"].groupby(level="year").agg(["sum", "size"])
        shares = (weights.internal, weights.external, weights.expert, weights.largest_residual)
        return {
            "years of the SPI panel": digest([int(year) for year in self._nation.panel]),
            "noise of the SPI": digest(
                [noise.standard_error, noise.low, noise.high, noise.regions]
            ),
            "weights of the SPI": digest([weights.scores, *(round_half_up(s, 3) for s in shares)]),
            "scores that their parts do not explain": _frame(flags),
        }

    def _medians(self, kind: str) -> str:
        return self._kept(("medians", kind), lambda: _frame(self._panel_of(kind).median()))

    def _change(self, study: RegionStudy, kind: str) -> str:
        if len(study.scores) < 2:
            return digest(None)
        first, last = int(study.scores.index[0]), int(study.scores.index[-1])
        panel = self._panel_of(kind)
        return self._kept(
            ("change", kind, first, last), lambda: digest((panel[last] - panel[first]).median())
        )

    def _panel_of(self, kind: str) -> pd.DataFrame:
        panel = self._nation.panel
        return panel.reindex(panel.index.intersection(regions.governments(kind).index))

    def _places(self, study: RegionStudy) -> list:
        near = "provinces" if study.is_province else study.province_code
        kind = "provinces" if study.is_province else "local"
        found = []
        for year in map(int, study.scores.index):
            for group, codes in ((near, study.fellows), (kind, study.nationwide)):
                places = self._kept(
                    ("places", group, year),
                    lambda codes=codes, year=year: self._nation.places(codes, year),
                )
                own = places.loc[study.code, ["rank", "rank_low", "rank_high"]].astype(int)
                found.append([year, *own.tolist(), int(places["rank"].notna().sum())])
        return found

    def _near(self, study: RegionStudy) -> tuple[str, set[str]]:
        """Chosen scores of the regions a region is ranked with nearby, and their sources."""

        def read() -> tuple[str, set[str]]:
            rows = self._of_measure("spi")
            rows = rows[rows.index.get_level_values("region_code").isin(study.fellows)]
            return _frame(rows), set(rows["source_id"])

        return self._kept(("near", study.is_province or study.province_code), read)

    def _provinces(self, measure: str) -> str:
        return self._kept(
            ("provinces", measure), lambda: _frame(self._release.panel(measure, "province"))
        )

    def _everywhere(self, measure: str) -> str:
        return self._kept(("everywhere", measure), lambda: _frame(self._of_measure(measure)))

    def _of_measure(self, measure: str) -> pd.DataFrame:
        """Chosen values of a measure: number, whether it is withheld, source."""
        chosen = self._release.chosen
        if measure not in chosen.index.get_level_values("measure_id"):
            return chosen.iloc[:0][["value", "withheld", "source_id"]]
        return chosen.xs(measure, level="measure_id")[["value", "withheld", "source_id"]]

    @cached_property
    def _memory(self) -> dict:
        return {}

    def _kept(self, key: tuple, compute):
        """Result computed once for every report that shares it."""
        if key not in self._memory:
            self._memory[key] = compute()
        return self._memory[key]


def _frame(frame: pd.DataFrame | pd.Series) -> str:
    """Hash of a frame's labels and values; numbers as Python writes them, in full."""
    table = frame.reset_index()
    return digest([list(map(str, table.columns)), table.to_numpy().tolist()])


def _altered(study: RegionStudy | ComparisonStudy) -> dict[str, str]:
    return {"data release": digest(study.release_title)}


def _free(taken: dict, name: str) -> str:
    """The name, counted on if two rows have the same."""
    free, number = name, 2
    while free in taken:
        free, number = f"{name} ({number})", number + 1
    return free
