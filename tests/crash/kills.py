"""Batches killed at random moments and resumed until their tree is that of an unbroken one."""

import contextlib
import os
import random
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from tests.crash import commands, trees
from tests.crash.commands import Running, Trap

#: Who is killed when a trap springs.
SPRINGS = {
    "all": commands.kill_all,
    "parent": commands.kill_leader,
    "child": commands.kill_self,
}


@dataclass
class Found:
    """What a series of kills found; all but the first three should be empty or 0."""

    kills: int = 0
    batches: int = 0
    killed: Counter = field(default_factory=Counter)
    redone: int = 0
    partial: int = 0
    leftovers: int = 0
    orphans: int = 0
    wrong: list[str] = field(default_factory=list)

    def __iadd__(self, other: "Found") -> "Found":
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        return self

    @property
    def held(self) -> bool:
        """Whether nothing was lost, redone or counted in half."""
        return not (self.redone or self.partial or self.leftovers or self.orphans or self.wrong)


class Series:
    """One batch, made again and again, killed on its way.

    Parameters
    ----------
    regions : sequence of str
    folder : Path
        Where everything goes.
    chance : random.Random
    formats : str
    jobs : int
    """

    def __init__(
        self, regions: Sequence[str], folder: Path, chance: random.Random,
        formats: str = "html,ipynb", jobs: int = 2,
    ):  # fmt: skip
        self.regions, self.folder, self.chance = list(regions), folder, chance
        self.formats, self.jobs, self.found = formats, jobs, Found()
        self.out = folder / "out"
        began = time.monotonic()
        self.steps = self._unbroken("id", folder / "unbroken")
        self.seconds = time.monotonic() - began
        self._unbroken("en", folder / "older")
        self.asked, self.older = (trees.reports(folder / n) for n in ("unbroken", "older"))

    def words(self, out: Path, language: str = "id") -> list[str]:
        """The command, with the regions in another order each time."""
        regions = self.chance.sample(self.regions, len(self.regions))
        return [
            "report", *regions, "--out", str(out), "--jobs", str(self.jobs),
            "--formats", self.formats, "--language", language,
        ]  # fmt: skip

    def _unbroken(self, language: str, out: Path) -> int:
        trap = Trap(0)
        running = commands.start(self.words(out, language), self.folder, trap)
        assert running.ended() == 0, running.text()
        return trap.steps

    def run(self, kills: int, told: Callable[[str], None] = lambda line: None, cold: int = 0):
        """Kill so many times and end with a batch that nobody kills.

        ``cold`` of the kills hit the installed command instead of a fork of this process.
        """
        self._begin_anew()
        while self.found.kills < kills:
            self._turn(cold > 0 and self.found.kills % (kills // cold) == 0)
            told(f"{self.found.kills} kills, {len(self._whole())} of {len(self.regions)} stand")
        self._resume(Trap(0))
        return self.found

    def _begin_anew(self) -> None:
        """An empty folder, or one with reports that are no longer up to date."""
        shutil.rmtree(self.out, ignore_errors=True)
        if self.found.batches % 2:
            shutil.copytree(self.folder / "older", self.out)

    def _whole(self) -> list[str]:
        return trees.whole(self.out, self.asked)

    def _turn(self, cold: bool) -> None:
        share = (1 + len(self.regions) - len(self._whole())) / (1 + len(self.regions))
        if cold or self.chance.random() < 0.4:
            # a moment of the time that is still needed, or a bit more
            seconds = self.chance.uniform(0, 1.05 * share * self.seconds)
            self._kill_after(seconds, cold)
        else:
            step = self.chance.randint(1, max(8, int(1.05 * share * self.steps)))
            who = self.chance.choice(sorted(SPRINGS))
            self._resume(Trap(step, SPRINGS[who]), who)

    def _kill_after(self, seconds: float, cold: bool) -> None:
        before = self._before()
        started = commands.start_installed if cold else commands.start
        running = started(self.words(self.out), self.folder)
        who = "all" if cold else self.chance.choice(sorted(SPRINGS))
        if running.wait(seconds) is None:
            self._kill(running, who)
        self._after(running, before, "cold" if cold else who)

    def _kill(self, running: Running, who: str) -> None:
        members = running.members()
        chosen = {"all": members, "parent": members[:1], "child": members[1:]}[who]
        if who == "child" and chosen:
            chosen = [self.chance.choice(chosen)]
        for pid in chosen:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.child_killed = who == "child" and bool(chosen)

    child_killed = False

    def _resume(self, trap: Trap, who: str = "") -> None:
        before = self._before()
        running = commands.start(self.words(self.out), self.folder, trap)
        running.ended()
        self.child_killed = who == "child" and 0 < trap.step <= trap.steps
        self._after(running, before, who)

    def _before(self) -> dict[str, tuple[int, int]]:
        return trees.stamps(self.out, self._whole())

    def _after(self, running: Running, before: dict, who: str) -> None:
        """Look at what a command left, killed or not."""
        found, code = self.found, running.ended()
        found.orphans += len(running.orphans())
        if code == -signal.SIGKILL or self.child_killed:
            found.kills += 1
            found.killed[who] += 1
        elif code:
            found.wrong.append(f"exit code {code}: {running.text()}")
        if code == 1 and self.child_killed and "signal 9" not in running.text():
            found.wrong.append(f"a killed child is not told: {running.text()}")
        self.child_killed = False
        names = {name.split("/")[1] for name in before}
        after = trees.stamps(self.out, [n for n in names if (self.out / "2025" / n).is_dir()])
        redone = {n.split("/")[1] for n, stamp in before.items() if after.get(n) != stamp}
        found.redone += len(redone)
        found.partial += len(
            trees.counted(self.out) - set(trees.whole(self.out, self.asked, self.older))
        )
        if code >= 0:
            found.leftovers += len(trees.leftovers(self.folder))
        if code == 0:
            found.batches += 1
            if trees.tree(self.out) != trees.tree(self.folder / "unbroken"):
                found.wrong.append(f"another tree after {found.kills} kills")
            self._begin_anew()
        running.forget()
