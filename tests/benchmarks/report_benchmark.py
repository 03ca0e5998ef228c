"""How long a region's report takes: plain papermill and nbconvert, ours, and bare function calls.

Run as a script, from the root of the project: ``python tests/benchmarks/report_benchmark.py``.
The ways are taken in turn region by region, in one run on one core, and compared by the CPU
seconds of this process and its children, since other work on the machine stretches the clock:

(a) the plain loop: ``papermill.execute_notebook`` with its own engine, which starts a kernel, and
    nbconvert's own HTML exporter;
(b) ours: the same notebook through the engine ``anticorruption``, and our HTML;
(c) the floor: the notebook's own lines as plain function calls in this warm process.

``--all`` makes the notebook and the HTML of every government, two at a time, and prints the minutes
and the most memory that this process and its children held together (shared pages counted once).
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
import papermill
from nbconvert import HTMLExporter

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from anticorruption import regions, release
from anticorruption.reporting import display, execution, forking, studies
from anticorruption.reporting.html import ReportExporter

TEMPLATE = execution.template("report-region")
EDITION = 2025
ABOUT = {"language": "id", "title": "Report"}


def spent() -> float:
    """CPU seconds of this process and of its children that have ended."""
    return sum(os.times()[:4])


def plain(region_code: str) -> None:
    """(a) The plain loop."""
    with tempfile.TemporaryDirectory() as folder:
        made = papermill.execute_notebook(
            str(TEMPLATE), str(Path(folder, "report.ipynb")),
            parameters={"region_code": region_code}, kernel_name="python3", progress_bar=False,
        )  # fmt: skip
        page, _ = HTMLExporter().from_notebook_node(made)
        assert len(page) > 100_000


def ours(region_code: str) -> None:
    """(b) A forked child and our HTML."""
    text, page = report(region_code)
    assert "image/svg+xml" in text and len(page) > 100_000


def report(region_code: str) -> tuple[str, str]:
    """Notebook and page of a region."""
    made = execution.execute(TEMPLATE, {"region_code": region_code}, ABOUT)
    page, _ = ReportExporter().from_notebook_node(made)
    return nbformat.writes(made), page


def floor() -> Callable[[str], None]:
    """(c) The notebook's cells as compiled code, called in this process."""
    cells = nbformat.read(TEMPLATE, as_version=4).cells
    code = [compile(c.source, "cell", "exec") for c in cells if c.cell_type == "code"]
    shown: list[dict] = []

    def bare(region_code: str) -> None:
        shown.clear()
        names: dict = {}
        kept, display.display = display.display, lambda data, **_: shown.append(data)
        try:
            exec(code[0], names)
            names["region_code"] = region_code
            for cell in code[1:]:
                exec(cell, names)
        finally:
            display.display = kept
        assert any("image/svg+xml" in data for data in shown)

    return bare


def compare(codes: list[str]) -> dict[str, float]:
    """Median CPU and wall seconds of each way, taken in turn."""
    ways = {"(a) plain papermill and nbconvert": plain, "(b) ours": ours,
            "(c) plain function calls": floor()}  # fmt: skip
    for way in list(ways.values())[1:]:
        way(codes[0])
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    wall: dict[str, list[float]] = {name: [] for name in ways}
    for code in codes:
        for name, way in ways.items():
            begun, clock = spent(), time.perf_counter()
            way(code)
            cpu[name].append(spent() - begun)
            wall[name].append(time.perf_counter() - clock)
    print(f"{'one region, medians of ' + str(len(codes)):<40}{'CPU':>9}{'clock':>9}")
    for name in ways:
        print(
            f"{name:<40}{statistics.median(cpu[name]):8.2f}s{statistics.median(wall[name]):8.2f}s"
        )
    medians = [statistics.median(cpu[name]) for name in ways]
    print(f"(a) / (b): {medians[0] / medians[1]:.1f} (at least 5)   "
          f"(b) / (c): {medians[1] / medians[2]:.2f} (at most 1.5)")  # fmt: skip
    return dict(zip("abc", medians, strict=True))


class Memory:
    """Most memory that this process and its children held together, looked at ten times a second.

    Proportional sizes: a page shared by three processes counts a third in each.
    """

    def __init__(self):
        self.most, self._over = 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self.most = max(self.most, sum(map(_held, [os.getpid(), *_children()])))


def _children() -> list[int]:
    found = []
    for task in Path(f"/proc/{os.getpid()}/task").iterdir():
        try:
            found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _held(pid: int) -> int:
    """Proportional size of a process in KB; 0 once it has gone."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def make_all(codes: list[str], workers: int) -> None:
    """Make every report and print the minutes and the memory, halfway and at the end."""
    halfway, sizes = 0, 0
    with tempfile.TemporaryDirectory() as folder, Memory() as memory:

        def work(code: str) -> int:
            text, page = report(code)
            Path(folder, f"{code}.ipynb").write_text(text, encoding="utf-8")
            Path(folder, f"{code}.html").write_text(page, encoding="utf-8")
            return len(text) + len(page)

        begun, clock = spent(), time.perf_counter()
        for done, (place, result) in enumerate(forking.each(work, codes, workers), start=1):
            if isinstance(result, forking.Lost):
                raise SystemExit(f"{codes[place]}: {result.reason}")
            sizes += result
            if done == len(codes) // 2:
                halfway = memory.most
        cpu, minutes = spent() - begun, (time.perf_counter() - clock) / 60
    print(f"{len(codes)} reports, HTML and notebook, {workers} at a time: {minutes:.1f} minutes "
          f"by the clock, {cpu / 60:.1f} CPU minutes, {sizes / 1e6:,.0f} MB written")  # fmt: skip
    print(f"most memory, all processes: {memory.most / 1024:,.0f} MB "
          f"({halfway / 1024:,.0f} MB in the first half)")  # fmt: skip


def main() -> None:
    """Compare, and estimate or make the whole country."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--regions", type=int, default=5, help="how many regions are compared")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--all", action="store_true", help="make all reports instead of a guess")
    options = parser.parse_args()
    if not forking.usable():
        raise SystemExit("nothing can be forked here; there is nothing to compare.")
    begun = spent()
    studies.warm(studies.national(release.load(), EDITION))
    print(f"warming up, once: {spent() - begun:.1f} CPU seconds")
    everywhere = list(regions.governments().index)
    step = max(1, len(everywhere) // options.regions)
    found = compare(everywhere[1::step][: options.regions])
    if options.all:
        make_all(everywhere, options.workers)
    else:
        minutes = found["b"] * len(everywhere) / options.workers / 60
        print(f"all {len(everywhere)} governments, {options.workers} cores: about {minutes:.0f} "
              f"minutes (measured with --all)")  # fmt: skip


if __name__ == "__main__":
    main()
