"""Rubrics, mappings, efforts, recipes, manifests, locks, overlays and tables that are spoilt."""

import csv
import json
import os
import shutil

import pytest

from anticorruption import files, overlay, tables
from anticorruption.errors import RefusedInput
from anticorruption.intake import answers
from anticorruption.language import Language
from anticorruption.programme import planning, rubric
from anticorruption.reporting import lock, manifest, pinned, verification, whatif_files
from tests.conftest import DATA
from tests.intake.conftest import imported

ENGLISH = Language("en")
RUBRIC = (DATA / "programmes/kabkota-2025.toml").read_bytes()

#: What every reader of a small file must refuse, with a word of the sentence.
EVERYWHERE = {
    "folder": (lambda path: path.mkdir(), "this is a folder"),
    "pipe": (os.mkfifo, "this is no plain file"),
    "device": (lambda path: os.symlink("/dev/zero", path), "this is no plain file"),
    "link to nothing": (lambda path: os.symlink("nowhere", path), "there is no such file"),
    "not UTF-8": (lambda path: path.write_bytes(b"\n\xff\xfe\n"), "line 2 is not UTF-8"),
    "too large": (lambda path: (path.touch(), os.truncate(path, 2**30)), "may have"),
}
READERS = {
    "rubric.toml": rubric.read,
    "a.mapping.toml": lambda path: answers.read(path, 2025, ENGLISH),
    "effort.csv": lambda path: planning.read_options(path, rubric.load(2025)),
    "recipe.json": whatif_files.read,
    "reports.lock": pinned.read,
}


def sentence(reader, path) -> str:
    with pytest.raises(RefusedInput) as refused:
        reader(path)
    told = str(refused.value)
    assert told.isprintable() and told.endswith(".") and len(told) < 600, told
    return told


@pytest.mark.parametrize("wrong", EVERYWHERE)
@pytest.mark.parametrize("name", READERS)
def test_what_is_no_small_text_is_refused_everywhere(tmp_path, name, wrong):
    make, said = EVERYWHERE[wrong]
    path = tmp_path / name
    make(path)
    told = sentence(READERS[name], path)
    assert told.startswith(f"{name}: ") and said in told


NESTED = {
    "arrays": b"a = " + b"[" * 100_000,
    "tables": b"a = " + b"{a = " * 20_000,
    "digits": b"a = " + b"9" * 5_000,
    "keys": b"a." * 60_000 + b"a = 1",
    "control": b'a = "\x1b[2J"',
}


@pytest.mark.parametrize("how", NESTED)
@pytest.mark.parametrize("name", ["rubric.toml", "a.mapping.toml"])
def test_toml_that_would_take_the_reader_apart(tmp_path, name, how):
    path = tmp_path / name
    path.write_bytes(NESTED[how])
    told = sentence(READERS[name], path)
    assert "not readable as TOML" in told or "line 1 has more than 200 dots" in told


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"edition = 2025", b"edition = " + b"9" * 400, "'edition' is too large a number"),
        (b"minimum = 0", b"minimum = -inf", "'minimum' is -inf and must be a finite number"),
        (b"maximum = 100", b"maximum = 1" + b"0" * 400, "'maximum' is too large a number"),
        (b"edition = 2025", b'edition = "' + b"x" * 9_000 + b'"', "must be a whole number"),
        (b"edition = 2025", b'edition = "\\u001b[2J"', "holds a character that nobody sees"),
        (b'standing = "official"', b'standing = "' + b"x" * 900 + b'"', "'standing' is 'xxx"),
    ],
)
def test_values_that_no_rubric_has(tmp_path, old, new, said):
    path = tmp_path / "rubric.toml"
    assert old in RUBRIC
    path.write_bytes(RUBRIC.replace(old, new, 1))
    assert said in sentence(rubric.read, path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "line 1: the columns must be"),
        ("indicator;effort\ni01;2\n", "line 1: the columns must be"),
        ("indicator,effort\ni01,2,3\n", "line 2: 3 cells under 2 columns"),
        ("indicator,effort\ni99,2\n", "line 2: 'i99' is no indicator"),
        ("indicator,effort\ni01,1e999\n", "line 2, effort: '1e999' is not a number"),
        ("indicator,effort\n\x1b[2J,2\n", "is no indicator of the rubric"),
        ('indicator,effort\ni01,"' + "x" * 200_000, "not readable as CSV"),
    ],
)
def test_efforts_that_are_none(tmp_path, text, said):
    csv.field_size_limit(131_072)  # as a process begins; the reading of tables sets its own
    path = tmp_path / "effort.csv"
    path.write_text(text, encoding="utf-8")
    assert said in sentence(READERS["effort.csv"], path)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "[" * 19_000, '{"a": ' + "9" * 5_000 + "}", '{"format": NaN}', "x" * 30_000],
)
def test_recipes_that_are_none(tmp_path, text):
    path = tmp_path / "recipe.json"
    path.write_text(text, encoding="utf-8")
    assert sentence(whatif_files.read, path).startswith("recipe.json: ")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[" * 100_000, b"\xff", b"[]", b'{"kind": "report"}',
        b'{"kind": "report", "files": []}',
        b'{"kind": "report", "files": {"../../x": "a"}}',
        b'{"kind": "report", "files": {"/x": "a"}}',
        b'{"kind": "report", "files": {"a\\u0000b": "a"}}',
        b'{"kind": "report", "files": {"a": 1}}',
        b'{"kind": "batch", "files": {}, "reports": {"..": "a"}}',
        b'{"kind": "batch", "files": {}, "reports": []}', b'{"kind": ["report"], "files": {}}',
    ],
)  # fmt: skip
def test_a_manifest_that_is_none_vouches_for_nothing(tmp_path, content):
    (tmp_path / "manifest.json").write_bytes(content)
    assert manifest.read(tmp_path) is None
    assert "has no manifest of reports" in sentence(verification.check, tmp_path)


def test_a_pipe_in_the_place_of_a_report_hangs_nobody(tmp_path):
    content = {"kind": "report", "files": {"report.html": "0" * 64}}
    (tmp_path / "manifest.json").write_text(json.dumps(content))
    os.mkfifo(tmp_path / "report.html")
    ((_, message, values),) = verification.check(tmp_path)
    assert message.format(**values) == "report.html is missing"


@pytest.mark.parametrize(
    "text", ["[" * 100_000, '{"pid": 1e999, "host": 1}', "\xff", '{"pid": ' + "9" * 99 + "}"]
)
def test_a_spoilt_note_of_who_holds_a_batch_stops_nobody(tmp_path, text):
    (tmp_path / lock.NAME).write_text(text, encoding="latin-1")
    with lock.held(tmp_path, patience=0):
        pass
    assert isinstance(lock._dead(lock._holder(tmp_path / lock.NAME)), bool)


@pytest.fixture
def own(tmp_path):
    """Overlay with one figure."""
    return imported(tmp_path, ("mcp", 2025, "91,5", "Sleman"))


def _sealed(folder, table: str, old: str, new: str) -> None:
    """Change a table and seal it anew, as somebody would who knows how."""
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    described = folder / tables.DESCRIPTOR
    content = json.loads(described.read_text(encoding="utf-8"))
    for entry in content["resources"]:
        entry["hash"] = tables.sha256(folder / entry["path"])
    described.write_text(json.dumps(content), encoding="utf-8")


@pytest.mark.parametrize(
    ("table", "old", "new", "said"),
    [
        ("sources", ",official,", ",rumour,", "column kind: 'rumour' breaks the rules"),
        ("sources", ",KPK,", ",,", "column publisher: '' breaks the rules"),
        ("observations", ",final,", ",ended,", "column status: 'ended' breaks the rules"),
        ("observations", ",2025,", ",1025,", "column year: '1025' breaks the rules"),
        ("observations", "91.5", "", "column value: '' must be a value or a label"),
        ("observations", "91.5", "1e400", "column value: '1e400' is not a plain number"),
        ("observations", "34.04", "99.99", "'99.99' is not in table regions"),
        ("observations", ",overlay-", ",overlaz-", "is no source of the overlay"),
        ("observations", "region_code", "region", "the column region_code is missing"),
        ("sources", "source_id", "source", "the column source_id is missing"),
    ],
)  # fmt: skip
def test_an_overlay_sealed_by_another_is_held_to_the_rules_of_the_release(
    own, table, old, new, said
):
    _sealed(own, table, old, new)
    assert said in sentence(overlay.opened, own)


def test_an_overlay_without_a_figure_is_none(own):
    rest = (own / "observations.csv").read_text(encoding="utf-8").split("\n", 1)[1]
    _sealed(own, "observations", rest, "")
    assert "observations.csv holds no row" in sentence(overlay.opened, own)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (lambda c: c["resources"][0].update(path="../secret.csv"), "lies outside the folder"),
        (lambda c: c["resources"][0].update(path="/etc/passwd"), "lies outside the folder"),
        (lambda c: c["resources"][0].update(schema=[]), "has no list of fields"),
        (lambda c: c["resources"][0].update(name=7), "has no 'name'"),
        (lambda c: c["resources"].pop(), "there is no table called"),
        (lambda c: c["resources"][0]["schema"]["fields"][3].update(type="string"),
         "described otherwise"),
    ],
)  # fmt: skip
def test_a_description_that_leads_elsewhere_is_refused(own, changed, said):
    path = own / tables.DESCRIPTOR
    content = json.loads(path.read_text(encoding="utf-8"))
    changed(content)
    path.write_text(json.dumps(content), encoding="utf-8")
    assert said in sentence(overlay.opened, own)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda path: (path.unlink(), os.mkfifo(path)), "this is no plain file"),
        (lambda path: (path.unlink(), path.mkdir()), "this is a folder"),
        (lambda path: path.write_bytes(b""), "the table is empty"),
        (lambda path: path.write_bytes(b"a,b\n\xff,1\n"), "row 2 is not UTF-8"),
        (lambda path: path.write_bytes(b'a,b\n"' + b"x" * 200_000), "regions"),
        (lambda path: path.write_bytes(b"a,b\n1,2,3\n"), "too many cells"),
        (lambda path: path.write_bytes(b"\x1b[2J,b\n1,2\n"), "lacks column"),
    ],
)  # fmt: skip
def test_a_table_of_the_release_that_is_none(tmp_path, make, said):
    folder = tmp_path / "data"
    folder.mkdir()
    for name in (tables.DESCRIPTOR, "regions.csv"):
        shutil.copyfile(DATA / name, folder / name)
    make(folder / "regions.csv")
    assert said in sentence(lambda _: tables.read("regions", folder), folder)


def test_whole_numbers_have_an_end(tmp_path):
    assert tables._whole("9" * 15) == 10**15 - 1
    assert tables._whole("9" * 16) is None and tables._whole("9" * 5_000) is None


def test_sizes_and_names_are_told_as_a_reader_writes_them(tmp_path):
    assert [files.told_size(n) for n in (7, 20_000, 2**20, 2**20 + 1)] == [
        "7 B",
        "20 kB",
        "1 MB",
        "2 MB",
    ]
    assert "there is no such file" in sentence(files.content, f"{tmp_path}/a\0b")
    path = tmp_path / "a.txt"
    path.write_bytes(b"\xef\xbb\xbfx")
    assert files.text(path) == "x" and files.content(path, 4) == b"\xef\xbb\xbfx"
    assert "the file has 4 B and may have 3 B" in sentence(lambda p: files.content(p, 3), path)
