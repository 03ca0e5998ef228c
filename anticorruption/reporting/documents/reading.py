"""Executed notebook to document: what the page shows, in the same order, block by block."""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import quote

import nbformat
from lxml import etree

from anticorruption.language import DEFAULT, LANGUAGES, Language
from anticorruption.reporting.display import DATA_RESOURCE
from anticorruption.reporting.documents import pictures
from anticorruption.reporting.documents.model import (
    Block,
    Caption,
    Cell,
    Document,
    Figure,
    Heading,
    Item,
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
from anticorruption.reporting.html import NOTEBOOK_ONLY, prose
from anticorruption.texts import readable

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 4, "h6": 4}
#: Elements that start a block of their own.
_BLOCKS = {*_HEADINGS, "p", "ul", "ol", "table", "pre", "blockquote", "hr", "dl", "figure"}
_BOXES = {"div", "section", "article", "main", "center", "details", "body", "html"}
#: Elements whose content is not meant for readers.
_SILENT = {"script", "style", "head", "title", "template", "noscript", "iframe", "object"}
_BOLD, _ITALIC, _CODE = {"b", "strong", "th"}, {"i", "em", "cite"}, {"code", "kbd", "samp", "tt"}
_TONES = {
    "headline", "note", "warning", "missing", "particulars", "caption", "small", "findings",
    "sources", "met", "not-met", "unknown", "strong", "flag",
}  # fmt: skip
_PICTURES = ("image/png", "image/jpeg")
_PICTURE = re.compile(r"data:(image/(?:png|jpeg|gif|svg\+xml));base64,(.*)", re.DOTALL)
#: Address of a web page on a host that has a name; what may not stand in one is written as %XX.
_WEB = re.compile(r"https?://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?([/?#]\S*)?$", re.IGNORECASE)
_AS_THEY_ARE = "%/:?#@!$&'()*+,;=~-._"
_CAPTION = re.compile(r"(\w+) (\d+)\. ")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")
_CODES = re.compile(r"\b(code|kode|id|nik|npwp)\b|_(code|id)\b", re.IGNORECASE)


def read(notebook: nbformat.NotebookNode) -> Document:
    """Read an executed notebook as a document.

    Parameters
    ----------
    notebook : NotebookNode
        Ours or any other: prose, tables, pictures, printed text and errors are read; code and
        cells tagged ``notebook-only`` are not, as in the HTML page.

    Returns
    -------
    Document
        Its headings begin at level 1 below the title and skip no level; every link inside leads
        to a place that is there.
    """
    about = notebook.metadata.get("anticorruption", {})
    language = about.get("language", "en")
    language = language if language in LANGUAGES else DEFAULT
    blocks = _captioned(Language(language), list(_blocks(notebook)))
    title, blocks = _title(about, blocks)
    told = next((b for b in blocks if isinstance(b, Paragraph) and b.tone == "particulars"), None)
    blocks = _linked(_levelled([block for block in blocks if block is not told]))
    release = readable(str(about.get("release", "")))
    return Document(
        title=title,
        particulars=plain(told.runs) if told else "",
        language=language,
        release=release,
        date=_date(str(about.get("date", "")), release),
        notice=_line(about.get("notice", "")),
        footer=_line(about.get("footer", "")),
        is_report="edition" in about,
        blocks=tuple(blocks),
    )


def _line(text: object) -> str:
    return " ".join(readable(str(text or "")).split())


def _date(stated: str, release: str) -> str:
    """Date of the release: as stated, else the month that its name says, else none."""
    if re.fullmatch(r"(19|20)\d\d-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])", stated[:10]):
        return stated[:10]
    month = re.match(r"((?:19|20)\d\d)\.(0[1-9]|1[0-2])\b", release)
    return f"{month.group(1)}-{month.group(2)}-01" if month else ""


def _title(about: Mapping, blocks: list[Block]) -> tuple[str, list[Block]]:
    """Title of the report and the blocks without the heading that says it."""
    first = next((b for b in blocks if isinstance(b, Heading) and b.level == 1), None)
    stated = _line(about.get("title", ""))
    said = _line(plain(first.runs)) if first else ""
    if first and stated in ("", said):
        blocks = [block for block in blocks if block is not first]
    return stated or said or "Report", blocks


def _levelled(blocks: list[Block]) -> list[Block]:
    """Blocks whose headings begin at level 1 and go down one level at a time."""
    levels = [block.level for block in blocks if isinstance(block, Heading)]
    top, before, found = min(levels, default=1), 0, []
    for block in blocks:
        if isinstance(block, Heading):
            before = min(block.level - top + 1, before + 1)
            block = replace(block, level=before)
        found.append(block)
    return found


def _captioned(say: Language, blocks: list[Block]) -> list[Block]:
    """Give pictures the caption that follows them; number all if the notebook numbers none."""
    found: list[Block] = []
    for block in blocks:
        before = found[-1] if found else None
        follows = isinstance(block, Paragraph) and block.tone == "caption"
        if follows and isinstance(before, Figure) and (caption := _caption(block.runs)):
            found[-1] = replace(before, caption=caption)
        else:
            found.append(block)
    found = [_or_said(say, block) if isinstance(block, Figure) else block for block in found]
    for kind, label in ((Table, say("Table")), (Figure, say("Figure"))):
        ours = [place for place, block in enumerate(found) if isinstance(block, kind)]
        if not any(found[p].caption and found[p].caption.number for p in ours):
            for number, place in enumerate(ours, start=1):
                runs = found[place].caption.runs if found[place].caption else ()
                found[place] = replace(found[place], caption=Caption(label, number, runs))
    return found


def _or_said(say: Language, figure: Figure) -> Block:
    """Figure, or a sentence in place of one that has no form that can be shown."""
    if figure.svg or figure.bitmap:
        return figure
    said = say("A picture is not shown: it cannot be read, or it loads something from elsewhere.")
    words = f"{figure.alt}. {said}" if figure.alt else said
    return Paragraph((Run(words),), "missing")


def _caption(runs: Runs) -> Caption | None:
    """Caption of a text such as "Table 3. Places"; without a number it is 0."""
    if not runs:
        return None
    found = _CAPTION.match(runs[0].text)
    if not found:
        return Caption("", 0, runs)
    rest = replace(runs[0], text=runs[0].text[found.end() :])
    return Caption(found.group(1), int(found.group(2)), (rest, *runs[1:]))


def _linked(blocks: list[Block]) -> list[Block]:
    """Blocks whose places are unique and whose inner links lead to one of them."""
    seen: set[str] = set()
    unique: list[Block] = []
    for block in blocks:
        if isinstance(block, Listing):
            block = replace(block, items=tuple(_placed(item, seen) for item in block.items))
        elif isinstance(block, Table):
            block = replace(block, body=tuple(_placed(row, seen) for row in block.body))
        unique.append(block)
    there = places(tuple(unique))
    return [_with_links(block, there) for block in unique]


def _placed(part, seen: set[str]):
    if part.place and (part.place in seen or not re.fullmatch(r"[\w.-]{1,60}", part.place)):
        return replace(part, place="")
    seen.add(part.place)
    return part


def _with_links(block: Block, there: set[str]) -> Block:
    def runs(given: Runs) -> Runs:
        lost = [run.link.startswith("#") and run.link[1:] not in there for run in given]
        if not any(lost):
            return given
        return tuple(replace(r, link="") if no else r for r, no in zip(given, lost, strict=True))

    def rows(given: tuple[Row, ...]) -> tuple[Row, ...]:
        return tuple(
            replace(row, cells=tuple(replace(cell, runs=runs(cell.runs)) for cell in row.cells))
            for row in given
        )

    if isinstance(block, Heading | Paragraph):
        return replace(block, runs=runs(block.runs))
    if isinstance(block, Listing):
        items = (replace(item, runs=runs(item.runs)) for item in block.items)
        return replace(block, items=tuple(items))
    if isinstance(block, Table | Figure) and block.caption:
        block = replace(block, caption=replace(block.caption, runs=runs(block.caption.runs)))
    if isinstance(block, Table):
        return replace(block, head=rows(block.head), body=rows(block.body))
    return block


def _blocks(notebook: nbformat.NotebookNode) -> Iterator[Block]:
    for cell in notebook.cells:
        if NOTEBOOK_ONLY in cell.metadata.get("tags", []):
            continue
        if cell.cell_type == "markdown":
            yield from html_blocks(prose(cell.source, cell.get("attachments")))
        elif cell.cell_type == "code":
            for output in cell.outputs:
                yield from _output(output)


def _output(output: nbformat.NotebookNode) -> Iterator[Block]:
    """Blocks of one output; which of its forms is shown is decided as for the HTML page."""
    if output.output_type == "stream":
        if output.get("name") == "stdout" and output.text.strip():
            yield Verbatim(_lines(output.text))
        return
    if output.output_type == "error":
        yield Verbatim(_lines(f"{output.ename}: {output.evalue}"), "missing")
        return
    data, metadata = output.data, output.metadata
    if "text/html" in data:
        found = list(html_blocks(data["text/html"]))
        yield from _with_values(found, data.get(DATA_RESOURCE))
    elif "image/svg+xml" in data or any(kind in data for kind in _PICTURES):
        yield _figure(data, metadata)
    elif "text/markdown" in data:
        yield from html_blocks(prose(data["text/markdown"]))
    elif data.get("text/plain", "").strip():
        yield Verbatim(_lines(data["text/plain"]))


def _lines(text: str) -> str:
    """Printed text without the escape sequences of a terminal."""
    return readable(re.sub("\x1b\\[[0-9;]*[A-Za-z]", "", text)).expandtabs().strip("\n")


def _figure(data: Mapping, metadata: Mapping) -> Figure:
    """Figure of an output."""
    svg = data.get("image/svg+xml", "")
    kind = next((kind for kind in _PICTURES if kind in data), "")
    about = metadata.get("image/svg+xml") or metadata.get(kind) or {}
    about = about if isinstance(about, Mapping) else {}
    bitmap = _decoded(data.get(kind, "")) if kind else b""
    caption = _line(about.get("caption", ""))
    return picture(
        svg if isinstance(svg, str) else "".join(svg),
        bitmap,
        _line(about.get("alt", "")),
        _caption((Run(caption),)) if caption else None,
    )


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text), validate=False)
    except (binascii.Error, ValueError):
        return b"damaged"


def picture(svg: str, bitmap: bytes, alt: str, caption: Caption | None) -> Figure:
    """Figure with the forms that can be shown, neither if none can."""
    size = None
    if svg:
        try:
            size = pictures.svg_size(svg)
        except pictures.UnusablePicture:
            svg = ""
    if bitmap:
        try:
            size = size or pictures.bitmap_size(bitmap)
        except pictures.UnusablePicture:
            bitmap = b""
    return Figure(svg, bitmap, *(size or (0.0, 0.0)), alt, caption)


# HTML


@dataclass
class _Style:
    bold: bool = False
    italic: bool = False
    code: bool = False
    mark: bool = False
    link: str = ""

    def run(self, text: str) -> Run:
        return Run(text, self.bold, self.italic, self.code, self.mark, self.link)


@dataclass
class _Flow:
    """Blocks found so far and the runs of the paragraph that is still open."""

    blocks: list[Block] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)

    def close(self, tone: str = "") -> None:
        runs, self.runs = tidy(self.runs), []
        if runs:
            self.blocks.append(Paragraph(runs, tone))


def html_blocks(html: str) -> list[Block]:
    """Blocks of a piece of HTML; nothing in it is run or loaded, unknown elements are read through.

    Comments, scripts and styles are left out.
    """
    if not html.strip():
        return []
    parser = etree.HTMLParser(remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.HTML(f"<html><body>{readable(html)}</body></html>", parser)
    flow = _Flow()
    if root is not None:
        _flow(root, _Style(), flow, "")
    flow.close()
    return flow.blocks


def _flow(element: etree._Element, style: _Style, flow: _Flow, tone: str) -> None:
    if element.text:
        flow.runs.append(style.run(element.text))
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag in _BLOCKS:
            flow.close(tone)
            _block(child, tag, flow)
        elif tag in _BOXES:
            flow.close(tone)
            _flow(child, style, flow, _tone(child) or tone)
            flow.close(_tone(child) or tone)
        elif tag == "img":
            flow.close(tone)
            flow.blocks.extend(_image(child))
        elif tag == "br":
            flow.runs.append(style.run("\n"))
        elif tag and tag not in _SILENT:
            _flow(child, _styled(style, child), flow, tone)
        if child.tail:
            flow.runs.append(style.run(child.tail))


def _block(element: etree._Element, tag: str, flow: _Flow) -> None:
    tone = _tone(element)
    if tag in _HEADINGS:
        if runs := tidy(_runs(element, _Style())):
            flow.blocks.append(Heading(_HEADINGS[tag], runs))
    elif tag in ("ul", "ol"):
        if items := tuple(_items(element)):
            flow.blocks.append(Listing(items, tone))
    elif tag == "table":
        if (table := _table(element)) is not None:
            flow.blocks.append(table)
    elif tag == "pre":
        text = _lines("".join(element.itertext()))
        if text.strip():
            flow.blocks.append(Verbatim(text, tone))
    elif tag != "hr":
        # paragraphs, quotations, definitions: their text, and the blocks inside them
        _flow(element, _Style(), flow, "note" if tag == "blockquote" else tone)
        flow.close("note" if tag == "blockquote" else tone)


def _styled(style: _Style, element: etree._Element) -> _Style:
    tag = element.tag
    classes = element.get("class", "").split()
    link = style.link
    if tag == "a":
        link = _link(element.get("href", ""))
    return _Style(
        style.bold or tag in _BOLD,
        style.italic or tag in _ITALIC,
        style.code or tag in _CODE,
        style.mark or "cite" in classes,
        link,
    )


def _link(address: str) -> str:
    """Address of a web page or of a place inside; nothing else is a link."""
    address = address.strip()
    if _WEB.match(address):
        return quote(address, safe=_AS_THEY_ARE)
    return address if re.fullmatch(r"#[\w.-]{1,60}", address) else ""


def _tone(element: etree._Element) -> str:
    return next((word for word in element.get("class", "").split() if word in _TONES), "")


def _image(element: etree._Element) -> list[Block]:
    """Embedded picture as a figure; of one that would be loaded only its description is left."""
    alt = _line(element.get("alt", ""))
    found = _PICTURE.fullmatch(element.get("src", "").strip())
    if not found:
        return [Paragraph((Run(f"[{alt}]"),), "missing")] if alt else []
    data = _decoded(found.group(2))
    if found.group(1) == "image/svg+xml":
        return [picture(data.decode("utf-8", "replace"), b"", alt, None)]
    return [picture("", data, alt, None)]


def _runs(element: etree._Element, style: _Style, without: tuple[str, ...] = ()) -> list[Run]:
    """Text of an element as runs; blocks inside it begin on a new line."""
    found = [style.run(element.text)] if element.text else []
    for child in element:
        tag = child.tag if isinstance(child.tag, str) else ""
        if tag == "br":
            found.append(style.run("\n"))
        elif tag == "img":
            found.append(style.run(f"[{_line(child.get('alt', ''))}]"))
        elif tag and tag not in _SILENT and tag not in without:
            inner = _runs(child, _styled(style, child), without)
            if (tag in _BLOCKS or tag in _BOXES or tag == "li") and found:
                found.append(style.run("\n"))
            found += inner
        if child.tail:
            found.append(style.run(child.tail))
    return found


def tidy(runs: list[Run]) -> Runs:
    """Runs with blanks drawn together as a browser does, and equal neighbours joined."""
    found: list[Run] = []
    for run in runs:
        # "\n" alone is an intended end of line; elsewhere a line end is a blank.
        text = run.text if run.text == "\n" else re.sub(r"[ \t\n\r\f]+", " ", run.text)
        if not found or found[-1].text[-1] in " \n":
            text = text.lstrip(" ") if text != "\n" or found else ""
        if text == "\n" and found:
            found[-1] = replace(found[-1], text=found[-1].text.rstrip(" "))
            if not found[-1].text:
                found.pop()
        if not text:
            continue
        if found and replace(found[-1], text=text) == replace(run, text=text):
            found[-1] = replace(run, text=found[-1].text + text)
        else:
            found.append(replace(run, text=text))
    while found and not found[-1].text.rstrip(" \n"):
        found.pop()
    if found:
        found[-1] = replace(found[-1], text=found[-1].text.rstrip(" \n"))
    return tuple(found)


def _items(element: etree._Element, level: int = 0) -> Iterator[Item]:
    number = 0
    for child in element:
        if child.tag in ("ul", "ol"):
            yield from _items(child, level + 1)
        elif child.tag == "li":
            number += 1
            runs = tidy(_runs(child, _Style(), without=("ul", "ol")))
            mark = f"{number}." if element.tag == "ol" else ""
            if _tone(element) == "sources":
                mark = f"[{number}]"
            yield Item(runs, mark, child.get("id", ""), level)
            for inner in child.iter("ul", "ol"):
                if next(inner.iterancestors("li")) is child:
                    yield from _items(inner, level + 1)


def _table(element: etree._Element) -> Table | None:
    captions = [child for child in element if child.tag == "caption"]
    caption = _caption(tidy(_runs(captions[0], _Style()))) if captions else None
    head, body = [], []
    for line in element.iter("tr"):
        if next(line.iterancestors("table")) is not element:
            continue
        above = line.getparent().tag == "thead"
        cells = tuple(_cell(cell, above) for cell in line if cell.tag in ("td", "th"))
        if cells:
            (head if above else body).append(Row(cells, line.get("id", "")))
    if not head and not body:
        return None
    if not head and all(cell.heads for cell in body[0].cells):
        head = [body.pop(0)]
    # A second line of the head that only names the index, as pandas writes it, is kept as it is.
    head, body = _even(head, body)
    columns = max((sum(cell.columns for cell in row.cells) for row in (*head, *body)), default=0)
    kinds = tuple(_kind(head, body, place) for place in range(columns))
    return _inferred(Table(tuple(head), tuple(body), kinds, caption))


def _cell(element: etree._Element, above: bool) -> Cell:
    classes = element.get("class", "").split()
    return Cell(
        tidy(_runs(element, _Style())),
        kind="number" if "number" in classes else "text",
        tone=_tone(element),
        columns=_span(element.get("colspan")),
        rows=_span(element.get("rowspan")),
        heads=above or element.tag == "th",
    )


def _span(text: str | None) -> int:
    return min(int(text), 200) if text and text.isascii() and text.isdigit() and int(text) else 1


def _even(head: list[Row], body: list[Row]) -> tuple[list[Row], list[Row]]:
    """Rows that all fill the same number of columns; no cell reaches below its part."""
    parts = []
    width = 0
    for rows in (head, body):
        filled: list[tuple[Row, int]] = []
        hanging: dict[int, int] = {}
        for place, row in enumerate(rows):
            left = len(rows) - place
            cells, column = [], 0
            for cell in row.cells:
                while hanging.get(column, 0) > 0:
                    column += 1
                cell = replace(cell, rows=min(cell.rows, left))
                for covered in range(column, column + cell.columns):
                    hanging[covered] = max(hanging.get(covered, 0), cell.rows)
                column += cell.columns
                cells.append(cell)
            width = max(width, *(c + 1 for c, n in hanging.items() if n > 0), column)
            filled.append((replace(row, cells=tuple(cells)), 0))
            covered = sum(1 for n in hanging.values() if n > 0)
            filled[-1] = (filled[-1][0], covered)
            hanging = {c: n - 1 for c, n in hanging.items() if n > 1}
        parts.append(filled)
    return tuple(
        [replace(row, cells=row.cells + (Cell(()),) * (width - covered)) for row, covered in filled]
        for filled in parts
    )


def _kind(head: list[Row], body: list[Row], place: int) -> str:
    """Kind of a column: what its heading says, else what most of its cells are."""
    for row in reversed(head):
        if len(row.cells) > place and all(cell.columns == 1 for cell in row.cells):
            return row.cells[place].kind
    return "text"


def _with_values(blocks: list[Block], resource: object) -> list[Block]:
    """Give the table of an output the machine values that travel beside it."""
    try:
        fields = [dict(each) for each in resource["schema"]["fields"]]
        data = [dict(record) for record in resource["data"]]
        traces = resource.get("trace") or [{}] * len(data)
        names = tuple(each["name"] for each in fields)
    except (TypeError, KeyError, AttributeError, ValueError):
        return blocks
    tables = [place for place, block in enumerate(blocks) if isinstance(block, Table)]
    if not tables:
        return [*(b for b in blocks if not _told(b)), _kept(blocks, resource, fields, data)]
    table = blocks[tables[0]]
    fits = len(table.body) == len(data) == len(traces) and all(
        len(row.cells) == len(names) for row in table.body
    )
    if len(tables) != 1 or not fits:
        return blocks
    body = []
    for row, record, trace in zip(table.body, data, traces, strict=True):
        cells = tuple(
            _valued(cell, record.get(name), trace.get(name, {}), kind)
            for cell, name, kind in zip(row.cells, names, table.kinds, strict=True)
        )
        body.append(replace(row, cells=cells))
    kinds = tuple(
        "number" if field.get("type") in ("number", "integer") else kind
        for field, kind in zip(fields, table.kinds, strict=True)
    )
    blocks[tables[0]] = replace(table, body=tuple(body), names=names, kinds=kinds)
    return blocks


def _valued(cell: Cell, value: object, trace: Mapping, kind: str) -> Cell:
    value = trace.get("value", value)
    if kind == "number" and isinstance(value, str) and _NUMBER.fullmatch(value):
        # A number as its source prints it, among labels such as "hijau".
        value = _as_number(value)
        cell = replace(cell, kind="number")
    bounds = (trace["low"], trace["high"]) if {"low", "high"} <= set(trace) else None
    return replace(cell, value=value if _is_plain(value) else None, bounds=bounds)


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float | str) and not isinstance(value, bool)


def _told(block: Block) -> bool:
    return isinstance(block, Paragraph) and block.tone == "caption"


def _kept(blocks: list[Block], resource: Mapping, fields: list[dict], data: list[dict]) -> Table:
    """Table that is too long to read: only its caption is shown, files hold it whole."""
    told = next((block for block in blocks if _told(block)), None)
    title = (Run(_line(resource.get("title", ""))),)
    kinds = tuple("number" if f.get("type") in ("number", "integer") else "text" for f in fields)
    head = Row(tuple(Cell((Run(_line(f.get("title", f["name"]))),), heads=True) for f in fields))
    body = tuple(
        Row(tuple(_machine(record.get(f["name"]), k) for f, k in zip(fields, kinds, strict=True)))
        for record in data
    )
    caption = _caption(told.runs if told else title)
    return Table((head,), body, kinds, caption, tuple(f["name"] for f in fields), shown=False)


def _machine(value: object, kind: str) -> Cell:
    value = value if _is_plain(value) else None
    text = "" if value is None else readable(str(value))
    return Cell((Run(text),) if text else (), kind, value=value)


def _inferred(table: Table) -> Table:
    """Table of plain HTML whose columns of nothing but plain numbers hold numbers.

    A column with a leading zero or one called a code keeps its text: "0201" is no number.
    """
    simple = all(c.rows == c.columns == 1 for row in table.body for c in row.cells)
    if not simple or any(cell.kind == "number" for row in table.body for cell in row.cells):
        return table
    kinds, numeric = list(table.kinds), set()
    for place in range(len(kinds)):
        texts = [row.cells[place].text for row in table.body]
        filled = [text for text in texts if text not in ("", "NaN", "nan", "None", "<NA>")]
        called = " ".join(r.cells[place].text for r in table.head if len(r.cells) > place)
        if filled and all(map(_NUMBER.fullmatch, filled)) and not _CODES.search(called):
            kinds[place] = "number"
            numeric.add(place)
    body = tuple(
        replace(
            row,
            cells=tuple(
                _number(cell) if place in numeric else cell for place, cell in enumerate(row.cells)
            ),
        )
        for row in table.body
    )
    head = tuple(
        replace(row, cells=tuple(replace(c, kind=kinds[n]) for n, c in enumerate(row.cells)))
        if all(cell.columns == 1 for cell in row.cells)
        else row
        for row in table.head
    )
    return replace(table, head=head, body=body, kinds=tuple(kinds))


def _number(cell: Cell) -> Cell:
    text = cell.text
    if not _NUMBER.fullmatch(text):
        return replace(cell, kind="number")
    return replace(cell, kind="number", value=_as_number(text))


def _as_number(text: str) -> float | int:
    return float(text) if re.search(r"[.eE]", text) else int(text)
