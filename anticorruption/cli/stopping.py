"""Commands that are asked to stop: they end their children, say what stands, and go.

Ctrl-C, SIGTERM (``kill``, a service that is shut down) and SIGHUP (a terminal that is closed) are
the same wish. The exit code is the one that shells know: 128 and the number of the signal.
"""

import contextlib
import signal
import threading
from collections.abc import Iterator

#: Signals that ask a command to stop, where the system has them, and what they are called.
NAMES = {
    getattr(signal, name): said
    for name, said in (("SIGINT", "Ctrl-C"), ("SIGTERM", "SIGTERM"), ("SIGHUP", "SIGHUP"))
    if hasattr(signal, name)
}


class Stopped(BaseException):
    """The command was asked to stop; no :class:`Exception`, so that nobody takes it for an error.

    Attributes
    ----------
    number : int
        The signal.
    said : str
        One sentence for the user.
    """

    def __init__(self, number: int, said: str = ""):
        super().__init__(number)
        self.number, self.said = number, said or f"stopped by {NAMES[number]}."

    @property
    def code(self) -> int:
        """Exit code."""
        return 128 + self.number


@contextlib.contextmanager
def heard() -> Iterator[None]:
    """Raise :class:`Stopped` for the first such signal; a second one ends the process at once.

    A signal that is ignored already, as ``nohup`` has it, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in NAMES}
    ours = [number for number, habit in before.items() if habit != signal.SIG_IGN]

    def stop(number: int, frame: object) -> None:
        for each in ours:
            signal.signal(each, signal.SIG_DFL)
        raise Stopped(number)

    for number in ours:
        signal.signal(number, stop)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, before[number])
