"""Tables and charts of a study as files of their own."""

import csv
import io

from nbformat import v4

from anticorruption.reporting import extracts
from anticorruption.reporting.display import DATA_RESOURCE

TABLE = {
    "title": "Scores of 2024, by region",
    "schema": {
        "fields": [
            {"name": "region", "title": "Region", "type": "string"},
            {"name": "score", "title": "Score", "type": "number"},
        ]
    },
    "data": [
        {"region": "Kota Blitar", "score": -77.1},
        {"region": "=cmd|' /C calc'!A0", "score": None},
        {"region": '"quoted", and more', "score": 3},
    ],
}


def shows(**data):
    metadata = {"image/svg+xml": {"caption": "Figure 3. Scores by year"}}
    output = v4.new_output("display_data", data=data, metadata=metadata)
    return v4.new_code_cell("", outputs=[output])


def test_every_table_and_chart_is_a_file_numbered_in_its_order():
    chart = {"image/svg+xml": "<svg/>"}
    cells = [shows(**{DATA_RESOURCE: TABLE}), shows(**chart), shows(**{DATA_RESOURCE: TABLE})]
    found = extracts.files(v4.new_notebook(cells=cells))
    assert list(found) == [
        "table-01-scores-of-2024-by-region.csv",
        "figure-01-scores-by-year.svg",
        "table-02-scores-of-2024-by-region.csv",
    ]
    assert found["figure-01-scores-by-year.svg"] == "<svg/>"


def test_what_is_missing_is_empty_and_what_a_spreadsheet_would_run_is_text():
    header, *rows = csv.reader(io.StringIO(extracts.table_csv(TABLE)))
    assert header == ["region", "score"]
    assert rows == [
        ["Kota Blitar", "-77.1"], ["'=cmd|' /C calc'!A0", ""], ['"quoted", and more', "3"],
    ]  # fmt: skip


def test_a_long_title_makes_a_short_name_of_whole_words():
    assert extracts.slug("Écart & " + "word " * 30) == "ecart-" + "-".join(["word"] * 8)
    assert extracts.slug("…") == "untitled"
