"""What values alone do not show: number formats, merged cells, what is hidden, formulas.

Runs in the child process of :mod:`anticorruption.intake.child`.
"""

import io
import sys
import zipfile

from anticorruption.intake.archive import Refused

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
#: Flags of a cell: it holds a formula; it holds one whose value was never saved.
FORMULA, UNCOUNTED = "f", "u"
_LAST_ROW = 2**20


def add(sheets: list[dict], content: bytes, ending: str) -> None:
    """Complete the sheets that calamine read with what it does not read."""
    found = (_excel if ending == "xlsx" else _open_document)(content)
    for sheet in sheets:
        own = found.get(sheet["name"])
        if own is None:
            continue
        sheet["merged"] = own["merged"]
        sheet["hidden_rows"], sheet["hidden_columns"] = own["hidden_rows"], own["hidden_columns"]
        known = {(cell[0], cell[1]): cell for cell in sheet["cells"]}
        for (row, column), (number_format, is_formula) in own["cells"].items():
            cell = known.get((row, column))
            if cell is None and is_formula:
                sheet["cells"].append([row, column, None, number_format, UNCOUNTED])
            elif cell is not None:
                cell[3], cell[4] = number_format, FORMULA if is_formula else ""
        sheet["cells"].sort(key=lambda cell: (cell[0], cell[1]))


def _excel(content: bytes) -> dict[str, dict]:
    # numpy and lxml are only conveniences of openpyxl here; lxml would also pass defusedxml by.
    sys.modules.setdefault("numpy", None)
    import openpyxl

    if openpyxl.LXML or not openpyxl.DEFUSEDXML:
        raise Refused("defused")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=False, keep_links=False)
    except MemoryError:
        raise
    except Exception:  # openpyxl raises whatever a broken file makes its classes raise
        raise Refused("damaged") from None
    return {sheet.title: _excel_sheet(sheet) for sheet in book.worksheets}


def _excel_sheet(sheet) -> dict:
    cells = {
        place: (cell.number_format, cell.data_type == "f")
        for place, cell in sheet._cells.items()
        if cell.data_type == "f" or (cell.has_style and cell.number_format != "General")
    }
    hidden_columns = [
        [letters.min, letters.max] for letters in sheet.column_dimensions.values() if letters.hidden
    ]
    return {
        "cells": cells,
        "merged": [[m.min_row, m.min_col, m.max_row, m.max_col] for m in sheet.merged_cells],
        "hidden_rows": [row for row, about in sheet.row_dimensions.items() if about.hidden],
        "hidden_columns": hidden_columns,
    }


def _open_document(content: bytes) -> dict[str, dict]:
    from defusedxml import ElementTree

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        root = ElementTree.fromstring(archive.read("content.xml"))
    return {
        table.get(f"{_TABLE}name", ""): _open_document_sheet(table)
        for table in root.iter(f"{_TABLE}table")
    }


def _open_document_sheet(table) -> dict:
    found: dict = {"cells": {}, "merged": [], "hidden_rows": [], "hidden_columns": []}
    column = 1
    for each in table.iter(f"{_TABLE}table-column"):
        count = _repeated(each, "columns")
        if each.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            found["hidden_columns"].append([column, column + count - 1])
        column += count
    row = 1
    for each in table.iter(f"{_TABLE}table-row"):
        count = _repeated(each, "rows")
        if each.get(f"{_TABLE}visibility") in ("collapse", "filter") and row + count < _LAST_ROW:
            found["hidden_rows"] += range(row, row + min(count, 1000))
        _open_document_row(each, row, found)
        row += count
    return found


def _open_document_row(record, row: int, found: dict) -> None:
    column = 1
    for cell in record:
        if cell.tag not in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
            continue
        wide = int(cell.get(f"{_TABLE}number-columns-spanned", "1"))
        high = int(cell.get(f"{_TABLE}number-rows-spanned", "1"))
        if wide > 1 or high > 1:
            found["merged"].append([row, column, row + high - 1, column + wide - 1])
        percent = cell.get(f"{_OFFICE}value-type") == "percentage"
        formula = cell.get(f"{_TABLE}formula") is not None
        if percent or formula:
            found["cells"][row, column] = ("0%" if percent else "General", formula)
        column += _repeated(cell, "columns")


def _repeated(element, what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}-repeated", "1"))
