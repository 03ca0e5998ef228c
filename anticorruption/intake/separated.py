"""Text files of separated values: which encoding, which separator, which rows.

Runs in the child process of :mod:`anticorruption.intake.child`; imports the standard library alone.
"""

import codecs
import csv
import io
import re
from collections import Counter

from anticorruption.intake.archive import Refused

_SEPARATORS = (";", "\t", ",", "|")
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_SEP_LINE = re.compile(r"""\ufeff?"?sep=(.)"?\r?\n""", re.IGNORECASE)
#: Lines that are looked at to find the separator, and characters of these.
_LOOKED_AT, _LOOKED_INTO = 200, 200_000
#: Most characters of a cell, as Excel allows.
MOST_LETTERS = 32_767


def decoded(content: bytes) -> tuple[str, str]:
    """Text of a file and the encoding it was read by.

    Its byte order mark decides; without one it is UTF-8 if its bytes allow it, else
    Windows-1252, as Excel saves in western languages.

    Raises
    ------
    Refused
        If the bytes fit no encoding, or hold zero bytes that no text has.
    """
    encoding = next((e for mark, e in _MARKS.items() if content.startswith(mark)), None)
    if encoding is None and len(content) > 3 and not any((content[1], content[3])):
        encoding = "utf-16-le"
    for tried in [encoding] if encoding else ["utf-8", "cp1252"]:
        try:
            text = content.decode(tried)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            raise Refused("zero_bytes", line=text[: text.index("\x00")].count("\n") + 1)
        return text, tried
    raise Refused("encoding")


def rows(text: str) -> tuple[list[list[str]], str, int]:
    """Cells of a text, its separator, and the number of its first line.

    A first line such as ``sep=;`` decides the separator; else the one that gives most lines the
    same number of cells, more than one.
    """
    first_line = 1
    if told := _SEP_LINE.match(text):
        text, separator, first_line = text[told.end() :], told.group(1), 2
    else:
        lines = text.split("\n")[:_LOOKED_AT]
        sample = "\n".join(lines)[:_LOOKED_INTO]
        separator = max(_SEPARATORS, key=lambda each: _fit(sample, each))
    csv.field_size_limit(MOST_LETTERS)
    found, line = [], first_line
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for record in reader:
            found.append(record)
            line = first_line + reader.line_num
    except csv.Error:
        # The limit of a cell is the only error there is: what else is odd is taken as it stands.
        raise Refused("long", line=line, most=MOST_LETTERS) from None
    return found, separator, first_line


def _fit(sample: str, separator: str) -> tuple[float, int]:
    """How well a separator fits: share of lines with the commonest number of cells above one."""
    try:
        counts = Counter(
            len(row) for row in csv.reader(io.StringIO(sample), delimiter=separator) if any(row)
        )
    except csv.Error:
        return 0.0, 0
    wide = {cells: lines for cells, lines in counts.items() if cells > 1}
    if not wide:
        return 0.0, 0
    cells = max(wide, key=lambda each: (wide[each], each))
    # Title lines without a separator may stand above any table; they count for none.
    return wide[cells] / max(sum(counts.values()), 1), -_SEPARATORS.index(separator)
