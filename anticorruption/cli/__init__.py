"""The command line: ``anticorruption …``."""

import contextlib
import errno
import os
import sys

from anticorruption import texts

# A module of commands registers them when it is imported; the order is that of the help.
from anticorruption.cli import assess, data, intake, reports, stopping  # noqa: F401
from anticorruption.cli.app import MACHINE, REFUSED, app, problems
from anticorruption.errors import RefusedInput

__all__ = ["app", "main"]
#: Characters of a refusal; a sentence that needs more helps nobody.
_LONGEST = 2_000


def main() -> None:
    """Run the command line; what the user can mend is one sentence and exit code 2."""
    try:
        with stopping.heard():
            app()
    except RefusedInput as refused:
        # What a file or an argument holds may stand in the sentence: it cannot steer a terminal.
        problems.print(f"anticorruption: {texts.shown(refused, _LONGEST)}", soft_wrap=True)
        sys.exit(REFUSED)
    except OSError as problem:
        if problem.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO):
            raise
        # what waits to be printed cannot be, and must not be tried again at the end
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
        with contextlib.suppress(OSError):
            where = problem.filename or "what is printed"
            problems.print(f"anticorruption: {where} cannot be written ({problem.strerror}).")
        sys.exit(MACHINE)
    except stopping.Stopped as stopped:
        problems.print(f"anticorruption: {stopped.said}", soft_wrap=True)
        sys.exit(stopped.code)
