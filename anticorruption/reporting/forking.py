"""Work done in children forked from the warm main process, one child an item."""

import json
import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait


@dataclass(frozen=True)
class Lost:
    """A child that ended without a result, and how."""

    reason: str


def each(
    work: Callable[[object], object], items: Sequence[object], workers: int
) -> Iterator[tuple[int, object]]:
    """Do work on each item in a child of its own.

    Parameters
    ----------
    work : callable
        Its results must be JSON-able; it runs in the child.
    items : sequence
        What to work on; a child knows them from its parent's memory.
    workers : int
        Children at the same time.

    Yields
    ------
    (int, object)
        Place of an item and its result, or :class:`Lost`, in the order they finish.
    """
    context = multiprocessing.get_context("fork")
    waiting = list(enumerate(items))
    running: dict[object, tuple[int, object]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                place, item = waiting.pop(0)
                here, there = context.Pipe(duplex=False)
                child = context.Process(target=_work, args=(work, item, there), daemon=True)
                child.start()
                there.close()
                running[here] = place, child
            for here in wait(list(running)):
                place, child = running.pop(here)
                try:
                    result = json.loads(here.recv_bytes())
                except (EOFError, OSError):
                    result = None
                here.close()
                child.join()
                yield place, Lost(_ending(child.exitcode)) if result is None else result
    finally:
        for _, child in running.values():
            child.kill()
            child.join()


def _work(work: Callable[[object], object], item: object, there) -> None:
    there.send_bytes(json.dumps(work(item)).encode())


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"its process was ended by signal {-code}"
    return f"its process ended with code {code}"
