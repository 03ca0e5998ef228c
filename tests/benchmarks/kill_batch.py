"""Kill a batch at random moments, resume it, and compare with an unbroken one.

``python tests/benchmarks/kill_batch.py --kills 100 --regions 20`` takes as long as a hundred
starts of the command; a quick version without the command stands in the test suite.
"""

import argparse
import hashlib
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from anticorruption.reporting import batch, manifest

COMMAND = Path(sys.executable).with_name("anticorruption")


def command(out: Path, regions: list[str], jobs: int) -> list[str]:
    """Command of the batch."""
    return [str(COMMAND), "report", *regions, "--out", str(out), "--jobs", str(jobs)]


def tree(folder: Path) -> dict[str, str]:
    """Path and hash of every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def standing(out: Path) -> dict[Path, int]:
    """Whole reports and when they were written."""
    return {
        path: path.stat().st_mtime_ns
        for path in out.glob("*/*/manifest.json")
        if (content := manifest.read(path.parent))
        and not list(manifest.differences(path.parent, content))
    }


def main() -> int:
    """Run, kill, resume, compare; the exit code is 1 if anything differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--regions", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20261124)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    regions = chance.sample(batch.everyone(), asked.regions)
    with tempfile.TemporaryDirectory() as folder:
        unbroken, broken = Path(folder) / "unbroken", Path(folder) / "broken"
        began = time.monotonic()
        subprocess.run(command(unbroken, regions, asked.jobs), check=True, capture_output=True)
        lasts = time.monotonic() - began
        killed = redone = 0
        for turn in range(asked.kills):
            before = standing(broken)
            running = subprocess.Popen(
                command(broken, regions, asked.jobs),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                running.wait(timeout=chance.uniform(0.2 * lasts, 1.1 * lasts) / 2)
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGKILL)
                running.wait()
                killed += 1
            after = {path: path.stat().st_mtime_ns for path in before if path.exists()}
            redone += sum(after.get(path) != when for path, when in before.items())
            if len(before) == len(regions):  # all stood: begin anew
                for path in sorted(broken.rglob("*"), reverse=True):
                    path.rmdir() if path.is_dir() else path.unlink()
            print(f"{turn + 1} of {asked.kills}: {len(standing(broken))} reports stand", flush=True)
        subprocess.run(command(broken, regions, asked.jobs), check=True, capture_output=True)
        same = tree(broken) == tree(unbroken)
    print(f"{killed} kills; finished reports made again: {redone}; same tree: {same}")
    return int(not same or redone > 0)


if __name__ == "__main__":
    sys.exit(main())
