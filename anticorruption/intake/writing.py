"""Rows of a file written into an overlay: checked first, then all at once or not at all."""

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
from frictionless import Package

from anticorruption import measures, overlay, regions, tables, texts
from anticorruption.errors import RefusedInput
from anticorruption.intake.understanding import Understood
from anticorruption.overlay import READY, TABLES, VERSION
from anticorruption.texts import shown

#: Columns that an overlay's tables have beyond those of the release.
_MORE = {
    "observations": {"cell": "cell of the file that the value was read in"},
    "sources": {
        "file": "name of the file",
        "sha256": "hash of the file's bytes",
        "sheet": "sheet of the file, empty in text files",
    },
}
_KEYS = {
    "observations": ["region_code", "measure_id", "year", "status", "source_id"],
    "sources": ["source_id"],
}
PUBLISHER, LICENCE = "KPK", "not public"
_WAITING = ".unfinished"
_IGNORE_ALL = "# Nothing in this folder may enter version control.\n*\n"


def source_id(understood: Understood) -> str:
    """Source id of a sheet of a file: the same bytes give the same id."""
    named = f"{understood.workbook.sha256}\n{understood.sheet}"
    return f"overlay-{hashlib.sha256(named.encode()).hexdigest()[:6]}"


def merged(understood: Understood, folder: Path) -> tuple[dict[str, pd.DataFrame], int]:
    """Tables of an overlay with the rows of a file in them, and how many rows differ from before.

    Rows of the same file, measure, year and status give way; all others stay.

    Raises
    ------
    RefusedInput
        If the overlay there is not whole, or if a row breaks a rule of the release.
    """
    there = _there(folder)
    own = source_id(understood)
    new = {"observations": _observations(understood, own), "sources": _source(understood, own)}
    clash = there["sources"].loc[there["sources"]["source_id"] == own, "sha256"]
    if set(clash) - {understood.workbook.sha256}:
        raise RefusedInput(f"{folder}: source {own} stands for two files; use another folder.")
    kept = there["observations"]
    same = (
        (kept["source_id"] == own)
        & (kept["measure_id"] == understood.measure_id)
        & (kept["year"] == str(understood.year))
        & (kept["status"] == understood.status)
    )
    frames = {
        "observations": _sorted("observations", pd.concat([kept[~same], new["observations"]])),
        "sources": _sorted(
            "sources",
            pd.concat([there["sources"][there["sources"]["source_id"] != own], new["sources"]]),
        ),
    }
    _check(frames["observations"])
    before = set(map(tuple, kept.to_numpy()))
    changed = len(set(map(tuple, frames["observations"].to_numpy())) ^ before)
    return frames, changed


def add(understood: Understood, folder: Path) -> int:
    """Put the rows of a file into an overlay, and count those that are new or changed.

    An interruption leaves the old tables or the new ones; the same file once more changes nothing.

    Raises
    ------
    RefusedInput
        As :func:`merged`; or if the folder is no place for an overlay or cannot be written.
    """
    check_place(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder):
            frames, changed = merged(understood, folder)
            if changed:
                _write(frames, folder)
    except OSError as problem:
        raise RefusedInput(
            f"{folder}: the overlay cannot be written ({problem.strerror}); choose another with "
            f"--overlay."
        ) from None
    return changed


def check_place(folder: Path) -> None:
    """Refuse a folder from which figures could reach the release or version control.

    Raises
    ------
    RefusedInput
        If it lies in the data release, holds something else, or lies in a git work tree that
        does not ignore it.
    """
    folder = folder.resolve()
    for data in {tables.data_folder().resolve(), Path(__file__).resolve().parents[2] / "data"}:
        if folder == data or data in folder.parents or folder in data.parents:
            raise RefusedInput(
                f"{folder}: an overlay may not lie in or around the data release; choose another "
                f"folder with --overlay."
            )
    if folder.exists() and not folder.is_dir():
        raise RefusedInput(f"{folder} is not a folder; choose another with --overlay.")
    if folder.is_dir() and any(folder.iterdir()) and not _is_ours(folder):
        raise RefusedInput(
            f"{folder}: the folder holds other files and no overlay; choose an empty one with "
            f"--overlay."
        )
    top = next((p for p in (folder, *folder.parents) if (p / ".git").exists()), None)
    if top is not None and not _ignored(folder, top):
        raise RefusedInput(
            f"{folder}: it lies in the git work tree {top}, which does not ignore it; choose a "
            f"folder outside with --overlay, or ignore it there."
        )


def _is_ours(folder: Path) -> bool:
    """Whether a folder holds an overlay, or what an interrupted first import left."""
    left = {_WAITING, READY, ".gitignore", ".lock"}
    return overlay.is_overlay(folder) or {path.name for path in folder.iterdir()} <= left


def _ignored(folder: Path, top: Path) -> bool:
    if folder == top:
        return False
    command = ["git", "-C", str(top), "check-ignore", "-q", str(folder / "observations.csv")]
    try:
        # An overlay's own .gitignore must not be what makes it ignored: ask for the folder too.
        whole = [*command[:-1], f"{folder}/"]
        done = subprocess.run(whole, capture_output=True, check=False, timeout=10)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _there(folder: Path) -> dict[str, pd.DataFrame]:
    """Tables of the overlay as text; empty ones where there is none yet."""
    overlay.finish(folder)
    if folder.is_dir() and overlay.is_overlay(folder):
        opened = overlay.opened(folder)
        return {name: opened.text(name).reset_index(drop=True) for name in TABLES}
    return {name: pd.DataFrame(columns=_columns(name), dtype=str) for name in TABLES}


def _columns(name: str) -> list[str]:
    fields = tables.resource(name)["schema"]["fields"]
    return [field["name"] for field in fields] + list(_MORE[name])


def _observations(understood: Understood, own: str) -> pd.DataFrame:
    records = [
        {
            "region_code": row.region_code,
            "measure_id": understood.measure_id,
            "year": str(understood.year),
            "value": row.printed,
            "label": row.label,
            "status": understood.status,
            "source_id": own,
            "confidence": "high",
            "cell": row.cell,
        }
        for row in understood.rows
    ]
    return pd.DataFrame(records, columns=_columns("observations"), dtype=str).fillna("")


def _source(understood: Understood, own: str) -> pd.DataFrame:
    book = understood.workbook
    file, sheet = _as_text(book.path.name), _as_text(understood.sheet)
    record = {
        "source_id": own,
        "publisher": PUBLISHER,
        "title": ", ".join(filter(None, [f"Berkas {shown(book.path.name, 120)}", sheet])),
        "published": book.saved,
        "kind": "official",
        "licence": LICENCE,
        "file": file,
        "sha256": book.sha256,
        "sheet": sheet,
    }
    return pd.DataFrame([record], columns=_columns("sources"), dtype=str).fillna("")


def _as_text(text: str) -> str:
    """Text of a file that no spreadsheet takes for a formula."""
    return texts.in_a_spreadsheet(shown(text, 120))


def _sorted(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sort_values(_KEYS[name], kind="stable").reset_index(drop=True)


def _check(frame: pd.DataFrame) -> None:
    """Hold rows to what no schema can say, as :mod:`anticorruption.checking` does the release."""
    known, book = set(regions.table().index), measures.codebook()
    for row in frame.itertuples():
        where = f"overlay, {row.region_code} {row.measure_id} {row.year}"
        if row.region_code not in known or row.measure_id not in book.index:
            raise RefusedInput(f"{where}: the region or the measure is unknown.")
        entry = book.loc[row.measure_id]
        if bool(row.value) == bool(row.label):
            raise RefusedInput(f"{where}: a value or a label is needed, exactly one of them.")
        if row.label and row.label not in measures.labels(row.measure_id):
            raise RefusedInput(f"{where}: '{row.label}' is no label of the measure.")
        value = float(row.value or "nan")
        if value < entry["scale_min"] or value > entry["scale_max"]:
            raise RefusedInput(f"{where}: {row.value} lies outside the scale of the measure.")


def _write(frames: dict[str, pd.DataFrame], folder: Path) -> None:
    waiting = folder / _WAITING
    shutil.rmtree(waiting, ignore_errors=True)
    waiting.mkdir()
    try:
        for name, frame in frames.items():
            buffer = io.StringIO()
            frame[_columns(name)].to_csv(buffer, index=False, lineterminator="\n")
            _flushed(waiting / f"{name}.csv", buffer.getvalue())
        text = json.dumps(_described(waiting), indent=2, ensure_ascii=False) + "\n"
        _flushed(waiting / tables.DESCRIPTOR, text)
        _validate(waiting)
        ignore = folder / ".gitignore"
        if not ignore.is_file() or ignore.read_text(encoding="utf-8") != _IGNORE_ALL:
            _flushed(ignore, _IGNORE_ALL)
        # From this step on the import is made: whoever opens the folder next completes it.
        os.replace(waiting, folder / READY)
    finally:
        shutil.rmtree(waiting, ignore_errors=True)
    overlay.finish(folder)


def _described(folder: Path) -> dict:
    resources = []
    for name in TABLES:
        entry = json.loads(json.dumps(tables.resource(name)))
        schema = entry["schema"]
        schema["fields"] += [
            {"name": column, "type": "string", "description": said}
            for column, said in _MORE[name].items()
        ]
        # Regions and measures are those of the release; only sources stand in the same folder.
        foreign = [k for k in schema.get("foreignKeys", []) if k["fields"] == "source_id"]
        schema.pop("foreignKeys", None)
        if name == "observations":
            schema["foreignKeys"] = foreign
        path = folder / entry["path"]
        entry["bytes"], entry["hash"] = path.stat().st_size, tables.sha256(path)
        resources.append({k: v for k, v in entry.items() if k not in ("sources", "licenses")})
    return {
        "profile": "tabular-data-package",
        "name": "anticorruption-overlay",
        "title": "Figures that are not public; never part of the release",
        "version": VERSION,
        "resources": resources,
    }


def _validate(folder: Path) -> None:
    report = Package(str(folder / tables.DESCRIPTOR)).validate()
    if not report.valid:
        errors = [error for task in report.tasks for error in task.errors] + list(report.errors)
        raise RefusedInput(f"overlay: the tables break their schema: {shown(errors[0].note, 200)}.")


def _flushed(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one import at a time into a folder, where the system can lock files."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield
        return
    with (folder / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefusedInput(f"{folder}: another import is writing here; wait for it.") from None
        yield
