"""Manifests: what a folder of reports is made of and holds, written last and checked later.

A report counts only if the manifest in its folder names the hash of every file that stands there.
No clock, no path of a machine and no user's name enters one: the same inputs give the same bytes.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path

from anticorruption import files
from anticorruption.errors import RefusedInput
from anticorruption.language import deferred
from anticorruption.reporting import execution, inputs, lock
from anticorruption.reporting.jobs import Job

NAME = "manifest.json"
#: Most bytes of a manifest: that of a batch names some thousand reports.
MOST_BYTES = 8 * 2**20
#: Most bytes of one file of a report that are held against their hash.
MOST_OF_A_FILE = 2**28
REPORT, BATCH = "report", "batch"
#: A reason to make a report anew: a message and what is filled into it.
Reason = tuple[str, dict]


def sha256(content: bytes) -> str:
    """Hash of some bytes, in full."""
    return hashlib.sha256(content).hexdigest()


def basis(job: Job) -> dict:
    """Everything that decides the bytes of a report."""
    appearance = asdict(job.appearance)
    logo = appearance.pop("logo")
    return {
        "kind": REPORT,
        "template": job.template,
        "parameters": job.parameters,
        "about": job.about,
        "apart": job.apart,
        "formats": list(job.formats),
        "appearance": appearance | {"logo": sha256(logo) if logo else ""},
        "code": inputs.code(execution.template(job.template)),
        "inputs": dict(job.inputs),
    }


def written(content: Mapping) -> bytes:
    """Manifest as the bytes of its file."""
    return (json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def read(folder: Path) -> dict | None:
    """Manifest of a folder; None if there is none that can be read."""
    try:
        content = files.of_json(files.text(folder / NAME, MOST_BYTES))
    except ValueError:  # among them every refusal of the file itself
        return None
    whole = (
        isinstance(content, dict)
        and content.get("kind") in (REPORT, BATCH)
        and _names_and_hashes(content.get("files"))
        and _names_and_hashes(content.get("reports", {}))
    )
    return content if whole else None


def _names_and_hashes(listed: object) -> bool:
    """Whether a list of a manifest names files or folders below its own, with hashes."""
    return isinstance(listed, dict) and all(
        _is_below(name) and isinstance(hashed, str) for name, hashed in listed.items()
    )


def _is_below(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.isprintable() and not any(part in ("", ".", "..") or ":" in part for part in parts)


def differences(folder: Path, content: Mapping) -> Iterator[Reason]:
    """What a folder lacks of its manifest's files, and which of them are no longer the same."""
    for name, recorded in content["files"].items():
        try:
            # What is no plain file, such as a pipe, is as good as missing.
            found = sha256(files.content(folder / name, MOST_OF_A_FILE))
        except RefusedInput:
            yield deferred("{file} is missing"), {"file": name}
            continue
        if found != recorded:
            yield deferred("{file} was changed after it was made"), {"file": name}


def beyond(folder: Path, content: Mapping) -> Iterator[Reason]:
    """Files in a folder that its manifest does not name."""
    known = {NAME, lock.NAME, *content["files"]} | {
        name.split("/")[0] for name in content.get("reports", {})
    }
    for path in sorted(folder.iterdir()):
        if path.name not in known:
            yield deferred("{file} is no file of the manifest"), {"file": path.name}


def why_anew(job: Job, asked: dict) -> list[Reason]:
    """Why a report has to be made anew; empty if what stands there is whole and unchanged.

    Parameters
    ----------
    job : Job
    asked : mapping
        Its :func:`basis`.
    """
    there = read(job.folder)
    if there is None:
        return [(deferred("there is no whole report yet"), {})]
    found = [*changed(there, asked), *differences(job.folder, there)]
    if not found and written(asked | {"files": there["files"]}) != _bytes(job.folder):
        found.append((deferred("{file} was changed after it was made"), {"file": NAME}))
    return found


def _bytes(folder: Path) -> bytes:
    try:
        return (folder / NAME).read_bytes()
    except OSError:
        return b""


def changed(there: Mapping, asked: Mapping) -> Iterator[Reason]:
    """What decides the bytes of a report and is no longer what a manifest says."""
    asked = json.loads(json.dumps(asked))
    yield from _inputs_changed(there.get("inputs", {}), asked["inputs"])
    if there.get("code") != asked["code"]:
        old = there.get("code", {})
        parts = [name for name, value in asked["code"].items() if old.get(name) != value]
        yield deferred("the program changed ({parts})"), {"parts": ", ".join(parts)}
    for key, message in _OTHER.items():
        if there.get(key) != asked[key]:
            yield message, {}


_OTHER = {
    "formats": deferred("other formats are asked for"),
    "appearance": deferred("another appearance is asked for"),
    "parameters": deferred("other parameters are asked for"),
    "template": deferred("another notebook is asked for"),
    "apart": deferred("other files are asked for"),
    "about": deferred("its title or its data release changed"),
}


#: Stands in the name of an input that is a row of a table.
_TABLE = ".csv: "


def _inputs_changed(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Reason]:
    """Inputs that changed, came or went; rows that only stand on another line come last, once."""
    moved = []
    # The figure itself says more than the release it is part of: rows are named first.
    rows_first = sorted(old.keys() | new.keys(), key=lambda name: (_TABLE not in name, name))
    for name in rows_first:
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        where = _where(name, after or before or "")
        if before is None:
            yield deferred("{input} is new"), {"input": where}
        elif after is None:
            yield deferred("{input} is gone"), {"input": where}
        elif _lines_differ(before, after):
            moved.append((int(before.split()[0]), int(after.split()[0])))
        else:
            yield deferred("{input} changed"), {"input": where}
    if moved:
        old_line, new_line = min(moved)
        message = deferred(
            "{count} lines of observations.csv that it prints stand elsewhere (line {old} is now "
            "{new})"
        )
        yield message, {"count": len(moved), "old": old_line, "new": new_line}


def _lines_differ(before: str, after: str) -> bool:
    """Whether two rows are the same but for their line; a manifest may be damaged."""
    old, new = before.split(), after.split()
    return len(new) == 2 and old[1:] == new[1:] and old[0].isascii() and old[0].isdigit()


def _where(name: str, value: str) -> str:
    """Name of an input as a reader looks for it: ``observations.csv line 8123 (mcp 2023)``."""
    table, _, what = name.partition(": ")
    if not what:
        return name
    key = what.split(",")[0].split(" ", 2)
    if " " in value and len(key) == 3:  # a row whose line is printed
        _, measure, year = key
        return f"{table} line {value.split()[0]} ({measure} {year})"
    return f"{table} ({what})"
