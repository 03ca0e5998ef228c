"""The same bytes in another order, with other workers, at another place, in another locale."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.crash import commands, trees
from tests.crash.kills import Series

#: What may differ from machine to machine; each is tried by itself in a process of its own.
ENVIRONMENTS = {
    "time zone": {"TZ": "Pacific/Kiritimati"},
    "locale C": {"LC_ALL": "C", "LANG": "C", "LANGUAGE": "en"},
    "hash seed": {"PYTHONHASHSEED": "4711"},
    "threads": {"OMP_NUM_THREADS": "3", "OPENBLAS_NUM_THREADS": "3"},
}


def orders(series: Series) -> list[str]:
    """Make the batch with 1, 4 and 16 jobs, each in another order; what was wrong."""
    wrong, before = [], series.jobs
    for jobs in (1, 4, 16):
        series.jobs = jobs
        shutil.rmtree(series.out, ignore_errors=True)
        running = commands.start(series.words(series.out), series.folder)
        if running.ended() or trees.tree(series.out) != trees.tree(series.folder / "unbroken"):
            wrong.append(f"{jobs} jobs: {running.text()}")
    series.jobs = before
    return wrong


def environments(series: Series) -> tuple[int, list[str]]:
    """Start the installed command in other surroundings; how many were tried, what was wrong."""
    wrong = []
    home = series.folder / "home"
    home.mkdir(exist_ok=True)
    home.chmod(0o555)
    tried = ENVIRONMENTS | {
        "home that cannot be written to": {
            # the superuser can write anywhere but where no folder can be
            "HOME": str(home) if os.geteuid() else os.devnull,
            "MPLCONFIGDIR": str(series.folder / "temporary" / "fonts"),
        },
        "other folder": {},
    }
    tried["Indonesian locale"] = {"LOCPATH": _indonesian(series.folder / "locales")}
    tried["Indonesian locale"] |= {"LC_ALL": "id_ID.UTF-8", "LANG": "id_ID.UTF-8"}
    for what, environment in tried.items():
        out = series.folder / "somewhere else" / what / "out"
        running = commands.start_installed(series.words(out), series.folder, **environment)
        if running.ended() or trees.tree(out) != trees.tree(series.folder / "unbroken"):
            wrong.append(f"{what}: {running.text()}")
        shutil.rmtree(out)
    shutil.rmtree(series.folder / "temporary" / "fonts", ignore_errors=True)
    return len(tried), wrong


def _indonesian(folder: Path) -> str:
    """Folder with the Indonesian locale, made where the system can make it."""
    folder.mkdir(exist_ok=True)
    if command := shutil.which("localedef"):
        place = folder / "id_ID.UTF-8"
        words = [command, "--no-archive", "-i", "id_ID", "-f", "UTF-8", str(place)]
        subprocess.run(words, capture_output=True, check=False)
    return str(folder)
