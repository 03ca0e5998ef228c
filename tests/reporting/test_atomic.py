"""Files whole or not at all: full disks, readers at work, leftovers of killed runs."""

import resource
import threading

import pytest

from anticorruption.reporting import atomic


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_file_is_written_and_nothing_else(tmp_path):
    atomic.write(tmp_path / "deep" / "a.txt", b"new")
    assert (tmp_path / "deep" / "a.txt").read_bytes() == b"new"
    assert names(tmp_path / "deep") == ["a.txt"]


@pytest.mark.parametrize("limit", [0, 1, 4095, 4096, 60_000])
def test_on_a_full_disk_every_old_file_stays_and_the_message_names_the_new_one(tmp_path, limit):
    old = {"a.txt": b"old a", "b.txt": b"old b", "vouch": b"old v"}
    atomic.write_all(tmp_path, old, last="vouch")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    try:
        with pytest.raises(atomic.Unwritable, match=r"(a|b)\.txt cannot be written \(.+\)\.$"):
            new = {"a.txt": b"x" * min(limit, 10), "b.txt": b"x" * 90_000, "vouch": b""}
            atomic.write_all(tmp_path, new, last="vouch")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {name: (tmp_path / name).read_bytes() for name in names(tmp_path)} == old


def test_the_file_that_vouches_is_never_there_beside_others_than_its_own(tmp_path, monkeypatch):
    """Whatever step the machine stops at, the voucher is gone or all is of one version."""
    versions = [{"a": each, "b": each, "vouch": each} for each in (b"1", b"2")]
    stops = 0
    for stop in range(40):
        atomic.write_all(tmp_path, versions[0], last="vouch")
        steps = iter(range(stop))

        def counted(original, steps=steps):
            def step(*given):
                if next(steps, None) is None:
                    raise KeyboardInterrupt
                return original(*given)

            return step

        with monkeypatch.context() as patch:
            patch.setattr(atomic.os, "replace", counted(atomic.os.replace))
            patch.setattr(atomic.os, "fsync", counted(atomic.os.fsync))
            try:
                atomic.write_all(tmp_path, versions[1], last="vouch")
            except KeyboardInterrupt:
                stops += 1
        found = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
        assert "vouch" not in found or found in versions
        assert set(found) <= {"a", "b", "vouch"}
    assert stops > 5


def test_a_reader_beside_never_sees_half_a_file(tmp_path):
    path, sizes, over = tmp_path / "a", set(), threading.Event()
    atomic.write(path, b"0" * 5000)

    def read():
        while not over.is_set():
            content = path.read_bytes()
            sizes.add((len(content), len(set(content))))

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(150):
        atomic.write(path, bytes([turn]) * (5000 + turn % 2))
    over.set()
    reader.join()
    assert sizes <= {(5000, 1), (5001, 1)}


def test_leftovers_are_swept_and_a_readers_own_files_are_not(tmp_path):
    (tmp_path / "deep").mkdir()
    for name in (".a.html.unfinished", "mine.unfinished", ".mine"):
        (tmp_path / "deep" / name).write_text("")
    atomic.sweep(tmp_path)
    assert names(tmp_path / "deep") == [".mine", "mine.unfinished"]


def test_files_no_longer_of_the_report_go_away(tmp_path):
    atomic.write_all(tmp_path, {"a": b"", "old": b"", "vouch": b""}, last="vouch")
    atomic.write_all(tmp_path, {"a": b"", "vouch": b""}, last="vouch", outdated=("old", "never"))
    assert names(tmp_path) == ["a", "vouch"]


def test_a_folder_under_a_file_is_told_in_one_sentence(tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(atomic.Unwritable, match=r"^\S+taken\S* cannot be written \(.*\)\.$"):
        atomic.write(tmp_path / "taken" / "a", b"")
