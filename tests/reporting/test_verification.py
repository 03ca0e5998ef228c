"""Reports made again: what comes out otherwise is named, with what changed since."""

import json

import pytest

from anticorruption.reporting import manifest, verification


@pytest.fixture
def report(tmp_path):
    """Writes the manifest of a report: hashes of its files, and its inputs."""

    def written(name, files, inputs):
        folder = tmp_path / name
        folder.mkdir()
        content = dict.fromkeys(manifest._OTHER) | {"kind": "report", "code": {}, "inputs": inputs}
        (folder / manifest.NAME).write_text(json.dumps(content | {"files": files}))
        return folder

    return written


def test_a_report_that_comes_out_otherwise_is_named(report):
    old = report("old", {"report.html": "1", "report.pdf": "2", "gone.csv": "3"}, {})
    new = report("new", {"report.html": "1", "report.pdf": "9"}, {})
    found = list(verification._compared(old, new))
    message = "{file} is another when made again"
    assert found == [(old, message, {"file": "gone.csv"}), (old, message, {"file": "report.pdf"})]


def test_what_changed_since_is_told(report):
    old = report("old", {"report.html": "1"}, {"bands.csv": "1"})
    new = report("new", {"report.html": "2"}, {"bands.csv": "2"})
    ((where, message, values),) = verification._compared(old, new)
    assert (where, values["file"]) == (old, "report.html")
    assert message.endswith("since then {reason}") and values["reason"] == "bands.csv changed"


def test_a_report_that_comes_out_the_same_is_not_named(report):
    files = {"report.html": "1"}
    assert not list(verification._compared(report("old", files, {}), report("new", files, {})))


def test_a_manifest_that_was_changed_with_its_files_is_named(report, tmp_path):
    path = report("35.72-kota-blitar", {}, {"bands.csv": "1"})
    vouched = {path.name: manifest.sha256((path / manifest.NAME).read_bytes())}
    whole = {"kind": manifest.BATCH, "files": {}, "reports": vouched}
    (tmp_path / manifest.NAME).write_text(json.dumps(whole))
    assert verification.check(tmp_path) == []
    told = json.loads((path / manifest.NAME).read_text())
    (path / manifest.NAME).write_text(json.dumps(told | {"inputs": {"bands.csv": "2"}}))
    message = "{file} was changed after it was made"
    assert verification.check(tmp_path) == [(path, message, {"file": manifest.NAME})]
    (path / manifest.NAME).unlink()
    ((where, message, _),) = verification.check(tmp_path)
    assert (where, message) == (path, "the report or its manifest is missing")
