"""Batches that are broken off, resumed, edited, verified: without kernels, on small notebooks."""

import hashlib
import json
import os
import random
import signal
import time
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest

from anticorruption.errors import RefusedInput
from anticorruption.reporting import (
    atomic,
    batch,
    execution,
    formats,
    lock,
    manifest,
    runrecord,
    verification,
)
from tests.conftest import DATA

CODES = [f"{number:02d}" for number in range(8)]


@pytest.fixture
def quick(monkeypatch):
    """Notebooks that take no kernel; what they show is their parameter."""

    def execute(notebook, values, about):
        time.sleep(0.01)
        cell = nbformat.v4.new_markdown_cell(f"# Report of {values}", id="c")
        return execution.settled(nbformat.v4.new_notebook(cells=[cell]), about)

    monkeypatch.setattr(execution, "execute", execute)


@pytest.fixture
def data(release_2026):
    return release_2026


def job(code: str, out: Path, **inputs: str) -> batch.Job:
    return batch.Job(
        code, out / code, "report-region", {"region_code": code}, {"title": code}, inputs=inputs
    )


def whole_batch(out: Path, data, codes=CODES, workers=2) -> list[batch.Outcome]:
    """A batch as the command runs it."""
    out.mkdir(parents=True, exist_ok=True)
    with lock.held(out):
        planned = batch.plan([job(code, out) for code in codes])
        batch.begin(out)
        outcomes = batch.run(planned, lambda todo: batch.here(todo, workers))
        batch.finish(out, data)
    return outcomes


def tree(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def told(findings) -> list[str]:
    return [f"{where.name}: {message.format(**values)}" for where, message, values in findings]


def test_what_stands_unchanged_is_kept_and_an_edited_report_is_not(tmp_path, quick, data):
    assert not any(outcome.kept for outcome in whole_batch(tmp_path, data))
    before = tree(tmp_path)
    assert all(outcome.kept for outcome in whole_batch(tmp_path, data))
    assert tree(tmp_path) == before
    page = tmp_path / "03" / batch.PAGE
    page.write_text(page.read_text() + " ")
    (tmp_path / "05" / batch.NOTEBOOK).unlink()
    assert told(verification.check(tmp_path)) == [
        "03: report.html was changed after it was made", "05: report.ipynb is missing",
    ]  # fmt: skip
    again = [outcome.job.label for outcome in whole_batch(tmp_path, data) if not outcome.kept]
    assert again == ["03", "05"] and tree(tmp_path) == before


def test_one_changed_byte_in_any_file_is_found(tmp_path, quick, data):
    whole_batch(tmp_path, data, CODES[:3])
    assert verification.check(tmp_path) == [] and verification.counted(tmp_path) == (3, 7)
    chance = random.Random(7)
    for name in tree(tmp_path):
        if name == manifest.NAME:
            continue
        path = tmp_path / name
        old = path.read_bytes()
        place = chance.randrange(len(old))
        path.write_bytes(old[:place] + bytes([old[place] ^ 1]) + old[place + 1 :])
        assert verification.check(tmp_path), name
        path.write_bytes(old)
    (tmp_path / "01" / "extra.txt").write_text("")
    assert told(verification.check(tmp_path)) == ["01: extra.txt is no file of the manifest"]


def test_every_cause_to_make_a_report_anew_is_told(tmp_path, quick):
    first = job("01", tmp_path, **{"observations.csv: 01 mcp 2023, a": "9 aa", "noise": "1"})
    batch.make([first])

    def why(other: batch.Job) -> list[str]:
        (this,) = batch.plan([other])
        return [message.format(**values) for message, values in this.reasons]

    assert why(first) == []
    changed = {"observations.csv: 01 mcp 2023, a": "9 bb", "noise": "1"}
    assert why(replace(first, inputs=changed)) == ["observations.csv line 9 (mcp 2023) changed"]
    moved = {"observations.csv: 01 mcp 2023, a": "10 aa", "noise": "1"}
    assert "line 9 is now 10" in why(replace(first, inputs=moved))[0]
    assert why(replace(first, inputs={"noise": "1"})) == [
        "observations.csv line 9 (mcp 2023) is gone"
    ]
    assert why(replace(first, formats=("html",))) == ["other formats are asked for"]
    assert why(replace(first, appearance=formats.Appearance(draft=True))) == [
        "another appearance is asked for"
    ]
    assert batch.plan([first], force=True)[0].reasons


def test_fewer_formats_leave_no_file_of_the_others(tmp_path, quick):
    batch.make([job("01", tmp_path)])
    batch.make([replace(job("01", tmp_path), formats=("html",))])
    assert sorted(p.name for p in (tmp_path / "01").iterdir()) == ["manifest.json", batch.PAGE]


def test_order_and_number_of_workers_change_no_byte(tmp_path, quick, data):
    whole_batch(tmp_path / "a" / "r", data, CODES, workers=1)
    whole_batch(tmp_path / "b" / "r", data, CODES[::-1], workers=4)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_a_batch_killed_at_random_moments_ends_as_an_unbroken_one(tmp_path, quick, data):
    """Seeded; :mod:`tests.crash` does it to the whole command."""
    whole_batch(tmp_path / "unbroken" / "r", data)
    out, chance, killed = tmp_path / "broken" / "r", random.Random(20261124), 0
    for _ in range(6):
        if not (child := os.fork()):
            whole_batch(out, data)
            os._exit(0)
        time.sleep(chance.uniform(0.02, 0.35))
        os.kill(child, signal.SIGKILL)
        killed += os.waitpid(child, 0)[1] == signal.SIGKILL
        standing = {
            path: path.stat().st_mtime_ns
            for path in out.glob("*/manifest.json")
            if not list(manifest.differences(path.parent, manifest.read(path.parent)))
        }
    whole_batch(out, data)
    assert killed
    assert tree(tmp_path / "broken") == tree(tmp_path / "unbroken")
    assert {path: path.stat().st_mtime_ns for path in standing} == standing


def test_a_killed_child_loses_its_own_report_alone(tmp_path, quick, data, monkeypatch):
    execute = execution.execute

    def killed(notebook, values, about):
        if values["region_code"] == "03":
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(notebook, values, about)

    monkeypatch.setattr(execution, "execute", killed)
    outcomes = whole_batch(tmp_path, data)
    (lost,) = [outcome for outcome in outcomes if outcome.problem]
    assert lost.job.label == "03" and not lost.machine
    assert "ended by signal 9" in lost.problem and lost.problem.endswith(".")
    assert not (tmp_path / "03").exists() and verification.check(tmp_path) == []


@pytest.mark.parametrize("last", [True, False])
def test_a_child_killed_after_its_last_byte_has_made_its_report(
    tmp_path, quick, data, monkeypatch, last
):
    """Its report is not thrown away, unless it was asked for anew: that cannot be told apart."""
    store = batch.store

    def killed(this, files):
        store(this, files)
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(batch, "store", killed)
    (outcome,) = batch.make([job("01", tmp_path)], force=not last)
    assert (outcome.problem is None) == last == (tmp_path / "01" / manifest.NAME).exists()


def test_what_a_batch_says_of_itself_stays_until_a_report_changes(tmp_path, quick, data):
    whole_batch(tmp_path, data, CODES[:2])
    before = tree(tmp_path)
    batch.begin(tmp_path, ["index.html"])
    assert tree(tmp_path) == before
    batch.make([replace(job("01", tmp_path), inputs={"noise": "2"})])
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["00", "01"]


def test_a_page_that_no_manifest_vouches_for_goes_when_a_batch_begins(tmp_path, quick, data):
    whole_batch(tmp_path, data, CODES[:2])
    for name in ("index.html", "mine.html"):
        (tmp_path / name).write_text("")
    (tmp_path / manifest.NAME).unlink()
    batch.begin(tmp_path, ["index.html"])
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["00", "01", "mine.html"]


def test_folders_beside_reports_of_no_batch_are_left_alone(tmp_path, quick):
    for name in ("index.html", manifest.NAME):
        (tmp_path / name).write_text("{}")
    batch.make([job("01", tmp_path)])
    assert (tmp_path / "index.html").exists() and (tmp_path / manifest.NAME).exists()


def test_a_manifest_that_only_reads_the_same_is_found(tmp_path, quick):
    batch.make([job("01", tmp_path)])
    path = tmp_path / "01" / manifest.NAME
    content = path.read_bytes()
    path.write_bytes(content.replace(b"\n ", b"\n\n", 1))
    assert json.loads(path.read_text()) == json.loads(content)
    ((message, values),) = batch.plan([job("01", tmp_path)])[0].reasons
    assert message.format(**values) == "manifest.json was changed after it was made"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("9 aa", "x aa"), ("9 aa", " aa"), ("9 aa", "9aaa"), ("9 aa", "\u0662 aa"),
        ("01 mcp 2023", "01xmcp 2023"), ("observations.csv: ", "observations.csvx "),
        ("inputs", "inputz"), ("files", "filez"), ("code", "coda"), ("kind", "kins"),
    ],
)  # fmt: skip
def test_a_report_with_any_byte_of_its_manifest_changed_is_made_anew(tmp_path, quick, old, new):
    first = job("01", tmp_path, **{"observations.csv: 01 mcp 2023, a": "9 aa", "noise": "1"})
    batch.make([first])
    path = tmp_path / "01" / manifest.NAME
    before = path.read_text(encoding="utf-8")
    path.write_text(before.replace(old, new, 1), encoding="utf-8")
    (this,) = batch.plan([first])
    assert this.reasons and all(message.format(**values) for message, values in this.reasons)
    batch.make([first])
    assert path.read_text(encoding="utf-8") == before


def test_one_folder_that_cannot_be_written_stops_no_other_report(tmp_path, quick):
    (tmp_path / "01").write_text("in the way")
    outcomes = batch.make([job(code, tmp_path) for code in CODES[:3]])
    assert [(outcome.problem is None, outcome.machine) for outcome in outcomes] == [
        (True, False), (False, False), (True, False),
    ]  # fmt: skip
    assert "01 cannot be written (" in outcomes[1].problem


def test_an_unfinished_batch_is_told_from_a_finished_one(tmp_path, quick, data):
    whole_batch(tmp_path, data, CODES[:2])
    (tmp_path / manifest.NAME).unlink()
    assert "the batch was not finished" in told(verification.check(tmp_path))[0]


@pytest.mark.parametrize("content", ["", "[]", '{"kind": "report"}', '{"files": 3}', "\xff"])
def test_a_spoilt_manifest_counts_as_none(tmp_path, quick, content):
    batch.make([job("01", tmp_path)])
    (tmp_path / "01" / manifest.NAME).write_text(content, encoding="latin-1")
    assert batch.plan([job("01", tmp_path)])[0].reasons
    with pytest.raises(RefusedInput, match=r"has no manifest of reports"):
        verification.check(tmp_path / "01")


def test_a_full_disk_ends_the_batch_and_names_the_file(tmp_path, quick, monkeypatch):
    batch.make([job("01", tmp_path)])
    before = tree(tmp_path)

    def full(path, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(atomic, "_put", full)
    outcomes = batch.make([job(code, tmp_path, new="1") for code in CODES])
    assert all(outcome.machine for outcome in outcomes)
    said = {outcome.problem for outcome in outcomes}
    assert all("report.html cannot be written (No space left" in each for each in said)
    assert {k: v for k, v in tree(tmp_path).items() if k.startswith("01/")} == before


def test_the_run_record_is_a_process_run_crate_without_a_clock(tmp_path, quick, data):
    whole_batch(tmp_path, data, CODES[:2])
    text = (tmp_path / runrecord.NAME).read_text(encoding="utf-8")
    graph = {each["@id"]: each for each in json.loads(text)["@graph"]}
    assert graph["./"]["datePublished"] == "2026-11-23"
    assert graph["./"]["conformsTo"]["@id"] == runrecord.PROFILE
    action = graph["#01"]
    assert action["@type"] == "CreateAction"
    assert action["instrument"]["@id"] == "#report-region.ipynb"
    page = graph["01/report.html"]
    assert page["sha256"] == hashlib.sha256((tmp_path / "01" / batch.PAGE).read_bytes()).hexdigest()
    assert {"@id": "01/report.html"} in action["result"]
    table = graph["#data/observations.csv"]
    assert table["sha256"] == hashlib.sha256((DATA / "observations.csv").read_bytes()).hexdigest()
    assert time.strftime("T%H:") not in text and str(tmp_path) not in text
    from rocrate.rocrate import ROCrate

    assert len(ROCrate(tmp_path).get_by_type("CreateAction")) == 2


def test_a_folder_without_reports_is_refused(tmp_path):
    with pytest.raises(RefusedInput, match="has no manifest of reports"):
        verification.check(tmp_path)
    with pytest.raises(RefusedInput, match="is not a folder"):
        verification.check(tmp_path / "nowhere")


@pytest.mark.parametrize(("count", "computed"), [(2, 0), (3, 1)])
def test_shared_figures_are_computed_before_the_first_child(monkeypatch, tmp_path, count, computed):
    warmed = []
    monkeypatch.setattr(batch, "WORTH_WARMING", 3)
    monkeypatch.setattr(batch.studies, "warm", lambda nation: warmed.append(nation) or 1 / 0)
    monkeypatch.setattr(batch, "_make", lambda this: {"problem": f"{len(warmed)} warmed"})
    jobs = [job(code, tmp_path) for code in CODES[:count]]
    # The computation itself fails here, and no report is the poorer for it.
    outcomes = batch.make(jobs, nations=["nation"])
    assert [outcome.problem for outcome in outcomes] == [f"{computed} warmed"] * count
    assert warmed == ["nation"] * computed
