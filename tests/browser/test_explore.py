"""The what-if notebook in a real JupyterLab: a slider moves, the page follows, files come out."""

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

import matplotlib
import pytest

from anticorruption import tables
from tests.paths import ROOT

pytestmark = pytest.mark.slow

#: Variables that would lead the server to settings of the machine's user.
FOREIGN = ("JUPYTER_PATH", "JUPYTER_TOKEN", "JUPYTERLAB_SETTINGS_DIR", "PYTHONSTARTUP")
#: Milliseconds to wait for anything; a crowded machine is slow, only a hang is a fault.
PATIENCE = 120_000
CHART = ".jp-RenderedHTML img[alt]"
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
        application = folder / "app"
        (application / "settings").mkdir(parents=True)
        # the application is the one of the wheel; only its settings are this test's own
        for part in ("static", "schemas", "themes"):
            (application / part).symlink_to(Path(sys.prefix) / "share/jupyter/lab" / part)
        (application / "settings" / "overrides.json").write_text(json.dumps(SETTINGS))
        command = [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1",
            f"--port={self.port}", "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self.token}", f"--ServerApp.root_dir={self.notebooks}",
            f"--LabApp.app_dir={application}", "--LabApp.extension_manager=readonly",
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
            # the list of fonts takes long to make and says nothing about the user
            "MPLCONFIGDIR": matplotlib.get_configdir(),
            tables.ENVIRONMENT_VARIABLE: str(ROOT / "data"),
        }
        self.log = (folder / "server.log").open("w+")
        self.process = subprocess.Popen(
            command, env=environment, stdout=self.log, stderr=self.log, start_new_session=True
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def wait(self, seconds: float = PATIENCE / 1000) -> None:
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

    def export(self) -> Path:
        """Folder of the only export so far."""
        (found,) = (self.home / "anticorruption-what-if").iterdir()
        return found

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


def opened(page, lab):
    """Open the notebook, run every cell, and wait for the last one's output."""
    page.set_viewport_size({"width": 1300, "height": 1000})
    page.goto(f"{lab.address}/lab/tree/explore.ipynb?token={lab.token}")
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for(timeout=PATIENCE)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text("Run All Cells", exact=True).click()
    page.locator(".noUi-handle").first.wait_for(timeout=PATIENCE)
    page.locator(".jp-OutputArea-output table").first.wait_for(timeout=PATIENCE)


def outputs(page) -> tuple[str, str]:
    """The chart of the scores and the table below it, as they stand in the page."""
    return (
        page.locator(CHART).first.get_attribute("src"),
        page.locator(".jp-RenderedHTML table").first.inner_text(),
    )


def test_a_slider_moves_the_chart_and_the_table_and_the_export_holds_both(page, lab):
    opened(page, lab)
    chart, table = outputs(page)
    slider = page.locator(".widget-slider", has_text="Eksper").locator(".noUi-handle")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    # both are ordinary outputs, replaced in place
    page.wait_for_function(
        """([chart, table]) =>
        document.querySelector(".jp-RenderedHTML img[alt]").src !== chart &&
        document.querySelector(".jp-RenderedHTML table").innerText !== table""",
        arg=[chart, table],
        timeout=PATIENCE,
    )
    assert slider.get_attribute("aria-valuenow") == "40.0"
    page.get_by_text("38,8 %").first.wait_for(timeout=PATIENCE)
    assert "Kota Blitar" in page.locator(CHART).first.get_attribute("alt")

    page.get_by_role("button", name="Ekspor").click()
    page.get_by_text("Ditulis:").wait_for(timeout=PATIENCE)
    folder = lab.export()
    assert {"scores.csv", "scores.svg", "scores.png", "recipe.json"} <= {
        file.name for file in folder.iterdir()
    }
    recipe = json.loads((folder / "recipe.json").read_text(encoding="utf-8"))
    assert recipe["choices"]["weights"] == [30.0, 33.0, 40.0, 0.0]
    rows = list(csv.DictReader((folder / "scores.csv").read_text(encoding="utf-8").splitlines()))
    shown = page.locator(".jp-RenderedHTML table").first.inner_text()
    for row in rows:
        assert f"{float(row['score']):.2f}".replace(".", ",") in shown

    hosts = {re.match(r"\w+://([^/]*)", address).group(1) for address in page.asked
             if not address.startswith(("data:", "blob:"))}  # fmt: skip
    assert hosts == {f"127.0.0.1:{lab.port}"}
    # JupyterLab itself asks for a language server that nobody installed; nothing else may fail
    ours = [told for told in page.complaints if "404 (Not Found)" not in told]
    assert ours == []
