"""Seals by groups of rows: a change is told where it was made, and nowhere else."""

import json

import pytest

from anticorruption import seals


@pytest.fixture
def line(small_copy):
    return small_copy.row(
        "observations", region_code="35.72", measure_id="spi_internal", year="2024"
    )


def test_nothing_is_told_of_what_is_as_it_was_sealed(small_copy):
    for name, columns in seals.GROUPED.items():
        assert seals.changed(name, small_copy.folder) == {column: set() for column in columns}


def test_a_changed_row_is_told_of_its_region_and_its_measure_alone(small_copy, line):
    small_copy.set("observations", line, confidence="low")
    found = seals.changed("observations", small_copy.folder)
    assert found == {"region_code": {"35.72"}, "measure_id": {"spi_internal"}}
    assert seals.changed("sources", small_copy.folder) == {"source_id": set()}


def test_a_row_that_moved_to_another_region_is_told_of_both(small_copy, line):
    small_copy.set("observations", line, region_code="33.09")
    assert seals.changed("observations", small_copy.folder)["region_code"] == {"33.09", "35.72"}


def test_rows_of_others_may_be_put_in_and_taken_out(small_copy, line):
    small_copy.drop("observations", line)
    found = seals.changed("observations", small_copy.folder)
    assert found == {"region_code": {"35.72"}, "measure_id": {"spi_internal"}}


def test_a_seal_that_is_lost_spoilt_or_of_another_release_tells_nothing(small_copy, line):
    path = small_copy.folder / seals.FILE
    small_copy.set("observations", line, confidence="low")
    sealed = path.read_text(encoding="utf-8")
    content = json.loads(sealed)
    content["observations"]["hash"] = "sha256:" + 64 * "0"
    for spoilt in ("", "[]", "{}", json.dumps(content)):
        path.write_text(spoilt, encoding="utf-8")
        assert seals.changed("observations", small_copy.folder) is None
    path.unlink()
    assert seals.changed("observations", small_copy.folder) is None
    path.write_text(sealed, encoding="utf-8")
    assert seals.changed("measures", small_copy.folder) is None  # not sealed by groups
