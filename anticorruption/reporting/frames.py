"""Any frame as a table of a page: which columns, in which words, with how many decimals."""

from collections.abc import Mapping

import pandas as pd

from anticorruption import regions
from anticorruption.language import Language
from anticorruption.reporting.display import Cell, Column

#: Decimals of whole numbers such as counts, ranks and years.
WHOLE = 0


def listing(
    say: Language,
    caption: str,
    frame: pd.DataFrame,
    titles: Mapping[str, str],
    places: Mapping[str, int] | int = 2,
) -> tuple[str, list[Column], list[dict[str, Cell]]]:
    """Turn a frame into what :meth:`anticorruption.reporting.display.Page.table` takes.

    Parameters
    ----------
    say : Language
        Language that numbers and missing values are written in.
    caption : str
        Caption of the table.
    frame : DataFrame
        One row a row of the table; its index is left out.
    titles : mapping
        Column of the frame to its heading, in the order shown; others are left out.
    places : mapping or int
        Decimals printed, for all number columns or by column (2 where not named). A column
        called ``year`` or ending in ``_year`` is printed without a thousands mark.

    Returns
    -------
    tuple
        Caption, columns and rows. A column called ``region_code`` is shown as the region's name,
        with the code as its value; ``source_id`` becomes a numbered link.
    """
    columns, cells = [], {}
    for name, title in titles.items():
        column = frame[name]
        number = pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
        columns.append(Column(name, title, "number" if number else "text"))
        decimals = places if isinstance(places, int) else places.get(name, 2)
        cells[name] = [_cell(say, name, value, number, decimals) for value in column]
    rows = [dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)]
    return caption, columns, rows


def _cell(say: Language, name: str, value, number: bool, places: int) -> Cell:
    if value is None or value is pd.NA or (isinstance(value, float) and pd.isna(value)):
        return Cell(say.unknown, None, tone="missing")
    if name == "source_id":
        return Cell("", value, sources=(value,))
    if name == "region_code":
        return Cell(regions.name(value, say.code), value)
    if number:
        if name == "year" or name.endswith("_year"):
            return Cell(str(int(value)), int(value))
        plain = int(value) if places == WHOLE and float(value).is_integer() else float(value)
        return Cell(say.number(value, places), plain)
    return Cell(str(value), str(value))
