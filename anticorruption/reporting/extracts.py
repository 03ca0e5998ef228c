"""Tables and charts of an executed notebook as files of their own, read from its outputs alone."""

import csv
import io
import re
import unicodedata

import nbformat

from anticorruption import texts
from anticorruption.reporting.display import DATA_RESOURCE

#: Names of the files written, for clearing older ones.
PATTERNS = ("table-*.csv", "figure-*.svg")


def files(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """Name and text of every table and chart of a notebook, in the order they are shown.

    Returns
    -------
    dict
        ``table-01-<caption>.csv`` with machine values, codes as text; ``figure-01-<caption>.svg``.
    """
    found: dict[str, str] = {}
    tables = figures = 0
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if DATA_RESOURCE in data:
                tables += 1
                title = data[DATA_RESOURCE]["title"]
                found[f"table-{tables:02d}-{slug(title)}.csv"] = table_csv(data[DATA_RESOURCE])
            elif "image/svg+xml" in data:
                figures += 1
                caption = output.metadata.get("image/svg+xml", {}).get("caption", "")
                title = caption.partition(". ")[2] or caption
                found[f"figure-{figures:02d}-{slug(title)}.svg"] = data["image/svg+xml"]
    return found


def table_csv(resource: dict) -> str:
    """Write a data resource as CSV that is safe to open in a spreadsheet.

    A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers,
    negative ones too, stay numbers. A column with intervals has both ends behind it as numbers.
    """
    names = [field["name"] for field in resource["schema"]["fields"]]
    kinds = {field["name"]: field["type"] for field in resource["schema"]["fields"]}
    traces = resource.get("trace", [{}] * len(resource["data"]))
    split = {name for name in names if any("low" in trace.get(name, {}) for trace in traces)}
    head = [column for name in names for column in (name, *_ends(name, split))]
    lines = [_line([texts.in_a_spreadsheet(name) for name in head])]
    for record, trace in zip(resource["data"], traces, strict=True):
        cells = []
        for name in names:
            cells.append(_safe(record[name], kinds[name]))
            if name in split:
                cells += [trace.get(name, {}).get(end, "") for end in ("low", "high")]
        lines.append(_line(cells))
    return "".join(lines)


def _line(cells: list) -> str:
    """One line of a CSV file. Cells with a return in them are quoted too, or it would end a row."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().removesuffix("\r\n") + "\n"


def _ends(name: str, split: set[str]) -> list[str]:
    """Columns for both ends of an interval, if a column has one: ``near_low``, ``near_high``."""
    stem = name.removesuffix("_range")
    return [f"{stem}_low", f"{stem}_high"] if name in split else []


def _safe(value: object, kind: str) -> object:
    if value is None:
        return ""
    return texts.in_a_spreadsheet(str(value)) if kind == "string" else value


def slug(title: str, longest: int = 48) -> str:
    """Words of a caption as part of a file name: ASCII, hyphens, whole words."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words, name = re.findall(r"[a-z0-9]+", plain), ""
    for word in words:
        if len(name) + len(word) + 1 > longest:
            break
        name = f"{name}-{word}" if name else word
    return name or "untitled"
