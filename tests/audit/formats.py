"""Finished reports of every format, read as a stranger reads them: tables, sentences, sources.

Nothing here comes from the library. Word files and Excel files are read from their XML and with
openpyxl, PDF by its tags: the tree of its structure, and the glyphs of each piece of a page.
"""

import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import lxml.html
import openpyxl
import pypdf
from lxml import etree

CITE = re.compile(r"[\s\u00a0]*\[(\d+)\]")
NUMBERED = re.compile(r"^(?:Table|Tabel|Figure|Gambar) \d+\.\s*")
_WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_ALT = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


@dataclass
class Shown:
    """One cell or sentence: its text, the sources it cites, the line its number leads to."""

    text: str
    cites: tuple[int, ...] = ()
    line: int | None = None
    number: float | None = None


@dataclass
class Table:
    """A table with its caption (without its number), headings and rows."""

    caption: str
    headings: list[str]
    rows: list[list[Shown]]


@dataclass
class Document:
    """What a report shows."""

    path: Path
    tables: list[Table] = field(default_factory=list)
    sentences: list[Shown] = field(default_factory=list)
    sources: dict[int, str] = field(default_factory=dict)


def shown(text: str, line: int | None = None, number: float | None = None) -> Shown:
    """Text without its source marks, runs of blanks drawn together."""
    cites = tuple(int(each) for each in CITE.findall(text))
    return Shown(" ".join(CITE.sub("", text).split()), cites, line, number)


def read(path: Path) -> Document:
    """Read a report by the ending of its name."""
    document = {"html": _html, "ipynb": _notebook, "docx": _word, "xlsx": _excel, "pdf": _pdf}[
        path.suffix[1:]
    ](path)
    document.path = path
    return document


def _html(path: Path) -> Document:
    return _page(lxml.html.fromstring(markup(path)), path)


def _notebook(path: Path) -> Document:
    document = _html(path)
    for output in _outputs(path):
        if told := output["metadata"].get("image/svg+xml"):
            document.sentences.append(shown(told["alt"]))
    return document


def markup(path: Path) -> str:
    """HTML of a page, or of all that a notebook shows."""
    if path.suffix == ".html":
        return path.read_text(encoding="utf-8")
    parts = ["".join(output["data"].get("text/html", "")) for output in _outputs(path)]
    return f"<main>{''.join(parts)}</main>"


def _outputs(path: Path) -> list[dict]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [output for cell in cells for output in cell.get("outputs", [])]


def _page(tree, path: Path) -> Document:
    document = Document(path)
    for item in tree.iter("li"):
        if (name := item.get("id", "")).startswith("source-"):
            document.sources[int(name[7:])] = item.text_content()
    for table in tree.iter("table"):
        caption = shown(NUMBERED.sub("", table.find("caption").text_content()))
        document.sentences.append(caption)
        headings = [th.text_content() for th in table.find("thead").iter("th")]
        rows = [[_cell(cell) for cell in row] for row in table.find("tbody")]
        document.tables.append(Table(caption.text, headings, rows))
    for element in tree.iter("p", "li", "h1", "img"):
        if element.tag == "img":
            document.sentences.append(shown(element.get("alt", "")))
        elif not element.get("id", "").startswith("source-"):
            document.sentences.append(shown(NUMBERED.sub("", element.text_content())))
    return document


def _cell(cell) -> Shown:
    trace = cell.find("a[@class='trace']")
    line = int(trace.get("href").removeprefix("#row-")) if trace is not None else None
    return shown(cell.text_content(), line)


def _word(path: Path) -> Document:
    with zipfile.ZipFile(path) as archive:
        tree = etree.fromstring(archive.read("word/document.xml"))
    document, before = Document(path), ""
    for element in tree[0]:
        if element.tag == f"{_WORD}tbl":
            rows = [[shown(text_of(c)) for c in row.iter(f"{_WORD}tc")]
                    for row in element.iter(f"{_WORD}tr")]  # fmt: skip
            headings = [cell.text for cell in rows[0]]
            document.tables.append(Table(NUMBERED.sub("", before), headings, rows[1:]))
            continue
        text = text_of(element)
        before = shown(text).text or before
        if entry := re.match(r"\[(\d+)\]\s*(.+)", text):
            document.sources[int(entry[1])] = entry[2]
        else:
            document.sentences.append(shown(NUMBERED.sub("", text)))
        document.sentences += [shown(d.get("descr") or "") for d in element.iter(_ALT)]
    return document


def text_of(element) -> str:
    """Text of an element of a Word file."""
    parts = []
    for node in element.iter(f"{_WORD}t", f"{_WORD}br", f"{_WORD}tab"):
        parts.append(node.text or "" if node.tag == f"{_WORD}t" else " ")
    return "".join(parts)


def _excel(path: Path) -> Document:
    document = Document(path)
    for sheet in openpyxl.load_workbook(path):
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        at = 0
        while at < len(rows):
            first = str(rows[at][0] or "")
            if NUMBERED.match(first) and at + 1 < len(rows):
                at = _excel_table(document, rows, at)
            elif entry := re.fullmatch(r"\[(\d+)\]", first):
                document.sources[int(entry[1])] = f"{rows[at][1]} {rows[at][2] or ''}"
            at += 1
    return document


def _excel_table(document: Document, rows: list, at: int) -> int:
    caption = NUMBERED.sub("", str(rows[at][0]))
    headings = [str(value) for value in rows[at + 1] if value is not None]
    body, at = [], at + 2
    while at < len(rows) and any(value is not None for value in rows[at]):
        cells = []
        for value in rows[at][: len(headings)]:
            number = value if isinstance(value, int | float) else None
            cells.append(shown("" if value is None else str(value), number=number))
        body.append(cells)
        at += 1
    document.tables.append(Table(caption, headings, body))
    return at


@dataclass
class _Node:
    tag: str
    children: list = field(default_factory=list)
    alt: str = ""

    def text(self) -> str:
        return "".join(c if isinstance(c, str) else c.text() for c in self.children)

    def all(self, *tags: str):
        for child in self.children:
            if isinstance(child, _Node):
                if child.tag in tags:
                    yield child
                yield from child.all(*tags)


def _pdf(path: Path) -> Document:
    document, root = Document(path), tagged(path)
    for item in root.all("LI"):
        if entry := re.fullmatch(r"\[(\d+)\]", "".join(n.text() for n in item.all("Lbl")).strip()):
            document.sources[int(entry[1])] = loose("".join(n.text() for n in item.all("LBody")))
            item.children = []
    caption, tables = "", list(root.all("Caption", "Table"))
    for node in tables:
        # The caption stands inside its table, or before it where the table goes over pages.
        own = node if node.tag == "Caption" else next(iter(node.all("Caption")), None)
        if own is not None:
            caption = shown(NUMBERED.sub("", loose(own.text()).strip())).text
        if node.tag == "Caption":
            continue
        rows = [[shown(loose(c.text())) for c in row.all("TH", "TD")] for row in node.all("TR")]
        headings = [cell.text for cell in rows[0]]
        document.tables.append(Table(caption, headings, rows[1:]))
        document.sentences.append(Shown(caption))
    for node in tables:
        node.children = [] if node.tag == "Table" else node.children
    for node in root.all("P", "LBody", "Figure", "Caption", "H1"):
        if not any(node.all("P", "LI")):
            document.sentences.append(shown(NUMBERED.sub("", loose(node.text()).strip())))
        if node.alt:
            document.sentences.append(shown(node.alt))
    return document


def loose(text: str) -> str:
    """Text without the marks that only lay out: invisible blanks, joiners, hyphens."""
    return re.sub("[\u200b\u2060\u00ad]", "", text)


def tagged(path: Path) -> _Node:
    """Tree of the structure of a tagged PDF file, with the text of each piece of a page."""
    reader = pypdf.PdfReader(path)
    top = reader.trailer["/Root"]["/StructTreeRoot"]
    pages = {page.indirect_reference.idnum: _pieces(page) for page in reader.pages}
    root = _Node("root")
    _grow(root, top.get("/K", []), None, pages, top.get("/RoleMap", {}))
    return root


def _grow(node: _Node, kids, page: int | None, pages: dict, roles: dict) -> None:
    """Hang what stands below a tag onto it: other tags, and pieces of pages by their number."""
    for kid in kids if isinstance(kids, list) else [kids]:
        kid = kid.get_object()
        if isinstance(kid, int):
            node.children.append(pages[page].get(kid, ""))
            continue
        own = kid.raw_get("/Pg").idnum if "/Pg" in kid else page
        if "/MCID" in kid:
            node.children.append(pages[own].get(kid["/MCID"], ""))
        elif "/S" in kid:
            tag = roles.get(kid["/S"], kid["/S"])
            below = _Node(tag.removeprefix("/"), alt=str(kid.get("/Alt", "")))
            node.children.append(below)
            _grow(below, kid.get("/K", []), own, pages, roles)


def _pieces(page) -> dict[int, str]:
    """Text of each marked piece of a page, by its number."""
    fonts = {name: _letters(font.get_object())
             for name, font in page["/Resources"].get("/Font", {}).items()}  # fmt: skip
    found: dict[int, str] = {}
    #: Number of each piece that is open, and the text that stands for all that is drawn in it.
    pieces: list[tuple[int | None, str | None]] = []
    letters: dict[bytes, str] = {}
    for kind, content in _operators(page.get_contents().get_data()):
        at = next((number for number, _ in reversed(pieces) if number is not None), None)
        if kind == "font":
            letters = fonts[content.decode()]
        elif kind == "open":
            number = re.search(rb"/MCID (\d+)", content)
            told = re.search(rb"/ActualText\s*<([0-9A-Fa-f]*)>", content)
            text = bytes.fromhex(told[1].decode())[2:].decode("utf-16-be") if told else None
            pieces.append((int(number[1]) if number else None, text))
        elif kind == "close":
            _, text = pieces.pop()
            if text is not None and at is not None:
                found[at] = found.get(at, "") + text
        elif at is not None and all(text is None for _, text in pieces):
            codes = _bytes(content)
            pairs = (codes[n : n + 2] for n in range(0, len(codes), 2))
            found[at] = found.get(at, "") + "".join(letters.get(each, "") for each in pairs)
    return found


_OPERATOR = re.compile(
    rb"(?P<string>\(|<[0-9A-Fa-f]*>)|(?P<font>/\w+) [\d.]+ Tf"
    rb"|(?P<open>(?:<<(?:<[0-9A-Fa-f]*>|\([^()]*\)|[^<>(])*>>)?\s*(?:BDC|BMC))|(?P<close>EMC)"
)
_PARENTHESIS = re.compile(rb"\\.|[()]", re.DOTALL)


def _operators(content: bytes) -> Iterator[tuple[str, bytes]]:
    """What chooses fonts, opens and closes pieces, and draws text, in the order of a page."""
    at = 0
    while hit := _OPERATOR.search(content, at):
        at, kind = hit.end(), str(hit.lastgroup)
        if hit[0] == b"(":  # inside a string, parentheses in pairs stand as they are
            depth = 1
            while depth:
                mark = _PARENTHESIS.search(content, at)
                depth += {b"(": 1, b")": -1}.get(mark[0], 0)
                at = mark.end()
        yield kind, content[hit.start() : at] if kind == "string" else hit[kind]


_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def _bytes(string: bytes) -> bytes:
    """Bytes of a string as a PDF file writes it."""
    if string.startswith(b"<"):
        return bytes.fromhex(string[1:-1].decode())

    def plain(hit) -> bytes:
        return bytes([int(hit[1], 8)]) if hit[1].isdigit() else _ESCAPED.get(hit[1], hit[1])

    return re.sub(rb"\\([0-7]{1,3}|.)", plain, string[1:-1], flags=re.DOTALL)


def _letters(font) -> dict[bytes, str]:
    """What each code of two bytes stands for, as the font itself tells."""
    table = font["/ToUnicode"].get_object().get_data().decode("ascii")
    return {bytes.fromhex(code): bytes.fromhex(text).decode("utf-16-be")
            for code, text in re.findall(r"^<(\w{4})> <(\w+)>$", table, re.MULTILINE)}  # fmt: skip
