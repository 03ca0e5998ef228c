"""A what-if screen as files: its tables, its charts, and the recipe that brings it back."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

import pandas as pd

from anticorruption import charts, regions
from anticorruption import files as contents
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.reporting import display, extracts, listings, whatif_page
from anticorruption.reporting.display import Cell, Column, Page
from anticorruption.reporting.listings import Listing
from anticorruption.reporting.whatif import (
    LONGEST_RECIPE,
    Choices,
    Screen,
    read_recipe,
    recipe,
)

FOLDER = "anticorruption-what-if"
RECIPE = "recipe.json"


def default_folder() -> Path:
    """Where exports go unless told otherwise: a folder of their own in the user's home."""
    return Path.home() / FOLDER


def name(shown: Screen) -> str:
    """Name of a screen's folder: the region, and a mark that only this recipe has."""
    code = shown.choices.region
    mark = hashlib.sha256(recipe(shown).encode("utf-8")).hexdigest()[:8]
    return f"{code}-{regions.slug(code)}-{mark}"


def files(shown: Screen, say: Language) -> dict[str, bytes]:
    """Name and content of every file of a screen.

    Returns
    -------
    dict
        Tables as CSV that is safe in a spreadsheet, charts as SVG and PNG, ``figures.csv`` (every
        published figure on the screen with its line in ``observations.csv`` and its source), and
        the recipe.
    """
    page = Page(shown.ground.nation.release, say)
    own = shown.answers[shown.answers["region_code"] == shown.choices.region]
    tables = {
        "scores": whatif_page.scores_listing(page, shown),
        "parts": whatif_page.parts_listing(page, shown),
        "criteria": listings.criteria(page, shown.study, own),
        "answers": whatif_page.answers_listing(page, shown),
        "counts": _counts(say, shown),
        "pilots": whatif_page.marks_listing(page, shown),
    }
    tables["figures"] = _figures(shown, [rows for _, _, rows in tables.values()])
    found = {f"{table}.csv": _csv(listing) for table, listing in tables.items()}
    drawn = {
        "scores": whatif_page.scores_chart(say, shown),
        "counts": whatif_page.answers_chart(say, shown),
    }
    for chart, figure in drawn.items():
        if figure is not None:
            found[f"{chart}.svg"] = charts.svg(figure).encode("utf-8")
            found[f"{chart}.png"] = charts.png(figure)
    return found | {RECIPE: recipe(shown).encode("utf-8")}


def write(shown: Screen, say: Language, folder: str | Path = "") -> Path:
    """Write a screen's files into a folder of their own, whole or not at all.

    Parameters
    ----------
    folder : str or Path
        Where that folder goes; empty for :func:`default_folder`. "~" is the user's home, and what
        is not absolute is taken from there.

    Returns
    -------
    Path
        The new folder; the same screen goes into the same one.

    Raises
    ------
    RefusedInput
        If the folder cannot be made or written; nothing is left behind.
    """
    parent = placed(folder)
    target = parent / name(shown)
    content = files(shown, say)
    waiting = None
    try:
        parent.mkdir(parents=True, exist_ok=True)
        waiting = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=parent))
        for file, data in content.items():
            (waiting / file).write_bytes(data)
        if target.exists():
            # the same recipe was exported before: the older folder gives way in one step
            os.replace(target, waiting.with_name(f"{waiting.name}-old"))
        waiting.chmod(0o755)
        os.replace(waiting, target)
    except OSError as problem:
        raise RefusedInput(
            f"{parent}: the files cannot be written ({problem.strerror}); choose another folder."
        ) from None
    finally:
        if waiting is not None:
            shutil.rmtree(waiting, ignore_errors=True)
            shutil.rmtree(waiting.with_name(f"{waiting.name}-old"), ignore_errors=True)
    return target


def read(file: str | Path) -> tuple[Choices, dict]:
    """Read a recipe from a file ("~" is the user's home; relative ones are taken from there).

    Raises
    ------
    RefusedInput
        If the file cannot be read or is no recipe.
    """
    path = placed(file)
    # Letters take up to four bytes; how many there may be is said by the recipe's own reader.
    return read_recipe(contents.text(path, 4 * LONGEST_RECIPE + 4), path.name)


def placed(folder: str | Path) -> Path:
    """Folder that a user's text means, absolute."""
    text = str(folder).strip()
    if "\0" in text:
        raise RefusedInput("the folder's name holds a character that no folder can have.")
    return default_folder() if not text else Path.home() / Path(text).expanduser()


def _csv(listing: Listing) -> bytes:
    caption, columns, rows = listing
    whole = [{c.key: display._as_cell(row.get(c.key, "")) for c in columns} for row in rows]
    resource = display._data_resource(caption, columns, whole)
    return extracts.table_csv(resource).encode("utf-8")


def _counts(say: Language, shown: Screen) -> Listing:
    table = shown.counts.reset_index(names="criterion")
    columns = [Column("criterion", say("Criterion"))]
    columns += [Column(answer, answer, "number") for answer in shown.counts]
    rows = [
        {key: Cell(str(value), value if key != "criterion" else str(value))
         for key, value in row.items()}
        for row in table.to_dict("records")
    ]  # fmt: skip
    return say("Answers of all kabupaten and kota under these thresholds"), columns, rows


def _figures(shown: Screen, tables: list[list]) -> Listing:
    """Every published figure of the tables, with its line and its source."""
    lines = sorted(
        {
            cell.row
            for rows in tables
            for row in rows
            for cell in row.values()
            if isinstance(cell, Cell) and cell.row is not None
        }
    )
    release = shown.ground.nation.release
    frame = release.observations.loc[lines].join(
        release.table("sources").set_index("source_id")[["publisher", "title", "url"]],
        on="source_id",
    )
    kept = ["region_code", "measure_id", "year", "printed", "status", "confidence", "source_id",
            "publisher", "title", "url"]  # fmt: skip
    columns = [Column("line", "line in observations.csv", "number")]
    columns += [Column(column, column) for column in kept]
    rows = [
        {"line": Cell(str(line), int(line))}
        | {column: Cell("" if pd.isna(row[column]) else str(row[column])) for column in kept}
        for line, row in frame[kept].iterrows()
    ]
    return "figures", columns, rows
