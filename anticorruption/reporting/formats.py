"""Formats a report is written in: each reads the executed notebook and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from anticorruption.errors import RefusedInput
from anticorruption.reporting.html import ReportExporter


@dataclass(frozen=True)
class Appearance:
    """How a report looks beyond what its notebook says.

    Attributes
    ----------
    paper : str
        Size of the pages of PDF and Word: ``"a4"``, ``"f4"`` or ``"letter"``.
    logo : bytes
        PNG or SVG picture for the cover; empty for none.
    draft : bool
        Whether every page says that it is material for discussion ("bahan kajian").
    """

    paper: str = "a4"
    logo: bytes = b""
    draft: bool = False


PAPERS = ("a4", "f4", "letter")


def paper(name: str) -> str:
    """Name of a paper as :class:`Appearance` takes it.

    Raises
    ------
    RefusedInput
        If there is no such paper.
    """
    known = name.strip().lower()
    if known not in PAPERS:
        raise RefusedInput(f"--paper: '{name}' is no paper; choose one of {', '.join(PAPERS)}.")
    return known


def logo(path: Path) -> bytes:
    """Bytes of a logo file for :class:`Appearance`.

    Raises
    ------
    RefusedInput
        If it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as problem:
        raise RefusedInput(f"--logo: {path} cannot be read ({problem.strerror}).") from None


@dataclass(frozen=True)
class Format:
    """One format: its word on the command line, its file, and what writes its bytes."""

    name: str
    file: str
    write: Callable[[nbformat.NotebookNode, Appearance], bytes]


def _notebook(notebook: nbformat.NotebookNode, appearance: Appearance) -> bytes:
    return (nbformat.writes(notebook) + "\n").encode("utf-8")


def _html(notebook: nbformat.NotebookNode, appearance: Appearance) -> bytes:
    page, _ = ReportExporter().from_notebook_node(notebook)
    return page.encode("utf-8")


FORMATS = {
    each.name: each
    for each in (
        Format("html", "report.html", _html),
        Format("ipynb", "report.ipynb", _notebook),
    )
}


def named(words: str) -> tuple[Format, ...]:
    """Formats of a list such as ``"html,pdf"``, each once, in the order of :data:`FORMATS`.

    Raises
    ------
    RefusedInput
        Naming the word that is no format, and those that are.
    """
    asked = {word.strip().lower() for word in words.split(",") if word.strip()}
    if unknown := sorted(asked - set(FORMATS)):
        raise RefusedInput(
            f"--formats: '{unknown[0]}' is no format; choose from {', '.join(FORMATS)}."
        )
    if not asked:
        raise RefusedInput(f"--formats: name at least one of {', '.join(FORMATS)}.")
    return tuple(each for name, each in FORMATS.items() if name in asked)
