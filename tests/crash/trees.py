"""What stands in a folder of reports, seen without the library's own word for it."""

import hashlib
import json
import re
from pathlib import Path

EDITION = "2025"
MANIFEST, INDEX, UNFINISHED = "manifest.json", "index.html", ".unfinished"


def tree(folder: Path) -> dict[str, str]:
    """Path and hash of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def reports(folder: Path) -> dict[str, dict[str, str]]:
    """Name of every report's folder, and its files and their hashes.

    What a killed run was still writing lies beside an older report, which stays whole; whether it
    is cleared away is asked by :func:`leftovers`.
    """
    return {
        path.name: {
            name: found
            for name, found in tree(path).items()
            if not (name.startswith(".") and name.endswith(UNFINISHED))
        }
        for path in sorted((folder / EDITION).glob("*/"))
    }


def stamps(folder: Path, names: list[str]) -> dict[str, tuple[int, int]]:
    """Inode and time of every file of some reports: they change when a file is written anew."""
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_ino, path.stat().st_mtime_ns)
        for name in names
        for path in sorted((folder / EDITION / name).iterdir())
    }


def whole(folder: Path, *known: dict[str, dict[str, str]]) -> list[str]:
    """Names of the reports that are one of the known ones, to the last byte."""
    return [
        name
        for name, found in reports(folder).items()
        if any(found == each.get(name) for each in known)
    ]


def counted(folder: Path) -> set[str]:
    """Reports that count: those with a manifest, and those that the index or the batch names."""
    edition = folder / EDITION
    names = {path.parent.name for path in edition.glob(f"*/{MANIFEST}")}
    if (edition / INDEX).exists():
        page = (edition / INDEX).read_text(encoding="utf-8")
        names |= set(re.findall(r"\./([^/\"]+)/report\.\w+", page))
    if (edition / MANIFEST).exists():
        names |= set(json.loads((edition / MANIFEST).read_text(encoding="utf-8"))["reports"])
    return names


def leftovers(folder: Path) -> list[str]:
    """Temporary files below a folder, and the lock."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.name.startswith(("anticorruption-", ".")) or path.name.endswith(UNFINISHED)
    ]
