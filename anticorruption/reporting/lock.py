"""One batch a folder: a second one is told who is at work there."""

import contextlib
import errno
import json
import os
import socket
import time
from collections.abc import Iterator
from pathlib import Path

from anticorruption import files, texts
from anticorruption.errors import RefusedInput
from anticorruption.reporting.atomic import Unwritable

NAME = ".batch.lock"
#: Byte that Windows locks: past the text, which another batch wants to read.
_FAR = 1 << 20
#: Seconds that reports begun by a batch that was killed are given to end.
PATIENCE = 30.0


@contextlib.contextmanager
def held(folder: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the lock of a folder.

    The system itself releases the lock when the process ends, however it ends, so that a lock
    of a dead process hinders nobody. Children of a killed batch share its lock until they end.

    Parameters
    ----------
    folder : Path
        An existing folder.
    patience : float
        Seconds to wait when the batch that holds the lock is dead and its last children are not.

    Raises
    ------
    RefusedInput
        If another batch is at work in the folder: which process, where, since when.
    Unwritable
        If the lock cannot be written.
    """
    path = folder / NAME
    until = time.monotonic() + patience
    while (handle := _taken(path)) is None:
        holder = _holder(path)
        if not _dead(holder) or time.monotonic() > until:
            raise RefusedInput(_told(folder, holder))
        time.sleep(0.1)
    try:
        _sign(path, handle)
        yield
    finally:
        _released(path, handle)


def _taken(path: Path) -> int | None:
    """Open lock file that is now ours, or None if another process holds it."""
    try:
        # a link in its place would lead the signature into a file of somebody else
        handle = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o644)
    except OSError as problem:
        raise Unwritable(path, problem) from None
    with contextlib.suppress(OSError):
        if _lock(handle) and os.path.samestat(os.fstat(handle), os.stat(path)):
            return handle
    # held by another, or removed by its holder between our opening and our locking it
    os.close(handle)
    return None


def _released(path: Path, handle: int) -> None:
    if os.name == "nt":  # an open file cannot be removed there
        os.close(handle)
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
        return
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
    os.close(handle)


if os.name == "nt":
    import msvcrt

    def _lock(handle: int) -> bool:
        os.lseek(handle, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def _sign(path: Path, handle: int) -> None:
    """Write who holds the lock, for whoever is refused; it is no part of any report."""
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    text = json.dumps({"pid": os.getpid(), "host": socket.gethostname(), "since": since})
    try:
        os.ftruncate(handle, 0)
        os.lseek(handle, 0, os.SEEK_SET)
        if os.write(handle, text.encode()) < len(text):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    except OSError as problem:
        raise Unwritable(path, problem) from None


def _holder(path: Path) -> dict:
    try:
        holder = files.of_json(files.text(path))
    except ValueError:  # among them every refusal of the file itself
        return {}
    return holder if isinstance(holder, dict) else {}


def _dead(holder: dict) -> bool:
    """Whether the signed process has ended; only known of this machine.

    A lock that is not signed yet is being taken or given back at this moment.
    """
    if not holder:
        return True
    if holder.get("host") != socket.gethostname() or os.name == "nt":
        return False
    try:
        os.kill(int(holder["pid"]), 0)
    except (ProcessLookupError, KeyError, ValueError, TypeError, OverflowError):
        return True
    except OSError:
        return False
    return False


def _told(folder: Path, holder: dict) -> str:
    who = "another process"
    if holder:
        who = (
            f"process {holder.get('pid', '?')} on {holder.get('host', '?')} since "
            f"{holder.get('since', '?')}"
        )
        who = texts.shown(who, 120)
    return f"{folder}: another batch is at work here ({who}); wait for it or choose another --out."
