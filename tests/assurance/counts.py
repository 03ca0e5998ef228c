"""Numbers that no test has to give, counted over the release and the tree as they stand.

Every number is named; the sentences of ``promises.toml`` say it. Where a promise is "all of", the
number found and the number there should be are counted in two ways and both are given.
"""

import csv
import re
from collections.abc import Callable

from anticorruption import disagreements, regions, release, spi, tables
from anticorruption.programme import rubric
from anticorruption.reporting import studies
from tests import licences, release_counts, second_route
from tests.conftest import DATA
from tests.paths import GOLDEN, ROOT

Numbers = dict[str, int | float | str]


def all_numbers() -> Numbers:
    """Every number, in the order of the functions of this file."""
    opened = release.load(DATA)
    nation = studies.national(opened, rubric.editions(DATA)[-1])
    found: Numbers = {}
    counted: tuple[Callable, ...] = (
        identity, rows, survey, rebuilt, sources, moves, supply, pinned, golden
    )  # fmt: skip
    for count in counted:
        found |= count(opened, nation)
    return found


def identity(opened: release.Release, nation: studies.National) -> Numbers:
    """Which release it is, and whether its bytes are the sealed ones."""
    return {
        "release": opened.name,
        "dated": tables.descriptor(DATA)["created"][:10],
        "altered": len(opened.altered),
        "noise": float(nation.noise.standard_error),
    }


def rows(opened: release.Release, nation: studies.National) -> Numbers:
    """Lines of the file as plain Python reads them, and rows as the library does."""
    with (DATA / "observations.csv").open(encoding="utf-8", newline="") as file:
        lines = sum(1 for _ in csv.reader(file)) - 1
    found = release_counts.counted()
    return {
        "lines": lines,
        "rows": len(opened.observations),
        "counts": len(found),
        "counts_same": sum(found.get(key) == rows for key, rows in release_counts.listed().items()),
        "tables": len(list(DATA.glob("*.csv"))),
    }


def survey(opened: release.Release, nation: studies.National) -> Numbers:
    """Of every year: kabupaten and kota with a place, withheld, and without any score."""
    local = regions.governments("local").index
    withheld = {(code, year) for code, measure, year in second_route.withheld() if measure == "spi"}
    found: Numbers = {"local": len(local)}
    for year in studies.SPI_YEARS:
        scored = int(nation.places(local, year)["rank"].notna().sum())
        held = sum((code, year) in withheld for code in local)
        none = sum(
            opened.value(code, "spi", year) is None and (code, year) not in withheld
            for code in local
        )
        found |= {f"scored_{year}": scored, f"withheld_{year}": held, f"none_{year}": none}
        found[f"sum_{year}"] = scored + held + none
    copies = release_counts.survey_copies()
    return found | {f"copy_{year}": copies[year] for year in studies.SPI_YEARS}


def rebuilt(opened: release.Release, nation: studies.National) -> Numbers:
    """Scores of kabupaten and kota that come out of their published parts."""
    table = nation.rebuilt
    codes = table.index.get_level_values("region_code")
    local = table[codes.isin(regions.governments("local").index)]
    year = local.index.get_level_values("year")
    plain = local[~year.isin(spi.UNEXPLAINED_YEARS)]
    odd = local[year.isin(spi.UNEXPLAINED_YEARS)]
    return {
        "rebuilt": int((plain["residual"].abs() <= spi.TOLERANCE).sum()),
        "rebuilt_of": len(plain),
        "residual": round(float(plain["residual"].abs().max()), 3),
        "tolerance": spi.TOLERANCE,
        "flagged": int(odd["unexplained"].sum()),
        "flagged_of": len(odd),
        "flagged_year": ", ".join(map(str, spi.UNEXPLAINED_YEARS)),
    }


def sources(opened: release.Release, nation: studies.National) -> Numbers:
    """Figures whose source is listed, and what kind of source that is."""
    frame = opened.observations
    listed = set(opened.table("sources")["source_id"])
    kinds = frame["kind"].value_counts()
    return {
        "sourced": int(frame["source_id"].isin(listed).sum()),
        "sources": len(listed),
        **{f"{kind}_share": round(100 * int(kinds.get(kind, 0)) / len(frame), 1)
           for kind in release.KINDS},
        "disagreements": len(disagreements.disagreements(opened)),
    }  # fmt: skip


def moves(opened: release.Release, nation: studies.National) -> Numbers:
    """Large moves of the survey from year to year, and how many have their remark."""
    found = release_counts.large_moves()
    return {
        "moves": len(found),
        "moves_noted": sum(move.noted for move in found),
        "large": release_counts.LARGE,
    }


def supply(opened: release.Release, nation: studies.National) -> Numbers:
    """Locked packages and their licences."""
    packages = list(licences.packages())
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {
        "packages": len(packages),
        "installed": sum(package.licence is not None for package in packages),
        "licensed": sum(package.licence is not None and package.allowed for package in packages),
        "licences": len({package.licence for package in packages if package.licence}),
        "hashes": lock.count("--hash=sha256:"),
    }


def pinned(opened: release.Release, nation: studies.National) -> Numbers:
    """Files and reports whose hash is kept in git."""
    lines = (ROOT / "reports/reports.lock").read_text(encoding="utf-8").split("\n")
    paths = [line.split("  ", 1)[1] for line in lines if line]
    return {
        "pinned": len(paths),
        "pinned_reports": len({path.rpartition("/")[0] for path in paths}),
        "formats": len({path.rpartition(".")[2] for path in paths}),
    }


def golden(opened: release.Release, nation: studies.National) -> Numbers:
    """Worked examples from the literature that tests reproduce."""
    folders = [
        path for path in GOLDEN.iterdir() if path.is_dir() and path != release_counts.FILE.parent
    ]
    cited = [path for path in folders if (path / "README.md").exists()]
    tests = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    cases = sum(len(re.findall(r"^def test_golden_\w+", text, re.MULTILINE)) for text in tests)
    return {"golden": len(folders), "golden_cited": len(cited), "golden_tests": cases}
