"""The page that leads to every report of an edition.

One file that needs nothing beside it: its style, its script and its map are inside, and it reads
as a plain list where scripts do not run.

Regions can be put in order of province, name, kind or answer, and not of score. The noise of one
year's SPI is so wide that nearly every region lies inside the interval of hundreds of others; a
list sorted by score is read as a ranking whatever is written above it, and regions inside one
another's interval are not ordered. Who needs places finds them in the reports, each with the
places that cannot be excluded.
"""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import jinja2
import pandas as pd
from scipy.stats import norm

from anticorruption import files as contents
from anticorruption import regions
from anticorruption.language import Language
from anticorruption.programme import screening
from anticorruption.reporting import atomic, display, html, index_map, manifest, sentences, studies

INDEX = "index.html"
COMPARISON = "comparison"
#: Files of a report in the order of their links.
FILES = ("report.html", "report.pdf", "report.docx", "report.xlsx", "report.ipynb")
PAGE, NOTEBOOK = FILES[0], FILES[-1]

#: Answer of the regions that are not screened: the criteria are for kabupaten and kota.
NOT_SCREENED = "not_screened"
ANSWERS = (screening.MET, screening.NOT_MET, screening.UNKNOWN, NOT_SCREENED)
SIGNS = dict(zip(ANSWERS, ("✓", "✗", "?", "–"), strict=True))
_TEMPLATES = Path(__file__).with_name("templates") / "index"


@dataclass(frozen=True)
class File:
    """A file of a report: what its link is called, where it leads and how large it is."""

    label: str
    address: str
    size: str


@dataclass(frozen=True)
class Comparison:
    """A report of several regions."""

    title: str
    files: tuple[File, ...]


@dataclass(frozen=True)
class Row:
    """What the index says of a region, ready to be written.

    Attributes
    ----------
    code, name, province_code, level : str
    other_names : str
        Names in use besides the official one.
    spi, interval : str
        Latest score with its year, or that none is published; and what noise leaves open.
    marks : tuple of str
        What to know about the score: sources differ, unexplained by its parts.
    answer, answer_word : str
        One of :data:`ANSWERS`, and its word.
    result : str
        Edition and final score of a pilot; empty for the others.
    files : tuple of File
    """

    code: str
    name: str
    province_code: str
    level: str
    other_names: str
    spi: str
    interval: str
    marks: tuple[str, ...]
    answer: str
    answer_word: str
    result: str
    files: tuple[File, ...]

    @property
    def page(self) -> str:
        """Address of the report for browsers; empty if there is none."""
        return next((f.address for f in self.files if f.address.endswith(f"/{PAGE}")), "")

    @property
    def described(self) -> str:
        """Name of the region and the answer, for the map's text alternatives."""
        return f"{self.name}: {self.answer_word}"


def write(nation: studies.National, say: Language, out: Path) -> Path:
    """Write ``<out>/<edition>/index.html`` over the reports that stand there.

    A report counts with the files of :data:`FILES` that its ``manifest.json`` lists and that are
    in its folder; a folder without one holds no whole report. The same folder gives the same bytes.

    Returns
    -------
    Path
        The page written.

    Raises
    ------
    Unwritable
        If the page cannot be written; an older page then stays as it is.
    """
    folder = out / str(nation.programme.edition)
    target = folder / INDEX
    atomic.write(target, page(nation, say, folder).encode("utf-8"))
    return target


def page(nation: studies.National, say: Language, folder: Path) -> str:
    """Text of the page over the reports in the folder of an edition."""
    listed = rows(nation, say, folder)
    style = html.stylesheet() + _read("index.css")
    script = _read("index.js")
    local = [row for row in listed if row.answer != NOT_SCREENED]
    return (
        _environment()
        .get_template("index.html.j2")
        .render(
            say=say,
            style=style,
            script=script,
            policy=policy(style, script),
            programme=nation.programme,
            release=nation.release,
            notice=display.notice(say, nation.release),
            judged_until=nation.programme.edition - 1,
            half_width=say.number(_half_width(nation), 1),
            coverage=say.number(100 * studies.COVERAGE, 0),
            comparisons=comparisons(say, folder),
            rows={row.code: row for row in listed},
            provinces=_by_province(say, listed),
            levels=_levels(say),
            answers=[(each, SIGNS[each], answer(say, each)) for each in ANSWERS],
            counts={each: sum(row.answer == each for row in local) for each in ANSWERS},
            local=len(local),
            made=sum(bool(row.files) for row in listed),
            map=index_map.drawing(regions.table()),
            islands=_by_island(nation),
            area=lambda code: regions.name(code, say.code),
            data=embedded(_for_script(nation, say, listed)),
        )
    )


def policy(style: str, script: str) -> str:
    """Policy that allows the page's own style and script, embedded pictures, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return f"{html.content_security_policy(style)}; script-src 'sha256-{digest}'"


def embedded(value: object) -> str:
    """JSON that may stand in a ``script`` element that is not run.

    No text can end the element, open a comment or another element: the marks that could are
    written as escapes, and so are the line separators U+2028 and U+2029, as all that is not ASCII.
    """
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"), sort_keys=True)
    for mark in "<>&'":
        text = text.replace(mark, f"\\u{ord(mark):04x}")
    return text


def rows(nation: studies.National, say: Language, folder: Path) -> list[Row]:
    """Every government, with what is known of it and the files of its report."""
    latest = nation.release.latest("spi", max(studies.SPI_YEARS))
    also = _other_names(nation)
    pilots = _pilots(nation)
    return [
        Row(
            code=code,
            name=say.pick(region, "name"),
            province_code=code[:2],
            level=region["level"],
            other_names=", ".join(also.get(code, [])),
            **_score(nation, say, latest.loc[code] if code in latest.index else None),
            answer=(verdict := _verdict(nation, code)),
            answer_word=answer(say, verdict),
            result=_result(say, pilots.loc[code]) if code in pilots.index else "",
            files=files(say, folder / f"{code}-{regions.slug_of(region['name_ind'])}"),
        )
        for code, region in regions.governments().sort_index().iterrows()
    ]


def _other_names(nation: studies.National) -> dict[str, list[str]]:
    """Names beside the official one; a province is also found by areas it governs itself."""
    aliases = nation.release.table("region_aliases")
    names = aliases.groupby("region_code")["alias"].agg(list).to_dict()
    for code, name in _own_areas().items():
        names.setdefault(code[:2], []).append(name)
    return names


def _own_areas() -> dict[str, str]:
    """Areas that have no government of their own: their province governs them."""
    table = regions.table()
    return table.loc[~table["has_government"], "name_ind"].to_dict()


def answer(say: Language, each: str) -> str:
    """Word for an answer, or that the region is not screened."""
    return say("not screened") if each == NOT_SCREENED else sentences.answer(say, each)


def comparisons(say: Language, folder: Path) -> list[Comparison]:
    """Reports of several regions, by the name of their folder."""
    found = []
    for own in sorted(folder.glob(f"{COMPARISON}*/")):
        if there := files(say, own):
            found.append(Comparison(_title(own) or say("Comparison"), there))
    return found


def files(say: Language, folder: Path) -> tuple[File, ...]:
    """Files of the report in a folder; none if there is no report or it is not finished."""
    labels = dict(zip(FILES, ("HTML", "PDF", "Word", "Excel", say("notebook")), strict=True))
    listed = _listed(folder)
    return tuple(
        File(label, f"./{quote(folder.name)}/{name}", _size(say, (folder / name).stat().st_size))
        for name, label in labels.items()
        if name in listed and (folder / name).is_file()
    )


def _listed(folder: Path) -> set[str]:
    """Files that the manifest of a report lists.

    Without one that can be read there are none: it is written last, so the report is not whole.
    """
    return set((manifest.read(folder) or {}).get("files", {}))


def _title(folder: Path) -> str:
    """Title that a report gives itself; empty if it cannot be read."""
    try:
        content = contents.of_json((folder / NOTEBOOK).read_text(encoding="utf-8"))
        title = content["metadata"]["anticorruption"]["title"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return title if isinstance(title, str) else ""


def _size(say: Language, count: int) -> str:
    """Size of a file, in thousands of bytes as file managers write it."""
    if count < 999_500:
        return f"{say.number(max(count, 1000) / 1000, 0)}\N{NO-BREAK SPACE}kB"
    return f"{say.number(count / 1e6, 1)}\N{NO-BREAK SPACE}MB"


def _verdict(nation: studies.National, code: str) -> str:
    verdicts = nation.verdicts
    return str(verdicts.at[code, "answer"]) if code in verdicts.index else NOT_SCREENED


def _half_width(nation: studies.National) -> float:
    """How far the interval of one SPI score reaches to either side, in points."""
    return float(norm.ppf(0.5 + studies.COVERAGE / 2) * nation.noise.standard_error)


def _score(nation: studies.National, say: Language, latest: pd.Series | None) -> dict:
    if latest is None:
        return {"spi": f"SPI: {say.unknown}", "interval": "", "marks": ()}
    year, marks = int(latest["year"]), []
    if latest["withheld"]:
        text = say("SPI {year}: withheld by its publisher", year=year)
        return {"spi": text, "interval": "", "marks": ("⚑",)}
    value, half = float(latest["value"]), _half_width(nation)
    key = (latest.name, year)
    if key in nation.rebuilt.index and nation.rebuilt.at[key, "unexplained"]:
        marks.append(say("⚑ not explained by its parts"))
    if latest["disputed"]:
        marks.append(say("sources differ"))
    low, high = say.number(max(value - half, 0), 1), say.number(min(value + half, 100), 1)
    return {
        "spi": f"SPI {year}: {say.number(value, 2)}",
        "interval": f"{low}–{high}",
        "marks": tuple(marks),
    }


def _pilots(nation: studies.National) -> pd.DataFrame:
    """Latest part of each pilot in the programme, up to the edition."""
    frame = nation.release.table("pilots")
    own = (frame["stage"] == "pilot") & (frame["edition"] <= nation.programme.edition)
    return frame[own].drop_duplicates("region_code", keep="last").set_index("region_code")


def _result(say: Language, pilot: pd.Series) -> str:
    if pd.isna(pilot["final_score"]):
        return say("Pilot {edition}: final score not published", edition=pilot["edition"])
    score = say.number(pilot["final_score"], 2)
    return say("Pilot {edition}: final score {score}", edition=pilot["edition"], score=score)


def _levels(say: Language) -> list[tuple[str, str]]:
    return [("province", say("Province")), ("kabupaten", "Kabupaten"), ("kota", "Kota")]


def _by_province(say: Language, listed: Iterable[Row]) -> list[tuple[str, str, list[Row]]]:
    groups: dict[str, list[Row]] = {}
    for row in listed:
        groups.setdefault(row.province_code, []).append(row)
    return [(code, sentences.province_name(say, code), own) for code, own in groups.items()]


def _by_island(nation: studies.National) -> list[tuple[str, dict[str, int]]]:
    """Answers counted by island group, from west to east as the map has them."""
    table = regions.governments("local")
    west = table.groupby("island_group")["hex_column"].min().sort_values().index
    answers = nation.verdicts["answer"].reindex(table.index)
    counts = answers.groupby(table["island_group"]).value_counts().unstack(fill_value=0)
    counts = counts.reindex(columns=ANSWERS, fill_value=0)
    return [(str(group), counts.loc[group].astype(int).to_dict()) for group in west]


def _for_script(nation: studies.National, say: Language, listed: Iterable[Row]) -> dict:
    """What the script has to know of each region, in the order of the list, and its words."""
    keys = regions.known_keys()
    for code in _own_areas():
        keys[code[:2]] = [*keys[code[:2]], *keys[code]]
    return {
        "rows": [
            [
                row.code,
                row.level,
                row.answer,
                int(bool(row.result)),
                int(bool(row.files)),
                " ".join(keys[row.code]),
            ]
            for row in listed
        ],
        "vocabulary": regions.vocabulary(),
        "words": {
            "count": say("{shown} of {total} regions"),
            "none": say("No region fits. Check the spelling, or clear the search and the choices."),
            "found": say("Found, closest first"),
            "all": say("All regions by name"),
        },
    }


def _read(name: str) -> str:
    return (_TEMPLATES / name).read_text(encoding="utf-8")


def _environment() -> jinja2.Environment:
    # Escaping is set outright: the automatic choice looks at the file's last ending only.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["sign"] = SIGNS.__getitem__
    return environment
