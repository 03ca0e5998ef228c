"""Numbers as Indonesian offices write them, read strictly: what has two readings is asked."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel.numbers import NumberFormatError, parse_decimal

from anticorruption.intake.reading import Cell

COMMA, POINT = "comma", "point"
#: Decimal marks with the Babel locale whose strict rules they follow.
_LOCALES = {COMMA: "id_ID", POINT: "en_GB"}
NOT_REPORTED, NOT_APPLICABLE = "not_reported", "not_applicable"
#: Texts that stand for a missing value, as letters alone; no text at all is not reported.
_MISSING = {
    NOT_REPORTED: (
        "", "na", "nd", "tad", "tidakadadata", "datatidakada", "belumada", "belumadadata",
        "belumlapor", "belummelapor", "tidakmelapor", "tidaktersedia", "belumtersedia", "null",
        "none", "nodata", "notavailable", "notreported",
    ),
    NOT_APPLICABLE: (
        "tidakberlaku", "tidakrelevan", "notapplicable", "tidakdinilai", "tidakdisurvei",
        "bukanresponden",
    ),
}  # fmt: skip
_SPACES = dict.fromkeys(map(ord, "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"), " ")
_DASHES = dict.fromkeys(map(ord, "\N{MINUS SIGN}\N{EN DASH}\N{EM DASH}\N{HYPHEN}"), "-")
#: No number of a table has more digits, and reckoning holds no more.
_DIGITS = re.compile(r"[+-]?\d[\d.,]{0,24}")
_PERCENT = re.compile(r"\s*(?:%|persen|percent)$", re.IGNORECASE)
#: "1.234" and "1,234": a thousand and more, or one and a bit.
_TWO_READINGS = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")


@dataclass(frozen=True)
class Number:
    """A number as it will be printed in the tables, and whether a percent sign stood by it."""

    printed: str
    percent: bool = False

    @property
    def value(self) -> float:
        """The number."""
        return float(self.printed)


def levelled(text: str) -> str:
    """Text with plain digits, blanks and hyphens, without an apostrophe that marks it as text."""
    plain = unicodedata.normalize("NFKC", text.translate(_DASHES).translate(_SPACES))
    return plain.strip().removeprefix("'").strip()


def missing(text: str) -> str | None:
    """Reason that a text gives for a missing value, None if it gives none.

    Returns
    -------
    {"not_reported", "not_applicable"} or None
    """
    plain = levelled(text)
    if plain.startswith("#"):  # an error of Excel's
        return None
    letters = "".join(re.findall(r"[a-z]+", plain.lower()))
    if re.search(r"\d", plain) or (letters == "" and re.search(r"[^\s.\-_/?*]", plain)):
        return None
    return next((reason for reason, words in _MISSING.items() if letters in words), None)


def decimal_mark(texts: Iterable[str]) -> set[str]:
    """Decimal marks that the texts of a column prove; two of them contradict one another.

    "92,1", "1.234,5" and "1.234.567" prove the comma, "92.1", "1,234.5" and "1,234,567" the
    point; "1.234" and "85" prove nothing.
    """
    proven = set()
    for text in texts:
        plain = _PERCENT.sub("", levelled(text))
        if not _DIGITS.fullmatch(plain) or _TWO_READINGS.fullmatch(plain):
            continue
        readings = {mark for mark in _LOCALES if _parsed(plain, mark) is not None}
        if len(readings) == 1:
            proven |= readings
    return proven


def readings(text: str) -> dict[str, Number]:
    """Every strict reading of a text, by decimal mark; empty where it is no number.

    Examples
    --------
    >>> readings("85,4")
    {'comma': Number(printed='85.4', percent=False)}
    >>> sorted(number.printed for number in readings("1.234").values())
    ['1.234', '1234']
    """
    plain = levelled(text)
    bare = _PERCENT.sub("", plain)
    if not _DIGITS.fullmatch(bare):
        return {}
    parsed = {mark: _parsed(bare, mark) for mark in _LOCALES}
    return {
        mark: Number(_plain(value), bare != plain)
        for mark, value in parsed.items()
        if value is not None
    }


def of_cell(cell: Cell) -> Number | None:
    """Number of a cell that Excel itself holds as a number; None for text, dates, yes and no.

    A number shown as a percentage (0.801 as 80.1%) is given as it is shown.
    """
    if isinstance(cell.value, bool) or not isinstance(cell.value, int | float) or cell.is_date:
        return None
    # Excel keeps fifteen digits; the rest of a binary fraction is none of its own.
    value = Decimal(format(cell.value, ".15g"))
    shown = (value * 100).normalize() if cell.is_percent else value
    return Number(_plain(shown), cell.is_percent)


@lru_cache(maxsize=4096)
def _parsed(text: str, mark: str) -> Decimal | None:
    try:
        return parse_decimal(text, locale=_LOCALES[mark], strict=True)
    except NumberFormatError:
        return None


def _plain(value: Decimal) -> str:
    """Plain decimal text, zeros after the point kept as written: 92.10 has two decimals."""
    text = format(value, "f")
    return text.removeprefix("+")
