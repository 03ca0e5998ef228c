"""The tables of a document as an Excel file: numbers as numbers, everything else as text.

Nothing that comes from a notebook becomes a formula or a link.
"""

import io
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from anticorruption.language import Language
from anticorruption.reporting.documents import packing
from anticorruption.reporting.documents.appearance import Appearance
from anticorruption.reporting.documents.model import (
    Cell,
    Document,
    Heading,
    Listing,
    Paragraph,
    Row,
    Run,
    Table,
    plain,
)
from anticorruption.reporting.documents.words import draft

#: Excel's numbers of the papers.
_PAPERS = {"a4": 9, "f4": 14, "letter": 1}
#: Digits that a number of Excel holds, letters of a cell and of the name of a sheet.
_DIGITS, _LETTERS, _NAME = 15, 32_000, 31
#: Widths of columns, in letters.
_NARROWEST, _WIDE, _WIDEST = 7, 30, 46
#: Height of a line, in points.
_LINE = 13.0
#: Formats with words of their own beyond which numbers with words stay text: Excel takes about 200.
_FORMATS = 100
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_PRINTED = re.compile(r"([^\d+−-]{0,24})([+−-]?)(\d[\d.,]*)((?:[^\d].{0,24})?)", re.DOTALL)
_PLAIN = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d+)?")
_UNDATED = datetime(1980, 1, 1)
_COLOURS = {
    "missing": "#5A5A5F",
    "met": "#00614A",
    "not-met": "#8A2B00",
    "unknown": "#5A5A5F",
    "flag": "#8A2B00",
}
_BOLD = {"met", "not-met", "unknown", "strong", "flag"}


def write(document: Document, appearance: Appearance) -> bytes:
    """Write the tables of a document as XLSX, the same bytes on every run.

    A report of ours has the sheets places, indicators, figures, sources and method; any other
    notebook one sheet a table and method, which says so if there is no table.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer,
        {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        },
    )
    date = datetime.fromisoformat(document.date) if document.date else _UNDATED
    book.set_properties({"title": document.title[:255], "created": date})
    made = _Book(book, document, Language(document.language), appearance)
    if document.is_report:
        made.report()
    else:
        made.tables_alone()
    book.close()
    return packing.repacked(buffer.getvalue())


@dataclass
class _Book:
    """A workbook being written, with the formats made so far."""

    book: xlsxwriter.Workbook
    document: Document
    say: Language
    appearance: Appearance
    _formats: dict[tuple, Format] = field(default_factory=dict)
    _worded: set[str] = field(default_factory=set)
    _names: set[str] = field(default_factory=set)
    _wrapped: dict[tuple[str, int], list[tuple[int, str]]] = field(default_factory=dict)

    def report(self) -> None:
        """Sheets of a report about regions."""
        say, tables = self.say, self.document.tables
        places = [t for t in tables if t.has_intervals]
        figures = [t for t in tables if t.has_places]
        others = [t for t in tables if not t.has_intervals and not t.has_places]
        self._sheet_of(say("places"), places, say("No place is published."))
        self._sheet_of(say("indicators"), others, say("No table of measures is in this report."))
        self._sheet_of(say("figures"), figures, say("No figure of the data release is used."))
        self._sources(say("sources"))
        self._method(say("method"), [])

    def tables_alone(self) -> None:
        """One sheet a table, and how to read them."""
        listed = []
        for number, table in enumerate(self.document.tables, start=1):
            text = table.caption.text if table.caption else ""
            sheet = self._sheet_of(f"{number} {text}" if text else f"{number}", [table], "")
            listed.append((sheet.get_name(), text))
        if self.document.sources:
            self._sources(self.say("sources"))
        self._method(self.say("method"), listed)

    # Sheets

    def _sheet(self, wanted: str) -> Worksheet:
        sheet = self.book.add_worksheet(self._name(wanted))
        sheet.set_landscape()
        sheet.set_paper(_PAPERS[self.appearance.paper])
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.6, right=0.6, top=0.8, bottom=0.8)
        page = self.say("Page {page} of {pages}", page="&P", pages="&N")
        sheet.set_footer(f"&L{_footer(self.document.title)}&R{page}")
        if said := " · ".join(self._banner()):
            sheet.set_header(f"&C&B{_footer(said)}")
        return sheet

    def _name(self, wanted: str) -> str:
        """Name of a sheet as Excel takes it, once whatever its case."""
        plain_name = " ".join(_FORBIDDEN.sub(" ", wanted).split())
        name, number = plain_name[:_NAME].strip() or "1", 1
        while name.lower() in self._names or name.lower() == "history":
            number += 1
            tail = f" ({number})"
            name = plain_name[: _NAME - len(tail)].strip() + tail
        self._names.add(name.lower())
        return name

    def _banner(self) -> list[str]:
        said = [draft(self.say)] if self.appearance.draft else []
        return said + ([self.document.notice] if self.document.notice else [])

    def _top(self, sheet: Worksheet) -> int:
        """Title, and what every page has to say; the first free row."""
        self._text(sheet, 0, 0, self.document.title, self._format(bold=True, size=14))
        row = 1
        if self.document.particulars:
            self._text(sheet, row, 0, self.document.particulars, self._format(colour="#5A5A5F"))
            row += 1
        for said in self._banner():
            self._text(sheet, row, 0, said, self._format(bold=True, colour="#8A2B00"))
            row += 1
        return row + 1

    def _sheet_of(self, name: str, tables: list[Table], none: str) -> Worksheet:
        """Sheet with tables one below the other."""
        sheet = self._sheet(name)
        row = self._top(sheet)
        widths: dict[int, int] = {}
        frozen = row
        for place, table in enumerate(tables):
            caption = _caption(table)
            if caption:
                self._text(sheet, row, 0, caption, self._format(bold=True))
                row += 1
            if len(tables) == 1:
                frozen = row + max(len(table.head), 1)
                sheet.repeat_rows(row, frozen - 1)
            row = self._table(sheet, row, table, widths, alone=len(tables) == 1)
            row += 1 if place + 1 < len(tables) else 0
        if not tables:
            self._text(sheet, row, 0, none, self._format(italic=True, colour="#5A5A5F"))
        sheet.freeze_panes(frozen, 1 if tables else 0)
        self._finish(sheet, widths)
        return sheet

    def _finish(self, sheet: Worksheet, widths: dict[int, int]) -> None:
        """Set widths of columns, and heights of rows by the lines their texts take."""
        for column, width in widths.items():
            sheet.set_column(column, column, width)
        for (name, row), texts in self._wrapped.items():
            if name == sheet.get_name():
                lines = max(_lines(text, widths.get(column, 8)) for column, text in texts)
                if lines > 1:
                    sheet.set_row(row, _LINE * min(lines, 30))

    def _sources(self, name: str) -> None:
        say, sheet = self.say, self._sheet(name)
        row = self._top(sheet)
        heads = (say("No."), say("Source"), say("Address"))
        for column, head in enumerate(heads):
            self._text(sheet, row, column, head, self._format(bold=True, head=True))
        sheet.repeat_rows(row)
        sheet.freeze_panes(row + 1, 0)
        for item in self.document.sources:
            row += 1
            address = next((r.text for r in item.runs if r.link.startswith("http")), "")
            said = plain(r for r in item.runs if not r.link.startswith("http")).strip()
            for column, text in enumerate((item.mark, said, address)):
                self._text(sheet, row, column, text, self._format(wrap=True))
        self._finish(sheet, {0: 7, 1: 90, 2: 70})

    def _method(self, name: str, listed: list[tuple[str, str]]) -> None:
        """How to read the file, and how the report was made."""
        say, sheet = self.say, self._sheet(name)
        row = self._top(sheet)
        lines: list[tuple[str, bool]] = [(say("How to read this file"), True)]
        if not self.document.tables:
            lines.append((say("The notebook shows no table, so this file has none."), False))
        else:
            lines += [
                (say("Numbers are numbers with all their decimals; codes are text."), False),
                (say("Low and high are the two ends of an interval."), False),
                (say("Words in place of a number say why there is none."), False),
            ]
        if self.document.sources:
            said = say("Numbers in brackets are those of the sheet of sources.")
            lines.append((said, False))
        if self.document.release:
            lines.append((f"{say('Data release')} {self.document.release}", False))
        lines += [(f"{sheet_name}: {text}", False) for sheet_name, text in listed if text]
        lines += self._provenance()
        for text, bold in lines:
            self._text(sheet, row, 0, text, self._format(bold=bold, wrap=True))
            row += 1
        self._finish(sheet, {0: 110})

    def _provenance(self) -> list[tuple[str, bool]]:
        """Last part of a report, which says how it was made."""
        blocks = self.document.blocks
        starts = [n for n, b in enumerate(blocks) if isinstance(b, Heading) and b.level == 1]
        if not starts or not self.document.is_report:
            return []
        lines = []
        for block in blocks[starts[-1] :]:
            if isinstance(block, Heading):
                lines += [("", False), (plain(block.runs), True)]
            elif isinstance(block, Paragraph):
                lines.append((plain(block.runs), False))
            elif isinstance(block, Listing):
                lines += [(plain(item.runs), False) for item in block.items]
        return lines

    # Tables

    def _table(
        self, sheet: Worksheet, row: int, table: Table, widths: dict[int, int], alone: bool
    ) -> int:
        """Write a table; the row below it."""
        table = _flat(table, self.say)
        first, widest = row, _WIDEST if alone else _WIDE
        for line in table.head:
            for column, cell in enumerate(line.cells):
                wanted = self._format(bold=True, head=True, right=cell.kind == "number", wrap=True)
                self._text(sheet, row, column, cell.text, wanted)
                longest = max(map(len, cell.text.split()), default=0) + 2
                _widen(widths, column, longest, widest)
            row += 1
        for line in table.body:
            for column, cell in enumerate(line.cells):
                self._cell(sheet, row, column, cell)
                _widen(widths, column, len(cell.text) + 2, widest)
            row += 1
        if alone and table.head and table.body:
            sheet.autofilter(first + len(table.head) - 1, 0, row - 1, len(table.kinds) - 1)
        return row

    def _cell(self, sheet: Worksheet, row: int, column: int, cell: Cell) -> None:
        look = {
            "bold": cell.tone in _BOLD,
            "italic": cell.tone == "missing",
            "colour": _COLOURS.get(cell.tone, ""),
        }
        value = number(cell)
        if value is not None:
            shape = self._shape(cell, value)
            if shape is not None:
                sheet.write_number(row, column, value, self._format(number=shape, **look))
                return
        right = cell.kind == "number" and value is not None
        self._text(sheet, row, column, cell.text, self._format(wrap=True, right=right, **look))

    def _shape(self, cell: Cell, value: float) -> str | None:
        """Number format with the decimals and the words that the report prints."""
        found = _PRINTED.fullmatch(cell.text)
        if not found:
            return "0" if float(value).is_integer() else "0.00"
        before, sign, digits, after = found.groups()
        comma, point = (",", ".") if self.say.code == "id" else (".", ",")
        if _PLAIN.fullmatch(cell.text) and float(cell.text) == value:
            # as a data file or a program prints it, in whatever language the report is
            comma, point = ".", ","
        places = len(digits.rpartition(comma)[2]) if comma in digits else 0
        whole = "#,##0" if point in digits else "0"
        shape = whole + ("." + "0" * places if places else "")
        words = f"{before}{after}".strip()
        if sign == "+":
            shape = f"+{shape};-{shape};{shape}"
        if not words:
            return shape
        if '"' in words or "\\" in words or sign == "+":
            return None
        shape = f'"{before}"{shape}"{after}"'.replace('""', "")
        self._worded.add(shape)
        return shape if len(self._worded) <= _FORMATS else None

    def _text(self, sheet: Worksheet, row: int, column: int, text: str, look: Format) -> None:
        text = text if len(text) <= _LETTERS else text[:_LETTERS] + "…"
        if look.text_wrap:
            self._wrapped.setdefault((sheet.get_name(), row), []).append((column, text))
        if text:
            sheet.write_string(row, column, text, look)
        else:
            sheet.write_blank(row, column, None, look)

    def _format(
        self,
        *,
        bold: bool = False,
        italic: bool = False,
        colour: str = "",
        size: int = 10,
        number: str = "",
        wrap: bool = False,
        right: bool = False,
        head: bool = False,
    ) -> Format:
        key = (bold, italic, colour, size, number, wrap, right, head)
        if key not in self._formats:
            about = {"font_name": "Arial", "font_size": size, "valign": "top"}
            about |= {"bold": True} if bold else {}
            about |= {"italic": True} if italic else {}
            about |= {"font_color": colour} if colour else {}
            about |= {"num_format": number} if number else {}
            # Text stays text when its cell is edited: a code does not turn into a number.
            about |= {"num_format": "@"} if not number and wrap and not head else {}
            about |= {"text_wrap": True} if wrap else {}
            about |= {"align": "right", "indent": 1} if right or number else {}
            about |= {"bottom": 2, "valign": "bottom"} if head else {}
            self._formats[key] = self.book.add_format(about)
        return self._formats[key]


def number(cell: Cell) -> float | int | None:
    """Number that a cell holds, None if it is text or more than Excel can hold exactly."""
    value = cell.value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**_DIGITS else None
    return value if math.isfinite(value) else None


def _flat(table: Table, say: Language) -> Table:
    """Table of one cell a column: intervals as two columns, sources and lines as columns.

    Where an interval belongs to a number the number stands before it.
    """
    split: dict[int, bool] = {}
    for row in table.body:
        for place, cell in enumerate(row.cells):
            if cell.bounds is not None:
                numeric = isinstance(cell.value, int | float)
                split[place] = split.get(place, False) or numeric
    marks = [
        _joined(run.text for c in row.cells for run in c.runs if run.mark) for row in table.body
    ]
    lines = [
        _joined(
            run.link.removeprefix("#row-")
            for cell in row.cells
            for run in cell.runs
            if run.link.startswith("#row-")
        )
        for row in table.body
    ]
    head = [_spread(row, split, say, above=True) for row in table.head]
    body = [_spread(row, split, say, above=False) for row in table.body]
    added = []
    if any(marks):
        added.append((say("Source"), marks))
    if any(lines):
        added.append((say("Line in observations.csv"), lines))
    for title, texts in added:
        last = len(head) - 1
        head = [
            replace(row, cells=(*row.cells, _said(title if place == last else "")))
            for place, row in enumerate(head)
        ]
        body = [
            replace(row, cells=(*row.cells, _said(text)))
            for row, text in zip(body, texts, strict=True)
        ]
    columns = max((len(row.cells) for row in (*head, *body)), default=1)
    return replace(table, head=tuple(head), body=tuple(body), kinds=("text",) * columns)


def _spread(row: Row, split: dict[int, bool], say: Language, above: bool) -> Row:
    cells: list[Cell] = []
    place = 0
    for cell in row.cells:
        if place in split and cell.columns == 1:
            if split[place]:
                cells.append(replace(cell, bounds=None))
            ends = cell.bounds or (None, None)
            for end, word in zip(ends, (say("low"), say("high")), strict=True):
                if above:
                    cells.append(_said(f"{cell.text}: {word}", "number"))
                elif end is None:
                    cells.append(_said("") if split[place] else replace(cell, bounds=None))
                else:
                    cells.append(replace(_said(str(end), "number"), value=end, tone=cell.tone))
        else:
            cells.append(cell)
            cells += [_said("")] * (cell.columns - 1)
        place += cell.columns
    return replace(row, cells=tuple(cells))


def _said(text: str, kind: str = "text") -> Cell:
    return Cell((Run(text),) if text else (), kind)


def _joined(texts: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(texts))


def _caption(table: Table) -> str:
    if table.caption is None:
        return ""
    told = f"{table.caption.label} {table.caption.number}. " if table.caption.number else ""
    return (told + table.caption.text).strip()


def _widen(widths: dict[int, int], column: int, wanted: int, widest: int) -> None:
    widths[column] = min(max(widths.get(column, _NARROWEST), wanted), widest)


def _lines(text: str, width: int) -> int:
    """Lines that a text takes in a column."""
    return sum(math.ceil(max(len(line), 1) / width) for line in text.split("\n"))


def _footer(text: str) -> str:
    """Text of a head or foot, short enough and without commands of Excel."""
    return text.replace("&", "&&")[:120].removesuffix("&") if "&" in text else text[:120]
