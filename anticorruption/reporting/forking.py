"""Work done in children forked from the warm process, each used once.

A child begins with everything its parent has imported and computed, shares that memory until it
writes to it, and takes whatever it changes with it when it ends: nothing is carried from one
piece of work to the next. Children are forked from the main thread alone, since a child forked
from another thread can wait for ever for a lock that its parent's other threads hold.

Where a process cannot be forked, the same work runs in threads and its notebooks in kernels
(:mod:`anticorruption.reporting.kernels`). That is so on Windows; on macOS, whose own libraries
(Accelerate, Core Foundation) stop or hang in a forked child; in any thread but the main one; and
wherever ``ANTICORRUPTION_FORK=never`` is set.
"""

import contextlib
import ctypes
import functools
import gc
import json
import os
import selectors
import signal
import struct
import sys
import threading
import time
import warnings
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

SWITCH = "ANTICORRUPTION_FORK"
#: One thread a child: several children share the cores already, and sums of several threads
#: depend on how many there were.
ONE_THREAD = {
    f"{library}_NUM_THREADS": "1"
    for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM")
}
#: Names under which builds of OpenBLAS take the number of their threads.
_OPENBLAS = tuple(
    f"{prefix}openblas_set_num_threads{suffix}"
    for prefix in ("scipy_", "")
    for suffix in ("64_", "")
)
#: Bound here: what a notebook does to the module must not keep its results from coming back.
_dumps, _loads = json.dumps, json.loads
_HEAD = struct.Struct(">Qc")
_JSON, _BYTES, _FAILED, _END = b"J", b"B", b"F", b"E"
#: Seconds between looks at children that died without closing their pipe.
_LOOK = 0.25
#: Seconds a child may live on after it closed its pipe without an end.
_GRACE = 2.0
_PDEATHSIG = 1


@dataclass(frozen=True)
class Lost:
    """Work that gave no result: its child died, or it raised.

    Attributes
    ----------
    reason : str
        One sentence part, such as ``"ended by signal 9 (killed)"``.
    """

    reason: str


class _Here:
    """What this process is: a warm parent, or a child with one piece of work."""

    child = False
    #: Read ends of the pipes of this process's children; a child closes those of its siblings.
    pipes: set[int] = set()  # noqa: RUF012 - one for the process


def usable() -> bool:
    """Whether children can be forked here and now."""
    return (
        hasattr(os, "fork")
        and sys.platform != "darwin"
        and os.environ.get(SWITCH) != "never"
        and threading.current_thread() is threading.main_thread()
    )


def inside() -> bool:
    """Whether this process is itself a forked child."""
    return _Here.child


def each(
    work: Callable[[object], object], items: Iterable, workers: int
) -> Iterator[tuple[int, object]]:
    """Do a piece of work for each item, several at a time, each in a process of its own.

    Parameters
    ----------
    work : callable
        Called with one item in a child; returns ``bytes`` or what JSON can hold.
    items : iterable
        Taken one by one as children become free.
    workers : int
        Children at the same time.

    Yields
    ------
    (int, object)
        Place of the item, from 0, and what ``work`` returned, as they finish; a :class:`Lost`
        where the child died or ``work`` raised. A tuple comes back as a list, as JSON has it.

    Notes
    -----
    Closing the generator, Ctrl-C and SIGTERM end the children. On Linux they end too when this
    process is killed.
    """
    workers = max(1, workers)
    if not usable():
        yield from _each_in_threads(work, items, workers)
        return

    def begin(item: object) -> _Child:
        return _Child(lambda: iter([work(item)]))

    def finished(running: list[_Child]) -> Iterator[tuple[_Child, object]]:
        for child in _over(running):
            yield child, child.end() or child.values.pop()

    running: dict[_Child, int] = {}
    with _sharing(), _ended_by_sigterm():
        try:
            yield from _several(items, workers, running, begin, finished)
        finally:
            for child in running:
                child.end()


def _several(
    items: Iterable,
    most: int,
    running: dict,
    begin: Callable[[object], Hashable],
    finished: Callable[[list], Iterable[tuple[Hashable, object]]],
) -> Iterator[tuple[int, object]]:
    """Keep so many pieces of work running until all are done; yield place and result of each.

    ``running`` holds what is under way and its place; ``finished`` waits until something is over.
    """
    waiting = enumerate(items)
    exhausted = False
    while True:
        while not exhausted and len(running) < most:
            place, item = next(waiting, (-1, None))
            exhausted = place < 0
            if not exhausted:
                running[begin(item)] = place
        if not running:
            return
        for task, result in finished(list(running)):
            yield running.pop(task), result


def stream(produce: Callable[[], Iterator]) -> Iterator:
    """Values that ``produce`` yields in one forked child, as they come.

    The last is a :class:`Lost` if the child died or ``produce`` raised.
    """
    with _sharing(), _ended_by_sigterm():
        child = _Child(produce)
        try:
            over = False
            while not over:
                over = bool(_over([child], child.news))
                while child.values:
                    yield child.values.pop(0)
            problem = child.end()
            yield from child.values
            if problem:
                yield problem
        finally:
            child.end()


class _Child:
    """A forked child and what it has sent so far."""

    def __init__(self, produce: Callable[[], Iterator]):
        reading, writing = os.pipe()
        for shown in (sys.stdout, sys.stderr):
            # What waits to be printed is the parent's, and must not be printed twice.
            with contextlib.suppress(Exception):
                shown.flush()
        parent = os.getpid()
        with warnings.catch_warnings():
            # Python 3.12 warns of threads beside the main one; none of ours holds a lock that a
            # child needs.
            warnings.simplefilter("ignore", DeprecationWarning)
            self.pid = os.fork()
        if self.pid == 0:
            _live(parent, reading, writing, produce)
        os.close(writing)
        os.set_blocking(reading, False)
        _Here.pipes.add(reading)
        self.pipe = reading
        self.values: list = []
        self.complete = self.closed = self._ended = False
        self._failed: str | None = None
        self._buffer = bytearray()
        self._problem: Lost | None = None

    def news(self) -> bool:
        """Whether values wait."""
        return bool(self.values)

    def read(self) -> None:
        """Take in what the child has sent."""
        while not self.closed:
            try:
                chunk = os.read(self.pipe, 1 << 20)
            except BlockingIOError:
                break
            self.closed = not chunk
            self._buffer += chunk
        while len(self._buffer) >= _HEAD.size:
            length, kind = _HEAD.unpack_from(self._buffer)
            if len(self._buffer) < _HEAD.size + length:
                break
            content = bytes(self._buffer[_HEAD.size : _HEAD.size + length])
            del self._buffer[: _HEAD.size + length]
            if kind == _FAILED:
                self._failed = content.decode("utf-8", "replace")
            elif kind == _END:
                self.complete = True
            else:
                self.values.append(_unpacked(kind, content))

    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.complete or self.closed or self._failed is not None or self._gone()

    def _gone(self) -> bool:
        seen = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
        return seen is not None

    def end(self) -> Lost | None:
        """End the child and whatever it started, and say why it gave no result, if it did not."""
        if self._ended:
            return self._problem
        self._ended = True
        self.read()
        until = time.monotonic() + (_GRACE if self.closed and not self.complete else 0)
        while time.monotonic() < until and not self._gone():
            time.sleep(0.01)
        died = self._gone()
        # Its process group: a program that it left behind must not write to a report later.
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        self.read()
        _Here.pipes.discard(self.pipe)
        os.close(self.pipe)
        if self._failed is not None:
            self._problem = Lost(self._failed)
        elif not self.complete:
            self._problem = Lost(_cause(status) if died else "was ended before its result")
        return self._problem


def _over(children: list[_Child], wanted: Callable[[], bool] = lambda: False) -> list[_Child]:
    """Wait until at least one child is over, or something else is wanted."""
    with selectors.DefaultSelector() as selector:
        for child in children:
            selector.register(child.pipe, selectors.EVENT_READ, child)
        while True:
            for ready, _ in selector.select(_LOOK):
                ready.data.read()
            over = [child for child in children if child.over()]
            if over or wanted():
                return over


def _cause(status: int) -> str:
    """Say how a process ended that gave no result."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return f"ended by signal {number} ({(signal.strsignal(number) or 'unknown').lower()})"
    return f"ended without a result (exit code {os.waitstatus_to_exitcode(status)})"


def _live(parent: int, reading: int, writing: int, produce: Callable[[], Iterator]) -> None:
    """Whole life of a child; it never comes back to the code that forked it."""
    code = 1
    try:
        for pipe in (*_Here.pipes, reading):
            os.close(pipe)
        _Here.pipes.clear()
        _Here.child = True
        _settle(parent)
        try:
            for value in produce():
                _send(writing, *_packed(value))
            _send(writing, _END)
        except BaseException as problem:
            _send(writing, _FAILED, _reason(problem).encode("utf-8", "replace"))
        code = 0
    finally:
        # Without the exit routines of the parent, which are not this process's to run.
        os._exit(code)


def _settle(parent: int) -> None:
    """Make a fresh child independent of the habits of its parent."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.set_wakeup_fd(-1)
    os.setpgid(0, 0)
    end_with(parent)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.update(ONE_THREAD)
    for one_thread in _openblas():
        one_thread(1)
    # Python seeds ``random`` anew in a child; NumPy would give every child the same numbers.
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()


def end_with(parent: int) -> None:
    """End this process when its parent ends, however that ends; known to Linux alone."""
    if sys.platform == "linux":
        _libc().prctl(_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


@functools.cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None)


@functools.cache
def _openblas() -> tuple[Callable[[int], None], ...]:
    """Functions that set the threads of the OpenBLAS builds loaded in this process."""
    try:
        with open("/proc/self/maps", encoding="utf-8", errors="replace") as maps:
            paths = {line.split(maxsplit=5)[-1].strip() for line in maps if "openblas" in line}
        libraries = [ctypes.CDLL(path) for path in sorted(paths)]
    except OSError:
        return ()
    found = []
    for library in libraries:
        name = next((name for name in _OPENBLAS if hasattr(library, name)), None)
        if name:
            found.append(getattr(library, name))
    return tuple(found)


def _send(pipe: int, kind: bytes, content: bytes = b"") -> None:
    waiting = memoryview(_HEAD.pack(len(content), kind) + content)
    while waiting:
        waiting = waiting[os.write(pipe, waiting) :]


def _packed(value: object) -> tuple[bytes, bytes]:
    if isinstance(value, bytes):
        return _BYTES, value
    return _JSON, _dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _unpacked(kind: bytes, content: bytes) -> object:
    return content if kind == _BYTES else _loads(content.decode("utf-8", "surrogatepass"))


def _reason(problem: BaseException) -> str:
    """One line that says what was raised."""
    said = " ".join(str(problem).split())
    return said or type(problem).__name__


@contextlib.contextmanager
def _sharing() -> Iterator[None]:
    """Leave what exists to the children untouched by the garbage collector, so memory is shared."""
    _openblas()
    if sys.platform == "linux":
        _libc()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Turn SIGTERM into an ordinary exit meanwhile, so that the children are ended too."""
    if signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def leave(number: int, frame: object) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        # An abandoned generator may be collected in a thread, which may not set signals.
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _each_in_threads(
    work: Callable[[object], object], items: Iterable, workers: int
) -> Iterator[tuple[int, object]]:
    """Do the same where nothing can be forked."""

    def finished(running: list[Future]) -> Iterator[tuple[Future, object]]:
        for done in wait(running, return_when=FIRST_COMPLETED).done:
            yield done, done.result()

    with ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            yield from _several(
                items, workers, {}, lambda item: pool.submit(_done, work, item), finished
            )
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _done(work: Callable[[object], object], item: object) -> object:
    try:
        return _unpacked(*_packed(work(item)))
    except Exception as problem:
        return Lost(_reason(problem))
