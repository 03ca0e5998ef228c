"""Draw numbers out of reports of every format and rebuild each from ``data/``.

The reports of all pilots, of some regions drawn by chance and of a comparison are made by the
library's own command; reading and rebuilding them is done without the library. Their words are
looked through, and at last single bytes of the tables are changed, to see which outputs follow.
"""

import argparse
import getpass
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests import second_route as route
from tests.assurance import records
from tests.audit import draw, scan
from tests.audit.draw import Audit, Report
from tests.audit.rebuild import Writer
from tests.paths import ROOT
from tests.reporting import changes

FORMATS = ("html", "pdf", "docx", "xlsx", "ipynb")
EDITION = 2025


def pilots() -> list[str]:
    """Regions that were pilots of the edition or of one before it."""
    rows = [row for row in route.records("pilots") if row["stage"] == "pilot"]
    return list(dict.fromkeys(row["region_code"] for row in rows))


def made(codes: list[str], language: str, out: Path, *more: str) -> list[Path]:
    """Let the library make the reports; returns their folders."""
    program = Path(sys.executable).with_name("anticorruption")
    command = [str(program), *more, *codes, "--edition", str(EDITION), "--language", language]
    command += ["--formats", ",".join(FORMATS), "--out", str(out)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return sorted(path for path in (out / str(EDITION)).iterdir() if path.is_dir())


def reports(folders: list[Path], compared: list[str], language: str) -> list[Report]:
    """Every file of the folders with what it is about."""
    found = []
    for folder in folders:
        about = tuple(compared) if folder.name == "comparison" else (folder.name.split("-")[0],)
        writer = Writer(about, EDITION, language)
        found += [Report(folder / f"report.{ending}", writer) for ending in FORMATS
                  if (folder / f"report.{ending}").exists()]  # fmt: skip
    return found


def told(found: Audit) -> None:
    """Say what was drawn, what was wrong, and what is not rebuilt."""
    print(f"numbers shown: {len(found.numbers)}; {dict(found.counts())}")
    good = sum(each.verdict == draw.REBUILT for each in found.drawn)
    print(f"drawn: {len(found.drawn)}, rebuilt: {good}")
    print(f"by format: {dict(Counter(each.ending for each in found.drawn))}")
    for each in found.drawn:
        if each.verdict != draw.REBUILT:
            print(
                f"  {each.file} {each.place}: {each.text} ({each.kind}) {each.verdict} {each.why}"
            )
    for kind, count in found.open_kinds().items():
        print(f"not rebuilt: {kind} ({count} numbers)")


def spoken(found: list[Report]) -> list[str]:
    """Banned words and traces of a machine in the files of reports."""
    names = (getpass.getuser(), socket.gethostname(), str(ROOT))
    return [f"{each.path.parent.name}/{each.path.name}: {hit}" for each in found
            for hit in (*scan.judged(each.path), *scan.traces(each.path, *names))]  # fmt: skip


def changed(rows: int, chance: random.Random) -> list[changes.Tried]:
    """Change a byte in some rows of every table, and in as many of those that the outputs print."""
    codes = tuple(chance.sample(pilots(), 2))
    far = chance.choice(sorted(set(route.local()) - set(pilots())))
    outputs = changes.Outputs((*codes, far), codes)
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        shutil.copytree(ROOT / "data", data)
        wanted = [changes.draw(data, table, chance) for table in changes.COLUMNS
                  for _ in range(rows)]  # fmt: skip
        for table, prints in changes.printed(data, codes).items():
            wanted += [changes.draw(data, table, chance, prints) for _ in range(rows)]
        with changes.watched(data) as shown:
            found = []
            for each in changes.tried(data, shown, outputs, wanted):
                found.append(each)
                if each.missed or each.beyond:
                    print(f"  {each.change}: missed {each.missed}, beyond {each.beyond}")
    return found


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--numbers", type=int, default=200)
    asked.add_argument("--seed", type=int, default=20261126)
    asked.add_argument("--regions", type=int, default=10, help="regions drawn beside the pilots")
    asked.add_argument(
        "--draws", type=int, default=50, help="other seeds tried on the same reports"
    )
    asked.add_argument("--rows", type=int, default=2, help="rows of each table that are changed")
    asked.add_argument("--keep", type=Path, help="reports made before, instead of making them")
    options = asked.parse_args()
    start, chance = time.monotonic(), random.Random(options.seed)
    others = chance.sample(sorted(set(route.governments()) - set(pilots())), options.regions)
    with tempfile.TemporaryDirectory() as folder:
        out = options.keep or Path(folder)
        found = []
        for language, codes in (("id", [*pilots(), *others]), ("en", others[:3])):
            if options.keep is None:
                made(codes, language, out / language, "report")
                made(pilots(), language, out / language, "compare")
            folders = sorted(p for p in (out / language / str(EDITION)).iterdir() if p.is_dir())
            found += reports(folders, pilots(), language)
        numbers = [number for each in found for number in each.numbers()]
        said = spoken(found)
    result = draw.drawn(numbers, options.numbers, options.seed)
    told(result)
    again = [draw.drawn(numbers, options.numbers, seed).held for seed in range(options.draws)]
    print(f"other seeds: {sum(again)} of {len(again)} hold")
    tried = changed(options.rows, chance)
    unlike = sum(len(each.missed | each.beyond) for each in tried)
    print(f"bytes changed: {len(tried)}; outputs that were not as foreseen: {unlike}")
    print(*said, sep="\n", end="\n" if said else "")
    counts = result.counts()
    held = (result.whole and len(result.drawn) == options.numbers and all(again)
            and not said and not unlike)  # fmt: skip
    records.write(
        "audit",
        records.typed("audit", sys.argv[1:]),
        held=held,
        numbers={
            "numbers": len(result.drawn),
            "rebuilt": sum(each.verdict == draw.REBUILT for each in result.drawn),
            "kinds": len({each.kind for each in result.drawn}),
            "formats": len({each.ending for each in result.drawn}),
            "reports": len(found),
            "numbers shown": len(numbers),
            "other draws": len(again),
            "numbers rebuilt": counts[draw.REBUILT],
            "numbers in names and commands": counts[draw.LABEL],
            "numbers wrong": counts[draw.WRONG],
            "not rebuilt": counts[draw.UNKNOWN],
            "not rebuilt kinds": "; ".join(result.open_kinds()) or "none",
            "banned words and traces": len(said),
            "changes tried": len(tried),
            "tables changed": len({each.change.table for each in tried}),
            "outputs that changed": sum(len(each.changed) for each in tried),
            "outputs that should have changed": sum(len(each.missed) for each in tried),
            "outputs that should not have changed": sum(len(each.beyond) for each in tried),
        },
        seconds=time.monotonic() - start,
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
