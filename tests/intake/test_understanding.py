"""From workbooks to rows: what is taken, asked, refused, and what is left out with its reason."""

import subprocess

import pytest

from anticorruption.errors import RefusedInput
from anticorruption.intake import answers, reading, understanding
from tests.intake.conftest import ENGLISH, findings, understood, values, workbook
from tests.paths import ROOT


def balanced(found) -> bool:
    """Whether every row read is taken or left out."""
    return found.read == found.taken + sum(found.left_out.values())


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    """A rekap as a province sends it: merged headings, bands, codes as numbers, mixed marks."""
    rows = [
        ("REKAPITULASI NILAI MCP TAHUN 2025",), ("Sumber: JAGA",), (),
        ("No", "Kode", "Pemerintah Daerah", "Nilai MCP", None, "Keterangan"),
        (None, None, None, 2024, 2025),
        (1, 2, 3, 4, 5, 6),
        ("PROVINSI DAERAH ISTIMEWA YOGYAKARTA",),
        (1, 34.01, "Kab. Kulonprogo", "90,1", "92,10", None),
        (2, 34.02, "KAB BANTUL", 88, 88.5, None),
        (3, 34.03, "Gunung Kidul", "80,5", "85.4", None),
        (4, 34.04, "Kab. Sleman", 90, "75,5%", "x"),
        (5, 34.71, "Pemkot Yogya", 91, "TAD", None),
        ("PROVINSI JAWA BARAT",),
        (6, 32.1, "Kab. Majalengka", 70, 71.25, None),
        (7, None, "Bandung", 70, 71, None),
        (8, None, "Kab Bandng Barat", 70, 70, None),
        (9, None, "Kota Depok", 70, 66.6, None),
        (None, None, "Rata-rata", 70, 66.6, None),
        ("Catatan: diolah",),
    ]  # fmt: skip
    path = tmp_path_factory.mktemp("p") / "rekap.xlsx"
    merged = ["A1:F1", "A4:A5", "B4:B5", "C4:C5", "D4:E4", "F4:F5", "A7:F7", "A13:F13"]
    return workbook(path, rows, merged=merged, hidden=[17])


def test_a_province_with_its_oddities(province):
    found = understood(province)
    assert found.table == "A4:F19" and balanced(found)
    assert values(found) == {
        "34.01": "92.10", "34.02": "88.5", "34.04": "75.5", "32.10": "71.25",
    }  # fmt: skip
    asked = {(f.rule, f.ref) for f in found.findings.of("question")}
    assert asked == {
        ("decimal_mark", "E10"), ("region", "C15"), ("region", "C16"), ("hidden_row", "17"),
    }  # fmt: skip
    assert found.findings.open  # questions hold up an import as much as refusals do
    assert found.left_out == {"band": 2, "total": 1, "text": 1, "not_reported": 1, "open": 4}
    noted = {(f.rule, f.ref) for f in found.findings.of("note")}
    assert {("band", "A7"), ("total", "C18"), ("code_mended", "B14"), ("not_reported", "E12"),
            ("percent", "E11"), ("text", "A19")} <= noted  # fmt: skip


def test_answers_close_the_questions(province):
    given = {
        ("value", "85.4"): "85.4",
        ("region", "Bandung"): "32.73",
        ("region", "Kab Bandng Barat"): "Kab. Bandung Barat",
        ("hidden rows", "Rekap"): "skip",
    }
    found = understood(province, given=given)
    assert not found.findings.open and balanced(found)
    assert values(found)["34.03"] == "85.4" and values(found)["32.73"] == "71"
    assert values(found)["32.17"] == "70" and "32.76" not in values(found)
    assert found.left_out["hidden"] == 1


def test_a_round_trip_through_libreoffice_reads_the_same(province, tmp_path):
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/office",
               "--convert-to", "ods", "--outdir", str(tmp_path), str(province)]  # fmt: skip
    try:
        subprocess.run(command, capture_output=True, check=True, timeout=120)
    except FileNotFoundError:
        pytest.skip("LibreOffice is not installed")
    there, back = understood(province), understood(tmp_path / "rekap.ods")
    assert values(back) == values(there) and back.left_out == there.left_out
    assert {(f.rule, f.ref) for f in back.findings.found} == {
        (f.rule, f.ref) for f in there.findings.found
    }


def test_the_old_workbook_says_what_it_cannot_show():
    found = understood(ROOT / "tests/fixtures/rekap-lhkpn.xls", "lhkpn", 2024)
    assert values(found) == {"34.04": "98.75", "34.02": "97.5", "34.71": "100"}
    assert len(findings(found, "old_format")) == 1 and not found.findings.open


def test_numbers_that_are_also_an_alias_are_no_names(tmp_path):
    # "50 Kota" is Kabupaten Lima Puluh Kota; a column of 50 is none of names.
    path = tmp_path / "a.csv"
    path.write_text("Daerah;Nilai\nKab. Sleman;50\n50 Kota;50\n50;50\n")
    found = understood(path)
    assert values(found) == {"34.04": "50", "13.07": "50"}
    assert findings(found, "region")[0].ref == "A4"


def test_text_with_semicolons_and_a_byte_order_mark(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nKode;Daerah;Nilai\n34.04;Sleman;92,10\n34.02;Bantul;88,5\n", "cp1252")
    found = understood(path)
    assert values(found) == {"34.04": "92.10", "34.02": "88.5"}
    assert [row.cell for row in found.rows] == ["C3", "C4"]


def test_a_value_outside_the_scale_is_refused_with_its_cell(rekap):
    found = understood(rekap(("Kab. Sleman", 105), ("Kab. Bantul", -1), ("Kulon Progo", "100")))
    assert [(f.ref, f.value) for f in findings(found, "outside_scale")] == [
        ("B4", "105"), ("B5", "-1"),
    ]  # fmt: skip
    assert findings(found, "outside_scale")[0].severity == "refusal"


@pytest.mark.parametrize(
    ("texts", "taken"),
    [
        (("1.234", "3,5"), {}),
        (("1.234", "3.5"), {"34.04": "1.234", "34.02": "3.5"}),
        (("3,214", "3,5"), {"34.04": "3.214", "34.02": "3.5"}),
        (("3,214", "3"), {"34.02": "3"}),
    ],
)
def test_two_readings_are_decided_by_the_column_or_asked(rekap, texts, taken):
    body = zip(("Kab. Sleman", "Kab. Bantul"), texts, strict=True)
    found = understood(rekap(*body, heading=("Daerah", "SPBE 2025")), "spbe")
    got = values(found)
    # 1.234 beside 3,5 is 1234, which no scale to 5 holds: that one is asked, never 1.234 taken.
    assert got == (taken or {"34.02": "3.5"})
    assert bool(findings(found, "decimal_mark")) == (len(got) < 2)


@pytest.mark.parametrize("numbers", [(0.9, 0.85, 1), ("0,90", "0,85", "1"), ("0.90", 0.85, 1)])
def test_fractions_are_asked_about_for_the_whole_column(rekap, numbers):
    path = rekap(*zip(("Kab. Sleman", "Kab. Bantul", "Kulon Progo"), numbers, strict=True))
    assert len(findings(understood(path), "fractions")) == 1
    found = understood(path, given={("fractions", "Nilai MCP 2025"): "percent"})
    assert values(found) == {"34.04": "90", "34.02": "85", "34.01": "100"}


def test_one_fraction_alone_is_asked_about_and_a_score_above_one_is_not(rekap):
    assert len(findings(understood(rekap(("Kab. Sleman", "0,9"))), "fractions")) == 1
    assert values(understood(rekap(("Kab. Sleman", 0.9), ("Kab. Bantul", 85)))) == {
        "34.04": "0.9", "34.02": "85"
    }  # fmt: skip
    assert values(understood(rekap(("Kab. Sleman", 0)))) == {"34.04": "0"}


@pytest.mark.parametrize("number", [0.8, "0,8"])
def test_a_plain_number_among_percentages_is_asked_about(rekap, number):
    path = rekap(("Kab. Sleman", "91%"), ("Kab. Bantul", number), ("Kulon Progo", 77.5))
    (asked,) = [f for f in understood(path).findings.of("question") if f.rule == "percent"]
    assert asked.ref == "B5" and [choice.answer for choice in asked.choices[:2]] == ["0.8", "80"]
    assert values(understood(path)) == {"34.04": "91", "34.01": "77.5"}
    found = understood(path, given={("value", asked.value): "80"})
    assert values(found)["34.02"] == "80"


def test_what_was_answered_about_a_year_is_not_asked_of_the_next(tmp_path):
    def read(year):
        heading = ("Daerah", f"Nilai {year}")
        rows = [heading, ("Kab. Sleman", 0.9), ("Kab. Bantul", 0.85), ("Kulon Progo", 1)]
        book = reading.open_workbook(workbook(tmp_path / f"{year}.xlsx", rows))
        told = answers.read(tmp_path / "own.mapping.toml", year, ENGLISH)
        return told, understanding.understand(book, "mcp", year, ENGLISH, told)

    told, found = read(2025)
    assert told.keep(found.findings.of("question"), ENGLISH) == 1
    text = told.path.read_text(encoding="utf-8")
    assert 'text = "Nilai {year}"' in text
    told.path.write_text(text.replace('answer = ""', 'answer = "percent"'), encoding="utf-8")
    for year in (2025, 2026):
        _, found = read(year)
        assert not found.findings.open
        assert values(found) == {"34.04": "90", "34.02": "85", "34.01": "100"}


def test_formulas_without_a_value_and_errors_are_refused(rekap):
    found = understood(rekap(("Kab. Sleman", "=1+1"), ("Kab. Bantul", "#REF!"), ("Sleman", 80)))
    assert [f.ref for f in findings(found, "formula_without_value")] == ["B4", "B5"]


@pytest.mark.parametrize("value", [True, "85,4 (hijau)", "1e5", "nan", "=cmd"])
def test_what_is_no_number_is_asked(rekap, value):
    path = rekap(("Kab. Sleman", 90), ("Kab. Bantul", value), ("Kulon Progo", 80))
    found = understood(path)
    still = [f for f in found.findings.found if f.severity != "note"]
    assert [f.ref for f in still] == ["B5"]


def test_a_true_number_cannot_be_answered_away(rekap):
    found = understood(rekap(("Kab. Sleman", 90.5)), given={("value", "90.5"): "12"})
    assert values(found) == {"34.04": "90.5"}


def test_an_answer_off_the_scale_or_that_names_nobody_stays_a_question(rekap):
    path = rekap(("Kab. Sleman", "sembilan"), ("Bandung", 80), ("Kab. Bantul", 81))
    given = {("value", "sembilan"): "900", ("region", "Bandung"): "Atlantis"}
    found = understood(path, given=given)
    assert {f.ref for f in found.findings.of("question")} == {"B4", "A5"}


def test_labels_of_opinions(rekap):
    path = rekap(
        ("Kab. Sleman", "WTP"), ("Kab. Bantul", "Wajar Tanpa Pengecualian (WTP)"),
        ("Kulon Progo", "wdp"), ("Gunungkidul", "WTPP"), ("Kota Yogyakarta", 5),
        heading=("Daerah", "Opini 2024"),
    )  # fmt: skip
    found = understood(path, "bpk_opinion", 2024)
    assert values(found) == {"34.04": "WTP", "34.02": "WTP", "34.01": "WDP"}
    asked = findings(found, "unknown_label")
    assert [f.ref for f in asked] == ["B7", "B8"]
    assert "WTP" in [choice.answer for choice in asked[0].choices]


def test_letters_of_sakip_keep_their_signs(rekap):
    path = rekap(("Kab. Sleman", "a"), ("Kab. Bantul", "A-"), heading=("Daerah", "Predikat"))
    found = understood(path, "sakip_predicate", 2024)
    assert values(found) == {"34.04": "A"} and findings(found, "unknown_label")[0].ref == "B5"


def test_a_region_twice_is_asked_naming_both_cells(rekap):
    path = rekap(("Kab. Sleman", 80), ("Kab. Bantul", 81), ("SLEMAN", 82))
    (asked,) = findings(understood(path), "region_twice")
    assert "A4" in asked.said and "A6" in asked.said
    found = understood(path, given={("region twice", asked.text): "A6"})
    assert values(found) == {"34.04": "82", "34.02": "81"} and found.left_out["twice"] == 1
    assert balanced(found)


def test_codes_and_names_that_contradict_one_another(rekap):
    body = [("34.04", "Kab. Bantul", 80), ("34.02", "Bantul", 81), ("34.01", "Kulon Progo", 82)]
    path = rekap(*body, heading=("Kode", "Daerah", "Nilai"))
    (asked,) = findings(understood(path), "region")
    assert asked.ref == "B4" and "34.04" in asked.said and "A4" in asked.said


def test_codes_of_bps_are_never_taken_for_those_of_kemendagri(rekap):
    # 3171 is Jakarta Selatan to BPS and Jakarta Pusat to Kemendagri.
    path = rekap((3404, "Kab. Sleman", 80), (3402, "Kab. Bantul", 81), (3209, "Kab. Sumedang", 82),
                 heading=("Kode", "Daerah", "Nilai"))  # fmt: skip
    found = understood(path)
    assert values(found) == {"34.04": "80", "34.02": "81", "32.11": "82"}
    assert len(findings(found, "bps_code")) == 1
    alone = understood(rekap((3404, 80), (3402, 81), heading=("Kode wilayah", "Nilai")))
    assert not alone.rows and len(findings(alone, "region")) == 2


def test_codes_that_became_numbers_need_the_name(rekap):
    named = rekap((34.1, "Kab. Sleman", 80), (32.1, "Kab. Majalengka", 81),
                  heading=("Kode", "Daerah", "Nilai"))  # fmt: skip
    found = understood(named)
    # 34.1 may have been 34.10, and no region has that code: the name does not agree.
    assert values(found) == {"32.10": "81"} and findings(found, "region")[0].ref == "B4"


def test_kinds_and_provinces_of_columns_narrow_a_shared_name(rekap):
    path = rekap(("Jawa Barat", "Kota", "Bandung", 80), ("Jawa Barat", "Kab.", "Bandung", 81),
                 ("Jawa Timur", "Kota", "Blitar", 82), ("Jawa Timur", "Kab.", "Sleman", 83),
                 heading=("Provinsi", "Jenis", "Daerah", "Nilai"))  # fmt: skip
    found = understood(path)
    assert values(found) == {"32.73": "80", "32.04": "81", "35.72": "82"}
    assert findings(found, "region")[0].ref == "C7"


def test_two_bare_names_are_answered_apart(rekap):
    path = rekap(("Bandung", 80), ("Bandung", 81), ("Kab. Sleman", 82))
    asked = [f.text for f in findings(understood(path), "region")]
    assert asked == ["Bandung @A4", "Bandung @A5"]
    given = {("region", "Bandung @A4"): "32.04", ("region", "Bandung @A5"): "32.73"}
    assert values(understood(path, given=given))["32.73"] == "81"


def test_an_area_without_a_government_is_asked_about(rekap):
    found = understood(rekap(("Jakarta Selatan", 80), ("Kab. Sleman", 81)))
    assert findings(found, "no_government")[0].ref == "A4"


def test_another_year_and_values_that_are_not_final(tmp_path):
    rows = [("MCP 2024 (sementara)",), (), ("Daerah", "Nilai"), ("Kab. Sleman", 80), ("Bantul", 8)]
    path = workbook(tmp_path / "a.xlsx", rows)
    found = understood(path, year=2025)
    assert {f.rule for f in found.findings.of("question")} == {"other_year", "not_final"}
    assert not understood(path, year=2024, status="interim").findings.open


def test_several_columns_are_asked_and_one_of_another_year_too(rekap):
    body = [("Kab. Sleman", 80, 81), ("Kab. Bantul", 82, 83)]
    path = rekap(*body, heading=("Daerah", "Nilai awal", "Nilai akhir"))
    (asked,) = findings(understood(path), "which_column")
    assert [c.answer for c in asked.choices] == ["Nilai awal", "Nilai akhir"]
    found = understood(path, given={("column", "mcp"): "Nilai akhir"})
    assert values(found) == {"34.04": "81", "34.02": "83"}
    path = rekap(*[row[:2] for row in body], heading=("Daerah", "Nilai 2023"))
    assert findings(understood(path), "other_year")[0].ref == "B3"


def test_several_sheets_hidden_ones_and_none(tmp_path):
    import openpyxl

    path = workbook(tmp_path / "a.xlsx", [("Daerah", "Nilai"), ("Kab. Sleman", 80)], sheet="Satu")
    book = openpyxl.load_workbook(path)
    for name in ("Dua", "Tutup"):
        page = book.create_sheet(name)
        page.append(("Daerah", "Nilai"))
        page.append(("Kab. Bantul", 81))
    book["Tutup"].sheet_state = "hidden"
    book.save(path)
    (asked,) = findings(understood(path), "which_sheet")
    assert [c.answer for c in asked.choices] == ["Satu", "Dua"]
    assert values(understood(path, sheet="Dua")) == {"34.02": "81"}
    assert findings(understood(path, sheet="Tutup"), "hidden_sheet")[0].severity == "question"
    with pytest.raises(RefusedInput, match=r"a\.xlsx: there is no sheet 'Tiga'; there are: 'Satu'"):
        understood(path, sheet="Tiga")
    with pytest.raises(RefusedInput, match="no table found"):
        understood(workbook(tmp_path / "b.xlsx", [("a", "b"), (1, 2)]))


def test_a_hidden_column_of_values_and_values_merged_over_rows(tmp_path):
    import openpyxl

    rows = [("Daerah", "Nilai"), ("Kab. Sleman", 80), ("Kab. Bantul", None), ("Kulon Progo", 81)]
    path = workbook(tmp_path / "a.xlsx", rows, merged=["B2:B3"])
    assert findings(understood(path), "merged_value")[0].ref == "B2"
    book = openpyxl.load_workbook(path)
    book.active.column_dimensions["B"].hidden = True
    book.save(path)
    assert findings(understood(path), "hidden_column")[0].severity == "question"


def test_headings_repeated_between_pages_are_passed_over(rekap):
    found = understood(rekap(("Kab. Sleman", 80), ("Daerah", "Nilai MCP 2025"), ("Bantul", 81)))
    assert found.left_out == {"heading": 1} and len(found.rows) == 2 and balanced(found)


@pytest.mark.parametrize(
    ("first", "measure"),
    [
        (("Kab. Slemman", 80), "mcp"), (("Slemmann", "80,5"), "mcp"),
        (("Kab. Slemman", "WTP"), "bpk_opinion"), (("Slemmann", "WTP"), "bpk_opinion"),
    ],
)  # fmt: skip
def test_an_unknown_name_in_the_first_row_is_asked_about_and_heads_no_column(rekap, first, measure):
    second = ("Kab. Bantul", "WTP" if measure == "bpk_opinion" else 81)
    found = understood(rekap(first, second, heading=("Daerah", "Nilai 2025")), measure)
    assert [f.ref for f in findings(found, "region")] == ["A4"] and found.read == 2


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"measure": "mpc"}, "no measure called 'mpc'"),
        ({"year": 1925}, "--year 1925: years run from 2000"),
        ({"status": "draft"}, "--status draft: choose final or interim"),
    ],
)
def test_options_that_mean_nothing_are_refused(rekap, options, said):
    with pytest.raises(RefusedInput, match=said):
        understood(rekap(("Kab. Sleman", 80)), **options)


def test_old_names_count_in_their_years_only(rekap):
    path = rekap(("Kab. Mamuju Utara", 80), ("Kab. Mamuju", 81), heading=("Daerah", "Nilai"))
    given = {("year", "REKAP MCP 2025"): "take"}
    assert values(understood(path, year=2015, given=given)) == {"76.01": "80", "76.02": "81"}
    (asked,) = findings(understood(path), "region")
    assert asked.ref == "A4" and "76.01" in [choice.answer for choice in asked.choices]


def test_a_footnote_in_the_column_of_codes_asks_nothing(rekap):
    rows = [("32.71", "Kota Bogor", 80), ("32.73", "Kota Bandung", 81), ("Catatan: diolah",)]
    found = understood(rekap(*rows, heading=("Kode", "Daerah", "Nilai MCP 2025")))
    assert not found.findings.open and values(found) == {"32.71": "80", "32.73": "81"}
    assert found.left_out == {"text": 1} and balanced(found)
