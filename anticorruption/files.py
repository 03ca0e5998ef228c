"""Small files that others give us, read with a limit: texts, TOML and JSON, never by their name.

Workbooks and large tables have a reader of their own, :mod:`anticorruption.intake.reading`.
"""

import json
import os
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path

from anticorruption.errors import RefusedInput
from anticorruption.texts import shown

#: Most bytes of a file that somebody writes by hand: a rubric, a mapping, a recipe.
MOST_BYTES = 2**20
#: Most dots of a line of TOML: the time that a key of many parts takes grows by their square.
MOST_DOTS = 200
#: What turns a message and its values into the reader's language.
Say = Callable[..., str]


def plainly(message: str, /, **values: object) -> str:
    """Message in English, its ``{names}`` filled in."""
    return message.format(**values) if values else message


def content(path: Path | str, most: int = MOST_BYTES, say: Say = plainly) -> bytes:
    """Bytes of a file, of which there may be so many.

    What is no plain file (a folder, a pipe, a device) is never opened: it could answer without end
    or not at all.

    Raises
    ------
    RefusedInput
        If it is missing, no plain file, too large, or cannot be read.
    """
    path = Path(path)
    if "\0" in str(path):
        raise _refused(path, say("there is no such file"))
    try:
        # Without waiting for a writer, should a pipe take the file's place in between.
        _check_kind(path, path.stat().st_mode, say)
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | _BINARY)
        with os.fdopen(handle, "rb") as file:
            _check_kind(path, os.fstat(handle).st_mode, say)
            found = file.read(most + 1)
            size = max(os.fstat(handle).st_size, len(found))
    except (FileNotFoundError, NotADirectoryError):
        raise _refused(path, say("there is no such file")) from None
    except OSError as problem:
        said = say("the file cannot be read ({problem})", problem=problem.strerror)
        raise _refused(path, said) from None
    if len(found) > most:
        has, may = told_size(size), told_size(most)
        if has == may:
            has, may = f"{size} B", f"{most} B"
        said = say("the file has {size} and may have {most}", size=has, most=may)
        raise _refused(path, said)
    return found


def text(path: Path | str, most: int = MOST_BYTES, say: Say = plainly) -> str:
    """Text of a file in UTF-8, with a byte order mark or without.

    Raises
    ------
    RefusedInput
        As :func:`content`; or if the file is not UTF-8, naming the first line that is not.
    """
    found = content(path, most, say)
    try:
        return found.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = found[: problem.start].count(b"\n") + 1
        said = say("line {line} is not UTF-8; save the file as UTF-8", line=line)
        raise _refused(Path(path), said) from None


def toml(path: Path | str, most: int = MOST_BYTES, say: Say = plainly) -> dict:
    """Content of a TOML file.

    Raises
    ------
    RefusedInput
        As :func:`text`; or if it is no TOML, saying what is wrong and where.
    """
    found = text(path, most, say)
    for line, written in enumerate(found.splitlines(), start=1):
        if written.count(".") > MOST_DOTS:
            said = say("line {line} has more than {most} dots", line=line, most=MOST_DOTS)
            raise _refused(Path(path), said)
    try:
        return tomllib.loads(found)
    except (ValueError, RecursionError) as problem:
        # A number of too many digits is a ValueError too; nesting without end a RecursionError.
        said = say("not readable as TOML ({problem})", problem=_told(problem))
        raise _refused(Path(path), said) from None


def of_json(text: str) -> object:
    """Value that a JSON text holds.

    Raises
    ------
    ValueError
        For everything that is no JSON, among it nesting without end and numbers of too many digits.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def told_size(count: int) -> str:
    """Size as a reader writes it: ``1 MB``, ``20 kB``."""
    if count >= 2**20:
        return f"{-(-count // 2**20)} MB"
    return f"{-(-count // 1000)} kB" if count >= 1000 else f"{count} B"


_BINARY = getattr(os, "O_BINARY", 0)


def _check_kind(path: Path, mode: int, say: Say) -> None:
    if stat.S_ISDIR(mode):
        raise _refused(path, say("this is a folder; name a file in it"))
    if not stat.S_ISREG(mode):
        raise _refused(path, say("this is no plain file but a pipe or a device; name a file"))


def _refused(path: Path, said: str) -> RefusedInput:
    return RefusedInput(f"{shown(path.name or path, 120)}: {said}.")


def _told(problem: BaseException) -> str:
    if isinstance(problem, RecursionError):
        return "nested too deeply"
    return shown(problem, 120)
