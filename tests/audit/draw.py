"""Every number that reports show, what each is, and whether it is what ``data/`` gives."""

import random
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path

from tests import second_route as route
from tests.audit import formats, told
from tests.audit.formats import Document, Shown, Table
from tests.audit.rebuild import Cell, Writer

#: A number as reports write them; digits inside a word or a hash are none.
NUMBER = re.compile(r"(?<![\w.])[+\N{MINUS SIGN}-]?\d+(?:[.,]\d+)*(?![\w])")
REBUILT, WRONG, LABEL, UNKNOWN = "rebuilt", "wrong", "label", "not rebuilt"


@dataclass(frozen=True)
class Number:
    """One number shown, with the place it stands in.

    Attributes
    ----------
    file, ending, kind, place, text : str
        The report and its format; what the number is; where it stands; as it is shown.
    verdict : str
        Rebuilt, wrong, a label, or not rebuilt: nothing says what it should be.
    why : str
        What it should have been, if it is wrong.
    """

    file: str
    ending: str
    kind: str
    place: str
    text: str
    verdict: str
    why: str = ""


@dataclass
class Report:
    """One report in one format."""

    path: Path
    writer: Writer
    found: list[Number] = field(default_factory=list)

    @cached_property
    def document(self) -> Document:
        return formats.read(self.path)

    @cached_property
    def cited(self) -> dict[int, str]:
        """Number of a source in the report to the one row of ``sources.csv`` that it is."""
        found = {}
        for number, text in self.document.sources.items():
            plain = _plain(text)
            # A tagged PDF leaves out how a long address goes on after its first line.
            titled = [row for row in _sources() if row[1] in plain]
            if titled:
                found[number] = max(titled, key=lambda row: (len(row[1]), _common(row[2], plain)))[
                    0
                ]
        return found

    def numbers(self) -> list[Number]:
        """Every number of the report with its verdict."""
        self.found = []
        for at, table in enumerate(self.document.tables):
            self._table(at, table)
        sentences = _told(self.writer)
        for sentence in self.document.sentences:
            self._sentence(sentence, sentences)
        return self.found

    def _add(self, kind: str, place: str, text: str, verdict: str, why: str = "") -> None:
        file = f"{self.path.parent.name}/{self.path.name}"
        self.found.append(Number(file, self.path.suffix[1:], kind, place, text, verdict, why))

    def _table(self, at: int, table: Table) -> None:
        builder = self.writer.tables().get(table.caption)
        rows = None if builder is None else builder(table.rows)
        split = _split(rows or [])
        for row in (rows or [])[len(table.rows) :]:
            if missing := [cell.text for cell in row if NUMBER.search(cell.text or "")]:
                why = f"a row is missing: {missing} by the data"
                self._add(table.caption, f"table {at + 1}", "", WRONG, why)
        for number, row in enumerate(table.rows):
            expected = rows[number] if rows and number < len(rows) else None
            cells = self._aligned(table, expected, split)
            for column, shown in enumerate(row):
                place = f"table {at + 1} row {number + 1} column {column + 1}"
                name = table.headings[column] if column < len(table.headings) else ""
                if rows is None:
                    for text in _tokens(shown):
                        self._add(table.caption, place, text, UNKNOWN)
                    continue
                self._cell(f"{table.caption}: {name}", place, shown, cells, column, number, rows)

    def _aligned(
        self, table: Table, expected: list[Cell] | None, split: dict[int, bool]
    ) -> list[Cell | None] | None:
        """Expected cells by column; in Excel an interval has two columns, and more follow."""
        if expected is None or self.path.suffix != ".xlsx":
            return expected
        cells: list[Cell | None] = []
        for column, cell in enumerate(expected):
            if column not in split:
                cells.append(cell)
                continue
            cells += [replace(cell, bounds=None)] if split[column] else []
            ends = (Cell(""), Cell("")) if split[column] else (cell, cell)
            cells += [Cell(str(e), e) for e in cell.bounds] if cell.bounds else ends
        return cells + [None] * (len(table.headings) - len(cells))

    def _cell(self, kind, place, shown: Shown, cells, column: int, number: int, rows) -> None:
        tokens = _tokens(shown)
        added = cells is not None and column < len(cells) and cells[column] is None
        if not tokens and not (added and shown.cites):
            told = cells[column].text if cells and column < len(cells) and not added else ""
            if column and NUMBER.search(told or ""):
                self._add(kind, place, "", WRONG, f"nothing is shown; '{told}' by the data")
            return
        if cells is None:
            for text in tokens:
                self._add(kind, place, text, WRONG, f"no such row: there are {len(rows)}")
            return
        cell = cells[column] if column < len(cells) else Cell(None)
        if added:  # the columns of lines and sources that a workbook adds
            self._traced(place, shown, [each for each in cells if each is not None])
            return
        if cell.text is None:
            for text in tokens:
                self._add(kind, place, text, UNKNOWN)
            return
        why = self._difference(cell, shown)
        # A number in the name of a measure or of a region says nothing about them.
        name = column == 0 and cell.number is None
        for text in tokens:
            verdict = WRONG if why else LABEL if name else REBUILT
            self._add(kind, place, text, verdict, why)

    def _difference(self, cell: Cell, shown: Shown) -> str:
        """What is wrong with a cell: its text, its line or its sources; empty if nothing is."""
        if shown.number is not None and cell.number is not None:
            wanted = float(cell.number)
            if abs(shown.number - wanted) > 1e-6 * max(1, abs(wanted)):
                return f"{wanted!r} by the data"
        elif not _tells(shown.text, " ".join(cell.text.split())):
            return f"'{cell.text}' by the data"
        if shown.line is not None and shown.line != cell.line:
            return f"line {cell.line} by the data, line {shown.line} in the report"
        sources = tuple(self.cited.get(each, "?") for each in shown.cites)
        if self.path.suffix != ".xlsx" and sources != cell.sources:
            return f"source {', '.join(cell.sources)} by the data, {', '.join(sources)} here"
        return ""

    def _traced(self, place: str, shown: Shown, cells: list[Cell]) -> None:
        """Lines and sources that a workbook tells of a whole row, in columns of their own."""
        if shown.cites:
            wanted = list(dict.fromkeys(s for cell in cells for s in cell.sources))
            found = [self.cited.get(each, "?") for each in shown.cites]
            why = "" if set(wanted) <= set(found) else f"sources {wanted} by the data"
            for text in map(str, shown.cites):
                self._add("sources of a row", place, text, WRONG if why else REBUILT, why)
            return
        lines = {str(cell.line) for cell in cells if cell.line}
        for text in _tokens(shown):
            why = "" if text in lines else f"lines {sorted(lines)} by the data"
            self._add("line of a row", place, text, WRONG if why else REBUILT, why)

    def _sentence(self, shown: Shown, sentences: dict[str, str]) -> None:
        say, text = self.writer.say, shown.text
        covered: list[tuple[int, int, str, str]] = []
        for sentence, kind in sentences.items():
            for hit in re.finditer(re.escape(sentence), text):
                covered.append((*hit.span(), kind, REBUILT))
        for message in told.LABELS:
            if hit := say.pattern(message).match(text):
                covered.append((hit.start(), len(text), "label", LABEL))
        for token in NUMBER.finditer(text):
            kind, verdict = next(((kind, verdict) for start, end, kind, verdict in covered
                                  if start <= token.start() and token.end() <= end),
                                 (text[:160], UNKNOWN))  # fmt: skip
            self._add(kind, "text", token[0], verdict)


def _split(rows: list[list[Cell]]) -> dict[int, bool]:
    """Columns that hold intervals, and whether a number stands before the two ends."""
    found: dict[int, bool] = {}
    for row in rows:
        for column, cell in enumerate(row):
            if cell.bounds is not None:
                found[column] = found.get(column, False) or cell.number is not None
    return found


def _tells(text: str, wanted: str) -> bool:
    """Whether a text is what is wanted, or says it whole among words without another number."""
    before, found, after = text.partition(wanted) if wanted else (text, "", "")
    return text == wanted or (bool(found) and not NUMBER.search(f"{before} {after}"))


def _tokens(shown: Shown) -> list[str]:
    if shown.number is not None:
        return [shown.text]
    return NUMBER.findall(shown.text)


@cache
def _told(writer: Writer) -> dict[str, str]:
    return told.of(writer)


def _plain(text: str) -> str:
    return re.sub(r"[\s\u200b\u2060\u00ad]", "", text)


def _common(address: str, text: str) -> int:
    """How many letters of an address stand in a text, from its first on."""
    return max(length for length in range(len(address) + 1) if address[:length] in text)


@cache
def _sources() -> list[tuple[str, str, str]]:
    return [(row["source_id"], _plain(row["title"]), _plain(row["url"]))
            for row in route.records("sources")]  # fmt: skip


@dataclass
class Audit:
    """What was found in a set of reports, and the numbers drawn out of it."""

    numbers: list[Number]
    drawn: list[Number]

    @property
    def held(self) -> bool:
        return all(each.verdict == REBUILT for each in self.drawn)

    @property
    def whole(self) -> bool:
        """Whether all numbers that the reports show are rebuilt, drawn or not."""
        return not any(each.verdict in (WRONG, UNKNOWN) for each in self.numbers)

    def counts(self) -> Counter:
        """How many numbers there are of each verdict."""
        return Counter(each.verdict for each in self.numbers)

    def open_kinds(self) -> Counter:
        """Kinds that are not rebuilt, with how many numbers are shown of each."""
        return Counter(each.kind for each in self.numbers if each.verdict == UNKNOWN)


def audit(reports: list[Report], count: int, seed: int) -> Audit:
    """Draw numbers, as many of each format, among all that are no label."""
    numbers = [number for report in reports for number in report.numbers()]
    return drawn(numbers, count, seed)


def drawn(numbers: list[Number], count: int, seed: int) -> Audit:
    """Draw among numbers that were read already."""
    chance = random.Random(seed)
    by_format: dict[str, list[Number]] = {}
    for number in numbers:
        if number.verdict in (REBUILT, WRONG, UNKNOWN):
            by_format.setdefault(number.ending, []).append(number)
    chosen: list[Number] = []
    for place, ending in enumerate(sorted(by_format)):
        share = count // len(by_format) + (place < count % len(by_format))
        chosen += chance.sample(by_format[ending], min(share, len(by_format[ending])))
    return Audit(numbers, chosen)
