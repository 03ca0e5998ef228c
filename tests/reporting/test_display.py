"""What a page shows, and where its numbers lead."""

import json
import random
import re
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd
import pytest
from markupsafe import Markup
from matplotlib.figure import Figure

from anticorruption import regions
from anticorruption.language import Language
from anticorruption.reporting import display, studies
from anticorruption.reporting.display import DATA_RESOURCE, Cell, Column, Page
from anticorruption.texts import readable
from tests.reporting.conftest import COMPARISON, HOSTILE, REPORTS, assert_harmless, batches, flat

TRACE = re.compile(r"#row-(\d+)")
each_report = pytest.mark.parametrize("report", REPORTS, indirect=True)


def written(value: str, places: int, language: str) -> str:
    """Write a printed number in a language, by hand."""
    number = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = f"{abs(number):,.{places}f}"
    if language == "id":
        text = text.translate(str.maketrans(",.", ".,"))
    return ("\N{MINUS SIGN}" if number < 0 else "") + text


# Every number leads to its line and its source


@each_report
def test_every_linked_figure_has_its_line_in_the_list_of_figures(report, printed, codebook):
    language = report.soup.html["lang"]
    stem = "name_eng" if language == "en" else "name_ind"
    links = report.soup.find_all("a", class_="trace")
    assert len(links) > 15
    regions_meant = report.job.parameters.get("region_codes") or [
        report.job.parameters["region_code"]
    ]
    for link in links:
        line = int(TRACE.fullmatch(link["href"]).group(1))
        anchors = report.places[f"row-{line}"]
        assert len(anchors) == 1 and anchors[0].name == "tr"
        cells = [flat(cell) for cell in anchors[0].find_all(["th", "td"])]
        record = printed[line]
        assert record["region_code"] in regions_meant
        if len(regions_meant) > 1:
            assert cells.pop(0) == regions.name(record["region_code"], language)
        assert cells[0] == codebook[record["measure_id"]][stem]
        assert cells[1] == record["year"]
        assert cells[2] == (record["value"] or record["label"])
        assert cells[5] == str(line)


@each_report
def test_every_linked_figure_is_the_number_of_its_line(report, printed, codebook):
    language = report.soup.html["lang"]
    for link in report.soup.find_all("a", class_="trace"):
        record = printed[int(TRACE.fullmatch(link["href"]).group(1))]
        assert shows(link.get_text(), record, codebook, language), (link.get_text(), record)


def shows(text: str, record: dict, codebook: dict, language: str) -> bool:
    """Whether a text holds the figure of a record, in its measure's decimals or as printed."""
    if not record["value"]:
        return record["label"] in text
    places = int(codebook[record["measure_id"]]["decimals"])
    own = len(record["value"].partition(".")[2])
    wanted = {written(record["value"], p, language) for p in (places, own)}
    return any(re.search(rf"(?<![\d.,]){re.escape(w)}(?![\d]|[.,]\d)", text) for w in wanted)


def test_two_hundred_random_figures_lead_to_their_line_and_their_source(
    made, printed, documents, codebook
):
    pool = [
        (key, link) for key in REPORTS for link in made[key].soup.find_all("a", class_="trace")
    ]
    assert len(pool) >= 200
    for key, link in random.Random(20261123).sample(pool, 200):
        report = made[key]
        line = int(TRACE.fullmatch(link["href"]).group(1))
        record = printed[line]
        assert shows(link.get_text(), record, codebook, report.soup.html["lang"])
        listed = report.places[f"row-{line}"][0].find("a", class_="cite")
        assert (report.address(listed) or "") == documents[record["source_id"]]["url"]
        beside = link.find_next_siblings("a", class_="cite")
        if beside and link.parent.name in ("td", "th"):
            addresses = [report.address(cite) or "" for cite in beside]
            assert documents[record["source_id"]]["url"] in addresses


@each_report
def test_every_number_in_brackets_leads_to_a_source_of_the_release(report, documents):
    known = {(s["url"], f"{s['publisher']}. {s['title']}") for s in documents.values()}
    cites = report.soup.find_all("a", class_="cite")
    assert len(cites) > 20
    for cite in cites:
        number = re.fullmatch(r"\[(\d+)\]", cite.get_text()).group(1)
        assert cite["href"] == f"#source-{number}"
        entry = report.places[f"source-{number}"]
        assert len(entry) == 1 and entry[0].name == "li"
        address, told = report.address(cite) or "", entry[0].get_text()
        assert any(url == address and told.startswith(said) for url, said in known), told
        assert told.endswith(address)


@each_report
def test_sources_stand_in_the_order_of_their_numbers_and_all_are_cited(report):
    entries = [li["id"] for li in report.soup.find("ol", class_="sources").find_all("li")]
    assert entries == [f"source-{n}" for n in range(1, len(entries) + 1)]
    cited = {cite["href"][1:] for cite in report.soup.find_all("a", class_="cite")}
    assert cited == set(entries)


@pytest.mark.parametrize(
    "report", [key for key in REPORTS if key != COMPARISON], indirect=True
)
def test_the_list_of_figures_holds_every_observation_of_the_region(report, printed):
    own = {
        line
        for line, record in enumerate(printed)
        if record and record["region_code"] == report.job.parameters["region_code"]
    }
    listed = [int(row["id"].removeprefix("row-")) for row in report.soup.find_all("tr", id=True)]
    assert len(listed) == len(set(listed)) and own <= set(listed)


@each_report
def test_tables_travel_as_data_resources_with_fields_and_rows_that_fit(report):
    found = 0
    for cell in report.notebook["cells"]:
        for output in cell.get("outputs", []):
            resource = output.get("data", {}).get(DATA_RESOURCE)
            if resource is None:
                continue
            found += 1
            fields = resource["schema"]["fields"]
            names = [field["name"] for field in fields]
            assert len(set(names)) == len(names) and resource["title"]
            assert all(field["type"] in ("string", "number") for field in fields)
            assert resource["data"] and all(set(row) == set(names) for row in resource["data"])
            for field in fields:
                kind = (int, float) if field["type"] == "number" else (str, int, float)
                for row in resource["data"]:
                    assert row[field["name"]] is None or isinstance(row[field["name"]], kind)
            # NaN would be no JSON for any other reader
            json.dumps(resource, allow_nan=False)
    assert found == len(report.soup.find_all("table")) > 3


# Cells, citations


def test_sources_are_numbered_in_the_order_they_are_cited(page):
    assert page.cite("b", "a") == (
        '<a class="cite" href="#source-1">[1]</a><a class="cite" href="#source-2">[2]</a>'
    )
    assert page.cite("a", "", "a") == '<a class="cite" href="#source-2">[2]</a>'
    assert page.cite("", "") == ""


def test_a_figure_carries_its_line_its_source_and_the_decimals_of_its_measure(national_2025):
    study = studies.region(national_2025, "35.72")
    own = study.observation("spi", 2024)
    for language, text in (("id", "77,10"), ("en", "77.10")):
        cell = Page(national_2025.release, Language(language)).figure_of(own)
        assert (cell.text, cell.value, cell.row) == (text, 77.1, own["row"])
        assert cell.sources == (own["source_id"],)
    page = Page(national_2025.release, Language("en"))
    assert page.figure_of(own, places=0).text == "77"
    opinion = page.figure_of(study.observation("bpk_opinion", 2024))
    assert (opinion.text, opinion.value) == ("WTP", "WTP")


def test_what_nobody_published_is_said_so_and_has_no_value(page):
    cell = page.figure_of(None)
    assert (cell.text, cell.value, cell.row, cell.sources) == ("not published", None, None, ())
    assert page.unknown("withheld").text == "withheld"
    assert page.unknown().tone == "missing"


def test_a_cell_links_its_text_to_the_line_and_its_source_behind_it(page):
    assert page.inline(Cell("7<8", 7.8, row=12, sources=("s",))) == (
        '<a class="trace" href="#row-12">7&lt;8</a>\N{NO-BREAK SPACE}'
        '<a class="cite" href="#source-1">[1]</a>'
    )
    assert page.inline(Cell("plain")) == "plain"


# Tables, headings, paragraphs


def table_of(page: Page, shown, caption="Of what", **cells):
    columns = [Column("name", "Name"), Column("size", "Size", "number")]
    page.table(caption, columns, [{"name": "a", "size": Cell("1,5", 1.5)} | cells])
    return shown.soup().table


def test_a_table_has_caption_scopes_and_right_aligned_numbers(page, shown):
    table = table_of(page, shown)
    assert flat(table.caption) == "Table 1. Of what"
    assert [th["scope"] for th in table.thead.find_all("th")] == ["col", "col"]
    assert table.tbody.th["scope"] == "row" and flat(table.tbody.th) == "a"
    assert "number" in table.tbody.td["class"]


def test_labels_among_numbers_may_wrap(page, shown):
    table = table_of(page, shown, size=Cell("hijau", "hijau"))
    assert "number" not in table.tbody.td["class"]


def test_machine_values_stand_beside_the_printed_ones(page, shown):
    table_of(page, shown)
    (data, _), = shown.bundles
    assert data[DATA_RESOURCE] == {
        "title": "Of what",
        "schema": {
            "fields": [
                {"name": "name", "title": "Name", "type": "string"},
                {"name": "size", "title": "Size", "type": "number"},
            ]
        },
        "data": [{"name": "a", "size": 1.5}],
    }
    assert "1,5" in data["text/plain"]


def test_what_is_not_known_is_null_for_machines_whatever_the_column(page, shown):
    table_of(page, shown, name=page.unknown(), size=page.unknown())
    (data, _), = shown.bundles
    assert data[DATA_RESOURCE]["data"] == [{"name": None, "size": None}]


def test_a_label_among_numbers_makes_the_column_text(page, shown):
    table_of(page, shown, size=Cell("hijau", "hijau"))
    (data, _), = shown.bundles
    assert data[DATA_RESOURCE]["schema"]["fields"][1]["type"] == "string"


def test_missing_cells_of_a_row_stay_empty(page, shown):
    page.table("x", [Column("a", "A"), Column("b", "B")], [{"a": "only"}])
    assert flat(shown.soup().table.tbody.td) == ""


def test_tables_and_figures_are_numbered_apart(page, shown):
    table_of(page, shown)
    page.figure(Figure(), "A chart", "What it shows")
    table_of(page, shown, caption="More")
    soup = shown.soup()
    assert [flat(c) for c in soup.find_all("caption")] == ["Table 1. Of what", "Table 2. More"]
    assert flat(soup.find("p", class_="caption")) == "Figure 1. A chart"


def test_a_table_without_rows_says_so_and_takes_no_number(page, shown):
    page.table("Final values", [Column("a", "A")], [])
    table_of(page, shown)
    soup = shown.soup()
    missing = flat(soup.find("p", class_="missing"))
    assert missing.startswith("Final values") and missing.endswith(".")
    assert flat(soup.caption).startswith("Table 1.")


def test_headings_paragraphs_and_lists(page, shown):
    page.heading("Title", level=1)
    page.heading("Part")
    page.text("One.", "", Markup("<b>Two</b>."), tone="note")
    page.points(["first", Markup("<em>second</em>")])
    page.warning("")
    soup = shown.soup()
    assert flat(soup.h1) == "Title" and flat(soup.h2) == "Part"
    assert flat(soup.find("p", class_="note")) == "One. Two."
    assert [flat(li) for li in soup.find("ul", class_="findings").find_all("li")] == [
        "first", "second",
    ]  # fmt: skip
    assert soup.find("p", class_="warning") is None


def test_a_warning_stands_across_the_page(page, shown):
    page.warning("Careful.")
    assert flat(shown.soup().find("p", class_="warning")) == "Careful."


def test_plain_text_goes_along_for_readers_without_html(page, shown):
    page.heading("A & B", level=3)
    page.text(Markup("<b>x</b> &lt; y"))
    page.points([Markup("<b>p</b>")])
    assert [data["text/plain"] for data, _ in shown.bundles] == ["### A & B", "x < y", "- p"]


def test_a_chart_has_alternative_caption_and_sources(page, shown):
    page.figure(Figure(), "What it is", "What it shows", ["s1", "s2"])
    soup = shown.soup()
    assert soup.img["alt"] == "What it shows"
    assert soup.img["src"].startswith("data:image/svg+xml;base64,")
    caption = soup.find("p", class_="caption")
    assert flat(caption) == "Figure 1. What it is [1][2]"


def test_a_picture_that_cannot_be_drawn_is_said_to_be_missing(page, shown):
    page.picture(None)
    assert flat(shown.soup().find("p", class_="missing")) == "No chart: no score is published."


def test_the_list_of_figures_adds_what_was_cited_from_elsewhere_once(national_2025, shown):
    page = Page(national_2025.release, Language("en"))
    own = national_2025.release.of("35.72").iloc[:3]
    elsewhere = studies.region(national_2025, "52.71").observation("spi", 2024)
    page.figure_of(elsewhere)
    page.figure_of(elsewhere)
    page.rows(own)
    lines = [int(row["id"].removeprefix("row-")) for row in shown.soup().find_all("tr", id=True)]
    assert lines == [*own.index, elsewhere["row"]]


# Hostile texts


def source_table(national_2025, monkeypatch, **changes) -> None:
    """Let the release give one source, changed, under the id ``s``."""
    plain = {
        "source_id": "s", "publisher": "P", "title": "T", "published": "2024",
        "url": "https://example.org/a", "kind": "press", "licence": "",
    }  # fmt: skip
    monkeypatch.setattr(
        type(national_2025.release), "table", lambda self, name: pd.DataFrame([plain | changes])
    )


@pytest.mark.parametrize("texts", batches(HOSTILE))
def test_hostile_texts_are_shown_as_text(national_2025, page, shown, monkeypatch, texts):
    for text in texts:
        source_table(national_2025, monkeypatch, publisher=text, title=text)
        page.heading(text, level=2)
        page.text(text, tone="headline")
        page.warning(text)
        page.points([text])
        page.text(display.sentence(page.say, "{name} is {name}.", name=text))
        cells = {"a": Cell(text, text, row=5, sources=("s",)), "b": text}
        columns = [Column("a", text), Column("b", text, "number")]
        page.table(text, columns, [cells, {"b": Cell(text)}])
        page.figure(Figure(), text, text, ["s"])
        page.sources()
    tree = assert_harmless(shown.html())
    # Control characters are dropped or replaced on the way; all else is there, letter by letter.
    seen = re.sub(r"[\x00-\x20\x7f\ufffd?]+", "", "".join(tree.find("body/main").itertext()))
    for text in texts:
        wanted = re.sub(r"[\x00-\x20\x7f\ufffd?]+", "", readable(text))
        assert seen.count(wanted) >= 14, text
    alternatives = [picture.get("alt").split() for picture in tree.iter("img")]
    assert alternatives == [text.replace("\x07", "\ufffd").split() for text in texts] or any(
        not text.isprintable() for text in texts
    )
    assert {a.get("href") for a in tree.iter("a")} == {
        "https://example.org/a", "#row-5", "#source-1",
    }  # fmt: skip


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "java\tscript:a",
        "data:text/html,<script>alert(1)</script>", "vbscript:x", "file:///etc/passwd",
        "//evil.example", "ftp://example.org", "", "https", "mailto:a@b.c",
    ],
)  # fmt: skip
def test_a_source_that_is_no_web_address_is_not_linked(
    national_2025, page, shown, monkeypatch, address
):
    source_table(national_2025, monkeypatch, url=address)
    page.cite("s")
    page.sources()
    tree = assert_harmless(shown.html())
    assert list(tree.iter("a")) == []


def test_a_web_address_cannot_break_out_of_its_link(national_2025, page, shown, monkeypatch):
    address = "https://example.org/\"onclick='alert(1)'><script>alert(1)</script>"
    source_table(national_2025, monkeypatch, url=address)
    page.cite("s")
    page.sources()
    (link,) = assert_harmless(shown.html()).iter("a")
    assert link.get("href") == address and "".join(link.itertext()) == address


def test_a_long_table_is_kept_for_the_files_and_only_named(release_2026, monkeypatch):
    shown = []
    monkeypatch.setattr(display, "display", lambda data, **_: shown.append(data))
    page = Page(release_2026, Language("id"))
    rows = [{"code": Cell("34.10", "34.10"), "n": Cell("1", 1)}, {"code": "<b>", "n": Cell("2", 2)}]
    page.export("Semua", [Column("code", "Kode"), Column("n", "n", "number")], rows)
    page.table("Berikutnya", [Column("n", "n", "number")], [{"n": Cell("3", 3)}])
    said = "Tabel 1. Semua: 2 baris, dalam berkas tersendiri di samping laporan."
    assert shown[0]["text/plain"] == said and said in shown[0]["text/html"]
    assert shown[0][DATA_RESOURCE]["data"] == [{"code": "34.10", "n": 1}, {"code": "<b>", "n": 2}]
    assert "Tabel 2. Berikutnya" in shown[1]["text/html"]
