"""Names of columns and cells, as every spreadsheet has them."""

import re

_CELL = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


def letters(column: int) -> str:
    """Name of a column: 1 is A, 28 is AB."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def place(ref: str) -> tuple[int, int]:
    """Row and column of a cell's name ("D8").

    Raises
    ------
    ValueError
        If the text names no cell.
    """
    found = _CELL.fullmatch(ref.upper())
    if not found:
        raise ValueError(f"{ref!r} names no cell")
    column = 0
    for letter in found.group(1):
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(found.group(2)), column
