"""Tables of the comparative studies whose single figures lead to their lines and sources."""

import pandas as pd

from anticorruption import measures, regions
from anticorruption.reporting.display import Cell, Column, Page
from anticorruption.reporting.listings import Listing, _preference


def disagreements(page: Page, frame: pd.DataFrame, caption: str) -> Listing:
    """Chosen and other values side by side, each linked to its line.

    Parameters
    ----------
    page : Page
    frame : DataFrame
        Rows of :func:`anticorruption.disagreements.disagreements`.
    caption : str
    """
    say = page.say
    columns = [
        Column("region", say("Region")),
        Column("measure", say("Measure")),
        Column("year", say("Year"), "number"),
        Column("chosen", say("Chosen"), "number"),
        Column("other", say("Other source prints"), "number"),
        Column("why", say("Chosen because")),
    ]
    lines = page.release.observations
    rows = []
    for entry in frame.itertuples():
        best, other = (lines.loc[line].copy() for line in (entry.chosen_row, entry.other_row))
        best["row"], other["row"] = entry.chosen_row, entry.other_row
        rows.append(
            {
                "region": Cell(regions.name(entry.region_code, say.code), entry.region_code),
                "measure": Cell(measures.name(entry.measure_id, say.code), entry.measure_id),
                "year": Cell(str(entry.year), int(entry.year)),
                "chosen": page.figure_of(best, int(best["places"])),
                "other": page.figure_of(other, int(other["places"])),
                "why": Cell(_preference(page, best, other)),
            }
        )
    return caption, columns, rows
