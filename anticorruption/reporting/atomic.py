"""Files written whole or not at all, so that a broken run never leaves half of one."""

import contextlib
import errno
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

#: Ending of a file that is still being written; what a killed run leaves of them is swept away.
UNFINISHED = ".unfinished"


#: Problems of a whole machine, such as a full or failing disk; others are of one file or folder.
_EVERYWHERE = {
    getattr(errno, name, None)
    for name in (
        "ENOSPC", "EDQUOT", "EFBIG", "EROFS", "EIO", "ENODEV", "ENXIO", "ESTALE",
        "EMFILE", "ENFILE", "ENOMEM", "EAGAIN",
    )
}  # fmt: skip


class Unwritable(RuntimeError):
    """The machine does not let a file be written: disk full, no permission, folder gone.

    Attributes
    ----------
    everywhere : bool
        Whether other files would fail alike, so that there is no use in going on.
    """

    def __init__(self, path: Path, problem: OSError):
        super().__init__(f"{path} cannot be written ({problem.strerror or problem}).")
        self.everywhere = problem.errno in _EVERYWHERE


def write(path: Path, content: bytes) -> None:
    """Write one file: its old content stays until all of the new one is on the disk.

    Raises
    ------
    Unwritable
        Naming the file; its old content is then untouched.
    """
    write_all(path.parent, {path.name: content})


def write_all(
    folder: Path,
    files: Mapping[str, bytes],
    last: str | None = None,
    outdated: tuple = (),
    withdrawn: Sequence[Path] = (),
) -> None:
    """Write the files of a folder; nothing of it changes before all of them are on the disk.

    Parameters
    ----------
    folder : Path
    files : mapping
        Name and content.
    last : str, optional
        Name of the file that vouches for the others: its old version goes before any of them is
        replaced, its new one comes after them.
    outdated : tuple of str
        Names of files that go away.
    withdrawn : sequence of Path
        Files of other folders that say what stands in this one; they go first, in this order.

    Raises
    ------
    Unwritable
        Naming the file; if the disk is full the old files are untouched.
    """
    path = folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            for name, content in files.items():
                path = folder / name
                _put(_waiting(path), content)
            withdraw(withdrawn)
            if last is not None:
                (folder / last).unlink(missing_ok=True)
                _sync(folder)
            for name in sorted(files, key=lambda each: (each == last, each)):
                path = folder / name
                if name == last:
                    for old in outdated:
                        (folder / old).unlink(missing_ok=True)
                    _sync(folder)
                os.replace(_waiting(path), path)
            _sync(folder)
        finally:
            for name in files:
                with contextlib.suppress(OSError):
                    _waiting(folder / name).unlink(missing_ok=True)
    except OSError as problem:
        raise Unwritable(path, problem) from None


def withdraw(paths: Sequence[Path]) -> None:
    """Remove files, each for good before the next one is removed."""
    for path in paths:
        path.unlink(missing_ok=True)
        _sync(path.parent)


def sweep(folder: Path) -> None:
    """Remove what killed runs left unfinished below a folder.

    Raises
    ------
    Unwritable
        Naming the file that cannot be removed.
    """
    path = folder
    try:
        for path in folder.rglob(f".*{UNFINISHED}"):
            path.unlink(missing_ok=True)
    except OSError as problem:
        raise Unwritable(path, problem) from None


def _waiting(path: Path) -> Path:
    """Place of a file while it is being written: beside it, so that a rename is enough."""
    return path.with_name(f".{path.name}{UNFINISHED}")


def _put(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    """Put the names of a folder on the disk; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
