"""Formats a report is written in: each reads the executed notebook and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass

import nbformat

from anticorruption.errors import RefusedInput
from anticorruption.reporting.documents import pdf, reading, word, workbook
from anticorruption.reporting.documents.appearance import Appearance, logo, paper
from anticorruption.reporting.documents.model import Document
from anticorruption.reporting.html import ReportExporter

__all__ = ["FORMATS", "Appearance", "Format", "logo", "named", "paper"]


@dataclass(frozen=True)
class Format:
    """One format: its word on the command line, its file, and what writes its bytes."""

    name: str
    file: str
    write: Callable[[nbformat.NotebookNode, Appearance], bytes]


def _notebook(notebook: nbformat.NotebookNode, appearance: Appearance) -> bytes:
    return (nbformat.writes(notebook) + "\n").encode("utf-8")


def _html(notebook: nbformat.NotebookNode, appearance: Appearance) -> bytes:
    page, _ = ReportExporter(draft=appearance.draft).from_notebook_node(notebook)
    return page.encode("utf-8")


def _document(
    write: Callable[[Document, Appearance], bytes],
) -> Callable[[nbformat.NotebookNode, Appearance], bytes]:
    def written(notebook: nbformat.NotebookNode, appearance: Appearance) -> bytes:
        return write(reading.read(notebook), appearance)

    return written


FORMATS = {
    each.name: each
    for each in (
        Format("html", "report.html", _html),
        Format("pdf", "report.pdf", _document(pdf.write)),
        Format("docx", "report.docx", _document(word.write)),
        Format("xlsx", "report.xlsx", _document(workbook.write)),
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
