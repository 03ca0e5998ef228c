"""Batches that are killed, starved, started twice or left alone: ``make crash``.

``python -m tests.crash --kills 100 --regions 10`` kills a batch of the real reports a hundred
times and resumes it: some in every format; some as the installed command, the others in forks of
a warm process; at random steps of writing and at random moments; the whole batch, its first
process alone or a child alone. Then come full disks, changed bytes, starts at once, old locks,
signals, a bad region, other surroundings, and a cluster that loses a worker and its scheduler.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from anticorruption.reporting import batch
from tests.assurance import records
from tests.crash import clusters, commands, disks, starts, surroundings
from tests.crash.kills import Found, Series

EVERY_FORMAT = "html,ipynb,pdf,docx,xlsx"
#: One kill in so many hits a batch of every format; one in so many the installed command.
ALL_FORMATS, COLD = 4, 10
#: What the verdict rests on: everything that a batch of reports runs through.
TRIED = ("anticorruption/reporting", "anticorruption/cli")


def main(words: Sequence[str] | None = None) -> int:
    """Run every check, print what was found, keep the record; 1 if anything did not hold."""
    asked = _asked(words)
    regions = random.Random(asked.seed).sample(batch.everyone(), asked.regions)
    began = time.monotonic()
    commands.warm(regions)
    with tempfile.TemporaryDirectory(prefix="crash-") as folder:
        numbers, wrong = _all(asked, regions, Path(folder))
    seconds = time.monotonic() - began
    for name, number in numbers.items():
        print(f"{name}: {number}")
    for each in wrong:
        print(f"WRONG  {each}")
    if asked.record:
        command = records.typed("crash", sys.argv[1:] if words is None else words)
        records.write(
            "crash", command, held=not wrong, numbers=numbers, seconds=seconds, tried=TRIED
        )
    return int(bool(wrong))


def _asked(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.crash", description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--regions", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20261126)
    parser.add_argument("--only", choices=("kills", "others"), help="one half, without a record")
    asked = parser.parse_args(words)
    asked.record = asked.only is None
    return asked


def _all(
    asked: argparse.Namespace, regions: list[str], folder: Path
) -> tuple[dict[str, int | str], list[str]]:
    """Numbers of all checks, and every sentence of something that did not hold."""
    numbers: dict[str, int | str] = {}
    wrong: list[str] = []
    chance = random.Random(asked.seed)
    if asked.only != "others":
        _kills(asked, regions, folder, chance, numbers, wrong)
    if asked.only != "kills":
        _others(regions, folder, chance, numbers, wrong)
    return numbers, wrong


def _kills(asked, regions, folder, chance, numbers, wrong) -> None:
    """C1: killed and resumed."""
    every = asked.kills // ALL_FORMATS
    found = Found()
    for name, formats, kills in (
        ("usual", "html,ipynb", asked.kills - every),
        ("every", EVERY_FORMAT, every),
    ):
        series = Series(regions, folder / name, chance, formats, asked.jobs)
        print(f"{name}: {series.steps} steps, {series.seconds:.0f} seconds unbroken", flush=True)
        found += series.run(kills, lambda line: print(line, flush=True), max(1, kills // COLD))
    numbers |= {
        "kills": found.kills,
        "regions": len(regions),
        "batches that ended as an unbroken one": found.batches,
        "finished reports redone": found.redone,
        "partial reports counted": found.partial,
        "temporary files left": found.leftovers,
        "processes left": found.orphans,
    } | {f"kills of {who}": count for who, count in sorted(found.killed.items())}
    wrong += found.wrong
    if not found.held:
        wrong.append("a killed batch did not end as an unbroken one")


def _others(regions, folder, chance, numbers, wrong) -> None:
    """C2 to C8 and the cluster."""
    few = Series(regions[:4], folder / "few", chance)
    every = Series(regions[:10], folder / "each format", chance, EVERY_FORMAT)
    one = Series(regions[:1], folder / "one", chance)

    def kept(name: str, what: list[str], number: int | str) -> None:
        numbers[name] = number
        wrong.extend(f"{name}: {each}" for each in what)
        print(f"{name}: {number}; wrong: {len(what)}", flush=True)

    changed, told, mended = disks.bytes_changed(every, 50)
    lost = [] if changed == told == mended == 50 else [f"{changed}, {told} told, {mended} mended"]
    kept("changed bytes told and mended", lost, min(told, mended))
    kept("file-size limits", disks.files_limited(one, 40), 40)
    steps, what = disks.steps_refused(one)
    kept("steps that met a full disk", what, steps)
    if (what := disks.disk_filled(few, 1_500_000)) is not None:
        kept("small disks filled", what, 1)
    read, halves = disks.halves_seen(folder, 1000)
    kept("half files seen in 1,000 writes", [] if read and not halves else ["halves"], halves)
    kept("starts at once", starts.together(few, 20), 20)
    kept("old locks taken over", starts.old_locks(one), 5)
    for number in starts.SIGNALS:
        kept(f"stopped by {number.name}", starts.stopped(few, number), 1)
    kept("bad regions told", starts.bad_region(few), 1)
    kept("full disks for what is printed", starts.nothing_printable(few), 1)
    kept("numbers of jobs", surroundings.orders(few), 3)
    kept("surroundings", *reversed(surroundings.environments(one)))
    kept("workers lost", clusters.worker_lost(few), 1)
    kept("schedulers lost", clusters.scheduler_lost(few), 1)


if __name__ == "__main__":
    sys.exit(main())
