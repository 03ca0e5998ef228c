"""The command line: ``anticorruption …``."""

import sys

from anticorruption import texts

# A module of commands registers them when it is imported; the order is that of the help.
from anticorruption.cli import assess, data, intake, reports  # noqa: F401
from anticorruption.cli.app import REFUSED, app, problems
from anticorruption.errors import RefusedInput

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line; what the user can mend is one sentence and exit code 2."""
    try:
        app()
    except RefusedInput as refused:
        problems.print(f"anticorruption: {texts.told(str(refused))}", soft_wrap=True)
        sys.exit(REFUSED)
