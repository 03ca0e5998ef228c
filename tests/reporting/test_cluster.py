"""The same batch on a cluster: same bytes, dead workers survived, strangers refused."""

import os
import socket
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from anticorruption.errors import RefusedInput
from anticorruption.language import Language
from anticorruption.reporting import batch, cluster, remote
from anticorruption.reporting.forking import Lost
from tests.paths import ROOT
from tests.reporting import cluster_tasks

DASK = Path(sys.executable).with_name("dask")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Cluster:
    """A scheduler on the loopback interface and workers that can be killed."""

    def __init__(self, folder: Path):
        self.address = f"tcp://127.0.0.1:{free_port()}"
        self.folder, self.processes = folder, {}
        _, port = self.address.rsplit(":", 1)
        self._start("scheduler", "--host", "127.0.0.1", "--port", port)

    def _start(self, name: str, *words: str) -> None:
        kind = "scheduler" if name == "scheduler" else "worker"
        settings = os.environ | {
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1",
            "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__GIL__ENABLED": "false",
            "PYTHONPATH": str(ROOT),
        }
        self.processes[name] = subprocess.Popen(
            [DASK, kind, *words, "--no-dashboard"], cwd=self.folder, env=settings,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def worker(self, name: str, *, nanny: bool = False) -> None:
        words = () if nanny else ("--no-nanny",)
        self._start(name, self.address, "--name", name, "--nthreads", "1", *words)

    def end(self) -> None:
        for process in reversed(self.processes.values()):
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes_and_survives_its_workers(made, tmp_path):
    """One of two workers is killed at work; a job kills worker after worker; the scheduler goes."""
    there = Cluster(tmp_path)
    try:
        there.worker("first")
        there.worker("second")
        keys = ("blitar", "mataram")
        jobs = [replace(made[key].job, folder=tmp_path / "out" / key) for key in keys]
        connected = cluster.connect(there.address, patience=60)
        connected.client.wait_for_workers(2, timeout=60)
        results = cluster.each(connected, batch.plan(jobs))

        def kill_when_both_work():
            for _ in range(400):
                at_work = connected.client.processing()
                if sum(bool(tasks) for tasks in at_work.values()) == 2:
                    break
                time.sleep(0.05)
            there.processes["second"].kill()

        killer = threading.Thread(target=kill_when_both_work)
        killer.start()
        assert sorted(place for place, result in results if "files" in result) == [0, 1]
        killer.join()
        assert there.processes["second"].poll() is not None
        for key, job in zip(keys, jobs, strict=True):
            for path in made[key].folder.iterdir():
                assert (job.folder / path.name).read_bytes() == path.read_bytes(), path

        there.worker("third")
        connected = cluster.connect(there.address, patience=60)
        connected.client.wait_for_workers(2, timeout=60)
        there.worker("fourth")
        connected.client.wait_for_workers(3, timeout=60)
        labels = ("a", "poison", "b", "c")
        jobs = [replace(jobs[0], label=label, folder=tmp_path / "p" / label) for label in labels]
        found = dict(cluster.each(connected, batch.plan(jobs), cluster_tasks.poison))
        assert isinstance(found[1], Lost) and "worker after worker" in found[1].reason
        for place in (0, 2, 3):
            assert "files" in found[place]
            page = tmp_path / "p" / labels[place] / "report.html"
            assert page.read_text() == labels[place]
        assert not (tmp_path / "p" / "poison").exists()

        there.worker("fifth")
        connected = cluster.connect(there.address, patience=60)
        threading.Timer(2, there.processes["scheduler"].kill).start()
        results = list(cluster.each(connected, batch.plan(jobs), cluster_tasks.slow))
        assert [place for place, _ in results] == [0, 1, 2, 3]
        said = f"the scheduler at {there.address} went away; start it and run this again."
        assert all(result == {"problem": said, "machine": True} for _, result in results)
    finally:
        there.end()


def test_a_scheduler_that_does_not_answer_is_refused_in_one_sentence():
    address = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(RefusedInput, match=rf"no scheduler answers at {address}; start one"):
        cluster.connect(address, patience=0.5)


@pytest.mark.parametrize("address", ["here", "http://127.0.0.1:8786", "127.0.0.1:8786"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(RefusedInput, match="is no address; write tcp://HOST:PORT"):
        cluster.connect(address)


def test_tls_needs_all_three_files(tmp_path):
    here = tmp_path / "ca.pem"
    here.write_text("")
    with pytest.raises(RefusedInput, match="asks for --tls-ca-file, --tls-cert and --tls-key"):
        cluster.connect("tls://127.0.0.1:8786")
    with pytest.raises(RefusedInput, match="--tls-cert is not among those given"):
        cluster.connect("tls://127.0.0.1:8786", here)
    with pytest.raises(RefusedInput, match=r"--tls-cert: \S+no.pem: there is no such file"):
        cluster.connect("tls://127.0.0.1:8786", here, tmp_path / "no.pem", here)


def test_without_dask_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(RefusedInput, match="install the project with its extra 'cluster'"):
        cluster.connect("tcp://127.0.0.1:8786")


@pytest.mark.parametrize(
    ("theirs", "said"),
    [
        ({"data": "x"}, "worker tcp://w:1 has another data release than this machine"),
        ({"code": "x"}, "worker tcp://w:1 has another program than this machine"),
        (ImportError("no pandas"), "worker tcp://w:1 cannot run anticorruption"),
    ],
)
def test_workers_that_would_make_other_reports_are_refused(theirs, said):
    told = theirs if isinstance(theirs, Exception) else remote.identity() | theirs
    with pytest.raises(RefusedInput, match=said):
        cluster._check({"tcp://w:1": told, "tcp://w:2": remote.identity()})


def test_a_worker_that_dies_while_it_is_asked_hinders_nobody():
    cluster._check({"tcp://w:1": OSError("closed"), "tcp://w:2": remote.identity()})


def test_a_worker_refuses_a_report_that_would_be_made_of_something_else(national_2025, tmp_path):
    job = batch.region_job(national_2025, "35.72", Language("id"), tmp_path)
    (this,) = batch.plan([job])
    asked = cluster._told(this) | {"folder": str(tmp_path)}
    asked["basis"] = asked["basis"] | {"inputs": dict(job.inputs) | {"bands.csv": "0"}}
    said = remote.answered(asked, {2025: national_2025})
    assert said == {"problem": "the worker would make it of something else: bands.csv changed."}


def test_files_from_a_worker_are_written_here_with_their_manifest(national_2025, tmp_path):
    (this,) = batch.plan([batch.region_job(national_2025, "35.72", Language("id"), tmp_path)])
    future = SimpleNamespace(result=lambda: {"files": {"report.html": b"page"}})
    assert set(cluster._result(future, this)["files"]) == {"report.html"}
    names = sorted(path.name for path in this.job.folder.iterdir())
    assert names == ["manifest.json", "report.html"]
