"""The page over all reports of an edition."""

import json
import re

import pytest
from bs4 import BeautifulSoup

from anticorruption.language import Language
from anticorruption.reporting import batch, index
from tests.reporting.conftest import HOSTILE, assert_harmless, flat


def put(folder, about, *, page=True, notebook=True) -> None:
    """A report's two files, or one of them."""
    folder.mkdir(parents=True)
    if notebook:
        content = {"metadata": {"anticorruption": about}, "cells": []}
        (folder / batch.NOTEBOOK).write_text(json.dumps(content), encoding="utf-8")
    if page:
        (folder / batch.PAGE).write_text("<!doctype html>", encoding="utf-8")


def region(code, **more) -> dict:
    return {"region_code": code, "title": f"Report of {code}", "language": "id"} | more


def written(nation, out, language="en") -> BeautifulSoup:
    path = index.write(nation, Language(language), out)
    assert path == out / "2025" / "index.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def rows(soup) -> list[dict[str, str]]:
    headings = [flat(th) for th in soup.thead.find_all("th")]
    return [
        dict(zip(headings, map(flat, row.find_all(["th", "td"])), strict=True))
        for row in soup.tbody.find_all("tr")
    ]


def test_reports_are_listed_with_what_matters_most(national_2025, tmp_path):
    put(tmp_path / "2025" / "35.72-kota-blitar", region("35.72"))
    put(tmp_path / "2025" / "51.03-kabupaten-badung", region("51.03"))
    put(tmp_path / "2025" / "35-provinsi-jawa-timur", region("35"))
    soup = written(national_2025, tmp_path)
    found = {row["Code"]: row for row in rows(soup)}
    assert list(found) == ["35", "35.72", "51.03"]
    blitar = found["35.72"]
    assert (blitar["Region"], blitar["SPI"], blitar["Year"]) == ("Blitar City", "77.34", "2025")
    assert blitar["Entry criteria"] == "unknown"
    assert blitar["Final score (edition)"] == "92.15 (2025)"
    assert found["51.03"]["Final score (edition)"] == "not published (2024)"
    assert found["35"]["Final score (edition)"] == "" == found["35"]["Entry criteria"]
    assert soup.html["lang"] == "en" and flat(soup.h1) == "Reports of edition 2025"


def test_every_link_leads_to_a_file_that_is_there(national_2025, tmp_path):
    put(tmp_path / "2025" / "35.72-kota-blitar", region("35.72"))
    put(tmp_path / "2025" / "comparison", {"region_codes": ["35.72", "52.71"], "title": "Two"})
    soup = written(national_2025, tmp_path)
    links = [a["href"] for a in soup.find_all("a")]
    assert len(links) >= 4
    assert all((tmp_path / "2025" / link).is_file() for link in links)
    assert "Two" in [flat(a) for a in soup.find_all("a")]


@pytest.mark.parametrize("missing", ["page", "notebook"])
def test_half_a_report_is_not_listed(national_2025, tmp_path, missing):
    put(tmp_path / "2025" / "35.72-kota-blitar", region("35.72"), **{missing: False})
    soup = written(national_2025, tmp_path)
    assert soup.table is None and soup.find_all("a") == []
    assert flat(soup.find("p", class_="missing")) == "No report of a region has been made yet."


def test_an_unfinished_report_is_not_listed(national_2025, tmp_path):
    put(tmp_path / "2025" / "35.72-kota-blitar" / ".unfinished", region("35.72"))
    assert written(national_2025, tmp_path).table is None


def test_the_index_is_in_the_language_asked_for(national_2025, tmp_path):
    put(tmp_path / "2025" / "35.72-kota-blitar", region("35.72"))
    soup = written(national_2025, tmp_path, "id")
    assert soup.html["lang"] == "id" and "77,34" in flat(soup.tbody)
    assert "Kota Blitar" in flat(soup.tbody)


def test_the_index_is_the_same_every_time(national_2025, tmp_path):
    for code, name in (("52.71", "kota-mataram"), ("35.72", "kota-blitar")):
        put(tmp_path / "2025" / f"{code}-{name}", region(code))
    path = index.write(national_2025, Language("id"), tmp_path)
    before = path.read_bytes()
    assert index.write(national_2025, Language("id"), tmp_path).read_bytes() == before
    assert [p.name for p in path.parent.iterdir() if p.is_file()] == ["index.html"]


def test_hostile_titles_are_text(national_2025, tmp_path):
    for place, text in enumerate(HOSTILE):
        about = {"region_codes": ["35.72", "52.71"], "title": text, "language": text}
        put(tmp_path / "2025" / f"comparison-{place:03d}", about)
    put(tmp_path / "2025" / "35.72-kota-blitar", region("35.72", title="x", language=HOSTILE[0]))
    page = index.write(national_2025, Language("en"), tmp_path).read_text(encoding="utf-8")
    links = [
        "".join(a.itertext()) for a in assert_harmless(page).iter("a")
        if re.fullmatch(r"\./comparison-\d+/report\.html", a.get("href"))
    ]  # fmt: skip
    assert len(links) == len(HOSTILE)
    for said, text in zip(links, HOSTILE, strict=True):
        assert re.sub(r"[\x00-\x20\ufffd]", "", said) == re.sub(r"[\x00-\x20]", "", text)
    tags = {tag.name for tag in BeautifulSoup(page, "html.parser").body.find_all(True)}
    assert tags <= {
        "main", "h1", "h2", "p", "ul", "li", "a", "div", "table", "caption", "thead", "tbody",
        "tr", "th", "td",
    }  # fmt: skip


def test_tables_of_the_index_have_caption_and_scopes(national_2025, tmp_path):
    put(tmp_path / "2025" / "35.72-kota-blitar", region("35.72"))
    soup = written(national_2025, tmp_path)
    assert flat(soup.caption) == "Reports: 1"
    assert all(th["scope"] == "col" for th in soup.thead.find_all("th"))
    assert soup.tbody.th["scope"] == "row"
