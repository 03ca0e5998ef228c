"""Where the table stands in a sheet: title lines, headings of one or more lines, columns, rows."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from anticorruption import regions
from anticorruption.intake import numbers
from anticorruption.intake.places import letters
from anticorruption.intake.reading import Cell, Sheet

CODE, NAME, KIND, PROVINCE, NUMBERING, OTHER = (
    "code", "name", "kind", "province", "numbering", "other",
)  # fmt: skip
#: Rows above which a table must have begun, and most lines of headings.
_SEARCHED, _MOST_HEADINGS = 60, 3
_CODE = re.compile(r"\d{2}(\.\d{1,2})?|\d{4}")
_COLUMN_NUMBER = re.compile(r"\(?\d{1,2}\)?")
_PLACE_WORDS = re.compile(r"\b(?:no|nomor|urut|peringkat|rank|ranking)\b", re.IGNORECASE)
_NAME_WITH_KIND = re.compile(
    r"(?:pem)?(?:kab|kabupaten|kota|prov|provinsi)(?:\.\s*|\s+)(?!dan\b|atau\b|kota\b|kab)[a-z]",
    re.IGNORECASE,
)
_KINDS = {"kab", "kabupaten", "kota", "provinsi", "prov", "pemkab", "pemkot", "pemprov"}
_TOTALS = re.compile(
    r"\s*(?:grand\s*|sub\s*)?(?:total|jumlah|rata\W*rata|rerata|average|mean|maksimum|minimum|"
    r"tertinggi|terendah|median|nasional|indonesia|simpangan baku|standar deviasi)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Column:
    """A column of the table: its place, its flattened heading, and what it holds."""

    place: int
    heading: str
    role: str = OTHER

    @property
    def letter(self) -> str:
        """Name of the column as a spreadsheet shows it."""
        return letters(self.place)

    def __str__(self) -> str:
        return self.heading or self.letter


@dataclass(frozen=True)
class Table:
    """A table found in a sheet.

    Attributes
    ----------
    sheet : Sheet
    titles : tuple of Cell
        What stands above the headings.
    headings : tuple of int
        Rows of the headings, none if the table has none.
    columns : tuple of Column
    first, last : int
        First and last row below the headings.
    """

    sheet: Sheet
    titles: tuple[Cell, ...]
    headings: tuple[int, ...]
    columns: tuple[Column, ...]
    first: int
    last: int

    def column(self, role: str) -> Column | None:
        """Column of a role, None if there is none."""
        return next((column for column in self.columns if column.role == role), None)

    def others(self) -> list[Column]:
        """Columns that may hold values."""
        return [column for column in self.columns if column.role == OTHER]

    def is_repeated_heading(self, row: dict[int, Cell]) -> bool:
        """Whether a row below repeats the headings."""
        lines = [self.sheet.rows.get(line, {}) for line in self.headings]
        for line in lines:
            same = [p for p, cell in row.items() if p in line and line[p].text == cell.text]
            if len(same) >= 2 and len(same) >= 0.6 * len(row):
                return True
        return False


def is_code(text: str) -> bool:
    """Whether a text is shaped like a code of a region, with a dot or without."""
    return bool(_CODE.fullmatch(text))


def find(
    sheet: Sheet, named: Callable[[str], list[str]], labels: Collection[str] = ()
) -> Table | None:
    """Find the table of a sheet: the column most of whose cells name regions, and what is above.

    Parameters
    ----------
    sheet : Sheet
    named : callable
        Codes of the regions that carry a text as their name.
    labels : collection of str, optional
        Labels of the measure: a row that holds one is no line of headings.
    """
    counts: dict[int, int] = {}
    known: dict[tuple[int, int], list[str]] = {}
    for (row, column), cell in sheet.cells.items():
        if isinstance(cell.value, str) and len(cell.text) < 80 and (codes := named(cell.text)):
            known[row, column] = codes
            counts[column] = counts.get(column, 0) + (any("." in c for c in codes) or 0.4)
    if not counts:
        return _by_codes(sheet, labels)
    name = max(sorted(counts), key=lambda column: counts[column])
    first = min(row for row, column in known if column == name)
    # Bands such as PROVINSI … may stand in another column, above the first region.
    # So may regions whose names nobody knows: they are to be asked about, not passed over.
    while (above := _row_above(sheet, first)) and (
        _is_band(sheet, above, known) or _is_record(sheet, above, name, labels)
    ):
        first = above
    return _described(sheet, first, {name: NAME}, labels)


def is_total(text: str) -> bool:
    """Whether a text opens a line of totals, means or the like."""
    return bool(_TOTALS.match(text))


def _by_codes(sheet: Sheet, labels: Collection[str]) -> Table | None:
    """Find a table that names its regions by codes alone."""
    counts: dict[int, list[int]] = {}
    for (row, column), cell in sheet.cells.items():
        if re.fullmatch(r"\d{2}\.\d{2}", cell.text) or re.fullmatch(r"\d{4}", cell.text):
            counts.setdefault(column, []).append(row)
    if not counts:
        return None
    column = max(sorted(counts), key=lambda place: len(counts[place]))
    if len(counts[column]) < 2:
        return None
    table = _described(sheet, min(counts[column]), {column: CODE}, labels)
    heading = next(c.heading for c in table.columns if c.place == column)
    is_code = re.search(r"kode|code", heading, re.IGNORECASE) or not table.headings
    return table if is_code else None


def _described(sheet: Sheet, first: int, roles: dict[int, str], labels: Collection[str]) -> Table:
    lines: list[int] = []
    row = first
    while (above := _row_above(sheet, row)) and len(lines) < _MOST_HEADINGS:
        if not _is_heading(sheet, above, labels):
            break
        lines.insert(0, above)
        row = above
    title_end = lines[0] if lines else first
    titles = tuple(cell for (r, _), cell in sorted(sheet.cells.items()) if r < title_end)
    body = sorted(r for r in sheet.rows if r >= first)
    columns = [
        Column(place, _heading(sheet, lines, place), roles.get(place, OTHER))
        for place in sorted({column for row in body for column in sheet.rows[row]})
    ]
    table = Table(sheet, titles, tuple(lines), tuple(columns), first, body[-1])
    return replace(table, columns=tuple(_with_role(table, column, body) for column in columns))


def _row_above(sheet: Sheet, row: int) -> int | None:
    above = [each for each in sheet.rows if each < row]
    nearest = max(above, default=None)
    # Two empty rows part a table from what is not its heading.
    return nearest if nearest is not None and row - nearest <= 2 and row <= _SEARCHED else None


def _is_band(sheet: Sheet, row: int, known: dict[tuple[int, int], list[str]]) -> bool:
    cells = sheet.rows[row]
    codes = [code for column in cells for code in known.get((row, column), [])]
    return len(cells) == 1 and any("." not in code for code in codes)


def _is_record(sheet: Sheet, row: int, name: int, labels: Collection[str]) -> bool:
    """Whether a row is one of the body: a name and a value, and no line of headings."""
    cells = sheet.rows[row]
    return name in cells and len(cells) > 1 and not _is_heading(sheet, row, labels)


def _is_heading(sheet: Sheet, row: int, labels: Collection[str]) -> bool:
    """Whether a row is a line of headings: two texts of its own, or numbers of columns."""
    cells = sheet.rows[row].values()
    if all(_COLUMN_NUMBER.fullmatch(cell.text) for cell in cells) and len(cells) > 1:
        return True
    if any(cell.text in labels or _NAME_WITH_KIND.match(cell.text) for cell in cells):
        return False
    return len(cells) >= 2 and all(map(_heads, cells))


def _heads(cell: Cell) -> bool:
    """Whether a cell may head a column: a text that is no number, or a year."""
    if _is_year(cell) or _COLUMN_NUMBER.fullmatch(cell.text):
        return True
    return isinstance(cell.value, str) and not cell.is_date and not numbers.readings(cell.text)


def _is_year(cell: Cell) -> bool:
    return bool(re.fullmatch(r"20\d\d", cell.text))


def _heading(sheet: Sheet, lines: list[int], place: int) -> str:
    """Heading of a column, its lines joined; a merged cell heads every column it spans."""
    texts: list[str] = []
    for line in lines:
        cell = sheet.at(line, place)
        text = " ".join(cell.text.split()) if cell else ""
        if text and text not in texts and not _COLUMN_NUMBER.fullmatch(text):
            texts.append(text)
    return " / ".join(texts)


def _with_role(table: Table, column: Column, body: list[int]) -> Column:
    if column.role != OTHER:
        return column
    cells = [c for row in body if (c := table.sheet.rows[row].get(column.place))]
    texts = [cell.text for cell in cells]
    heading = column.heading.lower()
    if re.search(r"\bkode\b|\bcode\b", heading) and _share(texts, _CODE.fullmatch) > 0.5:
        return replace(column, role=CODE)
    if not table.column(CODE) and _share(texts, re.compile(r"\d{2}\.\d{2}").fullmatch) > 0.7:
        codes = regions.table().index
        if all(isinstance(c.value, str) for c in cells) and _share(texts, codes.__contains__) > 0.7:
            return replace(column, role=CODE)
    if _share([t.lower().rstrip(".") for t in texts], _KINDS.__contains__) > 0.7:
        return replace(column, role=KIND)
    if re.search(r"\b(?:provinsi|propinsi|province|prov)\b", heading) and _is_text(cells):
        return replace(column, role=PROVINCE)
    counting = [cell.value for cell in cells if isinstance(cell.value, int | float)]
    if _PLACE_WORDS.search(heading) or (
        column.place == 1 and len(counting) > 2 and counting == list(range(1, len(counting) + 1))
    ):
        return replace(column, role=NUMBERING)
    return column


def _is_text(cells: list[Cell]) -> bool:
    texts = [c for c in cells if isinstance(c.value, str) and not numbers.readings(c.text)]
    return len(texts) > 0.7 * len(cells)


def _share(texts: list[str], test) -> float:
    return sum(bool(test(text)) for text in texts) / len(texts) if texts else 0.0
