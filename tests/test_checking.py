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
NOBODYS = {"measure_id": "ikip"}
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
        ("observations", MCP, "value", "98,97", "is not a number"),
        ("observations", MCP, "value", "nan", "is not a plain number"),
        ("observations", MCP, "value", "100.01", "above the scale of mcp, 100"),
        ("observations", MCP, "region_code", "99.99", "is not in table regions"),
        ("observations", PREDICATE, "label", "AAA", "is no label of sakip_predicate"),
        ("regions", BLITAR, "level", "city", "must be one of"),
        ("pilots", PILOT, "stage", "winner", "must be one of"),
    ],
)
def test_a_spoilt_cell_is_named(small_copy, table, where, column, value, rule):
    row = small_copy.row(table, **where)
    small_copy.set(table, row, **{column: value})
    said = [str(found) for found in broken(small_copy.folder)]
    named = [s for s in said if s.startswith(f"{table}, row {row}, column {column}: '{value}' ")]
    assert named and any(rule in sentence for sentence in named), said


def test_spoilt_cells_of_many_tables_are_all_named_and_nothing_else(small_copy):
    """Cells (table, line or cells that find it, column, value) that break the schema."""
    aliases, breaks = {"alias": "Solo"}, {"measure_id": "spi", "year": "2024"}
    spoilt = [
        ("observations", 20, "value", "1.234,5", "is not a number"),
        ("observations", 23, "year", "24", "below the least allowed, 2000"),
        ("observations", 26, "year", "2024.0", "is not a"),
        ("observations", 29, "region_code", "35.720", "does not have the form"),
        ("observations", 32, "region_code", "3572", "does not have the form"),
        ("observations", 35, "measure_id", "mcpx", "is not in table measures"),
        ("observations", 38, "source_id", "nobody-000000", "is not in table sources"),
        ("observations", 41, "note", "not in the list", "is not in table notes"),
        ("observations", 44, "confidence", "sure", "must be one of 'high'"),
        ("observations", 47, "qualifiers", "copy,rounded", "does not have the form"),
        ("observations", 50, "as_of", "20/09/2024", "does not have the form"),
        ("observations", 53, "source_id", "", "is empty and must not be"),
        ("observations", 56, "year", "2031", "above the most allowed, 2030"),
        ("observations", 59, "status", "Final", "must be one of 'final', 'interim'"),
        ("claims", {"claim_id": "blitar-spi-third"}, "year", "twenty", "is not a"),
        ("pilots", PILOT, "final_score", "100.5", "above the most allowed, 100"),
        ("pilots", PILOT, "assessed_on", "6 November 2025", "does not have the form"),
        ("pilots", PILOT, "missing_reason", "secret", "must be one of 'not_published'"),
        ("pilots", PILOT | {"region_code": "71.07"}, "region_code", "71.99", "in table regions"),
        ("bands", WASPADA, "position", "0", "below the least allowed, 1"),
        ("bands", WASPADA, "source_id", "nobody-000000", "is not in table sources"),
        ("bands", WASPADA, "lower_included", "1", "is not true or false"),
        ("measures", {"measure_id": "mcp"}, "decimals", "9", "above the most allowed, 6"),
        ("region_aliases", aliases, "region_code", "33.99", "is not in table regions"),
        ("breaks", breaks, "measure_id", "spj", "is not in table measures"),
        ("regions", BLITAR, "island_group", "Java", "must be one of"),
        ("regions", {"region_code": "34.01"}, "has_government", "yes", "is not true or false"),
        ("sources", TAJUK, "published", "Nov 2025", "does not have the form"),
        ("sources", TAJUK, "url", "javascript:alert(1)", "does not have the form"),
        ("sources", TAJUK, "kind", "blog", "must be one of 'official', 'mirror', 'press'"),
        ("flags", {"flag": "withheld"}, "flag", "withdrawn", "must be one of 'withheld'"),
        ("notes", 5, "note_ind", "", "is empty and must not be"),
    ]
    named_by_all(small_copy, spoilt)


def test_rows_that_make_no_sense_are_all_named_and_nothing_else(small_copy):
    """Cells that keep the schema and break a rule between rows, columns or tables.

    The column is the one in which the finding says it; a value of None stands for whatever the
    cell holds.
    """
    of_2025 = {"measure_id": "spi", "scheme": "published", "valid_from_year": "2025"}
    twin = small_copy.row("regions", region_code="35.73")
    first = small_copy.rows("regions")[small_copy.row("regions", region_code="35.01") - 1]
    hexagon = dict(zip(("hex_column", "hex_row"), first[-2:], strict=True))
    pilots = {
        code: small_copy.row("pilots", stage="pilot", region_code=code)
        for code in ("13.76", "33.72", "52.71", "71.07")
    }
    spi = [small_copy.row("bands", **of_2025, position=place) for place in "23"]
    for table, row, cells in (
        ("observations", 20, {"value": "-0.01"}),
        ("observations", 23, {"value": ""}),
        ("observations", 26, {"label": "hijau"}),
        ("observations", 29, {"qualifiers": "copy;guessed"}),
        ("pilots", pilots["13.76"], {"final_score": "89.99"}),
        ("pilots", pilots["33.72"], {"category": "Baik"}),
        ("pilots", pilots["52.71"], {"category": ""}),
        ("pilots", pilots["71.07"], {"final_score": "", "category": ""}),
        ("bands", small_copy.row("bands", **WASPADA), {"lower": "80"}),
        ("bands", spi[0], {"lower": "70"}),
        ("bands", spi[1], {"valid_to_year": "2020"}),
        ("regions", twin, {"name_ind": "Kota Blitar"}),
        ("regions", twin + 1, hexagon),
        ("regions", twin + 2, {"hex_row": ""}),
        ("regions", twin + 3, {"province_code": "34"}),
        ("measures", small_copy.row("measures", **NOBODYS), {"scale_max": "0"}),
        ("sources", small_copy.row("sources", **TAJUK), {"title": "mail me@home.id"}),
    ):
        small_copy.set(table, row, **cells)
    expected = [
        ("observations", 20, "value", "-0.01", "below the scale of"),
        ("observations", 23, "label", "", "needs a value or a label"),
        ("observations", 26, "label", "hijau", "exactly one of them"),
        ("observations", 29, "qualifiers", "guessed", "is not in the vocabulary"),
        ("pilots", pilots["13.76"], "category", "Istimewa", "is given from 90"),
        ("pilots", pilots["33.72"], "category", "Baik", "is given from 90"),
        ("pilots", pilots["52.71"], "category", "", "is given from 90"),
        ("pilots", pilots["71.07"], "missing_reason", "", "is needed where a pilot has no final"),
        ("bands", small_copy.row("bands", **WASPADA), "lower", None, "above the band's upper edge"),
        ("bands", spi[0], "lower", None, "inside the band below it"),
        ("bands", spi[1], "valid_to_year", "2020", "comes before valid_from_year"),
        ("regions", twin, "name_ind", "Kota Blitar", "stands twice"),
        ("regions", twin + 1, "hex_column", hexagon["hex_column"], "a map cell of its own"),
        ("regions", twin + 2, "hex_column", None, "a map cell of its own"),
        ("regions", twin + 3, "province_code", "34", "is not the start of the region's code"),
        ("measures", small_copy.row("measures", **NOBODYS), "scale_min", None, "below scale_max"),
        ("sources", small_copy.row("sources", **TAJUK), "title", None, "personal"),
    ]
    named_by_all(small_copy, expected, set_cells=False)


def named_by_all(copy, spoilt, set_cells=True):
    """Check that findings name each spoilt cell and no other row.

    Parameters
    ----------
    spoilt : list of (table, line or cells that find it, column, value, words of the rule)
    set_cells : bool
        Put the values into the cells first.
    """
    found = []
    for table, where, column, value, rule in spoilt:
        row = where if isinstance(where, int) else copy.row(table, **where)
        found.append((table, row, column, value, rule))
    if set_cells:
        for table, row, column, value, _ in found:
            copy.set(table, row, **{column: value})
    said = [str(finding) for finding in broken(copy.folder)]
    for table, row, column, value, rule in found:
        start = f"{table}, row {row}, column {column}: " + (repr(value) if value else "")
        named = [sentence for sentence in said if sentence.startswith(start)]
        assert any(rule in sentence for sentence in named), (start, rule, said)
    places = {f"{table}, row {row}" for table, row, *_ in found}
    assert {sentence.partition(", column")[0] for sentence in said} == places


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


def take_a_government_away(copy):
    copy.set("regions", copy.row("regions", **BLITAR), has_government="false")
    return ["regions, column has_government", "7 areas have no government", "must be 6"]


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
        take_a_government_away,
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


def test_a_programme_that_cites_what_does_not_exist_is_named(small_copy):
    text = small_copy.path(RUBRIC).read_text(encoding="utf-8")
    for old, new in (
        ('measure_id = "mcp"', 'measure_id = "mcq"'),
        ('["sakip"]', '["sakit"]'),
        ('"marosnews-9d67dc"', '"nobody-000001"'),
        ('"antaranews-7856db"', '"nobody-000002"'),
        ('"antaranews-531dbb"', '"nobody-000003"'),
        ('"bacakoran-d7297b"', '"nobody-000004"'),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    small_copy.path(RUBRIC).write_text(text, encoding="utf-8")
    said = [str(found) for found in broken(small_copy.folder)]
    assert sorted(said) == [
        "kabkota-2025.toml, column c4: 'nobody-000003' is not in table sources.",
        "kabkota-2025.toml, column i01: 'nobody-000004' is not in table sources.",
        "kabkota-2025.toml, column mcp: 'mcq' is not in table measures.",
        "kabkota-2025.toml, column mcp: 'nobody-000001' is not in table sources.",
        "kabkota-2025.toml, column mcp: 'nobody-000002' is not in table sources.",
        "kabkota-2025.toml, column sakip: 'sakit' is not in table measures.",
    ]


def test_a_programme_of_another_edition_than_its_file_is_named(small_copy):
    small_copy.replace(RUBRIC, "edition = 2025\n", "edition = 2024\n")
    said = [str(found) for found in broken(small_copy.folder)]
    assert said == ["kabkota-2025.toml, column edition: '2024' is not the file's edition."]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('rule = "at_least"', 'rule = "atleast"', "'rule' is 'atleast' and must be one of"),
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


def test_a_valid_change_alters_the_release_and_is_no_problem(small_copy):
    small_copy.set("pilots", small_copy.row("pilots", **PILOT), final_score="92.16")
    assert [str(found) for found in checking.check(small_copy.folder)] == [
        "pilots.csv: differs from the sealed release; if the change is meant, run: "
        "anticorruption seal."
    ]
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


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[pass_mark]", "[mark]", "[pass_mark]: 'value' is missing"),
        ("value = 75", "value = 750", "lies outside the measure's scale"),
        ("years = 2", "years = 0", "must be 1 or more"),
        ('value = "WTP"', 'value = "WTF"', "is no label of bpk_opinion"),
        ('supporting = ["sakip"]', 'supporting = [["sakip"]]', "must be a list of measures"),
    ],
)
def test_a_broken_programme_with_pilots_is_found_and_raises_nothing(data_copy, old, new, said):
    path = data_copy.folder / "programmes" / "kabkota-2025.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    told = [str(finding) for finding in checking.check(data_copy.folder)]
    assert any("kabkota-2025.toml" in text and said in text for text in told), told
    assert "kabkota-2025.toml" in checking.problem(data_copy.folder)


@pytest.mark.parametrize(
    ("table", "column", "text"),
    [("observations.csv", "as_of", "2024-13-45"), ("pilots.csv", "assessed_on", "2025-13-99")],
)
def test_a_day_that_does_not_exist_is_found(data_copy, table, column, text):
    good = {"as_of": "2024-09-20", "assessed_on": "2025-11-06"}[column]
    path = data_copy.folder / table
    path.write_text(path.read_text(encoding="utf-8").replace(good, text, 1), encoding="utf-8")
    told = [str(finding) for finding in checking.check(data_copy.folder)]
    assert any(text in each and "no day of the calendar" in each for each in told), told


def test_a_table_with_a_header_alone_is_found(data_copy):
    path = data_copy.folder / "pilots.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    told = [str(finding) for finding in checking.check(data_copy.folder)]
    assert any("pilots: the table has a header and no record" in each for each in told), told


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("observations", ",2024,77.1,,final", ",2024,+77.1,,final", "plain decimal"),
        ("flags", "33.09,spi,2023", "33.09,spi,2020", "in no observation"),
        ("region_aliases", "1998,2020", "2021,2020", "comes before valid_from"),
        ("bands", "spi,published,2024,2024", "spi,published,2024,2025", "of an earlier set"),
    ],
)
def test_what_no_schema_can_say_is_found(data_copy, table, old, new, said):
    path = data_copy.path(table)
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    told = [str(finding) for finding in checking.check(data_copy.folder)]
    assert any(each.startswith(table) and said in each for each in told), told[:5]
