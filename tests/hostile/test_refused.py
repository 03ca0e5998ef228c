"""What has no business in a text is refused with one sentence, wherever it comes in."""

import csv
import io
import json
import shutil

import nbformat
import pytest

from anticorruption import checking, cli, overlay, tables, texts
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.programme import rubric, sheets, workbook
from anticorruption.reporting import execution, whatif
from tests.conftest import DATA
from tests.hostile import harmless
from tests.hostile.conftest import BLITAR, run
from tests.hostile.texts import ALL, BORNE, REFUSED

#: Texts that no line of a file in UTF-8 can hold, or that end its line.
OF_BYTES = [each for each in REFUSED if each.text.startswith(("\ud800", "\r"))]


def test_each_attack_is_tried_once():
    assert len(ALL) >= 40 and len({each.text for each in ALL}) == len(ALL)
    assert len(BORNE) + len(REFUSED) == len(ALL)


def broken(copy) -> list[checking.Finding]:
    """What is wrong with a release beyond that it was changed."""
    return [each for each in checking.check(copy.folder) if "sealed" not in each.rule]


def test_a_release_does_not_take_what_nobody_sees_nor_names_without_letters(small_copy):
    wanted = [each for each in REFUSED if each not in OF_BYTES]
    header, *rows = small_copy.rows("sources")
    for row, each in zip(rows, wanted, strict=False):
        row[header.index("title")] = each.text
    small_copy.write("sources", [header, *rows])
    nameless = {"35.72": "'''\"\"\"\\", "35.73": "\u05e9\u05dc", "35.74": "--"}
    for code, text in nameless.items():
        small_copy.set("regions", small_copy.row("regions", region_code=code), name_ind=text)
    found = broken(small_copy)
    in_sources = sorted((e for e in found if e.table == "sources"), key=lambda e: e.row)
    assert [each.row for each in in_sources] == list(range(2, 2 + len(wanted)))
    for each, finding in zip(wanted, in_sources, strict=True):
        assert each.refused in finding.rule and finding.column == "title"
        harmless.terminal(str(finding))
        assert "\n" not in str(finding)
    others = [each for each in found if each not in in_sources]
    assert {each.value for each in others} == set(nameless.values())
    assert {each.rule for each in others} == {"is no name: it has no letter or digit"}


@pytest.mark.parametrize("each", OF_BYTES, ids=lambda each: each.attacks)
def test_a_release_does_not_take_bytes_that_are_no_text(small_copy, each):
    path = small_copy.path("sources")
    text = path.read_text(encoding="utf-8").replace("Indeks", each.text, 1)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    (found, *_) = checking.check(small_copy.folder)
    assert each.refused in str(found)


ADDRESSES = (
    "javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//evil.example", "ftp://x",
    "https://x/\" onclick=\"a", "https://x/<script>", "mailto:a", " https://x.example",
)  # fmt: skip


def test_a_source_has_an_address_of_the_web_or_none(small_copy):
    header, *rows = small_copy.rows("sources")
    for row, address in zip(rows, ADDRESSES, strict=False):
        row[header.index("url")] = address
    small_copy.write("sources", [header, *rows])
    found = {(each.table, each.row, each.column) for each in broken(small_copy)}
    assert found == {("sources", row, "url") for row in range(2, 2 + len(ADDRESSES))}


def test_a_programme_and_a_rubric_of_ones_own_hold_nothing_hidden(tmp_path):
    file = tmp_path / "rubric.toml"
    text = (DATA / "programmes/kabkota-2025.toml").read_text(encoding="utf-8")
    for mark in ("\\u202e", "\\u001b", "\\u0000", "\u200b"):
        file.write_text(text.replace('name_ind = "Nilai MCP', f'name_ind = "{mark}MCP'), "utf-8")
        with pytest.raises(RefusedInput, match="holds a character that nobody sees") as refused:
            rubric.read(file)
        harmless.terminal(str(refused.value))


@pytest.mark.parametrize(
    ("table", "column", "text", "said"),
    [
        ("sources", "title", "a\u202eb", r"column title: 'a\\u202eb' holds a character"),
        ("sources", "url", "javascript:alert(1)", "breaks the rules of the table"),
        ("observations", "cell", "\x1b[31m", "holds a character that nobody sees"),
    ],
)
def test_an_overlay_written_by_hand_is_held_to_the_same(made, tmp_path, table, column, text, said):
    folder = tmp_path / "own"
    shutil.copytree(made.overlay, folder)
    path = folder / f"{table}.csv"
    header, first, *rest = csv.reader(io.StringIO(path.read_text(encoding="utf-8")))
    first[header.index(column)] = text
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, first, *rest])
    package = json.loads((folder / tables.DESCRIPTOR).read_text(encoding="utf-8"))
    for entry in package["resources"]:
        entry["hash"] = tables.sha256(folder / entry["path"])
    (folder / tables.DESCRIPTOR).write_text(json.dumps(package), encoding="utf-8")
    with pytest.raises(RefusedInput, match=said):
        overlay.opened(folder)


def test_a_sheet_loses_what_nobody_sees_and_says_so(release_2026, tmp_path):
    programme = rubric.load(2025)
    marks = "satu\u200b \u202edua\n=tiga"
    entries = workbook.Entries("2025-11-05", "A", {"i01": {"score": 91, "title": marks}})
    path = tmp_path / "a.xlsx"
    path.write_bytes(workbook.write(release_2026, programme, BLITAR, Language("id"), entries))
    filled = sheets.read(path, programme, Language("id"))
    assert filled.scores.at["i01", "title"] == "satu dua =tiga"
    (finding,) = filled.findings
    assert finding.rule == "karakter yang tidak terlihat: tidak diambil"
    harmless.terminal(str(finding))
    entries = workbook.Entries("2025-11-05", "A", {"i01": {"title": "0812\u200b3456\u200b7890"}})
    path.write_bytes(workbook.write(release_2026, programme, BLITAR, Language("id"), entries))
    with pytest.raises(RefusedInput, match="looks like a telephone number"):
        sheets.read(path, programme)
    hidden = path.rename(tmp_path / "a\u202exslx.xlsx")
    with pytest.raises(RefusedInput, match="rename the file") as refused:
        sheets.read(hidden, programme)
    harmless.terminal(str(refused.value))


PARAMETERS = (
    "x = 1; import os", "region_code\nimport os", "region_code = 1 #", "__import__('os')", "{x}",
    "region_code;", "=cmd", "../x", "", "region_code\u200b",
)  # fmt: skip


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_parameter_has_a_name_that_the_notebook_declares(name):
    with pytest.raises(RefusedInput, match="has no parameter"):
        execution.check(execution.template("report-region"), {name: "1"})


def test_a_value_of_a_parameter_is_a_value(tmp_path, monkeypatch):
    """Ten values through a notebook: each comes out as it went in, and nothing is run."""
    monkeypatch.chdir(tmp_path)
    cells = [
        nbformat.v4.new_code_cell("given: list = []", metadata={"tags": ["parameters"]}),
        nbformat.v4.new_code_cell("import json; print(json.dumps(given))"),
    ]
    file = tmp_path / "own.ipynb"
    about = {"kernelspec": {"name": "python3", "display_name": "a", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=about), file)
    values = [
        "\"; open('ran', 'w') #", "'''\nopen('ran', 'w')\n'''", "\\", "\"\"\"", "\\\"; open('ran')",
        "{open('ran', 'w')}", "${HOME}", "\r\nopen('ran', 'w')", "\x00\u2028\u202e", "%cd /",
    ]  # fmt: skip
    done = execution.execute(file, {"given": values}, {})
    told = "".join(o.text for c in done.cells for o in c.get("outputs", []) if "text" in o)
    assert json.loads(told) == values
    assert sorted(path.name for path in tmp_path.iterdir()) == ["own.ipynb"]


@pytest.mark.parametrize("text", [*BORNE[::4], "\ud800", "\x1b[31m", "../../x"])
def test_a_recipe_chooses_among_what_there_is(national_2025, text):
    ground = whatif.ground(national_2025)
    recipe = json.loads(whatif.recipe(whatif.screen(ground, whatif.Choices(BLITAR, 2025))))
    for key, value in (("region", text), ("scale", text), ("peers", [text]), ("spi_rule", text)):
        spoilt = json.dumps(recipe | {"choices": recipe["choices"] | {key: value}})
        with pytest.raises(RefusedInput) as refused:
            whatif.screen(ground, whatif.read_recipe(spoilt, "recipe.json")[0])
        assert "\n" not in texts.told(str(refused.value)) or "\n" in text


@pytest.mark.parametrize(
    "words",
    [
        ("region", "{text}"), ("report", "{text}"), ("compare", "--", "{text}", "{text}"),
        ("report", BLITAR, "--formats", "{text}"), ("report", BLITAR, "--paper", "{text}"),
        ("report", BLITAR, "--edition", "{text}"), ("report", BLITAR, "--language", "{text}"),
        ("report", BLITAR, "--sheet", "{text}"), ("score", "{text}"), ("studies", "{text}"),
        ("import", "{text}", "--measure", "{text}", "--year", "2025"), ("--{text}",), ("{text}",),
        ("report", BLITAR, "--logo", "{text}"), ("verify", "{text}"),
    ],
    ids=lambda words: " ".join(words),
)  # fmt: skip
def test_what_is_typed_is_refused_in_letters(words):
    mixed = "x\x1b[31m\x9b2J\u202e\x07\ud800 [bold]<b>{x} :skull: =cmd"
    code, said = run(*(word.replace("{text}", mixed) for word in words))
    assert code == cli.REFUSED and "Traceback" not in said, said
    harmless.terminal(said)
