"""The lock of the pilots' reports: what it pins, how it is read, what differs from it."""

import hashlib

import pytest

from anticorruption.errors import RefusedInput
from anticorruption.reporting import batch, pinned
from tests.paths import ROOT
from tests.reporting.conftest import COMPARISON

LOCK = ROOT / "reports" / "reports.lock"


def test_the_lock_pins_every_pilot_and_their_comparison_in_every_format(release_2026):
    hashes = pinned.read(LOCK)
    folders = {path.split("/")[1].partition("-")[0] for path in hashes}
    assert folders == {*batch.pilots(release_2026, pinned.EDITION), COMPARISON}
    assert len(hashes) == len(folders) * len(pinned.formats_of(hashes))
    assert LOCK.read_text(encoding="utf-8") == pinned.text(hashes)


@pytest.mark.parametrize("key", ["blitar", "mataram", "payakumbuh", COMPARISON])
def test_reports_made_here_are_the_pinned_ones(made, key):
    hashes = pinned.read(LOCK)
    folder = made[key].folder
    for name in (batch.PAGE, batch.NOTEBOOK):
        found = hashlib.sha256((folder / name).read_bytes()).hexdigest()
        pinned_hash = hashes[f"{pinned.EDITION}/{folder.name}/{name}"]
        assert found == pinned_hash, "if the change is meant: make reports-lock"


def test_differences_are_named_one_by_one():
    told = pinned.differences({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "x", "d": "4"})
    assert told == [
        "b is not the pinned one.", "c is pinned and was not made.", "d is not pinned.",
    ]  # fmt: skip


def test_a_spoilt_lock_is_refused_with_its_line(tmp_path):
    lock = tmp_path / "reports.lock"
    lock.write_text(f"{'0' * 64}  2025/a/report.html\nabc  2025/b\n")
    with pytest.raises(RefusedInput, match="line 2: a hash, two blanks and a path"):
        pinned.read(lock)
    with pytest.raises(RefusedInput, match="there is no such file"):
        pinned.read(tmp_path / "nowhere")


def test_main_compares_and_ends_with_one_if_something_differs(tmp_path, monkeypatch, capsys):
    lock, found = tmp_path / "reports.lock", {"2025/a/report.html": "0" * 64}
    monkeypatch.setattr(pinned, "made", lambda formats, workers: found)
    assert pinned.main([str(lock)]) == 2
    assert pinned.main(["--write", str(lock)]) == 0
    assert lock.read_text() == f"{'0' * 64}  2025/a/report.html\n"
    assert pinned.main([str(lock)]) == 0
    found["2025/a/report.html"] = "1" * 64
    assert pinned.main([str(lock)]) == 1
    assert "2025/a/report.html is not the pinned one." in capsys.readouterr().err
