"""The reading child, forked from a parent that has its libraries at hand.

What is tried is :mod:`anticorruption.intake.child` itself with its own limits of memory and time,
in a process of its own for each file; only the start of an interpreter is saved, four fifths of
the time.
"""

import contextlib
import io
import json
import os
import select
import signal
import subprocess
import sys
import traceback
from types import SimpleNamespace

from anticorruption.intake import reading


class WarmReader:
    """Stands in for :func:`anticorruption.intake.reading._child`.

    Attributes
    ----------
    peak : int
        Largest resident memory of a child so far, in bytes.
    seconds : float
        Seconds of the processor that the last child took.
    """

    def __init__(self) -> None:
        self.peak, self.seconds = 0, 0.0
        self._parent = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.warm"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=reading._PACKAGE,
        )

    def __call__(self, content: bytes, ending: str) -> tuple[bytes, bytes, int]:
        """Answer, complaints and exit code of a child that read this content."""
        asked = {"ending": ending, "length": len(content), "seconds": reading.MOST_SECONDS}
        self._parent.stdin.write(json.dumps(asked).encode() + b"\n" + content)
        self._parent.stdin.flush()
        told = json.loads(self._parent.stdout.readline())
        out, err = (self._parent.stdout.read(told[key]) for key in ("out", "err"))
        self.peak, self.seconds = max(self.peak, told["peak"]), told["cpu"]
        if told["late"]:
            raise subprocess.TimeoutExpired("child", reading.MOST_SECONDS)
        return out, err, told["code"]

    def close(self) -> None:
        """End the parent of the children."""
        self._parent.stdin.close()
        self._parent.wait()
        self._parent.stdout.close()


def serve() -> None:
    """Fork a child for each file that comes in on the standard input."""
    import python_calamine  # noqa: F401

    from anticorruption.intake import child, structure  # noqa: F401

    asking, answering = sys.stdin.buffer, sys.stdout.buffer
    while line := asking.readline():
        asked = json.loads(line)
        content = asking.read(asked["length"])
        out, err = os.memfd_create("out"), os.memfd_create("err")
        if (pid := os.fork()) == 0:
            _read(child, content, asked["ending"], out, err)
        told = _waited(pid, asked["seconds"])
        found = [os.pread(file, os.fstat(file).st_size, 0) for file in (out, err)]
        told |= {"out": len(found[0]), "err": len(found[1])}
        answering.write(json.dumps(told).encode() + b"\n" + b"".join(found))
        answering.flush()
        os.close(out)
        os.close(err)


def _read(child, content: bytes, ending: str, out: int, err: int) -> None:
    """Do what ``python -m anticorruption.intake.child`` does, and end this process."""
    os.dup2(err, 2)
    code = 0
    with open(out, "w", encoding="utf-8", closefd=False) as answer:
        sys.argv, sys.stdin = ["child", ending], SimpleNamespace(buffer=io.BytesIO(content))
        sys.stdout = answer
        try:
            child.main()
        except BaseException:
            traceback.print_exc()
            code = 1
    sys.stderr.flush()
    os._exit(code)


def _waited(pid: int, seconds: float) -> dict:
    handle = os.pidfd_open(pid)
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    late = not poll.poll(1000 * seconds)
    if late:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    _, status, used = os.wait4(pid, 0)
    os.close(handle)
    return {
        "late": late,
        "code": os.waitstatus_to_exitcode(status),
        "peak": used.ru_maxrss * 1024,
        "cpu": used.ru_utime + used.ru_stime,
    }


if __name__ == "__main__":
    serve()
