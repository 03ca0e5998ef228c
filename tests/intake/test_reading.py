"""Files of others: what is read of them, and what of them is refused."""

import subprocess
import sys
import time

import openpyxl
import pytest

from anticorruption.errors import RefusedInput
from anticorruption.intake import archive, child, reading, separated
from tests.intake.conftest import SHEET, parts, sheet_xml, workbook
from tests.paths import ROOT

ROWS = [("Daerah", "Nilai"), ("Kab. Sleman", 85.4), ("Kab. Bantul", "92,10")]


@pytest.fixture
def plain(tmp_path):
    return workbook(tmp_path / "rekap.xlsx", ROWS)


def refused(path) -> str:
    before = {p: p.read_bytes() for p in path.parent.rglob("*") if p.is_file()}
    began = time.monotonic()
    with pytest.raises(RefusedInput) as said:
        reading.open_workbook(path)
    assert time.monotonic() - began < 10
    assert {p: p.read_bytes() for p in path.parent.rglob("*") if p.is_file()} == before
    text = str(said.value)
    assert text.startswith(path.name) and text.endswith(".") and "\n" not in text
    return text


def test_values_formats_merged_hidden_and_formulas(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        [("Judul",), ("Daerah", "Nilai"), ("Kab. Sleman", 0.801), ("Kab. Bantul", "=1+1"),
         ("'=cmd|x", "#N/A"), ("34.10", 34.1)],
        merged=["A1:B1"], hidden=[3], formats={"B3": "0.0%", "B6": '0.0" % lulus"'},
    )  # fmt: skip
    book = openpyxl.load_workbook(path)
    book.active.column_dimensions["A"].hidden = True
    book.create_sheet("Tutup").sheet_state = "hidden"
    book.save(path)
    read = reading.open_workbook(path)
    assert read.names == ("Rekap", "Tutup") and read.sheets[1].hidden
    sheet = read.sheet("Rekap")
    assert sheet.cell("B1").text == "Judul" and str(sheet.merged[0]) == "A1:B1"
    assert sheet.cell("B3").is_percent and sheet.cell("B3").value == 0.801
    assert sheet.cell("B3").hidden and sheet.hidden_rows == {3} and sheet.hidden_columns == {1}
    assert sheet.cell("B4").uncounted and sheet.cell("B4").has_formula
    assert sheet.cell("A5").value == "'=cmd|x" and sheet.cell("B5").text == "#N/A"
    assert sheet.cell("A6").value == "34.10" and sheet.cell("B6").value == 34.1
    assert not sheet.cell("B6").is_percent  # the sign is a word in quotes there
    assert len(read.sha256) == 64


def test_zeros_that_a_program_saves_for_what_it_did_not_calculate_are_no_values(tmp_path):
    import xlsxwriter

    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("x").write_formula(0, 0, "=1+1")
    assert reading.open_workbook(path).sheets[0].cell("A1").uncounted


@pytest.mark.parametrize(
    ("content", "encoding", "separator"),
    [
        (b"Daerah;Nilai\nKab. Sleman;85,4\n", "utf-8", ";"),
        ("Daerah,Nilai\nKab. Sleman,\"85,4\"\n".encode("utf-8-sig"), "utf-8-sig", ","),
        ("Daerah\tNilai\nKab. Sleman\t85,4\n".encode("utf-16"), "utf-16", "\t"),
        ("Daerah;Nilai;x\nKab. Sleman;85,4;\N{EN DASH}\n".encode("cp1252"), "cp1252", ";"),
        (b"sep=;\r\nDaerah;Nilai\r\nKab. Sleman;85,4\r\n", "utf-8", ";"),
        (b"REKAP\n\nDaerah;Nilai\nKab. Sleman;85,4\n", "utf-8", ";"),
    ],
)  # fmt: skip
def test_text_files_of_every_usual_kind(tmp_path, content, encoding, separator):
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    book = reading.open_workbook(path)
    assert (book.encoding, book.separator) == (encoding, separator)
    row = 3 if b"sep=" in content else 4 if b"REKAP" in content else 2
    assert book.sheets[0].at(row, 2).value == "85,4"


def test_an_old_workbook_is_read():
    book = reading.open_workbook(ROOT / "tests/fixtures/rekap-lhkpn.xls")
    assert book.sheets[0].cell("C4").value == "98,75" and not book.shows_hidden


def test_archives_that_unpack_to_too_much(plain):
    padded = sheet_xml(plain).replace(b"</sheetData>", b"</sheetData><!--" + b"0" * 53_000_000)
    parts(plain, **{SHEET: padded + b"-->"})
    assert plain.stat().st_size < 159_000
    assert "unpacks to 51 MB, and may unpack to 20" in refused(plain)


def test_a_part_packed_too_tightly(plain):
    parts(plain, **{"xl/media/x.bin": b"0" * 2_000_000})
    assert "part xl/media/x.bin unpacks to" in refused(plain)


def test_too_many_parts(plain):
    parts(plain, **{f"xl/media/{n}": b"x" for n in range(archive.MOST_PARTS)})
    assert "the archive has" in refused(plain)


@pytest.mark.parametrize(
    "begun",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    ],
)
@pytest.mark.parametrize("part", [SHEET, "xl/sharedStrings.xml", "xl/workbook.xml"])
def test_entities_are_refused_in_every_part(plain, begun, part):
    head = b'<?xml version="1.0"?>'
    parts(plain, **{part: head + begun.encode() + sheet_xml(plain).removeprefix(head)})
    assert f"part {part} declares a document type" in refused(plain)


def test_entities_are_off_in_the_xml_reader_itself():
    from defusedxml import EntitiesForbidden

    from anticorruption.intake import structure

    with pytest.raises(EntitiesForbidden):
        structure.ElementTree.fromstring('<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')


def test_entities_of_an_open_document(tmp_path):
    import zipfile

    path = tmp_path / "a.ods"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        file.writestr("content.xml", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>')
    assert "part content.xml declares a document type" in refused(path)


def test_a_cell_at_the_far_end_takes_no_memory(plain):
    far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    parts(plain, **{SHEET: sheet_xml(plain).replace(b"</sheetData>", far)})
    said = refused(plain)
    assert "too much memory" in said or "spans" in said or "has 1048576 rows" in said


def test_too_many_rows(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a;b\n" * (child.MOST_ROWS + 1))
    assert "has 100001 rows, and may have 100000" in refused(path)


def test_reading_that_takes_too_long_is_stopped(plain, monkeypatch):
    monkeypatch.setattr(reading, "MOST_SECONDS", 0.01)
    assert "takes more than 0.01 seconds" in refused(plain)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are the system's")
def test_the_child_limits_its_memory():
    code = (
        "from anticorruption.intake import child\n"
        "child._limit()\n"
        "try:\n    bytearray(600 * 2**20)\nexcept MemoryError:\n    print('stopped')\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "stopped"


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"", "the file is empty"),
        ("a.csv", b"\xef\xbb\xbf", "the file is empty"),
        ("a.xlsx", b"a;b\n1;2\n", "the content is plain text"),
        ("a.xls", b"<html><table></table></html>", "the content is a web page"),
        ("a.xlsx", b"%PDF-1.7", "the content is a PDF"),
        ("a.csv", b"a;b\n\x00;2\n", "line 2 holds a zero byte"),
        ("a.csv", b"a;b\n\x81;2\n", "neither UTF-8, UTF-16 nor Windows-1252"),
        ("a.xlsx", b"PK\x03\x04broken", "the file is damaged"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1broken", "the file is damaged"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
         "locked with a password"),
        ("a.xlsm", b"x", "files ending in .xlsm are not read"),
        ("a.xlsb", b"x", "files ending in .xlsb are not read"),
        ("a.pkl", b"x", "files ending in .pkl are not read"),
    ],
)  # fmt: skip
def test_files_that_are_not_what_they_seem(tmp_path, name, content, said):
    path = tmp_path / name
    path.write_bytes(content)
    assert said in refused(path)


def test_a_workbook_named_as_text_one_with_macros_one_cut_short_and_none(plain, tmp_path):
    text = tmp_path / "b.csv"
    text.write_bytes(plain.read_bytes())
    assert "the content is an Excel workbook" in refused(text)
    text.unlink()
    cut = tmp_path / "c.xlsx"
    cut.write_bytes(plain.read_bytes()[:-500])
    assert "damaged" in refused(cut)
    cut.unlink()
    parts(plain, **{"xl/vbaProject.bin": b"x"})
    assert "macros" in refused(plain)
    assert "there is no such file" in refused(tmp_path / "none.xlsx")


def test_lines_with_other_numbers_of_cells_do_not_choose_the_separator():
    rows, separator, first = separated.rows("Judul, dengan koma\nA;B;C\n1,5;2;3\n4;5,5;6\n")
    assert separator == ";" and first == 1 and rows[2] == ["1,5", "2", "3"]


def test_too_many_columns(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(";".join(["Kota Bogor"] * (child.MOST_COLUMNS + 1)) + "\n")
    assert "has 2001 columns, and may have 2000" in refused(path)
