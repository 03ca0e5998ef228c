"""The workbook written: the same bytes, nothing that runs, and what other programs make of it."""

import io
import subprocess
import zipfile

import openpyxl
import pytest

from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.programme import layout, sheets, workbook
from anticorruption.programme.layout import EXAMPLE, Identity
from tests.conftest import DATA
from tests.paths import ROOT
from tests.programme.conftest import BLITAR, COVER, GATES, SCORES


@pytest.fixture(scope="module")
def empty(release_2026, programme) -> bytes:
    return workbook.write(release_2026, programme, BLITAR, Language("id"))


@pytest.fixture(scope="module")
def book(empty):
    return openpyxl.load_workbook(io.BytesIO(empty))


def test_it_is_the_same_bytes_twice(release_2026, programme, empty):
    assert workbook.write(release_2026, programme, BLITAR, Language("id")) == empty


def test_it_has_the_indicators_under_their_components_and_the_criteria(book, programme):
    assert book.sheetnames == ["Sampul", "Petunjuk", "Penilaian", "Kriteria masuk"]
    rows = list(book[SCORES].iter_rows(min_row=5, values_only=True))
    assert [row[0] for row in rows] == [i.id for i in programme.indicators]
    names = {c.id: c.name_ind for c in programme.components}
    assert [row[1] for row in rows] == [names[i.component] for i in programme.indicators]
    gates = list(book[GATES].iter_rows(min_row=5, values_only=True))
    assert [row[0] for row in gates] == [c.id for c in programme.criteria]


def test_criteria_are_prefilled_from_the_release_with_their_source(book, release_2026):
    mcp = next(r for r in book[GATES].iter_rows(min_row=5, values_only=True) if r[0] == "mcp")
    value = release_2026.value(BLITAR, "mcp", int(mcp[4]))
    assert mcp[3] == Language("id").number(value["value"], 2) and mcp[5] == "terpenuhi"
    url = release_2026.table("sources").set_index("source_id").at[value["source_id"], "url"]
    assert url in mcp[6]


def test_entries_are_open_and_the_rest_is_locked_without_a_password(book):
    for name, columns, last in (
        (SCORES, layout.SCORE_COLUMNS, 23),
        (GATES, layout.GATE_COLUMNS, 12),
    ):
        sheet = book[name]
        assert sheet.protection.sheet and not sheet.protection.password
        for row in sheet.iter_rows(min_row=1, max_row=last, max_col=len(columns)):
            for cell, column in zip(row, columns, strict=True):
                assert cell.protection.locked is not (cell.row > 4 and column.entry)
    cover = book[COVER]
    assert not cover["B6"].protection.locked and not cover["B7"].protection.locked
    assert cover["B4"].protection.locked


def test_scores_states_dates_and_answers_are_validated(book):
    found = {(v.type, str(v.sqref)): v for v in book[SCORES].data_validations.dataValidation}
    score = found["decimal", "D5:D23"]
    assert (float(score.formula1), float(score.formula2)) == (0, 100)
    assert found["list", "E5:E23"].formula1 == '"draf,disepakati"'
    assert ("date", "G5:G23") in found and ("textLength", "I5:I23") in found
    answers = [v for v in book[GATES].data_validations.dataValidation if v.type == "list"]
    assert answers[0].formula1 == '"terpenuhi,tidak terpenuhi,tidak diketahui"'


def test_nothing_in_it_runs_or_opens_by_itself(empty, book):
    for sheet in book:
        for row in sheet.iter_rows():
            assert not any(cell.data_type == "f" or cell.hyperlink for cell in row)
    with zipfile.ZipFile(io.BytesIO(empty)) as archive:
        assert not [n for n in archive.namelist() if "vba" in n or "externalLink" in n]
        assert {info.date_time[0] for info in archive.infolist()} == {1980}


def test_a_province_has_no_sheet(release_2026, programme):
    with pytest.raises(RefusedInput, match="cannot be screened"):
        workbook.write(release_2026, programme, "35", Language("id"))


@pytest.mark.slow
def test_entries_and_identity_survive_libreoffice(filled, filled_file, programme, tmp_path):
    before = filled
    for ending, source in (("ods", filled_file), ("xlsx", tmp_path / "blitar.ods")):
        profile = f"-env:UserInstallation=file://{tmp_path}/profile"
        command = ["soffice", profile, "--headless", "--convert-to", ending]
        subprocess.run(
            [*command, "--outdir", str(tmp_path), str(source)],
            capture_output=True, check=True, timeout=120,
        )  # fmt: skip
        after = sheets.read(tmp_path / f"blitar.{ending}", programme)
        assert after.identity == before.identity and after.dated == before.dated
        assert after.scores.equals(before.scores) and after.gates.equals(before.gates)
        assert after.findings == ()


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_english_workbook_is_read_as_well_as_an_indonesian_one(
    release_2026, programme, tmp_path, language
):
    entries = workbook.Entries("2025-01-02", "X", {"i03": {"score": 77.25, "state": "agreed"}})
    say = Language(language)
    entries.scores["i03"]["state"] = say("agreed")
    path = tmp_path / "x.xlsx"
    path.write_bytes(workbook.write(release_2026, programme, BLITAR, say, entries))
    found = sheets.read(path, programme)
    assert found.scores.loc["i03", ["score", "state"]].tolist() == [77.25, "agreed"]
    assert found.scores["score"].notna().sum() == 1


def test_identity_holds_a_check_of_its_own():
    told = Identity(2025, BLITAR, "a6110edfe510", "id", EXAMPLE)
    assert layout.identity(str(told)) == told
    for old, new in (("kind=example", "kind=assessment"), ("35.72", "35.73"), ("2025", "2024")):
        assert layout.identity(str(told).replace(old, new)) is None


def test_example_of_the_data_folder_is_the_one_the_command_writes(release_2026, programme):
    """Written by: anticorruption sheet 35.72 --example --out data/examples."""
    made = workbook.write_example(release_2026, programme, BLITAR, Language("id"))
    there = {path.name: path.read_bytes() for path in (DATA / "examples").glob("*.xlsx")}
    assert there == made


def test_example_says_so_on_every_sheet_and_every_printed_page(release_2026, programme):
    for path in sorted((ROOT / "data/examples").glob("*.xlsx")):
        for sheet in openpyxl.load_workbook(path):
            assert "kind=example" in sheet["A1"].value
            assert "contoh / synthetic" in sheet["A3"].value
            assert "contoh / synthetic" in sheet.oddHeader.center.text
