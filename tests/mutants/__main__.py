"""Do the tests notice when the library is wrong? ``python -m tests.mutants`` (``make mutants``).

First the mistakes of the field, planted one at a time (:mod:`tests.mutants.domain`); then mutmut
changes every operator, number and text of the rooms that score, fill, weigh, rank and screen, and
runs the tests of each changed line. Every room must have at least nine tenths of its mutants
noticed, and each one that is not must stand in ``survivors.toml`` with the reason why no test can,
or need, tell it apart.

A run can be stopped and goes on where it was: what was noticed, or is listed, stands until its
function changes; what else went unnoticed is tried again, since tests are what usually changes.

A run that has tried everything leaves a record (:mod:`tests.assurance.records`).
"""

import argparse
import ast
import contextlib
import difflib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.assurance import records
from tests.mutants import domain
from tests.paths import ROOT

FOLDER = ROOT / "mutants"
LISTED = Path(__file__).with_name("survivors.toml")
#: Least share of mutants that the tests of a room must notice.
SHARE = 0.90
#: mutmut's codes: tests failed; tests ran too long; tests passed; no test runs the line at all.
FAILED, ENDLESS, SURVIVED, UNTESTED = (1, 3), (24, 36, -24, 152, 255), 0, 33
NOTICED = FAILED + ENDLESS


@dataclass(frozen=True)
class Survivor:
    """A change that no test notices.

    Attributes
    ----------
    function : str
        Room, file and function, such as ``composite/aggregation.py: _median``.
    change : str
        The line as it was changed, or several joined by a space.
    """

    function: str
    change: str


def results() -> dict[str, dict[str, int | None]]:
    """File of the library to its mutants and their codes, None where not yet tried."""
    found = {}
    for path in sorted(FOLDER.rglob("*.py.meta")):
        content = json.loads(path.read_text(encoding="utf-8"))
        file = path.relative_to(FOLDER / "anticorruption").as_posix().removesuffix(".meta")
        found[file] = content["exit_code_by_key"]
    return found


def clear_what_is_gone() -> None:
    """Take out of the copy what the project no longer has or mutates: mutmut only adds to it.

    Which test runs which function is found anew as well, or a new function would have no tests.
    A file whose verdicts are damaged is begun anew.
    """
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = settings["tool"]["mutmut"]["only_mutate"]
    (FOLDER / "mutmut-stats.json").unlink(missing_ok=True)
    for name in ("tests", "data", "notebooks"):
        shutil.rmtree(FOLDER / name, ignore_errors=True)
    for path in (FOLDER / "anticorruption").rglob("*.py"):
        file = path.relative_to(FOLDER)
        verdicts = path.with_name(f"{path.name}.meta")
        left_alone = file.as_posix() not in wanted and verdicts.exists()
        if left_alone or not (ROOT / file).exists() or not whole(verdicts):
            for one in path.parent.glob(f"{path.name}*"):
                one.unlink()


def whole(verdicts: Path) -> bool:
    """Whether a file of verdicts can be read: a run that was killed may have left half of one."""
    try:
        return not verdicts.exists() or bool(json.loads(verdicts.read_text(encoding="utf-8")))
    except json.JSONDecodeError:
        return False


def try_again() -> None:
    """Forget the verdict of what went unnoticed for no reason that is listed."""
    known = listed()
    stand = {name for name, one in survivors() if one in known}
    for path in FOLDER.rglob("*.py.meta"):
        content = json.loads(path.read_text(encoding="utf-8"))
        content["exit_code_by_key"] = {
            name: code if code in NOTICED or name in stand else None
            for name, code in content["exit_code_by_key"].items()
        }
        path.write_text(json.dumps(content, indent=4), encoding="utf-8")


def run_mutmut(children: int) -> int:
    """Run mutmut to its end, telling every half minute how far it is."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(children)]
    environment = {**os.environ, "HYPOTHESIS_PROFILE": "mutants"}
    began = time.monotonic()
    log = FOLDER / "mutmut.log"
    FOLDER.mkdir(exist_ok=True)
    with log.open("w", encoding="utf-8") as output:
        started = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=output, process_group=0
        )
        try:
            while (code := ended(started, 30)) is None:
                with contextlib.suppress(json.JSONDecodeError):  # mutmut is writing just now
                    codes = [code for of in results().values() for code in of.values()]
                    tried = sum(code is not None for code in codes)
                    minutes = (time.monotonic() - began) / 60
                    print(f"  {tried:,} of {len(codes):,} tried, {minutes:.0f} min", flush=True)
        except BaseException:
            os.killpg(started.pid, signal.SIGTERM)
            raise
    if code:
        said = re.sub(r".*\r", "", log.read_text(encoding="utf-8", errors="replace"))
        print(f"mutmut stopped with code {code}:\n{said[-2000:]}")
    return code


def ended(process: subprocess.Popen, seconds: float) -> int | None:
    """Exit code of a process, or None if it still runs after so many seconds."""
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        return None


def survivors() -> Iterator[tuple[str, Survivor]]:
    """Yield mutmut's name and the change of what no test noticed, from the code that it wrote."""
    for file, codes in results().items():
        names = [name for name, code in codes.items() if code in (SURVIVED, UNTESTED)]
        if not names:
            continue
        source = (FOLDER / "anticorruption" / file).read_text(encoding="utf-8")
        lines = source.splitlines()
        written = {
            node.name: lines[node.lineno - 1 : node.end_lineno]
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.FunctionDef)
        }
        for name in names:
            mangled = name.rpartition(".")[2]
            function, _, number = mangled.rpartition("__mutmut_")
            before = plain(written[f"{function}__mutmut_orig"], "orig")
            after = plain(written[mangled], number)
            yield name, Survivor(f"{file}: {readable(function)}", change(before, after))


def plain(lines: list[str], number: str) -> list[str]:
    """Lines of a function without the name that mutmut gave it."""
    mangled = rf"def (?:xǁ\w+ǁ|x_)(\w+?)__mutmut_{number}\("
    return [re.sub(mangled, r"def \1(", line.strip()) for line in lines]


def readable(function: str) -> str:
    """Name of a function as the library has it: ``x__median``, ``xǁPowerMeanǁforward``."""
    return function.removeprefix("xǁ").replace("ǁ", ".").removeprefix("x_")


def change(before: list[str], after: list[str]) -> str:
    """Lines that differ, as they are after the change; what only went is shown as missing."""
    lines = [line for line in difflib.ndiff(before, after) if line[0] in "+-"]
    added = [line[2:] for line in lines if line[0] == "+"]
    return " ".join(added) if added else " ".join(f"without {line[2:]}" for line in lines)


def listed() -> dict[Survivor, str]:
    """Return the survivors that are known, each with the reason why."""
    content = tomllib.loads(LISTED.read_text(encoding="utf-8"))
    return {
        Survivor(entry["function"], one): entry["reason"]
        for entry in content["survivor"]
        for one in entry["changes"]
    }


def verdict() -> int:
    """Print a line a room; exit code 1 below nine tenths or for a survivor not in the list.

    What is not tried yet is not noticed, and the run is not done: exit code 1 as well.
    """
    failed = False
    for file, codes in results().items():
        noticed, tried = sum(code in NOTICED for code in codes.values()), len(codes)
        waiting = sum(code is None for code in codes.values())
        if not tried:
            continue
        enough = noticed >= SHARE * tried
        failed |= not enough or waiting > 0
        left = f", {waiting} not tried" if waiting else ""
        print(
            f"{'ok   ' if enough else 'BELOW'} {noticed:4} of {tried:4} "
            f"({noticed / tried:6.1%})  {file}{left}"
        )
    found, known = [one for _, one in survivors()], listed()
    for one in found:
        if one not in known:
            failed = True
            print(f"NOT LISTED  {one.function}\n    {one.change}")
    for one in known:
        if one not in found:
            print(f"no longer there, take it off the list: {one.function}\n    {one.change}")
    print(f"{len(found)} changes went unnoticed, {sum(o in known for o in found)} with a reason")
    return int(failed)


def numbers() -> dict[str, int | float | str]:
    """Count what a record tells: all rooms together, the lowest of them, and what is listed."""
    tried = {file: codes for file, codes in results().items() if codes}
    noticed = {
        file: sum(code in NOTICED for code in codes.values()) for file, codes in tried.items()
    }
    shares = {file: noticed[file] / len(codes) for file, codes in tried.items()}
    lowest = min(shares, key=shares.__getitem__)
    mutants, known = sum(map(len, tried.values())), listed()
    found = [one in known for _, one in survivors()]
    return {
        "mutants": mutants,
        "noticed": sum(noticed.values()),
        "of them by tests without end": sum(
            code in ENDLESS for codes in tried.values() for code in codes.values()
        ),
        "share": round(sum(noticed.values()) / mutants, 4),
        "rooms": len(tried),
        "lowest room": f"{lowest} {shares[lowest]:.1%}",
        "listed survivors": sum(found),
        "survivors without a reason": len(found) - sum(found),
    }


def mutated() -> list[str]:
    """Rooms of the library whose files are mutated, as records call them."""
    return sorted(
        {f"anticorruption/{file.split('/')[0]}" for file, codes in results().items() if codes}
    )


def spent(seconds: float) -> float:
    """Seconds of all sessions of a run that was stopped and went on, this one included."""
    path = FOLDER / "seconds"
    before = float(path.read_text(encoding="utf-8")) if path.exists() else 0.0
    path.write_text(str(before + seconds), encoding="utf-8")
    return before + seconds


def main() -> int:
    """Run what the command line asks for."""
    ask = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    ask.add_argument("--fresh", action="store_true", help="try every mutant anew")
    ask.add_argument("--verdict", action="store_true", help="judge the last run, run nothing")
    ask.add_argument("--children", type=int, default=os.cpu_count() or 1, help="processes at once")
    asked = ask.parse_args()
    if asked.verdict:
        return verdict()
    if asked.fresh:
        shutil.rmtree(FOLDER, ignore_errors=True)
    # Stopped from outside, it stops mutmut as well, as it does when stopped at the keyboard.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    began = time.monotonic()
    print("Twelve mistakes of the field, about two minutes.")
    missed = domain.main()
    print(
        "Changed operators, numbers and texts: an hour and a half on two cores, "
        "from where an earlier run stopped."
    )
    clear_what_is_gone()
    try_again()
    broke = run_mutmut(asked.children)
    code = int(bool(missed or broke) | bool(verdict()))
    seconds = spent(time.monotonic() - began)
    if not broke:
        records.write(
            "mutants",
            "make mutants",
            held=not code,
            numbers=numbers() | {"domain mistakes": "fewer than 12" if missed else "12 of 12"},
            seconds=seconds,
            tried=mutated(),
        )
    return code


if __name__ == "__main__":
    sys.exit(main())
