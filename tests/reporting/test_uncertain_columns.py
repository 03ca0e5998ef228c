"""Uncertainty stands in the files too: whoever downloads a table gets both ends of each score.

The rule is that of the Office for Statistics Regulation: uncertainty belongs in tables and
downloads, not in the text alone. Scores and places that a report compares are held against it;
figures quoted as evidence stand as their source prints them.
"""

import csv
import io

import nbformat
import openpyxl
import pytest

from anticorruption.language import Language
from anticorruption.reporting import batch, extracts, side_by_side, studies, sureness
from anticorruption.reporting.display import DATA_RESOURCE, Page, _data_resource
from anticorruption.reporting.documents.appearance import Appearance
from anticorruption.reporting.documents.reading import read
from anticorruption.reporting.documents.workbook import write
from tests.paths import ROOT
from tests.reporting.conftest import COMPARISON

#: Columns with a score or a place that is compared, and those that hold its ends.
COMPARED = {
    "score": ("score_low", "score_high"),
    "rank": ("range_low", "range_high"),
    "near": ("near_low", "near_high"),
    "all": ("all_low", "all_high"),
    "near_rank": ("near_low", "near_high"),
    "choice_median": ("choice_low", "choice_high"),
    "gap": ("gap_low", "gap_high"),
    "distance": ("distance_low", "distance_high"),
    "contribution": ("contribution_low", "contribution_high"),
    "own_change": ("own_change_low", "own_change_high"),
}
#: Places whose ends noise sets are named for it.
OTHERWISE = {"rank": ("noise_low", "noise_high")}
#: Columns that stand in a table for another reason: a figure quoted as its source prints it.
QUOTED = {"internal", "stage", "rebuilt", "peer_median", "category", "printed", "own"}


def resources(notebook: dict) -> list[dict]:
    """Tables of a notebook that show no column of :data:`QUOTED`."""
    found = [
        output["data"][DATA_RESOURCE]
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        if DATA_RESOURCE in output.get("data", {})
    ]
    return [table for table in found if not QUOTED & {f["name"] for f in table["schema"]["fields"]}]


def lacking(table: dict) -> list[str]:
    """Compared columns of a table whose ends are not in its file."""
    header, *rows = csv.reader(io.StringIO(extracts.table_csv(table)))
    missing = []
    for name, ends in COMPARED.items():
        for pair in (ends, OTHERWISE.get(name, ends)):
            if set(pair) <= set(header):
                break
        else:
            if name in header and any(row[header.index(name)] for row in rows):
                missing.append(name)
    return missing


@pytest.mark.parametrize("key", ["blitar", "mataram", "jatim", "boyolali", "blitar-en", COMPARISON])
def test_every_compared_score_and_place_of_a_report_has_both_ends_in_its_files(made, key):
    tables = resources(made[key].notebook)
    assert tables
    assert {table["title"]: lacking(table) for table in tables if lacking(table)} == {}


def test_ends_of_a_score_are_those_of_the_survey_noise(made, national_2025):
    (table,) = [
        table
        for table in resources(made["blitar"].notebook)
        if "near" in {field["name"] for field in table["schema"]["fields"]}
    ]
    for row in csv.DictReader(io.StringIO(extracts.table_csv(table))):
        score, low, high = (float(row[key]) for key in ("score", "score_low", "score_high"))
        assert high - score == pytest.approx(1.6449 * national_2025.noise.standard_error, abs=0.01)
        assert score - low == pytest.approx(high - score, abs=0.011)
        assert int(row["near_low"]) <= int(row["near"]) <= int(row["near_high"])
        assert row["near_range"] == f"{row['near_low']}–{row['near_high']}"


def test_ends_stay_inside_the_scale(national_2025):
    assert national_2025.ends(99.9)[1] == 100
    assert national_2025.ends(0.5)[0] == 0


def test_a_workbook_shows_the_number_before_its_ends(made):
    notebook = nbformat.read(made["blitar"].folder / batch.NOTEBOOK, as_version=4)
    book = openpyxl.load_workbook(io.BytesIO(write(read(notebook), Appearance())))
    (sheet,) = [sheet for sheet in book if "Nilai: rendah" in {c.value for r in sheet for c in r}]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    (head,) = [row for row in rows if "Nilai: rendah" in row]
    place = head.index("Nilai: rendah")
    assert head[place - 1 : place + 2] == ["Nilai", "Nilai: rendah", "Nilai: tinggi"]
    (line,) = [row for row in rows if row[:2] == [2024, 77.1]]
    assert line[place - 1] == 77.1
    assert line[place] < 77.1 < line[place + 1]


def test_pilots_side_by_side_have_both_ends_in_each_year(national_2025, page):
    study = studies.comparison(national_2025, ["35.72", "33.72", "33.09"])
    table = _data_resource(*side_by_side.surveys(page, study))
    for row in csv.DictReader(io.StringIO(extracts.table_csv(table))):
        for year in map(str, studies.SPI_YEARS):
            ends = row[f"{year}_low"], row[f"{year}_high"]
            assert all(ends) == bool(row[year]) == any(ends)


def test_the_study_of_sureness_has_both_ends_of_score_place_and_choice(release_2026, national_2025):
    study = studies.comparison(national_2025, ["35.72", "33.72"])
    field = sureness.recipes(national_2025, "local")
    table = _data_resource(*sureness.places(Page(release_2026, Language("en")), study, field))
    assert lacking(table) == []
    assert "score" in table["data"][0]


def test_a_score_without_ends_would_be_found():
    fields = [{"name": "score", "type": "number"}, {"name": "score_low", "type": "number"}]
    table = {"title": "t", "schema": {"fields": fields}, "data": [{"score": 1.0, "score_low": 0.0}]}
    assert lacking(table) == ["score"]


def test_committed_studies_on_peers_time_and_claims_keep_the_rule():
    found = {}
    for path in sorted((ROOT / "notebooks").glob("0[568]-*.ipynb")):
        for table in resources(nbformat.read(path, as_version=4)):
            if missing := lacking(table):
                found[path.name, table["title"]] = missing
    assert found == {}
