"""Exporters of nbconvert: any executed notebook as PDF, Word or Excel file.

``jupyter nbconvert --to anticorruption-pdf notebook.ipynb``
"""

from pathlib import Path

import nbformat
from nbconvert.exporters import Exporter
from traitlets import Bool, Enum, Unicode

from anticorruption.reporting.documents import pdf, reading, word, workbook
from anticorruption.reporting.documents.appearance import PAPERS, Appearance, logo


class DocumentExporter(Exporter):
    """What the exporters share: reading the notebook, and how the document looks."""

    paper = Enum(list(PAPERS), "a4", help="Size of the pages: a4, f4 or letter.").tag(config=True)
    logo = Unicode("", help="File of a PNG or SVG picture for the cover.").tag(config=True)
    draft = Bool(False, help="Whether every page says that it is not final.").tag(config=True)
    _write = staticmethod(pdf.write)

    def from_notebook_node(self, nb: nbformat.NotebookNode, resources=None, **settings):
        """Write a notebook as the bytes of a document.

        Raises
        ------
        RefusedInput
            If the logo cannot be used or a font is missing.
        """
        nb, resources = super().from_notebook_node(nb, resources, **settings)
        picture = logo(Path(self.logo)) if self.logo else b""
        appearance = Appearance(self.paper, picture, self.draft)
        return self._write(reading.read(nb), appearance), resources


class PdfExporter(DocumentExporter):
    """Exporter to PDF, by Typst."""

    export_from_notebook = "Anticorruption report (PDF)"
    output_mimetype = "application/pdf"
    _write = staticmethod(pdf.write)

    def _file_extension_default(self) -> str:
        return ".pdf"


class WordExporter(DocumentExporter):
    """Exporter to Word, by python-docx."""

    export_from_notebook = "Anticorruption report (Word)"
    output_mimetype = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    _write = staticmethod(word.write)

    def _file_extension_default(self) -> str:
        return ".docx"


class WorkbookExporter(DocumentExporter):
    """Exporter to Excel, by XlsxWriter."""

    export_from_notebook = "Anticorruption report (Excel)"
    output_mimetype = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    _write = staticmethod(workbook.write)

    def _file_extension_default(self) -> str:
        return ".xlsx"
