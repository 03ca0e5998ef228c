"""The same batch on several machines: a Dask scheduler gives the jobs to its workers.

Workers send back the bytes of each report and this machine writes them: no shared folder is
needed, one process alone writes into the folder, and a worker that dies leaves nothing there.
Before anything is made, data and program of every worker are held against ours.
"""

from __future__ import annotations

import base64
import contextlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from anticorruption.errors import RefusedInput
from anticorruption.reporting import atomic, batch, remote
from anticorruption.reporting.forking import Lost

if TYPE_CHECKING:
    from distributed import Client

#: Seconds that a scheduler is given to answer, and to have a worker.
PATIENCE = 15


@dataclass(frozen=True)
class Connected:
    """A scheduler that answers and whose workers have our data and our program."""

    client: Client
    address: str


def connect(
    address: str,
    ca_file: Path | None = None,
    cert: Path | None = None,
    key: Path | None = None,
    patience: float = PATIENCE,
) -> Connected:
    """Connect to a scheduler and check its workers.

    Parameters
    ----------
    address : str
        ``tcp://HOST:PORT``, or ``tls://HOST:PORT`` with the three files.
    ca_file, cert, key : Path, optional
        Certificate authority, our certificate and its key; all three or none.
    patience : float
        Seconds to wait for the scheduler and for a first worker.

    Raises
    ------
    RefusedInput
        If Dask is not installed, the address is none, nobody answers, there is no worker, or a
        worker has other data or another program.
    """
    try:
        import distributed
    except ImportError:
        raise RefusedInput(
            "--scheduler needs the package 'distributed'; install the project with its extra "
            "'cluster'."
        ) from None
    if not address.startswith(("tcp://", "tls://")):
        raise RefusedInput(f"--scheduler: {address!r} is no address; write tcp://HOST:PORT.")
    security = _security(ca_file, cert, key)
    if address.startswith("tls://") and security is None:
        raise RefusedInput(
            f"--scheduler {address} asks for --tls-ca-file, --tls-cert and --tls-key."
        )
    try:
        client = distributed.Client(
            address, timeout=patience, security=security, set_as_default=False
        )
    except (OSError, TimeoutError, ValueError, RuntimeError):
        raise RefusedInput(
            f"--scheduler: no scheduler answers at {address}; start one with: dask scheduler."
        ) from None
    try:
        client.wait_for_workers(1, timeout=patience)
        _check(client.run(remote.identity, on_error="return"))
    except RefusedInput:
        client.close()
        raise
    except (OSError, TimeoutError):
        client.close()
        raise RefusedInput(
            f"--scheduler: {address} has no worker; start one with: dask worker {address}."
        ) from None
    return Connected(client, address)


def _security(ca_file: Path | None, cert: Path | None, key: Path | None):
    from distributed.security import Security

    files = {"--tls-ca-file": ca_file, "--tls-cert": cert, "--tls-key": key}
    if not any(files.values()):
        return None
    for option, path in files.items():
        if path is None:
            raise RefusedInput(f"TLS needs three files and {option} is not among those given.")
        if not path.is_file():
            raise RefusedInput(f"{option}: {path}: there is no such file.")
    return Security(
        tls_ca_file=str(ca_file),
        tls_client_cert=str(cert),
        tls_client_key=str(key),
        require_encryption=True,
    )


def _check(told: dict[str, dict | Exception]) -> None:
    """Refuse workers that would make other reports; one that died meanwhile hinders nobody."""
    ours = remote.identity()
    for worker, theirs in sorted(told.items()):
        if isinstance(theirs, OSError):
            continue
        if isinstance(theirs, Exception):
            raise RefusedInput(
                f"--scheduler: worker {worker} cannot run anticorruption "
                f"({type(theirs).__name__}: {theirs}); install the same version there."
            )
        for part, word in (("data", "another data release"), ("code", "another program")):
            if theirs[part] != ours[part]:
                raise RefusedInput(
                    f"--scheduler: worker {worker} has {word} than this machine; install the same "
                    f"version with the same lock file and the same data folder there."
                )


def each(
    connected: Connected,
    planned: Sequence[batch.Planned],
    task: Callable[[dict], dict] = remote.on_worker,
) -> Iterator[tuple[int, object]]:
    """Make planned reports on the workers and write them here.

    A job whose worker dies is given to another; one that kills worker after worker is given up
    and named, and the others go on.

    Yields
    ------
    (int, object)
        As :func:`anticorruption.reporting.forking.each` does.
    """
    from distributed import as_completed

    client = connected.client
    _quiet()
    futures = {
        client.submit(task, _told(this), pure=False): place for place, this in enumerate(planned)
    }
    missing = set(futures.values())
    try:
        for future in as_completed(list(futures), loop=client.loop):
            place = futures[future]
            result = _result(future, planned[place])
            if isinstance(result, Lost) and client.status != "running":
                break  # without its scheduler a client gives up all that it waits for
            future.release()
            missing.discard(place)
            yield place, result
    finally:
        with contextlib.suppress(Exception):
            client.cancel([future for future, place in futures.items() if place in missing])
        with contextlib.suppress(Exception):
            client.close(timeout=5)
    for place in sorted(missing):
        problem = f"the scheduler at {connected.address} went away; start it and run this again."
        yield place, {"problem": problem, "machine": True}


def _quiet() -> None:
    """Keep Dask from telling in tracebacks what is told in one sentence."""
    for name in list(logging.root.manager.loggerDict):
        if name == "distributed" or name.startswith("distributed."):
            logging.getLogger(name).setLevel(logging.CRITICAL)


def _told(this: batch.Planned) -> dict:
    """A planned report as plain values, for a worker."""
    job = this.job
    return {
        "label": job.label,
        "basis": this.basis,
        "logo": base64.b64encode(job.appearance.logo).decode("ascii"),
    }


def _result(future, this: batch.Planned) -> object:
    from distributed import CancelledError, KilledWorker

    try:
        answer = future.result()
    except KilledWorker:
        return Lost("worker after worker ended while making it")
    except CancelledError:
        return Lost("the cluster gave it up")
    except Exception as problem:  # whatever a worker raised, the other reports go on
        return {"problem": str(problem) or type(problem).__name__}
    if "files" not in answer:
        return answer
    try:
        return {"files": batch.store(this, answer["files"])}
    except atomic.Unwritable as problem:
        return batch.unwritten(problem)
