"""Settle committed notebooks: take out what differs from run to run.

``python -m anticorruption.reporting.settle NOTEBOOK...``
"""

import sys
from pathlib import Path

import nbformat

from anticorruption.reporting.execution import settled


def settle(path: Path) -> None:
    """Rewrite an executed notebook without times and random ids, counts from one upwards."""
    notebook = settled(nbformat.read(path, as_version=4), {})
    del notebook.metadata["anticorruption"]
    path.write_text(nbformat.writes(notebook) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        settle(Path(argument))
