"""A document as a Word file: named styles of one template, real captions, links inside.

The template is the folder ``templates/word``: the parts of an empty Word file as text, so that a
change of a style is a change of one line. The body is written as XML at once, because building it
cell by cell takes many times as long.
"""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from anticorruption.language import Language
from anticorruption.reporting.documents import layout, packing, pdf
from anticorruption.reporting.documents.appearance import PAPERS, Appearance, logo_forms
from anticorruption.reporting.documents.model import (
    Caption,
    Cell,
    Document,
    Figure,
    Heading,
    Listing,
    Paragraph,
    Row,
    Run,
    Runs,
    Table,
    Verbatim,
    places,
    plain,
)
from anticorruption.reporting.documents.words import Words, words

_TEMPLATE = Path(__file__).parents[1] / "templates" / "word"
#: Names that the template's folder cannot have: a leading dot hides a file from packages.
_RENAMED = {"_rels/package.rels": "_rels/.rels"}
#: Mean width of a letter of Arial as a share of the size of type.
EM = 0.52
#: Arial is wider than a book face and is read at smaller sizes.
_SIZES = (8.5, 8.0, 7.5, 7.0)
_GAP = '<w:spacing w:after="60" w:line="120" w:lineRule="exact"/>'
#: Units of Word in a millimetre: twentieths of a point, and those of pictures.
_TWIPS, _EMU = 1440 / 25.4, 36000
#: Where the template's style puts the number of the page.
_FOOT_TAB = 9240
_NAMESPACES = nsdecls("w", "r", "wp", "a", "pic")
_LANGUAGES = {"id": "id-ID", "en": "en-GB"}
_STYLES = {
    "headline": "Headline",
    "note": "Note",
    "particulars": "Note",
    "caption": "Note",
    "warning": "Warning",
    "missing": "Missing",
}
_TONES = {
    "missing": "Absent",
    "met": "Met",
    "not-met": "NotMet",
    "unknown": "Unknown",
    "strong": "StrongValue",
    "flag": "Flag",
}
#: Date of a document whose notebook names no data release.
_UNDATED = datetime(1980, 1, 1)
#: Levels of headings in the table of contents, and of lists in the template.
_CONTENTS, _DEEPEST = 2, 2
_TALLEST = 0.8


def write(document: Document, appearance: Appearance) -> bytes:
    """Write a document as DOCX, the same bytes on every run."""
    file = docx.Document(io.BytesIO(_template()))
    _language(file, document.language)
    _properties(file, document)
    body = _Body(file, document, words(Language(document.language)), appearance)
    _replace(file.element.body, body.xml())
    saved = io.BytesIO()
    file.save(saved)
    return packing.repacked(saved.getvalue())


@lru_cache
def _template() -> bytes:
    """The template's parts as a Word file."""
    parts = {}
    for path in sorted(_TEMPLATE.rglob("*")):
        if path.is_file():
            name = path.relative_to(_TEMPLATE).as_posix()
            parts[_RENAMED.get(name, name)] = path.read_bytes()
    return packing.packed(parts)


def _language(file, code: str) -> None:
    for element in file.styles.element.iter(qn("w:lang")):
        element.set(qn("w:val"), _LANGUAGES[code])


def _properties(file, document: Document) -> None:
    about = file.core_properties
    date = datetime.fromisoformat(document.date) if document.date else _UNDATED
    about.title = document.title[:255]
    about.author = about.last_modified_by = about.comments = ""
    about.language = _LANGUAGES[document.language]
    about.created = about.modified = date
    about.revision = 1


@dataclass
class _Body:
    """The body being written: it numbers bookmarks and pictures and keeps their names."""

    file: object
    document: Document
    say: Words
    appearance: Appearance
    _marks: dict[str, str] = field(default_factory=dict)
    _ids: int = 0
    _started: bool = False

    def __post_init__(self) -> None:
        # Word takes letters, digits and underscores, at most 40, and each name once.
        for number, place in enumerate(sorted(places(self.document.blocks)), start=1):
            self._marks[place] = f"place_{number}"

    def xml(self) -> str:
        """Everything between the tags of the body."""
        parts = [self._cover(), self._contents()]
        heading, before = 0, None
        for block in self.document.blocks:
            if isinstance(block, Heading):
                heading += 1
                parts.append(self._heading(block, heading))
            elif isinstance(block, Table):
                # A heading right before a table on its side goes to that page with it.
                above = parts.pop() if isinstance(before, Heading) else ""
                parts.append(self._table(block, above))
            else:
                parts.append(self._block(block))
            before = block
        # A section ends with its own marks; the last one is that of the whole file.
        return "".join(parts) + self._section(first=not self._has_sideways)

    @property
    def _has_sideways(self) -> bool:
        return any(
            isinstance(block, Table) and block.shown and self._fit(block).sideways
            for block in self.document.blocks
        )

    def _next(self) -> int:
        self._ids += 1
        return self._ids

    # Sections

    def _section(self, first: bool = False, sideways: bool = False) -> str:
        """Marks of a section; the first carries head and foot, the others take them over."""
        width, height = (round(side * _TWIPS) for side in PAPERS[self.appearance.paper])
        turned = ""
        if sideways:
            width, height, turned = height, width, ' w:orient="landscape"'
        sides = {
            "top": layout.TOP, "right": layout.RIGHT, "bottom": layout.BOTTOM, "left": layout.LEFT,
        }  # fmt: skip
        margins = " ".join(f'w:{side}="{round(room * _TWIPS)}"' for side, room in sides.items())
        return (
            f"<w:sectPr>{self._running() if first else ''}"
            f'<w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
            f'<w:pgMar {margins} w:header="567" w:footer="567" w:gutter="0"/>'
            f"{'<w:titlePg/>' if first else ''}</w:sectPr>"
        )

    def _running(self) -> str:
        """Head and foot of every page but the cover."""
        section = self.file.sections[0]
        section.different_first_page_header_footer = True
        said = [self.say.draft] if self.appearance.draft else []
        said += [self.document.notice] if self.document.notice else []
        head = _paragraph("Header", _text(" · ".join(said))) if said else _paragraph("Header", "")
        _fill(section.header, head)
        before, between, after = self.say.foot
        at = round(layout.room(self.appearance.paper) * _TWIPS)
        clear = f'<w:tab w:val="clear" w:pos="{_FOOT_TAB}"/>'
        tabs = f'<w:tabs>{clear}<w:tab w:val="right" w:pos="{at}"/></w:tabs>'
        foot = (
            _text(self.document.title)
            + "<w:r><w:tab/></w:r>"
            + _text(before) + _field("PAGE", "1") + _text(between)
            + _field("NUMPAGES", "1") + _text(after)
        )  # fmt: skip
        _fill(section.footer, _paragraph("Footer", foot, tabs))
        _fill(section.first_page_header, _paragraph("Header", ""))
        _fill(section.first_page_footer, _paragraph("Footer", ""))
        references = section._sectPr.xpath("./w:headerReference | ./w:footerReference")
        return "".join(
            f'<{each.tag.replace(qn("w:x")[:-1], "w:")} w:type="{each.get(qn("w:type"))}" '
            f'r:id="{each.get(qn("r:id"))}"/>'
            for each in references
        )

    # Cover and contents

    def _cover(self) -> str:
        document, parts = self.document, []
        if self.appearance.logo:
            svg, data, width, height = logo_forms(self.appearance.logo)
            share = min(50 / width, 30 / height)
            size = width * share, height * share
            data = data or pdf.bitmap(svg, *size)
            parts.append(_paragraph("Normal", self._picture(data, *size, self.say.logo)))
        parts.append(_paragraph("Title", _text(document.title)))
        if document.particulars:
            parts.append(_paragraph("Subtitle", _text(document.particulars)))
        if document.release and document.release not in document.particulars:
            said = f"{self.say.release} {document.release}"
            parts.append(_paragraph("Subtitle", _text(said)))
        if self.appearance.draft:
            parts.append(_paragraph("Notice", _text(self.say.draft)))
        if document.notice:
            parts.append(_paragraph("Notice", _text(document.notice)))
        if document.footer:
            parts.append(_paragraph("Note", _text(document.footer)))
        parts.append(_paragraph("Normal", '<w:r><w:br w:type="page"/></w:r>'))
        return "".join(parts)

    def _contents(self) -> str:
        """Table of contents as a field; its page numbers come when Word updates it."""
        entries = [
            (number, heading)
            for number, heading in enumerate(self.document.headings, start=1)
            if heading.level <= _CONTENTS
        ]
        if len(entries) <= 2:
            return ""
        parts = [_paragraph("TOCHeading", _text(self.say.contents))]
        opening = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
            f'<w:r><w:instrText xml:space="preserve"> TOC \\o "1-{_CONTENTS}" \\h \\z \\u '
            '</w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        for number, heading in entries:
            link = (
                f'<w:hyperlink w:anchor="_Toc{number}" w:history="1">'
                f"{_text(plain(heading.runs))}</w:hyperlink>"
            )
            parts.append(_paragraph(f"TOC{heading.level}", opening + link))
            opening = ""
        parts.append(_paragraph("Normal", '<w:r><w:fldChar w:fldCharType="end"/></w:r>'))
        return "".join(parts)

    # Blocks

    def _heading(self, heading: Heading, number: int) -> str:
        shown = self._marked(f"_Toc{number}", self._runs(heading.runs))
        return _paragraph(f"Heading{min(heading.level, 4)}", shown)

    def _block(self, block: Paragraph | Listing | Verbatim | Figure) -> str:
        if isinstance(block, Paragraph):
            return _paragraph(_STYLES.get(block.tone, "Normal"), self._runs(block.runs))
        if isinstance(block, Listing):
            return self._listing(block)
        if isinstance(block, Verbatim):
            tone = "Flag" if block.tone == "missing" else ""
            lines = (_paragraph("Verbatim", _text(line, tone)) for line in block.text.split("\n"))
            return "".join(lines) + _paragraph("Normal", "")
        return self._figure(block)

    def _listing(self, listing: Listing) -> str:
        small = listing.tone in ("small", "sources")
        parts = []
        for item in listing.items:
            shown = self._placed(item.place, self._runs(item.runs))
            if item.mark:
                style = "Source" if small else "ListNumber"
                shown = f"{_text(item.mark)}<w:r><w:tab/></w:r>{shown}"
                parts.append(_paragraph(style, shown))
            else:
                style = "ListBulletSmall" if small else "ListBullet"
                level = min(item.level, _DEEPEST)
                deeper = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
                parts.append(_paragraph(style, shown, deeper if level else ""))
        return "".join(parts)

    def _figure(self, figure: Figure) -> str:
        paper = self.appearance.paper
        share = min(
            1.0, layout.room(paper) / figure.width, _TALLEST * layout.depth(paper) / figure.height
        )
        size = figure.width * share, figure.height * share
        data = figure.bitmap or pdf.bitmap(figure.svg, figure.width, figure.height)
        alt = figure.alt or (figure.caption.text if figure.caption else "") or self.say.no_alt
        shown = _paragraph("Figure", self._picture(data, *size, alt))
        return shown + self._caption(figure.caption)

    def _picture(self, data: bytes, width: float, height: float, alt: str) -> str:
        part, _ = self.file.part.get_or_add_image(io.BytesIO(data))
        number = self._next()
        size = f'cx="{round(width * _EMU)}" cy="{round(height * _EMU)}"'
        name = f'id="{number}" name="{self.say.figure} {number}"'
        return (
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
            f"<wp:extent {size}/><wp:docPr {name} descr={quoteattr(alt)}/>"
            f'<a:graphic><a:graphicData uri="{_PICTURE}"><pic:pic>'
            f"<pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
            f'<pic:blipFill><a:blip r:embed="{part}"/><a:stretch><a:fillRect/></a:stretch>'
            f'</pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext {size}/></a:xfrm>'
            f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic>'
            f"</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
        )

    def _caption(self, caption: Caption | None, above: bool = False) -> str:
        if caption is None:
            return ""
        shown = ""
        if caption.number:
            label = caption.label if caption.label.isalpha() else self.say.table
            shown = (
                _text(f"{label} ", bold=True)
                + _field(f"SEQ {label} \\* ARABIC", str(caption.number), bold=True)
                + _text(". ", bold=True)
            )
        keep = "<w:keepNext/>" if above else ""
        return _paragraph("Caption", shown + self._runs(caption.runs), keep)

    # Tables

    def _fit(self, table: Table) -> layout.Fit:
        return layout.fit(table, self.appearance.paper, EM, _SIZES)

    def _table(self, table: Table, above: str) -> str:
        """Table with its caption; ``above`` is the heading right before it."""
        if not table.shown:
            return above + self._caption(table.caption)
        fit = self._fit(table)
        shown = self._caption(table.caption, above=True) + self._grid(table, fit)
        # Two tables that touch would become one.
        shown += _paragraph("Normal", "", _GAP)
        shown = above + shown
        if not fit.sideways:
            return shown
        before = _ending(self._section(first=self._starts()))
        return before + shown + _ending(self._section(sideways=True))

    def _starts(self) -> bool:
        """Whether the section that ends here is the first of the file."""
        first, self._started = not self._started, True
        return first

    def _grid(self, table: Table, fit: layout.Fit) -> str:
        widths = [round(width * _TWIPS) for width in fit.widths]
        columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        described = (
            f"<w:tblCaption w:val={quoteattr(table.caption.text)}/>" if table.caption else ""
        )
        lines = [
            (row, line, above)
            for part, above in ((table.head, True), (table.body, False))
            for row, line in _spanned(part, len(widths))
        ]
        # A table that may be parted keeps its head and first rows with the next.
        kept = len(lines) - 1 if fit.together else min(len(table.head) + 1, len(lines) - 1)
        rows = [
            self._row(row, line, widths, fit.size, above, number < kept)
            for number, (row, line, above) in enumerate(lines)
        ]
        return (
            f'<w:tbl><w:tblPr><w:tblStyle w:val="ReportTable"/>'
            f'<w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
            f'<w:tblLook w:val="0020" w:firstRow="{int(bool(table.head))}" w:lastRow="0" '
            f'w:firstColumn="0" w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>{described}</w:tblPr>'
            f"<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
        )

    def _row(
        self, row: Row, line: list, widths: list[int], size: float, above: bool, kept: bool
    ) -> str:
        """One row; ``line`` holds each cell with its column, and cells that hang from above.

        ``kept`` keeps it on the page of the next row.
        """
        cells, next_too = [], "<w:keepNext/>" if kept else ""
        for column, cell, hanging in line:
            width = sum(widths[column : column + cell.columns])
            about = f'<w:tcW w:w="{width}" w:type="dxa"/>'
            if cell.columns > 1:
                about += f'<w:gridSpan w:val="{cell.columns}"/>'
            if hanging:
                about += "<w:vMerge/>"
            elif cell.rows > 1:
                about += '<w:vMerge w:val="restart"/>'
            if above:
                about += '<w:vAlign w:val="bottom"/>'
            shown = "" if hanging else self._runs(cell.runs, _TONES.get(cell.tone, ""), size)
            if column == 0:
                shown = self._placed(row.place, shown)
            set_as = next_too + ('<w:jc w:val="right"/>' if cell.kind == "number" else "")
            style = "TableHead" if above else "TableText"
            cells.append(f"<w:tc><w:tcPr>{about}</w:tcPr>{_paragraph(style, shown, set_as)}</w:tc>")
        long = sum(len(run.text) for _, cell, _ in line for run in cell.runs) > pdf.LONG_CELL
        whole = "" if long else "<w:cantSplit/>"
        repeats = "<w:tblHeader/>" if above else ""
        return f"<w:tr><w:trPr>{whole}{repeats}</w:trPr>{''.join(cells)}</w:tr>"

    # Text

    def _placed(self, place: str, shown: str) -> str:
        return self._marked(self._marks[place], shown) if place else shown

    def _marked(self, name: str, shown: str) -> str:
        number = self._next()
        return (
            f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{shown}'
            f'<w:bookmarkEnd w:id="{number}"/>'
        )

    def _runs(self, runs: Runs, style: str = "", size: float = 0.0) -> str:
        return "".join(self._run(run, style, size) for run in runs)

    def _run(self, run: Run, style: str, size: float) -> str:
        if run.mark:
            style = "SourceMark"
        elif run.link.startswith("#"):
            style = style or "Trace"
        elif run.link:
            style = "Hyperlink"
        elif run.code:
            style = "Code"
        shown = _text(run.text, style, run.bold, run.italic, size)
        if run.link.startswith("#"):
            name = self._marks[run.link[1:]]
            return f'<w:hyperlink w:anchor="{name}" w:history="1">{shown}</w:hyperlink>'
        if run.link:
            part = self.file.part.relate_to(run.link, RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
            return f'<w:hyperlink r:id="{part}" w:history="1">{shown}</w:hyperlink>'
        return shown


_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"


def _spanned(rows: Iterable[Row], columns: int) -> Iterator[tuple[Row, list]]:
    """Each row with its cells, their column, and whether they hang from a row above."""
    hanging: dict[int, tuple[Cell, int]] = {}
    for row in rows:
        line, column, waiting = [], 0, list(row.cells)
        while column < columns and (waiting or column in hanging):
            if column in hanging:
                cell, left = hanging.pop(column)
                line.append((column, cell, True))
            else:
                cell = waiting.pop(0)
                left = cell.rows
                line.append((column, cell, False))
            if left > 1:
                hanging[column] = cell, left - 1
            column += cell.columns
        yield row, line


def _fill(part, xml: str) -> None:
    """Replace the content of a head or foot."""
    part.is_linked_to_previous = False
    _replace(part._element, xml)


def _replace(element, xml: str) -> None:
    """Replace the children of an element by others, written as text."""
    for child in list(element):
        element.remove(child)
    for child in parse_xml(f"<w:body {_NAMESPACES}>{xml}</w:body>"):
        element.append(child)


def _ending(section: str) -> str:
    """Paragraph that ends a section."""
    small = '<w:spacing w:after="0" w:line="20" w:lineRule="exact"/>'
    return f"<w:p><w:pPr>{small}{section}</w:pPr></w:p>"


def _paragraph(style: str, shown: str, about: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{about}</w:pPr>{shown}</w:p>'


def _text(
    text: str, style: str = "", bold: bool = False, italic: bool = False, size: float = 0.0
) -> str:
    """Run of text; line ends and tabs become those of Word."""
    about = f'<w:rStyle w:val="{style}"/>' if style else ""
    about += "<w:b/>" if bold else ""
    about += "<w:i/>" if italic else ""
    if size:
        about += f'<w:sz w:val="{round(2 * size)}"/><w:szCs w:val="{round(2 * size)}"/>'
    about = f"<w:rPr>{about}</w:rPr>" if about else ""
    shown = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' if line else ""
        for line in text.split("\n")
    )
    return f"<w:r>{about}{shown}</w:r>"


def _field(instruction: str, shown: str, bold: bool = False) -> str:
    return f'<w:fldSimple w:instr=" {escape(instruction)} ">{_text(shown, bold=bold)}</w:fldSimple>'
