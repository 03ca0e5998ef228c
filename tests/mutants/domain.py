"""Mistakes that people make, planted one at a time: the tests must notice every one.

``python -m tests.mutants.domain`` (``make mistakes``) copies the project to folders of their own,
changes one place of one file, runs the tests that should notice and expects one of them to fail.
Tools that change operators at random seldom make these mistakes: a year too late, low and high
swapped, a page that forgets a region, a gap shown as zero. People do.

The mistakes stand in ``tests/mutants/mistakes/``, a file a room. Each names the file that it
changes, what stands there exactly once, what stands there instead, and its tests.
"""

import argparse
import compileall
import os
import py_compile
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import groupby
from pathlib import Path

from tests.assurance import records
from tests.paths import ROOT

FOLDER = Path(__file__).with_name("mistakes")
#: Exit codes of pytest when all tests passed and when some failed; any other is no verdict.
ALL_PASSED, SOME_FAILED = 0, 1
#: Seconds after which the tests of one mistake are stopped.
LONGEST = 900
#: What the tests need of the project.
NEEDED = ("anticorruption", "tests", "data", "notebooks", "reports")
#: Packages that take long to import: once here, instead of once for every mistake.
PRELOADED = (
    "IPython.core.interactiveshell", "SALib.sample.sobol", "babel.messages.pofile", "bleach",
    "bs4", "defusedxml.ElementTree", "docx", "frictionless", "hypothesis.strategies",
    "ipykernel.ipkernel", "ipywidgets", "jinja2", "lxml.etree", "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg", "matplotlib.figure", "nbclient.client",
    "nbconvert.exporters", "nbformat", "openpyxl", "pandas", "pypdf", "pytest", "python_calamine",
    "rapidfuzz.process", "rich.progress", "rocrate.rocrate", "scipy.optimize", "scipy.stats",
    "typer.testing", "typst", "xlsxwriter",
)  # fmt: skip


@dataclass(frozen=True)
class Mistake:
    """One planted mistake.

    Attributes
    ----------
    name : str
        What is wrong with it, as a reader of the report would tell it.
    file : str
        File that it changes, from the root of the project.
    right, wrong : str
        What stands in the file exactly once, and what stands there instead.
    tests : tuple of str
        Files or single tests that should notice.
    field : bool
        Whether it is one of the twelve of the field, which ``make mutants`` tries first.
    """

    name: str
    file: str
    right: str
    wrong: str
    tests: tuple[str, ...]
    field: bool = False

    @property
    def room(self) -> str:
        """Room of the project that it is planted in."""
        return room(self.file)


def room(file: str) -> str:
    """Room of a file: a folder of the library, its single modules, or a folder beside it.

    Examples
    --------
    >>> room("anticorruption/charts/hexmap.py"), room("anticorruption/spi.py")
    ('charts', 'ground')
    """
    top, *inside = Path(file).parts
    if top != "anticorruption":
        return top
    return inside[-2] if len(inside) > 1 else "ground"


def mistakes() -> tuple[Mistake, ...]:
    """Every mistake that is known, room by room."""
    found = []
    for path in sorted(FOLDER.glob("*.toml")):
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["mistake"]
        found += [Mistake(**entry | {"tests": tuple(entry["tests"])}) for entry in entries]
    return tuple(found)


def planted(mistake: Mistake, source: str) -> str:
    """Source of a file with the mistake in it.

    Raises
    ------
    RuntimeError
        If the place is not there exactly once.
    """
    if source.count(mistake.right) != 1:
        raise RuntimeError(f"{mistake.file}: {mistake.right!r} stands there not exactly once.")
    return source.replace(mistake.right, mistake.wrong)


def copy(folder: Path) -> None:
    """Copy what the tests need of the project."""
    made = shutil.ignore_patterns("__pycache__", "2[0-9][0-9][0-9]", "studies", ".batch.lock")
    for name in NEEDED:
        shutil.copytree(ROOT / name, folder / name, ignore=made)
    for path in ROOT.iterdir():
        if path.is_file() and not path.name.startswith("."):
            shutil.copy(path, folder)
    # Bytecode by the hash of its source: a changed module is never taken for the right one.
    by_hash = py_compile.PycInvalidationMode.CHECKED_HASH
    compileall.compile_dir(folder / "anticorruption", quiet=1, invalidation_mode=by_hash)


def begin(folder: Path, tests: Sequence[str], said: Path) -> int:
    """Run tests in a child that has the great packages loaded; return its process id.

    Nothing of the project itself is loaded before the child begins, so that it sees the copy.
    """
    if child := os.fork():
        return child
    try:
        os.setpgrp()
        output = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        for name in [name for name in sys.modules if name.split(".")[0] == "tests"]:
            del sys.modules[name]
        sys.path[:] = [str(folder), *(p for p in sys.path if Path(p or ".").resolve() != ROOT)]
        sys.dont_write_bytecode = True
        os.environ |= {
            "PYTHONPATH": str(folder),
            "HYPOTHESIS_PROFILE": "mutants",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        os.chdir(folder)
        options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist"]
        code = int(sys.modules["pytest"].main([*options, *tests]))
        sys.stdout.flush()
    except BaseException as problem:  # the child must never return into the parent's loop
        print(repr(problem), flush=True)
        code = 70
    os._exit(code)


@dataclass(frozen=True)
class _Task:
    """One child: what it tries, None for tests without a mistake, and where."""

    mistake: Mistake | None
    tests: tuple[str, ...]
    folder: Path
    began: float

    @property
    def said(self) -> Path:
        """File of what its tests print."""
        return self.folder.with_suffix(".txt")


def verdicts(
    tried: Sequence[Mistake], at_once: int, trusted: bool = False
) -> Iterator[tuple[Mistake, bool, float]]:
    """Plant mistakes and tell of each whether it was noticed, and after how many seconds.

    Parameters
    ----------
    tried : sequence of Mistake
    at_once : int
        Children at the same time, each with a copy of its own.
    trusted : bool
        The tests are known to pass without any mistake; else each room's are run so first.

    Raises
    ------
    RuntimeError
        If tests fail without any mistake, or could not run: neither is a verdict.
    """
    for name in PRELOADED:
        import_module(name)
    waiting: list[tuple[Mistake | None, tuple[str, ...]]] = []
    for _, own in groupby(tried, key=lambda mistake: mistake.room):
        group = list(own)
        tests = dict.fromkeys(test for mistake in group for test in mistake.tests)
        waiting += [] if trusted else [(None, tuple(tests))]
        waiting += [(mistake, mistake.tests) for mistake in group]
    running: dict[int, _Task] = {}
    with tempfile.TemporaryDirectory(prefix="anticorruption-mistakes-") as name:
        free = [Path(name) / str(number) for number in range(at_once)]
        for folder in free:
            copy(folder)
        try:
            while waiting or running:
                while waiting and free:
                    task = _Task(*waiting.pop(0), free.pop(), time.monotonic())
                    if task.mistake is not None:
                        _plant(task.mistake, task.folder)
                    running[begin(task.folder, task.tests, task.said)] = task
                child, code = _ended(running)
                task = running.pop(child)
                seen = _judged(task, code)
                free.append(task.folder)
                if task.mistake is not None:
                    shutil.copy(ROOT / task.mistake.file, task.folder / task.mistake.file)
                    yield task.mistake, seen, time.monotonic() - task.began
        finally:
            for child in running:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)


def _plant(mistake: Mistake, folder: Path) -> None:
    path = folder / mistake.file
    source = planted(mistake, path.read_text(encoding="utf-8"))
    path.write_text(source, encoding="utf-8", newline="\n")


def _ended(running: dict[int, _Task]) -> tuple[int, int]:
    """Wait for the next child that ends; return its id and exit code."""
    while True:
        for child, task in running.items():
            if time.monotonic() - task.began > LONGEST:
                os.killpg(child, signal.SIGKILL)
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return child, os.waitstatus_to_exitcode(status)
        time.sleep(0.05)


def _judged(task: _Task, code: int) -> bool:
    """Whether a child's tests failed; what is neither passed nor failed is no verdict."""
    wanted = (ALL_PASSED,) if task.mistake is None else (ALL_PASSED, SOME_FAILED)
    if code not in wanted:
        text = task.said.read_text(encoding="utf-8", errors="replace")[-3000:]
        what = "tests without any mistake" if task.mistake is None else task.mistake.name
        raise RuntimeError(f"{what}: exit code {code} is no verdict:\n{text}")
    return code == SOME_FAILED


def main(arguments: Sequence[str] = ("--field",)) -> int:
    """Print a line a mistake and the table of rooms; exit code 1 if one went unnoticed."""
    ask = argparse.ArgumentParser(prog="python -m tests.mutants.domain", description=__doc__)
    ask.add_argument("--room", action="append", help="try the mistakes of this room alone")
    ask.add_argument("--field", action="store_true", help="try the twelve of the field alone")
    ask.add_argument("--only", default="", help="try those whose name or file holds this text")
    ask.add_argument("--children", type=int, default=os.cpu_count() or 1, help="processes at once")
    asked = ask.parse_args(arguments)
    every = mistakes()
    tried = [
        mistake
        for mistake in every
        if (asked.room is None or mistake.room in asked.room)
        and (mistake.field or not asked.field)
        and (asked.only in mistake.name or asked.only in mistake.file)
    ]
    began, seen, planted_in = time.monotonic(), Counter(), Counter()
    for mistake, noticed, seconds in verdicts(tried, asked.children):
        planted_in[mistake.room] += 1
        seen[mistake.room] += noticed
        told = "noticed" if noticed else "MISSED "
        print(f"{told} {seconds:4.0f} s  {mistake.name} ({mistake.file})", flush=True)
    print()
    for name in sorted(planted_in):
        print(f"{name:12} {seen[name]:3} of {planted_in[name]:3} noticed")
    print(f"{'all':12} {seen.total():3} of {planted_in.total():3} noticed")
    if len(tried) == len(every):
        records.write(
            "mistakes",
            "make mistakes",
            held=seen.total() == len(every),
            numbers={
                "planted": len(every),
                "noticed": seen.total(),
                "rooms": len(planted_in),
            },
            seconds=time.monotonic() - began,
            tried=("anticorruption",),
        )
    return int(seen.total() < len(tried))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
