"""The same bytes in another order, with other workers, at another place, in another locale."""

import os
import shutil
import subprocess

from tests.crash import commands, trees
from tests.crash.kills import Series

#: What may differ from machine to machine; each is tried by itself in a process of its own.
ENVIRONMENTS = {
    "time zone": {"TZ": "Pacific/Kiritimati"},
    "locale C": {"LC_ALL": "C", "LANG": "C", "LANGUAGE": "en"},
    "Indonesian locale": {"LC_ALL": "id_ID.UTF-8", "LANG": "id_ID.UTF-8"},
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
    if not _has_locale("id_ID"):
        del tried["Indonesian locale"]
    for what, environment in tried.items():
        out = series.folder / "somewhere else" / what / "out"
        running = commands.start_installed(series.words(out), series.folder, **environment)
        if running.ended() or trees.tree(out) != trees.tree(series.folder / "unbroken"):
            wrong.append(f"{what}: {running.text()}")
        shutil.rmtree(out)
    shutil.rmtree(series.folder / "temporary" / "fonts", ignore_errors=True)
    return len(tried), wrong


def _has_locale(name: str) -> bool:
    if not (command := shutil.which("locale")):
        return False
    known = subprocess.run([command, "-a"], capture_output=True, text=True).stdout
    return any(line.startswith(name) for line in known.splitlines())
