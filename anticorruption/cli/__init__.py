"""The command line: ``anticorruption …``."""

import sys

from anticorruption import files

# A module of commands registers them when it is imported; the order is that of the help.
from anticorruption.cli import assess, data, intake, reports  # noqa: F401
from anticorruption.cli.app import REFUSED, app, problems
from anticorruption.errors import RefusedInput

__all__ = ["app", "main"]
#: Characters of a refusal; a sentence that needs more helps nobody.
_LONGEST = 2_000


def main() -> None:
    """Run the command line; what the user can mend is one sentence and exit code 2."""
    try:
        app()
    except RefusedInput as refused:
        # What a file or an argument holds may stand in the sentence: it cannot steer a terminal.
        problems.print(f"anticorruption: {files.printable(refused, _LONGEST)}", soft_wrap=True)
        sys.exit(REFUSED)
