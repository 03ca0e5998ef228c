"""The assessment in a report: what it says with a sheet, without one, and of an example."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from anticorruption import regions
from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.programme.assessment import MISSES, ON_MISSING, ON_WEIGHTS, REACHES
from anticorruption.reporting import (
    assessed,
    assessed_json,
    assessed_pictures,
    assessed_tables,
    assessed_words,
    batch,
    execution,
    studies,
)
from anticorruption.reporting.display import Page
from tests.conftest import DATA
from tests.paths import ROOT

BLITAR = "35.72"
EXAMPLE = sorted((DATA / "examples").glob("*.xlsx"))


@pytest.fixture
def found(example_dossier):
    return example_dossier


@pytest.fixture
def emitted(monkeypatch):
    """What a page shows: its HTML, and the metadata of its outputs."""
    shown: list = []

    def display(data, raw=True, metadata=None):
        shown.append((data, metadata or {}))

    monkeypatch.setattr("anticorruption.reporting.display.display", display)
    monkeypatch.setattr("anticorruption.reporting.assessed.display", display)
    return shown


def html(shown):
    return "\n".join(data.get("text/html", "") for data, _ in shown)


@pytest.mark.parametrize("language", ["id", "en"])
def test_a_section_shows_everything_and_the_warning_of_an_example(
    release_2026, found, emitted, language
):
    page = Page(release_2026, Language(language))
    assessed.show(page, found)
    text = html(emitted)
    assert "contoh / synthetic" in text
    assert any(execution.NOTICE in metadata for _, metadata in emitted)
    for indicator in found.rubric.indicators:
        assert indicator.name(language) in text
    for sheet in found.files:
        assert sheet.sha256 in text and sheet.file in text
    assert "Penilaian!D5" in text
    for place, (data, metadata) in enumerate(emitted):
        if "image/svg+xml" in data:
            assert metadata["image/svg+xml"]["alt"]
            assert "contoh / synthetic" in metadata["image/svg+xml"]["caption"], place


def test_without_a_sheet_it_says_what_is_missing_and_why(release_2026, emitted):
    page = Page(release_2026, Language("id"))
    assessed.show(page, None)
    assert len(emitted) == 2 and "Tidak ditampilkan" in html(emitted)
    assessed.warn(page, None)
    assert len(emitted) == 2 and assessed.option(None) == ""


def test_tables_add_up(release_2026, found):
    page = Page(release_2026, Language("en"))
    _, _, rows = assessed_tables.progress(page, found)
    assert len(rows) == 6 + 19 + 1
    _, columns, worth = assessed_tables.worth(page, found)
    assert len(worth) == len(found.now.missing) + len(found.now.in_doubt)
    assert [c.key for c in columns][-2:] == ["at_least", "settles"]
    _, _, gates = assessed_tables.gates(page, found)
    assert len(gates) == 8
    _, _, actions = assessed_tables.actions(page, found)
    wanted = {code for plan in found.paths.plans for code in plan.steps.index}
    assert len(actions) == len(wanted)


def test_every_score_names_its_own_cell(release_2026, found):
    _, _, rows = assessed_tables.scores(Page(release_2026, Language("en")), found)
    named = {row["indicator"].text.split()[0]: row["cell"].text for row in rows}
    cells = {
        indicator.id: {sheet.scores.at[indicator.id, "cell"] for sheet in found.latest.sheets}
        for indicator in found.rubric.indicators
    }
    assert {code: set(text.split(", ")) for code, text in named.items()} == cells
    assert len(set(named.values())) == len(named) == 19


def test_pictures_count_what_the_numbers_say(release_2026, found):
    page = Page(release_2026, Language("en"))
    _, _, alt = assessed_pictures.squares(page, found)
    certain = found.now.evidence[found.now.evidence["state"] == "known"]["low"]
    assert alt.startswith(f"90 or above: {(certain >= 90).sum()};")
    _, caption, alt, sources = assessed_pictures.path(page, found)
    assert caption.startswith("[contoh / synthetic]") and sources
    for plan in found.paths.plans:
        for code in plan.steps.index:
            assert code in alt


def test_sentences_say_the_verdict_in_both_languages(found):
    english, indonesian = Language("en"), Language("id")
    assert assessed_words.verdict(english, found)[0].endswith("depends on the weights.")
    assert assessed_words.verdict(indonesian, found)[0].endswith("bergantung pada bobot.")
    told = " ".join(assessed_words.reasons(english, found))
    assert "Every component the same" in told and "cannot tell" in told
    assert len(assessed_words.plans(english, found)) == 4


@pytest.mark.parametrize(
    ("verdict", "told", "meant"),
    [
        (REACHES, "{name} certainly reaches the mark of 90.", "It does so under every"),
        (MISSES, "{name} certainly does not reach the mark of 90.", "It misses it under every"),
        (ON_MISSING, "Whether {name} reaches the mark of 90 depends on what is missing.", "Some"),
        (ON_WEIGHTS, "Whether {name} reaches the mark of 90 depends on the weights.", "Whatever"),
    ],
)
def test_each_verdict_has_its_own_words(found, verdict, told, meant):
    now = replace(found.now, verdict=verdict)
    first, second, *_ = assessed_words.verdict(
        Language("en"), SimpleNamespace(now=now, code=found.code, rubric=found.rubric)
    )
    assert first == told.format(name=regions.name(BLITAR, "en")) and second.startswith(meant)


def test_json_holds_everything_and_nothing_that_json_cannot(found):
    told = assessed_json.told(found, Language("en"))
    again = json.loads(json.dumps(told, allow_nan=False))
    assert again["notice"] and again["region_code"] == BLITAR
    assert again["name"] == regions.name(BLITAR, "en")
    assert len(again["indicators"]) == 19 and len(again["plans"]) == 3
    missing = next(i for i in again["indicators"] if i["indicator"] == found.now.missing[0])
    assert missing["low"] is None and missing["cell"].startswith("Penilaian!D")
    assert again["score_low"] == found.now.score_low


def test_a_report_with_sheets_names_files_and_hashes_but_no_folder(
    national_2025, tmp_path, monkeypatch
):
    monkeypatch.setenv(assessed.ENVIRONMENT_VARIABLE, "")
    say = Language("id")
    study = studies.region(national_2025, BLITAR)
    page = Page(study.release, say)
    job = batch.region_job(national_2025, BLITAR, say, tmp_path)
    assert "sheet" not in job.parameters
    with_one = assessed.with_sheets(job, study, EXAMPLE[:2], page)
    assert with_one.parameters["sheet"] == "|".join(path.name for path in EXAMPLE[:2])
    assert {f"sheet {path.name}" for path in EXAMPLE[:2]} <= set(with_one.inputs)
    execution.check(execution.template(with_one.template), with_one.parameters)
    told = assessed.of_region(study, with_one.parameters["sheet"], page)
    assert len(told.files) == 2
    assert assessed.option(told) == "".join(f" --sheet {path.name}" for path in EXAMPLE[:2])
    with pytest.raises(RefusedInput, match="a name of its own"):
        assessed.with_sheets(job, study, [EXAMPLE[0], Path("x") / EXAMPLE[0].name], page)


def test_a_sheet_that_is_nowhere_is_refused(monkeypatch):
    monkeypatch.delenv(assessed.ENVIRONMENT_VARIABLE, raising=False)
    with pytest.raises(RefusedInput, match=r"none.xlsx: there is no such sheet"):
        assessed.find("here/none.xlsx")
    assert assessed.find(EXAMPLE[0].name) == EXAMPLE[0]


def test_the_warning_of_an_output_reaches_the_metadata_for_every_exporter():
    notebook = nbformat.read(ROOT / "notebooks/09-assess-a-region.ipynb", as_version=4)
    settled = execution.settled(notebook, {"title": "x"})
    assert "contoh / synthetic" in settled.metadata["anticorruption"]["notice"]
    assert settled.metadata["anticorruption"]["title"] == "x"
    plain = nbformat.read(ROOT / "notebooks/04-pilots-side-by-side.ipynb", as_version=4)
    assert "notice" not in execution.settled(plain, {}).metadata["anticorruption"]
