"""Nothing personal is kept: planted in every place that keeps texts, and none seen where none is.

What is planted is made up, see :mod:`tests.planted`.
"""

import csv
import dataclasses
import json
from collections import Counter

import pytest

from anticorruption import checking, overlay, personal, tables
from anticorruption.errors import RefusedInput
from anticorruption.intake import answers, places, reading, understanding
from anticorruption.language import Language
from tests.conftest import DATA
from tests.intake.conftest import imported, workbook
from tests.planted import HEADINGS, cases, hides

INDONESIAN = Language("id")
CASES = cases(88)


@pytest.mark.parametrize("seed", range(5))
def test_two_hundred_cases_of_every_kind_and_way_of_writing_are_seen(seed):
    missed = [(kind, text) for kind, text in cases(200, seed) if not personal.found(text)]
    assert missed == []
    wrong = [(kind, text, found.kind) for kind, text in cases(200, seed)
             if (found := personal.found(text)).kind != kind]  # fmt: skip
    assert wrong == []


@pytest.mark.parametrize("heading", HEADINGS)
def test_columns_for_persons_are_known_by_their_headings(heading):
    assert personal.is_column(heading)


def test_no_heading_and_no_text_of_the_release_looks_personal():
    seen = Counter()
    for path in sorted(DATA.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        assert not [column for column in rows[0] if personal.is_column(column)]
        texts = {v for row in rows for column, v in row.items() if column != "url"}
        assert personal.first(sorted(texts)) == {}, path.name
        seen[path.name] += sum(len(row) for row in rows)
    assert seen.total() > 200_000


@pytest.mark.parametrize(
    "text",
    [
        "Bupati Blitar", "Wali Kota Surakarta dan Bupati Klaten",
        "Pj Wali Kota Tebing Tinggi gelar rakor",
        "kepala BPK perwakilan, 14 Mar 2023", "Gubernur Sumbar Buka Rakor", "WALI KOTA BLITAR",
        "Inspektorat Kota Blitar", "Ibu Kota Nusantara", "klaim bupati, Agustus 2024",
        "H. Pelayanan Publik", "0.123456789012345678", "161,204", "1.234.567.890.123,45",
        "2025-11-05", "7f63794fa7f91b6175963b4943d82e42043587c5", "MCP 97.98, SPI 77.10",
        "https://drive.google.com/file/d/1234567890123456/view", "WTP, SE Mendagri", "100 200 300",
        "Kepala Dinas Kesehatan", "Perwakilan Jawa Timur, Surabaya", "2021 2022 2023 2024 2025",
    ],
)  # fmt: skip
def test_offices_places_numbers_and_links_are_left_alone(text):
    assert personal.found(text) is None


def test_planted_in_every_text_column_of_the_tables_each_cell_is_named(small_copy):
    """Every column that may hold a text, in turn with every kind; what is planted is not told."""
    planted, waiting = {}, iter(CASES * 2)
    for name, entry in checking._named(small_copy.folder).items():
        rows = small_copy.rows(name)
        fields = {f["name"]: f["type"] for f in entry["schema"]["fields"]}
        wanted = [c for c, kind in fields.items() if kind == "string" and c != "url"]
        for line, column in enumerate(wanted, start=1):
            if line < len(rows):
                kind, text = next(waiting)
                rows[line][rows[0].index(column)] = text
                planted[name, line + 1, column] = (kind, text)
        small_copy.write(name, rows)
    found = {(f.table, f.row, f.column): f for f in checking.check(small_copy.folder)
             if "rule: personal data" in f.rule}  # fmt: skip
    assert len(planted) > 50
    assert {key: str(found.get(key)) for key in planted if key not in found} == {}
    for key, (kind, text) in planted.items():
        assert personal.KINDS[kind] in found[key].rule and hides(str(found[key]), text), text
    assert set(found) == set(planted)


def test_numbers_in_columns_of_numbers_are_told_as_personal_and_not_repeated(small_copy):
    planted = [text for kind, text in CASES if kind in ("identity", "phone")][:12]
    for line, text in enumerate(planted, start=10):
        small_copy.set("observations", line, value=text)
    said = [str(f) for f in checking.check(small_copy.folder) if f.table == "observations"]
    told = [s for s in said if "rule: personal data" in s]
    assert len(told) == len(planted) and not any(text in "".join(said) for text in planted)


@pytest.mark.parametrize("heading", HEADINGS[:12])
def test_a_column_for_persons_is_refused_by_the_check(small_copy, heading):
    header, *rows = small_copy.rows("notes")
    small_copy.write("notes", [[*header, heading], *[[*row, ""] for row in rows]])
    assert f"'{heading}' is a column for a person" in str(checking.check(small_copy.folder)[0])


def test_planted_in_the_rubric_its_line_is_named(small_copy):
    path = small_copy.path("programmes/kabkota-2025.toml")
    lines = path.read_text(encoding="utf-8").splitlines()
    text = next(text for kind, text in CASES if kind == "name")
    row = next(n for n, line in enumerate(lines) if line.startswith("note_ind"))
    lines[row] = f'note_ind = "{text}"'
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    (said,) = [str(f) for f in checking.check(small_copy.folder) if "personal" in f.rule]
    assert said.startswith(f"{path.name}, row {row + 1}, column note_ind") and hides(said, text)


@pytest.mark.parametrize(("kind", "text"), cases(44, 2))
def test_planted_in_an_answer_file_its_row_is_named(tmp_path, kind, text):
    path = tmp_path / "rekap.mapping.toml"
    path.write_text(f'[[answer]]\nabout = "region"\ntext = {json.dumps(text)}\nanswer = "skip"\n',
                    encoding="utf-8")  # fmt: skip
    with pytest.raises(RefusedInput) as problem:
        answers.read(path, 2025, INDONESIAN)
    said = str(problem.value)
    assert said.startswith("rekap.mapping.toml, baris 3, kolom text: ") and hides(said, text)
    assert INDONESIAN(personal.KINDS[kind]) in said


@pytest.fixture(scope="module")
def recap(tmp_path_factory) -> reading.Workbook:
    """A workbook of three regions with remarks, as read by a child process once."""
    rows = [("REKAP MCP 2025",), (), ("Daerah", "Nilai MCP 2025", "Keterangan")]
    rows += [("Kab. Sleman", 80, "lengkap"), ("Kab. Bantul", 81, ""), ("Kulon Progo", 82, "")]
    return reading.open_workbook(workbook(tmp_path_factory.mktemp("recap") / "rekap.xlsx", rows))


def changed(book: reading.Workbook, *cells, **about) -> reading.Workbook:
    """The workbook with other cells, a cell below it, or another name."""
    (sheet,) = book.sheets
    mine = dict(sheet.cells)
    for ref, value in cells:
        mine[places.place(ref)] = reading.Cell(*places.place(ref), value)
    sheet = dataclasses.replace(sheet, cells=mine, name=about.pop("sheet", sheet.name))
    return dataclasses.replace(book, sheets=(sheet,), **about)


def understand(book: reading.Workbook, tmp_path):
    told = answers.Answers(tmp_path / "rekap.mapping.toml", 2025)
    return understanding.understand(book, "mcp", 2025, INDONESIAN, told)


@pytest.mark.parametrize(("kind", "text"), cases(44, 4))
def test_planted_in_a_workbook_to_import_its_cell_is_named(recap, tmp_path, kind, text):
    ref = ("A5", "B5", "C4", "C5", "D6")[len(text) % 5]
    with pytest.raises(RefusedInput) as problem:
        understand(changed(recap, (ref, text)), tmp_path)
    said = str(problem.value)
    assert said.startswith(f"rekap.xlsx, Rekap!{ref}: ") and hides(said, text)
    assert INDONESIAN(personal.KINDS[kind]) in said
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("heading", ["NIK", "No. HP", "E-mail", "Nama Bupati", "NIP Kepala"])
def test_a_column_for_persons_in_a_workbook_is_refused(recap, tmp_path, heading):
    with pytest.raises(RefusedInput, match=r"rekap.xlsx, Rekap!D3: kolom '.+' memuat data orang"):
        understand(changed(recap, ("D3", heading), ("D4", "x")), tmp_path)


def test_names_of_files_and_sheets_are_texts_that_an_overlay_keeps(recap, tmp_path):
    for about in (
        {"sheet": "Bupati Budi Santoso"},
        {"path": tmp_path / "NIK 3572010101010001.xlsx"},
    ):
        with pytest.raises(RefusedInput, match="data pribadi") as problem:
            understand(changed(recap, **about), tmp_path)
        assert hides(str(problem.value), "3572010101010001") and "Santoso" not in str(problem.value)


def test_a_column_called_name_of_regions_and_a_signature_below_are_no_reason(recap, tmp_path):
    book = changed(
        recap, ("A3", "Nama"), ("C9", "Kepala Dinas,"), ("C10", "Drs. Budi Santoso, M.Si")
    )
    assert len(understand(book, tmp_path).rows) == 3


def test_planted_in_an_overlay_its_cell_is_named(tmp_path, monkeypatch):
    folder = imported(tmp_path, ("mcp", 2025, 90, "Sleman"))
    for (name, column), (kind, text) in zip(
        [("sources", c) for c in ("title", "file", "sheet", "publisher")]
        + [("observations", c) for c in ("note", "qualifiers", "cell", "label")],
        cases(8, 5) , strict=True,
    ):  # fmt: skip
        path = folder / f"{name}.csv"
        before = path.read_bytes()
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))
        rows[1][rows[0].index(column)] = text
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        package = tables.descriptor(folder)
        for entry in package["resources"]:
            entry["hash"] = tables.sha256(folder / entry["path"])
        (folder / tables.DESCRIPTOR).write_text(json.dumps(package), encoding="utf-8")
        with pytest.raises(RefusedInput) as problem:
            overlay.opened(folder)
        said = str(problem.value)
        assert f"{name}.csv, row 2, column {column}: " in said and hides(said, text)
        assert personal.KINDS[kind] in said
        path.write_bytes(before)
