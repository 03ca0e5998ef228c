# ruff: noqa: E501 - a list of files reads best with one on a line
"""Files that go wrong, by name: what is read of each, or the one sentence that refuses it.

Classes: encodings, numbers, names, shapes, values, archives, XML, formats. All are made by code.
"""

import codecs
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.badfiles.making import (
    CENTRAL,
    END,
    GOOD,
    HEADING,
    LOCAL,
    ROWS,
    SHEET,
    Xml,
    column,
    csv,
    letters,
    ods,
    packed,
    parts,
    patched,
    sheet,
    styled,
    xlsx,
)  # fmt: skip
from tests.paths import ROOT


@dataclass(frozen=True)
class Bad:
    """A file and what must become of it.

    Attributes
    ----------
    name : str
        Its class and what is wrong with it.
    file : str
    content : bytes, str or callable
        What stands in it (text as UTF-8), or what makes it at a path.
    values : mapping or None
        Region to the value as printed, where the file is read.
    said : tuple of str
        What the one sentence holds, where it is refused.
    options : tuple of str
        Of the command.
    """

    name: str
    file: str
    content: bytes | str | Callable[[Path], object]
    values: Mapping[str, str] | None = None
    said: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def make(self, folder: Path) -> Path:
        """Write it into a folder."""
        path = folder / self.file
        content = self.content() if callable(self.content) and _bare(self.content) else self.content
        if callable(content):
            content(path)
        else:
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path


def _bare(maker: Callable) -> bool:
    return not maker.__code__.co_argcount


def read(name: str, file: str, content, values: Mapping = GOOD, *options: str) -> Bad:
    """A file that is read in spite of everything."""
    return Bad(name, file, content, values=values, options=options)


def refused(name: str, file: str, content, *said: str, options: tuple[str, ...] = ()) -> Bad:
    """A file that is refused in a sentence that holds all of these."""
    return Bad(name, file, content, said=said, options=options)


def number(name: str, text: str, printed: str) -> Bad:
    """A text file whose first value is written so, and read."""
    return read(
        f"number {name}",
        "angka.csv",
        csv(column(text, "80,5")),
        {"34.04": printed, "34.02": "80.5"},
    )


def no_number(name: str, text: str, *said: str) -> Bad:
    """A text file whose first value is written so, and not read."""
    return refused(f"number {name}", "angka.csv", csv(column(text, "80,5")), "angka.csv, B2", *said)


def missing(name: str, text: str) -> Bad:
    """A text file whose first value says that there is none."""
    return read(f"number {name}", "angka.csv", csv(column(text, "80,5")), {"34.02": "80.5"})


TEXT = csv()
ENCODINGS = [
    read("encoding UTF-8", "a.csv", TEXT),
    read("encoding UTF-8 with a byte order mark", "a.csv", codecs.BOM_UTF8 + TEXT.encode()),
    read("encoding UTF-16 little", "a.csv", codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")),
    read("encoding UTF-16 big", "a.csv", codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be")),
    read("encoding UTF-16 without a mark", "a.csv", TEXT.encode("utf-16-le")),
    read("encoding cp1252", "a.csv", (TEXT + "Catatan – akhir;\n").encode("cp1252")),
    refused(
        "encoding mixed", "a.csv",
        TEXT.encode() + "Kab. Kulon–Progo;80\n".encode() + "Kab. Gunung–Kidul;81\n".encode("cp1252"),
        "a.csv, A4 'Kab. Kulonâ€“Progo'", "no region has this name",
    ),
    refused("encoding none", "a.csv", b"Daerah;Nilai\n\x81\x8d;2\n", "neither UTF-8, UTF-16 nor"),
    refused("encoding UTF-16 cut", "a.csv", codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le")[:-1],
            "neither UTF-8, UTF-16 nor"),
    refused("encoding zero byte", "a.csv", TEXT.encode() + b"\x00", "a.csv: line 4 holds a zero byte"),
    read("encoding emoji", "a.csv", csv((*ROWS, ("\N{PARTY POPPER} selesai", "")))),
    refused("encoding right to left", "a.csv", csv((*ROWS, ("Kab.\u202eoboS", 70))),
            r"a.csv, A4 'Kab.\u202eoboS'", "no region has this name"),
    refused("encoding terminal", "a.csv", csv((*ROWS, ("Kab. \x1b[31mX", 70))), r"\x1b[31mX"),
]  # fmt: skip

NUMBERS = [
    number("78,15", "78,15", "78.15"),
    refused("number 1.078", "a.csv", csv(column("1.078", "1.079")), "B2 '1.078'", "decimal mark"),
    no_number("1.078,5", "1.078,5", "lies outside the scale"),
    number("97,98%", "97,98%", "97.98"),
    number("fullwidth", "７８,５", "78.5"),
    number("Arabic-Indic", "\u0667\u0668,\u0665", "78.5"),
    number("apostrophe", "'78,5", "78.5"),
    missing("-", "-"),
    missing("n/a", "n/a"),
    missing("TAD", "TAD"),
    missing("blank", ""),
    missing("nbsp", "\N{NO-BREAK SPACE}"),
    no_number("1e309", "1e309", "not a number"),
    no_number("inf", "inf", "not a number"),
    missing("nan", "NA"),
    no_number("NaN", "NaN", "not a number"),
    no_number("of thirty digits", "1" * 30, "not a number"),
    no_number("of thirty thousand digits", "1" * 30_000 + ",5", "not a number"),
    no_number("two", "78,5 / 79", "not a number"),
    no_number("Roman", "LXXVIII", "not a number"),
    refused("number 1e309 in Excel", "a.xlsx", xlsx(column(1e300, Xml(
        '<c r="REF"><v>1E309</v></c>'))), "Rekap!B2", "lies outside the scale"),
    refused("number NaN in Excel", "a.xlsx", xlsx(column(Xml('<c r="REF"><v>NaN</v></c>'), 80)),
            "Rekap!B2"),
    read("number as percent", "a.xlsx", styled(column(Xml('<c r="REF" s="1"><v>0.801</v></c>'), 80),
         "0.0%"), {"34.04": "80.1", "34.02": "80"}),
]  # fmt: skip

NAMES = [
    refused("name NA", "a.csv", csv((*ROWS, ("NA", "80"))), "A4 'NA'", "no region has this name"),
    read("name code with leading zero", "a.csv",
         csv((("Kode", *HEADING), ("0912", *ROWS[1]), ("3402", *ROWS[2])))),
    read("name nbsp", "a.csv", csv((HEADING, ("Kab.\N{NO-BREAK SPACE}Sleman", 92.1), ROWS[2]))),
    read("name Kab. and Kabupaten", "a.csv",
         csv((HEADING, ("Kabupaten Sleman", 92.1), ("KAB BANTUL", 88.5)))),
    read("name two Blitar", "a.csv", csv((HEADING, ("Kab. Blitar", 70.5), ("Kota Blitar", 80.5))),
         {"35.05": "70.5", "35.72": "80.5"}),
    refused("name Blitar alone", "a.csv", csv((*ROWS, ("Blitar", 70.5))),
            "a.csv, A4 'Blitar'", "the name is shared; which region?"),
    read("name code that became a number", "a.xlsx",
         xlsx((("Kode", *HEADING), (34.04, *ROWS[1]), (34.02, *ROWS[2])))),
    refused("name and code apart", "a.csv",
            csv((("Kode", *HEADING), ("34.04", *ROWS[1]), ("34.01", *ROWS[2]))),
            "a.csv, B3 'Kab. Bantul'", "the code 34.01 in cell A3 does not"),
    refused("name of thirty thousand letters", "a.csv", csv((*ROWS, ("K" * 30_000, 70))),
            "A4 'KKK", "no region has this name"),
    refused("name with a formula", "a.csv", csv((*ROWS, ("=cmd|'/c calc'!A1", 70))),
            "A4 '=cmd|'/c calc'!A1'", "no region has this name"),
]  # fmt: skip


def _wide() -> bytes:
    row = "".join(f'<c r="{letters(c)}5"><v>1</v></c>' for c in range(1, 16_385))
    return packed(
        parts({"Rekap": sheet().replace("</sheetData>", f'<row r="5">{row}</row></sheetData>')})
    )


def _many_sheets() -> bytes:
    found = parts({f"L{n}": sheet() for n in range(201)})
    links = re.sub(rb"sheet\d+.xml", b"sheet1.xml", found.pop("xl/_rels/workbook.xml.rels"))
    kept = {n: d for n, d in found.items() if "worksheets" not in n or n == SHEET}
    return packed(kept | {"xl/_rels/workbook.xml.rels": links})


def _hidden_columns(first: int, last: int, times: int = 1) -> bytes:
    column = f'<col min="{first}" max="{last}" hidden="1"/>'
    return xlsx(before=f"<cols>{column * times}</cols>")


def _merged(*blocks: str) -> bytes:
    return xlsx(
        after=f"<mergeCells>{''.join(f'<mergeCell ref={b!r}/>' for b in blocks)}</mergeCells>"
    )


SHAPES = [
    read("shape repeated heading", "a.csv", csv((*ROWS[:2], HEADING, ROWS[2]))),
    refused("shape heading twice", "a.csv",
            csv(((*HEADING, HEADING[1]), (*ROWS[1], 70), (*ROWS[2], 71))),
            "several columns may hold the values"),
    read("shape merged title", "a.xlsx",
         xlsx((("REKAP", None), *ROWS), after='<mergeCells><mergeCell ref="A1:B1"/></mergeCells>')),
    refused("shape merged values", "a.xlsx",
            xlsx((HEADING, ROWS[1], ("Kab. Bantul", None)),
                 after='<mergeCells><mergeCell ref="B2:B3"/></mergeCells>'),
            "Rekap!B2 '92.1'", "merged over several rows"),
    refused("shape six thousand merged blocks", "a.xlsx",
            lambda: _merged(*(f"A{n}:B{n}" for n in range(10, 6_010))),
            "sheet 'Rekap' has 6000 blocks of merged cells"),
    refused("shape hidden sheet", "a.xlsx",
            packed(parts({"Rekap": sheet()}, {"Rekap": "hidden"})), "Rekap", "the sheet is hidden"),
    read("shape hidden sheet beside", "a.xlsx",
         packed(parts({"Lama": sheet(), "Rekap": sheet()}, {"Lama": "veryHidden"}))),
    refused("shape hidden row", "a.xlsx",
            packed(parts({"Rekap": sheet().replace(
                '<row r="3"', '<row hidden="1" r="3"')})), "Rekap!3", "the row is hidden"),
    refused("shape hidden column", "a.xlsx", _hidden_columns(2, 2), "Rekap!B1", "is hidden"),
    read("shape hidden columns without end", "a.xlsx", _hidden_columns(-10**9, 0)),
    read("shape hidden columns beyond the last", "a.xlsx", _hidden_columns(9, 10**15)),
    read("shape hidden columns again and again", "a.xlsx",
         lambda: _hidden_columns(5, 16_384, 15_000)),
    refused("shape two tables in two sheets", "a.xlsx",
            packed(parts({"Satu": sheet(), "Dua": sheet()})), "several sheets hold a table; which?"),
    refused("shape two tables in one sheet", "a.xlsx",
            xlsx((*ROWS, (None,), (None,), (None,), ("Daerah", "Nilai 2024"), *ROWS[1:])),
            "Rekap!A7 'Daerah'", "no region has this name"),
    read("shape totals below", "a.csv", csv((*ROWS, ("Rata-rata", 90.3), ("Jumlah", 180.6)))),
    read("shape columns swapped", "a.csv",
         csv((HEADING[::-1], *(row[::-1] for row in ROWS[1:])))),
    refused("shape empty", "a.csv", b"", "a.csv: the file is empty"),
    refused("shape empty sheet", "a.xlsx", xlsx(()), "a.xlsx, Rekap: no table found"),
    refused("shape heading alone", "a.csv", csv(ROWS[:1]), "no table found"),
    read("shape one row", "a.csv", csv(ROWS[:2]), {"34.04": "92.1"}),
    read("shape rows of other lengths", "a.csv", TEXT + "\n;;;;\nKet: x\n"),
    refused("shape 1,048,576 rows", "a.xlsx",
            packed(parts({"Rekap": sheet().replace(
                "</sheetData>", '<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>')})),
            "sheet 'Rekap' has 1048576 rows, and may have 100000"),
    refused("shape 16,384 columns", "a.xlsx", _wide,
            "sheet 'Rekap' has 16384 columns, and may have 2000"),
    refused("shape 100,001 lines", "a.csv", lambda: "a;b\n" * 100_001,
            "a.csv: the file has 100001 rows, and may have 100000"),
    refused("shape 2,001 columns of text", "a.csv", ";" * 2_000 + "\n",
            "a.csv: the file has 2001 columns, and may have 2000"),
    refused("shape 600,001 cells of text", "a.csv", lambda: (";" * 600 + "\n") * 999,
            "a.csv: the file has 600399 cells, and may have 600000"),
    refused("shape 5,001 rows of regions", "a.csv",
            lambda: TEXT + "".join(f"Kab. Antah{n};8\n" for n in range(5_000)),
            "the table has 5002 rows, and may have 5000"),
    refused("shape four thousand unknown names", "a.csv",
            lambda: TEXT + "".join(f"Kab. Antah{n};8\n" for n in range(4_000)),
            "a.csv, A4 'Kab. Antah0': no region has this name", "and 3999 more"),
    refused("shape quotation mark not closed", "a.csv",
            lambda: TEXT + 'Kab. Kulon Progo;"80\n' + "Kota Blitar;81\n" * 3_000,
            "a.csv: line 4: a cell has more than 32767 characters", "quotation mark"),
    refused("shape cell of five megabytes", "a.csv", lambda: TEXT + "x" * 5_000_000,
            "a.csv: line 4: a cell has more than 32767 characters"),
    refused("shape cell too long in Excel", "a.xlsx", lambda: xlsx((*ROWS, ("x" * 40_000,))),
            "sheet 'Rekap', cell A4 has 40000 characters, and may have 32767"),
    refused("shape 201 sheets", "a.xlsx",
            _many_sheets,
            "the workbook has 201 sheets, and may have 200"),
    refused("shape not a table", "a.csv", "Kepada Yth.\nBapak Bupati\ndi tempat\n", "no table found"),
    read("shape sheet with a strange name", "a.xlsx", packed(parts({"Reka'p \"<&": sheet()}))),
    refused("shape sheet that is not there", "a.xlsx", xlsx(), "there is no sheet 'Lain'", "'Rekap'",
            options=("--sheet", "Lain")),
]  # fmt: skip

VALUES = [
    refused("value 105", "a.csv", csv(column("105", "80,5")),
            "a.csv, B2 '105': 105 lies outside the scale of", "0–100; mend the file"),
    refused("value below zero", "a.csv", csv(column("-5", "80,5")), "B2 '-5'", "outside the scale"),
    refused("value region twice", "a.csv", csv((*ROWS, ("Kabupaten Sleman", 70.5))),
            "a.csv, A2", "stands in A2 and A4; which row counts?"),
    refused("value of a later year", "a.csv", csv((("Daerah", "Nilai MCP 2027"), *ROWS[1:])),
            "B1", "names another year than --year 2025"),
    refused("value year 2099", "a.csv", TEXT, "--year 2099: years run from 2000 to 2030",
            options=("--year", "2099")),
    refused("value year 20.25", "a.csv", TEXT, "Invalid value for '--year'", options=("--year", "20.25")),
    refused("value formula without a value", "a.xlsx",
            xlsx(column(Xml('<c r="REF"><f>1+1</f></c>'), 80)), "Rekap!B2", "without a saved value"),
    read("value formula with its value", "a.xlsx",
         xlsx(column(Xml('<c r="REF"><f>46*2</f><v>92</v></c>'), 80)), {"34.04": "92", "34.02": "80"}),
    refused("value error of Excel", "a.xlsx",
            xlsx(column(Xml('<c r="REF" t="e"><v>#DIV/0!</v></c>'), 80)), "Rekap!B2 '#DIV/0!'"),
    refused("value yes or no", "a.xlsx", xlsx(column(Xml('<c r="REF" t="b"><v>1</v></c>'), 80, 81)),
            "Rekap!B2", "a date or a yes/no"),
    refused("value fractions", "a.xlsx", xlsx(column(0.9, 0.8, 0.7)), "are they fractions of 1?"),
    refused("value not final", "a.csv", csv((*ROWS, ("Angka sementara", ""))), "not final"),
]  # fmt: skip

_GOOD = packed(parts())
_STORED = packed(parts(), zipfile.ZIP_STORED)


def _padded(megabytes: int) -> bytes:
    xml = sheet().replace("</sheetData>", "</sheetData><!--" + "0" * (megabytes * 2**20) + "-->")
    return packed(parts({"Rekap": xml}))


def _two_archives() -> bytes:
    other = packed(parts({"Rekap": sheet(column(1, 2))}))
    return other + _GOOD


ARCHIVES = [
    refused("archive bomb", "a.xlsx", lambda: _padded(53), "unpacks to 54 MB, and may unpack to 20"),
    refused("archive nested", "a.xlsx", packed({"a.zip": _GOOD}), "the content is another archive"),
    refused("archive ratio", "a.xlsx", lambda: packed(parts() | {"xl/media/x.bin": bytes(2 * 2**20)}),
            "part xl/media/x.bin unpacks to", "times its size, and may to 100"),
    refused("archive of too many parts", "a.xlsx",
            packed(parts() | {f"xl/media/{n}": b"x" for n in range(200)}), "the archive has"),
    refused("archive with a part twice", "a.xlsx",
            packed(
                parts() | {"xl/workbook.xmm": b"x"}).replace(b"xl/workbook.xmm", b"xl/workbook.xml"),
            "parts twice"),
    refused("archive wrong local header", "a.xlsx",
            _GOOD.replace(b"xl/workbook.xml", b"xl/workbook.xmX", 1), "a.xlsx: the file is damaged"),
    refused("archive encrypted", "a.xlsx", patched(patched(_GOOD, LOCAL, 6, 1), CENTRAL, 8, 1),
            "locked with a password"),
    refused("archive wrong checksum", "a.xlsx", _STORED.replace(b"92.1", b"92.2"), "is damaged"),
    refused("archive size declared falsely", "a.xlsx", patched(_GOOD, CENTRAL, 24, 10, "I"), "damaged"),
    refused("archive size declared enormous", "a.xlsx", patched(_GOOD, CENTRAL, 24, 2**32 - 2, "I"),
            "unpacks to"),
    refused("archive cut short", "a.xlsx", _GOOD[:-30], "is damaged"),
    refused("archive cut to its head", "a.xlsx", _GOOD[:100], "is damaged"),
    refused("archive begins late", "a.xlsx", b"#!/bin/sh\n" + _GOOD, "the content is plain text"),
    read("archive ends late", "a.xlsx", _GOOD + b"garbage"),
    read("archive two in one", "a.xlsx", _two_archives),
    refused("archive unknown method", "a.xlsx", patched(patched(_GOOD, LOCAL, 8, 99), CENTRAL, 10, 99),
            "is damaged"),
    refused("archive packed by LZMA", "a.xlsx", lambda: packed(parts(), zipfile.ZIP_LZMA), "is damaged"),
    refused("archive LZMA that is none", "a.xlsx",
            patched(patched(_GOOD, LOCAL, 8, 14), CENTRAL, 10, 14), "is damaged"),
    refused("archive offset beyond the end", "a.xlsx", patched(_GOOD, CENTRAL, 42, 2**31, "I"), "damaged"),
    refused("archive more parts than it says", "a.xlsx", patched(_GOOD, END, 10, 60_000), "damaged"),
    read("archive with a way out", "a.xlsx", packed(parts() | {"../../keluar.txt": b"x"})),
    refused("archive empty", "a.xlsx", packed({}), "another archive"),
    refused("archive locked by Office", "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "locked with a password; save a copy without one"),
    refused("archive texts repeated without end", "a.xlsx",
            lambda: _shared("x" * 30_000, 2_000), "the cells hold", "MB of text, and may hold 20"),
    refused("archive of an OpenDocument bomb", "a.ods",
            lambda: ods('<table:table-row table:number-rows-repeated="1048576"><table:table-cell '
                        'table:number-columns-repeated="16384" office:value-type="float" '
                        'office:value="1"/></table:table-row>'), "a.ods: "),
]  # fmt: skip


def _shared(text: str, times: int) -> bytes:
    """One text that many cells show."""
    cells = [(Xml('<c r="REF" t="s"><v>0</v></c>'),)] * times
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = f'<sst xmlns="{main}"><si><t>{text}</t></si></sst>'.encode()
    links = parts()["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId9" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    return xlsx(cells, **{"xl/sharedStrings.xml": strings, "xl/_rels/workbook.xml.rels": links})


def _declared(inside: str, used: str = "") -> bytes:
    head, _, body = sheet().partition("?>")
    text = f"{head}?><!DOCTYPE x [{inside}]>{body}".replace("Kab. Sleman", f"Kab. Sleman{used}")
    return packed(parts({"Rekap": text}))


_LAUGHS = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)
_TYPE = f"part {SHEET} declares a document type"

XML = [
    refused("XML billion laughs", "a.xlsx", _declared(_LAUGHS, "&j;"), _TYPE),
    refused("XML external entity", "a.xlsx",
            _declared('<!ENTITY a SYSTEM "file:///etc/passwd">', "&a;"), _TYPE),
    refused("XML parameter entity", "a.xlsx",
            _declared('<!ENTITY % a SYSTEM "http://127.0.0.1:9/x.dtd"> %a;'), _TYPE),
    refused("XML document type alone", "a.xlsx", _declared(""), _TYPE),
    refused("XML document type in UTF-16", "a.xlsx",
            xlsx(**{"xl/workbook.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'.encode("utf-16")}),
            "part xl/workbook.xml declares a document type"),
    refused("XML document type in an OpenDocument", "a.ods",
            packed({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
                    "content.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
            "part content.xml declares a document type"),
    read("XML XInclude", "a.xlsx", packed(parts({"Rekap": sheet(after=(
         '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" '
         'parse="text"/>'))}))),
    read("XML stylesheet", "a.xlsx", packed(parts({"Rekap": sheet().replace(
         "?>", '?><?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?>', 1)}))),
    refused("XML cut short", "a.xlsx", packed(parts({"Rekap": sheet()[:-40]})), "is damaged"),
    refused("XML that is none", "a.xlsx", packed(parts({"Rekap": "Nilai 92"})), "a.xlsx"),
    refused("XML nested without end", "a.xlsx",
            lambda: packed(parts({"Rekap": sheet(after="<a>" * 100_000)})), "is damaged"),
    refused("XML shared text that is not there", "a.xlsx",
            xlsx(column(Xml('<c r="REF" t="s"><v>99</v></c>'), 80)), "a.xlsx"),
    refused("XML link to another folder", "a.xlsx",
            packed({name: data.replace(b"worksheets/sheet1.xml", b"../../../etc/passwd")
                    for name, data in parts().items()}), "a.xlsx"),
    refused("XML without its book", "a.xlsx",
            packed({n: d for n, d in parts().items() if n != "xl/workbook.xml"}), "is damaged"),
    refused("XML row without a number", "a.xlsx", packed(parts({"Rekap": sheet().replace(
            'r="A2"', 'r="A0"')})), "a.xlsx"),
    refused("XML row of too many digits", "a.xlsx", packed(parts({"Rekap": sheet().replace(
            '<row r="3"', f'<row r="{"9" * 5_000}"')})), "a.xlsx"),
]  # fmt: skip

_XLS = ROOT / "tests/fixtures/rekap-lhkpn.xls"


def _link(target: str) -> Callable[[Path], object]:
    def link(path: Path) -> None:
        if target == "good.csv":
            (path.parent / target).write_text(TEXT, encoding="utf-8")
        os.symlink(target, path)

    return link


def _ending(ending: str, content: bytes, *said: str) -> Bad:
    told = said or (f"files ending in .{ending} are not read; save it as .xlsx, .ods or .csv",)
    return refused(f"format .{ending}", f"a.{ending}", content, *told)


_RIGHT = "give it its name back, ending in "
FORMATS = [
    read("format .ods", "a.ods", ods()),
    refused("format .xls cut short", "a.xls", lambda: _XLS.read_bytes()[:3_000], "a.xls: "),
    refused("format .xls that is none", "a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600,
            "is damaged"),
    _ending("xlsm", _GOOD),
    _ending("xlsb", _GOOD),
    _ending("pkl", b"\x80\x04\x95cos\nsystem\n"),
    _ending("parquet", b"PAR1"),
    _ending("json", b"[]"),
    _ending("", b"x", "files ending in . are not read"),
    refused("format macros inside", "a.xlsx", xlsx(**{"xl/vbaProject.bin": b"x"}), "carries macros"),
    refused("format .xlsb named .xlsx", "a.xlsx", packed(parts() | {"xl/workbook.bin": b"x"}),
            "the content is a binary Excel workbook (.xlsb); save it as .xlsx"),
    refused("format web page named .xls", "a.xls", "<html><table><tr><td>1</td></tr></table></html>",
            "the content is a web page or XML; save it as .xlsx"),
    refused("format Excel named .csv", "a.csv", _GOOD,
            "the name ends in .csv but the content is an Excel workbook (.xlsx)", f"{_RIGHT}.xlsx"),
    refused("format text named .xlsx", "a.xlsx", TEXT,
            "the name ends in .xlsx but the content is plain text", f"{_RIGHT}.csv"),
    refused("format .xls named .xlsx", "a.xlsx", lambda: _XLS.read_bytes(),
            "the content is an old Excel workbook (.xls)", f"{_RIGHT}.xls"),
    refused("format .ods named .csv", "a.csv", ods(), "OpenDocument", f"{_RIGHT}.ods"),
    refused("format PDF named .xlsx", "a.xlsx", b"%PDF-1.7\n", "the content is a PDF document"),
    refused("format Word named .xlsx", "a.xlsx",
            packed({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<x/>"}),
            "the content is another archive"),
    refused("format folder", "a.csv", lambda path: path.mkdir(), "a.csv: this is a folder"),
    refused("format pipe", "a.csv", lambda path: os.mkfifo(path), "a.csv: this is no plain file"),
    refused("format device", "a.csv", _link("/dev/zero"), "a.csv: this is no plain file"),
    read("format link", "a.csv", _link("good.csv")),
    refused("format link to nothing", "a.csv", _link("none.csv"), "a.csv: there is no such file"),
    refused("format link to itself", "a.csv", _link("a.csv"), "a.csv: the file cannot be read"),
    refused("format missing", "a.csv", lambda path: None, "a.csv: there is no such file"),
    refused("format byte order mark alone", "a.csv", codecs.BOM_UTF8, "a.csv: the file is empty"),
    refused("format of 21 MB", "a.csv", lambda path: os.truncate(_touched(path), 21 * 2**20),
            "a.csv: the file has 21 MB and may have 20 MB"),
    refused("format name too long", f"{'a' * 251}.csv", lambda path: None, "there is no such file"),
    refused("format name that steers a terminal", "a\x1b[2J.csv", b"",
            r"a\x1b[2J.csv: the file's name holds a character that nobody sees"),
]  # fmt: skip


def _touched(path: Path) -> Path:
    path.touch()
    return path


EVERY = [*ENCODINGS, *NUMBERS, *NAMES, *SHAPES, *VALUES, *ARCHIVES, *XML, *FORMATS]
