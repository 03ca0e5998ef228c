"""Tasks that workers of a test's cluster run in place of making reports."""

import os
import signal
import time


def poison(asked: dict) -> dict:
    """Kill the worker if the report is the poisonous one; else give a file back."""
    if asked["label"] == "poison":
        os.kill(os.getpid(), signal.SIGKILL)
    return {"files": {"report.html": asked["label"].encode()}}


def slow(asked: dict) -> dict:
    """Take longer than any test waits."""
    time.sleep(600)
    return {"problem": "never"}
