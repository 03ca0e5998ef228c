"""What the long checks found, kept beside the tests: ``ASSURANCE.md`` tells only what stands here.

A record belongs to the library, the notebooks and the data that were tried. It can be seen when
these have changed since, because the hash of every room that was tried is in it.
"""

import hashlib
import json
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from tests.paths import ROOT

FOLDER = Path(__file__).with_name("records")
#: What a check tries: everything that can change a figure, a page or a refusal.
TRIED = ("anticorruption", "notebooks", "data")
_NAME = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Record:
    """One run of a long check.

    Attributes
    ----------
    check : str
        Name of the check, such as ``fuzz``.
    command : str
        What was typed, so that anybody can type it again.
    held : bool
        Whether everything that the check promises did hold.
    numbers : dict
        What was counted or measured, by name: numbers and short texts.
    seconds : float
        How long the run took, on whatever machine it was.
    day : str
        Day of the run, ISO 8601.
    tried : dict
        Rooms that were tried and their hashes, see :func:`rooms`.
    """

    check: str
    command: str
    held: bool
    numbers: Mapping[str, int | float | str]
    seconds: float
    day: str
    tried: Mapping[str, str]


def rooms(root: Path = ROOT) -> dict[str, str]:
    """Return every room that a check may try, each with a hash of its files.

    A room is a folder of the library (its single files are rooms by themselves), the notebooks, or
    a folder of the data. The first sixteen digits of the hash are enough to see a change.
    """
    found: dict[str, list[str]] = {}
    for top in TRIED:
        for path in (root / top).rglob("*"):
            inside = path.relative_to(root)
            hidden = any(part.startswith((".", "__pycache__")) for part in inside.parts)
            if path.is_file() and not hidden and path.suffix != ".mo":
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                room = top if top == "notebooks" else "/".join(inside.parts[:2])
                found.setdefault(room, []).append(f"{inside.as_posix()}  {content}")
    return {
        room: hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()[:16]
        for room, lines in sorted(found.items())
    }


def write(
    check: str,
    command: str,
    *,
    held: bool,
    numbers: Mapping[str, int | float | str],
    seconds: float,
    tried: Collection[str] = TRIED,
) -> Path:
    """Keep what a check found, over what it found before.

    Parameters
    ----------
    check, command, held, numbers, seconds
        As in :class:`Record`.
    tried : collection of str
        What its verdict rests on: rooms such as ``anticorruption/intake``, or whole folders.

    Raises
    ------
    ValueError
        If the check's name is not made of small letters, digits and hyphens.
    """
    if not _NAME.fullmatch(check):
        raise ValueError(f"a check is named by small letters, digits and hyphens, not {check!r}")
    hashes = {
        room: found
        for room, found in rooms().items()
        if any(room == one or room.startswith(f"{one}/") for one in tried)
    }
    today = date.today().isoformat()
    record = Record(check, command, held, dict(numbers), round(seconds, 1), today, hashes)
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{check}.json"
    path.write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="utf-8")
    return path


def typed(check: str, words: Sequence[str]) -> str:
    """What was typed for a check: its command, or its program where it was given words.

    Examples
    --------
    >>> typed("crash", []), typed("crash", ["--kills", "9"])
    ('make crash', 'python -m tests.crash --kills 9')
    """
    return " ".join(["python -m", f"tests.{check}", *words]) if words else f"make {check}"


def read(check: str) -> Record | None:
    """Return what a check found last, or None if it has never been run."""
    path = FOLDER / f"{check}.json"
    if not path.exists():
        return None
    return Record(**json.loads(path.read_text(encoding="utf-8")))


def changed(record: Record) -> list[str]:
    """Return the rooms that a check tried and that are not any more what they were."""
    now = rooms()
    return [room for room, found in record.tried.items() if now.get(room) != found]
