"""Batches that start together, find an old lock, are asked to stop, or meet a bad region."""

import json
import os
import re
import shutil
import signal
import socket
import time
from pathlib import Path

from tests.crash import commands, trees
from tests.crash.kills import Series

LOCK = ".batch.lock"


def together(series: Series, count: int) -> list[str]:
    """Start a batch many times at once: one works and the others say which; what was wrong."""
    shutil.rmtree(series.out, ignore_errors=True)
    ready, go = os.pipe()

    def wait() -> None:
        os.close(go)
        os.read(ready, 1)

    started = [
        commands.start(series.words(series.out), series.folder, before=wait) for _ in range(count)
    ]
    os.close(go)
    codes = [running.ended() for running in started]
    os.close(ready)
    wrong = []
    # Whoever starts when the first has ended already finds all reports and keeps them.
    worked = [r for r in started if r.code == 0 and "dipertahankan" not in r.text()]
    if len(worked) != 1 or set(codes) - {0, 2}:
        wrong.append(f"exit codes {codes}")
    holders = {r.pid for r in started if r.code == 0}
    for running in (r for r in started if r.code == 2):
        named = re.search(rf"process (\d+) on {re.escape(socket.gethostname())} ", running.text())
        if not named or int(named[1]) not in holders or "another batch" not in running.text():
            wrong.append(f"the holder is not named: {running.text()}")
    return wrong + _ends_well(series)


def old_locks(series: Series) -> list[str]:
    """Start over locks that dead processes left; what was wrong."""
    dead = commands.start(["check"], series.folder)
    dead.ended()
    locks = {
        "of a dead process": {"pid": dead.pid, "host": socket.gethostname()},
        "of a process id in use again": {"pid": os.getpid(), "host": socket.gethostname()},
        "of another machine": {"pid": 1, "host": "elsewhere"},
        "of no process": {"pid": 10**30, "host": socket.gethostname()},
        "that is empty": None,
    }
    wrong = []
    for what, sign in locks.items():
        path = series.out / trees.EDITION / LOCK
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(sign | {"since": "2026-01-01 00:00:00"}) if sign else "")
        wrong += [f"a lock {what}: {each}" for each in _ends_well(series)]
    return wrong


def stopped(series: Series, number: int) -> list[str]:
    """Send a signal in the middle of a batch; what was wrong."""
    shutil.rmtree(series.out, ignore_errors=True)
    running = commands.start(series.words(series.out), series.folder)
    until = time.monotonic() + commands.STUCK
    while not trees.counted(series.out) and time.monotonic() < until:
        time.sleep(0.01)
    os.kill(running.pid, number)
    code, text = running.ended(), running.text()
    wrong = []
    ended = len(trees.whole(series.out, series.asked)) == len(series.asked)
    # it may have been done before it heard the signal
    if code != 128 + number and not (code == 0 and ended):
        wrong.append(f"exit code {code}: {text}")
    clear = "anticorruption: (stopped by|dihentikan oleh)" if ended else "laporan sudah utuh"
    if code and not re.search(clear, text):
        wrong.append(f"no clear word: {text}")
    if "Traceback" in text:
        wrong.append(f"a traceback: {text}")
    if running.orphans():
        wrong.append("children outlive it")
    if left := trees.leftovers(series.folder):
        wrong.append(f"left behind: {left}")
    if trees.counted(series.out) - set(trees.whole(series.out, series.asked)):
        wrong.append("a partial report counts")
    return wrong + _ends_well(series)


def bad_region(series: Series) -> list[str]:
    """Let a file stand where one report's folder belongs; what was wrong."""
    shutil.rmtree(series.out, ignore_errors=True)
    bad = sorted(series.asked)[0]
    (series.out / trees.EDITION).mkdir(parents=True)
    (series.out / trees.EDITION / bad).write_text("in the way")
    running = commands.start(series.words(series.out), series.folder)
    code, text = running.ended(), running.text()
    wrong = [] if code == 1 else [f"exit code {code}: {text}"]
    told = [line for line in text.splitlines() if bad in line and "cannot be written" in line]
    if len(told) != 1:
        wrong.append(f"told {len(told)} times: {text}")
    made = set(trees.whole(series.out, series.asked))
    if made != set(series.asked) - {bad} or trees.counted(series.out) != made:
        wrong.append(f"made: {sorted(made)}")
    (series.out / trees.EDITION / bad).unlink()
    return wrong + _ends_well(series)


def nothing_printable(series: Series) -> list[str]:
    """Print to a full disk; what was wrong."""
    full = Path("/dev/full")
    if not full.exists():
        return []

    def before() -> None:
        handle = os.open(full, os.O_WRONLY)
        os.dup2(handle, 1)

    running = commands.start(series.words(series.out), series.folder, before=before)
    code, text = running.ended(), running.text()
    said = "what is printed cannot be written (No space left on device)."
    return [] if code == 3 and said in text else [f"exit code {code}: {text}"]


def _ends_well(series: Series) -> list[str]:
    running = commands.start(series.words(series.out), series.folder)
    if running.ended():
        return [f"the next start fails: {running.text()}"]
    if left := trees.leftovers(series.folder):
        return [f"left behind: {left}"]
    same = trees.tree(series.out) == trees.tree(series.folder / "unbroken")
    return [] if same else ["another tree after the next start"]


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
