"""An overlay: KPK's own figures as tables beside the release, never among them.

It is a folder of the same tables, written by ``anticorruption import``; this module opens it.
"""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from anticorruption import personal, tables, texts
from anticorruption.errors import RefusedInput

ENVIRONMENT_VARIABLE = "ANTICORRUPTION_OVERLAY"
#: Version that the description of an overlay bears, by which it is told from a release.
VERSION = "overlay"
TABLES = ("observations", "sources")
#: Rows of an overlay count from here, so that none is mistaken for a line of observations.csv.
OWN_ROWS = 10_000_000
#: Folder of an import that was committed but whose files were not moved to their place yet.
READY = ".ready"
#: Mark that stands behind every figure that comes from an overlay.
MARK = "†"


@dataclass(frozen=True)
class Overlay:
    """An overlay that was found whole.

    Attributes
    ----------
    folder : Path
    digest : str
        Hash over all its tables: the same figures give the same digest anywhere.
    """

    folder: Path
    digest: str

    @property
    def title(self) -> str:
        """Name of the overlay by its content."""
        return f"overlay {self.digest[:8]}"

    def table(self, name: str) -> pd.DataFrame:
        """Read one of :data:`TABLES`; the index is the line in its file."""
        return tables.read(name, self.folder)

    def text(self, name: str) -> pd.DataFrame:
        """Read one of :data:`TABLES` as printed."""
        return tables.text(name, self.folder)


def is_own(row: int | float) -> bool:
    """Whether a row of :attr:`anticorruption.release.Release.observations` is an overlay's."""
    return row >= OWN_ROWS


def chosen(folder: Path | str | None) -> Path | None:
    """Folder of the overlay in use: the one given, else ``$ANTICORRUPTION_OVERLAY``.

    An empty text means none, whatever the environment says.
    """
    told = os.environ.get(ENVIRONMENT_VARIABLE, "") if folder is None else str(folder)
    return Path(told).resolve() if told else None


def opened(folder: Path) -> Overlay:
    """Open an overlay whose tables are as they were imported.

    Raises
    ------
    RefusedInput
        If the folder holds no overlay, if a table was changed by hand or breaks a rule of the
        release's own tables, if it speaks of a region or measure that the release does not know,
        or if a cell holds personal data. Its own description is no witness: who changes a table
        can change that too.
    """
    finish(folder)
    if not is_overlay(folder):
        raise RefusedInput(
            f"{folder}: this folder holds no overlay; make one with: anticorruption import FILE."
        )
    digest = hashlib.sha256()
    for entry in tables.descriptor(folder)["resources"]:
        path = folder / entry["path"]
        if not path.is_file() or path.stat().st_size > tables.MOST_BYTES:
            raise _spoilt(path)
        if tables.sha256(path) != entry["hash"]:
            raise _spoilt(path)
        digest.update(entry["hash"].encode())
    overlay = Overlay(folder, digest.hexdigest())
    _check_personal(overlay)  # before anything repeats a text
    _check_texts(overlay)
    for name in reversed(TABLES):  # sources first: the observations name them
        _check_rows(overlay, name)
    _check_known(overlay)
    return overlay


def is_overlay(folder: Path) -> bool:
    """Whether a folder holds the tables of an overlay."""
    if not (folder / tables.DESCRIPTOR).is_file():
        return False
    return tables.descriptor(folder)["version"] == VERSION


def finish(folder: Path) -> None:
    """Move the files of a committed import to their place, if it was interrupted in between."""
    ready = folder / READY
    if not ready.is_dir():
        return
    # The description comes last: before it the old one would call the new tables changed.
    for file in sorted(ready.iterdir(), key=lambda path: path.name == tables.DESCRIPTOR):
        os.replace(file, folder / file.name)
    shutil.rmtree(ready)


def rows(overlay: Overlay) -> pd.DataFrame:
    """Observations of an overlay as :attr:`anticorruption.release.Release.observations` has them.

    Returns
    -------
    DataFrame
        Columns of table ``observations``, ``cell``, ``printed``, ``places``, and of the source
        ``kind`` and ``published``; the index is :data:`OWN_ROWS` and the line in its file.
    """
    frame = overlay.table("observations")
    printed = overlay.text("observations")["value"]
    frame["printed"] = printed.where(printed != "", frame["label"])
    frame["places"] = printed.str.partition(".")[2].str.len()
    source = overlay.table("sources").set_index("source_id")[["kind", "published"]]
    frame = frame.join(source, on="source_id")
    return frame.set_axis(frame.index + OWN_ROWS)


def _check_texts(overlay: Overlay) -> None:
    """Refuse what no import writes: characters that nobody sees."""
    for name in TABLES:
        frame = overlay.text(name)
        for column, cells in frame.items():
            marked = cells.map({text: texts.unseen(text) for text in cells.unique()})
            strange = [
                (row, f"holds a character that nobody sees ({m})") for row, m in marked.items() if m
            ]
            for row, rule in strange[:1]:
                raise _refused(overlay, name, row, column, rule)


def _spoilt(path: Path) -> RefusedInput:
    return RefusedInput(
        f"{path}: the table is not as it was imported; import its files again into an empty folder."
    )


def _refused(overlay: Overlay, name: str, row: int, column: str, said: str) -> RefusedInput:
    value = texts.shown(overlay.text(name).at[row, column], 60)
    return RefusedInput(
        f"{overlay.folder}: {name}.csv, row {row}, column {column}: '{value}' {said}; import the "
        f"file again."
    )


def _check_rows(overlay: Overlay, name: str) -> None:
    """Hold a table to the schema of the release's table of that name."""
    schema = tables.resource(name)["schema"]
    own = {field["name"]: field["type"] for field in _own_fields(overlay, name)}
    frame = overlay.text(name)
    for field in schema["fields"]:
        column, rules = field["name"], field.get("constraints", {})
        if own.get(column) != field["type"] or column not in frame:
            raise RefusedInput(
                f"{overlay.folder}: {name}.csv: the column {column} is missing or described "
                f"otherwise; import its files again into an empty folder."
            )
        values = frame[column]
        wrong = pd.Series(False, index=values.index)
        wrong |= (values == "") & bool(rules.get("required"))
        if "enum" in rules:
            wrong |= (values != "") & ~values.isin(rules["enum"])
        if "pattern" in rules:
            wrong |= (values != "") & ~values.str.fullmatch(rules["pattern"])
        if "minimum" in rules:
            counted = overlay.table(name)[column]
            wrong |= ~counted.between(rules["minimum"], rules["maximum"])
        if wrong.any():
            raise _refused(
                overlay, name, values.index[wrong][0], column, "breaks the rules of the table"
            )
    if frame.empty:
        raise RefusedInput(
            f"{overlay.folder}: {name}.csv holds no row; import its files again into an empty "
            f"folder."
        )
    twice = frame.duplicated(schema["primaryKey"])
    if twice.any():
        first = frame.index[twice][0]
        raise _refused(overlay, name, first, schema["primaryKey"][0], "stands twice")
    if name == "observations":
        unknown = ~frame["source_id"].isin(overlay.text("sources")["source_id"])
        both = (frame["value"] == "") == (frame["label"] == "")
        for wrong, column, said in (
            (unknown, "source_id", "is no source of the overlay"),
            (both, "value", "must be a value or a label, one of them"),
        ):
            if wrong.any():
                raise _refused(overlay, name, frame.index[wrong][0], column, said)


def _own_fields(overlay: Overlay, name: str) -> list[dict]:
    return tables.resource(name, overlay.folder).get("schema", {}).get("fields", [])


def _check_known(overlay: Overlay) -> None:
    frame = overlay.table("observations")
    for column, table in (("region_code", "regions"), ("measure_id", "measures")):
        known = set(tables.read(table)[column])
        strange = frame.index[~frame[column].isin(known)]
        if len(strange):
            raise RefusedInput(
                f"{overlay.folder}: observations.csv, row {strange[0]}: "
                f"'{frame.at[strange[0], column]}' is not in table {table} of the release; "
                f"import the file again."
            )


def _check_personal(overlay: Overlay) -> None:
    for name in TABLES:
        frame = overlay.text(name)
        for column in frame.columns.drop(["url", "sha256"], errors="ignore"):
            hits = personal.first(frame[column].tolist())
            for text, hit in hits.items():
                row = frame.index[frame[column] == text][0]
                raise RefusedInput(
                    f"{overlay.folder}: {name}.csv, row {row}, column {column}: '{hit.masked}' "
                    f"looks like {hit.told()}; an overlay keeps no personal data, import its file "
                    f"again without it."
                )
