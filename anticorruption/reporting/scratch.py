"""Folders for a while: removed when they are no longer used, or by the next run if a kill hindered.

Each is locked by the process that uses it, and the system itself lets go of the lock when the
process ends, however it ends. So a folder that can be locked is one that nobody uses any more.
"""

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

#: Beginning of the names.
PREFIX = "anticorruption-run-"


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """Give an empty folder and remove it afterwards."""
    path, handle = _made()
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)
        if handle is not None:
            os.close(handle)


def sweep() -> None:
    """Remove the folders of processes that are dead; those of other users are left alone."""
    if os.name == "nt":
        return
    with contextlib.suppress(OSError):
        for path in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
            with contextlib.suppress(OSError):
                _removed_if_dead(path)


def _made() -> tuple[Path, int | None]:
    if os.name == "nt":  # folders cannot be locked there
        return Path(tempfile.mkdtemp(prefix=PREFIX)), None
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX))
        # Whoever sweeps may find it before it is locked; then another one is made.
        with contextlib.suppress(FileNotFoundError):
            handle = os.open(path, os.O_RDONLY)
            _locked(handle, wait=True)
            if path.exists():
                return path, handle
            os.close(handle)


def _removed_if_dead(path: Path) -> None:
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        return
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        if _locked(handle):
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(handle)


def _locked(handle: int, wait: bool = False) -> bool:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # in use, or on a file system without locks: then nobody can take it either
        return False
    return True
