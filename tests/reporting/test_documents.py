"""Documents: what a notebook shows is in the PDF, the Word and the Excel file, as text."""

import base64
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import entry_points
from xml.etree import ElementTree

import nbformat
import openpyxl
import pypdf
import pytest
from nbformat import v4
from PIL import Image

from anticorruption import charts
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.reporting import display, formats
from anticorruption.reporting.display import Cell, Column, Page
from anticorruption.reporting.documents import (
    layout,
    pdf,
    pictures,
    reading,
    typesetting,
    word,
    workbook,
)
from anticorruption.reporting.documents import model as parts
from anticorruption.reporting.formats import FORMATS, Appearance
from anticorruption.reporting.html import ReportExporter
from tests.paths import ROOT
from tests.reporting.conftest import HOSTILE, Shown

PLAIN = Appearance()
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
ABOUT = {
    "language": "id", "title": "Kota Blitar: apa yang terbit", "edition": 2025,
    "region_code": "35.72", "release": "2026.11",
}  # fmt: skip


def notebook_of(shown: Shown, **about) -> nbformat.NotebookNode:
    notebook = shown.notebook()
    notebook.metadata["anticorruption"] = ABOUT | about
    return notebook


def written(release, monkeypatch) -> nbformat.NotebookNode:
    """A short report with every kind of block, from the real release."""
    collected = Shown([])
    monkeypatch.setattr(
        display,
        "display",
        lambda data, raw, metadata=None: collected.bundles.append((data, metadata or {})),
    )
    page = Page(release, Language("id"))
    own = release.of("35.72").iloc[:25]
    seen = release.chosen.loc[("35.72", "spi", 2024)]
    page.heading("Kota Blitar: apa yang terbit", level=1)
    page.text("Kode 35.72 · rilis data 2026.11", tone="particulars")
    page.text("Nilainya ", page.inline(page.figure_of(seen)), tone="headline")
    page.points(["Satu.", display.sentence(page.say, "{name} is {name}.", name="dua")])
    page.warning("Hati-hati.")
    for name in ("Survei", "Peringkat", "Daftar angka"):
        page.heading(name)
        if name == "Survei":
            chart = charts.figure(1.0)
            page.figure(chart, "Sebuah gambar", "Garis yang naik", [seen["source_id"]])
            columns = [Column("code", "Kode"), Column("value", "Nilai", "number")]
            rows = [{"code": "34.10", "value": page.figure_of(seen)}]
            page.table("Nilai", columns, [*rows, {"code": "02.01", "value": page.unknown()}])
        elif name == "Peringkat":
            columns = [Column("year", "Tahun", "number"), Column("range", "peringkat")]
            rows = [{"year": Cell("2024", 2024), "range": Cell("1–38", bounds=(1, 38))}]
            page.table("Peringkat", columns, rows)
        else:
            page.rows(own)
    page.heading("Sumber")
    page.sources()
    page.heading("Bagaimana laporan ini dibuat")
    page.points(["Dibuat dengan: anticorruption report 35.72"], tone="small")
    return notebook_of(collected)


@pytest.fixture(scope="module")
def report(release_2026) -> nbformat.NotebookNode:
    """Notebook of a short report."""
    with pytest.MonkeyPatch.context() as patch:
        return written(release_2026, patch)


@pytest.fixture(scope="module")
def files(report) -> dict[str, bytes]:
    """The short report in every format."""
    return {name: each.write(report, PLAIN) for name, each in FORMATS.items()}


def own_notebook(*outputs, markdown: str = "", tags=(), **about) -> nbformat.NotebookNode:
    """Notebook of a researcher's own."""
    cells = [v4.new_markdown_cell(markdown)] if markdown else []
    for output in outputs:
        cells.append(v4.new_code_cell("secret_code()", outputs=[output]))
    for cell in cells:
        cell.metadata["tags"] = list(tags)
    notebook = v4.new_notebook(cells=cells)
    if about:
        notebook.metadata["anticorruption"] = about
    return notebook


def shows(**data) -> nbformat.NotebookNode:
    return v4.new_output("display_data", data={k.replace("__", "/"): v for k, v in data.items()})


def png(width=40, height=20) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), "red").save(buffer, "PNG")
    return buffer.getvalue()


def pdf_text(data: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return "\n".join(page.extract_text() for page in pages)


def xml_of(data: bytes, part: str = "word/document.xml") -> ElementTree.Element:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return ElementTree.fromstring(archive.read(part))


def docx_text(data: bytes) -> str:
    return "\n".join(
        "".join(t.text or "" for t in paragraph.iter(f"{W}t"))
        for paragraph in xml_of(data).iter(f"{W}p")
    )


def sheets(data: bytes) -> dict[str, list[list]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in book}


def letters(text: str) -> str:
    """Letters of a text without blanks, breaks and what no font draws."""
    return re.sub(r"[\s\u00a0\u200b\u00ad]+", "", text)


# The reader


def test_a_report_is_read_block_by_block(report):
    document = reading.read(report)
    assert document.title == ABOUT["title"] and document.particulars.startswith("Kode 35.72")
    assert document.date == "2026-11-01" and document.is_report
    kinds = [type(block).__name__ for block in document.blocks]
    assert kinds[:4] == ["Paragraph", "Listing", "Paragraph", "Heading"]
    assert [t.caption.number for t in document.tables] == [1, 2, 3]
    (figure,) = document.figures
    assert figure.alt == "Garis yang naik" and figure.caption.text.startswith("Sebuah gambar")
    assert figure.svg.startswith("<?xml") and figure.bitmap.startswith(b"\x89PNG")
    assert all(heading.level == 1 for heading in document.headings)


def test_values_and_links_travel_with_their_cells(report):
    values, places, figures = reading.read(report).tables
    code, value = values.body[0].cells
    assert (code.value, code.text, code.kind) == ("34.10", "34.10", "text")
    assert value.value == 77.1 and value.text == "77,10"
    assert [run.link.split("-")[0] for run in value.runs if run.link] == ["#row", "#source"]
    assert values.body[1].cells[1].value is None and values.body[1].cells[1].tone == "missing"
    assert places.body[0].cells[1].bounds == (1, 38) and places.has_intervals
    assert figures.has_places and all(row.place.startswith("row-") for row in figures.body)


def test_every_inner_link_of_a_document_has_its_place():
    html = (
        '<p><a href="#row-1">a</a> <a href="#gone">b</a> <a href="javascript:x">c</a></p>'
        '<table><tr id="row-1"><td>1</td></tr><tr id="row-1"><td>2</td></tr></table>'
    )
    document = reading.read(own_notebook(shows(text__html=html)))
    links = {run.text.strip(): run.link for run in document.blocks[0].runs}
    assert links["a"] == "#row-1" and not links.get("b") and "#gone" not in links.values()
    assert [row.place for row in document.tables[0].body] == ["row-1", ""]


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://example.org/a?b=1&c=%20#d", "https://example.org/a?b=1&c=%20#d"),
        ("https://example.org/<b>\"'x", "https://example.org/%3Cb%3E%22'x"),
        ("http://[x", ""),
        ("https:///x", ""),
        ("https://a b.org", ""),
        ("file:///etc/passwd", ""),
        ("//example.org", ""),
    ],
)
def test_only_sound_web_addresses_are_links(address, link):
    (block,) = reading.html_blocks(f"<p><a href='{address.replace(chr(39), '&#39;')}'>x</a></p>")
    assert block.runs[0].link == link


def test_a_notebook_of_ones_own_is_read_as_its_page_shows_it():
    notebook = own_notebook(
        v4.new_output("stream", name="stdout", text="printed\n"),
        v4.new_output("stream", name="stderr", text="a warning"),
        v4.new_output("error", ename="ValueError", evalue="bad \x1b[31mred\x1b[0m", traceback=[]),
        shows(text__plain="42"),
        shows(text__latex="$x$", text__plain="in plain"),
        shows(image__png=base64.b64encode(png()).decode(), text__plain="<Figure>"),
        markdown="# Mine\n\nSome **bold** words.\n\n### Deep\n\n- a\n  - b\n\n1. one",
    )
    document = reading.read(notebook)
    assert document.title == "Mine" and not document.is_report and document.date == ""
    assert [block.level for block in document.headings] == [1]
    bold = [run.text for b in document.blocks if isinstance(b, parts.Paragraph) for run in b.runs
            if run.bold]  # fmt: skip
    assert bold == ["bold"]
    items = [i for b in document.blocks if isinstance(b, parts.Listing) for i in b.items]
    assert [(parts.plain(i.runs), i.level, i.mark) for i in items] == [
        ("a", 0, ""), ("b", 1, ""), ("one", 0, "1."),
    ]  # fmt: skip
    printed = [b.text for b in document.blocks if isinstance(b, parts.Verbatim)]
    assert printed == ["printed", "ValueError: bad red", "42", "in plain"]
    assert document.figures[0].caption.number == 1
    assert "secret_code" not in str(document)


def test_cells_for_the_notebook_only_stay_out():
    notebook = own_notebook(shows(text__plain="hidden"), markdown="hidden", tags=["notebook-only"])
    assert reading.read(notebook).blocks == ()


PANDAS = (
    '<style scoped>.dataframe td { color: red }</style><table border="1" class="dataframe"><thead>'
    '<tr style="text-align: right;"><th></th><th>kode</th><th>nama</th><th>skor</th></tr></thead>'
    "<tbody><tr><th>0</th><td>34.10</td><td>02</td><td>1.50</td></tr>"
    "<tr><th>1</th><td>34.11</td><td>01</td><td>NaN</td></tr></tbody></table>"
)


def test_a_plain_table_of_pandas_keeps_codes_as_text_and_numbers_as_numbers():
    document = reading.read(own_notebook(shows(text__html=PANDAS, text__plain="")))
    (table,) = document.blocks
    assert table.kinds == ("number", "text", "text", "number")
    assert [cell.value for cell in table.body[0].cells] == [0, None, None, 1.5]
    assert table.caption.number == 1
    page, _ = ReportExporter().from_notebook_node(own_notebook(shows(text__html=PANDAS)))
    assert "34.11" in page and ".dataframe td" not in page


def test_a_table_that_spans_rows_and_columns_fills_its_grid():
    html = (
        "<table><thead><tr><th rowspan=2>a</th><th colspan=2>b</th></tr><tr><th>c</th><th>d</th>"
        "</tr></thead><tbody><tr><th rowspan=9>x</th><td>1</td></tr><tr><td>2</td><td>3</td></tr>"
        "</tbody></table>"
    )
    notebook = own_notebook(shows(text__html=html))
    (table,) = reading.read(notebook).tables
    assert [len(row.cells) for row in (*table.head, *table.body)] == [2, 2, 3, 2]
    assert table.body[0].cells[0].rows == 2
    for name in ("pdf", "docx", "xlsx"):
        assert FORMATS[name].write(notebook, PLAIN)
    rows = list(xml_of(word.write(reading.read(notebook), PLAIN)).iter(f"{W}tr"))
    assert [len(list(row.iter(f"{W}tc"))) for row in rows] == [2, 3, 3, 3]


def test_a_table_kept_for_the_files_is_named_in_documents_and_whole_in_the_workbook(page, shown):
    rows = [{"code": Cell("34.10", "34.10"), "n": Cell("1", 1)}]
    page.export("All", [Column("code", "Code"), Column("n", "n", "number")], rows * 3)
    document = reading.read(shown.notebook())
    (table,) = document.tables
    assert not table.shown and table.caption.number == 1
    assert "3 rows" in pdf_text(pdf.write(document, PLAIN))
    sheet, *_ = sheets(workbook.write(document, PLAIN)).values()
    assert sheet.count(["34.10", 1]) == 3


# The files


def test_same_bytes_in_another_process_time_zone_locale_and_folder(files, report, tmp_path):
    source = tmp_path / "report.ipynb"
    nbformat.write(report, source)
    code = (
        "import hashlib, nbformat\n"
        "from anticorruption.reporting.formats import FORMATS, Appearance\n"
        f"n = nbformat.read({str(source)!r}, 4)\n"
        "print([hashlib.sha256(f.write(n, Appearance())).hexdigest() for f in FORMATS.values()])"
    )
    changed = {"TZ": "Asia/Jayapura", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1", "LANG": "de_DE"}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path,
        env={**os.environ, **changed, "PYTHONHASHSEED": "7"},
    )  # fmt: skip
    hashes = [hashlib.sha256(data).hexdigest() for data in files.values()]
    assert done.stdout.strip() == str(hashes), done.stderr


def test_pdf_is_tagged_titled_and_dated_by_the_release(files, report):
    reader = pypdf.PdfReader(io.BytesIO(files["pdf"]))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] == "id"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata.title == ABOUT["title"]
    assert reader.metadata["/CreationDate"].startswith("D:20261101")
    assert b"pdfuaid" in reader.xmp_metadata.stream.get_data()
    outline = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert outline[:2] == ["Survei", "Peringkat"]


def structure(reader: pypdf.PdfReader) -> list:
    """Elements of the structure tree of a PDF."""
    found, waiting = [], [reader.trailer["/Root"]["/StructTreeRoot"]]
    while waiting:
        element = waiting.pop()
        element = element.get_object() if hasattr(element, "get_object") else element
        if isinstance(element, list):
            waiting += element
        elif isinstance(element, dict):
            found.append(element)
            waiting += [element["/K"]] if "/K" in element else []
    return found


def test_pdf_has_headings_tables_with_heads_and_alternatives_of_figures(files):
    elements = structure(pypdf.PdfReader(io.BytesIO(files["pdf"])))
    kinds = [e.get("/S") for e in elements]
    assert {"/H1", "/Table", "/TH", "/TD", "/Figure", "/L", "/Link"} <= set(kinds)
    alternatives = [e.get("/Alt") for e in elements if e.get("/S") == "/Figure"]
    assert alternatives == ["Garis yang naik"]


def test_pdf_leads_from_a_number_to_its_line_and_from_there_to_its_source(files):
    reader = pypdf.PdfReader(io.BytesIO(files["pdf"]))
    inside, outside = 0, []
    for page in reader.pages:
        for note in page.get("/Annots", []):
            note = note.get_object()
            action = note.get("/A", {})
            inside += "/Dest" in note or action.get("/S") == "/GoTo"
            outside += [action["/URI"]] if "/URI" in action else []
    # contents, the number in sentence and table, the marks of every row
    assert inside > 30 and outside and all(each.startswith("http") for each in outside)


def test_pdf_numbers_its_pages_and_repeats_the_heads_of_tables(report, files):
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(files["pdf"])).pages]
    count = len(pages)
    assert "Halaman" not in pages[0]
    for number, text in enumerate(pages[1:], start=2):
        assert f"Halaman {number} dari {count}" in text
    rows = "".join(f"<tr><td>{n}</td><td>x</td></tr>" for n in range(200))
    html = f"<table><thead><tr><th>HEAD</th><th>b</th></tr></thead><tbody>{rows}</tbody></table>"
    notebook = own_notebook(shows(text__html=html))
    pages = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(notebook, PLAIN))).pages
    assert len(pages) > 3 and all("HEAD" in page.extract_text() for page in pages[1:])


@pytest.mark.parametrize(("paper", "size"), [("a4", (595, 842)), ("f4", (609, 935)),
                                             ("letter", (612, 792))])  # fmt: skip
def test_paper(report, paper, size):
    appearance = Appearance(paper=paper)
    page = pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(report, appearance))).pages[0]
    assert (round(page.mediabox.width), round(page.mediabox.height)) == size
    sections = xml_of(FORMATS["docx"].write(report, appearance)).iter(f"{W}pgSz")
    assert [round(int(s.get(f"{W}w")) / 20) for s in sections] == [size[0]]


def test_a_table_too_wide_for_the_paper_gets_a_page_on_its_side():
    heads = "".join(f"<th>administrative{n}</th>" for n in range(14))
    html = f"<table><thead><tr>{heads}</tr></thead><tbody><tr>{'<td>1</td>' * 14}</tr></tbody>"
    table = shows(text__html=html + "</table>")
    notebook = own_notebook(table, markdown="# T\n\nProse.\n\n## Wide")
    document = reading.read(notebook)
    assert layout.fit(document.tables[0], "a4", pdf.EM).sideways
    pages = pypdf.PdfReader(io.BytesIO(pdf.write(document, PLAIN))).pages
    (turned,) = [page for page in pages if page.mediabox.width > page.mediabox.height]
    assert "Wide" in turned.extract_text()
    turned = [s.get(f"{W}orient") for s in xml_of(word.write(document, PLAIN)).iter(f"{W}pgSz")]
    assert turned == [None, "landscape", None]


def table_of(rows, *heads):
    """Table with a head and rows of texts."""
    head = "".join(f"<th>{text}</th>" for text in heads)
    body = "".join(f"<tr>{''.join(f'<td>{text}</td>' for text in row)}</tr>" for row in rows)
    html = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    (table,) = reading.read(own_notebook(shows(text__html=html), markdown="# T")).tables
    return table


def test_a_text_longer_than_most_of_its_column_gets_the_room_that_is_left():
    names = ", ".join(f"Kabupaten Daerah {number}" for number in range(4))
    rows = [(f"Kota {number}", "–", "6") for number in range(6)] + [("Kota 7", names, "2")]
    table = table_of(rows, "Daerah", "Jelas di atasnya", "Tidak dapat dipastikan")
    fit = layout.fit(table, "a4", pdf.EM)
    room = (fit.widths[1] - 2 * layout.PADDING) / layout.letter(fit.size, pdf.EM)
    assert room >= len(names) or sum(fit.widths) == pytest.approx(layout.room("a4"))


def test_short_tables_stay_whole_and_long_ones_may_be_parted():
    short, long = ([(f"Kota {number}", "1")] * rows for rows, number in ((6, 1), (60, 2)))
    assert layout.fit(table_of(short, "Daerah", "Nilai"), "a4", pdf.EM).together
    assert not layout.fit(table_of(long, "Daerah", "Nilai"), "a4", pdf.EM).together


def test_a_short_table_at_the_foot_of_a_page_goes_to_the_next_in_one_piece():
    rows = [(f"Kota {number}", str(number)) for number in range(8)]
    head = "<thead><tr><th>Daerah</th><th>Nilai</th></tr></thead>"
    body = "".join(f"<tr><td>{name}</td><td>{value}</td></tr>" for name, value in rows)
    output = shows(text__html=f"<table>{head}<tbody>{body}</tbody></table>")
    for lines in range(30, 46, 3):
        prose = "\n\n".join(["Prose."] * lines)
        document = reading.read(own_notebook(output, markdown=f"# T\n\n{prose}"))
        pages = pypdf.PdfReader(io.BytesIO(pdf.write(document, PLAIN))).pages
        shown = ["Kota 0" in page.extract_text() for page in pages]
        assert shown == ["Kota 7" in page.extract_text() for page in pages]
        assert shown == ["Daerah" in page.extract_text() for page in pages]
    body = xml_of(word.write(document, PLAIN))
    kept = [row.find(f".//{W}keepNext") is not None for row in body.iter(f"{W}tr")]
    assert kept == [True] * 8 + [False]


def test_a_sign_stays_with_its_word():
    table = table_of([("Nilai MCP", "✓ terpenuhi " * 9)] * 3, "Kriteria", "Jawaban")
    (_, (piece, _)) = layout._needs(table)
    assert piece >= len("✓ terpenuhi")


def test_the_room_of_a_page_is_its_paper_less_its_margins():
    assert (layout.room("a4"), layout.depth("a4")) == (210 - 25 - 22, 297 - 25 - 22)
    assert (layout.room("a4", True), layout.depth("a4", True)) == (297 - 25 - 22, 210 - 25 - 22)


def test_columns_share_the_room_and_keep_words_whole(report):
    for table in reading.read(report).tables:
        fit = layout.fit(table, "a4", pdf.EM)
        assert len(fit.widths) == len(table.kinds) and fit.whole
        assert sum(fit.widths) <= layout.room("a4", fit.sideways) + 0.01


def test_word_file_has_styles_captions_bookmarks_and_alternatives(files):
    body = xml_of(files["docx"])
    styles = {p.get(f"{W}val") for p in body.iter(f"{W}pStyle")}
    template = xml_of(files["docx"], "word/styles.xml")
    known = {style.get(f"{W}styleId") for style in template.iter(f"{W}style")}
    used = styles | {r.get(f"{W}val") for r in body.iter(f"{W}rStyle")}
    assert {"Title", "Heading1", "Caption", "TableText", "TableHead", "Source", "TOC1"} <= styles
    assert used <= known
    sequences = [f.get(f"{W}instr").split()[:2] for f in body.iter(f"{W}fldSimple")]
    assert sequences.count(["SEQ", "Tabel"]) == 3 and sequences.count(["SEQ", "Gambar"]) == 1
    names = [b.get(f"{W}name") for b in body.iter(f"{W}bookmarkStart")]
    assert len(names) == len(set(names)) and all(re.fullmatch(r"_?\w{1,39}", n) for n in names)
    ends = [b.get(f"{W}id") for b in body.iter(f"{W}bookmarkEnd")]
    assert ends == [b.get(f"{W}id") for b in body.iter(f"{W}bookmarkStart")]
    anchors = {h.get(f"{W}anchor") for h in body.iter(f"{W}hyperlink")} - {None}
    assert anchors and anchors <= set(names)
    described = [e.get("descr") for e in body.iter() if e.tag.endswith("}docPr")]
    assert described == ["Garis yang naik"]


def test_word_file_refers_to_parts_that_are_there(files):
    with zipfile.ZipFile(io.BytesIO(files["docx"])) as archive:
        names = archive.namelist()
        assert names[0] == "[Content_Types].xml" and len(names) == len(set(names))
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        types = archive.read("[Content_Types].xml").decode()
        related = ElementTree.fromstring(archive.read("word/_rels/document.xml.rels"))
    ids = [r.get("Id") for r in related]
    assert len(ids) == len(set(ids))
    for relation in related:
        if relation.get("TargetMode") != "External":
            assert f"word/{relation.get('Target')}" in names
    used = {v for e in xml_of(files["docx"]).iter() for k, v in e.attrib.items() if k.startswith(R)}
    assert used <= set(ids)
    for name in names:
        assert f'PartName="/{name}"' in types or f'Extension="{name.rpartition(".")[2]}"' in types


def test_word_tables_repeat_their_heads_at_fixed_widths(files):
    for table in xml_of(files["docx"]).iter(f"{W}tbl"):
        assert table.find(f"{W}tblPr/{W}tblLayout").get(f"{W}type") == "fixed"
        rows = table.findall(f"{W}tr")
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        widths = [int(c.get(f"{W}w")) for c in table.iter(f"{W}gridCol")]
        for row in rows:
            cells = [int(c.find(f"{W}tcPr/{W}tcW").get(f"{W}w")) for c in row.findall(f"{W}tc")]
            assert cells == widths


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("soffice"), reason="LibreOffice is not installed")
def test_libreoffice_opens_the_word_file_and_sees_every_table_and_heading(files, tmp_path):
    (tmp_path / "report.docx").write_bytes(files["docx"])
    home = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "pdf", "--outdir", tmp_path,
         tmp_path / "report.docx"], check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    text = " ".join(pdf_text((tmp_path / "report.pdf").read_bytes()).split())
    for said in ("Daftar isi", "Tabel 1. Nilai", "Tabel 3.", "Gambar 1.", "Halaman 2 dari"):
        assert said in text


def test_word_file_numbers_its_pages(files):
    with zipfile.ZipFile(io.BytesIO(files["docx"])) as archive:
        feet = [archive.read(n).decode() for n in archive.namelist() if "/footer" in n]
    (foot,) = [text for text in feet if "NUMPAGES" in text]
    assert re.findall(r"Halaman |\bPAGE\b| dari |\bNUMPAGES\b", foot) == [
        "Halaman ", "PAGE", " dari ", "NUMPAGES"
    ]  # fmt: skip
    assert "titlePg" in ElementTree.tostring(xml_of(files["docx"])).decode()


def test_workbook_has_its_sheets_numbers_and_codes(files):
    data = sheets(files["xlsx"])
    assert list(data) == ["peringkat", "indikator", "angka", "sumber", "metode"]
    assert ["Tahun", "peringkat: rendah", "peringkat: tinggi"] in data["peringkat"]
    assert [2024, 1, 38] in data["peringkat"]
    assert next(r for r in data["indikator"] if r[0] == "34.10")[:2] == ["34.10", 77.1]
    assert next(r for r in data["indikator"] if r[0] == "02.01")[1] == "tidak terbit"
    book = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))
    assert book["indikator"]["B6"].number_format == "0.00"
    assert book["angka"].freeze_panes and book["angka"].print_title_rows
    assert book.properties.created.isoformat() == "2026-11-01T00:00:00"
    assert "Dibuat dengan: anticorruption report 35.72" in [r[0] for r in data["metode"]]
    marks = {row[0] for row in data["sumber"]}
    assert all(set(str(row[-1]).split()) <= marks for row in data["angka"] if "[" in str(row[-1]))


def test_numbers_among_labels_are_numbers_with_the_decimals_that_are_printed(files):
    rows = sheets(files["xlsx"])["angka"]
    head = next(row for row in rows if "Dalam rilis data" in row)
    values = [row[head.index("Dalam rilis data")] for row in rows[rows.index(head) + 1 :]]
    assert any(isinstance(v, float) for v in values) and "WTP" in values


@pytest.mark.parametrize(
    ("text", "value", "language", "shape"),
    [
        ("77,34", 77.34, "id", "0.00"),
        ("1.234", 1234, "id", "#,##0"),
        ("1.234", 1.234, "id", "0.000"),
        ("1,234.5", 1234.5, "en", "#,##0.0"),
        ("2024", 2024, "id", "0"),
        ("−4,94", -4.94, "id", "0.00"),
        ("+0,33", 0.33, "id", "+0.00;-0.00;0.00"),
        ("⚑ 82,28", 82.28, "id", '"⚑ "0.00'),
        ("76,52 (2025)", 76.52, "id", '0.00" (2025)"'),
        ('7"', 7, "id", None),
    ],
)
def test_number_format_keeps_what_is_printed(text, value, language, shape):
    document = reading.read(own_notebook())
    made = workbook._Book(None, document, Language(language), PLAIN)
    assert made._shape(parts.Cell((parts.Run(text),), value=value), value) == shape


@pytest.mark.parametrize("value", [10**15, float("nan"), float("inf"), True, "12", None])
def test_what_excel_cannot_hold_exactly_stays_text(value):
    assert workbook.number(parts.Cell((), "number", value=value)) is None


def test_sheets_are_named_once_as_excel_allows():
    table = "<table><caption>Same: [name] */?\\ of a table, longer than Excel</caption><tr><td>1"
    notebook = own_notebook(*[shows(text__html=table + "</table>")] * 3)
    names = list(sheets(FORMATS["xlsx"].write(notebook, PLAIN)))
    assert len({n.lower() for n in names}) == 4
    assert all(len(n) <= 31 and not re.search(r"[\[\]:*?/\\]", n) for n in names)


def test_a_notebook_without_tables_gives_a_workbook_that_says_so():
    data = sheets(FORMATS["xlsx"].write(own_notebook(markdown="# Only words"), PLAIN))
    assert list(data) == ["method"]
    assert ["The notebook shows no table, so this file has none."] in data["method"]


def test_an_empty_notebook_makes_every_file():
    for each in FORMATS.values():
        assert each.write(v4.new_notebook(), PLAIN)


# Drafts and notices


def test_draft_and_notice_are_on_every_page(report):
    notebook = nbformat.from_dict(json.loads(json.dumps(report)))
    notebook.metadata["anticorruption"]["notice"] = "Contoh: data <buatan>"
    appearance = Appearance(draft=True)
    draft = "Bahan kajian, bukan laporan akhir"
    for page in pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(notebook, appearance))).pages:
        text = " ".join(page.extract_text().split())
        assert draft in text and "Contoh: data <buatan>" in text
    data = FORMATS["docx"].write(notebook, appearance)
    assert draft in docx_text(data) and "Contoh: data <buatan>" in docx_text(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        heads = "".join(archive.read(n).decode() for n in archive.namelist() if "/header" in n)
    assert f"{draft} · Contoh: data &lt;buatan&gt;" in heads
    html = FORMATS["html"].write(notebook, appearance).decode()
    assert f"<p>{draft}</p><p>Contoh: data &lt;buatan&gt;</p>" in html
    for rows in sheets(FORMATS["xlsx"].write(notebook, appearance)).values():
        assert [draft, "Contoh: data <buatan>"] == [row[0] for row in rows[2:4]]


def test_without_draft_and_notice_no_page_has_a_banner(files):
    assert b'class="banner"' not in files["html"]
    assert "Bahan kajian" not in pdf_text(files["pdf"]) + docx_text(files["docx"])


# Logos, papers, pictures


SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="20mm" height="10mm">{}</svg>'


@pytest.mark.parametrize("data", [png(), SVG.format("<circle r='3'/>").encode()])
def test_a_logo_stands_on_the_cover(report, tmp_path, data):
    file = tmp_path / "logo"
    file.write_bytes(data)
    appearance = Appearance(logo=formats.logo(file))
    elements = structure(pypdf.PdfReader(io.BytesIO(FORMATS["pdf"].write(report, appearance))))
    assert "Logo lembaga" in [e.get("/Alt") for e in elements]
    drawings = xml_of(FORMATS["docx"].write(report, appearance)).iter()
    described = [e.get("descr") for e in drawings if e.tag.endswith("}docPr")]
    assert described == ["Logo lembaga", "Garis yang naik"]


RISKY = [
    '<image href="https://evil.example/x.png" width="1" height="1"/>',
    '<image href="/etc/passwd" width="1" height="1"/>',
    '<use href="other.svg#a"/>',
    "<script>alert(1)</script>",
    '<rect onload="alert(1)"/>',
    '<rect fill="url(https://evil.example)"/>',
    "<style>@import 'https://evil.example'</style>",
    "<foreignObject/>",
]


@pytest.mark.parametrize("inside", RISKY)
def test_a_picture_that_loads_or_runs_something_is_neither_logo_nor_figure(tmp_path, inside):
    file = tmp_path / "logo.svg"
    file.write_text(SVG.format(inside))
    with pytest.raises(RefusedInput, match=re.escape(str(file))):
        formats.logo(file)
    notebook = own_notebook(shows(**{"image__svg+xml": SVG.format(inside)}))
    (block,) = reading.read(notebook).blocks
    assert "is not shown" in parts.plain(block.runs)


@pytest.mark.parametrize(
    ("stated", "size"),
    [
        ('width="40mm" height="20mm"', (40, 20)),
        ('width="4cm" height="1in"', (40, 25.4)),
        ('width="72pt" height="6pc"', (25.4, 25.4)),
        ('width="96" height="192px"', (25.4, 50.8)),
        ('width="40mm" viewBox="0 0 200 100"', (40, 20)),
        ('viewBox="0 0 96 48"', (25.4, 12.7)),
    ],
)
def test_a_picture_has_the_size_that_it_states(stated, size):
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" {stated}/>'
    assert pictures.svg_size(svg) == pytest.approx(size)


def test_a_bitmap_keeps_its_proportions():
    width, height = pictures.bitmap_size(png(200, 50))
    assert (width, height) == pytest.approx((50.8, 12.7))
    assert f'width="{width:.3f}mm" height="{height:.3f}mm"' in pictures.wrapped(png(200, 50))


def test_pages_are_set_without_fonts_of_the_machine(monkeypatch):
    asked = []

    class Compiler:
        def __init__(self, template, **settings):
            asked.append(settings)

        def compile(self, **settings):
            asked.append(settings)
            return b""

    monkeypatch.setattr(typesetting.typst, "Compiler", Compiler)
    monkeypatch.setattr(typesetting, "_compilers", {})
    monkeypatch.setattr(typesetting, "_used_by", None)
    monkeypatch.setattr(typesetting, "_set", 0)
    typesetting.typeset("folder/report.typ", "fonts", "{}", "pdf", "ua-1")
    opened, compiled = asked
    assert opened["ignore_system_fonts"] is True and opened["font_paths"] == ["fonts"]
    assert opened["root"] == "folder" and compiled["timestamp"] == 0
    assert compiled["pdf_standards"] == ["ua-1"]


def test_a_logo_that_is_too_large_is_refused(tmp_path):
    path = tmp_path / "logo.png"
    path.write_bytes(png() + bytes(formats.logo.__globals__["LARGEST_LOGO"]))
    with pytest.raises(RefusedInput, match=r"has \d{7} B and may have 2000000 B"):
        formats.logo(path)


@pytest.mark.parametrize(
    "data",
    [b"", b"GIF89a", b"\x89PNG\r\n\x1a\nbroken", b"<svg", b"<html/>", b"\xff\xfe", b"x" * 2_000_001,
     b'<!DOCTYPE svg [<!ENTITY a "b">]><svg width="1" height="1"/>', SVG.encode()[:-20]],
)  # fmt: skip
def test_what_is_no_picture_is_refused_as_logo(tmp_path, data):
    file = tmp_path / "logo"
    file.write_bytes(data)
    with pytest.raises(RefusedInput, match="--logo"):
        formats.logo(file)
    with pytest.raises(RefusedInput, match="there is no such file"):
        formats.logo(tmp_path / "absent.png")


def test_papers_are_named():
    assert formats.paper(" F4 ") == "f4"
    with pytest.raises(RefusedInput, match=r"'a5' is no paper; choose one of a4, f4, letter"):
        formats.paper("a5")


def test_a_damaged_picture_is_said_not_to_be_shown():
    notebook = own_notebook(shows(image__png="AAAA"), shows(**{"image__svg+xml": "<svg"}))
    for each in FORMATS.values():
        assert each.write(notebook, PLAIN)
    assert docx_text(FORMATS["docx"].write(notebook, PLAIN)).count("is not shown") == 2


def test_each_form_of_a_picture_is_made_of_the_other():
    only_svg = own_notebook(shows(**{"image__svg+xml": SVG.format("<circle r='9'/>")}))
    only_png = own_notebook(shows(image__png=base64.b64encode(png(50, 10)).decode()))
    for notebook in (only_svg, only_png):
        data = FORMATS["docx"].write(notebook, PLAIN)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert [n for n in archive.namelist() if n.endswith(".png")]
        assert FORMATS["pdf"].write(notebook, PLAIN).startswith(b"%PDF")
    width, height = pictures.svg_size(pictures.wrapped(png(50, 10)))
    assert (round(width, 1), round(height, 1)) == (12.7, 2.5)


def test_a_missing_font_is_one_sentence(report, monkeypatch):
    pdf.fonts.cache_clear()
    monkeypatch.setattr(typesetting, "FAMILIES", ("Libertinus Serif", "No Such Font"))
    with pytest.raises(RefusedInput, match="the font 'No Such Font' is missing from"):
        FORMATS["pdf"].write(report, PLAIN)
    monkeypatch.undo()
    pdf.fonts.cache_clear()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system has no fork")
def test_a_process_forked_from_one_that_set_a_pdf_sets_the_same(report, files):
    read, write = os.pipe()
    child = os.fork()
    if not child:
        os.close(read)
        with os.fdopen(write, "wb") as out:
            out.write(FORMATS["pdf"].write(report, PLAIN))
        os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as made:
        assert made.read() == files["pdf"]
    os.waitpid(child, 0)


# Hostile texts


TYPST = (
    '#import "@preview/evil:0.1.0": x', "#read(\"/etc/passwd\")", "$ x^2 $", "_a_ *b* `c`",
    "= heading", "- item", "#{ while true {} }", "@label <label>", "\\u{1F600}", "//comment",
    "https://evil.example", "]]>", "\x00\x01\ufffe", "a\nb",
)  # fmt: skip


def test_hostile_texts_are_text_in_every_file(page, shown, tmp_path):
    texts = (*HOSTILE, *TYPST)
    for text in texts:
        page.heading(text, level=2)
        page.text(text, tone="headline")
        page.points([text])
        columns = [Column("a", text), Column("b", text, "number")]
        page.table(text, columns, [{"a": Cell(text, text), "b": text}])
    page.figure(charts.figure(1.0), texts[0], texts[1])
    notebook = notebook_of(shown, title=texts[0], notice=texts[2], footer=texts[3], language="en")
    wanted = {letters(reading.readable(text)) for text in texts} - {""}

    data = FORMATS["docx"].write(notebook, PLAIN)
    said = letters(docx_text(data))
    assert [text for text in wanted if said.count(text) < 6] == []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                ElementTree.fromstring(archive.read(name))
        assert b"evil" not in archive.read("word/_rels/document.xml.rels")

    data = FORMATS["xlsx"].write(notebook, PLAIN)
    cells = letters("".join(str(c) for s in sheets(data).values() for row in s for c in row))
    assert [text for text in wanted if text not in cells] == []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            text = archive.read(name)
            assert b"<f>" not in text and b"<hyperlink" not in text and b"External" not in text

    data = FORMATS["pdf"].write(notebook, PLAIN)
    reader = pypdf.PdfReader(io.BytesIO(data))
    links = [
        note.get_object().get("/A", {}).get("/URI")
        for sheet in reader.pages
        for note in sheet.get("/Annots", [])
    ]
    assert not any(links)
    said = letters(pdf_text(data))
    # Letters of other scripts are drawn as shapes or joined, so only plain ones can be read back.
    plain = {text for text in wanted if text.isascii()}
    assert [text for text in plain if text not in said] == []


def test_numbers_and_links_cannot_be_made_up_by_data():
    html = '<table><tr><td>=1+1</td><td><a href="https://evil.example/a">x</a></td></tr></table>'
    data = FORMATS["xlsx"].write(own_notebook(shows(text__html=html)), PLAIN)
    assert "=1+1" in [c for row in sheets(data)["1"] for c in row]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert not any(b"evil.example" in archive.read(n) for n in archive.namelist())


# Exporters


def test_exporters_are_found_by_nbconvert_and_write_what_the_formats_write(report, files):
    found = {e.name: e for e in entry_points(group="nbconvert.exporters")}
    for name in ("pdf", "docx", "xlsx"):
        exporter = found[f"anticorruption-{name}"].load()()
        assert exporter.file_extension == f".{name}"
        data, _ = exporter.from_notebook_node(report)
        assert data == files[name]
    page, _ = found["anticorruption-html"].load()().from_notebook_node(report)
    assert page.encode() == files["html"]


def test_exporter_takes_paper_and_draft_as_settings(report):
    exporter = entry_points(group="nbconvert.exporters")["anticorruption-pdf"].load()
    data, _ = exporter(paper="letter", draft=True).from_notebook_node(report)
    assert data == FORMATS["pdf"].write(report, Appearance(paper="letter", draft=True))


def test_page_of_a_draft_is_as_harmless_as_any(report):
    page, _ = ReportExporter(draft=True).from_notebook_node(report)
    assert "<script" not in page and 'role="note"' in page


def test_formats_are_named_in_their_order():
    assert list(FORMATS) == ["html", "pdf", "docx", "xlsx", "ipynb"]
    assert [each.file for each in formats.named("ipynb, PDF")] == ["report.pdf", "report.ipynb"]


def test_template_of_word_is_plain_text_with_every_part_it_names():
    folder = ROOT / "anticorruption" / "reporting" / "templates" / "word"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert files and all(ElementTree.parse(path) for path in files)
    assert not [path for path in files if path.name.startswith(".")]
