"""One table of the data folder, read by the schema that ``datapackage.json`` gives it."""

import copy
import csv
import hashlib
import io
import json
import math
import os
import warnings
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from pathlib import Path

import pandas as pd

from anticorruption import files, texts
from anticorruption.errors import RefusedInput

ENVIRONMENT_VARIABLE = "ANTICORRUPTION_DATA"
DESCRIPTOR = "datapackage.json"
#: Line of the first record of a table as a spreadsheet counts it: the header is line 1.
FIRST_ROW = 2
#: Most bytes of a table, and most digits of a whole number in one.
MOST_BYTES, MOST_DIGITS = 64 * 2**20, 15


def data_folder() -> Path:
    """Folder of the data release: ``$ANTICORRUPTION_DATA``, else ``data/`` beside the library."""
    chosen = os.environ.get(ENVIRONMENT_VARIABLE)
    return Path(chosen).resolve() if chosen else Path(__file__).resolve().parents[1] / "data"


def sha256(path: Path) -> str:
    """Hash of a file's bytes, as ``datapackage.json`` records it."""
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def descriptor(folder: Path | None = None) -> dict:
    """Content of ``datapackage.json``.

    Raises
    ------
    RefusedInput
        If the file is missing or is not JSON.
    """
    return copy.deepcopy(_descriptor(folder or data_folder()))


def _descriptor(folder: Path) -> dict:
    """Content of ``datapackage.json``, shared by all who only read it."""
    path = folder / DESCRIPTOR
    try:
        return _read_descriptor(path, _stamp(path))
    except FileNotFoundError:
        raise RefusedInput(
            f"{path}: not found; name the folder of a data release in ${ENVIRONMENT_VARIABLE}."
        ) from None
    except OSError as problem:
        raise RefusedInput(f"{path}: it cannot be read ({problem.strerror}).") from None


@lru_cache(maxsize=16)
def _read_descriptor(path: Path, stamp: Hashable) -> dict:
    text = files.text(path, MOST_BYTES)
    try:
        package = files.of_json(text)
    except ValueError as problem:
        said = texts.shown(problem, 120)
        raise RefusedInput(f"{path}: not readable as JSON ({said}).") from None
    return _described(path, package)


def _described(path: Path, package) -> dict:
    """Hold the description to the few entries everything here relies on."""
    if not isinstance(package, dict) or not isinstance(package.get("version"), str):
        raise RefusedInput(f"{path}: a 'version' is missing; restore the file of the release.")
    resources = package.get("resources")
    if not isinstance(resources, list) or not resources:
        raise RefusedInput(f"{path}: the list of 'resources' is missing; restore the file.")
    for place, entry in enumerate(resources, start=1):
        for key in ("name", "path", "hash"):
            if not isinstance(entry, dict) or not isinstance(entry.get(key), str):
                raise RefusedInput(f"{path}: resource {place} has no '{key}'; restore the file.")
        if not _is_below(entry["path"]):
            told = texts.shown(entry["path"], 120)
            raise RefusedInput(f"{path}: '{told}' lies outside the folder; restore the file.")
        if "schema" in entry and not _is_schema(entry["schema"]):
            raise RefusedInput(
                f"{path}: the schema of resource {place} has no list of fields with names and "
                f"types; restore the file."
            )
    return package


def _is_below(path: str) -> bool:
    """Whether a path of the description names a file below its folder."""
    parts = path.split("/")
    return path.isprintable() and not any(part in ("", "..") or ":" in part for part in parts)


def _is_schema(schema: object) -> bool:
    fields = schema.get("fields") if isinstance(schema, dict) else None
    return isinstance(fields, list) and all(
        isinstance(field, dict) and isinstance(field.get(key), str)
        for field in fields
        for key in ("name", "type")
    )


def resource(name: str, folder: Path | None = None) -> dict:
    """Description of one table in ``datapackage.json``.

    Raises
    ------
    RefusedInput
        If the release has no table of that name.
    """
    return copy.deepcopy(_resource(name, folder or data_folder()))


def _resource(name: str, folder: Path) -> dict:
    for entry in _descriptor(folder)["resources"]:
        if entry["name"] == name:
            return entry
    raise RefusedInput(f"{DESCRIPTOR}: there is no table called '{name}'.")


def read(name: str, folder: Path | None = None) -> pd.DataFrame:
    """Read a table and give each column the type of its schema.

    Parameters
    ----------
    name : str
        Table name, such as ``"observations"``.
    folder : Path, optional
        Data folder; by default :func:`data_folder`.

    Returns
    -------
    DataFrame
        One row a record, in file order, indexed by the line of the file (header = 1), so that
        any cell can be found again. Text columns hold ``""`` where the file is empty, numbers
        ``NaN``; codes stay text.

    Raises
    ------
    RefusedInput
        If the file is missing, is not UTF-8, lacks or adds a column, or holds a cell that its
        column's type does not allow.
    """
    folder = folder or data_folder()
    schema = _resource(name, folder)
    path = folder / schema["path"]
    if "schema" not in schema:
        raise RefusedInput(f"{DESCRIPTOR}: '{name}' is described without a schema; restore it.")
    # A shallow copy: pandas copies what is written to, so the table read once stays as it is.
    frame = _read(name, path, json.dumps(schema["schema"]), _table_stamp(path))
    return frame.copy(deep=False)


def text(name: str, folder: Path | None = None) -> pd.DataFrame:
    """Read a table as it is printed: every cell as text, indexed like :func:`read`."""
    folder = folder or data_folder()
    path = folder / _resource(name, folder)["path"]
    return _text(path, _table_stamp(path)).copy(deep=False)


def stamp(folder: Path | None = None) -> tuple:
    """What tells one state of a data folder from another: path, size and time of every file.

    Raises
    ------
    RefusedInput
        If the folder holds no release or a sealed table is missing.
    """
    folder = folder or data_folder()
    paths = [folder / entry["path"] for entry in _descriptor(folder)["resources"]]
    return folder, _stamp(folder / DESCRIPTOR), *map(_table_stamp, paths)


def derived(*names: str) -> Callable:
    """Decorate a function of nothing but its arguments and these tables of the data folder.

    Its result is kept until a table's file or the description of the tables changes. It is shared
    between callers, who must not change it.
    """

    def decorate(function: Callable) -> Callable:
        @lru_cache(maxsize=128)
        def kept(state: Hashable, arguments: tuple) -> object:
            return function(*arguments)

        @wraps(function)
        def called(*arguments: Hashable) -> object:
            folder = data_folder()
            paths = [folder / _resource(name, folder)["path"] for name in names]
            state = (folder, _stamp(folder / DESCRIPTOR), *map(_table_stamp, paths))
            return kept(state, arguments)

        return called

    return decorate


def _stamp(path: Path) -> tuple[int, int, int]:
    """Size, time and place of a file, so that a changed file is read anew."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def _table_stamp(path: Path) -> tuple[int, int, int]:
    try:
        return _stamp(path)
    except FileNotFoundError:
        raise RefusedInput(f"{path}: the table is missing from the data folder.") from None


@lru_cache(maxsize=64)
def _read(name: str, path: Path, schema: str, stamp: Hashable) -> pd.DataFrame:
    fields = {field["name"]: field["type"] for field in json.loads(schema)["fields"]}
    raw = _text(path, stamp)
    missing = [column for column in fields if column not in raw.columns]
    added = [column for column in raw.columns if column not in fields]
    if missing or added:
        strange = texts.shown(added[0] if added else "", 40)
        said = f"lacks column '{missing[0]}'" if missing else f"has an unknown column '{strange}'"
        raise RefusedInput(
            f"{path.name}: the table {said}; its columns must be {', '.join(fields)}."
        )
    return pd.DataFrame(
        {column: _typed(name, raw[column], kind) for column, kind in fields.items()},
        index=raw.index,
    )


@lru_cache(maxsize=64)
def _text(path: Path, stamp: Hashable) -> pd.DataFrame:
    content = files.content(path, MOST_BYTES)
    try:
        with warnings.catch_warnings():
            # A comma too many must not turn the first column into an index, nor be passed over;
            # a blank line must not vanish, or every line below it would have another number.
            warnings.simplefilter("error", pd.errors.ParserWarning)
            raw = pd.read_csv(
                io.BytesIO(content),
                dtype=str,
                keep_default_na=False,
                encoding="utf-8",
                index_col=False,
                skip_blank_lines=False,
            )
    except pd.errors.ParserWarning:
        raise RefusedInput(
            f"{path.stem}, row {_first_row_too_long(content)}: the row has too many cells; look "
            f"for a comma too many."
        ) from None
    except UnicodeDecodeError:
        raise RefusedInput(
            f"{path.name}: row {_first_row_not_utf8(content)} is not UTF-8; save the table as "
            f"UTF-8."
        ) from None
    except pd.errors.EmptyDataError:
        raise RefusedInput(f"{path.name}: the table is empty; a header line is needed.") from None
    except pd.errors.ParserError as problem:
        reason = str(problem).strip().splitlines()[-1]
        raise RefusedInput(f"{path.name}: not readable as CSV ({reason}).") from None
    return raw.set_axis(pd.RangeIndex(FIRST_ROW, FIRST_ROW + len(raw), name="row"))


def _first_row_too_long(content: bytes) -> int:
    reader = csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline=""))
    try:
        columns = len(next(reader))
        for record in reader:
            if len(record) > columns:
                return reader.line_num
    except csv.Error:  # a cell longer than any
        return reader.line_num + 1
    return 1


def _first_row_not_utf8(content: bytes) -> int:
    for row, line in enumerate(content.split(b"\n"), start=1):
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            return row
    return 1


def _typed(table: str, column: pd.Series, kind: str) -> pd.Series:
    if kind not in {"number", "integer", "boolean"}:
        return column
    if kind == "boolean":
        return _mapped(table, column, {"true": True, "false": False}.get, "true or false")
    return _mapped(
        table,
        column,
        _whole if kind == "integer" else _number,
        "a whole number" if kind == "integer" else "a plain number",
    )


def _mapped(table: str, column: pd.Series, convert, wanted: str) -> pd.Series:
    values = []
    for row, text in column.items():
        value = None if text == "" else convert(text)
        if value is None and text != "":
            hint = " (write a decimal point, no thousands mark)" if "number" in wanted else ""
            told = texts.shown(text, 60)
            raise RefusedInput(
                f"{table}, row {row}, column {column.name}: '{told}' is not {wanted}{hint}."
            )
        values.append(math.nan if value is None else value)
    series = pd.Series(values, index=column.index, name=column.name)
    if wanted == "a whole number":
        return series.astype("Int64" if series.isna().any() else "int64")
    return series


def _number(text: str) -> float | None:
    """Read a finite decimal number; ``1_000``, ``nan`` and ``1e9999`` are refused."""
    if not set(text) <= set("0123456789+-.eE"):
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _whole(text: str) -> int | None:
    digits = text.removeprefix("-")
    return (
        int(text) if digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS else None
    )
