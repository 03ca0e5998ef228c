"""The what-if notebook in a real JupyterLab: a slider is moved, the page follows, files come out."""

import csv
import json
import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from anticorruption import tables
from tests.paths import ROOT

pytestmark = pytest.mark.slow

#: Variables that would lead the server to settings of the machine's user.
FOREIGN = ("JUPYTER_PATH", "JUPYTER_TOKEN", "JUPYTERLAB_SETTINGS_DIR", "PYTHONSTARTUP")
SETTINGS = {
    "@jupyterlab/apputils-extension:notification": {
        "checkForUpdates": False,
        "doNotDisturbMode": True,
        "fetchNews": "false",
    },
    "@jupyterlab/extensionmanager-extension:plugin": {"enabled": False},
}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Lab:
    """A JupyterLab of this environment, alone in a folder of its own."""

    def __init__(self, folder: Path):
        self.folder, self.home = folder, folder / "home"
        self.port, self.token = free_port(), secrets.token_hex(16)
        self.notebooks = folder / "notebooks"
        self.notebooks.mkdir(parents=True)
        self.home.mkdir()
        shutil.copy(ROOT / "notebooks" / "explore.ipynb", self.notebooks)
        overrides = folder / "app"
        # the application itself stands in the wheel; only its settings are this test's own
        shutil.copytree(Path(sys.prefix) / "share/jupyter/lab", overrides)
        (overrides / "settings").mkdir(exist_ok=True)
        (overrides / "settings" / "overrides.json").write_text(json.dumps(SETTINGS))
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1",
            f"--port={self.port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.notebooks}",
            f"--LabApp.app_dir={overrides}", "--LabApp.extension_manager=readonly",
            "--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
            "--ServerApp.terminals_enabled=False", "--allow-root",
        ]  # fmt: skip
        environment = {k: v for k, v in os.environ.items() if k not in FOREIGN}
        environment |= {
            "HOME": str(self.home),
            "JUPYTER_CONFIG_DIR": str(folder / "config"),
            "JUPYTER_DATA_DIR": str(folder / "data"),
            "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
            "JUPYTERLAB_SETTINGS_DIR": str(folder / "user-settings"),
            "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
            "JUPYTER_NO_CONFIG": "1",
            "IPYTHONDIR": str(folder / "ipython"),
            "MPLCONFIGDIR": str(folder / "matplotlib"),
            tables.ENVIRONMENT_VARIABLE: str(ROOT / "data"),
            "PYTHONPATH": str(ROOT),
        }
        self.log = (folder / "server.log").open("w+")
        self.process = subprocess.Popen(
            command, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self, seconds: float = 40) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.told()
            try:
                asked = f"{self.address}/api/status?token={self.token}"
                urllib.request.urlopen(asked, timeout=2).close()
                return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        pytest.fail(f"JupyterLab did not answer: {self.told()}")

    def told(self) -> str:
        self.log.seek(0)
        return self.log.read()[-3000:]

    def close(self) -> None:
        """End the server and its kernels: they are one group of processes."""
        for sign in (signal.SIGTERM, signal.SIGKILL):
            try:
                os.killpg(self.process.pid, sign)
                self.process.wait(timeout=8)
            except ProcessLookupError:
                break
            except subprocess.TimeoutExpired:
                continue
        self.log.close()


@pytest.fixture
def lab(tmp_path):
    server = Lab(tmp_path / "lab")
    try:
        server.wait()
        yield server
    finally:
        server.close()
