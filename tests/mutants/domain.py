"""The mistakes of this field, planted one at a time: the tests must notice every one.

``python -m tests.mutants.domain`` copies library and tests to a folder of its own, changes one line
of the library, runs the tests of that room and expects them to fail. Tools that change operators at
random seldom make these mistakes; people do.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.paths import ROOT

#: Exit code of pytest when tests ran and some of them failed; any other is no verdict.
SOME_FAILED = 1


@dataclass(frozen=True)
class Mistake:
    """One planted mistake: what it is, the line it changes, and the tests that should notice."""

    name: str
    module: str
    right: str
    wrong: str
    tests: tuple[str, ...]


MISTAKES = (
    Mistake(
        "weights are not renormalised after a gap",
        "composite/aggregation.py",
        "result = mean.inverse((present * mean.forward(known)).sum(axis=-1) / total)",
        "result = mean.inverse((present * mean.forward(known)).sum(axis=-1) / weights.sum())",
        ("tests/composite/test_aggregation.py",),
    ),
    Mistake(
        "at least stands for above at the mark",
        "programme/screening.py",
        'passed = margin > 0 if threshold.rule == "above" else margin >= 0',
        "passed = margin >= 0",
        ("tests/programme/test_screening.py",),
    ),
    Mistake(
        "the year is off by one",
        "programme/screening.py",
        "until = rubric.edition - 1 if until is None else until",
        "until = rubric.edition if until is None else until",
        ("tests/programme/test_screening.py",),
    ),
    Mistake(
        "the direction of an indicator is lost",
        "composite/normalisation.py",
        "turned = values * direction",
        "turned = values * np.abs(direction)",
        ("tests/composite/test_normalisation.py",),
    ),
    Mistake(
        "a blank is read as zero",
        "composite/aggregation.py",
        "    present = np.where(np.isnan(values), 0.0, weights)",
        "    values = np.nan_to_num(values)\n"
        "    present = np.broadcast_to(weights, values.shape) * 1.0",
        ("tests/composite/test_aggregation.py",),
    ),
    Mistake(
        "values outside the goalposts are not cut off",
        "composite/normalisation.py",
        'return np.clip(scaled, low, high) if options["truncate"] else scaled',
        "return scaled",
        ("tests/composite/test_normalisation.py",),
    ),
    Mistake(
        "ties are broken by order",
        "composite/ranking.py",
        "    if not tied.any():",
        "    if True:",
        ("tests/composite/test_method.py", "tests/properties/test_composite_properties.py"),
    ),
    Mistake(
        "a correction is added instead of taken off",
        "spi.py",
        "rebuilt = before - corrections",
        "rebuilt = before + corrections",
        ("tests/test_spi.py",),
    ),
    Mistake(
        "a name that two regions share means the first of them",
        "regions.py",
        "    if len(exact) == 1:\n        return exact[0]",
        "    if exact:\n        return exact[0]",
        ("tests/test_regions.py",),
    ),
    Mistake(
        "figures are rounded before they are compared",
        "programme/screening.py",
        'margin = round(value["value"] - threshold.value, 6)',
        'margin = round(value["value"]) - threshold.value',
        ("tests/programme/test_screening.py",),
    ),
    Mistake(
        "the seed is ignored",
        "composite/parameters.py",
        'return np.random.SeedSequence(whole_number("the seed", seed))',
        "return np.random.SeedSequence()",
        ("tests/composite/test_uncertainty.py",),
    ),
    Mistake(
        "a region is its own peer",
        "comparison/peers.py",
        "    np.fill_diagonal(distances, np.inf)\n",
        "",
        ("tests/comparison/test_peers.py",),
    ),
)


def noticed(mistake: Mistake, folder: Path) -> bool:
    """Plant a mistake in a copy of the library and tell whether its tests fail.

    Raises
    ------
    RuntimeError
        If the line is not there exactly once, or the tests could not run: neither is a verdict.
    """
    module = folder / "anticorruption" / mistake.module
    source = module.read_text(encoding="utf-8")
    if source.count(mistake.right) != 1:
        raise RuntimeError(f"{mistake.module}: {mistake.right!r} stands there not exactly once.")
    module.write_text(source.replace(mistake.right, mistake.wrong), encoding="utf-8")
    try:
        done = run(folder, mistake.tests)
    finally:
        module.write_text(source, encoding="utf-8")
    if done.returncode not in (0, SOME_FAILED):
        raise RuntimeError(f"{mistake.name}: the tests could not run:\n{done.stdout}")
    return done.returncode == SOME_FAILED


def run(folder: Path, tests: tuple[str, ...]) -> subprocess.CompletedProcess:
    """Run tests against the library of a folder until the first of them fails."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests]
    few = {"HYPOTHESIS_PROFILE": "mutants", "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {**os.environ, "PYTHONPATH": str(folder), **few}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600
    )


def copy(folder: Path) -> None:
    """Copy what the tests need of the project; bytecode of the right lines stays behind."""
    ignored = shutil.ignore_patterns("__pycache__")
    for name in ("anticorruption", "tests", "data", "notebooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)


def verdicts() -> Iterator[tuple[Mistake, bool]]:
    """Plant every mistake in turn; the untouched copy must pass first."""
    with tempfile.TemporaryDirectory(prefix="anticorruption-mutants-") as name:
        folder = Path(name)
        copy(folder)
        everything = tuple(dict.fromkeys(test for m in MISTAKES for test in m.tests))
        if (done := run(folder, everything)).returncode:
            raise RuntimeError(f"the tests fail without any mistake:\n{done.stdout}")
        for mistake in MISTAKES:
            yield mistake, noticed(mistake, folder)


def main() -> int:
    """Print a line a mistake; exit code 1 if one of them went unnoticed."""
    missed = 0
    for mistake, seen in verdicts():
        missed += not seen
        print(f"{'noticed' if seen else 'MISSED '}  {mistake.name} ({mistake.module})", flush=True)
    print(f"{len(MISTAKES) - missed} of {len(MISTAKES)} mistakes noticed")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
