"""Reading one table: types by the schema, and a sentence for whatever does not fit."""

import hashlib
import json

import pandas as pd
import pytest

from anticorruption import tables
from anticorruption.errors import RefusedInput
from tests.conftest import DATA

FIELDS = {
    "code": "string",
    "score": "number",
    "year": "integer",
    "since": "integer",
    "open": "boolean",
    "note": "string",
}
HEADER = ",".join(FIELDS)
GOOD = "34.10,77.10,2024,,true,well"


@pytest.fixture
def folder(tmp_path):
    """Folder with one hand-made table, ``things``, of every type."""
    fields = [{"name": name, "type": kind} for name, kind in FIELDS.items()]
    things = {"name": "things", "path": "things.csv", "hash": "", "schema": {"fields": fields}}
    package = {"version": "2026.11", "resources": [things]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    write(tmp_path, GOOD, "34.1,3,2023,2001,false,")
    return tmp_path


def write(folder, *records, header=HEADER):
    text = "".join(f"{line}\n" for line in (header, *records))
    (folder / "things.csv").write_text(text, encoding="utf-8")


def test_each_column_gets_the_type_of_its_schema_and_codes_stay_text(folder):
    frame = tables.read("things", folder)
    assert frame["code"].tolist() == ["34.10", "34.1"]
    assert frame["score"].tolist() == [77.1, 3.0]
    assert frame["year"].tolist() == [2024, 2023]
    assert pd.api.types.is_integer_dtype(frame["year"])
    assert frame["open"].tolist() == [True, False]
    assert frame["note"].tolist() == ["well", ""]


def test_an_empty_whole_number_is_missing_and_the_others_stay_whole(folder):
    since = tables.read("things", folder)["since"]
    assert since.isna().tolist() == [True, False]
    assert since.loc[3] == 2001 and str(since.dtype) == "Int64"


def test_the_index_is_the_line_in_the_file(folder):
    frame = tables.read("things", folder)
    lines = (folder / "things.csv").read_text(encoding="utf-8").splitlines()
    assert frame.index.tolist() == [2, 3]
    assert all(lines[row - 1].startswith(frame.at[row, "code"]) for row in frame.index)


def test_text_keeps_every_cell_as_printed(folder):
    assert tables.text("things", folder)["score"].tolist() == ["77.10", "3"]


def test_words_that_other_readers_take_for_missing_stay_words(folder):
    write(folder, "NA,1,2024,,true,null", "nan,2,2024,,true,None")
    frame = tables.read("things", folder)
    assert frame["code"].tolist() == ["NA", "nan"]
    assert frame["note"].tolist() == ["null", "None"]


@pytest.mark.parametrize(
    ("number", "value"), [("-0.5", -0.5), ("1e-3", 0.001), ("007", 7.0), ("100", 100.0)]
)
def test_plain_numbers_are_read(folder, number, value):
    write(folder, f"a,{number},2024,,true,")
    assert tables.read("things", folder)["score"].tolist() == [value]


@pytest.mark.parametrize(
    ("column", "cell", "wanted"),
    [
        ("score", "77,1", "a plain number"),
        ("score", "1.234,5", "a plain number"),
        ("score", "1_000", "a plain number"),
        ("score", "nan", "a plain number"),
        ("score", "inf", "a plain number"),
        ("score", "-Infinity", "a plain number"),
        ("score", "1e400", "a plain number"),
        ("score", "1 000", "a plain number"),
        ("score", " 7", "a plain number"),
        ("score", "７", "a plain number"),
        ("score", "0x10", "a plain number"),
        ("score", "--", "a plain number"),
        ("year", "2024.0", "a whole number"),
        ("year", "2_024", "a whole number"),
        ("year", "２０２４", "a whole number"),
        ("year", "2024 ", "a whole number"),
        ("year", "--2024", "a whole number"),
        ("year", "MMXXIV", "a whole number"),
        ("open", "True", "true or false"),
        ("open", "1", "true or false"),
        ("open", "yes", "true or false"),
        ("open", " true", "true or false"),
    ],
)
def test_a_cell_of_another_type_is_refused_with_table_row_column_and_value(
    folder, column, cell, wanted
):
    cells = dict(zip(FIELDS, GOOD.split(","), strict=True)) | {column: f'"{cell}"'}
    write(folder, GOOD, ",".join(cells.values()))
    with pytest.raises(RefusedInput) as refused:
        tables.read("things", folder)
    said = str(refused.value)
    assert said.startswith(f"things, row 3, column {column}: '{cell}' is not {wanted}")


def test_a_missing_file_is_refused(folder):
    (folder / "things.csv").unlink()
    with pytest.raises(RefusedInput, match=r"things\.csv: the table is missing"):
        tables.read("things", folder)


@pytest.mark.parametrize(
    ("header", "record", "said"),
    [
        (HEADER.replace("score,", ""), "34.10,2024,,true,well", "lacks column 'score'"),
        (HEADER.replace("score", "skor"), GOOD, "lacks column 'score'"),
        (HEADER + ",extra", GOOD + ",x", "has an unknown column 'extra'"),
        (HEADER.replace(",", ";"), GOOD.replace(",", ";"), "lacks column 'code'"),
    ],
)
def test_lacking_and_added_columns_are_refused_by_name(folder, header, record, said):
    write(folder, record, header=header)
    with pytest.raises(RefusedInput) as refused:
        tables.read("things", folder)
    assert said in str(refused.value) and "things.csv" in str(refused.value)
    assert ", ".join(FIELDS) in str(refused.value)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "the table is empty"),
        (HEADER.encode() + b"\n34.10,1,2024,,true,caf\xe9\n", "is not UTF-8"),
        (f"{HEADER}\n{GOOD}\n{GOOD},more\n".encode(), "not readable as CSV"),
        (f'{HEADER}\n"{GOOD}\n'.encode(), "not readable as CSV"),
    ],
)
def test_bytes_that_are_no_table_are_refused_in_a_sentence(folder, content, said):
    (folder / "things.csv").write_bytes(content)
    with pytest.raises(RefusedInput, match=said) as refused:
        tables.read("things", folder)
    assert str(refused.value).startswith("things.csv: ") and "\n" not in str(refused.value)


def test_an_unknown_table_is_refused_by_name(folder):
    with pytest.raises(RefusedInput, match="no table called 'nothings'"):
        tables.read("nothings", folder)


def test_a_folder_without_a_release_is_refused_with_the_way_out(tmp_path):
    with pytest.raises(RefusedInput, match=r"not found; name the folder .* \$ANTICORRUPTION_DATA"):
        tables.descriptor(tmp_path)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "not readable as JSON"),
        (b"", "not readable as JSON"),
        (b"[" * 100_000, r"not readable as JSON \(nested too deeply"),
        (b'{"version": ' + b"9" * 5_000 + b"}", "not readable as JSON"),
        (b"\xff\xfe{}", "line 1 is not UTF-8"),
    ],
)
def test_a_descriptor_that_is_no_json_is_refused(tmp_path, content, said):
    (tmp_path / "datapackage.json").write_bytes(content)
    with pytest.raises(RefusedInput, match=rf"datapackage\.json: {said}"):
        tables.descriptor(tmp_path)


def test_a_changed_file_is_read_anew_even_at_the_same_size(folder):
    assert tables.read("things", folder)["score"].iloc[0] == 77.1
    write(folder, GOOD.replace("77.10", "77.20"), "34.1,3,2023,2001,false,")
    assert tables.read("things", folder)["score"].iloc[0] == 77.2


def test_what_a_caller_does_to_a_table_does_not_reach_the_next(folder):
    mine, printed = tables.read("things", folder), tables.text("things", folder)
    mine.loc[2, "score"], printed.loc[2, "score"] = 0.0, "0"
    assert tables.read("things", folder).at[2, "score"] == 77.1
    assert tables.text("things", folder).at[2, "score"] == "77.10"


def test_the_environment_names_the_folder_and_the_project_is_the_default(folder, monkeypatch):
    monkeypatch.setenv("ANTICORRUPTION_DATA", str(folder))
    assert tables.data_folder() == folder.resolve()
    assert len(tables.read("things")) == 2
    monkeypatch.delenv("ANTICORRUPTION_DATA")
    assert tables.data_folder() == DATA


def test_sha256_is_the_one_of_the_bytes(folder):
    path = folder / "things.csv"
    path.write_bytes(b"abc")
    assert tables.sha256(path) == "sha256:" + hashlib.sha256(b"abc").hexdigest()


def test_every_real_table_reads_with_the_columns_of_its_schema_in_order():
    for entry in tables.descriptor(DATA)["resources"]:
        if "schema" in entry:
            fields = [field["name"] for field in entry["schema"]["fields"]]
            assert list(tables.read(entry["name"], DATA).columns) == fields


def test_real_codes_keep_their_last_zero():
    codes = set(tables.read("regions", DATA)["region_code"])
    assert {"34.01", "35.10", "91.20"} <= codes
    assert all(len(code) in (2, 5) for code in codes)


def test_a_comma_too_many_is_refused_and_shifts_no_column(folder):
    write(folder, "34.10,77.10,2024,,true,well,")
    with pytest.raises(RefusedInput, match=r"things, row 2: the row has too many cells"):
        tables.read("things", folder)


def test_the_row_that_is_not_utf8_is_named(folder):
    (folder / "things.csv").write_bytes(HEADER.encode() + b"\n1,1,1,1,true,ok\n1,1,1,1,true,\xe9\n")
    with pytest.raises(RefusedInput, match=r"things\.csv: row 3 is not UTF-8"):
        tables.read("things", folder)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[]", "'version' is missing"),
        ('{"version": "1"}', "'resources' is missing"),
        ('{"version": "1", "resources": [{"name": "x", "path": "x.csv"}]}', "has no 'hash'"),
    ],
)
def test_a_description_without_its_main_entries_is_refused(folder, content, said):
    (folder / "datapackage.json").write_text(content, encoding="utf-8")
    with pytest.raises(RefusedInput, match=said):
        tables.descriptor(folder)
