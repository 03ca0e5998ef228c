"""Broken data: each way of spoiling a table is found, and named by table, row, column and value."""

import json

import pytest

from anticorruption import checking, release, tables
from anticorruption.errors import RefusedInput
from tests.conftest import DATA

MCP = {"region_code": "35.72", "measure_id": "mcp", "year": "2024", "value": "98.97"}
PREDICATE = {"region_code": "35.72", "measure_id": "sakip_predicate", "year": "2024"}
BLITAR = {"region_code": "35.72"}
PILOT = {"edition": "2025", "region_code": "35.72", "stage": "pilot"}
WASPADA = {"measure_id": "spi", "valid_from_year": "2024", "position": "2"}
TAJUK = {"source_id": "tajuk-aba20f"}
#: A measure that nobody in the folder with few rows has a value of.
NOBODYS = {"measure_id": "bpk_finding_honorarium"}
RUBRIC = "programmes/kabkota-2025.toml"


def broken(folder):
    """What is wrong besides the seal, which every change breaks."""
    return [f for f in checking.check(folder) if "differs from the sealed" not in f.rule]


def test_the_release_is_whole():
    assert checking.check(DATA) == []


def test_the_folder_with_few_rows_is_whole_too(few_rows):
    assert checking.check(few_rows) == []


@pytest.mark.parametrize(
    ("table", "where", "column", "value", "rule"),
    [
        # Numbers that are none, or that lie outside their scale.
        ("observations", MCP, "value", "98,97", "is not a number"),
        ("observations", MCP, "value", "nan", "is not a plain number"),
        ("observations", MCP, "value", "1e400", "is not a plain number"),
        ("observations", MCP, "value", "98.97 ", "is not a plain number"),
        ("observations", MCP, "value", "100.01", "above the scale of mcp, 100"),
        ("observations", MCP, "value", "-0.01", "below the scale of mcp, 0"),
        ("pilots", PILOT, "final_score", "100.5", "above the most allowed, 100"),
        # Years and other whole numbers.
        ("claims", {"claim_id": "blitar-spi-third"}, "year", "twenty", "is not a"),
        ("bands", WASPADA, "position", "0", "below the least allowed, 1"),
        ("measures", {"measure_id": "mcp"}, "decimals", "9", "above the most allowed, 6"),
        # Codes that are none, or nobody's.
        ("observations", MCP, "region_code", "99.99", "is not in table regions"),
        ("region_aliases", {"alias": "Solo"}, "region_code", "33.99", "is not in table regions"),
        ("pilots", PILOT, "region_code", "35.00", "is not in table regions"),
        ("regions", BLITAR, "province_code", "34", "is not the start of the region's code"),
        # References to what does not exist.
        ("bands", WASPADA, "source_id", "nobody-000000", "is not in table sources"),
        ("breaks", {"measure_id": "spi", "year": "2024"}, "measure_id", "spj", "in table measures"),
        # Words outside the vocabulary.
        ("observations", MCP, "status", "Final", "must be one of 'final', 'interim'"),
        ("observations", MCP, "qualifiers", "guessed", "is not in the vocabulary"),
        ("observations", PREDICATE, "label", "AAA", "is no label of sakip_predicate"),
        ("regions", BLITAR, "level", "city", "must be one of"),
        ("regions", BLITAR, "island_group", "Java", "must be one of"),
        ("regions", BLITAR, "has_government", "yes", "is not a boolean"),
        ("bands", WASPADA, "lower_included", "1", "is not a boolean"),
        ("flags", {"flag": "withheld"}, "flag", "withdrawn", "must be one of 'withheld'"),
        ("sources", TAJUK, "kind", "blog", "must be one of 'official', 'mirror', 'press'"),
        ("pilots", PILOT, "stage", "winner", "must be one of"),
        ("pilots", PILOT, "missing_reason", "secret", "must be one of 'not_published'"),
        # Dates and addresses.
        ("sources", TAJUK, "published", "Nov 2025", "does not have the form"),
        ("sources", TAJUK, "url", "javascript:alert(1)", "does not have the form"),
        ("pilots", PILOT, "assessed_on", "6 November 2025", "does not have the form"),
        # Empty where something must stand.
        ("notes", {}, "note_ind", "", "is empty and must not be"),
        # People.
        ("sources", TAJUK, "title", "NIK 3572010101010001", "looks like personal data"),
        ("sources", TAJUK, "title", "mail me@home.id", "looks like personal data"),
    ],
)
def test_a_spoilt_cell_is_named(small_copy, table, where, column, value, rule):
    if table == "notes":
        where = {"note": small_copy.rows("notes")[4][0]}
    row = small_copy.row(table, **where)
    small_copy.set(table, row, **{column: value})
    said = [str(found) for found in broken(small_copy.folder)]
    quoted = f"'{value}'" if value else "the cell"
    named = [s for s in said if s.startswith(f"{table}, row {row}, column {column}: {quoted} ")]
    assert named and any(rule in sentence for sentence in named), said


#: Spoilt cells of one column each, for as many records of one table.
MANY = [
    ("value", "1.234,5", "is not a number"),
    ("year", "24", "below the least allowed, 2000"),
    ("year", "2024.0", "is not a"),
    ("region_code", "35.720", "does not have the form"),
    ("region_code", "3572", "does not have the form"),
    ("measure_id", "mcpx", "is not in table measures"),
    ("source_id", "nobody-000000", "is not in table sources"),
    ("note", "not in the list", "is not in table notes"),
    ("confidence", "sure", "must be one of 'high'"),
    ("qualifiers", "copy,rounded", "does not have the form"),
    ("as_of", "20/09/2024", "does not have the form"),
    ("source_id", "", "is empty and must not be"),
    ("year", "2031", "above the most allowed, 2030"),
]


def test_many_spoilt_cells_of_one_table_are_all_named(small_copy):
    rows = range(20, 20 + 3 * len(MANY), 3)
    for row, (column, value, _) in zip(rows, MANY, strict=True):
        small_copy.set("observations", row, **{column: value})
    said = [str(found) for found in broken(small_copy.folder)]
    for row, (column, value, rule) in zip(rows, MANY, strict=True):
        start = f"observations, row {row}, column {column}: {value and repr(value)}"
        named = [sentence for sentence in said if sentence.startswith(start)]
        assert any(rule in sentence for sentence in named), (start, said)
    mentioned = {int(s.split("row ")[1].split(",")[0].split(":")[0]) for s in said}
    assert mentioned == set(rows)


@pytest.mark.parametrize(
    ("table", "where", "cells", "words"),
    [
        # Rules between the cells of one row: the finding stands at the column to be mended.
        ("observations", MCP, {"value": ""}, ["column label", "a value or a label"]),
        ("observations", MCP, {"label": "hijau"}, ["column label: 'hijau'", "exactly one"]),
        ("pilots", PILOT, {"final_score": "89.99"}, ["column category: 'Istimewa'", "from 90"]),
        ("pilots", PILOT, {"category": "Baik"}, ["column category: 'Baik'", "from 90"]),
        ("pilots", PILOT, {"category": ""}, ["column category", "from 90"]),
        ("pilots", PILOT, {"final_score": "", "category": ""}, ["column missing_reason", "needed"]),
        ("bands", WASPADA, {"lower": "80"}, ["column lower: '80", "above the band's upper edge"]),
        ("bands", WASPADA, {"lower": "70"}, ["column lower: '70", "inside the band below"]),
        ("bands", WASPADA, {"valid_to_year": "2020"}, ["column valid_to_year: '2020'", "before"]),
        ("bands", WASPADA, {"position": "1"}, ["repeats the key of an earlier row"]),
        ("regions", BLITAR, {"hex_row": ""}, ["column hex_column", "a map cell of its own"]),
        ("measures", NOBODYS, {"scale_max": "0"}, ["column scale_min: '0", "below scale_max"]),
    ],
)
def test_a_row_that_contradicts_itself_is_named(small_copy, table, where, cells, words):
    row = small_copy.row(table, **where)
    small_copy.set(table, row, **cells)
    said = [str(found) for found in broken(small_copy.folder)]
    here = [sentence for sentence in said if sentence.startswith(f"{table}, row {row}")]
    assert any(all(word in sentence for word in words) for sentence in here), said


def swap_rows(copy):
    rows = copy.rows("regions")
    rows[50], rows[51] = rows[51], rows[50]
    copy.write("regions", rows)
    return ["regions, row 52, column region_code", f"'{rows[51][0]}' stands out of order"]


def repeat_row(copy):
    row = copy.row("pilots", **PILOT)
    rows = copy.rows("pilots")
    copy.write("pilots", [*rows[:row], rows[row - 1], *rows[row:]])
    return [f"pilots, row {row + 1}", "repeats the key of an earlier row"]


def drop_a_kota(copy):
    for table in ("regions", "pilots"):
        copy.drop(table, copy.row(table, region_code="16.71"))
    header, *records = copy.rows("region_aliases")
    kept = [record for record in records if record[1] != "16.71"]
    copy.write("region_aliases", [header, *kept])
    return ["regions, column level", "there are 97 of level kota and must be 98"]


def rename_a_level(copy):
    copy.set("regions", copy.row("regions", **BLITAR), level="kabupaten")
    return ["regions, column level", "there are 417 of level kabupaten and must be 416"]


def take_a_government_away(copy):
    copy.set("regions", copy.row("regions", **BLITAR), has_government="false")
    return ["regions, column has_government", "7 areas have no government", "must be 6"]


def give_two_regions_one_name(copy):
    row = copy.row("regions", region_code="35.73")
    copy.set("regions", row, name_ind="Kota Blitar")
    return [f"regions, row {row}, column name_ind: 'Kota Blitar' stands twice"]


def give_two_regions_one_map_cell(copy):
    first, row = copy.row("regions", region_code="35.01"), copy.row("regions", **BLITAR)
    cells = dict(zip(copy.header("regions"), copy.rows("regions")[first - 1], strict=True))
    copy.set("regions", row, hex_column=cells["hex_column"], hex_row=cells["hex_row"])
    return [f"regions, row {row}, column hex_column: '{cells['hex_column']}'"]


def forget_a_source_that_is_cited(copy):
    copy.drop("sources", copy.row("sources", **TAJUK))
    row = copy.row("pilots", **PILOT)
    return [f"pilots, row {row}, column source_id: 'tajuk-aba20f' is not in table sources"]


def byte_order_mark(copy):
    path = copy.path("pilots")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    return ["pilots.csv, row 1", "byte order mark"]


def carriage_return(copy):
    path = copy.path("pilots")
    lines = path.read_bytes().split(b"\n")
    lines[6] += b"\r"
    path.write_bytes(b"\n".join(lines))
    return ["pilots.csv, row 7", "must end in LF"]


def another_encoding(copy):
    path = copy.path("sources")
    path.write_bytes(path.read_bytes().replace(b"Pemerintah Aceh", b"Pemerintah Ac\xe9h", 1))
    return ["sources", "is not UTF-8"]


def empty_file(copy):
    copy.path("flags").write_bytes(b"")
    return ["flags", "the table is empty"]


def no_file(copy):
    copy.path("breaks").unlink()
    return ["breaks.csv", "the file is missing"]


def no_programme(copy):
    copy.path("programmes/kabkota-2024.toml").unlink()
    return ["programmes/kabkota-2024.toml", "the file is missing"]


def a_cell_too_few(copy):
    row = copy.row("pilots", **PILOT)
    lines = copy.path("pilots").read_text(encoding="utf-8").split("\n")
    lines[row - 1] = lines[row - 1].rpartition(",")[0]
    copy.path("pilots").write_text("\n".join(lines), encoding="utf-8")
    return [f"pilots, row {row}", "too few cells"]


def a_cell_too_many(copy):
    copy.replace("flags", ",disway-b702ef,medium", ",disway-b702ef,medium,more")
    return ["flags, row 2", "too many cells"]


def a_quote_left_open(copy):
    copy.replace("claims", "one of three cities", '"one of three cities')
    return ["claims"]


def other_separator(copy):
    path = copy.path("breaks")
    path.write_text(path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8")
    return ["breaks, row 1", "the columns must be exactly: measure_id, year, kind"]


def renamed_column(copy):
    copy.replace("pilots", "final_score", "score")
    return ["pilots, row 1, column score", "the columns must be exactly"]


def dropped_column(copy):
    copy.write("pilots", [row[:-1] for row in copy.rows("pilots")])
    return ["pilots, row 1", "the columns must be exactly"]


def swapped_columns(copy):
    copy.write("flags", [[row[1], row[0], *row[2:]] for row in copy.rows("flags")])
    return ["flags, row 1", "the columns must be exactly"]


def column_for_a_person(copy):
    header, *records = copy.rows("pilots")
    copy.write("pilots", [[*header, "nama"], *([*record, "x"] for record in records)])
    return ["pilots, row 1, column nama: 'nama' is a column for a person"]


@pytest.mark.parametrize(
    "spoil",
    [
        swap_rows,
        repeat_row,
        drop_a_kota,
        rename_a_level,
        take_a_government_away,
        give_two_regions_one_name,
        give_two_regions_one_map_cell,
        forget_a_source_that_is_cited,
        byte_order_mark,
        carriage_return,
        another_encoding,
        empty_file,
        no_file,
        no_programme,
        a_cell_too_few,
        a_cell_too_many,
        a_quote_left_open,
        other_separator,
        renamed_column,
        dropped_column,
        swapped_columns,
        column_for_a_person,
    ],
    ids=lambda spoil: spoil.__name__,
)
def test_a_spoilt_table_is_named(small_copy, spoil):
    words = spoil(small_copy)
    said = [str(found) for found in broken(small_copy.folder)]
    assert any(all(word in sentence for word in words) for sentence in said), said


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("edition = 2025", "edition = 2024", ["column edition: '2024' is not the file's edition"]),
        ('measure_id = "mcp"', 'measure_id = "mcq"', ["mcp: 'mcq' is not in table measures"]),
        ('["sakip"]', '["sakit"]', ["sakip: 'sakit' is not in table measures"]),
        ('"marosnews-9d67dc"', '"nobody-000000"', ["mcp: 'nobody-000000'", "table sources"]),
        ('"antaranews-531dbb"', '"nobody-000000"', ["c4: 'nobody-000000'", "table sources"]),
        ('"bacakoran-d7297b"', '"nobody-000000"', ["i01: 'nobody-000000'", "table sources"]),
    ],
)
def test_a_programme_that_cites_what_does_not_exist_is_named(small_copy, old, new, words):
    text = small_copy.path(RUBRIC).read_text(encoding="utf-8")
    assert old in text
    small_copy.path(RUBRIC).write_text(text.replace(old, new, 1), encoding="utf-8")
    said = [str(found) for found in broken(small_copy.folder)]
    assert len(said) == 1 and said[0].startswith("kabkota-2025.toml"), said
    assert all(word in said[0] for word in words), said


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("[pass_mark]", "[mark]", "[pass_mark]"),
        ('rule = "at_least"', 'rule = "atleast"', "'rule' is 'atleast' and must be one of"),
        ('component = "c1"', 'component = "c9"', "component 'c9' is not described"),
        ("edition = 2026", "edition = ", "not readable as TOML"),
    ],
)
def test_a_new_edition_that_is_not_whole_is_named(small_copy, old, new, words):
    text = small_copy.path(RUBRIC).read_text(encoding="utf-8")
    text = text.replace("edition = 2025", "edition = 2026")
    assert old in text
    path = small_copy.path("programmes/kabkota-2026.toml")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    said = [str(found) for found in checking.check(small_copy.folder)]
    assert len(said) == 1 and "kabkota-2026.toml" in said[0] and words in said[0], said


def test_a_finding_reads_as_one_sentence():
    whole = checking.Finding("regions", 7, "level", "city", "must be one of kabupaten, kota")
    assert str(whole) == "regions, row 7, column level: 'city' must be one of kabupaten, kota."
    assert str(checking.Finding("flags", None, "", "", "is gone")) == "flags: is gone."


def test_a_valid_change_breaks_the_seal_and_nothing_else(small_copy):
    small_copy.set("pilots", small_copy.row("pilots", **PILOT), final_score="92.16")
    assert [str(found) for found in checking.check(small_copy.folder)] == [
        "pilots.csv: differs from the sealed release; if the change is meant, run: "
        "anticorruption seal."
    ]


def test_a_valid_change_is_no_problem_but_the_release_is_altered(small_copy):
    small_copy.set("pilots", small_copy.row("pilots", **PILOT), final_score="92.16")
    assert checking.problem(small_copy.folder) is None
    held = release.load(small_copy.folder)
    assert held.altered == ("pilots.csv",) and held.title.endswith("+ pilots.csv")


def test_sealed_tables_are_no_problem_and_are_not_checked_again(small_copy, monkeypatch):
    monkeypatch.setattr(checking, "check", lambda folder: pytest.fail("checked again"))
    assert checking.problem(small_copy.folder) is None
    assert checking.problem() is None


def test_a_problem_is_the_first_finding_and_the_number_of_the_others(small_copy):
    row = small_copy.row("pilots", **PILOT)
    small_copy.set("pilots", row, stage="winner")
    said = checking.problem(small_copy.folder)
    assert said.startswith(f"pilots, row {row}, column stage: 'winner' must be one of")
    assert "more" not in said
    small_copy.set("pilots", row, stage="winner", final_score="101", confidence="sure")
    said = checking.problem(small_copy.folder)
    assert said.startswith(f"pilots, row {row}, ") and "\n" not in said
    assert said.endswith("(2 more: anticorruption check)")


def test_a_problem_is_told_of_the_folder_the_environment_names(small_copy):
    small_copy.path("flags").write_bytes(b"")
    assert checking.problem() == "flags: the table is empty; a header line is needed."


def test_sealing_records_hash_and_size_of_a_meant_change(small_copy):
    small_copy.set("pilots", small_copy.row("pilots", **PILOT), final_score="92.16")
    small_copy.replace(RUBRIC, 'name_eng = "SPI score"', 'name_eng = "SPI Score"')
    assert checking.seal(small_copy.folder) == ["pilots.csv", RUBRIC]
    assert release.altered(small_copy.folder) == []
    assert checking.check(small_copy.folder) == []
    for entry in tables.descriptor(small_copy.folder)["resources"]:
        path = small_copy.folder / entry["path"]
        assert (entry["bytes"], entry["hash"]) == (path.stat().st_size, tables.sha256(path))


def test_sealing_what_is_sealed_changes_no_byte(small_copy):
    before = small_copy.path("datapackage.json").read_bytes()
    assert checking.seal(small_copy.folder) == []
    assert small_copy.path("datapackage.json").read_bytes() == before


def test_sealing_touches_hashes_and_sizes_alone(small_copy):
    """The descriptor of the project is written as the seal writes it."""
    text = (DATA / "datapackage.json").read_text(encoding="utf-8")
    assert json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n" == text
    sealed = tables.descriptor(small_copy.folder)
    original = tables.descriptor(DATA)
    for package in (sealed, original):
        for entry in package["resources"]:
            del entry["bytes"], entry["hash"]
    assert sealed == original


def test_broken_data_are_not_sealed(small_copy):
    before = small_copy.path("datapackage.json").read_bytes()
    row = small_copy.row("pilots", **PILOT)
    small_copy.set("pilots", row, stage="winner")
    with pytest.raises(RefusedInput, match=rf"^not sealed: pilots, row {row}, .*'winner'"):
        checking.seal(small_copy.folder)
    assert small_copy.path("datapackage.json").read_bytes() == before
    assert release.altered(small_copy.folder) == ["pilots.csv"]
