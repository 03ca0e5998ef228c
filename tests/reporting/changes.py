"""One byte changed in one table: which outputs must change, which may, and which did.

What an output shows is everything that its template displays, from which every format is made. A
change is drawn by chance; who must show it is told from the texts that stood there before it and
from the row's own region, not from what the library says of itself.
"""

import csv
import html
import json
import random
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from anticorruption import tables
from anticorruption.reporting import display, inputs, studies
from tests.conftest import DataCopy
from tests.reporting.conftest import Shown
from tests.reporting.test_inputs import EDITION, _seal, nation_of

#: Column of each table that is changed; a report can rest on all of them but the last three.
COLUMNS = {
    "observations": "value",
    "sources": "title",
    "notes": "note_ind",
    "pilots": "note_ind",
    "flags": "text_ind",
    "regions": "name_ind",
    "measures": "name_ind",
    "bands": "band",
    "breaks": "text_ind",
    "programmes/kabkota-2025.toml": "note_ind",
    "programmes/kabkota-2024.toml": "note_ind",
    "claims": "said",
    "region_aliases": "alias",
}
NOBODYS = ("programmes/kabkota-2024.toml", "claims", "region_aliases")
COMPARISON = "comparison"


@dataclass(frozen=True)
class Change:
    """One byte of one cell.

    Attributes
    ----------
    table, line : str, int
        Where the cell stands; the header is line 1.
    row : dict
        The row as it was, empty for a rule file.
    old, new : str
        The cell before and after.
    alone : bool
        Whether no other row of the table has what the cell held.
    """

    table: str
    line: int
    row: dict[str, str]
    old: str
    new: str
    alone: bool

    @property
    def fragment(self) -> str:
        """Letters and blanks around the byte that changes, as no format writes otherwise."""
        at = next(n for n, (a, b) in enumerate(zip(self.old, self.new, strict=True)) if a != b)
        return next(hit[0] for hit in re.finditer(r"[A-Za-z0-9 ]+", self.old)
                    if hit.start() <= at < hit.end()).strip()  # fmt: skip


    def is_whole_in(self, content: str) -> bool:
        """Whether an output (JSON of what it shows) holds the whole cell, escaped or not."""
        forms = {self.old, html.escape(self.old), html.escape(self.old, quote=False)}
        return any(json.dumps(form, ensure_ascii=False)[1:-1] in content for form in forms)


def draw(
    folder: Path,
    table: str,
    chance: random.Random,
    wanted: Callable[[dict[str, str]], bool] = lambda row: True,
) -> Change:
    """Draw a cell of a table and the byte in it, among the rows that are wanted."""
    if table.endswith(".toml"):
        return _drawn_rule(folder, table, chance)
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        rows = [(line, row) for line, row in enumerate(csv.DictReader(file), 2)]
    column = COLUMNS[table]
    texts = [row[column] for _, row in rows]
    fit = [(line, row) for line, row in rows
           if re.search(r"[A-Za-z0-9]", row[column]) and wanted(row)]  # fmt: skip
    line, row = chance.choice(fit)
    new = _other(row[column], chance)
    return Change(table, line, row, row[column], new, texts.count(row[column]) == 1)


def printed(folder: Path, codes: Sequence[str]) -> dict[str, Callable[[dict[str, str]], bool]]:
    """By table, which rows the reports on some regions print for certain."""
    with (folder / "observations.csv").open(encoding="utf-8", newline="") as file:
        own = [row for row in csv.DictReader(file) if row["region_code"] in codes]
    named = {key: {row[key] for row in own} for key in ("source_id", "note", "measure_id")}
    return {
        "observations": lambda row: row["region_code"] in codes,
        "pilots": lambda row: row["region_code"] in codes,
        "regions": lambda row: row["region_code"] in codes,
        "sources": lambda row: row["source_id"] in named["source_id"],
        "notes": lambda row: row["note"] in named["note"],
        "measures": lambda row: row["measure_id"] in named["measure_id"],
        "bands": lambda row: row["measure_id"] in ("spi", "mcp"),
    }


def _drawn_rule(folder: Path, table: str, chance: random.Random) -> Change:
    lines = (folder / table).read_text(encoding="utf-8").splitlines()
    start = f'{COLUMNS[table]} = "'
    line, text = chance.choice([(n, t) for n, t in enumerate(lines, 1) if t.startswith(start)])
    old = text.removeprefix(start).removesuffix('"')
    return Change(table, line, {}, old, _other(old, chance), lines.count(text) == 1)


def _other(text: str, chance: random.Random) -> str:
    """The text with one letter or digit in another one's place; a number stays one."""
    if re.fullmatch(r"-?\d+(\.\d+)?", text):
        place = len(text) - 1
        return text[:place] + str((int(text[place]) + chance.randrange(1, 9)) % 10)
    place = chance.choice([n for n, each in enumerate(text) if each.isascii() and each.isalpha()])
    letters = "abcdefghijklmnopqrstuvwxyz"
    own = text[place]
    other = chance.choice([each for each in letters if each != own.lower()])
    return text[:place] + (other.upper() if own.isupper() else other) + text[place + 1 :]


def make(folder: Path, change: Change) -> None:
    """Write a change and take the tables as they are then for the sealed ones."""
    path = folder / (change.table if "." in change.table else f"{change.table}.csv")
    before = path.read_bytes()
    if path.suffix == ".toml":
        lines = before.decode().split("\n")
        lines[change.line - 1] = lines[change.line - 1].replace(change.old, change.new)
        path.write_bytes("\n".join(lines).encode())
    else:
        DataCopy(folder).set(change.table, change.line, **{COLUMNS[change.table]: change.new})
    after = path.read_bytes()
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1, (path.name, change)
    _seal(DataCopy(folder))


@dataclass
class Outputs:
    """Reports on some regions and, with two or more of them, their comparison, as they show.

    Attributes
    ----------
    codes : tuple of str
    compared : tuple of str
        Regions of the comparison; none without one.
    """

    codes: tuple[str, ...]
    compared: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Codes of the reports, and the comparison."""
        return (*self.codes, *([COMPARISON] if self.compared else []))

    def contents(self, shown: Shown) -> dict[str, str]:
        """Everything that each output shows of the tables as they stand."""
        found = {}
        for name in self.names:
            shown.bundles.clear()
            if name == COMPARISON:
                shown.play("report-comparison", region_codes=list(self.compared), edition=EDITION)
            else:
                shown.play("report-region", region_code=name, edition=EDITION)
            found[name] = json.dumps(shown.bundles, sort_keys=True, ensure_ascii=False)
        return found

    def foreseen(self, folder: Path) -> dict[str, dict[str, str]]:
        """What the library says that each output rests on."""
        nation = nation_of(folder)
        ledger: inputs.Ledger = nation.ledger
        found = {code: ledger.of_region(studies.region(nation, code)) for code in self.codes}
        if self.compared:
            study = studies.comparison(nation, list(self.compared))
            found[COMPARISON] = ledger.of_comparison(study)
        return found

    def must_and_may(self, change: Change, before: dict[str, str]) -> tuple[set[str], set[str]]:
        """Outputs that have to change, and all that may."""
        if change.table in NOBODYS:
            return set(), set()
        if change.table != "observations":
            shows = {name for name in self.names if change.fragment in before[name]}
            code = change.row.get("region_code", "")
            if code and change.table != "regions":
                shows &= self._about(code)
            if not change.alone:
                return set(), shows
            # A fragment may be a word that stands there for another reason; a whole cell is not.
            return {name for name in shows if change.is_whole_in(before[name])}, shows
        own = self._about(change.row["region_code"])
        measure = change.row["measure_id"]
        if measure in inputs.SPI_FAMILY:
            return own, set(self.names)
        others = {COMPARISON} if measure in inputs.COMPARED_ACROSS else set()
        if "." not in change.row["region_code"]:
            others |= {code for code in self.codes if "." not in code}
        return own - {COMPARISON}, own | (others & set(self.names))

    def _about(self, code: str) -> set[str]:
        found = {code} & set(self.codes)
        return found | ({COMPARISON} if code in self.compared else set())


@dataclass
class Tried:
    """What a change did.

    Attributes
    ----------
    change : Change
    changed, missed, beyond : set of str
        Outputs that changed; that had to and did not; that changed and had no reason to, be it
        the row's own or one that the library itself foresees.
    """

    change: Change
    changed: set[str]
    missed: set[str]
    beyond: set[str]


def tried(folder: Path, shown: Shown, outputs: Outputs, changes: Sequence[Change]
          ) -> Iterator[Tried]:  # fmt: skip
    """Make each change by itself, look at every output, and take it back."""
    before, foreseen = outputs.contents(shown), outputs.foreseen(folder)
    kept = {path: path.read_bytes() for path in folder.rglob("*.*") if path.suffix != ".xlsx"}
    for change in changes:
        make(folder, change)
        after, now = outputs.contents(shown), outputs.foreseen(folder)
        changed = {name for name in outputs.names if after[name] != before[name]}
        must, may = outputs.must_and_may(change, before)
        may &= {name for name in outputs.names if now[name] != foreseen[name]}
        yield Tried(change, changed, must - changed, changed - may)
        for path, content in kept.items():
            if path.read_bytes() != content:
                path.write_bytes(content)


@contextmanager
def watched(folder: Path) -> Iterator[Shown]:
    """Read the tables of a folder and catch what templates show, outside of a test."""
    shown = Shown([])

    def display_data(data, *, raw=False, metadata=None):
        assert raw
        shown.bundles.append((data, metadata or {}))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(display, "display", display_data)
        patch.setenv(tables.ENVIRONMENT_VARIABLE, str(folder))
        yield shown
