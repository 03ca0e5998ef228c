"""Properties on many examples, and simulations: ``python -m tests.assurance.long``.

``make test-long`` runs it. What held, and how often intervals covered the truth, is kept as a
record.
"""

import importlib
import os
import sys
import time

import hypothesis
from hypothesis.internal.detection import is_hypothesis_test

import tests.conftest  # noqa: F401 - registers the profiles of hypothesis
from tests.assurance import promises, records, running
from tests.paths import ROOT

CHECK, COMMAND = "test-long", "make test-long"
PROFILE = "long"
SELECTION = ("tests/properties", "tests/calibration.py")
#: What the properties and the simulations call; pages, charts and workbooks play no part in them.
ROOMS = (
    *(f"anticorruption/{room}" for room in ("comparison", "composite", "programme")),
    *(f"anticorruption/{name}.py" for name in ("measures", "regions", "release", "rounding")),
    *(f"anticorruption/{name}.py" for name in ("spi", "tables")),
    "data",
)


def examples() -> dict[str, int]:
    """Properties and how many examples each is tried on in the long run."""
    hypothesis.settings.load_profile(PROFILE)
    found = {}
    for path in sorted((ROOT / "tests/properties").glob("test_*.py")):
        module = importlib.import_module(f"tests.properties.{path.stem}")
        for name, one in vars(module).items():
            if name.startswith("test_") and is_hypothesis_test(one):
                chosen = getattr(one, "_hypothesis_internal_use_settings", None)
                used = chosen or hypothesis.settings.default
                found[f"{path.stem}::{name}"] = used.max_examples
    return found


def numbers(ran: dict[str, running.Ran]) -> dict[str, int | str]:
    """What the record tells of a run."""
    tried = examples()
    most = max(tried.values())
    fewer = [count for count in tried.values() if count < most]
    measured = {name: value for one in ran.values() for name, value in one.told.items()}
    return {
        "properties": len(tried),
        f"of these on {most:,} examples each": len(tried) - len(fewer),
        "on fewer, at least": min(fewer, default=most),
        "cases that held": sum(one.outcomes["passed"] for one in ran.values()),
        "cases that did not": sum(o.outcomes["failed"] + o.outcomes["error"] for o in ran.values()),
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
