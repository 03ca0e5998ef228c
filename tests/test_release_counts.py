"""The data validated as statisticians do: inside each table, from year to year, between sources."""

import csv

import pytest

from anticorruption import disagreements, spi
from tests import release_counts
from tests.conftest import DATA

#: Remarks of large moves end with one of these; which one, the parts decide.
EXPLAINED, IN_PART = "which its parts explain", "which its parts explain in part"


def test_tables_have_the_rows_that_git_expects(record_property):
    found, expected = release_counts.counted(), release_counts.listed()
    assert release_counts.differences(found, expected) == []
    record_property("counts as expected", len(expected))


def test_a_lost_row_is_named(data_copy):
    line = data_copy.row("observations", region_code="35.72", measure_id="mcp", year="2023")
    data_copy.drop("observations", line)
    found = release_counts.counted(data_copy.folder)
    told = release_counts.differences(found, release_counts.listed())
    assert len(told) == 2
    assert any(line.startswith("observations mcp 2023 final: ") for line in told)


def test_copies_of_the_survey_hold_the_published_number_of_kabupaten_and_kota():
    expected = {2021: 504, 2022: 503, 2023: 508, 2024: 508, 2025: 508}
    assert release_counts.survey_copies() == expected


@pytest.mark.parametrize("path", sorted(DATA.glob("*.csv")), ids=lambda path: path.stem)
def test_no_column_of_a_table_is_empty_throughout(path):
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [column for column in rows[0] if not any(row[column] for row in rows)] == []


def test_every_large_move_from_year_to_year_has_its_remark():
    found = release_counts.large_moves()
    assert len(found) == 17
    assert [move for move in found if not move.noted] == []


def test_remarks_of_large_moves_stand_nowhere_else():
    noted = {
        (row["region_code"], int(row["year"]))
        for row in release_counts.records("observations")
        if release_counts.REMARK in row["note"]
    }
    assert noted == {(move.region_code, move.year) for move in release_counts.large_moves()}


def test_a_large_move_without_remark_is_found(data_copy):
    line = data_copy.row(
        "observations", region_code="35.72", measure_id="spi", year="2025", status="final",
        source_id="github-7ed736",
    )  # fmt: skip
    assert len(release_counts.large_moves(data_copy.folder)) == 17
    data_copy.set("observations", line, value="62.09")
    (found,) = [move for move in release_counts.large_moves(data_copy.folder) if not move.noted]
    assert (found.region_code, found.year, found.before, found.after) == (
        "35.72",
        2025,
        77.10,
        62.09,
    )


def test_a_large_move_is_explained_where_the_parts_of_both_years_are(national_2025):
    """The remark says "in part" exactly where one of both scores has a deduction without a part."""
    rebuilt = national_2025.rebuilt
    notes = {
        (row["region_code"], int(row["year"])): row["note"]
        for row in release_counts.records("observations")
        if release_counts.REMARK in row["note"]
    }
    for (code, year), note in notes.items():
        residuals = rebuilt.loc[[(code, year), (code, year - 1)], "residual"].abs()
        expected = EXPLAINED if residuals.max() <= 2 * spi.TOLERANCE else IN_PART
        assert note.endswith(expected), (code, year)


def test_every_disagreement_between_sources_names_the_step_that_chose(release_2026):
    found = disagreements.disagreements(release_2026)
    assert len(found) > 50
    assert set(found["step"]) <= set(disagreements.STEPS)
    assert (found["chosen_source"] != found["other_source"]).all()
