"""Levels of reproducible analytical pipelines, counted: ``python -m tests.rap`` prints the list.

The eighteen items are those of the NHS, as of 2025, in ``levels_of_RAP.md`` of
https://github.com/NHSDigital/rap-community-of-practice: Baseline, Silver and Gold. Each is shown
by something that is counted in the tree; what the tree cannot show is said to be not shown.
"""

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests import licences
from tests.assurance import promises
from tests.paths import GOLDEN, ROOT

LEVELS = ("Baseline", "Silver", "Gold")
LIBRARY = ROOT / "anticorruption"


@dataclass(frozen=True)
class Item:
    """One item of the list: its level, what it asks for, whether it is shown, and by what."""

    level: str
    asks: str
    shown: bool
    evidence: str


def items() -> list[Item]:
    """Return the eighteen items in the order of the list."""
    return [Item(level, asks, *look()) for level, asks, look in ITEMS]


def _read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def _project() -> dict:
    return tomllib.loads(_read("pyproject.toml"))["project"]


def _definitions() -> Iterator[ast.AST]:
    """Yield public functions and classes of the library."""
    for path in LIBRARY.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name[0] != "_":
                yield node


def open_source() -> tuple[bool, str]:
    """Data and reports come out of Python whose every package has an open licence."""
    packages = [package for package in licences.packages() if package.licence is not None]
    allowed = sum(package.allowed for package in packages)
    files = sum(1 for _ in LIBRARY.rglob("*.py"))
    told = f"{files} files of Python; {allowed} of {len(packages)} packages under an open licence"
    return files > 0 and allowed == len(packages), told


def version_control() -> tuple[bool, str]:
    """Everything is in git."""
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    files = len(done.stdout.splitlines())
    return files > 0, f"git keeps {files} files" if files else "this copy is no git checkout"


def readme() -> tuple[bool, str]:
    """The steps are commands that exist; tests/test_repository.py tries each."""
    names = ("README.md", "README.id.md")
    counts = [
        len(re.findall(r"^(?:make|\.venv/bin/)\S* \S+", _read(name), re.MULTILINE))
        for name in names
    ]
    return min(counts) > 0, f"{counts[0]} commands in the README, {counts[1]} in its Indonesian"


def peer_review() -> tuple[bool, str]:
    """Nothing in the tree can show it."""
    return False, "no review by somebody else is recorded here; two routes of code are no review"


def published() -> tuple[bool, str]:
    """The citation names a public address."""
    address = re.search(r"^(?:repository-code|url): *(\S+)", _read("CITATION.cff"), re.MULTILINE)
    if address:
        return True, f"{address.group(1)}, under the MIT licence"
    return False, "licence and citation are there; no public address is named in CITATION.cff yet"


def little_by_hand() -> tuple[bool, str]:
    """One command makes every pinned file."""
    pinned = _read("reports/reports.lock").splitlines()
    one = re.search(r"^reports: setup", _read("Makefile"), re.MULTILINE)
    return bool(pinned and one), f"one command makes {len(pinned)} pinned files; none is edited"


def documented() -> tuple[bool, str]:
    """Every public function and class says what it does."""
    found = list(_definitions())
    told = sum(ast.get_docstring(node) is not None for node in found)
    guides = [path for path in ROOT.rglob("README*.md") if ".venv" not in path.parts]
    evidence = f"{told} of {len(found)} public functions and classes; {len(guides)} READMEs"
    return told == len(found) > 0, evidence


def organised() -> tuple[bool, str]:
    """The folders are those that the README lists."""
    listed = re.findall(r"^\| `(\w+)/` \|", _read("README.md"), re.MULTILINE)
    there = [name for name in listed if (ROOT / name).is_dir()]
    evidence = f"{len(there)} of {len(listed)} folders of the README are there"
    return len(there) == len(listed) > 0, evidence


def functions() -> tuple[bool, str]:
    """Notebooks call functions and define none."""
    defined = sum(isinstance(node, ast.FunctionDef) for node in _definitions())
    notebooks = list((ROOT / "notebooks").glob("*.ipynb"))
    with_own = [path.name for path in notebooks if _defines(path)]
    evidence = (
        f"{defined} public functions; {len(with_own)} of {len(notebooks)} notebooks define one"
    )
    return defined > 0 and not with_own, evidence


def _defines(path: Path) -> bool:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return any(re.search(r"^\s*def ", source, re.MULTILINE) for source in code)


def standards() -> tuple[bool, str]:
    """Ruff finds nothing."""
    command = [sys.executable, "-m", "ruff", "check", "--quiet", "anticorruption"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    chosen = tomllib.loads(_read("pyproject.toml"))["tool"]["ruff"]["lint"]["select"]
    found = len(done.stdout.splitlines())
    said = "nothing" if not done.returncode else f"{found} lines of complaint"
    return not done.returncode, f"ruff with {len(chosen)} families of rules says {said}"


def tested() -> tuple[bool, str]:
    """Tests of functions, worked numbers of others, and reports pinned to the byte."""
    tests = len(promises.functions())
    golden = sum(path.is_dir() for path in GOLDEN.iterdir())
    pinned = len(_read("reports/reports.lock").splitlines())
    told = f"{tests} tests; back tests: {golden} sets of kept numbers, {pinned} pinned files"
    return min(tests, golden, pinned) > 0, told


def dependencies() -> tuple[bool, str]:
    """Every package is locked with its hashes."""
    lock = _read("requirements.lock")
    entries = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]
    hashed = sum("--hash=sha256:" in entry for entry in entries)
    return hashed == len(entries) > 0, f"{hashed} of {len(entries)} locked entries carry hashes"


def logged() -> tuple[bool, str]:
    """Each report has its manifest, each batch its record, and tests read both."""
    wanted = ("tests/reporting/test_resume.py::*run_record*", "*manifest*")
    found = [one for pattern in wanted for one in promises.matching(pattern)]
    rooms = [LIBRARY / "reporting" / name for name in ("manifest.py", "runrecord.py")]
    told = f"a manifest for each report, a record of each batch; {len(found)} tests read them"
    return all(map(Path.exists, rooms)) and bool(found), told


def tidy() -> tuple[bool, str]:
    """Every table has a schema and a key."""
    tables = json.loads(_read("data/datapackage.json"))["resources"]
    tables = [one for one in tables if str(one.get("path", "")).endswith(".csv")]
    keyed = sum("primaryKey" in one["schema"] for one in tables)
    return keyed == len(tables) > 0, f"{keyed} of {len(tables)} tables have a schema and a key"


def packaged() -> tuple[bool, str]:
    """It installs by its name and brings its commands."""
    project = _project()
    points = len(project["scripts"]) + sum(map(len, project["entry-points"].values()))
    told = f"{project['name']} {project['version']}, {points} entry points"
    return points > 0 and (LIBRARY / "__init__.py").exists(), told


def integration() -> tuple[bool, str]:
    """A script runs for every change what the README says."""
    last = _read(".ci/run").splitlines()[-1]
    return last == "make test", f"`.ci/run` ends with `{last}`"


def triggered() -> tuple[bool, str]:
    """Nobody's schedule is in the tree."""
    return False, "reports are made when somebody asks; no schedule and no trigger"


def signposted() -> tuple[bool, str]:
    """The changelog has a heading for this version."""
    version = _project()["version"]
    heading = re.search(rf"^## {re.escape(version)}, (.*)$", _read("CHANGELOG.md"), re.MULTILINE)
    return bool(
        heading
    ), f"CHANGELOG.md: {version}, {heading.group(1)}" if heading else "no heading"


ITEMS: tuple[tuple[str, str, Callable[[], tuple[bool, str]]], ...] = (
    ("Baseline", "Data produced by code in an open-source language", open_source),
    ("Baseline", "Code under version control", version_control),
    ("Baseline", "README with the steps to reproduce", readme),
    ("Baseline", "Code reviewed by peers", peer_review),
    ("Baseline", "Code published in the open and linked", published),
    ("Silver", "Outputs made by code with little done by hand", little_by_hand),
    ("Silver", "Code documented: guidance, structure, docstrings", documented),
    ("Silver", "Code organised in a standard way", organised),
    ("Silver", "Functions and classes that are used again", functions),
    ("Silver", "Coding standards kept", standards),
    ("Silver", "Unit tests and back tests", tested),
    ("Silver", "Dependencies listed", dependencies),
    ("Silver", "Logs recorded by the pipeline", logged),
    ("Silver", "Data in tidy form", tidy),
    ("Gold", "Code packaged", packaged),
    ("Gold", "Tests run by themselves on each change", integration),
    ("Gold", "Run on a schedule or a trigger", triggered),
    ("Gold", "Changes signposted", signposted),
)


def main() -> None:
    """Print a line an item."""
    for item in items():
        print(f"{item.level:9} {'shown    ' if item.shown else 'not shown'} {item.asks}")
        print(f"{'':20}{item.evidence}")


if __name__ == "__main__":
    main()
