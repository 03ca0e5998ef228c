"""Disks that are full, at every size and at every step; readers beside a writer; changed bytes."""

import multiprocessing
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from anticorruption.reporting import atomic, verification
from tests.crash import commands, trees
from tests.crash.commands import Trap
from tests.crash.kills import Series

#: What a full disk says: which file, and why, in one line.
SAID = re.compile(r"^anticorruption: \S+ cannot be written \(.+\)\.$", re.MULTILINE)


def sizes(series: Series, count: int) -> list[int]:
    """Sizes of the largest file allowed, around those of the files that are to be written."""
    edition = series.folder / "unbroken" / trees.EDITION
    there = sorted({path.stat().st_size for path in edition.rglob("*") if path.is_file()})
    around = [size + more for size in there[:-1] for more in (-1, 0)]
    spread = [round(there[-1] ** (n / count)) for n in range(count)]
    chosen = sorted({0, *spread, *around, there[-1] - 1} - {there[-1]})
    return [chosen[round(n * (len(chosen) - 1) / (count - 1))] for n in range(count)]


def files_limited(series: Series, count: int) -> list[str]:
    """Let no file grow beyond a size, of many sizes; what was wrong."""
    return [
        f"size {size}: {wrong}"
        for size in sizes(series, count)
        for wrong in _starved(series, before=partial(commands.limit_files, size))
    ]


def steps_refused(series: Series, every: int = 1) -> tuple[int, list[str]]:
    """Let steps of a batch fail as on a full disk; how many were tried and what was wrong."""
    wrong: list[str] = []
    steps = range(1, series.steps + 1, every)
    for step in steps:
        trap = Trap(step, commands.disk_full, half=bool(step % 2))
        wrong += [f"step {step}: {each}" for each in _starved(series, trap, must_fail=False)]
    return len(steps), wrong


def _starved(
    series: Series,
    trap: Trap | None = None,
    before: Callable[[], None] = lambda: None,
    must_fail: bool = True,
) -> Iterator[str]:
    """Start over an older tree with a disk that fills up, then once more with one that does not."""
    shutil.rmtree(series.out, ignore_errors=True)
    shutil.copytree(series.folder / "older", series.out)
    running = commands.start(series.words(series.out), series.folder, trap, before)
    code, text = running.ended(), running.text()
    if code != 3 and (must_fail or code):
        yield f"exit code {code}: {text}"
    if code and not SAID.search(text):
        yield f"no sentence: {text}"
    if "Traceback" in text:
        yield f"a traceback: {text}"
    whole = trees.whole(series.out, series.asked, series.older)
    missing = sorted(set(series.older) - set(whole))
    # where a name cannot be changed any more, the file that vouches is gone: it does not count
    if must_fail and missing:
        yield f"an old report is lost: {missing}"
    if trees.counted(series.out) - set(whole):
        yield "a partial report counts"
    again = commands.start(series.words(series.out), series.folder)
    if again.ended():
        yield f"the next start fails: {again.text()}"
    if left := trees.leftovers(series.folder):
        yield f"left behind: {left}"
    if trees.tree(series.out) != trees.tree(series.folder / "unbroken"):
        yield "another tree after the next start"


def disk_filled(series: Series, spare: int) -> list[str] | None:
    """Write to a real disk with little room; None where none can be mounted."""
    disk = series.folder / "disk"
    with _small_disk(disk, spare) as mounted:
        if not mounted:
            return None
        out = disk / "out"
        running = commands.start(series.words(out), series.folder)
        code, text = running.ended(), running.text()
        wrong = [] if code == 3 and SAID.search(text) else [f"exit code {code}: {text}"]
        if trees.counted(out) - set(trees.whole(out, series.asked)):
            wrong.append("a partial report counts")
        subprocess.run(["mount", "-o", "remount,size=1g", str(disk)], check=True)
        again = commands.start(series.words(out), series.folder)
        if again.ended() or trees.tree(out) != trees.tree(series.folder / "unbroken"):
            wrong.append(f"not resumed: {again.text()}")
        return wrong


@contextmanager
def _small_disk(place: Path, size: int) -> Iterator[bool]:
    place.mkdir(exist_ok=True)
    words = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    mounted = shutil.which("mount") and not subprocess.run(words, capture_output=True).returncode
    try:
        yield bool(mounted)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=False)


def bytes_changed(series: Series, count: int) -> tuple[int, int, int]:
    """Change a byte in each of some files of finished reports.

    Returns
    -------
    changed, told, mended : int
        Files changed; those that ``verify`` tells of; those that are as before after the next
        batch.
    """
    unbroken, out = series.folder / "unbroken", series.out
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(unbroken, out)
    before = trees.tree(out)
    files = [name for name in sorted(before) if name.count("/") == 2]
    chosen = series.chance.sample(files, min(count, len(files)))
    told = 0
    for name in chosen:
        old = (out / name).read_bytes()
        _change(out / name, series.chance)
        told += bool(verification.check(out / trees.EDITION))
        (out / name).write_bytes(old)
    for name in chosen:
        _change(out / name, series.chance)
    running = commands.start(series.words(out), series.folder)
    assert running.ended() == 0, running.text()
    after = trees.tree(out)
    return len(chosen), told, sum(after.get(name) == before[name] for name in chosen)


def _change(path: Path, chance: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[chance.randrange(len(content))] ^= chance.randrange(1, 256)
    path.write_bytes(bytes(content))


def halves_seen(folder: Path, writes: int) -> tuple[int, int]:
    """Read a file without pause while it is written again and again: readings, and halves seen."""
    path = folder / "read"
    atomic.write(path, _content(0))
    context = multiprocessing.get_context("fork")
    over, read, halves = context.Event(), context.Value("q", 0), context.Value("q", 0)

    def reader() -> None:
        while not over.is_set():
            content = path.read_bytes()
            read.value += 1
            halves.value += content != _content(int.from_bytes(content[:8], "big"))
        os._exit(0)

    process = context.Process(target=reader)
    process.start()
    for turn in range(writes):
        atomic.write(path, _content(turn))
    over.set()
    process.join()
    return read.value, halves.value


def _content(turn: int) -> bytes:
    return turn.to_bytes(8, "big") * (20_000 + turn % 7)
