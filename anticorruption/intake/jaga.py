"""KPK's JAGA export of MCP: a row a sub-indicator, put together by the nesting it describes.

As the export's own columns compute it: a sub-indicator counts its weight times its score, an
indicator its weight times the sum of these, an area its weight times the sum of those, and the
areas add up. Weights are of 100 at each level.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from anticorruption import measures
from anticorruption.intake.answers import SKIP, Answers
from anticorruption.intake.findings import Findings
from anticorruption.intake.matching import Matcher
from anticorruption.intake.reading import Cell, Sheet
from anticorruption.intake.values import Scale, Values, scale_of
from anticorruption.regions import key
from anticorruption.texts import shown

#: Columns by which the export is recognised.
NAMES = ("instansi", "area_intervensi", "indikator", "sub_indikator")
WEIGHTS = ("bobot_area_intervensi", "bobot_indikator", "bobot_subindikator")
SELF, VERIFIED = "nilai", "nilai_verifikasi"
COLUMNS = (*NAMES, *WEIGHTS, SELF, VERIFIED)
#: Product of weight and verified score that the export prints itself.
PRODUCT = "nilai_subindikator"
MEASURE = "mcp"
#: Names of the areas, older ones too, as letters alone, by the measure that holds their score.
AREAS = {
    "mcp_perencanaan": ("perencanaan",),
    "mcp_penganggaran": ("penganggaran",),
    "mcp_perencanaan_penganggaran": (
        "perencanaandanpenganggaran", "perencanaandanpenganggaranapbd",
    ),
    "mcp_pbj": ("pengadaanbarangdanjasa", "pengadaanbarangjasa", "pbj"),
    "mcp_pelayanan_publik": ("pelayananpublik", "perizinan", "pelayananterpadusatupintu"),
    "mcp_apip": ("apip", "pengawasanapip", "kapabilitasapip"),
    "mcp_asn": ("manajemenasn", "asn"),
    "mcp_pajak": ("pajak", "optimalisasipajakdaerah", "pajakdaerah"),
    "mcp_bmd": ("bmd", "pengelolaanbmd", "manajemenasetdaerah", "pengelolaanbarangmilikdaerah"),
    "mcp_dana_desa": ("danadesa", "tatakeloladanadesa", "keuangandesa"),
}  # fmt: skip
#: Weights that sum to 100 but for rounding: three of 33.33 do.
TOLERANCE = 0.05
_SEARCHED = 60
#: Rows that a sentence names.
_NAMED = 12


@dataclass(frozen=True)
class Score:
    """Score of a region or an area, as an interval where something is missing.

    Attributes
    ----------
    low, high : float
        Everything missing counted as 0, and as 100; equal where nothing is missing.
    missing : int
        Sub-indicators without a score; a weight whose rows are missing counts as one.
    """

    low: float
    high: float
    missing: int


def header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """Row of the headings and the place of each column, None if it is no such export."""
    for row, cells in sheet.rows.items():
        if row > _SEARCHED:
            return None
        places = {_plain(cell.text): place for place, cell in cells.items()}
        if set(COLUMNS) <= set(places):
            return row, places
    return None


def measure_ids() -> tuple[str, ...]:
    """Measures that the export gives: the whole and its areas."""
    return (MEASURE, *AREAS)


def aggregate(rows: pd.DataFrame, score: str = VERIFIED, area_measure: str | None = None) -> dict:
    """Put sub-indicators together by the nesting of their weights.

    Parameters
    ----------
    rows : DataFrame
        One row a sub-indicator: ``region_code`` and :data:`COLUMNS`; scores from 0 to 100, NaN
        where there is none; weights of 100.
    score : {"nilai_verifikasi", "nilai"}
        The verified score or the region's own.
    area_measure : str, optional
        Measure of one area; its score before its own weight is given instead of the whole.

    Returns
    -------
    dict
        ``region_code`` to :class:`Score`; regions without that area are left out.
    """
    found = {}
    for code, areas in _nested(rows, score):
        parts = [
            (_area_measure(name), weight, _sum([(w, _sum(inside)) for w, inside in below.values()]))
            for name, (weight, below) in areas.items()
        ]
        if area_measure is None:
            found[code] = _sum([(weight, part) for _, weight, part in parts])
        elif chosen := [part for name, _, part in parts if name == area_measure]:
            found[code] = chosen[0]
    return found


def of_area(rows: pd.DataFrame, area_measure: str | None) -> pd.Series:
    """Which rows belong to an area's measure; all of them where none is named."""
    if area_measure is None:
        return pd.Series(True, index=rows.index)
    return rows["area_intervensi"].map(_area_measure).eq(area_measure)


def faulty_weights(rows: pd.DataFrame) -> list[tuple[str, str, float]]:
    """Groups whose weights sum to more than 100, or differ within what they weigh.

    Returns
    -------
    list of (region_code, what, sum)
        ``what`` is the group's name; the sum is NaN where one group has two weights.
    """
    found = []
    for code, own in rows.groupby("region_code", sort=True):
        areas = own.groupby("area_intervensi", sort=False)["bobot_area_intervensi"]
        groups = [("MCP", areas)]
        for area, inside in own.groupby("area_intervensi", sort=False):
            groups.append((area, inside.groupby("indikator", sort=False)["bobot_indikator"]))
        for what, grouped in groups:
            if (grouped.nunique(dropna=False) != 1).any():
                found.append((code, what, float("nan")))
            elif (total := grouped.first().sum()) > 100 + TOLERANCE:
                found.append((code, what, total))
        for (_, indicator), inside in own.groupby(["area_intervensi", "indikator"], sort=False):
            if (total := inside["bobot_subindikator"].sum()) > 100 + TOLERANCE:
                found.append((code, indicator, total))
    return found


def read(
    sheet: Sheet, findings: Findings, answers: Answers, matcher: Matcher, areas_of: str
) -> tuple[pd.DataFrame, list[tuple[int, str]]]:
    """Rows of the export with their regions and numbers.

    Returns
    -------
    rows : DataFrame
        For :func:`aggregate`, with the row of the sheet as index.
    left_out : list of (row, reason)
    """
    line, places = header(sheet)
    say = findings.say
    body = {row: cells for row, cells in sheet.rows.items() if row > line}
    scale = scale_of(MEASURE, say.code)
    weight = Scale("", say("weight"), 0, 100)

    def column(name: str) -> list[Cell]:
        place = places[name]
        cells = [cells[place] for cells in body.values() if place in cells]
        return [cell for cell in cells if _plain(cell.text) != name]

    readers = {
        name: Values(findings, answers, weight if name in WEIGHTS else scale, name, column(name))
        for name in (*WEIGHTS, SELF, VERIFIED)
    }
    records, left_out, known = {}, [], {}
    for row, cells in body.items():
        text = {name: c.text if (c := cells.get(places[name])) else "" for name in NAMES}
        if _plain(text["instansi"]) == "instansi":
            findings.note("repeated_heading", str(row), say("the headings once more; passed over"))
            left_out.append((row, "heading"))
            continue
        if any(not text[name] for name in NAMES):
            findings.refuse("incomplete", str(row), say("a row without {names}", names=_gaps(text)))
            left_out.append((row, "open"))
            continue
        province = matcher.province(cells.get(places.get("provinsi_name", 0)))
        name = cells[places["instansi"]]
        group = (name.text, province)
        if group not in known:
            known[group] = matcher.region(name, province=province)
        read_cells = {n: r.read(cells.get(places[n])) for n, r in readers.items()}
        if known[group] in (None, SKIP) or any(v.reason == "open" for v in read_cells.values()):
            left_out.append((row, "skip" if known[group] == SKIP else "open"))
            continue
        numbers = {
            n: float(v.printed) if v.printed else float("nan") for n, v in read_cells.items()
        }
        if any(numbers[n] != numbers[n] for n in WEIGHTS):
            findings.refuse("incomplete", str(row), say("a row without {names}", names="bobot"))
            left_out.append((row, "open"))
            continue
        records[row] = {"region_code": known[group], **text, **numbers}
    rows = pd.DataFrame.from_dict(
        records, orient="index", columns=["region_code", *NAMES, *WEIGHTS, SELF, VERIFIED]
    )
    _check(rows, sheet, places, findings, areas_of)
    return rows, left_out


def _check(
    rows: pd.DataFrame, sheet: Sheet, places: dict[str, int], findings: Findings, areas_of: str
) -> None:
    say = findings.say
    where = ["region_code", "area_intervensi", "indikator", "sub_indikator"]
    twice = rows[rows.duplicated(where, keep=False)]
    for _, same in twice.groupby(where, sort=False):
        told = ", ".join(map(str, same.index[:_NAMED])) + (" …" if len(same) > _NAMED else "")
        said = say("the sub-indicator stands in rows {rows}; keep one", rows=told)
        for row in same.index[1:]:
            findings.refuse("twice", str(row), said)
    for code, what, total in faulty_weights(rows):
        said = (
            say("{region}: '{what}' has two weights; mend the file", region=code, what=shown(what))
            if total != total
            else say(
                "{region}: the weights of '{what}' sum to {total}, and must to 100; mend the file",
                region=code,
                what=shown(what),
                total=say.number(total, 2),
            )
        )
        findings.refuse("weights", "", said)
    if areas_of != MEASURE and areas_of not in set(map(_area_measure, rows["area_intervensi"])):
        name = measures.name(areas_of, say.code)
        findings.refuse("no_area", "", say("no area of the export is {measure}", measure=name))
    if PRODUCT in places:
        apart = [
            cell
            for row, record in rows.iterrows()
            if (cell := sheet.at(row, places[PRODUCT])) is not None
            and isinstance(cell.value, int | float)
            and abs(cell.value - record["bobot_subindikator"] * record[VERIFIED] / 100) > 0.01
        ]
        if apart:
            said = say(
                "{count} rows print another product of weight and verified score than the two "
                "give; the two are used",
                count=len(apart),
            )
            findings.note("product", apart[0], said)


def _nested(rows: pd.DataFrame, score: str) -> Iterator[tuple[str, dict]]:
    """Regions in order, each with areas, in these indicators, in these sub-indicators.

    An area or an indicator is its weight, that of its first row, and what it holds; a sub-indicator
    its weight and its score.
    """
    regions: dict[str, dict] = {}
    columns = ["region_code", *NAMES[1:3], *WEIGHTS, score]
    for code, area, indicator, *weights, value in rows[columns].itertuples(index=False, name=None):
        _, below = regions.setdefault(code, {}).setdefault(area, (float(weights[0]), {}))
        _, inside = below.setdefault(indicator, (float(weights[1]), []))
        single = Score(0.0, 100.0, 1) if value != value else Score(value, value, 0)
        inside.append((weights[2], single))
    yield from sorted(regions.items())


def _sum(parts: list[tuple[float, Score]]) -> Score:
    """Weighted sum; what the weights lack to 100 is missing, so 0 at worst and 100 at best."""
    lacking = 100 - sum(weight for weight, _ in parts)
    lacking = lacking if lacking > TOLERANCE else 0.0
    low = sum(weight * part.low for weight, part in parts) / 100
    high = sum(weight * part.high for weight, part in parts) / 100 + lacking
    return Score(low, high, sum(part.missing for _, part in parts) + (lacking > 0))


@lru_cache(maxsize=1024)
def _area_measure(name: str) -> str:
    letters = re.sub(r"^(?:area)?(?:tatakelola(?!danadesa))?", "", key(name))
    return next((m for m, names in AREAS.items() if letters in names or key(name) in names), "")


def _plain(heading: str) -> str:
    return re.sub(r"[\s_]+", "_", heading.strip().lower())


def _gaps(text: dict[str, str]) -> str:
    return ", ".join(name for name in NAMES if not text[name])
