"""What the tests share: the release as it stands, and copies of its tables that may be spoilt."""

import csv
import io
import os
import re
import shutil
from pathlib import Path

import hypothesis
import pytest

from anticorruption import checking, release, tables
from anticorruption.programme import dossier
from anticorruption.reporting import studies
from tests.chromium import browser, page  # noqa: F401 - one Chromium for all rooms
from tests.paths import ROOT

DATA = ROOT / "data"

# Properties are tried on the same examples every time; `make test-long` tries twenty times as many,
# and a run for every mutant or mistake has to do with few.
EXAMPLES = {"test": 500, "long": 10_000, "mutants": 20, "mistakes": 20}
# That an example fails is enough for these; the simplest such example takes minutes to find.
_QUICK = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
for _name, _examples in EXAMPLES.items():
    hypothesis.settings.register_profile(
        _name,
        max_examples=_examples,
        derandomize=True,
        deadline=None,
        phases=_QUICK if _name in ("mutants", "mistakes") else tuple(hypothesis.Phase),
    )
PROFILE = os.environ.get("HYPOTHESIS_PROFILE", "test")
hypothesis.settings.load_profile(PROFILE)

#: Left out when every mutant runs the tests: long, and of rooms that are not mutated or of rules
#: that a shorter test of the same file tries too. Fewer tests can only notice less.
LONG = (
    "comparison/test_recipes.py",
    "composite/test_method.py::test_identifier_is_the_same_in_another_process",
    "composite/test_uncertainty.py::test_the_same_seed_gives_the_same_bytes_whatever_the_workers",
    "composite/test_weights_space.py",
    "comparison/test_ranks.py::test_intervals_cover_the_true_rank_as_often_as_promised",
    "comparison/test_noise.py",
    "programme/test_dossier.py",
    "programme/test_funnel.py",
    "programme/test_planning.py",
    "programme/test_screening.py::test_overall_answers_of_all_regions_follow_from_their_eight",
    "programme/test_screening.py::test_spi_and_mcp_of_all_508_regions_recomputed_in_plain_python",
    "programme/test_sheets.py",
    "programme/test_workbook.py::test_entries_and_identity_survive_libreoffice",
    "properties/test_assessment_properties.py::test_p12",
    "properties/test_assessment_properties.py::test_progress",
    "properties/test_round_trip_properties.py",
    "test_rounding.py::test_charts_of_both_templates",
    "test_rounding.py::test_a_png_is_the_same",
)


def pytest_collection_modifyitems(config, items):
    """Leave out what is long when every mutant runs the tests."""
    if PROFILE != "mutants":
        return
    kept, long = [], []
    for item in items:
        (long if item.nodeid.removeprefix("tests/").startswith(LONG) else kept).append(item)
    config.hook.pytest_deselected(items=long)
    items[:] = kept


class DataCopy:
    """A copy of the data folder whose cells a test may change."""

    def __init__(self, folder: Path):
        self.folder = folder

    def path(self, table: str) -> Path:
        """File of a table ("observations") or of the folder ("programmes/kabkota-2025.toml")."""
        return self.folder / (table if "." in table else f"{table}.csv")

    def replace(self, table: str, old: str, new: str) -> None:
        """Replace a text that stands in the table exactly once."""
        text = self.path(table).read_text(encoding="utf-8")
        assert text.count(old) == 1, f"{table}: {old!r} stands {text.count(old)} times"
        self.path(table).write_text(text.replace(old, new), encoding="utf-8", newline="\n")

    def rows(self, table: str) -> list[list[str]]:
        """Cells of a table, the header first."""
        return list(csv.reader(io.StringIO(self.path(table).read_text(encoding="utf-8"))))

    def header(self, table: str) -> list[str]:
        """Names of a table's columns."""
        with self.path(table).open(encoding="utf-8", newline="") as file:
            return next(csv.reader(file))

    def write(self, table: str, rows: list[list[str]]) -> None:
        """Write the cells of a table, the header first."""
        buffer = io.StringIO()
        csv.writer(buffer, lineterminator="\n").writerows(rows)
        self.path(table).write_text(buffer.getvalue(), encoding="utf-8", newline="\n")

    def row(self, table: str, **wanted: str) -> int:
        """Line of the only record with those cells, the header being line 1."""
        header, *records = self.rows(table)
        hits = [
            line
            for line, record in enumerate(records, 2)
            if all(record[header.index(column)] == value for column, value in wanted.items())
        ]
        assert len(hits) == 1, f"{table}: {len(hits)} records with {wanted}"
        return hits[0]

    def set(self, table: str, row: int, **cells: str) -> None:
        """Change cells of a record."""
        rows = self.rows(table)
        for column, value in cells.items():
            rows[row - 1][rows[0].index(column)] = value
        self.write(table, rows)

    def add(self, table: str, after: int, **cells: str) -> None:
        """Put a record below a line; columns that are not named stay empty."""
        rows = self.rows(table)
        assert set(cells) <= set(rows[0])
        rows.insert(after, [cells.get(column, "") for column in rows[0]])
        self.write(table, rows)

    def drop(self, table: str, row: int) -> None:
        """Take a record out."""
        rows = self.rows(table)
        del rows[row - 1]
        self.write(table, rows)


@pytest.fixture
def data_copy(tmp_path, monkeypatch) -> DataCopy:
    """Copy of the data folder that the library reads instead of the real one."""
    folder = tmp_path / "data"
    shutil.copytree(DATA, folder)
    monkeypatch.setenv(tables.ENVIRONMENT_VARIABLE, str(folder))
    return DataCopy(folder)


#: Where the folder with few rows was made: once, even where one process runs the tests often.
_MADE: list[Path] = []


@pytest.fixture(scope="session")
def few_rows(tmp_path_factory) -> Path:
    """Sealed data folder with every region, but few observations, notes, sources and old names.

    A check of the whole tables lasts seconds; the rules are the same.
    """
    if not _MADE:
        folder = tmp_path_factory.mktemp("few") / "data"
        _make_few_rows(folder)
        _MADE.append(folder)
    return _MADE[0]


def _make_few_rows(folder: Path) -> None:
    shutil.copytree(DATA, folder)
    copy = DataCopy(folder)

    def keep(table: str, column: str, wanted: set[str]) -> list[list[str]]:
        header, *records = copy.rows(table)
        place = header.index(column)
        kept = [record for record in records if record[place] in wanted]
        copy.write(table, [header, *kept])
        return kept

    kept = keep("observations", "region_code", {"00", "13.76", "33.09", "35.72"})
    keep("notes", "note", {record[-1] for record in kept})
    keep("region_aliases", "alias", {"Kulonprogo", "Palembang", "Jogja", "Siantar", "Solo"})
    files = [path for path in folder.rglob("*.*") if path.name != "sources.csv"]
    files = [path for path in files if path.suffix != ".xlsx"]
    texts = "".join(path.read_text(encoding="utf-8") for path in files)
    keep("sources", "source_id", set(re.findall(r"[a-z0-9]+-[0-9a-f]{6}", texts)))
    checking.seal(folder)


@pytest.fixture
def small_copy(few_rows, tmp_path, monkeypatch) -> DataCopy:
    """Copy of the folder with few rows, which the library reads."""
    folder = tmp_path / "data"
    shutil.copytree(few_rows, folder)
    monkeypatch.setenv(tables.ENVIRONMENT_VARIABLE, str(folder))
    return DataCopy(folder)


@pytest.fixture(scope="session")
def release_2026() -> release.Release:
    """The data release of the project."""
    return release.load(DATA)


@pytest.fixture(scope="session")
def national_2025(release_2026) -> studies.National:
    """What every report of edition 2025 shares."""
    return studies.national(release_2026, 2025)


@pytest.fixture(scope="session")
def example_dossier(release_2026) -> dossier.Dossier:
    """The sheets of the example with invented scores, read once."""
    return dossier.load(release_2026, sorted((DATA / "examples").glob("*.xlsx")))[0]
