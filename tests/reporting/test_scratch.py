"""Folders for a while: gone when they are no longer used, whatever ended their process."""

import os
import signal
import tempfile

import pytest

from anticorruption.reporting import scratch


@pytest.fixture(autouse=True)
def own_folder(tmp_path, monkeypatch):
    """Nobody else's folders are where these tests look."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def test_a_folder_is_empty_and_goes_away_with_what_is_in_it(tmp_path):
    with scratch.folder() as folder:
        assert folder.parent == tmp_path and list(folder.iterdir()) == []
        (folder / "a").write_text("a")
    assert list(tmp_path.iterdir()) == []


def test_only_the_folders_of_dead_processes_are_swept(tmp_path):
    reading, writing = os.pipe()
    if not (child := os.fork()):
        with scratch.folder() as folder:
            (folder / "a").write_text("a")
            os.write(writing, b".")
            signal.pause()
        os._exit(0)
    os.read(reading, 1)
    (tmp_path / "anticorruption-notes").mkdir()
    scratch.sweep()
    alive = sorted(path.name for path in tmp_path.iterdir())
    assert len(alive) == 2 and alive[1].startswith(scratch.PREFIX)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with scratch.folder() as ours:
        scratch.sweep()
        assert sorted(tmp_path.iterdir()) == [tmp_path / "anticorruption-notes", ours]


def test_a_link_or_a_file_of_that_name_is_left_alone(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "mine").write_text("a")
    (tmp_path / f"{scratch.PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{scratch.PREFIX}file").write_text("")
    scratch.sweep()
    assert (elsewhere / "mine").exists() and len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("opened_first", [False, True])
def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(
    tmp_path, monkeypatch, opened_first
):
    opened, times = os.open, iter([True])

    def meanwhile(*given, **named):
        handle = opened(*given, **named) if opened_first else None
        if next(times, False):
            scratch.sweep()
        return opened(*given, **named) if handle is None else handle

    monkeypatch.setattr(os, "open", meanwhile)
    with scratch.folder() as folder:
        assert list(tmp_path.iterdir()) == [folder]
        scratch.sweep()
        assert folder.is_dir()
    assert list(tmp_path.iterdir()) == []
