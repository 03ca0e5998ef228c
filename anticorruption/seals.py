"""What was sealed, row group by row group, so that a change is told where it matters only.

``datapackage.json`` knows the hash of each whole table. A report on one region need not warn of a
figure changed in another: ``seal.json`` beside it keeps the hashes of the rows of each region,
each measure and each source.
"""

import hashlib
import json
from pathlib import Path

import pandas as pd

from anticorruption import files, tables

FILE = "seal.json"
#: Tables sealed by groups of rows, and the columns that make the groups.
GROUPED = {
    "observations": ("region_code", "measure_id"),
    "flags": ("region_code", "measure_id"),
    "pilots": ("region_code",),
    "sources": ("source_id",),
}


def record(folder: Path) -> dict:
    """Hashes of every group of rows, as ``seal.json`` keeps them.

    Returns
    -------
    dict
        Table name to ``{"hash": of the whole file, column: {group: hash of its rows}}``.
    """
    return {
        name: {"hash": tables.sha256(folder / tables.resource(name, folder)["path"])}
        | {column: groups(tables.text(name, folder), column) for column in columns}
        for name, columns in GROUPED.items()
    }


def groups(frame: pd.DataFrame, column: str) -> dict[str, str]:
    """Hash of the rows of each group, in file order; where they stand in the file is no part."""
    found: dict[str, hashlib._Hash] = {}
    for key, row in zip(frame[column], frame.to_numpy().tolist(), strict=True):
        found.setdefault(key, hashlib.sha256()).update(json.dumps(row).encode())
    return {key: found[key].hexdigest()[:16] for key in sorted(found)}


def write(folder: Path) -> None:
    """Write ``seal.json`` of the tables as they stand."""
    text = json.dumps(record(folder), indent=0, ensure_ascii=False) + "\n"
    (folder / FILE).write_text(text, encoding="utf-8", newline="\n")


def changed(name: str, folder: Path) -> dict[str, set[str]] | None:
    """Groups of a table whose rows are no longer the sealed ones, by column.

    Returns
    -------
    dict or None
        None if it cannot be told: the table is not sealed by groups, or ``seal.json`` is
        missing, spoilt or of another seal than ``datapackage.json``.
    """
    entry = tables.resource(name, folder)
    try:
        sealed = files.of_json((folder / FILE).read_text(encoding="utf-8"))[name]
        if sealed["hash"] != entry["hash"]:
            return None
        frame = tables.text(name, folder)
        return {column: _apart(sealed[column], groups(frame, column)) for column in GROUPED[name]}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _apart(sealed: dict[str, str], now: dict[str, str]) -> set[str]:
    return {key for key in sealed.keys() | now.keys() if sealed.get(key) != now.get(key)}
