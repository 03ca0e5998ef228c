"""Frames as tables of a study: what is known, what is not, and under which heading."""

import numpy as np
import pandas as pd

from anticorruption.language import Language
from anticorruption.reporting import frames

FRAME = pd.DataFrame(
    {
        "region_code": ["35.72", "34.01"],
        "year": [2024, 2025],
        "from_year": pd.array([2021, None], dtype="Int64"),
        "score": [77.104, np.nan],
        "regions": [1508.0, 4.0],
        "label": ["WTP", None],
        "source_id": ["kpk-6af430", "kpk-6af430"],
    }
)
TITLES = {name: name.upper() for name in FRAME}


def listed(language="en", places=2):
    return frames.listing(Language(language), "caption", FRAME, TITLES, places)


def test_each_cell_stands_under_its_own_heading():
    caption, columns, (first, _) = listed(places={"regions": 0})
    assert caption == "caption"
    assert [(c.key, c.title) for c in columns] == list(TITLES.items())
    assert {key: cell.value for key, cell in first.items()} == {
        "region_code": "35.72", "year": 2024, "from_year": 2021, "score": 77.104,
        "regions": 1508, "label": "WTP", "source_id": "kpk-6af430",
    }  # fmt: skip
    assert {c.key for c in columns if c.kind == "number"} == {
        "year", "from_year", "score", "regions",
    }  # fmt: skip


def test_what_is_missing_is_said_and_is_no_number():
    second = listed()[2][1]
    for key in ("from_year", "score", "label"):
        assert (second[key].value, second[key].tone) == (None, "missing")
        assert second[key].text == Language("en").unknown


def test_years_have_no_thousands_mark_and_numbers_the_marks_of_the_language():
    first = listed("id", {"score": 1, "regions": 0})[2][0]
    assert (first["year"].text, first["from_year"].text) == ("2024", "2021")
    assert (first["score"].text, first["regions"].text) == ("77,1", "1.508")
    assert first["region_code"].text == "Kota Blitar"


def test_a_source_is_cited_and_not_printed():
    cell = listed()[2][0]["source_id"]
    assert (cell.text, cell.sources) == ("", ("kpk-6af430",))
