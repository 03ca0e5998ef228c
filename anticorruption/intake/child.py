"""Reader of one untrusted file, in a process of its own with limits of time and memory.

Started by :mod:`anticorruption.intake.reading`: the file's bytes come in on the standard input,
its cells go out as JSON. What the file does to this process stays in it.
"""

import datetime
import gc
import io
import json
import math
import re
import sys

from anticorruption.intake import archive, separated
from anticorruption.intake.archive import Refused
from anticorruption.intake.places import letters

#: Address space of this process, seconds of its processor; both are also ends of a bomb.
MOST_MEMORY, MOST_SECONDS = 450 * 2**20, 8
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 100_000, 2_000, 600_000
#: Most sheets; most characters of a cell, as in Excel, and of all cells together.
MOST_SHEETS, MOST_LETTERS, MOST_TEXT = 200, separated.MOST_LETTERS, 20 * 2**20
#: Endings under which a file of another kind can be read once it has its own name back.
_RIGHT = {"xlsx": "xlsx", "xls": "xls", "ods": "ods", "text": "csv"}
_ZIP, _OLE = b"PK", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Streams of a compound file that hold an encrypted workbook, as its directory names them.
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_SAVED = re.compile(rb"<(?:dcterms:modified|dc:date)\b[^>]*>(\d{4}-\d{2}-\d{2})")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"


def main() -> None:
    """Read the file on the standard input; its ending is the only argument."""
    _limit()
    # Nothing made here is ever thrown away: looking for rubbish would cost half the time.
    gc.disable()
    ending = sys.argv[1]
    answer = sys.stdout
    sys.stdout = sys.stderr  # nothing a library prints may stand among the cells
    try:
        told = read(sys.stdin.buffer.read(), ending)
    except Refused as refused:
        told = {"refused": refused.rule, "values": refused.values_said}
    except MemoryError:
        told = {"refused": "memory", "values": {}}
    answer.write(json.dumps(told))


def read(content: bytes, ending: str) -> dict:
    """Cells of a file by the reader of its ending, after its first bytes agreed with it."""
    if not content.strip(b"\x00 \r\n\t\xef\xbb\xbf\xff\xfe"):
        raise Refused("empty")
    if ending == "csv":
        return _text(content)
    looks_like = _looks_like(content)
    if looks_like == "password":
        raise Refused("password")
    _check_ending(ending, looks_like)
    return _workbook(content, ending)


def _check_ending(ending: str, looks_like: str) -> None:
    if looks_like == {"csv": "text"}.get(ending, ending):
        return
    if right := _RIGHT.get(looks_like):
        raise Refused("renamed", ending=ending, found=looks_like, right=right)
    raise Refused("ending", ending=ending, found=looks_like)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _looks_like(content: bytes) -> str:
    """What a file is by its bytes: an ending, ``"password"``, or a word for something else."""
    if content.startswith(_OLE):
        return "password" if _ENCRYPTED_STREAM in content else "xls"
    if content.startswith(_ZIP):
        with archive.opened(content) as parts:
            names = set(parts.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                raise Refused("macros")
            if "xl/workbook.bin" in names:
                return "xlsb"
            if "[Content_Types].xml" in names and any(n.startswith("xl/") for n in names):
                return "xlsx"
            if "mimetype" in names and parts.read("mimetype").strip() == _OPEN_DOCUMENT:
                manifest = "META-INF/manifest.xml"
                locked = manifest in names and b"encryption-data" in parts.read(manifest)
                return "password" if locked else "ods"
        return "zip"
    start = content[:512].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if start.startswith((b"<!doctype", b"<html", b"<table", b"<?xml", b"<")):
        return "html"
    return "pdf" if start.startswith(b"%pdf") else "text"


def _text(content: bytes) -> dict:
    looks_like = _looks_like(content)
    if looks_like == "password":
        raise Refused("password")
    _check_ending("csv", looks_like)
    text, encoding = separated.decoded(content)
    rows, separator, first = separated.rows(text)
    _check_lines(rows)
    cells = [
        [row, column, value, "", ""]
        for row, record in enumerate(rows, start=first)
        for column, value in enumerate(record, start=1)
        if value.strip()
    ]
    sheet = {
        "name": "",
        "hidden": False,
        "cells": cells,
        "merged": [],
        "hidden_rows": [],
        "hidden_columns": [],
    }
    return {
        "sheets": [sheet],
        "encoding": encoding,
        "separator": separator,
        "seen": True,
        "saved": "",
    }


def _workbook(content: bytes, ending: str) -> dict:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if (count := len(book.sheets_metadata)) > MOST_SHEETS:
            raise Refused("sheets", count=count, most=MOST_SHEETS)
        sheets = [_values(book, about) for about in book.sheets_metadata]
    except calamine.PasswordError:
        raise Refused("password") from None
    except (calamine.CalamineError, calamine.XmlError, calamine.ZipError, ValueError, OSError):
        raise Refused("damaged") from None
    if ending != "xls":
        from anticorruption.intake import structure

        structure.add(sheets, content, ending)
    _check_text(sheets)
    saved = "" if ending == "xls" else _saved(content)
    told = {"sheets": sheets, "encoding": "", "separator": "", "seen": ending != "xls"}
    return told | {"saved": saved}


def _saved(content: bytes) -> str:
    """Day on which an office program says it saved the file last, ``""`` if it does not."""
    with archive.opened(content) as parts:
        for name in {"docProps/core.xml", "meta.xml"} & set(parts.namelist()):
            if found := _SAVED.search(parts.read(name)):
                return found.group(1).decode("ascii")
    return ""


def _values(book, about) -> dict:
    """Cells of a sheet that hold something, by row and column from 1."""
    sheet = book.get_sheet_by_name(about.name)
    rows, columns = (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)
    _check_size(rows, columns, rows * columns, about.name)
    cells = [
        [row, column, _plain(value), "", ""]
        for row, record in enumerate(sheet.to_python(skip_empty_area=False), start=1)
        for column, value in enumerate(record, start=1)
        if value != "" and not (isinstance(value, str) and not value.strip())
    ]
    merged = [
        [first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1]
        for first, last in sheet.merged_cell_ranges or []
    ]
    return {
        "name": about.name,
        "hidden": str(about.visible).rpartition(".")[2] != "Visible",
        "cells": cells,
        "merged": merged,
        "hidden_rows": [],
        "hidden_columns": [],
    }


def _check_lines(rows: list[list[str]]) -> None:
    if len(rows) > MOST_ROWS:
        raise Refused("lines", count=len(rows), most=MOST_ROWS)
    if (widest := max(map(len, rows), default=0)) > MOST_COLUMNS:
        raise Refused("wide", count=widest, most=MOST_COLUMNS)
    if (cells := sum(map(len, rows))) > MOST_CELLS:
        raise Refused("cells_of_text", count=cells, most=MOST_CELLS)


def _check_text(sheets: list[dict]) -> None:
    """Hold the texts of a workbook to a length: what one part says once, many cells may repeat."""
    total = 0
    for sheet in sheets:
        for row, column, value, _, _ in sheet["cells"]:
            if not isinstance(value, str):
                continue
            if len(value) > MOST_LETTERS:
                place = f"{letters(column)}{row}"
                raise Refused("long_cell", sheet=sheet["name"], cell=place, count=len(value),
                              most=MOST_LETTERS)  # fmt: skip
            total += len(value)
        if total > MOST_TEXT:
            raise Refused("text", size=-(-total // 2**20), most=MOST_TEXT // 2**20)


def _check_size(rows: int, columns: int, cells: int, sheet: str) -> None:
    if rows > MOST_ROWS:
        raise Refused("rows", sheet=sheet, count=rows, most=MOST_ROWS)
    if columns > MOST_COLUMNS:
        raise Refused("columns", sheet=sheet, count=columns, most=MOST_COLUMNS)
    if cells > MOST_CELLS:
        raise Refused("cells", sheet=sheet, count=cells, most=MOST_CELLS)


def _plain(value):
    """Value as JSON has it; dates as ``{"date": …}``, numbers that are none as text."""
    if isinstance(value, datetime.datetime | datetime.date | datetime.time):
        return {"date": value.isoformat()}
    if isinstance(value, datetime.timedelta):
        return {"date": str(value)}
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


if __name__ == "__main__":
    main()
