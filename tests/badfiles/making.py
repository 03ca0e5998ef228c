"""Workbooks and texts written part by part, so that any part can be wrong."""

import io
import struct
import zipfile
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

HEADING = ("Daerah", "Nilai MCP 2025")
ROWS = (HEADING, ("Kab. Sleman", 92.1), ("Kab. Bantul", 88.5))
#: What an import of :data:`ROWS` gives.
GOOD = {"34.04": "92.1", "34.02": "88.5"}
SHEET = "xl/worksheets/sheet1.xml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


class Xml(str):
    """A cell that is written as it stands."""


def csv(rows: Iterable[Iterable] = ROWS, separator: str = ";") -> str:
    """Rows as a text of separated values, decimal comma."""
    return "".join(
        separator.join(str(c).replace(".", ",") if isinstance(c, float) else str(c) for c in row)
        + "\n"
        for row in rows
    )


def column(*values: object) -> tuple:
    """Heading and values beside names of real regions, in the order Sleman, Bantul …"""
    names = ("Kab. Sleman", "Kab. Bantul", "Kab. Kulon Progo", "Kab. Gunungkidul", "Kota Blitar")
    return (HEADING, *zip(names, values, strict=False))


def letters(number: int) -> str:
    """Name of a column."""
    name = ""
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def sheet(rows: Iterable[Iterable] = ROWS, before: str = "", after: str = "") -> str:
    """A sheet's part; ``before`` stands above its cells, ``after`` below."""
    body = "".join(
        f'<row r="{r}">{"".join(_cell(letters(c), r, v) for c, v in enumerate(row, 1))}</row>'
        for r, row in enumerate(rows, start=1)
    )
    inside = f"{before}<sheetData>{body}</sheetData>{after}"
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">{inside}</worksheet>'


def _cell(column: str, row: int, value: object) -> str:
    ref = f"{column}{row}"
    if value is None:
        return ""
    if isinstance(value, Xml):
        return value.replace("REF", ref)
    if isinstance(value, str):
        return (
            f'<c r="{ref}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
        )
    return f'<c r="{ref}"><v>{value}</v></c>'


def parts(
    sheets: Mapping[str, str] | None = None, states: Mapping[str, str] | None = None
) -> dict[str, bytes]:
    """Parts of a workbook by name: its sheets and what must stand beside them."""
    sheets = {"Rekap": sheet()} if sheets is None else sheets
    entries = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{n}" r:id="rId{n}"'
        f"{' state=' + quoteattr(states[name]) if states and name in states else ''}/>"
        for n, name in enumerate(sheets, start=1)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    found = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">'
        f"<sheets>{entries}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{links}</Relationships>",
    }
    found |= {f"xl/worksheets/sheet{n}.xml": xml for n, xml in enumerate(sheets.values(), 1)}
    return {name: text.encode() for name, text in found.items()}


def packed(content: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Parts as an archive, the same bytes every time."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0)), data, method)
    return buffer.getvalue()


def xlsx(
    rows: Iterable[Iterable] = ROWS, before: str = "", after: str = "", **more: bytes
) -> bytes:
    """A workbook of one sheet, other parts replaced or added by name."""
    return packed(parts({"Rekap": sheet(rows, before, after)}) | more)


def styled(rows: Iterable[Iterable], code: str) -> bytes:
    """A workbook whose style 1 has a number format."""
    styles = (
        f'{_HEAD}<styleSheet xmlns="{_MAIN}"><numFmts><numFmt numFmtId="170" formatCode='
        f'{quoteattr(code)}/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="170"/></cellXfs>'
        "</styleSheet>"
    )
    return xlsx(rows, **{"xl/styles.xml": styles.encode()})


def ods(rows: str = "") -> bytes:
    """An OpenDocument spreadsheet of these rows, or of :data:`ROWS`."""
    rows = rows or "".join(
        f"<table:table-row>{''.join(map(_ods, row))}</table:table-row>" for row in ROWS
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f"{_HEAD}<office:document-content {spaces}><office:body><office:spreadsheet>"
        f'<table:table table:name="Rekap">{rows}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    spaces = 'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"'
    manifest = f"{_HEAD}<manifest:manifest {spaces}/>".encode()
    mime = b"application/vnd.oasis.opendocument.spreadsheet"
    return packed(
        {"mimetype": mime, "content.xml": content.encode(), "META-INF/manifest.xml": manifest}
    )


def _ods(value: object) -> str:
    if isinstance(value, str):
        return (
            f'<table:table-cell office:value-type="string"><text:p>{escape(value)}</text:p>'
            "</table:table-cell>"
        )
    return f'<table:table-cell office:value-type="float" office:value="{value}"/>'


def patched(content: bytes, signature: bytes, offset: int, value: int, size: str = "H") -> bytes:
    """An archive with a field of its headers changed, in each header of a signature."""
    found, at = bytearray(content), content.find(signature)
    while at >= 0:
        struct.pack_into(f"<{size}", found, at + offset, value)
        at = content.find(signature, at + 4)
    return bytes(found)


LOCAL, CENTRAL, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
