"""A scheduler and two workers as processes of their own, and batches that lose one of them."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.crash import commands, trees
from tests.crash.kills import Series
from tests.paths import ROOT

DASK = Path(sys.executable).with_name("dask")


class Cluster:
    """Processes on the loopback interface, each with a session of its own."""

    def __init__(self, folder: Path):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        self.folder, self.processes = folder, {}
        port = self.address.rpartition(":")[2]
        self.start("scheduler", "scheduler", "--host", "127.0.0.1", "--port", port)

    def start(self, name: str, *words: str) -> None:
        """Start a scheduler or a worker; its temporary files go where leftovers are looked for."""
        temporary = self.folder / "temporary"
        temporary.mkdir(parents=True, exist_ok=True)
        self.processes[name] = subprocess.Popen(
            [DASK, *words, "--no-dashboard"], cwd=self.folder, start_new_session=True,
            env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def worker(self, name: str) -> None:
        """Start a worker of one thread."""
        words = ("worker", self.address, "--name", name, "--nthreads", "1", "--no-nanny")
        self.start(name, *words)

    def kill(self, name: str) -> list[int]:
        """Kill one process alone; what of its session outlives it for more than some seconds."""
        process = self.processes[name]
        process.kill()
        process.wait()
        until = time.monotonic() + 10
        while (left := commands.session(process.pid)) and time.monotonic() < until:
            time.sleep(0.05)
        return left

    def end(self) -> None:
        """Kill what is left."""
        for process in self.processes.values():
            for pid in commands.session(process.pid):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            process.wait()


@contextlib.contextmanager
def two_workers(folder: Path) -> Iterator[Cluster]:
    """A scheduler and two workers that have reported to it."""
    there = Cluster(folder)
    try:
        for name in ("first", "second"):
            there.worker(name)
        _wait_for_workers(there, 2)
        yield there
    finally:
        there.end()


def _wait_for_workers(there: Cluster, count: int) -> None:
    from distributed import Client

    # started slowly, by a busy machine: a client that comes too early is told so
    for _ in range(120):
        try:
            with Client(there.address, timeout=2, set_as_default=False) as client:
                client.wait_for_workers(count, timeout=240)
            return
        except OSError:
            time.sleep(1)
    raise AssertionError("the cluster does not start")


def worker_lost(series: Series) -> list[str]:
    """Kill one of two workers in the middle of a batch; what was wrong."""
    with two_workers(series.folder / "cluster") as there:
        running = _begun(series, there)
        wrong = ["a process of the worker outlives it"] if there.kill("second") else []
        if running.ended():
            wrong.append(f"exit code {running.code}: {running.text()}")
        if trees.tree(series.out) != trees.tree(series.folder / "unbroken"):
            wrong.append("another tree than without a cluster")
        return wrong


def scheduler_lost(series: Series) -> list[str]:
    """Kill the scheduler in the middle of a batch, then go on without; what was wrong."""
    with two_workers(series.folder / "cluster") as there:
        running = _begun(series, there)
        there.kill("scheduler")
        code, text = running.ended(), running.text()
        wrong = [] if code == 3 else [f"exit code {code}: {text}"]
        said = [line for line in text.splitlines() if line.startswith("anticorruption: ")]
        if len(said) != 1 or "went away; start it" not in said[0] or "Traceback" in text:
            wrong.append(f"not one sentence: {text}")
    stamps = trees.stamps(series.out, trees.whole(series.out, series.asked))
    again = commands.start(series.words(series.out), series.folder)
    if again.ended() or trees.tree(series.out) != trees.tree(series.folder / "unbroken"):
        wrong.append(f"not resumed: {again.text()}")
    after = trees.stamps(series.out, sorted(series.asked))
    if any(after[name] != stamp for name, stamp in stamps.items()):
        wrong.append("a finished report was made again")
    return wrong


def _begun(series: Series, there: Cluster) -> commands.Running:
    """A batch on the cluster that has made its first report and not its last."""
    shutil.rmtree(series.out, ignore_errors=True)
    words = [*series.words(series.out), "--scheduler", there.address]
    running = commands.start_installed(words, series.folder)
    until = time.monotonic() + commands.STUCK
    while not trees.counted(series.out) and running.wait(0) is None and time.monotonic() < until:
        time.sleep(0.02)
    return running
