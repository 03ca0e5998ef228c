"""Mistakes that people make, planted one at a time: the tests must notice every one.

``python -m tests.mutants.domain`` (``make mistakes``) copies the project to folders of their own,
changes one place of one file, runs the tests that should notice and expects one of them to fail.
Tools that change operators at random seldom make these mistakes: a year too late, low and high
swapped, a page that forgets a region, a gap shown as zero. People do.

The mistakes stand in ``tests/mutants/mistakes/``, a file a room. Each names the file that it
changes, what stands there exactly once, what stands there instead, and its tests.

Tests that run too long, or cannot be run at all, are told and have noticed nothing; the run goes
on. A run that was stopped goes on where it was: what was noticed stands until something that it
rests on changes, and only the rest is tried again. ``--fresh`` tries everything.
"""

import argparse
import compileall
import hashlib
import os
import py_compile
import re
import shutil
import signal
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import astuple, dataclass
from functools import cache
from importlib import import_module
from itertools import groupby
from pathlib import Path

from tests.assurance import records
from tests.paths import ROOT

FOLDER = Path(__file__).with_name("mistakes")
#: What was noticed already: a line a mistake, :func:`fingerprint` and seconds.
KEPT = ROOT / "mutants" / "mistakes.txt"
#: Exit codes of pytest when all tests passed and when some failed; any other is no verdict.
ALL_PASSED, SOME_FAILED = 0, 1
#: What becomes of a mistake: the first alone is good.
NOTICED, MISSED, NO_VERDICT, NOT_TRIED = "noticed", "MISSED", "NO VERDICT", "NOT TRIED"
#: Last lines of what tests say that are shown where they give no verdict.
LAST_LINES = 12
#: Seconds after which the tests of one mistake are stopped, and those of a room without any.
LONGEST, LONGEST_OF_A_ROOM = 900, 7200
#: Where tests borrow from other tests.
_FROM_TESTS = re.compile(r"from (tests\.[\w.]*\btest_\w+) import")
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
            "HYPOTHESIS_PROFILE": "mistakes",
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
    """What one child is to try: a mistake, or None for the tests of a room without any."""

    room: str
    mistake: Mistake | None
    tests: tuple[str, ...]

    @property
    def longest(self) -> float:
        """Seconds after which it is stopped."""
        return LONGEST_OF_A_ROOM if self.mistake is None else LONGEST


@dataclass(frozen=True)
class _Running:
    """A child at work, and where."""

    task: _Task
    folder: Path
    began: float

    @property
    def said(self) -> Path:
        """File of what its tests print."""
        return self.folder.with_suffix(".txt")


@dataclass(frozen=True)
class Verdict:
    """What became of a mistake.

    Attributes
    ----------
    mistake : Mistake
    found : str
        One of :data:`NOTICED`, :data:`MISSED`, :data:`NO_VERDICT`, :data:`NOT_TRIED`.
    seconds : float
        How long its tests ran.
    why : str
        Where there is no verdict: the exit code and the last lines of what was said.
    """

    mistake: Mistake
    found: str
    seconds: float = 0.0
    why: str = ""


def verdicts(tried: Sequence[Mistake], at_once: int, trusted: bool = False) -> Iterator[Verdict]:
    """Plant mistakes and tell what became of each.

    Parameters
    ----------
    tried : sequence of Mistake
        Those of a room stand together.
    at_once : int
        Children at the same time, each with a copy of its own.
    trusted : bool
        The tests are known to pass without any mistake; else each room's are run so first. Where
        they fail, nothing of that room is tried.
    """
    for name in PRELOADED:
        import_module(name)
    waiting: list[_Task] = []
    for name, own in groupby(tried, key=lambda mistake: mistake.room):
        group = list(own)
        tests = dict.fromkeys(test for mistake in group for test in mistake.tests)
        waiting += [] if trusted else [_Task(name, None, tuple(tests))]
        waiting += [_Task(name, mistake, mistake.tests) for mistake in group]
    sound = {task.room for task in waiting} if trusted else set()
    running: dict[int, _Running] = {}
    with tempfile.TemporaryDirectory(prefix="anticorruption-mistakes-") as name:
        free = [Path(name) / str(number) for number in range(at_once)]
        for folder in free:
            copy(folder)
        try:
            while waiting or running:
                ready = [task for task in waiting if task.mistake is None or task.room in sound]
                for task in ready[: len(free)]:
                    waiting.remove(task)
                    one = _Running(task, free.pop(), time.monotonic())
                    if task.mistake is not None:
                        _plant(task.mistake, one.folder)
                    running[begin(one.folder, task.tests, one.said)] = one
                child, code = _ended(running)
                one = running.pop(child)
                task, seconds = one.task, time.monotonic() - one.began
                free.append(one.folder)
                if task.mistake is not None:
                    shutil.copy(ROOT / task.mistake.file, one.folder / task.mistake.file)
                    found = {ALL_PASSED: MISSED, SOME_FAILED: NOTICED}.get(code, NO_VERDICT)
                    why = _last(one, code) if found == NO_VERDICT else ""
                    yield Verdict(task.mistake, found, seconds, why)
                elif code == ALL_PASSED:
                    sound.add(task.room)
                else:
                    why = f"the tests do not pass without any mistake: {_last(one, code)}"
                    for left in [each for each in waiting if each.room == task.room]:
                        waiting.remove(left)
                        yield Verdict(left.mistake, NOT_TRIED, 0.0, why)
                        why = ""
        finally:
            for child in running:
                os.killpg(child, signal.SIGKILL)
                os.waitpid(child, 0)


def _plant(mistake: Mistake, folder: Path) -> None:
    path = folder / mistake.file
    source = planted(mistake, path.read_text(encoding="utf-8"))
    path.write_text(source, encoding="utf-8", newline="\n")


def _ended(running: dict[int, _Running]) -> tuple[int, int]:
    """Wait for the next child that ends, at last by force; return its id and exit code."""
    while True:
        for child, one in running.items():
            ended, status = os.waitpid(child, os.WNOHANG)
            if not ended and time.monotonic() - one.began > one.task.longest:
                os.killpg(child, signal.SIGKILL)
                ended, status = os.waitpid(child, 0)
            if ended:
                return child, os.waitstatus_to_exitcode(status)
        time.sleep(0.05)


def _last(one: _Running, code: int) -> str:
    """Exit code of a child and the last lines of what its tests said."""
    text = one.said.read_text(encoding="utf-8", errors="replace") if one.said.exists() else ""
    lines = [line for line in text.splitlines() if line.strip()][-LAST_LINES:]
    ended = f"exit code {code}"
    if code == -signal.SIGKILL:
        ended = f"stopped after {time.monotonic() - one.began:.0f} seconds"
    return "\n".join([ended, *(f"    {line}" for line in lines)])


@cache
def shared() -> str:
    """Hash of what every verdict rests on: the library, the data, what tests have in common."""
    digest = hashlib.sha256()
    found = [path for name in NEEDED for path in (ROOT / name).rglob("*")]
    for path in sorted([*found, ROOT / "pyproject.toml", ROOT / "requirements.lock"]):
        inside = path.relative_to(ROOT)
        in_reports = inside.parts[0] == "reports" and len(inside.parts) > 2
        made = in_reports or path.suffix in (".pyc", ".mo")
        own = path.name.startswith("test_") or path.parent in (FOLDER, records.FOLDER)
        if path.is_file() and not made and not own:
            digest.update(f"{inside.as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def fingerprint(mistake: Mistake) -> str:
    """Hash of a mistake and of all that its verdict rests on."""
    files = {test.partition("::")[0] for test in mistake.tests}
    contents = {file: _content(file) for file in files}
    borrowed = {
        f"{module.replace('.', '/')}.py"
        for content in contents.values()
        for module in _FROM_TESTS.findall(content)
    }
    contents |= {file: _content(file) for file in borrowed}
    whole = repr((astuple(mistake), shared(), sorted(contents.items())))
    return hashlib.sha256(whole.encode()).hexdigest()


def _content(file: str) -> str:
    path = ROOT / file
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def kept() -> dict[str, float]:
    """Fingerprints of what was noticed already, with the seconds that it took."""
    lines = KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else []
    found = [line.split() for line in lines]
    return {line[0]: float(line[1]) for line in found if len(line) == 2}


def keep(verdict: Verdict) -> None:
    """Note that a mistake was noticed."""
    KEPT.parent.mkdir(exist_ok=True)
    with KEPT.open("a", encoding="utf-8") as file:
        file.write(f"{fingerprint(verdict.mistake)} {verdict.seconds:.1f}\n")


def main(arguments: Sequence[str] = ("--field",)) -> int:
    """Print a line a mistake and the table of rooms; exit code 1 if one went unnoticed."""
    ask = argparse.ArgumentParser(prog="python -m tests.mutants.domain", description=__doc__)
    ask.add_argument("--room", action="append", help="try the mistakes of this room alone")
    ask.add_argument("--field", action="store_true", help="try the twelve of the field alone")
    ask.add_argument("--only", default="", help="try those whose name or file holds this text")
    ask.add_argument("--children", type=int, default=os.cpu_count() or 1, help="processes at once")
    ask.add_argument("--fresh", action="store_true", help="try what was noticed already as well")
    asked = ask.parse_args(arguments)
    every = mistakes()
    chosen = [
        mistake
        for mistake in every
        if (asked.room is None or mistake.room in asked.room)
        and (mistake.field or not asked.field)
        and (asked.only in mistake.name or asked.only in mistake.file)
    ]
    known = {} if asked.fresh else kept()
    before = {one: known[key] for one in chosen if (key := fingerprint(one)) in known}
    tried = [mistake for mistake in chosen if mistake not in before]
    if before:
        print(f"{len(before)} were noticed already and stand", flush=True)
    began, found = time.monotonic(), Counter(mistake.room for mistake in before)
    for verdict in verdicts(tried, asked.children) if tried else ():
        if verdict.found == NOTICED:
            found[verdict.mistake.room] += 1
            keep(verdict)
        what = f"{verdict.mistake.name} ({verdict.mistake.file})"
        print(f"{verdict.found:10} {verdict.seconds:4.0f} s  {what}", flush=True)
        if verdict.why:
            print(verdict.why, flush=True)
    planted_in = Counter(mistake.room for mistake in chosen)
    print()
    for name in sorted(planted_in):
        print(f"{name:12} {found[name]:3} of {planted_in[name]:3} noticed")
    print(f"{'all':12} {found.total():3} of {planted_in.total():3} noticed")
    if len(chosen) == len(every):
        records.write(
            "mistakes",
            "make mistakes",
            held=found.total() == len(every),
            numbers={
                "planted": len(every),
                "noticed": found.total(),
                "rooms": len(planted_in),
            },
            seconds=time.monotonic() - began + sum(before.values()),
            tried=("anticorruption",),
        )
    return int(found.total() < len(chosen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
