"""Workbooks of others, read in a child process: their sheets, cells and what is hidden in them."""

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from anticorruption import files, texts
from anticorruption.errors import RefusedInput
from anticorruption.intake import child
from anticorruption.intake.places import letters, place
from anticorruption.language import Language, deferred
from anticorruption.texts import shown

#: Endings that are read.
ENDINGS = ("xlsx", "xls", "ods", "csv")
#: Seconds the child may take on the clock, where it does nothing or the machine does much else
#: (those of its processor are fewer), and most bytes of a file.
MOST_SECONDS, MOST_BYTES = 20, 20 * 2**20
_TEXT_ENDINGS = {"txt": "csv", "tsv": "csv"}
_PACKAGE = Path(__file__).resolve().parents[2]
_REFUSALS = {
    "empty": deferred("the file is empty; export it again"),
    "damaged": deferred("the file is damaged; open it in Excel or LibreOffice and save it anew"),
    "password": deferred("the file is locked with a password; save a copy without one"),
    "macros": deferred("the workbook carries macros; save it as .xlsx without them"),
    "ending": deferred(
        "the name ends in .{ending} but the content is {found}; save it as .xlsx from Excel or "
        "LibreOffice"
    ),
    "renamed": deferred(
        "the name ends in .{ending} but the content is {found}; give it its name back, ending in "
        ".{right}"
    ),
    "parts": deferred("the archive has {count} parts or parts twice, and may have {most}"),
    "unpacked": deferred(
        "the file unpacks to {size} MB, and may unpack to {most}; split it, for instance by "
        "province"
    ),
    "ratio": deferred(
        "part {part} unpacks to {ratio} times its size, and may to {most}; save the file anew"
    ),
    "entities": deferred(
        "part {part} declares a document type, which no office program writes; save the file anew"
    ),
    "rows": deferred("sheet '{sheet}' has {count} rows, and may have {most}; split it"),
    "columns": deferred("sheet '{sheet}' has {count} columns, and may have {most}; split it"),
    "cells": deferred("sheet '{sheet}' spans {count} cells, and may span {most}; split it"),
    "lines": deferred("the file has {count} rows, and may have {most}; split it"),
    "wide": deferred("the file has {count} columns, and may have {most}; take out what is no use"),
    "cells_of_text": deferred("the file has {count} cells, and may have {most}; split it"),
    "long": deferred(
        "line {line}: a cell has more than {most} characters; look for a quotation mark that is "
        "not closed"
    ),
    "long_cell": deferred(
        "sheet '{sheet}', cell {cell} has {count} characters, and may have {most}; shorten it"
    ),
    "text": deferred("the cells hold {size} MB of text, and may hold {most}; split the file"),
    "sheets": deferred("the workbook has {count} sheets, and may have {most}; split it"),
    "merged": deferred(
        "sheet '{sheet}' has {count} blocks of merged cells, too many or too high; separate them"
    ),
    "encoding": deferred("the text is neither UTF-8, UTF-16 nor Windows-1252; save it as UTF-8"),
    "zero_bytes": deferred("line {line} holds a zero byte, which no text has; export it again"),
    "memory": deferred("reading the file takes too much memory; split it or save it anew"),
    "time": deferred("reading the file takes more than {most} seconds; split it or save it anew"),
    "died": deferred(
        "the program that reads it broke off; open it in Excel or LibreOffice and save it anew"
    ),
}
_FOUND = {
    "xls": deferred("an old Excel workbook (.xls)"),
    "xlsx": deferred("an Excel workbook (.xlsx)"),
    "xlsb": deferred("a binary Excel workbook (.xlsb)"),
    "ods": deferred("an OpenDocument spreadsheet (.ods)"),
    "zip": deferred("another archive"),
    "html": deferred("a web page or XML"),
    "pdf": deferred("a PDF document"),
    "text": deferred("plain text"),
}


class Cell(NamedTuple):
    """One cell that holds something.

    Attributes
    ----------
    row, column : int
        Its place, from 1.
    value : str, int, float, bool or None
        As saved: numbers stay numbers. Dates are their ISO text with ``is_date``; a formula whose
        value was never saved has None.
    number_format : str
        Excel's format code, ``""`` if none is known ("0.0%" marks a fraction shown as percent).
    has_formula : bool
        Whether the value is a formula's.
    is_date : bool
    hidden : bool
        Whether its row, its column or its sheet is hidden.
    """

    row: int
    column: int
    value: str | int | float | bool | None
    number_format: str = ""
    has_formula: bool = False
    is_date: bool = False
    hidden: bool = False

    @property
    def ref(self) -> str:
        """Name of the cell as a spreadsheet shows it: ``D8``."""
        return f"{letters(self.column)}{self.row}"

    @property
    def uncounted(self) -> bool:
        """Whether it holds a formula whose value was never saved."""
        return self.has_formula and self.value is None

    @property
    def is_percent(self) -> bool:
        """Whether it is a number shown as a percentage: 0.801 shown as 80.1%."""
        number = isinstance(self.value, int | float) and not isinstance(self.value, bool)
        return number and "%" in re.sub(r'"[^"]*"|\\.', "", self.number_format)

    @property
    def text(self) -> str:
        """Value as text, blanks at its ends cut off; ``""`` where there is none."""
        if self.value is None:
            return ""
        if isinstance(self.value, float) and self.value.is_integer() and abs(self.value) < 1e15:
            return str(int(self.value))
        return str(self.value).strip()


@dataclass(frozen=True)
class Merged:
    """A block of merged cells, edges included, from 1."""

    top: int
    left: int
    bottom: int
    right: int

    def holds(self, row: int, column: int) -> bool:
        """Whether a place lies in the block."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right

    def __str__(self) -> str:
        return f"{letters(self.left)}{self.top}:{letters(self.right)}{self.bottom}"


@dataclass(frozen=True)
class Sheet:
    """One sheet: cells that hold something, by (row, column) from 1."""

    name: str
    hidden: bool
    cells: dict[tuple[int, int], Cell]
    merged: tuple[Merged, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()

    @cached_property
    def rows(self) -> dict[int, dict[int, Cell]]:
        """Cells by row and column; rows without any are left out."""
        found: dict[int, dict[int, Cell]] = {}
        for (row, column), cell in self.cells.items():
            found.setdefault(row, {})[column] = cell
        return found

    @property
    def width(self) -> int:
        """Last column that holds something, 0 if none does."""
        return max((column for _, column in self.cells), default=0)

    def at(self, row: int, column: int) -> Cell | None:
        """Cell of a place; inside a merged block the cell that the block shows."""
        if cell := self.cells.get((row, column)):
            return cell
        block = self.block(row, column)
        return self.cells.get((block.top, block.left)) if block else None

    def block(self, row: int, column: int) -> Merged | None:
        """Block of merged cells that holds a place, None if none does."""
        near = self._blocks.get(row, ()) if row in self.rows else self.merged
        return next((block for block in near if block.holds(row, column)), None)

    @cached_property
    def _blocks(self) -> dict[int, list[Merged]]:
        """Merged blocks by the rows they touch, of rows that hold something."""
        used, found = sorted(self.rows), {}
        for block in self.merged:
            for row in used[bisect_left(used, block.top) : bisect_right(used, block.bottom)]:
                found.setdefault(row, []).append(block)
        return found

    def cell(self, ref: str) -> Cell | None:
        """Cell by its name ("D8"), as :meth:`at`."""
        return self.at(*place(ref))


@dataclass(frozen=True)
class Workbook:
    """A file of others, read whole.

    Attributes
    ----------
    path : Path
    ending : str
        One of :data:`ENDINGS`.
    sha256 : str
        Hash of the very bytes that were read, in hexadecimal.
    sheets : tuple of Sheet
        A text file has one, without a name.
    encoding, separator : str
        How a text file was read; empty for workbooks.
    shows_hidden : bool
        Whether hidden rows, formats and formulas could be seen (not in .xls).
    saved : str
        Day on which the file says it was saved last, as ISO date; empty if it does not say.
    """

    path: Path
    ending: str
    sha256: str
    sheets: tuple[Sheet, ...]
    encoding: str = ""
    separator: str = ""
    shows_hidden: bool = True
    saved: str = ""
    names: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(sheet.name for sheet in self.sheets))

    def sheet(self, name: str) -> Sheet | None:
        """Sheet of a name, None if there is none."""
        return next((sheet for sheet in self.sheets if sheet.name == name), None)

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self.sheets)


def open_workbook(path: Path | str, say: Language | None = None) -> Workbook:
    """Read a workbook or a text file of separated values in a child process with limits.

    Nothing in the file is run, no entity is resolved, no link is followed.

    Parameters
    ----------
    path : path
        A file ending in .xlsx, .xls, .ods, .csv, .tsv or .txt.
    say : Language, optional
        Language of a refusal; English by default.

    Returns
    -------
    Workbook

    Raises
    ------
    RefusedInput
        One sentence if the file is missing, of another kind than its name says, locked, damaged,
        or breaks a limit (:data:`MOST_BYTES`, :data:`MOST_SECONDS` and those of
        :mod:`anticorruption.intake.archive` and :mod:`anticorruption.intake.child`).
    """
    path, say = Path(path), say or Language("en")
    content = _content(path, say)
    ending = _ending(path, say)
    told = _answer(content, ending)
    if "refused" in told:
        values = told["values"]
        if "found" in values:
            values["found"] = say(_FOUND[values["found"]])
        raise _refused(path, say(_REFUSALS[told["refused"]], **_safe(values)))
    return Workbook(
        path,
        ending,
        hashlib.sha256(content).hexdigest(),
        tuple(map(_sheet, told["sheets"])),
        told["encoding"],
        told["separator"],
        told["seen"],
        told["saved"],
    )


def _safe(values: dict) -> dict:
    """Texts of a message made safe to print."""
    return {key: shown(v) if isinstance(v, str) else v for key, v in values.items()}


def _refused(path: Path, said: str) -> RefusedInput:
    return RefusedInput(f"{shown(path.name, 120)}: {said}.")


def _content(path: Path, say: Language) -> bytes:
    if texts.unseen(path.name):
        said = say("the file's name holds a character that nobody sees; rename the file")
        raise _refused(path, said)
    return files.content(path, MOST_BYTES, say)


def _ending(path: Path, say: Language) -> str:
    ending = path.suffix.lower().removeprefix(".")
    ending = _TEXT_ENDINGS.get(ending, ending)
    if ending not in ENDINGS:
        said = say(
            "files ending in .{ending} are not read; save it as .xlsx, .ods or .csv",
            ending=shown(ending, 20),
        )
        raise _refused(path, said)
    return ending


def _answer(content: bytes, ending: str) -> dict:
    """What the child tells of a file; however it ends, an answer comes back."""
    try:
        told, complained, code = _child(content, ending)
    except subprocess.TimeoutExpired:
        return {"refused": "time", "values": {"most": MOST_SECONDS}}
    try:
        return json.loads(told)
    except (ValueError, RecursionError):
        return {"refused": _end(complained, code), "values": {"most": child.MOST_SECONDS}}


def _end(complained: bytes, code: int) -> str:
    """How a child ended that gave no answer: the rule by which its file is refused."""
    if b"MemoryError" in complained or b"memory allocation" in complained:
        return "memory"
    if -code == _OVERDUE:
        return "time"
    # Without memory to say so, the system or the library ends the process.
    if -code in (signal.SIGABRT, _KILLED):
        return "memory"
    return "died" if code < 0 else "damaged"


#: Signals that Windows does not have.
_KILLED, _OVERDUE = getattr(signal, "SIGKILL", None), getattr(signal, "SIGXCPU", None)


def _child(content: bytes, ending: str) -> tuple[bytes, bytes, int]:
    """Answer, complaints and exit code of a reader in a process of its own.

    Raises
    ------
    subprocess.TimeoutExpired
        If it takes longer than :data:`MOST_SECONDS`; it has been ended then.
    """
    places = filter(None, [str(_PACKAGE), os.environ.get("PYTHONPATH")])
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(places)}
    command = [sys.executable, "-m", "anticorruption.intake.child", ending]
    with tempfile.TemporaryDirectory(prefix="anticorruption-") as folder:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, no shell
            command,
            input=content,
            capture_output=True,
            timeout=MOST_SECONDS,
            env=environment,
            cwd=folder,
            check=False,
        )
    return done.stdout, done.stderr, done.returncode


def _sheet(told: dict) -> Sheet:
    hidden_columns, hidden_rows = frozenset(told["hidden_columns"]), frozenset(told["hidden_rows"])
    cells: dict[tuple[int, int], Cell] = {}
    waiting = told.pop("cells")
    waiting.reverse()
    while waiting:  # each is let go when it is taken, so that a large sheet is not held twice
        row, column, value, number_format, flag = waiting.pop()
        is_date = isinstance(value, dict)
        hidden = told["hidden"] or row in hidden_rows or column in hidden_columns
        cells[row, column] = Cell(
            row,
            column,
            value["date"] if is_date else value,
            number_format,
            bool(flag),
            is_date,
            hidden,
        )
    return Sheet(
        told["name"],
        told["hidden"],
        cells,
        tuple(Merged(*block) for block in told["merged"]),
        hidden_rows,
        hidden_columns,
    )
