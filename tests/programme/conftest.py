"""Small rubrics, and filled workbooks that a test may spoil."""

import dataclasses
import shutil
from pathlib import Path

import openpyxl
import pytest

from anticorruption.intake import places, reading
from anticorruption.language import Language
from anticorruption.programme import layout, rubric, sheets, workbook
from anticorruption.programme.rubric import Component, Indicator, Rubric, Weight
from anticorruption.programme.workbook import Entries
from tests.conftest import DATA

BLITAR = "35.72"


def small_rubric(groups, mark=8.0, top=10.0, weights=(), inside=()) -> Rubric:
    """Rubric with so many indicators in each component, on a scale from 0 to `top`."""
    base = rubric.read(DATA / "programmes/kabkota-2025.toml")
    at = [*weights, *[Weight()] * len(groups)]
    components = [
        Component(f"c{n}", f"K{n}", f"C{n}", "official", "x", at[n]) for n in range(len(groups))
    ]
    indicators, rest = [], [*inside, *[Weight()] * sum(groups)]
    for n, count in enumerate(groups):
        for _ in range(count):
            code = f"i{len(indicators)}"
            weight = rest[len(indicators)]
            indicators.append(Indicator(code, code, code, f"c{n}", "official", "high", "x", weight))
    return dataclasses.replace(
        base,
        scale_max=top,
        pass_mark=mark,
        components=tuple(components),
        indicators=tuple(indicators),
    )


@pytest.fixture(scope="session")
def programme() -> Rubric:
    """The rubric of edition 2025."""
    return rubric.read(DATA / "programmes/kabkota-2025.toml")


@pytest.fixture(scope="session")
def filled_file(release_2026, programme, tmp_path_factory) -> Path:
    """A filled workbook of Blitar: i01 95, all others 92, i08 empty, i05 85.5."""
    scores = {i.id: {"score": 92, "state": "agreed"} for i in programme.indicators}
    scores["i01"]["score"], scores["i05"]["score"] = 95, 85.5
    del scores["i08"]
    entries = Entries("2025-11-05", "Inspektorat", scores)
    content = workbook.write(release_2026, programme, BLITAR, Language("id"), entries)
    path = tmp_path_factory.mktemp("filled") / "blitar.xlsx"
    path.write_bytes(content)
    return path


@pytest.fixture(scope="session")
def opened(filled_file) -> reading.Workbook:
    """The same, as read by a child process once."""
    return reading.open_workbook(filled_file)


@pytest.fixture(scope="session")
def filled(programme, opened) -> sheets.Filled:
    """The same, as the library understands it."""
    return sheets.read(opened, programme)


@pytest.fixture
def spoilt(opened, monkeypatch):
    """Change cells of the filled workbook in memory and let it be read instead of a file.

    Cells are given as sheet, name and value, or a whole cell.
    """

    def change(*cells, **of_sheets):
        sheets = []
        for sheet in opened:
            mine = dict(sheet.cells)
            for name, ref, value in cells:
                if name == sheet.name:
                    row, column = places.place(ref)
                    mine.pop((row, column), None)
                    if isinstance(value, dict):
                        mine[row, column] = reading.Cell(row, column, **value)
                    elif value is not None:
                        mine[row, column] = reading.Cell(row, column, value)
            about = of_sheets.get(sheet.name.replace(" ", "_"), {})
            sheets.append(dataclasses.replace(sheet, cells=mine, **about))
        book = dataclasses.replace(opened, sheets=tuple(sheets))
        monkeypatch.setattr(reading, "open_workbook", lambda path, say=None: book)
        return Path("blitar.xlsx")

    return change


@pytest.fixture
def edited(filled_file, tmp_path):
    """Copy of the filled workbook, changed with openpyxl, as another program would."""

    def change(edit) -> Path:
        path = tmp_path / filled_file.name
        shutil.copy(filled_file, path)
        book = openpyxl.load_workbook(path)
        edit(book)
        book.save(path)
        return path

    return change


SCORES, COVER, GATES = (
    Language("id")(name) for name in (layout.SCORES, layout.COVER, layout.GATES)
)
