"""Hashes of the pilots' reports, kept in git, so that anybody can see that theirs are the same.

``python -m anticorruption.reporting.pinned reports/reports.lock`` makes the reports in a folder
of its own and compares; with ``--write`` it writes the lock anew. The lines are those that
``sha256sum --check`` reads.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from anticorruption import files, release
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.reporting import atomic, batch, manifest, scratch, studies
from anticorruption.reporting.formats import FORMATS

EDITION, LANGUAGE = 2025, "id"


def made(formats: Sequence[str], workers: int, edition: int = EDITION) -> dict[str, str]:
    """Make the reports of all pilots and their comparison elsewhere.

    Returns
    -------
    dict
        Path of each file below ``reports/`` to its hash.

    Raises
    ------
    RefusedInput
        If one of the reports cannot be made.
    """
    nation, say = studies.national(release.load(), edition), Language(LANGUAGE)
    codes = batch.pilots(nation.release, edition)
    with scratch.folder() as out:
        jobs = [batch.region_job(nation, code, say, out) for code in codes]
        jobs.append(batch.comparison_job(nation, codes, say, out))
        jobs = [job.dressed(formats, job.appearance) for job in jobs]
        outcomes = batch.make(jobs, workers)
        for outcome in outcomes:
            if outcome.problem:
                raise RefusedInput(f"{outcome.job.label}: {outcome.problem}")
        return {
            f"{job.folder.relative_to(out).as_posix()}/{name}": hashed
            for job in jobs
            for name, hashed in manifest.read(job.folder)["files"].items()
        }


def read(lock: Path) -> dict[str, str]:
    """Path and hash of every file that a lock pins.

    Raises
    ------
    RefusedInput
        If there is no such lock or a line of it is none.
    """
    found = {}
    for number, line in enumerate(files.text(lock).splitlines(), start=1):
        hashed, gap, path = line.partition("  ")
        if not gap or len(hashed) != 64:
            raise RefusedInput(f"{lock}, line {number}: a hash, two blanks and a path must stand.")
        found[path] = hashed
    return found


def text(hashes: dict[str, str]) -> str:
    """Lock as the text of its file."""
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes))


def formats_of(hashes: dict[str, str]) -> list[str]:
    """Formats that a lock pins."""
    files = {path.rpartition("/")[2] for path in hashes}
    return [each.name for each in FORMATS.values() if each.file in files]


def differences(pinned: dict[str, str], found: dict[str, str]) -> list[str]:
    """Files that are missing, new or not the pinned ones, a sentence each."""
    told = []
    for path in sorted(pinned.keys() | found.keys()):
        if path not in found:
            told.append(f"{path} is pinned and was not made.")
        elif path not in pinned:
            told.append(f"{path} is not pinned.")
        elif pinned[path] != found[path]:
            told.append(f"{path} is not the pinned one.")
    return told


def main(words: Sequence[str], workers: int = 2) -> int:
    """Compare, or write with ``--write``; all formats are pinned."""
    write, paths = "--write" in words, [word for word in words if not word.startswith("--")]
    lock = Path(paths[0] if paths else "reports/reports.lock")
    try:
        if write:
            atomic.write(lock, text(made(list(FORMATS), workers)).encode("utf-8"))
            return 0
        pinned = read(lock)
        told = differences(pinned, made(formats_of(pinned), workers))
    except (RefusedInput, atomic.Unwritable) as refused:
        print(f"anticorruption: {refused}", file=sys.stderr)
        return 2
    for sentence in told:
        print(sentence, file=sys.stderr)
    if not told:
        print(f"{lock}: {len(pinned)} files are the pinned ones.")
    return int(bool(told))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
