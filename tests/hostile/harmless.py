"""What a file of each kind may hold: letters that were put in, and nothing that acts."""

import csv
import io
import json
import re
import zipfile
import zlib
from pathlib import Path
from xml.etree import ElementTree

import openpyxl

from anticorruption import texts
from tests.reporting.conftest import assert_harmless

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
#: Beginnings of a formula, written here anew so that a gap in the library's list is seen.
FORMULAS = tuple("=+-@\t\r\n＝＋－＠")
#: Fields that the Word file has of its own.
FIELDS = re.compile(r" ?(SEQ (Tabel|Gambar|Table|Figure) \\\* ARABIC|PAGE|NUMPAGES|TOC [^{]*) ?")
#: Devices of Windows, which no file may be called, whatever its ending.
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
#: Controls of the index.
CONTROLS = frozenset({"script", "svg", "input", "select", "button"})


def letters(text: str) -> str:
    """Letters of a text without blanks and without marks that files drop or join."""
    return re.sub(r"[\s\ufffd\u00ad\u200b\u0300-\u036f]+", "", text)


def missing(said: str, wanted: tuple[str, ...], begin: int = 300) -> list[str]:
    """Texts that are not there letter by letter; of long ones the beginning counts."""
    there = letters(said)
    return [text for text in wanted if letters(text)[:begin] not in there]


def page(html: str) -> tuple[str, set[str]]:
    """Text of a page that can neither run nor load anything, and where its links lead."""
    tree = assert_harmless(html)
    assert policy(tree).startswith("default-src 'none'; img-src data:; style-src 'sha256-")
    return "".join(tree.find("body").itertext()), {
        a.get("href") for a in tree.iter("a") if not a.get("href").startswith("#")
    }


def policy(tree: ElementTree.Element) -> str:
    """The one policy that a page gives itself."""
    (found,) = [
        each.get("content")
        for each in tree.iter("meta")
        if each.get("http-equiv") == "Content-Security-Policy"
    ]
    return found


def picture(svg: str) -> str:
    """Text of a picture without scripts, handlers and addresses of elsewhere."""
    root = ElementTree.fromstring(svg)
    for element in root.iter():
        tag = element.tag.rpartition("}")[2].lower()
        assert tag not in {"script", "foreignobject", "iframe", "a", "image", "animate", "set"}
        for name, value in element.attrib.items():
            name = name.rpartition("}")[2].lower()
            assert not name.startswith("on"), (tag, name)
            if name == "href":
                assert value.startswith("#"), value
            for address in re.findall(r"url\(([^)]*)\)", value):
                assert address.strip("'\" ").startswith("#"), value
        if tag == "style":
            assert "url(" not in (element.text or "") and "@import" not in (element.text or "")
    assert "<!ENTITY" not in svg and "<?xml-stylesheet" not in svg
    return "".join(root.itertext())


def notebook(text: str) -> None:
    """Fail if an output of a notebook holds something that a front end would run."""
    for cell in json.loads(text)["cells"]:
        for output in cell.get("outputs", []):
            assert output["output_type"] in ("display_data", "stream"), output["output_type"]
            data = output.get("data", {})
            assert not [kind for kind in data if "javascript" in kind or "widget" in kind]
            if "text/html" in data:
                html = "".join(data["text/html"])
                assert_harmless(f"<style></style><body>{html}")
            if "image/svg+xml" in data:
                picture("".join(data["image/svg+xml"]))


def _parts(data: bytes) -> dict[str, ElementTree.Element]:
    """Parsed parts of an office file, which hold no program."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        for name in names:
            assert ".." not in name and not name.startswith("/") and "vba" not in name.lower()
        return {
            name: ElementTree.fromstring(archive.read(name))
            for name in names
            if name.endswith((".xml", ".rels"))
        }


def workbook(data: bytes) -> str:
    """Text of a workbook without formulas, links, names and what is elsewhere."""
    for name, root in _parts(data).items():
        for element in root.iter():
            tag = element.tag.rpartition("}")[2]
            assert tag not in {"f", "hyperlink", "externalReference", "ddeLink", "oleLink"}
            assert element.get("TargetMode") != "External", name
            if tag == "definedName":
                assert element.get("name", "").startswith("_xlnm."), element.get("name")
    book = openpyxl.load_workbook(io.BytesIO(data))
    found = []
    for sheet in book:
        assert len(sheet.title) <= 31 and not set(sheet.title) & set("[]:*?/\\")
        found.append(sheet.title)
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type in "nsd" and cell.hyperlink is None, cell.coordinate
                found.append(str(cell.value or ""))
    return "\n".join(found)


def word(data: bytes) -> tuple[str, set[str]]:
    """Text of a Word file without fields of others, and the addresses that it links to."""
    addresses, said = set(), []
    for name, root in _parts(data).items():
        for element in root.iter():
            tag = element.tag.rpartition("}")[2]
            assert tag not in {"altChunk", "object", "OLEObject", "control", "subDoc"}, name
            code = element.get(f"{W}instr") if tag == "fldSimple" else None
            code = element.text if tag == "instrText" else code
            assert code is None or FIELDS.fullmatch(code), (name, code)
            if element.get("TargetMode") == "External":
                assert element.get("Type").endswith("/hyperlink")
                addresses.add(element.get("Target"))
        if name == "word/document.xml":
            said = ["".join(t.text or "" for t in p.iter(f"{W}t")) for p in root.iter(f"{W}p")]
    return "\n".join(said), addresses


#: What lets a PDF run, start, send or hold something.
ACTING = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|OpenAction|AA|SubmitForm|ImportData|GoToR|GoToE|"
    rb"RichMedia|AcroForm|Movie|Rendition|XFA)\b"
)


def printed(data: bytes) -> set[str]:
    """Addresses that a PDF links to; it may hold no script, no other file and start nothing."""
    streams = re.compile(rb"<<([^<>]*)>>\s*stream\r?\n(.*?)endstream", re.DOTALL)
    objects = [streams.sub(b"", data)]
    for about, content in streams.findall(data):
        if b"/ObjStm" in about:
            objects.append(zlib.decompress(content.strip(b"\r\n")))
    told = b"\n".join(objects)
    assert b"/Catalog" in told, "the objects of the file were not found"
    assert not (found := ACTING.search(told)), found
    links = re.findall(rb"/URI\s*\(((?:[^()\\]|\\.|\([^()]*\))*)\)", told)
    # Each stands behind its kind of action, so that none was overlooked.
    assert told.count(b"/URI") == 2 * len(links)
    return {each.decode("latin-1") for each in links}


def table(text: str) -> list[str]:
    """Texts of a CSV file, each safe in a spreadsheet, as they were before they were made so."""
    found = []
    for row in csv.reader(io.StringIO(text)):
        for cell in row:
            assert texts.unseen(cell) == "", cell
            if re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell):
                continue
            found.append(undone(cell))
    return found


def undone(cell: str) -> str:
    """Text of a cell, which is no formula, without the apostrophe that it was made safe by."""
    assert not cell.startswith(FORMULAS), cell
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULAS) else cell


def name(path: Path) -> None:
    """Fail if a file may not be called so on some system."""
    for part in path.parts:
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,120}", part), part
        assert not DEVICES.fullmatch(part) and part[-1] != "." and part[0] != "-", part


def terminal(said: str) -> None:
    """Fail if something printed is more than letters."""
    strange = {c for c in said if c != "\n" and texts.unseen(c)}
    assert not strange, strange
