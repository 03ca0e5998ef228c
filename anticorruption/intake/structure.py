"""What values alone do not show: number formats, merged cells, what is hidden, formulas.

Runs in the child process of :mod:`anticorruption.intake.child`.
"""

import io
import posixpath
import zipfile
from bisect import bisect_left, bisect_right

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException

from anticorruption.intake.archive import Refused

_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
#: Flags of a cell: it holds a formula; it holds one whose value was never saved.
FORMULA, UNCOUNTED = "f", "u"
_LAST_ROW, _LAST_COLUMN = 2**20, 2**14
#: Most letters of a number format, as in Excel, and of an error such as #N/A.
_MOST_LETTERS = 255
#: Most blocks of merged cells in a sheet, and most rows that all of them may touch.
MOST_MERGED, MOST_TOUCHED = 5_000, 200_000
#: Formats of percentages that Excel numbers instead of writing them down.
_BUILT_IN = {"9": "0%", "10": "0.00%"}


def add(sheets: list[dict], content: bytes, ending: str) -> None:
    """Complete the sheets that calamine read with what it does not read."""
    try:
        found = (_excel if ending == "xlsx" else _open_document)(content)
    except (ElementTree.ParseError, DefusedXmlException, KeyError, ValueError):
        raise Refused("damaged") from None
    for sheet in sheets:
        own = found.get(sheet["name"])
        if own is None:
            continue
        sheet["merged"] = own["merged"]
        sheet["hidden_rows"] = sorted(set(own["hidden_rows"]))
        sheet["hidden_columns"] = _columns(own["hidden_columns"])
        _check_merged(sheet)
        known = {(cell[0], cell[1]): cell for cell in sheet["cells"]}
        for (row, column), (number_format, flag, error) in own["cells"].items():
            cell = known.get((row, column))
            if cell is None and (flag or error):
                # calamine gives nothing for an error such as #N/A, nor for what was never counted
                flag = UNCOUNTED if flag and not error else flag
                sheet["cells"].append([row, column, error, number_format, flag])
            elif cell is not None:
                cell[2] = None if flag == UNCOUNTED else cell[2]
                cell[3], cell[4] = number_format, flag
        sheet["cells"].sort(key=lambda cell: (cell[0], cell[1]))


def _columns(ranges: list[list[int]]) -> list[int]:
    """Columns of ranges, inside what a sheet may have."""
    found: list[int] = []
    for first, last in sorted(ranges):
        # Each column once, however often its range stands there.
        after = found[-1] + 1 if found else 1
        found += range(max(first, after), min(last, _LAST_COLUMN) + 1)
    return found


def _check_merged(sheet: dict) -> None:
    rows = sorted({cell[0] for cell in sheet["cells"]})
    touched = sum(
        bisect_right(rows, bottom) - bisect_left(rows, top) for top, _, bottom, _ in sheet["merged"]
    )
    if len(sheet["merged"]) > MOST_MERGED or touched > MOST_TOUCHED:
        raise Refused("merged", sheet=sheet["name"], count=len(sheet["merged"]))


def _excel(content: bytes) -> dict[str, dict]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
        links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        targets = {link.get("Id"): link.get("Target", "") for link in links}
        styles = "xl/styles.xml"
        formats = _formats(archive.read(styles)) if styles in archive.namelist() else []
        # A program that does not calculate saves 0 for every formula and asks for it on opening.
        pending = any(
            _local(e) == "calcPr" and e.get("fullCalcOnLoad") in ("1", "true") for e in book.iter()
        )
        found = {}
        for entry in (e for e in book.iter() if _local(e) == "sheet"):
            target = next((targets[v] for k, v in entry.items() if k.endswith("}id")), "")
            part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
            if "worksheets" in part and part in archive.namelist():
                with archive.open(part) as file:
                    found[entry.get("name", "")] = _excel_sheet(file, formats, pending)
    return found


def _formats(styles: bytes) -> list[str]:
    """Number format of each cell style, in the order cells refer to them."""
    root = ElementTree.fromstring(styles)
    codes = dict(_BUILT_IN)
    for entry in (e for e in root.iter() if _local(e) == "numFmt"):
        codes[entry.get("numFmtId", "")] = entry.get("formatCode", "")
    styles_of_cells = next((e for e in root if _local(e) == "cellXfs"), [])
    found = [codes.get(entry.get("numFmtId", "0"), "") for entry in styles_of_cells]
    return [code[:_MOST_LETTERS] for code in found]


def _excel_sheet(file, formats: list[str], pending: bool) -> dict:
    found: dict = {"cells": {}, "merged": [], "hidden_rows": [], "hidden_columns": []}
    row = 0
    for _, element in ElementTree.iterparse(file):
        name = _local(element)
        if name == "row":
            row = int(element.get("r", row + 1))
            if element.get("hidden") in ("1", "true"):
                found["hidden_rows"].append(row)
            _excel_row(element, row, found["cells"], formats, pending)
            element.clear()
        elif name == "col" and element.get("hidden") in ("1", "true"):
            found["hidden_columns"].append([int(element.get("min")), int(element.get("max"))])
        elif name == "mergeCell":
            first, _, last = element.get("ref", "").partition(":")
            found["merged"].append([*_place(first), *_place(last or first)])
    return found


def _excel_row(record, row: int, cells: dict, formats: list[str], pending: bool) -> None:
    column = 0
    for cell in record:
        ref = cell.get("r")
        column = _place(ref)[1] if ref else column + 1
        style, kind = int(cell.get("s", "0")), cell.get("t")
        number_format = formats[style] if 0 <= style < len(formats) else ""
        saved = next((child.text for child in cell if _local(child) == "v"), None)
        formula = any(_local(child) == "f" for child in cell)
        error = (saved or "")[:_MOST_LETTERS] if kind == "e" else None
        if formula and pending and saved in (None, "", "0"):
            cells[row, column] = (number_format, UNCOUNTED, None)
        elif formula or number_format or error:
            cells[row, column] = (number_format, FORMULA if formula else "", error)


def _place(ref: str) -> tuple[int, int]:
    column = 0
    digits = ref.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    for letter in ref[: len(ref) - len(digits)]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(digits), column


def _local(element) -> str:
    return str(element.tag).rpartition("}")[2]


def _open_document(content: bytes) -> dict[str, dict]:
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
            number_format = "0%" if percent else ""
            found["cells"][row, column] = (number_format, FORMULA if formula else "", None)
        column += _repeated(cell, "columns")


def _repeated(element, what: str) -> int:
    return int(element.get(f"{_TABLE}number-{what}-repeated", "1"))
