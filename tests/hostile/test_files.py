"""Office files, tables, records and names of files: texts stay texts in all of them."""

import csv
import io
import json
import re
import shutil
import subprocess

import pytest

from anticorruption.cli import progress
from anticorruption.cli.app import Terminal
from anticorruption.language import Language
from anticorruption.reporting import extracts, index
from tests.hostile import harmless
from tests.hostile.conftest import BLITAR, FILE, SHEET_NAME
from tests.hostile.texts import ALL, BORNE

#: Beginning of the addresses that sources have; no other may be linked.
OURS = "https://x"


@pytest.mark.parametrize("report", ["comparison", BLITAR])
def test_a_workbook_has_no_formula_no_link_and_every_text(made, report):
    (path,) = (p for name, p in made.report("xlsx").items() if name.startswith(report))
    assert harmless.missing(harmless.workbook(path.read_bytes()), BORNE) == []


def test_sheets_for_assessors_have_no_formula_and_no_link(made):
    files = made.files(".xlsx")
    sheets = [path for path in files if path.parent.name == "sheets"]
    said = "".join(harmless.workbook(path.read_bytes()) for path in sheets)
    assert len(sheets) == 2 and harmless.missing(said, BORNE) == []


@pytest.mark.parametrize("report", ["comparison", BLITAR])
def test_a_word_file_has_no_field_of_others_and_links_to_sources_alone(made, report):
    (path,) = (p for name, p in made.report("docx").items() if name.startswith(report))
    said, addresses = harmless.word(path.read_bytes())
    assert harmless.missing(said, BORNE) == []
    assert addresses and all(each.startswith(OURS) for each in addresses), addresses


@pytest.mark.parametrize("report", ["comparison", BLITAR])
def test_a_pdf_starts_nothing_and_links_to_sources_alone(made, report):
    (path,) = (p for name, p in made.report("pdf").items() if name.startswith(report))
    addresses = harmless.printed(path.read_bytes())
    assert addresses and all(each.startswith(OURS) for each in addresses), addresses
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on this machine: `make test-tools` installs Debian's")
    # Lines in their order on the page would mix the columns of a table.
    done = subprocess.run(["pdftotext", "-raw", path, "-"], capture_output=True, check=True)
    said = done.stdout.decode("utf-8")
    plain = tuple(text for text in BORNE if text.isascii())
    # Long words are broken with a hyphen, which letters are compared without.
    absent = harmless.missing(said.replace("-", ""), tuple(t.replace("-", "") for t in plain), 60)
    assert absent == []


def test_every_text_of_a_table_is_safe_and_comes_back_as_it_was(made):
    cells = {}
    for path in made.files(".csv"):
        cells[path.name] = harmless.table(path.read_text(encoding="utf-8"))
    assert {"scores.csv", "answers.csv", "observations.csv"} <= set(cells)
    found = {cell for file in cells.values() for cell in file}
    assert len(found.intersection(BORNE)) > len(BORNE) / 2
    columns = [{"name": "=a", "type": "string"}, {"name": "n", "type": "number"}]
    wanted = [*(each.text for each in ALL), "a\r=1+1", "a\n=1+1", "''@x"]
    data = [{"=a": text, "n": -1} for text in wanted]
    told = extracts.table_csv({"schema": {"fields": columns}, "data": data})
    rows = csv.reader(io.StringIO(told, newline=""))
    assert next(rows) == ["'=a", "n"]
    for (cell, number), text in zip(rows, wanted, strict=True):
        assert number == "-1" and harmless.undone(cell) == text
    source = harmless.table((made.overlay / "sources.csv").read_text(encoding="utf-8"))
    assert FILE in source and SHEET_NAME in source


def test_records_are_json_whose_texts_cannot_end_a_script(made):
    files = [*made.files(".json"), *made.files(".ipynb")]
    assert {"manifest.json", "ro-crate-metadata.json", "recipe.json", "score.json"} <= {
        path.name for path in files
    }
    for path in files:
        content = json.loads(path.read_text(encoding="utf-8"))
        assert json.loads(index.embedded(content)) == content
        assert not set(index.embedded(content)) & set("<>&'")
    crate = json.loads((made.edition / "ro-crate-metadata.json").read_text(encoding="utf-8"))
    identifiers = [each["@id"] for each in crate["@graph"]]
    assert len(identifiers) == len(set(identifiers))
    for each in identifiers:
        assert not each.startswith(("javascript:", "data:", "/")) and ".." not in each, each


def test_names_of_files_say_nothing_to_a_system(made):
    for place in (made.out, made.whatif, made.overlay):
        for path in place.rglob("*"):
            assert path.resolve().is_relative_to(made.root.resolve())
            if path.name != ".gitignore":
                harmless.name(path.relative_to(place))


@pytest.mark.parametrize(
    "command", ["import", "region", "screen", "score", "check", "again", "compare"]
)
def test_a_terminal_gets_letters_alone(made, command):
    said = (made.said / f"{command}.txt").read_text(encoding="utf-8")
    assert said.strip() and "Traceback" not in said
    harmless.terminal(said)


def test_the_bar_of_a_batch_shows_a_name_as_it_is(monkeypatch):
    out = io.StringIO()
    terminal = Terminal(file=out, force_terminal=True, width=120)
    monkeypatch.setattr(progress, "problems", terminal)
    name = "x[/b] [link=https://evil.example]y[/link] :skull:\x1b]0;judul\x07"
    with progress.shown(Language("id"), 1) as advance:
        advance(name)
    shown = re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", out.getvalue())
    assert "x[/b] [link=https://evil.example]y[/link] :skull:" in shown
    assert "\x1b]" not in out.getvalue() and "\x07" not in out.getvalue()
