"""Kernels of this very Python, for where notebooks cannot run in forked children."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

from anticorruption import tables
from anticorruption.reporting.forking import ONE_THREAD

#: Longest path a Unix socket may have; longer ones make the kernel fail without a word.
_LONGEST_SOCKET = 100
#: Variables by which code of the user's own would run inside a kernel.
_USER_STARTUP = ("PYTHONSTARTUP", "PYTHONINSPECT")


def environment(home: Path) -> dict[str, str]:
    """Environment that notebooks of reports run in, whatever runs them.

    The user's own start-up code and IPython configuration stay out; IPython's home is a folder
    of the run.
    """
    kept = {name: value for name, value in os.environ.items() if name not in _USER_STARTUP}
    return (
        kept
        | ONE_THREAD
        | {
            "IPYTHONDIR": str(home / "ipython"),
            "MPLCONFIGDIR": kept.get("MPLCONFIGDIR", _matplotlib_cache()),
            "MPLBACKEND": "agg",
            "PYDEVD_DISABLE_FILE_VALIDATION": "1",
            tables.ENVIRONMENT_VARIABLE: str(tables.data_folder()),
        }
    )


class IPCKernelManager(AsyncKernelManager):
    """Kernel of this very Python, whose channels are socket files instead of TCP ports.

    Ports can be taken by another kernel between choice and use, and anybody on the machine can
    connect to them; a socket in a private folder has neither fault. (ipykernel keeps one loopback
    socket of its own for the output of subprocesses.) Where the system has no such sockets
    (Windows) the ports of the loopback interface are used. The user's own IPython
    configuration stays out, so that it cannot change a report.
    """

    def __init__(self, **settings):
        super().__init__(**settings)
        self._folder = Path(tempfile.mkdtemp(prefix="anticorruption-"))
        socket = str(self._folder / "kernel")
        if os.name == "posix" and len(socket) < _LONGEST_SOCKET:
            self.transport, self.ip = "ipc", socket

    @property
    def kernel_spec(self) -> KernelSpec:
        """This interpreter, whatever kernels the user has registered."""
        argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")

    async def _async_start_kernel(self, **settings):
        wanted = settings.pop("env", {}) | environment(self._folder)
        for name in _USER_STARTUP:
            wanted.pop(name, None)
        # Papermill would change the folder of the whole process, which threads share; a kernel
        # starts in its own empty folder instead, so that no relative path works by accident.
        settings["cwd"] = str(self._folder)
        return await super()._async_start_kernel(env=wanted, **settings)

    start_kernel = _async_start_kernel

    async def _async_cleanup_resources(self, restart: bool = False):
        await super()._async_cleanup_resources(restart=restart)
        if not restart:
            shutil.rmtree(self._folder, ignore_errors=True)

    cleanup_resources = _async_cleanup_resources


def _matplotlib_cache() -> str:
    """Folder of matplotlib's font cache, kept from one kernel to the next."""
    import matplotlib

    return matplotlib.get_configdir()
