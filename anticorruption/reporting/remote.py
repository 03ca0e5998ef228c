"""Reports made on a worker of a cluster, in a warm process beside it.

A worker runs its tasks in threads, and only a main thread may fork. So each thread of a worker
keeps a process of its own, ``python -m anticorruption.reporting.remote``, which computes what
reports share once and makes each report in a child. The two speak in lines of JSON.
"""

import base64
import contextlib
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

from anticorruption import tables
from anticorruption.errors import RefusedInput
from anticorruption.reporting import (
    batch,
    execution,
    forking,
    inputs,
    manifest,
    scratch,
    verification,
)

_beside = threading.local()


def identity() -> dict[str, str]:
    """Hash of the data and of the program that reports are made with here."""
    code = inputs.code(execution.template(batch.REGION_TEMPLATE))
    return {
        "data": inputs.digest(inputs.of_folder(tables.data_folder())),
        "code": inputs.digest(code),
    }


def on_worker(asked: dict) -> dict:
    """Make one report and give back its bytes; runs in a thread of a worker.

    Parameters
    ----------
    asked : dict
        Label, basis (see :func:`anticorruption.reporting.manifest.basis`) and logo of a report.

    Returns
    -------
    dict
        ``files``, name to content; or ``problem``, one sentence.
    """
    with scratch.folder() as folder:
        answer = _ask(asked | {"folder": str(folder)})
        if "problem" in answer:
            return answer
        files = {name: (folder / name).read_bytes() for name in answer["files"]}
    for name, content in files.items():
        if manifest.sha256(content) != answer["files"][name]:
            return {"problem": f"{name} was spoilt on its way from the worker's process."}
    return {"files": files}


def _ask(asked: dict) -> dict:
    process = getattr(_beside, "process", None)
    if process is None or process.poll() is not None:
        process = _beside.process = subprocess.Popen(
            [sys.executable, "-m", "anticorruption.reporting.remote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
    with contextlib.suppress(OSError):
        process.stdin.write(json.dumps(asked) + "\n")
        process.stdin.flush()
        if line := process.stdout.readline():
            return json.loads(line)
    process.kill()
    process.wait()
    return {"problem": f"the worker's process ended with code {process.returncode}."}


def serve() -> None:
    """Make the reports that come as lines on standard input, until it ends.

    On Linux this process ends with the worker that started it, even in the middle of a report.
    """
    forking.end_with(os.getppid())
    scratch.sweep()
    # whatever a library prints must not mix with the answers
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    nations: dict = {}
    for line in sys.stdin:
        answers.write(json.dumps(answered(json.loads(line), nations)) + "\n")
        answers.flush()


def answered(asked: dict, nations: dict) -> dict:
    """Make one report into the folder asked for, in a child of this process."""
    try:
        this = _planned(asked, nations)
    except RefusedInput as refused:
        return {"problem": str(refused)}
    ((_, result),) = forking.each(_into_folder, [(this, Path(asked["folder"]))], 1)
    if isinstance(result, forking.Lost):
        return {"problem": f"its process was lost ({result.reason})."}
    return result


def _planned(asked: dict, nations: dict) -> batch.Planned:
    """The report asked for, refused if it would be made of something else here."""
    folder = Path(asked["folder"])
    job = verification.job_of(folder, asked["basis"], base64.b64decode(asked["logo"]), nations)
    basis = manifest.basis(job)
    for message, values in manifest.changed(asked["basis"], basis):
        raise RefusedInput(
            f"the worker would make it of something else: {message.format(**values)}."
        )
    return batch.Planned(job, basis, ())


def _into_folder(asked: tuple) -> dict:
    this, folder = asked
    try:
        files = batch.made(this.job)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except Exception as problem:  # whatever it is, the worker goes on
        return {"problem": str(problem) or type(problem).__name__}
    return {"files": {name: manifest.sha256(content) for name, content in files.items()}}


if __name__ == "__main__":
    serve()
