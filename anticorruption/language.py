"""Words and number formats of a report's language, from gettext catalogues and Babel."""

import gettext
import io
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pandas as pd
from babel.core import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from anticorruption.errors import RefusedInput
from anticorruption.measures import round_half_up
from anticorruption.rounding import steady

LANGUAGES = ("id", "en")
DEFAULT = "id"
_CATALOGUES = Path(__file__).with_name("locale")


@dataclass(frozen=True)
class Language:
    """A report's language: call it with an English text to get the reader's.

    Examples
    --------
    >>> say = Language("id")
    >>> say.number(1234.5, 2)
    '1.234,50'
    """

    code: str = DEFAULT

    def __post_init__(self) -> None:
        if self.code not in LANGUAGES:
            raise RefusedInput(
                f"language '{self.code}' is not available; choose one of {', '.join(LANGUAGES)}."
            )

    def __call__(self, message: str, /, **values: object) -> str:
        """Text of a message in this language, its ``{names}`` filled in."""
        text = _catalogue(self.code).gettext(message)
        return text.format(**values) if values else text

    @property
    def locale(self) -> Locale:
        """Explicit Babel locale; the computer's own is never asked."""
        return Locale.parse("en_GB" if self.code == "en" else "id_ID")

    @property
    def unknown(self) -> str:
        """What stands in place of a number nobody published."""
        return self("not published")

    def number(self, value: float | None, places: int = 2, signed: bool = False) -> str:
        """Write a number, rounded half up, with the decimal mark of the language.

        Parameters
        ----------
        value : float or None
            Missing values give :attr:`unknown`.
        places : int
            Decimals printed, trailing zeros included.
        signed : bool
            Write a plus sign before positive numbers, as for margins and changes.
        """
        if value is None or pd.isna(value):
            return self.unknown
        rounded = round_half_up(steady(float(value)), places)
        pattern = "#,##0" + ("." + "0" * places if places else "")
        text = format_decimal(abs(rounded), format=pattern, locale=self.locale)
        if rounded < 0:
            return "\N{MINUS SIGN}" + text
        return "+" + text if signed and rounded > 0 else text

    def date(self, iso: str) -> str:
        """Write an ISO date of any precision ("2024-09-20", "2024-09" or "2024")."""
        if len(iso) == 10:
            return format_date(pd.Timestamp(iso).date(), format="d MMMM yyyy", locale=self.locale)
        if len(iso) == 7:
            return format_date(pd.Timestamp(iso).date(), format="MMMM yyyy", locale=self.locale)
        return iso

    def pick(self, row: pd.Series, stem: str) -> str:
        """Text of a table's column pair, such as ``name_ind`` and ``name_eng``."""
        return str(row[f"{stem}_eng" if self.code == "en" else f"{stem}_ind"])

    def series(self, parts: list[str]) -> str:
        """Join a list as the language writes it ("a, b dan c")."""
        if len(parts) < 2:
            return "".join(parts)
        return ", ".join(parts[:-1]) + f" {self('and')} " + parts[-1]


def deferred(message: str) -> str:
    """Mark a message that is translated later, so that the catalogue's test finds it."""
    return message


def catalogue_path(code: str) -> Path:
    """File of a language's messages."""
    return _CATALOGUES / code / "LC_MESSAGES" / "anticorruption.po"


@lru_cache
def _catalogue(code: str) -> gettext.NullTranslations:
    # English is the language of the messages themselves. The catalogue is compiled in memory, so
    # that no compiled file can lag behind its text.
    if code == "en":
        return gettext.NullTranslations()
    with catalogue_path(code).open("rb") as file:
        messages = read_po(file)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
