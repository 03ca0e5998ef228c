"""`anticorruption import` of every bad file: the right values, or one sentence and nothing else."""

import csv
import os
import resource
import tempfile
import time

import pytest

from anticorruption.intake import reading
from tests.badfiles import catalogue

#: Promised for every file: seconds of the processor and bytes of memory.
MOST_SECONDS, MOST_BYTES = 10, 500 * 2**20


@pytest.fixture
def temporary(tmp_path_factory, monkeypatch):
    """Folder for temporary files, which must be empty again at the end."""
    folder = tmp_path_factory.mktemp("temporary")
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not list(folder.iterdir())


@pytest.mark.parametrize("bad", catalogue.EVERY, ids=lambda bad: bad.name)
def test_a_file_is_read_or_refused_in_one_sentence(
    bad, run, tmp_path, temporary, warm, monkeypatch
):
    monkeypatch.setattr(reading, "_child", warm)
    bad.make(tmp_path)
    before = set(os.listdir(tmp_path))
    began, _ = time.process_time(), setattr(warm, "seconds", 0.0)
    told = ("--measure", "mcp", "--overlay", "ov", "--language", "en", "--year", "2025")
    ran = run("import", bad.file, *told, *bad.options)
    assert time.process_time() - began + warm.seconds < MOST_SECONDS
    left = set(os.listdir(tmp_path)) - before
    assert "Traceback" not in ran.out + ran.err
    if bad.values is not None:
        assert ran.code == 0, ran.err
        with open(tmp_path / "ov/observations.csv", encoding="utf-8", newline="") as file:
            assert {r["region_code"]: r["value"] for r in csv.DictReader(file)} == bad.values
        assert left == {"ov"}
        return
    assert ran.code == 2
    assert left <= {f"{bad.file.rpartition('.')[0]}.mapping.toml"}
    if "usage:" in ran.err.lower():  # the option itself, told by the command line's own reader
        assert all(said in ran.err for said in bad.said)
        return
    (sentence,) = ran.err.splitlines()
    assert sentence.startswith("anticorruption: ") and sentence.endswith(".")
    assert sentence.isprintable() and len(sentence) < 1000
    for said in bad.said:
        assert said in sentence


def test_every_class_of_the_threats_has_files_and_each_has_a_name_of_its_own():
    names = [bad.name for bad in catalogue.EVERY]
    assert len(names) >= 60 and len(set(names)) == len(names)
    classes = {name.split()[0] for name in names}
    assert classes == {
        "encoding", "number", "name", "shape", "value", "archive", "XML", "format",
    }  # fmt: skip


def test_no_file_took_more_memory_than_promised(warm):
    assert warm.peak < MOST_BYTES
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 < 2 * MOST_BYTES
