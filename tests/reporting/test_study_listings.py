"""Listings of the studies: chosen and other, thresholds and reasons, each in its own column."""

import pandas as pd
import pytest

from anticorruption import disagreements
from anticorruption.language import Language
from anticorruption.programme import rubric
from anticorruption.reporting import studies, study_listings
from anticorruption.reporting.display import Page


@pytest.fixture
def page(release_2026):
    return Page(release_2026, Language("en"))


def test_the_chosen_value_stands_before_the_other_with_the_line_of_each(page, release_2026):
    frame = disagreements.disagreements(release_2026).head(40)
    _, columns, rows = study_listings.disagreements(page, frame, "c")
    assert [column.key for column in columns][3:5] == ["chosen", "other"]
    printed = release_2026.observations["printed"]
    for entry, row in zip(frame.itertuples(), rows, strict=True):
        assert (row["chosen"].row, row["other"].row) == (entry.chosen_row, entry.other_row)
        for cell in (row["chosen"], row["other"]):
            assert str(cell.value) == printed[cell.row] or float(printed[cell.row]) == cell.value
        assert row["region"].value == entry.region_code


def test_every_reading_of_a_threshold_cites_its_own_source(page):
    programme = rubric.load(2025)
    _, _, rows = study_listings.thresholds(page, programme)
    readings = [(c, t) for c in programme.criteria for t in (c.base, *c.variants)]
    for (criterion, reading), row in zip(readings, rows, strict=True):
        assert row["source_id"].sources == (reading.source_id,)
        assert (row["criterion"].text, row["variant"].text) == (
            criterion.name("en"), reading.variant,
        )  # fmt: skip
    assert len({row["source_id"].sources for row in rows}) > 3


def test_reasons_are_counted_for_their_criterion(page):
    answers = pd.DataFrame(
        {"criterion": ["spi", "mcp", "spi", "spi"], "answer": ["met", "unknown", "met", "not_met"],
         "reason": ["compared", "no_value", "compared", "compared"]}
    )  # fmt: skip
    _, _, rows = study_listings.reasons(page, answers, {"mcp": "MCP", "spi": "SPI"})
    assert [tuple(cell.text for cell in row.values()) for row in rows] == [
        ("MCP", "unknown", "no final value is published", "1"),
        ("SPI", "met", "compared with the threshold", "2"),
        ("SPI", "not met", "compared with the threshold", "1"),
    ]


def test_rebuilt_scores_stand_beside_the_published_ones(page, national_2025):
    study = studies.comparison(national_2025, ["35.72", "52.71", "95.04"])
    _, _, rows = study_listings.rebuilt(page, study, 2022)
    by_code = {row["region"].value: row for row in rows}
    mataram = by_code["52.71"]
    assert (mataram["spi"].value, mataram["residual"].value) == (70.37, -3.06)
    assert mataram["rebuilt"].value == pytest.approx(73.43, abs=0.011)
    assert mataram["spi"].row != mataram["spi_internal"].row


def test_a_table_for_files_keeps_the_code_and_adds_the_name():
    frame = pd.DataFrame({"region_code": ["35.72"], "score": [77.1]})
    _, columns, rows = study_listings.records("c", frame, {"score": 1})
    assert [column.key for column in columns] == ["code", "region", "score"]
    assert [cell.value for cell in rows[0].values()] == ["35.72", "Kota Blitar", 77.1]
