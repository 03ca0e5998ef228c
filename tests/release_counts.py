"""How many rows the release should have, and how its scores move from year to year.

The expected counts stand in git, in ``golden/release_counts/rows.csv``: whoever adds figures sees
the counts that change in the same diff and says why. ``python -m tests.release_counts`` writes them
anew. Everything is read as plain text, without the library.
"""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.paths import GOLDEN, ROOT

DATA = ROOT / "data"
FILE = GOLDEN / "release_counts" / "rows.csv"
HEADER = ("table", "measure_id", "year", "status", "rows")
#: A move of the survey from one year to the next, in points, that needs a remark.
LARGE = 15.0
#: What the remark says, beside whatever else it says.
REMARK = "15 points or more from the year before"
#: Repositories that copy the survey's dashboard whole, one year each.
COPIES = ("github-3bcf64", "github-4a0b48", "github-d5eeb0", "github-3f26e5", "github-7ed736")

Key = tuple[str, str, str, str]


def records(table: str, folder: Path = DATA) -> list[dict[str, str]]:
    """Rows of a table, every cell a text."""
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def counted(folder: Path = DATA) -> dict[Key, int]:
    """Rows of every table, and of the observations by measure, year and status."""
    found: Counter[Key] = Counter()
    for path in sorted(folder.glob("*.csv")):
        table = records(path.stem, folder)
        found[path.stem, "", "", ""] = len(table)
        if path.stem == "observations":
            found.update(
                ("observations", row["measure_id"], row["year"], row["status"]) for row in table
            )
    return dict(sorted(found.items()))


def listed() -> dict[Key, int]:
    """Counts that git keeps."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {tuple(row[:4]): int(row[4]) for row in list(csv.reader(file))[1:]}


def differences(found: dict[Key, int], expected: dict[Key, int]) -> list[str]:
    """Return a line for every count that is not as expected."""
    return [
        f"{' '.join(filter(None, key))}: {found.get(key, 0)} rows, {expected.get(key, 0)} expected"
        for key in sorted(found.keys() | expected.keys())
        if found.get(key, 0) != expected.get(key, 0)
    ]


def survey_copies(folder: Path = DATA) -> dict[int, int]:
    """Kabupaten and kota in the copies of the survey's dashboard, by year."""
    return dict(
        Counter(
            int(row["year"])
            for row in records("observations", folder)
            if row["measure_id"] == "spi"
            and row["source_id"] in COPIES
            and len(row["region_code"]) == 5
        )
    )


@dataclass(frozen=True)
class Move:
    """A score and the one of the year before; ``noted`` tells whether its remark says so."""

    region_code: str
    year: int
    before: float
    after: float
    noted: bool


def large_moves(folder: Path = DATA, least: float = LARGE) -> list[Move]:
    """Scores of the survey's copies that lie so far from the year before."""
    rows = {
        (row["region_code"], int(row["year"])): row
        for row in records("observations", folder)
        if row["measure_id"] == "spi" and row["source_id"] in COPIES
    }
    found = []
    for (code, year), row in sorted(rows.items()):
        if (code, year - 1) in rows:
            before, after = float(rows[code, year - 1]["value"]), float(row["value"])
            if round(abs(after - before), 2) >= least:
                found.append(Move(code, year, before, after, REMARK in row["note"]))
    return found


def main() -> None:
    """Write the counts anew and print those that changed."""
    found = counted()
    if FILE.exists():
        print("\n".join(differences(found, listed())) or "No count has changed.")
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEADER)
        writer.writerows([*key, rows] for key, rows in found.items())


if __name__ == "__main__":
    main()
