"""Workbooks made for the tests, with the oddities of real ones."""

import io
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest

from anticorruption import cli
from anticorruption.intake import answers, reading, understanding, writing
from anticorruption.language import Language

ENGLISH = Language("en")
SHEET = "xl/worksheets/sheet1.xml"


def workbook(path: Path, rows, *, sheet="Rekap", merged=(), hidden=(), formats=None) -> Path:
    """Write a workbook of one sheet; ``None`` leaves a cell empty."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for row in rows:
        page.append(list(row))
    for cells in merged:
        page.merge_cells(cells)
    for row in hidden:
        page.row_dimensions[row].hidden = True
    for ref, code in (formats or {}).items():
        page[ref].number_format = code
    book.save(path)
    return path


def parts(path: Path, **changed: bytes) -> Path:
    """Replace parts of a workbook's archive, by name with ``/`` and ``.`` as they are."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        content = {name: archive.read(name) for name in archive.namelist()} | changed
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def sheet_xml(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(SHEET)


def understood(path: Path, measure="mcp", year=2025, given=None, **options):
    """What a file is understood to say, with answers by (about, text)."""
    told = answers.Answers(path, year)
    told.given = {told.key(*key): answer for key, answer in (given or {}).items()}
    book = reading.open_workbook(path)
    return understanding.understand(book, measure, year, ENGLISH, told, **options)


def findings(found, rule: str) -> list:
    return [finding for finding in found.findings.found if finding.rule == rule]


def values(found) -> dict[str, str]:
    return {row.region_code: row.printed or row.label for row in found.rows}


def imported(place: Path, *figures: tuple[str, int, object, str]) -> Path:
    """Overlay of figures (measure, year, value, name of the region), a workbook each."""
    for number, (measure, year, value, name) in enumerate(figures, start=1):
        rows = [("Daerah", f"Nilai {year}"), (name, value)]
        path = workbook(place / f"{measure}-{number}.xlsx", rows)
        writing.add(understood(path, measure, year), place / "ov")
    return place / "ov"


@pytest.fixture
def rekap(tmp_path):
    """Writes a workbook whose body stands under a title and one line of headings (row 3)."""

    def write(*body, heading=("Daerah", "Nilai MCP 2025"), **options) -> Path:
        rows = [("REKAP MCP 2025",), (), heading, *body]
        return workbook(tmp_path / "rekap.xlsx", rows, **options)

    return write


class Ran:
    def __init__(self, code: int, out: str, err: str):
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs a command in this process, a hundred columns wide, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")

    def command(*words: object) -> Ran:
        monkeypatch.setattr(sys, "argv", ["anticorruption", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        out, err = capsys.readouterr()
        return Ran(ended.value.code or 0, out, err)

    return command
