"""The command ``anticorruption`` in processes that can be killed, watched and starved.

A process that has imported the library and opened the release already is forked, and the command
runs in it as the shell would start it: the hundred starts of a check then cost a fraction of what
a hundred interpreters cost. Some turns of the long check start the installed command instead.

A *step* is a call that changes something on the disk. A trap counts the steps of a command and of
all of its children, and springs at one of them: so every moment of writing can be hit, however
short it is.
"""

import contextlib
import mmap
import os
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from anticorruption import cli
from anticorruption.cli.app import opened
from anticorruption.reporting import atomic, batch, engine, formats, index, studies

INSTALLED = Path(sys.executable).with_name("anticorruption")
#: Calls of ``os`` that count as a step.
STEPS = ("fsync", "replace", "unlink", "mkdir", "rename", "ftruncate")
#: Seconds that a command may take before it counts as stuck.
STUCK = 900.0


def warm(regions: Sequence[str], real: bool = True) -> None:
    """Do once in this process what every command would do first, and nothing that it keeps.

    Parameters
    ----------
    regions : sequence of str
        Regions of the commands to come.
    real : bool
        Whether their reports are the real ones, with figures that all of them share.
    """
    engine.warm()
    for language in ("id", "en"):
        say, nation = opened(2025, language)
        with tempfile.TemporaryDirectory() as folder:
            jobs = [batch.region_job(nation, code, say, Path(folder)) for code in regions]
            batch.plan(jobs)
            index.page(nation, say, Path(folder))
    formats.named("html,ipynb")
    if real:
        studies.warm(nation)


class Trap:
    """Counts the steps of a command and springs at one of them.

    Parameters
    ----------
    step : int
        The step, from 1; 0 never springs.
    springs : callable
        What happens then: called with the process id of the command.
    half : bool
        Whether a step that writes a file springs when half of it is written.
    """

    def __init__(self, step: int, springs: Callable[[int], None] = lambda leader: None, half=True):
        self.step, self.springs, self.half = step, springs, half
        self._shared = mmap.mmap(-1, 8)

    @property
    def steps(self) -> int:
        """Steps so far, of all processes."""
        return struct.unpack("q", self._shared[:8])[0]

    def set(self) -> None:
        """Lay the trap in this process and in those that it will fork."""
        leader = os.getpid()

        def counted() -> bool:
            self._shared[:8] = struct.pack("q", self.steps + 1)
            return self.steps == self.step

        def trapped(original):
            def call(*given, **named):
                if counted():
                    self.springs(leader)
                return original(*given, **named)

            return call

        put = atomic._put

        def half_put(path, content):
            if counted():
                if self.half:
                    with contextlib.suppress(OSError):
                        path.write_bytes(content[: len(content) // 2])
                self.springs(leader)
            return put(path, content)

        for name in STEPS:
            setattr(os, name, trapped(getattr(os, name)))
        atomic._put = half_put


def kill_all(leader: int) -> None:
    """Kill the command and this child of it at once."""
    os.kill(leader, signal.SIGKILL)
    os.kill(os.getpid(), signal.SIGKILL)


def kill_leader(leader: int) -> None:
    """Kill the command alone; its children are left to what the library does about them."""
    os.kill(leader, signal.SIGKILL)


def kill_self(leader: int) -> None:
    """Kill the process that takes the step, most often a child."""
    os.kill(os.getpid(), signal.SIGKILL)


def disk_full(leader: int) -> None:
    """Let the step fail as on a full disk."""
    raise OSError(28, "No space left on device")


@dataclass
class Running:
    """A command that was started in a session of its own."""

    pid: int
    pipe: int
    code: int | None = None
    said: bytes = b""

    def wait(self, seconds: float = STUCK) -> int | None:
        """Wait for its end; its exit code, negative for a signal, or None if it goes on."""
        until = time.monotonic() + seconds
        while self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > until:
                return None
            else:
                time.sleep(0.01)
        return self.code

    def ended(self) -> int:
        """Exit code; a command that is stuck is an error."""
        if self.wait() is None:
            self.kill_everything()
            raise AssertionError(f"stuck: {self.text()}")
        return self.code

    def text(self) -> str:
        """What it has said so far on both streams; less than a pipe holds."""
        with contextlib.suppress(BlockingIOError):
            while more := os.read(self.pipe, 1 << 16):
                self.said += more
        return self.said.decode("utf-8", "replace")

    def forget(self) -> None:
        """Let go of what it said."""
        os.close(self.pipe)

    def members(self) -> list[int]:
        """Processes of its session that are alive, the command itself first."""
        return sorted(session(self.pid), key=lambda pid: (pid != self.pid, pid))

    def orphans(self, patience: float = 10.0) -> list[int]:
        """Processes that outlive it, after they were given some seconds to end."""
        until = time.monotonic() + patience
        while (left := session(self.pid)) and time.monotonic() < until:
            time.sleep(0.02)
        return left

    def kill_everything(self) -> None:
        """Kill the command and all that it started."""
        for pid in self.members():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.wait(10)


def session(leader: int) -> list[int]:
    """Living processes of a session."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, _, own = path.read_text().rpartition(")")[2].split()[:4]
            if int(own) == leader and state != "Z":
                found.append(int(path.parent.name))
    return found


def start(
    words: Sequence[str],
    folder: Path,
    trap: Trap | None = None,
    before: Callable[[], None] = lambda: None,
) -> Running:
    """Start a command in a fork of this warm process.

    Parameters
    ----------
    words : sequence of str
        As after ``anticorruption``.
    folder : Path
        Where its temporary files go.
    trap : Trap, optional
    before : callable
        Called in the new process first.
    """
    reading, writing = _pipe(folder)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Running(pid, reading)
    code = 70
    try:
        os.setsid()
        _speak_into(writing)
        tempfile.tempdir = str(folder / "temporary")
        before()
        if trap:
            trap.set()
        sys.argv = ["anticorruption", *words]
        try:
            cli.main()
            code = 0
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)


def start_installed(words: Sequence[str], folder: Path, **environment: str) -> Running:
    """Start the installed command, as the shell does."""
    reading, writing = _pipe(folder)
    process = subprocess.Popen(
        [INSTALLED, *words], stdout=writing, stderr=writing, start_new_session=True,
        env=os.environ | {"TMPDIR": str(folder / "temporary")} | environment,
    )  # fmt: skip
    os.close(writing)
    process.returncode = 0  # reaped by Running
    return Running(process.pid, reading)


def _pipe(folder: Path) -> tuple[int, int]:
    (folder / "temporary").mkdir(parents=True, exist_ok=True)
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    return reading, writing


def _speak_into(handle: int) -> None:
    for descriptor in (1, 2):
        os.dup2(handle, descriptor)
    os.close(handle)
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - for its whole life
    sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)


def limit_files(size: int) -> None:
    """Let no file of this process grow beyond a size."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
