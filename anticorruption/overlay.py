"""An overlay: KPK's own figures as tables beside the release, never among them.

It is a folder of the same tables, written by ``anticorruption import``; this module opens it.
"""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from anticorruption import personal, tables
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
        If the folder holds no overlay, if a table was changed by hand, if it speaks of a region or
        measure that the release does not know, or if a cell holds personal data.
    """
    finish(folder)
    if not is_overlay(folder):
        raise RefusedInput(
            f"{folder}: this folder holds no overlay; make one with: anticorruption import FILE."
        )
    digest = hashlib.sha256()
    for entry in tables.descriptor(folder)["resources"]:
        path = folder / entry["path"]
        if not path.is_file() or tables.sha256(path) != entry["hash"]:
            raise RefusedInput(
                f"{path}: the table is not as it was imported; import its files again into an "
                f"empty folder."
            )
        digest.update(entry["hash"].encode())
    overlay = Overlay(folder, digest.hexdigest())
    _check_known(overlay)
    _check_personal(overlay)
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
