"""One batch a folder: who holds it is told, and the dead hold nothing."""

import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest

from anticorruption.errors import RefusedInput
from anticorruption.reporting import lock

HOLD = """
import sys, time
from pathlib import Path
from anticorruption.reporting import lock
try:
    with lock.held(Path(sys.argv[1]), patience=0):
        print("held", flush=True)
        time.sleep(float(sys.argv[2]))
except lock.RefusedInput as refused:
    print(refused, flush=True)
"""


def holder(folder, seconds=60):
    words = [sys.executable, "-c", HOLD, str(folder), str(seconds)]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def test_a_second_batch_is_told_who_is_at_work(tmp_path):
    first = holder(tmp_path)
    try:
        assert first.stdout.readline() == "held\n"
        with pytest.raises(RefusedInput) as refused, lock.held(tmp_path):
            pass
        said = str(refused.value)
        assert str(tmp_path) in said and f"process {first.pid} on {socket.gethostname()}" in said
        assert time.strftime("%Y-") in said and said.endswith(".") and "\n" not in said
    finally:
        first.kill()
        first.wait()


def test_the_lock_of_a_killed_batch_is_taken_over(tmp_path):
    first = holder(tmp_path)
    assert first.stdout.readline() == "held\n"
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert (tmp_path / lock.NAME).exists()
    with lock.held(tmp_path, patience=0):
        assert json.loads((tmp_path / lock.NAME).read_text())["pid"] == os.getpid()
    assert list(tmp_path.iterdir()) == []


def test_of_many_that_start_together_one_works_and_the_others_name_it(tmp_path):
    started = [holder(tmp_path, 3) for _ in range(4)]
    told = [process.stdout.readline().strip() for process in started]
    for process in started:
        process.wait()
    assert told.count("held") >= 1
    at_work = [process.pid for process, said in zip(started, told, strict=True) if said == "held"]
    for said in told:
        assert said == "held" or "another batch is at work here" in said
    assert len(at_work) == 1


def test_a_child_of_a_killed_batch_is_waited_for(tmp_path):
    """The child shares the lock until it ends; the batch itself is dead."""
    (handle := os.open(tmp_path / lock.NAME, os.O_RDWR | os.O_CREAT))
    assert lock._lock(handle)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    sign = {"pid": ended.pid, "host": socket.gethostname(), "since": "2026-11-24 08:00:00"}
    (tmp_path / lock.NAME).write_text(json.dumps(sign))
    refused = pytest.raises(RefusedInput, match="since 2026-11-24 08:00:00")
    with refused, lock.held(tmp_path, patience=0.3):
        pass
    os.close(handle)
    with lock.held(tmp_path, patience=5):
        pass


def test_a_lock_signed_on_another_machine_is_not_waited_for(tmp_path):
    handle = os.open(tmp_path / lock.NAME, os.O_RDWR | os.O_CREAT)
    assert lock._lock(handle)
    (tmp_path / lock.NAME).write_text('{"pid": 1, "host": "elsewhere", "since": "today"}')
    began = time.monotonic()
    with pytest.raises(RefusedInput, match="process 1 on elsewhere"), lock.held(tmp_path):
        pass
    assert time.monotonic() - began < 5
    os.close(handle)


def test_a_lock_that_leads_elsewhere_is_not_followed(tmp_path):
    (tmp_path / "mine").write_text("a reader's own note")
    (tmp_path / lock.NAME).symlink_to(tmp_path / "mine")
    refused = pytest.raises(lock.Unwritable, match=r"batch\.lock cannot be written")
    with refused, lock.held(tmp_path):
        pass
    assert (tmp_path / "mine").read_text() == "a reader's own note"


@pytest.mark.parametrize("pid", [10**30, "x", None, 2**22 + 1])
def test_a_signature_of_no_living_process_is_dead(pid):
    assert lock._dead({"pid": pid, "host": socket.gethostname()})


def test_a_signature_that_does_not_fit_on_the_disk_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr(lock.os, "write", lambda handle, text: len(text) // 2)
    with pytest.raises(lock.Unwritable, match="No space left"), lock.held(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []
