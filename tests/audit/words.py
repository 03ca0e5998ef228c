"""Words and numbers as the reports write them, from the catalogue's text alone."""

import ast
import re
from fractions import Fraction
from functools import cache
from pathlib import Path

_CATALOGUE = (
    Path(__file__).resolve().parents[2] / "anticorruption/locale/id/LC_MESSAGES/anticorruption.po"
)
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "id": "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember",
}


@cache
def catalogue() -> dict[str, str]:
    """Indonesian of every message, read as text."""
    found, parts, key = {}, {"msgid": "", "msgstr": ""}, ""
    for line in [*_CATALOGUE.read_text(encoding="utf-8").splitlines(), ""]:
        if start := re.match(r'(msgid|msgstr) (".*")', line):
            if (start[1], key) == ("msgid", "msgstr"):  # the next entry, with no blank line before
                found[parts["msgid"]] = parts["msgstr"]
            key = start[1]
            parts[key] = ast.literal_eval(start[2])
        elif line.startswith('"'):
            parts[key] += ast.literal_eval(line)
        elif not line.strip():
            found[parts["msgid"]] = parts["msgstr"]
            parts, key = {"msgid": "", "msgstr": ""}, ""
    return found


class Say:
    """Messages of a language, its numbers and its dates."""

    def __init__(self, code: str):
        self.code = code

    def __call__(self, message: str, /, **values: object) -> str:
        text = message if self.code == "en" else catalogue()[message]
        return text.format(**values) if values else text

    def number(self, value, places: int = 2, signed: bool = False) -> str:
        """Write an exact number or a float, rounded half up."""
        if isinstance(value, float):
            value = Fraction(repr(float(f"{value:.10g}")))
        exact = abs(Fraction(value)) * 10**places
        whole = int(exact + Fraction(1, 2))
        digits = str(whole).rjust(places + 1, "0")
        head, tail = (digits[:-places], digits[-places:]) if places else (digits, "")
        head = f"{int(head):,}"
        if self.code == "id":
            head = head.replace(",", ".")
        text = head + (("," if self.code == "id" else ".") + tail if tail else "")
        if value < 0 and whole:
            return f"\N{MINUS SIGN}{text}"
        return f"+{text}" if signed and whole else text

    def date(self, iso: str) -> str:
        """Write an ISO date of any precision."""
        parts = iso.split("-")
        if len(parts) == 1:
            return iso
        month = _MONTHS[self.code].split()[int(parts[1]) - 1]
        day = f"{int(parts[2])} " if len(parts) == 3 else ""
        return f"{day}{month} {parts[0]}"

    def series(self, parts: list[str]) -> str:
        """Join a list as the language writes it."""
        if len(parts) < 2:
            return "".join(parts)
        return ", ".join(parts[:-1]) + f" {self('and')} " + parts[-1]

    def pattern(self, message: str) -> re.Pattern:
        """What a message may look like with anything in its gaps."""
        parts = re.split(r"\{\w+\}", self(message))
        # A gap at the end of a message goes as far as the text goes.
        return re.compile(".+?".join(map(re.escape, parts)) + ("" if parts[-1] else "[^.;]*"))
