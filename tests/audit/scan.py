"""Words that no report says about a region, and traces of a machine, in files of every format."""

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import lxml.html
import openpyxl
import pypdf
from lxml import etree

from tests import words
from tests.audit import formats

_BLOCKS = ("P", "LBody", "Lbl", "Figure", "Caption", "TH", "TD", *(f"H{n}" for n in range(1, 7)))
#: A shorter text than this is looked at even where the title of a source has it too.
_SHORT = 12
_WORD_PART = re.compile(r"word/(document|header\d*|footer\d*|footnotes)\.xml")
_PARAGRAPH = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"


def judged(path: Path) -> list[str]:
    """Banned words of a report, each with what stands around it.

    Titles and addresses of sources are the words of others and no part of it.
    """
    document = formats.read(path)
    return words.said("\n".join(_without_sources(_texts(path), document)))


def traces(path: Path, *names: str) -> list[str]:
    """Traces of a machine in all that a file holds; ``names`` are those of its users and of it."""
    return words.traces(_everything(path), *names)


def _without_sources(texts: list[str], document: formats.Document) -> list[str]:
    others = {_plain(text) for text in document.sources.values()}
    kept = []
    for text in texts:
        plain = _plain(_unnumbered(text))
        if len(plain) < _SHORT or not any(plain in each for each in others):
            kept.append(text)
    return kept


def _unnumbered(text: str) -> str:
    return re.sub(r"^\s*\[\d+\]", "", text)


def _plain(text: str) -> str:
    return re.sub(r"[\s\u200b\u2060\u00ad]", "", text)


def _texts(path: Path) -> list[str]:
    """Headings, paragraphs, cells and what is told of pictures, each by itself."""
    if path.suffix == ".pdf":
        root = formats.tagged(path)
        blocks = [(node.text(), node.alt) for node in root.all(*_BLOCKS)]
        return [formats.loose(text) for both in blocks for text in both if text]
    if path.suffix == ".docx":
        with zipfile.ZipFile(path) as archive:
            names = [name for name in archive.namelist() if _WORD_PART.fullmatch(name)]
            trees = [etree.fromstring(archive.read(name)) for name in names]
        told = [each for tree in trees for each in tree.xpath("//@descr | //@title")]
        return [formats.text_of(p) for tree in trees for p in tree.iter(_PARAGRAPH)] + told
    if path.suffix == ".xlsx":
        book = openpyxl.load_workbook(path)
        cells = [str(value) for sheet in book for row in sheet.iter_rows(values_only=True)
                 for value in row if value is not None]  # fmt: skip
        return [*book.sheetnames, *cells]
    tree = lxml.html.fromstring(formats.markup(path))
    for element in tree.xpath("//style | //script | //ol[@class='sources']"):
        element.drop_tree()
    return [*tree.itertext(), *(image.get("alt", "") for image in tree.iter("img"))]


def _everything(path: Path) -> str:
    """All texts of a file, those about the file among them."""
    if path.suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(path) as archive:
            parts = [archive.read(name).decode("utf-8") for name in archive.namelist()
                     if name.endswith((".xml", ".rels"))]  # fmt: skip
        return "\n".join([*parts, *_texts(path)])
    if path.suffix == ".pdf":
        reader = pypdf.PdfReader(path)
        about = [str(value) for value in (reader.metadata or {}).values()]
        more = reader.trailer["/Root"].get("/Metadata")
        about += [more.get_object().get_data().decode("utf-8")] if more else []
        links = [str(note.get_object().get("/A", {}).get("/URI", "")) for page in reader.pages
                 for note in page.get("/Annots", [])]  # fmt: skip
        return "\n".join([*about, *links, *_texts(path)])
    text = path.read_text(encoding="utf-8")
    # In JSON a backslash is written twice: its texts are looked at as they are meant, too.
    return "\n".join([text, *_strings(json.loads(text))]) if path.suffix == ".ipynb" else text


def _strings(value: object) -> Iterator[str]:
    """Every text in what JSON holds."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _strings(each)
