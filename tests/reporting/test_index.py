"""The page over all reports of an edition: what it says, and what it is made of."""

import base64
import hashlib
import json
import re

import pytest
from bs4 import BeautifulSoup

from anticorruption import regions
from anticorruption.language import Language
from anticorruption.programme import screening
from anticorruption.reporting import atomic, index, index_map, sentences
from anticorruption.reporting.manifest import NAME
from tests.reporting.conftest import HOSTILE, flat

BLITAR, JATIM = "35.72-kota-blitar", "35-provinsi-jawa-timur"


def put(folder, *names, size=1500, title=None, manifest="") -> None:
    """A report's files, as large as asked, with a manifest of them unless it is given or None."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_bytes(b"x" * size)
    if title is not None:
        content = {"metadata": {"anticorruption": {"title": title}}, "cells": []}
        (folder / index.NOTEBOOK).write_text(json.dumps(content), encoding="utf-8")
    if manifest is not None:
        there = (*names, index.NOTEBOOK) if title is not None else names
        ours = json.dumps({"kind": "report", "files": dict.fromkeys(there, "0")})
        (folder / NAME).write_text(manifest or ours, encoding="utf-8")


def written(nation, out, language="en") -> BeautifulSoup:
    path = index.write(nation, Language(language), out)
    assert path == out / "2025" / "index.html"
    return BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")


def line(soup, code) -> str:
    return flat(soup.find(id=f"r{code}"))


def links(soup, code) -> list[str]:
    return [flat(a) for a in soup.find(id=f"r{code}").find_all("a")]


@pytest.fixture(scope="module")
def empty(national_2025, tmp_path_factory) -> BeautifulSoup:
    """Page over a folder without any report."""
    return written(national_2025, tmp_path_factory.mktemp("empty"))


def test_every_government_is_listed_by_province_without_any_report(empty):
    lines = [element["id"][1:] for element in empty.select("#list li")]
    assert lines == sorted(regions.governments().index) and len(lines) == 546
    groups = empty.select("#list section")
    assert len(groups) == 38 and flat(groups[0].h3) == "Aceh"
    assert all(li["id"][1:3] == group["id"][1:] for group in groups for li in group.find_all("li"))
    assert "no report yet" in line(empty, "35.72") and links(empty, "35.72") == []
    assert flat(empty.find("p", class_="missing")) == "No report of a region has been made yet."


def test_the_finding_is_counted_from_the_answers(empty, release_2026, national_2025):
    answers = screening.overall(screening.screen(release_2026, national_2025.programme))["answer"]
    counts = answers.value_counts().reindex(["met", "not_met", "unknown"], fill_value=0)
    numbers = list(map(int, re.findall(r"\d+", flat(empty.find("p", class_="headline")))))
    assert numbers == [508, *counts]
    shown = [int(flat(dd)) for dd in empty.select(".counts dd")]
    assert shown == [*counts, 0]
    table = [list(map(flat, row.find_all("td"))) for row in empty.select("details tbody tr")]
    assert [sum(map(int, column)) for column in zip(*table, strict=True)] == list(counts)
    for code in ("35.72", "51.03", "11.04"):
        assert sentences.answer(Language("en"), answers[code]) in line(empty, code)


def test_a_score_stands_with_its_interval_and_never_with_a_place(empty, national_2025):
    spi = national_2025.panel.at["35.72", 2025]
    half = 1.6448536 * national_2025.noise.standard_error
    assert f"SPI 2025: {spi:.2f} ({spi - half:.1f}–{spi + half:.1f})" in line(empty, "35.72")
    for element in empty.select("#list .spi"):
        assert re.search(r"SPI \d{4}: [\d.]+ \([\d.]+–[\d.]+\)|not published", flat(element))
    assert not re.search(r"\b(rank|place \d)", flat(empty), re.IGNORECASE)


def test_no_order_by_score_is_offered(empty):
    assert [o["value"] for o in empty.select("#order option")] == [
        "province", "name", "level", "answer",
    ]  # fmt: skip


def test_a_score_that_is_missing_withheld_or_disputed_says_so(national_2025):
    say = Language("en")
    assert index._score(national_2025, say, None)["spi"] == "SPI: not published"
    latest = national_2025.release.latest("spi", 2025)
    told = index._score(national_2025, say, latest[latest["disputed"]].iloc[0])
    assert told["marks"] == ("sources differ",)
    withheld = national_2025.release.latest("spi", 2023).loc["33.09"]
    assert withheld["withheld"]
    told = index._score(national_2025, say, withheld)
    assert told["spi"] == "SPI 2023: withheld by its publisher" and told["interval"] == ""
    flagged = national_2025.rebuilt.xs(2022, level="year")["unexplained"]
    code = flagged[flagged].index[0]
    told = index._score(national_2025, say, national_2025.release.latest("spi", 2022).loc[code])
    assert "⚑ not explained by its parts" in told["marks"]


def test_pilots_and_provinces_say_what_is_known(empty):
    assert "Pilot 2025: final score 92.15" in line(empty, "35.72")
    assert "Pilot 2024: final score not published" in line(empty, "51.03")
    assert "not screened" in line(empty, "35") and "Pilot" not in line(empty, "35")


def test_other_names_stand_in_the_list(empty):
    assert "Solo" in line(empty, "33.72")


def test_files_are_linked_with_their_size_in_a_fixed_order(national_2025, tmp_path):
    folder = tmp_path / "2025" / BLITAR
    put(folder, *reversed(index.FILES), "extra.txt", size=380_480)
    put(tmp_path / "2025" / JATIM, "report.pdf", size=1_249_000)
    soup = written(national_2025, tmp_path)
    assert links(soup, "35.72") == ["Blitar City", "HTML", "PDF", "Word", "Excel", "notebook"]
    assert "PDF 380 kB Word 380 kB" in line(soup, "35.72")
    assert links(soup, "35") == ["PDF"] and "PDF 1.2 MB" in line(soup, "35")
    addresses = [a["href"] for a in soup.select("#list a")]
    assert all((tmp_path / "2025" / address).is_file() for address in addresses)
    assert int(flat(soup.select(".counts dd")[3])) == 2


def test_the_map_leads_to_reports_and_else_to_the_list(national_2025, tmp_path):
    put(tmp_path / "2025" / BLITAR, "report.html")
    put(tmp_path / "2025" / "35.78-kota-surabaya", "report.pdf")
    soup = written(national_2025, tmp_path)
    hexagons = {a["data-code"]: a for a in soup.select("#hexagons a")}
    assert set(hexagons) == set(regions.governments("local").index)
    blitar, malang, surabaya = (hexagons[code] for code in ("35.72", "35.73", "35.78"))
    assert blitar["href"] == f"./{BLITAR}/report.html" and "made" in blitar["class"]
    assert blitar["aria-label"] == "Blitar City: unknown" and "pilot" in blitar["class"]
    assert malang["href"] == "#r35.73" and "made" not in malang["class"]
    assert malang["aria-label"] == "Malang City: unknown, no report yet"
    assert surabaya["href"] == "#r35.78" and "no report" not in surabaya["aria-label"]
    jakarta = soup.select("#hexagons g")
    assert len(jakarta) == 6 and "no government of its own" in jakarta[0]["aria-label"]


def test_hexagons_lie_apart_and_inside_the_drawing():
    drawing = index_map.drawing(regions.table())
    left, top, width, height = map(int, drawing.view.split())
    spots = {(place.x, place.y) for place in drawing.places.values()}
    assert len(spots) == len(drawing.places) == 514
    for place in (*drawing.places.values(), *drawing.names):
        assert left < place.x < left + width and top < place.y < top + height
    assert len({name.name for name in drawing.names}) == 7
    # Each stands where its row and column say: rows from north to south, columns from the west.
    placed = regions.table().dropna(subset=["hex_column", "hex_row"])
    placed = placed.assign(
        x=[drawing.places[code].x for code in placed.index],
        y=[drawing.places[code].y for code in placed.index],
    )
    rows = placed.groupby("hex_row")["y"]
    assert (rows.nunique() == 1).all() and rows.first().is_monotonic_increasing
    for _, row in placed.sort_values("hex_column").groupby("hex_row"):
        assert row["x"].is_monotonic_increasing


@pytest.mark.parametrize(
    ("manifest", "counted"),
    [
        ('{"kind": "report", "files": {"report.html": "0", "other.txt": ""}}', ["HTML"]),
        ('{"kind": "report", "files": {}}', []),
        ('{"kind": "report", "files": ["report.html"]}', []),
        ('{"files": {"report.html": "0"}}', []),
        (None, []),
        ("[]", []),
        ("{", []),
    ],
)
def test_only_files_of_the_manifest_count(tmp_path, manifest, counted):
    put(tmp_path / BLITAR, "report.html", "report.pdf", manifest=manifest)
    assert [f.label for f in index.files(Language("en"), tmp_path / BLITAR)] == counted


def test_an_unfinished_report_is_not_listed(national_2025, tmp_path):
    put(tmp_path / "2025" / BLITAR / ".unfinished", "report.html")
    assert links(written(national_2025, tmp_path), "35.72") == []


def test_comparisons_are_listed_by_their_title(tmp_path):
    put(tmp_path / "comparison", "report.html", title="Two")
    put(tmp_path / "comparison-2", "report.pdf")
    put(tmp_path / "comparison-3", "report.ipynb")
    put(tmp_path / "comparison-4", "other.txt")
    found = index.comparisons(Language("en"), tmp_path)
    assert [entry.title for entry in found] == ["Two", "Comparison", "Comparison"]
    assert [f.label for f in found[0].files] == ["HTML", "notebook"]


def test_the_index_is_in_the_language_asked_for(national_2025, tmp_path):
    put(tmp_path / "2025" / BLITAR, "report.html", size=1_200_000)
    soup = written(national_2025, tmp_path, "id")
    assert soup.html["lang"] == "id" and flat(soup.h1) == "Laporan edisi 2025"
    said = line(soup, "35.72")
    assert "Kota Blitar" in said and "77,34" in said and "HTML 1,2 MB" in said


def test_the_index_is_the_same_every_time_and_leaves_nothing_behind(national_2025, tmp_path):
    for name in (BLITAR, JATIM):
        put(tmp_path / "2025" / name, *index.FILES)
    path = index.write(national_2025, Language("id"), tmp_path)
    before = path.read_bytes()
    assert index.write(national_2025, Language("id"), tmp_path).read_bytes() == before
    assert [p.name for p in path.parent.iterdir() if p.is_file()] == ["index.html"]


def test_a_page_that_cannot_be_written_leaves_the_old_one(national_2025, tmp_path, monkeypatch):
    monkeypatch.setattr(index, "page", lambda *_: "new")
    (tmp_path / "2025").mkdir()
    (tmp_path / "2025" / "index.html").write_text("old", encoding="utf-8")

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic.os, "replace", full)
    with pytest.raises(atomic.Unwritable, match=r"index\.html cannot be written \(No space left"):
        index.write(national_2025, Language("id"), tmp_path)
    there = {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "2025").iterdir()}
    assert there == {"index.html": "old"}


def test_all_reports_in_all_formats_stay_below_600_kilobytes(national_2025, tmp_path, monkeypatch):
    monkeypatch.setattr(index, "files", lambda say, folder: tuple(
        index.File(label, f"./{folder.name}/{name}", "1.000 kB")
        for label, name in zip(("HTML", "PDF", "Word", "Excel", "notebook"), index.FILES,
                               strict=True)
    ))  # fmt: skip
    page = index.page(national_2025, Language("id"), tmp_path)
    assert page.count("report.xlsx") == 546
    assert len(page.encode("utf-8")) < 600_000


def test_policy_allows_exactly_the_own_style_and_script(empty):
    policy = empty.find("meta", attrs={"http-equiv": "Content-Security-Policy"})["content"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))

    def digest(element):
        return base64.b64encode(hashlib.sha256(element.string.encode()).digest()).decode()

    (style,) = empty.find_all("style")
    data, script = empty.find_all("script")
    assert rules["default-src"] == "'none'" and rules["img-src"] == "data:"
    assert rules["style-src"] == f"'sha256-{digest(style)}'"
    assert rules["script-src"] == f"'sha256-{digest(script)}'"
    assert data["type"] == "application/json" and not script.attrs
    for element in empty.find_all(True):
        assert not any(name.startswith("on") or name == "style" for name in element.attrs), element


@pytest.mark.parametrize("text", [*HOSTILE, "</script>", "a\u2028b\u2029c", "<!--<script>"])
def test_data_for_the_script_can_neither_end_their_element_nor_change(text):
    safe = index.embedded({"name": [text]})
    assert not re.search(r"[<>&'\u0080-\uffff]", safe)
    assert json.loads(safe) == {"name": [text]}
