"""Run tests once and keep what became of each function: how many cases passed, and what it told."""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

from tests.paths import ROOT

#: In this order an outcome is told; the first two mean that the function did not hold.
OUTCOMES = ("failed", "error", "passed", "skipped")

_TAGS = (("error", "error"), ("failure", "failed"), ("skipped", "skipped"))


@dataclass
class Ran:
    """What became of one test function.

    Attributes
    ----------
    outcomes : Counter
        How many of its cases ended in each of :data:`OUTCOMES`.
    told : dict
        Numbers that it measured, by name (pytest's ``record_property``).
    """

    outcomes: Counter = field(default_factory=Counter)
    told: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return ", ".join(
            f"{self.outcomes[outcome]} {outcome}" for outcome in OUTCOMES if self.outcomes[outcome]
        )

    @property
    def held(self) -> bool:
        """Whether no case of it failed; a skipped one did not."""
        return not (self.outcomes["failed"] or self.outcomes["error"])


def run(
    selection: Sequence[str], options: Sequence[str] = (), environment: Mapping | None = None
) -> dict[str, Ran]:
    """Run tests on every core and return what became of each function, ``file::function``.

    Pytest's own output goes to the screen. Nothing is returned of what could not be collected;
    a function that was asked for and is not there has not been run.
    """
    with tempfile.TemporaryDirectory(prefix="anticorruption-assurance-") as folder:
        report = Path(folder) / "report.xml"
        listed = Path(folder) / "tests.txt"
        listed.write_text("\n".join(selection), encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "--numprocesses", "auto", f"--junitxml={report}"]
        subprocess.run([*command, *options, f"@{listed}"], cwd=ROOT, env=environment, check=False)
        return read(report.read_text(encoding="utf-8")) if report.exists() else {}


def read(xml: str) -> dict[str, Ran]:
    """Outcomes of a report in the form of JUnit, by test function."""
    found: dict[str, Ran] = {}
    for case in ElementTree.fromstring(xml).iter("testcase"):
        file = case.get("classname", "").replace(".", "/") + ".py"
        function = case.get("name", "").partition("[")[0]
        ran = found.setdefault(f"{file}::{function}", Ran())
        kinds = {child.tag for child in case}
        outcome = next((told for tag, told in _TAGS if tag in kinds), "passed")
        ran.outcomes[outcome] += 1
        for one in case.iter("property"):
            ran.told[one.get("name", "")] = one.get("value", "")
    return dict(sorted(found.items()))


def counted(text: str) -> Counter:
    """Outcomes of one function as :class:`Ran` writes them: ``12 passed, 1 skipped``."""
    pairs = (part.split(" ") for part in text.split(", "))
    return Counter({outcome: int(number) for number, outcome in pairs})
