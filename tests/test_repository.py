"""Every checkable sentence of the documents is held against the tree, the data and the code."""

import json
import re
import subprocess
import tomllib

import pytest
from packaging.requirements import Requirement

from anticorruption import release, tables
from anticorruption.cli import app
from anticorruption.reporting import figure
from tests.paths import ROOT

READMES = ("README.md", "README.id.md")
TOP_LEVEL = {"notebooks", "anticorruption", "data", "reports", "tests"}
#: Floors of the library, lowest first; a module imports only from floors below its own.
FLOORS = [
    {"errors", "rounding", "texts"},
    {"files", "tables"},
    {"regions", "measures", "language", "personal", "seals"},
    {"release", "overlay", "spi", "spi_deductions", "coverage", "disagreements"},
    {"programme", "comparison", "composite", "checking", "intake"},
    {"charts"},
    {"reporting"},
    {"cli"},
]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def tracked() -> list[str]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        pytest.skip("not a git checkout: the list of tracked files is not known")
    return done.stdout.splitlines()


def commands(name: str) -> list[str]:
    """Commands of the shell blocks of a document, without their comments."""
    blocks = re.findall(r"```sh\n(.*?)```", read(name), re.DOTALL)
    lines = [line.partition("#")[0].strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]


def pyproject() -> dict:
    return tomllib.loads(read("pyproject.toml"))


def requirements() -> dict[str, str]:
    project = pyproject()["project"]
    wanted = project["dependencies"] + project["optional-dependencies"]["test"]
    return {r.name.lower(): str(r.specifier) for r in map(Requirement, wanted)}


@pytest.mark.parametrize("name", READMES)
def test_readme_is_short_and_opens_with_one_figure_and_two_commands(name):
    text = read(name)
    assert len(text.splitlines()) < 150
    first_screen = text[: text.index("## ")]
    assert first_screen.count("![") == 1
    assert first_screen.count("```sh") == 1
    assert commands(name)[:2] == ["make reports", "make test"]


def test_both_readmes_give_the_same_commands_and_code():
    assert commands("README.md") == commands("README.id.md")
    code = [re.findall(r"```python\n(.*?)```", read(name), re.DOTALL) for name in READMES]
    assert code[0] == code[1]


def test_python_of_the_readme_runs():
    for block in re.findall(r"```python\n(.*?)```", read("README.md"), re.DOTALL):
        names: dict = {}
        exec(block, names)
        assert set(names["answers"]["region_code"]) == {"35.72"}


@pytest.mark.parametrize("name", READMES)
def test_make_targets_of_the_readme_exist(name):
    makefile = read("Makefile")
    for target in re.findall(r"make ([a-z-]+)", " ".join(commands(name))):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("name", READMES)
def test_commands_of_the_readme_exist(name):
    known = {command.callback.__name__ for command in app.registered_commands}
    used = re.findall(r"\.venv/bin/anticorruption ([a-z]+)", " ".join(commands(name)))
    assert used and set(used) <= known


def test_every_make_target_is_listed_with_its_intention():
    makefile = read("Makefile")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE).group(1).split()
    described = re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE)
    assert sorted(phony) == sorted(described)


@pytest.mark.parametrize("document", [*READMES, "CONTRIBUTING.md", "data/README.md"])
def test_files_that_documents_name_exist(document):
    text = read(document)
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    folder = (ROOT / document).parent
    for link in links:
        assert (folder / link).is_file(), link
    for name in re.findall(r"`((?:notebooks|anticorruption|data|reports|tests)/[\w./-]*)`", text):
        if "2025" not in name:
            assert (ROOT / name).exists(), name


@pytest.mark.parametrize("name", READMES)
def test_folders_of_the_tree_are_those_of_the_readme(name):
    listed = set(re.findall(r"^\| `(\w+)/` \|", read(name), re.MULTILINE))
    assert listed == TOP_LEVEL
    folders = {path.split("/")[0] for path in tracked() if "/" in path}
    assert folders - {".ci"} <= TOP_LEVEL


def test_figures_of_the_readmes_are_those_of_the_data():
    observations = tables.read("observations")
    data = release.load()
    years = f"{observations['year'].min()} to {observations['year'].max()}"
    english, indonesian = (" ".join(read(name).split()) for name in READMES)
    assert f"Release {data.name}: {len(observations):,} observations of 552 regions" in english
    assert f"from {years}" in english
    grouped = f"{len(observations):,}".replace(",", ".")
    assert f"Rilis {data.name}: {grouped} pengamatan tentang 552 daerah" in indonesian
    assert f"dari {years.replace('to', 'sampai')}" in indonesian


def test_example_of_a_place_in_the_readmes_is_the_computed_one(national_2025):
    from anticorruption.reporting import studies

    place = studies.region(national_2025, "35.72").standing.loc[2024]
    said = (place["near_rank"], place["near_count"], place["near_low"], place["near_high"])
    found = re.search(r"place (\d+) of (\d+), possible places (\d+)–(\d+)", read("README.md"))
    assert tuple(map(int, found.groups())) == said
    found = re.search(
        r"peringkat (\d+) dari (\d+), peringkat yang mungkin (\d+)–(\d+)", read("README.id.md")
    )
    assert tuple(map(int, found.groups())) == said


def test_figure_of_the_readme_is_drawn_by_the_current_code():
    assert read("reports/pilots.svg") == figure.draw()


def test_conda_environment_agrees_with_pyproject():
    lines = re.findall(r"^  - ([\w-]+)((?:[<>=].*)?)$", read("environment.yml"), re.MULTILINE)
    conda = {name.lower(): bounds for name, bounds in lines if name not in ("python", "pip")}
    conda.pop("conda-forge")
    wanted = requirements()

    def normal(bounds: str) -> list[str]:
        return sorted(part.strip() for part in bounds.split(",") if part)

    assert {n: normal(b) for n, b in conda.items()} == {n: normal(b) for n, b in wanted.items()}
    python = re.search(r"^  - python(>=[\d.]+)$", read("environment.yml"), re.MULTILINE).group(1)
    assert python == pyproject()["project"]["requires-python"]


def test_lock_pins_every_requirement_inside_its_bounds_with_hashes():
    lock = read("requirements.lock")
    pinned = re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE)
    versions: dict[str, list[str]] = {}
    for name, version in pinned:
        versions.setdefault(name.lower(), []).append(version)
    wanted = pyproject()["project"]
    for requirement in map(
        Requirement, wanted["dependencies"] + wanted["optional-dependencies"]["test"]
    ):
        found = versions[requirement.name.lower()]
        assert all(requirement.specifier.contains(version) for version in found), requirement
    entries = re.split(r"^(?=[\w.-]+==)", lock, flags=re.MULTILINE)[1:]
    assert all("--hash=sha256:" in entry for entry in entries)


def test_every_dependency_has_its_reason():
    reasons = read("CONTRIBUTING.md").lower()
    for name in requirements():
        if name not in ("setuptools",):
            assert name in reasons, name


def test_versions_agree():
    version = pyproject()["project"]["version"]
    assert f"version: {version}" in read("CITATION.cff")
    assert f"## {version}, data release {release.load().name}" in read("CHANGELOG.md")


def test_notebooks_readme_lists_the_folder_in_order():
    listed = re.findall(r"^\| `([\w-]+\.ipynb)` \| (.+) \|$", read("notebooks/README.md"), re.M)
    there = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert sorted(name for name, _ in listed) == there
    numbered = [name for name, _ in listed if name[0].isdigit()]
    assert [name for name, _ in listed][: len(numbered)] == sorted(numbered)
    for name, question in listed:
        cells = json.loads(read(f"notebooks/{name}"))["cells"]
        assert "".join(cells[0]["source"]).splitlines()[0] == f"# {question}"


def test_data_readme_lists_every_table():
    listed = set(re.findall(r"^\| `([\w.]+\.csv)` \|", read("data/README.md"), re.MULTILINE))
    assert listed == {path.name for path in (ROOT / "data").glob("*.csv")}


def test_sources_of_the_changelog_are_counted():
    text = read("CHANGELOG.md")
    assert f"{len(tables.read('observations')):,} observations" in text
    assert f"{len(tables.read('sources'))} sources" in text


def test_imports_run_downwards():
    floor = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
    broken = []
    for path in (ROOT / "anticorruption").rglob("*.py"):
        room = path.relative_to(ROOT / "anticorruption").parts[0].removesuffix(".py")
        if room == "__init__":
            continue
        assert room in floor, f"{room} stands on no floor"
        source = path.read_text(encoding="utf-8")
        used = set(re.findall(r"^\s*from anticorruption\.(\w+)", source, re.MULTILINE))
        for names in re.findall(r"^\s*from anticorruption import ([\w, ]+)$", source, re.MULTILINE):
            used |= {name.strip() for name in names.split(",")}
        used &= set(floor)
        broken += [(path.name, other) for other in used if floor[other] > floor[room]]
    assert not broken


def test_no_room_is_called_utils():
    names = {path.stem for path in (ROOT / "anticorruption").rglob("*.py")}
    assert not names & {"utils", "helpers", "common", "misc"}


def test_ci_runs_what_the_readme_says():
    script = [line for line in read(".ci/run").splitlines() if not line.startswith("#")]
    assert script[-1] == "make test"
    assert "make test" in commands("README.md")


def test_no_registry_host_and_no_path_of_a_machine_is_committed():
    registry = re.compile(r"pypi\.org|pythonhosted|conda\.anaconda|registry\.npmjs")
    machine = re.compile(r"/home/\w|/Users/\w")
    for name in tracked():
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".yml", ".cff", ".lock", ".ipynb", ""}:
            text = path.read_text(encoding="utf-8")
            if name != "tests/test_repository.py":
                assert not registry.search(text), name
            if not name.startswith("tests/"):
                assert not machine.search(text), name


def test_library_uses_nothing_that_runs_data():
    risky = re.compile(r"\b(eval|exec|pickle|from_string|os\.system|yaml\.load)\(|import pickle")
    for path in (ROOT / "anticorruption").rglob("*.py"):
        assert not risky.search(path.read_text(encoding="utf-8")), path.name
