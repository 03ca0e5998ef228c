"""``make fuzz``: spoil files by the thousand and see each read or refused in one sentence.

``python -m tests.fuzz --files 20000 --seed 1``; a failing file is kept in ``.fuzz/`` with what was
wrong, and ``--first N --files 1`` tries it again.
"""

import argparse
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.assurance import records
from tests.badfiles import making
from tests.fuzz.trying import IMPORT, MOST_BYTES, READ, REFUSED, Tried, Trier, _unclear
from tests.paths import ROOT

KEPT = ROOT / ".fuzz"
#: One file in so many also goes through a command of its own, as a user would start it.
_COMMANDS = 200
#: From so many files on a run is kept in the record.
_LONG = 1_000


def main(words: list[str]) -> int:
    """Try files on all cores; 0 if every one kept the rules."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first file")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args(words)
    began = time.monotonic()
    if asked.files > 1:  # a file that is tried again stays where it is
        shutil.rmtree(KEPT, ignore_errors=True)
    numbers = range(asked.first, asked.first + asked.files)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        places = [Path(folder) / str(job) for job in range(asked.jobs)]
        children = [
            _started(numbers[job :: asked.jobs], asked.seed, places[job])
            for job in range(asked.jobs)
        ]
        codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        found = [json.loads(p.read_text()) if p.exists() else {} for p in places]
    total = _together(found)
    if asked.files >= _LONG:
        total |= _largest()
    whole = not any(codes) and total["files"] == asked.files
    held = whole and not total["failed"] and total["peak MB"] * 2**20 <= MOST_BYTES
    print(json.dumps(total, indent=1))
    if asked.files >= _LONG:
        command = f"make fuzz FILES={asked.files} SEED={asked.seed}"
        command = "make fuzz" if (asked.files, asked.seed) == (20_000, 1) else command
        seconds = time.monotonic() - began
        records.write(
            "fuzz", command, held=held, numbers=total, seconds=seconds, tried=("anticorruption",)
        )
    return int(not held)


def _started(numbers: range, seed: int, place: Path) -> int:
    if child := os.fork():
        return child
    try:
        place.write_text(json.dumps(_shard(numbers, seed)))
    finally:
        sys.stderr.flush()
        os._exit(0 if place.exists() else 1)


def _shard(numbers: range, seed: int) -> dict:
    """Try every file of some numbers and count what became of them."""
    trier, counts, slowest, peak = Trier(seed), Counter(), 0.0, 0
    kinds: Counter = Counter()
    _forget_peak()
    try:
        for done, number in enumerate(numbers, start=1):
            tried = trier.tried(number)
            own, problem = _peak(), tried.problem
            peak, slowest = max(peak, own, trier.warm.peak), max(slowest, tried.seconds)
            if not problem and max(own, trier.warm.peak) > MOST_BYTES:
                problem = f"takes {max(own, trier.warm.peak) // 2**20} MB"
            if max(own, trier.warm.peak) > MOST_BYTES:
                trier.warm.peak = 0
                _forget_peak()
            if not problem and number % _COMMANDS == 0 and tried.kind in ("import", "score"):
                problem, used = _command(tried)
                counts["commands"] += 1
                peak = max(peak, used)
            counts["traceback" if "Traceback" in problem else "failed"] += bool(problem)
            counts[tried.outcome] += not problem
            kinds[tried.kind] += 1
            if problem:
                _keep(tried, seed, problem)
            if done % 500 == 0:
                print(f"{done} of {len(numbers)}, {dict(counts)}", file=sys.stderr, flush=True)
    finally:
        trier.close()
    counts["files"] = len(numbers)
    return {**counts, "slowest": slowest, "peak": peak, "kinds": kinds}


def _together(found: list[dict]) -> dict:
    def total(key: str) -> int:
        return sum(each.get(key, 0) for each in found)

    kinds = sum((Counter(each.get("kinds", {})) for each in found), Counter())
    return {
        "files": total("files"),
        "read": total(READ),
        "refused": total(REFUSED),
        "tracebacks": total("traceback"),
        "failed": total("failed") + total("traceback"),
        "commands of their own": total("commands"),
        "slowest seconds": round(max(each.get("slowest", 0) for each in found), 2),
        "peak MB": max(each.get("peak", 0) for each in found) // 2**20,
        **{f"files of {kind}": count for kind, count in sorted(kinds.items())},
    }


def _largest() -> dict:
    """Read the largest table that keeps every limit: its seconds of the processor, its memory."""
    heads = ("Daerah", *(f"Lain {n}" for n in range(118)), "Nilai MCP 2025")
    rows = [heads, *((f"Kab. Antah{n}", *([70.5] * 119)) for n in range(4_999))]
    content = making.csv([heads, ("Kab. Sleman", *([80.5] * 119)), *rows[2:]]).encode()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    problem, peak = _command(Tried(0, "import", "a.csv", content, REFUSED, 0.0))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {
        "largest table, seconds": round(used, 1),
        "largest table, MB": peak // 2**20,
        "largest table, problem": problem or "none",
    }


def _command(tried: Tried) -> tuple[str, int]:
    """Try a file by a command of its own; what was wrong, and its peak of memory in bytes."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        Path(folder, tried.name).write_bytes(tried.content)
        words = [IMPORT[0], tried.name, *IMPORT[1:]]
        if tried.kind == "score":
            words = ["score", tried.name, "--language", "en"]
        code = "from anticorruption.cli import main; main()"
        with open(Path(folder, ".err"), "wb") as err:
            done = subprocess.Popen(
                [sys.executable, "-c", code, *words],
                stdout=subprocess.DEVNULL,
                stderr=err,
                cwd=folder,
                start_new_session=True,
                env=os.environ | {"PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
            )
            _, status, used = os.wait4(done.pid, 0)
        done.returncode = os.waitstatus_to_exitcode(status)
        said = Path(folder, ".err").read_text(encoding="utf-8")
        problem = ""
        if done.returncode not in (0, 2):
            problem = f"exit code {done.returncode}: {said}"
        elif done.returncode == 2:
            problem = _unclear(said)
        if not problem and used.ru_maxrss * 1024 > MOST_BYTES:
            problem = f"the command takes {used.ru_maxrss // 1024} MB"
        return problem, used.ru_maxrss * 1024


def _keep(tried: Tried, seed: int, problem: str) -> None:
    KEPT.mkdir(exist_ok=True)
    path = KEPT / f"{seed}-{tried.number}-{tried.kind}-{tried.name}"
    path.write_bytes(tried.content)
    again = f"python -m tests.fuzz --seed {seed} --first {tried.number} --files 1 --jobs 1"
    path.with_name(f"{path.name}.txt").write_text(f"{again}\n\n{problem}\n", encoding="utf-8")
    print(f"{path.name}: {problem.strip().splitlines()[-1][:300]}", file=sys.stderr, flush=True)


def _peak() -> int:
    """Peak of resident memory of this process since it was last forgotten, in bytes."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def _forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


if __name__ == "__main__":
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main(sys.argv[1:]))
