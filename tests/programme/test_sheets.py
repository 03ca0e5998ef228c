"""Filled sheets read back, and everything that is refused with file, sheet, cell and rule."""

import io
import math
import zipfile

import pytest
from openpyxl.styles import Font

from anticorruption import personal
from anticorruption.errors import RefusedInput
from anticorruption.intake.reading import Merged
from anticorruption.language import Language
from anticorruption.programme import layout, sheets
from anticorruption.programme.layout import Identity
from tests.planted import cases, hides
from tests.programme.conftest import BLITAR, COVER, GATES, SCORES


def refused(path, programme) -> str:
    """The one sentence, which names the file."""
    with pytest.raises(RefusedInput) as problem:
        sheets.read(path, programme)
    said = str(problem.value)
    assert said.startswith("blitar") and "\n" not in said
    return said


def test_a_filled_sheet_is_read_with_the_cell_of_each_score(filled):
    found = filled
    assert found.region_code == BLITAR and not found.is_example
    assert (found.dated, found.assessor) == ("2025-11-05", "Inspektorat")
    assert found.scores.at["i05", "score"] == 85.5 and found.scores.at["i05", "cell"].endswith("D9")
    assert math.isnan(found.scores.at["i08", "score"])
    assert found.scores.at["i01", "state"] == "agreed"
    assert len(found.scores) == 19 and len(found.gates) == 8 and found.findings == ()
    assert len(found.sha256) == 64


@pytest.mark.parametrize(
    ("written", "value"),
    [("85,5", 85.5), (" 85.5 ", 85.5), ("85\N{NO-BREAK SPACE}", 85.0), ("100", 100.0), ("0", 0.0)],
)
def test_a_score_written_as_text_is_understood_and_said(spoilt, programme, written, value):
    found = sheets.read(spoilt((SCORES, "D6", written)), programme)
    assert found.scores.at["i02", "score"] == value
    [finding] = found.findings
    assert (finding.sheet, finding.cell) == (SCORES, "D6") and "comma and point" in finding.rule
    assert finding.understood == f"{value:g}"


@pytest.mark.parametrize(("written", "remarks"), [(0.9, 1), (1, 1), (0, 0), (1.5, 0)])
def test_a_score_that_may_be_a_fraction_is_kept_and_said(spoilt, programme, written, remarks):
    found = sheets.read(spoilt((SCORES, "D6", written)), programme)
    assert found.scores.at["i02", "score"] == written
    assert ["fraction" in finding.rule for finding in found.findings] == [True] * remarks


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (105, "D6: the score 105 does not lie on the scale 0-100"),
        (-0.5, "the score -0.5 does not lie"),
        ("105", "the score 105 does not lie"),
        ("1.000,5", "'1.000,5' is not a score"),
        ("95%", "'95%' is not a score"),
        ("sembilan", "'sembilan' is not a score"),
        ("=1+1", "'=1+1' is not a score"),
        ("-", "'-' is not a score"),
        (True, "the score True does not lie"),
        ({"value": 0.85, "number_format": "0%"}, "D6: the cell is shown as a percentage"),
        ({"value": "2025-05-08", "is_date": True}, "D6: 2025-05-08 is a date"),
        ({"value": 92.0, "has_formula": True}, "D6: formulas are not read"),
        ({"value": None, "has_formula": True}, "D6: formulas are not read"),
    ],
)
def test_a_score_that_cannot_be_meant_is_refused_with_its_cell(spoilt, programme, cell, said):
    told = refused(spoilt((SCORES, "D6", cell)), programme)
    assert said in told and f"{SCORES}!D6" in told


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ((SCORES, "D4", "Skor"), "D4: the heading is 'Skor' and must be 'Nilai (0-100)'"),
        ((SCORES, "D4", None), "D4: the heading is '' and must be"),
        ((SCORES, "A6", "i99"), "A6: 'i99' is no code of this rubric"),
        ((SCORES, "A6", "i01"), "A6: 'i01' stands twice"),
        ((SCORES, "A6", None), "A6: '' is no code"),
        ((SCORES, "E6", "selesai"), "E6: 'selesai' is none of: draf, disepakati"),
        ((SCORES, "G6", "kemarin"), "G6: 'kemarin' is not a date"),
        ((SCORES, "G6", "31/02/2025"), "G6: '31/02/2025' is not a date"),
        ((SCORES, "G6", 45000), "G6: '45000' is not a date"),
        ((SCORES, "I6", "bagian pengawasan dan pembinaan daerah"), "I6: the assessor has 38"),
        ((SCORES, "I6", "Dr. H. Nama Panjang Sekali, S.H., M.H."), "I6: 'Na…' looks like the name"),
        ((SCORES, "J6", "tanya saya@contoh.go.id"), "J6: 'sa…' looks like an e-mail address"),
        ((SCORES, "F6", "NIK 3572011203700001"), "F6: 'NI…' looks like an identity number"),
        ((COVER, "B7", "081234567890"), "B7: '08…' looks like a telephone number"),
        ((GATES, "H5", "mungkin"), "H5: 'mungkin' is none of: terpenuhi"),
        ((GATES, "A5", "uang"), "A5: 'uang' is no code"),
        ((GATES, "A1", None), "A1: the line of identity is missing"),
        ((SCORES, "A1", "x"), "A1: the line of identity is missing"),
    ],
)  # fmt: skip
def test_a_changed_frame_or_entry_is_refused_with_its_cell(spoilt, programme, change, said):
    assert said in refused(spoilt(change), programme)


def test_a_removed_row_is_named(spoilt, programme):
    row = [(SCORES, f"{letter}8", None) for letter in "ABCDEFGHIJ"]
    assert "the row of 'i04' is missing" in refused(spoilt(*row), programme)


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"merged": (Merged(6, 4, 7, 4),)}, "D6: merged cells D6:D7; separate them"),
        ({"hidden_columns": frozenset({4})}, "D4: column D is hidden"),
        ({"hidden_rows": frozenset({7})}, "A7: row 7 is hidden"),
        ({"hidden": True}, "A1: the sheet is hidden"),
        ({"name": "Nilai"}, "the sheet 'Penilaian' is missing; there are Sampul, Petunjuk, Nilai"),
    ],
)
def test_merged_hidden_and_renamed_parts_are_refused(spoilt, programme, about, said):
    assert said in refused(spoilt(**{SCORES: about}), programme)


def test_a_changed_identity_and_sheets_of_two_workbooks_are_refused(spoilt, programme):
    other = Identity(2025, "35.73", programme.fingerprint, "id")
    assert "sheets of two workbooks were mixed" in refused(
        spoilt((SCORES, "A1", str(other))), programme
    )
    changed = str(other).replace("35.73", "35.71")
    assert "line of identity was changed" in refused(spoilt((COVER, "A1", changed)), programme)


@pytest.mark.parametrize("code", ["99.99", "31.71"])
def test_a_region_that_is_none_is_refused(spoilt, programme, code):
    told = str(Identity(2025, code, programme.fingerprint, "id"))
    names = (COVER, Language("id")(layout.GUIDE), SCORES, GATES)
    said = refused(spoilt(*[(name, "A1", told) for name in names]), programme)
    assert f"A1: region {code} is no kabupaten or kota" in said


def test_a_sheet_of_another_edition_or_rubric_is_refused(spoilt, programme):
    for edition, fingerprint in ((2024, programme.fingerprint), (2025, "0" * 12)):
        told = str(Identity(edition, BLITAR, fingerprint, "id"))
        names = (COVER, Language("id")(layout.GUIDE), SCORES, GATES)
        said = refused(spoilt(*[(name, "A1", told) for name in names]), programme)
        assert f"made for edition {edition} (rubric {fingerprint})" in said


def test_what_is_not_read_is_said(spoilt, programme):
    found = sheets.read(
        spoilt(
            (SCORES, "L7", "lihat lampiran"),
            (SCORES, "C30", "dihitung ulang"),
            (SCORES, "H9", "lemari 3"),
            (SCORES, "G9", "5/11/2025"),
            (SCORES, "D9", None),
            (COVER, "B6", None),
        ),
        programme,
    )
    told = {(f.sheet, f.cell): f.rule for f in found.findings}
    assert told == {
        (SCORES, "L7"): "beside the table: not read",
        (SCORES, "C30"): "below the table: not read",
        (SCORES, "H9"): "not a web address: kept as text",
        (SCORES, "G9"): "a date written as text, the day first",
        (SCORES, "E9"): "agreed, but without a score: taken as not assessed",
        (COVER, "B6"): "no date of the assessment is given",
    }
    assert found.scores.at["i05", "dated"] == "2025-11-05"


def test_refusals_and_findings_are_said_in_indonesian_too(spoilt, programme):
    with pytest.raises(RefusedInput, match=r"Penilaian!D6: nilai 105 di luar skala 0-100\."):
        sheets.read(spoilt((SCORES, "D6", 105)), programme, Language("id"))


def spoil_formula(book):
    book[SCORES]["D6"] = "=90+2"


def spoil_merged(book):
    book[SCORES].merge_cells("D6:D7")


def spoil_hidden(book):
    book[SCORES].column_dimensions["D"].hidden = True


def spoil_row(book):
    book[SCORES].delete_rows(8)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (spoil_formula, "Penilaian!D6: formulas are not read"),
        (spoil_merged, "Penilaian!D6: merged cells D6:D7"),
        (spoil_hidden, "Penilaian!D4: column D is hidden"),
        (spoil_row, "the row of 'i04' is missing"),
    ],
)
def test_files_that_another_program_saved_are_held_to_the_same_rules(edited, programme, edit, said):
    assert said in refused(edited(edit), programme)


def test_a_formula_looking_text_stays_a_text(edited, programme):
    def edit(book):
        cell = book[SCORES]["F6"]
        cell.value, cell.data_type, cell.font = "=1+1", "s", Font(bold=True)

    found = sheets.read(edited(edit), programme)
    assert found.scores.at["i02", "title"] == "=1+1"


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 50_000_000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("blitar.xlsx", b"", "the file is empty"),
        ("blitar.docx", b"PK", "files ending in .docx are not read"),
        ("blitar.xlsx", b"%PDF-1.7 x", "the name ends in .xlsx but the content is a PDF"),
        ("blitar.xlsx", bomb, "unpacks to"),
        ("blitar.csv", b"a;b\n1;2\n", "no assessment sheet"),
    ],
    ids=["empty", "ending", "content", "bomb", "not a sheet"],
)
def test_files_that_are_no_workbook_of_ours_are_refused(tmp_path, programme, name, content, said):
    path = tmp_path / name
    path.write_bytes(content() if callable(content) else content)
    assert said in refused(path, programme)


def test_a_password_is_refused(tmp_path, programme, filled_file):
    # An encrypted workbook is an OLE container that names its encrypted package in UTF-16.
    ole = bytes.fromhex("D0CF11E0A1B11AE1") + bytes(504) + "EncryptedPackage".encode("utf-16-le")
    path = tmp_path / "blitar.xlsx"
    path.write_bytes(ole + bytes(1024))
    assert "locked with a password" in refused(path, programme)
    assert "there is no such file" in refused(tmp_path / "blitar-2.xlsx", programme)


@pytest.mark.parametrize(("kind", "text"), cases(44, 3))
def test_planted_in_an_assessment_sheet_its_cell_is_named(spoilt, programme, kind, text):
    places = [(SCORES, "J6"), (SCORES, "F7"), (SCORES, "I8"), (SCORES, "D9"), (GATES, "L6"),
              (COVER, "B7"), (SCORES, "E6"), (GATES, "H5")]  # fmt: skip
    sheet, ref = places[len(text) % len(places)]
    with pytest.raises(RefusedInput) as problem:
        sheets.read(spoilt((sheet, ref, text)), programme, Language("id"))
    said = str(problem.value)
    assert said.startswith(f"blitar.xlsx, {sheet}!{ref}: ") and "(aturan: data pribadi)" in said
    assert Language("id")(personal.KINDS[kind]) in said and hides(said, text)
