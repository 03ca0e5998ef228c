"""Properties on many examples, and simulations: ``python -m tests.assurance.long``.

``make test-long`` runs it. What held, and how often intervals covered the truth, is kept as a
record.
"""

import os
import sys
import time

import hypothesis

from tests.assurance import promises, records, running
from tests.conftest import EXAMPLES

CHECK, COMMAND = "test-long", "make test-long"
PROFILE = "long"
SELECTION = ("tests/properties", "tests/calibration.py")
ROOMS = ("anticorruption", "data")


def numbers(ran: dict[str, running.Ran]) -> dict[str, int | str]:
    """What the record tells of a run."""
    properties = [name for name in ran if name.startswith("tests/properties/")]
    measured = {name: value for one in ran.values() for name, value in one.told.items()}
    return {
        "properties": sum(sum(ran[name].outcomes.values()) for name in properties),
        "examples of each": EXAMPLES[PROFILE],
        "simulations and properties that held": sum(o.outcomes["passed"] for o in ran.values()),
        "that did not": sum(o.outcomes["failed"] + o.outcomes["error"] for o in ran.values()),
        **dict(sorted(measured.items())),
    }


def main() -> int:
    """Run and keep the record; exit code 1 if something did not hold."""
    began = time.monotonic()
    environment = {**os.environ, "HYPOTHESIS_PROFILE": PROFILE}
    ran = running.run(SELECTION, ("--durations", "5"), environment)
    wanted = {
        one
        for folder in SELECTION
        for one in promises.functions()
        if one.startswith((f"{folder}/", f"{folder}::"))
    }
    held = wanted <= set(ran) and all(one.held for one in ran.values())
    seconds = time.monotonic() - began
    told = numbers(ran) | {"hypothesis": hypothesis.__version__}
    records.write(CHECK, COMMAND, held=held, numbers=told, seconds=seconds, tried=ROOMS)
    return int(not held)


if __name__ == "__main__":
    sys.exit(main())
