"""Children forked from the warm process: what comes back, how they end, and what never leaks."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
import tracemalloc
from pathlib import Path

import psutil
import pytest

from anticorruption.reporting import forking
from anticorruption.reporting.forking import Lost
from tests.paths import ROOT

forks = pytest.mark.skipif(not forking.usable(), reason="nothing can be forked here")


@pytest.fixture(params=["children", "threads"])
def way(request, monkeypatch):
    """Both ways of doing the work; the second by its switch."""
    if request.param == "threads":
        monkeypatch.setenv(forking.SWITCH, "never")
    elif not forking.usable():
        pytest.skip("nothing can be forked here")
    return request.param


def test_every_result_comes_back_with_its_place(way):
    def work(item):
        return {"twice": 2 * item, "pair": (item, "é\ud800")}

    found = dict(forking.each(work, range(7), 3))
    assert found == {n: {"twice": 2 * n, "pair": [n, "é\ud800"]} for n in range(7)}


def test_bytes_come_back_as_bytes_however_many(way):
    sizes = [0, 1, 3_000_000]
    found = dict(forking.each(lambda size: b"\x00\xff" * size, sizes, 2))
    assert [len(found[place]) for place in range(3)] == [0, 2, 6_000_000]


def test_nothing_to_do_gives_nothing(way):
    assert list(forking.each(str, [], 2)) == []


def test_what_is_raised_is_one_line_and_the_others_go_on(way):
    def work(item):
        if item == 1:
            raise ValueError("not\n  this one")
        if item == 2:
            raise KeyError
        if item == 3:
            return object()
        return item

    found = dict(forking.each(work, range(5), 2))
    assert found[0] == 0 and found[4] == 4
    assert found[1] == Lost("not this one") and found[2] == Lost("KeyError")
    assert "JSON" in found[3].reason


def test_items_are_taken_only_when_there_is_room(way):
    taken = []

    def items():
        for item in range(6):
            taken.append(item)
            yield item

    for done, _ in enumerate(forking.each(str, items(), 2), start=1):
        assert len(taken) <= done + 2


@forks
@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda: os.kill(os.getpid(), signal.SIGKILL), "ended by signal 9 (killed)"),
        (lambda: os.kill(os.getpid(), signal.SIGTERM), "ended by signal 15 (terminated)"),
        (lambda: os._exit(0), "ended without a result (exit code 0)"),
        (lambda: os._exit(7), "ended without a result (exit code 7)"),
        (lambda: sys.exit("no more"), "no more"),
    ],
)
def test_a_child_that_dies_is_told_in_one_sentence(end, reason):
    def work(item):
        return end() if item == 1 else item

    assert dict(forking.each(work, range(3), 2)) == {0: 0, 1: Lost(reason), 2: 2}


@forks
def test_a_child_that_closes_its_pipe_and_sleeps_is_ended(monkeypatch):
    monkeypatch.setattr(forking, "_GRACE", 0.05)

    def work(item):
        os.closerange(3, 2**16)
        time.sleep(600)

    assert list(forking.each(work, [0], 1)) == [(0, Lost("was ended before its result"))]


@forks
def test_what_a_child_leaves_running_neither_holds_up_nor_outlives_it(tmp_path):
    note = tmp_path / "pid"

    def work(item):
        if (pid := os.fork()) == 0:
            time.sleep(600)
            os._exit(0)
        note.write_text(str(pid))
        os._exit(3)

    assert list(forking.each(work, [0], 1)) == [(0, Lost("ended without a result (exit code 3)"))]
    assert not _alive(int(note.read_text()))


def _alive(pid: int) -> bool:
    """Whether a process still runs; one that is dead but not yet fetched does not."""
    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state in "ZX":
            return False
        time.sleep(0.05)
    return True


def children() -> set[int]:
    """Children of this process, those of other tests and of libraries among them."""
    return {child.pid for child in psutil.Process().children()}


@forks
def test_no_child_is_used_twice_and_none_is_left():
    before = children()
    seen = [pid for _, pid in forking.each(lambda _: os.getpid(), range(6), 3)]
    assert len(set(seen)) == 6 and os.getpid() not in seen
    assert children() == before


@forks
def test_what_a_child_changes_stays_in_it(tmp_path):
    import numpy as np

    def work(item):
        had = os.environ.get("CHANGED"), os.getcwd(), "" in sys.path[:1], hasattr(os, "changed")
        os.environ["CHANGED"], os.changed = "1", True
        os.chdir(tmp_path)
        return [*had, float(np.random.rand()), os.environ["OMP_NUM_THREADS"]]

    found = [result for _, result in forking.each(work, range(3), 1)]
    assert all(result[:4] == found[0][:4] for result in found) and found[0][0] is None
    assert len({result[4] for result in found}) == 3, "children drew the same random numbers"
    assert {result[5] for result in found} == {"1"}


@forks
def test_leaving_early_ends_the_children():
    before = children()
    results = forking.each(lambda item: item or time.sleep(600), [1, 0, 0], 3)
    assert next(results) == (0, 1)
    results.close()
    assert children() == before


@forks
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_children_end_with_their_parent(number, tmp_path):
    script = textwrap.dedent("""
        import os, signal, sys, time
        from pathlib import Path
        from anticorruption.reporting import forking

        def work(item):
            Path(sys.argv[1], str(os.getpid())).touch()
            time.sleep(600)

        # whatever started the tests: in the background of a script Ctrl-C is ignored
        signal.signal(signal.SIGINT, signal.default_int_handler)
        list(forking.each(work, range(2), 2))
    """)
    parent = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, stderr=subprocess.DEVNULL
    )
    try:
        until = time.monotonic() + 60
        while len(list(tmp_path.iterdir())) < 2 and time.monotonic() < until:
            time.sleep(0.05)
        children = [int(path.name) for path in tmp_path.iterdir()]
        assert len(children) == 2
        parent.send_signal(number)
        parent.wait(30)
    finally:
        parent.kill()
        parent.wait()
    assert not any(map(_alive, children))
    assert parent.returncode == {signal.SIGTERM: 143}.get(number, -number)


@forks
def test_nothing_is_forked_from_a_thread_that_is_not_the_main_one():
    found = []

    def other():
        found.append(forking.usable())
        found.extend(pid for _, pid in forking.each(lambda _: os.getpid(), range(2), 2))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert found == [False, os.getpid(), os.getpid()]


@forks
def test_values_come_one_by_one_and_a_death_comes_last():
    def produce():
        yield {"n": 1}
        yield b"two"
        os.kill(os.getpid(), signal.SIGKILL)

    values = list(forking.stream(produce))
    assert values == [{"n": 1}, b"two", Lost("ended by signal 9 (killed)")]


@forks
def test_what_waits_to_be_printed_is_printed_once(tmp_path):
    script = (
        "import sys\nfrom anticorruption.reporting import forking\n"
        "sys.stdout.write('once ')\n"
        "list(forking.each(lambda item: sys.stdout.flush(), range(3), 2))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert done.stdout == "once "


@forks
def test_memory_does_not_grow_with_the_number_of_items():
    content = b"x" * 200_000
    tracemalloc.start()
    try:
        for _ in forking.each(lambda _: content, range(40), 2):
            pass
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10 * len(content), "results are kept after they were given away"
